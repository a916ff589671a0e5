/* core/engine/drops_recap.c - the last contact as one sentence to open with, and its pieces. What the salesperson wrote down
 * about it wins over what the store knows. */
#include "core/base/text.h"
#include "core/engine/drops_parts.h"

#define FAR_DAYS 300 /* from here on a date names its year */

struct story { /* what the recap tells */
    enum drops_said said;
    const char *how, *channel;
    const char *when; /* as the salesperson wrote it, or a date of ours */
    bool dated;
    int64_t at_ms;
    const char *summary, *their_words;
};

/* ---- how ---- */

static const struct {
    enum drops_said said;
    const char *how, *words; /* what salespeople write for it */
} hows[] = {
    { SAID_SPOKE, "spoke", " spoke talked called call phone phoned telephone spoken " },
    { SAID_MET, "met", " met meeting meet visit visited " },
    { SAID_WROTE, "wrote", " wrote mail mailed email emailed e-mail letter written " },
    { SAID_MESSAGED, "messaged",
      " messaged message sms text texted whatsapp telegram slack signal chat chatted " },
};

static bool has_word(const char *words, const char *word, struct arena *arena)
{
    return drops_lists(words, span_of(text_lower(arena, span_of(word))));
}

static void read_how(const char *how, struct arena *arena, struct story *out)
{
    out->said = SAID_OTHER;
    out->how = how;
    for (size_t i = 0; i < COUNT_OF(hows); i++)
        if (has_word(hows[i].words, how, arena)) {
            out->said = hows[i].said;
            out->how = hows[i].how;
        }
}

/* How each channel speaks, by who took part; channels not here are chats. */
static const struct channel_words {
    const char *channel, *how;
    enum drops_said both, they, us;
} channels[] = {
    { "email", "wrote", SAID_WROTE, SAID_THEY_WROTE, SAID_I_WROTE },
    { "call", "spoke", SAID_SPOKE, SAID_SPOKE, SAID_I_CALLED },
    { "visit", "met", SAID_MET, SAID_MET, SAID_OTHER },
    { "letter", "wrote", SAID_WROTE, SAID_THEY_WROTE, SAID_I_SENT },
    { "gift", "wrote", SAID_WROTE, SAID_THEY_WROTE, SAID_I_SENT },
    { NULL, "messaged", SAID_MESSAGED, SAID_THEY_MESSAGED, SAID_I_MESSAGED },
};

static const struct channel_words *words_of(const char *channel)
{
    const struct channel_words *row = channels;

    while (row->channel && strcmp(row->channel, channel) != 0)
        row++;
    return row;
}

static enum drops_said said_of(const struct drops_contact *contact, const struct channel_words *row)
{
    if (contact->side == DROPS_BOTH)
        return row->both;
    if (contact->side == DROPS_THEM)
        return row->they;
    /* A call that is merely done may have been a talk; a letter that is done was sent. */
    return contact->side == DROPS_EITHER && row->us == SAID_I_CALLED ? SAID_OTHER : row->us;
}

/* ---- where the story comes from ---- */

static void read_author(const struct drops_facts *f, struct arena *arena, struct story *out)
{
    const struct drops_notes *notes = &f->notes;

    out->summary = drops_one_line(arena, notes->last_summary);
    out->when = notes->last_contact;
    out->dated =
        drops_date(f, notes->last_contact, &out->at_ms) && drops_days_since(f, out->at_ms) >= 0;
    read_how(notes->last_how ? notes->last_how : "spoke", arena, out);
}

static void read_contact(const struct drops_facts *f, struct arena *arena, struct story *out)
{
    const struct channel_words *row = words_of(f->contact.channel);
    char iso[32];

    zone_iso(f->zone ? f->zone : zone_utc(), f->contact.at_ms, iso);
    out->said = said_of(&f->contact, row);
    out->how = row->how;
    out->channel = f->contact.channel;
    out->at_ms = f->contact.at_ms;
    out->dated = true;
    out->when = arena_dup_span(arena, span_make(iso, strlen("2026-10-06")));
}

/* ---- the sentence ---- */

