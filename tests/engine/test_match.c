/* tests/engine/test_match.c - whose answer is it? Each rule as a row, then the given half of
 * data/replies/match_scenarios_own where it is present. */
#include "tests/engine/match_world.h"

/* ---- what is expected ---- */

static bool is_int(const cJSON *value, int64_t actual)
{
    return cJSON_IsNull(value) ? actual == 0 : cJSON_IsNumber(value) && value->valueint == actual;
}

static bool is_word(const cJSON *value, const char *actual)
{
    return cJSON_IsString(value) && strcmp(value->valuestring, actual) == 0;
}

static bool check_touch(const struct world_case *c, const cJSON *value)
{
    return is_int(value, c->match.touch);
}

static bool check_prospect(const struct world_case *c, const cJSON *value)
{
    return is_int(value, c->match.prospect);
}

static bool check_enrollment(const struct world_case *c, const cJSON *value)
{
    return is_int(value, c->match.enrollment);
}

static bool check_via(const struct world_case *c, const cJSON *value)
{
    return is_word(value, match_via_name(c->match.via));
}

static bool check_confidence(const struct world_case *c, const cJSON *value)
{
    return is_word(value, match_confidence_name(c->match.confidence));
}

static bool check_credit(const struct world_case *c, const cJSON *value)
{
    return is_word(value, match_credit_name(c->match.credit_basis));
}

static bool check_flag(const struct world_case *c, const cJSON *value)
{
    static const struct {
        const char *name;
        enum match_flag flag;
    } flags[] = {
        { "conflict", MATCH_CONFLICT },   { "shared_number", MATCH_SHARED_NUMBER },
        { "colleague", MATCH_COLLEAGUE }, { "role_inbox", MATCH_ROLE_INBOX },
        { "history", MATCH_HISTORY },     { "bad_token", MATCH_BAD_TOKEN },
        { "finished", MATCH_FINISHED },
    };

    for (size_t i = 0; i < COUNT_OF(flags); i++)
        if (is_word(value, flags[i].name))
            return c->match.flags & flags[i].flag;
    return is_word(value, "none") && c->match.flags == 0;
}

static bool check_decision(const struct world_case *c, const cJSON *value)
{
    if (is_word(value, "history"))
        return c->match.flags & MATCH_HISTORY && !c->match.is_reply;
    if (is_word(value, "review"))
        return c->match.confidence == MATCH_REVIEW && c->match.prospect == 0;
    return is_word(value, "new") && c->match.prospect != 0;
}

static bool check_reply(const struct world_case *c, const cJSON *value)
{
    return cJSON_IsTrue(value) == c->match.is_reply;
}

static bool check_moves(const struct world_case *c, const cJSON *value)
{
    return cJSON_IsTrue(value) == c->match.moves_preference;
}

static bool check_prefer(const struct world_case *c, const cJSON *value)
{
    return c->match.moves_preference && is_word(value, c->inbound.channel);
}

static bool check_replier(const struct world_case *c, const cJSON *value)
{
    return !c->match.sender_is_prospect && is_word(value, c->inbound.from);
}

static bool check_new_contact(const struct world_case *c, const cJSON *value)
{
    return cJSON_IsTrue(value) == ((c->match.flags & MATCH_COLLEAGUE) != 0);
}

static bool check_other(const struct world_case *c, const cJSON *value)
{
    return is_int(value, c->match.sender_prospect);
}

static bool check_unsubscribe(const struct world_case *c, const cJSON *value)
{
    return c->keys.unsubscribe && c->keys.unsubscribe == c->match.touch &&
           is_word(json_get(value, "channel"), c->inbound.channel) &&
           is_int(json_get(value, "prospect"), c->match.prospect);
}

static bool check_unsubscribes(const struct world_case *c, const cJSON *value)
{
    return cJSON_IsTrue(value) == (c->keys.unsubscribe != 0);
}

