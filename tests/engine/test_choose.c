/* tests/engine/test_choose.c - who is followed, and who is not. Candidates are written as words:
 * "email sms!body call~caps" = email is open, sms has no body, call waits for the caps. */
// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
// clang-format on

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/attr.h"
#include "core/base/zone.h"
#include "core/engine/choose.h"

#define NOW INT64_C(1790000000000)
#define LATER (NOW + 3600000)
#define MUCH_LATER (NOW + 7200000)

struct table {
    char words[256];
    struct candidate list[CHOOSE_MAX_CANDIDATES + 4];
    size_t count;
};

static void close_gate(struct candidate *c, const char *gate)
{
    const struct {
        const char *name;
        bool *fact;
        bool value;
    } rows[] = {
        { "unknown", &c->has_address, false }, { "address", &c->address_ok, false },
        { "consent", &c->consented, false },   { "suppressed", &c->suppressed, true },
        { "avoided", &c->avoided, true },      { "session", &c->session_open, false },
        { "paused", &c->sender_ok, false },    { "body", &c->has_body, false },
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++)
        if (strcmp(rows[i].name, gate) == 0)
            *rows[i].fact = rows[i].value;
    if (strcmp(gate, "sender") == 0)
        c->sender = NULL;
    if (strcmp(gate, "caps") == 0)
        c->capped_until_ms = LATER;
    if (strcmp(gate, "quiet") == 0)
        c->quiet_until_ms = MUCH_LATER;
}

static void read_table(const char *words, struct table *out)
{
    char *rest = out->words, *word;

    out->count = 0;
    (void)snprintf(out->words, sizeof(out->words), "%s", words);
    while ((word = strsep(&rest, " ")) != NULL) {
        struct candidate *c = &out->list[out->count++];
        char *gate = word;

        *c = (struct candidate){ .sender = "sam",
                                 .has_address = true,
                                 .address_ok = true,
                                 .consented = true,
                                 .session_open = true,
                                 .sender_ok = true,
                                 .has_body = true };
        c->channel = strsep(&gate, "!~");
        while (gate)
            close_gate(c, strsep(&gate, "!~"));
        c->human = sequence_channel_is_human(c->channel);
    }
}

/* ---- the order of the levels ---- */

