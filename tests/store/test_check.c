/* Each promise, broken on purpose in a store that keeps all of them: the checker must name it, and nothing else. */
#include "tests/store/world.h"

#include "core/store/check.h"

static void run_check(struct world *w, bool daemon_runs, struct check *out)
{
    struct err err = { 0 };

    check_init(out, w->db, &w->arena);
    out->now = WORLD_NOW;
    out->daemon_runs = daemon_runs;
    world_check(check_store(out, &err), &err);
}

static void list_findings(const struct check *check)
{
    for (size_t i = 0; i < check->count; i++)
        print_error("  %s %s %s\n", check->findings[i].invariant, check->findings[i].id,
                    check->findings[i].what);
}

/* In one transaction that is rolled back, so that each row begins with the same world. */
static void expect(struct world *w, const char *sql, const char *invariant, const char *what,
                   const char *name)
{
    struct err err = { 0 };
    struct check check;
    bool named = false;
    char id[ID_TEXT_BYTES] = "";

    world_check(db_begin(w->db, &err), &err);
    world_run(w, sql);
    run_check(w, false, &check);
    for (size_t i = 0; i < check.count && !named; i++) {
        const struct check_finding *f = &check.findings[i];
        named = strcmp(f->invariant, invariant) == 0 && strstr(f->what, what);
        if (named && name)
            named = f->id && strcmp(f->id, id_text((char[]){ f->id[0], f->id[1], '\0' },
                                                   world_id(w, name), id)) == 0;
    }
    if (!named || check.broken != 1) {
        list_findings(&check);
        fail_msg("%s, \"%s\", %s: %s, %lld broken\n%s", invariant, what, name ? name : "-",
                 named ? "named" : "not named", (long long)check.broken, sql);
    }
    db_rollback(w->db);
}

static void test_check__a_clean_store_is_clean(void **state)
{
    struct check check;

    run_check(*state, false, &check);
    list_findings(&check);
    assert_int_equal(check.broken, 0);
    assert_int_equal(check.count, 0);
    assert_true(check.rows > 15);
}

#define ONE_MORE_TOUCH(step, state, sent_at)                                                       \
    "DROP INDEX touch_once; INSERT INTO touch(slot, id, prospect_id, enrollment_id, step, "        \
    "sequence, step_id, channel, sender, address, state, text, provider_id, decision, epoch, "     \
    "tries, created_at, sent_at) VALUES({A}, {new}, {ana}, {ana_plays}, " step                     \
    ", 'offer', 'value', 'sms', 'texts', '+4915112345678', '" state                                \
    "', 'x', 'SM2', '{\"by\":\"hand\"}', 1, 1, {now}, " sent_at ");"

#define MESSAGE(id, prospect, inbound, external)                                                   \
    "INSERT INTO message VALUES({A}, " id ", " prospect ", 'sms', 'texts', 'human', 0, 0, "        \
    "'number', 'certain', NULL, NULL, NULL, 'x', " external ", NULL, NULL, " inbound               \
    ", 'done', {now}, NULL, NULL, NULL, NULL, NULL, NULL, NULL);"

