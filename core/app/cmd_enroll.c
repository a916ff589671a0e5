/* core/app/cmd_enroll.c - puts prospects into a sequence. One who cannot be enrolled is reported; the others go on. */
#include <stdlib.h>
#include <string.h>

#include "core/app/commands.h"
#include "core/base/id.h"
#include "core/base/text.h"
#include "core/engine/planner.h"
#include "core/store/plans.h"
#include "core/store/prospects.h"

#define PER_TRANSACTION 500

struct enrolling {
    struct invocation *in;
    struct workspace *workspace;
    struct sequence *sequence;
    int64_t version, start;
    long enrolled, already, refused;
    struct arena arena; /* of one prospect */
};

static int enroll_one(struct enrolling *e, const struct prospect *prospect, struct err *err)
{
    const struct enrollment row = {
        .slot = prospect->slot,
        .id = id_next(&e->workspace->clock, prospect->slot),
        .prospect_id = prospect->id,
        .sequence = e->sequence->name,
        .version = e->version,
        .state = "active",
        .due_at =
            planner_due(e->sequence, 0, workspace_zone(e->workspace, prospect->zone), e->start),
        .created_at = workspace_now(e->workspace),
    };
    int added;

    if (prospect->opted_out_at) {
        fprintf(stderr, "heed enroll: %s opted out of everything: not enrolled\n",
                command_name(e->in, prospect));
        e->refused++;
        return 0;
    }
    if (prospect->rest_until > workspace_now(e->workspace) && !option(e->in, "despite-no")) {
        fprintf(stderr, "heed enroll: %s said no: not before %s (--despite-no)\n",
                command_name(e->in, prospect),
                command_time(e->in, workspace_zone(e->workspace, prospect->zone),
                             prospect->rest_until));
        e->refused++;
        return 0;
    }
    added = enrollment_insert(e->workspace->db, &row, err);
    e->enrolled += added > 0;
    e->already += added == 0;
    return added < 0 ? -1 : 0;
}

static int enroll_words(struct enrolling *e, const char *words, struct err *err)
{
    struct prospect prospect;
    int found = prospect_find(e->workspace->db, words, &e->arena, &prospect, err);

    if (found == 1)
        return enroll_one(e, &prospect, err);
    if (found == 0) {
        fprintf(stderr, "heed enroll: no prospect \"%s\"\n", words);
        e->refused++;
    }
    return found;
}

static int enroll_list(struct enrolling *e, struct err *err)
{
    for (int i = 1; i < e->in->count; i++)
        if (enroll_words(e, e->in->words[i], err) < 0)
            return -1;
    return 0;
}

static int enroll_file(struct enrolling *e, const char *path, struct err *err)
{
    char line[512];
    FILE *in = strcmp(path, "-") == 0 ? stdin : fopen(path, "re");
    int rc = 0;

    if (!in)
        return err_set(err, ERR_NOT_FOUND, "%s cannot be read", path);
    while (rc == 0 && fgets(line, sizeof(line), in)) {
        struct span word = text_trim(span_of(line));
        arena_reset(&e->arena);
        if (word.len)
            rc = enroll_words(e, arena_dup_span(&e->arena, word), err);
    }
    if (in != stdin)
        fclose(in);
    return rc;
}

/* A chunk of everybody in its own transaction, so that a daemon beside is never kept waiting. */
static int enroll_chunk(struct enrolling *e, struct prospect *last, bool *more, struct err *err)
{
    struct prospect prospect;

    *more = true;
    for (int i = 0; i < PER_TRANSACTION && *more; i++) {
        int found;
        arena_reset(&e->arena);
        found = prospect_next(e->workspace->db, last, &e->arena, &prospect, err);
        if (found < 0 || (found == 1 && enroll_one(e, &prospect, err) < 0))
            return -1;
        *more = found == 1;
        if (*more)
            *last = (struct prospect){ .slot = prospect.slot, .id = prospect.id };
    }
    return 0;
}

