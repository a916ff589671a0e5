/* core/app/main.c - finds the command, gives it its words, returns its code. */
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "core/app/dispatch.h"
#include "core/engine/mail_child.h"

int main(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], MAIL_CHILD_VERB) == 0)
        return mail_child_serve(); /* no command: `heed run` starts it for itself */
    signal(SIGPIPE, SIG_IGN);      /* libesmtp writes without MSG_NOSIGNAL */
    return dispatch(argc, argv);
}
