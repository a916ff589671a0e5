/* core/net/httpd_inside.h - what the files of httpd share; nobody else includes it. */
#ifndef HEED_NET_HTTPD_INSIDE_H
#define HEED_NET_HTTPD_INSIDE_H

#include <microhttpd.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "core/base/str.h"
#include "core/net/httpd.h"

/* --- httpd_guard.c: is this request's frame unambiguous? --- */

struct guard_verdict {
    int status; /* 0 = fine; else refuse with it and close */
    const char *reason;
};

/* Called once per request when its headers are complete and libmicrohttpd has not moved them.
 * version: the pointer libmicrohttpd gave to the access handler. */
struct guard_verdict guard_check(struct MHD_Connection *connection, const char *version);

/* The declared length of the body, or -1 without one. Only after guard_check() found it fine. */
int64_t guard_body_length(struct MHD_Connection *connection);

/* --- httpd_watch.c: deadlines that libmicrohttpd does not keep (its timeout is an idle one) --- */

struct watch;       /* one thread that closes connections behind their deadline */
struct watch_entry; /* one connection */

struct watch *watch_start(int64_t deadline_ms, struct err *err);
void watch_stop(struct watch *watch); /* after the daemon has stopped; NULL is fine */

struct watch_entry *watch_add(struct watch *watch, int fd);
void watch_remove(struct watch *watch, struct watch_entry *entry);

enum watch_phase {
    WATCH_IDLE,     /* waiting for the first byte of a request */
    WATCH_INCOMING, /* the deadline runs */
    WATCH_WORKING,  /* the caller's time, no deadline */
    WATCH_OUTGOING, /* sending the answer: four deadlines */
};
void watch_enter(struct watch *watch, struct watch_entry *entry, enum watch_phase phase);

#endif
