/* core/store/hints.h - by which other forms a prospect's e-mail addresses are found: the canonical one of an alias (base/mailbox.h), and
 * a company's domain. Looked up by hint_find() (prospects.h). */
#ifndef HEED_STORE_HINTS_H
#define HEED_STORE_HINTS_H

#include "core/store/prospects.h"

/* What that address of theirs earns; of any other kind than e-mail nothing. 0 or -1. */
int hints_add(struct db *db, const struct prospect *prospect, const struct address *address,
              struct err *err) MUST_USE;
/* The address is not theirs any more: takes away what none of those left earns. 0 or -1. */
int hints_drop(struct db *db, const struct prospect *prospect, const struct address *address,
               struct err *err) MUST_USE;

/* Who waits for a store that is looked through. */
struct hints_watch {
    void (*progress)(void *with, int64_t done, int64_t all); /* addresses; after each transaction */
    void *with;
};

/* Once in the life of a store: the hints of addresses that were there before there were hints (schema 3), in transactions of their own,
 * 4,000 addresses each; one that was cut off begins anew. A store that has them is not looked through. watch: borrowed; NULL = nobody
 * waits. 0 or -1. */
int hints_fill(struct db *db, const struct hints_watch *watch, struct err *err) MUST_USE;

#endif
