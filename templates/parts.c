/* templates/parts.c - a template's files, one per channel, and the derivation of those that are
 * missing. It reads no files and knows no provider: sources come in, texts go out. */
#include "templates/parts.h"

#include <stdio.h>
#include <stdlib.h>

#include "core/base/text.h"
#include "templates/budget.h"
#include "templates/output.h"

#define SUBJECT_MAX_POINTS 60 /* of a subject made from the text */

struct section { /* one compiled piece of a file */
    struct template *template;
    int line; /* lines before it in its file */
};

struct part {
    const char *name; /* of known[] */
    struct section subject, text, html;
    struct segment_budget budget; /* of an sms */
};

struct parts {
    char *name;
    struct part list[PARTS_MAX];
    size_t count;
};

static const struct {
    const char *name;
    enum template_part text;
    const char *nearest[4]; /* where it is derived from, best first */
} known[] = {
    { "email", PART_TEXT, { "chat", "sms", "letter" } },
    { "sms", PART_SMS, { "chat", "email", "letter" } },
    { "chat", PART_TEXT, { "sms", "email", "letter" } },
    { "call", PART_TEXT, { "email", "chat", "sms" } },
    { "letter", PART_TEXT, { "email", "chat", "sms" } },
};

/* Channels that are served by a part of another name; all others are chats. */
static const struct {
    const char *channel, *part;
} served[] = {
    { "email", "email" },    { "sms", "sms" },         { "call", "call" },
    { "voicemail", "call" }, { "visit", "call" },      { "meeting", "call" },
    { "letter", "letter" },  { "postcard", "letter" }, { "gift", "letter" },
};

static int known_index(const char *name)
{
    for (size_t i = 0; i < COUNT_OF(known); i++)
        if (strcmp(known[i].name, name) == 0)
            return (int)i;
    return -1;
}

/* ---- compiling ---- */

struct build {
    struct parts *parts;
    struct part *part;
    const char *const *fields;
    struct template_snippet *snippets; /* own, then shared */
    size_t snippet_count, own_snippets;
    struct arena *arena;
    struct str *problems;
    bool fronted; /* the file has had its "subject:" or "segments:" */
    bool failed;
};

static void explain(struct build *b, struct template_problem *problem)
{
    const char *name = b->part->name;

    b->failed = true;
    if (str_ok(b->problems))
        template_explain(arena_printf(b->arena, "%s/%s.liquid", b->parts->name, name), problem,
                         b->problems);
}

static void problem_line(struct build *b, int line, const char *text, struct span source)
{
    struct template_problem problem = { .line = line, .column = 1 };

    snprintf(problem.text, sizeof(problem.text), "%s", text);
    snprintf(problem.source, sizeof(problem.source), "%.*s",
             (int)text_cut(source, sizeof(problem.source) - 1).len, source.data);
    explain(b, &problem);
}

static void compile(struct build *b, struct section *section, struct span source,
                    enum template_part part)
{
    struct template_problems problems = { 0 };
    struct template_options options = { .part = part, .trim_tag_lines = true };

    options.fields = b->fields;
    options.snippets = b->snippets;
    options.snippet_count = b->snippet_count;
    options.name = arena_printf(b->arena, "%s/%s", b->parts->name, b->part->name);
    section->template = template_compile(source, &options, b->arena, &problems);
    for (size_t i = 0; i < problems.count; i++) {
        if (!problems.items[i].file[0])
            problems.items[i].line += section->line;
        explain(b, &problems.items[i]);
    }
}

struct reader { /* a file, line by line */
    struct span rest;
    int line; /* of the last one read */
};

static bool next_line(struct reader *r, struct span *line)
{
    if (!text_next_line(&r->rest, line))
        return false;
    r->line++;
    return true;
}

/* The column is that of the subject, not of the line: what is before is cut off. */
static void front_subject(struct build *b, int line, struct span value)
{
    b->part->subject.line = line - 1;
    compile(b, &b->part->subject, text_trim(value), PART_HEADER);
}

static void front_segments(struct build *b, int line, struct span value)
{
    b->part->budget.line = line;
    if (!budget_read(value, &b->part->budget))
        problem_line(b, line, "segments: a number from 1 to 10 is expected", value);
}