static const struct {
    const char *why, *candidates;
    const char *pinned, *wish, *replied, *step;
    bool keep;
    enum sequence_follow follow;
    size_t order_count;
    const char *channel;
    enum choose_level level;
    const char *wanted;
} rows[] = {
    { .why = "nothing known: the order",
      .candidates = "email sms call",
      .channel = "email",
      .level = CHOOSE_ORDER },
    { .why = "the order skips what is not possible",
      .candidates = "email!address sms!consent call",
      .channel = "call",
      .level = CHOOSE_ORDER },
    { .why = "the step's own channel comes before the order",
      .candidates = "email sms call",
      .step = "call",
      .channel = "call",
      .level = CHOOSE_STEP },
    { .why = "the step's own channel is dead: the order",
      .candidates = "email sms call!sender",
      .step = "call",
      .channel = "email",
      .level = CHOOSE_ORDER,
      .wanted = "call" },
    { .why = "they answered by sms: the next touch is an sms",
      .candidates = "email sms call",
      .replied = "sms",
      .channel = "sms",
      .level = CHOOSE_REPLIED },
    { .why = "a planned call becomes a planned text",
      .candidates = "email sms call",
      .replied = "sms",
      .step = "call",
      .channel = "sms",
      .level = CHOOSE_REPLIED },
    { .why = "a planned letter with nothing to say by text stays a letter",
      .candidates = "email!body sms!body letter",
      .replied = "sms",
      .step = "letter",
      .channel = "letter",
      .level = CHOOSE_STEP,
      .wanted = "sms" },
    { .why = "a step that keeps its channel stays a call",
      .candidates = "email sms call",
      .replied = "sms",
      .wish = "sms",
      .step = "call",
      .keep = true,
      .channel = "call",
      .level = CHOOSE_STEP },
    { .why = "a kept step that is not possible waits for a person",
      .candidates = "email sms call!avoided",
      .step = "call",
      .keep = true,
      .level = CHOOSE_NONE,
      .wanted = "call" },
    { .why = "their wish is stronger than where they answered",
      .candidates = "email sms whatsapp",
      .wish = "whatsapp",
      .replied = "sms",
      .channel = "whatsapp",
      .level = CHOOSE_WISH },
    { .why = "a pin is stronger than a wish, also over a kept step",
      .candidates = "email sms call",
      .pinned = "email",
      .wish = "sms",
      .replied = "sms",
      .step = "call",
      .keep = true,
      .channel = "email",
      .level = CHOOSE_PINNED },
    { .why = "a pin that cannot be kept is for a person to mend",
      .candidates = "email!suppressed sms",
      .pinned = "email",
      .replied = "sms",
      .level = CHOOSE_NONE,
      .wanted = "email" },
    { .why = "a wish for a channel that we do not have is for a person",
      .candidates = "email sms",
      .wish = "signal",
      .level = CHOOSE_NONE,
      .wanted = "signal" },
    { .why = "a wish for a channel without a sender, too",
      .candidates = "email signal!sender",
      .wish = "signal",
      .level = CHOOSE_NONE,
      .wanted = "signal" },
    { .why = "a wish for texts to a number that we do not know, too",
      .candidates = "email sms!unknown",
      .wish = "sms",
      .level = CHOOSE_NONE,
      .wanted = "sms" },
    { .why = "a wish for an address that died: what comes next",
      .candidates = "email sms!address call",
      .wish = "sms",
      .replied = "email",
      .channel = "email",
      .level = CHOOSE_REPLIED,
      .wanted = "sms" },
    { .why = "a wish outside its session window: what comes next",
      .candidates = "email whatsapp!session",
      .wish = "whatsapp",
      .channel = "email",
      .level = CHOOSE_ORDER,
      .wanted = "whatsapp" },
    { .why = "suppressed where they answered: the order, never that channel",
      .candidates = "sms!suppressed email",
      .replied = "sms",
      .channel = "email",
      .level = CHOOSE_ORDER,
      .wanted = "sms" },
    { .why = "everything suppressed: nothing",
      .candidates = "email!suppressed sms!suppressed call!suppressed",
      .replied = "sms",
      .step = "call",
      .level = CHOOSE_NONE,
      .wanted = "sms" },
    { .why = "no candidate at all: nothing", .candidates = "fax!body", .level = CHOOSE_NONE },
    { .why = "follow never: where they answered is not asked",
      .candidates = "email sms",
      .replied = "sms",
      .follow = FOLLOW_NEVER,
      .channel = "email",
      .level = CHOOSE_ORDER },
    { .why = "follow never: an explicit wish is kept all the same",
      .candidates = "email sms",
      .wish = "sms",
      .follow = FOLLOW_NEVER,
      .channel = "sms",
      .level = CHOOSE_WISH },
    { .why = "a channel outside the order serves its own level",
      .candidates = "email sms letter",
      .order_count = 2,
      .step = "letter",
      .channel = "letter",
      .level = CHOOSE_STEP },
    { .why = "and no other",
      .candidates = "email!body sms!body letter",
      .order_count = 2,
      .level = CHOOSE_NONE },
};

static const int64_t evidence = INT64_C(1234567890123456789);

static struct choose_facts facts_of(size_t row, const struct table *table)
{
    return (struct choose_facts){ .candidates = table->list,
                                  .count = table->count,
                                  .order_count = rows[row].order_count,
                                  .pinned = rows[row].pinned,
                                  .wish = rows[row].wish,
                                  .wish_evidence = evidence,
                                  .replied = rows[row].replied,
                                  .replied_evidence = evidence,
                                  .step_channel = rows[row].step,
                                  .step_keep = rows[row].keep,
                                  .follow = rows[row].follow,
                                  .now_ms = NOW };
}

static bool is_same(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

static void test_choose__follows_the_strongest_level_that_is_possible(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct table table;
        struct choose_facts facts;
        struct choice choice;

        read_table(rows[i].candidates, &table);
        facts = facts_of(i, &table);
        choose_channel(&facts, &choice);
        if (!is_same(choice.channel, rows[i].channel) || choice.level != rows[i].level ||
            !is_same(choice.wanted, rows[i].wanted))
            fail_msg("%s: %s", rows[i].why, choice.reason);
        assert_int_equal(choice.evidence,
                         choice.level == CHOOSE_WISH || choice.level == CHOOSE_REPLIED ? evidence
                                                                                       : 0);
        assert_int_equal(choice.count, table.count);
        assert_true(strlen(choice.reason) > 10);
    }
}

/* ---- gates that delay ---- */

