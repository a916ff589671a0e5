/* channels/smtp_tls.c - see smtp_tls.h. A certificate that fails is noted in the wire of the thread
 * (smtp_shim.h). */
#include "channels/smtp_tls.h"

#include <arpa/inet.h>
#include <openssl/ssl.h>
#include <stdlib.h>

#include "channels/smtp_shim.h"
#include "core/base/arena.h"

struct smtp_tls_host {
    SSL_CTX *ctx;
    char *name;
    bool literal; /* the name is an IP address */
};

static int note_verify(int ok, X509_STORE_CTX *store)
{
    struct smtp_wire *wire = smtp_shim_get();

    if (!ok && wire && !wire->verify_error)
        wire->verify_error = X509_STORE_CTX_get_error(store);
    return ok;
}

/* libesmtp makes the SSL itself; here is the one moment before the ClientHello is written. */
static void at_handshake(const SSL *ssl, int where, int value)
{
    const struct smtp_tls_host *tls = SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl));
    SSL *open = (SSL *)(uintptr_t)ssl; /* the callback's type is const, its purpose is not */

    (void)value;
    if (!(where & SSL_CB_HANDSHAKE_START) || !SSL_in_before(ssl))
        return;
    if (tls->literal) {
        X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(open), tls->name);
        return;
    }
    SSL_set_tlsext_host_name(open, tls->name);
    SSL_set1_host(open, tls->name);
}

static bool is_literal(const char *host)
{
    struct in6_addr address;

    return inet_pton(AF_INET, host, &address) == 1 || inet_pton(AF_INET6, host, &address) == 1;
}

struct smtp_tls_host *smtp_tls_open(const char *host, const char *ca_file, struct err *err)
{
    struct smtp_tls_host *tls = xcalloc(1, sizeof(*tls));
    int loaded;

    tls->name = xstrdup(host);
    tls->literal = is_literal(host);
    tls->ctx = SSL_CTX_new(TLS_client_method());
    if (!tls->ctx || SSL_CTX_set_min_proto_version(tls->ctx, TLS1_2_VERSION) != 1) {
        err_set(err, ERR_SYSTEM, "OpenSSL gives no TLS context");
        goto failed;
    }
    loaded = ca_file ? SSL_CTX_load_verify_locations(tls->ctx, ca_file, NULL)
                     : SSL_CTX_set_default_verify_paths(tls->ctx);
    if (loaded != 1) {
        err_set(err, ERR_CONFIG, "%s: no certificates in PEM can be read from it",
                ca_file ? ca_file : "the system's certificates");
        goto failed;
    }
    SSL_CTX_set_verify(tls->ctx, SSL_VERIFY_PEER, note_verify);
    SSL_CTX_set_app_data(tls->ctx, tls);
    SSL_CTX_set_info_callback(tls->ctx, at_handshake);
    return tls;
failed:
    smtp_tls_close(tls);
    return NULL;
}

void smtp_tls_close(struct smtp_tls_host *tls)
{
    if (!tls)
        return;
    SSL_CTX_free(tls->ctx);
    free(tls->name);
    free(tls);
}

struct ssl_ctx_st *smtp_tls_ctx(struct smtp_tls_host *tls)
{
    return tls->ctx;
}
