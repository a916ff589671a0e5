/* core/store/prospects.c - see prospects.h. */
#include "core/store/prospects.h"

#include "core/base/id.h"
#include "core/base/text.h"
#include "core/store/hints.h"
#include "core/store/scan.h"

#define COLUMNS                                                                                    \
    "slot, id, first_name, last_name, company, title, city, country, zone, fields, "               \
    "preferred_channel, preferred_message_id, preferred_at, pinned_channel, wish_channel, "        \
    "wish_once, avoid, opted_out_at, created_at, wish_message_id, wish_only, rest_until"

static void read_row(struct stmt *stmt, struct arena *arena, struct prospect *out)
{
    *out = (struct prospect){
        .slot = (int)stmt_col_int(stmt, 0),
        .id = stmt_col_int(stmt, 1),
        .first_name = stmt_col_text(stmt, 2, arena),
        .last_name = stmt_col_text(stmt, 3, arena),
        .company = stmt_col_text(stmt, 4, arena),
        .title = stmt_col_text(stmt, 5, arena),
        .city = stmt_col_text(stmt, 6, arena),
        .country = stmt_col_text(stmt, 7, arena),
        .zone = stmt_col_text(stmt, 8, arena),
        .fields = stmt_col_text(stmt, 9, arena),
        .preferred_channel = stmt_col_text(stmt, 10, arena),
        .preferred_message_id = stmt_col_int(stmt, 11),
        .preferred_at = stmt_col_int(stmt, 12),
        .pinned_channel = stmt_col_text(stmt, 13, arena),
        .wish_channel = stmt_col_text(stmt, 14, arena),
        .wish_once = stmt_col_int(stmt, 15) != 0,
        .avoid = stmt_col_text(stmt, 16, arena),
        .opted_out_at = stmt_col_int(stmt, 17),
        .created_at = stmt_col_int(stmt, 18),
        .wish_message_id = stmt_col_int(stmt, 19),
        .wish_only = stmt_col_int(stmt, 20) != 0,
        .rest_until = stmt_col_int(stmt, 21),
    };
}

/* Reads at most one row and leaves the statement reset: 1, 0 or -1. */
static int read_one(struct stmt *stmt, struct arena *arena, struct prospect *out, struct err *err)
{
    int more = stmt ? stmt_step(stmt, err) : -1;

    if (more == 1) {
        read_row(stmt, arena, out);
        stmt_reset(stmt);
    }
    return more;
}

int prospect_get(struct db *db, int64_t id, struct arena *arena, struct prospect *out,
                 struct err *err)
{
    return read_one(db_query(db, "SELECT " COLUMNS " FROM prospect WHERE slot = $1 AND id = $2",
                             PARAMS(P(id_slot(id)), P(id)), err),
                    arena, out, err);
}

int prospect_next(struct db *db, const struct prospect *after, struct arena *arena,
                  struct prospect *out, struct err *err)
{
    return read_one(db_query(db,
                             "SELECT " COLUMNS " FROM prospect WHERE (slot, id) > ($1, $2) "
                             "ORDER BY slot, id LIMIT 1",
                             PARAMS(P(after->slot), P(after->id)), err),
                    arena, out, err);
}

struct stmt *scan_prospects(struct db *db, struct err *err)
{
    return db_query(db, "SELECT " COLUMNS " FROM prospect ORDER BY slot, id", NO_PARAMS, err);
}

void scan_read_prospect(struct stmt *stmt, struct arena *arena, struct prospect *out)
{
    read_row(stmt, arena, out);
}

int prospect_insert(struct db *db, const struct prospect *p, int64_t now, struct err *err)
{
    return db_do(db,
                 "INSERT INTO prospect(slot, id, first_name, last_name, company, title, city, "
                 "country, zone, fields, wish_once, created_at, updated_at) "
                 "VALUES($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 0, $11, $11)",
                 PARAMS(P(p->slot), P(p->id), P(p->first_name), P(p->last_name), P(p->company),
                        P(p->title), P(p->city), P(p->country), P(p->zone), P(p->fields), P(now)),
                 err);
}

int prospect_merge(struct db *db, const struct prospect *p, int64_t now, struct err *err)
{
    return db_do(db,
                 "UPDATE prospect SET first_name = coalesce($3, first_name), "
                 "last_name = coalesce($4, last_name), company = coalesce($5, company), "
                 "title = coalesce($6, title), city = coalesce($7, city), "
                 "country = coalesce($8, country), zone = coalesce($9, zone), "
                 "fields = coalesce($10, fields), updated_at = $11 WHERE slot = $1 AND id = $2",
                 PARAMS(P(p->slot), P(p->id), P(p->first_name), P(p->last_name), P(p->company),
                        P(p->title), P(p->city), P(p->country), P(p->zone), P(p->fields), P(now)),
                 err);
}

