/* core/engine/hearing.c - rounds: begun, heard in parts, told. */
#include "core/engine/hearing.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/id.h"
#include "core/base/log.h"
#include "core/engine/mail_child.h"
#include "core/engine/read_ahead.h"

#define AT_ONCE 1024    /* heard in one transaction */
#define MANY 32         /* so many at once are a flood */
#define HEARING_MS 1000 /* real: what was heard so long is committed before more is */

static struct db *store_of(const struct hearing *hearing)
{
    return hearing->inbox.effects.db;
}

/* ---- one inbound ---- */

/* Its effects were rolled back, now it is put aside with the reason. */
static int hear_one(struct hearing *hearing, struct inbound *in, struct err *err)
{
    struct err why = { 0 };

    if (in->id == hearing->poison) {
        hearing->poison = 0;
        log_error("inbound_failed", "source=%s %s", in->source, hearing->poison_why.text);
        in->state = "unreadable";
        in->note = hearing->poison_why.text;
        return 0;
    }
    arena_reset(hearing->inbox.effects.arena);
    if (inbox_process(&hearing->inbox, in, &why) == 0) {
        hearing->heard++;
        return 0;
    }
    if (why.code != ERR_STORE && why.code != ERR_BUSY) {
        hearing->poison = in->id;
        hearing->poison_why = why;
    }
    return err_set(err, why.code, "%s", why.text);
}

static bool has_time(int64_t end_ms)
{
    return clock_monotonic_ms() < end_ms;
}

/* ---- what waits in the store ---- */

static int hear_list(struct hearing *hearing, struct inbound *list, int count, int64_t end_ms,
                     struct err *err)
{
    for (int i = 0; i < count && has_time(end_ms); i++)
        if (hear_one(hearing, &list[i], err) < 0 ||
            inbound_close(store_of(hearing), &list[i], err) < 0)
            return -1;
    return 0;
}

/* Handed over by other processes, or when there was no time to hear them. */
static int hear_stored(struct hearing *hearing, int64_t end_ms, struct err *err)
{
    struct read_ahead *ahead = hearing->round.list ? NULL : hearing->ahead;
    struct inbound *list;
    int count, rc;

    arena_reset(&hearing->arena);
    count = inbounds_new(store_of(hearing), AT_ONCE, &hearing->arena, &list, err);
    if (count >= MANY)
        db_set_busy(store_of(hearing), true);
    hearing->inbox.ahead = ahead;
    read_ahead_begin(ahead, list, count);
    rc = count < 0 ? -1 : hear_list(hearing, list, count, end_ms, err);
    read_ahead_end(ahead);
    if (rc == 0)
        rc = inbounds_wait(store_of(hearing), err);
    hearing->more = rc != 0;
    return rc < 0 ? -1 : 0;
}

/* ---- a round ---- */

/* Written as what most turn out to be: after a crash it comes again. While others wait in the store, or when there is no time, it waits
 * there, too. */
static int hear_arrived(struct hearing *hearing, struct inbound *in, int64_t end_ms,
                        struct err *err)
{
    bool waits = hearing->more || !has_time(end_ms);
    int fresh;

    in->state = waits ? "new" : "done";
    fresh = inbound_insert(store_of(hearing), in, err);
    if (fresh <= 0)
        return fresh;
    hearing->more = waits;
    if (waits)
        return 0;
    if (hear_one(hearing, in, err) < 0)
        return -1;
    return strcmp(in->state, "done") == 0 && !in->note ? 0
                                                       : inbound_close(store_of(hearing), in, err);
}

static int move_cursor(struct hearing *hearing, const struct intake *intake, struct err *err)
{
    return intake->mailbox ? mailbox_state_put(store_of(hearing), intake->mailbox,
                                               intake->uidvalidity, intake->uid, err)
                           : 0;
}

static int hear_round(struct hearing *hearing, int64_t end_ms, struct err *err)
{
    struct round *round = &hearing->round;
    const struct intake *intake = round->intakes;
    int end = round->committed + AT_ONCE;

    hearing->inbox.ahead = hearing->ahead;
    round->heard = round->committed;
    for (; intake && round->heard < end; intake = intake->next, round->heard++) {
        struct inbound *in = &round->list[round->heard];
        if ((in->source && hear_arrived(hearing, in, end_ms, err) < 0) ||
            move_cursor(hearing, intake, err) < 0)
            return -1;
    }
    return 0;
}

