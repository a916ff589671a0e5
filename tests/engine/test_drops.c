/* tests/engine/test_drops.c - the names that templates may use, and the data under them. */
// clang-format off
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
// clang-format on

#include "clockwork.h"
#include "core/base/text.h"
#include "core/engine/drops.h"

static void test_drops__every_name_has_a_meaning_and_an_example_and_stands_once(void **state)
{
    size_t count;
    const struct drop_doc *docs = drops_docs(&count);

    (void)state;
    for (size_t i = 0; i < count; i++) {
        assert_true(docs[i].path[0] && docs[i].meaning[0] && docs[i].example[0] && docs[i].type[0]);
        for (size_t k = 0; k < i; k++)
            assert_string_not_equal(docs[i].path, docs[k].path);
    }
}

static void test_drops__the_fields_are_the_documented_names_in_their_order(void **state)
{
    size_t count;
    const struct drop_doc *docs = drops_docs(&count);
    const char *const *fields = drops_fields();

    (void)state;
    for (size_t i = 0; i < count; i++)
        assert_string_equal(fields[i], docs[i].path);
    assert_null(fields[count]);
}

/* ---- the data ---- */

static struct value member(struct value map, struct span name)
{
    for (size_t i = 0; map.type == VALUE_MAP && i < map.map.count; i++)
        if (span_eq(map.map.pairs[i].name, name))
            return map.map.pairs[i].value;
    return value_nil();
}

static struct value find(struct value data, const char *path)
{
    struct span rest = span_of(path), piece;

    while (text_next_piece(&rest, '.', &piece))
        data = member(data, piece);
    return data;
}

static const char all_fields[] =
    "{\"last_summary\":\"you were happy\",\"last_contact\":\"2026-10-06\",\"their_words\":\"a "
    "lighthouse\",\"common_ground\":\"both sail\",\"commitment\":\"talk to Bo\","
    "\"commitment_due\":\"2026-12-04\",\"commitment_who\":\"Ana\",\"concern\":\"the price\","
    "\"concern_answer\":\"monthly\",\"value\":\"a list\",\"value_url\":\"https://x.example\","
    "\"cta\":\"Call me.\",\"cta_url\":\"https://y.example\",\"plan_why_not_yes\":\"a\","
    "\"plan_change\":\"b\",\"plan_value\":\"c\",\"plan_lead\":\"d\",\"seats\":12,\"vip\":true}";

static const struct prospect ana = { .id = 1,
                                     .first_name = "Ana",
                                     .last_name = "Silva",
                                     .company = "Northwind",
                                     .title = "CTO",
                                     .city = "Leeds",
                                     .country = "UK" };

static struct value build(const struct prospect *who, const char *fields, struct arena *arena)
{
    struct drops_facts facts = {
        .prospect = who,
        .fields = drops_custom(fields, arena),
        .sender_name = "Sam Carter",
        .sender_first_name = "Sam",
        .sender_address = "sam@us.example",
        .channel = "email",
        .unsubscribe = "https://u.example",
        .telegram = "https://t.example",
        .postal_address = "Long Street",
        .step_number = 2,
        .step_count = 6,
        .now_ms = ms_at("Europe/Berlin", "2026-12-01 10:00"),
        .zone = zone_named("Europe/Berlin"),
    };

    drops_notes_of(&facts.fields, arena, &facts.notes);
    return drops_build(&facts, arena);
}

static void test_drops__every_name_of_the_list_is_there_when_everything_is_known(void **state)
{
    size_t count;
    const struct drop_doc *docs = drops_docs(&count);
    struct arena arena;
    struct value data;

    (void)state;
    arena_init(&arena);
    data = build(&ana, all_fields, &arena);
    for (size_t i = 0; i < count; i++) {
        bool any = strcmp(docs[i].path + strlen(docs[i].path) - 2, ".*") == 0;
        bool stored = strcmp(docs[i].path, "recap.channel") == 0; /* the store alone knows it */
        if (!any && !stored && find(data, docs[i].path).type == VALUE_NIL)
            fail_msg("%s is not there", docs[i].path);
    }
    assert_int_equal(find(data, "fields.seats").type, VALUE_DOUBLE);
    assert_int_equal(find(data, "prospect.fields.vip").type, VALUE_BOOL);
    arena_finish(&arena);
}