static const struct {
    const char *sql, *invariant, *what, *name;
} broken[] = {
    /* touches */
    { "UPDATE touch SET state = 'vanished', sent_at = NULL WHERE id = {ana_mail}", "I1",
      "does not exist: vanished", "ana_mail" },
    { "UPDATE touch SET state = 'failed', sent_at = NULL WHERE id = {ana_text}", "I1",
      "ended and yet arrived: failed", "ana_text" },
    { "UPDATE touch SET provider_id = NULL WHERE id = {ana_mail}", "I3", "nothing of the provider",
      "ana_mail" },
    { "UPDATE touch SET provider_id = '' WHERE id = {ana_mail}", "I3", "nothing of the provider",
      "ana_mail" },
    { ONE_MORE_TOUCH("1", "sent", "{now}"), "I5", "two touches: offer, step 2", "new" },
    { "UPDATE enrollment SET step = 3 WHERE id = {ana_plays}", "I6", "2 touches for 3 steps",
      "ana_plays" },
    { "UPDATE touch SET sent_at = NULL WHERE id = {ana_text}", "I7", "nobody knows when",
      "ana_text" },
    { "UPDATE touch SET state = 'failed' WHERE id = {ben_mail}", "I7", "a time of sending: failed",
      "ben_mail" },
    { "UPDATE touch SET state = 'retry', sent_at = NULL WHERE id = {ben_mail}", "I7", "no date",
      "ben_mail" },
    { "UPDATE touch SET state = 'retry', sent_at = NULL, retry_at = 5 WHERE id = {ben_mail}", "I7",
      "no date", "ben_mail" },
    { "UPDATE touch SET retry_at = {now} WHERE id = {ben_mail}", "I7", "waits for none",
      "ben_mail" },
    { "UPDATE touch SET state = 'wire', sent_at = NULL WHERE id = {ben_mail}", "I7",
      "start `heed run` to recover", "ben_mail" },
    /* people */
    { "UPDATE prospect SET opted_out_at = {now} - 2 * {day} WHERE id = {ben}; "
      "UPDATE enrollment SET state = 'exited' WHERE id = {ben_plays}",
      "P1", "opted out of everything: email", "by_hand" },
    { "UPDATE enrollment SET due_at = 0 WHERE id = {ana_plays}", "P2", "dated next step",
      "ana_plays" },
    { "UPDATE enrollment SET due_at = 9223372036854775807 WHERE id = {ben_plays}", "P2",
      "dated next step", "ben_plays" },
    { "UPDATE enrollment SET due_at = {now} + 3700 * {day} WHERE id = {ben_plays}", "P2",
      "dated next step", "ben_plays" },
    { "UPDATE enrollment SET state = 'asleep' WHERE id = {ana_plays}", "P2", "does not exist",
      "ana_plays" },
    { "UPDATE enrollment SET hold_reason = NULL WHERE id = {ben_plays}", "P2", "nobody knows why",
      "ben_plays" },
    { "UPDATE prospect SET opted_out_at = {now} WHERE id = {ben}", "P2", "although they opted out",
      "ben_plays" },
    { "DROP INDEX enrollment_once; INSERT INTO enrollment VALUES({A}, {new}, {ana}, 'offer', 1, 0, "
      "'active', {now}, NULL, NULL, {now})",
      "P2", "twice in one sequence", "new" },
    { "UPDATE message SET sender = NULL; " MESSAGE("{new}", "{ana}", "{raw}", "'SM9'"), "P4",
      "became two messages: SM9", "new" },
    { MESSAGE("{new}", "{ana}", "0", "'SM9'"), "P4", "taken twice: SM9", "new" },
    /* links */
    { "DELETE FROM address WHERE prospect_id = {ben}; DELETE FROM identity WHERE prospect_id = "
      "{ben}; DELETE FROM enrollment WHERE prospect_id = {ben}; DELETE FROM task; "
      "DELETE FROM touch WHERE id = {ben_mail}; DELETE FROM prospect WHERE id = {ben}",
      "link", "its prospect is not there: touch", "by_hand" },
    { "INSERT INTO enrollment VALUES({A}, {new}, {new2}, 'offer', 1, 0, 'done', 0, NULL, NULL, 0)",
      "link", "its prospect is not there: enrollment", "new" },
    { MESSAGE("{new}", "{new2}", "0", "NULL"), "link", "its prospect is not there: message",
      "new" },
    { "INSERT INTO switch VALUES({A}, {new}, {new2}, NULL, 'sms', 'x', 0, {now}, NULL, NULL)",
      "link", "its prospect is not there: switch", "new" },
    { "INSERT INTO task VALUES({A}, {new}, {new2}, 0, 0, 'x', 'x', 'open', NULL, 0, NULL, NULL, "
      "NULL)",
      "link", "its prospect is not there: task", "new" },
    { "INSERT INTO address VALUES({A}, {new}, 'email', 'ana@x.example', 'x', {A}, 0, 'x', NULL, 0, "
      "NULL);"
      "INSERT INTO identity VALUES({A}, 'email', 'ana@x.example', {new}, {A})",
      "link", "an address without its prospect: email", "new" },
    { "DELETE FROM identity WHERE prospect_id = {ben}", "link", "cannot be looked up", "ben" },
    { "DELETE FROM address WHERE prospect_id = {ben}", "link", "an address they do not have",
      "ben" },
    { "UPDATE prospect SET preferred_message_id = {new} WHERE id = {ana}", "link",
      "earned the preferred channel is not there: sms", "ana" },
    { "UPDATE touch SET enrollment_id = {new} WHERE id = {ben_mail}; UPDATE enrollment SET step = "
      "0 "
      "WHERE id = {ben_plays}",
      "link", "its enrollment is not there", "ben_mail" },
    { "UPDATE enrollment SET version = 2 WHERE id = {ben_plays}", "link",
      "version of the sequence is not there: offer 2", "ben_plays" },
    { "UPDATE message SET touch_id = {new}", "link", "the touch it answers is not there",
      "ana_said" },
    { "UPDATE message SET inbound_id = {new}", "link", "raw bytes are not there", "ana_said" },
    { "UPDATE switch SET message_id = {new}", "link", "a switch without its evidence",
      "ana_moved" },
    { "UPDATE task SET touch_id = {new}", "link", "it carries out is not there", "ben_task" },
    { "UPDATE attempt SET touch_id = {new}", "link", "an attempt at a touch", "new" },
    { "UPDATE provider_ref SET touch_id = {new}", "link", "a provider's id of a touch", "new" },
    /* slots */
    { "INSERT INTO prospect(slot, id, wish_once, created_at, updated_at) VALUES({B}, {new}, 0, 0, "
      "0)",
      "slot", "a prospect outside its slot", "new" },
    { "UPDATE inbound SET slot = {B}; UPDATE message SET inbound_id = 0", "slot",
      "an inbound outside its slot", "raw" },
    { "UPDATE touch SET id = {new} WHERE id = {by_hand}", "slot", "a touch outside its slot",
      "new" },
    { "UPDATE task SET id = {new}", "slot", "a task outside its slot", "new" },
    { "UPDATE switch SET id = {ben}", "slot", "a switch outside its slot", "ben" },
    { MESSAGE("{ben_mail}", "0", "0", "NULL"), "slot", "a message outside its slot", "ben_mail" },
    { "UPDATE enrollment SET id = {new} WHERE id = {ben_plays}; UPDATE touch SET enrollment_id = "
      "{new} WHERE id = {ben_mail}",
      "slot", "an enrollment outside its slot", "new" },
    { "UPDATE suppression SET slot = slot + 1", "slot",
      "a suppression outside the slot of its key: old@y.example", NULL },
    { "UPDATE provider_ref SET slot = slot + 1", "slot", "a provider's id outside its slot: SM1",
      NULL },
    { "INSERT INTO hint VALUES({hint_home}, 'domain', 'y.example', {new}, {B})", "link",
      "a hint at somebody who is not there: domain y.example", "new" },
    { "INSERT INTO hint VALUES({hint_home} + 1, 'domain', 'y.example', {ben}, {B})", "slot",
      "a hint outside the slot of its key: y.example", NULL },
    { "INSERT INTO inbound_rest VALUES({A}, {new}, 1, x'00')", "link",
      "the rest of an inbound that is not there: part 1", "new" },
    { "INSERT INTO inbound_rest VALUES({A}, {raw}, 1, x'00'), ({A}, {raw}, 3, x'00')", "link",
      "a piece of its rest is missing: 2 of 3", "raw" },
    { "UPDATE seen SET slot = slot + 1", "slot", "a seen mail or event outside its slot: mail:1",
      NULL },
};

