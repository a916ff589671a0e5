/* templates/filters_gsm.c - the filter gsm: typographic quotes, dashes and their like as characters
 * that an SMS carries in 7 bits. Letters stay as they are, also those outside the alphabet. */
#include "core/base/gsm7.h"
#include "templates/filters.h"
#include "templates/values.h"

int filter_gsm(struct run *run, struct value *value, const struct value *args)
{
    struct sink sink = sink_make(run, TEXT_MAX_BYTES);
    struct span rest, piece;

    (void)args;
    if (value->type == VALUE_NIL)
        return 0;
    if (filter_walk(run, value, &rest) < 0 || sink_room(&sink, rest.len) < 0)
        return -1;
    while (gsm7_next_advised(&rest, &piece))
        if (sink_add_span(&sink, piece) < 0)
            return -1;
    return filter_give(value, &sink);
}
