/* tests/engine/test_mail_child.c - the process that parses mails: it reads as this one does, and
 * whatever it does or a mail does to it, the next mail is read. Children that misbehave are scripts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include <dirent.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/attr.h"
#include "core/base/id.h"
#include "core/base/text.h"
#include "core/engine/mail_child.h"
#include "core/replies/mail_frame.h"
#include "core/replies/mail_parse.h"
#include "core/replies/scan.h"
#include "tests/engine/support_world.h"

#define SELF "/proc/self/exe"
#define GIVEN HEED_SOURCE_DIR "/../shared/data/replies/mime_torture/given"
#define CASES HEED_SOURCE_DIR "/tests/cases/replies"
#define GOOD_MAIL "From: Ana <ana@x.example>\r\nSubject: Re: Hello\r\n\r\nYes, please.\r\n"

/* What a script says to be taken for a child (mail_talk.h). */
#define HELLO "printf '1deh\\0\\0\\0\\0' >&0\n"

/* ---- the same reading ---- */

static struct span file_in(const char *folder, const char *name, struct arena *arena)
{
    char *path = arena_printf(arena, "%s/%s", folder, name);
    FILE *file = fopen(path, "rb");
    char *data = arena_alloc(arena, SCAN_MAX_BYTES);
    size_t len;

    if (!file)
        fail_msg("no file %s", path);
    len = fread(data, 1, SCAN_MAX_BYTES, file);
    fclose(file);
    return span_make(data, len);
}

static void check_same(struct mail_child *child, struct span raw, const char *name)
{
    struct mail_source *source = mail_child_source(child);
    struct mail here, there;
    struct str mine, theirs;
    struct arena arena;
    const char *why;
    bool parsed;

    arena_init(&arena);
    str_init(&mine, MAIL_FRAME_MAX_BYTES);
    str_init(&theirs, MAIL_FRAME_MAX_BYTES);
    parsed = mail_parse(raw, &arena, &here);
    why = source->read(source, raw, &arena, &there);
    if (parsed != !why)
        fail_msg("%s: %s", name, why ? why : "read, though it is no mail");
    if (parsed) {
        mail_frame_write(&here, &mine);
        mail_frame_write(&there, &theirs);
        if (!span_eq(str_span(&mine), str_span(&theirs)))
            fail_msg("%s: read otherwise than here", name);
    }
    str_finish(&mine);
    str_finish(&theirs);
    arena_finish(&arena);
}

static size_t check_folder(const char *path)
{
    struct mail_child *child = mail_child_create(SELF);
    DIR *folder = opendir(path);
    const struct dirent *entry;
    struct arena arena;
    size_t count = 0;

    arena_init(&arena);
    while (folder && (entry = readdir(folder))) {
        if (!strstr(entry->d_name, ".eml") && !strstr(entry->d_name, ".msg"))
            continue;
        check_same(child, file_in(path, entry->d_name, &arena), entry->d_name);
        arena_reset(&arena);
        count++;
    }
    if (folder)
        closedir(folder);
    arena_finish(&arena);
    mail_child_destroy(child);
    return count;
}

static void test_mail_child__reads_the_cases_as_this_process_does(void **state)
{
    (void)state;
    assert_true(check_folder(CASES) > 30);
}

static void test_mail_child__reads_torture_as_this_process_does(void **state)
{
    (void)state;
    if (check_folder(GIVEN) == 0) {
        print_message("skipped: %s is not there\n", GIVEN);
        skip();
    }
}

/* Each converter is a module that iconv loads at its first use. */
static void test_mail_child__knows_the_charsets_of_mail_though_it_may_open_no_file(void **state)
{
    static const char *const charsets[] = { "iso-8859-2",  "windows-1251", "koi8-r",
                                            "utf-7",       "gb2312",       "gb18030",
                                            "big5",        "euc-jp",       "shift_jis",
                                            "iso-2022-jp", "euc-kr",       "ks_c_5601-1987",
                                            "tis-620",     "macintosh",    "windows-874" };
    struct mail_child *child = mail_child_create(SELF);
    struct arena arena;

    (void)state;
    arena_init(&arena);
    for (size_t i = 0; i < COUNT_OF(charsets); i++)
        check_same(child,
                   span_of(arena_printf(&arena,
                                        "Subject: =?%s?q?=C4=E3=BA=C3?=\r\nContent-Type: "
                                        "text/plain; charset=%s\r\n\r\n\xC4\xE3\xBA\xC3 +AOk-\r\n",
                                        charsets[i], charsets[i])),
                   charsets[i]);
    arena_finish(&arena);
    mail_child_destroy(child);
}

