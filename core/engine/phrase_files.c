/* core/engine/phrase_files.c - see phrase_files.h. */
#include "core/engine/phrase_files.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/base/file.h"
#include "core/base/text.h"

#define FILE_MAX_BYTES ((size_t)256 << 10)
#define LANGUAGE_BYTES 9 /* "pt-br", with room */

/* "en" of "en.conf": small letters and dashes. false when it is no file of phrases. */
static bool language_of(const char *name, char language[LANGUAGE_BYTES])
{
    size_t len = strspn(name, "abcdefghijklmnopqrstuvwxyz-");

    if (len < 2 || len >= LANGUAGE_BYTES || strcmp(name + len, ".conf") != 0)
        return false;
    snprintf(language, LANGUAGE_BYTES, "%.*s", (int)len, name);
    return true;
}

static bool is_known(const struct phrase_book *book, const char *language)
{
    for (size_t i = 0; i < book->count; i++)
        if (strcmp(phrases_language(book->languages[i]), language) == 0)
            return true;
    return false;
}

static int read_file(const char *path, const char *language, struct phrase_book *book,
                     struct err *err)
{
    struct phrases *phrases = NULL;
    struct str text;

    if (book->count == PHRASE_LANGUAGES_MAX)
        return err_set(err, ERR_LIMIT, "%s: more than %d languages of phrases", path,
                       PHRASE_LANGUAGES_MAX);
    str_init(&text, FILE_MAX_BYTES);
    if (file_read(path, &text, NULL, err) == 0)
        phrases = phrases_parse(str_text(&text), path, language, err);
    str_finish(&text);
    if (!phrases)
        return -1;
    book->languages[book->count++] = phrases;
    return 0;
}

static int read_folder(const char *folder, struct phrase_book *book, struct err *err)
{
    char language[LANGUAGE_BYTES];
    DIR *dir = opendir(folder);
    struct dirent *entry;
    struct arena scratch;
    int rc = 0;

    if (!dir)
        return 0;
    arena_init(&scratch);
    while (rc == 0 && (entry = readdir(dir)) != NULL)
        if (language_of(entry->d_name, language) && !is_known(book, language))
            rc = read_file(arena_printf(&scratch, "%s/%s", folder, entry->d_name), language, book,
                           err);
    arena_finish(&scratch);
    closedir(dir);
    return rc;
}

static int compare(const void *a, const void *b)
{
    return strcmp(phrases_language(*(struct phrases *const *)a),
                  phrases_language(*(struct phrases *const *)b));
}

int phrase_files_read(const char *folders, struct phrase_book *book, struct err *err)
{
    struct span rest = span_of(folders), folder;
    struct arena scratch;
    int rc = 0;

    arena_init(&scratch);
    while (rc == 0 && text_next_piece(&rest, ':', &folder))
        if (folder.len)
            rc = read_folder(arena_dup_span(&scratch, folder), book, err);
    arena_finish(&scratch);
    /* Whatever order the folder gave. */
    qsort(book->languages, book->count, sizeof(struct phrases *), compare); /* NOLINT: pointers */
    return rc;
}
