/* core/engine/effects_wish.c - what they asked for: channels to avoid, where to reach them, the channel they want; and the notes
 * and tasks that a message leaves. */
#include <stdlib.h>

#include "core/base/id.h"
#include "core/base/text.h"
#include "core/engine/effects.h"
#include "core/store/traces.h"

int effect_note(const struct effects *env, const struct prospect *prospect,
                const struct effect_note *note, struct err *err)
{
    char *was = note->was ? json_print(note->was, false) : NULL;
    int slot = id_slot(env->message_id);
    const struct trace_row trace = {
        .slot = slot,
        .id = env->message_id ? id_next(&env->workspace->clock, slot) : 0,
        .prospect_id = prospect ? prospect->id : 0,
        .message_id = env->message_id,
        .kind = note->kind,
        .about = note->about,
        .what = note->what,
        .was = was,
        .at = env->now,
    };
    int rc = env->message_id ? trace_insert(env->db, &trace, err) : 0;

    cJSON_Delete(note->was);
    free(was);
    return rc;
}

int effect_task(const struct effects *env, const struct prospect *prospect, const struct task *task,
                struct err *err)
{
    struct task row = *task;
    struct effect_note note = { .kind = "task" };

    row.slot = prospect->slot;
    row.id = id_next(&env->workspace->clock, prospect->slot);
    row.prospect_id = prospect->id;
    row.message_id = env->message_id;
    row.created_at = env->now;
    note.about = row.id;
    note.what = arena_printf(env->arena, "a task was opened: %s", row.kind);
    if (task_insert(env->db, &row, err) < 0)
        return -1;
    return effect_note(env, prospect, &note, err);
}

int effect_note_address(const struct effects *env, const struct prospect *prospect,
                        const struct address *address, const char *what, struct err *err)
{
    const struct effect_note note = { .kind = "address",
                                      .what = what,
                                      .was = cJSON_CreateObject() };

    json_add_text(note.was, "kind", address->kind);
    json_add_text(note.was, "key", address->key);
    cJSON_AddBoolToObject(note.was, "new", true);
    return effect_note(env, prospect, &note, err);
}

/* ---- channels to avoid ---- */

static bool names(const struct respond_where *where, struct span channel)
{
    for (size_t i = 0; i < where->avoid_count; i++)
        if (span_is(channel, where->avoid[i]))
            return true;
    return false;
}

/* The old ones but the one now asked for, then the new ones. */
static const char *avoided(const struct effects *env, const struct prospect *prospect,
                           const struct respond_where *where)
{
    struct span rest = span_of(prospect->avoid ? prospect->avoid : ""), piece;
    const char *list = NULL;

    while (text_next_piece(&rest, ',', &piece)) {
        piece = text_trim(piece);
        if (piece.len == 0 || names(where, piece) ||
            (where->prefer && span_is(piece, where->prefer)))
            continue;
        list = arena_printf(env->arena, "%s%s%.*s", list ? list : "", list ? "," : "",
                            (int)piece.len, piece.data);
    }
    for (size_t i = 0; i < where->avoid_count; i++)
        list =
            arena_printf(env->arena, "%s%s%s", list ? list : "", list ? "," : "", where->avoid[i]);
    return list;
}

static int avoid(const struct effects *env, struct prospect *prospect,
                 const struct respond_where *where, struct err *err)
{
    const char *list = avoided(env, prospect, where);
    struct effect_note note = { .kind = "avoid" };
    const char *said = NULL;

    if (text_is_same(list, prospect->avoid) && where->avoid_count == 0)
        return 0;
    for (size_t i = 0; i < where->avoid_count; i++)
        said =
            arena_printf(env->arena, "%s%s%s", said ? said : "", said ? "," : "", where->avoid[i]);
    note.what = list ? arena_printf(env->arena, "not by %s any more", list)
                     : "no channel is avoided any more";
    note.was = cJSON_CreateObject();
    json_add_text(note.was, "avoid", prospect->avoid);
    json_add_text(note.was, "now", list);
    json_add_text(note.was, "said", said); /* said twice, it stands until both are taken back */
    prospect->avoid = list;
    return effect_note(env, prospect, &note, err);
}

/* ---- where to reach them ---- */

/* An e-mail address or a handle is one person's: not taken from somebody else we know. 1, 0 or -1. */
static int is_free(const struct effects *env, const struct prospect *prospect,
                   const struct address *address, struct err *err)
{
    struct identity *who;
    int count = strcmp(address->kind, "phone") == 0
                    ? 0
                    : identity_find(env->db, address, env->arena, &who, err);

    for (int i = 0; i < count; i++)
        if (who[i].prospect_id != prospect->id)
            return 0;
    return count < 0 ? -1 : 1;
}

