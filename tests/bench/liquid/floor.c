/* tests/bench/liquid/floor.c - runs one way of the C floor. Usage: floor WAY CASE FOLDER OUT
 * (liquid.py does it). Ways: memcpy (of the finished mail), simd, byte, vm, snprintf. */
#include "floor.h"

#include <stdio.h>
#include <stdlib.h>

#include "core/base/attr.h"

#define MAIL_ROOM ((size_t)1 << 20)

struct floor_run {
    const struct way *way;
    bool short_mail, medium_mail;
    struct person *people;
    struct floor_object **objects;
    struct span *finished;
    struct floor_ops *ops;
    char *mail;
};

struct way {
    const char *name;
    char *(*render)(const struct floor_run *run, size_t prospect);
};

static char *by_hand(const struct floor_run *run, size_t prospect, bool simd)
{
    const struct person *person = &run->people[prospect];

    if (run->short_mail)
        return floor_short(run->mail, person);
    if (run->medium_mail)
        return floor_medium(run->mail, person, simd);
    return floor_ops_direct(run->mail, run->ops, person, simd);
}

static char *by_simd(const struct floor_run *run, size_t prospect)
{
    return by_hand(run, prospect, true);
}

static char *by_byte(const struct floor_run *run, size_t prospect)
{
    return by_hand(run, prospect, false);
}

static char *by_memcpy(const struct floor_run *run, size_t prospect)
{
    struct span mail = run->finished[prospect];

    memcpy(run->mail, mail.data, mail.len);
    return run->mail + mail.len;
}

static char *by_vm(const struct floor_run *run, size_t prospect)
{
    return floor_ops_vm(run->mail, run->ops, run->objects[prospect], run->mail + MAIL_ROOM);
}

static char *by_snprintf(const struct floor_run *run, size_t prospect)
{
    const struct person *person = &run->people[prospect];

    if (run->short_mail)
        return floor_short_printf(run->mail, person);
    if (run->medium_mail)
        return floor_medium_printf(run->mail, person);
    return floor_ops_printf(run->mail, run->ops, person);
}

static const struct way ways[] = {
    { "memcpy", by_memcpy }, { "simd", by_simd },         { "byte", by_byte },
    { "vm", by_vm },         { "snprintf", by_snprintf },
};

static struct span render(void *self, size_t prospect)
{
    const struct floor_run *run = self;
    char *end = run->way->render(run, prospect);

    __asm__ volatile("" : : "r"(run->mail) : "memory"); /* somebody reads it */
    return span_make(run->mail, (size_t)(end - run->mail));
}

static void prepare(struct floor_run *run, struct input *input)
{
    size_t count = input->prospects.list.count;
    /* as much as all texts together, and what an SSE2 load reads behind the last */
    char *at = arena_alloc(&input->arena, input->json.len * 2 + 16), *end;

    run->mail = xmalloc(MAIL_ROOM);
    run->people = arena_array(&input->arena, count, sizeof(*run->people));
    run->finished = arena_array(&input->arena, count, sizeof(*run->finished));
    run->objects = arena_array(&input->arena, count, sizeof(struct floor_object *));
    if (!run->medium_mail)
        run->ops = floor_ops(&input->arena, input->source.data);
    for (size_t i = 0; i < count; i++) {
        const struct value *prospect = &input->prospects.list.items[i];
        floor_person(prospect, &run->people[i], &at);
        run->objects[i] = floor_object(&input->arena, prospect);
        end = by_simd(run, i);
        run->finished[i].len = (size_t)(end - run->mail);
        run->finished[i].data =
            arena_dup_span(&input->arena, span_make(run->mail, run->finished[i].len));
    }
}

static const struct way *find_way(const char *name)
{
    for (size_t i = 0; i < COUNT_OF(ways); i++)
        if (strcmp(ways[i].name, name) == 0)
            return &ways[i];
    return NULL;
}

int main(int argc, char **argv)
{
    struct floor_run run = { .way = argc == 5 ? find_way(argv[1]) : NULL };
    struct engine engine = { .render = render, .self = &run };
    struct input input;

    if (!run.way) {
        fprintf(stderr, "usage: floor memcpy|simd|byte|vm|snprintf CASE FOLDER OUT\n");
        return 64;
    }
    run.short_mail = strcmp(argv[2], "short") == 0;
    run.medium_mail = strcmp(argv[2], "medium") == 0;
    input_read(&input, argv[3], argv[2]);
    prepare(&run, &input);
    engine.name = arena_printf(&input.arena, "C %s", run.way->name);
    rounds_serve(&engine, input.prospects.list.count, argv[4]);
    free(run.mail);
    input_finish(&input);
    return 0;
}
