/* templates/lint_manners.c - what surrounds the words: channel, date, length, subject, opening, and the way out. */
#include <string.h>

#include "core/base/segments.h"
#include "core/base/text.h"
#include "templates/lint_inside.h"

#define EMAIL_WORDS_MAX 220
#define CHAT_WORDS_MAX 120
#define SMS_SEGMENTS_MAX_GOOD 2
#define SUBJECT_POINTS_MAX 60
#define OPENING_WORDS 6
#define OPENING_WORDS_LEAST 3

static struct lint_finding *add(struct lint_check *check, enum lint_rule_number rule,
                                enum lint_severity severity, const char *found)
{
    const struct lint_where where = { LINT_TEXT, check->message->text, { NULL, 0 } };
    struct lint_finding *finding = lint_add(check->out, rule, severity, &where, found);

    if (check->phrases)
        finding->better = phrases_better(check->phrases, lint_rules[rule].id);
    return finding;
}

static bool says(const struct lint_check *check, enum phrase_kind kind)
{
    const struct lint_text *t = &check->text;

    return check->phrases && lint_text_find(t, kind, t->body_first, t->body_end);
}

static void check_channel(struct lint_check *check)
{
    const struct lint_facts *facts = check->facts;

    if (!facts->last_inbound || strcmp(facts->last_inbound, check->message->channel) == 0 ||
        facts->channel_wished == LINT_YES || says(check, PHRASE_ON_CHANNEL))
        return;
    add(check, RULE_K6, LINT_WARN,
        arena_printf(check->out->arena,
                     "they last wrote on %s; this goes on %s and does not say why",
                     facts->last_inbound, check->message->channel));
}

static void check_date(struct lint_check *check)
{
    if (check->facts->next_date == LINT_NO)
        add(check, RULE_K8, LINT_HINT, "no next follow-up is dated after this one");
}

/* ---- length ---- */

static void check_sms_length(struct lint_check *check)
{
    const struct segments segments = segments_count(check->message->text, SEGMENT_HEADER_8);

    if (segments.segments > SMS_SEGMENTS_MAX_GOOD)
        add(check, RULE_LENGTH, LINT_WARN, "the text message takes more than two SMS");
}

static void check_length(struct lint_check *check)
{
    size_t words = check->phrases ? check->text.body_end - check->text.body_first : 0;

    if (check->medium == LINT_SMS)
        check_sms_length(check);
    else if (check->medium == LINT_EMAIL && words > EMAIL_WORDS_MAX)
        add(check, RULE_LENGTH, LINT_WARN, "the mail has more than 220 words");
    else if (check->medium == LINT_CHAT && words > CHAT_WORDS_MAX)
        add(check, RULE_LENGTH, LINT_WARN, "the chat message has more than 120 words");
}

static void check_subject(struct lint_check *check)
{
    struct span subject = check->message->subject;
    const struct lint_where where = { LINT_SUBJECT, subject, { NULL, 0 } };

    if (check->medium != LINT_EMAIL)
        return;
    if (text_trim(subject).len == 0)
        lint_add(check->out, RULE_SUBJECT, LINT_WARN, &where, "the mail has no subject");
    else if (text_count_points(subject) > SUBJECT_POINTS_MAX)
        lint_add(check->out, RULE_SUBJECT, LINT_HINT, &where,
                 "the subject has more than 60 characters");
}

/* ---- the opening ---- */

static bool same_opening(const struct lint_text *a, const struct lint_text *b)
{
    size_t equal = 0, left = a->body_end - a->body_first, right = b->body_end - b->body_first;

    while (
        equal < OPENING_WORDS && equal < left && equal < right &&
        text_eq_nocase(a->words[a->body_first + equal].text, b->words[b->body_first + equal].text))
        equal++;
    return equal == OPENING_WORDS ||
           (equal >= OPENING_WORDS_LEAST && equal == left && equal == right);
}

static void check_opening(struct lint_check *check)
{
    const struct lint_text *t = &check->text;
    const struct lint_where where = { LINT_TEXT, check->message->text,
                                      t->sentence_count ? t->sentences[0].text
                                                        : span_make(NULL, 0) };
    struct lint_text before;

    if (!check->phrases || check->facts->previous.len == 0)
        return;
    lint_text_read(check->facts->previous, check->phrases, check->out->arena, &before);
    if (same_opening(t, &before))
        lint_add(check->out, RULE_OPENING, LINT_WARN, &where,
                 "it begins with the words of the step before")
            ->better = phrases_better(check->phrases, lint_rules[RULE_OPENING].id);
}

void lint_manners(struct lint_check *check)
{
    check_channel(check);
    check_date(check);
    check_length(check);
    check_subject(check);
    check_opening(check);
}

/* ---- the way out ---- */

static bool contains(struct span text, struct span piece)
{
    return text.len && piece.len && memmem(text.data, text.len, piece.data, piece.len) != NULL;
}

static bool says_way_out(const struct lint_check *check, struct span text)
{
    struct phrase_hit hits[PHRASE_KINDS];
    struct lint_word words[PHRASE_WORDS_MAX] = { 0 };
    size_t at = 0, have = 0;
    bool more = true;

    /* A window as wide as the longest phrase moves over the text, footer included. */
    while (check->phrases && (more || have)) {
        while (have < COUNT_OF(words) &&
               (more = phrases_word(check->phrases, text, &at, &words[have])))
            have++;
        size_t count = have && words[0].id ? phrases_at(check->phrases, words, 0, have, hits) : 0;
        for (size_t i = 0; i < count; i++)
            if (hits[i].kind == PHRASE_OPT_OUT)
                return true;
        if (have)
            memmove(words, words + 1, --have * sizeof(*words));
    }
    return false;
}

static bool shows_way_out(const struct lint_check *check, struct span text)
{
    return contains(text, check->facts->opt_out_link) || says_way_out(check, text);
}

/* A lack when there is a link that was not printed, or no header either; else nobody knows. */
static enum lint_severity way_out_severity(const struct lint_facts *facts)
{
    return facts->opt_out_link.len || facts->opt_out_header == LINT_NO ? LINT_WARN : LINT_HINT;
}

static void check_mail_out(struct lint_check *check)
{
    const struct lint_message *m = check->message;
    bool in_text = shows_way_out(check, m->text);
    const enum lint_severity severity = way_out_severity(check->facts);

    if (!in_text && !(m->html.len && shows_way_out(check, m->html)))
        add(check, RULE_OPT_OUT, severity, "nothing in the mail says how to end these mails");
    else if (m->html.len && !shows_way_out(check, m->html))
        lint_add(check->out, RULE_OPT_OUT, LINT_WARN,
                 &(struct lint_where){ LINT_HTML, m->html, { NULL, 0 } },
                 "the text says how to end these mails, the HTML part does not");
}

/* Who has written on SMS is in a talk; before that each text names its way out. A chat can be blocked by a tap. */
void lint_opt_out(struct lint_check *check)
{
    const char *inbound = check->facts->last_inbound;

    if (check->medium == LINT_EMAIL)
        check_mail_out(check);
    else if (check->medium == LINT_SMS && !(inbound && strcmp(inbound, "sms") == 0) &&
             !shows_way_out(check, check->message->text))
        add(check, RULE_OPT_OUT, LINT_WARN, "the text message does not say how to end it");
}
