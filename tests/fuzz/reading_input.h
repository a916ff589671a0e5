/* tests/fuzz/reading_input.h - what the fuzzers of readings share: rules compiled once, and what holds for
 * every reading. */
#ifndef HEED_TESTS_FUZZ_READING_INPUT_H
#define HEED_TESTS_FUZZ_READING_INPUT_H

#include <stdlib.h>

#include "core/base/arena.h"
#include "core/base/attr.h"
#include "core/base/text.h"
#include "core/replies/lexicon.h"
#include "core/replies/reading.h"

static inline struct reading_env reading_input_env(void)
{
    static const char *const own[] = { "sam@us.example" };
    static struct arena rules;
    static const struct lexicon *lexicon;

    if (!lexicon)
        lexicon = lexicon_builtin(&rules);
    return (struct reading_env){ .own_addresses = own,
                                 .own_address_count = COUNT_OF(own),
                                 .own_domain = "us.example",
                                 .now_ms = INT64_C(1795170660000),
                                 .zone = "UTC",
                                 .region = "DE",
                                 .lexicon = lexicon };
}

static inline void reading_input_check(const struct reading *reading)
{
    const char *const texts[] = { reading->from,       reading->from_name, reading->subject,
                                  reading->message_id, reading->text,      reading->own_text,
                                  reading->signature };

    for (size_t i = 0; i < COUNT_OF(texts); i++)
        if (!texts[i] || !text_is_utf8(span_of(texts[i])))
            abort();
    for (size_t i = 0; i < reading->bounced_count; i++)
        if (!text_is_utf8(span_of(reading->bounced[i].diagnostic)))
            abort();
    for (size_t i = 0; i < reading->rule_count; i++)
        if (!text_is_utf8(span_of(reading->rules[i])))
            abort();
    if (reading->kind > READING_HUMAN)
        abort();
}

#endif
