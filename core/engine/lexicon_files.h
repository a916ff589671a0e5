/* core/engine/lexicon_files.h - the rules that replies are read by: those that heed comes with, then the tables of a folder of the
 * user's, which add, change and switch off. Rows are explained in core/replies/lexicon.h. */
#ifndef HEED_ENGINE_LEXICON_FILES_H
#define HEED_ENGINE_LEXICON_FILES_H

#include "core/replies/lexicon.h"

#define LEXICON_FILES_MAX 100

/* Reads every NAME.tsv of `folder` in the order of their names; a folder that is not there has none. The lexicon lives in the
 * arena. NULL and err: a bad row names file and line. */
const struct lexicon *lexicon_files_read(const char *folder, struct arena *arena,
                                         struct err *err) MUST_USE;

#endif
