/* templates/lint_text.c - see lint_text.h. One walk over the words; what lies between two of them says whether a clause, a
 * sentence or a paragraph ends there. */
#include "templates/lint_text.h"

#include "core/base/text.h"

#define GREETING_WORDS_MAX 12
#define SIGN_OFF_WORDS_MAX 5
#define SIGN_OFF_LINES_MAX 8 /* lines behind it, or it is no sign-off */
#define NAME_WORDS_MAX 3     /* of a last line that is only a name */

struct gap { /* what lies between two words */
    bool clause, sentence, question, line, paragraph;
};

struct line {
    size_t first, count; /* words */
    bool paragraph;      /* a blank line, or the beginning, lies before it */
};

struct reading {
    struct lint_text *out;
    const struct phrases *phrases;
    struct arena *arena;
    struct gap *gaps; /* before each word; one more at the end */
    struct line *lines;
    size_t line_count, hit_room;
};

/* ---- words and gaps ---- */

static size_t most_words(struct span text)
{
    return text.len / 2 + 2;
}

static void read_words(struct reading *r)
{
    struct lint_text *t = r->out;
    size_t at = 0;

    t->words = arena_array(r->arena, most_words(t->text), sizeof(*t->words));
    while (phrases_word(r->phrases, t->text, &at, &t->words[t->word_count]))
        t->word_count++;
    t->marks = arena_array(r->arena, t->word_count + 1, sizeof(*t->marks));
}

static bool is_quote(struct span rest)
{
    static const char *const quotes[] = { "\"",           "'",        ")",           "\xe2\x80\x9d",
                                          "\xe2\x80\x99", "\xc2\xbb", "\xe2\x80\x9c" };

    for (size_t i = 0; i < COUNT_OF(quotes); i++)
        if (rest.len >= strlen(quotes[i]) && memcmp(rest.data, quotes[i], strlen(quotes[i])) == 0)
            return true;
    return false;
}

/* A mark at the end of a sentence: white space, the end, or a closing quote follows. */
static bool ends_sentence(struct span rest)
{
    return rest.len == 0 || text_is_space(rest.data[0]) || text_one_of(rest.data[0], ".!?") ||
           is_quote(rest);
}

static bool is_bullet(struct span rest)
{
    size_t i = 0;

    while (i < rest.len && (rest.data[i] == ' ' || rest.data[i] == '\t'))
        i++;
    rest = span_from(rest, i);
    return rest.len > 1 && (text_one_of(rest.data[0], "-*+") ||
                            memcmp(rest.data, "\xe2\x80", 2) == 0); /* a dash or a bullet */
}

static void read_break(struct span rest, bool *blank, struct gap *gap)
{
    gap->paragraph |= gap->line && *blank;
    gap->line = gap->clause = *blank = true;
    gap->sentence |= is_bullet(rest);
}

static void read_mark(struct span rest, struct gap *gap)
{
    if (rest.data[0] == '?')
        gap->question = true;
    if (text_one_of(rest.data[0], ".!?") && ends_sentence(span_from(rest, 1)))
        gap->sentence = true;
    if (text_one_of(rest.data[0], ",;:(\"/") || (unsigned char)rest.data[0] >= 0x80)
        gap->clause = true; /* dashes and curly quotes, too */
}

static struct gap read_gap(struct span between)
{
    struct gap gap = { 0 };
    bool blank = false; /* nothing but white space since the last line break */

    for (size_t i = 0; i < between.len; i++) {
        struct span rest = span_from(between, i);
        if (rest.data[0] == '\n') {
            read_break(span_from(rest, 1), &blank, &gap);
        } else if (!text_is_space(rest.data[0])) {
            blank = false;
            read_mark(rest, &gap);
        } else if (i > 0 && between.data[i - 1] == '-') {
            gap.clause = true;
        }
    }
    return gap;
}

static bool starts_small(struct span word)
{
    return word.len && word.data[0] >= 'a' && word.data[0] <= 'z';
}

static bool starts_capital(struct span word)
{
    return word.len && word.data[0] >= 'A' && word.data[0] <= 'Z';
}