static void front_line(struct build *b, const struct reader *r, struct span line)
{
    static const struct front {
        const char *key, *unknown;
        void (*take)(struct build *b, int line, struct span value);
    } fronts[] = {
        { "subject:", "unknown line here: only \"subject: ...\" is known", front_subject },
        { "segments:", "unknown line here: only \"segments: N\" is known", front_segments },
    };
    const struct front *front = &fronts[strcmp(b->part->name, "sms") == 0];

    if (text_trim(line).len == 0)
        return;
    if (!text_starts_nocase(line, front->key))
        problem_line(b, r->line, front->unknown, line);
    else if (b->fronted)
        problem_line(b, r->line, "this stands here a second time", line);
    else
        front->take(b, r->line, span_from(line, strlen(front->key)));
    b->fronted = true;
}

static void front_matter(struct build *b, struct reader *r)
{
    struct reader ahead = *r;
    struct span line;

    b->fronted = false;
    if (!next_line(&ahead, &line) || !span_is(text_trim(line), "---"))
        return;
    while (next_line(&ahead, &line)) {
        if (span_is(text_trim(line), "---")) {
            *r = ahead;
            return;
        }
        front_line(b, &ahead, line);
    }
    problem_line(b, 1, "the '---' of the first line has no second one", span_of("---"));
}

/* Lines up to "---html---" are text; what follows is HTML. */
static void bodies(struct build *b, struct reader *r, enum template_part kind)
{
    struct span text = r->rest, line;

    b->part->text.line = r->line;
    while (next_line(r, &line)) {
        if (!span_is(text_trim(line), "---html---"))
            continue;
        text.len = (size_t)(line.data - text.data);
        b->part->html.line = r->line;
        compile(b, &b->part->html, r->rest, PART_HTML);
        break;
    }
    compile(b, &b->part->text, text, kind);
}

static char *without_cr(struct arena *arena, const char *source)
{
    char *copy = arena_dup(arena, source), *to = copy;

    for (const char *from = copy; *from; from++)
        if (from[0] != '\r' || from[1] != '\n')
            *to++ = *from;
    *to = '\0';
    return copy;
}

/* ---- snippets ---- */

static bool is_snippet(const struct part_source *source)
{
    return source->name[0] == '_';
}

/* The line break at the end of its file is not of the snippet: it may stand within a line. */
static struct span snippet_text(struct arena *arena, const char *source)
{
    struct span text = span_of(without_cr(arena, source));

    if (text.len && text.data[text.len - 1] == '\n')
        text.len--;
    return text;
}

static void add_snippets(struct build *b, const char *template, const struct part_source *sources,
                         size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (!is_snippet(&sources[i]))
            continue;
        b->snippets[b->snippet_count++] = (struct template_snippet){
            .name = sources[i].name + 1,
            .file = arena_printf(b->arena, "%s/%s.liquid", template, sources[i].name),
            .source = snippet_text(b->arena, sources[i].source),
        };
    }
}

static void begin_build(struct build *b, const struct parts_source *source)
{
    size_t room = source->count + source->shared_count + 1;

    b->fields = source->fields;
    b->snippets = arena_array(b->arena, room, sizeof(*b->snippets));
    add_snippets(b, source->name, source->sources, source->count);
    b->own_snippets = b->snippet_count;
    add_snippets(b, PARTS_SHARED, source->shared, source->shared_count);
}

bool parts_check_snippets(const struct parts_source *source, struct arena *problems_in,
                          struct str *problems)
{
    struct build b = { .arena = problems_in };
    bool good = true;

    begin_build(&b, source);
    for (size_t i = 0; i < b.own_snippets; i++) {
        struct template_options options = { .part = PART_NONE, .name = b.snippets[i].file };
        struct template_problems found = { 0 };
        options.snippets = b.snippets;
        options.snippet_count = b.snippet_count;
        template_destroy(template_compile(b.snippets[i].source, &options, problems_in, &found));
        for (size_t k = 0; k < found.count; k++)
            template_explain(b.snippets[i].file, &found.items[k], problems);
        good = good && found.count == 0;
    }
    return good;
}

/* ---- parts ---- */

static void compile_part(struct build *b, const struct part_source *source)
{
    int index = known_index(source->name);
    struct reader r = { .rest = span_of(without_cr(b->arena, source->source)) };

    b->part = &b->parts->list[b->parts->count++];
    b->part->name = index < 0 ? "?" : known[index].name;
    if (index < 0) {
        str_printf(
            b->problems,
            "%s/%.60s.liquid: parts are email, sms, chat, call, letter; _NAME is a snippet\n",
            b->parts->name, source->name);
        b->failed = true;
        return;
    }
    front_matter(b, &r);
    bodies(b, &r, known[index].text);
    if (index == 0 && !b->part->subject.template && !b->failed)
        problem_line(b, 1, "an e-mail needs a subject: begin with '---', 'subject: ...', '---'",
                     span_of(""));
}

