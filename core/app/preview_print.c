/* core/app/preview_print.c - a preview for people: each one's messages side by side, then which branches nobody takes. */
#include <string.h>

#include "core/app/columns.h"
#include "core/app/preview.h"
#include "core/base/id.h"
#include "core/base/segments.h"
#include "core/base/text.h"
#include "core/replies/html.h"

#define LEGEND_MAX 64
#define BRANCHES_SHOWN 20
#define MARKED_MAX_BYTES ((size_t)1 << 20)

/* ---- provenance ---- */

struct legend { /* fields of one person's messages, numbered from 1 */
    struct {
        const char *field;
        enum trace_kind kind;
    } rows[LEGEND_MAX];
    size_t count;
    bool wanted;
};

static size_t number_of(struct legend *legend, const struct preview_print *print)
{
    size_t i = 0;

    while (i < legend->count && (legend->rows[i].kind != print->kind ||
                                 strcmp(legend->rows[i].field, print->field) != 0))
        i++;
    if (i == legend->count && i < LEGEND_MAX) {
        legend->rows[i].field = print->field;
        legend->rows[i].kind = print->kind;
        legend->count++;
    }
    return i + 1;
}

/* "Hi [Ana]1, how is {your company}2?" */
static const char *marked(struct arena *arena, const struct preview_text *text,
                          struct legend *legend)
{
    struct span all = span_of(text->text);
    struct str out;
    size_t at = 0;
    const char *copy;

    if (!legend->wanted)
        return text->text;
    str_init(&out, MARKED_MAX_BYTES);
    for (size_t i = 0; i < text->print_count; i++) {
        const struct preview_print *print = &text->prints[i];
        bool data = print->kind == TRACE_PATH;
        str_add_span(&out, span_make(all.data + at, print->from - at));
        str_printf(&out, "%c%.*s%c%zu", data ? '[' : '{', (int)(print->to - print->from),
                   all.data + print->from, data ? ']' : '}', number_of(legend, print));
        at = print->to;
    }
    str_add_span(&out, span_from(all, at));
    copy = str_ok(&out) ? arena_dup(arena, str_text(&out)) : text->text;
    str_finish(&out);
    return copy;
}

static void print_legend(const struct legend *legend)
{
    size_t width = 0;

    if (!legend->count)
        return;
    printf("\n");
    for (size_t i = 0; i < legend->count; i++) {
        bool data = legend->rows[i].kind == TRACE_PATH;
        size_t len = strlen(legend->rows[i].field) + (data ? 8 : 22);
        if (width + len > COLUMNS_WIDTH) {
            printf("\n");
            width = 0;
        }
        width += len;
        printf("%s%zu %s%s", width > len ? "   " : "", i + 1, data ? "" : "the default of ",
               legend->rows[i].field);
    }
    printf("\n");
}

/* ---- messages ---- */

static const char *sms_title(struct arena *arena, const char *title, const char *text)
{
    struct segments s = segments_count(span_of(text), SEGMENT_HEADER_8);

    return arena_printf(arena, "%s: %zu segment%s, %zu of %zu %s", title, s.segments,
                        s.segments == 1 ? "" : "s", s.units, s.units + s.left,
                        segments_encoding_name(s.encoding));
}

static const char *title_of(struct arena *arena, const struct preview_message *message)
{
    const char *text = message->sections[PREVIEW_TEXT].text;
    const char *title = message->derived
                            ? arena_printf(arena, "%s (from %s)", message->channel, message->part)
                            : message->channel;

    if (message->reason)
        return message->derived ? title : arena_printf(arena, "%s: HELD", title);
    return strcmp(message->channel, "sms") == 0 && text ? sms_title(arena, title, text) : title;
}

static const char *body_of(struct arena *arena, const struct preview_message *message,
                           struct legend *legend)
{
    const struct preview_text *subject = &message->sections[PREVIEW_SUBJECT];
    const struct preview_text *text = &message->sections[PREVIEW_TEXT];
    const char *top = "", *body = "";

    if (message->reason)
        return message->reason;
    if (subject->text)
        top = arena_printf(arena, "Subject: %s\n\n", marked(arena, subject, legend));
    if (text->text)
        body = marked(arena, text, legend);
    return arena_printf(arena, "%s%s", top, body);
}

