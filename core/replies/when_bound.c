/* core/replies/when_bound.c - the words around an expression of time that say how far it reaches:
 * "until", "not before", "no later than", "or later", "inclusive". */
#include "core/base/attr.h"
#include "core/replies/when_pieces.h"
#include "core/replies/when_range.h"

static const struct {
    enum word_class class;
    enum bound bound;
} bound_words[] = {
    { W_UNTIL, BOUND_UNTIL },   { W_THROUGH, BOUND_THROUGH }, { W_BY, BOUND_BY },
    { W_BEFORE, BOUND_BEFORE }, { W_WITHIN, BOUND_WITHIN },   { W_AFTER, BOUND_AFTER },
    { W_SINCE, BOUND_SINCE },   { W_START, BOUND_SINCE },     { W_RETURN, BOUND_RETURN },
    { W_FROM, BOUND_SINCE },    { W_BETWEEN, BOUND_SINCE },
};

#define PHRASE_BEGINS                                                                              \
    (WORD_BIT(W_NOT) | WORD_BIT(W_EDGE) | WORD_BIT(W_OTHER) | WORD_BIT(W_EVERY) |                  \
     WORD_BIT(W_BEFORE) | WORD_BIT(W_UNTIL) | WORD_BIT(W_RETURN) | WORD_BIT(W_AT) |                \
     WORD_BIT(W_A) | WORD_BIT(W_ON))

/* Bounds of several words; their first words are of the classes above. */
static const struct {
    const char *words[4];
    enum bound bound;
} bound_phrases[] = {
    { { "no", "later", "than", NULL }, BOUND_BY },
    { { "no", "earlier", "than", NULL }, BOUND_SINCE },
    { { "not", "earlier", "than", NULL }, BOUND_SINCE },
    { { "not", "later", "than", NULL }, BOUND_BY },
    { { "later", "than", NULL, NULL }, BOUND_AFTER },
    { { "earlier", "than", NULL, NULL }, BOUND_BEFORE },
    { { "greater", "than", NULL, NULL }, BOUND_AFTER },
    { { "as", "early", "as", NULL }, BOUND_SINCE },
    { { "as", "late", "as", NULL }, BOUND_BY },
    { { "as", "of", NULL, NULL }, BOUND_SINCE },
    { { "any", "time", "from", NULL }, BOUND_SINCE },
    { { "any", "time", "after", NULL }, BOUND_AFTER },
    { { "anytime", "after", NULL, NULL }, BOUND_AFTER },
    { { "prior", "to", NULL, NULL }, BOUND_BEFORE },
    { { "back", "on", NULL, NULL }, BOUND_RETURN },
    { { "back", "in", NULL, NULL }, BOUND_RETURN },
    { { "à", "partir", NULL, NULL }, BOUND_SINCE },
    { { "a", "partire", NULL, NULL }, BOUND_SINCE },
    { { "tot", "en", "met", NULL }, BOUND_THROUGH },
    { { "a", "partir", NULL, NULL }, BOUND_SINCE },
    { { "on", "or", "after", NULL }, BOUND_SINCE },
    { { "on", "or", "before", NULL }, BOUND_BY },
};

bool when_is_return(const struct tokens *tokens, size_t at)
{
    static const char *const verbs[] = { "call",  "ring",   "phone", "ping",  "speak", "get",
                                         "check", "circle", "hear",  "write", "text",  "getting",
                                         "swing", "going",  "drop",  "reach", "bring", "calls" };
    static const char *const whom[] = { "me", "us", "you", "him", "her" };

    if (!is_word(tokens, at, "back") || at == 0)
        return true;
    at--;
    for (size_t i = 0; at > 0 && i < COUNT_OF(whom); i++) {
        if (is_word(tokens, at, whom[i])) {
            at--;
            break;
        }
    }
    for (size_t i = 0; i < COUNT_OF(verbs); i++)
        if (is_word(tokens, at, verbs[i]))
            return false;
    return true;
}

