/* The functions over the tables where they are easy to get wrong: what is there already, what is suppressed, which state may
 * follow which. */
#include "tests/store/world.h"

#include "core/store/follow.h"
#include "core/store/inbounds.h"
#include "core/store/plans.h"
#include "core/store/prospects.h"
#include "core/store/touches.h"

static int64_t number(struct world *w, const char *sql, const char *name)
{
    struct err err = { 0 };
    int64_t value;

    world_check(db_number(w->db, sql, PARAMS(P(world_id(w, name))), &value, &err), &err);
    return value;
}

static struct touch read_touch(struct world *w, const char *name)
{
    struct touch touch = { 0 };
    struct err err = { 0 };
    int64_t id = world_id(w, name);

    assert_int_equal(touch_get(w->db, id, &w->arena, &touch, &err), 1);
    return touch;
}

/* ---- addresses and suppressions ---- */

static void suppress(struct world *w, const char *channel, const char *cause, int64_t at,
                     int64_t until)
{
    const struct suppression row = { .kind = "phone",
                                     .key = "+4915112345678",
                                     .channel = channel,
                                     .cause = cause,
                                     .until_ms = until };
    struct err err = { 0 };

    world_check(suppression_add(w->db, &row, at, &err), &err);
}

static int read_addresses(struct world *w, struct address **out)
{
    const struct prospect ana = { .slot = (int)world_id(w, "A"), .id = world_id(w, "ana") };
    struct err err = { 0 };
    int count =
        addresses_of(w->db, &(struct address_query){ &ana, WORLD_NOW }, &w->arena, out, &err);

    world_check(count, &err);
    return count;
}

/* A second opt-out on the same number once let the first channel through. */
static void test_rows__an_address_with_two_opt_outs_comes_once_and_is_barred_on_both(void **state)
{
    struct world *w = *state;
    struct address *found;

    suppress(w, "sms", "opt_out", WORLD_NOW - 2, 0);
    suppress(w, "whatsapp", "opt_out", WORLD_NOW - 1, 0);
    assert_int_equal(read_addresses(w, &found), 2);
    assert_string_equal(found[0].kind, "email");
    assert_false(address_is_barred(&found[0], "email"));
    assert_string_equal(found[1].kind, "phone");
    assert_true(address_is_barred(&found[1], "sms"));
    assert_true(address_is_barred(&found[1], "whatsapp"));
    assert_false(address_is_barred(&found[1], "call"));
    assert_false(address_is_barred(&found[1], "sm"));
    assert_string_equal(found[1].suppressed_cause, "opt_out");
    suppress(w, "", "bounce", WORLD_NOW, 0);
    assert_int_equal(read_addresses(w, &found), 2);
    assert_true(address_is_barred(&found[1], "call"));
    assert_string_equal(found[1].suppressed_channel, "");
    assert_string_equal(found[1].suppressed_cause, "bounce");
}

static void test_rows__a_suppression_that_is_over_bars_nothing(void **state)
{
    struct world *w = *state;
    struct err err = { 0 };
    struct address *found;

    suppress(w, "", "bounce", WORLD_NOW - DAY_MS, WORLD_NOW);
    read_addresses(w, &found);
    assert_null(found[1].suppressed_channel);
    assert_int_equal(
        suppression_bars(
            w->db,
            &(struct suppression){ .kind = "phone", .key = "+4915112345678", .channel = "sms" },
            WORLD_NOW, &err),
        0);
    assert_int_equal(
        suppression_bars(
            w->db,
            &(struct suppression){ .kind = "phone", .key = "+4915112345678", .channel = "sms" },
            WORLD_NOW - 1, &err),
        1);
    assert_int_equal(
        suppression_bars(
            w->db,
            &(struct suppression){ .kind = "phone", .key = "+4915100000000", .channel = "sms" },
            WORLD_NOW - 1, &err),
        0);
}

