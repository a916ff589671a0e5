/* core/engine/inbox_match.c - the dull half of matching: each key of match.h is looked up in the store. */
#include <string.h>

#include "core/base/id.h"
#include "core/base/mailbox.h"
#include "core/base/text.h"
#include "core/engine/inbox.h"
#include "core/store/touches.h"

#define FOUND_MAX 256
#define DOMAIN_MS (30 * DAY_MS) /* a colleague answers a subject no older than this */

struct lookup {
    struct inbox *inbox;
    struct inbox_lookup *question;
    const struct match_keys *keys;
    struct match_found *found;
    size_t count;
    /* Whose history is at hand: most keys of a message lead to the same person. */
    int64_t prospect_id, first_ms; /* first_ms: when it begins */
    struct touch_brief *history;
    int history_count;
    struct enrollments enrollments; /* read when they are asked for */
    /* The address last looked up: a text's is asked as one of a pair and on its own. */
    struct address asked;
    struct identity *who;
    int who_count;
};

static int read_enrollments(struct lookup *l, struct err *err)
{
    struct enrollments *list = &l->enrollments;

    if (list->prospect_id == l->prospect_id)
        return 0;
    list->count = enrollments_of(l->inbox->effects.db, l->prospect_id, l->inbox->effects.arena,
                                 &list->rows, err);
    list->prospect_id = list->count < 0 ? 0 : l->prospect_id;
    return list->count < 0 ? -1 : 0;
}

/* One of the prospect at hand: not ended? */
static int is_active(struct lookup *l, int64_t enrollment_id, bool *active, struct err *err)
{
    *active = false;
    if (read_enrollments(l, err) < 0)
        return -1;
    for (int i = 0; i < l->enrollments.count && !*active; i++) {
        const struct enrollment *e = &l->enrollments.rows[i];
        *active = e->id == enrollment_id && enrollment_in_play(e);
    }
    return 0;
}

static int read_history(struct lookup *l, int64_t prospect_id, struct err *err)
{
    if (prospect_id == l->prospect_id)
        return 0;
    l->prospect_id = prospect_id;
    l->history_count =
        touch_history(l->inbox->effects.db, prospect_id, l->inbox->effects.arena, &l->history, err);
    if (l->history_count < 0)
        return -1;
    l->first_ms = l->history_count > 0 ? l->history[l->history_count - 1].created_at : 0;
    return 0;
}

static const char *key_of(struct lookup *l, const char *channel, const char *address)
{
    const char *kind = workspace_address_kind(channel);
    const char *key =
        kind ? text_address_key(l->inbox->effects.arena, kind, span_of(address)) : NULL;

    return key ? key : address;
}

static int add_touch(struct lookup *l, const struct match_key *key, const struct touch_brief *touch,
                     struct err *err)
{
    struct match_found *row = &l->found[l->count];

    if (l->count == FOUND_MAX)
        return 0;
    *row = (struct match_found){
        .key = key,
        .touch = touch->id,
        .enrollment = touch->enrollment_id,
        .prospect = l->prospect_id,
        .channel = touch->channel,
        .address = key_of(l, touch->channel, touch->address),
        .sent_ms = touch->sent_at ? touch->sent_at : touch->created_at,
        .first_ms = l->first_ms,
        .in_air = strcmp(touch->state, "wire") == 0,
    };
    l->count++;
    return is_active(l, touch->enrollment_id, &row->active, err);
}

/* Did it go from the very number of ours that the message came to, to the very number it came from? */
static bool is_on_pair(struct lookup *l, const struct match_key *key,
                       const struct touch_brief *touch)
{
    const char *channel = l->question->inbound->channel;
    const struct sender *sender = workspace_sender(l->inbox->effects.workspace, touch->sender);
    const char *our = sender ? sender->account->address : NULL;

    return strcmp(touch->channel, channel) == 0 &&
           strcmp(key_of(l, channel, touch->address), key->value) == 0 && our &&
           strcmp(key_of(l, channel, our), key->our) == 0;
}

/* Which touches of a prospect speak to this key. */
static bool is_wanted(struct lookup *l, const struct match_key *key,
                      const struct touch_brief *touch)
{
    switch (key->kind) {
    case MATCH_KEY_TOUCH:
    case MATCH_KEY_MESSAGE_ID:
    case MATCH_KEY_THREAD:
        return touch->id == key->touch;
    default:
        break;
    }
    if (strcmp(touch->state, "failed") == 0 ||
        touch->undone) /* nobody answers what never reached them */
        return false;
    switch (key->kind) {
    case MATCH_KEY_PAIR:
        return is_on_pair(l, key, touch);
    case MATCH_KEY_RECIPIENT:
        return strcmp(key_of(l, touch->channel, touch->address), key->value) == 0;
    default:
        return true;
    }
}

