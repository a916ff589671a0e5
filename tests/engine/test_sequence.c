/* tests/engine/test_sequence.c - waits and windows over clock changes of many zones, and sequence
 * files good and bad. */
#include "tests/engine/clockwork.h"

#include <stdio.h>
#include <string.h>

#include "core/base/attr.h"
#include "core/base/str.h"
#include "core/engine/sequence.h"

/* ---- waits ---- */

static const struct {
    const char *text, *zone, *from, *expected; /* expected: ISO in the zone */
} waits[] = {
    { "2 business days", "Europe/Berlin", "2026-11-20 10:00", "2026-11-24T10:00:00+01:00" },
    { "1 business day", "Europe/Berlin", "2026-11-21 10:00", "2026-11-23T10:00:00+01:00" },
    { "1 business day", "Europe/Berlin", "2026-11-22 10:00", "2026-11-23T10:00:00+01:00" },
    { "5 business days", "Europe/Berlin", "2026-11-18 09:30", "2026-11-25T09:30:00+01:00" },
    { "10 business days", "America/New_York", "2026-10-26 09:00", "2026-11-09T09:00:00-05:00" },
    { "0 business days", "Europe/Berlin", "2026-11-21 10:00", "2026-11-21T10:00:00+01:00" },
    { "1 day", "Europe/Berlin", "2026-03-28 09:00", "2026-03-29T09:00:00+02:00" },
    { "1 day", "Europe/Berlin", "2026-10-24 09:00", "2026-10-25T09:00:00+01:00" },
    { "24 hours", "Europe/Berlin", "2026-03-28 09:00", "2026-03-29T10:00:00+02:00" },
    { "24 hours", "Europe/Berlin", "2026-10-24 09:00", "2026-10-25T08:00:00+01:00" },
    { "1 day", "Europe/Berlin", "2026-03-28 02:30", "2026-03-29T03:00:00+02:00" },
    { "1 week", "America/New_York", "2026-03-05 17:15", "2026-03-12T17:15:00-04:00" },
    { "3 days", "Australia/Lord_Howe", "2026-10-02 09:00", "2026-10-05T09:00:00+11:00" },
    { "1 day", "Africa/Cairo", "2026-04-23 09:00", "2026-04-24T09:00:00+03:00" },
    { "1 day", "Africa/Cairo", "2026-04-23 00:00", "2026-04-24T01:00:00+03:00" },
    { "3 days", "America/Santiago", "2026-09-04 09:00", "2026-09-07T09:00:00-03:00" },
    { "1 month", "Europe/Berlin", "2026-01-31 12:00", "2026-02-28T12:00:00+01:00" },
    { "1 month", "Europe/Berlin", "2028-01-31 12:00", "2028-02-29T12:00:00+01:00" },
    { "13 months", "Europe/Berlin", "2026-12-15 12:00", "2028-01-15T12:00:00+01:00" },
    { "90 minutes", "Asia/Kolkata", "2026-05-04 09:00", "2026-05-04T10:30:00+05:30" },
    { "on 2027-03-01", "Europe/Berlin", "2026-11-20 10:00", "2027-03-01T00:00:00+01:00" },
    { "on 2026-04-24", "Africa/Cairo", "2026-04-20 10:00", "2026-04-24T01:00:00+03:00" },
    { "on 2027-01-01", "Europe/Berlin", "2026-11-20 10:00", "2027-01-01T00:00:00+01:00" },
    { "on 2026-12-31", "Europe/Berlin", "2026-11-20 10:00", "2026-12-31T00:00:00+01:00" },
    { "none", "Europe/Berlin", "2026-11-20 10:00", "2026-11-20T10:00:00+01:00" },
    { "  2   WEEKS ", "UTC", "2026-02-20 10:00", "2026-03-06T10:00:00+00:00" },
};

static void test_wait__keeps_the_local_time_over_every_clock_change(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(waits); i++) {
        const struct zone *zone = zone_named(waits[i].zone);
        struct wait wait;
        struct err err = { 0 };
        char iso[32];

        assert_int_equal(wait_parse(span_of(waits[i].text), &wait, &err), 0);
        zone_iso(zone, wait_from(&wait, ms_at(waits[i].zone, waits[i].from), zone), iso);
        if (strncmp(iso, waits[i].expected, 19) != 0)
            print_error("row %zu: %s\n", i, waits[i].text);
        assert_memory_equal(iso, waits[i].expected, 19);
    }
}

