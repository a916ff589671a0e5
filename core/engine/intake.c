/* core/engine/intake.c - waiting for the commit of intakes, for threads that may block (mailboxes): one, or a stream of them. */
#include <pthread.h>
#include <stdlib.h>

#include "core/engine/engine.h"

struct waited { /* its first member is what the engine sees */
    struct intake intake;
    pthread_mutex_t lock;
    pthread_cond_t done;
    bool is_done;
    int rc;
};

static void on_stored(struct intake *intake, int rc)
{
    struct waited *waited = (struct waited *)intake;

    pthread_mutex_lock(&waited->lock);
    waited->is_done = true;
    waited->rc = rc;
    pthread_cond_signal(&waited->done);
    pthread_mutex_unlock(&waited->lock);
}

int engine_take_and_wait(struct engine *engine, struct intake *intake)
{
    struct waited waited = { .intake = *intake };

    pthread_mutex_init(&waited.lock, NULL);
    pthread_cond_init(&waited.done, NULL);
    waited.intake.stored = on_stored;
    engine_take(engine, &waited.intake);
    pthread_mutex_lock(&waited.lock);
    while (!waited.is_done)
        pthread_cond_wait(&waited.done, &waited.lock);
    pthread_mutex_unlock(&waited.lock);
    pthread_cond_destroy(&waited.done);
    pthread_mutex_destroy(&waited.lock);
    return waited.rc;
}

/* ---- a stream ---- */

#define ON_THEIR_WAY_MAX 256
#define ON_THEIR_WAY_BYTES ((size_t)4 << 20)

struct intake_stream {
    struct engine *engine;
    pthread_mutex_t lock;
    pthread_cond_t landed;
    /* Under the lock. */
    size_t count, bytes; /* on their way */
    bool failed;
    bool stored_any;
    int64_t stored_uid;
};

struct floating { /* its first member is what the engine sees */
    struct intake intake;
    struct intake_stream *stream;
    struct arena arena; /* its bytes and words */
};

static void on_landed(struct intake *intake, int rc)
{
    struct floating *floating = (struct floating *)intake;
    struct intake_stream *stream = floating->stream;

    pthread_mutex_lock(&stream->lock);
    stream->count--;
    stream->bytes -= intake->inbound.raw.len;
    stream->failed = stream->failed || rc < 0;
    if (!stream->failed) {
        stream->stored_any = true;
        stream->stored_uid = intake->uid;
    }
    pthread_cond_signal(&stream->landed);
    pthread_mutex_unlock(&stream->lock);
    arena_finish(&floating->arena);
    free(floating);
}

static const char *copy(struct arena *arena, const char *text)
{
    return text ? arena_dup(arena, text) : NULL;
}

static struct floating *float_copy(struct intake_stream *stream, const struct intake *intake)
{
    struct floating *floating = xcalloc(1, sizeof(*floating));
    struct inbound *in = &floating->intake.inbound;
    struct arena *arena = &floating->arena;

    arena_init(arena);
    floating->stream = stream;
    floating->intake = *intake;
    floating->intake.stored = on_landed;
    floating->intake.mailbox = copy(arena, intake->mailbox);
    in->source = copy(arena, in->source);
    in->key = copy(arena, in->key);
    in->state = copy(arena, in->state);
    in->envelope = copy(arena, in->envelope);
    in->note = copy(arena, in->note);
    in->raw = span_make(arena_dup_span(arena, in->raw), in->raw.len);
    return floating;
}

static bool has_room(const struct intake_stream *stream, size_t bytes)
{
    return stream->count == 0 ||
           (stream->count < ON_THEIR_WAY_MAX && stream->bytes + bytes <= ON_THEIR_WAY_BYTES);
}

int intake_stream_take(struct intake_stream *stream, const struct intake *intake)
{
    bool failed;

    pthread_mutex_lock(&stream->lock);
    while (!stream->failed && !has_room(stream, intake->inbound.raw.len))
        pthread_cond_wait(&stream->landed, &stream->lock);
    failed = stream->failed;
    if (!failed) {
        stream->count++;
        stream->bytes += intake->inbound.raw.len;
    }
    pthread_mutex_unlock(&stream->lock);
    if (!failed)
        engine_take(stream->engine, &float_copy(stream, intake)->intake);
    return failed ? -1 : 0;
}

int intake_stream_wait(struct intake_stream *stream, int64_t *uid)
{
    bool failed;

    pthread_mutex_lock(&stream->lock);
    while (stream->count > 0)
        pthread_cond_wait(&stream->landed, &stream->lock);
    failed = stream->failed;
    if (stream->stored_any)
        *uid = stream->stored_uid;
    stream->failed = stream->stored_any = false;
    pthread_mutex_unlock(&stream->lock);
    return failed ? -1 : 0;
}

struct intake_stream *intake_stream_create(struct engine *engine)
{
    struct intake_stream *stream = xcalloc(1, sizeof(*stream));

    stream->engine = engine;
    pthread_mutex_init(&stream->lock, NULL);
    pthread_cond_init(&stream->landed, NULL);
    return stream;
}

void intake_stream_destroy(struct intake_stream *stream)
{
    int64_t uid;

    if (!stream)
        return;
    (void)!intake_stream_wait(stream, &uid);
    pthread_cond_destroy(&stream->landed);
    pthread_mutex_destroy(&stream->lock);
    free(stream);
}
