/* templates/lint_left.c - what must never leave: an empty message, template syntax or unfilled placeholders of the author's.
 * One look at each byte; no language is needed, because tools name their fields alike everywhere. */
#include <string.h>

#include "core/base/text.h"
#include "templates/lint_inside.h"

#define LEFT_MAX_BYTES 200 /* between two braces */
#define NAME_MAX_BYTES 48  /* of a placeholder */
#define VALUE_DEPTH_MAX 16

static const char *const field_words[] = {
    "address",  "amount",    "anrede",   "business",    "city",     "client",    "company",
    "contact",  "country",   "customer", "date",        "datum",    "day",       "email",
    "field",    "firma",     "first",    "firstname",   "fname",    "fullname",  "industry",
    "job",      "last",      "lastname", "lead",        "link",     "lname",     "mobile",
    "month",    "nachname",  "name",     "number",      "ort",      "phone",     "placeholder",
    "position", "price",     "product",  "produkt",     "prospect", "recipient", "role",
    "sender",   "signature", "surname",  "time",        "title",    "topic",     "url",
    "vorname",  "website",   "xxx",      "unternehmen", NULL,
};
static const char *const filler_words[] = { "add",  "enter", "full",   "here", "ihr",
                                            "ihre", "in",    "insert", "my",   "of",
                                            "the",  "their", "your",   NULL };

/* ---- whose words they are ---- */

static bool stands_in(const struct value *value, struct span piece, int depth)
{
    size_t count = value->type == VALUE_LIST  ? value->list.count
                   : value->type == VALUE_MAP ? value->map.count
                                              : 0;

    if (value->type == VALUE_TEXT)
        return value->text.len >= piece.len &&
               memmem(value->text.data, value->text.len, piece.data, piece.len) != NULL;
    for (size_t i = 0; depth > 0 && i < count; i++)
        if (stands_in(value->type == VALUE_LIST ? &value->list.items[i]
                                                : &value->map.pairs[i].value,
                      piece, depth - 1))
            return true;
    return false;
}

struct look { /* at one place of a message */
    struct lint_check *check;
    enum lint_place place;
    struct span whole;
};

static void report(const struct look *look, enum lint_rule_number rule, struct span piece,
                   const char *found)
{
    const struct lint_where where = { look->place, look->whole, piece };
    const struct value *data = look->check->facts->data;

    if (data && stands_in(data, piece, VALUE_DEPTH_MAX))
        return;
    lint_add(look->check->out, rule, LINT_ERROR, &where, found);
}

/* ---- placeholders ---- */

/* Every word names a field or fills in ("your"), one at least names a field. */
static bool is_placeholder(struct span inside)
{
    bool field = false;

    if (inside.len == 0 || inside.len > NAME_MAX_BYTES)
        return false;
    for (size_t i = 0; i < inside.len;) {
        char word[NAME_MAX_BYTES + 1];
        size_t len = 0;
        while (i < inside.len && text_is_alnum(inside.data[i]))
            word[len++] = text_lower_char(inside.data[i++]);
        word[len] = '\0';
        if (len == 0 && !text_one_of(inside.data[i++], " _-.'"))
            return false;
        if (len == 0)
            continue;
        if (text_is_among(word, field_words))
            field = true;
        else if (!text_is_among(word, filler_words))
            return false;
    }
    return field;
}

static bool is_spin(struct span inside)
{
    return memchr(inside.data, '|', inside.len) && !memchr(inside.data, ':', inside.len);
}

static const struct fence { /* how other tools fence their fields */
    const char *open, *close;
    bool html; /* looked for in HTML, too */
    bool (*is_left)(struct span inside);
} fences[] = {
    { "[[", "]]", true, is_placeholder }, { "[", "]", true, is_placeholder },
    { "*|", "|*", true, is_placeholder }, { "{", "}", true, is_placeholder },
    { "{", "}", false, is_spin },         { "<", ">", false, is_placeholder },
    { "%", "%", true, is_placeholder },
};

/* What lies between the fence at the beginning of rest and its other side on the same line. */
static bool fenced(const struct fence *fence, struct span rest, struct span *inside)
{
    size_t open = strlen(fence->open), close = strlen(fence->close);

    if (rest.len <= open || memcmp(rest.data, fence->open, open) != 0)
        return false;
    for (size_t i = open; i + close <= rest.len && i < LEFT_MAX_BYTES; i++) {
        if (rest.data[i] == '\n')
            return false;
        if (memcmp(rest.data + i, fence->close, close) != 0)
            continue;
        *inside = span_make(rest.data + open, i - open);
        return true;
    }
    return false;
}

/* "[here](https://...)" is a link, not a placeholder. */
static bool is_link(struct span rest, const struct fence *fence, struct span inside)
{
    size_t whole = strlen(fence->open) + inside.len + strlen(fence->close);

    return fence->open[0] == '[' && whole < rest.len && rest.data[whole] == '(';
}

static size_t look_for_placeholder(const struct look *look, struct span rest)
{
    struct span inside;

    for (size_t i = 0; i < COUNT_OF(fences); i++) {
        const struct fence *fence = &fences[i];
        size_t whole;
        if ((look->place == LINT_HTML && !fence->html) || !fenced(fence, rest, &inside) ||
            !fence->is_left(inside) || is_link(rest, fence, inside))
            continue;
        whole = strlen(fence->open) + inside.len + strlen(fence->close);
        report(look, RULE_PLACEHOLDER, span_make(rest.data, whole),
               "a placeholder that nobody filled in");
        return whole;
    }
    return 1;
}

/* ---- syntax ---- */

static size_t look_for_syntax(const struct look *look, struct span rest)
{
    static const struct fence liquid[] = { { "{{", "}}", true, NULL }, { "{%", "%}", true, NULL } };
    struct span inside;

    if (rest.len < 2 || rest.data[0] != '{')
        return 0;
    for (size_t i = 0; i < COUNT_OF(liquid); i++) {
        if (memcmp(rest.data, liquid[i].open, 2) != 0)
            continue;
        if (!fenced(&liquid[i], rest, &inside))
            inside = span_make(rest.data + 2, 0);
        report(look, RULE_LEFTOVER, span_make(rest.data, inside.len ? inside.len + 4 : 2),
               "template syntax is left in it");
        return inside.len ? inside.len + 4 : 2;
    }
    return 0;
}

static void look_at(struct lint_check *check, enum lint_place place, struct span whole)
{
    const struct look look = { check, place, whole };

    for (size_t i = 0; i < whole.len;) {
        struct span rest = span_from(whole, i);
        size_t past = 1;
        if (text_one_of(whole.data[i], "{[*<%")) {
            past = look_for_syntax(&look, rest);
            past = past ? past : look_for_placeholder(&look, rest);
        }
        i += past;
    }
}

/* ---- emptiness ---- */

static bool is_empty(struct span text)
{
    for (size_t i = 0; i < text.len; i++)
        if (text_is_alnum(text.data[i]) || (unsigned char)text.data[i] >= 0x80)
            return false;
    return true;
}

void lint_left(struct lint_check *check)
{
    const struct lint_message *m = check->message;

    if (is_empty(m->text)) {
        lint_add(check->out, RULE_EMPTY, LINT_ERROR,
                 &(struct lint_where){ LINT_TEXT, m->text, { NULL, 0 } }, "the message is empty");
        return;
    }
    look_at(check, LINT_SUBJECT, m->subject);
    look_at(check, LINT_TEXT, m->text);
    look_at(check, LINT_HTML, m->html);
}