static const struct {
    int64_t first_at, first_until;   /* in days from now; until 0 = for good */
    int64_t second_at, second_until; /* "opt_out" after "bounce" */
    const char *cause;
    int64_t at, until;
} renewals[] = {
    { -9, 0, -1, 5, "bounce", -9, 0 },   /* for good is never shortened */
    { -9, 0, -1, 0, "bounce", -9, 0 },   /* nor renewed */
    { -9, 9, -1, 5, "bounce", -9, 9 },   /* one that holds longer stays */
    { -9, 5, -1, 9, "opt_out", -9, 9 },  /* prolonged: it held all the time */
    { -9, 5, -1, 0, "opt_out", -9, 0 },  /* for good now */
    { -9, -5, -1, 0, "opt_out", -1, 0 }, /* it was over: it holds anew from now */
    { -9, -5, -1, 5, "opt_out", -1, 5 },
};

static void test_rows__a_suppression_is_renewed_and_never_weakened(void **state)
{
    struct world *w = *state;

    for (size_t i = 0; i < COUNT_OF(renewals); i++) {
        world_run(w, "DELETE FROM suppression WHERE kind = 'phone'");
        suppress(w, "", "bounce", WORLD_NOW + renewals[i].first_at * DAY_MS,
                 renewals[i].first_until ? WORLD_NOW + renewals[i].first_until * DAY_MS : 0);
        suppress(w, "", "opt_out", WORLD_NOW + renewals[i].second_at * DAY_MS,
                 renewals[i].second_until ? WORLD_NOW + renewals[i].second_until * DAY_MS : 0);
        assert_int_equal(number(w, "SELECT at - $1 FROM suppression WHERE kind = 'phone'", "now"),
                         renewals[i].at * DAY_MS);
        assert_int_equal(
            number(w, "SELECT coalesce(until_ms - $1, 0) FROM suppression WHERE kind = 'phone'",
                   "now"),
            renewals[i].until * DAY_MS);
        assert_int_equal(number(w,
                                arena_printf(&w->arena,
                                             "SELECT count(*) FROM suppression WHERE kind = "
                                             "'phone' AND cause = '%s' AND $1 > 0",
                                             renewals[i].cause),
                                "now"),
                         1);
    }
}

static void test_rows__only_opt_outs_are_lifted(void **state)
{
    struct world *w = *state;
    struct err err = { 0 };
    static const char *const causes[] = { "opt_out", "provider", "bounce", "complaint" };

    for (size_t i = 0; i < COUNT_OF(causes); i++) {
        world_run(w, "DELETE FROM suppression WHERE kind = 'phone'");
        suppress(w, "sms", causes[i], WORLD_NOW, 0);
        world_check(suppression_lift(w->db, "phone", "+4915112345678", "call", &err), &err);
        assert_int_equal(
            suppression_bars(
                w->db,
                &(struct suppression){ .kind = "phone", .key = "+4915112345678", .channel = "sms" },
                WORLD_NOW, &err),
            1);
        world_check(suppression_lift(w->db, "phone", "+4915112345678", "sms", &err), &err);
        assert_int_equal(
            suppression_bars(
                w->db,
                &(struct suppression){ .kind = "phone", .key = "+4915112345678", .channel = "sms" },
                WORLD_NOW, &err),
            i >= 2);
    }
}

static void test_rows__an_address_is_added_once_and_found_by_whom_it_belongs_to(void **state)
{
    struct world *w = *state;
    const struct prospect ben = { .slot = (int)world_id(w, "B"), .id = world_id(w, "ben") };
    const struct address shared = {
        .kind = "phone", .key = "+4915112345678", .value = "+4915112345678", .source = "person"
    };
    struct identity *who;
    struct prospect found;
    struct err err = { 0 };

    assert_int_equal(address_add(w->db, &ben, &shared, WORLD_NOW, &err), 1);
    assert_int_equal(address_add(w->db, &ben, &shared, WORLD_NOW, &err), 0);
    assert_int_equal(identity_find(w->db,
                                   &(struct address){ .kind = "phone", .key = "+4915112345678" },
                                   &w->arena, &who, &err),
                     2);
    assert_int_equal(prospect_find(w->db, " BEN@y.example ", &w->arena, &found, &err), 1);
    assert_int_equal(found.id, ben.id);
    assert_int_equal(prospect_find(w->db, "nobody@y.example", &w->arena, &found, &err), 0);
    assert_int_equal(prospect_find(w->db, "pr_", &w->arena, &found, &err), 0);
}

