/* channels/mime.c - see mime.h. The order of the header fields is fixed, and so are the bytes. */
#include "channels/mime.h"

#include <stdio.h>
#include <string.h>

#include "channels/account.h"
#include "channels/mime_encode.h"
#include "core/base/text.h"

#define ID_OCTETS 900      /* of one id or URL: it cannot be folded, and a line ends at 998 */
#define CHAIN_OCTETS 16384 /* of References: beyond, the first id and the newest stay */
#define URL_SAFE "-._~:/?#[]@!$&'()*+,;=%"

static bool is_visible(struct span text)
{
    for (size_t i = 0; i < text.len; i++)
        if (text.data[i] <= 0x20 || text.data[i] == 0x7f || (unsigned char)text.data[i] >= 0x80)
            return false;
    return true;
}

static bool is_id(struct span id)
{
    return id.len > 2 && id.len <= ID_OCTETS && id.data[0] == '<' && id.data[id.len - 1] == '>' &&
           is_visible(id);
}

static bool is_url(struct span url)
{
    if (url.len > ID_OCTETS ||
        (!text_starts_nocase(url, "https://") && !text_starts_nocase(url, "http://")))
        return false;
    for (size_t i = 0; i < url.len; i++)
        if (!text_is_alnum(url.data[i]) && !text_one_of(url.data[i], URL_SAFE))
            return false;
    return true;
}

static int check_address(const char *field, const char *address, struct err *err)
{
    if (!address || text_is_email(span_of(address), true))
        return 0;
    return err_set(err, ERR_INPUT, "%s is not an e-mail address", field);
}

static int check_sizes(const struct message *message, struct err *err)
{
    size_t len = strlen(message->text) + (message->html ? strlen(message->html) : 0);

    if (len > MIME_MAX_TEXT_BYTES)
        return err_set(err, ERR_LIMIT, "the text is longer than %zu bytes", MIME_MAX_TEXT_BYTES);
    if (message->subject && strlen(message->subject) > ID_OCTETS)
        return err_set(err, ERR_LIMIT, "the subject is longer than %d bytes", ID_OCTETS);
    if ((message->from_name && strlen(message->from_name) > ID_OCTETS) ||
        (message->to_name && strlen(message->to_name) > ID_OCTETS))
        return err_set(err, ERR_LIMIT, "a name is longer than %d bytes", ID_OCTETS);
    return 0;
}

int mime_check(const struct message *message, struct err *err)
{
    if (message_check(message, err) < 0 || check_sizes(message, err) < 0 ||
        check_address("to", message->to, err) < 0 ||
        check_address("from", message->from, err) < 0 ||
        check_address("reply_to", message->reply_to, err) < 0 ||
        check_address("return_path", message->return_path, err) < 0 ||
        check_address("unsubscribe_mail", message->unsubscribe_mail, err) < 0)
        return -1;
    if (!message->message_id || !is_id(span_of(message->message_id)))
        return err_set(err, ERR_INPUT, "message_id is not of the form <left@right>");
    if (!message->date || strlen(message->date) > 60)
        return err_set(err, ERR_INPUT, "date is not a date of RFC 5322");
    if (message->unsubscribe_url && !is_url(span_of(message->unsubscribe_url)))
        return err_set(err, ERR_INPUT, "unsubscribe_url is not a URL");
    return 0;
}

static void end_line(struct str *out)
{
    str_add(out, "\r\n", 2);
}

static void add_field(struct str *out, const char *name, const char *value)
{
    str_add_text(out, name);
    str_add_text(out, value);
    end_line(out);
}

static void add_mailbox(struct str *out, const char *field, const char *name, const char *address)
{
    struct span display = text_trim(span_of(name));
    size_t len = strlen(address);

    str_add_text(out, field);
    mime_add_phrase(out, display);
    if (display.len)
        str_add_text(out, mime_column(out) + len + 3 > MIME_LINE_OCTETS ? "\r\n " : " ");
    str_add_char(out, '<');
    str_add(out, address, len);
    str_add(out, ">\r\n", 3);
}

