/* tests/bench/bench_hostile.c - hands one hostile mail straight to the child that parses mails, without
 * the look (scan.h) that would refuse most of them, then a good one, and prints what it cost as a line
 * of JSON. Limits are judged by hostile.py. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "core/base/clock.h"
#include "core/engine/mail_child.h"
#include "tests/replies/hostile_mails.h"

#define GOOD_MAIL "From: Ana <ana@x.example>\r\nSubject: Re: Hello\r\n\r\nYes, please.\r\n"

struct cost {
    const char *why; /* NULL = it was read */
    int64_t ms;
};

static struct cost read_mail(struct mail_child *child, struct span raw)
{
    struct mail_source *source = mail_child_source(child);
    int64_t start = clock_monotonic_ms();
    struct cost cost;
    struct arena arena;
    struct mail mail;

    arena_init(&arena);
    cost.why = source->read(source, raw, &arena, &mail);
    cost.ms = clock_monotonic_ms() - start;
    arena_finish(&arena);
    return cost;
}

/* In KiB: what `name` of /proc/self/status says. */
static long status_kib(const char *name)
{
    FILE *file = fopen("/proc/self/status", "r");
    char line[200];
    long kib = 0;

    while (file && fgets(line, sizeof(line), file))
        if (strncmp(line, name, strlen(name)) == 0)
            kib = strtol(line + strlen(name) + 1, NULL, 10);
    if (file)
        fclose(file);
    return kib;
}

static void forget_peak(void)
{
    FILE *file = fopen("/proc/self/clear_refs", "w");

    if (file) {
        fputs("5", file);
        fclose(file);
    }
}

static int measure(const struct hostile_mail *mail, const struct str *raw)
{
    struct mail_child *child = mail_child_create("/proc/self/exe");
    struct rusage children;
    struct cost bad, good;
    long before, grown;

    forget_peak();
    before = status_kib("VmHWM:");
    bad = read_mail(child, str_span(raw));
    grown = status_kib("VmHWM:") - before;
    good = read_mail(child, span_of(GOOD_MAIL));
    mail_child_destroy(child);
    getrusage(RUSAGE_CHILDREN, &children);
    printf(
        "{\"name\": \"%s\", \"bytes\": %zu, \"outcome\": \"%s\", \"ms\": %lld, \"next\": \"%s\", "
        "\"next_ms\": %lld, \"child_peak_kib\": %ld, \"parent_growth_kib\": %ld}\n",
        mail->name, raw->len, bad.why ? bad.why : "read", (long long)bad.ms,
        good.why ? good.why : "read", (long long)good.ms, children.ru_maxrss, grown);
    return 0;
}

static int list(void)
{
    for (const struct hostile_mail *mail = hostile_mails; mail->name; mail++)
        puts(mail->name);
    return 0;
}

static int usage(void)
{
    fputs("usage: bench_hostile --list | --print NAME | --child NAME\n", stderr);
    return 64;
}

int main(int argc, char **argv)
{
    const struct hostile_mail *mail = hostile_mails;
    struct str raw;
    int code = 0;

    if (argc == 2 && strcmp(argv[1], MAIL_CHILD_VERB) == 0)
        return mail_child_serve();
    if (argc == 2 && strcmp(argv[1], "--list") == 0)
        return list();
    while (argc == 3 && mail->name && strcmp(mail->name, argv[2]) != 0)
        mail++;
    if (argc != 3 || !mail->name)
        return usage();
    str_init(&raw, (size_t)100 << 20);
    hostile_mail_write(mail, 1, &raw);
    if (strcmp(argv[1], "--print") == 0)
        code = fwrite(raw.data, 1, raw.len, stdout) == raw.len ? 0 : 74;
    else
        code = measure(mail, &raw);
    str_finish(&raw);
    return code;
}
