/* core/engine/drops_english.c - an English phrase of what somebody was going to do, turned into a question. Reads the first
 * verb and what stands behind it; where no verb is certain it asks what has happened, which is right for anything. */
#include "core/base/text.h"
#include "core/engine/drops_parts.h"

#define WORDS_MAX 40
#define PERSON_WORDS 6
#define PHRASE_MAX_BYTES 80
#define MARKS ".,;:!?"

struct token {
    struct span text; /* without marks behind it */
    const char *low;  /* the same in lower case */
    bool ends;        /* a mark stood behind it */
};

struct phrase {
    const struct drops_tongue *tongue;
    struct arena *arena;
    struct token words[WORDS_MAX + 1]; /* ended by an empty one */
    size_t count;
    size_t verb; /* where it stands; count = nowhere */
};

/* ---- words ---- */

static bool among(const struct phrase *p, const char *words, size_t i)
{
    return i < p->count && drops_lists(words, span_of(p->words[i].low));
}

static bool ends_in(const char *word, const char *end)
{
    size_t len = strlen(word), end_len = strlen(end);

    return len > end_len && strcmp(word + len - end_len, end) == 0;
}

static void split(struct phrase *p, const char *commitment)
{
    struct span rest = span_of(commitment), word;

    while (p->count < WORDS_MAX && text_next_piece(&rest, ' ', &word)) {
        struct token *token = &p->words[p->count];
        size_t whole = word.len;
        while (word.len && text_one_of(word.data[word.len - 1], MARKS))
            word.len--;
        if (!word.len)
            continue;
        *token = (struct token){ .text = word,
                                 .low = text_lower(p->arena, word),
                                 .ends = word.len < whole };
        p->count++;
    }
}

/* Does any word from the verb on stand in `words`? */
static bool mentions(const struct phrase *p, const char *words)
{
    for (size_t i = p->verb; i < p->count; i++)
        if (among(p, words, i))
            return true;
    return false;
}

/* ---- the verb ---- */

static bool is_form_of(const struct phrase *p, const char *word, struct span base)
{
    const char *verb;

    if (!base.len || word[0] != base.data[0])
        return false;
    verb = arena_dup_span(p->arena, base);
    return strcmp(word, verb) == 0 || strcmp(word, drops_gerund(p->arena, verb)) == 0 ||
           strcmp(word, arena_printf(p->arena, "%ss", verb)) == 0;
}

static enum drops_asks class_of(const struct phrase *p, size_t at)
{
    const char *word = at < p->count ? p->words[at].low : "";

    for (int i = 0; i < ASKS_CLASSES; i++) {
        struct span rest = span_of(p->tongue->verbs[i]), base;
        while (text_next_piece(&rest, ' ', &base))
            if (is_form_of(p, word, base))
                return (enum drops_asks)i;
    }
    return ASKS_OTHER;
}

/* "Ana will", "Bo promised": a name, and what carries the sentence on */
static bool begins_with_name(const struct phrase *p)
{
    char first = p->count ? p->words[0].text.data[0] : ' ';

    return first >= 'A' && first <= 'Z' && class_of(p, 0) == ASKS_OTHER &&
           among(p, " will to would wants is was promised agreed needs plans ", 1);
}

static const char leads[] =
    " to will would shall should gonna i you we they he she i'll you'll we'll they'll he'll she'll "
    "i'd you'd we'd they'd he'd she'd is are was were am then first also still please just maybe ";
static const char wishes[] =
    " want wants wanted need needs plan plans planning planned promised agreed like going intend "
    "intends hope hopes hoping have has had try trying tries ";
static const char true_ly[] = " reply apply supply rely comply multiply ";

