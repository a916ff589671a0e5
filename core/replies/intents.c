/* core/replies/intents.c - weighs the rules that a text hits; the words are in lexicon/intents_*.tsv. */
#include "core/replies/intents.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/text.h"
#include "core/replies/lexicon.h"
#include "core/replies/names.h"

#define PASSES 6
#define NEGATION_WORDS 3  /* it turns what stands this near behind it */
#define EARLY_SENTENCES 3 /* they weigh half as much again */
#define GREETING_WORDS 3  /* a first sentence as short as this is none */
#define ACK_WORDS_MAX 12  /* whoever writes more says more than "heard" */
#define CLEAR_LEAD                                                                                 \
    1 /* a no that is not this much surer than a yes in the same text is for a person to read */
#define CUE 2        /* rules of this weight or less are cues: heard only where nothing else is */
#define CUE_WORDS 25 /* and only in texts as short as this that ask nothing */
#define MOOD_CLEAR 3
#define MAX_FACES 200 /* bytes of a text without words that are looked at for emoji */

#define LABEL(intent) (UINT32_C(1) << (intent))
#define CONCERNS                                                                                   \
    (LABEL(INTENT_CONCERN_PRICE) | LABEL(INTENT_CONCERN_TIMING) |                                  \
     LABEL(INTENT_CONCERN_AUTHORITY) | LABEL(INTENT_CONCERN_NEED) |                                \
     LABEL(INTENT_CONCERN_COMPETITOR) | LABEL(INTENT_CONCERN_TRUST))

static const char *const names[] = {
    [INTENT_THREAT] = "threat",
    [INTENT_HOSTILE] = "hostile",
    [INTENT_WRONG_PERSON] = "wrong_person",
    [INTENT_NOT_INTERESTED] = "not_interested",
    [INTENT_NOT_NOW] = "not_now",
    [INTENT_CONCERN_PRICE] = "concern_price",
    [INTENT_CONCERN_TIMING] = "concern_timing",
    [INTENT_CONCERN_AUTHORITY] = "concern_authority",
    [INTENT_CONCERN_NEED] = "concern_need",
    [INTENT_CONCERN_COMPETITOR] = "concern_competitor",
    [INTENT_CONCERN_TRUST] = "concern_trust",
    [INTENT_REFERRAL] = "referral",
    [INTENT_INTERESTED] = "interested",
    [INTENT_QUESTION] = "question",
    [INTENT_ACK] = "ack",
    [INTENT_OTHER] = "other",
};

const char *intent_name(enum intent intent)
{
    return names[intent];
}

enum intent intent_by_name(const char *name)
{
    for (int i = 0; i < INTENT_COUNT; i++)
        if (strcmp(names[i], name) == 0)
            return (enum intent)i;
    return INTENT_OTHER;
}

const char *sentiment_name(enum sentiment sentiment)
{
    static const char *const words[] = { [SENTIMENT_NEUTRAL] = "neutral",
                                         [SENTIMENT_POSITIVE] = "positive",
                                         [SENTIMENT_NEGATIVE] = "negative" };

    return words[sentiment];
}

/* One text while it is weighed. Scores are kept doubled: half as much again stays whole. */
struct scale {
    const struct lexicon *lexicon;
    struct arena *arena;
    struct words words;
    size_t early;     /* sentences from 0 below this are early */
    bool *negates;    /* by word */
    uint32_t *vetoed; /* by sentence: labels */
    size_t *no_end;   /* by word: where the farthest "no" ends that begins there or before */
    bool asks;
    bool cued; /* the label passes by cues */
    int doubled[INTENT_COUNT];
    int mood;
    struct lexicon_hit *hits;
    size_t hit_count;
};

static size_t sentence_of(const struct scale *s, const struct lexicon_hit *hit)
{
    return s->words.items[hit->first].sentence;
}

static void look_at_sentences(struct scale *s)
{
    size_t first = 0;

    for (size_t i = 0; i < s->words.count; i++) {
        first += s->words.items[i].sentence == 0;
        s->asks = s->asks || s->words.items[i].asked;
    }
    s->early = EARLY_SENTENCES + (first <= GREETING_WORDS);
}

