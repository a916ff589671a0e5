/* core/store/check.c - see check.h. A table of queries, each of which finds only rows that break its promise. */
#include "core/store/check.h"

#include "core/store/states.h"

#define YEAR_2000_MS "946684800000"
#define TEN_YEARS_MS "315619200000" /* 3653 days */

struct rule {
    const char *invariant;
    const char *prefix; /* of the id in the first column, NULL = it has none */
    const char *what;   /* before ": " and the second column, when there is one */
    const char *sql;    /* rows: id, detail or NULL */
    bool dated;         /* $1 is now */
    bool at_rest;       /* only when no daemon runs */
};

/* ---- touches: I1 to I7 ---- */

static const struct rule touch_rules[] = {
    { "I1", "to", "a touch in a state that does not exist",
      "SELECT id, state FROM touch WHERE state NOT IN " KNOWN_STATES, false, false },
    { "I1", "to", "a touch that ended and yet arrived",
      "SELECT id, state FROM touch WHERE state IN ('failed', 'cancelled') "
      "AND delivered_at IS NOT NULL",
      false, false },
    { "I2", "to", "two touches of one step are on the wire",
      "SELECT max(id), sequence || ', step ' || (step + 1) FROM touch WHERE state = 'wire' "
      "AND enrollment_id <> 0 GROUP BY slot, enrollment_id, step HAVING count(*) > 1",
      false, false },
    { "I3", "to", "sent, but nothing of the provider's answer is stored",
      "SELECT id, channel FROM touch WHERE state = 'sent' AND coalesce(provider_id, '') = '' "
      "AND coalesce(reason, '') NOT LIKE 'resolved by %'",
      false, false },
    { "I5", "to", "a step of one enrollment has two touches",
      "SELECT max(id), coalesce(sequence, '') || ', step ' || (step + 1) FROM touch "
      "WHERE state <> 'cancelled' AND enrollment_id <> 0 "
      "GROUP BY slot, enrollment_id, step HAVING count(*) > 1",
      false, false },
    { "I6", "en", "a step was passed without a touch",
      "SELECT e.id, e.sequence || ': ' || (SELECT count(DISTINCT t.step) FROM touch t "
      "WHERE t.slot = e.slot AND t.prospect_id = e.prospect_id AND t.enrollment_id = e.id "
      "AND t.step < e.step) || ' touches for ' || e.step || ' steps' FROM enrollment e "
      "WHERE e.step <> (SELECT count(DISTINCT t.step) FROM touch t WHERE t.slot = e.slot "
      "AND t.prospect_id = e.prospect_id AND t.enrollment_id = e.id AND t.step < e.step)",
      false, false },
    { "I7", "to", "a provider took it, but nobody knows when",
      "SELECT id, state FROM touch WHERE sent_at IS NULL AND state IN " SENT_STATES, false, false },
    { "I7", "to", "not sent, and yet it has a time of sending",
      "SELECT id, state FROM touch WHERE sent_at IS NOT NULL "
      "AND state IN ('due', 'wire', 'retry', 'failed', 'cancelled')",
      false, false },
    { "I7", "to", "it waits for a try that has no date",
      "SELECT id, state FROM touch WHERE state IN ('due', 'retry') "
      "AND coalesce(retry_at, 0) < " YEAR_2000_MS,
      false, false },
    { "I7", "to", "it has a date for another try, but waits for none",
      "SELECT id, state FROM touch WHERE retry_at IS NOT NULL AND state NOT IN ('due', 'retry')",
      false, false },
    { "I7", "to", "left on the wire: start `heed run` to recover",
      "SELECT id, channel FROM touch WHERE state = 'wire'", false, true },
    { NULL, NULL, NULL, NULL, false, false },
};

/* ---- people: P1, P2, P4 ---- */

