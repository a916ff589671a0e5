/* core/replies/ses_notice.c - makes the nested JSON flat, then takes the values of a few keys. It
 * checks no signature: what a notice says is believed as little as any bounce. */
#include "core/replies/ses_notice.h"

#include <string.h>

#include "core/base/text.h"

#define MAX_VALUE_BYTES ((size_t)1000)

static bool is_from_amazon(const struct reader *reader)
{
    const char *domain = strrchr(reader->out->from, '@');
    size_t len = domain ? strlen(domain) : 0;
    static const char *const suffixes[] = { ".amazonaws.com", ".amazonses.com" };

    for (size_t i = 0; i < COUNT_OF(suffixes); i++) {
        size_t suffix = strlen(suffixes[i]);

        if (len > suffix && strcmp(domain + len - suffix, suffixes[i]) == 0)
            return true;
    }
    return false;
}

/* Without backslashes and line ends; "" when it is no mail of Amazon's. */
static struct span flat(const struct reader *reader)
{
    struct span in = text_cut(reader->notice, READER_NOTICE_BYTES);
    size_t len = 0;
    char *out;

    if (!is_from_amazon(reader))
        return span_make("", 0);
    out = arena_raw(reader->arena, in.len + 1);
    for (size_t i = 0; i < in.len; i++)
        if (!text_one_of(in.data[i], "\\\r\n"))
            out[len++] = in.data[i];
    out[len] = '\0';
    return span_make(out, len);
}

/* The string behind the first "key":, or an empty span; *text goes on behind it. */
static struct span take_value(struct span *text, const char *key)
{
    const char *at = text_find_nocase(*text, key);
    struct span rest;
    size_t len = 0;

    if (!at)
        return span_make("", 0);
    rest = span_from(*text, (size_t)(at - text->data) + strlen(key));
    while (rest.len > 0 && text_one_of(rest.data[0], " :"))
        rest = span_from(rest, 1);
    if (rest.len == 0 || rest.data[0] != '"')
        return span_make("", 0);
    rest = span_from(rest, 1);
    while (len < rest.len && len < MAX_VALUE_BYTES && rest.data[len] != '"')
        len++;
    *text = span_from(rest, len);
    return span_make(rest.data, len);
}

static bool is_type(struct span text, const char *wanted)
{
    struct span rest = text, type = take_value(&rest, "\"notificationType\"");

    if (type.len == 0)
        type = take_value(&rest, "\"eventType\"");
    return text_eq_nocase(type, span_of(wanted));
}

/* One recipient's object, which ends with its brace. */
static struct dsn_recipient read_one(struct span object, const char *address, bool permanent,
                                     struct arena *arena)
{
    struct span rest = object, status = take_value(&rest, "\"status\""), diagnostic;

    rest = object;
    diagnostic = take_value(&rest, "\"diagnosticCode\"");
    return (struct dsn_recipient){
        .original = "",
        .final = address,
        .action = "failed",
        /* Permanent and no more: the mailbox (SES guide, "Bounce types"). */
        .status = status.len || !permanent ? arena_dup_span(arena, status) : "5.1.1",
        .diagnostic = text_to_utf8(arena, diagnostic),
        .comment = "",
    };
}

size_t ses_notice_bounced(const struct reader *reader, struct dsn_recipient **out)
{
    struct span text = flat(reader), rest = text, type, address;
    const char *list = text_find_nocase(text, "\"bouncedRecipients\""), *end;
    size_t count = 0;

    if (!list || !is_type(text, "Bounce"))
        return 0;
    *out = arena_array(reader->arena, DSN_MAX_RECIPIENTS, sizeof(**out));
    type = take_value(&rest, "\"bounceType\"");
    rest = span_from(text, (size_t)(list - text.data));
    end = memchr(rest.data, ']', rest.len);
    if (end)
        rest.len = (size_t)(end - rest.data);
    while (count < DSN_MAX_RECIPIENTS &&
           (address = take_value(&rest, "\"emailAddress\"")).len > 0) {
        const char *brace = rest.len ? memchr(rest.data, '}', rest.len) : NULL;
        struct span object = brace ? span_make(rest.data, (size_t)(brace - rest.data)) : rest;

        (*out)[count++] = read_one(object, dsn_address(address, reader->arena),
                                   text_eq_nocase(type, span_of("Permanent")), reader->arena);
    }
    return count;
}

bool ses_notice_is_complaint(const struct reader *reader)
{
    struct span text = flat(reader);

    return text_find_nocase(text, "\"complainedRecipients\"") && is_type(text, "Complaint");
}
