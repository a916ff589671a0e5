/* core/engine/token.c - see token.h. */
#include "core/engine/token.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "core/base/sign.h"
#include "core/base/text.h"

#define ID_BYTES 8
#define ID_CHARS 13
#define MAC_BYTES 10 /* 80 bits of HMAC-SHA-256 */
#define MAC_CHARS 16
#define LOCAL_MAX 64 /* octets of a local part, RFC 5321 section 4.5.3.1.1 */

static const char alphabet[] = "abcdefghijklmnopqrstuvwxyz234567"; /* RFC 4648 section 6, folded */
static const char kinds[] = { TOKEN_REPLY, TOKEN_RETURN_PATH, TOKEN_UNSUBSCRIBE, TOKEN_MESSAGE_ID };

/* ---- base 32 without memory of its own: one token a message, many messages ---- */

static int value_of(char c)
{
    const char *at = c ? strchr(alphabet, text_lower_char(c)) : NULL;

    return at ? (int)(at - alphabet) : -1;
}

static void encode(const unsigned char *bytes, size_t len, char *out)
{
    unsigned held = 0, bits = 0;

    for (size_t i = 0; i < len; i++) {
        held = held << 8 | bytes[i];
        for (bits += 8; bits >= 5; bits -= 5)
            *out++ = alphabet[held >> (bits - 5) & 31];
    }
    if (bits > 0)
        *out = alphabet[held << (5 - bits) & 31];
}

/* False for a foreign letter or bits that no encoder sets: one token has one spelling. */
static bool decode(const char *text, size_t chars, unsigned char *out)
{
    unsigned held = 0, bits = 0;

    for (size_t i = 0; i < chars; i++) {
        int value = value_of(text[i]);

        if (value < 0)
            return false;
        held = held << 5 | (unsigned)value;
        bits += 5;
        if (bits >= 8) {
            bits -= 8;
            *out++ = (unsigned char)(held >> bits);
        }
    }
    return (held & ((1u << bits) - 1)) == 0;
}

/* ---- MAC ---- */

/* HMAC-SHA-256 over kind | key version | id, big endian | domain, cut to 80 bits. */
static void make_mac(const struct token_keys *keys, const struct token_key *key, char kind,
                     const unsigned char id[ID_BYTES], unsigned char out[MAC_BYTES])
{
    unsigned char digest[SIGN_MAX_BYTES];
    char data[2 + ID_BYTES + sizeof(keys->domain)];
    size_t len = strnlen(keys->domain, sizeof(keys->domain));

    data[0] = kind;
    data[1] = (char)key->version;
    memcpy(data + 2, id, ID_BYTES);
    for (size_t i = 0; i < len; i++)
        data[2 + ID_BYTES + i] = text_lower_char(keys->domain[i]);
    (void)sign_hmac(SIGN_SHA256, span_make((const char *)key->secret, TOKEN_SECRET_BYTES),
                    span_make(data, 2 + ID_BYTES + len), digest);
    memcpy(out, digest, MAC_BYTES);
}

static const struct token_key *find_key(const struct token_keys *keys, int version)
{
    for (size_t i = 0; i < keys->count && i < COUNT_OF(keys->keys); i++)
        if (keys->keys[i].version == version)
            return &keys->keys[i];
    return NULL;
}

/* The form of a token, taken apart. The MAC is another question. */
static bool take_apart(struct span text, unsigned char id[ID_BYTES], unsigned char mac[MAC_BYTES])
{
    return text.len == TOKEN_LEN && memchr(kinds, text_lower_char(text.data[0]), sizeof(kinds)) &&
           value_of(text.data[1]) >= 0 && decode(text.data + 2, ID_CHARS, id) &&
           decode(text.data + 2 + ID_CHARS, MAC_CHARS, mac);
}

static bool has_form(struct span text)
{
    unsigned char id[ID_BYTES], mac[MAC_BYTES];

    return take_apart(text, id, mac);
}

/* ---- public ---- */