static const struct rule people_rules[] = {
    { "P1", "to", "sent to somebody who had opted out of everything",
      "SELECT t.id, t.channel FROM touch t JOIN prospect p ON p.slot = t.slot "
      "AND p.id = t.prospect_id WHERE p.opted_out_at IS NOT NULL "
      "AND t.created_at > p.opted_out_at AND t.tries > 0 AND t.state NOT IN ('due', 'cancelled')",
      false, false },
    { "P2", "en", "in play without a dated next step",
      "SELECT id, sequence FROM enrollment WHERE state IN " IN_PLAY " AND (due_at < " YEAR_2000_MS
      " OR due_at > $1 + " TEN_YEARS_MS ")",
      true, false },
    { "P2", "en", "in a state that does not exist",
      "SELECT id, state FROM enrollment WHERE state NOT IN ('active', 'held', 'done', 'exited')",
      false, false },
    { "P2", "en", "held, and nobody knows why",
      "SELECT id, sequence FROM enrollment WHERE state = 'held' "
      "AND coalesce(hold_reason, '') = ''",
      false, false },
    { "P2", "en", "in play although they opted out of everything",
      "SELECT e.id, e.sequence FROM enrollment e JOIN prospect p ON p.slot = e.slot "
      "AND p.id = e.prospect_id WHERE p.opted_out_at IS NOT NULL AND e.state IN " IN_PLAY,
      false, false },
    { "P2", "en", "twice in one sequence",
      "SELECT max(id), sequence FROM enrollment WHERE state IN " IN_PLAY
      " GROUP BY slot, prospect_id, sequence HAVING count(*) > 1",
      false, false },
    { "P4", "me", "one inbound became two messages",
      "SELECT max(id), coalesce(external_id, channel) FROM message WHERE inbound_id <> 0 "
      "AND (external_id IS NOT NULL OR channel = 'email') "
      "GROUP BY inbound_id, external_id HAVING count(*) > 1",
      false, false },
    { "P4", "me", "one message of a provider was taken twice",
      "SELECT max(id), external_id FROM message WHERE external_id IS NOT NULL "
      "AND sender IS NOT NULL AND channel <> 'email' GROUP BY sender, external_id "
      "HAVING count(*) > 1",
      false, false },
    { NULL, NULL, NULL, NULL, false, false },
};

/* ---- rows that point to each other ---- */

#define NO_PROSPECT(table, what)                                                                   \
    "SELECT r.id, '" what "' FROM " table " r WHERE r.prospect_id <> 0 AND NOT EXISTS ("           \
    "SELECT 1 FROM prospect p WHERE p.slot = r.slot AND p.id = r.prospect_id)"

#define WRONG_SLOT(table)                                                                          \
    "SELECT id, 'slot ' || slot FROM " table " WHERE slot <> " SLOT_OF(                            \
        "id") " OR (prospect_id <> 0 AND slot <> " SLOT_OF("prospect_id") ")"

