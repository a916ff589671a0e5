/* core/replies/when_context.c - clauses, and the few words in them that turn a statement about time
 * round. Looks a bounded number of words back and ahead. */
#include "core/replies/when_context.h"

#include "core/base/attr.h"
#include "core/replies/when_pieces.h"

#define REACH 6 /* words between a "not" and what it denies */

static bool is_one_of(const struct tokens *tokens, size_t at, const char *const *words,
                      size_t count)
{
    for (size_t i = 0; tokens->items[at].kind == TOKEN_WORD && i < count; i++)
        if (is_word(tokens, at, words[i]))
            return true;
    return false;
}

#define ONE_OF(tokens, at, words) is_one_of(tokens, at, words, COUNT_OF(words))

/* ---- sentences and clauses ---- */

/* "out of the office", "I'll be out until", but not "reach out". */
static bool is_out(const struct tokens *tokens, size_t at)
{
    static const char *const before[] = { "be", "am", "is", "i'm", "are", "we're", "ooo" };

    if (!is_word(tokens, at, "out"))
        return false;
    if (means(tokens, at + 1, W_OF, NULL) || means(tokens, at + 1, W_UNTIL, NULL) ||
        means(tokens, at + 1, W_THROUGH, NULL) || means(tokens, at + 1, W_FROM, NULL))
        return true;
    return at == 0 || ONE_OF(tokens, at - 1, before);
}

/* "I am off", but not "kick off"; "on leave", but not "leave it". */
static bool is_away(const struct tokens *tokens, size_t at)
{
    static const char *const not_behind[] = { "kick",   "kicks",    "sign",   "take",  "put",
                                              "cut",    "right",    "call",   "go",    "set",
                                              "start",  "straight", "throw",  "hold",  "best",
                                              "better", "well",     "signed", "taken", "called",
                                              "kicked", "held",     "went",   "goes",  "starts" };
    static const char *const not_before[] = { "it",   "me",   "us",   "you", "a",  "the",
                                              "this", "that", "them", "him", "her" };

    static const char *const whose[] = { "my", "our", "das", "mijn", "meinem", "unserem", "mes" };
    static const char *const up[] = { "up", "solid", "out", "all", "until", "till", "through" };

    if (!means(tokens, at, W_AWAY, NULL))
        return is_out(tokens, at);
    /* "after our vacation, in February" */
    if ((at > 0 && means(tokens, at - 1, W_AFTER, NULL)) ||
        (at > 1 && means(tokens, at - 2, W_AFTER, NULL) &&
         (means(tokens, at - 1, W_THE, NULL) || ONE_OF(tokens, at - 1, whose))))
        return false;
    if (is_word(tokens, at, "booked") || is_word(tokens, at, "tied"))
        return ONE_OF(tokens, at + 1, up);
    if ((is_word(tokens, at, "off") || is_word(tokens, at, "away")) && at > 0)
        return !ONE_OF(tokens, at - 1, not_behind);
    return !is_word(tokens, at, "leave") || !ONE_OF(tokens, at + 1, not_before);
}

/* "next week I'm at a fair, after that is fine" */
static bool is_then(const struct tokens *tokens, size_t at)
{
    static const char *const asked[] = { "please", "anytime", "time", "call", "ok", "fine" };
    static const char *const words[] = { "danach", "afterwards", "thereafter",
                                         "daarna", "ensuite",    "dopodiché" };

    if (at > 1 && is_word(tokens, at, "after") && means(tokens, at - 1, W_UNIT, NULL) &&
        means(tokens, at - 2, W_THE, NULL))
        return means(tokens, at + 1, W_FILLER, NULL);
    if (is_word(tokens, at, "after") && is_word(tokens, at + 1, "that"))
        return means(tokens, at + 2, W_FILLER, NULL) || (at > 0 && ONE_OF(tokens, at - 1, asked));
    return ONE_OF(tokens, at, words);
}

