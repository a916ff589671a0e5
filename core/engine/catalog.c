/* core/engine/catalog.c - see catalog.h. Two short lists: a workspace has tens of each, not thousands. */
#include "core/engine/catalog.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/engine/drops.h"
#include "core/store/plans.h"

struct kept_sequence {
    struct kept_sequence *next;
    char *name;
    int64_t version;
    struct sequence *sequence;
};

struct kept_template {
    struct kept_template *next;
    char *name;
    char label[96];
    struct catalog_template template;
};

struct catalog {
    struct db *db;
    struct kept_sequence *sequences;
    struct kept_template *templates;
};

struct catalog *catalog_create(struct db *db)
{
    struct catalog *catalog = xcalloc(1, sizeof(*catalog));

    catalog->db = db;
    return catalog;
}

void catalog_refresh(struct catalog *catalog)
{
    struct kept_template *kept = catalog->templates;

    while (kept) {
        struct kept_template *next = kept->next;
        parts_destroy((struct parts *)kept->template.parts);
        free(kept->name);
        free(kept);
        kept = next;
    }
    catalog->templates = NULL;
}

void catalog_destroy(struct catalog *catalog)
{
    struct kept_sequence *kept = catalog ? catalog->sequences : NULL;

    if (!catalog)
        return;
    catalog_refresh(catalog);
    while (kept) {
        struct kept_sequence *next = kept->next;
        sequence_destroy(kept->sequence);
        free(kept->name);
        free(kept);
        kept = next;
    }
    free(catalog);
}

static struct sequence *read_sequence(struct catalog *catalog, const char *name, int64_t version,
                                      struct err *err)
{
    struct sequence *sequence = NULL;
    struct sequence_row row = { .name = name, .version = version };
    struct arena scratch;
    int found;

    arena_init(&scratch);
    found = sequence_get(catalog->db, &scratch, &row, err);
    if (found == 0)
        err_set(err, ERR_NOT_FOUND, "no sequence \"%s\": see `heed sequence list`", name);
    else if (found == 1)
        sequence = sequence_parse(span_of(row.source), name, err);
    arena_finish(&scratch);
    return sequence;
}

const struct sequence *catalog_sequence(struct catalog *catalog, const char *name, int64_t version,
                                        struct err *err)
{
    struct kept_sequence *kept = catalog->sequences;
    struct sequence *sequence;

    while (kept && (kept->version != version || strcmp(kept->name, name) != 0))
        kept = kept->next;
    if (kept)
        return kept->sequence;
    sequence = read_sequence(catalog, name, version, err);
    if (!sequence)
        return NULL;
    kept = xcalloc(1, sizeof(*kept));
    *kept = (struct kept_sequence){
        .next = catalog->sequences, .name = xstrdup(name), .version = version, .sequence = sequence
    };
    catalog->sequences = kept;
    return sequence;
}

struct stored_files { /* of a template, or the shared snippets */
    const char *name;
    struct part_source *list;
    size_t count;
    int64_t version;
};

/* Fills in what the store has of files->name. Count or -1. */
static int read_files(struct db *db, struct arena *scratch, struct stored_files *files,
                      struct err *err)
{
    struct template_row *rows = NULL;
    int count = template_get(db, files->name, scratch, &rows, err);

    files->count = count > 0 ? (size_t)count : 0;
    files->list = arena_array(scratch, files->count + 1, sizeof(*files->list));
    for (int i = 0; i < count; i++)
        files->list[i] = (struct part_source){ .name = rows[i].part, .source = rows[i].source };
    if (count > 0)
        files->version = rows[0].version;
    return count;
}

static struct parts *compile_files(const struct parts_source *source, struct arena *scratch,
                                   struct err *err)
{
    struct parts *parts;
    struct str problems;

    str_init(&problems, 64 << 10);
    parts = parts_compile(source, scratch, &problems);
    if (!parts)
        err_set(err, ERR_CONFIG, "template \"%s\": %s", source->name, str_text(&problems));
    str_finish(&problems);
    return parts;
}

static struct parts *read_parts(struct catalog *catalog, const char *name, int64_t *version,
                                struct err *err)
{
    struct stored_files own = { .name = name }, shared = { .name = PARTS_SHARED };
    struct parts *parts = NULL;
    struct arena scratch;
    int found;

    arena_init(&scratch);
    found = read_files(catalog->db, &scratch, &own, err);
    *version = own.version;
    if (found == 0)
        err_set(err, ERR_NOT_FOUND, "no template \"%s\": see `heed template list`", name);
    if (found > 0 && read_files(catalog->db, &scratch, &shared, err) >= 0) {
        const struct parts_source source = { .name = name,
                                             .sources = own.list,
                                             .count = own.count,
                                             .fields = drops_fields(),
                                             .shared = shared.list,
                                             .shared_count = shared.count };
        parts = compile_files(&source, &scratch, err);
    }
    arena_finish(&scratch);
    return parts;
}

const struct catalog_template *catalog_template(struct catalog *catalog, const char *name,
                                                struct err *err)
{
    struct kept_template *kept = catalog->templates;
    struct parts *parts;
    int64_t version = 0;

    while (kept && strcmp(kept->name, name) != 0)
        kept = kept->next;
    if (kept)
        return &kept->template;
    parts = read_parts(catalog, name, &version, err);
    if (!parts)
        return NULL;
    kept = xcalloc(1, sizeof(*kept));
    kept->next = catalog->templates;
    kept->name = xstrdup(name);
    snprintf(kept->label, sizeof(kept->label), "%s@%" PRId64, name, version);
    kept->template = (struct catalog_template){ .parts = parts, .label = kept->label };
    catalog->templates = kept;
    return &kept->template;
}
