/* tests/templates/test_lint.c - bad follow-ups are named with a reason and a better wording, good ones pass. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "core/base/attr.h"
#include "core/base/file.h"
#include "core/base/text.h"
#include "support.h"
#include "templates/lint.h"

static struct phrase_book book;

static struct phrases *read_language(const char *language)
{
    char path[256];
    struct phrases *phrases = NULL;
    struct err err = { 0 };
    struct str text;

    snprintf(path, sizeof(path), "%s/templates/phrases/%s.conf", HEED_SOURCE_DIR, language);
    str_init(&text, 1 << 20);
    if (file_read(path, &text, NULL, &err) == 0)
        phrases = phrases_parse(str_text(&text), path, language, &err);
    str_finish(&text);
    if (!phrases)
        fail_msg("%s", err.text);
    return phrases;
}

static int read_book(void **state)
{
    (void)state;
    book.languages[book.count++] = read_language("de");
    book.languages[book.count++] = read_language("en");
    return 0;
}

static int forget_book(void **state)
{
    (void)state;
    phrase_book_finish(&book);
    return 0;
}

/* ---- helpers ---- */

static struct lint_findings lint(struct arena *arena, const char *channel, const char *text,
                                 const struct lint_facts *facts)
{
    static const struct lint_facts nothing;
    const struct lint_message message = {
        channel, span_of("A subject"), span_of(text), { NULL, 0 }
    };
    struct lint_findings findings = { .arena = arena };

    lint_message(&message, facts ? facts : &nothing, &book, &findings);
    return findings;
}

/* "G1 G2 K3": the rules of at least that severity, each once, in order. */
static const char *rules_of(const struct lint_findings *findings, enum lint_severity least)
{
    struct str out;
    char *text;

    str_init(&out, 10000);
    for (size_t i = 0; i < findings->count; i++) {
        const char *id = findings->items[i].rule->id;
        if (findings->items[i].severity < least || strstr(str_text(&out), id))
            continue;
        str_printf(&out, "%s%s", out.len ? " " : "", id);
    }
    text = arena_dup(findings->arena, str_text(&out));
    str_finish(&out);
    return text;
}

static const struct lint_finding *find(const struct lint_findings *findings, const char *id)
{
    for (size_t i = 0; i < findings->count; i++)
        if (strcmp(findings->items[i].rule->id, id) == 0)
            return &findings->items[i];
    return NULL;
}

struct row {
    const char *channel, *text, *rules;
};

static void check_rows(const struct row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct arena arena;
        struct lint_findings findings;
        const char *rules;

        arena_init(&arena);
        findings = lint(&arena, rows[i].channel, rows[i].text, NULL);
        rules = rules_of(&findings, LINT_WARN);
        if (strcmp(rules, rows[i].rules) != 0)
            fail_msg("\"%s\" instead of \"%s\" in:\n%s", rules, rows[i].rules, rows[i].text);
        arena_finish(&arena);
    }
}

/* ---- English ---- */

static void test_lint__names_what_bad_follow_ups_lack(void **state)
{
    static const struct row rows[] = {
        { "email",
          "Hi Bob,\n\nI am just checking in. Did you get a chance to speak with your business "
          "partner?\n\nThanks,\nKim",
          "G1 G2 K3 G4" },
        { "email", "Hello,\n\nOkay, when should I give you a call back?\n\nBest,\nKim",
          "G1 G2 K3 G4" },
        { "email", "Hi Ann,\n\ntouching base. Any update?\n\nCheers\nTom", "G1 G2 K3 G4" },
        { "email", "Hi Ann,\n\nBumping this to the top of your inbox.\n\nTom", "G1 G2 K3 G3 G4" },
        { "email",
          "Dear Ms Lee,\n\nWe are the leading provider of roofs and have won many prizes.\n\n"
          "Regards\nPat",
          "G1 G2 G3 G4" },
        { "email",
          "Hi Joe,\n\nYou told me in May that the press runs hot. I've attached the chart.\n\n"
          "How hot is it today? When does it stop? Who repairs it?\n\nBest\nIda",
          "G5" },
        { "email",
          "Hi Joe,\n\nYou told me in May that the press runs hot. What did the mechanic find? "
          "Tell me the day he comes back.\n\nHere is the chart of the maker.\n\nBest\nIda",
          "G5" },
        { "email",
          "Hi Joe,\n\nyou wanted to ask the mechanic about the press. Have you talked to him?\n\n"
          "Here is the chart: https://example.com/chart. Send me a day for a visit.\n\nIda",
          "G2 K3" },
        { "sms", "Hi Bob, did you get my mail? STOP to opt out", "G1 G2 K3" },
        { "sms", "Hi Bob, Kim here. You wanted to ask Ute. What did she say?", "opt-out" },
        { "telegram", "Hey Bob, just following up :)", "G1 G2 K3 G3" },
        { "call", "Ring Bob. Just checking in.", "" },
    };

    (void)state;
    check_rows(rows, COUNT_OF(rows));
}

