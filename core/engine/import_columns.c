/* core/engine/import_columns.c - see import_columns.h. */
#include "core/engine/import_columns.h"

#include "core/base/labels.h"
#include "core/base/text.h"

#define MAX_SHOWN_BYTES 60

struct synonyms {
    enum import_field field;
    const char *name;  /* of the column, see import_columns.h */
    const char *words; /* headers as label_squash() has them, '|' between */
};

static const struct synonyms table[] = {
    { IMPORT_IGNORED, "", "heedreason|heedline" },
    { IMPORT_ATTRIBUTES, "", "attributes|attribs|fields|customfields" },
    { IMPORT_COUNTRY, "",
      "country|countryregion|countrycode|countryname|mailingcountry|land|pays" },
    { IMPORT_ZONE, "", "timezone|zone|tz|timezonename|ianatimezone|timezonesidkey|zeitzone" },
    { IMPORT_EMAIL, "email",
      "email|emailaddress|mail|emails|primaryemail|contactemail|workemail|businessemail|"
      "companyemail|"
      "personalemail|privateemail|homeemail|secondaryemail|tertiaryemail|otheremail|"
      "alternateemail|additionalemailaddresses|email1|email2|email3|emailaddress1|emailaddress2|"
      "email1value|emailadresse|mailadresse|correo|correoelectronico|adresseemail|courriel" },
    { IMPORT_MOBILE, "phone",
      "mobile|mobilephone|mobilephonenumber|mobilenumber|cell|cellphone|cellphonenumber|sms|"
      "smsnumber|smsphone|handy|handynummer|mobil|mobilnummer|mobiltelefon|movil|portable|whatsapp|"
      "whatsappnumber|whatsappphonenumber|signal|signalnumber|phonemobile" },
    { IMPORT_PHONE, "phone",
      "phone|phonenumber|phones|telephone|telephonenumber|tel|primarynumber|primaryphone|"
      "primaryphonenumber|workphone|workphonenumber|workdirectphone|directphone|directdial|"
      "directnumber|businessphone|homephone|otherphone|phone1|phone2|phone3|phone1value|"
      "contactphone|contactnumber|telefon|telefonnummer|rufnummer|telefono" },
    { IMPORT_CHAT, "telegram", "telegram|telegramid|telegramchatid|telegramchat|telegramuserid" },
    { IMPORT_CHAT, "slack", "slack|slackid|slackuserid|slackuser" },
    { IMPORT_CHAT, "matrix", "matrix|matrixid|matrixroom|mxid" },
    { IMPORT_CHAT, "discord", "discord|discordid|discorduserid|discordchannel" },
    { IMPORT_CHAT, "teams", "teams|teamsid|msteams|microsoftteams" },
    { IMPORT_FIRST_NAME, "", "firstname|first|givenname|forename|fname|vorname|prenom|nombre" },
    { IMPORT_LAST_NAME, "",
      "lastname|last|surname|familyname|lname|nachname|familienname|apellido|apellidos|"
      "nomdefamille" },
    { IMPORT_FULL_NAME, "",
      "name|fullname|contactname|displayname|personname|prospectname|leadname" },
    { IMPORT_COMPANY, "",
      "company|companyname|organization|organisation|organizationname|organisationname|account|"
      "accountname|employer|currentcompany|companynameforemails|firma|firmenname|unternehmen|"
      "entreprise|societe|empresa" },
    { IMPORT_TITLE, "",
      "title|jobtitle|position|role|currentjob|currentjobtitle|jobposition|jobrole|funktion|"
      "berufsbezeichnung|poste|cargo" },
    { IMPORT_CITY, "", "city|town|cityname|mailingcity|stadt|ort|wohnort|ville|ciudad" },
    { IMPORT_OPTED_OUT, "",
      "unsubscribed|optedout|optout|optedoutat|isoptedout|unsubscribedat|unsubscribedatdate|"
      "donotcontact|dnc|blocklisted|blocklist|blacklisted|blacklist|suppressed|issuppressed|"
      "isunsubscribed|abgemeldet" },
    { IMPORT_OPTED_OUT, "email",
      "emailoptout|optedoutofemail|hasoptedoutofemail|emailoptedout|unsubscribedfromallemail|"
      "unsubscribedfromemail|donotemail|emailunsubscribed|optedoutemail" },
    { IMPORT_OPTED_OUT, "sms",
      "smsoptout|optedoutofsms|hasoptedoutofsms|smsoptedout|donottext|donotsms|unsubscribedfromsms|"
      "optedoutsms" },
    { IMPORT_OPTED_OUT, "call", "donotcall|calloptout|phoneoptout|optedoutofcalls|donotphone" },
    { IMPORT_OPTED_OUT, "whatsapp",
      "whatsappoptout|optedoutofwhatsapp|donotwhatsapp|whatsappoptedout" },
    { IMPORT_SUBSCRIBED, "", "subscribed|issubscribed|optedin|optin|isoptedin|abonniert" },
    { IMPORT_SUBSCRIBED, "email", "emailsubscribed|subscribedtoemail|emailoptin|emailoptedin" },
    { IMPORT_SUBSCRIBED, "sms", "smssubscribed|smsoptin|subscribedtosms|smsoptedin" },
    { IMPORT_STATUS, "",
      "status|subscriberstatus|subscriptionstatus|contactstatus|leadstatus|marketingstatus|"
      "memberstatus|prospectstatus" },
    { IMPORT_STATUS, "email", "emailstatus|emailsubscriptionstatus|emailmarketingstatus" },
    { IMPORT_STATUS, "sms", "smsstatus|smssubscriptionstatus|smsmarketingstatus" },
};