static bool names_person(const struct match_key *key)
{
    return key->kind == MATCH_KEY_ADDRESS || key->kind == MATCH_KEY_ALIAS ||
           key->kind == MATCH_KEY_PROSPECT;
}

/* A person said whose it is: the others are not asked. */
static bool is_ruled_out(const struct lookup *l, const struct identity *who)
{
    int64_t whose = l->question->inbound->whose;

    return whose && who->prospect_id != whose;
}

static int add_prospect(struct lookup *l, const struct match_key *key, const struct identity *who,
                        struct err *err)
{
    size_t before = l->count;

    if (is_ruled_out(l, who))
        return 0;
    if (read_history(l, who->prospect_id, err) < 0)
        return -1;
    for (int i = 0; i < l->history_count; i++) {
        if (l->count - before == MATCH_MAX_TOUCHES)
            break;
        if (is_wanted(l, key, &l->history[i]) && add_touch(l, key, &l->history[i], err) < 0)
            return -1;
    }
    if (l->count == before && names_person(key) && l->count < FOUND_MAX)
        l->found[l->count++] = (struct match_found){ .key = key,
                                                     .prospect = who->prospect_id,
                                                     .first_ms = l->first_ms };
    return 0;
}

static int by_touch(struct lookup *l, struct match_key *key, int64_t touch_id, struct err *err)
{
    struct identity who = { .slot = id_slot(touch_id), .prospect_id = l->prospect_id };
    struct touch_brief touch;
    int found;

    key->touch = touch_id;
    for (int i = 0; i < l->history_count; i++)
        if (l->history[i].id == touch_id)
            return add_prospect(l, key, &who, err);
    found = touch_brief_get(l->inbox->effects.db, touch_id, l->inbox->effects.arena, &touch, err);
    if (found != 1)
        return found;
    who.prospect_id = touch.prospect_id;
    return add_prospect(l, key, &who, err);
}

static bool may_have_given(const struct lookup *l, const struct sender *sender)
{
    const struct inbox_lookup *asked = l->question;

    return asked->sender ? strcmp(sender->name, asked->sender) == 0
                         : strcmp(sender->channel, asked->inbound->channel) == 0;
}

/* Ids that providers gave: of the account it arrived at, else of any sender of that channel. */
static int by_provider_id(struct lookup *l, struct match_key *key, struct err *err)
{
    const struct workspace *w = l->inbox->effects.workspace;
    struct span part = match_assigned_part(key->value);
    const char *ref = part.len ? arena_dup_span(l->inbox->effects.arena, part) : key->value;
    int64_t touch_id = 0;
    int found = 0;

    for (size_t i = 0; found == 0 && i < w->sender_count; i++)
        if (may_have_given(l, &w->senders[i]))
            found =
                provider_ref_find(l->inbox->effects.db, w->senders[i].name, ref, &touch_id, err);
    return found == 1 ? by_touch(l, key, touch_id, err) : found;
}

static int find_owners(struct lookup *l, const struct address *address, struct err *err)
{
    struct effects *env = &l->inbox->effects;

    if (l->asked.key && strcmp(l->asked.kind, address->kind) == 0 &&
        strcmp(l->asked.key, address->key) == 0)
        return 0;
    l->who_count = identity_find(env->db, address, env->arena, &l->who, err);
    l->asked = *address;
    return l->who_count < 0 ? -1 : 0;
}

static int by_address(struct lookup *l, struct match_key *key, struct err *err)
{
    const struct address address = {
        .kind = key->kind == MATCH_KEY_RECIPIENT
                    ? "email"
                    : workspace_address_kind(l->question->inbound->channel),
        .key = key->value,
    };

    if (!address.kind)
        return 0;
    if (find_owners(l, &address, err) < 0)
        return -1;
    for (int i = 0; i < l->who_count; i++)
        if (add_prospect(l, key, &l->who[i], err) < 0)
            return -1;
    return 0;
}

static int by_word(struct lookup *l, struct match_key *key, struct err *err)
{
    const struct identity who = { .slot = id_slot(l->question->inbound->whose),
                                  .prospect_id = l->question->inbound->whose };

    return add_prospect(l, key, &who, err);
}

/* ---- aliases and domains ---- */

/* A hint may be old: do they still have an address of that form? */
static int has_address(struct lookup *l, const struct match_key *key, const struct identity *who,
                       struct err *err)
{
    const struct prospect prospect = { .slot = who->slot, .id = who->prospect_id };
    const struct address_query query = { &prospect, l->question->inbound->received_ms };
    struct address *list;
    int count = addresses_of(l->inbox->effects.db, &query, l->inbox->effects.arena, &list, err);

    for (int i = 0; i < count; i++) {
        char canonical[MAILBOX_BYTES];
        bool has =
            strcmp(list[i].kind, "email") == 0 && mailbox_canonical(list[i].key, canonical) &&
            (key->kind == MATCH_KEY_ALIAS ? strcmp(canonical, key->value) == 0
                                          : span_is(mailbox_domain(list[i].key), key->value));
        if (has)
            return 1;
    }
    return count < 0 ? -1 : 0;
}

