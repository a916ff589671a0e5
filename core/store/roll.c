/* core/store/roll.c - see roll.h. Prospects, addresses, touches and answers lie in the order of keys and are merged; enrollments
 * would cost a look-up each, so they are read as they lie and sorted here. A list much smaller than the store is looked up
 * person by person instead. */
#include "core/store/roll.h"

#include <stdlib.h>

#include "core/base/id.h"
#include "core/store/scan.h"

#define FEW_SHARE 32 /* fewer than a 32nd of all prospects: look-ups are cheaper */
#define SEQUENCES_MAX 32767

struct enrolled {
    int64_t prospect_id;
    int32_t version;
    uint16_t step;
    uint16_t live : 1, sequence : 15; /* sequence: number in names */
};

struct scan { /* one statement and the key it stands at */
    struct stmt *stmt;
    struct scan_key columns;
    bool more;
    int slot;
    int64_t id;
};

struct roll {
    struct db *db;
    struct roll_query query;
    struct scan prospects, addresses, touches, answers;
    struct enrolled *enrolled; /* by key, live ones first */
    size_t count, room, at;
    char **names;
    size_t name_count;
    int64_t most;
    bool few;
    struct address address_list[ADDRESSES_MAX];
    struct touch_brief touch_list[HISTORY_MAX];
};

static int compare_keys(int64_t a, int64_t b)
{
    int x = id_slot(a), y = id_slot(b);

    return x != y ? (x < y ? -1 : 1) : (a > b) - (a < b);
}

/* ---- enrollments ---- */

static unsigned name_number(struct roll *roll, struct span name)
{
    for (size_t i = roll->name_count; i-- > 0;)
        if (span_is(name, roll->names[i]))
            return (unsigned)i;
    if (roll->name_count > SEQUENCES_MAX)
        return SEQUENCES_MAX;
    roll->names = xrealloc(roll->names, (roll->name_count + 1) * sizeof(*roll->names));
    roll->names[roll->name_count] = xcalloc(1, name.len + 1);
    memcpy(roll->names[roll->name_count], name.data, name.len);
    return (unsigned)roll->name_count++;
}

static void add_enrolled(struct roll *roll, struct stmt *stmt)
{
    struct span state = stmt_col_span(stmt, 4);
    bool live = span_is(state, "active") || span_is(state, "held");
    struct enrolled *one;

    if (!live && roll->query.sequence)
        return;
    if (roll->count == roll->room) {
        roll->room = roll->room ? roll->room * 2 : 1024;
        roll->enrolled = xrealloc(roll->enrolled, roll->room * sizeof(*roll->enrolled));
    }
    one = &roll->enrolled[roll->count++];
    *one = (struct enrolled){ .prospect_id = stmt_col_int(stmt, 0),
                              .version = (int32_t)stmt_col_int(stmt, 2),
                              .step = (uint16_t)stmt_col_int(stmt, 3),
                              .live = live };
    one->sequence = name_number(roll, stmt_col_span(stmt, 1)) & SEQUENCES_MAX;
}

static int by_key(const void *a, const void *b)
{
    const struct enrolled *x = a, *y = b;
    int order = compare_keys(x->prospect_id, y->prospect_id);

    return order ? order : (int)y->live - (int)x->live;
}

/* States are looked at here, not in the SQL: for them an index would be used, with a look-up for each row. */
static int read_enrolled(struct roll *roll, struct err *err)
{
    const char *asked = roll->query.sequence;
    struct stmt *stmt =
        asked ? db_query(roll->db,
                         "SELECT prospect_id, sequence, version, step, state FROM enrollment "
                         "WHERE sequence = $1",
                         PARAMS(P(asked)), err)
              : db_query(roll->db,
                         "SELECT prospect_id, sequence, version, step, state FROM enrollment",
                         NO_PARAMS, err);
    int more;

    while ((more = stmt ? stmt_step(stmt, err) : -1) == 1)
        add_enrolled(roll, stmt);
    if (roll->count)
        qsort(roll->enrolled, roll->count, sizeof(*roll->enrolled), by_key);
    return more;
}

