/* templates/locale.h - words of dates and signs of amounts in the languages messages are written in.
 * Five of them; whatever else is asked for is English. */
#ifndef HEED_TEMPLATES_LOCALE_H
#define HEED_TEMPLATES_LOCALE_H

#include <stdbool.h>

struct locale {
    const char *language;          /* ISO 639-1: "en", "da", "de", "fr", "es" */
    const char *months[12];        /* as in a date: "March", "marts" */
    const char *short_months[12];  /* %b */
    const char *weekdays[7];       /* from Sunday */
    const char *short_weekdays[7]; /* %a */
    const char *decimal, *group;   /* "1.234,50" */
    int group_from;                /* digits before the point from which on they are grouped */
    bool sign_first;               /* "€1" rather than "1 €" */
};

/* name: "de", "de-AT", "de_AT.UTF-8"; NULL and unknown ones are English. Never NULL. */
const struct locale *locale_find(const char *name);

#endif
