/* channels/console.c - see console.h. Reaches nobody. `outcome` makes every message end that way,
 * for tests of what comes after. */
#include "channels/console.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "channels/account.h"
#include "core/base/str.h"
#include "core/base/text.h"

#define MESSAGE_MAX_BYTES ((size_t)10 << 20)

struct console {
    struct account base;
    int fd;
    enum send_status outcome;
};

/* Several accounts may write to one terminal: a message comes out whole. */
static pthread_mutex_t writing = PTHREAD_MUTEX_INITIALIZER;

static const struct {
    const char *name;
    enum send_status status;
} outcomes[] = {
    { "ok", SEND_OK },         { "retry", SEND_RETRY },   { "refused", SEND_REFUSED },
    { "broken", SEND_BROKEN }, { "unsure", SEND_UNSURE },
};

static int read_outcome(struct console *console, const struct conf_section *conf, struct err *err)
{
    const char *name = conf_text(conf, "outcome", "ok");

    for (size_t i = 0; i < COUNT_OF(outcomes); i++)
        if (strcmp(outcomes[i].name, name) == 0) {
            console->outcome = outcomes[i].status;
            return 0;
        }
    return conf_err(conf, "outcome", err,
                    "outcome must be ok, retry, refused, broken or unsure, not \"%s\"", name);
}

static void console_close(struct account *account)
{
    if (!account)
        return;
    account_finish(account);
    free(account);
}

static struct account *console_open(const struct conf_section *conf, const struct channel_env *env,
                                    struct err *err)
{
    static const struct account_defaults defaults = {
        .channel = &channel_console, .kind = "email", .sessions = 1, .batch = 50
    };
    struct console *console = xcalloc(1, sizeof(*console));

    console->fd = env->out_fd < 0 ? STDOUT_FILENO : env->out_fd;
    if (account_init(&console->base, conf, &defaults, NULL, err) == 0 &&
        read_outcome(console, conf, err) == 0)
        return &console->base;
    console_close(&console->base);
    return NULL;
}

static void add_line(struct str *out, const char *name, const char *value)
{
    if (value)
        str_printf(out, "%-8s %s\n", name, value);
}

/* The text, indented; controls other than the line end as '?', lest they move a terminal. */
static void add_text(struct str *out, const char *text)
{
    struct span rest = span_of(text), line;

    while (text_next_line(&rest, &line)) {
        str_add_text(out, "    ");
        for (size_t i = 0; i < line.len; i++) {
            unsigned char c = (unsigned char)line.data[i];
            str_add_char(out, (c < 0x20 && c != '\t') || c == 0x7f ? '?' : (char)c);
        }
        str_add_char(out, '\n');
    }
}

static void compose(const struct console *console, const struct message *message, struct str *out)
{
    str_printf(out, "--- %s through %s, %s\n", console->base.kind, console->base.name,
               message->key);
    add_line(out, "from", message->from);
    add_line(out, "to", message->to);
    add_line(out, "subject", message->subject);
    add_line(out, "answers", message->thread_id);
    add_text(out, message->text);
    str_add_char(out, '\n');
}

/* Writes all of it, or says how much was. */
static size_t write_all(int fd, struct span bytes)
{
    size_t done = 0;

    pthread_mutex_lock(&writing);
    while (done < bytes.len) {
        ssize_t n = write(fd, bytes.data + done, bytes.len - done);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            break;
        done += (size_t)n;
    }
    pthread_mutex_unlock(&writing);
    return done;
}

static void deliver(const struct console *console, const struct message *message,
                    struct send_result *result)
{
    struct str out;
    size_t done;

    str_init(&out, MESSAGE_MAX_BYTES);
    compose(console, message, &out);
    done = write_all(console->fd, str_span(&out));
    if (!str_ok(&out))
        result_set(result, SEND_REFUSED, "the message is longer than 10 MB");
    else if (done == 0)
        result_set(result, SEND_RETRY, "nothing could be written");
    else if (done < out.len || console->outcome == SEND_UNSURE)
        result_set(result, SEND_UNSURE, "perhaps written");
    else
        result_set(result, SEND_OK, "");
    str_finish(&out);
}

static void send_one(const struct console *console, const struct message *message, size_t index,
                     const struct send_watch *watch, struct send_result *result)
{
    struct err err;

    if (message_check(message, &err) < 0) {
        result_set(result, SEND_REFUSED, err.text);
    } else if (console->outcome == SEND_OK || console->outcome == SEND_UNSURE) {
        watch->begun(watch, index);
        deliver(console, message, result);
    } else {
        result_set(result, console->outcome, "as its outcome is set in heed.conf");
    }
    if (result->status == SEND_OK)
        snprintf(result->provider_id, sizeof(result->provider_id), "console-%s", message->key);
    watch->answered(watch, index, result);
}

static void console_send(struct account *account, const struct outgoing *outgoing,
                         struct arena *scratch, struct send_result *results)
{
    const struct console *console = (const struct console *)account;

    (void)scratch;
    for (size_t i = 0; i < outgoing->count; i++)
        send_one(console, &outgoing->messages[i], i, outgoing->watch, &results[i]);
}

static int console_test(struct account *account, char sentence[200], struct err *err)
{
    (void)account;
    (void)err;
    snprintf(sentence, 200, "messages are written out and reach nobody");
    return 0;
}

const struct channel channel_console = {
    .name = "console",
    .keys = (const char *const[]){ ACCOUNT_KEYS, "outcome", NULL },
    .open = console_open,
    .close = console_close,
    .send = console_send,
    .test = console_test,
};
