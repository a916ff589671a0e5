/* tests/base/test_conf.c - sections, typed values, secrets and the errors people get to see. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/conf.h"

static const char sample[] = "# heed\r\n"
                             "[workspace]\n"
                             "store = heed.db            # beside this file\n"
                             "\tzone=Europe/Berlin\t\n"
                             "empty =\n"
                             "\n"
                             "[sender sam]\n"
                             "from = Sam Carter <sam@example.com>\n"
                             "port = 587\n"
                             "reply_plus = Yes\n"
                             "color = #fff#aaa # blue? \"no\"\n"
                             "[ sender   texts ]\n"
                             "port = 70000\n"
                             "tls = maybe\n"
                             "prot = 1\n"
                             "password_env = HEED_TEST_SECRET";

static void test_conf__reads_sections_and_values(void **state)
{
    struct conf *conf = conf_parse(sample, "heed.conf", NULL);
    const struct conf_section *workspace, *sam;

    (void)state;
    assert_non_null(conf);
    workspace = conf_find(conf, "workspace", "");
    sam = conf_find(conf, "sender", "sam");
    assert_string_equal(conf_text(workspace, "store", ""), "heed.db");
    assert_string_equal(conf_text(workspace, "zone", ""), "Europe/Berlin");
    assert_string_equal(conf_text(workspace, "empty", "x"), "");
    assert_string_equal(conf_text(workspace, "none", "x"), "x");
    assert_string_equal(conf_text(NULL, "none", "x"), "x");
    assert_string_equal(conf_text(sam, "from", ""), "Sam Carter <sam@example.com>");
    assert_int_equal(sam->line, 7);
    assert_ptr_equal(conf_nth(conf, "sender", 0), sam);
    assert_string_equal(conf_nth(conf, "sender", 1)->name, "texts");
    assert_null(conf_nth(conf, "sender", 2));
    assert_null(conf_find(conf, "sender", "nobody"));
    assert_string_equal(conf_key(sam, 1), "port");
    assert_null(conf_key(sam, 4));
    assert_null(conf_key(NULL, 0));
    conf_destroy(conf);
}

static void test_conf__a_hash_inside_a_word_is_no_comment(void **state)
{
    struct conf *conf = conf_parse("[a]\nx = one#two\ny = #three\nz = a\t# b", "heed.conf", NULL);
    const struct conf_section *a = conf_find(conf, "a", "");

    (void)state;
    assert_string_equal(conf_text(a, "x", ""), "one#two");
    assert_string_equal(conf_text(a, "y", ""), "");
    assert_string_equal(conf_text(a, "z", ""), "a");
    conf_destroy(conf);
}

static void test_conf__typed_values_are_in_range_or_an_error_with_a_line(void **state)
{
    struct conf *conf = conf_parse(sample, "heed.conf", NULL);
    const struct conf_section *sam = conf_find(conf, "sender", "sam");
    const struct conf_section *texts = conf_find(conf, "sender", "texts");
    struct err err = { 0 };
    int64_t number;
    bool flag;

    (void)state;
    assert_int_equal(conf_int(sam, "port", (struct conf_range){ 1, 65535, 25 }, &number, &err), 0);
    assert_int_equal(number, 587);
    assert_int_equal(conf_int(sam, "sessions", (struct conf_range){ 1, 9, 4 }, &number, &err), 0);
    assert_int_equal(number, 4);
    assert_int_equal(conf_int(texts, "port", (struct conf_range){ 1, 65535, 25 }, &number, &err),
                     -1);
    assert_string_equal(err.text, "heed.conf:13: port must be 1-65535, not \"70000\"");
    assert_int_equal(err.code, ERR_CONFIG);
    assert_int_equal(conf_bool(sam, "reply_plus", false, &flag, &err), 0);
    assert_true(flag);
    assert_int_equal(conf_bool(sam, "none", true, &flag, &err), 0);
    assert_true(flag);
    assert_int_equal(conf_bool(texts, "tls", true, &flag, &err), -1);
    assert_string_equal(err.text, "heed.conf:14: tls must be yes or no, not \"maybe\"");
    conf_destroy(conf);
}

static void test_conf__unknown_keys_get_a_suggestion(void **state)
{
    static const char *const known[] = { "port", "tls", "password", NULL };
    struct conf *conf = conf_parse(sample, "heed.conf", NULL);
    const struct conf_section *texts = conf_find(conf, "sender", "texts");
    struct err err = { 0 };

    (void)state;
    assert_int_equal(conf_check_keys(texts, known, &err), -1);
    assert_string_equal(
        err.text, "heed.conf:15: unknown key \"prot\" in [sender texts]; did you mean \"port\"?");
    assert_int_equal(conf_check_keys(conf_find(conf, "workspace", ""), known, &err), -1);
    assert_string_equal(err.text, "heed.conf:3: unknown key \"store\" in [workspace]");
    assert_int_equal(conf_check_keys(NULL, known, &err), 0);
    conf_destroy(conf);
}

static const struct {
    const char *text, *problem;
} bad_rows[] = {
    { "x = 1", "heed.conf:1: expected a [section] before the first key" },
    { "[a]\nx", "heed.conf:2: expected \"key = value\" or \"[section]\"" },
    { "[a\n", "heed.conf:1: expected \"]\" at the end of the section's line" },
    { "[", "heed.conf:1: expected \"]\" at the end of the section's line" },
    { "[]", "heed.conf:1: expected [kind] or [kind name], the name of letters, digits, _ . -" },
    { "[a ../b]",
      "heed.conf:1: expected [kind] or [kind name], the name of letters, digits, _ . -" },
    { "[a .b]", "heed.conf:1: expected [kind] or [kind name], the name of letters, digits, _ . -" },
    { "[a b c]",
      "heed.conf:1: expected [kind] or [kind name], the name of letters, digits, _ . -" },
    { "[a b]\n[a c]\n[a  b]", "heed.conf:3: [a b] is already in line 1" },
    { "[a]\n[b]\n[a]", "heed.conf:3: [a] is already in line 1" },
    { "[a]\nx = 1\ny = 2\nx = 3", "heed.conf:4: x is already in line 2" },
    { "[a]\n = 1", "heed.conf:2: a key is made of letters, digits, _ . -" },
    { "[a]\nx y = 1", "heed.conf:2: a key is made of letters, digits, _ . -" },
    { "[a]\nx = \xFF", "heed.conf:2: this line is not UTF-8" },
    { "[a]\nx = a\x01", "heed.conf:2: control characters are not allowed" },
    { "[a]\nx = a\rb", "heed.conf:2: control characters are not allowed" },
};

static void test_conf__errors_name_file_and_line(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(bad_rows) / sizeof(bad_rows[0]); i++) {
        struct err err = { 0 };
        assert_null(conf_parse(bad_rows[i].text, "heed.conf", &err));
        assert_string_equal(err.text, bad_rows[i].problem);
        assert_int_equal(err.code, ERR_CONFIG);
    }
}

static void test_conf__many_sections_end_at_a_limit(void **state)
{
    char *text = malloc(200000), *at = text;
    struct err err = { 0 };

    (void)state;
    for (int i = 0; i < 5000; i++)
        at += snprintf(at, 40, "[sender n%d]\n", i);
    assert_null(conf_parse(text, "heed.conf", &err));
    assert_string_equal(err.text, "heed.conf:4097: more than 4096 sections");
    free(text);
}

/* A folder for the files of one test. */
struct folder {
    char path[64];
};

