/* core/engine/subject.c - see subject.h. */
#include "core/engine/subject.h"

#include "core/base/json.h"
#include "core/base/text.h"
#include "core/engine/compose.h"
#include "core/store/inbounds.h"

static const char **split_avoid(const char *list, struct arena *arena)
{
    struct span rest = span_of(list), piece;
    const char **out;
    size_t count = 0;

    if (!list)
        return NULL;
    out = arena_array(arena, rest.len + 2, sizeof(*out));
    while (text_next_piece(&rest, ',', &piece))
        if (text_trim(piece).len)
            out[count++] = arena_dup_span(arena, text_trim(piece));
    return out;
}

static void fill_past(struct subject *s, struct arena *arena)
{
    s->past = arena_array(arena, s->history_count + PLAN_AHEAD, sizeof(*s->past));
    for (size_t i = 0; i < s->history_count; i++) {
        const struct touch_brief *touch = &s->history[i];
        if (strcmp(touch->state, "failed") == 0)
            continue;
        s->past[s->past_count++] = (struct past_touch){
            .channel = touch->channel,
            .at_ms = touch->sent_at ? touch->sent_at : touch->created_at,
        };
    }
}

int subject_read(struct db *db, const struct workspace *workspace, int64_t prospect_id,
                 struct subject *out, struct err *err)
{
    struct arena *arena = out->arena;
    int found = prospect_get(db, prospect_id, arena, &out->prospect, err);
    int addresses, history;

    if (found != 1)
        return found;
    addresses =
        addresses_of(db, &(struct address_query){ &out->prospect, workspace_now(workspace) }, arena,
                     &out->addresses, err);
    history = addresses < 0 ? -1 : touch_history(db, prospect_id, arena, &out->history, err);
    if (history < 0)
        return -1;
    out->address_count = (size_t)addresses;
    out->history_count = (size_t)history;
    out->zone = workspace_zone(workspace, out->prospect.zone);
    out->avoid = split_avoid(out->prospect.avoid, arena);
    out->past_count = 0;
    fill_past(out, arena);
    return 1;
}

const struct address *subject_address(const struct subject *subject, const char *channel,
                                      bool *suppressed)
{
    const char *kind = workspace_address_kind(channel);
    const struct address *barred = NULL;

    *suppressed = false;
    for (size_t i = 0; kind && i < subject->address_count; i++) {
        const struct address *address = &subject->addresses[i];
        if (strcmp(address->kind, kind) != 0)
            continue;
        if (!address_is_barred(address, channel))
            return address;
        if (!barred)
            barred = address;
    }
    *suppressed = barred != NULL;
    return barred;
}

struct sender *subject_sender(const struct subject *subject, const struct workspace *workspace,
                              const char *channel)
{
    struct sender *sender = NULL;
    size_t count = 0;

    for (size_t i = 0; !sender && i < subject->history_count; i++)
        if (strcmp(subject->history[i].channel, channel) == 0)
            sender = workspace_sender(workspace, subject->history[i].sender);
    if (sender && strcmp(sender->channel, channel) == 0)
        return sender;
    while (workspace_sender_for(workspace, channel, count))
        count++;
    return count ? workspace_sender_for(workspace, channel,
                                        (uint64_t)subject->prospect.id * 11400714819323198485u %
                                            count)
                 : NULL;
}

/* ---- threads ---- */

static void add_id(struct str *chain, const char *id)
{
    str_printf(chain, "%s%s", chain->len ? " " : "", id);
}

static bool is_in_thread(const struct touch_brief *touch, int64_t enrollment_id)
{
    return strcmp(touch->channel, "email") == 0 && strcmp(touch->state, "failed") != 0 &&
           (!enrollment_id || touch->enrollment_id == enrollment_id);
}

static int add_their_last(const struct mail_thread *t, struct arena *arena, struct str *chain,
                          struct err *err)
{
    const struct prospect *p = &t->subject->prospect;
    struct message_row *messages;
    int count = messages_of(t->db, p->id, arena, &messages, err);

    for (int i = 0; i < count; i++)
        if (messages[i].external_id && strcmp(messages[i].channel, "email") == 0 &&
            strcmp(messages[i].kind, "human") == 0) {
            add_id(chain, messages[i].external_id);
            break;
        }
    return count < 0 ? -1 : 0;
}

int subject_mail_thread(const struct mail_thread *t, struct arena *arena, const char **out,
                        struct err *err)
{
    struct str chain;
    char id[TOKEN_MAIL_BYTES];
    int rc;

    str_init(&chain, 8000);
    for (size_t i = t->subject->history_count; i-- > 0;) {
        if (!is_in_thread(&t->subject->history[i], t->enrollment_id))
            continue;
        token_message_id(&t->workspace->tokens, t->subject->history[i].id, id);
        add_id(&chain, id);
    }
    rc = add_their_last(t, arena, &chain, err);
    *out = chain.len && str_ok(&chain) ? arena_dup(arena, str_text(&chain)) : NULL;
    str_finish(&chain);
    return rc;
}

/* ---- values ---- */

static struct value_pair pair(const char *name, struct value value)
{
    return (struct value_pair){ .name = span_of(name), .value = value };
}

