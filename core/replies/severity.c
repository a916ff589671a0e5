/* core/replies/severity.c - weighs words, codes and the command they answer. The words:
 * severity_words.c. */
#include "core/replies/severity.h"

#include <ctype.h>
#include <string.h>

#include "core/base/text.h"
#include "core/replies/fold.h"
#include "core/replies/severity_words.h"

#define DIAGNOSTIC_BYTES 2000

/* What each cause means for us (replies 5.1). */
static const enum bounce_severity severities[] = {
    [CAUSE_NONE] = BOUNCE_SOFT,     [CAUSE_USER] = BOUNCE_HARD,     [CAUSE_HOST] = BOUNCE_HARD,
    [CAUSE_ASLEEP] = BOUNCE_HOLD,   [CAUSE_FULL] = BOUNCE_SOFT,     [CAUSE_SIZE] = BOUNCE_SOFT,
    [CAUSE_RATE] = BOUNCE_SOFT,     [CAUSE_LATER] = BOUNCE_SOFT,    [CAUSE_FILTER] = BOUNCE_SOFT,
    [CAUSE_SENDER] = BOUNCE_BLOCK,  [CAUSE_BLOCKED] = BOUNCE_BLOCK, [CAUSE_AUTH] = BOUNCE_BLOCK,
    [CAUSE_CONTENT] = BOUNCE_BLOCK, [CAUSE_POLICY] = BOUNCE_BLOCK,  [CAUSE_REFUSED] = BOUNCE_BLOCK,
};

/* The SMTP command that was answered. */
enum step { STEP_UNKNOWN, STEP_HELLO, STEP_FROM, STEP_RCPT, STEP_DATA };

/* How the notices of Postfix, Exim, Sendmail and others name it. A server that answers RCPT behind
 * DATA (pipelining) then complains of the missing recipient. */
static const struct phrase steps[] = {
    { "need rcpt", STEP_RCPT },
    { "no valid recipients", STEP_RCPT },
    { "in reply to rcpt", STEP_RCPT },
    { "in response to rcpt", STEP_RCPT },
    { "after rcpt to", STEP_RCPT },
    { "[rcpt_to]", STEP_RCPT },
    { "did not like our rcpt to", STEP_RCPT },
    { "after pipelined rcpt", STEP_RCPT },
    { ">>> rcpt to", STEP_RCPT },
    { "in reply to mail from", STEP_FROM },
    { "in response to mail from", STEP_FROM },
    { "after mail from", STEP_FROM },
    { "[mail_from]", STEP_FROM },
    { "did not like our mail from", STEP_FROM },
    { "after pipelined mail from", STEP_FROM },
    { ">>> mail from", STEP_FROM },
    { "in reply to end of data", STEP_DATA },
    { "in reply to data", STEP_DATA },
    { "in response to data", STEP_DATA },
    { "in response to end of data", STEP_DATA },
    { "after end of data", STEP_DATA },
    { "after data", STEP_DATA },
    { "[data]", STEP_DATA },
    { "did not like our data", STEP_DATA },
    { "after pipelined end of data", STEP_DATA },
    { ">>> data", STEP_DATA },
    { "smtp command data", STEP_DATA },
    { "refused to talk to me", STEP_HELLO },
    { "after initial connection", STEP_HELLO },
    { "in reply to helo", STEP_HELLO },
    { "in reply to ehlo", STEP_HELLO },
    { "after helo", STEP_HELLO },
    { "after ehlo", STEP_HELLO },
    { ">>> helo", STEP_HELLO },
    { ">>> ehlo", STEP_HELLO },
};

