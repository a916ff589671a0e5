/* tests/replies/test_when.c - the moments that replies name. Unless a row says otherwise it is
 * Wednesday 18 November 2026, 10:30, in London. */
#include "tests/replies/case.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/text.h"
#include "core/base/zone.h"
#include "core/replies/when.h"

struct row {
    const char *text;
    enum when_kind kind;
    const char *start, *end; /* local, "2026-11-24T15:00"; NULL = open or not asked */
};

static const struct zone *zone(const char *name)
{
    const struct zone *found = zone_find(name, NULL);

    if (!found)
        fail_msg("no zone %s", name);
    return found;
}

static int64_t instant(const char *text, const struct zone *zone)
{
    struct local_time time = { .year = (int)strtol(text, NULL, 10),
                               .month = (int)strtol(text + 5, NULL, 10),
                               .day = (int)strtol(text + 8, NULL, 10),
                               .hour = (int)strtol(text + 11, NULL, 10),
                               .minute = (int)strtol(text + 14, NULL, 10) };

    return zone_to_utc(zone, &time);
}

static struct when_env env_at(const char *zone_name, const char *ref)
{
    struct when_env env = { .zone = zone(zone_name) };

    env.ref_ms = instant(ref, env.zone);
    return env;
}

static void check(const struct row *rows, size_t count, const struct when_env *env)
{
    struct arena arena;

    arena_init(&arena);
    for (size_t i = 0; i < count; i++) {
        const struct row *row = &rows[i];
        struct when got;
        char from[32], to[32];

        when_read(span_of(row->text), env, &arena, &got);
        if (got.kind != row->kind ||
            (row->start && got.start_ms != instant(row->start, env->zone)) ||
            (row->end && got.end_ms != instant(row->end, env->zone)))
            fail_msg("\"%s\": %s, %s to %s", row->text, when_kind_name(got.kind),
                     zone_iso(env->zone, got.start_ms, from), zone_iso(env->zone, got.end_ms, to));
        arena_reset(&arena);
    }
    arena_finish(&arena);
}

static void check_usual(const struct row *rows, size_t count)
{
    struct when_env env = env_at("Europe/London", "2026-11-18T10:30");

    check(rows, count, &env);
}

static void test_when__a_bare_day_or_hour_that_is_past_moves_on(void **state)
{
    static const struct row rows[] = {
        { "Friday suits me", WHEN_INSTANT, "2026-11-20T00:00", "2026-11-21T00:00" },
        { "How about Wednesday?", WHEN_INSTANT, "2026-11-25T00:00", NULL },
        { "On the 3rd please", WHEN_INSTANT, "2026-12-03T00:00", NULL },
        { "call at 9am", WHEN_INSTANT, "2026-11-19T09:00", NULL },
        { "call at 11am", WHEN_INSTANT, "2026-11-18T11:00", NULL },
        { "early March", WHEN_INTERVAL, "2027-03-01T00:00", "2027-03-11T00:00" },
        { "on 10 November", WHEN_INSTANT, "2027-11-10T00:00", NULL },
    };

    (void)state;
    check_usual(rows, COUNT_OF(rows));
}

static void test_when__what_is_told_of_the_past_is_no_wish(void **state)
{
    static const struct row rows[] = {
        { "We met on Monday", WHEN_NONE, NULL, NULL },
        { "I called you yesterday", WHEN_NONE, NULL, NULL },
        { "We talked 3 weeks ago", WHEN_NONE, NULL, NULL },
        { "Last week", WHEN_NONE, NULL, NULL },
        { "We spoke on Monday. Ring me on Thursday.", WHEN_INSTANT, "2026-11-19T00:00", NULL },
    };

    (void)state;
    check_usual(rows, COUNT_OF(rows));
}

static void test_when__hours_from_one_to_seven_are_the_afternoon(void **state)
{
    static const struct row rows[] = {
        { "Call me on Thursday at 3", WHEN_INSTANT, "2026-11-19T15:00", NULL },
        { "Thursday at 8", WHEN_INSTANT, "2026-11-19T08:00", NULL },
        { "Thursday at 7 in the morning", WHEN_INSTANT, "2026-11-19T07:00", NULL },
        { "Thursday 3-4", WHEN_INTERVAL, "2026-11-19T15:00", "2026-11-19T16:00" },
        { "Thursday 11-1pm", WHEN_INTERVAL, "2026-11-19T11:00", "2026-11-19T13:00" },
        { "half past 3 tomorrow", WHEN_INSTANT, "2026-11-19T15:30", NULL },
        { "half four tomorrow", WHEN_INSTANT, "2026-11-19T16:30", NULL },
        { "quarter to 5 tomorrow", WHEN_INSTANT, "2026-11-19T16:45", NULL },
        { "tomorrow at noon", WHEN_INSTANT, "2026-11-19T12:00", NULL },
    };

    (void)state;
    check_usual(rows, COUNT_OF(rows));
}