struct parts *parts_compile(const struct parts_source *source, struct arena *problems_in,
                            struct str *problems)
{
    struct build b = { .arena = problems_in, .problems = problems };
    size_t count = 0;

    begin_build(&b, source);
    b.parts = xcalloc(1, sizeof(*b.parts));
    b.parts->name = xstrdup(source->name);
    for (size_t i = 0; i < source->count; i++)
        if (!is_snippet(&source->sources[i]) && count++ < PARTS_MAX)
            compile_part(&b, &source->sources[i]);
    if (count == 0 || count > PARTS_MAX) {
        str_printf(problems, "%s: a template has 1 to %d parts\n", source->name, PARTS_MAX);
        b.failed = true;
    }
    if (b.failed) {
        parts_destroy(b.parts);
        return NULL;
    }
    return b.parts;
}

void parts_destroy(struct parts *parts)
{
    if (!parts)
        return;
    for (size_t i = 0; i < parts->count; i++) {
        template_destroy(parts->list[i].subject.template);
        template_destroy(parts->list[i].text.template);
        template_destroy(parts->list[i].html.template);
    }
    free(parts->name);
    free(parts);
}

/* ---- which part ---- */

static const struct part *find_part(const struct parts *parts, const char *name)
{
    for (size_t i = 0; name && i < parts->count; i++)
        if (strcmp(parts->list[i].name, name) == 0)
            return &parts->list[i];
    return NULL;
}

const char *parts_own(const char *channel)
{
    for (size_t i = 0; i < COUNT_OF(served); i++)
        if (strcmp(served[i].channel, channel) == 0)
            return served[i].part;
    return "chat";
}

static const struct part *choose(const struct parts *parts, const char *channel, bool *derived)
{
    const char *own = parts_own(channel);
    const struct part *part = find_part(parts, own);
    int index = known_index(own);

    *derived = part == NULL;
    for (size_t i = 0; !part && i < COUNT_OF(known[0].nearest); i++)
        part = find_part(parts, known[index].nearest[i]);
    return part;
}

const char *parts_for_channel(const struct parts *parts, const char *channel, bool *derived)
{
    const struct part *part = choose(parts, channel, derived);

    return part ? part->name : NULL;
}

/* ---- rendering ---- */

struct job {
    const struct render_context *context;
    struct parts_trace *trace; /* NULL = none */
    struct arena *scratch;
    struct template_problem *problem;
    bool failed;
};

static int render(struct job *job, const struct section *section, struct trace *trace,
                  struct span *out)
{
    struct render_context context = *job->context;
    struct template_problem problem;
    struct span whole;

    *out = span_make("", 0);
    if (!section->template)
        return 0;
    context.trace = trace;
    if (template_render(section->template, &context, job->scratch, &whole, &problem) < 0) {
        problem.line += problem.file[0] ? 0 : section->line;
        if (!job->failed)
            *job->problem = problem;
        job->failed = true;
        return job->trace && job->trace->go_on ? 0 : -1;
    }
    *out = text_trim(whole);
    if (trace)
        trace_cut(trace, whole, *out);
    return 0;
}

/* An e-mail's footer stands under a line "-- " (RFC 3676 section 4.3): other channels leave it out. */
static struct span without_footer(struct span text)
{
    struct span rest = text, line;

    while (text_next_line(&rest, &line))
        if (span_is(line, "-- ") || span_is(line, "--"))
            return text_trim(span_make(text.data, (size_t)(line.data - text.data)));
    return text;
}

/* Runs of blanks become one, runs of line breaks one; lines of a paragraph are joined. */
static struct span squeezed(struct span text, struct arena *scratch)
{
    char *out = arena_dup_span(scratch, text);
    size_t len = 0;

    for (size_t i = 0; i < text.len;) {
        int breaks = 0;
        if (!text_one_of(text.data[i], " \t\n")) {
            out[len++] = text.data[i++];
            continue;
        }
        while (i < text.len && text_one_of(text.data[i], " \t\n"))
            breaks += text.data[i++] == '\n';
        out[len++] = breaks > 1 ? '\n' : ' ';
    }
    return text_trim(span_make(out, len));
}

/* The first sentence or line, cut at a word: a subject for a mail made from a chat. */
static struct span first_sentence(struct span text)
{
    const char *at = text.data, *end = at + text.len, *space = NULL;

