/* core/base/phone.c - see phone.h. libphonenumber brings protobuf and ICU, 6 MB and 12 ms at every start: heed-phone.so brings
 * them when the first number is asked for, and stays. */
#include "core/base/phone.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "core/base/log.h"
#include "core/base/module/phone.h"

#define FILE_NAME "heed-phone.so"
#define PATH_BYTES 4096

static pthread_once_t module_once = PTHREAD_ONCE_INIT;
static const struct phone_module *module;

/* "<prefix>/lib/heed" of the running program: an installation may be moved. */
static void installed_path(char path[PATH_BYTES])
{
    char program[PATH_BYTES - 40];
    ssize_t len = readlink("/proc/self/exe", program, sizeof(program) - 1);

    program[len > 0 ? len : 0] = '\0';
    for (int up = 0; up < 2; up++) {
        char *end = strrchr(program, '/');
        if (end)
            *end = '\0';
    }
    snprintf(path, PATH_BYTES, "%s/lib/heed/" FILE_NAME, program);
}

static void load(void)
{
    char path[PATH_BYTES];
    void *file;

    installed_path(path);
    file = dlopen(access(path, R_OK) == 0 ? path : HEED_BUILD_DIR "/" FILE_NAME,
                  RTLD_NOW | RTLD_LOCAL);
    if (file)
        module = dlsym(file, PHONE_MODULE_NAME);
    if (!module)
        log_error("phone_module", "reason=%s; no phone number can be read: install heed again",
                  file ? "it is not heed's" : dlerror());
}

static const struct phone_module *loaded(void)
{
    pthread_once(&module_once, load);
    return module;
}

bool phone_e164(const char *text, const char *region, char out[PHONE_TEXT_BYTES])
{
    const struct phone_module *m = loaded();

    out[0] = '\0';
    return m && m->e164(text, region, out);
}

bool phone_readable(const char *text, const char *region, char out[PHONE_READABLE_BYTES])
{
    const struct phone_module *m = loaded();

    out[0] = '\0';
    return m && m->readable(text, region, out);
}

void phone_region(const char *e164, char out[4])
{
    const struct phone_module *m = loaded();

    out[0] = '\0';
    if (m)
        m->region(e164, out);
}
