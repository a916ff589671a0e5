/* core/replies/entities.c - the Latin-1 names of HTML 4 and the few others that mail holds; all
 * numbers. */
#include "core/replies/entities.h"

#include <ctype.h>

#include "core/base/attr.h"
#include "core/base/text.h"

#define MAX_NAME_BYTES 8
#define MAX_NUMBER_BYTES 10

static const struct {
    const char *name;
    uint32_t point;
} entities[] = {
    { "quot", 0x22 },     { "amp", 0x26 },      { "lt", 0x3C },       { "gt", 0x3E },
    { "apos", 0x27 },     { "nbsp", 0xA0 },     { "iexcl", 0xA1 },    { "cent", 0xA2 },
    { "pound", 0xA3 },    { "curren", 0xA4 },   { "yen", 0xA5 },      { "brvbar", 0xA6 },
    { "sect", 0xA7 },     { "uml", 0xA8 },      { "copy", 0xA9 },     { "ordf", 0xAA },
    { "laquo", 0xAB },    { "not", 0xAC },      { "shy", 0xAD },      { "reg", 0xAE },
    { "macr", 0xAF },     { "deg", 0xB0 },      { "plusmn", 0xB1 },   { "sup2", 0xB2 },
    { "sup3", 0xB3 },     { "acute", 0xB4 },    { "micro", 0xB5 },    { "para", 0xB6 },
    { "middot", 0xB7 },   { "cedil", 0xB8 },    { "sup1", 0xB9 },     { "ordm", 0xBA },
    { "raquo", 0xBB },    { "frac14", 0xBC },   { "frac12", 0xBD },   { "frac34", 0xBE },
    { "iquest", 0xBF },   { "Agrave", 0xC0 },   { "Aacute", 0xC1 },   { "Acirc", 0xC2 },
    { "Atilde", 0xC3 },   { "Auml", 0xC4 },     { "Aring", 0xC5 },    { "AElig", 0xC6 },
    { "Ccedil", 0xC7 },   { "Egrave", 0xC8 },   { "Eacute", 0xC9 },   { "Ecirc", 0xCA },
    { "Euml", 0xCB },     { "Igrave", 0xCC },   { "Iacute", 0xCD },   { "Icirc", 0xCE },
    { "Iuml", 0xCF },     { "ETH", 0xD0 },      { "Ntilde", 0xD1 },   { "Ograve", 0xD2 },
    { "Oacute", 0xD3 },   { "Ocirc", 0xD4 },    { "Otilde", 0xD5 },   { "Ouml", 0xD6 },
    { "times", 0xD7 },    { "Oslash", 0xD8 },   { "Ugrave", 0xD9 },   { "Uacute", 0xDA },
    { "Ucirc", 0xDB },    { "Uuml", 0xDC },     { "Yacute", 0xDD },   { "THORN", 0xDE },
    { "szlig", 0xDF },    { "agrave", 0xE0 },   { "aacute", 0xE1 },   { "acirc", 0xE2 },
    { "atilde", 0xE3 },   { "auml", 0xE4 },     { "aring", 0xE5 },    { "aelig", 0xE6 },
    { "ccedil", 0xE7 },   { "egrave", 0xE8 },   { "eacute", 0xE9 },   { "ecirc", 0xEA },
    { "euml", 0xEB },     { "igrave", 0xEC },   { "iacute", 0xED },   { "icirc", 0xEE },
    { "iuml", 0xEF },     { "eth", 0xF0 },      { "ntilde", 0xF1 },   { "ograve", 0xF2 },
    { "oacute", 0xF3 },   { "ocirc", 0xF4 },    { "otilde", 0xF5 },   { "ouml", 0xF6 },
    { "divide", 0xF7 },   { "oslash", 0xF8 },   { "ugrave", 0xF9 },   { "uacute", 0xFA },
    { "ucirc", 0xFB },    { "uuml", 0xFC },     { "yacute", 0xFD },   { "thorn", 0xFE },
    { "yuml", 0xFF },     { "OElig", 0x152 },   { "oelig", 0x153 },   { "Scaron", 0x160 },
    { "scaron", 0x161 },  { "Yuml", 0x178 },    { "circ", 0x2C6 },    { "tilde", 0x2DC },
    { "ensp", 0x2002 },   { "emsp", 0x2003 },   { "thinsp", 0x2009 }, { "zwnj", 0x200C },
    { "zwj", 0x200D },    { "lrm", 0x200E },    { "rlm", 0x200F },    { "ndash", 0x2013 },
    { "mdash", 0x2014 },  { "lsquo", 0x2018 },  { "rsquo", 0x2019 },  { "sbquo", 0x201A },
    { "ldquo", 0x201C },  { "rdquo", 0x201D },  { "bdquo", 0x201E },  { "dagger", 0x2020 },
    { "Dagger", 0x2021 }, { "bull", 0x2022 },   { "hellip", 0x2026 }, { "permil", 0x2030 },
    { "prime", 0x2032 },  { "lsaquo", 0x2039 }, { "rsaquo", 0x203A }, { "euro", 0x20AC },
    { "trade", 0x2122 },  { "larr", 0x2190 },   { "rarr", 0x2192 },
};

static uint32_t digit_of(char c)
{
    if (c >= '0' && c <= '9')
        return (uint32_t)(c - '0');
    return (uint32_t)(text_lower_char(c) - 'a') + 10;
}

/* "&#233;" or "&#xE9;" */
static size_t number_at(struct span text, uint32_t *point)
{
    bool hex = text.len > 3 && (text.data[2] == 'x' || text.data[2] == 'X');
    size_t start = hex ? 3 : 2, i = start;

    *point = 0;
    for (; i < text.len && i < start + MAX_NUMBER_BYTES; i++) {
        unsigned char c = (unsigned char)text.data[i];

        if (hex ? !isxdigit(c) : !isdigit(c))
            break;
        if (*point <= 0x10FFFF)
            *point = *point * (hex ? 16 : 10) + digit_of((char)c);
    }
    if (i == start)
        return 0;
    return i < text.len && text.data[i] == ';' ? i + 1 : i;
}

size_t entity_at(struct span text, uint32_t *point)
{
    size_t len = 1;

    if (text.len > 2 && text.data[1] == '#')
        return number_at(text, point);
    while (len < text.len && len <= MAX_NAME_BYTES && isalnum((unsigned char)text.data[len]))
        len++;
    for (size_t i = 0; i < COUNT_OF(entities); i++) {
        if (span_is(span_make(text.data + 1, len - 1), entities[i].name)) {
            *point = entities[i].point;
            return len < text.len && text.data[len] == ';' ? len + 1 : len;
        }
    }
    return 0;
}
