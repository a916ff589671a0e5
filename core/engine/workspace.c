/* core/engine/workspace.c - see workspace.h. */
#include "core/engine/workspace.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/id.h"
#include "core/base/sign.h"
#include "core/base/text.h"
#include "core/engine/lexicon_files.h"
#include "core/engine/ready.h"
#include "core/engine/token_store.h"
#include "core/net/http.h"
#include "core/store/follow.h"
#include "core/store/migrate.h"

/* RFC 5321 4.5.3.2: ten minutes after the final dot, and a short wait there makes touches unsure. */
#define SEND_TIMEOUT_MS (20 * MINUTE_MS)

static char *path_in(struct workspace *w, const char *folder, const char *name)
{
    return name[0] == '/' ? arena_dup(&w->arena, name)
                          : arena_printf(&w->arena, "%s/%s", folder, name);
}

static int read_conf(struct workspace *w, struct err *err)
{
    const char *path = path_in(w, w->folder, "heed.conf");

    if (access(path, F_OK) != 0)
        return err_set(err, ERR_NOT_FOUND,
                       "%s: no workspace here. Make one with `heed init %s`, or name another with "
                       "--workspace DIR",
                       path, w->folder);
    w->conf = conf_read(path, err);
    return w->conf ? 0 : -1;
}

/* The workspace's own folder first, then the ready ones. */
static char *folders_of(struct workspace *w, const char *own, const char *ready)
{
    return arena_printf(&w->arena, "%s:%s", path_in(w, w->folder, own), ready);
}

static int read_lint(struct workspace *w, struct err *err)
{
    static const char *const known[] = { "hold", NULL };
    const struct conf_section *lint = conf_find(w->conf, "lint", "");
    const char *hold = conf_text(lint, "hold", "errors");

    if (lint && conf_check_keys(lint, known, err) < 0)
        return -1;
    w->lint_hold = strcmp(hold, "errors") == 0;
    if (!w->lint_hold && strcmp(hold, "never") != 0)
        return conf_err(lint, "hold", err, "hold must be errors or never, not \"%.100s\"", hold);
    return 0;
}

static int apply_conf(struct workspace *w, struct err *err)
{
    static const char *const known[] = { "store",     "zone",      "region", "postal_address",
                                         "templates", "providers", "node",   NULL };
    const struct conf_section *main = conf_find(w->conf, "workspace", "");
    int64_t node;

    if (main && conf_check_keys(main, known, err) < 0)
        return -1;
    if (conf_int(main, "node", (struct conf_range){ 0, 15, 0 }, &node, err) < 0)
        return -1;
    if (read_lint(w, err) < 0)
        return -1;
    id_set_node((int)node);
    w->store_path = path_in(w, w->folder, conf_text(main, "store", "heed.db"));
    w->template_dirs = path_in(w, w->folder, conf_text(main, "templates", "templates"));
    w->provider_dirs = folders_of(w, conf_text(main, "providers", "providers"),
                                  ready_folders(&w->arena, "providers", "providers"));
    w->phrase_dirs =
        folders_of(w, "phrases", ready_folders(&w->arena, "phrases", "templates/phrases"));
    w->lexicon = lexicon_files_read(path_in(w, w->folder, "lexicon"), &w->arena, err);
    if (!w->lexicon)
        return -1;
    w->region = conf_text(main, "region", NULL);
    w->postal_address = conf_text(main, "postal_address", NULL);
    w->public_url = conf_text(conf_find(w->conf, "http", ""), "public_url", NULL);
    w->zone = zone_find(conf_text(main, "zone", "UTC"), err);
    if (!w->zone)
        return main ? conf_err(main, "zone", err,
                               "unknown time zone \"%s\": use an IANA name like Europe/Berlin",
                               conf_text(main, "zone", "UTC"))
                    : -1;
    return clock_init_text(&w->clock, getenv("HEED_CLOCK"), err);
}

static int read_tokens(struct workspace *w, struct err *err)
{
    if (token_store_read(w->db, workspace_now(w), &w->tokens, err) < 0)
        return err_wrap(err, "%s", w->store_path);
    snprintf(w->tokens.domain, sizeof(w->tokens.domain), "heed.invalid");
    return 0;
}

/* The right side of our Message-IDs: the domain of the first e-mail sender. */
static void learn_domain(struct workspace *w, const struct sender *sender)
{
    const char *at = sender->account->address ? strchr(sender->account->address, '@') : NULL;

    if (at && strcmp(w->tokens.domain, "heed.invalid") == 0)
        snprintf(w->tokens.domain, sizeof(w->tokens.domain), "%s",
                 text_lower(&w->arena, span_of(at + 1)));
}

/* "Sam Carter <sam@x>" -> "Sam Carter"; NULL when there is no name. */
static char *display_name(struct workspace *w, const char *from)
{
    const char *angle = from ? strchr(from, '<') : NULL;
    struct span name = text_trim(span_make(from, angle ? (size_t)(angle - from) : 0));

    if (name.len >= 2 && name.data[0] == '"' && name.data[name.len - 1] == '"')
        name = span_make(name.data + 1, name.len - 2);
    return name.len ? arena_dup_span(&w->arena, name) : NULL;
}

static char *first_word(struct workspace *w, const char *name)
{
    return name ? arena_dup_span(&w->arena, span_make(name, strcspn(name, " "))) : NULL;
}

