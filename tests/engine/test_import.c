/* tests/engine/test_import.c - CSV from many programs into a real store: what each column means, who is who, what is refused and
 * why. */
// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
// clang-format on

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "core/base/id.h"
#include "core/base/json.h"
#include "core/base/labels.h"
#include "core/engine/country.h"
#include "core/engine/import.h"
#include "core/engine/import_columns.h"
#include "core/store/migrate.h"
#include "core/store/plans.h"
#include "core/store/prospects.h"

/* A sanitizer keeps freed memory for a while: what the process takes says nothing then. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define MEMORY_IS_PLAIN false
#elif defined(__has_feature)
#define MEMORY_IS_PLAIN (!__has_feature(address_sanitizer) && !__has_feature(thread_sanitizer))
#else
#define MEMORY_IS_PLAIN true
#endif

#define NOW INT64_C(1803877200000)

struct world {
    struct workspace workspace;
    struct arena arena;
    struct import_result result;
    struct err err;
};

static int open_world(void **state)
{
    struct world *world = calloc(1, sizeof(*world));

    assert_non_null(world);
    arena_init(&world->arena);
    world->workspace.region = "DE";
    world->workspace.zone = zone_utc();
    clock_init_manual(&world->workspace.clock, NOW);
    world->workspace.db = db_open("", DB_WRITE, &world->err); /* private and passing */
    assert_non_null(world->workspace.db);
    assert_int_equal(migrate(world->workspace.db, "", &world->err), 0);
    *state = world;
    return 0;
}

static int close_world(void **state)
{
    struct world *world = *state;

    db_close(world->workspace.db);
    arena_finish(&world->arena);
    free(world);
    return 0;
}

static int import_with(struct world *world, struct import import, const char *csv)
{
    int rc;

    world->err = (struct err){ 0 };
    import.workspace = &world->workspace;
    import.name = "list.csv";
    import.in = fmemopen((void *)(uintptr_t)csv, strlen(csv), "r");
    assert_non_null(import.in);
    rc = import_run(&import, &world->arena, &world->result, &world->err);
    fclose(import.in);
    return rc;
}

static void import_text(struct world *world, const char *csv)
{
    if (import_with(world, (struct import){ 0 }, csv) < 0)
        fail_msg("%s", world->err.text);
}

static struct prospect find(struct world *world, const char *address)
{
    struct prospect prospect = { 0 };

    if (prospect_find(world->workspace.db, address, &world->arena, &prospect, &world->err) != 1)
        fail_msg("nobody has %s", address);
    return prospect;
}

static bool is_there(struct world *world, const char *address)
{
    struct prospect prospect;

    return prospect_find(world->workspace.db, address, &world->arena, &prospect, NULL) == 1;
}

static const char *field(struct world *world, const struct prospect *prospect, const char *name)
{
    cJSON *json = prospect->fields ? json_parse(span_of(prospect->fields), "fields", NULL) : NULL;
    const char *copy = arena_dup(&world->arena, json_text(json, name, NULL));

    cJSON_Delete(json);
    return copy;
}

static bool is_barred(struct world *world, const char *kind, const char *key, const char *channel)
{
    return suppression_bars(world->workspace.db,
                            &(struct suppression){ .kind = kind, .key = key, .channel = channel },
                            NOW, &world->err) == 1;
}

static void assert_text(const char *expected, const char *found)
{
    if (!expected || !found)
        assert_ptr_equal(expected, found);
    else
        assert_string_equal(expected, found);
}

/* ---- columns ---- */