static void test_check__names_each_broken_promise_and_only_it(void **state)
{
    for (size_t i = 0; i < COUNT_OF(broken); i++)
        expect(*state, broken[i].sql, broken[i].invariant, broken[i].what, broken[i].name);
}

/* Breaks that cannot come alone. */
static const struct {
    const char *sql, *invariant, *what;
    int64_t count;
} together[] = {
    /* two on the wire are also two touches of a step, and both are left there */
    { "UPDATE touch SET state = 'wire', sent_at = NULL, delivered_at = NULL WHERE id = "
      "{ana_text};" ONE_MORE_TOUCH("1", "wire", "NULL"),
      "I2", "on the wire: offer, step 2", 4 },
    { "UPDATE address SET home = home + 1 WHERE kind = 'phone'", "slot",
      "an address outside the slot of its key", 2 },
    { "UPDATE identity SET slot = slot + 1 WHERE kind = 'phone'", "slot",
      "a look-up outside the slot of its key", 2 },
    { "UPDATE address SET slot = {B} WHERE kind = 'phone'", "slot",
      "an address outside its prospect's slot", 4 },
};

static void test_check__names_what_breaks_more_than_one_promise(void **state)
{
    struct world *w = *state;
    struct err err = { 0 };

    for (size_t i = 0; i < COUNT_OF(together); i++) {
        struct check check;
        bool named = false;
        world_check(db_begin(w->db, &err), &err);
        world_run(w, together[i].sql);
        run_check(w, false, &check);
        for (size_t k = 0; k < check.count; k++)
            named = named || (strcmp(check.findings[k].invariant, together[i].invariant) == 0 &&
                              strstr(check.findings[k].what, together[i].what));
        if (!named || check.broken != together[i].count)
            list_findings(&check);
        assert_true(named);
        assert_int_equal(check.broken, together[i].count);
        db_rollback(w->db);
    }
}