static size_t phrase_bound(const struct tokens *tokens, size_t at, enum bound *bound)
{
    if (!(tokens->items[at].classes & PHRASE_BEGINS))
        return 0;
    for (size_t i = 0; i < COUNT_OF(bound_phrases); i++) {
        size_t n = 0;

        while (n < 4 && bound_phrases[i].words[n] &&
               is_word(tokens, at + n, bound_phrases[i].words[n]))
            n++;
        if (n < 4 && bound_phrases[i].words[n])
            continue;
        *bound = bound_phrases[i].bound;
        /* The small word may belong to the expression: "in two weeks". */
        return *bound == BOUND_RETURN ? 1 : n;
    }
    return 0;
}

/* Italian "prima settimana" is the first one, Portuguese "na próxima" is "in the next". */
static bool is_other_bound(const struct tokens *tokens, size_t at)
{
    static const char *const nouns[] = { "próxima",  "proxima",       "semana",       "manhã",
                                         "tarde",    "noite",         "primeira",     "segunda",
                                         "última",   "segunda-feira", "quarta-feira", "terça-feira",
                                         "terceira", "quinta-feira",  "sexta-feira" };

    if (is_word(tokens, at, "depois")) /* "depois de amanhã" is a day */
        return is_word(tokens, at + 1, "de") && means(tokens, at + 2, W_REL_DAY, NULL);
    if (is_word(tokens, at, "prima"))
        return !means(tokens, at + 1, W_OF, NULL) && !when_is_link(tokens, at + 1);
    for (size_t i = 0; is_word(tokens, at, "na") && i < COUNT_OF(nouns); i++)
        if (is_word(tokens, at + 1, nouns[i]))
            return true;
    return false;
}

size_t when_bound_read(const struct tokens *tokens, size_t at, struct statement *out)
{
    static const uint64_t begins = PHRASE_BEGINS | WORD_BIT(W_UNTIL) | WORD_BIT(W_THROUGH) |
                                   WORD_BIT(W_BY) | WORD_BIT(W_WITHIN) | WORD_BIT(W_AFTER) |
                                   WORD_BIT(W_SINCE) | WORD_BIT(W_START) | WORD_BIT(W_FROM) |
                                   WORD_BIT(W_BETWEEN);
    size_t next = at, used;
    struct shift length;

    if (!(tokens->items[at].classes & begins))
        return 0;
    if (means(tokens, next, W_NOT, NULL) &&
        (means(tokens, next + 1, W_BEFORE, NULL) || means(tokens, next + 1, W_UNTIL, NULL) ||
         means(tokens, next + 1, W_BY, NULL))) {
        out->negated = true;
        next++;
    }
    if ((is_word(tokens, next, "back") && !when_is_return(tokens, next)) ||
        is_other_bound(tokens, next))
        return 0;
    if (is_word(tokens, next, "post") && is_sign(tokens, next + 1, '-')) {
        out->bound = BOUND_AFTER;
        return next + 2 - at;
    }
    used = phrase_bound(tokens, next, &out->bound);
    if (used > 0)
        return next + used - at;
    /* "after 5 days", "tra due settimane" are expressions. */
    if ((means(tokens, next, W_AFTER, NULL) || means(tokens, next, W_IN, NULL)) &&
        when_length(tokens, next + 1, &length) > 0 && !is_word(tokens, next + 2, "uur"))
        return 0;
    for (size_t i = 0; i < COUNT_OF(bound_words); i++) {
        if (!means(tokens, next, bound_words[i].class, NULL))
            continue;
        if (bound_words[i].class == W_START && means(tokens, next + 1, W_OF, NULL))
            return 0;
        out->bound = bound_words[i].bound;
        next++;
        if (means(tokens, next, W_ON, NULL))
            next++;
        if (means(tokens, next, W_INCLUSIVE, NULL) || is_word(tokens, next, "including")) {
            out->bound = BOUND_THROUGH;
            next++;
        }
        if (means(tokens, next, W_FROM, NULL) ||
            (means(tokens, next, W_TO, NULL) && out->bound == BOUND_BEFORE))
            next++;
        return next - at;
    }
    return 0;
}

/* "Friday latest", "Friday at the earliest" */
static bool latest_behind(const struct tokens *tokens, struct statement *out)
{
    size_t next = out->to;

    if (means(tokens, next, W_AT, NULL) || means(tokens, next, W_BY, NULL))
        next++;
    if (means(tokens, next, W_THE, NULL))
        next++;
    if (!is_word(tokens, next, "latest") && !is_word(tokens, next, "earliest"))
        return false;
    out->bound = is_word(tokens, next, "latest") ? BOUND_BY : BOUND_SINCE;
    out->to = next + 1;
    return true;
}