/* Was this very address looked up as the sender's own? */
static bool is_asked(const struct lookup *l, const struct match_key *key)
{
    for (size_t i = 0; i < l->keys->count; i++)
        if (l->keys->list[i].kind == MATCH_KEY_ADDRESS &&
            strcmp(l->keys->list[i].value, key->value) == 0)
            return true;
    return false;
}

/* The canonical form itself may be somebody's address; others have one that differs from it. */
static int by_alias(struct lookup *l, struct match_key *key, struct err *err)
{
    const struct address hint = { .kind = "alias", .key = key->value };
    struct identity *who;
    int count;

    if (!is_asked(l, key) && by_address(l, key, err) < 0)
        return -1;
    count = hint_find(l->inbox->effects.db, &hint, l->inbox->effects.arena, &who, err);
    for (int i = 0; i < count; i++) {
        int has = has_address(l, key, &who[i], err);
        if (has < 0 || (has == 1 && add_prospect(l, key, &who[i], err) < 0))
            return -1;
    }
    return count < 0 ? -1 : 0;
}

/* Did we send this prospect the subject that is answered? Then one row, of the newest such touch. */
static int add_if_answered(struct lookup *l, const struct match_key *key,
                           const struct identity *who, struct err *err)
{
    const struct subjects_query query = { who->prospect_id,
                                          l->question->inbound->received_ms - DOMAIN_MS };
    struct touch_subject *sent;
    int count = touch_subjects(l->inbox->effects.db, &query, l->inbox->effects.arena, &sent, err);

    for (int i = 0; i < count && l->count < FOUND_MAX; i++)
        if (match_answers_subject(l->question->inbound->subject, sent[i].subject)) {
            l->found[l->count++] = (struct match_found){ .key = key,
                                                         .touch = sent[i].id,
                                                         .prospect = who->prospect_id,
                                                         .channel = "email",
                                                         .sent_ms = sent[i].created_at };
            return 0;
        }
    return count < 0 ? -1 : 0;
}

static int by_domain(struct lookup *l, struct match_key *key, struct err *err)
{
    const struct address hint = { .kind = "domain", .key = key->value };
    struct identity *who;
    int count;

    if (l->count > 0) /* a hint is for those of whom nothing else is known */
        return 0;
    count = hint_find(l->inbox->effects.db, &hint, l->inbox->effects.arena, &who, err);
    for (int i = 0; i < count; i++) {
        int has = has_address(l, key, &who[i], err);
        if (has < 0 || (has == 1 && add_if_answered(l, key, &who[i], err) < 0))
            return -1;
    }
    return count < 0 ? -1 : 0;
}

static int look_up(struct lookup *l, struct match_key *key, struct err *err)
{
    switch (key->kind) {
    case MATCH_KEY_TOUCH:
        return by_touch(l, key, key->touch, err);
    case MATCH_KEY_MESSAGE_ID:
    case MATCH_KEY_THREAD:
        return by_provider_id(l, key, err);
    case MATCH_KEY_PAIR:
    case MATCH_KEY_ADDRESS:
    case MATCH_KEY_RECIPIENT:
        return by_address(l, key, err);
    case MATCH_KEY_PROSPECT:
        return by_word(l, key, err);
    case MATCH_KEY_ALIAS:
        return by_alias(l, key, err);
    case MATCH_KEY_DOMAIN:
        return by_domain(l, key, err);
    }
    return 0;
}

/* What is at hand is of the last prospect asked for, which mostly is the one. */
static void hand_on(const struct lookup *l, const struct match *match, struct inbox_lookup *out)
{
    if (!match->prospect || match->prospect != l->prospect_id)
        return;
    out->enrollments = l->enrollments;
    for (int i = 0; i < l->history_count; i++)
        if (l->history[i].id == match->touch)
            out->touch = &l->history[i];
}

int inbox_match(struct inbox *inbox, struct inbox_lookup *lookup, struct match_keys *keys,
                struct match *out, struct err *err)
{
    struct arena *arena = inbox->effects.arena;
    struct lookup l = { .inbox = inbox,
                        .question = lookup,
                        .keys = keys,
                        .found = arena_raw(arena, FOUND_MAX * sizeof(*l.found)) };
    struct match_question question;

    if (lookup->keys)
        *keys = *lookup->keys;
    else
        match_keys(lookup->inbound, &inbox->effects.workspace->tokens, arena, keys);
    for (size_t i = 0; i < keys->count; i++)
        if (look_up(&l, &keys->list[i], err) < 0)
            return -1;
    question = (struct match_question){
        .inbound = lookup->inbound, .keys = keys, .found = l.found, .found_count = l.count
    };
    match_decide(&question, out);
    hand_on(&l, out, lookup);
    return 0;
}
