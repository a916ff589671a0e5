/* core/base/log.c - formats a line in a local buffer and writes it at once, so lines of threads
 * never mix. */
#include "core/base/log.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static atomic_int current_level = LOG_LEVEL_WARN;

void log_set_level(enum log_level level)
{
    atomic_store(&current_level, (int)level);
}

static size_t put_time(char *out, size_t size)
{
    struct timespec now;
    struct tm tm;
    size_t len;

    clock_gettime(CLOCK_REALTIME, &now);
    gmtime_r(&now.tv_sec, &tm);
    len = strftime(out, size, "%Y-%m-%dT%H:%M:%S", &tm);
    len += (size_t)snprintf(out + len, size - len, ".%03ldZ", now.tv_nsec / 1000000);
    return len;
}

static void blank_controls(char *text)
{
    for (char *at = text; *at; at++)
        if ((unsigned char)*at < 0x20 || *at == 0x7f)
            *at = '?';
}

void log_write(enum log_level level, const char *event, const char *format, ...)
{
    static const char *const names[] = { "error", "warn", "info", "debug" };
    char line[2048];
    size_t len;
    va_list args;

    if ((int)level > atomic_load(&current_level))
        return;
    len = put_time(line, sizeof(line));
    len += (size_t)snprintf(line + len, sizeof(line) - len, " %-5s %s ", names[level], event);
    va_start(args, format);
    if (vsnprintf(line + len, sizeof(line) - len - 1, format, args) < 0)
        line[len] = '\0';
    va_end(args);
    blank_controls(line);
    len = strlen(line);
    line[len] = '\n';
    if (write(STDERR_FILENO, line, len + 1) < 0)
        return; /* nowhere left to complain */
}

const char *log_mask(const char *address, char text[64])
{
    const char *at = strchr(address, '@');
    size_t len = strlen(address);

    if (at)
        snprintf(text, 64, "%.1s***%.55s", address, at);
    else if (len > 6)
        snprintf(text, 64, "%.5s***%s", address, address + len - 2);
    else
        snprintf(text, 64, "***");
    return text;
}
