/* tests/engine/support_world.c - see support_world.h. */
#include "support_world.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/base/id.h"
#include "core/base/text.h"

static const char default_senders[] = "[sender sam]\nthrough = console\nchannel = email\n"
                                      "from = Sam Carter <sam@us.example>\nreply_plus = yes\n"
                                      "[sender texts]\nthrough = console\nchannel = sms\n"
                                      "from = +12025550100\n"
                                      "[sender phone]\nthrough = task\nchannel = call\n";

#define GOOD(call)                                                                                 \
    do {                                                                                           \
        if ((call) < 0)                                                                            \
            fail_msg("%s: %s", #call, err.text);                                                   \
    } while (0)

static void write_conf(const struct world *world, const char *senders)
{
    char path[128];
    FILE *out;

    snprintf(path, sizeof(path), "%s/heed.conf", world->folder);
    out = fopen(path, "we");
    assert_non_null(out);
    fprintf(out, "[workspace]\nzone = Europe/Berlin\nregion = DE\n%s",
            senders ? senders : default_senders);
    fclose(out);
    chmod(path, 0600);
}

static void open_workspace(struct world *world, const char *senders)
{
    struct err err = { 0 };

    write_conf(world, senders);
    world->workspace = workspace_open(world->folder, WORKSPACE_SENDERS, &err);
    if (!world->workspace)
        fail_msg("%s", err.text);
    world->workspace->env.out_fd = open("/dev/null", O_WRONLY | O_CLOEXEC);
    clock_init_manual(&world->workspace->clock, WORLD_START);
}

void world_create(struct world *world, const char *senders)
{
    memset(world, 0, sizeof(*world));
    snprintf(world->folder, sizeof(world->folder), "/tmp/heed-world-XXXXXX");
    assert_non_null(mkdtemp(world->folder));
    arena_init(&world->arena);
    open_workspace(world, senders);
}

void world_reopen(struct world *world, const char *senders)
{
    int64_t now = workspace_now(world->workspace);

    close(world->workspace->env.out_fd);
    workspace_close(world->workspace);
    open_workspace(world, senders);
    clock_set(&world->workspace->clock, now);
}

void world_destroy(struct world *world)
{
    char command[128];

    close(world->workspace->env.out_fd);
    workspace_close(world->workspace);
    arena_finish(&world->arena);
    snprintf(command, sizeof(command), "rm -rf '%s'", world->folder);
    assert_int_equal(system(command), 0); /* NOLINT: our own folder */
}

void world_template(struct world *world, const char *name, const char *part, const char *source)
{
    const struct template_row row = { .part = part, .source = source };
    struct err err = { 0 };

    const struct template_put put = { name, &row, 1, WORLD_START };

    GOOD(template_put(world->workspace->db, &put, &err));
}

void world_plan(struct world *world, const char *follow)
{
    static const struct template_row parts[] = {
        { .part = "email",
          .source = "---\nsubject: Hello {{ prospect.first_name }}\n---\nHi "
                    "{{ prospect.first_name }}, how did it go?\n" },
        { .part = "sms", .source = "{{ prospect.first_name }}, how did it go?\n" },
        { .part = "call", .source = "Call {{ prospect.first_name }}\n" },
    };
    struct err err = { 0 };
    const char *sequence = arena_printf(
        &world->arena,
        "{\"name\":\"s\",\"follow\":\"%s\",\"channels\":[\"email\",\"sms\",\"call\"],"
        "\"window\":{\"days\":\"mon-fri\",\"from\":\"09:00\",\"to\":\"17:00\",\"zone\":"
        "\"prospect\"},"
        "\"resume_after\":\"3 business days\",\"steps\":["
        "{\"id\":\"one\",\"wait\":\"none\",\"template\":\"t\"},"
        "{\"id\":\"two\",\"wait\":\"1 day\",\"template\":\"t\"},"
        "{\"id\":\"voice\",\"wait\":\"1 day\",\"channel\":\"call\",\"template\":\"t\"},"
        "{\"id\":\"three\",\"wait\":\"1 day\",\"template\":\"t\"}]}",
        follow);

    const struct template_put put = { "t", parts, COUNT_OF(parts), WORLD_START };
    struct sequence_row row = { .name = "s", .source = sequence, .created_at = WORLD_START };

    GOOD(template_put(world->workspace->db, &put, &err));
    GOOD(sequence_put(world->workspace->db, &row, &err));
}

static void add_address(struct world *world, const struct prospect *prospect, const char *kind,
                        const char *value)
{
    const struct address address = {
        .kind = kind,
        .key = text_address_key(&world->arena, kind, span_of(value)),
        .value = value,
        .source = "import",
    };
    struct err err = { 0 };

    GOOD(address_add(world->workspace->db, prospect, &address, WORLD_START, &err));
}

int64_t world_prospect(struct world *world, const char *first_name, const char *email,
                       const char *phone)
{
    struct prospect prospect = { .slot = id_slot_of(span_of(email)),
                                 .first_name = first_name,
                                 .company = "Northwind",
                                 .zone = "Europe/Berlin" };
    struct err err = { 0 };

    prospect.id = id_next(&world->workspace->clock, prospect.slot);
    GOOD(prospect_insert(world->workspace->db, &prospect, WORLD_START, &err));
    add_address(world, &prospect, "email", email);
    if (phone)
        add_address(world, &prospect, "phone", phone);
    return prospect.id;
}

void world_enroll(struct world *world, int64_t prospect_id)
{
    const struct enrollment row = { .slot = id_slot(prospect_id),
                                    .id = id_next(&world->workspace->clock, id_slot(prospect_id)),
                                    .prospect_id = prospect_id,
                                    .sequence = "s",
                                    .version = 1,
                                    .state = "active",
                                    .due_at = WORLD_START,
                                    .created_at = WORLD_START };
    struct err err = { 0 };

    GOOD(enrollment_insert(world->workspace->db, &row, &err));
}

void world_run(struct world *world, int64_t now_ms)
{
    const struct engine_options options = { .workers = 2,
                                            .once = true,
                                            .mail_program = world->mail_program };
    struct engine *engine;
    struct err err = { 0 };

    clock_set(&world->workspace->clock, now_ms);
    engine = engine_create(world->workspace, &options, &err);
    if (!engine)
        fail_msg("%s", err.text);
    GOOD(engine_run(engine, &err));
    engine_destroy(engine);
}

static char *with_crlf(struct world *world, const char *text, const char *token)
{
    struct str out;
    char *copy;

    str_init(&out, 1 << 20);
    for (; *text; text++) {
        if (strncmp(text, "$TOKEN", 6) == 0) {
            str_add_text(&out, token);
            text += 5;
        } else if (*text == '\n')
            str_add_text(&out, "\r\n");
        else
            str_add_char(&out, *text);
    }
    copy = arena_dup(&world->arena, str_text(&out));
    str_finish(&out);
    return copy;
}

void world_mail(struct world *world, int64_t touch_id, const char *text)
{
    static int count;
    char token[TOKEN_TEXT_BYTES];
    struct inbound in = { .source = "pipe:test", .state = "new" };
    struct err err = { 0 };

    token_make(&world->workspace->tokens, TOKEN_REPLY, touch_id, token);
    in.key = arena_printf(&world->arena, "mail-%d", ++count);
    in.slot = id_slot_of(span_of(in.key));
    in.id = id_next(&world->workspace->clock, in.slot);
    in.raw = span_of(with_crlf(world, text, token));
    in.at = workspace_now(world->workspace);
    GOOD(inbound_insert(world->workspace->db, &in, &err));
}

struct prospect world_get(struct world *world, int64_t prospect_id)
{
    struct prospect prospect = { 0 };
    struct err err = { 0 };

    GOOD(prospect_get(world->workspace->db, prospect_id, &world->arena, &prospect, &err));
    return prospect;
}

struct touch world_touch(struct world *world, int64_t prospect_id, int n)
{
    struct touch *rows, none = { 0 };
    struct err err = { 0 };
    int count = touches_of(world->workspace->db, prospect_id, &world->arena, &rows, &err);

    GOOD(count);
    return n < count ? rows[n] : none;
}

struct enrollment world_enrollment(struct world *world, int64_t prospect_id)
{
    struct enrollment *rows, none = { 0 };
    struct err err = { 0 };
    int count = enrollments_of(world->workspace->db, prospect_id, &world->arena, &rows, &err);

    GOOD(count);
    return count ? rows[0] : none;
}

struct message_row world_message(struct world *world, int64_t prospect_id)
{
    struct message_row *rows, none = { 0 };
    struct err err = { 0 };
    int count = messages_of(world->workspace->db, prospect_id, &world->arena, &rows, &err);

    GOOD(count);
    return count ? rows[0] : none;
}

int world_switches(struct world *world, int64_t prospect_id)
{
    struct switch_row *rows;
    struct err err = { 0 };
    int count = switches_of(world->workspace->db, prospect_id, &world->arena, &rows, &err);

    GOOD(count);
    return count;
}

int64_t world_count(struct world *world, const char *what)
{
    const char *sql = arena_printf(&world->arena, "SELECT count(*) FROM %s", what);
    struct err err = { 0 };
    int64_t count;

    GOOD(db_number(world->workspace->db, sql, NO_PARAMS, &count, &err));
    return count;
}