static int in_transaction(struct enrolling *e, int (*work)(struct enrolling *e, struct err *err),
                          struct err *err)
{
    if (db_begin(e->workspace->db, err) < 0)
        return -1;
    return db_end(e->workspace->db, work(e, err), err);
}

static int enroll_all(struct enrolling *e, struct err *err)
{
    struct prospect last = { .slot = -1 };
    bool more = true;

    while (more) {
        if (db_begin(e->workspace->db, err) < 0)
            return -1;
        if (db_end(e->workspace->db, enroll_chunk(e, &last, &more, err), err) < 0)
            return -1;
    }
    return 0;
}

static int enroll_given(struct enrolling *e, struct err *err)
{
    const char *file = option(e->in, "file");

    return file ? enroll_file(e, file, err) : enroll_list(e, err);
}

static int open_sequence(struct enrolling *e, struct err *err)
{
    struct sequence_row row = { .name = e->in->words[0] };
    const char *start = option(e->in, "start");
    int found = sequence_get(e->workspace->db, &e->in->arena, &row, err);

    if (found == 0)
        return err_set(err, ERR_NOT_FOUND, "no sequence \"%s\": see `heed sequence list`",
                       e->in->words[0]);
    if (found < 0)
        return -1;
    e->start = workspace_now(e->workspace);
    if (start && !command_parse_time(e->workspace, start, &e->start))
        return err_set(err, ERR_USAGE,
                       "--start wants YYYY-MM-DD or \"YYYY-MM-DD HH:MM\", not \"%s\"", start);
    e->version = row.version;
    e->sequence = sequence_parse(span_of(row.source), row.name, err);
    return e->sequence ? 0 : -1;
}

static int tell(const struct enrolling *e)
{
    cJSON *json;

    if (!e->in->json) {
        printf("enrolled %ld in %s (version %lld); already in it: %ld; refused: %ld\n", e->enrolled,
               e->sequence->name, (long long)e->version, e->already, e->refused);
        return e->enrolled + e->already ? 0 : err_exit_code(ERR_INPUT);
    }
    json = cJSON_CreateObject();
    json_add_int(json, "enrolled", e->enrolled);
    json_add_int(json, "already", e->already);
    json_add_int(json, "refused", e->refused);
    command_print_json(json);
    return e->enrolled + e->already ? 0 : err_exit_code(ERR_INPUT);
}

static int run(struct invocation *in)
{
    struct enrolling e = { .in = in };
    struct err err = { 0 };
    bool all = option(in, "all") != NULL;
    int code = 0, rc;

    if (in->count < 2 && !all && !option(in, "file")) {
        err_set(&err, ERR_USAGE, "who? Give prospects, --file FILE or --all");
        return command_fail(in, &err);
    }
    e.workspace = command_open(in, WORKSPACE_STORE, &code);
    if (!e.workspace)
        return code;
    arena_init(&e.arena);
    rc = open_sequence(&e, &err);
    if (rc == 0)
        rc = all ? enroll_all(&e, &err) : in_transaction(&e, enroll_given, &err);
    code = rc < 0 ? command_fail(in, &err) : tell(&e);
    sequence_destroy(e.sequence);
    arena_finish(&e.arena);
    workspace_close(e.workspace);
    return code;
}

static const struct option_row options[] = {
    { "all", NULL, "every prospect" },
    { "file", "FILE", "one prospect a line; - for standard input" },
    { "start", "TIME", "the first wait begins then; default: now" },
    { "despite-no", NULL, "also those who said no in the last 180 days" },
    { 0 },
};

const struct command command_enroll = {
    .name = "enroll",
    .usage = "SEQUENCE PROSPECT... | --all | --file FILE",
    .summary = "put prospects into a sequence",
    .examples = "heed enroll proposal-follow-up ana@northwind.example\n"
                "heed enroll proposal-follow-up --all\n"
                "heed enroll proposal-follow-up --file monday.txt --start 2027-01-04",
    .options = options,
    .min_words = 1,
    .max_words = -1,
    .run = run,
};
