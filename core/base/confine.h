/* core/base/confine.h - gives up, for good, what a process that reads hostile bytes does not need:
 * new files, sockets, processes, signals to others, memory without end. Linux only. */
#ifndef HEED_BASE_CONFINE_H
#define HEED_BASE_CONFINE_H

#include <stddef.h>

struct confine_limits {
    size_t
        memory_bytes; /* address space; not held in builds with a sanitizer, which map terabytes */
    int cpu_seconds;  /* of the process' whole life */
};

/* Closes all files but standard input, output and error. To be called first thing in main(). */
void confine_close_files(void);

/* From here on: no core dump, no file grows, no new file descriptors, no memory and no time beyond
 * `limits`, no new rights by exec; the process dies with the thread that started it. Then a seccomp
 * filter: reading and writing what is open, memory that is not executable, time and exit are allowed;
 * opening or looking at a file fails with EACCES; any other call kills the process.
 * Returns 0, or the errno with which the kernel refused the filter (ENOSYS: unknown processor): the
 * other limits hold then. */
int confine_process(const struct confine_limits *limits);

#endif
