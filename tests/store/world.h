/* tests/store/world.h - a small store of known people, for tests of what reads it: two prospects, one sequence, answers, a
 * switch, an opt-out. It keeps every promise; tests break it on purpose with SQL. */
#ifndef HEED_TESTS_STORE_WORLD_H
#define HEED_TESTS_STORE_WORLD_H

// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
// clang-format on

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "core/base/clock.h"
#include "core/base/id.h"
#include "core/base/str.h"
#include "core/store/migrate.h"

#define WORLD_NOW INT64_C(1790000000000) /* 21 Sep 2026, 14:13:20 UTC */

/* What "{name}" stands for in the SQL of a test. */
struct world_name {
    const char *name;
    int64_t value;
};

#define WORLD_NAMES_MAX 40

struct world {
    char folder[40], path[64];
    struct db *db;
    struct arena arena;
    struct clock clock;
    struct world_name names[WORLD_NAMES_MAX];
    size_t name_count;
};

static inline void world_check(int rc, const struct err *err)
{
    if (rc < 0)
        fail_msg("%s", err->text);
}

static inline int64_t world_name(struct world *w, const char *name, int64_t value)
{
    assert_true(w->name_count < WORLD_NAMES_MAX);
    w->names[w->name_count++] = (struct world_name){ .name = name, .value = value };
    return value;
}

static inline int64_t world_id(const struct world *w, const char *name)
{
    for (size_t i = 0; i < w->name_count; i++)
        if (strcmp(w->names[i].name, name) == 0)
            return w->names[i].value;
    fail_msg("no {%s} in this world", name);
    return 0;
}

/* Runs SQL in which {ana} is the id or number of that name. */
static inline void world_run(struct world *w, const char *sql)
{
    struct err err = { 0 };
    struct str text;

    str_init(&text, (size_t)1 << 20);
    while (*sql) {
        size_t plain = strcspn(sql, "{");
        str_add(&text, sql, plain);
        sql += plain;
        if (sql[0] == '{' && sql[1] == '"') { /* JSON */
            str_add_char(&text, *sql++);
        } else if (*sql == '{') {
            char name[40];
            size_t len = strcspn(++sql, "}");
            assert_true(len < sizeof(name) && sql[len] == '}');
            snprintf(name, sizeof(name), "%.*s", (int)len, sql);
            str_printf(&text, "%lld", (long long)world_id(w, name));
            sql += len + 1;
        }
    }
    assert_true(str_ok(&text));
    world_check(db_script(w->db, str_text(&text), &err), &err);
    str_finish(&text);
}

static inline void world_open(struct world *w)
{
    struct err err = { 0 };

    *w = (struct world){ 0 };
    arena_init(&w->arena);
    clock_init_manual(&w->clock, WORLD_NOW);
    snprintf(w->folder, sizeof(w->folder), "/tmp/heed-world-XXXXXX");
    assert_non_null(mkdtemp(w->folder));
    snprintf(w->path, sizeof(w->path), "%s/heed.db", w->folder);
    w->db = db_open(w->path, DB_WRITE, &err);
    world_check(w->db ? 0 : -1, &err);
    world_check(migrate(w->db, w->path, &err), &err);
}

static inline void world_close(struct world *w)
{
    static const char *const endings[] = { "", "-wal", "-shm", ".lock" };
    char path[96];

    db_close(w->db);
    arena_finish(&w->arena);
    for (size_t i = 0; i < COUNT_OF(endings); i++) {
        snprintf(path, sizeof(path), "%s%s", w->path, endings[i]);
        unlink(path);
    }
    for (int i = 1; i <= migrate_newest(); i++) { /* what a migration leaves beside the store */
        snprintf(path, sizeof(path), "%s.before-%d", w->path, i);
        unlink(path);
    }
    assert_int_equal(rmdir(w->folder), 0);
}

static inline int64_t world_new(struct world *w, const char *name, int slot)
{
    return world_name(w, name, id_next(&w->clock, slot));
}