static const struct rule link_rules[] = {
    { "link", "to", "its prospect is not there", NO_PROSPECT("touch", "touch"), false, false },
    { "link", "en", "its prospect is not there", NO_PROSPECT("enrollment", "enrollment"), false,
      false },
    { "link", "me", "its prospect is not there", NO_PROSPECT("message", "message"), false, false },
    { "link", "tr", "its prospect is not there",
      "SELECT r.id, r.what FROM trace r WHERE r.prospect_id <> 0 AND NOT EXISTS (SELECT 1 FROM "
      "prospect p WHERE p.slot = " SLOT_OF("r.prospect_id") " AND p.id = r.prospect_id)",
      false, false },
    { "link", "tr", "the message it follows from is not there",
      "SELECT r.id, r.what FROM trace r WHERE NOT EXISTS (SELECT 1 FROM message m WHERE m.slot "
      "= " SLOT_OF("r.message_id") " AND m.id = r.message_id)",
      false, false },
    { "link", "ta", "the message that opened it is not there",
      "SELECT k.id, k.kind FROM task k WHERE k.message_id IS NOT NULL AND NOT EXISTS ("
      "SELECT 1 FROM message m WHERE m.slot = " SLOT_OF("k.message_id") " AND m.id = k.message_id)",
      false, false },
    { "link", "pr", "the message that wished for a channel is not there",
      "SELECT p.id, p.wish_channel FROM prospect p WHERE p.wish_message_id IS NOT NULL "
      "AND NOT EXISTS (SELECT 1 FROM message m WHERE m.slot = " SLOT_OF(
          "p.wish_message_id") " "
                               "AND m.id = p.wish_message_id)",
      false, false },
    { "link", "sw", "its prospect is not there", NO_PROSPECT("switch", "switch"), false, false },
    { "link", "ta", "its prospect is not there", NO_PROSPECT("task", "task"), false, false },
    { "link", "pr", "an address without its prospect",
      "SELECT a.prospect_id, a.kind || ' ' || a.value FROM address a WHERE NOT EXISTS ("
      "SELECT 1 FROM prospect p WHERE p.slot = a.slot AND p.id = a.prospect_id)",
      false, false },
    { "link", "pr", "an address that cannot be looked up",
      "SELECT a.prospect_id, a.kind || ' ' || a.key FROM address a WHERE NOT EXISTS ("
      "SELECT 1 FROM identity i WHERE i.slot = a.home AND i.kind = a.kind AND i.key = a.key "
      "AND i.prospect_id = a.prospect_id AND i.prospect_slot = a.slot)",
      false, false },
    { "link", "pr", "a look-up of an address they do not have",
      "SELECT i.prospect_id, i.kind || ' ' || i.key FROM identity i WHERE NOT EXISTS ("
      "SELECT 1 FROM address a WHERE a.slot = i.prospect_slot "
      "AND a.prospect_id = i.prospect_id AND a.kind = i.kind AND a.key = i.key)",
      false, false },
    { "link", "pr", "the message that earned the preferred channel is not there",
      "SELECT p.id, p.preferred_channel FROM prospect p WHERE p.preferred_message_id <> 0 "
      "AND NOT EXISTS (SELECT 1 FROM message m WHERE m.slot = p.slot "
      "AND m.id = p.preferred_message_id AND m.prospect_id = p.id)",
      false, false },
    { "link", "to", "its enrollment is not there",
      "SELECT t.id, t.sequence FROM touch t WHERE t.enrollment_id <> 0 AND NOT EXISTS ("
      "SELECT 1 FROM enrollment e WHERE e.slot = t.slot AND e.id = t.enrollment_id "
      "AND e.prospect_id = t.prospect_id)",
      false, false },
    { "link", "en", "its version of the sequence is not there",
      "SELECT e.id, e.sequence || ' ' || e.version FROM enrollment e WHERE NOT EXISTS ("
      "SELECT 1 FROM sequence s WHERE s.name = e.sequence AND s.version = e.version)",
      false, false },
    { "link", "me", "the touch it answers is not there",
      "SELECT m.id, m.via FROM message m WHERE m.touch_id <> 0 AND NOT EXISTS ("
      "SELECT 1 FROM touch t WHERE t.slot = " SLOT_OF("m.touch_id") " AND t.id = m.touch_id)",
      false, false },
    { "link", "me", "its raw bytes are not there",
      "SELECT m.id, m.channel FROM message m WHERE m.inbound_id <> 0 AND NOT EXISTS ("
      "SELECT 1 FROM inbound i WHERE i.slot = " SLOT_OF("m.inbound_id") " AND i.id = m.inbound_id)",
      false, false },
    { "link", "sw", "a switch without its evidence",
      "SELECT s.id, s.reason FROM switch s WHERE s.message_id <> 0 AND NOT EXISTS ("
      "SELECT 1 FROM message m WHERE m.slot = s.slot AND m.id = s.message_id "
      "AND m.prospect_id = s.prospect_id)",
      false, false },
    { "link", "ta", "the touch it carries out is not there",
      "SELECT k.id, k.kind FROM task k WHERE k.touch_id <> 0 AND NOT EXISTS ("
      "SELECT 1 FROM touch t WHERE t.slot = " SLOT_OF("k.touch_id") " AND t.id = k.touch_id)",
      false, false },
    { "link", "to", "an attempt at a touch that is not there",
      "SELECT a.touch_id, a.result FROM attempt a WHERE NOT EXISTS ("
      "SELECT 1 FROM touch t WHERE t.slot = a.slot AND t.id = a.touch_id)",
      false, false },
    { "link", "to", "a provider's id of a touch that is not there",
      "SELECT r.touch_id, r.sender || ' ' || r.provider_id FROM provider_ref r WHERE NOT EXISTS ("
      "SELECT 1 FROM touch t WHERE t.slot = " SLOT_OF("r.touch_id") " AND t.id = r.touch_id)",
      false, false },
    { "link", "pr", "a hint at somebody who is not there",
      "SELECT h.prospect_id, h.kind || ' ' || h.key FROM hint h WHERE NOT EXISTS ("
      "SELECT 1 FROM prospect p WHERE p.slot = h.prospect_slot AND p.id = h.prospect_id)",
      false, false },
    { "link", "in", "the rest of an inbound that is not there",
      "SELECT r.id, 'part ' || r.part FROM inbound_rest r WHERE NOT EXISTS ("
      "SELECT 1 FROM inbound i WHERE i.slot = r.slot AND i.id = r.id)",
      false, false },
    { "link", "in", "a piece of its rest is missing",
      "SELECT id, count(*) || ' of ' || max(part) FROM inbound_rest GROUP BY slot, id "
      "HAVING count(*) <> max(part)",
      false, false },
    { "slot", "pr", "a prospect outside its slot",
      "SELECT id, 'slot ' || slot FROM prospect WHERE slot <> " SLOT_OF("id"), false, false },
    { "slot", "in", "an inbound outside its slot",
      "SELECT id, 'slot ' || slot FROM inbound WHERE slot <> " SLOT_OF("id"), false, false },
    { "slot", "pr", "an address outside its prospect's slot",
      "SELECT prospect_id, kind || ' ' || key FROM address WHERE slot <> " SLOT_OF("prospect_id"),
      false, false },
    { "slot", "to", "a touch outside its slot", WRONG_SLOT("touch"), false, false },
    { "slot", "en", "an enrollment outside its slot", WRONG_SLOT("enrollment"), false, false },
    { "slot", "me", "a message outside its slot", WRONG_SLOT("message"), false, false },
    { "slot", "sw", "a switch outside its slot", WRONG_SLOT("switch"), false, false },
    { "slot", "ta", "a task outside its slot", WRONG_SLOT("task"), false, false },
    { "slot", "tr", "a trace outside its slot",
      "SELECT id, 'slot ' || slot FROM trace WHERE slot <> " SLOT_OF("message_id"), false, false },
    { NULL, NULL, NULL, NULL, false, false },
};

