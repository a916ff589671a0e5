/* core/replies/signature.c - what begins each kind, and how long it may be. The
 * words: signature_words.c. */
#include "core/replies/signature.h"

#include <string.h>

#include "core/base/text.h"
#include "core/replies/fold.h"
#include "core/replies/signature_words.h"

#define MAX_SIGNATURE_LINES 15
#define MAX_SIGN_OFF_LINES 6
#define MAX_SIGN_OFF_BYTES 70
#define MAX_DEVICE_BYTES 140
#define MAX_NAME_BYTES 30
#define MAX_SHORT_BYTES 80
#define MAX_GREETING_BLANKS 6
#define MAX_PARAGRAPH_BYTES 800
#define LEAST_DISCLAIMER 60
#define LEAST_CONTACT_LINES 3
#define MAX_CONTACT_LINES 8
#define MAX_CONTACT_BYTES 60
#define LEAST_PHONE_DIGITS 7
#define LEAST_SENTENCE_WORDS 4
#define MAX_LETTERHEAD_BYTES 100
#define LEAST_FOOTER_RULE 20
#define LEAST_NAME_BYTES 2
#define MAX_LABEL_BYTES 50

/* Lines that are not blank in [from, to); stops counting at MAX_SIGNATURE_LINES + 2, which is "too
 * many" for every question here. */
static size_t count_text(const struct lines *lines, size_t from, size_t to)
{
    size_t count = 0;

    for (size_t i = from; i < to && count < MAX_SIGNATURE_LINES + 2; i++)
        count += !line_is_blank(&lines->items[i]);
    return count;
}

/* "Sent" and a device in a short line, in any language. */
static bool names_device(const char *text)
{
    size_t len = strlen(text);

    if (len > MAX_SHORT_BYTES || strpbrk(text, "?:") ||
        !phrase_in(signature_device_names, signature_device_names_count, text))
        return false;
    for (size_t i = 0; i < signature_sent_words_count; i++) {
        const char *word = signature_sent_words[i].text;
        size_t size = strlen(word);

        if (strncmp(text, word, size) == 0 ||
            (len > size && strncmp(text + len - size, word, size) == 0))
            return true;
    }
    return false;
}

static bool is_device(const struct line *line)
{
    const char *text = line->folded + strspn(line->folded, "-*_ ");

    if (line->text.len > MAX_DEVICE_BYTES)
        return false;
    for (size_t i = 0; i < signature_devices_count; i++)
        if (text[0] == signature_devices[i].text[0] &&
            strncmp(text, signature_devices[i].text, strlen(signature_devices[i].text)) == 0)
            return true;
    return names_device(text) || (strlen(line->folded) < 60 && strstr(text, "から送信"));
}

/* "Viele Grüße aus Berlin," - a greeting with more words. */
static bool is_greeting(const char *folded)
{
    size_t blanks = 0;

    for (const char *at = folded; *at; at++)
        blanks += *at == ' ';
    return blanks <= MAX_GREETING_BLANKS && strlen(folded) <= MAX_SHORT_BYTES &&
           !strpbrk(folded, "?:;0123456789") &&
           phrase_in(signature_greetings, signature_greetings_count, folded);
}

/* A line of its own: the word, then nothing, punctuation, or a name behind a comma or slash. */
static bool is_sign_off(const struct line *line)
{
    for (size_t i = 0; i < signature_sign_offs_count; i++) {
        const char *word = signature_sign_offs[i].text, *after;

        if (line->folded[0] != word[0] || strncmp(line->folded, word, strlen(word)) != 0)
            continue;
        after = line->folded + strlen(word);
        if (*after == '\0' || strspn(after, " .,!:;-)") == strlen(after))
            return true;
        if (strchr(",!.", *after) && strlen(after) <= MAX_NAME_BYTES && !strchr(after, '?'))
            return true;
        if (strchr("/", after[strspn(after, " ")]) && strlen(after) <= MAX_NAME_BYTES)
            return true;
    }
    return is_greeting(line->folded);
}