/* Holding is the store's work; which ones follows from prospect and is_reply. */
static bool check_pause(const struct world_case *c, const cJSON *value)
{
    const cJSON *enrollment, *entry;
    int expected = 0;

    cJSON_ArrayForEach(enrollment, json_get(c->world, "enrollments"))
    {
        bool held = c->match.is_reply && json_int(enrollment, "prospect", 0) == c->match.prospect &&
                    strcmp(json_text(enrollment, "state", ""), "active") == 0;
        bool named = false;

        cJSON_ArrayForEach(entry, value)
        {
            named = named || entry->valueint == json_int(enrollment, "id", 0);
        }
        if (held != named)
            return false;
        expected += named ? 1 : 0;
    }
    return expected == cJSON_GetArraySize(value);
}

/* Each id named was among what was found, as touch or as prospect. */
static bool check_candidates(const struct world_case *c, const cJSON *value)
{
    const cJSON *entry;

    cJSON_ArrayForEach(entry, value)
    {
        bool found = false;

        for (size_t i = 0; i < c->found_count; i++)
            found =
                found || is_int(entry, c->found[i].touch) || is_int(entry, c->found[i].prospect);
        if (!found)
            return false;
    }
    return true;
}

static const struct {
    const char *key;
    bool (*holds)(const struct world_case *c, const cJSON *value);
} checks[] = {
    { "touch", check_touch },
    { "credit_touch", check_touch },
    { "prospect", check_prospect },
    { "enrollment", check_enrollment },
    { "via", check_via },
    { "confidence", check_confidence },
    { "credit", check_credit },
    { "flag", check_flag },
    { "decision", check_decision },
    { "reply", check_reply },
    { "prefer_channel_change", check_moves },
    { "prefer", check_prefer },
    { "replier", check_replier },
    { "new_contact", check_new_contact },
    { "other", check_other },
    { "opt_out", check_unsubscribe },
    { "unsubscribes", check_unsubscribes },
    { "pause", check_pause },
    { "candidates", check_candidates },
};

/* The first expectation that fails, or NULL. *checked: how many could be asked. */
static const char *first_failure(const struct world_case *c, const cJSON *expected, int *checked)
{
    for (size_t i = 0; i < COUNT_OF(checks); i++) {
        const cJSON *value = json_get(expected, checks[i].key);

        if (!value)
            continue;
        (*checked)++;
        if (!checks[i].holds(c, value))
            return checks[i].key;
    }
    return NULL;
}

/* ---- rules ---- */