/* Every family: one row about Ana Silva, by whatever names that program gives its columns. */
static const struct {
    const char *program, *csv;
    const char *title, *city, *phone; /* NULL = that program has none */
} families[] = {
    { "HubSpot",
      "First name,Last name,Email,Phone number,Mobile phone number,Job title,Company name,City,"
      "Country/Region,Lifecycle stage\n"
      "Ana,Silva,ana@north.example,,+4915112345678,Head of Sales,Northwind,Berlin,Germany,Lead\n",
      "Head of Sales", "Berlin", "+4915112345678" },
    { "HubSpot, the other guide",
      "First Name,Last Name,Email Address,Company\nAna,Silva,ana@north.example,Northwind\n", NULL,
      NULL, NULL },
    { "Apollo",
      "First name;Last name;Company name;Current job;Primary email;LinkedIn URL;City;Country;"
      "Primary number\n"
      "Ana;Silva;Northwind;Head of Sales;ana@north.example;https://x.example/ana;Berlin;Germany;"
      "0151 12345678\n",
      "Head of Sales", "Berlin", "+4915112345678" },
    { "Apollo, import",
      "First Name|Last Name|Contact Email|Company Name\nAna|Silva|ana@north.example|Northwind\n",
      NULL, NULL, NULL },
    { "lemlist",
      "email,firstName,lastName,companyName,phone,linkedinUrl,icebreaker\n"
      "ana@north.example,Ana,Silva,Northwind,+49 151 12345678,,Hello\n",
      NULL, NULL, "+4915112345678" },
    { "WarmySender",
      "e-mail,first_name,last_name,company,role,telephone,city,custom:plan\n"
      "ana@north.example,Ana,Silva,Northwind,Head of Sales,+4915112345678,Berlin,gold\n",
      "Head of Sales", "Berlin", "+4915112345678" },
    { "listmonk",
      "email,name,attributes\n"
      "ana@north.example,Ana Silva,\"{\"\"company\"\": \"\"Northwind\"\", \"\"phone\"\": "
      "\"\"+4915112345678\"\", \"\"city\"\": \"\"Berlin\"\"}\"\n",
      NULL, "Berlin", "+4915112345678" },
    { "Mapp",
      "\"user.Email\",\"user.FirstName\",\"user.LastName\",\"user.Company\","
      "\"user.CustomAttribute.colour\"\n"
      "ana@north.example,Ana,Silva,Northwind,red\n",
      NULL, NULL, NULL },
    { "Salesforce",
      "FirstName,LastName,Email,Title,AccountName,MobilePhone\n"
      "Ana,Silva,ana@north.example,Head of Sales,Northwind,+4915112345678\n",
      "Head of Sales", NULL, "+4915112345678" },
    { "LinkedIn",
      "First Name\tLast Name\tPrimary Email\tTitle\tCompany\n"
      "Ana\tSilva\tana@north.example\tHead of Sales\tNorthwind\n",
      "Head of Sales", NULL, NULL },
    { "German",
      "Vorname;Nachname;E-Mail-Adresse;Firma;Position;Ort;Handynummer\n"
      "Ana;Silva;ana@north.example;Northwind;Head of Sales;Berlin;0151/12345678\n",
      "Head of Sales", "Berlin", "+4915112345678" },
    { "our own export",
      "\xEF\xBB\xBFid,first_name,last_name,company,title,city,country,time_zone,email,phone,"
      "fields\r\n"
      "pr_0000000000000,Ana,Silva,Northwind,Head of Sales,Berlin,Germany,Europe/Berlin,"
      "ana@north.example,\"'+4915112345678\",\"{\"\"plan\"\":\"\"gold\"\"}\"\r\n",
      "Head of Sales", "Berlin", "+4915112345678" },
};

static void test_import__reads_the_headers_of_other_programs(void **state)
{
    for (size_t i = 0; i < COUNT_OF(families); i++) {
        struct world *world;
        struct prospect ana;

        open_world(state);
        world = *state;
        import_text(world, families[i].csv);
        if (world->result.added != 1 || world->result.doubts != 0)
            fail_msg("%s: %ld added, %ld doubts (%s)", families[i].program, world->result.added,
                     world->result.doubts,
                     world->result.warning_count ? world->result.warnings[0].text : "");
        ana = find(world, "ANA@north.example");
        assert_text("Ana", ana.first_name);
        assert_text("Silva", ana.last_name);
        assert_text("Northwind", ana.company);
        assert_text(families[i].title, ana.title);
        assert_text(families[i].city, ana.city);
        if (families[i].phone)
            assert_true(find(world, families[i].phone).id == ana.id);
        close_world(state);
    }
}

