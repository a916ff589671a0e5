/* templates/lexer.c - see lexer.h. An output ends at the first "}}", a tag at the first "%}", also
 * inside quotes: so does the reference. */
#include "templates/lexer.h"

#include <assert.h>
#include <ctype.h>

bool lexer_is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r') || c == '\0';
}

static const char *find_two(struct span text, char a, char b)
{
    const char *at = text.data, *end = text.data + text.len;

    while (at < end && (at = memchr(at, a, (size_t)(end - at))) != NULL) {
        if (at + 1 < end && at[1] == b)
            return at;
        at++;
    }
    return NULL;
}

static size_t find_opening(struct span source, size_t from)
{
    const char *at = source.data + from, *end = source.data + source.len;

    while (at < end && (at = memchr(at, '{', (size_t)(end - at))) != NULL) {
        if (at + 1 < end && (at[1] == '{' || at[1] == '%'))
            return (size_t)(at - source.data);
        at++;
    }
    return source.len;
}

static struct span trim(struct span s)
{
    while (s.len && lexer_is_space(s.data[0]))
        s = span_from(s, 1);
    while (s.len && lexer_is_space(s.data[s.len - 1]))
        s.len--;
    return s;
}

/* Takes the dashes off the inside of "{{-...-}}". */
static void take_dashes(struct chunk *chunk)
{
    struct span *inside = &chunk->inside;

    chunk->trims_before = inside->len > 0 && inside->data[0] == '-';
    chunk->trims_after = inside->len > 0 && inside->data[inside->len - 1] == '-';
    if (chunk->trims_before)
        *inside = span_from(*inside, 1);
    if (chunk->trims_after && inside->len > 0)
        inside->len--;
}

static void take_name(struct chunk *chunk)
{
    struct span rest = trim(chunk->inside);
    size_t len = 0;

    if (rest.len && rest.data[0] == '#')
        len = 1;
    else
        while (len < rest.len && (isalnum((unsigned char)rest.data[len]) || rest.data[len] == '_'))
            len++;
    chunk->name = span_make(rest.data, len);
    chunk->inside = trim(span_from(rest, len));
}

static void broken(struct span rest, struct chunk *out)
{
    out->kind = CHUNK_BROKEN;
    out->all = rest;
    out->inside = span_make(rest.data, rest.len < 2 ? rest.len : 2);
}

static void take_tag(struct span rest, struct chunk *out)
{
    const char *end = find_two(span_from(rest, 2), '%', '}');

    assert(rest.data && rest.len >= 2);
    if (!end) {
        broken(rest, out);
        return;
    }
    out->kind = CHUNK_TAG;
    out->all = span_make(rest.data, (size_t)(end + 2 - rest.data));
    out->inside = span_make(rest.data + 2, out->all.len - 4);
    take_dashes(out);
    take_name(out);
}

/* As the reference: "{{ a }" ends at the lone brace and is then refused; "{{ a {% b %}" too. */
static void take_output(struct span rest, struct chunk *out)
{
    size_t at = 2;

    while (at < rest.len && rest.data[at] != '}' &&
           !(rest.data[at] == '{' && at + 1 < rest.len && rest.data[at + 1] == '%'))
        at++;
    if (at + 1 >= rest.len || rest.data[at] != '}' || rest.data[at + 1] != '}') {
        broken(rest, out);
        return;
    }
    out->kind = CHUNK_OUTPUT;
    out->all = span_make(rest.data, at + 2);
    out->inside = span_make(rest.data + 2, at - 2);
    take_dashes(out);
}

void lexer_chunk(struct span source, size_t *at, struct chunk *out)
{
    struct span rest = span_from(source, *at);
    size_t opening = find_opening(source, *at);

    *out = (struct chunk){ .kind = CHUNK_END };
    if (rest.len == 0)
        return;
    if (opening > *at) {
        out->kind = CHUNK_TEXT;
        out->all = span_make(rest.data, opening - *at);
    } else if (rest.data[1] == '%') {
        take_tag(rest, out);
    } else {
        take_output(rest, out);
    }
    *at += out->all.len;
}

