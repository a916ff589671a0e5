/* core/engine/engine.c - the writing thread's cycle: commands in, one transaction, batches out. */
#include "core/engine/engine.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#include "core/base/crash.h"
#include "core/base/id.h"
#include "core/base/log.h"
#include "core/engine/claim.h"
#include "core/engine/inbox.h"
#include "core/engine/mail_child.h"
#include "core/engine/read_ahead.h"
#include "core/engine/record.h"
#include "core/store/follow.h"

#define DEFAULT_WORKERS 16
#define IN_AIR_MAX 3200 /* touches at the channels; below FLIGHT_ROOM */
#define INBOUND_PER_CYCLE 256 /* heard in one transaction */
#define MANY_INBOUND 32       /* so many at once are a flood */
#define POLL_MS 200         /* real: how soon a command's write is noticed */
#define FAST_POLL_MS 10     /* with an accelerated clock */
#define STORE_RETRY_MS 1000 /* real: after the store refused */
#define HEARING_MS 1000     /* real: what was heard so long is committed before more is */
#define LEASE_MS (15 * SECOND_MS)
#define SWEEP_MS MINUTE_MS /* business: receipts that wait are tried again */

/* What other threads handed over, a round at a time: read ahead as a whole, over the commits in its midst; heard and committed
 * INBOUND_PER_CYCLE at a time. */
struct round {
    struct arena arena;
    struct intake *intakes; /* those not committed, in the order of the list */
    struct inbound *list;   /* a copy for each intake, with slot, id and time */
    int count, committed;
    int heard; /* of the list, in the transaction that is open */
};

struct engine {
    struct outbox_sink sink; /* first: what workers see of us */
    struct workspace *workspace;
    struct engine_options options;
    struct db *db;
    struct planner planner;
    struct inbox inbox;
    struct mail_child *mail_child; /* or NULL */
    struct read_ahead *ahead;      /* or NULL; reads the round, or what waits in the store */
    struct wheel wheel;
    struct flight *flight;
    struct outbox *outbox;
    struct claim claim;
    struct arena cycle, slot; /* memory of one cycle, and of one slot or inbound within it */
    int lock_fd;
    size_t in_air;
    int64_t data_version, next_sweep;
    bool more_inbound;
    int64_t poison; /* an inbound whose effects failed; it is set aside, the others go on */
    struct err poison_why;
    struct batch *recording;     /* taken off `landed`, until its commit */
    struct round round;
    struct engine_counts counts; /* of the engine's thread */
    /* Shared with other threads, under `lock`. */
    pthread_mutex_t lock;
    pthread_cond_t more;
    struct batch *landed, **last_landed;
    struct intake *intakes, **last_intake;
    struct engine_counts shown;
    bool stopping, ended;
};

/* ---- commands from other threads ---- */

static void on_done(const struct outbox_sink *sink, struct batch *batch)
{
    struct engine *engine = (struct engine *)sink;

    pthread_mutex_lock(&engine->lock);
    batch->next = NULL;
    *engine->last_landed = batch;
    engine->last_landed = &batch->next;
    pthread_cond_signal(&engine->more);
    pthread_mutex_unlock(&engine->lock);
}

void engine_take(struct engine *engine, struct intake *intake)
{
    bool ended;

    pthread_mutex_lock(&engine->lock);
    ended = engine->ended;
    intake->next = NULL;
    if (!ended) {
        *engine->last_intake = intake;
        engine->last_intake = &intake->next;
        pthread_cond_signal(&engine->more);
    }
    pthread_mutex_unlock(&engine->lock);
    if (ended) /* nobody would ever store it */
        intake->stored(intake, -1);
}

void engine_stop(struct engine *engine)
{
    pthread_mutex_lock(&engine->lock);
    engine->stopping = true;
    pthread_cond_signal(&engine->more);
    pthread_mutex_unlock(&engine->lock);
}

void engine_read_counts(struct engine *engine, struct engine_counts *out)
{
    pthread_mutex_lock(&engine->lock);
    *out = engine->shown;
    pthread_mutex_unlock(&engine->lock);
}

/* Moves what other threads left to our own lists, where it stays until its commit. Intakes wait until a round is over. */
static void take_commands(struct engine *engine)
{
    struct batch **batch_end = &engine->recording;

    while (*batch_end)
        batch_end = &(*batch_end)->next;
    pthread_mutex_lock(&engine->lock);
    *batch_end = engine->landed;
    engine->landed = NULL;
    engine->last_landed = &engine->landed;
    if (!engine->round.intakes) {
        engine->round.intakes = engine->intakes;
        engine->intakes = NULL;
        engine->last_intake = &engine->intakes;
    }
    engine->shown = engine->counts;
    pthread_mutex_unlock(&engine->lock);
}