static const char world_text[] =
    "{\"prospects\":["
    "{\"id\":1,\"emails\":[\"ada@north.example\"],\"phones\":[\"+12025550101\"],\"org\":\"north."
    "example\"},"
    "{\"id\":2,\"emails\":[\"ben@north.example\"],\"phones\":[\"+12025550102\"],\"org\":\"north."
    "example\"},"
    "{\"id\":3,\"emails\":[\"cleo@gmail.com\"],\"phones\":[\"+12025550103\"]},"
    "{\"id\":4,\"emails\":[\"dan@south.example\"],\"phones\":[\"+12025550103\"]},"
    "{\"id\":5,\"emails\":[\"eve@east.example\"],\"phones\":[\"+12025550105\"]},"
    "{\"id\":6,\"emails\":[\"info@west.example\"],\"phones\":[\"+12025550106\"]},"
    "{\"id\":7,\"emails\":[\"fay@far.example\"],\"phones\":[\"+12025550107\"]},"
    "{\"id\":8,\"emails\":[\"gus@far.example\"],\"phones\":[\"+12025550107\"]}],"
    "\"enrollments\":["
    "{\"id\":11,\"prospect\":1,\"state\":\"active\"},{\"id\":12,\"prospect\":1,\"state\":"
    "\"active\"},"
    "{\"id\":13,\"prospect\":2,\"state\":\"active\"},{\"id\":14,\"prospect\":3,\"state\":"
    "\"active\"},"
    "{\"id\":15,\"prospect\":4,\"state\":\"finished\"},{\"id\":16,\"prospect\":5,\"state\":"
    "\"finished\"},"
    "{\"id\":17,\"prospect\":6,\"state\":\"active\"},{\"id\":18,\"prospect\":7,\"state\":"
    "\"active\"},"
    "{\"id\":19,\"prospect\":8,\"state\":\"active\"},{\"id\":20,\"prospect\":5,\"state\":"
    "\"finished\"}],"
    "\"touches\":["
    "{\"id\":101,\"enrollment\":11,\"channel\":\"email\",\"token\":\"A1\",\"sent\":\"2026-11-09T09:"
    "00Z\"},"
    "{\"id\":102,\"enrollment\":12,\"channel\":\"email\",\"token\":\"A2\",\"sent\":\"2026-11-11T09:"
    "00Z\"},"
    "{\"id\":103,\"enrollment\":11,\"channel\":\"sms\",\"our\":\"+18005550100\",\"their\":\"+"
    "12025550101\",\"sent\":\"2026-11-13T09:00Z\"},"
    "{\"id\":104,\"enrollment\":13,\"channel\":\"email\",\"token\":\"B1\",\"provider_id\":\"<p104@"
    "ses.example>\",\"sent\":\"2026-11-12T09:00Z\"},"
    "{\"id\":105,\"enrollment\":14,\"channel\":\"sms\",\"our\":\"+18005550100\",\"their\":\"+"
    "12025550103\",\"sent\":\"2026-11-01T09:00Z\"},"
    "{\"id\":106,\"enrollment\":15,\"channel\":\"sms\",\"our\":\"+18005550100\",\"their\":\"+"
    "12025550103\",\"sent\":\"2026-11-14T09:00Z\"},"
    "{\"id\":107,\"enrollment\":16,\"channel\":\"email\",\"token\":\"E1\",\"sent\":\"2026-10-20T09:"
    "00Z\"},"
    "{\"id\":108,\"enrollment\":17,\"channel\":\"email\",\"token\":\"W1\",\"sent\":\"2026-11-14T09:"
    "00Z\"},"
    "{\"id\":109,\"enrollment\":18,\"channel\":\"sms\",\"our\":\"+18005550100\",\"their\":\"+"
    "12025550107\",\"sent\":\"2026-11-12T09:00Z\"},"
    "{\"id\":110,\"enrollment\":19,\"channel\":\"sms\",\"our\":\"+18005550100\",\"their\":\"+"
    "12025550107\",\"sent\":\"2026-11-13T09:00Z\"},"
    "{\"id\":111,\"enrollment\":13,\"channel\":\"telegram\",\"provider_id\":\"77:5\",\"their\":"
    "\"77\",\"sent\":\"2026-11-13T10:00Z\"},"
    "{\"id\":112,\"enrollment\":18,\"channel\":\"call\",\"their\":\"+12025550107\",\"sent\":\"2026-"
    "11-15T10:00Z\"}"
    ",{\"id\":113,\"enrollment\":13,\"channel\":\"sms\",\"our\":\"+18005550100\",\"their\":\"+"
    "12025550102\",\"sent\":\"2026-11-10T09:00Z\"}]}";

