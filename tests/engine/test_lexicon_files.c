/* tests/engine/test_lexicon_files.c - rules of the user's own: a file in the folder lexicon/ of a workspace. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "core/engine/lexicon_files.h"
#include "support_world.h"

static const char mail[] =
    "From: Ana <ana@client.example>\nTo: sam+$TOKEN@us.example\nSubject: Re: Hello\n"
    "Message-ID: <m1@client.example>\n\n"
    "Kindly put us on your quiet shelf.\n";

static void put_table(const struct world *world, const char *name, const char *text)
{
    char path[200];
    FILE *out;

    snprintf(path, sizeof(path), "%s/lexicon", world->folder);
    mkdir(path, 0700);
    snprintf(path, sizeof(path), "%s/lexicon/%s", world->folder, name);
    out = fopen(path, "we");
    assert_non_null(out);
    fputs(text, out);
    fclose(out);
}

/* What follows when Ana answers with the mail above. */
static const char *exit_after_mail(struct world *world)
{
    int64_t ana;

    world_plan(world, "auto");
    ana = world_prospect(world, "Ana", "ana@client.example", NULL);
    world_enroll(world, ana);
    world_run(world, WORLD_START);
    world_mail(world, world_touch(world, ana, 0).id, mail);
    world_run(world, WORLD_START + 60000);
    return arena_printf(&world->arena, "%s", world_enrollment(world, ana).exit);
}

static void test_lexicon_files__a_phrase_of_the_users_opts_a_prospect_out(void **state)
{
    struct world world;

    (void)state;
    world_create(&world, NULL);
    assert_string_not_equal(exit_after_mail(&world), "opted_out");
    world_destroy(&world);

    world_create(&world, NULL);
    put_table(&world, "ours.tsv",
              "# our customers say it so\nopt_out\teverything\ten\t-\t-\tquiet shelf\n");
    world_reopen(&world, NULL);
    assert_string_equal(exit_after_mail(&world), "opted_out");
    assert_int_equal(world_count(&world, "suppression WHERE kind = 'email' AND cause = 'opt_out'"),
                     1);
    world_destroy(&world);
}

static void test_lexicon_files__a_broken_row_stops_the_start_with_file_and_line(void **state)
{
    struct world world;
    struct err err = { 0 };
    struct workspace *again;

    (void)state;
    world_create(&world, NULL);
    put_table(&world, "ours.tsv", "# one\nopt_out\teverything\ten\tquiet shelf\n");
    again = workspace_open(world.folder, WORKSPACE_STORE, &err);
    assert_null(again);
    assert_int_equal(err.code, ERR_CONFIG);
    if (!strstr(err.text, "/lexicon/ours.tsv:2: expected 6 cells"))
        fail_msg("%s", err.text);
    world_destroy(&world);
}

static const struct lexicon_rule *find(const struct world *world, const char *text,
                                       struct arena *arena)
{
    char folder[200];
    struct err err = { 0 };
    struct words words = words_split(span_of(text), arena);
    const struct lexicon *lexicon;
    struct lexicon_hit *hits;

    snprintf(folder, sizeof(folder), "%s/lexicon", world->folder);
    lexicon = lexicon_files_read(folder, arena, &err);
    if (!lexicon)
        fail_msg("%s", err.text);
    return lexicon_find(lexicon, LEXICON_OPT_OUT, &words, arena, &hits) ? hits[0].rule : NULL;
}

static void test_lexicon_files__read_tables_only_and_in_order(void **state)
{
    struct world world;

    (void)state;
    world_create(&world, NULL);
    /* Without a folder there is what heed comes with. */
    assert_non_null(find(&world, "Please remove me from your list", &world.arena));
    assert_null(find(&world, "quiet shelf", &world.arena));
    put_table(&world, "b.tsv", "-opt_out\tquiet shelf\n");
    put_table(&world, "a.tsv", "opt_out\teverything\ten\t-\t-\tquiet shelf\n");
    put_table(&world, "a.tsv~", "no table\n");
    put_table(&world, ".c.tsv", "no table\n");
    put_table(&world, "notes.txt", "no table\n");
    assert_null(find(&world, "quiet shelf", &world.arena));
    put_table(&world, "c.tsv", "opt_out\taddress\ten\t-\t-\tquiet shelf\n");
    assert_string_equal(find(&world, "quiet shelf", &world.arena)->label, "address");
    world_destroy(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lexicon_files__a_phrase_of_the_users_opts_a_prospect_out),
        cmocka_unit_test(test_lexicon_files__a_broken_row_stops_the_start_with_file_and_line),
        cmocka_unit_test(test_lexicon_files__read_tables_only_and_in_order),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
