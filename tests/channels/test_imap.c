/* tests/channels/test_imap.c - reading a mailbox from a server that is cut at every byte, changes its
 * numbers, loses mails and lies: every mail is handed over exactly once, or the poll fails. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "channels/imap.h"
#include "core/base/arena.h"
#include "core/base/log.h"
#include "tests/channels/imap_server.h"

#define TAKEN_MAX 256
#define FIRST_UID 11

struct taken {
    uint32_t uidvalidity, uid;
    int64_t arrived_ms;
    size_t len;
    bool cut, same; /* same: byte for byte what the server has under that UID */
};

struct shelf {
    struct mailbox_sink sink;
    struct imap_server *server;
    struct taken taken[TAKEN_MAX];
    size_t count;
    size_t refuse_at; /* take() fails at this many; SIZE_MAX = never */
};

struct fixture {
    struct imap_server server;
    struct mailbox *mailbox;
    struct mailbox_cursor cursor;
    struct shelf shelf;
    char path[40];
    struct conf *conf;
};

static bool is_served(struct imap_server *server, const struct mailbox_mail *mail)
{
    bool same = false;

    pthread_mutex_lock(&server->lock);
    for (size_t i = 0; i < server->count; i++)
        if (server->mails[i].uid == mail->uid)
            same = strlen(server->mails[i].body) >= mail->raw.len &&
                   memcmp(server->mails[i].body, mail->raw.data, mail->raw.len) == 0;
    pthread_mutex_unlock(&server->lock);
    return same;
}

static int take(const struct mailbox_sink *sink, const struct mailbox_mail *mail, struct err *err)
{
    struct shelf *shelf = (struct shelf *)(uintptr_t)sink;

    if (shelf->count == shelf->refuse_at)
        return err_set(err, ERR_STORE, "the store is full");
    assert_true(shelf->count < TAKEN_MAX);
    shelf->taken[shelf->count++] = (struct taken){
        .uidvalidity = mail->uidvalidity,
        .uid = mail->uid,
        .arrived_ms = mail->arrived_ms,
        .len = mail->raw.len,
        .cut = mail->cut,
        .same = is_served(shelf->server, mail),
    };
    return 0;
}

static struct mailbox *open_with(struct fixture *fixture, const char *more, struct err *err)
{
    FILE *file;

    conf_destroy(fixture->conf);
    snprintf(fixture->path, sizeof(fixture->path), "/tmp/heed-imap-%d.conf", (int)getpid());
    file = fopen(fixture->path, "w");
    assert_non_null(file);
    fchmod(fileno(file), 0600);
    fprintf(file, "[mailbox sam]\nhost = 127.0.0.1\n%s\n", more);
    if (!strstr(more, "port"))
        fprintf(file, "port = %d\n", fixture->server.port);
    fclose(file);
    fixture->conf = conf_read(fixture->path, err);
    unlink(fixture->path);
    if (!fixture->conf)
        return NULL;
    return mailbox_open(conf_find(fixture->conf, "mailbox", "sam"), err);
}

#define LOGIN "user = sam\npassword = secret\ntls = off\n"

static void reopen(struct fixture *fixture, const char *more)
{
    struct err err = { 0 };

    mailbox_close(fixture->mailbox);
    fixture->mailbox = open_with(fixture, more, &err);
    if (!fixture->mailbox)
        fail_msg("%s", err.text);
}

/* Bodies that look like the protocol around them. */
static void serve_mails(struct imap_server *server, uint32_t first, size_t count)
{
    static const char *const bodies[] = {
        "Subject: a\r\n\r\nhello\r\n",
        "A001 OK done\r\nA002 OK done\r\n",
        ")\r\n* 31 FETCH (UID 41 BODY[]<0> {3}\r\nabc)\r\n",
        "* BYE\r\n\r\n* 99 EXISTS\r\n",
        "",
        "{100}\r\n",
        "no line end",
    };

    for (size_t i = 0; i < count; i++)
        server->mails[i] =
            (struct served_mail){ first + (uint32_t)i, bodies[i % COUNT_OF(bodies)] };
    server->count = count;
}

static int set_up(void **state)
{
    struct fixture *fixture = xcalloc(1, sizeof(*fixture));

    log_set_level(LOG_LEVEL_ERROR);
    server_start(&fixture->server);
    serve_mails(&fixture->server, FIRST_UID, 30);
    fixture->shelf.sink.take = take;
    fixture->shelf.server = &fixture->server;
    fixture->shelf.refuse_at = SIZE_MAX;
    reopen(fixture, LOGIN "from_start = yes\n");
    *state = fixture;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;

    mailbox_close(fixture->mailbox);
    server_stop(&fixture->server);
    conf_destroy(fixture->conf);
    free(fixture);
    return 0;
}