static const struct {
    const char *text, *says;
} bad_waits[] = {
    { "", "number" },
    { "soon", "number" },
    { "2", "expected" },
    { "2 buisness days", "expected" },
    { "2 business weeks", "only days" },
    { "2 dayz", "did you mean \"days\"" },
    { "3 wekks", "did you mean \"weeks\"" },
    { "1001 days", "number" },
    { "-1 days", "number" },
    { "2.5 days", "number" },
    { "2 days ago", "more after" },
    { "on 2027-02-29", "no such date" },
    { "on 2027-13-01", "no such date" },
    { "on 2027-3-1", "YYYY-MM-DD" },
    { "on 2027-03", "no such date" },
    { "on 2027-03-01-04", "no such date" },
    { "on monday", "YYYY-MM-DD" },
    { "2 days\r\nX: y", "expected" },
    { "99999999999999999999 days", "number" },
};

static void test_wait__says_what_it_expected_instead(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(bad_waits); i++) {
        struct wait wait;
        struct err err = { 0 };

        if (wait_parse(span_of(bad_waits[i].text), &wait, &err) == 0)
            fail_msg("row %zu was taken: %s", i, bad_waits[i].text);
        assert_int_equal(err.code, ERR_CONFIG);
        if (!strstr(err.text, bad_waits[i].says))
            fail_msg("row %zu: %s", i, err.text);
        assert_non_null(strstr(err.text, "2 business days"));
    }
}

/* ---- windows ---- */

static const struct {
    const char *days;
    int from, to;
    const char *window_zone, *prospect, *at, *expected; /* at: in the prospect's zone */
} windows[] = {
    { "mon-fri", 540, 1050, NULL, "Europe/Berlin", "2026-11-20 10:00", "2026-11-20T10:00:00" },
    { "mon-fri", 540, 1050, NULL, "Europe/Berlin", "2026-11-20 08:59", "2026-11-20T09:00:00" },
    { "mon-fri", 540, 1050, NULL, "Europe/Berlin", "2026-11-20 17:30", "2026-11-23T09:00:00" },
    { "mon-fri", 540, 1050, NULL, "Europe/Berlin", "2026-11-20 17:29", "2026-11-20T17:29:00" },
    { "mon-fri", 540, 1050, NULL, "Europe/Berlin", "2026-11-21 12:00", "2026-11-23T09:00:00" },
    { "mon,wed,fri", 540, 1050, NULL, "UTC", "2026-11-24 12:00", "2026-11-25T09:00:00" },
    { "sat-mon", 540, 1050, NULL, "UTC", "2026-11-24 12:00", "2026-11-28T09:00:00" },
    { "sun", 0, 1440, NULL, "UTC", "2026-11-23 00:00", "2026-11-29T00:00:00" },
    { "daily", 0, 1440, NULL, "UTC", "2026-11-23 23:59", "2026-11-23T23:59:00" },
    { "daily", 540, 1440, NULL, "UTC", "2026-11-23 00:01", "2026-11-23T09:00:00" },
    /* the hour that spring swallows */
    { "daily", 120, 240, NULL, "Europe/Berlin", "2026-03-29 00:30", "2026-03-29T03:00:00" },
    { "daily", 130, 170, NULL, "Europe/Berlin", "2026-03-29 00:30", "2026-03-30T02:10:00" },
    { "daily", 540, 1050, NULL, "Europe/Berlin", "2026-03-28 18:00", "2026-03-29T09:00:00" },
    { "daily", 540, 1050, NULL, "Europe/Berlin", "2026-10-24 18:00", "2026-10-25T09:00:00" },
    { "daily", 0, 60, NULL, "Africa/Cairo", "2026-04-23 12:00", "2026-04-25T00:00:00" },
    { "mon-fri", 540, 1050, NULL, "America/Santiago", "2026-09-05 10:00", "2026-09-07T09:00:00" },
    { "mon-fri", 540, 1050, NULL, "Australia/Lord_Howe", "2026-10-03 10:00",
      "2026-10-05T09:00:00" },
    { "mon-fri", 540, 1050, NULL, "Pacific/Auckland", "2026-04-04 10:00", "2026-04-06T09:00:00" },
    /* our own office hours, seen from theirs */
    { "mon-fri", 540, 1050, "Europe/Berlin", "America/New_York", "2026-11-20 02:00",
      "2026-11-20T03:00:00" },
    { "mon-fri", 540, 1050, "Europe/Berlin", "America/New_York", "2026-11-20 11:30",
      "2026-11-23T03:00:00" },
};

