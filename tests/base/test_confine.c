/* tests/base/test_confine.c - a confined process may compute and talk on what is open; whatever else
 * it tries kills it or fails. Each try is a process of its own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/attr.h"
#include "core/base/confine.h"

#define DONE 0       /* the call was made and succeeded */
#define REFUSED 1    /* it failed with EACCES */
#define FAILED 2     /* it failed otherwise */
#define UNCONFINED 3 /* the kernel refused the filter: nothing can be said */

static const struct confine_limits limits = { .memory_bytes = (size_t)64 << 20, .cpu_seconds = 5 };

/* Raw calls, so that no library stands between. */
static const struct {
    const char *name;
    long number, a, b, c;
} killed[] = {
    { "socket", SYS_socket, AF_INET, SOCK_STREAM, 0 },
    { "socketpair", SYS_socketpair, AF_UNIX, SOCK_STREAM, 0 },
    { "connect", SYS_connect, 0, 0, 0 },
    { "bind", SYS_bind, 0, 0, 0 },
    { "listen", SYS_listen, 0, 1, 0 },
    { "accept", SYS_accept, 0, 0, 0 },
    { "sendto", SYS_sendto, 0, 0, 0 },
    { "sendmsg", SYS_sendmsg, 0, 0, 0 },
    { "clone", SYS_clone, SIGCHLD, 0, 0 },
    { "execve", SYS_execve, 0, 0, 0 },
    { "execveat", SYS_execveat, 0, 0, 0 },
    { "kill", SYS_kill, 1, 0, 0 },
    { "tgkill of another", SYS_tgkill, 1, 1, 0 },
    { "ptrace", SYS_ptrace, 0, 0, 0 },
    { "process_vm_readv", SYS_process_vm_readv, 1, 0, 0 },
    { "pidfd_open", SYS_pidfd_open, 1, 0, 0 },
    { "unlinkat", SYS_unlinkat, AT_FDCWD, 0, 0 },
    { "renameat2", SYS_renameat2, 0, 0, 0 },
    { "mkdirat", SYS_mkdirat, AT_FDCWD, 0, 0 },
    { "linkat", SYS_linkat, 0, 0, 0 },
    { "fchmodat", SYS_fchmodat, 0, 0, 0 },
    { "truncate", SYS_truncate, 0, 0, 0 },
    { "openat2", SYS_openat2, AT_FDCWD, 0, 0 },
    { "open_by_handle_at", SYS_open_by_handle_at, 0, 0, 0 },
    { "memfd_create", SYS_memfd_create, 0, 0, 0 },
    { "dup", SYS_dup, 0, 0, 0 },
    { "pipe2", SYS_pipe2, 0, 0, 0 },
    { "ioctl", SYS_ioctl, 0, 0, 0 },
    { "prctl", SYS_prctl, PR_SET_DUMPABLE, 1, 0 },
    { "prlimit64", SYS_prlimit64, 0, RLIMIT_AS, 0 },
    { "setuid", SYS_setuid, 0, 0, 0 },
    { "chroot", SYS_chroot, 0, 0, 0 },
    { "mount", SYS_mount, 0, 0, 0 },
    { "unshare", SYS_unshare, CLONE_NEWUSER, 0, 0 },
    { "bpf", SYS_bpf, 0, 0, 0 },
    { "seccomp", SYS_seccomp, 0, 0, 0 },
    { "io_uring_setup", SYS_io_uring_setup, 1, 0, 0 },
    { "executable memory", SYS_mmap, 0, 4096, PROT_READ | PROT_EXEC },
    { "memory made executable", SYS_mprotect, 0, 4096, PROT_EXEC },
};

static int wait_status(pid_t pid)
{
    int status = 0;

    assert_true(pid > 0);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return status;
}

static int status_of_call(size_t row)
{
    pid_t pid = fork();

    if (pid == 0) {
        if (confine_process(&limits) != 0)
            _exit(UNCONFINED);
        _exit(syscall(killed[row].number, killed[row].a, killed[row].b, killed[row].c) < 0 ? FAILED
                                                                                           : DONE);
    }
    return wait_status(pid);
}

static void check_exit(int status, int code)
{
    if (!WIFEXITED(status) || WEXITSTATUS(status) != code)
        fail_msg("it ended with status %x", (unsigned)status);
}

static bool is_unconfined(int status)
{
    return WIFEXITED(status) && WEXITSTATUS(status) == UNCONFINED;
}