static void test_check__lets_touches_be_on_the_wire_while_a_daemon_runs(void **state)
{
    struct check check;

    world_run(*state, "UPDATE touch SET state = 'wire', sent_at = NULL WHERE id = {ben_mail}");
    run_check(*state, true, &check);
    list_findings(&check);
    assert_int_equal(check.broken, 0);
    run_check(*state, false, &check);
    assert_int_equal(check.broken, 1);
}

/* What looks odd and is right. */
static const char *const right[] = {
    "UPDATE touch SET provider_id = NULL, reason = 'resolved by a reply' WHERE id = {ben_mail}",
    "UPDATE touch SET state = 'unsure' WHERE id = {ben_mail}",
    "UPDATE touch SET state = 'unsure', sent_at = NULL WHERE id = {ben_mail}",
    "UPDATE touch SET state = 'retry', retry_at = {now}, sent_at = NULL WHERE id = {ben_mail}",
    "UPDATE touch SET provider_id = NULL WHERE id = {ana_text}",
    "UPDATE enrollment SET due_at = {now} - 400 * {day}",
    "UPDATE enrollment SET due_at = {now} + 3650 * {day}",
    "UPDATE enrollment SET state = 'done', due_at = 0, exit = 'exhausted'",
    "UPDATE switch SET message_id = 0",
    "UPDATE prospect SET preferred_message_id = 0",
    MESSAGE("{new}", "0", "0", "NULL"),
    MESSAGE("{new}", "{ana}", "{raw}", "'SM10'"),
    "UPDATE prospect SET opted_out_at = {now} WHERE id = {ben}; UPDATE enrollment SET state = "
    "'exited' WHERE id = {ben_plays}",
    "UPDATE prospect SET opted_out_at = {now} - 2 * {day} WHERE id = {ben}; UPDATE enrollment SET "
    "state = 'exited' WHERE id = {ben_plays}; UPDATE touch SET state = 'cancelled', sent_at = NULL "
    "WHERE id = {by_hand}",
    ONE_MORE_TOUCH("1", "cancelled", "NULL"),
};

static void test_check__is_silent_about_what_only_looks_odd(void **state)
{
    struct world *w = *state;
    struct err err = { 0 };

    for (size_t i = 0; i < COUNT_OF(right); i++) {
        struct check check;
        world_check(db_begin(w->db, &err), &err);
        world_run(w, right[i]);
        run_check(w, false, &check);
        list_findings(&check);
        if (check.broken)
            fail_msg("%s", right[i]);
        db_rollback(w->db);
    }
}

static void test_check__counts_all_and_keeps_the_first_two_hundred(void **state)
{
    struct check check;

    world_run(*state, "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < "
                      "1000) INSERT INTO seen SELECT 4095, 'mail:x' || i, 0 FROM n");
    run_check(*state, false, &check);
    assert_true(check.broken > 900);
    assert_int_equal(check.count, CHECK_SHOWN_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_check__a_clean_store_is_clean, world_set_up,
                                        world_tear_down),
        cmocka_unit_test_setup_teardown(test_check__names_each_broken_promise_and_only_it,
                                        world_set_up, world_tear_down),
        cmocka_unit_test_setup_teardown(test_check__names_what_breaks_more_than_one_promise,
                                        world_set_up, world_tear_down),
        cmocka_unit_test_setup_teardown(test_check__lets_touches_be_on_the_wire_while_a_daemon_runs,
                                        world_set_up, world_tear_down),
        cmocka_unit_test_setup_teardown(test_check__is_silent_about_what_only_looks_odd,
                                        world_set_up, world_tear_down),
        cmocka_unit_test_setup_teardown(test_check__counts_all_and_keeps_the_first_two_hundred,
                                        world_set_up, world_tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
