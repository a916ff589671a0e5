/* channels/smtp_tap.c - see smtp_tap.h. */
#include "channels/smtp_tap.h"

#include <string.h>

#include "channels/account.h"
#include "core/base/text.h"

void smtp_tap_init(struct smtp_tap *tap)
{
    *tap = (struct smtp_tap){ .stage = SMTP_AT_GREETING };
}

static void begin_reply(struct smtp_tap *tap)
{
    tap->replied = tap->reply_open = tap->extra = false;
    tap->heard = tap->line_len = 0;
    tap->reply = (struct smtp_seen){ 0 };
}

void smtp_tap_sent(struct smtp_tap *tap, const char *bytes, size_t len)
{
    static const struct {
        const char *verb;
        enum smtp_stage stage;
    } rows[] = {
        { "EHLO", SMTP_AT_GREETING }, { "HELO", SMTP_AT_GREETING }, { "STARTTLS", SMTP_AT_TLS },
        { "AUTH", SMTP_AT_AUTH },     { "MAIL", SMTP_AT_MAIL },     { "RCPT", SMTP_AT_RCPT },
        { "DATA", SMTP_AT_DATA },     { "BDAT", SMTP_AT_DATA },
    };
    /* The lines of a login are no commands, whatever they look like. */
    bool login_line = tap->stage == SMTP_AT_AUTH && tap->reply.code == 334;
    struct span sent = span_make(bytes, len);

    /* What follows QUIT matters to nobody: the last reply stays. */
    tap->said_quit = !login_line && text_starts_nocase(sent, "QUIT");
    if (tap->said_quit)
        return;
    begin_reply(tap);
    if (login_line)
        return;
    if (text_starts_nocase(sent, "EHLO"))
        tap->offers_utf8 = tap->authenticated = false;
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        if (text_starts_nocase(sent, rows[i].verb))
            tap->stage = rows[i].stage;
}

void smtp_tap_dot(struct smtp_tap *tap)
{
    begin_reply(tap);
    tap->stage = SMTP_AT_DOT;
}

/* "5.1.1 text" with class = code / 100: takes the code off *text. */
static void take_enhanced(struct smtp_seen *seen, struct span *text)
{
    int part[3] = { 0 };
    size_t at = 0;

    for (int i = 0; i < 3; i++) {
        size_t digits = 0;
        while (at < text->len && digits < 3 && text->data[at] >= '0' && text->data[at] <= '9') {
            part[i] = part[i] * 10 + (text->data[at] - '0');
            at++;
            digits++;
        }
        if (!digits || (i < 2 && (at == text->len || text->data[at++] != '.')))
            return;
    }
    if (at < text->len && text->data[at] != ' ' && text->data[at] != '\r')
        return;
    if (part[0] == seen->code / 100 && !seen->enhanced) {
        seen->enhanced = true;
        seen->subject = part[1];
        seen->detail = part[2];
    }
    *text = text_trim(span_from(*text, at));
}

void smtp_seen_text(struct smtp_seen *seen, struct span text)
{
    size_t used = strlen(seen->text);

    text = text_trim(text);
    take_enhanced(seen, &text);
    if (used && used + 2 < sizeof(seen->text))
        seen->text[used++] = ' ';
    copy_printable(seen->text + used, sizeof(seen->text) - used, text);
}

/* The code of "250 text", "250-text" or "250"; 0 when it is no reply line. */
static int reply_code(struct span line)
{
    int64_t code;

    if (line.len < 3 || !text_to_int(span_make(line.data, 3), 200, 599, &code))
        return 0;
    return line.len == 3 || line.data[3] == ' ' || line.data[3] == '-' ? (int)code : 0;
}

static void take_line(struct smtp_tap *tap)
{
    struct span line = text_trim(span_make(tap->line, tap->line_len));
    int code = reply_code(line);

    tap->line_len = 0;
    tap->extra = tap->extra || tap->replied;
    if (!tap->reply_open) {
        tap->reply = (struct smtp_seen){ .stage = tap->stage, .code = code };
        tap->replied = false;
    }
    if (!code || code != tap->reply.code)
        tap->reply.code = 0; /* no honest reply: as if none came */
    if (tap->stage == SMTP_AT_GREETING && text_starts_nocase(span_from(line, 4), "SMTPUTF8"))
        tap->offers_utf8 = true;
    smtp_seen_text(&tap->reply, span_from(line, 4));
    tap->reply_open = line.len > 3 && line.data[3] == '-';
    tap->replied = !tap->reply_open;
    if (tap->replied && tap->stage == SMTP_AT_AUTH && tap->reply.code / 100 == 2)
        tap->authenticated = true;
}

bool smtp_tap_heard(struct smtp_tap *tap, const char *bytes, size_t len)
{
    tap->heard += len;
    if (tap->said_quit)
        return tap->heard <= SMTP_REPLY_OCTETS;
    for (size_t i = 0; i < len; i++) {
        if (bytes[i] == '\n')
            take_line(tap);
        else if (tap->line_len < sizeof(tap->line))
            tap->line[tap->line_len++] = bytes[i];
    }
    if (tap->stage == SMTP_AT_TLS && (tap->extra || (tap->replied && tap->line_len)))
        return false;
    return tap->heard <= SMTP_REPLY_OCTETS;
}