static void test_lint__offers_a_better_wording_with_their_own_words(void **state)
{
    static const struct {
        const char *text, *better;
    } rows[] = {
        { "Did you get a chance to talk to your partner?",
          "How did the conversation with your partner go?" },
        { "So, have you had the chance to look at the offer of 3 May?",
          "What stood out for you in the offer of 3 May?" },
        { "Have you spoken to Ute and Bo yet?",
          "How did the conversation with Ute and Bo yet go?" },
        { "Did you try the sample?", "What did you see when you tried the sample?" },
        { "Hi Bob, did you\xe2\x80\x99ve time? Any News?", "What has moved since we last spoke?" },
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct arena arena;
        struct lint_findings findings;
        const struct lint_finding *finding;

        arena_init(&arena);
        findings = lint(&arena, "whatsapp", rows[i].text, NULL);
        finding = find(&findings, "K3");
        assert_non_null(finding);
        while (finding[1].rule == finding->rule)
            finding++;
        assert_string_equal(finding->better, rows[i].better);
        arena_finish(&arena);
    }
}

static void test_lint__lets_good_follow_ups_pass(void **state)
{
    static const struct row rows[] = {
        { "email",
          "Hi Bob,\n\nWhen we last spoke you were happy with Product A and were going to run "
          "Package X past your partner.\n\nHow did that conversation go?\n\nI've added the "
          "reference you asked for. What is the one thing to clear up so that you can "
          "decide?\n\nBest,\nKim",
          "" },
        { "email",
          "Hi Maria,\n\nWhen we spoke on Tuesday you said that month-end takes your team three "
          "days, and that you would show the offer to Jonas.\n\nHow did he take it, and what "
          "did he ask first?\n\nI have written down on one page how a firm of your size went "
          "from three days to one.\n\nSend me a time on Thursday, and I will call you "
          "then.\n\nBest regards,\nTom",
          "" },
        { "email",
          "Hello Dr. Weber,\n\nthank you for your time at the fair in Hanover. You were looking "
          "for a way to plan the night shifts without the spreadsheet.\n\nWhat has changed in "
          "the plan since then? Our engineers looked into your question about the works "
          "council: the answer is on page two of the attached note.\n\nWhich of the two dates, "
          "4 or 11 March, suits you better for a visit?\n\nKind regards,\nAnna Schmidt",
          "" },
        { "email",
          "Hey Bo,\n\nlast time you told me the bus needs new brakes before the tour. What did "
          "the garage say?\n\nI found a checklist for the inspection: "
          "https://example.com/brakes?from=mail\n\nTell me the day you need it back, and I'll "
          "reserve the slot.\n\nCheers\nLea",
          "" },
        { "email",
          "Dear Ms Okafor,\n\nIn our call last week you named two things that speak against a "
          "change now: the training and the price.\n\nI took both to our service team. The "
          "training is included for groups of up to twelve, and the first quarter can be paid "
          "monthly.\n\nWhat would still be missing for you to put it to the board on the "
          "20th?\n\nWith kind regards\nPeter",
          "" },
        { "email",
          "Good morning Luis,\n\nas agreed on Friday, here is the calculation for the smaller "
          "roof. It saves 38% of what you pay today.\n\nHow does that compare with what your "
          "neighbour told you?\n\nI suggest we walk through it together on Wednesday at 5 "
          "p.m.\n\nBest\nNina",
          "" },
        { "email",
          "Hi Sam,\n\nYou asked whether the app works without reception. I checked with the "
          "developers: yes, for up to seven days, and I\xe2\x80\x99ve recorded a two-minute "
          "video that shows it.\n\nWhere else could it get in the way on your sites?\n\nPick a "
          "morning next week and I\xe2\x80\x99ll come by with a test device.\n\nThanks,\nJo",
          "" },
        { "email",
          "Hi Eva,\n\nwe met at the school fete, and you liked the idea of a shared garden but "
          "were worried about the water bill.\n\nI asked the association next door: they pay "
          "140 euros a year for a plot of that size. Here is their bill, with the names taken "
          "out.\n\nWhat would your council need to see before they vote?\n\nForward this to Mr "
          "Brandt if that helps, and I will answer whatever he raises.\n\nWarm regards\nInes",
          "" },
        { "email",
          "Hi Kofi,\n\nSince our talk in May you have opened the second shop: congratulations! "
          "You wanted to wait for it before choosing a till.\n\nNow that it runs, which of the "
          "two queues gives you more trouble?\n\nA customer of ours with two shops made a "
          "comparison of four tills. It's attached.\n\nLet me know a quiet hour, and I'll bring "
          "one over.\n\nAll the best,\nRita\n\n-- \nRita Klein\n12 Long Street\nunsubscribe: "
          "https://example.com/u/1",
          "" },
        { "email",
          "Hello Ms. Lang,\n\nyou were going to try the sample for a week. What did you see when "
          "you tried it, and what surprised you?\n\nOthers tell me the second day is the hard "
          "one, so I have put together five tips for it (attached).\n\nWould Tuesday at 10 or "
          "Thursday at 3 suit you better for a short call? If neither does, name me a "
          "third.\n\nBest wishes,\nCarla",
          "" },
        { "email",
          "Dear John,\n\nOn your point about security: I went through it with our auditor. The "
          "report is at https://example.com/audit and section 4 answers your question.\n\nWho "
          "else has to be comfortable with it before you can decide?\n\nIf you give me their "
          "names, I will prepare a short answer for each of them. Which day next week should I "
          "have it ready?\n\nRegards,\nMiriam",
          "" },
        { "email",
          "Hi Paula,\n\nYou mentioned that the old system loses photos. I remembered that "
          "yesterday when I saw a fix for exactly that: https://example.com/photos\n\nHow many "
          "have you lost since March?\n\nReply with a number, even a rough one, and I'll tell "
          "you what it would take to get them back.\n\nBest,\nOle",
          "" },
        { "email",
          "Hi Dana,\n\nIt was good to see the new hall on Monday. You described the noise as "
          "\"a train in the kitchen\", and that phrase has followed me since.\n\nI have asked "
          "our acoustics people; below are the three places where a panel would help most, with "
          "prices.\n\nHow much quieter would it have to be for your team to notice?\n\nShall we "
          "measure it together next Thursday?\n\nSee you\nMark",
          "" },
        { "email",
          "Hi Priya,\n\nas promised: the answer to your question about the notice period. It is "
          "four weeks, to any date.\n\nWhat else would your lawyer want changed?\n\nI'll hold "
          "Thursday 14:00 for us. Choose another time here if it does not fit: "
          "https://example.com/times\n\nYours\nHelen",
          "" },
        { "sms",
          "Hi Tom, Kim here. When we met you wanted to ask Ute about the date. What did she say? "
          "A word is enough. STOP to opt out.",
          "" },
        { "sms",
          "Ana, you asked for the smaller size: it is in stock from Friday. How many do you need "
          "for the first week? Reply with a number, I put them aside. Text STOP to end.",
          "" },
        { "whatsapp",
          "Hey Lena! Last time you were going to measure the hallway. How wide is it, and which "
          "of the two doors opens inwards?\n\nSend me a photo and I'll draw it in tonight.",
          "" },
        { "telegram",
          "Hi Omar, Sam here.\n\nFrom our last talk I kept: two lorries stand still on Fridays.\n\n"
          "What would it be worth to you if they did not?\n\nName me a quarter of an hour this "
          "week and I'll show you how Lindner does it.",
          "" },
        { "whatsapp",
          "You said the boss decides after the holidays. He is back, isn't he? How did he react "
          "to the drawing? Tell me what he would change, and you have it by Friday.",
          "" },
        { "slack",
          "Thanks for walking me through the backlog on Tuesday. Which of the three tickets hurts "
          "most right now? I wrote a fix for the second: https://example.com/pr/7. Pick one and "
          "I'll take it from there.",
          "" },
        { "email",
          "Liebe Frau Kern,\n\nin unserem Gespräch sagten Sie, dass die Umstellung erst nach der "
          "Messe geht.\n\nWie ist die Messe gelaufen, und was hat sich dadurch verschoben?\n\n"
          "Ich habe Ihnen auf einer Seite zusammengestellt, was vorher schon möglich ist.\n\n"
          "Nennen Sie mir einen Tag, dann rufe ich Sie an.\n\nViele Grüße\nJan Roth",
          "" },
        { "sms",
          "Hallo Frau Kern, hier Jan Roth. Sie wollten mit Ihrem Mann über das Dach sprechen. Was "
          "hat er gesagt? Ein Wort genügt. STOP an diese Nummer beendet.",
          "" },
    };

    (void)state;
    check_rows(rows, COUNT_OF(rows));
}

