/* tests/bench/liquid/floor_ops.c - mails of {{ path [| default: "x"] [| escape] }} only, as a list of
 * ops: paths bound to members of struct person, or looked up by hashed keys as a small VM would. */
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/base/attr.h"
#include "core/base/text.h"
#include "floor.h"
#include "floor_text.h"

#define OPS_ROOM 1000
#define LINE_ROOM 65536
#define ENTITY_BYTES 6

struct key {
    struct span text; /* empty: none */
    uint64_t hash;
};

struct floor_op {
    bool field, escape;
    size_t member; /* of struct person */
    struct span literal, fallback;
    struct key keys[2]; /* "prospect", "city" */
};

struct floor_ops {
    size_t count;
    struct floor_op ops[OPS_ROOM];
};

/* ---- compiling ---- */

static size_t member_of(struct span path)
{
    static const struct {
        const char *path;
        size_t member;
    } rows[] = {
        { "prospect.first_name", offsetof(struct person, first_name) },
        { "prospect.company", offsetof(struct person, company) },
        { "last.summary", offsetof(struct person, summary) },
        { "last.question", offsetof(struct person, question) },
        { "sender.name", offsetof(struct person, sender_name) },
        { "sender.title", offsetof(struct person, sender_title) },
        { "meeting_url", offsetof(struct person, meeting_url) },
        { "unsubscribe_url", offsetof(struct person, unsubscribe_url) },
    };
    int64_t number;

    for (size_t i = 0; i < COUNT_OF(rows); i++)
        if (span_is(path, rows[i].path))
            return rows[i].member;
    if (!text_to_int(span_from(path, 3), 0, FLOOR_FIELDS - 1, &number)) { /* f.k07 */
        fprintf(stderr, "floor: unknown field %.*s\n", (int)path.len, path.data);
        exit(1);
    }
    return offsetof(struct person, fields) + (size_t)number * sizeof(struct span);
}

static struct key key_of(struct span text)
{
    return (struct key){ text, text_hash(text) };
}

/* inside: what stands between the braces */
static void compile_field(struct span inside, struct floor_op *out)
{
    struct span rest = text_trim(inside), path = rest, word;
    const char *fallback = memmem(rest.data, rest.len, "default: \"", 10);

    path.len = strcspn(path.data, " }");
    *out = (struct floor_op){ .field = true, .member = member_of(path) };
    out->escape = memmem(rest.data, rest.len, "| escape", 8) != NULL;
    if (fallback)
        out->fallback = span_make(fallback + 10, strcspn(fallback + 10, "\""));
    for (size_t i = 0; i < 2 && text_next_piece(&path, '.', &word); i++)
        out->keys[i] = key_of(word);
}

struct floor_ops *floor_ops(struct arena *arena, const char *source)
{
    struct floor_ops *ops = arena_alloc(arena, sizeof(*ops));
    const char *open, *close;

    while (*source && ops->count + 2 < OPS_ROOM) {
        open = strstr(source, "{{");
        close = open ? strstr(open, "}}") : NULL;
        ops->ops[ops->count++].literal =
            close ? span_make(source, (size_t)(open - source)) : span_of(source);
        if (!close)
            break;
        compile_field(span_make(open + 2, (size_t)(close - open) - 2), &ops->ops[ops->count++]);
        source = close + 2;
    }
    return ops;
}

/* ---- over a struct ---- */

static struct span field_of(const struct floor_op *op, const struct person *p)
{
    const struct span *field = (const void *)((const char *)p + op->member);

    return field->len ? *field : op->fallback;
}

char *floor_ops_direct(char *to, const struct floor_ops *ops, const struct person *p, bool simd)
{
    for (size_t i = 0; i < ops->count; i++) {
        const struct floor_op *op = &ops->ops[i];
        if (!op->field)
            to = put(to, op->literal);
        else if (!op->escape)
            to = put(to, field_of(op, p));
        else
            to = simd ? put_escaped_simd(to, field_of(op, p)) : put_escaped(to, field_of(op, p));
    }
    return to;
}

char *floor_ops_printf(char *to, const struct floor_ops *ops, const struct person *p)
{
    char text[LINE_ROOM / 16];

    for (size_t i = 0; i < ops->count; i++) {
        const struct floor_op *op = &ops->ops[i];
        struct span shown = op->field ? field_of(op, p) : op->literal;
        if (op->escape)
            shown = span_make(text, (size_t)(put_escaped(text, shown) - text));
        to += snprintf(to, LINE_ROOM, "%.*s", (int)shown.len, shown.data);
    }
    return to;
}

/* ---- over hashed objects ---- */

struct entry {
    struct key key;
    struct span text;
    struct floor_object *object;
};

struct floor_object {
    uint64_t mask;
    struct entry *entries;
};

struct floor_object *floor_object(struct arena *arena, const struct value *map)
{
    struct floor_object *object = arena_alloc(arena, sizeof(*object));
    size_t room = 8;

    while (room < map->map.count * 2)
        room *= 2;
    object->mask = room - 1;
    object->entries = arena_array(arena, room, sizeof(*object->entries));
    for (size_t i = 0; i < map->map.count; i++) {
        const struct value_pair *pair = &map->map.pairs[i];
        struct key key = key_of(pair->name);
        uint64_t at = key.hash & object->mask;
        while (object->entries[at].key.text.data)
            at = (at + 1) & object->mask;
        object->entries[at].key = key;
        if (pair->value.type == VALUE_TEXT)
            object->entries[at].text = pair->value.text;
        if (pair->value.type == VALUE_MAP)
            object->entries[at].object = floor_object(arena, &pair->value);
    }
    return object;
}

static const struct entry *find(const struct floor_object *object, const struct key *key)
{
    for (uint64_t i = key->hash & object->mask; object->entries[i].key.text.data;
         i = (i + 1) & object->mask) {
        const struct entry *entry = &object->entries[i];
        if (entry->key.hash == key->hash && span_eq(entry->key.text, key->text))
            return entry;
    }
    return NULL;
}

static struct span look_up(const struct floor_op *op, const struct floor_object *root)
{
    const struct entry *entry = find(root, &op->keys[0]);

    if (entry && entry->object && op->keys[1].text.data)
        entry = find(entry->object, &op->keys[1]);
    return entry && entry->text.len ? entry->text : op->fallback;
}

static void need(const char *to, const char *limit, size_t len)
{
    if ((size_t)(limit - to) < len)
        abort();
}

char *floor_ops_vm(char *to, const struct floor_ops *ops, const struct floor_object *root,
                   const char *limit)
{
    for (size_t i = 0; i < ops->count; i++) {
        const struct floor_op *op = &ops->ops[i];
        struct span text = op->field ? look_up(op, root) : op->literal;
        need(to, limit, op->escape ? text.len * ENTITY_BYTES : text.len);
        to = op->escape ? put_escaped(to, text) : put(to, text);
    }
    return to;
}
