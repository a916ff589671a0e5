/* tests/engine/test_rehearse.c - a template rendered for a whole list without sending, and what the renders add up to. */
#include "support_world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "core/base/id.h"
#include "core/engine/coverage.h"

#define SEEN_MAX 1000

struct seen {
    struct {
        int64_t id;
        char channel[16];
        enum rehearsal_outcome outcome;
        char text[200], reason[200];
    } list[SEEN_MAX];
    size_t count, stop_at;
    struct coverage *coverage;
};

static int see(void *with, const struct rehearsed *one)
{
    struct seen *seen = with;

    assert_true(seen->count < SEEN_MAX);
    seen->list[seen->count].id = one->subject->prospect.id;
    seen->list[seen->count].outcome = one->outcome;
    snprintf(seen->list[seen->count].channel, sizeof(seen->list[0].channel), "%s",
             one->channel ? one->channel : "");
    snprintf(seen->list[seen->count].text, sizeof(seen->list[0].text), "%.*s",
             (int)one->rendered.text.len, one->rendered.text.len ? one->rendered.text.data : "");
    snprintf(seen->list[seen->count].reason, sizeof(seen->list[0].reason), "%s",
             one->reason ? one->reason : "");
    if (seen->coverage)
        coverage_add(seen->coverage, one);
    return ++seen->count == seen->stop_at;
}

static size_t index_of(const struct seen *seen, int64_t id)
{
    for (size_t i = 0; i < seen->count; i++)
        if (seen->list[i].id == id)
            return i;
    return SEEN_MAX;
}

struct stage {
    struct world world;
    struct catalog *catalog;
    struct rehearsal rehearsal;
    struct seen *seen;
};

static void stage_create(struct stage *stage)
{
    memset(stage, 0, sizeof(*stage));
    world_create(&stage->world, NULL);
    world_plan(&stage->world, "auto");
    stage->seen = calloc(1, sizeof(*stage->seen));
    assert_non_null(stage->seen);
}

static void use(struct stage *stage, const char *template)
{
    struct err err = { 0 };
    const struct catalog_template *found;

    catalog_destroy(stage->catalog);
    stage->catalog = catalog_create(stage->world.workspace->db);
    found = catalog_template(stage->catalog, template, &err);
    if (!found)
        fail_msg("%s", err.text);
    stage->rehearsal = (struct rehearsal){ .workspace = stage->world.workspace,
                                           .parts = found->parts,
                                           .template = template,
                                           .visit = see,
                                           .with = stage->seen };
    stage->seen->count = 0;
}

static void run(struct stage *stage)
{
    struct err err = { 0 };

    if (rehearse(&stage->rehearsal, &err) < 0)
        fail_msg("%s", err.text);
}

static void stage_destroy(struct stage *stage)
{
    coverage_destroy(stage->seen->coverage);
    free(stage->seen);
    catalog_destroy(stage->catalog);
    world_destroy(&stage->world);
}

static void sql(struct stage *stage, const char *text)
{
    struct err err = { 0 };

    if (db_script(stage->world.workspace->db, text, &err) < 0)
        fail_msg("%s", err.text);
}

/* ---- who, and on which channel ---- */

static void test_rehearse__shows_everybody_once_in_the_order_of_keys(void **state)
{
    struct stage stage;
    char email[64];

    (void)state;
    stage_create(&stage);
    sql(&stage, "BEGIN");
    for (int i = 0; i < 600; i++) {
        snprintf(email, sizeof(email), "p%d@x.example", i);
        world_prospect(&stage.world, "Ana", email, i % 3 ? NULL : "+12025550111");
    }
    sql(&stage, "COMMIT");
    use(&stage, "t");
    run(&stage);
    assert_int_equal(stage.seen->count, 600);
    for (size_t i = 1; i < stage.seen->count; i++) {
        int64_t a = stage.seen->list[i - 1].id, b = stage.seen->list[i].id;
        assert_true(id_slot(a) < id_slot(b) || (id_slot(a) == id_slot(b) && a < b));
    }
    for (size_t i = 0; i < stage.seen->count; i++)
        assert_string_equal(stage.seen->list[i].text, "Hi Ana, how did it go?");
    stage_destroy(&stage);
}

