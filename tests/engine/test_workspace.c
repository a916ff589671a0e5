/* tests/engine/test_workspace.c - what a workspace knows of its senders. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "support_world.h"

/* Every text with "Sam here" in it was held: a number has no display name. */
static void test_workspace__names_the_person_behind_a_number(void **state)
{
    struct world world;
    const struct sender *texts;

    (void)state;
    world_create(&world, NULL);
    texts = workspace_sender(world.workspace, "texts");
    assert_string_equal(texts->from_name, "Sam Carter");
    assert_string_equal(texts->first_name, "Sam");
    world_destroy(&world);
}

static void test_workspace__leaves_senders_their_own_names(void **state)
{
    struct world world;

    (void)state;
    world_create(&world, "[sender texts]\nthrough = console\nchannel = sms\nfrom = +12025550100\n"
                         "[sender ann]\nthrough = console\nchannel = email\n"
                         "from = Ann Lee <ann@us.example>\n"
                         "[sender bob]\nthrough = console\nchannel = email\n"
                         "from = Bob Roe <bob@us.example>\n");
    assert_string_equal(workspace_sender(world.workspace, "texts")->from_name, "Ann Lee");
    assert_string_equal(workspace_sender(world.workspace, "bob")->from_name, "Bob Roe");
    world_destroy(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_workspace__names_the_person_behind_a_number),
        cmocka_unit_test(test_workspace__leaves_senders_their_own_names),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
