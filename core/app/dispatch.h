/* core/app/dispatch.h - from argv to a command: options, help, unknown words. */
#ifndef HEED_APP_DISPATCH_H
#define HEED_APP_DISPATCH_H

/* The process exit code. */
int dispatch(int argc, char **argv);

#endif