static const struct {
    const char *rule, *inbound, *expected;
} rules[] = {
    { "a reply token credits its own touch and holds every enrollment of the person",
      "{\"from\":\"ada@north.example\",\"to_token\":\"A1\"}",
      "{\"touch\":101,\"enrollment\":11,\"prospect\":1,\"via\":\"address_token\",\"confidence\":"
      "\"certain\",\"credit\":\"token\",\"pause\":[11,12],\"reply\":true,\"prefer_channel_change\":"
      "true,"
      "\"flag\":\"none\"}" },
    { "the address token beats the headers, and the conflict is kept",
      "{\"from\":\"ada@north.example\",\"to_token\":\"A1\",\"in_reply_to\":\"A2\"}",
      "{\"touch\":101,\"via\":\"address_token\",\"flag\":\"conflict\"}" },
    { "an older id further up the references is no conflict",
      "{\"from\":\"ada@north.example\",\"to_token\":\"A2\",\"references\":[\"A1\",\"A2\"]}",
      "{\"touch\":102,\"flag\":\"none\"}" },
    { "references are read from last to first",
      "{\"from\":\"ada@north.example\",\"references\":[\"A2\",\"<x@y.example>\",\"A1\",\"<z@y."
      "example>\"]}",
      "{\"touch\":101,\"via\":\"references\",\"confidence\":\"certain\"}" },
    { "In-Reply-To comes before References",
      "{\"from\":\"ada@north.example\",\"in_reply_to\":\"A1\",\"references\":[\"A1\",\"A2\"]}",
      "{\"touch\":101,\"via\":\"message_id\"}" },
    { "an id that the provider gave is known again",
      "{\"from\":\"ben@north.example\",\"in_reply_to\":\"<p104@ses.example>\"}",
      "{\"touch\":104,\"via\":\"message_id\",\"confidence\":\"certain\"}" },
    { "a token in the quoted text names the touch",
      "{\"from\":\"ben@north.example\",\"quoted_token\":\"B1\"}",
      "{\"touch\":104,\"via\":\"returned\",\"confidence\":\"certain\"}" },
    { "an unsubscribe token that is only quoted does not unsubscribe",
      "{\"from\":\"ben@north.example\",\"quoted_token\":\"B1\"}",
      "{\"reply\":true,\"unsubscribes\":false}" },
    { "nor does a reply token", "{\"from\":\"ada@north.example\",\"to_token\":\"A1\"}",
      "{\"unsubscribes\":false}" },
    { "nor a forged one", "{\"from\":\"ada@north.example\",\"to_token\":\"unsub-FORGED\"}",
      "{\"unsubscribes\":false,\"flag\":\"bad_token\"}" },
    { "a forged token counts for nothing and leaves the sender for review",
      "{\"from\":\"ben@north.example\",\"to_token\":\"FORGED\"}",
      "{\"prospect\":2,\"via\":\"sender\",\"confidence\":\"review\",\"flag\":\"bad_token\","
      "\"prefer_channel_change\":false}" },
    { "a forged id under our domain, too",
      "{\"from\":\"stranger@far.example\",\"in_reply_to\":\"FORGED\"}",
      "{\"prospect\":0,\"touch\":0,\"confidence\":\"review\",\"flag\":\"bad_token\"}" },
    { "a colleague's answer counts for the touch and moves nothing",
      "{\"from\":\"boss@north.example\",\"in_reply_to\":\"A1\"}",
      "{\"touch\":101,\"prospect\":1,\"flag\":\"colleague\",\"reply\":true,\"pause\":[11,12],"
      "\"prefer_channel_change\":false,\"replier\":\"boss@north.example\",\"other\":0}" },
    { "another prospect who answers is told apart",
      "{\"from\":\"ben@north.example\",\"in_reply_to\":\"A1\"}",
      "{\"touch\":101,\"prospect\":1,\"flag\":\"colleague\",\"other\":2,"
      "\"prefer_channel_change\":false}" },
    { "a role inbox answers and moves nothing, also when it is the prospect's address",
      "{\"from\":\"info@west.example\",\"in_reply_to\":\"W1\"}",
      "{\"touch\":108,\"flag\":\"role_inbox\",\"reply\":true,\"prefer_channel_change\":false}" },
    { "no token and two enrollments: the newest on the channel, ambiguous, both hold",
      "{\"from\":\"ada@north.example\"}",
      "{\"touch\":102,\"prospect\":1,\"via\":\"sender\",\"confidence\":\"ambiguous\",\"credit\":"
      "\"channel\",\"pause\":[11,12],\"prefer_channel_change\":true}" },
    { "one enrollment: likely", "{\"from\":\"BEN@North.Example\"}",
      "{\"touch\":104,\"confidence\":\"likely\",\"credit\":\"channel\"}" },
    { "an alias of the sender", "{\"from\":\"ben+sales@north.example\"}",
      "{\"touch\":104,\"prospect\":2,\"via\":\"sender_canonical\",\"confidence\":\"likely\"}" },
    { "dots mean nothing at gmail", "{\"from\":\"c.l.e.o@gmail.com\"}",
      "{\"prospect\":3,\"via\":\"sender_canonical\"}" },
    { "dots mean something elsewhere", "{\"from\":\"b.en@north.example\"}", "{\"prospect\":0}" },
    { "after fourteen days nothing on the channel earned it",
      "{\"from\":\"ben@north.example\",\"received\":\"2026-11-28T09:00Z\"}",
      "{\"prospect\":2,\"touch\":0,\"credit\":\"none\",\"reply\":true}" },
    { "nor anywhere", "{\"from\":\"eve@east.example\"}",
      "{\"prospect\":5,\"touch\":0,\"credit\":\"none\",\"flag\":\"finished\",\"reply\":true,"
      "\"pause\":[]}" },
    { "a token weeks later still credits its touch",
      "{\"from\":\"eve@east.example\",\"to_token\":\"E1\"}",
      "{\"touch\":107,\"credit\":\"token\",\"flag\":\"finished\",\"pause\":[]}" },
    { "an answer by sms from a number on whose pair we wrote",
      "{\"channel\":\"sms\",\"from\":\"+12025550101\",\"our\":\"+18005550100\"}",
      "{\"touch\":103,\"prospect\":1,\"via\":\"number_pair\",\"credit\":\"pair\",\"confidence\":"
      "\"likely\",\"prefer\":\"sms\"}" },
    { "to another number of ours: the person, and the newest text",
      "{\"channel\":\"sms\",\"from\":\"+12025550101\",\"our\":\"+18005550199\"}",
      "{\"touch\":103,\"via\":\"sender\",\"confidence\":\"likely\",\"credit\":\"channel\"}" },
    { "on a channel never used: the touch on the same address",
      "{\"channel\":\"whatsapp\",\"from\":\"12025550101\"}",
      "{\"touch\":103,\"via\":\"sender\",\"credit\":\"address\",\"prefer\":\"whatsapp\"}" },
    { "on a channel never used: that touch though another address was written to later",
      "{\"channel\":\"whatsapp\",\"from\":\"+12025550102\"}",
      "{\"touch\":113,\"prospect\":2,\"credit\":\"address\"}" },
    { "from an address never written to: the newest touch of any channel",
      "{\"channel\":\"sms\",\"from\":\"+12025550106\",\"our\":\"+18005550100\"}",
      "{\"touch\":108,\"prospect\":6,\"via\":\"sender\",\"credit\":\"any\"}" },
    { "their own alias in the thread is no colleague",
      "{\"from\":\"ben+sales@north.example\",\"in_reply_to\":\"B1\"}",
      "{\"touch\":104,\"flag\":\"none\",\"prefer_channel_change\":true}" },
    { "a text after our missed call credits the text on the pair, not the call",
      "{\"channel\":\"sms\",\"from\":\"+12025550107\",\"our\":\"+18005550100\"}",
      "{\"touch\":110,\"flag\":\"shared_number\"}" },
    { "several prospects on one phone: the active one though touched earlier",
      "{\"channel\":\"sms\",\"from\":\"+12025550103\",\"our\":\"+18005550100\"}",
      "{\"touch\":105,\"prospect\":3,\"confidence\":\"ambiguous\",\"flag\":\"shared_number\","
      "\"prefer_channel_change\":true}" },
    { "several in play on one phone: the one touched last, and nobody's preference moves",
      "{\"channel\":\"sms\",\"from\":\"+12025550107\",\"our\":\"+18005550100\"}",
      "{\"touch\":110,\"prospect\":8,\"confidence\":\"ambiguous\",\"flag\":\"shared_number\","
      "\"reply\":true,\"prefer_channel_change\":false}" },
    { "a chat message that answers one of ours",
      "{\"channel\":\"telegram\",\"from\":\"77\",\"our\":\"bot\",\"thread_id\":\"77:5\"}",
      "{\"touch\":111,\"prospect\":2,\"via\":\"thread\",\"confidence\":\"certain\","
      "\"prefer_channel_change\":true}" },
    { "mail from before we ever wrote is history",
      "{\"from\":\"ada@north.example\",\"received\":\"2026-10-01T09:00Z\"}",
      "{\"prospect\":1,\"touch\":0,\"decision\":\"history\",\"prefer_channel_change\":false,"
      "\"pause\":[]}" },
    { "a touch sent after the message came has not earned it",
      "{\"from\":\"ada@north.example\",\"received\":\"2026-11-10T09:00Z\"}", "{\"touch\":101}" },
    { "a token proves the order whatever the clocks say",
      "{\"from\":\"ada@north.example\",\"to_token\":\"A1\",\"received\":\"2026-11-09T08:59Z\"}",
      "{\"touch\":101,\"reply\":true}" },
    { "a bounce by its returned headers",
      "{\"kind\":\"bounce\",\"from\":\"mailer-daemon@north.example\",\"embedded_message_id\":"
      "\"B1\"}",
      "{\"touch\":104,\"via\":\"returned\",\"reply\":false,\"prefer_channel_change\":false,"
      "\"flag\":\"none\"}" },
    { "a bounce by its failed recipient, within seven days",
      "{\"kind\":\"bounce\",\"final_recipient\":\"Ben@north.example\"}",
      "{\"touch\":104,\"via\":\"recipient\",\"confidence\":\"likely\",\"credit\":\"recipient\","
      "\"reply\":false}" },
    { "and not after",
      "{\"kind\":\"bounce\",\"final_recipient\":\"ben@north.example\",\"received\":\"2026-11-21T12:"
      "00Z\"}",
      "{\"touch\":0,\"prospect\":0,\"confidence\":\"review\"}" },
    { "an auto-reply finds its touch and is no answer",
      "{\"from\":\"ada@north.example\",\"in_reply_to\":\"A1\",\"auto_submitted\":\"auto-replied\"}",
      "{\"touch\":101,\"reply\":false,\"prefer_channel_change\":false,\"pause\":[]}" },
    { "a receipt finds its touch and is no answer",
      "{\"kind\":\"mdn\",\"from\":\"ada@north.example\",\"in_reply_to\":\"A1\"}",
      "{\"touch\":101,\"reply\":false,\"prefer_channel_change\":false,\"pause\":[]}" },
    { "the same company is only a hint",
      "{\"from\":\"zoe@north.example\",\"subject\":\"Re: your offer\"}",
      "{\"decision\":\"review\",\"via\":\"domain\",\"candidates\":[1,2],\"reply\":false}" },
    { "never by a free mailer's domain, never by subject alone",
      "{\"from\":\"zoe@gmail.com\",\"subject\":\"Re: your offer\"}",
      "{\"decision\":\"review\",\"via\":\"none\"}" },
    { "a mailto unsubscribe names its touch",
      "{\"from\":\"ada@north.example\",\"to_token\":\"unsub-A1\"}",
      "{\"opt_out\":{\"channel\":\"email\",\"prospect\":1}}" },
    { "a stranger is nobody", "{\"from\":\"who@where.example\"}",
      "{\"prospect\":0,\"touch\":0,\"via\":\"none\",\"confidence\":\"review\",\"reply\":false}" },
    { "no sender at all is nobody", "{\"from\":\"\"}",
      "{\"prospect\":0,\"confidence\":\"review\"}" },
    { "a sender of garbage is nobody", "{\"from\":\"@@ <x>\",\"references\":[\"<>\",\"<\",\"\"]}",
      "{\"prospect\":0}" },
};