/* What we changed in the script is seen by the server, and what it counted by us: it holds the lock
 * while it answers. */
static void meet(struct fixture *fixture)
{
    pthread_mutex_lock(&fixture->server.lock);
    pthread_mutex_unlock(&fixture->server.lock);
}

static int poll_once(struct fixture *fixture, struct err *err)
{
    int rc;

    meet(fixture);
    rc = mailbox_poll(fixture->mailbox, &fixture->cursor, &fixture->shelf.sink, err);
    meet(fixture);
    return rc;
}

static int wait_once(struct fixture *fixture, int64_t timeout_ms, struct err *err)
{
    int rc;

    meet(fixture);
    rc = mailbox_wait(fixture->mailbox, timeout_ms, err);
    meet(fixture);
    return rc;
}

static void poll_well(struct fixture *fixture)
{
    struct err err = { 0 };

    if (poll_once(fixture, &err) < 0)
        fail_msg("%s", err.text);
}

static void poll_badly(struct fixture *fixture, enum err_code code, const char *words)
{
    struct err err = { 0 };

    assert_int_equal(poll_once(fixture, &err), -1);
    assert_int_equal(err.code, code);
    if (!strstr(err.text, words))
        fail_msg("\"%s\" does not say \"%s\"", err.text, words);
    assert_non_null(strstr(err.text, "mailbox sam: "));
}

/* The mails first, first + 1, ... are on the shelf from `at` on, whole, each once, in order. */
static void assert_taken(const struct fixture *fixture, size_t at, uint32_t first, size_t count)
{
    const struct shelf *shelf = &fixture->shelf;

    assert_int_equal(shelf->count, at + count);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(shelf->taken[at + i].uid, first + i);
        assert_int_equal(shelf->taken[at + i].uidvalidity, fixture->server.uidvalidity);
        assert_true(shelf->taken[at + i].same);
        assert_false(shelf->taken[at + i].cut);
    }
}

static void assert_cursor(const struct fixture *fixture, uint32_t uidvalidity, uint32_t uid)
{
    assert_int_equal(fixture->cursor.uidvalidity, uidvalidity);
    assert_int_equal(fixture->cursor.uid, uid);
}

static void test_imap__hands_over_every_mail_in_order(void **state)
{
    struct fixture *fixture = *state;

    poll_well(fixture);
    assert_taken(fixture, 0, FIRST_UID, 30);
    assert_cursor(fixture, 7, FIRST_UID + 29);
    assert_int_equal(fixture->shelf.taken[0].arrived_ms, INT64_C(837596665000));
    assert_int_equal(fixture->shelf.taken[0].len, strlen(fixture->server.mails[0].body));
}

static void test_imap__ignores_the_echo_of_the_last_mail(void **state)
{
    struct fixture *fixture = *state;

    poll_well(fixture);
    poll_well(fixture);
    assert_taken(fixture, 0, FIRST_UID, 30);
    assert_int_equal(fixture->server.connections, 1);
    /* two lists and one FETCH: the echo costs no body */
    assert_int_equal(fixture->server.fetches, 3);
}

static void test_imap__starts_at_what_arrives_from_now_on(void **state)
{
    struct fixture *fixture = *state;

    reopen(fixture, LOGIN);
    poll_well(fixture);
    assert_cursor(fixture, 7, FIRST_UID + 29);
    assert_int_equal(fixture->shelf.count, 0);
    fixture->server.mails[30] = (struct served_mail){ FIRST_UID + 30, "new" };
    fixture->server.count = 31;
    poll_well(fixture);
    assert_taken(fixture, 0, FIRST_UID + 30, 1);
}

static void test_imap__starts_in_an_empty_folder(void **state)
{
    struct fixture *fixture = *state;

    fixture->server.count = 0;
    reopen(fixture, LOGIN);
    poll_well(fixture);
    assert_cursor(fixture, 7, 0);
    serve_mails(&fixture->server, 1, 2);
    poll_well(fixture);
    assert_taken(fixture, 0, 1, 2);
}

