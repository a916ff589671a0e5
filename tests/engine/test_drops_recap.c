/* tests/engine/test_drops_recap.c - the last contact: which one it is, and the sentence that opens a message with it. */
// clang-format off
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
// clang-format on

#include "clockwork.h"
#include "core/engine/drops_parts.h"

#define ZONE "Europe/London"
#define NOW "2026-10-15 10:00"

static int64_t at(const char *text)
{
    return ms_at(ZONE, text);
}

static struct value recap(struct drops_contact contact, struct drops_notes notes,
                          struct arena *arena)
{
    struct drops_facts facts = {
        .contact = contact, .notes = notes, .zone = zone_named(ZONE), .now_ms = at(NOW)
    };

    return drop_recap(&facts, arena);
}

static struct value piece(const struct value *drop, const char *name)
{
    for (size_t i = 0; drop->type == VALUE_MAP && i < drop->map.count; i++)
        if (span_is(drop->map.pairs[i].name, name))
            return drop->map.pairs[i].value;
    return value_nil();
}

static void expect(const struct value *drop, const char *name, const char *text,
                   struct arena *arena)
{
    struct value value = piece(drop, name);

    if (!text)
        assert_int_equal(value.type, VALUE_NIL);
    else
        assert_string_equal(arena_dup_span(arena, value.text), text);
}

/* ---- what the salesperson wrote down ---- */

static const struct {
    struct drops_notes notes;
    const char *sentence;
} noted[] = {
    { { .last_summary = "you were happy with Product A and were going to run Package X past your "
                        "partner",
        .last_contact = "2026-10-06",
        .last_how = "spoke" },
      "When we spoke on 6 October, you were happy with Product A and were going to run Package X "
      "past your partner." },
    { { .last_summary = "Your team lost two days each month and needed them back.",
        .last_contact = "6 October 2026" },
      "When we spoke on 6 October, this is what stayed with me: Your team lost two days each month "
      "and needed them back." },
    { { .last_summary = "You liked the plan", .last_contact = "2026-10-06" },
      "When we spoke on 6 October, you liked the plan." },
    { { .last_summary = "you lose two days each month", .last_contact = "2026-10-06" },
      "When we spoke on 6 October, this is what stayed with me: you lose two days each month." },
    { { .last_summary = "I promised the figures.",
        .last_contact = "2026-10-06",
        .last_how = "met" },
      "When we met on 6 October, I promised the figures." },
    { { .last_summary = "Price too high,\nwants Package X", .last_how = "Email" },
      "When we last wrote to each other, this is what stayed with me: Price too high, wants "
      "Package "
      "X." },
    { { .last_summary = "your team had grown",
        .last_contact = "2026-10-06",
        .last_how = "had lunch" },
      "When we had lunch on 6 October, your team had grown." },
    { { .last_summary = "your team had grown!",
        .last_contact = "last week",
        .last_how = "whatsapp" },
      "When we last exchanged messages, your team had grown!" },
    { { .last_contact = "2026-10-06" }, "We spoke on 6 October." },
    { { .last_contact = "2026-10-06", .last_how = "visit" }, "We met on 6 October." },
    { { .last_contact = "2026-10-14", .last_how = "call" }, "We spoke yesterday." },
    { { .last_contact = "2026-10-15", .last_how = "sms" }, "We exchanged messages earlier today." },
    { { .last_contact = "2025-10-06", .last_how = "had lunch" },
      "Our last contact was on 6 October 2025." },
    { { .last_contact = "2025-12-30" }, "We spoke on 30 December." },
    { { .last_summary = "you were losing two days", .last_contact = "2026-12-24" },
      "When we last spoke, you were losing two days." },
    { { .last_contact = "last week" }, NULL },
    { { .last_how = "spoke" }, NULL },
    { { .language = "de", .last_summary = "Sie verlieren zwei Tage", .last_contact = "2026-10-06" },
      "Als wir am 6. Oktober miteinander sprachen, ist mir Folgendes in Erinnerung geblieben: Sie "
      "verlieren zwei Tage." },
    { { .language = "de", .last_contact = "2025-03-01", .last_how = "met" },
      "Wir haben uns am 1. März 2025 getroffen." },
    { { .language = "da", .last_summary = "I taber to dage", .last_contact = "2026-10-06" },
      "Da vi talte sammen den 6. oktober, hæftede jeg mig ved dette: I taber to dage." },
    { { .language = "fr", .last_contact = "2026-10-01" },
      "Nous nous sommes parlé le 1er octobre." },
    { { .language = "es-MX", .last_summary = "pierden dos días", .last_contact = "2026-10-06" },
      "Cuando hablamos el 6 de octubre, me quedé con esto: pierden dos días." },
};

