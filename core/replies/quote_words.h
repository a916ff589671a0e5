/* core/replies/quote_words.h - tables of quote.c. */
#ifndef HEED_REPLIES_QUOTE_WORDS_H
#define HEED_REPLIES_QUOTE_WORDS_H

#include "core/replies/fold.h"

/* First words of an attribution that begins with its date. */
extern const struct phrase quote_openers[];
extern const size_t quote_openers_count;

/* The same where words are not parted. */
extern const struct phrase quote_unparted_openers[];
extern const size_t quote_unparted_openers_count;

/* Days, in full and short. */
extern const struct phrase quote_weekdays[];
extern const size_t quote_weekdays_count;

/* Verbs, whole words; in some languages they stand in the middle and the name ends the line. */
extern const struct phrase quote_verbs[];
extern const size_t quote_verbs_count;

/* The same where words are not parted. */
extern const struct phrase quote_unparted_verbs[];
extern const size_t quote_unparted_verbs_count;

/* Labels of a header block, any language; counted, so short ones do no harm. */
extern const struct phrase quote_block_labels[];
extern const size_t quote_block_labels_count;

/* What stands between dashes above the message that is answered to. */
extern const struct phrase quote_markers[];
extern const size_t quote_markers_count;

/* How an attribution without date and verb begins. */
extern const struct phrase quote_citing[];
extern const size_t quote_citing_count;

/* What a message is called. */
extern const struct phrase quote_mail_nouns[];
extern const size_t quote_mail_nouns_count;

#endif
