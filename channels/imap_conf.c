/* channels/imap_conf.c - see imap_conf.h. */
#include "channels/imap_conf.h"

#include <stdlib.h>

#include "core/base/arena.h"
#include "core/base/text.h"

#define HOST_MAX_BYTES 253
#define TEXT_MAX_BYTES 255
#define SECRET_MAX_BYTES 8192
#define MAX_BYTES_DEFAULT (INT64_C(1) << 20)
#define MAX_BYTES_LIMIT (INT64_C(64) << 20)

static const char *const keys[] = { "host",      "port",        "tls",    "user",
                                    "password",  "oauth_token", "folder", "from_start",
                                    "max_bytes", "ca_file",     NULL };

static const struct {
    const char *name;
    enum imap_tls tls;
    int port;
} modes[] = {
    { "implicit", IMAP_TLS_IMPLICIT, 993 },
    { "starttls", IMAP_TLS_START, 143 },
    { "off", IMAP_TLS_OFF, 143 },
};

static bool is_host(struct span host)
{
    static const char allowed[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_:";

    if (host.len == 0 || host.len > HOST_MAX_BYTES || host.data[0] == '-')
        return false;
    for (size_t i = 0; i < host.len; i++)
        if (!memchr(allowed, host.data[i], sizeof(allowed) - 1))
            return false;
    return true;
}

/* By its name; the address is checked again when connecting (imap_wire.c). */
static bool is_loopback_name(struct span host)
{
    return text_eq_nocase(host, span_of("localhost")) || span_is(host, "::1") ||
           text_starts_nocase(host, "127.");
}

static int read_tls(struct imap_conf *conf, const struct conf_section *section, struct err *err)
{
    const char *name = conf_text(section, "tls", modes[0].name);
    int64_t port;

    for (size_t i = 0; i < COUNT_OF(modes); i++) {
        if (!span_is(span_of(name), modes[i].name))
            continue;
        conf->login.tls = modes[i].tls;
        if (modes[i].tls == IMAP_TLS_OFF && !is_loopback_name(span_of(conf->login.host)))
            return conf_err(section, "tls", err,
                            "tls = off is for a loopback host only: without TLS anybody on the "
                            "way reads the password");
        if (conf_int(section, "port", (struct conf_range){ 1, 65535, modes[i].port }, &port, err) <
            0)
            return -1;
        conf->login.port = (int)port;
        return 0;
    }
    return conf_err(section, "tls", err, "tls must be implicit, starttls or off, not \"%.40s\"",
                    name);
}

static int read_host(struct imap_conf *conf, const struct conf_section *section, struct err *err)
{
    const char *host = conf_text(section, "host", "");
    const char *user = conf_text(section, "user", "");

    if (!is_host(span_of(host)))
        return conf_err(section, "host", err, "host must be a name or an address, not \"%.80s\"",
                        host);
    if (!*user || strlen(user) > TEXT_MAX_BYTES || text_has_control(span_of(user)))
        return conf_err(section, "user", err, "user must be 1-%d bytes without control characters",
                        TEXT_MAX_BYTES);
    conf->login.host = conf->host = xstrdup(host);
    conf->login.user = conf->user = xstrdup(user);
    return 0;
}

/* libcurl puts it into quotes or base64 as it is: a line break would begin a command of its own. */
static int read_secret(const struct conf_section *section, const char *key, char **out,
                       struct err *err)
{
    const char *secret;

    if (conf_secret(section, key, &secret, err) < 0)
        return -1;
    if (secret && (strlen(secret) > SECRET_MAX_BYTES || text_has_control(span_of(secret))))
        return conf_err(section, key, err, "%s holds a control character or is too long", key);
    *out = secret ? xstrdup(secret) : NULL;
    return 0;
}

static int read_secrets(struct imap_conf *conf, const struct conf_section *section, struct err *err)
{
    if (read_secret(section, "password", &conf->password, err) < 0 ||
        read_secret(section, "oauth_token", &conf->oauth_token, err) < 0)
        return -1;
    if (!conf->password == !conf->oauth_token)
        return conf_err(section, "user", err, "give either password or oauth_token");
    conf->login.password = conf->password;
    conf->login.oauth_token = conf->oauth_token;
    return 0;
}

static int read_folder(struct imap_conf *conf, const struct conf_section *section, struct err *err)
{
    const char *folder = conf_text(section, "folder", "INBOX");
    const char *ca_file = conf_text(section, "ca_file", NULL);
    int64_t max_bytes;

    for (const char *at = folder; *at; at++)
        if (*at < ' ' || *at > '~')
            return conf_err(section, "folder", err,
                            "folder must be ASCII, other letters in modified UTF-7 as the server "
                            "lists it (RFC 3501 5.1.3)");
    if (!*folder || strlen(folder) > TEXT_MAX_BYTES)
        return conf_err(section, "folder", err, "folder must be 1-%d bytes", TEXT_MAX_BYTES);
    if (conf_bool(section, "from_start", false, &conf->from_start, err) < 0 ||
        conf_int(section, "max_bytes",
                 (struct conf_range){ 1024, MAX_BYTES_LIMIT, MAX_BYTES_DEFAULT }, &max_bytes,
                 err) < 0)
        return -1;
    conf->folder = xstrdup(folder);
    conf->login.ca_file = conf->ca_file = ca_file ? xstrdup(ca_file) : NULL;
    conf->max_bytes = (size_t)max_bytes;
    return 0;
}

struct imap_conf *imap_conf_read(const struct conf_section *section, struct err *err)
{
    struct imap_conf *conf = xcalloc(1, sizeof(*conf));

    conf->name = xstrdup(section->name);
    if (conf_check_keys(section, keys, err) == 0 && read_host(conf, section, err) == 0 &&
        read_tls(conf, section, err) == 0 && read_secrets(conf, section, err) == 0 &&
        read_folder(conf, section, err) == 0)
        return conf;
    imap_conf_destroy(conf);
    return NULL;
}

void imap_conf_destroy(struct imap_conf *conf)
{
    if (!conf)
        return;
    free(conf->host);
    free(conf->user);
    free(conf->ca_file);
    xfree_secret(conf->password);
    xfree_secret(conf->oauth_token);
    free(conf->name);
    free(conf->folder);
    free(conf);
}
