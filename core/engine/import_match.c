/* core/engine/import_match.c - see import_match.h. */
#include "core/engine/import_match.h"

#include <stdlib.h>

#include "core/base/id.h"
#include "core/base/labels.h"
#include "core/engine/effects.h"

#define MAX_OWNERS 32
#define MAX_FIELDS_BYTES ((size_t)256 << 10)

/* Somebody the store knows by one of the row's addresses. */
struct owner {
    struct prospect prospect;
    unsigned has; /* bit n: the row's n-th address */
};

struct owners {
    const struct import_row *row;
    struct owner items[MAX_OWNERS];
    size_t count;
    unsigned sure; /* bit n: the row's n-th address is never shared */
};

/* ---- who ---- */

static struct owner *find_owner(struct owners *owners, int64_t id)
{
    for (size_t i = 0; i < owners->count; i++)
        if (owners->items[i].prospect.id == id)
            return &owners->items[i];
    return NULL;
}

static int add_owner(const struct import_writer *w, struct owners *owners,
                     const struct identity *identity, size_t address, struct err *err)
{
    struct owner *owner = find_owner(owners, identity->prospect_id);
    int found = 1;

    if (!owner && owners->count < MAX_OWNERS) {
        owner = &owners->items[owners->count];
        found =
            prospect_get(w->workspace->db, identity->prospect_id, w->arena, &owner->prospect, err);
        owner->has = 0;
        owners->count += found == 1;
    }
    if (found == 1 && owner)
        owner->has |= 1u << address;
    return found < 0 ? -1 : 0;
}

static int find_owners(const struct import_writer *w, const struct import_row *row,
                       struct owners *owners, struct err *err)
{
    struct identity *who;

    *owners = (struct owners){ .row = row };
    for (size_t i = 0; i < row->address_count; i++) {
        const struct address *address = &row->addresses[i];
        int count = identity_find(w->workspace->db, address, w->arena, &who, err);
        for (int k = 0; k < count; k++)
            if (add_owner(w, owners, &who[k], i, err) < 0)
                return -1;
        if (count < 0)
            return -1;
        if (strcmp(address->kind, "phone") != 0)
            owners->sure |= 1u << i;
    }
    return 0;
}

static bool differ(struct arena *arena, const char *a, const char *b)
{
    return a && b && !label_same(arena, a, b);
}

/* Two names that cannot be one person's; blanks fit everybody. */
static bool names_differ(struct arena *arena, const struct prospect *a, const struct prospect *b)
{
    return differ(arena, a->first_name, b->first_name) || differ(arena, a->last_name, b->last_name);
}

static bool names_agree(struct arena *arena, const struct prospect *a, const struct prospect *b)
{
    return a->first_name && b->first_name && a->last_name && b->last_name &&
           !names_differ(arena, a, b);
}

static bool has_email(const struct import_row *row)
{
    return row->address_count && strcmp(row->addresses[0].kind, "email") == 0;
}

static int knows_email(const struct import_writer *w, const struct prospect *prospect,
                       struct err *err)
{
    struct address *addresses;
    int count = addresses_of(w->workspace->db, &(struct address_query){ prospect, w->now },
                             w->arena, &addresses, err);

    for (int i = 0; i < count; i++)
        if (strcmp(addresses[i].kind, "email") == 0)
            return 1;
    return count < 0 ? -1 : 0;
}

/* Known by a phone alone: may the row be about them? Another e-mail address asks for the same full name. 1, 0 or -1. */
static int fits(const struct import_writer *w, const struct import_row *row,
                const struct owner *owner, struct err *err)
{
    int known;

    if (names_differ(w->arena, &row->prospect, &owner->prospect))
        return 0;
    known = has_email(row) ? knows_email(w, &owner->prospect, err) : 0;
    if (known <= 0)
        return known < 0 ? -1 : 1;
    return names_agree(w->arena, &row->prospect, &owner->prospect);
}

static const char *name_of(struct arena *arena, const struct prospect *p)
{
    const char *first = p->first_name ? p->first_name : "",
               *last = p->last_name ? p->last_name : "";
    char id[ID_TEXT_BYTES];

    id_text("pr", p->id, id);
    if (!*first && !*last)
        return arena_dup(arena, id);
    return arena_printf(arena, "%s%s%s (%s)", first, *first && *last ? " " : "", last, id);
}

static const char *first_of(const struct owners *owners, unsigned addresses)
{
    size_t i = 0;

    while (i + 1 < owners->row->address_count && !(addresses & 1u << i))
        i++;
    return owners->row->addresses[i].value;
}

