/* channels/provider_account.h - a sender through http: its provider file, its settings, where its
 * webhooks arrive. Only http_provider.c and its helpers include it. */
#ifndef HEED_CHANNELS_PROVIDER_ACCOUNT_H
#define HEED_CHANNELS_PROVIDER_ACCOUNT_H

#include "channels/channel.h"
#include "channels/provider_file.h"
#include "channels/provider_template.h"

#define PROVIDER_SETTINGS_MAX 40
#define PROVIDER_HIDDEN_MAX 120

struct http_account {
    struct account base; /* first */
    const struct channel_env *env;
    struct provider *provider;
    char *url;          /* base_url or the provider's, no slash at the end */
    char *webhook_path; /* "/webhook/NAME" */
    char *webhook_url;  /* with the secret where it belongs; NULL = we cannot be reached */
    char *secret;       /* what must stand behind webhook_path; NULL = nothing */
    struct var settings[PROVIDER_SETTINGS_MAX];
    struct vars vars;
    char *hidden[PROVIDER_HIDDEN_MAX]; /* secrets as they are, and as requests carry them */
    size_t hidden_count;
};

/* As channel.h's open and close; the caller sets base.channel. */
struct account *provider_account_open(const struct conf_section *conf,
                                      const struct channel_env *env, struct err *err) MUST_USE;
void provider_account_close(struct account *base); /* NULL is fine; wipes secrets */

/* Puts stars over every secret in text. */
void provider_account_hide(const struct http_account *account, char *text, size_t len);

#endif