struct sentence when_sentence_at(const struct tokens *tokens, size_t from)
{
    static const char *const free_words[] = {
        "free", "available",  "open",        "works",     "here",        "around",     "erreichbar",
        "frei", "disponible", "beschikbaar", "verfügbar", "disponibile", "disponível", "joignable"
    };
    struct sentence sentence = { .from = from, .to = from };

    while (sentence.to < tokens->count && tokens->items[sentence.to].kind != TOKEN_END) {
        size_t at = sentence.to++;

        if (is_then(tokens, at))
            sentence.then = at;
        sentence.away = sentence.away || is_away(tokens, at);
        sentence.free = sentence.free || ONE_OF(tokens, at, free_words);
    }
    sentence.clause.to = from;
    return sentence;
}

/* Does another clause begin here? */
static bool is_turn(const struct tokens *tokens, size_t at)
{
    static const char *const verbs[] = { "will", "i'll", "we'll", "can",    "could", "would",
                                         "am",   "i'm",  "is",    "should", "let's", "please",
                                         "call", "ring", "then",  "so",     "try",   "ping" };
    const struct token *token = &tokens->items[at];

    if (token->kind == TOKEN_SIGN)
        return token->sign == ',' || token->sign == ':' || token->sign == '(' ||
               (token->sign == '-' && !token->glued);
    if (is_word(tokens, at, "but") || is_word(tokens, at, "so") || is_word(tokens, at, "aber") ||
        is_word(tokens, at, "mais"))
        return true;
    return means(tokens, at, W_AND, NULL) && ONE_OF(tokens, at + 1, verbs);
}

/* "was hoping to talk on Friday" tells nothing of the past. */
static bool is_told(const struct tokens *tokens, size_t at)
{
    static const char *const passive[] = { "is", "be", "been", "are", "being", "get", "gets" };
    static const char *const dutch[] = { "vakantie", "verlof", "u",  "jou", "je",  "elkaar",
                                         "onze",     "mijn",   "de", "het", "een", "pensioen" };
    static const char *const awaited[] = { "once", "when", "after" };
    static const char *const hopes[] = { "hoping", "wondering", "thinking", "planning", "going" };

    static const char *const perfect[] = { "we've", "i've", "have", "they've", "he's", "she's" };

    if (is_word(tokens, at, "met") && ONE_OF(tokens, at + 1, dutch)) /* "with" */
        return false;
    /* "until we've had it" is still to come */
    for (size_t n = 0, back = at; back > 0 && n < 3 && ONE_OF(tokens, at - 1, perfect); n++)
        if (means(tokens, --back, W_UNTIL, NULL) || ONE_OF(tokens, back, awaited))
            return false;
    /* "is moved to Friday", "will be asked" */
    return means(tokens, at, W_TOLD, NULL) && !ONE_OF(tokens, at + 1, hopes) &&
           !(at > 0 && ONE_OF(tokens, at - 1, passive));
}

/* "thanks for your mail of Monday", "re your call this morning" */
static bool is_of_a_message(const struct tokens *tokens, size_t from, size_t at)
{
    static const char *const nouns[] = { "email", "e-mail",    "mail", "message", "call", "letter",
                                         "note",  "voicemail", "text", "visit",   "reply" };
    static const char *const about[] = { "thanks",   "thank", "re",    "regarding", "following",
                                         "response", "reply", "about", "got",       "reference" };
    size_t noun;

    while (at > from && (means(tokens, at - 1, W_OF, NULL) || means(tokens, at - 1, W_FROM, NULL) ||
                         means(tokens, at - 1, W_ON, NULL)))
        at--;
    while (means(tokens, at, W_OF, NULL) || means(tokens, at, W_FROM, NULL) ||
           means(tokens, at, W_ON, NULL))
        at++;
    noun = at;
    for (int n = 0; n < 3 && noun > from && !ONE_OF(tokens, noun, nouns); n++)
        noun--;
    if (noun < from + 2 || !ONE_OF(tokens, noun, nouns) || !is_word(tokens, noun - 1, "your"))
        return false;
    for (size_t n = 0; noun > from && n < REACH; n++)
        if (ONE_OF(tokens, --noun, about))
            return true;
    return false;
}

