/* core/engine/import_row.c - see import_row.h. */
#include "core/engine/import_row.h"

#include "core/base/labels.h"
#include "core/base/phone.h"
#include "core/base/text.h"
#include "core/base/zone.h"
#include "core/engine/country.h"

#define MAX_SHOWN_BYTES 60
#define MAX_DEPTH 4 /* of objects in an attributes cell */

struct cell {
    struct import_column column;
    const char *text; /* cleaned, never blank */
};

struct reading {
    const struct import_rules *rules;
    struct arena *arena;
    struct import_row *row;
    const struct country *country;
    struct cell *cells;
    size_t count, room, field_count;
};

static const char *shown(struct arena *arena, const char *text)
{
    struct span cut = text_cut(span_of(text), MAX_SHOWN_BYTES);
    char *copy =
        arena_printf(arena, "%.*s%s", (int)cut.len, cut.data, cut.len < strlen(text) ? "..." : "");

    for (char *c = strchr(copy, '\n'); c; c = strchr(c, '\n'))
        *c = ' ';
    return copy;
}

static void doubt(struct reading *r, const char *column, const char *text)
{
    if (r->row->doubt_count < IMPORT_MAX_DOUBTS)
        r->row->doubts[r->row->doubt_count++] =
            (struct import_doubt){ .column = column, .text = text };
}

static void doubt_address(struct reading *r, const struct cell *cell, const char *text)
{
    doubt(r, cell->column.header, text);
    if (r->row->doubt_count)
        r->row->doubts[r->row->doubt_count - 1].of_address = true;
}

/* The row goes; its first doubt says why. */
static void refuse(struct reading *r, const char *column, const char *text)
{
    r->row->doubts[0] = (struct import_doubt){ .column = column, .text = text };
    r->row->doubt_count = 1;
    r->row->refused = true;
}

/* ---- addresses ---- */

static bool is_known(const struct import_row *row, const char *kind, const char *key)
{
    for (size_t i = 0; i < row->address_count; i++)
        if (strcmp(row->addresses[i].kind, kind) == 0 && strcmp(row->addresses[i].key, key) == 0)
            return true;
    return false;
}

static void add_address(struct reading *r, const struct cell *cell, const char *key,
                        const char *value)
{
    if (is_known(r->row, cell->column.name, key))
        return;
    if (r->row->address_count == IMPORT_MAX_ADDRESSES) {
        doubt_address(r, cell, "more than 16 addresses: the others are left out");
        return;
    }
    r->row->addresses[r->row->address_count++] = (struct address){
        .kind = cell->column.name, .key = key, .value = value, .source = "import"
    };
}

/* "Ana <ana@x.example>" and "mailto:ana@x.example" are addresses to people. */
static struct span bare_email(struct span text)
{
    const char *open = text.len ? memchr(text.data, '<', text.len) : NULL;
    const char *close = open ? memchr(open, '>', (size_t)(text.data + text.len - open)) : NULL;

    if (close)
        return text_trim(span_make(open + 1, (size_t)(close - open - 1)));
    return text_starts_nocase(text, "mailto:") ? span_from(text, strlen("mailto:")) : text;
}

static void take_one_email(struct reading *r, const struct cell *cell, struct span text)
{
    struct span bare = bare_email(text);
    const char *key = text_address_key(r->arena, "email", bare);
    const char *at = key && bare.len ? memchr(bare.data, '@', bare.len) : NULL;

    if (!at) {
        doubt_address(r, cell,
                      arena_printf(r->arena, "\"%s\" is no e-mail address",
                                   shown(r->arena, arena_dup_span(r->arena, text))));
        return;
    }
    /* As written, but with the domain as it travels: mail servers want A-labels. */
    add_address(
        r, cell, key,
        arena_printf(r->arena, "%.*s%s", (int)(at - bare.data), bare.data, strrchr(key, '@')));
}

/* "4.91512E+12": what a spreadsheet leaves of a long number. */
static bool is_rounded(struct span text)
{
    size_t i = 0;

    while (i < text.len && (text.data[i] == '.' || text.data[i] == ',' ||
                            (text.data[i] >= '0' && text.data[i] <= '9')))
        i++;
    return i > 0 && i + 1 < text.len && text_lower_char(text.data[i]) == 'e' &&
           strchr("+0123456789", text.data[i + 1]);
}

static const char *const rounded = "a spreadsheet has rounded this number: make the column a text "
                                   "column and export it again";