int prospect_set_following(struct db *db, const struct prospect *p, int64_t now, struct err *err)
{
    return db_do(db,
                 "UPDATE prospect SET preferred_channel = $3, preferred_message_id = $4, "
                 "preferred_at = $5, pinned_channel = $6, wish_channel = $7, wish_once = $8, "
                 "avoid = $9, opted_out_at = $10, updated_at = $11, wish_message_id = $12, "
                 "wish_only = $13, rest_until = $14 WHERE slot = $1 AND id = $2",
                 PARAMS(P(p->slot), P(p->id), P(p->preferred_channel),
                        param_or_null(p->preferred_message_id), param_or_null(p->preferred_at),
                        P(p->pinned_channel), P(p->wish_channel), P((int64_t)p->wish_once),
                        P(p->avoid), param_or_null(p->opted_out_at), P(now),
                        param_or_null(p->wish_message_id), param_or_null(p->wish_only),
                        param_or_null(p->rest_until)),
                 err);
}

static int find_by_address(struct db *db, const char *words, struct arena *arena,
                           struct prospect *out, struct err *err)
{
    static const char *const kinds[] = { "email", "phone", "telegram", NULL };
    int found = 0;

    for (const char *const *kind = kinds; found == 0 && *kind; kind++) {
        const char *key = text_address_key(arena, *kind, span_of(words));
        struct identity *who;
        found = key ? identity_find(db, &(struct address){ .kind = *kind, .key = key }, arena, &who,
                                    err)
                    : 0;
        if (found > 0)
            found = prospect_get(db, who[0].prospect_id, arena, out, err);
    }
    return found;
}

int prospect_find(struct db *db, const char *words, struct arena *arena, struct prospect *out,
                  struct err *err)
{
    int64_t id;
    int found = 0;

    if (id_parse("pr", span_of(words), &id))
        found = prospect_get(db, id, arena, out, err);
    return found ? found : find_by_address(db, words, arena, out, err);
}

/* An address with several suppressions comes several times, the widest first. */
static void add_suppression(struct stmt *stmt, struct arena *arena, struct address *address)
{
    const char *channel = stmt_col_text(stmt, 6, arena);

    if (!channel)
        return;
    if (!address->suppressed_channel) {
        address->suppressed_channel = channel;
        address->suppressed_cause = stmt_col_text(stmt, 7, arena);
    } else if (*address->suppressed_channel) {
        address->suppressed_channel =
            arena_printf(arena, "%s,%s", address->suppressed_channel, channel);
    }
}

static bool is_row_of(struct stmt *stmt, const struct address *address)
{
    return span_is(stmt_col_span(stmt, 0), address->kind) &&
           span_is(stmt_col_span(stmt, 1), address->key);
}

#define ADDRESSES                                                                                  \
    "SELECT a.kind, a.key, a.value, a.rank, a.source, a.consent, s.channel, s.cause, "             \
    "a.slot, a.prospect_id "                                                                       \
    "FROM address a LEFT JOIN suppression s ON s.slot = a.home AND s.kind = a.kind "               \
    "AND s.key = a.key AND (s.until_ms IS NULL OR s.until_ms > $1) "

bool scan_read_address(struct stmt *stmt, struct arena *arena, struct address *list, int *count)
{
    if (*count == 0 || !is_row_of(stmt, &list[*count - 1])) {
        if (*count == ADDRESSES_MAX)
            return false;
        list[(*count)++] = (struct address){
            .kind = stmt_col_text(stmt, 0, arena),
            .key = stmt_col_text(stmt, 1, arena),
            .value = stmt_col_text(stmt, 2, arena),
            .rank = (int)stmt_col_int(stmt, 3),
            .source = stmt_col_text(stmt, 4, arena),
            .consent = stmt_col_text(stmt, 5, arena),
        };
    }
    add_suppression(stmt, arena, &list[*count - 1]);
    return true;
}

int addresses_of(struct db *db, const struct address_query *query, struct arena *arena,
                 struct address **out, struct err *err)
{
    struct stmt *stmt =
        db_query(db,
                 ADDRESSES "WHERE a.slot = $2 AND a.prospect_id = $3 "
                           "ORDER BY a.kind, a.rank, a.key, s.channel",
                 PARAMS(P(query->now), P(query->prospect->slot), P(query->prospect->id)), err);
    int count = 0, more;

