/* core/app/cmd_inbox.c - what needs an answer, a decision or a person: replies, tasks, held and unsure touches; and settling one. */
#include <stdlib.h>
#include <string.h>

#include "core/app/commands.h"
#include "core/app/inbox_candidates.h"
#include "core/app/inbox_raw.h"
#include "core/app/inbox_relabel.h"
#include "core/app/verdict.h"
#include "core/base/id.h"
#include "core/base/text.h"
#include "core/engine/effects.h"
#include "core/store/follow.h"
#include "core/store/inbounds.h"
#include "core/store/touches.h"

/* ---- the list ---- */

struct entry { /* one line of the inbox */
    const char *id, *kind;
    int64_t prospect_id;
    const char *channel, *text;
    int64_t at, due;                    /* due: of a task for later; 0 = now */
    const struct message_row *message;  /* of a reply */
    struct inbox_candidate *candidates; /* and whose it may be */
    int candidate_count;
};

struct list {
    struct invocation *in;
    struct workspace *workspace;
    struct table *table;
    cJSON *json;
    int count;
    bool asks; /* whose one of them is */
};

static const char *shortened(struct invocation *in, const char *text)
{
    struct span cut = text_cut(span_make(text, strcspn(text, "\r\n")), 70);

    return cut.len < strlen(text) ? arena_printf(&in->arena, "%.*s…", (int)cut.len, cut.data)
                                  : text;
}

/* What it says: labels of a reply, the date of a task in front. */
static const char *told(struct list *list, const struct entry *e)
{
    const char *text = shortened(list->in, e->text);

    if (e->due)
        return arena_printf(&list->in->arena, "due %s: %s",
                            command_time(list->in, list->workspace->zone, e->due), text);
    return e->message && e->message->labels
               ? arena_printf(&list->in->arena, "[%s] %s", e->message->labels, text)
               : text;
}

static void add_json(struct list *list, const struct entry *e, const char *name)
{
    cJSON *json = cJSON_CreateObject();
    char iso[32];

    json_add_text(json, "id", e->id);
    json_add_text(json, "kind", e->kind);
    json_add_text(json, "prospect",
                  e->prospect_id ? command_id(list->in, "pr", e->prospect_id) : NULL);
    json_add_text(json, "name", name);
    json_add_text(json, "channel", e->channel);
    json_add_text(json, "text", e->text);
    json_add_text(json, "at", zone_iso(list->workspace->zone, e->at, iso));
    json_add_text(json, "due", e->due ? zone_iso(list->workspace->zone, e->due, iso) : NULL);
    if (e->message) {
        verdict_json(list->in, list->workspace->zone, e->message, json);
        cJSON_AddItemToObject(json, "candidates",
                              inbox_candidates_json(list->in, list->workspace->zone, e->candidates,
                                                    e->candidate_count));
    }
    cJSON_AddItemToArray(list->json, json);
}

/* Below the message whose they may be. */
static void add_candidate(struct list *list, const struct inbox_candidate *c)
{
    struct arena *arena = &list->in->arena;
    const char *subject = c->touch.subject ? shortened(list->in, c->touch.subject) : NULL;

    table_row(
        list->table,
        (const char *[]){
            command_id(list->in, "pr", c->prospect.id), "perhaps",
            c->touch.id ? command_time(list->in, list->workspace->zone, inbox_candidate_at(c)) : "",
            command_name(list->in, &c->prospect), c->touch.id ? c->touch.channel : "",
            subject       ? arena_printf(arena, "our latest: %s", subject)
            : c->touch.id ? "our latest"
                          : "never touched" });
    list->asks = true;
}

static int add(struct list *list, const struct entry *e, struct err *err)
{
    struct prospect prospect = { 0 };
    const char *name = "unknown sender";
    int found = e->prospect_id ? prospect_get(list->workspace->db, e->prospect_id, &list->in->arena,
                                              &prospect, err)
                               : 0;

    if (found < 0)
        return -1;
    if (found == 1)
        name = command_name(list->in, &prospect);
    list->count++;
    if (list->json)
        add_json(list, e, name);
    else
        table_row(list->table,
                  (const char *[]){ e->id, e->kind,
                                    command_time(list->in, list->workspace->zone, e->at), name,
                                    e->channel, told(list, e) });
    for (int i = 0; i < e->candidate_count && !list->json; i++)
        add_candidate(list, &e->candidates[i]);
    return 0;
}

