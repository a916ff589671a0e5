/* tests/engine/test_respond.c - what follows from a message: each row is a reading, what the sequences do and what a person is
 * asked. Readings are made by hand; the times in them are read from real words. */
#include "clockwork.h"

#include <stdio.h>
#include <string.h>

#include "core/base/attr.h"
#include "core/base/text.h"
#include "core/engine/respond.h"

#define ZONE "Europe/Berlin"
#define TUESDAY "2026-12-01 10:00"

struct scene { /* one question with everything it needs */
    struct arena arena;
    struct reading reading;
    struct match match;
    struct respond_question question;
    struct response response;
};

static const char *const served[] = { "email", "sms", "call", NULL };

static void open_scene(struct scene *s, enum intent lead, const char *words)
{
    memset(s, 0, sizeof(*s));
    arena_init(&s->arena);
    s->reading = (struct reading){ .kind = READING_HUMAN,
                                   .own_text = words,
                                   .from = "ana@northwind.example",
                                   .intents = { .lead = lead } };
    s->match = (struct match){ .prospect = 1,
                               .touch = 2,
                               .sender_is_prospect = true,
                               .is_reply = true,
                               .moves_preference = true };
    s->question = (struct respond_question){ .reading = &s->reading,
                                             .match = &s->match,
                                             .channel = "email",
                                             .served = served,
                                             .addressed = served,
                                             .now_ms = ms_at(ZONE, TUESDAY),
                                             .zone = zone_named(ZONE) };
}

/* Reads the time in the words, as the reader will. */
static void read_time(struct scene *s)
{
    const struct when_env env = { .ref_ms = s->question.now_ms, .zone = s->question.zone };

    (void)when_read(span_of(s->reading.own_text), &env, &s->arena, &s->reading.when);
}

static void decide(struct scene *s)
{
    respond_decide(&s->question, &s->arena, &s->response);
}

static void close_scene(struct scene *s)
{
    arena_finish(&s->arena);
}

static struct sequence *sequence_with(const char *on_reply)
{
    char text[600];
    struct sequence *sequence;
    struct err err = { 0 };

    snprintf(text, sizeof(text),
             "{\"name\":\"s\",\"channels\":[\"email\"],\"on_reply\":{%s},\"window\":{\"days\":"
             "\"mon-fri\",\"from\":\"09:00\",\"to\":\"17:00\"},\"resume_after\":\"3 business "
             "days\",\"steps\":[{\"id\":\"a\",\"template\":\"t\"}]}",
             on_reply);
    sequence = sequence_parse(span_of(text), "test", &err);
    if (!sequence)
        fail_msg("%s", err.text);
    return sequence;
}

static struct respond_verdict apply(const struct scene *s, const struct sequence *sequence)
{
    const struct respond_enrollment e = { .sequence = sequence,
                                          .now_ms = s->question.now_ms,
                                          .due_ms = s->question.now_ms + DAY_MS,
                                          .zone = s->question.zone };
    struct respond_verdict verdict;

    respond_apply(&s->response, &e, &verdict);
    return verdict;
}

static const struct respond_task *task_of(const struct scene *s, const char *kind)
{
    for (size_t i = 0; i < s->response.task_count; i++)
        if (strcmp(s->response.tasks[i].kind, kind) == 0)
            return &s->response.tasks[i];
    return NULL;
}

/* ---- the table of labels ---- */

#define FOREVER "forever"

