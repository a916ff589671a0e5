/* core/replies/severity.c - tables of words and codes; order is priority. */
#include "core/replies/severity.h"

#include <ctype.h>
#include <string.h>

#include "core/base/text.h"
#include "core/replies/fold.h"

#define DIAGNOSTIC_BYTES 2000

/* Words that win over others: a full mailbox is soft though its reply also says "rejected", a
 * sender's domain that "does not exist" is about us. */
static const struct phrase phrases[] = {
    { "sender address rejected", BOUNCE_BLOCK },
    { "sender rejected", BOUNCE_BLOCK },
    { "domain of sender", BOUNCE_BLOCK },
    { "sender domain", BOUNCE_BLOCK },
    { "valid sender", BOUNCE_BLOCK },
    { "valid from:", BOUNCE_BLOCK },
    { "from: domain is invalid", BOUNCE_BLOCK },
    { "purported responsible address", BOUNCE_BLOCK },
    { "verify sender", BOUNCE_BLOCK },
    { "address rejected.", BOUNCE_HARD },
    { "recipient rejected", BOUNCE_HARD },
    { "malformed or unexpected name server", BOUNCE_SOFT },
    { "rejected: on hold", BOUNCE_SOFT },
    { "mailer error", BOUNCE_SOFT },
    { "mailbox full", BOUNCE_SOFT },
    { "mailbox is full", BOUNCE_SOFT },
    { "mail box full", BOUNCE_SOFT },
    { "mail box is full", BOUNCE_SOFT },
    { "mailbox has exceeded", BOUNCE_SOFT },
    { "mailfolder is full", BOUNCE_SOFT },
    { "inbox is full", BOUNCE_SOFT },
    { "inbox full", BOUNCE_SOFT },
    { "quota", BOUNCE_SOFT },
    { "out of storage", BOUNCE_SOFT },
    { "storage limit", BOUNCE_SOFT },
    { "too much mail data", BOUNCE_SOFT },
    { "insufficient disk", BOUNCE_SOFT },
    { "insufficient system storage", BOUNCE_SOFT },
    { "no space left", BOUNCE_SOFT },
    { "disk full", BOUNCE_SOFT },
    { "mapiexceptionshutoffquota", BOUNCE_SOFT },
    { "boite du destinataire pleine", BOUNCE_SOFT },
    { "message too large", BOUNCE_SOFT },
    { "message too big", BOUNCE_SOFT },
    { "message is too large", BOUNCE_SOFT },
    { "message size exceeds", BOUNCE_SOFT },
    { "message length exceeds", BOUNCE_SOFT },
    { "exceeds the maximum", BOUNCE_SOFT },
    { "exceeds size limit", BOUNCE_SOFT },
    { "size limit", BOUNCE_SOFT },
    { "larger than the current system limit", BOUNCE_SOFT },
    { "line limit exceeded", BOUNCE_SOFT },
    { "too many recipients", BOUNCE_SOFT },
    { "receiving mail at a rate", BOUNCE_SOFT },
    { "receiving mail too quickly", BOUNCE_SOFT },
    { "frequency limited", BOUNCE_SOFT },
    { "greylist", BOUNCE_SOFT },
    { "graylist", BOUNCE_SOFT },
    { "temporary locked", BOUNCE_SOFT },
    { "temporarily locked", BOUNCE_SOFT },
    { "ip reputation", BOUNCE_BLOCK },
    { "low reputation", BOUNCE_BLOCK },
    { "poor reputation", BOUNCE_BLOCK },
    { "user complaints", BOUNCE_BLOCK },
    { "spf", BOUNCE_BLOCK },
    { "dkim", BOUNCE_BLOCK },
    { "dmarc", BOUNCE_BLOCK },
    { "unauthenticated", BOUNCE_BLOCK },
    { "smtp authentication", BOUNCE_BLOCK },
    { "authentication required", BOUNCE_BLOCK },
    { "authentication information", BOUNCE_BLOCK },
    { "ptr record", BOUNCE_BLOCK },
    { "reverse dns", BOUNCE_BLOCK },
    { "rdns", BOUNCE_BLOCK },
    { "no reverse", BOUNCE_BLOCK },
    { "mismatches client ip", BOUNCE_BLOCK },
    { "blacklist", BOUNCE_BLOCK },
    { "black list", BOUNCE_BLOCK },
    { "block list", BOUNCE_BLOCK },
    { "blocklist", BOUNCE_BLOCK },
    { "blocked", BOUNCE_BLOCK },
    { "bloquee", BOUNCE_BLOCK },
    { "banned", BOUNCE_BLOCK },
    { "dnsbl", BOUNCE_BLOCK },
    { "rbl", BOUNCE_BLOCK },
    { "spamhaus", BOUNCE_BLOCK },
    { "spamcop", BOUNCE_BLOCK },
    { "spam", BOUNCE_BLOCK },
    { "unsolicited", BOUNCE_BLOCK },
    { "bulk mail", BOUNCE_BLOCK },
    { "bulk email", BOUNCE_BLOCK },
    { "virus", BOUNCE_BLOCK },
    { "malware", BOUNCE_BLOCK },
    { "content reject", BOUNCE_BLOCK },
    { "content presents a potential", BOUNCE_BLOCK },
    { "media error", BOUNCE_BLOCK },
    { "headers too large", BOUNCE_BLOCK },
    { "relay access denied", BOUNCE_BLOCK },
    { "relaying denied", BOUNCE_BLOCK },
    { "relay denied", BOUNCE_BLOCK },
    { "unable to relay", BOUNCE_BLOCK },
    { "not permitted to relay", BOUNCE_BLOCK },
    { "not configured to relay", BOUNCE_BLOCK },
    { "no relaying", BOUNCE_BLOCK },
    { "mail relay", BOUNCE_BLOCK },
    { "open relay", BOUNCE_BLOCK },
    { "for policy reasons", BOUNCE_BLOCK },
    { "policy violation", BOUNCE_BLOCK },
    { "violates our policy", BOUNCE_BLOCK },
    { "security policies", BOUNCE_BLOCK },
    { "mail rejete", BOUNCE_BLOCK },
    { "mail rejected", BOUNCE_BLOCK },
    { "message not allowed", BOUNCE_BLOCK },
    { "host network not allowed", BOUNCE_BLOCK },
    { "client host rejected", BOUNCE_BLOCK },
    { "connection refused by your", BOUNCE_BLOCK },
    { "connections not accepted from", BOUNCE_BLOCK },
    { "not accepting connections", BOUNCE_BLOCK },
    { "not accepting mail from", BOUNCE_BLOCK },
    { "you are not authorized", BOUNCE_BLOCK },
    { "permission to post", BOUNCE_BLOCK },
    { "not a member", BOUNCE_BLOCK },
    { "send mail as", BOUNCE_BLOCK },
    { "not allowed to send", BOUNCE_BLOCK },
    { "multiple addresses in from", BOUNCE_BLOCK },
    { "addresses in from: header", BOUNCE_BLOCK },
    { "disabled", BOUNCE_HOLD },
    { "suspended", BOUNCE_HOLD },
    { "mailbox is frozen", BOUNCE_HOLD },
    { "deactivated", BOUNCE_HOLD },
    { "inactive user", BOUNCE_HOLD },
    { "account is inactive", BOUNCE_HOLD },
    { "mailbox is inactive", BOUNCE_HOLD },
    { "account inactive", BOUNCE_HOLD },
    { "inactive mailbox", BOUNCE_HOLD },
    { "has been locked", BOUNCE_HOLD },
    { "user unknown", BOUNCE_HARD },
    { "unknown user", BOUNCE_HARD },
    { "unknown recipient", BOUNCE_HARD },
    { "recipient unknown", BOUNCE_HARD },
    { "unknown address", BOUNCE_HARD },
    { "addressee unknown", BOUNCE_HARD },
    { "unknown account", BOUNCE_HARD },
    { "unknown local", BOUNCE_HARD },
    { "unknown or illegal", BOUNCE_HARD },
    { "unknown mailbox", BOUNCE_HARD },
    { "unrouteable address", BOUNCE_HARD },
    { "no such user", BOUNCE_HARD },
    { "no such recipient", BOUNCE_HARD },
    { "no such person", BOUNCE_HARD },
    { "no such address", BOUNCE_HARD },
    { "no such mailbox", BOUNCE_HARD },
    { "no such account", BOUNCE_HARD },
    { "no such domain", BOUNCE_HARD },
    { "no such host", BOUNCE_HARD },
    { "no such name", BOUNCE_HARD },
    { "no mailbox", BOUNCE_HARD },
    { "no account by that name", BOUNCE_HARD },
    { "doesn't exist", BOUNCE_HARD },
    { "does not exist", BOUNCE_HARD },
    { "doesn't have a", BOUNCE_HARD },
    { "doesn't have an", BOUNCE_HARD },
    { "did not exactly match", BOUNCE_HARD },
    { "no longer on server", BOUNCE_HARD },
    { "no longer valid", BOUNCE_HARD },
    { "no longer in use", BOUNCE_HARD },
    { "no longer available", BOUNCE_HARD },
    { "no longer exists", BOUNCE_HARD },
    { "no longer employed", BOUNCE_HARD },
    { "no longer works", BOUNCE_HARD },
    { "not our customer", BOUNCE_HARD },
    { "not our user", BOUNCE_HARD },
    { "user not found", BOUNCE_HARD },
    { "recipient not found", BOUNCE_HARD },
    { "recipnotfound", BOUNCE_HARD },
    { "recipientnotfound", BOUNCE_HARD },
    { "mailbox not found", BOUNCE_HARD },
    { "address not found", BOUNCE_HARD },
    { "account not found", BOUNCE_HARD },
    { "not found in directory", BOUNCE_HARD },
    { "not listed in", BOUNCE_HARD },
    { "no matches to nameserver", BOUNCE_HARD },
    { "name is not recognized", BOUNCE_HARD },
    { "invalid final delivery", BOUNCE_HARD },
    { "check if address is correct", BOUNCE_HARD },
    { "name or service not known", BOUNCE_HARD },
    { "not a valid", BOUNCE_HARD },
    { "please check the recipient", BOUNCE_HARD },
    { "is not a known user", BOUNCE_HARD },
    { "invalid recipient", BOUNCE_HARD },
    { "invalid mailbox", BOUNCE_HARD },
    { "invalid address", BOUNCE_HARD },
    { "invalid user", BOUNCE_HARD },
    { "invalid domain", BOUNCE_HARD },
    { "bad destination", BOUNCE_HARD },
    { "bad address", BOUNCE_HARD },
    { "wasn't found at", BOUNCE_HARD },
    { "couldn't be found", BOUNCE_HARD },
    { "could not be found", BOUNCE_HARD },
    { "wurde nicht gefunden", BOUNCE_HARD },
    { "mailbox unavailable", BOUNCE_HARD },
    { "not a registered", BOUNCE_HARD },
    { "recipient address rejected", BOUNCE_HARD },
    { "rejected address", BOUNCE_HARD },
    { "domain is not reachable", BOUNCE_HARD },
    { "domain name not found", BOUNCE_HARD },
    { "domain not found", BOUNCE_HARD },
    { "null mx", BOUNCE_HARD },
    { "no mx record", BOUNCE_HARD },
    { "doesn't receive email", BOUNCE_HARD },
    { "does not accept mail", BOUNCE_HARD },
    { "host unknown", BOUNCE_HARD },
    { "unknown host", BOUNCE_HARD },
    { "host or domain name not found", BOUNCE_HARD },
    { "host not found", BOUNCE_HARD },
    { "nxdomain", BOUNCE_HARD },
    { "timed out", BOUNCE_SOFT },
    { "timeout", BOUNCE_SOFT },
    { "time out", BOUNCE_SOFT },
    { "expired", BOUNCE_SOFT },
    { "too long", BOUNCE_SOFT },
    { "temporar", BOUNCE_SOFT },
    { "try again later", BOUNCE_SOFT },
    { "try later", BOUNCE_SOFT },
    { "too many hops", BOUNCE_SOFT },
    { "hop count", BOUNCE_SOFT },
    { "mail loop", BOUNCE_SOFT },
    { "routing loop", BOUNCE_SOFT },
    { "loops back", BOUNCE_SOFT },
    { "connection refused", BOUNCE_SOFT },
    { "lost connection", BOUNCE_SOFT },
    { "establish an smtp connection", BOUNCE_SOFT },
    { "unable to connect", BOUNCE_SOFT },
    { "did not accept our requests to connect", BOUNCE_SOFT },
    { "could not be delivered within", BOUNCE_SOFT },
    { "access denied", BOUNCE_BLOCK },
    { "not accepted", BOUNCE_BLOCK },
    { "rejected", BOUNCE_BLOCK },
};

