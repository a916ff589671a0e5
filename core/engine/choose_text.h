/* core/engine/choose_text.h - the one sentence of a choice; shared by choose.c and choose_text.c
 * and nobody else. */
#ifndef HEED_ENGINE_CHOOSE_TEXT_H
#define HEED_ENGINE_CHOOSE_TEXT_H

#include "core/engine/choose.h"

/* Fills choice->reason from the rest of it. */
void choose_tell(struct choice *choice);

#endif