static const struct {
    enum intent lead;
    const char *words;
    bool timed;           /* the time in them is read */
    const char *on_reply; /* of the sequence; "" = the defaults */
    enum respond_act act;
    const char *why;
    const char *until;  /* local; FOREVER = until a person decides */
    const char *task;   /* kind; "" = none */
    const char *quotes; /* what its text must say */
} labels[] = {
    { INTENT_OTHER, "Hm.", false, "", RESPOND_HOLD, "reply", "2026-12-04 10:00", "", "" },
    { INTENT_NOT_INTERESTED, "No thanks.", false, "", RESPOND_EXIT, "not_interested", "", "", "" },
    { INTENT_NOT_INTERESTED, "No thanks.", false, "\"not_interested\":\"hold\"", RESPOND_HOLD,
      "not_interested", FOREVER, "", "" },
    { INTENT_NOT_NOW, "Not now, ask me on 1 March.", true, "", RESPOND_HOLD, "not_now",
      "2027-03-01 09:00", "", "" },
    { INTENT_NOT_NOW, "Not now.", false, "", RESPOND_HOLD, "not_now", "2027-03-01 10:00", "ask",
      "\"Not now.\"" },
    { INTENT_NOT_NOW, "Not now, in three years.", true, "", RESPOND_HOLD, "not_now", FOREVER, "ask",
      "18 months ahead" },
    { INTENT_NOT_NOW, "Not now.", false, "\"not_now\":\"stop\"", RESPOND_EXIT, "not_now", "", "ask",
      "" },
    { INTENT_WRONG_PERSON, "Wrong person, try ann@northwind.example.", false, "", RESPOND_HOLD,
      "wrong_person", FOREVER, "wrong_person", "ann@northwind.example" },
    { INTENT_WRONG_PERSON, "Not me.", false, "\"wrong_person\":\"stop\"", RESPOND_EXIT,
      "wrong_person", "", "wrong_person", "\"Not me.\"" },
    { INTENT_REFERRAL, "Please write to Bo <bo@northwind.example>!", false, "", RESPOND_HOLD,
      "referral", FOREVER, "referral", "They name bo@northwind.example" },
    { INTENT_CONCERN_PRICE, "That is\n  too expensive.", false, "", RESPOND_HOLD, "concern_price",
      "2026-12-04 10:00", "concern", "the price (concern_price). They wrote: \"That is too exp" },
    { INTENT_CONCERN_TRUST, "Who are you?", false, "\"concern\":\"hold\"", RESPOND_HOLD,
      "concern_trust", "2026-12-04 10:00", "", "" },
    { INTENT_QUESTION, "What is it?", false, "", RESPOND_HOLD, "question", "2026-12-04 10:00",
      "question", "answer by email" },
    { INTENT_INTERESTED, "Tell me more!", false, "", RESPOND_HOLD, "interested", "2026-12-04 10:00",
      "interested", "\"Tell me more!\"" },
    { INTENT_ACK, "ok", false, "", RESPOND_HOLD, "ack", "2026-12-03 10:00", "", "" },
    { INTENT_ACK, "ok", false, "\"ack\":\"ignore\"", RESPOND_GO_ON, "ack", "", "", "" },
    { INTENT_HOSTILE, "Get lost.", false, "", RESPOND_EXIT, "hostile", "", "hostile",
      "\"Get lost.\"" },
    { INTENT_THREAT, "My lawyer will call.", false, "", RESPOND_EXIT, "hostile", "", "threat",
      "lawyer" },
    { INTENT_QUESTION, "Why?", false, "\"human\":\"stop\"", RESPOND_EXIT, "replied", "", "", "" },
};

static void check_until(size_t row, const char *expected, int64_t got, int64_t now)
{
    char text[40];
    int64_t until = strcmp(expected, FOREVER) == 0 ? now + RESPOND_FOREVER_MS
                    : *expected                    ? ms_at(ZONE, expected)
                                                   : 0;

    if (got != until)
        fail_msg("row %zu: until %s, not %s", row, zone_human(zone_named(ZONE), got, text),
                 expected);
}

static void check_tasks(size_t row, const struct scene *s, const struct sequence *sequence)
{
    const struct sequence *const list[] = { sequence };
    size_t wanted = 0;

    for (size_t i = 0; i < s->response.task_count; i++) {
        const struct respond_task *task = &s->response.tasks[i];
        if (!respond_wants(&s->response, task, list, 1))
            continue;
        wanted++;
        if (strcmp(task->kind, labels[row].task) != 0 || !strstr(task->text, labels[row].quotes))
            fail_msg("row %zu: %s: %s", row, task->kind, task->text);
    }
    if (wanted != (*labels[row].task ? 1 : 0))
        fail_msg("row %zu: %zu tasks", row, wanted);
}

static void test_respond__each_label_leads_to_its_hold_its_end_and_its_task(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(labels); i++) {
        struct sequence *sequence = sequence_with(labels[i].on_reply);
        struct respond_verdict verdict;
        struct scene s;

        open_scene(&s, labels[i].lead, labels[i].words);
        if (labels[i].timed)
            read_time(&s);
        decide(&s);
        verdict = apply(&s, sequence);
        if (verdict.act != labels[i].act || strcmp(verdict.why, labels[i].why) != 0)
            fail_msg("row %zu: act %d because %s", i, verdict.act, verdict.why);
        if (verdict.act == RESPOND_HOLD)
            check_until(i, labels[i].until, verdict.until_ms, s.question.now_ms);
        check_tasks(i, &s, sequence);
        close_scene(&s);
        sequence_destroy(sequence);
    }
}