static const struct {
    const char *candidates, *replied, *channel;
    int64_t wait_until;
    enum gate waits_for;
} waits[] = {
    { "email sms", "sms", "sms", 0, GATE_COUNT },
    { "email sms~caps", "sms", "sms", LATER, GATE_CAPS },
    { "email sms~quiet", "sms", "sms", MUCH_LATER, GATE_QUIET },
    { "email sms~caps~quiet", "sms", "sms", MUCH_LATER, GATE_QUIET },
    { "email~caps sms", NULL, "email", LATER, GATE_CAPS },
    { "email~caps!body sms", NULL, "sms", 0, GATE_COUNT },
};

static void test_choose__waits_for_gates_that_delay_and_does_not_turn_elsewhere(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(waits); i++) {
        struct table table;
        struct choice choice;

        read_table(waits[i].candidates, &table);
        choose_channel(&(struct choose_facts){ .candidates = table.list,
                                               .count = table.count,
                                               .replied = waits[i].replied,
                                               .now_ms = NOW },
                       &choice);
        assert_string_equal(choice.channel, waits[i].channel);
        assert_int_equal(choice.wait_until, waits[i].wait_until);
        assert_int_equal(choice.waits_for, waits[i].waits_for);
    }
}

/* ---- follow = ask, avoid, once ---- */

static void test_choose__asks_a_person_before_it_follows_when_told_to_ask(void **state)
{
    struct table table;
    struct choice choice;
    struct choose_facts facts = {
        .replied = "sms", .replied_evidence = 7, .follow = FOLLOW_ASK, .now_ms = NOW
    };

    (void)state;
    read_table("email sms", &table);
    facts.candidates = table.list;
    facts.count = table.count;
    choose_channel(&facts, &choice);
    assert_string_equal(choice.channel, "email");
    assert_string_equal(choice.proposed, "sms");
    assert_int_equal(choice.evidence, 7);
    assert_non_null(strstr(choice.reason, "a person is asked"));
    facts.replied_agreed = true;
    choose_channel(&facts, &choice);
    assert_string_equal(choice.channel, "sms");
    assert_int_equal(choice.level, CHOOSE_REPLIED);
    assert_null(choice.proposed);
    facts.replied_agreed = false;
    facts.replied = "email";
    choose_channel(&facts, &choice);
    assert_null(choice.proposed);
    facts.step_channel = "sms";
    choose_channel(&facts, &choice);
    assert_string_equal(choice.channel, "sms");
    assert_string_equal(choice.proposed, "email");
    table.list[0].suppressed = true;
    choose_channel(&facts, &choice);
    assert_null(choice.proposed);
}

static void test_choose__never_takes_what_they_asked_to_avoid(void **state)
{
    static const char *const avoid[] = { "call", "sms", NULL };
    struct table table;
    struct choice choice;
    struct choose_facts facts = {
        .avoid = avoid, .replied = "sms", .step_channel = "call", .now_ms = NOW
    };

    (void)state;
    read_table("sms call email", &table);
    facts.candidates = table.list;
    facts.count = table.count;
    choose_channel(&facts, &choice);
    assert_string_equal(choice.channel, "email");
    facts.count = 2;
    choose_channel(&facts, &choice);
    assert_int_equal(choice.level, CHOOSE_NONE);
    assert_non_null(strstr(choice.reason, "asked to avoid"));
}

static void test_choose__marks_a_wish_for_one_time(void **state)
{
    struct table table;
    struct choice choice;

    (void)state;
    read_table("email call", &table);
    choose_channel(&(struct choose_facts){ .candidates = table.list,
                                           .count = table.count,
                                           .wish = "call",
                                           .wish_once = true,
                                           .now_ms = NOW },
                   &choice);
    assert_string_equal(choice.channel, "call");
    assert_true(choice.once);
}

static void test_choose__looks_at_no_more_candidates_than_it_has_room_for(void **state)
{
    struct table table = { .count = CHOOSE_MAX_CANDIDATES + 4 };
    struct choice choice;

    (void)state;
    for (size_t i = 0; i < table.count; i++)
        table.list[i] = (struct candidate){ .channel = "sms" };
    choose_channel(
        &(struct choose_facts){ .candidates = table.list, .count = table.count, .now_ms = NOW },
        &choice);
    assert_int_equal(choice.count, CHOOSE_MAX_CANDIDATES);
    assert_int_equal(choice.level, CHOOSE_NONE);
}

/* ---- what may move the preferred channel ---- */

static struct choose_answer own_answer(void)
{
    return (
        struct choose_answer){ .kind = READING_HUMAN, .sender_is_prospect = true, .certain = true };
}

static void test_choose__a_human_answer_of_the_prospect_moves_the_preferred_channel(void **state)
{
    struct choose_answer answer = own_answer();

    (void)state;
    assert_true(choose_may_move(&answer));
}

