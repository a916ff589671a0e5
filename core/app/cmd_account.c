/* core/app/cmd_account.c - the senders and mailboxes of heed.conf: how they stand, and whether they let us in. */
#include <string.h>

#include "channels/imap.h"
#include "core/app/commands.h"
#include "core/app/verb.h"
#include "core/engine/token_store.h"
#include "core/engine/when.h"
#include "core/store/follow.h"

struct standing { /* a sender and what the store knows of it */
    const struct sender *sender;
    struct sender_state state;
    int64_t sent_today;
    bool paused;
};

/* ---- list ---- */

static int read_standing(struct invocation *in, struct workspace *w, const struct sender *sender,
                         struct standing *out, struct err *err)
{
    int64_t now = workspace_now(w);

    *out = (struct standing){ .sender = sender };
    if (sender_state_get(w->db, sender->name, &in->arena, &out->state, err) < 0)
        return -1;
    out->paused = out->state.paused_until > now;
    if (out->state.day == when_day_of(w->zone, now))
        out->sent_today = out->state.sent_today;
    return 0;
}

static const char *state_text(struct invocation *in, const struct workspace *w,
                              const struct standing *s)
{
    if (!s->paused)
        return "ready";
    return arena_printf(&in->arena, "paused until %s: %s",
                        command_time(in, w->zone, s->state.paused_until),
                        s->state.reason ? s->state.reason : "no reason noted");
}

static const char *today_text(struct invocation *in, const struct standing *s)
{
    if (s->sender->per_day)
        return arena_printf(&in->arena, "%lld of %d", (long long)s->sent_today, s->sender->per_day);
    return s->sender->per_minute ? arena_printf(&in->arena, "%lld", (long long)s->sent_today)
                                 : "no limit";
}

static const char *or_dash(const char *text)
{
    return text && *text ? text : "-";
}

static void add_sender(struct invocation *in, const struct workspace *w, const struct standing *s,
                       struct table *table)
{
    const struct account *account = s->sender->account;

    table_row(table, (const char *const[]){ s->sender->name, "sender", account->channel->name,
                                            s->sender->channel, or_dash(account->address),
                                            today_text(in, s), state_text(in, w, s) });
}

static cJSON *sender_json(const struct workspace *w, const struct standing *s)
{
    cJSON *json = cJSON_CreateObject();
    char iso[32];

    json_add_text(json, "name", s->sender->name);
    json_add_text(json, "kind", "sender");
    json_add_text(json, "through", s->sender->account->channel->name);
    json_add_text(json, "channel", s->sender->channel);
    json_add_text(json, "address", s->sender->account->address);
    json_add_int(json, "sent_today", s->sent_today);
    json_add_int(json, "per_day", s->sender->per_day);
    json_add_int(json, "per_minute", s->sender->per_minute);
    json_add_text(json, "state", s->paused ? "paused" : "ready");
    json_add_text(json, "paused_until",
                  s->paused ? zone_iso(w->zone, s->state.paused_until, iso) : NULL);
    json_add_text(json, "reason", s->paused ? s->state.reason : NULL);
    return json;
}

static void add_mailbox(const struct conf_section *section, struct table *table, cJSON *list)
{
    const char *host = conf_text(section, "host", ""), *user = conf_text(section, "user", "");
    cJSON *json = cJSON_CreateObject();

    table_row(table, (const char *const[]){ section->name, "mailbox", "imap", "email",
                                            or_dash(user), "", host });
    json_add_text(json, "name", section->name);
    json_add_text(json, "kind", "mailbox");
    json_add_text(json, "through", "imap");
    json_add_text(json, "channel", "email");
    json_add_text(json, "address", user);
    json_add_text(json, "host", host);
    cJSON_AddItemToArray(list, json);
}

static int gather(struct invocation *in, struct workspace *w, struct table *table, cJSON *list,
                  struct err *err)
{
    const struct conf_section *section;

    for (size_t i = 0; i < w->sender_count; i++) {
        struct standing standing;
        if (read_standing(in, w, &w->senders[i], &standing, err) < 0)
            return -1;
        add_sender(in, w, &standing, table);
        cJSON_AddItemToArray(list, sender_json(w, &standing));
    }
    for (size_t n = 0; (section = conf_nth(w->conf, "mailbox", n)) != NULL; n++)
        add_mailbox(section, table, list);
    return 0;
}

