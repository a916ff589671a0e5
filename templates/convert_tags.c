/* templates/convert_tags.c - {% tags %} of Liquid, Django and Jinja. */
#include "core/base/text.h"
#include "templates/convert_inside.h"
#include "templates/lexer.h"

struct markup {
    struct span from, name, args;
    struct span rest; /* of the source, from the tag on */
    size_t len;       /* taken of rest */
};

static const char *with(struct converter *c, const char *word, const char *rest)
{
    if (!rest)
        return NULL;
    return *rest ? arena_printf(c->arena, "%s %s", word, rest) : word;
}

/* ---- blocks ---- */

static void on_if(struct converter *c, struct markup *m)
{
    const char *condition = convert_condition(c, m->args, c->dialect->blank_is_false);
    const char *word = arena_dup_span(c->arena, m->name);

    convert_open(c, &(struct convert_opening){ .from = m->from,
                                               .word = m->name,
                                               .liquid = with(c, word, condition),
                                               .end = arena_printf(c->arena, "end%s", word) });
}

static void on_elsif(struct converter *c, struct markup *m)
{
    convert_branch(c, m->from, BRANCH_ELSIF,
                   with(c, "elsif", convert_condition(c, m->args, c->dialect->blank_is_false)));
}

/* Django's {% empty %} is the else of a loop. */
static void on_else(struct converter *c, struct markup *m)
{
    convert_branch(c, m->from, BRANCH_ELSE, "else");
}

static void on_end(struct converter *c, struct markup *m)
{
    convert_close(c, m->from, span_from(m->name, strlen("end")));
}

static void on_case(struct converter *c, struct markup *m)
{
    convert_open(c,
                 &(struct convert_opening){ .from = m->from,
                                            .word = m->name,
                                            .liquid = with(c, "case", convert_operands(c, m->args)),
                                            .end = "endcase" });
}

static void on_when(struct converter *c, struct markup *m)
{
    convert_branch(c, m->from, BRANCH_WHEN, with(c, "when", convert_operands(c, m->args)));
}

/* Blocks that say the same everywhere: capture NAME, ifchanged. */
static void on_plain_block(struct converter *c, struct markup *m)
{
    const char *word = arena_dup_span(c->arena, m->name);
    const char *args = arena_dup_span(c->arena, m->args);

    struct convert_opening o = { .from = m->from, .word = m->name };

    o.liquid = with(c, word, args);
    o.end = arena_printf(c->arena, "end%s", word);
    if (convert_open(c, &o) && m->args.len)
        convert_add_local(c, m->args);
}

/* "x in xs limit: 3" */
static void on_for(struct converter *c, struct markup *m)
{
    const char *in = text_find_nocase(m->args, " in "), *list = NULL;
    const char *word = arena_dup_span(c->arena, m->name);
    struct convert_opening o = { .from = m->from, .word = m->name };
    struct span name = m->args;

    if (in) {
        name.len = (size_t)(in - name.data);
        list = convert_operands(c, span_from(m->args, name.len + strlen(" in ")));
    } else {
        convert_refuse(c, "a loop is written: for NAME in LIST");
    }
    name = text_trim(name);
    if (list)
        o.liquid = arena_printf(c->arena, "%s %.*s in %s", word, (int)name.len, name.data, list);
    o.end = arena_printf(c->arena, "end%s", word);
    if (convert_open(c, &o))
        convert_add_local(c, name);
}

/* ---- single tags ---- */

static bool say_tag(struct converter *c, struct markup *m, const char *inside)
{
    const char *liquid = inside ? convert_tag_of(c, inside) : NULL;
    bool good = liquid && convert_accepts(c, liquid);

    if (good)
        convert_say(c, m->from, liquid);
    else
        convert_leave(c, m->from);
    return good;
}

/* Also Jinja's {% set x = y %}. */
static void on_assign(struct converter *c, struct markup *m)
{
    const char *equals = m->args.len ? memchr(m->args.data, '=', m->args.len) : NULL;
    const char *value = NULL;
    struct span name = m->args;

    if (equals) {
        name.len = (size_t)(equals - name.data);
        value = convert_expression(c, text_trim(span_from(m->args, name.len + 1)));
    }
    name = text_trim(name);
    if (value)
        value = arena_printf(c->arena, "assign %.*s = %s", (int)name.len, name.data, value);
    if (say_tag(c, m, value))
        convert_add_local(c, name);
}

static void on_echo(struct converter *c, struct markup *m)
{
    say_tag(c, m, with(c, "echo", convert_expression(c, m->args)));
}

static void on_operands(struct converter *c, struct markup *m)
{
    say_tag(c, m, with(c, arena_dup_span(c->arena, m->name), convert_operands(c, m->args)));
}

/* Tags whose words are no fields: break, increment x, {% # remark %}. */
static void on_plain(struct converter *c, struct markup *m)
{
    say_tag(c, m, with(c, arena_dup_span(c->arena, m->name), arena_dup_span(c->arena, m->args)));
}