/* The one is known by one address of the row, the other by another. */
static enum import_outcome two_people(struct import_writer *w, const struct owners *owners,
                                      const struct owner *a, const struct owner *b)
{
    unsigned only_b = b->has & ~a->has;

    w->problem =
        arena_printf(w->arena, "these are two prospects: %s is %s, %s is %s; mend the row",
                     first_of(owners, a->has), name_of(w->arena, &a->prospect),
                     first_of(owners, only_b ? only_b : b->has), name_of(w->arena, &b->prospect));
    return IMPORT_REFUSED;
}

/* The owner by an address that is never shared; NULL in *out when there is none. */
static enum import_outcome sure_owner(struct import_writer *w, struct owners *owners,
                                      const struct owner **out)
{
    for (size_t i = 0; i < owners->count; i++) {
        if (!(owners->items[i].has & owners->sure))
            continue;
        if (*out)
            return two_people(w, owners, *out, &owners->items[i]);
        *out = &owners->items[i];
    }
    return IMPORT_MERGED;
}

/* Among those known by a phone alone: the one whose name fits, then the one of the same full name. */
static enum import_outcome likely_owner(struct import_writer *w, struct owners *owners,
                                        const struct owner **out, struct err *err)
{
    const struct owner *same = NULL, *other = NULL;
    const struct prospect *row = &owners->row->prospect;

    for (size_t i = 0; i < owners->count; i++) {
        const struct owner *owner = &owners->items[i];
        int may = fits(w, owners->row, owner, err);
        if (may < 0)
            return IMPORT_FAILED;
        if (may && !same && names_agree(w->arena, row, &owner->prospect))
            same = owner;
        if (may && *out)
            other = owner;
        else if (may)
            *out = owner;
    }
    if (other && !same)
        return two_people(w, owners, *out, other);
    if (same)
        *out = same;
    return IMPORT_MERGED;
}

/* IMPORT_ADDED: nobody; IMPORT_MERGED: *out. */
static enum import_outcome find_prospect(struct import_writer *w, struct owners *owners,
                                         const struct owner **out, struct err *err)
{
    enum import_outcome outcome;

    *out = NULL;
    outcome = sure_owner(w, owners, out);
    if (outcome == IMPORT_MERGED && !*out)
        outcome = likely_owner(w, owners, out, err);
    if (outcome != IMPORT_MERGED)
        return outcome;
    for (size_t i = 0; *out && i < owners->count; i++)
        if (owners->items[i].has & ~(*out)->has)
            return two_people(w, owners, *out, &owners->items[i]);
    if (!*out && owners->count)
        w->remark = arena_printf(w->arena, "%s is %s too: taken as a phone they share",
                                 first_of(owners, owners->items[0].has),
                                 name_of(w->arena, &owners->items[0].prospect));
    return *out ? IMPORT_MERGED : IMPORT_ADDED;
}

/* ---- what is new ---- */

/* NULL in *place when the row says nothing new. */
static bool keep_new(const char **place, const char *known)
{
    if (*place && known && strcmp(*place, known) == 0)
        *place = NULL;
    return *place != NULL;
}

static void join_fields(cJSON *known, const cJSON *fresh)
{
    const cJSON *item;

    cJSON_ArrayForEach(item, fresh)
    {
        cJSON_DeleteItemFromObjectCaseSensitive(known, item->string);
        cJSON_AddItemToObject(known, item->string, cJSON_Duplicate(item, true));
    }
}

/* The known custom fields with the row's over them, as text; NULL when there are none. */
static const char *fields_text(struct import_writer *w, const struct import_row *row,
                               const char *known)
{
    cJSON *all = known ? json_parse(span_of(known), "fields", NULL) : NULL;
    const char *text = NULL;
    char *printed;

    if (!cJSON_IsObject(all)) {
        cJSON_Delete(all);
        all = cJSON_CreateObject();
    }
    join_fields(all, row->fields);
    if (cJSON_GetArraySize(all)) {
        printed = json_print(all, false);
        text = arena_dup(w->arena, printed);
        free(printed);
    }
    cJSON_Delete(all);
    return text;
}

static bool is_too_long(struct import_writer *w, const char *fields)
{
    if (!fields || strlen(fields) <= MAX_FIELDS_BYTES)
        return false;
    w->problem = "the custom fields of this prospect would be longer than 256 KiB";
    return true;
}

/* ---- writing ---- */

static int add_addresses(const struct import_writer *w, const struct prospect *prospect,
                         const struct import_row *row, struct err *err)
{
    int added = 0;

    for (size_t i = 0; i < row->address_count; i++) {
        int rc = address_add(w->workspace->db, prospect, &row->addresses[i], w->now, err);
        if (rc < 0)
            return -1;
        added += rc > 0;
    }
    return added;
}