static bool has_commands(const struct engine *engine)
{
    return engine->landed || engine->intakes || engine->stopping;
}

/* ---- one cycle ---- */

static int record_results(struct engine *engine, int64_t now, struct err *err)
{
    struct recorder recorder = { .planner = &engine->planner,
                                 .wheel = &engine->wheel,
                                 .now = now,
                                 .arena = &engine->cycle,
                                 .counts = &engine->counts };

    for (struct batch *batch = engine->recording; batch; batch = batch->next)
        if (record_batch(&recorder, batch, err) < 0)
            return -1;
    return 0;
}

/* ---- what came in ---- */

/* One bad inbound never stops the others: its effects were rolled back, now it is put aside with the reason. */
static int hear_one(struct engine *engine, struct inbound *in, struct err *err)
{
    struct err why = { 0 };

    if (in->id == engine->poison) {
        engine->poison = 0;
        log_error("inbound_failed", "source=%s %s", in->source, engine->poison_why.text);
        in->state = "unreadable";
        in->note = engine->poison_why.text;
        return 0;
    }
    arena_reset(&engine->slot);
    if (inbox_process(&engine->inbox, in, &why) == 0) {
        engine->counts.heard++;
        return 0;
    }
    if (why.code != ERR_STORE && why.code != ERR_BUSY) {
        engine->poison = in->id;
        engine->poison_why = why;
    }
    return err_set(err, why.code, "%s", why.text);
}

static bool has_time(int64_t end_ms)
{
    return clock_monotonic_ms() < end_ms;
}

static int hear_list(struct engine *engine, struct inbound *list, int count, int64_t end_ms,
                     struct err *err)
{
    for (int i = 0; i < count && has_time(end_ms); i++)
        if (hear_one(engine, &list[i], err) < 0 || inbound_close(engine->db, &list[i], err) < 0)
            return -1;
    return 0;
}

/* Those in the store: handed over by other processes, or when there was no time to hear them. */
static int hear_stored(struct engine *engine, int64_t end_ms, struct err *err)
{
    struct read_ahead *ahead = engine->round.list ? NULL : engine->ahead;
    struct inbound *list;
    int count = inbounds_new(engine->db, INBOUND_PER_CYCLE, &engine->cycle, &list, err), rc;

    engine->more_inbound = count > 0;
    engine->inbox.ahead = ahead;
    if (count >= MANY_INBOUND)
        db_set_busy(engine->db, true);
    read_ahead_begin(ahead, list, count);
    rc = count < 0 ? -1 : hear_list(engine, list, count, end_ms, err);
    read_ahead_end(ahead);
    return rc;
}

/* Stored as what it turned out to be, in one go: after a crash it comes again. While others wait in the store, or when there is no
 * time, it waits there, too. */
static int hear_arrived(struct engine *engine, struct inbound *in, int64_t end_ms, struct err *err)
{
    int known = inbound_is_known(engine->db, in, err);

    if (known != 0)
        return known < 0 ? -1 : 0;
    in->state = "new";
    if (engine->more_inbound || !has_time(end_ms))
        engine->more_inbound = true;
    else if (hear_one(engine, in, err) < 0)
        return -1;
    return inbound_insert(engine->db, in, err) < 0 ? -1 : 0;
}

static int hear_round(struct engine *engine, int64_t end_ms, struct err *err)
{
    struct round *round = &engine->round;
    struct intake *intake = round->intakes;
    int end = round->committed + INBOUND_PER_CYCLE;

    engine->inbox.ahead = engine->ahead;
    round->heard = round->committed;
    for (; intake && round->heard < end; intake = intake->next, round->heard++) {
        if (intake->inbound.source &&
            hear_arrived(engine, &round->list[round->heard], end_ms, err) < 0)
            return -1;
        if (intake->mailbox && mailbox_state_put(engine->db, intake->mailbox, intake->uidvalidity,
                                                 intake->uid, err) < 0)
            return -1;
    }
    return 0;
}

/* After an inbound, anything of those it spoke of may have moved: their slots are marked. */
static int hear_all(struct engine *engine, int64_t now, struct err *err)
{
    int64_t end_ms = clock_monotonic_ms() + HEARING_MS;

    engine->inbox.effects.now = now;
    if (hear_stored(engine, end_ms, err) < 0 || hear_round(engine, end_ms, err) < 0)
        return -1;
    return wheel_read_marked(&engine->wheel, engine->db, err);
}

