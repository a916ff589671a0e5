/* core/engine/drops_text.c - texts of people made fit for a sentence, patterns filled, days counted. */
#include "core/base/text.h"
#include "core/engine/drops_parts.h"
#include "templates/dates.h"

#define QUOTE_MAX_BYTES 160
#define GREETING_MAX_BYTES 40
#define SAY_MAX_BYTES ((size_t)8 << 10)

bool drops_lists(const char *words, struct span word)
{
    const char *end = words + strlen(words);

    for (const char *at = words; word.len; at++) {
        at = memmem(at, (size_t)(end - at), word.data, word.len);
        if (!at)
            return false;
        if (at > words && at[-1] == ' ' && at[word.len] == ' ')
            return true;
    }
    return false;
}

static bool is_gap(char c)
{
    return (unsigned char)c <= ' ' || c == 0x7f;
}

static char *squeeze(struct arena *arena, struct span text)
{
    char *out = arena_alloc(arena, text.len + 1);
    size_t len = 0;

    for (size_t i = 0; i < text.len; i++)
        if (!is_gap(text.data[i]))
            out[len++] = text.data[i];
        else if (len && out[len - 1] != ' ')
            out[len++] = ' ';
    if (len && out[len - 1] == ' ')
        len--;
    out[len] = '\0';
    return len ? out : NULL;
}

char *drops_one_line(struct arena *arena, const char *text)
{
    return text ? squeeze(arena, span_of(text)) : NULL;
}

char *drops_clause(struct arena *arena, const char *text)
{
    char *line = drops_one_line(arena, text);
    size_t len = line ? strlen(line) : 0;

    while (len && text_one_of(line[len - 1], ".,;: "))
        line[--len] = '\0';
    return len ? line : NULL;
}

/* "Hi Sam," alone in the first line */
static struct span without_greeting(struct span text)
{
    struct span rest = text_trim(text), line;

    if (!text_next_line(&rest, &line))
        return text;
    line = text_trim(line);
    if (!rest.len || !line.len || line.len > GREETING_MAX_BYTES ||
        !text_one_of(line.data[line.len - 1], ",!"))
        return text;
    return rest;
}

static bool ends_sentence(const char *text, size_t at)
{
    return text_one_of(text[at], ".!?") && (text[at + 1] == ' ' || text[at + 1] == '\0');
}

/* Where the last whole sentence within `most` bytes ends; 0 = none does. */
static size_t whole_sentences(const char *text, size_t most)
{
    size_t end = 0;

    for (size_t i = 0; i < most && text[i]; i++)
        if (ends_sentence(text, i))
            end = i + 1;
    return end;
}

static char *cut_at_word(struct arena *arena, const char *text)
{
    struct span cut = text_cut(span_of(text), QUOTE_MAX_BYTES - 3);

    if (strlen(text) <= QUOTE_MAX_BYTES)
        return arena_dup(arena, text);
    while (cut.len > QUOTE_MAX_BYTES / 2 && cut.data[cut.len] != ' ')
        cut.len--;
    cut = text_cut(span_of(text), cut.len);
    return arena_printf(arena, "%.*s...", (int)cut.len, cut.data);
}

char *drops_quote(struct arena *arena, const char *text)
{
    char *line = text ? squeeze(arena, without_greeting(span_of(text))) : NULL;
    size_t end;

    if (!line)
        return NULL;
    for (char *c = line; *c; c++)
        if (*c == '"')
            *c = '\'';
    end = whole_sentences(line, QUOTE_MAX_BYTES);
    return end ? arena_dup_span(arena, span_make(line, end)) : cut_at_word(arena, line);
}

char *drops_stop(struct arena *arena, const char *text)
{
    size_t len = strlen(text);

    return len && text_one_of(text[len - 1], ".!?") ? arena_dup(arena, text)
                                                    : arena_printf(arena, "%s.", text);
}

/* The {name} at *at, and *at moved behind it; NULL when it is none of words. */
static const char *take_name(const char **at, const struct drops_word *words)
{
    const char *end = strchr(*at, '}');

    for (; end && words->name; words++)
        if (span_is(span_make(*at + 1, (size_t)(end - *at) - 1), words->name)) {
            *at = end + 1;
            return words->text ? words->text : "";
        }
    return NULL;
}

char *drops_say(struct arena *arena, const char *pattern, const struct drops_word *words)
{
    struct str out;
    char *text;

    str_init(&out, SAY_MAX_BYTES);
    while (*pattern) {
        const char *word = *pattern == '{' ? take_name(&pattern, words) : NULL;
        if (word)
            str_add_text(&out, word);
        else
            str_add_char(&out, *pattern++);
    }
    text = str_ok(&out) ? arena_dup(arena, str_text(&out)) : NULL;
    str_finish(&out);
    return text;
}

/* ---- days ---- */

static const struct zone *zone_of(const struct drops_facts *facts)
{
    return facts->zone ? facts->zone : zone_utc();
}

bool drops_date(const struct drops_facts *facts, const char *text, int64_t *at_ms)
{
    struct moment moment;

    if (!text || !dates_parse(span_of(text), zone_of(facts), facts->now_ms, &moment))
        return false;
    *at_ms = moment.utc_ms;
    return true;
}

int64_t drops_days_since(const struct drops_facts *facts, int64_t at_ms)
{
    return when_day_of(zone_of(facts), facts->now_ms) - when_day_of(zone_of(facts), at_ms);
}
