/* tests/replies/reply_corpus.c - scores core/replies against labelled corpora: one folder a set,
 * given/ and heldout/ in it, each with an index.json. Usage: reply_corpus [-v] [--all] [--floor FILE]
 * DIR... A DIR is a set, one of its halves, or a folder of sets. Prints one line a set and question, then
 * "N passed, M failed". With --floor it exits 1 when a line falls below its row in FILE
 * ("set/half <TAB> question <TAB> least passed"), with --all when any case failed; without, the figures are only reported. -v names
 * each miss.
 *
 * What counts: see score_*() below. A hold is scored as soft, a challenge may be read as an
 * auto-reply. Corpora disagree on whether a signature belongs to the reply: a reply passes when our
 * own text, alone or with the first lines of what we call its signature, fulfils the expectation. */
#include <cjson/cJSON.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "core/base/arena.h"
#include "core/base/attr.h"
#include "core/base/log.h"
#include "core/base/str.h"
#include "core/base/text.h"
#include "core/replies/reading.h"
#include "tests/replies/score.h"

#define MAX_FILE_BYTES ((size_t)64 << 20)
#define MAX_LINES 400

enum question {
    Q_CLASS,
    Q_RECIPIENTS,
    Q_SEVERITY,
    Q_REPLY,
    Q_OPT_OUT,
    Q_REACH,
    Q_TIME,
    Q_RETURN,
    Q_PHONE,
    Q_INTENTS,
    Q_MATCH,
    Q_PREFERENCE,
    Q_FALSE_WISH,
    Q_COUNT
};

static const char *const question_names[] = { "class",     "recipients", "severity", "reply",
                                              "opt_out",   "reach",      "time",     "return",
                                              "phone",     "intents",    "matching", "preference",
                                              "false_wish" };

struct tally {
    char set[200];
    long passed[Q_COUNT], failed[Q_COUNT];
};

struct run {
    bool verbose;
    struct tally tallies[MAX_LINES];
    size_t count;
    struct arena arena;
    const char *folder; /* where the files of the current index lie */
    const char *id;
};

static struct reading_env env = { .own_domain = "us.example", .zone = "UTC" };

static bool read_file(const char *path, struct str *out)
{
    FILE *file = fopen(path, "rb");
    char block[65536];
    size_t got;

    str_init(out, MAX_FILE_BYTES);
    if (!file)
        return false;
    while ((got = fread(block, 1, sizeof(block), file)) > 0)
        str_add(out, block, got);
    fclose(file);
    return str_ok(out);
}

static void count(struct run *run, enum question question, bool passed, const char *got)
{
    struct tally *tally = &run->tallies[run->count - 1];

    tally->passed[question] += passed;
    tally->failed[question] += !passed;
    if (!passed && run->verbose)
        printf("  miss %s %s: %s\n", question_names[question], run->id, got);
}

static const char *text_of(const cJSON *object, const char *name)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, name);

    return cJSON_IsString(item) ? item->valuestring : NULL;
}

/* ---- class ---- */

#define BIT(kind) (1u << (kind))

/* Which of our kinds are right for a label; 0 = not scored. */
static const struct {
    const char *label;
    unsigned kinds;
} classes[] = {
    { "bounce", BIT(READING_BOUNCE) },
    { "delivery_report", BIT(READING_RECEIPT) | BIT(READING_DELAY) | BIT(READING_HUMAN) |
                             BIT(READING_AUTO_REPLY) | BIT(READING_BULK) },
    { "delay", BIT(READING_DELAY) },
    { "complaint", BIT(READING_COMPLAINT) },
    { "mdn", BIT(READING_RECEIPT) },
    { "autoreply", BIT(READING_AUTO_REPLY) },
    { "challenge", BIT(READING_CHALLENGE) | BIT(READING_AUTO_REPLY) },
    { "bulk", BIT(READING_BULK) },
    { "human", BIT(READING_HUMAN) },
    { "not_bounce", BIT(READING_HUMAN) | BIT(READING_AUTO_REPLY) | BIT(READING_BULK) |
                        BIT(READING_RECEIPT) | BIT(READING_CHALLENGE) },
    { "reply", BIT(READING_HUMAN) },
    /* Torture mail: whatever it is, it is no bounce and no complaint. */
    { "ordinary", BIT(READING_HUMAN) | BIT(READING_AUTO_REPLY) | BIT(READING_BULK) |
                      BIT(READING_CALENDAR) | BIT(READING_CHALLENGE) | BIT(READING_UNREADABLE) },
};

