/* templates/run_loops.c - for, tablerow and cycle at run time. */
#include <stdio.h>

#include "templates/output.h"
#include "templates/values.h"

/* A part of the loop's header; *out stays as it is when there is none. In a tablerow texts and
 * decimals count as the whole number at their head, and nil as 0; in a for nil counts as none. */
static int part_number(struct run *run, const struct loop_spec *spec, enum loop_part part,
                       int64_t *out)
{
    const struct value *top = run->stack + run->depth - 1 - spec->pushed, *v = top + spec->at[part];
    bool table = (spec->flags & LOOP_TABLE) != 0;

    if (!spec->at[part] || (v->type == VALUE_NIL && !table))
        return 0;
    if (!table || v->type == VALUE_BOOL)
        return value_integer(run, v, out);
    *out = number_whole(value_number(run, v));
    return 0;
}

struct window { /* which items of the collection, in turns */
    int64_t from, limit;
};

static int window_of(struct run *run, const struct loop_spec *spec, struct window *window)
{
    *window = (struct window){ .limit = INT64_MAX };
    if (spec->flags & LOOP_CONTINUE)
        window->from = (int64_t)run->offsets[spec->place];
    if (part_number(run, spec, LOOP_OFFSET, &window->from) < 0)
        return -1;
    return part_number(run, spec, LOOP_LIMIT, &window->limit);
}

/* How many turns: what lies in the window. A text is one item, whatever the window. */
static void cut_window(struct loop *loop, struct window window)
{
    int64_t count = (int64_t)value_count(&loop->items);
    int64_t from = window.from < 0 ? 0 : window.from;
    int64_t limit = window.limit;

    if (window.from < 0 && limit != INT64_MAX && __builtin_add_overflow(limit, window.from, &limit))
        limit = 0;
    if (loop->items.type == VALUE_TEXT) {
        loop->length = (size_t)count;
        return;
    }
    if (from > count)
        from = count;
    if (limit < 0)
        limit = 0;
    loop->start = (size_t)from;
    loop->length = (size_t)(limit < count - from ? limit : count - from);
}

static int take_turn(struct run *run, struct loop *loop)
{
    size_t at = loop->reversed ? loop->length - 1 - loop->index : loop->index;

    if (++run->turns > TURNS_MAX)
        return run_stop(run, "more than %d turns of loops", TURNS_MAX);
    return value_at(run, &loop->items, loop->start + at, &loop->item);
}

static int print_cell(struct run *run, const struct loop *loop)
{
    char text[64];
    int64_t index = (int64_t)loop->index;
    int64_t column = loop->columns > 0 ? index % loop->columns : index;
    int len = snprintf(text, sizeof(text), "<td class=\"col%lld\">", (long long)column + 1);

    return sink_add(&run->out, text, (size_t)len);
}

static int begin_table(struct run *run, const struct loop_spec *spec, struct loop *loop)
{
    loop->columns = (int64_t)loop->length;
    if (part_number(run, spec, LOOP_COLS, &loop->columns) < 0)
        return -1;
    if (sink_add_span(&run->out, span_of("<tr class=\"row1\">\n")) < 0)
        return -1;
    if (loop->length == 0)
        return sink_add_span(&run->out, span_of("</tr>\n"));
    return print_cell(run, loop);
}

static int begin_loop(struct run *run, const struct loop_spec *spec, struct loop *loop)
{
    struct window window;

    loop->items = run->stack[run->depth - 1 - spec->pushed];
    if (window_of(run, spec, &window) < 0)
        return -1;
    if (loop->table && !value_truthy(&loop->items))
        return 0;
    cut_window(loop, window);
    if (loop->table)
        return begin_table(run, spec, loop);
    run->offsets[spec->place] = (size_t)(window.from < 0 ? 0 : window.from) + loop->length;
    return 0;
}

int op_for(struct run *run, const struct op *op)
{
    const struct loop_spec *spec = &run->template->loops[op->index];
    struct loop *loop = run_alloc(run, sizeof(*loop));

    if (!loop)
        return -1;
    loop->name = spec->name;
    loop->table = (spec->flags & LOOP_TABLE) != 0;
    loop->reversed = (spec->flags & LOOP_REVERSED) != 0;
    loop->parent = spec->parent >= 0 ? run->loops[spec->parent] : run->outer;
    if (begin_loop(run, spec, loop) < 0)
        return -1;
    run->depth -= (size_t)spec->pushed + 1;
    run->loops[spec->number] = loop;
    if (loop->length == 0) {
        run->pc = op->target;
        return 0;
    }
    return take_turn(run, loop);
}

static int next_cell(struct run *run, const struct loop *loop, bool more)
{
    char text[64];
    int64_t index = (int64_t)loop->index;
    int len;

    if (sink_add_span(&run->out, span_of("</td>")) < 0)
        return -1;
    if (!more)
        return 0;
    if (loop->columns > 0 && index % loop->columns == 0) {
        len = snprintf(text, sizeof(text), "</tr>\n<tr class=\"row%lld\">",
                       (long long)(index / loop->columns) + 1);
        if (sink_add(&run->out, text, (size_t)len) < 0)
            return -1;
    }
    return print_cell(run, loop);
}

int op_for_next(struct run *run, const struct op *op)
{
    struct loop *loop = run->loops[op->index];
    bool more = loop->index + 1 < loop->length;

    loop->index++;
    if (loop->table && next_cell(run, loop, more) < 0)
        return -1;
    if (!more)
        return 0;
    run->pc = op->target;
    return take_turn(run, loop);
}

int op_for_end(struct run *run, const struct op *op)
{
    if (!run->loops[op->index]->table)
        return 0;
    return sink_add_span(&run->out, span_of("</tr>\n"));
}

/* ---- cycle ---- */

static size_t *turn_of(struct run *run, const struct value *name)
{
    struct group *group = run->groups;

    while (group && !(group->name.type == name->type && value_equal(run, &group->name, name))) {
        if (run_charge(run, VALUE_COST) < 0)
            return NULL;
        group = group->next;
    }
    if (!group) {
        group = run_alloc(run, sizeof(*group));
        if (!group)
            return NULL;
        *group = (struct group){ .name = *name, .next = run->groups };
        run->groups = group;
    }
    return &group->turn;
}

int op_cycle(struct run *run, const struct op *op)
{
    size_t *turn = &run->cycles[op->index];
    struct value value = { .type = VALUE_NIL };
    const struct value *values;

    run->depth -= op->count;
    values = &run->stack[run->depth];
    if (op->flag & FLAG_NAMED)
        turn = turn_of(run, &run->stack[--run->depth]);
    if (!turn)
        return -1;
    run->picked = *turn;
    if (*turn < op->count)
        value = values[*turn];
    *turn = *turn + 1 >= op->count ? 0 : *turn + 1;
    return output_value(run, &value, (enum html_place)(op->flag / FLAG_PLACE));
}