static void test_when__days_that_do_not_suit_are_not_the_ones_meant(void **state)
{
    static const struct row rows[] = {
        { "Thursday is no good, Friday is", WHEN_INSTANT, "2026-11-20T00:00", NULL },
        { "I can't do Tuesday, but Wednesday at 10 is good", WHEN_INSTANT, "2026-11-25T10:00",
          NULL },
        { "I'm off Thursday and Friday, Monday is fine", WHEN_INSTANT, "2026-11-23T00:00", NULL },
        { "Not this week.", WHEN_NOT_BEFORE, "2026-11-23T00:00", NULL },
        { "Next month is too busy", WHEN_NOT_BEFORE, "2027-01-01T00:00", NULL },
        { "Any day but Monday", WHEN_OPEN, "2026-11-18T10:30", NULL },
        { "I don't work Fridays", WHEN_NONE, NULL, NULL },
        { "3pm doesn't work", WHEN_NONE, NULL, NULL },
        { "Thursday is no problem", WHEN_INSTANT, "2026-11-19T00:00", NULL },
        { "Why not Thursday?", WHEN_INSTANT, "2026-11-19T00:00", NULL },
        { "Happy Friday!", WHEN_NONE, NULL, NULL },
        { "Have a great weekend", WHEN_NONE, NULL, NULL },
    };

    (void)state;
    check_usual(rows, COUNT_OF(rows));
}

/* The year we are in was once preferred to the month that was asked for. */
static void test_when__the_year_or_month_we_are_in_gives_way_to_what_else_is_named(void **state)
{
    static const struct row rows[] = {
        { "We're all set for this year but circle back in January?", WHEN_INTERVAL,
          "2027-01-01T00:00", NULL },
        { "Swamped this month, try me in February", WHEN_INTERVAL, "2027-02-01T00:00", NULL },
    };

    (void)state;
    check_usual(rows, COUNT_OF(rows));
}

static void test_when__a_clause_told_of_the_past_spares_the_next(void **state)
{
    static const struct row rows[] = {
        { "We spoke last week, call me on Thursday", WHEN_INSTANT, "2026-11-19T00:00", NULL },
        { "On Monday, we met your colleague", WHEN_NONE, NULL, NULL },
        { "I was hoping to talk on Friday", WHEN_INSTANT, "2026-11-20T00:00", NULL },
        { "This week. Monday", WHEN_INSTANT, "2026-11-23T00:00", NULL },
    };

    (void)state;
    check_usual(rows, COUNT_OF(rows));
}

static void test_when__bounds_reach_over_a_few_words(void **state)
{
    static const struct row rows[] = {
        { "Nothing before February", WHEN_NOT_BEFORE, "2027-02-01T00:00", NULL },
        { "Don't call me before 3", WHEN_NOT_BEFORE, "2026-11-18T15:00", NULL },
        { "Call before 3", WHEN_BEFORE, NULL, "2026-11-18T15:00" },
        { "Monday, but not before 10", WHEN_NOT_BEFORE, "2026-11-23T10:00", NULL },
        { "I'm back from leave on the 3rd", WHEN_NOT_BEFORE, "2026-12-03T00:00", NULL },
        { "Call me back at 3 tomorrow", WHEN_INSTANT, "2026-11-19T15:00", NULL },
        { "Away from tomorrow until the 30th", WHEN_NOT_BEFORE, "2026-11-30T00:00", NULL },
        { "I'm out from 16 to 27 November", WHEN_NOT_BEFORE, "2026-11-28T00:00", NULL },
        { "Busy until the end of the year", WHEN_NOT_BEFORE, "2027-01-01T00:00", NULL },
        { "Friday at the latest", WHEN_BEFORE, NULL, "2026-11-21T00:00" },
        { "on or after the 5th", WHEN_NOT_BEFORE, "2026-12-05T00:00", NULL },
    };

    (void)state;
    check_usual(rows, COUNT_OF(rows));
}

