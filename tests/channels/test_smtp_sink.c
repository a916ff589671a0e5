/* tests/channels/test_smtp_sink.c - 2,000 mails from 8 threads to Postfix's smtp-sink, counted
 * exactly. Skipped where smtp-sink is not installed. */
#include <arpa/inet.h>
#include <dirent.h>
#include <pwd.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/base/clock.h"
#include "tests/channels/kit.h"

#define THREADS 8
#define BATCHES 5
#define BATCH 50
#define MAILS (THREADS * BATCHES * BATCH)

struct sink {
    pid_t pid;
    int port;
    char folder[64];
};

struct sender {
    pthread_t thread;
    struct account *account;
    int number, ok;
    bool wrong;
};

static int free_port(void)
{
    struct sockaddr_in address = { .sin_family = AF_INET };
    socklen_t size = sizeof(address);
    int fd = socket(AF_INET, SOCK_STREAM, 0), on = 1;

    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
    assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
    getsockname(fd, (struct sockaddr *)&address, &size);
    close(fd);
    return ntohs(address.sin_port);
}

static bool answers(int port)
{
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    bool good;

    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    good = connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0;
    close(fd);
    return good;
}

static NO_RETURN void become_sink(const struct sink *sink, const char *program,
                                  const char *listen_at)
{
    struct passwd *nobody = getuid() == 0 ? getpwnam("nobody") : NULL; /* it refuses to be root */

    if (chdir(sink->folder) == 0 && nobody && chown(".", nobody->pw_uid, nobody->pw_gid) == 0)
        execl(program, program, "-u", "nobody", "-d", "%M.", listen_at, "200", (char *)NULL);
    else if (!nobody)
        execl(program, program, "-d", "%M.", listen_at, "200", (char *)NULL);
    _exit(127);
}

/* Every mail becomes a file of its own in the folder (-d), so that they can be counted. */
static void start_sink(struct sink *sink)
{
    static const char *const places[] = { "/usr/sbin/smtp-sink", "/usr/libexec/postfix/smtp-sink",
                                          "/usr/lib/postfix/sbin/smtp-sink" };
    const char *program = NULL;
    char listen_at[32];

    for (size_t i = 0; !program && i < COUNT_OF(places); i++)
        program = access(places[i], X_OK) == 0 ? places[i] : NULL;
    if (!program) {
        print_message("skipped: there is no smtp-sink\n");
        skip();
    }
    snprintf(sink->folder, sizeof(sink->folder), "/tmp/heed-sink-XXXXXX");
    assert_non_null(mkdtemp(sink->folder));
    sink->port = free_port();
    snprintf(listen_at, sizeof(listen_at), "127.0.0.1:%d", sink->port);
    sink->pid = fork();
    if (sink->pid == 0)
        become_sink(sink, program, listen_at);
    for (int i = 0; i < 200 && !answers(sink->port); i++)
        usleep(10000);
}

/* How many files are in the folder; removes them. */
static int empty_folder(const char *folder)
{
    DIR *open_folder = opendir(folder);
    struct dirent *entry;
    int count = 0;

    assert_non_null(open_folder);
    while ((entry = readdir(open_folder)))
        if (entry->d_name[0] != '.' && unlinkat(dirfd(open_folder), entry->d_name, 0) == 0)
            count++;
    closedir(open_folder);
    rmdir(folder);
    return count;
}

static void *send_batches(void *arg)
{
    struct sender *sender = arg;
    struct message messages[BATCH];
    struct send_result results[BATCH];
    struct kit_watch watch;
    struct arena scratch;

    arena_init(&scratch);
    for (int n = 0; n < BATCHES; n++) {
        for (int i = 0; i < BATCH; i++)
            messages[i] = kit_mail(i);
        kit_watch_init(&watch);
        sender->account->channel->send(sender->account,
                                       &(struct outgoing){ messages, BATCH, &watch.watch },
                                       &scratch, results);
        for (int i = 0; i < BATCH; i++) {
            sender->ok += results[i].status == SEND_OK;
            sender->wrong = sender->wrong || watch.begun[i] != 1 || watch.answered[i] != 1;
        }
        sender->wrong = sender->wrong || watch.wrong;
        arena_reset(&scratch);
    }
    arena_finish(&scratch);
    return NULL;
}

static void send_all(const char *transport)
{
    struct sink sink;
    struct sender senders[THREADS] = { 0 };
    struct channel_env env = kit_env(60000);
    struct account *account;
    char lines[300];
    int64_t start;
    int ok = 0;

    start_sink(&sink);
    snprintf(lines, sizeof(lines),
             "through = smtp\nfrom = sam@example.com\nhost = 127.0.0.1\nport = %d\ntls = off\n"
             "sessions = 8\ntransport = %s\n",
             sink.port, transport);
    account = kit_open(lines, &env);
    start = clock_monotonic_ms();
    for (int i = 0; i < THREADS; i++) {
        senders[i].account = account;
        pthread_create(&senders[i].thread, NULL, send_batches, &senders[i]);
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(senders[i].thread, NULL);
        ok += senders[i].ok;
        assert_false(senders[i].wrong);
    }
    print_message("%s: %d mails in %lld ms\n", transport, ok,
                  (long long)(clock_monotonic_ms() - start));
    kill(sink.pid, SIGTERM);
    waitpid(sink.pid, NULL, 0);
    account_close(account);
    assert_int_equal(ok, MAILS);
    assert_int_equal(empty_folder(sink.folder), MAILS);
}

static void test_smtp__delivers_each_mail_of_many_threads_once_with_esmtp(void **state)
{
    (void)state;
    send_all("esmtp");
}

static void test_smtp__delivers_each_mail_of_many_threads_once_with_curl(void **state)
{
    (void)state;
    send_all("curl");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_smtp__delivers_each_mail_of_many_threads_once_with_esmtp),
        cmocka_unit_test(test_smtp__delivers_each_mail_of_many_threads_once_with_curl),
    };

    signal(SIGPIPE, SIG_IGN);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
