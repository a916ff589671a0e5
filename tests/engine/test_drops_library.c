/* tests/engine/test_drops_library.c - the templates that come with heed, rendered with real drops for prospects of whom much,
 * little or nothing is known, on every channel. */
// clang-format off
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
// clang-format on

#include "clockwork.h"
#include "core/base/file.h"
#include "core/base/segments.h"
#include "core/base/text.h"
#include "core/engine/drops.h"
#include "templates/parts.h"

#define ZONE "Europe/London"
#define NOW "2026-10-15 10:00"
#define UNSUBSCRIBE "https://heed.example.com/u/abcdefghijklmnopqrst"
#define POSTAL "Example Ltd, 1 Long Street, Berlin"

static const char *const library[] = { "recap",     "value",  "progress",        "concern",
                                       "last-note", "reopen", "thanks-next-step" };
static const char *const channels[] = { "email", "sms", "whatsapp", "call", "letter" };
static const char *const files[] = { "email", "sms", "chat", "call" };

static const struct someone {
    const char *what;
    struct prospect prospect;
    const char *fields;
    struct drops_contact contact;
    const char *sender_first_name;
} people[] = {
    { .what = "rich",
      .prospect = { .id = 1,
                    .first_name = "Ana",
                    .last_name = "Silva",
                    .company = "Northwind",
                    .title = "Head of Sales",
                    .city = "Leeds" },
      .fields =
          "{\"last_summary\":\"you were losing two days each month to reports that nobody reads.\","
          "\"last_contact\":\"2026-10-06\",\"last_how\":\"spoke\","
          "\"commitment\":\"talk to your partner.\",\"concern\":\"The price is above what you "
          "had set aside.\",\"concern_answer\":\"The first quarter can be paid monthly.\","
          "\"value\":\"a one-page checklist that other teams of your size use\","
          "\"value_url\":\"https://example.com/checklist\",\"their_words\":\"a lighthouse, not "
          "a fire\",\"common_ground\":\"both sail\",\"plan_why_not_yes\":\"no time before "
          "spring\",\"plan_change\":\"somebody else does the set-up\",\"plan_lead\":\"a talk "
          "with their operations\",\"plan_value\":\"a plan of the first week\"}",
      .contact = { .side = DROPS_US, .channel = "email" },
      .sender_first_name = "Sam" },
    { .what = "long",
      .prospect = { .id = 2,
                    .first_name = "Christiane-Elisabeth",
                    .company = "International Business Widgets Incorporated of Delaware" },
      .fields =
          "{\"last_summary\":\"you liked the short set-up and wanted to know what the first week "
          "would look like for a team of twelve people in two places.\",\"last_contact\":\"2026-10-"
          "06\",\"commitment\":\"measure how long the monthly report takes with the head of "
          "operations\",\"concern\":\"the team has no time before the end of the quarter to learn "
          "yet another tool.\",\"value\":\"a one-page plan of the first week, with the three "
          "places "
          "where others got stuck\",\"value_url\":\"https://example.com/a/page/of/exactly/sixty/"
          "characters/a/b/c\",\"cta\":\"Would Tuesday at 10 or Thursday at 3 suit you?\","
          "\"cta_url\":\"https://example.com/book\"}",
      .sender_first_name = "Samantha-Josephine Marie" },
    { .what = "noted only",
      .prospect = { .id = 3, .first_name = "Ann", .company = "Acme" },
      .fields = "{\"last_summary\":\"Price too high\"}",
      .sender_first_name = "Sam" },
    { .what = "concerned",
      .prospect = { .id = 4, .first_name = "Ann", .company = "Acme" },
      .fields = "{\"concern\":\"there is no time before spring\",\"concern_value\":\"a plan that "
                "needs one hour a week\",\"value\":\"something else\"}",
      .sender_first_name = "Sam" },
    { .what = "answered",
      .prospect = { .id = 5, .first_name = "Ann", .company = "Acme" },
      .contact = { .side = DROPS_THEM,
                   .channel = "email",
                   .their_words = "Hi Sam,\n\nIt went \"well\", thank you. What would it cost?" },
      .sender_first_name = "Sam" },
    { .what = "touched",
      .prospect = { .id = 6, .first_name = "Ann", .company = "Acme" },
      .contact = { .side = DROPS_US, .channel = "whatsapp" },
      .sender_first_name = "Sam" },
    { .what = "thin",
      .prospect = { .id = 7, .first_name = "Ann", .company = "Acme" },
      .sender_first_name = "Sam" },
    { .what = "blank",
      .prospect = { .id = 8, .first_name = " " },
      .fields =
          "{\"last_summary\":\" \",\"value\":\"\",\"commitment\":\" \",\"concern\":\"\",\"cta\":"
          "\"\",\"next_question\":\" \"}",
      .sender_first_name = "Sam" },
    { .what = "empty", .prospect = { .id = 9 }, .sender_first_name = NULL },
};

