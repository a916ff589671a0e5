/* tests/replies/test_intents.c - what people want, from their own words. */
#include "tests/replies/case.h"

#include <string.h>

#include "core/replies/lexicon.h"

#define BIT(label) (UINT32_C(1) << INTENT_##label)

static const struct {
    const char *text;
    enum intent lead;
    uint32_t also; /* labels that pass beside it */
} rows[] = {
    /* A no, a later, a yes. */
    { "Thanks, but we're all set.", INTENT_NOT_INTERESTED, 0 },
    { "We won't be moving forward.", INTENT_NOT_INTERESTED, 0 },
    { "I don't think we'd be interested.", INTENT_NOT_INTERESTED, 0 },
    { "This isn't a good fit for us", INTENT_NOT_INTERESTED, 0 },
    { "Let's revisit this in Q2", INTENT_NOT_NOW, 0 },
    { "Swamped, try me again after the summer", INTENT_NOT_NOW, 0 },
    { "I'd love to learn more", INTENT_INTERESTED, 0 },
    { "yeah sounds good", INTENT_INTERESTED, 0 },
    { "Can you send over a proposal?", INTENT_INTERESTED, 0 },
    { "No problem, send me the contract", INTENT_INTERESTED, 0 },
    { "Can't wait, let's do it!", INTENT_INTERESTED, 0 },
    /* Concerns. */
    { "The price is too high", INTENT_CONCERN_PRICE, 0 },
    { "It's not too expensive", INTENT_OTHER, 0 },
    { "The budget is frozen", INTENT_NOT_NOW, BIT(CONCERN_TIMING) },
    { "Delivery takes too long", INTENT_CONCERN_TIMING, 0 },
    { "My business partner makes those decisions", INTENT_CONCERN_AUTHORITY, 0 },
    { "Excel works fine for us", INTENT_CONCERN_NEED, 0 },
    { "We're happy with our current provider", INTENT_CONCERN_COMPETITOR, 0 },
    { "Is this legit?", INTENT_CONCERN_TRUST, 0 },
    { "Not right now, it's out of our budget", INTENT_NOT_NOW, BIT(CONCERN_PRICE) },
    /* Somebody else. */
    { "You have the wrong number", INTENT_WRONG_PERSON, 0 },
    { "I no longer work at Acme", INTENT_WRONG_PERSON, 0 },
    { "Please contact my colleague Jane", INTENT_REFERRAL, 0 },
    { "I'm the wrong person, talk to Ann", INTENT_WRONG_PERSON, BIT(REFERRAL) },
    { "Ask Tim, he does that now", INTENT_REFERRAL, 0 },
    { "I left Acme, Bob took over", INTENT_WRONG_PERSON, BIT(REFERRAL) },
    { "Call Friday", INTENT_OTHER, 0 }, /* no name */
    { "Don't stop the trial yet, the team likes it", INTENT_INTERESTED, 0 },
    { "Can I talk to you tomorrow?", INTENT_INTERESTED, 0 }, /* no referral */
    { "Tuesday doesn't work for us", INTENT_OTHER, 0 },
    /* What is left when nothing else is said. */
    { "Do you ship to Canada?", INTENT_QUESTION, 0 },
    { "ok thanks", INTENT_ACK, 0 },
    { "\xF0\x9F\x91\x8D", INTENT_ACK, 0 },
    { "\xF0\x9F\x91\x8E", INTENT_NOT_INTERESTED, 0 },
    { "We met Ann at the fair in Lyon last year and she wore a red hat.", INTENT_OTHER, 0 },
    { "", INTENT_OTHER, 0 },
    /* As sure of a yes as of a no: for a person to read. */
    { "Not interested in the big plan. But I'm interested in the small one.", INTENT_OTHER,
      BIT(NOT_INTERESTED) | BIT(INTERESTED) },
    /* Other languages. */
    { "Nein danke, kein Interesse", INTENT_NOT_INTERESTED, 0 },
    { "C'est trop cher pour nous", INTENT_CONCERN_PRICE, 0 },
    { "Me interesa, m\xC3\xA1ndame m\xC3\xA1s informaci\xC3\xB3n", INTENT_INTERESTED, 0 },
    { "Ha sbagliato numero", INTENT_WRONG_PERSON, 0 },
    { "J\xC3\xA1 temos um fornecedor", INTENT_CONCERN_COMPETITOR, 0 },
    { "Op dit moment niet, misschien volgend jaar", INTENT_NOT_NOW, 0 },
};

