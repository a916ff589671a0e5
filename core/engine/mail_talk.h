/* core/engine/mail_talk.h - what parent and child of one build say to each other on their socket: the
 * child a hello; then for each mail the parent its length and bytes, the child an answer and, if that
 * is TALK_MAIL, so many bytes of mail_frame.h. */
#ifndef HEED_ENGINE_MAIL_TALK_H
#define HEED_ENGINE_MAIL_TALK_H

#include <stdint.h>

#define TALK_VERSION UINT32_C(0x68656431) /* "hed1" */

struct talk_hello {
    uint32_t version;
    int32_t
        unfiltered; /* errno with which the kernel refused the filter of system calls; 0 = it holds */
};

enum talk_kind { TALK_MAIL = 1, TALK_NO_MAIL, TALK_TOO_MUCH };

struct talk_answer {
    uint32_t kind; /* enum talk_kind */
    uint32_t len;  /* of the frame that follows; 0 but for TALK_MAIL */
};

#endif