    *out = arena_array(arena, ADDRESSES_MAX, sizeof(**out));
    while ((more = stmt ? stmt_step(stmt, err) : -1) == 1)
        if (!scan_read_address(stmt, arena, *out, &count)) {
            stmt_reset(stmt);
            break;
        }
    return more < 0 ? -1 : count;
}

struct stmt *scan_addresses(struct db *db, int64_t now, struct err *err)
{
    return db_query(db,
                    ADDRESSES "ORDER BY a.slot, a.prospect_id, a.kind, a.rank, a.key, s.channel",
                    PARAMS(P(now)), err);
}

bool address_is_barred(const struct address *address, const char *channel)
{
    struct span rest = span_of(address->suppressed_channel), piece;

    if (!address->suppressed_channel || !*address->suppressed_channel)
        return address->suppressed_channel != NULL;
    while (text_next_piece(&rest, ',', &piece))
        if (span_is(piece, channel))
            return true;
    return false;
}

static int add_identity(struct db *db, const struct prospect *prospect,
                        const struct address *address, struct err *err)
{
    return db_run(db,
                  "INSERT INTO identity(slot, kind, key, prospect_id, prospect_slot) "
                  "VALUES($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
                  PARAMS(P(id_slot_of(span_of(address->key))), P(address->kind), P(address->key),
                         P(prospect->id), P(prospect->slot)),
                  err);
}

int address_add(struct db *db, const struct prospect *prospect, const struct address *address,
                int64_t now, struct err *err)
{
    int added = db_run(
        db,
        "INSERT INTO address(slot, prospect_id, kind, key, value, home, rank, source, created_at, "
        "message_id) VALUES($1, $2, $3, $4, $5, $6, (SELECT count(*) FROM address "
        "WHERE slot = $1 AND prospect_id = $2 AND kind = $3), $7, $8, $9) ON CONFLICT DO NOTHING",
        PARAMS(P(prospect->slot), P(prospect->id), P(address->kind), P(address->key),
               P(address->value), P(id_slot_of(span_of(address->key))), P(address->source), P(now),
               param_or_null(address->message_id)),
        err);

    if (added > 0 &&
        (add_identity(db, prospect, address, err) < 0 || hints_add(db, prospect, address, err) < 0))
        return -1;
    return added;
}

int address_put_first(struct db *db, const struct prospect *prospect, const struct address *address,
                      struct err *err)
{
    return db_do(db,
                 "UPDATE address SET rank = CASE key WHEN $4 THEN 0 ELSE rank + 1 END "
                 "WHERE slot = $1 AND prospect_id = $2 AND kind = $3",
                 PARAMS(P(prospect->slot), P(prospect->id), P(address->kind), P(address->key)),
                 err);
}

int address_remove(struct db *db, const struct prospect *prospect, const struct address *address,
                   struct err *err)
{
    int rc = db_do(
        db, "DELETE FROM address WHERE slot = $1 AND prospect_id = $2 AND kind = $3 AND key = $4",
        PARAMS(P(prospect->slot), P(prospect->id), P(address->kind), P(address->key)), err);

    if (rc < 0 || hints_drop(db, prospect, address, err) < 0)
        return -1;
    return db_do(db,
                 "DELETE FROM identity WHERE slot = $1 AND kind = $2 AND key = $3 "
                 "AND prospect_id = $4",
                 PARAMS(P(id_slot_of(span_of(address->key))), P(address->kind), P(address->key),
                        P(prospect->id)),
                 err);
}

static int read_identities(struct stmt *stmt, struct arena *arena, struct identity **out,
                           struct err *err)
{
    int count = 0, more;

    *out = arena_array(arena, 32, sizeof(**out));
    while ((more = stmt ? stmt_step(stmt, err) : -1) == 1)
        (*out)[count++] = (struct identity){ .slot = (int)stmt_col_int(stmt, 0),
                                             .prospect_id = stmt_col_int(stmt, 1) };
    return more < 0 ? -1 : count;
}

int identity_find(struct db *db, const struct address *address, struct arena *arena,
                  struct identity **out, struct err *err)
{
    return read_identities(
        db_query(db,
                 "SELECT prospect_slot, prospect_id FROM identity WHERE slot = $1 "
                 "AND kind = $2 AND key = $3 ORDER BY prospect_id LIMIT 32",
                 PARAMS(P(id_slot_of(span_of(address->key))), P(address->kind), P(address->key)),
                 err),
        arena, out, err);
}

