/* tests/templates/test_guide.c - the author's guide, docs/templates.md, does not lie: each example in
 * it prints what stands beside it, and its tables have all tags and filters, and no others. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "core/base/text.h"
#include "guide.h"
#include "support.h"
#include "templates/budget.h"
#include "templates/parts.h"
#include "templates/program.h"

/* As the guide tells its readers: when its examples are sent, and to which zone. */
#define GUIDE_NOW_MS INT64_C(1795422600000) /* Monday, 2026-11-23 09:30 in Berlin */
#define GUIDE_ZONE "Europe/Berlin"
#define EXAMPLES_LEAST 150 /* so that a guide that cannot be read is not taken for a good one */

struct checking {
    struct arena *arena;
    struct render_context context;
    const char **fields; /* names that templates may use: the guide's own table of drops */
    struct part_source files[PARTS_FILES_MAX];  /* of the template that the section builds */
    struct part_source shared[PARTS_FILES_MAX]; /* beside it, in _shared */
    size_t file_count, shared_count;
    struct str wrong; /* one a line: "12: expected ..., got ..." */
    int examples;
};

static const struct {
    const char *name; /* in a column "part", or after ```liquid */
    enum template_part part;
} part_names[] = {
    { "", PART_TEXT },          { "text", PART_TEXT }, { "html", PART_HTML },
    { "subject", PART_HEADER }, { "url", PART_URL },   { "sms", PART_SMS },
};

static bool part_of(struct span name, enum template_part *part)
{
    for (size_t i = 0; i < COUNT_OF(part_names); i++)
        if (text_eq_nocase(name, span_of(part_names[i].name))) {
            *part = part_names[i].part;
            return true;
        }
    return false;
}

static void expect(struct checking *c, int line, struct span expected, struct span got)
{
    c->examples++;
    if (!span_eq(expected, got))
        str_printf(&c->wrong, "docs/templates.md:%d: the guide has\n%.*s\nthe program has\n%.*s\n",
                   line, (int)expected.len, expected.data, (int)got.len, got.data);
}

/* What came out, or what a person is told instead. */
static struct span example_output(struct checking *c, struct span source, enum template_part part,
                                  bool whole_problem)
{
    struct template_options options = {
        .part = part, .trim_tag_lines = true, .name = "example", .fields = c->fields
    };
    struct template_problems problems = { 0 };
    struct template_problem problem;
    struct template *template = template_compile(source, &options, c->arena, &problems);
    struct str told;
    struct span out;
    bool good = template && template_render(template, &c->context, c->arena, &out, &problem) == 0;

    if (!good) {
        str_init(&told, 4096);
        if (!template)
            problem = problems.items[0];
        if (whole_problem)
            template_explain("example", &problem, &told);
        else
            str_add_text(&told, problem.text);
        out = span_of(arena_dup_span(c->arena, text_trim(str_span(&told))));
        str_finish(&told);
    }
    out = span_of(arena_dup_span(c->arena, out));
    template_destroy(template);
    return out;
}

/* ---- rows: | example | prints | ---- */

static struct span expected_of(struct checking *c, struct span cell)
{
    if (span_is(cell, "nothing"))
        return span_make("", 0);
    return span_of(guide_code(cell, c->arena));
}

/* "see [Loops](#loops)": shown in a block. */
static bool is_elsewhere(struct span example)
{
    return text_starts_nocase(example, "see [");
}

static void check_row(struct checking *c, const struct guide_item *row)
{
    struct span example = guide_cell(row, "example"), prints = guide_cell(row, "prints");
    enum template_part part = PART_TEXT;
    struct span source = span_of(guide_code(example, c->arena)), expected;

    if (!example.data || !prints.data || is_elsewhere(example))
        return;
    expected = expected_of(c, prints);
    if (!source.data || !expected.data || !part_of(guide_cell(row, "part"), &part)) {
        str_printf(&c->wrong, "docs/templates.md:%d: this row cannot be checked\n", row->line);
        return;
    }
    expect(c, row->line, expected, example_output(c, source, part, false));
}

/* ---- rows: | drop | type | what | prints | ---- */

