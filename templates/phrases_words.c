/* templates/phrases_words.c - cuts a text into words, and folds them so that case and apostrophes make no difference. No
 * locale: Latin, Greek and Cyrillic letters are folded by their places in Unicode. */
#include "templates/phrases_inside.h"

#include "core/base/text.h"

static bool is_apostrophe(uint32_t point)
{
    return point == '\'' || point == '`' || point == 0xb4 || point == 0x2bc || point == 0x2018 ||
           point == 0x2019;
}

static bool is_letter(uint32_t point)
{
    if (point < 0x80)
        return text_is_alnum((char)point);
    return point >= 0xc0 && point != 0xd7 && point != 0xf7 && point != 0xfffd &&
           (point < 0x2000 || point >= 0x2c00) && (point < 0x3000 || point >= 0x3040) &&
           point < 0x1f000;
}

static uint32_t lower(uint32_t point)
{
    if (point < 0x80)
        return (unsigned char)text_lower_char((char)point);
    if ((point >= 0xc0 && point <= 0xde) || (point >= 0x391 && point <= 0x3a9) ||
        (point >= 0x410 && point <= 0x42f))
        return point + 32;
    if (point >= 0x400 && point <= 0x40f)
        return point + 80;
    /* Latin Extended-A: pairs, the capital first; in two runs the capital is the odd one. */
    if ((point >= 0x139 && point <= 0x148) || (point >= 0x179 && point <= 0x17e))
        return point & 1 ? point + 1 : point;
    if (point >= 0x100 && point <= 0x177 && point != 0x130 && point != 0x131 && point != 0x138)
        return point | 1;
    return point;
}

size_t phrases_fold(struct span word, char out[PHRASE_WORD_BYTES])
{
    const char *at = word.data, *end = at + word.len;
    struct str folded;
    size_t len;

    if (word.len >= PHRASE_WORD_BYTES)
        return 0;
    for (len = 0; len < word.len && text_is_alnum(word.data[len]); len++)
        out[len] = text_lower_char(word.data[len]);
    if (len == word.len)
        return len;
    str_init(&folded, PHRASE_WORD_BYTES - 1);
    while (at < end) {
        uint32_t point = text_next_point(&at, end);
        if (!is_apostrophe(point))
            text_add_utf8(&folded, lower(point));
    }
    len = folded.failed ? 0 : folded.len;
    if (len)
        memcpy(out, folded.data, len);
    str_finish(&folded);
    return len;
}

static bool starts_link(struct span rest)
{
    return text_starts_nocase(rest, "http://") || text_starts_nocase(rest, "https://") ||
           text_starts_nocase(rest, "mailto:") || text_starts_nocase(rest, "www.");
}

/* Up to white space or a bracket, without the sentence's own marks at its end. */
static size_t link_length(struct span rest)
{
    size_t len = 0;

    while (len < rest.len && !text_is_space(rest.data[len]) &&
           !text_one_of(rest.data[len], "<>\"") && rest.data[len] != ')')
        len++;
    while (len > 1 && text_one_of(rest.data[len - 1], ".,;:!?'"))
        len--;
    return len;
}

/* Bytes of the letter, or of the apostrophe with a letter behind it, at the beginning of rest; 0 = the word ends. */
static size_t letter_length(struct span rest, bool inside)
{
    const char *at = rest.data, *end = at + rest.len, *next;
    uint32_t point;

    if (rest.len == 0)
        return 0;
    if (text_is_alnum(*at))
        return 1;
    point = text_next_point(&at, end);
    if (is_letter(point))
        return (size_t)(at - rest.data);
    next = at;
    if (!inside || !is_apostrophe(point) || at >= end || !is_letter(text_next_point(&next, end)))
        return 0;
    return (size_t)(at - rest.data);
}

static size_t word_length(struct span rest)
{
    size_t len = 0, more;

    while ((more = letter_length(span_from(rest, len), len > 0)) > 0)
        len += more;
    return len;
}

bool phrases_word(const struct phrases *phrases, struct span text, size_t *at,
                  struct lint_word *out)
{
    while (*at < text.len) {
        struct span rest = span_from(text, *at);
        const char *next = rest.data;
        size_t len = word_length(rest);
        if (len == 0) {
            text_next_point(&next, rest.data + rest.len);
            *at += (size_t)(next - rest.data);
            continue;
        }
        *out = (struct lint_word){ .url = starts_link(rest) };
        out->text = span_make(rest.data, out->url ? link_length(rest) : len);
        if (!out->url && phrases)
            out->id = phrases_id(phrases, out->text);
        *at += out->text.len;
        return true;
    }
    return false;
}
