/* core/replies/when_almanac.c - days that hang on the moon or on Easter, in Gregorian days. New and
 * full moons follow Meeus, Astronomical Algorithms, chapter 49, without its smallest terms: good to
 * some minutes. Where a religion goes by sighting, a day more or less is possible. */
#include "core/replies/when_almanac.h"

#include <math.h>

#include "core/base/zone.h"

#define MONTH_DAYS 29.530588861
#define MOON_0 10962.59766      /* of 2000-01-06, in days since 1970-01-01 00:00 */
#define ISLAM_MONTH_1 (-492148) /* 1 Muharram 1 */
#define HEBREW_1 (-2092590)     /* from here the delays count */

static double sine(double degrees)
{
    return sin(degrees * 3.14159265358979323846 / 180.0);
}

/* Days since 1970-01-01 00:00 UTC of the k-th new moon since 2000-01-06; k + 0.5 = full moon. */
static double moon(double k)
{
    bool full = k - floor(k) > 0.25;
    double t = k / 1236.85, e = 1 - 0.002516 * t;
    double sun = 2.5534 + 29.1053567 * k, moon = 201.5643 + 385.81693528 * k + 0.0107582 * t * t;
    double node = 160.7108 + 390.67050284 * k;
    double day = MOON_0 + MONTH_DAYS * k + 0.00015437 * t * t;

    day += (full ? -0.40614 : -0.40720) * sine(moon) + (full ? 0.17302 : 0.17241) * e * sine(sun);
    day += 0.0160 * sine(2 * moon) + 0.0104 * sine(2 * node) + 0.0074 * e * sine(moon - sun);
    day += -0.0051 * e * sine(moon + sun) + 0.0021 * sine(2 * sun) - 0.0011 * sine(moon - 2 * node);
    return day;
}

static double moon_near(double day, bool full)
{
    double half = full ? 0.5 : 0.0, k = floor((day - MOON_0) / MONTH_DAYS - half + 0.5) + half;
    double best = moon(k);

    for (int step = -1; step <= 1; step += 2)
        if (fabs(moon(k + step) - day) < fabs(best - day))
            best = moon(k + step);
    return best;
}

int64_t when_moon_day(int64_t near, bool full, double hours_east)
{
    return (int64_t)floor(moon_near((double)near, full) + hours_east / 24.0);
}

/* A month begins on the evening after the new moon if that came well before sunset in Mecca. */
static int64_t islamic_month(int year, int month)
{
    double about = ISLAM_MONTH_1 + ((year - 1) * 12 + month - 1) * MONTH_DAYS - 1.5;

    return (int64_t)floor(moon_near(about, false) + 8.4 / 24.0) + 1;
}

bool when_islamic_day(int gregorian, int month, int day, int64_t *out)
{
    int year = (int)((gregorian - 622) * 33.0 / 32.0) - 1;

    for (int i = 0; i < 4; i++) {
        int y, m, d;

        *out = islamic_month(year + i, month) + day - 1;
        zone_date_of(*out, &y, &m, &d);
        if (y == gregorian)
            return true;
    }
    return false;
}

static int64_t hebrew_delay(int64_t year)
{
    int64_t months = (235 * year - 234) / 19, parts = 12084 + 13753 * months;
    int64_t day = months * 29 + parts / 25920;

    return 3 * (day + 1) % 7 < 3 ? day + 1 : day;
}

/* 1 Tishri of a Hebrew year, with the postponements of the calendar. */
static int64_t tishri(int64_t year)
{
    int64_t last = hebrew_delay(year - 1), now = hebrew_delay(year), next = hebrew_delay(year + 1);
    int64_t more = next - now == 356 ? 2 : (now - last == 382 ? 1 : 0);

    return HEBREW_1 + now + more;
}

int64_t when_tishri_day(int gregorian, int offset)
{
    return tishri((int64_t)gregorian + 3761) + offset;
}

/* Passover lies 163 days before the next new year. */
int64_t when_passover_day(int gregorian, int offset)
{
    return tishri((int64_t)gregorian + 3761) - 163 + offset;
}

/* 25 Kislev: Heshvan, before it, has 30 days in years of 355 or 385. */
int64_t when_hanukkah_day(int gregorian)
{
    int64_t first = tishri((int64_t)gregorian + 3761);
    int64_t length = tishri((int64_t)gregorian + 3762) - first;

    return first + 30 + (length % 10 == 5 ? 30 : 29) + 24;
}

/* The anonymous Gregorian computus (Meeus, chapter 8). */
int64_t when_easter_day(int year)
{
    int a = year % 19, b = year / 100, c = year % 100, d = b / 4, e = b % 4, f = (b + 8) / 25;
    int g = (b - f + 1) / 3, h = (19 * a + b - d - g + 15) % 30, i = c / 4, k = c % 4;
    int l = (32 + 2 * e + 2 * i - h - k) % 7, m = (a + 11 * h + 22 * l) / 451;
    int n = h + l - 7 * m + 114;

    return zone_days_of(year, n / 31, n % 31 + 1);
}

/* The Julian computus, told in Gregorian days. */
int64_t when_orthodox_easter_day(int year)
{
    int a = year % 4, b = year % 7, c = year % 19, d = (19 * c + 15) % 30;
    int e = (2 * a + 4 * b - d + 34) % 7, n = d + e + 114;
    int shift = year / 100 - year / 400 - 2;

    return zone_days_of(year, n / 31, n % 31 + 1) + shift;
}