static void score_class(struct run *run, const cJSON *expected, const char *label,
                        const struct reading *reading)
{
    bool late =
        cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(expected, "delay_only")) ||
        cJSON_GetArraySize(cJSON_GetObjectItemCaseSensitive(expected, "temporary_recipients")) > 0;

    for (size_t i = 0; i < COUNT_OF(classes); i++) {
        unsigned kinds = classes[i].kinds;

        if (strcmp(label, classes[i].label) != 0)
            continue;
        if (late && reading->kind == READING_DELAY)
            kinds |= BIT(READING_DELAY);
        count(run, Q_CLASS, (kinds & BIT(reading->kind)) != 0, reading_kind_name(reading->kind));
    }
}

/* ---- recipients and severity ---- */

static bool is_bounced(const struct reading *reading, const char *address)
{
    for (size_t i = 0; i < reading->bounced_count; i++)
        if (strcasecmp(reading->bounced[i].address, address) == 0)
            return true;
    return false;
}

static const char *severity_word(enum bounce_severity severity)
{
    static const char *const words[] = { "hard", "soft", "block", "soft" };

    return words[severity];
}

static const char *bounced_text(struct run *run, const struct reading *reading)
{
    const char *text = "";

    for (size_t i = 0; i < reading->bounced_count && i < 20; i++)
        text = arena_printf(&run->arena, "%s %s %s", text, reading->bounced[i].address,
                            severity_word(reading->bounced[i].severity));
    for (size_t i = 0; i < reading->rule_count; i++)
        text = arena_printf(&run->arena, "%s; %s", text, reading->rules[i]);
    return text;
}

/* The same set of addresses. */
static void score_recipients(struct run *run, const cJSON *expected, const struct reading *reading)
{
    static const char *const fields[] = { "recipients", "temporary_recipients",
                                          "derived_recipients" };
    const cJSON *item;
    size_t wanted = 0;
    bool all = true, given = false;

    for (size_t i = 0; i < COUNT_OF(fields) && (i < 2 || !given); i++) {
        const cJSON *list = cJSON_GetObjectItemCaseSensitive(expected, fields[i]);

        given = given || list;
        cJSON_ArrayForEach(item, list)
        {
            all = all && is_bounced(reading, item->valuestring);
            wanted++;
        }
    }
    if (given)
        count(run, Q_RECIPIENTS, all && wanted == reading->bounced_count,
              bounced_text(run, reading));
}

static long severities(const struct reading *reading, const char *word)
{
    long found = 0;

    for (size_t i = 0; i < reading->bounced_count; i++)
        found += strcmp(severity_word(reading->bounced[i].severity), word) == 0;
    return found;
}

/* As many of each severity as upstream found; fewer recipients are missed severities. */
static void score_severity(struct run *run, const cJSON *expected, const struct reading *reading)
{
    static const char *const words[] = { "hard", "soft", "block" };
    const cJSON *results = cJSON_GetObjectItemCaseSensitive(expected, "results"), *item;
    const char *single = text_of(expected, "severity");
    bool same = true;

    if (single)
        count(run, Q_SEVERITY, severities(reading, single) > 0, bounced_text(run, reading));
    if (!results)
        return;
    for (size_t i = 0; i < COUNT_OF(words); i++) {
        long wanted = 0;

        cJSON_ArrayForEach(item, results)
        {
            const char *severity = text_of(item, "severity");
            wanted += severity && strcmp(severity, words[i]) == 0;
        }
        same = same && wanted == severities(reading, words[i]);
    }
    count(run, Q_SEVERITY, same, bounced_text(run, reading));
}

/* ---- reply text ---- */

/* White-space runs collapsed to one blank (or dropped), trimmed. */
static const char *squeeze(struct run *run, const char *text, bool drop)
{
    char *out = arena_alloc(&run->arena, strlen(text) + 1);
    size_t len = 0;

    for (const char *at = text; *at; at++) {
        bool space = strchr(" \t\r\n\f\v", *at) != NULL;

        if (!space)
            out[len++] = *at;
        else if (!drop && len > 0 && out[len - 1] != ' ')
            out[len++] = ' ';
    }
    if (len > 0 && out[len - 1] == ' ')
        len--;
    out[len] = '\0';
    return out;
}

