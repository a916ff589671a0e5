/* core/replies/when_return.c - the day on which the writer of an automatic reply is back. Dates are
 * read by the grammar of time; what they mean hangs on few words beside them, in the languages of
 * our auto-reply markers. */
#include "core/replies/when.h"

#include "core/base/attr.h"
#include "core/base/clock.h"
#include "core/base/text.h"
#include "core/replies/when_range.h"

enum cue { CUE_NONE, CUE_UNTIL, CUE_THROUGH, CUE_BACK };

#define CUES_BEFORE 4
#define CUES_AFTER 4

/* English words apart, because others also tell that the day comes first. */
static const struct {
    enum cue cue;
    bool english;
    const char *words; /* parted by one blank */
} cues[] = {
    { CUE_UNTIL, true, "until till til 'til" },
    { CUE_THROUGH, true, "through thru inclusive including incl" },
    { CUE_BACK, true,
      "back return returns returning returned reopen reopens reopening resume resumes rejoin "
      "available "
      "reachable online" },
    { CUE_UNTIL, false,
      "bis jusqu'au jusqu'à jusqu'en hasta fino sino até ate tot do až până pana до asti saakka "
      "kadar "
      "til till fram μέχρι έως まで 至 까지" },
    { CUE_THROUGH, false,
      "einschließlich einschliesslich einschl inkl inclus compris incluido inclusive "
      "compreso incluso met t/m włącznie včetně включительно med inklusive" },
    { CUE_BACK, false,
      "zurück wieder ab retour reviens reviendrai rentre rentrerai vuelvo volveré regreso "
      "reincorporo "
      "rientro rientrerò torno tornerò ritorno volto voltarei regresso regressarei retorno vanaf "
      "terug tilbage tilbake tillbaka återkommer palaan palaa takaisin wracam wrócę powrót vrátím "
      "vracím zpět vissza térek revin reîntorc вернусь вернуться возвращаюсь dönüyorum döneceğim "
      "επιστρέφω επιστρέψω 返 戻 복" },
};

struct reading_state {
    const struct parser *parser;
    enum cue best;
    int64_t day; /* of the best so far; local days */
};

static enum cue cue_of(const struct token *token, bool *foreign)
{
    for (size_t i = 0; token->kind == TOKEN_WORD && i < COUNT_OF(cues); i++) {
        struct span rest = span_of(cues[i].words), word;

        while (text_next_piece(&rest, ' ', &word)) {
            if (!span_eq(word, token->lower))
                continue;
            if (!cues[i].english)
                *foreign = true;
            return cues[i].cue;
        }
    }
    return CUE_NONE;
}

/* "and" elsewhere: what follows is another clause. */
static bool is_conjunction(const struct token *token)
{
    static const char *const words[] = { "e",  "y",  "et", "und", "en", "och", "og",  "i",
                                         "ve", "ja", "și", "si",  "и",  "és",  "και", "oraz" };

    for (size_t i = 0; i < COUNT_OF(words); i++)
        if (token_is(token, words[i]))
            return true;
    return false;
}

/* The strongest cue beside the tokens [from, to). */
static enum cue cue_beside(const struct tokens *tokens, size_t from, size_t to)
{
    enum cue best = CUE_NONE;
    bool foreign = false;

    for (size_t at = from, n = 0; at > 0 && n < CUES_BEFORE; at--, n++) {
        enum cue cue = cue_of(&tokens->items[at - 1], &foreign);

        if (tokens->items[at - 1].kind == TOKEN_END)
            break;
        best = cue > best ? cue : best;
        if (tokens->items[at - 1].kind == TOKEN_NUMBER)
            break;
    }
    for (size_t at = to, n = 0; at < tokens->count && n < CUES_AFTER; at++, n++) {
        enum cue cue = cue_of(&tokens->items[at], &foreign);

        if (is_conjunction(&tokens->items[at]))
            break;
        /* "until Friday and will answer when I am back": what follows is another clause. */
        if (tokens->items[at].kind == TOKEN_END || means(tokens, at, W_AND, NULL))
            break;
        best = cue > best && (foreign || cue == CUE_THROUGH) ? cue : best;
    }
    return best;
}

static bool is_foreign(const struct tokens *tokens)
{
    bool foreign = false;

    for (size_t i = 0; i < tokens->count && !foreign; i++)
        cue_of(&tokens->items[i], &foreign);
    return foreign;
}

static void weigh(struct reading_state *state, const struct statement *s, enum cue cue)
{
    int64_t first = when_local_day(s->all[0].start), behind = when_local_day(s->all[0].end - 1) + 1;
    int64_t day = first;

    if (s->bound == BOUND_RETURN)
        cue = CUE_BACK;
    else if (s->ranged || s->inclusive || s->bound == BOUND_THROUGH)
        cue = cue == CUE_BACK ? cue : CUE_THROUGH;
    else if (s->bound == BOUND_UNTIL && cue == CUE_NONE)
        cue = CUE_UNTIL;
    if (cue == CUE_THROUGH)
        day = behind;
    if (cue <= state->best || day < when_local_day(state->parser->now))
        return;
    state->best = cue;
    state->day = day;
}

bool when_return(struct span text, const struct when_env *env, struct arena *arena,
                 int64_t *back_ms)
{
    struct when_env reading = *env;
    const struct zone *zone = env->zone ? env->zone : zone_utc();
    struct tokens tokens =
        when_tokens(text, env->words ? env->words : when_words_load(arena), arena);
    struct parser parser = { .tokens = &tokens, .env = &reading };
    struct reading_state state = { .parser = &parser };
    struct local_time local;

    if (!when_tokens_may_tell(&tokens))
        return false;
    reading.past_ok = reading.literal = true;
    reading.lean = WHEN_FUTURE;
    reading.day_first = env->day_first || is_foreign(&tokens);
    zone_to_local(zone, env->ref_ms, &local);
    parser.now = zone_days_of(local.year, local.month, local.day) * DAY_S + local.hour * HOUR_S;
    for (size_t at = 0; at < tokens.count;) {
        struct statement s;
        bool within, foreign = false;

        if (!when_statement_read(&parser, at, &s) || s.to <= at ||
            !(s.has & (HAS_ANY_DATE & ~(unsigned)HAS_NOW)) || s.reckoned) {
            at++;
            continue;
        }
        /* "Vanaf 4 januari": the cue may belong to the statement. */
        within = cue_of(&tokens.items[at], &foreign) != CUE_NONE;
        weigh(&state, &s, cue_beside(&tokens, at + within, s.to));
        at = s.to;
    }
    if (state.best == CUE_NONE)
        return false;
    local = (struct local_time){ 0 };
    zone_date_of(state.day, &local.year, &local.month, &local.day);
    *back_ms = zone_to_utc(zone, &local);
    return true;
}