/* RFC 3463 and the IANA registry; the first that fits. */
static const struct phrase statuses[] = {
    { "5.1.10", BOUNCE_HARD }, { "5.1.351", BOUNCE_HARD }, { "5.1.1", BOUNCE_HARD },
    { "5.1.2", BOUNCE_HARD },  { "5.1.3", BOUNCE_HARD },   { "5.1.6", BOUNCE_HARD },
    { "5.4.4", BOUNCE_HARD },  { "5.1.7", BOUNCE_BLOCK },  { "5.1.8", BOUNCE_BLOCK },
    { "5.2.1", BOUNCE_HOLD },  { "5.7.13", BOUNCE_HOLD },  { "5.2.2", BOUNCE_SOFT },
    { "5.2.3", BOUNCE_SOFT },  { "5.4.6", BOUNCE_SOFT },   { "5.4.7", BOUNCE_SOFT },
};

/* Only a class and subject: asked after the words of the notice. */
static const struct phrase subjects[] = {
    { "5.1.", BOUNCE_HARD },  { "5.3.", BOUNCE_SOFT },  { "5.4.", BOUNCE_SOFT },
    { "5.5.", BOUNCE_BLOCK }, { "5.6.", BOUNCE_BLOCK }, { "5.7.", BOUNCE_BLOCK },
    { "4.", BOUNCE_SOFT },
};

