/* channels/task.c - see task.h. Does nothing itself: SEND_OK tells the engine to open a task, and
 * the task's disposition is the true result. */
#include "channels/task.h"

#include <stdio.h>
#include <stdlib.h>

#include "channels/account.h"

static void task_close(struct account *account)
{
    if (!account)
        return;
    account_finish(account);
    free(account);
}

static struct account *task_open(const struct conf_section *conf, const struct channel_env *env,
                                 struct err *err)
{
    static const struct account_defaults defaults = { .channel = &channel_task,
                                                      .sessions = 1,
                                                      .batch = 50 };
    struct account *account = xcalloc(1, sizeof(*account));

    (void)env;
    account->human = true;
    if (account_init(account, conf, &defaults, NULL, err) == 0)
        return account;
    task_close(account);
    return NULL;
}

static void task_send(struct account *account, const struct outgoing *outgoing,
                      struct arena *scratch, struct send_result *results)
{
    (void)account;
    (void)scratch;
    for (size_t i = 0; i < outgoing->count; i++) {
        struct err err;

        if (message_check(&outgoing->messages[i], &err) < 0) {
            result_set(&results[i], SEND_REFUSED, err.text);
        } else {
            outgoing->watch->begun(outgoing->watch, i);
            result_set(&results[i], SEND_OK, "");
            snprintf(results[i].provider_id, sizeof(results[i].provider_id), "task");
        }
        outgoing->watch->answered(outgoing->watch, i, &results[i]);
    }
}

static int task_test(struct account *account, char sentence[200], struct err *err)
{
    (void)err;
    snprintf(sentence, 200, "each %.60s becomes a task for a person", account->kind);
    return 0;
}

const struct channel channel_task = {
    .name = "task",
    .keys = (const char *const[]){ ACCOUNT_KEYS, NULL },
    .open = task_open,
    .close = task_close,
    .send = task_send,
    .test = task_test,
};
