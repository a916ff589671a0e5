/* Hints: by which other forms an e-mail address is found, that they go with the address, and that stores from before hints gain them
 * once. */
#include "tests/store/world.h"

#include "core/store/hints.h"

static int64_t count(struct db *db, const char *sql)
{
    struct err err = { 0 };
    int64_t value;

    world_check(db_number(db, sql, NO_PARAMS, &value, &err), &err);
    return value;
}

/* ---- with the address ---- */

static struct prospect ana(struct world *w)
{
    return (struct prospect){ .slot = (int)world_id(w, "A"), .id = world_id(w, "ana") };
}

static void add(struct world *w, const char *key)
{
    const struct prospect who = ana(w);
    const struct address address = { .kind = "email", .key = key, .value = key, .source = "reply" };
    struct err err = { 0 };

    assert_int_equal(address_add(w->db, &who, &address, WORLD_NOW, &err), 1);
}

static void take_back(struct world *w, const char *key)
{
    const struct prospect who = ana(w);
    struct err err = { 0 };

    world_check(address_remove(w->db, &who, &(struct address){ .kind = "email", .key = key }, &err),
                &err);
}

static int found(struct world *w, const char *kind, const char *key)
{
    struct identity *who;
    struct err err = { 0 };
    int rows =
        hint_find(w->db, &(struct address){ .kind = kind, .key = key }, &w->arena, &who, &err);

    world_check(rows, &err);
    return rows;
}

/* An address taken back once left the domain leading to somebody who had nothing there any more. */
static void test_hints__an_address_taken_back_leaves_no_hint_behind(void **state)
{
    struct world *w = *state;

    add(w, "ana+news@acme.example");
    assert_int_equal(found(w, "alias", "ana@acme.example"), 1);
    assert_int_equal(found(w, "domain", "acme.example"), 1);
    take_back(w, "ana+news@acme.example");
    assert_int_equal(found(w, "alias", "ana@acme.example"), 0);
    assert_int_equal(found(w, "domain", "acme.example"), 0);
}

static void test_hints__what_another_address_of_theirs_earns_stays(void **state)
{
    struct world *w = *state;

    add(w, "ana+news@acme.example");
    add(w, "ana+shop@acme.example");
    add(w, "a.silva@acme.example");
    take_back(w, "ana+news@acme.example");
    assert_int_equal(found(w, "alias", "ana@acme.example"), 1);
    assert_int_equal(found(w, "domain", "acme.example"), 1);
    take_back(w, "ana+shop@acme.example");
    assert_int_equal(found(w, "alias", "ana@acme.example"), 0);
    assert_int_equal(found(w, "domain", "acme.example"), 1);
    take_back(w, "a.silva@acme.example");
    assert_int_equal(found(w, "domain", "acme.example"), 0);
}

static void test_hints__are_dropped_for_that_prospect_alone(void **state)
{
    struct world *w = *state;

    add(w, "ana+news@acme.example");
    world_run(w, "INSERT INTO hint SELECT slot, kind, key, {ben}, {B} FROM hint "
                 "WHERE key = 'acme.example'");
    take_back(w, "ana+news@acme.example");
    assert_int_equal(found(w, "domain", "acme.example"), 1);
}

/* ---- stores from before ---- */

#define OLD_PROSPECTS 2500 /* more than one batch, with two addresses each */

static void add_old(struct db *db, int n)
{
    char company[64], private[64];
    const int slot = n % SLOT_COUNT;
    const int64_t id = ((int64_t)n << 22) | (int64_t)slot << 10;
    struct err err = { 0 };

    snprintf(company, sizeof(company), "p%d@company%d.example", n, n);
    snprintf(private, sizeof(private), "p.%d@gmail.com", n);
    for (int i = 0; i < 2; i++)
        world_check(db_do(db,
                          "INSERT INTO address(slot, prospect_id, kind, key, value, home, rank, "
                          "source, created_at) VALUES($1, $2, 'email', $3, $3, 0, $4, 'import', 1)",
                          PARAMS(P(slot), P(id), P(i ? private : company), P(i)), &err),
                    &err);
}

/* A store as the program of schema 2 left it. */
static void make_old(struct world *w)
{
    struct err err = { 0 };

    world_make_old(w, 2);
    world_check(db_begin(w->db, &err), &err);
    for (int i = 1; i <= OLD_PROSPECTS; i++)
        add_old(w->db, i);
    world_check(db_commit(w->db, &err), &err);
}