static inline void world_name_rows(struct world *w)
{
    int ana = id_slot_of(span_of("ana@x.example")), ben = id_slot_of(span_of("ben@y.example"));

    assert_int_not_equal(ana, ben);
    world_name(w, "now", WORLD_NOW);
    world_name(w, "day", DAY_MS);
    world_name(w, "hour", HOUR_MS);
    world_name(w, "A", ana);
    world_name(w, "B", ben);
    world_name(w, "phone_home", id_slot_of(span_of("+4915112345678")));
    world_name(w, "old_home", id_slot_of(span_of("old@y.example")));
    world_name(w, "ref_home", id_slot_of(span_of("SM1")));
    world_name(w, "hint_home", id_slot_of(span_of("y.example")));
    world_name(w, "seen_home", id_slot_of(span_of("mail:1")));
    world_new(w, "ana", ana);
    world_new(w, "ben", ben);
    world_new(w, "ana_plays", ana);
    world_new(w, "ben_plays", ben);
    world_new(w, "ana_mail", ana);
    world_new(w, "ana_text", ana);
    world_new(w, "ben_mail", ben);
    world_new(w, "by_hand", ben);
    world_new(w, "ana_said", ana);
    world_new(w, "ana_moved", ana);
    world_new(w, "ben_task", ben);
    world_new(w, "raw", ana);
    world_new(w, "new", ana);
    world_new(w, "new2", ana);
}

#define WORLD_CHOSE(channel)                                                                       \
    "'{\"c\":\"" channel "\",\"l\":\"order\",\"g\":[[\"email\"],[\"sms\"],[\"call\"]]}'"

