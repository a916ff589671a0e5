/* core/app/template_convert.c - see template_convert.h. What becomes what is in templates/convert.h; here files are read, written
 * (never over others), and the report is printed. */
#include "core/app/template_convert.h"

#include <string.h>

#include "core/base/file.h"
#include "core/base/text.h"
#include "core/engine/drops.h"
#include "templates/convert.h"

#define MAX_SHOWN_BYTES 160

struct conversion {        /* of one file */
    const char *path, *to; /* to: NULL = standard output */
    struct converted result;
};

static const char *const kinds[] = {
    [CONVERT_CHANGED] = "changed", [CONVERT_LOOK] = "look", [CONVERT_LEFT] = "not_converted"
};

/* ---- reading and writing ---- */

/* "DIR/welcome.liquid" for "mails/welcome.html" */
static const char *path_in(struct invocation *in, const char *folder, const char *path)
{
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
    const char *dot = strrchr(name, '.');
    size_t len = dot && dot > name ? (size_t)(dot - name) : strlen(name);

    return arena_printf(&in->arena, "%s/%.*s.liquid", folder, (int)len, name);
}

static int convert_text(struct invocation *in, struct conversion *c, struct span source,
                        struct err *err)
{
    const struct convert_options options = { .from = option(in, "from"), .fields = drops_fields() };
    struct span mark = span_of("\xEF\xBB\xBF");

    if (source.len >= mark.len && memcmp(source.data, mark.data, mark.len) == 0)
        source = span_from(source, mark.len);
    source = span_make(arena_dup_span(&in->arena, source), source.len);
    if (convert_template(source, &options, &in->arena, &c->result, err) == 0)
        return 0;
    return err && err->code == ERR_USAGE ? -1 : err_wrap(err, "%s", c->path);
}

static int convert_file(struct invocation *in, struct conversion *c, struct err *err)
{
    struct str source;
    int rc;

    str_init(&source, CONVERT_SOURCE_MAX + 3);
    rc = file_read(c->path, &source, NULL, err);
    if (rc == 0)
        rc = convert_text(in, c, str_span(&source), err);
    str_finish(&source);
    return rc;
}

static int write_file(const struct conversion *c, struct err *err)
{
    int rc = file_write_new(c->to, c->result.text.data, err);

    if (rc == 0)
        return err_set(err, ERR_REFUSED, "%s is there already: nothing is written over", c->to);
    return rc < 0 ? -1 : 0;
}

/* Everything is converted before anything is written. */
static int convert_all(struct invocation *in, struct conversion *all, size_t count, struct err *err)
{
    const char *folder = option(in, "out");

    for (size_t i = 0; i < count; i++) {
        all[i].path = in->words[i + 1];
        all[i].to = folder ? path_in(in, folder, all[i].path) : NULL;
        if (convert_file(in, &all[i], err) < 0)
            return -1;
    }
    if (folder && file_make_folder(folder, err) < 0)
        return -1;
    for (size_t i = 0; folder && i < count; i++)
        if (write_file(&all[i], err) < 0)
            return -1;
    return 0;
}

/* ---- telling ---- */

static size_t count_kind(const struct conversion *c, enum convert_kind kind)
{
    size_t n = 0;

    for (size_t i = 0; i < c->result.count; i++)
        n += c->result.notes[i].kind == kind;
    return n;
}

/* On one line, and not too long. */
static const char *shown(struct invocation *in, struct span text)
{
    struct span cut = text_cut(text, MAX_SHOWN_BYTES);
    char *copy = arena_dup_span(&in->arena, cut);

    for (char *p = copy; *p; p++)
        if (*p == '\n' || *p == '\r')
            *p = ' ';
    return arena_printf(&in->arena, "%s%s", command_plain(&in->arena, copy),
                        cut.len < text.len ? "..." : "");
}

static void print_note(struct invocation *in, const struct conversion *c,
                       const struct convert_note *note, FILE *out)
{
    const char *from = shown(in, note->from), *to = shown(in, span_of(note->to));

    fprintf(out, "%s:%d:%d: ", command_plain(&in->arena, c->path), note->line, note->column);
    if (note->kind == CONVERT_LEFT)
        fprintf(out, "NOT CONVERTED %s: %s\n", from, command_plain(&in->arena, note->what));
    else
        fprintf(out, "%s -> %s%s%s\n", from, *to ? to : "(nothing)", *note->what ? "; look: " : "",
                command_plain(&in->arena, note->what));
}

static void print_report(struct invocation *in, const struct conversion *c, FILE *out)
{
    for (size_t i = 0; i < c->result.count; i++)
        print_note(in, c, &c->result.notes[i], out);
    fprintf(out, "%s%s%s: %zu changed, %zu to look at, %zu not converted\n",
            command_plain(&in->arena, c->path), c->to ? " -> " : "", c->to ? c->to : "",
            count_kind(c, CONVERT_CHANGED), count_kind(c, CONVERT_LOOK), c->result.left);
}

static void print_all(struct invocation *in, const struct conversion *all, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (!all[i].to && count > 1)
            printf("%s=== %s ===\n", i ? "\n" : "", all[i].path);
        if (!all[i].to)
            fputs(all[i].result.text.data, stdout);
        print_report(in, &all[i], all[i].to ? stdout : stderr);
    }
}

static cJSON *note_json(struct invocation *in, const struct convert_note *note)
{
    cJSON *json = cJSON_CreateObject();

    json_add_int(json, "line", note->line);
    json_add_int(json, "column", note->column);
    json_add_text(json, "kind", kinds[note->kind]);
    json_add_text(json, "from", arena_dup_span(&in->arena, note->from));
    json_add_text(json, "to", note->to);
    json_add_text(json, "what", note->what);
    return json;
}

static cJSON *file_json(struct invocation *in, const struct conversion *c)
{
    cJSON *json = cJSON_CreateObject(), *notes;

    json_add_text(json, "file", c->path);
    if (c->to)
        json_add_text(json, "to", c->to);
    else
        json_add_text(json, "text", c->result.text.data);
    json_add_int(json, "changed", (int64_t)count_kind(c, CONVERT_CHANGED));
    json_add_int(json, "look", (int64_t)count_kind(c, CONVERT_LOOK));
    json_add_int(json, "not_converted", (int64_t)c->result.left);
    notes = cJSON_AddArrayToObject(json, "notes");
    for (size_t i = 0; i < c->result.count; i++)
        cJSON_AddItemToArray(notes, note_json(in, &c->result.notes[i]));
    return json;
}

static void print_json(struct invocation *in, const struct conversion *all, size_t count)
{
    cJSON *list = cJSON_CreateArray();

    for (size_t i = 0; i < count; i++)
        cJSON_AddItemToArray(list, file_json(in, &all[i]));
    command_print_json(list);
}

int template_convert(struct invocation *in, struct workspace *workspace, struct err *err)
{
    size_t count = (size_t)in->count - 1, left = 0;
    struct conversion *all = arena_array(&in->arena, count, sizeof(*all));

    (void)workspace;
    if (convert_all(in, all, count, err) < 0)
        return -1;
    if (in->json)
        print_json(in, all, count);
    else
        print_all(in, all, count);
    for (size_t i = 0; i < count; i++)
        left += all[i].result.left;
    return left > 0;
}