static void test_respond__a_no_keeps_them_out_of_other_sequences_for_180_days(void **state)
{
    struct scene s;

    (void)state;
    open_scene(&s, INTENT_NOT_INTERESTED, "No.");
    decide(&s);
    assert_true(s.response.rest_until_ms == s.question.now_ms + 180 * DAY_MS);
    s.match.sender_is_prospect = false; /* a colleague's no is not theirs */
    decide(&s);
    assert_true(s.response.rest_until_ms == 0);
    assert_int_equal(s.response.sort, REPLY_HUMAN);
    close_scene(&s);
}

static void test_respond__words_without_a_time_never_make_a_hold_shorter(void **state)
{
    struct sequence *sequence = sequence_with("");
    struct respond_enrollment e = { .sequence = sequence, .held = true };
    struct respond_verdict verdict;
    struct scene s;

    (void)state;
    open_scene(&s, INTENT_ACK, "thanks");
    decide(&s);
    e.now_ms = s.question.now_ms;
    e.zone = s.question.zone;
    e.due_ms = s.question.now_ms + 60 * DAY_MS;
    respond_apply(&s.response, &e, &verdict);
    assert_true(verdict.until_ms == e.due_ms);
    close_scene(&s);
    sequence_destroy(sequence);
}

static void test_respond__after_an_opt_out_nothing_else_follows(void **state)
{
    struct scene s;

    (void)state;
    open_scene(&s, INTENT_QUESTION, "Stop. Who are you?");
    s.reading.opt_out = OPT_OUT_CHANNEL;
    decide(&s);
    assert_false(s.response.holds);
    assert_int_equal(s.response.task_count, 0);
    assert_false(s.response.where.arrival);
    s.reading.intents.lead = INTENT_THREAT; /* but a threat is a person's business all the same */
    decide(&s);
    assert_non_null(task_of(&s, "threat"));
    close_scene(&s);
}

/* ---- when ---- */

static void test_respond__a_time_they_name_is_the_next_dated_step(void **state)
{
    struct sequence *sequence = sequence_with("");
    struct respond_verdict verdict;
    const struct respond_task *task;
    struct scene s;

    (void)state;
    open_scene(&s, INTENT_INTERESTED, "Sure. Call me on Thursday at 3.");
    read_time(&s);
    s.reading.wish = (struct wish){ .prefer = "call", .once = true, .words = span_of("Call me") };
    decide(&s);
    assert_true(s.response.named_ms == ms_at(ZONE, "2026-12-03 15:00"));
    task = task_of(&s, "call");
    assert_non_null(task);
    assert_true(task->due_ms == s.response.named_ms);
    assert_non_null(strstr(task->text, "\"Sure. Call me on Thursday at 3.\""));
    assert_null(s.response.where.prefer); /* the task is that call: no second one */
    verdict = apply(&s, sequence);
    assert_int_equal(verdict.act, RESPOND_HOLD);
    assert_true(verdict.until_ms == ms_at(ZONE, "2026-12-08 15:00")); /* resume_after that day */
    close_scene(&s);
    sequence_destroy(sequence);
}

static void test_respond__contact_hours_clip_the_time_and_the_task_says_so(void **state)
{
    struct scene s;

    (void)state;
    open_scene(&s, INTENT_OTHER, "Call me on Saturday at 8 pm.");
    read_time(&s);
    decide(&s);
    assert_true(s.response.named_ms == ms_at(ZONE, "2026-12-07 09:00"));
    assert_non_null(strstr(task_of(&s, "email")->text, "outside the contact hours"));
    close_scene(&s);
}

static void test_respond__both_readings_of_a_time_stand_in_the_task(void **state)
{
    struct scene s;

    (void)state;
    open_scene(&s, INTENT_NOT_NOW, "Can you come back to me next Tuesday?");
    s.question.now_ms = ms_at(ZONE, "2026-12-03 10:00"); /* a Thursday */
    read_time(&s);
    assert_true(s.reading.when.ambiguous);
    decide(&s);
    assert_non_null(strstr(task_of(&s, "ask")->text, "it can mean "));
    assert_non_null(strstr(task_of(&s, "ask")->text, " or "));
    close_scene(&s);
}

