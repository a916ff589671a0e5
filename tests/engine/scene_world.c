/* tests/engine/scene_world.c - the world of a scenario in a store: see scene.h. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/id.h"
#include "core/base/str.h"
#include "core/base/text.h"
#include "core/store/follow.h"
#include "core/store/plans.h"
#include "core/store/prospects.h"
#include "core/store/touches.h"
#include "tests/engine/scene.h"

#define CREATED INT64_C(1793523600000) /* 2026-11-01: before every touch but old ones */
#define DUE_IN_MS (4 * DAY_MS)         /* nothing is sent while a scenario plays */
#define DEFAULT_OUR "+18005550000"     /* of a channel whose number the world does not name */
#define MAX_SENDERS 30

/* ---- senders ---- */

struct senders {
    const char *channel[MAX_SENDERS], *our[MAX_SENDERS];
    size_t count;
};

static void add_sender(struct senders *senders, const char *channel, const char *our)
{
    for (size_t i = 0; i < senders->count; i++)
        if (strcmp(senders->channel[i], channel) == 0 && strcmp(senders->our[i], our) == 0)
            return;
    if (senders->count == MAX_SENDERS)
        return;
    senders->channel[senders->count] = channel;
    senders->our[senders->count++] = our;
}

static const char *our_of(const cJSON *row, const char *channel)
{
    bool mail = strcmp(channel, "email") == 0;

    return mail ? json_text(row, "from", "me@us.example") : json_text(row, "our", DEFAULT_OUR);
}

/* Our addresses of the world, and the one the message came to. */
static void list_senders(const struct scene *scene, struct senders *out)
{
    const char *channel = json_text(scene->in, "channel", "email");
    const cJSON *touch;

    add_sender(out, "email", "me@us.example");
    cJSON_ArrayForEach(touch, json_get(scene->world, "touches"))
    {
        const char *of_touch = json_text(touch, "channel", "email");
        add_sender(out, of_touch, our_of(touch, of_touch));
    }
    if (strcmp(channel, "http") != 0 && strcmp(channel, "email") != 0)
        add_sender(out, channel, json_text(scene->in, "our", DEFAULT_OUR));
}

const char *scene_sender(struct scene *scene, const char *channel, const char *our)
{
    struct senders senders = { .count = 0 };

    list_senders(scene, &senders);
    for (size_t i = 0; i < senders.count; i++)
        if (strcmp(senders.channel[i], channel) == 0 && strcmp(senders.our[i], our) == 0)
            return arena_printf(scene->arena, "%s%zu", channel, i);
    return NULL;
}

/* ---- files ---- */

static bool write_file(struct scene *scene, const char *name, const char *text)
{
    const char *path = arena_printf(scene->arena, "%s/%s", scene->folder, name);
    FILE *out = fopen(path, "we");

    if (!out)
        return scene_fail(scene, "cannot write %s", path);
    fputs(text, out);
    fclose(out);
    return chmod(path, 0600) == 0;
}

static bool is_by_person(const char *channel)
{
    return strcmp(channel, "call") == 0 || strcmp(channel, "letter") == 0 ||
           strcmp(channel, "visit") == 0;
}

/* A service that says plainly what came in. */
static bool write_provider(struct scene *scene, const char *channel)
{
    bool phone = strcmp(workspace_address_kind(channel), "phone") == 0;
    const char *text = arena_printf(
        scene->arena,
        "{\"format\":1,\"name\":\"scene-%s\",\"title\":\"A "
        "service\",\"docs\":\"https://x.example\","
        "\"kind\":\"%s\",\"address\":\"%s\",\"base\":\"https://x.example\","
        "\"settings\":[{\"name\":\"from\",\"help\":\"ours\"}],"
        "\"text\":{\"max\":4000,\"unit\":\"characters\"},"
        "\"send\":{\"method\":\"POST\",\"path\":\"/\",\"form\":[[\"text\",\"{text}\"]]},"
        "\"verdict\":{\"id\":\"json:id\"},"
        "\"webhook\":{\"help\":\"none\",\"checks\":[{\"kind\":\"token\",\"in\":\"header:X\","
        "\"key\":\"x\"}],"
        "\"inbound\":[{\"when\":[[\"json:from\",\"exists\"]],\"event\":\"json:event\",\"from\":"
        "\"json:from\",\"to\":\"json:to\",\"text\":\"json:text\",\"thread\":\"json:thread\"}]}}\n",
        channel, channel, phone ? "phone" : channel);

    return write_file(scene, arena_printf(scene->arena, "providers/scene-%s.json", channel), text);
}