/* Rows of weight 0 negate; rows below 0 say that their words do not ("no problem", "can't wait"). */
static void find_negations(struct scale *s)
{
    struct lexicon_hit *hits;
    size_t count = lexicon_find(s->lexicon, LEXICON_NEGATION, &s->words, s->arena, &hits);

    s->negates = arena_array(s->arena, s->words.count + 1, sizeof(*s->negates));
    for (int pass = 0; pass < 2; pass++)
        for (size_t i = 0; i < count; i++)
            for (size_t k = 0; k < hits[i].count && pass == (hits[i].rule->weight < 0); k++)
                s->negates[hits[i].first + k] = pass == 0;
}

static void find_vetoes(struct scale *s)
{
    struct lexicon_hit *hits;
    size_t count = lexicon_find(s->lexicon, LEXICON_INTENT_VETO, &s->words, s->arena, &hits);

    s->vetoed = arena_array(s->arena, s->words.count + 1, sizeof(*s->vetoed));
    for (size_t i = 0; i < count; i++)
        s->vetoed[sentence_of(s, &hits[i])] |= LABEL(intent_by_name(hits[i].rule->label));
}

/* Does a negation stand shortly before, in the same clause? */
static bool is_negated(const struct scale *s, const struct lexicon_hit *hit)
{
    for (size_t i = hit->first; i > 0 && hit->first - i < NEGATION_WORDS; i--) {
        const struct word *before = &s->words.items[i - 1];

        if (before->ends_clause || before->sentence != sentence_of(s, hit))
            return false;
        if (s->negates[i - 1])
            return true;
    }
    return false;
}

static void find_noes(struct scale *s)
{
    s->no_end = arena_array(s->arena, s->words.count + 1, sizeof(*s->no_end));
    for (size_t i = 0; i < s->hit_count; i++) {
        const struct lexicon_hit *hit = &s->hits[i];
        size_t *end = &s->no_end[hit->first];

        if (intent_by_name(hit->rule->label) == INTENT_NOT_INTERESTED &&
            *end < hit->first + hit->count)
            *end = hit->first + hit->count;
    }
    for (size_t i = 1; i < s->words.count; i++)
        if (s->no_end[i] < s->no_end[i - 1])
            s->no_end[i] = s->no_end[i - 1];
}

/* The label that a hit speaks for; INTENT_OTHER = none. "Not interested" is a no; "not too expensive" is nothing. */
static enum intent label_of(const struct scale *s, const struct lexicon_hit *hit)
{
    enum intent label = intent_by_name(hit->rule->label);

    if (s->vetoed[sentence_of(s, hit)] & LABEL(label))
        return INTENT_OTHER;
    /* "Don't think that we are interested": the end of a no is no yes. */
    if (label == INTENT_INTERESTED && s->no_end[hit->first] >= hit->first + hit->count)
        return INTENT_OTHER;
    if (label == INTENT_INTERESTED && is_negated(s, hit))
        return INTENT_NOT_INTERESTED;
    if ((LABEL(label) & (CONCERNS | LABEL(INTENT_REFERRAL) | LABEL(INTENT_ACK))) &&
        is_negated(s, hit))
        return INTENT_OTHER;
    return label;
}

static int doubled_weight(const struct scale *s, const struct lexicon_hit *hit)
{
    return hit->rule->weight * (sentence_of(s, hit) < s->early ? 3 : 2);
}

/* The last of the hits that counted for each label. */
struct counted {
    size_t end[INTENT_COUNT];
    int weight[INTENT_COUNT];
};

/* Hits of a label that share words count once, the heaviest: two rules for one phrase are no second reason. */
static void add_hit(struct scale *s, const struct lexicon_hit *hit, enum intent label,
                    struct counted *last)
{
    int weight = doubled_weight(s, hit);

    if (hit->first >= last->end[label]) {
        s->doubled[label] += weight;
        last->weight[label] = weight;
    } else if (weight > last->weight[label]) {
        s->doubled[label] += weight - last->weight[label];
        last->weight[label] = weight;
    }
    if (hit->first + hit->count > last->end[label])
        last->end[label] = hit->first + hit->count;
}