static void test_when__weeks_halves_and_seasons_as_people_say_them(void **state)
{
    static const struct row rows[] = {
        { "Friday week", WHEN_INSTANT, "2026-11-27T00:00", NULL },
        { "a week on Friday", WHEN_INSTANT, "2026-11-27T00:00", NULL },
        { "a fortnight today", WHEN_INSTANT, "2026-12-02T00:00", NULL },
        { "the Monday after Christmas", WHEN_INSTANT, "2026-12-28T00:00", NULL },
        { "the week after Easter", WHEN_INTERVAL, "2027-03-29T00:00", "2027-04-05T00:00" },
        { "in the second half of January", WHEN_INTERVAL, "2027-01-16T00:00", "2027-02-01T00:00" },
        { "after the summer", WHEN_NOT_BEFORE, "2027-09-01T00:00", NULL },
        { "in the autumn", WHEN_INTERVAL, "2027-09-01T00:00", "2027-12-01T00:00" },
        { "H2", WHEN_INTERVAL, "2027-07-01T00:00", NULL },
        { "in the next two weeks", WHEN_INTERVAL, "2026-11-18T10:30", "2026-12-02T00:00" },
        { "in 2-3 weeks", WHEN_NOT_BEFORE, "2026-12-02T00:00", NULL },
        { "Friday pm", WHEN_INTERVAL, "2026-11-20T13:00", NULL },
        { "at the weekend", WHEN_INTERVAL, "2026-11-21T00:00", "2026-11-23T00:00" },
        { "same time tomorrow", WHEN_INSTANT, "2026-11-19T10:30", NULL },
        { "8.30 tomorrow", WHEN_INSTANT, "2026-11-19T08:30", NULL },
        { "4pm UTC+2", WHEN_INSTANT, "2026-11-18T14:00", NULL },
        { "at 11 or 3 on Monday", WHEN_ALTERNATIVES, "2026-11-23T11:00", NULL },
    };

    (void)state;
    check_usual(rows, COUNT_OF(rows));
}

static void test_when__hours_of_days_that_come_back(void **state)
{
    static const struct row rows[] = {
        { "on Mondays", WHEN_WEEKLY, "2026-11-23T00:00", NULL },
        { "Wednesdays and Fridays", WHEN_WEEKLY, "2026-11-20T00:00", NULL },
        { "Thursdays after 3pm", WHEN_WEEKLY, "2026-11-19T15:00", NULL },
        { "Mondays between 2 and 4", WHEN_WEEKLY, "2026-11-23T14:00", "2026-11-23T16:00" },
        { "Tuesday evenings", WHEN_WEEKLY, "2026-11-24T17:00", NULL },
        { "weekdays after 6", WHEN_DAILY, "2026-11-18T18:00", NULL },
        { "weekends", WHEN_WEEKLY, "2026-11-21T00:00", NULL },
    };

    (void)state;
    check_usual(rows, COUNT_OF(rows));
}

static void test_when__german_french_and_spanish_say_the_usual(void **state)
{
    static const struct row rows[] = {
        { "Morgen um 15 Uhr", WHEN_INSTANT, "2026-11-19T15:00", NULL },
        { "Am Freitag um halb zehn", WHEN_INSTANT, "2026-11-20T09:30", NULL },
        { "übernächste Woche", WHEN_INTERVAL, "2026-11-30T00:00", NULL },
        { "Anfang Januar", WHEN_INTERVAL, "2027-01-01T00:00", NULL },
        { "demain matin", WHEN_INTERVAL, "2026-11-19T09:00", "2026-11-19T12:00" },
        { "jeudi entre 10h et 12h", WHEN_INTERVAL, "2026-11-19T10:00", "2026-11-19T12:00" },
        { "la semaine prochaine", WHEN_INTERVAL, "2026-11-23T00:00", NULL },
        { "à partir du 7 janvier", WHEN_NOT_BEFORE, "2027-01-07T00:00", NULL },
        { "el martes a las 16:00", WHEN_INSTANT, "2026-11-24T16:00", NULL },
        { "mañana por la tarde", WHEN_INTERVAL, "2026-11-19T13:00", NULL },
        { "la semana que viene", WHEN_INTERVAL, "2026-11-23T00:00", NULL },
    };

    (void)state;
    check_usual(rows, COUNT_OF(rows));
}

