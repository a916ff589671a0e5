/* core/app/inbox_relabel.c - see inbox_relabel.h. What it means and does is the engine's (relabel.h). */
#include "core/app/inbox_relabel.h"

#include <stdlib.h>

#include "core/app/verdict.h"
#include "core/base/id.h"
#include "core/base/text.h"
#include "core/engine/mail_child.h"
#include "core/engine/relabel.h"
#include "core/engine/sequence.h"

#define MAX_KNOWN 64

/* ---- the words ---- */

static bool is_channel(const char *word)
{
    return text_is_among(word, sequence_channels);
}

static bool say_kind(struct relabel *r, const char *word)
{
    if (!relabel_find_kind(word, &r->kind))
        return false;
    r->says_kind = true;
    return true;
}

static bool say_label(struct relabel *r, const char *word)
{
    enum intent label = intent_by_name(word);

    if (label == INTENT_OTHER && strcmp(word, "other") != 0)
        return false;
    r->says_labels = true;
    if (label != INTENT_OTHER && r->label_count < INTENT_COUNT)
        r->labels[r->label_count++] = label;
    return true;
}

static bool say_opt_out(struct relabel *r, const char *word)
{
    static const char with_channel[] = "opt_out=";

    if (strcmp(word, "no_opt_out") == 0)
        r->opt_out = RELABEL_NO;
    else if (strcmp(word, "opt_out") == 0)
        r->opt_out = RELABEL_YES;
    else if (strncmp(word, with_channel, sizeof(with_channel) - 1) == 0 &&
             is_channel(word + sizeof(with_channel) - 1)) {
        r->opt_out = RELABEL_YES;
        r->opt_out_channel = word + sizeof(with_channel) - 1;
    } else
        return false;
    return true;
}

static bool say_wish(struct relabel *r, const char *word)
{
    static const struct {
        const char *prefix;
        bool once;
    } wishes[] = { { "wish=", false }, { "wish_once=", true } };

    if (strcmp(word, "no_wish") == 0) {
        r->wish = RELABEL_NO;
        return true;
    }
    for (size_t i = 0; i < COUNT_OF(wishes); i++) {
        size_t len = strlen(wishes[i].prefix);
        if (strncmp(word, wishes[i].prefix, len) != 0 || !is_channel(word + len))
            continue;
        r->wish = RELABEL_YES;
        r->wish_channel = word + len;
        r->wish_once = wishes[i].once;
        return true;
    }
    return false;
}

/* "wish=smss" */
static bool refuse_channel(const char *word, struct err *err)
{
    static const char *const prefixes[] = { "opt_out=", "wish=", "wish_once=" };

    for (size_t i = 0; i < COUNT_OF(prefixes); i++) {
        const char *channel = word + strlen(prefixes[i]);
        if (strncmp(word, prefixes[i], strlen(prefixes[i])) != 0)
            continue;
        err_set(err, ERR_USAGE, "no channel \"%s\" in \"%s\"%s", channel, word,
                text_hint(channel, sequence_channels).text);
        return true;
    }
    return false;
}

static int refuse_word(const char *word, struct err *err)
{
    static const char *const kinds[] = { "human",      "auto_reply", "bounce",   "delay", "receipt",
                                         "complaint",  "calendar",   "bulk",     "other", "opt_out",
                                         "no_opt_out", "no_wish",    "wish=sms", NULL };
    const char *known[MAX_KNOWN] = { NULL };
    size_t count = 0;

    if (refuse_channel(word, err))
        return -1;
    for (size_t i = 0; kinds[i]; i++)
        known[count++] = kinds[i];
    for (int i = 0; i < INTENT_COUNT && count < MAX_KNOWN - 1; i++)
        known[count++] = intent_name((enum intent)i);
    return err_set(err, ERR_USAGE,
                   "\"%s\" is no kind and no label, see `heed inbox --help` and docs/replies.md%s",
                   word, text_hint(word, known).text);
}

static int read_id(struct invocation *in, struct relabel *r, struct err *err)
{
    return id_parse("me", span_of(in->words[1]), &r->message_id)
               ? 0
               : err_set(err, ERR_USAGE,
                         "a message (me_...) is wanted, not \"%s\": `heed inbox` lists them",
                         in->words[1]);
}

static int read_words(struct invocation *in, struct relabel *r, struct err *err)
{
    if (in->count < 3)
        return err_set(err, ERR_USAGE,
                       "what is it? `heed inbox relabel ME_ID question`, or human, auto_reply, "
                       "opt_out, no_opt_out, wish=sms, no_wish");
    if (read_id(in, r, err) < 0)
        return -1;
    for (int i = 2; i < in->count; i++)
        if (!say_kind(r, in->words[i]) && !say_label(r, in->words[i]) &&
            !say_opt_out(r, in->words[i]) && !say_wish(r, in->words[i]))
            return refuse_word(in->words[i], err);
    if (r->says_kind && r->kind != READING_HUMAN && (r->says_labels || r->wish == RELABEL_YES))
        return err_set(err, ERR_USAGE, "only a person's message (human) has labels and wishes");
    return 0;
}

/* ---- what came of it ---- */

static void show_whose(struct invocation *in, const struct prospect *whose,
                       const struct relabelled *r)
{
    const char *was = command_id(in, "me", r->was.id),
               *name = whose ? command_name(in, whose) : NULL;

    if (!name)
        printf("%s is nobody's\n", was);
    else if (r->was.id == r->is.id)
        printf("%s is from %s\n", was, command_plain(&in->arena, name));
    else
        printf("%s is %s now, from %s\n", was, command_id(in, "me", r->is.id),
               command_plain(&in->arena, name));
}