static void take_one_phone(struct reading *r, const struct cell *cell, struct span text)
{
    const char *words = import_clean(r->arena, arena_dup_span(r->arena, text));
    const char *region = r->country ? r->country->code : r->rules->region;
    char e164[PHONE_TEXT_BYTES];
    const char *reason;

    if (!is_rounded(text) && phone_e164(words, region, e164)) {
        const char *key = arena_dup(r->arena, e164);
        add_address(r, cell, key, key);
        return;
    }
    if (is_rounded(text))
        reason = rounded;
    else if (!region && !strchr(words, '+'))
        reason = "no country to read it by: write it with +, or give --region";
    else
        reason = arena_printf(r->arena, "no phone number%s%s", region ? " of " : "",
                              region ? region : "");
    doubt_address(r, cell, arena_printf(r->arena, "\"%s\": %s", shown(r->arena, words), reason));
}

/* Several addresses in one cell are separated by ; , | or line ends. */
static void take_each(struct reading *r, const struct cell *cell,
                      void (*take)(struct reading *r, const struct cell *cell, struct span text))
{
    struct span rest = span_of(cell->text), piece;

    if (strchr(cell->text, '<') && !strpbrk(cell->text, ";|\n")) {
        take(r, cell, rest);
        return;
    }
    while (rest.len) {
        size_t len = 0;
        while (len < rest.len && !strchr(";,|\n", rest.data[len]))
            len++;
        piece = text_trim(span_make(rest.data, len));
        if (piece.len)
            take(r, cell, piece);
        rest = span_from(rest, len + 1);
    }
}

static void take_emails(struct reading *r, const struct cell *cell)
{
    take_each(r, cell, take_one_email);
}

static void take_phones(struct reading *r, const struct cell *cell)
{
    take_each(r, cell, take_one_phone);
}

static void take_chat(struct reading *r, const struct cell *cell)
{
    const char *key = text_address_key(r->arena, cell->column.name, span_of(cell->text));

    if (key && !is_rounded(span_of(key)))
        add_address(r, cell, key, key);
    else
        doubt_address(
            r, cell,
            arena_printf(r->arena, "\"%s\": %s", shown(r->arena, cell->text),
                         key ? rounded
                             : "no address of a chat: more than 128 bytes or a line end"));
}

/* ---- the person ---- */

static void take_text(struct reading *r, const struct cell *cell, const char **place)
{
    char *text = arena_dup_span(r->arena, text_cut(span_of(cell->text), IMPORT_MAX_TEXT_BYTES));

    if (*place)
        return; /* two columns of one meaning: the first counts */
    if (strlen(text) < strlen(cell->text))
        doubt(r, cell->column.header, "longer than 300 bytes: cut there");
    for (char *c = strchr(text, '\n'); c; c = strchr(c, '\n'))
        *c = ' ';
    *place = text;
}

static void take_first_name(struct reading *r, const struct cell *cell)
{
    take_text(r, cell, &r->row->prospect.first_name);
}

static void take_last_name(struct reading *r, const struct cell *cell)
{
    take_text(r, cell, &r->row->prospect.last_name);
}

static void take_company(struct reading *r, const struct cell *cell)
{
    take_text(r, cell, &r->row->prospect.company);
}

static void take_title(struct reading *r, const struct cell *cell)
{
    take_text(r, cell, &r->row->prospect.title);
}

static void take_city(struct reading *r, const struct cell *cell)
{
    take_text(r, cell, &r->row->prospect.city);
}

static void take_country(struct reading *r, const struct cell *cell)
{
    take_text(r, cell, &r->row->prospect.country);
    if (!r->country)
        r->country = country_find(r->arena, span_of(cell->text));
}

static void take_zone(struct reading *r, const struct cell *cell)
{
    if (r->row->prospect.zone)
        return;
    if (zone_find(cell->text, NULL)) {
        r->row->prospect.zone = cell->text;
        r->row->zone_given = true;
        return;
    }
    doubt(r, cell->column.header,
          arena_printf(r->arena, "no time zone \"%s\": expected a name like Europe/Berlin",
                       shown(r->arena, cell->text)));
}

static const char *or_null(struct arena *arena, struct span text)
{
    text = text_trim(text);
    return text.len ? arena_dup_span(arena, text) : NULL;
}

/* "Ana Silva", "Silva, Ana"; only when no column has them apart. */
static void take_full_name(struct reading *r, const struct cell *cell)
{
    struct prospect *p = &r->row->prospect;
    const char *whole = NULL;
    struct span rest, first;

    if (p->first_name || p->last_name)
        return;
    take_text(r, cell, &whole);
    rest = span_of(whole);
    if (strchr(whole, ',')) {
        (void)text_next_piece(&rest, ',', &first);
        p->last_name = or_null(r->arena, first);
        p->first_name = or_null(r->arena, rest);
        return;
    }
    (void)text_next_piece(&rest, ' ', &first);
    p->first_name = or_null(r->arena, first);
    p->last_name = or_null(r->arena, rest);
}

/* ---- opt-outs ---- */

