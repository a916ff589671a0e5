/* core/replies/quote.c - looks at a line and the few behind it; never further. */
#include "core/replies/quote.h"

#include <glib.h>
#include <string.h>

#include "core/base/text.h"
#include "core/replies/fold.h"
#include "core/replies/quote_words.h"

#define MAX_ATTRIBUTION_LINES 6
#define MAX_ATTRIBUTION_BYTES 420
#define MAX_WRAPPED_QUOTE_BYTES 12
#define MAX_PLAIN_BYTES 160 /* of an attribution without a known verb */
#define MAX_BLOCK_LINES 12
#define MAX_LABEL_POINTS 24
#define LEAST_DIGITS 3 /* of what may be a date */
#define LEAST_MARKER_DASHES 3
#define MAX_MARKER_BYTES 80
#define MAX_MARKER_BLANKS 6
#define BEFORE_VERB " >,)\"'"

/* What is known of a candidate, possibly several lines joined. */
struct candidate {
    const char *text;
    size_t len; /* without trailing decoration */
    bool colon; /* it ended with one */
    bool date, address;
};

static const char *skip_decoration(const char *text)
{
    return text + strspn(text, "-_*= \"");
}

static bool is_digit(const char *at)
{
    return (unsigned char)*at < 0x80 ? text_is_digit(*at) : g_unichar_isdigit(g_utf8_get_char(at));
}

static struct candidate examine(const char *text)
{
    struct candidate c = { .text = text, .len = strlen(text) };
    int digits = 0;

    while (c.len > 0 && strchr(":*-_ ", text[c.len - 1])) {
        c.colon = c.colon || text[c.len - 1] == ':';
        c.len--;
    }
    for (const char *at = text; *at; at = g_utf8_next_char(at)) {
        c.address = c.address || *at == '@';
        digits += is_digit(at);
    }
    c.date = digits >= LEAST_DIGITS;
    return c;
}

/* What stands before the verb at the end of it, at least a byte; 0 = no such verb. */
static size_t length_before(const struct candidate *c, const char *verb)
{
    size_t len = strlen(verb);

    if (c->len <= len || c->text[c->len - 1] != verb[len - 1])
        return 0;
    return memcmp(c->text + c->len - len, verb, len) == 0 ? c->len - len : 0;
}

static bool ends_with_verb(const struct candidate *c)
{
    for (size_t i = 0; i < quote_unparted_verbs_count; i++)
        if (length_before(c, quote_unparted_verbs[i].text) > 0)
            return true;
    for (size_t i = 0; i < quote_verbs_count; i++) {
        size_t before = length_before(c, quote_verbs[i].text);

        if (before > 0 && strchr(BEFORE_VERB, c->text[before - 1]))
            return true;
    }
    return false;
}

static bool holds_verb(const char *text, const char *verb)
{
    const char *at = strstr(text, verb);

    return at && at > text && strchr(BEFORE_VERB, at[-1]) && fold_is_word_end(at + strlen(verb));
}

static bool has_verb(const char *text)
{
    for (size_t i = 0; i < quote_verbs_count; i++)
        if (holds_verb(text, quote_verbs[i].text))
            return true;
    return false;
}

struct quote_clues quote_clues_of(const struct lines *lines, struct arena *arena)
{
    struct quote_clues clues = {
        .markers = lines_may_hold(lines, quote_markers, quote_markers_count) ||
                   lines_may_hold(lines, quote_mail_nouns, quote_mail_nouns_count),
    };

    clues.verbs = arena_array(arena, quote_verbs_count, sizeof(*clues.verbs));
    for (size_t i = 0; i < quote_verbs_count; i++)
        if (fold_may_hold(lines->marks, quote_verbs[i].text))
            clues.verbs[clues.verb_count++] = quote_verbs[i].text;
    return clues;
}

/* The same for a line of those that the clues are of. */
static bool line_has_verb(const char *text, const struct quote_clues *clues)
{
    for (size_t i = 0; i < clues->verb_count; i++)
        if (holds_verb(text, clues->verbs[i]))
            return true;
    return false;
}

static bool begins_with_date(const char *text)
{
    return is_digit(text) || phrase_at_start(quote_weekdays, quote_weekdays_count, text) != NULL;
}

static bool begins_with_opener(const char *text)
{
    if (phrase_at_start(quote_openers, quote_openers_count, text))
        return true;
    return phrase_begins(quote_unparted_openers, quote_unparted_openers_count, text) != NULL;
}

/* May an attribution begin with this line? Else a sentence before it would be taken with it. */
static bool may_begin(const char *text, const struct quote_clues *clues)
{
    return begins_with_opener(text) || begins_with_date(text) || line_has_verb(text, clues) ||
           (strchr(text, '@') && strlen(text) < MAX_PLAIN_BYTES);
}

