/* tests/channels/certs.h - an authority and server certificates made on the spot. */
#ifndef HEED_TESTS_CHANNELS_CERTS_H
#define HEED_TESTS_CHANNELS_CERTS_H

#include <openssl/ssl.h>

enum cert_kind {
    CERT_GOOD,       /* localhost and 127.0.0.1, by our authority */
    CERT_WRONG_NAME, /* another host's */
    CERT_EXPIRED,
    CERT_SELF_SIGNED,
    CERT_NUL_IN_NAME, /* "localhost\0.evil.example" */
    CERT_TLS_1_1      /* a good one on a server that speaks nothing newer */
};

/* Makes the authority once and returns the path of its PEM file. */
const char *certs_authority(void);
/* Removes the file. */
void certs_finish(void);
/* A server's context. The caller frees it. */
SSL_CTX *certs_server(enum cert_kind kind);

#endif
