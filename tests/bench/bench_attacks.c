/* tests/bench/bench_attacks.c - how long each attack on the template engine keeps it busy:
 * `bench_attacks [ROUNDS [WORD]]` prints the least of the rounds for those with WORD in their names,
 * and exits 1 when one takes longer than it may. Processor time of this process; no test,
 * script/bench runs it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "attacks.h"
#include "templates/trace.h"

#define COMPILE_MAX_MS 50.0
#define RENDER_MAX_MS 5.0
#define TRACED_MAX_MS 10.0 /* an audit, which notes what each op did */

struct took { /* ms */
    double compile, render, traced;
};

static double cpu_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static double render(const struct template *template, const struct render_context *context,
                     struct arena *arena, struct template_problem *problem)
{
    double start = cpu_ms();
    struct span out;

    if (template_render(template, context, arena, &out, problem) == 0)
        snprintf(problem->text, sizeof(problem->text), "%zu bytes", out.len);
    return cpu_ms() - start;
}

static struct took once(const struct attack *attack, struct template_problem *said)
{
    struct template_options options = attack_options(attack);
    struct template_problems problems = { 0 };
    struct render_context context = { .now_ms = INT64_C(1795251600000) };
    struct took took = { 0 };
    struct trace trace = { .go_on = true };
    struct template *template;
    struct arena arena;
    struct span source;
    double start;

    arena_init(&arena);
    source = attack_source(attack, &arena);
    context.data = attack_data(attack, &arena);
    start = cpu_ms();
    template = template_compile(source, &options, &arena, &problems);
    took.compile = cpu_ms() - start;
    if (template) {
        trace_init(&trace, &arena);
        context.trace = &trace;
        took.traced = render(template, &context, &arena, said);
        context.trace = NULL;
        took.render = render(template, &context, &arena, said);
    } else {
        *said = problems.items[0];
    }
    template_destroy(template);
    arena_finish(&arena);
    return took;
}

static double less(double a, double b)
{
    return a < b ? a : b;
}

/* Is it soon done with? */
static bool measure(const struct attack *attack, int rounds)
{
    struct template_problem said = { 0 };
    struct took least = once(attack, &said);
    bool fine;

    for (int i = 1; i < rounds; i++) {
        struct took took = once(attack, &said);
        least.compile = less(least.compile, took.compile);
        least.render = less(least.render, took.render);
        least.traced = less(least.traced, took.traced);
    }
    fine = least.compile <= COMPILE_MAX_MS && least.render <= RENDER_MAX_MS &&
           least.traced <= TRACED_MAX_MS;
    fflush(stdout);
    printf("%-58s %8.2f %8.2f %8.2f  %s%.60s\n", attack->name, least.compile, least.render,
           least.traced, fine ? "" : "TOO LONG: ", said.text);
    return fine;
}

int main(int argc, char **argv)
{
    long rounds = argc > 1 ? strtol(argv[1], NULL, 10) : 5;
    const char *word = argc > 2 ? argv[2] : "";
    const struct attack *attack;
    int late = 0, count = 0;

    printf("%-58s %8s %8s %8s  ms\n", "attack", "compile", "render", "traced");
    for (size_t i = 0; (attack = attack_at(i)) != NULL; i++) {
        if (!strstr(attack->name, word))
            continue;
        late += !measure(attack, rounds < 1 ? 1 : (int)rounds);
        count++;
    }
    printf("{\"attacks\":%d,\"too_long\":%d,\"render_max_ms\":%.0f,\"traced_max_ms\":%.0f,"
           "\"compile_max_ms\":%.0f}\n",
           count, late, RENDER_MAX_MS, TRACED_MAX_MS, COMPILE_MAX_MS);
    return late > 0;
}
