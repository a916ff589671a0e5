/* core/app/cmd_why.c - why a touch went where it went: what was looked at, what closed, what was chosen and on whose words;
 * then what left and what became of it. Decides nothing. */
#include <stdlib.h>
#include <string.h>

#include "core/app/commands.h"
#include "core/app/verdict.h"
#include "core/app/why_message.h"
#include "core/base/id.h"
#include "core/base/text.h"
#include "core/engine/choose.h"
#include "core/store/follow.h"
#include "core/store/inbounds.h"
#include "core/store/prospects.h"
#include "core/store/touches.h"

#define EXPLAINED_MAX_BYTES ((size_t)64 << 10)

struct story { /* everything known of one touch */
    struct invocation *in;
    struct workspace *workspace;
    struct touch touch;
    struct prospect prospect;
    bool known; /* prospect is filled */
    bool by_hand;
    bool decided; /* choice is filled */
    struct choice choice;
    struct err unreadable;       /* why it is not */
    struct message_row evidence; /* what the choice rests on; id 0 = nothing of theirs */
    struct switch_row moved;     /* the switch that message brought; id 0 = none */
    struct attempt *attempts;
    int attempt_count;
    struct message_row *answers;
    int answer_count;
    struct followed { /* from each answer */
        struct trace_row *rows;
        int count;
    } * followed;
};

/* ---- reading ---- */

static int read_touch(struct story *s, struct err *err)
{
    int64_t id;
    int found;

    if (!id_parse("to", span_of(s->in->words[0]), &id))
        return err_set(err, ERR_USAGE,
                       "a touch (to_...) or a message (me_...) is wanted, not \"%s\"",
                       s->in->words[0]);
    found = touch_get(s->workspace->db, id, &s->in->arena, &s->touch, err);
    if (found == 0)
        return err_set(err, ERR_NOT_FOUND, "no touch %s", s->in->words[0]);
    return found < 0 ? -1 : 0;
}

static void read_decision(struct story *s)
{
    s->by_hand = strcmp(s->touch.decision, "{\"by\":\"hand\"}") == 0;
    if (!s->by_hand)
        s->decided = choose_decode(span_of(s->touch.decision), &s->in->arena, &s->choice,
                                   &s->unreadable) == 0;
}

static int read_evidence(struct story *s, struct err *err)
{
    int64_t id = s->decided ? s->choice.evidence : 0;
    struct switch_row *rows;
    int count;

    if (id == 0)
        return 0;
    if (message_get(s->workspace->db, id, &s->in->arena, &s->evidence, err) < 0)
        return -1;
    count = switches_of(s->workspace->db, s->touch.prospect_id, &s->in->arena, &rows, err);
    for (int i = 0; i < count; i++)
        if (rows[i].message_id == id)
            s->moved = rows[i];
    return count < 0 ? -1 : 0;
}

static int read_followed(struct story *s, struct err *err)
{
    s->followed = arena_array(&s->in->arena, (size_t)s->answer_count + 1, sizeof(*s->followed));
    for (int i = 0; i < s->answer_count; i++) {
        struct followed *f = &s->followed[i];
        f->count = traces_of(s->workspace->db, s->answers[i].id, &s->in->arena, &f->rows, err);
        if (f->count < 0)
            return -1;
    }
    return 0;
}

static int read_outcome(struct story *s, struct err *err)
{
    const struct message_about about = { .slot = s->touch.slot,
                                         .prospect_id = s->touch.prospect_id,
                                         .touch_id = s->touch.id };

    s->attempt_count = attempts_of(s->workspace->db, s->touch.id, &s->in->arena, &s->attempts, err);
    if (s->attempt_count < 0)
        return -1;
    s->answer_count = messages_about(s->workspace->db, &about, &s->in->arena, &s->answers, err);
    return s->answer_count < 0 ? -1 : read_followed(s, err);
}

static int read_story(struct story *s, struct err *err)
{
    int found;

    if (read_touch(s, err) < 0)
        return -1;
    found = prospect_get(s->workspace->db, s->touch.prospect_id, &s->in->arena, &s->prospect, err);
    s->known = found == 1;
    read_decision(s);
    if (found < 0 || read_evidence(s, err) < 0)
        return -1;
    return read_outcome(s, err);
}

/* ---- for people ---- */

static const char *when(const struct story *s, int64_t ms)
{
    return command_time(s->in, s->workspace->zone, ms);
}

static const char *plain(const struct story *s, const char *text)
{
    return command_plain(&s->in->arena, text);
}

static void quote(const struct story *s, const char *text)
{
    struct span rest = span_of(plain(s, text)), line;

    while (text_next_line(&rest, &line))
        printf("  | %.*s\n", (int)line.len, line.data);
}

