/* templates/filters_cut.c - filters that take texts apart. Lengths are counted in code points. */
#include <stdlib.h>

#include "templates/filters.h"
#include "templates/lexer.h"
#include "templates/simd.h"
#include "templates/values.h"

#define POINT_MOST_BYTES 4

/* Takes the next word off *rest; false when there is none. */
static bool next_word(struct span *rest, struct span *word)
{
    size_t len = 0;

    while (rest->len && lexer_is_space(rest->data[0]))
        *rest = span_from(*rest, 1);
    while (len < rest->len && !lexer_is_space(rest->data[len]))
        len++;
    *word = span_make(rest->data, len);
    *rest = span_from(*rest, len);
    return len > 0;
}

int filter_squish(struct run *run, struct value *value, const struct value *args)
{
    struct sink sink = sink_make(run, TEXT_MAX_BYTES);
    struct span text, word;

    (void)args;
    if (value->type == VALUE_NIL)
        return 0;
    if (filter_walk(run, value, &text) < 0 || sink_room(&sink, text.len) < 0)
        return -1;
    while (next_word(&text, &word))
        if ((sink.len && sink_add(&sink, " ", 1) < 0) || sink_add_span(&sink, word) < 0)
            return -1;
    return filter_give(value, &sink);
}

static int64_t count_points(struct span text)
{
    size_t count;

    simd_points(text, SIZE_MAX, &count);
    return (int64_t)count;
}

/* Bytes of the first `points` code points; everything when there are fewer. */
static size_t bytes_of(struct span text, int64_t points)
{
    size_t count;

    return simd_points(text, points < 0 ? 0 : (size_t)points, &count);
}

/* Has it more than `most` points? Then *cut is the bytes of the first `keep` of them, keep <= most. */
static bool is_longer(struct span text, int64_t most, int64_t keep, size_t *cut)
{
    int64_t more = most - (keep < 0 ? 0 : keep);
    struct span rest;

    if (most >= 0 && text.len <= (size_t)most)
        return false;
    *cut = bytes_of(text, keep);
    rest = span_from(text, *cut);
    return most < 0 || rest.len / POINT_MOST_BYTES > (size_t)more ||
           bytes_of(rest, more) < rest.len;
}

struct cut { /* what truncate and truncatewords share */
    struct span text, ellipsis;
    int64_t length;
};

static int cut_arguments(struct run *run, struct value *value, const struct value *args,
                         struct cut *cut)
{
    if (run->given > 0 && value_integer(run, &args[0], &cut->length) < 0)
        return -1;
    if (cut->length < 0)
        cut->length = -1; /* nothing of the text is left, however far below */
    cut->ellipsis = span_of("...");
    if (run->given > 1 && filter_read(run, &args[1], &cut->ellipsis) < 0)
        return -1;
    return filter_read(run, value, &cut->text);
}

int filter_truncate(struct run *run, struct value *value, const struct value *args)
{
    struct cut cut = { .length = 50 };
    int64_t keep;
    size_t len;

    if (value->type == VALUE_NIL)
        return 0;
    if (cut_arguments(run, value, args, &cut) < 0)
        return -1;
    *value = value_span(cut.text);
    keep = cut.length - count_points(cut.ellipsis);
    if (!is_longer(cut.text, cut.length, keep, &len))
        return 0;
    cut.text.len = len;
    return filter_join_two(run, value, cut.text, cut.ellipsis);
}

size_t direct_truncate(const struct run *run, struct direct *d)
{
    static const struct span dots = { "...", 3 };
    struct span text = d->text;
    int64_t most = d->argument && d->argument->type == VALUE_INT ? d->argument->integer : -1;
    size_t cut;

    (void)run;
    if (most < (int64_t)dots.len || text.len > d->room)
        return 0;
    d->work = text.len;
    if (is_longer(text, most, most - (int64_t)dots.len, &cut)) {
        text.len = cut;
        d->memory = sink_size(text.len + dots.len);
        d->work += text.len + dots.len;
    }
    if (d->copy(d->to, text) < text.len)
        return 0;
    if (d->memory == 0)
        return text.len;
    memcpy(d->to + text.len, dots.data, dots.len);
    return text.len + dots.len;
}