static void test_window__opens_at_the_same_local_time_all_year(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(windows); i++) {
        const struct zone *prospect = zone_named(windows[i].prospect);
        struct window window = { .from_minute = windows[i].from, .to_minute = windows[i].to };
        char iso[32];

        if (windows[i].window_zone)
            window.zone = zone_named(windows[i].window_zone);
        assert_true(window_parse_days(span_of(windows[i].days), &window.days));
        zone_iso(prospect,
                 window_next(&window, prospect, ms_at(windows[i].prospect, windows[i].at)), iso);
        if (strncmp(iso, windows[i].expected, 19) != 0)
            fail_msg("row %zu: %s, expected %s", i, iso, windows[i].expected);
    }
}

static bool is_inside(const struct window *window, const struct zone *zone, int64_t at_ms)
{
    struct local_time local;
    int minute;

    zone_to_local(zone, at_ms, &local);
    minute = local.hour * 60 + local.minute;
    return window->days >> local.weekday & 1u && minute >= window->from_minute &&
           minute < window->to_minute;
}

static void test_window__is_never_left_and_nothing_open_is_skipped_all_year_in_many_zones(
    void **state)
{
    static const char *const zones[] = { "Europe/Berlin",       "America/New_York",
                                         "America/St_Johns",    "America/Santiago",
                                         "Africa/Cairo",        "Asia/Kolkata",
                                         "Australia/Lord_Howe", "Pacific/Chatham",
                                         "Asia/Beirut",         "Africa/Casablanca" };
    const struct window window = { .days = 0x2a, .from_minute = 540, .to_minute = 1050 };

    (void)state;
    for (size_t z = 0; z < COUNT_OF(zones); z++) {
        const struct zone *zone = zone_named(zones[z]);
        int64_t at = ms_at("UTC", "2026-01-01 00:00"), end = ms_at("UTC", "2027-01-01 00:00");

        for (; at < end; at += 7 * HOUR_MS + 13 * MINUTE_MS) {
            int64_t next = window_next(&window, zone, at);

            assert_true(next >= at && is_inside(&window, zone, next));
            for (int64_t t = at; t < next; t += 15 * MINUTE_MS)
                assert_false(is_inside(&window, zone, t));
            if (next > at)
                assert_false(is_inside(&window, zone, next - 1));
        }
    }
}

static void test_window__in_a_repeated_hour_stays_inside_the_clock_face(void **state)
{
    const struct zone *zone = zone_named("Europe/Berlin");
    const struct window window = { .days = WINDOW_EVERY_DAY, .from_minute = 150, .to_minute = 180 };
    int64_t midnight = ms_at("Europe/Berlin", "2026-10-25 00:00");

    (void)state;
    for (int minute = 0; minute < 6 * 60; minute++) {
        int64_t at = midnight + minute * MINUTE_MS, next = window_next(&window, zone, at);

        assert_true(next >= at && is_inside(&window, zone, next));
    }
}

static void test_window__without_days_or_length_never_opens(void **state)
{
    struct window window = { .days = 0, .from_minute = 540, .to_minute = 600 };

    (void)state;
    assert_int_equal(window_next(&window, zone_utc(), 0), -1);
    window = (struct window){ .days = 0x7f, .from_minute = 600, .to_minute = 600 };
    assert_int_equal(window_next(&window, zone_utc(), 0), -1);
}

static const struct {
    const char *text;
    int days; /* -1: refused */
} day_lists[] = {
    { "mon-fri", 0x3e }, { "daily", 0x7f },  { "Mon, Wed , FRI", 0x2a },
    { "sat-mon", 0x43 }, { "sun", 0x01 },    { "sun-sat", 0x7f },
    { "", -1 },          { "mon-", -1 },     { "mon-fri-sat", -1 },
    { "monday", -1 },    { "mon,,tue", -1 }, { ",", -1 },
};

static void test_window__reads_days_by_name(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(day_lists); i++) {
        unsigned days = 0;
        bool taken = window_parse_days(span_of(day_lists[i].text), &days);

        assert_int_equal(taken ? (int)days : -1, day_lists[i].days);
    }
}

