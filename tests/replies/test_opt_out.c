/* tests/replies/test_opt_out.c - who wants to be left alone, and where. */
#include "tests/replies/case.h"

#include <string.h>

static const struct {
    const char *text;
    enum opt_out_scope scope;
    const char *channel;
} rows[] = {
    /* Keywords. */
    { "STOP", OPT_OUT_CHANNEL, NULL },
    { "stop.", OPT_OUT_CHANNEL, NULL },
    { "Stop!!!", OPT_OUT_CHANNEL, NULL },
    { "STOP PLEASE", OPT_OUT_CHANNEL, NULL },
    { "please stop", OPT_OUT_CHANNEL, NULL },
    { "stop stop stop", OPT_OUT_CHANNEL, NULL },
    { "🛑 stop 🛑", OPT_OUT_CHANNEL, NULL },
    { "STOPALL", OPT_OUT_CHANNEL, NULL },
    { "stop all", OPT_OUT_CHANNEL, NULL },
    { "S.T.O.P", OPT_OUT_CHANNEL, NULL },
    { "End", OPT_OUT_CHANNEL, NULL },
    { "quit", OPT_OUT_CHANNEL, NULL },
    { "revoke", OPT_OUT_CHANNEL, NULL },
    { "opt-out", OPT_OUT_CHANNEL, NULL },
    { "OPT OUT", OPT_OUT_CHANNEL, NULL },
    { "cancel", OPT_OUT_CHANNEL, NULL },
    { "Unsubscribe", OPT_OUT_CHANNEL, NULL },
    { "ARRÊT", OPT_OUT_CHANNEL, NULL },
    { "ARRE\xCC\x82T", OPT_OUT_CHANNEL, NULL }, /* decomposed */
    { "stopp", OPT_OUT_CHANNEL, NULL },
    { "abmelden", OPT_OUT_CHANNEL, NULL },
    { "BAJA", OPT_OUT_CHANNEL, NULL },
    { "стоп", OPT_OUT_CHANNEL, NULL },
    { "Who is this? Stop.", OPT_OUT_CHANNEL, NULL },
    /* Phrases. */
    { "Please remove me from your list.", OPT_OUT_EVERYTHING, NULL },
    { "take my name off of your list", OPT_OUT_EVERYTHING, NULL },
    { "Do not contact me again.", OPT_OUT_EVERYTHING, NULL },
    { "Don’t contact me again.", OPT_OUT_EVERYTHING, NULL },
    { "please remove me\nfrom your list", OPT_OUT_EVERYTHING, NULL },
    { "Leave me alone", OPT_OUT_EVERYTHING, NULL },
    { "I never asked for these, knock it off", OPT_OUT_EVERYTHING, NULL },
    { "Bitte nehmen Sie mich aus Ihrem Verteiler", OPT_OUT_EVERYTHING, NULL },
    { "Je souhaite me désabonner", OPT_OUT_EVERYTHING, NULL },
    { "no deseo recibir más correos", OPT_OUT_EVERYTHING, NULL },
    { "Stop texting me, email is fine.", OPT_OUT_CHANNEL, "sms" },
    { "stop emailing me", OPT_OUT_CHANNEL, "email" },
    { "Please don't call me any more", OPT_OUT_CHANNEL, "call" },
    { "Stop calling and stop texting me", OPT_OUT_EVERYTHING, NULL },
    { "Stop calling me and delete my data", OPT_OUT_EVERYTHING, NULL },
    { "please remove this number", OPT_OUT_ADDRESS, NULL },
    /* What only looks like it. */
    { "don't stop", OPT_OUT_NONE, NULL },
    { "please don't stop sending these", OPT_OUT_NONE, NULL },
    { "I'll stop by on Friday", OPT_OUT_NONE, NULL },
    { "can I cancel any time?", OPT_OUT_NONE, NULL },
    { "cancel my 3pm and let's talk at four", OPT_OUT_NONE, NULL },
    { "The bus stop is closed", OPT_OUT_NONE, NULL },
    { "If you don't want to receive these, tell us", OPT_OUT_NONE, NULL },
    { "Yes", OPT_OUT_NONE, NULL },
    { "No", OPT_OUT_NONE, NULL },
    { "not interested", OPT_OUT_NONE, NULL },
    { "At the end of the month", OPT_OUT_NONE, NULL },
    { "", OPT_OUT_NONE, NULL },
};

