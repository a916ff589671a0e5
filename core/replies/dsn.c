/* core/replies/dsn.c - unfolds lines and hands each field to a small table. */
#include "core/replies/dsn.h"

#include <string.h>

#include "core/base/text.h"
#include "core/replies/severity.h"

#define MAX_FIELD_BYTES ((size_t)4096)

struct reading_state {
    struct arena *arena;
    struct dsn_recipient *items;
    size_t count;
    struct dsn_recipient pending; /* fields that stand before their recipient */
    bool closed;                  /* a blank line ended the current group */
};

static const struct dsn_recipient nothing = {
    .original = "", .final = "", .action = "", .status = "", .diagnostic = "", .comment = ""
};

static struct dsn_recipient *current(struct reading_state *state)
{
    return state->count ? &state->items[state->count - 1] : NULL;
}

static struct dsn_recipient *begin(struct reading_state *state)
{
    if (state->count < DSN_MAX_RECIPIENTS)
        state->count++;
    *current(state) = state->pending;
    state->pending = nothing;
    state->closed = false;
    return current(state);
}

/* Where an Action, Status or Diagnostic-Code belongs. A blank line ends a group only when the
 * recipient has its action: some senders put one in between. */
static struct dsn_recipient *owner(struct reading_state *state)
{
    struct dsn_recipient *item = current(state);

    return item && !(state->closed && item->action[0]) ? item : &state->pending;
}

const char *dsn_address(struct span value, struct arena *arena)
{
    const char *semicolon = value.len ? memchr(value.data, ';', value.len) : NULL;
    size_t start = 0, end;

    if (semicolon)
        value = span_from(value, (size_t)(semicolon - value.data) + 1);
    while (start < value.len && text_one_of(value.data[start], " \t\r\n<\"'"))
        start++;
    for (end = start; end < value.len; end++)
        if ((unsigned char)value.data[end] <= ' ' || strchr("<>\"(),;", value.data[end]))
            break;
    return text_lower(arena, span_make(value.data + start, end - start));
}

static void take_final(struct reading_state *state, struct span value)
{
    struct dsn_recipient *item = current(state);

    if (!item || item->final[0] || (item->action[0] && state->closed))
        item = begin(state);
    item->final = dsn_address(value, state->arena);
}

static void take_original(struct reading_state *state, struct span value)
{
    struct dsn_recipient *item = current(state);

    /* It may stand before or behind its Final-Recipient. */
    if (!item || item->original[0] || (item->final[0] && item->action[0]))
        item = begin(state);
    item->original = dsn_address(value, state->arena);
}

static void take_action(struct reading_state *state, struct span value)
{
    if (!owner(state)->action[0])
        owner(state)->action = dsn_address(value, state->arena);
}

/* What stands in brackets, or "". */
static const char *comment_in(struct span value, struct arena *arena)
{
    const char *open = value.len ? memchr(value.data, '(', value.len) : NULL, *close;
    struct span inside;

    if (!open)
        return "";
    inside = span_from(value, (size_t)(open - value.data) + 1);
    close = inside.len ? memchr(inside.data, ')', inside.len) : NULL;
    if (close)
        inside.len = (size_t)(close - inside.data);
    return text_to_utf8(arena, inside);
}

static void take_status(struct reading_state *state, struct span value)
{
    struct dsn_recipient *item = owner(state);

    if (item->status[0])
        return;
    item->status = severity_status_in(text_to_utf8(state->arena, value), state->arena);
    /* "4.0.0 (host name lookup failure)": what some say instead of a diagnostic. */
    if (!item->diagnostic[0])
        item->comment = comment_in(value, state->arena);
}

static void take_diagnostic(struct reading_state *state, struct span value)
{
    if (!owner(state)->diagnostic[0])
        owner(state)->diagnostic = text_to_utf8(state->arena, value);
}

static const struct {
    const char *name;
    void (*take)(struct reading_state *state, struct span value);
} fields[] = {
    { "final-recipient:", take_final },
    { "original-recipient:", take_original },
    { "action:", take_action },
    { "status:", take_status },
    { "diagnostic-code:", take_diagnostic },
};

static void take_field(struct reading_state *state, struct span field)
{
    for (size_t i = 0; i < COUNT_OF(fields); i++) {
        if (text_starts_nocase(field, fields[i].name)) {
            fields[i].take(state, text_trim(span_from(field, strlen(fields[i].name))));
            return;
        }
    }
}

static void add_line(struct str *field, struct span line)
{
    struct span piece = text_cut(text_trim(line), MAX_FIELD_BYTES);

    if (field->len + piece.len + 1 > MAX_FIELD_BYTES)
        return;
    if (field->len > 0)
        str_add_char(field, ' ');
    str_add_span(field, piece);
}

size_t dsn_read(struct span text, struct arena *arena, struct dsn_recipient **out)
{
    struct reading_state state = { .arena = arena, .pending = nothing };
    struct span rest = text, line;
    struct str field;

    if (text.len == 0)
        return 0;
    state.items = arena_array(arena, DSN_MAX_RECIPIENTS, sizeof(*state.items));
    str_init(&field, MAX_FIELD_BYTES);
    while (text_next_line(&rest, &line)) {
        bool folded = line.len > 0 && (line.data[0] == ' ' || line.data[0] == '\t');

        if (!folded) {
            take_field(&state, str_span(&field));
            str_reset(&field);
            state.closed = state.closed || text_trim(line).len == 0;
        }
        add_line(&field, line);
    }
    take_field(&state, str_span(&field));
    str_finish(&field);
    *out = state.items;
    return state.count;
}