static void next_clause(const struct tokens *tokens, struct sentence *sentence)
{
    static const char *const invitations[] = {
        "call", "ring",  "phone",  "try",     "catch",    "reach",    "contact", "speak", "talk",
        "chat", "meet",  "ping",   "free",    "works",    "suits",    "let's",   "again", "around",
        "fine", "good",  "better", "best",    "ok",       "okay",     "great",   "suit",  "work",
        "can",  "could", "yes",    "perfect", "possible", "available"
    };
    size_t at = sentence->clause.to;
    bool denied = false;

    sentence->clause.from = at;
    sentence->clause.told = false;
    sentence->clause.invites = is_word(tokens, at, "so");
    do {
        sentence->clause.told = sentence->clause.told || is_told(tokens, at);
        denied = denied || means(tokens, at, W_NOT, NULL);
        sentence->clause.invites = sentence->clause.invites || ONE_OF(tokens, at, invitations);
        at++;
    } while (at < sentence->to && !is_turn(tokens, at));
    sentence->clause.to = at;
    if (denied)
        sentence->clause.invites = false;
}

/* ---- what does not suit ---- */

/* A "not" that denies nothing: "not sure", "why not", "don't forget". */
static bool is_idle_not(const struct tokens *tokens, size_t at)
{
    static const char *const behind[] = { "sure",    "bad",        "only",    "forget", "hesitate",
                                          "wait",    "interested", "worries", "mind",   "urgent",
                                          "problem", "to",         "we",      "you",    "issue",
                                          "later",   "longer" };
    /* Dutch "pas": not until */
    static const char *const dutch[] = { "weer", "na",       "in",    "vanaf", "over",
                                         "op",   "volgende", "begin", "eind",  "rond" };
    /* Portuguese "no": in the */
    static const char *const in_the[] = { "próximo", "proximo", "início", "inicio", "fim",
                                          "final",   "começo",  "dia",    "mês",    "ano" };
    static const char *const lack[] = { "time", "chance",       "way",      "slot",   "slots",
                                        "good", "availability", "capacity", "luck",   "use",
                                        "gaps", "space",        "room",     "earlier" };

    if (at > 0 && (is_word(tokens, at - 1, "why") || is_word(tokens, at - 1, "if")))
        return true;
    if (is_word(tokens, at, "pas") && ONE_OF(tokens, at + 1, dutch))
        return true;
    if (is_word(tokens, at, "non") && is_sign(tokens, at + 1, '-'))
        return true;
    if (is_word(tokens, at, "no"))
        return !ONE_OF(tokens, at + 1, lack) || ONE_OF(tokens, at + 1, in_the);
    return ONE_OF(tokens, at + 1, behind) ||
           (is_word(tokens, at + 1, "a") && is_word(tokens, at + 2, "problem"));
}

/* Is there a "not" among the words before `at`, of the same clause? */
static bool is_denied(const struct tokens *tokens, size_t from, size_t at, bool *until)
{
    *until = false;
    for (size_t n = 0; at > from && n < REACH; n++) {
        at--;
        if (means(tokens, at, W_NOT, NULL))
            return !is_idle_not(tokens, at);
        *until = *until || means(tokens, at, W_UNTIL, NULL) || means(tokens, at, W_BEFORE, NULL);
        if (tokens->items[at].kind == TOKEN_END || is_turn(tokens, at))
            return false;
    }
    return false;
}

bool when_is_negated(const struct tokens *tokens, size_t at)
{
    bool until;

    return is_denied(tokens, 0, at, &until);
}

