/* templates/locale.c - see locale.h. Names as Unicode CLDR has them within a date; short ones without
 * the full stop where it is usual to leave it out. */
#include "templates/locale.h"

#include <stddef.h>
#include <string.h>

#include "core/base/attr.h"

#define NARROW_SPACE "\xe2\x80\xaf" /* U+202F */

static const struct locale locales[] = {
    { "en",
      { "January", "February", "March", "April", "May", "June", "July", "August", "September",
        "October", "November", "December" },
      { "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" },
      { "Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday" },
      { "Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat" },
      ".",
      ",",
      4,
      true },
    { "da",
      { "januar", "februar", "marts", "april", "maj", "juni", "juli", "august", "september",
        "oktober", "november", "december" },
      { "jan", "feb", "mar", "apr", "maj", "jun", "jul", "aug", "sep", "okt", "nov", "dec" },
      { "søndag", "mandag", "tirsdag", "onsdag", "torsdag", "fredag", "lørdag" },
      { "søn", "man", "tir", "ons", "tor", "fre", "lør" },
      ",",
      ".",
      4,
      false },
    { "de",
      { "Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September",
        "Oktober", "November", "Dezember" },
      { "Jan", "Feb", "Mär", "Apr", "Mai", "Jun", "Jul", "Aug", "Sep", "Okt", "Nov", "Dez" },
      { "Sonntag", "Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag" },
      { "So", "Mo", "Di", "Mi", "Do", "Fr", "Sa" },
      ",",
      ".",
      4,
      false },
    { "fr",
      { "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre",
        "octobre", "novembre", "décembre" },
      { "janv.", "févr.", "mars", "avril", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.",
        "déc." },
      { "dimanche", "lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi" },
      { "dim.", "lun.", "mar.", "mer.", "jeu.", "ven.", "sam." },
      ",",
      NARROW_SPACE,
      4,
      false },
    { "es",
      { "enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre",
        "octubre", "noviembre", "diciembre" },
      { "ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sept", "oct", "nov", "dic" },
      { "domingo", "lunes", "martes", "miércoles", "jueves", "viernes", "sábado" },
      { "dom", "lun", "mar", "mié", "jue", "vie", "sáb" },
      ",",
      ".",
      5, /* 1234,50 and 12.345,50: four digits stand together in Spanish */
      false },
};

static bool ends_language(char c)
{
    return c == '\0' || c == '-' || c == '_' || c == '.';
}

const struct locale *locale_find(const char *name)
{
    for (size_t i = 0; name && i < COUNT_OF(locales); i++)
        if (strncasecmp(name, locales[i].language, 2) == 0 && ends_language(name[2]))
            return &locales[i];
    return &locales[0];
}