/* The union of what a broken and a following poll hand over is every mail exactly once. */
static void test_imap__cut_at_any_byte_loses_and_doubles_nothing(void **state)
{
    struct fixture *fixture = *state;
    struct err err;
    size_t whole;

    poll_well(fixture);
    whole = fixture->server.said_most;
    assert_true(whole > 2000);
    for (size_t cut = 0; cut < whole; cut++) {
        fixture->cursor = (struct mailbox_cursor){ 0, 0 };
        fixture->shelf.count = 0;
        /* a new connection for each: the one before has spoken */
        fixture->server.cut_after = 0;
        (void)poll_once(fixture, &err);
        fixture->server.cut_after = cut;
        assert_int_equal(poll_once(fixture, &err), -1);
        if (fixture->shelf.count > 0)
            assert_int_equal(fixture->cursor.uid, FIRST_UID + fixture->shelf.count - 1);
        fixture->server.cut_after = SIZE_MAX;
        poll_well(fixture);
        assert_taken(fixture, 0, FIRST_UID, 30);
    }
}

static void test_imap__cut_at_any_byte_in_one_mailbox_makes_progress(void **state)
{
    struct fixture *fixture = *state;
    struct err err;
    int polls = 0;

    /* Enough for the talk before and the longest mail: each poll takes at least one. */
    fixture->server.cut_after = 2200;
    while (poll_once(fixture, &err) < 0)
        assert_true(++polls < 40);
    assert_true(polls > 0);
    assert_taken(fixture, 0, FIRST_UID, 30);
}

static void test_imap__keeps_the_cursor_before_a_mail_that_is_not_taken(void **state)
{
    struct fixture *fixture = *state;

    fixture->shelf.refuse_at = 12;
    poll_badly(fixture, ERR_STORE, "the store is full");
    assert_cursor(fixture, 7, FIRST_UID + 11);
    fixture->shelf.refuse_at = SIZE_MAX;
    poll_well(fixture);
    assert_taken(fixture, 0, FIRST_UID, 30);
}

static void test_imap__a_new_uidvalidity_starts_from_the_first_uid(void **state)
{
    struct fixture *fixture = *state;
    struct err err;

    poll_well(fixture);
    fixture->server.cut_after = 0;
    assert_int_equal(poll_once(fixture, &err), -1);
    fixture->server.cut_after = SIZE_MAX;
    fixture->server.uidvalidity = 8;
    serve_mails(&fixture->server, 1, 5);
    poll_well(fixture);
    assert_taken(fixture, 30, 1, 5);
    assert_cursor(fixture, 8, 5);
}

static void test_imap__a_uidnext_that_went_back_starts_from_the_first_uid(void **state)
{
    struct fixture *fixture = *state;

    fixture->cursor = (struct mailbox_cursor){ 7, 5000 };
    poll_well(fixture);
    assert_taken(fixture, 0, FIRST_UID, 30);
    assert_cursor(fixture, 7, FIRST_UID + 29);
}

static void test_imap__the_last_possible_uid_is_the_end(void **state)
{
    struct fixture *fixture = *state;

    fixture->server.mails[29].uid = UINT32_MAX;
    fixture->server.uidnext = UINT32_MAX;
    poll_well(fixture);
    assert_int_equal(fixture->shelf.count, 30);
    assert_cursor(fixture, 7, UINT32_MAX);
    poll_well(fixture);
    assert_int_equal(fixture->shelf.count, 30);
}

static void test_imap__a_mail_expunged_between_list_and_fetch_is_skipped(void **state)
{
    static const uint32_t uids[] = { FIRST_UID, FIRST_UID + 13, FIRST_UID + 29 };

    for (size_t i = 0; i < COUNT_OF(uids); i++) {
        struct fixture *fixture = *state;
        size_t before = fixture->shelf.count;

        serve_mails(&fixture->server, FIRST_UID, 30);
        fixture->cursor = (struct mailbox_cursor){ 7, 0 };
        fixture->server.vanishes = uids[i];
        poll_well(fixture);
        assert_int_equal(fixture->shelf.count, before + 29);
        for (size_t n = before; n < fixture->shelf.count; n++) {
            assert_int_not_equal(fixture->shelf.taken[n].uid, uids[i]);
            assert_true(fixture->shelf.taken[n].same);
        }
    }
}

static void test_imap__mails_that_come_out_of_order_are_taken_in_order(void **state)
{
    struct fixture *fixture = *state;

    fixture->server.wrong = WRONG_ORDER;
    poll_well(fixture);
    assert_taken(fixture, 0, FIRST_UID, 30);
}

