/* core/engine/mail_child_serve.c - the child: bytes in, frame out. Everything it will ever need is
 * loaded before its rights go. */
#include <malloc.h>
#include <signal.h>
#include <unistd.h>

#include "core/base/confine.h"
#include "core/engine/mail_child.h"
#include "core/engine/mail_talk.h"
#include "core/replies/mail_frame.h"
#include "core/replies/mail_parse.h"

#define KEEP_BYTES ((size_t)4 << 20) /* buffers above are given back after their mail */

struct server {
    struct arena arena;
    struct str mail, frame;
};

/* All of `len` bytes: 0, or -1 at the end of the talk. */
static int get(void *data, size_t len)
{
    for (char *at = data; len > 0;) {
        ssize_t got = read(STDIN_FILENO, at, len);

        if (got <= 0)
            return -1;
        at += got;
        len -= (size_t)got;
    }
    return 0;
}

static int say(const void *data, size_t len)
{
    for (const char *at = data; len > 0;) {
        ssize_t put = write(STDIN_FILENO, at, len);

        if (put <= 0)
            return -1;
        at += put;
        len -= (size_t)put;
    }
    return 0;
}

static int hear_mail(struct server *server)
{
    uint32_t len;
    char *room;

    str_reset(&server->mail);
    if (get(&len, sizeof(len)) < 0)
        return -1;
    room = str_reserve(&server->mail, len);
    if (!room || get(room, len) < 0)
        return -1;
    server->mail.len = len;
    return 0;
}

static enum talk_kind parse(struct server *server)
{
    struct mail mail;

    str_reset(&server->frame);
    if (!mail_parse(str_span(&server->mail), &server->arena, &mail))
        return TALK_NO_MAIL;
    mail_frame_write(&mail, &server->frame);
    return str_ok(&server->frame) ? TALK_MAIL : TALK_TOO_MUCH;
}

static int answer(struct server *server)
{
    struct talk_answer answer = { .kind = parse(server) };

    if (answer.kind == TALK_MAIL)
        answer.len = (uint32_t)server->frame.len;
    return say(&answer, sizeof(answer)) < 0 || say(str_text(&server->frame), answer.len) < 0 ? -1
                                                                                             : 0;
}

static void clean(struct server *server)
{
    bool large = server->mail.cap + server->frame.cap + server->arena.used > KEEP_BYTES;

    arena_reset(&server->arena);
    if (!large)
        return;
    str_finish(&server->mail);
    str_finish(&server->frame);
    arena_finish(&server->arena);
    malloc_trim(0);
}

static int say_hello(void)
{
    const struct confine_limits limits = { .memory_bytes = MAIL_CHILD_MEMORY_BYTES,
                                           .cpu_seconds = MAIL_CHILD_CPU_SECONDS };
    const struct talk_hello hello = { .version = TALK_VERSION,
                                      .unfiltered = confine_process(&limits) };

    return say(&hello, sizeof(hello));
}

int mail_child_serve(void)
{
    struct server server;

    confine_close_files();
    signal(SIGTERM, SIG_IGN); /* a service manager signals all of us; we end with our parent */
    signal(SIGINT, SIG_IGN);
    arena_init(&server.arena);
    str_init(&server.mail, MAIL_CHILD_MAX_BYTES);
    str_init(&server.frame, MAIL_FRAME_MAX_BYTES);
    mail_prepare_confined();
    if (say_hello() < 0)
        return 1;
    while (hear_mail(&server) == 0 && answer(&server) == 0)
        clean(&server);
    _exit(0); /* what atexit() would run is not for here */
}
