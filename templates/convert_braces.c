/* templates/convert_braces.c - what stands in {{ }}: Handlebars blocks and their like, calls of a
 * few tools, spintax; anything else is an expression. */
#include "core/base/text.h"
#include "templates/convert_inside.h"

struct inside {
    struct span from; /* with its braces */
    struct span text; /* without them, trimmed */
};

static bool has_word(struct span text, const char *word)
{
    size_t len = strlen(word);

    return text_starts_nocase(text, word) &&
           (text.len == len || (!text_is_alnum(text.data[len]) && text.data[len] != '_'));
}

static struct span behind_word(struct span text)
{
    size_t len = 0;

    while (len < text.len && !text_is_space(text.data[len]))
        len++;
    return text_trim(span_from(text, len));
}

/* ---- blocks ---- */

/* SendGrid: {{#equals a "b"}} */
static const struct {
    const char *word, *sign;
} comparers[] = {
    { "equals", "==" }, { "eq", "==" },         { "notEquals", "!=" },
    { "ne", "!=" },     { "greaterThan", ">" }, { "lessThan", "<" },
};

static const char *comparison(struct converter *c, struct span args, const char *sign)
{
    struct span first = args, rest = behind_word(args);
    const char *a, *b;

    first.len -= rest.len;
    if (rest.len == 0)
        return convert_refuse(c, "two values are expected");
    a = convert_operands(c, first);
    b = a ? convert_operands(c, rest) : NULL;
    return b ? arena_printf(c->arena, "%s %s %s", a, sign, b) : NULL;
}

static const char *prefixed(struct converter *c, const char *word, const char *rest)
{
    return rest ? arena_printf(c->arena, "%s %s", word, rest) : NULL;
}

static void open_if(struct converter *c, const struct inside *in)
{
    const char *condition = convert_condition(c, behind_word(in->text), true);

    convert_open(c, &(struct convert_opening){ .from = in->from,
                                               .word = span_of("if"),
                                               .liquid = prefixed(c, "if", condition),
                                               .end = "endif" });
}

static void open_unless(struct converter *c, const struct inside *in)
{
    const char *condition = convert_condition(c, behind_word(in->text), true);

    convert_open(c, &(struct convert_opening){ .from = in->from,
                                               .word = span_of("unless"),
                                               .liquid = prefixed(c, "unless", condition),
                                               .end = "endunless" });
}

/* "xs", "xs as |x|" */
static void open_each(struct converter *c, const struct inside *in)
{
    struct span list = behind_word(in->text);
    struct convert_opening o = { .from = in->from, .word = span_of("each"), .end = "endfor" };
    const char *as = text_find_nocase(list, " as |"), *path, *name;

    name = c->depth ? arena_printf(c->arena, "item_%zu", c->depth) : "item";
    if (as) {
        struct span named = span_from(list, (size_t)(as - list.data) + strlen(" as |"));
        struct span first = { named.data, 0 };
        while (first.len < named.len && !text_one_of(named.data[first.len], " |"))
            first.len++;
        name = arena_dup_span(c->arena, first);
        list.len = (size_t)(as - list.data);
    } else {
        o.item = name;
    }
    path = convert_operands(c, list);
    if (path)
        c->look = "a custom column holds one text, no list: the data must bring one";
    o.liquid = path ? arena_printf(c->arena, "for %s in %s", name, path) : NULL;
    if (convert_open(c, &o))
        convert_add_local(c, span_of(name));
}

/* {{#equals a b}}, {{#name}} of Mustache, or a helper nobody knows. */
static void open_other(struct converter *c, const struct inside *in)
{
    struct span rest = behind_word(in->text);
    struct convert_opening o = { .from = in->from, .word = in->text, .end = "endif" };
    const char *condition = NULL;

    o.word.len -= rest.len;
    o.word = text_trim(o.word);
    for (size_t i = 0; i < COUNT_OF(comparers) && !condition; i++)
        if (span_is(o.word, comparers[i].word))
            condition = comparison(c, rest, comparers[i].sign);
    if (!condition && rest.len == 0) {
        condition = convert_condition(c, o.word, true);
        c->look = "read as a condition: write a for if it is a list";
    } else if (!condition) {
        convert_refuse(c, "the helper \"%.*s\" is not known", (int)text_cut(o.word, 60).len,
                       o.word.data);
    }
    o.liquid = prefixed(c, "if", condition);
    convert_open(c, &o);
}

static void branch_else(struct converter *c, const struct inside *in)
{
    struct span rest = behind_word(in->text);

    if (has_word(rest, "if"))
        rest = behind_word(rest);
    if (rest.len == 0)
        convert_branch(c, in->from, BRANCH_ELSE, "else");
    else
        convert_branch(c, in->from, BRANCH_ELSIF,
                       prefixed(c, "elsif", convert_condition(c, rest, true)));
}