static void print_sender(struct str *conf, const struct senders *senders, size_t i)
{
    const char *channel = senders->channel[i], *our = senders->our[i];

    str_printf(conf, "[sender %s%zu]\nchannel = %s\n", channel, i, channel);
    if (is_by_person(channel))
        str_add_text(conf, "through = task\n");
    else if (strcmp(channel, "email") == 0)
        str_printf(conf, "through = console\nfrom = Me <%s>\nreply_plus = yes\n", our);
    else
        str_printf(conf, "through = http\nprovider = scene-%s\nfrom = %s\n", channel, our);
}

static bool write_conf(struct scene *scene)
{
    struct senders senders = { .count = 0 };
    struct str conf;
    bool written = true;

    list_senders(scene, &senders);
    str_init(&conf, 1 << 16);
    str_printf(&conf,
               "[workspace]\nzone = UTC\nregion = US\n[http]\nlisten = 127.0.0.1:%d\n"
               "public_url = https://us.example\n",
               scene->port);
    for (size_t i = 0; i < senders.count; i++) {
        print_sender(&conf, &senders, i);
        if (strcmp(senders.channel[i], "email") != 0 && !is_by_person(senders.channel[i]))
            written = written && write_provider(scene, senders.channel[i]);
    }
    written = written && write_file(scene, "heed.conf", str_text(&conf));
    str_finish(&conf);
    return written;
}

/* ---- rows ---- */

static struct scene_id *add_id(struct scene_ids *ids, const cJSON *json, int64_t store)
{
    struct scene_id *row = &ids->list[ids->count];

    if (ids->count == SCENE_MAX_IDS)
        return NULL;
    *row = (struct scene_id){ .world = json_int(json, "id", 0), .store = store, .json = json };
    ids->count++;
    return row;
}

static bool add_addresses(struct scene *scene, const struct prospect *prospect, const cJSON *list,
                          const char *kind)
{
    struct err err = { 0 };
    const cJSON *item;

    cJSON_ArrayForEach(item, list)
    {
        const char *value = scene_address(scene, item->valuestring);
        const struct address address = {
            .kind = kind,
            .key = text_address_key(scene->arena, kind, span_of(value)),
            .value = value,
            .source = "import",
        };

        if (!address.key ||
            address_add(scene->workspace->db, prospect, &address, CREATED, &err) < 0)
            return scene_fail(scene, "address %s: %s", value, err.text);
    }
    return true;
}

static bool add_prospect(struct scene *scene, const cJSON *json)
{
    const cJSON *emails = json_get(json, "emails"), *phones = json_get(json, "phones");
    struct prospect prospect = { .first_name = json_text(json, "name", "Nobody"),
                                 .company = json_text(json, "org", NULL) };
    struct err err = { 0 };

    prospect.slot = id_slot_of(span_of(emails && emails->child ? emails->child->valuestring : "-"));
    prospect.id = id_next(&scene->workspace->clock, prospect.slot);
    if (!add_id(&scene->prospects, json, prospect.id) ||
        prospect_insert(scene->workspace->db, &prospect, CREATED, &err) < 0)
        return scene_fail(scene, "prospect: %s", err.text);
    return add_addresses(scene, &prospect, emails, "email") &&
           add_addresses(scene, &prospect, phones, "phone") &&
           add_addresses(scene, &prospect, json_get(json, "telegram"), "telegram");
}

