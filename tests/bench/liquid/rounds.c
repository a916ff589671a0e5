/* tests/bench/liquid/rounds.c - see rounds.h. */
#include "rounds.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "core/base/file.h"
#include "json_value.h"

#define FILE_MAX_BYTES ((size_t)16 << 20)
#define NAMES_MAX 200
#define AT_ONCE 200 /* mails between two looks at the clock */

static struct span read_whole(struct arena *arena, const char *folder, const char *name)
{
    const char *path = arena_printf(arena, "%s/%s", folder, name);
    struct err err = { 0 };
    struct str bytes;
    struct span copy;

    str_init(&bytes, FILE_MAX_BYTES);
    if (file_read(path, &bytes, NULL, &err) < 0) {
        fprintf(stderr, "%s\n", err.text);
        exit(1);
    }
    copy = span_make(arena_dup_span(arena, str_span(&bytes)), bytes.len);
    str_finish(&bytes);
    return copy;
}

/* ---- names ---- */

struct names {
    struct span items[NAMES_MAX];
    size_t count;
};

static struct span same_name(struct names *names, struct span name)
{
    for (size_t i = 0; i < names->count; i++)
        if (span_eq(names->items[i], name))
            return names->items[i];
    if (names->count < NAMES_MAX)
        names->items[names->count++] = name;
    return name;
}

struct copier {
    struct arena *arena;
    struct names names;
};

static struct value copy_of(struct copier *copier, const struct value *v);

static struct value copy_list(struct copier *copier, const struct value *v)
{
    struct value *items = arena_array(copier->arena, v->list.count, sizeof(*items));

    for (size_t i = 0; i < v->list.count; i++)
        items[i] = copy_of(copier, &v->list.items[i]);
    return (struct value){ .type = VALUE_LIST, .list = { items, v->list.count } };
}

static struct value copy_map(struct copier *copier, const struct value *v)
{
    struct value_pair *pairs = arena_array(copier->arena, v->map.count, sizeof(*pairs));

    for (size_t i = 0; i < v->map.count; i++) {
        pairs[i].name = same_name(&copier->names, v->map.pairs[i].name);
        pairs[i].value = copy_of(copier, &v->map.pairs[i].value);
    }
    return value_map(pairs, v->map.count);
}

/* As heed lays data out: pairs in one piece, their texts behind them, equal names one text (literals of
 * the program, columns of an import). The reader of JSON leaves gaps. Both C engines get this. */
static struct value copy_of(struct copier *copier, const struct value *v)
{
    if (v->type == VALUE_LIST)
        return copy_list(copier, v);
    if (v->type == VALUE_MAP)
        return copy_map(copier, v);
    if (v->type == VALUE_TEXT)
        return value_span(span_make(arena_dup_span(copier->arena, v->text), v->text.len));
    return *v;
}

void input_read(struct input *input, const char *folder, const char *kase)
{
    struct copier copier = { .arena = &input->arena };
    struct value read;

    arena_init(&input->arena);
    input->json = read_whole(&input->arena, folder, "prospects.json");
    input->source =
        read_whole(&input->arena, folder, arena_printf(&input->arena, "%s.liquid", kase));
    if (!json_value(input->json, &input->arena, &read) || read.type != VALUE_LIST) {
        fprintf(stderr, "prospects.json: no list in JSON\n");
        exit(1);
    }
    input->prospects = copy_of(&copier, &read);
}

void input_finish(struct input *input)
{
    arena_finish(&input->arena);
}

static double cpu_s(void)
{
    struct timespec now;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void write_mails(const struct engine *engine, size_t prospects, const char *out)
{
    FILE *file = fopen(out, "wb");

    if (!file) {
        perror(out);
        exit(1);
    }
    for (size_t i = 0; i < prospects; i++) {
        struct span mail = engine->render(engine->self, i);
        if (i)
            fputc(0x1e, file);
        fwrite(mail.data, 1, mail.len, file);
    }
    fclose(file);
}

void rounds_serve(const struct engine *engine, size_t prospects, const char *out)
{
    char line[64];
    size_t at = 0;

    write_mails(engine, prospects, out);
    printf("{\"engine\":\"%s\"}\n", engine->name);
    fflush(stdout);
    while (fgets(line, sizeof(line), stdin)) {
        double length = strtod(line, NULL), start = cpu_s(), spent = 0;
        long count = 0;
        for (; spent < length; spent = cpu_s() - start, count += AT_ONCE)
            for (int i = 0; i < AT_ONCE; i++) {
                engine->render(engine->self, at);
                at = at + 1 == prospects ? 0 : at + 1;
            }
        printf("{\"renders\":%ld,\"cpu_s\":%.9f", count, spent);
        if (engine->arena_bytes)
            printf(",\"arena_bytes\":%zu", *engine->arena_bytes);
        puts("}");
        fflush(stdout);
    }
}