static void test_when__dutch_italian_and_portuguese_say_the_usual(void **state)
{
    static const struct row rows[] = {
        { "Bel me donderdag om half vier", WHEN_INSTANT, "2026-11-19T15:30", NULL },
        { "vrijdagochtend", WHEN_INTERVAL, "2026-11-20T09:00", "2026-11-20T12:00" },
        { "dinsdagmiddag na drie uur", WHEN_NOT_BEFORE, "2026-11-24T15:00", NULL },
        { "over twee weken", WHEN_NOT_BEFORE, "2026-12-02T00:00", NULL },
        { "tot 30 november met vakantie", WHEN_NOT_BEFORE, "2026-11-30T00:00", NULL },
        { "tra due settimane", WHEN_NOT_BEFORE, "2026-12-02T00:00", NULL },
        { "venerdì tra le 10 e le 12", WHEN_INTERVAL, "2026-11-20T10:00", "2026-11-20T12:00" },
        { "dopodomani pomeriggio", WHEN_INTERVAL, "2026-11-20T13:00", NULL },
        { "non prima del 10 gennaio", WHEN_NOT_BEFORE, "2027-01-10T00:00", NULL },
        { "segunda-feira às 10h30", WHEN_INSTANT, "2026-11-23T10:30", NULL },
        { "depois de amanhã à tarde", WHEN_INTERVAL, "2026-11-20T13:00", NULL },
        { "no próximo mês", WHEN_INTERVAL, "2026-12-01T00:00", NULL },
        { "dans l'après-midi de mardi", WHEN_INTERVAL, "2026-11-24T13:00", NULL },
        { "Freitagnachmittag", WHEN_INTERVAL, "2026-11-20T13:00", "2026-11-20T17:00" },
        { "KW50", WHEN_INTERVAL, "2026-12-07T00:00", NULL },
        { "Donnerstag KW 50", WHEN_INSTANT, "2026-12-10T00:00", NULL },
    };

    (void)state;
    check_usual(rows, COUNT_OF(rows));
}

static void test_when__words_of_other_languages_stay_english_in_english(void **state)
{
    static const struct row rows[] = {
        { "It was due but never came", WHEN_NONE, NULL, NULL },
        { "Over two weeks of work went into it", WHEN_NONE, NULL, NULL },
        { "That is a fine idea", WHEN_NONE, NULL, NULL },
        { "We begin with a plan", WHEN_NONE, NULL, NULL },
        { "I lent him the money", WHEN_NONE, NULL, NULL },
        { "First of all, thanks", WHEN_NONE, NULL, NULL },
        { "Guten Morgen, kein Bedarf", WHEN_NONE, NULL, NULL },
        { "Prefiro a segunda opção", WHEN_NONE, NULL, NULL },
    };

    (void)state;
    check_usual(rows, COUNT_OF(rows));
}

static void test_when__days_in_a_list_share_their_month(void **state)
{
    static const struct row rows[] = {
        { "10 or 12 December", WHEN_ALTERNATIVES, "2026-12-10T00:00", NULL },
        { "December 7, 8 or 9", WHEN_ALTERNATIVES, "2026-12-07T00:00", NULL },
        { "Feb/March", WHEN_ALTERNATIVES, "2027-02-01T00:00", NULL },
        { "December 7, 3 people", WHEN_INSTANT, "2026-12-07T00:00", NULL },
        { "can't do Tuesday, Wednesday works", WHEN_INSTANT, "2026-11-25T00:00", NULL },
        { "Jan 11 through 15, 2027", WHEN_INTERVAL, "2027-01-11T00:00", "2027-01-16T00:00" },
        { "tomorrow, 19 November, at 3pm", WHEN_INSTANT, "2026-11-19T15:00", NULL },
        { "Friday 4 Dec - 3pm", WHEN_INSTANT, "2026-12-04T15:00", NULL },
        { "Dec 8 from 3 to 4", WHEN_INTERVAL, "2026-12-08T15:00", "2026-12-08T16:00" },
        { "Friday 4/12", WHEN_INSTANT, "2026-12-04T00:00", NULL },
        { "Monday 30 between 9:30 and 3pm", WHEN_INTERVAL, "2026-11-30T09:30", "2026-11-30T15:00" },
    };

    (void)state;
    check_usual(rows, COUNT_OF(rows));
}

static void test_when__lengths_and_absences_are_counted(void **state)
{
    static const struct row rows[] = {
        { "in 3 working days", WHEN_NOT_BEFORE, "2026-11-23T00:00", NULL },
        { "in half an hour", WHEN_INSTANT, "2026-11-18T11:00", NULL },
        { "call me in 10", WHEN_INSTANT, "2026-11-18T10:40", NULL },
        { "give me another week to decide", WHEN_NOT_BEFORE, "2026-11-25T00:00", NULL },
        { "Another day, another pitch", WHEN_NONE, NULL, NULL },
        { "Three nights in a hotel cost more", WHEN_NONE, NULL, NULL },
        { "I'm on holiday for a fortnight", WHEN_NOT_BEFORE, "2026-12-02T00:00", NULL },
        { "out of the market for 3 years", WHEN_NONE, NULL, NULL },
        { "I'm away for the month", WHEN_NOT_BEFORE, "2026-12-01T00:00", NULL },
        { "free for 2 hours from 2pm", WHEN_INTERVAL, "2026-11-18T14:00", "2026-11-18T16:00" },
        { "two weekends from now", WHEN_INTERVAL, "2026-11-28T00:00", NULL },
        { "at least 3 days from now", WHEN_NOT_BEFORE, "2026-11-21T00:00", NULL },
        { "Next week I'm at a fair, after that is fine", WHEN_NOT_BEFORE, "2026-11-30T00:00",
          NULL },
        { "Next week is a fair, the week after works", WHEN_INTERVAL, "2026-11-30T00:00", NULL },
        { "my contract ends 31 March so ring me in Feb", WHEN_INTERVAL, "2027-02-01T00:00", NULL },
    };

    (void)state;
    check_usual(rows, COUNT_OF(rows));
}