static bool put_sequence(struct scene *scene, const char *name)
{
    const char *source = arena_printf(
        scene->arena,
        "{\"name\":\"%s\",\"follow\":\"auto\",\"channels\":[\"email\",\"sms\",\"whatsapp\"],"
        "\"resume_after\":\"3 business "
        "days\",\"steps\":[{\"id\":\"a\",\"wait\":\"none\",\"template\":"
        "\"t\"},{\"id\":\"b\",\"wait\":\"9 days\",\"template\":\"t\"}]}",
        name);
    struct sequence_row row = { .name = name, .source = source, .created_at = CREATED };
    struct err err = { 0 };

    if (sequence_put(scene->workspace->db, &row, &err) < 0)
        return scene_fail(scene, "sequence: %s", err.text);
    return true;
}

static bool put_template(struct scene *scene)
{
    static const struct template_row part = { .part = "sms", .source = "Hello\n" };
    const struct template_put put = { "t", &part, 1, CREATED };
    struct err err = { 0 };

    if (template_put(scene->workspace->db, &put, &err) < 0)
        return scene_fail(scene, "template: %s", err.text);
    return true;
}

static const char *state_of(const cJSON *enrollment)
{
    static const char *const words[][2] = {
        { "active", "active" }, { "held", "held" }, { "paused", "held" },
        { "finished", "done" }, { "done", "done" }, { "stopped", "exited" },
        { "exited", "exited" },
    };
    const char *state = json_text(enrollment, "state", "active");

    for (size_t i = 0; i < COUNT_OF(words); i++)
        if (strcmp(words[i][0], state) == 0)
            return words[i][1];
    return NULL;
}

static bool add_enrollment(struct scene *scene, const cJSON *json)
{
    const struct scene_id *who = scene_of_world(&scene->prospects, json_int(json, "prospect", 0));
    const char *name = arena_printf(scene->arena, "s%d", (int)json_int(json, "id", 0));
    struct enrollment row = { .sequence = name,
                              .version = 1,
                              .step = 1,
                              .state = state_of(json),
                              .due_at = scene->now_ms + DUE_IN_MS,
                              .created_at = CREATED };
    struct scene_id *id;
    struct err err = { 0 };

    if (!who || !row.state || !put_sequence(scene, name))
        return scene_fail(scene, "enrollment %s: no such prospect or state", name);
    row.prospect_id = who->store;
    row.slot = id_slot(who->store);
    row.id = id_next(&scene->workspace->clock, row.slot);
    id = add_id(&scene->enrollments, json, row.id);
    if (!id || enrollment_insert(scene->workspace->db, &row, &err) < 0)
        return scene_fail(scene, "enrollment: %s", err.text);
    id->was_active = strcmp(row.state, "active") == 0;
    return true;
}

/* Where a touch went: "their", or the first address of its prospect on that channel. */
static const char *address_of(const struct scene *scene, const cJSON *touch, const cJSON *prospect)
{
    bool mail = strcmp(json_text(touch, "channel", "email"), "email") == 0;
    const cJSON *list = json_get(prospect, mail ? "emails" : "phones");
    const char *first = list && list->child ? list->child->valuestring : "";

    return scene_address(scene, json_text(touch, "their", json_text(touch, "to", first)));
}

/* Worlds that name no subjects mean that the one answered was ours. */
static const char *answered_subject(const struct scene *scene)
{
    const char *subject = json_text(scene->in, "subject", "Hello there");

    return text_starts_nocase(span_of(subject), "re: ") ? subject + 4 : "Hello there";
}

static bool store_touch(struct scene *scene, const struct touch *touch, const cJSON *json)
{
    const struct touch_result sent = {
        .slot = touch->slot, .id = touch->id, .state = "sent", .sent_at = touch->created_at
    };
    const char *provider_id = json_text(json, "provider_id", NULL);
    struct db *db = scene->workspace->db;
    struct err err = { 0 };
    bool wire = strcmp(json_text(json, "state", "sent"), "wire") == 0;

    if (touch_insert(db, touch, &err) != 1 ||
        (!wire && touch_move(db, &sent, ",wire,", &err) < 0) ||
        (provider_id && provider_ref_add(db, touch->sender, provider_id, touch->id, &err) < 0))
        return scene_fail(scene, "touch: %s", err.text);
    return true;
}