/* How many words before the verb stand here. */
static size_t before_verb(const struct phrase *p, size_t at)
{
    if (among(p, wishes, at) && among(p, " to ", at + 1))
        return 2;
    if (among(p, " be ", at) && at + 1 < p->count && ends_in(p->words[at + 1].low, "ing"))
        return 1;
    if (among(p, leads, at))
        return 1;
    return at < p->count && ends_in(p->words[at].low, "ly") && !among(p, true_ly, at);
}

static void find_verb(struct phrase *p)
{
    size_t skipped;

    p->verb = begins_with_name(p) ? 1 : 0;
    while ((skipped = before_verb(p, p->verb)) > 0)
        p->verb += skipped;
}

/* ---- what kind of thing it is ---- */

static const struct { /* a verb that says little, and words behind it that say more */
    const char *verbs, *words;
    enum drops_asks asks;
} idioms[] = {
    { " run ", " past by ", ASKS_TALK },
    { " get have hold ", " talk word chat conversation meeting ", ASKS_TALK },
    { " call ring phone meet ", " partner boss colleague manager team director board owner ",
      ASKS_TALK },
    { " make reach come take ", " decision ", ASKS_DECIDE },
    { " get secure obtain win clear find ",
      " approval approved budget sign-off signoff go-ahead agreement ", ASKS_APPROVE },
    { " sign ", " off ", ASKS_APPROVE },
    { " have take get ", " look ", ASKS_READ },
    { " go look ", " through over ", ASKS_READ },
};

static const struct { /* a phrase without a verb */
    const char *words;
    enum drops_asks asks;
} nouns[] = {
    { " decision ", ASKS_DECIDE },
    { " approval sign-off signoff ", ASKS_APPROVE },
    { " talk conversation discussion ", ASKS_TALK },
    { " test trial pilot ", ASKS_TEST },
};

static enum drops_asks idiom_of(const struct phrase *p)
{
    for (size_t i = 0; i < COUNT_OF(idioms); i++)
        if (among(p, idioms[i].verbs, p->verb) && mentions(p, idioms[i].words))
            return idioms[i].asks;
    return ASKS_OTHER;
}

static enum drops_asks noun_of(const struct phrase *p)
{
    for (size_t i = 0; i < COUNT_OF(nouns); i++)
        if (mentions(p, nouns[i].words))
            return nouns[i].asks;
    return ASKS_OTHER;
}

/* ---- whom they were going to ask ---- */

static const char no_person[] =
    " about whether if for on to me us you it that this these how what when which around out "
    "over through up ";
static const char after_person[] =
    " about whether if for on regarding concerning to before by when how what which in at "
    "next this today tomorrow until first again as so ";
static const char whose[] = " my our his her their ";

static const char *pronoun_of(const char *word)
{
    static const char *const turned[][2] = { { "them", "they" },
                                             { "him", "he" },
                                             { "her", "she" } };

    for (size_t i = 0; i < COUNT_OF(turned); i++)
        if (strcmp(word, turned[i][0]) == 0)
            return turned[i][1];
    return NULL;
}

/* "your boss" out of "my boss about it" that begins at word `at`; NULL when nobody is named or it runs on too long. */
static const char *person_at(const struct phrase *p, size_t at)
{
    bool theirs = among(p, whose, at);
    size_t first = at + theirs, end = at;
    const char *to;

    while (end < p->count && end - at <= PERSON_WORDS &&
           !among(p, end == at ? no_person : after_person, end))
        if (p->words[end++].ends)
            break;
    if (end == at + 1 && pronoun_of(p->words[at].low))
        return pronoun_of(p->words[at].low);
    if (first >= end || end - at > PERSON_WORDS)
        return NULL;
    to = p->words[end - 1].text.data + p->words[end - 1].text.len;
    return arena_printf(p->arena, "%s%.*s", theirs ? "your " : "",
                        (int)(to - p->words[first].text.data), p->words[first].text.data);
}