int filter_truncatewords(struct run *run, struct value *value, const struct value *args)
{
    struct cut cut = { .length = 15 };
    struct sink sink = sink_make(run, TEXT_MAX_BYTES);
    struct span rest, word;

    if (value->type == VALUE_NIL)
        return 0;
    if (cut_arguments(run, value, args, &cut) < 0 || filter_walk(run, value, &cut.text) < 0 ||
        sink_room(&sink, cut.text.len) < 0)
        return -1;
    *value = value_span(cut.text);
    rest = cut.text;
    for (int64_t i = 0; i < (cut.length < 1 ? 1 : cut.length); i++) {
        if (!next_word(&rest, &word))
            return 0;
        if ((i && sink_add(&sink, " ", 1) < 0) || sink_add_span(&sink, word) < 0)
            return -1;
    }
    if (rest.len == 0) /* white space behind the last word is cut, too: as the reference */
        return 0;
    return sink_add_span(&sink, cut.ellipsis) < 0 ? -1 : filter_give(value, &sink);
}

static bool slice_window(int64_t count, int64_t *from, int64_t *length)
{
    if (*from < 0)
        *from += count;
    if (*from < 0 || *from > count || *length < 0)
        return false;
    if (*length > count - *from)
        *length = count - *from;
    return true;
}

int filter_slice(struct run *run, struct value *value, const struct value *args)
{
    int64_t from, length = 1;
    struct span text;
    size_t start;

    if (value_integer(run, &args[0], &from) < 0 ||
        (value_truthy(&args[1]) && value_integer(run, &args[1], &length) < 0))
        return -1;
    if (value->type == VALUE_LIST) {
        bool some = slice_window((int64_t)value->list.count, &from, &length);
        *value = some ? value_list(value->list.items + from, (size_t)length) : value_list(NULL, 0);
        return 0;
    }
    if (filter_walk(run, value, &text) < 0)
        return -1;
    *value = value_span(span_make(text.data, 0));
    if (!slice_window(count_points(text), &from, &length))
        return 0;
    start = bytes_of(text, from);
    text = span_from(text, start);
    text.len = bytes_of(text, length);
    *value = value_span(text);
    return 0;
}

/* ---- split ---- */

#define PIECE_COST 32 /* bytes of work: to find a piece, twice */

/* Takes the next piece off *rest. An empty separator splits characters, " " splits words. */
static bool next_piece(struct span *rest, struct span separator, struct span *piece)
{
    const char *hit;

    if (!rest->data)
        return false;
    if (span_is(separator, " "))
        return next_word(rest, piece);
    if (separator.len == 0) {
        *piece = span_make(rest->data, bytes_of(*rest, 1));
        *rest = span_from(*rest, piece->len);
        return piece->len > 0;
    }
    hit = rest->len ? memmem(rest->data, rest->len, separator.data, separator.len) : NULL;
    *piece = span_make(rest->data, hit ? (size_t)(hit - rest->data) : rest->len);
    *rest = hit ? span_from(*rest, piece->len + separator.len) : span_make(NULL, 0);
    return true;
}

int filter_split(struct run *run, struct value *value, const struct value *args)
{
    struct span text, separator, rest, piece;
    size_t count = 0, used = 0;
    struct value *items;

    if (filter_walk(run, value, &text) < 0 || filter_read(run, &args[0], &separator) < 0)
        return -1;
    if (text.len == 0) {
        *value = value_list(NULL, 0);
        return 0;
    }
    for (rest = text; count <= LIST_MAX && next_piece(&rest, separator, &piece);)
        count++;
    items = run_list(run, count);
    if (!items || run_charge(run, count * PIECE_COST) < 0)
        return -1;
    for (rest = text; next_piece(&rest, separator, &piece);)
        items[used++] = value_span(piece);
    while (used > 0 && items[used - 1].text.len == 0)
        used--;
    *value = value_list(items, used);
    return 0;
}
