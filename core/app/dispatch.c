/* core/app/dispatch.c - see dispatch.h. Help and parsing read the same tables, so they agree. */
#include "core/app/dispatch.h"

#include <stdlib.h>
#include <string.h>

#include "core/app/command.h"
#include "core/base/log.h"
#include "core/base/text.h"

static const struct option_row no_options[] = { { 0 } };

static const struct option_row *options_of(const struct command *command)
{
    return command->options ? command->options : no_options;
}

/* ---- help ---- */

static void print_all(FILE *out)
{
    fprintf(out,
            "heed %s - follow-ups that follow the customer's lead\n\n"
            "usage: heed COMMAND [WORDS] [--workspace DIR] [--json] [--help]\n\n",
            HEED_VERSION);
    for (const struct command *const *c = commands; *c; c++)
        fprintf(out, "  %-11s %s\n", (*c)->name, (*c)->summary);
    fprintf(out, "\n`heed COMMAND --help` shows its options and examples.\n");
}

#define HELP_COLUMNS 100

/* From column `indent` on; where a line would be too long, a new one begins at a gap (" ", or " | "), indented as much. */
static void print_filled(const char *text, size_t indent, const char *gap)
{
    size_t gap_len = strlen(gap), column = indent;
    bool bar = gap_len > 1;

    for (const char *end; *text; text = *end ? end + gap_len : end) {
        size_t len;
        end = strstr(text, gap);
        end = end ? end : text + strlen(text);
        len = (size_t)(end - text);
        if (column > indent && column + gap_len + len + (*end && bar ? 2 : 0) > HELP_COLUMNS) {
            printf("%s\n%*s", bar ? " |" : "", (int)indent, "");
            column = indent;
        }
        column += (size_t)printf("%s%.*s", column > indent ? gap : "", (int)len, text);
    }
    putchar('\n');
}

static void print_option(const struct option_row *row)
{
    char left[64];

    snprintf(left, sizeof(left), "--%s%s%s", row->name, row->value ? " " : "",
             row->value ? row->value : "");
    printf("  %-22s ", left);
    print_filled(row->help, 25, " ");
}

static void print_examples(const char *examples)
{
    struct span rest = span_of(examples), line;

    while (text_next_line(&rest, &line))
        printf("  %.*s\n", (int)line.len, line.data);
}

static int print_help(const struct command *command)
{
    printf("heed %s - %s\n\n", command->name, command->summary);
    print_filled(command->usage, (size_t)printf("usage: heed %s ", command->name), " | ");
    putchar('\n');
    for (const struct option_row *row = options_of(command); row->name; row++)
        print_option(row);
    print_option(&(struct option_row){ "workspace", "DIR",
                                       "the workspace; default: $HEED_WORKSPACE or this folder" });
    print_option(&(struct option_row){ "json", NULL, "print JSON" });
    printf("\nexamples:\n");
    print_examples(command->examples);
    return 0;
}

/* ---- unknown words ---- */

static int unknown_command(const char *word)
{
    const char *names[64] = { 0 };
    size_t count = 0;

    for (const struct command *const *c = commands; *c && count < COUNT_OF(names) - 1; c++)
        names[count++] = (*c)->name;
    fprintf(stderr, "heed: no command \"%s\"%s. `heed --help` lists them.\n", word,
            text_hint(word, names).text);
    return err_exit_code(ERR_USAGE);
}

static int usage_error(const struct command *command, const char *what, const char *word)
{
    fprintf(stderr, "heed %s: %s%s\nusage: heed %s %s\n", command->name, what, word, command->name,
            command->usage);
    return err_exit_code(ERR_USAGE);
}

static int unknown_option(const struct command *command, const char *word)
{
    const char *names[OPTIONS_MAX + 3] = { 0 };
    const char *nearest;
    size_t count = 0;

    for (const struct option_row *row = options_of(command); row->name && count < OPTIONS_MAX;
         row++)
        names[count++] = row->name;
    names[count++] = "workspace";
    names[count] = "json";
    nearest = text_nearest(word + 2, names);
    fprintf(stderr, "heed %s: no option \"%s\"%s%s%s. See `heed %s --help`.\n", command->name, word,
            nearest ? ", did you mean --" : "", nearest ? nearest : "", nearest ? "?" : "",
            command->name);
    return err_exit_code(ERR_USAGE);
}

