/* core/engine/flight.h - the flight recorder: what a channel knew of each message in the air, kept in a small memory-mapped
 * file that survives a killed process without any fsync. After a power loss (another boot id) it says so, and all that was
 * in the air is unsure. Entries are taken and freed by the engine thread, marked by workers. */
#ifndef HEED_ENGINE_FLIGHT_H
#define HEED_ENGINE_FLIGHT_H

#include "channels/channel.h"

#define FLIGHT_ROOM 4096 /* messages in the air at most */

struct flight;

enum flight_phase {
    FLIGHT_NOT_BEGUN, /* nothing that could cause acceptance has left */
    FLIGHT_BEGUN,     /* it may have been accepted */
    FLIGHT_ANSWERED,  /* the answer is here */
};

struct flight_entry {
    int64_t touch_id; /* 0 = free */
    enum flight_phase phase;
    struct send_result result; /* with FLIGHT_ANSWERED */
};

/* path: beside the store. Keeps what an earlier process left until flight_forget(). NULL and err. */
struct flight *flight_open(const char *path, struct err *err) MUST_USE;
void flight_close(struct flight *flight); /* NULL is fine */

/* What the last process knew of a touch: 1 and *out; 0 = never heard of it (not begun, when same_boot), -1 = the file is of
 * another boot: nobody knows. */
int flight_recall(const struct flight *flight, int64_t touch_id, struct flight_entry *out);
/* After recovery: empties the file and stamps it with this boot. */
int flight_forget(struct flight *flight, struct err *err) MUST_USE;

/* A free entry for the touch; its index, or -1 when FLIGHT_ROOM are in the air. */
int flight_add(struct flight *flight, int64_t touch_id);
void flight_mark_begun(struct flight *flight, int index);
void flight_mark_answered(struct flight *flight, int index, const struct send_result *result);
/* After the result was committed. */
void flight_free(struct flight *flight, int index);

#endif