static int list(struct invocation *in, struct workspace *w, struct err *err)
{
    struct table *table = table_create(&in->arena, 7);
    cJSON *json = cJSON_CreateArray();
    int rc;

    table_row(table, (const char *const[]){ "NAME", "KIND", "THROUGH", "CHANNEL", "ADDRESS",
                                            "TODAY", "STATE" });
    rc = gather(in, w, table, json, err);
    if (rc == 0 && in->json)
        return command_print_json(json);
    if (rc == 0 && cJSON_GetArraySize(json) == 0)
        printf("heed.conf has no [sender NAME] and no [mailbox NAME] yet\n");
    else if (rc == 0)
        table_print(table, stdout);
    cJSON_Delete(json);
    return rc;
}

/* ---- test ---- */

static int test_sender(const struct sender *sender, char sentence[200], struct err *err)
{
    const struct channel *channel = sender->account->channel;

    if (channel->test)
        return channel->test(sender->account, sentence, err) < 0
                   ? err_wrap(err, "sender %s", sender->name)
                   : 0;
    snprintf(sentence, 200, "through %s there is nothing to try without sending", channel->name);
    return 0;
}

/* A mail is proof enough: we were let in. It is not taken, and the cursor is not ours to move. */
static int leave_mail(const struct mailbox_sink *sink, const struct mailbox_mail *mail,
                      struct err *err)
{
    (void)sink;
    (void)mail;
    return err_set(err, ERR_REFUSED, "only a test");
}

static int test_mailbox(const struct conf_section *section, char sentence[200], struct err *err)
{
    const struct mailbox_sink sink = { .take = leave_mail };
    struct mailbox *mailbox = mailbox_open(section, err);
    struct mailbox_cursor cursor = { 0 };
    int rc = mailbox ? mailbox_poll(mailbox, &cursor, &sink, err) : -1;

    mailbox_close(mailbox);
    if (rc < 0 && !(mailbox && err->code == ERR_REFUSED))
        return err_wrap(err, "mailbox %s", section->name);
    snprintf(sentence, 200, "logged in to %.100s, folder %.60s", conf_text(section, "host", ""),
             conf_text(section, "folder", "INBOX"));
    return 0;
}

static void tell(struct invocation *in, const char *kind, const char *sentence)
{
    cJSON *json;

    if (!in->json) {
        printf("%s %s: %s\n", kind, in->words[1], sentence);
        return;
    }
    json = cJSON_CreateObject();
    json_add_text(json, "name", in->words[1]);
    json_add_text(json, "kind", kind);
    json_add_text(json, "result", sentence);
    command_print_json(json);
}

/* One name may be both: the sender's and its mailbox'. */
static int test(struct invocation *in, struct workspace *w, struct err *err)
{
    const struct sender *sender = workspace_sender(w, in->words[1]);
    const struct conf_section *mailbox = conf_find(w->conf, "mailbox", in->words[1]);
    char sentence[200] = "";

    if (!sender && !mailbox)
        return err_set(err, ERR_NOT_FOUND,
                       "no [sender %s] and no [mailbox %s] in heed.conf: see `heed account list`",
                       in->words[1], in->words[1]);
    if (sender && test_sender(sender, sentence, err) < 0)
        return -1;
    if (sender)
        tell(in, "sender", sentence);
    if (mailbox && test_mailbox(mailbox, sentence, err) < 0)
        return -1;
    if (mailbox)
        tell(in, "mailbox", sentence);
    return 0;
}

/* ---- new-key ---- */

static int new_key(struct invocation *in, struct workspace *w, struct err *err)
{
    const struct token_renewal renewal = { .now = workspace_now(w),
                                           .force = option(in, "force") != NULL };

    if (token_store_renew(w->db, &renewal, err) < 0)
        return -1;
    if (!in->json)
        puts("A new key signs our reply addresses, Message-IDs and unsubscribe links from now on; "
             "what "
             "the key before signed is\nbelieved for 400 days. Start `heed run` again, so that it "
             "knows.");
    else
        command_print_json(cJSON_CreateObject());
    return 0;
}

static const struct verb verbs[] = {
    { "list", 0, 0, WORKSPACE_SENDERS, list },
    { "test", 1, 1, WORKSPACE_SENDERS, test },
    { "new-key", 0, 0, WORKSPACE_STORE, new_key },
    { 0 },
};

static int run(struct invocation *in)
{
    return verb_run(in, verbs);
}

static const struct option_row options[] = {
    { "force", NULL, "new-key: although the key before the present one is still believed" },
    { 0 },
};

const struct command command_account = {
    .name = "account",
    .usage = "list | test NAME | new-key [--force]",
    .summary = "senders and mailboxes of heed.conf, and the key of our tokens",
    .examples = "heed account list\n"
                "heed account test sam\n"
                "heed account new-key    when somebody may have read the store",
    .options = options,
    .min_words = 1,
    .max_words = 2,
    .run = run,
};
