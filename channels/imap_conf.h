/* channels/imap_conf.h - the settings of a [mailbox NAME] section, checked and copied. */
#ifndef HEED_CHANNELS_IMAP_CONF_H
#define HEED_CHANNELS_IMAP_CONF_H

#include <stdbool.h>
#include <stddef.h>

#include "channels/imap_wire.h"
#include "core/base/conf.h"
#include "core/base/err.h"

struct imap_conf {
    struct imap_login login; /* points to these: */
    char *host, *user, *password, *oauth_token, *ca_file;
    char *name, *folder;
    bool from_start;
    size_t max_bytes;
};

/* NULL and err, with the line of heed.conf, when a setting is missing or wrong. */
struct imap_conf *imap_conf_read(const struct conf_section *section, struct err *err) MUST_USE;
void imap_conf_destroy(struct imap_conf *conf); /* NULL is fine; secrets are wiped */

#endif