/* ---- sequences ---- */

static const char example[] =
    "{ \"name\": \"proposal-follow-up\", \"follow\": \"auto\",\n"
    "  \"channels\": [\"email\", \"sms\", \"whatsapp\", \"call\"],\n"
    "  \"window\": { \"days\": \"mon-fri\", \"from\": \"09:00\", \"to\": \"17:30\", \"zone\": "
    "\"prospect\" },\n"
    "  \"on_reply\": { \"human\": \"hold\", \"not_now\": \"snooze\", \"out_of_office\": "
    "\"until_return\", \"wrong_person\": \"task\" },\n"
    "  \"resume_after\": \"3 business days\", \"floor\": { \"touches\": 4, \"channels\": 3 },\n"
    "  \"steps\": [\n"
    "    { \"id\": \"recap\", \"wait\": \"2 business days\", \"template\": \"recap\" },\n"
    "    { \"id\": \"value\", \"wait\": \"3 business days\", \"template\": \"value\" },\n"
    "    { \"id\": \"voice\", \"wait\": \"4 business days\", \"channel\": \"call\", \"template\": "
    "\"progress\" },\n"
    "    { \"id\": \"card\", \"wait\": \"1 week\", \"channel\": \"letter\", \"instructions\": "
    "\"Handwritten card\", \"keep\": true } ] }";

static void test_sequence__reads_the_example_of_the_design(void **state)
{
    struct err err = { 0 };
    struct sequence *sequence = sequence_parse(span_of(example), "example.json", &err);
    size_t index = 99;

    (void)state;
    if (!sequence)
        fail_msg("%s", err.text);
    assert_string_equal(sequence->name, "proposal-follow-up");
    assert_int_equal(sequence->follow, FOLLOW_AUTO);
    assert_int_equal(sequence->channel_count, 4);
    assert_string_equal(sequence->channels[2], "whatsapp");
    assert_int_equal(sequence->window.days, WINDOW_MON_FRI);
    assert_int_equal(sequence->window.from_minute, 540);
    assert_int_equal(sequence->window.to_minute, 1050);
    assert_null(sequence->window.zone);
    assert_int_equal(sequence->on_reply[REPLY_HUMAN], ON_REPLY_HOLD);
    assert_int_equal(sequence->on_reply[REPLY_NOT_NOW], ON_REPLY_SNOOZE);
    assert_int_equal(sequence->on_reply[REPLY_NOT_INTERESTED], ON_REPLY_STOP);
    assert_int_equal(sequence->on_reply[REPLY_OUT_OF_OFFICE], ON_REPLY_UNTIL_RETURN);
    assert_int_equal(sequence->on_reply[REPLY_WRONG_PERSON], ON_REPLY_TASK);
    assert_true(sequence->resumes);
    assert_int_equal(sequence->resume_after.unit, WAIT_BUSINESS_DAYS);
    assert_int_equal(sequence->resume_after.count, 3);
    assert_int_equal(sequence->floor_touches, 4);
    assert_int_equal(sequence->floor_channels, 3);
    assert_int_equal(sequence->step_count, 4);
    assert_ptr_equal(sequence_step(sequence, "card", &index), &sequence->steps[3]);
    assert_int_equal(index, 3);
    assert_null(sequence_step(sequence, "nothing", NULL));
    assert_string_equal(sequence->steps[2].channel, "call");
    assert_int_equal(sequence->steps[3].wait.unit, WAIT_WEEKS);
    assert_true(sequence->steps[3].keep);
    assert_null(sequence->steps[3].template);
    assert_string_equal(sequence->steps[3].instructions, "Handwritten card");
    sequence_destroy(sequence);
    sequence_destroy(NULL);
}

