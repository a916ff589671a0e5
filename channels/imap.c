/* channels/imap.c - see imap.h. Which mails are new and in which order they are handed over. The
 * settings are in imap_conf.c, the talk with the server in imap_session.c, bytes in imap_wire.c. */
#include "channels/imap.h"

#include <curl/curl.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "channels/imap_conf.h"
#include "channels/imap_session.h"
#include "core/base/arena.h"
#include "core/base/clock.h"
#include "core/base/log.h"
#include "core/base/str.h"

/* Mails of one FETCH: after a mail that vanished at most so many are sent in vain. */
#define FETCH_COUNT 64
/* Numbers of new mails known at once; a larger mailbox is read in rounds. */
#define LIST_COUNT ((size_t)20000)

struct mailbox {
    struct imap_conf *conf;
    int wake_fd;
    struct imap_session session;
};

/* Connected, and the server's view of the folder is fresh. */
static int be_ready(struct mailbox *mailbox, struct err *err)
{
    if (mailbox->session.wire)
        return imap_session_run(&mailbox->session, "NOOP", NULL, err);
    return imap_session_open(&mailbox->session, mailbox->conf, err);
}

/* fresh: uidnext is what EXAMINE just said. */
static int settle_cursor(const struct mailbox *mailbox, bool fresh, struct mailbox_cursor *cursor,
                         struct err *err)
{
    bool never_read = cursor->uidvalidity == 0;

    if (never_read && !mailbox->conf->from_start) {
        if (mailbox->session.uidnext == 0)
            return err_set(err, ERR_NET, "the server gives no UIDNEXT: use from_start = yes");
        *cursor =
            (struct mailbox_cursor){ mailbox->session.uidvalidity, mailbox->session.uidnext - 1 };
    } else if (cursor->uidvalidity != mailbox->session.uidvalidity) {
        if (!never_read)
            log_warn("mailbox_renumbered", "mailbox=%s was=%u is=%u", mailbox->conf->name,
                     cursor->uidvalidity, mailbox->session.uidvalidity);
        *cursor = (struct mailbox_cursor){ mailbox->session.uidvalidity, 0 };
    } else if (fresh && mailbox->session.uidnext != 0 && cursor->uid >= mailbox->session.uidnext) {
        /* UIDs never shrink (RFC 3501 2.3.1.1): a backup was put back. Which mails are new is
         * unknown, so all are handed over again. */
        log_warn("mailbox_went_back", "mailbox=%s uid=%u uidnext=%u", mailbox->conf->name,
                 cursor->uid, mailbox->session.uidnext);
        cursor->uid = 0;
    }
    return 0;
}

/* The UIDs above `after`, the lowest first. */
struct listing {
    struct imap_command command;
    const struct mailbox *mailbox;
    uint32_t after;
    uint32_t *uids; /* room for 2 * LIST_COUNT */
    size_t count;
    bool more; /* there are others above these */
};

static int compare_uids(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

    return (x > y) - (x < y);
}

/* Sorts, drops doubles, keeps the lowest LIST_COUNT. */
static void settle_listing(struct listing *listing)
{
    size_t kept = 0;

    if (listing->count == 0)
        return;
    qsort(listing->uids, listing->count, sizeof(uint32_t), compare_uids);
    for (size_t i = 0; i < listing->count; i++)
        if (kept == 0 || listing->uids[i] != listing->uids[kept - 1])
            listing->uids[kept++] = listing->uids[i];
    listing->more = listing->more || kept > LIST_COUNT;
    listing->count = kept > LIST_COUNT ? LIST_COUNT : kept;
}

static int list_one(struct imap_command *command, const struct imap_fetch *fetch, struct err *err)
{
    struct listing *listing = (struct listing *)command;

    (void)err;
    /* "n:*" names the last mail even when its UID is below n (RFC 3501 6.4.8). */
    if (fetch->uid <= listing->after)
        return 0;
    imap_session_progress(&listing->mailbox->session, command);
    listing->uids[listing->count++] = fetch->uid;
    if (listing->count == 2 * LIST_COUNT)
        settle_listing(listing);
    return 0;
}

