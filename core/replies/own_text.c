/* core/replies/own_text.c - the story: first what is quoted, then, in each run of what is left,
 * what is signature. */
#include "core/replies/own_text.h"

#include <string.h>

#include "core/base/text.h"
#include "core/replies/lines.h"
#include "core/replies/quote.h"
#include "core/replies/signature.h"

#define LEAST_DATE_DIGITS 3

/* How many lines from `at` on introduce the quoted message; 0 = it is no introduction. */
static size_t introduction(const struct lines *lines, size_t at, const struct quote_clues *clues,
                           struct arena *arena)
{
    size_t count;

    if (clues->markers && quote_is_marker(&lines->items[at]))
        return 1;
    count = quote_header_block(lines, at);
    return count ? count : quote_attribution(lines, at, clues, arena);
}

/* Behind an introduction: a quoted block may be followed by own words; anything else goes to the
 * end. */
static bool is_quoted_next(const struct lines *lines, size_t at)
{
    at = lines_skip_blank(lines, at);
    return at < lines->count && lines->items[at].quoted;
}

/* "answer On Monday ... wrote:" in one line: the line keeps its first part. */
static bool split_line(struct lines *lines, size_t at, struct arena *arena)
{
    size_t offset = quote_attribution_inside(&lines->items[at], arena);

    if (offset > 0)
        lines->items[at].text.len = offset;
    return offset > 0;
}

/* ">>> Sam Reed <sam@us.example> 11/18/2026 8:19 AM >>>": below it GroupWise puts the whole message,
 * without marks. */
static bool is_arrow_header(const struct line *line)
{
    struct span text = text_trim(line->text);
    size_t digits = 0;

    if (text.len < 8 || text.len > LINES_FOLD_BYTES || memcmp(text.data, ">>> ", 4) != 0 ||
        memcmp(text.data + text.len - 4, " >>>", 4) != 0)
        return false;
    for (size_t i = 0; i < text.len; i++)
        digits += text_is_digit(text.data[i]);
    return digits >= LEAST_DATE_DIGITS;
}

/* A link that a client wrapped out of the quoted line above it: quoted lines stand on both sides. */
static bool is_wrapped_link(const struct lines *lines, size_t at)
{
    const char *text = lines->items[at].folded;

    return at > 0 && lines->items[at - 1].fate == LINE_QUOTED && at + 1 < lines->count &&
           lines->items[at + 1].quoted && strlen(text) < 200 &&
           (strncmp(text, "(http", 5) == 0 || strncmp(text, "<http", 5) == 0);
}

static void mark_quotes(struct lines *lines, struct arena *arena)
{
    const struct quote_clues clues = quote_clues_of(lines, arena);
    size_t i = 0;

    while (i < lines->count) {
        struct line *line = &lines->items[i];
        size_t count;

        if (is_arrow_header(line) && !is_quoted_next(lines, i + 1)) {
            lines_mark(lines, i, lines->count, LINE_QUOTED);
            return;
        }
        if (line->quoted || is_wrapped_link(lines, i)) {
            line->fate = LINE_QUOTED;
            i++;
            continue;
        }
        if (split_line(lines, i, arena)) {
            count = 1;
        } else {
            count = line_is_blank(line) ? 0 : introduction(lines, i, &clues, arena);
            lines_mark(lines, i, i + count, LINE_QUOTED);
        }
        if (count > 0 && !is_quoted_next(lines, i + count)) {
            lines_mark(lines, i + count, lines->count, LINE_QUOTED);
            return;
        }
        i += count ? count : 1;
    }
}

static void mark_signatures(struct lines *lines, const char *writer)
{
    size_t i = 0;

    while (i < lines->count) {
        size_t from = i;

        while (i < lines->count && lines->items[i].fate == LINE_OWN)
            i++;
        if (i > from)
            signature_mark(lines, from, i, writer);
        while (i < lines->count && lines->items[i].fate != LINE_OWN)
            i++;
    }
}

struct own_text own_text_of(struct span text, const char *writer, struct arena *arena)
{
    struct lines lines = lines_split(text, arena);
    const char *name = fold_text(arena, span_of(writer), LINES_FOLD_BYTES);

    mark_quotes(&lines, arena);
    mark_signatures(&lines, name);
    return (struct own_text){ .text = lines_join(&lines, LINE_OWN, arena),
                              .signature = lines_join(&lines, LINE_SIGNATURE, arena) };
}