static void opt_out(struct reading *r, const char *channel, const char *cause)
{
    struct import_row *row = r->row;

    for (size_t i = 0; i < row->opt_out_count; i++)
        if (strcmp(row->opt_outs[i].channel, channel) == 0)
            return;
    if (row->opt_out_count < COUNT_OF(row->opt_outs))
        row->opt_outs[row->opt_out_count++] =
            (struct import_opt_out){ .channel = channel, .cause = cause };
}

static bool is_one_of(struct arena *arena, const char *text, const char *words)
{
    const char *word = label_squash(arena, span_of(text));
    struct span rest = span_of(words), piece;

    while (text_next_piece(&rest, '|', &piece))
        if (span_is(piece, word))
            return true;
    return false;
}

/* Whatever is not plainly a no is a yes: a date, a reason, "x". The error then is to write to one fewer. "-" squashes to "". */
static void take_opted_out(struct reading *r, const struct cell *cell)
{
    static const char no[] = "|0|00|no|n|false|f|off|none|null|nil|na|nein|falsch|non|never|"
                             "active|subscribed|optedin|notoptedout";

    if (!is_one_of(r->arena, cell->text, no))
        opt_out(r, cell->column.name, "person");
}

static void take_subscribed(struct reading *r, const struct cell *cell)
{
    static const char no[] = "0|no|n|false|f|off|nein|falsch|non|never|unsubscribed|optedout|"
                             "notsubscribed|blocked";

    if (is_one_of(r->arena, cell->text, no))
        opt_out(r, cell->column.name, "person");
}

static void add_field(struct reading *r, const struct cell *cell, const char *name);

static void take_status(struct reading *r, const struct cell *cell)
{
    static const struct {
        const char *words, *cause;
        const char *channel; /* NULL = the column's */
    } rows[] = {
        { "unsubscribed|optedout|optout|unsubscribe|donotcontact|donotemail|dnc|blocklisted|"
          "blocklist|blacklisted|blocked|suppressed|stop|stopped|abgemeldet|removed",
          "person", NULL },
        { "complained|complaint|spam|abuse|markedasspam|spamcomplaint|reportedspam", "complaint",
          NULL },
        { "bounced|hardbounced|hardbounce|bounce|cleaned|undeliverable|emailbounced", "bounce",
          "email" },
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++)
        if (is_one_of(r->arena, cell->text, rows[i].words))
            opt_out(r, rows[i].channel ? rows[i].channel : cell->column.name, rows[i].cause);
    add_field(r, cell, label_snake(r->arena, span_of(cell->column.header)));
}

/* ---- custom fields ---- */

static void add_field(struct reading *r, const struct cell *cell, const char *name)
{
    if (!*name || json_get(r->row->fields, name))
        return;
    if (r->field_count++ >= IMPORT_MAX_FIELDS) {
        doubt(r, cell->column.header, "more than 300 custom fields: left out");
        return;
    }
    json_add_text(r->row->fields, name, cell->text);
}

static void take_custom(struct reading *r, const struct cell *cell)
{
    add_field(r, cell, cell->column.name);
}

static void make_room(struct reading *r)
{
    struct cell *wider = arena_array(r->arena, 2 * r->room + 1, sizeof(*wider));

    if (r->count)
        memcpy(wider, r->cells, r->count * sizeof(*wider));
    r->cells = wider;
    r->room = 2 * r->room + 1;
}

static void add_cell(struct reading *r, struct import_column column, const char *raw)
{
    const char *text = import_clean(r->arena, raw);

    if (!*text || r->count == r->rules->columns->count + IMPORT_MAX_FIELDS)
        return;
    if (r->count == r->room)
        make_room(r);
    r->cells[r->count++] = (struct cell){ .column = column, .text = text };
}

/* "a, b" of an array of plain values; NULL when there is nothing to show. */
static const char *plain_text(struct arena *arena, const cJSON *json)
{
    const cJSON *item;
    const char *list = NULL;

    if (cJSON_IsString(json))
        return json->valuestring;
    if (cJSON_IsBool(json))
        return cJSON_IsTrue(json) ? "true" : "false";
    if (cJSON_IsNumber(json))
        return arena_printf(arena, "%.15g", json->valuedouble);
    if (!cJSON_IsArray(json))
        return NULL;
    cJSON_ArrayForEach(item, json)
    {
        const char *text = cJSON_IsArray(item) ? NULL : plain_text(arena, item);
        if (text && (!list || strlen(list) < CSV_MAX_CELL_BYTES))
            list = list ? arena_printf(arena, "%s, %s", list, text) : arena_dup(arena, text);
    }
    return list;
}