static const struct {
    const char *header;
    enum import_field field;
    const char *name;
} headers[] = {
    { "EMAIL", IMPORT_EMAIL, "email" },
    { " e_mail ", IMPORT_EMAIL, "email" },
    { "Work Email", IMPORT_EMAIL, "email" },
    { "Mobile phone number", IMPORT_MOBILE, "phone" },
    { "WhatsApp Number", IMPORT_MOBILE, "phone" },
    { "Telegram chat ID", IMPORT_CHAT, "telegram" },
    { "Pr\xC3\xA9nom", IMPORT_FIRST_NAME, "" },
    { "PR\xC3\x89NOM", IMPORT_FIRST_NAME, "" },
    { "Country Code", IMPORT_COUNTRY, "" },
    { "TimeZone", IMPORT_ZONE, "" },
    { "HasOptedOutOfEmail", IMPORT_OPTED_OUT, "email" },
    { "Unsubscribed from all email", IMPORT_OPTED_OUT, "email" },
    { "DoNotCall", IMPORT_OPTED_OUT, "call" },
    { "Opted out", IMPORT_OPTED_OUT, "" },
    { "Email Status", IMPORT_STATUS, "email" },
    { "Last summary", IMPORT_CUSTOM, "last_summary" },
    { "lastContact", IMPORT_CUSTOM, "last_contact" },
    { "Value URL", IMPORT_CUSTOM, "value_url" },
    { "LinkedIn URL", IMPORT_CUSTOM, "linkedin_url" },
    { "Person Linkedin Url", IMPORT_CUSTOM, "person_linkedin_url" },
    { "# Employees", IMPORT_CUSTOM, "employees" },
    { "2026 revenue", IMPORT_CUSTOM, "_2026_revenue" },
    { "Gr\xC3\xB6\xC3\x9F"
      "e",
      IMPORT_CUSTOM, "groesse" },
    { "custom:email", IMPORT_CUSTOM, "email" },
    { "user.CustomAttribute.colour", IMPORT_CUSTOM, "colour" },
    { "company phone", IMPORT_CUSTOM, "company_phone" },
    { "\xE6\x97\xA5\xE6\x9C\xAC", IMPORT_CUSTOM, "" },
    { "", IMPORT_CUSTOM, "" },
};

static void test_import__knows_the_synonyms_and_keeps_the_rest_as_custom_fields(void **state)
{
    struct world *world = *state;

    for (size_t i = 0; i < COUNT_OF(headers); i++) {
        struct import_column column = import_column_of(&world->arena, headers[i].header);

        if (column.field != headers[i].field || strcmp(column.name, headers[i].name) != 0)
            fail_msg("\"%s\" is %s \"%s\"", headers[i].header, import_field_name(column.field),
                     column.name);
    }
}

static void test_import__gives_each_custom_column_its_own_name(void **state)
{
    struct world *world = *state;
    struct prospect ana;

    import_text(world, "email,Note,note,,\xE6\x97\xA5\nana@x.example,a,b,c,d\n");
    ana = find(world, "ana@x.example");
    assert_text("a", field(world, &ana, "note"));
    assert_text("b", field(world, &ana, "note_2"));
    assert_text("c", field(world, &ana, "column_4"));
    assert_text("d", field(world, &ana, "column_5"));
}

static void test_import__flattens_the_attributes_of_listmonk(void **state)
{
    struct world *world = *state;
    struct prospect ana;

    import_text(world,
                "email,attributes\nana@x.example,\"{\"\"car\"\": {\"\"colour\"\": \"\"red\"\"},"
                " \"\"langs\"\": [\"\"en\"\", \"\"de\"\"], \"\"age\"\": 41, \"\"vip\"\": true,"
                " \"\"x\"\": null}\"\nbo@x.example,no json\n");
    ana = find(world, "ana@x.example");
    assert_text("red", field(world, &ana, "car_colour"));
    assert_text("en, de", field(world, &ana, "langs"));
    assert_text("41", field(world, &ana, "age"));
    assert_text("true", field(world, &ana, "vip"));
    assert_text(NULL, field(world, &ana, "x"));
    assert_int_equal(world->result.added, 2);
    assert_int_equal(world->result.doubts, 1);
    assert_string_equal(world->result.warnings[0].column, "attributes");
}

static const struct {
    const char *csv, *says;
} bad_headers[] = {
    { "", "empty" },
    { "Name,Company\nAna,North\n", "no column holds an address" },
    { "Name,Emial\nAna,x@y.example\n", "did you mean \"email\"" },
    { "ana@x.example,Ana\nbo@x.example,Bo\n", "line 1 holds the address" },
    { "PK\x03\x04", "no column holds an address" },
    { "\xFF\xFE"
      "e",
      "UTF-16" },
};

