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
#include "core/engine/hearing.h"
#include "core/engine/record.h"
#include "core/store/follow.h"

#define DEFAULT_WORKERS 16
#define IN_AIR_MAX 3200     /* touches at the channels; below FLIGHT_ROOM */
#define POLL_MS 200         /* real: how soon a command's write is noticed */
#define FAST_POLL_MS 10     /* with an accelerated clock */
#define STORE_RETRY_MS 1000 /* real: after the store refused */
#define LEASE_MS (15 * SECOND_MS)
#define SWEEP_MS MINUTE_MS /* business: receipts that wait are tried again */

struct engine {
    struct outbox_sink sink; /* first: what workers see of us */
    struct workspace *workspace;
    struct engine_options options;
    struct db *db;
    struct planner planner;
    struct hearing hearing;
    struct wheel wheel;
    struct flight *flight;
    struct outbox *outbox;
    struct claim claim;
    struct arena cycle, slot; /* memory of one cycle, and of one slot or inbound within it */
    int lock_fd;
    size_t in_air;
    bool again; /* one bad inbound broke the last cycle: it is tried again at once */
    int64_t data_version, next_sweep;
    struct batch *recording;     /* taken off `landed`, until its commit */
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

/* Under the lock. */
static struct intake *take_intakes(struct engine *engine)
{
    struct intake *intakes = engine->intakes;

    engine->intakes = NULL;
    engine->last_intake = &engine->intakes;
    return intakes;
}

/* Moves what other threads left to our own lists, where it stays until its commit. Intakes wait until a round is over. */
static void take_commands(struct engine *engine)
{
    struct batch **batch_end = &engine->recording;
    struct intake *intakes = NULL;

    while (*batch_end)
        batch_end = &(*batch_end)->next;
    pthread_mutex_lock(&engine->lock);
    *batch_end = engine->landed;
    engine->landed = NULL;
    engine->last_landed = &engine->landed;
    if (!hearing_has_round(&engine->hearing))
        intakes = take_intakes(engine);
    engine->counts.heard = engine->hearing.heard;
    engine->shown = engine->counts;
    pthread_mutex_unlock(&engine->lock);
    hearing_begin(&engine->hearing, intakes);
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

static int sweep(struct engine *engine, int64_t now, struct err *err)
{
    if (now < engine->next_sweep)
        return 0;
    engine->next_sweep = now + SWEEP_MS;
    return inbounds_wake(engine->db, err);
}

/* After an inbound, anything of those it spoke of may have moved: their slots are marked. */
static int hear(struct engine *engine, int64_t now, struct err *err)
{
    if (hearing_work(&engine->hearing, now, err) < 0)
        return -1;
    return wheel_read_marked(&engine->wheel, engine->db, err);
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
        sweep(engine, now, err) < 0 || hear(engine, now, err) < 0 ||
        (claiming && claim_work(engine, now, err) < 0) || store_paces(engine, err) < 0)
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
    hearing_committed(&engine->hearing);
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

/* What a cycle that failed leaves. Results stay: they are true. */
static void clean_up(struct engine *engine)
{
    db_rollback(engine->db);
    claim_forget(&engine->claim);
    engine->again = hearing_failed(&engine->hearing);
}

static int cycle(struct engine *engine, bool claiming, struct err *err)
{
    arena_reset(&engine->cycle);
    take_commands(engine);
    engine->again = false;
    if (write_all(engine, claiming, err) < 0) {
        clean_up(engine);
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
    engine->hearing.more = true;
    catalog_refresh(engine->planner.catalog);
    return read_wheel(engine, err);
}

static bool is_due(const struct engine *engine)
{
    return engine->in_air < IN_AIR_MAX &&
           wheel_next(&engine->wheel) <= workspace_now(engine->workspace);
}

static bool is_hearing(const struct engine *engine)
{
    return engine->hearing.more || hearing_has_round(&engine->hearing);
}

static void rest(struct engine *engine)
{
    int64_t now = workspace_now(engine->workspace);
    int64_t next = wheel_next(&engine->wheel);
    int64_t wait = poll_ms(engine);

    if (is_hearing(engine) || engine->recording)
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
    return engine->in_air == 0 && !is_hearing(engine) && !engine->recording && !is_due(engine);
}

static bool has_work(struct engine *engine)
{
    bool commands;

    pthread_mutex_lock(&engine->lock);
    commands = has_commands(engine);
    pthread_mutex_unlock(&engine->lock);
    return commands || is_hearing(engine) || engine->recording || is_due(engine) ||
           workspace_now(engine->workspace) >= engine->next_sweep;
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

/* Nobody will store it any more. */
static void refuse_all(struct engine *engine)
{
    struct intake *intakes;

    pthread_mutex_lock(&engine->lock);
    intakes = take_intakes(engine);
    pthread_mutex_unlock(&engine->lock);
    hearing_refuse(&engine->hearing, intakes);
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
            if (engine->again)
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
    hearing_open(&engine->hearing,
                 &(struct hearing_parts){ .planner = &engine->planner,
                                          .mail_program = engine->options.mail_program,
                                          .one = &engine->slot });
    engine->claim = (struct claim){
        .planner = &engine->planner,
        .wheel = &engine->wheel,
        .filling = xcalloc(engine->workspace->sender_count + 1, sizeof(struct batch *)),
        .arena = &engine->slot,
    };
    engine->last_landed = &engine->landed;
    engine->last_intake = &engine->intakes;
    engine->sink.done = on_done;
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
    if (take_lock(engine, err) < 0)
        goto fail;
    engine->db = workspace_db(workspace, DB_WRITE, err);
    if (!engine->db)
        goto fail;
    wire_parts(engine);
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
    take_commands(engine);
    while (engine->recording) {
        struct batch *batch = engine->recording;
        engine->recording = batch->next;
        batch_destroy(batch);
    }
    if (engine->claim.filling)
        claim_forget(&engine->claim);
    free(engine->claim.filling);
    hearing_close(&engine->hearing);
    catalog_destroy(engine->planner.catalog);
    free(engine->planner.paces);
    flight_close(engine->flight);
    db_close(engine->db);
    if (engine->lock_fd >= 0)
        close(engine->lock_fd);
    arena_finish(&engine->cycle);
    arena_finish(&engine->slot);
    pthread_cond_destroy(&engine->more);
    pthread_mutex_destroy(&engine->lock);
    free(engine);
}
