/* tests/bench/liquid/heed.c - heed's Liquid in the benchmark: strict, each mail as the part it is sent
 * as, compiled once. Usage: heed CASE FOLDER OUT (liquid.py does it). */
#include <stdio.h>
#include <stdlib.h>

#include "rounds.h"

struct heed {
    struct template *template;
    const struct value *prospects;
    struct render_context context;
    struct template_problem problem;
    struct arena arena;
    size_t arena_bytes;
};

static struct template *compile(struct input *input, const char *kase)
{
    struct template_options options = { .part = PART_TEXT, .name = kase };
    struct template_problems problems = { 0 };
    struct template *template;
    struct str text;

    if (strcmp(kase, "long") == 0)
        options.part = PART_HTML;
    template = template_compile(input->source, &options, &input->arena, &problems);
    str_init(&text, 4096);
    for (size_t i = 0; i < problems.count; i++)
        template_explain(kase, &problems.items[i], &text);
    fprintf(stderr, "%s", str_text(&text));
    str_finish(&text);
    if (!template)
        exit(1);
    return template;
}

static struct span render(void *self, size_t prospect)
{
    struct heed *heed = self;
    struct span out;

    arena_reset(&heed->arena);
    heed->context.data = heed->prospects[prospect];
    if (template_render(heed->template, &heed->context, &heed->arena, &out, &heed->problem) < 0) {
        fprintf(stderr, "prospect %zu: %s\n", prospect, heed->problem.text);
        exit(1);
    }
    if (heed->arena.used > heed->arena_bytes)
        heed->arena_bytes = heed->arena.used;
    return out;
}

int main(int argc, char **argv)
{
    struct heed heed = { 0 };
    struct engine engine = { "heed " HEED_VERSION, render, &heed, &heed.arena_bytes };
    struct input input;

    if (argc != 4) {
        fprintf(stderr, "usage: heed CASE FOLDER OUT\n");
        return 64;
    }
    input_read(&input, argv[2], argv[1]);
    heed.template = compile(&input, argv[1]);
    heed.prospects = input.prospects.list.items;
    arena_init(&heed.arena);
    rounds_serve(&engine, input.prospects.list.count, argv[3]);
    arena_finish(&heed.arena);
    template_destroy(heed.template);
    input_finish(&input);
    return 0;
}