/* The id after which the newest ids of a long chain begin. */
static struct span newest(struct span chain)
{
    size_t from = chain.len - CHAIN_OCTETS;

    while (from < chain.len && chain.data[from] != ' ')
        from++;
    return span_from(chain, from);
}

/* Ids others made may have any shape: one that cannot stand in a header is left out. */
static void add_ids(struct str *out, const char *field, struct span chain)
{
    struct span id, rest = chain;
    bool any = false;

    while (text_next_piece(&rest, ' ', &id)) {
        if (!is_id(id))
            continue;
        if (!any)
            str_add_text(out, field);
        any = true;
        mime_add_folded(out, id);
        if (rest.data && rest.len > CHAIN_OCTETS)
            rest = newest(rest);
    }
    if (any)
        end_line(out);
}

/* The address in a mailto URL (RFC 6068): what is not plainly allowed is encoded. */
static void add_mailto(struct str *out, const char *address)
{
    str_add_text(out, "<mailto:");
    for (const char *at = address; *at; at++) {
        if (text_is_alnum(*at) || text_one_of(*at, "-._~+@"))
            str_add_char(out, *at);
        else
            str_printf(out, "%%%02X", (unsigned char)*at);
    }
    str_add_text(out, "?subject=unsubscribe>");
}

/* RFC 2369, and RFC 8058 for one click, which asks for https. */
static void add_unsubscribe(struct str *out, const struct message *message)
{
    const char *url = message->unsubscribe_url;

    if (!url && !message->unsubscribe_mail)
        return;
    str_add_text(out, "List-Unsubscribe: ");
    if (message->unsubscribe_mail)
        add_mailto(out, message->unsubscribe_mail);
    if (url)
        str_printf(out, "%s<%s>", message->unsubscribe_mail ? ",\r\n " : "", url);
    end_line(out);
    if (url && text_starts_nocase(span_of(url), "https://"))
        add_field(out, "List-Unsubscribe-Post: ", "List-Unsubscribe=One-Click");
}

static void add_header(struct str *out, const struct message *message)
{
    add_field(out, "Date: ", message->date);
    add_mailbox(out, "From: ", message->from_name, message->from);
    add_mailbox(out, "To: ", message->to_name, message->to);
    add_field(out, "Message-ID: ", message->message_id);
    str_add_text(out, "Subject: ");
    mime_add_unstructured(out, span_of(message->subject));
    end_line(out);
    add_ids(out, "In-Reply-To:", span_of(message->in_reply_to));
    add_ids(out, "References:", span_of(message->references));
    if (message->reply_to)
        add_mailbox(out, "Reply-To: ", message->from_name, message->reply_to);
    add_unsubscribe(out, message);
    if (message->automatic)
        add_field(out, "Auto-Submitted: ", "auto-replied");
    add_field(out, "MIME-Version: ", "1.0");
}

static void add_part(struct str *out, const char *type, const char *body)
{
    str_add_text(out, "Content-Type: ");
    str_add_text(out, type);
    mime_add_parameter(out, "charset", span_of("utf-8"));
    end_line(out);
    add_field(out, "Content-Transfer-Encoding: ", "quoted-printable");
    end_line(out);
    mime_add_quoted_printable(out, span_of(body));
}

void mime_compose(const struct message *message, struct str *out)
{
    char boundary[72]; /* "=_" never occurs in quoted-printable, so no body can hold it */

    add_header(out, message);
    if (!message->html) {
        add_part(out, "text/plain", message->text);
        return;
    }
    snprintf(boundary, sizeof(boundary), "=_%.64s", message->key);
    str_add_text(out, "Content-Type: multipart/alternative");
    mime_add_parameter(out, "boundary", span_of(boundary));
    str_printf(out, "\r\n\r\n--%s\r\n", boundary);
    add_part(out, "text/plain", message->text);
    str_printf(out, "\r\n--%s\r\n", boundary);
    add_part(out, "text/html", message->html);
    str_printf(out, "\r\n--%s--\r\n", boundary);
}