static void test_import__says_what_is_wrong_with_a_header(void **state)
{
    struct world *world = *state;

    for (size_t i = 0; i < COUNT_OF(bad_headers); i++) {
        const char *csv = *bad_headers[i].csv ? bad_headers[i].csv : "\n";

        assert_int_equal(import_with(world, (struct import){ 0 }, csv), -1);
        assert_int_equal(world->err.code, ERR_INPUT);
        if (!strstr(world->err.text, bad_headers[i].says))
            fail_msg("\"%s\" does not say \"%s\"", world->err.text, bad_headers[i].says);
    }
}

/* ---- rows ---- */

/* Behind the header "Name,Email,Phone,Telegram,Country,Time zone". */
static const struct {
    const char *row;
    int refused, doubts;
    const char *column, *says; /* of the refusal or the first doubt */
} rows[] = {
    { "Ana Silva,ana@x.example,,,,", 0, 0, NULL, NULL },
    { "Ana Silva,,,,,", 1, 0, "Email, Phone, Telegram", "no address" },
    { "Ana Silva,broken.mail-at-nowhere,,,,", 1, 0, "Email", "is no e-mail address" },
    { "Ana Silva,ana@,+4915112345678,,,", 0, 1, "Email", "is no e-mail address" },
    { "Ana Silva,,12-ask me,,,", 1, 0, "Phone", "no phone number of DE" },
    { "Ana Silva,ana@x.example,12-ask me,,,", 0, 1, "Phone", "no phone number" },
    { "Ana Silva,ana@x.example,4.91512E+12,,,", 0, 1, "Phone", "rounded" },
    { "Ana Silva,ana@x.example,,5.1E+09,,", 0, 1, "Telegram", "rounded" },
    { "Ana Silva,ana@x.example,,,,Mars/Olympus", 0, 1, "Time zone", "no time zone" },
    { "Ana Silva,ana@x.example,,,,../../etc/passwd", 0, 1, "Time zone", "no time zone" },
    { "Ana Silva,Ana <ana@x.example>,,,,", 0, 0, NULL, NULL },
    { "Ana Silva,mailto:ana@x.example,,,,", 0, 0, NULL, NULL },
    { "Ana Silva,ana@x.example\xE2\x80\x8B,,,,", 0, 0, NULL, NULL },
    { "Ana Silva,\"ana@x.example; ana@y.example\",,,,", 0, 0, NULL, NULL },
    { "Ana Silva,\"ana@x.example\r\nBcc: eve@z.example\",,,,", 0, 1, "Email", "is no e-mail" },
    { "Ana Silva,ana@x.example,,,,,too,much", 1, 0, "", "8 cells, but the header has 6" },
    { "Ana Silva,ana@x.example", 0, 0, NULL, NULL },
    { "Ana Silva,ana@x.example,07700 900123,,United Kingdom,", 0, 0, NULL, NULL },
};

static void check_row(struct world *world, size_t i)
{
    const struct import_note *note = world->result.refused         ? world->result.refusals
                                     : world->result.warning_count ? world->result.warnings
                                                                   : NULL;

    if (world->result.refused != rows[i].refused || world->result.doubts != rows[i].doubts)
        fail_msg("row %zu: %ld refused, %ld doubts: %s", i, world->result.refused,
                 world->result.doubts, note ? note->text : "");
    if (!rows[i].says)
        return;
    assert_non_null(note);
    assert_int_equal(note->line, 2);
    assert_string_equal(note->column, rows[i].column);
    if (!strstr(note->text, rows[i].says))
        fail_msg("row %zu: \"%s\" does not say \"%s\"", i, note->text, rows[i].says);
}

static void test_import__refuses_only_what_cannot_be_reached(void **state)
{
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char csv[512];

        open_world(state);
        snprintf(csv, sizeof(csv), "Name,Email,Phone,Telegram,Country,Time zone\n%s\n",
                 rows[i].row);
        import_text(*state, csv);
        check_row(*state, i);
        close_world(state);
    }
}

