/* core/app/cmd_status.c - what is in play now, in one look. Changes nothing. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "core/app/commands.h"
#include "core/engine/alive.h"
#include "core/store/stats.h"

struct look { /* one `heed status` */
    struct invocation *in;
    struct workspace *workspace;
    struct stats_now now;
    bool daemon;
};

/* What `heed inbox` lists. */
static int64_t count_inbox(const struct stats_now *now)
{
    return stats_sum(&now->open_replies) + stats_sum(&now->open_tasks) +
           stats_of(&now->touches, "unsure");
}

/* ---- JSON ---- */

static void add_list(cJSON *json, const char *name, const struct stats_list *list)
{
    cJSON *object = cJSON_AddObjectToObject(json, name);

    for (size_t i = 0; i < list->count; i++)
        json_add_int(object, list->rows[i].name, list->rows[i].count);
}

static void add_paused(struct look *look, cJSON *json)
{
    cJSON *list = cJSON_AddArrayToObject(json, "paused_senders");
    char iso[32];

    for (size_t i = 0; i < look->now.paused_count; i++) {
        cJSON *row = cJSON_CreateObject();
        json_add_text(row, "sender", look->now.paused[i].sender);
        json_add_text(row, "until",
                      zone_iso(look->workspace->zone, look->now.paused[i].until_ms, iso));
        json_add_text(row, "reason", look->now.paused[i].reason);
        cJSON_AddItemToArray(list, row);
    }
}

static int show_json(struct look *look)
{
    const struct stats_now *now = &look->now;
    cJSON *json = cJSON_CreateObject();

    json_add_int(json, "prospects", now->prospects);
    json_add_int(json, "opted_out", now->opted_out);
    add_list(json, "enrollments", &now->enrollments);
    json_add_int(json, "due", now->due);
    json_add_int(json, "held", stats_of(&now->enrollments, "held"));
    add_list(json, "held_reasons", &now->held);
    json_add_int(json, "touches", stats_sum(&now->touches));
    add_list(json, "touch_states", &now->touches);
    json_add_int(json, "sent", now->sent);
    json_add_int(json, "wire", stats_of(&now->touches, "wire"));
    json_add_int(json, "retry", stats_of(&now->touches, "retry") + stats_of(&now->touches, "due"));
    json_add_int(json, "unsure", stats_of(&now->touches, "unsure"));
    json_add_int(json, "replies", now->replies);
    json_add_int(json, "switches", now->switches);
    json_add_int(json, "open_replies", stats_sum(&now->open_replies));
    add_list(json, "open_tasks", &now->open_tasks);
    json_add_int(json, "inbox", count_inbox(now));
    add_paused(look, json);
    cJSON_AddBoolToObject(json, "daemon", look->daemon);
    return command_print_json(json);
}

/* ---- for people ---- */

/* "12 active, 3 held": the counts of a list in one line. */
static const char *joined(struct invocation *in, const struct stats_list *list)
{
    const char *text = "none";

    for (size_t i = 0; i < list->count; i++)
        text = arena_printf(&in->arena, "%s%s%" PRId64 " %s", i ? text : "", i ? ", " : "",
                            list->rows[i].count, list->rows[i].name);
    return text;
}

static void line(struct invocation *in, const char *name, const char *text)
{
    printf("%-13s %s\n", name, command_plain(&in->arena, text));
}

static void show_touches(struct look *look)
{
    const struct stats_now *now = &look->now;
    struct invocation *in = look->in;

    line(in, "touches",
         arena_printf(&in->arena, "%" PRId64 ": %s", stats_sum(&now->touches),
                      joined(in, &now->touches)));
    line(in, "sent", arena_printf(&in->arena, "%" PRId64, now->sent));
    line(in, "in the air",
         arena_printf(&in->arena, "%" PRId64 ", %" PRId64 " wait for a try",
                      stats_of(&now->touches, "wire"),
                      stats_of(&now->touches, "retry") + stats_of(&now->touches, "due")));
    line(in, "unsure",
         arena_printf(&in->arena, "%" PRId64 "%s", stats_of(&now->touches, "unsure"),
                      stats_of(&now->touches, "unsure") ? ": see `heed inbox`" : ""));
}

static void show_people(struct look *look)
{
    const struct stats_now *now = &look->now;
    struct invocation *in = look->in;

    line(in, "replies",
         arena_printf(&in->arena, "%" PRId64 " from people, %" PRId64 " switches stand",
                      now->replies, now->switches));
    line(in, "inbox",
         arena_printf(&in->arena,
                      "%" PRId64 ": %" PRId64 " messages, %" PRId64 " tasks, %" PRId64 " unsure",
                      count_inbox(now), stats_sum(&now->open_replies), stats_sum(&now->open_tasks),
                      stats_of(&now->touches, "unsure")));
    if (now->open_tasks.count)
        line(in, "", joined(in, &now->open_tasks));
}

static void show_text(struct look *look)
{
    const struct stats_now *now = &look->now;
    struct invocation *in = look->in;

    line(in, "daemon", look->daemon ? "runs" : "does not run: nothing leaves until `heed run`");
    line(in, "prospects",
         arena_printf(&in->arena, "%" PRId64 ", %" PRId64 " opted out", now->prospects,
                      now->opted_out));
    line(in, "enrollments", joined(in, &now->enrollments));
    line(in, "due now", arena_printf(&in->arena, "%" PRId64, now->due));
    for (size_t i = 0; i < now->held.count; i++)
        line(in, i ? "" : "held",
             arena_printf(&in->arena, "%" PRId64 " %s", now->held.rows[i].count,
                          now->held.rows[i].name));
    show_touches(look);
    show_people(look);
    for (size_t i = 0; i < now->paused_count; i++)
        line(in, i ? "" : "paused",
             arena_printf(&in->arena, "%s until %s%s%s", now->paused[i].sender,
                          command_time(in, look->workspace->zone, now->paused[i].until_ms),
                          now->paused[i].reason ? ": " : "",
                          now->paused[i].reason ? now->paused[i].reason : ""));
}

static int read_now(struct look *look, struct err *err)
{
    struct workspace *w = look->workspace;
    int rc;

    look->daemon = daemon_runs(w->store_path);
    if (db_begin_read(w->db, err) < 0)
        return -1;
    rc = stats_read_now(w->db, workspace_now(w), &look->in->arena, &look->now, err);
    db_rollback(w->db);
    return rc;
}

static int run(struct invocation *in)
{
    struct look look = { .in = in };
    struct err err = { 0 };
    int code = 0;

    look.workspace = command_open(in, WORKSPACE_STORE, &code);
    if (!look.workspace)
        return code;
    if (read_now(&look, &err) < 0)
        code = command_fail(in, &err);
    else if (in->json)
        code = show_json(&look);
    else
        show_text(&look);
    workspace_close(look.workspace);
    return code;
}

const struct command command_status = {
    .name = "status",
    .usage = "",
    .summary = "what is in play, due, held, in the air, unsure",
    .examples = "heed status\nheed status --json",
    .run = run,
};
