/* tests/engine/test_guide.c - the author's guide, docs/templates.md, has exactly the names that
 * templates may use. That their examples print what the guide says is held by the test of the same
 * name in tests/templates. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_guide__has_every_drop_with_its_meaning_and_its_example),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