static void test_respond__a_time_that_has_passed_is_asked_about(void **state)
{
    struct scene s;

    (void)state;
    open_scene(&s, INTENT_OTHER, "Call me yesterday.");
    s.reading.when = (struct when){ .kind = WHEN_INTERVAL,
                                    .start_ms = s.question.now_ms - 2 * DAY_MS,
                                    .end_ms = s.question.now_ms - DAY_MS,
                                    .grain = WHEN_DAY,
                                    .words = span_of("yesterday") };
    decide(&s);
    assert_true(s.response.named_ms == 0);
    assert_non_null(strstr(task_of(&s, "ask")->text, "has passed"));
    close_scene(&s);
}

/* ---- where ---- */

static const struct {
    const char *name;
    struct wish wish;
    const char *standing; /* wish of before */
    bool role, colleague, automatic, stop;
    enum sequence_follow follow;
    bool arrival;
    const char *prefer; /* NULL = none */
    bool ask, held;
} wishes[] = {
    { .name = "no wish", .arrival = true },
    { .name = "prefer", .wish = { .prefer = "sms" }, .prefer = "sms" },
    { .name = "once", .wish = { .prefer = "sms", .once = true }, .prefer = "sms", .arrival = true },
    { .name = "a wish that stands is stronger", .standing = "sms" },
    { .name = "ask",
      .wish = { .prefer = "sms" },
      .follow = FOLLOW_ASK,
      .prefer = "sms",
      .ask = true },
    { .name = "no sender", .wish = { .prefer = "whatsapp" }, .prefer = "whatsapp", .held = true },
    { .name = "colleague", .wish = { .prefer = "sms" }, .colleague = true },
    { .name = "role inbox", .wish = { .prefer = "sms" }, .role = true },
    { .name = "automatic", .wish = { .prefer = "sms" }, .automatic = true },
    { .name = "opt-out", .wish = { .prefer = "sms" }, .stop = true },
};

static void test_respond__a_wish_is_stronger_than_where_they_wrote(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(wishes); i++) {
        struct scene s;
        open_scene(&s, INTENT_OTHER, "Text me instead.");
        s.reading.wish = wishes[i].wish;
        s.question.wish = wishes[i].standing;
        s.question.follow = wishes[i].follow;
        s.match.flags = wishes[i].role ? MATCH_ROLE_INBOX : 0;
        s.match.sender_is_prospect = !wishes[i].colleague;
        s.reading.kind = wishes[i].automatic ? READING_AUTO_REPLY : READING_HUMAN;
        s.reading.opt_out = wishes[i].stop ? OPT_OUT_EVERYTHING : OPT_OUT_NONE;
        decide(&s);
        if (s.response.where.arrival != wishes[i].arrival ||
            s.response.where.ask != wishes[i].ask || s.response.stays_held != wishes[i].held ||
            (s.response.where.prefer != NULL) != (wishes[i].prefer != NULL) ||
            (wishes[i].prefer && strcmp(s.response.where.prefer, wishes[i].prefer) != 0))
            fail_msg("%s", wishes[i].name);
        assert_int_equal(task_of(&s, "wish") != NULL, wishes[i].held);
        close_scene(&s);
    }
}

static void test_respond__stop_texting_but_mail_is_fine_goes_on_by_mail(void **state)
{
    struct scene s;

    (void)state;
    open_scene(&s, INTENT_OTHER, "Stop texting me, e-mail is fine.");
    s.question.channel = "sms";
    s.reading.opt_out = OPT_OUT_CHANNEL;
    s.reading.wish = (struct wish){ .prefer = "email" };
    decide(&s);
    assert_true(s.response.holds);
    assert_string_equal(s.response.where.prefer, "email");
    s.reading.wish.prefer = "sms"; /* no way to go on there */
    decide(&s);
    assert_false(s.response.holds);
    close_scene(&s);
}

static void test_respond__they_are_not_followed_to_a_channel_they_avoid(void **state)
{
    static const char *const mail[] = { "email" };
    struct scene s;

    (void)state;
    open_scene(&s, INTENT_OTHER, "Please do not mail me.");
    s.reading.wish = (struct wish){ .avoid = mail, .avoid_count = 1 };
    decide(&s);
    assert_false(s.response.where.arrival);
    assert_int_equal(s.response.where.avoid_count, 1);
    close_scene(&s);
}

