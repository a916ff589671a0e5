/* tests/fuzz/fuzz_csv.c - any bytes come to an end, every cell is UTF-8, and a row that we write
 * is read again with as many cells. */
#include <stdlib.h>

#include "core/base/csv.h"
#include "core/base/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_written(struct str *text, size_t count, struct arena *arena)
{
    FILE *in = fmemopen(text->data, text->len, "r");
    struct csv *csv = csv_create(in, ',');
    struct csv_row row;

    if (csv_next(csv, arena, &row, NULL) != 1 || row.count != count)
        abort();
    csv_destroy(csv);
    fclose(in);
}

static void check_row(const struct csv_row *row, struct arena *arena)
{
    struct str text;

    str_init(&text, 1 << 20);
    for (size_t i = 0; i < row->count; i++) {
        if (!text_is_utf8(span_of(row->cells[i])))
            abort();
        csv_add_cell(&text, row->cells[i], i == 0);
    }
    if (text.len > 0 && text.len < 50000)
        check_written(&text, row->count, arena);
    str_finish(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    FILE *in = size ? fmemopen((void *)(uintptr_t)data, size, "r") : NULL;
    size_t calls = 0;
    struct csv_row row;
    struct arena arena;
    struct csv *csv;
    int rc;

    if (!in)
        return 0;
    csv = csv_create(in, 0);
    arena_init(&arena);
    while ((rc = csv_next(csv, &arena, &row, NULL)) != 0) {
        if (++calls > size || row.line > (long)size)
            abort();
        if (rc > 0)
            check_row(&row, &arena);
        arena_reset(&arena);
    }
    if (csv_bytes(csv) != (long)size && !(size > 1 && (data[0] & 0xFE) == 0xFE))
        abort();
    arena_finish(&arena);
    csv_destroy(csv);
    fclose(in);
    return 0;
}
