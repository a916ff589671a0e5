/* tests/templates/liquid_conformance.c - runs conformance files through the engine:
 * `liquid_conformance [--least N] [--quiet] [--verbose] [--words] FILE.json...` prints the failing
 * names, then "N passed, M failed"; exit 1 when fewer than N passed (default: all), 2 when a file
 * cannot be read. Verbose: with template, expected and got; words: also the refusals that are worded
 * otherwise than the reference words them. Cases of the feature ruby_types, which print Ruby's own
 * way to inspect a hash, are told apart. Cases without the tag strict are compiled lax; a must-fail
 * case passes when compiling fails, strict or lax, or when the lax text holds "Liquid error" (a
 * strict render is not asked: it would also hold for missing data). */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "json_value.h"
#include "templates/template.h"

#define FILE_MAX_BYTES ((size_t)16 << 20)

struct tally {
    long passed, failed;
    long ruby_passed, ruby_failed; /* of them, with the feature ruby_types */
    long worded, words;            /* refusals: all, and those that say what must be said */
    bool quiet, verbose, list_words;
};

static bool has_word(const struct value *list, const char *word)
{
    if (!list || list->type != VALUE_LIST)
        return false;
    for (size_t i = 0; i < list->list.count; i++)
        if (span_is(list->list.items[i].text, word))
            return true;
    return false;
}

static bool is_strict(const struct value *test)
{
    const struct value *mode = json_value_get(test, "mode"), *tags = json_value_get(test, "tags");

    if (mode)
        return !span_is(mode->text, "lax") && !span_is(mode->text, "warn");
    return has_word(tags, "strict") || has_word(tags, "strict2");
}

static bool says_all(const struct value *words, const char *message)
{
    for (size_t i = 0; words && i < words->list.count; i++)
        if (!memmem(message, strlen(message), words->list.items[i].text.data,
                    words->list.items[i].text.len))
            return false;
    return true;
}

static bool wording_fits(const struct value *test, const struct template_problems *problems)
{
    char message[320];

    for (size_t i = 0; i < problems->count; i++) {
        snprintf(message, sizeof(message), "Liquid syntax error (line %d): %s",
                 problems->items[i].line, problems->items[i].text);
        if (says_all(json_value_get(test, "error"), message))
            return true;
    }
    return false;
}

static bool render(const struct template *template, const struct value *test, struct arena *arena,
                   struct span *out)
{
    const struct value *data = json_value_get(test, "data");
    struct render_context context = { .now_ms = INT64_C(1700000000000) };
    struct template_problem problem;

    context.data = data && data->type == VALUE_MAP ? *data : value_map(NULL, 0);
    if (template_render(template, &context, arena, out, &problem) == 0)
        return true;
    *out = span_of(arena_printf(arena, "Liquid error: %s", problem.text));
    return false;
}

static bool result_fits(const struct value *test, struct span text)
{
    const struct value *one = json_value_get(test, "result");
    const struct value *some = json_value_get(test, "results");

    if (one)
        return span_eq(one->text, text);
    for (size_t i = 0; some && i < some->list.count; i++)
        if (span_eq(some->list.items[i].text, text))
            return true;
    return false;
}

static const struct template_snippet *snippets_of(const struct value *test, struct arena *arena,
                                                  size_t *count)
{
    const struct value *templates = json_value_get(test, "templates");
    struct template_snippet *snippets;

    *count = templates && templates->type == VALUE_MAP ? templates->map.count : 0;
    snippets = arena_array(arena, *count + 1, sizeof(*snippets));
    for (size_t i = 0; i < *count; i++) {
        const struct value_pair *pair = &templates->map.pairs[i];
        snippets[i].name = arena_dup_span(arena, pair->name);
        snippets[i].source = pair->value.text;
    }
    return snippets;
}

static struct template *compile(const struct value *test, bool lax, struct arena *arena,
                                struct template_problems *problems)
{
    struct template_options options = { .part = PART_NONE, .lax = lax, .as_reference = true };

    options.snippets = snippets_of(test, arena, &options.snippet_count);
    return template_compile(json_value_get(test, "template")->text, &options, arena, problems);
}

static void report_words(const struct value *test, const struct template_problems *problems)
{
    const struct value *message = json_value_get(test, "message");

    printf("WORDS %s\n  template: %s\n  expected: %s\n  got:      %s\n",
           json_value_get(test, "name")->text.data, json_value_get(test, "template")->text.data,
           message ? message->text.data : "?", problems->count ? problems->items[0].text : "");
}

