/* tests/bench/replies/classify.c - how many mails a second one core reads whole: parsed, classified, own text, wishes, times. In
 * this process, and with the child that parses (its time counts, too). Time is CPU time, so that a busy machine does not change
 * it; the best of the rounds counts. Usage: bench_classify [--rounds N] FOLDER... The last line is JSON. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/base/text.h"
#include "core/engine/mail_child.h"
#include "core/replies/lexicon.h"
#include "core/replies/reading.h"

#define MAX_MAILS 10000
#define MAX_MAIL_BYTES ((size_t)1 << 20)

struct bench {
    struct arena arena; /* mails and rules */
    struct span mails[MAX_MAILS];
    size_t count, bytes, bounces;
    struct reading_env env;
    struct mail_child *child; /* NULL = in this process */
};

static void load_mail(struct bench *b, const char *folder, const char *name)
{
    FILE *file = fopen(arena_printf(&b->arena, "%s/%s", folder, name), "rb");
    char *data = malloc(MAX_MAIL_BYTES);
    size_t len = file && data ? fread(data, 1, MAX_MAIL_BYTES, file) : 0;

    if (len > 0 && b->count < MAX_MAILS) {
        b->mails[b->count++] = span_make(arena_dup_span(&b->arena, span_make(data, len)), len);
        b->bytes += len;
    }
    free(data);
    if (file)
        fclose(file);
}

static bool load_folder(struct bench *b, const char *path)
{
    DIR *folder = opendir(path);
    const struct dirent *entry;

    while (folder && (entry = readdir(folder)))
        if (strstr(entry->d_name, ".eml"))
            load_mail(b, path, entry->d_name);
    if (folder)
        closedir(folder);
    return folder != NULL;
}

static double seconds_of(clockid_t clock)
{
    struct timespec now;

    return clock_gettime(clock, &now) == 0 ? (double)now.tv_sec + (double)now.tv_nsec / 1e9 : 0;
}

static double child_seconds(const struct bench *b)
{
    pid_t pid = b->child ? mail_child_pid(b->child) : 0;
    clockid_t clock;

    return pid && clock_getcpuclockid(pid, &clock) == 0 ? seconds_of(clock) : 0;
}

/* CPU seconds of one pass over all mails; negative when the child was replaced meanwhile: its time is lost. */
static double pass(struct bench *b)
{
    pid_t pid = b->child ? mail_child_pid(b->child) : 0;
    double start = seconds_of(CLOCK_PROCESS_CPUTIME_ID) + child_seconds(b), end;
    struct arena arena;

    arena_init(&arena);
    b->bounces = 0;
    for (size_t i = 0; i < b->count; i++) {
        struct reading reading;

        arena_reset(&arena);
        reading_of_mail(b->mails[i], &b->env, &arena, &reading);
        b->bounces += reading.kind == READING_BOUNCE;
    }
    end = seconds_of(CLOCK_PROCESS_CPUTIME_ID) + child_seconds(b);
    arena_finish(&arena);
    return b->child && mail_child_pid(b->child) != pid ? -1 : end - start;
}

/* Mails a second in the best of `rounds` passes. */
static double measure(struct bench *b, int rounds)
{
    double best = 0;

    (void)pass(b); /* warm */
    for (int i = 0; i < rounds; i++) {
        double seconds = pass(b);

        if (seconds > 0 && (best == 0 || seconds < best))
            best = seconds;
    }
    return best > 0 ? (double)b->count / best : 0;
}

static int run(struct bench *b, int rounds)
{
    double alone = measure(b, rounds), apart;
    size_t bounces = b->bounces;

    b->child = mail_child_create("/proc/self/exe");
    b->env.mail_source = mail_child_source(b->child);
    apart = measure(b, rounds);
    mail_child_destroy(b->child);
    if (bounces != b->bounces) {
        fprintf(stderr, "bench_classify: %zu bounces here, %zu through the child\n", bounces,
                b->bounces);
        return 1;
    }
    printf("%zu mails, %.1f KiB each, %zu of them bounces\n", b->count,
           (double)b->bytes / 1024 / (double)b->count, bounces);
    printf("parsed in this process  %8.0f mails/s of one core\n", alone);
    printf("parsed by the child     %8.0f mails/s of one core\n", apart);
    printf("{\"mails\": %zu, \"in_process_per_s\": %.0f, \"through_child_per_s\": %.0f}\n",
           b->count, alone, apart);
    return 0;
}

int main(int argc, char **argv)
{
    static struct bench b;
    int rounds = 20, first = 1, code = 64;

    if (argc == 2 && strcmp(argv[1], MAIL_CHILD_VERB) == 0)
        return mail_child_serve();
    if (argc > 3 && strcmp(argv[1], "--rounds") == 0) {
        rounds = (int)strtol(argv[2], NULL, 10);
        first = 3;
    }
    arena_init(&b.arena);
    b.env = (struct reading_env){ .own_domain = "us.example",
                                  .now_ms = INT64_C(1795170660000),
                                  .zone = "UTC",
                                  .region = "US",
                                  .lexicon = lexicon_builtin(&b.arena) };
    for (int i = first; i < argc; i++)
        if (!load_folder(&b, argv[i]))
            fprintf(stderr, "bench_classify: no folder %s\n", argv[i]);
    if (b.count > 0 && rounds > 0)
        code = run(&b, rounds);
    else
        fputs("usage: bench_classify [--rounds N] FOLDER...    with mails, *.eml\n", stderr);
    arena_finish(&b.arena);
    return code;
}