static void test_choose__an_auto_reply_leaves_the_preferred_channel_where_it_was(void **state)
{
    struct choose_answer answer = own_answer();

    (void)state;
    answer.kind = READING_AUTO_REPLY;
    assert_false(choose_may_move(&answer));
}

static void test_choose__a_bounce_leaves_the_preferred_channel_where_it_was(void **state)
{
    struct choose_answer answer = own_answer();

    (void)state;
    answer.kind = READING_BOUNCE;
    assert_false(choose_may_move(&answer));
}

static void test_choose__a_receipt_leaves_the_preferred_channel_where_it_was(void **state)
{
    struct choose_answer answer = own_answer();

    (void)state;
    answer.kind = READING_RECEIPT;
    assert_false(choose_may_move(&answer));
}

static void test_choose__a_colleagues_answer_leaves_the_preferred_channel_where_it_was(void **state)
{
    struct choose_answer answer = own_answer();

    (void)state;
    answer.sender_is_prospect = false;
    assert_false(choose_may_move(&answer));
}

static void test_choose__an_opt_out_leaves_the_preferred_channel_where_it_was(void **state)
{
    struct choose_answer answer = own_answer();

    (void)state;
    answer.opted_out = true;
    assert_false(choose_may_move(&answer));
}

static void test_choose__nothing_but_human_words_moves_the_preferred_channel(void **state)
{
    struct choose_answer answer = own_answer();

    (void)state;
    for (int kind = READING_UNREADABLE; kind <= READING_HUMAN; kind++) {
        answer.kind = (enum reading_kind)kind;
        assert_int_equal(choose_may_move(&answer), kind == READING_HUMAN);
    }
    answer = own_answer();
    answer.role_inbox = true;
    assert_false(choose_may_move(&answer));
    answer = own_answer();
    answer.certain = false;
    assert_false(choose_may_move(&answer));
}

/* ---- stored and explained ---- */

static void test_choose__comes_back_from_its_stored_form_word_by_word(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct table table;
        struct choose_facts facts;
        struct choice choice, back;
        struct arena arena;
        struct str json;
        struct err err = { 0 };

        arena_init(&arena);
        str_init(&json, 4000);
        read_table(rows[i].candidates, &table);
        facts = facts_of(i, &table);
        choose_channel(&facts, &choice);
        choose_encode(&choice, &json);
        assert_true(str_ok(&json));
        if (choose_decode(str_span(&json), &arena, &back, &err) < 0)
            fail_msg("%s: %s", rows[i].why, err.text);
        assert_string_equal(back.reason, choice.reason);
        assert_true(is_same(back.channel, choice.channel));
        assert_int_equal(back.level, choice.level);
        assert_int_equal(back.evidence, choice.evidence);
        assert_int_equal(back.wait_until, choice.wait_until);
        assert_int_equal(back.waits_for, choice.waits_for);
        assert_int_equal(back.count, choice.count);
        for (size_t c = 0; c < choice.count; c++)
            assert_int_equal(back.candidates[c].closed, choice.candidates[c].closed);
        str_finish(&json);
        arena_finish(&arena);
    }
}

static const char *const no_choices[] = {
    "",
    "[]",
    "{}",
    "{\"l\":\"replied\",\"g\":[]}",
    "{\"c\":\"sms\",\"l\":\"none\",\"g\":[]}",
    "{\"c\":\"sms\",\"l\":\"guess\",\"g\":[]}",
    "{\"c\":\"sms\",\"l\":\"order\"}",
    "{\"c\":\"sms\",\"l\":\"order\",\"g\":[[]]}",
    "{\"c\":\"sms\",\"l\":\"order\",\"g\":[[\"sms\",\"weather\"]]}",
    "{\"c\":\"sms\",\"l\":\"order\",\"g\":[[\"sms\",7]]}",
    "{\"c\":\"sms\",\"l\":\"order\",\"w\":5,\"g\":[]}",
    "{\"c\":\"sms\",\"l\":\"order\",\"x\":\"call\",\"g\":[]}",
    "{\"c\":\"sms\",\"l\":\"order\",\"g\":[[1]]}",
};

static void test_choose__refuses_what_is_no_stored_choice(void **state)
{
    struct arena arena;

    (void)state;
    arena_init(&arena);
    for (size_t i = 0; i < COUNT_OF(no_choices); i++) {
        struct choice choice;
        struct err err = { 0 };

        if (choose_decode(span_of(no_choices[i]), &arena, &choice, &err) == 0)
            fail_msg("row %zu was taken", i);
        assert_true(err.text[0] != '\0');
    }
    arena_finish(&arena);
}

