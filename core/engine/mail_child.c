/* core/engine/mail_child.c - the parent: starts the child, hands it mails, and believes nothing it
 * says. */
#include "core/engine/mail_child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/attr.h"
#include "core/base/clock.h"
#include "core/base/log.h"
#include "core/engine/mail_talk.h"
#include "core/engine/mail_wire.h"
#include "core/replies/mail_frame.h"

#define START_MS (10 * SECOND_MS)
#define MAIL_WALL_MS (10 * SECOND_MS)
#define MAIL_CPU_MS (2 * SECOND_MS)
#define START_TRIES 2

/* A child that has done so much makes room for a new one: whatever it has piled up goes with it. Its
 * CPU time is looked at every few mails, and after each that took long. */
#define WORN_MAILS 20000
#define WORN_BYTES ((size_t)64 << 20)
#define WORN_CPU_MS (5 * SECOND_MS)
#define WORN_LOOK 16

/* Mails handed over ahead: no more than what lies in a socket without being read, so that handing one
 * over never waits for a child that waits to be heard. */
#define AHEAD 8
#define AHEAD_MAIL_BYTES ((size_t)32 << 10)
#define AHEAD_BYTES ((size_t)64 << 10)

static const char too_long[] = "child: it takes too long";
static const char out_of_time[] = "child: it takes too long"; /* perhaps for those before it */
static const char nonsense[] = "child: its parser answered nonsense";

struct mail_child {
    struct mail_source source; /* first: what readings see of us */
    const char *program;
    pid_t pid; /* 0 = none */
    struct mail_wire wire;
    size_t mails, bytes; /* what it has got */
    bool down;           /* the last start failed, and that was logged */
    bool told;           /* that the kernel refused the filter was logged */
    /* Mails that the child has got and whose turn has not come, from `first` on. */
    struct str ahead[AHEAD];
    size_t first, count, bytes_ahead;
};

/* ---- the process ---- */

