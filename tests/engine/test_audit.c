/* What the checker must understand to see: decisions (I4) and suppressions of addresses (P1), on a store broken on purpose. */
#include "tests/store/world.h"

#include "core/engine/audit.h"

static void run_audit(struct world *w, struct check *out)
{
    const struct audit_env env = { .now = WORLD_NOW };
    struct err err = { 0 };

    world_check(audit(w->db, &env, &w->arena, out, &err), &err);
}

static void test_audit__a_clean_store_is_clean(void **state)
{
    struct world w;
    struct check check;

    (void)state;
    world_open(&w);
    world_fill(&w);
    run_audit(&w, &check);
    for (size_t i = 0; i < check.count; i++)
        print_error("  %s %s\n", check.findings[i].invariant, check.findings[i].what);
    assert_int_equal(check.broken, 0);
    assert_true(check.rows > 15);
    world_close(&w);
}

#define SUPPRESS(kind, key, channel, at, until)                                                    \
    "INSERT INTO suppression VALUES({" kind "}, 'email', '" key "', '" channel                     \
    "', 'opt_out', 'x', {ben}, " at ", " until ");"
#define SUPPRESS_BEN(channel, at, until) SUPPRESS("B", "ben@y.example", channel, at, until)

static const struct {
    const char *sql, *invariant, *what, *name; /* invariant NULL: all is well */
} rows[] = {
    /* decisions */
    { "UPDATE touch SET decision = '' WHERE id = {ana_mail}", "I4", "cannot be read", "ana_mail" },
    { "UPDATE touch SET decision = '{\"c\":\"email\"}' WHERE id = {ana_mail}", "I4",
      "cannot be read", "ana_mail" },
    { "UPDATE touch SET decision = 'not JSON' WHERE id = {ana_mail}", "I4", "cannot be read",
      "ana_mail" },
    { "UPDATE touch SET decision = '{\"by\":\"hand\"}' WHERE id = {ana_mail}", "I4",
      "marked as written by hand", "ana_mail" },
    { "UPDATE touch SET decision = " WORLD_CHOSE("email") " WHERE id = {by_hand}", "I4",
      "not marked so", "by_hand" },
    { "UPDATE touch SET decision = " WORLD_CHOSE("sms") " WHERE id = {ana_mail}", "I4",
      "decided for sms, but it is on email", "ana_mail" },
    { "UPDATE touch SET decision = '{\"l\":\"none\",\"g\":[[\"sms\",\"consent\"]]}' "
      "WHERE id = {ana_text}",
      "I4", "decided for no channel", "ana_text" },
    /* suppressed before: the answer by hand went to Ben a day ago, his mail five days ago */
    { SUPPRESS_BEN("", "{now} - 2 * {day}", "NULL"), "P1", "to ben@y.example", "by_hand" },
    { SUPPRESS_BEN("email", "{now} - 2 * {day}", "NULL"), "P1", "sent by email", "by_hand" },
    { SUPPRESS_BEN("email", "{now} - 2 * {day}", "{now}"), "P1", "sent by email", "by_hand" },
    { "UPDATE touch SET address = 'Ben@Y.example' WHERE id = {by_hand};" SUPPRESS_BEN(
          "", "{now} - 2 * {day}", "NULL"),
      "P1", "to Ben@Y.example", "by_hand" },
    { "UPDATE touch SET state = 'unsure' WHERE id = {by_hand};" SUPPRESS_BEN(
          "", "{now} - {day} - 1", "NULL"),
      "P1", "sent by email", "by_hand" },
    { SUPPRESS_BEN("sms", "{now} - 2 * {day}", "NULL")
          SUPPRESS_BEN("email", "{now} - 2 * {day}", "NULL"),
      "P1", "sent by email", "by_hand" },
    /* tried again after it: Ana's mail had its first answer five days ago, and two tries */
    { SUPPRESS("A", "ana@x.example", "", "{now} - 5 * {day}", "NULL"), "P1", "to ana@x.example",
      "ana_mail" },
    { "UPDATE attempt SET at = {now} - 4 * {day};" SUPPRESS("A", "ana@x.example", "",
                                                            "{now} - 4 * {day} - 1", "NULL"),
      "P1", "to ana@x.example", "ana_mail" },
    /* no breach */
    { SUPPRESS_BEN("", "{now} - {day}", "NULL"), NULL, NULL, NULL },
    { SUPPRESS_BEN("", "{now}", "NULL"), NULL, NULL, NULL },
    { SUPPRESS_BEN("sms", "{now} - 2 * {day}", "NULL"), NULL, NULL, NULL },
    { SUPPRESS_BEN("email", "{now} - 4 * {day}", "{now} - 3 * {day}"), NULL, NULL, NULL },
    { "UPDATE touch SET state = 'cancelled', sent_at = NULL WHERE id = {by_hand};" SUPPRESS_BEN(
          "", "{now} - 2 * {day}", "NULL"),
      NULL, NULL, NULL },
    { "UPDATE touch SET state = 'due', tries = 0, sent_at = NULL, retry_at = {now} WHERE id = "
      "{by_hand};" SUPPRESS_BEN("", "{now} - 2 * {day}", "NULL"),
      NULL, NULL, NULL },
    { SUPPRESS("A", "ana@x.example", "", "{now} - 4 * {day}", "NULL"), NULL, NULL, NULL },
};

