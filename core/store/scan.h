/* core/store/scan.h - the statements roll.c steps through side by side, each over a whole table by (slot, prospect). Each lives
 * in the file of its table. Internal to core/store. */
#ifndef HEED_STORE_SCAN_H
#define HEED_STORE_SCAN_H

#include "core/store/inbounds.h"
#include "core/store/prospects.h"
#include "core/store/touches.h"

#define ADDRESSES_MAX 64
#define HISTORY_MAX 200

/* Columns of the key in a row. */
struct scan_key {
    int slot, id;
};
#define SCAN_PROSPECT_KEY ((struct scan_key){ 0, 1 })
#define SCAN_ADDRESS_KEY ((struct scan_key){ 8, 9 })
#define SCAN_TOUCH_KEY ((struct scan_key){ 11, 12 })
#define SCAN_ANSWER_KEY ((struct scan_key){ 0, 2 })

/* NULL and err. */
struct stmt *scan_prospects(struct db *db, struct err *err);
struct stmt *scan_addresses(struct db *db, int64_t now, struct err *err);
struct stmt *scan_touches(struct db *db, struct err *err); /* newest first */
struct stmt *scan_answers(struct db *db, struct err *err); /* newest first */

void scan_read_prospect(struct stmt *stmt, struct arena *arena, struct prospect *out);
/* Adds the row to the list of ADDRESSES_MAX, or its suppression to the last of the list; false: the list is full. */
bool scan_read_address(struct stmt *stmt, struct arena *arena, struct address *list, int *count);
void scan_read_touch(struct stmt *stmt, struct arena *arena, struct touch_brief *out);
void scan_read_answer(struct stmt *stmt, struct arena *arena, struct message_row *out);

#endif
