/* core/replies/machine.h - what structure alone tells: own mail, complaints (RFC 5965), receipts
 * (RFC 8098), calendar answers (RFC 5546), challenges, bulk. Bounces and auto-replies have files
 * of their own. Each question returns whether it is that, and notes its rule. */
#ifndef HEED_REPLIES_MACHINE_H
#define HEED_REPLIES_MACHINE_H

#include "core/replies/reader.h"

bool machine_is_own(struct reader *reader);
bool machine_is_complaint(struct reader *reader); /* sets opt_out for abuse, fraud and opt-out */
bool machine_is_receipt(struct reader *reader);
bool machine_is_calendar(struct reader *reader);
bool machine_is_challenge(struct reader *reader);
bool machine_is_bulk(struct reader *reader);

#endif