static void test_imap__mails_sent_twice_are_taken_once(void **state)
{
    struct fixture *fixture = *state;

    fixture->server.wrong = WRONG_DOUBLE;
    poll_well(fixture);
    assert_taken(fixture, 0, FIRST_UID, 30);
}

static void test_imap__mails_nobody_asked_for_are_not_taken(void **state)
{
    struct fixture *fixture = *state;

    fixture->server.wrong = WRONG_UNASKED;
    poll_well(fixture);
    /* listed under their UIDs, sent under others: as if each had vanished */
    assert_int_equal(fixture->shelf.count, 0);
    fixture->server.wrong = WRONG_NOTHING;
    poll_well(fixture);
    assert_taken(fixture, 0, FIRST_UID, 30);
}

static void test_imap__a_folder_of_thousands_is_read_in_rounds(void **state)
{
    struct fixture *fixture = *state;

    fixture->server.wrong = WRONG_MANY;
    fixture->server.mails[28].uid = 25000;
    fixture->server.mails[29].uid = LISTED_MANY;
    poll_well(fixture);
    assert_int_equal(fixture->shelf.count, 30);
    for (size_t i = 0; i < 30; i++) {
        assert_int_equal(fixture->shelf.taken[i].uid, fixture->server.mails[i].uid);
        assert_true(fixture->shelf.taken[i].same);
    }
    assert_cursor(fixture, 7, LISTED_MANY);
}

static const struct {
    enum wrong wrong;
    enum err_code code;
    const char *words;
} lies[] = {
    { WRONG_HUGE, ERR_LIMIT, "literal of 4294967296 bytes" },
    { WRONG_LONG, ERR_NET, "" },
    { WRONG_SHORT, ERR_NET, "" },
    { WRONG_NO_DATE, ERR_NET, "INTERNALDATE" },
    { WRONG_TAG, ERR_NET, "nobody gave" },
    { WRONG_GARBAGE, ERR_NET, "no IMAP answer" },
    { WRONG_VALIDITY, ERR_NET, "UIDVALIDITY changed" },
    { WRONG_SILENT_VALIDITY, ERR_NET, "no UIDVALIDITY" },
};

static void test_imap__lies_end_the_poll_and_cost_no_mail(void **state)
{
    for (size_t i = 0; i < COUNT_OF(lies); i++) {
        struct fixture *fixture = *state;
        struct err err;

        fixture->server.cut_after = 0;
        (void)poll_once(fixture, &err);
        fixture->server.cut_after = SIZE_MAX;
        fixture->shelf.count = 0;
        fixture->cursor = (struct mailbox_cursor){ 0, 0 };
        fixture->server.wrong = lies[i].wrong;
        poll_badly(fixture, lies[i].code, lies[i].words);
        assert_int_equal(fixture->shelf.count, 0);
        fixture->server.wrong = WRONG_NOTHING;
        poll_well(fixture);
        assert_taken(fixture, 0, FIRST_UID, 30);
    }
}

static void test_imap__a_silent_uidnext_needs_from_start(void **state)
{
    struct fixture *fixture = *state;

    fixture->server.wrong = WRONG_SILENT_UIDNEXT;
    poll_well(fixture);
    assert_taken(fixture, 0, FIRST_UID, 30);
    reopen(fixture, LOGIN);
    fixture->cursor = (struct mailbox_cursor){ 0, 0 };
    poll_badly(fixture, ERR_NET, "no UIDNEXT");
    assert_cursor(fixture, 0, 0);
}

static void test_imap__a_mail_without_a_body_does_not_stop_the_others(void **state)
{
    struct fixture *fixture = *state;

    fixture->server.count = 2;
    fixture->server.wrong = WRONG_NIL;
    poll_well(fixture);
    assert_int_equal(fixture->shelf.count, 0);
}

static void test_imap__long_mails_are_cut_at_the_limit(void **state)
{
    static char body[1026]; /* one byte more than the limit of 1024 */
    struct fixture *fixture = *state;

    memset(body, 'x', sizeof(body) - 1);
    reopen(fixture, LOGIN "from_start = yes\nmax_bytes = 1024\n");
    fixture->server.mails[0].body = body;
    fixture->server.mails[1].body = body + 1;
    fixture->server.count = 2;
    poll_well(fixture);
    assert_int_equal(fixture->shelf.count, 2);
    assert_int_equal(fixture->shelf.taken[0].len, 1024);
    assert_true(fixture->shelf.taken[0].cut);
    assert_int_equal(fixture->shelf.taken[1].len, 1024);
    assert_false(fixture->shelf.taken[1].cut);
}