/* RFC 3463 and the IANA registry; the first that fits. */
static const struct phrase statuses[] = {
    { "5.1.10", CAUSE_HOST },  { "5.1.351", CAUSE_USER },  { "5.1.1", CAUSE_USER },
    { "5.1.2", CAUSE_HOST },   { "5.1.3", CAUSE_USER },    { "5.1.4", CAUSE_USER },
    { "5.1.6", CAUSE_USER },   { "5.1.7", CAUSE_SENDER },  { "5.1.8", CAUSE_SENDER },
    { "5.2.1", CAUSE_ASLEEP }, { "5.2.2", CAUSE_FULL },    { "5.2.3", CAUSE_SIZE },
    { "5.3.4", CAUSE_SIZE },   { "5.4.4", CAUSE_HOST },    { "5.4.6", CAUSE_LATER },
    { "5.4.7", CAUSE_LATER },  { "5.7.13", CAUSE_ASLEEP }, { "5.7.17", CAUSE_USER },
    { "5.7.18", CAUSE_HOST },  { "5.7.27", CAUSE_SENDER },
};

/* Only a class and subject: asked after the words of the notice. 5.5.0 is what some write beside
 * every 550, which says more. */
static const struct phrase subjects[] = {
    { "5.1.", CAUSE_USER },    { "5.2.", CAUSE_ASLEEP },  { "5.3.", CAUSE_LATER },
    { "5.4.", CAUSE_LATER },   { "5.5.1", CAUSE_POLICY }, { "5.5.2", CAUSE_POLICY },
    { "5.5.3", CAUSE_POLICY }, { "5.5.4", CAUSE_POLICY }, { "5.5.5", CAUSE_POLICY },
    { "5.5.6", CAUSE_POLICY }, { "5.6.", CAUSE_CONTENT }, { "5.7.", CAUSE_POLICY },
    { "4.", CAUSE_LATER },
};

static const struct phrase replies[] = {
    { "542", CAUSE_USER }, { "550", CAUSE_USER },   { "551", CAUSE_USER },
    { "553", CAUSE_USER }, { "552", CAUSE_FULL },   { "554", CAUSE_REFUSED },
    { "556", CAUSE_HOST }, { "571", CAUSE_POLICY }, { "521", CAUSE_REFUSED },
    { "42", CAUSE_LATER }, { "45", CAUSE_LATER },
};

/* Answers that hide the recipient's filter behind a missing mailbox: they name no address, for the
 * address had been taken before (KDDI). */
static const struct phrase hidden_filters[] = {
    { "550 : user unknown", CAUSE_FILTER },
    { "550: : user unknown", CAUSE_FILTER },
    { "mail is rejected by recipients", CAUSE_FILTER },
};

/* What a server says around the reason that it was told to give ("Recipient address rejected: spam
 * detected"): it is the address when nothing better is known. */
static const struct phrase frames[] = {
    { "recipient rejected", CAUSE_USER }, { "recipient address rejected", CAUSE_USER },
    { "recipient refused", CAUSE_USER },  { "recipient denied", CAUSE_USER },
    { "rejected recipient", CAUSE_USER }, { "rejected address", CAUSE_USER },
    { "address rejected", CAUSE_USER },   { "user rejected", CAUSE_USER },
};

/* Codes that the reason was given with, and that no missing address has. */
static const struct phrase framed[] = {
    { "5.3.", CAUSE_LATER },
    { "5.6.", CAUSE_CONTENT },
    { "5.7.0", CAUSE_POLICY },
};

/* A name server said so: asking again changes nothing. */
static const struct phrase denials[] = {
    { "nxdomain", CAUSE_HOST },
    { "no mx or a", CAUSE_HOST },
    { "no mx, a", CAUSE_HOST },
    { "no a or mx", CAUSE_HOST },
    { "neither mx nor a", CAUSE_HOST },
    { "nullmx", CAUSE_HOST },
    { "null mx", CAUSE_HOST },
    { "domain does not exist", CAUSE_HOST },
    { "domain doesn't exist", CAUSE_HOST },
    { "domain does not accept mail", CAUSE_HOST },
    { "no such domain", CAUSE_HOST },
};

/* Around the answer of the next server some put words of their own, the same for every answer. */
static const char *const wrappers[] = { "unknown address error 5", "bad destination host 5" };

/* Behind "smtp;" and other names of what spoke (RFC 3464 section 2.3.6), which are no reasons: some
 * firewalls sign every refusal with "X-Spam-&-Virus-Firewall;". A local program is told by its name. */
