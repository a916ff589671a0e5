/* tests/channels/test_provider_file.c - provider files: what is wrong with one, on which line; which
 * are there; what a sender's section must say. */
#include "tests/channels/provider_bench.h"

#include <sys/stat.h>
#include <unistd.h>

#include "channels/provider_check.h"
#include "channels/provider_file.h"

#define DIRS HEED_SOURCE_DIR "/providers"

static struct arena arena;

static int set_up(void **state)
{
    (void)state;
    arena_init(&arena);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    arena_finish(&arena);
    return 0;
}

/* A small file that is right; each row below spoils one piece of it. */
static const char good[] =
    "{ \"format\": 1, \"name\": \"x\", \"title\": \"X\", \"kind\": \"sms\",\n"
    "  \"address\": \"phone\", \"base\": \"https://api.example.com\",\n"
    "  \"settings\": [ { \"name\": \"token\", \"help\": \"the token\", \"secret\": true } ],\n"
    "  \"send\": { \"method\": \"POST\", \"path\": \"/send/{token}\",\n"
    "    \"json\": { \"to\": \"{to}\", \"text\": \"{text}\" } },\n"
    "  \"verdict\": { \"id\": \"json:id\",\n"
    "    \"rules\": [ { \"when\": [[\"json:code\", \"eq\", 1]], \"is\": \"opted_out\" } ] },\n"
    "  \"webhook\": { \"help\": \"h\", \"checks\": [ { \"kind\": \"path\" } ],\n"
    "    \"status\": [ { \"delivery\": { \"from\": \"form:S\", \"map\": { \"1\": \"sent\" } } } "
    "],\n"
    "    \"inbound\": [ { \"from\": \"form:F\", \"text\": \"form:T\" } ] } }\n";

static const struct {
    const char *piece, *instead, *expected;
} faults[] = {
    { "\"format\": 1", "\"format\": 2", "x.json:1: format: must be a whole number from 1 to 1" },
    { "\"format\": 1, ", "", "x.json:1: \"format\" is missing" },
    { "\"title\": \"X\"", "\"titel\": \"X\"",
      "x.json:1: titel: is unknown here; did you mean "
      "\"title\"?" },
    { "\"name\": \"x\"", "\"name\": \"X Y\"", "x.json:1: name: must be 1-64 of a-z 0-9 _ -" },
    { "https://api.example.com", "http://api.example.com",
      "x.json:2: base: must begin with https" },
    { "https://api.example.com", "http://127.0.0.1.evil.example", "x.json:2: base: must begin" },
    { "https://api.example.com", "https://api.example.com/", "x.json:2: base: must be a URL" },
    { "https://api.example.com", "https://u:p@api.example.com", "x.json:2: base: must be a URL" },
    { "\"secret\": true", "\"secret\": 1", "x.json:3: settings[0].secret: must be true or false" },
    { "\"secret\": true", "\"secret\": true, \"default\": \"d\"", "is secret and has a default" },
    { "[ { \"name\": \"token\"",
      "[ { \"name\": \"provider\", \"help\": \"h\" }, { \"name\": \"token\"",
      "x.json:1: the setting \"provider\" has a name that is taken" },
    { "\"method\": \"POST\"", "\"method\": \"PSOT\"",
      "x.json:4: send.method: \"PSOT\" is unknown "
      "here; did you mean \"POST\"?" },
    { "\"method\": \"POST\"", "\"method\": \"GET\"", "a GET request has no form, json or text" },
    { "/send/{token}", "send", "x.json:4: send.path: must begin with /" },
    { "/send/{token}", "/send/{tokn}",
      "x.json:4: send.path: {tokn} is no known value; did you mean "
      "{token}?" },
    { "/send/{token}", "/send/{token", "x.json:4: send.path: a \"{\" has no \"}\"" },
    { "\"{to}\"", "\"{to|nplus}\"", "x.json:5: send.json.to: \"nplus\" is no known filter" },
    { "\"{to}\"", "\"{to|cut}\"", "\"cut\" needs an argument" },
    { "\"json:id\"", "\"jsn:id\"", "x.json:6: verdict.id: \"jsn:id\" is no source" },
    { "\"json:id\"", "\"json:\"", "names nothing behind the colon" },
    { "\"json:id\"", "{ \"then\": [\"trim\"] }", "must have either \"from\" or \"join\"" },
    { "\"json:id\"", "{ \"from\": \"body\", \"then\": [\"match:(\"] }", "has a bad pattern" },
    { "\"json:id\"", "{ \"from\": \"body\", \"than\": [] }",
      "x.json:6: verdict.id.than: \"than\" is "
      "unknown here; did you mean \"then\"?" },
    { "\"is\": \"opted_out\"", "\"is\": \"optedout\"",
      "x.json:7: verdict.rules[0].is: \"optedout\"" },
    { "\"eq\", 1", "\"equals\", 1",
      "x.json:7: verdict.rules[0].when[0]: \"equals\" is no operator" },
    { "\"eq\", 1", "\"eq\"", "needs a text, a number, true, false or a list" },
    { "\"eq\", 1", "\"in\", []", "needs a list that is not empty" },
    { "\"eq\", 1", "\"matches\", \"(\"", "needs a regular expression" },
    { "\"eq\", 1", "\"exists\", 1", "takes nothing behind it" },
    { "[ { \"kind\": \"path\" } ]", "[]", "webhook.checks must not be empty" },
    { "{ \"kind\": \"path\" }", "{ \"kind\": \"hmac\" }", "needs a \"key\"" },
    { "{ \"kind\": \"path\" }", "{ \"kind\": \"token\", \"key\": \"{token}\" }",
      "needs an \"in\"" },
    { "{ \"kind\": \"path\" }",
      "{ \"kind\": \"token\", \"key\": \"{token}\", \"in\": \"header:X\", \"optional\": true }",
      "only a webhook check of kind \"path\" may be optional" },
    { "{ \"1\": \"sent\" }", "{ \"1\": \"arrived\" }",
      "x.json:9: webhook.status[0].delivery.map.1: "
      "\"arrived\" is unknown here" },
    { "\"from\": \"form:F\", ", "", "x.json:10: webhook.inbound[0]: \"from\" is missing" },
    { "\"json\": { \"to\"", "\"form\": [[\"a\"]], \"jso\": { \"to\"",
      "send.form[0]: must be a list "
      "of two texts" },
};