static void show_head(const struct story *s)
{
    const struct touch *t = &s->touch;

    printf("%s  %s, %s by %s", command_id(s->in, "to", t->id), when(s, t->created_at), t->channel,
           t->sender);
    if (*t->address)
        printf(" to %s", t->address);
    printf("\n%s  %s\n", command_id(s->in, "pr", t->prospect_id),
           s->known ? command_name(s->in, &s->prospect) : "unknown prospect");
    if (t->sequence)
        printf("%s, step %d (%s)%s%s\n", t->sequence, t->step + 1, t->step_id ? t->step_id : "?",
               t->template ? ", template " : "", t->template ? t->template : "");
}

static void show_evidence(const struct story *s)
{
    const struct message_row *m = &s->evidence;

    if (m->id == 0)
        return;
    printf("\nWhat they said: %s by %s, %s%s%s (matched via %s, %s)\n",
           command_id(s->in, "me", m->id), m->channel, when(s, m->at),
           m->from_address ? ", from " : "", m->from_address ? plain(s, m->from_address) : "",
           m->via, m->confidence);
    quote(s, m->text);
    printf("Read as %s\n", verdict_line(s->in, s->workspace->zone, m));
    if (s->moved.id)
        printf("It moved them from %s to %s (%s)%s%s.\n",
               s->moved.from_channel ? s->moved.from_channel : "the sequence's order",
               s->moved.to_channel ? s->moved.to_channel : "the sequence's order",
               command_id(s->in, "sw", s->moved.id), s->moved.undone_by ? ", undone by " : "",
               s->moved.undone_by ? s->moved.undone_by : "");
}

static void show_choice(const struct story *s)
{
    struct str text;

    puts("\nWhy");
    if (s->by_hand) {
        puts("a person wrote it and chose the channel");
    } else if (!s->decided) {
        printf("its decision cannot be read: %s\n", s->unreadable.text);
    } else {
        str_init(&text, EXPLAINED_MAX_BYTES);
        choose_explain(&s->choice, s->workspace->zone, &text);
        fputs(str_text(&text), stdout);
        str_finish(&text);
        show_evidence(s);
    }
}

static void show_text_of(const struct story *s)
{
    puts("\nWhat it says");
    if (s->touch.subject)
        printf("  | Subject: %s\n  |\n", plain(s, s->touch.subject));
    quote(s, s->touch.text);
}

static void show_time(const struct story *s, const char *name, int64_t ms)
{
    if (ms)
        printf("%-10s %s\n", name, when(s, ms));
}

static void show_outcome(const struct story *s)
{
    const struct touch *t = &s->touch;

    puts("\nWhat became of it");
    for (int i = 0; i < s->attempt_count; i++)
        printf("try %-6d %s: %s: %s\n", s->attempts[i].n, when(s, s->attempts[i].at),
               s->attempts[i].result, plain(s, s->attempts[i].reason));
    printf("state      %s%s%s\n", t->state, t->reason ? ": " : "",
           t->reason ? plain(s, t->reason) : "");
    show_time(s, "next try", t->retry_at);
    show_time(s, "sent", t->sent_at);
    if (t->provider_id)
        printf("%-10s %s\n", "provider", plain(s, t->provider_id));
    show_time(s, "delivered", t->delivered_at);
    if (t->disposition)
        printf("%-10s %s\n", "outcome", t->disposition);
    show_time(s, "replied", t->replied_at);
    for (int i = 0; i < s->answer_count; i++) {
        printf("%s  %s by %s, %s\n", command_id(s->in, "me", s->answers[i].id), s->answers[i].kind,
               s->answers[i].channel, when(s, s->answers[i].at));
        quote(s, s->answers[i].text);
        printf("  read as %s\n", verdict_line(s->in, s->workspace->zone, &s->answers[i]));
        verdict_traces(s->in, s->workspace->zone, s->followed[i].rows, s->followed[i].count);
    }
}

/* ---- JSON ---- */

static void add_time(const struct story *s, cJSON *json, const char *name, int64_t ms)
{
    char iso[32];

    json_add_text(json, name, ms ? zone_iso(s->workspace->zone, ms, iso) : NULL);
}

static cJSON *message_json(const struct story *s, const struct message_row *m)
{
    cJSON *json = cJSON_CreateObject();

    json_add_text(json, "id", command_id(s->in, "me", m->id));
    add_time(s, json, "at", m->at);
    json_add_text(json, "kind", m->kind);
    json_add_text(json, "channel", m->channel);
    json_add_text(json, "from", m->from_address);
    json_add_text(json, "via", m->via);
    json_add_text(json, "confidence", m->confidence);
    json_add_text(json, "text", m->text);
    json_add_text(json, "rules", m->rules);
    verdict_json(s->in, s->workspace->zone, m, json);
    return json;
}

static cJSON *candidate_json(const struct choice_candidate *candidate)
{
    cJSON *json = cJSON_CreateObject();
    cJSON *closed = cJSON_AddArrayToObject(json, "closed");

    json_add_text(json, "channel", candidate->channel);
    for (int gate = 0; gate < GATE_COUNT; gate++)
        if (candidate->closed & 1u << gate)
            cJSON_AddItemToArray(closed, cJSON_CreateString(policy_gates[gate].name));
    return json;
}