/* "... is no good", "won't work", "looks full", "is too soon" */
static bool is_refused_behind(const struct tokens *tokens, size_t at)
{
    static const char *const verbs[] = { "is",   "are", "looks", "would", "will", "might",
                                         "does", "do",  "i'm",   "i",     "am" };
    static const char *const small[] = { "be",      "a",       "really", "also",
                                         "quite",   "already", "just",   "completely",
                                         "looking", "such",    "very",   "pretty" };
    static const char *const bad[] = { "bad",    "out",        "busy",        "full",      "booked",
                                       "packed", "impossible", "tricky",      "difficult", "tough",
                                       "hectic", "crazy",      "manic",       "nightmare", "mad",
                                       "chaos",  "mental",     "unavailable", "terrible",  "gone",
                                       "hard",   "taken",      "rammed",      "away",      "off" };
    static const char *const too[] = { "soon", "early", "late", "tight", "busy", "much" };
    static const char *const wanted[] = {
        "good",     "possible", "great", "ideal", "work", "works", "suit",      "convenient",
        "suitable", "going",    "do",    "fit",   "an",   "free",  "available", "happening",
        "happen",   "doable",   "use",   "best",  "make", "there", "in"
    };

    if (ONE_OF(tokens, at, verbs))
        at++;
    for (int n = 0; n < 2 && ONE_OF(tokens, at, small); n++)
        at++;
    if (is_word(tokens, at, "too") && ONE_OF(tokens, at + 1, too))
        return true;
    if (!means(tokens, at, W_NOT, NULL))
        return ONE_OF(tokens, at, bad);
    at++;
    for (int n = 0; n < 2 && ONE_OF(tokens, at, small); n++)
        at++;
    return tokens->items[at].kind == TOKEN_END || ONE_OF(tokens, at, wanted);
}

/* "next month is better", "Friday instead" */
static bool is_preferred(const struct tokens *tokens, size_t at)
{
    static const char *const words[] = { "better", "instead", "preferable", "rather",
                                         "best",   "ideal",   "perfect" };

    for (size_t n = 0; n < 4 && tokens->items[at].kind == TOKEN_WORD; n++, at++) {
        if (means(tokens, at, W_NOT, NULL))
            return false;
        if (ONE_OF(tokens, at, words))
            return true;
    }
    return false;
}

/* "ring me [in February]": only a few small words stand between. */
static bool is_asked(const struct tokens *tokens, size_t from, size_t at)
{
    static const char *const verbs[] = { "call", "ring", "phone", "ping", "try", "email" };

    for (size_t n = 0; at > from + 1 && n < 3; n++, at--)
        if (is_word(tokens, at - 1, "me") || is_word(tokens, at - 1, "us"))
            return ONE_OF(tokens, at - 2, verbs);
    return false;
}

/* "except Monday", "but Monday" behind an "any"; *any: there was one. */
static bool is_exception(const struct tokens *tokens, size_t at, bool *any)
{
    static const char *const words[] = { "except", "excluding", "besides", "bar", "but" };
    static const char *const wide[] = { "any",     "every",  "all",      "anything",
                                        "anytime", "either", "whenever", "most" };
    bool but;

    while (at > 0 && (means(tokens, at - 1, W_ON, NULL) || means(tokens, at - 1, W_FOR, NULL) ||
                      means(tokens, at - 1, W_THE, NULL)))
        at--;
    if (at >= 2 && is_word(tokens, at - 1, "than") && is_word(tokens, at - 2, "other"))
        at--;
    else if (at >= 2 && is_word(tokens, at - 1, "from") && is_word(tokens, at - 2, "apart"))
        at--;
    else if (at == 0 || !ONE_OF(tokens, at - 1, words))
        return false;
    but = is_word(tokens, at - 1, "but");
    for (size_t n = 0; at > 1 && n < 4 && tokens->items[at - 2].kind == TOKEN_WORD; n++, at--)
        *any = *any || ONE_OF(tokens, at - 2, wide);
    return !but || *any;
}