static void name_inbound(struct engine *engine, struct inbound *in, int64_t now)
{
    in->slot = id_slot_of(span_of(in->key));
    in->id = id_next(&engine->workspace->clock, in->slot);
    if (!in->at || in->at > now)
        in->at = now;
}

static void begin_round(struct engine *engine)
{
    struct round *round = &engine->round;
    int64_t now = workspace_now(engine->workspace);
    size_t count = 0;

    if (!round->intakes || round->list)
        return;
    for (const struct intake *i = round->intakes; i; i = i->next)
        count++;
    round->list = arena_array(&round->arena, count, sizeof(*round->list));
    for (const struct intake *i = round->intakes; i; i = i->next) {
        struct inbound *in = &round->list[round->count++];
        *in = i->inbound;
        if (in->source)
            name_inbound(engine, in, now);
    }
    if (round->count >= MANY_INBOUND)
        db_set_busy(engine->db, true);
    read_ahead_begin(engine->ahead, round->list, round->count);
}

static void end_round(struct engine *engine)
{
    struct round *round = &engine->round;

    if (!round->list || round->intakes)
        return;
    read_ahead_end(engine->ahead);
    arena_reset(&round->arena);
    round->list = NULL;
    round->count = round->committed = round->heard = 0;
}

/* Tells the first ones of the round. */
static void tell_round(struct engine *engine, int count, int rc)
{
    struct round *round = &engine->round;

    for (; round->intakes && count > 0; count--) {
        struct intake *intake = round->intakes;
        round->intakes = intake->next;
        round->committed++;
        intake->stored(intake, rc);
    }
    end_round(engine);
}

static int sweep(struct engine *engine, int64_t now, struct err *err)
{
    if (now < engine->next_sweep)
        return 0;
    engine->next_sweep = now + SWEEP_MS;
    return inbounds_wake(engine->db, err);
}

/* Free places at the senders, within what may be in the air at all. Without senders plans are made too: they say so. */
static int free_places(const struct engine *engine)
{
    size_t most = engine->in_air < IN_AIR_MAX ? IN_AIR_MAX - engine->in_air : 0, places = 0;
    size_t count = engine->workspace->sender_count;

    for (size_t i = 0; i < count; i++) {
        const struct sender_pace *pace = &engine->planner.paces[i];
        if (!pace->room)
            return (int)most;
        places += pace->room > pace->in_air ? pace->room - pace->in_air : 0;
    }
    return (int)(count && places < most ? places : most);
}

static int claim_work(struct engine *engine, int64_t now, struct err *err)
{
    engine->claim.now = now;
    engine->claim.budget = free_places(engine);
    return claim_due(&engine->claim, err);
}

static int store_paces(struct engine *engine, struct err *err)
{
    for (size_t i = 0; i < engine->workspace->sender_count; i++) {
        struct sender_pace *pace = &engine->planner.paces[i];
        const struct sender_state state = { .sender = pace->sender->name,
                                            .next_free_ms = pace->pace.next_free_ms,
                                            .day = pace->pace.day,
                                            .sent_today = pace->pace.sent_today,
                                            .paused_until = pace->paused_until,
                                            .reason = *pace->reason ? pace->reason : NULL };
        if (pace->changed && sender_state_put(engine->db, &state, err) < 0)
            return -1;
        pace->changed = false;
    }
    return 0;
}

static int check_fence(struct engine *engine, struct err *err)
{
    int holds = lease_holds(engine->db, engine->planner.epoch, err);

    if (holds == 0)
        return err_set(err, ERR_BUSY, "another daemon has taken this store over");
    return holds < 0 ? -1 : 0;
}

static int write_all(struct engine *engine, bool claiming, struct err *err)
{
    int64_t now = workspace_now(engine->workspace);

    if (db_begin(engine->db, err) < 0)
        return -1;
    if (check_fence(engine, err) < 0 || record_results(engine, now, err) < 0 ||
        sweep(engine, now, err) < 0 || hear_all(engine, now, err) < 0 || (claiming && claim_work(engine, now, err) < 0) ||
        store_paces(engine, err) < 0)
        return -1;
    crash_point("before_commit");
    return db_commit(engine->db, err);
}