static const char *spoiled(const char *piece, const char *instead)
{
    const char *at = strstr(good, piece);

    assert_non_null(at);
    return arena_printf(&arena, "%.*s%s%s", (int)(at - good), good, instead, at + strlen(piece));
}

static void test_provider_file__names_each_fault_with_line_and_path(void **state)
{
    struct err err = { 0 };
    struct provider *provider = provider_parse(span_of(good), "x.json", &err);

    (void)state;
    if (!provider)
        fail_msg("%s", err.text);
    provider_destroy(provider);
    for (size_t i = 0; i < COUNT_OF(faults); i++) {
        const char *text = spoiled(faults[i].piece, faults[i].instead);

        err = (struct err){ 0 };
        assert_null(provider_parse(span_of(text), "x.json", &err));
        assert_int_equal(err.code, ERR_CONFIG);
        if (!strstr(err.text, faults[i].expected))
            fail_msg("expected \"%s\", got \"%s\"", faults[i].expected, err.text);
    }
}

static void test_provider_file__counts_what_it_does_not_name(void **state)
{
    struct err err = { 0 };

    (void)state;
    assert_null(provider_parse(span_of("{ \"format\": 1 }"), "x.json", &err));
    assert_non_null(strstr(err.text, "more)"));
    assert_null(provider_parse(span_of("[]"), "x.json", &err));
    assert_null(provider_parse(span_of("{"), "x.json", &err));
    assert_int_equal(err.code, ERR_CONFIG);
}

static const struct {
    const char *path;
    int line;
} lines[] = {
    { "", 1 },       { "a", 2 },      { "b", 3 }, { "b[0]", 4 },    { "b[1]", 5 },
    { "b[1].c", 5 }, { "b[1].d", 6 }, { "e", 8 }, { "nothing", 1 }, { "b[7]", 3 },
};