/* A derived message that is held, or says what another one says already, needs no block of its own. NULL: it does. */
static const char *in_a_line(struct arena *arena, const struct preview_person *person, size_t n)
{
    const struct preview_message *message = &person->messages[n];
    const char *text = message->sections[PREVIEW_TEXT].text;

    if (!message->derived)
        return NULL;
    if (message->reason)
        return arena_printf(arena, "%s: held; %s\n", title_of(arena, message), message->reason);
    for (size_t i = 0; text && i < n; i++) {
        const char *other = person->messages[i].sections[PREVIEW_TEXT].text;
        if (!person->messages[i].reason && other && strcmp(other, text) == 0)
            return arena_printf(arena, "%s: the same text as %s\n", message->channel,
                                person->messages[i].channel);
    }
    return NULL;
}

static void print_messages(struct arena *arena, const struct preview_person *person,
                           struct legend *legend)
{
    struct columns *columns = columns_create(arena);
    const char *others = "";

    for (size_t i = 0; i < person->message_count; i++) {
        const struct preview_message *message = &person->messages[i];
        const char *line = in_a_line(arena, person, i);
        const char *html = message->sections[PREVIEW_HTML].text;
        if (line) {
            others = arena_printf(arena, "%s%s", others, line);
            continue;
        }
        columns_add(columns, title_of(arena, message), body_of(arena, message, legend));
        if (html && !message->reason)
            columns_add(columns, arena_printf(arena, "%s, its HTML read as text", message->channel),
                        arena_dup_span(arena, html_to_text(span_of(html), arena)));
    }
    columns_print(columns, stdout);
    printf("%s%s", *others ? "\n" : "", command_plain(arena, others));
}

static void print_person(const struct preview *preview, size_t n, bool provenance)
{
    const struct preview_person *person = &preview->people[n];
    struct legend legend = { .wanted = provenance };
    char id[ID_TEXT_BYTES];
    const char *who = person->name;

    if (person->id)
        who = arena_printf(preview->arena, "%s%s%s", person->name, *person->name ? ", " : "",
                           id_text("pr", person->id, id));
    if (person->fresh)
        who = arena_printf(preview->arena, "%s: %zu %sbranch%s", who, person->fresh,
                           n ? "more " : "", person->fresh == 1 ? "" : "es");
    columns_rule(stdout, arena_printf(preview->arena, "%zu. %s", n + 1, who));
    print_messages(preview->arena, person, &legend);
    print_legend(&legend);
    printf("\n");
}

/* ---- branches ---- */

static void print_branch(const struct preview *preview, const struct coverage_branch *branch)
{
    const char *place =
        branch->file
            ? arena_printf(preview->arena, "%s line %d", branch->file, branch->line)
            : arena_printf(preview->arena, "%s.liquid line %d", branch->part, branch->line);

    printf("  %s: %s%s\n", place,
           command_plain(preview->arena, coverage_branch_name(branch, preview->arena)),
           branch->held ? " (only where the message is held)" : "");
}

static void print_branches(const struct preview *preview)
{
    const struct coverage_report *r = &preview->report;
    size_t missing = r->branch_count - r->branches_taken, shown = 0;

    if (r->branch_count == 0) {
        printf("The template has no branches: everybody gets the same text but for the fields.\n");
        return;
    }
    printf("%zu of %lld %s together take %zu of %zu branches.%s\n", preview->count,
           (long long)r->prospects,
           preview->examples   ? "examples"
           : r->prospects == 1 ? "prospect"
                               : "prospects",
           r->branches_taken, r->branch_count, missing ? " Nobody takes:" : "");
    for (size_t i = 0; i < r->branch_count && shown < BRANCHES_SHOWN; i++)
        if (!r->branches[i].complete) {
            print_branch(preview, &r->branches[i]);
            shown++;
        }
    if (preview->cut)
        printf("Looked at %d prospects, there are more: --sequence or --prospect say which.\n",
               PREVIEW_LOOK_MAX);
    if (missing > shown)
        printf("  and %zu more: see --json\n", missing - shown);
    if (preview->left_out)
        printf("%zu more prospects would be needed for all that can be taken: name some with "
               "--prospect\n",
               preview->left_out);
}

void preview_print(const struct preview *preview, bool provenance)
{
    printf("%s%s\n\n", preview->label,
           preview->examples ? ", for examples: no workspace with prospects was looked at" : "");
    for (size_t i = 0; i < preview->count; i++)
        print_person(preview, i, provenance);
    if (provenance)
        printf("[...] is data, {...} a default in its place; the number names the field.\n\n");
    print_branches(preview);
}