static struct reading read_text(const char *text, struct arena *arena)
{
    struct reading reading;

    reading_of_text(span_of(text), "sms", &case_env, arena, &reading);
    return reading;
}

static void test_intents__reads_what_people_want(void **state)
{
    struct arena arena;

    (void)state;
    arena_init(&arena);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct reading reading = read_text(rows[i].text, &arena);
        uint32_t wanted =
            rows[i].also | (rows[i].lead == INTENT_OTHER ? 0 : UINT32_C(1) << rows[i].lead);

        if (reading.intents.lead != rows[i].lead || reading.intents.labels != wanted)
            fail_msg("\"%s\": lead %s, labels %x: %s", rows[i].text,
                     intent_name(reading.intents.lead), reading.intents.labels,
                     case_rules(&reading, &arena));
        arena_reset(&arena);
    }
    arena_finish(&arena);
}

static void test_intents__names_the_rules_that_counted(void **state)
{
    struct arena arena;
    struct reading reading;

    (void)state;
    arena_init(&arena);
    reading = read_text("That's overpriced.", &arena);
    assert_non_null(strstr(case_rules(&reading, &arena), "[intent concern_price (intents_en:"));
    assert_non_null(strstr(case_rules(&reading, &arena), "): overpriced]"));
    reading = read_text("How far is it?", &arena);
    assert_non_null(strstr(case_rules(&reading, &arena), "[intent question: a question mark]"));
    arena_finish(&arena);
}

static void test_intents__keeps_only_alarms_of_an_opt_out(void **state)
{
    struct arena arena;
    struct reading reading;

    (void)state;
    arena_init(&arena);
    reading = read_text("Not interested. Take me off your list.", &arena);
    assert_int_equal(reading.opt_out, OPT_OUT_EVERYTHING);
    assert_int_equal(reading.intents.labels, 0);
    reading = read_text("I'll report you to the FTC", &arena);
    assert_int_equal(reading.opt_out, OPT_OUT_EVERYTHING);
    assert_int_equal(reading.intents.lead, INTENT_THREAT);
    reading = read_text("You people are scum, stop texting me", &arena);
    assert_int_equal(reading.intents.lead, INTENT_HOSTILE);
    /* A channel is not the person. */
    reading = read_text("Stop calling me. I'm interested, send me the details.", &arena);
    assert_int_equal(reading.opt_out, OPT_OUT_CHANNEL);
    assert_int_equal(reading.intents.lead, INTENT_INTERESTED);
    arena_finish(&arena);
}

static void test_intents__hears_the_tone(void **state)
{
    static const struct {
        const char *text;
        enum sentiment sentiment;
    } tones[] = {
        { "Sounds great, tell me more", SENTIMENT_POSITIVE },
        { "I really appreciate it, this was very helpful", SENTIMENT_POSITIVE },
        { "Not interested", SENTIMENT_NEGATIVE },
        { "This is ridiculous and annoying", SENTIMENT_NEGATIVE },
        { "You people are scum", SENTIMENT_NEGATIVE },
        { "Do you ship to Canada?", SENTIMENT_NEUTRAL },
        { "Too busy, maybe next year", SENTIMENT_NEUTRAL },
    };
    struct arena arena;

    (void)state;
    arena_init(&arena);
    for (size_t i = 0; i < COUNT_OF(tones); i++) {
        struct reading reading = read_text(tones[i].text, &arena);

        if (reading.intents.sentiment != tones[i].sentiment)
            fail_msg("\"%s\" sounds %s", tones[i].text, sentiment_name(reading.intents.sentiment));
    }
    arena_finish(&arena);
}

