/* templates/budget.c - see budget.h. */
#include "templates/budget.h"

#include <stdio.h>

#include "core/base/segments.h"
#include "core/base/text.h"

bool budget_read(struct span text, struct segment_budget *out)
{
    int64_t most;

    if (!text_to_int(text_trim(text), 1, SMS_SEGMENTS_MAX, &most))
        return false;
    out->most = (int)most;
    return true;
}

/* "; its character 4, U+2019, is outside GSM-7: write ' for it, or use the filter gsm" */
static void add_offender(const struct segments *s, struct str *out)
{
    const char *shown;

    if (s->encoding == SEGMENTS_GSM7)
        return;
    str_printf(out, "; its character %zu, U+%04lX, is outside GSM-7", s->offender.place + 1,
               (unsigned long)s->offender.point);
    if (!s->offender.replacement)
        return;
    shown = text_trim(span_of(s->offender.replacement)).len ? s->offender.replacement : "a space";
    if (!*s->offender.replacement)
        shown = "nothing";
    str_printf(out, ": write %s for it, or use the filter gsm", shown);
}

int budget_check(const struct segment_budget *budget, struct span text,
                 struct template_problem *problem)
{
    struct segments s = segments_count(text, SEGMENT_HEADER_8);
    int most = budget->most ? budget->most : SMS_SEGMENTS_MAX;
    struct str why;

    if (s.segments <= (size_t)most)
        return 0;
    str_init(&why, sizeof(problem->text) - 1);
    str_printf(&why, "the SMS takes %zu segments (%zu units of %s), at most %d may leave",
               s.segments, s.units, segments_encoding_name(s.encoding), most);
    add_offender(&s, &why);
    *problem = (struct template_problem){ .line = budget->line ? budget->line : 1, .column = 1 };
    snprintf(problem->text, sizeof(problem->text), "%s", str_text(&why));
    str_finish(&why);
    return -1;
}
