/* core/app/mailboxes.c - see mailboxes.h. A broken connection is tried again, later and later. */
#include "core/app/mailboxes.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "channels/imap.h"
#include "core/base/clock.h"
#include "core/base/id.h"
#include "core/base/log.h"
#include "core/store/follow.h"

#define IDLE_MS (25 * MINUTE_MS)
#define FIRST_RETRY_MS SECOND_MS
#define LAST_RETRY_MS (5 * MINUTE_MS)

struct reader {
    struct mailbox_sink sink; /* first: what the mailbox sees of us */
    struct mailboxes *all;
    struct intake_stream *stream;
    const char *name;
    struct mailbox *mailbox;
    struct mailbox_cursor cursor;
    uint32_t first; /* the UID handed on first since the last look began, 0 = none */
    uint32_t kept;  /* the UIDVALIDITY in the store: 0 = it has no cursor yet */
    pthread_t thread;
    bool started;
};

struct mailboxes {
    struct workspace *workspace;
    struct engine *engine;
    struct reader *readers;
    size_t count;
    atomic_bool stopping;
    pthread_mutex_t lock;
    pthread_cond_t stopped;
};

static struct intake intake_of(const char *name, const struct mailbox_mail *mail,
                               struct arena *arena)
{
    return (struct intake){
        .inbound = { .source = arena_printf(arena, "imap:%s", name),
                     .key =
                         arena_printf(arena, "%" PRIu32 ".%" PRIu32, mail->uidvalidity, mail->uid),
                     .state = "new",
                     .raw = mail->raw,
                     .note = mail->cut ? "cut" : NULL },
        .mailbox = name,
        .uidvalidity = mail->uidvalidity,
        .uid = mail->uid,
    };
}

/* Hands one mail on; the cursor in the store follows when it is stored. */
static int take(const struct mailbox_sink *sink, const struct mailbox_mail *mail, struct err *err)
{
    struct reader *reader = (struct reader *)sink;
    struct arena scratch;
    struct intake intake;
    int rc;

    if (reader->first == 0)
        reader->first = mail->uid;
    arena_init(&scratch);
    intake = intake_of(reader->name, mail, &scratch);
    rc = intake_stream_take(reader->stream, &intake);
    arena_finish(&scratch);
    return rc == 0 ? 0 : err_set(err, ERR_STORE, "the mail could not be stored");
}

/* A mail that was not stored is fetched again: the cursor goes back behind the last that was. */
static int settle(struct reader *reader, struct err *err)
{
    int64_t uid = (int64_t)reader->first - 1;

    reader->first = 0;
    if (intake_stream_wait(reader->stream, &uid) == 0)
        return 0;
    reader->cursor.uid = (uint32_t)uid;
    return err_set(err, ERR_STORE, "a mail could not be stored");
}

static void pause_for(struct mailboxes *all, int64_t ms)
{
    const struct timespec until = clock_after(ms);

    pthread_mutex_lock(&all->lock);
    if (!atomic_load(&all->stopping))
        pthread_cond_timedwait(&all->stopped, &all->lock, &until);
    pthread_mutex_unlock(&all->lock);
}

/* Where reading began must be stored before any mail is: a daemon that ended before the first mail would begin behind the
 * mails that came meanwhile. */
static void keep_start(struct reader *reader)
{
    struct intake intake = { .mailbox = reader->name,
                             .uidvalidity = reader->cursor.uidvalidity,
                             .uid = reader->cursor.uid };

    if (reader->cursor.uidvalidity == reader->kept)
        return;
    if (engine_take_and_wait(reader->all->engine, &intake) == 0)
        reader->kept = reader->cursor.uidvalidity;
}

/* One look, then waiting for the next mail. 0, or -1 when the connection broke. */
static int read_once(struct reader *reader, struct err *err)
{
    int rc = mailbox_poll(reader->mailbox, &reader->cursor, &reader->sink, err);

    if (settle(reader, err) < 0)
        return -1;
    keep_start(reader);
    if (rc < 0)
        return -1;
    return mailbox_wait(reader->mailbox, IDLE_MS, err) < 0 ? -1 : 0;
}

static void *read_on(void *context)
{
    struct reader *reader = context;
    int64_t retry_ms = FIRST_RETRY_MS;

    while (!atomic_load(&reader->all->stopping)) {
        struct err err = { 0 };
        if (read_once(reader, &err) == 0) {
            retry_ms = FIRST_RETRY_MS;
            continue;
        }
        if (atomic_load(&reader->all->stopping))
            break;
        log_warn("mailbox", "name=%s again_in_ms=%lld %s", reader->name, (long long)retry_ms,
                 err.text);
        pause_for(reader->all, retry_ms);
        retry_ms = retry_ms * 2 > LAST_RETRY_MS ? LAST_RETRY_MS : retry_ms * 2;
    }
    return NULL;
}

