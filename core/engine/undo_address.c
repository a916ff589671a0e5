/* core/engine/undo_address.c - the way back of addresses that a message brought, and of bars on them. See undo_inside.h. */
#include "core/base/id.h"
#include "core/base/text.h"
#include "core/engine/undo_inside.h"

/* ---- an address they named ---- */

/* A later message names it, too: it brought it, from now on. 1, 0 = there is none, -1. */
static int hand_on_address(struct undoing *u, const struct address *address, struct err *err)
{
    struct trace_row *rows;
    int count = undo_others(u, "address", &rows, err);

    for (int i = 0; i < count; i++) {
        cJSON *its = undo_was_of(&rows[i]);
        if (rows[i].id < u->trace->id ||
            !text_is_same(json_text(its, "kind", NULL), address->kind) ||
            !text_is_same(json_text(its, "key", NULL), address->key)) {
            cJSON_Delete(its);
            continue;
        }
        cJSON_DeleteItemFromObject(its, "new");
        cJSON_AddBoolToObject(its, "new", json_bool(u->was, "new", false));
        cJSON_DeleteItemFromObject(its, "first");
        json_add_text(its, "first", json_text(u->was, "first", NULL));
        return undo_rewrite(u, &rows[i], its, err) < 0 ? -1 : 1;
    }
    return count < 0 ? -1 : 0;
}

/* It was theirs before: what was written to until then is again. */
static int put_back_first(struct undoing *u, const struct address *address, struct err *err)
{
    const struct address first = { .kind = address->kind, .key = undo_text(u, "first") };
    struct address *list;
    int count;

    if (!first.key || strcmp(first.key, address->key) == 0)
        return undo_leave(u, "it was theirs before");
    count = addresses_of(u->env->db, &(struct address_query){ &u->prospect, u->env->now },
                         u->env->arena, &list, err);
    for (int i = 0; i < count; i++)
        if (strcmp(list[i].kind, address->kind) == 0)
            return strcmp(list[i].key, address->key) == 0
                       ? address_put_first(u->env->db, &u->prospect, &first, err)
                       : undo_leave(u, "another is written to since");
    return count < 0 ? -1 : undo_leave(u, "it is gone");
}

int undo_address(struct undoing *u, struct err *err)
{
    const struct address address = { .kind = undo_text(u, "kind"), .key = undo_text(u, "key") };
    int handed_on = hand_on_address(u, &address, err);

    if (handed_on != 0)
        return handed_on < 0 ? -1 : undo_hand_on(u, "a later message names it, too");
    return json_bool(u->was, "new", false) ? address_remove(u->env->db, &u->prospect, &address, err)
                                           : put_back_first(u, &address, err);
}

/* ---- a bar ---- */

struct bar { /* one on its way back, and who bars the same address besides */
    struct undoing *u;
    struct suppression row; /* as it stands */
    struct suppression heir;
    bool inherited;
};

/* Whose evidence is this message, alone or with words behind it. */
static bool rests_on(const char *evidence, int64_t message_id)
{
    char id[ID_TEXT_BYTES];
    size_t len = strlen(id_text("me", message_id, id));

    return evidence && strncmp(evidence, id, len) == 0 &&
           (evidence[len] == '\0' || evidence[len] == ' ');
}

/* What lasts longest inherits. */
static void offer(struct bar *bar, const struct trace_row *trace)
{
    struct arena *arena = bar->u->env->arena;
    cJSON *was = undo_was_of(trace);
    int64_t until = json_int(was, "until", 0);
    char id[ID_TEXT_BYTES];
    bool same = text_is_same(json_text(was, "kind", NULL), bar->row.kind) &&
                text_is_same(json_text(was, "key", NULL), bar->row.key) &&
                text_is_same(json_text(was, "channel", NULL), bar->row.channel);
    /* What is older than the bar was lifted in between, by the person themselves. */
    bool counts = same && trace->at >= bar->row.at && (until == 0 || until > bar->u->env->now);

    if (counts && (!bar->inherited ||
                   (bar->heir.until_ms != 0 && (until == 0 || until > bar->heir.until_ms)))) {
        bar->heir = bar->row;
        bar->heir.cause = arena_dup(arena, json_text(was, "cause", ""));
        bar->heir.evidence = arena_dup(arena, id_text("me", trace->message_id, id));
        bar->heir.prospect_id = trace->prospect_id;
        bar->heir.until_ms = until;
        bar->inherited = true;
    }
    cJSON_Delete(was);
}

/* What all messages of theirs say of that address. 0 or -1. */
static int ask(struct bar *bar, const struct identity *who, struct err *err)
{
    const struct traces_query query = { .slot = who->slot,
                                        .prospect_id = who->prospect_id,
                                        .kind = "suppress",
                                        .but_message = bar->u->trace->message_id };
    struct trace_row *rows;
    int count = traces_standing(bar->u->env->db, &query, bar->u->env->arena, &rows, err);

    for (int i = 0; i < count; i++)
        offer(bar, &rows[i]);
    return count < 0 ? -1 : 0;
}

/* Whoever has the address, and those who wrote from it when nobody was known to have it. 0 or -1. */
static int ask_all(struct bar *bar, struct err *err)
{
    const struct address address = { .kind = bar->row.kind, .key = bar->row.key };
    const struct identity stranger = { .slot = id_slot_of(span_of(bar->row.key)) };
    const struct identity befallen = { .slot = id_slot(bar->u->trace->prospect_id),
                                       .prospect_id = bar->u->trace->prospect_id };
    struct identity *who;
    int count = identity_find(bar->u->env->db, &address, bar->u->env->arena, &who, err);

    for (int i = 0; i < count; i++)
        if (ask(bar, &who[i], err) < 0)
            return -1;
    if (count < 0 || (befallen.prospect_id && ask(bar, &befallen, err) < 0))
        return -1;
    return ask(bar, &stranger, err);
}

/* A trace of before, without `was`: undo_all() lifts what rests on the message. */
int undo_suppress(struct undoing *u, struct err *err)
{
    struct bar bar = { .u = u };
    int found;

    bar.row.kind = undo_text(u, "kind");
    bar.row.key = undo_text(u, "key");
    bar.row.channel = undo_text(u, "channel");
    if (!bar.row.kind || !bar.row.key || !bar.row.channel)
        return 0;
    found = suppression_get(u->env->db, u->env->arena, &bar.row, err);
    if (found != 1)
        return found;
    if (!rests_on(bar.row.evidence, u->trace->message_id))
        return undo_hand_on(u, "it rests on something else, too");
    if (ask_all(&bar, err) < 0)
        return -1;
    if (!bar.inherited)
        return 0;
    return suppression_hand_on(u->env->db, &bar.heir, err) < 0
               ? -1
               : undo_hand_on(u, "another message says so, too");
}
