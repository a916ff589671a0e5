/* tests/engine/test_lint_hold.c - a message that is plainly wrong is held for a person, unless the workspace says otherwise. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "support_world.h"

#define SENDERS                                                                                    \
    "[sender sam]\nthrough = console\nchannel = email\nfrom = Sam Carter <sam@us.example>\n"       \
    "[sender phone]\nthrough = task\nchannel = call\n"

#define MAIL(text) "---\nsubject: Hello\n---\n" text "\n"

/* What became of the first step when template "t" says `source`. */
static struct enrollment run_with(struct world *world, const char *senders, const char *first_name,
                                  const char *source)
{
    int64_t ana;

    world_create(world, senders);
    world_plan(world, "auto");
    world_template(world, "t", "email", source);
    ana = world_prospect(world, first_name, "ana@northwind.example", NULL);
    world_enroll(world, ana);
    world_run(world, WORLD_START);
    return world_enrollment(world, ana);
}

static void test_lint_hold__holds_what_nobody_meant_to_send(void **state)
{
    static const struct {
        const char *source, *reason;
    } rows[] = {
        { MAIL("Hi [First Name], how did it go?"),
          "template t@2: a placeholder that nobody filled in: [First Name] (text, line 1)" },
        { MAIL("Hi,\n{% raw %}{{ x }}{% endraw %} how did it go?"),
          "template t@2: template syntax is left in it: {{ x }} (text, line 2)" },
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct world world;
        struct enrollment held = run_with(&world, SENDERS, "Ana", rows[i].source);

        assert_string_equal(held.hold_reason, rows[i].reason);
        assert_int_equal(held.step, 0);
        assert_int_equal(world_count(&world, "touch"), 0);
        assert_int_equal(world_count(&world, "task WHERE kind = 'held' AND state = 'open'"), 1);
        world_destroy(&world);
    }
}

static void test_lint_hold__never_holds_when_told_so(void **state)
{
    struct world world;
    struct enrollment row = run_with(&world, SENDERS "[lint]\nhold = never\n", "Ana",
                                     MAIL("Hi [First Name], how did it go?"));

    (void)state;
    assert_int_equal(row.step, 1);
    assert_int_equal(world_count(&world, "touch WHERE state = 'sent'"), 1);
    world_destroy(&world);
}

static void test_lint_hold__sends_what_only_could_be_better(void **state)
{
    struct world world;
    struct enrollment row =
        run_with(&world, SENDERS, "Ana", MAIL("Just checking in. Did you get a chance?"));

    (void)state;
    assert_int_equal(row.step, 1);
    assert_int_equal(world_count(&world, "touch WHERE state = 'sent'"), 1);
    world_destroy(&world);
}

static void test_lint_hold__sends_to_a_prospect_whose_name_looks_like_a_template(void **state)
{
    struct world world;
    struct enrollment row = run_with(&world, SENDERS, "{{ x }} [name]",
                                     MAIL("Hi {{ prospect.first_name }}, how did it go?"));

    (void)state;
    assert_int_equal(row.step, 1);
    assert_int_equal(world_count(&world, "touch WHERE text LIKE '%{{ x }} [name]%'"), 1);
    world_destroy(&world);
}

static void test_lint_hold__is_errors_or_never(void **state)
{
    struct workspace *workspace;
    struct world world;
    struct err err = { 0 };
    FILE *conf;

    (void)state;
    world_create(&world, NULL);
    assert_true(world.workspace->lint_hold);
    conf = fopen(arena_printf(&world.arena, "%s/heed.conf", world.folder), "ae");
    assert_non_null(conf);
    fputs("[lint]\nhold = sometimes\n", conf);
    fclose(conf);
    workspace = workspace_open(world.folder, WORKSPACE_STORE, &err);
    assert_null(workspace);
    assert_non_null(strstr(err.text, "hold must be errors or never, not \"sometimes\""));
    world_destroy(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lint_hold__holds_what_nobody_meant_to_send),
        cmocka_unit_test(test_lint_hold__never_holds_when_told_so),
        cmocka_unit_test(test_lint_hold__sends_what_only_could_be_better),
        cmocka_unit_test(test_lint_hold__sends_to_a_prospect_whose_name_looks_like_a_template),
        cmocka_unit_test(test_lint_hold__is_errors_or_never),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