static const struct phrase replies[] = {
    { "550", BOUNCE_HARD },  { "551", BOUNCE_HARD },  { "553", BOUNCE_HARD },
    { "552", BOUNCE_SOFT },  { "554", BOUNCE_BLOCK }, { "571", BOUNCE_BLOCK },
    { "521", BOUNCE_BLOCK }, { "421", BOUNCE_SOFT },  { "45", BOUNCE_SOFT },
};

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

static const struct phrase *decide(const struct refusal *refusal, struct arena *arena)
{
    const char *own = fold_text(arena, span_of(refusal->diagnostic), DIAGNOSTIC_BYTES);
    const char *status = refusal->status[0] ? refusal->status : severity_status_in(own, arena);
    const struct phrase *found = phrase_in(phrases, COUNT_OF(phrases), own);

    if (!found)
        found = by_status(statuses, COUNT_OF(statuses), status);
    if (!found)
        found = phrase_in(phrases, COUNT_OF(phrases), refusal->notice);
    if (!found)
        found = by_status(subjects, COUNT_OF(subjects), status);
    return found ? found : by_reply(own);
}

enum bounce_severity severity_of(const struct refusal *refusal, struct arena *arena,
                                 const char **rule)
{
    const struct phrase *found = decide(refusal, arena);

    /* Nothing known: soft, and the count of softs does the rest. */
    *rule = found ? found->text : "no reason given";
    return found ? (enum bounce_severity)found->value : BOUNCE_SOFT;
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
