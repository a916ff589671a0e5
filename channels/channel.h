/* channels/channel.h - what a channel promises the engine. Knows no sequence, no database.
 *
 * RULES FOR EVERY CHANNEL (tests/channels/test_contract.c holds each of them to these):
 *  1. send() gets a batch and fills one result for each message, whatever happens; it cannot fail
 *     otherwise.
 *  2. send() MAY block, at most env->timeout_ms per message; several threads MAY call it at once
 *     for one account.
 *  3. send() MUST NOT retry, sleep, or remember messages: the engine owns time and retries.
 *  4. send() MUST call watch->begun(i) before the first byte that can cause acceptance of message i
 *     leaves, at most once; and watch->answered(i) as soon as its result is known, exactly once;
 *     both from the calling thread.
 *  5. A message whose begun() was called and that got no answer is SEND_UNSURE; one whose begun()
 *     was not called is never SEND_UNSURE and never SEND_OK.
 *  6. CR, LF, NUL or another control in an address, subject or id makes that message SEND_REFUSED;
 *     the others go on.
 *  7. Nothing but env and the account's own sockets is touched; no globals, no files.
 *  8. A secret MUST NOT reach a log line, err->text or result->reason.
 *  9. webhook() only emits events; it MUST NOT decide what follows from them.   */
#ifndef HEED_CHANNELS_CHANNEL_H
#define HEED_CHANNELS_CHANNEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/arena.h"
#include "core/base/clock.h"
#include "core/base/conf.h"
#include "core/base/err.h"
#include "core/base/span.h"

struct http;          /* core/net/http.h  */
struct httpd_request; /* core/net/httpd.h */

/* One rendered message to one recipient. All pointers are borrowed until send() returns; NULL = not
 * given. */
struct message {
    /* our reference: the same text on every attempt; [a-z0-9], <= 64 bytes; never NULL */
    const char *key;
    const char *to, *from; /* addresses of the channel's kind, never NULL */
    const char *from_name; /* display name, UTF-8 */
    const char *to_name;
    const char *subject;   /* UTF-8 */
    const char *text;      /* UTF-8, LF lines, never NULL */
    const char *html;      /* UTF-8 */
    const char *thread_id; /* provider id of the message answered (chats) */
    /* E-mail only. Ids come with their angle brackets. */
    const char *message_id; /* never NULL for e-mail */
    const char *in_reply_to;
    const char *references;       /* the whole chain, oldest first, separated by single spaces */
    const char *reply_to;         /* address that carries the reply token */
    const char *return_path;      /* envelope sender; NULL = from */
    const char *unsubscribe_url;  /* https, one-click (RFC 8058) */
    const char *unsubscribe_mail; /* address */
    const char *date; /* RFC 5322 date; never NULL for e-mail; the same on every attempt */
    bool automatic;   /* an answer no person wrote: Auto-Submitted: auto-replied (RFC 3834) */
};

enum send_status {
    SEND_OK,      /* the provider took it */
    SEND_RETRY,   /* not taken; later may work (4xx, 429, no route) */
    SEND_REFUSED, /* never for this recipient (5xx, bad number, blocked) */
    SEND_BROKEN,  /* the account itself: bad key, no credit; pause it. The message was not taken */
    SEND_UNSURE,  /* perhaps taken; the engine must not blindly resend */
};

struct send_result {
    enum send_status status;
    bool address_dead;      /* with SEND_REFUSED: the address does not exist or does not want us;
                               suppress it */
    bool opted_out;         /* with SEND_REFUSED: the provider says the person opted out */
    int64_t retry_after_ms; /* provider's wish, 0 = none; only with SEND_RETRY and SEND_BROKEN */
    char provider_id[128];  /* "" when none; for SMTP the reply text of acceptance */
    char reason[200];       /* for people and the log; "" when OK */
};

/* How the engine watches a batch in the air (flight.h). Both are cheap, never block and never fail.
 */
struct send_watch {
    void (*begun)(const struct send_watch *watch, size_t index);
    void (*answered)(const struct send_watch *watch, size_t index,
                     const struct send_result *result);
};

struct outgoing { /* a batch: rule 1 */
    const struct message *messages;
    size_t count;
    const struct send_watch *watch; /* never NULL */
};

enum channel_event_kind { CHANNEL_REPLIED, CHANNEL_STATUS };

