/* core/engine/compose.h - turns a stored touch into the message a channel sends: the same bytes on every attempt. */
#ifndef HEED_ENGINE_COMPOSE_H
#define HEED_ENGINE_COMPOSE_H

#include "core/engine/workspace.h"
#include "core/store/touches.h"

/* Everything in *out lives in the arena or in the touch and workspace. */
void compose_message(const struct workspace *workspace, const struct sender *sender,
                     const struct touch *touch, struct arena *arena, struct message *out);

/* "https://t.me/BOT?start=TOKEN" for the first telegram sender, or NULL: the link by which a prospect opens a chat. */
char *compose_telegram_link(const struct workspace *workspace, int64_t touch_id,
                            struct arena *arena);

#endif