static int add_message(struct list *list, const struct message_row *row, struct err *err)
{
    struct entry e = { .id = command_id(list->in, "me", row->id),
                       .kind = strcmp(row->kind, "human") == 0 ? "reply" : row->kind,
                       .prospect_id = row->prospect_id,
                       .channel = row->channel,
                       .text = row->text,
                       .at = row->at,
                       .message = row };

    e.candidate_count = inbox_candidates(list->in, list->workspace, row, &e.candidates, err);
    return e.candidate_count < 0 ? -1 : add(list, &e, err);
}

static int add_messages(struct list *list, struct err *err)
{
    struct message_row *rows;
    int count = messages_open(list->workspace->db, option(list->in, "all") != NULL,
                              &list->in->arena, &rows, err);

    for (int i = 0; i < count; i++)
        if (add_message(list, &rows[i], err) < 0)
            return -1;
    return count < 0 ? -1 : 0;
}

static int add_tasks(struct list *list, struct err *err)
{
    struct task *rows;
    int count = tasks_open(list->workspace->db, &list->in->arena, &rows, err);

    for (int i = 0; i < count; i++) {
        bool held = strcmp(rows[i].kind, "held") == 0;
        const struct entry e = { .id = command_id(list->in, "ta", rows[i].id),
                                 .kind = held ? "held" : "task",
                                 .prospect_id = rows[i].prospect_id,
                                 .channel = held ? "" : rows[i].kind,
                                 .text = rows[i].text,
                                 .at = rows[i].created_at,
                                 .due = rows[i].due_at };
        if (add(list, &e, err) < 0)
            return -1;
    }
    return count < 0 ? -1 : 0;
}

static int add_unsure(struct list *list, struct err *err)
{
    struct touch *rows;
    int count = touches_unsure(list->workspace->db, &list->in->arena, &rows, err);

    for (int i = 0; i < count; i++) {
        const struct entry e = { .id = command_id(list->in, "to", rows[i].id),
                                 .kind = "unsure",
                                 .prospect_id = rows[i].prospect_id,
                                 .channel = rows[i].channel,
                                 .text = rows[i].reason ? rows[i].reason : "",
                                 .at = rows[i].created_at };
        if (add(list, &e, err) < 0)
            return -1;
    }
    return count < 0 ? -1 : 0;
}

static int show(struct invocation *in, struct workspace *workspace)
{
    struct list list = { .in = in, .workspace = workspace };
    struct err err = { 0 };

    if (in->json)
        list.json = cJSON_CreateArray();
    list.table = table_create(&in->arena, 6);
    table_row(list.table, (const char *[]){ "ID", "KIND", "SINCE", "WHO", "CHANNEL", "WHAT" });
    if (add_messages(&list, &err) < 0 || add_tasks(&list, &err) < 0 ||
        add_unsure(&list, &err) < 0) {
        cJSON_Delete(list.json);
        return command_fail(in, &err);
    }
    if (in->json)
        return command_print_json(list.json);
    if (list.count == 0)
        puts("nothing waits for you");
    else
        table_print(list.table, stdout);
    if (list.asks)
        puts("\nwhose is it? heed inbox assign ME_ID PR_ID");
    return 0;
}

/* ---- settling ---- */

struct settling {
    struct invocation *in;
    struct workspace *workspace;
    struct effects env;
    struct span words; /* the id as given */
};

static const struct outcome_row { /* what comes of a task for a person */
    const char *name;
    bool answered; /* they spoke with us: counts as their answer on that channel */
    const char *exit;
} outcomes[] = {
    { "connected", true, NULL },    { "callback", true, NULL },
    { "meeting", true, "meeting" }, { "not_interested", true, "closed_lost" },
    { "voicemail", false, NULL },   { "no_answer", false, NULL },
    { "busy", false, NULL },        { "wrong_number", false, NULL },
    { "done", false, NULL },
};

static const struct outcome_row *find_outcome(const char *name)
{
    for (size_t i = 0; i < COUNT_OF(outcomes); i++)
        if (strcmp(outcomes[i].name, name) == 0)
            return &outcomes[i];
    return NULL;
}

