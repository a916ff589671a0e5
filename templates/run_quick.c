/* templates/run_quick.c - runs of ops done at once: a field printed, a field tested, the next turn of a
 * loop. Either all of a run is done, to the same end and for the same fuel as by its ops, or nothing,
 * and the ops do it: whatever is not a plain text where a text is wanted is theirs, and so is whatever
 * finds too little fuel, room or memory. */
#include "templates/quick.h"

#include "templates/output.h"
#include "templates/simd.h"
#include "templates/values.h"

/* What one run of ops leaves to the next. It stays in registers: whatever takes its address is inlined. */
struct hand {
    struct run *run;
    char *to, *end; /* where the output goes on, and where its room ends */
    int64_t fuel;
};

/* ---- paying, going on ---- */

/* Is there fuel for a run, what is behind it and so many bytes of work? Room to print so many bytes? */
static ALWAYS_INLINE bool can_pay(const struct hand *hand, const struct quick *quick, size_t bytes)
{
    return hand->fuel >= (int64_t)(quick->fuel + bytes);
}

static ALWAYS_INLINE bool has_room(const struct hand *hand, const struct quick *quick, size_t len)
{
    return (size_t)(hand->end - hand->to) >= len + quick->room;
}

/* Whole vectors, so that no length needs a way of its own. */
static ALWAYS_INLINE void copy_padded(char *to, struct span text)
{
    size_t at = 0;

    if (text.len > 8 * QUICK_PAD) {
        memcpy(to, text.data, text.len);
        return;
    }
    do {
        memcpy(to + at, text.data + at, QUICK_PAD);
        at += QUICK_PAD;
    } while (at < text.len);
}

/* Pays for the run and `bytes` of work; prints the way's text. */
static ALWAYS_INLINE const struct way *go(struct hand *hand, const struct way *way, size_t bytes)
{
    hand->fuel -= (int64_t)(way->fuel + bytes);
    copy_padded(hand->to, way->text);
    hand->to += way->text.len;
    return way;
}

static ALWAYS_INLINE const struct way *go_on(struct hand *hand, const struct quick *quick,
                                             size_t bytes)
{
    return go(hand, &quick->next, bytes);
}

static ALWAYS_INLINE const struct way *decide(struct hand *hand, const struct quick *quick,
                                              bool answer, size_t bytes)
{
    return go(hand, answer == quick->wanted ? &quick->other : &quick->next, bytes);
}

static ALWAYS_INLINE const struct way *choose(struct hand *hand, const struct quick *quick,
                                              bool other)
{
    return go(hand, other ? &quick->other : &quick->next, 0);
}

/* ---- sources ---- */

/* What has the key; NULL = nothing has. */
static ALWAYS_INLINE const struct value *member_of(const struct value *map, struct quick *quick,
                                                   size_t *cost)
{
    size_t near = atomic_load_explicit(&quick->near, memory_order_relaxed), count;

    if (map->type != VALUE_MAP)
        return NULL;
    count = map->map.count;
    if (count > NAMES_FREE)
        *cost += count * NAME_COST;
    if (near < count && value_is_name(map->map.pairs[near].name, quick->key))
        return &map->map.pairs[near].value;
    return value_find_far(map, quick->key, &quick->near);
}

/* The value of a source, and what it costs to find it; NULL = it has none. */
static ALWAYS_INLINE const struct value *source_of(const struct hand *hand, struct quick *quick,
                                                   size_t *cost)
{
    const struct run *run = hand->run;
    const struct value *at;

    *cost = 0;
    if (quick->source == SOURCE_ITEM) {
        at = &run->loops[quick->from]->item;
    } else if (quick->source == SOURCE_ROOT) {
        at = run_root(run, quick->from);
        *cost = run->root_cost;
    } else {
        if (!run->variables[quick->from].set)
            return NULL;
        at = &run->variables[quick->from].value;
    }
    return quick->keyed ? member_of(at, quick, cost) : at;
}

