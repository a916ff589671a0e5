/* core/app/cmd_reply.c - the salesperson answers, on the channel the prospect is followed on. */
#include <stdlib.h>
#include <string.h>

#include "core/app/commands.h"
#include "core/base/str.h"
#include "core/base/text.h"
#include "core/engine/answer.h"

#define MAX_TEXT_BYTES ((size_t)64 << 10)

static int read_file(const char *path, struct str *out, struct err *err)
{
    FILE *in = strcmp(path, "-") == 0 ? stdin : fopen(path, "re");
    char buffer[4096];
    size_t got;

    if (!in)
        return err_set(err, ERR_NOT_FOUND, "%s cannot be read", path);
    while ((got = fread(buffer, 1, sizeof(buffer), in)) > 0)
        str_add(out, buffer, got);
    if (in != stdin)
        fclose(in);
    return 0;
}

static int read_text(struct invocation *in, struct str *out, struct err *err)
{
    const char *file = option(in, "file");

    if (file && read_file(file, out, err) < 0)
        return -1;
    for (int i = 1; i < in->count; i++)
        str_printf(out, "%s%s", i > 1 ? " " : "", in->words[i]);
    if (!str_ok(out))
        return err_set(err, ERR_LIMIT, "the answer is longer than %zu bytes", MAX_TEXT_BYTES);
    if (text_trim(str_span(out)).len == 0)
        return err_set(err, ERR_USAGE, "nothing to say: give the text, or --file FILE");
    return text_is_utf8(str_span(out)) ? 0 : err_set(err, ERR_INPUT, "the text is not UTF-8");
}

struct answering { /* one call of `heed reply` */
    struct invocation *in;
    struct workspace *workspace;
    struct prospect prospect;
    struct answer_wish wish;
    struct answer_made made;
};

static int write_answer(struct answering *a, struct err *err)
{
    struct workspace *w = a->workspace;
    struct effects env = { .workspace = w,
                           .catalog = catalog_create(w->db),
                           .db = w->db,
                           .now = workspace_now(w),
                           .arena = &a->in->arena };
    int rc = db_begin(w->db, err);

    if (rc == 0)
        rc = answer_write(&env, &a->prospect, &a->wish, &a->made, err);
    rc = db_end(w->db, rc, err);
    catalog_destroy(env.catalog);
    return rc;
}

static void tell_people(const struct answering *a, const struct zone *zone)
{
    printf("%s goes out by %s to %s (%s)\n", command_id(a->in, "to", a->made.touch_id),
           a->made.channel, a->made.address, a->made.why);
    if (a->made.leaves_at > workspace_now(a->workspace))
        printf("it is night there: it leaves %s their time; --now sends it at once\n",
               command_time(a->in, zone, a->made.leaves_at));
}

static int tell(const struct answering *a)
{
    const struct zone *zone = workspace_zone(a->workspace, a->prospect.zone);
    char iso[32];
    cJSON *json;

    if (!a->in->json) {
        tell_people(a, zone);
        return 0;
    }
    json = cJSON_CreateObject();
    json_add_text(json, "touch", command_id(a->in, "to", a->made.touch_id));
    json_add_text(json, "channel", a->made.channel);
    json_add_text(json, "address", a->made.address);
    json_add_text(json, "why", a->made.why);
    json_add_text(json, "leaves_at", zone_iso(zone, a->made.leaves_at, iso));
    return command_print_json(json);
}

static int answer(struct invocation *in, struct workspace *workspace, struct str *text)
{
    struct answering a = { .in = in,
                           .workspace = workspace,
                           .wish = { .channel = option(in, "channel"),
                                     .keep_holding = option(in, "keep-holding") != NULL,
                                     .at_once = option(in, "now") != NULL } };
    struct err err = { 0 };
    int code = command_prospect(in, workspace, in->words[0], &a.prospect);

    if (code)
        return code;
    if (read_text(in, text, &err) < 0)
        return command_fail(in, &err);
    a.wish.text = str_text(text);
    return write_answer(&a, &err) < 0 ? command_fail(in, &err) : tell(&a);
}

static int run(struct invocation *in)
{
    struct workspace *workspace;
    struct str text;
    int code = 0;

    workspace = command_open(in, WORKSPACE_SENDERS, &code);
    if (!workspace)
        return code;
    str_init(&text, MAX_TEXT_BYTES);
    code = answer(in, workspace, &text);
    str_finish(&text);
    workspace_close(workspace);
    return code;
}

static const struct option_row options[] = {
    { "channel", "CHANNEL", "answer there instead" },
    { "file", "FILE", "the text; - for standard input" },
    { "keep-holding", NULL, "the sequences stay held" },
    { "now", NULL, "also when it is night where they live" },
    { 0 },
};

const struct command command_reply = {
    .name = "reply",
    .usage = "PROSPECT TEXT... [--channel CHANNEL] [--file FILE] [--keep-holding]",
    .summary = "answer on the channel the prospect is followed on",
    .examples = "heed reply ana@northwind.example \"Tuesday at ten it is.\"\n"
                "heed reply pr_0123456789abc --file answer.txt --channel email",
    .options = options,
    .min_words = 1,
    .max_words = -1,
    .run = run,
};
