/* channels/registry.c - the list of channels, by hand, and how an account is opened. */
#include <string.h>

#include "channels/channel.h"
#include "channels/console.h"
#include "channels/http_provider.h"
#include "channels/smtp.h"
#include "channels/task.h"
#include "core/base/text.h"

const struct channel *const channel_all[] = {
    &channel_smtp, &channel_http, &channel_task, &channel_console, NULL,
};

const struct channel *channel_find(const char *name)
{
    for (size_t i = 0; channel_all[i]; i++)
        if (strcmp(channel_all[i]->name, name) == 0)
            return channel_all[i];
    return NULL;
}

struct account *account_open(const struct conf_section *conf, const struct channel_env *env,
                             struct err *err)
{
    const char *names[sizeof(channel_all) / sizeof(channel_all[0])] = { NULL };
    const char *through = conf_text(conf, "through", NULL);
    const struct channel *channel;

    if (!through) {
        conf_err(conf, "through", err, "through is missing: smtp, http, task or console");
        return NULL;
    }
    channel = channel_find(through);
    if (channel)
        return channel->open(conf, env, err);
    for (size_t i = 0; channel_all[i]; i++)
        names[i] = channel_all[i]->name;
    conf_err(conf, "through", err, "no channel is called \"%s\"%s", through,
             text_hint(through, names).text);
    return NULL;
}

void account_close(struct account *account)
{
    if (account)
        account->channel->close(account);
}
