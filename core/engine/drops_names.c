/* core/engine/drops_names.c - the one list of names that templates may use. */
#include "core/base/attr.h"
#include "core/engine/drops.h"

/* clang-format off */
#define NAMES(X) \
    X("prospect.first_name", "text", "first name, as imported", "Ana") \
    X("prospect.last_name", "text", "last name, as imported", "Silva") \
    X("prospect.company", "text", "where they work", "Northwind") \
    X("prospect.title", "text", "job title", "Head of Sales") \
    X("prospect.city", "text", "city, as imported", "Hamburg") \
    X("prospect.country", "text", "country, as imported", "Germany") \
    X("prospect.fields.*", "text", "the same as fields", "Package X") \
    X("fields.*", "text", "a custom column, in lower case with _ for spaces", "Package X") \
    X("sender.name", "text", "who writes, from heed.conf", "Sam Carter") \
    X("sender.first_name", "text", "the first name of who writes", "Sam") \
    X("sender.address", "text", "the address or number it leaves from", "sam@example.com") \
    X("step.number", "number", "which step of the sequence this is, from 1", "2") \
    X("step.count", "number", "how many steps the sequence has", "6") \
    X("channel", "text", "the channel this touch leaves on", "email") \
    X("recap.sentence", "text", "the last contact in one sentence, to open with", \
      "When we spoke on 6 October, you were happy with Product A.") \
    X("recap.when", "date", "the day of the last contact", "2026-10-06") \
    X("recap.how", "text", "spoke, met, wrote or messaged", "spoke") \
    X("recap.summary", "text", "what was said then", "you were happy with Product A.") \
    X("recap.their_words", "text", "their last answer in their own words, one line", \
      "It went well. What would it cost?") \
    X("recap.days_ago", "number", "days since the last contact", "48") \
    X("recap.channel", "text", "the channel of the last contact", "call") \
    X("next.question", "text", "an open question that presumes progress on the commitment", \
      "How did that conversation go?") \
    X("commitment.text", "text", "what they were going to do", "talk to your partner") \
    X("commitment.due", "date", "by when", "2026-11-20") \
    X("commitment.who", "text", "who promised it", "Ana") \
    X("concern.text", "text", "what stands in the way", "the price is above your budget.") \
    X("concern.answer", "text", "our answer to it", "the first quarter can be paid monthly.") \
    X("value.text", "text", "something useful to give", "a one-page checklist") \
    X("value.url", "text", "where it is", "https://example.com/checklist") \
    X("cta.text", "text", "what you ask them to do next", "Would Tuesday at ten suit you?") \
    X("cta.url", "text", "where they can do it", "https://example.com/book") \
    X("cta.slots", "list of dates", "two times in their zone on the next business days", \
      "2026-11-24T10:00:00+01:00") \
    X("rapport.common_ground", "text", "what the two of you share", "you both sail") \
    X("rapport.their_words", "text", "words of theirs worth giving back", "a lighthouse, not a fire") \
    X("plan.why_not_yes", "text", "game plan: why the answer was not yes", "no time before spring") \
    X("plan.change", "text", "game plan: what has to change", "someone else does the set-up") \
    X("plan.value", "text", "game plan: what value to bring", "a plan of the first week") \
    X("plan.lead", "text", "game plan: where to lead", "a talk with their operations") \
    X("links.unsubscribe", "text", "one click ends these messages; made for each touch", \
      "https://heed.example.com/u/abc") \
    X("links.telegram", "text", "opens a chat that heed recognises", "https://t.me/example?start=abc") \
    X("workspace.postal_address", "text", "from heed.conf", "Example Ltd, 1 Long Street, Berlin")
/* clang-format on */

#define DOC(name, kind, what, sample)                                                              \
    { .path = (name), .type = (kind), .meaning = (what), .example = (sample) },
#define PATH(name, kind, what, sample) name,

static const struct drop_doc docs[] = { NAMES(DOC) };
static const char *const paths[] = { NAMES(PATH) NULL };

const struct drop_doc *drops_docs(size_t *count)
{
    *count = COUNT_OF(docs);
    return docs;
}

const char *const *drops_fields(void)
{
    return paths;
}
