/* templates/parser.c - walks over the chunks of a template and writes its program: texts, outputs,
 * tags and the stack of open blocks. It goes on after a problem, so that all are found at once. */
#include <string.h>

#include "core/base/text.h"
#include "templates/compiler.h"
#include "templates/loose.h"

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

static bool is_among(struct span name, const char *const *names)
{
    while (*names && !span_is(name, *names))
        names++;
    return *names != NULL;
}

/* A tag that prints nothing, or the first snippet of its line? */
static bool is_quiet(const struct chunk *chunk, size_t *snippets)
{
    static const char *const printing[] = { "echo", "cycle", "increment", "decrement", NULL };
    static const char *const calling[] = { "include", "render", NULL };

    if (chunk->kind != CHUNK_TAG || is_among(chunk->name, printing))
        return false;
    *snippets += is_among(chunk->name, calling);
    return *snippets <= 1;
}

/* Only blanks, tags that print nothing, and at most one snippet from *at to the end of the line? *at
 * moves there, or to what is something else. */
static bool is_quiet_line(struct span source, size_t *at)
{
    size_t snippets = 0;

    while (*at < source.len && source.data[*at] != '\n') {
        struct chunk chunk;
        size_t next = *at;
        if (is_blank_char(source.data[*at])) {
            ++*at;
            continue;
        }
        lexer_chunk(source, &next, &chunk);
        if (!is_quiet(&chunk, &snippets))
            return false;
        *at = next;
    }
    return true;
}

/* Of the line around the tag at `at`. From left to right each line is judged once: a line of many tags
 * takes no longer than others. */
static bool judge_line(struct compiler *c, size_t at)
{
    const char *newline;
    size_t from = at;

    if (at < c->line_end)
        return c->line_quiet;
    while (from > c->line_end && c->source.data[from - 1] != '\n')
        from--;
    c->line_quiet = is_quiet_line(c->source, &from);
    newline =
        from < c->source.len ? memchr(c->source.data + from, '\n', c->source.len - from) : NULL;
    c->line_end = newline ? (size_t)(newline - c->source.data) : c->source.len;
    return c->line_quiet;
}

