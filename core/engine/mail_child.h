/* core/engine/mail_child.h - mails from outside are parsed by a process of their own that may open
 * nothing, call nobody and hold 256 MiB. A mail that breaks it costs that process and its own reading,
 * no more: the next mail meets a new one. */
#ifndef HEED_ENGINE_MAIL_CHILD_H
#define HEED_ENGINE_MAIL_CHILD_H

#include <sys/types.h>

#include "core/replies/mail.h"

/* The word after which a program calls mail_child_serve() instead of what it is there for. */
#define MAIL_CHILD_VERB "parse-mails"

/* Address space and life in CPU seconds of one child; the longest mail it takes. */
#define MAIL_CHILD_MEMORY_BYTES ((size_t)256 << 20)
#define MAIL_CHILD_CPU_SECONDS 10
#define MAIL_CHILD_MAX_BYTES ((size_t)64 << 20)

/* The rule when no child could be started: the mail is not to blame and should be read later. */
#define MAIL_CHILD_NONE "child: there is no process to read it in"

struct mail_child;

/* program: what to start, with MAIL_CHILD_VERB as its only word; normally "/proc/self/exe". Borrowed.
 * Starts nothing yet: the first mail does. */
struct mail_child *mail_child_create(const char *program);
void mail_child_destroy(struct mail_child *child); /* NULL is fine */

/* To be put into reading_env.mail_source. For one thread: a child ends with the thread that started
 * it. Each mail takes at most 2 s of CPU and 10 s of wall time; afterwards, or when the child dies or
 * answers nonsense, the mail is given up with a rule that begins with "child: ". A mail that met a
 * child used before gets a second try with a new one. */
struct mail_source *mail_child_source(struct mail_child *child);

/* Hands over a mail that will be read soon, so that the child parses it meanwhile; it is copied. False
 * when it is not taken now: it is long, enough were handed over, or no process runs (the first read()
 * starts one). read() of the same bytes then takes its answer; what was handed over before and not asked
 * for is forgotten. Whatever goes wrong with a mail handed over ahead, read() asks again with that mail
 * alone, and that counts. */
bool mail_child_begin(struct mail_child *child, struct span raw);

/* The process that parses now, or 0: for measuring it. */
pid_t mail_child_pid(const struct mail_child *child);

/* The child's side: gives up its rights and parses what comes on standard input until it ends. Returns
 * the exit code. The first thing a program does for MAIL_CHILD_VERB. */
int mail_child_serve(void);

#endif
