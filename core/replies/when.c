/* core/replies/when.c - the moment a text names: every statement about time in it, the fullest one
 * chosen, in terms of what the writer wants of us. */
#include "core/replies/when.h"

#include "core/base/attr.h"
#include "core/base/clock.h"
#include "core/replies/when_range.h"

/* The tokens of one sentence. */
struct sentence {
    size_t from, to;
    bool away, told, free;
};

static int64_t local_seconds(const struct zone *zone, int64_t ms)
{
    struct local_time local;

    zone_to_local(zone, ms, &local);
    return zone_days_of(local.year, local.month, local.day) * DAY_S + local.hour * HOUR_S +
           local.minute * MINUTE_S + local.second;
}

static int64_t utc_ms(const struct parser *parser, const struct statement *statement, int64_t local)
{
    const struct zone *zone = parser->env->zone ? parser->env->zone : zone_utc();
    int64_t day = when_local_day(local), rest = local - day * DAY_S;
    struct local_time time = { .hour = (int)(rest / HOUR_S),
                               .minute = (int)(rest % HOUR_S / 60),
                               .second = (int)(rest % 60) };

    if (statement->has_zone)
        return (local - statement->zone_minutes * MINUTE_S) * SECOND_MS;
    zone_date_of(day, &time.year, &time.month, &time.day);
    return zone_to_utc(zone, &time);
}

static struct when_choice choice_of(const struct parser *parser, const struct statement *statement,
                                    struct stretch one)
{
    return (struct when_choice){ .start_ms = utc_ms(parser, statement, one.start),
                                 .end_ms = utc_ms(parser, statement, one.end),
                                 .grain = one.grain };
}

/* ---- sentences ---- */

/* "out of the office", "I'll be out until", but not "reach out". */
static bool is_out(const struct tokens *tokens, size_t at)
{
    static const char *const before[] = { "be", "am", "is", "i'm", "are", "we're", "ooo" };

    if (!is_word(tokens, at, "out"))
        return false;
    if (means(tokens, at + 1, W_OF, NULL) || means(tokens, at + 1, W_UNTIL, NULL) ||
        means(tokens, at + 1, W_THROUGH, NULL) || means(tokens, at + 1, W_FROM, NULL))
        return true;
    for (size_t i = 0; at > 0 && i < COUNT_OF(before); i++)
        if (is_word(tokens, at - 1, before[i]))
            return true;
    return at == 0;
}

static struct sentence sentence_at(const struct tokens *tokens, size_t from)
{
    static const char *const free_words[] = {
        "free", "available", "open", "works", "here", "around"
    };
    struct sentence sentence = { .from = from, .to = from };

    while (sentence.to < tokens->count && tokens->items[sentence.to].kind != TOKEN_END) {
        size_t at = sentence.to++;

        sentence.away = sentence.away || means(tokens, at, W_AWAY, NULL) || is_out(tokens, at);
        sentence.told = sentence.told || means(tokens, at, W_TOLD, NULL);
        for (size_t i = 0; i < COUNT_OF(free_words); i++)
            sentence.free = sentence.free || is_word(tokens, at, free_words[i]);
    }
    return sentence;
}

/* ---- choosing ---- */

/* How much was said: of several statements the fullest is meant. */
static int weight_of(const struct statement *statement)
{
    unsigned has = statement->has;
    int weight = 0;

    if (statement->reckoned)
        return 1;
    if (has & (HAS_DATE | HAS_DAY | HAS_WEEKDAY | HAS_HOLIDAY | HAS_STRETCH | HAS_NTH | HAS_SHIFT))
        weight += 6;
    else if (has & (HAS_ANY_DATE & ~(unsigned)HAS_NOW))
        weight += 4;
    if (has & HAS_TIME)
        weight += 3;
    else if (has & HAS_PART)
        weight += 2;
    weight += statement->ranged + (statement->count > 1);
    if (statement->bound == BOUND_RETURN)
        weight += 3;
    else if (statement->bound != BOUND_NONE)
        weight += 1;
    return weight + 1;
}