static void read_gaps(struct reading *r)
{
    struct lint_text *t = r->out;
    const char *end = t->text.data;

    r->gaps = arena_array(r->arena, t->word_count + 1, sizeof(*r->gaps));
    for (size_t i = 0; i <= t->word_count; i++) {
        const char *next = i < t->word_count ? t->words[i].text.data : t->text.data + t->text.len;
        struct gap *gap = &r->gaps[i];
        *gap = read_gap(span_make(end, (size_t)(next - end)));
        /* "at 10 a.m. on Monday": an abbreviation, not an end. */
        if (i < t->word_count && starts_small(t->words[i].text) && !gap->question && !gap->line)
            gap->sentence = false;
        if (i > 0 && end < next && *end == '%')
            t->marks[i - 1].percent = text_is_digit(t->words[i - 1].text.data[0]);
        if (i < t->word_count)
            end = next + t->words[i].text.len;
    }
    r->gaps[0].paragraph = r->gaps[0].sentence = r->gaps[0].clause = r->gaps[0].line = true;
}

static void read_lines(struct reading *r)
{
    struct lint_text *t = r->out;

    r->lines = arena_array(r->arena, t->word_count + 1, sizeof(*r->lines));
    for (size_t i = 0; i < t->word_count; i++) {
        if (r->gaps[i].line)
            r->lines[r->line_count++] =
                (struct line){ .first = i, .paragraph = r->gaps[i].paragraph };
        r->lines[r->line_count - 1].count++;
    }
}

/* ---- greeting and signature ---- */

static bool begins_with(const struct reading *r, size_t word, size_t end, enum phrase_kind kind)
{
    struct phrase_hit hits[PHRASE_KINDS];
    size_t count = phrases_at(r->phrases, r->out->words, word, end, hits);

    for (size_t i = 0; i < count; i++)
        if (hits[i].kind == kind)
            return true;
    return false;
}

static bool has_any(const struct reading *r, const struct line *line, enum phrase_kind kind)
{
    for (size_t i = line->first; i < line->first + line->count; i++)
        if (begins_with(r, i, line->first + line->count, kind))
            return true;
    return false;
}

static bool asks(const struct reading *r, const struct line *line)
{
    for (size_t i = line->first + 1; i <= line->first + line->count; i++)
        if (r->gaps[i].question)
            return true;
    return false;
}

/* "Hi Bob," and "Hi Bob, Sam here." are greetings; a line that recaps or asks already is more. */
static void skip_greeting(struct reading *r)
{
    struct line *line = r->lines;

    if (r->line_count < 2 || line->count > GREETING_WORDS_MAX || asks(r, line))
        return;
    if (begins_with(r, line->first, line->first + line->count, PHRASE_GREETING) &&
        !has_any(r, line, PHRASE_RECAP))
        r->out->body_first = line->first + line->count;
}

static void cut_sign_off(struct reading *r)
{
    for (size_t i = 1; i < r->line_count; i++) {
        const struct line *line = &r->lines[i];
        if (line->first < r->out->body_first || line->count > SIGN_OFF_WORDS_MAX || asks(r, line) ||
            r->line_count - i > SIGN_OFF_LINES_MAX + 1)
            continue;
        if (begins_with(r, line->first, line->first + line->count, PHRASE_SIGN_OFF)) {
            r->out->body_end = line->first;
            return;
        }
    }
}

/* A last paragraph of one short line without a mark at its end is a name. */
static void cut_name(struct reading *r)
{
    const struct line *last = NULL;

    for (size_t i = 0; i < r->line_count; i++)
        if (r->lines[i].first < r->out->body_end)
            last = &r->lines[i];
    if (!last || last == r->lines || !last->paragraph || last->count > NAME_WORDS_MAX ||
        last->first <= r->out->body_first)
        return;
    if (!r->gaps[last->first + last->count].sentence && !asks(r, last) &&
        !r->out->words[last->first].url)
        r->out->body_end = last->first;
}

/* ---- sentences ---- */

static void end_sentence(struct reading *r, size_t end)
{
    struct lint_text *t = r->out;
    struct lint_sentence *s = &t->sentences[t->sentence_count - 1];

    s->count = end - s->first;
    s->question = r->gaps[end].question;
    s->text = lint_text_span(t, s->first, end);
    t->paragraphs[t->paragraph_count - 1].count++;
}

static void begin_sentence(struct reading *r, size_t word)
{
    struct lint_text *t = r->out;

    if (word == t->body_first || r->gaps[word].paragraph)
        t->paragraphs[t->paragraph_count++] = (struct lint_paragraph){ .first = t->sentence_count };
    t->sentences[t->sentence_count++] =
        (struct lint_sentence){ .first = word, .paragraph = t->paragraph_count - 1 };
}