/* ---- what is there already ---- */

static struct touch a_touch(struct world *w, const char *id, const char *enrollment, int step)
{
    return (struct touch){ .slot = (int)world_id(w, "A"),
                           .id = world_id(w, id),
                           .prospect_id = world_id(w, "ana"),
                           .enrollment_id = enrollment ? world_id(w, enrollment) : 0,
                           .step = step,
                           .channel = "sms",
                           .sender = "texts",
                           .address = "+4915112345678",
                           .state = "wire",
                           .text = "Hi",
                           .decision = "{}",
                           .tries = 1,
                           .created_at = WORLD_NOW };
}

static void test_rows__a_step_gets_one_touch_until_that_is_cancelled(void **state)
{
    struct world *w = *state;
    struct touch again = a_touch(w, "new", "ana_plays", 1),
                 next = a_touch(w, "new", "ana_plays", 2);
    struct err err = { 0 };

    assert_int_equal(touch_insert(w->db, &again, &err), 0);
    assert_int_equal(touch_insert(w->db, &next, &err), 1);
    world_run(w, "UPDATE touch SET state = 'cancelled' WHERE id = {ana_text}");
    again.id = world_id(w, "new2");
    assert_int_equal(touch_insert(w->db, &again, &err), 1);
}

/* Two processes may make one id; the row must not be lost in silence. */
static void test_rows__a_taken_id_is_an_error_and_not_a_row_that_is_there_already(void **state)
{
    struct world *w = *state;
    struct touch touch = a_touch(w, "ana_mail", "ana_plays", 2);
    const struct enrollment enrollment = { .slot = (int)world_id(w, "A"),
                                           .id = world_id(w, "ana_plays"),
                                           .prospect_id = world_id(w, "ana"),
                                           .sequence = "another",
                                           .version = 1,
                                           .state = "active",
                                           .due_at = WORLD_NOW };
    struct inbound inbound = { .slot = (int)world_id(w, "A"),
                               .id = world_id(w, "raw"),
                               .source = "pipe:x",
                               .key = "other",
                               .state = "new",
                               .raw = span_of("x"),
                               .at = WORLD_NOW };
    struct err err = { 0 };

    assert_int_equal(touch_insert(w->db, &touch, &err), -1);
    assert_int_equal(err.code, ERR_STORE);
    assert_int_equal(enrollment_insert(w->db, &enrollment, &err), -1);
    assert_int_equal(inbound_insert(w->db, &inbound, &err), -1);
    inbound.id = world_id(w, "new");
    assert_int_equal(inbound_insert(w->db, &inbound, &err), 1);
    inbound.id = world_id(w, "new2");
    assert_int_equal(inbound_insert(w->db, &inbound, &err), 0);
}

static void test_rows__one_is_in_a_sequence_once_at_a_time(void **state)
{
    struct world *w = *state;
    struct enrollment again = { .slot = (int)world_id(w, "A"),
                                .id = world_id(w, "new"),
                                .prospect_id = world_id(w, "ana"),
                                .sequence = "offer",
                                .version = 1,
                                .state = "active",
                                .due_at = WORLD_NOW };
    struct err err = { 0 };

    assert_int_equal(enrollment_insert(w->db, &again, &err), 0);
    world_run(w, "UPDATE enrollment SET state = 'done' WHERE id = {ana_plays}");
    assert_int_equal(enrollment_insert(w->db, &again, &err), 1);
}