static void test_recap__tells_what_the_salesperson_wrote_down(void **state)
{
    struct arena arena;

    (void)state;
    arena_init(&arena);
    for (size_t i = 0; i < COUNT_OF(noted); i++) {
        struct value drop = recap((struct drops_contact){ 0 }, noted[i].notes, &arena);
        expect(&drop, "sentence", noted[i].sentence, &arena);
        if (!noted[i].sentence)
            assert_int_equal(drop.type, VALUE_NIL);
    }
    arena_finish(&arena);
}

static void test_recap__keeps_the_pieces_as_they_were_written_down(void **state)
{
    struct arena arena;
    struct value drop;

    (void)state;
    arena_init(&arena);
    drop = recap((struct drops_contact){ 0 },
                 (struct drops_notes){ .last_summary = "you were losing two days",
                                       .last_contact = "6 October",
                                       .last_how = "call" },
                 &arena);
    expect(&drop, "summary", "you were losing two days", &arena);
    expect(&drop, "when", "6 October", &arena);
    expect(&drop, "how", "spoke", &arena);
    expect(&drop, "channel", NULL, &arena);
    assert_int_equal(piece(&drop, "days_ago").integer, 9);
    arena_finish(&arena);
}

/* ---- what the store knows ---- */

static const struct {
    enum drops_side side;
    const char *channel, *words, *language;
    const char *sentence, *how;
} stored[] = {
    { DROPS_THEM, "email", "Hi Sam,\n\nIt went well, thank you. What would it cost?\n\nBest\nAna",
      NULL,
      "When you wrote on 6 October, you said: \"It went well, thank you. What would it cost?\"",
      "wrote" },
    { DROPS_THEM, "sms", "Sounds \"good\"", NULL,
      "When you messaged me on 6 October, you said: \"Sounds 'good'.\"", "messaged" },
    { DROPS_THEM, "email", " ", NULL, "You wrote to me on 6 October.", "wrote" },
    { DROPS_BOTH, "call", NULL, NULL, "We spoke on 6 October.", "spoke" },
    { DROPS_BOTH, "visit", NULL, NULL, "We met on 6 October.", "met" },
    { DROPS_BOTH, "social", NULL, NULL, "We exchanged messages on 6 October.", "messaged" },
    { DROPS_US, "email", NULL, NULL, "I wrote to you on 6 October.", "wrote" },
    { DROPS_US, "whatsapp", NULL, NULL, "I messaged you on 6 October.", "messaged" },
    { DROPS_US, "call", NULL, NULL, "I tried to reach you by phone on 6 October.", "spoke" },
    { DROPS_EITHER, "call", NULL, NULL, "Our last contact was on 6 October.", "spoke" },
    { DROPS_EITHER, "letter", NULL, NULL, "I sent you something by post on 6 October.", "wrote" },
    { DROPS_THEM, "email", "Es lief gut.", "de",
      "Sie haben mir am 6. Oktober geschrieben: \"Es lief gut.\"", "wrote" },
    { DROPS_US, "email", NULL, "fr", "Je vous ai écrit le 6 octobre.", "wrote" },
};

static void test_recap__tells_what_the_store_knows(void **state)
{
    struct arena arena;

    (void)state;
    arena_init(&arena);
    for (size_t i = 0; i < COUNT_OF(stored); i++) {
        struct drops_contact contact = { .side = stored[i].side,
                                         .at_ms = at("2026-10-06 23:30"),
                                         .channel = stored[i].channel,
                                         .their_words = stored[i].words };
        struct value drop =
            recap(contact, (struct drops_notes){ .language = stored[i].language }, &arena);
        expect(&drop, "sentence", stored[i].sentence, &arena);
        expect(&drop, "how", stored[i].how, &arena);
        expect(&drop, "when", "2026-10-06", &arena);
        expect(&drop, "channel", stored[i].channel, &arena);
        expect(&drop, "summary", NULL, &arena);
        assert_int_equal(piece(&drop, "days_ago").integer, 9);
    }
    arena_finish(&arena);
}

