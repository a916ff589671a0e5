/* templates/trace.c - see trace.h. The hooks that fill a trace are in trace_run.c. */
#include "templates/trace.h"

#include "core/base/text.h"
#include "templates/compiler.h"
#include "templates/filters.h"
#include "templates/trace_run.h"

void trace_init(struct trace *trace, struct arena *arena)
{
    *trace = (struct trace){ .state = arena_alloc(arena, sizeof(struct trace_state)) };
    trace->state->arena = arena;
}

void trace_reset(struct trace *trace)
{
    trace->template = NULL;
    trace->print_count = 0;
    trace->prints_lost = false;
}

void *trace_grow(struct trace_state *state, void *old, size_t *room, size_t size)
{
    size_t before = *room;
    void *bigger;

    *room = before ? before * 2 : 64;
    bigger = arena_array(state->arena, *room, size);
    if (before)
        memcpy(bigger, old, before * size);
    return bigger;
}

/* ---- paths ---- */

size_t trace_path_count(const struct trace *trace)
{
    return trace->template ? trace->template->path_count : 0;
}

struct span trace_path_name(const struct trace *trace, size_t path)
{
    return trace->template->paths[path].text;
}

bool trace_printed(const struct trace *trace, const char *root)
{
    size_t len = strlen(root);

    for (size_t i = 0; i < trace_path_count(trace); i++) {
        struct span name = trace_path_name(trace, i);
        if ((trace->paths[i] & TRACE_PRINTED) && name.len >= len &&
            memcmp(name.data, root, len) == 0 && (name.len == len || name.data[len] == '.'))
            return true;
    }
    return false;
}

/* ---- prints ---- */

static bool prints_data(const struct trace_print *print)
{
    return print->kind == TRACE_PATH && print->path >= 0;
}

void trace_add_print(struct trace *trace, struct trace_print print)
{
    struct trace_state *state = trace->state;

    if (print.from >= print.to)
        return;
    if (trace->print_count >= TRACE_PRINTS_MAX) {
        trace->prints_lost = true;
        if (prints_data(&print))
            trace->paths[print.path] |= TRACE_STUCK;
        return;
    }
    if (trace->print_count == state->print_room)
        trace->prints =
            trace_grow(state, trace->prints, &state->print_room, sizeof(*trace->prints));
    trace->prints[trace->print_count++] = print;
}

void trace_count_printed(struct trace *trace)
{
    for (size_t i = 0; i < trace_path_count(trace); i++) {
        bool stuck = (trace->paths[i] & TRACE_STUCK) != 0;
        trace->paths[i] = (uint16_t)(trace->paths[i] & ~TRACE_PRINTED);
        trace->paths[i] |= stuck ? TRACE_PRINTED : 0;
    }
    for (size_t i = 0; i < trace->print_count; i++)
        if (prints_data(&trace->prints[i]))
            trace->paths[trace->prints[i].path] |= TRACE_PRINTED;
}

/* ---- what is done to the text after the render ---- */

static void clip(struct trace *trace, size_t from, size_t len)
{
    size_t kept = 0;

    for (size_t i = 0; i < trace->print_count; i++) {
        struct trace_print print = trace->prints[i];
        size_t end = print.to < from + len ? print.to : from + len;
        size_t start = print.from > from ? print.from : from;
        if (start >= end)
            continue;
        print.from = (uint32_t)(start - from);
        print.to = (uint32_t)(end - from);
        trace->prints[kept++] = print;
    }
    trace->print_count = kept;
}

void trace_cut(struct trace *trace, struct span before, struct span after)
{
    if (!trace->template || (after.data == before.data && after.len == before.len))
        return;
    if (after.len == 0)
        trace->print_count = 0;
    else
        clip(trace, (size_t)(after.data - before.data), after.len);
    trace_count_printed(trace);
}

void trace_copy_cut(struct trace *to, const struct trace *from, struct span before,
                    struct span after)
{
    trace_reset(to);
    if (!from->template)
        return;
    to->template = from->template;
    if (to->state->path_room < from->template->path_count) {
        to->state->path_room = from->template->path_count;
        to->paths = arena_array(to->state->arena, to->state->path_room, sizeof(*to->paths));
    }
    if (from->template->path_count)
        memset(to->paths, 0, from->template->path_count * sizeof(*to->paths));
    for (size_t i = 0; i < from->print_count; i++)
        trace_add_print(to, from->prints[i]);
    to->prints_lost = from->prints_lost;
    trace_cut(to, before, after);
    trace_count_printed(to);
}

struct walk { /* over what is not white */
    const char *start, *at, *end;
    size_t from; /* where the point begins that was taken last */
};

/* All that squeezing a text or making a header of it may take away or turn to a space. */
static bool is_gap(uint32_t point)
{
    return point <= 0x20 || (point >= 0x7f && point <= 0xa0) || point == 0x2028 || point == 0x2029;
}

static bool next_mark(struct walk *w, uint32_t *point)
{
    while (w->at < w->end) {
        w->from = (size_t)(w->at - w->start);
        *point = text_next_point(&w->at, w->end);
        if (!is_gap(*point))
            return true;
    }
    return false;
}

