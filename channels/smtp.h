/* channels/smtp.h - e-mail through a submission server. Knows no provider. */
#ifndef HEED_CHANNELS_SMTP_H
#define HEED_CHANNELS_SMTP_H

#include "channels/channel.h"

extern const struct channel channel_smtp;

#endif
