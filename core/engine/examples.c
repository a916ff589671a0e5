/* core/engine/examples.c - see examples.h. */
#include "core/engine/examples.h"

#include <stdlib.h>

#include "core/base/text.h"
#include "core/engine/drops.h"

#define ROOTS_MAX 32
#define MEMBERS_MAX 32

static const char *const for_all[] = {
    "sender.", "step.", "channel", "links.", "workspace.", NULL
};

static const struct example {
    const char *name;
    const char *known[16]; /* beginnings of paths; "" = all */
} examples[] = {
    { "everything known", { "" } },
    { "talked with, nothing to give yet",
      { "prospect.first_name", "prospect.company", "recap.", "next.", "commitment." } },
    { "a concern and an answer, no talk on record",
      { "prospect.first_name", "prospect.company", "concern.", "value.", "cta." } },
    { "next to nothing known", { NULL } },
};

size_t examples_count(void)
{
    return COUNT_OF(examples);
}

const char *example_name(size_t n)
{
    return examples[n].name;
}

static bool begins_with_one(const char *path, const char *const *list)
{
    for (; *list; list++)
        if (strncmp(path, *list, strlen(*list)) == 0)
            return true;
    return false;
}

struct root { /* "recap", filled member by member */
    struct span name;
    struct value_pair members[MEMBERS_MAX];
    size_t count;
};

static struct root *root_of(struct root *roots, size_t *count, struct span name)
{
    for (size_t i = 0; i < *count; i++)
        if (span_eq(roots[i].name, name))
            return &roots[i];
    if (*count == ROOTS_MAX)
        return NULL;
    roots[*count].name = name;
    return &roots[(*count)++];
}

static struct value value_for(const struct drop_doc *doc, struct arena *arena)
{
    struct value *items;

    if (strcmp(doc->type, "number") == 0)
        return value_int(strtoll(doc->example, NULL, 10));
    if (strncmp(doc->type, "list", 4) != 0)
        return value_text(doc->example);
    items = arena_array(arena, 2, sizeof(*items));
    items[0] = items[1] = value_text(doc->example);
    return (struct value){ .type = VALUE_LIST, .list = { items, 2 } };
}

/* "recap.summary" into the root recap; names without a dot are values themselves, those with a "*" are unknown. */
static void add(const struct drop_doc *doc, struct root *roots, size_t *count, struct arena *arena)
{
    const char *dot = strchr(doc->path, '.');
    struct root *root;

    if (!dot || strchr(doc->path, '*'))
        return;
    root = root_of(roots, count, span_make(doc->path, (size_t)(dot - doc->path)));
    if (root && root->count < MEMBERS_MAX)
        root->members[root->count++] =
            (struct value_pair){ .name = span_of(dot + 1), .value = value_for(doc, arena) };
}

static struct value as_map(const struct root *roots, size_t count, const char *channel,
                           struct arena *arena)
{
    struct value_pair *pairs = arena_array(arena, count + 3, sizeof(*pairs));
    size_t n = 0;

    for (size_t i = 0; i < count; i++)
        pairs[n++] = (struct value_pair){ .name = roots[i].name,
                                          .value = value_map(roots[i].members, roots[i].count) };
    pairs[n++] = (struct value_pair){ .name = span_of("channel"), .value = value_text(channel) };
    pairs[n++] = (struct value_pair){ .name = span_of("fields"), .value = value_map(NULL, 0) };
    return value_map(pairs, n);
}

struct value example_data(size_t n, const char *channel, struct arena *arena)
{
    struct root *roots = arena_array(arena, ROOTS_MAX, sizeof(*roots));
    size_t doc_count, count = 0;
    const struct drop_doc *docs = drops_docs(&doc_count);

    root_of(roots, &count, span_of("prospect")); /* there is always a prospect, known or not */
    for (size_t i = 0; i < doc_count; i++)
        if (begins_with_one(docs[i].path, for_all) ||
            begins_with_one(docs[i].path, examples[n].known))
            add(&docs[i], roots, &count, arena);
    return as_map(roots, count, channel, arena);
}