/* What other programs write in front of a name. */
static const struct {
    const char *prefix;
    bool custom; /* whatever follows is a custom field */
} prefixes[] = {
    { "user.customattribute.", true }, /* Mapp */
    { "custom:", true },               /* WarmySender */
    { "custom.", true },
    { "attributes.", false },
    { "fields.", true },
    { "user.", false }, /* Mapp */
    { "contact.", false },
    { "lead.", false },
    { "prospect.", false },
    { "person.", false },
};

static const char *const field_names[IMPORT_FIELDS] = {
    [IMPORT_IGNORED] = "ignored",
    [IMPORT_ATTRIBUTES] = "custom fields",
    [IMPORT_COUNTRY] = "country",
    [IMPORT_ZONE] = "time zone",
    [IMPORT_EMAIL] = "e-mail address",
    [IMPORT_MOBILE] = "phone number (first)",
    [IMPORT_PHONE] = "phone number",
    [IMPORT_CHAT] = "chat address",
    [IMPORT_FIRST_NAME] = "first name",
    [IMPORT_LAST_NAME] = "last name",
    [IMPORT_FULL_NAME] = "first and last name",
    [IMPORT_COMPANY] = "company",
    [IMPORT_TITLE] = "title",
    [IMPORT_CITY] = "city",
    [IMPORT_OPTED_OUT] = "opt-out",
    [IMPORT_SUBSCRIBED] = "opt-out when it says no",
    [IMPORT_STATUS] = "opt-out when it says so, and custom field",
    [IMPORT_CUSTOM] = "custom field",
};

const char *import_field_name(enum import_field field)
{
    return field_names[field];
}

/* ---- cleaning ---- */

/* Zero-width and bidirectional marks that copying leaves behind; joiners stay, some scripts need them. */
static bool is_invisible(uint32_t point)
{
    return point == 0x200B || point == 0x200E || point == 0x200F || point == 0xFEFF ||
           (point >= 0x202A && point <= 0x202E) || (point >= 0x2060 && point <= 0x2069);
}

static bool is_control(uint32_t point)
{
    return point < 0x20 || (point >= 0x7F && point < 0xA0) || point == 0xA0;
}

/* A spreadsheet's mark for "this is text", in front of what would be a formula. */
static struct span without_guard(struct span text)
{
    bool guarded = text.len >= 2 && text.data[0] == '\'' && strchr("=+-@", text.data[1]);

    return guarded ? span_from(text, 1) : text;
}

char *import_clean(struct arena *arena, const char *cell)
{
    const char *at = cell, *end = cell + strlen(cell);
    struct str out;
    char *copy;

    str_init(&out, CSV_MAX_CELL_BYTES * 3 + 1);
    while (at < end) {
        uint32_t point = text_next_point(&at, end);
        if (is_invisible(point) || point == '\r')
            continue;
        if (is_control(point) && point != '\n')
            str_add_char(&out, ' ');
        else
            text_add_utf8(&out, point);
    }
    copy = arena_dup_span(arena, without_guard(text_trim(str_span(&out))));
    str_finish(&out);
    return copy;
}

/* ---- headers ---- */

static bool has_word(const char *words, struct span word)
{
    struct span rest = span_of(words), piece;

    while (text_next_piece(&rest, '|', &piece))
        if (span_eq(piece, word))
            return true;
    return false;
}

static const struct synonyms *find_synonym(struct arena *arena, struct span header)
{
    const char *word = label_squash(arena, header);

    for (size_t i = 0; *word && i < COUNT_OF(table); i++)
        if (has_word(table[i].words, span_of(word)))
            return &table[i];
    return NULL;
}

