/* core/engine/respond_tasks.c - what a person is asked to do about a message, each in a sentence that quotes the words. */
#include "core/engine/respond_tasks.h"

#include "core/base/text.h"

#define QUOTE_BYTES 280

/* The words on one line. */
static const char *quoted(struct responding *r, struct span words)
{
    struct str out;
    char *copy;
    bool gap = false;
    size_t most = words.len;

    str_init(&out, QUOTE_BYTES + 8);
    words = text_cut(words, QUOTE_BYTES);
    str_add_char(&out, '"');
    for (size_t i = 0; i < words.len; i++) {
        bool space = text_is_space(words.data[i]) || (unsigned char)words.data[i] < ' ';
        if (!space && gap && out.len > 1)
            str_add_char(&out, ' ');
        if (!space)
            str_add_char(&out, words.data[i]);
        gap = space;
    }
    str_add_text(&out, words.len < most ? "...\"" : "\"");
    copy = arena_dup(r->arena, str_text(&out));
    str_finish(&out);
    return copy;
}

static const char *their_words(struct responding *r)
{
    const struct reading *reading = r->question->reading;

    return quoted(r, span_of(reading->own_text ? reading->own_text : ""));
}

static const char *moment(struct responding *r, int64_t at_ms)
{
    char text[40];

    return arena_dup(r->arena, zone_human(r->question->zone, at_ms, text));
}

static struct respond_task *add(struct responding *r, const char *kind, const char *text)
{
    struct response *out = r->out;
    struct respond_task *task;

    if (out->task_count == RESPOND_MAX_TASKS)
        return &out->tasks[RESPOND_MAX_TASKS - 1];
    task = &out->tasks[out->task_count++];
    *task = (struct respond_task){ .kind = kind, .text = text };
    return task;
}

/* ---- a time they named ---- */

bool respond_is_dated(const struct responding *r)
{
    return r->time == TIME_NAMED && r->out->holds && r->out->sort != REPLY_NOT_NOW;
}

/* "; it can mean Tue 8 Dec 15:00 or Tue 15 Dec 15:00" */
static const char *choices_of(struct responding *r)
{
    const struct when *when = &r->question->reading->when;
    const char *text = "";

    if (when->choice_count < 2)
        return text;
    text = when->ambiguous ? "; it can mean " : "; they named ";
    for (size_t i = 0; i < when->choice_count; i++)
        text = arena_printf(r->arena, "%s%s%s", text, i ? " or " : "",
                            moment(r, when->choices[i].start_ms));
    return when->ambiguous
               ? arena_printf(r->arena, "%s, the first is kept unless you say otherwise", text)
               : text;
}

static const char *clip_of(struct responding *r)
{
    if (r->out->named_ms == r->asked_ms ||
        r->question->reading->when.grain >= WHEN_DAY) /* a day, not an hour, was named */
        return "";
    return arena_printf(r->arena, "; that is %s, outside the contact hours",
                        moment(r, r->asked_ms));
}

static void write_dated(struct responding *r)
{
    const struct reading *reading = r->question->reading;
    const char *channel = reading->wish.prefer ? reading->wish.prefer : r->question->channel;
    const char *text =
        arena_printf(r->arena, "By %s on %s: they named %s%s%s. They wrote: %s", channel,
                     moment(r, r->out->named_ms), quoted(r, reading->when.words), clip_of(r),
                     choices_of(r), their_words(r));

    add(r, channel, text)->due_ms = r->out->named_ms;
}

/* The time is not acted on, or only in one of its readings. */
static void write_time(struct responding *r)
{
    const struct when *when = &r->question->reading->when;

    if (respond_is_dated(r))
        write_dated(r);
    else if (r->time == TIME_NAMED && when->ambiguous)
        add(r, "ask",
            arena_printf(r->arena, "Held until %s, for they named %s%s. They wrote: %s",
                         moment(r, r->out->named_ms), quoted(r, when->words), choices_of(r),
                         their_words(r)));
    else if (r->time == TIME_PAST || r->time == TIME_FAR)
        add(r, "ask",
            arena_printf(r->arena, "Ask them when: they named %s, which %s. They wrote: %s",
                         quoted(r, when->words),
                         r->time == TIME_PAST ? "has passed" : "is more than 18 months ahead",
                         their_words(r)));
}

/* ---- what they said ---- */

static const char *const concerns[INTENT_COUNT] = {
    [INTENT_CONCERN_PRICE] = "the price",
    [INTENT_CONCERN_TIMING] = "the timing",
    [INTENT_CONCERN_AUTHORITY] = "who decides",
    [INTENT_CONCERN_NEED] = "whether they need it",
    [INTENT_CONCERN_COMPETITOR] = "another supplier",
    [INTENT_CONCERN_TRUST] = "whether they can trust us",
};