/* "--", "-- ", "__" alone, and the dash that some clients make of it. */
static bool is_delimiter(const struct line *line)
{
    return line_is_rule(line, 1) && strlen(line->folded) <= 60;
}

/* The lines from `at` to the next blank one, folded and joined by blanks, as far as there is room. */
static const char *paragraph_at(const struct lines *lines, size_t at, size_t to,
                                char joined[MAX_PARAGRAPH_BYTES + 1])
{
    size_t len = 0;

    for (size_t i = at; i < to && !line_is_blank(&lines->items[i]); i++) {
        const char *text = lines->items[i].folded;
        size_t more = strlen(text);

        if (len + more + 1 > MAX_PARAGRAPH_BYTES)
            break;
        memcpy(joined + len, text, more);
        len += more;
        joined[len++] = ' ';
    }
    joined[len > 0 ? len - 1 : 0] = '\0';
    return joined;
}

static bool is_alarm_at(const struct lines *lines, size_t at, size_t to)
{
    char joined[MAX_PARAGRAPH_BYTES + 1];
    const char *text = paragraph_at(lines, at, to, joined);

    text += strspn(text, "*_=-![<(# ");
    return phrase_at_start(signature_alarms, signature_alarms_count, text) &&
           phrase_in(signature_outsides, signature_outsides_count, text) &&
           phrase_in(signature_mail_words, signature_mail_words_count, text);
}

static bool is_disclaimer_at(const struct lines *lines, size_t at, size_t to)
{
    char joined[MAX_PARAGRAPH_BYTES + 1];
    const char *text = paragraph_at(lines, at, to, joined);

    return strlen(text) >= LEAST_DISCLAIMER && !strchr(text, '?') &&
           phrase_in(signature_secrecy, signature_secrecy_count, text) &&
           phrase_in(signature_readers, signature_readers_count, text);
}

/* Did the banner end above `at`? HTML has it in one long line and the text at once below it. */
static bool is_whole_banner(const struct lines *lines, size_t at)
{
    const struct line *above = &lines->items[at - 1];
    size_t len = above->text.len;

    return len > MAX_LETTERHEAD_BYTES && strchr(".!)]", above->text.data[len - 1]) &&
           !phrase_in(signature_mail_words, signature_mail_words_count, lines->items[at].folded);
}

static void drop_banner(struct lines *lines, size_t from, size_t to)
{
    size_t at = lines_skip_blank(lines, from);
    const char *text;
    bool alarm;

    if (at >= to)
        return;
    if (strlen(lines->items[at].folded) <= MAX_LABEL_BYTES && count_text(lines, at + 1, to) > 0 &&
        phrase_at_start(signature_labels, signature_labels_count, lines->items[at].folded)) {
        lines->items[at].fate = LINE_DROPPED;
        return;
    }
    text = lines->items[at].folded + strspn(lines->items[at].folded, "*_=-! ⚠");
    alarm = phrase_at_start(signature_banners, signature_banners_count, text) ||
            is_alarm_at(lines, at, to);
    if (!alarm && !is_device(&lines->items[at]))
        return;
    if (is_device(&lines->items[at]) && count_text(lines, at + 1, to) == 0)
        return;
    do
        lines->items[at++].fate = LINE_DROPPED;
    while (at < to && !line_is_blank(&lines->items[at]) && !is_whole_banner(lines, at));
}

static bool is_word_char_start(const char *text)
{
    return !fold_is_word_end(text);
}

/* "-roman", "- Roman F": the whole last line. */
static bool is_dashed_name(const struct line *line)
{
    const char *text = line->folded;
    size_t blanks = 0;

    if (text[0] != '-' || line->text.len > MAX_NAME_BYTES)
        return false;
    text += strspn(text, "- ");
    for (const char *at = text; *at; at++)
        blanks += *at == ' ';
    return is_word_char_start(text) && blanks <= 2 && !strpbrk(text, "?!:;,/0123456789");
}