static void test_mail_child__takes_an_unknown_charset_for_one_that_nobody_knows(void **state)
{
    struct mail_child *child = mail_child_create(SELF);
    struct mail_source *source = mail_child_source(child);
    struct arena arena;
    struct mail mail;

    (void)state;
    arena_init(&arena);
    assert_null(source->read(
        source, span_of("Content-Type: text/plain; charset=IBM1047\r\n\r\ncaf\xE9\r\n"), &arena,
        &mail));
    assert_string_equal(mail.parts[0].text.data, "caf\xC3\xA9\r\n");
    arena_finish(&arena);
    mail_child_destroy(child);
}

/* ---- what goes wrong ---- */

struct script { /* a program in a folder of its own */
    char folder[64], path[80];
};

/* first: what it does when it is started for the first time; afterwards it is a good child. The flag is a folder: two processes
 * are started at once, and only one of them makes it. */
static void script_create(struct script *script, const char *first)
{
    char self[500] = "";
    FILE *file;

    assert_true(readlink(SELF, self, sizeof(self) - 1) > 0);
    snprintf(script->folder, sizeof(script->folder), "/tmp/heed-child-XXXXXX");
    assert_non_null(mkdtemp(script->folder));
    snprintf(script->path, sizeof(script->path), "%s/child", script->folder);
    file = fopen(script->path, "w");
    assert_non_null(file);
    fprintf(file, "#!/bin/sh\nif ! mkdir '%s/flag'; then exec '%s' " MAIL_CHILD_VERB "; fi\n%s",
            script->folder, self, first);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(chmod(script->path, 0700), 0);
}

static void script_destroy(struct script *script)
{
    char flag[100];

    snprintf(flag, sizeof(flag), "%s/flag", script->folder);
    rmdir(flag);
    unlink(script->path);
    rmdir(script->folder);
}

static const char *read_good(struct mail_child *child, struct arena *arena)
{
    struct mail_source *source = mail_child_source(child);
    struct mail mail;
    const char *why = source->read(source, span_of(GOOD_MAIL), arena, &mail);

    if (!why)
        assert_string_equal(mail.parts[0].text.data, "Yes, please.\r\n");
    return why;
}

#define TAKE "head -c 4 <&0 >/dev/null\n"

static const struct {
    const char *first, *rule;
} misdeeds[] = {
    { HELLO TAKE "kill -SEGV $$\n", "child: it crashed the parser" },
    { HELLO TAKE "kill -SYS $$\n", "child: it made the parser ask for what it may not" },
    { HELLO TAKE "kill -ABRT $$\n", "child: it takes too much memory" },
    { HELLO TAKE "kill -XCPU $$\n", "child: it takes too long" },
    { HELLO TAKE "while :; do :; done\n", "child: it takes too long" },
    { HELLO TAKE "exit 3\n", "child: its parser ended without an answer" },
    { HELLO "exit 0\n", "child: its parser ended without an answer" },
    { HELLO "exec 0>&-; exec sleep 100\n", "child: its parser was killed" },
    { HELLO TAKE "printf '\\377\\377\\377\\377\\0\\0\\0\\0' >&0; sleep 100\n",
      "child: its parser answered nonsense" },
    { HELLO TAKE "printf '\\1\\0\\0\\0\\377\\377\\377\\377' >&0; sleep 100\n",
      "child: its parser answered nonsense" },
    { HELLO TAKE "printf '\\2\\0\\0\\0\\1\\0\\0\\0x' >&0; sleep 100\n",
      "child: its parser answered nonsense" },
    { HELLO TAKE "printf '\\1\\0\\0\\0\\4\\0\\0\\0abcd' >&0; sleep 100\n",
      "child: its parser answered nonsense" },
    { HELLO TAKE "printf '\\1\\0\\0\\0\\144\\0\\0\\0abc' >&0; exit 0\n",
      "child: its parser ended without an answer" },
    { HELLO TAKE "printf '\\3\\0\\0\\0\\0\\0\\0\\0' >&0\nexec sleep 100\n",
      "child: it says more than a mail may" },
    { HELLO TAKE "printf '\\3\\0\\0\\0\\0\\0\\0\\0\\3\\0\\0\\0\\0\\0\\0\\0' >&0\nexec sleep 100\n",
      "child: its parser answered nonsense" },
};

