/* tests/replies/test_lexicon.c - tables of rules: what they may say, what they find. */
#include "tests/replies/case.h"

#include <string.h>

#include "core/replies/lexicon.h"

static const struct lexicon *parse(const char *text, struct arena *arena, struct err *err)
{
    const struct lexicon_source source = { .name = "t.tsv", .text = span_of(text) };

    return lexicon_parse(&source, 1, arena, err);
}

/* How often `pattern`, as a rule of the section "intent", stands in `text`. */
static size_t find(const char *pattern, const char *text, struct arena *arena)
{
    struct err err = { .code = ERR_NONE };
    const struct lexicon *lexicon =
        parse(arena_printf(arena, "intent\tack\ten\t6\t-\t%s\n", pattern), arena, &err);
    struct words words = words_split(span_of(text), arena);
    struct lexicon_hit *hits;

    if (!lexicon)
        fail_msg("%s: %s", pattern, err.text);
    return lexicon_find(lexicon, LEXICON_INTENT, &words, arena, &hits);
}

static const struct {
    const char *pattern, *text;
    bool found;
} rows[] = {
    { "too expensive", "That is too expensive for us.", true },
    { "Too Expensive", "TOO EXPENSIVE", true },
    { "too expensive", "too very expensive", false },
    { "too * expensive", "too damn much expensive", true },
    { "too * expensive", "too expensive", true },
    { "too * expensive", "too a b c d expensive", false },
    { "too expensive", "too. Expensive", false },
    { "e-mail me", "please E-Mail me", true },
    { "don't call", "DON\xE2\x80\x99T CALL", true },
    { "don't call", "dont call", true },
    { "interest*", "no interests", true },
    { "interest*", "my inter", false },
    { "a interest*", "a interesting idea", true },
    { "^no$", "No.", true },
    { "^ no $", "no", true },
    { "^no$", "no way", false },
    { "< yes >", "Hi Sam, yes, call", true },
    { "< yes >", "Hi Sam yes call", false },
    { "< yes >", "Hi\nyes\nSam", true },
    { "< yes >", "e-yes", false },
    { "(call/ring) me", "ring me", true },
    { "(call/ring) me", "text me", false },
    { "(call/ring up) me", "ring up me", true },
    { "call (me/) now", "call now", true },
    { "call (me/) now", "call me now", true },
    { "(please/) call", "call", true },
    { "call (now/>)", "call, now", true },
    { "too * (dear/pricey)", "too much pricey", true },
    { "\xC3\xA7"
      "a va",
      "\xC3\x87"
      "a va bien",
      true },
    { "@channel me", "sms me", false },
    { "(</please) (please/just/) try it", "Try it", true },
    { "(</please) (please/just/) try it", "I try it", false },
    { "ask @name", "Please ask Tim", true },
    { "ask @name", "ask Ann-Marie, she knows", true },
    { "ask @name", "Ask tim", false },
    { "ask @name", "ask tim", false },
    { "ask @name", "PLEASE ASK TIM", false },
    { "ask @name", "Text FREE, ask WIN", false },
    { "ask @name", "Well, I ask I", false },
    { "@name left", "Bob left", true },
    { "@name left", "bob left", false },
    { "@name left", "Left left", false },
    { "@name (has/) left", "\xC3\x89lodie has left", true },
    { "with @name", "It\xE2\x80\x99s all with Ann\xE2\x80\x99s team", true },
    { "ask @somebody", "ask tim", true },
    { "ask @somebody", "ask Tim", true },
    { "ask @somebody", "ask ask", false },
    { "ask @somebody", "So I ask nicely", false },
};

static void test_lexicon__finds_its_patterns(void **state)
{
    struct arena arena;

    (void)state;
    arena_init(&arena);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        if ((find(rows[i].pattern, rows[i].text, &arena) > 0) != rows[i].found)
            fail_msg("\"%s\" in \"%s\": not %s", rows[i].pattern, rows[i].text,
                     rows[i].found ? "found" : "kept away");
        arena_reset(&arena);
    }
    arena_finish(&arena);
}