/* "happy Friday", "have a great weekend", "enjoy the rest of the week" */
static bool is_greeting(const struct tokens *tokens, size_t at)
{
    static const char *const kind_words[] = { "happy",    "merry",     "great",     "nice",
                                              "lovely",   "wonderful", "fantastic", "pleasant",
                                              "relaxing", "good",      "super",     "restful",
                                              "enjoy" };

    if (at > 0 && (means(tokens, at - 1, W_THE, NULL) || is_word(tokens, at - 1, "your")))
        at--;
    if (at > 0 && is_word(tokens, at, "great") && is_word(tokens, at - 1, "a"))
        return true;
    return at > 0 && ONE_OF(tokens, at - 1, kind_words) && !is_word(tokens, at, "of");
}

/* "At the end of the day, it is about the price" */
static bool is_saying(const struct tokens *tokens, const struct sentence *sentence,
                      const struct statement *s)
{
    static const char *const go_on[] = { "it",   "it's", "its", "we",   "i",   "this",
                                         "what", "all",  "the", "they", "you", "price" };

    return s->from == sentence->from && (s->has & HAS_EDGE) && is_word(tokens, s->to - 1, "day") &&
           means(tokens, s->to - 2, W_THE, NULL) &&
           (is_sign(tokens, s->to, ',') || ONE_OF(tokens, s->to, go_on));
}

/* "back from leave on the 3rd": the word that says it stands before the date. */
static bool is_return(const struct tokens *tokens, size_t from, size_t at)
{
    for (size_t n = 0; at > from && n < REACH; n++)
        if (means(tokens, --at, W_RETURN, NULL))
            return when_is_return(tokens, at);
    return false;
}

struct setting when_setting_of(const struct tokens *tokens, struct sentence *sentence,
                               struct statement *s)
{
    struct setting out = { .free = sentence->free };
    bool first, until;

    while (sentence->clause.to <= s->from)
        next_clause(tokens, sentence);
    first = sentence->clause.from == sentence->from && s->to >= sentence->clause.to;
    out.preferred = is_preferred(tokens, s->to);
    out.asked = is_asked(tokens, sentence->clause.from, s->from);
    out.told = sentence->clause.told || is_of_a_message(tokens, sentence->clause.from, s->from);
    out.away = sentence->away &&
               !(sentence->clause.invites && !is_return(tokens, sentence->from, s->from));
    out.idle = (s->bound == BOUND_NONE && is_greeting(tokens, s->from)) ||
               is_saying(tokens, sentence, s) || means(tokens, s->from, W_SINCE, NULL);
    if (s->bound == BOUND_NONE && !s->ranged && !s->repeated && s->has != HAS_NOW &&
        (out.away || (s->has & (HAS_DAY | HAS_DATE | HAS_WEEKDAY))) &&
        is_return(tokens, sentence->clause.from, s->from))
        s->bound = BOUND_RETURN;
    out.excluded = out.away && (s->bound == BOUND_NONE || s->ranged) &&
                   !(s->has & (HAS_SHIFT | HAS_STRETCH)) && !s->reckoned;
    if (s->bound == BOUND_NONE && !s->repeated && !out.excluded)
        out.excluded =
            is_exception(tokens, s->from, &out.any_other) || is_refused_behind(tokens, s->to);
    if (s->bound == BOUND_NONE && !s->repeated && s->to <= sentence->then &&
        s->all[0].grain >= WHEN_DAY && !(s->has & HAS_TIME))
        out.excluded = true;
    if (s->repeated && is_denied(tokens, sentence->clause.from, s->from, &until))
        out.idle = true; /* "I don't work Fridays": no day is named that suits */
    if (s->bound == BOUND_NONE && !s->repeated && !out.excluded &&
        is_denied(tokens, sentence->clause.from, s->from, &until)) {
        out.excluded = !until;
        s->negated = until; /* "not until the new year starts in July" */
    }
    /* "On Monday, we met": the date is a clause of its own. */
    if (first && s->to < sentence->to)
        for (size_t at = s->to + 1; at < sentence->to && !is_turn(tokens, at); at++)
            out.told = out.told || is_told(tokens, at);
    return out;
}
