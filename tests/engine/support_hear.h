/* tests/engine/support_hear.h - hearing a reading made by hand, as if its words had come in; and the invariants at the end. */
#ifndef HEED_TESTS_ENGINE_SUPPORT_HEAR_H
#define HEED_TESTS_ENGINE_SUPPORT_HEAR_H

// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
// clang-format on

#include <stdio.h>
#include <stdlib.h>

#include "core/base/id.h"
#include "core/base/text.h"
#include "core/engine/audit.h"
#include "core/engine/inbox_inside.h"
#include "support_world.h"

#define ANA "ana@northwind.example"
#define BEN "ben@acme.example"
#define PHONE "+4915112345678"

/* Ana in her sequence, whose first touch has gone out. Returns her id. */
static inline int64_t world_with_ana(struct world *world)
{
    int64_t ana;

    world_create(world, NULL);
    world_plan(world, "auto");
    ana = world_prospect(world, "Ana", ANA, PHONE);
    world_enroll(world, ana);
    world_run(world, WORLD_START);
    return ana;
}

struct people { /* two on one number */
    struct world world;
    int64_t ana, ben;
};

/* An hour after the first touches. */
static inline void people_create(struct people *p)
{
    world_create(&p->world, NULL);
    world_plan(&p->world, "auto");
    p->ana = world_prospect(&p->world, "Ana", ANA, PHONE);
    p->ben = world_prospect(&p->world, "Ben", BEN, PHONE);
    world_enroll(&p->world, p->ana);
    world_enroll(&p->world, p->ben);
    world_run(&p->world, WORLD_START);
    clock_set(&p->world.workspace->clock, WORLD_START + HOUR_MS);
}

/* What came in, where, from whom; everything else of the reading is the test's. */
struct said {
    const char *channel, *from, *words;
    struct reading reading;
};

static inline struct inbound store_words(struct world *world, const struct said *said)
{
    static int count;
    struct inbound in = { .source = "pipe:test", .state = "done", .raw = span_of(said->words) };
    struct err err = { 0 };

    in.key = arena_printf(&world->arena, "said-%d", ++count);
    in.slot = id_slot_of(span_of(in.key));
    in.id = id_next(&world->workspace->clock, in.slot);
    in.at = workspace_now(world->workspace);
    if (inbound_insert(world->workspace->db, &in, &err) < 0)
        fail_msg("%s", err.text);
    return in;
}

/* Returns the id of the message. */
static inline int64_t hear(struct world *world, struct said *said)
{
    struct workspace *w = world->workspace;
    struct planner planner = { .workspace = w };
    struct inbox inbox = { .planner = &planner };
    struct inbound in = store_words(world, said);
    struct heard heard = { .inbox = &inbox, .inbound = &in, .channel = said->channel };
    struct err err = { 0 };

    planner.paces = arena_array(&world->arena, w->sender_count + 1, sizeof(*planner.paces));
    for (size_t i = 0; i < w->sender_count; i++)
        planner.paces[i].sender = &w->senders[i];
    inbox.effects = (struct effects){ .workspace = w,
                                      .catalog = catalog_create(w->db),
                                      .db = w->db,
                                      .now = in.at,
                                      .arena = &world->arena };
    heard.reading = said->reading;
    heard.reading.from = said->from;
    heard.reading.text = heard.reading.own_text = said->words;
    heard.question.channel = said->channel;
    heard.question.kind = said->reading.kind;
    heard.question.from = said->from;
    heard.question.received_ms = in.at;
    if (db_begin(w->db, &err) < 0 || db_end(w->db, inbox_hear(&heard, &err), &err) < 0)
        fail_msg("%s", err.text);
    catalog_destroy(inbox.effects.catalog);
    return heard.row.id;
}

/* A person's words with that label. */
static inline struct said said_by(const char *channel, const char *from, enum intent lead,
                                  const char *words)
{
    struct said said = { .channel = channel, .from = from, .words = words };

    said.reading.kind = READING_HUMAN;
    said.reading.intents.lead = lead;
    said.reading.intents.labels = lead == INTENT_OTHER ? 0 : 1u << lead;
    return said;
}

/* Every invariant holds; the world ends. */
static inline void end_world(struct world *world)
{
    const struct audit_env env = { .now = workspace_now(world->workspace) };
    struct check check;
    struct err err = { 0 };

    if (audit(world->workspace->db, &env, &world->arena, &check, &err) < 0)
        fail_msg("%s", err.text);
    for (size_t i = 0; i < check.count; i++)
        print_error("  %s %s\n", check.findings[i].invariant, check.findings[i].what);
    assert_int_equal(check.broken, 0);
    world_destroy(world);
}

#endif
