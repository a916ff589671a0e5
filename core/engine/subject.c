/* core/engine/subject.c - see subject.h. */
#include "core/engine/subject.h"

#include "core/base/text.h"
#include "core/engine/compose.h"
#include "core/engine/drops.h"

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

/* Is it from them, not from a colleague who answered in their thread? */
static bool is_their_own(const struct subject *s, const struct message_row *message,
                         struct arena *arena)
{
    const char *kind = workspace_address_kind(message->channel);
    const char *key = kind && message->from_address
                          ? text_address_key(arena, kind, span_of(message->from_address))
                          : NULL;

    for (size_t i = 0; key && i < s->address_count; i++)
        if (strcmp(s->addresses[i].kind, kind) == 0 && strcmp(s->addresses[i].key, key) == 0)
            return true;
    return false;
}

/* Does anything show that they ever wrote? Most never do. */
static bool wrote(const struct subject *s)
{
    bool replied = s->prospect.preferred_message_id != 0;

    for (size_t i = 0; !replied && i < s->history_count; i++)
        replied = s->history[i].replied_at != 0;
    return replied;
}

static int read_answer(struct db *db, struct subject *s, struct err *err)
{
    struct message_row *answer = arena_alloc(s->arena, sizeof(*answer));
    int found = wrote(s) ? message_newest_human(db, s->prospect.id, s->arena, answer, err) : 0;

    subject_answered(s, found == 1 ? answer : NULL);
    return found;
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
    subject_complete(workspace, out);
    return read_answer(db, out, err) < 0 ? -1 : 1;
}

void subject_complete(const struct workspace *workspace, struct subject *out)
{
    out->zone = workspace_zone(workspace, out->prospect.zone);
    out->avoid = split_avoid(out->prospect.avoid, out->arena);
    out->past_count = 0;
    fill_past(out, out->arena);
}

void subject_answered(struct subject *s, const struct message_row *newest)
{
    s->answer = newest && wrote(s) && is_their_own(s, newest, s->arena) ? newest : NULL;
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

static const char *unsubscribe_link(const struct subject_data *d, struct arena *arena)
{
    char token[TOKEN_TEXT_BYTES], address[TOKEN_MAIL_BYTES];

    token_make(&d->workspace->tokens, TOKEN_UNSUBSCRIBE, d->touch_id, token);
    if (d->workspace->public_url)
        return arena_printf(arena, "%s/u/%s", d->workspace->public_url, token);
    if (d->sender->reply_plus &&
        token_plus_make(d->sender->account->address, token, address, NULL) == 0)
        return arena_printf(arena, "mailto:%s", address);
    if (d->sender->account->address && strchr(d->sender->account->address, '@'))
        return arena_printf(arena, "mailto:%s?subject=unsubscribe", d->sender->account->address);
    return NULL;
}

struct subject_links subject_links_of(const struct subject_data *d, struct arena *arena)
{
    return (struct subject_links){ unsubscribe_link(d, arena),
                                   compose_telegram_link(d->workspace, d->touch_id, arena) };
}

struct value subject_values(const struct subject_data *d, struct arena *arena)
{
    const struct subject *s = d->subject;
    const struct subject_links links = d->links ? *d->links : subject_links_of(d, arena);
    struct drops_facts facts = {
        .prospect = &s->prospect,
        .fields = drops_custom(s->prospect.fields, arena),
        .sender_name = d->sender->from_name,
        .sender_first_name = d->sender->first_name,
        .sender_address = d->sender->account->address,
        .channel = d->channel,
        .unsubscribe = links.unsubscribe,
        .telegram = links.telegram,
        .postal_address = d->workspace->postal_address,
        .step_number = d->step_number,
        .step_count = d->step_count,
        .now_ms = d->now_ms ? d->now_ms : workspace_now(d->workspace),
        .zone = s->zone,
        .window = d->window,
    };

    drops_notes_of(&facts.fields, arena, &facts.notes);
    drops_contact_of(&(struct drops_past){ s->history, s->history_count, s->answer },
                     &facts.contact);
    return drops_build(&facts, arena);
}
