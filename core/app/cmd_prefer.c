/* core/app/cmd_prefer.c - the channel a prospect is followed on: shows it with its switches; pins, wishes, avoids, undoes. */
#include <stdlib.h>
#include <string.h>

#include "core/app/commands.h"
#include "core/base/text.h"
#include "core/engine/effects.h"
#include "core/engine/sequence.h"
#include "core/store/follow.h"

struct change {
    struct invocation *in;
    struct workspace *workspace;
    struct prospect *prospect;
    struct effects env;
};

static int check_channel(const char *channel, struct err *err)
{
    if (text_is_among(channel, sequence_channels))
        return 0;
    return err_set(err, ERR_USAGE, "no channel \"%s\"%s", channel,
                   text_hint(channel, sequence_channels).text);
}

static int save(struct change *c, struct err *err)
{
    return prospect_set_following(c->workspace->db, c->prospect, c->env.now, err);
}

static int pin(struct change *c, const char *channel, struct err *err)
{
    if (check_channel(channel, err) < 0)
        return -1;
    c->prospect->pinned_channel = channel;
    return save(c, err);
}

static int unpin(struct change *c, const char *unused, struct err *err)
{
    (void)unused;
    c->prospect->pinned_channel = NULL;
    return save(c, err);
}

/* The list without `channel`; NULL when nothing is left. */
static const char *without(struct change *c, const char *channel)
{
    struct span rest = span_of(c->prospect->avoid ? c->prospect->avoid : ""), piece;
    const char *list = NULL;

    while (text_next_piece(&rest, ',', &piece))
        if (piece.len > 0 && !span_is(piece, channel))
            list = arena_printf(&c->in->arena, "%s%s%.*s", list ? list : "", list ? "," : "",
                                (int)piece.len, piece.data);
    return list;
}

static int wish(struct change *c, const char *channel, struct err *err)
{
    if (check_channel(channel, err) < 0)
        return -1;
    c->prospect->wish_channel = channel;
    c->prospect->wish_once = option(c->in, "once") != NULL;
    c->prospect->wish_only = false;
    c->prospect->wish_message_id = 0;
    c->prospect->avoid = without(c, channel);
    return save(c, err);
}

static int avoid(struct change *c, const char *channel, struct err *err)
{
    const char *old = without(c, channel);

    if (check_channel(channel, err) < 0)
        return -1;
    c->prospect->avoid = old ? arena_printf(&c->in->arena, "%s,%s", old, channel) : channel;
    return save(c, err);
}

static int undo(struct change *c, const char *unused, struct err *err)
{
    int undone = effect_undo_switch(&c->env, c->prospect, "a person", err);

    (void)unused;
    return undone == 0 ? err_set(err, ERR_NOT_FOUND, "there is no switch to undo")
                       : (undone < 0 ? -1 : 0);
}

static int forget(struct change *c, const char *unused, struct err *err)
{
    (void)unused;
    c->prospect->wish_channel = NULL;
    c->prospect->wish_once = c->prospect->wish_only = false;
    c->prospect->wish_message_id = 0;
    c->prospect->avoid = NULL;
    return save(c, err);
}

static const struct {
    const char *option;
    int (*change)(struct change *c, const char *value, struct err *err);
} changes[] = {
    { "pin", pin },     { "unpin", unpin }, { "wish", wish },
    { "avoid", avoid }, { "undo", undo },   { "forget", forget },
};

static int change(struct change *c, struct err *err)
{
    for (size_t i = 0; i < COUNT_OF(changes); i++) {
        const char *value = option(c->in, changes[i].option);
        if (!value)
            continue;
        if (db_begin(c->workspace->db, err) < 0 ||
            db_end(c->workspace->db, changes[i].change(c, value, err), err) < 0)
            return -1;
    }
    return 0;
}

/* ---- showing ---- */

static void add_switches(struct change *c, cJSON *json, const struct switch_row *rows, int count)
{
    cJSON *list = cJSON_AddArrayToObject(json, "switches");
    char iso[32];

    for (int i = 0; i < count; i++) {
        cJSON *row = cJSON_CreateObject();
        json_add_text(row, "id", command_id(c->in, "sw", rows[i].id));
        json_add_text(row, "at", zone_iso(c->workspace->zone, rows[i].at, iso));
        json_add_text(row, "from", rows[i].from_channel);
        json_add_text(row, "to", rows[i].to_channel);
        json_add_text(row, "reason", rows[i].reason);
        json_add_text(row, "message",
                      rows[i].message_id ? command_id(c->in, "me", rows[i].message_id) : NULL);
        json_add_text(row, "undone_by", rows[i].undone_by);
        cJSON_AddItemToArray(list, row);
    }
}

