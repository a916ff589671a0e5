/* core/engine/inbox_row.c - the row of a message: what it is, whose, and what was read from its words. */
#include "core/base/id.h"
#include "core/base/text.h"
#include "core/engine/inbox_inside.h"

static const char *joined_rules(const struct heard *a)
{
    struct str text;
    char *copy;

    str_init(&text, 4000);
    for (size_t i = 0; i < a->reading.rule_count; i++)
        str_printf(&text, "%s%s", i ? "," : "", a->reading.rules[i]);
    match_add_rules(&a->match, &text);
    if (a->more_rules)
        str_printf(&text, "%s%s", text.len ? "," : "", a->more_rules);
    copy = arena_dup(inbox_arena(a), str_text(&text));
    str_finish(&text);
    return copy;
}

static const char *opt_out_name(enum opt_out_scope scope)
{
    static const char *const names[] = { NULL, "address", "channel", "everything" };

    return names[scope];
}

/* ---- what was read from the words ---- */

static const char *labels_of(const struct heard *a)
{
    const struct intents *intents = &a->reading.intents;
    const char *text = NULL;

    for (int i = 0; i < INTENT_COUNT; i++)
        if (intents_have(intents, (enum intent)i))
            text = arena_printf(inbox_arena(a), "%s%s%s", text ? text : "", text ? "," : "",
                                intent_name((enum intent)i));
    return text;
}

/* The moment itself: of "by Friday" its end. */
static int64_t moment_of(const struct reading *r)
{
    if (r->kind == READING_AUTO_REPLY)
        return r->return_ms;
    return r->when.kind == WHEN_BEFORE ? r->when.end_ms : r->when.start_ms;
}

/* "sms once, at +4915112345678; not by email" */
static const char *wish_of(const struct heard *a)
{
    const struct wish *wish = &a->reading.wish;
    const char *at = wish->number ? wish->number : wish->handle ? wish->handle : wish->address;
    const char *text = "";

    if (wish_is_none(wish))
        return NULL;
    if (wish->prefer)
        text = arena_printf(inbox_arena(a), "%s%s%s%s%s", wish->prefer, wish->once ? " once" : "",
                            wish->exclusive ? " only" : "", at ? ", at " : "", at ? at : "");
    for (size_t i = 0; i < wish->avoid_count; i++)
        text =
            arena_printf(inbox_arena(a), "%s%snot by %s", text, *text ? "; " : "", wish->avoid[i]);
    return text;
}

void inbox_fill_verdict(const struct heard *a, struct message_row *row)
{
    const struct reading *r = &a->reading;
    bool person = r->kind == READING_HUMAN;

    row->kind = reading_kind_name(r->kind);
    row->opt_out = opt_out_name(r->opt_out);
    row->rules = joined_rules(a);
    row->labels = person ? labels_of(a) : NULL;
    row->lead = person && r->intents.lead != INTENT_OTHER ? intent_name(r->intents.lead) : NULL;
    row->sentiment = person ? sentiment_name(r->intents.sentiment) : NULL;
    row->when_at = moment_of(r);
    row->when_words = person && r->when.kind != WHEN_NONE && r->when.words.len > 0
                          ? arena_dup_span(inbox_arena(a), r->when.words)
                          : NULL;
    row->wish = person ? wish_of(a) : NULL;
}

void inbox_fill_row(struct heard *a)
{
    const char *from = a->question.from ? a->question.from : "";
    int slot = a->known ? a->prospect.slot : id_slot_of(span_of(from));

    a->row = (struct message_row){
        .slot = slot,
        .id = id_next(&a->inbox->effects.workspace->clock, slot),
        .prospect_id = a->known ? a->prospect.id : 0,
        .channel = a->channel,
        .sender = a->sender,
        .kind = reading_kind_name(a->reading.kind),
        .touch_id = a->match.touch,
        .enrollment_id = a->match.enrollment,
        .via = match_via_name(a->match.via),
        .confidence =
            a->match.via != MATCH_VIA_NONE ? match_confidence_name(a->match.confidence) : "none",
        .from_address = a->question.from,
        .from_name = a->reading.from_name,
        .subject = a->reading.subject,
        .text = a->reading.own_text ? a->reading.own_text : "",
        .external_id = a->external_id,
        .opt_out = opt_out_name(a->reading.opt_out),
        .rules = joined_rules(a),
        .inbound_id = a->inbound->id,
        .state = "done",
        .at = a->inbound->at,
    };
    inbox_fill_verdict(a, &a->row);
}
