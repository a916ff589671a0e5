/* tests/channels/test_provider_hostile.c - spoiled provider files and spoiled webhooks: refused or
 * read, never a crash. What the check lets through must be safe to use. */
#include "tests/channels/provider_bench.h"

#include <unistd.h>

#include "channels/provider_file.h"

#define WEBHOOKS_EACH 1500

static const struct {
    const char *name, *lines;
    const char *type, *body;
} accounts[] = {
    { "twilio", "provider = twilio\nfrom = +15557654321\naccount_sid = AC1\nauth_token = 12345\n",
      "application/x-www-form-urlencoded",
      "MessageSid=SM1&From=%2B15551230001&To=%2B1555&Body=Hi+%C3%AB&OptOutType=STOP&ErrorCode="
      "30006" },
    { "telegram", "provider = telegram\nbot_token = 123:ABC\nsecret = my-Secret_1\n",
      "application/json",
      "{\"update_id\":7,\"message\":{\"message_id\":8,\"from\":{\"id\":5,\"first_name\":"
      "\"\\u00eb\"},"
      "\"chat\":{\"id\":-5},\"date\":1767323045,\"text\":\"yes\",\"reply_to_message\":"
      "{\"message_id\":3}}}" },
    { "kannel",
      "provider = kannel\nfrom = 1\nusername = u\npassword = p\nsecret = 0123456789abcdef\n",
      "text/plain", "id=1&sender=15551230001&message=Yes+%E2%82%AC&ts=1795293978" },
};

static struct bench bench;

static int set_up(void **state)
{
    (void)state;
    bench_start(&bench);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    bench_stop(&bench);
    return 0;
}

static uint32_t next_random(uint32_t *seed)
{
    *seed = *seed * 1664525u + 1013904223u;
    return *seed >> 8;
}

static void use_account(const char *type, struct span body, const char *query)
{
    const struct httpd_header headers[] = { { "Content-Type", type },
                                            { "X-Twilio-Signature", "AAAA" } };
    const struct httpd_request request = { .method = "POST",
                                           .path = "/webhook/texts",
                                           .query = query,
                                           .remote = "",
                                           .headers = headers,
                                           .header_count = 2,
                                           .body = body };
    struct channel_ack ack;
    struct err err = { 0 };

    bench.event_count = 0;
    bench.sink.scratch = &bench.arena;
    if (channel_http.webhook(bench.account, &request, &bench.sink, &ack, &err) < 0)
        assert_true(err.text[0]);
    for (size_t i = 0; i < bench.event_count; i++) {
        const struct channel_event *event = &bench.events[i];

        assert_true(event->event_id && event->event_id[0]);
        assert_true(event->kind == CHANNEL_STATUS || (event->from && event->text));
    }
    bench_verify(&bench, &request);
}

static void test_webhooks__survive_spoiled_bodies(void **state)
{
    uint32_t seed = 1;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(accounts); i++) {
        size_t len = strlen(accounts[i].body);

        bench_open(&bench, accounts[i].lines);
        for (int n = 0; n < WEBHOOKS_EACH; n++) {
            char *body = malloc(len ? len : 1); /* so that the sanitizer sees every step too far */

            memcpy(body, accounts[i].body, len);
            for (uint32_t k = next_random(&seed) % 4 + 1; k > 0; k--)
                body[next_random(&seed) % len] = (char)next_random(&seed);
            use_account(accounts[i].type, span_make(body, next_random(&seed) % (len + 1)), "");
            use_account("", span_make(NULL, 0),
                        arena_dup_span(&bench.arena, span_make(body, strnlen(body, len))));
            free(body);
        }
    }
}

/* --- spoiled files --- */

static const char *const instead[] = { "null",        "true", "-1", "\"\"",
                                       "\"x:{y}|z\"", "[]",   "{}", "[[],{}]" };

struct spoiling {
    const char *name, *lines, *path;
    const char *type, *body;
    cJSON *root;
    int tried, accepted;
};

/* Writes the file as it is now; when it is accepted all the same, the account must work. */
static void try_file(struct spoiling *spoiling)
{
    char *text = json_print(spoiling->root, true);
    struct provider *provider = provider_parse(span_of(text), "spoiled.json", NULL);
    struct message message = {
        .key = "k1", .to = "+15551230001", .from = "+1", .text = "Hi", .thread_id = "1:2"
    };
    struct err err = { 0 };
    FILE *file;

    spoiling->tried++;
    if (provider) {
        file = fopen(spoiling->path, "w");
        assert_true(file && fputs(text, file) >= 0 && fclose(file) == 0);
        spoiling->accepted++;
        if (bench_try(&bench,
                      arena_printf(&bench.arena,
                                   "through = http\nbase_url = http://127.0.0.1:%d\n%s",
                                   httpd_port(bench.provider), spoiling->lines),
                      &err)) {
            bench_send(&bench, &message, 1);
            use_account(spoiling->type, span_of(spoiling->body), "ref=k1&status=1");
            use_account("", span_of(""), spoiling->body);
        }
        bench_close(&bench);
    }
    provider_destroy(provider);
    free(text);
}

/* Every node of the tree in turn becomes something else, and then itself again. */
static void spoil(struct spoiling *spoiling, cJSON *parent)
{
    cJSON *child;

    for (int at = 0; (child = cJSON_GetArrayItem(parent, at)); at++) {
        for (size_t i = 0; i < COUNT_OF(instead); i++) {
            cJSON *other = cJSON_Parse(instead[i]);
            cJSON saved = *child;

            child->type = other->type;
            child->child = other->child;
            child->valuestring = other->valuestring;
            child->valuedouble = other->valuedouble;
            child->valueint = other->valueint;
            try_file(spoiling);
            *child = saved;
            cJSON_Delete(other);
        }
        spoil(spoiling, child);
    }
}

static void test_provider_file__lets_nothing_through_that_breaks_in_use(void **state)
{
    char folder[] = "/tmp/heed-hostile-XXXXXX";

    (void)state;
    assert_non_null(mkdtemp(folder));
    bench.env.provider_dirs = folder;
    bench.env.timeout_ms = 2000;
    for (size_t i = 0; i < COUNT_OF(accounts); i++) {
        struct spoiling spoiling = { .name = accounts[i].name,
                                     .lines = accounts[i].lines,
                                     .type = accounts[i].type,
                                     .body = accounts[i].body };

        spoiling.root = json_read_file(
            arena_printf(&bench.arena, HEED_SOURCE_DIR "/providers/%s.json", spoiling.name), NULL);
        spoiling.path = arena_printf(&bench.arena, "%s/%s.json", folder, spoiling.name);
        assert_non_null(spoiling.root);
        spoil(&spoiling, spoiling.root);
        print_message("%s: %d spoiled files, %d accepted and used\n", spoiling.name, spoiling.tried,
                      spoiling.accepted);
        assert_true(spoiling.tried > 500 && spoiling.accepted < spoiling.tried / 2);
        cJSON_Delete(spoiling.root);
        unlink(spoiling.path);
    }
    rmdir(folder);
}

#define WITH_BENCH(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_BENCH(test_webhooks__survive_spoiled_bodies),
        WITH_BENCH(test_provider_file__lets_nothing_through_that_breaks_in_use),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
