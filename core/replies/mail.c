/* core/replies/mail.c - looks up the headers of a parsed mail. */
#include "core/replies/mail.h"

#include <strings.h>

const struct mail_header *mail_header_at(const struct mail *mail, const char *name, size_t n)
{
    for (size_t i = 0; i < mail->header_count; i++)
        if (strcasecmp(mail->headers[i].name, name) == 0 && n-- == 0)
            return &mail->headers[i];
    return NULL;
}

const char *mail_header_nth(const struct mail *mail, const char *name, size_t n)
{
    const struct mail_header *header = mail_header_at(mail, name, n);

    return header ? header->value : NULL;
}

const char *mail_header(const struct mail *mail, const char *name)
{
    const char *value = mail_header_nth(mail, name, 0);

    return value ? value : "";
}