/* A length alone is a wish when little else is said: "six months", "give it two weeks, please". */
static bool is_wished_length(const struct tokens *tokens, const struct statement *s)
{
    static const char *const leads[] = { "it", "us", "me", "another", "wait", "least", "about" };
    bool led = s->from == 0 || tokens->items[s->from - 1].kind == TOKEN_END;

    for (size_t i = 0; s->from > 0 && i < COUNT_OF(leads); i++)
        led = led || is_word(tokens, s->from - 1, leads[i]);
    return led && s->all[0].grain >= WHEN_DAY && !means(tokens, s->to, W_OF, NULL);
}

/* Is it only mentioned: "now", "my weekly report", "9 years"? */
static bool is_mention(const struct tokens *tokens, const struct statement *s)
{
    if (s->reckoned)
        return !is_wished_length(tokens, s);
    if (s->repeated)
        return s->to - s->from == 1 && tokens->items[s->to].kind == TOKEN_WORD &&
               means(tokens, s->from, W_PERIODIC, NULL) && !tokens->items[s->to].meaning;
    return s->has == HAS_NOW && s->bound != BOUND_SOON && !s->ranged;
}

/* What lies behind us, or is told in the past, is no wish. */
static bool is_wish(const struct parser *parser, const struct sentence *sentence,
                    const struct statement *statement)
{
    int64_t end = statement->all[0].end;

    if (parser->env->past_ok)
        return true;
    if (is_mention(parser->tokens, statement))
        return false;
    if (sentence->told || (end <= parser->now && !statement->ranged))
        return false;
    if (statement->has & HAS_YEAR)
        return end > parser->now;
    return !(statement->has & HAS_SHIFT) || statement->all[0].start >= parser->now - DAY_S;
}

/* ---- kinds ---- */

static bool is_window(const struct statement *statement)
{
    return statement->ranged ||
           ((statement->has & (HAS_PART | HAS_EDGE)) && !(statement->has & HAS_TIME)) ||
           statement->all[0].grain >= WHEN_WEEK;
}

static enum when_kind kind_of(const struct parser *parser, const struct sentence *sentence,
                              const struct statement *s)
{
    static const enum when_kind bounds[] = {
        [BOUND_NONE] = WHEN_INSTANT,       [BOUND_UNTIL] = WHEN_NOT_BEFORE,
        [BOUND_THROUGH] = WHEN_NOT_BEFORE, [BOUND_BY] = WHEN_BEFORE,
        [BOUND_BEFORE] = WHEN_BEFORE,      [BOUND_AFTER] = WHEN_NOT_BEFORE,
        [BOUND_SINCE] = WHEN_NOT_BEFORE,   [BOUND_RETURN] = WHEN_NOT_BEFORE,
        [BOUND_WITHIN] = WHEN_INTERVAL,    [BOUND_SOON] = WHEN_OPEN,
    };

    if (s->repeated)
        return s->period == WHEN_DAY ? WHEN_DAILY
                                     : (s->period == WHEN_WEEK ? WHEN_WEEKLY : WHEN_REPEATED);
    if (s->negated)
        return WHEN_NOT_BEFORE;
    if (s->bound == BOUND_UNTIL && sentence->free && !sentence->away)
        return WHEN_BEFORE;
    if (sentence->away && !parser->env->literal && s->bound != BOUND_BY && s->bound != BOUND_BEFORE)
        return WHEN_NOT_BEFORE;
    if (s->ranged)
        return WHEN_INTERVAL;
    if (s->count > 1)
        return WHEN_ALTERNATIVES;
    if (s->bound != BOUND_NONE)
        return bounds[s->bound];
    if (!parser->env->literal &&
        (s->reckoned ||
         ((s->has & HAS_SHIFT) && s->all[0].grain == WHEN_DAY && !(s->has & HAS_TIME))))
        return WHEN_NOT_BEFORE;
    return is_window(s) ? WHEN_INTERVAL : WHEN_INSTANT;
}

/* Where a "not before" begins: behind what was excluded, at what was not. */
static int64_t start_of(const struct parser *parser, const struct sentence *sentence,
                        const struct statement *s)
{
    const struct stretch *one = &s->all[0];
    bool whole = one->grain >= WHEN_DAY || (s->has & HAS_PART);

    if (s->inclusive || s->bound == BOUND_THROUGH)
        return one->end;
    if (s->bound == BOUND_AFTER)
        return whole && !(s->has & HAS_SHIFT) ? one->end : one->start;
    if (s->ranged && sentence->away && !parser->env->literal)
        return one->end;
    if (s->bound == BOUND_NONE && sentence->away && !parser->env->literal &&
        !(s->has & HAS_SHIFT) && !s->reckoned)
        return one->end;
    return one->start;
}

