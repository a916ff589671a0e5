/* tests/bench/replies/ingest.c - how many answers a second the running engine takes, reads, matches and commits (durably, store on disk),
 * and how long one takes until the switch that it earned is committed. Real intakes, real mails and webhooks, nothing left out but the
 * network. Usage: bench_ingest [--prospects N] [--mails N] [--texts N] [--window N] FOLDER. The last line is JSON. */
#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "core/base/id.h"
#include "core/base/log.h"
#include "core/base/str.h"
#include "core/base/text.h"
#include "core/engine/engine.h"
#include "core/engine/envelope.h"
#include "core/engine/mail_child.h"
#include "core/net/httpd.h"
#include "core/store/follow.h"
#include "core/store/plans.h"
#include "core/store/prospects.h"
#include "core/store/touches.h"

#define BATCH 2000   /* prospects a transaction */
#define MAILBOX 5000 /* mails of one mailbox, MAILBOX_WINDOW of them on their way (engine.h) */
#define MAILBOX_WINDOW 256
#define ALONE 500 /* mails one by one */
#define MAX_RAW_BYTES ((size_t)64 << 10)

static const char conf_text_of_bench[] =
    "[workspace]\nzone = Europe/Berlin\nregion = US\n"
    "[http]\npublic_url = https://us.example\n"
    "[sender sam]\nthrough = console\nchannel = email\nfrom = Sam Carter <sam@us.example>\n"
    "reply_plus = yes\n"
    "[sender texts]\nthrough = http\nprovider = kannel\nchannel = sms\nfrom = +12025550100\n"
    "base_url = http://127.0.0.1:1\nusername = heed\npassword = x\nsecret = 0123456789abcdef\n";

static const char sequence_of_bench[] =
    "{\"name\":\"bench\",\"channels\":[\"email\",\"sms\"],\"steps\":["
    "{\"id\":\"one\",\"wait\":\"none\",\"template\":\"t\"},"
    "{\"id\":\"two\",\"wait\":\"30 days\",\"template\":\"t\"}]}";

static const char *const words[] = {
    "Thanks Sam, that sounds good. Could you send me the one-pager and two or three times next "
    "week?",
    "Not now please, we are in the middle of a migration. Try me again in March.",
    "We already use something else and are happy with it, so not interested at the moment.",
    "Who else in our industry works with you? And what does it cost for a team of forty?",
    "Best to talk to Dana, she runs operations. I have copied her.",
    "Call me on Tuesday after 2 pm, I am in meetings before.",
    "Let me discuss this with the team and come back to you by the end of the month.",
    "Ok, got it.",
};

struct options {
    int64_t prospects, mails, texts, window;
    const char *folder;
};

struct bench {
    struct options options;
    struct workspace *workspace;
    struct engine *engine;
    struct arena arena;
    int64_t *prospect_ids, *touch_ids;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t landed;
    int64_t outstanding, failed, pushed;
    double children_before_s;
};

static _Noreturn void die(const struct err *err, const char *what)
{
    fprintf(stderr, "bench_ingest: %s: %s\n", what, err->text);
    exit(1);
}

