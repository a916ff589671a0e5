/* tests/fuzz/fuzz_conf.c - any text: an error with a line, or a conf that can be asked. No secrets
 * are resolved: their paths would be the fuzzer's. */
#include <stdlib.h>
#include <string.h>

#include "core/base/arena.h"
#include "core/base/conf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void ask(const struct conf_section *section)
{
    static const char *const known[] = { "host", "port", "password", NULL };
    int64_t number;
    const char *key;
    bool flag;

    for (size_t n = 0; (key = conf_key(section, n)) != NULL; n++) {
        if (!conf_text(section, key, NULL))
            abort();
        if (conf_int(section, key, (struct conf_range){ 1, 9, 1 }, &number, NULL) == 0 &&
            (number < 1 || number > 9))
            abort();
        if (conf_bool(section, key, true, &flag, NULL) < 0)
            continue;
    }
    if (conf_check_keys(section, known, NULL) < 0)
        return;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = xcalloc(size + 1, 1);
    struct err err = { 0 };
    struct conf *conf;

    if (size)
        memcpy(text, data, size);
    conf = conf_parse(text, "fuzz.conf", &err);
    if (!conf && err.code == ERR_NONE)
        abort();
    for (size_t n = 0; conf && conf_nth(conf, "sender", n); n++)
        ask(conf_nth(conf, "sender", n));
    conf_destroy(conf);
    free(text);
    return 0;
}
