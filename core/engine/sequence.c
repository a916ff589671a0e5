/* core/engine/sequence.c - see sequence.h. The form: JSON to struct, every part read whatever the
 * parts before it were worth. What it means is checked in sequence_check.c. */
#include "core/engine/sequence.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/base/arena.h"
#include "core/base/json.h"
#include "core/base/str.h"
#include "core/base/text.h"

#define MAX_FLOOR 100

struct owned_sequence {       /* what sequence_read() really allocates */
    struct sequence sequence; /* first: sequence_destroy() casts back */
    struct arena arena;
};

struct reader {
    struct arena *arena;
    struct findings *findings;
};

/* One object of the file and where it stands: "" or "steps[2]". */
struct part {
    const cJSON *object;
    const char *path;
};

static const char *const top_keys[] = { "name",     "comment", "follow", "channels",     "window",
                                        "on_reply", "floor",   "steps",  "resume_after", NULL };
static const char *const window_keys[] = { "days", "from", "to", "zone", NULL };
static const char *const floor_keys[] = { "touches", "channels", NULL };
static const char *const step_keys[] = { "id",           "wait", "template", "channel",
                                         "instructions", "keep", "comment",  NULL };

static const char *const follow_names[] = { "auto", "ask", "never", NULL };
static const char *const action_names[] = { "hold",   "snooze", "until_return", "task", "stop",
                                            "ignore", NULL };

/* Which actions make sense for which sort of answer. */
#define ALLOW(action) (1u << (action))
#define ALWAYS_ALLOWED (ALLOW(ON_REPLY_HOLD) | ALLOW(ON_REPLY_TASK) | ALLOW(ON_REPLY_STOP))
static const struct {
    enum on_reply usual;
    unsigned allowed;
} reply_rules[REPLY_SORT_COUNT] = {
    [REPLY_HUMAN] = { ON_REPLY_HOLD, ALWAYS_ALLOWED },
    [REPLY_NOT_NOW] = { ON_REPLY_SNOOZE, ALWAYS_ALLOWED | ALLOW(ON_REPLY_SNOOZE) },
    [REPLY_NOT_INTERESTED] = { ON_REPLY_STOP, ALWAYS_ALLOWED },
    [REPLY_OUT_OF_OFFICE] = { ON_REPLY_UNTIL_RETURN, ALWAYS_ALLOWED | ALLOW(ON_REPLY_UNTIL_RETURN) |
                                                         ALLOW(ON_REPLY_IGNORE) },
    [REPLY_WRONG_PERSON] = { ON_REPLY_TASK, ALWAYS_ALLOWED },
    [REPLY_REFERRAL] = { ON_REPLY_TASK, ALWAYS_ALLOWED },
    [REPLY_CONCERN] = { ON_REPLY_TASK, ALWAYS_ALLOWED },
    [REPLY_INTERESTED] = { ON_REPLY_TASK, ALWAYS_ALLOWED },
    [REPLY_QUESTION] = { ON_REPLY_TASK, ALWAYS_ALLOWED },
    [REPLY_ACK] = { ON_REPLY_SNOOZE,
                    ALWAYS_ALLOWED | ALLOW(ON_REPLY_SNOOZE) | ALLOW(ON_REPLY_IGNORE) },
    [REPLY_HOSTILE] = { ON_REPLY_STOP, ALWAYS_ALLOWED },
};

/* Keys of "on_reply". */
static const char *const sort_names[REPLY_SORT_COUNT + 1] = {
    [REPLY_HUMAN] = "human",
    [REPLY_NOT_NOW] = "not_now",
    [REPLY_NOT_INTERESTED] = "not_interested",
    [REPLY_OUT_OF_OFFICE] = "out_of_office",
    [REPLY_WRONG_PERSON] = "wrong_person",
    [REPLY_REFERRAL] = "referral",
    [REPLY_CONCERN] = "concern",
    [REPLY_INTERESTED] = "interested",
    [REPLY_QUESTION] = "question",
    [REPLY_ACK] = "ack",
    [REPLY_HOSTILE] = "hostile",
};

/* ---- finding and naming ---- */