/* Bars `channel` at one address. 1 = it was open, 0 = barred before, -1. */
static int bar(const struct import_writer *w, const struct prospect *prospect,
               const struct address *address, const struct import_opt_out *opt_out, struct err *err)
{
    const struct suppression row = { .kind = address->kind,
                                     .key = address->key,
                                     .channel = opt_out->channel,
                                     .cause = opt_out->cause,
                                     .evidence = w->evidence,
                                     .prospect_id = prospect->id };
    int barred = suppression_bars(w->workspace->db, &row, w->now, err);

    if (barred != 0)
        return barred < 0 ? -1 : 0;
    return suppression_add(w->workspace->db, &row, w->now, err) < 0 ? -1 : 1;
}

/* One channel: their sequences go on by the others. */
static int opt_out_channel(const struct import_writer *w, const struct prospect *prospect,
                           const struct import_opt_out *opt_out, struct err *err)
{
    const char *kind = workspace_address_kind(opt_out->channel);
    struct address *addresses;
    int count = addresses_of(w->workspace->db, &(struct address_query){ prospect, w->now },
                             w->arena, &addresses, err);
    int changed = 0;

    for (int i = 0; i < count; i++) {
        int rc = strcmp(addresses[i].kind, kind) == 0
                     ? bar(w, prospect, &addresses[i], opt_out, err)
                     : 0;
        if (rc < 0)
            return -1;
        changed += rc;
    }
    return count < 0 ? -1 : changed;
}

static int opt_out_of_all(const struct import_writer *w, struct prospect *prospect,
                          const struct import_opt_out *opt_out, struct err *err)
{
    const struct effects env = {
        .workspace = w->workspace, .db = w->workspace->db, .now = w->now, .arena = w->arena
    };
    const struct opt_out all = {
        .channel = "", .everything = true, .cause = opt_out->cause, .evidence = w->evidence
    };

    if (prospect->opted_out_at)
        return 0;
    return effect_opt_out(&env, prospect, &all, err) < 0 ? -1 : 1;
}

static int opt_outs(const struct import_writer *w, struct prospect *prospect,
                    const struct import_row *row, struct err *err)
{
    int changed = 0;

    for (size_t i = 0; i < row->opt_out_count; i++) {
        const struct import_opt_out *opt_out = &row->opt_outs[i];
        int rc = *opt_out->channel ? opt_out_channel(w, prospect, opt_out, err)
                                   : opt_out_of_all(w, prospect, opt_out, err);
        if (rc < 0)
            return -1;
        changed += rc;
    }
    return changed;
}

static enum import_outcome add(struct import_writer *w, struct import_row *row, struct err *err)
{
    struct prospect *p = &row->prospect;

    p->fields = fields_text(w, row, NULL);
    if (is_too_long(w, p->fields))
        return IMPORT_REFUSED;
    p->slot = id_slot_of(span_of(row->addresses[0].key));
    p->id = id_next(&w->workspace->clock, p->slot);
    p->created_at = w->now;
    if (prospect_insert(w->workspace->db, p, w->now, err) < 0 ||
        add_addresses(w, p, row, err) < 0 || opt_outs(w, p, row, err) < 0)
        return IMPORT_FAILED;
    return IMPORT_ADDED;
}

static enum import_outcome merge(struct import_writer *w, struct import_row *row,
                                 const struct prospect *known, struct err *err)
{
    struct prospect fresh = row->prospect, whole = *known;
    bool changed = false;
    int added, barred;

    fresh.slot = known->slot;
    fresh.id = known->id;
    fresh.fields = fields_text(w, row, known->fields);
    if (is_too_long(w, fresh.fields))
        return IMPORT_REFUSED;
    if (known->zone && !row->zone_given)
        fresh.zone = NULL;
    changed |= keep_new(&fresh.first_name, known->first_name);
    changed |= keep_new(&fresh.last_name, known->last_name);
    changed |= keep_new(&fresh.company, known->company);
    changed |= keep_new(&fresh.title, known->title);
    changed |= keep_new(&fresh.city, known->city);
    changed |= keep_new(&fresh.country, known->country);
    changed |= keep_new(&fresh.zone, known->zone);
    changed |= keep_new(&fresh.fields, known->fields);
    if (changed && prospect_merge(w->workspace->db, &fresh, w->now, err) < 0)
        return IMPORT_FAILED;
    added = add_addresses(w, known, row, err);
    barred = added < 0 ? -1 : opt_outs(w, &whole, row, err);
    if (barred < 0)
        return IMPORT_FAILED;
    return changed || added || barred ? IMPORT_MERGED : IMPORT_UNCHANGED;
}

enum import_outcome import_write(struct import_writer *w, struct import_row *row, struct err *err)
{
    struct owners owners;
    const struct owner *owner;
    enum import_outcome outcome;

    w->problem = w->remark = NULL;
    if (find_owners(w, row, &owners, err) < 0)
        return IMPORT_FAILED;
    outcome = find_prospect(w, &owners, &owner, err);
    if (outcome == IMPORT_ADDED)
        return add(w, row, err);
    return outcome == IMPORT_MERGED ? merge(w, row, &owner->prospect, err) : outcome;
}
