/* templates/run_print.c - ops that print, and those that keep what was printed. */
#include "templates/output.h"
#include "templates/values.h"

static int hold_blank(struct run *run, const struct op *op)
{
    const struct op *ops = run->template->ops;
    const struct path *path;
    int32_t i = (int32_t)(op - ops);

    while (i > 0 && ops[i].code != OP_PATH && ops[i].code != OP_LOOKUP && ops[i].code != OP_TEXT)
        i--;
    if (ops[i].code != OP_PATH && ops[i].code != OP_LOOKUP)
        return run_stop(run, "this output is blank and has no default");
    path = &run->template->paths[ops[i].index];
    return run_stop(run, "%.*s is blank and has no default", (int)path->text.len, path->text.data);
}

int op_print(struct run *run, const struct op *op)
{
    const struct value *v = run_pop(run);

    if (!run->template->lax) {
        bool blank = v->type == VALUE_NIL || (v->type == VALUE_TEXT && value_blank(v));
        if (blank && (op->flag & FLAG_HOLD_BLANK))
            return hold_blank(run, op);
        if (v->type == VALUE_NIL && (op->flag & FLAG_HOLD_NIL))
            return run_stop(run, "there is nothing to print: the default has no value either");
    }
    return output_value(run, v, (enum html_place)op->count);
}

static int keep(struct run *run, int32_t name, const struct value *value)
{
    size_t bytes = value->type == VALUE_TEXT ? value->text.len : 16 * value_count(value);
    size_t most = run->template->as_reference ? REFERENCE_KEPT_BYTES : KEPT_MAX_BYTES;

    if (value->type == VALUE_RANGE)
        bytes = 0;
    if (bytes > most || run->kept > most - bytes)
        return run_stop(run, "more than %zu bytes assigned or captured", most);
    run->kept += bytes;
    run->variables[name].value = *value;
    run->variables[name].set = true;
    return 0;
}

int op_assign(struct run *run, const struct op *op)
{
    return keep(run, op->index, run_pop(run));
}

int op_capture(struct run *run, const struct op *op)
{
    (void)op;
    if (run->capture_depth >= CAPTURES_MAX)
        return run_stop(run, "captures are nested deeper than %d", BLOCKS_MAX);
    if (!run->captures)
        run->captures = run_raw(run, CAPTURES_MAX * sizeof(*run->captures));
    if (!run->captures)
        return -1;
    run->captures[run->capture_depth++] = run->out.len;
    return 0;
}

/* Takes what was printed since the capture began out of the output. */
static int take_captured(struct run *run, struct span *out)
{
    size_t from = run->captures[--run->capture_depth], len = run->out.len - from;
    char *copy = run_raw(run, len + 1);

    if (!copy)
        return -1;
    if (len)
        memcpy(copy, run->out.data + from, len);
    run->out.len = from;
    *out = span_make(copy, len);
    return 0;
}

int op_captured(struct run *run, const struct op *op)
{
    struct value value = { .type = VALUE_TEXT, .safe = run->template->part == PART_HTML };

    if (take_captured(run, &value.text) < 0)
        return -1;
    return keep(run, op->index, &value);
}

int op_changed_end(struct run *run, const struct op *op)
{
    struct span text;

    (void)op;
    if (take_captured(run, &text) < 0)
        return -1;
    if (span_eq(text, run->changed))
        return 0;
    run->changed = text;
    return sink_add_span(&run->out, text);
}

int op_count(struct run *run, const struct op *op)
{
    struct variable *variable = &run->variables[op->index];
    bool down = (op->flag & FLAG_DOWN) != 0;
    const struct value *data;
    struct value shown;

    if (!variable->counted) {
        data = run->hides_data ? NULL
                               : value_find(&run->context->data, run->template->names[op->index]);
        variable->counter = data && data->type == VALUE_INT ? *data : value_int(0);
        variable->counted = true;
    }
    if (down)
        variable->counter.integer -= variable->counter.integer > INT64_MIN;
    shown = variable->counter;
    if (!down)
        variable->counter.integer += variable->counter.integer < INT64_MAX;
    return output_value(run, &shown, HTML_TEXT);
}
