/* templates/lint.c - see lint.h: the rules with their reasons, and which of them look at what. */
#include "templates/lint.h"

#include "core/base/attr.h"
#include "core/base/text.h"
#include "templates/lint_inside.h"

#define QUOTE_MAX_BYTES 200

const char *const lint_severity_names[] = { "hint", "warn", "error" };
const char *const lint_place_names[] = { "subject", "text", "html", "source" };

const struct lint_rule lint_rules[] = {
    [RULE_G1] = { "G1", "recap-first",
                  "people remember little of the last contact: who leads with what was said (gear "
                  "1, key 2) is heard as "
                  "somebody who listened" },
    [RULE_G2] = { "G2", "open-question",
                  "an open question (gear 2) brings out what has happened since and what stands in "
                  "the way; without one "
                  "there is nothing to answer" },
    [RULE_K3] = { "K3", "presume-progress",
                  "a closed or stalling question invites a no or silence; presume progress and ask "
                  "how it went (key 3)" },
    [RULE_G3] = { "G3", "next-step",
                  "a follow-up moves the prospect one step closer only when it asks for that step "
                  "(gear 3)" },
    [RULE_G4] = { "G4", "give-value",
                  "a message that only wants something is a bother; one that brings an answer or "
                  "something useful is "
                  "welcome (gear 4)" },
    [RULE_G5] = { "G5", "one-call-to-action",
                  "the last paragraph is what people act on: one request there is done, none or "
                  "several are put off "
                  "(gear 5)" },
    [RULE_K4] = { "K4", "personal-touch",
                  "rapport fades between contacts; a word from your notes re-establishes it (keys "
                  "4 and 7)" },
    [RULE_K6] = { "K6", "follow-the-channel",
                  "people answer where they like to talk: follow the prospect's lead, or say why "
                  "you do not (key 6)" },
    [RULE_K8] = { "K8", "next-date",
                  "a follow-up without a date is not done: nobody in play is left without a next "
                  "one (key 8)" },
    [RULE_LENGTH] = { "length", "length",
                      "what does not fit on one screen is put off, and each further part of a text "
                      "message is paid for" },
    [RULE_SUBJECT] = { "subject", "subject",
                       "a list of mails shows some 60 characters of a subject; what stands behind "
                       "them is not read" },
    [RULE_OPT_OUT] = { "opt-out", "way-out",
                       "follow-up must not bother (A4): everybody must be able to end it at once, "
                       "and the law asks for it" },
    [RULE_OPENING] = { "opening", "new-opening",
                       "the same first words as last time look like a machine, and are not read "
                       "again (P3: vary)" },
    [RULE_EMPTY] = { "empty", "not-empty", "an empty message says that nobody looked at it" },
    [RULE_LEFTOVER] = { "leftover", "no-syntax-left",
                        "template syntax that the receiver sees says that nobody looked at the "
                        "message" },
    [RULE_PLACEHOLDER] = { "placeholder", "no-placeholder-left",
                           "a placeholder that nobody filled in says that the message is for "
                           "anybody (P2: personal)" },
    [RULE_IF_TEXT] = { "if-text", "test-for-blank",
                       "in Liquid only nil and false are false: an `if` on a text is true for an "
                       "empty one, too" },
    [RULE_INCLUDE] = { "include", "use-render",
                       "an included snippet can change the variables of what includes it; a "
                       "rendered one cannot" },
    [RULE_RAW] = { "raw", "raw-html",
                   "`raw` switches off the escaping of HTML: data of strangers could carry markup "
                   "into your mail" },
    [RULE_RAW + 1] = { NULL, NULL, NULL },
};

const struct lint_rule *lint_rule_find(const char *id)
{
    for (const struct lint_rule *rule = lint_rules; rule->id; rule++)
        if (strcmp(rule->id, id) == 0)
            return rule;
    return NULL;
}

/* ---- findings ---- */

static struct lint_finding *new_finding(struct lint_findings *out)
{
    if (out->count == out->room) {
        struct lint_finding *more;
        out->room = out->room ? out->room * 2 : 8;
        more = arena_array(out->arena, out->room, sizeof(*more));
        if (out->count)
            memcpy(more, out->items, out->count * sizeof(*more));
        out->items = more;
    }
    return &out->items[out->count++];
}

static void find_place(const struct lint_where *where, struct lint_finding *finding)
{
    struct span before = span_make(where->whole.data, finding->at), line;

    finding->line = 1;
    for (size_t i = 0; i < before.len; i++)
        finding->line += before.data[i] == '\n';
    line = before;
    while (line.len && line.data[line.len - 1] != '\n')
        line.len--;
    finding->column = 1 + (int)text_count_points(span_from(before, line.len));
}