int hint_find(struct db *db, const struct address *hint, struct arena *arena, struct identity **out,
              struct err *err)
{
    return read_identities(
        db_query(db,
                 "SELECT prospect_slot, prospect_id FROM hint WHERE slot = $1 "
                 "AND kind = $2 AND key = $3 ORDER BY prospect_id DESC LIMIT 32",
                 PARAMS(P(id_slot_of(span_of(hint->key))), P(hint->kind), P(hint->key)), err),
        arena, out, err);
}

int suppression_add(struct db *db, const struct suppression *s, int64_t now, struct err *err)
{
    return db_do(db,
                 "INSERT INTO suppression(slot, kind, key, channel, cause, evidence, prospect_id, "
                 "at, until_ms) VALUES($1, $2, $3, $4, $5, $6, $7, $8, $9) "
                 "ON CONFLICT(slot, kind, key, channel) DO UPDATE SET cause = excluded.cause, "
                 "evidence = excluded.evidence, prospect_id = "
                 "coalesce(excluded.prospect_id, suppression.prospect_id), "
                 "at = CASE WHEN suppression.until_ms IS NULL "
                 "OR suppression.until_ms > excluded.at THEN suppression.at "
                 "ELSE excluded.at END, until_ms = excluded.until_ms "
                 "WHERE (suppression.until_ms IS NOT NULL AND (excluded.until_ms IS NULL "
                 "OR excluded.until_ms >= suppression.until_ms)) "
                 "OR (excluded.until_ms IS NULL AND substr(suppression.evidence, 1, 3) = 'me_' "
                 "AND substr(coalesce(excluded.evidence, ''), 1, 3) <> 'me_')",
                 PARAMS(P(id_slot_of(span_of(s->key))), P(s->kind), P(s->key), P(s->channel),
                        P(s->cause), P(s->evidence), param_or_null(s->prospect_id), P(now),
                        param_or_null(s->until_ms)),
                 err);
}

int suppression_lift(struct db *db, const char *kind, const char *key, const char *channel,
                     struct err *err)
{
    return db_do(db,
                 "DELETE FROM suppression WHERE slot = $1 AND kind = $2 AND key = $3 "
                 "AND channel = $4 AND cause IN ('opt_out', 'provider')",
                 PARAMS(P(id_slot_of(span_of(key))), P(kind), P(key), P(channel)), err);
}

int suppression_get(struct db *db, struct arena *arena, struct suppression *s, struct err *err)
{
    struct stmt *stmt =
        db_query(db,
                 "SELECT cause, evidence, prospect_id, until_ms, at "
                 "FROM suppression WHERE slot = $1 AND kind = $2 AND key = $3 "
                 "AND channel = $4",
                 PARAMS(P(id_slot_of(span_of(s->key))), P(s->kind), P(s->key), P(s->channel)), err);
    int more = stmt ? stmt_step(stmt, err) : -1;

    if (more == 1) {
        s->cause = stmt_col_text(stmt, 0, arena);
        s->evidence = stmt_col_text(stmt, 1, arena);
        s->prospect_id = stmt_col_int(stmt, 2);
        s->until_ms = stmt_col_int(stmt, 3);
        s->at = stmt_col_int(stmt, 4);
        stmt_reset(stmt);
    }
    return more;
}

int suppression_hand_on(struct db *db, const struct suppression *s, struct err *err)
{
    return db_do(db,
                 "UPDATE suppression SET cause = $5, evidence = $6, prospect_id = $7, "
                 "until_ms = $8 WHERE slot = $1 AND kind = $2 AND key = $3 AND channel = $4",
                 PARAMS(P(id_slot_of(span_of(s->key))), P(s->kind), P(s->key), P(s->channel),
                        P(s->cause), P(s->evidence), param_or_null(s->prospect_id),
                        param_or_null(s->until_ms)),
                 err);
}

int suppressions_lift_of(struct db *db, const char *evidence, struct err *err)
{
    return db_run(db,
                  "DELETE FROM suppression WHERE evidence = $1 "
                  "OR substr(evidence, 1, length($1) + 1) = $1 || ' '",
                  PARAMS(P(evidence)), err);
}

int suppression_bars(struct db *db, const struct suppression *s, int64_t now, struct err *err)
{
    int64_t bars = 0;
    int rc = db_number(
        db,
        "SELECT 1 FROM suppression WHERE slot = $1 AND kind = $2 AND key = $3 "
        "AND channel IN ('', $4) AND (until_ms IS NULL OR until_ms > $5) LIMIT 1",
        PARAMS(P(id_slot_of(span_of(s->key))), P(s->kind), P(s->key), P(s->channel), P(now)), &bars,
        err);

    return rc < 0 ? -1 : (int)bars;
}