/* "steps[2].wait" */
static const char *path_of(const struct reader *reader, const struct part *part, const char *key)
{
    return arena_printf(reader->arena, "%s%s%s", part->path, part->path[0] && key[0] ? "." : "",
                        key);
}

static void mistake(const struct reader *reader, const struct part *part, const char *key,
                    const char *format, ...) PRINTF_LIKE(4, 5);

static void mistake(const struct reader *reader, const struct part *part, const char *key,
                    const char *format, ...)
{
    char text[sizeof(((struct finding *)0)->text)];
    va_list args;

    va_start(args, format);
    (void)vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    findings_add(reader->findings, true, path_of(reader, part, key), "%s", text);
}

/* "a, b or c" */
static const char *list_names(struct arena *arena, const char *const *names)
{
    const char *text = "";

    for (size_t i = 0; names[i]; i++)
        text = arena_printf(arena, "%s%s%s", text,
                            i == 0         ? ""
                            : names[i + 1] ? ", "
                                           : " or ",
                            names[i]);
    return text;
}

/* What to say about `word` when it is none of `names`. */
static const char *expected_of(struct arena *arena, const char *word, const char *const *names)
{
    const char *nearest = text_nearest(word, names);

    return nearest ? arena_printf(arena, "did you mean \"%s\"?", nearest)
                   : arena_printf(arena, "expected %s", list_names(arena, names));
}

static void check_keys(const struct reader *reader, const struct part *part,
                       const char *const *known)
{
    const cJSON *member;

    cJSON_ArrayForEach(member, part->object)
    {
        size_t i = 0;

        while (known[i] && strcmp(known[i], member->string) != 0)
            i++;
        if (!known[i])
            mistake(reader, part, "", "there is no \"%.40s\": %s", member->string,
                    expected_of(reader->arena, member->string, known));
    }
}

/* ---- values ---- */

/* The text at key; NULL when absent, "" when it is a mistake, which is noted once and for all. */
static const char *read_text(const struct reader *reader, const struct part *part, const char *key,
                             size_t max_bytes)
{
    const cJSON *value = json_get(part->object, key);
    struct span text;

    if (!value)
        return NULL;
    if (!cJSON_IsString(value)) {
        mistake(reader, part, key, "expected text in quotes");
        return "";
    }
    text = text_trim(span_of(value->valuestring));
    if (text.len == 0 || text.len > max_bytes) {
        mistake(reader, part, key, "expected text of 1 to %zu bytes", max_bytes);
        return "";
    }
    return arena_dup_span(reader->arena, text);
}

static bool is_given(const char *text)
{
    return text && text[0] != '\0';
}

static bool is_name(const char *text)
{
    for (size_t i = 0; text[i]; i++) {
        bool plain = (text[i] >= 'a' && text[i] <= 'z') || (text[i] >= '0' && text[i] <= '9');

        if (!plain && (i == 0 || (text[i] != '-' && text[i] != '_')))
            return false;
    }
    return text[0] != '\0';
}

/* A name for people and paths alike, as templates, channels, sequences and steps have it. */
static const char *read_name(const struct reader *reader, const struct part *part, const char *key)
{
    const char *text = read_text(reader, part, key, SEQUENCE_NAME_BYTES - 1);

    if (!is_given(text) || is_name(text))
        return text;
    mistake(reader, part, key,
            "\"%s\" is no name: lower-case letters, digits, \"-\" and \"_\", a letter or digit "
            "first",
            text);
    return "";
}

/* The index in `names` of the word at key, or `usual`. */
static int read_word(const struct reader *reader, const struct part *part, const char *key,
                     const char *const *names, int usual)
{
    const char *text = read_text(reader, part, key, SEQUENCE_NAME_BYTES - 1);

    for (int i = 0; is_given(text) && names[i]; i++)
        if (strcmp(text, names[i]) == 0)
            return i;
    if (is_given(text))
        mistake(reader, part, key, "\"%s\" is not known: %s", text,
                expected_of(reader->arena, text, names));
    return usual;
}

static void read_wait(const struct reader *reader, const struct part *part, const char *key,
                      struct wait *out)
{
    const char *text = read_text(reader, part, key, SEQUENCE_NAME_BYTES - 1);
    struct err err = { 0 };

    if (is_given(text) && wait_parse(span_of(text), out, &err) < 0)
        mistake(reader, part, key, "%s", err.text);
}