static void read_sentences(struct reading *r)
{
    struct lint_text *t = r->out;
    size_t words = t->body_end - t->body_first;

    t->sentences = arena_array(r->arena, words + 1, sizeof(*t->sentences));
    t->paragraphs = arena_array(r->arena, words + 1, sizeof(*t->paragraphs));
    for (size_t i = t->body_first; i < t->body_end; i++) {
        const struct gap *gap = &r->gaps[i];
        bool first = i == t->body_first || gap->sentence || gap->question || gap->paragraph;
        if (first && i > t->body_first)
            end_sentence(r, i);
        if (first)
            begin_sentence(r, i);
        /* A capital says so, too, where a field ended without a full stop. */
        t->marks[i].clause = first || gap->clause || starts_capital(t->words[i].text);
    }
    if (words)
        end_sentence(r, t->body_end);
}

/* ---- phrases ---- */

static void add_hit(struct reading *r, const struct phrase_hit *hit)
{
    struct lint_text *t = r->out;

    if (t->hit_count == r->hit_room) {
        struct phrase_hit *more;
        r->hit_room = r->hit_room ? r->hit_room * 2 : 64;
        more = arena_array(r->arena, r->hit_room, sizeof(*more));
        if (t->hit_count)
            memcpy(more, t->hits, t->hit_count * sizeof(*more));
        t->hits = more;
    }
    t->hits[t->hit_count++] = *hit;
}

static void keep_hit(struct reading *r, const struct phrase_hit *hit, size_t end)
{
    struct lint_text *t = r->out;
    size_t behind = hit->first + hit->count;

    /* "and how", "or could you": the clause begins behind the connector, too. */
    if ((hit->kind == PHRASE_CONNECTOR || hit->kind == PHRASE_ALTERNATIVE) && behind < end)
        t->marks[behind].clause = true;
    if (hit->kind != PHRASE_COMMON && hit->kind != PHRASE_CONNECTOR)
        add_hit(r, hit);
}

static void read_hits(struct reading *r)
{
    struct lint_text *t = r->out;

    for (size_t s = 0; s < t->sentence_count; s++) {
        size_t end = t->sentences[s].first + t->sentences[s].count;
        for (size_t i = t->sentences[s].first; i < end; i++) {
            struct phrase_hit hits[PHRASE_KINDS];
            size_t count = t->words[i].id ? phrases_at(r->phrases, t->words, i, end, hits) : 0;
            for (size_t h = 0; h < count; h++)
                keep_hit(r, &hits[h], end);
        }
    }
}

/* ---- all ---- */

/* RFC 3676 section 4.3: a line "-- " begins the footer. */
static struct span before_footer(struct span text)
{
    struct span rest = text, line;

    while (text_next_line(&rest, &line))
        if (span_is(line, "-- ") || span_is(line, "--"))
            return span_make(text.data, (size_t)(line.data - text.data));
    return text;
}

void lint_text_read(struct span text, const struct phrases *phrases, struct arena *arena,
                    struct lint_text *out)
{
    struct reading r = { .out = out, .phrases = phrases, .arena = arena };

    *out = (struct lint_text){ .text = before_footer(text.len ? text : span_of("")) };
    read_words(&r);
    read_gaps(&r);
    read_lines(&r);
    out->body_end = out->word_count;
    skip_greeting(&r);
    cut_sign_off(&r);
    cut_name(&r);
    read_sentences(&r);
    read_hits(&r);
}

const struct phrase_hit *lint_text_find(const struct lint_text *t, enum phrase_kind kind,
                                        size_t from, size_t end)
{
    size_t low = 0, high = t->hit_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (t->hits[middle].first < from)
            low = middle + 1;
        else
            high = middle;
    }
    for (; low < t->hit_count && t->hits[low].first < end; low++)
        if (t->hits[low].kind == kind)
            return &t->hits[low];
    return NULL;
}

struct span lint_text_span(const struct lint_text *t, size_t first, size_t end)
{
    const char *from, *to;

    if (first >= end)
        return span_make(t->text.data, 0);
    from = t->words[first].text.data;
    to = t->words[end - 1].text.data + t->words[end - 1].text.len;
    return span_make(from, (size_t)(to - from));
}
