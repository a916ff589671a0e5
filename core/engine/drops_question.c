/* core/engine/drops_question.c - next.question: the open question that presumes progress on what they were going to do. The
 * salesperson's own question wins. English phrases are read more closely: drops_english.c. */
#include "core/base/text.h"
#include "core/engine/drops_parts.h"

static bool is_word_of(const char *verbs, struct span word, bool parts)
{
    struct span rest = span_of(verbs), verb;

    if (!parts)
        return drops_lists(verbs, word);
    while (text_next_piece(&rest, ' ', &verb))
        if (verb.len && memmem(word.data, word.len, verb.data, verb.len))
            return true;
    return false;
}

/* The class of the first verb that is known, or of the last where the verb ends the phrase. */
static enum drops_asks class_of(const struct drops_tongue *tongue, const char *commitment,
                                struct arena *arena)
{
    enum drops_asks found = ASKS_OTHER;
    struct span rest = span_of(text_lower(arena, span_of(commitment))), word;

    while ((tongue->verb_last || found == ASKS_OTHER) && text_next_piece(&rest, ' ', &word)) {
        while (word.len && text_one_of(word.data[word.len - 1], ".,;:!?"))
            word.len--;
        for (int i = 0; word.len && i < ASKS_CLASSES; i++)
            if (is_word_of(tongue->verbs[i], word, tongue->verb_last)) {
                found = (enum drops_asks)i;
                break;
            }
    }
    return found;
}

static bool is_not_due(const struct drops_facts *f)
{
    int64_t due_ms;

    return drops_date(f, f->notes.commitment_due, &due_ms) && drops_days_since(f, due_ms) <= 0;
}

static const char *question(const struct drops_facts *f, struct arena *arena)
{
    const struct drops_tongue *tongue = drops_tongue_of(f->notes.language);
    const char *commitment = drops_clause(arena, f->notes.commitment);
    const char *own = drops_one_line(arena, f->notes.next_question);

    if (own)
        return own;
    if (!commitment)
        return NULL;
    if (is_not_due(f))
        return tongue->questions[ASKS_DUE];
    if (tongue == drops_tongue_of("en"))
        return drops_english_question(tongue, commitment, arena);
    return tongue->questions[class_of(tongue, commitment, arena)];
}

struct value drop_next(const struct drops_facts *f, struct arena *arena)
{
    const char *text = question(f, arena);

    if (!text)
        return value_nil();
    return drops_map(arena, (const struct value_pair[]){ drops_text_pair("question", text) }, 1);
}
