/* channels/imap.c - see imap.h. The talk with the server: which mails are new, in which order they
 * are fetched, and how we wait for the next. Settings are in imap_conf.c, bytes in imap_wire.c. */
#include "channels/imap.h"

#include <curl/curl.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "channels/imap_conf.h"
#include "channels/imap_wire.h"
#include "core/base/arena.h"
#include "core/base/clock.h"
#include "core/base/log.h"
#include "core/base/sign.h"
#include "core/base/str.h"
#include "core/base/text.h"

/* Without progress a command may take this long, and the time one mail needs at 16 KB/s. */
#define COMMAND_MS (2 * MINUTE_MS)
#define SLOW_BYTES_PER_MS 16
/* RFC 2177: servers may log out who idles for 30 minutes. */
#define IDLE_MS (25 * MINUTE_MS)
#define NOOP_MS (30 * SECOND_MS)
/* Mails of one FETCH: after a mail that vanished at most so many are sent in vain. */
#define FETCH_COUNT 64
/* Numbers of new mails known at once; a larger mailbox is read in rounds. */
#define LIST_COUNT 20000
#define COMMAND_MAX_BYTES 4096
#define TAG_BYTES 20

struct mailbox {
    struct imap_conf *conf;
    int wake_fd;
    struct imap_wire *wire;        /* NULL = not connected */
    char tag[TAG_BYTES];           /* of the command under way */
    uint32_t uidvalidity, uidnext; /* as EXAMINE said; uidnext 0 = it did not */
    uint32_t exists;               /* mails in the folder, as far as the server said */
    bool examined, can_idle, news; /* news: mail may be there that no list has named */
};

/* A command under way. What it is for embeds it first. */
struct command {
    /* For every FETCH answer. NULL: they do not matter. */
    int (*on_fetch)(struct command *command, const struct imap_fetch *fetch, struct err *err);
    int64_t until_ms; /* monotonic; progress moves it */
    bool vanished;    /* the server may say NO because mails are gone (RFC 5530 EXPUNGEISSUED) */
};

static int64_t patience_until(const struct mailbox *mailbox)
{
    return clock_monotonic_ms() + COMMAND_MS +
           (int64_t)(mailbox->conf->max_bytes / SLOW_BYTES_PER_MS);
}

static void disconnect(struct mailbox *mailbox)
{
    imap_wire_close(mailbox->wire);
    mailbox->wire = NULL;
}

/* The server's words for people, cut and without anything a terminal would obey. */
static const char *server_says(struct span rest, char text[200])
{
    size_t len = rest.len < 199 ? rest.len : 199;

    for (size_t i = 0; i < len; i++)
        text[i] = rest.data[i] >= ' ' && rest.data[i] <= '~' ? rest.data[i] : '?';
    text[len] = '\0';
    return text;
}

/* Unpredictable, so that no mail can hold the end of the command that fetches it. */
static void new_tag(struct mailbox *mailbox)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz234567";
    unsigned char random[TAG_BYTES - 1];

    sign_random(random, sizeof(random));
    for (size_t i = 0; i < sizeof(random); i++)
        mailbox->tag[i] = letters[random[i] % 32];
    mailbox->tag[TAG_BYTES - 1] = '\0';
}

static int send_command(struct mailbox *mailbox, const char *text, struct err *err)
{
    struct str line;
    int rc;

    new_tag(mailbox);
    str_init(&line, COMMAND_MAX_BYTES);
    str_printf(&line, "%s %s\r\n", mailbox->tag, text);
    rc = str_ok(&line)
             ? imap_wire_send(mailbox->wire, str_span(&line), err)
             : err_set(err, ERR_LIMIT, "an IMAP command of more than %d bytes", COMMAND_MAX_BYTES);
    str_finish(&line);
    return rc;
}

/* A selected folder keeps its UIDVALIDITY; if it does not, only a new EXAMINE tells what holds. */
static int notice_status(struct mailbox *mailbox, const struct imap_answer *answer, struct err *err)
{
    char text[200];
    uint32_t number;

    if (imap_answer_is(answer, "BYE"))
        return err_set(err, ERR_NET, "the server ends the connection: %s",
                       server_says(answer->rest, text));
    if (imap_code_number(answer, "UIDVALIDITY", &number)) {
        if (mailbox->examined && number != mailbox->uidvalidity)
            return err_set(err, ERR_NET, "UIDVALIDITY changed while the folder was open");
        mailbox->uidvalidity = number;
    }
    if (!mailbox->examined && imap_code_number(answer, "UIDNEXT", &number))
        mailbox->uidnext = number;
    return 0;
}