static void test_rows__enrollments_in_play_are_read_first(void **state)
{
    struct world *w = *state;
    struct enrollment *rows;
    struct err err = { 0 };

    world_run(w, "UPDATE enrollment SET state = 'held' WHERE id = {ana_plays};"
                 "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 150) "
                 "INSERT INTO enrollment SELECT {A}, i, {ana}, 's' || i, 1, 0, CASE WHEN i % 2 = 0 "
                 "THEN 'done' ELSE 'exited' END, 0, NULL, NULL, 0 FROM n;"
                 "INSERT INTO enrollment VALUES({A}, 1000, {ana}, 'other', 1, 0, 'active', {now}, "
                 "NULL, NULL, 0)");
    assert_int_equal(enrollments_of(w->db, world_id(w, "ana"), &w->arena, &rows, &err), 100);
    assert_string_equal(rows[0].state, "active");
    assert_string_equal(rows[1].state, "held");
}

/* ---- states ---- */

static int move(struct world *w, const char *name, const char *to, const char *from)
{
    const struct touch_result row = { .slot = id_slot(world_id(w, name)),
                                      .id = world_id(w, name),
                                      .state = to,
                                      .retry_at = strcmp(to, "retry") == 0 ? WORLD_NOW : 0,
                                      .sent_at = strcmp(to, "sent") == 0 ? WORLD_NOW : 0 };
    struct err err = { 0 };
    int moved = touch_move(w->db, &row, from, &err);

    world_check(moved, &err);
    return moved;
}

static void test_rows__an_unsure_touch_sent_again_was_not_sent(void **state)
{
    struct world *w = *state;

    assert_int_equal(move(w, "ben_mail", "retry", ",unsure,"), 0);
    world_run(w, "UPDATE touch SET state = 'unsure' WHERE id = {ben_mail}");
    assert_int_equal(move(w, "ben_mail", "retry", ",due,unsure,"), 1);
    assert_int_equal(read_touch(w, "ben_mail").sent_at, 0);
    assert_int_equal(read_touch(w, "ben_mail").retry_at, WORLD_NOW);
    assert_int_equal(move(w, "ben_mail", "cancelled", ",due,retry,"), 1);
    assert_int_equal(read_touch(w, "ben_mail").retry_at, 0);
}

static void test_rows__an_unsure_touch_keeps_its_time_when_it_turns_out_sent(void **state)
{
    struct world *w = *state;

    world_run(w, "UPDATE touch SET state = 'unsure' WHERE id = {ben_mail}");
    assert_int_equal(move(w, "ben_mail", "sent", ",unsure,"), 1);
    assert_int_equal(read_touch(w, "ben_mail").sent_at, WORLD_NOW - 5 * DAY_MS);
}

static const struct {
    const char *state, *receipt;
    bool moves;
} receipts[] = {
    { "wire", "sent", true },         { "wire", "delivered", true },
    { "unsure", "bounced", true },    { "sent", "delivered", true },
    { "sent", "sent", false },        { "sent", "undelivered", true },
    { "undelivered", "sent", false }, { "undelivered", "delivered", true },
    { "bounced", "delivered", true }, { "delivered", "bounced", false },
    { "delivered", "read", true },    { "read", "delivered", false },
    { "read", "complained", true },   { "complained", "read", false },
    { "failed", "delivered", false }, { "cancelled", "delivered", false },
    { "retry", "delivered", false },  { "due", "sent", false },
};

