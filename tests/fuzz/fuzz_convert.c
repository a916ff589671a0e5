/* tests/fuzz/fuzz_convert.c - the first byte chooses a dialect, the rest is somebody's template. Whatever it is: no crash, every
 * note with a place, bounded memory, and a result that our engine compiles. */
#include <stdlib.h>

#include "templates/convert.h"

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

static const char *const fields[] = { "prospect.first_name",
                                      "prospect.last_name",
                                      "prospect.company",
                                      "prospect.title",
                                      "prospect.city",
                                      "prospect.country",
                                      "sender.first_name",
                                      "sender.name",
                                      "sender.address",
                                      "links.unsubscribe",
                                      "workspace.postal_address",
                                      "fields.*",
                                      "recap.summary",
                                      NULL };

static void must(bool truth)
{
    if (!truth)
        abort();
}

static const char *dialect(unsigned char number)
{
    size_t count = 0;

    while (convert_dialect(count))
        count++;
    return convert_dialect(number % count)->name;
}

static void check_notes(const struct converted *out)
{
    size_t left = 0;

    for (size_t i = 0; i < out->count; i++) {
        const struct convert_note *note = &out->notes[i];
        must(note->line > 0 && note->column > 0 && note->to && note->what);
        must(note->kind != CONVERT_LEFT || note->what[0]);
        left += note->kind == CONVERT_LEFT;
    }
    must(left == out->left);
}

static void check_compiles(struct span text, struct arena *arena)
{
    const struct template_options options = { .part = PART_TEXT,
                                              .trim_tag_lines = true,
                                              .fields = fields };
    struct template_problems problems = { 0 };
    struct template *template = template_compile(text, &options, arena, &problems);

    must(template != NULL);
    template_destroy(template);
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
    struct convert_options options = { .fields = fields };
    struct converted out;
    struct arena arena;
    struct err err = { 0 };

    if (size == 0)
        return 0;
    options.from = dialect(data[0]);
    arena_init(&arena);
    if (convert_template(span_make((const char *)data + 1, size - 1), &options, &arena, &out,
                         &err) == 0) {
        check_notes(&out);
        check_compiles(out.text, &arena);
    } else {
        must(err.code == ERR_INPUT && err.text[0]);
    }
    must(arena.used < ((size_t)64 << 20));
    arena_finish(&arena);
    return 0;
}
