/* core/base/err.c - see err.h. */
#include "core/base/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static void make_printable(char *text)
{
    for (char *at = text; *at; at++)
        if ((unsigned char)*at < 0x20 && *at != '\n' && *at != '\t')
            *at = ' ';
}

int err_set(struct err *err, enum err_code code, const char *format, ...)
{
    va_list args;

    if (!err)
        return -1;
    err->code = code;
    va_start(args, format);
    vsnprintf(err->text, sizeof(err->text), format, args);
    va_end(args);
    make_printable(err->text);
    return -1;
}

int err_wrap(struct err *err, const char *format, ...)
{
    char before[sizeof(err->text)];
    struct err old;
    va_list args;

    if (!err)
        return -1;
    old = *err;
    va_start(args, format);
    vsnprintf(before, sizeof(before), format, args);
    va_end(args);
    return err_set(err, old.code, "%.290s: %.300s", before, old.text);
}

int err_exit_code(enum err_code code)
{
    static const int codes[] = {
        [ERR_NONE] = 0,       [ERR_INPUT] = 65,   [ERR_USAGE] = 64,  [ERR_CONFIG] = 78,
        [ERR_NOT_FOUND] = 66, [ERR_BUSY] = 75,    [ERR_STORE] = 74,  [ERR_NET] = 69,
        [ERR_LIMIT] = 65,     [ERR_REFUSED] = 77, [ERR_SYSTEM] = 71,
    };

    return codes[code];
}

const char *err_errno(int number, char *text, unsigned long size)
{
    const char *words =
        strerrordesc_np(number); /* strerror_r() has two shapes, by feature macros */

    if (words)
        snprintf(text, size, "%s", words);
    else
        snprintf(text, size, "error %d", number);
    return text;
}
