/* tests/replies/test_wish.c - where people want to be answered. Unless a row says otherwise the message came as a mail, to a US
 * prospect. */
#include "tests/replies/case.h"

#include "core/replies/wish.h"

struct row {
    const char *text;
    const char *prefer; /* NULL = none */
    const char *avoid;  /* parted by blanks; NULL = none */
    const char *via;    /* NULL = "email" */
};

struct world {
    struct arena arena;
    const struct lexicon *lexicon;
};

static int make_world(void **state)
{
    static struct world world;

    arena_init(&world.arena);
    world.lexicon = lexicon_builtin(&world.arena);
    *state = &world;
    return 0;
}

static int drop_world(void **state)
{
    struct world *world = *state;

    arena_finish(&world->arena);
    return 0;
}

static struct wish read_wish(struct world *world, const char *text, const char *via,
                             const char *region)
{
    struct wish_env env = { .lexicon = world->lexicon, .channel = via, .region = region };
    struct wish wish;

    wish_read(span_of(text), span_of(""), &env, &world->arena, &wish);
    return wish;
}

static const char *avoided(struct world *world, const struct wish *wish)
{
    const char *all = "";

    for (size_t i = 0; i < wish->avoid_count; i++)
        all = arena_printf(&world->arena, "%s%s%s", all, i > 0 ? " " : "", wish->avoid[i]);
    return all;
}

static void check(struct world *world, const struct row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct row *row = &rows[i];
        struct wish wish = read_wish(world, row->text, row->via ? row->via : "email", "US");
        const char *avoid = avoided(world, &wish), *prefer = wish.prefer ? wish.prefer : "none";

        if (strcmp(prefer, row->prefer ? row->prefer : "none") != 0 ||
            strcmp(avoid, row->avoid ? row->avoid : "") != 0)
            fail_msg("\"%s\": prefer %s, avoid %s", row->text, prefer, avoid);
    }
}

static void test_wish__hears_what_people_want(void **state)
{
    static const struct row rows[] = {
        { "txt is best", "sms", NULL, NULL },
        { "Can you whatsapp me?", "whatsapp", NULL, NULL },
        { "easier by phone", "call", NULL, NULL },
        { "Email works better for me", "email", NULL, "sms" },
        { "I'd rather talk by phone.", "call", NULL, NULL },
        { "Let's continue over WhatsApp", "whatsapp", NULL, NULL },
        { "The best way to reach me is Signal", "signal", NULL, NULL },
        { "Please send a letter", "letter", NULL, NULL },
        { "Could you ping me on Teams?", "teams", NULL, NULL },
        { "Message me on LinkedIn", "linkedin", NULL, NULL },
        { "Give me a ring when you can", "call", NULL, NULL },
        { "Text?", "sms", NULL, NULL },
        { "Bitte rufen Sie mich an", "call", NULL, NULL },
        { "Stuur het maar via WhatsApp", "whatsapp", NULL, NULL },
        { "me chama no zap", "whatsapp", NULL, NULL },
        { "I'd prefer this in an email", "email", NULL, "sms" },
    };

    check(*state, rows, COUNT_OF(rows));
}

static void test_wish__hears_what_people_decline(void **state)
{
    static const struct row rows[] = {
        { "Please text rather than call", "sms", "call", "call" },
        { "I prefer email to phone.", "email", "call", "call" },
        { "Don't text me, call", "call", "sms", "sms" },
        { "I don't do phone calls. Email me the details.", "email", "call", "call" },
        { "I never check email", NULL, "email", NULL },
        { "Reach me on Signal, not here", "signal", "sms", "sms" },
        { "Can't talk, text?", "sms", "call", "call" },
        { "No calls please", NULL, "call", "call" },
        { "Not my office phone, my mobile: call my mobile", "call", NULL, NULL },
    };

    check(*state, rows, COUNT_OF(rows));
}

/* "good, call me" was once taken for "good call". */
static void test_wish__takes_no_words_of_two_clauses_for_one_name(void **state)
{
    static const struct row rows[] = {
        { "Looks good, call me on 212 555 0147.", "call", NULL, NULL },
        { "Sounds good: text me", "sms", NULL, NULL },
        { "That was a good call", NULL, NULL, NULL },
    };

    check(*state, rows, COUNT_OF(rows));
}

static void test_wish__takes_no_mention_for_a_wish(void **state)
{
    static const struct row rows[] = {
        { "Thanks for your email.", NULL, NULL, NULL },
        { "I'll text you when I'm free.", NULL, NULL, NULL },
        { "I called your office yesterday and nobody picked up.", NULL, NULL, NULL },
        { "Please don't hesitate to call me if you have questions.", NULL, NULL, NULL },
        { "Which channels does your product support - SMS, WhatsApp, email?", NULL, NULL, NULL },
        { "Let me call a plumber first.", NULL, NULL, "sms" },
        { "If received in error please contact the sender by telephone.", NULL, NULL, NULL },
        { "We use Slack internally", NULL, NULL, NULL },
        { "On LinkedIn it says you have 12 employees", NULL, NULL, NULL },
        { "My phone has no signal", NULL, NULL, NULL },
        { "Feel free to call", NULL, NULL, NULL },
        { "", NULL, NULL, NULL },
    };

    check(*state, rows, COUNT_OF(rows));
}

