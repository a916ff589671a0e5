/* core/replies/wish_marks.c - marks numbers, addresses and handles by their shape, and channels by the lexicon, the longest of its
 * names at a word. What it puts in for a number is a word that nobody writes; who writes it all the same marks nothing. */
#include "core/replies/wish_marks.h"

#include "core/base/attr.h"
#include "core/base/str.h"
#include "core/base/text.h"
#include "core/replies/phones.h"

#define STAND_IN "qzdetail"
#define MAX_HANDLE_BYTES ((size_t)40)
#define MAX_LOCAL_BYTES ((size_t)64)
#define MAX_DOMAIN_BYTES ((size_t)253)

static const struct {
    const char *label;
    enum mark mark;
} labels[] = {
    { "do", MARK_DO },         { "thing", MARK_THING }, { "doing", MARK_DOING },
    { "device", MARK_DEVICE }, { "here", MARK_HERE },   { "not", MARK_NONE },
    { "drop", MARK_DROP },
};

static const char *const shown[][2] = {
    [MARK_NONE] = { NULL, NULL },
    [MARK_CLASS] = { NULL, NULL },
    [MARK_DROP] = { NULL, NULL },
    [MARK_DO] = { "@way", "@do" },
    [MARK_THING] = { "@way", "@thing" },
    [MARK_DOING] = { "@way", "@doing" },
    [MARK_DEVICE] = { "@device", "@device" },
    [MARK_HERE] = { "@here", "@here" },
    [MARK_NUMBER] = { "@number", "@number" },
    [MARK_ADDRESS] = { "@address", "@address" },
    [MARK_HANDLE] = { "@handle", "@handle" },
};

/* ---- numbers, addresses, handles ---- */

struct marker {
    struct wish_text *text;
    struct arena *arena;
    struct found_phone *phones;
    size_t phone_count, next_phone;
    bool at_signs; /* any: else there are no addresses */
    struct str out;
};

static bool is_name_char(char c)
{
    return text_is_alnum(c) || text_one_of(c, "._-+");
}

/* The end of the name that begins at `at`, without dots and dashes at its end. */
static size_t name_end(struct span own, size_t at, size_t max)
{
    size_t end = at;

    while (end < own.len && end < at + max && is_name_char(own.data[end]))
        end++;
    while (end > at && text_one_of(own.data[end - 1], ".-+"))
        end--;
    return end;
}

/* "ann@x.example" from `at` on, where a name begins. */
static struct span address_at(struct span own, size_t at)
{
    size_t end = at;
    struct span address;

    while (end < own.len && end < at + MAX_LOCAL_BYTES && is_name_char(own.data[end]))
        end++;
    if (end == at || end == own.len || own.data[end] != '@')
        return span_make(NULL, 0);
    address = span_make(own.data + at, name_end(own, end + 1, MAX_DOMAIN_BYTES) - at);
    return text_is_email(address, false) ? address : span_make(NULL, 0);
}

/* "@ann" at `at`. */
static struct span handle_at(struct span own, size_t at)
{
    size_t to = name_end(own, at + 1, MAX_HANDLE_BYTES);

    if (to < at + 3 || (at > 0 && (is_name_char(own.data[at - 1]) || own.data[at - 1] == '>')))
        return span_make(NULL, 0);
    return span_make(own.data + at, to - at);
}

/* "id: ann.b", "username ann_b": the name behind the word that ends before `at`. */
static struct span named_handle(struct span own, size_t at)
{
    static const char *const words[] = { "id", "handle", "username", "user name", "nick" };
    size_t from = at, to;

    if (at == 0 || !text_one_of(text_lower_char(own.data[at - 1]), "dek")) /* how they end */
        return span_make(NULL, 0);
    for (size_t i = 0; i < COUNT_OF(words); i++) {
        size_t len = strlen(words[i]);

        if (at < len || !text_starts_nocase(span_from(own, at - len), words[i]) ||
            (at > len && is_name_char(own.data[at - len - 1])))
            continue;
        while (from < own.len && from < at + 2 && text_one_of(own.data[from], ": "))
            from++;
        if (text_starts_nocase(span_from(own, from), "is "))
            from += 3;
        to = name_end(own, from, MAX_HANDLE_BYTES);
        return to >= from + 3 && from > at ? span_make(own.data + from, to - from)
                                           : span_make(NULL, 0);
    }
    return span_make(NULL, 0);
}

/* The bytes of own text that a detail at `at` takes; 0 = none begins here. */
static size_t find_detail(struct marker *m, size_t at, struct wish_detail *out)
{
    struct span own = m->text->own;
    const struct found_phone *phone = &m->phones[m->next_phone];

    while (m->next_phone < m->phone_count && phone->words.data < own.data + at)
        phone = &m->phones[++m->next_phone];
    if (m->next_phone < m->phone_count && phone->words.data == own.data + at)
        *out = (struct wish_detail){ MARK_NUMBER, phone->words };
    else if (m->at_signs && (at == 0 || !is_name_char(own.data[at - 1])))
        *out = (struct wish_detail){ MARK_ADDRESS, address_at(own, at) };
    if (out->text.len == 0 && own.data[at] == '@')
        *out = (struct wish_detail){ MARK_HANDLE, handle_at(own, at) };
    else if (out->text.len == 0 && (own.data[at] == ' ' || own.data[at] == ':'))
        *out = (struct wish_detail){ MARK_HANDLE, named_handle(own, at) };
    return out->text.len ? (size_t)(out->text.data + out->text.len - own.data) - at : 0;
}