/* Up to its end tag nothing is read; Django calls raw verbatim. */
static void skip_to_end(struct converter *c, struct markup *m, const char *name, unsigned bit)
{
    bool verbatim = span_is(m->name, "verbatim");
    size_t at = m->from.len;
    const char *whole;
    struct span inner;
    struct chunk end;

    if ((c->no_end & bit) ||
        !lexer_skip_to_end(m->rest, &at, verbatim ? "verbatim" : name, &inner, &end)) {
        c->no_end |= bit;
        convert_refuse(c, "this is never closed");
        convert_leave(c, m->from);
        return;
    }
    m->len = at;
    m->from = span_make(m->rest.data, at);
    whole = verbatim ? arena_printf(c->arena, "{%% raw %%}%.*s{%% endraw %%}", (int)inner.len,
                                    inner.data)
                     : arena_dup_span(c->arena, m->from);
    if (convert_accepts(c, whole))
        convert_say(c, m->from, whole);
    else
        convert_leave(c, m->from);
}

static void on_raw(struct converter *c, struct markup *m)
{
    skip_to_end(c, m, "raw", 2);
}

static void on_comment(struct converter *c, struct markup *m)
{
    skip_to_end(c, m, "comment", 4);
}

static void on_doc(struct converter *c, struct markup *m)
{
    skip_to_end(c, m, "doc", 8);
}

static void on_verbatim(struct converter *c, struct markup *m)
{
    skip_to_end(c, m, "verbatim", 16);
}

/* Tags that other tools have and heed means to be without. */
static const struct {
    const char *name, *why;
} refused[] = {
    { "connected_content", "heed fetches nothing while it renders: import it as a column" },
    { "abort_message",
      "heed holds a message by itself when a field is missing: leave the tag out" },
    { "content_blocks", "write the text of the block here" },
    { "include", "write its text here, or put it into _NAME.liquid and render \"NAME\"" },
    { "render", "its snippet is not known here: write the tag again beside _NAME.liquid" },
    { "extends", "layouts are not known: write the text out" },
    { "block", "layouts are not known: write the text out" },
    { "macro", "macros are not known: write the text out" },
    { "with", "write the whole name of the field where it is used" },
    { "liquid", "write its lines as tags of their own" },
};

static void on_unknown(struct converter *c, struct markup *m)
{
    for (size_t i = 0; i < COUNT_OF(refused); i++)
        if (span_is(m->name, refused[i].name))
            convert_refuse(c, "%s", refused[i].why);
    if (!c->why)
        convert_refuse(c, "the tag \"%.*s\" is not known", (int)text_cut(m->name, 40).len,
                       m->name.data);
    convert_leave(c, m->from);
}

static const struct {
    const char *name;
    void (*take)(struct converter *c, struct markup *m);
} tags[] = {
    { "if", on_if },
    { "unless", on_if },
    { "elsif", on_elsif },
    { "elif", on_elsif },
    { "elseif", on_elsif },
    { "else", on_else },
    { "empty", on_else },
    { "case", on_case },
    { "when", on_when },
    { "for", on_for },
    { "tablerow", on_for },
    { "capture", on_plain_block },
    { "ifchanged", on_plain_block },
    { "assign", on_assign },
    { "set", on_assign },
    { "echo", on_echo },
    { "cycle", on_operands },
    { "increment", on_plain },
    { "decrement", on_plain },
    { "break", on_plain },
    { "continue", on_plain },
    { "#", on_plain },
    { "raw", on_raw },
    { "verbatim", on_verbatim },
    { "comment", on_comment },
    { "doc", on_doc },
};

static void take(struct converter *c, struct markup *m)
{
    for (size_t i = 0; i < COUNT_OF(tags); i++)
        if (span_is(m->name, tags[i].name)) {
            tags[i].take(c, m);
            return;
        }
    if (text_starts_nocase(m->name, "end"))
        on_end(c, m);
    else
        on_unknown(c, m);
}

/* Bytes up to "%}"; another "{%" before it says that this one was never closed. */
static size_t tag_len(struct span rest)
{
    size_t most = rest.len < CONVERT_TAG_MAX ? rest.len : CONVERT_TAG_MAX;

    for (size_t i = 2; i + 1 < most; i++) {
        if (rest.data[i] == '%' && rest.data[i + 1] == '}')
            return i + 2;
        if (rest.data[i] == '{' && rest.data[i + 1] == '%')
            return 0;
    }
    return 0;
}

size_t convert_tag(struct converter *c, struct span rest)
{
    size_t at = 0, len = tag_len(rest);
    struct chunk chunk;
    struct markup m = { .rest = rest, .len = len };

    if (!len) {
        convert_refuse(c, "this tag is never closed");
        convert_leave(c, span_make(rest.data, 2));
        return 2;
    }
    m.from = span_make(rest.data, len);
    lexer_chunk(m.from, &at, &chunk);
    c->dash_before = chunk.trims_before;
    c->dash_after = chunk.trims_after;
    m.name = chunk.name;
    m.args = chunk.inside;
    take(c, &m);
    return m.len;
}