static const char *untyped(const char *own)
{
    const char *end = own + strcspn(own, "; ");

    if (*end != ';' || strncmp(own, "x-unix", 6) == 0 ||
        strcspn(own, "0123456789<@") < (size_t)(end - own))
        return own;
    return end + 1 + strspn(end + 1, " ");
}

/* The answer inside. */
static const char *unwrapped(const char *own)
{
    for (size_t i = 0; i < COUNT_OF(wrappers); i++) {
        const char *at = strstr(own, wrappers[i]);

        if (at)
            return at + strlen(wrappers[i]) - 1;
    }
    return own;
}

static const struct phrase *by_status(const struct phrase *table, size_t count, const char *status)
{
    for (size_t i = 0; i < count; i++) {
        const char *text = table[i].text;
        size_t len = strlen(text);

        if (strncmp(status, text, len) == 0 &&
            (text[len - 1] == '.' || !isdigit((unsigned char)status[len])))
            return &table[i];
    }
    return NULL;
}

/* The SMTP reply at the beginning of a diagnostic ("smtp; 550 ..."). */
static const struct phrase *by_reply(const char *folded)
{
    const char *code = strpbrk(folded, "245");

    for (size_t i = 0; code && i < COUNT_OF(replies); i++)
        if (strncmp(code, replies[i].text, strlen(replies[i].text)) == 0)
            return &replies[i];
    return NULL;
}

/* What is known, made ready to be compared. */
struct evidence {
    struct folded own;  /* reply */
    const char *status; /* the most telling one */
    struct severity_notice *notice;
    enum step step;
};

/* "5.0.0" says nothing that the reply does not say better. */
static const char *telling_status(const struct refusal *refusal, const char *own,
                                  struct arena *arena)
{
    const char *inside = severity_status_in(own, arena);

    if (refusal->status[0] == '\0' || (strcmp(refusal->status + 1, ".0.0") == 0 && inside[0]))
        return inside;
    return refusal->status;
}

static enum step step_in(const struct folded *folded)
{
    const struct phrase *found = folded_find(steps, COUNT_OF(steps), folded);

    return found ? (enum step)found->value : STEP_UNKNOWN;
}

/* First what is said of us and our mail, then what is said of the address. */
static const struct phrase *sure_words_in(const struct folded *folded)
{
    const struct phrase *found = folded_find(severity_words, severity_words_count, folded);

    return found ? found
                 : folded_find(severity_address_words, severity_address_words_count, folded);
}

struct severity_notice severity_notice_of(const struct folded *folded)
{
    return (struct severity_notice){ .folded = *folded, .step = (int)step_in(folded) };
}

static void search(struct severity_notice *notice)
{
    if (notice->searched)
        return;
    notice->words = sure_words_in(&notice->folded);
    notice->weak = folded_find(severity_weak_words, severity_weak_words_count, &notice->folded);
    notice->searched = true;
}

/* A program that took the mail ran into trouble, whatever it says of users and files. */
static const struct phrase *by_program(const struct folded *own)
{
    static const struct phrase program[] = {
        { "x-unix;", CAUSE_LATER },
        { "pipe to |", CAUSE_LATER },
        { "generated during the delivery attempt", CAUSE_LATER },
        { "command output", CAUSE_LATER },
    };

    return folded_find(program, COUNT_OF(program), own);
}

static const struct phrase *by_frame(const struct evidence *evidence)
{
    const struct phrase *frame = folded_find(frames, COUNT_OF(frames), &evidence->own);
    const struct phrase *code =
        frame ? by_status(framed, COUNT_OF(framed), evidence->status) : NULL;

    return code ? code : frame;
}

static const struct phrase *by_own_words(const struct evidence *evidence)
{
    const struct folded *own = &evidence->own;
    const struct phrase *found = folded_find(hidden_filters, COUNT_OF(hidden_filters), own);

    if (!found)
        found = sure_words_in(own);
    if (!found)
        found = by_program(own);
    if (!found)
        found = by_status(statuses, COUNT_OF(statuses), evidence->status);
    if (!found)
        found = folded_find(severity_loose_words, severity_loose_words_count, own);
    return found ? found : by_frame(evidence);
}