/* The template that prints a drop: of a list its first item, of "fields.*" all members. */
static struct span drop_template(struct checking *c, const struct guide_item *row)
{
    struct span path = span_of(guide_code(guide_cell(row, "drop"), c->arena));
    bool list = text_starts_nocase(guide_cell(row, "type"), "list");
    bool any = path.len > 2 && span_is(span_from(path, path.len - 2), ".*");

    return span_of(arena_printf(c->arena, "{{ %.*s%s }}", (int)(path.len - (any ? 2 : 0)),
                                path.data,
                                list  ? ".first"
                                : any ? " | json"
                                      : ""));
}

static void check_drop(struct checking *c, const struct guide_item *row)
{
    struct span prints = span_of(guide_code(guide_cell(row, "prints"), c->arena));
    struct span got = example_output(c, drop_template(c, row), PART_TEXT, false);
    char *quoted = arena_printf(c->arena, "\"%s\"", prints.data ? prints.data : "?");

    if (strchr(got.data, '{') && strstr(got.data, quoted))
        got = prints;
    expect(c, row->line, prints, got);
}

/* ---- blocks: ```liquid, then what it prints ---- */

static struct span second_word(struct span info)
{
    const char *space = info.len ? memchr(info.data, ' ', info.len) : NULL;

    return space ? text_trim(span_from(info, (size_t)(space - info.data))) : span_make("", 0);
}

/* "email.liquid": a file of the section's template; "_shared/_NAME.liquid": one for all templates. */
static bool keep_file(struct checking *c, const struct guide_item *block)
{
    struct span name = second_word(block->info);
    size_t ending = strlen(".liquid"), folder = strlen(PARTS_SHARED "/");
    bool shared = text_starts_nocase(name, PARTS_SHARED "/");
    struct part_source file;

    if (name.len <= ending || !span_is(span_from(name, name.len - ending), ".liquid") ||
        c->file_count == PARTS_FILES_MAX || c->shared_count == PARTS_FILES_MAX)
        return false;
    name = span_from(span_make(name.data, name.len - ending), shared ? folder : 0);
    file.name = arena_dup_span(c->arena, name);
    file.source = arena_printf(c->arena, "%.*s\n", (int)block->text.len, block->text.data);
    if (shared)
        c->shared[c->shared_count++] = file;
    else
        c->files[c->file_count++] = file;
    return true;
}

static struct span rendered_output(struct checking *c, const struct rendered *out, bool html)
{
    if (html)
        return out->html;
    if (out->subject.len == 0)
        return out->text;
    return span_of(arena_printf(c->arena, "Subject: %.*s\n\n%.*s", (int)out->subject.len,
                                out->subject.data, (int)out->text.len, out->text.data));
}

static struct span file_output(struct checking *c, struct span channel, bool html)
{
    struct parts_source source = {
        .name = "example",
        .sources = c->files,
        .count = c->file_count,
        .fields = c->fields,
        .shared = c->shared,
        .shared_count = c->shared_count,
    };
    struct render_context context = c->context;
    struct template_problem problem;
    struct rendered rendered;
    struct str problems;
    struct parts *parts;
    struct span out;

    context.channel = arena_dup_span(c->arena, channel);
    str_init(&problems, 10000);
    parts = parts_compile(&source, c->arena, &problems);
    if (!parts)
        out = span_of(arena_dup_span(c->arena, text_trim(str_span(&problems))));
    else if (parts_render(parts, &context, c->arena, &rendered, &problem) < 0)
        out = span_of(arena_printf(c->arena, "line %d: %s", problem.line, problem.text));
    else
        out = rendered_output(c, &rendered, html);
    parts_destroy(parts);
    str_finish(&problems);
    return out;
}

/* A block after a template is what the template prints. */
static void check_output(struct checking *c, const struct guide_item *source,
                         const struct guide_item *output)
{
    struct span channel = second_word(output->info);
    bool html = text_starts_nocase(output->info, "html");
    enum template_part part;

    if (channel.len)
        expect(c, output->line, output->text, file_output(c, channel, html));
    else if (part_of(second_word(source->info), &part))
        expect(c, output->line, output->text, example_output(c, source->text, part, true));
    else
        str_printf(&c->wrong, "docs/templates.md:%d: no such part\n", source->line);
}

static bool is_template(const struct guide_item *item)
{
    return item && item->kind == GUIDE_BLOCK && text_starts_nocase(item->info, "liquid");
}