static void test_choose__refuses_a_stored_choice_of_too_many_channels(void **state)
{
    struct arena arena;
    struct str json;
    struct choice choice;
    struct err err = { 0 };

    (void)state;
    arena_init(&arena);
    str_init(&json, 4000);
    str_add_text(&json, "{\"c\":\"sms\",\"l\":\"order\",\"g\":[[\"sms\"]");
    for (int i = 1; i < CHOOSE_MAX_CANDIDATES; i++)
        str_add_text(&json, ",[\"sms\"]");
    str_add_text(&json, "]}");
    assert_int_equal(choose_decode(str_span(&json), &arena, &choice, &err), 0);
    json.len -= 2;
    str_add_text(&json, ",[\"sms\"]]}");
    assert_int_equal(choose_decode(str_span(&json), &arena, &choice, &err), -1);
    str_finish(&json);
    arena_finish(&arena);
}

static void test_choose__is_stored_in_less_than_300_bytes_for_four_channels(void **state)
{
    struct table table;
    struct choice choice;
    struct str json;

    (void)state;
    read_table("email!address!consent sms~caps whatsapp!session call!sender", &table);
    choose_channel(&(struct choose_facts){ .candidates = table.list,
                                           .count = table.count,
                                           .wish = "whatsapp",
                                           .replied = "sms",
                                           .replied_evidence = evidence,
                                           .now_ms = NOW },
                   &choice);
    str_init(&json, 4000);
    choose_encode(&choice, &json);
    assert_true(json.len > 50 && json.len < 300);
    str_finish(&json);
}

static void test_choose__explains_itself_in_peoples_words(void **state)
{
    struct table table;
    struct choice choice;
    struct str text;

    (void)state;
    read_table("email sms~quiet call!sender", &table);
    choose_channel(&(struct choose_facts){ .candidates = table.list,
                                           .count = table.count,
                                           .replied = "sms",
                                           .replied_evidence = evidence,
                                           .step_channel = "call",
                                           .now_ms = NOW },
                   &choice);
    str_init(&text, 4000);
    choose_explain(&choice, NULL, &text);
    assert_non_null(strstr(str_text(&text), "sms: their latest own answer came there"));
    assert_non_null(strstr(str_text(&text), "evidence: their message me_"));
    assert_non_null(strstr(str_text(&text), "not before "));
    assert_non_null(
        strstr(str_text(&text), "* sms        waits: it is outside their hours (quiet)"));
    assert_non_null(strstr(str_text(&text), "  email      open"));
    assert_non_null(strstr(str_text(&text), "  call       has no sender that works (sender)"));
    str_finish(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_choose__follows_the_strongest_level_that_is_possible),
        cmocka_unit_test(test_choose__waits_for_gates_that_delay_and_does_not_turn_elsewhere),
        cmocka_unit_test(test_choose__asks_a_person_before_it_follows_when_told_to_ask),
        cmocka_unit_test(test_choose__never_takes_what_they_asked_to_avoid),
        cmocka_unit_test(test_choose__marks_a_wish_for_one_time),
        cmocka_unit_test(test_choose__looks_at_no_more_candidates_than_it_has_room_for),
        cmocka_unit_test(test_choose__a_human_answer_of_the_prospect_moves_the_preferred_channel),
        cmocka_unit_test(test_choose__an_auto_reply_leaves_the_preferred_channel_where_it_was),
        cmocka_unit_test(test_choose__a_bounce_leaves_the_preferred_channel_where_it_was),
        cmocka_unit_test(test_choose__a_receipt_leaves_the_preferred_channel_where_it_was),
        cmocka_unit_test(
            test_choose__a_colleagues_answer_leaves_the_preferred_channel_where_it_was),
        cmocka_unit_test(test_choose__an_opt_out_leaves_the_preferred_channel_where_it_was),
        cmocka_unit_test(test_choose__nothing_but_human_words_moves_the_preferred_channel),
        cmocka_unit_test(test_choose__comes_back_from_its_stored_form_word_by_word),
        cmocka_unit_test(test_choose__refuses_what_is_no_stored_choice),
        cmocka_unit_test(test_choose__refuses_a_stored_choice_of_too_many_channels),
        cmocka_unit_test(test_choose__is_stored_in_less_than_300_bytes_for_four_channels),
        cmocka_unit_test(test_choose__explains_itself_in_peoples_words),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
