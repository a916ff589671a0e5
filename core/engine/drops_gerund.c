/* core/engine/drops_gerund.c - the -ing form of an English verb, by the rules of spelling and their exceptions; British. */
#include "core/base/text.h"
#include "core/engine/drops_parts.h"

/* The stress lies on the last syllable, or British spelling doubles anyway. */
static const char doubles[] =
    " abet abhor admit allot begin cancel channel combat commit compel concur confer control "
    "counsel defer deter dispel distil embed emit enrol excel expel extol forget format "
    "fulfil handicap incur infer intermit label level marshal model occur offset omit outbid "
    "outrun patrol pencil permit prefer program propel rebut recap recur refer regret remit "
    "repel rerun reset resit retrofit signal submit total transfer transmit travel undercut "
    "underpin unplug unwrap upset ";

/* One syllable by sound, though two vowels stand there; or no doubling though it looks so. */
static const struct {
    const char *verb, *gerund;
} exceptions[] = {
    { "age", "ageing" },      { "be", "being" },           { "bus", "bussing" },
    { "dye", "dyeing" },      { "eye", "eyeing" },         { "quit", "quitting" },
    { "quiz", "quizzing" },   { "singe", "singeing" },     { "acquit", "acquitting" },
    { "equip", "equipping" }, { "install", "installing" }, { "dial", "dialling" },
    { "fuel", "fuelling" },
};

static bool is_vowel(char c)
{
    return text_one_of(c, "aeiou");
}

/* y is a vowel but at the start: "try", "yes" */
static bool is_vowel_at(const char *verb, size_t i)
{
    return is_vowel(verb[i]) || (verb[i] == 'y' && i > 0);
}

static size_t syllables(const char *verb, size_t len)
{
    size_t count = 0;

    for (size_t i = 0; i < len; i++)
        count += is_vowel_at(verb, i) && (i == 0 || !is_vowel_at(verb, i - 1));
    return count;
}

/* consonant, vowel, consonant at the end: "run" */
static bool ends_cvc(const char *verb, size_t len)
{
    return len >= 3 && !is_vowel_at(verb, len - 1) && !text_one_of(verb[len - 1], "wxy") &&
           is_vowel(verb[len - 2]) && !is_vowel_at(verb, len - 3);
}

static bool is_doubled(const char *verb, size_t len)
{
    if (!ends_cvc(verb, len))
        return false;
    return syllables(verb, len) == 1 || drops_lists(doubles, span_make(verb, len));
}

static bool ends_with(const char *verb, size_t len, const char *end)
{
    size_t end_len = strlen(end);

    return len > end_len && strcmp(verb + len - end_len, end) == 0;
}

char *drops_gerund(struct arena *arena, const char *verb)
{
    size_t len = strlen(verb);

    for (size_t i = 0; i < COUNT_OF(exceptions); i++)
        if (strcmp(verb, exceptions[i].verb) == 0)
            return arena_dup(arena, exceptions[i].gerund);
    if (ends_with(verb, len, "ie"))
        return arena_printf(arena, "%.*sying", (int)len - 2, verb);
    if (ends_with(verb, len, "e") && !ends_with(verb, len, "ee") && !ends_with(verb, len, "oe") &&
        !ends_with(verb, len, "ye"))
        return arena_printf(arena, "%.*sing", (int)len - 1, verb);
    if (ends_with(verb, len, "ic"))
        return arena_printf(arena, "%sking", verb);
    if (is_doubled(verb, len))
        return arena_printf(arena, "%s%cing", verb, verb[len - 1]);
    return arena_printf(arena, "%sing", verb);
}
