/* tests/channels/test_smtp_send.c - what reaches the server: envelope, bytes, addresses beyond
 * ASCII; and servers that cannot be reached. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "channels/mime.h"
#include "core/base/clock.h"
#include "tests/channels/kit.h"
#include "tests/channels/smtp_script.h"

static const char *const transports[] = { "esmtp", "curl" };

struct world {
    struct smtp_script *script;
    struct account *account;
    struct kit_watch watch;
    struct arena scratch;
};

static struct account *open_at(const char *transport, const char *host, int port,
                               int64_t timeout_ms)
{
    struct channel_env env = kit_env(timeout_ms);
    char lines[400];

    snprintf(lines, sizeof(lines),
             "through = smtp\nfrom = Sam Carter <sam@example.com>\nhost = %s\nport = %d\ntls = %s\n"
             "transport = %s\n",
             host, port, strstr(host, "127.") ? "off" : "starttls", transport);
    return kit_open(lines, &env);
}

static void begin(struct world *world, const char *transport, const struct script_plan *plan)
{
    world->script = script_start(plan);
    world->account = open_at(transport, "127.0.0.1", script_port(world->script), 20000);
    kit_watch_init(&world->watch);
    arena_init(&world->scratch);
}

static void send_mails(struct world *world, const struct message *messages, size_t count,
                       struct send_result *results)
{
    kit_watch_init(&world->watch);
    world->account->channel->send(world->account,
                                  &(struct outgoing){ messages, count, &world->watch.watch },
                                  &world->scratch, results);
}

static void end(struct world *world)
{
    account_close(world->account);
    script_free(world->script);
    arena_finish(&world->scratch);
}

static void test_smtp__sends_the_mail_as_composed(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(transports); i++) {
        struct script_plan plan = { .at = -1, .offer_chunking = true, .offer_pipelining = true };
        struct message message = kit_mail(1);
        struct send_result result;
        struct world world;
        struct str want;
        const struct script_heard *heard;

        message.return_path = "bounce+tok@example.com";
        message.html = "<p>\xC3\xBC</p>\n.\n";
        message.references = "<a@x.org> <b@x.org>";
        str_init(&want, MIME_MAX_BYTES);
        mime_compose(&message, &want);
        for (int chunking = 0; chunking < 2; chunking++) {
            plan.offer_chunking = chunking;
            begin(&world, transports[i], &plan);
            send_mails(&world, &message, 1, &result);
            assert_int_equal(result.status, SEND_OK);
            heard = script_stop(world.script);
            assert_string_equal(str_text(&heard->last), str_text(&want));
            assert_non_null(
                strstr(str_text(&heard->commands), "MAIL FROM:<bounce+tok@example.com>\n"));
            assert_non_null(strstr(str_text(&heard->commands), "RCPT TO:<to1@example.com>\n"));
            assert_non_null(strstr(str_text(&heard->commands), "EHLO example.com\n"));
            end(&world);
        }
        str_finish(&want);
    }
}

static void test_smtp__sends_large_mails_whole(void **state)
{
    char *text = malloc(2000001);

    (void)state;
    for (size_t i = 0; i < 2000000; i++)
        text[i] = i % 70 == 69 ? '\n' : (char)('a' + i % 26);
    text[2000000] = '\0';
    for (size_t i = 0; i < COUNT_OF(transports); i++) {
        static const struct script_plan plan = { .at = -1 };
        struct message message = kit_mail(1);
        struct send_result result;
        struct world world;
        struct str want;

        message.text = text;
        str_init(&want, MIME_MAX_BYTES);
        mime_compose(&message, &want);
        begin(&world, transports[i], &plan);
        send_mails(&world, &message, 1, &result);
        assert_int_equal(result.status, SEND_OK);
        assert_true(strcmp(str_text(&script_stop(world.script)->last), str_text(&want)) == 0);
        end(&world);
        str_finish(&want);
    }
    free(text);
}

static void test_smtp__uses_one_session_for_a_batch(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(transports); i++) {
        static const struct script_plan plan = { .at = -1 };
        struct message messages[50];
        struct send_result results[50];
        struct world world;

        for (int k = 0; k < 50; k++)
            messages[k] = kit_mail(k);
        begin(&world, transports[i], &plan);
        send_mails(&world, messages, 50, results);
        assert_int_equal(script_stop(world.script)->accepted, 50);
        assert_int_equal(script_stop(world.script)->connections, 1);
        end(&world);
    }
}

static void test_smtp__gives_the_name_of_the_account_when_none_is_given(void **state)
{
    static const struct script_plan plan = { .at = -1 };
    struct message message = kit_mail(1);
    struct send_result result;
    struct world world;

    (void)state;
    message.from_name = NULL;
    begin(&world, "esmtp", &plan);
    send_mails(&world, &message, 1, &result);
    assert_non_null(strstr(str_text(&script_stop(world.script)->last),
                           "From: Sam Carter <sam@example.com>\r\n"));
    end(&world);
}

static void test_smtp__needs_smtputf8_for_addresses_beyond_ascii(void **state)
{
    static const struct {
        const char *transport;
        bool offered;
        enum send_status want;
    } rows[] = {
        { "esmtp", true, SEND_REFUSED },
        { "curl", false, SEND_REFUSED },
        { "curl", true, SEND_OK },
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct script_plan plan = { .at = -1, .offer_utf8 = rows[i].offered };
        struct message messages[2] = { kit_mail(0), kit_mail(1) };
        struct send_result results[2];
        const struct script_heard *heard;
        struct world world;

        messages[0].to = "j\xC3\xBCrgen@example.com";
        begin(&world, rows[i].transport, &plan);
        send_mails(&world, messages, 2, results);
        heard = script_stop(world.script);
        assert_int_equal(results[0].status, rows[i].want);
        assert_int_equal(results[1].status, SEND_OK);
        assert_int_equal(strstr(str_text(&heard->commands), " SMTPUTF8") != NULL,
                         rows[i].want == SEND_OK);
        assert_int_equal(strstr(str_text(&heard->commands), "RCPT TO:<j\xC3\xBC") != NULL,
                         rows[i].want == SEND_OK);
        end(&world);
    }
}

/* libesmtp and libcurl pass an envelope through as it is (libraries 2.2, 9). */
static void test_smtp__lets_no_injected_command_out(void **state)
{
    static const char *const evil[] = {
        "a@b.co>\r\nRCPT TO:<evil@x.org",
        "a@b.co>\nDATA",
        "a@b.co> SIZE=1",
        "a@b.co\rX",
        "<a@b.co>",
        "a@b.co,evil@x.org",
        "a@b.co\r\n.\r\nMAIL FROM:<evil@x.org>",
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(transports); i++)
        for (size_t e = 0; e < COUNT_OF(evil); e++) {
            static const struct script_plan plan = { .at = -1 };
            struct message messages[3] = { kit_mail(0), kit_mail(1), kit_mail(2) };
            struct send_result results[3];
            const struct script_heard *heard;
            struct world world;

            messages[0].to = evil[e];
            messages[1].return_path = evil[e];
            begin(&world, transports[i], &plan);
            send_mails(&world, messages, 3, results);
            heard = script_stop(world.script);
            assert_int_equal(results[0].status, SEND_REFUSED);
            assert_int_equal(results[1].status, SEND_REFUSED);
            assert_int_equal(results[2].status, SEND_OK);
            assert_int_equal(heard->mails, 1);
            assert_null(strstr(str_text(&heard->commands), "evil"));
            end(&world);
        }
}