static void test_rehearse__writes_on_the_channel_the_planner_would_choose(void **state)
{
    struct stage stage;
    int64_t plain, texts, pinned, unreachable;

    (void)state;
    stage_create(&stage);
    plain = world_prospect(&stage.world, "Ana", "ana@x.example", "+12025550111");
    texts = world_prospect(&stage.world, "Bo", "bo@x.example", "+12025550112");
    pinned = world_prospect(&stage.world, "Cy", "cy@x.example", "+12025550113");
    unreachable = world_prospect(&stage.world, "Di", "di@x.example", NULL);
    world_enroll(&stage.world, plain);
    world_enroll(&stage.world, texts);
    world_enroll(&stage.world, pinned);
    sql(&stage,
        "UPDATE prospect SET preferred_channel = 'sms' WHERE first_name = 'Bo';"
        "UPDATE prospect SET pinned_channel = 'call' WHERE first_name = 'Cy';"
        "INSERT INTO suppression(slot, kind, key, channel, cause, at) SELECT home, kind, key, '', "
        "'bounce', 1 FROM address WHERE key = 'di@x.example';");
    use(&stage, "t");
    run(&stage);
    assert_int_equal(stage.seen->count, 4);
    assert_string_equal(stage.seen->list[index_of(stage.seen, plain)].channel, "email");
    assert_string_equal(stage.seen->list[index_of(stage.seen, texts)].channel, "sms");
    assert_string_equal(stage.seen->list[index_of(stage.seen, texts)].text, "Bo, how did it go?");
    assert_string_equal(stage.seen->list[index_of(stage.seen, pinned)].channel, "call");
    assert_int_equal(stage.seen->list[index_of(stage.seen, unreachable)].outcome,
                     REHEARSAL_NO_CHANNEL);
    assert_true(*stage.seen->list[index_of(stage.seen, unreachable)].reason);
    stage_destroy(&stage);
}

static void test_rehearse__says_the_same_as_the_touch_that_then_leaves(void **state)
{
    struct stage stage;
    struct touch touch;
    int64_t id;

    (void)state;
    stage_create(&stage);
    world_template(&stage.world, "t", "email",
                   "---\nsubject: s\n---\n{{ prospect.first_name }} {{ step.number }} of "
                   "{{ step.count }} {{ channel }} {{ sender.name }} {{ recap.sentence | 'new' }} "
                   "{{ cta.slots | first }}");
    id = world_prospect(&stage.world, "Ana", "ana@x.example", NULL);
    world_enroll(&stage.world, id);
    for (int day = 0; day < 2; day++) {
        use(&stage, "t");
        clock_set(&stage.world.workspace->clock, WORLD_START + day * INT64_C(90000000));
        run(&stage);
        assert_int_equal(stage.seen->count, 1);
        world_run(&stage.world, WORLD_START + day * INT64_C(90000000));
        touch = world_touch(&stage.world, id, 0);
        assert_non_null(touch.text);
        assert_int_equal(touch.step, day);
        assert_string_equal(stage.seen->list[0].text, touch.text);
    }
    stage_destroy(&stage);
}

static void test_rehearse__leaves_out_those_nobody_writes_to_any_more(void **state)
{
    struct stage stage;
    int64_t fresh, live, ended, out;

    (void)state;
    stage_create(&stage);
    fresh = world_prospect(&stage.world, "Ana", "ana@x.example", NULL);
    live = world_prospect(&stage.world, "Bo", "bo@x.example", NULL);
    ended = world_prospect(&stage.world, "Cy", "cy@x.example", NULL);
    out = world_prospect(&stage.world, "Di", "di@x.example", NULL);
    world_enroll(&stage.world, live);
    world_enroll(&stage.world, ended);
    sql(&stage, "UPDATE prospect SET opted_out_at = 1 WHERE first_name = 'Di';"
                "UPDATE enrollment SET state = 'done' WHERE prospect_id = (SELECT id FROM prospect "
                "WHERE first_name = 'Cy');");
    use(&stage, "t");
    run(&stage);
    assert_int_equal(stage.seen->count, 2);
    assert_true(index_of(stage.seen, fresh) < SEEN_MAX && index_of(stage.seen, live) < SEEN_MAX);
    assert_true(index_of(stage.seen, ended) == SEEN_MAX && index_of(stage.seen, out) == SEEN_MAX);
    use(&stage, "t");
    stage.rehearsal.sequence = "s";
    run(&stage);
    assert_int_equal(stage.seen->count, 1);
    assert_true(stage.seen->list[0].id == live);
    stage_destroy(&stage);
}

