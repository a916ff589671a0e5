/* core/replies/address.c - reaches left and right from the at sign. */
#include "core/replies/address.h"

#include <ctype.h>
#include <string.h>

#include "core/base/text.h"

bool address_has_char(char c)
{
    return isalnum((unsigned char)c) || text_one_of(c, "._+-=%&#!~*/?^{|}$'");
}

struct span address_span_at(struct span text, size_t at)
{
    size_t start = at, end = at + 1;

    while (start > 0 && at - start < 64 && address_has_char(text.data[start - 1]))
        start--;
    while (start < at && strchr("'*=/-.", text.data[start]))
        start++;
    if (text_starts_nocase(span_make(text.data + start, at - start), "smtp="))
        start += 5; /* X.400 of old Exchange */
    while (end < text.len && end - at < 255 &&
           (isalnum((unsigned char)text.data[end]) || strchr(".-", text.data[end])) &&
           text.data[end] != '\0')
        end++;
    while (end > at + 1 && strchr(".-", text.data[end - 1]))
        end--;
    if (start == at || !memchr(text.data + at, '.', end - at))
        return span_make(NULL, 0);
    return span_make(text.data + start, end - start);
}
