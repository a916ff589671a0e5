/* tests/fuzz/fuzz_lexicon.c - any bytes as a table of rules, and the bytes behind the first NUL as a text that is searched by them:
 * hits lie within the text, an error names the table. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/replies/lexicon.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void search(const struct lexicon *lexicon, struct span text, struct arena *arena)
{
    struct words words = words_split(text, arena);

    for (int section = 0; section < LEXICON_SECTIONS; section++) {
        struct lexicon_hit *hits;
        size_t count = lexicon_find(lexicon, (enum lexicon_section)section, &words, arena, &hits);

        for (size_t i = 0; i < count; i++)
            if (hits[i].count == 0 || hits[i].first + hits[i].count > words.count ||
                (int)hits[i].rule->section != section || !hits[i].rule->name)
                abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct span all = span_make((const char *)data, size);
    const char *nul = size ? memchr(data, '\0', size) : NULL;
    size_t len = nul ? (size_t)(nul - all.data) : size;
    struct lexicon_source source = { .name = "fuzz.tsv", .text = span_make(all.data, len) };
    const struct lexicon *lexicon;
    struct err err = { .code = ERR_NONE };
    struct arena arena;

    arena_init(&arena);
    lexicon = lexicon_parse(&source, 1, &arena, &err);
    if (lexicon)
        search(lexicon, span_from(all, len), &arena);
    else if (strncmp(err.text, "fuzz.tsv", 8) != 0)
        abort();
    arena_finish(&arena);
    return 0;
}