static void add_scores(struct scale *s)
{
    struct counted last = { .end = { 0 } };

    s->hit_count = lexicon_find(s->lexicon, LEXICON_INTENT, &s->words, s->arena, &s->hits);
    find_noes(s);
    for (size_t i = 0; i < s->hit_count; i++) {
        enum intent label = label_of(s, &s->hits[i]);

        if (label != INTENT_OTHER && s->hits[i].rule->weight > CUE)
            add_hit(s, &s->hits[i], label, &last);
    }
}

/* Does nothing but an acknowledgement pass so far? */
static bool is_unclear(const struct scale *s)
{
    for (int i = 0; i < INTENT_ACK; i++)
        if (s->doubled[i] >= 2 * PASSES)
            return false;
    return !s->asks && s->words.count <= CUE_WORDS;
}

/* What a short text may mean of which no rule is sure: the label that most cues speak for, unless as many speak for another. The
 * same cue twice is one. */
static void add_cues(struct scale *s)
{
    const struct lexicon_rule *heard[INTENT_COUNT] = { NULL };
    struct counted last = { .end = { 0 } };
    int sure[INTENT_COUNT], best = 0, second = 0;

    if (!is_unclear(s))
        return;
    memcpy(sure, s->doubled, sizeof(sure));
    memset(s->doubled, 0, INTENT_ACK * sizeof(s->doubled[0]));
    for (size_t i = 0; i < s->hit_count; i++) {
        enum intent label = label_of(s, &s->hits[i]);

        if (label >= INTENT_ACK || label != intent_by_name(s->hits[i].rule->label) ||
            heard[label] == s->hits[i].rule)
            continue;
        heard[label] = s->hits[i].rule;
        add_hit(s, &s->hits[i], label, &last);
    }
    for (int i = 0; i < INTENT_ACK; i++) {
        second = s->doubled[i] > best ? best : s->doubled[i] > second ? s->doubled[i] : second;
        best = s->doubled[i] > best ? s->doubled[i] : best;
    }
    s->cued = best >= 2 * PASSES && best > second;
    for (int i = 0; i < INTENT_ACK; i++)
        if (s->doubled[i] < best || !s->cued)
            s->doubled[i] = sure[i];
}

static void add_mood(struct scale *s)
{
    struct lexicon_hit *hits;
    size_t count = lexicon_find(s->lexicon, LEXICON_MOOD, &s->words, s->arena, &hits);

    for (size_t i = 0; i < count; i++) {
        bool good = strcmp(hits[i].rule->label, "positive") == 0;

        s->mood += good != is_negated(s, &hits[i]) ? hits[i].rule->weight : -hits[i].rule->weight;
    }
}

/* A thumb may be all that is said. */
static void read_faces(struct scale *s, struct span own)
{
    static const struct {
        uint32_t from, to;
        enum intent label;
    } faces[] = {
        { 0x1F44E, 0x1F44E, INTENT_NOT_INTERESTED }, /* thumb down */
        { 0x1F44C, 0x1F44D, INTENT_ACK },            /* ok hand, thumb up */
        { 0x1F64F, 0x1F64F, INTENT_ACK },            /* folded hands */
        { 0x2705, 0x2705, INTENT_ACK },              /* check mark */
        { 0x2714, 0x2714, INTENT_ACK },
        { 0x2764, 0x2764, INTENT_ACK },   /* heart */
        { 0x1F600, 0x1F60A, INTENT_ACK }, /* smiles */
    };
    struct span text = text_cut(own, MAX_FACES);
    const char *at = text.data, *end = text.len ? text.data + text.len : text.data;

    while (at < end) {
        uint32_t point = text_next_point(&at, end);

        for (size_t i = 0; i < COUNT_OF(faces); i++)
            if (point >= faces[i].from && point <= faces[i].to)
                s->doubled[faces[i].label] = 2 * PASSES;
    }
    s->asks = memchr(text.data ? text.data : "", '?', text.len) != NULL;
}

/* Who is bound for a time means "not now", too; "it takes too long" is a concern alone. */
static void add_not_now(struct scale *s)
{
    int bound = 0;

    for (size_t i = 0; i < s->hit_count; i++)
        if (label_of(s, &s->hits[i]) == INTENT_CONCERN_TIMING &&
            !(s->vetoed[sentence_of(s, &s->hits[i])] & LABEL(INTENT_NOT_NOW)))
            bound = s->doubled[INTENT_CONCERN_TIMING];
    if (bound > s->doubled[INTENT_NOT_NOW])
        s->doubled[INTENT_NOT_NOW] = bound;
}