static void test_import__goes_on_behind_a_bad_row(void **state)
{
    struct world *world = *state;

    import_text(world, "Email,Name\nana@x.example,Ana\n\"bad\" cell,Bo\n,,\n,\nnobody,\n"
                       "cy@x.example,\"Cy\nX\"\ndi@x.example,Di\n");
    assert_int_equal(world->result.rows, 5);
    assert_int_equal(world->result.added, 3);
    assert_int_equal(world->result.refused, 2);
    assert_int_equal(world->result.refusals[0].line, 3);
    assert_true(is_there(world, "di@x.example"));
    assert_text("Cy", find(world, "cy@x.example").first_name);
    assert_text("X", find(world, "cy@x.example").last_name);
}

static void test_import__reads_a_phone_by_row_then_option_then_workspace(void **state)
{
    struct world *world = *state;

    import_text(world, "Phone,Country\n0151 12345678,\n07700 900123,GB\n");
    assert_true(is_there(world, "+4915112345678"));
    assert_true(is_there(world, "+447700900123"));
    import_with(world, (struct import){ .region = "FR" }, "Phone,Country\n06 39 98 00 01,\n");
    assert_true(is_there(world, "+33639980001"));
    world->workspace.region = NULL;
    import_text(world, "Phone\n0151 12345679\n");
    assert_int_equal(world->result.refused, 1);
    assert_non_null(strstr(world->result.refusals[0].text, "--region"));
}

static void test_import__takes_the_zone_from_cell_country_or_option(void **state)
{
    struct world *world = *state;

    assert_int_equal(import_with(world, (struct import){ .zone = "Europe/Berlin" },
                                 "Email,Country,Time zone\n"
                                 "a@x.example,Japan,America/New_York\n"
                                 "b@x.example,Japan,\n"
                                 "c@x.example,USA,\n"
                                 "d@x.example,,nonsense\n"),
                     0);
    assert_text("America/New_York", find(world, "a@x.example").zone);
    assert_text("Asia/Tokyo", find(world, "b@x.example").zone);
    assert_text("Europe/Berlin", find(world, "c@x.example").zone);
    assert_text("Europe/Berlin", find(world, "d@x.example").zone);
    import_text(world, "Email,Country\na@x.example,Germany\n");
    assert_text("America/New_York", find(world, "a@x.example").zone);
    assert_int_equal(import_with(world, (struct import){ .zone = "Nowhere" }, "Email\n"), -1);
}

static const struct {
    const char *text, *code, *zone;
} countries[] = {
    { "Germany", "DE", "Europe/Berlin" },
    { "de", "DE", "Europe/Berlin" },
    { "Deutschland", "DE", "Europe/Berlin" },
    { "U.S.A.", "US", NULL },
    { "United States", "US", NULL },
    { "UK", "GB", "Europe/London" },
    { "\xC3\x96sterreich", "AT", "Europe/Vienna" },
    { "S\xC3\xA3o Tom\xC3\xA9 & Pr\xC3\xADncipe", "ST", "Africa/Sao_Tome" },
    { "South Africa", "ZA", "Africa/Johannesburg" },
    { "Atlantis", NULL, NULL },
    { "", NULL, NULL },
};

static void test_country__is_found_by_code_and_name(void **state)
{
    struct world *world = *state;

    for (size_t i = 0; i < COUNT_OF(countries); i++) {
        const struct country *found = country_find(&world->arena, span_of(countries[i].text));

        assert_text(countries[i].code, found ? found->code : NULL);
        assert_text(countries[i].zone, found ? found->zone : NULL);
        if (found && found->zone)
            assert_non_null(zone_find(found->zone, NULL));
    }
}

/* ---- who is who ---- */

static void test_import__merges_by_any_address_and_blanks_overwrite_nothing(void **state)
{
    struct world *world = *state;
    struct prospect ana;

    import_text(world, "First name,Last name,Email,Phone,Company,Topic\n"
                       "Ana,Silva,ana@x.example,0151 12345678,North,price\n");
    import_text(world, "First name,Last name,Email,Phone,Company,Title,Topic\n"
                       ",,ANA@X.example,,,Buyer,\n,,,+49 (151) 12345678,South,,\n");
    assert_int_equal(world->result.merged, 2);
    assert_int_equal(world->result.added, 0);
    ana = find(world, "ana@x.example");
    assert_text("Ana", ana.first_name);
    assert_text("South", ana.company);
    assert_text("Buyer", ana.title);
    assert_text("price", field(world, &ana, "topic"));
}

