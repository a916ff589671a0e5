/* tests/engine/test_assign.c - a person says whose a message is: it moves to them, what followed for somebody else is taken back, and
 * what follows is what would have followed had it been matched. */
#include "support_hear.h"

#include "core/engine/relabel.h"

/* Somebody at Ana's company answers our subject from an address we do not know. */
static const char colleagues_mail[] = "From: Cleo <cleo@northwind.example>\n"
                                      "To: sam@us.example\n"
                                      "Subject: Re: Hello Ana\n"
                                      "Message-ID: <c1@northwind.example>\n"
                                      "\n"
                                      "What does the red one weigh?\n";

/* Of all, whosever it is. */
static struct message_row newest(struct world *world)
{
    struct message_row row = { 0 };
    struct err err = { 0 };
    int64_t id = 0;

    assert_int_equal(
        db_number(world->workspace->db, "SELECT max(id) FROM message", NO_PARAMS, &id, &err), 0);
    assert_int_equal(message_get(world->workspace->db, id, &world->arena, &row, &err), 1);
    return row;
}

static int64_t hear_mail(struct people *p, const char *mail)
{
    world_mail(&p->world, 0, mail);
    world_run(&p->world, workspace_now(p->world.workspace));
    return newest(&p->world).id;
}

/* An hour later; 0 or -1. */
static int try_to(struct people *p, const struct relabel *wish, struct relabelled *out,
                  struct err *err)
{
    struct workspace *w = p->world.workspace;
    struct inbox inbox = { .effects = { .workspace = w,
                                        .catalog = catalog_create(w->db),
                                        .db = w->db,
                                        .now = workspace_now(w) + HOUR_MS,
                                        .arena = &p->world.arena } };
    struct relabel by_a_person = *wish;
    int rc;

    by_a_person.by = "a person";
    clock_set(&w->clock, inbox.effects.now);
    rc = relabel(&inbox, &by_a_person, out, err);
    catalog_destroy(inbox.effects.catalog);
    return rc;
}

static struct relabelled give(struct people *p, const struct relabel *wish)
{
    struct relabelled out;
    struct err err = { 0 };

    if (try_to(p, wish, &out, &err) < 0)
        fail_msg("%s", err.text);
    return out;
}

static void assert_refused(struct people *p, const struct relabel *wish, const char *says)
{
    struct relabelled out;
    struct err err = { 0 };

    assert_int_equal(try_to(p, wish, &out, &err), -1);
    if (!strstr(err.text, says))
        fail_msg("it says \"%s\"", err.text);
}

/* ---- */

static void test_assign__a_colleagues_mail_holds_whom_it_is_given_to(void **state)
{
    struct people p;
    int64_t id;
    struct relabelled done;
    struct message_row left;
    struct err err = { 0 };

    (void)state;
    people_create(&p);
    id = hear_mail(&p, colleagues_mail);
    left = newest(&p.world);
    assert_int_equal(left.prospect_id, 0);
    assert_string_equal(left.via, "domain");
    assert_non_null(strstr(left.rules, "candidate:pr_"));
    assert_string_equal(world_enrollment(&p.world, p.ana).state, "active");

    done = give(&p, &(struct relabel){ .message_id = id, .prospect_id = p.ana });
    assert_int_not_equal(done.is.id, id);
    assert_int_equal(done.is.prospect_id, p.ana);
    assert_string_equal(done.is.via, "person");
    assert_string_equal(done.is.confidence, "certain");
    assert_string_equal(done.is.lead, "question");
    assert_int_equal(done.is.touch_id, world_touch(&p.world, p.ana, 0).id);
    assert_null(strstr(done.is.rules, "candidate:"));
    assert_true(world_touch(&p.world, p.ana, 0).replied_at > 0);
    assert_string_equal(world_enrollment(&p.world, p.ana).state, "held");
    assert_string_equal(world_enrollment(&p.world, p.ben).state, "active");
    assert_null(world_get(&p.world, p.ana).preferred_channel); /* a colleague leads nobody */
    assert_int_equal(world_count(&p.world, "message WHERE state = 'open'"), 1);
    assert_int_equal(message_get(p.world.workspace->db, id, &p.world.arena, &left, &err), 1);
    assert_string_equal(left.kind, "assigned");
    assert_string_equal(left.state, "done");
    assert_non_null(strstr(left.rules, "assigned:me_"));
    end_world(&p.world);
}

