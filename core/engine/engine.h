/* core/engine/engine.h - the daemon's heart: one thread that owns writing. It takes commands (results, what came in), claims
 * what is due, and commits them together; workers, mailboxes and the web only send commands. */
#ifndef HEED_ENGINE_ENGINE_H
#define HEED_ENGINE_ENGINE_H

#include "core/engine/workspace.h"
#include "core/store/inbounds.h"

struct engine;

struct engine_options {
    int workers;      /* threads of the outbox; 0 = 16 */
    bool once;        /* do what is due, wait for its results, end */
    int64_t until_ms; /* business time at which to end; 0 = never */
    const char
        *mail_program; /* mails are parsed in a child of this program (mail_child.h); NULL = in
                                 this process, for tests that bring their own mails */
};

/* What came in, to be stored durably. Memory is the caller's until stored() was called. */
struct intake {
    struct intake *next;
    /* slot and id are filled by the engine; source NULL: only the cursor moves */
    struct inbound inbound;
    const char *mailbox; /* its cursor moves in the same transaction, or NULL */
    int64_t uidvalidity, uid;
    /* Called once, on the engine's thread, after the commit (rc 0) or its failure (-1). */
    void (*stored)(struct intake *intake, int rc);
};

/* Counters since the start, for progress and tests. */
struct engine_counts {
    int64_t sent, retried, failed, unsure, heard, commits;
};

/* Takes the lock beside the store (ERR_BUSY with a clear text when another daemon has it) and the lease, recovers what was in
 * the air, starts the workers. The workspace must have its senders. NULL and err. */
struct engine *engine_create(struct workspace *workspace, const struct engine_options *options,
                             struct err *err) MUST_USE;
void engine_destroy(struct engine *engine); /* NULL is fine */

/* Runs until engine_stop(), `once` or `until_ms`. 0, or -1 and err when the store refuses to be written. */
int engine_run(struct engine *engine, struct err *err) MUST_USE;

/* From any thread or a signal thread: no new claims, in-flight sends finish, then engine_run() returns. */
void engine_stop(struct engine *engine);

/* From any thread. */
void engine_take(struct engine *engine, struct intake *intake);
void engine_read_counts(struct engine *engine, struct engine_counts *out);

/* engine_take() and wait for the commit. 0 or -1. Not from the engine's thread. */
int engine_take_and_wait(struct engine *engine, struct intake *intake);

/* Intakes of one thread, in their order, some of them on their way at once: a mailbox need not wait for each commit. */
struct intake_stream;
struct intake_stream *intake_stream_create(struct engine *engine);
void intake_stream_destroy(struct intake_stream *stream); /* waits; NULL is fine */
/* Hands a copy over; waits while 256 of them or 4 MB are on their way. -1: one before it was not stored, this one is not taken. */
int intake_stream_take(struct intake_stream *stream, const struct intake *intake) MUST_USE;
/* Until all are stored. *uid: of the last that is, untouched when none was since the last time. 0, or -1 when one was not: none behind
 * it is either, and the stream begins anew. */
int intake_stream_wait(struct intake_stream *stream, int64_t *uid) MUST_USE;

#endif
