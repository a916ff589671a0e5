/* core/engine/catalog.h - sequences and templates of the store, compiled once and kept. For one thread. A version of a
 * sequence never changes; templates follow their newest version: call catalog_refresh() when the store changed. */
#ifndef HEED_ENGINE_CATALOG_H
#define HEED_ENGINE_CATALOG_H

#include "core/engine/sequence.h"
#include "core/store/db.h"
#include "templates/parts.h"

struct catalog;

struct catalog *catalog_create(struct db *db) MUST_USE;
void catalog_destroy(struct catalog *catalog); /* NULL is fine */

/* Forgets the templates, so that the newest versions are read again. */
void catalog_refresh(struct catalog *catalog);

/* Borrowed until catalog_destroy(). NULL and err. */
const struct sequence *catalog_sequence(struct catalog *catalog, const char *name, int64_t version,
                                        struct err *err) MUST_USE;

struct catalog_template {
    const struct parts *parts;
    const char *label; /* "recap@3": what a touch records */
};

/* Borrowed until catalog_refresh(). NULL and err: unknown, or it does not compile. */
const struct catalog_template *catalog_template(struct catalog *catalog, const char *name,
                                                struct err *err) MUST_USE;

#endif
