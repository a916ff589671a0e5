/* tests/channels/certs.c - see certs.h. */
#include "tests/channels/certs.h"

#include <assert.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct {
    EVP_PKEY *key;
    X509 *cert;
    char path[64];
} authority;

static void add_name(X509 *cert, const unsigned char *name, int len)
{
    X509_NAME *subject = X509_get_subject_name(cert);

    X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8, name, len, -1, 0);
}

static void add_extension(X509 *cert, int nid, const char *value)
{
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, NULL, nid, value);

    assert(extension);
    X509_add_ext(cert, extension, -1);
    X509_EXTENSION_free(extension);
}

static X509 *new_cert(EVP_PKEY *key, const char *name, int len, long from_days)
{
    X509 *cert = X509_new();

    assert(cert && key);
    X509_set_version(cert, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(cert), 1 + (long)(random() % 1000000));
    X509_time_adj_ex(X509_getm_notBefore(cert), (int)from_days, 0, NULL);
    X509_time_adj_ex(X509_getm_notAfter(cert), (int)from_days + 2, 0, NULL);
    X509_set_pubkey(cert, key);
    add_name(cert, (const unsigned char *)name, len);
    return cert;
}

const char *certs_authority(void)
{
    FILE *file;
    int fd;

    if (authority.cert)
        return authority.path;
    authority.key = EVP_EC_gen("P-256");
    authority.cert = new_cert(authority.key, "heed test authority", -1, -1);
    X509_set_issuer_name(authority.cert, X509_get_subject_name(authority.cert));
    add_extension(authority.cert, NID_basic_constraints, "critical,CA:TRUE");
    X509_sign(authority.cert, authority.key, EVP_sha256());
    snprintf(authority.path, sizeof(authority.path), "/tmp/heed-ca-XXXXXX");
    fd = mkstemp(authority.path);
    file = fd < 0 ? NULL : fdopen(fd, "w");
    assert(file);
    PEM_write_X509(file, authority.cert);
    fclose(file);
    return authority.path;
}

void certs_finish(void)
{
    if (!authority.cert)
        return;
    unlink(authority.path);
    X509_free(authority.cert);
    EVP_PKEY_free(authority.key);
    authority.cert = NULL;
}

/* The dNSName is put in by hand: no text form could hold the NUL. */
static void add_nul_name(X509 *cert)
{
    static const char name[] = "localhost\0.evil.example";
    GENERAL_NAMES *names = sk_GENERAL_NAME_new_null();
    GENERAL_NAME *general = GENERAL_NAME_new();
    ASN1_IA5STRING *text = ASN1_IA5STRING_new();

    ASN1_STRING_set(text, name, (int)sizeof(name) - 1);
    GENERAL_NAME_set0_value(general, GEN_DNS, text);
    sk_GENERAL_NAME_push(names, general);
    X509_add1_ext_i2d(cert, NID_subject_alt_name, names, 0, 0);
    GENERAL_NAMES_free(names);
}

static void sign(X509 *cert, EVP_PKEY *key, enum cert_kind kind)
{
    bool self = kind == CERT_SELF_SIGNED;

    X509_set_issuer_name(cert, X509_get_subject_name(self ? cert : authority.cert));
    X509_sign(cert, self ? key : authority.key, EVP_sha256());
}

SSL_CTX *certs_server(enum cert_kind kind)
{
    SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *cert = new_cert(key, "localhost", -1, kind == CERT_EXPIRED ? -10 : -1);

    certs_authority();
    if (kind == CERT_NUL_IN_NAME)
        add_nul_name(cert);
    else
        add_extension(cert, NID_subject_alt_name,
                      kind == CERT_WRONG_NAME ? "DNS:other.example" : "DNS:localhost,IP:127.0.0.1");
    sign(cert, key, kind);
    SSL_CTX_use_certificate(ctx, cert);
    SSL_CTX_use_PrivateKey(ctx, key);
    if (kind == CERT_TLS_1_1) {
        SSL_CTX_set_security_level(ctx, 0);
        SSL_CTX_set_min_proto_version(ctx, TLS1_VERSION);
        SSL_CTX_set_max_proto_version(ctx, TLS1_1_VERSION);
    }
    X509_free(cert);
    EVP_PKEY_free(key);
    return ctx;
}