static const struct phrase *decide(const struct evidence *evidence)
{
    const struct phrase *found = by_own_words(evidence);
    const struct phrase *weak =
        folded_find(severity_weak_words, severity_weak_words_count, &evidence->own);

    if (found)
        return found;
    if (weak && strstr(evidence->own.text, "542 "))
        return &replies[0];
    if (weak)
        return weak;
    search(evidence->notice);
    found = evidence->notice->words;
    if (!found)
        found = by_status(subjects, COUNT_OF(subjects), evidence->status);
    if (!found)
        found = by_reply(evidence->own.text);
    return found ? found : evidence->notice->weak;
}

bool severity_denies_domain(const char *diagnostic, struct arena *arena)
{
    const char *folded = fold_text(arena, span_of(diagnostic), DIAGNOSTIC_BYTES);

    return phrase_in(denials, COUNT_OF(denials), folded) != NULL;
}

/* Codes of the sender's address, whatever "invalid address" they stand with. */
static const struct phrase ours[] = {
    { "5.1.7", CAUSE_SENDER },
    { "5.1.8", CAUSE_SENDER },
};

/* Where it was said changes what "unknown" is about: before RCPT it is our name; behind DATA the
 * address had been taken, so that a filter speaks; 5.2.x is a mailbox that is there (RFC 3463 3.3);
 * a class of 4 does not know yet. */
static enum cause in_place(enum cause cause, const struct evidence *evidence)
{
    const char *status = evidence->status;
    enum step step = evidence->step;

    if (cause != CAUSE_USER && cause != CAUSE_HOST)
        return cause;
    if (step == STEP_HELLO || step == STEP_FROM || by_status(ours, COUNT_OF(ours), status))
        return CAUSE_SENDER;
    if (cause == CAUSE_HOST)
        return status[0] == '4' ? CAUSE_LATER : cause;
    if (strncmp(status, "5.2.", 4) == 0 && step != STEP_RCPT)
        return CAUSE_ASLEEP;
    return step == STEP_DATA && strncmp(status, "5.1.", 4) != 0 ? CAUSE_FILTER : cause;
}

enum bounce_severity severity_of(const struct refusal *refusal, struct arena *arena,
                                 const char **rule)
{
    struct fold_marks marks;
    struct folded own = folded_with(
        unwrapped(untyped(fold_text(arena, span_of(refusal->diagnostic), DIAGNOSTIC_BYTES))),
        &marks);
    enum step step = step_in(&own);
    struct evidence evidence = { .own = own,
                                 .status = telling_status(refusal, own.text, arena),
                                 .notice = refusal->notice,
                                 .step = step ? step : (enum step)refusal->notice->step };
    const struct phrase *found = decide(&evidence);

    /* Nothing known: soft, and the count of softs does the rest. */
    *rule = found ? found->text : "no reason given";
    return severities[in_place(found ? (enum cause)found->value : CAUSE_NONE, &evidence)];
}

/* Length of a status at `at`, or 0. */
static size_t status_length(const char *at)
{
    size_t len = 1;

    if (!strchr("245", at[0]))
        return 0;
    for (int group = 0; group < 2; group++) {
        size_t digits = 0;

        if (at[len] != '.')
            return 0;
        len++;
        while (digits < 3 && isdigit((unsigned char)at[len + digits]))
            digits++;
        if (digits == 0)
            return 0;
        len += digits;
    }
    return at[len] == '.' || isalnum((unsigned char)at[len]) ? 0 : len;
}

const char *severity_status_in(const char *text, struct arena *arena)
{
    for (const char *at = text; *at; at++) {
        bool begins = at == text || (!isalnum((unsigned char)at[-1]) && at[-1] != '.');
        size_t len = begins ? status_length(at) : 0;

        if (len > 0)
            return arena_dup_span(arena, span_make(at, len));
    }
    return "";
}