static int make_folder(void **state)
{
    struct folder *folder = calloc(1, sizeof(*folder));

    snprintf(folder->path, sizeof(folder->path), "/tmp/heed-conf-XXXXXX");
    *state = folder;
    return mkdtemp(folder->path) ? 0 : -1;
}

static const char *const file_names[] = { "heed.conf", "secret" };

static int drop_folder(void **state)
{
    struct folder *folder = *state;
    char path[128];

    for (size_t i = 0; i < 2; i++) {
        snprintf(path, sizeof(path), "%s/%s", folder->path, file_names[i]);
        unlink(path);
    }
    rmdir(folder->path);
    free(folder);
    return 0;
}

static const char *write_file(const struct folder *folder, size_t which, const char *text,
                              mode_t mode)
{
    static char path[128];
    FILE *file;

    snprintf(path, sizeof(path), "%s/%s", folder->path, file_names[which]);
    file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
    assert_int_equal(chmod(path, mode), 0);
    return path;
}

static void test_conf__a_secret_in_clear_needs_a_private_file(void **state)
{
    static const char text[] = "[sender sam]\npassword = hunter2\n";
    const char *out = NULL;
    struct err err = { 0 };
    struct conf *conf;

    assert_null(conf_read(write_file(*state, 0, text, 0644), &err));
    assert_non_null(strstr(err.text, "heed.conf:2: password is in clear and others can read"));
    assert_null(strstr(err.text, "hunter2"));
    assert_null(conf_read(write_file(*state, 0, text, 0620), &err));
    conf = conf_read(write_file(*state, 0, text, 0600), &err);
    assert_non_null(conf);
    assert_int_equal(conf_secret(conf_find(conf, "sender", "sam"), "password", &out, &err), 0);
    assert_string_equal(out, "hunter2");
    conf_destroy(conf);
}

static void test_conf__an_open_file_may_point_to_secrets(void **state)
{
    static const char text[] = "[sender sam]\nauth_token_env = NAME\nport = 5\npin = 1234\n";
    const char *out;
    struct err err = { 0 };
    struct conf *conf = conf_read(write_file(*state, 0, text, 0644), &err);

    assert_non_null(conf);
    /* The name did not give it away, but the asker knows. */
    assert_int_equal(conf_secret(conf_find(conf, "sender", "sam"), "pin", &out, &err), -1);
    assert_non_null(strstr(err.text, ":4: pin is in clear"));
    conf_destroy(conf);
}

