/* core/base/conf_inside.h - what a conf is inside, shared by conf.c and conf_secret.c alone. */
#ifndef HEED_BASE_CONF_INSIDE_H
#define HEED_BASE_CONF_INSIDE_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

#include "core/base/conf.h"

struct entry {
    const char *key, *value; /* inside the text of the conf */
    char *secret;            /* what KEY_env and the like led to; NULL until asked for */
    size_t secret_size;
    int line;
};

struct section {
    struct conf_section own; /* first member: the address of one is that of the other */
    struct conf *conf;
    struct entry *entries;
    size_t count;
};

struct conf {
    char *path, *text;
    size_t size;
    bool is_open; /* group or others can read the file */
    struct section **sections;
    size_t count;
    pthread_mutex_t lock; /* around entry.secret */
};

const struct section *conf_inside(const struct conf_section *section);
struct entry *conf_entry(const struct section *section, const char *key);

/* Length of key without "_env", "_file" or "_credential"; its whole length when it has none. */
size_t conf_plain_length(const char *key);

/* -1 and err when others can read the file and a key that sounds like a secret is in it. */
int conf_check_secrets(const struct conf *conf, struct err *err) MUST_USE;
void conf_forget_secrets(struct section *section);

#endif