static void test_match__follows_each_rule(void **state)
{
    cJSON *world = json_parse(span_of(world_text), "world", NULL);
    struct arena arena;
    int failures = 0;

    (void)state;
    assert_non_null(world);
    arena_init(&arena);
    for (size_t i = 0; i < COUNT_OF(rules); i++) {
        cJSON *in = json_parse(span_of(rules[i].inbound), "inbound", NULL);
        cJSON *expected = json_parse(span_of(rules[i].expected), "expected", NULL);
        struct world_case c;
        const char *failure;
        int checked = 0;

        assert_non_null(in);
        assert_non_null(expected);
        run(&c, world, in, &arena);
        failure = first_failure(&c, expected, &checked);
        assert_int_equal(checked, cJSON_GetArraySize(expected));
        if (failure) {
            print_error("%s: wrong %s (touch %d, via %s, %s, flags %u)\n", rules[i].rule, failure,
                        (int)c.match.touch, match_via_name(c.match.via),
                        match_confidence_name(c.match.confidence), c.match.flags);
            failures++;
        }
        cJSON_Delete(in);
        cJSON_Delete(expected);
        arena_reset(&arena);
    }
    assert_int_equal(failures, 0);
    cJSON_Delete(world);
    arena_finish(&arena);
}

/* ---- the corpus ---- */