static bool read_bool(const struct reader *reader, const struct part *part, const char *key)
{
    const cJSON *value = json_get(part->object, key);

    if (value && !cJSON_IsBool(value))
        mistake(reader, part, key, "expected true or false");
    return cJSON_IsTrue(value);
}

static int read_count(const struct reader *reader, const struct part *part, const char *key)
{
    const cJSON *value = json_get(part->object, key);

    if (!value)
        return 0;
    if (!cJSON_IsNumber(value) || !(value->valuedouble >= 0 && value->valuedouble <= MAX_FLOOR) ||
        (double)value->valueint != value->valuedouble) {
        mistake(reader, part, key, "expected a whole number from 0 to %d", MAX_FLOOR);
        return 0;
    }
    return value->valueint;
}

/* "HH:MM" to minutes; 24:00 is the end of the day. */
static bool parse_minute(struct span text, int *minute)
{
    int64_t hours, minutes;

    if (text.len != 5 || text.data[2] != ':' ||
        !text_to_int(span_make(text.data, 2), 0, 24, &hours) ||
        !text_to_int(span_from(text, 3), 0, 59, &minutes) || (hours == 24 && minutes > 0))
        return false;
    *minute = (int)(hours * 60 + minutes);
    return true;
}

static void read_minute(const struct reader *reader, const struct part *part, const char *key,
                        int *minute)
{
    const char *text = read_text(reader, part, key, SEQUENCE_NAME_BYTES - 1);

    if (is_given(text) && !parse_minute(span_of(text), minute))
        mistake(reader, part, key, "\"%s\" is no time of day: expected one like \"09:00\"", text);
}

/* ---- parts ---- */

/* The object at key as a part; false when absent or no object, which is noted. */
static bool open_part(const struct reader *reader, const struct part *parent, const char *key,
                      struct part *out)
{
    out->object = json_get(parent->object, key);
    out->path = path_of(reader, parent, key);
    if (!out->object)
        return false;
    if (cJSON_IsObject(out->object))
        return true;
    mistake(reader, parent, key, "expected an object { ... }");
    return false;
}

static const struct zone *read_zone(const struct reader *reader, const struct part *part)
{
    const char *text = read_text(reader, part, "zone", SEQUENCE_NAME_BYTES - 1);
    const struct zone *zone;

    if (!is_given(text) || strcmp(text, "prospect") == 0)
        return NULL;
    zone = zone_find(text, NULL);
    if (!zone)
        mistake(reader, part, "zone",
                "there is no zone \"%s\": expected \"prospect\" or a name like \"Europe/Berlin\"",
                text);
    return zone;
}

static void read_window(const struct reader *reader, const struct part *top, struct window *out)
{
    struct part part;
    const char *days;

    *out = (struct window){ .days = WINDOW_MON_FRI, .from_minute = 9 * 60, .to_minute = 17 * 60 };
    if (!open_part(reader, top, "window", &part))
        return;
    check_keys(reader, &part, window_keys);
    days = read_text(reader, &part, "days", SEQUENCE_NAME_BYTES - 1);
    if (is_given(days) && !window_parse_days(span_of(days), &out->days))
        mistake(reader, &part, "days",
                "\"%s\" are no days: expected \"mon-fri\", \"mon,wed,fri\" or \"daily\"", days);
    read_minute(reader, &part, "from", &out->from_minute);
    read_minute(reader, &part, "to", &out->to_minute);
    out->zone = read_zone(reader, &part);
}

static enum on_reply read_action(const struct reader *reader, const struct part *part,
                                 enum reply_sort sort)
{
    const char *key = sort_names[sort];
    enum on_reply action =
        (enum on_reply)read_word(reader, part, key, action_names, (int)reply_rules[sort].usual);

    if (!(reply_rules[sort].allowed & ALLOW(action)))
        mistake(reader, part, key, "\"%s\" makes no sense here: usual is \"%s\"",
                action_names[action], action_names[reply_rules[sort].usual]);
    return action;
}