static bool next_tag(struct span source, size_t *at, struct chunk *out)
{
    while (*at < source.len) {
        const char *open = find_two(span_from(source, *at), '{', '%');

        if (!open)
            return false;
        *at = (size_t)(open - source.data);
        take_tag(span_from(source, *at), out);
        if (out->kind == CHUNK_BROKEN)
            return false;
        *at += out->all.len;
        return true;
    }
    return false;
}

static bool is_end_of(struct span tag, const char *name)
{
    return tag.len > 3 && memcmp(tag.data, "end", 3) == 0 && span_is(span_from(tag, 3), name);
}

/* Tags as raw and doc see them: "{% a {% b %}" is the tag b. Finds the one whose "{%" is the next
 * at or behind *at; *at moves behind that "{%". Every byte is looked at once: *close remembers where
 * the next "%}" is. */
static bool innermost_tag(struct span source, size_t *at, const char **close, struct span *out)
{
    const char *open = find_two(span_from(source, *at), '{', '%'), *next;

    while (open) {
        struct span rest = span_from(source, (size_t)(open + 2 - source.data));
        if (!*close || *close < rest.data)
            *close = find_two(rest, '%', '}');
        if (!*close)
            return false;
        next = find_two(rest, '{', '%');
        if (!next || next + 2 > *close) {
            *out = span_make(open, (size_t)(*close + 2 - open));
            *at = (size_t)(rest.data - source.data);
            return true;
        }
        open = next;
    }
    return false;
}

/* Inside raw, only the end tag itself is looked for: "{{ %} {% endraw %}" ends it. */
static bool skip_plain(struct span source, size_t *at, const char *name, struct chunk *end)
{
    struct chunk tag = { .kind = CHUNK_END };
    const char *close = NULL;
    size_t from = *at;
    struct span all;

    while (innermost_tag(source, &from, &close, &all)) {
        take_tag(all, &tag);
        if (!is_end_of(tag.name, name))
            continue;
        *end = tag;
        *at = (size_t)(all.data - source.data) + all.len;
        return true;
    }
    return false;
}

bool lexer_holds_tag(struct span text, const char *name)
{
    const char *last = text.len > 1 ? text.data + text.len - 2 : NULL, *open;
    struct chunk tag = { .kind = CHUNK_TAG };

    while (last && last >= text.data && memcmp(last, "%}", 2) != 0)
        last--;
    while (last && last >= text.data && (open = find_two(text, '{', '%')) != NULL) {
        const char *next;
        text = span_from(text, (size_t)(open + 2 - text.data));
        next = find_two(text, '{', '%');
        if (open + 2 > last)
            return false;
        tag.inside = span_make(text.data, next && next < last ? (size_t)(next - text.data)
                                                              : (size_t)(last - text.data));
        take_dashes(&tag);
        take_name(&tag);
        if (span_is(tag.name, name))
            return true;
    }
    return false;
}

static bool skip_nested(struct span source, size_t *at, struct chunk *end)
{
    size_t from = *at, depth = 1;
    struct chunk tag = { .kind = CHUNK_END }, raw;

    while (next_tag(source, &from, &tag)) {
        if (span_is(tag.name, "raw") && !skip_plain(source, &from, "raw", &raw)) {
            end->name = tag.name;
            return false;
        }
        if (span_is(tag.name, "comment"))
            depth++;
        if (span_is(tag.name, "endcomment") && --depth == 0) {
            *end = tag;
            *at = from;
            return true;
        }
    }
    return false;
}

bool lexer_skip_to_end(struct span source, size_t *at, const char *name, struct span *inner,
                       struct chunk *end)
{
    size_t from = *at;
    bool found = strcmp(name, "comment") == 0 ? skip_nested(source, at, end)
                                              : skip_plain(source, at, name, end);

    if (found)
        *inner = span_make(source.data + from, *at - from - end->all.len);
    return found;
}

const char *lexer_token_name(enum token_kind kind)
{
    static const char *const names[TOKEN_KINDS] = {
        [TOKEN_END] = "end_of_string",
        [TOKEN_ID] = "id",
        [TOKEN_STRING] = "string",
        [TOKEN_NUMBER] = "number",
        [TOKEN_COMPARISON] = "comparison",
        [TOKEN_DOT] = "dot",
        [TOKEN_DOTDOT] = "dotdot",
        [TOKEN_PIPE] = "pipe",
        [TOKEN_COLON] = "colon",
        [TOKEN_COMMA] = "comma",
        [TOKEN_OPEN_SQUARE] = "open_square",
        [TOKEN_CLOSE_SQUARE] = "close_square",
        [TOKEN_OPEN_ROUND] = "open_round",
        [TOKEN_CLOSE_ROUND] = "close_round",
        [TOKEN_QUESTION] = "question",
        [TOKEN_DASH] = "dash",
    };

    return names[kind];
}

