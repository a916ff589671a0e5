/* tests/engine/test_guide.c - the author's guide, docs/templates.md, has exactly the names that
 * templates may use. That their examples print what the guide says is held by the test of the same
 * name in tests/templates. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "core/base/json.h"
#include "core/base/text.h"
#include "core/engine/drops.h"
#include "guide.h"

static char *code_under(const struct guide_item *row, const char *head, struct arena *arena)
{
    char *code = guide_code(guide_cell(row, head), arena);

    if (!code)
        fail_msg("docs/templates.md:%d: no `code` under %s", row->line, head);
    return code;
}

static void check_row(const struct guide_item *row, const struct drop_doc *doc, struct arena *arena)
{
    const char *drop = code_under(row, "drop", arena);

    if (strcmp(drop, doc->path) != 0)
        fail_msg("docs/templates.md:%d: '%s' here, the next drop is '%s'", row->line, drop,
                 doc->path);
    assert_string_equal(arena_dup_span(arena, guide_cell(row, "type")), doc->type);
    assert_string_equal(arena_dup_span(arena, guide_cell(row, "what")), doc->meaning);
    assert_string_equal(code_under(row, "prints", arena), doc->example);
}

static void test_guide__has_every_drop_with_its_meaning_and_its_example(void **state)
{
    size_t count, row = 0;
    const struct drop_doc *docs = drops_docs(&count);
    struct arena arena;
    struct guide guide;

    (void)state;
    arena_init(&arena);
    guide = guide_of(guide_text(&arena), &arena);
    for (size_t i = 0; i < guide.count; i++) {
        if (!guide_cell(&guide.items[i], "drop").data)
            continue;
        if (row == count)
            fail_msg("docs/templates.md:%d: the program has no more drops", guide.items[i].line);
        check_row(&guide.items[i], &docs[row++], &arena);
    }
    if (row < count)
        fail_msg("docs/templates.md lacks the drop '%s'", docs[row].path);
    arena_finish(&arena);
}

/* ---- columns ---- */

/* The prospect, the sender and the hour of the guide's examples. */
static const struct prospect ana = { .id = 7,
                                     .first_name = "Ana",
                                     .last_name = "Silva",
                                     .company = "Northwind",
                                     .title = "Head of Sales",
                                     .city = "Hamburg",
                                     .country = "Germany" };

#define GUIDE_NOW_MS INT64_C(1795422600000) /* 2026-11-23 09:30 in Berlin */

/* "Last summary" is the field last_summary, as in an import. */
static char *field_of(const char *column, struct arena *arena)
{
    char *field = text_lower(arena, span_of(column));

    for (char *p = field; *p; p++)
        if (*p == ' ')
            *p = '_';
    return field;
}

/* The fields of a row of the import that the guide describes: JSON, in the arena. */
static const char *example_fields(const struct guide *guide, struct arena *arena)
{
    cJSON *json = cJSON_CreateObject();
    char *printed;
    const char *text;

    json_add_text(json, "package", "Package X");
    for (size_t i = 0; i < guide->count; i++) {
        const struct guide_item *row = &guide->items[i];
        struct span cell = guide_cell(row, "in the example");
        if (cell.len)
            json_add_text(json, field_of(code_under(row, "column", arena), arena),
                          guide_code(cell, arena));
    }
    printed = json_print(json, false);
    text = arena_dup(arena, printed);
    free(printed);
    cJSON_Delete(json);
    return text;
}

static struct value example_drops(const struct guide *guide, struct arena *arena)
{
    struct drops_facts facts = {
        .prospect = &ana,
        .fields = drops_custom(example_fields(guide, arena), arena),
        .contact = { .side = DROPS_THEM, .their_words = "It went well. What would it cost?" },
        .sender_name = "Sam Carter",
        .sender_first_name = "Sam",
        .sender_address = "sam@example.com",
        .channel = "email",
        .unsubscribe = "https://heed.example.com/u/abc",
        .telegram = "https://t.me/example?start=abc",
        .postal_address = "Example Ltd, 1 Long Street, Berlin",
        .step_number = 2,
        .step_count = 6,
        .now_ms = GUIDE_NOW_MS,
        .zone = zone_find("Europe/Berlin", NULL),
    };

    drops_notes_of(&facts.fields, arena, &facts.notes);
    return drops_build(&facts, arena);
}

/* "fields.*": the field package stands for all of them. */
static struct value drop_at(const struct value *data, const char *path)
{
    struct span rest = span_of(path), word;
    struct value at = *data;

    while (text_next_piece(&rest, '.', &word)) {
        struct value found = value_nil();
        if (span_is(word, "*"))
            word = span_of("package");
        for (size_t i = 0; at.type == VALUE_MAP && i < at.map.count; i++)
            if (span_eq(at.map.pairs[i].name, word))
                found = at.map.pairs[i].value;
        at = found;
    }
    return at.type == VALUE_LIST && at.list.count ? at.list.items[0] : at;
}

static const char *drop_text(const struct value *data, const char *path, struct arena *arena)
{
    struct value value = drop_at(data, path);

    if (value.type == VALUE_INT)
        return arena_printf(arena, "%lld", (long long)value.integer);
    return value.type == VALUE_TEXT ? arena_dup_span(arena, value.text) : "(nothing)";
}

static void test_guide__columns_of_an_import_give_the_drops_of_the_examples(void **state)
{
    size_t count;
    const struct drop_doc *docs = drops_docs(&count);
    struct arena arena;
    struct guide guide;
    struct value data;

    (void)state;
    arena_init(&arena);
    guide = guide_of(guide_text(&arena), &arena);
    data = example_drops(&guide, &arena);
    for (size_t i = 0; i < count; i++) {
        const char *got = drop_text(&data, docs[i].path, &arena);
        bool unknown = strcmp(docs[i].path, "recap.channel") == 0; /* not with a summary of ours */
        if (strcmp(got, unknown ? "(nothing)" : docs[i].example) != 0)
            fail_msg("%s is \"%s\" for the guide's prospect, not \"%s\"", docs[i].path, got,
                     docs[i].example);
    }
    arena_finish(&arena);
}

static bool is_note(const char *field, struct arena *arena)
{
    struct value fields = drops_custom(arena_printf(arena, "{\"%s\":\"x\"}", field), arena);
    static const struct drops_notes none;
    struct drops_notes notes;

    drops_notes_of(&fields, arena, &notes);
    return memcmp(&notes, &none, sizeof(notes)) != 0;
}

static void test_guide__has_every_column_that_fills_a_drop_and_no_other(void **state)
{
    struct arena arena;
    struct guide guide;
    size_t rows = 0;

    (void)state;
    arena_init(&arena);
    guide = guide_of(guide_text(&arena), &arena);
    for (size_t i = 0; i < guide.count; i++) {
        const struct guide_item *row = &guide.items[i];
        const char *column;
        if (!guide_cell(row, "column").data)
            continue;
        column = code_under(row, "column", &arena);
        if (!is_note(field_of(column, &arena), &arena))
            fail_msg("docs/templates.md:%d: no drop is filled by '%s'", row->line, column);
        rows++;
    }
    assert_int_equal(rows, sizeof(struct drops_notes) / sizeof(const char *));
    arena_finish(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_guide__has_every_drop_with_its_meaning_and_its_example),
        cmocka_unit_test(test_guide__columns_of_an_import_give_the_drops_of_the_examples),
        cmocka_unit_test(test_guide__has_every_column_that_fills_a_drop_and_no_other),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
