/* core/replies/signature_words.h - tables of signature.c. */
#ifndef HEED_REPLIES_SIGNATURE_WORDS_H
#define HEED_REPLIES_SIGNATURE_WORDS_H

#include "core/replies/fold.h"

/* How a line begins that a program put below the text. */
extern const struct phrase signature_devices[];
extern const size_t signature_devices_count;

/* The words of a line of their own that a signature begins with. */
extern const struct phrase signature_sign_offs[];
extern const size_t signature_sign_offs_count;

/* How a paragraph begins that nobody wrote for this answer. */
extern const struct phrase signature_disclaimers[];
extern const size_t signature_disclaimers_count;

/* How a warning begins that a gateway put above the text. */
extern const struct phrase signature_banners[];
extern const size_t signature_banners_count;

/* How a line begins that says who may read: a label that a firm's mail program puts above the text. */
extern const struct phrase signature_labels[];
extern const size_t signature_labels_count;

/* Anywhere in a short line, they make it one of those that a signature begins with. */
extern const struct phrase signature_greetings[];
extern const size_t signature_greetings_count;

/* "Sent", as devices say it... */
extern const struct phrase signature_sent_words[];
extern const size_t signature_sent_words_count;

/* ... and what they call themselves: both in a short line at the end. */
extern const struct phrase signature_device_names[];
extern const size_t signature_device_names_count;

/* What disclaimers say of the message... */
extern const struct phrase signature_secrecy[];
extern const size_t signature_secrecy_count;

/* ... and of those who may read it: both in a paragraph. */
extern const struct phrase signature_readers[];
extern const size_t signature_readers_count;

/* How a warning of a gateway begins... */
extern const struct phrase signature_alarms[];
extern const size_t signature_alarms_count;

/* ... what it warns of... */
extern const struct phrase signature_outsides[];
extern const size_t signature_outsides_count;

/* ... and that it speaks of mail: all in a paragraph. */
extern const struct phrase signature_mail_words[];
extern const size_t signature_mail_words_count;

#endif
