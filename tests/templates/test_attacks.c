/* tests/templates/test_attacks.c - templates that ask for more work than they are worth end with a
 * clear reason, or with the right text, in bounded memory. How soon is for script/bench attacks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "attacks.h"
#include "support.h"

#define ARENA_MOST_BYTES ((size_t)24 << 20) /* of a compilation or a render, with data and source */

static const char *ended(const struct attack *attack, struct arena *arena)
{
    struct template_options options = attack_options(attack);
    struct template_problems problems = { 0 };
    struct render_context context = { .now_ms = NOW_MS, .data = attack_data(attack, arena) };
    struct template_problem problem = { 0 };
    struct template *template =
        template_compile(attack_source(attack, arena), &options, arena, &problems);
    struct span out;
    int rc;

    if (!template)
        return problems.items[0].text;
    rc = template_render(template, &context, arena, &out, &problem);
    template_destroy(template);
    return rc < 0 ? arena_dup(arena, problem.text) : NULL;
}

static bool ends_well(const struct attack *attack)
{
    struct arena arena;
    const char *text;
    bool well;

    arena_init(&arena);
    text = ended(attack, &arena);
    well = text && attack->says ? strstr(text, attack->says) != NULL : text == attack->says;
    if (!well)
        print_error("%s: \"%s\", not \"%s\"\n", attack->name, text ? text : "(rendered)",
                    attack->says ? attack->says : "(rendered)");
    if (arena.used > ARENA_MOST_BYTES)
        print_error("%s: %zu bytes of memory\n", attack->name, arena.used);
    well = well && arena.used <= ARENA_MOST_BYTES;
    arena_finish(&arena);
    return well;
}

static void test_attacks__end_with_a_clear_reason_or_the_right_text(void **state)
{
    const struct attack *attack;
    int failed = 0;

    (void)state;
    for (size_t i = 0; (attack = attack_at(i)) != NULL; i++)
        failed += !ends_well(attack);
    assert_int_equal(failed, 0);
}

/* What is fine must stay fine: the budget is far above what a long mail needs. */
static void test_attacks__a_long_list_of_prices_is_none(void **state)
{
    struct template_options options = { .part = PART_HTML };
    struct arena arena;
    struct outcome out;

    (void)state;
    arena_init(&arena);
    out = liquid(&arena,
                 "{% assign total = 0.0 %}<table>{% for i in (1..300) %}{% assign p = i | times: "
                 "1.15 | round: 2 %}{% assign total = total | plus: p %}<tr><td>{{ x | upcase | "
                 "truncate: 20 }}</td><td>{{ p }}</td></tr>{% endfor %}</table>{{ total }}",
                 "{\"x\":\"\\u00e4pfel und birnen, und noch mehr davon\"}", &options);
    if (!out.rendered)
        fail_msg("%s", out.problem.text);
    assert_non_null(strstr(out.text, "</table>51922.5"));
    arena_finish(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_attacks__end_with_a_clear_reason_or_the_right_text),
        cmocka_unit_test(test_attacks__a_long_list_of_prices_is_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
