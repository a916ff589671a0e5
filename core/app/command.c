/* core/app/command.c - what commands share: options, errors, names, times, tables. */
#include "core/app/command.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/id.h"
#include "core/base/text.h"
#include "core/store/hints.h"
#include "core/store/prospects.h"

const char *option(const struct invocation *in, const char *name)
{
    const struct option_row *row = in->command->options;

    for (size_t i = 0; row && row[i].name; i++)
        if (strcmp(row[i].name, name) == 0)
            return in->values[i];
    return NULL;
}

int command_fail(const struct invocation *in, const struct err *err)
{
    fprintf(stderr, "heed %s: %s\n", in->command->name, err->text);
    return err_exit_code(err->code ? err->code : ERR_SYSTEM);
}

#define PROGRESS_EVERY_MS 500 /* a line that is written over; and where nobody looks, in a log */
#define LOGGED_EVERY_MS (10 * SECOND_MS)

struct waiting { /* for a store that is brought up to date */
    bool on_terminal, shown;
    int64_t told_ms;
};

static void on_progress(void *with, int64_t done, int64_t all)
{
    struct waiting *w = with;
    int64_t now = clock_monotonic_ms();

    if (now - w->told_ms < (w->on_terminal ? PROGRESS_EVERY_MS : LOGGED_EVERY_MS))
        return;
    w->told_ms = now;
    w->shown = w->on_terminal;
    fprintf(stderr,
            "%sheed: the store is made ready for this version, once: %lld of %lld addresses%s",
            w->on_terminal ? "\r" : "", (long long)done, (long long)all,
            w->on_terminal ? "\033[K" : "\n");
}

struct workspace *command_try_open(struct invocation *in, enum workspace_need need, struct err *err)
{
    struct waiting waiting = { .on_terminal = isatty(STDERR_FILENO) != 0,
                               .told_ms = clock_monotonic_ms() };
    const struct hints_watch watch = { on_progress, &waiting };
    struct workspace *workspace = workspace_open_watched(in->folder, need, &watch, err);

    if (waiting.shown)
        fputs("\r\033[K", stderr);
    return workspace;
}

struct workspace *command_open(struct invocation *in, enum workspace_need need, int *code)
{
    struct err err = { 0 };
    struct workspace *workspace = command_try_open(in, need, &err);

    if (!workspace)
        *code = command_fail(in, &err);
    return workspace;
}

int command_print_json(cJSON *json)
{
    char *text = json_print(json, true);

    puts(text);
    free(text);
    cJSON_Delete(json);
    return 0;
}

int command_prospect(struct invocation *in, struct workspace *workspace, const char *words,
                     struct prospect *out)
{
    struct err err = { 0 };
    int found = prospect_find(workspace->db, words, &in->arena, out, &err);

    if (found == 1)
        return 0;
    if (found == 0)
        err_set(&err, ERR_NOT_FOUND,
                "no prospect \"%s\": give an id (pr_...) or one of their addresses", words);
    return command_fail(in, &err);
}

const char *command_id(struct invocation *in, const char *prefix, int64_t id)
{
    char text[ID_TEXT_BYTES];

    return arena_dup(&in->arena, id_text(prefix, id, text));
}

const char *command_time(struct invocation *in, const struct zone *zone, int64_t ms)
{
    char text[40];

    return arena_dup(&in->arena, zone_human(zone, ms, text));
}

const char *command_name(struct invocation *in, const struct prospect *p)
{
    const char *first = p->first_name ? p->first_name : "",
               *last = p->last_name ? p->last_name : "";
    const char *gap = *first && *last ? " " : "";

    if (p->company)
        return arena_printf(&in->arena, "%s%s%s (%s)", first, gap, last, p->company);
    return arena_printf(&in->arena, "%s%s%s", first, gap, last);
}

static bool take_number(const char **at, char end, int *out)
{
    char *stop = NULL;
    long number = strtol(*at, &stop, 10);

    if (stop == *at || *stop != end || number < 0 || number > 9999)
        return false;
    *out = (int)number;
    *at = stop + 1;
    return true;
}

bool command_parse_time(const struct workspace *workspace, const char *text, int64_t *out)
{
    struct local_time local = { .hour = 0 };
    const char *at = text, *clock = strpbrk(text, " T");
    bool good;

    if (strcmp(text, "now") == 0) {
        *out = workspace_now(workspace);
        return true;
    }
    good = take_number(&at, '-', &local.year) && take_number(&at, '-', &local.month) &&
           take_number(&at, clock ? *clock : '\0', &local.day);
    if (good && clock)
        good = take_number(&at, ':', &local.hour) && take_number(&at, '\0', &local.minute);
    if (!good || local.month < 1 || local.month > 12 || local.day < 1 || local.day > 31 ||
        local.hour > 23 || local.minute > 59)
        return false;
    *out = zone_to_utc(workspace->zone, &local);
    return true;
}

const char *command_plain(struct arena *arena, const char *text)
{
    size_t len = strlen(text);
    const char *at = text, *end = text + len;
    struct str out;
    char *copy;

    str_init(&out, len * 3 + 1);
    while (at < end) {
        uint32_t point = text_next_point(&at, end);
        bool control =
            (point < 0x20 && point != '\n' && point != '\t') || (point >= 0x7f && point < 0xa0);
        text_add_utf8(&out, control ? 0xfffd : point);
    }
    copy = arena_dup(arena, str_text(&out));
    str_finish(&out);
    return copy;
}

/* ---- tables ---- */

struct row {
    struct row *next;
    const char **cells;
};

struct table {
    struct arena *arena;
    size_t columns;
    size_t *widths;
    struct row *first, **last;
};

struct table *table_create(struct arena *arena, size_t columns)
{
    struct table *table = arena_alloc(arena, sizeof(*table));

    table->arena = arena;
    table->columns = columns;
    table->widths = arena_array(arena, columns, sizeof(*table->widths));
    table->last = &table->first;
    return table;
}

void table_row(struct table *table, const char *const *cells)
{
    struct row *row = arena_alloc(table->arena, sizeof(*row));

    row->cells = arena_array(table->arena, table->columns, sizeof(*row->cells));
    for (size_t i = 0; i < table->columns; i++) {
        size_t width;
        row->cells[i] = command_plain(table->arena, cells[i] ? cells[i] : "");
        width = text_count_points(span_of(row->cells[i]));
        if (width > table->widths[i])
            table->widths[i] = width;
    }
    *table->last = row;
    table->last = &row->next;
}

static void print_cell(const struct table *table, const struct row *row, size_t i, FILE *out)
{
    bool last = i + 1 == table->columns;
    size_t pad = table->widths[i] - text_count_points(span_of(row->cells[i]));

    fprintf(out, "%s%*s", row->cells[i], last ? 0 : (int)pad + 2, "");
}

void table_print(const struct table *table, FILE *out)
{
    for (const struct row *row = table->first; row; row = row->next) {
        for (size_t i = 0; i < table->columns; i++)
            print_cell(table, row, i, out);
        fputc('\n', out);
    }
}
