/* tests/channels/imap_server.h - a small scripted IMAP server on a loopback port, in a thread of the
 * test: serves mails, and does wrong what its script says. For test_imap.c only. */
#ifndef HEED_TESTS_IMAP_SERVER_H
#define HEED_TESTS_IMAP_SERVER_H

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/base/attr.h"
#include "core/base/str.h"

#define SERVED_MAX 64
#define LISTED_MANY 45000

enum wrong {
    WRONG_NOTHING,
    WRONG_ORDER,    /* the last mail of a FETCH comes first */
    WRONG_DOUBLE,   /* every mail comes twice */
    WRONG_HUGE,     /* announces 4 GB */
    WRONG_LONG,     /* announces more bytes than the mail has */
    WRONG_SHORT,    /* announces fewer */
    WRONG_NO_DATE,  /* no INTERNALDATE */
    WRONG_NIL,      /* BODY[] NIL */
    WRONG_UNASKED,  /* sends mails with UIDs nobody asked for */
    WRONG_TAG,      /* ends the FETCH under another tag */
    WRONG_GARBAGE,  /* answers FETCH with something that is no IMAP */
    WRONG_PARTIAL,  /* ignores <0.n>: sends the whole mail */
    WRONG_VALIDITY, /* UIDVALIDITY changes inside the session */
    WRONG_MANY,     /* lists thousands of mails that are gone, the highest first */
    WRONG_SILENT_UIDNEXT,
    WRONG_SILENT_VALIDITY,
};

struct served_mail {
    uint32_t uid;
    const char *body;
};

struct imap_server {
    int listen_fd, port;
    pthread_t thread;
    pthread_mutex_t lock; /* over all below */
    struct served_mail mails[SERVED_MAX];
    size_t count;
    uint32_t uidvalidity, uidnext; /* uidnext 0 = the right one */
    enum wrong wrong;
    uint32_t vanishes; /* this UID is expunged between its listing and its fetch */
    bool no_idle, refuse_idle;
    uint32_t arrives; /* with this UID a mail arrives when the client waits */
    size_t cut_after; /* bytes said in a connection before it is cut; SIZE_MAX = never */
    size_t said;      /* in the connection */
    size_t said_most;
    int fetches, connections, idles;
    bool stop;
};

/* False when the connection is (now) cut. */
static bool say(struct imap_server *server, int fd, const char *text, size_t len)
{
    size_t room = server->cut_after > server->said ? server->cut_after - server->said : 0;
    size_t step = len < room ? len : room;

    for (size_t sent = 0; sent < step;) {
        ssize_t n = send(fd, text + sent, step - sent, MSG_NOSIGNAL);

        if (n <= 0)
            return false;
        sent += (size_t)n;
    }
    server->said += step;
    if (server->said > server->said_most)
        server->said_most = server->said;
    return server->said < server->cut_after;
}

static bool say_text(struct imap_server *server, int fd, const char *text)
{
    return say(server, fd, text, strlen(text));
}

static bool in_set(const char *set, uint32_t uid, uint32_t last)
{
    while (*set && *set != ' ') {
        char *end;
        unsigned long from = strtoul(set, &end, 10), to = from;

        if (*end == ':')
            to = end[1] == '*' ? last : strtoul(end + 1, &end, 10);
        if (*end == ':')
            end += 2;
        /* "9:*" means the last mail too when it is 5 (RFC 3501 6.4.8) */
        if (from > to) {
            unsigned long other = from;

            from = to;
            to = other;
        }
        if (uid >= from && uid <= to)
            return true;
        set = *end == ',' ? end + 1 : end;
    }
    return false;
}

static size_t announced(enum wrong wrong, size_t len)
{
    switch (wrong) {
    case WRONG_HUGE:
        return (size_t)4 << 30;
    case WRONG_LONG:
        return len + 40;
    case WRONG_SHORT:
        return len - 10;
    default:
        return len;
    }
}

