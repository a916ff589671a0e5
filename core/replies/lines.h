/* core/replies/lines.h - a body as lines, with what was decided about each. */
#ifndef HEED_REPLIES_LINES_H
#define HEED_REPLIES_LINES_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/arena.h"
#include "core/base/span.h"
#include "core/replies/fold.h"

#define LINES_MAX 10000
#define LINES_FOLD_BYTES 300

enum line_fate { LINE_OWN, LINE_QUOTED, LINE_SIGNATURE, LINE_DROPPED };

struct line {
    struct span text;   /* without its end and trailing blanks */
    const char *folded; /* its beginning, see fold.h; "" for quoted and blank lines */
    bool quoted;        /* begins with '>' */
    enum line_fate fate;
};

struct lines {
    struct line *items;
    size_t count;
    const struct fold_marks *marks; /* of all folded lines */
};

/* At most LINES_MAX lines of `text`; all of them LINE_OWN. */
struct lines lines_split(struct span text, struct arena *arena);

/* The first line from `at` on that is not blank; lines.count when there is none. */
size_t lines_skip_blank(const struct lines *lines, size_t at);

void lines_mark(struct lines *lines, size_t from, size_t to, enum line_fate fate);

/* A line of dashes, stars, underscores and the like only, at least `least` of them. */
bool line_is_rule(const struct line *line, size_t least);

bool line_is_blank(const struct line *line);

/* May a phrase of the table stand in any of the folded lines? false is sure. */
bool lines_may_hold(const struct lines *lines, const struct phrase *table, size_t count);

/* The lines of that fate joined, trimmed. */
const char *lines_join(const struct lines *lines, enum line_fate fate, struct arena *arena);

#endif