/* In rank order; a later rank never gives way to an earlier one */
enum delivery {
    DELIVERY_QUEUED,
    DELIVERY_SENT,
    DELIVERY_UNDELIVERED, /* did not reach the person; a later "delivered" still wins */
    DELIVERY_BOUNCED,     /* the address refused */
    DELIVERY_DELIVERED,
    DELIVERY_READ,
    DELIVERY_OPTED_OUT,
};

struct channel_event { /* borrowed until the emit call returns; NULL = not said */
    enum channel_event_kind kind;
    const char *event_id;    /* unique within the account: duplicates have one effect */
    const char *provider_id; /* STATUS: of the message it is about */
    const char *key;         /* STATUS: our reference, when the provider carries it back */
    const char *thread_id;   /* REPLIED: provider id of the message they answer */
    /* REPLIED: from is the person, to our address. STATUS: to is the person. */
    const char *from, *from_name, *to, *text;
    int64_t at_ms;          /* provider's time, UTC unix ms; 0 = not said */
    enum delivery delivery; /* STATUS */
    const char *code;       /* STATUS: the provider's error code */
};

struct channel_sink { /* where events go; the channel only calls emit */
    /* NULL: only the ack (a handshake) is asked for */
    void (*emit)(const struct channel_sink *sink, const struct channel_event *event);
    struct arena *scratch; /* memory of this request: of events and of the ack */
};

/* What a webhook request is answered with. */
struct channel_ack {
    int status;
    const char *content_type, *body; /* static or arena */
};

struct channel_env { /* everything a channel may touch; tests pass fakes. Outlives every account. */
    struct http *http;
    const struct clock *clock;
    int64_t timeout_ms;     /* real ms */
    const char *public_url; /* "https://heed.example.com", no slash at the end; NULL = not reachable
                               from outside */
    const char *provider_dirs; /* ':'-separated folders with provider files, first wins */
    bool allow_plain_loopback; /* http and SMTP without TLS to 127.0.0.0/8 and ::1 are fine (tests,
                                  local relays) */
    int out_fd;                /* console: where to write; -1 = stdout */
};

struct channel;

struct account { /* an opened sender; each channel embeds it first. Immutable after open: threads
                    share it. */
    const struct channel *channel;
    const char *name;          /* the config section it came from */
    const char *kind;          /* what it carries: "email", "sms", "telegram", "call"... */
    const char *address;       /* our own address: mailbox, number, bot name */
    const char *address_kind;  /* what `to` must be: "email", "phone", "telegram"... */
    size_t max_text_bytes;     /* 0 = no limit */
    int64_t session_window_ms; /* free text only this long after their last message; 0 = always */
    int batch;                 /* best count of messages in one send(), >= 1 */
    int sessions;              /* how many send() at once, >= 1 */
    bool human;                /* send() opens a task for a person */
};

struct channel {
    /* "smtp", "http", "task", "console": the word after `through =` in heed.conf */
    const char *name;
    const char *const *keys; /* configuration keys it knows, NULL-ended, for checks and help */

    /* Required. NULL and err set on bad settings; owns nothing of conf afterwards. */
    struct account *(*open)(const struct conf_section *conf, const struct channel_env *env,
                            struct err *err);
    /* Required. NULL is fine. */
    void (*close)(struct account *account);
    /* Required. Rules 1-8. scratch: memory of this batch. watch is never NULL. */
    void (*send)(struct account *account, const struct outgoing *outgoing, struct arena *scratch,
                 struct send_result *results);
    /* Optional: is this request truly from the provider? Over the raw bytes, constant time. 0, or
     * -1 and err. */
    int (*verify)(struct account *account, const struct httpd_request *request,
                  struct arena *scratch, struct err *err);
    /* Optional: reads a stored, verified request. 0 and *ack, or -1 and err when it makes no sense.
     * */
    int (*webhook)(struct account *account, const struct httpd_request *request,
                   const struct channel_sink *sink, struct channel_ack *ack, struct err *err);
    /* Optional: log in without sending anything; for `heed account test`. 0 and a sentence, or -1
     * and err. */
    int (*test)(struct account *account, char sentence[200], struct err *err);
};

/* The channel called `name`, or NULL. Static storage. */
const struct channel *channel_find(const char *name);
/* All channels, ending with NULL; for `heed account` and the contract test. */
extern const struct channel *const channel_all[];

/* Opens the [sender NAME] section: picks the channel by `through`. NULL and err on bad settings. */
struct account *account_open(const struct conf_section *conf, const struct channel_env *env,
                             struct err *err) MUST_USE;
void account_close(struct account *account); /* NULL is fine */

#endif
