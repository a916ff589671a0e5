/* core/app/columns.c - see columns.h. */
#include "core/app/columns.h"

#include <string.h>

#include "core/app/command.h"
#include "core/base/text.h"

#define ONE_WIDTH ((COLUMNS_WIDTH - COLUMNS_GAP) / 2)

struct line {
    struct line *next;
    struct span text;
};

struct column {
    struct line *first, **last;
    size_t count;
};

struct columns {
    struct arena *arena;
    struct column left, right;
};

struct columns *columns_create(struct arena *arena)
{
    struct columns *columns = arena_alloc(arena, sizeof(*columns));

    columns->arena = arena;
    columns->left.last = &columns->left.first;
    columns->right.last = &columns->right.first;
    return columns;
}

static void add_line(struct columns *columns, struct column *column, struct span text)
{
    struct line *line = arena_alloc(columns->arena, sizeof(*line));

    line->text = text;
    *column->last = line;
    column->last = &line->next;
    column->count++;
}

/* As much of the text as fits into a line, cut behind a word if there is one. */
static struct span take_fitting(struct span *rest)
{
    const char *at = rest->data, *end = at + rest->len, *cut = NULL;
    struct span line;
    size_t points = 0;

    while (at < end && points < ONE_WIDTH) {
        const char *from = at;
        points++;
        if (text_next_point(&at, end) == ' ')
            cut = from;
    }
    if (at < end && *at != ' ' && cut && cut > rest->data)
        at = cut;
    line = span_make(rest->data, (size_t)(at - rest->data));
    *rest = span_from(*rest, line.len);
    while (rest->len && rest->data[0] == ' ')
        *rest = span_from(*rest, 1);
    return line;
}

static void add_wrapped(struct columns *columns, struct column *column, struct span line)
{
    if (line.len == 0)
        add_line(columns, column, line);
    while (line.len)
        add_line(columns, column, take_fitting(&line));
}

/* "-- title ------" */
static const char *ruled(struct arena *arena, const char *title, char rule, size_t width)
{
    size_t points = text_count_points(span_of(title)) + 4;
    char fill[COLUMNS_WIDTH + 1];

    memset(fill, rule, sizeof(fill));
    return arena_printf(arena, "%.2s %s %.*s", fill, title,
                        points < width ? (int)(width - points) : 0, fill);
}

void columns_add(struct columns *columns, const char *title, const char *text)
{
    struct column *column =
        columns->right.count < columns->left.count ? &columns->right : &columns->left;
    struct span rest = span_of(command_plain(columns->arena, text)), line;

    if (column->count)
        add_line(columns, column, span_of(""));
    add_line(columns, column,
             span_of(ruled(columns->arena, command_plain(columns->arena, title), '-', ONE_WIDTH)));
    while (text_next_line(&rest, &line))
        add_wrapped(columns, column, line);
}

void columns_print(const struct columns *columns, FILE *out)
{
    const struct line *left = columns->left.first, *right = columns->right.first;

    while (left || right) {
        struct span text = left ? left->text : span_of("");
        size_t used = text_count_points(text);
        fwrite(text.data, 1, text.len, out);
        if (right && right->text.len)
            fprintf(out, "%*s%.*s", (int)(ONE_WIDTH - used) + COLUMNS_GAP, "", (int)right->text.len,
                    right->text.data);
        fputc('\n', out);
        left = left ? left->next : NULL;
        right = right ? right->next : NULL;
    }
}

void columns_rule(FILE *out, const char *title)
{
    struct arena arena;

    arena_init(&arena);
    fprintf(out, "%s\n", ruled(&arena, command_plain(&arena, title), '=', COLUMNS_WIDTH));
    arena_finish(&arena);
}
