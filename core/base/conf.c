/* core/base/conf.c - reading heed.conf and asking it. Where secrets come from is in conf_secret.c;
 * what the keys mean is not known here. */
#include "core/base/conf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/arena.h"
#include "core/base/conf_inside.h"
#include "core/base/file.h"
#include "core/base/text.h"

#define MAX_FILE_BYTES ((size_t)1 << 20)
#define MAX_SECTIONS 4096
#define MAX_KEYS 256
#define MAX_NAME_BYTES 64

/* Where the parser is. */
struct reader {
    struct conf *conf;
    struct section *section; /* NULL before the first */
    int line;
    struct err *err;
};

static int fail(const struct reader *reader, const char *format, ...) PRINTF_LIKE(2, 3);

static int fail(const struct reader *reader, const char *format, ...)
{
    char problem[400];
    va_list args;

    va_start(args, format);
    vsnprintf(problem, sizeof(problem), format, args);
    va_end(args);
    return err_set(reader->err, ERR_CONFIG, "%s:%d: %s", reader->conf->path, reader->line, problem);
}

static bool is_name(const char *text, const char *more)
{
    static const char good[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_";
    size_t len = strlen(text);

    if (len == 0 || len > MAX_NAME_BYTES)
        return false;
    for (size_t i = 0; i < len; i++)
        if (!strchr(good, text[i]) && !strchr(more, text[i]))
            return false;
    return true;
}

/* The text is ours to cut: ends the span with a NUL, which falls on a byte behind it. */
static char *end_here(struct span span)
{
    char *text = (char *)(uintptr_t)span.data;

    text[span.len] = '\0';
    return text;
}

static struct section *add_section(struct conf *conf)
{
    size_t size = (conf->count + 1) * sizeof(struct section *);
    struct section *section = xcalloc(1, sizeof(*section));

    if ((conf->count & (conf->count - 1)) == 0)
        conf->sections = xrealloc(conf->sections, size * 2);
    conf->sections[conf->count++] = section;
    section->conf = conf;
    section->own.path = conf->path;
    return section;
}

/* line: "[kind name]", trimmed. */
static int read_section(struct reader *reader, struct span line)
{
    struct span inside, kind, name;
    const struct conf_section *twin;

    if (line.len < 2 || line.data[line.len - 1] != ']')
        return fail(reader, "expected \"]\" at the end of the section's line");
    inside = text_trim(span_make(line.data + 1, line.len - 2));
    kind = span_make(inside.data, 0);
    while (kind.len < inside.len && inside.data[kind.len] != ' ' && inside.data[kind.len] != '\t')
        kind.len++;
    name = text_trim(span_from(inside, kind.len));
    end_here(name);
    end_here(kind);
    if (!is_name(kind.data, "") || (name.len && !is_name(name.data, ".-")) || name.data[0] == '.')
        return fail(reader, "expected [kind] or [kind name], the name of letters, digits, _ . -");
    twin = conf_find(reader->conf, kind.data, name.data);
    if (twin)
        return fail(reader, "[%s%s%s] is already in line %d", kind.data, name.len ? " " : "",
                    name.data, twin->line);
    if (reader->conf->count == MAX_SECTIONS)
        return fail(reader, "more than %d sections", MAX_SECTIONS);
    reader->section = add_section(reader->conf);
    reader->section->own.kind = kind.data;
    reader->section->own.name = name.data;
    reader->section->own.line = reader->line;
    return 0;
}

/* line: "key = value", trimmed. */
static int read_entry(struct reader *reader, struct span line)
{
    const char *equals = memchr(line.data, '=', line.len);
    struct section *section = reader->section;
    struct span key, value;
    struct entry *twin;

    if (!equals)
        return fail(reader, "expected \"key = value\" or \"[section]\"");
    if (!section)
        return fail(reader, "expected a [section] before the first key");
    key = text_trim(span_make(line.data, (size_t)(equals - line.data)));
    value = text_trim(span_make(equals + 1, line.len - 1 - (size_t)(equals - line.data)));
    end_here(value);
    if (!is_name(end_here(key), "-."))
        return fail(reader, "a key is made of letters, digits, _ . -");
    twin = conf_entry(section, key.data);
    if (twin)
        return fail(reader, "%s is already in line %d", key.data, twin->line);
    if (section->count == MAX_KEYS)
        return fail(reader, "more than %d keys in one section", MAX_KEYS);
    if ((section->count & (section->count - 1)) == 0)
        section->entries =
            xrealloc(section->entries, 2 * (section->count + 1) * sizeof(*section->entries));
    section->entries[section->count++] =
        (struct entry){ .key = key.data, .value = value.data, .line = reader->line };
    return 0;
}

/* A "#" that begins the line or follows white space starts a comment. */
static struct span cut_comment(struct span line)
{
    for (size_t i = 0; i < line.len; i++)
        if (line.data[i] == '#' && (i == 0 || line.data[i - 1] == ' ' || line.data[i - 1] == '\t'))
            line.len = i;
    return text_trim(line);
}

static bool has_control(struct span line)
{
    struct span piece;

    while (text_next_piece(&line, '\t', &piece))
        if (text_has_control(piece))
            return true;
    return false;
}

static int read_line(struct reader *reader, struct span line)
{
    if (!text_is_utf8(line))
        return fail(reader, "this line is not UTF-8");
    if (has_control(line))
        return fail(reader, "control characters are not allowed");
    line = cut_comment(line);
    if (line.len == 0)
        return 0;
    return line.data[0] == '[' ? read_section(reader, line) : read_entry(reader, line);
}

static int read_all(struct conf *conf, struct err *err)
{
    struct reader reader = { .conf = conf, .err = err };
    struct span rest = span_make(conf->text, conf->size), line;

    if (rest.len >= 3 && memcmp(rest.data, "\xEF\xBB\xBF", 3) == 0)
        rest = span_from(rest, 3);
    while (text_next_line(&rest, &line)) {
        reader.line++;
        if (read_line(&reader, line) < 0)
            return -1;
    }
    return 0;
}

static struct conf *parse(struct span text, const char *path, bool is_open, struct err *err)
{
    struct conf *conf = xcalloc(1, sizeof(*conf));

    pthread_mutex_init(&conf->lock, NULL);
    conf->path = xstrdup(path);
    conf->is_open = is_open;
    conf->size = text.len;
    /* One byte more than the text: the last line is ended there. */
    conf->text = xcalloc(text.len + 1, 1);
    if (text.len)
        memcpy(conf->text, text.data, text.len);
    if (read_all(conf, err) == 0 && conf_check_secrets(conf, err) == 0)
        return conf;
    conf_destroy(conf);
    return NULL;
}

struct conf *conf_parse(const char *text, const char *path, struct err *err)
{
    if (strlen(text) > MAX_FILE_BYTES) {
        err_set(err, ERR_LIMIT, "%s: larger than %zu bytes", path, MAX_FILE_BYTES);
        return NULL;
    }
    return parse(span_of(text), path, false, err);
}

struct conf *conf_read(const char *path, struct err *err)
{
    struct conf *conf = NULL;
    struct stat info;
    struct str text;

    str_init(&text, MAX_FILE_BYTES);
    if (file_read(path, &text, &info, err) == 0)
        conf = parse(str_span(&text), path, (info.st_mode & 077) != 0, err);
    if (text.data)
        explicit_bzero(text.data, text.cap);
    str_finish(&text);
    return conf;
}

void conf_destroy(struct conf *conf)
{
    if (!conf)
        return;
    for (size_t i = 0; i < conf->count; i++) {
        conf_forget_secrets(conf->sections[i]);
        free(conf->sections[i]->entries);
        free(conf->sections[i]);
    }
    free(conf->sections);
    explicit_bzero(conf->text, conf->size);
    free(conf->text);
    free(conf->path);
    pthread_mutex_destroy(&conf->lock);
    free(conf);
}

const struct conf_section *conf_find(const struct conf *conf, const char *kind, const char *name)
{
    for (size_t i = 0; i < conf->count; i++) {
        const struct conf_section *section = &conf->sections[i]->own;
        if (strcmp(section->kind, kind) == 0 && strcmp(section->name, name) == 0)
            return section;
    }
    return NULL;
}

const struct conf_section *conf_nth(const struct conf *conf, const char *kind, size_t n)
{
    for (size_t i = 0; i < conf->count; i++) {
        const struct conf_section *section = &conf->sections[i]->own;
        if (strcmp(section->kind, kind) == 0 && n-- == 0)
            return section;
    }
    return NULL;
}

struct entry *conf_entry(const struct section *section, const char *key)
{
    for (size_t i = 0; section && i < section->count; i++)
        if (strcmp(section->entries[i].key, key) == 0)
            return &section->entries[i];
    return NULL;
}

/* conf_section is the first member of section. */
const struct section *conf_inside(const struct conf_section *section)
{
    return (const struct section *)section;
}

const char *conf_text(const struct conf_section *section, const char *key, const char *fallback)
{
    const struct entry *entry = conf_entry(conf_inside(section), key);

    return entry ? entry->value : fallback;
}

int conf_int(const struct conf_section *section, const char *key, struct conf_range range,
             int64_t *out, struct err *err)
{
    const char *text = conf_text(section, key, NULL);

    if (!text) {
        *out = range.fallback;
        return 0;
    }
    if (text_to_int(span_of(text), range.min, range.max, out))
        return 0;
    return conf_err(section, key, err, "%s must be %lld-%lld, not \"%.100s\"", key,
                    (long long)range.min, (long long)range.max, text);
}

int conf_bool(const struct conf_section *section, const char *key, bool fallback, bool *out,
              struct err *err)
{
    static const struct {
        const char *word;
        bool value;
    } words[] = {
        { "yes", true }, { "no", false },  { "true", true }, { "false", false },
        { "on", true },  { "off", false }, { "1", true },    { "0", false },
    };
    const char *text = conf_text(section, key, NULL);

    if (!text) {
        *out = fallback;
        return 0;
    }
    for (size_t i = 0; i < COUNT_OF(words); i++) {
        if (text_eq_nocase(span_of(text), span_of(words[i].word))) {
            *out = words[i].value;
            return 0;
        }
    }
    return conf_err(section, key, err, "%s must be yes or no, not \"%.100s\"", key, text);
}

const char *conf_key(const struct conf_section *section, size_t n)
{
    const struct section *inside = conf_inside(section);

    return inside && n < inside->count ? inside->entries[n].key : NULL;
}

static bool is_known(const char *key, const char *const *known)
{
    size_t plain_len = conf_plain_length(key);

    for (; *known; known++) {
        if (strcmp(*known, key) == 0)
            return true;
        if (strlen(*known) == plain_len && strncmp(*known, key, plain_len) == 0)
            return true;
    }
    return false;
}

int conf_check_keys(const struct conf_section *section, const char *const *known, struct err *err)
{
    const char *key;

    for (size_t n = 0; (key = conf_key(section, n)) != NULL; n++) {
        if (is_known(key, known))
            continue;
        return conf_err(section, key, err, "unknown key \"%s\" in [%s%s%s]%s", key, section->kind,
                        section->name[0] ? " " : "", section->name, text_hint(key, known).text);
    }
    return 0;
}

int conf_err(const struct conf_section *section, const char *key, struct err *err,
             const char *format, ...)
{
    const struct entry *entry = conf_entry(conf_inside(section), key);
    char problem[400];
    va_list args;

    va_start(args, format);
    vsnprintf(problem, sizeof(problem), format, args);
    va_end(args);
    if (!section)
        return err_set(err, ERR_CONFIG, "%s", problem);
    return err_set(err, ERR_CONFIG, "%s:%d: %s", section->path, entry ? entry->line : section->line,
                   problem);
}
