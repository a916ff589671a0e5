/* core/engine/wheel.c - see wheel.h. 4,096 numbers: a scan costs less than a clever structure. */
#include "core/engine/wheel.h"

#include "core/store/plans.h"
#include "core/store/touches.h"

int wheel_read_slot(struct wheel *wheel, struct db *db, int slot, struct err *err)
{
    int64_t due, retry;

    if (enrollment_next_due(db, slot, &due, err) < 0 || touch_next_retry(db, slot, &retry, err) < 0)
        return -1;
    wheel->due[slot] = due < retry ? due : retry;
    return 0;
}

int wheel_read(struct wheel *wheel, struct db *db, struct err *err)
{
    for (int slot = 0; slot < SLOT_COUNT; slot++)
        if (wheel_read_slot(wheel, db, slot, err) < 0)
            return -1;
    return 0;
}

int wheel_read_marked(struct wheel *wheel, struct db *db, struct err *err)
{
    int slot;

    while ((slot = db_unmark(db)) >= 0)
        if (wheel_read_slot(wheel, db, slot, err) < 0)
            return -1;
    return 0;
}

int wheel_take(struct wheel *wheel, int64_t now)
{
    for (int i = 0; i < SLOT_COUNT; i++) {
        int slot = (wheel->next + i) % SLOT_COUNT;
        if (wheel->due[slot] <= now) {
            wheel->next = (slot + 1) % SLOT_COUNT;
            return slot;
        }
    }
    return -1;
}

int64_t wheel_next(const struct wheel *wheel)
{
    int64_t next = INT64_MAX;

    for (int slot = 0; slot < SLOT_COUNT; slot++)
        if (wheel->due[slot] < next)
            next = wheel->due[slot];
    return next;
}