static bool starts_with(const char *text, const char *start)
{
    return strncmp(text, start, strlen(start)) == 0;
}

static bool ends_with(const char *text, const char *end)
{
    size_t text_len = strlen(text), end_len = strlen(end);

    return text_len >= end_len && strcmp(text + text_len - end_len, end) == 0;
}

static bool holds(struct run *run, const cJSON *list, const char *text, bool wanted)
{
    const cJSON *item;

    cJSON_ArrayForEach(item, list)
    {
        if ((strstr(text, squeeze(run, item->valuestring, false)) != NULL) != wanted)
            return false;
    }
    return true;
}

static bool fits_reply(struct run *run, const cJSON *expected, const char *own, const char *whole)
{
    const char *mode = text_of(expected, "mode"), *reply = text_of(expected, "reply");
    const char *starts = text_of(expected, "starts"), *ends = text_of(expected, "ends");
    bool drop = mode && strcmp(mode, "exact_ignore_whitespace") == 0;
    const char *text = squeeze(run, own, drop);

    if (cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(expected, "whole_text_is_reply")))
        reply = whole;
    if (reply && mode && strcmp(mode, "first_fragment") == 0) {
        if (!starts_with(text, squeeze(run, reply, false)) || strstr(own, "\n>"))
            return false;
    } else if (reply && strcmp(text, squeeze(run, reply, drop)) != 0) {
        return false;
    }
    if (starts && !starts_with(text, squeeze(run, starts, false)))
        return false;
    if (ends && !ends_with(text, squeeze(run, ends, false)))
        return false;
    return holds(run, cJSON_GetObjectItemCaseSensitive(expected, "contains"), text, true) &&
           holds(run, cJSON_GetObjectItemCaseSensitive(expected, "not_contains"), text, false);
}

/* Own text alone, then with one more line of the signature each time. */
static bool fits_any(struct run *run, const cJSON *expected, const struct reading *reading)
{
    const char *own = reading->own_text;
    struct span rest = span_of(reading->signature), line;

    if (fits_reply(run, expected, own, reading->text))
        return true;
    while (text_next_line(&rest, &line)) {
        own = arena_printf(&run->arena, "%s\n%.*s", own, (int)line.len, line.data);
        if (fits_reply(run, expected, own, reading->text))
            return true;
    }
    return false;
}

/* ---- one case ---- */

static void score_opt_out(struct run *run, const cJSON *expected, const char *label,
                          const struct reading *reading)
{
    const cJSON *wanted = cJSON_GetObjectItemCaseSensitive(expected, "opt_out");

    /* Bulk senders are no people; wishes for a channel are scored by their own question. */
    if (strcmp(label, "spam") == 0 || strcmp(label, "preference") == 0)
        return;
    count(run, Q_OPT_OUT, cJSON_IsTrue(wanted) == (reading->opt_out != OPT_OUT_NONE),
          reading->own_text);
}

static void score_message(struct run *run, const cJSON *item, const struct reading *reading)
{
    const cJSON *expected = cJSON_GetObjectItemCaseSensitive(item, "expected");
    const char *label = text_of(item, "class");

    score_class(run, expected, label, reading);
    if (strcmp(label, "bounce") == 0 || strcmp(label, "delivery_report") == 0 ||
        strcmp(label, "delay") == 0) {
        score_recipients(run, expected, reading);
        if (strcmp(label, "bounce") == 0)
            score_severity(run, expected, reading);
    }
    if (strcmp(label, "reply") == 0 || strcmp(label, "signature") == 0)
        count(run, Q_REPLY, fits_any(run, expected, reading), reading->own_text);
}

/* An answer of a score_*() that has a file of its own. */
static void count_score(struct run *run, enum question question, enum score score, const char *got)
{
    if (score != SCORE_NOT_ASKED)
        count(run, question, score == SCORE_PASS, got);
}