static void test_when__what_comes_back_every_month_or_lies_around_a_holiday(void **state)
{
    static const struct row rows[] = {
        { "the first Monday of every month", WHEN_REPEATED, "2026-12-07T00:00", NULL },
        { "on the 19th of each month", WHEN_REPEATED, "2026-11-19T00:00", NULL },
        { "weekly on Fridays at 3", WHEN_WEEKLY, "2026-11-20T15:00", NULL },
        { "Prices fall every year", WHEN_NONE, NULL, NULL },
        { "Thanksgiving weekend", WHEN_INTERVAL, "2026-11-26T00:00", "2026-11-30T00:00" },
        { "Christmas week", WHEN_INTERVAL, "2026-12-21T00:00", "2026-12-28T00:00" },
        { "second to last Friday of March", WHEN_INSTANT, "2027-03-19T00:00", NULL },
        { "once the quarter is over", WHEN_NOT_BEFORE, "2027-01-01T00:00", NULL },
        { "quarter til 8", WHEN_INSTANT, "2026-11-18T19:45", NULL },
        { "ten past midnight", WHEN_INSTANT, "2026-11-19T00:10", NULL },
        { "two-thirty on the 3rd", WHEN_INSTANT, "2026-12-03T14:30", NULL },
        { "nextweek", WHEN_INTERVAL, "2026-11-23T00:00", NULL },
    };

    (void)state;
    check_usual(rows, COUNT_OF(rows));
}

static void test_when__next_tuesday_has_two_readings(void **state)
{
    static const struct {
        const char *ref, *text, *first, *second;
    } rows[] = {
        { "2026-11-18T10:30", "next Tuesday", "2026-11-24T00:00", "2026-12-01T00:00" },
        { "2026-11-18T10:30", "next Friday", "2026-11-27T00:00", "2026-11-20T00:00" },
        { "2026-11-16T10:30", "next Friday", "2026-11-27T00:00", "2026-11-20T00:00" },
    };
    struct arena arena;

    (void)state;
    arena_init(&arena);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct when_env env = env_at("Europe/London", rows[i].ref);
        struct when got;

        assert_true(when_read(span_of(rows[i].text), &env, &arena, &got));
        assert_true(got.ambiguous);
        assert_int_equal(got.choice_count, 2);
        assert_int_equal(got.start_ms, instant(rows[i].first, env.zone));
        assert_int_equal(got.choices[0].start_ms, got.start_ms);
        assert_int_equal(got.choices[1].start_ms, instant(rows[i].second, env.zone));
    }
    arena_finish(&arena);
}

static void test_when__numbers_of_a_date_stand_in_the_order_of_the_country(void **state)
{
    static const struct row us[] = {
        { "on 3/4/2027", WHEN_INSTANT, "2027-03-04T00:00", NULL },
        { "on 23/4/2027", WHEN_INSTANT, "2027-04-23T00:00", NULL },
        { "on 2027-04-03", WHEN_INSTANT, "2027-04-03T00:00", NULL },
        { "on 3.4.2027", WHEN_INSTANT, "2027-04-03T00:00", NULL },
    };
    static const struct row gb[] = {
        { "on 3/4/2027", WHEN_INSTANT, "2027-04-03T00:00", NULL },
        { "on 4/23/2027", WHEN_INSTANT, "2027-04-23T00:00", NULL },
    };
    struct when_env env = env_at("Europe/London", "2026-11-18T10:30");

    (void)state;
    check(us, COUNT_OF(us), &env);
    env.day_first = true;
    check(gb, COUNT_OF(gb), &env);
}

