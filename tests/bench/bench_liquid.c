/* tests/bench/bench_liquid.c - how long one mail takes: `bench_liquid [SECONDS]` prints nanoseconds a
 * render (best and median of rounds) for three templates. No test: it asserts nothing. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "core/base/attr.h"
#include "templates/template.h"

#define ROUNDS 15

static const char short_mail[] =
    "Hi {{ prospect.first_name | default: \"there\" }},\n\nwhen we spoke on {{ recap.when }}, you "
    "said: {{ recap.summary }} How did that go at {{ prospect.company }}?\n\nBest wishes,\n"
    "{{ sender.first_name }}\n";

static const char plain_mail[] =
    "Hi {{ prospect.first_name | default: \"there\" }},\n\n"
    "{% if recap.summary != blank %}When we spoke on {{ recap.when }}, this is what stayed with "
    "me: "
    "{{ recap.summary }}{% else %}I have been reading up on {{ prospect.company }}.{% endif %}\n\n"
    "Every sensible decision has something that speaks against it, and I would rather hear it from "
    "you than guess. At {{ prospect.company }} in {{ prospect.city }} the first week usually "
    "decides. What others did in that week:\n\n"
    "{% for item in points %}- {{ item }}\n{% endfor %}\n"
    "None of it takes longer than an afternoon, and most of it can be undone on the same day if it "
    "does not fit the way you work. I have written it down on one page, with the three places "
    "where "
    "others got stuck and what they did about it, so that nobody on your side has to start from an "
    "empty sheet.\n\nHow does that compare with the way you handle it today, and who else has a "
    "say "
    "in it?\n\n{{ cta.text }}\n\nBest wishes,\n{{ sender.first_name }}\n\n-- \n"
    "{{ workspace.postal_address }}\nIf you would rather not get mails from me: "
    "{{ links.unsubscribe }}\n";

static const char html_mail[] =
    "<p>Hi {{ prospect.first_name | default: \"there\" }},</p>{% if recap %}<p>When we spoke on "
    "{{ recap.when | date: \"%-d %B\" }}: {{ recap.summary | truncate: 80 }}</p>{% endif %}<ul>"
    "{% for item in points %}<li>{{ forloop.index }}. {{ item | capitalize }}</li>{% endfor %}</ul>"
    "<p><a href=\"{{ links.unsubscribe }}\">{{ cta.text }}</a></p>";

static struct value text(const char *s)
{
    return value_text(s);
}

static struct value data_of(struct arena *arena)
{
    static const char *const points[] = { "write down who does what", "take one customer first",
                                          "fix a date for the look back" };
    struct value *items = arena_array(arena, 3, sizeof(*items));
    const struct value_pair prospect[] = { { span_of("first_name"), text("Ann") },
                                           { span_of("last_name"), text("Smith") },
                                           { span_of("company"), text("Acme & Sons") },
                                           { span_of("title"), text("CFO") },
                                           { span_of("city"), text("Berlin") } };
    const struct value_pair recap[] = {
        { span_of("when"), text("2026-10-06") },
        { span_of("summary"), text("you liked the short set-up and wanted a plan for week one.") },
        { span_of("how"), text("spoke") }
    };
    const struct value_pair sender[] = { { span_of("first_name"), text("Sam") } };
    const struct value_pair cta[] = { { span_of("text"), text("Would Tuesday at 10 suit you?") } };
    const struct value_pair links[] = { { span_of("unsubscribe"),
                                          text("https://heed.example.com/u/abcdef") } };
    const struct value_pair place[] = { { span_of("postal_address"),
                                          text("Example Ltd, 1 Long Street, Berlin") } };
    const struct value_pair all[] = {
        { span_of("prospect"), value_map(prospect, COUNT_OF(prospect)) },
        { span_of("sender"), value_map(sender, COUNT_OF(sender)) },
        { span_of("recap"), value_map(recap, COUNT_OF(recap)) },
        { span_of("cta"), value_map(cta, COUNT_OF(cta)) },
        { span_of("links"), value_map(links, COUNT_OF(links)) },
        { span_of("workspace"), value_map(place, COUNT_OF(place)) },
        { span_of("points"), { .type = VALUE_LIST, .list = { items, 3 } } },
    };
    struct value copy = value_map(NULL, COUNT_OF(all));
    struct value_pair *pairs = arena_array(arena, COUNT_OF(all), sizeof(*pairs));

    for (size_t i = 0; i < COUNT_OF(points); i++)
        items[i] = text(points[i]);
    for (size_t i = 0; i < COUNT_OF(all); i++) {
        pairs[i] = all[i];
        if (all[i].value.type == VALUE_MAP) {
            size_t count = all[i].value.map.count;
            struct value_pair *inner = arena_array(arena, count, sizeof(*inner));
            memcpy(inner, all[i].value.map.pairs, count * sizeof(*inner));
            pairs[i].value.map.pairs = inner;
        }
    }
    copy.map.pairs = pairs;
    return copy;
}

static double seconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static double one_round(const struct template *template, const struct render_context *context,
                        double length, size_t *bytes)
{
    struct template_problem problem;
    struct arena arena;
    struct span out;
    double start = seconds(), end = start;
    long count = 0;

    arena_init(&arena);
    while (end - start < length) {
        for (int i = 0; i < 200; i++) {
            if (template_render(template, context, &arena, &out, &problem) < 0) {
                fprintf(stderr, "%s\n", problem.text);
                exit(1);
            }
            *bytes = out.len;
            arena_reset(&arena);
        }
        count += 200;
        end = seconds();
    }
    arena_finish(&arena);
    return (end - start) / (double)count * 1e9;
}

static void measure(const char *name, const char *source, enum template_part part, double length)
{
    struct template_options options = { .part = part, .name = name };
    struct template_problems problems = { 0 };
    struct render_context context = { .now_ms = INT64_C(1795251600000) };
    double rounds[ROUNDS];
    struct arena arena;
    struct template *template;
    size_t bytes = 0;

    arena_init(&arena);
    context.data = data_of(&arena);
    template = template_compile(span_of(source), &options, &arena, &problems);
    if (!template) {
        fprintf(stderr, "%s: %s\n", name, problems.items[0].text);
        exit(1);
    }
    for (int i = 0; i < ROUNDS; i++)
        rounds[i] = one_round(template, &context, length / ROUNDS, &bytes);
    qsort(rounds, ROUNDS, sizeof(*rounds), by_size);
    printf("%-6s %5zu bytes  best %6.0f ns  median %6.0f ns\n", name, bytes, rounds[0],
           rounds[ROUNDS / 2]);
    template_destroy(template);
    arena_finish(&arena);
}

int main(int argc, char **argv)
{
    double length = argc > 1 ? strtod(argv[1], NULL) : 1.5;

    measure("short", short_mail, PART_TEXT, length);
    measure("plain", plain_mail, PART_TEXT, length);
    measure("html", html_mail, PART_HTML, length);
    return 0;
}
