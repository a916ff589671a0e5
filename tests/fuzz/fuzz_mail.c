/* tests/fuzz/fuzz_mail.c - any bytes as mail, parsed in this process: no crash, all text out is UTF-8,
 * the mail comes out of its frame as it went in, and is the same when GMime reads all of it. */
#include "core/replies/mail_frame.h"
#include "core/replies/mail_parse.h"
#include "reading_input.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct framing { /* first: what readings see of it */
    struct mail_source source;
    struct str first, second;
};

static void check_whole(struct span raw, struct arena *arena, const struct str *frame)
{
    struct mail whole;
    struct str other;

    str_init(&other, MAIL_FRAME_MAX_BYTES);
    if (!mail_parse_whole(raw, arena, &whole))
        abort();
    mail_frame_write(&whole, &other);
    if (!span_eq(str_span(frame), str_span(&other)))
        abort();
    str_finish(&other);
}

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
    check_whole(raw, arena, &framing->first);
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
