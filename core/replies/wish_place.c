/* core/replies/wish_place.c - the number, handle or address that belongs to a wish: the nearest behind it in its sentence, then
 * before it, then in the sentence after and before, then the only one there is. */
#include "core/base/phone.h"
#include "core/base/text.h"
#include "core/replies/phones.h"
#include "core/replies/wish_parts.h"

#define NEGATION_WORDS 4

static bool is_negation(struct span word)
{
    static const char *const words[] = { "not",  "don't", "dont", "never", "isn't",
                                         "no",   "nicht", "niet", "non",   "n\xc3\xa3o",
                                         "than", "of",    NULL };

    for (size_t i = 0; words[i]; i++)
        if (span_is(word, words[i]))
            return true;
    return false;
}

/* "not on 0171 123": it is the wrong one. */
static bool is_declined(const struct wish_text *text, size_t word)
{
    for (size_t i = word; i > 0 && word - i < NEGATION_WORDS; i--) {
        if (text->words.items[i - 1].ends_clause ||
            text->words.items[i - 1].sentence != text->words.items[word].sentence)
            return false;
        if (is_negation(text->marks[i - 1].written))
            return true;
    }
    return false;
}

/* How far a detail lies from the claim; less is nearer. */
static size_t distance(const struct wish_text *text, const struct claim *claim, size_t word)
{
    size_t far = text->words.count, here = text->words.items[claim->word].sentence;
    size_t there = text->words.items[word].sentence;

    if (there == here)
        return word > claim->word ? word - claim->word : far + claim->word - word;
    if (there == here + 1)
        return 2 * far + word;
    return there + 1 == here ? 3 * far + claim->word - word : 4 * far + word;
}

static bool shape_number(struct span text, const char *region, char out[PHONE_TEXT_BYTES])
{
    char copy[80];

    if (text.len >= sizeof(copy))
        return false;
    memcpy(copy, text.data, text.len);
    copy[text.len] = '\0';
    return phone_e164(copy, region, out);
}

/* The nearest detail of that kind; NULL = none. */
static const struct wish_detail *nearest(const struct wish_text *text, const struct claim *claim,
                                         enum mark mark)
{
    size_t best = text->words.count;

    for (size_t i = 0; i < text->words.count; i++) {
        if (text->marks[i].mark != mark || is_declined(text, i))
            continue;
        if (best == text->words.count || distance(text, claim, i) < distance(text, claim, best))
            best = i;
    }
    return best < text->words.count ? &text->details[text->marks[best].detail] : NULL;
}

/* The only number of the signature. */
static struct span number_below(struct span signature, struct arena *arena)
{
    struct found_phone *found;
    size_t count = phones_find(signature, arena, &found);

    return count == 1 ? found[0].words : span_make(NULL, 0);
}

static void read_number(const struct wish_text *text, const struct claim *claim,
                        const struct wish_place *place, struct arena *arena, struct wish *out)
{
    const struct wish_detail *found = nearest(text, claim, MARK_NUMBER);
    struct span number = found ? found->text : span_make(NULL, 0);
    char shaped[PHONE_TEXT_BYTES];

    if (!found && place->points_below)
        number = number_below(place->signature, arena);
    if (number.len > 0 && shape_number(number, place->region, shaped))
        out->number = arena_dup(arena, shaped);
}

void wish_read_place(const struct wish_text *text, const struct claim *claim,
                     const struct wish_place *place, struct arena *arena, struct wish *out)
{
    const struct wish_detail *found;

    if (strcmp(claim->channel, "email") == 0) {
        found = nearest(text, claim, MARK_ADDRESS);
        out->address = found ? text_lower(arena, found->text) : NULL;
        return;
    }
    if (strcmp(claim->channel, "letter") == 0)
        return;
    read_number(text, claim, place, arena, out);
    if (strcmp(claim->channel, "call") == 0 || strcmp(claim->channel, "sms") == 0)
        return;
    found = nearest(text, claim, MARK_HANDLE);
    out->handle = found ? arena_dup_span(arena, found->text) : NULL;
}
