/* core/store/hints.c - see hints.h. */
#include "core/store/hints.h"

#include <string.h>

#include "core/base/id.h"
#include "core/base/mailbox.h"
#include "core/store/follow.h"

#define BATCH 4000

struct forms { /* of one address */
    char alias[MAILBOX_BYTES];
    struct span domain; /* empty = anybody may have one there */
    bool has_alias;
};

/* False when it has none. */
static bool forms_of(const struct address *address, struct forms *out)
{
    if (strcmp(address->kind, "email") != 0 || !mailbox_canonical(address->key, out->alias))
        return false;
    out->has_alias = strcmp(out->alias, address->key) != 0;
    out->domain = mailbox_domain(address->key);
    if (mailbox_is_free(out->domain))
        out->domain.len = 0;
    return out->has_alias || out->domain.len > 0;
}

/* ---- one prospect ---- */

static int add(struct db *db, const struct prospect *prospect, const char *kind, struct span key,
               struct err *err)
{
    return db_do(db,
                 "INSERT INTO hint(slot, kind, key, prospect_id, prospect_slot) "
                 "VALUES($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
                 PARAMS(P(id_slot_of(key)), P(kind), P(key), P(prospect->id), P(prospect->slot)),
                 err);
}

int hints_add(struct db *db, const struct prospect *prospect, const struct address *address,
              struct err *err)
{
    struct forms forms;

    if (!forms_of(address, &forms))
        return 0;
    if (forms.has_alias && add(db, prospect, "alias", span_of(forms.alias), err) < 0)
        return -1;
    return forms.domain.len > 0 ? add(db, prospect, "domain", forms.domain, err) : 0;
}

static int drop(struct db *db, const struct prospect *prospect, const char *kind, struct span key,
                struct err *err)
{
    return db_do(db,
                 "DELETE FROM hint WHERE slot = $1 AND kind = $2 AND key = $3 AND prospect_id = $4",
                 PARAMS(P(id_slot_of(key)), P(kind), P(key), P(prospect->id)), err);
}

/* Takes off `gone` what this address of theirs earns, too. */
static void spare(struct stmt *stmt, struct forms *gone)
{
    char key[MAILBOX_BYTES];
    struct span text = stmt_col_span(stmt, 0);
    struct forms forms;

    if (text.len >= sizeof(key))
        return;
    memcpy(key, text.data, text.len);
    key[text.len] = '\0';
    if (!forms_of(&(struct address){ .kind = "email", .key = key }, &forms))
        return;
    if (forms.has_alias && strcmp(forms.alias, gone->alias) == 0)
        gone->has_alias = false;
    if (span_eq(forms.domain, gone->domain))
        gone->domain.len = 0;
}

int hints_drop(struct db *db, const struct prospect *prospect, const struct address *address,
               struct err *err)
{
    struct forms gone;
    struct stmt *stmt;
    int more;

    if (!forms_of(address, &gone))
        return 0;
    stmt = db_query(db,
                    "SELECT key FROM address WHERE slot = $1 AND prospect_id = $2 "
                    "AND kind = 'email' AND key <> $3",
                    PARAMS(P(prospect->slot), P(prospect->id), P(address->key)), err);
    while ((more = stmt ? stmt_step(stmt, err) : -1) == 1)
        spare(stmt, &gone);
    if (more < 0 || (gone.has_alias && drop(db, prospect, "alias", span_of(gone.alias), err) < 0))
        return -1;
    return gone.domain.len > 0 ? drop(db, prospect, "domain", gone.domain, err) : 0;
}

/* ---- those of before ---- */

struct place { /* the last address that was read */
    struct prospect prospect;
    struct address address;
};

static int read_batch(struct db *db, const struct place *after, struct arena *arena,
                      struct place **out, struct err *err)
{
    struct stmt *stmt = db_query(
        db,
        "SELECT slot, prospect_id, key FROM address WHERE kind = 'email' "
        "AND (slot, prospect_id, kind, key) > ($1, $2, 'email', $3) "
        "ORDER BY slot, prospect_id, kind, key LIMIT $4",
        PARAMS(P(after->prospect.slot), P(after->prospect.id), P(after->address.key), P(BATCH)),
        err);
    int count = 0, more;

    *out = arena_array(arena, BATCH, sizeof(**out));
    while ((more = stmt ? stmt_step(stmt, err) : -1) == 1)
        (*out)[count++] = (struct place){
            .prospect = { .slot = (int)stmt_col_int(stmt, 0), .id = stmt_col_int(stmt, 1) },
            .address = { .kind = "email", .key = stmt_col_text(stmt, 2, arena) },
        };
    return more < 0 ? -1 : count;
}

/* Count or -1. */
static int fill_batch(struct db *db, const struct place *after, struct arena *arena,
                      struct place **out, struct err *err)
{
    int count = read_batch(db, after, arena, out, err);

    for (int i = 0; i < count; i++)
        if (hints_add(db, &(*out)[i].prospect, &(*out)[i].address, err) < 0)
            return -1;
    if (count >= 0 && count < BATCH && meta_put(db, "hints_filled", "yes", err) < 0)
        return -1;
    return count;
}

static int count_all(struct db *db, int64_t *out, struct err *err)
{
    return db_number(db, "SELECT count(*) FROM address WHERE kind = 'email'", NO_PARAMS, out, err);
}

/* Two arenas take turns: where a batch begins lives in that of the batch before. */
static int fill(struct db *db, const struct hints_watch *watch, struct arena *arenas,
                struct err *err)
{
    struct place start = { .address.key = "" }, *batch;
    const struct place *after = &start;
    int64_t done = 0, all = 0;
    int count = BATCH;

    if (watch && count_all(db, &all, err) < 0)
        return -1;
    for (int turn = 0; count == BATCH; turn = !turn) {
        arena_reset(&arenas[turn]);
        if (db_begin(db, err) < 0)
            return -1;
        count = fill_batch(db, after, &arenas[turn], &batch, err);
        if (db_end(db, count < 0 ? -1 : 0, err) < 0)
            return -1;
        after = count > 0 ? &batch[count - 1] : after;
        done += count;
        if (watch)
            watch->progress(watch->with, done, all);
    }
    return 0;
}

int hints_fill(struct db *db, const struct hints_watch *watch, struct err *err)
{
    struct arena arenas[2];
    int64_t filled = 0;
    int rc =
        db_number(db, "SELECT 1 FROM meta WHERE key = 'hints_filled'", NO_PARAMS, &filled, err);

    if (rc < 0 || filled)
        return rc;
    arena_init(&arenas[0]);
    arena_init(&arenas[1]);
    rc = fill(db, watch, arenas, err);
    arena_finish(&arenas[0]);
    arena_finish(&arenas[1]);
    return rc < 0 ? err_wrap(err, "hints of addresses from before") : 0;
}