static void test_lexicon__says_where_and_by_which_rule(void **state)
{
    struct arena arena;
    struct err err;
    struct lexicon_hit *hits;
    struct words words;
    const struct lexicon *lexicon;

    (void)state;
    arena_init(&arena);
    lexicon = parse("# a comment\n"
                    "class\tboss\ten\t-\t-\tmanager | big cheese\n"
                    "\n"
                    "intent\tconcern_authority\ten\t6\t-\tmy {boss} | ask ({boss}/dad)\n"
                    "opt_out\tchannel\ten\t-\tsms\tstop texting\n",
                    &arena, &err);
    assert_non_null(lexicon);
    words = words_split(span_of("I will ask my big cheese. Stop texting"), &arena);
    assert_int_equal(lexicon_find(lexicon, LEXICON_INTENT, &words, &arena, &hits), 1);
    assert_int_equal(hits[0].first, 3);
    assert_int_equal(hits[0].count, 3);
    assert_int_equal(hits[0].rule->weight, 6);
    assert_string_equal(hits[0].rule->language, "en");
    assert_string_equal(hits[0].rule->name, "intent concern_authority (t:4)");
    assert_string_equal(lexicon_hit_name(&hits[0], &words, &arena),
                        "intent concern_authority (t:4): my big cheese");
    assert_int_equal(lexicon_find(lexicon, LEXICON_OPT_OUT, &words, &arena, &hits), 1);
    assert_string_equal(hits[0].rule->channel, "sms");
    words = words_split(span_of("stop texting"), &arena);
    assert_non_null(lexicon_whole(lexicon, LEXICON_OPT_OUT, &words, &arena).rule);
    words = words_split(span_of("stop texting me"), &arena);
    assert_null(lexicon_whole(lexicon, LEXICON_OPT_OUT, &words, &arena).rule);
    arena_finish(&arena);
}

static void test_lexicon__takes_no_name_for_one_that_a_table_bars(void **state)
{
    struct arena arena;
    struct err err;
    struct lexicon_hit *hits;
    struct words words;
    const struct lexicon *lexicon;

    (void)state;
    arena_init(&arena);
    lexicon = parse("no_name\t-\ten\t-\t-\tmonday | friday\n"
                    "intent\treferral\ten\t6\t-\tcall (@name/@somebody)\n",
                    &arena, &err);
    assert_non_null(lexicon);
    words = words_split(span_of("Please call Monday. Please call Ann"), &arena);
    assert_int_equal(lexicon_find(lexicon, LEXICON_INTENT, &words, &arena, &hits), 1);
    assert_int_equal(hits[0].first, 4);
    arena_finish(&arena);
}

#define HEAD "intent\tack\ten\t6\t-\t"

static const struct {
    const char *text, *says;
} bad[] = {
    { "intent\tack\ten\t6\t-\n", "t.tsv:1: expected 6 cells with one TAB between, got 5" },
    { "#\n\nintnt\tack\ten\t6\t-\tok\n",
      "t.tsv:3: unknown section \"intnt\"; did you mean \"intent\"?" },
    { "intent\tgreat\ten\t6\t-\tok\n", "expected an intent as label" },
    { "intent\tack\ten\t-\t-\tok\n", "expected a weight" },
    { "intent\tack\ten\t1000\t-\tok\n", "expected a weight from -100 to 100" },
    { "intent\tack\ten\t6\t-\t\n", "expected a pattern" },
    { "opt_out\teverythin\ten\t-\t-\tok\n", "did you mean \"everything\"?" },
    { "polite\tx\ten\t-\t-\tok\n", "expected \"-\" as label" },
    { "intent\tack\tenglish please\t6\t-\tok\n", "expected a language" },
    { "intent\tack\ten\t6\ts m s\tok\n", "expected a channel" },
    { HEAD "* ok\n", "expected a word before" },
    { HEAD "ok *\n", "expected a pattern that ends in a word" },
    { HEAD "ok ^ no\n", "expected it at the start" },
    { HEAD "$ ok\n", "expected it behind a word" },
    { HEAD "ok $ no\n", "at the end of a pattern" },
    { HEAD "(ok/no\n", "expected each bracket to be closed" },
    { HEAD "ok) no\n", "expected each bracket to be closed" },
    { HEAD "{boss} no\n", "expected the name of a class" },
    { HEAD "ok | | no\n", "expected a pattern" },
    { HEAD "!!\n", "expected words" },
    { HEAD "a*\n", "2 or more before" },
    { HEAD "a b c d e f g h i j k l m n o p q\n", "at most 16" },
    { HEAD "()\n", "expected a pattern" },
    { "intent\tack\ten\t6\t-\t\xFFok\n", "t.tsv: expected UTF-8 text" },
    { "-intent\tack\ten\t6\t-\tok\n", "expected 2 cells" },
};