/* Is `text` a sentence that ended, so that an attribution which begins below it is not its rest? */
static bool is_ended(const char *text)
{
    size_t len = strlen(text);

    return len > 4 && strchr(".!?", text[len - 1]);
}

/* "26.06.2014, 14:41, "N" <n@x>:" has no verb at all. */
static bool is_dated_address(const struct candidate *c, bool quote_follows)
{
    bool bracket = c->len > 0 && c->text[c->len - 1] == '>';

    return c->date && c->address && (c->colon || (bracket && quote_follows)) &&
           begins_with_date(c->text);
}

static bool is_attribution(const char *joined, bool quote_follows)
{
    const char *text = skip_decoration(joined);
    struct candidate c = examine(text);
    bool dashes = strncmp(joined, "----", 4) == 0 && joined[strlen(joined) - 1] == '-';
    bool known = c.date || c.address;

    if (!dashes && !known)
        return false;
    if (ends_with_verb(&c))
        return dashes || (known && (c.colon || quote_follows)) || (c.date && c.address);
    if (c.colon && c.date && has_verb(text))
        return begins_with_opener(text) || c.address || c.len < 90;
    if (quote_follows && c.address && c.colon && c.len < MAX_PLAIN_BYTES &&
        phrase_at_start(quote_citing, quote_citing_count, text))
        return true;
    /* Whatever the language: a date, an address, a colon, and the quote. */
    return is_dated_address(&c, quote_follows) ||
           (quote_follows && c.date && c.address && c.colon && c.len < MAX_PLAIN_BYTES);
}

static bool quote_follows(const struct lines *lines, size_t at)
{
    at = lines_skip_blank(lines, at);
    return at < lines->count && (lines->items[at].quoted || lines->items[at].folded[0] == '|');
}

static bool begins_attribution(const char *text)
{
    return begins_with_opener(text) || begins_with_date(text);
}

/* May the line at `at` belong to an attribution that began above it? Quoted lines may when they are
 * short remains of a wrapped address; a blank line only before a bracket. */
static bool continues(const struct lines *lines, size_t at)
{
    const struct line *line = &lines->items[at];
    size_t next = at + 1;

    if (line->quoted)
        return line->text.len <= MAX_WRAPPED_QUOTE_BYTES;
    if (!line_is_blank(line))
        return true;
    return next < lines->count && lines->items[next].folded[0] == '<';
}

static const char *folded_line(const struct line *line, struct arena *arena)
{
    return line->quoted ? fold_text(arena, line->text, LINES_FOLD_BYTES) : line->folded;
}

/* Appends a blank and `next` to `joined`, which starts anew with `first` unless that is NULL. False when it gets too long. */
static bool join(char joined[MAX_ATTRIBUTION_BYTES + 1], const char *first, const char *next)
{
    size_t len = first ? strlen(first) : strlen(joined), more = strlen(next);

    if (len + 1 + more > MAX_ATTRIBUTION_BYTES)
        return false;
    if (first)
        memcpy(joined, first, len + 1);
    joined[len] = ' ';
    memcpy(joined + len + 1, next, more + 1);
    return true;
}

size_t quote_attribution(const struct lines *lines, size_t at, const struct quote_clues *clues,
                         struct arena *arena)
{
    const char *first = lines->items[at].folded;
    char joined[MAX_ATTRIBUTION_BYTES + 1];
    size_t left = lines->count - at;
    size_t most = left < MAX_ATTRIBUTION_LINES ? left : MAX_ATTRIBUTION_LINES;

    if (first[0] == '\0' || !may_begin(skip_decoration(first), clues))
        return 0;
    for (size_t n = 1; n <= most; n++) {
        if (is_attribution(n == 1 ? first : joined, quote_follows(lines, at + n)))
            return n;
        if (n == 1 && n < most && is_ended(first) &&
            begins_attribution(skip_decoration(lines->items[at + 1].folded)))
            return 0;
        if (n == most || !continues(lines, at + n) ||
            !join(joined, n == 1 ? first : NULL, folded_line(&lines->items[at + n], arena)))
            return 0;
    }
    return 0;
}

size_t quote_attribution_inside(const struct line *line, struct arena *arena)
{
    static const char *const starts[] = { "--- On ", " On " };
    struct span text = line->text;

    for (size_t i = 0; i < COUNT_OF(starts); i++) {
        const char *at =
            text.len ? memmem(text.data, text.len, starts[i], strlen(starts[i])) : NULL;
        size_t offset = at ? (size_t)(at - text.data) : 0;
        size_t skip = strlen(starts[i]) - 3;
        const char *folded;
        struct candidate c;

        if (!at || offset == 0 || begins_with_opener(line->folded))
            continue;
        folded = fold_text(arena, span_from(text, offset + skip), LINES_FOLD_BYTES);
        c = examine(folded);
        if (begins_with_date(folded + 3) && ends_with_verb(&c) && c.colon && c.date)
            return offset;
    }
    return 0;
}