static bool add_touch(struct scene *scene, const cJSON *json)
{
    const struct scene_id *enrollment =
        scene_of_world(&scene->enrollments, json_int(json, "enrollment", 0));
    const struct scene_id *who =
        enrollment ? scene_of_world(&scene->prospects, json_int(enrollment->json, "prospect", 0))
                   : NULL;
    const char *channel = json_text(json, "channel", "email");
    struct touch touch = { .channel = channel,
                           .sender = scene_sender(scene, channel, our_of(json, channel)),
                           .state = "wire",
                           .subject = json_text(json, "subject", answered_subject(scene)),
                           .text = "Hello",
                           .decision = "{\"by\":\"hand\"}",
                           .tries = 1,
                           .step = (int)scene->touches.count,
                           .created_at = scene_time(json_text(json, "sent", "")) };

    if (!who || !touch.created_at || !touch.sender)
        return scene_fail(scene, "touch %d of nobody, or never sent", (int)json_int(json, "id", 0));
    touch.prospect_id = who->store;
    touch.enrollment_id = enrollment->store;
    touch.slot = id_slot(who->store);
    touch.id = id_next(&scene->workspace->clock, touch.slot);
    touch.address = address_of(scene, json, who->json);
    return add_id(&scene->touches, json, touch.id) && store_touch(scene, &touch, json);
}

static bool for_each(struct scene *scene, const char *list,
                     bool (*add)(struct scene *scene, const cJSON *json))
{
    const cJSON *item;

    cJSON_ArrayForEach(item, json_get(scene->world, list))
    {
        if (!add(scene, item))
            return false;
    }
    return true;
}

/* ---- the whole ---- */

static bool open_workspace(struct scene *scene)
{
    struct err err = { 0 };

    snprintf(scene->folder, sizeof(scene->folder), "/tmp/heed-scene-XXXXXX");
    if (!mkdtemp(scene->folder))
        return scene_fail(scene, "no temporary folder");
    if (mkdir(arena_printf(scene->arena, "%s/providers", scene->folder), 0700) < 0 ||
        !write_conf(scene))
        return scene_fail(scene, "cannot write into %s", scene->folder);
    scene->workspace = workspace_open(scene->folder, WORKSPACE_SENDERS, &err);
    if (!scene->workspace)
        return scene_fail(scene, "%s", err.text);
    scene->workspace->env.out_fd = open("/dev/null", O_WRONLY | O_CLOEXEC);
    clock_init_manual(&scene->workspace->clock, scene->now_ms);
    return true;
}

static void wire_inbox(struct scene *scene)
{
    struct workspace *w = scene->workspace;

    scene->planner = (struct planner){
        .workspace = w,
        .db = w->db,
        .catalog = catalog_create(w->db),
        .paces = arena_array(scene->arena, w->sender_count + 1, sizeof(*scene->planner.paces)),
    };
    scene->inbox = (struct inbox){
        .planner = &scene->planner,
        .effects = { .workspace = w,
                     .catalog = scene->planner.catalog,
                     .db = w->db,
                     .now = scene->now_ms,
                     .arena = scene->arena },
        .own_addresses = arena_array(scene->arena, w->sender_count + 1, sizeof(char *)),
    };
    for (size_t i = 0; i < w->sender_count; i++) {
        scene->planner.paces[i] = (struct sender_pace){ .sender = &w->senders[i] };
        if (strcmp(w->senders[i].channel, "email") == 0)
            scene->inbox.own_addresses[scene->inbox.own_count++] = w->senders[i].account->address;
    }
}

bool scene_build(struct scene *scene)
{
    if (!open_workspace(scene))
        return false;
    wire_inbox(scene);
    return put_template(scene) && for_each(scene, "prospects", add_prospect) &&
           for_each(scene, "enrollments", add_enrollment) && for_each(scene, "touches", add_touch);
}

void scene_tear_down(struct scene *scene)
{
    const char *command;

    if (scene->planner.catalog)
        catalog_destroy(scene->planner.catalog);
    if (scene->workspace) {
        close(scene->workspace->env.out_fd);
        workspace_close(scene->workspace);
    }
    if (!*scene->folder)
        return;
    command = arena_printf(scene->arena, "rm -rf '%s'", scene->folder);
    if (system(command) != 0) /* NOLINT: our own folder */
        fprintf(stderr, "cannot remove %s\n", scene->folder);
}
