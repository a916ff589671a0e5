/* templates/tags.c - the table of tags, and the blocks that choose: if, unless, case, capture,
 * ifchanged. Loops are in tags_loops.c, tags without a block in tags_plain.c. */
#include <stdlib.h>

#include "core/base/text.h"
#include "templates/compiler.h"
#include "templates/loose.h"

static int if_begin(struct compiler *c, struct block *block, bool invert)
{
    int32_t when_true = -1, when_false = -1;
    int rc = condition_parse(c, invert, &when_true, &when_false);

    emit_land(c, invert ? when_false : when_true, emit_here(c));
    block->next = invert ? when_true : when_false;
    return rc;
}

static int if_open(struct compiler *c, struct block *block)
{
    return if_begin(c, block, false);
}

static int unless_open(struct compiler *c, struct block *block)
{
    return if_begin(c, block, true);
}

static int if_branch(struct compiler *c, struct block *block, struct span name)
{
    bool elsif = span_is(name, "elsif");

    if (!elsif && !span_is(name, "else"))
        return 1;
    c->tokens = NULL;
    emit_jump(c, OP_JUMP, &block->end);
    emit_land(c, block->next, emit_here(c));
    block->next = -1;
    return elsif ? if_begin(c, block, false) : 0;
}

static void if_close(struct compiler *c, struct block *block)
{
    emit_land(c, block->next, emit_here(c));
    emit_land(c, block->end, emit_here(c));
}

/* case: each matching alternative of a when runs its body once, as in the reference. What stands
 * before the first when is jumped over. block->body: the branch being written. */
static int case_strict(struct compiler *c, void *state)
{
    (void)state;
    if (lex_begin(c, c->markup) < 0 || expression_parse(c, HOLD_NOTHING) < 0)
        return -1;
    return lex_expect_end(c);
}

static int case_loose(struct compiler *c, void *state)
{
    struct span rest = c->markup, fragment;

    (void)state;
    if (!loose_fragment(&rest, &fragment))
        return problem_at(c, c->markup.data,
                          "Syntax Error in 'case' - Valid syntax: case [condition]");
    return loose_expression(c, fragment);
}

static int case_open(struct compiler *c, struct block *block)
{
    int rc = loose_or_strict(c, case_strict, case_loose, NULL);

    block->number = c->case_depth++;
    if (c->case_depth > c->case_most)
        c->case_most = c->case_depth;
    emit(c, OP_CASE, block->number);
    emit_jump(c, OP_JUMP, &block->next);
    return rc;
}

static void end_branch(struct compiler *c, struct block *block)
{
    if (block->body < 0) {
        emit_land(c, block->next, emit_here(c));
        return;
    }
    if (emit_op(c, block->body)->code == OP_CASE_BODY) {
        int32_t number = emit(c, OP_JUMP, 0);
        emit_op(c, number)->target = block->body;
    }
    emit_op(c, block->body)->target = emit_here(c);
}

static int when_strict(struct compiler *c, void *state)
{
    const struct block *block = state;

    if (lex_begin(c, c->markup) < 0)
        return -1;
    do {
        c->stack = 0;
        if (operand_parse(c) < 0)
            return -1;
        emit(c, OP_CASE_WHEN, block->number);
    } while (lex_take_word(c, "or") || lex_take(c, TOKEN_COMMA));
    return lex_expect_end(c);
}

/* Takes ", " or " or " off *rest. */
static bool take_alternative(struct span *rest)
{
    struct span s = *rest, word;

    while (s.len && lexer_is_space(s.data[0]))
        s = span_from(s, 1);
    if (s.len && s.data[0] == ',') {
        *rest = span_from(s, 1);
        return true;
    }
    if (s.data == rest->data || !loose_word(&s, &word) || !span_is(word, "or"))
        return false;
    *rest = s;
    return s.len && lexer_is_space(s.data[0]);
}

static int when_loose(struct compiler *c, void *state)
{
    const struct block *block = state;
    struct span rest = c->markup, fragment;

    do {
        c->stack = 0;
        if (!loose_fragment(&rest, &fragment))
            return problem_at(c, c->markup.data,
                              "Syntax Error in tag 'case' - Valid when condition: {%% when "
                              "[condition] [or condition2...] %%}");
        if (loose_operand(c, fragment) < 0)
            return -1;
        emit(c, OP_CASE_WHEN, block->number);
    } while (take_alternative(&rest) && rest.len);
    return 0;
}

static int case_branch(struct compiler *c, struct block *block, struct span name)
{
    bool when = span_is(name, "when");
    int rc;

    if (!when && !span_is(name, "else"))
        return 1;
    c->tokens = NULL;
    end_branch(c, block);
    rc = when ? loose_or_strict(c, when_strict, when_loose, block) : 0;
    block->body = emit(c, when ? OP_CASE_BODY : OP_CASE_ELSE, block->number);
    return rc;
}