/* What any untagged answer tells, whoever asked. */
static int notice(struct mailbox *mailbox, const struct imap_answer *answer, struct err *err)
{
    if (answer->kind == IMAP_STATUS)
        return notice_status(mailbox, answer, err);
    if (answer->kind == IMAP_COUNT && imap_answer_is(answer, "EXPUNGE") && mailbox->exists > 0)
        mailbox->exists--;
    if (answer->kind == IMAP_COUNT && imap_answer_is(answer, "EXISTS")) {
        /* Some servers repeat the number with every answer: that is no news. */
        mailbox->news = mailbox->news || answer->number != mailbox->exists;
        mailbox->exists = answer->number;
    }
    if (answer->kind == IMAP_DATA && imap_answer_is(answer, "CAPABILITY"))
        mailbox->can_idle = imap_has_word(answer->rest, "IDLE");
    return 0;
}

static int finish_command(struct mailbox *mailbox, const struct imap_answer *answer,
                          const struct command *command, struct err *err)
{
    char text[200];

    if (!span_is(answer->tag, mailbox->tag))
        return err_set(err, ERR_NET, "the server answers a command nobody gave");
    if (imap_answer_is(answer, "OK"))
        return 0;
    if (command->vanished && text_eq_nocase(answer->code, span_of("EXPUNGEISSUED")))
        return 0;
    return err_set(err, ERR_NET, "the server says %.*s: %s", (int)answer->word.len,
                   answer->word.data, server_says(answer->rest, text));
}

static int read_fetch(struct command *command, const struct imap_answer *answer, struct err *err)
{
    struct imap_fetch fetch;

    if (!command->on_fetch || answer->kind != IMAP_COUNT || !imap_answer_is(answer, "FETCH"))
        return 0;
    if (imap_fetch_read(answer, &fetch, err) < 0)
        return -1;
    return command->on_fetch(command, &fetch, err);
}

/* Reads answers until the command under way is over. */
static int read_answers(struct mailbox *mailbox, struct command *command, struct err *err)
{
    struct imap_answer answer;

    command->until_ms = patience_until(mailbox);
    for (;;) {
        enum imap_event event = imap_wire_next(mailbox->wire, command->until_ms, -1, &answer, err);

        if (event == IMAP_LATE)
            return err_set(err, ERR_NET, "the server gives no answer in time");
        if (event != IMAP_ANSWERED)
            return -1;
        if (answer.kind == IMAP_DONE)
            return finish_command(mailbox, &answer, command, err);
        if (notice(mailbox, &answer, err) < 0 || read_fetch(command, &answer, err) < 0)
            return -1;
    }
}

static int run(struct mailbox *mailbox, const char *text, struct command *command, struct err *err)
{
    struct command plain = { .on_fetch = NULL };

    if (send_command(mailbox, text, err) < 0)
        return -1;
    return read_answers(mailbox, command ? command : &plain, err);
}

/* EXAMINE, not SELECT: we change nothing, not even \Recent. */
static int examine(struct mailbox *mailbox, struct err *err)
{
    struct str text;
    int rc;

    mailbox->uidvalidity = mailbox->uidnext = 0;
    mailbox->examined = mailbox->can_idle = false;
    str_init(&text, COMMAND_MAX_BYTES);
    str_add_text(&text, "EXAMINE ");
    imap_add_quoted(&text, mailbox->conf->folder);
    rc = run(mailbox, "CAPABILITY", NULL, err);
    if (rc == 0)
        rc = run(mailbox, str_text(&text), NULL, err);
    str_finish(&text);
    if (rc == 0 && mailbox->uidvalidity == 0)
        rc = err_set(err, ERR_NET, "the server gives no UIDVALIDITY: it cannot be read safely");
    mailbox->examined = true;
    return rc;
}

/* Connected, and the server's view of the folder is fresh. */
static int be_ready(struct mailbox *mailbox, struct err *err)
{
    /* One byte more than we keep shows that a mail is longer, whatever its announced size. */
    size_t literals_max = mailbox->conf->max_bytes + 1;

    if (mailbox->wire)
        return run(mailbox, "NOOP", NULL, err);
    mailbox->wire = imap_wire_open(&mailbox->conf->login, literals_max, err);
    return mailbox->wire ? examine(mailbox, err) : -1;
}

/* fresh: uidnext is what EXAMINE just said. */
static int settle_cursor(const struct mailbox *mailbox, bool fresh, struct mailbox_cursor *cursor,
                         struct err *err)
{
    bool never_read = cursor->uidvalidity == 0;