static struct span strip_prefix(struct span header, bool *custom)
{
    *custom = false;
    for (size_t i = 0; i < COUNT_OF(prefixes); i++) {
        if (!text_starts_nocase(header, prefixes[i].prefix))
            continue;
        *custom = prefixes[i].custom;
        return span_from(header, strlen(prefixes[i].prefix));
    }
    return header;
}

/* "LinkedIn URL" of one program is "linkedinUrl" of the next: one name for both. */
static const char *custom_name(struct arena *arena, struct span header)
{
    char *name = label_snake(arena, header), *brand = strstr(name, "linked_in");

    if (brand)
        memmove(brand + strlen("linked"), brand + strlen("linked_"),
                strlen(brand + strlen("linked_")) + 1);
    return name;
}

struct import_column import_column_of(struct arena *arena, const char *header)
{
    const char *clean = import_clean(arena, header);
    bool custom;
    struct span rest = strip_prefix(span_of(clean), &custom);
    const struct synonyms *known = custom ? NULL : find_synonym(arena, rest);
    struct import_column column = {
        .field = known ? known->field : IMPORT_CUSTOM,
        .name = known ? known->name : custom_name(arena, rest),
        .header = arena_dup_span(arena, text_cut(span_of(clean), MAX_SHOWN_BYTES)),
    };

    return column;
}

static bool is_custom_name(const struct import_columns *columns, const char *name)
{
    for (size_t i = 0; i < columns->count; i++)
        if (columns->items[i].field == IMPORT_CUSTOM && strcmp(columns->items[i].name, name) == 0)
            return true;
    return false;
}

/* Every custom field its own name: "column_7" for a header of nothing, "note_2" for the second "note". */
static void name_custom(struct arena *arena, struct import_columns *columns,
                        struct import_column *column)
{
    const char *base =
        *column->name ? column->name : arena_printf(arena, "column_%zu", columns->count + 1);

    column->name = base;
    for (size_t n = 2; is_custom_name(columns, column->name); n++)
        column->name = arena_printf(arena, "%s_%zu", base, n);
}

static bool holds_address(const struct import_column *column)
{
    return column->field >= IMPORT_EMAIL && column->field <= IMPORT_CHAT;
}

static const char *list_headers(struct arena *arena, const struct import_columns *columns)
{
    const char *list = "";

    for (size_t i = 0; i < columns->count && strlen(list) < 200; i++)
        list = arena_printf(arena, "%s%s%s", list, i ? ", " : "", columns->items[i].header);
    return list;
}

static const char *nearest_header(struct arena *arena, const struct import_columns *columns,
                                  const char **meant)
{
    static const char *const names[] = { "email",  "emailaddress", "phone",    "phonenumber",
                                         "mobile", "mobilephone",  "telegram", NULL };

    for (size_t i = 0; i < columns->count; i++) {
        const char *word = label_squash(arena, span_of(columns->items[i].header));
        *meant = strlen(word) > 3 ? text_nearest(word, names) : NULL;
        if (*meant)
            return columns->items[i].header;
    }
    return NULL;
}

static int no_address(struct arena *arena, const struct import_columns *columns, struct err *err)
{
    const char *meant = NULL, *near = nearest_header(arena, columns, &meant);

    for (size_t i = 0; i < columns->count; i++)
        if (text_is_email(span_of(columns->items[i].header), true))
            return err_set(err, ERR_INPUT,
                           "line 1 holds the address \"%s\" where the names of the columns "
                           "should be: add a first line like Email,First name,Company",
                           columns->items[i].header);
    if (near)
        return err_set(err, ERR_INPUT,
                       "line 1: no column holds an address. \"%s\": did you mean \"%s\"?", near,
                       meant);
    return err_set(err, ERR_INPUT,
                   "line 1: no column holds an address; expected one like Email, Phone or "
                   "Telegram, found: %s",
                   list_headers(arena, columns));
}

int import_columns_read(const struct csv_row *row, struct arena *arena, struct import_columns *out,
                        struct err *err)
{
    bool reachable = false;

    out->count = 0;
    out->items = arena_array(arena, row->count, sizeof(*out->items));
    for (size_t i = 0; i < row->count; i++) {
        struct import_column column = import_column_of(arena, row->cells[i]);
        if (column.field == IMPORT_CUSTOM)
            name_custom(arena, out, &column);
        reachable = reachable || holds_address(&column) || column.field == IMPORT_ATTRIBUTES;
        out->items[out->count++] = column;
    }
    return reachable ? 0 : no_address(arena, out, err);
}