static void test_imap__a_server_that_ignores_the_limit_is_refused(void **state)
{
    static char body[3000];
    struct fixture *fixture = *state;

    memset(body, 'x', sizeof(body) - 1);
    reopen(fixture, LOGIN "from_start = yes\nmax_bytes = 1024\n");
    fixture->server.mails[0].body = body;
    fixture->server.wrong = WRONG_PARTIAL;
    poll_badly(fixture, ERR_LIMIT, "literal of 2999 bytes");
}

static void wait_and_take(struct fixture *fixture)
{
    struct err err = { 0 };

    poll_well(fixture);
    fixture->server.arrives = FIRST_UID + 30;
    if (wait_once(fixture, 20000, &err) != 1)
        fail_msg("%s", err.text);
    poll_well(fixture);
    assert_taken(fixture, 0, FIRST_UID, 31);
    assert_int_equal(fixture->server.connections, 1);
}

static void test_imap__idle_tells_of_a_new_mail(void **state)
{
    struct fixture *fixture = *state;

    wait_and_take(fixture);
    assert_int_equal(fixture->server.idles, 1);
}

static int wait_briefly(struct fixture *fixture)
{
    struct err err = { 0 };
    int rc = wait_once(fixture, 50, &err);

    if (rc < 0)
        fail_msg("%s", err.text);
    return rc;
}

static void test_imap__without_idle_noop_tells_of_a_new_mail(void **state)
{
    struct fixture *fixture = *state;

    fixture->server.no_idle = true;
    poll_well(fixture);
    assert_int_equal(wait_briefly(fixture), 0);
    fixture->server.arrives = FIRST_UID + 30;
    assert_int_equal(wait_briefly(fixture), 1);
    poll_well(fixture);
    assert_taken(fixture, 0, FIRST_UID, 31);
    assert_int_equal(fixture->server.idles, 0);
}

static void test_imap__a_refused_idle_falls_back_to_noop(void **state)
{
    struct fixture *fixture = *state;

    fixture->server.refuse_idle = true;
    poll_well(fixture);
    assert_int_equal(wait_briefly(fixture), 0);
    assert_int_equal(wait_briefly(fixture), 0);
    assert_int_equal(fixture->server.idles, 1);
}

static void test_imap__idle_ends_when_the_time_is_over_and_the_session_goes_on(void **state)
{
    struct fixture *fixture = *state;

    poll_well(fixture);
    assert_int_equal(wait_briefly(fixture), 0);
    assert_int_equal(wait_briefly(fixture), 0);
    poll_well(fixture);
    assert_int_equal(fixture->server.connections, 1);
    assert_int_equal(fixture->server.idles, 2);
}

static void *wake(void *mailbox)
{
    mailbox_wake((struct mailbox *)mailbox);
    return NULL;
}

static void test_imap__another_thread_ends_the_wait(void **state)
{
    struct fixture *fixture = *state;
    struct err err;
    pthread_t thread;

    for (int i = 0; i < 2; i++) {
        fixture->server.no_idle = i == 1;
        reopen(fixture, LOGIN "from_start = yes\n");
        poll_well(fixture);
        assert_int_equal(pthread_create(&thread, NULL, wake, fixture->mailbox), 0);
        /* ctest ends us if nobody wakes */
        assert_int_equal(wait_once(fixture, 3600000, &err), 0);
        pthread_join(thread, NULL);
        /* one wake-up ends one wait */
        assert_int_equal(wait_briefly(fixture), 0);
    }
}

static void test_imap__a_connection_that_breaks_while_waiting_is_told(void **state)
{
    struct fixture *fixture = *state;
    struct err err = { 0 };

    assert_int_equal(wait_once(fixture, 10, &err), -1);
    assert_non_null(strstr(err.text, "not connected"));
    poll_well(fixture);
    fixture->server.cut_after = fixture->server.said + 4;
    assert_int_equal(wait_once(fixture, 20000, &err), -1);
    fixture->server.cut_after = SIZE_MAX;
    poll_well(fixture);
    assert_taken(fixture, 0, FIRST_UID, 30);
}

