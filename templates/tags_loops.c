/* templates/tags_loops.c - for, tablerow, break, continue, cycle. */
#include <string.h>

#include "core/base/text.h"
#include "templates/compiler.h"
#include "templates/loose.h"

/* ---- for and tablerow ---- */

struct loop_parse {
    struct loop_spec spec;
    struct span variable;
    bool table;
};

static const char *const part_names[LOOP_PARTS] = { "limit", "offset", "cols", "range" };

static int attribute_error(struct compiler *c, const struct loop_parse *p)
{
    struct span word = c->tokens[c->token].text;

    if (!p->table)
        return problem_at(c, word.data,
                          "Invalid attribute in for loop. Valid attributes are limit and offset");
    return problem_at(c, word.data,
                      "Invalid attribute '%.*s' in tablerow loop. Valid attributes are cols, "
                      "limit, offset, and range",
                      (int)word.len, word.data);
}

static int attribute_parse(struct compiler *c, struct loop_parse *p)
{
    size_t part = 0;

    while (part < LOOP_PARTS && !lex_is_word(c, part_names[part]))
        part++;
    if (part == LOOP_PARTS || (part >= LOOP_COLS && !p->table))
        return attribute_error(c, p);
    lex_take(c, TOKEN_ID);
    if (lex_expect(c, TOKEN_COLON, NULL) < 0)
        return -1;
    if (part == LOOP_OFFSET && !p->table && lex_take_word(c, "continue")) {
        p->spec.flags |= LOOP_CONTINUE;
        return 0;
    }
    if (p->spec.pushed >= ARGS_MAX)
        return attribute_error(c, p);
    p->spec.at[part] = ++p->spec.pushed;
    return expression_parse(c, HOLD_NOTHING);
}

static int attributes_parse(struct compiler *c, struct loop_parse *p)
{
    while (lex_is(c, TOKEN_COMMA) || lex_is(c, TOKEN_ID)) {
        lex_take(c, TOKEN_COMMA);
        if (attribute_parse(c, p) < 0)
            return -1;
    }
    return lex_expect_end(c);
}

/* "item-list": tokens lie one behind the other, without the white space between them. */
static struct span loop_name(struct compiler *c, struct span variable, size_t from)
{
    size_t len = variable.len + 1, at = len;
    char *name;

    for (size_t i = from; i < c->token; i++)
        len += c->tokens[i].text.len;
    name = arena_alloc(&c->template->arena, len + 1);
    memcpy(name, variable.data, variable.len);
    name[variable.len] = '-';
    for (size_t i = from; i < c->token; i++) {
        memcpy(name + at, c->tokens[i].text.data, c->tokens[i].text.len);
        at += c->tokens[i].text.len;
    }
    return span_make(name, len);
}

static int header_strict(struct compiler *c, void *state)
{
    struct loop_parse *p = state;
    size_t from;

    if (lex_begin(c, c->markup) < 0 || lex_expect(c, TOKEN_ID, &p->variable) < 0)
        return -1;
    if (!lex_take_word(c, "in"))
        return problem_at(c, c->tokens[c->token].text.data, "For loops require an 'in' clause");
    from = c->token;
    if (expression_parse(c, HOLD_NOTHING) < 0)
        return -1;
    p->spec.name = loop_name(c, p->variable, from);
    if (!p->table && lex_take_word(c, "reversed"))
        p->spec.flags |= LOOP_REVERSED;
    return attributes_parse(c, p);
}

/* ---- loosely ---- */

static int loose_part(struct compiler *c, struct loop_parse *p, struct span key, struct span value)
{
    size_t part = 0;

    while (part < LOOP_PARTS && !span_is(key, part_names[part]))
        part++;
    if (part == LOOP_PARTS || (part >= LOOP_COLS && !p->table))
        return 0;
    if (part == LOOP_OFFSET && !p->table && span_is(value, "continue")) {
        p->spec.flags |= LOOP_CONTINUE;
        return 0;
    }
    if (p->spec.pushed >= ARGS_MAX)
        return problem_at(c, key.data, "more than %d attributes", ARGS_MAX);
    p->spec.at[part] = ++p->spec.pushed;
    return loose_expression(c, value);
}