static void test_lint__knows_german(void **state)
{
    static const struct row rows[] = {
        { "email",
          "Guten Tag Herr Maier,\n\nich wollte nur kurz nachfragen. Hatten Sie schon Gelegenheit, "
          "mit Ihrem Partner zu sprechen?\n\nMit freundlichen Grüßen\nEva",
          "G1 G2 K3 G4" },
        { "email", "Hallo Herr Maier,\n\nWANN DARF ICH SIE WIEDER ANRUFEN?\n\nBeste Grüße\nEva",
          "G1 G2 K3 G4" },
        { "email",
          "Hallo Eva,\n\nals wir zuletzt sprachen, wolltest du das Muster testen. Hast du es "
          "getestet?\n\nAnbei die Liste. Sag mir einen Tag.\n\nGrüße\nJan",
          "G2 K3" },
    };

    (void)state;
    check_rows(rows, COUNT_OF(rows));
}

static void test_lint__takes_the_language_given_before_the_one_it_sees(void **state)
{
    struct lint_facts facts = { .language = "de" };
    const char *text = "Wie lief das Gespräch, und was kam heraus?";
    struct arena arena;
    struct lint_findings findings;

    (void)state;
    arena_init(&arena);
    findings = lint(&arena, "whatsapp", text, NULL);
    assert_null(find(&findings, "G2"));
    facts.language = "en";
    findings = lint(&arena, "whatsapp", text, &facts);
    assert_non_null(find(&findings, "G2"));
    facts.language = "fr"; /* nobody knows it: the text tells */
    findings = lint(&arena, "whatsapp", text, &facts);
    assert_null(find(&findings, "G2"));
    arena_finish(&arena);
}

