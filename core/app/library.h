/* core/app/library.h - where the ready templates are that come with heed: beside the installed program, in the checkout it was
 * built from, or where it was configured to be installed. */
#ifndef HEED_APP_LIBRARY_H
#define HEED_APP_LIBRARY_H

#include "core/base/arena.h"
#include "core/base/err.h"

/* The folder, in the arena. NULL and err, which names the places looked at. */
const char *library_find(struct arena *arena, struct err *err) MUST_USE;

#endif