static void score_return_date(struct run *run, const cJSON *item, const struct reading *reading)
{
    const char *got = NULL;
    enum score score = score_return(cJSON_GetObjectItemCaseSensitive(item, "expected"),
                                    reading->own_text, &run->arena, &got);

    count_score(run, Q_RETURN, score, got);
}

/* The questions that are asked of a sentence. */
static const struct {
    enum question question;
    enum score (*ask)(const cJSON *item, const struct reading *reading, struct arena *arena,
                      const char **got);
} sentence_questions[] = {
    { Q_REACH, score_reach },           { Q_TIME, score_time },
    { Q_PHONE, score_phone },           { Q_INTENTS, score_intents },
    { Q_PREFERENCE, score_preference }, { Q_FALSE_WISH, score_false_wish },
};

static void score_sentence(struct run *run, const cJSON *item, struct span text)
{
    struct reading_env arrived = env;
    const char *channel = score_arrival(item, &arrived);
    struct reading reading;

    reading_of_text(text, channel, &arrived, &run->arena, &reading);
    score_opt_out(run, cJSON_GetObjectItemCaseSensitive(item, "expected"), text_of(item, "class"),
                  &reading);
    for (size_t i = 0; i < COUNT_OF(sentence_questions); i++) {
        const char *got = NULL;
        enum score score = sentence_questions[i].ask(item, &reading, &run->arena, &got);

        count_score(run, sentence_questions[i].question, score, got);
    }
}

static void score_scenario(struct run *run, const cJSON *item)
{
    const char *got = NULL;
    enum score score = score_match(item, run->folder, &run->arena, &got);

    count_score(run, Q_MATCH, score, got);
}

static bool load(struct run *run, const cJSON *item, struct str *out)
{
    const char *file = text_of(item, "file"), *text = text_of(item, "text");

    if (file)
        return read_file(arena_printf(&run->arena, "%s/%s", run->folder, file), out);
    str_init(out, MAX_FILE_BYTES);
    str_add_text(out, text);
    return text != NULL;
}

static const char *const body_heads[] = {
    "body-text",
    "From: a@client.example\nContent-Type: text/plain; charset=utf-8\n\n",
    "body-html",
    "From: a@client.example\nContent-Type: text/html; charset=utf-8\n\n",
};

static void score_case(struct run *run, const cJSON *item)
{
    const char *kind = text_of(item, "input_kind");
    struct reading reading;
    struct str input, mail;

    run->id = text_of(item, "id");
    arena_reset(&run->arena);
    if (kind && strcmp(kind, "scenario-json") == 0) {
        score_scenario(run, item);
        return;
    }
    if (!kind || !load(run, item, &input)) {
        fprintf(stderr, "reply_corpus: cannot load %s\n", run->id ? run->id : "?");
        exit(2);
    }
    str_init(&mail, MAX_FILE_BYTES);
    for (size_t i = 0; i < COUNT_OF(body_heads); i += 2)
        if (strcmp(kind, body_heads[i]) == 0)
            str_add_text(&mail, body_heads[i + 1]);
    str_add_span(&mail, str_span(&input));
    if (strcmp(kind, "sentence") == 0) {
        score_sentence(run, item, str_span(&input));
    } else if (strcmp(kind, "message") == 0 || mail.len > input.len) {
        reading_of_mail(str_span(&mail), &env, &run->arena, &reading);
        score_message(run, item, &reading);
        score_return_date(run, item, &reading);
    }
    str_finish(&input);
    str_finish(&mail);
}

/* ---- folders ---- */

static bool exists(const char *path)
{
    struct stat info;

    return stat(path, &info) == 0;
}

static void print_tally(const struct tally *tally)
{
    for (int q = 0; q < Q_COUNT; q++) {
        long all = tally->passed[q] + tally->failed[q];

        if (all > 0)
            printf("%-28s %-10s %4ld of %4ld  %5.1f %%\n", tally->set, question_names[q],
                   tally->passed[q], all, 100.0 * (double)tally->passed[q] / (double)all);
    }
}

/* "dsn_flufl/given" */
static void name_tally(struct tally *tally, const char *folder)
{
    const char *half = strrchr(folder, '/'), *set = half;

    while (set > folder && set[-1] != '/')
        set--;
    snprintf(tally->set, sizeof(tally->set), "%s", set ? set : folder);
}

