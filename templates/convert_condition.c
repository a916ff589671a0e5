/* templates/convert_condition.c - operands, operators and arguments: names become ours, words of
 * other languages Liquid's. It computes nothing. */
#include "core/base/text.h"
#include "templates/convert_inside.h"

static const struct {
    const char *theirs, *ours; /* ours NULL: Liquid has nothing like it */
} words[] = {
    { "and", "and" },
    { "or", "or" },
    { "contains", "contains" },
    { "true", "true" },
    { "True", "true" },
    { "false", "false" },
    { "False", "false" },
    { "nil", "nil" },
    { "null", "nil" },
    { "None", "nil" },
    { "none", "nil" },
    { "undefined", "nil" },
    { "blank", "blank" },
    { "empty", "empty" },
    { "reversed", "reversed" },
    { "continue", "continue" },
    { "not", NULL },
    { "in", NULL },
    { "is", NULL },
};

static const struct {
    const char *theirs, *ours;
} operators[] = {
    { "===", "==" },  { "!==", "!=" }, { "==", "==" }, { "!=", "!=" },
    { "<>", "<>" },   { "<=", "<=" },  { ">=", ">=" }, { "&&", " and " },
    { "||", " or " }, { "<", "<" },    { ">", ">" },   { ",", "," },
    { ":", ":" },     { "(", "(" },    { ")", ")" },   { "..", ".." },
};

struct cursor {
    struct converter *c;
    struct span rest;
    struct str *out;
    bool operand; /* the last one was a value, so an operator may come */
};

static bool begins_name(char c)
{
    return text_is_alnum(c) || text_one_of(c, "_$@") || (unsigned char)c >= 0x80;
}

/* Bytes of a bracket or a ${...} at the start, both ends included; 0 = none. */
static size_t group_len(struct span rest)
{
    bool dollar = rest.len > 1 && rest.data[0] == '$' && rest.data[1] == '{';
    const char *end;

    if (!dollar && rest.data[0] != '[')
        return 0;
    end = memchr(rest.data, dollar ? '}' : ']', rest.len);
    return end ? (size_t)(end + 1 - rest.data) : 0;
}

/* The name at the start: words, dots, hyphens inside words, brackets. */
static size_t name_len(struct span rest)
{
    size_t len = 0;

    while (len < rest.len) {
        char next = len + 1 < rest.len ? rest.data[len + 1] : '\0';
        size_t group = group_len(span_from(rest, len));
        if (group)
            len += group;
        else if (text_one_of(rest.data[len], ".-/") && next != '.' && begins_name(next))
            len++;
        else if (begins_name(rest.data[len]) || rest.data[len] == '?')
            len++;
        else
            break;
    }
    return len;
}

static size_t number_len(struct span rest)
{
    size_t len = rest.data[0] == '-', digits = 0;

    for (; len < rest.len; len++, digits++) {
        bool dot = rest.data[len] == '.' && digits && len + 1 < rest.len &&
                   text_is_digit(rest.data[len + 1]);
        if (!text_is_digit(rest.data[len]) && !dot)
            break;
    }
    return digits ? len : 0;
}

static bool take(struct cursor *at, size_t len, const char *ours)
{
    if (ours)
        str_add_text(at->out, ours);
    else
        str_add_span(at->out, span_make(at->rest.data, len));
    at->rest = span_from(at->rest, len);
    return true;
}

static bool take_text(struct cursor *at)
{
    const char *end = memchr(at->rest.data + 1, at->rest.data[0], at->rest.len - 1);

    if (!end) {
        convert_refuse(at->c, "a quote is never closed");
        return false;
    }
    return take(at, (size_t)(end + 1 - at->rest.data), NULL);
}

static bool is_operator(const char *word)
{
    static const char *const joining[] = { "and", "or", "contains", NULL };

    return word && text_is_among(word, joining);
}

static bool take_name(struct cursor *at, size_t len)
{
    struct span name = span_make(at->rest.data, len), behind = text_trim(span_from(at->rest, len));
    struct convert_field field;

    for (size_t i = 0; i < COUNT_OF(words); i++) {
        if (!span_is(name, words[i].theirs) || (is_operator(words[i].ours) && !at->operand))
            continue;
        at->operand = !is_operator(words[i].ours);
        if (words[i].ours)
            return take(at, len, words[i].ours);
        convert_refuse(at->c, "Liquid has no \"%s\" in conditions", words[i].theirs);
        return false;
    }
    if (behind.len && behind.data[0] == ':') /* an argument's name */
        return take(at, len, NULL);
    at->operand = true;
    return convert_field(at->c, name, &field) && take(at, len, field.path);
}

static bool take_operator(struct cursor *at)
{
    bool joins = text_one_of(at->rest.data[0], "&|") && !at->operand;

    at->operand = at->rest.data[0] == ')';
    for (size_t i = 0; i < COUNT_OF(operators) && !joins; i++)
        if (text_starts_nocase(at->rest, operators[i].theirs))
            return take(at, strlen(operators[i].theirs), operators[i].ours);
    convert_refuse(at->c, "\"%.*s\" is not understood here", (int)text_cut(at->rest, 20).len,
                   at->rest.data);
    return false;
}

static bool take_one(struct cursor *at)
{
    char first = at->rest.data[0];
    size_t number = number_len(at->rest), name;

    if (text_is_space(first))
        return take(at, 1, " ");
    if (text_one_of(first, "\"'")) {
        at->operand = true;
        return take_text(at);
    }
    name = begins_name(first) || first == '.' ? name_len(at->rest) : 0;
    if (number >= name && number) {
        at->operand = true;
        return take(at, number, NULL);
    }
    if (name)
        return take_name(at, name);
    return take_operator(at);
}

const char *convert_operands(struct converter *c, struct span text)
{
    struct str out;
    struct cursor at = { .c = c, .rest = text_trim(text), .out = &out };
    const char *copy = NULL;
    bool good = true;

    str_init(&out, CONVERT_TAG_MAX * 16);
    while (good && at.rest.len)
        good = take_one(&at);
    if (good)
        copy = str_ok(&out) ? arena_dup(c->arena, str_text(&out)) : convert_refuse(c, "too long");
    str_finish(&out);
    return copy;
}

/* A name and nothing else, of any tool; Marketo's have spaces. */
static bool is_one_name(struct converter *c, struct span text)
{
    for (size_t i = 0; i < COUNT_OF(words); i++)
        if (span_is(text, words[i].theirs))
            return false;
    return text.len && begins_name(text.data[0]) && !text_is_digit(text.data[0]) &&
           (name_len(text) == text.len || convert_is_known(c, text));
}

const char *convert_condition(struct converter *c, struct span text, bool blank_is_false)
{
    struct convert_field field;
    bool not_it = false;

    text = text_trim(text);
    if (text_starts_nocase(text, "not ") || (text.len > 1 && text.data[0] == '!')) {
        not_it = true;
        text = text_trim(span_from(text, text.data[0] == '!' ? 1 : 4));
    }
    if (text.len && memchr(text.data, '(', text.len))
        return convert_refuse(c, "Liquid has no parentheses: put an if into an if");
    if (!is_one_name(c, text))
        return not_it ? convert_refuse(c, "Liquid has no \"not\": write unless")
                      : convert_operands(c, text);
    if (!convert_field(c, text, &field))
        return NULL;
    if (!not_it && !blank_is_false)
        return field.path;
    return arena_printf(c->arena, "%s %s blank", field.path, not_it ? "==" : "!=");
}
