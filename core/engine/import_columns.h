/* core/engine/import_columns.h - which column of a CSV means what: the headers of HubSpot, Apollo, lemlist, listmonk, Mapp,
 * Salesforce, LinkedIn and their kin, by one table of synonyms; what is in no row of it becomes a custom field. Pure. */
#ifndef HEED_ENGINE_IMPORT_COLUMNS_H
#define HEED_ENGINE_IMPORT_COLUMNS_H

#include "core/base/arena.h"
#include "core/base/csv.h"
#include "core/base/err.h"

/* In the order in which a row is read */
enum import_field {
    IMPORT_IGNORED,
    IMPORT_ATTRIBUTES, /* a JSON object of further columns */
    IMPORT_COUNTRY,    /* before the phones: it says how they are read */
    IMPORT_ZONE,
    IMPORT_EMAIL,
    IMPORT_MOBILE,
    IMPORT_PHONE,
    IMPORT_CHAT, /* an address of another kind: `name` */
    IMPORT_FIRST_NAME,
    IMPORT_LAST_NAME,
    IMPORT_FULL_NAME,
    IMPORT_COMPANY,
    IMPORT_TITLE,
    IMPORT_CITY,
    IMPORT_OPTED_OUT,  /* yes: no more on channel `name`, "" = on none */
    IMPORT_SUBSCRIBED, /* no: the same */
    IMPORT_STATUS,     /* a word that may say so, of channel `name`; kept as a field too */
    IMPORT_CUSTOM,     /* custom field `name` */
    IMPORT_FIELDS
};

struct import_column {
    enum import_field field;
    const char *name;   /* see above */
    const char *header; /* as it stands in the file: for messages */
};

struct import_columns {
    struct import_column *items;
    size_t count;
};

/* What a header means. Never fails: an unknown one is a custom field; a custom field's name is "" when the header has no
 * letter or digit. */
struct import_column import_column_of(struct arena *arena, const char *header);

/* Reads the header row. ERR_INPUT when no column can hold an address, or when it looks like data. */
int import_columns_read(const struct csv_row *row, struct arena *arena, struct import_columns *out,
                        struct err *err) MUST_USE;

/* "email", "custom field": for people. */
const char *import_field_name(enum import_field field);

/* The text of a cell, cleaned: no white space around it, control characters and invisible marks gone, the ' with which
 * spreadsheets and our own exports guard "+49..." taken off. Line ends stay. */
char *import_clean(struct arena *arena, const char *cell);

#endif
