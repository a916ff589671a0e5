/* core/app/template_pick.h - the one template a command is about: of the store by name, or a folder that was not put yet. */
#ifndef HEED_APP_TEMPLATE_PICK_H
#define HEED_APP_TEMPLATE_PICK_H

#include "core/app/command.h"
#include "core/app/template_files.h"
#include "core/engine/catalog.h"

struct template_pick {
    const char *name;          /* "recap" */
    const char *label;         /* "recap@3", or the folder's path */
    const struct parts *parts; /* as long as the pick */
    struct parts *own;
    struct catalog *catalog;
    struct template_files files;
};

/* Is the word a folder? Then it is read as such, whatever the store has. */
bool template_pick_is_folder(const char *word);

/* workspace NULL: folders only. A folder's problems go to stderr. 0, or -1 and err; finish it either way. */
int template_pick(struct template_pick *pick, struct invocation *in, struct workspace *workspace,
                  const char *word, struct err *err) MUST_USE;
void template_pick_finish(struct template_pick *pick);

#endif