static void test_when__bounds_say_which_side_of_a_day_is_meant(void **state)
{
    static const struct row rows[] = {
        { "I am away until Monday", WHEN_NOT_BEFORE, "2026-11-23T00:00", NULL },
        { "I am away through Monday", WHEN_NOT_BEFORE, "2026-11-24T00:00", NULL },
        { "back on Monday", WHEN_NOT_BEFORE, "2026-11-23T00:00", NULL },
        { "back in the office on 5 January", WHEN_NOT_BEFORE, "2027-01-05T00:00", NULL },
        { "I'll be out from 20 to 27 November", WHEN_NOT_BEFORE, "2026-11-28T00:00", NULL },
        { "not before March", WHEN_NOT_BEFORE, "2027-03-01T00:00", NULL },
        { "after the 15th", WHEN_NOT_BEFORE, "2026-12-16T00:00", NULL },
        { "Thursday after 3", WHEN_NOT_BEFORE, "2026-11-19T15:00", NULL },
        { "by Friday", WHEN_BEFORE, NULL, "2026-11-21T00:00" },
        { "before Friday", WHEN_BEFORE, NULL, "2026-11-20T00:00" },
        { "tomorrow before noon", WHEN_BEFORE, NULL, "2026-11-19T12:00" },
        { "I am free until 3 tomorrow", WHEN_BEFORE, NULL, "2026-11-19T15:00" },
        { "in two weeks", WHEN_NOT_BEFORE, "2026-12-02T00:00", NULL },
        { "3pm or later", WHEN_NOT_BEFORE, "2026-11-18T15:00", NULL },
    };

    (void)state;
    check_usual(rows, COUNT_OF(rows));
}

static void test_when__windows_and_choices(void **state)
{
    static const struct row rows[] = {
        { "between 2 and 4 on Thursday", WHEN_INTERVAL, "2026-11-19T14:00", "2026-11-19T16:00" },
        { "from 13 to 15 July", WHEN_INTERVAL, "2027-07-13T00:00", "2027-07-16T00:00" },
        { "July 13-15", WHEN_INTERVAL, "2027-07-13T00:00", "2027-07-16T00:00" },
        { "10pm - 1am", WHEN_INTERVAL, "2026-11-18T22:00", "2026-11-19T01:00" },
        { "tomorrow morning", WHEN_INTERVAL, "2026-11-19T09:00", "2026-11-19T12:00" },
        { "the 3rd week of March", WHEN_INTERVAL, "2027-03-15T00:00", "2027-03-22T00:00" },
        { "Q1", WHEN_INTERVAL, "2027-01-01T00:00", "2027-04-01T00:00" },
        { "H2 2027", WHEN_INTERVAL, "2027-07-01T00:00", "2028-01-01T00:00" },
        { "Mon or Wed after 2", WHEN_ALTERNATIVES, "2026-11-23T14:00", NULL },
        { "Monday, Tuesday or Friday", WHEN_ALTERNATIVES, "2026-11-23T00:00", NULL },
        { "every Monday", WHEN_WEEKLY, "2026-11-23T00:00", NULL },
        { "every day at 4pm", WHEN_DAILY, "2026-11-18T16:00", NULL },
        { "asap", WHEN_OPEN, "2026-11-18T10:30", NULL },
    };

    (void)state;
    check_usual(rows, COUNT_OF(rows));
}

static void test_when__holidays_and_the_turn_of_the_year(void **state)
{
    static const struct row rows[] = {
        { "after the holidays", WHEN_NOT_BEFORE, "2027-01-04T00:00", NULL },
        { "after Thanksgiving", WHEN_NOT_BEFORE, "2026-11-27T00:00", NULL },
        { "before Christmas", WHEN_BEFORE, NULL, "2026-12-25T00:00" },
        { "on Easter Monday", WHEN_INSTANT, "2027-03-29T00:00", NULL },
        { "Orthodox Easter 2027", WHEN_INSTANT, "2027-05-02T00:00", NULL },
        { "after Chinese New Year", WHEN_NOT_BEFORE, "2027-02-07T00:00", NULL },
        { "after Diwali 2027", WHEN_NOT_BEFORE, "2027-10-30T00:00", NULL },
        { "after Yom Kippur 2027", WHEN_NOT_BEFORE, "2027-10-11T00:00", NULL },
        { "Memorial Day 2027", WHEN_INSTANT, "2027-05-31T00:00", NULL },
    };

    (void)state;
    check_usual(rows, COUNT_OF(rows));
}

