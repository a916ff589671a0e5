/* core/engine/relabel.c - see relabel.h: take back, read again, correct, hear again, leave a trace. */
#include "core/engine/relabel.h"

#include "core/base/text.h"
#include "core/engine/inbox_inside.h"

bool relabel_find_kind(const char *name, enum reading_kind *out)
{
    static const enum reading_kind kinds[] = { READING_HUMAN,    READING_AUTO_REPLY,
                                               READING_BOUNCE,   READING_DELAY,
                                               READING_RECEIPT,  READING_COMPLAINT,
                                               READING_CALENDAR, READING_BULK };

    for (size_t i = 0; i < COUNT_OF(kinds); i++)
        if (strcmp(reading_kind_name(kinds[i]), name) == 0) {
            *out = kinds[i];
            return true;
        }
    return false;
}

/* ---- reading it again ---- */

static void read_text(struct heard *a, const struct message_row *row)
{
    const struct reading_env env = inbox_reading_env(a->inbox, row->at);

    reading_of_text(span_of(row->text), row->channel, &env, inbox_arena(a), &a->reading);
    a->reading.from_name = row->from_name;
    match_inbound_of_reading(&a->reading, &a->question);
    a->question.channel = row->channel;
    a->question.from = row->from_address;
    a->question.received_ms = row->at;
}

/* Of a mail the bytes are read again, of a text its words. 0 or -1. */
static int read_again(struct inbox *inbox, const struct message_row *row, struct heard *a,
                      struct err *err)
{
    struct inbound *in = arena_alloc(inbox->effects.arena, sizeof(*in));
    int found = row->inbound_id
                    ? inbound_get(inbox->effects.db, row->inbound_id, inbox->effects.arena, in, err)
                    : 0;
    bool mail = found == 1 && strncmp(in->source, "webhook:", 8) != 0;

    if (found < 0)
        return -1;
    if (found == 0)
        *in = (struct inbound){ .source = "", .id = row->inbound_id, .at = row->at };
    if (mail)
        inbox_read_mail(inbox, in, a);
    else
        *a = (struct heard){ .inbox = inbox, .inbound = in };
    if (!mail || a->reading.kind == READING_UNREADABLE)
        read_text(a, row);
    a->channel = row->channel;
    a->sender = row->sender;
    a->row = *row;
    found = row->prospect_id ? prospect_get(inbox->effects.db, row->prospect_id,
                                            inbox->effects.arena, &a->prospect, err)
                             : 0;
    if (found == 1)
        inbox_read_in_place(a, &a->prospect);
    return found < 0 ? -1 : 0;
}

/* ---- correcting it ---- */

static enum reading_kind kind_of(const struct message_row *row)
{
    enum reading_kind kind;

    return relabel_find_kind(row->kind, &kind) ? kind : READING_HUMAN;
}

static void correct_labels(const struct relabel *wish, struct intents *intents)
{
    *intents = (struct intents){ .lead = INTENT_OTHER, .sentiment = intents->sentiment };
    for (size_t i = 0; i < wish->label_count; i++) {
        intents->labels |= UINT32_C(1) << wish->labels[i];
        if (wish->labels[i] < intents->lead)
            intents->lead = wish->labels[i];
    }
}

static void correct_opt_out(const struct relabel *wish, struct reading *r)
{
    r->opt_out = wish->opt_out == RELABEL_NO ? OPT_OUT_NONE
                 : wish->opt_out_channel     ? OPT_OUT_CHANNEL
                                             : OPT_OUT_EVERYTHING;
    r->opt_out_channel = wish->opt_out == RELABEL_YES ? wish->opt_out_channel : NULL;
}

static void correct_wish(const struct relabel *wish, struct reading *r)
{
    struct span words = span_of(r->own_text ? r->own_text : "");

    r->wish = (struct wish){ .words = words };
    if (wish->wish == RELABEL_YES) {
        r->wish.prefer = wish->wish_channel;
        r->wish.once = wish->wish_once;
    }
}