/* Does the tag stand on a line that leaves nothing behind but what its snippet prints? */
static bool stands_alone(struct compiler *c, const struct chunk *tag)
{
    size_t snippets = 0;

    return c->template->trim_tag_lines && is_quiet(tag, &snippets) &&
           judge_line(c, (size_t)(tag->all.data - c->source.data));
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

uint16_t parse_place(struct compiler *c, struct span markup)
{
    const char *why = NULL;
    enum html_place place = HTML_TEXT;

    if (c->template->part == PART_HTML)
        place = html_place(&c->html, &why);
    if (why)
        problem_at(c, markup.data, "%s", why);
    return (uint16_t)place;
}

struct output {
    struct span markup;
    bool guarded;
};

static int output_strict(struct compiler *c, void *state)
{
    struct output *o = state;
    bool plain;

    if (lex_begin(c, o->markup) < 0)
        return -1;
    return lex_is(c, TOKEN_END) ? 0 : filtered_parse(c, &o->guarded, &plain);
}

static int output_loose(struct compiler *c, void *state)
{
    return loose_filtered(c, ((struct output *)state)->markup);
}

int parse_output(struct compiler *c, struct span markup)
{
    struct output o = { .markup = markup };
    int32_t start = emit_here(c), number;
    uint8_t first;

    c->blocks[c->depth].blank = false;
    if (loose_or_strict(c, output_strict, output_loose, &o) < 0)
        return -1;
    if (emit_here(c) == start)
        return 0;
    number = emit(c, OP_PRINT, 0);
    first = emit_op(c, start)->code;
    emit_op(c, number)->count = parse_place(c, markup);
    emit_op(c, number)->at = emit_op(c, start)->at;
    if (first != OP_CONST)
        emit_op(c, number)->flag |= (uint8_t)(FLAG_HOLD_NIL | (o.guarded ? 0 : FLAG_HOLD_BLANK));
    return 0;
}

static void output_chunk(struct compiler *c, const struct chunk *chunk)
{
    int32_t start = emit_here(c);

    parse_output(c, chunk->inside);
    emit_failures(c, start, false, c->tag_at);
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
    emit_failures(c, block->start, quiet, block->at);
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
    emit_failures(c, start, tag->silent, c->tag_at);
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
    size_t len = 0;

    if (line.len && line.data[0] == '#')
        return span_make(line.data, 1);
    while (len < line.len && (text_lower_char(line.data[len]) >= 'a' || line.data[len] == '_') &&
           !lexer_is_space(line.data[len]))
        len++;
    return span_make(line.data, len);
}

void parse_lines(struct compiler *c, struct span lines)
{
    struct span rest = lines, line;
    uint32_t tag_at = c->tag_at;
    bool trim_line = c->trim_line;
    int comments = 0;

    c->trim_line = false; /* what is called here stands within a line */

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
    c->trim_line = trim_line;
}

/* ---- chunks ---- */

int parse_skip(struct compiler *c, const char *name, struct span *inner)
{
    struct chunk end = { .name = span_of(name) };

    if (!lexer_skip_to_end(c->source, &c->at, name, inner, &end)) {
        c->at = c->source.len;
        return problem_at(c, NULL, "'%.*s' tag was never closed", (int)end.name.len, end.name.data);
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

static void parse_chunks(struct compiler *c)
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
}

/* A snippet must leave the HTML around it as it found it: between tags. */
static void check_html_end(struct compiler *c)
{
    if (c->unit && c->template->part == PART_HTML && c->html.state != HTML_IN_TEXT)
        problem_at(c, c->source.data + c->source.len,
                   "the snippet ends inside of an HTML tag or comment");
}

/* Lax: what is wrong in a snippet is printed where it is called; a full table is not its own fault. */
static void keep_failure(struct compiler *c, struct unit *unit, size_t problems)
{
    const struct template_problem *first;

    if (!c->template->lax || c->full || c->unit == 0 || c->problems->count == problems)
        return;
    first = &c->problems->items[problems];
    unit->failure = arena_dup(&c->template->arena, first->text);
    unit->failure_line = first->line;
    c->problems->count = problems;
}

/* What is no UTF-8 would make the whole message none. */
static void check_utf8(struct compiler *c)
{
    const char *at = c->source.data, *end = at + c->source.len, *from = at;

    if (text_is_utf8(c->source))
        return;
    while (at < end && (text_next_point(&at, end) != 0xfffd || at - from > 1))
        from = at;
    problem_at(c, from, "this is not UTF-8");
}

static void parse_unit(struct compiler *c, int32_t number)
{
    struct unit *unit = &c->template->units[number];
    size_t problems = c->problems->count;

    c->unit = number;
    c->source = span_make(c->sources + unit->begin, unit->len);
    c->at = c->depth = 0;
    c->loop_depth = c->loop_most = c->case_depth = c->case_most = 0;
    c->trim_next = c->trim_line = c->broken = c->html_reported = false;
    c->line_end = 0;
    c->html = (struct html){ 0 };
    c->tag_at = (uint32_t)unit->begin;
    unit->entry = emit_here(c);
    check_utf8(c);
    parse_chunks(c);
    check_html_end(c);
    emit(c, number ? OP_RETURN : OP_STOP, 0);
    unit = &c->template->units[number]; /* the table may have grown */
    unit->loops = c->loop_most;
    unit->cases = c->case_most;
    keep_failure(c, unit, problems);
}

void parse_all(struct compiler *c)
{
    for (size_t i = 0; i < c->template->unit_count && !c->full; i++)
        parse_unit(c, (int32_t)i);
    snippets_check(c);
}
