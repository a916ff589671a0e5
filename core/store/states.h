/* core/store/states.h - groups of touch states and the slot inside an id, as SQL text. For core/store only. */
#ifndef HEED_STORE_STATES_H
#define HEED_STORE_STATES_H

/* A provider took it, whatever became of it then. */
#define SENT_STATES "('sent', 'delivered', 'undelivered', 'bounced', 'complained', 'read')"
#define KNOWN_STATES                                                                               \
    "('due', 'wire', 'retry', 'failed', 'unsure', 'cancelled', 'sent', 'delivered', "              \
    "'undelivered', 'bounced', 'complained', 'read')"
#define IN_PLAY "('active', 'held')"

/* The slot inside an id: bits 10 to 21 (base/id.h). */
#define SLOT_OF(id) "((" id " >> 10) & 4095)"

#endif