/* The day they are back was not looked for in a person's words. */
static void read_return(struct heard *a)
{
    const struct workspace *workspace = a->inbox->effects.workspace;
    const struct when_env env = { .ref_ms = a->row.at,
                                  .zone = workspace_zone(workspace, a->prospect.zone),
                                  .words = lexicon_when_words(workspace->lexicon) };
    struct reading *r = &a->reading;

    if (r->kind == READING_AUTO_REPLY && !r->return_ms && r->own_text)
        (void)when_return(span_of(r->own_text), &env, inbox_arena(a), &r->return_ms);
}

static void forget_words(struct reading *r)
{
    r->intents = (struct intents){ .lead = INTENT_OTHER };
    r->when = (struct when){ .kind = WHEN_NONE };
    r->wish = (struct wish){ .prefer = NULL };
    r->opt_in = false;
}

static void correct(const struct relabel *wish, struct heard *a)
{
    struct reading *r = &a->reading;
    bool of_person = wish->says_labels || wish->opt_out == RELABEL_YES || wish->wish == RELABEL_YES;

    r->kind = wish->says_kind ? wish->kind : of_person ? READING_HUMAN : kind_of(&a->row);
    if (r->kind != READING_HUMAN) {
        forget_words(r);
        r->opt_out = r->kind == READING_COMPLAINT ? OPT_OUT_EVERYTHING : OPT_OUT_NONE;
    }
    if (wish->says_labels)
        correct_labels(wish, &r->intents);
    if (wish->opt_out != RELABEL_KEEP)
        correct_opt_out(wish, r);
    if (wish->wish != RELABEL_KEEP)
        correct_wish(wish, r);
    read_return(a);
    a->question.kind = r->kind;
    a->more_rules = "relabelled by a person";
}

/* ---- the trace ---- */

static const char *verdict_of(struct arena *arena, const struct message_row *row)
{
    return arena_printf(arena, "%s%s%s%s%s%s%s", row->kind, row->labels ? ", " : "",
                        row->labels ? row->labels : "", row->opt_out ? ", opt-out: " : "",
                        row->opt_out ? row->opt_out : "", row->wish ? ", wish: " : "",
                        row->wish ? row->wish : "");
}

static int leave_trace(struct heard *a, const struct relabel *wish, const struct relabelled *done,
                       struct err *err)
{
    struct effects env = a->inbox->effects;
    const struct effect_note note = {
        .kind = "relabel",
        .what = arena_printf(env.arena, "%s corrected the reading: %s, not %s", wish->by,
                             verdict_of(env.arena, &done->is), verdict_of(env.arena, &done->was)),
    };

    env.message_id = done->is.id;
    return effect_note(&env, a->known ? &a->prospect : NULL, &note, err);
}

/* Only what this correction brought: the older ones stand before it. */
static int read_made(struct inbox *inbox, struct relabelled *out, struct err *err)
{
    struct trace_row *rows;
    int count = traces_of(inbox->effects.db, out->is.id, inbox->effects.arena, &rows, err);

    out->made = count > 0 ? rows : NULL;
    out->made_count = 0;
    for (int i = 0; i < count; i++)
        if (!rows[i].undone_by && rows[i].at == inbox->effects.now &&
            strcmp(rows[i].kind, "relabel") != 0)
            rows[out->made_count++] = rows[i];
    return count < 0 ? -1 : 0;
}

int relabel(struct inbox *inbox, const struct relabel *wish, struct relabelled *out,
            struct err *err)
{
    struct arena *arena = inbox->effects.arena;
    struct heard *a = arena_alloc(arena, sizeof(*a));
    int found;

    *out = (struct relabelled){ 0 };
    found = message_get(inbox->effects.db, wish->message_id, arena, &out->was, err);
    if (found != 1)
        return found < 0 ? -1 : err_set(err, ERR_NOT_FOUND, "no such message");
    out->undone_count = undo_all(&inbox->effects, wish->message_id, wish->by, &out->undone, err);
    if (out->undone_count < 0 || read_again(inbox, &out->was, a, err) < 0)
        return -1;
    correct(wish, a);
    a->row.relabelled_at = inbox->effects.now;
    if (inbox_hear_again(a, err) < 0)
        return -1;
    out->is = a->row;
    return leave_trace(a, wish, out, err) < 0 ? -1 : read_made(inbox, out, err);
}
