/* core/app/cmd_reply_check.c - says of mails and texts what heed would read in them, and by which rules. Needs no workspace, stores and
 * changes nothing; whose answer it is, and what would follow, it does not know. */
#include <stdlib.h>
#include <string.h>

#include "core/app/commands.h"
#include "core/app/reading_print.h"
#include "core/base/file.h"
#include "core/base/str.h"
#include "core/base/text.h"
#include "core/engine/lexicon_files.h"
#include "core/engine/mail_child.h"
#include "core/engine/sequence.h"

#define MAX_MESSAGE_BYTES ((size_t)50 << 20)

struct checking {
    struct invocation *in;
    const char *channel; /* a text's; NULL or "email" = mails */
    const struct zone *zone;
    struct reading_env env;
    cJSON *json;        /* a list, with --json */
    struct arena arena; /* of one message */
};

/* ---- options ---- */

/* Of a workspace that is named: ours, changed by its own rules. */
static int read_rules(struct checking *c, struct err *err)
{
    struct arena *arena = &c->in->arena;
    const char *folder = c->in->folder;

    c->env.lexicon = folder
                         ? lexicon_files_read(arena_printf(arena, "%s/lexicon", folder), arena, err)
                         : lexicon_builtin(arena);
    return c->env.lexicon ? 0 : -1;
}

static int read_time(struct checking *c, struct err *err)
{
    struct workspace place = { .zone = c->zone }; /* what a time is counted in, nothing else */
    const char *at = option(c->in, "at");

    if (clock_init_text(&place.clock, getenv("HEED_CLOCK"), err) < 0)
        return -1;
    if (!command_parse_time(&place, at ? at : "now", &c->env.now_ms))
        return err_set(err, ERR_USAGE, "\"%s\" is no time: \"2027-03-01\" or \"2027-03-01 09:00\"",
                       at);
    return 0;
}

static bool is_region(const char *text)
{
    return strlen(text) == 2 && text_is_alnum(text[0]) && text_is_alnum(text[1]);
}

static int read_options(struct checking *c, struct err *err)
{
    const char *zone = option(c->in, "zone"), *region = option(c->in, "region");

    c->channel = option(c->in, "channel");
    if (c->channel && !text_is_among(c->channel, sequence_channels))
        return err_set(err, ERR_USAGE, "no channel \"%s\"%s", c->channel,
                       text_hint(c->channel, sequence_channels).text);
    if (region && !is_region(region))
        return err_set(err, ERR_USAGE, "\"%s\" is no country: two letters, like DE", region);
    c->zone = zone ? zone_find(zone, err) : zone_utc();
    if (!c->zone)
        return -1;
    c->env.zone = zone_name(c->zone);
    c->env.region = region;
    return read_time(c, err) < 0 ? -1 : read_rules(c, err);
}

/* ---- one message ---- */

static void show(struct checking *c, const char *path, const struct reading *reading)
{
    cJSON *json;

    if (!c->json) {
        printf("%s\n", command_plain(&c->arena, path));
        reading_print(reading, c->zone, &c->arena, stdout);
        return;
    }
    json = reading_json(reading, c->zone, &c->arena);
    cJSON_AddItemToArray(c->json, json);
    json_add_text(json, "file", path);
}

static int check_one(struct checking *c, const char *path, struct err *err)
{
    bool text = c->channel && strcmp(c->channel, "email") != 0;
    struct reading reading;
    struct str bytes;
    int rc;

    arena_reset(&c->arena);
    str_init(&bytes, MAX_MESSAGE_BYTES);
    rc = strcmp(path, "-") == 0 ? file_read_input(&bytes, err) : file_read(path, &bytes, NULL, err);
    if (rc == 0) {
        if (text)
            reading_of_text(str_span(&bytes), c->channel, &c->env, &c->arena, &reading);
        else
            reading_of_mail(str_span(&bytes), &c->env, &c->arena, &reading);
        show(c, path, &reading);
    }
    str_finish(&bytes);
    return rc;
}

/* A file that cannot be read is named, and the others go on. */
static int check_all(struct checking *c)
{
    int code = 0;

    for (int i = 0; i < c->in->count; i++) {
        struct err err = { 0 };
        int failed = check_one(c, c->in->words[i], &err) < 0 ? command_fail(c->in, &err) : 0;
        code = code ? code : failed;
    }
    return code;
}

static int run(struct invocation *in)
{
    struct checking c = { .in = in };
    struct mail_child *child;
    struct err err = { 0 };
    int code;

    if (read_options(&c, &err) < 0)
        return command_fail(in, &err);
    child = mail_child_create("/proc/self/exe");
    c.env.mail_source = mail_child_source(child);
    if (in->json)
        c.json = cJSON_CreateArray();
    arena_init(&c.arena);
    code = check_all(&c);
    if (in->json)
        command_print_json(c.json);
    mail_child_destroy(child);
    arena_finish(&c.arena);
    return code;
}

static const struct option_row options[] = {
    { "channel", "CHANNEL", "a text that came by it, not a mail: sms, whatsapp..." },
    { "zone", "ZONE", "whose days and hours they mean; default: UTC" },
    { "region", "DE", "country of phone numbers without +" },
    { "at", "TIME", "when it came (\"2027-03-01 09:00\"); default: now" },
    { 0 },
};

const struct command command_reply_check = {
    .name = "reply-check",
    .usage = "FILE...",
    .summary = "say what a mail or text is, what it wants, and by which rules",
    .examples =
        "heed reply-check answer.eml\n"
        "heed reply-check bounces/*.eml --json\n"
        "echo 'Call me Tuesday at 3' | heed reply-check - --channel sms --zone Europe/Berlin",
    .options = options,
    .min_words = 1,
    .max_words = -1,
    .run = run,
};
