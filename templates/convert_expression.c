/* templates/convert_expression.c - the inside of {{ }}: a field, its fallback, its filters. */
#include "core/base/text.h"
#include "templates/convert_inside.h"

/* ---- pieces ---- */

/* Does a text in quotes begin at i? Apostrophes inside words are none. */
static bool opens_quote(struct span text, size_t i)
{
    if (!text_one_of(text.data[i], "\"'"))
        return false;
    while (i > 0 && text_is_space(text.data[i - 1]))
        i--;
    return i == 0 || text_one_of(text.data[i - 1], "|:(,=");
}

/* The place of the quote that ends the text begun at i, or i. */
static size_t quote_end(struct span text, size_t i)
{
    const char *end = memchr(text.data + i + 1, text.data[i], text.len - i - 1);

    return end ? (size_t)(end - text.data) : i;
}

/* A bar that is none of Mailchimp's "*|" and "|*". */
static bool is_bar(struct span text, size_t i)
{
    return text.data[i] == '|' && (i == 0 || text.data[i - 1] != '*') &&
           (i + 1 == text.len || text.data[i + 1] != '*');
}

static bool add_piece(struct pieces *out, struct span piece)
{
    if (out->count == CONVERT_PIECES_MAX)
        return false;
    out->items[out->count++] = piece;
    return true;
}

bool convert_split(struct span text, struct pieces *out)
{
    size_t from = 0;
    int depth = 0;

    out->count = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (depth == 0 && opens_quote(text, i))
            i = quote_end(text, i);
        depth += text.data[i] == '{';
        depth -= text.data[i] == '}' && depth > 0;
        if (depth > 0 || !is_bar(text, i))
            continue;
        if (!add_piece(out, span_make(text.data + from, i - from)))
            return false;
        from = i + 1;
    }
    return add_piece(out, span_from(text, from));
}

void convert_trim(struct pieces *pieces)
{
    for (size_t i = 0; i < pieces->count; i++)
        pieces->items[i] = text_trim(pieces->items[i]);
}

/* ---- texts ---- */

static bool is_quoted(struct span text)
{
    return text.len >= 2 && text_one_of(text.data[0], "\"'") &&
           text.data[text.len - 1] == text.data[0] &&
           !memchr(text.data + 1, text.data[0], text.len - 2);
}

static bool is_number(struct span text)
{
    size_t digits = 0;

    for (size_t i = 0; i < text.len; i++) {
        if (!text_is_digit(text.data[i]) && text.data[i] != '.' && (i || text.data[i] != '-'))
            return false;
        digits += text_is_digit(text.data[i]);
    }
    return digits > 0;
}

static const char *quoted_other(struct converter *c, struct span text)
{
    char *copy = arena_dup_span(c->arena, text);

    for (char *p = copy; *p; p++)
        if (*p == '"')
            *p = '\'';
    c->look = "a text of Liquid cannot hold both kinds of quotes: \" became '";
    return arena_printf(c->arena, "\"%s\"", copy);
}

const char *convert_literal(struct converter *c, struct span text)
{
    const char *quote = "\"";

    text = text_trim(text);
    if (is_quoted(text))
        text = span_make(text.data + 1, text.len - 2);
    for (size_t i = 0; i < text.len; i++)
        if (text_one_of(text.data[i], "{}"))
            return convert_refuse(c, "a fallback with braces: write {%% if %%} ... {%% else %%}");
    if (text.len && memchr(text.data, '"', text.len)) {
        if (memchr(text.data, '\'', text.len))
            return quoted_other(c, text);
        quote = "'";
    }
    return arena_printf(c->arena, "%s%.*s%s", quote, (int)text.len, text.data, quote);
}

const char *convert_default(struct converter *c, const char *expression, struct span text)
{
    const char *literal = convert_literal(c, text);

    return literal && expression ? arena_printf(c->arena, "%s | default: %s", expression, literal)
                                 : NULL;
}

/* ---- the first piece ---- */

/* HubSpot: personalization_token('contact.firstname', 'there') */
static const char *token_call(struct converter *c, struct span text)
{
    struct span rest = text, name, fallback = { NULL, 0 };

    if (!text_starts_nocase(text, "personalization_token(") || text.data[text.len - 1] != ')')
        return convert_refuse(c, "functions are not called: write a field and filters");
    rest = span_from(text, strlen("personalization_token("));
    rest.len--;
    text_next_piece(&rest, ',', &name);
    if (rest.data)
        fallback = rest;
    name = text_trim(name);
    if (is_quoted(name))
        name = span_make(name.data + 1, name.len - 2);
    if (!fallback.data)
        return convert_printed(c, name);
    return convert_default(c, convert_printed(c, name), fallback);
}

