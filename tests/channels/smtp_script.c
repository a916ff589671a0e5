/* tests/channels/smtp_script.c - see smtp_script.h. One connection at a time. */
#include "tests/channels/smtp_script.h"

#include <arpa/inet.h>
#include <assert.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/base/arena.h"

#define GIANT_OCTETS (10 << 20)
#define HANG_MS 4000

struct smtp_script {
    struct script_plan plan;
    struct script_heard heard;
    SSL_CTX *tls;
    int listener, port;
    atomic_bool stop;
    pthread_t thread;
};

struct peer {
    struct smtp_script *script;
    int fd;
    SSL *ssl;
    char buffer[4096];
    size_t len, at;
    int mail; /* MAIL commands of all connections, less one */
    bool gone, has_rcpt;
};

static void say_bytes(struct peer *peer, const char *bytes, size_t len)
{
    while (len && !peer->gone) {
        ssize_t n = peer->ssl ? SSL_write(peer->ssl, bytes, (int)(len > 16000 ? 16000 : len))
                              : send(peer->fd, bytes, len, MSG_NOSIGNAL);
        if (n <= 0) {
            peer->gone = true;
            return;
        }
        bytes += n;
        len -= (size_t)n;
    }
}

/* Reads nothing and says nothing until the client closes. */
static void hang(struct peer *peer)
{
    struct pollfd fd = { .fd = peer->fd, .events = POLLRDHUP };

    for (int waited = 0; waited < HANG_MS && !atomic_load(&peer->script->stop); waited += 20)
        if (poll(&fd, 1, 20) != 0)
            break;
    peer->gone = true;
}

static void flood(struct peer *peer)
{
    char block[8000];

    for (size_t i = 0; i < sizeof(block); i += 8)
        memcpy(block + i, "250-XY\r\n", 8);
    while (!peer->gone && !atomic_load(&peer->script->stop))
        say_bytes(peer, block, sizeof(block));
}

static void giant(struct peer *peer)
{
    char block[8192];

    memset(block, 'x', sizeof(block));
    say_bytes(peer, "250 ", 4);
    for (int sent = 0; sent < GIANT_OCTETS && !peer->gone; sent += (int)sizeof(block))
        say_bytes(peer, block, sizeof(block));
    say_bytes(peer, "\r\n", 2);
}

static void drip(struct peer *peer)
{
    struct pollfd fd = { .fd = peer->fd, .events = POLLRDHUP };

    for (int i = 0; i < HANG_MS / 500 && !peer->gone; i++) {
        say_bytes(peer, "2", 1);
        peer->gone = peer->gone || poll(&fd, 1, 500) != 0;
    }
    peer->gone = true;
}

static void say(struct peer *peer, const char *scripted, const char *honest)
{
    const char *text = scripted ? scripted : honest;
    char line[1000];
    static const struct {
        const char *name;
        void (*act)(struct peer *peer);
    } acts[] = {
        { SCRIPT_HANG, hang },
        { SCRIPT_FLOOD, flood },
        { SCRIPT_GIANT, giant },
        { SCRIPT_DRIP, drip },
    };

    if (strcmp(text, SCRIPT_DROP) == 0) {
        peer->gone = true;
        return;
    }
    for (size_t i = 0; i < sizeof(acts) / sizeof(acts[0]); i++)
        if (strcmp(text, acts[i].name) == 0) {
            acts[i].act(peer);
            return;
        }
    snprintf(line, sizeof(line), "%s\r\n", text);
    say_bytes(peer, line, strlen(line));
}

static int get_byte(struct peer *peer)
{
    if (peer->at == peer->len) {
        ssize_t n = peer->ssl ? SSL_read(peer->ssl, peer->buffer, sizeof(peer->buffer))
                              : recv(peer->fd, peer->buffer, sizeof(peer->buffer), 0);
        if (n <= 0) {
            peer->gone = true;
            return -1;
        }
        peer->at = 0;
        peer->len = (size_t)n;
    }
    return (unsigned char)peer->buffer[peer->at++];
}

/* A line without its CRLF; one longer than size is cut. */
static bool get_line(struct peer *peer, char *line, size_t size)
{
    size_t len = 0;
    int c;

    while ((c = get_byte(peer)) >= 0 && c != '\n')
        if (len + 1 < size)
            line[len++] = (char)c;
    if (len && line[len - 1] == '\r')
        len--;
    line[len] = '\0';
    return c >= 0;
}

