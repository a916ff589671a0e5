/* tests/engine/test_drops_question.c - from what somebody was going to do to the open question, in five languages; and the
 * English -ing form it may need. */
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

/* ---- the -ing form ---- */

static const char *const gerunds[][2] = {
    { "show", "showing" },
    { "make", "making" },
    { "argue", "arguing" },
    { "see", "seeing" },
    { "agree", "agreeing" },
    { "dye", "dyeing" },
    { "lie", "lying" },
    { "tie", "tying" },
    { "be", "being" },
    { "run", "running" },
    { "get", "getting" },
    { "put", "putting" },
    { "set", "setting" },
    { "stop", "stopping" },
    { "plan", "planning" },
    { "sign", "signing" },
    { "draw", "drawing" },
    { "fix", "fixing" },
    { "try", "trying" },
    { "buy", "buying" },
    { "read", "reading" },
    { "meet", "meeting" },
    { "begin", "beginning" },
    { "submit", "submitting" },
    { "refer", "referring" },
    { "prefer", "preferring" },
    { "offer", "offering" },
    { "visit", "visiting" },
    { "open", "opening" },
    { "forget", "forgetting" },
    { "commit", "committing" },
    { "budget", "budgeting" },
    { "deliver", "delivering" },
    { "cancel", "cancelling" },
    { "travel", "travelling" },
    { "install", "installing" },
    { "equip", "equipping" },
    { "quit", "quitting" },
    { "panic", "panicking" },
    { "ask", "asking" },
    { "help", "helping" },
    { "format", "formatting" },
    { "double-check", "double-checking" },
    { "go", "going" },
    { "arrange", "arranging" },
    { "follow", "following" },
    { "free", "freeing" },
    { "use", "using" },
};

static void test_gerund__follows_the_spelling_of_english(void **state)
{
    struct arena arena;

    (void)state;
    arena_init(&arena);
    for (size_t i = 0; i < COUNT_OF(gerunds); i++)
        assert_string_equal(drops_gerund(&arena, gerunds[i][0]), gerunds[i][1]);
    arena_finish(&arena);
}

/* ---- questions ---- */

#define NOW "2026-12-01 10:00"

static const char *ask(struct drops_notes notes, struct arena *arena)
{
    struct drops_facts facts = { .notes = notes,
                                 .zone = zone_named("Europe/London"),
                                 .now_ms = ms_at("Europe/London", NOW) };
    struct value next = drop_next(&facts, arena);

    if (next.type == VALUE_NIL)
        return NULL;
    return arena_dup_span(arena, next.map.pairs[0].value.text);
}

#define TALK "How did that conversation go?"
#define SEND "How did you get on with putting that together?"
#define TEST "What did you see when you tried it?"
#define READ "What stood out when you went through it?"
#define DECIDE "Which way are you leaning?"
#define APPROVE "What did they need to know before they could agree?"
#define OPEN "What has happened on your side since then?"
#define ON "How did you get on with "

static const char *const english[][2] = {
    { "talk to your partner", TALK },
    { "Talk to Bo about the price.", TALK },
    { "speaking with the board", TALK },
    { "discuss it with her team and send me the figures", TALK },
    { "run Package X past your partner", TALK },
    { "have a word with the owner", TALK },
    { "call your boss", TALK },
    { "send the figures", SEND },
    { "She will share the brief with us", SEND },
    { "to test it for a week", TEST },
    { "try the demo", TEST },
    { "try to talk to Bo", TALK },
    { "read the contract", READ },
    { "Ana will review the draft", READ },
    { "have a look at the case study", READ },
    { "ask Bo", "What did Bo say?" },
    { "ask Bo whether it fits the budget", "What did Bo say?" },
    { "check with my boss", "What did your boss say?" },
    { "check with her accountant by Friday", "What did your accountant say?" },
    { "check in with the finance team, then decide", "What did the finance team say?" },
    { "ask them again", "What did they say?" },
    { "ask for a second quote", ON "asking for a second quote?" },
    { "check the numbers", ON "checking the numbers?" },
    { "decide by Friday", DECIDE },
    { "make a decision this week", DECIDE },
    { "decision by the end of the month", DECIDE },
    { "think about it", DECIDE },
    { "approve the order", APPROVE },
    { "get the budget approved", APPROVE },
    { "approval of the board", APPROVE },
    { "show the offer to your colleague Bo", ON "showing the offer to your colleague Bo?" },
    { "set up a trial room. Then call.", ON "setting up a trial room?" },
    { "prepare my slides for our meeting", ON "preparing your slides for your meeting?" },
    { "He's promised to measure the hall", ON "measuring the hall?" },
    { "we want to compare the two offers", ON "comparing the two offers?" },
    { "finally finish the plan", ON "finishing the plan?" },
    { "is planning to visit the site", ON "visiting the site?" },
    { "get back to me next week", OPEN },
    { "call us on Monday", OPEN },
    { "let me know", OPEN },
    { "a proposal to the board", OPEN },
    { "feedback on the draft", OPEN },
    { "2 quotes from others", OPEN },
    { "not before spring", OPEN },
    { "?", OPEN },
    { "measure and weigh and count every single one of the many boxes in each of the seven halls "
      "of the old brewery",
      OPEN },
};

static void test_question__presumes_progress_on_what_they_were_going_to_do(void **state)
{
    struct arena arena;
    bool good = true;

    (void)state;
    arena_init(&arena);
    for (size_t i = 0; i < COUNT_OF(english); i++) {
        const char *got = ask((struct drops_notes){ .commitment = english[i][0] }, &arena);
        if (strcmp(got, english[i][1]) != 0) {
            print_error("\"%s\": \"%s\", not \"%s\"\n", english[i][0], got, english[i][1]);
            good = false;
        }
    }
    assert_true(good);
    arena_finish(&arena);
}

