/* The roll of everyone, row by row against what queries for each of them say. */
#include "tests/store/world.h"

#include "core/store/roll.h"

#define CROWD 300

/* Prospects in many slots: some with several addresses, suppressions, touches and answers, some with nothing. */
static void add_crowd(struct world *w)
{
    struct err err = { 0 };
    struct str sql;

    str_init(&sql, (size_t)4 << 20);
    str_add_text(&sql, "BEGIN;");
    for (int i = 0; i < CROWD; i++) {
        int slot = i * 37 % SLOT_COUNT;
        long long id = (long long)id_next(&w->clock, slot);
        str_printf(&sql,
                   "INSERT INTO prospect(slot, id, first_name, wish_once, created_at, updated_at) "
                   "VALUES(%d, %lld, 'P%d', 0, 1, 1);",
                   slot, id, i);
        for (int n = 0; n < i % 4; n++)
            str_printf(&sql,
                       "INSERT INTO address VALUES(%d, %lld, '%s', 'k%d-%d', 'v', %d, %d, "
                       "'import', NULL, 1, NULL);"
                       "INSERT INTO suppression VALUES(%d, '%s', 'k%d-%d', '%s', 'bounce', NULL, "
                       "NULL, 1, NULL);",
                       slot, id, n % 2 ? "phone" : "email", i, n, i, n / 2, i,
                       n % 2 ? "phone" : "email", i, n, n % 2 ? "sms" : "");
        for (int n = 0; n < i % 3; n++)
            str_printf(
                &sql,
                "INSERT INTO touch(slot, id, prospect_id, enrollment_id, step, channel, sender, "
                "address, state, text, decision, epoch, tries, created_at) VALUES(%d, %lld, "
                "%lld, 0, -1, 'email', 'sam', 'a', '%s', 'x', '{}', 1, 1, %d);",
                slot, (long long)id_next(&w->clock, slot), id, i % 5 ? "sent" : "cancelled", n);
        for (int n = 0; n < i % 7; n++)
            str_printf(&sql,
                       "INSERT INTO message VALUES(%d, %lld, %lld, 'email', NULL, '%s', 0, 0, "
                       "'token', 'certain', 'a', NULL, NULL, 't%d', NULL, NULL, NULL, 0, 'done', "
                       "%d, NULL, NULL, NULL, NULL, NULL, NULL, NULL);",
                       slot, (long long)id_next(&w->clock, slot), id,
                       n % 2 ? "auto_reply" : "human", n, n);
    }
    str_add_text(&sql, "COMMIT;");
    assert_true(str_ok(&sql));
    world_check(db_script(w->db, str_text(&sql), &err), &err);
    str_finish(&sql);
}

static void check_texts(const char *a, const char *b)
{
    assert_int_equal(a == NULL, b == NULL);
    if (a)
        assert_string_equal(a, b);
}

static void check_addresses(struct db *db, const struct roll_row *row, struct arena *arena)
{
    const struct address_query query = { &row->prospect, WORLD_NOW };
    struct address *list;
    struct err err = { 0 };
    int count = addresses_of(db, &query, arena, &list, &err);

    assert_int_equal(row->address_count, count);
    for (int i = 0; i < count; i++) {
        assert_string_equal(row->addresses[i].kind, list[i].kind);
        assert_string_equal(row->addresses[i].key, list[i].key);
        assert_int_equal(row->addresses[i].rank, list[i].rank);
        check_texts(row->addresses[i].suppressed_channel, list[i].suppressed_channel);
    }
}

static void check_past(struct db *db, const struct roll_row *row, struct arena *arena)
{
    struct touch_brief *list;
    struct message_row message;
    struct err err = { 0 };
    int count = touch_history(db, row->prospect.id, arena, &list, &err);
    int answered = message_newest_human(db, row->prospect.id, arena, &message, &err);

    assert_int_equal(row->history_count, count);
    for (int i = 0; i < count; i++) {
        assert_true(row->history[i].id == list[i].id);
        assert_string_equal(row->history[i].state, list[i].state);
        assert_true(row->history[i].replied_at == list[i].replied_at);
    }
    assert_int_equal(row->answer != NULL, answered);
    if (answered)
        assert_true(row->answer->id == message.id);
}