static const struct {
    const char *conf, *words;
} bad_settings[] = {
    { "user = sam\npassword = x\ntls = sometimes\n", "tls must be" },
    { "user = sam\npassword = x\nport = 99999\n", "port must be" },
    { "user = sam\n", "password or oauth_token" },
    { "user = sam\npassword = x\noauth_token = y\n", "password or oauth_token" },
    { "password = x\n", "user must be" },
    { "user = sam\npassword = x\nfolder = Entw\xc3\xbcrfe\n", "folder must be ASCII" },
    { "user = sam\npassword = x\nmax_bytes = 5\n", "max_bytes" },
    { "user = sam\npassword = x\nfrom_start = perhaps\n", "from_start" },
    { "user = sam\npassword = x\nfoldr = INBOX\n", "folder" },
    { "user = sam\npassword = x\177y\n", "" },
};

static void test_imap__bad_settings_are_refused_with_their_line(void **state)
{
    struct fixture *fixture = *state;

    for (size_t i = 0; i < COUNT_OF(bad_settings); i++) {
        struct err err = { 0 };

        assert_null(open_with(fixture, bad_settings[i].conf, &err));
        assert_int_equal(err.code, ERR_CONFIG);
        if (!strstr(err.text, bad_settings[i].words))
            fail_msg("\"%s\" does not say \"%s\"", err.text, bad_settings[i].words);
        assert_null(strstr(err.text, "x\177y"));
    }
}

static void test_imap__without_tls_only_loopback_is_asked(void **state)
{
    static const char *const hosts[] = { "imap.example.com", "10.0.0.1", "localhost.example.com" };
    struct fixture *fixture = *state;

    for (size_t i = 0; i < COUNT_OF(hosts); i++) {
        struct err err = { 0 };
        FILE *file = fopen(fixture->path, "w");

        assert_non_null(file);
        fchmod(fileno(file), 0600);
        fprintf(file, "[mailbox sam]\nhost = %s\n" LOGIN, hosts[i]);
        fclose(file);
        conf_destroy(fixture->conf);
        fixture->conf = conf_read(fixture->path, &err);
        unlink(fixture->path);
        assert_non_null(fixture->conf);
        assert_null(mailbox_open(conf_find(fixture->conf, "mailbox", "sam"), &err));
        assert_non_null(strstr(err.text, "loopback"));
    }
}

/* The server offers none: nothing is sent, the password least of all. */
static void test_imap__a_server_without_starttls_gets_no_password(void **state)
{
    struct fixture *fixture = *state;

    reopen(fixture, "user = sam\npassword = secret\ntls = starttls\n");
    poll_badly(fixture, ERR_NET, "no TLS");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_imap__hands_over_every_mail_in_order),
        TEST(test_imap__ignores_the_echo_of_the_last_mail),
        TEST(test_imap__starts_at_what_arrives_from_now_on),
        TEST(test_imap__starts_in_an_empty_folder),
        TEST(test_imap__cut_at_any_byte_loses_and_doubles_nothing),
        TEST(test_imap__cut_at_any_byte_in_one_mailbox_makes_progress),
        TEST(test_imap__keeps_the_cursor_before_a_mail_that_is_not_taken),
        TEST(test_imap__a_new_uidvalidity_starts_from_the_first_uid),
        TEST(test_imap__a_uidnext_that_went_back_starts_from_the_first_uid),
        TEST(test_imap__the_last_possible_uid_is_the_end),
        TEST(test_imap__a_mail_expunged_between_list_and_fetch_is_skipped),
        TEST(test_imap__mails_that_come_out_of_order_are_taken_in_order),
        TEST(test_imap__mails_sent_twice_are_taken_once),
        TEST(test_imap__mails_nobody_asked_for_are_not_taken),
        TEST(test_imap__a_folder_of_thousands_is_read_in_rounds),
        TEST(test_imap__lies_end_the_poll_and_cost_no_mail),
        TEST(test_imap__a_silent_uidnext_needs_from_start),
        TEST(test_imap__a_mail_without_a_body_does_not_stop_the_others),
        TEST(test_imap__long_mails_are_cut_at_the_limit),
        TEST(test_imap__a_server_that_ignores_the_limit_is_refused),
        TEST(test_imap__idle_tells_of_a_new_mail),
        TEST(test_imap__without_idle_noop_tells_of_a_new_mail),
        TEST(test_imap__a_refused_idle_falls_back_to_noop),
        TEST(test_imap__idle_ends_when_the_time_is_over_and_the_session_goes_on),
        TEST(test_imap__another_thread_ends_the_wait),
        TEST(test_imap__a_connection_that_breaks_while_waiting_is_told),
        TEST(test_imap__bad_settings_are_refused_with_their_line),
        TEST(test_imap__without_tls_only_loopback_is_asked),
        TEST(test_imap__a_server_without_starttls_gets_no_password),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