static void test_rows__a_receipt_moves_a_touch_to_a_higher_rank_only(void **state)
{
    struct world *w = *state;
    int64_t id = world_id(w, "ben_mail");

    for (size_t i = 0; i < COUNT_OF(receipts); i++) {
        struct err err = { 0 };
        world_run(w, arena_printf(&w->arena,
                                  "UPDATE touch SET state = '%s', provider_id = NULL, sent_at = "
                                  "NULL, delivered_at = NULL WHERE id = {ben_mail}",
                                  receipts[i].state));
        assert_int_equal(touch_receipt(w->db, id, receipts[i].receipt, WORLD_NOW, &err),
                         receipts[i].moves);
        assert_string_equal(read_touch(w, "ben_mail").state,
                            receipts[i].moves ? receipts[i].receipt : receipts[i].state);
        assert_int_equal(read_touch(w, "ben_mail").delivered_at,
                         receipts[i].moves && (strcmp(receipts[i].receipt, "delivered") == 0 ||
                                               strcmp(receipts[i].receipt, "read") == 0)
                             ? WORLD_NOW
                             : 0);
    }
}

/* The receipt was faster than our own record of the send: what it stands on must be told. */
static void test_rows__a_receipt_that_overtakes_our_record_is_the_evidence_of_the_send(void **state)
{
    struct world *w = *state;
    struct err err = { 0 };
    int64_t id = world_id(w, "ben_mail");
    const struct touch_result late = {
        .slot = id_slot(id), .id = id, .state = "retry", .retry_at = WORLD_NOW
    };

    world_run(w, "UPDATE touch SET state = 'wire', provider_id = NULL, sent_at = NULL WHERE id = "
                 "{ben_mail}");
    assert_int_equal(touch_receipt(w->db, id, "sent", WORLD_NOW, &err), 1);
    assert_string_equal(read_touch(w, "ben_mail").provider_id, "a receipt");
    assert_int_equal(touch_record(w->db, &late, &err), 0);
    assert_string_equal(read_touch(w, "ben_mail").state, "sent");
}

/* A bounce of a touch that nobody was sure of left "heed ended while it was in the air" as its reason. */
static void test_rows__a_receipt_names_itself_as_what_resolved_an_unsure_touch(void **state)
{
    struct world *w = *state;
    struct err err = { 0 };

    world_run(w, "UPDATE touch SET state = 'unsure', reason = 'heed ended' WHERE id = {ben_mail}");
    assert_int_equal(touch_receipt(w->db, world_id(w, "ben_mail"), "bounced", WORLD_NOW, &err), 1);
    assert_string_equal(read_touch(w, "ben_mail").reason, "resolved by a receipt");
}

static int64_t replied_at(struct world *w, int64_t touch)
{
    int64_t at = 0;
    struct err err = { 0 };

    world_check(db_number(w->db, "SELECT coalesce(replied_at, 0) FROM touch WHERE id = $1",
                          PARAMS(P(touch)), &at, &err),
                &err);
    return at;
}

static void test_rows__the_first_reply_has_the_credit_until_it_is_taken_back(void **state)
{
    struct world *w = *state;
    int64_t touch = world_id(w, "ben_mail");
    int64_t sent = WORLD_NOW - 5 * DAY_MS, first = WORLD_NOW - 2 * DAY_MS;
    struct err err = { 0 };

    world_check(touch_credit(w->db, touch, first, &err), &err);
    world_check(touch_credit(w->db, touch, WORLD_NOW, &err), &err);
    assert_int_equal(replied_at(w, touch), first);
    world_check(touch_uncredit(w->db, touch, WORLD_NOW, &err), &err);
    assert_int_equal(replied_at(w, touch), first);
    world_check(touch_uncredit(w->db, touch, first, &err), &err);
    assert_int_equal(replied_at(w, touch), 0);
    world_check(touch_credit(w->db, touch, sent - HOUR_MS, &err), &err);
    assert_int_equal(replied_at(w, touch), sent);
    world_check(touch_uncredit(w->db, touch, sent - HOUR_MS, &err), &err);
    assert_int_equal(replied_at(w, touch), 0);
}