/* What is known of the enrollments of one prospect; false when there is none. */
static bool take_enrolled(struct roll *roll, int64_t prospect_id, struct roll_row *out)
{
    const struct enrolled *one;

    while (roll->at < roll->count &&
           compare_keys(roll->enrolled[roll->at].prospect_id, prospect_id) < 0)
        roll->at++;
    if (roll->at == roll->count || roll->enrolled[roll->at].prospect_id != prospect_id)
        return false;
    one = &roll->enrolled[roll->at];
    out->state = one->live ? ROLL_LIVE : ROLL_ENDED;
    out->sequence = roll->names[one->sequence];
    out->version = one->version;
    out->step = one->step;
    return true;
}

/* ---- scans ---- */

static int advance(struct scan *scan, struct err *err)
{
    int more = stmt_step(scan->stmt, err);

    scan->more = more == 1;
    if (scan->more) {
        scan->slot = (int)stmt_col_int(scan->stmt, scan->columns.slot);
        scan->id = stmt_col_int(scan->stmt, scan->columns.id);
    }
    return more < 0 ? -1 : 0;
}

static int start(struct scan *scan, struct stmt *stmt, struct scan_key columns, struct err *err)
{
    *scan = (struct scan){ .stmt = stmt, .columns = columns };
    return stmt ? advance(scan, err) : -1;
}

static int start_scans(struct roll *roll, struct err *err)
{
    struct db *db = roll->db;

    if (start(&roll->prospects, scan_prospects(db, err), SCAN_PROSPECT_KEY, err) < 0 ||
        start(&roll->addresses, scan_addresses(db, roll->query.now, err), SCAN_ADDRESS_KEY, err) <
            0 ||
        start(&roll->touches, scan_touches(db, err), SCAN_TOUCH_KEY, err) < 0)
        return -1;
    return start(&roll->answers, scan_answers(db, err), SCAN_ANSWER_KEY, err);
}

static void stop(const struct scan *scan)
{
    if (scan->stmt)
        stmt_reset(scan->stmt);
}

static bool is_before(const struct scan *scan, const struct prospect *p)
{
    return scan->more && (scan->slot < p->slot || (scan->slot == p->slot && scan->id < p->id));
}

static bool is_of(const struct scan *scan, const struct prospect *p)
{
    return scan->more && scan->slot == p->slot && scan->id == p->id;
}

static int skip_to(struct scan *scan, const struct prospect *p, struct err *err)
{
    while (is_before(scan, p))
        if (advance(scan, err) < 0)
            return -1;
    return 0;
}

static int take_addresses(struct roll *roll, struct arena *arena, struct roll_row *out,
                          struct err *err)
{
    struct scan *scan = &roll->addresses;
    int count = 0;

    if (skip_to(scan, &out->prospect, err) < 0)
        return -1;
    while (is_of(scan, &out->prospect)) {
        (void)scan_read_address(scan->stmt, arena, roll->address_list, &count);
        if (advance(scan, err) < 0)
            return -1;
    }
    out->address_count = (size_t)count;
    out->addresses = arena_array(arena, out->address_count + 1, sizeof(*out->addresses));
    memcpy(out->addresses, roll->address_list, out->address_count * sizeof(*out->addresses));
    return 0;
}

static int take_touches(struct roll *roll, struct arena *arena, struct roll_row *out,
                        struct err *err)
{
    struct scan *scan = &roll->touches;
    size_t count = 0;

    if (skip_to(scan, &out->prospect, err) < 0)
        return -1;
    while (is_of(scan, &out->prospect)) {
        if (count < HISTORY_MAX)
            scan_read_touch(scan->stmt, arena, &roll->touch_list[count++]);
        if (advance(scan, err) < 0)
            return -1;
    }
    out->history_count = count;
    out->history = count ? arena_array(arena, count, sizeof(*out->history)) : NULL;
    if (count)
        memcpy(out->history, roll->touch_list, count * sizeof(*out->history));
    return 0;
}