static cJSON *choice_json(const struct story *s)
{
    cJSON *json = cJSON_CreateObject(), *candidates;

    json_add_text(json, "channel", s->choice.channel);
    json_add_text(json, "level", choose_level_name(s->choice.level));
    json_add_text(json, "reason", s->choice.reason);
    json_add_text(json, "wanted", s->choice.wanted);
    json_add_text(json, "proposed", s->choice.proposed);
    candidates = cJSON_AddArrayToObject(json, "candidates");
    for (size_t i = 0; i < s->choice.count; i++)
        cJSON_AddItemToArray(candidates, candidate_json(&s->choice.candidates[i]));
    if (s->evidence.id)
        cJSON_AddItemToObject(json, "evidence", message_json(s, &s->evidence));
    else
        cJSON_AddNullToObject(json, "evidence");
    json_add_text(json, "switch", s->moved.id ? command_id(s->in, "sw", s->moved.id) : NULL);
    return json;
}

static void add_touch(const struct story *s, cJSON *json)
{
    const struct touch *t = &s->touch;
    const struct {
        const char *name, *value;
    } texts[] = {
        { "sequence", t->sequence },
        { "step_id", t->step_id },
        { "template", t->template },
        { "channel", t->channel },
        { "sender", t->sender },
        { "address", t->address },
        { "state", t->state },
        { "reason", t->reason },
        { "subject", t->subject },
        { "text", t->text },
        { "provider_id", t->provider_id },
        { "disposition", t->disposition },
    };

    json_add_text(json, "touch", command_id(s->in, "to", t->id));
    json_add_text(json, "prospect", command_id(s->in, "pr", t->prospect_id));
    json_add_text(json, "name", s->known ? command_name(s->in, &s->prospect) : NULL);
    json_add_int(json, "step", t->step);
    for (size_t i = 0; i < COUNT_OF(texts); i++)
        json_add_text(json, texts[i].name, texts[i].value);
    json_add_int(json, "tries", t->tries);
    add_time(s, json, "created_at", t->created_at);
    add_time(s, json, "retry_at", t->retry_at);
    add_time(s, json, "sent_at", t->sent_at);
    add_time(s, json, "delivered_at", t->delivered_at);
    add_time(s, json, "replied_at", t->replied_at);
}

static void add_attempts(const struct story *s, cJSON *json)
{
    cJSON *list = cJSON_AddArrayToObject(json, "attempts");

    for (int i = 0; i < s->attempt_count; i++) {
        cJSON *row = cJSON_CreateObject();
        json_add_int(row, "n", s->attempts[i].n);
        add_time(s, row, "at", s->attempts[i].at);
        json_add_text(row, "result", s->attempts[i].result);
        json_add_text(row, "reason", s->attempts[i].reason);
        cJSON_AddItemToArray(list, row);
    }
}

static int show_json(const struct story *s)
{
    cJSON *json = cJSON_CreateObject(), *answers;

    add_touch(s, json);
    json_add_text(json, "by", s->by_hand ? "hand" : "sequence");
    if (s->decided)
        cJSON_AddItemToObject(json, "choice", choice_json(s));
    else
        cJSON_AddNullToObject(json, "choice");
    if (!s->decided && !s->by_hand)
        json_add_text(json, "unreadable", s->unreadable.text);
    add_attempts(s, json);
    answers = cJSON_AddArrayToObject(json, "messages");
    for (int i = 0; i < s->answer_count; i++) {
        cJSON *answer = message_json(s, &s->answers[i]);
        cJSON_AddItemToObject(answer, "followed",
                              verdict_traces_json(s->in, s->workspace->zone, s->followed[i].rows,
                                                  s->followed[i].count));
        cJSON_AddItemToArray(answers, answer);
    }
    return command_print_json(json);
}

/* ---- the command ---- */

static int show(const struct story *s)
{
    if (s->in->json)
        return show_json(s);
    show_head(s);
    show_choice(s);
    show_text_of(s);
    show_outcome(s);
    return 0;
}

static int run(struct invocation *in)
{
    struct story story = { .in = in };
    struct err err = { 0 };
    int64_t message;
    int code = 0;

    story.workspace = command_open(in, WORKSPACE_STORE, &code);
    if (!story.workspace)
        return code;
    if (id_parse("me", span_of(in->words[0]), &message))
        code = why_message(in, story.workspace, message);
    else if (db_begin_read(story.workspace->db, &err) < 0 || read_story(&story, &err) < 0)
        code = command_fail(in, &err);
    else
        code = show(&story);
    db_rollback(story.workspace->db);
    workspace_close(story.workspace);
    return code;
}

const struct command command_why = {
    .name = "why",
    .usage = "TOUCH | MESSAGE",
    .summary = "why a touch took its channel and what became of it; what followed from a message",
    .examples = "heed why to_0123456789abc\nheed why to_0123456789abc --json\n"
                "heed why me_0123456789abc    what it was read as, and what followed",
    .min_words = 1,
    .max_words = 1,
    .run = run,
};