    if (never_read && !mailbox->conf->from_start) {
        if (mailbox->uidnext == 0)
            return err_set(err, ERR_NET, "the server gives no UIDNEXT: use from_start = yes");
        *cursor = (struct mailbox_cursor){ mailbox->uidvalidity, mailbox->uidnext - 1 };
    } else if (cursor->uidvalidity != mailbox->uidvalidity) {
        if (!never_read)
            log_warn("mailbox_renumbered", "mailbox=%s was=%u is=%u", mailbox->conf->name,
                     cursor->uidvalidity, mailbox->uidvalidity);
        *cursor = (struct mailbox_cursor){ mailbox->uidvalidity, 0 };
    } else if (fresh && mailbox->uidnext != 0 && cursor->uid >= mailbox->uidnext) {
        /* UIDs never shrink (RFC 3501 2.3.1.1): a backup was put back. Which mails are new is
         * unknown, so all are handed over again. */
        log_warn("mailbox_went_back", "mailbox=%s uid=%u uidnext=%u", mailbox->conf->name,
                 cursor->uid, mailbox->uidnext);
        cursor->uid = 0;
    }
    return 0;
}

/* The UIDs above `after`, the lowest first. */
struct listing {
    struct command command;
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

static int list_one(struct command *command, const struct imap_fetch *fetch, struct err *err)
{
    struct listing *listing = (struct listing *)command;

    (void)err;
    /* "n:*" names the last mail even when its UID is below n (RFC 3501 6.4.8). */
    if (fetch->uid <= listing->after)
        return 0;
    listing->command.until_ms = patience_until(listing->mailbox);
    listing->uids[listing->count++] = fetch->uid;
    if (listing->count == 2 * LIST_COUNT)
        settle_listing(listing);
    return 0;
}

static int list_new(struct mailbox *mailbox, uint32_t after, struct listing *listing,
                    struct err *err)
{
    char text[60];

    listing->command = (struct command){ .on_fetch = list_one };
    listing->after = after;
    listing->count = 0;
    listing->more = false;
    mailbox->news = false;
    if (after == UINT32_MAX)
        return 0;
    snprintf(text, sizeof(text), "UID FETCH %u:* (UID)", after + 1);
    if (run(mailbox, text, &listing->command, err) < 0)
        return -1;
    settle_listing(listing);
    return 0;
}

/* Fetches uids[at..end): handed over strictly in this order, which servers need not keep. */
struct fetching {
    struct command command;
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
        .uidvalidity = fetching->mailbox->uidvalidity,
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
    fetching->command.until_ms = patience_until(fetching->mailbox);
    return 0;
}

static int fetch_one(struct command *command, const struct imap_fetch *fetch, struct err *err)
{
    struct fetching *fetching = (struct fetching *)command;

    if (!fetch->has_body || fetching->gap || fetching->at == fetching->end)
        return 0;
    if (fetch->uid == fetching->uids[fetching->at])
        return take_mail(fetching, fetch, err);
    fetching->gap = fetch->uid > fetching->uids[fetching->at];
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

    str_init(&text, COMMAND_MAX_BYTES);
    str_add_text(&text, "UID FETCH ");
    add_set(&text, fetching->uids + fetching->at, fetching->end - fetching->at);
    str_printf(&text, " (UID INTERNALDATE BODY.PEEK[]<0.%zu>)", mailbox->conf->max_bytes + 1);
    fetching->command = (struct command){ .on_fetch = fetch_one, .vanished = true };
    fetching->gap = false;
    rc = run(mailbox, str_text(&text), &fetching->command, err);
    str_finish(&text);
    return rc;
}

/* Hands over every mail listed. One that does not come with the others is asked for alone: then
 * it comes, or it is gone. */
static int fetch_all(struct mailbox *mailbox, const struct listing *listing,
                     struct fetching *fetching, struct err *err)
{
    size_t step = FETCH_COUNT;