static void test_lint__says_where(void **state)
{
    static const char text[] = "Hi Bob,\n\nYou liked \xc3\xa9t\xc3\xa9. Any news? What did Ute "
                               "say?\n\nSend me a day.";
    struct arena arena;
    struct lint_findings findings;
    const struct lint_finding *finding;

    (void)state;
    arena_init(&arena);
    findings = lint(&arena, "whatsapp", text, NULL);
    finding = find(&findings, "K3");
    assert_non_null(finding);
    assert_int_equal(finding->line, 3);
    assert_int_equal(finding->column, 16); /* in code points */
    assert_true(span_is(finding->quote, "Any news"));
    assert_true(strncmp(text + finding->at, "Any news", finding->len) == 0);
    assert_int_equal(finding->place, LINT_TEXT);
    assert_non_null(strstr(finding->rule->why, "key 3"));
    arena_finish(&arena);
}

/* ---- what is known besides the text ---- */

#define PLAIN                                                                                      \
    "Hi Bob,\n\nThe roof leaks on the left.\n\nWhat did the roofer find?\n\n"                      \
    "Send me a day.\n\nBest\nKim"

static void test_lint__believes_what_was_printed(void **state)
{
    static const struct {
        struct lint_facts facts;
        const char *rules;
    } rows[] = {
        { { .recap = LINT_UNKNOWN }, "G1 G4" },
        { { .recap = LINT_YES }, "G4" },
        { { .can_recap = LINT_NO }, "G4" },
        { { .recap = LINT_NO, .can_recap = LINT_YES }, "G1 G4" },
        { { .recap = LINT_YES, .value = LINT_YES }, "" },
        { { .recap = LINT_YES, .can_value = LINT_NO }, "" },
        { { .recap = LINT_YES, .value = LINT_YES, .last_inbound = "email" }, "" },
        { { .recap = LINT_YES, .value = LINT_YES, .last_inbound = "sms" }, "K6" },
        { { .recap = LINT_YES,
            .value = LINT_YES,
            .last_inbound = "sms",
            .channel_wished = LINT_YES },
          "" },
        { { .recap = LINT_YES, .value = LINT_YES, .opt_out_header = LINT_NO }, "opt-out" },
        { { .recap = LINT_YES,
            .value = LINT_YES,
            .opt_out_header = LINT_YES,
            .opt_out_link = { "https://example.com/u/1", 23 } },
          "opt-out" },
        { { .recap = LINT_YES,
            .value = LINT_YES,
            .previous = { "Hello Bob,\n\nTHE roof leaks on the left, I heard.", 46 } },
          "opening" },
        { { .recap = LINT_YES,
            .value = LINT_YES,
            .previous = { "Hello Bob,\n\nThe roof leaks on the right.", 40 } },
          "" },
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct arena arena;
        struct lint_findings findings;

        arena_init(&arena);
        findings = lint(&arena, "email", PLAIN, &rows[i].facts);
        if (strcmp(rules_of(&findings, LINT_WARN), rows[i].rules) != 0)
            fail_msg("row %zu: \"%s\"", i, rules_of(&findings, LINT_WARN));
        arena_finish(&arena);
    }
}