static int list_new(struct mailbox *mailbox, uint32_t after, struct listing *listing,
                    struct err *err)
{
    char text[60];

    listing->command = (struct imap_command){ .on_fetch = list_one };
    listing->after = after;
    listing->count = 0;
    listing->more = false;
    mailbox->session.news = false;
    if (after == UINT32_MAX)
        return 0;
    snprintf(text, sizeof(text), "UID FETCH %u:* (UID)", after + 1);
    if (imap_session_run(&mailbox->session, text, &listing->command, err) < 0)
        return -1;
    settle_listing(listing);
    return 0;
}

/* Fetches uids[at..end): handed over strictly in this order, which servers need not keep. */
struct fetching {
    struct imap_command command;
    const struct mailbox *mailbox;
    struct mailbox_cursor *cursor;
    const struct mailbox_sink *sink;
    const uint32_t *uids;
    size_t at, end;
    bool gap; /* a later mail came before uids[at]: out of order, or that one is gone */
};

static int take_mail(struct fetching *fetching, const struct imap_fetch *fetch, struct err *err)
{
    size_t max = fetching->mailbox->conf->max_bytes;
    struct mailbox_mail mail = {
        .uidvalidity = fetching->mailbox->session.uidvalidity,
        .uid = fetch->uid,
        .arrived_ms = fetch->arrived_ms,
        .raw = fetch->body,
        .cut = fetch->body.len > max,
    };

    if (!fetch->has_date)
        return err_set(err, ERR_NET, "the server gives no INTERNALDATE for the mail %u",
                       fetch->uid);
    if (mail.cut)
        mail.raw.len = max;
    if (fetching->sink->take(fetching->sink, &mail, err) < 0)
        return -1;
    fetching->cursor->uid = fetch->uid;
    fetching->at++;
    imap_session_progress(&fetching->mailbox->session, &fetching->command);
    return 0;
}

static int fetch_one(struct imap_command *command, const struct imap_fetch *fetch, struct err *err)
{
    struct fetching *fetching = (struct fetching *)command;

    if (!fetch->has_body || fetching->gap || fetching->at == fetching->end)
        return 0;
    if (fetch->uid == fetching->uids[fetching->at])
        return take_mail(fetching, fetch, err);
    fetching->gap = fetch->uid > fetching->uids[fetching->at] &&
                    fetch->uid <= fetching->uids[fetching->end - 1];
    return 0;
}

/* "3:5,9": exactly these. */
static void add_set(struct str *text, const uint32_t *uids, size_t count)
{
    for (size_t i = 0; i < count;) {
        size_t last = i;

        while (last + 1 < count && uids[last + 1] == uids[last] + 1)
            last++;
        str_printf(text, last > i ? "%s%u:%u" : "%s%u", i > 0 ? "," : "", uids[i], uids[last]);
        i = last + 1;
    }
}

static int fetch_some(struct mailbox *mailbox, struct fetching *fetching, struct err *err)
{
    struct str text;
    int rc;

    str_init(&text, IMAP_COMMAND_MAX_BYTES);
    str_add_text(&text, "UID FETCH ");
    add_set(&text, fetching->uids + fetching->at, fetching->end - fetching->at);
    str_printf(&text, " (UID INTERNALDATE BODY.PEEK[]<0.%zu>)", mailbox->conf->max_bytes + 1);
    fetching->command = (struct imap_command){ .on_fetch = fetch_one, .vanished = true };
    fetching->gap = false;
    rc = imap_session_run(&mailbox->session, str_text(&text), &fetching->command, err);
    str_finish(&text);
    return rc;
}

/* Hands over every mail listed. What an answer leaves out is gone; but behind a gap it may come
 * late, so it is asked for alone. */
static int fetch_all(struct mailbox *mailbox, const struct listing *listing,
                     struct fetching *fetching, struct err *err)
{
    size_t step = FETCH_COUNT;