static void test_provider_line__finds_the_line_of_a_path(void **state)
{
    static const char text[] = "{\n\"a\": \"}\\\"]\",\n\"b\": [\n[1, 2],\n{ \"c\": {},\n\"d\": "
                               "\"{\" }\n],\n\"e\": null }";

    (void)state;
    for (size_t i = 0; i < COUNT_OF(lines); i++) {
        int line = provider_line(span_of(text), lines[i].path);

        /* A path that leads nowhere gets a line near by, never a crash. */
        if (line != lines[i].line && strcmp(lines[i].path, "nothing") != 0 &&
            strcmp(lines[i].path, "b[7]") != 0)
            fail_msg("%s: line %d", lines[i].path, line);
        assert_in_range(line, 1, 8);
    }
}

static void test_provider_file__accepts_every_file_that_is_shipped(void **state)
{
    const char **names = provider_names(DIRS, &arena);
    int count = 0;

    (void)state;
    for (; names[count]; count++) {
        struct err err = { 0 };
        struct provider *provider = provider_find(DIRS, names[count], &err);
        struct str text;

        if (!provider)
            fail_msg("%s", err.text);
        str_init(&text, 100000);
        provider_describe(provider, &text);
        assert_non_null(strstr(str_text(&text), provider->title));
        assert_non_null(strstr(str_text(&text), "through = http\n"));
        str_reset(&text);
        assert_int_equal(provider_check_file(provider->path, &text), 0);
        assert_int_equal(text.len, 0);
        str_finish(&text);
        provider_destroy(provider);
    }
    assert_true(count >= 3);
}

static void test_provider_file__is_found_by_its_name_only(void **state)
{
    static const char *const names[] = { "../twilio",   "twilio.json",      "",    "Twilio",
                                         "/etc/passwd", "twilio/../kannel", "a\nb" };
    struct err err = { 0 };
    struct provider *provider;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(names); i++)
        assert_null(provider_find(DIRS, names[i], &err));
    assert_null(provider_find(DIRS, "twillio", &err));
    assert_int_equal(err.code, ERR_NOT_FOUND);
    assert_non_null(strstr(err.text, "did you mean \"twilio\"?"));
    assert_null(provider_find(DIRS, "something", &err));
    assert_non_null(strstr(err.text, "kannel, telegram, twilio"));
    provider = provider_find("/nowhere::" DIRS, "twilio", &err);
    assert_non_null(provider);
    provider_destroy(provider);
}