static void test_match__agrees_with_the_given_scenarios(void **state)
{
    const char *shared = getenv("HEED_SHARED");
    struct arena arena;
    const char *path;
    cJSON *cases;
    const cJSON *entry;
    int asked = 0, passed = 0, beyond = 0;

    (void)state;
    arena_init(&arena);
    path = arena_printf(&arena, "%s/data/replies/match_scenarios_own/given/index.json",
                        shared ? shared : HEED_SOURCE_DIR "/../shared");
    cases = json_read_file(path, NULL);
    if (!cases) {
        print_message("skipped: no %s\n", path);
        arena_finish(&arena);
        skip();
    }
    cJSON_ArrayForEach(entry, cases)
    {
        cJSON *scenario = json_parse(span_of(json_text(entry, "text", "")), "scenario", NULL);
        struct world_case c;
        const char *failure;
        int checked = 0;

        assert_non_null(scenario);
        run(&c, json_get(scenario, "world"), json_get(scenario, "inbound"), &arena);
        failure = first_failure(&c, json_get(entry, "expected"), &checked);
        /* Duplicates and web requests are settled before anything is matched. */
        if (checked == 0 || json_bool(json_get(scenario, "inbound"), "seen_before", false) ||
            strcmp(c.inbound.channel, "http") == 0)
            beyond++;
        else if (failure)
            print_error("%s: wrong %s\n", json_text(entry, "id", "?"), failure);
        else
            passed++;
        cJSON_Delete(scenario);
        asked++;
    }
    print_message("match_scenarios_own given: %d of %d right, %d not a matter of matching\n",
                  passed, asked - beyond, beyond);
    assert_int_equal(passed, asked - beyond);
    cJSON_Delete(cases);
    arena_finish(&arena);
}

