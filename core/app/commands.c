/* core/app/commands.c - every command there is, in the order of the help. */
#include "core/app/commands.h"

const struct command *const commands[] = {
    &command_init,        &command_import,  &command_template, &command_sequence, &command_enroll,
    &command_plan,        &command_run,     &command_status,   &command_inbox,    &command_reply,
    &command_reply_check, &command_why,     &command_prefer,   &command_report,   &command_check,
    &command_mail_in,     &command_account, &command_provider, &command_export,   NULL,
};