static void test_roll__tells_of_each_what_queries_would(void **state)
{
    struct roll_row row;
    struct world w;
    struct db *db;
    struct roll *roll;
    struct err err = { 0 };
    int seen = 0, more;

    (void)state;
    world_open(&w);
    world_fill(&w);
    add_crowd(&w);
    db = db_open(w.path, DB_READ, &err);
    assert_non_null(db);
    roll = roll_open(db, &(struct roll_query){ NULL, WORLD_NOW }, &err);
    assert_non_null(roll);
    assert_int_equal(roll_most(roll), CROWD + 2);
    while ((more = roll_next(roll, &w.arena, &row, &err)) == 1) {
        struct prospect same;
        assert_int_equal(prospect_get(w.db, row.prospect.id, &w.arena, &same, &err), 1);
        check_texts(row.prospect.first_name, same.first_name);
        check_addresses(w.db, &row, &w.arena);
        check_past(w.db, &row, &w.arena);
        seen++;
    }
    assert_int_equal(more, 0);
    assert_int_equal(seen, CROWD + 2);
    roll_close(roll);
    db_close(db);
    world_close(&w);
}

/* The few of a sequence are looked up, the many merged: both tell the same. */
static void test_roll__of_a_sequence_has_only_its_own_few_or_many(void **state)
{
    (void)state;
    for (int crowd = 0; crowd < 2; crowd++) {
        struct roll_row row;
        struct world w;
        struct roll *roll;
        struct err err = { 0 };
        int seen = 0;

        world_open(&w);
        world_fill(&w);
        if (crowd)
            add_crowd(&w);
        roll = roll_open(w.db, &(struct roll_query){ "offer", WORLD_NOW }, &err);
        assert_non_null(roll);
        while (roll_next(roll, &w.arena, &row, &err) == 1) {
            bool ana = strcmp(row.prospect.first_name, "Ana") == 0;
            assert_int_equal(row.state, ROLL_LIVE);
            assert_string_equal(row.sequence, "offer");
            assert_int_equal(row.step, ana ? 2 : 1);
            assert_int_equal(row.address_count, ana ? 2 : 1);
            assert_int_equal(row.history_count, 2);
            assert_int_equal(row.answer != NULL, ana);
            seen++;
        }
        assert_int_equal(seen, 2);
        roll_close(roll);
        world_close(&w);
    }
}

static void test_roll__knows_who_is_at_the_end_of_every_sequence(void **state)
{
    struct roll_row row;
    struct world w;
    struct roll *roll;
    struct err err = { 0 };

    (void)state;
    world_open(&w);
    world_fill(&w);
    world_run(&w,
              "UPDATE enrollment SET state = 'done' WHERE prospect_id = {ben};"
              "INSERT INTO enrollment VALUES({A}, {new}, {ana}, 'old', 1, 3, 'exited', 1, NULL, "
              "'exhausted', 1);");
    roll = roll_open(w.db, &(struct roll_query){ NULL, WORLD_NOW }, &err);
    assert_non_null(roll);
    while (roll_next(roll, &w.arena, &row, &err) == 1) {
        bool ana = strcmp(row.prospect.first_name, "Ana") == 0;
        assert_int_equal(row.state, ana ? ROLL_LIVE : ROLL_ENDED);
        assert_string_equal(row.sequence, "offer");
    }
    roll_close(roll);
    world_close(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_roll__tells_of_each_what_queries_would),
        cmocka_unit_test(test_roll__of_a_sequence_has_only_its_own_few_or_many),
        cmocka_unit_test(test_roll__knows_who_is_at_the_end_of_every_sequence),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
