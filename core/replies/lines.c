/* core/replies/lines.c - splitting and joining. */
#include "core/replies/lines.h"

#include "core/base/text.h"

#define MAX_QUOTE_INDENT 3

static bool begins_quote(struct span text)
{
    for (size_t i = 0; i < text.len && i <= MAX_QUOTE_INDENT; i++) {
        if (text.data[i] == '>')
            return true;
        if (text.data[i] != ' ')
            return false;
    }
    return false;
}

static struct span trim_end(struct span text)
{
    while (text.len > 0 && strchr(" \t\r", text.data[text.len - 1]) &&
           text.data[text.len - 1] != '\0')
        text.len--;
    return text;
}

static struct line make_line(struct span text, struct arena *arena)
{
    struct line line = { .text = trim_end(text), .folded = "" };

    line.quoted = begins_quote(line.text);
    if (!line.quoted && line.text.len > 0)
        line.folded = fold_text(arena, line.text, LINES_FOLD_BYTES);
    return line;
}

struct lines lines_split(struct span text, struct arena *arena)
{
    struct lines lines = { .items = NULL };
    struct span rest = text, line;
    struct fold_marks *marks;
    size_t count = 0;

    while (count < LINES_MAX && text_next_line(&rest, &line))
        count++;
    lines.items = arena_array(arena, count + 1, sizeof(*lines.items));
    marks = arena_alloc(arena, sizeof(*marks));
    rest = text;
    while (lines.count < count && text_next_line(&rest, &line)) {
        lines.items[lines.count] = make_line(line, arena);
        fold_mark(lines.items[lines.count++].folded, marks);
    }
    lines.marks = marks;
    return lines;
}

bool line_is_blank(const struct line *line)
{
    return !line->quoted && line->folded[0] == '\0';
}

bool lines_may_hold(const struct lines *lines, const struct phrase *table, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (fold_may_hold(lines->marks, table[i].text))
            return true;
    return false;
}

size_t lines_skip_blank(const struct lines *lines, size_t at)
{
    while (at < lines->count && line_is_blank(&lines->items[at]))
        at++;
    return at;
}

void lines_mark(struct lines *lines, size_t from, size_t to, enum line_fate fate)
{
    for (size_t i = from; i < to && i < lines->count; i++)
        lines->items[i].fate = fate;
}

bool line_is_rule(const struct line *line, size_t least)
{
    size_t marks = 0;

    for (const char *at = line->folded; *at; at++) {
        if (!strchr("-_=*~#+ ", *at))
            return false;
        marks += *at != ' ';
    }
    return marks >= least;
}

const char *lines_join(const struct lines *lines, enum line_fate fate, struct arena *arena)
{
    struct str out;
    const char *joined;

    str_init(&out, (size_t)8 << 20);
    for (size_t i = 0; i < lines->count; i++) {
        if (lines->items[i].fate != fate)
            continue;
        str_add_span(&out, lines->items[i].text);
        str_add_char(&out, '\n');
    }
    joined = text_to_utf8(arena, text_trim(str_span(&out)));
    str_finish(&out);
    return joined;
}