/* A question is what is left when nothing else is said, an acknowledgement what is left of that. */
static void set_labels(struct scale *s, struct intents *out)
{
    add_not_now(s);
    if (s->asks)
        s->doubled[INTENT_QUESTION] += 2 * PASSES;
    for (int i = 0; i < INTENT_COUNT; i++) {
        out->scores[i] = s->doubled[i] / 2;
        if (out->scores[i] >= PASSES)
            out->labels |= LABEL(i);
    }
    if (out->labels & (LABEL(INTENT_QUESTION) - 1))
        out->labels &= LABEL(INTENT_QUESTION) - 1;
    else if (intents_have(out, INTENT_QUESTION) || s->words.count > ACK_WORDS_MAX)
        out->labels &= LABEL(INTENT_QUESTION);
}

/* A yes and a no in one text, about as sure: nobody may act on the no by himself. */
static bool is_torn(const struct intents *in)
{
    static const enum intent ends[] = { INTENT_WRONG_PERSON, INTENT_NOT_INTERESTED };

    for (size_t i = 0; i < COUNT_OF(ends) && intents_have(in, INTENT_INTERESTED); i++)
        if (intents_have(in, ends[i]) &&
            in->scores[ends[i]] <= in->scores[INTENT_INTERESTED] + CLEAR_LEAD)
            return true;
    return false;
}

static void set_lead(struct intents *out)
{
    out->lead = INTENT_OTHER;
    for (int i = INTENT_COUNT - 1; i >= 0; i--)
        if (out->labels & LABEL(i))
            out->lead = (enum intent)i;
    if (out->lead != INTENT_THREAT && out->lead != INTENT_HOSTILE && is_torn(out))
        out->lead = INTENT_OTHER;
}

static void set_sentiment(const struct scale *s, struct intents *out)
{
    int mood = s->mood;

    if (out->lead == INTENT_INTERESTED)
        mood += 2 * MOOD_CLEAR;
    if (out->lead == INTENT_NOT_INTERESTED)
        mood -= 2 * MOOD_CLEAR;
    if (out->lead == INTENT_HOSTILE || out->lead == INTENT_THREAT)
        mood = -MOOD_CLEAR;
    out->sentiment = mood >= MOOD_CLEAR    ? SENTIMENT_POSITIVE
                     : mood <= -MOOD_CLEAR ? SENTIMENT_NEGATIVE
                                           : SENTIMENT_NEUTRAL;
}

static void name_rules(const struct scale *s, const struct intents *out, struct names *rules)
{
    for (size_t i = 0; i < s->hit_count; i++) {
        enum intent label = label_of(s, &s->hits[i]);
        const char *name;

        if (label == INTENT_OTHER || !intents_have(out, label) ||
            (s->hits[i].rule->weight <= CUE && !s->cued))
            continue;
        name = lexicon_hit_name(&s->hits[i], &s->words, s->arena);
        if (label != intent_by_name(s->hits[i].rule->label))
            name = arena_printf(s->arena, "not: %s", name);
        names_add(rules, s->arena, name);
    }
    if (intents_have(out, INTENT_QUESTION) && s->asks)
        names_add(rules, s->arena, "intent question: a question mark");
}

void intents_read(const struct words *own, const struct lexicon *lexicon, struct arena *arena,
                  struct names *rules, struct intents *out)
{
    struct scale s = { .lexicon = lexicon, .arena = arena, .words = *own };

    *out = (struct intents){ .lead = INTENT_OTHER };
    if (s.words.count > INTENTS_WORDS_MAX)
        s.words.count = INTENTS_WORDS_MAX;
    look_at_sentences(&s);
    find_negations(&s);
    find_vetoes(&s);
    add_scores(&s);
    add_cues(&s);
    add_mood(&s);
    if (s.words.count == 0)
        read_faces(&s, own->text);
    set_labels(&s, out);
    set_lead(out);
    set_sentiment(&s, out);
    name_rules(&s, out, rules);
}

void intents_keep_alarms(struct intents *intents)
{
    intents->labels &= LABEL(INTENT_THREAT) | LABEL(INTENT_HOSTILE);
    intents->sentiment = SENTIMENT_NEGATIVE;
    set_lead(intents);
}
