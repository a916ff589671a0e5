/* core/replies/charset.c - conversion with GMime's iconv filter, which goes on behind bad bytes. */
#include "core/replies/charset.h"

#include <gmime/gmime.h>
#include <iconv.h>

#include "core/base/attr.h"
#include "core/base/text.h"

static const char fallback[] = "windows-1252";

static bool is_one_of(const char *charset, const char *const *names)
{
    for (; *names; names++)
        if (g_ascii_strcasecmp(charset, *names) == 0)
            return true;
    return false;
}

/* Which converter to use; NULL = the bytes are UTF-8 enough. */
static const char *converter_of(struct span bytes, const char *charset)
{
    static const char *const utf8[] = { "utf-8", "utf8", NULL };
    static const char *const vague[] = { "us-ascii", "ascii",     "iso-8859-1",   "latin1",
                                         "unknown",  "x-unknown", "unknown-8bit", NULL };

    if (charset && is_one_of(charset, utf8))
        return NULL;
    if (!charset || !charset[0] || is_one_of(charset, vague))
        return text_is_utf8(bytes) ? NULL : fallback;
    return charset;
}

static GByteArray *convert(struct span bytes, GMimeFilter *filter)
{
    GByteArray *out = g_byte_array_new();
    GMimeStream *memory = g_mime_stream_mem_new_with_byte_array(out);
    GMimeStream *stream = g_mime_stream_filter_new(memory);

    g_mime_stream_mem_set_owner(GMIME_STREAM_MEM(memory), FALSE);
    g_mime_stream_filter_add(GMIME_STREAM_FILTER(stream), filter);
    g_mime_stream_write(stream, bytes.data, bytes.len);
    g_mime_stream_flush(stream);
    g_object_unref(stream);
    g_object_unref(memory);
    return out;
}

struct span charset_to_utf8(struct span bytes, const char *charset, struct arena *arena)
{
    const char *name = converter_of(bytes, charset);
    GMimeFilter *filter = name ? g_mime_filter_charset_new(name, "utf-8") : NULL;
    GByteArray *converted;
    struct span out;

    if (name && !filter && !text_is_utf8(bytes))
        filter = g_mime_filter_charset_new(fallback, "utf-8");
    if (!filter || bytes.len == 0) {
        g_clear_object(&filter);
        return span_of(text_to_utf8(arena, bytes));
    }
    converted = convert(bytes, filter);
    out = span_of(text_to_utf8(arena, span_make((const char *)converted->data, converted->len)));
    g_byte_array_unref(converted);
    g_object_unref(filter);
    return out;
}

void charset_prepare(void)
{
    static const char *const names[] = {
        "ISO-8859-1",  "ISO-8859-2",    "ISO-8859-3",    "ISO-8859-4",  "ISO-8859-5",
        "ISO-8859-6",  "ISO-8859-7",    "ISO-8859-8",    "ISO-8859-9",  "ISO-8859-10",
        "ISO-8859-11", "ISO-8859-13",   "ISO-8859-14",   "ISO-8859-15", "ISO-8859-16",
        "CP1250",      "CP1251",        "CP1252",        "CP1253",      "CP1254",
        "CP1255",      "CP1256",        "CP1257",        "CP1258",      "KOI8-R",
        "KOI8-U",      "UTF-7",         "UTF-16",        "UTF-32",      "GB2312",
        "GBK",         "GB18030",       "BIG5",          "BIG5-HKSCS",  "EUC-TW",
        "EUC-JP",      "EUC-JP-MS",     "SHIFT_JIS",     "CP932",       "ISO-2022-JP",
        "EUC-KR",      "UHC",           "ISO-2022-KR",   "ISO-2022-CN", "TIS-620",
        "CP874",       "MACINTOSH",     "MAC-CYRILLIC",  "CP437",       "CP850",
        "CP852",       "CP855",         "CP858",         "CP866",       "ARMSCII-8",
        "GEORGIAN-PS", "TCVN5712-1",    "KOI8-T",        "ISO-8859-9E", "MAC-CENTRALEUROPE",
        "CP1125",      "ISO-2022-JP-2", "ISO-2022-JP-3", "JOHAB",       "CP864",
    };

    for (size_t i = 0; i < COUNT_OF(names); i++)
        (void)iconv_open("UTF-8", names[i]); /* open for good: a closed one may be unloaded */
}
