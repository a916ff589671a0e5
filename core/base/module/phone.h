/* core/base/module/phone.h - what heed-phone.so gives to core/base/phone.c: one table, named PHONE_MODULE_NAME. Both are built from the
 * same sources; no other program is to load it. */
#ifndef HEED_BASE_MODULE_PHONE_H
#define HEED_BASE_MODULE_PHONE_H

#include "core/base/phone.h"

#ifdef __cplusplus
extern "C" {
#endif

#define PHONE_MODULE_NAME "heed_phone_module"

/* The functions of phone.h, with their contracts. */
struct phone_module {
    bool (*e164)(const char *text, const char *region, char out[PHONE_TEXT_BYTES]);
    bool (*readable)(const char *text, const char *region, char out[PHONE_READABLE_BYTES]);
    void (*region)(const char *e164, char out[4]);
};

extern const struct phone_module heed_phone_module;

#ifdef __cplusplus
}
#endif

#endif