/* ---- findings ---- */

void check_init(struct check *check, struct db *db, struct arena *arena)
{
    *check = (struct check){ .db = db, .arena = arena };
}

static const char *text_of_id(struct check *check, const char *prefix, int64_t id)
{
    char text[ID_TEXT_BYTES];

    return prefix ? arena_dup(check->arena, id_text(prefix, id, text)) : NULL;
}

static struct check_finding *place(struct check *check)
{
    bool full = check->count >= 16 && (check->count & (check->count - 1)) == 0;
    struct check_finding *wider;

    if (check->count == 0 || full) {
        wider = arena_array(check->arena, check->count ? check->count * 2 : 16, sizeof(*wider));
        if (check->count)
            memcpy(wider, check->findings, check->count * sizeof(*wider));
        check->findings = wider;
    }
    return &check->findings[check->count++];
}

void check_found(struct check *check, const char *invariant, const char *prefix, int64_t id,
                 const char *what)
{
    check->broken++;
    if (!check->last || strcmp(check->last, invariant) != 0)
        check->last_count = 0;
    check->last = invariant;
    if (++check->last_count > CHECK_SHOWN_MAX)
        return;
    *place(check) = (struct check_finding){ .invariant = invariant,
                                            .what = arena_dup(check->arena, what),
                                            .id = text_of_id(check, prefix, id) };
}