static void test_wish__understands_other_languages(void **state)
{
    static const struct row rows[] = {
        { "Bitte rufen Sie mich an", "call", NULL, NULL },
        { "Rufen Sie mich bitte nicht an, lieber per Mail.", "email", "call", "call" },
        { "Schreib mir lieber auf WhatsApp", "whatsapp", NULL, NULL },
        { "Appelez-moi demain", "call", NULL, NULL },
        { "Je pr\xc3\xa9"
          "f\xc3\xa8re par mail",
          "email", NULL, "call" },
        { "Prefiero por WhatsApp", "whatsapp", NULL, NULL },
        { "Solo por email por favor", "email", NULL, "call" },
        { "Non chiamarmi, scrivimi su WhatsApp", "whatsapp", "call", "call" },
        { "Liever per mail", "email", NULL, "call" },
        { "Me chama no WhatsApp", "whatsapp", NULL, NULL },
    };

    check(*state, rows, COUNT_OF(rows));
}

static void test_wish__takes_the_number_of_the_channel_it_names(void **state)
{
    static const struct {
        const char *text, *region, *number;
    } rows[] = {
        { "Ring me on my mobile 07700 900123 instead", "GB", "+447700900123" },
        { "Could we move this to WhatsApp? My number's +353 20 912 3456.", "US", "+353209123456" },
        { "My number is 212 555 0147. Text me.", "US", "+12125550147" },
        { "Call 212 555 0147 please, not 212 555 0199", "US", "+12125550147" },
        { "Call me, not on 212 555 0199 but on 212 555 0147", "US", "+12125550147" },
        { "Call me on 07700 900123", NULL, NULL },
        { "WhatsApp me please, same number.", "US", NULL },
        { "Email is better, my number 212 555 0147 changes soon", "US", NULL },
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct wish wish = read_wish(*state, rows[i].text, "email", rows[i].region);

        if (!wish.prefer || (rows[i].number == NULL) != (wish.number == NULL) ||
            (wish.number && strcmp(wish.number, rows[i].number) != 0))
            fail_msg("\"%s\": %s", rows[i].text, wish.number ? wish.number : "no number");
    }
}

static void test_wish__takes_a_number_of_the_signature_only_when_it_is_pointed_to(void **state)
{
    struct world *world = *state;
    struct wish_env env = { .lexicon = world->lexicon, .channel = "email", .region = "US" };
    struct span one = span_of("Ann Lee\n+1 212 555 0147"),
                two = span_of("T: 212 555 0147\nM: 212 555 0199");
    struct wish wish;

    wish_read(span_of("Please call me, my number is below."), one, &env, &world->arena, &wish);
    assert_string_equal(wish.number, "+12125550147");
    wish_read(span_of("Please call me."), one, &env, &world->arena, &wish);
    assert_null(wish.number);
    wish_read(span_of("Please call me, my number is below."), two, &env, &world->arena, &wish);
    assert_null(wish.number);
}

static void test_wish__takes_handle_and_address(void **state)
{
    struct wish wish = read_wish(*state, "I'm on Telegram as @marek_builds", "email", "US");

    assert_string_equal(wish.handle, "@marek_builds");
    wish = read_wish(*state, "Line works best for me, id: kenji.hvac", "email", "US");
    assert_string_equal(wish.prefer, "line");
    assert_string_equal(wish.handle, "kenji.hvac");
    wish = read_wish(*state, "Shoot me an email instead: R.Novak@Example.com", "call", "US");
    assert_string_equal(wish.address, "r.novak@example.com");
    assert_null(wish.number);
}

static void test_wish__tells_the_next_time_from_every_time(void **state)
{
    static const struct {
        const char *text;
        bool once, exclusive;
    } rows[] = {
        { "Ring me tomorrow", true, false },    { "Text me from now on", false, false },
        { "I prefer email", false, false },     { "Email only please", false, true },
        { "I only use WhatsApp", false, true }, { "Don't call, text me", false, false },
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct wish wish = read_wish(*state, rows[i].text, "sms", "US");

        if (!wish.prefer || wish.once != rows[i].once || wish.exclusive != rows[i].exclusive)
            fail_msg("\"%s\": %s, once %d, exclusive %d", rows[i].text, wish.prefer, wish.once,
                     wish.exclusive);
    }
}

static void test_wish__shows_the_words_it_was_read_from(void **state)
{
    static const char text[] = "Thanks for the mail.\nI'd prefer a call on Monday, if I may.";
    struct wish wish = read_wish(*state, text, "email", "US");

    assert_true(wish.words.data >= text && wish.words.data + wish.words.len <= text + strlen(text));
    assert_true(wish.words.len > 0 && memcmp(wish.words.data, "I'd prefer a call", 17) == 0);
}

static void test_wish__is_not_fooled_by_its_own_stand_ins(void **state)
{
    struct wish wish = read_wish(*state, "Call me on qzdetail0 or qzdetail49", "email", "US");

    assert_string_equal(wish.prefer, "call");
    assert_null(wish.number);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_wish__hears_what_people_want),
        cmocka_unit_test(test_wish__hears_what_people_decline),
        cmocka_unit_test(test_wish__takes_no_words_of_two_clauses_for_one_name),
        cmocka_unit_test(test_wish__takes_no_mention_for_a_wish),
        cmocka_unit_test(test_wish__understands_other_languages),
        cmocka_unit_test(test_wish__takes_the_number_of_the_channel_it_names),
        cmocka_unit_test(test_wish__takes_a_number_of_the_signature_only_when_it_is_pointed_to),
        cmocka_unit_test(test_wish__takes_handle_and_address),
        cmocka_unit_test(test_wish__tells_the_next_time_from_every_time),
        cmocka_unit_test(test_wish__shows_the_words_it_was_read_from),
        cmocka_unit_test(test_wish__is_not_fooled_by_its_own_stand_ins),
    };

    return cmocka_run_group_tests(tests, make_world, drop_world);
}
