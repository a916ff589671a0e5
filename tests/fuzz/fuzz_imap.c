/* tests/fuzz/fuzz_imap.c - bytes of a hostile IMAP server, in pieces of the size that the first byte
 * says, through the framing and the reading of answers. */
#include <stdint.h>

#include "channels/imap_answer.h"
#include "channels/imap_reader.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A body is a part of its answer, never memory beside it. */
static void read_answer(struct span text)
{
    struct imap_answer answer;
    struct imap_fetch fetch;
    struct err err;
    uint32_t number;

    if (imap_answer_read(text, &answer, &err) < 0)
        return;
    (void)imap_code_number(&answer, "UIDNEXT", &number);
    (void)imap_has_word(answer.rest, "IDLE");
    if (answer.kind == IMAP_COUNT && imap_fetch_read(&answer, &fetch, &err) == 0 &&
        fetch.body.len > 0 &&
        (fetch.body.data < text.data || fetch.body.data + fetch.body.len > text.data + text.len))
        __builtin_trap();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct span bytes = span_make((const char *)data, size);
    size_t step = size > 0 ? (size_t)data[0] + 1 : 1;
    struct imap_reader reader;
    struct span answer;
    struct err err;
    int found = 0;

    imap_reader_init(&reader, 300);
    for (bytes = span_from(bytes, 1); bytes.len > 0 && found >= 0; bytes = span_from(bytes, step)) {
        imap_reader_add(&reader, span_make(bytes.data, bytes.len < step ? bytes.len : step));
        while ((found = imap_reader_next(&reader, &answer, &err)) > 0)
            read_answer(answer);
    }
    imap_reader_finish(&reader);
    return 0;
}
