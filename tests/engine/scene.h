/* tests/engine/scene.h - a scenario of data/replies/match_scenarios_own on a real store: its world becomes prospects, enrollments and
 * touches in a workspace of its own, its message real bytes (a mail, a webhook, a web request) that go the whole way through
 * inbox_process(). What came of it is read from the store by who asks. */
#ifndef HEED_TESTS_ENGINE_SCENE_H
#define HEED_TESTS_ENGINE_SCENE_H

#include "core/base/attr.h"
#include "core/base/json.h"
#include "core/engine/inbox.h"

#define SCENE_MAX_IDS 200

struct scene_id { /* a thing of the world and its id in the store */
    int64_t world, store;
    const cJSON *json;
    bool was_active; /* enrollments: before the message came */
    int64_t replied; /* touches: credited before the message came */
};

struct scene_ids {
    struct scene_id list[SCENE_MAX_IDS];
    size_t count;
};

struct scene {
    struct arena *arena;
    const cJSON *world, *in; /* of the scenario */
    char folder[64];
    struct workspace *workspace;
    struct inbox inbox;
    struct planner planner;
    struct scene_ids prospects, enrollments, touches;
    int64_t received_ms, now_ms; /* when the message came, and when it is read */
    int port;                    /* of our web, when a browser asks something; else 0 */
    size_t messages_before;      /* rows of `message` when the message in question came */
    const char *inbound_state;   /* what became of it: "done", "duplicate"... */
    const char *page;            /* of a web request: what was answered, NULL = nothing */
    const char *trouble;         /* why the scenario could not be played, NULL = it was */
};

/* Plays `scenario` ({"world":..., "inbound":...}); world: of scenarios that bring none, or NULL. Always to be ended with
 * scene_finish(), also with `trouble`. */
void scene_play(struct scene *scene, const cJSON *scenario, const cJSON *world,
                struct arena *arena);
void scene_finish(struct scene *scene);

/* Notes the first trouble; returns false. */
bool scene_fail(struct scene *scene, const char *format, ...) PRINTF_LIKE(2, 3);

/* The row of a world id, or NULL. */
const struct scene_id *scene_of_world(const struct scene_ids *ids, int64_t world);
const struct scene_id *scene_of_store(const struct scene_ids *ids, int64_t store);

/* Domains are reserved ones (RFC 2606); "gmail.example" stands for the free mailer itself. In the arena. */
const char *scene_address(const struct scene *scene, const char *address);

/* Business ms of "2026-11-10T09:00Z" (seconds may stand behind); 0 = no time. */
int64_t scene_time(const char *text);

/* ---- between the files of the scene ---- */

/* The workspace with its senders, prospects, enrollments and touches (scene_world.c). */
bool scene_build(struct scene *scene);
void scene_tear_down(struct scene *scene);
/* The section of heed.conf of our address on a channel, e.g. "sms0" (scene_world.c). */
const char *scene_sender(struct scene *scene, const char *channel, const char *our);

/* The bytes of the e-mail (scene_mail.c). nth: 0, or 1 for an earlier one with the same Message-ID and another body. */
bool scene_mail(struct scene *scene, int nth, struct str *out);

/* Chooses scene->port; GET or POST of a path, as a browser or a scanner sends it (scene_web.c). */
bool scene_choose_port(struct scene *scene);
bool scene_request(struct scene *scene);

/* The token behind a name: "TKA", "unsub-TKA"; a name that no touch has gives one with a bad MAC. fallback: the kind without
 * prefix (scene_mail.c). */
const char *scene_token(struct scene *scene, const char *name, enum token_kind fallback);
const char *scene_message_id(struct scene *scene, const char *name);

#endif