static void expect(size_t i)
{
    struct world w;
    struct check check;
    char id[ID_TEXT_BYTES];

    world_open(&w);
    world_fill(&w);
    world_run(&w, rows[i].sql);
    run_audit(&w, &check);
    if (check.broken != (rows[i].invariant ? 1 : 0))
        fail_msg("%lld broken: %s", (long long)check.broken, rows[i].sql);
    if (rows[i].invariant) {
        assert_string_equal(check.findings[0].invariant, rows[i].invariant);
        if (!strstr(check.findings[0].what, rows[i].what))
            fail_msg("\"%s\" does not say \"%s\"", check.findings[0].what, rows[i].what);
        assert_string_equal(check.findings[0].id, id_text("to", world_id(&w, rows[i].name), id));
    }
    world_close(&w);
}

static void test_audit__names_touches_without_their_decision_and_to_the_suppressed(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        expect(i);
}

static void test_audit__finds_one_address_among_many_suppressed(void **state)
{
    struct world w;
    struct check check;

    (void)state;
    world_open(&w);
    world_fill(&w);
    world_run(&w, "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000) "
                  "INSERT INTO suppression SELECT 0, CASE WHEN i % 2 = 0 THEN 'email' ELSE 'phone' "
                  "END, 'x' || i || '@z.example', '', 'opt_out', NULL, NULL, 1, NULL FROM n");
    run_audit(&w, &check);
    for (size_t i = 0; i < check.count; i++)
        assert_string_not_equal(check.findings[i].invariant, "P1");
    world_run(&w, SUPPRESS_BEN("", "{now} - 2 * {day}", "NULL"));
    run_audit(&w, &check);
    assert_string_equal(check.findings[check.count - 1].invariant, "P1");
    world_close(&w);
}

/* A table's first page, made unreadable. */
static void test_audit__says_that_the_file_is_damaged_and_asks_it_no_more(void **state)
{
    struct world w;
    struct check check;
    struct err err = { 0 };
    int64_t page;
    FILE *file;

    (void)state;
    world_open(&w);
    world_fill(&w);
    world_check(db_number(w.db, "SELECT rootpage FROM sqlite_schema WHERE name = 'touch'",
                          NO_PARAMS, &page, &err),
                &err);
    db_close(w.db);
    file = fopen(w.path, "r+b");
    assert_non_null(file);
    assert_int_equal(fseek(file, (long)(page - 1) * 4096 + 1, SEEK_SET), 0);
    for (int i = 0; i < 40; i++)
        fputc(0xff, file);
    assert_int_equal(fclose(file), 0);
    w.db = db_open(w.path, DB_WRITE, &err);
    world_check(w.db ? 0 : -1, &err);
    run_audit(&w, &check);
    assert_true(check.damaged);
    assert_int_equal(check.broken, 1);
    assert_string_equal(check.findings[0].invariant, "file");
    world_close(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_audit__a_clean_store_is_clean),
        cmocka_unit_test(test_audit__names_touches_without_their_decision_and_to_the_suppressed),
        cmocka_unit_test(test_audit__finds_one_address_among_many_suppressed),
        cmocka_unit_test(test_audit__says_that_the_file_is_damaged_and_asks_it_no_more),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
