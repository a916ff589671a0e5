/* core/app/commands.h - every command there is. */
#ifndef HEED_APP_COMMANDS_H
#define HEED_APP_COMMANDS_H

#include "core/app/command.h"

extern const struct command command_init, command_import, command_template, command_sequence,
    command_enroll, command_plan, command_run, command_status, command_inbox, command_reply,
    command_why, command_prefer, command_report, command_check, command_mail_in, command_account,
    command_provider, command_export, command_reply_check;

#endif