/* Its text, or the default, if that does not begin with white space (and so is not blank); else an
 * empty one. *cost: to find it, and for default to look at it. */
static ALWAYS_INLINE struct span text_of(const struct hand *hand, struct quick *quick, size_t *cost)
{
    const struct value *v = source_of(hand, quick, cost);
    struct span text = span_make(NULL, 0);

    if (!v || v->type != VALUE_TEXT || v->safe)
        return text;
    *cost += v->text.len * quick->blank_cost;
    text = v->text.len ? v->text : quick->text;
    if (text.len && (unsigned char)text.data[0] <= ' ')
        text.len = 0;
    return text;
}

/* ---- shown ---- */

static ALWAYS_INLINE const struct way *show_plain(struct hand *hand, struct quick *quick)
{
    size_t cost;
    struct span text = text_of(hand, quick, &cost);

    cost += text.len;
    if (text.len == 0 || !can_pay(hand, quick, cost) || !has_room(hand, quick, text.len) ||
        simd_copy_plain(hand->to, text) < text.len)
        return NULL;
    hand->to += text.len;
    return go_on(hand, quick, cost);
}

/* Fuel and room are looked after for the worst case, so that nothing fails half-way. */
static ALWAYS_INLINE const struct way *show_escaped(struct hand *hand, const struct quick *quick,
                                                    struct span text, size_t cost)
{
    size_t most = text.len * ESCAPED_MOST, memory = quick->escaped ? sink_size(most) : 0, len, work;

    if (!has_room(hand, quick, most) || memory > ARENA_MAX_BYTES - hand->run->memory ||
        !can_pay(hand, quick, cost + text.len * (1 + ESCAPED_WORK) + memory + most * 2))
        return NULL;
    len = output_put_escaped(hand->to, text, &work);
    hand->to += len;
    if (!quick->escaped)
        return go_on(hand, quick, cost + work);
    memory = sink_size(len);
    hand->run->memory += memory;
    return go_on(hand, quick, cost + text.len + memory + len + work); /* read, kept, printed */
}

static ALWAYS_INLINE const struct way *show_html(struct hand *hand, struct quick *quick)
{
    size_t cost, once;
    struct span text = text_of(hand, quick, &cost);

    once = cost + text.len * (quick->escaped ? 2 : 1); /* read, printed */
    if (text.len == 0 || !can_pay(hand, quick, once) || !has_room(hand, quick, text.len))
        return NULL;
    if (simd_copy_html(hand->to, text) < text.len)
        return show_escaped(hand, quick, text, cost);
    hand->to += text.len;
    return go_on(hand, quick, once);
}

static ALWAYS_INLINE const struct way *show_filtered(struct hand *hand, struct quick *quick)
{
    size_t cost, len;
    const struct value *v = source_of(hand, quick, &cost);
    struct direct direct;

    if (!v || v->type != VALUE_TEXT || v->text.len == 0 || v->safe || !has_room(hand, quick, 0))
        return NULL;
    direct.text = v->text;
    direct.argument = quick->argument;
    direct.copy = quick->copy;
    direct.to = hand->to;
    direct.room = (size_t)(hand->end - hand->to) - quick->room;
    direct.memory = 0;
    len = quick->filter(hand->run, &direct);
    cost += direct.memory + direct.work + len;
    if (len == 0 || (unsigned char)direct.to[0] <= ' ' ||
        direct.memory > ARENA_MAX_BYTES - hand->run->memory || !can_pay(hand, quick, cost))
        return NULL;
    hand->run->memory += direct.memory;
    hand->to += len;
    return go_on(hand, quick, cost);
}

