/* core/app/template_pick.c - see template_pick.h. */
#include "core/app/template_pick.h"

#include <string.h>
#include <sys/stat.h>

bool template_pick_is_folder(const char *word)
{
    struct stat info;

    return stat(word, &info) == 0 && S_ISDIR(info.st_mode);
}

/* The only template of the folder; snippets shared with others do not count. */
static const struct template_folder *only_one(const struct template_files *files)
{
    const struct template_folder *found = NULL;

    for (const struct template_folder *f = files->first; f; f = f->next) {
        if (strcmp(f->name, PARTS_SHARED) == 0)
            continue;
        if (found)
            return NULL;
        found = f;
    }
    return found;
}

static int pick_folder(struct template_pick *pick, const char *word, struct err *err)
{
    const struct template_folder *folder;

    if (template_files_read(&pick->files, word, err) < 0)
        return -1;
    fputs(str_text(&pick->files.problems), stderr);
    if (pick->files.bad)
        return err_set(err, ERR_CONFIG, "%s has mistakes: mend them first", word);
    folder = only_one(&pick->files);
    if (!folder)
        return err_set(err, ERR_INPUT, "%s holds several templates: name the folder of one", word);
    pick->own = template_files_compile(&pick->files, folder);
    if (!pick->own)
        return err_set(err, ERR_CONFIG, "%s has mistakes", word);
    pick->parts = pick->own;
    pick->name = folder->name;
    pick->label = word;
    return 0;
}

static int pick_stored(struct template_pick *pick, struct workspace *workspace, const char *word,
                       struct err *err)
{
    const struct catalog_template *template;

    pick->catalog = catalog_create(workspace->db);
    template = catalog_template(pick->catalog, word, err);
    if (!template)
        return -1;
    pick->parts = template->parts;
    pick->name = word;
    pick->label = template->label;
    return 0;
}

int template_pick(struct template_pick *pick, struct invocation *in, struct workspace *workspace,
                  const char *word, struct err *err)
{
    *pick = (struct template_pick){ .name = word };
    template_files_init(&pick->files, &in->arena);
    if (template_pick_is_folder(word) || !workspace)
        return pick_folder(pick, word, err);
    return pick_stored(pick, workspace, word, err);
}

void template_pick_finish(struct template_pick *pick)
{
    parts_destroy(pick->own);
    catalog_destroy(pick->catalog);
    template_files_finish(&pick->files);
}
