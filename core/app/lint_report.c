/* core/app/lint_report.c - see lint_report.h. What prospects wrote or are called is printed as plain text. */
#include "core/app/lint_report.h"

#include "core/app/command.h"

static const char *const headings[] = { "HINTS", "WARNINGS", "ERRORS" };

static void print_people(const struct lint_total *total, struct arena *arena, FILE *out)
{
    if (!total->messages)
        return;
    fprintf(out, ", %zu message%s: ", total->messages, total->messages == 1 ? "" : "s");
    for (size_t i = 0; i < total->people_count; i++)
        fprintf(out, "%s%s", i ? "; " : "", command_plain(arena, total->people[i]));
    if (total->people_count < total->messages && total->people_count == LINT_PEOPLE_SHOWN)
        fputs("; ...", out);
}

static void print_quote(struct span quote, struct arena *arena, FILE *out)
{
    char *text = arena_dup_span(arena, quote);

    for (char *at = text; *at; at++)
        if (*at == '\n')
            *at = ' ';
    fprintf(out, "      | %s\n", command_plain(arena, text));
}

static void print_place(const struct lint_total *total, struct arena *arena, FILE *out)
{
    const struct lint_finding *f = &total->finding;

    fprintf(out, "    %s/%s, %s", total->template, total->part, lint_place_names[f->place]);
    if (f->len)
        fprintf(out, " %d:%d", f->line, f->column);
    print_people(total, arena, out);
    fputc('\n', out);
    if (f->quote.len)
        print_quote(f->quote, arena, out);
}

static bool says_the_same(const struct lint_finding *a, const struct lint_finding *b)
{
    return a->rule == b->rule && a->severity == b->severity && strcmp(a->found, b->found) == 0 &&
           !a->better == !b->better && (!a->better || strcmp(a->better, b->better) == 0);
}

static bool is_said_before(const struct lint_run *run, const struct lint_total *total)
{
    const struct lint_total *at = run->first;

    while (!says_the_same(&at->finding, &total->finding))
        at = at->next;
    return at != total;
}

/* One sentence with its reason, then every place where it holds. */
static void print_group(const struct lint_total *first, struct arena *arena, FILE *out)
{
    const struct lint_finding *f = &first->finding;

    fprintf(out, "  %s: %s\n    why: %s\n", f->rule->id, command_plain(arena, f->found),
            f->rule->why);
    if (f->better)
        fprintf(out, "    better: %s\n", command_plain(arena, f->better));
    for (const struct lint_total *total = first; total; total = total->next)
        if (says_the_same(f, &total->finding))
            print_place(total, arena, out);
}

void lint_report_findings(const struct lint_run *run, enum lint_severity least, FILE *out)
{
    struct arena arena;

    arena_init(&arena);
    for (int severity = LINT_ERROR; severity >= (int)least; severity--) {
        if (run->severities[severity])
            fprintf(out, "%s\n", headings[severity]);
        for (const struct lint_total *total = run->first; total; total = total->next)
            if ((int)total->finding.severity == severity && !is_said_before(run, total))
                print_group(total, &arena, out);
    }
    arena_finish(&arena);
}

static void count(size_t n, const char *noun, const char *behind, FILE *out)
{
    fprintf(out, "%zu %s%s%s", n, noun, n == 1 ? "" : "s", behind);
}

void lint_report_summary(const struct lint_run *run, const char *whom, FILE *out)
{
    count(run->templates, "template", ", ", out);
    count(run->messages, "message", "", out);
    fprintf(out, " to %zu %s: ", run->people, whom);
    count(run->severities[LINT_ERROR], "error", ", ", out);
    count(run->severities[LINT_WARN], "warning", ", ", out);
    count(run->severities[LINT_HINT], "hint", "\n", out);
    if (run->held) {
        count(run->held, "message", run->held == 1 ? " is held" : " are held", out);
        fprintf(out, " before the linter sees %s, the first for %s\n",
                run->held == 1 ? "it" : "them", run->held_for);
    }
    if (run->cut)
        fprintf(out, "only the first %d prospects were looked at\n", LINT_PEOPLE_MAX);
}

static cJSON *total_json(const struct lint_total *total)
{
    const struct lint_finding *f = &total->finding;
    cJSON *json = cJSON_CreateObject(), *people;

    json_add_text(json, "template", total->template);
    json_add_text(json, "part", total->part);
    json_add_text(json, "rule", f->rule->id);
    json_add_text(json, "name", f->rule->name);
    json_add_text(json, "severity", lint_severity_names[f->severity]);
    json_add_text(json, "place", lint_place_names[f->place]);
    json_add_int(json, "line", f->line);
    json_add_int(json, "column", f->column);
    json_add_text(json, "quote", f->quote.len ? f->quote.data : NULL);
    json_add_text(json, "found", f->found);
    json_add_text(json, "why", f->rule->why);
    json_add_text(json, "better", f->better);
    json_add_int(json, "messages", (int64_t)total->messages);
    people = cJSON_AddArrayToObject(json, "examples");
    for (size_t i = 0; i < total->people_count; i++)
        cJSON_AddItemToArray(people, cJSON_CreateString(total->people[i]));
    return json;
}

cJSON *lint_report_json(const struct lint_run *run)
{
    cJSON *json = cJSON_CreateObject(), *findings;

    json_add_int(json, "templates", (int64_t)run->templates);
    json_add_int(json, "prospects", (int64_t)run->people);
    json_add_int(json, "messages", (int64_t)run->messages);
    json_add_int(json, "held", (int64_t)run->held);
    json_add_text(json, "held_for", run->held_for);
    for (int severity = LINT_HINT; severity <= LINT_ERROR; severity++)
        json_add_int(json,
                     severity == LINT_ERROR  ? "errors"
                     : severity == LINT_WARN ? "warnings"
                                             : "hints",
                     (int64_t)run->severities[severity]);
    findings = cJSON_AddArrayToObject(json, "findings");
    for (const struct lint_total *total = run->first; total; total = total->next)
        cJSON_AddItemToArray(findings, total_json(total));
    return json;
}
