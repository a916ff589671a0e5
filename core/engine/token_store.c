/* core/engine/token_store.c - see token_store.h. meta: token_key_version (the newest number), token_key_N (hex), token_key_N_since. */
#include "core/engine/token_store.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "core/base/sign.h"
#include "core/base/text.h"
#include "core/base/zone.h"
#include "core/store/follow.h"

#define VERSIONS 32 /* that a token can name */

struct key_row {
    int64_t number;
    bool there;
    int64_t since;
    unsigned char secret[TOKEN_SECRET_BYTES];
};

static int read_number(struct db *db, const char *name, struct arena *arena, int64_t *out,
                       struct err *err)
{
    const char *text;
    int rc = meta_get(db, name, arena, &text, err);

    if (rc == 0 && text && !text_to_int(span_of(text), 0, INT64_MAX, out))
        return err_set(err, ERR_STORE, "the store's %s is damaged", name);
    return rc;
}

static int read_key(struct db *db, int64_t number, struct arena *arena, struct key_row *out,
                    struct err *err)
{
    const char *name = arena_printf(arena, "token_key_%" PRId64, number), *text;
    struct span secret;

    *out = (struct key_row){ .number = number };
    if (meta_get(db, name, arena, &text, err) < 0 ||
        read_number(db, arena_printf(arena, "%s_since", name), arena, &out->since, err) < 0)
        return -1;
    if (!text || !*text) /* emptied: nothing that it signed is believed any more */
        return 0;
    if (!sign_from_hex(arena, span_of(text), &secret) || secret.len != TOKEN_SECRET_BYTES)
        return err_set(err, ERR_STORE, "the store's %s is damaged", name);
    memcpy(out->secret, secret.data, TOKEN_SECRET_BYTES);
    out->there = true;
    return 0;
}

static int put_number(struct db *db, const char *name, int64_t value, struct arena *arena,
                      struct err *err)
{
    return meta_put(db, name, arena_printf(arena, "%" PRId64, value), err);
}

static int put_key(struct db *db, int64_t number, int64_t now, struct arena *arena, struct err *err)
{
    unsigned char secret[TOKEN_SECRET_BYTES];
    const char *name = arena_printf(arena, "token_key_%" PRId64, number);

    sign_random(secret, sizeof(secret));
    if (meta_put(db, name, sign_hex(arena, span_make((char *)secret, sizeof(secret))), err) < 0 ||
        put_number(db, arena_printf(arena, "%s_since", name), now, arena, err) < 0)
        return -1;
    return put_number(db, "token_key_version", number, arena, err);
}

/* The newest key, and the one before it; there = false where there is none. */
static int read_both(struct db *db, struct arena *arena, struct key_row *newest,
                     struct key_row *before, struct err *err)
{
    int64_t number = 1;

    if (read_number(db, "token_key_version", arena, &number, err) < 0 ||
        read_key(db, number, arena, newest, err) < 0)
        return -1;
    return read_key(db, number - 1, arena, before, err);
}

static int make_first(struct db *db, int64_t now, struct arena *arena, struct err *err)
{
    struct key_row newest, before;
    int rc;

    if (db_begin(db, err) < 0)
        return -1;
    rc = read_both(db, arena, &newest, &before, err);
    if (rc == 0 && !newest.there)
        rc = put_key(db, newest.number, now, arena, err);
    return db_end(db, rc, err);
}

static bool is_believed(const struct key_row *before, const struct key_row *newest, int64_t now)
{
    return before->there && now < newest->since + TOKEN_OLD_KEY_MS;
}

static void take(const struct key_row *row, struct token_keys *keys)
{
    struct token_key *key = &keys->keys[keys->count++];

    key->version = (int)(row->number % VERSIONS);
    memcpy(key->secret, row->secret, TOKEN_SECRET_BYTES);
}

int token_store_read(struct db *db, int64_t now, struct token_keys *keys, struct err *err)
{
    struct key_row newest, before;
    struct arena arena;
    int rc;

    arena_init(&arena);
    rc = read_both(db, &arena, &newest, &before, err);
    if (rc == 0 && !newest.there)
        rc = make_first(db, now, &arena, err) < 0 ? -1
                                                  : read_both(db, &arena, &newest, &before, err);
    keys->count = 0;
    if (rc == 0) {
        take(&newest, keys);
        if (is_believed(&before, &newest, now))
            take(&before, keys);
    }
    explicit_bzero(&newest, sizeof(newest));
    explicit_bzero(&before, sizeof(before));
    arena_finish(&arena);
    return rc;
}

static int renew(struct db *db, const struct token_renewal *renewal, struct arena *arena,
                 struct err *err)
{
    struct key_row newest, before;
    char until[40];

    if (read_both(db, arena, &newest, &before, err) < 0)
        return -1;
    if (is_believed(&before, &newest, renewal->now) && !renewal->force)
        return err_set(err, ERR_REFUSED,
                       "the key was changed not long ago, and answers to what the one before it "
                       "signed are believed until %s; --force gives that up",
                       zone_human(zone_utc(), newest.since + TOKEN_OLD_KEY_MS, until));
    if (before.there &&
        meta_put(db, arena_printf(arena, "token_key_%" PRId64, before.number), "", err) < 0)
        return -1;
    return put_key(db, newest.number + 1, renewal->now, arena, err);
}

int token_store_renew(struct db *db, const struct token_renewal *renewal, struct err *err)
{
    struct arena arena;
    int rc;

    arena_init(&arena);
    rc = db_begin(db, err);
    if (rc == 0)
        rc = db_end(db, renew(db, renewal, &arena, err), err);
    arena_finish(&arena);
    return rc;
}