static struct value map_of(struct arena *arena, const struct value_pair *pairs, size_t count)
{
    struct value_pair *copy = arena_array(arena, count ? count : 1, sizeof(*copy));

    if (count)
        memcpy(copy, pairs, count * sizeof(*copy));
    return value_map(copy, count);
}

#define MAP(arena, ...)                                                                            \
    map_of(arena, (const struct value_pair[]){ __VA_ARGS__ },                                      \
           COUNT_OF(((const struct value_pair[]){ __VA_ARGS__ })))

static struct value of_json(const cJSON *json, struct arena *arena)
{
    if (cJSON_IsString(json))
        return value_text(arena_dup(arena, json->valuestring));
    if (cJSON_IsBool(json))
        return value_bool(cJSON_IsTrue(json));
    if (cJSON_IsNumber(json))
        return (struct value){ .type = VALUE_DOUBLE, .number = json->valuedouble };
    return value_nil();
}

static struct value fields_of(const char *text, struct arena *arena)
{
    cJSON *json = text ? json_parse(span_of(text), "fields", NULL) : NULL;
    struct value_pair *pairs;
    size_t count = 0;
    const cJSON *item;

    pairs = arena_array(arena, json ? (size_t)cJSON_GetArraySize(json) + 1 : 1, sizeof(*pairs));
    if (json)
        cJSON_ArrayForEach(item, json) pairs[count++] =
            pair(arena_dup(arena, item->string), of_json(item, arena));
    cJSON_Delete(json);
    return value_map(pairs, count);
}

static struct value field(const struct value *fields, const char *name)
{
    for (size_t i = 0; i < fields->map.count; i++)
        if (span_is(fields->map.pairs[i].name, name))
            return fields->map.pairs[i].value;
    return value_nil();
}

/* A thing with one text, from a custom field; nil when the field is not there, so that `if concern` works. */
static struct value text_thing(const struct value *fields, const char *name, struct arena *arena)
{
    struct value text = field(fields, name);

    return text.type == VALUE_NIL ? text : MAP(arena, pair("text", text));
}

/* What was said last: from the custom fields last_summary, last_contact and last_how. */
static struct value recap_of(const struct value *fields, struct arena *arena)
{
    struct value summary = field(fields, "last_summary");
    struct value how = field(fields, "last_how");

    if (summary.type == VALUE_NIL)
        return summary;
    return MAP(arena, pair("summary", summary), pair("when", field(fields, "last_contact")),
               pair("how", how.type == VALUE_NIL ? value_text("spoke") : how));
}

static struct value value_of(const struct value *fields, struct arena *arena)
{
    struct value text = field(fields, "value");

    return text.type == VALUE_NIL
               ? text
               : MAP(arena, pair("text", text), pair("url", field(fields, "value_url")));
}

static struct value links_of(const struct subject_data *d, struct arena *arena)
{
    char token[TOKEN_TEXT_BYTES], address[TOKEN_MAIL_BYTES];
    char *link = NULL;

    token_make(&d->workspace->tokens, TOKEN_UNSUBSCRIBE, d->touch_id, token);
    if (d->workspace->public_url)
        link = arena_printf(arena, "%s/u/%s", d->workspace->public_url, token);
    else if (d->sender->reply_plus &&
             token_plus_make(d->sender->account->address, token, address, NULL) == 0)
        link = arena_printf(arena, "mailto:%s", address);
    else if (d->sender->account->address && strchr(d->sender->account->address, '@'))
        link = arena_printf(arena, "mailto:%s?subject=unsubscribe", d->sender->account->address);
    return MAP(
        arena, pair("unsubscribe", value_text(link)),
        pair("telegram", value_text(compose_telegram_link(d->workspace, d->touch_id, arena))));
}

static struct value prospect_of(const struct prospect *p, struct value fields, struct arena *arena)
{
    return MAP(arena, pair("first_name", value_text(p->first_name)),
               pair("last_name", value_text(p->last_name)), pair("company", value_text(p->company)),
               pair("title", value_text(p->title)), pair("city", value_text(p->city)),
               pair("country", value_text(p->country)), pair("fields", fields));
}

struct value subject_values(const struct subject_data *d, struct arena *arena)
{
    struct value fields = fields_of(d->subject->prospect.fields, arena);

    return MAP(arena, pair("prospect", prospect_of(&d->subject->prospect, fields, arena)),
               pair("fields", fields),
               pair("sender", MAP(arena, pair("name", value_text(d->sender->from_name)),
                                  pair("first_name", value_text(d->sender->first_name)),
                                  pair("address", value_text(d->sender->account->address)))),
               pair("step", MAP(arena, pair("number", value_int(d->step_number)),
                                pair("count", value_int(d->step_count)))),
               pair("channel", value_text(d->channel)), pair("recap", recap_of(&fields, arena)),
               pair("value", value_of(&fields, arena)),
               pair("commitment", text_thing(&fields, "commitment", arena)),
               pair("concern", text_thing(&fields, "concern", arena)),
               pair("cta", text_thing(&fields, "cta", arena)), pair("links", links_of(d, arena)),
               pair("workspace",
                    MAP(arena, pair("postal_address", value_text(d->workspace->postal_address)))));
}
