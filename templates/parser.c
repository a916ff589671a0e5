/* templates/parser.c - walks over the chunks of a template and writes its program: texts, outputs,
 * tags and the stack of open blocks. It goes on after a problem, so that all are found at once. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/base/text.h"
#include "templates/compiler.h"

/* ---- problems ---- */

void problem_place(const struct template *template, uint32_t at, struct template_problem *out)
{
    const char *start = template->source.data, *end = start + template->source.len;
    const char *here = at < template->source.len ? start + at : end, *line = start, *stop;
    struct span cut;

    out->line = 1;
    for (const char *p = start; p < here; p++)
        if (*p == '\n') {
            out->line++;
            line = p + 1;
        }
    out->column = (int)text_count_points(span_make(line, (size_t)(here - line))) + 1;
    stop = line < end ? memchr(line, '\n', (size_t)(end - line)) : NULL;
    cut = text_cut(span_make(line, (size_t)((stop ? stop : end) - line)), sizeof(out->source) - 1);
    memcpy(out->source, cut.data ? cut.data : "", cut.len);
    out->source[cut.len] = '\0';
    for (char *p = out->source; *p; p++)
        if ((unsigned char)*p < ' ' || *p == 0x7f)
            *p = ' ';
}

static struct template_problem *new_problem(struct compiler *c)
{
    struct template_problems *all = c->problems;

    if (all->count >= PROBLEMS_MAX)
        return NULL;
    if (all->count == all->room) {
        size_t room = all->room ? all->room * 2 : 4;
        struct template_problem *items = arena_array(c->problems_in, room, sizeof(*items));
        if (all->count)
            memcpy(items, all->items, all->count * sizeof(*items));
        all->items = items;
        all->room = room;
    }
    return &all->items[all->count++];
}

int problem_at(struct compiler *c, const char *where, const char *format, ...)
{
    uint32_t at = where ? (uint32_t)(where - c->template->source.data) : c->tag_at;
    struct template_problem *problem = new_problem(c);
    va_list args;

    if (!problem)
        return -1;
    problem_place(c->template, at, problem);
    va_start(args, format);
    vsnprintf(problem->text, sizeof(problem->text), format, args);
    va_end(args);
    return -1;
}

/* ---- text and output ---- */

static bool only_space(struct span text)
{
    for (size_t i = 0; i < text.len; i++)
        if (!lexer_is_space(text.data[i]))
            return false;
    return true;
}

void parse_text(struct compiler *c, struct span text)
{
    if (text.len == 0)
        return;
    c->tokens = NULL;
    emit(c, OP_TEXT, emit_constant(c, value_span(text)));
    c->template->text_bytes += text.len;
    if (!only_space(text))
        c->blocks[c->depth].blank = false;
    if (c->template->part == PART_HTML)
        html_walk(&c->html, text);
    if (c->template->part == PART_HEADER && memchr(text.data, '\n', text.len))
        problem_at(c, text.data, "a header is one line: no line break may stand in it");
}

