/* channels/provider_verdict.c - see provider_verdict.h. */
#include "channels/provider_verdict.h"

#include "channels/account.h"
#include "channels/provider_facts.h"
#include "core/base/json.h"
#include "core/base/text.h"

#define WAIT_MIN_MS SECOND_MS
#define WAIT_MAX_MS HOUR_MS

/* The reasons of reference providers, each with what it means for us. */
static const struct meaning {
    const char *word;
    enum send_status status;
    bool address_dead, opted_out;
    const char *reason;
} meanings[] = {
    { "accepted", SEND_OK, false, false, "" },
    { "rate_limited", SEND_RETRY, false, false, "too many messages at once" },
    { "server_error", SEND_RETRY, false, false, "the provider has a fault and did not take it" },
    { "unsure", SEND_UNSURE, false, false, "the provider's answer does not say what happened" },
    { "invalid_recipient", SEND_REFUSED, true, false, "the address does not exist" },
    { "recipient_moved", SEND_REFUSED, true, false, "the address has moved" },
    { "opted_out", SEND_REFUSED, false, true, "the person has opted out" },
    { "blocked", SEND_REFUSED, false, false, "blocked on the way" },
    { "window_closed", SEND_REFUSED, false, false, "too long since their last message" },
    { "content", SEND_REFUSED, false, false, "the content is not accepted" },
    { "rejected", SEND_REFUSED, false, false, "rejected" },
    { "auth", SEND_BROKEN, false, false, "the provider does not accept our key" },
    { "config", SEND_BROKEN, false, false, "the account is not set up for this" },
    { "no_credit", SEND_BROKEN, false, false, "the account has no credit" },
};

const char *const verdict_words[] = {
    "accepted",        "rate_limited", "server_error", "unsure",        "invalid_recipient",
    "recipient_moved", "opted_out",    "blocked",      "window_closed", "content",
    "rejected",        "auth",         "config",       "no_credit",     NULL,
};

static const struct meaning *meaning_of(const char *word)
{
    for (size_t i = 0; i < COUNT_OF(meanings); i++) {
        if (strcmp(meanings[i].word, word) == 0)
            return &meanings[i];
    }
    return meaning_of("unsure");
}

static const char *word_of_rules(const struct facts *facts, const cJSON *rules)
{
    const cJSON *rule;

    cJSON_ArrayForEach(rule, rules)
    {
        if (facts_hold(facts, json_get(rule, "when")))
            return json_text(rule, "is", "unsure");
    }
    return NULL;
}

/* What HTTP alone says (reliability section 2, rule c). A 5xx whose body is not the provider's own
 * may come from a proxy behind which the message was taken. */
static const char *word_of_status(const struct http_response *response, bool readable)
{
    int status = response->status;

    if (status == 429 || (status == 503 && response->retry_after_ms > 0))
        return "rate_limited";
    if (status >= 500)
        return readable ? "server_error" : "unsure";
    if (status == 401 || status == 403)
        return "auth";
    if (status == 402)
        return "no_credit";
    if (status >= 400)
        return "rejected";
    return status >= 300 ? "config" : "unsure";
}

static const char *judge(const cJSON *spec, const struct facts *facts,
                         const struct http_response *response)
{
    const char *word = word_of_rules(facts, json_get(spec, "rules"));
    bool fine = response->status >= 200 && response->status < 300;

    if (word)
        return word;
    if (fine && facts_hold(facts, json_get(spec, "accepted")))
        return "accepted";
    return word_of_status(response, facts_text(facts, json_get(spec, "code")) != NULL);
}

static int64_t wish_to_wait(const cJSON *spec, const struct facts *facts,
                            const struct http_response *response)
{
    const cJSON *wish = json_get(spec, "retry_after");
    const char *text = facts_text(facts, json_get(wish, "from"));
    int64_t unit_ms = json_int(wish, "unit_ms", SECOND_MS);
    int64_t wait;

    if (!text)
        return response->retry_after_ms;
    if (!text_to_int(span_make(text, strcspn(text, ".")), 0, WAIT_MAX_MS, &wait))
        return response->retry_after_ms;
    if (strchr(text, '.'))
        wait++; /* "1.5" waits 2 */
    wait *= unit_ms;
    if (wait < WAIT_MIN_MS)
        return WAIT_MIN_MS;
    return wait > WAIT_MAX_MS ? WAIT_MAX_MS : wait;
}

static void put_reason(const cJSON *spec, const struct facts *facts, const struct meaning *meaning,
                       struct send_result *out)
{
    const char *code = facts_text(facts, json_get(spec, "code"));
    const char *detail = facts_text(facts, json_get(spec, "detail"));
    const char *text = arena_printf(facts->arena, "%s (HTTP %d", meaning->reason, facts->status);

    if (code)
        text = arena_printf(facts->arena, "%s, code %s", text, code);
    if (detail && (!code || strcmp(code, detail) != 0))
        text = arena_printf(facts->arena, "%s: %s", text, detail);
    copy_printable(out->reason, sizeof(out->reason),
                   span_of(arena_printf(facts->arena, "%s)", text)));
}

static void read_answer(const cJSON *spec, const struct http_response *response,
                        const struct vars *vars, struct arena *scratch, struct send_result *out)
{
    const struct meaning *meaning;
    struct facts facts;

    facts_of_answer(&facts, response, vars, scratch);
    meaning = meaning_of(judge(spec, &facts, response));
    out->status = meaning->status;
    out->address_dead = meaning->address_dead;
    out->opted_out = meaning->opted_out;
    if (out->status == SEND_RETRY || out->status == SEND_BROKEN)
        out->retry_after_ms = wish_to_wait(spec, &facts, response);
    if (out->status == SEND_OK) {
        const char *id = facts_text(&facts, json_get(spec, "id"));

        copy_printable(out->provider_id, sizeof(out->provider_id), span_of(id));
    } else {
        put_reason(spec, &facts, meaning, out);
    }
    facts_finish(&facts);
}

void verdict_read(const cJSON *spec, const struct http_response *response, const struct vars *vars,
                  struct arena *scratch, struct send_result *out)
{
    *out = (struct send_result){ 0 };
    switch (response->fate) {
    case HTTP_ANSWERED:
        read_answer(spec, response, vars, scratch, out);
        break;
    case HTTP_NOT_SENT:
        result_set(out, SEND_RETRY, response->reason);
        break;
    case HTTP_UNSURE:
        result_set(out, SEND_UNSURE, response->reason);
        break;
    }
}
