/* tests/store/test_traces.c - the traces of a message lie together, whomever they befell; those of older stores, too. */
#include "tests/store/world.h"

#include "core/store/traces.h"

/* An id of that slot; n tells them apart. */
static int64_t id_of(int slot, int n)
{
    return (int64_t)n << 22 | (int64_t)slot << 10;
}

#define MESSAGE id_of(7, 1)
#define ANA id_of(7, 2)
#define BEN id_of(9, 3)

/* A store as the program of schema 4 left it: a trace lay where it befell somebody. */
static void make_old(struct world *w)
{
    const int64_t whom[] = { ANA, BEN };
    struct err err = { 0 };

    world_make_old(w, 4);
    for (int i = 0; i < 2; i++)
        world_check(
            db_do(w->db,
                  "INSERT INTO trace(slot, id, prospect_id, message_id, kind, about, what, was, "
                  "at) VALUES($1, $2, $3, $4, 'soft_bounce', 0, 'said', 'k', $5)",
                  PARAMS(P(id_slot(whom[i])), P(id_of(id_slot(whom[i]), 10 + i)), P(whom[i]),
                         P(MESSAGE), P(100 + i)),
                  &err),
            &err);
}

static void test_traces__of_an_older_store_are_found_by_their_message(void **state)
{
    struct world *w = *state;
    struct err err = { 0 };
    struct trace_row *rows;

    make_old(w);
    world_check(migrate(w->db, w->path, &err), &err);
    assert_int_equal(traces_of(w->db, MESSAGE, &w->arena, &rows, &err), 2);
    assert_true(rows[0].prospect_id == ANA && rows[1].prospect_id == BEN);
    assert_true(rows[0].slot == 7 && rows[1].slot == 7);
    assert_int_equal(trace_undo(w->db, &rows[1], "a person", 200, &err), 1);
    assert_int_equal(trace_undo(w->db, &rows[1], "a person", 200, &err), 0);
    assert_int_equal(traces_of(w->db, MESSAGE, &w->arena, &rows, &err), 2);
    assert_null(rows[0].undone_by);
    assert_string_equal(rows[1].undone_by, "a person");
}

static void test_traces__count_passing_failures_that_stand(void **state)
{
    struct trace_row trace = { .slot = 7,
                               .prospect_id = ANA,
                               .message_id = MESSAGE,
                               .kind = "soft_bounce",
                               .what = "said",
                               .was = "k" };
    const struct trace_query query = { .prospect_id = ANA, .was = "k", .since = 100 };
    struct world *w = *state;
    struct err err = { 0 };
    int64_t count;

    for (int i = 0; i < 4; i++) {
        trace.id = id_of(7, 10 + i);
        trace.at = 100 + i;
        trace.kind = i == 3 ? "hold" : "soft_bounce";
        world_check(trace_insert(w->db, &trace, &err), &err);
    }
    world_check(traces_count_soft(w->db, &query, &count, &err), &err);
    assert_int_equal(count, 2); /* the first is too old, the last of another kind */
    trace.id = id_of(7, 11);
    assert_int_equal(trace_undo(w->db, &trace, "a person", 200, &err), 1);
    world_check(traces_count_soft(w->db, &query, &count, &err), &err);
    assert_int_equal(count, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_traces__of_an_older_store_are_found_by_their_message,
                                        world_set_up, world_tear_down),
        cmocka_unit_test_setup_teardown(test_traces__count_passing_failures_that_stand,
                                        world_set_up, world_tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