static void test_assign__an_address_that_is_theirs_is_known_again(void **state)
{
    struct people p;
    int64_t id;
    struct relabelled done;

    (void)state;
    people_create(&p);
    id = hear_mail(&p, colleagues_mail);
    done = give(&p, &(struct relabel){ .message_id = id, .prospect_id = p.ana, .theirs = true });
    assert_string_equal(world_get(&p.world, p.ana).preferred_channel, "email");
    clock_set(&p.world.workspace->clock, workspace_now(p.world.workspace) + MINUTE_MS);
    (void)hear_mail(&p, "From: Cleo <cleo@northwind.example>\nTo: sam@us.example\n"
                        "Subject: One more thing\nMessage-ID: <c2@northwind.example>\n\nHello!\n");
    assert_string_equal(newest(&p.world).via, "sender");
    assert_int_equal(newest(&p.world).prospect_id, p.ana);

    (void)give(
        &p, &(struct relabel){ .message_id = done.is.id, .says_kind = true, .kind = READING_BULK });
    assert_int_equal(world_count(&p.world, "address WHERE key LIKE 'cleo%'"), 0);
    assert_int_equal(world_count(&p.world, "identity WHERE key LIKE 'cleo%'"), 0);
    end_world(&p.world);
}

/* "Theirs" is said of an alias at another company: its hints go with it. */
static void test_assign__an_address_taken_back_leaves_no_hint_behind(void **state)
{
    struct people p;
    int64_t hints;
    struct relabelled done;

    (void)state;
    people_create(&p);
    hints = world_count(&p.world, "hint");
    done = give(
        &p, &(struct relabel){ .message_id = hear_mail(
                                   &p, "From: Ana <ana+work@other.example>\nTo: sam@us.example\n"
                                       "Subject: Hi\nMessage-ID: <o1@other.example>\n\nHello!\n"),
                               .prospect_id = p.ana,
                               .theirs = true });
    assert_int_equal(world_count(&p.world, "hint"), hints + 2);
    (void)give(
        &p, &(struct relabel){ .message_id = done.is.id, .says_kind = true, .kind = READING_BULK });
    assert_int_equal(world_count(&p.world, "hint"), hints);
    assert_string_equal(world_enrollment(&p.world, p.ana).state, "active");
    end_world(&p.world);
}

static void test_assign__what_followed_for_somebody_else_is_taken_back(void **state)
{
    struct people p;
    struct said said = said_by("email", BEN, INTENT_QUESTION, "What does the red one weigh?");
    struct relabelled done;
    int64_t id;

    (void)state;
    people_create(&p);
    id = hear(&p.world, &said);
    assert_string_equal(world_enrollment(&p.world, p.ben).state, "held");
    assert_int_equal(world_switches(&p.world, p.ben), 0);
    done = give(&p, &(struct relabel){ .message_id = id, .prospect_id = p.ana });
    assert_true(done.undone_count > 0);
    assert_string_equal(world_enrollment(&p.world, p.ben).state, "active");
    assert_null(world_get(&p.world, p.ben).preferred_channel);
    assert_int_equal(world_touch(&p.world, p.ben, 0).replied_at, 0);
    assert_string_equal(world_enrollment(&p.world, p.ana).state, "held");
    assert_refused(
        &p, &(struct relabel){ .message_id = id, .says_kind = true },
        arena_printf(&p.world.arena, "it is %s now", inbox_id(&p.world.arena, "me", done.is.id)));
    end_world(&p.world);
}