    for (size_t points = 0; at < end && points < SUBJECT_MAX_POINTS; points++) {
        const char *from = at;
        uint32_t point = text_next_point(&at, end);
        if (point == '\n' || ((point == '.' || point == '!') && (at == end || *at == ' ')))
            return span_make(text.data, (size_t)(from - text.data));
        if (point == ' ')
            space = from;
        if (point == '?' && (at == end || *at == ' '))
            return span_make(text.data, (size_t)(at - text.data));
    }
    if (at == end || !space)
        return span_make(text.data, (size_t)(at - text.data));
    return span_make(text.data, (size_t)(space - text.data));
}

/* As long, but with spaces for what a header may not hold: control characters, line breaks. */
static struct span as_header(struct span text, struct arena *scratch)
{
    char *copy = arena_dup_span(scratch, text);
    const char *at = text.data, *end = at + text.len;

    while (at < end) {
        const char *from = at;
        if (output_breaks_line(text_next_point(&at, end)))
            memset(copy + (from - text.data), ' ', (size_t)(at - from));
    }
    return span_make(copy, text.len);
}

static void derive(const struct job *job, struct rendered *out, const char *own)
{
    struct span text = out->text;

    if (strcmp(own, "email") == 0) {
        out->subject = first_sentence(text);
        if (job->trace)
            trace_copy_cut(&job->trace->subject, &job->trace->text, text, out->subject);
        out->subject = as_header(out->subject, job->scratch);
        return;
    }
    out->text = without_footer(text);
    if (job->trace)
        trace_cut(&job->trace->text, text, out->text);
    if (strcmp(own, "sms") != 0)
        return;
    text = out->text;
    out->text = squeezed(text, job->scratch);
    if (job->trace)
        trace_follow(&job->trace->text, text, out->text);
}

static void begin_trace(struct parts_trace *trace, const struct part *part)
{
    struct trace *all[] = { &trace->subject, &trace->text, &trace->html };

    for (size_t i = 0; i < COUNT_OF(all); i++) {
        trace_reset(all[i]);
        all[i]->go_on = trace->go_on;
    }
    trace->part = part ? part->name : NULL;
    trace->subject_line = part ? part->subject.line : 0;
    trace->text_line = part ? part->text.line : 0;
    trace->html_line = part ? part->html.line : 0;
}

static int render_sections(struct job *job, const struct part *part, struct rendered *out)
{
    struct parts_trace *t = job->trace;

    out->part = part->name;
    if (!out->derived && render(job, &part->subject, t ? &t->subject : NULL, &out->subject) < 0)
        return -1;
    if (render(job, &part->text, t ? &t->text : NULL, &out->text) < 0)
        return -1;
    if (out->derived)
        derive(job, out, parts_own(job->context->channel));
    else if (render(job, &part->html, t ? &t->html : NULL, &out->html) < 0)
        return -1;
    return job->failed ? -1 : 0;
}

/* A derived sms has the general budget: its part is another channel's. */
static int hold_long_sms(const struct job *job, const struct part *part, const struct rendered *out)
{
    const struct segment_budget general = { 0 };

    if (strcmp(parts_own(job->context->channel), "sms") != 0)
        return 0;
    return budget_check(out->derived ? &general : &part->budget, out->text, job->problem);
}

int parts_render(const struct parts *parts, const struct render_context *context,
                 struct arena *scratch, struct rendered *out, struct template_problem *problem)
{
    struct job job = { context, context->parts_trace, scratch, problem, false };
    const struct part *part;
    bool derived;

    part = choose(parts, context->channel, &derived);
    *out = (struct rendered){ .subject = span_make("", 0),
                              .html = span_make("", 0),
                              .derived = derived };
    if (job.trace)
        begin_trace(job.trace, part);
    if (part)
        return render_sections(&job, part, out) < 0 ? -1 : hold_long_sms(&job, part, out);
    *problem = (struct template_problem){ .line = 1, .column = 1 };
    snprintf(problem->text, sizeof(problem->text), "the template has no part for %.60s",
             context->channel);
    return -1;
}

/* ---- traces ---- */

void parts_trace_init(struct parts_trace *trace, struct arena *arena)
{
    *trace = (struct parts_trace){ 0 };
    trace_init(&trace->subject, arena);
    trace_init(&trace->text, arena);
    trace_init(&trace->html, arena);
}

bool parts_trace_printed(const struct parts_trace *trace, const char *root)
{
    return trace_printed(&trace->subject, root) || trace_printed(&trace->text, root) ||
           trace_printed(&trace->html, root);
}