static void write_file(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");

    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static void test_provider_file__comes_from_the_first_folder_that_has_it(void **state)
{
    char folder[] = "/tmp/heed-providers-XXXXXX";
    struct err err = { 0 };
    struct provider *provider;
    const char *path, *dirs;

    (void)state;
    assert_non_null(mkdtemp(folder));
    path = arena_printf(&arena, "%s/twilio.json", folder);
    dirs = arena_printf(&arena, "%s:%s", folder, DIRS);
    write_file(path, spoiled("\"name\": \"x\"", "\"name\": \"twilio\""));
    provider = provider_find(dirs, "twilio", &err);
    assert_non_null(provider);
    assert_string_equal(provider->title, "X");
    provider_destroy(provider);
    write_file(path, good); /* its name is not that of the file */
    assert_null(provider_find(dirs, "twilio", &err));
    assert_int_equal(err.code, ERR_CONFIG);
    unlink(path);
    rmdir(folder);
}

/* --- a sender's section --- */

#define TWILIO                                                                                     \
    "provider = twilio\nfrom = +15557654321\naccount_sid = AC1\nauth_token = tok-secret\n"

static const struct {
    const char *lines, *expected;
} sections[] = {
    { "through = http\n", "needs provider = NAME" },
    { "through = http\nprovider = twillio\n", "did you mean \"twilio\"?" },
    { "through = http\nprovider = twilio\n", "twilio needs from" },
    { "through = http\nprovider = twilio\nfrom = +1\naccount_sid = AC1\n",
      "twilio needs auth_token" },
    { "through = http\nauth_tokn = x\n" TWILIO, "heed.conf:3: unknown key \"auth_tokn\"" },
    { "through = http\nbot_token = x\n" TWILIO, "unknown key \"bot_token\"" },
    { "through = http\nchannel = telegram\n" TWILIO, "provider twilio carries sms, not telegram" },
    { "through = http\nsecret = short\n" TWILIO, "secret does not look right" },
    { "through = http\nvalidity_s = 4 hours\n" TWILIO, "validity_s does not look right" },
    { "through = http\nbase_url = http://api.example.com\n" TWILIO, "must begin with https://" },
    { "through = http\nbase_url = ftp://127.0.0.1\n" TWILIO, "must be a URL" },
    { "through = http\nbase_url = https://u:p@example.com\n" TWILIO, "must be a URL" },
    { "through = http\nbase_url = https://example.com/?a\n" TWILIO, "must be a URL" },
    { "through = http\nbase_url = api.example.com\n" TWILIO, "must be a URL" },
    { "through = http\nbatch = 0\n" TWILIO, "batch" },
    { "through = http\nsessions = many\n" TWILIO, "sessions" },
};

static void test_http_provider__says_what_is_wrong_with_a_section(void **state)
{
    struct bench bench;

    (void)state;
    bench_start(&bench);
    for (size_t i = 0; i < COUNT_OF(sections); i++) {
        struct err err = { 0 };

        assert_null(bench_try(&bench, sections[i].lines, &err));
        assert_int_equal(err.code, ERR_CONFIG);
        if (!strstr(err.text, sections[i].expected))
            fail_msg("expected \"%s\", got \"%s\"", sections[i].expected, err.text);
        assert_null(strstr(err.text, "tok-secret"));
    }
    bench_stop(&bench);
}

static void test_http_provider__allows_plain_http_only_where_it_may(void **state)
{
    struct bench bench;
    struct err err = { 0 };

    (void)state;
    bench_start(&bench);
    bench.env.allow_plain_loopback = false;
    assert_null(bench_try(&bench, "through = http\nbase_url = http://127.0.0.1:1\n" TWILIO, &err));
    assert_non_null(strstr(err.text, "plain http:// is not allowed"));
    bench.env.allow_plain_loopback = true;
    assert_non_null(
        bench_try(&bench, "through = http\nbase_url = http://127.0.0.1:1/x/\n" TWILIO, &err));
    bench_stop(&bench);
}

static void test_http_provider__describes_an_account_to_the_engine(void **state)
{
    struct bench bench;
    struct err err = { 0 };

    (void)state;
    bench_start(&bench);
    assert_non_null(bench_try(&bench,
                              "through = http\nchannel = sms\nbatch = 5\nsessions = 3\n"
                              "per_minute = 2\nper_day = 9\n" TWILIO,
                              &err));
    assert_ptr_equal(bench.account->channel, &channel_http);
    assert_string_equal(bench.account->name, "texts");
    assert_string_equal(bench.account->kind, "sms");
    assert_string_equal(bench.account->address, "+15557654321");
    assert_string_equal(bench.account->address_kind, "phone");
    assert_int_equal(bench.account->batch, 5);
    assert_int_equal(bench.account->sessions, 3);
    assert_int_equal(bench.account->session_window_ms, 0);
    assert_false(bench.account->human);
    bench_stop(&bench);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_provider_file__names_each_fault_with_line_and_path),
        cmocka_unit_test(test_provider_file__counts_what_it_does_not_name),
        cmocka_unit_test(test_provider_line__finds_the_line_of_a_path),
        cmocka_unit_test(test_provider_file__accepts_every_file_that_is_shipped),
        cmocka_unit_test(test_provider_file__is_found_by_its_name_only),
        cmocka_unit_test(test_provider_file__comes_from_the_first_folder_that_has_it),
        cmocka_unit_test(test_http_provider__says_what_is_wrong_with_a_section),
        cmocka_unit_test(test_http_provider__allows_plain_http_only_where_it_may),
        cmocka_unit_test(test_http_provider__describes_an_account_to_the_engine),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
