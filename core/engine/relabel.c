/* core/engine/relabel.c - see relabel.h: read again, take back, correct, hear again, leave a trace. */
#include "core/engine/relabel.h"

#include "core/base/text.h"
#include "core/engine/assign.h"
#include "core/engine/inbox_inside.h"
#include "core/engine/mail_child.h"
#include "core/engine/relabel_said.h"

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

const char *relabel_went_to(const struct message_row *row)
{
    static const char rule[] = RELABEL_ASSIGNED ":";

    return strcmp(row->kind, RELABEL_ASSIGNED) == 0 && row->rules &&
                   strncmp(row->rules, rule, sizeof(rule) - 1) == 0
               ? row->rules + sizeof(rule) - 1
               : NULL;
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

static int read_raw(struct heard *a, struct inbound *in, struct err *err)
{
    struct inbox *inbox = a->inbox;

    inbox_begin(inbox, in, inbox_content_of(inbox, in)->parts, a);
    inbox_note_unsubscribe(&a->part->keys, &a->reading);
    a->part = NULL; /* what it is may be corrected, and with that whose keys it holds */
    return reading_has_rule(&a->reading, MAIL_CHILD_NONE)
               ? err_set(err, ERR_BUSY, "no process could be started to read the mail in")
               : 0;
}

/* Of a mail the bytes are read again, of a text its words. 0 or -1. */
static int read_again(struct heard *a, const struct message_row *row, struct err *err)
{
    struct effects *env = &a->inbox->effects;
    struct inbound *in = arena_alloc(env->arena, sizeof(*in));
    int found = row->inbound_id ? inbound_get(env->db, row->inbound_id, env->arena, in, err) : 0;
    bool mail = found == 1 && inbox_is_mail(in);

    if (found < 0)
        return -1;
    if (found == 0)
        *in = (struct inbound){ .source = "", .id = row->inbound_id, .at = row->at };
    a->inbound = in;
    if (mail && read_raw(a, in, err) < 0)
        return -1;
    if (!mail || a->reading.kind == READING_UNREADABLE)
        read_text(a, row);
    a->channel = row->channel;
    a->sender = row->sender;
    return 0;
}

static int read_message(struct heard *a, int64_t id, struct message_row *row, struct err *err)
{
    int found = message_get(a->inbox->effects.db, id, inbox_arena(a), row, err);

    if (found != 1)
        return found < 0 ? -1 : err_set(err, ERR_NOT_FOUND, "no such message");
    if (relabel_went_to(row))
        return err_set(err, ERR_INPUT, "it was given to somebody else: it is %s now",
                       relabel_went_to(row));
    return 0;
}

/* Times and numbers go by whose words they are. */
static int read_in_place(struct heard *a, struct err *err)
{
    int64_t id = a->row.prospect_id;
    int found = id ? prospect_get(a->inbox->effects.db, id, inbox_arena(a), &a->prospect, err) : 0;

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
}

/* What a row itself tells of a correction made before heed kept what was said (relabel_said.h). */
static struct relabel recall_of_row(struct arena *arena, const struct message_row *row)
{
    struct relabel said = { .says_labels = row->labels != NULL, .opt_out = RELABEL_NO };
    struct span rest = span_of(row->labels ? row->labels : ""), piece;

    while (text_next_piece(&rest, ',', &piece) && said.label_count < INTENT_COUNT)
        said.labels[said.label_count++] = intent_by_name(arena_dup_span(arena, piece));
    if (row->opt_out)
        said.opt_out = RELABEL_YES;
    if (row->opt_out && strcmp(row->opt_out, "everything") != 0)
        said.opt_out_channel = row->channel;
    return said;
}

/* What a person had corrected before holds when it is given to somebody else. 0 or -1. */
static int recall(struct heard *a, const struct message_row *was, struct relabel *out,
                  struct err *err)
{
    int found = was->relabelled_at ? relabel_said_recall(&a->inbox->effects, was->id, out, err) : 0;

    if (found == 0)
        *out = was->relabelled_at ? recall_of_row(inbox_arena(a), was)
                                  : (struct relabel){ .opt_out = RELABEL_KEEP };
    return found < 0 ? -1 : 0;
}

/* said: what holds of the reading. */
static void correct_as_said(const struct relabel *wish, const struct relabel *said, struct heard *a)
{
    correct(said, a);
    if (!assign_is_asked(wish)) {
        a->row.relabelled_at = a->inbox->effects.now;
        a->more_rules = "relabelled by a person";
        return;
    }
    a->more_rules = a->row.relabelled_at ? "relabelled by a person,assigned by a person"
                                         : "assigned by a person";
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
    struct effect_note note = {
        .kind = "relabel",
        .what = arena_printf(env.arena, "%s corrected the reading: %s, not %s", wish->by,
                             verdict_of(env.arena, &done->is), verdict_of(env.arena, &done->was)),
    };

    if (assign_is_asked(wish))
        return assign_leave_trace(a, wish, &done->was, err);
    env.message_id = done->is.id;
    note.was = relabel_said_json(wish);
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
        if (!rows[i].undone_by && rows[i].at == inbox->effects.now && !undo_is_record(rows[i].kind))
            rows[out->made_count++] = rows[i];
    return count < 0 ? -1 : 0;
}

static int take_back(struct heard *a, const struct relabel *wish, struct relabelled *out,
                     struct err *err)
{
    if (read_message(a, wish->message_id, &out->was, err) < 0)
        return -1;
    out->undone_count = undo_all(&a->inbox->effects, wish->message_id, wish->by, &out->undone, err);
    a->row = out->was;
    if (assign_is_said(&a->row))
        a->question.whose = a->row.prospect_id;
    return out->undone_count < 0 ? -1 : 0;
}

/* What they asked for since then, or a person noted, is not taken from them again by words of before. */
static void forget_old_wish(const struct relabel *said, const struct relabelled *out,
                            struct reading *r)
{
    for (int i = 0; i < out->undone_count; i++)
        if (strcmp(out->undone[i].kind, "wish") == 0 && out->undone[i].left &&
            said->wish != RELABEL_YES)
            r->wish.prefer = NULL;
}

/* A bounce that only a person recognised names nobody: it is the address that the touch went to. How it failed is not known, so it is
 * barred for a while, not for good. 0 or -1. */
static int name_failed(struct heard *a, const struct relabel *said, struct err *err)
{
    struct bounce_recipient *who;
    struct touch_brief touch;
    int found;

    if (!said->says_kind || said->kind != READING_BOUNCE || a->reading.bounced_count > 0 ||
        !a->row.touch_id)
        return 0;
    found = touch_brief_get(a->inbox->effects.db, a->row.touch_id, inbox_arena(a), &touch, err);
    if (found != 1 || strcmp(touch.channel, "email") != 0)
        return found < 0 ? -1 : 0;
    who = arena_alloc(inbox_arena(a), sizeof(*who));
    *who = (struct bounce_recipient){ .address = touch.address,
                                      .status = "",
                                      .diagnostic = "a person says so",
                                      .severity = BOUNCE_HOLD,
                                      .failed = true };
    a->reading.bounced = who;
    a->reading.bounced_count = 1;
    return 0;
}

static int correct_all(struct heard *a, const struct relabel *wish, struct relabelled *out,
                       struct err *err)
{
    struct relabel said = *wish;

    if (take_back(a, wish, out, err) < 0 ||
        (assign_is_asked(wish) && recall(a, &out->was, &said, err) < 0) ||
        (assign_is_asked(wish) && assign(a, wish, &out->was, err) < 0) || read_in_place(a, err) < 0)
        return -1;
    forget_old_wish(&said, out, &a->reading);
    correct_as_said(wish, &said, a);
    if (name_failed(a, &said, err) < 0)
        return -1;
    if (inbox_hear_again(a, err) < 0)
        return -1;
    out->is = a->row;
    return leave_trace(a, wish, out, err) < 0 ? -1 : read_made(a->inbox, out, err);
}

/* A mail that hangs its parser must hold nobody else's transaction: it is read before ours begins. */
int relabel(struct inbox *inbox, const struct relabel *wish, struct relabelled *out,
            struct err *err)
{
    struct heard *a = arena_alloc(inbox->effects.arena, sizeof(*a));
    struct db *db = inbox->effects.db;

    *a = (struct heard){ .inbox = inbox };
    *out = (struct relabelled){ 0 };
    if (read_message(a, wish->message_id, &out->was, err) < 0 ||
        read_again(a, &out->was, err) < 0 || db_begin(db, err) < 0)
        return -1;
    return db_end(db, correct_all(a, wish, out, err), err);
}
