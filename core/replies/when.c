/* core/replies/when.c - the moment a text names: every statement about time in it, the fullest one
 * chosen, in terms of what the writer wants of us. */
#include "core/replies/when.h"

#include "core/base/attr.h"
#include "core/base/clock.h"
#include "core/replies/when_context.h"

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

/* ---- choosing ---- */

/* "We're all set for this year": it says where we are, and whatever else is named is meant rather. */
static bool is_present(const struct parser *parser, const struct statement *s)
{
    return !parser->env->literal && s->all[0].grain >= WHEN_MONTH &&
           s->all[0].start <= parser->now && s->all[0].end > parser->now &&
           s->bound == BOUND_NONE && !s->ranged;
}

/* How much was said: of several statements the fullest is meant. */
static int weight_of(const struct parser *parser, const struct statement *statement,
                     const struct setting *setting)
{
    unsigned has = statement->has;
    int weight = 0;

    if (setting->excluded)
        return 2;
    if (statement->reckoned || is_present(parser, statement))
        return 1;
    if (statement->repeated && statement->period == WHEN_DAY && (has & HAS_PART))
        has &= ~(unsigned)HAS_DATE; /* "mornings" names no day */
    weight += setting->preferred + 3 * setting->asked;
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

/* "one day", "another day", "three nights", "Another month. ..." */
static bool is_idle_length(const struct tokens *tokens, const struct statement *s, bool opens)
{
    static const char *const some[] = { "one", "some", "another" };

    if (is_word(tokens, s->to - 1, "nights"))
        return true;
    for (size_t i = 0; s->to - s->from == 2 && i < COUNT_OF(some); i++)
        if (is_word(tokens, s->from, some[i]) && is_word(tokens, s->from + 1, "day"))
            return true;
    return opens && is_word(tokens, s->from, "another") && s->to < tokens->count &&
           !is_word(tokens, s->to, "please");
}

/* A length alone is a wish when little else is said: "six months", "give it two weeks, please". */
static bool is_wished_length(const struct tokens *tokens, const struct statement *s)
{
    static const char *const leads[] = { "it", "us", "me", "gimme", "wait", "least" };
    size_t lead = s->from;
    bool opens, led, given;

    while (lead > 0 && means(tokens, lead - 1, W_ABOUT, NULL))
        lead--;
    opens = lead == 0 || tokens->items[lead - 1].kind == TOKEN_END;
    led = opens || is_word(tokens, s->from, "another");
    for (size_t i = 0; s->from > 0 && i < COUNT_OF(leads); i++)
        led = led || is_word(tokens, s->from - 1, leads[i]);
    if (is_idle_length(tokens, s, opens))
        return false;
    if (s->from == 0 && s->to == tokens->count) /* "10 minutes" is all they write */
        return s->all[0].grain >= WHEN_MINUTE;
    given = led && s->from > 0 &&
            (is_word(tokens, s->from - 1, "gimme") ||
             (s->from > 1 && is_word(tokens, s->from - 2, "give")));
    return led && ((given && s->all[0].grain >= WHEN_MINUTE) || s->all[0].grain >= WHEN_DAY) &&
           !means(tokens, s->to, W_OF, NULL);
}

/* "call me now", "right now works" */
static bool is_wished_now(const struct tokens *tokens, const struct statement *s)
{
    static const char *const before[] = { "call", "ring", "phone", "free", "available", "talk" };
    size_t last = s->from;

    if (is_word(tokens, s->to, "works") || is_word(tokens, s->to, "suits"))
        return true;
    if (last > 0 && (is_word(tokens, last - 1, "me") || is_word(tokens, last - 1, "us")))
        last--;
    for (size_t i = 0; last > 0 && i < COUNT_OF(before); i++)
        if (is_word(tokens, last - 1, before[i]))
            return true;
    return false;
}

/* Is it only mentioned: "now", "my weekly report", "9 years"? */
static bool is_mention(const struct tokens *tokens, const struct statement *s)
{
    if (s->reckoned)
        return !is_wished_length(tokens, s);
    if (s->repeated && s->period == WHEN_YEAR && !(s->has & HAS_MONTH))
        return true;
    if (s->repeated)
        return s->to - s->from == 1 && tokens->items[s->to].kind == TOKEN_WORD &&
               means(tokens, s->from, W_PERIODIC, NULL) && !tokens->items[s->to].meaning;
    return s->has == HAS_NOW && s->bound != BOUND_SOON && !s->ranged && !is_wished_now(tokens, s);
}

#define LONGEST_ABSENCE_S (200 * DAY_S)

/* "I'm on holiday for a fortnight", but not "out of the market for 3 years" */
static bool is_absence(const struct parser *parser, const struct setting *setting,
                       const struct statement *s)
{
    const struct tokens *tokens = parser->tokens;

    return s->reckoned && setting->away && s->from > 0 && s->all[0].grain >= WHEN_DAY &&
           s->all[0].start < parser->now + LONGEST_ABSENCE_S &&
           (means(tokens, s->from - 1, W_FOR, NULL) || is_word(tokens, s->from, "another"));
}

/* What lies behind us, or is told in the past, is no wish. */
static bool is_wish(const struct parser *parser, const struct setting *setting,
                    const struct statement *statement)
{
    int64_t end = statement->all[0].end;

    if (parser->env->past_ok)
        return true;
    if ((is_mention(parser->tokens, statement) && !is_absence(parser, setting, statement)) ||
        setting->idle || (statement->whole && !setting->free && !setting->away) ||
        (setting->excluded && statement->all[0].grain < WHEN_DAY && !(statement->has & HAS_PART)))
        return false;
    if (setting->told || (end <= parser->now && !statement->ranged))
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
           statement->all[0].end - statement->all[0].start > DAY_S ||
           statement->all[0].grain >= WHEN_WEEK;
}

static enum when_kind kind_of(const struct parser *parser, const struct setting *setting,
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
    if (setting->excluded && !parser->env->literal)
        return setting->any_other ? WHEN_OPEN : WHEN_NOT_BEFORE;
    if (s->has == HAS_NOW)
        return WHEN_OPEN;
    if ((s->bound == BOUND_UNTIL || s->bound == BOUND_THROUGH) && !s->ranged && !setting->away &&
        (setting->free ||
         (s->bound == BOUND_THROUGH && parser->env->literal && s->all[0].grain < WHEN_DAY)))
        return WHEN_BEFORE;
    if (setting->away && !parser->env->literal && s->bound != BOUND_BY && s->bound != BOUND_BEFORE)
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

/* "Away until the 30th" is back on it. */
static int64_t end_of_all(const struct statement *s)
{
    int64_t end = s->all[0].end;

    for (size_t i = 1; i < s->count; i++)
        end = s->all[i].end > end ? s->all[i].end : end;
    return s->ranged && s->until ? s->last_start : end;
}

/* Where a "not before" begins: behind what was excluded, at what was not. */
static int64_t start_of(const struct parser *parser, const struct setting *setting,
                        const struct statement *s)
{
    const struct stretch *one = &s->all[0];
    bool whole = one->grain >= WHEN_DAY || ((s->has & HAS_PART) && !(s->has & HAS_TIME));

    if (s->inclusive || s->bound == BOUND_THROUGH)
        return one->end;
    if (setting->excluded && !parser->env->literal)
        return end_of_all(s);
    if (s->edge_end && s->bound == BOUND_UNTIL && !s->negated && !parser->env->literal)
        return one->end;
    /* As written, "after the 15th" is told by the 15th. */
    if (s->bound == BOUND_AFTER && parser->env->literal && one->grain == WHEN_DAY &&
        !(s->has & HAS_EDGE))
        return one->start;
    if (s->bound == BOUND_AFTER)
        return whole && !(s->has & HAS_SHIFT) ? one->end : one->start;
    if (s->ranged && setting->away && !parser->env->literal)
        return end_of_all(s);
    return one->start;
}

static void fill_bounds(const struct parser *parser, const struct setting *setting,
                        const struct statement *s, struct when *out)
{
    struct stretch one = s->all[0];

    if (out->kind == WHEN_NOT_BEFORE) {
        out->start_ms = utc_ms(parser, s, start_of(parser, setting, s));
        out->end_ms = 0;
    } else if (out->kind == WHEN_BEFORE) {
        bool whole = s->bound == BOUND_BY || s->bound == BOUND_THROUGH || s->edge_end ||
                     (s->bound == BOUND_UNTIL && one.grain >= WHEN_DAY);
        out->start_ms = 0;
        out->end_ms =
            utc_ms(parser, s,
                   whole && (one.grain >= WHEN_DAY || (s->has & HAS_EDGE)) ? one.end : one.start);
    } else if (out->kind == WHEN_OPEN) {
        bool later = setting->excluded && one.start > parser->now;
        out->start_ms = utc_ms(parser, s, later ? parser->now : one.start);
        if (setting->excluded && !later)
            out->start_ms = utc_ms(parser, s, one.end);
        out->end_ms = setting->excluded ? 0 : out->end_ms;
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

static void fill(const struct parser *parser, const struct setting *setting,
                 const struct statement *s, struct when *out)
{
    const struct token *items = parser->tokens->items;
    struct span last = items[s->to - 1].text;
    struct when_choice first = choice_of(parser, s, s->all[0]);

    *out = (struct when){ .kind = kind_of(parser, setting, s), .grain = first.grain };
    out->start_ms = first.start_ms;
    out->end_ms = first.end_ms;
    out->fuzzy = s->fuzzy;
    out->reckoned = s->reckoned;
    out->words = span_make(items[s->from].text.data,
                           (size_t)(last.data + last.len - items[s->from].text.data));
    fill_bounds(parser, setting, s, out);
    fill_choices(parser, s, out);
}

static void read_sentence(const struct parser *parser, struct sentence *sentence, int *best,
                          struct when *out)
{
    size_t at = sentence->from;

    while (at < sentence->to) {
        struct statement statement;
        struct setting setting;

        if (!when_statement_read(parser, at, &statement) || statement.to <= at) {
            at++;
            continue;
        }
        setting = when_setting_of(parser->tokens, sentence, &statement);
        setting.excluded = setting.excluded && !parser->env->literal;
        if (is_wish(parser, &setting, &statement) &&
            weight_of(parser, &statement, &setting) > *best) {
            *best = weight_of(parser, &statement, &setting);
            fill(parser, &setting, &statement, out);
        }
        at = statement.to;
    }
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
    if (!when_tokens_may_tell(&tokens))
        return false;
    for (size_t at = 0; at < tokens.count;) {
        struct sentence sentence = when_sentence_at(&tokens, at);

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