static struct value data_of(const struct someone *who, const char *channel, struct arena *arena)
{
    struct drops_facts facts = {
        .prospect = &who->prospect,
        .fields = drops_custom(who->fields, arena),
        .contact = who->contact,
        .sender_name = "Sam Carter",
        .sender_first_name = who->sender_first_name,
        .sender_address = "sam@example.com",
        .channel = channel,
        .unsubscribe = UNSUBSCRIBE,
        .postal_address = POSTAL,
        .step_number = 1,
        .step_count = 6,
        .now_ms = ms_at(ZONE, NOW),
        .zone = zone_named(ZONE),
    };

    facts.contact.at_ms = ms_at(ZONE, "2026-10-08 12:00");
    drops_notes_of(&facts.fields, arena, &facts.notes);
    return drops_build(&facts, arena);
}

static struct parts *parts_of(const char *name, struct arena *arena)
{
    struct part_source sources[COUNT_OF(files)];
    struct str problems;
    struct parts *parts;

    for (size_t i = 0; i < COUNT_OF(files); i++) {
        const char *path = arena_printf(arena, "%s/templates/library/%s/%s.liquid", HEED_SOURCE_DIR,
                                        name, files[i]);
        struct err err = { 0 };
        struct str source;
        str_init(&source, 65536);
        if (file_read(path, &source, NULL, &err) < 0)
            fail_msg("%s", err.text);
        sources[i] = (struct part_source){ files[i], arena_dup_span(arena, str_span(&source)) };
        str_finish(&source);
    }
    str_init(&problems, 100000);
    parts = parts_compile(
        &(struct parts_source){
            .name = name, .sources = sources, .count = COUNT_OF(files), .fields = drops_fields() },
        arena, &problems);
    if (!parts)
        fail_msg("%s", str_text(&problems));
    str_finish(&problems);
    return parts;
}

struct case_of { /* one template for one prospect on one channel */
    const char *name, *channel;
    const struct someone *who;
    struct rendered out;
    const char *text;
};

static void fail_case(const struct case_of *c, const char *why)
{
    fail_msg("%s for the %s prospect on %s: %s\n%s", c->name, c->who->what, c->channel, why,
             c->text);
}

static void each_case(void (*check)(const struct case_of *c))
{
    for (size_t t = 0; t < COUNT_OF(library); t++) {
        struct arena arena;
        struct parts *parts;

        arena_init(&arena);
        parts = parts_of(library[t], &arena);
        for (size_t i = 0; i < COUNT_OF(people) * COUNT_OF(channels); i++) {
            struct case_of c = { .name = library[t],
                                 .channel = channels[i % COUNT_OF(channels)],
                                 .who = &people[i / COUNT_OF(channels)],
                                 .text = "" };
            struct render_context context = { .now_ms = ms_at(ZONE, NOW),
                                              .zone = zone_named(ZONE),
                                              .seed = c.who->prospect.id,
                                              .channel = c.channel };
            struct template_problem problem = { 0 };
            context.data = data_of(c.who, c.channel, &arena);
            if (parts_render(parts, &context, &arena, &c.out, &problem) < 0)
                fail_case(&c, problem.text);
            c.text = arena_dup_span(&arena, c.out.text);
            if (getenv("SHOW_LIBRARY"))
                printf("######## %s / %s / %s  %.*s\n%s\n", c.name, c.who->what, c.channel,
                       (int)c.out.subject.len, c.out.subject.len ? c.out.subject.data : "", c.text);
            check(&c);
        }
        parts_destroy(parts);
        arena_finish(&arena);
    }
}

/* ---- what holds for each ---- */

static void check_words(const struct case_of *c)
{
    static const char *const bad[] = { "just checking in",
                                       "touching base",
                                       "touch base",
                                       "did you get a chance",
                                       "any update",
                                       "bumping",
                                       "circling back",
                                       "\ndid you ",
                                       "\nhave you ",
                                       ". did you ",
                                       ". have you ",
                                       "{{",
                                       "{%",
                                       "  ",
                                       "\n\n\n",

                                       " .\n",
                                       " ,",
                                       ",,",
                                       "?.",
                                       "Liquid" };

    for (size_t i = 0; i < COUNT_OF(bad); i++)
        if (text_find_nocase(span_of(c->text), bad[i]))
            fail_case(c, bad[i]);
    if (!strchr(c->text, '?'))
        fail_case(c, "asks nothing");
    if (strcmp(c->channel, "letter") != 0 && c->out.derived)
        fail_case(c, "is derived");
}

static void test_library__asks_and_says_nothing_that_stalls(void **state)
{
    (void)state;
    each_case(check_words);
}

