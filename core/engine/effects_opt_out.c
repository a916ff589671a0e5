/* core/engine/effects_opt_out.c - what an opt-out stops: addresses, tasks to contact them, sequences. See effects.h. */
#include "core/base/id.h"
#include "core/base/text.h"
#include "core/engine/effects.h"
#include "core/engine/planner.h"

/* ---- addresses ---- */

/* prospect: NULL = nobody we know. */
static const char *day(const struct effects *env, const struct prospect *prospect, int64_t at_ms)
{
    char text[40];

    return arena_dup(
        env->arena,
        zone_human(workspace_zone(env->workspace, prospect ? prospect->zone : NULL), at_ms, text));
}

int effect_suppress(const struct effects *env, const struct prospect *prospect,
                    const struct suppression *row, struct err *err)
{
    struct effect_note note = {
        .kind = "suppress",
        .what = arena_printf(env->arena, "%s %s barred on %s (%s)%s%s", row->kind, row->key,
                             *row->channel ? row->channel : "every channel", row->cause,
                             row->until_ms ? " until " : "",
                             row->until_ms ? day(env, prospect, row->until_ms) : ""),
    };

    if (suppression_add(env->db, row, env->now, err) < 0)
        return -1;
    note.was = cJSON_CreateObject();
    json_add_text(note.was, "kind", row->kind);
    json_add_text(note.was, "key", row->key);
    json_add_text(note.was, "channel", row->channel);
    json_add_text(note.was, "cause", row->cause);
    json_add_int(note.was, "until", row->until_ms);
    return effect_note(env, prospect, &note, err);
}

static int suppress(const struct effects *env, const struct prospect *prospect,
                    const struct opt_out *o, const struct address *address, struct err *err)
{
    const struct suppression row = { .kind = address->kind,
                                     .key = address->key,
                                     .channel = o->everything ? "" : o->channel,
                                     .cause = o->cause,
                                     .evidence = o->evidence,
                                     .prospect_id = prospect->id };

    return effect_suppress(env, prospect, &row, err);
}

/* Is this address one the opt-out speaks of? */
static bool covers(const struct opt_out *o, const struct address *address)
{
    const char *kind = workspace_address_kind(o->channel);

    return o->everything || (kind && strcmp(kind, address->kind) == 0);
}

static int opt_out_all(const struct effects *env, struct prospect *prospect, struct err *err)
{
    struct effect_note note = { .kind = "opt_out",
                                .what = prospect->opted_out_at
                                            ? "opted out of everything, once more"
                                            : "opted out of everything" };

    /* Said twice it stands until both are taken back. */
    note.was = cJSON_CreateObject();
    json_add_int(note.was, "since", prospect->opted_out_at);
    if (effect_note(env, prospect, &note, err) < 0)
        return -1;
    if (prospect->opted_out_at)
        return 0;
    prospect->opted_out_at = env->now;
    return prospect_set_following(env->db, prospect, env->now, err);
}

/* Barred already, as the address it was said from. */
static bool is_said(const struct opt_out *o, const struct address *address)
{
    return o->key && strcmp(o->kind, address->kind) == 0 && strcmp(o->key, address->key) == 0;
}

/* ---- tasks ---- */

/* What asks to write to them or call them: channels, and answers to what they said. Who refers, threatens or is the wrong person is
 * still a person's business. */
static bool asks_for_contact(const struct opt_out *o, const struct task *task)
{
    static const char *const answers[] = { "concern", "question", "interested", "ask",
                                           "wish",    "switch",   "held",       NULL };

    if (!o->everything)
        return strcmp(task->kind, o->channel) == 0;
    return text_is_among(task->kind, answers) || text_is_among(task->kind, sequence_channels);
}

static int close_tasks(const struct effects *env, const struct prospect *prospect,
                       const struct opt_out *o, struct err *err)
{
    struct task *rows;
    int count = tasks_of(env->db, prospect->id, env->arena, &rows, err);

    for (int i = 0; i < count; i++) {
        const struct effect_note note = { .kind = "close",
                                          .about = rows[i].id,
                                          .what = arena_printf(env->arena, "a task was closed: %s",
                                                               rows[i].kind) };
        if (!asks_for_contact(o, &rows[i]))
            continue;
        if (task_settle(env->db, rows[i].id, EFFECT_OPTED_OUT, env->now, err) < 0 ||
            effect_note(env, prospect, &note, err) < 0)
            return -1;
    }
    return count < 0 ? -1 : 0;
}

/* ---- all of it ---- */

int effect_opt_out(const struct effects *env, struct prospect *prospect,
                   const struct opt_out *opt_out, struct err *err)
{
    struct address *addresses;
    int count = addresses_of(env->db, &(struct address_query){ prospect, env->now }, env->arena,
                             &addresses, err);

    if (count < 0)
        return -1;
    if (opt_out->key) {
        const struct address said = { .kind = opt_out->kind, .key = opt_out->key };
        if (suppress(env, prospect, opt_out, &said, err) < 0)
            return -1;
    }
    for (int i = 0; i < count; i++)
        if (covers(opt_out, &addresses[i]) && !is_said(opt_out, &addresses[i]) &&
            suppress(env, prospect, opt_out, &addresses[i], err) < 0)
            return -1;
    if ((opt_out->everything && opt_out_all(env, prospect, err) < 0) ||
        close_tasks(env, prospect, opt_out, err) < 0)
        return -1;
    if (opt_out->goes_on)
        return 0;
    return effect_exit(env, prospect,
                       strcmp(opt_out->cause, "complaint") == 0 ? "complained" : "opted_out", err);
}
