/* core/engine/mail_child_serve.c - the child: bytes in, frame out. Everything it will ever need is
 * loaded before its rights go. */
#include <malloc.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "core/base/confine.h"
#include "core/engine/mail_child.h"
#include "core/engine/mail_talk.h"
#include "core/replies/mail_frame.h"
#include "core/replies/mail_parse.h"

#define KEEP_BYTES ((size_t)4 << 20) /* buffers above are given back after their mail */
#define HOLD_BYTES ((size_t)8 << 10) /* answers wait for those of short mails, so long in all */
#define EAR_BYTES ((size_t)32 << 10) /* a mail within comes by one call, with its length */

struct server {
    struct arena arena;
    struct str mail;    /* longer than the ear */
    struct str answers; /* each with its frame; not said yet */
    size_t at, end;     /* what of `ear` came and was not used yet */
    char ear[EAR_BYTES];
};

/* ---- the talk ---- */

/* Once: how much came, or -1 at the end of the talk. */
static ssize_t hear_some(char *at, size_t most)
{
    ssize_t got = read(STDIN_FILENO, at, most);

    return got > 0 ? got : -1;
}

/* Until the ear holds `len` bytes that were not used. */
static int listen_for(struct server *server, size_t len)
{
    if (server->at + len > EAR_BYTES || server->at == server->end) {
        memmove(server->ear, server->ear + server->at, server->end - server->at);
        server->end -= server->at;
        server->at = 0;
    }
    while (server->end - server->at < len) {
        ssize_t got = hear_some(server->ear + server->end, EAR_BYTES - server->end);

        if (got < 0)
            return -1;
        server->end += (size_t)got;
    }
    return 0;
}

static int say(struct span bytes)
{
    while (bytes.len > 0) {
        ssize_t put = write(STDIN_FILENO, bytes.data, bytes.len);

        if (put <= 0)
            return -1;
        bytes = span_from(bytes, (size_t)put);
    }
    return 0;
}

/* ---- one mail ---- */

static int hear_long_mail(struct server *server, size_t len, struct span *mail)
{
    size_t done = server->end - server->at;
    char *room;

    str_reset(&server->mail);
    room = str_reserve(&server->mail, len);
    if (!room)
        return -1;
    memcpy(room, server->ear + server->at, done);
    server->at = server->end;
    while (done < len) {
        ssize_t got = hear_some(room + done, len - done);

        if (got < 0)
            return -1;
        done += (size_t)got;
    }
    *mail = span_make(room, len);
    return 0;
}

/* Good until the next one is heard. */
static int hear_mail(struct server *server, struct span *mail)
{
    uint32_t len;

    if (listen_for(server, sizeof(len)) < 0)
        return -1;
    memcpy(&len, server->ear + server->at, sizeof(len));
    server->at += sizeof(len);
    if (len > EAR_BYTES)
        return hear_long_mail(server, len, mail);
    if (listen_for(server, len) < 0)
        return -1;
    *mail = span_make(server->ear + server->at, len);
    server->at += len;
    return 0;
}

/* Puts the frame behind a place for the answer that precedes it. */
static enum talk_kind parse(struct server *server, struct span raw)
{
    const struct talk_answer place = { 0 };
    struct mail mail;

    str_add(&server->answers, &place, sizeof(place));
    if (!mail_parse(raw, &server->arena, &mail))
        return TALK_NO_MAIL;
    mail_frame_write(&mail, &server->answers);
    return str_ok(&server->answers) ? TALK_MAIL : TALK_TOO_MUCH;
}

/* Is a short mail there already? Its answer can go with this one. */
static bool has_next(const struct server *server)
{
    size_t ready = server->end - server->at;
    uint32_t len;

    if (ready < sizeof(len))
        return false;
    memcpy(&len, server->ear + server->at, sizeof(len));
    return len <= HOLD_BYTES && len <= ready - sizeof(len);
}

static int say_answers(struct server *server)
{
    int rc = say(str_span(&server->answers));

    str_reset(&server->answers);
    return rc;
}

static int answer_too_much(struct server *server)
{
    const struct talk_answer answer = { .kind = TALK_TOO_MUCH };

    str_reset(&server->answers);
    str_add(&server->answers, &answer, sizeof(answer));
    return say_answers(server);
}

static int answer(struct server *server, struct span raw)
{
    size_t before = server->answers.len;
    struct talk_answer answer = { .kind = parse(server, raw) };

    if (answer.kind == TALK_TOO_MUCH)
        return before == 0 ? answer_too_much(server) : -1; /* those before are lost: asked again */
    answer.len = (uint32_t)(server->answers.len - before - sizeof(answer));
    memcpy(server->answers.data + before, &answer, sizeof(answer));
    if (server->answers.len < HOLD_BYTES && has_next(server))
        return 0;
    return say_answers(server);
}

/* ---- serving ---- */

static void clean(struct server *server)
{
    bool large = server->mail.cap + server->answers.cap + server->arena.used > KEEP_BYTES;

    arena_reset(&server->arena);
    if (!large)
        return;
    str_finish(&server->mail);
    if (server->answers.len == 0)
        str_finish(&server->answers);
    arena_finish(&server->arena);
    malloc_trim(0);
}

static int say_hello(void)
{
    const struct confine_limits limits = { .memory_bytes = MAIL_CHILD_MEMORY_BYTES,
                                           .cpu_seconds = MAIL_CHILD_CPU_SECONDS };
    const struct talk_hello hello = { .version = TALK_VERSION,
                                      .unfiltered = confine_process(&limits) };

    return say(span_make((const char *)&hello, sizeof(hello)));
}

int mail_child_serve(void)
{
    struct server server;
    struct span mail;

    confine_close_files();
    signal(SIGTERM, SIG_IGN); /* a service manager signals all of us; we end with our parent */
    signal(SIGINT, SIG_IGN);
    server.at = server.end = 0;
    arena_init(&server.arena);
    str_init(&server.mail, MAIL_CHILD_MAX_BYTES);
    str_init(&server.answers, MAIL_FRAME_MAX_BYTES + sizeof(struct talk_answer));
    mail_prepare_confined();
    malloc_trim(0); /* at its first use it may ask the system for what is refused later */
    if (say_hello() < 0)
        return 1;
    while (hear_mail(&server, &mail) == 0 && answer(&server, mail) == 0)
        clean(&server);
    _exit(0); /* what atexit() would run is not for here */
}