static int take_answer(struct roll *roll, struct arena *arena, struct roll_row *out,
                       struct err *err)
{
    struct scan *scan = &roll->answers;
    struct message_row *answer;

    if (skip_to(scan, &out->prospect, err) < 0)
        return -1;
    if (!is_of(scan, &out->prospect))
        return 0;
    answer = arena_alloc(arena, sizeof(*answer));
    scan_read_answer(scan->stmt, arena, answer);
    out->answer = answer;
    return 0;
}

static int next_of_many(struct roll *roll, struct arena *arena, struct roll_row *out,
                        struct err *err)
{
    bool wanted = false;

    while (!wanted) {
        if (!roll->prospects.more)
            return 0;
        wanted = take_enrolled(roll, roll->prospects.id, out) || !roll->query.sequence;
        if (wanted)
            scan_read_prospect(roll->prospects.stmt, arena, &out->prospect);
        if (advance(&roll->prospects, err) < 0)
            return -1;
    }
    if (take_addresses(roll, arena, out, err) < 0 || take_touches(roll, arena, out, err) < 0)
        return -1;
    return take_answer(roll, arena, out, err) < 0 ? -1 : 1;
}

/* ---- look-ups ---- */

static int look_up(struct roll *roll, struct arena *arena, struct roll_row *out, struct err *err)
{
    const struct address_query query = { &out->prospect, roll->query.now };
    struct message_row *answer = arena_alloc(arena, sizeof(*answer));
    int64_t id = out->prospect.id;
    int addresses = addresses_of(roll->db, &query, arena, &out->addresses, err);
    int touches = addresses < 0 ? -1 : touch_history(roll->db, id, arena, &out->history, err);
    int answers = touches < 0 ? -1 : message_newest_human(roll->db, id, arena, answer, err);

    if (answers < 0)
        return -1;
    out->address_count = (size_t)addresses;
    out->history_count = (size_t)touches;
    out->answer = answers ? answer : NULL;
    return 1;
}

static int next_of_few(struct roll *roll, struct arena *arena, struct roll_row *out,
                       struct err *err)
{
    int found = 0;

    while (found == 0 && roll->at < roll->count) {
        int64_t id = roll->enrolled[roll->at].prospect_id;
        found = prospect_get(roll->db, id, arena, &out->prospect, err);
        take_enrolled(roll, id, out);
        while (roll->at < roll->count && roll->enrolled[roll->at].prospect_id == id)
            roll->at++;
    }
    return found == 1 ? look_up(roll, arena, out, err) : found;
}

/* ---- the roll ---- */

struct roll *roll_open(struct db *db, const struct roll_query *query, struct err *err)
{
    struct roll *roll = xcalloc(1, sizeof(*roll));

    roll->db = db;
    roll->query = *query;
    if (db_begin_read(db, err) < 0 || read_enrolled(roll, err) < 0 ||
        db_number(db, "SELECT count(*) FROM prospect", NO_PARAMS, &roll->most, err) < 0)
        goto fail;
    roll->few = query->sequence && (int64_t)roll->count * FEW_SHARE < roll->most;
    if (query->sequence && (int64_t)roll->count < roll->most)
        roll->most = (int64_t)roll->count;
    if (!roll->few && start_scans(roll, err) < 0)
        goto fail;
    return roll;
fail:
    roll_close(roll);
    return NULL;
}

void roll_close(struct roll *roll)
{
    if (!roll)
        return;
    stop(&roll->prospects);
    stop(&roll->addresses);
    stop(&roll->touches);
    stop(&roll->answers);
    db_rollback(roll->db);
    for (size_t i = 0; i < roll->name_count; i++)
        free(roll->names[i]);
    free(roll->names);
    free(roll->enrolled);
    free(roll);
}

int roll_next(struct roll *roll, struct arena *arena, struct roll_row *out, struct err *err)
{
    *out = (struct roll_row){ .state = ROLL_NEVER };
    return roll->few ? next_of_few(roll, arena, out, err) : next_of_many(roll, arena, out, err);
}

int64_t roll_most(const struct roll *roll)
{
    return roll->most;
}
