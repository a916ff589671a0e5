/* tests/replies/score.h - the questions of reply_corpus that have a file of their own. */
#ifndef HEED_TESTS_REPLIES_SCORE_H
#define HEED_TESTS_REPLIES_SCORE_H

#include <cjson/cJSON.h>

#include "core/base/arena.h"
#include "core/replies/reading.h"

enum score { SCORE_NOT_ASKED = -1, SCORE_MISS, SCORE_PASS };

/* Does when_read() find the moment that a case of a time_* set expects, or none where none is?
 * *got: what it found, for people. */
enum score score_time(const cJSON *item, const struct reading *reading, struct arena *arena,
                      const char **got);

/* The day an automatic reply says its writer is back. */
enum score score_return(const cJSON *expected, const char *own_text, struct arena *arena,
                        const char **got);

/* Does phones_find() find the numbers that a case of phone_recognizers_en expects, and no other? */
enum score score_phone(const cJSON *item, const struct reading *reading, struct arena *arena,
                       const char **got);

/* Sets what a case says of its arrival; its channel ("sms" when it does not say). */
const char *score_arrival(const cJSON *item, struct reading_env *env);

/* Is the channel that a case of channel_pref_own wishes for, or declines, read from it, and the number? */
enum score score_preference(const cJSON *item, const struct reading *reading, struct arena *arena,
                            const char **got);

/* Passes when no channel is wished for: on sets that were collected for other ends. */
enum score score_reach(const cJSON *item, const struct reading *reading, struct arena *arena,
                       const char **got);

enum score score_false_wish(const cJSON *item, const struct reading *reading, struct arena *arena,
                            const char **got);

/* Are the labels of a case of intent_own those that the reading has? */
enum score score_intents(const cJSON *item, const struct reading *reading, struct arena *arena,
                         const char **got);

/* What was found of each label so far, one line each. */
void score_intents_print(void);

/* Plays a scenario of match_scenarios_own on a store of its own, and asks every key of its expectation. Scenarios without a world share
 * that of world.json in their folder. */
enum score score_match(const cJSON *item, const char *folder, struct arena *arena,
                       const char **got);

#endif