static void test_assign__a_text_from_a_shared_number_leads_whom_it_is_given_to(void **state)
{
    struct people p;
    struct said said = said_by("sms", PHONE, INTENT_OTHER, "Good morning");
    struct message_row was;
    int64_t id, other;

    (void)state;
    people_create(&p);
    id = hear(&p.world, &said);
    was = newest(&p.world);
    assert_string_equal(was.confidence, "ambiguous");
    other = was.prospect_id == p.ana ? p.ben : p.ana;
    assert_null(world_get(&p.world, was.prospect_id).preferred_channel);
    (void)give(&p, &(struct relabel){ .message_id = id, .prospect_id = other });
    assert_string_equal(world_get(&p.world, other).preferred_channel, "sms");
    assert_string_equal(world_enrollment(&p.world, other).state, "held");
    assert_string_equal(world_enrollment(&p.world, was.prospect_id).state, "active");
    end_world(&p.world);
}

static void test_assign__whom_it_was_given_to_already_keeps_its_id(void **state)
{
    struct people p;
    struct said said = said_by("sms", PHONE, INTENT_OTHER, "Good morning");
    struct relabel wish = { 0 };
    struct relabelled done;

    (void)state;
    people_create(&p);
    wish.message_id = hear(&p.world, &said);
    wish.prospect_id = newest(&p.world).prospect_id;
    done = give(&p, &wish);
    assert_int_equal(done.is.id, wish.message_id);
    assert_string_equal(done.is.via, "person");
    assert_string_equal(world_get(&p.world, wish.prospect_id).preferred_channel, "sms");
    assert_refused(&p, &wish, "it is theirs already");
    end_world(&p.world);
}

static void test_assign__what_a_person_corrected_before_holds(void **state)
{
    struct people p;
    struct relabelled done;
    int64_t id;

    (void)state;
    people_create(&p);
    id = hear_mail(&p, colleagues_mail);
    (void)give(&p, &(struct relabel){ .message_id = id,
                                      .says_labels = true,
                                      .labels = { INTENT_REFERRAL },
                                      .label_count = 1 });
    done = give(&p, &(struct relabel){ .message_id = id, .prospect_id = p.ana });
    assert_string_equal(done.is.labels, "referral");
    assert_true(done.is.relabelled_at > 0);
    done = give(
        &p, &(struct relabel){ .message_id = done.is.id, .says_kind = true, .kind = READING_BULK });
    assert_string_equal(done.is.kind, "bulk");
    assert_int_equal(done.is.prospect_id, p.ana);
    assert_string_equal(world_enrollment(&p.world, p.ana).state, "active");
    end_world(&p.world);
}

static void test_assign__nothing_is_changed_when_the_address_is_somebody_elses(void **state)
{
    struct people p;
    struct said said = said_by("email", BEN, INTENT_OTHER, "Hello");
    int64_t id;

    (void)state;
    people_create(&p);
    id = hear(&p.world, &said);
    assert_refused(&p, &(struct relabel){ .message_id = id, .prospect_id = p.ana, .theirs = true },
                   "is the address of pr_");
    assert_int_equal(newest(&p.world).id, id);
    assert_string_equal(world_enrollment(&p.world, p.ben).state, "held");
    assert_refused(&p, &(struct relabel){ .message_id = id, .prospect_id = 1 }, "no such prospect");
    assert_refused(&p, &(struct relabel){ .message_id = 1, .prospect_id = p.ana },
                   "no such message");
    end_world(&p.world);
}

static void test_assign__an_opt_out_of_another_channel_that_a_person_said_moves_along(void **state)
{
    struct people p;
    int64_t id;

    (void)state;
    people_create(&p);
    id = hear_mail(&p, colleagues_mail);
    (void)give(&p, &(struct relabel){ .message_id = id,
                                      .opt_out = RELABEL_YES,
                                      .opt_out_channel = "call",
                                      .wish = RELABEL_YES,
                                      .wish_channel = "sms" });
    (void)give(&p, &(struct relabel){ .message_id = id, .prospect_id = p.ana, .theirs = true });
    assert_int_equal(world_count(&p.world, "suppression WHERE channel = 'call'"), 1);
    assert_int_equal(world_count(&p.world, "suppression WHERE channel = 'email'"), 0);
    assert_string_equal(world_get(&p.world, p.ana).wish_channel, "sms");
    end_world(&p.world);
}

