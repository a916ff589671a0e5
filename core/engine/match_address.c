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

bool match_is_role_inbox(const char *address)
{
    const char *at = address ? strchr(address, '@') : NULL;

    return at && is_among(roles, COUNT_OF(roles), span_make(address, (size_t)(at - address)));
}

/* ---- ids that a provider gave ---- */

#define ASSIGNED_MIN 40 /* characters of 0-9, a-f and '-' */

static bool is_assigned(struct span text)
{
    bool dash = false;

    for (size_t i = 0; i < text.len; i++) {
        dash = dash || text.data[i] == '-';
        if (!text_one_of(text_lower_char(text.data[i]), "0123456789abcdef-"))
            return false;
    }
    return dash && text.len >= ASSIGNED_MIN;
}

struct span match_assigned_id(const char *accepted)
{
    struct span text = text_trim(span_of(accepted));
    size_t start = text.len;

    while (start > 0 && !text_is_space(text.data[start - 1]))
        start--;
    if (start < 3 || !text_eq_nocase(span_make(text.data + start - 3, 2), span_of("ok")) ||
        !is_assigned(span_from(text, start)))
        return span_make(NULL, 0);
    return span_from(text, start);
}

struct span match_assigned_part(const char *message_id)
{
    static const char provider[] = "amazonses.com>";
    struct span id = span_of(message_id);
    const char *at = id.len > 0 ? memchr(id.data, '@', id.len) : NULL;
    size_t tail = sizeof(provider) - 1;

    if (!at || id.data[0] != '<' || id.len < tail ||
        !text_eq_nocase(span_from(id, id.len - tail), span_of(provider)))
        return span_make(NULL, 0);
    id = span_make(id.data + 1, (size_t)(at - id.data) - 1);
    return is_assigned(id) ? id : span_make(NULL, 0);
}

/* ---- subjects ---- */

static const char *const answer_prefixes[] = { "re:",  "aw:", "antw:", "sv:",  "vs:",
                                               "odp:", "rv:", "res:",  "rif:", "ynt:",
                                               "fwd:", "fw:", "wg:",   "tr:" };

/* The subject without what clients put before it, however often. */
static struct span bare_subject(const char *subject, bool *answers)
{
    struct span text = text_trim(span_of(subject));
    bool more = true;

    *answers = false;
    while (more) {
        more = false;
        for (size_t i = 0; !more && i < COUNT_OF(answer_prefixes); i++)
            if (text_starts_nocase(text, answer_prefixes[i])) {
                text = text_trim(span_from(text, strlen(answer_prefixes[i])));
                more = *answers = true;
            }
    }
    return text;
}

/* The next byte of a subject, white-space runs as one blank. */
static char next_char(struct span *rest)
{
    size_t blanks = 0;

    while (blanks < rest->len && text_is_space(rest->data[blanks]))
        blanks++;
    if (blanks > 0) {
        *rest = span_from(*rest, blanks);
        return ' ';
    }
    if (rest->len == 0)
        return '\0';
    *rest = span_from(*rest, 1);
    return text_lower_char(rest->data[-1]);
}

bool match_answers_subject(const char *subject, const char *ours)
{
    bool answers, ignored;
    struct span a = bare_subject(subject, &answers), b = bare_subject(ours, &ignored);

    if (!answers || a.len == 0)
        return false;
    for (;;) {
        char next = next_char(&a);
        if (next != next_char(&b))
            return false;
        if (next == '\0')
            return true;
    }
}