/* What is scripted for this mail, or NULL. */
static const char *of_mail(const struct peer *peer, const char *scripted)
{
    int at = peer->script->plan.at;

    return at < 0 || at == peer->mail ? scripted : NULL;
}

static void offer(struct peer *peer)
{
    const struct script_plan *plan = &peer->script->plan;
    char text[400];

    snprintf(text, sizeof(text), "250-script%s%s%s%s%s%s\r\n250 HELP",
             plan->tls && !peer->ssl ? "\r\n250-STARTTLS" : "",
             plan->offer_auth ? "\r\n250-AUTH PLAIN LOGIN XOAUTH2" : "",
             plan->offer_chunking ? "\r\n250-CHUNKING" : "",
             plan->offer_pipelining ? "\r\n250-PIPELINING" : "",
             plan->offer_enhanced ? "\r\n250-ENHANCEDSTATUSCODES" : "",
             plan->offer_utf8 ? "\r\n250-SMTPUTF8" : "");
    say(peer, plan->ehlo, text);
}

static void start_tls(struct peer *peer)
{
    const struct smtp_script *script = peer->script;

    if (script->plan.inject)
        say_bytes(peer, "220 go\r\n250-evil\r\n250 AUTH PLAIN\r\n", 33);
    else
        say(peer, script->plan.starttls, "220 go");
    if (peer->gone || script->plan.starttls)
        return;
    peer->ssl = SSL_new(script->tls);
    SSL_set_fd(peer->ssl, peer->fd);
    if (SSL_accept(peer->ssl) != 1) {
        peer->gone = true;
        return;
    }
    snprintf(peer->script->heard.sni, sizeof(peer->script->heard.sni), "%s",
             SSL_get_servername(peer->ssl, TLSEXT_NAMETYPE_host_name)
                 ? SSL_get_servername(peer->ssl, TLSEXT_NAMETYPE_host_name)
                 : "");
}

static void take_auth(struct peer *peer, const char *line)
{
    struct script_heard *heard = &peer->script->heard;
    char answer[9000];
    int asks = strcasecmp(line, "AUTH LOGIN") == 0 ? 2 : strlen(line) < 14 ? 1 : 0;

    heard->secret_in_clear = heard->secret_in_clear || !peer->ssl;
    while (asks-- > 0 && !peer->gone) {
        say(peer, NULL, "334 VXNlcg==");
        get_line(peer, answer, sizeof(answer));
    }
    heard->authenticated = heard->authenticated || !peer->script->plan.auth;
    say(peer, peer->script->plan.auth, "235 2.7.0 welcome");
}

static void say_dot(struct peer *peer)
{
    struct script_heard *heard = &peer->script->heard;
    const char *scripted = of_mail(peer, peer->script->plan.dot);

    heard->mails++;
    heard->accepted += !scripted || scripted[0] == '2';
    say(peer, scripted, "250 2.0.0 Ok: queued as SCRIPT");
}

static void take_data(struct peer *peer)
{
    struct script_heard *heard = &peer->script->heard;
    char line[2048];

    bool nobody = !peer->has_rcpt && !peer->script->plan.lax;

    say(peer, of_mail(peer, peer->script->plan.data),
        nobody ? "554 5.5.1 no valid recipients" : "354 go on");
    if (nobody || of_mail(peer, peer->script->plan.data)) {
        return;
    }
    heard->secret_in_clear = heard->secret_in_clear || !peer->ssl;
    str_reset(&heard->last);
    while (get_line(peer, line, sizeof(line)) && strcmp(line, ".") != 0) {
        str_printf(&heard->last, "%s\r\n", line[0] == '.' ? line + 1 : line);
        if (of_mail(peer, peer->script->plan.body)) {
            say(peer, peer->script->plan.body, "");
            return;
        }
    }
    if (!peer->gone)
        say_dot(peer);
}

static void take_chunk(struct peer *peer, const char *line)
{
    struct script_heard *heard = &peer->script->heard;
    long left = strtol(line + 5, NULL, 10);
    bool last = strstr(line, "LAST") != NULL;

    for (; left > 0 && !peer->gone; left--)
        str_add_char(&heard->last, (char)get_byte(peer));
    if (of_mail(peer, peer->script->plan.body)) {
        say(peer, peer->script->plan.body, "");
        return;
    }
    if (!peer->has_rcpt) {
        say(peer, NULL, "503 5.5.1 no valid recipients");
    } else if (!last)
        say(peer, NULL, "250 2.0.0 chunk");
    else if (!peer->gone)
        say_dot(peer);
}

