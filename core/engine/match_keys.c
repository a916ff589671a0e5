/* core/engine/match_keys.c - what to look up for an inbound message, in the order of replies.md
 * section 3. See match.h. */
#include <string.h>

#include "core/base/attr.h"
#include "core/base/mailbox.h"
#include "core/base/text.h"
#include "core/engine/match.h"
#include "core/engine/match_address.h"

#define MAX_REFERENCES 20 /* newest ones; longer chains are loops or lists */
#define MAX_RETURNED 12
#define MAX_RECIPIENTS 12
#define MAX_ID_BYTES 998 /* a header line, RFC 5322 section 2.1.1 */

struct keys_maker {
    const struct match_inbound *inbound;
    const struct token_keys *tokens;
    struct arena *arena;
    struct match_keys *out;
};

static void add(struct keys_maker *maker, struct match_key key)
{
    struct match_keys *out = maker->out;

    for (size_t i = 0; i < out->count; i++) {
        const struct match_key *old = &out->list[i];

        /* What the address says is kept apart from what the headers say: they may disagree. */
        if (old->kind == key.kind && old->touch == key.touch &&
            (old->via == MATCH_VIA_ADDRESS_TOKEN) == (key.via == MATCH_VIA_ADDRESS_TOKEN) &&
            span_eq(span_of(old->value), span_of(key.value)))
            return;
    }
    if (out->count < MATCH_MAX_KEYS)
        out->list[out->count++] = key;
}

/* ---- 1: tokens in our addresses ---- */

static void add_address_token(struct keys_maker *maker, const char *recipient)
{
    struct token token;
    struct span text;

    if (!recipient || !token_plus_split(span_of(recipient), &text))
        return;
    /* A Message-ID token in an address was put there by somebody else. */
    if (token_read(maker->tokens, text, &token) != TOKEN_OK || token.kind == TOKEN_MESSAGE_ID) {
        maker->out->bad_macs++;
        return;
    }
    if (token.kind == TOKEN_UNSUBSCRIBE && !maker->out->unsubscribe)
        maker->out->unsubscribe = token.id;
    add(maker, (struct match_key){
                   .via = MATCH_VIA_ADDRESS_TOKEN, .kind = MATCH_KEY_TOUCH, .touch = token.id });
}

/* ---- 2 and 3: Message-IDs ---- */

static void add_one_id(struct keys_maker *maker, enum match_via via, struct span id)
{
    struct token token;
    struct span text;
    bool ours = false;

    if (id.len == 0 || id.len > MAX_ID_BYTES)
        return;
    if (token_in_message_id(maker->tokens, id, &text, &ours)) {
        if (token_read(maker->tokens, text, &token) == TOKEN_OK && token.kind == TOKEN_MESSAGE_ID) {
            maker->out->own_seen = true;
            add(maker,
                (struct match_key){ .via = via, .kind = MATCH_KEY_TOUCH, .touch = token.id });
            return;
        }
        maker->out->bad_macs += ours ? 1 : 0;
    }
    /* Ids under our domain are tokens or forged; others a provider may have given to a mail of
     * ours. */
    if (!ours)
        add(maker, (struct match_key){ .via = via,
                                       .kind = MATCH_KEY_MESSAGE_ID,
                                       .value = arena_dup_span(maker->arena, id) });
}

/* The last "<...>" of a header that may hold several, or all of it when there are no brackets. */
static struct span last_id(const char *header)
{
    struct span text = text_trim(span_of(header));
    size_t end = text.len, start;

    while (end > 0 && text.data[end - 1] != '>')
        end--;
    start = end;
    while (start > 0 && text.data[start - 1] != '<')
        start--;
    return start > 0 ? span_make(text.data + start - 1, end - start + 1) : text;
}

static void add_threads(struct keys_maker *maker)
{
    const struct match_inbound *in = maker->inbound;

    if (in->in_reply_to)
        add_one_id(maker, MATCH_VIA_MESSAGE_ID, last_id(in->in_reply_to));
    for (size_t i = 0; i < in->reference_count && i < MAX_REFERENCES; i++)
        add_one_id(maker, MATCH_VIA_REFERENCES,
                   last_id(in->references[in->reference_count - 1 - i]));
}

static void add_returned(struct keys_maker *maker)
{
    const struct match_inbound *in = maker->inbound;
    struct token token;

    for (size_t i = 0; i < in->returned_id_count && i < MAX_RETURNED; i++)
        add_one_id(maker, MATCH_VIA_RETURNED, last_id(in->returned_ids[i]));
    for (size_t i = 0; i < in->token_count && i < MAX_RETURNED; i++) {
        /* Any kind names the touch; none acts from inside a text. Noise of the right length is
         * common there, so a bad MAC counts for nothing. */
        if (token_read(maker->tokens, span_of(in->tokens_text[i]), &token) == TOKEN_OK)
            add(maker, (struct match_key){
                           .via = MATCH_VIA_RETURNED, .kind = MATCH_KEY_TOUCH, .touch = token.id });
    }
}

