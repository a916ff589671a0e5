/* tests/templates/guide.c - see guide.h. */
#include "guide.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/base/file.h"
#include "core/base/text.h"

#define GUIDE_MAX_BYTES ((size_t)1 << 20)

struct reading {
    struct guide guide;
    struct span rest;
    struct guide_line heads; /* count 0: not inside a table */
    int line;                /* of the last one read */
};

static bool starts(struct span line, const char *text)
{
    return line.len >= strlen(text) && memcmp(line.data, text, strlen(text)) == 0;
}

static bool next_line(struct reading *r, struct span *line)
{
    r->line++;
    return text_next_line(&r->rest, line);
}

static struct guide_item *add_item(struct reading *r, enum guide_kind kind)
{
    struct guide_item *item = &r->guide.items[r->guide.count++];

    *item = (struct guide_item){ .kind = kind, .line = r->line };
    return item;
}

/* "| a | b \| c |" */
static struct guide_line split_row(struct span line)
{
    struct guide_line row = { .count = 0 };
    size_t from = 1;

    for (size_t i = 1; i < line.len && row.count < GUIDE_CELLS_MAX; i++) {
        if (line.data[i] != '|' || line.data[i - 1] == '\\')
            continue;
        row.cells[row.count++] = text_trim(span_make(line.data + from, i - from));
        from = i + 1;
    }
    return row;
}

static void read_row(struct reading *r, struct span line)
{
    struct guide_item *item;

    if (starts(line, "|---"))
        return;
    if (r->heads.count == 0) {
        r->heads = split_row(line);
        return;
    }
    item = add_item(r, GUIDE_ROW);
    item->row = split_row(line);
    item->heads = r->heads;
}

static void read_block(struct reading *r, struct span fence)
{
    struct guide_item *item = add_item(r, GUIDE_BLOCK);
    struct span line = { 0 };

    item->info = text_trim(span_from(fence, 3));
    item->text = span_make(r->rest.data, 0);
    while (next_line(r, &line) && !starts(line, "```"))
        item->text.len = (size_t)(line.data + line.len - item->text.data);
}

struct guide guide_of(struct span text, struct arena *arena)
{
    struct reading r = { .rest = text };
    size_t lines = 1;
    struct span line;

    for (size_t i = 0; i < text.len; i++)
        lines += text.data[i] == '\n';
    r.guide.items = arena_array(arena, lines, sizeof(*r.guide.items));
    while (next_line(&r, &line)) {
        if (starts(line, "|")) {
            read_row(&r, line);
            continue;
        }
        r.heads.count = 0;
        if (starts(line, "```"))
            read_block(&r, line);
        else if (starts(line, "#"))
            add_item(&r, GUIDE_HEADING)->text = line;
    }
    return r.guide;
}

struct span guide_text(struct arena *arena)
{
    struct str text;
    struct err err;
    struct span out;

    str_init(&text, GUIDE_MAX_BYTES);
    if (file_read(HEED_SOURCE_DIR "/docs/templates.md", &text, NULL, &err) < 0)
        fail_msg("docs/templates.md: %s", err.text);
    out = span_make(arena_dup_span(arena, str_span(&text)), text.len);
    str_finish(&text);
    return out;
}

struct span guide_cell(const struct guide_item *row, const char *head)
{
    for (size_t i = 0; i < row->heads.count && i < row->row.count; i++)
        if (span_is(row->heads.cells[i], head))
            return row->row.cells[i];
    return span_make(NULL, 0);
}

char *guide_code(struct span cell, struct arena *arena)
{
    const char *open = cell.len ? memchr(cell.data, '`', cell.len) : NULL, *close;
    struct span inside;
    size_t len = 0;
    char *code;

    if (!open)
        return NULL;
    inside = span_from(cell, (size_t)(open + 1 - cell.data));
    close = inside.len ? memchr(inside.data, '`', inside.len) : NULL;
    if (!close)
        return NULL;
    inside.len = (size_t)(close - inside.data);
    code = arena_alloc(arena, inside.len + 1);
    for (size_t i = 0; i < inside.len; i++)
        if (inside.data[i] != '\\' || i + 1 == inside.len || inside.data[i + 1] != '|')
            code[len++] = inside.data[i];
    return code;
}

const char **guide_names(const struct guide *guide, const char *head, struct arena *arena)
{
    const char **names = arena_array(arena, guide->count + 1, sizeof(*names));
    size_t count = 0;

    for (size_t i = 0; i < guide->count; i++) {
        const struct guide_item *item = &guide->items[i];
        char *name;
        if (item->kind != GUIDE_ROW || !span_is(item->heads.cells[0], head))
            continue;
        name = guide_code(item->row.cells[0], arena);
        if (!name)
            continue;
        name[strcspn(name, ": ")] = '\0';
        names[count++] = name;
    }
    return names;
}