static void run_half(struct run *run, const char *folder)
{
    char path[4200];
    struct str text;
    cJSON *index;
    const cJSON *item;

    snprintf(path, sizeof(path), "%s/index.json", folder);
    if (!exists(path) || run->count == MAX_LINES)
        return;
    if (!read_file(path, &text) || !(index = cJSON_Parse(str_text(&text)))) {
        fprintf(stderr, "reply_corpus: cannot read %s\n", path);
        exit(2);
    }
    run->folder = folder;
    name_tally(&run->tallies[run->count++], folder);
    cJSON_ArrayForEach(item, index) score_case(run, item);
    print_tally(&run->tallies[run->count - 1]);
    cJSON_Delete(index);
    str_finish(&text);
}

static void run_folder(struct run *run, const char *folder, int depth)
{
    struct dirent **entries;
    int found;

    run_half(run, folder);
    found = depth < 2 ? scandir(folder, &entries, NULL, alphasort) : 0;
    for (int i = 0; i < found; i++) {
        char path[4096];
        struct stat info;

        snprintf(path, sizeof(path), "%s/%s", folder, entries[i]->d_name);
        if (entries[i]->d_name[0] != '.' && stat(path, &info) == 0 && S_ISDIR(info.st_mode))
            run_folder(run, path, depth + 1);
        free(entries[i]);
    }
    if (found > 0)
        free(entries);
}

/* ---- floors ---- */

static long passed_in(const struct run *run, const char *set, const char *question)
{
    for (size_t i = 0; i < run->count; i++)
        for (int q = 0; q < Q_COUNT; q++)
            if (strcmp(run->tallies[i].set, set) == 0 && strcmp(question_names[q], question) == 0)
                return run->tallies[i].passed[q];
    return -1;
}

static int check_floors(const struct run *run, const char *path)
{
    FILE *file = fopen(path, "r");
    char line[300], set[100], question[50], least[20];
    int below = 0;

    if (!file) {
        fprintf(stderr, "reply_corpus: cannot read %s\n", path);
        return 2;
    }
    while (fgets(line, sizeof(line), file)) {
        char *rest = line, *fields[3] = { set, question, least };
        size_t sizes[] = { sizeof(set), sizeof(question), sizeof(least) };

        if (line[0] == '#' || line[0] == '\n')
            continue;
        for (int i = 0; i < 3; i++) {
            char *field = strsep(&rest, "\t\n");
            snprintf(fields[i], sizes[i], "%s", field ? field : "");
        }
        if (passed_in(run, set, question) < strtol(least, NULL, 10)) {
            printf("below the floor: %s %s, %ld passed, %s needed\n", set, question,
                   passed_in(run, set, question), least);
            below = 1;
        }
    }
    fclose(file);
    return below;
}

int main(int argc, char **argv)
{
    static struct run run;
    const char *floors = NULL;
    struct arena words;
    bool all = false;
    long passed = 0, failed = 0;
    int first = 1;

    for (; first < argc && argv[first][0] == '-'; first++) {
        if (strcmp(argv[first], "-v") == 0)
            run.verbose = true;
        else if (strcmp(argv[first], "--all") == 0)
            all = true;
        else if (strcmp(argv[first], "--floor") == 0 && first + 1 < argc)
            floors = argv[++first];
    }
    arena_init(&run.arena);
    arena_init(&words);
    env.lexicon = lexicon_builtin(&words);
    log_set_level(LOG_LEVEL_ERROR); /* scenarios of matching log what the daemon would */
    for (int i = first; i < argc; i++) {
        if (!exists(argv[i])) {
            printf("skipped: no corpus at %s\n", argv[i]);
            return 77;
        }
        run_folder(&run, argv[i], 0);
    }
    for (size_t i = 0; i < run.count; i++) {
        for (int q = 0; q < Q_COUNT; q++) {
            passed += run.tallies[i].passed[q];
            failed += run.tallies[i].failed[q];
        }
    }
    arena_finish(&run.arena);
    arena_finish(&words);
    if (run.verbose)
        score_intents_print();
    printf("%ld passed, %ld failed\n", passed, failed);
    if (all && failed > 0)
        return 1;
    return floors ? check_floors(&run, floors) : 0;
}
