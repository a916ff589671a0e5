/* channels/account.h - what all our channels do alike: read the common keys of [sender], check a
 * message, fill a result. Sends nothing. */
#ifndef HEED_CHANNELS_ACCOUNT_H
#define HEED_CHANNELS_ACCOUNT_H

#include "channels/channel.h"

/* The keys every [sender] knows; some of them only the engine reads. */
#define ACCOUNT_KEYS                                                                               \
    "through", "channel", "from", "reply_plus", "return_path_plus", "sessions", "batch",           \
        "per_minute", "per_day"

/* What differs between the channels when they read the common keys. */
struct account_defaults {
    const struct channel *channel;
    const char *kind; /* when `channel` is not given; NULL = it must be */
    int sessions, batch;
    bool needs_from;
};

/* Fills the base of a zeroed account from its section, copying all it keeps; *from_name (may be
 * NULL) gets a copy of the display name of `from`, or NULL. Rejects unknown keys by
 * channel->keys. 0, or -1 and err; call account_finish() either way. */
int account_init(struct account *account, const struct conf_section *conf,
                 const struct account_defaults *defaults, char **from_name,
                 struct err *err) MUST_USE;
void account_finish(struct account *account);

/* Rule 6: no control in an address, name, subject, date or id; key is [a-z0-9]{1,64}; from and to
 * are there. 0, or -1 and err naming the field. */
int message_check(const struct message *message, struct err *err) MUST_USE;

/* Sets status and reason (cut at a code point, controls as spaces); the rest of *result is zeroed.
 */
void result_set(struct send_result *result, enum send_status status, const char *reason);

/* Copies text into `to` (size > 0), cut at a code point, valid UTF-8, controls as spaces. */
void copy_printable(char *to, size_t size, struct span text);

#endif