static double read_clock(clockid_t clock)
{
    struct timespec t;

    clock_gettime(clock, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* ---- the world ---- */

static const char *email_of(struct bench *b, int64_t i)
{
    return arena_printf(&b->arena, "p%" PRId64 "@client%" PRId64 ".example", i, i % 997);
}

static const char *phone_of(struct bench *b, int64_t i)
{
    return arena_printf(&b->arena, "+1202%07" PRId64, 1000000 + i);
}

static void add_address(struct bench *b, const struct prospect *prospect, const char *kind,
                        const char *value)
{
    const struct address address = {
        .kind = kind, .key = value, .value = value, .source = "import"
    };
    struct err err = { 0 };

    if (address_add(b->workspace->db, prospect, &address, prospect->created_at, &err) < 0)
        die(&err, "address");
}

static void add_touch(struct bench *b, const struct enrollment *enrollment, const char *email,
                      int64_t i)
{
    const struct touch touch = {
        .slot = enrollment->slot,
        .id = id_next(&b->workspace->clock, enrollment->slot),
        .prospect_id = enrollment->prospect_id,
        .enrollment_id = enrollment->id,
        .sequence = "bench",
        .step_id = "one",
        .template = "t@1",
        .channel = "email",
        .sender = "sam",
        .address = email,
        .state = "wire",
        .subject = "Your plan for the next quarter",
        .text = "Hi, you wanted to try the new plan with your team. How did it go?",
        .decision = "{\"by\":\"hand\"}",
        .tries = 1,
        .created_at = enrollment->created_at,
    };
    const struct touch_result sent = {
        .slot = touch.slot, .id = touch.id, .state = "sent", .sent_at = touch.created_at
    };
    struct err err = { 0 };

    if (touch_insert(b->workspace->db, &touch, &err) < 0 ||
        touch_move(b->workspace->db, &sent, ",wire,", &err) < 0)
        die(&err, "touch");
    b->touch_ids[i] = touch.id;
}

static void add_one(struct bench *b, int64_t i)
{
    const char *email = email_of(b, i);
    int64_t now = workspace_now(b->workspace), sent = now - 2 * DAY_MS;
    struct prospect prospect = { .slot = id_slot_of(span_of(email)),
                                 .first_name = "Ana",
                                 .company = "Northwind",
                                 .created_at = sent };
    struct enrollment enrollment = { .sequence = "bench",
                                     .version = 1,
                                     .step = 1,
                                     .state = "active",
                                     .due_at = now + 28 * DAY_MS,
                                     .created_at = sent };
    struct err err = { 0 };

    prospect.id = id_next(&b->workspace->clock, prospect.slot);
    if (prospect_insert(b->workspace->db, &prospect, sent, &err) < 0)
        die(&err, "prospect");
    add_address(b, &prospect, "email", email);
    add_address(b, &prospect, "phone", phone_of(b, i));
    enrollment.slot = prospect.slot;
    enrollment.prospect_id = prospect.id;
    enrollment.id = id_next(&b->workspace->clock, prospect.slot);
    if (enrollment_insert(b->workspace->db, &enrollment, &err) < 0)
        die(&err, "enrollment");
    b->prospect_ids[i] = prospect.id;
    add_touch(b, &enrollment, email, i);
}

static void put_plan(struct bench *b)
{
    static const struct template_row parts[] = { { .part = "sms", .source = "Hello\n" } };
    const struct template_put put = { "t", parts, 1, workspace_now(b->workspace) };
    struct sequence_row row = { .name = "bench", .source = sequence_of_bench };
    struct err err = { 0 };

    if (template_put(b->workspace->db, &put, &err) < 0 ||
        sequence_put(b->workspace->db, &row, &err) < 0)
        die(&err, "sequence");
}

static void fill(struct bench *b)
{
    struct err err = { 0 };

    put_plan(b);
    for (int64_t i = 0; i < b->options.prospects;) {
        if (db_begin(b->workspace->db, &err) < 0)
            die(&err, "begin");
        do
            add_one(b, i++);
        while (i < b->options.prospects && i % BATCH);
        if (db_commit(b->workspace->db, &err) < 0)
            die(&err, "commit");
        arena_reset(&b->arena);
    }
}

/* ---- messages ---- */

static void add_trace(struct str *out, int64_t n)
{
    str_printf(out,
               "Received: from mx%" PRId64 ".client.example (mx.client.example [192.0.2.7])\r\n"
               "\tby mail.us.example with ESMTPS id %" PRId64 "abcdef\r\n"
               "\tfor <sam@us.example>; Tue, 1 Dec 2026 10:00:00 +0100\r\n"
               "Authentication-Results: mail.us.example; dkim=pass header.d=client.example; "
               "spf=pass\r\nMIME-Version: 1.0\r\nX-Mailer: Mail 16.0\r\n",
               n % 9, n);
}

/* Three in four answer in the thread, to the reply address or not; others write anew from their address. */
static void write_reply(struct bench *b, int64_t n, struct str *out)
{
    int64_t i = n * 7919 % b->options.prospects;
    const struct token_keys *keys = &b->workspace->tokens;
    char token[TOKEN_TEXT_BYTES], id[TOKEN_MAIL_BYTES];

    token_make(keys, TOKEN_REPLY, b->touch_ids[i], token);
    token_message_id(keys, b->touch_ids[i], id);
    add_trace(out, n);
    str_printf(out, "From: Ana Silva <%s>\r\nSubject: Re: Your plan for the next quarter\r\n",
               email_of(b, i));
    str_printf(out, "Message-ID: <reply-%" PRId64 "@client.example>\r\n", n);
    if (n % 2 == 0)
        str_printf(out, "To: Sam Carter <sam+%s@us.example>\r\n", token);
    else
        str_add_text(out, "To: Sam Carter <sam@us.example>\r\n");
    if (n % 4 != 3)
        str_printf(out, "In-Reply-To: %s\r\nReferences: <first@us.example> %s\r\n", id, id);
    str_printf(out,
               "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
               "Hi Sam,\r\n\r\n%s\r\n\r\nBest\r\nAna\r\n\r\n-- \r\nAna Silva, Northwind\r\n"
               "+1 202 555 0147\r\n\r\n",
               words[n % (int64_t)COUNT_OF(words)]);
    str_add_text(out, "On Tue, 1 Dec 2026 at 09:00, Sam Carter <sam@us.example> wrote:\r\n");
    for (int line = 0; line < 12; line++)
        str_add_text(out, "> you wanted to try the new plan with your team. How did it go, and is "
                          "there anything in the way?\r\n");
    if (n % 4 != 3)
        str_printf(out, "> https://us.example/u/u%s\r\n", token + 1);
}

static void write_bounce(struct bench *b, int64_t n, struct str *out)
{
    int64_t i = n * 7919 % b->options.prospects;
    char id[TOKEN_MAIL_BYTES];

    token_message_id(&b->workspace->tokens, b->touch_ids[i], id);
    add_trace(out, n);
    str_printf(out,
               "From: MAILER-DAEMON@mx.example\r\nTo: sam@us.example\r\nReturn-Path: <>\r\n"
               "Subject: Undelivered Mail Returned to Sender\r\nMessage-ID: <b-%" PRId64 "@mx>\r\n"
               "Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n"
               "--b\r\nContent-Type: text/plain\r\n\r\nYour mail could not be delivered.\r\n\r\n"
               "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx\r\n\r\n"
               "Final-Recipient: rfc822; %s\r\nAction: failed\r\nStatus: 4.2.2\r\n"
               "Diagnostic-Code: smtp; 452 4.2.2 mailbox full\r\n\r\n"
               "--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: %s\r\n\r\n--b--\r\n",
               n, email_of(b, i), id);
}

static void write_away(struct bench *b, int64_t n, struct str *out)
{
    int64_t i = n * 7919 % b->options.prospects;
    char id[TOKEN_MAIL_BYTES];

    token_message_id(&b->workspace->tokens, b->touch_ids[i], id);
    add_trace(out, n);
    str_printf(out,
               "From: Ana Silva <%s>\r\nTo: sam@us.example\r\nAuto-Submitted: auto-replied\r\n"
               "Subject: Automatic reply: Your plan\r\nMessage-ID: <a-%" PRId64 "@client>\r\n"
               "In-Reply-To: %s\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
               "I am out of the office until 14 December and will answer then.\r\n",
               email_of(b, i), n, id);
}

/* Nine answers of people, then half a bounce and half an absence. */
static void write_mail(struct bench *b, int64_t n, struct str *out)
{
    str_init(out, MAX_RAW_BYTES);
    if (n % 20 == 19)
        write_bounce(b, n, out);
    else if (n % 20 == 9)
        write_away(b, n, out);
    else
        write_reply(b, n, out);
}

/* ---- the engine ---- */

struct handover {
    struct intake intake;
    struct bench *bench;
    struct str raw;
    char key[40];
    char *envelope;
};

static void on_stored(struct intake *intake, int rc)
{
    struct handover *d = (struct handover *)intake;
    struct bench *b = d->bench;

    pthread_mutex_lock(&b->lock);
    b->outstanding--;
    b->failed += rc < 0;
    pthread_cond_signal(&b->landed);
    pthread_mutex_unlock(&b->lock);
    str_finish(&d->raw);
    free(d->envelope);
    free(d);
}

static struct handover *delivery_of(struct bench *b, const char *source, const char *kind,
                                    int64_t n)
{
    struct handover *d = xcalloc(1, sizeof(*d));

    d->bench = b;
    snprintf(d->key, sizeof(d->key), "%s-%" PRId64, kind, n);
    d->intake =
        (struct intake){ .inbound = { .source = source, .key = d->key }, .stored = on_stored };
    return d;
}

static struct handover *mail_delivery(struct bench *b, int64_t n)
{
    struct handover *d = delivery_of(b, "imap:sam", "mail", n);

    write_mail(b, n, &d->raw);
    d->intake.inbound.raw = str_span(&d->raw);
    return d;
}

/* "%20" for a blank, and so on. */
static const char *quoted(struct bench *b, const char *text)
{
    char *out = arena_alloc(&b->arena, strlen(text) * 3 + 1), *end = out;

    for (; *text; text++)
        if (text_is_alnum(*text))
            *end++ = *text;
        else
            end += snprintf(end, 4, "%%%02X", (unsigned)*text & 0xffU);
    return out;
}

/* An SMS that Kannel hands on. */
static struct handover *text_delivery(struct bench *b, int64_t n, const char *said)
{
    struct handover *d = delivery_of(b, "webhook:texts", "text", n);
    int64_t i = n * 7919 % b->options.prospects;
    struct httpd_request request = { .method = "GET", .path = "/webhook/texts" };

    request.query = arena_printf(&b->arena,
                                 "id=e%" PRId64 "&sender=%%2B%s&to=%%2B12025550100&message=%s"
                                 "&ts=1796115600",
                                 n, phone_of(b, i) + 1, quoted(b, said));
    d->envelope = xstrdup(envelope_make(&request, &b->arena));
    d->intake.inbound.envelope = d->envelope;
    d->intake.inbound.raw = span_of("");
    str_init(&d->raw, 1);
    return d;
}

static void hand_over(struct bench *b, struct handover *d)
{
    pthread_mutex_lock(&b->lock);
    while (b->outstanding >= b->options.window)
        pthread_cond_wait(&b->landed, &b->lock);
    b->outstanding++;
    pthread_mutex_unlock(&b->lock);
    engine_take(b->engine, &d->intake);
}

/* Are all that were handed over stored, and none of them still to be read? */
static bool is_quiet(struct bench *b, struct db *eye)
{
    int64_t waiting = 1;
    struct err err = { 0 };
    bool stored;

    pthread_mutex_lock(&b->lock);
    stored = b->outstanding == 0;
    pthread_mutex_unlock(&b->lock);
    if (stored && db_number(eye, "SELECT count(*) FROM inbound WHERE state = 'new'", NO_PARAMS,
                            &waiting, &err) < 0)
        die(&err, "look");
    return waiting == 0;
}

static void *run_engine(void *context)
{
    struct bench *b = context;
    struct err err = { 0 };

    if (engine_run(b->engine, &err) < 0)
        die(&err, "engine");
    return NULL;
}

static void start_engine(struct bench *b)
{
    const struct engine_options options = { .workers = 1, .mail_program = "/proc/self/exe" };
    struct err err = { 0 };

    b->engine = engine_create(b->workspace, &options, &err);
    if (!b->engine)
        die(&err, "engine");
    pthread_create(&b->thread, NULL, run_engine, b);
}

static void stop_engine(struct bench *b)
{
    engine_stop(b->engine);
    pthread_join(b->thread, NULL);
    engine_destroy(b->engine);
}

static void rest_ms(long ms)
{
    const struct timespec moment = { .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000 };

    nanosleep(&moment, NULL);
}

struct rate { /* answers a second */
    double per_s;
    double per_cpu_s;    /* of processor time of this process */
    double per_writer_s; /* of the writing thread's */
};

static double writer_s(struct bench *b)
{
    clockid_t clock;

    pthread_getcpuclockid(b->thread, &clock);
    return read_clock(clock);
}

enum answers { MAILS, TEXTS, BOTH };

/* Both: every second one is a text. */
static struct handover *answer_delivery(struct bench *b, enum answers answers, int64_t n)
{
    bool text = answers == TEXTS || (answers == BOTH && n % 2 == 0);

    return text ? text_delivery(b, n, words[n % (int64_t)COUNT_OF(words)]) : mail_delivery(b, n);
}

/* Written before the clock runs: who sends them needs no time of ours. No number comes twice. */
static struct handover **write_answers(struct bench *b, enum answers answers, int64_t count)
{
    struct handover **list = xcalloc((size_t)count, sizeof(*list));

    for (int64_t n = 0; n < count; n++) {
        list[n] = answer_delivery(b, answers, b->pushed++);
        if (n % 1000 == 0)
            arena_reset(&b->arena);
    }
    return list;
}

/* All handed over, stored, read, matched and committed. */
static struct rate push(struct bench *b, enum answers answers, int64_t count)
{
    struct handover **list = write_answers(b, answers, count);
    struct err err = { 0 };
    struct db *eye = workspace_db(b->workspace, DB_READ, &err);
    double begun = read_clock(CLOCK_MONOTONIC), cpu = read_clock(CLOCK_PROCESS_CPUTIME_ID);
    double writer = writer_s(b);
    struct rate rate;

    if (!eye)
        die(&err, "eye");
    for (int64_t n = 0; n < count; n++)
        hand_over(b, list[n]);
    while (!is_quiet(b, eye))
        rest_ms(1);
    free(list);
    rate.per_s = (double)count / (read_clock(CLOCK_MONOTONIC) - begun);
    rate.per_cpu_s = (double)count / (read_clock(CLOCK_PROCESS_CPUTIME_ID) - cpu);
    rate.per_writer_s = (double)count / (writer_s(b) - writer);
    db_close(eye);
    return rate;
}

/* ---- one after the other, until its switch can be seen ---- */

static bool has_switched(struct db *db, int64_t prospect_id)
{
    int64_t there = 0;
    struct err err = { 0 };

    if (db_number(
            db, "SELECT 1 FROM switch WHERE slot = $1 AND prospect_id = $2 AND to_channel = 'sms'",
            PARAMS(P(id_slot(prospect_id)), P(prospect_id)), &there, &err) < 0)
        die(&err, "look");
    return there != 0;
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

/* From the hand-over to the engine to the moment another connection sees the switch. */
static void time_switches(struct bench *b, int64_t count, double *out)
{
    struct err err = { 0 };
    struct db *eye = workspace_db(b->workspace, DB_READ, &err);

    if (!eye)
        die(&err, "eye");
    for (int64_t n = 0; n < count; n++) {
        struct handover *d = text_delivery(b, n, "Text works better for me");
        double begun = read_clock(CLOCK_MONOTONIC);
        hand_over(b, d);
        while (!has_switched(eye, b->prospect_ids[n * 7919 % b->options.prospects]))
            rest_ms(0);
        out[n] = (read_clock(CLOCK_MONOTONIC) - begun) * 1000;
        rest_ms(3 + n % 17);
        arena_reset(&b->arena);
    }
    db_close(eye);
    qsort(out, (size_t)count, sizeof(*out), by_size);
}

/* Seconds of processor time of children that have ended. Those of the shell that became this process are among them. */
static double children_s(void)
{
    struct rusage usage;

    getrusage(RUSAGE_CHILDREN, &usage);
    return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
           (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

static void report(struct bench *b)
{
    int64_t texts = b->options.texts;
    double *ms = xcalloc((size_t)texts, sizeof(*ms));
    int64_t count = b->options.mails, window = b->options.window;
    struct rate mails, both, mailbox, alone;

    time_switches(b, texts, ms);
    b->pushed = texts;
    printf("%" PRId64 " texts one by one, until the switch is committed and seen: p50 %.1f ms, p99 "
           "%.1f ms, longest %.1f ms (goal: p99 <= 50)\n",
           texts, ms[texts / 2], ms[texts * 99 / 100], ms[texts - 1]);
    both = push(b, BOTH, count);
    mails = push(b, MAILS, count);
    b->options.window = MAILBOX_WINDOW;
    mailbox = push(b, MAILS, MAILBOX);
    b->options.window = 1;
    alone = push(b, MAILS, ALONE);
    stop_engine(b);
    printf(
        "%" PRId64 " answers, half of them texts and half of them mails, %" PRId64
        " handed over at once: %.0f a second (goal: 5,000); processor time of the writing thread: "
        "%.0f us an answer\n",
        count, window, both.per_s, 1e6 / both.per_writer_s);
    printf("%" PRId64
           " mails: %.0f a second; processor time of a mail: %.0f us in the engine, %.0f "
           "of them in the writing thread, %.0f us in the processes that parse\n",
           count, mails.per_s, 1e6 / mails.per_cpu_s, 1e6 / mails.per_writer_s,
           1e6 * (children_s() - b->children_before_s) / (double)(count * 3 / 2 + MAILBOX + ALONE));
    printf(
        "one mailbox, %d on their way: %.0f a second; one by one, each waiting for the commit of "
        "the one before: %.0f\n",
        MAILBOX_WINDOW, mailbox.per_s, alone.per_s);
    printf("{\"answers_per_s\": %.0f, \"mails_per_s\": %.0f, \"switch_ms_p50\": %.2f, "
           "\"switch_ms_p99\": %.2f, "
           "\"switch_ms_max\": %.2f, \"prospects\": %" PRId64 ", \"failed\": %" PRId64 "}\n",
           both.per_s, mails.per_s, ms[texts / 2], ms[texts * 99 / 100], ms[texts - 1],
           b->options.prospects, b->failed);
    free(ms);
}

/* ---- main ---- */

static void read_options(int argc, char **argv, struct options *out)
{
    struct {
        const char *name;
        int64_t *value;
    } rows[] = { { "--prospects", &out->prospects },
                 { "--mails", &out->mails },
                 { "--texts", &out->texts },
                 { "--window", &out->window } };

    *out = (struct options){ .prospects = 20000, .mails = 40000, .texts = 500, .window = 2048 };
    for (int i = 1; i < argc; i++) {
        bool known = false;
        for (size_t r = 0; r < COUNT_OF(rows) && i + 1 < argc; r++)
            if (strcmp(argv[i], rows[r].name) == 0) {
                *rows[r].value = strtoll(argv[++i], NULL, 10);
                known = true;
                break;
            }
        if (!known)
            out->folder = argv[i];
    }
    if (!out->folder || out->prospects < 1 || out->texts < 1 || out->texts > out->prospects) {
        fprintf(stderr, "usage: bench_ingest [--prospects N] [--mails N] [--texts N, at most one a "
                        "prospect] [--window N] FOLDER\n");
        exit(64);
    }
}

static void open_workspace(struct bench *b)
{
    char path[1000];
    struct err err = { 0 };
    FILE *out;

    mkdir(b->options.folder, 0700);
    snprintf(path, sizeof(path), "%s/heed.conf", b->options.folder);
    out = fopen(path, "we");
    if (!out || fputs(conf_text_of_bench, out) < 0 || fclose(out) != 0 || chmod(path, 0600) < 0) {
        fprintf(stderr, "bench_ingest: cannot write %s\n", path);
        exit(1);
    }
    b->workspace = workspace_open(b->options.folder, WORKSPACE_SENDERS, &err);
    if (!b->workspace)
        die(&err, "workspace");
}

int main(int argc, char **argv)
{
    static struct bench b;

    if (argc == 2 && strcmp(argv[1], MAIL_CHILD_VERB) == 0)
        return mail_child_serve();
    log_set_level(LOG_LEVEL_ERROR);
    setvbuf(stdout, NULL, _IOLBF, 0);
    read_options(argc, argv, &b.options);
    b.children_before_s = children_s();
    pthread_mutex_init(&b.lock, NULL);
    pthread_cond_init(&b.landed, NULL);
    arena_init(&b.arena);
    b.prospect_ids = xcalloc((size_t)b.options.prospects, sizeof(int64_t));
    b.touch_ids = xcalloc((size_t)b.options.prospects, sizeof(int64_t));
    open_workspace(&b);
    fill(&b);
    start_engine(&b);
    report(&b);
    workspace_close(b.workspace);
    arena_finish(&b.arena);
    free(b.prospect_ids);
    free(b.touch_ids);
    return b.failed ? 1 : 0;
}