static bool is_refused(const struct value *test, struct arena *arena, struct tally *tally)
{
    struct template_problems problems = { 0 };
    struct template *template = compile(test, false, arena, &problems);

    if (json_value_get(test, "error")) {
        bool fits = wording_fits(test, &problems);
        tally->words++;
        tally->worded += fits;
        if (!fits && tally->list_words)
            report_words(test, &problems);
    }
    template_destroy(template);
    return template == NULL;
}

/* Renders the case; *got is what came out, for the report. */
static bool passes(const struct value *test, struct arena *arena, struct tally *tally,
                   struct span *got)
{
    bool invalid = json_value_get(test, "invalid") != NULL, fits;
    struct template_problems problems = { 0 };
    struct template *template;

    *got = span_of("");
    if (invalid && is_refused(test, arena, tally))
        return true;
    if (invalid && is_strict(test))
        return false;
    template = compile(test, true, arena, &problems);
    if (!template) {
        *got = span_of(problems.items[0].text);
        return invalid;
    }
    render(template, test, arena, got);
    fits =
        invalid ? memmem(got->data, got->len, "Liquid error", 12) != NULL : result_fits(test, *got);
    template_destroy(template);
    return fits;
}

static void report(const struct value *test, struct span got, bool verbose)
{
    const struct value *name = json_value_get(test, "name"), *want = json_value_get(test, "result");
    const struct value *source = json_value_get(test, "template");
    const char *expected = want ? want->text.data : "(an error)";

    printf("FAIL %.*s\n", (int)name->text.len, name->text.data);
    if (verbose)
        printf("  template: %.*s\n  expected: %.300s\n  got:      %.*s\n",
               source->text.len > 300 ? 300 : (int)source->text.len, source->text.data, expected,
               got.len > 300 ? 300 : (int)got.len, got.data);
}

static void run_case(const struct value *test, struct tally *tally)
{
    bool ruby = has_word(json_value_get(test, "features"), "ruby_types"), passed;
    struct arena arena;
    struct span got;

    arena_init(&arena);
    passed = passes(test, &arena, tally, &got);
    tally->passed += passed;
    tally->failed += !passed;
    tally->ruby_passed += ruby && passed;
    tally->ruby_failed += ruby && !passed;
    if (!passed && !tally->quiet)
        report(test, got, tally->verbose);
    arena_finish(&arena);
}

static bool read_file(const char *path, struct str *out)
{
    FILE *in = fopen(path, "rb");
    char block[65536];
    size_t n;

    if (!in)
        return false;
    while ((n = fread(block, 1, sizeof(block), in)) > 0)
        str_add(out, block, n);
    fclose(in);
    return str_ok(out) && out->len > 0;
}

static bool run_file(const char *path, struct tally *tally)
{
    struct arena arena;
    struct str text;
    struct value root;
    const struct value *tests;
    bool ok;

    arena_init(&arena);
    str_init(&text, FILE_MAX_BYTES);
    ok = read_file(path, &text) && json_value(str_span(&text), &arena, &root);
    tests = ok ? json_value_get(&root, "tests") : NULL;
    ok = tests && tests->type == VALUE_LIST;
    if (!ok)
        fprintf(stderr, "%s: cannot be read as a conformance file\n", path);
    for (size_t i = 0; ok && i < tests->list.count; i++)
        run_case(&tests->list.items[i], tally);
    str_finish(&text);
    arena_finish(&arena);
    return ok;
}

int main(int argc, char **argv)
{
    struct tally tally = { 0 };
    long least = -1;

    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--quiet") == 0)
            tally.quiet = true;
        else if (strcmp(argv[i], "--verbose") == 0)
            tally.verbose = true;
        else if (strcmp(argv[i], "--words") == 0)
            tally.list_words = true;
        else if (strcmp(argv[i], "--least") == 0 && i + 1 < argc)
            least = strtol(argv[++i], NULL, 10);
        else if (!run_file(argv[i], &tally))
            return 2;
    }
    if (tally.words)
        printf("%ld of %ld refusals are worded as the reference words them\n", tally.worded,
               tally.words);
    if (tally.ruby_passed + tally.ruby_failed)
        printf("ruby_types: %ld passed, %ld failed\n", tally.ruby_passed, tally.ruby_failed);
    printf("%ld passed, %ld failed\n", tally.passed, tally.failed);
    return (least < 0 ? tally.failed > 0 : tally.passed < least) ? 1 : 0;
}