/* A number of ours in their words is not theirs. */
static bool is_ours(const struct effects *env, const struct address *address)
{
    for (size_t i = 0; i < env->workspace->sender_count; i++) {
        const struct sender *sender = &env->workspace->senders[i];
        const char *kind = workspace_address_kind(sender->channel);
        const char *key =
            kind && sender->account->address && strcmp(kind, address->kind) == 0
                ? text_address_key(env->arena, kind, span_of(sender->account->address))
                : NULL;
        if (key && strcmp(key, address->key) == 0)
            return true;
    }
    return false;
}

/* The key that is written to until now; *out NULL = none of that kind. 0 or -1. */
static int first_of_kind(const struct effects *env, const struct prospect *prospect,
                         const char *kind, const char **out, struct err *err)
{
    struct address *list;
    int count = addresses_of(env->db, &(struct address_query){ prospect, env->now }, env->arena,
                             &list, err);

    *out = NULL;
    for (int i = 0; i < count && !*out; i++)
        if (strcmp(list[i].kind, kind) == 0)
            *out = list[i].key;
    return count < 0 ? -1 : 0;
}

static int add_address(const struct effects *env, const struct prospect *prospect,
                       const struct respond_where *where, struct err *err)
{
    const char *kind = where->address_kind;
    struct address address = { .kind = kind, .source = "reply", .message_id = env->message_id };
    struct effect_note note = { .kind = "address" };
    const char *first;
    int added, is_theirs;

    address.value = where->address;
    address.key = text_address_key(env->arena, kind, span_of(where->address));
    if (!address.key || is_ours(env, &address))
        return 0;
    is_theirs = is_free(env, prospect, &address, err);
    if (is_theirs <= 0)
        return is_theirs;
    if (first_of_kind(env, prospect, kind, &first, err) < 0)
        return -1;
    added = address_add(env->db, prospect, &address, env->now, err);
    if (added < 0 || address_put_first(env->db, prospect, &address, err) < 0)
        return -1;
    note.what = arena_printf(env->arena, "%s %s is %s", kind, address.key,
                             added ? "new, and the first to be used" : "now the first to be used");
    note.was = cJSON_CreateObject();
    json_add_text(note.was, "kind", kind);
    json_add_text(note.was, "key", address.key);
    json_add_text(note.was, "first", first);
    cJSON_AddBoolToObject(note.was, "new", added == 1);
    return effect_note(env, prospect, &note, err);
}

/* ---- the channel ---- */

static int wish(const struct effects *env, struct prospect *prospect,
                const struct respond_where *where, struct err *err)
{
    const struct effect_note note = {
        .kind = "wish",
        .what = arena_printf(env->arena, "they asked for %s%s", where->prefer,
                             where->once   ? ", once"
                             : where->only ? " and nothing else"
                                           : ""),
        .was = cJSON_CreateObject(),
    };

    json_add_text(note.was, "channel", prospect->wish_channel);
    cJSON_AddBoolToObject(note.was, "once", prospect->wish_once);
    cJSON_AddBoolToObject(note.was, "only", prospect->wish_only);
    json_add_int(note.was, "message", prospect->wish_message_id);
    prospect->wish_channel = where->prefer;
    prospect->wish_once = where->once;
    prospect->wish_only = where->only;
    prospect->wish_message_id = env->message_id;
    return effect_note(env, prospect, &note, err);
}

int effect_wish(const struct effects *env, struct prospect *prospect,
                const struct respond_where *where, const char *from, struct err *err)
{
    char id[ID_TEXT_BYTES];
    struct switch_wish moved = { .from = from, .to = where->prefer, .message_id = env->message_id };
    bool takes = where->prefer && !where->ask;

    if ((where->address && where->address_kind && add_address(env, prospect, where, err) < 0) ||
        avoid(env, prospect, where, err) < 0 || (takes && wish(env, prospect, where, err) < 0) ||
        prospect_set_following(env->db, prospect, env->now, err) < 0)
        return -1;
    if (!takes || where->once)
        return 0;
    moved.reason = arena_printf(env->arena, "they asked for %s (%s)", where->prefer,
                                id_text("me", env->message_id, id));
    return effect_switch(env, prospect, &moved, err) < 0 ? -1 : 0;
}
