/* tests/fuzz/fuzz_template_parse.c - any bytes as a template: a program, or problems that have a
 * place and a reason; the same ones each time, and soon. */
#include <stdlib.h>

#include "core/base/text.h"
#include "liquid_input.h"
#include "templates/program.h"

#define CPU_MAX_MS 1000.0 /* under sanitizers, on a busy machine */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_problems(const struct template_problems *problems, struct span source)
{
    struct str text;
    int line = 0;

    str_init(&text, 1 << 20);
    for (size_t i = 0; i < problems->count; i++) {
        liquid_check_problem(&problems->items[i], source);
        bool same = i && strcmp(problems->items[i].file, problems->items[i - 1].file) == 0;
        liquid_must(!same || problems->items[i].line >= line,
                    "problems of a file come in the order of their lines");
        line = problems->items[i].line;
        template_explain("fuzz", &problems->items[i], &text);
    }
    liquid_must(str_ok(&text), "problems can be shown");
    liquid_must(problems->count <= PROBLEMS_MAX, "problems are limited");
    str_finish(&text);
}

static void check_paths(const struct template *template, struct arena *arena)
{
    const char **paths = template_paths(template, arena);

    for (size_t i = 0; paths[i]; i++)
        liquid_must(i < NAMES_MAX, "paths are limited");
}

static size_t compile(const struct liquid_input *input, struct arena *arena)
{
    struct template_problems problems = { 0 };
    struct template *template = template_compile(input->source, &input->options, arena, &problems);

    liquid_must((template == NULL) == (problems.count > 0), "a program, or problems");
    check_problems(&problems, input->source);
    if (template)
        check_paths(template, arena);
    template_destroy(template);
    return problems.count;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct liquid_input input;
    struct arena arena;
    double start = liquid_cpu_ms();
    size_t count;

    arena_init(&arena);
    liquid_input_read(span_make((const char *)data, size), &arena, &input);
    count = compile(&input, &arena);
    liquid_must(count == compile(&input, &arena), "compiling twice is the same");
    liquid_must(liquid_cpu_ms() - start < CPU_MAX_MS, "compiling is soon done");
    arena_finish(&arena);
    return 0;
}