/* ---- nobody's again ---- */

static void test_assign__nobodys_again_takes_everything_back_and_stays_nobodys(void **state)
{
    struct people p;
    struct said said = said_by("email", BEN, INTENT_QUESTION, "What does the red one weigh?");
    struct relabelled done;
    int64_t id;

    (void)state;
    people_create(&p);
    clock_set(&p.world.workspace->clock, WORLD_START + 2 * HOUR_MS);
    id = hear(&p.world, &said);
    assert_string_equal(world_enrollment(&p.world, p.ben).state, "held");
    done = give(&p, &(struct relabel){ .message_id = id, .nobody = true });
    assert_int_equal(done.is.id, id);
    assert_int_equal(done.is.prospect_id, 0);
    assert_int_equal(done.is.touch_id, 0);
    assert_int_equal(done.made_count, 0);
    assert_string_equal(world_enrollment(&p.world, p.ben).state, "active");
    assert_null(world_get(&p.world, p.ben).preferred_channel);
    assert_int_equal(world_touch(&p.world, p.ben, 0).replied_at, 0);
    assert_int_equal(world_count(&p.world, "task WHERE state = 'open'"), 0);
    assert_int_equal(world_count(&p.world, "message WHERE prospect_id = 0 AND state = 'open'"), 1);
    assert_refused(&p, &(struct relabel){ .message_id = id, .nobody = true }, "nobody's already");

    done = give(&p, &(struct relabel){ .message_id = id, .says_labels = true });
    assert_int_equal(done.is.prospect_id, 0); /* though its address is Ben's */
    assert_string_equal(world_enrollment(&p.world, p.ben).state, "active");
    done = give(&p, &(struct relabel){ .message_id = id, .prospect_id = p.ana });
    assert_int_equal(done.is.prospect_id, p.ana);
    assert_string_equal(world_enrollment(&p.world, p.ana).state, "held");
    end_world(&p.world);
}

/* A stop is a stop: the number that said it gets nothing, whosever it is. */
static void test_assign__nobodys_stop_still_bars_the_number_it_came_from(void **state)
{
    struct people p;
    struct said said = said_by("sms", PHONE, INTENT_OTHER, "STOP");

    (void)state;
    people_create(&p);
    said.reading.opt_out = OPT_OUT_CHANNEL;
    (void)give(&p, &(struct relabel){ .message_id = hear(&p.world, &said), .nobody = true });
    assert_int_equal(world_count(&p.world, "suppression WHERE channel = 'sms'"), 1);
    assert_string_equal(world_enrollment(&p.world, p.ana).hold_reason, "relabelled");
    assert_string_equal(world_enrollment(&p.world, p.ben).hold_reason, "relabelled");
    end_world(&p.world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_assign__a_colleagues_mail_holds_whom_it_is_given_to),
        cmocka_unit_test(test_assign__an_address_that_is_theirs_is_known_again),
        cmocka_unit_test(test_assign__an_address_taken_back_leaves_no_hint_behind),
        cmocka_unit_test(test_assign__what_followed_for_somebody_else_is_taken_back),
        cmocka_unit_test(test_assign__a_text_from_a_shared_number_leads_whom_it_is_given_to),
        cmocka_unit_test(test_assign__whom_it_was_given_to_already_keeps_its_id),
        cmocka_unit_test(test_assign__what_a_person_corrected_before_holds),
        cmocka_unit_test(test_assign__nothing_is_changed_when_the_address_is_somebody_elses),
        cmocka_unit_test(test_assign__an_opt_out_of_another_channel_that_a_person_said_moves_along),
        cmocka_unit_test(test_assign__nobodys_again_takes_everything_back_and_stays_nobodys),
        cmocka_unit_test(test_assign__nobodys_stop_still_bars_the_number_it_came_from),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
