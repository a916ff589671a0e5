/* channels/smtp_tls.h - the SSL_CTX of one server: TLS 1.2 at least, chain and name verified, name
 * sent (SNI). libesmtp would do none of this by itself. */
#ifndef HEED_CHANNELS_SMTP_TLS_H
#define HEED_CHANNELS_SMTP_TLS_H

#include "core/base/err.h"

struct ssl_ctx_st;
struct smtp_tls_host;

/* ca_file NULL: the certificates of the system. NULL and err. */
struct smtp_tls_host *smtp_tls_open(const char *host, const char *ca_file,
                                    struct err *err) MUST_USE;
void smtp_tls_close(struct smtp_tls_host *tls); /* NULL is fine */

/* Borrowed. */
struct ssl_ctx_st *smtp_tls_ctx(struct smtp_tls_host *tls);

#endif