static void test_respond__the_task_to_answer_names_the_channel_they_asked_for(void **state)
{
    struct scene s;

    (void)state;
    open_scene(&s, INTENT_QUESTION, "What does it cost? Please text me.");
    decide(&s);
    assert_non_null(strstr(task_of(&s, "question")->text, "answer by email"));
    s.reading.wish.prefer = "sms";
    decide(&s);
    assert_non_null(strstr(task_of(&s, "question")->text, "answer by sms"));
    s.reading.wish.prefer = "telegram"; /* no sender serves it */
    decide(&s);
    assert_non_null(strstr(task_of(&s, "question")->text, "answer by email"));
    close_scene(&s);
}

/* ---- automatic replies ---- */

static void test_respond__an_absence_holds_until_the_return_and_names_the_substitute(void **state)
{
    struct sequence *sequence = sequence_with("");
    struct scene s;

    (void)state;
    open_scene(&s, INTENT_OTHER, "Away.");
    s.reading.kind = READING_AUTO_REPLY;
    s.match.is_reply = false;
    s.reading.return_ms = ms_at(ZONE, "2026-12-14 00:00");
    s.reading.substitute = "bo@northwind.example";
    decide(&s);
    assert_string_equal(apply(&s, sequence).why, "out_of_office");
    assert_true(apply(&s, sequence).until_ms == s.reading.return_ms);
    assert_non_null(strstr(task_of(&s, "referral")->text, "bo@northwind.example"));
    s.reading.return_ms = ms_at(ZONE, "2036-12-14 00:00"); /* not believable: 5 business days */
    decide(&s);
    assert_true(apply(&s, sequence).until_ms == ms_at(ZONE, "2026-12-08 10:00"));
    s.reading.left_company = true;
    decide(&s);
    assert_string_equal(apply(&s, sequence).why, "wrong_person");
    assert_non_null(strstr(task_of(&s, "wrong_person")->text, "no longer work there"));
    close_scene(&s);
    sequence_destroy(sequence);
}

static void test_respond__who_is_back_by_now_is_not_away(void **state)
{
    struct sequence *sequence = sequence_with("");
    struct scene s;

    (void)state;
    open_scene(&s, INTENT_OTHER, "Away.");
    s.reading.kind = READING_AUTO_REPLY;
    s.match.is_reply = false;
    s.question.at_ms = s.question.now_ms - 14 * DAY_MS; /* it waited, or is corrected only now */
    s.reading.return_ms = s.question.now_ms - 2 * DAY_MS;
    decide(&s);
    assert_int_equal(apply(&s, sequence).act, RESPOND_GO_ON);
    s.reading.return_ms = 0; /* 5 business days from when it was written */
    decide(&s);
    assert_int_equal(apply(&s, sequence).act, RESPOND_GO_ON);
    s.question.at_ms = s.question.now_ms - DAY_MS;
    decide(&s);
    assert_true(apply(&s, sequence).until_ms == ms_at(ZONE, "2026-12-07 10:00"));
    close_scene(&s);
    sequence_destroy(sequence);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_respond__each_label_leads_to_its_hold_its_end_and_its_task),
        cmocka_unit_test(test_respond__a_no_keeps_them_out_of_other_sequences_for_180_days),
        cmocka_unit_test(test_respond__words_without_a_time_never_make_a_hold_shorter),
        cmocka_unit_test(test_respond__after_an_opt_out_nothing_else_follows),
        cmocka_unit_test(test_respond__a_time_they_name_is_the_next_dated_step),
        cmocka_unit_test(test_respond__contact_hours_clip_the_time_and_the_task_says_so),
        cmocka_unit_test(test_respond__both_readings_of_a_time_stand_in_the_task),
        cmocka_unit_test(test_respond__a_time_that_has_passed_is_asked_about),
        cmocka_unit_test(test_respond__a_wish_is_stronger_than_where_they_wrote),
        cmocka_unit_test(test_respond__stop_texting_but_mail_is_fine_goes_on_by_mail),
        cmocka_unit_test(test_respond__they_are_not_followed_to_a_channel_they_avoid),
        cmocka_unit_test(test_respond__the_task_to_answer_names_the_channel_they_asked_for),
        cmocka_unit_test(test_respond__an_absence_holds_until_the_return_and_names_the_substitute),
        cmocka_unit_test(test_respond__who_is_back_by_now_is_not_away),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