static void read_replies(const struct reader *reader, const struct part *top, enum on_reply *out)
{
    bool stops;
    struct part part;

    for (int sort = 0; sort < REPLY_SORT_COUNT; sort++)
        out[sort] = reply_rules[sort].usual;
    if (!open_part(reader, top, "on_reply", &part))
        return;
    check_keys(reader, &part, sort_names);
    for (int sort = 0; sort < REPLY_SORT_COUNT; sort++)
        out[sort] = read_action(reader, &part, (enum reply_sort)sort);
    stops = out[REPLY_HUMAN] == ON_REPLY_STOP;
    for (int sort = 0; stops && sort < REPLY_SORT_COUNT; sort++)
        if (sort != REPLY_OUT_OF_OFFICE && !json_get(part.object, sort_names[sort]))
            out[sort] = ON_REPLY_STOP;
}

static void read_floor(const struct reader *reader, const struct part *top, struct sequence *out)
{
    struct part part;

    if (!open_part(reader, top, "floor", &part))
        return;
    check_keys(reader, &part, floor_keys);
    out->floor_touches = read_count(reader, &part, "touches");
    out->floor_channels = read_count(reader, &part, "channels");
}

static void read_resume(const struct reader *reader, const struct part *top, struct sequence *out)
{
    const char *text = json_text(top->object, "resume_after", NULL);

    out->resume_after = (struct wait){ .unit = WAIT_BUSINESS_DAYS, .count = 3 };
    out->resumes = !(text && strcmp(text, "never") == 0);
    if (out->resumes)
        read_wait(reader, top, "resume_after", &out->resume_after);
}

/* The array at key with 0..max entries; NULL and a mistake otherwise. */
static const cJSON *read_array(const struct reader *reader, const struct part *top, const char *key,
                               int max)
{
    const cJSON *array = json_get(top->object, key);

    if (!array)
        return NULL;
    if (cJSON_IsArray(array) && cJSON_GetArraySize(array) <= max)
        return array;
    mistake(reader, top, key, "expected a list [ ... ] of at most %d", max);
    return NULL;
}

static void read_channels(const struct reader *reader, const struct part *top, struct sequence *out)
{
    const cJSON *array = read_array(reader, top, "channels", SEQUENCE_MAX_CHANNELS), *entry;
    const char **channels = arena_array(reader->arena, SEQUENCE_MAX_CHANNELS, sizeof(*channels));

    out->channels = channels;
    cJSON_ArrayForEach(entry, array)
    {
        if (cJSON_IsString(entry) && is_name(entry->valuestring) &&
            strlen(entry->valuestring) < SEQUENCE_NAME_BYTES)
            channels[out->channel_count++] = arena_dup(reader->arena, entry->valuestring);
        else
            mistake(reader, top, "channels", "expected names of channels like \"email\"");
    }
    /* Whether steps have a channel at all cannot be judged by a list that could not be read. */
    if (out->channel_count == 0 && json_get(top->object, "channels"))
        out->channels = NULL;
}

static void read_step(const struct reader *reader, const struct part *part, bool first,
                      struct step *out)
{
    check_keys(reader, part, step_keys);
    out->id = read_name(reader, part, "id");
    if (!json_get(part->object, "id"))
        mistake(reader, part, "id", "each step needs an id, e.g. \"recap\"");
    read_wait(reader, part, "wait", &out->wait);
    if (!first && !json_get(part->object, "wait"))
        mistake(reader, part, "wait", "how long after the step before? e.g. \"2 business days\"");
    out->template = read_name(reader, part, "template");
    out->channel = read_name(reader, part, "channel");
    out->instructions = read_text(reader, part, "instructions", SEQUENCE_TEXT_BYTES);
    out->keep = read_bool(reader, part, "keep");
    (void)read_text(reader, part, "comment", SEQUENCE_TEXT_BYTES);
}

static void read_steps(const struct reader *reader, const struct part *top, struct sequence *out)
{
    const cJSON *array = read_array(reader, top, "steps", SEQUENCE_MAX_STEPS), *entry;
    struct step *steps = arena_array(reader->arena, SEQUENCE_MAX_STEPS, sizeof(*steps));

    out->steps = steps;
    if (!json_get(top->object, "steps") || (array && !array->child))
        mistake(reader, top, "steps", "a sequence needs at least one step");
    cJSON_ArrayForEach(entry, array)
    {
        const struct part part = { .object = entry,
                                   .path =
                                       arena_printf(reader->arena, "steps[%zu]", out->step_count) };

        if (cJSON_IsObject(entry)) {
            read_step(reader, &part, out->step_count == 0, &steps[out->step_count]);
        } else {
            mistake(reader, &part, "", "expected an object { ... }");
            steps[out->step_count] = (struct step){ .id = "", .template = "", .channel = "" };
        }
        out->step_count++;
    }
}