static bool is_output(const struct guide_item *item)
{
    return item && item->kind == GUIDE_BLOCK &&
           (text_starts_nocase(item->info, "text") || text_starts_nocase(item->info, "html"));
}

static void check_block(struct checking *c, const struct guide_item *item,
                        const struct guide_item *next)
{
    if (keep_file(c, item))
        return;
    if (is_output(next))
        check_output(c, item, next);
    else
        str_printf(&c->wrong, "docs/templates.md:%d: no output follows this template\n",
                   item->line);
}

static void check_item(struct checking *c, const struct guide *guide, size_t at)
{
    const struct guide_item *item = &guide->items[at];
    const struct guide_item *before = at ? item - 1 : NULL;

    if (item->kind == GUIDE_HEADING)
        c->file_count = c->shared_count = 0;
    else if (item->kind == GUIDE_ROW && guide_cell(item, "drop").data)
        check_drop(c, item);
    else if (item->kind == GUIDE_ROW)
        check_row(c, item);
    else if (is_template(item))
        check_block(c, item, at + 1 < guide->count ? item + 1 : NULL);
    else if (is_output(item) && second_word(item->info).len)
        check_output(c, before ? before : item, item);
    else if (is_output(item) && !is_template(before))
        str_printf(&c->wrong, "docs/templates.md:%d: whose output is this?\n", item->line);
}

/* ---- the whole guide ---- */

/* The first ```json block is the prospect whom all examples are written to. */
static const struct guide_item *find_data(const struct guide *guide)
{
    for (size_t i = 0; i < guide->count; i++)
        if (guide->items[i].kind == GUIDE_BLOCK && span_is(guide->items[i].info, "json"))
            return &guide->items[i];
    fail_msg("the guide has no ```json block with the data of its examples");
    return NULL;
}

/* As heed refuses other names, so does the test; none are refused when the guide has no drops. */
static const char **allowed_fields(const struct guide *guide, struct arena *arena)
{
    const char **drops = guide_names(guide, "drop", arena), **fields;
    size_t count = 0;

    while (drops[count])
        count++;
    if (count == 0)
        return NULL;
    fields = arena_array(arena, count + 2, sizeof(*fields));
    memcpy(fields, drops, count * sizeof(*fields));
    fields[count] = "people.*"; /* the guide's own, for the filters on lists */
    return fields;
}

/* Returns how many examples there are; what is wrong with them is in c->wrong. */
static int check_guide(struct checking *c, const struct guide *guide)
{
    const struct guide_item *data = find_data(guide);

    str_init(&c->wrong, (size_t)1 << 20);
    c->context = (struct render_context){
        .data = liquid_data(c->arena, arena_dup_span(c->arena, data->text)),
        .now_ms = GUIDE_NOW_MS,
        .zone = zone_find(GUIDE_ZONE, NULL),
        .seed = 7,
    };
    assert_non_null(c->context.zone);
    c->fields = allowed_fields(guide, c->arena);
    for (size_t i = 0; i < guide->count; i++)
        check_item(c, guide, i);
    return c->examples;
}

static void test_guide__every_example_prints_what_stands_beside_it(void **state)
{
    struct arena arena;
    struct checking c = { .arena = &arena };
    struct guide guide;
    bool wrong;

    (void)state;
    arena_init(&arena);
    guide = guide_of(guide_text(&arena), &arena);
    check_guide(&c, &guide);
    wrong = c.wrong.len > 0;
    if (wrong)
        print_error("%s", str_text(&c.wrong));
    print_message("%d examples\n", c.examples);
    assert_true(c.examples >= EXAMPLES_LEAST);
    str_finish(&c.wrong);
    arena_finish(&arena);
    assert_false(wrong);
}