static void test_mail_child__that_misbehaves_costs_its_mail_and_not_the_next(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(misdeeds); i++) {
        struct script script;
        struct mail_child *child;
        struct arena arena;
        const char *why;

        arena_init(&arena);
        script_create(&script, misdeeds[i].first);
        child = mail_child_create(script.path);
        why = read_good(child, &arena);
        if (!why || strcmp(why, misdeeds[i].rule) != 0)
            fail_msg("%s: %s", misdeeds[i].first, why ? why : "read");
        if (mail_child_pid(child)) /* it said no, which is no misdeed: let it go */
            kill(mail_child_pid(child), SIGKILL);
        why = read_good(child, &arena);
        if (why)
            fail_msg("%s: then %s", misdeeds[i].first, why);
        mail_child_destroy(child);
        script_destroy(&script);
        arena_finish(&arena);
    }
}

static void test_mail_child__that_does_not_start_is_not_the_fault_of_the_mail(void **state)
{
    static const char *const bad[] = { "exit 1\n", "printf '2deh\\0\\0\\0\\0' >&0\nsleep 100\n",
                                       "kill -SEGV $$\n" };
    struct mail_child *child = mail_child_create("/nonexistent/heed");
    struct arena arena;

    (void)state;
    arena_init(&arena);
    assert_string_equal(read_good(child, &arena), MAIL_CHILD_NONE);
    mail_child_destroy(child);
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        struct script script;

        script_create(&script, bad[i]);
        child = mail_child_create(script.path);
        assert_null(read_good(child, &arena)); /* a start is tried twice */
        mail_child_destroy(child);
        script_destroy(&script);
    }
    arena_finish(&arena);
}

static void test_mail_child__that_dies_after_other_mails_is_replaced_and_the_mail_read(void **state)
{
    struct mail_child *child = mail_child_create(SELF);
    struct arena arena;
    pid_t first;

    (void)state;
    arena_init(&arena);
    assert_null(read_good(child, &arena));
    first = mail_child_pid(child);
    assert_null(read_good(child, &arena));
    assert_int_equal(mail_child_pid(child), first);
    assert_int_equal(kill(first, SIGKILL), 0);
    assert_null(read_good(child, &arena));
    assert_int_not_equal(mail_child_pid(child), first);
    arena_finish(&arena);
    mail_child_destroy(child);
}

static void test_mail_child__outlives_the_signals_that_end_a_service(void **state)
{
    struct mail_child *child = mail_child_create(SELF);
    struct arena arena;
    pid_t first;

    (void)state;
    arena_init(&arena);
    assert_null(read_good(child, &arena));
    first = mail_child_pid(child);
    assert_int_equal(kill(first, SIGTERM), 0);
    assert_int_equal(kill(first, SIGINT), 0);
    assert_null(read_good(child, &arena));
    assert_int_equal(mail_child_pid(child), first);
    arena_finish(&arena);
    mail_child_destroy(child);
}

/* A mail of `len` bytes, most of them text. */
static struct span long_mail(struct str *raw, size_t len)
{
    str_init(raw, len);
    str_add_text(raw, GOOD_MAIL);
    while (raw->len < len)
        str_add_span(raw, text_cut(span_of("As I said, yes, please.\r\n"), len - raw->len));
    return str_span(raw);
}

