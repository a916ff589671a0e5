/* core/store/inbounds.c - see inbounds.h. */
#include "core/store/inbounds.h"

#include "core/base/id.h"
#include "core/store/scan.h"

int inbound_insert(struct db *db, const struct inbound *in, struct err *err)
{
    return db_run(db,
                  "INSERT INTO inbound(slot, id, source, key, state, envelope, raw, note, at) "
                  "VALUES($1, $2, $3, $4, $5, $6, $7, $8, $9) "
                  "ON CONFLICT(slot, source, key) DO NOTHING",
                  PARAMS(P(in->slot), P(in->id), P(in->source), P(in->key), P(in->state),
                         P(in->envelope), param_blob(in->raw), P(in->note), P(in->at)),
                  err);
}

static int insert_rest(struct db *db, const struct inbound *in, struct err *err)
{
    int64_t part = 0;

    for (size_t at = INBOUND_RAW_BYTES; at < in->raw.len; at += INBOUND_RAW_BYTES) {
        struct span bytes = span_from(in->raw, at);
        int rc;

        if (bytes.len > INBOUND_RAW_BYTES)
            bytes.len = INBOUND_RAW_BYTES;
        rc = db_do(db, "INSERT INTO inbound_rest(slot, id, part, bytes) VALUES($1, $2, $3, $4)",
                   PARAMS(P(in->slot), P(in->id), P(++part), param_blob(bytes)), err);
        if (rc < 0)
            return -1;
    }
    return 1;
}

int inbound_insert_long(struct db *db, const struct inbound *in, struct err *err)
{
    struct inbound first = *in;
    int rc;

    if (in->raw.len > INBOUND_RAW_BYTES)
        first.raw.len = INBOUND_RAW_BYTES;
    rc = inbound_insert(db, &first, err);
    return rc == 1 ? insert_rest(db, in, err) : rc;
}

static void read_inbound(struct stmt *stmt, struct arena *arena, struct inbound *out)
{
    struct span raw = stmt_col_span(stmt, 6);

    *out = (struct inbound){
        .slot = (int)stmt_col_int(stmt, 0),
        .id = stmt_col_int(stmt, 1),
        .source = stmt_col_text(stmt, 2, arena),
        .key = stmt_col_text(stmt, 3, arena),
        .state = stmt_col_text(stmt, 4, arena),
        .envelope = stmt_col_text(stmt, 5, arena),
        .raw = span_make(arena_dup_span(arena, raw), raw.len),
        .at = stmt_col_int(stmt, 7),
        .note = stmt_col_text(stmt, 8, arena),
    };
}

/* out->slot and out->id say which. */
static int read_whole(struct db *db, struct arena *arena, struct inbound *out, struct err *err)
{
    struct stmt *stmt = db_query(db,
                                 "SELECT slot, id, source, key, state, envelope, raw, at, "
                                 "note FROM inbound WHERE slot = $1 AND id = $2",
                                 PARAMS(P(out->slot), P(out->id)), err);
    int more = stmt ? stmt_step(stmt, err) : -1;

    if (more == 1) {
        read_inbound(stmt, arena, out);
        stmt_reset(stmt);
    }
    return more;
}

int inbound_get(struct db *db, int64_t id, struct arena *arena, struct inbound *out,
                struct err *err)
{
    out->slot = id_slot(id);
    out->id = id;
    return read_whole(db, arena, out, err);
}

int inbound_rest(struct db *db, const struct inbound_part *part, struct arena *arena,
                 struct span *out, struct err *err)
{
    struct stmt *stmt =
        db_query(db, "SELECT bytes FROM inbound_rest WHERE slot = $1 AND id = $2 AND part = $3",
                 PARAMS(P(id_slot(part->id)), P(part->id), P(part->part)), err);
    int more = stmt ? stmt_step(stmt, err) : -1;

    if (more == 1) {
        struct span bytes = stmt_col_span(stmt, 0);
        *out = span_make(arena_dup_span(arena, bytes), bytes.len);
        stmt_reset(stmt);
    }
    return more;
}

/* Their keys alone: sorting rows would carry the bytes of all mails around. */
static int keys_of_new(struct db *db, int limit, struct arena *arena, struct inbound **out,
                       struct err *err)
{
    struct stmt *stmt =
        db_query(db, "SELECT slot, id FROM inbound WHERE state = 'new' ORDER BY at, id LIMIT $1",
                 PARAMS(P(limit)), err);
    int count = 0, more = stmt ? stmt_step(stmt, err) : -1;

    *out = more == 1 ? arena_array(arena, (size_t)limit, sizeof(**out)) : NULL;
    for (; more == 1; more = stmt_step(stmt, err)) {
        (*out)[count].slot = (int)stmt_col_int(stmt, 0);
        (*out)[count++].id = stmt_col_int(stmt, 1);
    }
    return more < 0 ? -1 : count;
}

int inbounds_new(struct db *db, int limit, struct arena *arena, struct inbound **out,
                 struct err *err)
{
    int wanted = keys_of_new(db, limit, arena, out, err), count = 0;
    size_t bytes = 0;