static void show_text(struct invocation *in, const struct zone *zone, const struct relabelled *r)
{
    printf("was  %s\nis   %s\n", verdict_line(in, zone, &r->was), verdict_line(in, zone, &r->is));
    for (int i = 0; i < r->undone_count; i++)
        if (!r->undone[i].left)
            printf("taken back: %s\n", command_plain(&in->arena, r->undone[i].what));
    for (int i = 0; i < r->undone_count; i++)
        if (r->undone[i].left)
            printf("left:       %s (%s)\n", command_plain(&in->arena, r->undone[i].what),
                   r->undone[i].left);
    for (int i = 0; i < r->made_count; i++)
        printf("now:        %s\n", command_plain(&in->arena, r->made[i].what));
}

static cJSON *undone_json(const struct relabelled *r)
{
    cJSON *list = cJSON_CreateArray();

    for (int i = 0; i < r->undone_count; i++) {
        cJSON *row = cJSON_CreateObject();
        json_add_text(row, "kind", r->undone[i].kind);
        json_add_text(row, "what", r->undone[i].what);
        json_add_text(row, "left", r->undone[i].left);
        cJSON_AddItemToArray(list, row);
    }
    return list;
}

static void show_json(struct invocation *in, const struct zone *zone, const struct relabelled *r)
{
    cJSON *json = cJSON_CreateObject(), *was = cJSON_CreateObject(), *is = cJSON_CreateObject();

    json_add_text(json, "id", command_id(in, "me", r->is.id));
    json_add_text(json, "was_id", command_id(in, "me", r->was.id));
    json_add_text(json, "prospect",
                  r->is.prospect_id ? command_id(in, "pr", r->is.prospect_id) : NULL);
    json_add_text(was, "kind", r->was.kind);
    verdict_json(in, zone, &r->was, was);
    json_add_text(is, "kind", r->is.kind);
    verdict_json(in, zone, &r->is, is);
    cJSON_AddItemToObject(json, "was", was);
    cJSON_AddItemToObject(json, "is", is);
    cJSON_AddItemToObject(json, "taken_back", undone_json(r));
    cJSON_AddItemToObject(json, "now", verdict_traces_json(in, zone, r->made, r->made_count));
    command_print_json(json);
}

/* Mails are parsed where the daemon parses them, too: in a process that may do nothing else. */
static int correct(struct invocation *in, struct workspace *w, const struct relabel *wish,
                   struct relabelled *out, struct err *err)
{
    struct mail_child *child = mail_child_create("/proc/self/exe");
    struct inbox inbox = { .effects = { .workspace = w,
                                        .catalog = catalog_create(w->db),
                                        .db = w->db,
                                        .now = workspace_now(w),
                                        .arena = &in->arena },
                           .mail_source = mail_child_source(child) };
    int rc = relabel(&inbox, wish, out, err);

    catalog_destroy(inbox.effects.catalog);
    mail_child_destroy(child);
    return rc;
}

/* whose: of what was assigned, else NULL. */
static int carry_out(struct invocation *in, struct workspace *workspace, const struct relabel *wish,
                     const struct prospect *whose)
{
    struct relabelled done;
    struct err err = { 0 };

    if (correct(in, workspace, wish, &done, &err) < 0) {
        if (err.code == ERR_NOT_FOUND)
            err_set(&err, ERR_NOT_FOUND, "no message %s: `heed inbox --all` lists them",
                    in->words[1]);
        return command_fail(in, &err);
    }
    if (in->json) {
        show_json(in, workspace->zone, &done);
        return 0;
    }
    if (whose || wish->nobody)
        show_whose(in, whose, &done);
    show_text(in, workspace->zone, &done);
    return 0;
}

int inbox_relabel(struct invocation *in)
{
    struct relabel wish = { .by = "a person" };
    struct workspace *workspace;
    struct err err = { 0 };
    int code = 0;

    if (read_words(in, &wish, &err) < 0)
        return command_fail(in, &err);
    workspace = command_open(in, WORKSPACE_SENDERS, &code);
    if (!workspace)
        return code;
    code = carry_out(in, workspace, &wish, NULL);
    workspace_close(workspace);
    return code;
}

int inbox_assign(struct invocation *in)
{
    struct relabel wish = { .by = "a person", .theirs = option(in, "theirs") != NULL };
    struct workspace *workspace;
    struct prospect prospect;
    struct err err = { 0 };
    int code = 0;

    if (in->count != 3)
        err_set(&err, ERR_USAGE,
                "which message, and whose is it? `heed inbox assign ME_ID PROSPECT`, or ... ME_ID "
                "nobody");
    else if (wish.theirs && strcmp(in->words[2], "nobody") == 0)
        err_set(&err, ERR_USAGE, "--theirs needs a prospect whose address it is, not nobody");
    if (err.code != ERR_NONE || read_id(in, &wish, &err) < 0)
        return command_fail(in, &err);
    workspace = command_open(in, WORKSPACE_SENDERS, &code);
    if (!workspace)
        return code;
    wish.nobody = strcmp(in->words[2], "nobody") == 0;
    code = wish.nobody ? 0 : command_prospect(in, workspace, in->words[2], &prospect);
    if (code == 0) {
        wish.prospect_id = wish.nobody ? 0 : prospect.id;
        code = carry_out(in, workspace, &wish, wish.nobody ? NULL : &prospect);
    }
    workspace_close(workspace);
    return code;
}