/* A label, a colon: which end of the line does not matter. */
static bool is_label_line(const char *folded)
{
    const char *text = folded + strspn(folded, "*_ ");
    const char *colon = strchr(text, ':');
    size_t len = colon ? (size_t)(colon - text) : 0;

    while (len > 0 && strchr(" *_", text[len - 1]))
        len--;
    if (len == 0 || len > 40)
        return false;
    for (size_t i = 0; i < quote_block_labels_count; i++)
        if (text[0] == quote_block_labels[i].text[0] && strlen(quote_block_labels[i].text) == len &&
            memcmp(text, quote_block_labels[i].text, len) == 0)
            return true;
    return false;
}

/* "word: value" with a short word or two before the colon. */
static const char *any_label_value(const char *folded)
{
    const char *text = folded + strspn(folded, "*_ ");
    size_t len = strcspn(text, ":");
    size_t points = 0;

    for (size_t i = 0; i < len; i++)
        points += ((unsigned char)text[i] & 0xC0) != 0x80;
    if (text[len] != ':' || points == 0 || points > MAX_LABEL_POINTS || strpbrk(text, "?!") ||
        memchr(text, '@', len))
        return NULL;
    return text + len + 1;
}

static bool has_clock(const char *text)
{
    for (const char *at = strpbrk(text, ":."); at; at = strpbrk(at + 1, ":."))
        if (at > text && g_ascii_isdigit(at[-1]) && g_ascii_isdigit(at[1]) &&
            g_ascii_isdigit(at[2]) && !g_ascii_isdigit(at[3]))
            return true;
    return false;
}

/* A header block in a language we have no words of: name and address, a time, and two more. */
static size_t foreign_block(const struct lines *lines, size_t at)
{
    const char *values[4];

    if (lines->count - at < COUNT_OF(values))
        return 0;
    for (size_t i = 0; i < COUNT_OF(values); i++) {
        values[i] = any_label_value(lines->items[at + i].folded);
        if (!values[i])
            return 0;
    }
    return strchr(values[0], '<') && strchr(values[0], '@') && has_clock(values[1]) &&
                   !strchr(values[1], '@')
               ? COUNT_OF(values)
               : 0;
}

/* How many labels a line has: clients that lose line ends write the whole block as one. */
static size_t labels_in(const char *folded)
{
    const char *colon = strchr(folded, ':');
    size_t count = 0;

    for (int tries = 0; colon && tries < MAX_BLOCK_LINES; tries++, colon = strchr(colon + 1, ':')) {
        for (size_t i = 0; i < quote_block_labels_count; i++) {
            size_t len = strlen(quote_block_labels[i].text);

            if (len >= 4 && (size_t)(colon - folded) >= len &&
                memcmp(colon - len, quote_block_labels[i].text, len) == 0) {
                count++;
                break;
            }
        }
    }
    return count;
}

size_t quote_header_block(const struct lines *lines, size_t at)
{
    size_t labels = 0, last = at, gap = 0;
    bool address = false;

    if (!is_label_line(lines->items[at].folded))
        return foreign_block(lines, at);
    if (strchr(lines->items[at].folded, '@') && labels_in(lines->items[at].folded) >= 3)
        return 1;
    for (size_t i = at; i < lines->count && i < at + MAX_BLOCK_LINES && gap < 3; i++) {
        address = address || strchr(lines->items[i].folded, '@');
        if (is_label_line(lines->items[i].folded)) {
            labels++;
            last = i;
            gap = 0;
        } else {
            gap++;
        }
    }
    return labels >= 3 || (labels == 2 && address) ? last + 1 - at : foreign_block(lines, at);
}

/* "----- Mail original -----": a few words between two rows of dashes, one of them for mail. */
static bool is_ruled_marker(const char *folded)
{
    size_t len = strlen(folded), left = strspn(folded, "-"), right = 0, blanks = 0;

    while (right < len && folded[len - 1 - right] == '-')
        right++;
    if (left < LEAST_MARKER_DASHES || right < LEAST_MARKER_DASHES || len > MAX_MARKER_BYTES ||
        left + right >= len || strpbrk(folded, "?!:;,@0123456789"))
        return false;
    for (const char *at = folded + left; at < folded + len - right; at++)
        blanks += *at == ' ';
    return blanks <= MAX_MARKER_BLANKS &&
           phrase_in(quote_mail_nouns, quote_mail_nouns_count, folded) != NULL;
}

bool quote_is_marker(const struct line *line)
{
    const char *text = skip_decoration(line->folded);
    const struct phrase *found = phrase_at_start(quote_markers, quote_markers_count, text);
    const char *after;

    if (!found)
        return is_ruled_marker(line->folded);
    after = text + strlen(found->text);
    if (text > line->folded)
        return true;
    /* Apple writes no dashes; a sentence that begins so goes on with words. */
    return strcspn(after, ":") < 24 && after[strcspn(after, ":")] == ':' && strlen(after) < 26;
}
