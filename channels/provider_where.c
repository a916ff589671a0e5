/* channels/provider_where.c - on which line of a JSON text does the value at a path begin? The text
 * has passed the JSON reader before; here it is only walked over. */
#include <stdlib.h>

#include "channels/provider_check.h"
#include "core/base/text.h"

static void skip_space(struct span *rest)
{
    while (rest->len > 0 && strchr(" \t\r\n", *rest->data))
        *rest = span_from(*rest, 1);
}

/* Past the string whose first quote is at the front; its inside, escapes as they are. */
static struct span skip_string(struct span *rest)
{
    size_t end = 1;
    struct span inside;

    while (end < rest->len && rest->data[end] != '"')
        end += rest->data[end] == '\\' ? 2 : 1;
    inside = span_make(rest->data + 1, end < rest->len ? end - 1 : rest->len - 1);
    *rest = span_from(*rest, end + 1);
    return inside;
}

static void skip_value(struct span *rest)
{
    int depth = 0;

    do {
        if (*rest->data == '"') {
            skip_string(rest);
        } else {
            depth += *rest->data == '{' || *rest->data == '[';
            depth -= *rest->data == '}' || *rest->data == ']';
            *rest = span_from(*rest, 1);
        }
        if (depth == 0 && rest->len > 0 && strchr(",}] \t\r\n", *rest->data))
            return;
    } while (rest->len > 0);
}

/* From the '{' to the value of the member, or false. */
static bool enter_member(struct span *rest, struct span name)
{
    *rest = span_from(*rest, 1);
    for (;;) {
        struct span key;

        skip_space(rest);
        if (rest->len == 0 || *rest->data != '"')
            return false;
        key = skip_string(rest);
        skip_space(rest);
        *rest = span_from(*rest, 1); /* the colon */
        skip_space(rest);
        if (span_eq(key, name) || rest->len == 0)
            return rest->len > 0;
        skip_value(rest);
        skip_space(rest);
        *rest = span_from(*rest, 1); /* the comma or the end */
    }
}

static bool enter_element(struct span *rest, long index)
{
    *rest = span_from(*rest, 1);
    skip_space(rest);
    while (index-- > 0 && rest->len > 0) {
        skip_value(rest);
        skip_space(rest);
        *rest = span_from(*rest, 1); /* the comma or the end */
        skip_space(rest);
    }
    return rest->len > 0;
}

int provider_line(struct span text, const char *path)
{
    struct span rest = text;
    int line = 1;

    skip_space(&rest);
    while (*path && rest.len > 0) {
        struct span step = span_make(path, strcspn(path, ".[]"));
        bool found;

        if (*path == '[')
            found = *rest.data == '[' && enter_element(&rest, strtol(path + 1, NULL, 10));
        else
            found = *rest.data == '{' && enter_member(&rest, step);
        if (!found)
            break;
        path += *path == '[' ? strcspn(path, "]") + 1 : step.len;
        path += *path == '.';
    }
    for (const char *at = text.data; at < text.data + (text.len - rest.len); at++)
        line += *at == '\n';
    return line;
}
