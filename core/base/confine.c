/* core/base/confine.c - resource limits and a hand-written BPF program: see seccomp(2). The program
 * is made at run time from the tables below. */
#include "core/base/confine.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "core/base/attr.h"

#if defined(__x86_64__)
#define NATIVE_ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define NATIVE_ARCH AUDIT_ARCH_AARCH64
#else
#define NATIVE_ARCH 0
#endif

/* Sanitizers map terabytes of shadow memory: their builds have no limit of memory. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define LIMITS_MEMORY false
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) ||                         \
    __has_feature(memory_sanitizer)
#define LIMITS_MEMORY false
#endif
#endif
#ifndef LIMITS_MEMORY
#define LIMITS_MEMORY true
#endif

static const int allowed[] = {
    SYS_read,           SYS_write,           SYS_brk,           SYS_munmap,       SYS_mremap,
    SYS_madvise,        SYS_futex,           SYS_clock_gettime, SYS_gettimeofday, SYS_rt_sigreturn,
    SYS_rt_sigprocmask, SYS_restart_syscall, SYS_exit,          SYS_exit_group,   SYS_sched_yield,
    SYS_getpid,         SYS_gettid,          SYS_sigaltstack,
};

/* Libraries that look for a file take "no" for an answer: an unknown charset, no worse. */
static const int refused[] = {
    SYS_openat, SYS_newfstatat, SYS_fstat, SYS_readlinkat, SYS_faccessat,
#ifdef SYS_open
    SYS_open,   SYS_stat,       SYS_lstat, SYS_readlink,   SYS_access,
#endif
};

/* Fine as long as the memory is not to be executed. */
static const int mapping[] = { SYS_mmap, SYS_mprotect };

#define ARGUMENT(n) ((unsigned)offsetof(struct seccomp_data, args[n])) /* its lower half */

struct program {
    struct sock_filter steps[128];
    unsigned short count;
};

static void add(struct program *program, struct sock_filter step)
{
    program->steps[program->count++] = step;
}

static void load(struct program *program, unsigned offset)
{
    add(program, (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offset));
}

static void give(struct program *program, unsigned verdict)
{
    add(program, (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, verdict));
}

/* The next `steps` steps are only for the call of that number. */
static void only_for(struct program *program, int call, unsigned char steps)
{
    add(program, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)call, 0, steps));
}

static void rule_out_other_processors(struct program *program)
{
    load(program, (unsigned)offsetof(struct seccomp_data, arch));
    add(program, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, NATIVE_ARCH, 1, 0));
    give(program, SECCOMP_RET_KILL_PROCESS);
    load(program, (unsigned)offsetof(struct seccomp_data, nr));
}

static void allow_mapping(struct program *program, int call)
{
    only_for(program, call, 4);
    load(program, ARGUMENT(2));
    add(program, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, PROT_EXEC, 0, 1));
    give(program, SECCOMP_RET_KILL_PROCESS);
    give(program, SECCOMP_RET_ALLOW);
}

/* abort() signals itself. */
static void allow_own_signals(struct program *program)
{
    only_for(program, SYS_tgkill, 4);
    load(program, ARGUMENT(0));
    add(program, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)getpid(), 1, 0));
    give(program, SECCOMP_RET_KILL_PROCESS);
    give(program, SECCOMP_RET_ALLOW);
}

static void write_program(struct program *program)
{
    rule_out_other_processors(program);
    for (size_t i = 0; i < COUNT_OF(allowed); i++) {
        only_for(program, allowed[i], 1);
        give(program, SECCOMP_RET_ALLOW);
    }
    for (size_t i = 0; i < COUNT_OF(mapping); i++)
        allow_mapping(program, mapping[i]);
    for (size_t i = 0; i < COUNT_OF(refused); i++) {
        only_for(program, refused[i], 1);
        give(program, SECCOMP_RET_ERRNO | EACCES);
    }
    allow_own_signals(program);
    give(program, SECCOMP_RET_KILL_PROCESS);
}

_Static_assert(2 * (COUNT_OF(allowed) + COUNT_OF(refused)) + 5 * (COUNT_OF(mapping) + 1) + 5 <=
                   COUNT_OF(((struct program *)0)->steps),
               "the program has room for all rules");

static int filter_calls(void)
{
    struct program program = { .count = 0 };
    struct sock_fprog handed = { .filter = program.steps };

    if (NATIVE_ARCH == 0)
        return ENOSYS;
    write_program(&program);
    handed.len = program.count;
    return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &handed) == 0 ? 0 : errno;
}

/* Lowering one's own limits is always allowed. */
static void limit(__rlimit_resource_t what, size_t most)
{
    (void)setrlimit(what, &(struct rlimit){ .rlim_cur = most, .rlim_max = most });
}

/* A second between both, or the cause of death would be SIGKILL, which says nothing. */
static void limit_cpu(size_t seconds)
{
    (void)setrlimit(RLIMIT_CPU, &(struct rlimit){ .rlim_cur = seconds, .rlim_max = seconds + 1 });
}

void confine_close_files(void)
{
    (void)close_range(STDERR_FILENO + 1, ~0u, 0);
}

int confine_process(const struct confine_limits *limits)
{
    limit(RLIMIT_CORE, 0);
    limit(RLIMIT_FSIZE, 0);
    limit(RLIMIT_NPROC, 0);
    limit(RLIMIT_NOFILE, STDERR_FILENO + 1);
    limit_cpu((size_t)limits->cpu_seconds);
    if (LIMITS_MEMORY)
        limit(RLIMIT_AS, limits->memory_bytes);
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        return errno;
    return filter_calls();
}