static void test_import__changes_nothing_the_second_time(void **state)
{
    struct world *world = *state;
    const char *csv = "Name,Email,Phone,Country,Topic,Unsubscribed\n"
                      "Ana Silva,ana@x.example,0151 12345678,Germany,price,\n"
                      "Bo Li,bo@x.example,,Japan,,yes\n";

    import_text(world, csv);
    assert_int_equal(world->result.added, 2);
    import_text(world, csv);
    assert_int_equal(world->result.unchanged, 2);
    assert_int_equal(world->result.merged + world->result.added + world->result.refused, 0);
}

static void test_import__joins_the_addresses_of_one_person(void **state)
{
    struct world *world = *state;

    import_text(world, "Email,Work email,Mobile,Telegram\n"
                       "ana@x.example,ana@y.example,0151 12345678,123456\n");
    assert_int_equal(world->result.added, 1);
    assert_true(find(world, "ana@y.example").id == find(world, "+4915112345678").id);
    assert_true(find(world, "123456").id == find(world, "ana@x.example").id);
    assert_int_equal(find(world, "ana@y.example").slot, id_slot_of(span_of("ana@x.example")));
    import_text(world, "Email\n\"ana@y.example;ana@z.example\"\n");
    assert_int_equal(world->result.merged, 1);
    assert_true(find(world, "ana@z.example").id == find(world, "ana@x.example").id);
}

static void test_import__refuses_a_row_of_two_people_with_both_names(void **state)
{
    struct world *world = *state;
    const char *why;

    import_text(world, "Name,Email,Phone\nAna Silva,ana@x.example,0151 12345678\n"
                       "Bo Li,bo@x.example,0151 12345679\n");
    import_text(world, "Name,Email,Phone,Company\nAna Silva,ana@x.example,0151 12345679,New\n");
    assert_int_equal(world->result.refused, 1);
    why = world->result.refusals[0].text;
    assert_non_null(strstr(why, "Ana Silva (pr_"));
    assert_non_null(strstr(why, "Bo Li (pr_"));
    assert_non_null(strstr(why, "+4915112345679 is Bo Li"));
    assert_text(NULL, find(world, "ana@x.example").company);
    import_text(world, "Email,Email 2\nana@x.example,bo@x.example\n");
    assert_int_equal(world->result.refused, 1);
}

static void test_import__lets_colleagues_share_a_phone(void **state)
{
    struct world *world = *state;

    import_text(world, "Name,Email,Phone\nAna Silva,ana@x.example,0151 12345678\n"
                       "Bo Li,bo@x.example,0151 12345678\n");
    assert_int_equal(world->result.added, 2);
    assert_int_equal(world->result.doubts, 1);
    assert_non_null(strstr(world->result.warnings[0].text, "share"));
    import_text(world, "Name,Phone,Title\nBo Li,0151 12345678,Buyer\n,0151 12345678,Clerk\n");
    assert_int_equal(world->result.merged, 1);
    assert_text("Buyer", find(world, "bo@x.example").title);
    assert_text(NULL, find(world, "ana@x.example").title);
    assert_int_equal(world->result.refused, 1); /* the nameless one may be either */
}

static void test_import__takes_a_new_mail_address_of_the_same_name(void **state)
{
    struct world *world = *state;

    import_text(world, "Name,Email,Phone\nJos\xC3\xA9 Silva,jose@x.example,0151 12345678\n"
                       "Jose Silva,jose@y.example,0151 12345678\n");
    assert_int_equal(world->result.added, 1);
    assert_int_equal(world->result.merged, 1);
    assert_true(find(world, "jose@x.example").id == find(world, "jose@y.example").id);
}

/* ---- opt-outs ---- */

