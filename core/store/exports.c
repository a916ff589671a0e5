/* core/store/exports.c - see exports.h. Internal columns (slot, home, epoch, rank) stay inside. */
#include "core/store/exports.h"

static const struct export_column prospects[] = {
    { .name = "id", .type = EXPORT_ID, .prefix = "pr" },
    { .name = "first_name" },
    { .name = "last_name" },
    { .name = "company" },
    { .name = "title" },
    { .name = "city" },
    { .name = "country" },
    { .name = "time_zone" },
    { .name = "fields", .type = EXPORT_JSON },
    { .name = "preferred_channel" },
    { .name = "preferred_message", .type = EXPORT_ID, .prefix = "me" },
    { .name = "preferred_at", .type = EXPORT_TIME },
    { .name = "pinned_channel" },
    { .name = "wish_channel" },
    { .name = "wish_once", .type = EXPORT_FLAG },
    { .name = "avoid" },
    { .name = "wish_only", .type = EXPORT_FLAG },
    { .name = "rest_until", .type = EXPORT_TIME },
    { .name = "opted_out_at", .type = EXPORT_TIME },
    { .name = "created_at", .type = EXPORT_TIME },
    { .name = "updated_at", .type = EXPORT_TIME },
    { 0 },
};

static const struct export_column enrollments[] = {
    { .name = "id", .type = EXPORT_ID, .prefix = "en" },
    { .name = "prospect", .type = EXPORT_ID, .prefix = "pr" },
    { .name = "name" },
    { .name = "sequence" },
    { .name = "version", .type = EXPORT_NUMBER },
    { .name = "step", .type = EXPORT_NUMBER },
    { .name = "state" },
    { .name = "due_at", .type = EXPORT_TIME },
    { .name = "hold_reason" },
    { .name = "exit" },
    { .name = "created_at", .type = EXPORT_TIME },
    { 0 },
};

static const struct export_column touches[] = {
    { .name = "id", .type = EXPORT_ID, .prefix = "to" },
    { .name = "prospect", .type = EXPORT_ID, .prefix = "pr" },
    { .name = "name" },
    { .name = "enrollment", .type = EXPORT_ID, .prefix = "en" },
    { .name = "sequence" },
    { .name = "step", .type = EXPORT_NUMBER },
    { .name = "step_id" },
    { .name = "template" },
    { .name = "channel" },
    { .name = "sender" },
    { .name = "address" },
    { .name = "state" },
    { .name = "reason" },
    { .name = "subject" },
    { .name = "text" },
    { .name = "html" },
    { .name = "references" },
    { .name = "provider_id" },
    { .name = "decision", .type = EXPORT_JSON },
    { .name = "tries", .type = EXPORT_NUMBER },
    { .name = "created_at", .type = EXPORT_TIME },
    { .name = "retry_at", .type = EXPORT_TIME },
    { .name = "sent_at", .type = EXPORT_TIME },
    { .name = "delivered_at", .type = EXPORT_TIME },
    { .name = "replied_at", .type = EXPORT_TIME },
    { .name = "disposition" },
    { 0 },
};

static const struct export_column attempts[] = {
    { .name = "touch", .type = EXPORT_ID, .prefix = "to" },
    { .name = "n", .type = EXPORT_NUMBER },
    { .name = "at", .type = EXPORT_TIME },
    { .name = "result" },
    { .name = "reason" },
    { 0 },
};

static const struct export_column replies[] = {
    { .name = "id", .type = EXPORT_ID, .prefix = "me" },
    { .name = "prospect", .type = EXPORT_ID, .prefix = "pr" },
    { .name = "name" },
    { .name = "kind" },
    { .name = "channel" },
    { .name = "sender" },
    { .name = "touch", .type = EXPORT_ID, .prefix = "to" },
    { .name = "enrollment", .type = EXPORT_ID, .prefix = "en" },
    { .name = "via" },
    { .name = "confidence" },
    { .name = "from_address" },
    { .name = "from_name" },
    { .name = "subject" },
    { .name = "text" },
    { .name = "external_id" },
    { .name = "opt_out" },
    { .name = "rules" },
    { .name = "labels" },
    { .name = "lead" },
    { .name = "sentiment" },
    { .name = "when_at", .type = EXPORT_TIME },
    { .name = "when_words" },
    { .name = "wish" },
    { .name = "relabelled_at", .type = EXPORT_TIME },
    { .name = "state" },
    { .name = "at", .type = EXPORT_TIME },
    { 0 },
};

static const struct export_column suppressions[] = {
    { .name = "kind" },
    { .name = "address" },
    { .name = "channel" },
    { .name = "cause" },
    { .name = "evidence" },
    { .name = "prospect", .type = EXPORT_ID, .prefix = "pr" },
    { .name = "at", .type = EXPORT_TIME },
    { .name = "until", .type = EXPORT_TIME },
    { 0 },
};

