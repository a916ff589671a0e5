/* tests/channels/test_console.c - what the dry run shows, and that messages stay whole. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/channels/kit.h"

static void send_one(struct account *account, const struct message *message,
                     struct send_result *result)
{
    struct kit_watch watch;
    struct arena scratch;

    kit_watch_init(&watch);
    arena_init(&scratch);
    account->channel->send(account, &(struct outgoing){ message, 1, &watch.watch }, &scratch,
                           result);
    arena_finish(&scratch);
}

static void test_console__shows_a_message_as_a_person_reads_it(void **state)
{
    struct channel_env env = kit_env(1000);
    struct message message = kit_mail(1);
    struct send_result result;
    struct account *account;
    char bytes[2000];
    ssize_t len;
    int fds[2];

    (void)state;
    assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
    env.out_fd = fds[1];
    account = kit_open("through = console\nfrom = sam@example.com", &env);
    message.text = "Hello,\n\x1b[2Jbye\n";
    send_one(account, &message, &result);
    assert_int_equal(result.status, SEND_OK);
    assert_string_equal(result.provider_id, "console-k1");
    account_close(account);
    close(fds[1]);
    len = read(fds[0], bytes, sizeof(bytes) - 1);
    assert_true(len > 0);
    bytes[len] = '\0';
    close(fds[0]);
    assert_string_equal(bytes, "--- email through test, k1\n"
                               "from     sam@example.com\n"
                               "to       to1@example.com\n"
                               "subject  About the proposal\n"
                               "    Hello,\n"
                               "    ?[2Jbye\n\n");
}

static void test_console__says_retry_when_nothing_can_be_written(void **state)
{
    struct channel_env env = kit_env(1000);
    struct message message = kit_mail(1);
    struct send_result result;
    struct account *account;

    (void)state;
    env.out_fd = open("/dev/full", O_WRONLY | O_CLOEXEC);
    if (env.out_fd < 0)
        skip();
    account = kit_open("through = console\nfrom = sam@example.com", &env);
    send_one(account, &message, &result);
    assert_int_equal(result.status, SEND_RETRY);
    account_close(account);
    close(env.out_fd);
}

struct writer {
    pthread_t thread;
    struct account *account;
    char letter;
};

static void *write_often(void *arg)
{
    const struct writer *writer = arg;
    struct message message = kit_mail(2);
    struct send_result result;
    char text[3001];

    memset(text, writer->letter, 3000);
    text[3000] = '\0';
    message.text = text;
    for (int i = 0; i < 40; i++)
        send_one(writer->account, &message, &result);
    return NULL;
}

static void count_whole(const char *path, int want)
{
    FILE *file = fopen(path, "r");
    char line[4000];
    int whole = 0;

    assert_non_null(file);
    while (fgets(line, sizeof(line), file))
        if (strncmp(line, "    ", 4) == 0) {
            assert_int_equal(strspn(line + 4, (const char[]){ line[4], '\0' }), 3000);
            whole++;
        }
    fclose(file);
    assert_int_equal(whole, want);
}

static void test_console__never_mixes_two_messages(void **state)
{
    char path[] = "/tmp/heed-console-XXXXXX";
    struct channel_env env = kit_env(1000);
    struct writer writers[4];

    (void)state;
    env.out_fd = mkstemp(path);
    assert_true(env.out_fd >= 0);
    for (size_t i = 0; i < COUNT_OF(writers); i++) {
        writers[i].account = kit_open("through = console\nfrom = sam@example.com", &env);
        writers[i].letter = (char)('a' + i);
        pthread_create(&writers[i].thread, NULL, write_often, &writers[i]);
    }
    for (size_t i = 0; i < COUNT_OF(writers); i++) {
        pthread_join(writers[i].thread, NULL);
        account_close(writers[i].account);
    }
    close(env.out_fd);
    count_whole(path, 160);
    unlink(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_console__shows_a_message_as_a_person_reads_it),
        cmocka_unit_test(test_console__says_retry_when_nothing_can_be_written),
        cmocka_unit_test(test_console__never_mixes_two_messages),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