static int settle_outcome(struct settling *s, const struct task *task,
                          const struct outcome_row *outcome, struct err *err)
{
    struct prospect prospect;

    if (task->touch_id && touch_dispose(s->workspace->db, task->touch_id, outcome->name, err) < 0)
        return -1;
    if (outcome->answered && task->touch_id &&
        touch_credit(s->workspace->db, task->touch_id, s->env.now, err) < 0)
        return -1;
    if (!outcome->exit)
        return 0;
    if (prospect_get(s->workspace->db, task->prospect_id, &s->in->arena, &prospect, err) != 1)
        return -1;
    return effect_exit(&s->env, &prospect, outcome->exit, err);
}

static int settle_task(struct settling *s, int64_t id, struct err *err)
{
    const char *name = option(s->in, "outcome");
    const struct outcome_row *outcome = find_outcome(name ? name : "done");
    struct task task;
    int found = task_get(s->workspace->db, id, &s->in->arena, &task, err);

    if (!outcome)
        return err_set(
            err, ERR_USAGE,
            "no outcome \"%s\": connected, callback, meeting, not_interested, voicemail, "
            "no_answer, busy, wrong_number or done",
            name);
    if (found != 1)
        return found < 0 ? -1
                         : err_set(err, ERR_NOT_FOUND,
                                   "no task %s: `heed inbox` lists the open ones", s->words.data);
    if (task_settle(s->workspace->db, id, outcome->name, s->env.now, err) < 0)
        return -1;
    return settle_outcome(s, &task, outcome, err);
}

static int settle_message(struct settling *s, int64_t id, struct err *err)
{
    struct message_row row;
    int found = message_get(s->workspace->db, id, &s->in->arena, &row, err);

    if (found != 1)
        return found < 0 ? -1
                         : err_set(err, ERR_NOT_FOUND,
                                   "no message %s: `heed inbox --all` lists them", s->words.data);
    return message_settle(s->workspace->db, row.prospect_id, id, err) < 0 ? -1 : 0;
}

static int settle_done(struct settling *s, struct err *err)
{
    int64_t id;

    if (id_parse("me", s->words, &id))
        return settle_message(s, id, err);
    if (id_parse("ta", s->words, &id))
        return settle_task(s, id, err);
    return err_set(err, ERR_USAGE, "`done` wants a message (me_...) or a task (ta_...), not \"%s\"",
                   s->words.data);
}

static int settle_unsure(struct settling *s, const struct touch_result *to, struct err *err)
{
    struct touch_result row = *to;
    int moved;

    if (!id_parse("to", s->words, &row.id))
        return err_set(err, ERR_USAGE, "an unsure touch (to_...) is wanted, not \"%s\"",
                       s->words.data);
    row.slot = id_slot(row.id);
    moved = touch_move(s->workspace->db, &row, ",unsure,", err);
    return moved == 0 ? err_set(err, ERR_NOT_FOUND,
                                "%s is not an unsure touch: `heed inbox` lists them", s->words.data)
                      : (moved < 0 ? -1 : 0);
}

static int settle_sent(struct settling *s, struct err *err)
{
    const struct touch_result to = { .state = "sent",
                                     .reason = "a person says it was sent",
                                     .provider_id = "a person",
                                     .sent_at = s->env.now };

    return settle_unsure(s, &to, err);
}

static int settle_resend(struct settling *s, struct err *err)
{
    const struct touch_result to = { .state = "retry",
                                     .reason = "a person says it was not sent",
                                     .retry_at = s->env.now };

    return settle_unsure(s, &to, err);
}

typedef int settle_fn(struct settling *s, struct err *err);

static const struct {
    const char *word;
    settle_fn *settle;
} verbs[] = {
    { "done", settle_done },
    { "sent", settle_sent },
    { "resend", settle_resend },
};

static settle_fn *find_verb(const char *word)
{
    for (size_t i = 0; i < COUNT_OF(verbs); i++)
        if (strcmp(verbs[i].word, word) == 0)
            return verbs[i].settle;
    return NULL;
}

