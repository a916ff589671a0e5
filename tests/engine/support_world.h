/* tests/engine/support_world.h - a small world for tests of the engine: a workspace in a temporary folder, console senders, a
 * clock that stands where the test puts it. Every step that can fail fails the test. */
#ifndef HEED_TESTS_ENGINE_SUPPORT_WORLD_H
#define HEED_TESTS_ENGINE_SUPPORT_WORLD_H

#include "core/engine/engine.h"
#include "core/store/follow.h"
#include "core/store/inbounds.h"
#include "core/store/plans.h"
#include "core/store/prospects.h"
#include "core/store/touches.h"

struct world {
    char folder[64];
    struct workspace *workspace;
    struct arena arena;       /* what the look-ups below return lives here */
    const char *mail_program; /* engine_options.mail_program of world_run() */
};

/* Tuesday 2026-12-01 10:00 in Berlin: inside every window. */
#define WORLD_START INT64_C(1796115600000)

/* senders: the [sender] sections of heed.conf; NULL = console senders for email, sms and telegram, task for call. */
void world_create(struct world *world, const char *senders);
void world_destroy(struct world *world);
void world_reopen(struct world *world, const char *senders); /* the same store, other senders */

/* A sequence "s" with steps one, two, three, a day apart; follow: "auto", "ask" or "never". Template "t" says something everywhere. */
void world_plan(struct world *world, const char *follow);
void world_template(struct world *world, const char *name, const char *part, const char *source);

/* A prospect with e-mail and, unless NULL, phone; returns the id. */
int64_t world_prospect(struct world *world, const char *first_name, const char *email,
                       const char *phone);
void world_enroll(struct world *world, int64_t prospect_id);

/* Puts the clock and lets an engine do what is due. */
void world_run(struct world *world, int64_t now_ms);

/* A mail in the inbox, to be heard by the next run. "\n" becomes CRLF; $TOKEN in it the reply token of the touch. */
void world_mail(struct world *world, int64_t touch_id, const char *text);

struct prospect world_get(struct world *world, int64_t prospect_id);
/* The n-th newest touch (0 = newest); state NULL when there is none. */
struct touch world_touch(struct world *world, int64_t prospect_id, int n);
struct enrollment world_enrollment(struct world *world, int64_t prospect_id);
struct message_row world_message(struct world *world, int64_t prospect_id); /* newest */
int world_switches(struct world *world, int64_t prospect_id);
int64_t world_count(struct world *world, const char *what); /* a table's rows, "touch WHERE ..." */

#endif