/* Where the signature begins in [from, to), or `to`. */
static size_t find_delimiter(const struct lines *lines, size_t from, size_t to)
{
    for (size_t i = lines_skip_blank(lines, from); i < to; i++) {
        const struct line *line = &lines->items[i];
        bool strict = span_is(line->text, "--");

        if (is_delimiter(line) && (strict || strlen(line->folded) >= 3) &&
            count_text(lines, i, to) <= MAX_SIGNATURE_LINES + 1 &&
            (strict || count_text(lines, from, i) > 0))
            return i;
    }
    return to;
}

/* An address, a web page, or enough digits for a phone. */
static bool has_contact(const char *folded)
{
    size_t digits = 0;

    for (const char *at = folded; *at; at++)
        digits += *at >= '0' && *at <= '9';
    return digits >= LEAST_PHONE_DIGITS || strchr(folded, '@') || strstr(folded, "www.") ||
           strstr(folded, "http");
}

/* A greeting with a whole letterhead below it. */
static size_t find_letterhead(const struct lines *lines, size_t from, size_t to)
{
    size_t seen = 0, contacts = 0;

    for (size_t i = to; i > from && seen <= MAX_SIGNATURE_LINES; i--) {
        const struct line *line = &lines->items[i - 1];

        if (line_is_blank(line))
            continue;
        if (line->text.len > MAX_LETTERHEAD_BYTES)
            return to;
        if (is_sign_off(line) && contacts > 0 && count_text(lines, from, i - 1) > 0)
            return i - 1;
        contacts += has_contact(line->folded);
        seen++;
    }
    return to;
}

/* "Pat Lee": a few words without digits or points. */
static bool is_name_line(const struct line *line)
{
    size_t blanks = 0;

    for (const char *at = line->folded; *at; at++)
        blanks += *at == ' ';
    return blanks >= 1 && blanks <= 3 && !strpbrk(line->folded, "?!:;,@/0123456789") &&
           is_word_char_start(line->folded);
}

/* A last paragraph of name, place and phone, without any greeting. Behind a colon it is what the
 * writer gives, somebody else's. */
static size_t find_contact_block(const struct lines *lines, size_t from, size_t to)
{
    size_t begin = to, contacts = 0, above;

    while (begin > from && !line_is_blank(&lines->items[begin - 1])) {
        const struct line *line = &lines->items[--begin];
        const char *last = line->folded + strlen(line->folded) - 1;

        if (line->text.len > MAX_CONTACT_BYTES || to - begin > MAX_CONTACT_LINES ||
            strchr(".?!", *last))
            return to;
        contacts += has_contact(line->folded);
    }
    for (above = begin; above > from && line_is_blank(&lines->items[above - 1]);)
        above--;
    if (above == from || to - begin < LEAST_CONTACT_LINES || contacts == 0 ||
        !is_name_line(&lines->items[begin]) || strchr(lines->items[above - 1].folded, ':'))
        return to;
    return begin;
}

static size_t find_dashed_name(const struct lines *lines, size_t from, size_t to)
{
    for (size_t i = to; i > from; i--) {
        if (line_is_blank(&lines->items[i - 1]) || lines->items[i - 1].fate != LINE_OWN)
            continue;
        return is_dashed_name(&lines->items[i - 1]) && count_text(lines, from, i - 1) > 0 ? i - 1
                                                                                          : to;
    }
    return to;
}

/* Words that somebody says, not a name, a place or a title. */
static bool is_sentence(const struct line *line)
{
    size_t words = 0, small = 0, len = strlen(line->folded);
    bool begins = true;

    if (len == 0 || strpbrk(line->folded, "@|/") || has_contact(line->folded))
        return false;
    for (size_t i = 0; i < line->text.len; i++) {
        char c = line->text.data[i];

        words += begins && c != ' ';
        small += begins && c >= 'a' && c <= 'z';
        begins = c == ' ';
    }
    return words >= LEAST_SENTENCE_WORDS && 2 * small > words;
}