/* ---- keys ---- */

static void test_match__asks_in_the_order_of_strength_and_never_twice(void **state)
{
    struct token_keys tokens = { .count = 1, .domain = DOMAIN };
    char id[TOKEN_MAIL_BYTES], token[TOKEN_TEXT_BYTES], address[TOKEN_MAIL_BYTES];
    const char *recipients[] = { "me@us.example", address, address };
    const char *references[] = { "<a@x.example>", id, "<a@x.example>" };
    const struct bounce_recipient bounced = { .address = "who@x.example" };
    const struct match_inbound inbound = {
        .channel = "email",
        .from = "Ann+x@acme.example",
        .subject = "AW: hello",
        .thread_id = "T",
        .in_reply_to = id,
        .references = references,
        .reference_count = 3,
        .recipients = recipients,
        .recipient_count = 3,
        .bounced = &bounced,
        .bounced_count = 1,
    };
    static const enum match_via order[] = {
        MATCH_VIA_ADDRESS_TOKEN, MATCH_VIA_MESSAGE_ID,       MATCH_VIA_REFERENCES, MATCH_VIA_THREAD,
        MATCH_VIA_SENDER,        MATCH_VIA_SENDER_CANONICAL, MATCH_VIA_RECIPIENT,  MATCH_VIA_DOMAIN,
    };
    struct match_keys keys;
    struct arena arena;

    (void)state;
    arena_init(&arena);
    token_make(&tokens, TOKEN_REPLY, 5, token);
    assert_int_equal(token_plus_make("me@us.example", token, address, NULL), 0);
    token_message_id(&tokens, 6, id);
    match_keys(&inbound, &tokens, &arena, &keys);
    assert_int_equal(keys.count, COUNT_OF(order));
    for (size_t i = 0; i < COUNT_OF(order); i++)
        assert_int_equal(keys.list[i].via, order[i]);
    assert_int_equal(keys.list[0].touch, 5);
    assert_int_equal(keys.list[1].touch, 6);
    assert_string_equal(keys.list[2].value, "<a@x.example>");
    assert_string_equal(keys.list[4].value, "ann+x@acme.example");
    assert_string_equal(keys.list[5].value, "ann@acme.example");
    assert_string_equal(keys.list[7].value, "acme.example");
    assert_true(keys.own_seen);
    assert_int_equal(keys.bad_macs, 0);
    arena_finish(&arena);
}