static void take_rcpt(struct peer *peer)
{
    const char *scripted = of_mail(peer, peer->script->plan.rcpt);

    peer->has_rcpt = !scripted || scripted[0] == '2';
    say(peer, scripted, "250 2.1.5 Ok");
}

static void obey(struct peer *peer, const char *line)
{
    const struct script_plan *plan = &peer->script->plan;

    if (strncasecmp(line, "EHLO", 4) == 0)
        offer(peer);
    else if (strncasecmp(line, "STARTTLS", 8) == 0)
        start_tls(peer);
    else if (strncasecmp(line, "AUTH", 4) == 0)
        take_auth(peer, line);
    else if (strncasecmp(line, "MAIL", 4) == 0) {
        peer->mail++;
        peer->has_rcpt = false;
        say(peer, of_mail(peer, plan->mail), "250 2.1.0 Ok");
        str_reset(&peer->script->heard.last);
    } else if (strncasecmp(line, "RCPT", 4) == 0)
        take_rcpt(peer);
    else if (strncasecmp(line, "DATA", 4) == 0)
        take_data(peer);
    else if (strncasecmp(line, "BDAT", 4) == 0)
        take_chunk(peer, line);
    else if (strncasecmp(line, "QUIT", 4) == 0) {
        say(peer, NULL, "221 2.0.0 bye");
        peer->gone = true;
    } else
        say(peer, NULL, "250 2.0.0 Ok");
}

static void serve(struct smtp_script *script, int fd, int *mail)
{
    struct peer *peer = xcalloc(1, sizeof(*peer));
    struct timeval wait = { .tv_sec = HANG_MS / 1000 };
    struct timeval brief = { .tv_usec = 500000 };
    int on = 1;
    char line[9000];

    *peer = (struct peer){ .script = script, .fd = fd, .mail = *mail };
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof(wait));
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &brief, sizeof(brief));
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    script->heard.connections++;
    if (script->plan.implicit) {
        peer->ssl = SSL_new(script->tls);
        SSL_set_fd(peer->ssl, fd);
        peer->gone = SSL_accept(peer->ssl) != 1;
    }
    if (!peer->gone)
        say(peer, script->plan.greeting, "220 script ESMTP");
    while (!peer->gone && get_line(peer, line, sizeof(line))) {
        str_printf(&script->heard.commands, "%s\n", line);
        obey(peer, line);
    }
    *mail = peer->mail;
    SSL_free(peer->ssl);
    close(fd);
    free(peer);
}

static void *run(void *arg)
{
    struct smtp_script *script = arg;
    int mail = -1;

    while (!atomic_load(&script->stop)) {
        struct pollfd ready = { .fd = script->listener, .events = POLLIN };
        int fd;

        if (poll(&ready, 1, 20) <= 0)
            continue;
        fd = accept(script->listener, NULL, NULL);
        if (fd >= 0)
            serve(script, fd, &mail);
    }
    return NULL;
}

struct smtp_script *script_start(const struct script_plan *plan)
{
    struct smtp_script *script = xcalloc(1, sizeof(*script));
    struct sockaddr_in address = { .sin_family = AF_INET };
    socklen_t size = sizeof(address);
    int rc;

    script->plan = *plan;
    str_init(&script->heard.commands, 1 << 20);
    str_init(&script->heard.last, 16 << 20);
    if (plan->tls || plan->implicit)
        script->tls = certs_server(plan->cert);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    script->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    rc = bind(script->listener, (struct sockaddr *)&address, sizeof(address));
    assert(rc == 0);
    rc = listen(script->listener, 64);
    assert(rc == 0);
    getsockname(script->listener, (struct sockaddr *)&address, &size);
    script->port = ntohs(address.sin_port);
    rc = pthread_create(&script->thread, NULL, run, script);
    assert(rc == 0);
    return script;
}

int script_port(const struct smtp_script *script)
{
    return script->port;
}

const struct script_heard *script_stop(struct smtp_script *script)
{
    if (!atomic_exchange(&script->stop, true)) {
        pthread_join(script->thread, NULL);
        close(script->listener);
    }
    return &script->heard;
}

void script_free(struct smtp_script *script)
{
    script_stop(script);
    SSL_CTX_free(script->tls);
    str_finish(&script->heard.commands);
    str_finish(&script->heard.last);
    free(script);
}