static const char *const others[][3] = {
    { "de", "mit Ihrem Partner sprechen", "Wie ist das Gespräch gelaufen?" },
    { "de-AT", "das Budget mit dem Chef besprechen", "Wie ist das Gespräch gelaufen?" },
    { "de", "die Zahlen schicken", "Wie sind Sie mit der Zusammenstellung vorangekommen?" },
    { "de", "es eine Woche ausprobieren.", "Was ist Ihnen beim Ausprobieren aufgefallen?" },
    { "de", "beim Vorstand nachfragen", "Was kam bei Ihrer Rückfrage heraus?" },
    { "de", "bis Freitag entscheiden", "In welche Richtung tendieren Sie?" },
    { "de", "die Halle vermessen", "Wie sind Sie damit vorangekommen?" },
    { "da", "tale med din partner", "Hvordan gik samtalen?" },
    { "da", "prøve det i en uge", "Hvad lagde du mærke til, da du prøvede det?" },
    { "da", "måle hallen op", "Hvordan er det gået med det?" },
    { "fr", "parler à votre associé", "Comment s'est passée cette conversation ?" },
    { "fr", "relire le contrat", "Qu'est-ce qui vous a marqué à la lecture ?" },
    { "es", "hablar con su socia", "¿Cómo fue esa conversación?" },
    { "es", "revisar el contrato", "¿Qué le llamó la atención al leerlo?" },
    { "xx", "talk to Bo", TALK },
};

static void test_question__is_asked_in_their_language(void **state)
{
    struct arena arena;

    (void)state;
    arena_init(&arena);
    for (size_t i = 0; i < COUNT_OF(others); i++)
        assert_string_equal(
            ask((struct drops_notes){ .language = others[i][0], .commitment = others[i][1] },
                &arena),
            others[i][2]);
    arena_finish(&arena);
}

static void test_question__has_every_class_in_every_language(void **state)
{
    static const char *const codes[] = { "en", "de", "da", "fr", "es" };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(codes); i++) {
        const struct drops_tongue *tongue = drops_tongue_of(codes[i]);
        assert_string_equal(tongue->code, codes[i]);
        for (int k = 0; k < ASKS_COUNT; k++)
            assert_true(tongue->questions[k] && strchr(tongue->questions[k], '?'));
        for (int k = 0; k < ASKS_CLASSES; k++)
            assert_true(tongue->verbs[k] && tongue->verbs[k][0] == ' ');
    }
}

static void test_question__asks_how_it_is_coming_along_until_it_is_due(void **state)
{
    static const char *const rows[][2] = {
        { "2026-12-04", "How is it coming along?" },
        { "2026-12-01", "How is it coming along?" },
        { "4 December", "How is it coming along?" },
        { "2026-11-30", TALK },
        { "some day", TALK },
    };
    struct arena arena;

    (void)state;
    arena_init(&arena);
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        assert_string_equal(
            ask((struct drops_notes){ .commitment = "talk to Bo", .commitment_due = rows[i][0] },
                &arena),
            rows[i][1]);
    arena_finish(&arena);
}

static void test_question__the_salespersons_own_wins(void **state)
{
    struct arena arena;

    (void)state;
    arena_init(&arena);
    assert_string_equal(ask((struct drops_notes){ .commitment = "talk to Bo",
                                                  .commitment_due = "2026-12-04",
                                                  .next_question = " How did Bo\ntake it? " },
                            &arena),
                        "How did Bo take it?");
    assert_string_equal(ask((struct drops_notes){ .next_question = "What now?" }, &arena),
                        "What now?");
    arena_finish(&arena);
}

static void test_question__is_nil_without_a_commitment(void **state)
{
    struct arena arena;

    (void)state;
    arena_init(&arena);
    assert_null(ask((struct drops_notes){ .language = "de" }, &arena));
    assert_null(ask((struct drops_notes){ .commitment = " \n\t" }, &arena));
    assert_null(ask((struct drops_notes){ .commitment = "..." }, &arena));
    arena_finish(&arena);
}

static void test_question__survives_any_text(void **state)
{
    char text[4001];
    uint32_t seed = 1;
    struct arena arena;

    (void)state;
    for (int round = 0; round < 300; round++) {
        size_t len = (size_t)round * 13;
        for (size_t i = 0; i < len; i++) {
            seed = seed * 1664525u + 1013904223u;
            text[i] = (seed >> 24) % 5 == 0 ? ' ' : (char)(1 + (seed >> 16) % 255);
        }
        text[len] = '\0';
        arena_init(&arena);
        for (int k = 0; k < 2; k++) {
            const char *got = ask(
                (struct drops_notes){ .commitment = text, .language = k ? "de" : NULL }, &arena);
            assert_true(!got || strlen(got) < 200);
        }
        arena_finish(&arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_gerund__follows_the_spelling_of_english),
        cmocka_unit_test(test_question__presumes_progress_on_what_they_were_going_to_do),
        cmocka_unit_test(test_question__is_asked_in_their_language),
        cmocka_unit_test(test_question__has_every_class_in_every_language),
        cmocka_unit_test(test_question__asks_how_it_is_coming_along_until_it_is_due),
        cmocka_unit_test(test_question__the_salespersons_own_wins),
        cmocka_unit_test(test_question__is_nil_without_a_commitment),
        cmocka_unit_test(test_question__survives_any_text),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