/* Ana: mailed, answered by text, texted there; active. Ben: mailed, and answered by hand; held. */
static inline void world_fill(struct world *w)
{
    world_name_rows(w);
    world_run(
        w,
        "INSERT INTO sequence VALUES('offer', 1, 'x', {now});"
        "INSERT INTO prospect(slot, id, first_name, preferred_channel, preferred_message_id, "
        "preferred_at, wish_once, created_at, updated_at) "
        "VALUES({A}, {ana}, 'Ana', 'sms', {ana_said}, {now}, 0, {now}, {now}), "
        "({B}, {ben}, 'Ben', NULL, NULL, NULL, 0, {now}, {now});"
        "INSERT INTO address VALUES"
        "({A}, {ana}, 'email', 'ana@x.example', 'ana@x.example', {A}, 0, 'import', NULL, {now}, "
        "NULL), "
        "({A}, {ana}, 'phone', '+4915112345678', '+4915112345678', {phone_home}, 0, 'import', "
        "NULL, {now}, NULL), "
        "({B}, {ben}, 'email', 'ben@y.example', 'ben@y.example', {B}, 0, 'import', NULL, {now}, "
        "NULL);"
        "INSERT INTO identity VALUES({A}, 'email', 'ana@x.example', {ana}, {A}), "
        "({phone_home}, 'phone', '+4915112345678', {ana}, {A}), "
        "({B}, 'email', 'ben@y.example', {ben}, {B});"
        "INSERT INTO suppression VALUES({old_home}, 'email', 'old@y.example', '', 'bounce', "
        "'5.1.1', {ben}, {now} - 9 * {day}, NULL);"
        "INSERT INTO enrollment VALUES"
        "({A}, {ana_plays}, {ana}, 'offer', 1, 2, 'active', {now} + {day}, NULL, NULL, {now}), "
        "({B}, {ben_plays}, {ben}, 'offer', 1, 1, 'held', {now} + {day}, 'reply', NULL, {now});");
    world_run(
        w,
        "INSERT INTO touch(slot, id, prospect_id, enrollment_id, step, sequence, step_id, channel, "
        "sender, address, state, text, provider_id, decision, epoch, tries, created_at, sent_at, "
        "delivered_at, replied_at) VALUES"
        "({A}, {ana_mail}, {ana}, {ana_plays}, 0, 'offer', 'recap', 'email', 'sam', "
        "'ana@x.example', 'sent', 'Hello', '250 ok', " WORLD_CHOSE(
            "email") ", 1, 2, "
                     "{now} - 5 * {day}, {now} - 5 * {day}, NULL, {now} - 4 * {day}), "
                     "({A}, {ana_text}, {ana}, {ana_plays}, 1, 'offer', 'value', 'sms', 'texts', "
                     "'+4915112345678', 'delivered', 'Hi', 'SM1', " WORLD_CHOSE(
                         "sms") ", 1, 1, "
                                "{now} - 3 * {day}, {now} - 3 * {day}, {now} - 3 * {day}, NULL), "
                                "({B}, {ben_mail}, {ben}, {ben_plays}, 0, 'offer', 'recap', "
                                "'email', 'sam', "
                                "'ben@y.example', 'sent', 'Hello', '250 ok', " WORLD_CHOSE(
                                    "email") ", 1, 1, "
                                             "{now} - 5 * {day}, {now} - 5 * {day}, NULL, NULL), "
                                             "({B}, {by_hand}, {ben}, 0, -1, NULL, NULL, 'email', "
                                             "'sam', 'ben@y.example', 'sent', "
                                             "'Tuesday', '250 ok', '{\"by\":\"hand\"}', 1, 1, "
                                             "{now} - {day}, {now} - {day}, NULL, "
                                             "NULL);"
                                             "INSERT INTO provider_ref VALUES({ref_home}, 'texts', "
                                             "'SM1', {ana_text});"
                                             "INSERT INTO attempt VALUES({A}, {ana_mail}, 1, {now} "
                                             "- 5 * {day}, 'retry', '450');"
                                             "INSERT INTO seen VALUES({seen_home}, 'mail:1', "
                                             "{now});"
                                             "INSERT INTO inbound VALUES({A}, {raw}, "
                                             "'webhook:texts', 'k1', 'done', NULL, x'00', NULL, "
                                             "{now});"
                                             "INSERT INTO message VALUES({A}, {ana_said}, {ana}, "
                                             "'sms', 'texts', 'human', {ana_mail}, "
                                             "{ana_plays}, 'number', 'certain', '+4915112345678', "
                                             "NULL, NULL, 'Call me', 'SM9', NULL, "
                                             "NULL, {raw}, 'done', {now} - 4 * {day}, NULL, NULL, "
                                             "NULL, NULL, NULL, NULL, NULL);"
                                             "INSERT INTO switch VALUES({A}, {ana_moved}, {ana}, "
                                             "'email', 'sms', 'they answered', "
                                             "{ana_said}, {now} - 4 * {day}, NULL, NULL);"
                                             "INSERT INTO task VALUES({B}, {ben_task}, {ben}, "
                                             "{ben_mail}, {ben_plays}, 'review', 'x', "
                                             "'open', NULL, {now}, NULL, NULL, NULL);");
}

/* In place of the world's store an empty one, as the program of that schema left it. */
static inline void world_make_old(struct world *w, int schema)
{
    static const char *const endings[] = { "", "-wal", "-shm" };
    struct migration steps[20] = { 0 };
    struct err err = { 0 };
    char path[96];

    db_close(w->db);
    for (size_t i = 0; i < COUNT_OF(endings); i++) {
        snprintf(path, sizeof(path), "%s%s", w->path, endings[i]);
        unlink(path);
    }
    for (int i = 0; i < schema && i < 19; i++)
        steps[i] = migrations[i];
    w->db = db_open(w->path, DB_WRITE, &err);
    world_check(w->db ? 0 : -1, &err);
    world_check(migrate_along(w->db, w->path, steps, &err), &err);
}

/* Set-up and tear-down of a test in a filled world. */
static inline int world_set_up(void **state)
{
    struct world *w = test_calloc(1, sizeof(*w));

    world_open(w);
    world_fill(w);
    *state = w;
    return 0;
}

static inline int world_tear_down(void **state)
{
    world_close(*state);
    test_free(*state);
    return 0;
}

#endif