static void test_when__numbers_and_words_that_are_no_times(void **state)
{
    static const char *const texts[] = { "call 555-0142",
                                         "My number is +44 20 7946 0018",
                                         "ring 01632 960 983",
                                         "We have 24 employees and 3 offices",
                                         "I may be interested",
                                         "The second paragraph is unclear",
                                         "We pay 10p a minute",
                                         "It costs $2,000 or 3.50 each",
                                         "That is 12.53% of it",
                                         "order 2026-31-99",
                                         "version 1.1.3",
                                         "We sat in the sun",
                                         "They march on",
                                         "Meet at 3 offices",
                                         "24/7 support",
                                         "30 February",
                                         "I am at 101,194 points",
                                         "Ticket 20261118 is open",
                                         "Ask April about it",
                                         "At 12 % it is too dear",
                                         "between 10 and 20 users",
                                         "we use monday.com",
                                         "12 May Street",
                                         "Since March we use another tool",
                                         "Thanks for your mail of 12 November",
                                         "It takes about 3 weeks",
                                         "" };
    struct when_env env = env_at("Europe/London", "2026-11-18T10:30");
    struct arena arena;

    (void)state;
    arena_init(&arena);
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        struct when got;

        if (when_read(span_of(texts[i]), &env, &arena, &got))
            fail_msg("\"%s\" was read as a time: \"%.*s\"", texts[i], (int)got.words.len,
                     got.words.data);
    }
    arena_finish(&arena);
}

static void test_when__local_time_of_the_prospect_counts_over_clock_changes(void **state)
{
    static const struct row berlin[] = {
        { "Call on Monday at 9", WHEN_INSTANT, "2026-10-26T09:00", "2026-10-26T10:00" },
        { "tomorrow", WHEN_INSTANT, "2026-10-25T00:00", "2026-10-26T00:00" },
    };
    static const struct row sydney[] = {
        { "tomorrow at 8", WHEN_INSTANT, "2026-10-04T08:00", NULL },
        { "at 2:30am", WHEN_INSTANT, "2026-10-04T02:30",
          NULL }, /* there is no such time that day */
    };
    struct when_env env = env_at("Europe/Berlin", "2026-10-24T18:00");
    struct when got;
    struct arena arena;

    (void)state;
    check(berlin, COUNT_OF(berlin), &env);
    arena_init(&arena);
    assert_true(when_read(span_of("tomorrow"), &env, &arena, &got));
    assert_int_equal(got.end_ms - got.start_ms, 25 * INT64_C(3600000));
    /* A zone in the text goes before the prospect's. */
    assert_true(when_read(span_of("on Monday at 9am EST"), &env, &arena, &got));
    assert_int_equal(got.start_ms, instant("2026-10-26T14:00", zone_utc()));
    arena_finish(&arena);
    env = env_at("Australia/Sydney", "2026-10-03T12:00");
    check(sydney, COUNT_OF(sydney), &env);
}

static void test_when__reports_the_words_it_read(void **state)
{
    struct when_env env = env_at("Europe/London", "2026-11-18T10:30");
    struct arena arena;
    struct when got;

    (void)state;
    arena_init(&arena);
    assert_true(
        when_read(span_of("Thanks! Call me next Tuesday at 3, please."), &env, &arena, &got));
    assert_true(span_is(got.words, "next Tuesday at 3"));
    assert_int_equal(got.grain, WHEN_HOUR);
    assert_true(when_read(span_of("give it a couple of days"), &env, &arena, &got));
    assert_true(got.fuzzy && got.reckoned);
    arena_finish(&arena);
}

static void test_when_return__reads_the_day_in_many_languages(void **state)
{
    static const struct {
        const char *text, *back;
    } rows[] = {
        { "I am out of the office until 5 January and will answer when I am back.",
          "2027-01-05T00:00" },
        { "Ich bin bis einschließlich 4. Januar nicht im Büro.", "2027-01-05T00:00" },
        { "Ab 11.01.2027 bin ich wieder erreichbar.", "2027-01-11T00:00" },
        { "Je suis absent jusqu'au 4 janvier inclus.", "2027-01-05T00:00" },
        { "Estoy fuera hasta el 7 de enero.", "2027-01-07T00:00" },
        { "Sono fuori fino al 6 gennaio. Rientro il 7 gennaio.", "2027-01-07T00:00" },
        { "Estou ausente até 4 de janeiro e regresso no dia 5 de janeiro.", "2027-01-05T00:00" },
        { "Ik ben afwezig tot en met 1 januari. Vanaf 4 januari ben ik er weer.",
          "2027-01-04T00:00" },
        { "Jestem na urlopie do 8 stycznia.", "2027-01-08T00:00" },
        { "Jag är tillbaka den 11 januari.", "2027-01-11T00:00" },
        { "Olen lomalla 3.1. asti. Palaan töihin 4.1.", "2027-01-04T00:00" },
        { "Я в отпуске до 10 января.", "2027-01-10T00:00" },
        { "我正在休假,1月4日返回办公室。", "2027-01-04T00:00" },
        { "Out from 20 November to 27 November.", "2026-11-28T00:00" },
        { "I will return on Monday.", "2026-11-23T00:00" },
        { "Back in two weeks.", "2026-12-02T00:00" },
        { "I am on vacation.", NULL },
        { "Call +44 1632 960983 meanwhile.", NULL },
    };
    struct when_env env = env_at("UTC", "2026-11-18T10:30");
    struct arena arena;

    (void)state;
    arena_init(&arena);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        int64_t back = 0, wanted = rows[i].back ? instant(rows[i].back, env.zone) : 0;
        bool found = when_return(span_of(rows[i].text), &env, &arena, &back);
        char text[32];

        if (found != (rows[i].back != NULL) || (found && back != wanted))
            fail_msg("\"%s\": %s", rows[i].text,
                     found ? zone_iso(env.zone, back, text) : "nothing");
    }
    arena_finish(&arena);
}