static bool is_blank_char(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

/* Only blanks and whole tags from `at` to the end of its line? */
static bool only_tags_after(struct span source, size_t at)
{
    while (at < source.len && source.data[at] != '\n') {
        struct chunk chunk;
        if (is_blank_char(source.data[at])) {
            at++;
            continue;
        }
        lexer_chunk(source, &at, &chunk);
        if (chunk.kind != CHUNK_TAG)
            return false;
    }
    return true;
}

/* Only blanks and whole tags from the beginning of its line to `at`? */
static bool only_tags_before(struct span source, size_t at)
{
    size_t start = at;

    while (start > 0 && source.data[start - 1] != '\n')
        start--;
    while (start < at) {
        struct chunk chunk;
        if (is_blank_char(source.data[start])) {
            start++;
            continue;
        }
        lexer_chunk(source, &start, &chunk);
        if (chunk.kind != CHUNK_TAG)
            return false;
    }
    return true;
}

static bool stands_alone(const struct compiler *c, const struct chunk *tag)
{
    size_t from = (size_t)(tag->all.data - c->source.data);

    return c->template->trim_tag_lines && tag->kind == CHUNK_TAG &&
           only_tags_before(c->source, from) && only_tags_after(c->source, from + tag->all.len);
}

/* Takes off what belongs to lines that hold nothing but tags. */
static struct span trim_lines(struct compiler *c, struct span text)
{
    size_t at = c->at;
    struct chunk next;

    if (c->trim_line) {
        while (text.len && is_blank_char(text.data[0]))
            text = span_from(text, 1);
        if (text.len && text.data[0] == '\n')
            text = span_from(text, 1);
    }
    lexer_chunk(c->source, &at, &next);
    if (stands_alone(c, &next))
        while (text.len && is_blank_char(text.data[text.len - 1]))
            text.len--;
    return text;
}

static void text_chunk(struct compiler *c, struct span text)
{
    struct span next = span_from(c->source, c->at);

    if (c->template->trim_tag_lines)
        text = trim_lines(c, text);
    if (c->trim_next)
        while (text.len && lexer_is_space(text.data[0]))
            text = span_from(text, 1);
    if (next.len > 2 && next.data[2] == '-')
        while (text.len && lexer_is_space(text.data[text.len - 1]))
            text.len--;
    c->trim_next = c->trim_line = false;
    parse_text(c, text);
}

static uint16_t output_place(struct compiler *c, struct span markup)
{
    const char *why = NULL;
    enum html_place place = HTML_TEXT;

    if (c->template->part == PART_HTML)
        place = html_place(&c->html, &why);
    if (why)
        problem_at(c, markup.data, "%s", why);
    return (uint16_t)place;
}

int parse_output(struct compiler *c, struct span markup)
{
    int32_t start = emit_here(c), number;
    bool guarded, plain;
    uint8_t first;

    c->blocks[c->depth].blank = false;
    if (tokens_begin(c, markup) < 0)
        return -1;
    if (token_is(c, TOKEN_END))
        return 0;
    if (filtered_parse(c, &guarded, &plain) < 0)
        return -1;
    number = emit(c, OP_PRINT, 0);
    first = emit_op(c, start)->code;
    emit_op(c, number)->count = output_place(c, markup);
    emit_op(c, number)->at = emit_op(c, start)->at;
    if (first != OP_CONST)
        emit_op(c, number)->flag |= (uint8_t)(FLAG_HOLD_NIL | (guarded ? 0 : FLAG_HOLD_BLANK));
    return 0;
}

static void output_chunk(struct compiler *c, const struct chunk *chunk)
{
    int32_t start = emit_here(c);

    parse_output(c, chunk->inside);
    emit_failures(c, start, false);
}

/* ---- blocks ---- */

static struct block *push_block(struct compiler *c, const struct tag *tag)
{
    struct block *block = &c->blocks[c->depth + 1];

    *block = (struct block){ .tag = tag,
                             .at = c->tag_at,
                             .start = emit_here(c),
                             .next = -1,
                             .end = -1,
                             .body = -1,
                             .loop = -1,
                             .blank = true };
    return block;
}

static void close_block(struct compiler *c)
{
    struct block *block = &c->blocks[c->depth];
    bool quiet = block->blank || block->tag->silent;

    c->tokens = NULL;
    block->tag->close(c, block);
    emit_failures(c, block->start, quiet);
    if (block->blank && !block->tag->keeps_blank)
        emit_drop_blank(c, block->start);
    c->depth--;
    c->blocks[c->depth].blank = c->blocks[c->depth].blank && quiet;
}

/* ---- tags ---- */

static void simple_tag(struct compiler *c, const struct tag *tag)
{
    struct block *block = &c->blocks[c->depth];
    int32_t start = emit_here(c);

    if (!tag->silent && strcmp(tag->name, "raw") != 0)
        block->blank = false;
    tag->open(c, block);
    emit_failures(c, start, tag->silent);
}

static void block_tag(struct compiler *c, const struct tag *tag)
{
    struct block *block;

    if (c->depth >= BLOCKS_MAX) {
        problem_at(c, NULL, "Nesting too deep");
        c->broken = true;
        return;
    }
    block = push_block(c, tag);
    tag->open(c, block);
    c->depth++;
}

static void unknown_tag(struct compiler *c, struct span name, const char *where)
{
    const struct tag *open = c->blocks[c->depth].tag;
    const char *nearest = tag_nearest(name);
    int len = (int)(name.len < 60 ? name.len : 60);

    if (open && span_is(name, "else"))
        problem_at(c, where, "%s tag does not expect 'else' tag", open->name);
    else if (open && name.len > 3 && memcmp(name.data, "end", 3) == 0)
        problem_at(c, where, "'%.*s' is not a valid delimiter for %s tags. use %s", len, name.data,
                   open->name, open->end);
    else if (span_is(name, "else"))
        problem_at(c, where, "Unexpected outer 'else' tag");
    else if (nearest)
        problem_at(c, where, "Unknown tag '%.*s', did you mean '%s'?", len, name.data, nearest);
    else
        problem_at(c, where, "Unknown tag '%.*s'", len, name.data);
}

/* An end tag: closes the current block, or reports and closes down to the one it belongs to. */
static bool end_tag(struct compiler *c, struct span name, const char *where)
{
    size_t i = c->depth;

    while (i > 0 && !span_is(name, c->blocks[i].tag->end))
        i--;
    if (i == 0)
        return false;
    if (i < c->depth)
        unknown_tag(c, name, where);
    while (c->depth >= i)
        close_block(c);
    return true;
}

static void run_tag(struct compiler *c, struct span name, struct span markup, const char *where)
{
    struct block *block = &c->blocks[c->depth];
    const struct tag *tag = tag_find(name);

    c->markup = markup;
    if (tag && tag->end) {
        block_tag(c, tag);
    } else if (tag) {
        simple_tag(c, tag);
    } else if (!end_tag(c, name, where)) {
        int rc = block->tag && block->tag->branch ? block->tag->branch(c, block, name) : 1;
        if (rc > 0)
            unknown_tag(c, name, where);
    }
}

/* ---- the inside of a liquid tag: a tag a line ---- */

static struct span line_name(struct span line)
{
    struct chunk chunk;
    size_t len = 0;

    if (line.len && line.data[0] == '#')
        return span_make(line.data, 1);
    while (len < line.len && (text_lower_char(line.data[len]) >= 'a' || line.data[len] == '_') &&
           !lexer_is_space(line.data[len]))
        len++;
    (void)chunk;
    return span_make(line.data, len);
}

void parse_lines(struct compiler *c, struct span lines)
{
    struct span rest = lines, line;
    uint32_t tag_at = c->tag_at;
    int comments = 0;

    while (!c->broken && rest.data && text_next_piece(&rest, '\n', &line)) {
        struct span trimmed = text_trim(line), name = line_name(trimmed);
        if (trimmed.len == 0)
            continue;
        c->tag_at = (uint32_t)(trimmed.data - c->template->source.data);
        c->tokens = NULL;
        if (span_is(name, "comment"))
            comments++;
        else if (comments && span_is(name, "endcomment"))
            comments--;
        else if (comments == 0)
            run_tag(c, name, text_trim(span_from(trimmed, name.len)), trimmed.data);
    }
    if (comments)
        problem_at(c, lines.data, "'comment' tag was never closed");
    c->tag_at = tag_at;
}

/* ---- chunks ---- */

int parse_skip(struct compiler *c, const char *name, struct span *inner)
{
    struct chunk end;

    if (!lexer_skip_to_end(c->source, &c->at, name, inner, &end)) {
        c->at = c->source.len;
        return problem_at(c, NULL, "'%s' tag was never closed", name);
    }
    c->trim_next = end.trims_after;
    c->trim_line = c->trim_line && stands_alone(c, &end);
    return 0;
}

static void broken_chunk(struct compiler *c, const struct chunk *chunk)
{
    bool tag = chunk->inside.len > 1 && chunk->inside.data[1] == '%';

    c->broken = true;
    if (tag)
        problem_at(c, chunk->all.data,
                   "Tag '{%%' was not properly terminated with regexp: /\\%%\\}/");
    else
        problem_at(c, chunk->all.data,
                   "Variable '{{' was not properly terminated with regexp: /\\}\\}/");
}

static void one_chunk(struct compiler *c, const struct chunk *chunk)
{
    c->tag_at = (uint32_t)(chunk->all.data - c->template->source.data);
    c->tokens = NULL;
    arena_reset(c->scratch);
    if (chunk->kind == CHUNK_TEXT) {
        text_chunk(c, chunk->all);
        return;
    }
    c->trim_next = chunk->trims_after;
    c->trim_line = stands_alone(c, chunk);
    if (chunk->kind == CHUNK_OUTPUT)
        output_chunk(c, chunk);
    else if (chunk->kind == CHUNK_TAG)
        run_tag(c, chunk->name, chunk->inside, chunk->all.data);
    else
        broken_chunk(c, chunk);
}

static void all_chunks(struct compiler *c)
{
    struct chunk chunk;

    for (;;) {
        lexer_chunk(c->source, &c->at, &chunk);
        if (chunk.kind == CHUNK_END || c->broken)
            break;
        one_chunk(c, &chunk);
    }
    for (size_t i = 1; i <= c->depth && !c->broken; i++)
        problem_at(c, c->template->source.data + c->blocks[i].at, "'%s' tag was never closed",
                   c->blocks[i].tag->name);
    c->tokens = NULL;
    emit(c, OP_STOP, 0);
}

/* ---- fields ---- */

static bool is_local(const struct template *t, int32_t name)
{
    for (size_t i = 0; i < t->op_count; i++) {
        uint8_t code = t->ops[i].code;
        if ((code == OP_ASSIGN || code == OP_CAPTURED || code == OP_COUNT) &&
            t->ops[i].index == name)
            return true;
    }
    return false;
}

/* field: "prospect.first_name", or "fields.*" for anything below. A path may stop short ("recap"). */
static bool fits(const char *field, struct span path)
{
    size_t len = strlen(field);

    if (len > 2 && strcmp(field + len - 2, ".*") == 0)
        return path.len >= len - 2 && memcmp(path.data, field, len - 2) == 0 &&
               (path.len == len - 2 || path.data[len - 2] == '.');
    return path.len <= len && memcmp(path.data, field, path.len) == 0 &&
           (path.len == len || field[path.len] == '.');
}

static void check_field(struct compiler *c, const struct path *path)
{
    const char *const *fields = c->options->fields;
    const char *nearest;

    if (is_local(c->template, path->name) || span_is(path->text, "self"))
        return;
    for (size_t i = 0; fields[i]; i++)
        if (fits(fields[i], path->text))
            return;
    nearest = text_nearest(arena_dup_span(c->scratch, path->text), fields);
    problem_at(c, c->template->source.data + path->at,
               nearest ? "unknown field '%.*s', did you mean '%s'?" : "unknown field '%.*s'",
               (int)path->text.len, path->text.data, nearest);
}

static void check_fields(struct compiler *c)
{
    if (!c->options->fields || c->broken)
        return;
    for (size_t i = 0; i < c->template->path_count; i++)
        check_field(c, &c->template->paths[i]);
}

/* ---- public ---- */

static struct template *new_template(struct span source, const struct template_options *options)
{
    struct template *t = xcalloc(1, sizeof(*t));

    arena_init(&t->arena);
    t->part = options->part;
    t->lax = options->lax;
    t->trim_tag_lines = options->trim_tag_lines;
    t->name = arena_dup(&t->arena, options->name ? options->name : "template");
    if (source.len <= SOURCE_MAX_BYTES)
        t->source = span_make(arena_dup_span(&t->arena, source), source.len);
    return t;
}

static int by_place(const void *a, const void *b)
{
    const struct template_problem *x = a, *y = b;

    return x->line != y->line ? (x->line < y->line ? -1 : 1)
                              : (x->column > y->column) - (x->column < y->column);
}

struct template *template_compile(struct span source, const struct template_options *options,
                                  struct arena *problems_in, struct template_problems *problems)
{
    struct arena scratch;
    struct compiler *c = xcalloc(1, sizeof(*c));
    struct template *t = new_template(source, options);
    size_t before = problems->count;

    arena_init(&scratch);
    c->template = t;
    c->scratch = &scratch;
    c->options = options;
    c->problems_in = problems_in;
    c->problems = problems;
    c->source = t->source;
    if (source.len > SOURCE_MAX_BYTES)
        problem_at(c, NULL, "the template is larger than %zu bytes", SOURCE_MAX_BYTES);
    all_chunks(c);
    t->stack_room = c->stack_most;
    t->case_room = (size_t)c->case_most;
    check_fields(c);
    if (problems->count > before) {
        qsort(problems->items + before, problems->count - before, sizeof(*problems->items),
              by_place);
        template_destroy(t);
        t = NULL;
    }
    arena_finish(&scratch);
    free(c);
    return t;
}

void template_destroy(struct template *template)
{
    if (!template)
        return;
    arena_finish(&template->arena);
    free(template);
}

void template_explain(const char *name, const struct template_problem *problem, struct str *out)
{
    str_printf(out, "%s:%d:%d: %s\n  %s\n  ", name, problem->line, problem->column, problem->text,
               problem->source);
    for (int i = 1; i < problem->column && i < (int)sizeof(problem->source); i++)
        str_add_char(out, ' ');
    str_add_text(out, "^\n");
}

const char **template_paths(const struct template *template, struct arena *arena)
{
    const char **paths = arena_array(arena, template->path_count + 1, sizeof(*paths));
    size_t count = 0;

    for (size_t i = 0; i < template->path_count; i++)
        if (!is_local(template, template->paths[i].name))
            paths[count++] = arena_dup_span(arena, template->paths[i].text);
    return paths;
}
