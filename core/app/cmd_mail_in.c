/* core/app/cmd_mail_in.c - takes one mail from an MTA's pipe. Exit 0 only when it is stored durably, else 75 (EX_TEMPFAIL), so
 * that the MTA keeps it; what will never be a mail for us (no bytes, too many) is returned to its sender with 65 (EX_DATAERR). Reading
 * it is the daemon's work. */
#include <stdlib.h>
#include <string.h>

#include "core/app/commands.h"
#include "core/base/file.h"
#include "core/base/id.h"
#include "core/base/sign.h"
#include "core/base/str.h"
#include "core/store/inbounds.h"

#define MAX_MAIL_BYTES ((size_t)50 << 20)
#define TRY_LATER 75

static int read_mail(struct str *out, struct err *err)
{
    if (file_read_input(out, err) < 0)
        return -1;
    return out->len ? 0 : err_set(err, ERR_INPUT, "no mail on standard input");
}

static int store(struct invocation *in, struct workspace *w, struct span raw, struct err *err)
{
    const char *mailbox = option(in, "mailbox");
    struct inbound inbound = { .source =
                                   arena_printf(&in->arena, "pipe:%s", mailbox ? mailbox : "mail"),
                               /* the same bytes twice are one mail: an MTA that was cut off sends
                                * it again */
                               .key = sign_fingerprint(&in->arena, raw),
                               .state = "new",
                               .raw = raw,
                               .at = workspace_now(w) };

    inbound.slot = id_slot_of(span_of(inbound.key));
    inbound.id = id_next(&w->clock, inbound.slot);
    if (db_begin(w->db, err) < 0)
        return -1;
    return db_end(w->db, inbound_insert_long(w->db, &inbound, err), err);
}

static int run(struct invocation *in)
{
    struct workspace *workspace;
    struct err err = { 0 };
    struct str mail;
    int code = 0;

    workspace = command_open(in, WORKSPACE_STORE, &code);
    if (!workspace)
        return TRY_LATER;
    str_init(&mail, MAX_MAIL_BYTES);
    if (read_mail(&mail, &err) < 0) {
        code = command_fail(in, &err);
        if (err.code != ERR_INPUT && err.code != ERR_LIMIT)
            code = TRY_LATER;
    } else if (store(in, workspace, str_span(&mail), &err) < 0) {
        command_fail(in, &err);
        code = TRY_LATER;
    }
    str_finish(&mail);
    workspace_close(workspace);
    return code;
}

static const struct option_row options[] = {
    { "mailbox", "NAME", "how its source is called; default: mail" },
    { 0 },
};

const struct command command_mail_in = {
    .name = "mail-in",
    .usage = "[--mailbox NAME] < MESSAGE",
    .summary = "take one mail from an MTA's pipe",
    .examples =
        "heed mail-in --workspace /srv/heed < message.eml\n"
        "heed mail-in --mailbox replies    in master.cf of Postfix: argv of pipe(8); exit 75: "
        "keep it,\n"
        "                                  65: it is empty or above 50 MB",
    .options = options,
    .run = run,
};