/* Is the line the writer's name, or the first or last word of it? */
static bool is_writer(const struct line *line, const char *writer)
{
    const char *text = line->folded + strspn(line->folded, "-/ ");
    size_t len = strlen(text), name = strlen(writer), first = strcspn(writer, " ");
    const char *last = strrchr(writer, ' ');

    while (len > 0 && strchr(" .,!", text[len - 1]))
        len--;
    if (len < LEAST_NAME_BYTES || len > name)
        return false;
    return (len == name && memcmp(text, writer, len) == 0) ||
           (len == first && memcmp(text, writer, len) == 0) ||
           (last && len == strlen(last + 1) && memcmp(text, last + 1, len) == 0);
}

/* The writer's name alone on its line, with short lines below it: title, firm, phone. */
static size_t find_writer(const struct lines *lines, size_t from, size_t to, const char *writer)
{
    size_t seen = 0;

    for (size_t i = to; i > from && seen <= MAX_SIGN_OFF_LINES; i--) {
        const struct line *line = &lines->items[i - 1];

        if (line_is_blank(line))
            continue;
        if (line->text.len > MAX_SIGN_OFF_BYTES)
            return to;
        if (is_writer(line, writer))
            return count_text(lines, from, i - 1) > 0 ? i - 1 : to;
        if (is_sentence(line))
            return to;
        seen++;
    }
    return to;
}

static size_t find_sign_off(const struct lines *lines, size_t from, size_t to)
{
    const struct line *below = NULL;
    size_t seen = 0, found = to;

    for (size_t i = to; i > from && seen <= MAX_SIGN_OFF_LINES; i--) {
        const struct line *line = &lines->items[i - 1];

        if (line_is_blank(line) || line->fate != LINE_OWN)
            continue;
        if (is_sign_off(line) && count_text(lines, from, i - 1) > 0 &&
            !(below && is_sentence(below)))
            found = i - 1;
        below = line;
        if (line->text.len > MAX_SIGN_OFF_BYTES)
            break;
        seen++;
    }
    if (found == to)
        found = find_letterhead(lines, from, to);
    if (found == to)
        found = find_contact_block(lines, from, to);
    return found < to ? found : find_dashed_name(lines, from, to);
}

static size_t drop_tail(struct lines *lines, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++) {
        const struct line *line = &lines->items[i];
        bool device = is_device(line) && count_text(lines, i + 1, to) <= 4;
        bool footer = line->folded[0] == '_' && line_is_rule(line, LEAST_FOOTER_RULE) &&
                      count_text(lines, i + 1, to) <= MAX_SIGNATURE_LINES;

        bool begins = i == from || line_is_blank(&lines->items[i - 1]);

        if (device || footer ||
            phrase_at_start(signature_disclaimers, signature_disclaimers_count, line->folded) ||
            (begins && is_disclaimer_at(lines, i, to))) {
            lines_mark(lines, i, to, device ? LINE_SIGNATURE : LINE_DROPPED);
            return i;
        }
    }
    return to;
}

static size_t drop_rules(struct lines *lines, size_t from, size_t to)
{
    while (to > from &&
           (line_is_blank(&lines->items[to - 1]) || (line_is_rule(&lines->items[to - 1], 2))))
        lines->items[--to].fate = LINE_DROPPED;
    return to;
}

void signature_mark(struct lines *lines, size_t from, size_t to, const char *writer)
{
    size_t begin;

    drop_banner(lines, from, to);
    while (from < to && lines->items[from].fate == LINE_DROPPED)
        from++;
    to = drop_rules(lines, from, to);
    to = drop_tail(lines, from, to);
    to = drop_rules(lines, from, to);
    begin = find_delimiter(lines, from, to);
    lines_mark(lines, begin, to, LINE_SIGNATURE);
    to = begin;
    begin = find_sign_off(lines, from, to);
    if (begin == to)
        begin = find_writer(lines, from, to, writer);
    lines_mark(lines, begin, to, LINE_SIGNATURE);
    drop_rules(lines, from, begin);
}
