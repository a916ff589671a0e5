/* core/engine/mail_wire.h - the parent's end of the socket to the child that parses (mail_talk.h): bytes
 * there and back, and how long that may take. It knows no mail and ends no child. */
#ifndef HEED_ENGINE_MAIL_WIRE_H
#define HEED_ENGINE_MAIL_WIRE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include <time.h>

#include "core/base/span.h"

#define MAIL_WIRE_EAR_BYTES ((size_t)16 << 10) /* an answer within comes by one call */

struct mail_wire {
    int socket;
    clockid_t cpu; /* of the child */
    bool waited;   /* something took long enough to look at the clocks; for the owner to clear */
    size_t heard;  /* bytes in `ear`: they came with those before and nobody asked for them yet */
    char ear[MAIL_WIRE_EAR_BYTES];
};

/* How much longer. */
struct patience {
    int64_t wall_end, cpu_end; /* monotonic ms; ms of the child's CPU, 0 = not fixed yet */
    int64_t cpu_ms;            /* allowed from the begin */
};

enum wire_state { WIRE_OK, WIRE_LATE, WIRE_BROKEN };

/* The socket stays the caller's to close. pid: who is at its other end. 0, or -1: it cannot be used. */
int mail_wire_open(struct mail_wire *wire, int socket, pid_t pid);

/* CPU time of the child's life so far, in ms. */
int64_t mail_wire_cpu_ms(const struct mail_wire *wire);

/* From now on. */
struct patience mail_wire_patience(int64_t wall_ms, int64_t cpu_ms);

/* Says the length of the mail and the mail. */
enum wire_state mail_wire_say(struct mail_wire *wire, struct span mail, struct patience *patience);

/* Hears exactly `len` bytes. */
enum wire_state mail_wire_hear(struct mail_wire *wire, void *out, size_t len,
                               struct patience *patience);

#endif