static void test_intents__reads_the_first_120_words_only(void **state)
{
    struct arena arena;
    struct str text;

    (void)state;
    arena_init(&arena);
    str_init(&text, 10000);
    for (int i = 0; i < INTENTS_WORDS_MAX; i++)
        str_add_text(&text, "word ");
    str_add_text(&text, ". Not interested.");
    assert_int_equal(read_text(str_text(&text), &arena).intents.labels, 0);
    str_finish(&text);
    arena_finish(&arena);
}

static void test_intents__are_a_persons_only(void **state)
{
    struct arena arena;
    struct reading reading;

    (void)state;
    arena_init(&arena);
    reading = case_reading("auto_ticket.eml", &arena);
    assert_int_equal(reading.kind, READING_AUTO_REPLY);
    assert_int_equal(reading.intents.lead, INTENT_OTHER);
    assert_int_equal(reading.intents.labels, 0);
    reading = case_body("Sounds good, tell me more.\r\n\r\n> Not interested?\r\n", &arena);
    assert_int_equal(reading.intents.lead, INTENT_INTERESTED);
    arena_finish(&arena);
}

static uint32_t labels_by(const struct lexicon *lexicon, const char *text, struct arena *arena)
{
    struct words words = words_split(span_of(text), arena);
    struct names rules = { .max = 20 };
    struct intents intents;

    intents_read(&words, lexicon, arena, &rules, &intents);
    assert_int_equal(rules.count > 0, intents.labels != 0);
    return intents.labels;
}

static void test_intents__hears_cues_where_nothing_else_is_said(void **state)
{
    static const struct {
        const char *text;
        uint32_t labels;
    } texts[] = {
        { "Your price wants to be lower", BIT(CONCERN_PRICE) },
        { "The price is a price", 0 }, /* one cue */
        { "Lower.", 0 },
        { "Is the price lower?", BIT(QUESTION) },
        { "Love it. The price could be lower", BIT(INTERESTED) },
        { "The price is lower, we are busy for months", 0 }, /* as many for another label */
        { "The price is not lower", 0 },
        { "one two three four five six seven eight nine ten one two three four five six seven "
          "eight "
          "nine ten one two three price lower",
          BIT(CONCERN_PRICE) },
        { "one two three four five six seven eight nine ten one two three four five six seven "
          "eight "
          "nine ten one two three four price lower",
          0 },
    };
    const struct lexicon_source table = {
        .name = "t.tsv",
        .text = span_of("intent\tconcern_price\ten\t2\t-\tprice | prices\n"
                        "intent\tconcern_price\ten\t2\t-\tlower\n"
                        "intent\tnot_now\ten\t2\t-\tbusy\n"
                        "intent\tnot_now\ten\t2\t-\tmonths\n"
                        "negation\t-\ten\t-\t-\tnot\n"
                        "intent\tinterested\ten\t6\t-\tlove it\n"),
    };
    const struct lexicon *lexicon;
    struct arena arena;
    struct err err;

    (void)state;
    arena_init(&arena);
    lexicon = lexicon_parse(&table, 1, &arena, &err);
    assert_non_null(lexicon);
    for (size_t i = 0; i < COUNT_OF(texts); i++)
        if (labels_by(lexicon, texts[i].text, &arena) != texts[i].labels)
            fail_msg("\"%s\": not the labels", texts[i].text);
    arena_finish(&arena);
}

static void test_intents__have_names_that_lead_back(void **state)
{
    (void)state;
    for (int i = 0; i < INTENT_COUNT; i++)
        assert_int_equal(intent_by_name(intent_name((enum intent)i)), i);
    assert_int_equal(intent_by_name("no such"), INTENT_OTHER);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_intents__reads_what_people_want),
        cmocka_unit_test(test_intents__names_the_rules_that_counted),
        cmocka_unit_test(test_intents__keeps_only_alarms_of_an_opt_out),
        cmocka_unit_test(test_intents__hears_the_tone),
        cmocka_unit_test(test_intents__reads_the_first_120_words_only),
        cmocka_unit_test(test_intents__are_a_persons_only),
        cmocka_unit_test(test_intents__hears_cues_where_nothing_else_is_said),
        cmocka_unit_test(test_intents__have_names_that_lead_back),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
