/* channels/provider_event.c - see provider_event.h. */
#include "channels/provider_event.h"

#include "channels/provider_facts.h"
#include "core/base/json.h"
#include "core/base/sign.h"
#include "core/base/text.h"

#define TEXT_MAX_BYTES ((size_t)64 << 10)
#define ID_MAX_BYTES 512
#define EVENTS_MAX 1000

const char *const event_deliveries[] = {
    "queued", "sent", "undelivered", "bounced", "delivered", "read", "opted_out", NULL,
};

struct reading {
    struct facts facts;
    const struct channel_sink *sink;
    size_t emitted;
};

/* An id, address or code. Controls or undue length mean that somebody plays tricks: not there. */
static const char *word(const struct reading *reading, const cJSON *mapping, const char *name)
{
    const char *text = facts_text(&reading->facts, json_get(mapping, name));

    return text && strlen(text) <= ID_MAX_BYTES && !text_has_control(span_of(text)) ? text : NULL;
}

static int64_t time_of(const struct reading *reading, const cJSON *mapping)
{
    const char *text = facts_text(&reading->facts, json_get(mapping, "at"));
    int64_t ms;

    return text && text_to_int(span_of(text), 0, INT64_MAX / 2, &ms) ? ms : 0;
}

/* For providers that number nothing: the same bytes again are the same event. */
static const char *id_of_bytes(const struct reading *reading, const char *kind)
{
    const struct facts *facts = &reading->facts;
    struct str text;
    char *name;

    str_init(&text, facts->body.len + facts->query.len + 64);
    str_printf(&text, "%s %zu ", kind, reading->emitted);
    str_add_span(&text, facts->query);
    str_add_char(&text, '\n');
    str_add_span(&text, facts->body);
    name = sign_fingerprint(facts->arena, str_span(&text));
    str_finish(&text);
    name[strlen(name) / 2] = '\0';
    return name;
}

static void emit(struct reading *reading, const cJSON *mapping, const char *kind,
                 struct channel_event *event)
{
    event->event_id = word(reading, mapping, "event");
    if (!event->event_id)
        event->event_id = id_of_bytes(reading, kind);
    event->to = word(reading, mapping, "to");
    event->at_ms = time_of(reading, mapping);
    reading->sink->emit(reading->sink, event);
    reading->emitted++;
}

static bool delivery_of(const char *name, enum delivery *out)
{
    for (size_t i = 0; name && event_deliveries[i]; i++) {
        if (strcmp(event_deliveries[i], name) == 0) {
            *out = (enum delivery)i;
            return true;
        }
    }
    return false;
}

static void read_status(struct reading *reading, const cJSON *mapping)
{
    struct channel_event event = { .kind = CHANNEL_STATUS };
    const char *name = facts_text(&reading->facts, json_get(mapping, "delivery"));
    const cJSON *rule;

    cJSON_ArrayForEach(rule, json_get(mapping, "override"))
    {
        if (facts_hold(&reading->facts, json_get(rule, "when"))) {
            name = json_text(rule, "delivery", name);
            break;
        }
    }
    if (!delivery_of(name, &event.delivery))
        return; /* a state we do not follow */
    event.provider_id = word(reading, mapping, "id");
    event.key = word(reading, mapping, "key");
    event.code = word(reading, mapping, "code");
    if (!event.provider_id && !event.key && !word(reading, mapping, "to"))
        return; /* about nobody we could find */
    emit(reading, mapping, "status", &event);
}

/* Names are shown to people: what would break a line becomes a space. */
static const char *name_of(const struct reading *reading, const cJSON *mapping)
{
    const char *text = facts_text(&reading->facts, json_get(mapping, "from_name"));
    char *copy;

    if (!text)
        return NULL;
    copy = arena_dup_span(reading->facts.arena, text_cut(span_of(text), ID_MAX_BYTES));
    for (char *c = copy; *c; c++) {
        if ((unsigned char)*c < ' ' || *c == 0x7F)
            *c = ' ';
    }
    return copy;
}

static void read_reply(struct reading *reading, const cJSON *mapping)
{
    struct channel_event event = { .kind = CHANNEL_REPLIED };
    const char *text = facts_text(&reading->facts, json_get(mapping, "text"));

    event.from = word(reading, mapping, "from");
    if (!event.from)
        return; /* from nobody: a test of the provider's, or a kind of update we do not know */
    event.from_name = name_of(reading, mapping);
    event.thread_id = word(reading, mapping, "thread");
    event.text =
        arena_dup_span(reading->facts.arena, text_cut(span_of(text ? text : ""), TEXT_MAX_BYTES));
    emit(reading, mapping, "reply", &event);
}

typedef void read_one(struct reading *reading, const cJSON *mapping);

static void read_mapping(struct reading *reading, const cJSON *mapping, read_one *read)
{
    const char *each = json_text(mapping, "each", NULL);
    const cJSON *item;

    if (!each) {
        if (facts_hold(&reading->facts, json_get(mapping, "when")))
            read(reading, mapping);
        return;
    }
    cJSON_ArrayForEach(item, facts_list(&reading->facts, each))
    {
        reading->facts.item = item;
        if (reading->emitted < EVENTS_MAX && facts_hold(&reading->facts, json_get(mapping, "when")))
            read(reading, mapping);
    }
    reading->facts.item = NULL;
}

static void read_all(struct reading *reading, const cJSON *webhook)
{
    static const struct {
        const char *name;
        read_one *read;
    } families[] = { { "inbound", read_reply }, { "status", read_status } };
    const cJSON *mapping;

    for (size_t i = 0; i < COUNT_OF(families); i++) {
        cJSON_ArrayForEach(mapping, json_get(webhook, families[i].name))
        {
            read_mapping(reading, mapping, families[i].read);
        }
    }
}

/* The handshake that fits, or NULL. */
static const cJSON *handshake_of(const struct facts *facts, const cJSON *webhook)
{
    const cJSON *handshake;

    cJSON_ArrayForEach(handshake, json_get(webhook, "handshakes"))
    {
        if (facts_hold(facts, json_get(handshake, "when")))
            return json_get(handshake, "reply");
    }
    return NULL;
}

static void fill_ack(const struct facts *facts, const cJSON *reply, struct channel_ack *ack)
{
    const char *body = facts_text(facts, json_get(reply, "body"));

    ack->status = (int)json_int(reply, "status", 200);
    ack->content_type = json_text(reply, "content_type", "text/plain");
    ack->content_type = arena_dup(facts->arena, ack->content_type);
    ack->body = arena_dup(facts->arena, body ? body : "");
}

int event_read(const struct event_source *source, const struct httpd_request *request,
               const struct channel_sink *sink, struct channel_ack *ack, struct err *err)
{
    struct reading reading = { .sink = sink };
    const cJSON *handshake;
    int rc = 0;

    facts_of_request(&reading.facts, request, source->vars, sink->scratch);
    handshake = handshake_of(&reading.facts, source->webhook);
    fill_ack(&reading.facts, handshake ? handshake : json_get(source->webhook, "ack"), ack);
    if (reading.facts.broken_json)
        rc = err_set(err, ERR_INPUT, "the body of the webhook is not valid JSON");
    else if (sink->emit && !handshake)
        read_all(&reading, source->webhook);
    facts_finish(&reading.facts);
    return rc;
}
