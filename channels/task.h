/* channels/task.h - what a person does: calls, letters, visits. */
#ifndef HEED_CHANNELS_TASK_H
#define HEED_CHANNELS_TASK_H

#include "channels/channel.h"

extern const struct channel channel_task;

#endif