static int show_json(struct change *c, const struct switch_row *rows, int count)
{
    cJSON *json = cJSON_CreateObject();

    json_add_text(json, "prospect", command_id(c->in, "pr", c->prospect->id));
    json_add_text(json, "name", command_name(c->in, c->prospect));
    json_add_text(json, "preferred", c->prospect->preferred_channel);
    json_add_text(json, "pinned", c->prospect->pinned_channel);
    json_add_text(json, "wish", c->prospect->wish_channel);
    cJSON_AddBoolToObject(json, "wish_once", c->prospect->wish_once);
    cJSON_AddBoolToObject(json, "wish_only", c->prospect->wish_only);
    json_add_text(json, "wish_message",
                  c->prospect->wish_message_id
                      ? command_id(c->in, "me", c->prospect->wish_message_id)
                      : NULL);
    json_add_text(json, "avoid", c->prospect->avoid);
    add_switches(c, json, rows, count);
    return command_print_json(json);
}

static void show_text(struct change *c, const struct switch_row *rows, int count)
{
    const struct prospect *p = c->prospect;

    printf("%s  %s\n", command_id(c->in, "pr", p->id), command_name(c->in, p));
    printf("followed on: %s\n",
           p->preferred_channel ? p->preferred_channel : "the sequence's order");
    if (p->pinned_channel)
        printf("pinned to:   %s\n", p->pinned_channel);
    if (p->wish_channel)
        printf("asked for:   %s%s%s%s\n", p->wish_channel,
               p->wish_once   ? " (once)"
               : p->wish_only ? " (and nothing else)"
                              : "",
               p->wish_message_id ? ", in " : "",
               p->wish_message_id ? command_id(c->in, "me", p->wish_message_id) : "");
    if (p->avoid)
        printf("avoids:      %s\n", p->avoid);
    for (int i = 0; i < count; i++)
        printf("%s  %s -> %s: %s%s%s\n", command_time(c->in, c->workspace->zone, rows[i].at),
               rows[i].from_channel ? rows[i].from_channel : "order",
               rows[i].to_channel ? rows[i].to_channel : "order", rows[i].reason,
               rows[i].undone_by ? ", undone by " : "", rows[i].undone_by ? rows[i].undone_by : "");
    if (count == 0)
        puts("no switches");
}

static int show(struct change *c)
{
    struct switch_row *rows;
    struct err err = { 0 };
    int count = switches_of(c->workspace->db, c->prospect->id, &c->in->arena, &rows, &err);

    if (count < 0)
        return command_fail(c->in, &err);
    if (c->in->json)
        return show_json(c, rows, count);
    show_text(c, rows, count);
    return 0;
}

static int run(struct invocation *in)
{
    struct prospect prospect;
    struct change c = { .in = in, .prospect = &prospect };
    struct err err = { 0 };
    int code = 0;

    c.workspace = command_open(in, WORKSPACE_STORE, &code);
    if (!c.workspace)
        return code;
    c.env = (struct effects){ .workspace = c.workspace,
                              .db = c.workspace->db,
                              .now = workspace_now(c.workspace),
                              .arena = &in->arena };
    code = command_prospect(in, c.workspace, in->words[0], &prospect);
    if (code == 0 && change(&c, &err) < 0)
        code = command_fail(in, &err);
    if (code == 0)
        code = show(&c);
    workspace_close(c.workspace);
    return code;
}

static const struct option_row options[] = {
    { "pin", "CHANNEL", "always there, whatever they answer on" },
    { "unpin", NULL, "follow them again" },
    { "wish", "CHANNEL", "they asked for it" },
    { "once", NULL, "with --wish: for the next touch only" },
    { "avoid", "CHANNEL", "they asked not to be reached there" },
    { "forget", NULL, "take back wishes and avoided channels" },
    { "undo", NULL, "take back the newest switch" },
    { 0 },
};

const struct command command_prefer = {
    .name = "prefer",
    .usage = "PROSPECT [--pin CHANNEL | --unpin | --wish CHANNEL [--once] | --avoid CHANNEL | "
             "--forget | --undo]",
    .summary = "show and change the channel a prospect is followed on",
    .examples = "heed prefer ana@northwind.example\nheed prefer ana@northwind.example --pin sms\n"
                "heed prefer ana@northwind.example --undo",
    .options = options,
    .min_words = 1,
    .max_words = 1,
    .run = run,
};
