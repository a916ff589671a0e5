/* channels/console.h - writes messages where a person can read them: dry runs, demos, tests. */
#ifndef HEED_CHANNELS_CONSOLE_H
#define HEED_CHANNELS_CONSOLE_H

#include "channels/channel.h"

extern const struct channel channel_console;

#endif