static void test_recap__what_is_written_down_wins_and_their_words_stay(void **state)
{
    struct drops_contact contact = { .side = DROPS_THEM,
                                     .at_ms = at("2026-10-10 09:00"),
                                     .channel = "sms",
                                     .their_words = "It went well." };
    struct arena arena;
    struct value drop;

    (void)state;
    arena_init(&arena);
    drop = recap(contact,
                 (struct drops_notes){ .last_summary = "you were losing two days",
                                       .last_contact = "2026-10-06" },
                 &arena);
    expect(&drop, "sentence", "When we spoke on 6 October, you were losing two days.", &arena);
    expect(&drop, "their_words", "It went well.", &arena);
    arena_finish(&arena);
}

static void test_recap__is_nil_when_there_was_no_contact(void **state)
{
    struct arena arena;

    (void)state;
    arena_init(&arena);
    assert_int_equal(recap((struct drops_contact){ 0 }, (struct drops_notes){ 0 }, &arena).type,
                     VALUE_NIL);
    arena_finish(&arena);
}

static void test_recap__every_language_tells_every_kind_of_contact(void **state)
{
    static const char *const codes[] = { "en", "de", "da", "fr", "es" };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(codes); i++)
        for (int k = 0; k < SAID_COUNT; k++) {
            const struct drops_tongue *tongue = drops_tongue_of(codes[i]);
            bool one_way = k >= SAID_I_WROTE;
            assert_non_null(strstr(tongue->said[k].plain, "{on}"));
            assert_true(one_way || (strstr(tongue->said[k].full, "{on}") &&
                                    strstr(tongue->said[k].full, "{what}") &&
                                    strstr(tongue->said[k].undated, "{what}")));
        }
}

/* ---- quoting ---- */

static const char *const quotes[][2] = {
    { "It went well", "It went well" },
    { "Dear Sam!\nIt went well", "It went well" },
    { "Yes,\nplease.", "please." },
    { "Hi Sam, all fine. More soon", "Hi Sam, all fine." },
    { "one\r\n\ttwo\x01three", "one two three" },
    { "", NULL },
    { "1234567890 1234567890 1234567890 1234567890 1234567890 1234567890 1234567890 1234567890 "
      "1234567890 1234567890 1234567890 1234567890 1234567890 1234567890 1234567890 1234567890",
      "1234567890 1234567890 1234567890 1234567890 1234567890 1234567890 1234567890 1234567890 "
      "1234567890 1234567890 1234567890 1234567890 1234567890 1234567890..." },
};

static void test_recap__quotes_whole_sentences_without_the_greeting(void **state)
{
    struct arena arena;

    (void)state;
    arena_init(&arena);
    for (size_t i = 0; i < COUNT_OF(quotes); i++) {
        const char *got = drops_quote(&arena, quotes[i][0]);
        if (quotes[i][1])
            assert_string_equal(got, quotes[i][1]);
        else
            assert_null(got);
    }
    arena_finish(&arena);
}

static void test_recap__a_long_word_is_cut_between_code_points(void **state)
{
    struct arena arena;
    char text[601];
    const char *got;

    (void)state;
    for (int i = 0; i < 200; i++)
        memcpy(text + (size_t)i * 3, "\xe2\x82\xac", 3);
    text[600] = '\0';
    arena_init(&arena);
    got = drops_quote(&arena, text);
    assert_true(strlen(got) <= 160);
    assert_int_equal((strlen(got) - 3) % 3, 0);
    arena_finish(&arena);
}

/* ---- which contact it is ---- */

#define SENT(channel_, days)                                                                       \
    {                                                                                              \
        .channel = (channel_), .state = "sent", .created_at = (days)*DAY_MS,                       \
        .sent_at = (days)*DAY_MS                                                                   \
    }

static struct drops_contact last_of(const struct touch_brief *history, size_t count,
                                    const struct message_row *answer)
{
    struct drops_contact out;

    drops_contact_of(&(struct drops_past){ history, count, answer }, &out);
    return out;
}

