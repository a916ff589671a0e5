/* tests/templates/json_value.c - see json_value.h. */
#include "json_value.h"

#include <ctype.h>
#include <stdlib.h>

#include "core/base/text.h"

#define DEPTH_MAX 100

struct reader {
    const char *at, *end;
    struct arena *arena;
    int depth;
};

static bool read_value(struct reader *r, struct value *out);

static void skip_space(struct reader *r)
{
    while (r->at < r->end && isspace((unsigned char)*r->at))
        r->at++;
}

static bool take(struct reader *r, char c)
{
    skip_space(r);
    if (r->at >= r->end || *r->at != c)
        return false;
    r->at++;
    return true;
}

static uint32_t read_hex(struct reader *r)
{
    uint32_t point = 0;

    for (int i = 0; i < 4 && r->at < r->end; i++, r->at++) {
        char c = text_lower_char(*r->at);
        point = point * 16 + (uint32_t)(isdigit((unsigned char)c) ? c - '0' : c - 'a' + 10);
    }
    return point;
}

static void read_escape(struct reader *r, struct str *out)
{
    static const char codes[] = "n\nt\tr\rb\bf\f";
    char c = *r->at++;
    const char *code = strchr(codes, c);
    uint32_t point;

    if (c != 'u') {
        str_add_char(out, code ? code[1] : c);
        return;
    }
    point = read_hex(r);
    if (point >= 0xd800 && point < 0xdc00 && r->end - r->at > 6 && r->at[0] == '\\') {
        r->at += 2;
        point = 0x10000 + ((point - 0xd800) << 10) + (read_hex(r) - 0xdc00);
    }
    text_add_utf8(out, point);
}

static bool read_text(struct reader *r, struct span *out)
{
    struct str text;
    bool closed = false;

    if (!take(r, '"'))
        return false;
    str_init(&text, (size_t)4 << 20);
    while (r->at < r->end && !(closed = *r->at == '"')) {
        if (*r->at != '\\') {
            str_add_char(&text, *r->at++);
        } else if (++r->at < r->end) {
            read_escape(r, &text);
        }
    }
    r->at += closed;
    *out = span_make(arena_dup_span(r->arena, str_span(&text)), text.len);
    str_finish(&text);
    return closed;
}

static void *grow(struct reader *r, void *old, size_t count, size_t size)
{
    void *bigger;

    if (count != 0 && (count < 4 || (count & (count - 1)) != 0))
        return old;
    bigger = arena_array(r->arena, count ? count * 2 : 4, size);
    if (count)
        memcpy(bigger, old, count * size);
    return bigger;
}

static bool read_list(struct reader *r, struct value *out)
{
    struct value *items = NULL;
    size_t count = 0;

    while (!take(r, ']')) {
        if (count && !take(r, ','))
            return false;
        items = grow(r, items, count, sizeof(*items));
        if (!read_value(r, &items[count++]))
            return false;
    }
    *out = (struct value){ .type = VALUE_LIST, .list = { items, count } };
    return true;
}

static bool read_map(struct reader *r, struct value *out)
{
    struct value_pair *pairs = NULL;
    size_t count = 0;

    while (!take(r, '}')) {
        if (count && !take(r, ','))
            return false;
        pairs = grow(r, pairs, count, sizeof(*pairs));
        if (!read_text(r, &pairs[count].name) || !take(r, ':') ||
            !read_value(r, &pairs[count++].value))
            return false;
    }
    *out = value_map(pairs, count);
    return true;
}

static bool read_number(struct reader *r, struct value *out)
{
    char text[400];
    size_t len = 0;
    bool whole = true;

    while (r->at < r->end && *r->at && strchr("+-.eE0123456789", *r->at) && len < 399) {
        whole = whole && !strchr(".eE", *r->at);
        text[len++] = *r->at++;
    }
    text[len] = '\0';
    if (whole && text_to_int(span_make(text, len), INT64_MIN, INT64_MAX, &out->integer))
        out->type = VALUE_INT;
    else if (whole)
        *out = (struct value){ .type = VALUE_LARGE, .text = { arena_dup(r->arena, text), len } };
    else
        *out = (struct value){ .type = VALUE_DOUBLE, .number = strtod(text, NULL) };
    return len > 0;
}

static bool read_word(struct reader *r, struct value *out)
{
    static const struct {
        const char *word;
        struct value value;
    } words[] = { { "true", { .type = VALUE_BOOL, .boolean = true } },
                  { "false", { .type = VALUE_BOOL } },
                  { "null", { .type = VALUE_NIL } } };

    for (size_t i = 0; i < COUNT_OF(words); i++) {
        size_t len = strlen(words[i].word);
        if ((size_t)(r->end - r->at) >= len && memcmp(r->at, words[i].word, len) == 0) {
            r->at += len;
            *out = words[i].value;
            return true;
        }
    }
    return false;
}

static bool read_value(struct reader *r, struct value *out)
{
    bool ok;

    *out = value_nil();
    skip_space(r);
    if (r->at >= r->end || ++r->depth > DEPTH_MAX)
        return false;
    if (*r->at == '"') {
        out->type = VALUE_TEXT;
        ok = read_text(r, &out->text);
    } else if (take(r, '[')) {
        ok = read_list(r, out);
    } else if (take(r, '{')) {
        ok = read_map(r, out);
    } else {
        ok = read_word(r, out) || read_number(r, out);
    }
    r->depth--;
    return ok;
}

bool json_value(struct span text, struct arena *arena, struct value *out)
{
    struct reader r = { text.data, text.data + text.len, arena, 0 };
    bool ok = read_value(&r, out);

    skip_space(&r);
    return ok && r.at == r.end;
}

const struct value *json_value_get(const struct value *map, const char *name)
{
    if (!map || map->type != VALUE_MAP)
        return NULL;
    for (size_t i = 0; i < map->map.count; i++)
        if (span_is(map->map.pairs[i].name, name))
            return &map->map.pairs[i].value;
    return NULL;
}