/* "[the 15th] of every month" */
static bool repeated_behind(const struct tokens *tokens, struct statement *out)
{
    size_t next = out->to;
    int unit;

    if (!(out->has & (HAS_DAY | HAS_NTH | HAS_WEEKDAY | HAS_MONTH)) ||
        !(means(tokens, next, W_OF, NULL) || means(tokens, next, W_IN, NULL)) ||
        !means(tokens, next + 1, W_EVERY, NULL) || when_unit(tokens, next + 2, &unit) == 0 ||
        unit < WHEN_WEEK || unit > WHEN_YEAR)
        return false;
    out->repeated = true;
    out->period = (enum when_grain)unit;
    out->to = next + 3;
    return true;
}

void when_tail_read(const struct tokens *tokens, struct statement *out)
{
    size_t next = out->to;

    if (repeated_behind(tokens, out))
        return;
    if (is_sign(tokens, next, '(') || is_sign(tokens, next, ','))
        next++;
    if (means(tokens, next, W_INCLUSIVE, NULL)) {
        out->inclusive = true;
        out->to = next + 1;
        return;
    }
    if (out->bound == BOUND_NONE && latest_behind(tokens, out))
        return;
    if ((is_word(tokens, next, "is") || is_word(tokens, next, "are")) &&
        (is_word(tokens, next + 1, "over") || is_word(tokens, next + 1, "done") ||
         is_word(tokens, next + 1, "finished") || is_word(tokens, next + 1, "behind")) &&
        out->bound == BOUND_NONE) {
        out->bound = BOUND_AFTER;
        out->to = next + 2;
        return;
    }
    if (out->bound == BOUND_NONE &&
        (is_word(tokens, next, "ends") || is_word(tokens, next, "closes") ||
         is_word(tokens, next, "finishes"))) {
        out->bound = BOUND_AFTER;
        out->to = next + 1;
        return;
    }
    if (is_word(tokens, next, "onwards") || is_word(tokens, next, "onward")) {
        out->bound = BOUND_SINCE;
        out->to = next + 1;
    } else if ((means(tokens, next, W_OR, NULL) || means(tokens, next, W_AND, NULL)) &&
               (is_word(tokens, next + 1, "later") || is_word(tokens, next + 1, "after") ||
                is_word(tokens, next + 1, "thereafter")) &&
               (out->bound == BOUND_NONE) &&
               (tokens->items[next + 2].kind != TOKEN_WORD || is_word(tokens, next + 1, "later"))) {
        out->bound = BOUND_SINCE;
        out->to = next + 2;
    }
}

/* "back [in the office] on Monday" */
static size_t over_place(const struct tokens *tokens, size_t at)
{
    size_t next = at;

    if (means(tokens, next, W_TO, NULL) || means(tokens, next, W_IN, NULL) ||
        means(tokens, next, W_AT, NULL))
        next++;
    if (means(tokens, next, W_THE, NULL))
        next++;
    if (!is_word(tokens, next, "work") && !is_word(tokens, next, "office") &&
        !is_word(tokens, next, "business") && !is_word(tokens, next, "desk"))
        return at;
    return next + 1;
}

size_t when_over_small_words(const struct tokens *tokens, size_t at, enum bound bound)
{
    size_t next = bound == BOUND_RETURN ? over_place(tokens, at) : at, limit = next + 2;

    if (bound != BOUND_NONE)
        next += when_is_link(tokens, next);

    while (next < limit && (means(tokens, next, W_ON, NULL) ||
                            (bound == BOUND_WITHIN && (means(tokens, next, W_THE, NULL) ||
                                                       means(tokens, next, W_MOD, NULL)))))
        next++;
    if (means(tokens, next, W_THE, NULL) && is_word(tokens, next + 1, "year") &&
        tokens->items[next + 2].digits[0] == 4)
        next += 2;
    else if (is_word(tokens, next, "year") && tokens->items[next + 1].digits[0] == 4)
        next++;
    return next;
}