static int header_loose(struct compiler *c, void *state)
{
    struct loop_parse *p = state;
    struct span rest = c->markup, word, collection, key, value;

    memset(p->spec.at, 0, sizeof(p->spec.at));
    p->spec.pushed = 0;
    p->spec.flags &= (unsigned)LOOP_TABLE;
    if (!loose_word(&rest, &p->variable) || !loose_word(&rest, &word) || !span_is(word, "in"))
        return problem_at(c, c->markup.data,
                          "Syntax Error in '%s loop' - Valid syntax: for [item] in [collection]",
                          p->table ? "table_row" : "for");
    rest = text_trim(rest);
    if (!loose_fragments_here(&rest, &collection))
        return problem_at(c, c->markup.data, "For loops require an 'in' clause");
    if (loose_expression(c, collection) < 0)
        return -1;
    p->spec.name = span_of(arena_printf(&c->template->arena, "%.*s-%.*s", (int)p->variable.len,
                                        p->variable.data, (int)collection.len, collection.data));
    if (!p->table && loose_word(&rest, &word) && span_is(word, "reversed"))
        p->spec.flags |= LOOP_REVERSED;
    for (rest = c->markup; loose_attribute(&rest, &key, &value);)
        if (loose_part(c, p, key, value) < 0)
            return -1;
    return 0;
}

int32_t loop_around(const struct compiler *c)
{
    for (size_t i = c->depth; i > 0; i--)
        if (c->blocks[i].loop >= 0 && !c->blocks[i].in_else && !c->blocks[i].table)
            return c->blocks[i].loop;
    return -1;
}

static int loop_open(struct compiler *c, struct block *block, bool table)
{
    struct loop_parse p = { .table = table };
    int32_t number = c->loop_depth++, entry;
    int rc;

    if (c->loop_depth > c->loop_most)
        c->loop_most = c->loop_depth;
    p.spec.number = number;
    p.spec.parent = loop_around(c);
    p.spec.flags = table ? LOOP_TABLE : 0;
    rc = loose_or_strict(c, header_strict, header_loose, &p);
    block->variable = p.variable;
    entry = emit_loop_spec(c, p.spec);
    block->number = emit(c, OP_FOR, entry);
    block->body = emit_here(c);
    block->loop = number; /* from here on: the header does not see its own variable */
    block->table = table;
    return rc;
}

static void finish_loop(struct compiler *c, struct block *block)
{
    int32_t number;

    emit_land(c, block->next, emit_here(c));
    number = emit(c, OP_FOR_NEXT, block->loop);
    emit_op(c, number)->target = block->body;
    emit_land(c, block->end, emit_here(c));
    emit(c, OP_FOR_END, block->loop);
    block->next = block->end = -1;
}

int for_open(struct compiler *c, struct block *block)
{
    return loop_open(c, block, false);
}

int for_branch(struct compiler *c, struct block *block, struct span name)
{
    if (!span_is(name, "else") || block->in_else)
        return 1;
    c->tokens = NULL;
    finish_loop(c, block);
    emit_jump(c, OP_JUMP, &block->end);
    emit_op(c, block->number)->target = emit_here(c);
    block->in_else = true;
    return 0;
}

void for_close(struct compiler *c, struct block *block)
{
    if (block->in_else) {
        emit_land(c, block->end, emit_here(c));
    } else {
        finish_loop(c, block);
        emit_op(c, block->number)->target = emit_here(c);
    }
    c->template->loops[emit_op(c, block->number)->index].after = emit_here(c);
    c->loop_depth--;
}

int tablerow_open(struct compiler *c, struct block *block)
{
    return loop_open(c, block, true);
}

void tablerow_close(struct compiler *c, struct block *block)
{
    for_close(c, block);
}

/* ---- break and continue ---- */

/* Ends captures that are open inside the loop; the loop's block, or [0] when there is none. */
static struct block *leave(struct compiler *c)
{
    size_t i = c->depth;

    for (; i > 0; i--) {
        struct block *block = &c->blocks[i];
        if (block->loop >= 0 && !block->in_else)
            break;
        if (block->tag && block->tag->end && strcmp(block->tag->name, "capture") == 0)
            emit_op(c, emit(c, OP_CAPTURED, emit_name(c, block->variable)))->flag = FLAG_EARLY;
        if (block->tag && block->tag->end && strcmp(block->tag->name, "ifchanged") == 0)
            emit_op(c, emit(c, OP_CHANGED_END, 0))->flag = FLAG_EARLY;
    }
    return &c->blocks[i];
}

/* Outside of any loop: ends the template, or hands the interrupt to the snippet's caller. */
static int leave_all(struct compiler *c, enum interrupt interrupt)
{
    if (c->unit == 0)
        emit(c, OP_STOP, 0);
    else
        emit(c, OP_LEAVE, (int32_t)interrupt);
    return 0;
}

