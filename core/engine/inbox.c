/* core/engine/inbox.c - the story of an inbound: bytes -> reading -> whose -> effects (design section 4). */
#include "core/engine/inbox.h"

#include "core/base/id.h"
#include "core/base/log.h"
#include "core/base/mailbox.h"
#include "core/base/text.h"
#include "core/engine/inbox_inside.h"
#include "core/engine/mail_child.h"
#include "core/store/touches.h"

struct arena *inbox_arena(const struct heard *a)
{
    return a->inbox->effects.arena;
}

const char *inbox_id(struct arena *arena, const char *prefix, int64_t id)
{
    char text[ID_TEXT_BYTES];

    return arena_dup(arena, id_text(prefix, id, text));
}

/* ---- whose ---- */

/* Addresses are made up faster than they can be counted, so a company's domain counts as one; a free mailer's are strangers to each
 * other. */
static struct span source_of(const struct heard *a)
{
    const char *from = a->question.from ? a->question.from : "";
    struct span domain = mailbox_domain(from);

    return domain.len > 0 && !mailbox_is_free(domain) ? domain : span_of(from);
}

static void count_forgeries(struct heard *a, struct span source)
{
    bool blocked =
        forgeries_add(&a->inbox->forgeries, source, a->keys.bad_macs, a->inbox->effects.now);

    log_warn("bad_token", "from=%.*s count=%d%s", (int)source.len, source.data ? source.data : "",
             a->keys.bad_macs, blocked ? " none of its tokens is believed for an hour" : "");
}

static int find_whose(struct heard *a, struct err *err)
{
    struct inbox_lookup lookup = { .inbound = &a->question, .sender = a->sender };
    struct span source = source_of(a);
    int64_t id;
    int found;

    a->question.distrust = forgeries_block(&a->inbox->forgeries, source, a->inbox->effects.now);
    if (a->part && !a->question.distrust)
        lookup.keys = &a->part->keys;
    if (inbox_match(a->inbox, &lookup, &a->keys, &a->match, err) < 0)
        return -1;
    a->touch = lookup.touch;
    a->enrollments = lookup.enrollments;
    if (a->keys.bad_macs > 0 && !a->question.distrust)
        count_forgeries(a, source);
    id = a->match.prospect;
    if (!id)
        return 0;
    found = prospect_get(a->inbox->effects.db, id, inbox_arena(a), &a->prospect, err);
    a->known = found == 1;
    return found < 0 ? -1 : 0;
}

int inbox_touch(struct heard *a, struct err *err)
{
    struct effects *env = &a->inbox->effects;
    struct touch_brief *touch;
    int found;

    if (!a->match.touch || (a->touch && a->touch->id == a->match.touch))
        return 0;
    touch = arena_alloc(env->arena, sizeof(*touch));
    found = touch_brief_get(env->db, a->match.touch, env->arena, touch, err);
    a->touch = found == 1 ? touch : NULL;
    return found < 0 ? -1 : 0;
}

/* ---- what it is ---- */

#define AT_ONCE_MS MINUTE_MS /* nobody reads and answers that fast, in the very words of before */
#define SHORT_BYTES 20       /* but a "yes" or "ok, thanks" is typed as fast, and as before */

/* Some machines carry no mark at all: the same words as before, within a minute of our touch (replies.md 5.4). */
static int unmask(struct heard *a, struct err *err)
{
    struct message_row row;
    int found;

    if (a->reading.kind != READING_HUMAN || !a->match.touch || !a->known ||
        a->reading.opt_out != OPT_OUT_NONE || !a->question.from || !a->reading.own_text ||
        strlen(a->reading.own_text) < SHORT_BYTES)
        return 0;
    if (inbox_touch(a, err) < 0)
        return -1;
    if (!a->touch || !a->touch->sent_at || a->inbound->at < a->touch->sent_at ||
        a->inbound->at - a->touch->sent_at >= AT_ONCE_MS)
        return 0;
    row = (struct message_row){ .slot = a->prospect.slot,
                                .prospect_id = a->prospect.id,
                                .from_address = a->question.from,
                                .text = a->reading.own_text };
    found = message_seen_before(a->inbox->effects.db, &row, err);
    if (found != 1)
        return found;
    a->reading.kind = READING_AUTO_REPLY;
    a->reading.intents = (struct intents){ .lead = INTENT_OTHER };
    a->reading.when = (struct when){ .kind = WHEN_NONE };
    a->reading.wish = (struct wish){ .prefer = NULL };
    a->match.is_reply = a->match.moves_preference = false;
    a->more_rules = "auto_reply: the same words again, within a minute of our touch";
    return 0;
}

static int hear_review(struct heard *a, struct err *err)
{
    (void)err;
    a->row.state = "open";
    return 0;
}

static int hear_nothing(struct heard *a, struct err *err)
{
    (void)a;
    (void)err;
    return 0;
}