static void test_mail_child__makes_room_for_a_new_one_after_much_mail(void **state)
{
    struct mail_child *child = mail_child_create(SELF);
    struct mail_source *source = mail_child_source(child);
    struct arena arena;
    struct mail mail;
    struct span raw;
    struct str room;
    pid_t first;

    (void)state;
    arena_init(&arena);
    raw = long_mail(&room, (size_t)1 << 20);
    assert_null(read_good(child, &arena));
    first = mail_child_pid(child);
    for (int i = 0; i < 64; i++) {
        assert_null(source->read(source, raw, &arena, &mail));
        assert_int_equal(mail_child_pid(child), first);
        arena_reset(&arena);
    }
    assert_null(read_good(child, &arena));
    assert_int_not_equal(mail_child_pid(child), first);
    str_finish(&room);
    arena_finish(&arena);
    mail_child_destroy(child);
}

/* Lengths around those of the buffers on both sides, short mails between. */
static void test_mail_child__reads_mails_of_all_lengths(void **state)
{
    static const size_t lengths[] = { 15 << 10, 16 << 10, 17 << 10, 31 << 10, 32 << 10, 33 << 10 };
    struct mail_child *child = mail_child_create(SELF);

    (void)state;
    check_same(child, span_of(""), "nothing");
    for (size_t i = 0; i < COUNT_OF(lengths); i++)
        for (size_t more = 0; more < 1024; more += i == 1 || i == 4 ? 37 : 509) {
            struct str room;

            check_same(child, long_mail(&room, lengths[i] - 512 + more), "long");
            check_same(child, span_of(GOOD_MAIL), "short");
            str_finish(&room);
        }
    mail_child_destroy(child);
}

/* Past scan.h's limits, straight into the child: where memory is limited it dies of that, in a build
 * with a sanitizer of its time. */
static void test_mail_child__gives_up_a_million_parts_and_reads_on(void **state)
{
    struct mail_child *child = mail_child_create(SELF);
    struct mail_source *source = mail_child_source(child);
    struct arena arena;
    struct mail mail;
    struct str raw;
    const char *why;

    (void)state;
    arena_init(&arena);
    str_init(&raw, (size_t)64 << 20);
    str_add_text(&raw, "Content-Type: multipart/mixed; boundary=b\n\n");
    for (int i = 0; i < 1000000; i++)
        str_add_text(&raw, "--b\n\nx\n");
    why = source->read(source, str_span(&raw), &arena, &mail);
    assert_non_null(why);
    assert_int_equal(strncmp(why, "child: it takes too", 19), 0);
    assert_null(read_good(child, &arena));
    str_finish(&raw);
    arena_finish(&arena);
    mail_child_destroy(child);
}

/* ---- ahead ---- */

static struct span mail_number(struct arena *arena, int number)
{
    return span_of(arena_printf(arena, "Subject: %d\r\n\r\nYes, please.\r\n", number));
}

static void check_number(struct mail_child *child, struct arena *arena, int number)
{
    struct mail_source *source = mail_child_source(child);
    struct mail mail;
    const char *why = source->read(source, mail_number(arena, number), arena, &mail);

    if (why)
        fail_msg("%d: %s", number, why);
    assert_string_equal(mail_header(&mail, "Subject"), arena_printf(arena, "%d", number));
}

static int begin_numbers(struct mail_child *child, struct arena *arena, int from, int to)
{
    while (from < to && mail_child_begin(child, mail_number(arena, from)))
        from++;
    return from;
}

static void test_mail_child__answers_mails_handed_over_ahead_each_with_its_own(void **state)
{
    struct mail_child *child = mail_child_create(SELF);
    struct arena arena;
    int begun = 0;
    pid_t first;

    (void)state;
    arena_init(&arena);
    assert_int_equal(begin_numbers(child, &arena, 0, 1), 0); /* there is no process */
    check_number(child, &arena, 0);
    first = mail_child_pid(child);
    begun = 1;
    for (int i = 1; i < 200; i++) {
        begun = begin_numbers(child, &arena, begun, i + i % 13 > begun ? i + i % 13 : begun);
        if (begun <= i)
            begun = i + 1;
        check_number(child, &arena, i);
    }
    assert_int_equal(mail_child_pid(child), first);
    arena_finish(&arena);
    mail_child_destroy(child);
}

