/* core/app/main.c - finds the command, gives it its words, returns its code. */
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "core/app/dispatch.h"

int main(int argc, char **argv)
{
    signal(SIGPIPE, SIG_IGN); /* libesmtp writes without MSG_NOSIGNAL */
    return dispatch(argc, argv);
}