static void test_rehearse__finds_the_few_of_a_sequence_among_many(void **state)
{
    struct stage stage;
    char email[64];
    int64_t live = 0, id;

    (void)state;
    stage_create(&stage);
    sql(&stage, "BEGIN");
    for (int i = 0; i < 100; i++) {
        snprintf(email, sizeof(email), "p%d@x.example", i);
        id = world_prospect(&stage.world, "Ana", email, NULL);
        live = i == 50 ? id : live;
    }
    sql(&stage, "COMMIT");
    world_enroll(&stage.world, live);
    use(&stage, "t");
    stage.rehearsal.sequence = "s";
    run(&stage);
    assert_int_equal(stage.seen->count, 1);
    assert_true(stage.seen->list[0].id == live);
    assert_string_equal(stage.seen->list[0].text, "Hi Ana, how did it go?");
    stage_destroy(&stage);
}

static void test_rehearse__renders_each_of_the_channels_asked_for(void **state)
{
    static const char *const channels[] = { "email", "sms", NULL };
    static const char *const unknown[] = { "signal", NULL };
    struct stage stage;
    struct err err = { 0 };

    (void)state;
    stage_create(&stage);
    world_prospect(&stage.world, "Ana", "ana@x.example", NULL);
    use(&stage, "t");
    stage.rehearsal.channels = channels;
    run(&stage);
    assert_int_equal(stage.seen->count, 2);
    assert_string_equal(stage.seen->list[1].channel, "sms");
    stage.rehearsal.channels = unknown;
    assert_int_equal(rehearse(&stage.rehearsal, &err), -1);
    assert_non_null(strstr(err.text, "no sender carries signal"));
    stage.rehearsal.anybody_sends = true;
    run(&stage);
    stage_destroy(&stage);
}

static void test_rehearse__stores_nothing_and_ends_when_told(void **state)
{
    struct stage stage;
    struct err err = { 0 };
    int64_t id;

    (void)state;
    stage_create(&stage);
    id = world_prospect(&stage.world, "Ana", "ana@x.example", NULL);
    world_prospect(&stage.world, "Bo", "bo@x.example", NULL);
    use(&stage, "t");
    stage.seen->stop_at = 1;
    run(&stage);
    assert_int_equal(stage.seen->count, 1);
    assert_int_equal(world_count(&stage.world, "touch"), 0);
    stage.seen->count = stage.seen->stop_at = 0;
    assert_int_equal(rehearse_one(&stage.rehearsal, id, &err), 1);
    assert_int_equal(stage.seen->count, 1);
    assert_true(stage.seen->list[0].id == id);
    assert_int_equal(rehearse_one(&stage.rehearsal, 12345, &err), 0);
    stage_destroy(&stage);
}

/* ---- what it adds up to ---- */

static const char covered[] =
    "---\nsubject: {{ prospect.title | default: \"x\" }}\n---\n"
    "{% if prospect.city %}{{ prospect.city }}{% else %}nowhere{% endif %} "
    "{{ prospect.company }}{% for i in fields.list %}{{ i }}{% endfor %}";

static void fill_list(struct stage *stage)
{
    static const char *const names[] = { "a", "b", "c", "d" };
    char email[64];

    for (size_t i = 0; i < COUNT_OF(names); i++) {
        snprintf(email, sizeof(email), "%s@x.example", names[i]);
        world_prospect(&stage->world, names[i], email, NULL);
    }
    sql(stage, "UPDATE prospect SET city = 'Kiel', title = 'CTO' WHERE first_name = 'a';"
               "UPDATE prospect SET city = 'Ulm', company = NULL WHERE first_name = 'd';");
    world_template(&stage->world, "cover", "email", covered);
}

static const struct coverage_path *path_called(const struct coverage_report *r, const char *name)
{
    for (size_t i = 0; i < r->path_count; i++)
        if (strcmp(r->paths[i].name, name) == 0)
            return &r->paths[i];
    fail_msg("no path %s", name);
    return NULL;
}

