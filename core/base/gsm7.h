/* channels/gsm7.h - does a text fit into the GSM 03.38 default alphabet? Counts no segments. */
#ifndef HEED_CHANNELS_GSM7_H
#define HEED_CHANNELS_GSM7_H

#include <stdbool.h>

#include "core/base/span.h"

/* True when every character is in the default alphabet or its extension table (3GPP TS 23.038
 * section 6.2.1). text: UTF-8. */
bool gsm7_fits(struct span text);

#endif
