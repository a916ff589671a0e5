/* channels/imap_wire.c - see imap_wire.h. */
#include "channels/imap_wire.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "channels/imap_reader.h"
#include "core/base/arena.h"
#include "core/base/clock.h"
#include "core/base/str.h"

#define LOGIN_MS (30 * SECOND_MS)
#define SEND_MS (30 * SECOND_MS)
#define URL_MAX_BYTES 300

struct imap_wire {
    CURL *curl;
    curl_socket_t fd;
    struct imap_reader reader;
    char curl_text[CURL_ERROR_SIZE];
};

static bool is_loopback(const struct sockaddr *address)
{
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;

    if (address->sa_family == AF_INET) {
        memcpy(&v4, address, sizeof(v4));
        return ntohl(v4.sin_addr.s_addr) >> 24 == 127;
    }
    if (address->sa_family != AF_INET6)
        return false;
    memcpy(&v6, address, sizeof(v6));
    return IN6_IS_ADDR_LOOPBACK(&v6.sin6_addr);
}

/* Without TLS the name may promise loopback and the resolver say otherwise: the address counts. */
static curl_socket_t open_socket(void *login, curlsocktype purpose, struct curl_sockaddr *address)
{
    enum imap_tls tls = ((const struct imap_login *)login)->tls;

    (void)purpose;
    if (tls == IMAP_TLS_OFF && !is_loopback(&address->addr))
        return CURL_SOCKET_BAD;
    return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

static CURLcode set_transport(CURL *curl, const struct imap_login *login)
{
    long ssl = login->tls == IMAP_TLS_OFF ? CURLUSESSL_NONE : CURLUSESSL_ALL;
    CURLcode rc = curl_easy_setopt(curl, CURLOPT_USE_SSL, ssl);

    rc |= curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 1L);
    rc |= curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 2L);
    rc |= curl_easy_setopt(curl, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    if (login->ca_file) {
        rc |= curl_easy_setopt(curl, CURLOPT_CAINFO, login->ca_file);
        rc |= curl_easy_setopt(curl, CURLOPT_CAPATH, NULL);
    }
    rc |= curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "imap,imaps");
    rc |= curl_easy_setopt(curl, CURLOPT_PROXY, "");
    rc |= curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    rc |= curl_easy_setopt(curl, CURLOPT_CONNECT_ONLY, 1L);
    rc |= curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)LOGIN_MS);
    /* IDLE is silent for up to 25 minutes: only these tell a dead peer from a quiet one. */
    rc |= curl_easy_setopt(curl, CURLOPT_TCP_KEEPALIVE, 1L);
    rc |= curl_easy_setopt(curl, CURLOPT_TCP_KEEPIDLE, 120L);
    rc |= curl_easy_setopt(curl, CURLOPT_TCP_KEEPINTVL, 30L);
    rc |= curl_easy_setopt(curl, CURLOPT_OPENSOCKETFUNCTION, open_socket);
    return rc | curl_easy_setopt(curl, CURLOPT_OPENSOCKETDATA, login);
}

static CURLcode set_credentials(CURL *curl, const struct imap_login *login)
{
    const char *brackets = strchr(login->host, ':') ? "[]" : "";
    const char *scheme = login->tls == IMAP_TLS_IMPLICIT ? "imaps" : "imap";
    char url[URL_MAX_BYTES];
    CURLcode rc;

    snprintf(url, sizeof(url), "%s://%.1s%s%s:%d/", scheme, brackets, login->host,
             brackets[0] ? brackets + 1 : "", login->port);
    rc = curl_easy_setopt(curl, CURLOPT_URL, url);
    rc |= curl_easy_setopt(curl, CURLOPT_USERNAME, login->user);
    if (login->oauth_token) {
        rc |= curl_easy_setopt(curl, CURLOPT_XOAUTH2_BEARER, login->oauth_token);
        rc |= curl_easy_setopt(curl, CURLOPT_LOGIN_OPTIONS, "AUTH=XOAUTH2");
    } else {
        rc |= curl_easy_setopt(curl, CURLOPT_PASSWORD, login->password);
    }
    return rc;
}

static int connect_error(const struct imap_wire *wire, CURLcode rc, struct err *err)
{
    const char *text = wire->curl_text[0] ? wire->curl_text : curl_easy_strerror(rc);

    if (rc == CURLE_LOGIN_DENIED)
        return err_set(err, ERR_CONFIG, "the server refuses the user or the password");
    if (rc == CURLE_USE_SSL_FAILED)
        return err_set(err, ERR_NET, "the server offers no TLS, and without it nothing is sent");
    return err_set(err, ERR_NET, "cannot log in: %s", text);
}