/* Its status as waitpid() gives it. What has died already keeps its own cause. */
static int end_process(struct mail_child *child)
{
    int status = 0;

    child->count = child->bytes_ahead = 0;
    if (!child->pid)
        return 0;
    close(child->wire.socket);
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
    struct patience patience = mail_wire_patience(START_MS, START_MS);
    struct talk_hello hello;

    if (mail_wire_hear(&child->wire, &hello, sizeof(hello), &patience) != WIRE_OK ||
        hello.version != TALK_VERSION) {
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
    rc = spawn(child, ends[1]);
    close(ends[1]);
    if (rc < 0) {
        child->pid = 0;
        close(ends[0]);
        return -1;
    }
    child->mails = child->bytes = 0;
    if (mail_wire_open(&child->wire, ends[0], child->pid) == 0)
        return greet(child);
    end_process(child);
    return -1;
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

static bool is_worn(struct mail_child *child)
{
    bool look = child->mails % WORN_LOOK == 0 || child->wire.waited;

    child->wire.waited = false;
    return child->mails >= WORN_MAILS || child->bytes >= WORN_BYTES ||
           (look && mail_wire_cpu_ms(&child->wire) >= WORN_CPU_MS);
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
    { SIGXCPU, out_of_time },
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

static const char *hear_frame(struct mail_child *child, size_t len, struct patience *patience,
                              struct arena *arena, struct mail *out)
{
    char *frame = arena_raw(arena, len);
    enum wire_state state = mail_wire_hear(&child->wire, frame, len, patience);

    if (state != WIRE_OK)
        return give_up(child, state == WIRE_LATE ? too_long : NULL);
    if (!mail_frame_read(span_make(frame, len), arena, out))
        return give_up(child, nonsense);
    return NULL;
}

static const char *hear_answer(struct mail_child *child, struct patience *patience,
                               struct arena *arena, struct mail *out)
{
    struct talk_answer answer;
    enum wire_state state = mail_wire_hear(&child->wire, &answer, sizeof(answer), patience);

    if (state != WIRE_OK)
        return give_up(child, state == WIRE_LATE ? too_long : NULL);
    if (answer.kind == TALK_MAIL && answer.len <= MAIL_FRAME_MAX_BYTES)
        return hear_frame(child, answer.len, patience, arena, out);
    if (answer.kind == TALK_NO_MAIL && answer.len == 0)
        return "scan: no message";
    if (answer.kind == TALK_TOO_MUCH && answer.len == 0)
        return "child: it says more than a mail may";
    return give_up(child, nonsense);
}

static enum wire_state hand_over(struct mail_child *child, struct span raw,
                                 struct patience *patience)
{
    child->mails++;
    child->bytes += raw.len;
    return mail_wire_say(&child->wire, raw, patience);
}

static const char *take_over(struct mail_child *child, struct patience *patience,
                             struct arena *arena, struct mail *out)
{
    const char *why = hear_answer(child, patience, arena, out);

    if (child->pid && child->count == 0 && child->wire.heard > 0) /* more than it was asked */
        return give_up(child, nonsense);
    return why;
}

static const char *read_once(struct mail_child *child, struct span raw, struct arena *arena,
                             struct mail *out)
{
    struct patience patience = mail_wire_patience(MAIL_WALL_MS, MAIL_CPU_MS);
    enum wire_state state = hand_over(child, raw, &patience);

    if (state != WIRE_OK)
        return give_up(child, state == WIRE_LATE ? too_long : NULL);
    return take_over(child, &patience, arena, out);
}

/* ---- mails handed over ahead ---- */

bool mail_child_begin(struct mail_child *child, struct span raw)
{
    struct patience patience = mail_wire_patience(MAIL_WALL_MS, MAIL_CPU_MS);
    struct str *place = &child->ahead[(child->first + child->count) % AHEAD];

    if (!child->pid || child->count >= AHEAD || raw.len > AHEAD_MAIL_BYTES ||
        child->bytes_ahead + raw.len > AHEAD_BYTES || is_worn(child))
        return false;
    str_reset(place);
    str_add_span(place, raw);
    child->count++;
    child->bytes_ahead += raw.len;
    if (hand_over(child, raw, &patience) == WIRE_OK)
        return true;
    end_process(child);
    return false;
}

/* The answer of the one that was handed over first. */
static const char *take_next(struct mail_child *child, struct arena *arena, struct mail *out)
{
    struct patience patience = mail_wire_patience(MAIL_WALL_MS, MAIL_CPU_MS);

    child->bytes_ahead -= child->ahead[child->first].len;
    child->first = (child->first + 1) % AHEAD;
    child->count--;
    return take_over(child, &patience, arena, out);
}

static bool is_next(const struct mail_child *child, struct span raw)
{
    return child->count > 0 && span_eq(str_span(&child->ahead[child->first]), raw);
}

/* Answers that nobody asks for any more. */
static void skip_until(struct mail_child *child, struct span raw)
{
    struct arena arena;
    struct mail mail;

    arena_init(&arena);
    while (child->count > 0 && !is_next(child, raw)) {
        (void)take_next(child, &arena, &mail);
        arena_reset(&arena);
    }
    arena_finish(&arena);
}

/* ---- reading ---- */

static const char *read_alone(struct mail_child *child, struct span raw, struct arena *arena,
                              struct mail *out)
{
    const char *why;
    bool used;

    if (child->pid && is_worn(child))
        end_process(child);
    used = child->pid && child->mails > 0;
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

static const char *read_mail(struct mail_source *source, struct span raw, struct arena *arena,
                             struct mail *out)
{
    struct mail_child *child = (struct mail_child *)source;

    if (raw.len > MAIL_CHILD_MAX_BYTES)
        return "child: it is too long";
    if (child->count > 0 && !is_next(child, raw))
        skip_until(child, raw);
    if (is_next(child, raw)) {
        const char *why = take_next(child, arena, out);

        if (!why || child->pid)
            return why;
    }
    return read_alone(child, raw, arena, out);
}

/* ---- birth and end ---- */

struct mail_child *mail_child_create(const char *program)
{
    struct mail_child *child = xcalloc(1, sizeof(*child));

    child->source.read = read_mail;
    child->program = program;
    for (size_t i = 0; i < AHEAD; i++)
        str_init(&child->ahead[i], AHEAD_MAIL_BYTES);
    return child;
}

void mail_child_destroy(struct mail_child *child)
{
    if (!child)
        return;
    end_process(child);
    for (size_t i = 0; i < AHEAD; i++)
        str_finish(&child->ahead[i]);
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
