/* core/base/attr.h - the few compiler attributes the house uses, under plain names. */
#ifndef HEED_BASE_ATTR_H
#define HEED_BASE_ATTR_H

#define MUST_USE __attribute__((warn_unused_result))
#define PRINTF_LIKE(format_at, args_at) __attribute__((format(printf, format_at, args_at)))
#define NO_RETURN __attribute__((noreturn))
#define ALWAYS_INLINE inline __attribute__((always_inline)) /* for what a loop is built from */

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

#endif
