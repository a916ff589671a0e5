/* tests/fuzz/fuzz_mail.c - any bytes as mail, parsed in this process: no crash, all text out is UTF-8,
 * and the mail comes out of its frame as it went in. */
#include "core/replies/mail_frame.h"
#include "core/replies/mail_parse.h"
#include "reading_input.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct framing { /* first: what readings see of it */
    struct mail_source source;
    struct str first, second;
};

static const char *read_framed(struct mail_source *source, struct span raw, struct arena *arena,
                               struct mail *out)
{
    struct framing *framing = (struct framing *)source;
    struct mail mail;

    if (!mail_parse(raw, arena, &mail))
        return "scan: no message";
    mail_frame_write(&mail, &framing->first);
    if (!str_ok(&framing->first) || !mail_frame_read(str_span(&framing->first), arena, out))
        abort();
    mail_frame_write(out, &framing->second);
    if (!span_eq(str_span(&framing->first), str_span(&framing->second)))
        abort();
    return NULL;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct reading_env env = reading_input_env();
    struct framing framing = { .source = { .read = read_framed } };
    struct reading reading;
    struct arena arena;

    arena_init(&arena);
    str_init(&framing.first, MAIL_FRAME_MAX_BYTES);
    str_init(&framing.second, MAIL_FRAME_MAX_BYTES);
    env.mail_source = &framing.source;
    reading_of_mail(span_make((const char *)data, size), &env, &arena, &reading);
    reading_input_check(&reading);
    str_finish(&framing.first);
    str_finish(&framing.second);
    arena_finish(&arena);
    return 0;
}