static void write_concern(struct responding *r)
{
    enum intent lead = r->question->reading->intents.lead;

    add(r, "concern",
        arena_printf(r->arena, "A concern about %s (%s). They wrote: %s", concerns[lead],
                     intent_name(lead), their_words(r)))
        ->by_sequence = true;
}

/* Where an answer is welcome: as they asked, when we can; else where they wrote. */
static const char *answer_channel(const struct responding *r)
{
    const struct respond_where *where = &r->out->where;

    return where->prefer && !where->ask && !r->unreachable ? where->prefer : r->question->channel;
}

static void write_interested(struct responding *r)
{
    add(r, "interested",
        arena_printf(r->arena, "They are interested: answer by %s. They wrote: %s",
                     answer_channel(r), their_words(r)))
        ->by_sequence = true;
}

static void write_question(struct responding *r)
{
    add(r, "question",
        arena_printf(r->arena, "They ask: answer by %s. They wrote: %s", answer_channel(r),
                     their_words(r)))
        ->by_sequence = true;
}

static void write_not_now(struct responding *r)
{
    if (r->time == TIME_NONE)
        add(r, "ask",
            arena_printf(r->arena, "They said not now and named no date: ask when. They wrote: %s",
                         their_words(r)));
}

/* The first e-mail address they wrote down that is not their own. */
static const char *named_address(struct responding *r)
{
    const struct reading *reading = r->question->reading;
    struct span rest = span_of(reading->own_text ? reading->own_text : ""), word;

    while (rest.len > 0) {
        size_t len = 0;
        while (len < rest.len && !text_is_space(rest.data[len]) &&
               !text_one_of(rest.data[len], "<>()[],;:\"'"))
            len++;
        word = span_make(rest.data, len);
        rest = span_from(rest, len < rest.len ? len + 1 : len);
        while (word.len > 0 && text_one_of(word.data[word.len - 1], ".!?"))
            word.len--;
        if (word.len <= 254 && memchr(word.data ? word.data : "", '@', word.len) &&
            text_is_email(word, true) &&
            !(reading->from && text_eq_nocase(word, span_of(reading->from))))
            return text_lower(r->arena, word);
    }
    return NULL;
}

static const char *new_contact(struct responding *r)
{
    const struct reading *reading = r->question->reading;
    const char *address = reading->substitute ? reading->substitute : named_address(r);

    return address ? arena_printf(r->arena,
                                  " They name %s: import and enroll them if that is right; heed "
                                  "does not by itself.",
                                  address)
                   : "";
}

static void write_wrong_person(struct responding *r)
{
    const char *what =
        r->question->reading->left_company ? "They no longer work there." : "Not the right person.";

    add(r, "wrong_person",
        arena_printf(r->arena, "%s%s They wrote: %s", what, new_contact(r), their_words(r)));
}

static void write_referral(struct responding *r)
{
    add(r, "referral",
        arena_printf(r->arena, "They refer you to somebody else.%s They wrote: %s", new_contact(r),
                     their_words(r)));
}

static void write_absence(struct responding *r)
{
    if (r->question->reading->substitute)
        add(r, "referral",
            arena_printf(r->arena, "Away; an automatic reply names somebody to write to.%s",
                         new_contact(r)));
}

static void write_hostile(struct responding *r)
{
    bool threat = r->question->reading->intents.lead == INTENT_THREAT;

    add(r, threat ? "threat" : "hostile",
        arena_printf(r->arena, "%s They wrote: %s",
                     threat ? "They threaten with a complaint or a lawyer: see to it yourself."
                            : "They are angry: see to it yourself.",
                     their_words(r)));
}

static void (*const writers[REPLY_SORT_COUNT])(struct responding *r) = {
    [REPLY_NOT_NOW] = write_not_now,           [REPLY_OUT_OF_OFFICE] = write_absence,
    [REPLY_WRONG_PERSON] = write_wrong_person, [REPLY_REFERRAL] = write_referral,
    [REPLY_CONCERN] = write_concern,           [REPLY_INTERESTED] = write_interested,
    [REPLY_QUESTION] = write_question,         [REPLY_HOSTILE] = write_hostile,
};

/* ---- where they want to be answered ---- */

static void write_wish(struct responding *r)
{
    const struct respond_question *q = r->question;
    const char *channel = q->reading->wish.prefer;
    bool served = channel && text_is_among(channel, q->served);

    if (!r->unreachable)
        return;
    add(r, "wish",
        arena_printf(r->arena, "They asked for %s (%s), and %s: the sequences stay held.", channel,
                     quoted(r, q->reading->wish.words),
                     served ? "no address for it is known" : "no sender serves it"));
}

void respond_write_tasks(struct responding *r)
{
    bool known = r->question->match->prospect != 0;
    bool heard = r->out->holds || r->out->sort == REPLY_HOSTILE;

    if (!known || !heard)
        return;
    if (writers[r->out->sort])
        writers[r->out->sort](r);
    write_time(r);
    write_wish(r);
}