static void test_lint__hints_when_nothing_is_dated_next(void **state)
{
    struct lint_facts facts = { .next_date = LINT_NO };
    struct arena arena;
    struct lint_findings findings;

    (void)state;
    arena_init(&arena);
    findings = lint(&arena, "email", PLAIN, &facts);
    assert_int_equal(find(&findings, "K8")->severity, LINT_HINT);
    facts.next_date = LINT_YES;
    findings = lint(&arena, "email", PLAIN, &facts);
    assert_null(find(&findings, "K8"));
    arena_finish(&arena);
}

static void test_lint__wants_the_way_out_in_the_html_too(void **state)
{
    static const struct lint_facts facts = { .opt_out_link = { "https://example.com/u/1", 23 } };
    const struct lint_message message = { "email", span_of("S"),
                                          span_of("Text. https://example.com/u/1"),
                                          span_of("<p>Text.</p>") };
    struct arena arena;
    struct lint_findings findings;

    (void)state;
    arena_init(&arena);
    findings = (struct lint_findings){ .arena = &arena };
    lint_message(&message, &facts, &book, &findings);
    assert_int_equal(find(&findings, "opt-out")->place, LINT_HTML);
    arena_finish(&arena);
}

static void test_lint__counts_texts_by_what_they_cost(void **state)
{
    struct arena arena;
    struct str text;
    struct lint_findings findings;

    (void)state;
    arena_init(&arena);
    str_init(&text, 10000);
    while (text.len < 306)
        str_add_char(&text, 'a');
    findings = lint(&arena, "sms", str_text(&text), NULL);
    assert_null(find(&findings, "length"));
    str_add_char(&text, 'a');
    findings = lint(&arena, "sms", str_text(&text), NULL);
    assert_int_equal(find(&findings, "length")->severity, LINT_WARN);
    str_finish(&text);
    arena_finish(&arena);
}

/* ---- what never leaves ---- */