static void test_coverage__counts_what_became_of_each_field_worst_first(void **state)
{
    struct coverage_report r;
    struct stage stage;

    (void)state;
    stage_create(&stage);
    fill_list(&stage);
    use(&stage, "cover");
    stage.seen->coverage = coverage_create();
    run(&stage);
    coverage_report(stage.seen->coverage, &r);
    assert_int_equal(r.prospects, 4);
    assert_int_equal(r.complete, 3);
    assert_int_equal(r.held, 1);
    assert_string_equal(r.paths[0].name, "prospect.company");
    assert_int_equal(r.paths[0].counts[FATE_HELD], 1);
    assert_int_equal(r.paths[0].counts[FATE_FILLED], 3);
    assert_int_equal(r.paths[0].examples.count, 1);
    assert_int_equal(path_called(&r, "prospect.title")->counts[FATE_FALLBACK], 3);
    assert_int_equal(path_called(&r, "prospect.city")->counts[FATE_EMPTY], 2);
    assert_int_equal(path_called(&r, "fields.list")->counts[FATE_EMPTY], 4);
    assert_int_equal(r.reason_count, 1);
    assert_string_equal(r.reasons[0].path, "prospect.company");
    assert_string_equal(r.reasons[0].text, "prospect.company is missing and has no default");
    stage_destroy(&stage);
}

static void test_coverage__chooses_few_prospects_who_take_every_branch(void **state)
{
    struct coverage_report r;
    struct stage stage;
    const char *names = "";

    (void)state;
    stage_create(&stage);
    fill_list(&stage);
    use(&stage, "cover");
    stage.seen->coverage = coverage_create();
    run(&stage);
    coverage_report(stage.seen->coverage, &r);
    assert_int_equal(r.branch_count, 6);
    assert_int_equal(r.branches_taken, 5);
    assert_int_equal(r.cover_count, 2);
    assert_int_equal(r.cover[0].fresh + r.cover[1].fresh, 5);
    for (size_t i = 0; i < r.branch_count; i++)
        names = arena_printf(&stage.world.arena, "%s%s:%d %s=%lld/%lld; ", names,
                             r.branches[i].section, r.branches[i].line,
                             coverage_branch_name(&r.branches[i], &stage.world.arena),
                             (long long)r.branches[i].complete, (long long)r.branches[i].held);
    assert_string_equal(names,
                        "subject:2 prospect.title | default: \"x\": filled=1/0; "
                        "subject:2 prospect.title | default: \"x\": default=2/1; "
                        "text:4 if prospect.city: yes=1/1; text:4 if prospect.city: no=2/0; "
                        "text:4 for fields.list: some=0/0; text:4 for fields.list: none=3/1; ");
    stage_destroy(&stage);
}

static void test_coverage__keeps_reasons_apart_up_to_a_limit(void **state)
{
    struct coverage *coverage = coverage_create();
    struct coverage_report r;
    struct subject subject = { .prospect = { .id = 0 } };
    struct rehearsed one = { .subject = &subject, .outcome = REHEARSAL_NO_CHANNEL };
    char reason[32];
    int64_t all = 0;

    (void)state;
    for (int i = 0; i < 300; i++) {
        snprintf(reason, sizeof(reason), "reason %d", i);
        subject.prospect.id = i + 1;
        one.reason = reason;
        coverage_add(coverage, &one);
    }
    coverage_report(coverage, &r);
    assert_int_equal(r.reason_count, COVERAGE_REASONS_MAX);
    for (size_t i = 0; i < r.reason_count; i++)
        all += r.reasons[i].count;
    assert_int_equal(all, 300);
    assert_string_equal(r.reasons[0].text, "other reasons");
    assert_int_equal(r.no_channel, 300);
    coverage_destroy(coverage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rehearse__shows_everybody_once_in_the_order_of_keys),
        cmocka_unit_test(test_rehearse__writes_on_the_channel_the_planner_would_choose),
        cmocka_unit_test(test_rehearse__says_the_same_as_the_touch_that_then_leaves),
        cmocka_unit_test(test_rehearse__leaves_out_those_nobody_writes_to_any_more),
        cmocka_unit_test(test_rehearse__finds_the_few_of_a_sequence_among_many),
        cmocka_unit_test(test_rehearse__renders_each_of_the_channels_asked_for),
        cmocka_unit_test(test_rehearse__stores_nothing_and_ends_when_told),
        cmocka_unit_test(test_coverage__counts_what_became_of_each_field_worst_first),
        cmocka_unit_test(test_coverage__chooses_few_prospects_who_take_every_branch),
        cmocka_unit_test(test_coverage__keeps_reasons_apart_up_to_a_limit),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