/* After the commit: what has landed is free, who waits is told, what was claimed goes out. */
static void let_go(struct engine *engine)
{
    while (engine->recording) {
        struct batch *batch = engine->recording;
        engine->recording = batch->next;
        engine->in_air -= batch->count;
        record_landed(&engine->planner, engine->flight, batch);
        batch_destroy(batch);
    }
    tell_round(engine, engine->round.heard - engine->round.committed, 0);
}

static void hand_out(struct engine *engine)
{
    struct batch *batch = claim_take_batches(&engine->claim);

    crash_point("after_commit");
    while (batch) {
        struct batch *next = batch->next;
        for (size_t i = 0; i < batch->count; i++)
            batch->flight[i] = flight_add(engine->flight, batch->touches[i].id);
        engine->in_air += batch->count;
        outbox_submit(engine->outbox, batch);
        batch = next;
    }
}

/* Those who wait are told that it failed: a mailbox asks again, a webhook's peer gets a 503. Results stay: they are true. */
static void give_up_round(struct engine *engine)
{
    tell_round(engine, engine->round.count, -1);
}

static int cycle(struct engine *engine, bool claiming, struct err *err)
{
    arena_reset(&engine->cycle);
    take_commands(engine);
    begin_round(engine);
    if (write_all(engine, claiming, err) < 0) {
        db_rollback(engine->db);
        claim_forget(&engine->claim);
        if (!engine->poison) /* else it is tried again at once without the bad one */
            give_up_round(engine);
        return -1;
    }
    engine->counts.commits++;
    let_go(engine);
    hand_out(engine);
    return 0;
}

/* ---- waiting ---- */

static int64_t poll_ms(const struct engine *engine)
{
    return engine->workspace->clock.speed > 1 ? FAST_POLL_MS : POLL_MS;
}

static void wait_for(struct engine *engine, int64_t real_ms)
{
    const struct timespec until = clock_after(real_ms);
    bool quiet;

    pthread_mutex_lock(&engine->lock);
    while (!has_commands(engine) &&
           pthread_cond_timedwait(&engine->more, &engine->lock, &until) != ETIMEDOUT)
        continue;
    quiet = !has_commands(engine);
    pthread_mutex_unlock(&engine->lock);
    if (quiet)
        db_set_busy(engine->db, false);
}

/* In one snapshot: thousands of look-ups, each of which would lock the file by itself. */
static int read_wheel(struct engine *engine, struct err *err)
{
    int rc = db_begin_read(engine->db, err);

    if (rc == 0)
        rc = wheel_read(&engine->wheel, engine->db, err);
    db_rollback(engine->db);
    return rc;
}

/* A command wrote to the store: look at everything anew. */
static int notice_others(struct engine *engine, struct err *err)
{
    int64_t version = db_data_version(engine->db);

    if (version == engine->data_version)
        return 0;
    engine->data_version = version;
    engine->more_inbound = true;
    catalog_refresh(engine->planner.catalog);
    return read_wheel(engine, err);
}

static bool is_due(const struct engine *engine)
{
    return engine->in_air < IN_AIR_MAX &&
           wheel_next(&engine->wheel) <= workspace_now(engine->workspace);
}

static void rest(struct engine *engine)
{
    int64_t now = workspace_now(engine->workspace);
    int64_t next = wheel_next(&engine->wheel);
    int64_t wait = poll_ms(engine);

    if (engine->more_inbound || engine->recording || engine->round.intakes)
        return;
    if (next <= now) /* due, yet not taken: its sender is busy */
        wait = engine->in_air < IN_AIR_MAX && engine->in_air == 0 ? 1 : wait;
    else if (next - now <
             wait * (engine->workspace->clock.speed ? engine->workspace->clock.speed : 1))
        wait = clock_real_wait(&engine->workspace->clock, next - now);
    wait_for(engine, wait);
}

static bool is_stopping(struct engine *engine)
{
    bool stopping;

    pthread_mutex_lock(&engine->lock);
    stopping = engine->stopping;
    pthread_mutex_unlock(&engine->lock);
    return stopping || (engine->options.until_ms &&
                        workspace_now(engine->workspace) >= engine->options.until_ms);
}

static bool is_idle(struct engine *engine)
{
    return engine->in_air == 0 && !engine->more_inbound && !engine->recording && !is_due(engine);
}

static bool has_work(struct engine *engine)
{
    bool commands;

    pthread_mutex_lock(&engine->lock);
    commands = has_commands(engine);
    pthread_mutex_unlock(&engine->lock);
    return commands || engine->more_inbound || engine->recording || engine->round.intakes ||
           is_due(engine) || workspace_now(engine->workspace) >= engine->next_sweep;
}