int hearing_work(struct hearing *hearing, int64_t now, struct err *err)
{
    int64_t end_ms = clock_monotonic_ms() + HEARING_MS;

    hearing->inbox.effects.now = now;
    if (hear_stored(hearing, end_ms, err) < 0)
        return -1;
    return hear_round(hearing, end_ms, err);
}

static void name_inbound(const struct workspace *workspace, struct inbound *in)
{
    int64_t now = workspace_now(workspace);

    in->slot = id_slot_of(span_of(in->key));
    in->id = id_next(&workspace->clock, in->slot);
    if (!in->at || in->at > now)
        in->at = now;
}

bool hearing_has_round(const struct hearing *hearing)
{
    return hearing->round.intakes != NULL;
}

void hearing_begin(struct hearing *hearing, struct intake *intakes)
{
    struct round *round = &hearing->round;
    size_t count = 0;

    if (!intakes)
        return;
    for (const struct intake *i = intakes; i; i = i->next)
        count++;
    round->intakes = intakes;
    round->list = arena_array(&round->arena, count, sizeof(*round->list));
    for (const struct intake *i = intakes; i; i = i->next) {
        struct inbound *in = &round->list[round->count++];
        *in = i->inbound;
        if (in->source)
            name_inbound(hearing->inbox.effects.workspace, in);
    }
    if (round->count >= MANY)
        db_set_busy(store_of(hearing), true);
    read_ahead_begin(hearing->ahead, round->list, round->count);
}

static void end_round(struct hearing *hearing)
{
    struct round *round = &hearing->round;

    read_ahead_end(hearing->ahead);
    arena_reset(&round->arena);
    round->list = NULL;
    round->count = round->committed = round->heard = 0;
}

/* The first ones of the round. */
static void tell(struct hearing *hearing, int count, int rc)
{
    struct round *round = &hearing->round;

    for (; round->intakes && count > 0; count--) {
        struct intake *intake = round->intakes;
        round->intakes = intake->next;
        round->committed++;
        intake->stored(intake, rc);
    }
    if (round->list && !round->intakes)
        end_round(hearing);
}

void hearing_committed(struct hearing *hearing)
{
    tell(hearing, hearing->round.heard - hearing->round.committed, 0);
}

void hearing_refuse(struct hearing *hearing, struct intake *intakes)
{
    tell(hearing, hearing->round.count, -1);
    while (intakes) {
        struct intake *intake = intakes;
        intakes = intake->next;
        intake->stored(intake, -1);
    }
}

bool hearing_failed(struct hearing *hearing)
{
    if (!hearing->poison)
        hearing_refuse(hearing, NULL);
    return hearing->poison != 0;
}

/* ---- birth and end ---- */

static void learn_own_addresses(struct inbox *inbox, const struct workspace *w)
{
    inbox->own_addresses = xcalloc(w->sender_count + 1, sizeof(char *));
    for (size_t i = 0; i < w->sender_count; i++)
        if (strcmp(w->senders[i].channel, "email") == 0 && w->senders[i].account->address)
            inbox->own_addresses[inbox->own_count++] = w->senders[i].account->address;
}

void hearing_open(struct hearing *hearing, const struct hearing_parts *parts)
{
    struct planner *planner = parts->planner;
    struct inbox *inbox = &hearing->inbox;

    *hearing = (struct hearing){ .more = true };
    arena_init(&hearing->arena);
    arena_init(&hearing->round.arena);
    inbox->planner = planner;
    inbox->effects = (struct effects){ .workspace = planner->workspace,
                                       .catalog = planner->catalog,
                                       .db = planner->db,
                                       .arena = parts->one };
    learn_own_addresses(inbox, planner->workspace);
    if (parts->mail_program) {
        hearing->mail_child = mail_child_create(parts->mail_program);
        inbox->mail_source = mail_child_source(hearing->mail_child);
    }
    hearing->ahead = read_ahead_create(inbox, parts->mail_program);
}

void hearing_close(struct hearing *hearing)
{
    read_ahead_destroy(hearing->ahead);
    mail_child_destroy(hearing->mail_child);
    free(hearing->inbox.own_addresses);
    arena_finish(&hearing->arena);
    arena_finish(&hearing->round.arena);
}