/* Two digits at most: longer numbers are seldom. */
static ALWAYS_INLINE const struct way *show_index(struct hand *hand, const struct quick *quick)
{
    size_t number = hand->run->loops[quick->from]->index + quick->first, len = number < 10 ? 1 : 2;

    if (number > 99 || !can_pay(hand, quick, len) || !has_room(hand, quick, len))
        return NULL;
    if (len == 2)
        *hand->to++ = (char)('0' + number / 10);
    *hand->to++ = (char)('0' + number % 10);
    return go_on(hand, quick, len);
}

/* ---- kept ---- */

static ALWAYS_INLINE const struct way *push(struct hand *hand, struct quick *quick)
{
    size_t cost;
    const struct value *v = source_of(hand, quick, &cost);

    if (!v || v->type == VALUE_NIL || !can_pay(hand, quick, cost) || !has_room(hand, quick, 0))
        return NULL;
    run_push(hand->run, v);
    return go_on(hand, quick, cost);
}

static ALWAYS_INLINE const struct way *assign(struct hand *hand, struct quick *quick)
{
    struct run *run = hand->run;
    size_t cost;
    struct span text = text_of(hand, quick, &cost);

    if (text.len == 0 || text.len > KEPT_MAX_BYTES || run->kept > KEPT_MAX_BYTES - text.len ||
        !can_pay(hand, quick, cost) || !has_room(hand, quick, 0))
        return NULL;
    run->kept += text.len;
    run->variables[quick->to].value = value_span(text);
    run->variables[quick->to].set = true;
    return go_on(hand, quick, cost);
}

/* ---- tested ---- */

static ALWAYS_INLINE const struct way *test(struct hand *hand, struct quick *quick)
{
    size_t cost;
    const struct value *v = source_of(hand, quick, &cost);

    if (!v || !can_pay(hand, quick, cost) || !has_room(hand, quick, 0))
        return NULL;
    return decide(hand, quick, value_truthy(v), cost);
}

static ALWAYS_INLINE const struct way *test_equal(struct hand *hand, struct quick *quick)
{
    size_t cost;
    const struct value *v = source_of(hand, quick, &cost);

    if (!v || v->type != VALUE_TEXT)
        return NULL;
    cost += value_equal_cost(v->text, quick->text);
    if (!can_pay(hand, quick, cost) || !has_room(hand, quick, 0))
        return NULL;
    return decide(hand, quick, value_is_name(v->text, quick->text), cost);
}

static ALWAYS_INLINE bool compare(enum comparison how, int64_t a, int64_t b)
{
    unsigned is = a < b ? 1 : a > b ? 4 : 2; /* one bit for each of less, equal, greater */
    static const uint8_t holds[] = { [COMPARE_EQ] = 2, [COMPARE_NE] = 5, [COMPARE_LT] = 1,
                                     [COMPARE_LE] = 3, [COMPARE_GT] = 4, [COMPARE_GE] = 6 };

    return (holds[how] & is) != 0;
}

static ALWAYS_INLINE const struct way *test_order(struct hand *hand, struct quick *quick)
{
    size_t cost;
    const struct value *v = source_of(hand, quick, &cost);

    cost += VALUE_COST;
    if (!v || v->type != VALUE_INT || !can_pay(hand, quick, cost) || !has_room(hand, quick, 0))
        return NULL;
    return decide(hand, quick,
                  compare((enum comparison)quick->how, v->integer, quick->argument->integer), cost);
}

/* ---- loops and cases ---- */

static ALWAYS_INLINE const struct way *turn(struct hand *hand, const struct quick *quick)
{
    struct run *run = hand->run;
    struct loop *loop = run->loops[quick->from];
    bool more = loop->index + 1 < loop->length;

    if (loop->table || loop->reversed || loop->items.type != VALUE_LIST ||
        run->turns >= TURNS_MAX || !can_pay(hand, quick, 0) || !has_room(hand, quick, 0))
        return NULL;
    loop->index++;
    if (more) {
        run->turns++;
        loop->item = loop->items.list.items[loop->start + loop->index];
    }
    return choose(hand, quick, more);
}

