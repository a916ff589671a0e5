/* core/engine/answer.c - see answer.h. */
#include "core/engine/answer.h"

#include "core/base/id.h"
#include "core/base/text.h"
#include "core/engine/subject.h"
#include "core/store/inbounds.h"

struct writing { /* one answer on its way */
    const struct effects *env;
    const struct answer_wish *wish;
    struct subject subject;
    struct message_row last; /* their newest human message; id 0 = none */
    struct sender *sender;
};

static int read_last(struct writing *w, struct err *err)
{
    const struct prospect *p = &w->subject.prospect;
    struct message_row *rows;
    int count = messages_of(w->env->db, p->id, w->env->arena, &rows, err);

    for (int i = 0; i < count; i++)
        if (strcmp(rows[i].kind, "human") == 0) {
            w->last = rows[i];
            break;
        }
    return count < 0 ? -1 : 0;
}

/* The same order as for steps, without a sequence: pinned, wished, answered on, their first address. */
static void choose(const struct writing *w, struct answer_made *out)
{
    const struct prospect *p = &w->subject.prospect;
    const struct {
        const char *channel, *why;
    } order[] = {
        { w->wish->channel, "you named it" },
        { p->pinned_channel, "it is pinned" },
        { p->wish_channel, "they asked for it" },
        { p->preferred_channel, "they are followed there" },
        { w->last.channel, "they wrote there last" },
        { "email", "nothing else is known" },
    };

    for (size_t i = 0; i < COUNT_OF(order); i++)
        if (order[i].channel) {
            out->channel = order[i].channel;
            out->why = order[i].why;
            return;
        }
}

static int check_gates(struct writing *w, struct answer_made *out, struct err *err)
{
    bool suppressed;
    const struct address *address = subject_address(&w->subject, out->channel, &suppressed);

    w->sender = subject_sender(&w->subject, w->env->workspace, out->channel);
    if (!w->sender)
        return err_set(err, ERR_CONFIG,
                       "no sender for %s: add a [sender] with channel = %s to heed.conf",
                       out->channel, out->channel);
    if (!address && workspace_address_kind(out->channel))
        return err_set(err, ERR_NOT_FOUND,
                       "no address for %s is known: choose another with --channel", out->channel);
    if (suppressed || w->subject.prospect.opted_out_at)
        return err_set(err, ERR_REFUSED,
                       "they opted out or the address is dead on %s: choose another with --channel",
                       out->channel);
    out->address = address ? address->value : "";
    return 0;
}

static const char *subject_line(const struct writing *w, const char *channel)
{
    const char *theirs = w->last.subject;

    if (strcmp(channel, "email") != 0)
        return NULL;
    if (!theirs || !*theirs)
        return "Our conversation";
    return text_starts_nocase(span_of(theirs), "re:")
               ? theirs
               : arena_printf(w->env->arena, "Re: %s", theirs);
}

static int thread_of(const struct writing *w, const char *channel, const char **refs,
                     struct err *err)
{
    const struct mail_thread thread = { .db = w->env->db,
                                        .workspace = w->env->workspace,
                                        .subject = &w->subject };

    *refs = NULL;
    if (strcmp(channel, "email") == 0)
        return subject_mail_thread(&thread, w->env->arena, refs, err);
    if (w->last.id && strcmp(w->last.channel, channel) == 0)
        *refs = w->last.external_id;
    return 0;
}

/* Nobody is woken by an answer either. */
static int64_t leaves_at(const struct writing *w, const char *channel)
{
    static const struct window awake = { .days = WINDOW_EVERY_DAY,
                                         .from_minute = 8 * 60,
                                         .to_minute = 21 * 60 };
    const struct hours hours = { .window = &awake, .zone = w->subject.zone, .channel = channel };

    return w->wish->at_once ? w->env->now : policy_open_at(&hours, w->env->now);
}

static int insert(struct writing *w, struct answer_made *out, struct err *err)
{
    const struct prospect *p = &w->subject.prospect;
    struct touch touch = {
        .slot = p->slot,
        .id = id_next(&w->env->workspace->clock, p->slot),
        .prospect_id = p->id,
        .step = -1,
        .channel = out->channel,
        .sender = w->sender->name,
        .address = out->address,
        .state = "due",
        .subject = subject_line(w, out->channel),
        .text = w->wish->text,
        .decision = "{\"by\":\"hand\"}",
        .created_at = leaves_at(w, out->channel), /* the Date of an e-mail */
    };

    touch.retry_at = touch.created_at;
    out->touch_id = touch.id;
    out->leaves_at = touch.retry_at;
    if (thread_of(w, out->channel, &touch.refs, err) < 0)
        return -1;
    return touch_insert(w->env->db, &touch, err) < 0 ? -1 : 0;
}

int answer_write(const struct effects *env, struct prospect *prospect,
                 const struct answer_wish *wish, struct answer_made *out, struct err *err)
{
    struct writing w = { .env = env, .wish = wish, .subject = { .arena = env->arena } };

    *out = (struct answer_made){ 0 };
    if (subject_read(env->db, env->workspace, prospect->id, &w.subject, err) != 1 ||
        read_last(&w, err) < 0)
        return -1;
    choose(&w, out);
    if (check_gates(&w, out, err) < 0 || insert(&w, out, err) < 0 ||
        message_settle(env->db, prospect->id, 0, err) < 0 ||
        tasks_settle_answered(env->db, prospect->id, env->now, err) < 0)
        return -1;
    return wish->keep_holding ? 0 : effect_resume(env, prospect, err);
}
