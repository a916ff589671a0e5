/* tests/engine/test_read_ahead.c - a reading made ahead is the one that would be made in its turn; whatever is not read ahead is left
 * to the caller, and nothing of a list is touched behind its end. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/engine/inbox_inside.h"
#include "core/engine/mail_child.h"
#include "core/engine/read_ahead.h"
#include "tests/engine/support_world.h"

#define SELF "/proc/self/exe"
#define MAILS 40

struct ahead_case {
    struct world world;
    struct inbox inbox;
    struct inbound list[MAILS];
};

static const char *const said[] = {
    "Not now please, try me again in March.",
    "Call me on Tuesday after 2 pm.",
    "Stop writing to me.",
    "Who else works with you? And what does it cost?",
    "Ok, got it.",
};

static bool is_webhook(int i)
{
    return i % 7 == 3;
}

static void fill(struct ahead_case *c)
{
    world_create(&c->world, NULL);
    c->inbox = (struct inbox){ .effects = { .workspace = c->world.workspace } };
    for (int i = 0; i < MAILS; i++) {
        const char *raw =
            arena_printf(&c->world.arena,
                         "From: ana@client.example\r\nTo: sam@us.example\r\nSubject: Re: %d\r\n"
                         "Message-ID: <%d@client.example>\r\n\r\n%s\r\n",
                         i, i, said[i % 5]);

        c->list[i] = (struct inbound){ .id = i + 1,
                                       .source = is_webhook(i) ? "webhook:sms" : "imap:sam",
                                       .raw = span_of(raw),
                                       .at = WORLD_START };
    }
}

static void assert_same_reading(const struct reading *a, const struct reading *b)
{
    assert_string_equal(a->message_id, b->message_id);
    assert_string_equal(a->subject, b->subject);
    assert_string_equal(a->own_text, b->own_text);
    assert_int_equal(a->kind, b->kind);
    assert_int_equal(a->opt_out, b->opt_out);
    assert_int_equal(a->intents.lead, b->intents.lead);
    assert_int_equal(a->when.start_ms, b->when.start_ms);
    assert_int_equal(a->rule_count, b->rule_count);
    for (size_t i = 0; i < a->rule_count; i++)
        assert_string_equal(a->rules[i], b->rules[i]);
}

/* Takes the first `count`, a webhook never; returns how many were read ahead. */
static int take_all(struct ahead_case *c, struct read_ahead *ahead, int count)
{
    struct arena arena;
    int taken = 0;

    arena_init(&arena);
    for (int i = 0; i < count; i++) {
        const struct inbox_mail *before;
        struct inbox_mail now;

        arena_reset(&arena);
        if (is_webhook(i))
            continue;
        inbox_read(&c->inbox, &c->list[i], &arena, &now);
        before = read_ahead_take(ahead, &c->list[i]);
        if (!before)
            continue;
        assert_same_reading(&before->reading, &now.reading);
        assert_string_equal(before->identity, now.identity);
        assert_int_equal(before->keys.count, now.keys.count);
        taken++;
    }
    arena_finish(&arena);
    return taken;
}

static void test_read_ahead__gives_what_would_be_read_in_its_turn(void **state)
{
    struct ahead_case c;
    struct read_ahead *ahead;
    int taken = 0;

    (void)state;
    fill(&c);
    ahead = read_ahead_create(&c.inbox, SELF);
    for (int round = 0; round < 20; round++) {
        int count = round % 2 ? MAILS : MAILS / 4; /* ended early, too */

        read_ahead_begin(ahead, c.list, MAILS);
        taken += take_all(&c, ahead, count);
        read_ahead_end(ahead);
    }
    assert_true(!ahead || taken > 0); /* NULL: one processor */
    read_ahead_destroy(ahead);
    world_destroy(&c.world);
}

static void test_read_ahead__leaves_to_the_caller_what_its_child_cannot_read(void **state)
{
    struct ahead_case c;
    struct read_ahead *ahead;

    (void)state;
    fill(&c);
    ahead = read_ahead_create(&c.inbox, "/nonexistent/heed");
    read_ahead_begin(ahead, c.list, MAILS);
    assert_int_equal(take_all(&c, ahead, MAILS), 0);
    read_ahead_end(ahead);
    read_ahead_destroy(ahead);
    world_destroy(&c.world);
}

static void test_read_ahead__does_nothing_for_one_mail_or_none(void **state)
{
    struct ahead_case c;
    struct read_ahead *ahead;

    (void)state;
    fill(&c);
    ahead = read_ahead_create(&c.inbox, SELF);
    assert_int_equal(take_all(&c, ahead, MAILS), 0);
    read_ahead_begin(ahead, c.list, 1);
    assert_int_equal(take_all(&c, ahead, 1), 0);
    read_ahead_end(ahead);
    read_ahead_begin(NULL, c.list, MAILS);
    assert_int_equal(take_all(&c, NULL, MAILS), 0);
    read_ahead_end(NULL);
    read_ahead_destroy(ahead);
    world_destroy(&c.world);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_read_ahead__gives_what_would_be_read_in_its_turn),
        cmocka_unit_test(test_read_ahead__leaves_to_the_caller_what_its_child_cannot_read),
        cmocka_unit_test(test_read_ahead__does_nothing_for_one_mail_or_none),
    };

    if (argc == 2 && strcmp(argv[1], MAIL_CHILD_VERB) == 0)
        return mail_child_serve();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
