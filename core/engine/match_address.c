/* core/engine/match_address.c - see match_address.h and match.h. */
#include "core/engine/match_address.h"

#include <string.h>

#include "core/base/attr.h"
#include "core/base/text.h"
#include "core/engine/match.h"

static const struct {
    const char *channel, *kind;
} kinds[] = {
    { "sms", "phone" },
    { "whatsapp", "phone" },
    { "call", "phone" },
    { "signal", "phone" },
};

/* RFC 2142 and what companies use besides. */
static const char *const roles[] = {
    "info",       "office",    "sales",     "support",    "contact",    "hello",     "help",
    "team",       "mail",      "admin",     "accounts",   "accounting", "billing",   "invoices",
    "enquiries",  "inquiries", "kontakt",   "buero",      "vertrieb",   "marketing", "service",
    "postmaster", "webmaster", "reception", "purchasing", "orders",     "jobs",      "hr",
};

static const char *const free_mail[] = {
    "gmail.com",     "googlemail.com", "outlook.com", "hotmail.com",    "live.com", "msn.com",
    "yahoo.com",     "ymail.com",      "icloud.com",  "me.com",         "mac.com",  "aol.com",
    "gmx.de",        "gmx.net",        "gmx.at",      "gmx.ch",         "gmx.com",  "web.de",
    "t-online.de",   "freenet.de",     "proton.me",   "protonmail.com", "mail.com", "mail.ru",
    "yandex.ru",     "yandex.com",     "qq.com",      "163.com",        "126.com",  "zoho.com",
    "hotmail.co.uk", "hotmail.fr",     "yahoo.co.uk", "yahoo.fr",       "yahoo.de", "orange.fr",
    "free.fr",       "laposte.net",    "libero.it",   "seznam.cz",      "wp.pl",    "comcast.net",
};

static bool is_among(const char *const *names, size_t count, struct span name)
{
    for (size_t i = 0; i < count; i++)
        if (text_eq_nocase(name, span_of(names[i])))
            return true;
    return false;
}

const char *match_address_kind(const char *channel)
{
    for (size_t i = 0; i < COUNT_OF(kinds); i++)
        if (strcmp(kinds[i].channel, channel) == 0)
            return kinds[i].kind;
    return channel;
}

static bool is_bare_number(struct span text)
{
    for (size_t i = 0; i < text.len; i++)
        if (text.data[i] < '0' || text.data[i] > '9')
            return false;
    return text.len >= 8 && text.len <= 15 && text.data[0] != '0';
}

const char *match_address_key(struct arena *arena, const char *kind, const char *address)
{
    struct span text = text_trim(span_of(address));

    if (text.len == 0)
        return NULL;
    if (strcmp(kind, "phone") == 0 && is_bare_number(text))
        text = span_of(arena_printf(arena, "+%.*s", (int)text.len, text.data));
    return text_address_key(arena, kind, text);
}

struct span match_domain_of(const char *address)
{
    const char *at = address ? strrchr(address, '@') : NULL;

    return at ? span_of(at + 1) : span_make(NULL, 0);
}

bool match_is_free_mail(struct span domain)
{
    return is_among(free_mail, COUNT_OF(free_mail), domain);
}

bool match_is_role_inbox(const char *address)
{
    const char *at = address ? strchr(address, '@') : NULL;

    return at && is_among(roles, COUNT_OF(roles), span_make(address, (size_t)(at - address)));
}

const char *match_canonical_email(struct arena *arena, const char *key)
{
    struct span domain = match_domain_of(key);
    bool dots_mean_nothing = span_is(domain, "gmail.com") || span_is(domain, "googlemail.com");
    char *out, *to;

    if (domain.len == 0)
        return key;
    to = out = arena_alloc(arena, strlen(key) + 1);
    for (const char *at = key; *at != '@' && (*at != '+' || at == key); at++)
        if (*at != '.' || !dots_mean_nothing)
            *to++ = *at;
    memcpy(to, domain.data - 1, domain.len + 2);
    return out;
}
