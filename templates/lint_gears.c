/* templates/lint_gears.c - the rules of the five gears and of presuming progress. What the template is known to have printed
 * (a drop) counts before what the words look like. */
#include <string.h>

#include "core/base/text.h"
#include "templates/lint_inside.h"

enum sentence_flag { /* what a sentence does */
                     SAYS_QUESTION = 1,
                     SAYS_OPEN = 2,
                     SAYS_CLOSED = 4,
                     SAYS_YES_NO = 8,
                     SAYS_STALL = 16,
                     SAYS_ASK = 32,
                     SAYS_PROPOSAL = 64,
                     SAYS_OTHER_WAY = 128, /* offers another way of what was asked before */
};

static size_t end_of(const struct lint_sentence *s)
{
    return s->first + s->count;
}

/* The first phrase of a kind that begins a clause of the sentence, or NULL. */
static const struct phrase_hit *begins_clause(const struct lint_text *t,
                                              const struct lint_sentence *s, enum phrase_kind kind)
{
    const struct phrase_hit *hit = lint_text_find(t, kind, s->first, end_of(s));

    while (hit && !t->marks[hit->first].clause)
        hit = lint_text_find(t, kind, hit->first + 1, end_of(s));
    return hit;
}

static bool comes_first(const struct phrase_hit *a, const struct phrase_hit *b)
{
    return a && (!b || a->first <= b->first);
}

static unsigned question_of(const struct lint_text *t, const struct lint_sentence *s)
{
    const struct phrase_hit *open = begins_clause(t, s, PHRASE_QUESTION);
    const struct phrase_hit *closed = begins_clause(t, s, PHRASE_CLOSED);
    const struct phrase_hit *yes_no = begins_clause(t, s, PHRASE_YES_NO);

    if (comes_first(closed, open))
        return SAYS_QUESTION | SAYS_CLOSED;
    if (open)
        return SAYS_QUESTION | SAYS_OPEN;
    return yes_no ? SAYS_QUESTION | SAYS_YES_NO : SAYS_QUESTION;
}

static unsigned flags_of(const struct lint_text *t, const struct lint_sentence *s)
{
    unsigned flags = s->question ? question_of(t, s) : 0;
    const struct phrase_hit *other = lint_text_find(t, PHRASE_ALTERNATIVE, s->first, s->first + 1);

    if (lint_text_find(t, PHRASE_OPT_OUT, s->first, end_of(s)))
        return 0; /* "Reply STOP" is no call to action */
    if (lint_text_find(t, PHRASE_OPEN, s->first, end_of(s)))
        flags = (flags | SAYS_OPEN) & ~(unsigned)(SAYS_CLOSED | SAYS_YES_NO);
    if (lint_text_find(t, PHRASE_STALL, s->first, end_of(s)))
        flags = (flags | SAYS_STALL) & ~(unsigned)(SAYS_OPEN | SAYS_CLOSED | SAYS_YES_NO);
    if (begins_clause(t, s, PHRASE_ASK))
        flags |= SAYS_ASK;
    if (lint_text_find(t, PHRASE_PROPOSAL, s->first, end_of(s)))
        flags |= SAYS_PROPOSAL;
    return other ? flags | SAYS_OTHER_WAY : flags;
}

static unsigned *read_flags(const struct lint_check *check)
{
    const struct lint_text *t = &check->text;
    unsigned *flags = arena_array(check->out->arena, t->sentence_count + 1, sizeof(*flags));

    for (size_t i = 0; i < t->sentence_count; i++)
        flags[i] = flags_of(t, &t->sentences[i]);
    return flags;
}

/* ---- findings ---- */

static struct lint_finding *add(struct lint_check *check, enum lint_rule_number rule,
                                enum lint_severity severity, struct span quote, const char *found)
{
    const struct lint_where where = { LINT_TEXT, check->message->text, quote };
    struct lint_finding *finding = lint_add(check->out, rule, severity, &where, found);