static void test_conf__secrets_come_from_env_file_and_credential(void **state)
{
    const struct folder *folder = *state;
    const char *first, *again, *none;
    char text[300];
    struct err err = { 0 };
    struct conf *conf;

    setenv("HEED_TEST_SECRET", "from env", 1);
    setenv("CREDENTIALS_DIRECTORY", folder->path, 1);
    write_file(folder, 1, "from file\r\n", 0600);
    snprintf(text, sizeof(text),
             "[a]\np_env = HEED_TEST_SECRET\nq_file = %s/secret\nr_credential = secret\n"
             "s_file = secret\n",
             folder->path);
    conf = conf_read(write_file(folder, 0, text, 0644), &err);
    assert_non_null(conf);
    assert_int_equal(conf_secret(conf_find(conf, "a", ""), "p", &first, &err), 0);
    assert_string_equal(first, "from env");
    assert_int_equal(conf_secret(conf_find(conf, "a", ""), "p", &again, &err), 0);
    assert_ptr_equal(first, again);
    assert_int_equal(conf_secret(conf_find(conf, "a", ""), "q", &first, &err), 0);
    assert_string_equal(first, "from file");
    assert_int_equal(conf_secret(conf_find(conf, "a", ""), "r", &first, &err), 0);
    assert_string_equal(first, "from file");
    assert_int_equal(conf_secret(conf_find(conf, "a", ""), "s", &first, &err), 0);
    assert_string_equal(first, "from file");
    assert_int_equal(conf_secret(conf_find(conf, "a", ""), "none", &none, &err), 0);
    assert_null(none);
    assert_int_equal(conf_secret(NULL, "p", &none, &err), 0);
    assert_null(none);
    unsetenv("HEED_TEST_SECRET");
    unsetenv("CREDENTIALS_DIRECTORY");
    conf_destroy(conf);
}

static void test_conf__secrets_that_lead_nowhere_are_errors(void **state)
{
    static const struct {
        const char *key_line, *problem;
    } rows[] = {
        { "p_env = HEED_TEST_NO_SUCH", "x:2: p_env: the environment has no such variable" },
        { "p_env = HEED_TEST_EMPTY", "x:2: p_env: the secret there is empty" },
        { "p_file = /nonexistent", "x:2: p_file: /nonexistent: cannot open" },
        { "p_file = /", "x:2: p_file: /: not a regular file" },
        { "p_credential = a", "x:2: p_credential: $CREDENTIALS_DIRECTORY is not set" },
        { "p =", "x:2: p is empty" },
        { "p = 1\np_env = A", "x:3: p is also given by p in line 2; keep one" },
        { "p_file = 1\np_env = A", "x:2: p is also given by p_env in line 3; keep one" },
    };

    (void)state;
    setenv("HEED_TEST_EMPTY", "", 1);
    unsetenv("CREDENTIALS_DIRECTORY");
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char text[100];
        const char *out = "untouched";
        struct err err = { 0 };
        struct conf *conf;
        snprintf(text, sizeof(text), "[a]\n%s\n", rows[i].key_line);
        conf = conf_parse(text, "x", NULL);
        assert_non_null(conf);
        assert_int_equal(conf_secret(conf_find(conf, "a", ""), "p", &out, &err), -1);
        assert_null(out && *out ? out : NULL);
        if (strncmp(err.text, rows[i].problem, strlen(rows[i].problem)) != 0)
            fail_msg("%s", err.text);
        conf_destroy(conf);
    }
}

static void test_conf__credentials_are_plain_names(void **state)
{
    static const char *const bad[] = { "../secret", "/etc/passwd", ".", "a/b", "" };
    const struct folder *folder = *state;

    setenv("CREDENTIALS_DIRECTORY", folder->path, 1);
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        char text[100];
        const char *out;
        struct err err = { 0 };
        struct conf *conf;
        snprintf(text, sizeof(text), "[a]\np_credential = %s\n", bad[i]);
        conf = conf_parse(text, "x", NULL);
        assert_int_equal(conf_secret(conf_find(conf, "a", ""), "p", &out, &err), -1);
        assert_string_equal(err.text, "x:2: p_credential must be a plain name, not a path");
        conf_destroy(conf);
    }
    unsetenv("CREDENTIALS_DIRECTORY");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_conf__reads_sections_and_values),
        cmocka_unit_test(test_conf__a_hash_inside_a_word_is_no_comment),
        cmocka_unit_test(test_conf__typed_values_are_in_range_or_an_error_with_a_line),
        cmocka_unit_test(test_conf__unknown_keys_get_a_suggestion),
        cmocka_unit_test(test_conf__errors_name_file_and_line),
        cmocka_unit_test(test_conf__many_sections_end_at_a_limit),
        cmocka_unit_test_setup_teardown(test_conf__a_secret_in_clear_needs_a_private_file,
                                        make_folder, drop_folder),
        cmocka_unit_test_setup_teardown(test_conf__an_open_file_may_point_to_secrets, make_folder,
                                        drop_folder),
        cmocka_unit_test_setup_teardown(test_conf__secrets_come_from_env_file_and_credential,
                                        make_folder, drop_folder),
        cmocka_unit_test(test_conf__secrets_that_lead_nowhere_are_errors),
        cmocka_unit_test_setup_teardown(test_conf__credentials_are_plain_names, make_folder,
                                        drop_folder),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