static void test_contact__is_the_newest_touch_while_nobody_answers(void **state)
{
    const struct touch_brief history[] = { SENT("sms", 20), SENT("email", 10) };
    struct drops_contact got = last_of(history, 2, NULL);

    (void)state;
    assert_int_equal(got.side, DROPS_US);
    assert_string_equal(got.channel, "sms");
    assert_true(got.at_ms == 20 * DAY_MS);
}

static void test_contact__leaves_out_what_never_reached_them(void **state)
{
    static const char *const states[] = { "wire",        "retry",   "failed",    "unsure",
                                          "undelivered", "bounced", "complained" };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(states); i++) {
        struct touch_brief history[] = { SENT("email", 10) };
        history[0].state = states[i];
        assert_int_equal(last_of(history, 1, NULL).side, DROPS_NOBODY);
    }
}

static void test_contact__reads_how_a_task_was_settled(void **state)
{
    static const struct {
        const char *disposition;
        enum drops_side side;
    } rows[] = {
        { "connected", DROPS_BOTH },      { "callback", DROPS_BOTH },
        { "not_interested", DROPS_BOTH }, { "voicemail", DROPS_US },
        { "no_answer", DROPS_US },        { "busy", DROPS_US },
        { "done", DROPS_EITHER },         { "wrong_number", DROPS_NOBODY },
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct touch_brief history[] = { SENT("call", 10) };
        history[0].disposition = rows[i].disposition;
        history[0].replied_at = 11 * DAY_MS;
        assert_int_equal(last_of(history, 1, NULL).side, rows[i].side);
        if (rows[i].side == DROPS_BOTH)
            assert_true(last_of(history, 1, NULL).at_ms == 11 * DAY_MS);
    }
}

static void test_contact__a_task_that_waits_is_none(void **state)
{
    struct touch_brief history[] = { SENT("call", 10) };

    (void)state;
    history[0].undone = true;
    assert_int_equal(last_of(history, 1, NULL).side, DROPS_NOBODY);
}

static void test_contact__their_answer_is_worth_more_than_our_later_touches(void **state)
{
    const struct touch_brief history[] = { SENT("email", 20), SENT("email", 10) };
    const struct message_row answer = { .channel = "sms", .text = "Fine", .at = 12 * DAY_MS };
    struct drops_contact got = last_of(history, 2, &answer);

    (void)state;
    assert_int_equal(got.side, DROPS_THEM);
    assert_string_equal(got.channel, "sms");
    assert_string_equal(got.their_words, "Fine");
    assert_true(got.at_ms == 12 * DAY_MS);
}

static void test_contact__a_later_talk_is_worth_more_than_their_answer(void **state)
{
    struct touch_brief history[] = { SENT("call", 20), SENT("email", 10) };
    const struct message_row answer = { .channel = "sms", .text = "Fine", .at = 12 * DAY_MS };
    struct drops_contact got;

    (void)state;
    history[0].disposition = "connected";
    got = last_of(history, 2, &answer);
    assert_int_equal(got.side, DROPS_BOTH);
    assert_string_equal(got.channel, "call");
    assert_string_equal(got.their_words, "Fine");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_recap__tells_what_the_salesperson_wrote_down),
        cmocka_unit_test(test_recap__keeps_the_pieces_as_they_were_written_down),
        cmocka_unit_test(test_recap__tells_what_the_store_knows),
        cmocka_unit_test(test_recap__what_is_written_down_wins_and_their_words_stay),
        cmocka_unit_test(test_recap__is_nil_when_there_was_no_contact),
        cmocka_unit_test(test_recap__every_language_tells_every_kind_of_contact),
        cmocka_unit_test(test_recap__quotes_whole_sentences_without_the_greeting),
        cmocka_unit_test(test_recap__a_long_word_is_cut_between_code_points),
        cmocka_unit_test(test_contact__is_the_newest_touch_while_nobody_answers),
        cmocka_unit_test(test_contact__leaves_out_what_never_reached_them),
        cmocka_unit_test(test_contact__reads_how_a_task_was_settled),
        cmocka_unit_test(test_contact__a_task_that_waits_is_none),
        cmocka_unit_test(test_contact__their_answer_is_worth_more_than_our_later_touches),
        cmocka_unit_test(test_contact__a_later_talk_is_worth_more_than_their_answer),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
