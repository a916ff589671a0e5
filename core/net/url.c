/* core/net/url.c - see url.h. */
#include "core/net/url.h"

#include <curl/curl.h>
#include <stdlib.h>

#include "core/base/text.h"

#define LONGEST_ENCODED_BYTES ((size_t)8 << 20)
#define REPLACEMENT "\xEF\xBF\xBD" /* U+FFFD */

static bool is_unreserved(char c)
{
    return text_is_alnum(c) || text_one_of(c, "-._~");
}

static void add_percent(struct str *out, char c)
{
    static const char digits[] = "0123456789ABCDEF";
    unsigned char byte = (unsigned char)c;
    char text[3] = { '%', digits[byte >> 4], digits[byte & 15] };

    str_add(out, text, sizeof(text));
}

void url_add_encoded(struct str *out, struct span text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (is_unreserved(text.data[i]))
            str_add_char(out, text.data[i]);
        else
            add_percent(out, text.data[i]);
    }
}

char *url_encode(struct arena *arena, struct span text)
{
    struct str out;
    char *copy;

    str_init(&out, LONGEST_ENCODED_BYTES);
    url_add_encoded(&out, text);
    copy = arena_dup_span(arena, str_span(&out));
    str_finish(&out);
    return copy;
}

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = text_lower_char(c);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The byte that "%XX" at text[i] stands for, or -1 when it is no such escape. */
static int escaped_byte(struct span text, size_t i)
{
    int high, low;

    if (text.data[i] != '%' || text.len - i < 3)
        return -1;
    high = hex_value(text.data[i + 1]);
    low = hex_value(text.data[i + 2]);
    return high < 0 || low < 0 ? -1 : high * 16 + low;
}

/* %00 is as long as what replaces it; only a raw NUL makes the text grow. */
static size_t decoded_room(struct span text)
{
    size_t room = text.len + 1;

    for (size_t i = 0; i < text.len; i++)
        room += text.data[i] == '\0' ? strlen(REPLACEMENT) - 1 : 0;
    return room;
}

char *url_decode(struct arena *arena, struct span text, bool plus_is_space)
{
    char *out = arena_alloc(arena, decoded_room(text));
    size_t len = 0;

    for (size_t i = 0; i < text.len; i++) {
        int byte = escaped_byte(text, i);
        char c = byte >= 0 ? (char)byte : text.data[i];

        if (byte < 0 && c == '+' && plus_is_space)
            c = ' ';
        if (c == '\0') {
            memcpy(out + len, REPLACEMENT, strlen(REPLACEMENT));
            len += strlen(REPLACEMENT);
        } else {
            out[len++] = c;
        }
        if (byte >= 0)
            i += 2;
    }
    out[len] = '\0';
    return out;
}

static void add_form_encoded(struct str *out, struct span text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (text.data[i] == ' ')
            str_add_char(out, '+');
        else
            url_add_encoded(out, span_make(text.data + i, 1));
    }
}

void url_add_field(struct str *form, const char *name, struct span value)
{
    if (form->len > 0)
        str_add_char(form, '&');
    add_form_encoded(form, span_of(name));
    str_add_char(form, '=');
    add_form_encoded(form, value);
}

bool url_next_field(struct span *form, struct arena *arena, char **name, char **value)
{
    struct span field;

    do {
        const char *end;

        if (form->len == 0)
            return false;
        end = memchr(form->data, '&', form->len);
        field = span_make(form->data, end ? (size_t)(end - form->data) : form->len);
        *form = span_from(*form, end ? field.len + 1 : field.len);
    } while (field.len == 0);

    const char *equals = memchr(field.data, '=', field.len);
    size_t name_len = equals ? (size_t)(equals - field.data) : field.len;

    *name = url_decode(arena, span_make(field.data, name_len), true);
    *value = url_decode(arena, span_from(field, name_len + 1), true);
    return true;
}

char *url_host(struct arena *arena, const char *url)
{
    CURLU *parts = curl_url();
    char *scheme = NULL, *host = NULL, *copy = NULL;

    if (!parts)
        abort();
    if (curl_url_set(parts, CURLUPART_URL, url, 0) == CURLUE_OK &&
        curl_url_get(parts, CURLUPART_SCHEME, &scheme, 0) == CURLUE_OK &&
        (strcmp(scheme, "http") == 0 || strcmp(scheme, "https") == 0) &&
        curl_url_get(parts, CURLUPART_HOST, &host, 0) == CURLUE_OK)
        copy = text_lower(arena, span_of(host));
    curl_free(scheme);
    curl_free(host);
    curl_url_cleanup(parts);
    return copy;
}