/* Puts a word in for the detail. */
static void add_detail(struct marker *m, struct wish_detail detail)
{
    struct wish_text *t = m->text;

    if (t->detail_count == WISH_DETAILS_MAX)
        return;
    if (!t->details)
        t->details = arena_array(m->arena, WISH_DETAILS_MAX, sizeof(*t->details));
    str_printf(&m->out, " %s%zu ", STAND_IN, t->detail_count);
    t->details[t->detail_count++] = detail;
}

/* The own text with words put in for its details. */
static struct span mark_details(struct wish_text *text, struct arena *arena)
{
    struct span own = text->own, marked = own;
    struct marker m = { .text = text, .arena = arena };
    size_t from = 0;

    m.phone_count = phones_find(own, arena, &m.phones);
    m.at_signs = own.len > 0 && memchr(own.data, '@', own.len);
    str_init(&m.out, 2 * own.len + (size_t)WISH_DETAILS_MAX * 16);
    for (size_t at = 0; at < own.len;) {
        struct wish_detail detail = { .mark = MARK_NONE };
        size_t taken = find_detail(&m, at, &detail);

        if (taken == 0) {
            at++;
            continue;
        }
        str_add_span(&m.out, span_make(own.data + from, at - from));
        add_detail(&m, detail);
        from = at += taken;
    }
    if (text->detail_count > 0) {
        str_add_span(&m.out, span_from(own, from));
        marked = span_of(arena_dup_span(arena, str_span(&m.out)));
    }
    str_finish(&m.out);
    return marked;
}

/* The detail that a word stands for, or the count of them. */
static size_t detail_of(const struct wish_text *text, struct span word)
{
    size_t len = strlen(STAND_IN);
    int64_t index;

    if (word.len <= len || memcmp(word.data, STAND_IN, len) != 0 ||
        !text_to_int(span_from(word, len), 0, WISH_DETAILS_MAX - 1, &index) ||
        (size_t)index >= text->detail_count)
        return text->detail_count;
    return (size_t)index;
}

/* ---- channels ---- */

static enum mark mark_of(const char *label)
{
    for (size_t i = 0; i < COUNT_OF(labels); i++)
        if (strcmp(labels[i].label, label) == 0)
            return labels[i].mark;
    return MARK_CLASS;
}

/* A name is said in one breath: "a good call" is none to take, "looks good, call me" asks for one. */
static bool is_one_name(const struct words *split, const struct lexicon_hit *hit)
{
    for (size_t i = 0; i + 1 < hit->count; i++)
        if (split->items[hit->first + i].ends_clause)
            return false;
    return true;
}

struct hits { /* in the order of the words */
    struct lexicon_hit *list;
    size_t count, next;
};

/* The longest name among the hits at word `at`. */
static const struct lexicon_hit *longest_at(const struct words *split, struct hits *hits, size_t at)
{
    const struct lexicon_hit *longest = NULL;

    for (; hits->next < hits->count && hits->list[hits->next].first <= at; hits->next++) {
        const struct lexicon_hit *hit = &hits->list[hits->next];

        if (hit->first == at && (!longest || hit->count > longest->count) &&
            is_one_name(split, hit))
            longest = hit;
    }
    return longest;
}

/* Adds words [from, from + count) as one. */
static struct wish_word *add_word(struct wish_text *text, const struct words *split, size_t from,
                                  size_t count)
{
    struct word *word = &text->words.items[text->words.count];
    const struct word *last = &split->items[from + count - 1];
    struct wish_word *mark = &text->marks[text->words.count++];

    *word = split->items[from];
    word->ends_clause = last->ends_clause;
    word->asked = last->asked;
    *mark = (struct wish_word){ .written = word->text };
    return mark;
}

/* A word that says nothing leaves the end of its clause to the word before. */
static void drop_word(struct wish_text *text, const struct word *word)
{
    struct word *before = text->words.items + text->words.count - 1;

    if (text->words.count == 0 || before->sentence != word->sentence)
        return;
    before->ends_clause = before->ends_clause || word->ends_clause;
    before->asked = before->asked || word->asked;
}

static void add_plain(struct wish_text *text, const struct words *split, size_t at)
{
    size_t detail = detail_of(text, split->items[at].text);
    struct wish_word *mark = add_word(text, split, at, 1);

    if (detail == text->detail_count)
        return;
    mark->mark = text->details[detail].mark;
    mark->detail = detail;
}

/* "@better" */
static struct span class_word(const char *label, struct arena *arena)
{
    size_t len = strlen(label);
    char *word = arena_raw(arena, len + 2);