    finding->better = phrases_better(check->phrases, lint_rules[rule].id);
    return finding;
}

static struct span paragraph_span(const struct lint_text *t, size_t n)
{
    const struct lint_paragraph *p = &t->paragraphs[n];
    const struct lint_sentence *last;

    if (n >= t->paragraph_count)
        return span_make(NULL, 0);
    last = &t->sentences[p->first + p->count - 1];
    return lint_text_span(t, t->sentences[p->first].first, end_of(last));
}

/* "..." of the better wording becomes what stood there. */
static const char *filled(const struct lint_check *check, const struct phrase_hit *hit,
                          const struct lint_sentence *s)
{
    const char *hole = hit->better ? strstr(hit->better, "...") : NULL;
    struct span rest;

    if (!hole || !hit->tail)
        return hit->better;
    rest = lint_text_span(&check->text, hit->first + hit->count, end_of(s));
    return arena_printf(check->out->arena, "%.*s%.*s%s", (int)(hole - hit->better), hit->better,
                        (int)rest.len, rest.data, hole + 3);
}

/* ---- G1, G2 ---- */

/* A text message is one paragraph; elsewhere the recap leads. */
static void check_recap(struct lint_check *check)
{
    const struct lint_text *t = &check->text;
    size_t end = t->body_end;

    if (check->facts->recap == LINT_YES || check->facts->can_recap == LINT_NO)
        return;
    if (check->medium != LINT_SMS && t->paragraph_count) {
        const struct lint_paragraph *p = &t->paragraphs[0];
        end = end_of(&t->sentences[p->first + p->count - 1]);
    }
    if (!lint_text_find(t, PHRASE_RECAP, t->body_first, end))
        add(check, RULE_G1, LINT_WARN, paragraph_span(t, 0),
            "the first paragraph does not go back to what was said last");
}

static void check_open_question(struct lint_check *check, const unsigned *flags)
{
    for (size_t i = 0; i < check->text.sentence_count; i++)
        if (flags[i] & SAYS_OPEN)
            return;
    add(check, RULE_G2, LINT_WARN, span_make(NULL, 0),
        "it asks no open question (what, how, which, who, when, where, why)");
}

/* ---- K3 ---- */

static void check_stall(struct lint_check *check, const struct lint_sentence *s)
{
    const struct lint_text *t = &check->text;
    const struct phrase_hit *hit = lint_text_find(t, PHRASE_STALL, s->first, end_of(s));
    struct span quote = lint_text_span(t, hit->first, hit->first + hit->count);
    const char *found =
        arena_printf(check->out->arena, "\"%.*s\" stalls", (int)quote.len, quote.data);
    struct lint_finding *finding = add(check, RULE_K3, LINT_WARN, s->text, found);

    if (hit->better)
        finding->better = filled(check, hit, s);
}

static void check_closed(struct lint_check *check, const struct lint_sentence *s)
{
    const struct phrase_hit *hit = begins_clause(&check->text, s, PHRASE_CLOSED);
    struct lint_finding *finding =
        add(check, RULE_K3, LINT_WARN, s->text,
            "a question about their progress that can be answered by \"no\"");

    if (hit && hit->better)
        finding->better = filled(check, hit, s);
}

/* "Would Tuesday suit you?" is a fine last line; before it, a closed question ends the talk. */
static void check_progress(struct lint_check *check, const unsigned *flags)
{
    const struct lint_text *t = &check->text;

    for (size_t i = 0; i < t->sentence_count; i++) {
        const struct lint_sentence *s = &t->sentences[i];
        if (flags[i] & SAYS_STALL)
            check_stall(check, s);
        else if (flags[i] & SAYS_CLOSED)
            check_closed(check, s);
        else if ((flags[i] & SAYS_YES_NO) && s->paragraph + 1 < t->paragraph_count)
            add(check, RULE_K3, LINT_HINT, s->text, "a question that can be answered by \"no\"");
    }
}

