/* tests/replies/test_absence.c - substitutes and departures in auto-replies. */
#include <string.h>

#include "core/base/zone.h"
#include "tests/replies/case.h"

static const struct {
    const char *body, *substitute; /* NULL: none */
    bool left;
} notes[] = {
    { "I am away. For urgent matters please contact Kim (kim@client.example).",
      "kim@client.example", false },
    { "Pat Doe no longer works at Client. Jamie took over: Jamie@client.example",
      "jamie@client.example", true },
    { "I have left the company.", NULL, true },
    { "Frau Doe ist nicht mehr bei uns. Bitte wenden Sie sich an kim@client.example.",
      "kim@client.example", true },
    { "In dringenden Fällen erreichen Sie meine Vertretung unter kim@client.example",
      "kim@client.example", false },
    { "Pat ne travaille plus ici. Merci de contacter kim@client.example", "kim@client.example",
      true },
    { "Ya no trabaja aquí. Póngase en contacto con kim@client.example", "kim@client.example",
      true },
    { "Non lavora più con noi; potete rivolgersi a kim@client.example", "kim@client.example",
      true },
    { "Pat werkt niet meer bij ons. Neem contact op met kim@client.example", "kim@client.example",
      true },
    { "Pat har slutat. Kontakta kim@client.example", "kim@client.example", true },
    { "Pat już nie pracuje. Proszę o kontakt: kim@client.example", "kim@client.example", true },
    { "Пат больше не работает у нас. Пишите на kim@client.example", "kim@client.example", true },
    /* Nobody else is named. */
    { "I am away until Monday.", NULL, false },
    { "Please contact me again at pat@client.example next week.", NULL, false },
    { "Your mail to sam@us.example was received, contact us any time.", NULL, false },
    { "Do not contact noreply@client.example, it is not read.", NULL, false },
    { "I have left the office and will be back on Monday.", NULL, false },
};

static void test_absence__names_a_substitute_and_a_departure(void **state)
{
    struct arena arena;

    (void)state;
    arena_init(&arena);
    for (size_t i = 0; i < COUNT_OF(notes); i++) {
        const char *mail =
            arena_printf(&arena,
                         "From: pat@client.example\r\nAuto-Submitted: auto-replied\r\n"
                         "Subject: x\r\nContent-Type: text/plain; charset=utf-8\r\n"
                         "\r\n%s\r\n",
                         notes[i].body);
        struct reading reading;

        reading_of_mail(span_of(mail), &case_env, &arena, &reading);
        assert_int_equal(reading.kind, READING_AUTO_REPLY);
        if (reading.left_company != notes[i].left ||
            (reading.substitute != NULL) != (notes[i].substitute != NULL) ||
            (reading.substitute && strcmp(reading.substitute, notes[i].substitute) != 0))
            fail_msg("\"%s\": %s", notes[i].body, reading.substitute ? reading.substitute : "none");
    }
    arena_finish(&arena);
}

/* case_env: 20 November 2026, Friday. */
static void test_absence__says_when_they_are_back(void **state)
{
    static const struct {
        const char *text, *back; /* NULL: not said */
    } rows[] = {
        { "Automatic reply: I am out of the office until 30 November.",
          "2026-11-30T00:00:00+00:00" },
        { "Automatic reply: I am out of the office through Friday, November 27.",
          "2026-11-28T00:00:00+00:00" },
        { "Automatische Antwort: Ich bin ab dem 7. Dezember wieder im Büro.",
          "2026-12-07T00:00:00+00:00" },
        { "Automatic reply: I am out of the office and will answer when I am back.", NULL },
    };
    struct arena arena;

    (void)state;
    arena_init(&arena);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct reading reading;
        char text[32];
        reading_of_text(span_of(rows[i].text), "sms", &case_env, &arena, &reading);
        assert_int_equal(reading.kind, READING_AUTO_REPLY);
        assert_string_equal(reading.return_ms ? zone_iso(zone_utc(), reading.return_ms, text)
                                              : "not said",
                            rows[i].back ? rows[i].back : "not said");
    }
    arena_finish(&arena);
}

static void test_absence__is_not_read_from_people(void **state)
{
    struct arena arena;
    struct reading reading;

    (void)state;
    arena_init(&arena);
    reading = case_body("Pat no longer works here, contact kim@client.example.\r\n", &arena);
    assert_int_equal(reading.kind, READING_HUMAN);
    assert_null(reading.substitute);
    assert_false(reading.left_company);
    arena_finish(&arena);
}

/* The second address begins within the first, so nothing stands between them: neither what is before the
 * first one nor, when that is little, what is before the text. */
static void test_absence__reads_nothing_between_addresses_that_overlap(void **state)
{
    static const char overlap[] = "please contact noreply@client.example@other.example";
    const char *const texts[] = {
        "Automatic reply: I am out of the office, ",
        "Automatic reply: I am out of the office. The shop is open from nine to five on all "
        "working "
        "days and closed on Saturdays, Sundays and holidays. In the meantime you may find answers "
        "to most questions on our pages, ",
    };
    struct arena arena;
    struct reading reading;

    (void)state;
    arena_init(&arena);
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        struct str text;

        str_init(&text, 1000);
        str_add(&text, texts[i], strlen(texts[i]));
        str_add_text(&text, overlap);
        reading_of_text(str_span(&text), "sms", &case_env, &arena, &reading);
        str_finish(&text);
        assert_int_equal(reading.kind, READING_AUTO_REPLY);
        assert_null(reading.substitute);
    }
    arena_finish(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_absence__names_a_substitute_and_a_departure),
        cmocka_unit_test(test_absence__says_when_they_are_back),
        cmocka_unit_test(test_absence__is_not_read_from_people),
        cmocka_unit_test(test_absence__reads_nothing_between_addresses_that_overlap),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