static struct walk walk_of(struct span text)
{
    return (struct walk){ .start = text.data, .at = text.data, .end = text.data + text.len };
}

/* The print goes from its first to its last mark in `after`; false when none is there. */
static bool follow_one(struct trace *trace, struct trace_print *print, struct walk *before,
                       struct walk *after)
{
    uint32_t was, is, from = print->from, to = print->to;
    bool found = false;

    while (before->at < before->start + to) {
        struct walk back = *before;
        if (!next_mark(before, &was))
            break;
        if (before->from >= to) {
            *before = back;
            break;
        }
        if (!next_mark(after, &is))
            break;
        trace->prints_lost = trace->prints_lost || was != is;
        if (was != is)
            return false;
        if (before->from < from)
            continue;
        if (!found)
            print->from = (uint32_t)after->from;
        print->to = (uint32_t)(after->at - after->start);
        found = true;
    }
    return found;
}

void trace_follow(struct trace *trace, struct span before, struct span after)
{
    struct walk was = walk_of(before), is = walk_of(after);
    size_t kept = 0, count = trace->print_count;

    if (!trace->template || span_eq(before, after))
        return;
    for (size_t i = 0; i < count && !trace->prints_lost; i++) {
        struct trace_print print = trace->prints[i];
        if (follow_one(trace, &print, &was, &is))
            trace->prints[kept++] = print;
    }
    trace->print_count = kept;
    trace_count_printed(trace);
}

/* ---- decisions ---- */

static bool builds_value(const struct op *op)
{
    return op->code >= OP_CONST && op->code <= OP_FILTER;
}

static bool belongs(enum decision_kind kind, const struct op *op)
{
    if (kind == DECISION_WHEN)
        return builds_value(op) || op->code == OP_CASE_WHEN;
    if (kind == DECISION_DEFAULT)
        return builds_value(op);
    return (builds_value(op) && op->code != OP_FILTER) || op->code == OP_COMPARE;
}

static bool drop_word(struct span *text, const char *word)
{
    size_t len = strlen(word);

    if (text->len <= len || memcmp(text->data + text->len - len, word, len) != 0 ||
        !text_is_space(text->data[text->len - len - 1]))
        return false;
    *text = text_trim(span_make(text->data, text->len - len));
    return true;
}

/* Where the filter ends whose name stands at `at`: the op knows only the name. */
static uint32_t filter_end(struct span source, uint32_t at)
{
    char quote = '\0';
    size_t i = at;

    for (; i < source.len && source.data[i] != '\n'; i++) {
        char c = source.data[i];
        if (quote || c == '"' || c == '\'')
            quote = quote == c ? '\0' : quote ? quote : c;
        else if (i > at && (c == '|' || c == '}' || c == '%'))
            break;
    }
    while (i > at && (text_is_space(source.data[i - 1]) || source.data[i - 1] == '-'))
        i--;
    return (uint32_t)i;
}

static struct span decision_text(const struct template *t, const struct decision *decision)
{
    uint32_t end = t->ops[decision->op].at;
    struct span text;

    if (decision->kind == DECISION_DEFAULT)
        end = filter_end(t->source, end);
    if (decision->kind == DECISION_ELSE || end < decision->at || end > t->source.len)
        return span_of(decision->kind == DECISION_ELSE ? "else" : "");
    text = text_trim(span_make(t->source.data + decision->at, end - decision->at));
    if (decision->kind == DECISION_IF && !drop_word(&text, "and"))
        drop_word(&text, "or");
    return text;
}

static bool decision_kind(const struct op *op, enum decision_kind *kind)
{
    static const struct {
        uint8_t code;
        enum decision_kind kind;
    } rows[] = {
        { OP_JUMP_TRUE, DECISION_IF },   { OP_JUMP_FALSE, DECISION_IF },
        { OP_CASE_BODY, DECISION_WHEN }, { OP_CASE_ELSE, DECISION_ELSE },
        { OP_FOR, DECISION_LOOP },       { OP_FILTER, DECISION_DEFAULT },
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++)
        if (rows[i].code == op->code) {
            *kind = rows[i].kind;
            return op->code != OP_FILTER || (op->index >= 0 && filter_at(op->index)->guards);
        }
    return false;
}

size_t template_decisions(const struct template *template, struct arena *arena,
                          struct decision **out)
{
    size_t count = 0;

    *out = arena_array(arena, template->op_count, sizeof(**out));
    for (size_t i = 0; i < template->op_count; i++) {
        struct decision *decision = &(*out)[count];
        size_t first = i;
        if (!decision_kind(&template->ops[i], &decision->kind))
            continue;
        while (first > 0 && belongs(decision->kind, &template->ops[first - 1]))
            first--;
        decision->op = (int32_t)i;
        decision->at = template->ops[first].at;
        decision->text = decision_text(template, decision);
        count++;
    }
    return count;
}

void template_locate(const struct template *template, uint32_t at, struct template_problem *out)
{
    problem_place(template, at, out);
    out->text[0] = '\0';
}