static void test_mail_child__takes_few_and_short_mails_ahead(void **state)
{
    struct mail_child *child = mail_child_create(SELF);
    struct str room;
    struct arena arena;

    (void)state;
    arena_init(&arena);
    check_number(child, &arena, 0);
    assert_false(mail_child_begin(child, long_mail(&room, (size_t)33 << 10)));
    str_finish(&room);
    assert_true(mail_child_begin(child, long_mail(&room, (size_t)32 << 10)));
    assert_true(mail_child_begin(child, str_span(&room)));
    assert_false(mail_child_begin(child, str_span(&room)));
    check_number(child, &arena, 1);
    assert_int_equal(begin_numbers(child, &arena, 2, 20), 10);
    check_number(child, &arena, 2);
    str_finish(&room);
    arena_finish(&arena);
    mail_child_destroy(child);
}

static void test_mail_child__forgets_mails_ahead_that_nobody_asks_for(void **state)
{
    static const int asked[] = { 3, 1, 9, 7, 8 };
    struct mail_child *child = mail_child_create(SELF);
    struct arena arena;
    pid_t first;

    (void)state;
    arena_init(&arena);
    check_number(child, &arena, 0);
    first = mail_child_pid(child);
    assert_int_equal(begin_numbers(child, &arena, 1, 6), 6);
    for (size_t i = 0; i < COUNT_OF(asked); i++) {
        check_number(child, &arena, asked[i]);
        (void)begin_numbers(child, &arena, 6, 9);
    }
    assert_int_equal(mail_child_pid(child), first);
    arena_finish(&arena);
    mail_child_destroy(child);
}

static void test_mail_child__that_dies_loses_no_mail_handed_over_ahead(void **state)
{
    struct mail_child *child = mail_child_create(SELF);
    struct arena arena;

    (void)state;
    arena_init(&arena);
    check_number(child, &arena, 0);
    assert_int_equal(begin_numbers(child, &arena, 1, 6), 6);
    assert_int_equal(kill(mail_child_pid(child), SIGKILL), 0);
    for (int i = 1; i < 6; i++)
        check_number(child, &arena, i);
    assert_int_equal(begin_numbers(child, &arena, 6, 9), 9);
    arena_finish(&arena);
    mail_child_destroy(child); /* with answers on their way */
}

/* It says no to the first mail, then does something else with those behind it. */
static void test_mail_child__that_misbehaves_costs_no_mail_handed_over_ahead(void **state)
{
    static const char *const deeds[] = {
        "exit 0\n",
        TAKE "kill -SEGV $$\n",
        TAKE "kill -XCPU $$\n",
        TAKE "printf '\\1\\0\\0\\0\\4\\0\\0\\0abcd' >&0; sleep 100\n",
        TAKE "while :; do :; done\n",
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(deeds); i++) {
        struct script script;
        struct mail_child *child;
        struct arena arena;

        arena_init(&arena);
        script_create(&script, arena_printf(&arena,
                                            HELLO "head -c %zu <&0 >/dev/null\n"
                                                  "printf '\\3\\0\\0\\0\\0\\0\\0\\0' >&0\n%s",
                                            4 + strlen(GOOD_MAIL), deeds[i]));
        child = mail_child_create(script.path);
        assert_string_equal(read_good(child, &arena), "child: it says more than a mail may");
        (void)begin_numbers(child, &arena, 1, 5);
        for (int number = 1; number < 6; number++)
            check_number(child, &arena, number);
        mail_child_destroy(child);
        script_destroy(&script);
        arena_finish(&arena);
    }
}

/* ---- the engine ---- */