    for (; count < wanted && bytes < INBOUNDS_NEW_BYTES; bytes += (*out)[count++].raw.len) {
        int found = read_whole(db, arena, &(*out)[count], err);

        if (found < 0)
            return -1;
        if (found == 0)
            return err_set(err, ERR_STORE, "an inbound is in the index and not in its table");
    }
    return wanted < 0 ? -1 : count;
}

int inbounds_wait(struct db *db, struct err *err)
{
    int64_t waits = 0;
    int rc =
        db_number(db, "SELECT 1 FROM inbound WHERE state = 'new' LIMIT 1", NO_PARAMS, &waits, err);

    return rc < 0 ? -1 : (int)waits;
}

int inbound_close(struct db *db, const struct inbound *in, struct err *err)
{
    return db_do(db, "UPDATE inbound SET state = $3, note = $4 WHERE slot = $1 AND id = $2",
                 PARAMS(P(in->slot), P(in->id), P(in->state), P(in->note)), err);
}

int inbounds_wake(struct db *db, struct err *err)
{
    return db_do(db, "UPDATE inbound SET state = 'new', note = NULL WHERE state = 'waiting'",
                 NO_PARAMS, err);
}

int seen_first(struct db *db, const char *key, int64_t now, struct err *err)
{
    return db_run(db, "INSERT INTO seen(slot, key, at) VALUES($1, $2, $3) ON CONFLICT DO NOTHING",
                  PARAMS(P(id_slot_of(span_of(key))), P(key), P(now)), err);
}

#define COLUMNS                                                                                    \
    "slot, id, prospect_id, channel, sender, kind, touch_id, enrollment_id, via, confidence, "     \
    "from_address, from_name, subject, text, external_id, opt_out, rules, inbound_id, state, at, " \
    "labels, lead, sentiment, when_at, when_words, wish, relabelled_at"

int message_insert(struct db *db, const struct message_row *m, struct err *err)
{
    return db_do(db,
                 "INSERT INTO message(" COLUMNS ") VALUES($1, $2, $3, $4, $5, $6, $7, $8, $9, "
                 "$10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, "
                 "$26, $27)",
                 PARAMS(P(m->slot), P(m->id), P(m->prospect_id), P(m->channel), P(m->sender),
                        P(m->kind), P(m->touch_id), P(m->enrollment_id), P(m->via),
                        P(m->confidence), P(m->from_address), P(m->from_name), P(m->subject),
                        P(m->text), P(m->external_id), P(m->opt_out), P(m->rules), P(m->inbound_id),
                        P(m->state), P(m->at), P(m->labels), P(m->lead), P(m->sentiment),
                        param_or_null(m->when_at), P(m->when_words), P(m->wish),
                        param_or_null(m->relabelled_at)),
                 err);
}

static void read_row(struct stmt *stmt, struct arena *arena, struct message_row *out)
{
    *out = (struct message_row){
        .slot = (int)stmt_col_int(stmt, 0),
        .id = stmt_col_int(stmt, 1),
        .prospect_id = stmt_col_int(stmt, 2),
        .channel = stmt_col_text(stmt, 3, arena),
        .sender = stmt_col_text(stmt, 4, arena),
        .kind = stmt_col_text(stmt, 5, arena),
        .touch_id = stmt_col_int(stmt, 6),
        .enrollment_id = stmt_col_int(stmt, 7),
        .via = stmt_col_text(stmt, 8, arena),
        .confidence = stmt_col_text(stmt, 9, arena),
        .from_address = stmt_col_text(stmt, 10, arena),
        .from_name = stmt_col_text(stmt, 11, arena),
        .subject = stmt_col_text(stmt, 12, arena),
        .text = stmt_col_text(stmt, 13, arena),
        .external_id = stmt_col_text(stmt, 14, arena),
        .opt_out = stmt_col_text(stmt, 15, arena),
        .rules = stmt_col_text(stmt, 16, arena),
        .inbound_id = stmt_col_int(stmt, 17),
        .state = stmt_col_text(stmt, 18, arena),
        .at = stmt_col_int(stmt, 19),
        .labels = stmt_col_text(stmt, 20, arena),
        .lead = stmt_col_text(stmt, 21, arena),
        .sentiment = stmt_col_text(stmt, 22, arena),
        .when_at = stmt_col_int(stmt, 23),
        .when_words = stmt_col_text(stmt, 24, arena),
        .wish = stmt_col_text(stmt, 25, arena),
        .relabelled_at = stmt_col_int(stmt, 26),
    };
}

static int read_all(struct stmt *stmt, int room, struct arena *arena, struct message_row **out,
                    struct err *err)
{
    int count = 0, more;

    *out = arena_array(arena, (size_t)room, sizeof(**out));
    while ((more = stmt ? stmt_step(stmt, err) : -1) == 1)
        read_row(stmt, arena, &(*out)[count++]);
    return more < 0 ? -1 : count;
}