static int open_sender(struct workspace *w, const struct conf_section *conf, struct sender *out,
                       struct err *err)
{
    int64_t per_minute, per_day;

    if (conf_int(conf, "per_minute", (struct conf_range){ 0, 100000, 0 }, &per_minute, err) < 0 ||
        conf_int(conf, "per_day", (struct conf_range){ 0, 10000000, 0 }, &per_day, err) < 0 ||
        conf_bool(conf, "reply_plus", false, &out->reply_plus, err) < 0 ||
        conf_bool(conf, "return_path_plus", false, &out->return_path_plus, err) < 0)
        return -1;
    out->account = account_open(conf, &w->env, err);
    if (!out->account)
        return -1;
    out->name = conf->name;
    out->channel = out->account->kind;
    out->per_minute = (int)per_minute;
    out->per_day = (int)per_day;
    out->from_name = display_name(w, conf_text(conf, "from", NULL));
    out->first_name = first_word(w, out->from_name);
    learn_domain(w, out);
    return 0;
}

/* A number has no name: whoever writes from it is the first sender that has one, or every text would lack its "Sam here". */
static void lend_names(struct workspace *w)
{
    const struct sender *named = w->senders, *end = w->senders + w->sender_count;

    while (named < end && !named->from_name)
        named++;
    for (struct sender *s = w->senders; named < end && s < end; s++)
        if (!s->from_name) {
            s->from_name = named->from_name;
            s->first_name = named->first_name;
        }
}

static int open_senders(struct workspace *w, struct err *err)
{
    static const struct http_options http = { .allow_private = true, .allow_plain = true };
    const struct conf_section *conf;
    size_t count = 0;

    w->env = (struct channel_env){
        .http = http_create(&http, err),
        .clock = &w->clock,
        .timeout_ms = SEND_TIMEOUT_MS,
        .public_url = w->public_url,
        .provider_dirs = w->provider_dirs,
        .allow_plain_loopback = true,
        .out_fd = -1,
    };
    if (!w->env.http)
        return -1;
    while (conf_nth(w->conf, "sender", count))
        count++;
    w->senders = arena_array(&w->arena, count ? count : 1, sizeof(*w->senders));
    for (; (conf = conf_nth(w->conf, "sender", w->sender_count)) != NULL; w->sender_count++)
        if (open_sender(w, conf, &w->senders[w->sender_count], err) < 0)
            return -1;
    lend_names(w);
    return 0;
}

struct workspace *workspace_open(const char *folder, enum workspace_need need, struct err *err)
{
    return workspace_open_watched(folder, need, NULL, err);
}

struct workspace *workspace_open_watched(const char *folder, enum workspace_need need,
                                         const struct hints_watch *watch, struct err *err)
{
    struct workspace *w = xcalloc(1, sizeof(*w));
    const char *named = folder ? folder : getenv("HEED_WORKSPACE");

    arena_init(&w->arena);
    w->folder = arena_dup(&w->arena, named ? named : ".");
    if (read_conf(w, err) < 0 || apply_conf(w, err) < 0)
        goto fail;
    w->db = db_open(w->store_path, DB_WRITE, err);
    if (!w->db || migrate_watched(w->db, w->store_path, watch, err) < 0 || read_tokens(w, err) < 0)
        goto fail;
    if (need == WORKSPACE_SENDERS && open_senders(w, err) < 0)
        goto fail;
    return w;
fail:
    workspace_close(w);
    return NULL;
}

void workspace_close(struct workspace *w)
{
    if (!w)
        return;
    for (size_t i = 0; i < w->sender_count; i++)
        account_close(w->senders[i].account);
    http_destroy(w->env.http);
    db_close(w->db);
    conf_destroy(w->conf);
    explicit_bzero(&w->tokens, sizeof(w->tokens));
    arena_finish(&w->arena);
    free(w);
}

struct db *workspace_db(const struct workspace *w, enum db_mode mode, struct err *err)
{
    return db_open(w->store_path, mode, err);
}

struct sender *workspace_sender(const struct workspace *w, const char *name)
{
    for (size_t i = 0; name && i < w->sender_count; i++)
        if (strcmp(w->senders[i].name, name) == 0)
            return &w->senders[i];
    return NULL;
}

struct sender *workspace_sender_for(const struct workspace *w, const char *channel, size_t n)
{
    for (size_t i = 0; i < w->sender_count; i++)
        if (strcmp(w->senders[i].channel, channel) == 0 && n-- == 0)
            return &w->senders[i];
    return NULL;
}

const struct zone *workspace_zone(const struct workspace *w, const char *name)
{
    const struct zone *zone = name && *name ? zone_find(name, NULL) : NULL;

    return zone ? zone : w->zone;
}

const char *workspace_address_kind(const char *channel)
{
    static const struct {
        const char *channel, *kind;
    } rows[] = {
        { "email", "email" },  { "sms", "phone" },  { "whatsapp", "phone" },
        { "signal", "phone" }, { "call", "phone" }, { "letter", NULL },
        { "visit", NULL },     { "gift", NULL },    { "social", NULL },
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++)
        if (strcmp(rows[i].channel, channel) == 0)
            return rows[i].kind;
    return channel;
}

int64_t workspace_now(const struct workspace *w)
{
    return clock_now(&w->clock);
}