/* "on 6 October" */
static const char *day_words(const struct drops_facts *f, const struct drops_tongue *tongue,
                             int64_t at_ms, struct arena *arena)
{
    int64_t days = drops_days_since(f, at_ms);
    struct local_time at;
    const char *day;

    if (days < 2)
        return days == 1 ? tongue->yesterday : tongue->today;
    zone_to_local(f->zone ? f->zone : zone_utc(), at_ms, &at);
    day = at.day == 1 && tongue->first_day ? tongue->first_day : arena_printf(arena, "%d", at.day);
    return drops_say(arena, days < FAR_DAYS ? tongue->on : tongue->on_year,
                     (const struct drops_word[]){ { "day", day },
                                                  { "month", tongue->months[at.month - 1] },
                                                  { "year", arena_printf(arena, "%d", at.year) },
                                                  { NULL, NULL } });
}

static bool is_past(const struct drops_tongue *tongue, const char *word, struct arena *arena)
{
    size_t len = strlen(word);

    return has_word(tongue->past, word, arena) ||
           (len > 3 && strcmp(word + len - 2, "ed") == 0 && strcmp(word, "need") != 0);
}

/* "you were happy with ...": somebody, and soon a verb in the past */
static bool is_clause(const struct drops_tongue *tongue, const char *summary, struct arena *arena)
{
    struct span rest = span_of(summary), word;

    for (int i = 0; tongue->openers && i < 4 && text_next_piece(&rest, ' ', &word); i++) {
        const char *text = arena_dup_span(arena, word);
        if (i == 0 && !has_word(tongue->openers, text, arena))
            return false;
        if (i > 0 && is_past(tongue, text, arena))
            return true;
    }
    return false;
}

/* A clause goes on behind the comma; anything else is led in. */
static const char *what_was_said(const struct drops_tongue *tongue, const char *summary,
                                 struct arena *arena)
{
    char *whole = drops_stop(arena, summary);

    if (!is_clause(tongue, summary, arena))
        return drops_say(arena, tongue->kept,
                         (const struct drops_word[]){ { "what", whole }, { NULL, NULL } });
    if (strncmp(whole, "I ", 2) != 0)
        whole[0] = text_lower_char(whole[0]);
    return whole;
}

static const char *what_of(const struct drops_tongue *tongue, const struct story *story,
                           struct arena *arena)
{
    bool theirs = story->said == SAID_THEY_WROTE || story->said == SAID_THEY_MESSAGED;

    if (story->summary)
        return what_was_said(tongue, story->summary, arena);
    return theirs && story->their_words ? drops_stop(arena, story->their_words) : NULL;
}

static const char *sentence(const struct drops_facts *f, const struct story *story,
                            struct arena *arena)
{
    const struct drops_tongue *tongue = drops_tongue_of(f->notes.language);
    const char *what = what_of(tongue, story, arena);
    const char *pattern = !story->dated ? tongue->said[story->said].undated
                          : what        ? tongue->said[story->said].full
                                        : tongue->said[story->said].plain;

    if (!story->dated && !what)
        return NULL;
    return drops_say(arena, pattern,
                     (const struct drops_word[]){
                         { "on", story->dated ? day_words(f, tongue, story->at_ms, arena) : NULL },
                         { "what", what },
                         { "how", story->how },
                         { NULL, NULL } });
}

struct value drop_recap(const struct drops_facts *f, struct arena *arena)
{
    const char *words = f->contact.their_words ? f->contact.their_words : f->notes.their_words;
    struct story story = { .their_words = drops_quote(arena, words) };
    const char *told;

    if (f->notes.last_summary || f->notes.last_contact)
        read_author(f, arena, &story);
    else if (f->contact.side != DROPS_NOBODY)
        read_contact(f, arena, &story);
    else
        return value_nil();
    told = sentence(f, &story, arena);
    if (!told)
        return value_nil();
    return drops_map(
        arena,
        (const struct value_pair[]){
            drops_text_pair("sentence", told), drops_text_pair("when", story.when),
            drops_text_pair("how", story.how), drops_text_pair("summary", story.summary),
            drops_text_pair("their_words", story.their_words),
            drops_pair("days_ago",
                       story.dated ? value_int(drops_days_since(f, story.at_ms)) : value_nil()),
            drops_text_pair("channel", story.channel) },
        7);
}
