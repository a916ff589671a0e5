/* core/base/text_address.c - what makes an address valid, and the key it is compared by. See
 * text.h. Whether anybody listens there is not known here. */
#include <idn2.h>
#include <string.h>

#include "core/base/text.h"

#define MAX_LOCAL_BYTES 64
#define MAX_EMAIL_BYTES 254
#define MAX_DOMAIN_BYTES ((size_t)253)
#define MAX_LABEL_BYTES 63
#define MAX_OTHER_BYTES 128
#define MIN_PHONE_DIGITS 7
#define MAX_PHONE_DIGITS 15 /* E.164 */

static bool is_ascii(struct span text)
{
    for (size_t i = 0; i < text.len; i++)
        if ((unsigned char)text.data[i] >= 0x80)
            return false;
    return true;
}

/* allow_utf8: bytes past ASCII pass too; libidn2 judges them. */
static bool is_label(struct span label, bool allow_utf8)
{
    if (label.len == 0 || label.data[0] == '-' || label.data[label.len - 1] == '-')
        return false;
    for (size_t i = 0; i < label.len; i++) {
        bool past_ascii = (unsigned char)label.data[i] >= 0x80;
        if (!text_is_alnum(label.data[i]) && label.data[i] != '-' && !(past_ascii && allow_utf8))
            return false;
    }
    return allow_utf8 || label.len <= MAX_LABEL_BYTES;
}

static bool is_all_digits(struct span text)
{
    for (size_t i = 0; i < text.len; i++)
        if (!text_is_digit(text.data[i]))
            return false;
    return true;
}

/* At least two labels; the last is not a number, or it would be an IPv4 address. */
static bool is_domain(struct span domain, bool allow_utf8)
{
    struct span rest = domain, label = { 0 };
    size_t labels = 0;

    if (domain.len == 0 || (!allow_utf8 && domain.len > MAX_DOMAIN_BYTES))
        return false;
    for (; text_next_piece(&rest, '.', &label); labels++)
        if (!is_label(label, allow_utf8))
            return false;
    return labels >= 2 && !is_all_digits(label);
}

/* RFC 5322 section 3.2.3, atext. */
static bool is_atext(char c)
{
    return text_is_alnum(c) || text_one_of(c, "!#$%&'*+-/=?^_`{|}~");
}

static bool is_local_part(struct span local, bool allow_utf8)
{
    struct span rest = local, atom;

    if (local.len == 0 || local.len > MAX_LOCAL_BYTES)
        return false;
    if (!is_ascii(local) && (!allow_utf8 || !text_is_utf8(local) || text_has_control(local)))
        return false;
    while (text_next_piece(&rest, '.', &atom)) {
        if (atom.len == 0)
            return false;
        for (size_t i = 0; i < atom.len; i++)
            if ((unsigned char)atom.data[i] < 0x80 && !is_atext(atom.data[i]))
                return false;
    }
    return true;
}

/* Cuts at the last "@"; false when there is none. */
static bool split_email(struct span address, struct span *local, struct span *domain)
{
    const char *at = address.len ? memrchr(address.data, '@', address.len) : NULL;

    if (!at)
        return false;
    *local = span_make(address.data, (size_t)(at - address.data));
    *domain = span_from(address, local->len + 1);
    return true;
}

bool text_is_email(struct span address, bool allow_utf8)
{
    struct span local, domain;

    return address.len <= MAX_EMAIL_BYTES && split_email(address, &local, &domain) &&
           is_local_part(local, allow_utf8) && is_domain(domain, false);
}

/* Lower-case A-labels of a domain, or NULL. */
static char *domain_key(struct arena *arena, struct span domain)
{
    char *copy = text_lower(arena, domain), *ascii = NULL;

    if (is_ascii(domain))
        return is_domain(domain, false) ? copy : NULL;
    /* libidn2 lets empty labels pass and, asked for STD3 rules, drops "_" in silence, which makes
     * another domain of it: so we judge the labels before and after. */
    if (domain.len > 4 * MAX_DOMAIN_BYTES || !text_is_utf8(domain) || text_has_control(domain) ||
        !is_domain(domain, true))
        return NULL;
    if (idn2_to_ascii_8z(copy, &ascii, IDN2_NONTRANSITIONAL | IDN2_NFC_INPUT) != IDN2_OK)
        return NULL;
    copy = text_lower(arena, span_of(ascii));
    idn2_free(ascii);
    return is_domain(span_of(copy), false) ? copy : NULL;
}

static char *email_key(struct arena *arena, struct span address)
{
    struct span local, domain;
    char *ascii, *key;

    if (!split_email(address, &local, &domain) || !is_local_part(local, true))
        return NULL;
    ascii = domain_key(arena, domain);
    if (!ascii)
        return NULL;
    key = arena_printf(arena, "%s@%s", text_lower(arena, local), ascii);
    return text_is_email(span_of(key), true) ? key : NULL;
}

static bool is_e164(struct span phone)
{
    return phone.len > MIN_PHONE_DIGITS && phone.len <= MAX_PHONE_DIGITS + 1 &&
           phone.data[0] == '+' && is_all_digits(span_from(phone, 1));
}

char *text_address_key(struct arena *arena, const char *kind, struct span address)
{
    address = text_trim(address);
    if (strcmp(kind, "email") == 0)
        return email_key(arena, address);
    if (strcmp(kind, "phone") == 0)
        return is_e164(address) ? arena_dup_span(arena, address) : NULL;
    if (address.len == 0 || address.len > MAX_OTHER_BYTES || !text_is_utf8(address) ||
        text_has_control(address))
        return NULL;
    return arena_dup_span(arena, address);
}
