/* core/replies/wish_claims.c - runs the frames of the lexicon over a marked text and says which channels they want and decline.
 *
 * The label of a frame names what becomes of its channel, or of its first and its last, with a dash between: want, only, next, fine, hint, alone,
 * avoid, shun, skip. "want-avoid" over "prefer @way to @way". A frame whose row names a channel speaks of that one. A veto
 * cancels the wishes that it covers; one labelled "sentence" all of its sentence, one labelled "any" also what is declined. A
 * channel declined declines those that "or" joins to it. */
#include "core/base/attr.h"
#include "core/base/text.h"
#include "core/replies/wish_parts.h"

#define MAX_CLAIMS 400

static const struct {
    const char *name;
    enum claim_kind kind;
} kinds[] = {
    { "skip", CLAIM_NONE }, { "hint", CLAIM_HINT }, { "alone", CLAIM_ALONE },
    { "next", CLAIM_NEXT }, { "fine", CLAIM_FINE }, { "want", CLAIM_WANT },
    { "only", CLAIM_ONLY }, { "shun", CLAIM_SHUN }, { "avoid", CLAIM_AVOID },
};

struct collector {
    struct wish_text *text;
    const struct lexicon *lexicon;
    const char *arrival;
    struct arena *arena;
    struct claims claims;
    bool *vetoed;   /* by word */
    bool *barred;   /* by word: nothing is declined there, either */
    bool *silenced; /* by sentence */
};

static enum claim_kind kind_of(struct span name)
{
    for (size_t i = 0; i < COUNT_OF(kinds); i++)
        if (span_is(name, kinds[i].name))
            return kinds[i].kind;
    return CLAIM_NONE;
}

static bool is_chat(const char *channel)
{
    return channel && strcmp(channel, "email") != 0 && strcmp(channel, "call") != 0 &&
           strcmp(channel, "letter") != 0;
}

/* The channel that a word stands for: "here" is where the message came from, a "message" goes there too, unless it was a mail or a
 * call; a number is rung up, unless texts come from there. */
static const char *resolve(const struct collector *c, const char *channel)
{
    if (!channel)
        return NULL;
    if (strcmp(channel, "here") == 0)
        return c->arrival;
    if (strcmp(channel, "message") == 0)
        return is_chat(c->arrival) ? c->arrival : "sms";
    if (strcmp(channel, "number") == 0)
        return is_chat(c->arrival) ? c->arrival : "call";
    return channel;
}

/* "Message me" alone; it names LinkedIn in "message me on LinkedIn instead". */
static bool is_message(const struct collector *c, size_t word)
{
    const char *channel = c->text->marks[word].channel;

    return channel && strcmp(channel, "message") == 0;
}

/* The channel that was named last before a word, in its sentence or, if `far`, the one before; NULL = none. */
static const char *named_before(const struct collector *c, size_t word, bool far)
{
    const struct word *words = c->text->words.items;

    for (size_t i = word; i > 0 && words[i - 1].sentence + far >= words[word].sentence; i--) {
        const struct wish_word *mark = &c->text->marks[i - 1];

        if (mark->mark >= MARK_DO && mark->mark <= MARK_DEVICE &&
            (far || (is_chat(mark->channel) && strcmp(mark->channel, "message") != 0)))
            return resolve(c, mark->channel);
    }
    return NULL;
}

static const char *channel_of_mark(const struct collector *c, size_t word)
{
    const struct wish_word *mark = &c->text->marks[word];
    const char *named;

    if (is_message(c, word) && (named = named_before(c, word, false)))
        return named;

    if (mark->mark == MARK_NUMBER)
        return resolve(c, "number");
    return mark->mark == MARK_ADDRESS ? "email" : resolve(c, mark->channel);
}

static void add_claim(struct collector *c, const struct claim *claim)
{
    struct claims *claims = &c->claims;

    if (claim->kind == CLAIM_NONE || !claim->channel || claims->count == MAX_CLAIMS)
        return;
    if (claims->count == claims->cap) {
        struct claim *old = claims->items;

        claims->cap = claims->cap ? claims->cap * 2 : 16;
        claims->items = arena_array(c->arena, claims->cap, sizeof(*old));
        if (old)
            memcpy(claims->items, old, claims->count * sizeof(*old));
    }
    claims->items[claims->count++] = *claim;
}

static bool is_role(const struct collector *c, size_t word)
{
    return c->text->marks[word].mark > MARK_DROP && c->text->marks[word].mark != MARK_HANDLE;
}

/* A verb of the past that names its channel: "I'd rather be texted". */
static bool is_done(const struct collector *c, size_t word)
{
    return c->text->marks[word].mark == MARK_CLASS && c->text->marks[word].channel;
}

/* The words of the hit that its label speaks of: of one the first when the frame begins with it, else the last; of two the first
 * and the last. Only where none is marked a verb of the past counts. 0: none. */
static size_t find_roles(const struct collector *c, const struct lexicon_hit *hit, size_t wanted,
                         size_t roles[2])
{
    size_t first = hit->first, last = hit->first + hit->count - 1;

    while (first < last && !is_role(c, first))
        first++;
    while (last > first && !is_role(c, last))
        last--;
    for (size_t i = hit->first; i < hit->first + hit->count && !is_role(c, first); i++)
        if (is_done(c, i))
            first = last = i;
    if (!is_role(c, first) && !is_done(c, first))
        return 0;
    roles[0] = wanted > 1 || (first == hit->first && !is_message(c, first)) ? first : last;
    roles[1] = last;
    return wanted > 1 && first == last ? 1 : wanted;
}

