/* core/base/phone.h - phone numbers to E.164 through libphonenumber, which is loaded with the first number that is asked for. For
 * import, inbound reading and the filter phone: 27 us a number. */
#ifndef HEED_BASE_PHONE_H
#define HEED_BASE_PHONE_H

#include <stdbool.h>

#ifdef __cplusplus
extern "C" {
#endif

#define PHONE_TEXT_BYTES 20
#define PHONE_READABLE_BYTES 40

/* text: as people write it. region: ISO country for numbers without "+", e.g. "DE"; NULL = only
 * "+..." is taken. true and E.164 in out ("+4915112345678"); false when it is no possible number.
 * "+" numbers from ranges reserved for fiction (+1 555 01xx) pass as long as their length is right.
 * Thread-safe. */
bool phone_e164(const char *text, const char *region, char out[PHONE_TEXT_BYTES]);

/* The same number for people to read, in the international form: "+49 1511 2345678". false and ""
 * when phone_e164() would refuse it. Thread-safe. */
bool phone_readable(const char *text, const char *region, char out[PHONE_READABLE_BYTES]);

/* ISO country of an E.164 number ("DE"), or "" when unknown. Writes 3 bytes at most. */
void phone_region(const char *e164, char out[4]);

#ifdef __cplusplus
}
#endif

#endif