static void test_sequence__has_sound_defaults(void **state)
{
    struct err err = { 0 };
    struct sequence *sequence = sequence_parse(
        span_of("{\"name\":\"s\",\"comment\":\"c\",\"channels\":[\"email\"],\"resume_after\":"
                "\"never\",\"steps\":[{\"id\":\"a\",\"template\":\"t\"}]}"),
        "s", &err);

    (void)state;
    if (!sequence)
        fail_msg("%s", err.text);
    assert_int_equal(sequence->follow, FOLLOW_AUTO);
    assert_int_equal(sequence->window.days, WINDOW_MON_FRI);
    assert_int_equal(sequence->window.from_minute, 540);
    assert_int_equal(sequence->window.to_minute, 1020);
    assert_int_equal(sequence->on_reply[REPLY_HUMAN], ON_REPLY_HOLD);
    assert_int_equal(sequence->on_reply[REPLY_CONCERN], ON_REPLY_TASK);
    assert_int_equal(sequence->on_reply[REPLY_QUESTION], ON_REPLY_TASK);
    assert_int_equal(sequence->on_reply[REPLY_ACK], ON_REPLY_SNOOZE);
    assert_int_equal(sequence->on_reply[REPLY_HOSTILE], ON_REPLY_STOP);
    assert_false(sequence->resumes);
    assert_int_equal(sequence->steps[0].wait.count, 0);
    sequence_destroy(sequence);
}

static void test_sequence__stops_at_any_answer_when_it_stops_at_a_persons(void **state)
{
    struct err err = { 0 };
    struct sequence *sequence = sequence_parse(
        span_of("{\"name\":\"s\",\"channels\":[\"email\"],\"on_reply\":{\"human\":\"stop\","
                "\"question\":\"hold\"},\"steps\":[{\"id\":\"a\",\"template\":\"t\"}]}"),
        "s", &err);

    (void)state;
    if (!sequence)
        fail_msg("%s", err.text);
    assert_int_equal(sequence->on_reply[REPLY_CONCERN], ON_REPLY_STOP);
    assert_int_equal(sequence->on_reply[REPLY_NOT_NOW], ON_REPLY_STOP);
    assert_int_equal(sequence->on_reply[REPLY_QUESTION], ON_REPLY_HOLD); /* it is named */
    assert_int_equal(sequence->on_reply[REPLY_OUT_OF_OFFICE], ON_REPLY_UNTIL_RETURN);
    sequence_destroy(sequence);
}

