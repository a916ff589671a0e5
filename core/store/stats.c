/* core/store/stats.c - see stats.h. */
#include "core/store/stats.h"

#include "core/store/states.h"

/* ---- growing lists ---- */

/* Room for one more of `size` bytes in an arena's array that holds `count`; the array doubles at powers of two. */
static void *one_more(struct arena *arena, void *array, size_t count, size_t size)
{
    void *wider;

    if (count > 0 && (count < 16 || (count & (count - 1)) != 0))
        return array;
    wider = arena_array(arena, count < 16 ? 16 : count * 2, size);
    if (count > 0)
        memcpy(wider, array, count * size);
    return wider;
}

#define ONE_MORE(arena, array, count)                                                              \
    ((array) = one_more((arena), (array), (size_t)(count), sizeof(*(array))), &(array)[(count)++])

/* ---- outcomes ---- */

#define FIGURES                                                                                    \
    "count(DISTINCT who), count(who), count(CASE WHEN arrived = 1 THEN who END), "                 \
    "count(CASE WHEN state = 'bounced' THEN 1 END), "                                              \
    "count(CASE WHEN state IN ('failed', 'undelivered') THEN 1 END), "                             \
    "count(CASE WHEN state = 'unsure' THEN 1 END), "                                               \
    "count(DISTINCT CASE WHEN answered IS NOT NULL THEN who END) FROM made "

/* A task counts when a person carried it out; an answer is the first human one that is no opt-out, or what a task
 * brought. */
static const char outcomes_sql[] =
    "WITH heard AS MATERIALIZED ("
    "SELECT touch_id, min(CASE WHEN opt_out IS NULL THEN at END) AS at FROM message "
    "WHERE kind = 'human' AND touch_id <> 0 GROUP BY touch_id), "
    "made AS MATERIALIZED ("
    "SELECT t.prospect_id, t.channel, t.sequence, t.step_id, t.step, t.state, t.sent_at, "
    "CASE WHEN t.delivered_at IS NOT NULL OR t.state IN ('delivered', 'read') "
    "THEN 1 ELSE 0 END AS arrived, "
    "CASE WHEN t.state IN " SENT_STATES " AND (coalesce(t.provider_id, '') <> 'task' "
    "OR t.disposition IS NOT NULL) THEN t.prospect_id END AS who, "
    "CASE WHEN t.replied_at IS NULL THEN NULL WHEN h.touch_id IS NULL THEN t.replied_at "
    "ELSE h.at END AS answered "
    "FROM touch t LEFT JOIN heard h ON h.touch_id = t.id WHERE $1 = '' OR t.sequence = $1) "
    "SELECT 0, NULL, NULL, NULL, -1, 0, " FIGURES "UNION ALL "
    "SELECT 1, channel, NULL, NULL, -1, 0, " FIGURES "GROUP BY channel UNION ALL "
    "SELECT 2, NULL, sequence, step_id, min(step), CASE WHEN sequence IS NULL THEN 1 ELSE 0 "
    "END, " FIGURES "GROUP BY sequence, step_id UNION ALL "
    "SELECT 3, channel, sequence, step_id, step, 0, who, answered - sent_at, 0, 0, 0, 0, 0 "
    "FROM made WHERE who IS NOT NULL AND answered IS NOT NULL AND sent_at IS NOT NULL "
    "ORDER BY 1, 2, 6, 3, 5, 4";

static void read_group(struct stmt *stmt, struct arena *arena, struct stats_touches *out)
{
    *out = (struct stats_touches){
        .group = (enum stats_group)stmt_col_int(stmt, 0),
        .channel = stmt_col_text(stmt, 1, arena),
        .sequence = stmt_col_text(stmt, 2, arena),
        .step_id = stmt_col_text(stmt, 3, arena),
        .step = (int)stmt_col_int(stmt, 4),
        .people = stmt_col_int(stmt, 6),
        .sent = stmt_col_int(stmt, 7),
        .delivered = stmt_col_int(stmt, 8),
        .bounced = stmt_col_int(stmt, 9),
        .failed = stmt_col_int(stmt, 10),
        .unsure = stmt_col_int(stmt, 11),
        .replied = stmt_col_int(stmt, 12),
    };
}