struct lint_finding *lint_add(struct lint_findings *out, enum lint_rule_number rule,
                              enum lint_severity severity, const struct lint_where *where,
                              const char *found)
{
    struct lint_finding *finding = new_finding(out);

    *finding = (struct lint_finding){
        .rule = &lint_rules[rule], .severity = severity, .place = where->place, .found = found
    };
    if (where->quote.len) {
        finding->at = (size_t)(where->quote.data - where->whole.data);
        finding->len = where->quote.len;
        finding->quote = text_cut(where->quote, QUOTE_MAX_BYTES);
    }
    find_place(where, finding);
    return finding;
}

bool lint_has(const struct lint_findings *findings, enum lint_severity at_least)
{
    for (size_t i = 0; i < findings->count; i++)
        if (findings->items[i].severity >= at_least)
            return true;
    return false;
}

/* ---- facts ---- */

static const struct value *member(const struct value *map, const char *name)
{
    for (size_t i = 0; map && map->type == VALUE_MAP && i < map->map.count; i++)
        if (span_is(map->map.pairs[i].name, name))
            return &map->map.pairs[i].value;
    return NULL;
}

/* A thing counts as there when one of its members is: an empty map prints nothing. */
static enum lint_known is_there(const struct value *thing)
{
    if (!thing || thing->type != VALUE_MAP)
        return LINT_NO;
    for (size_t i = 0; i < thing->map.count; i++)
        if (thing->map.pairs[i].value.type != VALUE_NIL)
            return LINT_YES;
    return LINT_NO;
}

void lint_facts_from_data(const struct value *data, struct lint_facts *facts)
{
    const struct value *link = member(member(data, "links"), "unsubscribe");

    facts->data = data;
    facts->can_recap = is_there(member(data, "recap"));
    facts->can_value = is_there(member(data, "value"));
    if (link && link->type == VALUE_TEXT)
        facts->opt_out_link = link->text;
}

static enum lint_known printed(const struct parts_trace *trace, const char *root)
{
    return parts_trace_printed(trace, root) ? LINT_YES : LINT_NO;
}

void lint_facts_from_trace(const struct parts_trace *trace, struct lint_facts *facts)
{
    facts->recap = printed(trace, "recap");
    facts->value = printed(trace, "value");
    facts->cta = printed(trace, "cta");
    facts->rapport = printed(trace, "rapport");
    facts->next = printed(trace, "next");
}

/* ---- the two ways to look ---- */

static enum lint_medium medium_of(const char *channel)
{
    static const struct {
        const char *channel;
        enum lint_medium medium;
    } rows[] = {
        { "email", LINT_EMAIL },     { "sms", LINT_SMS },     { "call", LINT_BRIEF },
        { "voicemail", LINT_BRIEF }, { "visit", LINT_BRIEF }, { "meeting", LINT_BRIEF },
        { "letter", LINT_BRIEF },    { "gift", LINT_BRIEF },  { "postcard", LINT_BRIEF },
        { "social", LINT_BRIEF },
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++)
        if (strcmp(rows[i].channel, channel) == 0)
            return rows[i].medium;
    return LINT_CHAT;
}

static struct lint_check begin(const struct lint_message *message, const struct lint_facts *facts,
                               struct lint_findings *out)
{
    return (struct lint_check){
        .message = message, .facts = facts, .medium = medium_of(message->channel), .out = out
    };
}

static void read_text(struct lint_check *check, const struct phrase_book *book)
{
    const struct span text = check->message->text;

    check->phrases = book ? phrase_book_for(book, check->facts->language, text) : NULL;
    if (check->phrases)
        lint_text_read(text, check->phrases, check->out->arena, &check->text);
}

void lint_message(const struct lint_message *message, const struct lint_facts *facts,
                  const struct phrase_book *book, struct lint_findings *out)
{
    struct lint_check check = begin(message, facts, out);
    size_t before = out->count;

    if (check.medium == LINT_BRIEF)
        return;
    lint_left(&check);
    if (out->count > before && out->items[before].rule == &lint_rules[RULE_EMPTY])
        return;
    read_text(&check, book);
    if (check.phrases)
        lint_gears(&check);
    lint_manners(&check);
    lint_opt_out(&check);
}

void lint_message_errors(const struct lint_message *message, const struct lint_facts *facts,
                         struct lint_findings *out)
{
    struct lint_check check = begin(message, facts, out);

    if (check.medium != LINT_BRIEF)
        lint_left(&check);
}