void token_make(const struct token_keys *keys, enum token_kind kind, int64_t id,
                char out[TOKEN_TEXT_BYTES])
{
    const struct token_key *key = &keys->keys[0];
    unsigned char bytes[ID_BYTES], mac[MAC_BYTES];

    assert(keys->count >= 1 && key->version >= 0 && key->version < 32);
    for (int i = 0; i < ID_BYTES; i++)
        bytes[i] = (unsigned char)((uint64_t)id >> (56 - 8 * i));
    make_mac(keys, key, (char)kind, bytes, mac);
    out[0] = (char)kind;
    out[1] = alphabet[key->version];
    encode(bytes, ID_BYTES, out + 2);
    encode(mac, MAC_BYTES, out + 2 + ID_CHARS);
    out[TOKEN_LEN] = '\0';
}

enum token_verdict token_read(const struct token_keys *keys, struct span text, struct token *out)
{
    unsigned char id[ID_BYTES], mac[MAC_BYTES], expected[MAC_BYTES];
    const struct token_key *key;
    uint64_t value = 0;
    char kind;

    if (!take_apart(text, id, mac))
        return TOKEN_BAD_FORM;
    kind = text_lower_char(text.data[0]);
    key = find_key(keys, value_of(text.data[1]));
    if (!key)
        return TOKEN_BAD_MAC;
    make_mac(keys, key, kind, id, expected);
    if (!sign_equal(span_make((const char *)mac, MAC_BYTES),
                    span_make((const char *)expected, MAC_BYTES)))
        return TOKEN_BAD_MAC;
    for (int i = 0; i < ID_BYTES; i++)
        value = value << 8 | id[i];
    *out = (struct token){ .kind = (enum token_kind)kind, .id = (int64_t)value };
    return TOKEN_OK;
}

void token_message_id(const struct token_keys *keys, int64_t id, char out[TOKEN_MAIL_BYTES])
{
    char token[TOKEN_TEXT_BYTES];

    token_make(keys, TOKEN_MESSAGE_ID, id, token);
    (void)snprintf(out, TOKEN_MAIL_BYTES, "<%s@%s>", token, keys->domain);
}

/* The runs before and after the last '@'. */
static bool split_address(struct span address, struct span *local, struct span *domain)
{
    size_t at = address.len;

    while (at > 0 && address.data[at - 1] != '@')
        at--;
    if (at == 0)
        return false;
    *local = span_make(address.data, at - 1);
    *domain = span_from(address, at);
    return true;
}

bool token_in_message_id(const struct token_keys *keys, struct span message_id, struct span *token,
                         bool *ours)
{
    struct span id = text_trim(message_id), domain;

    *ours = false;
    if (id.len > 1 && id.data[0] == '<' && id.data[id.len - 1] == '>')
        id = span_make(id.data + 1, id.len - 2);
    if (!split_address(id, token, &domain))
        return false;
    *ours = text_eq_nocase(domain, span_of(keys->domain));
    return has_form(*token);
}

int token_plus_make(const char *address, const char *token, char out[TOKEN_MAIL_BYTES],
                    struct err *err)
{
    struct span local, domain;

    if (!text_is_email(span_of(address), false) ||
        !split_address(span_of(address), &local, &domain))
        return err_set(err, ERR_CONFIG, "\"%.254s\" is no e-mail address", address);
    if (local.len + 1 + strlen(token) > LOCAL_MAX)
        return err_set(err, ERR_CONFIG,
                       "%.254s: its part before the @ is too long to carry a reply token: %d "
                       "characters at most",
                       address, LOCAL_MAX - 1 - TOKEN_LEN);
    (void)snprintf(out, TOKEN_MAIL_BYTES, "%.*s+%s@%.*s", (int)local.len, local.data, token,
                   (int)domain.len, domain.data);
    return 0;
}

bool token_plus_split(struct span address, struct span *token)
{
    struct span local, domain;

    if (!split_address(text_trim(address), &local, &domain) || local.len < TOKEN_LEN)
        return false;
    *token = span_from(local, local.len - TOKEN_LEN);
    if (local.len > TOKEN_LEN) {
        char before = local.data[local.len - TOKEN_LEN - 1];

        /* '-' for hosts whose recipient delimiter it is. */
        if (before != '+' && before != '-')
            return false;
    }
    return has_form(*token);
}