/* Each row is a whole file; each is wrong in the one place that `path` names. */
#define STEPS "\"steps\":[{\"id\":\"a\",\"template\":\"t\"}]"
#define HEAD "{\"name\":\"s\",\"channels\":[\"email\"],"
static const struct {
    const char *text, *path, *says;
} mistakes[] = {
    { "", "", "" },
    { "[]", "", "one JSON object" },
    { "{\"name\":\"s\",\"name\":\"t\"}", "", "" },
    { "{\"channels\":[\"email\"]," STEPS "}", "name", "needs a name" },
    { "{\"name\":\"My Sequence\",\"channels\":[\"email\"]," STEPS "}", "name", "no name" },
    { "{\"name\":\"\",\"channels\":[\"email\"]," STEPS "}", "name", "1 to 64 bytes" },
    { "{\"name\":\"-s\",\"channels\":[\"email\"]," STEPS "}", "name", "no name" },
    { "{\"name\":\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\","
      "\"channels\":"
      "[\"email\"]," STEPS "}",
      "name", "1 to 64 bytes" },
    { "{\"name\":7,\"channels\":[\"email\"]," STEPS "}", "name", "text in quotes" },
    { HEAD "\"folow\":\"auto\"," STEPS "}", "", "did you mean \"follow\"" },
    { HEAD "\"follow\":\"auot\"," STEPS "}", "follow", "did you mean \"auto\"" },
    { HEAD "\"follow\":\"always\"," STEPS "}", "follow", "auto, ask or never" },
    { "{\"name\":\"s\",\"channels\":[\"emial\"]," STEPS "}", "channels[0]",
      "did you mean \"email\"" },
    { "{\"name\":\"s\",\"channels\":[\"fax\"]," STEPS "}", "channels[0]", "expected email, sms" },
    { "{\"name\":\"s\",\"channels\":[\"sms\",\"sms\"]," STEPS "}", "channels[1]", "twice" },
    { "{\"name\":\"s\",\"channels\":\"email\"," STEPS "}", "channels", "a list" },
    { "{\"name\":\"s\",\"channels\":[1]," STEPS "}", "channels", "names of channels" },
    { "{\"name\":\"s\"," STEPS "}", "steps[0].channel", "no channel" },
    { HEAD "\"window\":7," STEPS "}", "window", "an object" },
    { HEAD "\"window\":{\"from\":\"9:00\"}," STEPS "}", "window.from", "time of day" },
    { HEAD "\"window\":{\"to\":\"24:01\"}," STEPS "}", "window.to", "time of day" },
    { HEAD "\"window\":{\"to\":\"17:60\"}," STEPS "}", "window.to", "time of day" },
    { HEAD "\"window\":{\"from\":\"17:00\",\"to\":\"09:00\"}," STEPS "}", "window", "no length" },
    { HEAD "\"window\":{\"from\":\"09:00\",\"to\":\"09:00\"}," STEPS "}", "window", "no length" },
    { HEAD "\"window\":{\"days\":\"weekdays\"}," STEPS "}", "window.days", "mon,wed,fri" },
    { HEAD "\"window\":{\"zone\":\"Europe/Berlni\"}," STEPS "}", "window.zone", "no zone" },
    { HEAD "\"window\":{\"zone\":\"../../etc/passwd\"}," STEPS "}", "window.zone", "no zone" },
    { HEAD "\"window\":{\"form\":\"09:00\"}," STEPS "}", "window", "did you mean \"from\"" },
    { HEAD "\"on_reply\":{\"human\":\"ignore\"}," STEPS "}", "on_reply.human", "makes no sense" },
    { HEAD "\"on_reply\":{\"question\":\"snooze\"}," STEPS "}", "on_reply.question",
      "makes no sense here: usual is \"task\"" },
    { HEAD "\"on_reply\":{\"concerns\":\"task\"}," STEPS "}", "on_reply",
      "did you mean \"concern\"" },
    { HEAD "\"on_reply\":{\"human\":\"stopp\"}," STEPS "}", "on_reply.human",
      "did you mean \"stop\"" },
    { HEAD "\"on_reply\":{\"humans\":\"stop\"}," STEPS "}", "on_reply", "did you mean \"human\"" },
    { HEAD "\"resume_after\":\"3 dyas\"," STEPS "}", "resume_after", "did you mean \"days\"" },
    { HEAD "\"floor\":{\"touches\":-1}," STEPS "}", "floor.touches", "whole number" },
    { HEAD "\"floor\":{\"touches\":1.5}," STEPS "}", "floor.touches", "whole number" },
    { HEAD "\"floor\":{\"touches\":1e99}," STEPS "}", "floor.touches", "whole number" },
    { "{\"name\":\"s\",\"channels\":[\"email\"]}", "steps", "at least one" },
    { HEAD "\"steps\":[]}", "steps", "at least one" },
    { HEAD "\"steps\":[3]}", "steps[0]", "an object" },
    { HEAD "\"steps\":[{\"template\":\"t\"}]}", "steps[0].id", "needs an id" },
    { HEAD "\"steps\":[{\"id\":\"a\",\"template\":\"t\"},{\"id\":\"b\",\"template\":\"t\"}]}",
      "steps[1].wait", "how long" },
    { HEAD "\"steps\":[{\"id\":\"a\",\"template\":\"t\"},{\"id\":\"a\",\"template\":\"t\",\"wait\":"
           "\"1 day\"}]}",
      "steps[1].id", "step 1 is called \"a\" already" },
    { HEAD "\"steps\":[{\"id\":\"a\"}]}", "steps[0]", "says nothing" },
    { HEAD "\"steps\":[{\"id\":\"a\",\"instructions\":\"x\"}]}", "steps[0]", "for people" },
    { HEAD "\"steps\":[{\"id\":\"a\",\"template\":\"t\",\"channel\":\"cal\"}]}", "steps[0].channel",
      "did you mean \"call\"" },
    { HEAD "\"steps\":[{\"id\":\"a\",\"template\":\"t\",\"keep\":\"yes\"}]}", "steps[0].keep",
      "true or false" },
    { HEAD "\"steps\":[{\"id\":\"a\",\"template\":\"t\",\"keep\":true}]}", "steps[0].keep",
      "must name it" },
    { HEAD "\"steps\":[{\"id\":\"a\",\"template\":\"../x\"}]}", "steps[0].template", "no name" },
    { HEAD "\"steps\":[{\"id\":\"a\",\"template\":\"t\",\"chanel\":\"sms\"}]}", "steps[0]",
      "did you mean \"channel\"" },
};