static void read_all(const struct reader *reader, const cJSON *root, struct sequence *out)
{
    struct part top = { .object = root, .path = "" };

    check_keys(reader, &top, top_keys);
    out->name = read_name(reader, &top, "name");
    if (!json_get(root, "name"))
        mistake(reader, &top, "name", "a sequence needs a name, e.g. \"proposal-follow-up\"");
    (void)read_text(reader, &top, "comment", SEQUENCE_TEXT_BYTES);
    out->follow =
        (enum sequence_follow)read_word(reader, &top, "follow", follow_names, FOLLOW_AUTO);
    read_channels(reader, &top, out);
    read_window(reader, &top, &out->window);
    read_replies(reader, &top, out->on_reply);
    read_resume(reader, &top, out);
    read_floor(reader, &top, out);
    read_steps(reader, &top, out);
}

/* ---- public ---- */

struct sequence *sequence_read(struct span text, const char *name,
                               const struct sequence_names *names, struct findings *findings)
{
    struct owned_sequence *owned = NULL;
    struct err err = { 0 };
    struct reader reader = { .findings = findings };
    cJSON *root = json_parse(text, name, &err);

    if (!root) {
        findings_add(findings, true, "", "%s", err.text);
        goto out;
    }
    if (!cJSON_IsObject(root)) {
        findings_add(findings, true, "", "a sequence is one JSON object { ... }");
        goto out;
    }
    owned = xcalloc(1, sizeof(*owned));
    arena_init(&owned->arena);
    reader.arena = &owned->arena;
    read_all(&reader, root, &owned->sequence);
    sequence_check(&owned->sequence, names, findings);
out:
    cJSON_Delete(root);
    if (owned && findings->errors > 0) {
        sequence_destroy(&owned->sequence);
        return NULL;
    }
    return owned ? &owned->sequence : NULL;
}

static void join_findings(const struct findings *findings, const char *name, struct err *err)
{
    struct str text;
    size_t shown = 0;

    str_init(&text, 4096);
    for (size_t i = 0; i < findings->count && shown < 3; i++) {
        const struct finding *finding = &findings->list[i];

        if (!finding->error || (shown > 0 && text.len + strlen(finding->text) > 400))
            continue;
        str_printf(&text, "%s%s%s%s", shown > 0 ? "; " : "", finding->path,
                   finding->path[0] ? ": " : "", finding->text);
        shown++;
    }
    if (findings->errors > shown)
        str_printf(&text, "; and %zu more", findings->errors - shown);
    err_set(err, ERR_CONFIG, "%s: %s", name, str_text(&text));
    str_finish(&text);
}

struct sequence *sequence_parse(struct span text, const char *name, struct err *err)
{
    struct findings findings = { 0 };
    struct sequence *sequence = sequence_read(text, name, NULL, &findings);

    if (!sequence)
        join_findings(&findings, name, err);
    findings_finish(&findings);
    return sequence;
}

void sequence_destroy(struct sequence *sequence)
{
    struct owned_sequence *owned = (struct owned_sequence *)(void *)sequence;

    if (!owned)
        return;
    arena_finish(&owned->arena);
    free(owned);
}

const struct step *sequence_step(const struct sequence *sequence, const char *id, size_t *index)
{
    for (size_t i = 0; i < sequence->step_count; i++) {
        if (strcmp(sequence->steps[i].id, id) != 0)
            continue;
        if (index)
            *index = i;
        return &sequence->steps[i];
    }
    return NULL;
}

const char *sequence_follow_name(enum sequence_follow follow)
{
    return follow_names[follow];
}

const char *reply_sort_name(enum reply_sort sort)
{
    return sort_names[sort];
}

const char *on_reply_name(enum on_reply action)
{
    return action_names[action];
}