/* "check with X", "ask X": X; "check the figures", "ask for a quote": NULL */
static const char *person_asked(const struct phrase *p)
{
    size_t at = p->verb + 1;

    if (among(p, " in ", at) && among(p, " with ", at + 1))
        at++;
    if (among(p, " with ", at))
        return person_at(p, at + 1);
    return among(p, " check checks checking ", p->verb) ? NULL : person_at(p, at);
}

/* ---- anything else ---- */

static const char no_verb[] =
    " a an the this that these those my our his her their your its some any no not never more "
    "another one two three "
    "of in on at by for from with about after before until if when once as and or but approval "
    "sign-off signoff budget feedback answer proposal "
    "offer price contract details numbers figures ";
static const char *const noun_ends[] = { "tion", "sion", "ment", "ness", "ity",
                                         "ance", "ence", "ship", "ism" };
static const char nouns_in_looks[] = " question position implement document complement ";
static const char true_ing[] = " bring spring string ring sing swing ";

static bool is_verb(const struct phrase *p)
{
    const char *word = p->verb < p->count ? p->words[p->verb].low : "";
    size_t len = strlen(word);

    if (len < 2 || strspn(word, "abcdefghijklmnopqrstuvwxyz-") != len || among(p, no_verb, p->verb))
        return false;
    if (ends_in(word, "ed") && !ends_in(word, "eed"))
        return false;
    for (size_t i = 0; i < COUNT_OF(noun_ends); i++)
        if (ends_in(word, noun_ends[i]) && !among(p, nouns_in_looks, p->verb))
            return false;
    return true;
}

/* The words behind the verb up to the end of the sentence, "my" and "our" as they hear it. */
static void add_object(const struct phrase *p, struct str *out)
{
    bool ends = p->words[p->verb].ends;

    for (size_t i = p->verb + 1; i < p->count && !ends; i++) {
        str_add_char(out, ' ');
        if (among(p, " my our ", i))
            str_add_text(out, "your");
        else
            str_add_span(out, p->words[i].text);
        ends = p->words[i].ends;
    }
}

static const char *gerund_question(const struct phrase *p)
{
    const char *verb = p->words[p->verb].low, *question;
    bool has_ing = ends_in(verb, "ing") && !among(p, true_ing, p->verb);
    struct str out;

    str_init(&out, PHRASE_MAX_BYTES);
    str_add_text(&out, has_ing ? verb : drops_gerund(p->arena, verb));
    add_object(p, &out);
    question = str_ok(&out) ? arena_printf(p->arena, "How did you get on with %s?", str_text(&out))
                            : p->tongue->questions[ASKS_OTHER];
    str_finish(&out);
    return question;
}

/* What they were going to do for us: asking how it went would sound like a reproach. */
static bool is_owed_to_us(const struct phrase *p)
{
    return among(p, " get come call ring phone write reply report let answer email mail text ",
                 p->verb) &&
           mentions(p, " me us ");
}

static const char *class_question(const struct phrase *p, enum drops_asks asks)
{
    const char *who = asks == ASKS_ASK ? person_asked(p) : NULL;

    if (asks != ASKS_ASK)
        return p->tongue->questions[asks];
    if (!who)
        return gerund_question(p);
    return drops_say(p->arena, p->tongue->questions[ASKS_ASK],
                     (const struct drops_word[]){ { "who", who }, { NULL, NULL } });
}

const char *drops_english_question(const struct drops_tongue *tongue, const char *commitment,
                                   struct arena *arena)
{
    struct phrase p = { .tongue = tongue, .arena = arena };
    enum drops_asks asks;

    split(&p, commitment);
    find_verb(&p);
    if (is_owed_to_us(&p))
        return tongue->questions[ASKS_OTHER];
    asks = class_of(&p, p.verb);
    if (asks == ASKS_OTHER)
        asks = idiom_of(&p);
    if (asks != ASKS_OTHER)
        return class_question(&p, asks);
    return is_verb(&p) ? gerund_question(&p) : tongue->questions[noun_of(&p)];
}
