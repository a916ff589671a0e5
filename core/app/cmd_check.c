/* core/app/cmd_check.c - names each broken invariant, one a line; exit 1 when there is one. Mends nothing. */
#include <inttypes.h>
#include <stdlib.h>

#include "core/app/commands.h"
#include "core/engine/alive.h"
#include "core/engine/audit.h"

static cJSON *finding_json(const struct check_finding *finding)
{
    cJSON *json = cJSON_CreateObject();

    json_add_text(json, "invariant", finding->invariant);
    json_add_text(json, "what", finding->what);
    json_add_text(json, "id", finding->id);
    return json;
}

static int show_json(const struct check *check)
{
    cJSON *json = cJSON_CreateObject();
    cJSON *broken = cJSON_AddArrayToObject(json, "broken");
    cJSON *checked = cJSON_AddObjectToObject(json, "checked");

    for (size_t i = 0; i < check->count; i++)
        cJSON_AddItemToArray(broken, finding_json(&check->findings[i]));
    json_add_int(json, "broken_count", check->broken);
    for (size_t i = 0; i < check->table_count; i++)
        json_add_int(checked, check->tables[i].name, check->tables[i].rows);
    return command_print_json(json);
}

static void show_text(struct invocation *in, const struct check *check)
{
    for (size_t i = 0; i < check->count; i++) {
        const struct check_finding *f = &check->findings[i];
        printf("%-4s  %s%s%s\n", f->invariant, f->id ? f->id : "", f->id ? "  " : "",
               command_plain(&in->arena, f->what));
    }
    if (check->broken > (int64_t)check->count)
        printf("... and %" PRId64 " more\n", check->broken - (int64_t)check->count);
    printf("check: %" PRId64 " rows, %" PRId64 " broken\n", check->rows, check->broken);
}

/* A daemon that starts or ends while we read may have put touches on the wire: it counts as running. */
static int run_audit(struct invocation *in, struct workspace *workspace, struct check *out,
                     struct err *err)
{
    struct audit_env env = { .now = workspace_now(workspace),
                             .daemon_runs = daemon_runs(workspace->store_path) };

    if (audit(workspace->db, &env, &in->arena, out, err) < 0)
        return -1;
    if (out->broken == 0 || env.daemon_runs || !daemon_runs(workspace->store_path))
        return 0;
    env.daemon_runs = true;
    return audit(workspace->db, &env, &in->arena, out, err);
}

static int run(struct invocation *in)
{
    struct workspace *workspace;
    struct check check;
    struct err err = { 0 };
    int code = 0;

    workspace = command_open(in, WORKSPACE_STORE, &code);
    if (!workspace)
        return code;
    if (run_audit(in, workspace, &check, &err) < 0) {
        code = command_fail(in, &err);
    } else {
        if (in->json)
            show_json(&check);
        else
            show_text(in, &check);
        code = check.broken ? 1 : 0;
    }
    workspace_close(workspace);
    return code;
}

const struct command command_check = {
    .name = "check",
    .usage = "",
    .summary = "name each broken promise of the store; exit 1 when there is one",
    .examples = "heed check\nheed check --json",
    .run = run,
};