static bool same(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

static void test_opt_out__finds_the_wish_and_its_scope(void **state)
{
    struct arena arena;

    (void)state;
    arena_init(&arena);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct reading reading;

        reading_of_text(span_of(rows[i].text), "sms", &case_env, &arena, &reading);
        if (reading.opt_out != rows[i].scope || !same(reading.opt_out_channel, rows[i].channel))
            fail_msg("\"%s\": scope %d channel %s, rules %s", rows[i].text, (int)reading.opt_out,
                     reading.opt_out_channel ? reading.opt_out_channel : "-",
                     case_rules(&reading, &arena));
        arena_reset(&arena);
    }
    arena_finish(&arena);
}

static void test_opt_out__lets_start_in_again_but_not_yes(void **state)
{
    static const struct {
        const char *text;
        bool opt_in;
    } texts[] = {
        { "START", true }, { "unstop", true },          { "Start please", true },
        { "Yes", false },  { "start tomorrow", false }, { "don't start", false },
    };
    struct arena arena;

    (void)state;
    arena_init(&arena);
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        struct reading reading;

        reading_of_text(span_of(texts[i].text), "sms", &case_env, &arena, &reading);
        if (reading.opt_in != texts[i].opt_in || reading.opt_out != OPT_OUT_NONE)
            fail_msg("\"%s\": opt_in %d", texts[i].text, reading.opt_in);
    }
    arena_finish(&arena);
}

static void test_opt_out__reads_own_words_of_a_mail_only(void **state)
{
    static const struct {
        const char *file;
        enum opt_out_scope scope;
    } files[] = {
        { "opt_out_top.eml", OPT_OUT_CHANNEL },
        { "no_opt_out_in_quote.eml", OPT_OUT_NONE },
        { "gmail_en.eml", OPT_OUT_NONE },
        { "disclaimer.eml", OPT_OUT_NONE },
        { "forward_empty.eml", OPT_OUT_NONE },
        { "html_gmail.eml", OPT_OUT_NONE },
        { "unsubscribe_subject.eml", OPT_OUT_CHANNEL },
        { "auto_ticket.eml", OPT_OUT_NONE },
    };
    struct arena arena;

    (void)state;
    arena_init(&arena);
    for (size_t i = 0; i < COUNT_OF(files); i++) {
        struct reading reading = case_reading(files[i].file, &arena);

        if (reading.opt_out != files[i].scope)
            fail_msg("%s: scope %d, rules %s", files[i].file, (int)reading.opt_out,
                     case_rules(&reading, &arena));
    }
    arena_finish(&arena);
}

static void test_opt_out__sees_a_keyword_above_a_bare_name(void **state)
{
    struct arena arena;

    (void)state;
    arena_init(&arena);
    assert_int_equal(case_body("Unsubscribe\n\nPat Doe\nClient Ltd", &arena).opt_out,
                     OPT_OUT_CHANNEL);
    assert_int_equal(case_body("STOP\n\nPat Doe", &arena).opt_out, OPT_OUT_CHANNEL);
    arena_finish(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_opt_out__finds_the_wish_and_its_scope),
        cmocka_unit_test(test_opt_out__lets_start_in_again_but_not_yes),
        cmocka_unit_test(test_opt_out__reads_own_words_of_a_mail_only),
        cmocka_unit_test(test_opt_out__sees_a_keyword_above_a_bare_name),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
