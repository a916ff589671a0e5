/* core/app/preview.h - a template's messages to a few chosen people, kept to be shown. Internal to the preview's files. */
#ifndef HEED_APP_PREVIEW_H
#define HEED_APP_PREVIEW_H

#include "core/app/command.h"
#include "core/engine/coverage.h"

#define PREVIEW_PEOPLE_MAX 12
#define PREVIEW_CHANNELS_MAX 5
#define PREVIEW_LOOK_MAX 100000 /* prospects: in the order of keys, which is that of no list */

enum preview_section { PREVIEW_SUBJECT, PREVIEW_TEXT, PREVIEW_HTML, PREVIEW_SECTIONS };

struct preview_print { /* whose bytes [from, to) of a section are */
    uint32_t from, to;
    enum trace_kind kind; /* TRACE_PATH or TRACE_DEFAULT */
    const char *field;
    int line, column; /* in the part's file */
    const char *file; /* the snippet it stands in, or NULL */
};

struct preview_text {
    const char *text; /* NULL = none */
    struct preview_print *prints;
    size_t print_count;
};

struct preview_message {
    const char *channel, *part; /* part: which one served; NULL = none did */
    bool derived;
    const char *reason; /* why it is held; NULL = complete */
    struct preview_text sections[PREVIEW_SECTIONS];
};

struct preview_person {
    int64_t id;       /* 0 = an example */
    const char *name; /* "Ana Silva (Northwind)", "everything known" */
    size_t fresh;     /* branches they show first */
    struct preview_message messages[PREVIEW_CHANNELS_MAX];
    size_t message_count;
};

struct preview {
    struct arena *arena;
    const char *label; /* "recap@3" */
    bool examples;     /* people who do not exist */
    struct coverage_report report;
    struct preview_person people[PREVIEW_PEOPLE_MAX];
    size_t count, left_out; /* left out: more that would be needed */
    bool cut;               /* there are more than PREVIEW_LOOK_MAX to look at */
};

/* Keeps a copy of one rendered message for the person. */
void preview_keep(struct preview *preview, struct preview_person *person,
                  const struct rehearsed *one);

void preview_print(const struct preview *preview, bool provenance);
cJSON *preview_json(const struct preview *preview);

#endif
