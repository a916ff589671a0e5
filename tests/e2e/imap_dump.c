/* tests/e2e/imap_dump.c - reads a mailbox with channels/imap.h and prints a line per mail, for
 * test_imap_dovecot.py. Usage: imap_dump CONF UIDVALIDITY UID [COUNT]; with COUNT it waits until so many
 * mails came. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "channels/imap.h"
#include "core/base/arena.h"
#include "core/base/sign.h"

#define WAIT_MS 60000

struct printer {
    struct mailbox_sink sink;
    unsigned long count;
};

static int print_mail(const struct mailbox_sink *sink, const struct mailbox_mail *mail,
                      struct err *err)
{
    struct printer *printer = (struct printer *)(uintptr_t)sink;
    unsigned char digest[SIGN_MAX_BYTES];
    struct arena scratch;

    (void)err;
    arena_init(&scratch);
    printf("mail %u %u %" PRId64 " %d %zu %s\n", mail->uidvalidity, mail->uid, mail->arrived_ms,
           mail->cut, mail->raw.len,
           sign_hex(&scratch,
                    span_make((const char *)digest, sign_digest(SIGN_SHA256, mail->raw, digest))));
    fflush(stdout);
    arena_finish(&scratch);
    printer->count++;
    return 0;
}

/* One poll; with `wanted` more of them, each after a wait, until so many mails came. */
static int read_mails(struct mailbox *mailbox, struct mailbox_cursor *cursor, unsigned long wanted,
                      struct err *err)
{
    struct printer printer = { .sink.take = print_mail };
    int rc = mailbox_poll(mailbox, cursor, &printer.sink, err);

    while (rc >= 0 && printer.count < wanted) {
        printf("waiting\n");
        fflush(stdout);
        rc = mailbox_wait(mailbox, WAIT_MS, err);
        if (rc > 0)
            rc = mailbox_poll(mailbox, cursor, &printer.sink, err);
    }
    return rc;
}

int main(int argc, char **argv)
{
    struct mailbox_cursor cursor = { 0, 0 };
    struct mailbox *mailbox = NULL;
    struct conf *conf = NULL;
    struct err err = { .code = ERR_NONE };
    unsigned long wanted = argc > 4 ? strtoul(argv[4], NULL, 10) : 0;

    if (argc < 4)
        return err_exit_code(ERR_USAGE);
    cursor.uidvalidity = (uint32_t)strtoul(argv[2], NULL, 10);
    cursor.uid = (uint32_t)strtoul(argv[3], NULL, 10);
    conf = conf_read(argv[1], &err);
    if (conf)
        mailbox = mailbox_open(conf_nth(conf, "mailbox", 0), &err);
    if (mailbox && read_mails(mailbox, &cursor, wanted, &err) >= 0)
        err.code = ERR_NONE;
    printf("cursor %u %u\n", cursor.uidvalidity, cursor.uid);
    if (err.code != ERR_NONE)
        fprintf(stderr, "%s\n", err.text);
    mailbox_close(mailbox);
    conf_destroy(conf);
    return err_exit_code(err.code);
}
