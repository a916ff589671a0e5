/* channels/imap_session.c - see imap_session.h. */
#include "channels/imap_session.h"

#include <unistd.h>

#include "core/base/clock.h"
#include "core/base/sign.h"
#include "core/base/str.h"
#include "core/base/text.h"

/* Without progress a command may take this long, and the time one mail needs at 16 KB/s. */
#define COMMAND_MS (2 * MINUTE_MS)
#define SLOW_BYTES_PER_MS 16
/* RFC 2177: servers may log out who idles for 30 minutes. */
#define IDLE_MS (25 * MINUTE_MS)
#define NOOP_MS (30 * SECOND_MS)

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
static void new_tag(struct imap_session *session)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz234567";
    unsigned char random[IMAP_TAG_BYTES - 1];

    sign_random(random, sizeof(random));
    for (size_t i = 0; i < sizeof(random); i++)
        session->tag[i] = letters[random[i] % 32];
    session->tag[IMAP_TAG_BYTES - 1] = '\0';
}

static int send_command(struct imap_session *session, const char *text, struct err *err)
{
    struct str line;
    int rc;

    new_tag(session);
    str_init(&line, IMAP_COMMAND_MAX_BYTES);
    str_printf(&line, "%s %s\r\n", session->tag, text);
    rc = str_ok(&line) ? imap_wire_send(session->wire, str_span(&line), err)
                       : err_set(err, ERR_LIMIT, "an IMAP command of more than %d bytes",
                                 IMAP_COMMAND_MAX_BYTES);
    str_finish(&line);
    return rc;
}

/* A selected folder keeps its UIDVALIDITY; if it does not, only a new EXAMINE tells what holds. */
static int notice_status(struct imap_session *session, const struct imap_answer *answer,
                         struct err *err)
{
    char text[200];
    uint32_t number;

    if (imap_answer_is(answer, "BYE"))
        return err_set(err, ERR_NET, "the server ends the connection: %s",
                       server_says(answer->rest, text));
    if (imap_code_number(answer, "UIDVALIDITY", &number)) {
        if (session->examined && number != session->uidvalidity)
            return err_set(err, ERR_NET, "UIDVALIDITY changed while the folder was open");
        session->uidvalidity = number;
    }
    if (!session->examined && imap_code_number(answer, "UIDNEXT", &number))
        session->uidnext = number;
    return 0;
}

/* What any untagged answer tells, whoever asked. */
static int notice(struct imap_session *session, const struct imap_answer *answer, struct err *err)
{
    if (answer->kind == IMAP_STATUS)
        return notice_status(session, answer, err);
    if (answer->kind == IMAP_COUNT && imap_answer_is(answer, "EXPUNGE") && session->exists > 0)
        session->exists--;
    if (answer->kind == IMAP_COUNT && imap_answer_is(answer, "EXISTS")) {
        /* Some servers repeat the number with every answer: that is no news. */
        session->news = session->news || answer->number != session->exists;
        session->exists = answer->number;
    }
    if (answer->kind == IMAP_DATA && imap_answer_is(answer, "CAPABILITY"))
        session->can_idle = imap_has_word(answer->rest, "IDLE");
    return 0;
}

static int finish_command(struct imap_session *session, const struct imap_answer *answer,
                          const struct imap_command *command, struct err *err)
{
    char text[200];

    if (!span_is(answer->tag, session->tag))
        return err_set(err, ERR_NET, "the server answers a command nobody gave");
    if (imap_answer_is(answer, "OK"))
        return 0;
    if (command->vanished && text_eq_nocase(answer->code, span_of("EXPUNGEISSUED")))
        return 0;
    return err_set(err, ERR_NET, "the server says %.*s: %s", (int)answer->word.len,
                   answer->word.data, server_says(answer->rest, text));
}

static int read_fetch(struct imap_command *command, const struct imap_answer *answer,
                      struct err *err)
{
    struct imap_fetch fetch;

    if (!command->on_fetch || answer->kind != IMAP_COUNT || !imap_answer_is(answer, "FETCH"))
        return 0;
    if (imap_fetch_read(answer, &fetch, err) < 0)
        return -1;
    return command->on_fetch(command, &fetch, err);
}

void imap_session_progress(const struct imap_session *session, struct imap_command *command)
{
    command->until_ms = clock_monotonic_ms() + session->patience_ms;
}

/* Reads answers until the command under way is over. */
static int read_answers(struct imap_session *session, struct imap_command *command, struct err *err)
{
    struct imap_answer answer;

    imap_session_progress(session, command);
    for (;;) {
        enum imap_event event = imap_wire_next(session->wire, command->until_ms, -1, &answer, err);

        if (event == IMAP_LATE)
            return err_set(err, ERR_NET, "the server gives no answer in time");
        if (event != IMAP_ANSWERED)
            return -1;
        if (answer.kind == IMAP_DONE)
            return finish_command(session, &answer, command, err);
        if (notice(session, &answer, err) < 0 || read_fetch(command, &answer, err) < 0)
            return -1;
    }
}

