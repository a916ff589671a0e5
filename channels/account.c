/* channels/account.c - see account.h. */
#include "channels/account.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/text.h"

#define KEY_OCTETS 64
#define MOST_SESSIONS 64
#define MOST_BATCH 1000

static char *copy_span(struct span text)
{
    char *copy = xmalloc(text.len + 1);

    if (text.len)
        memcpy(copy, text.data, text.len);
    copy[text.len] = '\0';
    return copy;
}

static const char *address_kind_of(const char *kind)
{
    static const struct {
        const char *kind, *address_kind;
    } rows[] = {
        { "sms", "phone" },      { "mms", "phone" },    { "rcs", "phone" },   { "call", "phone" },
        { "whatsapp", "phone" }, { "signal", "phone" }, { "viber", "phone" },
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++)
        if (strcmp(rows[i].kind, kind) == 0)
            return rows[i].address_kind;
    return kind;
}

/* "Name <address>", "<address>" or "address". Quotes around the name are not part of it. */
static void split_from(const char *from, struct span *name, struct span *address)
{
    const char *open = strrchr(from, '<');
    const char *close = strrchr(from, '>');

    *name = span_make("", 0);
    *address = text_trim(span_of(from));
    if (!open || !close || close[1])
        return;
    *address = text_trim(span_make(open + 1, (size_t)(close - (open + 1))));
    *name = text_trim(span_make(from, (size_t)(open - from)));
    if (name->len >= 2 && name->data[0] == '"' && name->data[name->len - 1] == '"')
        *name = span_make(name->data + 1, name->len - 2);
}

static int read_from(struct account *account, const struct conf_section *conf,
                     const struct account_defaults *defaults, char **from_name, struct err *err)
{
    const char *from = conf_text(conf, "from", NULL);
    struct span name, address;

    if (!from && defaults->needs_from)
        return conf_err(conf, "from", err, "from is missing: the address to send from");
    split_from(from ? from : "", &name, &address);
    if (text_has_control(span_of(from)))
        return conf_err(conf, "from", err, "from must not hold control characters");
    if (from && strcmp(account->address_kind, "email") == 0 && !text_is_email(address, true))
        return conf_err(conf, "from", err, "from must be \"Name <address>\" or an address");
    account->address = copy_span(address);
    if (from_name)
        *from_name = name.len ? copy_span(name) : NULL;
    return 0;
}

int account_init(struct account *account, const struct conf_section *conf,
                 const struct account_defaults *defaults, char **from_name, struct err *err)
{
    const char *kind = conf_text(conf, "channel", defaults->kind);
    int64_t sessions, batch;

    account->channel = defaults->channel;
    if (conf_check_keys(conf, defaults->channel->keys, err) < 0)
        return -1;
    if (!kind)
        return conf_err(conf, "channel", err, "channel is missing: email, sms, call...");
    account->name = xstrdup(conf->name);
    account->kind = xstrdup(kind);
    account->address_kind = address_kind_of(account->kind);
    if (read_from(account, conf, defaults, from_name, err) < 0 ||
        conf_int(conf, "sessions", (struct conf_range){ 1, MOST_SESSIONS, defaults->sessions },
                 &sessions, err) < 0 ||
        conf_int(conf, "batch", (struct conf_range){ 1, MOST_BATCH, defaults->batch }, &batch,
                 err) < 0)
        return -1;
    account->sessions = (int)sessions;
    account->batch = (int)batch;
    return 0;
}

void account_finish(struct account *account)
{
    free((void *)account->name);
    free((void *)account->kind);
    free((void *)account->address);
}

static bool is_key(const char *key)
{
    size_t len = strspn(key, "abcdefghijklmnopqrstuvwxyz0123456789");

    return len > 0 && len <= KEY_OCTETS && key[len] == '\0';
}

int message_check(const struct message *message, struct err *err)
{
    const struct {
        const char *name, *text;
    } fields[] = {
        { "to", message->to },
        { "from", message->from },
        { "from_name", message->from_name },
        { "to_name", message->to_name },
        { "subject", message->subject },
        { "thread_id", message->thread_id },
        { "message_id", message->message_id },
        { "in_reply_to", message->in_reply_to },
        { "references", message->references },
        { "reply_to", message->reply_to },
        { "return_path", message->return_path },
        { "unsubscribe_url", message->unsubscribe_url },
        { "unsubscribe_mail", message->unsubscribe_mail },
        { "date", message->date },
    };

    if (!message->key || !is_key(message->key))
        return err_set(err, ERR_INPUT, "key must be 1-64 of a-z and 0-9");
    if (!message->to || !*message->to)
        return err_set(err, ERR_INPUT, "to is missing");
    if (!message->from || !message->text)
        return err_set(err, ERR_INPUT, "from and text must be given");
    for (size_t i = 0; i < COUNT_OF(fields); i++)
        if (fields[i].text && text_has_control(span_of(fields[i].text)))
            return err_set(err, ERR_INPUT, "%s holds a control character", fields[i].name);
    return 0;
}

void copy_printable(char *to, size_t size, struct span text)
{
    const char *at = text.data, *end = text.data + text.len;
    size_t used = 0;

    while (at < end) {
        const char *start = at;
        uint32_t point = text_next_point(&at, end);
        bool control = point < 0x20 || (point >= 0x7f && point < 0xa0);
        bool broken = point == 0xFFFD;
        size_t len = control || broken ? 1 : (size_t)(at - start);

        if (used + len >= size)
            break;
        if (control || broken)
            to[used] = broken ? '?' : ' ';
        else
            memcpy(to + used, start, len);
        used += len;
    }
    to[used] = '\0';
}

void result_set(struct send_result *result, enum send_status status, const char *reason)
{
    *result = (struct send_result){ .status = status };
    copy_printable(result->reason, sizeof(result->reason), span_of(reason));
}
