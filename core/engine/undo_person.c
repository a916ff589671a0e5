/* core/engine/undo_person.c - the way back of what a prospect row holds: rest, opt-out, avoided channels, wish, channel followed. See
 * undo_inside.h. */
#include "core/base/text.h"
#include "core/engine/undo_inside.h"

/* ---- rest, opt-out ---- */

int undo_rest(struct undoing *u, struct err *err)
{
    int64_t now = json_int(u->was, "now", u->prospect.rest_until);
    int64_t before = json_int(u->was, "until", 0);
    struct trace_row *rows;
    int count = undo_others(u, "rest", &rows, err);

    for (int i = 0; i < count; i++) {
        cJSON *its = undo_was_of(&rows[i]);
        if (rows[i].id < u->trace->id || json_int(its, "until", 0) != now) {
            cJSON_Delete(its);
            continue;
        }
        cJSON_DeleteItemFromObject(its, "until");
        json_add_int(its, "until", before);
        return undo_rewrite(u, &rows[i], its, err) < 0
                   ? -1
                   : undo_hand_on(u, "a later message says so, too");
    }
    if (count < 0)
        return -1;
    if (u->prospect.rest_until != now)
        return undo_leave(u, "it was changed since");
    u->prospect.rest_until = before;
    return undo_save(u, err);
}

/* Ours was what had opted them out first: from now on the others found them free. 0 or -1. */
static int free_before(struct undoing *u, const struct trace_row *rows, int count, struct err *err)
{
    for (int i = 0; i < count; i++) {
        cJSON *its = undo_was_of(&rows[i]);
        if (!its)
            continue;
        cJSON_DeleteItemFromObject(its, "since");
        json_add_int(its, "since", 0);
        if (undo_rewrite(u, &rows[i], its, err) < 0)
            return -1;
    }
    return 0;
}

int undo_opt_out(struct undoing *u, struct err *err)
{
    int64_t since = json_int(u->was, "since", 0);
    struct trace_row *rows;
    int count = undo_others(u, "opt_out", &rows, err);

    if (count < 0 || (since == 0 && free_before(u, rows, count, err) < 0))
        return -1;
    if (count > 0)
        return undo_hand_on(u, "another message says so, too");
    if (since != 0)
        return undo_hand_on(u, "they had opted out before");
    u->prospect.opted_out_at = 0;
    return undo_save(u, err);
}

/* ---- avoided channels: lists with ',' between ---- */

static bool lists(const char *list, struct span channel)
{
    struct span rest = span_of(list ? list : ""), piece;

    while (text_next_piece(&rest, ',', &piece))
        if (span_eq(text_trim(piece), channel))
            return true;
    return false;
}

/* The list with the channel at its end, or without it. NULL = empty. */
static const char *listed(struct arena *arena, const char *list, struct span channel, bool with)
{
    struct span rest = span_of(list ? list : ""), piece;
    const char *out = NULL;

    while (text_next_piece(&rest, ',', &piece))
        if (piece.len > 0 && !span_eq(text_trim(piece), channel))
            out = arena_printf(arena, "%s%s%.*s", out ? out : "", out ? "," : "", (int)piece.len,
                               piece.data);
    return with ? arena_printf(arena, "%s%s%.*s", out ? out : "", out ? "," : "", (int)channel.len,
                               channel.data)
                : out;
}

/* A later message says the same of this channel: it is that one's now. 1, 0 = there is none, -1. */
static int hand_on_channel(struct undoing *u, struct trace_row *rows, int count,
                           struct span channel, struct err *err)
{
    for (int i = 0; i < count; i++) {
        cJSON *its = undo_was_of(&rows[i]);
        const char *before = json_text(its, "avoid", NULL);
        if (rows[i].id < u->trace->id || !lists(json_text(its, "said", NULL), channel)) {
            cJSON_Delete(its);
            continue;
        }
        before = listed(u->env->arena, before, channel, false);
        cJSON_DeleteItemFromObject(its, "avoid");
        json_add_text(its, "avoid", before);
        return undo_rewrite(u, &rows[i], its, err) < 0 ? -1 : 1;
    }
    return 0;
}

/* What the message put on the list goes, what it took off comes back; whatever else is on it stays. */
int undo_avoid(struct undoing *u, struct err *err)
{
    struct arena *arena = u->env->arena;
    const char *before = undo_text(u, "avoid"), *after = undo_text(u, "now");
    struct span rest, channel;
    struct trace_row *rows;
    int count = undo_others(u, "avoid", &rows, err), kept = 0, gone = 0;

    if (count < 0)
        return -1;
    for (rest = span_of(after ? after : ""); text_next_piece(&rest, ',', &channel);) {
        int is_said;
        if (channel.len == 0 || lists(before, channel))
            continue;
        is_said = hand_on_channel(u, rows, count, channel, err);
        if (is_said < 0)
            return -1;
        kept += is_said;
        gone += !is_said && lists(u->prospect.avoid, channel);
        if (!is_said)
            u->prospect.avoid = listed(arena, u->prospect.avoid, channel, false);
    }
    for (rest = span_of(before ? before : ""); text_next_piece(&rest, ',', &channel);)
        if (channel.len > 0 && !lists(after, channel)) {
            u->prospect.avoid = listed(arena, u->prospect.avoid, channel, true);
            gone++;
        }
    if (kept > 0 && gone == 0)
        return undo_hand_on(u, "a later message says so, too");
    return undo_save(u, err);
}

/* ---- wish, channel followed ---- */

/* A later message found what ours had set: from now on it puts back what was before ours. 1, 0 = there is none, -1. */
static int inherit_from_message(struct undoing *u, struct err *err)
{
    struct trace_row *rows;
    int count = undo_others(u, u->trace->kind, &rows, err);

    for (int i = 0; i < count; i++) {
        cJSON *its = undo_was_of(&rows[i]);
        bool found_ours =
            rows[i].id > u->trace->id && json_int(its, "message", 0) == u->trace->message_id;
        cJSON_Delete(its);
        if (found_ours)
            return undo_rewrite(u, &rows[i], cJSON_Duplicate(u->was, true), err) < 0 ? -1 : 1;
    }
    return count < 0 ? -1 : 0;
}

int undo_wish(struct undoing *u, struct err *err)
{
    int inherited;

    if (u->prospect.wish_message_id != u->trace->message_id) {
        inherited = inherit_from_message(u, err);
        return inherited < 0 ? -1
               : inherited   ? undo_hand_on(u, "they asked for something else since")
                             : undo_leave(u, "it was used up or changed since");
    }
    u->prospect.wish_channel = undo_text(u, "channel");
    u->prospect.wish_once = json_bool(u->was, "once", false);
    u->prospect.wish_only = json_bool(u->was, "only", false);
    u->prospect.wish_message_id = json_int(u->was, "message", 0);
    return undo_save(u, err);
}

int undo_switch(struct undoing *u, struct err *err)
{
    int inherited;

    if (u->trace->about && switch_undo(u->env->db, u->trace->about, u->by, u->env->now, err) < 0)
        return -1;
    if (u->prospect.preferred_message_id != u->trace->message_id) {
        inherited = inherit_from_message(u, err);
        return inherited < 0 ? -1
               : inherited   ? undo_hand_on(u, "they are followed by a later answer")
                             : undo_leave(u, "they are followed by a later answer");
    }
    u->prospect.preferred_channel = undo_text(u, "channel");
    u->prospect.preferred_message_id = json_int(u->was, "message", 0);
    u->prospect.preferred_at = json_int(u->was, "at", 0);
    return undo_save(u, err);
}
