/* tests/channels/test_provider_vectors.c - every reference vector of Twilio, Telegram and Kannel, when
 * the reference data lies beside the project. */
#include "tests/channels/provider_vectors.h"

#include "channels/provider_sign.h"
#include "core/base/text.h"

static const char *vector_path(const char *provider)
{
    static char path[512];
    const char *shared = getenv("HEED_SHARED");

    snprintf(path, sizeof(path), "%s/data/providers/%s.json",
             shared ? shared : HEED_SOURCE_DIR "/../shared", provider);
    return path;
}

static const char *const twilio_ours[] = { "ValidityPeriod", "StatusCallback", NULL };
static const char *const telegram_ours[] = { NULL };
static const char *const kannel_ours[] = { "validity", "dlr-url", NULL };

static const struct {
    const char *provider, *from;
    const char *const *ours;
    int sends, statuses, inbounds; /* at least so many must have run */
} rows[] = {
    { "twilio", "from = +15557654321\n", twilio_ours, 5, 3, 1 },
    { "telegram", "", telegram_ours, 5, 1, 3 },
    { "kannel", "from = +15557654321\n", kannel_ours, 3, 3, 1 },
};

static void test_provider_file__reproduces_every_reference_vector(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct vectors vectors = { .provider = rows[i].provider,
                                   .from = rows[i].from,
                                   .ours = rows[i].ours };

        if (!vectors_open(&vectors, vector_path(rows[i].provider)))
            skip();
        vectors_account(&vectors, "");
        assert_true(run_send_vectors(&vectors) >= rows[i].sends);
        assert_true(run_status_vectors(&vectors) >= rows[i].statuses);
        assert_true(run_inbound_vectors(&vectors) >= rows[i].inbounds);
        vectors_close(&vectors);
    }
}

/* The vectors' words for signatures in ours. */
static cJSON *checks_of(const cJSON *vector)
{
    const cJSON *spec = json_get(vector, "spec");
    cJSON *checks = cJSON_CreateArray();
    cJSON *check = cJSON_CreateObject();
    cJSON *over;
    const cJSON *part;

    cJSON_AddItemToArray(checks, check);
    cJSON_AddStringToObject(check, "kind",
                            strcmp(json_text(spec, "kind", ""), "static") == 0 ? "token" : "hmac");
    cJSON_AddStringToObject(check, "key", "{key}");
    cJSON_AddStringToObject(check, "in", json_text(spec, "where", ""));
    cJSON_AddStringToObject(check, "hash", json_text(spec, "hash", "sha256"));
    cJSON_AddStringToObject(check, "as", json_text(spec, "out", "hex"));
    cJSON_AddStringToObject(check, "prefix", json_text(spec, "prefix", ""));
    over = cJSON_AddArrayToObject(check, "over");
    cJSON_ArrayForEach(part, json_get(spec, "signed"))
    {
        const char *name = part->valuestring;

        cJSON_AddItemToArray(
            over, cJSON_CreateString(strcmp(name, "form_sorted_kv") == 0 ? "form_sorted" : name));
    }
    if (json_get(spec, "body_hash_query"))
        cJSON_AddStringToObject(check, "body_hash", "query:bodySHA256");
    return checks;
}

static const char *origin_of(struct arena *arena, const char *url)
{
    return arena_dup_span(arena, span_make(url, (size_t)(path_of_url(url) - url)));
}

static void run_signature(struct bench *bench, const cJSON *vector)
{
    const struct var list[] = { { "key", json_text(vector, "key", "") } };
    const struct vars vars = { .list = list, .count = 1 };
    struct httpd_request request = request_of(bench, vector);
    const struct sign_context context = {
        .public_url = origin_of(&bench->arena, json_text(vector, "url", "")),
        .path = "/webhook/texts",
        .vars = &vars,
        .now_ms = BENCH_NOW_MS,
    };
    struct err err = { 0 };
    cJSON *checks = checks_of(vector);
    int rc = sign_check(checks, &context, &request, &bench->arena, &err);

    cJSON_Delete(checks);
    if ((rc == 0) != json_bool(vector, "valid", false))
        fail_msg("%s: %d %s", json_text(vector, "name", ""), rc, err.text);
}

/* Slack, Meta, LINE, Viber and others sign with the same primitives: their vectors hold as well. */
static const char *const signed_by[] = { "twilio", "telegram",       "kannel",   "line",
                                         "viber",  "whatsapp_cloud", "messenger" };

static bool knows_all_parts(const cJSON *vector)
{
    static const char *const kinds[] = { "hmac", "static" };
    const cJSON *spec = json_get(vector, "spec");
    const cJSON *part;
    bool known = false;

    for (size_t i = 0; i < COUNT_OF(kinds); i++)
        known = known || strcmp(json_text(spec, "kind", ""), kinds[i]) == 0;
    if (!known || strcmp(json_text(spec, "key_enc", "utf8"), "utf8") != 0)
        return false;
    cJSON_ArrayForEach(part, json_get(spec, "signed"))
    {
        const char *name = part->valuestring;

        if (strcmp(name, "form_sorted_kv") != 0 && strcmp(name, "body") != 0 &&
            strcmp(name, "url") != 0)
            return false;
    }
    return true;
}

static void test_provider_sign__agrees_with_every_reference_signature(void **state)
{
    struct bench bench;
    int run = 0;

    (void)state;
    bench_start(&bench);
    for (size_t i = 0; i < COUNT_OF(signed_by); i++) {
        cJSON *root = json_read_file(vector_path(signed_by[i]), NULL);
        const cJSON *vector;

        cJSON_ArrayForEach(vector, json_get(root, "signatures"))
        {
            if (!knows_all_parts(vector))
                continue;
            run_signature(&bench, vector);
            run++;
        }
        cJSON_Delete(root);
    }
    bench_stop(&bench);
    if (run == 0) {
        print_message("no reference vectors beside the project\n");
        skip();
    }
    print_message("%d signatures\n", run);
    assert_true(run >= 9);
}

static void test_telegram__registers_its_webhook_like_the_reference(void **state)
{
    struct vectors vectors = { .provider = "telegram", .from = "", .ours = telegram_ours };
    const cJSON *call;
    cJSON *sent;
    char sentence[200];

    (void)state;
    if (!vectors_open(&vectors, vector_path("telegram")))
        skip();
    call = json_get(cJSON_GetArrayItem(json_get(vectors.root, "handshakes"), 0), "call");
    vectors_account(&vectors, "secret = my-Secret_1\n");
    vectors.bench.body = "{\"ok\":true,\"result\":true}";
    assert_int_equal(channel_http.test(vectors.bench.account, sentence, NULL), 0);
    assert_string_equal(vectors.bench.url, "/bot123:ABC/setWebhook");
    sent = json_parse(span_of(vectors.bench.sent), "sent", NULL);
    assert_string_equal(json_text(sent, "url", ""), "https://heed.example.com/webhook/texts");
    assert_string_equal(json_text(sent, "secret_token", ""), "my-Secret_1");
    assert_true(cJSON_Compare(json_get(sent, "allowed_updates"),
                              json_get(json_get(call, "body"), "allowed_updates"), true));
    cJSON_Delete(sent);
    vectors_close(&vectors);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_provider_file__reproduces_every_reference_vector),
        cmocka_unit_test(test_provider_sign__agrees_with_every_reference_signature),
        cmocka_unit_test(test_telegram__registers_its_webhook_like_the_reference),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