static void test_lexicon__names_line_and_what_it_expected(void **state)
{
    struct arena arena;

    (void)state;
    arena_init(&arena);
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        struct err err = { .code = ERR_NONE };

        if (parse(bad[i].text, &arena, &err))
            fail_msg("taken: %s", bad[i].text);
        if (!strstr(err.text, bad[i].says))
            fail_msg("%s says \"%s\", not \"%s\"", bad[i].text, err.text, bad[i].says);
        arena_reset(&arena);
    }
    arena_finish(&arena);
}

static size_t hits_of(const char *ours, const char *theirs, const char *text, struct arena *arena)
{
    const struct lexicon_source sources[] = { { .name = "ours", .text = span_of(ours) },
                                              { .name = "theirs", .text = span_of(theirs) } };
    struct words words = words_split(span_of(text), arena);
    struct lexicon_hit *hits;
    struct err err;
    const struct lexicon *lexicon = lexicon_parse(sources, 2, arena, &err);

    assert_non_null(lexicon);
    return lexicon_find(lexicon, LEXICON_OPT_OUT, &words, arena, &hits);
}

static void test_lexicon__lets_a_later_table_switch_off(void **state)
{
    struct arena arena;

    (void)state;
    arena_init(&arena);
#define OURS "opt_out\teverything\ten\t-\t-\t(remove/delete) * from\n"
    assert_int_equal(hits_of(OURS, "", "remove it from us", &arena), 1);
    assert_int_equal(hits_of(OURS, "-opt_out\tremove it from\n", "remove it from us", &arena), 0);
    /* What it does not cover stays. */
    assert_int_equal(hits_of(OURS, "-opt_out\tremove it\n", "remove it from us", &arena), 1);
    assert_int_equal(hits_of(OURS, "-opt_out\tremove it from\n", "delete it from us", &arena), 1);
    assert_int_equal(hits_of(OURS, "-opt_in_word\tremove it from\n", "remove it from us", &arena),
                     1);
    /* Neither its own table nor what is fixed. */
    assert_int_equal(hits_of("", OURS "-opt_out\tremove it from\n", "remove it from us", &arena),
                     1);
    assert_int_equal(hits_of("!" OURS, "-opt_out\tremove it from\n", "remove it from us", &arena),
                     1);
#undef OURS
    arena_finish(&arena);
}

static void test_lexicon__comes_with_tables_that_hold(void **state)
{
    struct arena arena;
    struct err err = { .code = ERR_NONE };
    const struct lexicon *lexicon;
    struct lexicon_hit *hits;
    struct words words;

    (void)state;
    arena_init(&arena);
    lexicon = lexicon_parse(lexicon_ours, lexicon_ours_count, &arena, &err);
    if (!lexicon)
        fail_msg("%s", err.text);
    words = words_split(span_of("It is too expensive; take me off your list"), &arena);
    assert_true(lexicon_find(lexicon, LEXICON_INTENT, &words, &arena, &hits) > 0);
    assert_true(lexicon_find(lexicon, LEXICON_OPT_OUT, &words, &arena, &hits) > 0);
    arena_finish(&arena);
}

