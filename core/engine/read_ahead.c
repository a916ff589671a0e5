/* core/engine/read_ahead.c - a ring of readings, filled by one thread and emptied by another; what is not begun when its turn has
 * come is left to the one who asks. */
#include "core/engine/read_ahead.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/engine/inbox_inside.h"
#include "core/engine/mail_child.h"
#include "core/replies/scan.h"

#define AHEAD 512 /* readings kept at once: what is read while the writing thread commits */
#define HELD_MAX_BYTES ((size_t)3 << 20) /* of readings that wait for their turn */
#define HEAVY_BYTES ((size_t)256 << 10)
#define WARM 16        /* places whose memory is kept for the next list */
#define PARSED_AHEAD 7 /* mails its child gets in one go: it is woken once for them */
#define WORTH_IT 2

struct place {
    struct arena arena;
    struct inbox_content content;
    int index;    /* in the list, of the reading it holds; -1 = none */
    size_t bytes; /* of that reading */
};

struct read_ahead {
    struct inbox inbox; /* what a reading needs of it, with the thread's own child */
    struct mail_child *child;
    pthread_t thread;
    bool running;
    pthread_mutex_t lock;
    pthread_cond_t work, done;
    /* Under the lock. */
    const struct inbound *list;
    int count, next, turn; /* next: not begun; turn: the one last asked for */
    int parsing;           /* of the thread alone: up to here the child has got them */
    size_t held; /* bytes of readings that wait for their turn, and of the one whose turn it is */
    bool reading, stopping;
    struct place places[AHEAD];
};

/* ---- the thread ---- */

static bool has_room(const struct read_ahead *ahead)
{
    return ahead->next < ahead->count && ahead->next < ahead->turn + AHEAD &&
           ahead->held < HELD_MAX_BYTES;
}

/* A mail of a megabyte leaves nothing behind. */
static void empty(struct place *place)
{
    if (place->arena.used > HEAVY_BYTES)
        arena_finish(&place->arena);
    arena_reset(&place->arena);
}

/* The child parses those that come after `index` while that one is read; it gets others when the last of them is its turn. */
static void hand_on(struct read_ahead *ahead, int index, int count)
{
    if (ahead->parsing > index + 1)
        return;
    ahead->parsing = index + 1;
    for (; ahead->parsing < count && ahead->parsing <= index + PARSED_AHEAD; ahead->parsing++) {
        const struct inbound *in = &ahead->list[ahead->parsing];
        struct scan scan;

        if (!inbox_is_mail(in))
            continue;
        scan_mail(in->raw, &scan);
        if (!scan.refused && !mail_child_begin(ahead->child, scan.mail))
            break;
    }
}

static void read_next(struct read_ahead *ahead)
{
    int index = ahead->next++;
    const struct inbound *in = &ahead->list[index];
    struct place *place = &ahead->places[index % AHEAD];
    int count = ahead->count;

    ahead->reading = true;
    place->index = -1;
    pthread_mutex_unlock(&ahead->lock);
    hand_on(ahead, index, count);
    empty(place);
    inbox_read(&ahead->inbox, in, &place->arena, &place->content);
    pthread_mutex_lock(&ahead->lock);
    place->index = index;
    place->bytes = place->arena.used;
    if (index >= ahead->turn)
        ahead->held += place->bytes;
    ahead->reading = false;
    pthread_cond_signal(&ahead->done);
}

static void *read_on(void *context)
{
    struct read_ahead *ahead = context;

    pthread_mutex_lock(&ahead->lock);
    while (!ahead->stopping)
        if (has_room(ahead))
            read_next(ahead);
        else
            pthread_cond_wait(&ahead->work, &ahead->lock);
    pthread_mutex_unlock(&ahead->lock);
    return NULL;
}

/* ---- whoever asks ---- */

