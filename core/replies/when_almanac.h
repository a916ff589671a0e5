/* core/replies/when_almanac.h - days that hang on the moon or on Easter; all in days since
 * 1970-01-01. Only core/replies/when_holiday.c uses it. */
#ifndef HEED_REPLIES_WHEN_ALMANAC_H
#define HEED_REPLIES_WHEN_ALMANAC_H

#include <stdbool.h>
#include <stdint.h>

int64_t when_easter_day(int year);
int64_t when_orthodox_easter_day(int year);

/* The day of the new or full moon nearest to a day, where clocks are that many hours ahead of UTC. */
int64_t when_moon_day(int64_t near, bool full, double hours_east);

/* A day of the Islamic calendar that falls in the Gregorian year; false: none does. */
bool when_islamic_day(int gregorian, int month, int day, int64_t *out);

/* Days counted from 1 Tishri, or from Passover, of the Hebrew year that begins, or holds the spring
 * of, the Gregorian year. */
int64_t when_tishri_day(int gregorian, int offset);
int64_t when_passover_day(int gregorian, int offset);
int64_t when_hanukkah_day(int gregorian);

#endif