static void check_email(const struct case_of *c)
{
    const char *footer = strstr(c->text, "\n-- \n");

    if (strcmp(c->channel, "email") != 0)
        return;
    if (c->out.subject.len <= 5 || c->out.subject.len > 60)
        fail_case(c, "its subject is too short or too long");
    if (!strstr(c->text, "\n\nBest wishes,\nSam") || !footer || !strstr(footer, POSTAL) ||
        !strstr(footer, UNSUBSCRIBE))
        fail_case(c, "signature or footer");
}

static void test_library__mails_are_signed_and_show_the_way_out(void **state)
{
    (void)state;
    each_case(check_email);
}

static void check_sms(const struct case_of *c)
{
    struct segments s;

    if (strcmp(c->channel, "sms") != 0)
        return;
    s = segments_count(c->out.text, SEGMENT_HEADER_8);
    if (s.segments > 2 || s.encoding != SEGMENTS_GSM7)
        fail_case(c, "more than two segments of GSM-7");
    if (!strstr(c->text, "STOP to opt out."))
        fail_case(c, "no way out");
}

static void test_library__texts_fit_into_two_segments(void **state)
{
    (void)state;
    each_case(check_sms);
}

/* The paragraph behind the greeting. */
static const char *first_paragraph(const struct case_of *c, struct arena *arena)
{
    const char *from = strstr(c->text, "\n\n"), *to;

    if (!from)
        return "";
    from += 2;
    to = strstr(from, "\n\n");
    return arena_dup_span(arena, span_make(from, to ? (size_t)(to - from) : strlen(from)));
}

static void check_recap(const struct case_of *c)
{
    struct arena arena;
    const char *first;

    if (strcmp(c->channel, "email") != 0)
        return;
    arena_init(&arena);
    first = first_paragraph(c, &arena);
    if (c->who == &people[0] &&
        !strstr(first, "When we spoke on 6 October, you were losing two days"))
        fail_case(c, "does not lead with what was noted");
    if (strcmp(c->who->what, "answered") == 0 &&
        !strstr(first, "When you wrote on 8 October, you said: \"It went 'well', thank you. What "
                       "would it cost?\""))
        fail_case(c, "does not lead with their answer");
    arena_finish(&arena);
}

static void test_library__leads_with_the_recap(void **state)
{
    (void)state;
    each_case(check_recap);
}

/* The linter's rule: two steps of a sequence do not begin with the same six words. */
static void test_library__no_two_templates_begin_alike(void **state)
{
    char openings[COUNT_OF(library)][64];
    struct arena arena;

    (void)state;
    arena_init(&arena);
    for (size_t t = 0; t < COUNT_OF(library); t++) {
        struct parts *parts = parts_of(library[t], &arena);
        struct render_context context = { .now_ms = ms_at(ZONE, NOW), .channel = "email" };
        struct case_of c = { .name = library[t], .channel = "email", .who = &people[0] };
        struct template_problem problem;
        context.data = data_of(&people[0], "email", &arena);
        assert_int_equal(parts_render(parts, &context, &arena, &c.out, &problem), 0);
        c.text = arena_dup_span(&arena, c.out.text);
        snprintf(openings[t], sizeof(openings[t]), "%.20s", first_paragraph(&c, &arena));
        for (size_t k = 0; k < t; k++)
            assert_string_not_equal(openings[t], openings[k]);
        parts_destroy(parts);
    }
    arena_finish(&arena);
}

static void check_value(const struct case_of *c)
{
    if (strcmp(c->channel, "email") != 0)
        return;
    if (c->who == &people[0] && !strstr(c->text, "https://example.com/checklist"))
        fail_case(c, "does not give what there is to give");
    if (strcmp(c->who->what, "concerned") == 0 &&
        (!strstr(c->text, "a plan that needs one hour a week") ||
         strstr(c->text, "something else")))
        fail_case(c, "does not give what answers the concern");
}

static void test_library__gives_what_answers_the_concern(void **state)
{
    (void)state;
    each_case(check_value);
}

static void check_question(const struct case_of *c)
{
    bool asks = strcmp(c->name, "recap") == 0 || strcmp(c->name, "progress") == 0 ||
                strcmp(c->name, "reopen") == 0;

    if (c->who != &people[0] || !asks || strcmp(c->channel, "call") == 0)
        return;
    if (strcmp(c->name, "reopen") == 0 && strcmp(c->channel, "email") != 0)
        return;
    if (!strstr(c->text, "How did that conversation go?"))
        fail_case(c, "does not ask how it went");
}

static void test_library__asks_how_what_they_promised_went(void **state)
{
    (void)state;
    each_case(check_question);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_library__asks_and_says_nothing_that_stalls),
        cmocka_unit_test(test_library__mails_are_signed_and_show_the_way_out),
        cmocka_unit_test(test_library__texts_fit_into_two_segments),
        cmocka_unit_test(test_library__leads_with_the_recap),
        cmocka_unit_test(test_library__no_two_templates_begin_alike),
        cmocka_unit_test(test_library__gives_what_answers_the_concern),
        cmocka_unit_test(test_library__asks_how_what_they_promised_went),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
