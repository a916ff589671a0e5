/* core/replies/mail_plain.c - strict on purpose: what a lenient parser might take otherwise is left to
 * it. */
#include "core/replies/mail_plain.h"

#include "core/base/text.h"
#include "core/replies/mail_head.h"

static const char *const types[] = { "text/plain", "text/html" };
static const char *const encodings[] = { "7bit", "8bit" };
static const char *const harmless[] = { "format", "delsp", "reply-type" };

static bool is_word_char(char c)
{
    return text_is_alnum(c) || c == '-' || c == '_' || c == '.';
}

static void skip_blanks(struct span *rest)
{
    while (rest->len > 0 && (rest->data[0] == ' ' || rest->data[0] == '\t'))
        *rest = span_from(*rest, 1);
}

static bool take_char(struct span *rest, char c)
{
    if (rest->len == 0 || rest->data[0] != c)
        return false;
    *rest = span_from(*rest, 1);
    return true;
}

/* Empty when there is none. */
static struct span take_word(struct span *rest)
{
    struct span word = span_make(rest->data, 0);

    while (word.len < rest->len && is_word_char(rest->data[word.len]))
        word.len++;
    *rest = span_from(*rest, word.len);
    return word;
}

static struct span take_value(struct span *rest)
{
    bool quoted = take_char(rest, '"');
    struct span word = take_word(rest);

    return quoted && !take_char(rest, '"') ? span_make(word.data, 0) : word;
}

static const char *one_of(struct span word, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (text_eq_nocase(word, span_of(names[i])))
            return names[i];
    return NULL;
}

/* One that follows the type: `; name=value`. */
static bool take_parameter(struct span *rest, struct arena *arena, struct mail_plain *out)
{
    struct span name, value;

    skip_blanks(rest);
    if (!take_char(rest, ';'))
        return false;
    skip_blanks(rest);
    name = take_word(rest);
    if (!take_char(rest, '='))
        return false;
    value = take_value(rest);
    if (value.len == 0)
        return false;
    if (!text_eq_nocase(name, span_of("charset")))
        return one_of(name, harmless, COUNT_OF(harmless)) != NULL;
    if (out->charset)
        return false;
    out->charset = arena_dup_span(arena, value);
    return true;
}

static bool read_type(struct span value, struct arena *arena, struct mail_plain *out)
{
    size_t len = 0;

    while (len < value.len && (is_word_char(value.data[len]) || value.data[len] == '/'))
        len++;
    out->type = one_of(span_make(value.data, len), types, COUNT_OF(types));
    if (!out->type)
        return false;
    value = span_from(value, len);
    while (value.len > 0)
        if (!take_parameter(&value, arena, out))
            return false;
    return true;
}

static bool is_content(struct span name)
{
    return text_starts_nocase(name, "Content-");
}

bool mail_plain_is(struct span head, struct arena *arena, struct mail_plain *out)
{
    bool typed = false, encoded = false;
    struct mail_head_line line;

    *out = (struct mail_plain){ .type = types[0] };
    while (mail_head_next(&head, &line)) {
        bool *seen = text_eq_nocase(line.name, span_of("Content-Type")) ? &typed : &encoded;
        struct span value;

        if (!is_content(line.name))
            continue;
        if (*seen ||
            (seen == &encoded && !text_eq_nocase(line.name, span_of("Content-Transfer-Encoding"))))
            return false;
        *seen = true;
        value = span_of(mail_head_text(line.value, arena));
        if (seen == &typed ? !read_type(value, arena, out)
                           : !one_of(value, encodings, COUNT_OF(encodings)))
            return false;
    }
    return true;
}