/* Texts made to be slow or deep: they must end, and soon. */
static void test_when__long_chains_are_read_once(void **state)
{
    static const char *const pieces[] = { "a day after ",
                                          "the 1st of ",
                                          "13 to ",
                                          "or Monday ",
                                          "not until ",
                                          "every ",
                                          "10/1-",
                                          "half past ",
                                          "next week ",
                                          "1 2 3 ",
                                          "'s the ",
                                          "99999999",
                                          "Monday after ",
                                          "don't call Monday, ",
                                          "Mondays and ",
                                          "3rd or 4th ",
                                          "the week after Easter ",
                                          "7 or ",
                                          "7, 8 or December ",
                                          "l'",
                                          "more than 2 days ",
                                          "next week the week after, ",
                                          "depois de amanhã na ",
                                          "all day " };
    struct when_env env = env_at("UTC", "2026-11-18T10:30");

    (void)state;
    for (size_t i = 0; i < COUNT_OF(pieces); i++) {
        struct arena arena;
        struct str text;
        struct when got;
        int64_t back;

        arena_init(&arena);
        str_init(&text, 4 * WHEN_MAX_BYTES);
        while (text.len < 2 * WHEN_MAX_BYTES)
            str_add_text(&text, pieces[i]);
        when_read(str_span(&text), &env, &arena, &got);
        when_return(str_span(&text), &env, &arena, &back);
        assert_true(got.words.len <= WHEN_MAX_BYTES);
        str_finish(&text);
        arena_finish(&arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_when__a_bare_day_or_hour_that_is_past_moves_on),
        cmocka_unit_test(test_when__what_is_told_of_the_past_is_no_wish),
        cmocka_unit_test(test_when__hours_from_one_to_seven_are_the_afternoon),
        cmocka_unit_test(test_when__days_that_do_not_suit_are_not_the_ones_meant),
        cmocka_unit_test(test_when__the_year_or_month_we_are_in_gives_way_to_what_else_is_named),
        cmocka_unit_test(test_when__a_clause_told_of_the_past_spares_the_next),
        cmocka_unit_test(test_when__bounds_reach_over_a_few_words),
        cmocka_unit_test(test_when__weeks_halves_and_seasons_as_people_say_them),
        cmocka_unit_test(test_when__hours_of_days_that_come_back),
        cmocka_unit_test(test_when__german_french_and_spanish_say_the_usual),
        cmocka_unit_test(test_when__dutch_italian_and_portuguese_say_the_usual),
        cmocka_unit_test(test_when__words_of_other_languages_stay_english_in_english),
        cmocka_unit_test(test_when__days_in_a_list_share_their_month),
        cmocka_unit_test(test_when__lengths_and_absences_are_counted),
        cmocka_unit_test(test_when__what_comes_back_every_month_or_lies_around_a_holiday),
        cmocka_unit_test(test_when__next_tuesday_has_two_readings),
        cmocka_unit_test(test_when__numbers_of_a_date_stand_in_the_order_of_the_country),
        cmocka_unit_test(test_when__bounds_say_which_side_of_a_day_is_meant),
        cmocka_unit_test(test_when__windows_and_choices),
        cmocka_unit_test(test_when__holidays_and_the_turn_of_the_year),
        cmocka_unit_test(test_when__numbers_and_words_that_are_no_times),
        cmocka_unit_test(test_when__local_time_of_the_prospect_counts_over_clock_changes),
        cmocka_unit_test(test_when__reports_the_words_it_read),
        cmocka_unit_test(test_when_return__reads_the_day_in_many_languages),
        cmocka_unit_test(test_when__long_chains_are_read_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
