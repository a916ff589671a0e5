/* core/base/log.h - one event a line for the reader at 3 a.m.: time, level, event, then key=value
 * pairs. Keys are stable, ids always there, secrets never; addresses only through log_mask().
 * Thread-safe. */
#ifndef HEED_BASE_LOG_H
#define HEED_BASE_LOG_H

#include "core/base/attr.h"

enum log_level { LOG_LEVEL_ERROR, LOG_LEVEL_WARN, LOG_LEVEL_INFO, LOG_LEVEL_DEBUG };

/* Lines above `level` are dropped. Default: LOG_LEVEL_WARN. To stderr. */
void log_set_level(enum log_level level);

/* event: a stable word ("sent"); format: "touch=%s channel=%s". Control characters come out
 * escaped. */
void log_write(enum log_level level, const char *event, const char *format, ...) PRINTF_LIKE(3, 4);

#define log_error(event, ...) log_write(LOG_LEVEL_ERROR, event, __VA_ARGS__)
#define log_warn(event, ...) log_write(LOG_LEVEL_WARN, event, __VA_ARGS__)
#define log_info(event, ...) log_write(LOG_LEVEL_INFO, event, __VA_ARGS__)
#define log_debug(event, ...) log_write(LOG_LEVEL_DEBUG, event, __VA_ARGS__)

/* "s***@example.com", "+4915***89": enough to recognise, too little to leak. Writes into text. */
const char *log_mask(const char *address, char text[64]);

#endif