static bool is_capital(char c)
{
    return c >= 'A' && c <= 'Z';
}

/* "First Name" and "lead.First Name" are names; "upper first_name" calls a helper. */
static bool is_name_of_words(struct converter *c, struct span text)
{
    if (!memchr(text.data, ' ', text.len) || convert_is_known(c, text) ||
        c->dialect->pipes == PIPES_FALLBACK)
        return true;
    if (!is_capital(text.data[0]) && !memchr(text.data, '.', text.len))
        return false;
    for (size_t i = 1; i < text.len; i++)
        if (text.data[i - 1] == ' ' && !is_capital(text.data[i]))
            return false;
    return true;
}

/* "x: there" and "lead.City:default=there" */
static const char *name_and_fallback(struct converter *c, struct span text, size_t colon)
{
    struct span name = text_trim(span_make(text.data, colon));
    struct span fallback = text_trim(span_from(text, colon + 1));

    if (text_starts_nocase(fallback, "default="))
        fallback = span_from(fallback, strlen("default="));
    else if (text_starts_nocase(fallback, "edit="))
        return convert_refuse(c, "an editable text: write it into the template");
    if (!is_name_of_words(c, name))
        return convert_refuse(c, "not understood");
    return convert_default(c, convert_printed(c, name), fallback);
}

static const char *head(struct converter *c, struct span text)
{
    const char *colon;

    if (text.len == 0)
        return convert_refuse(c, "there is no name in it");
    if (is_quoted(text) || is_number(text))
        return arena_dup_span(c->arena, text);
    if (memchr(text.data, '(', text.len))
        return token_call(c, text);
    colon = memchr(text.data, ':', text.len);
    if (colon)
        return name_and_fallback(c, text, (size_t)(colon - text.data));
    if (!is_name_of_words(c, text))
        return convert_refuse(c, "helpers are not called: write a field and filters");
    return convert_printed(c, text);
}

/* ---- the whole ---- */

/* The forms {{ x | "there" }} and {{ x || 'there' }} are ours, too: they stay. */
static const char *stay_short(struct converter *c, const char *expression, const struct pieces *p)
{
    struct span last = p->items[p->count - 1];
    bool two = p->count == 3 && p->items[1].len == 0;

    if (!is_quoted(last) || strchr(expression, '|') || (p->count != 2 && !two))
        return NULL;
    return arena_printf(c->arena, "%s %s %.*s", expression, two ? "||" : "|", (int)last.len,
                        last.data);
}

/* "name(...", "name: 3", "name: 'x'": nobody falls back to such a text. */
static bool calls_filter(struct span piece)
{
    size_t len = 0;

    while (len < piece.len && (text_is_alnum(piece.data[len]) || piece.data[len] == '_'))
        len++;
    if (len == 0 || len == piece.len || !text_one_of(piece.data[len], ":("))
        return false;
    piece = text_trim(span_from(piece, len + 1));
    return piece.len && (text_one_of(piece.data[0], "\"'") || text_is_digit(piece.data[0]));
}

static const char *add_filter(struct converter *c, const char *expression, struct span piece)
{
    if (is_quoted(piece))
        return convert_default(c, expression, piece);
    if (convert_is_filter(piece))
        return convert_filter(c, expression, piece);
    if (c->dialect->pipes != PIPES_FILTER && piece.len && !calls_filter(piece))
        return convert_default(c, expression, piece);
    return convert_refuse(c, "unknown filter \"%.*s\"", (int)text_cut(piece, 60).len, piece.data);
}

const char *convert_expression(struct converter *c, struct span text)
{
    struct pieces p;
    const char *out, *whole;

    if (!convert_split(text, &p))
        return convert_refuse(c, "more than %d parts", CONVERT_PIECES_MAX);
    convert_trim(&p);
    out = head(c, p.items[0]);
    whole = out && p.count > 1 ? stay_short(c, out, &p) : NULL;
    if (whole)
        return whole;
    for (size_t i = 1; out && i < p.count; i++) {
        if (p.items[i].len == 0 && i + 1 < p.count) /* || */
            out = convert_default(c, out, p.items[++i]);
        else
            out = add_filter(c, out, p.items[i]);
    }
    return out;
}