static ALWAYS_INLINE const struct way *begin_case(struct hand *hand, struct quick *quick)
{
    size_t cost;
    const struct value *v = source_of(hand, quick, &cost);

    if (!v || v->type == VALUE_NIL || !can_pay(hand, quick, cost) || !has_room(hand, quick, 0))
        return NULL;
    hand->run->cases[quick->to] = (struct chosen){ .value = *v };
    return go_on(hand, quick, cost);
}

/* A match is counted by the when, and used up by its body: so nothing is left of it but that there was
 * one. */
static ALWAYS_INLINE const struct way *when(struct hand *hand, const struct quick *quick)
{
    struct chosen *chosen = &hand->run->cases[quick->to];
    bool equal;
    size_t cost;

    if (chosen->value.type != VALUE_TEXT || chosen->matches > 0)
        return NULL;
    cost = value_equal_cost(chosen->value.text, quick->text);
    if (!can_pay(hand, quick, cost) || !has_room(hand, quick, 0))
        return NULL;
    equal = value_is_name(chosen->value.text, quick->text);
    chosen->any |= equal;
    return go(hand, equal ? &quick->next : &quick->other, cost);
}

static ALWAYS_INLINE const struct way *body(struct hand *hand, const struct quick *quick)
{
    struct chosen *chosen = &hand->run->cases[quick->to];
    bool matched = chosen->matches > 0;

    if (!can_pay(hand, quick, 0) || !has_room(hand, quick, 0))
        return NULL;
    chosen->matches -= matched;
    return choose(hand, quick, !matched);
}

static ALWAYS_INLINE const struct way *otherwise(struct hand *hand, const struct quick *quick)
{
    if (!can_pay(hand, quick, 0) || !has_room(hand, quick, 0))
        return NULL;
    return choose(hand, quick, hand->run->cases[quick->to].any);
}

/* ---- the loop ---- */

static ALWAYS_INLINE const struct way *just_go(struct hand *hand, const struct quick *quick)
{
    return can_pay(hand, quick, 0) && has_room(hand, quick, 0) ? go_on(hand, quick, 0) : NULL;
}

/* A switch and no table, so that `hand` needs no memory. NULL = it is the ops' turn. */
static ALWAYS_INLINE const struct way *step(struct hand *hand, struct quick *quick)
{
    switch ((enum quick_code)quick->code) {
    case QUICK_GO:
        return just_go(hand, quick);
    case QUICK_PLAIN:
        return show_plain(hand, quick);
    case QUICK_HTML:
        return show_html(hand, quick);
    case QUICK_FILTERED:
        return show_filtered(hand, quick);
    case QUICK_INDEX:
        return show_index(hand, quick);
    case QUICK_PUSH:
        return push(hand, quick);
    case QUICK_ASSIGN:
        return assign(hand, quick);
    case QUICK_TEST:
        return test(hand, quick);
    case QUICK_EQUAL:
        return test_equal(hand, quick);
    case QUICK_ORDER:
        return test_order(hand, quick);
    case QUICK_TURN:
        return turn(hand, quick);
    case QUICK_CASE:
        return begin_case(hand, quick);
    case QUICK_WHEN:
        return when(hand, quick);
    case QUICK_BODY:
        return body(hand, quick);
    default:
        return otherwise(hand, quick);
    }
}

void quick_run(struct run *run)
{
    struct sink *out = &run->out;
    struct quick *quick = out->room ? run->template->quicks[run->pc] : NULL;
    struct hand hand = { .run = run, .fuel = run->fuel };

    if (!quick)
        return;
    hand.to = out->data + out->len;
    hand.end = out->data + out->room;
    do {
        const struct way *way = step(&hand, quick);
        if (!way)
            break;
        run->pc = way->pc;
        quick = way->quick;
    } while (quick);
    out->len = (size_t)(hand.to - out->data);
    run->fuel = hand.fuel;
}
