/* templates/tags_plain.c - tags that open no block of their own: assign, echo, counters, raw and the
 * three kinds of comment, liquid. */
#include "templates/compiler.h"
#include "templates/loose.h"

#include <ctype.h>

#include "core/base/text.h"

static bool is_name_char(char c)
{
    return isalnum((unsigned char)c) || text_one_of(c, "_-.[]");
}

/* Each character of a name may stand in parentheses of its own: so the reference has it. */
static bool is_signature(char c)
{
    return is_name_char(c) || c == '(' || c == ')';
}

static bool ends_name(struct span text)
{
    char last = text.len ? text.data[text.len - 1] : '(';

    return is_name_char(last) ||
           (last == ')' && text.len > 1 && is_name_char(text.data[text.len - 2]));
}

/* "name = source": where name ends and source begins; as the reference, the first "=" with a name
 * right before it. */
static bool split_assign(struct span markup, struct span *name, struct span *source)
{
    for (size_t i = 0; i < markup.len; i++) {
        size_t end = i, start;
        if (markup.data[i] != '=')
            continue;
        while (end > 0 && lexer_is_space(markup.data[end - 1]))
            end--;
        start = end;
        while (start > 0 && is_signature(markup.data[start - 1]))
            start--;
        if (!ends_name(span_make(markup.data + start, end - start)))
            continue;
        *name = span_make(markup.data + start, end - start);
        *source = span_from(markup, i + 1);
        return true;
    }
    return false;
}

static int assign_name(struct compiler *c, struct span *name)
{
    if (lex_begin(c, *name) < 0 || lex_expect(c, TOKEN_ID, name) < 0)
        return -1;
    return lex_expect_end(c);
}

struct assignment {
    struct span name, source;
    bool plain; /* no filter */
};

static int assign_strict(struct compiler *c, void *state)
{
    struct assignment *a = state;
    struct span name = a->name;
    bool guarded;

    if (assign_name(c, &name) < 0 || lex_begin(c, a->source) < 0)
        return -1;
    return filtered_parse(c, &guarded, &a->plain);
}

static int assign_loose(struct compiler *c, void *state)
{
    return loose_filtered(c, ((struct assignment *)state)->source);
}

int assign_open(struct compiler *c, struct block *block)
{
    struct assignment a = { .plain = false };
    int32_t start = emit_here(c);

    (void)block;
    if (!split_assign(c->markup, &a.name, &a.source))
        return problem_at(c, c->markup.data,
                          "Syntax Error in 'assign' - Valid syntax: assign [var] = [source]");
    if (loose_or_strict(c, assign_strict, assign_loose, &a) < 0)
        return -1;
    for (int32_t i = start; a.plain && i < emit_here(c); i++)
        emit_op(c, i)->flag &= (uint8_t)~FLAG_HOLD_NIL;
    emit(c, OP_ASSIGN, emit_name(c, a.name));
    return 0;
}

int echo_open(struct compiler *c, struct block *block)
{
    (void)block;
    return parse_output(c, c->markup);
}

static int count_strict(struct compiler *c, void *state)
{
    if (lex_begin(c, c->markup) < 0 || lex_expect(c, TOKEN_ID, state) < 0)
        return -1;
    return lex_expect_end(c);
}

static int count_loose(struct compiler *c, void *state)
{
    *(struct span *)state = c->markup;
    return 0;
}

static int count_open(struct compiler *c, uint8_t flag)
{
    struct span name;

    if (loose_or_strict(c, count_strict, count_loose, &name) < 0)
        return -1;
    emit_op(c, emit(c, OP_COUNT, emit_name(c, name)))->flag = flag;
    return 0;
}

int count_up_open(struct compiler *c, struct block *block)
{
    (void)block;
    return count_open(c, 0);
}

int count_down_open(struct compiler *c, struct block *block)
{
    (void)block;
    return count_open(c, FLAG_DOWN);
}

int raw_open(struct compiler *c, struct block *block)
{
    struct span inner;

    if (c->markup.len)
        problem_at(c, c->markup.data, "Syntax Error in 'raw' - Valid syntax: raw");
    if (parse_skip(c, "raw", &inner) < 0)
        return -1;
    if (inner.len)
        block->blank = false;
    parse_text(c, inner);
    return 0;
}

int comment_open(struct compiler *c, struct block *block)
{
    struct span inner;

    (void)block;
    return parse_skip(c, "comment", &inner);
}

int doc_open(struct compiler *c, struct block *block)
{
    const char *at = c->markup.data;
    struct span inner = span_from(c->source, c->at);
    bool arguments = c->markup.len > 0, nested;
    size_t ahead = c->at;
    struct chunk end;

    (void)block;
    lexer_skip_to_end(c->source, &ahead, "doc", &inner, &end);
    nested = lexer_holds_tag(inner, "doc");
    if (nested)
        problem_at(c, at, "Syntax Error in 'doc' - Nested doc tags are not allowed");
    else if (arguments)
        problem_at(c, at, "Syntax Error in 'doc' - Valid syntax: {%% doc %%}{%% enddoc %%}");
    if (parse_skip(c, "doc", &inner) < 0)
        return -1;
    return nested || arguments ? -1 : 0;
}

int remark_open(struct compiler *c, struct block *block)
{
    const char *end = c->markup.data + c->markup.len;

    (void)block;
    for (const char *at = c->markup.data; at < end; at++) {
        if (*at != '\n')
            continue;
        while (at + 1 < end && lexer_is_space(at[1]))
            at++;
        if (at + 1 < end && at[1] != '#')
            return problem_at(c, at + 1,
                              "Syntax error in tag '#' - Each line of comments must "
                              "be prefixed by the '#' character");
    }
    return 0;
}

int liquid_open(struct compiler *c, struct block *block)
{
    (void)block;
    parse_lines(c, c->markup);
    return 0;
}