static int settle(struct invocation *in, struct workspace *w, settle_fn *verb)
{
    struct settling s = { .in = in, .workspace = w, .words = span_of(in->words[1]) };
    struct err err = { 0 };
    int rc;

    s.env = (struct effects){ .workspace = w,
                              .catalog = catalog_create(w->db),
                              .db = w->db,
                              .now = workspace_now(w),
                              .arena = &in->arena };
    rc = db_begin(w->db, &err);
    if (rc == 0)
        rc = db_end(w->db, verb(&s, &err), &err);
    catalog_destroy(s.env.catalog);
    return rc < 0 ? command_fail(in, &err) : 0;
}

static const struct { /* they open the workspace themselves */
    const char *word;
    int (*run)(struct invocation *in);
} others[] = {
    { "relabel", inbox_relabel },
    { "assign", inbox_assign },
    { "raw", inbox_raw },
};

/* What is wrong with the words; false = nothing. */
static bool refuse_words(const struct invocation *in, struct err *err)
{
    static const char *const known[] = {
        "done", "sent", "resend", "relabel", "assign", "raw", NULL
    };

    if (in->count == 0)
        return false;
    if (!find_verb(in->words[0]))
        err_set(err, ERR_USAGE,
                "cannot \"%s\", only done, sent, resend, relabel, assign and raw: see `heed inbox "
                "--help`%s",
                in->words[0], text_hint(in->words[0], known).text);
    else if (in->count != 2)
        err_set(err, ERR_USAGE,
                "which one, and only one? `heed inbox %s ID`; `heed inbox` lists them",
                in->words[0]);
    return err->code != ERR_NONE;
}

static int run(struct invocation *in)
{
    struct workspace *workspace;
    struct err err = { 0 };
    int code = 0;

    for (size_t i = 0; in->count > 0 && i < COUNT_OF(others); i++)
        if (strcmp(others[i].word, in->words[0]) == 0)
            return others[i].run(in);
    if (refuse_words(in, &err))
        return command_fail(in, &err);
    workspace = command_open(in, WORKSPACE_STORE, &code);
    if (!workspace)
        return code;
    code = in->count == 0 ? show(in, workspace) : settle(in, workspace, find_verb(in->words[0]));
    workspace_close(workspace);
    return code;
}

static const struct option_row options[] = {
    { "all", NULL, "the settled messages, too" },
    { "outcome", "WORD",
      "with `done` on a task: connected, callback, meeting, not_interested, "
      "voicemail, no_answer, busy, wrong_number, done" },
    { "theirs", NULL,
      "with `assign`: it came from the prospect's own address, not from a colleague's; heed keeps "
      "it and knows them by it from now on" },
    { 0 },
};

const struct command command_inbox = {
    .name = "inbox",
    .usage = "[--all] | done ID [--outcome WORD] | sent ID | resend ID | relabel ID WORD... | "
             "assign ID PROSPECT|nobody [--theirs] | raw ID",
    .summary = "what needs an answer, a decision or a person",
    .examples =
        "heed inbox\n"
        "heed inbox done ta_0123456789abc --outcome connected\n"
        "heed inbox sent to_0123456789abc                      an unsure touch did go out\n"
        "heed inbox resend to_0123456789abc                    it did not: try again\n"
        "heed inbox relabel me_0123456789abc question          it was read wrongly: what followed "
        "is\n"
        "                                                      taken back, the right thing done\n"
        "heed inbox relabel me_0123456789abc auto_reply        also human, bounce, delay, "
        "receipt,\n"
        "                                                      complaint, calendar, bulk\n"
        "heed inbox relabel me_0123456789abc not_now wish=sms  labels and the channel they want\n"
        "heed inbox relabel me_0123456789abc no_opt_out        also opt_out, opt_out=sms, "
        "no_wish,\n"
        "                                                      wish_once=call, other (no label)\n"
        "heed inbox assign me_0123456789abc ana@example.com    whose it is, when heed could not "
        "tell\n"
        "heed inbox assign me_0123456789abc ana@example.com --theirs\n"
        "                                                      and it is their own address\n"
        "heed inbox assign me_0123456789abc nobody             it is nobody's: what followed is "
        "taken back\n"
        "heed inbox raw me_0123456789abc > mail.eml            its bytes as they came in",
    .options = options,
    .max_words = 2 + 24,
    .run = run,
};
