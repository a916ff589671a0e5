/* core/engine/wheel.h - when each slot has work next, so that only slots with work are asked. */
#ifndef HEED_ENGINE_WHEEL_H
#define HEED_ENGINE_WHEEL_H

#include "core/base/id.h"
#include "core/store/db.h"

struct wheel {
    int64_t due[SLOT_COUNT]; /* INT64_MAX = nothing */
    int next;                /* where the last look ended: slots take turns */
};

/* Asks the store for every slot. 0 or -1. */
int wheel_read(struct wheel *wheel, struct db *db, struct err *err) MUST_USE;
/* Asks for the slots marked in db (db_mark()), and unmarks them. 0 or -1. */
int wheel_read_marked(struct wheel *wheel, struct db *db, struct err *err) MUST_USE;
int wheel_read_slot(struct wheel *wheel, struct db *db, int slot, struct err *err) MUST_USE;

/* The next slot with work at `now`, going round from the last; -1 = none. */
int wheel_take(struct wheel *wheel, int64_t now);

/* The earliest due time of all. */
int64_t wheel_next(const struct wheel *wheel);

#endif