static bool is_named(const char *name, const struct value_pair *pair)
{
    size_t len = strlen(name);

    return len >= pair->name.len && memcmp(name, pair->name.data, pair->name.len) == 0 &&
           (len == pair->name.len || name[pair->name.len] == '.');
}

static void test_drops__nothing_is_there_that_the_list_does_not_name(void **state)
{
    const char *const *fields;
    struct arena arena;
    struct value data;

    (void)state;
    arena_init(&arena);
    data = build(&ana, all_fields, &arena);
    for (size_t i = 0; i < data.map.count; i++) {
        const struct value *drop = &data.map.pairs[i].value;
        for (fields = drops_fields(); *fields && !is_named(*fields, &data.map.pairs[i]); fields++)
            ;
        assert_non_null(*fields);
        for (size_t k = 0; drop->type == VALUE_MAP && k < drop->map.count; k++) {
            const char *path = arena_printf(
                &arena, "%.*s.%.*s", (int)data.map.pairs[i].name.len, data.map.pairs[i].name.data,
                (int)drop->map.pairs[k].name.len, drop->map.pairs[k].name.data);
            for (fields = drops_fields();
                 *fields && strcmp(*fields, path) != 0 &&
                 !span_is(data.map.pairs[i].name, "fields") && strcmp(path, "prospect.fields") != 0;
                 fields++)
                ;
            if (!*fields)
                fail_msg("%s is not in the list", path);
        }
    }
    arena_finish(&arena);
}

static void test_drops__of_which_nothing_is_known_are_nil(void **state)
{
    static const char *const names[] = { "recap", "next",    "commitment", "concern",
                                         "value", "rapport", "plan" };
    static const char *const fields[] = {
        NULL, "{}", "not json",
        "{\"last_summary\":\" \",\"commitment\":\"\",\"concern\":\" \",\"value\":\"\","
        "\"their_words\":\"\",\"plan_lead\":\" \",\"last_contact\":null,\"next_question\":[]}"
    };
    const struct prospect nobody = { .id = 1 };
    struct arena arena;

    (void)state;
    arena_init(&arena);
    for (size_t i = 0; i < COUNT_OF(names) * COUNT_OF(fields); i++) {
        struct value data = build(&nobody, fields[i % COUNT_OF(fields)], &arena);
        assert_int_equal(find(data, names[i / COUNT_OF(fields)]).type, VALUE_NIL);
        assert_int_equal(find(data, "fields").type, VALUE_MAP);
        assert_int_equal(find(data, "cta.text").type, VALUE_NIL);
        assert_int_equal(find(data, "cta.slots").type, VALUE_LIST);
    }
    arena_finish(&arena);
}

static void expect_text(struct value data, const char *path, const char *text)
{
    struct value value = find(data, path);

    if (value.type != VALUE_TEXT || !span_is(value.text, text))
        fail_msg("%s is not \"%s\"", path, text);
}

static void test_drops__what_answers_the_concern_is_the_value_while_it_is_open(void **state)
{
    struct arena arena;
    struct value data;

    (void)state;
    arena_init(&arena);
    data = build(&ana,
                 "{\"concern\":\"x\",\"concern_value\":\"answer\",\"value\":\"other\","
                 "\"value_url\":\"https://other.example\"}",
                 &arena);
    expect_text(data, "value.text", "answer");
    assert_int_equal(find(data, "value.url").type, VALUE_NIL);
    data = build(&ana, "{\"concern_value\":\"answer\",\"value\":\"other\"}", &arena);
    expect_text(data, "value.text", "other");
    arena_finish(&arena);
}

static void test_drops__a_commitment_goes_into_a_sentence(void **state)
{
    struct arena arena;

    (void)state;
    arena_init(&arena);
    expect_text(build(&ana, "{\"commitment\":\" talk to\\nBo. \"}", &arena), "commitment.text",
                "talk to Bo");
    arena_finish(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_drops__every_name_of_the_list_is_there_when_everything_is_known),
        cmocka_unit_test(test_drops__nothing_is_there_that_the_list_does_not_name),
        cmocka_unit_test(test_drops__of_which_nothing_is_known_are_nil),
        cmocka_unit_test(test_drops__what_answers_the_concern_is_the_value_while_it_is_open),
        cmocka_unit_test(test_drops__a_commitment_goes_into_a_sentence),
        cmocka_unit_test(test_drops__every_name_has_a_meaning_and_an_example_and_stands_once),
        cmocka_unit_test(test_drops__the_fields_are_the_documented_names_in_their_order),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