int message_relabel(struct db *db, const struct message_row *m, struct err *err)
{
    return db_do(db,
                 "UPDATE message SET kind = $3, opt_out = $4, labels = $5, lead = $6, "
                 "sentiment = $7, when_at = $8, when_words = $9, wish = $10, relabelled_at = $11, "
                 "rules = $12, state = $13, touch_id = $14, enrollment_id = $15, via = $16, "
                 "confidence = $17, inbound_id = $18, external_id = $19, prospect_id = $20 "
                 "WHERE slot = $1 AND id = $2",
                 PARAMS(P(m->slot), P(m->id), P(m->kind), P(m->opt_out), P(m->labels), P(m->lead),
                        P(m->sentiment), param_or_null(m->when_at), P(m->when_words), P(m->wish),
                        param_or_null(m->relabelled_at), P(m->rules), P(m->state), P(m->touch_id),
                        P(m->enrollment_id), P(m->via), P(m->confidence), P(m->inbound_id),
                        P(m->external_id), P(m->prospect_id)),
                 err);
}

int message_seen_before(struct db *db, const struct message_row *m, struct err *err)
{
    int64_t seen = 0;
    int rc =
        db_number(db,
                  "SELECT 1 FROM message WHERE slot = $1 AND prospect_id = $2 "
                  "AND from_address = $3 AND text = $4 AND id <> $5 LIMIT 1",
                  PARAMS(P(m->slot), P(m->prospect_id), P(m->from_address), P(m->text), P(m->id)),
                  &seen, err);

    return rc < 0 ? -1 : (int)seen;
}

int message_get(struct db *db, int64_t id, struct arena *arena, struct message_row *out,
                struct err *err)
{
    struct message_row *rows;
    int count = read_all(db_query(db, "SELECT " COLUMNS " FROM message WHERE slot = $1 AND id = $2",
                                  PARAMS(P(id_slot(id)), P(id)), err),
                         1, arena, &rows, err);

    if (count == 1)
        *out = rows[0];
    return count;
}

int messages_open(struct db *db, bool all, struct arena *arena, struct message_row **out,
                  struct err *err)
{
    const char *sql = all ? "SELECT " COLUMNS " FROM message ORDER BY at DESC, id DESC LIMIT 10000"
                          : "SELECT " COLUMNS " FROM message WHERE state = 'open' "
                            "ORDER BY at, id LIMIT 10000";

    return read_all(db_query(db, sql, NO_PARAMS, err), 10000, arena, out, err);
}

int messages_of(struct db *db, int64_t prospect_id, struct arena *arena, struct message_row **out,
                struct err *err)
{
    return read_all(db_query(db,
                             "SELECT " COLUMNS " FROM message WHERE slot = $1 "
                             "AND prospect_id = $2 ORDER BY at DESC, id DESC LIMIT 100",
                             PARAMS(P(id_slot(prospect_id)), P(prospect_id)), err),
                    100, arena, out, err);
}

int message_newest_human(struct db *db, int64_t prospect_id, struct arena *arena,
                         struct message_row *out, struct err *err)
{
    struct message_row *rows;
    int count = read_all(db_query(db,
                                  "SELECT " COLUMNS " FROM message WHERE slot = $1 "
                                  "AND prospect_id = $2 AND kind = 'human' AND opt_out IS NULL "
                                  "ORDER BY at DESC, id DESC LIMIT 1",
                                  PARAMS(P(id_slot(prospect_id)), P(prospect_id)), err),
                         1, arena, &rows, err);

    if (count == 1)
        *out = rows[0];
    return count;
}

struct stmt *scan_answers(struct db *db, struct err *err)
{
    return db_query(db,
                    "SELECT " COLUMNS " FROM message WHERE prospect_id <> 0 AND kind = 'human' "
                    "AND opt_out IS NULL ORDER BY slot, prospect_id, at DESC, id DESC",
                    NO_PARAMS, err);
}

void scan_read_answer(struct stmt *stmt, struct arena *arena, struct message_row *out)
{
    read_row(stmt, arena, out);
}

int messages_about(struct db *db, const struct message_about *about, struct arena *arena,
                   struct message_row **out, struct err *err)
{
    return read_all(db_query(db,
                             "SELECT " COLUMNS " FROM message WHERE slot = $1 "
                             "AND prospect_id = $2 AND touch_id = $3 ORDER BY at, id LIMIT 1000",
                             PARAMS(P(about->slot), P(about->prospect_id), P(about->touch_id)),
                             err),
                    1000, arena, out, err);
}

int message_settle(struct db *db, int64_t prospect_id, int64_t id, struct err *err)
{
    return db_run(db,
                  "UPDATE message SET state = 'done' WHERE slot = $1 AND prospect_id = $2 "
                  "AND (id = $3 OR $3 = 0) AND state = 'open'",
                  PARAMS(P(id_slot(id ? id : prospect_id)), P(prospect_id), P(id)), err);
}

int message_last_human(struct db *db, int64_t prospect_id, const char *channel, int64_t *at,
                       struct err *err)
{
    return db_number(db,
                     "SELECT at FROM message WHERE slot = $1 AND prospect_id = $2 "
                     "AND channel = $3 AND kind = 'human' ORDER BY at DESC LIMIT 1",
                     PARAMS(P(id_slot(prospect_id)), P(prospect_id), P(channel)), at, err);
}
