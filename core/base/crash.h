/* core/base/crash.h - named places where a test may kill the process: HEED_CRASH=name:3 ends it with SIGKILL at the third
 * pass of `name`. Compiled out of releases. script/crash lists the names from the source. */
#ifndef HEED_BASE_CRASH_H
#define HEED_BASE_CRASH_H

#ifdef HEED_CRASH_POINTS
void crash_point(const char *name);
#else
#define crash_point(name) ((void)0)
#endif

#endif