static void test_lexicon__holds_its_limits(void **state)
{
    struct arena arena;
    struct err err = { .code = ERR_NONE };
    struct str text;

    (void)state;
    arena_init(&arena);
    str_init(&text, (size_t)4 << 20);
    for (int i = 0; i <= LEXICON_SAME_FIRST_MAX; i++)
        str_printf(&text, HEAD "same w%d\n", i);
    assert_null(parse(str_text(&text), &arena, &err));
    assert_non_null(strstr(err.text, "t.tsv:601: expected at most 600 patterns"));
    str_reset(&text);
    while (text.len <= LEXICON_FILE_BYTES)
        str_add_text(&text, "# a long table of nothing but comments\n");
    assert_null(parse(str_text(&text), &arena, &err));
    assert_int_equal(err.code, ERR_LIMIT);
    str_reset(&text);
    str_add_text(&text, HEAD);
    for (int i = 0; i < 10; i++)
        str_add_text(&text, "(a b/c d/e f) ");
    assert_null(parse(str_text(&text), &arena, &err));
    assert_non_null(strstr(err.text, "at most 400 patterns"));
    str_finish(&text);
    arena_finish(&arena);
}

/* 4000 words, each the start of 500 patterns that reach far: nothing grows beyond words times patterns. */
static void test_lexicon__searches_hostile_texts_without_growth(void **state)
{
    struct arena arena;
    struct err err;
    struct str table, text;
    struct words words;
    struct lexicon_hit *hits;
    const struct lexicon *lexicon;

    (void)state;
    arena_init(&arena);
    str_init(&table, LEXICON_FILE_BYTES);
    str_init(&text, (size_t)1 << 20);
    for (int i = 0; i < 500; i++)
        str_printf(&table, HEAD "a * a * a * a * a * z%d\n", i);
    for (int i = 0; i < WORDS_MAX; i++)
        str_add_text(&text, "a\n");
    lexicon = parse(str_text(&table), &arena, &err);
    assert_non_null(lexicon);
    words = words_split(str_span(&text), &arena);
    assert_int_equal(words.count, WORDS_MAX);
    assert_int_equal(lexicon_find(lexicon, LEXICON_INTENT, &words, &arena, &hits), 0);
    str_finish(&table);
    str_finish(&text);
    arena_finish(&arena);
}

/* What is found out of words beforehand changes nothing of what is found in them. */
static void test_lexicon__finds_the_same_in_prepared_words(void **state)
{
    static const char *const texts[] = {
        "",
        "No.",
        "Please stop texting me, call me instead!",
        "STOP",
        "Not interested, thanks",
        "We are happy with what we have. Do not write again. Who gave you my number?",
    };
    struct arena arena;
    const struct lexicon *lexicon, *other;
    struct err err;

    (void)state;
    arena_init(&arena);
    lexicon = lexicon_builtin(&arena);
    other = parse(HEAD "happy with\n", &arena, &err);
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        struct words plain = words_split(span_of(texts[i]), &arena), prepared = plain;

        lexicon_prepare(lexicon, &prepared, &arena);
        for (enum lexicon_section section = 0; section < LEXICON_SECTIONS; section++) {
            struct lexicon_hit *a, *b;
            size_t count = lexicon_find(lexicon, section, &plain, &arena, &a);

            assert_int_equal(lexicon_find(lexicon, section, &prepared, &arena, &b), count);
            assert_true(count == 0 || lexicon_may_find(lexicon, section, &prepared));
            if (count > 0)
                assert_memory_equal(a, b, count * sizeof(*a));
            assert_int_equal(lexicon_find(other, section, &prepared, &arena, &b),
                             section == LEXICON_INTENT && strstr(texts[i], "happy with") ? 1 : 0);
        }
    }
    arena_finish(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lexicon__finds_its_patterns),
        cmocka_unit_test(test_lexicon__says_where_and_by_which_rule),
        cmocka_unit_test(test_lexicon__takes_no_name_for_one_that_a_table_bars),
        cmocka_unit_test(test_lexicon__names_line_and_what_it_expected),
        cmocka_unit_test(test_lexicon__lets_a_later_table_switch_off),
        cmocka_unit_test(test_lexicon__comes_with_tables_that_hold),
        cmocka_unit_test(test_lexicon__holds_its_limits),
        cmocka_unit_test(test_lexicon__finds_the_same_in_prepared_words),
        cmocka_unit_test(test_lexicon__searches_hostile_texts_without_growth),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