/* "endif", "end" */
static void close_end(struct converter *c, const struct inside *in)
{
    convert_close(c, in->from, span_from(in->text, strlen("end")));
}

static const struct word {
    const char *word;
    bool alone; /* also without the # */
    void (*take)(struct converter *c, const struct inside *in);
} block_words[] = {
    { "if", true, open_if },          { "unless", false, open_unless },
    { "each", false, open_each },     { "else", true, branch_else },
    { "elseif", true, branch_else },  { "elsif", true, branch_else },
    { "elif", true, branch_else },    { "endif", true, close_end },
    { "endunless", true, close_end }, { "endeach", true, close_end },
    { "end", true, close_end },
};

static bool take_word(struct converter *c, const struct inside *in, bool hash)
{
    for (size_t i = 0; i < COUNT_OF(block_words); i++) {
        const struct word *word = &block_words[i];
        if (!has_word(in->text, word->word) || (!hash && !word->alone))
            continue;
        if (!hash && memchr(in->text.data, '|', in->text.len))
            continue; /* {{end|finish}} */
        word->take(c, in);
        return true;
    }
    return false;
}

static void on_hash(struct converter *c, const struct inside *in)
{
    if (!take_word(c, in, true))
        open_other(c, in);
}

static void on_slash(struct converter *c, const struct inside *in)
{
    convert_close(c, in->from, in->text);
}

/* {{^}} is an else, {{^name}} a section for when there is none. */
static void on_caret(struct converter *c, const struct inside *in)
{
    if (in->text.len == 0) {
        convert_branch(c, in->from, BRANCH_ELSE, "else");
        return;
    }
    convert_open(c, &(struct convert_opening){
                        .from = in->from,
                        .word = in->text,
                        .liquid = prefixed(c, "unless", convert_condition(c, in->text, true)),
                        .end = "endunless" });
}

static void on_partial(struct converter *c, const struct inside *in)
{
    int len = (int)text_cut(in->text, 40).len;

    convert_refuse(
        c, "a partial: write its text here, or put it into _%.*s.liquid and render \"%.*s\"", len,
        in->text.data, len, in->text.data);
    convert_leave(c, in->from);
}

static void on_unescaped(struct converter *c, const struct inside *in)
{
    const char *expression = convert_expression(c, in->text);

    if (expression) {
        expression = arena_printf(c->arena, "%s | raw", expression);
        c->look = "raw prints what the field holds unescaped";
    }
    convert_say_output(c, in->from, expression);
}

/* ---- calls ---- */

/* {{insert first_name "default=Customer"}} */
static void call_insert(struct converter *c, const struct inside *in)
{
    struct span args = behind_word(in->text), rest = behind_word(args), name = args;
    const char *expression;

    name.len -= rest.len;
    expression = convert_printed(c, text_trim(name));
    if (rest.len > 2 && text_one_of(rest.data[0], "\"'") && rest.data[rest.len - 1] == rest.data[0])
        rest = span_make(rest.data + 1, rest.len - 2);
    if (text_starts_nocase(rest, "default="))
        expression = convert_default(c, expression, span_from(rest, strlen("default=")));
    else if (rest.len)
        expression = convert_refuse(c, "only \"default=...\" is understood here");
    convert_say_output(c, in->from, expression);
}

static void call_random(struct converter *c, const struct inside *in)
{
    struct pieces p;

    if (convert_split(in->text, &p) && p.count > 1) {
        convert_trim(&p);
        convert_spin(c, in->from, p.items + 1, p.count - 1);
        return;
    }
    convert_refuse(c, "2 to %d variants are expected", CONVERT_PIECES_MAX - 1);
    convert_leave(c, in->from);
}

/* {{fallback|{{first_name}}|Sir}} */
static void call_fallback(struct converter *c, const struct inside *in)
{
    struct pieces p;
    struct span field;
    const char *expression = convert_refuse(c, "a field and a text are expected");

    if (convert_split(in->text, &p) && p.count == 3) {
        convert_trim(&p);
        field = p.items[1];
        if (field.len > 4 && convert_closed(field, 2, field.len) == field.len)
            field = span_make(field.data + 2, field.len - 4);
        expression = convert_default(c, convert_printed(c, field), p.items[2]);
    }
    convert_say_output(c, in->from, expression);
}

static bool take_call(struct converter *c, const struct inside *in)
{
    static const struct {
        const char *begins;
        void (*take)(struct converter *c, const struct inside *in);
    } calls[] = {
        { "insert ", call_insert },
        { "random|", call_random },
        { "fallback|", call_fallback },
    };

    for (size_t i = 0; i < COUNT_OF(calls); i++)
        if (text_starts_nocase(in->text, calls[i].begins)) {
            calls[i].take(c, in);
            return true;
        }
    return false;
}

/* ---- spintax or a field? ---- */

static bool is_plain(struct span piece)
{
    return !piece.len || !text_one_of(piece.data[0], "\"'");
}

