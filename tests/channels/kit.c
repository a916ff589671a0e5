/* tests/channels/kit.c - see kit.h. */
#include "tests/channels/kit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/str.h"

static void note_begun(const struct send_watch *watch, size_t index)
{
    struct kit_watch *kit = (struct kit_watch *)(uintptr_t)watch;

    if (index < KIT_MOST && pthread_equal(kit->thread, pthread_self()))
        kit->begun[index]++;
    else
        kit->wrong = true;
}

static void note_answered(const struct send_watch *watch, size_t index,
                          const struct send_result *result)
{
    struct kit_watch *kit = (struct kit_watch *)(uintptr_t)watch;

    if (index >= KIT_MOST || !pthread_equal(kit->thread, pthread_self()) ||
        (result->status == SEND_OK && !kit->begun[index])) {
        kit->wrong = true;
        return;
    }
    kit->answered[index]++;
    kit->told[index] = result->status;
}

void kit_watch_init(struct kit_watch *watch)
{
    *watch = (struct kit_watch){ .watch = { .begun = note_begun, .answered = note_answered },
                                 .thread = pthread_self() };
}

static struct account *open_text(const char *lines, const struct channel_env *env, struct err *err)
{
    struct account *account = NULL;
    struct conf *conf;
    struct str text;

    str_init(&text, 10000);
    str_printf(&text, "[sender test]\n%s\n", lines);
    conf = conf_parse(str_text(&text), "heed.conf", err);
    if (conf)
        account = account_open(conf_find(conf, "sender", "test"), env, err);
    conf_destroy(conf);
    str_finish(&text);
    return account;
}

struct account *kit_open(const char *lines, const struct channel_env *env)
{
    struct err err = { 0 };
    struct account *account = open_text(lines, env, &err);

    if (!account)
        print_error("%s\n", err.text);
    assert_non_null(account);
    return account;
}

const char *kit_open_error(const char *lines, const struct channel_env *env)
{
    static struct err err;
    struct account *account;

    err = (struct err){ 0 };
    account = open_text(lines, env, &err);
    assert_null(account);
    return err.text;
}

struct channel_env kit_env(int64_t timeout_ms)
{
    return (
        struct channel_env){ .timeout_ms = timeout_ms, .allow_plain_loopback = true, .out_fd = -1 };
}

static struct {
    char key[16], id[40], to[40];
} mails[KIT_MOST];

static void fill_mails(void)
{
    for (int i = 0; i < KIT_MOST; i++) {
        snprintf(mails[i].key, sizeof(mails[i].key), "k%d", i);
        snprintf(mails[i].id, sizeof(mails[i].id), "<m%d@example.com>", i);
        snprintf(mails[i].to, sizeof(mails[i].to), "to%d@example.com", i);
    }
}

struct message kit_mail(int number)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;

    pthread_once(&once, fill_mails);
    number %= KIT_MOST;
    return (struct message){
        .key = mails[number].key,
        .to = mails[number].to,
        .from = "sam@example.com",
        .from_name = "Sam Carter",
        .subject = "About the proposal",
        .text = "Hello,\n.\nall the best\n",
        .message_id = mails[number].id,
        .date = "Tue, 03 Mar 2026 09:00:00 +0000",
    };
}
