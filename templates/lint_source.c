/* templates/lint_source.c - traps in the source of one part, by its tags and outputs; whether it compiles is the compiler's business.
 */
#include "core/base/text.h"
#include "templates/lexer.h"
#include "templates/lint_inside.h"

/* Members of the data that are texts, by their last word. */
static const char *const text_names[] = {
    "first_name",     "last_name", "name",        "company",  "title",
    "city",           "country",   "address",     "summary",  "sentence",
    "when",           "how",       "text",        "url",      "their_words",
    "common_ground",  "question",  "unsubscribe", "telegram", "channel",
    "postal_address", NULL,
};

struct source { /* one part on its way */
    struct lint_findings *out;
    struct span whole;
    size_t html_from; /* where the HTML of an e-mail begins */
};

static void report(const struct source *source, enum lint_rule_number rule,
                   enum lint_severity severity, struct span quote, const char *found)
{
    const struct lint_where where = { LINT_SOURCE, source->whole, quote };

    lint_add(source->out, rule, severity, &where, found);
}

/* ---- if on a text ---- */

struct operand { /* a path that stands alone in a condition */
    const struct token *first;
    size_t count;
};

static struct span operand_text(const struct operand *o)
{
    const struct token *last = &o->first[o->count - 1];

    return span_make(o->first->text.data,
                     (size_t)(last->text.data + last->text.len - o->first->text.data));
}

/* a.b.c: words with dots between them, at least two, ending in the name of a text, or a custom field. */
static bool is_text_path(const struct operand *o)
{
    struct span path;
    char last[32];

    if (o->count < 3 || o->count % 2 == 0)
        return false;
    for (size_t i = 0; i < o->count; i++)
        if (o->first[i].kind != (i % 2 ? TOKEN_DOT : TOKEN_ID))
            return false;
    path = operand_text(o);
    if (text_starts_nocase(path, "fields.") || text_starts_nocase(path, "prospect.fields."))
        return true;
    path = o->first[o->count - 1].text;
    if (path.len >= sizeof(last))
        return false;
    memcpy(last, path.data, path.len);
    last[path.len] = '\0';
    return text_is_among(last, text_names);
}

static bool ends_operand(const struct token *token)
{
    return token->kind == TOKEN_END ||
           (token->kind == TOKEN_ID && (span_is(token->text, "and") || span_is(token->text, "or")));
}

static void check_operand(const struct source *source, const struct operand *o, struct span tag)
{
    struct span path;
    struct lint_finding *finding;

    if (!is_text_path(o))
        return;
    path = operand_text(o);
    report(source, RULE_IF_TEXT, LINT_WARN, tag,
           arena_printf(source->out->arena,
                        "an `if` on the text %.*s is true for an empty one, too", (int)path.len,
                        path.data));
    finding = &source->out->items[source->out->count - 1];
    finding->better = arena_printf(source->out->arena, "%.*s != blank", (int)path.len, path.data);
}

static void check_condition(const struct source *source, const struct chunk *chunk)
{
    const char *bad;
    struct token *token = lexer_tokens(chunk->inside, source->out->arena, &bad);
    struct operand operand = { .first = token };

    for (; token; token++) {
        if (!ends_operand(token)) {
            operand.count++;
            continue;
        }
        check_operand(source, &operand, chunk->all);
        if (token->kind == TOKEN_END)
            return;
        operand = (struct operand){ .first = token + 1 };
    }
}

/* ---- tags and outputs ---- */

static bool is_one_of(struct span name, const char *a, const char *b, const char *c)
{
    return span_is(name, a) || span_is(name, b) || span_is(name, c);
}

static void check_tag(const struct source *source, const struct chunk *chunk)
{
    if (is_one_of(chunk->name, "if", "elsif", "unless"))
        check_condition(source, chunk);
    if (span_is(chunk->name, "include")) {
        report(source, RULE_INCLUDE, LINT_WARN, chunk->all, "an `include`");
        source->out->items[source->out->count - 1].better = arena_printf(
            source->out->arena, "{%% render %.*s %%}", (int)chunk->inside.len, chunk->inside.data);
    }
}

static void check_output(const struct source *source, const struct chunk *chunk)
{
    const char *bad;
    const struct token *token;

    if ((size_t)(chunk->all.data - source->whole.data) < source->html_from)
        return;
    token = lexer_tokens(chunk->inside, source->out->arena, &bad);
    for (; token && token->kind != TOKEN_END; token++)
        if (token->kind == TOKEN_PIPE && span_is(token[1].text, "raw"))
            report(source, RULE_RAW, LINT_HINT, chunk->all, "`raw` in HTML");
}

/* The bytes before the HTML of an e-mail; everything when it has none. */
static size_t find_html(const char *part, struct span source)
{
    struct span rest = source, line;

    while (strcmp(part, "email") == 0 && text_next_line(&rest, &line))
        if (span_is(text_trim(line), "---html---"))
            return (size_t)(line.data - source.data);
    return source.len;
}

void lint_source(const char *part, struct span text, struct lint_findings *out)
{
    const struct source source = { out, text, find_html(part, text) };
    struct chunk chunk = { .kind = CHUNK_TEXT };
    struct span inner;
    struct chunk end;

    for (size_t at = 0; chunk.kind != CHUNK_END && chunk.kind != CHUNK_BROKEN;) {
        lexer_chunk(text, &at, &chunk);
        if (chunk.kind == CHUNK_OUTPUT)
            check_output(&source, &chunk);
        if (chunk.kind != CHUNK_TAG)
            continue;
        if (span_is(chunk.name, "raw"))
            lexer_skip_to_end(text, &at, "raw", &inner, &end);
        else if (is_one_of(chunk.name, "comment", "doc", "doc"))
            lexer_skip_to_end(text, &at, chunk.name.data[0] == 'c' ? "comment" : "doc", &inner,
                              &end);
        else
            check_tag(&source, &chunk);
    }
}