static bool has_lower(struct span text)
{
    for (size_t i = 0; i < text.len; i++)
        if (text.data[i] >= 'a' && text.data[i] <= 'z')
            return true;
    return false;
}

/* Names look like names: first_name, contact.city, firstName, INDUSTRY. */
static bool looks_like_name(struct span text)
{
    bool upper = false, joined = false;

    for (size_t i = 0; i < text.len; i++) {
        char c = text.data[i];
        if (!text_is_alnum(c) && !text_one_of(c, "_.${}"))
            return false;
        upper = upper || (i && c >= 'A' && c <= 'Z');
        joined = joined || (i && i + 1 < text.len && text_one_of(c, "_.{"));
    }
    return joined || upper;
}

static bool is_spintax(struct converter *c, const struct pieces *p)
{
    struct span first = p->items[0];

    if (p->count < 2 || c->dialect->pipes == PIPES_FALLBACK || c->dialect->pipes == PIPES_FILTER)
        return false;
    for (size_t i = 0; i < p->count; i++)
        if (!is_plain(p->items[i]) || (i && convert_is_filter(p->items[i])))
            return false;
    if (c->dialect->pipes == PIPES_SPIN)
        return true;
    if (looks_like_name(first) && (has_lower(first) || has_lower(p->items[1])))
        return false;
    if (p->count > 2)
        return p->items[1].len > 0; /* else it is || */
    if (convert_is_known(c, first))
        return false;
    if (!text_one_of(first.data ? *first.data : ' ', "abcdefghijklmnopqrstuvwxyz") ||
        memchr(first.data, ' ', first.len)) {
        c->look =
            "read as spintax; if it is a field and its fallback, convert with --from mailmerge";
        return true;
    }
    c->look = arena_printf(c->arena, "read as a field and its fallback; if it was spintax, convert "
                                     "with --from spintax");
    return false;
}

/* ---- the form ---- */

/* "{{-" and "-}}"; Handlebars writes "{{~" and "~}}". */
static struct span take_dashes(struct converter *c, struct span text)
{
    c->dash_before = text.len > 0 && text_one_of(text.data[0], "-~");
    if (c->dash_before)
        text = span_from(text, 1);
    c->dash_after = text.len > 0 && text_one_of(text.data[text.len - 1], "-~");
    if (c->dash_after)
        text.len--;
    return text_trim(text);
}

static bool take_sigil(struct converter *c, const struct inside *in)
{
    static const struct {
        char sigil;
        void (*take)(struct converter *c, const struct inside *in);
    } sigils[] = {
        { '#', on_hash },    { '/', on_slash },     { '^', on_caret },
        { '>', on_partial }, { '&', on_unescaped }, { '{', on_unescaped },
    };
    struct inside rest = { in->from, text_trim(span_from(in->text, 1)) };

    if (in->text.len && in->text.data[0] == '{' && rest.text.len)
        rest.text = text_trim(span_make(rest.text.data, rest.text.len - 1));
    for (size_t i = 0; i < COUNT_OF(sigils) && in->text.len; i++)
        if (in->text.data[0] == sigils[i].sigil) {
            sigils[i].take(c, &rest);
            return true;
        }
    return false;
}

/* {{! ... }} and {{!-- ... --}} */
static size_t take_comment(struct converter *c, struct span rest)
{
    bool dashes = text_starts_nocase(rest, "{{!--");
    const char *end = NULL;
    size_t len = dashes ? 0 : convert_closed(rest, 2, CONVERT_TAG_MAX);

    if (dashes && !(c->no_end & 1)) {
        end = text_find_nocase(rest, "--}}");
        c->no_end |= !end;
    }
    if (end)
        len = (size_t)(end + strlen("--}}") - rest.data);
    if (len)
        convert_note(c, CONVERT_CHANGED, span_make(rest.data, len), "", NULL);
    return len;
}

static void take_output(struct converter *c, const struct inside *in)
{
    struct pieces p;
    bool split = convert_split(in->text, &p);

    convert_trim(&p);
    if (split && is_spintax(c, &p))
        convert_spin(c, in->from, p.items, p.count);
    else
        convert_say_output(c, in->from, convert_expression(c, in->text));
}

size_t convert_braces(struct converter *c, struct span rest)
{
    size_t len = text_starts_nocase(rest, "{{!") ? take_comment(c, rest) : 0;
    struct inside in;

    if (len)
        return len;
    len = convert_closed(rest, 2, CONVERT_SPIN_MAX);
    if (!len || rest.data[len - 2] != '}') {
        convert_refuse(c, "these braces are never closed");
        convert_leave(c, span_make(rest.data, 2));
        return 2;
    }
    in.from = span_make(rest.data, len);
    in.text = take_dashes(c, span_make(rest.data + 2, len - 4));
    if (!take_sigil(c, &in) && !take_word(c, &in, false) && !take_call(c, &in))
        take_output(c, &in);
    return len;
}
