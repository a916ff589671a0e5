/* templates/emit.c - appends ops and interns what they refer to. Tables grow in the template's own
 * arena; a table that is full is reported once and the rest is not compiled. */
#include "templates/compiler.h"

#include <stdarg.h>
#include <stdio.h>

#include "core/base/text.h"

/* Doubles a table when it is full. Sizes are bounded by OPS_MAX, so old copies do not matter. */
static void *grow(struct compiler *c, void *table, size_t count, size_t *room, size_t size)
{
    void *bigger;

    if (count < *room)
        return table;
    *room = *room ? *room * 2 : 16;
    bigger = arena_array(&c->template->arena, *room, size);
    if (count)
        memcpy(bigger, table, count * size);
    return bigger;
}

int32_t emit_here(const struct compiler *c)
{
    return (int32_t)c->template->op_count;
}

struct op *emit_op(struct compiler *c, int32_t number)
{
    return &c->template->ops[number];
}

static const int8_t stack_effect[OP_CODES] = {
    [OP_CONST] = 1,      [OP_PATH] = 1,        [OP_ITEM] = 1,    [OP_LOOP] = 1,
    [OP_LOOKUP] = 1,     [OP_SELF] = 1,        [OP_PICK] = 1,    [OP_INDEX] = -1,
    [OP_RANGE] = -1,     [OP_PRINT] = -1,      [OP_ASSIGN] = -1, [OP_COMPARE] = -1,
    [OP_JUMP_TRUE] = -1, [OP_JUMP_FALSE] = -1, [OP_CASE] = -1,   [OP_CASE_WHEN] = -1,
};

static void count_stack(struct compiler *c, enum op_code code)
{
    c->stack = (size_t)((ptrdiff_t)c->stack + stack_effect[code]);
    if (c->stack > c->stack_most)
        c->stack_most = c->stack;
}

int32_t emit(struct compiler *c, enum op_code code, int32_t index)
{
    struct template *t = c->template;
    const char *where = c->tokens ? c->tokens[c->token].text.data : NULL;
    struct op op = { .code = (uint8_t)code, .index = index, .target = -1 };

    if (t->op_count >= OPS_MAX) {
        if (t->op_count++ == OPS_MAX)
            problem_at(c, NULL, "the template is too long: more than %d steps", OPS_MAX);
        c->broken = c->full = true;
        t->op_count = OPS_MAX;
        return OPS_MAX - 1;
    }
    op.at = where ? (uint32_t)(where - t->source.data) : c->tag_at;
    t->ops = grow(c, t->ops, t->op_count, &c->op_room, sizeof(op));
    t->ops[t->op_count] = op;
    count_stack(c, code);
    return (int32_t)t->op_count++;
}

static bool same_constant(const struct value *a, const struct value *b)
{
    if (a->type != b->type)
        return false;
    switch (a->type) {
    case VALUE_TEXT:
        return span_eq(a->text, b->text);
    case VALUE_INT:
        return a->integer == b->integer;
    case VALUE_BOOL:
        return a->boolean == b->boolean;
    case VALUE_NIL:
    case VALUE_BLANK:
    case VALUE_EMPTY:
        return true;
    default:
        return false;
    }
}

int32_t emit_constant(struct compiler *c, struct value value)
{
    struct template *t = c->template;
    size_t from = t->constant_count > 64 ? t->constant_count - 64 : 0;

    for (size_t i = from; i < t->constant_count; i++)
        if (same_constant(&t->constants[i], &value))
            return (int32_t)i;
    t->constants = grow(c, t->constants, t->constant_count, &c->constant_room, sizeof(value));
    t->constants[t->constant_count] = value;
    return (int32_t)t->constant_count++;
}

void emit_value(struct compiler *c, struct value value)
{
    emit(c, OP_CONST, emit_constant(c, value));
}

int32_t emit_name(struct compiler *c, struct span name)
{
    struct template *t = c->template;
    int32_t known = intern_find(&c->names, name);

    if (known >= 0)
        return known;
    if (t->name_count >= NAMES_MAX) {
        if (!c->broken)
            problem_at(c, name.data, "more than %d different names", NAMES_MAX);
        c->broken = c->full = true;
        return 0;
    }
    t->names = grow(c, t->names, t->name_count, &c->name_room, sizeof(name));
    t->names[t->name_count] = name;
    intern_add(&c->names, &t->arena, name, (int32_t)t->name_count);
    return (int32_t)t->name_count++;
}

int32_t emit_key(struct compiler *c, struct span key)
{
    struct template *t = c->template;

    t->keys = grow(c, t->keys, t->key_count, &c->key_room, sizeof(key));
    t->keys[t->key_count] = key;
    return (int32_t)t->key_count++;
}