    fetching->uids = listing->uids;
    fetching->at = 0;
    while (fetching->at < listing->count) {
        size_t left = listing->count - fetching->at;

        fetching->end = fetching->at + (left < step ? left : step);
        if (fetch_some(mailbox, fetching, err) < 0)
            return -1;
        step = fetching->gap ? 1 : FETCH_COUNT;
        if (fetching->gap)
            continue;
        if (fetching->at < fetching->end)
            log_warn("mail_vanished", "mailbox=%s uid=%u count=%zu", mailbox->conf->name,
                     fetching->uids[fetching->at], fetching->end - fetching->at);
        fetching->at = fetching->end;
    }
    return 0;
}

static int poll_folder(struct mailbox *mailbox, struct fetching *fetching, struct err *err)
{
    struct listing listing = { .mailbox = mailbox,
                               .uids = xmalloc(2 * LIST_COUNT * sizeof(uint32_t)) };
    uint32_t after = fetching->cursor->uid;
    int rc;

    do {
        rc = list_new(mailbox, after, &listing, err);
        if (rc == 0)
            rc = fetch_all(mailbox, &listing, fetching, err);
        /* Not the cursor: it stays where it is when all of these are gone. */
        if (listing.count > 0)
            after = listing.uids[listing.count - 1];
    } while (rc == 0 && listing.more);
    free(listing.uids);
    return rc;
}

struct mailbox *mailbox_open(const struct conf_section *conf, struct err *err)
{
    struct mailbox *mailbox = xcalloc(1, sizeof(*mailbox));
    char text[100];

    mailbox->wake_fd = -1;
    mailbox->conf = imap_conf_read(conf, err);
    if (!mailbox->conf)
        goto fail;
    mailbox->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (mailbox->wake_fd < 0) {
        err_set(err, ERR_SYSTEM, "eventfd: %s", err_errno(errno, text, sizeof(text)));
        goto fail;
    }
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
        err_set(err, ERR_SYSTEM, "libcurl cannot start");
        goto fail;
    }
    return mailbox;
fail:
    if (mailbox->wake_fd >= 0)
        close(mailbox->wake_fd);
    imap_conf_destroy(mailbox->conf);
    free(mailbox);
    return NULL;
}

void mailbox_close(struct mailbox *mailbox)
{
    if (!mailbox)
        return;
    imap_session_close(&mailbox->session, true);
    close(mailbox->wake_fd);
    imap_conf_destroy(mailbox->conf);
    free(mailbox);
    curl_global_cleanup();
}

int mailbox_poll(struct mailbox *mailbox, struct mailbox_cursor *cursor,
                 const struct mailbox_sink *sink, struct err *err)
{
    struct fetching fetching = { .mailbox = mailbox, .cursor = cursor, .sink = sink };
    bool fresh = !mailbox->session.wire;

    if (be_ready(mailbox, err) == 0 && settle_cursor(mailbox, fresh, cursor, err) == 0 &&
        poll_folder(mailbox, &fetching, err) == 0)
        return 0;
    imap_session_close(&mailbox->session, false);
    return err_wrap(err, "mailbox %s", mailbox->conf->name);
}

int mailbox_wait(struct mailbox *mailbox, int64_t timeout_ms, struct err *err)
{
    int64_t until_ms = clock_monotonic_ms() + timeout_ms;
    bool woken = false;

    if (!mailbox->session.wire) {
        err_set(err, ERR_NET, "not connected");
        return err_wrap(err, "mailbox %s", mailbox->conf->name);
    }
    while (!mailbox->session.news && !woken && clock_monotonic_ms() < until_ms)
        if (imap_session_wait(&mailbox->session, until_ms, mailbox->wake_fd, &woken, err) < 0) {
            imap_session_close(&mailbox->session, false);
            return err_wrap(err, "mailbox %s", mailbox->conf->name);
        }
    return mailbox->session.news ? 1 : 0;
}

void mailbox_wake(struct mailbox *mailbox)
{
    uint64_t one = 1;

    /* Full means it is readable already: that is all a wake-up asks for. */
    (void)(write(mailbox->wake_fd, &one, sizeof(one)) < 0);
}