static const struct {
    const char *header, *cell;
    bool email, sms; /* barred? */
} opt_outs[] = {
    { "Unsubscribed", "true", true, true },
    { "Unsubscribed", "No", false, false },
    { "Unsubscribed", "", false, false },
    { "Unsubscribed", "-", false, false },
    { "Opted out", "2026-01-03", true, true },
    { "Blocklisted", "1", true, true },
    { "Status", "unsubscribed", true, true },
    { "Status", "active", false, false },
    { "status", "Blocklisted", true, true },
    { "Status", "bounced", true, false },
    { "Email status", "Unsubscribed", true, false },
    { "Email Opt Out", "x", true, false },
    { "SMS opt-out", "yes", false, true },
    { "Subscribed", "no", true, true },
    { "Subscribed", "yes", false, false },
    { "DoNotCall", "1", false, false },
};

static void test_import__keeps_the_opt_outs_of_other_programs(void **state)
{
    for (size_t i = 0; i < COUNT_OF(opt_outs); i++) {
        char csv[256];
        struct world *world;

        open_world(state);
        world = *state;
        snprintf(csv, sizeof(csv), "Email,Phone,%s\nana@x.example,0151 12345678,%s\n",
                 opt_outs[i].header, opt_outs[i].cell);
        import_text(world, csv);
        assert_int_equal(world->result.added, 1);
        if (is_barred(world, "email", "ana@x.example", "email") != opt_outs[i].email ||
            is_barred(world, "phone", "+4915112345678", "sms") != opt_outs[i].sms)
            fail_msg("%s: %s", opt_outs[i].header, opt_outs[i].cell);
        close_world(state);
    }
}

static void test_import__ends_the_sequence_of_one_who_opted_out_elsewhere(void **state)
{
    struct world *world = *state;
    struct prospect ana;
    struct enrollment *found;

    import_text(world, "Email,Phone\nana@x.example,0151 12345678\n");
    ana = find(world, "ana@x.example");
    assert_int_equal(
        enrollment_insert(world->workspace.db,
                          &(struct enrollment){ .slot = ana.slot,
                                                .id = id_next(&world->workspace.clock, ana.slot),
                                                .prospect_id = ana.id,
                                                .sequence = "s",
                                                .version = 1,
                                                .state = "active" },
                          NULL),
        1);
    import_text(world, "Email,DoNotCall\nana@x.example,1\n");
    assert_int_equal(enrollments_of(world->workspace.db, ana.id, &world->arena, &found, NULL), 1);
    assert_string_equal(found->state, "active");
    assert_true(is_barred(world, "phone", "+4915112345678", "call"));
    import_text(world, "Email,Do not contact\nana@x.example,1\n");
    assert_int_equal(enrollments_of(world->workspace.db, ana.id, &world->arena, &found, NULL), 1);
    assert_string_equal(found->state, "exited");
    assert_true(find(world, "ana@x.example").opted_out_at == NOW);
}

/* ---- the run ---- */

static void test_import__dry_run_counts_and_writes_nothing(void **state)
{
    struct world *world = *state;

    assert_int_equal(import_with(world, (struct import){ .dry_run = true },
                                 "Email\na@x.example\nA@x.example\nb@x.example\nnobody\n"),
                     0);
    assert_int_equal(world->result.added, 2);
    assert_int_equal(world->result.unchanged, 1);
    assert_int_equal(world->result.refused, 1);
    assert_false(is_there(world, "a@x.example"));
    assert_int_equal(db_begin(world->workspace.db, NULL), 0);
    db_rollback(world->workspace.db);
}

struct counting {
    struct import_watch watch; /* first: the callbacks cast back */
    long refused, last_line;
    size_t cells;
};

static void count_refused(const struct import_watch *watch, const struct import_note *note,
                          const struct csv_row *row)
{
    struct counting *counting = (struct counting *)(uintptr_t)watch;

    counting->refused++;
    counting->last_line = note->line;
    counting->cells += row->count;
}

static void test_import__tells_every_refusal_but_keeps_few(void **state)
{
    struct world *world = *state;
    struct counting counting = { .watch = { .refused = count_refused } };
    struct str csv;

    str_init(&csv, 1 << 20);
    str_add_text(&csv, "Email,Name\n");
    for (int i = 0; i < 1000; i++)
        str_add_text(&csv, "nobody,N\n");
    assert_int_equal(
        import_with(world, (struct import){ .watch = &counting.watch }, str_text(&csv)), 0);
    assert_int_equal(world->result.refused, 1000);
    assert_int_equal(world->result.refusal_count, IMPORT_KEPT_NOTES);
    assert_int_equal(counting.refused, 1000);
    assert_int_equal(counting.last_line, 1001);
    assert_int_equal(counting.cells, 2000);
    str_finish(&csv);
}