static void add_mail(const struct imap_server *server, struct str *out, size_t i, size_t max)
{
    const struct served_mail *mail = &server->mails[i];
    size_t len = strlen(mail->body);

    if (len > max && server->wrong != WRONG_PARTIAL)
        len = max;
    str_printf(out, "* %zu FETCH (UID %u", i + 1,
               server->wrong == WRONG_UNASKED ? mail->uid + 1000 : mail->uid);
    if (server->wrong != WRONG_NO_DATE)
        str_add_text(out, " INTERNALDATE \"17-Jul-1996 02:44:25 -0700\"");
    if (server->wrong == WRONG_NIL) {
        str_add_text(out, " BODY[]<0> NIL)\r\n");
        return;
    }
    str_printf(out, " BODY[]<0> {%zu}\r\n", announced(server->wrong, len));
    str_add(out, mail->body, len);
    str_add_text(out, ")\r\n");
}

static void add_bodies(const struct imap_server *server, struct str *out, const char *set)
{
    const char *part = strstr(set, "<0.");
    size_t max = part ? strtoul(part + 3, NULL, 10) : SIZE_MAX;
    uint32_t last = server->count ? server->mails[server->count - 1].uid : 0;

    if (server->wrong == WRONG_GARBAGE)
        str_add_text(out, "220 mail.example.com ESMTP\r\n");
    if (server->wrong == WRONG_ORDER)
        for (size_t i = server->count; i > 0; i--)
            if (in_set(set, server->mails[i - 1].uid, last)) {
                add_mail(server, out, i - 1, max);
                break;
            }
    for (size_t i = 0; i < server->count; i++)
        if (in_set(set, server->mails[i].uid, last))
            for (int n = 0; n < (server->wrong == WRONG_DOUBLE ? 2 : 1); n++)
                add_mail(server, out, i, max);
}

static void add_uids(const struct imap_server *server, struct str *out, const char *set)
{
    uint32_t last = server->count ? server->mails[server->count - 1].uid : 0;

    if (server->wrong == WRONG_MANY)
        for (uint32_t uid = LISTED_MANY; uid > 0; uid--)
            if (in_set(set, uid, UINT32_MAX))
                str_printf(out, "* 1 FETCH (UID %u)\r\n", uid);
    for (size_t i = 0; i < server->count; i++)
        if (in_set(set, server->mails[i].uid, last))
            str_printf(out, "* %zu FETCH (FLAGS (\\Recent) UID %u)\r\n", i + 1,
                       server->mails[i].uid);
}

static void expunge(struct imap_server *server, uint32_t uid)
{
    for (size_t i = 0; i < server->count; i++)
        if (server->mails[i].uid == uid) {
            memmove(&server->mails[i], &server->mails[i + 1],
                    (server->count - i - 1) * sizeof(server->mails[0]));
            server->count--;
            return;
        }
}

static void add_fetch(struct imap_server *server, struct str *out, const char *set)
{
    server->fetches++;
    if (strstr(set, "BODY.PEEK") == NULL) {
        add_uids(server, out, set);
        expunge(server, server->vanishes);
    } else {
        add_bodies(server, out, set);
    }
}

static void add_examine(const struct imap_server *server, struct str *out)
{
    uint32_t last = server->count ? server->mails[server->count - 1].uid : 0;

    str_printf(out, "* %zu EXISTS\r\n* FLAGS (\\Seen)\r\n", server->count);
    if (server->wrong != WRONG_SILENT_VALIDITY)
        str_printf(out, "* OK [UIDVALIDITY %u] valid\r\n", server->uidvalidity);
    if (server->wrong != WRONG_SILENT_UIDNEXT)
        str_printf(out, "* OK [UIDNEXT %u] next\r\n", server->uidnext ? server->uidnext : last + 1);
}

/* What the client waits for happens as soon as it waits. */
static void add_arrival(struct imap_server *server, struct str *out)
{
    if (!server->arrives)
        return;
    server->mails[server->count++] = (struct served_mail){ server->arrives, "Subject: new\r\n" };
    server->arrives = 0;
    str_printf(out, "* %zu EXISTS\r\n", server->count);
}

static void add_answer(struct imap_server *server, struct str *out, const char *tag,
                       const char *command)
{
    const char *end = "OK done";

    if (strncasecmp(command, "CAPABILITY", 10) == 0)
        str_printf(out, "* CAPABILITY IMAP4rev1%s\r\n", server->no_idle ? "" : " IDLE");
    else if (strncasecmp(command, "EXAMINE", 7) == 0)
        add_examine(server, out);
    else if (strncasecmp(command, "UID FETCH ", 10) == 0)
        add_fetch(server, out, command + 10);
    else if (strncasecmp(command, "NOOP", 4) == 0)
        add_arrival(server, out);
    else if (strncasecmp(command, "LOGIN", 5) != 0)
        end = "BAD unknown";
    if (server->wrong == WRONG_VALIDITY && strncasecmp(command, "UID", 3) == 0)
        str_printf(out, "* OK [UIDVALIDITY %u] new\r\n", server->uidvalidity + 1);
    if (server->wrong == WRONG_TAG && strncasecmp(command, "UID", 3) == 0)
        tag = "A001";
    str_printf(out, "%s %s\r\n", tag, end);
}

