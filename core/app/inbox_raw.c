/* core/app/inbox_raw.c - see inbox_raw.h. A long mail goes out piece by piece, so that it is never in memory whole. */
#include "core/app/inbox_raw.h"

#include <errno.h>

#include "core/base/id.h"
#include "core/engine/relabel.h"
#include "core/store/inbounds.h"

static int find(struct db *db, int64_t id, struct arena *arena, struct inbound *out,
                struct err *err)
{
    struct message_row row;
    int found = message_get(db, id, arena, &row, err);

    if (found != 1)
        return found < 0
                   ? -1
                   : err_set(err, ERR_NOT_FOUND, "no such message: `heed inbox --all` lists them");
    if (relabel_went_to(&row))
        return err_set(err, ERR_INPUT, "it was given to somebody else: it is %s now",
                       relabel_went_to(&row));
    found = row.inbound_id ? inbound_get(db, row.inbound_id, arena, out, err) : 0;
    return found == 0 ? err_set(err, ERR_NOT_FOUND, "its bytes are not there") : found;
}

static int put(struct span bytes, struct err *err)
{
    if (fwrite(bytes.data, 1, bytes.len, stdout) == bytes.len || errno == EPIPE)
        return 0;
    return err_set(err, ERR_SYSTEM, "standard output cannot be written");
}

static int put_all(struct db *db, const struct inbound *in, struct err *err)
{
    struct arena arena;
    struct span bytes;
    int more = 1;

    arena_init(&arena);
    if (put(in->raw, err) < 0)
        more = -1;
    for (int64_t part = 1; more == 1; part++) {
        arena_reset(&arena);
        more = inbound_rest(db, &(struct inbound_part){ in->id, part }, &arena, &bytes, err);
        if (more == 1 && put(bytes, err) < 0)
            more = -1;
    }
    arena_finish(&arena);
    if (more == 0 && fflush(stdout) != 0 && errno != EPIPE)
        more = err_set(err, ERR_SYSTEM, "standard output cannot be written");
    return more;
}

int inbox_raw(struct invocation *in)
{
    struct workspace *workspace;
    struct inbound inbound;
    struct err err = { 0 };
    int64_t id = 0;
    int code = 0;

    if (in->count != 2 || in->json)
        err_set(&err, ERR_USAGE, "which message? `heed inbox raw ME_ID > FILE`; bytes are no JSON");
    else if (!id_parse("me", span_of(in->words[1]), &id))
        err_set(&err, ERR_USAGE,
                "a message (me_...) is wanted, not \"%s\": `heed inbox` lists them", in->words[1]);
    if (err.code != ERR_NONE)
        return command_fail(in, &err);
    workspace = command_open(in, WORKSPACE_STORE, &code);
    if (!workspace)
        return code;
    if (find(workspace->db, id, &in->arena, &inbound, &err) < 0 ||
        put_all(workspace->db, &inbound, &err) < 0)
        code = command_fail(in, &err);
    workspace_close(workspace);
    return code;
}