/* What each kind leads to. Only inbox_hear_person() can move the preferred channel. */
static int (*const effects_of[])(struct heard *a, struct err *err) = {
    [READING_UNREADABLE] = hear_review,
    [READING_OWN] = hear_nothing,
    [READING_COMPLAINT] = inbox_hear_complaint,
    [READING_RECEIPT] = inbox_hear_receipt,
    [READING_BOUNCE] = inbox_hear_bounce,
    [READING_DELAY] = hear_nothing,
    [READING_CALENDAR] = hear_review,
    [READING_CHALLENGE] = hear_review,
    [READING_AUTO_REPLY] = inbox_hear_auto_reply,
    [READING_BULK] = hear_review,
    [READING_HUMAN] = inbox_hear_person,
};

void inbox_note_unsubscribe(const struct match_keys *keys, struct reading *reading)
{
    if (!keys->unsubscribe)
        return;
    reading->kind = READING_HUMAN;
    if (reading->opt_out == OPT_OUT_NONE) {
        reading->opt_out = OPT_OUT_CHANNEL;
        reading->opt_out_channel = "email";
    }
}

/* Whoever saw the touch may stop it: the safe direction. */
static void obey_unsubscribe(struct heard *a)
{
    if (a->keys.unsubscribe && a->reading.opt_out != OPT_OUT_NONE)
        a->match.sender_is_prospect = true;
}

static int follow_up(struct heard *a, struct err *err)
{
    int rc;

    a->inbox->effects.message_id = a->row.id;
    a->inbox->effects.enrollments = &a->enrollments;
    rc = effects_of[a->reading.kind](a, err);
    a->inbox->effects.message_id = 0;
    a->inbox->effects.enrollments = NULL;
    return rc;
}

int inbox_hear(struct heard *a, struct err *err)
{
    if (find_whose(a, err) < 0)
        return -1;
    if (a->known && a->match.sender_is_prospect)
        inbox_read_in_place(a, &a->prospect);
    inbox_note_unsubscribe(&a->keys, &a->reading);
    obey_unsubscribe(a);
    if (unmask(a, err) < 0)
        return -1;
    inbox_fill_row(a);
    if (follow_up(a, err) < 0)
        return -1;
    if (a->match.flags & MATCH_CROSSED)
        log_info("crossed", "message=%s prospect=%s", inbox_id(inbox_arena(a), "me", a->row.id),
                 inbox_id(inbox_arena(a), "pr", a->prospect.id));
    if (a->reading.kind == READING_OWN)
        return 0;
    log_info("heard", "message=%s kind=%s channel=%s via=%s confidence=%s",
             inbox_id(inbox_arena(a), "me", a->row.id), a->row.kind, a->channel, a->row.via,
             a->row.confidence);
    return message_insert(a->inbox->effects.db, &a->row, err);
}

/* Whose it was found to be then, holds: history may say otherwise by now. */
static int keep_whose(struct heard *a, struct err *err)
{
    const struct message_row *row = &a->row;
    int found;

    if (a->match.prospect != row->prospect_id)
        a->match = (struct match){ .prospect = row->prospect_id,
                                   .is_reply = a->reading.kind == READING_HUMAN,
                                   .confidence = MATCH_LIKELY };
    a->match.touch = row->touch_id;
    a->match.enrollment = row->enrollment_id;
    found = row->prospect_id ? prospect_get(a->inbox->effects.db, row->prospect_id, inbox_arena(a),
                                            &a->prospect, err)
                             : 0;
    a->known = found == 1;
    return found < 0 ? -1 : 0;
}

int inbox_hear_again(struct heard *a, struct err *err)
{
    const char *state = a->row.state;
    bool same_kind = strcmp(a->row.kind, reading_kind_name(a->reading.kind)) == 0;

    if (find_whose(a, err) < 0 || keep_whose(a, err) < 0)
        return -1;
    obey_unsubscribe(a);
    a->row.state = "done";
    inbox_fill_verdict(a, &a->row);
    if (follow_up(a, err) < 0)
        return -1;
    if (same_kind) /* what a person has settled stays so */
        a->row.state = state;
    return message_relabel(a->inbox->effects.db, &a->row, err);
}

/* ---- an inbound ---- */

static int hear_mail(struct inbox *inbox, struct inbound *in, struct err *err)
{
    struct heard *a = arena_raw(inbox->effects.arena, sizeof(*a));
    int first;

    inbox_begin(inbox, in, inbox_content_of(inbox, in)->parts, a);
    if (reading_has_rule(&a->reading, MAIL_CHILD_NONE)) {
        inbox_close(in, "waiting", MAIL_CHILD_NONE);
        return 0;
    }
    first = seen_first(inbox->effects.db, a->part->identity, inbox->effects.now, err);
    if (first <= 0) {
        inbox_close(in, "duplicate", NULL);
        return first;
    }
    if (inbox_hear(a, err) < 0)
        return -1;
    if (a->reading.kind == READING_UNREADABLE)
        inbox_close(in, "unreadable", a->row.rules);
    return 0;
}

void inbox_close(struct inbound *in, const char *state, const char *note)
{
    in->state = state;
    if (note)
        in->note = note;
}

int inbox_process(struct inbox *inbox, struct inbound *inbound, struct err *err)
{
    inbox_close(inbound, "done", NULL);
    if (inbox_is_mail(inbound))
        return hear_mail(inbox, inbound, err);
    return strcmp(inbound->source, INBOX_UNSUBSCRIBE) == 0 ? inbox_unsubscribe(inbox, inbound, err)
                                                           : inbox_webhook(inbox, inbound, err);
}
