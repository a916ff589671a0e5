/* core/base/sign.c - see sign.h. libcrypto does the cryptography; the encodings are one bit packer
 * with an alphabet and a width. */
#include "core/base/sign.h"

#include <errno.h>
#include <limits.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdlib.h>
#include <sys/random.h>

#include "core/base/text.h"

static const EVP_MD *(*const hashes[])(void) = {
    [SIGN_MD5] = EVP_md5,
    [SIGN_SHA1] = EVP_sha1,
    [SIGN_SHA256] = EVP_sha256,
    [SIGN_SHA512] = EVP_sha512,
};

size_t sign_digest(enum sign_hash hash, struct span data, unsigned char *out)
{
    unsigned int len = 0;

    if (EVP_Digest(data.len ? data.data : "", data.len, out, &len, hashes[hash](), NULL) != 1)
        abort(); /* out of memory, or a libcrypto without this hash: nothing can go on */
    return len;
}

size_t sign_hmac(enum sign_hash hash, struct span key, struct span data, unsigned char *out)
{
    const char *secret = key.len ? key.data : "";
    const unsigned char *bytes = (const unsigned char *)(data.len ? data.data : "");
    unsigned int len = 0;

    if (key.len > INT_MAX ||
        !HMAC(hashes[hash](), secret, (int)key.len, bytes, data.len, out, &len))
        abort();
    return len;
}

bool sign_equal(struct span a, struct span b)
{
    return a.len == b.len && (a.len == 0 || CRYPTO_memcmp(a.data, b.data, a.len) == 0);
}

void sign_random(void *out, size_t len)
{
    unsigned char *at = out;

    while (len > 0) {
        ssize_t got = getrandom(at, len, 0);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            abort();
        at += got;
        len -= (size_t)got;
    }
}

/* An encoding of RFC 4648: `width` bits a character; padding fills up to `group` characters. */
struct coding {
    const char *alphabet;
    const char *aliases; /* the same values by other characters when reading, or NULL */
    unsigned width;
    size_t group; /* 0 = no padding is read */
    bool skip_space;
};

static const struct coding hex = { .alphabet = "0123456789abcdef",
                                   .aliases = "0123456789ABCDEF",
                                   .width = 4 };
static const struct coding base32 = {
    .alphabet = "abcdefghijklmnopqrstuvwxyz234567",
    .aliases = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567",
    .width = 5,
    .group = 8,
};
static const struct coding base64 = {
    .alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
    .aliases = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_",
    .width = 6,
    .group = 4,
    .skip_space = true,
};

static char *encode(struct arena *arena, const struct coding *coding, const char *alphabet,
                    struct span data)
{
    char *text = arena_array(arena, data.len * 8 / coding->width + 10, 1), *out = text;
    uint32_t bits = 0;
    unsigned held = 0, mask = (1u << coding->width) - 1;

    for (size_t i = 0; i < data.len; i++) {
        bits = bits << 8 | (unsigned char)data.data[i];
        for (held += 8; held >= coding->width; held -= coding->width)
            *out++ = alphabet[bits >> (held - coding->width) & mask];
    }
    if (held > 0)
        *out++ = alphabet[bits << (coding->width - held) & mask];
    return text;
}

char *sign_hex(struct arena *arena, struct span data)
{
    return encode(arena, &hex, hex.alphabet, data);
}

char *sign_fingerprint(struct arena *arena, struct span data)
{
    unsigned char hash[SIGN_MAX_BYTES];
    size_t len = sign_digest(SIGN_SHA256, data, hash);

    return sign_hex(arena, span_make((const char *)hash, len));
}

char *sign_base64(struct arena *arena, struct span data)
{
    char *text = encode(arena, &base64, base64.alphabet, data);

    for (size_t len = strlen(text); len % 4; len++)
        text[len] = '=';
    return text;
}

char *sign_base64url(struct arena *arena, struct span data)
{
    return encode(arena, &base64, base64.aliases, data);
}

char *sign_base32(struct arena *arena, struct span data)
{
    return encode(arena, &base32, base32.alphabet, data);
}

/* values[c] = the bits of character c, or -1. */
static void fill_values(const struct coding *coding, int values[256])
{
    memset(values, -1, 256 * sizeof(*values));
    for (int i = 0; i < 1 << coding->width; i++) {
        values[(unsigned char)coding->alphabet[i]] = i;
        values[(unsigned char)coding->aliases[i]] = i;
    }
}

/* Only white space and the right count of "=" may follow `count` characters. */
static bool is_good_tail(const struct coding *coding, struct span tail, size_t count)
{
    size_t pads = 0;

    for (size_t i = 0; i < tail.len; i++) {
        if (tail.data[i] == '=')
            pads++;
        else if (!coding->skip_space || !text_is_space(tail.data[i]))
            return false;
    }
    return pads == 0 || (pads < coding->group && (count + pads) % coding->group == 0);
}

static bool decode(struct arena *arena, const struct coding *coding, struct span text,
                   struct span *out)
{
    unsigned char *bytes = arena_array(arena, text.len + 1, 1);
    int values[256];
    uint32_t bits = 0;
    unsigned held = 0;
    size_t i, count = 0, len = 0;

    fill_values(coding, values);
    for (i = 0; i < text.len; i++) {
        int value = values[(unsigned char)text.data[i]];
        if (value < 0 && coding->skip_space && text_is_space(text.data[i]))
            continue;
        if (value < 0)
            break;
        bits = bits << coding->width | (uint32_t)value;
        held += coding->width;
        count++;
        if (held >= 8)
            bytes[len++] = (unsigned char)(bits >> (held -= 8));
    }
    *out = span_make((const char *)bytes, len);
    return held < coding->width && (bits & ((1u << held) - 1)) == 0 &&
           is_good_tail(coding, span_from(text, i), count);
}

bool sign_from_hex(struct arena *arena, struct span text, struct span *out)
{
    return decode(arena, &hex, text, out);
}

bool sign_from_base64(struct arena *arena, struct span text, struct span *out)
{
    return decode(arena, &base64, text, out);
}

bool sign_from_base32(struct arena *arena, struct span text, struct span *out)
{
    return decode(arena, &base32, text, out);
}