static int start_one(struct mailboxes *all, const struct conf_section *conf, struct err *err)
{
    struct reader *reader = &all->readers[all->count];
    int64_t uidvalidity, uid;

    if (mailbox_state_get(all->workspace->db, conf->name, &uidvalidity, &uid, err) < 0)
        return -1;
    *reader = (struct reader){ .sink = { .take = take },
                               .all = all,
                               .stream = intake_stream_create(all->engine),
                               .name = conf->name,
                               .mailbox = mailbox_open(conf, err),
                               .cursor = { (uint32_t)uidvalidity, (uint32_t)uid },
                               .kept = (uint32_t)uidvalidity };
    all->count++;
    if (!reader->mailbox)
        return -1;
    if (pthread_create(&reader->thread, NULL, read_on, reader) != 0)
        return err_set(err, ERR_SYSTEM, "no thread for mailbox %s", conf->name);
    reader->started = true;
    return 0;
}

struct mailboxes *mailboxes_start(struct workspace *workspace, struct engine *engine,
                                  struct err *err)
{
    struct mailboxes *all = xcalloc(1, sizeof(*all));
    const struct conf_section *conf;
    size_t count = 0;

    while (conf_nth(workspace->conf, "mailbox", count))
        count++;
    all->workspace = workspace;
    all->engine = engine;
    all->readers = xcalloc(count + 1, sizeof(*all->readers));
    pthread_mutex_init(&all->lock, NULL);
    clock_init_condition(&all->stopped);
    for (size_t i = 0; (conf = conf_nth(workspace->conf, "mailbox", i)) != NULL; i++)
        if (start_one(all, conf, err) < 0) {
            mailboxes_stop(all);
            return NULL;
        }
    return all;
}

void mailboxes_stop(struct mailboxes *all)
{
    if (!all)
        return;
    pthread_mutex_lock(&all->lock);
    atomic_store(&all->stopping, true);
    pthread_cond_broadcast(&all->stopped);
    pthread_mutex_unlock(&all->lock);
    for (size_t i = 0; i < all->count; i++) {
        if (all->readers[i].started) {
            mailbox_wake(all->readers[i].mailbox);
            pthread_join(all->readers[i].thread, NULL);
        }
        mailbox_close(all->readers[i].mailbox);
        intake_stream_destroy(all->readers[i].stream);
    }
    pthread_cond_destroy(&all->stopped);
    pthread_mutex_destroy(&all->lock);
    free(all->readers);
    free(all);
}

/* ---- without an engine ---- */

struct once_reader {
    struct mailbox_sink sink;
    struct workspace *workspace;
    const char *name;
};

static int store(struct workspace *w, const struct intake *intake, struct err *err)
{
    struct inbound in = intake->inbound;
    int rc;

    in.slot = id_slot_of(span_of(in.key));
    in.id = id_next(&w->clock, in.slot);
    in.at = workspace_now(w);
    if (db_begin(w->db, err) < 0)
        return -1;
    rc = inbound_insert(w->db, &in, err);
    if (rc >= 0)
        rc = mailbox_state_put(w->db, intake->mailbox, intake->uidvalidity, intake->uid, err);
    return db_end(w->db, rc, err);
}

static int take_once(const struct mailbox_sink *sink, const struct mailbox_mail *mail,
                     struct err *err)
{
    const struct once_reader *reader = (const struct once_reader *)sink;
    struct arena scratch;
    struct intake intake;
    int rc;

    arena_init(&scratch);
    intake = intake_of(reader->name, mail, &scratch);
    rc = store(reader->workspace, &intake, err);
    arena_finish(&scratch);
    return rc;
}

static int read_one_mailbox(struct workspace *w, const struct conf_section *conf, struct err *err)
{
    const struct once_reader reader = { .sink = { .take = take_once },
                                        .workspace = w,
                                        .name = conf->name };
    struct mailbox *mailbox = mailbox_open(conf, err);
    struct mailbox_cursor cursor;
    struct err why = { 0 };
    int64_t uidvalidity, uid;

    if (!mailbox || mailbox_state_get(w->db, conf->name, &uidvalidity, &uid, err) < 0) {
        mailbox_close(mailbox);
        return -1;
    }
    cursor = (struct mailbox_cursor){ (uint32_t)uidvalidity, (uint32_t)uid };
    if (mailbox_poll(mailbox, &cursor, &reader.sink, &why) < 0)
        log_warn("mailbox", "name=%s %s", conf->name, why.text);
    else if (cursor.uidvalidity != (uint32_t)uidvalidity &&
             mailbox_state_put(w->db, conf->name, cursor.uidvalidity, cursor.uid, &why) < 0)
        log_warn("mailbox", "name=%s %s", conf->name, why.text);
    mailbox_close(mailbox);
    return 0;
}

int mailboxes_read_once(struct workspace *workspace, struct err *err)
{
    const struct conf_section *conf;

    for (size_t i = 0; (conf = conf_nth(workspace->conf, "mailbox", i)) != NULL; i++)
        if (read_one_mailbox(workspace, conf, err) < 0)
            return -1;
    return 0;
}