static void read_answer(struct stmt *stmt, struct arena *arena, struct stats_answer *out)
{
    int64_t wait = stmt_col_int(stmt, 7);

    *out = (struct stats_answer){
        .channel = stmt_col_text(stmt, 1, arena),
        .sequence = stmt_col_text(stmt, 2, arena),
        .step_id = stmt_col_text(stmt, 3, arena),
        .prospect_id = stmt_col_int(stmt, 6),
        .wait_ms = wait > 0 ? wait : 0,
    };
}

int stats_outcomes(struct db *db, const char *sequence, struct arena *arena,
                   struct stats_outcome *out, struct err *err)
{
    struct stmt *stmt = db_query(db, outcomes_sql, PARAMS(P(sequence ? sequence : "")), err);
    int more;

    *out = (struct stats_outcome){ 0 };
    while ((more = stmt ? stmt_step(stmt, err) : -1) == 1) {
        if (stmt_col_int(stmt, 0) <= STATS_STEP)
            read_group(stmt, arena, ONE_MORE(arena, out->groups, out->group_count));
        else
            read_answer(stmt, arena, ONE_MORE(arena, out->answers, out->answer_count));
    }
    return more;
}

/* ---- opt-outs and switches ---- */

int stats_opt_outs(struct db *db, const char *sequence, struct arena *arena,
                   struct stats_opt_out **out, struct err *err)
{
    struct stmt *stmt = db_query(
        db,
        "SELECT DISTINCT t.channel, t.sequence, t.step_id, s.prospect_id FROM ("
        "SELECT prospect_id, channel, min(at) AS at FROM suppression WHERE prospect_id <> 0 "
        "AND cause IN ('opt_out', 'complaint', 'provider') GROUP BY prospect_id, channel) s "
        "JOIN touch t ON t.slot = " SLOT_OF(
            "s.prospect_id") " AND t.id = ("
                             "SELECT x.id FROM touch x WHERE x.slot = " SLOT_OF(
                                 "s.prospect_id") " AND x.prospect_id = s.prospect_id AND "
                                                  "(s.channel = '' OR x.channel = s.channel) "
                                                  "AND x.sent_at <= s.at AND x.state "
                                                  "IN " SENT_STATES
                                                  " ORDER BY x.sent_at DESC, x.id DESC LIMIT 1) "
                                                  "WHERE $1 = '' OR t.sequence = $1 ORDER BY "
                                                  "s.prospect_id",
        PARAMS(P(sequence ? sequence : "")), err);
    int count = 0, more;

    *out = NULL;
    while ((more = stmt ? stmt_step(stmt, err) : -1) == 1)
        *ONE_MORE(arena, *out, count) = (struct stats_opt_out){
            .channel = stmt_col_text(stmt, 0, arena),
            .sequence = stmt_col_text(stmt, 1, arena),
            .step_id = stmt_col_text(stmt, 2, arena),
            .prospect_id = stmt_col_int(stmt, 3),
        };
    return more < 0 ? -1 : count;
}

int stats_switches(struct db *db, const char *sequence, struct arena *arena,
                   struct stats_switch **out, struct err *err)
{
    struct stmt *stmt = db_query(
        db,
        "SELECT s.from_channel, s.to_channel, t.sequence, t.step_id, count(*) FROM switch s "
        "LEFT JOIN message m ON m.slot = s.slot AND m.id = s.message_id "
        "LEFT JOIN touch t ON t.slot = " SLOT_OF(
            "m.touch_id") " AND t.id = m.touch_id "
                          "WHERE s.undone_by IS NULL AND ($1 = '' OR t.sequence = $1) "
                          "GROUP BY s.from_channel, s.to_channel, t.sequence, t.step_id ORDER BY "
                          "1, 2, 3, 4",
        PARAMS(P(sequence ? sequence : "")), err);
    int count = 0, more;

    *out = NULL;
    while ((more = stmt ? stmt_step(stmt, err) : -1) == 1)
        *ONE_MORE(arena, *out, count) = (struct stats_switch){
            .from = stmt_col_text(stmt, 0, arena),
            .to = stmt_col_text(stmt, 1, arena),
            .sequence = stmt_col_text(stmt, 2, arena),
            .step_id = stmt_col_text(stmt, 3, arena),
            .count = stmt_col_int(stmt, 4),
        };
    return more < 0 ? -1 : count;
}

/* ---- now ---- */

int64_t stats_of(const struct stats_list *list, const char *name)
{
    for (size_t i = 0; i < list->count; i++)
        if (strcmp(list->rows[i].name, name) == 0)
            return list->rows[i].count;
    return 0;
}

