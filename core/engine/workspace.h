/* core/engine/workspace.h - one workspace opened: heed.conf, the store, the token keys, the senders, and what they share.
 * Knows no command and no thread. */
#ifndef HEED_ENGINE_WORKSPACE_H
#define HEED_ENGINE_WORKSPACE_H

#include "channels/channel.h"
#include "core/base/clock.h"
#include "core/base/conf.h"
#include "core/base/zone.h"
#include "core/engine/policy.h"
#include "core/engine/token.h"
#include "core/replies/lexicon.h"
#include "core/store/db.h"

struct sender { /* a [sender NAME] section, opened */
    const char *name;
    struct account *account;
    const char *channel;    /* what it carries: "email" */
    const char *from_name;  /* display name, else that of the first sender with one, else NULL */
    const char *first_name; /* of from_name */
    bool reply_plus, return_path_plus;
    int per_minute, per_day; /* 0 = no limit */
};

struct workspace {
    char *folder, *store_path, *template_dirs, *provider_dirs;
    char *phrase_dirs;             /* of the linter, ':' between */
    const struct lexicon *lexicon; /* how replies are read: ours, then the folder lexicon/ */
    bool lint_hold;                /* a message with an error of the linter is held */
    struct conf *conf;
    struct db *db; /* of the opening thread */
    struct clock clock;
    const struct zone *zone; /* for prospects whose zone is unknown, and for dates we write */
    const char *region, *postal_address, *public_url; /* NULL = not set; borrowed from conf */
    struct token_keys tokens;
    struct channel_env env;
    struct sender *senders;
    size_t sender_count;
    struct arena arena; /* of names above */
};

enum workspace_need {
    WORKSPACE_STORE,   /* conf and store */
    WORKSPACE_SENDERS, /* and the senders opened, without any network traffic */
};

/* folder: NULL = $HEED_WORKSPACE, else the current one. The caller closes. NULL and err; a missing heed.conf says to
 * run `heed init`. */
struct workspace *workspace_open(const char *folder, enum workspace_need need,
                                 struct err *err) MUST_USE;
/* The same, and somebody waits while a store of before is brought up to date (store/hints.h); NULL = nobody does. */
struct hints_watch;
struct workspace *workspace_open_watched(const char *folder, enum workspace_need need,
                                         const struct hints_watch *watch, struct err *err) MUST_USE;
void workspace_close(struct workspace *workspace); /* NULL is fine */

/* A further connection to the same store, for another thread. */
struct db *workspace_db(const struct workspace *workspace, enum db_mode mode,
                        struct err *err) MUST_USE;

/* By section name, or NULL. / Those that carry `channel`, the n-th, or NULL. */
struct sender *workspace_sender(const struct workspace *workspace, const char *name);
struct sender *workspace_sender_for(const struct workspace *workspace, const char *channel,
                                    size_t n);

/* The prospect's zone, or the workspace's when it is NULL or unknown. */
const struct zone *workspace_zone(const struct workspace *workspace, const char *name);

/* "email" for email, "phone" for sms, whatsapp, signal and call, the channel's own name for others; NULL for channels
 * that need no address (letter, visit, gift, social). */
const char *workspace_address_kind(const char *channel);

int64_t workspace_now(const struct workspace *workspace);

#endif