static void test_guide__a_wrong_example_is_named_with_its_line(void **state)
{
    static const struct {
        const char *guide, *wrong; /* NULL: nothing is wrong */
    } rows[] = {
        { "| x | example | prints |\n|---|---|---|\n| a | `{{ 'b' \\| upcase }}` | `B` |\n", NULL },
        { "| x | example | prints |\n|---|---|---|\n| a | `{{ 'b' \\| upcase }}` | `b` |\n",
          "docs/templates.md:6: the guide has\nb\nthe program has\nB\n" },
        { "| example | prints |\n|---|---|\n| `{{ name }}` | nothing |\n",
          "docs/templates.md:6: the guide has\n\nthe program has\nAna\n" },
        { "| example | prints |\n|---|---|\n| `{{ name }}` | Ana |\n",
          "docs/templates.md:6: this row cannot be checked\n" },
        { "```liquid\n{{ name }}\n```\n```text\nAna\n```\n", NULL },
        { "```liquid\n{{ name }}\n```\n```text\nAn\n```\n",
          "docs/templates.md:7: the guide has\nAn\nthe program has\nAna\n" },
        { "```liquid\n{{ name }}\n```\n",
          "docs/templates.md:4: no output follows this template\n" },
        { "| drop | type | prints |\n|---|---|---|\n| `name` | text | `Ana` |\n", NULL },
        { "| drop | type | prints |\n|---|---|---|\n| `name` | text | `An` |\n",
          "docs/templates.md:6: the guide has\nAn\nthe program has\nAna\n" },
        { "| drop | type | prints |\n|---|---|---|\n| `m.*` | text | `b` |\n", NULL },
        { "| drop | type | prints |\n|---|---|---|\n| `m.*` | text | `c` |\n",
          "docs/templates.md:6: the guide has\nc\nthe program has\n{\"a\":\"b\"}\n" },
        { "```text\nAna\n```\n", "docs/templates.md:4: whose output is this?\n" },
        { "```liquid sms.liquid\nHi {{ name }}\n```\n```text sms\nHo Ana\n```\n",
          "docs/templates.md:7: the guide has\nHo Ana\nthe program has\nHi Ana\n" },
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct arena arena;
        struct checking c = { .arena = &arena };
        struct guide guide;

        arena_init(&arena);
        guide = guide_of(
            span_of(arena_printf(&arena, "```json\n{\"name\":\"Ana\",\"m\":{\"a\":\"b\"}}\n```\n%s",
                                 rows[i].guide)),
            &arena);
        check_guide(&c, &guide);
        assert_string_equal(str_text(&c.wrong), rows[i].wrong ? rows[i].wrong : "");
        str_finish(&c.wrong);
        arena_finish(&arena);
    }
}

static size_t times_in(const char *name, const char *const *names)
{
    size_t times = 0;

    for (; *names; names++)
        times += strcmp(name, *names) == 0;
    return times;
}

/* Each name of the program once in the guide, and no other there. Returns how many are wrong. */
static int compare_names(const char *what, const char *const *program, const char *const *guide)
{
    int wrong = 0;

    for (const char *const *name = program; *name; name++) {
        if (times_in(*name, guide) == 1)
            continue;
        print_error("docs/templates.md has the %s '%s' %zu times\n", what, *name,
                    times_in(*name, guide));
        wrong++;
    }
    for (const char *const *name = guide; *name; name++) {
        if (text_is_among(*name, program))
            continue;
        print_error("docs/templates.md has the %s '%s', the program has none\n", what, *name);
        wrong++;
    }
    return wrong;
}

static void test_guide__has_every_filter_once_and_no_other(void **state)
{
    struct arena arena;
    struct guide guide;
    int wrong;

    (void)state;
    arena_init(&arena);
    guide = guide_of(guide_text(&arena), &arena);
    wrong = compare_names("filter", template_filter_names(&arena),
                          guide_names(&guide, "filter", &arena));
    arena_finish(&arena);
    assert_int_equal(wrong, 0);
}

static void test_guide__has_every_tag_once_and_no_other(void **state)
{
    struct arena arena;
    struct guide guide;
    int wrong;

    (void)state;
    arena_init(&arena);
    guide = guide_of(guide_text(&arena), &arena);
    wrong = compare_names("tag", template_tag_names(&arena), guide_names(&guide, "tag", &arena));
    arena_finish(&arena);
    assert_int_equal(wrong, 0);
}

/* Is `name` in the row's example, or in a block if the row says so? */
static bool is_shown(const struct guide *guide, struct span example, const char *name)
{
    bool shown = false;

    if (!is_elsewhere(example))
        return memmem(example.data, example.len, name, strlen(name)) != NULL;
    for (size_t i = 0; !shown && i < guide->count; i++)
        shown = is_template(&guide->items[i]) &&
                memmem(guide->items[i].text.data, guide->items[i].text.len, name, strlen(name));
    return shown;
}