/* "Phone: 212 555 0147" says what a number is, not that it should be called; "rufen Sie mich an: 030 23125001" does. */
static bool is_heading(const struct collector *c, size_t word)
{
    return c->text->marks[word].mark != MARK_CLASS && word + 1 < c->text->words.count &&
           c->text->words.items[word].ends_clause && c->text->marks[word + 1].mark >= MARK_NUMBER;
}

static bool is_avoiding(enum claim_kind kind)
{
    return kind == CLAIM_AVOID || kind == CLAIM_SHUN;
}

/* What the rule says, or else the word. "named": the channel named before, "reach me there". */
static const char *channel_of(const struct collector *c, const struct lexicon_hit *hit, size_t word)
{
    if (!hit->rule->channel)
        return channel_of_mark(c, word);
    if (strcmp(hit->rule->channel, "named") == 0)
        return named_before(c, hit->first, true);
    return resolve(c, hit->rule->channel);
}

/* "I never pick up, text me": what is declined stands in one clause with the "never". */
static bool is_parted(const struct collector *c, size_t from, size_t word)
{
    for (size_t i = from; i < word; i++)
        if (c->text->words.items[i].ends_clause)
            return true;
    return false;
}

static void claim_word(struct collector *c, const struct lexicon_hit *hit, enum claim_kind kind,
                       size_t word)
{
    struct claim claim = { .kind = kind,
                           .word = word,
                           .first = hit->first,
                           .last = hit->first + hit->count - 1,
                           .rule = hit->rule };

    claim.channel = channel_of(c, hit, word);
    claim.device = !hit->rule->channel && c->text->marks[word].mark == MARK_DEVICE;
    if (c->barred[word] || (is_avoiding(kind) && is_parted(c, hit->first, word)) ||
        (kind < CLAIM_FINE && is_heading(c, word)))
        return;
    if (!is_avoiding(kind) && (c->vetoed[word] || c->silenced[c->text->words.items[word].sentence]))
        return;
    add_claim(c, &claim);
}

/* "Don't call or text": what is said against the first is said against those that "or" joins to it. */
static void claim_others(struct collector *c, const struct lexicon_hit *hit, size_t word)
{
    const struct word *words = c->text->words.items;
    size_t count = c->text->words.count;

    while (word + 2 < count && is_role(c, word + 2) && !words[word + 1].ends_clause &&
           words[word + 2].sentence == words[word].sentence &&
           (span_is(words[word + 1].text, "or") || span_is(words[word + 1].text, "nor"))) {
        word += 2;
        claim_word(c, hit, CLAIM_AVOID, word);
    }
}

static void add_hit(struct collector *c, const struct lexicon_hit *hit)
{
    struct span rest = span_of(hit->rule->label), name;
    size_t wanted = strchr(hit->rule->label, '-') ? 2 : 1, roles[2];
    size_t count = find_roles(c, hit, wanted, roles);

    if (count == 0 && !hit->rule->channel)
        return;
    if (count == 0)
        roles[count++] = hit->first;
    for (size_t i = 0; i < count && text_next_piece(&rest, '-', &name); i++) {
        claim_word(c, hit, kind_of(name), roles[i]);
        if (kind_of(name) == CLAIM_AVOID)
            claim_others(c, hit, roles[i]);
    }
}

static void add_vetoes(struct collector *c)
{
    struct lexicon_hit *hits;
    size_t count = lexicon_find(c->lexicon, LEXICON_WISH_VETO, &c->text->words, c->arena, &hits);

    for (size_t i = 0; i < count; i++) {
        if (strcmp(hits[i].rule->label, "sentence") == 0)
            c->silenced[c->text->words.items[hits[i].first].sentence] = true;
        for (size_t k = 0; k < hits[i].count; k++) {
            c->vetoed[hits[i].first + k] = true;
            c->barred[hits[i].first + k] |= strcmp(hits[i].rule->label, "any") == 0;
        }
    }
}

static void add_claims(struct collector *c)
{
    struct lexicon_hit *hits;
    size_t count = lexicon_find(c->lexicon, LEXICON_WISH, &c->text->words, c->arena, &hits);

    for (size_t i = 0; i < count; i++)
        add_hit(c, &hits[i]);
}

/* Each view once; the second only where it differs. */
static void for_each_view(struct collector *c, void (*add)(struct collector *c))
{
    const struct lexicon_places *first;

    wish_text_show(c->text, WISH_VIEW_WAY, c->lexicon, c->arena);
    first = c->text->words.places;
    add(c);
    wish_text_show(c->text, WISH_VIEW_DO, c->lexicon, c->arena);
    if (c->text->words.places != first)
        add(c);
}

struct claims wish_claims(struct wish_text *text, const struct lexicon *lexicon,
                          const char *arrival, struct arena *arena)
{
    struct collector c = { .text = text,
                           .lexicon = lexicon,
                           .arrival = arrival,
                           .arena = arena,
                           .vetoed = arena_array(arena, text->words.count + 1, sizeof(bool)),
                           .barred = arena_array(arena, text->words.count + 1, sizeof(bool)),
                           .silenced = arena_array(arena, text->words.count + 1, sizeof(bool)) };

    for_each_view(&c, add_vetoes);
    for_each_view(&c, add_claims);
    return c.claims;
}
