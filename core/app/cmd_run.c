/* core/app/cmd_run.c - the daemon: engine, mailboxes, web, signals; started in this order, stopped in reverse. */
#include <malloc.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/api/web.h"
#include "core/app/commands.h"
#include "core/app/mailboxes.h"
#include "core/base/log.h"
#include "core/engine/engine.h"

#define PROGRESS_MS 1000        /* real */
#define LARGE_BYTES (256 << 10) /* memory of a large mail goes back to the system with it */

struct daemon {
    struct invocation *in;
    struct workspace *workspace;
    struct engine *engine;
    struct mailboxes *mailboxes;
    struct web *web;
    pthread_t watcher;
    atomic_bool over;
    sigset_t signals;
    bool progress;
};

static void show_progress(struct daemon *d)
{
    struct engine_counts n;
    char now[40];

    engine_read_counts(d->engine, &n);
    zone_human(d->workspace->zone, workspace_now(d->workspace), now);
    fprintf(stderr, "%s%s  sent %lld  heard %lld  tried again %lld  failed %lld  unsure %lld%s",
            isatty(STDERR_FILENO) ? "\r\033[K" : "", now, (long long)n.sent, (long long)n.heard,
            (long long)n.retried, (long long)n.failed, (long long)n.unsure,
            isatty(STDERR_FILENO) ? "" : "\n");
}

/* The first signal stops the claims and lets what is in the air come home; the second ends at once. */
static void *watch(void *context)
{
    struct daemon *d = context;
    const struct timespec tick = { .tv_sec = PROGRESS_MS / 1000 };
    bool asked = false;

    while (!atomic_load(&d->over)) {
        int got = sigtimedwait(&d->signals, NULL, &tick);
        if (got > 0 && got != SIGUSR1 && asked)
            _exit(75); /* what is in the air stays on the wire and is recovered at the next start */
        if (got > 0 && got != SIGUSR1) {
            asked = true;
            engine_stop(d->engine);
        }
        if (d->progress && got <= 0)
            show_progress(d);
    }
    return NULL;
}

static void block_signals(struct daemon *d)
{
    sigemptyset(&d->signals);
    sigaddset(&d->signals, SIGTERM);
    sigaddset(&d->signals, SIGINT);
    sigaddset(&d->signals, SIGUSR1); /* ends the watcher's wait */
    pthread_sigmask(SIG_BLOCK, &d->signals, NULL);
}

static int start(struct daemon *d, const struct engine_options *options, struct err *err)
{
    if (options->once && mailboxes_read_once(d->workspace, err) < 0)
        return -1;
    d->engine = engine_create(d->workspace, options, err);
    if (!d->engine)
        return -1;
    d->mailboxes = options->once ? NULL : mailboxes_start(d->workspace, d->engine, err);
    if (!d->mailboxes && !options->once)
        return -1;
    d->web = options->once ? NULL : web_start(d->workspace, d->engine, err);
    if (!d->web && err->code)
        return -1;
    if (pthread_create(&d->watcher, NULL, watch, d) != 0)
        return err_set(err, ERR_SYSTEM, "no thread for signals");
    return 0;
}

/* The engine has ended: nobody waits for it any more, so mailboxes and web can go. */
static void stop(struct daemon *d)
{
    atomic_store(&d->over, true);
    if (d->watcher) {
        pthread_kill(d->watcher, SIGUSR1);
        pthread_join(d->watcher, NULL);
    }
    web_stop(d->web);
    mailboxes_stop(d->mailboxes);
    if (d->progress && d->engine) {
        show_progress(d);
        fputc('\n', stderr);
    }
    engine_destroy(d->engine);
}

static int read_options(struct invocation *in, struct workspace *workspace,
                        struct engine_options *out, struct err *err)
{
    const char *until = option(in, "until"), *workers = option(in, "workers");
    char *end = NULL;

    *out = (struct engine_options){ .once = option(in, "once") != NULL,
                                    .mail_program = "/proc/self/exe" };
    if (until && !command_parse_time(workspace, until, &out->until_ms))
        return err_set(err, ERR_USAGE,
                       "--until wants YYYY-MM-DD or \"YYYY-MM-DD HH:MM\", not \"%s\"", until);
    if (workers)
        out->workers = (int)strtol(workers, &end, 10);
    if (workers && (*end || out->workers < 1 || out->workers > 1000))
        return err_set(err, ERR_USAGE, "--workers wants 1 to 1000, not \"%s\"", workers);
    return 0;
}

static int run(struct invocation *in)
{
    struct daemon d = { .in = in, .progress = option(in, "progress") != NULL };
    struct engine_options options;
    struct err err = { 0 };
    int code = 0;

    mallopt(M_MMAP_THRESHOLD, LARGE_BYTES);
    block_signals(&d);
    d.workspace = command_open(in, WORKSPACE_SENDERS, &code);
    if (!d.workspace)
        return code;
    if (read_options(in, d.workspace, &options, &err) < 0 || start(&d, &options, &err) < 0 ||
        engine_run(d.engine, &err) < 0)
        code = command_fail(in, &err);
    stop(&d);
    workspace_close(d.workspace);
    return code;
}

static const struct option_row options[] = {
    { "once", NULL, "do what is due now, wait for its results, end" },
    { "until", "TIME", "end at this time" },
    { "workers", "N", "threads that send at once; default 16" },
    { "progress", NULL, "show counters while it runs" },
    { 0 },
};

const struct command command_run = {
    .name = "run",
    .usage = "[--once] [--until TIME] [--progress]",
    .summary = "send what is due, hear the answers, follow",
    .examples = "heed run                 the daemon; Ctrl-C or SIGTERM ends it cleanly\n"
                "heed run --once          from cron: hears the mailboxes, sends what is due, ends\n"
                "heed run --progress      with counters",
    .options = options,
    .run = run,
};