int imap_session_run(struct imap_session *session, const char *text, struct imap_command *command,
                     struct err *err)
{
    struct imap_command plain = { .on_fetch = NULL };

    if (send_command(session, text, err) < 0)
        return -1;
    return read_answers(session, command ? command : &plain, err);
}

/* EXAMINE, not SELECT: we change nothing, not even \Recent. */
static int examine(struct imap_session *session, const char *folder, struct err *err)
{
    struct str text;
    int rc;

    str_init(&text, IMAP_COMMAND_MAX_BYTES);
    str_add_text(&text, "EXAMINE ");
    imap_add_quoted(&text, folder);
    rc = imap_session_run(session, "CAPABILITY", NULL, err);
    if (rc == 0)
        rc = imap_session_run(session, str_text(&text), NULL, err);
    str_finish(&text);
    if (rc == 0 && session->uidvalidity == 0)
        rc = err_set(err, ERR_NET, "the server gives no UIDVALIDITY: it cannot be read safely");
    session->examined = true;
    return rc;
}

int imap_session_open(struct imap_session *session, const struct imap_conf *conf, struct err *err)
{
    *session = (struct imap_session){
        .patience_ms = COMMAND_MS + (int64_t)(conf->max_bytes / SLOW_BYTES_PER_MS),
        /* One byte more than we keep shows that a mail is longer, whatever its announced size. */
        .wire = imap_wire_open(&conf->login, conf->max_bytes + 1, err),
    };
    if (session->wire && examine(session, conf->folder, err) == 0)
        return 0;
    imap_session_close(session, false);
    return -1;
}

void imap_session_close(struct imap_session *session, bool polite)
{
    if (session->wire && polite)
        (void)(send_command(session, "LOGOUT", NULL) == 0);
    imap_wire_close(session->wire);
    session->wire = NULL;
}

/* Listens until something may be there, somebody wakes us (*woken) or the time is over. */
static int listen_until(struct imap_session *session, int64_t until_ms, int wake_fd, bool *woken,
                        struct err *err)
{
    struct imap_answer answer;
    uint64_t count;

    while (!session->news) {
        enum imap_event event = imap_wire_next(session->wire, until_ms, wake_fd, &answer, err);

        if (event == IMAP_WOKEN)
            *woken = read(wake_fd, &count, sizeof(count)) == (ssize_t)sizeof(count);
        if (event == IMAP_WOKEN || event == IMAP_LATE)
            return 0;
        if (event == IMAP_BROKEN || notice(session, &answer, err) < 0)
            return -1;
        if (answer.kind == IMAP_DONE)
            return err_set(err, ERR_NET, "the server ends what it was not asked to end");
    }
    return 0;
}

/* 1: the server listens for DONE; 0: it knows no IDLE after all; -1: it broke. */
static int begin_idle(struct imap_session *session, struct err *err)
{
    int64_t until_ms = clock_monotonic_ms() + session->patience_ms;
    struct imap_answer answer;

    if (send_command(session, "IDLE", err) < 0)
        return -1;
    for (;;) {
        enum imap_event event = imap_wire_next(session->wire, until_ms, -1, &answer, err);

        if (event == IMAP_LATE)
            return err_set(err, ERR_NET, "the server gives no answer to IDLE");
        if (event != IMAP_ANSWERED || notice(session, &answer, err) < 0)
            return -1;
        if (answer.kind == IMAP_GO_ON)
            return 1;
        if (answer.kind == IMAP_DONE && span_is(answer.tag, session->tag) &&
            !imap_answer_is(&answer, "OK"))
            return 0;
        if (answer.kind == IMAP_DONE)
            return err_set(err, ERR_NET, "the server answers IDLE in no known way");
    }
}

static int idle(struct imap_session *session, int64_t until_ms, int wake_fd, bool *woken,
                struct err *err)
{
    struct imap_command command = { .on_fetch = NULL };
    int begun = begin_idle(session, err);

    if (begun <= 0) {
        session->can_idle = false;
        return begun;
    }
    if (listen_until(session, until_ms, wake_fd, woken, err) < 0 ||
        imap_wire_send(session->wire, span_of("DONE\r\n"), err) < 0)
        return -1;
    return read_answers(session, &command, err);
}

int imap_session_wait(struct imap_session *session, int64_t until_ms, int wake_fd, bool *woken,
                      struct err *err)
{
    int64_t slice_ms = session->can_idle ? IDLE_MS : NOOP_MS;
    int64_t latest_ms = clock_monotonic_ms() + slice_ms;

    if (until_ms > latest_ms)
        until_ms = latest_ms;
    if (session->can_idle)
        return idle(session, until_ms, wake_fd, woken, err);
    if (listen_until(session, until_ms, wake_fd, woken, err) < 0)
        return -1;
    return *woken ? 0 : imap_session_run(session, "NOOP", NULL, err);
}