static void case_close(struct compiler *c, struct block *block)
{
    end_branch(c, block);
    c->case_depth--;
}

static int capture_strict(struct compiler *c, void *state)
{
    struct block *block = state;

    if (lex_begin(c, c->markup) < 0)
        return -1;
    block->variable = c->tokens[0].text;
    if (lex_is(c, TOKEN_STRING))
        block->variable = span_make(block->variable.data + 1, block->variable.len - 2);
    if (!lex_take(c, TOKEN_STRING) && lex_expect(c, TOKEN_ID, &block->variable) < 0)
        return -1;
    return lex_expect_end(c);
}

static int capture_loose(struct compiler *c, void *state)
{
    struct block *block = state;

    for (struct span rest = c->markup; rest.len; rest = span_from(rest, 1))
        if (loose_word(&rest, &block->variable))
            return 0;
    return problem_at(c, c->markup.data, "Syntax Error in 'capture' - Valid syntax: capture [var]");
}

static int capture_open(struct compiler *c, struct block *block)
{
    if (loose_or_strict(c, capture_strict, capture_loose, block) < 0)
        return -1;
    emit(c, OP_CAPTURE, 0);
    return 0;
}

static void capture_close(struct compiler *c, struct block *block)
{
    emit(c, OP_CAPTURED, emit_name(c, block->variable));
}

static int ifchanged_open(struct compiler *c, struct block *block)
{
    (void)block;
    emit(c, OP_CHANGED, 0);
    return 0;
}

static void ifchanged_close(struct compiler *c, struct block *block)
{
    (void)block;
    emit(c, OP_CHANGED_END, 0);
}

static const struct tag tags[] = {
    { .name = "#", .open = remark_open, .silent = true },
    { .name = "assign", .open = assign_open, .silent = true },
    { .name = "break", .open = break_open },
    { .name = "capture",
      .end = "endcapture",
      .open = capture_open,
      .close = capture_close,
      .silent = true,
      .keeps_blank = true },
    { .name = "case",
      .end = "endcase",
      .open = case_open,
      .branch = case_branch,
      .close = case_close },
    { .name = "comment", .open = comment_open, .silent = true },
    { .name = "continue", .open = continue_open },
    { .name = "cycle", .open = cycle_open },
    { .name = "decrement", .open = count_down_open },
    { .name = "doc", .open = doc_open, .silent = true },
    { .name = "echo", .open = echo_open },
    { .name = "for", .end = "endfor", .open = for_open, .branch = for_branch, .close = for_close },
    { .name = "if", .end = "endif", .open = if_open, .branch = if_branch, .close = if_close },
    { .name = "ifchanged",
      .end = "endifchanged",
      .open = ifchanged_open,
      .close = ifchanged_close,
      .keeps_blank = true },
    { .name = "include", .open = include_open },
    { .name = "increment", .open = count_up_open },
    { .name = "liquid", .open = liquid_open, .silent = true },
    { .name = "raw", .open = raw_open },
    { .name = "render", .open = render_open },
    { .name = "tablerow",
      .end = "endtablerow",
      .open = tablerow_open,
      .close = tablerow_close,
      .keeps_blank = true },
    { .name = "unless",
      .end = "endunless",
      .open = unless_open,
      .branch = if_branch,
      .close = if_close },
};

const struct tag *tag_find(struct span name)
{
    for (size_t i = 0; i < COUNT_OF(tags); i++)
        if (span_is(name, tags[i].name))
            return &tags[i];
    return NULL;
}

const char *tag_nearest(struct span name)
{
    static const char *const others[] = {
        "elsif",  "else",    "when",       "endif",  "endunless",
        "endfor", "endcase", "endcapture", "endraw", "endcomment"
    };
    const char *names[COUNT_OF(tags) + COUNT_OF(others) + 1];
    char word[32];
    size_t count = 0;

    if (name.len < 2 || name.len >= sizeof(word))
        return NULL;
    memcpy(word, name.data, name.len);
    word[name.len] = '\0';
    for (size_t i = 1; i < COUNT_OF(tags); i++)
        names[count++] = tags[i].name;
    for (size_t i = 0; i < COUNT_OF(others); i++)
        names[count++] = others[i];
    names[count] = NULL;
    return text_nearest(word, names);
}

const char **template_tag_names(struct arena *arena)
{
    const char **names = arena_array(arena, COUNT_OF(tags) + 1, sizeof(*names));

    for (size_t i = 0; i < COUNT_OF(tags); i++)
        names[i] = tags[i].name;
    return names;
}