/* Those imported before schema 3 were once found neither by an alias nor by their company's domain. */
static void test_hints__people_imported_before_schema_3_are_found_by_alias_and_domain(void **state)
{
    struct world *w = *state;
    struct err err = { 0 };
    struct identity *who;

    make_old(w);
    world_check(migrate(w->db, w->path, &err), &err);
    assert_int_equal(count(w->db, "SELECT count(*) FROM hint WHERE kind = 'alias'"), OLD_PROSPECTS);
    assert_int_equal(count(w->db, "SELECT count(*) FROM hint WHERE kind = 'domain'"),
                     OLD_PROSPECTS);
    for (int i = 1; i <= OLD_PROSPECTS; i++) {
        struct address hint = { .kind = "domain" };
        hint.key = arena_printf(&w->arena, "company%d.example", i);
        assert_int_equal(hint_find(w->db, &hint, &w->arena, &who, &err), 1);
        assert_int_equal(id_slot(who[0].prospect_id), who[0].slot);
        hint.kind = "alias";
        hint.key = arena_printf(&w->arena, "p%d@gmail.com", i);
        assert_int_equal(hint_find(w->db, &hint, &w->arena, &who, &err), 1);
    }
}

static void test_hints__a_store_is_looked_through_once(void **state)
{
    struct world *w = *state;
    struct err err = { 0 };

    make_old(w);
    world_check(migrate(w->db, w->path, &err), &err);
    world_check(db_do(w->db, "DELETE FROM hint", NO_PARAMS, &err), &err);
    world_check(migrate(w->db, w->path, &err), &err);
    assert_int_equal(count(w->db, "SELECT count(*) FROM hint"), 0);
}

/* Some stores had been brought to schema 3 or 4 before their hints were filled in; others were cut off while they were. */
static void test_hints__a_store_of_todays_schema_without_them_gains_them(void **state)
{
    struct world *w = *state;
    struct err err = { 0 };

    make_old(w);
    world_check(migrate_along(w->db, w->path, migrations, &err), &err);
    assert_int_equal(count(w->db, "SELECT count(*) FROM hint"), 0);
    world_check(hints_fill(w->db, NULL, &err), &err);
    assert_int_equal(count(w->db, "SELECT count(*) FROM hint"), 2 * OLD_PROSPECTS);
    world_check(db_do(w->db, "DELETE FROM meta WHERE key = 'hints_filled'", NO_PARAMS, &err), &err);
    world_check(hints_fill(w->db, NULL, &err), &err);
    assert_int_equal(count(w->db, "SELECT count(*) FROM hint"), 2 * OLD_PROSPECTS);
}

struct seen { /* of what a watch was told */
    int calls;
    int64_t done, all;
};

static void note_progress(void *with, int64_t done, int64_t all)
{
    struct seen *seen = with;

    assert_true(done > seen->done);
    *seen = (struct seen){ seen->calls + 1, done, all };
}

static void test_hints__who_waits_is_told_how_far_it_is(void **state)
{
    struct world *w = *state;
    struct seen seen = { 0 };
    const struct hints_watch watch = { note_progress, &seen };
    struct err err = { 0 };

    make_old(w);
    world_check(migrate_watched(w->db, w->path, &watch, &err), &err);
    assert_true(seen.calls > 1);
    assert_int_equal(seen.done, 2 * OLD_PROSPECTS);
    assert_int_equal(seen.all, 2 * OLD_PROSPECTS);
    seen.calls = 0;
    world_check(migrate_watched(w->db, w->path, &watch, &err), &err);
    assert_int_equal(seen.calls, 0);
}

#define IN_WORLD(test) cmocka_unit_test_setup_teardown(test, world_set_up, world_tear_down)
#define IN_OLD(test) cmocka_unit_test_setup_teardown(test, world_set_up, world_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_WORLD(test_hints__an_address_taken_back_leaves_no_hint_behind),
        IN_WORLD(test_hints__what_another_address_of_theirs_earns_stays),
        IN_WORLD(test_hints__are_dropped_for_that_prospect_alone),
        IN_OLD(test_hints__people_imported_before_schema_3_are_found_by_alias_and_domain),
        IN_OLD(test_hints__a_store_is_looked_through_once),
        IN_OLD(test_hints__a_store_of_todays_schema_without_them_gains_them),
        IN_OLD(test_hints__who_waits_is_told_how_far_it_is),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
