/* tests/engine/test_library_lint.c - the ready templates pass our own linter, whatever is known of a prospect. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "core/base/attr.h"
#include "core/base/file.h"
#include "core/engine/drops.h"
#include "core/engine/examples.h"
#include "core/engine/phrase_files.h"
#include "templates/lint.h"

static const char *const library[] = { "recap",     "value",  "progress",        "concern",
                                       "last-note", "reopen", "thanks-next-step" };
static const char *const part_names[] = { "email", "sms", "chat", "call" };

static struct phrase_book book;
static struct arena kept; /* of the sources */

static int read_book(void **state)
{
    struct err err = { 0 };

    (void)state;
    arena_init(&kept);
    if (phrase_files_read("/nowhere:" HEED_SOURCE_DIR "/templates/phrases", &book, &err) < 0)
        fail_msg("%s", err.text);
    assert_int_equal(book.count, 2);
    assert_string_equal(phrases_language(book.languages[0]), "de");
    return 0;
}

static int forget_book(void **state)
{
    (void)state;
    phrase_book_finish(&book);
    arena_finish(&kept);
    return 0;
}

static const char *read_source(const char *name, const char *part)
{
    struct err err = { 0 };
    struct str text;
    const char *copy;

    str_init(&text, 1 << 20);
    if (file_read(
            arena_printf(&kept, "%s/templates/library/%s/%s.liquid", HEED_SOURCE_DIR, name, part),
            &text, NULL, &err) < 0)
        fail_msg("%s", err.text);
    copy = arena_dup(&kept, str_text(&text));
    str_finish(&text);
    return copy;
}

static struct parts *compile(const char *name)
{
    struct part_source sources[COUNT_OF(part_names)];
    struct str problems;
    struct parts *parts;

    for (size_t i = 0; i < COUNT_OF(part_names); i++)
        sources[i] = (struct part_source){ part_names[i], read_source(name, part_names[i]) };
    str_init(&problems, 100000);
    parts = parts_compile(&(struct parts_source){ .name = name,
                                                  .sources = sources,
                                                  .count = COUNT_OF(part_names),
                                                  .fields = drops_fields() },
                          &kept, &problems);
    if (!parts)
        fail_msg("%s", str_text(&problems));
    str_finish(&problems);
    return parts;
}

static void expect_no_warning(const char *what, const struct lint_findings *findings)
{
    for (size_t i = 0; i < findings->count; i++)
        if (findings->items[i].severity >= LINT_WARN)
            fail_msg("%s: %s: %s: %.*s", what, findings->items[i].rule->id,
                     findings->items[i].found, (int)findings->items[i].quote.len,
                     findings->items[i].quote.data);
}

static void lint_example(const struct parts *parts, const char *name, const char *channel, size_t n)
{
    struct arena arena;
    struct parts_trace trace = { 0 };
    struct render_context context = { .now_ms = EXAMPLES_NOW_MS,
                                      .channel = channel,
                                      .parts_trace = &trace };
    struct lint_findings findings = { .arena = &arena };
    struct lint_facts facts = { .opt_out_header = LINT_NO };
    struct template_problem problem = { 0 };
    struct rendered out;

    arena_init(&arena);
    parts_trace_init(&trace, &arena);
    context.data = example_data(n, channel, &arena);
    if (parts_render(parts, &context, &arena, &out, &problem) < 0)
        fail_msg("%s/%s for %s: line %d: %s", name, channel, example_name(n), problem.line,
                 problem.text);
    lint_facts_from_data(&context.data, &facts);
    lint_facts_from_trace(&trace, &facts);
    lint_message(&(struct lint_message){ channel, out.subject, out.text, out.html }, &facts, &book,
                 &findings);
    expect_no_warning(arena_printf(&arena, "%s/%s for %s:\n%.*s\n", name, channel, example_name(n),
                                   (int)out.text.len, out.text.data),
                      &findings);
    arena_finish(&arena);
}

static void test_library__passes_the_linter_for_every_example_on_every_channel(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(library); i++) {
        struct parts *parts = compile(library[i]);
        for (size_t p = 0; p < COUNT_OF(part_names); p++)
            for (size_t n = 0; n < examples_count(); n++)
                lint_example(parts, library[i], part_names[p], n);
        parts_destroy(parts);
    }
}

static void test_library__has_no_trap_in_its_sources(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(library); i++)
        for (size_t p = 0; p < COUNT_OF(part_names); p++) {
            struct arena arena;
            struct lint_findings findings = { .arena = &arena };

            arena_init(&arena);
            lint_source(part_names[p], span_of(read_source(library[i], part_names[p])), &findings);
            expect_no_warning(library[i], &findings);
            arena_finish(&arena);
        }
}

static void test_examples__go_from_everything_known_to_next_to_nothing(void **state)
{
    struct arena arena;
    struct lint_facts first = { 0 }, last = { 0 };
    struct value all, none;

    (void)state;
    arena_init(&arena);
    all = example_data(0, "email", &arena);
    none = example_data(examples_count() - 1, "email", &arena);
    lint_facts_from_data(&all, &first);
    lint_facts_from_data(&none, &last);
    assert_int_equal(first.can_recap, LINT_YES);
    assert_int_equal(first.can_value, LINT_YES);
    assert_int_equal(last.can_recap, LINT_NO);
    assert_int_equal(last.can_value, LINT_NO);
    assert_true(last.opt_out_link.len > 0);
    arena_finish(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_library__passes_the_linter_for_every_example_on_every_channel),
        cmocka_unit_test(test_library__has_no_trap_in_its_sources),
        cmocka_unit_test(test_examples__go_from_everything_known_to_next_to_nothing),
    };

    return cmocka_run_group_tests(tests, read_book, forget_book);
}