/* ---- running the rules ---- */

static int apply(struct check *check, const struct rule *rule, struct err *err)
{
    struct stmt *stmt =
        db_query(check->db, rule->sql, rule->dated ? PARAMS(P(check->now)) : NO_PARAMS, err);
    int more;

    while ((more = stmt ? stmt_step(stmt, err) : -1) == 1) {
        const char *detail = stmt_col_text(stmt, 1, check->arena);
        check_found(check, rule->invariant, rule->prefix, stmt_col_int(stmt, 0),
                    detail ? arena_printf(check->arena, "%s: %s", rule->what, detail) : rule->what);
    }
    return more;
}

static int apply_all(struct check *check, const struct rule *rules, struct err *err)
{
    for (const struct rule *rule = rules; rule->invariant; rule++)
        if ((!rule->at_rest || !check->daemon_runs) && apply(check, rule, err) < 0)
            return -1;
    return 0;
}

/* What is found by hash must lie where its hash says, or nobody finds it: an opt-out least of all. */
static int check_homes(struct check *check, struct err *err)
{
    static const struct {
        const char *what, *sql; /* rows: slot, key */
    } homes[] = {
        { "an address outside the slot of its key", "SELECT home, key FROM address" },
        { "a look-up outside the slot of its key", "SELECT slot, key FROM identity" },
        { "a hint outside the slot of its key", "SELECT slot, key FROM hint" },
        { "a suppression outside the slot of its key", "SELECT slot, key FROM suppression" },
        { "a provider's id outside its slot", "SELECT slot, provider_id FROM provider_ref" },
        { "a seen mail or event outside its slot", "SELECT slot, key FROM seen" },
    };
    int more = 0;

    for (size_t i = 0; i < COUNT_OF(homes) && more >= 0; i++) {
        struct stmt *stmt = db_query(check->db, homes[i].sql, NO_PARAMS, err);
        while ((more = stmt ? stmt_step(stmt, err) : -1) == 1)
            if (stmt_col_int(stmt, 0) != id_slot_of(stmt_col_span(stmt, 1)))
                check_found(check, "slot", NULL, 0,
                            arena_printf(check->arena, "%s: %s", homes[i].what,
                                         stmt_col_text(stmt, 1, check->arena)));
    }
    return more;
}

static int count_rows(struct check *check, struct err *err)
{
    static const struct {
        const char *name, *sql;
    } tables[] = {
        { "prospects", "SELECT count(*) FROM prospect" },
        { "addresses", "SELECT count(*) FROM address" },
        { "identities", "SELECT count(*) FROM identity" },
        { "hints", "SELECT count(*) FROM hint" },
        { "suppressions", "SELECT count(*) FROM suppression" },
        { "sequences", "SELECT count(*) FROM sequence" },
        { "templates", "SELECT count(*) FROM template" },
        { "enrollments", "SELECT count(*) FROM enrollment" },
        { "touches", "SELECT count(*) FROM touch" },
        { "attempts", "SELECT count(*) FROM attempt" },
        { "provider_refs", "SELECT count(*) FROM provider_ref" },
        { "inbounds", "SELECT count(*) FROM inbound" },
        { "messages", "SELECT count(*) FROM message" },
        { "switches", "SELECT count(*) FROM switch" },
        { "tasks", "SELECT count(*) FROM task" },
        { "traces", "SELECT count(*) FROM trace" },
    };

    check->tables = arena_array(check->arena, COUNT_OF(tables), sizeof(*check->tables));
    for (size_t i = 0; i < COUNT_OF(tables); i++) {
        struct check_table *table = &check->tables[check->table_count++];
        table->name = tables[i].name;
        if (db_number(check->db, tables[i].sql, NO_PARAMS, &table->rows, err) < 0)
            return -1;
        check->rows += table->rows;
    }
    return 0;
}