static void test_sequence__names_each_mistake_with_its_path_and_the_nearest_name(void **state)
{
    const struct sequence_names names = { 0 };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(mistakes); i++) {
        struct findings findings = { 0 };
        struct sequence *sequence =
            sequence_read(span_of(mistakes[i].text), "s.json", &names, &findings);
        bool found = false;

        assert_null(sequence);
        assert_true(findings.errors > 0);
        for (size_t f = 0; f < findings.count; f++)
            found = found || (findings.list[f].error &&
                              strcmp(findings.list[f].path, mistakes[i].path) == 0 &&
                              strstr(findings.list[f].text, mistakes[i].says));
        if (!found)
            fail_msg("row %zu: %s: %s", i, findings.list[0].path, findings.list[0].text);
        if (findings.errors != 1)
            fail_msg("row %zu: also %s: %s", i, findings.list[1].path, findings.list[1].text);
        findings_finish(&findings);
    }
}

static void test_sequence__collects_all_mistakes_of_a_file_at_once(void **state)
{
    static const char text[] =
        "{\"name\":\"S\",\"follow\":\"x\",\"channels\":[\"emial\"],\"window\":{\"from\":\"9\"},"
        "\"resume_after\":\"later\",\"steps\":[{\"id\":\"a\",\"template\":\"t\"},{\"id\":\"a\"},"
        "{\"id\":\"c\",\"template\":\"t\",\"wait\":\"1 dya\",\"channel\":\"smss\"}]}";
    struct findings findings = { 0 };
    struct err err = { 0 };

    (void)state;
    assert_null(sequence_read(span_of(text), "s.json", NULL, &findings));
    assert_int_equal(findings.errors, 10);
    findings_finish(&findings);
    assert_null(sequence_parse(span_of(text), "s.json", &err));
    assert_int_equal(err.code, ERR_CONFIG);
    assert_memory_equal(err.text, "s.json: name: ", 14);
    assert_non_null(strstr(err.text, " more"));
}

static void test_sequence__is_checked_against_the_names_of_the_workspace(void **state)
{
    static const char *const templates[] = { "recap", "values", NULL };
    static const char *const channels[] = { "mattermost", NULL };
    const struct sequence_names names = { templates, channels };
    static const char text[] = "{\"name\":\"s\",\"channels\":[\"mattermost\"],\"steps\":["
                               "{\"id\":\"a\",\"template\":\"recap\"},{\"id\":\"b\",\"template\":"
                               "\"value\",\"wait\":\"1 day\"},"
                               "{\"id\":\"c\",\"template\":\"nowhere\",\"wait\":\"1 day\"}]}";
    struct findings findings = { 0 };
    struct sequence *sequence = sequence_read(span_of(text), "s", &names, &findings);

    (void)state;
    assert_null(sequence);
    assert_int_equal(findings.errors, 2);
    assert_string_equal(findings.list[0].path, "steps[1]");
    assert_non_null(strstr(findings.list[0].text, "did you mean \"values\""));
    assert_string_equal(findings.list[1].path, "steps[2]");
    findings_finish(&findings);
}

static void test_sequence__of_an_unknown_workspace_may_use_channels_of_provider_files(void **state)
{
    struct err err = { 0 };
    struct sequence *sequence = sequence_parse(
        span_of("{\"name\":\"s\",\"channels\":[\"mattermost\"]," STEPS "}"), "s", &err);

    (void)state;
    assert_non_null(sequence);
    sequence_destroy(sequence);
}

static void test_sequence__below_its_own_floor_is_warned_about_and_kept(void **state)
{
    struct findings findings = { 0 };
    struct sequence *sequence = sequence_read(
        span_of(HEAD "\"floor\":{\"touches\":6,\"channels\":3}," STEPS "}"), "s", NULL, &findings);

    (void)state;
    assert_non_null(sequence);
    assert_int_equal(findings.errors, 0);
    assert_int_equal(findings.count, 2);
    assert_string_equal(findings.list[0].path, "floor.touches");
    assert_string_equal(findings.list[1].path, "floor.channels");
    findings_finish(&findings);
    sequence_destroy(sequence);
}

static void test_sequence__at_its_own_floor_is_not_warned_about(void **state)
{
    struct findings findings = { 0 };
    struct sequence *sequence = sequence_read(
        span_of("{\"name\":\"s\",\"channels\":[\"email\",\"sms\"],\"floor\":{\"touches\":3,"
                "\"channels\":3},\"steps\":[{\"id\":\"a\",\"template\":\"t\"},{\"id\":\"b\","
                "\"template\":\"t\",\"wait\":\"1 day\",\"channel\":\"call\"},{\"id\":\"c\","
                "\"template\":\"t\",\"wait\":\"1 day\",\"channel\":\"call\"}]}"),
        "s", NULL, &findings);

    (void)state;
    assert_non_null(sequence);
    assert_int_equal(findings.count, 0);
    findings_finish(&findings);
    sequence_destroy(sequence);
}

