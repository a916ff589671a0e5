/* tests/engine/test_read_ahead.c - a reading made ahead is the one that would be made in its turn; whatever is not read ahead is left
 * to the caller, and nothing of a list is touched behind its end. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/attr.h"
#include "core/engine/envelope.h"
#include "core/engine/inbox_inside.h"
#include "core/engine/mail_child.h"
#include "core/engine/read_ahead.h"
#include "tests/engine/support_world.h"

#define SELF "/proc/self/exe"
#define INBOUNDS 600 /* more than are kept at once */

static const char senders[] =
    "[sender sam]\nthrough = console\nchannel = email\nfrom = Sam <sam@us.example>\n"
    "[sender texts]\nthrough = http\nprovider = kannel\nchannel = sms\nfrom = +12025550100\n"
    "base_url = http://127.0.0.1:9\nusername = u\npassword = p\n"
    "secret = abcdefghijklmnop1234\n";

struct ahead_case {
    struct world world;
    struct inbox inbox;
    struct inbound list[INBOUNDS];
};

static const char *const said[] = {
    "Not now please, try me again in March.",
    "Call me on Tuesday after 2 pm.",
    "Stop writing to me.",
    "Who else works with you? And what does it cost?",
    "Ok, got it.",
};

enum sort { MAIL, TEXT, RECEIPT, BROKEN, STRANGE, UNSUBSCRIBE };

static enum sort sort_of(int i)
{
    static const enum sort sorts[] = { MAIL, TEXT,   MAIL, RECEIPT, MAIL,
                                       TEXT, BROKEN, MAIL, STRANGE, UNSUBSCRIBE };

    return sorts[(size_t)i % COUNT_OF(sorts)];
}

static const char *mail_of(struct arena *arena, int i)
{
    return arena_printf(arena,
                        "From: ana@client.example\r\nTo: sam@us.example\r\nSubject: Re: %d\r\n"
                        "Message-ID: <%d@client.example>\r\n\r\n%s\r\n",
                        i, i, said[i % 5]);
}

static const char *envelope_of(struct arena *arena, int i)
{
    struct httpd_request request = { .method = "GET", .path = "/webhook/texts" };

    request.query =
        sort_of(i) == RECEIPT
            ? arena_printf(arena, "ref=t%d&status=1&answer=&ts=1796115600", i)
            : arena_printf(arena, "id=e%d&sender=%%2B12021000000&to=%%2B12025550100&message=%s%d",
                           i, "Call%20me%20on%20Tuesday%20at%20", i % 12);
    return sort_of(i) == BROKEN ? "{" : envelope_make(&request, arena);
}

static void fill(struct ahead_case *c)
{
    static const char *const sources[] = {
        [MAIL] = "imap:sam",        [TEXT] = "webhook:texts",   [RECEIPT] = "webhook:texts",
        [BROKEN] = "webhook:texts", [STRANGE] = "webhook:gone", [UNSUBSCRIBE] = "unsubscribe"
    };

    world_create(&c->world, senders);
    c->inbox = (struct inbox){ .effects = { .workspace = c->world.workspace } };
    for (int i = 0; i < INBOUNDS; i++) {
        struct arena *arena = &c->world.arena;
        bool mail = sort_of(i) == MAIL;

        c->list[i] = (struct inbound){ .id = i + 1,
                                       .source = sources[sort_of(i)],
                                       .raw = span_of(mail ? mail_of(arena, i) : ""),
                                       .envelope = mail ? NULL : envelope_of(arena, i),
                                       .at = WORLD_START };
    }
}

static void assert_same_text(const char *a, const char *b)
{
    assert_string_equal(a ? a : "(null)", b ? b : "(null)");
}

static void assert_same_reading(const struct reading *a, const struct reading *b)
{
    assert_same_text(a->message_id, b->message_id);
    assert_same_text(a->subject, b->subject);
    assert_same_text(a->own_text, b->own_text);
    assert_int_equal(a->kind, b->kind);
    assert_int_equal(a->opt_out, b->opt_out);
    assert_int_equal(a->intents.lead, b->intents.lead);
    assert_int_equal(a->when.start_ms, b->when.start_ms);
    assert_int_equal(a->rule_count, b->rule_count);
    for (size_t i = 0; i < a->rule_count; i++)
        assert_string_equal(a->rules[i], b->rules[i]);
}

static void assert_same_event(const struct channel_event *a, const struct channel_event *b)
{
    assert_int_equal(a == NULL, b == NULL);
    if (!a)
        return;
    assert_int_equal(a->kind, b->kind);
    assert_int_equal(a->delivery, b->delivery);
    assert_same_text(a->event_id, b->event_id);
    assert_same_text(a->from, b->from);
    assert_same_text(a->text, b->text);
}

static void assert_same_content(const struct inbox_content *a, const struct inbox_content *b)
{
    const struct inbox_part *x = a->parts, *y = b->parts;

    assert_same_text(a->broken, b->broken);
    for (; x && y; x = x->next, y = y->next) {
        assert_same_event(x->event, y->event);
        assert_same_text(x->identity, y->identity);
        assert_same_reading(&x->reading, &y->reading);
        assert_same_text(x->question.from, y->question.from);
        assert_int_equal(x->keys.count, y->keys.count);
    }
    assert_true(!x && !y);
}

static void assert_sort(enum sort sort, const struct inbox_content *content)
{
    bool message = sort == MAIL || sort == TEXT;

    assert_int_equal(content->parts != NULL, message || sort == RECEIPT);
    assert_int_equal(content->broken != NULL, sort == BROKEN || sort == STRANGE);
    if (content->parts)
        assert_int_equal(content->parts->identity != NULL, message);
}

/* Takes the first `count`; returns how many mails were read ahead. */
static int take_all(struct ahead_case *c, struct read_ahead *ahead, int count)
{
    struct arena arena;
    int taken = 0;

    arena_init(&arena);
    for (int i = 0; i < count; i++) {
        const struct inbox_content *before;
        struct inbox_content now;

        arena_reset(&arena);
        inbox_read(&c->inbox, &c->list[i], &arena, &now);
        before = read_ahead_take(ahead, &c->list[i]);
        if (!before)
            continue;
        assert_same_content(before, &now);
        assert_sort(sort_of(i), before);
        taken += sort_of(i) == MAIL;
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
    for (int round = 0; round < 4; round++) {
        int count = round % 2 ? INBOUNDS : INBOUNDS / 4; /* ended early, too */

        read_ahead_begin(ahead, c.list, INBOUNDS);
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
    read_ahead_begin(ahead, c.list, INBOUNDS);
    assert_int_equal(take_all(&c, ahead, INBOUNDS), 0);
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
    assert_int_equal(take_all(&c, ahead, INBOUNDS), 0);
    read_ahead_begin(ahead, c.list, 1);
    assert_int_equal(take_all(&c, ahead, 1), 0);
    read_ahead_end(ahead);
    read_ahead_begin(NULL, c.list, INBOUNDS);
    assert_int_equal(take_all(&c, NULL, INBOUNDS), 0);
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