    word[0] = '@';
    memcpy(word + 1, label, len + 1);
    return span_make(word, len + 1);
}

static void add_hit(struct wish_text *text, const struct words *split,
                    const struct lexicon_hit *hit, struct arena *arena)
{
    enum mark kind = mark_of(hit->rule->label);
    struct wish_word *mark;

    if (kind == MARK_NONE) {
        for (size_t i = 0; i < hit->count; i++)
            add_plain(text, split, hit->first + i);
        return;
    }
    if (kind == MARK_DROP) {
        drop_word(text, &split->items[hit->first + hit->count - 1]);
        return;
    }
    mark = add_word(text, split, hit->first, hit->count);
    mark->mark = kind;
    mark->channel = hit->rule->channel;
    if (kind == MARK_CLASS)
        text->words.items[text->words.count - 1].text = class_word(hit->rule->label, arena);
}

/* Puts the marks of channels in: `split` becomes text->words. */
static void mark_channels(struct wish_text *text, const struct words *split,
                          const struct lexicon *lexicon, struct arena *arena)
{
    struct hits hits = { .next = 0 };

    hits.count = lexicon_find(lexicon, LEXICON_CHANNEL, split, arena, &hits.list);
    text->words.items = arena_array(arena, split->count + 1, sizeof(*text->words.items));
    text->marks = arena_array(arena, split->count + 1, sizeof(*text->marks));
    for (size_t at = 0; at < split->count;) {
        const struct lexicon_hit *hit = longest_at(split, &hits, at);

        if (hit)
            add_hit(text, split, hit, arena);
        else
            add_plain(text, split, at);
        at += hit ? hit->count : 1;
    }
    /* Nothing is marked: what was found out of the words still holds. */
    if (hits.count == 0 && text->detail_count == 0)
        text->words = *split;
}

struct wish_text wish_text_of(struct span own, const struct words *words,
                              const struct lexicon *lexicon, struct arena *arena)
{
    struct wish_text text = { .own = own };
    struct span marked = mark_details(&text, arena);
    bool same = words && text.detail_count == 0 && words->text.len == own.len;
    struct words split = same ? *words : words_split(marked, arena);

    mark_channels(&text, &split, lexicon, arena);
    return text;
}

void wish_text_show(struct wish_text *text, enum wish_view view, const struct lexicon *lexicon,
                    struct arena *arena)
{
    bool changed = false;

    for (size_t i = 0; i < text->words.count; i++) {
        const char *as = shown[text->marks[i].mark][view];

        if (!as || text->words.items[i].text.data == as)
            continue;
        text->words.items[i].text = span_of(as);
        changed = true;
    }
    if (changed)
        text->words.places = text->places[view];
    if (!text->words.places)
        lexicon_prepare(lexicon, &text->words, arena);
    text->places[view] = text->words.places;
}

/* ---- back to the text ---- */

static struct span line_of(struct span own, size_t line)
{
    struct span rest = own, found = span_make(own.data, 0);

    for (size_t i = 0; i <= line && text_next_line(&rest, &found); i++)
        ;
    return text_trim(found);
}

/* The word `written` (folded) in `rest` as a whole word; NULL = not found as it is written. */
static const char *find_word(struct span rest, struct span written)
{
    char copy[64];
    const char *found;

    if (written.len == 0 || written.len >= sizeof(copy))
        return NULL;
    memcpy(copy, written.data, written.len);
    copy[written.len] = '\0';
    for (; (found = text_find_nocase(rest, copy)) != NULL;
         rest = span_from(rest, (size_t)(found - rest.data) + 1)) {
        const char *behind = found + written.len;

        if ((found == rest.data || !text_is_alnum(found[-1])) &&
            (behind == rest.data + rest.len || !text_is_alnum(*behind)))
            return found;
    }
    return NULL;
}

/* Where word `wanted` begins: its line is walked word by word. */
static const char *place_of(const struct wish_text *text, size_t wanted)
{
    size_t line = text->words.items[wanted].line, at = wanted;
    struct span rest = line_of(text->own, line);
    const char *place = rest.data;

    while (at > 0 && text->words.items[at - 1].line == line)
        at--;
    for (; at <= wanted; at++) {
        const struct wish_word *mark = &text->marks[at];
        bool detail = mark->mark >= MARK_NUMBER;
        const char *found =
            detail ? text->details[mark->detail].text.data : find_word(rest, mark->written);

        if (!found)
            continue;
        place = found;
        rest = span_make(found, (size_t)(rest.data + rest.len - found));
        rest = span_from(rest, detail ? text->details[mark->detail].text.len : mark->written.len);
    }
    return place;
}

struct span wish_text_source(const struct wish_text *text, size_t first, size_t last)
{
    struct span line = line_of(text->own, text->words.items[last].line);
    const char *from = place_of(text, first), *to = place_of(text, last), *end;

    end = line.data + line.len;
    if (to < from || to > end)
        to = from;
    while (to < end && !text_one_of(*to, ".!?,;\n"))
        to++;
    return span_make(from, (size_t)(to - from));
}