static void test_sequence__cut_or_flipped_anywhere_never_crashes(void **state)
{
    char text[sizeof(example)];

    (void)state;
    for (size_t len = 0; len < sizeof(example) - 1; len++) {
        struct findings findings = { 0 };

        assert_null(sequence_read(span_make(example, len), "s", NULL, &findings));
        findings_finish(&findings);
    }
    for (size_t at = 0; at < sizeof(example) - 1; at++) {
        struct findings findings = { 0 };

        memcpy(text, example, sizeof(text));
        text[at] = (char)(text[at] ^ (1 << at % 8));
        sequence_destroy(sequence_read(span_make(text, sizeof(text) - 1), "s", NULL, &findings));
        findings_finish(&findings);
    }
}

/* A file of `count` steps with four mistakes each. */
static void add_bad_steps(struct str *out, int count)
{
    str_reset(out);
    str_add_text(out, HEAD "\"steps\":[");
    for (int i = 0; i < count; i++)
        str_printf(out, "%s{\"x\":1,\"y\":2,\"z\":3,\"wait\":\"?\"}", i > 0 ? "," : "");
    str_add_text(out, "]}");
    assert_true(str_ok(out));
}

static void test_sequence__with_too_many_steps_or_mistakes_is_bounded(void **state)
{
    struct findings findings = { 0 };
    struct str text;

    (void)state;
    str_init(&text, 400000);
    add_bad_steps(&text, 101);
    assert_null(sequence_read(str_span(&text), "s", NULL, &findings));
    assert_string_equal(findings.list[0].path, "steps");
    findings_finish(&findings);
    add_bad_steps(&text, 100);
    assert_null(sequence_read(str_span(&text), "s", NULL, &findings));
    assert_int_equal(findings.count, FINDINGS_MAX);
    assert_true(findings.dropped > 0);
    assert_int_equal(findings.count + findings.dropped, findings.errors);
    findings_finish(&findings);
    str_finish(&text);
}

static void test_sequence__knows_which_channels_people_work(void **state)
{
    static const char *const people[] = { "call", "letter", "visit", "gift", "social" };
    static const char *const machines[] = { "email", "sms", "whatsapp", "telegram", "slack", "x" };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(people); i++)
        assert_true(sequence_channel_is_human(people[i]));
    for (size_t i = 0; i < COUNT_OF(machines); i++)
        assert_false(sequence_channel_is_human(machines[i]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_wait__keeps_the_local_time_over_every_clock_change),
        cmocka_unit_test(test_wait__says_what_it_expected_instead),
        cmocka_unit_test(test_window__opens_at_the_same_local_time_all_year),
        cmocka_unit_test(
            test_window__is_never_left_and_nothing_open_is_skipped_all_year_in_many_zones),
        cmocka_unit_test(test_window__in_a_repeated_hour_stays_inside_the_clock_face),
        cmocka_unit_test(test_window__without_days_or_length_never_opens),
        cmocka_unit_test(test_window__reads_days_by_name),
        cmocka_unit_test(test_sequence__reads_the_example_of_the_design),
        cmocka_unit_test(test_sequence__has_sound_defaults),
        cmocka_unit_test(test_sequence__stops_at_any_answer_when_it_stops_at_a_persons),
        cmocka_unit_test(test_sequence__names_each_mistake_with_its_path_and_the_nearest_name),
        cmocka_unit_test(test_sequence__collects_all_mistakes_of_a_file_at_once),
        cmocka_unit_test(test_sequence__is_checked_against_the_names_of_the_workspace),
        cmocka_unit_test(test_sequence__of_an_unknown_workspace_may_use_channels_of_provider_files),
        cmocka_unit_test(test_sequence__below_its_own_floor_is_warned_about_and_kept),
        cmocka_unit_test(test_sequence__at_its_own_floor_is_not_warned_about),
        cmocka_unit_test(test_sequence__cut_or_flipped_anywhere_never_crashes),
        cmocka_unit_test(test_sequence__with_too_many_steps_or_mistakes_is_bounded),
        cmocka_unit_test(test_sequence__knows_which_channels_people_work),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