static int check_file(struct check *check, struct err *err)
{
    const char *what;
    int sound = db_is_sound(check->db, check->arena, &what, err);

    check->damaged = sound == 0;
    if (check->damaged)
        check_found(check, "file", NULL, 0, what);
    return sound < 0 ? -1 : 0;
}

int check_store(struct check *check, struct err *err)
{
    if (check_file(check, err) < 0)
        return -1;
    if (check->damaged)
        return 0;
    if (count_rows(check, err) < 0 || apply_all(check, touch_rules, err) < 0 ||
        apply_all(check, people_rules, err) < 0 || apply_all(check, link_rules, err) < 0)
        return -1;
    return check_homes(check, err);
}

/* ---- for checks above ---- */

static void read_touch(struct stmt *stmt, struct arena *scratch, struct check_touch *out)
{
    *out = (struct check_touch){
        .slot = (int)stmt_col_int(stmt, 0),
        .id = stmt_col_int(stmt, 1),
        .prospect_id = stmt_col_int(stmt, 2),
        .enrollment_id = stmt_col_int(stmt, 3),
        .step = (int)stmt_col_int(stmt, 4),
        .channel = stmt_col_text(stmt, 5, scratch),
        .address = stmt_col_text(stmt, 6, scratch),
        .state = stmt_col_text(stmt, 7, scratch),
        .decision = stmt_col_text(stmt, 8, scratch),
        .tries = (int)stmt_col_int(stmt, 9),
        .created_at = stmt_col_int(stmt, 10),
    };
}

int check_each_touch(struct check *check, struct check_visitor *visitor, struct err *err)
{
    struct stmt *stmt = db_query(check->db,
                                 "SELECT slot, id, prospect_id, enrollment_id, step, channel, "
                                 "address, state, decision, tries, created_at FROM touch",
                                 NO_PARAMS, err);
    struct arena scratch;
    struct check_touch touch;
    int more;

    arena_init(&scratch);
    while ((more = stmt ? stmt_step(stmt, err) : -1) == 1) {
        read_touch(stmt, &scratch, &touch);
        if (visitor->visit(visitor, &touch, err) < 0) {
            stmt_reset(stmt);
            more = -1;
            break;
        }
        arena_reset(&scratch);
    }
    arena_finish(&scratch);
    return more;
}

int check_suppressions(struct check *check, struct check_suppression **out, struct err *err)
{
    struct stmt *stmt;
    int64_t room;
    int count = 0, more;

    *out = NULL;
    if (db_number(check->db, "SELECT count(*) FROM suppression", NO_PARAMS, &room, err) < 0)
        return -1;
    *out = arena_array(check->arena, (size_t)room + 1, sizeof(**out));
    stmt = db_query(check->db,
                    "SELECT kind, key, channel, at, until_ms FROM suppression "
                    "ORDER BY kind, key, channel LIMIT $1",
                    PARAMS(P(room)), err);
    while ((more = stmt ? stmt_step(stmt, err) : -1) == 1)
        (*out)[count++] = (struct check_suppression){
            .kind = stmt_col_text(stmt, 0, check->arena),
            .key = stmt_col_text(stmt, 1, check->arena),
            .channel = stmt_col_text(stmt, 2, check->arena),
            .at = stmt_col_int(stmt, 3),
            .until_ms = stmt_col_int(stmt, 4),
        };
    return more < 0 ? -1 : count;
}

int check_tried_after(struct check *check, const struct check_touch *touch, int64_t at,
                      struct err *err)
{
    int64_t tried = 0;
    int rc = db_number(check->db,
                       "SELECT 1 FROM attempt WHERE slot = $1 AND touch_id = $2 AND at >= $3 "
                       "AND n < $4 LIMIT 1",
                       PARAMS(P(touch->slot), P(touch->id), P(at), P(touch->tries)), &tried, err);

    return rc < 0 ? -1 : (int)tried;
}
