/* tests/engine/test_token_store.c - the keys of our tokens over the years: one signs, the one before is believed for 400 days. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/base/attr.h"
#include "core/engine/token_store.h"
#include "core/store/follow.h"
#include "core/store/migrate.h"

#define START INT64_C(1796115600000)

struct place {
    char folder[40], path[60];
    struct db *db;
};

static void open_place(struct place *place)
{
    struct err err = { 0 };

    snprintf(place->folder, sizeof(place->folder), "/tmp/heed-token-XXXXXX");
    assert_non_null(mkdtemp(place->folder));
    snprintf(place->path, sizeof(place->path), "%s/heed.db", place->folder);
    place->db = db_open(place->path, DB_WRITE, &err);
    assert_non_null(place->db);
    assert_int_equal(migrate(place->db, place->path, &err), 0);
}

static void close_place(struct place *place)
{
    char command[100];

    db_close(place->db);
    snprintf(command, sizeof(command), "rm -rf '%s'", place->folder);
    assert_int_equal(system(command), 0); /* NOLINT: our own folder */
}

static struct token_keys keys_at(struct place *place, int64_t now)
{
    struct token_keys keys = { .domain = "us.example" };
    struct err err = { 0 };

    assert_int_equal(token_store_read(place->db, now, &keys, &err), 0);
    return keys;
}

static int renew_at(struct place *place, int64_t now, bool force, struct err *err)
{
    const struct token_renewal renewal = { .now = now, .force = force };

    return token_store_renew(place->db, &renewal, err);
}

static bool believes(const struct token_keys *keys, const char *token)
{
    struct token ignored;

    return token_read(keys, span_of(token), &ignored) == TOKEN_OK;
}

static void test_token_store__makes_one_key_and_keeps_it(void **state)
{
    struct place place;
    struct token_keys first, again;

    (void)state;
    open_place(&place);
    first = keys_at(&place, START);
    again = keys_at(&place, START + 1000 * DAY_MS);
    assert_int_equal(first.count, 1);
    assert_int_equal(again.count, 1);
    assert_memory_equal(first.keys, again.keys, sizeof(first.keys[0]));
    close_place(&place);
}

static void test_token_store__believes_the_key_before_for_400_days(void **state)
{
    struct place place;
    struct token_keys old, keys;
    char before[TOKEN_TEXT_BYTES], after[TOKEN_TEXT_BYTES];
    struct err err = { 0 };

    (void)state;
    open_place(&place);
    old = keys_at(&place, START);
    token_make(&old, TOKEN_REPLY, 7, before);
    assert_int_equal(renew_at(&place, START, false, &err), 0);
    keys = keys_at(&place, START);
    token_make(&keys, TOKEN_REPLY, 7, after);
    assert_string_not_equal(before, after);
    assert_false(believes(&old, after));
    keys = keys_at(&place, START + 400 * DAY_MS - 1);
    assert_true(believes(&keys, before) && believes(&keys, after));
    keys = keys_at(&place, START + 400 * DAY_MS);
    assert_false(believes(&keys, before));
    assert_true(believes(&keys, after));
    close_place(&place);
}

static void test_token_store__gives_up_a_key_that_is_still_believed_only_by_force(void **state)
{
    struct place place;
    struct token_keys keys;
    char first[TOKEN_TEXT_BYTES], second[TOKEN_TEXT_BYTES];
    struct err err = { 0 };

    (void)state;
    open_place(&place);
    keys = keys_at(&place, START);
    token_make(&keys, TOKEN_REPLY, 7, first);
    assert_int_equal(renew_at(&place, START, false, &err), 0);
    keys = keys_at(&place, START);
    token_make(&keys, TOKEN_REPLY, 7, second);
    assert_int_equal(renew_at(&place, START + DAY_MS, false, &err), -1);
    assert_int_equal(err.code, ERR_REFUSED);
    keys = keys_at(&place, START + DAY_MS);
    assert_true(believes(&keys, first));
    assert_int_equal(renew_at(&place, START + DAY_MS, true, &err), 0);
    keys = keys_at(&place, START + DAY_MS);
    assert_false(believes(&keys, first));
    assert_true(believes(&keys, second));
    close_place(&place);
}

static void test_token_store__goes_round_the_32_versions_a_token_can_name(void **state)
{
    struct place place;
    struct token_keys keys;
    struct err err = { 0 };

    (void)state;
    open_place(&place);
    for (int i = 0; i < 70; i++) {
        keys = keys_at(&place, START);
        assert_in_range(keys.keys[0].version, 0, 31);
        assert_int_equal(renew_at(&place, START, true, &err), 0);
    }
    close_place(&place);
}

static void test_token_store__says_when_a_key_is_damaged(void **state)
{
    struct place place;
    struct token_keys keys = { 0 };
    struct err err = { 0 };

    (void)state;
    open_place(&place);
    keys = keys_at(&place, START);
    assert_int_equal(meta_put(place.db, "token_key_1", "zz", &err), 0);
    assert_int_equal(token_store_read(place.db, START, &keys, &err), -1);
    assert_int_equal(err.code, ERR_STORE);
    assert_non_null(strstr(err.text, "token_key_1"));
    close_place(&place);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_token_store__makes_one_key_and_keeps_it),
        cmocka_unit_test(test_token_store__believes_the_key_before_for_400_days),
        cmocka_unit_test(test_token_store__gives_up_a_key_that_is_still_believed_only_by_force),
        cmocka_unit_test(test_token_store__goes_round_the_32_versions_a_token_can_name),
        cmocka_unit_test(test_token_store__says_when_a_key_is_damaged),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
