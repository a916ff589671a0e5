/* core/engine/mail_child.c - the parent: starts the child, hands it mails, and believes nothing it
 * says. */
#include "core/engine/mail_child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "core/base/attr.h"
#include "core/base/clock.h"
#include "core/base/log.h"
#include "core/engine/mail_talk.h"
#include "core/replies/mail_frame.h"

#define START_MS (10 * SECOND_MS)
#define MAIL_WALL_MS (10 * SECOND_MS)
#define MAIL_CPU_MS (2 * SECOND_MS)
#define WATCH_MS 100 /* how often the CPU time of a mail that takes long is looked at */
#define START_TRIES 2

/* A child that has done so much makes room for a new one: whatever it has piled up goes with it. */
#define WORN_MAILS 1000
#define WORN_BYTES ((size_t)64 << 20)
#define WORN_CPU_MS (5 * SECOND_MS)

static const char too_long[] = "child: it takes too long";
static const char nonsense[] = "child: its parser answered nonsense";

struct mail_child {
    struct mail_source source; /* first: what readings see of us */
    const char *program;
    pid_t pid; /* 0 = none */
    int socket;
    clockid_t cpu;
    size_t mails, bytes; /* what it has got */
    bool down;           /* the last start failed, and that was logged */
    bool told;           /* that the kernel refused the filter was logged */
};

/* ---- the process ---- */

static int64_t cpu_ms(const struct mail_child *child)
{
    struct timespec used;

    if (clock_gettime(child->cpu, &used) != 0)
        return 0;
    return (int64_t)used.tv_sec * 1000 + used.tv_nsec / 1000000;
}

/* Its status as waitpid() gives it. What has died already keeps its own cause. */
static int end_process(struct mail_child *child)
{
    int status = 0;

    if (!child->pid)
        return 0;
    close(child->socket);
    kill(child->pid, SIGKILL);
    while (waitpid(child->pid, &status, 0) < 0 && errno == EINTR)
        continue;
    child->pid = 0;
    return status;
}

/* Nothing of ours goes with it: no files, no signal mask, no environment (it holds passwords). Its
 * process group is its own, so that Ctrl-C does not end it in the middle of a mail. */
static int spawn(struct mail_child *child, int socket)
{
    static const char *const no_environment[] = { NULL };
    char program[] = "heed", verb[] = MAIL_CHILD_VERB, *words[] = { program, verb, NULL };
    const short flags = POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP;
    posix_spawn_file_actions_t files;
    posix_spawnattr_t how;
    sigset_t none;
    int code;

    sigemptyset(&none);
    posix_spawnattr_init(&how);
    posix_spawnattr_setflags(&how, flags);
    posix_spawnattr_setsigmask(&how, &none);
    posix_spawnattr_setpgroup(&how, 0);
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_adddup2(&files, socket, STDIN_FILENO);
    posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_addopen(&files, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    code = posix_spawn(&child->pid, child->program, &files, &how, words,
                       (char *const *)no_environment);
    posix_spawn_file_actions_destroy(&files);
    posix_spawnattr_destroy(&how);
    return code == 0 ? 0 : -1;
}

/* ---- the talk ---- */

struct patience {
    int64_t wall_end, cpu_end; /* monotonic ms; ms of the child's CPU */
};

static struct patience patience_of(const struct mail_child *child, int64_t wall_ms, int64_t ms)
{
    return (struct patience){ .wall_end = clock_monotonic_ms() + wall_ms,
                              .cpu_end = cpu_ms(child) + ms };
}

enum talk { TALK_OK, TALK_LATE, TALK_BROKEN };

/* Until the socket can take or give bytes. */
static enum talk wait_for(const struct mail_child *child, short events,
                          const struct patience *patience)
{
    struct pollfd poller = { .fd = child->socket, .events = events };

    for (;;) {
        int ready = poll(&poller, 1, WATCH_MS);

        if (ready > 0)
            return TALK_OK;
        if (ready < 0 && errno != EINTR)
            return TALK_BROKEN;
        if (clock_monotonic_ms() >= patience->wall_end || cpu_ms(child) >= patience->cpu_end)
            return TALK_LATE;
    }
}

static enum talk say(struct mail_child *child, struct span bytes, const struct patience *patience)
{
    while (bytes.len > 0) {
        ssize_t put = send(child->socket, bytes.data, bytes.len, MSG_DONTWAIT | MSG_NOSIGNAL);
        enum talk talk = TALK_OK;

        if (put > 0)
            bytes = span_from(bytes, (size_t)put);
        else if (put == 0 || (errno != EAGAIN && errno != EINTR))
            return TALK_BROKEN;
        else
            talk = wait_for(child, POLLOUT, patience);
        if (talk != TALK_OK)
            return talk;
    }
    return TALK_OK;
}

static enum talk hear(struct mail_child *child, void *data, size_t len,
                      const struct patience *patience)
{
    for (char *at = data; len > 0;) {
        ssize_t got = recv(child->socket, at, len, MSG_DONTWAIT);
        enum talk talk = TALK_OK;

        if (got > 0) {
            at += got;
            len -= (size_t)got;
        } else if (got == 0 || (errno != EAGAIN && errno != EINTR)) {
            return TALK_BROKEN;
        } else {
            talk = wait_for(child, POLLIN, patience);
        }
        if (talk != TALK_OK)
            return talk;
    }
    return TALK_OK;
}

/* ---- starting ---- */

static void tell_unfiltered(struct mail_child *child, int number)
{
    char text[100];

    if (number == 0 || child->told)
        return;
    child->told = true;
    log_warn("mail_child_unfiltered",
             "the kernel refused the filter of system calls (%s): mails are parsed with limits of "
             "memory, time and files only",
             err_errno(number, text, sizeof(text)));
}

static int greet(struct mail_child *child)
{
    struct patience patience = patience_of(child, START_MS, START_MS);
    struct talk_hello hello;

    if (hear(child, &hello, sizeof(hello), &patience) != TALK_OK || hello.version != TALK_VERSION) {
        end_process(child);
        return -1;
    }
    tell_unfiltered(child, hello.unfiltered);
    return 0;
}

static int start_once(struct mail_child *child)
{
    int ends[2];
    int rc;

    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0)
        return -1;
    child->socket = ends[0];
    child->mails = child->bytes = 0;
    rc = spawn(child, ends[1]);
    close(ends[1]);
    if (rc < 0) {
        child->pid = 0;
        close(ends[0]);
        return -1;
    }
    if (clock_getcpuclockid(child->pid, &child->cpu) != 0)
        child->cpu = CLOCK_MONOTONIC; /* stricter: what passes counts as used */
    return greet(child);
}

