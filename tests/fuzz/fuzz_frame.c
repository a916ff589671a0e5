/* tests/fuzz/fuzz_frame.c - any bytes as the frame of a hostile child: refused, or a mail whose text is
 * UTF-8 and which can be read. */
#include "core/replies/mail_frame.h"
#include "reading_input.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct claimed { /* first: what readings see of it */
    struct mail_source source;
    struct span frame;
};

static const char *read_claimed(struct mail_source *source, struct span raw, struct arena *arena,
                                struct mail *out)
{
    (void)raw;
    return mail_frame_read(((struct claimed *)source)->frame, arena, out) ? NULL : "no frame";
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct reading_env env = reading_input_env();
    struct claimed claimed = { .source = { .read = read_claimed } };
    struct reading reading;
    struct arena arena;

    arena_init(&arena);
    claimed.frame = span_make(arena_dup_span(&arena, span_make((const char *)data, size)), size);
    env.mail_source = &claimed.source;
    reading_of_mail(span_of("From: a@b.example\n\nhello\n"), &env, &arena, &reading);
    reading_input_check(&reading);
    arena_finish(&arena);
    return 0;
}
