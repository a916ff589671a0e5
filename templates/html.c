/* templates/html.c - see html.h. */
#include "templates/html.h"

#include <ctype.h>

#include "core/base/attr.h"
#include "core/base/text.h"

static void word_begin(struct html *html)
{
    html->word_len = 0;
    html->word[0] = '\0';
}

static void word_add(struct html *html, char c)
{
    if (html->word_len + 1 < sizeof(html->word)) {
        html->word[html->word_len++] = text_lower_char(c);
        html->word[html->word_len] = '\0';
    }
}

static void tail_add(struct html *html, char c)
{
    memmove(html->tail, html->tail + 1, sizeof(html->tail) - 1);
    html->tail[sizeof(html->tail) - 1] = text_lower_char(c);
}

static bool tail_is(const struct html *html, const char *text)
{
    size_t len = strlen(text);

    return memcmp(html->tail + sizeof(html->tail) - len, text, len) == 0;
}

static void end_tag(struct html *html)
{
    bool script = strcmp(html->tag, "script") == 0 || strcmp(html->tag, "style") == 0;

    html->state = script && !html->closing ? HTML_IN_SCRIPT : HTML_IN_TEXT;
}

static void in_text(struct html *html, char c)
{
    if (c != '<')
        return;
    html->state = HTML_IN_TAG_NAME;
    html->closing = false;
    word_begin(html);
}

static void in_tag_name(struct html *html, char c)
{
    if (c == '/' && html->word_len == 0) {
        html->closing = true;
        return;
    }
    if (isalnum((unsigned char)c) || c == '!' || c == '-') {
        word_add(html, c);
        if (strcmp(html->word, "!--") == 0)
            html->state = HTML_IN_COMMENT;
        return;
    }
    memcpy(html->tag, html->word, sizeof(html->tag));
    if (html->word_len == 0)
        html->state = HTML_IN_TEXT; /* a lone "<" */
    else if (c == '>')
        end_tag(html);
    else
        html->state = HTML_IN_TAG;
}

static void in_tag(struct html *html, char c)
{
    if (c == '>') {
        end_tag(html);
    } else if (c == '=') {
        html->state = HTML_BEFORE_VALUE;
    } else if (!isspace((unsigned char)c) && c != '/') {
        html->state = HTML_IN_NAME;
        word_begin(html);
        word_add(html, c);
    }
}

static void in_name(struct html *html, char c)
{
    if (c == '=')
        html->state = HTML_BEFORE_VALUE;
    else if (c == '>')
        end_tag(html);
    else if (isspace((unsigned char)c) || c == '/')
        html->state = HTML_IN_TAG;
    else
        word_add(html, c);
}

static void before_value(struct html *html, char c)
{
    if (isspace((unsigned char)c))
        return;
    html->value_begun = false;
    if (c == '>') {
        end_tag(html);
    } else if (c == '"' || c == '\'') {
        html->state = HTML_IN_VALUE;
        html->quote = c;
    } else {
        html->state = HTML_IN_BARE_VALUE;
    }
}

static void in_value(struct html *html, char c)
{
    if (c == html->quote)
        html->state = HTML_IN_TAG;
    else if (!isspace((unsigned char)c))
        html->value_begun = true;
}

static void in_bare_value(struct html *html, char c)
{
    if (c == '>')
        end_tag(html);
    else if (isspace((unsigned char)c))
        html->state = HTML_IN_TAG;
}

static void in_comment(struct html *html, char c)
{
    (void)c;
    if (tail_is(html, "-->"))
        html->state = HTML_IN_TEXT;
}

static void in_script(struct html *html, char c)
{
    (void)c;
    if (tail_is(html, "</script") || tail_is(html, "</style")) {
        html->state = HTML_IN_TAG;
        html->closing = true;
    }
}

void html_walk(struct html *html, struct span text)
{
    static void (*const steps[])(struct html *, char) = {
        [HTML_IN_TEXT] = in_text,
        [HTML_IN_TAG_NAME] = in_tag_name,
        [HTML_IN_TAG] = in_tag,
        [HTML_IN_NAME] = in_name,
        [HTML_BEFORE_VALUE] = before_value,
        [HTML_IN_VALUE] = in_value,
        [HTML_IN_BARE_VALUE] = in_bare_value,
        [HTML_IN_COMMENT] = in_comment,
        [HTML_IN_SCRIPT] = in_script,
    };

    for (size_t i = 0; i < text.len; i++) {
        tail_add(html, text.data[i]);
        steps[html->state](html, text.data[i]);
    }
}

static bool takes_url(const char *attribute)
{
    static const char *const names[] = { "href",   "src",        "action",     "background", "cite",
                                         "poster", "formaction", "xlink:href", "data" };

    for (size_t i = 0; i < COUNT_OF(names); i++)
        if (strcmp(names[i], attribute) == 0)
            return true;
    return false;
}

static enum html_place value_place(struct html *html, const char **why)
{
    bool begun = html->value_begun;

    if (memcmp(html->word, "on", 2) == 0)
        *why = "data may not stand in an on... attribute";
    if (strcmp(html->word, "style") == 0 || strcmp(html->word, "srcdoc") == 0)
        *why = "data may not stand in a style or srcdoc attribute";
    html->value_begun = true;
    if (!takes_url(html->word))
        return HTML_TEXT;
    return begun ? HTML_URL_REST : HTML_URL_START;
}

enum html_place html_place(struct html *html, const char **why)
{
    static const char *const forbidden[] = {
        [HTML_IN_TAG_NAME] = "data may not stand in a tag's name",
        [HTML_IN_TAG] = "data may not stand in a tag outside quotes",
        [HTML_IN_NAME] = "data may not stand in an attribute's name",
        [HTML_BEFORE_VALUE] = "data in an attribute needs quotes around it",
        [HTML_IN_BARE_VALUE] = "data in an attribute needs quotes around it",
        [HTML_IN_COMMENT] = "data may not stand in an HTML comment",
        [HTML_IN_SCRIPT] = "data may not stand in a script or style",
        [HTML_IN_VALUE] = NULL,
    };

    if (html->state == HTML_IN_TEXT)
        return HTML_TEXT;
    if (html->state == HTML_IN_VALUE)
        return value_place(html, why);
    *why = forbidden[html->state];
    return HTML_TEXT;
}