static unsigned next_random(unsigned *seed)
{
    *seed = *seed * 1664525u + 1013904223u;
    return *seed >> 8;
}

/* Bodies made of everything smuggling is made of: the server must hear one mail for each. */
static void test_smtp__lets_no_body_become_a_command(void **state)
{
    static const char *const bits[] = { "\r",
                                        "\n",
                                        "\r\n",
                                        ".",
                                        "\n.\n",
                                        "\r.\r",
                                        "\r\n.\r\n",
                                        "MAIL FROM:<evil@x.org>",
                                        "RCPT TO:<evil@x.org>",
                                        "DATA",
                                        " ",
                                        "\t",
                                        "=",
                                        "QUIT" };
    unsigned seed = 11;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(transports); i++) {
        static const struct script_plan plan = { .at = -1 };
        static char texts[50][300];
        struct message messages[50];
        struct send_result results[50];
        const struct script_heard *heard;
        struct world world;

        begin(&world, transports[i], &plan);
        for (int round = 0; round < 4; round++) {
            for (int k = 0; k < 50; k++) {
                texts[k][0] = '\0';
                for (int n = 0; n < 10; n++)
                    snprintf(texts[k] + strlen(texts[k]), 30, "%s",
                             bits[next_random(&seed) % COUNT_OF(bits)]);
                messages[k] = kit_mail(k);
                messages[k].text = texts[k];
            }
            send_mails(&world, messages, 50, results);
        }
        heard = script_stop(world.script);
        assert_int_equal(heard->accepted, 200);
        assert_null(strstr(str_text(&heard->commands), "evil"));
        end(&world);
    }
}

static void test_smtp__says_retry_when_nobody_is_there(void **state)
{
    static const struct {
        const char *host;
        int port;
    } rows[] = { { "127.0.0.1", 1 }, { "nowhere.invalid", 587 } };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(transports); i++)
        for (size_t k = 0; k < COUNT_OF(rows); k++) {
            struct account *account = open_at(transports[i], rows[k].host, rows[k].port, 5000);
            struct message messages[2] = { kit_mail(0), kit_mail(1) };
            struct send_result results[2];
            struct kit_watch watch;
            struct arena scratch;
            struct err err = { 0 };
            char sentence[200];

            arena_init(&scratch);
            kit_watch_init(&watch);
            account->channel->send(account, &(struct outgoing){ messages, 2, &watch.watch },
                                   &scratch, results);
            assert_int_equal(results[0].status, SEND_RETRY);
            assert_int_equal(results[1].status, SEND_RETRY);
            assert_non_null(strstr(results[0].reason, "connect: "));
            assert_null(strstr(results[0].reason, "no answer"));
            assert_int_equal(watch.begun[0] + watch.begun[1], 0);
            assert_int_equal(account->channel->test(account, sentence, &err), -1);
            arena_finish(&scratch);
            account_close(account);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_smtp__sends_the_mail_as_composed),
        cmocka_unit_test(test_smtp__sends_large_mails_whole),
        cmocka_unit_test(test_smtp__uses_one_session_for_a_batch),
        cmocka_unit_test(test_smtp__gives_the_name_of_the_account_when_none_is_given),
        cmocka_unit_test(test_smtp__needs_smtputf8_for_addresses_beyond_ascii),
        cmocka_unit_test(test_smtp__lets_no_injected_command_out),
        cmocka_unit_test(test_smtp__lets_no_body_become_a_command),
        cmocka_unit_test(test_smtp__says_retry_when_nobody_is_there),
    };

    signal(SIGPIPE, SIG_IGN);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