static void test_rows__a_touch_is_tried_from_due_and_retry_only(void **state)
{
    struct world *w = *state;
    struct err err = { 0 };
    int64_t id = world_id(w, "ben_mail");

    assert_int_equal(touch_put_on_wire(w->db, id, 3, &err), 0);
    world_run(w, "UPDATE touch SET state = 'due', retry_at = 1 WHERE id = {ben_mail}");
    assert_int_equal(touch_put_on_wire(w->db, id, 3, &err), 1);
    assert_string_equal(read_touch(w, "ben_mail").state, "wire");
    assert_int_equal(read_touch(w, "ben_mail").tries, 2);
    assert_int_equal(read_touch(w, "ben_mail").epoch, 3);
    assert_int_equal(read_touch(w, "ben_mail").retry_at, 0);
}

static void test_rows__the_lease_fences_the_owner_before(void **state)
{
    struct world *w = *state;
    struct err err = { 0 };
    int64_t first, second;

    world_check(lease_take(w->db, "a", WORLD_NOW, &first, &err), &err);
    assert_int_equal(lease_holds(w->db, first, &err), 1);
    world_check(lease_take(w->db, "b", WORLD_NOW, &second, &err), &err);
    assert_true(second > first);
    assert_int_equal(lease_holds(w->db, first, &err), 0);
    assert_int_equal(lease_holds(w->db, second, &err), 1);
}

static void test_rows__what_is_about_a_touch_is_read_oldest_first(void **state)
{
    struct world *w = *state;
    const struct message_about about = { .slot = (int)world_id(w, "A"),
                                         .prospect_id = world_id(w, "ana"),
                                         .touch_id = world_id(w, "ana_mail") };
    struct message_row *rows;
    struct attempt *attempts;
    struct err err = { 0 };

    assert_int_equal(messages_about(w->db, &about, &w->arena, &rows, &err), 1);
    assert_string_equal(rows[0].text, "Call me");
    assert_int_equal(attempts_of(w->db, about.touch_id, &w->arena, &attempts, &err), 1);
    assert_string_equal(attempts[0].reason, "450");
    assert_int_equal(attempts_of(w->db, 1, &w->arena, &attempts, &err), 0);
}

#define IN_WORLD(test) cmocka_unit_test_setup_teardown(test, world_set_up, world_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_WORLD(test_rows__an_address_with_two_opt_outs_comes_once_and_is_barred_on_both),
        IN_WORLD(test_rows__a_suppression_that_is_over_bars_nothing),
        IN_WORLD(test_rows__a_suppression_is_renewed_and_never_weakened),
        IN_WORLD(test_rows__only_opt_outs_are_lifted),
        IN_WORLD(test_rows__an_address_is_added_once_and_found_by_whom_it_belongs_to),
        IN_WORLD(test_rows__a_step_gets_one_touch_until_that_is_cancelled),
        IN_WORLD(test_rows__a_taken_id_is_an_error_and_not_a_row_that_is_there_already),
        IN_WORLD(test_rows__one_is_in_a_sequence_once_at_a_time),
        IN_WORLD(test_rows__enrollments_in_play_are_read_first),
        IN_WORLD(test_rows__an_unsure_touch_sent_again_was_not_sent),
        IN_WORLD(test_rows__an_unsure_touch_keeps_its_time_when_it_turns_out_sent),
        IN_WORLD(test_rows__a_receipt_moves_a_touch_to_a_higher_rank_only),
        IN_WORLD(test_rows__a_receipt_that_overtakes_our_record_is_the_evidence_of_the_send),
        IN_WORLD(test_rows__a_receipt_names_itself_as_what_resolved_an_unsure_touch),
        IN_WORLD(test_rows__the_first_reply_has_the_credit_until_it_is_taken_back),
        IN_WORLD(test_rows__a_touch_is_tried_from_due_and_retry_only),
        IN_WORLD(test_rows__the_lease_fences_the_owner_before),
        IN_WORLD(test_rows__what_is_about_a_touch_is_read_oldest_first),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