static void test_lint__calls_wrong_what_nobody_meant_to_send(void **state)
{
    static const struct {
        const char *text, *rule, *quote;
    } rows[] = {
        { "", "empty", "" },
        { " -- \n...", "empty", "" },
        { "Hi {{ first_name }}, how?", "leftover", "{{ first_name }}" },
        { "Hi {{ first_name, how?", "leftover", "{{" },
        { "Hi {% if x %}", "leftover", "{% if x %}" },
        { "Hi [First Name],", "placeholder", "[First Name]" },
        { "Hi [insert your company here],", "placeholder", "[insert your company here]" },
        { "Hi [[name]],", "placeholder", "[[name]]" },
        { "Hi {first_name},", "placeholder", "{first_name}" },
        { "{Hi|Hello} Bob", "placeholder", "{Hi|Hello}" },
        { "Hi *|FNAME|*,", "placeholder", "*|FNAME|*" },
        { "Hi %FIRSTNAME%,", "placeholder", "%FIRSTNAME%" },
        { "Hi <first name>,", "placeholder", "<first name>" },
        { "Hallo [Vorname],", "placeholder", "[Vorname]" },
        { "See [here](https://example.com) and [the link](https://example.com)", NULL, NULL },
        { "{\"a\": 1} [1] [sic] <b> a[i] 5% of 7% *really* [Product A] <bob@example.com>", NULL,
          NULL },
        { "\xf0\x9f\x91\x8d", NULL, NULL },
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const struct lint_message message = {
            "email", span_of("S"), span_of(rows[i].text), { NULL, 0 }
        };
        const struct lint_facts facts = { 0 };
        struct arena arena;
        struct lint_findings findings;

        arena_init(&arena);
        findings = (struct lint_findings){ .arena = &arena };
        lint_message_errors(&message, &facts, &findings);
        if (findings.count != (rows[i].rule ? 1 : 0))
            fail_msg("%zu findings in %s", findings.count, rows[i].text);
        if (rows[i].rule) {
            assert_string_equal(findings.items[0].rule->id, rows[i].rule);
            assert_string_equal(arena_dup_span(&arena, findings.items[0].quote), rows[i].quote);
            assert_int_equal(findings.items[0].severity, LINT_ERROR);
        }
        arena_finish(&arena);
    }
}

static void test_lint__lets_data_say_what_it_likes(void **state)
{
    struct arena arena;
    struct value data;
    struct lint_facts facts = { .data = &data };
    const struct lint_message message = {
        "email", span_of("Hi {{ x }}"), span_of("Hi {{ x }}, about [name] and {{ y }}"), { NULL, 0 }
    };
    struct lint_findings findings = { .arena = &arena };

    (void)state;
    arena_init(&arena);
    data = liquid_data(&arena, "{\"prospect\":{\"first_name\":\"{{ x }}\",\"l\":[\"a [name]\"]}}");
    lint_message_errors(&message, &facts, &findings);
    assert_int_equal(findings.count, 1);
    assert_true(span_is(findings.items[0].quote, "{{ y }}"));
    arena_finish(&arena);
}

/* ---- sources ---- */

static void test_lint__warns_of_traps_in_the_source(void **state)
{
    static const struct {
        const char *part, *source, *rule, *better;
    } rows[] = {
        { "sms", "{% if prospect.first_name %}Hi{% endif %}", "if-text",
          "prospect.first_name != blank" },
        { "sms", "a\n{%- unless x == 1 and fields.plan -%}{% endunless %}", "if-text",
          "fields.plan != blank" },
        { "sms", "{% if a %}{% elsif recap.summary or b %}{% endif %}", "if-text",
          "recap.summary != blank" },
        { "sms", "{% include 'x' %}", "include", "{% render 'x' %}" },
        { "email", "{{ a | raw }}\n---html---\n{{ b | raw }}", "raw", NULL },
        { "email", "{{ a | raw }}", NULL, NULL },
        { "chat", "{% if recap %}{% if recap.summary != blank %}{% endif %}{% endif %}", NULL,
          NULL },
        { "chat", "{% if prospect.title contains 'CEO' and cta.slots.size > 1 %}{% endif %}", NULL,
          NULL },
        { "chat",
          "{% raw %}{% if prospect.city %}{% endraw %}{% comment %}{% include 'x' %}"
          "{% endcomment %}",
          NULL, NULL },
        { "chat", "{% if prospect.city", NULL, NULL },
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct arena arena;
        struct lint_findings findings;

        arena_init(&arena);
        findings = (struct lint_findings){ .arena = &arena };
        lint_source(rows[i].part, span_of(rows[i].source), &findings);
        if (findings.count != (rows[i].rule ? 1 : 0))
            fail_msg("%zu findings in %s", findings.count, rows[i].source);
        if (rows[i].rule)
            assert_string_equal(findings.items[0].rule->id, rows[i].rule);
        if (rows[i].better)
            assert_string_equal(findings.items[0].better, rows[i].better);
        arena_finish(&arena);
    }
}