static void add_mail(struct world *world, const char *key)
{
    struct inbound in = { .source = "pipe:test", .key = key, .state = "new" };
    struct err err = { 0 };

    in.slot = id_slot_of(span_of(key));
    in.id = id_next(&world->workspace->clock, in.slot);
    in.raw = span_of(arena_printf(&world->arena, "Message-ID: <%s@x.example>\r\n" GOOD_MAIL, key));
    in.at = workspace_now(world->workspace);
    assert_int_equal(inbound_insert(world->workspace->db, &in, &err), 1);
}

static void test_engine__keeps_a_mail_that_broke_its_parser_and_hears_the_next(void **state)
{
    struct script script;
    struct world world;

    (void)state;
    world_create(&world, NULL);
    script_create(&script, HELLO TAKE "kill -SEGV $$\n");
    world.mail_program = script.path;
    add_mail(&world, "1");
    add_mail(&world, "2");
    world_run(&world, WORLD_START);
    assert_int_equal(world_count(&world, "inbound WHERE state = 'unreadable' AND length(raw) > 50 "
                                         "AND note = 'child: it crashed the parser'"),
                     1);
    assert_int_equal(world_count(&world, "inbound WHERE state = 'done'"), 1);
    assert_int_equal(world_count(&world, "message WHERE kind = 'unreadable' AND state = 'open'"),
                     1);
    assert_int_equal(world_count(&world, "message WHERE kind = 'human'"), 1);
    script_destroy(&script);
    world_destroy(&world);
}

static void test_engine__lets_mails_wait_while_no_parser_can_be_started(void **state)
{
    struct world world;

    (void)state;
    world_create(&world, NULL);
    world.mail_program = "/nonexistent/heed";
    add_mail(&world, "1");
    world_run(&world, WORLD_START);
    assert_int_equal(world_count(&world, "inbound WHERE state = 'waiting'"), 1);
    assert_int_equal(world_count(&world, "message"), 0);
    world.mail_program = SELF;
    world_run(&world, WORLD_START + 2 * MINUTE_MS);
    assert_int_equal(world_count(&world, "inbound WHERE state = 'done'"), 1);
    assert_int_equal(world_count(&world, "message WHERE kind = 'human'"), 1);
    world_destroy(&world);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_mail_child__reads_the_cases_as_this_process_does),
        cmocka_unit_test(test_mail_child__reads_torture_as_this_process_does),
        cmocka_unit_test(test_mail_child__knows_the_charsets_of_mail_though_it_may_open_no_file),
        cmocka_unit_test(test_mail_child__takes_an_unknown_charset_for_one_that_nobody_knows),
        cmocka_unit_test(test_mail_child__that_misbehaves_costs_its_mail_and_not_the_next),
        cmocka_unit_test(test_mail_child__that_does_not_start_is_not_the_fault_of_the_mail),
        cmocka_unit_test(
            test_mail_child__that_dies_after_other_mails_is_replaced_and_the_mail_read),
        cmocka_unit_test(test_mail_child__outlives_the_signals_that_end_a_service),
        cmocka_unit_test(test_mail_child__makes_room_for_a_new_one_after_much_mail),
        cmocka_unit_test(test_mail_child__reads_mails_of_all_lengths),
        cmocka_unit_test(test_mail_child__gives_up_a_million_parts_and_reads_on),
        cmocka_unit_test(test_mail_child__answers_mails_handed_over_ahead_each_with_its_own),
        cmocka_unit_test(test_mail_child__takes_few_and_short_mails_ahead),
        cmocka_unit_test(test_mail_child__forgets_mails_ahead_that_nobody_asks_for),
        cmocka_unit_test(test_mail_child__that_dies_loses_no_mail_handed_over_ahead),
        cmocka_unit_test(test_mail_child__that_misbehaves_costs_no_mail_handed_over_ahead),
        cmocka_unit_test(test_engine__keeps_a_mail_that_broke_its_parser_and_hears_the_next),
        cmocka_unit_test(test_engine__lets_mails_wait_while_no_parser_can_be_started),
    };

    if (argc == 2 && strcmp(argv[1], MAIL_CHILD_VERB) == 0)
        return mail_child_serve();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