static int connect_wire(struct imap_wire *wire, const struct imap_login *login, struct err *err)
{
    CURLcode rc = curl_easy_setopt(wire->curl, CURLOPT_ERRORBUFFER, wire->curl_text);

    rc |= set_transport(wire->curl, login);
    rc |= set_credentials(wire->curl, login);
    if (rc != CURLE_OK)
        return err_set(err, ERR_SYSTEM, "libcurl lacks an option we need");
    rc = curl_easy_perform(wire->curl);
    if (rc != CURLE_OK)
        return connect_error(wire, rc, err);
    rc = curl_easy_getinfo(wire->curl, CURLINFO_ACTIVESOCKET, &wire->fd);
    if (rc != CURLE_OK || wire->fd == CURL_SOCKET_BAD)
        return err_set(err, ERR_NET, "the server hung up after the login");
    return 0;
}

struct imap_wire *imap_wire_open(const struct imap_login *login, size_t literals_max,
                                 struct err *err)
{
    struct imap_wire *wire = xcalloc(1, sizeof(*wire));

    wire->fd = CURL_SOCKET_BAD;
    imap_reader_init(&wire->reader, literals_max);
    wire->curl = curl_easy_init();
    if (!wire->curl)
        err_set(err, ERR_SYSTEM, "libcurl cannot start");
    if (!wire->curl || connect_wire(wire, login, err) < 0) {
        imap_wire_close(wire);
        return NULL;
    }
    return wire;
}

void imap_wire_close(struct imap_wire *wire)
{
    if (!wire)
        return;
    curl_easy_cleanup(wire->curl);
    imap_reader_finish(&wire->reader);
    free(wire);
}

static int io_error(CURLcode rc, struct err *err)
{
    return err_set(err, ERR_NET, "the connection broke: %s", curl_easy_strerror(rc));
}

/* Waits for the socket or the wake-up. fds as poll() left them; -1 and err when it cannot. */
static int wait_for(struct pollfd fds[2], int64_t until_ms, struct err *err)
{
    int64_t left = until_ms - clock_monotonic_ms();
    char text[100];

    if (left < 0)
        left = 0;
    if (poll(fds, 2, left > INT32_MAX ? INT32_MAX : (int)left) >= 0)
        return 0;
    fds[0].revents = fds[1].revents = 0;
    if (errno == EINTR)
        return 0;
    return err_set(err, ERR_SYSTEM, "poll: %s", err_errno(errno, text, sizeof(text)));
}

int imap_wire_send(struct imap_wire *wire, struct span bytes, struct err *err)
{
    int64_t until_ms = clock_monotonic_ms() + SEND_MS;

    while (bytes.len > 0) {
        struct pollfd fds[2] = { { .fd = wire->fd, .events = POLLOUT }, { .fd = -1 } };
        size_t sent = 0;
        CURLcode rc = curl_easy_send(wire->curl, bytes.data, bytes.len, &sent);

        bytes = span_from(bytes, sent);
        if (rc != CURLE_OK && rc != CURLE_AGAIN)
            return io_error(rc, err);
        if (rc == CURLE_OK)
            continue;
        if (clock_monotonic_ms() >= until_ms)
            return err_set(err, ERR_NET, "the server takes nothing for %d s",
                           (int)(SEND_MS / SECOND_MS));
        if (wait_for(fds, until_ms, err) < 0)
            return -1;
    }
    return 0;
}

/* 1: bytes came, 0: none now, -1: none ever again. */
static int receive(struct imap_wire *wire, struct err *err)
{
    char chunk[16384];
    size_t got = 0;
    CURLcode rc = curl_easy_recv(wire->curl, chunk, sizeof(chunk), &got);

    if (rc == CURLE_AGAIN)
        return 0;
    if (rc != CURLE_OK)
        return io_error(rc, err);
    if (got == 0)
        return err_set(err, ERR_NET, "the server hung up");
    imap_reader_add(&wire->reader, span_make(chunk, got));
    return 1;
}

/* Reads until the reader has a whole answer (1), the time is over (0) or it broke (-1). Slow bytes
 * that never make an answer end with the time too. */
static enum imap_event next_text(struct imap_wire *wire, int64_t until_ms, int wake_fd,
                                 struct span *text, struct err *err)
{
    int found;

    while ((found = imap_reader_next(&wire->reader, text, err)) == 0) {
        struct pollfd fds[2] = { { .fd = wire->fd, .events = POLLIN },
                                 { .fd = wake_fd, .events = POLLIN } };
        int got = receive(wire, err);

        if (got < 0)
            return IMAP_BROKEN;
        if (clock_monotonic_ms() >= until_ms)
            return IMAP_LATE;
        if (got > 0)
            continue;
        if (wait_for(fds, until_ms, err) < 0)
            return IMAP_BROKEN;
        if (fds[1].revents)
            return IMAP_WOKEN;
    }
    return found < 0 ? IMAP_BROKEN : IMAP_ANSWERED;
}

enum imap_event imap_wire_next(struct imap_wire *wire, int64_t until_ms, int wake_fd,
                               struct imap_answer *answer, struct err *err)
{
    struct span text;
    enum imap_event event = next_text(wire, until_ms, wake_fd, &text, err);

    if (event == IMAP_ANSWERED && imap_answer_read(text, answer, err) < 0)
        return IMAP_BROKEN;
    return event;
}