static void test_confine__kills_who_calls_what_it_does_not_need(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(killed); i++) {
        int status = status_of_call(i);

        if (is_unconfined(status)) {
            print_message("skipped: this kernel takes no seccomp filter\n");
            skip();
        }
        if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGSYS)
            fail_msg("%s: status %x", killed[i].name, (unsigned)status);
    }
}

static int try_files(void)
{
    struct stat about;
    const char *const paths[] = { "/etc/passwd", "/dev/null", "/tmp", "." };

    for (size_t i = 0; i < COUNT_OF(paths); i++) {
        if (open(paths[i], O_RDONLY) >= 0 || errno != EACCES ||
            open(paths[i], O_WRONLY | O_CREAT, 0600) >= 0 || errno != EACCES ||
            stat(paths[i], &about) >= 0 || errno != EACCES)
            return FAILED;
    }
    return REFUSED;
}

static void test_confine__opens_no_file(void **state)
{
    pid_t pid = fork();
    int status;

    (void)state;
    if (pid == 0)
        _exit(confine_process(&limits) != 0 ? UNCONFINED : try_files());
    status = wait_status(pid);
    if (is_unconfined(status))
        skip();
    check_exit(status, REFUSED);
}

/* Memory in pieces, so that malloc() takes both of its ways; and a talk on what is open. */
static int work(void)
{
    char byte = 0;
    char *large, *larger, *small;

    if (read(STDIN_FILENO, &byte, 1) != 1 || write(STDIN_FILENO, &byte, 1) != 1)
        return FAILED;
    for (size_t i = 1; i < 100; i++) {
        large = malloc(i * 10000);
        small = malloc(i);
        if (!large || !small)
            return FAILED;
        memset(large, 1, i * 10000);
        larger = realloc(large, i * 12000);
        free(small);
        if (!larger)
            return FAILED;
        free(larger);
    }
    return DONE;
}

static void test_confine__lets_it_work_on_what_is_open(void **state)
{
    int ends[2], status;
    char byte = 'x';
    pid_t pid;

    (void)state;
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
    pid = fork();
    if (pid == 0) {
        dup2(ends[1], STDIN_FILENO);
        confine_close_files();
        confine_process(&limits);
        _exit(work());
    }
    close(ends[1]);
    assert_int_equal(write(ends[0], &byte, 1), 1);
    byte = 0;
    assert_int_equal(read(ends[0], &byte, 1), 1);
    assert_int_equal(byte, 'x');
    status = wait_status(pid);
    check_exit(status, DONE);
    close(ends[0]);
}

static void test_confine__ends_an_abort_as_an_abort(void **state)
{
    pid_t pid = fork();
    int status;

    (void)state;
    if (pid == 0) {
        signal(SIGABRT, SIG_DFL);
        confine_process(&limits);
        abort();
    }
    status = wait_status(pid);
    assert_true(WIFSIGNALED(status));
    assert_int_equal(WTERMSIG(status), SIGABRT);
}

static NO_RETURN void count_without_end(void)
{
    const struct confine_limits second = { .memory_bytes = limits.memory_bytes, .cpu_seconds = 1 };

    confine_process(&second);
    for (volatile unsigned long i = 0;; i++)
        continue;
}

static void test_confine__ends_what_counts_without_end(void **state)
{
    pid_t pid = fork();
    int status;

    (void)state;
    if (pid == 0)
        count_without_end();
    status = wait_status(pid);
    assert_true(WIFSIGNALED(status));
    assert_int_equal(WTERMSIG(status), SIGXCPU);
}

static void test_confine__closes_what_the_parent_left_open(void **state)
{
    int fd = open("/dev/null", O_RDONLY);
    pid_t pid = fork();
    int status;

    (void)state;
    if (pid == 0) {
        confine_close_files();
        _exit(fcntl(fd, F_GETFD) < 0 && errno == EBADF && fcntl(STDERR_FILENO, F_GETFD) >= 0
                  ? DONE
                  : FAILED);
    }
    status = wait_status(pid);
    check_exit(status, DONE);
    close(fd);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_confine__kills_who_calls_what_it_does_not_need),
        cmocka_unit_test(test_confine__opens_no_file),
        cmocka_unit_test(test_confine__lets_it_work_on_what_is_open),
        cmocka_unit_test(test_confine__ends_an_abort_as_an_abort),
        cmocka_unit_test(test_confine__ends_what_counts_without_end),
        cmocka_unit_test(test_confine__closes_what_the_parent_left_open),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