int64_t stats_sum(const struct stats_list *list)
{
    int64_t sum = 0;

    for (size_t i = 0; i < list->count; i++)
        sum += list->rows[i].count;
    return sum;
}

static int read_list(struct db *db, const char *sql, struct arena *arena, struct stats_list *out,
                     struct err *err)
{
    struct stmt *stmt = db_query(db, sql, NO_PARAMS, err);
    int more;

    while ((more = stmt ? stmt_step(stmt, err) : -1) == 1)
        *ONE_MORE(arena, out->rows, out->count) =
            (struct stats_count){ .name = stmt_col_text(stmt, 0, arena),
                                  .count = stmt_col_int(stmt, 1) };
    return more;
}

/* Largest first, so that the reasons that matter are on top. */
static int read_lists(struct db *db, struct arena *arena, struct stats_now *out, struct err *err)
{
    const struct {
        const char *sql;
        struct stats_list *list;
    } lists[] = {
        { "SELECT state, count(*) FROM enrollment GROUP BY state ORDER BY 1", &out->enrollments },
        { "SELECT coalesce(hold_reason, 'no reason'), count(*) FROM enrollment "
          "WHERE state = 'held' GROUP BY 1 ORDER BY 2 DESC, 1",
          &out->held },
        { "SELECT state, count(*) FROM touch GROUP BY state ORDER BY 1", &out->touches },
        { "SELECT kind, count(*) FROM task WHERE state = 'open' GROUP BY kind ORDER BY 2 DESC, 1",
          &out->open_tasks },
        { "SELECT kind, count(*) FROM message WHERE state = 'open' GROUP BY kind "
          "ORDER BY 2 DESC, 1",
          &out->open_replies },
    };

    for (size_t i = 0; i < COUNT_OF(lists); i++)
        if (read_list(db, lists[i].sql, arena, lists[i].list, err) < 0)
            return -1;
    return 0;
}

static int read_numbers(struct db *db, int64_t now, struct stats_now *out, struct err *err)
{
    const struct {
        const char *sql;
        int64_t *number;
    } numbers[] = {
        { "SELECT count(*) FROM prospect", &out->prospects },
        { "SELECT count(*) FROM prospect WHERE opted_out_at IS NOT NULL", &out->opted_out },
        { "SELECT count(*) FROM touch WHERE state IN " SENT_STATES, &out->sent },
        { "SELECT count(*) FROM message WHERE kind = 'human' AND prospect_id <> 0", &out->replies },
        { "SELECT count(*) FROM switch WHERE undone_by IS NULL", &out->switches },
    };

    for (size_t i = 0; i < COUNT_OF(numbers); i++)
        if (db_number(db, numbers[i].sql, NO_PARAMS, numbers[i].number, err) < 0)
            return -1;
    return db_number(db,
                     "SELECT count(*) FROM enrollment WHERE state IN " IN_PLAY " AND due_at <= $1",
                     PARAMS(P(now)), &out->due, err);
}

/* The reason a sender rests: its own, else what its peer said when it broke. */
static int read_paused(struct db *db, int64_t now, struct arena *arena, struct stats_now *out,
                       struct err *err)
{
    struct stmt *stmt = db_query(
        db,
        "SELECT s.sender, s.paused_until, coalesce(s.reason, (SELECT a.reason FROM attempt a "
        "JOIN touch t ON t.slot = a.slot AND t.id = a.touch_id WHERE a.result = 'broken' "
        "AND t.sender = s.sender ORDER BY a.at DESC LIMIT 1)) FROM sender_state s "
        "WHERE s.paused_until > $1 ORDER BY s.sender",
        PARAMS(P(now)), err);
    int more;

    while ((more = stmt ? stmt_step(stmt, err) : -1) == 1)
        *ONE_MORE(arena, out->paused, out->paused_count) = (struct stats_paused){
            .sender = stmt_col_text(stmt, 0, arena),
            .until_ms = stmt_col_int(stmt, 1),
            .reason = stmt_col_text(stmt, 2, arena),
        };
    return more;
}

int stats_read_now(struct db *db, int64_t now, struct arena *arena, struct stats_now *out,
                   struct err *err)
{
    *out = (struct stats_now){ 0 };
    if (read_lists(db, arena, out, err) < 0 || read_numbers(db, now, out, err) < 0)
        return -1;
    return read_paused(db, now, arena, out, err);
}