/* ---- files of phrases ---- */

static void test_phrases__say_what_is_wrong_with_file_and_line(void **state)
{
    static const struct {
        const char *text, *says;
    } rows[] = {
        { "[phrases stal]\na = b\n", "p.conf:1: no phrases are called \"stal\"; did you mean" },
        { "[phrases stall]\na = b\nc = * d\n", "p.conf:3: c: a phrase begins and ends" },
        { "[phrases stall]\nc = d *\n", "p.conf:2: c: a phrase begins and ends" },
        { "[phrases stall]\nc = d ... e\n", "p.conf:2: c: \"...\" stands at the end" },
        { "[phrases stall]\nc = d * e * f * g\n", "p.conf:2: c: a phrase has at most two" },
        { "[phrases stall]\nc = d | | e\n", "p.conf:2: c: a phrase is missing" },
        { "[phrases stall]\nc = d ->\n", "p.conf:2: c: a better wording is missing" },
        { "[phrases stall]\nc = 1 2 3 4 5 6 7 8 9 10 11 12 13\n", "at most 12 words" },
        { "[phrases stall]\nc = d -> e\n[better]\nG9 = x\n", "p.conf:4: no rule is called" },
        { "[phrases stall]\nc = d -> e\n", "p.conf: a section [phrases common]" },
        { "[phrases stall]\nc\n", "p.conf:2: expected" },
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct err err = { 0 };

        assert_null(phrases_parse(rows[i].text, "p.conf", "xx", &err));
        if (!strstr(err.text, rows[i].says))
            fail_msg("%s", err.text);
    }
}

static void test_lint__needs_memory_in_proportion_to_the_text(void **state)
{
    static const char piece[] = "Did you get a chance to talk to Bo about did you get it? ";
    struct arena arena;
    struct str text;

    (void)state;
    arena_init(&arena);
    str_init(&text, 1 << 20);
    while (text.len < ((size_t)64 << 10))
        str_add_text(&text, piece);
    assert_true(lint(&arena, "email", str_text(&text), NULL).count > 1000);
    assert_true(arena.used < 400 * text.len);
    str_finish(&text);
    arena_finish(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lint__names_what_bad_follow_ups_lack),
        cmocka_unit_test(test_lint__offers_a_better_wording_with_their_own_words),
        cmocka_unit_test(test_lint__lets_good_follow_ups_pass),
        cmocka_unit_test(test_lint__knows_german),
        cmocka_unit_test(test_lint__takes_the_language_given_before_the_one_it_sees),
        cmocka_unit_test(test_lint__says_where),
        cmocka_unit_test(test_lint__believes_what_was_printed),
        cmocka_unit_test(test_lint__hints_when_nothing_is_dated_next),
        cmocka_unit_test(test_lint__wants_the_way_out_in_the_html_too),
        cmocka_unit_test(test_lint__counts_texts_by_what_they_cost),
        cmocka_unit_test(test_lint__calls_wrong_what_nobody_meant_to_send),
        cmocka_unit_test(test_lint__lets_data_say_what_it_likes),
        cmocka_unit_test(test_lint__warns_of_traps_in_the_source),
        cmocka_unit_test(test_phrases__say_what_is_wrong_with_file_and_line),
        cmocka_unit_test(test_lint__needs_memory_in_proportion_to_the_text),
    };

    return cmocka_run_group_tests(tests, read_book, forget_book);
}