/* The store refused: a full disk, a lock held too long. Nothing is sent meanwhile; results wait. */
static int bear(struct engine *engine, const struct err *err)
{
    if (err->code == ERR_BUSY && strstr(err->text, "another daemon"))
        return -1;
    log_error("store_refused", "%s", err->text);
    engine->data_version = -1; /* the wheel turned with work that was rolled back: read it anew */
    wait_for(engine, STORE_RETRY_MS);
    return 0;
}

static void refuse_all(struct engine *engine)
{
    give_up_round(engine);
    take_commands(engine);
    begin_round(engine);
    give_up_round(engine);
}

/* What is in the air comes home; nothing new goes out; whoever still wants something stored is told no. */
static int land_all(struct engine *engine, struct err *err)
{
    int rc;

    outbox_stop(engine->outbox);
    engine->outbox = NULL;
    rc = cycle(engine, false, err);
    pthread_mutex_lock(&engine->lock);
    engine->ended = true;
    pthread_mutex_unlock(&engine->lock);
    refuse_all(engine);
    return rc;
}

int engine_run(struct engine *engine, struct err *err)
{
    for (bool first = true; first || !is_stopping(engine); first = false) {
        struct err why = { 0 };
        if (notice_others(engine, &why) < 0 ||
            (has_work(engine) && cycle(engine, true, &why) < 0)) {
            if (engine->poison)
                continue;
            if (bear(engine, &why) < 0)
                return err_set(err, why.code, "%s", why.text);
            continue;
        }
        if (engine->options.once && is_idle(engine))
            break;
        rest(engine);
    }
    return land_all(engine, err);
}

/* ---- birth and end ---- */

static int take_lock(struct engine *engine, struct err *err)
{
    const struct timespec moment = { .tv_nsec = 20L * 1000 * 1000 };
    bool locked = false;
    char path[1024];

    snprintf(path, sizeof(path), "%s.lock", engine->workspace->store_path);
    engine->lock_fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (engine->lock_fd < 0)
        return err_set(err, ERR_SYSTEM, "%s cannot be opened", path);
    for (int try = 0; try < 5 && !locked; try++) {
        locked = flock(engine->lock_fd, LOCK_EX | LOCK_NB) == 0;
        if (!locked)
            nanosleep(&moment,
                      NULL); /* `heed status` holds it for an instant to see whether we run */
    }
    if (!locked)
        return err_set(err, ERR_BUSY,
                       "another `heed run` works on %s already; stop it first. Commands like "
                       "`heed status` work beside it",
                       engine->workspace->store_path);
    return 0;
}

/* What its sessions work on, and half as much waiting, so that none of them runs dry during a commit. */
static size_t places_of(const struct account *account)
{
    return (size_t)(account->sessions + (account->sessions + 1) / 2) * (size_t)account->batch;
}

static int read_paces(struct engine *engine, struct err *err)
{
    struct workspace *w = engine->workspace;

    engine->planner.paces = xcalloc(w->sender_count + 1, sizeof(*engine->planner.paces));
    for (size_t i = 0; i < w->sender_count; i++) {
        struct sender *sender = &w->senders[i];
        struct sender_pace *pace = &engine->planner.paces[i];
        struct sender_state state;
        if (sender_state_get(engine->db, sender->name, &engine->cycle, &state, err) < 0)
            return -1;
        *pace = (struct sender_pace){
            .sender = sender,
            .pace = { .per_minute = sender->per_minute,
                      .per_day = sender->per_day,
                      .next_free_ms = state.next_free_ms,
                      .day = state.day,
                      .sent_today = (int)state.sent_today },
            .paused_until = state.paused_until,
            .room = places_of(sender->account),
        };
        snprintf(pace->reason, sizeof(pace->reason), "%s", state.reason ? state.reason : "");
    }
    return 0;
}

static void learn_own_addresses(struct engine *engine)
{
    struct workspace *w = engine->workspace;

    engine->inbox.own_addresses = xcalloc(w->sender_count + 1, sizeof(char *));
    for (size_t i = 0; i < w->sender_count; i++)
        if (strcmp(w->senders[i].channel, "email") == 0 && w->senders[i].account->address)
            engine->inbox.own_addresses[engine->inbox.own_count++] = w->senders[i].account->address;
}