static bool is_word(char c)
{
    return isalnum((unsigned char)c) || c == '_';
}

static size_t word_length(struct span s)
{
    size_t len = 1;

    while (len < s.len && (is_word(s.data[len]) || s.data[len] == '-'))
        len++;
    if (len < s.len && s.data[len] == '?')
        len++;
    return len;
}

static size_t digits_from(struct span s, size_t at)
{
    while (at < s.len && isdigit((unsigned char)s.data[at]))
        at++;
    return at;
}

static size_t number_length(struct span s)
{
    size_t len = digits_from(s, s.data[0] == '-' ? 1 : 0);

    if (len + 1 < s.len && s.data[len] == '.' && isdigit((unsigned char)s.data[len + 1]))
        len = digits_from(s, len + 1);
    return len;
}

static size_t string_length(struct span s)
{
    const char *end = s.len > 1 ? memchr(s.data + 1, s.data[0], s.len - 1) : NULL;

    return end ? (size_t)(end + 1 - s.data) : 0;
}

static size_t sign_length(struct span s, enum token_kind *kind)
{
    static const struct {
        const char *text;
        enum token_kind kind;
    } signs[] = {
        { "==", TOKEN_COMPARISON }, { "!=", TOKEN_COMPARISON },  { "<>", TOKEN_COMPARISON },
        { "<=", TOKEN_COMPARISON }, { ">=", TOKEN_COMPARISON },  { "<", TOKEN_COMPARISON },
        { ">", TOKEN_COMPARISON },  { "..", TOKEN_DOTDOT },      { ".", TOKEN_DOT },
        { "|", TOKEN_PIPE },        { ":", TOKEN_COLON },        { ",", TOKEN_COMMA },
        { "[", TOKEN_OPEN_SQUARE }, { "]", TOKEN_CLOSE_SQUARE }, { "(", TOKEN_OPEN_ROUND },
        { ")", TOKEN_CLOSE_ROUND }, { "?", TOKEN_QUESTION },     { "-", TOKEN_DASH },
    };

    for (size_t i = 0; i < COUNT_OF(signs); i++) {
        size_t len = strlen(signs[i].text);
        if (len <= s.len && memcmp(s.data, signs[i].text, len) == 0) {
            *kind = signs[i].kind;
            return len;
        }
    }
    return 0;
}

/* Length of the token at the head of s, 0 when nothing fits. */
static size_t token_length(struct span s, enum token_kind *kind)
{
    char c = s.data[0];
    bool negative = c == '-' && s.len > 1 && isdigit((unsigned char)s.data[1]);

    if (isalpha((unsigned char)c) || c == '_') {
        size_t len = word_length(s);
        *kind = span_is(span_make(s.data, len), "contains") ? TOKEN_COMPARISON : TOKEN_ID;
        return len;
    }
    if (isdigit((unsigned char)c) || negative) {
        *kind = TOKEN_NUMBER;
        return number_length(s);
    }
    if (c == '"' || c == '\'') {
        *kind = TOKEN_STRING;
        return string_length(s);
    }
    return sign_length(s, kind);
}

struct token *lexer_tokens(struct span markup, struct arena *arena, const char **bad)
{
    struct token *tokens = arena_array(arena, markup.len + 1, sizeof(*tokens));
    struct span rest = markup;
    size_t count = 0;

    for (;;) {
        size_t len;

        while (rest.len && lexer_is_space(rest.data[0]))
            rest = span_from(rest, 1);
        if (rest.len == 0)
            break;
        len = token_length(rest, &tokens[count].kind);
        if (len == 0) {
            *bad = rest.data;
            return NULL;
        }
        tokens[count++].text = span_make(rest.data, len);
        rest = span_from(rest, len);
    }
    tokens[count] = (struct token){ TOKEN_END, span_make(rest.data, 0) };
    return tokens;
}
