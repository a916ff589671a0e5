/* tests/fuzz/fuzz_zone.c - any bytes as a zone file or as a POSIX rule: refused, or a zone that
 * answers for all times. */
#include <stdlib.h>

#include "core/base/zone.h"
#include "core/base/zone_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const int64_t times[] = { INT64_MIN, -1, 0, INT64_C(1790000000000), INT64_MAX };
    struct span bytes = span_make((const char *)data, size);
    struct zone *zone = zone_parse(bytes, "fuzz", NULL);
    struct zone_rule rule;

    if (zone_rule_parse(bytes, &rule))
        zone_rule_period(&rule, 1790000000);
    for (size_t i = 0; zone && i < sizeof(times) / sizeof(times[0]); i++) {
        struct local_time local;
        zone_to_local(zone, times[i], &local);
        if (local.month < 1 || local.month > 12 || zone_to_utc(zone, &local) == 1)
            abort();
    }
    zone_destroy(zone);
    return 0;
}
