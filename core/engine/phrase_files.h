/* core/engine/phrase_files.h - the linter's phrases of every language, read from folders of files like en.conf. */
#ifndef HEED_ENGINE_PHRASE_FILES_H
#define HEED_ENGINE_PHRASE_FILES_H

#include "core/base/err.h"
#include "templates/phrases.h"

/* folders: "A:B:C"; the first that has a language wins, folders that are not there are passed over. Adds to the (zeroed) book,
 * which may stay empty; the caller finishes it either way. 0, or -1 and err with file and line. */
int phrase_files_read(const char *folders, struct phrase_book *book, struct err *err) MUST_USE;

#endif
