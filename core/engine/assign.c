/* core/engine/assign.c - see assign.h. */
#include "core/engine/assign.h"

#include "core/base/id.h"
#include "core/base/text.h"
#include "core/engine/match_address.h"
#include "core/engine/relabel_said.h"

bool assign_is_asked(const struct relabel *wish)
{
    return wish->prospect_id != 0 || wish->nobody;
}

bool assign_is_said(const struct message_row *row)
{
    return strcmp(row->via, match_via_name(MATCH_VIA_PERSON)) == 0;
}

/* ---- the address ---- */

/* A number may be shared; anything else is one person's. */
static int refuse_taken(struct heard *a, const struct address *address, struct err *err)
{
    struct effects *env = &a->inbox->effects;
    struct identity *who;
    int count = strcmp(address->kind, "phone") == 0
                    ? 0
                    : identity_find(env->db, address, env->arena, &who, err);

    for (int i = 0; i < count; i++)
        if (who[i].prospect_id != a->row.prospect_id)
            return err_set(err, ERR_INPUT, "%s is the address of %s", address->key,
                           inbox_id(env->arena, "pr", who[i].prospect_id));
    return count < 0 ? -1 : 0;
}

/* Known again by it from now on; what is written to stays first. */
static int keep_address(struct heard *a, struct err *err)
{
    struct effects env = a->inbox->effects;
    const char *kind = workspace_address_kind(a->channel);
    const char *from = a->row.from_address;
    struct address address = { .kind = kind, .value = from, .source = "person" };
    int added;

    address.key = kind ? match_address_key(env.arena, kind, from) : NULL;
    address.message_id = env.message_id = a->row.id;
    if (!address.key)
        return err_set(err, ERR_INPUT, "it came from no address that could be kept");
    if (refuse_taken(a, &address, err) < 0)
        return -1;
    added = address_add(env.db, &a->prospect, &address, env.now, err);
    return added == 1 ? effect_note_address(&env, &a->prospect, &address,
                                            arena_printf(env.arena, "%s %s is theirs, too",
                                                         address.kind, address.key),
                                            err)
                      : added;
}

/* ---- the row ---- */

static int find_prospect(struct heard *a, const struct relabel *wish, struct err *err)
{
    int found =
        prospect_get(a->inbox->effects.db, wish->prospect_id, inbox_arena(a), &a->prospect, err);

    if (found != 1)
        return found < 0 ? -1 : err_set(err, ERR_NOT_FOUND, "no such prospect");
    if (a->row.prospect_id == wish->prospect_id && assign_is_said(&a->row) && !wish->theirs)
        return err_set(err, ERR_INPUT, "it is theirs already");
    return 0;
}

/* Which touch it answers, now that nobody else is asked. */
static int credit(struct heard *a, struct err *err)
{
    struct inbox_lookup lookup = { .inbound = &a->question, .sender = a->sender };

    a->question.whose = a->prospect.id;
    if (inbox_match(a->inbox, &lookup, &a->keys, &a->match, err) < 0)
        return -1;
    a->row.touch_id = a->match.touch;
    a->row.enrollment_id = a->match.enrollment;
    a->row.via = match_via_name(MATCH_VIA_PERSON);
    a->row.confidence = match_confidence_name(MATCH_CERTAIN);
    return 0;
}

/* What is credited, answered and counted goes with the message; what was known of it then stays. */
static int leave_row(struct heard *a, const struct message_row *was, struct err *err)
{
    struct message_row left = *was;

    left.kind = RELABEL_ASSIGNED;
    left.state = "done";
    left.rules = arena_printf(inbox_arena(a), "%s:%s", RELABEL_ASSIGNED,
                              inbox_id(inbox_arena(a), "me", a->row.id));
    left.touch_id = left.enrollment_id = left.inbound_id = left.when_at = 0;
    left.external_id = left.opt_out = left.labels = left.lead = left.sentiment = NULL;
    left.when_words = left.wish = NULL;
    return message_relabel(a->inbox->effects.db, &left, err);
}

static int take_away(struct heard *a, struct err *err)
{
    if (!a->row.prospect_id)
        return err_set(err, ERR_INPUT, "it is nobody's already");
    a->row.prospect_id = a->row.touch_id = a->row.enrollment_id = 0;
    a->row.via = match_via_name(MATCH_VIA_NONE);
    a->row.confidence = "none";
    a->question.whose = 0;
    return 0;
}

int assign(struct heard *a, const struct relabel *wish, const struct message_row *was,
           struct err *err)
{
    bool moves = was->prospect_id != wish->prospect_id;

    if (wish->nobody)
        return take_away(a, err);
    if (find_prospect(a, wish, err) < 0)
        return -1;
    if (moves) {
        a->row.slot = a->prospect.slot;
        a->row.id = id_next(&a->inbox->effects.workspace->clock, a->prospect.slot);
        a->row.prospect_id = a->prospect.id;
    }
    if ((wish->theirs && keep_address(a, err) < 0) || credit(a, err) < 0)
        return -1;
    if (!moves)
        return 0;
    return leave_row(a, was, err) < 0 ? -1 : message_insert(a->inbox->effects.db, &a->row, err);
}

/* ---- the trace ---- */

static const char *name_of(struct arena *arena, const struct prospect *p)
{
    const char *first = p->first_name ? p->first_name : "",
               *last = p->last_name ? p->last_name : "";

    return *first || *last ? arena_printf(arena, "%s%s%s", first, *first && *last ? " " : "", last)
                           : inbox_id(arena, "pr", p->id);
}

/* With what was said of it before: it holds for the row it is now. 0 or -1. */
static int note(const struct effects *env, const struct prospect *who, const char *what,
                cJSON *said, struct err *err)
{
    const struct effect_note note = { .kind = "assign", .what = what, .was = said };

    return effect_note(env, who, &note, err);
}

/* What a person said of the message before, as JSON; *out NULL = nothing. 0 or -1. */
static int recall(const struct effects *env, const struct message_row *was, cJSON **out,
                  struct err *err)
{
    struct relabel said;
    int found = was->relabelled_at ? relabel_said_recall(env, was->id, &said, err) : 0;

    *out = found == 1 ? relabel_said_json(&said) : NULL;
    return found < 0 ? -1 : 0;
}

int assign_leave_trace(struct heard *a, const struct relabel *wish, const struct message_row *was,
                       struct err *err)
{
    struct effects env = a->inbox->effects;
    const char *what = wish->nobody ? arena_printf(env.arena, "%s said it is nobody's", wish->by)
                                    : arena_printf(env.arena, "%s said whose it is: %s", wish->by,
                                                   name_of(env.arena, &a->prospect));
    struct prospect before;
    cJSON *said;
    int found;

    env.message_id = a->row.id;
    if (recall(&env, was, &said, err) < 0 ||
        note(&env, wish->nobody ? NULL : &a->prospect, what, said, err) < 0)
        return -1;
    if (a->row.id == was->id)
        return 0;
    found = was->prospect_id ? prospect_get(env.db, was->prospect_id, env.arena, &before, err) : 0;
    if (found < 0)
        return -1;
    env.message_id = was->id;
    what =
        arena_printf(env.arena, "%s, and it is %s now", what, inbox_id(env.arena, "me", a->row.id));
    return note(&env, found == 1 ? &before : NULL, what, NULL, err);
}
