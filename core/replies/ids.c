/* core/replies/ids.c - plain scanning, one pass each. */
#include "core/replies/ids.h"

#include <ctype.h>

#include "core/base/text.h"

#define MAX_ID_BYTES 998

static bool looks_like_token(struct span run)
{
    if (run.len != IDS_TOKEN_CHARS || !strchr("rbum", text_lower_char(run.data[0])))
        return false;
    for (size_t i = 0; i < run.len; i++) {
        char c = text_lower_char(run.data[i]);

        if (!(c >= 'a' && c <= 'z') && !(c >= '2' && c <= '7'))
            return false;
    }
    return true;
}

/* Is the run of 33 after '%' or '=' an escaped octet and a token? */
static bool is_escaped(struct span run, char before)
{
    return run.len == IDS_TOKEN_CHARS + 2 && (before == '%' || before == '=') &&
           isxdigit((unsigned char)run.data[0]) && isxdigit((unsigned char)run.data[1]);
}

/* The first place from `i`, where a run may begin, on which a run as long as a token begins; text.len when there is none. Looks
 * from the far end of where it would lie: what is no letter or digit there rules out all that begins before. */
static size_t long_run(struct span text, size_t i)
{
    while (i + IDS_TOKEN_CHARS <= text.len) {
        size_t at = i + IDS_TOKEN_CHARS;

        while (at > i && text_is_alnum(text.data[at - 1]))
            at--;
        if (at == i)
            return i;
        i = at;
    }
    return text.len;
}

void ids_add_tokens(struct span text, struct arena *arena, struct names *out)
{
    size_t i = 0;

    while (out->count < out->max && (i = long_run(text, i)) < text.len) {
        size_t start = i;
        struct span run;

        while (i < text.len && text_is_alnum(text.data[i]))
            i++;
        run = span_make(text.data + start, i - start);
        if (is_escaped(run, start > 0 ? text.data[start - 1] : '\0'))
            run = span_from(run, 2);
        if (looks_like_token(run))
            names_add(out, arena, text_lower(arena, run));
        i++;
    }
}

/* The id that begins at text.data[0] == '<', or an empty span. */
static struct span id_at(struct span text)
{
    for (size_t i = 1; i < text.len && i < MAX_ID_BYTES; i++) {
        unsigned char c = (unsigned char)text.data[i];

        if (c == '>')
            return i > 1 ? span_make(text.data, i + 1) : span_make(text.data, 0);
        if (c <= ' ' || c == '<' || c == 127)
            break;
    }
    return span_make(text.data, 0);
}

void ids_add_message_ids(struct span text, struct arena *arena, struct names *out)
{
    size_t i = 0;

    while (i < text.len) {
        struct span id = text.data[i] == '<' ? id_at(span_from(text, i)) : span_make(NULL, 0);

        if (id.len > 0)
            names_add(out, arena, text_to_utf8(arena, id));
        i += id.len > 0 ? id.len : 1;
    }
}

/* What follows the colon: white space, quote marks of wrapped lines, then the id. */
static struct span skip_to_id(struct span text)
{
    size_t i = 0;

    while (i < text.len && i < 8 && text_one_of(text.data[i], " \t\r\n>"))
        i++;
    return span_from(text, i);
}

void ids_add_returned(struct span text, struct arena *arena, struct names *out)
{
    static const char label[] = "essage-id:";
    struct span rest = text;

    while (rest.len > sizeof(label)) {
        const char *m = memchr(rest.data, ':', rest.len);
        size_t at = m ? (size_t)(m - rest.data) + 1 : rest.len;
        size_t len = sizeof(label) - 1;

        if (m && at > len && text_eq_nocase(span_make(rest.data + at - len, len), span_of(label))) {
            struct span id = skip_to_id(span_from(rest, at));

            if (id.len > 0 && id.data[0] == '<')
                id = id_at(id);
            else
                id.len = 0;
            if (id.len > 0)
                names_add(out, arena, text_to_utf8(arena, id));
        }
        rest = span_from(rest, at);
    }
}