int32_t emit_path(struct compiler *c, struct path path, const struct span *steps)
{
    struct template *t = c->template;
    int32_t known = intern_find(&c->paths, path.text);

    if (known >= 0)
        return known;
    if (t->path_count >= NAMES_MAX) {
        if (!c->broken)
            problem_at(c, NULL, "more than %d different fields", NAMES_MAX);
        c->broken = c->full = true;
        return 0;
    }
    path.first = (uint32_t)t->key_count;
    for (uint32_t i = 0; i < path.count; i++)
        emit_key(c, steps[i]);
    t->paths = grow(c, t->paths, t->path_count, &c->path_room, sizeof(path));
    t->paths[t->path_count] = path;
    intern_add(&c->paths, &t->arena, path.text, (int32_t)t->path_count);
    return (int32_t)t->path_count++;
}

int32_t emit_loop_spec(struct compiler *c, struct loop_spec spec)
{
    struct template *t = c->template;

    spec.place = intern_find(&c->loops, spec.name);
    if (spec.place < 0) {
        spec.place = (int32_t)t->place_count++;
        intern_add(&c->loops, &t->arena, spec.name, spec.place);
    }
    t->loops = grow(c, t->loops, t->loop_count, &c->loop_room, sizeof(spec));
    t->loops[t->loop_count] = spec;
    return (int32_t)t->loop_count++;
}

int32_t emit_unit(struct compiler *c, struct unit unit)
{
    struct template *t = c->template;

    t->units = grow(c, t->units, t->unit_count, &c->unit_room, sizeof(unit));
    t->units[t->unit_count] = unit;
    return (int32_t)t->unit_count++;
}

int32_t emit_snippet_call(struct compiler *c, struct snippet_call call)
{
    struct template *t = c->template;

    t->calls = grow(c, t->calls, t->call_count, &c->call_room, sizeof(call));
    t->calls[t->call_count] = call;
    return (int32_t)t->call_count++;
}

uint32_t emit_binding(struct compiler *c, struct binding binding)
{
    struct template *t = c->template;

    if (t->binding_count >= BINDINGS_MAX) {
        if (!c->broken)
            problem_at(c, NULL, "the template is too long: loops around snippets");
        c->broken = c->full = true;
        return 0;
    }
    t->bindings = grow(c, t->bindings, t->binding_count, &c->binding_room, sizeof(binding));
    t->bindings[t->binding_count] = binding;
    return (uint32_t)t->binding_count++;
}

void emit_jump(struct compiler *c, enum op_code code, int32_t *chain)
{
    int32_t number = emit(c, code, 0);

    emit_op(c, number)->target = *chain;
    *chain = number;
}

void emit_land(struct compiler *c, int32_t chain, int32_t target)
{
    while (chain >= 0 && !c->broken) {
        int32_t next = emit_op(c, chain)->target;
        emit_op(c, chain)->target = target;
        chain = next;
    }
}

static bool can_fail(const struct op *op)
{
    return (op->code >= OP_CONST && op->code <= OP_ASSIGN) || op->code == OP_COMPARE ||
           op->code == OP_CASE || op->code == OP_CASE_WHEN || op->code == OP_CYCLE ||
           op->code == OP_COUNT || op->code == OP_CALL;
}

void emit_failures(struct compiler *c, int32_t start, bool quiet, uint32_t at)
{
    for (int32_t i = start; i < emit_here(c); i++) {
        struct op *op = emit_op(c, i);
        if (quiet && op->code == OP_FOR)
            op->flag |= FLAG_QUIET;
        if (!can_fail(op) || op->target >= 0)
            continue;
        op->target = emit_here(c);
        if (c->template->lax)
            op->at = at; /* as the reference, errors are told with the line of their tag */
        if (quiet)
            op->flag |= FLAG_QUIET;
    }
}

static bool is_blank(struct span text)
{
    for (size_t i = 0; i < text.len; i++)
        if (!lexer_is_space(text.data[i]))
            return false;
    return true;
}

/* +1 where something begins that keeps its white space (capture, ifchanged, tablerow), -1 at its end. */
static int keeping(const struct compiler *c, const struct op *op, int32_t *table)
{
    const struct loop_spec *spec = op->code == OP_FOR ? &c->template->loops[op->index] : NULL;

    if (op->code == OP_CAPTURE || op->code == OP_CHANGED)
        return 1;
    if (op->code == OP_CAPTURED || op->code == OP_CHANGED_END)
        return op->flag & FLAG_EARLY ? 0 : -1;
    if (spec && (spec->flags & LOOP_TABLE) && *table < 0) {
        *table = spec->number;
        return 1;
    }
    if (op->code != OP_FOR_END || op->index != *table)
        return 0;
    *table = -1;
    return -1;
}

void emit_drop_blank(struct compiler *c, int32_t start)
{
    int32_t table = -1; /* number of the outermost tablerow */
    int kept = 0;

    for (int32_t i = start; i < emit_here(c); i++) {
        struct op *op = emit_op(c, i);
        kept += keeping(c, op, &table);
        if (op->code == OP_TEXT && kept == 0 && is_blank(c->template->constants[op->index].text))
            op->code = OP_NOTHING;
    }
}