void read_ahead_begin(struct read_ahead *ahead, const struct inbound *list, int count)
{
    if (!ahead || count < WORTH_IT)
        return;
    if (!ahead->running && pthread_create(&ahead->thread, NULL, read_on, ahead) != 0)
        return; /* slower, no more */
    ahead->running = true;
    pthread_mutex_lock(&ahead->lock);
    ahead->list = list;
    ahead->count = count;
    ahead->turn = 0;
    ahead->next = 1; /* the first is wanted at once */
    ahead->parsing = 0;
    pthread_cond_signal(&ahead->work);
    pthread_mutex_unlock(&ahead->lock);
}

static void end_turns_before(struct read_ahead *ahead, int index)
{
    for (; ahead->turn < index; ahead->turn++) {
        const struct place *place = &ahead->places[ahead->turn % AHEAD];
        if (place->index == ahead->turn)
            ahead->held -= place->bytes;
    }
}

static const struct place *wait_for(struct read_ahead *ahead, int index)
{
    const struct place *place = &ahead->places[index % AHEAD];

    end_turns_before(ahead, index);
    if (ahead->next <= index)
        ahead->next = index + 1;
    else
        while (place->index != index && ahead->reading && ahead->next == index + 1)
            pthread_cond_wait(&ahead->done, &ahead->lock);
    if (ahead->next <= index + AHEAD / 2) /* it is woken for several at once */
        pthread_cond_signal(&ahead->work);
    return place;
}

/* Its child could not be started, which is no fault of the mail: the caller's child may still read it. */
static bool has_failed(const struct inbound *in, const struct inbox_content *content)
{
    return inbox_is_mail(in) && reading_has_rule(&content->parts->reading, MAIL_CHILD_NONE);
}

const struct inbox_content *read_ahead_take(struct read_ahead *ahead, const struct inbound *in)
{
    const struct place *place;
    bool found;
    int index;

    if (!ahead || !ahead->list)
        return NULL;
    index = (int)(in - ahead->list);
    pthread_mutex_lock(&ahead->lock);
    place = wait_for(ahead, index);
    found = place->index == index && !has_failed(in, &place->content);
    pthread_mutex_unlock(&ahead->lock);
    return found ? &place->content : NULL;
}

void read_ahead_end(struct read_ahead *ahead)
{
    if (!ahead || !ahead->list)
        return;
    pthread_mutex_lock(&ahead->lock);
    ahead->count = 0;
    while (ahead->reading)
        pthread_cond_wait(&ahead->done, &ahead->lock);
    for (int i = 0; i < AHEAD; i++) {
        empty(&ahead->places[i]);
        if (i >= WARM)
            arena_finish(&ahead->places[i].arena);
        ahead->places[i].index = -1;
    }
    ahead->held = 0;
    ahead->list = NULL;
    pthread_mutex_unlock(&ahead->lock);
}

/* ---- birth and end ---- */

struct read_ahead *read_ahead_create(const struct inbox *inbox, const char *mail_program)
{
    struct read_ahead *ahead;

    if (!mail_program || sysconf(_SC_NPROCESSORS_ONLN) < 2)
        return NULL;
    ahead = xcalloc(1, sizeof(*ahead));
    ahead->inbox = *inbox;
    ahead->child = mail_child_create(mail_program);
    ahead->inbox.mail_source = mail_child_source(ahead->child);
    pthread_mutex_init(&ahead->lock, NULL);
    pthread_cond_init(&ahead->work, NULL);
    pthread_cond_init(&ahead->done, NULL);
    for (int i = 0; i < AHEAD; i++) {
        arena_init(&ahead->places[i].arena);
        ahead->places[i].index = -1;
    }
    return ahead;
}

void read_ahead_destroy(struct read_ahead *ahead)
{
    if (!ahead)
        return;
    pthread_mutex_lock(&ahead->lock);
    ahead->stopping = true;
    pthread_cond_signal(&ahead->work);
    pthread_mutex_unlock(&ahead->lock);
    if (ahead->running)
        pthread_join(ahead->thread, NULL);
    mail_child_destroy(ahead->child);
    for (int i = 0; i < AHEAD; i++)
        arena_finish(&ahead->places[i].arena);
    pthread_cond_destroy(&ahead->work);
    pthread_cond_destroy(&ahead->done);
    pthread_mutex_destroy(&ahead->lock);
    free(ahead);
}