/* ---- parsing ---- */

struct parse {
    struct invocation *in;
    const char **words;
    int argc, at;
    char **argv;
};

/* The value of "--name=value" or the next word; NULL = missing. */
static const char *value_of(struct parse *p, const char *equals)
{
    if (equals)
        return equals + 1;
    return p->at + 1 < p->argc ? p->argv[++p->at] : NULL;
}

/* 0, -1 = help was asked for, or an exit code. */
static int take_option(struct parse *p)
{
    const struct command *command = p->in->command;
    const char *word = p->argv[p->at], *equals = strchr(word, '=');
    struct span name = span_make(word + 2, equals ? (size_t)(equals - word) - 2 : strlen(word) - 2);
    const char **place = NULL;
    size_t i = 0;

    if (span_is(name, "help"))
        return -1;
    if (span_is(name, "json")) {
        p->in->json = true;
        return 0;
    }
    if (span_is(name, "workspace"))
        place = &p->in->folder;
    for (const struct option_row *row = options_of(command); row->name; row++, i++) {
        if (!span_is(name, row->name))
            continue;
        place = &p->in->values[i];
        if (!row->value) {
            *place = "";
            return 0;
        }
    }
    if (!place)
        return unknown_option(command, word);
    *place = value_of(p, equals);
    return *place ? 0 : usage_error(command, "a value is missing after ", word);
}

static int parse(struct parse *p)
{
    bool only_words = false;

    for (p->at = 2; p->at < p->argc; p->at++) {
        const char *word = p->argv[p->at];
        int code = 0;
        if (!only_words && strcmp(word, "--") == 0)
            only_words = true;
        else if (!only_words && strncmp(word, "--", 2) == 0)
            code = take_option(p);
        else
            p->words[p->in->count++] = word;
        if (code)
            return code;
    }
    return 0;
}

static int check_count(const struct invocation *in)
{
    const struct command *command = in->command;

    if (in->count < command->min_words)
        return usage_error(command, "more words are needed", "");
    if (command->max_words >= 0 && in->count > command->max_words)
        return usage_error(command, "too many words: ", in->words[command->max_words]);
    return 0;
}

static int check_and_run(struct invocation *in)
{
    int code = check_count(in);

    return code ? code : in->command->run(in);
}

static int run(const struct command *command, int argc, char **argv)
{
    struct invocation in = { .command = command };
    struct parse p = { .in = &in, .argc = argc, .argv = argv };
    int code;

    arena_init(&in.arena);
    p.words = arena_array(&in.arena, (size_t)argc + 1, sizeof(*p.words));
    in.words = p.words;
    code = parse(&p);
    if (code == -1)
        code = print_help(command);
    else if (code == 0)
        code = check_and_run(&in);
    arena_finish(&in.arena);
    return code;
}

static void set_log_level(void)
{
    static const char *const names[] = { "error", "warn", "info", "debug" };
    const char *wish = getenv("HEED_LOG");

    for (size_t i = 0; wish && i < COUNT_OF(names); i++)
        if (strcmp(wish, names[i]) == 0)
            log_set_level((enum log_level)i);
}

int dispatch(int argc, char **argv)
{
    set_log_level();
    if (argc < 2 || strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "help") == 0) {
        print_all(argc < 2 ? stderr : stdout);
        return argc < 2 ? err_exit_code(ERR_USAGE) : 0;
    }
    if (strcmp(argv[1], "--version") == 0) {
        printf("heed %s\n", HEED_VERSION);
        return 0;
    }
    for (const struct command *const *c = commands; *c; c++)
        if (strcmp((*c)->name, argv[1]) == 0)
            return run(*c, argc, argv);
    return unknown_command(argv[1]);
}
