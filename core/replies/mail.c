/* core/replies/mail.c - looks up the headers of a parsed mail. */
#include "core/replies/mail.h"

#include <strings.h>

/* Most names differ in their first letter. */
static bool is_named(const struct mail_header *header, const char *name)
{
    bool alike = ((header->name[0] ^ name[0]) & ~('a' ^ 'A')) == 0;

    return alike && strcasecmp(header->name, name) == 0;
}

const struct mail_header *mail_header_at(const struct mail *mail, const char *name, size_t n)
{
    for (size_t i = 0; i < mail->header_count; i++)
        if (is_named(&mail->headers[i], name) && n-- == 0)
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
