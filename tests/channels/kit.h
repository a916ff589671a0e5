/* tests/channels/kit.h - what the tests of channels share: accounts from text, messages, a watch
 * that remembers. */
#ifndef HEED_TESTS_CHANNELS_KIT_H
#define HEED_TESTS_CHANNELS_KIT_H

#include <pthread.h>

#include "channels/channel.h"

#define KIT_MOST 64

struct kit_watch {
    struct send_watch watch; /* first */
    int begun[KIT_MOST], answered[KIT_MOST];
    enum send_status told[KIT_MOST];
    pthread_t thread; /* that made it */
    bool wrong;       /* OK before begun, a bad index, or another thread */
};

void kit_watch_init(struct kit_watch *watch);

/* Opens "[sender test]" with these lines. Fails the test when it cannot. */
struct account *kit_open(const char *lines, const struct channel_env *env);
/* NULL expected: the error's text, static. */
const char *kit_open_error(const char *lines, const struct channel_env *env);

struct channel_env kit_env(int64_t timeout_ms);

/* A good e-mail to to@example.com; number makes it differ. Static storage per number. */
struct message kit_mail(int number);

#endif