int break_open(struct compiler *c, struct block *block)
{
    struct block *loop = leave(c);

    (void)block;
    if (loop == &c->blocks[0])
        return leave_all(c, INTERRUPT_BREAK);
    if (loop->table)
        emit(c, OP_TEXT, emit_constant(c, value_text("</td>")));
    emit_jump(c, OP_JUMP, &loop->end);
    return 0;
}

int continue_open(struct compiler *c, struct block *block)
{
    struct block *loop = leave(c);

    (void)block;
    if (loop == &c->blocks[0])
        return leave_all(c, INTERRUPT_CONTINUE);
    emit_jump(c, OP_JUMP, &loop->next);
    return 0;
}

/* ---- cycle ---- */

struct cycle {
    uint16_t count;
    bool named;
};

static int cycle_strict(struct compiler *c, void *state)
{
    struct cycle *cycle = state;

    if (lex_begin(c, c->markup) < 0)
        return -1;
    if (lex_is(c, TOKEN_END))
        return problem_at(c, c->markup.data,
                          "Syntax Error in 'cycle' - Valid syntax: cycle [name :] var [, var2, "
                          "var3 ...]");
    if (expression_parse(c, HOLD_NOTHING) < 0)
        return -1;
    cycle->named = lex_take(c, TOKEN_COLON);
    if (cycle->named && expression_parse(c, HOLD_NOTHING) < 0)
        return -1;
    cycle->count = 1;
    while (lex_take(c, TOKEN_COMMA) && !lex_is(c, TOKEN_END)) {
        if (expression_parse(c, HOLD_NOTHING) < 0)
            return -1;
        cycle->count++;
    }
    return lex_expect_end(c);
}

/* "name: a, b" or "a, b"; between two commas only the first fragment counts. */
static int cycle_loose(struct compiler *c, void *state)
{
    struct cycle *cycle = state;
    struct span rest = c->markup, piece, fragment;

    *cycle = (struct cycle){ 0 };
    if (loose_fragment(&rest, &fragment) && rest.len && fragment.len > 1 &&
        fragment.data[fragment.len - 1] == ':') {
        fragment.len--;
        cycle->named = true;
    } else if (text_trim(rest).len && text_trim(rest).data[0] == ':') {
        rest = span_from(text_trim(rest), 1);
        cycle->named = true;
    } else {
        rest = c->markup;
    }
    if (cycle->named && loose_expression(c, fragment) < 0)
        return -1;
    while (rest.data && text_next_piece(&rest, ',', &piece)) {
        if (!loose_fragment(&piece, &fragment))
            continue;
        if (cycle->count >= ARGS_MAX || loose_expression(c, fragment) < 0)
            return problem_at(c, fragment.data, "more than %d values", ARGS_MAX);
        cycle->count++;
    }
    return cycle->count ? 0
                        : problem_at(c, c->markup.data,
                                     "Syntax Error in 'cycle' - Valid syntax: cycle [name :] var "
                                     "[, var2, var3 ...]");
}

/* Cycles without a name share their state when they list the same literals. */
static int32_t cycle_group(struct compiler *c, int32_t start)
{
    struct span name;
    struct str text;

    str_init(&text, (size_t)OPS_MAX * 12);
    str_add_text(&text, " cycle");
    for (int32_t i = start; i < emit_here(c); i++) {
        const struct op *op = emit_op(c, i);
        bool literal = op->code == OP_CONST || op->code == OP_RANGE;
        str_printf(&text, " %d", literal ? op->index : -i);
    }
    name = span_make(arena_dup_span(&c->template->arena, str_span(&text)), text.len);
    str_finish(&text);
    return emit_name(c, name);
}

/* Literals are the template's own: they may stand where data may not. */
static uint8_t cycle_place(struct compiler *c, int32_t start)
{
    for (int32_t i = start; i < emit_here(c); i++)
        if (emit_op(c, i)->code != OP_CONST)
            return (uint8_t)(parse_place(c, c->markup) * FLAG_PLACE);
    return HTML_TEXT;
}

int cycle_open(struct compiler *c, struct block *block)
{
    int32_t start = emit_here(c), number, group;
    struct cycle cycle = { 0 };
    uint8_t place;

    (void)block;
    if (loose_or_strict(c, cycle_strict, cycle_loose, &cycle) < 0)
        return -1;
    place = cycle_place(c, start);
    group = cycle.named ? 0 : cycle_group(c, start);
    number = emit(c, OP_CYCLE, group);
    emit_op(c, number)->count = cycle.count;
    emit_op(c, number)->flag = (uint8_t)((cycle.named ? FLAG_NAMED : 0) | place);
    return 0;
}