static long peak_kib(void)
{
    struct rusage usage;

    assert_int_equal(getrusage(RUSAGE_SELF, &usage), 0);
    return usage.ru_maxrss;
}

static void write_rows(FILE *out, int from, int to)
{
    fprintf(out, "Email,Phone,Name,Company,Topic,Time zone\n");
    for (int i = from; i < to; i++)
        fprintf(out, "p%d@x.example,+4915%09d,First%d Last,Company %d,%0200d,Europe/Berlin\n", i, i,
                i, i % 100, i);
}

/* In memory the store itself grows: so the second time nothing is new, and only the import's own memory counts. */
static void test_import__needs_no_more_memory_for_more_rows(void **state)
{
    struct world *world = *state;
    struct import import = { .workspace = &world->workspace };
    long before;

    import.in = tmpfile();
    assert_non_null(import.in);
    write_rows(import.in, 0, 10000);
    rewind(import.in);
    assert_int_equal(import_run(&import, &world->arena, &world->result, &world->err), 0);
    assert_int_equal(world->result.added, 10000);
    before = peak_kib();
    for (int i = 0; i < 3; i++) {
        rewind(import.in);
        assert_int_equal(import_run(&import, &world->arena, &world->result, &world->err), 0);
        assert_int_equal(world->result.unchanged, 10000);
    }
    fclose(import.in);
    if (MEMORY_IS_PLAIN)
        assert_true(peak_kib() - before < 4 << 10);
}

static void test_labels__compare_without_case_accents_and_marks(void **state)
{
    struct world *world = *state;

    assert_string_equal(label_squash(&world->arena, span_of("E-Mail\xC2\xA0"
                                                            "Address")),
                        "emailaddress");
    assert_string_equal(label_snake(&world->arena, span_of("  URLPath of  CEO! ")),
                        "url_path_of_ceo");
    assert_true(label_same(&world->arena, "O'Neill", "oneill"));
    assert_false(label_same(&world->arena, "Ana", "Anna"));
}

#define IN_A_WORLD(test) cmocka_unit_test_setup_teardown(test, open_world, close_world)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_import__reads_the_headers_of_other_programs),
        IN_A_WORLD(test_import__knows_the_synonyms_and_keeps_the_rest_as_custom_fields),
        IN_A_WORLD(test_import__gives_each_custom_column_its_own_name),
        IN_A_WORLD(test_import__flattens_the_attributes_of_listmonk),
        IN_A_WORLD(test_import__says_what_is_wrong_with_a_header),
        cmocka_unit_test(test_import__refuses_only_what_cannot_be_reached),
        IN_A_WORLD(test_import__goes_on_behind_a_bad_row),
        IN_A_WORLD(test_import__reads_a_phone_by_row_then_option_then_workspace),
        IN_A_WORLD(test_import__takes_the_zone_from_cell_country_or_option),
        IN_A_WORLD(test_country__is_found_by_code_and_name),
        IN_A_WORLD(test_import__merges_by_any_address_and_blanks_overwrite_nothing),
        IN_A_WORLD(test_import__changes_nothing_the_second_time),
        IN_A_WORLD(test_import__joins_the_addresses_of_one_person),
        IN_A_WORLD(test_import__refuses_a_row_of_two_people_with_both_names),
        IN_A_WORLD(test_import__lets_colleagues_share_a_phone),
        IN_A_WORLD(test_import__takes_a_new_mail_address_of_the_same_name),
        cmocka_unit_test(test_import__keeps_the_opt_outs_of_other_programs),
        IN_A_WORLD(test_import__ends_the_sequence_of_one_who_opted_out_elsewhere),
        IN_A_WORLD(test_import__dry_run_counts_and_writes_nothing),
        IN_A_WORLD(test_import__tells_every_refusal_but_keeps_few),
        IN_A_WORLD(test_import__needs_no_more_memory_for_more_rows),
        IN_A_WORLD(test_labels__compare_without_case_accents_and_marks),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