/* ---- G3, G4, G5 ---- */

static bool calls(unsigned flags)
{
    return (flags & (SAYS_QUESTION | SAYS_ASK | SAYS_PROPOSAL | SAYS_OPEN)) != 0;
}

/* A proposal, a question about it and how to answer are one call; so is what offers another way of it. */
static size_t count_calls(const struct lint_paragraph *p, const unsigned *flags)
{
    size_t questions = 0, proposals = 0, asks = 0, most;

    for (size_t i = p->first; i < p->first + p->count; i++) {
        if ((flags[i] & SAYS_OTHER_WAY) && questions + proposals + asks > 0)
            continue;
        if (flags[i] & SAYS_QUESTION)
            questions++;
        else if (flags[i] & SAYS_PROPOSAL)
            proposals++;
        else if (calls(flags[i]))
            asks++;
    }
    most = questions > asks ? questions : asks;
    return most > proposals ? most : proposals;
}

static bool any_call(const struct lint_check *check, const unsigned *flags)
{
    const struct lint_text *t = &check->text;

    for (size_t i = 0; i < t->sentence_count; i++)
        if (calls(flags[i]))
            return true;
    return lint_text_find(t, PHRASE_NEXT_STEP, t->body_first, t->body_end) != NULL;
}

static void check_call(struct lint_check *check, const unsigned *flags)
{
    const struct lint_text *t = &check->text;
    size_t last = t->paragraph_count - 1, count;
    const bool known = check->facts->cta == LINT_YES || check->facts->next == LINT_YES;

    if (!known && !any_call(check, flags)) {
        add(check, RULE_G3, LINT_WARN, span_make(NULL, 0),
            "it neither asks for a next step nor names one");
        return;
    }
    count = count_calls(&t->paragraphs[last], flags);
    if (count == 0 && check->facts->cta != LINT_YES)
        add(check, RULE_G5, LINT_WARN, paragraph_span(t, last),
            "the last paragraph holds no call to action");
    else if (count > 1 && (check->medium == LINT_EMAIL || count > 2))
        add(check, RULE_G5, LINT_WARN, paragraph_span(t, last),
            "the last paragraph holds more than one call to action");
}

static bool is_way_out(const struct lint_check *check, struct span url)
{
    return span_eq(url, check->facts->opt_out_link);
}

static bool gives(const struct lint_check *check)
{
    const struct lint_text *t = &check->text;

    if (check->facts->value == LINT_YES ||
        lint_text_find(t, PHRASE_VALUE, t->body_first, t->body_end))
        return true;
    for (size_t i = t->body_first; i < t->body_end; i++)
        if (t->marks[i].percent || (t->words[i].url && !is_way_out(check, t->words[i].text)))
            return true;
    return false;
}

/* A text or a chat message is one turn of a talk: it need not bring something each time. */
static void check_value(struct lint_check *check)
{
    bool must = check->medium == LINT_EMAIL && check->facts->can_value != LINT_NO;

    if (!gives(check))
        add(check, RULE_G4, must ? LINT_WARN : LINT_HINT, span_make(NULL, 0),
            "it gives nothing: no answer, no fact, nothing to look at");
}

/* ---- K4 ---- */

static void check_rapport(struct lint_check *check)
{
    const struct lint_text *t = &check->text;

    if (check->medium == LINT_SMS || check->facts->rapport == LINT_YES)
        return;
    if (!lint_text_find(t, PHRASE_RAPPORT, t->body_first, t->body_end))
        add(check, RULE_K4, LINT_HINT, span_make(NULL, 0),
            "no personal word from your notes is in it");
}

void lint_gears(struct lint_check *check)
{
    const unsigned *flags = read_flags(check);

    if (check->text.sentence_count == 0)
        return;
    check_recap(check);
    check_open_question(check, flags);
    check_progress(check, flags);
    check_call(check, flags);
    check_value(check);
    check_rapport(check);
}