/* ---- 4 to 8 ---- */

static void add_person(struct keys_maker *maker)
{
    const struct match_inbound *in = maker->inbound;
    const char *kind = match_address_kind(in->channel);
    const char *key = match_address_key(maker->arena, kind, in->from);
    const char *our = match_address_key(maker->arena, kind, in->our);
    char canonical[MAILBOX_BYTES];

    if (!key)
        return;
    if (our && strcmp(kind, "email") != 0)
        add(maker,
            (struct match_key){
                .via = MATCH_VIA_NUMBER_PAIR, .kind = MATCH_KEY_PAIR, .value = key, .our = our });
    add(maker,
        (struct match_key){ .via = MATCH_VIA_SENDER, .kind = MATCH_KEY_ADDRESS, .value = key });
    if (strcmp(kind, "email") == 0 && mailbox_canonical(key, canonical))
        add(maker, (struct match_key){ .via = MATCH_VIA_SENDER_CANONICAL,
                                       .kind = MATCH_KEY_ALIAS,
                                       .value = arena_dup(maker->arena, canonical) });
}

static void add_failed(struct keys_maker *maker)
{
    const struct match_inbound *in = maker->inbound;

    for (size_t i = 0; i < in->bounced_count && i < MAX_RECIPIENTS; i++) {
        const char *key = match_address_key(maker->arena, "email", in->bounced[i].address);

        if (key)
            add(maker, (struct match_key){
                           .via = MATCH_VIA_RECIPIENT, .kind = MATCH_KEY_RECIPIENT, .value = key });
    }
}

/* That the subject is one of ours is asked of the store, with the domain. */
static void add_domain(struct keys_maker *maker)
{
    const struct match_inbound *in = maker->inbound;
    const char *key = strcmp(in->channel, "email") == 0 && in->kind == READING_HUMAN
                          ? match_address_key(maker->arena, "email", in->from)
                          : NULL;
    struct span domain = mailbox_domain(key);

    if (domain.len > 0 && !mailbox_is_free(domain))
        add(maker, (struct match_key){
                       .via = MATCH_VIA_DOMAIN, .kind = MATCH_KEY_DOMAIN, .value = domain.data });
}

/* ---- all ---- */

/* Of a source that forges: a person is to look. That somebody wants to be left alone is obeyed all the same. */
static void forget_tokens(struct match_keys *keys)
{
    size_t kept = 0;

    for (size_t i = 0; i < keys->count; i++)
        if (keys->list[i].kind != MATCH_KEY_TOUCH ||
            (keys->list[i].touch == keys->unsubscribe && keys->unsubscribe))
            keys->list[kept++] = keys->list[i];
    keys->count = kept;
    keys->bad_macs = 1;
}

static void add_tokens_and_ids(struct keys_maker *maker)
{
    const struct match_inbound *in = maker->inbound;

    for (size_t i = 0; i < in->recipient_count && i < MAX_RECIPIENTS; i++)
        add_address_token(maker, in->recipients[i]);
    add_threads(maker);
    add_returned(maker);
}

void match_keys(const struct match_inbound *inbound, const struct token_keys *tokens,
                struct arena *arena, struct match_keys *out)
{
    struct keys_maker maker = { .inbound = inbound, .tokens = tokens, .arena = arena, .out = out };

    *out = (struct match_keys){ 0 };
    if (inbound->whose)
        add(&maker,
            (struct match_key){ .via = MATCH_VIA_PERSON, .kind = MATCH_KEY_PROSPECT, .value = "" });
    add_tokens_and_ids(&maker);
    if (inbound->distrust)
        forget_tokens(out);
    if (inbound->thread_id && inbound->thread_id[0])
        add(&maker, (struct match_key){ .via = MATCH_VIA_THREAD,
                                        .kind = MATCH_KEY_THREAD,
                                        .value = arena_dup(arena, inbound->thread_id) });
    add_person(&maker);
    add_failed(&maker);
    add_domain(&maker);
}

void match_inbound_of_reading(const struct reading *reading, struct match_inbound *out)
{
    out->kind = reading->kind;
    out->from = reading->from;
    out->subject = reading->subject;
    out->in_reply_to = reading->in_reply_to;
    out->references = reading->references;
    out->reference_count = reading->reference_count;
    out->recipients = reading->recipients;
    out->recipient_count = reading->recipient_count;
    out->returned_ids = reading->returned_ids;
    out->returned_id_count = reading->returned_id_count;
    out->tokens_text = reading->tokens_text;
    out->token_count = reading->token_count;
    out->bounced = reading->bounced;
    out->bounced_count = reading->bounced_count;
}
