/* core/engine/inbox_inside.h - what the files of the inbox share while one message is heard. For inbox*.c only. */
#ifndef HEED_ENGINE_INBOX_INSIDE_H
#define HEED_ENGINE_INBOX_INSIDE_H

#include "core/engine/inbox.h"
#include "core/store/touches.h"

#define INBOX_UNSUBSCRIBE "unsubscribe" /* the source of one-click unsubscribes */

/* A message as read, or a receipt of a webhook; strings live where it was read. */
struct inbox_part {
    const char *channel;
    const struct sender *sender;       /* it came to, or NULL: a mail */
    const struct channel_event *event; /* of a webhook, or NULL: a mail */
    /* Of a message: */
    const char *external_id; /* to answer in the thread */
    const char *identity;    /* the same by whatever way it comes; NULL = nothing tells */
    struct reading reading;
    struct match_inbound question;
    struct match_keys keys;
    struct inbox_part *next;
};

/* What an inbound brings: a mail one message, a webhook any number of messages and receipts. */
struct inbox_content {
    struct inbox_part *parts;
    const char *broken; /* why those behind the last part cannot be read, or NULL */
};

struct heard { /* one message on its way through the effects */
    struct inbox *inbox;
    const struct inbound *inbound;
    const char *channel, *sender;  /* where it arrived */
    const char *external_id;       /* to answer in the thread */
    const struct inbox_part *part; /* as it was read, or NULL: corrected since */
    struct reading reading;
    const char *more_rules; /* what the reading itself could not know, or NULL */
    struct match_inbound question;
    struct match_keys keys;
    struct match match;
    const struct touch_brief *touch; /* the one it is credited to, when inbox_touch() was asked */
    struct enrollments enrollments;  /* of the prospect, where matching read them */
    struct prospect prospect;
    bool known; /* prospect is filled */
    struct message_row row;
    enum sequence_follow follow; /* of their sequences; set by inbox_decide() */
    const char *followed_on;     /* the channel until now, NULL = the order */
};

struct arena *inbox_arena(const struct heard *a);
/* "me_...", in the arena. */
const char *inbox_id(struct arena *arena, const char *prefix, int64_t id);

/* The touch that the message is credited to: a->touch, NULL when there is none. 0 or -1. */
int inbox_touch(struct heard *a, struct err *err) MUST_USE;

/* What a message that arrived at_ms is read with, before it is known whose it is. */
struct reading_env inbox_reading_env(const struct inbox *inbox, int64_t at_ms);

/* Times and numbers anew, by the zone and country of the prospect whose words they are. */
void inbox_read_in_place(struct heard *a, const struct prospect *who);

/* What is known of an inbound without the store (inbox_read.c): of the inbox only own addresses, workspace and mail_source are asked. */
bool inbox_is_mail(const struct inbound *in);
void inbox_read(const struct inbox *inbox, const struct inbound *in, struct arena *arena,
                struct inbox_content *out);
/* The same, as it was read ahead or else read now. */
const struct inbox_content *inbox_content_of(const struct inbox *inbox, const struct inbound *in);
/* Begins with a message: the reading, and what is asked about whose it is. */
void inbox_begin(struct inbox *inbox, const struct inbound *in, const struct inbox_part *part,
                 struct heard *a);

/* A mailto unsubscribe carries its wish in the address, whatever the mail says. */
void inbox_note_unsubscribe(const struct match_keys *keys, struct reading *reading);

/* Whose it is, what follows from its kind, and its row. a->reading and a->question are filled. 0 or -1. */
int inbox_hear(struct heard *a, struct err *err) MUST_USE;

/* The same for a message that is stored (a->row), with the reading that a person corrected: what followed has been taken back,
 * what follows now is done. 0 or -1. */
int inbox_hear_again(struct heard *a, struct err *err) MUST_USE;

/* The row, state "done"; and only what was read from the words. */
void inbox_fill_row(struct heard *a);
void inbox_fill_verdict(const struct heard *a, struct message_row *row);

/* What follows, from the reading and what the store knows of them. 0 or -1. */
int inbox_decide(struct heard *a, struct response *out, struct err *err) MUST_USE;
/* The channel followed from now on, what they avoid, where they can be reached. 0 or -1. */
int inbox_follow(struct heard *a, const struct response *response, struct err *err) MUST_USE;

/* What follows from a kind (inbox_person.c, inbox_machine.c). 0 or -1. */
int inbox_hear_person(struct heard *a, struct err *err) MUST_USE;
int inbox_hear_bounce(struct heard *a, struct err *err) MUST_USE;
int inbox_hear_complaint(struct heard *a, struct err *err) MUST_USE;
int inbox_hear_auto_reply(struct heard *a, struct err *err) MUST_USE;
int inbox_hear_receipt(struct heard *a, struct err *err) MUST_USE;

/* Other ways in than mail (inbox_events.c). 0 or -1. */
int inbox_webhook(struct inbox *inbox, struct inbound *in, struct err *err) MUST_USE;
int inbox_unsubscribe(struct inbox *inbox, struct inbound *in, struct err *err) MUST_USE;

/* How it ended; note: of the inbox's arena, NULL = as it is. */
void inbox_close(struct inbound *in, const char *state, const char *note);

#endif