static bool answer_idle(struct imap_server *server, int fd, FILE *in, const char *tag)
{
    char line[100];
    struct str out;
    bool on;

    server->idles++;
    str_init(&out, 4096);
    if (server->refuse_idle) {
        str_printf(&out, "%s BAD no\r\n", tag);
    } else {
        str_add_text(&out, "+ idling\r\n");
        add_arrival(server, &out);
    }
    on = say(server, fd, str_text(&out), out.len);
    if (on && !server->refuse_idle) {
        pthread_mutex_unlock(&server->lock);
        on = fgets(line, sizeof(line), in) != NULL && strcmp(line, "DONE\r\n") == 0;
        pthread_mutex_lock(&server->lock);
        str_reset(&out);
        str_printf(&out, "%s OK idled\r\n", tag);
        on = on && say(server, fd, str_text(&out), out.len);
    }
    str_finish(&out);
    return on;
}

static bool answer_line(struct imap_server *server, int fd, FILE *in, char *line)
{
    char *command = strchr(line, ' ');
    struct str out;
    bool on;

    if (!command)
        return false;
    *command++ = '\0';
    if (strncasecmp(command, "IDLE", 4) == 0)
        return answer_idle(server, fd, in, line);
    str_init(&out, 4 << 20);
    add_answer(server, &out, line, command);
    on = str_ok(&out) && say(server, fd, str_text(&out), out.len);
    str_finish(&out);
    /* what was promised too much never comes */
    if (server->wrong == WRONG_LONG && strstr(command, "BODY"))
        return false;
    return on && strncasecmp(command, "LOGOUT", 6) != 0;
}

static void serve(struct imap_server *server, int fd)
{
    char line[4096];
    FILE *in = fdopen(fd, "r");
    bool on;

    pthread_mutex_lock(&server->lock);
    server->said = 0;
    server->connections++;
    on = say_text(server, fd, "* OK ready\r\n");
    pthread_mutex_unlock(&server->lock);
    while (on && fgets(line, sizeof(line), in)) {
        pthread_mutex_lock(&server->lock);
        on = answer_line(server, fd, in, line);
        pthread_mutex_unlock(&server->lock);
    }
    fclose(in);
}

static void *serve_all(void *data)
{
    struct imap_server *server = (struct imap_server *)data;
    int one = 1;

    for (;;) {
        int fd = accept(server->listen_fd, NULL, NULL);
        bool stop;

        pthread_mutex_lock(&server->lock);
        stop = server->stop;
        pthread_mutex_unlock(&server->lock);
        if (fd < 0 || stop) {
            if (fd >= 0)
                close(fd);
            return NULL;
        }
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
        serve(server, fd);
    }
}

static void server_start(struct imap_server *server)
{
    struct sockaddr_in address = { .sin_family = AF_INET };
    socklen_t len = sizeof(address);

    *server = (struct imap_server){ .uidvalidity = 7, .cut_after = SIZE_MAX };
    pthread_mutex_init(&server->lock, NULL);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    server->listen_fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (server->listen_fd < 0 ||
        bind(server->listen_fd, (struct sockaddr *)&address, sizeof(address)) < 0 ||
        listen(server->listen_fd, 16) < 0 ||
        getsockname(server->listen_fd, (struct sockaddr *)&address, &len) < 0)
        abort();
    server->port = ntohs(address.sin_port);
    if (pthread_create(&server->thread, NULL, serve_all, server) != 0)
        abort();
}

/* After the client closed its connection. */
static void server_stop(struct imap_server *server)
{
    pthread_mutex_lock(&server->lock);
    server->stop = true;
    pthread_mutex_unlock(&server->lock);
    shutdown(server->listen_fd, SHUT_RDWR);
    pthread_join(server->thread, NULL);
    close(server->listen_fd);
    pthread_mutex_destroy(&server->lock);
}

#endif
