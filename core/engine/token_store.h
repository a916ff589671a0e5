/* core/engine/token_store.h - the keys of our tokens in the store: made once, changed by a person, and the one before still believed
 * for a while (replies.md section 4). Signs and verifies nothing. */
#ifndef HEED_ENGINE_TOKEN_STORE_H
#define HEED_ENGINE_TOKEN_STORE_H

#include "core/base/clock.h"
#include "core/engine/token.h"
#include "core/store/db.h"

#define TOKEN_OLD_KEY_MS                                                                           \
    (400 * DAY_MS) /* so long a token of the key before is believed after the change */

/* Fills keys->keys and count; makes the first key when there is none (the loser of a race reads the winner's). now: business ms. 0, or
 * -1 and err: the store, or a damaged key. */
int token_store_read(struct db *db, int64_t now, struct token_keys *keys, struct err *err) MUST_USE;

struct token_renewal {
    int64_t now;
    bool
        force; /* also while the key before is still believed: what it signed is then believed no more */
};

/* A new key signs from now on; what runs must be started again to know it. 0, or -1 and err: ERR_REFUSED without force, the store. */
int token_store_renew(struct db *db, const struct token_renewal *renewal, struct err *err) MUST_USE;

#endif
