/* core/engine/lexicon_files.c - see lexicon_files.h. */
#include "core/engine/lexicon_files.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>

#include "core/base/file.h"

/* "ours.tsv": no hidden file, no copy that an editor left behind. */
static bool is_table(const char *name)
{
    size_t len = strlen(name);

    return name[0] != '.' && len > 4 && strcmp(name + len - 4, ".tsv") == 0;
}

static int compare(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The names of the tables, sorted. Their count, or -1 and err. */
static int list_tables(const char *folder, struct arena *arena, const char **names, struct err *err)
{
    DIR *dir = opendir(folder);
    struct dirent *entry;
    char why[100];
    int count = 0;

    if (!dir && errno == ENOENT)
        return 0;
    if (!dir)
        return err_set(err, ERR_SYSTEM, "%s: cannot be read: %s", folder,
                       err_errno(errno, why, sizeof(why)));
    while (count >= 0 && (entry = readdir(dir)) != NULL) {
        if (!is_table(entry->d_name))
            continue;
        if (count == LEXICON_FILES_MAX)
            count = err_set(err, ERR_LIMIT, "%s: more than %d tables of rules", folder,
                            LEXICON_FILES_MAX);
        else
            names[count++] = arena_dup(arena, entry->d_name);
    }
    closedir(dir);
    if (count > 0)
        qsort(names, (size_t)count, sizeof(*names), compare); /* NOLINT: pointers */
    return count;
}

static int read_table(const char *path, struct arena *arena, struct lexicon_source *out,
                      struct err *err)
{
    struct str text;
    int rc;

    str_init(&text, LEXICON_FILE_BYTES);
    rc = file_read(path, &text, NULL, err);
    if (rc == 0)
        *out = (struct lexicon_source){
            .name = path, .text = span_make(arena_dup_span(arena, str_span(&text)), text.len)
        };
    str_finish(&text);
    return rc;
}

const struct lexicon *lexicon_files_read(const char *folder, struct arena *arena, struct err *err)
{
    const char *names[LEXICON_FILES_MAX];
    int count = list_tables(folder, arena, names, err);
    struct lexicon_source *sources;

    if (count < 0)
        return NULL;
    sources = arena_array(arena, lexicon_ours_count + (size_t)count, sizeof(*sources));
    memcpy(sources, lexicon_ours, lexicon_ours_count * sizeof(*sources));
    for (int i = 0; i < count; i++)
        if (read_table(arena_printf(arena, "%s/%s", folder, names[i]), arena,
                       &sources[lexicon_ours_count + (size_t)i], err) < 0)
            return NULL;
    return lexicon_parse(sources, lexicon_ours_count + (size_t)count, arena, err);
}