/* A row's example that does not use what the row is about would show nothing. */
static int foreign_examples(const struct guide *guide, const char *head, struct arena *arena)
{
    int wrong = 0;

    for (size_t i = 0; i < guide->count; i++) {
        const struct guide_item *row = &guide->items[i];
        char *name;
        if (row->kind != GUIDE_ROW || !span_is(row->heads.cells[0], head))
            continue;
        name = guide_code(row->row.cells[0], arena);
        assert_non_null(name);
        name[strcspn(name, ": ")] = '\0';
        if (is_shown(guide, guide_cell(row, "example"), name))
            continue;
        print_error("docs/templates.md:%d: the example does not use '%s'\n", row->line, name);
        wrong++;
    }
    return wrong;
}

static void test_guide__examples_use_what_their_row_is_about(void **state)
{
    struct arena arena;
    struct guide guide;
    int wrong;

    (void)state;
    arena_init(&arena);
    guide = guide_of(guide_text(&arena), &arena);
    wrong = foreign_examples(&guide, "filter", &arena) + foreign_examples(&guide, "tag", &arena);
    arena_finish(&arena);
    assert_int_equal(wrong, 0);
}

/* "256 KiB", "100,000" */
static size_t limit_number(struct span cell)
{
    size_t number = 0;

    for (size_t i = 0; i < cell.len; i++)
        if (text_is_digit(cell.data[i]))
            number = number * 10 + (size_t)(cell.data[i] - '0');
    if (cell.len > 3 && span_is(span_from(cell, cell.len - 3), "KiB"))
        number <<= 10;
    if (cell.len > 3 && span_is(span_from(cell, cell.len - 3), "MiB"))
        number <<= 20;
    return number;
}

static void test_guide__limits_are_those_of_the_program(void **state)
{
    static const struct {
        const char *limit;
        size_t most;
    } rows[] = {
        { "source of a template file", SOURCE_MAX_BYTES },
        { "source of a template file with all its snippets", SOURCES_MAX_BYTES },
        { "nested blocks", BLOCKS_MAX },
        { "snippets within snippets", SNIPPET_DEPTH_MAX },
        { "calls of snippets in a render", SNIPPET_CALLS_MAX },
        { "filters in one chain", FILTERS_MAX },
        { "arguments of one filter", ARGS_MAX },
        { "parts of one field (`a.b.c`)", STEPS_MAX },
        { "problems reported at once", PROBLEMS_MAX },
        { "steps of work in a render", FUEL_MAX },
        { "turns of loops in a render", TURNS_MAX },
        { "items of a list", LIST_MAX },
        { "a text made by a filter", TEXT_MAX_BYTES },
        { "texts kept by `assign` and `capture`", KEPT_MAX_BYTES },
        { "memory of a render", ARENA_MAX_BYTES },
        { "depth of nested data", DATA_DEPTH_MAX },
        { "segments of a text message", SMS_SEGMENTS_MAX },
    };
    struct arena arena;
    struct guide guide;
    size_t found = 0;

    (void)state;
    arena_init(&arena);
    guide = guide_of(guide_text(&arena), &arena);
    for (size_t i = 0; i < guide.count; i++) {
        struct span limit = guide_cell(&guide.items[i], "limit");
        if (!limit.data)
            continue;
        assert_true(found < COUNT_OF(rows));
        assert_true(span_is(limit, rows[found].limit));
        assert_int_equal(limit_number(guide_cell(&guide.items[i], "at most")), rows[found].most);
        found++;
    }
    assert_int_equal(found, COUNT_OF(rows));
    arena_finish(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_guide__every_example_prints_what_stands_beside_it),
        cmocka_unit_test(test_guide__a_wrong_example_is_named_with_its_line),
        cmocka_unit_test(test_guide__has_every_filter_once_and_no_other),
        cmocka_unit_test(test_guide__has_every_tag_once_and_no_other),
        cmocka_unit_test(test_guide__examples_use_what_their_row_is_about),
        cmocka_unit_test(test_guide__limits_are_those_of_the_program),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