static const struct export_column switches[] = {
    { .name = "id", .type = EXPORT_ID, .prefix = "sw" },
    { .name = "prospect", .type = EXPORT_ID, .prefix = "pr" },
    { .name = "name" },
    { .name = "from" },
    { .name = "to" },
    { .name = "reason" },
    { .name = "message", .type = EXPORT_ID, .prefix = "me" },
    { .name = "at", .type = EXPORT_TIME },
    { .name = "undone_by" },
    { .name = "undone_at", .type = EXPORT_TIME },
    { 0 },
};

static const struct export_column tasks[] = {
    { .name = "id", .type = EXPORT_ID, .prefix = "ta" },
    { .name = "prospect", .type = EXPORT_ID, .prefix = "pr" },
    { .name = "name" },
    { .name = "touch", .type = EXPORT_ID, .prefix = "to" },
    { .name = "enrollment", .type = EXPORT_ID, .prefix = "en" },
    { .name = "kind" },
    { .name = "text" },
    { .name = "state" },
    { .name = "disposition" },
    { .name = "message", .type = EXPORT_ID, .prefix = "me" },
    { .name = "due_at", .type = EXPORT_TIME },
    { .name = "created_at", .type = EXPORT_TIME },
    { .name = "done_at", .type = EXPORT_TIME },
    { 0 },
};

#define NAME "trim(coalesce(p.first_name, '') || ' ' || coalesce(p.last_name, ''))"
#define WITH_NAME "LEFT JOIN prospect p ON p.slot = x.slot AND p.id = x.prospect_id "

const struct export_table export_tables[] = {
    { "prospects", "who they are, their addresses and custom fields",
      "SELECT id, first_name, last_name, company, title, city, country, zone, fields, "
      "preferred_channel, preferred_message_id, preferred_at, pinned_channel, wish_channel, "
      "wish_once, avoid, wish_only, rest_until, opted_out_at, created_at, updated_at FROM prospect "
      "ORDER BY slot, id",
      prospects, true },
    { "enrollments", "who is in which sequence, and where",
      "SELECT x.id, x.prospect_id, " NAME ", x.sequence, x.version, x.step, x.state, x.due_at, "
      "x.hold_reason, x.exit, x.created_at FROM enrollment x " WITH_NAME "ORDER BY x.slot, x.id",
      enrollments, false },
    { "touches", "what was sent, when, why and with what result",
      "SELECT x.id, x.prospect_id, " NAME ", x.enrollment_id, x.sequence, x.step, x.step_id, "
      "x.template, x.channel, x.sender, x.address, x.state, x.reason, x.subject, x.text, x.html, "
      "x.refs, x.provider_id, x.decision, x.tries, x.created_at, x.retry_at, x.sent_at, "
      "x.delivered_at, x.replied_at, x.disposition FROM touch x " WITH_NAME "ORDER BY x.slot, x.id",
      touches, false },
    { "attempts", "tries that failed",
      "SELECT touch_id, n, at, result, reason FROM attempt ORDER BY slot, touch_id, n", attempts,
      false },
    { "replies", "what came in, and how it was read",
      "SELECT x.id, x.prospect_id, " NAME ", x.kind, x.channel, x.sender, x.touch_id, "
      "x.enrollment_id, x.via, x.confidence, x.from_address, x.from_name, x.subject, x.text, "
      "x.external_id, x.opt_out, x.rules, x.labels, x.lead, x.sentiment, x.when_at, "
      "x.when_words, x.wish, x.relabelled_at, x.state, x.at FROM message x " WITH_NAME
      "ORDER BY x.slot, x.id",
      replies, false },
    { "suppressions", "addresses that must not be written to; channel * = every one",
      "SELECT kind, key, CASE channel WHEN '' THEN '*' ELSE channel END, cause, evidence, "
      "prospect_id, at, until_ms FROM suppression "
      "ORDER BY slot, kind, key, channel",
      suppressions, false },
    { "switches", "changes of the preferred channel",
      "SELECT x.id, x.prospect_id, " NAME ", x.from_channel, x.to_channel, x.reason, "
      "x.message_id, x.at, x.undone_by, x.undone_at FROM switch x " WITH_NAME "ORDER BY x.at, x.id",
      switches, false },
    { "tasks", "work for people, done and open",
      "SELECT x.id, x.prospect_id, " NAME ", x.touch_id, x.enrollment_id, x.kind, x.text, x.state, "
      "x.disposition, x.message_id, x.due_at, x.created_at, x.done_at FROM task x " WITH_NAME
      "ORDER BY x.slot, x.id",
      tasks, false },
    { 0 },
};

const struct export_table *export_find(const char *name)
{
    for (const struct export_table *table = export_tables; table->name; table++)
        if (strcmp(table->name, name) == 0)
            return table;
    return NULL;
}

struct stmt *export_query(struct db *db, const struct export_table *table, struct err *err)
{
    return db_stmt(db, table->sql, err);
}
