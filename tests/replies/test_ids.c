/* tests/replies/test_ids.c - token-looking runs and Message-IDs in any text. */
#include "tests/replies/case.h"

#include <string.h>

#include "core/replies/ids.h"

static const struct {
    const char *text;
    const char *token; /* NULL = none */
} rows[] = {
    { "<" TOKEN_M "@us.example>", TOKEN_M },
    { "sam+" TOKEN_R "@us.example", TOKEN_R },
    { "https://us.example/u/" TOKEN_U "?x=1", TOKEN_U },
    { "SAM+R2ABCDEFGH2345WWWWWWWWWWWWWWWWW@US.EXAMPLE", TOKEN_R },
    { "b2abcdefgh2345xxxxxxxxxxxxxxxxx@bounce.us.example", "b2abcdefgh2345xxxxxxxxxxxxxxxxx" },
    { "https%3A%2F%2Fus.example%2Fu%2F" TOKEN_U, TOKEN_U },
    { "href=3D" TOKEN_U "=20", TOKEN_U },
    { "=b2abcdefgh2345xxxxxxxxxxxxxxxxx", "b2abcdefgh2345xxxxxxxxxxxxxxxxx" },
    { TOKEN_M, TOKEN_M },
    { TOKEN_M "a", NULL },                        /* 32 characters */
    { "m2abcdefgh2345qqqqqqqqqqqqqqqqq1", NULL }, /* a digit more */
    { "m2abcdefgh2345qqqqqqqqqqqqqqqq1", NULL },  /* 1 is no base 32 */
    { "x2abcdefgh2345qqqqqqqqqqqqqqqqq", NULL },  /* no kind */
    { "m2abcdefgh2345qqqqqqqqqqqqqqqq", NULL },   /* 30 */
    { "", NULL },
};

static void test_ids__finds_tokens_between_other_characters(void **state)
{
    struct arena arena;

    (void)state;
    arena_init(&arena);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct names found = { .max = IDS_MAX_TOKENS };

        ids_add_tokens(span_of(rows[i].text), &arena, &found);
        if (rows[i].token ? found.count != 1 || strcmp(found.items[0], rows[i].token) != 0
                          : found.count != 0)
            fail_msg("\"%s\": %zu tokens, first %s", rows[i].text, found.count,
                     found.count ? found.items[0] : "-");
    }
    arena_finish(&arena);
}

static void test_ids__finds_returned_message_ids_folded_and_quoted(void **state)
{
    static const struct {
        const char *text, *id;
    } texts[] = {
        { "Message-ID: <a@x>", "<a@x>" },          { "MESSAGE-ID:<a@x>", "<a@x>" },
        { "> Message-Id: <a@x>", "<a@x>" },        { "Message-ID:\n <a@x>", "<a@x>" },
        { "Original-Message-ID: <a@x>", "<a@x>" }, { "Message-ID: none", NULL },
        { "Message-ID: <a b@x>", NULL },           { "Message-ID: <>", NULL },
        { "the message-id is <a@x>", NULL },
    };
    struct arena arena;

    (void)state;
    arena_init(&arena);
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        struct names found = { .max = 5 };

        ids_add_returned(span_of(texts[i].text), &arena, &found);
        if (texts[i].id ? found.count != 1 || strcmp(found.items[0], texts[i].id) != 0
                        : found.count != 0)
            fail_msg("\"%s\": %zu ids", texts[i].text, found.count);
    }
    arena_finish(&arena);
}

static void test_ids__stops_at_its_limit(void **state)
{
    struct names found = { .max = 3 };
    struct arena arena;

    (void)state;
    arena_init(&arena);
    ids_add_message_ids(span_of("<a@x> <b@x> <a@x> <c@x> <d@x>"), &arena, &found);
    assert_int_equal(found.count, 3);
    assert_string_equal(found.items[2], "<c@x>");
    arena_finish(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ids__finds_tokens_between_other_characters),
        cmocka_unit_test(test_ids__finds_returned_message_ids_folded_and_quoted),
        cmocka_unit_test(test_ids__stops_at_its_limit),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