    fetching->uids = listing->uids;
    fetching->at = 0;
    while (fetching->at < listing->count) {
        size_t left = listing->count - fetching->at;
        size_t before = fetching->at;

        fetching->end = before + (left < step ? left : step);
        if (fetch_some(mailbox, fetching, err) < 0)
            return -1;
        if (fetching->at == before && fetching->end == before + 1) {
            log_warn("mail_vanished", "mailbox=%s uid=%u", mailbox->conf->name,
                     listing->uids[before]);
            fetching->at++;
        }
        step = fetching->at < fetching->end ? 1 : FETCH_COUNT;
    }
    return 0;
}

static int poll_folder(struct mailbox *mailbox, struct fetching *fetching, struct err *err)
{
    struct listing listing = { .mailbox = mailbox,
                               .uids = xmalloc(2 * LIST_COUNT * sizeof(uint32_t)) };
    int rc;

    do {
        rc = list_new(mailbox, fetching->cursor->uid, &listing, err);
        if (rc == 0)
            rc = fetch_all(mailbox, &listing, fetching, err);
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
    if (mailbox->wire)
        (void)(send_command(mailbox, "LOGOUT", NULL) == 0);
    disconnect(mailbox);
    close(mailbox->wake_fd);
    imap_conf_destroy(mailbox->conf);
    free(mailbox);
    curl_global_cleanup();
}

int mailbox_poll(struct mailbox *mailbox, struct mailbox_cursor *cursor,
                 const struct mailbox_sink *sink, struct err *err)
{
    struct fetching fetching = { .mailbox = mailbox, .cursor = cursor, .sink = sink };
    bool fresh = !mailbox->wire;

    if (be_ready(mailbox, err) == 0 && settle_cursor(mailbox, fresh, cursor, err) == 0 &&
        poll_folder(mailbox, &fetching, err) == 0)
        return 0;
    disconnect(mailbox);
    return err_wrap(err, "mailbox %s", mailbox->conf->name);
}

/* Listens until something may be there, somebody wakes us (*woken) or the time is over. */
static int listen_until(struct mailbox *mailbox, int64_t until_ms, bool *woken, struct err *err)
{
    struct imap_answer answer;
    uint64_t count;

    while (!mailbox->news) {
        enum imap_event event =
            imap_wire_next(mailbox->wire, until_ms, mailbox->wake_fd, &answer, err);

        if (event == IMAP_WOKEN)
            *woken = read(mailbox->wake_fd, &count, sizeof(count)) == (ssize_t)sizeof(count);
        if (event == IMAP_WOKEN || event == IMAP_LATE)
            return 0;
        if (event == IMAP_BROKEN || notice(mailbox, &answer, err) < 0)
            return -1;
        if (answer.kind == IMAP_DONE)
            return err_set(err, ERR_NET, "the server ends what it was not asked to end");
    }
    return 0;
}

/* 1: the server listens for DONE; 0: it knows no IDLE after all; -1: it broke. */
static int begin_idle(struct mailbox *mailbox, struct err *err)
{
    int64_t until_ms = patience_until(mailbox);
    struct imap_answer answer;

    if (send_command(mailbox, "IDLE", err) < 0)
        return -1;
    for (;;) {
        enum imap_event event = imap_wire_next(mailbox->wire, until_ms, -1, &answer, err);

        if (event == IMAP_LATE)
            return err_set(err, ERR_NET, "the server gives no answer to IDLE");
        if (event != IMAP_ANSWERED || notice(mailbox, &answer, err) < 0)
            return -1;
        if (answer.kind == IMAP_GO_ON)
            return 1;
        if (answer.kind == IMAP_DONE && span_is(answer.tag, mailbox->tag) &&
            !imap_answer_is(&answer, "OK"))
            return 0;
        if (answer.kind == IMAP_DONE)
            return err_set(err, ERR_NET, "the server answers IDLE in no known way");
    }
}

static int idle(struct mailbox *mailbox, int64_t until_ms, bool *woken, struct err *err)
{
    struct command command = { .on_fetch = NULL };
    int begun = begin_idle(mailbox, err);

    if (begun <= 0) {
        mailbox->can_idle = false;
        return begun;
    }
    if (listen_until(mailbox, until_ms, woken, err) < 0 ||
        imap_wire_send(mailbox->wire, span_of("DONE\r\n"), err) < 0)
        return -1;
    return read_answers(mailbox, &command, err);
}

/* One IDLE or one NOOP, until `until_ms` at most. */
static int wait_once(struct mailbox *mailbox, int64_t until_ms, bool *woken, struct err *err)
{
    int64_t slice_ms = mailbox->can_idle ? IDLE_MS : NOOP_MS;
    int64_t latest_ms = clock_monotonic_ms() + slice_ms;

    if (until_ms > latest_ms)
        until_ms = latest_ms;
    if (mailbox->can_idle)
        return idle(mailbox, until_ms, woken, err);
    if (listen_until(mailbox, until_ms, woken, err) < 0)
        return -1;
    return *woken ? 0 : run(mailbox, "NOOP", NULL, err);
}

int mailbox_wait(struct mailbox *mailbox, int64_t timeout_ms, struct err *err)
{
    int64_t until_ms = clock_monotonic_ms() + timeout_ms;
    bool woken = false;

    if (!mailbox->wire) {
        err_set(err, ERR_NET, "not connected");
        return err_wrap(err, "mailbox %s", mailbox->conf->name);
    }
    while (!mailbox->news && !woken && clock_monotonic_ms() < until_ms)
        if (wait_once(mailbox, until_ms, &woken, err) < 0) {
            disconnect(mailbox);
            return err_wrap(err, "mailbox %s", mailbox->conf->name);
        }
    return mailbox->news ? 1 : 0;
}

void mailbox_wake(struct mailbox *mailbox)
{
    uint64_t one = 1;

    /* Full means it is readable already: that is all a wake-up asks for. */
    (void)(write(mailbox->wake_fd, &one, sizeof(one)) < 0);
}
