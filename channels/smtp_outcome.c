/* channels/smtp_outcome.c - see smtp_outcome.h. The table is read from the top; first match wins. */
#include "channels/smtp_outcome.h"

#include <stdio.h>

#include "channels/account.h"

#define ANY (-1)
#define EVERY_STAGE ((1u << SMTP_STAGES) - 1)
#define AT(stage) (1u << (stage))
#define TALK (AT(SMTP_AT_MAIL) | AT(SMTP_AT_RCPT) | AT(SMTP_AT_DATA) | AT(SMTP_AT_DOT))
#define AFTER_MAIL (AT(SMTP_AT_RCPT) | AT(SMTP_AT_DATA) | AT(SMTP_AT_DOT))

struct row {
    unsigned stages;
    int code_from, code_to;
    int subject, detail;
    enum send_status status;
    bool address_dead;
};

static const struct row rows[] = {
    /* No answer: only what may have been taken whole is in doubt. */
    { AT(SMTP_AT_DOT), 0, 199, ANY, ANY, SEND_UNSURE, false },
    { AT(SMTP_AT_DOT), 300, 399, ANY, ANY, SEND_UNSURE, false },
    { AT(SMTP_AT_DOT), 600, 9999, ANY, ANY, SEND_UNSURE, false },
    { AT(SMTP_AT_DOT), 200, 299, ANY, ANY, SEND_OK, false },
    /* What a person must mend before anything leaves through this account. */
    { AT(SMTP_AT_NO_STARTTLS) | AT(SMTP_AT_CERTIFICATE) | AT(SMTP_AT_NO_AUTH), ANY, ANY, ANY, ANY,
      SEND_BROKEN, false },
    { AT(SMTP_AT_AUTH), 500, 599, ANY, ANY, SEND_BROKEN, false },
    { AT(SMTP_AT_GREETING), 500, 599, ANY, ANY, SEND_BROKEN, false },
    { TALK, 530, 530, ANY, ANY, SEND_BROKEN, false }, /* RFC 4954: authentication required */
    { TALK, 535, 535, ANY, ANY, SEND_BROKEN, false },
    { AT(SMTP_AT_MAIL), 500, 599, 1, 7, SEND_BROKEN, false }, /* our own address is refused */
    { AT(SMTP_AT_MAIL), 500, 599, 1, 8, SEND_BROKEN, false },
    /* 503 follows another failure when commands are pipelined; it says nothing of the recipient. */
    { TALK, 503, 503, ANY, ANY, SEND_RETRY, false },
    /* RFC 3463 3.2: 5.1.7 and 5.1.8 speak of the sender, 5.1.9 of a relay; the rest of the mailbox.
     */
    { AFTER_MAIL, 500, 599, 1, 7, SEND_REFUSED, false },
    { AFTER_MAIL, 500, 599, 1, 8, SEND_REFUSED, false },
    { AFTER_MAIL, 500, 599, 1, 9, SEND_REFUSED, false },
    { AFTER_MAIL, 500, 599, 1, ANY, SEND_REFUSED, true },
    { TALK, 500, 599, ANY, ANY, SEND_REFUSED, false },
    /* 4xx, drops, timeouts, and 2xx without a dot of ours. */
    { EVERY_STAGE, ANY, ANY, ANY, ANY, SEND_RETRY, false },
};

static bool fits(const struct row *row, const struct smtp_seen *seen)
{
    return (row->stages & AT(seen->stage)) &&
           (row->code_from == ANY ||
            (seen->code >= row->code_from && seen->code <= row->code_to)) &&
           (row->subject == ANY || row->subject == seen->subject) &&
           (row->detail == ANY || row->detail == seen->detail);
}

static void describe(const struct smtp_seen *seen, char *out, size_t size)
{
    char enhanced[40] = "";

    if (seen->enhanced)
        snprintf(enhanced, sizeof(enhanced), "%d.%d.%d ", seen->code / 100, seen->subject,
                 seen->detail);
    if (seen->code)
        snprintf(out, size, "%d %s%.380s", seen->code, enhanced, seen->text);
    else
        snprintf(out, size, "%.380s", seen->text[0] ? seen->text : "no answer");
}

void smtp_outcome(const struct smtp_seen *seen, bool begun, struct send_result *result)
{
    static const char *const names[SMTP_STAGES] = {
        [SMTP_AT_CONNECT] = "connect",
        [SMTP_AT_GREETING] = "greeting",
        [SMTP_AT_NO_STARTTLS] = "no STARTTLS offered",
        [SMTP_AT_CERTIFICATE] = "certificate",
        [SMTP_AT_TLS] = "TLS",
        [SMTP_AT_NO_AUTH] = "no login offered",
        [SMTP_AT_AUTH] = "login",
        [SMTP_AT_MAIL] = "MAIL",
        [SMTP_AT_RCPT] = "RCPT",
        [SMTP_AT_DATA] = "DATA",
        [SMTP_AT_DOT] = "after the mail",
    };
    struct smtp_seen real = *seen;
    const struct row *row = rows;
    char text[480], reason[520];

    if (begun && !real.code)
        real.stage = SMTP_AT_DOT;
    if (!begun && real.stage == SMTP_AT_DOT)
        real.stage = SMTP_AT_DATA;
    while (!fits(row, &real))
        row++;
    describe(&real, text, sizeof(text));
    snprintf(reason, sizeof(reason), "%s: %s", names[real.stage], text);
    result_set(result, row->status, row->status == SEND_OK ? "" : reason);
    result->address_dead = row->address_dead;
    if (row->status == SEND_OK)
        copy_printable(result->provider_id, sizeof(result->provider_id), span_of(text));
}