/* Members become cells of columns of their own: "phone" is a phone; { "car": { "colour": 1 } } is car_colour. */
static void expand(struct reading *r, const char *header, const char *prefix, const cJSON *object,
                   int depth)
{
    const cJSON *item;

    cJSON_ArrayForEach(item, object)
    {
        const char *name = arena_printf(r->arena, "%s%s", prefix, item->string);
        struct import_column column = import_column_of(r->arena, name);
        const char *text = plain_text(r->arena, item);
        if (cJSON_IsObject(item) && depth < MAX_DEPTH)
            expand(r, header, arena_printf(r->arena, "%s_", name), item, depth + 1);
        if (!text || column.field <= IMPORT_ATTRIBUTES)
            continue;
        column.header = shown(r->arena, arena_printf(r->arena, "%s.%s", header, column.header));
        add_cell(r, column, text);
    }
}

static void take_attributes(struct reading *r, const struct cell *cell)
{
    struct err err = { 0 };
    cJSON *json = json_parse(span_of(cell->text), cell->column.header, &err);

    if (cJSON_IsObject(json))
        expand(r, cell->column.header, "", json, 1);
    else
        doubt(r, cell->column.header, "no JSON object like {\"plan\": \"gold\"}: left out");
    cJSON_Delete(json);
}

/* ---- the row ---- */

static void (*const takers[IMPORT_FIELDS])(struct reading *r, const struct cell *cell) = {
    [IMPORT_ATTRIBUTES] = take_attributes,
    [IMPORT_COUNTRY] = take_country,
    [IMPORT_ZONE] = take_zone,
    [IMPORT_EMAIL] = take_emails,
    [IMPORT_MOBILE] = take_phones,
    [IMPORT_PHONE] = take_phones,
    [IMPORT_CHAT] = take_chat,
    [IMPORT_FIRST_NAME] = take_first_name,
    [IMPORT_LAST_NAME] = take_last_name,
    [IMPORT_FULL_NAME] = take_full_name,
    [IMPORT_COMPANY] = take_company,
    [IMPORT_TITLE] = take_title,
    [IMPORT_CITY] = take_city,
    [IMPORT_OPTED_OUT] = take_opted_out,
    [IMPORT_SUBSCRIBED] = take_subscribed,
    [IMPORT_STATUS] = take_status,
    [IMPORT_CUSTOM] = take_custom,
};

/* The count of cells grows while attributes are taken: they come first. */
static void take_all(struct reading *r)
{
    for (enum import_field field = IMPORT_ATTRIBUTES; field < IMPORT_FIELDS; field++)
        for (size_t i = 0; i < r->count; i++)
            if (r->cells[i].column.field == field)
                takers[field](r, &r->cells[i]);
}

static void gather(struct reading *r)
{
    const struct import_columns *columns = r->rules->columns;
    const struct csv_row *source = r->row->source;
    bool too_long = false;

    r->room = columns->count;
    r->cells = arena_array(r->arena, r->room, sizeof(*r->cells));
    for (size_t i = 0; i < source->count; i++) {
        if (i < columns->count)
            add_cell(r, columns->items[i], source->cells[i]);
        else
            too_long = too_long || *import_clean(r->arena, source->cells[i]);
    }
    r->row->blank = r->count == 0 && !too_long;
    if (too_long)
        refuse(r, "",
               arena_printf(r->arena,
                            "%zu cells, but the header has %zu: is there a separator without "
                            "quotes around its cell?",
                            source->count, columns->count));
}

static const char *list_address_columns(const struct reading *r)
{
    const struct import_columns *columns = r->rules->columns;
    const char *list = "";

    for (size_t i = 0; i < columns->count && strlen(list) < 200; i++)
        if (columns->items[i].field >= IMPORT_EMAIL && columns->items[i].field <= IMPORT_CHAT)
            list =
                arena_printf(r->arena, "%s%s%s", list, *list ? ", " : "", columns->items[i].header);
    return list;
}

static void require_address(struct reading *r)
{
    struct import_row *row = r->row;

    if (row->address_count || row->refused)
        return;
    for (size_t i = 0; i < row->doubt_count; i++) {
        if (row->doubts[i].of_address) {
            refuse(r, row->doubts[i].column, row->doubts[i].text);
            return;
        }
    }
    refuse(r, list_address_columns(r), "no address: nothing to reach this prospect by");
}

static void settle_zone(struct reading *r)
{
    struct prospect *p = &r->row->prospect;

    if (!p->zone)
        p->zone = r->country && r->country->zone ? r->country->zone : r->rules->zone;
}

void import_row_read(const struct import_rules *rules, const struct csv_row *source,
                     struct arena *arena, struct import_row *out)
{
    struct reading r = { .rules = rules, .arena = arena, .row = out };

    *out = (struct import_row){ .source = source, .fields = cJSON_CreateObject() };
    gather(&r);
    if (out->blank || out->refused)
        return;
    take_all(&r);
    settle_zone(&r);
    require_address(&r);
}

void import_row_finish(struct import_row *row)
{
    cJSON_Delete(row->fields);
    row->fields = NULL;
}