static int take_lease(struct engine *engine, struct err *err)
{
    char owner[64];

    snprintf(owner, sizeof(owner), "pid-%ld", (long)getpid());
    if (db_begin(engine->db, err) < 0)
        return -1;
    return db_end(engine->db,
                  lease_take(engine->db, owner, workspace_now(engine->workspace) + LEASE_MS,
                             &engine->planner.epoch, err),
                  err);
}

static int recover(struct engine *engine, struct err *err)
{
    char path[1024];
    struct recorder recorder = { .planner = &engine->planner,
                                 .wheel = &engine->wheel,
                                 .now = workspace_now(engine->workspace),
                                 .arena = &engine->cycle,
                                 .counts = &engine->counts };

    snprintf(path, sizeof(path), "%s.flight", engine->workspace->store_path);
    engine->flight = flight_open(path, err);
    if (!engine->flight || db_begin(engine->db, err) < 0)
        return -1;
    if (record_recovered(&recorder, engine->flight, err) < 0 || store_paces(engine, err) < 0)
        return -1;
    crash_point("before_recovered");
    if (db_commit(engine->db, err) < 0)
        return -1;
    crash_point("after_recovered");
    return flight_forget(engine->flight, err);
}

static void wire_parts(struct engine *engine)
{
    engine->planner.workspace = engine->workspace;
    engine->planner.db = engine->db;
    engine->planner.catalog = catalog_create(engine->db);
    engine->planner.lint_hold = engine->workspace->lint_hold;
    engine->inbox.planner = &engine->planner;
    if (engine->options.mail_program) {
        engine->mail_child = mail_child_create(engine->options.mail_program);
        engine->inbox.mail_source = mail_child_source(engine->mail_child);
    }
    engine->inbox.effects = (struct effects){ .workspace = engine->workspace,
                                              .catalog = engine->planner.catalog,
                                              .db = engine->db,
                                              .arena = &engine->slot };
    engine->claim = (struct claim){
        .planner = &engine->planner,
        .wheel = &engine->wheel,
        .filling = xcalloc(engine->workspace->sender_count + 1, sizeof(struct batch *)),
        .arena = &engine->slot,
    };
    engine->last_landed = &engine->landed;
    engine->last_intake = &engine->intakes;
    engine->sink.done = on_done;
    engine->more_inbound = true;
}

struct engine *engine_create(struct workspace *workspace, const struct engine_options *options,
                             struct err *err)
{
    struct engine *engine = xcalloc(1, sizeof(*engine));
    int workers = options->workers > 0 ? options->workers : DEFAULT_WORKERS;

    engine->workspace = workspace;
    engine->options = *options;
    engine->lock_fd = -1;
    pthread_mutex_init(&engine->lock, NULL);
    clock_init_condition(&engine->more);
    arena_init(&engine->cycle);
    arena_init(&engine->slot);
    arena_init(&engine->round.arena);
    if (take_lock(engine, err) < 0)
        goto fail;
    engine->db = workspace_db(workspace, DB_WRITE, err);
    if (!engine->db)
        goto fail;
    wire_parts(engine);
    learn_own_addresses(engine);
    engine->ahead = read_ahead_create(&engine->inbox, engine->options.mail_program);
    if (take_lease(engine, err) < 0 || read_paces(engine, err) < 0 || recover(engine, err) < 0 ||
        read_wheel(engine, err) < 0)
        goto fail;
    engine->outbox = outbox_start(workers, engine->flight, &engine->sink, err);
    if (engine->outbox)
        return engine;
fail:
    engine_destroy(engine);
    return NULL;
}

void engine_destroy(struct engine *engine)
{
    if (!engine)
        return;
    outbox_stop(engine->outbox);
    refuse_all(engine);
    while (engine->recording) {
        struct batch *batch = engine->recording;
        engine->recording = batch->next;
        batch_destroy(batch);
    }
    if (engine->claim.filling)
        claim_forget(&engine->claim);
    free(engine->claim.filling);
    read_ahead_destroy(engine->ahead);
    mail_child_destroy(engine->mail_child);
    free(engine->inbox.own_addresses);
    catalog_destroy(engine->planner.catalog);
    free(engine->planner.paces);
    flight_close(engine->flight);
    db_close(engine->db);
    if (engine->lock_fd >= 0)
        close(engine->lock_fd);
    arena_finish(&engine->cycle);
    arena_finish(&engine->slot);
    arena_finish(&engine->round.arena);
    pthread_cond_destroy(&engine->more);
    pthread_mutex_destroy(&engine->lock);
    free(engine);
}