static int start(struct mail_child *child)
{
    for (int i = 0; i < START_TRIES; i++)
        if (start_once(child) == 0) {
            child->down = false;
            return 0;
        }
    if (!child->down)
        log_error("mail_child_down", "%s: no process to parse mails in; they wait", child->program);
    child->down = true;
    return -1;
}

static bool is_worn(const struct mail_child *child)
{
    return child->mails >= WORN_MAILS || child->bytes >= WORN_BYTES || cpu_ms(child) >= WORN_CPU_MS;
}

/* ---- one mail ---- */

static const struct {
    int signal;
    const char *why;
} deaths[] = {
    { SIGSYS, "child: it made the parser ask for what it may not" },
    { SIGABRT, "child: it takes too much memory" },
    { SIGTRAP, "child: it takes too much memory" },
    { SIGSEGV, "child: it crashed the parser" },
    { SIGBUS, "child: it crashed the parser" },
    { SIGXCPU, too_long },
    { SIGKILL, "child: its parser was killed" },
};

static const char *cause_of(int status)
{
    int number = WIFSIGNALED(status) ? WTERMSIG(status) : 0;

    for (size_t i = 0; i < COUNT_OF(deaths); i++)
        if (deaths[i].signal == number)
            return deaths[i].why;
    return "child: its parser ended without an answer";
}

/* Ends the child. why: NULL = as it died. */
static const char *give_up(struct mail_child *child, const char *why)
{
    int status = end_process(child);

    return why ? why : cause_of(status);
}

static const char *hear_frame(struct mail_child *child, size_t len, struct arena *arena,
                              struct mail *out)
{
    const struct patience patience = patience_of(child, MAIL_WALL_MS, MAIL_CPU_MS);
    char *frame = arena_raw(arena, len);
    enum talk talk = hear(child, frame, len, &patience);

    if (talk != TALK_OK)
        return give_up(child, talk == TALK_LATE ? too_long : NULL);
    if (!mail_frame_read(span_make(frame, len), arena, out))
        return give_up(child, nonsense);
    return NULL;
}

static const char *take_answer(struct mail_child *child, const struct talk_answer *answer,
                               struct arena *arena, struct mail *out)
{
    if (answer->kind == TALK_MAIL && answer->len <= MAIL_FRAME_MAX_BYTES)
        return hear_frame(child, answer->len, arena, out);
    if (answer->kind == TALK_NO_MAIL && answer->len == 0)
        return "scan: no message";
    if (answer->kind == TALK_TOO_MUCH && answer->len == 0)
        return "child: it says more than a mail may";
    return give_up(child, nonsense);
}

static const char *read_once(struct mail_child *child, struct span raw, struct arena *arena,
                             struct mail *out)
{
    const struct patience patience = patience_of(child, MAIL_WALL_MS, MAIL_CPU_MS);
    uint32_t len = (uint32_t)raw.len;
    struct talk_answer answer;
    enum talk talk = say(child, span_make((const char *)&len, sizeof(len)), &patience);

    if (talk == TALK_OK)
        talk = say(child, raw, &patience);
    if (talk == TALK_OK)
        talk = hear(child, &answer, sizeof(answer), &patience);
    child->mails++;
    child->bytes += raw.len;
    if (talk != TALK_OK)
        return give_up(child, talk == TALK_LATE ? too_long : NULL);
    return take_answer(child, &answer, arena, out);
}

static const char *read_mail(struct mail_source *source, struct span raw, struct arena *arena,
                             struct mail *out)
{
    struct mail_child *child = (struct mail_child *)source;
    bool used = child->pid && !is_worn(child) && child->mails > 0;
    const char *why;

    if (raw.len > MAIL_CHILD_MAX_BYTES)
        return "child: it is too long";
    if (child->pid && is_worn(child))
        end_process(child);
    if (!child->pid && start(child) < 0)
        return MAIL_CHILD_NONE;
    why = read_once(child, raw, arena, out);
    if (!why || child->pid || !used || why == too_long) /* read, or the mail itself did it */
        return why;
    log_debug("mail_child_again", "%s", why);
    if (start(child) < 0)
        return MAIL_CHILD_NONE;
    return read_once(child, raw, arena, out);
}

/* ---- birth and end ---- */

struct mail_child *mail_child_create(const char *program)
{
    struct mail_child *child = xcalloc(1, sizeof(*child));

    child->source.read = read_mail;
    child->program = program;
    return child;
}

void mail_child_destroy(struct mail_child *child)
{
    if (!child)
        return;
    end_process(child);
    free(child);
}

struct mail_source *mail_child_source(struct mail_child *child)
{
    return &child->source;
}

pid_t mail_child_pid(const struct mail_child *child)
{
    return child->pid;
}