static void test_match__takes_only_so_many_keys_from_a_hostile_mail(void **state)
{
    enum { MANY = 500 };
    struct token_keys tokens = { .count = 1, .domain = DOMAIN };
    struct match_inbound inbound = { .channel = "email", .from = "a@b.example" };
    const char *list[MANY];
    struct match_keys keys;
    struct arena arena;

    (void)state;
    arena_init(&arena);
    for (int i = 0; i < MANY; i++)
        list[i] = arena_printf(&arena, "<%d@x.example>", i);
    inbound.references = inbound.returned_ids = inbound.tokens_text = inbound.recipients = list;
    inbound.reference_count = inbound.returned_id_count = MANY;
    inbound.token_count = inbound.recipient_count = MANY;
    match_keys(&inbound, &tokens, &arena, &keys);
    assert_true(keys.count <= MATCH_MAX_KEYS);
    assert_int_equal(keys.list[keys.count - 1].via, MATCH_VIA_SENDER);
    assert_string_equal(keys.list[0].value, "<499@x.example>");
    arena_finish(&arena);
}

static void test_match__knows_role_inboxes_by_their_local_part(void **state)
{
    static const char *const roles[] = { "info@a.example", "OFFICE@a.example", "sales@a.example",
                                         "support@a.example" };
    static const char *const people[] = { "ann@a.example", "information@a.example", "info", "",
                                          "+12025550101" };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(roles); i++)
        assert_true(match_is_role_inbox(roles[i]));
    for (size_t i = 0; i < COUNT_OF(people); i++)
        assert_false(match_is_role_inbox(people[i]));
    assert_false(match_is_role_inbox(NULL));
}

static const struct {
    const char *key, *canonical;
} aliases[] = {
    { "ann@a.example", "ann@a.example" },     { "ann+x@a.example", "ann@a.example" },
    { "ann+x+y@a.example", "ann@a.example" }, { "a.nn@a.example", "a.nn@a.example" },
    { "a.n.n+z@gmail.com", "ann@gmail.com" }, { "a.nn@googlemail.com", "ann@googlemail.com" },
    { "+x@a.example", "+x@a.example" },       { "nonsense", "nonsense" },
};

static void test_match__takes_tags_off_addresses(void **state)
{
    struct arena arena;

    (void)state;
    arena_init(&arena);
    for (size_t i = 0; i < COUNT_OF(aliases); i++)
        assert_string_equal(match_canonical_email(&arena, aliases[i].key), aliases[i].canonical);
    arena_finish(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_match__follows_each_rule),
        cmocka_unit_test(test_match__agrees_with_the_given_scenarios),
        cmocka_unit_test(test_match__asks_in_the_order_of_strength_and_never_twice),
        cmocka_unit_test(test_match__takes_only_so_many_keys_from_a_hostile_mail),
        cmocka_unit_test(test_match__knows_role_inboxes_by_their_local_part),
        cmocka_unit_test(test_match__takes_tags_off_addresses),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