static void fill_bounds(const struct parser *parser, const struct sentence *sentence,
                        const struct statement *s, struct when *out)
{
    struct stretch one = s->all[0];

    if (out->kind == WHEN_NOT_BEFORE) {
        out->start_ms = utc_ms(parser, s, start_of(parser, sentence, s));
        out->end_ms = 0;
    } else if (out->kind == WHEN_BEFORE) {
        bool whole = s->bound == BOUND_BY || (s->bound == BOUND_UNTIL && one.grain >= WHEN_DAY);
        out->start_ms = 0;
        out->end_ms =
            utc_ms(parser, s,
                   whole && (one.grain >= WHEN_DAY || (s->has & HAS_EDGE)) ? one.end : one.start);
    } else if (out->kind == WHEN_OPEN) {
        out->start_ms = utc_ms(parser, s, one.start);
    }
}

static void fill_choices(const struct parser *parser, const struct statement *s, struct when *out)
{
    if (out->kind == WHEN_ALTERNATIVES) {
        for (size_t i = 0; i < s->count; i++)
            out->choices[i] = choice_of(parser, s, s->all[i]);
        out->choice_count = s->count;
    } else if (s->other.start != s->other.end) {
        out->choices[0] = choice_of(parser, s, s->all[0]);
        out->choices[1] = choice_of(parser, s, s->other);
        out->choice_count = 2;
        out->ambiguous = true;
    }
}

static void fill(const struct parser *parser, const struct sentence *sentence,
                 const struct statement *s, struct when *out)
{
    const struct token *items = parser->tokens->items;
    struct span last = items[s->to - 1].text;
    struct when_choice first = choice_of(parser, s, s->all[0]);

    *out = (struct when){ .kind = kind_of(parser, sentence, s), .grain = first.grain };
    out->start_ms = first.start_ms;
    out->end_ms = first.end_ms;
    out->fuzzy = s->fuzzy;
    out->reckoned = s->reckoned;
    out->words = span_make(items[s->from].text.data,
                           (size_t)(last.data + last.len - items[s->from].text.data));
    fill_bounds(parser, sentence, s, out);
    fill_choices(parser, s, out);
}

static bool read_sentence(const struct parser *parser, const struct sentence *sentence, int *best,
                          struct when *out)
{
    bool found = false;
    size_t at = sentence->from;

    while (at < sentence->to) {
        struct statement statement;

        if (!when_statement_read(parser, at, &statement) || statement.to <= at) {
            at++;
            continue;
        }
        if (is_wish(parser, sentence, &statement) && weight_of(&statement) > *best) {
            *best = weight_of(&statement);
            fill(parser, sentence, &statement, out);
            found = true;
        }
        at = statement.to;
    }
    return found;
}

bool when_read(struct span text, const struct when_env *env, struct arena *arena, struct when *out)
{
    const struct zone *zone = env->zone ? env->zone : zone_utc();
    struct tokens tokens =
        when_tokens(text, env->words ? env->words : when_words_load(arena), arena);
    struct parser parser = { .tokens = &tokens,
                             .env = env,
                             .now = local_seconds(zone, env->ref_ms) };
    int best = 0;

    *out = (struct when){ .kind = WHEN_NONE };
    for (size_t at = 0; at < tokens.count;) {
        struct sentence sentence = sentence_at(&tokens, at);

        read_sentence(&parser, &sentence, &best, out);
        at = sentence.to + 1;
    }
    return out->kind != WHEN_NONE;
}

const char *when_kind_name(enum when_kind kind)
{
    static const char *const names[] = {
        "none",   "instant", "interval", "open",     "not_before",
        "before", "daily",   "weekly",   "repeated", "alternatives"
    };

    return names[kind];
}

const char *when_grain_name(enum when_grain grain)
{
    static const char *const names[] = { "second", "minute", "hour",    "day",
                                         "week",   "month",  "quarter", "year" };

    return names[grain];
}
