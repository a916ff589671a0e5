/* tests/replies/score_intents.c - scores the labels of core/replies/intents against intent_own: a case passes when the labels are the
 * expected ones, no more and no fewer. "opt_out" is what opt_out.h says, "ooo" an automatic reply, "objection_" our "concern_",
 * "complaint_threat" our "threat". */
#include <stdio.h>
#include <string.h>

#include "core/base/attr.h"
#include "tests/replies/score.h"

/* Beside those of enum intent. */
enum { LABEL_OPT_OUT = INTENT_COUNT, LABEL_ABSENT, LABEL_COUNT };

/* How often each label was expected, given, and both; printed at the end. */
static struct {
    long wanted[LABEL_COUNT], given[LABEL_COUNT], right[LABEL_COUNT];
} tally;

static const char *label_name(int label)
{
    return label == LABEL_OPT_OUT  ? "opt_out"
           : label == LABEL_ABSENT ? "ooo"
                                   : intent_name((enum intent)label);
}

static const char *our_name(const char *label, struct arena *arena)
{
    if (strncmp(label, "objection_", 10) == 0)
        return arena_printf(arena, "concern_%s", label + 10);
    return strcmp(label, "complaint_threat") == 0 ? "threat" : label;
}

static uint32_t wanted_labels(const cJSON *labels, struct arena *arena)
{
    uint32_t wanted = 0;
    const cJSON *item;

    cJSON_ArrayForEach(item, labels)
    {
        for (int i = 0; i < LABEL_COUNT; i++)
            if (strcmp(label_name(i), our_name(item->valuestring, arena)) == 0)
                wanted |= UINT32_C(1) << i;
    }
    return wanted;
}

static uint32_t given_labels(const struct reading *reading)
{
    uint32_t given = reading->intents.labels;

    if (reading->opt_out != OPT_OUT_NONE)
        given |= UINT32_C(1) << LABEL_OPT_OUT;
    if (reading->kind == READING_AUTO_REPLY)
        given |= UINT32_C(1) << LABEL_ABSENT;
    return given;
}

static const char *list(uint32_t labels, struct arena *arena)
{
    const char *text = "";

    for (int i = 0; i < LABEL_COUNT; i++)
        if (labels >> i & 1)
            text = arena_printf(arena, "%s %s", text, label_name(i));
    return text;
}

enum score score_intents(const cJSON *item, const struct reading *reading, struct arena *arena,
                         const char **got)
{
    const cJSON *expected = cJSON_GetObjectItemCaseSensitive(item, "expected");
    const cJSON *labels = cJSON_GetObjectItemCaseSensitive(expected, "labels");
    uint32_t wanted, given;

    if (!cJSON_IsArray(labels))
        return SCORE_NOT_ASKED;
    wanted = wanted_labels(labels, arena);
    given = given_labels(reading);
    for (int i = 0; i < LABEL_COUNT; i++) {
        tally.wanted[i] += wanted >> i & 1;
        tally.given[i] += given >> i & 1;
        tally.right[i] += (wanted & given) >> i & 1;
    }
    *got = arena_printf(arena, "%s: wanted%s, got%s", reading->own_text, list(wanted, arena),
                        list(given, arena));
    for (size_t i = 0; i < reading->rule_count; i++)
        *got = arena_printf(arena, "%s [%s]", *got, reading->rules[i]);
    return wanted == given ? SCORE_PASS : SCORE_MISS;
}

void score_intents_print(void)
{
    for (int i = 0; i < LABEL_COUNT; i++)
        if (tally.wanted[i] + tally.given[i] > 0)
            printf("  label %-20s found %3ld of %3ld, wrong %3ld\n", label_name(i), tally.right[i],
                   tally.wanted[i], tally.given[i] - tally.right[i]);
}
