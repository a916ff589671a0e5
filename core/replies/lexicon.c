/* core/replies/lexicon.c - reads tables of rules and compiles their patterns; finding is lexicon_find.c's. */
#include "core/replies/lexicon.h"

#include <stdio.h>
#include <stdlib.h>

#include "core/base/text.h"
#include "core/replies/fold.h"
#include "core/replies/intents.h"
#include "core/replies/lexicon_store.h"
#include "core/replies/when.h"

#define CELLS 6
#define NAME_BYTES 24
#define CLASSES_MAX 100
#define MAX_NAMED_BYTES ((size_t)8000)
#define MAX_NAMED_WORD_BYTES ((size_t)40)
#define CLASS_BYTES ((size_t)4000)

static const char *const keyword_labels[] = { "strong", "weak", NULL };
static const char *const scope_labels[] = { "address", "channel", "everything", NULL };
static const char *const mood_labels[] = { "positive", "negative", NULL };

enum labels {
    LABELS_NONE,   /* must be "-" */
    LABELS_ANY,    /* any word */
    LABELS_LISTED, /* one of a list */
    LABELS_INTENT, /* intent_name() */
};

static const struct {
    const char *name;
    enum labels labels;
    const char *const *list;
    bool weighs; /* a weight of 0 says nothing */
} sections[LEXICON_SECTIONS] = {
    [LEXICON_OPT_OUT_WORD] = { "opt_out_word", LABELS_LISTED, keyword_labels, false },
    [LEXICON_OPT_OUT] = { "opt_out", LABELS_LISTED, scope_labels, false },
    [LEXICON_OPT_OUT_VETO] = { "opt_out_veto", LABELS_NONE, NULL, false },
    [LEXICON_OPT_IN_WORD] = { "opt_in_word", LABELS_NONE, NULL, false },
    [LEXICON_POLITE] = { "polite", LABELS_NONE, NULL, false },
    [LEXICON_INTENT] = { "intent", LABELS_INTENT, NULL, true },
    [LEXICON_INTENT_VETO] = { "intent_veto", LABELS_INTENT, NULL, false },
    [LEXICON_NEGATION] = { "negation", LABELS_NONE, NULL, false },
    [LEXICON_MOOD] = { "mood", LABELS_LISTED, mood_labels, true },
    [LEXICON_CHANNEL] = { "channel", LABELS_ANY, NULL, false },
    [LEXICON_WISH] = { "wish", LABELS_ANY, NULL, false },
    [LEXICON_WISH_VETO] = { "wish_veto", LABELS_ANY, NULL, false },
    [LEXICON_NO_NAME] = { "no_name", LABELS_NONE, NULL, false },
    [LEXICON_CLASS] = { "class", LABELS_ANY, NULL, false },
};

struct class
{
    struct span name;        /* "boss" */
    struct choices *choices; /* its texts */
};

struct compiler {
    struct lexicon_store store;
    struct arena *arena;
    struct arena scratch; /* of one alternative */
    struct arena lasting; /* of the classes */
    struct err *err;
    const char *file;
    size_t table;
    long line;
    struct class classes[CLASSES_MAX];
    size_t class_count;
};

const char *lexicon_hit_name(const struct lexicon_hit *hit, const struct words *words,
                             struct arena *arena)
{
    struct str text;
    const char *made;

    str_init(&text, MAX_NAMED_BYTES);
    str_add_text(&text, hit->rule->name);
    str_add_text(&text, ":");
    for (size_t i = hit->first; i < hit->first + hit->count; i++) {
        str_add_char(&text, ' ');
        str_add_span(&text, text_cut(words->items[i].text, MAX_NAMED_WORD_BYTES));
    }
    made = arena_dup_span(arena, str_span(&text));
    str_finish(&text);
    return made;
}

const struct when_words *lexicon_when_words(const struct lexicon *lexicon)
{
    return lexicon->when_words;
}

/* "lexicon/ours.tsv:12: " in front of what was expected. */
static int fail(const struct compiler *c, enum err_code code, const char *what, struct span given)
{
    struct span shown = text_cut(given, 60);

    return err_set(c->err, code, "%s:%ld: %s, not \"%.*s\"", c->file, c->line, what, (int)shown.len,
                   shown.data ? shown.data : "");
}

/* ---- one pattern ---- */

/* A word as it stands in a pattern. */
struct option {
    struct span text; /* without "*" */
    bool prefix;      /* any word that begins with the text */
};

struct piece {
    const struct option *options; /* one of them fits */
    size_t count;
    bool gap, optional; /* see struct lexicon_piece */
};

/* A piece of a pattern as written: a word, a mark or a group. */
struct token {
    struct span text;
    struct choices *choices; /* of a group, else NULL */
};

/* What is collected of one pattern before it is known to be good. */
struct draft {
    struct token tokens[LEXICON_PIECES_MAX];
    size_t token_count;
    struct piece pieces[LEXICON_PIECES_MAX];
    struct lexicon_pattern pattern;
    bool gap; /* a "*" waits for its word */
};

static int add_piece(struct compiler *c, struct draft *draft, struct piece piece)
{
    const struct option *option = &piece.options[0];

    if (draft->pattern.at_end || draft->pattern.clause_end)
        return fail(c, ERR_CONFIG, "expected \"$\" and \">\" at the end of a pattern",
                    option->text);
    if (draft->pattern.count == LEXICON_PIECES_MAX)
        return fail(c, ERR_LIMIT, "expected at most 16 words in a pattern", option->text);
    for (size_t i = 0; i < piece.count; i++, option++)
        if (option->text.len > LEXICON_WORD_BYTES || (option->prefix && option->text.len < 2))
            return fail(c, ERR_CONFIG,
                        "expected a word of at most 63 bytes, 2 or more before \"*\"",
                        option->text);
    piece.gap = draft->gap;
    draft->gap = false;
    draft->pieces[draft->pattern.count++] = piece;
    return 0;
}

/* "e-mail*" is the words "e" and "mail*", "@x" is itself. Their count, at most `max`; -1 and err. */
static int split_text(struct compiler *c, struct arena *arena, struct span text, struct option *out,
                      size_t max)
{
    bool prefix = text.data[text.len - 1] == '*';
    struct words words;

    if (text.data[0] == '@' && text.len > 1 && !memchr(text.data, ' ', text.len)) {
        out[0] = (struct option){ .text = span_of(arena_dup_span(arena, text)) };
        return 1;
    }
    words = words_split(span_make(text.data, text.len - (prefix ? 1 : 0)), arena);
    if (words.count == 0 || words.count > max)
        return fail(c, ERR_CONFIG,
                    "expected words, \"*\", \"^\", \"$\", \"<\", \">\", \"@name\" or a group",
                    text);
    for (size_t i = 0; i < words.count; i++)
        out[i] = (struct option){ .text = words.items[i].text,
                                  .prefix = prefix && i + 1 == words.count };
    return (int)words.count;
}

static int add_word_pieces(struct compiler *c, struct draft *draft, struct span text)
{
    struct option *words = arena_raw(&c->scratch, LEXICON_PIECES_MAX * sizeof(*words));
    int count = split_text(c, &c->scratch, text, words, LEXICON_PIECES_MAX);

    for (int i = 0; i < count; i++)
        if (add_piece(c, draft, (struct piece){ .options = &words[i], .count = 1 }) < 0)
            return -1;
    return count < 0 ? -1 : 0;
}

static int read_piece(struct compiler *c, struct draft *draft, struct span piece)
{
    struct lexicon_pattern *p = &draft->pattern;
    bool first = p->count == 0, *start = span_is(piece, "^") ? &p->at_start : &p->clause_start;

    if (span_is(piece, "^") || span_is(piece, "<")) {
        *start = true;
        return first ? 0 : fail(c, ERR_CONFIG, "expected it at the start of a pattern", piece);
    }
    if (span_is(piece, "$") || span_is(piece, ">")) {
        *(piece.data[0] == '$' ? &p->at_end : &p->clause_end) = true;
        return !first && !draft->gap
                   ? 0
                   : fail(c, ERR_CONFIG, "expected it behind a word of a pattern", piece);
    }
    if (span_is(piece, "*")) {
        draft->gap = true;
        return first ? fail(c, ERR_CONFIG, "expected a word before", piece) : 0;
    }
    return add_word_pieces(c, draft, piece);
}

/* The words of a text, blank by blank. */
static int read_text(struct compiler *c, struct draft *draft, struct span text)
{
    struct span rest = text, piece;

    while (text_next_piece(&rest, ' ', &piece))
        if (piece.len > 0 && read_piece(c, draft, piece) < 0)
            return -1;
    return 0;
}

/* ---- groups ---- */

/* A group as it counts: its single words are one piece; each longer text, each mark and, where a piece may not be missing, nothing
 * at all is a choice of its own. */
struct choices {
    struct option *words; /* the single ones */
    size_t word_count;
    struct span longer[LEXICON_OPTIONS_MAX];
    size_t longer_count;
    bool nothing;
};

static const struct class *find_class(const struct compiler *c, struct span name)
{
    for (size_t i = 0; i < c->class_count; i++)
        if (span_eq(c->classes[i].name, name))
            return &c->classes[i];
    return NULL;
}

static int add_choice(struct compiler *c, struct arena *arena, struct choices *choices,
                      struct span text)
{
    struct option words[LEXICON_PIECES_MAX];
    int count;

    if (text.len == 0) {
        choices->nothing = true;
        return 0;
    }
    if (choices->word_count == LEXICON_OPTIONS_MAX || choices->longer_count == LEXICON_OPTIONS_MAX)
        return fail(c, ERR_LIMIT, "expected at most 100 texts in a group", text);
    count = text.len == 1 && text_one_of(text.data[0], "^<$>*")
                ? 2
                : split_text(c, arena, text, words, LEXICON_PIECES_MAX);
    if (count == 1)
        choices->words[choices->word_count++] = words[0];
    else if (count > 1)
        choices->longer[choices->longer_count++] = text;
    return count < 0 ? -1 : 0;
}

/* The texts of a class in a group are texts of the group; a class names no class. */
static int add_class(struct compiler *c, struct choices *choices, struct span braced)
{
    const struct class *class = find_class(c, span_make(braced.data + 1, braced.len - 2));
    const struct choices *more = class ? class->choices : NULL;

    if (!more)
        return fail(c, ERR_CONFIG, "expected the name of a class of a row before", braced);
    if (choices->word_count + more->word_count > LEXICON_OPTIONS_MAX ||
        choices->longer_count + more->longer_count > LEXICON_OPTIONS_MAX)
        return fail(c, ERR_LIMIT, "expected at most 100 texts in a group", braced);
    memcpy(choices->words + choices->word_count, more->words,
           more->word_count * sizeof(*more->words));
    memcpy(choices->longer + choices->longer_count, more->longer,
           more->longer_count * sizeof(*more->longer));
    choices->word_count += more->word_count;
    choices->longer_count += more->longer_count;
    choices->nothing = choices->nothing || more->nothing;
    return 0;
}

static int read_group(struct compiler *c, struct span group, struct choices *out)
{
    struct span rest = group, text;

    out->words = arena_raw(&c->scratch, LEXICON_OPTIONS_MAX * sizeof(*out->words));
    while (text_next_piece(&rest, '/', &text)) {
        bool class;

        text = text_trim(text);
        class = text.len > 2 && text.data[0] == '{' && text.data[text.len - 1] == '}';
        if ((class ? add_class(c, out, text) : add_choice(c, &c->scratch, out, text)) < 0)
            return -1;
    }
    return 0;
}

/* Takes one choice of the group; *n and *total count as the digits of a number do. */
static int choose(struct compiler *c, struct draft *draft, const struct token *group, size_t *n,
                  size_t *total)
{
    const struct choices *choices = group->choices;
    struct piece piece = { .options = choices->words, .count = choices->word_count };
    size_t count, pick;

    piece.optional = choices->nothing && piece.count > 0 && draft->pattern.count > 0 && !draft->gap;
    count = choices->longer_count + (choices->nothing && !piece.optional) + (piece.count > 0);
    if (count == 0 || (*total *= count) > LEXICON_GROUP_TEXTS_MAX)
        return fail(c, ERR_LIMIT, "expected groups that stand for at most 400 patterns",
                    group->text);
    pick = *n % count;
    *n /= count;
    if (pick < choices->longer_count)
        return read_text(c, draft, choices->longer[pick]);
    return pick == choices->longer_count && piece.count > 0 ? add_piece(c, draft, piece) : 0;
}

/* ---- tokens ---- */

/* Marks may be written onto the word they stand beside ("^no$"). */
static size_t token_length(struct span rest)
{
    size_t len = 0;

    if (rest.data[0] == '(' || rest.data[0] == '{') {
        const char *close = memchr(rest.data, rest.data[0] == '(' ? ')' : '}', rest.len);

        return close ? (size_t)(close - rest.data) + 1 : 0;
    }
    if (text_one_of(rest.data[0], "^<$>"))
        return 1;
    while (len < rest.len && !text_is_space(rest.data[len]) &&
           !text_one_of(rest.data[len], "$>(){}"))
        len++;
    return len;
}

static int add_token(struct compiler *c, struct draft *draft, struct span text)
{
    struct token token = { .text = text };

    if (draft->token_count == LEXICON_PIECES_MAX)
        return fail(c, ERR_LIMIT, "expected at most 16 words, marks and groups in a pattern", text);
    if (text.data[0] == '(')
        token.text = span_make(text.data + 1, text.len - 2);
    if (text_one_of(text.data[0], "({"))
        token.choices = arena_alloc(&c->scratch, sizeof(*token.choices));
    draft->tokens[draft->token_count++] = token;
    return token.choices ? read_group(c, token.text, token.choices) : 0;
}

static int split_tokens(struct compiler *c, struct span text, struct draft *out)
{
    struct span rest = text_trim(text);

    while (rest.len > 0) {
        size_t len = token_length(rest);

        if (len == 0)
            return fail(c, ERR_CONFIG, "expected each bracket to be closed", text);
        if (add_token(c, out, span_make(rest.data, len)) < 0)
            return -1;
        rest = text_trim(span_from(rest, len));
    }
    return 0;
}

/* The n-th of the patterns that the tokens stand for. *total grows to how many they are, as far as this one shows: behind nothing at
 * all a group may stand for more than behind a word. 1: an earlier n stands for the same. */
static int read_pattern(struct compiler *c, struct span text, size_t n, struct draft *out,
                        size_t *total)
{
    size_t count = 1;

    out->pattern = (struct lexicon_pattern){ .count = 0 };
    out->gap = false;
    for (size_t i = 0; i < out->token_count; i++) {
        const struct token *token = &out->tokens[i];

        if ((token->choices ? choose(c, out, token, &n, &count) : read_piece(c, out, token->text)) <
            0)
            return -1;
    }
    if (count > *total)
        *total = count;
    if (out->pattern.count == 0 || out->gap)
        return fail(c, ERR_CONFIG, "expected a pattern that ends in a word", text);
    return n > 0;
}

/* ---- keeping a pattern ---- */

/* The marks of the words of which one must stand behind the first piece. */
static uint32_t marks_behind(const struct compiler *c, const struct lexicon_piece *piece)
{
    const uint32_t *options = (const uint32_t *)c->store.options.items + piece->first;
    uint32_t marks = 0;

    for (size_t i = 0; i < piece->count; i++)
        marks |= options[i] & 1 ? LEXICON_ANY : lexicon_mark(options[i] >> 1);
    return marks;
}

static struct lexicon_link link_of(struct compiler *c, const struct lexicon_pattern *pattern)
{
    const struct lexicon_piece *pieces = c->store.pieces.items, *next = NULL;
    const struct lexicon_row *rows = c->store.rows.items;

    if (pattern->count > 1)
        next = &pieces[pattern->first + 1];
    return (struct lexicon_link){ .pattern = lexicon_store_pattern(&c->store, pattern) & 0xFFFFFFu,
                                  .then =
                                      next && !next->optional ? marks_behind(c, next) : LEXICON_ANY,
                                  .gap = next && next->gap,
                                  .section = rows[pattern->row].rule.section & 63u };
}

/* Under each word that the pattern may begin with. */
static int index_pattern(struct compiler *c, const struct draft *draft)
{
    const struct piece *first = &draft->pieces[0];
    const struct lexicon_piece *kept =
        (const struct lexicon_piece *)c->store.pieces.items + draft->pattern.first;
    struct lexicon_link link = link_of(c, &draft->pattern);

    for (size_t i = 0; i < first->count; i++) {
        uint32_t option = ((const uint32_t *)c->store.options.items)[kept->first + i];

        if (!lexicon_store_link(&c->store, option, &link))
            return fail(c, ERR_LIMIT, "expected at most 600 patterns that begin with one word",
                        first->options[i].text);
    }
    return 0;
}

static uint32_t keep_options(struct compiler *c, const struct piece *piece)
{
    uint32_t first = (uint32_t)c->store.options.count;

    for (size_t i = 0; i < piece->count; i++)
        lexicon_store_option(&c->store, lexicon_store_word(&c->store, piece->options[i].text),
                             piece->options[i].prefix);
    return lexicon_store_share(&c->store, first);
}

static uint32_t keep_pieces(struct compiler *c, const struct draft *draft)
{
    uint32_t first = (uint32_t)c->store.pieces.count;

    for (size_t i = 0; i < draft->pattern.count; i++) {
        const struct piece *piece = &draft->pieces[i];

        lexicon_store_piece(&c->store, (struct lexicon_piece){ .first = keep_options(c, piece),
                                                               .count = (uint16_t)piece->count,
                                                               .gap = piece->gap,
                                                               .optional = piece->optional });
    }
    return first;
}

static int add_pattern(struct compiler *c, struct draft *draft)
{
    if (c->store.patterns.count == LEXICON_RULES_MAX)
        return err_set(c->err, ERR_LIMIT, "%s:%ld: more than %d patterns in all tables", c->file,
                       c->line, LEXICON_RULES_MAX);
    draft->pattern.first = keep_pieces(c, draft);
    return index_pattern(c, draft);
}

/* ---- rows ---- */

static int read_section(struct compiler *c, struct span cell, enum lexicon_section *out)
{
    const char *names[LEXICON_SECTIONS + 1] = { NULL };
    char given[40];

    for (int i = 0; i < LEXICON_SECTIONS; i++) {
        names[i] = sections[i].name;
        if (!span_is(cell, names[i]))
            continue;
        *out = (enum lexicon_section)i;
        return 0;
    }
    snprintf(given, sizeof(given), "%.*s", (int)(cell.len < 39 ? cell.len : 39), cell.data);
    return err_set(c->err, ERR_CONFIG, "%s:%ld: unknown section \"%s\"%s", c->file, c->line, given,
                   text_hint(given, names).text);
}

static bool is_name(struct span text)
{
    for (size_t i = 0; i < text.len; i++)
        if (!text_is_alnum(text.data[i]) && !text_one_of(text.data[i], "_-+."))
            return false;
    return text.len > 0 && text.len <= NAME_BYTES;
}

static int check_label(struct compiler *c, const struct lexicon_rule *rule)
{
    enum labels labels = sections[rule->section].labels;
    struct span given = span_of(rule->label);

    if (labels == LABELS_NONE && given.len)
        return fail(c, ERR_CONFIG, "expected \"-\" as label of this section", given);
    if (labels == LABELS_ANY && given.len && !is_name(given))
        return fail(c, ERR_CONFIG, "expected a word as label", given);
    if (labels == LABELS_INTENT && intent_by_name(rule->label) == INTENT_OTHER)
        return fail(c, ERR_CONFIG, "expected an intent as label, as \"interested\"", given);
    if (labels == LABELS_LISTED && !text_is_among(rule->label, sections[rule->section].list))
        return err_set(c->err, ERR_CONFIG, "%s:%ld: unknown label \"%.40s\" of %s, as \"%s\" is%s",
                       c->file, c->line, rule->label, sections[rule->section].name,
                       sections[rule->section].list[0],
                       text_hint(rule->label, sections[rule->section].list).text);
    if (sections[rule->section].weighs && rule->weight == 0)
        return fail(c, ERR_CONFIG, "expected a weight in this section", span_of("-"));
    return 0;
}

static struct span cell_or_empty(struct span cell)
{
    return span_is(cell, "-") ? span_make(cell.data, 0) : cell;
}

/* All cells of a row but the pattern. */
static int read_head(struct compiler *c, const struct span cells[CELLS], struct lexicon_rule *out)
{
    struct span language = cell_or_empty(cells[2]), weight = cell_or_empty(cells[3]);
    struct span channel = cell_or_empty(cells[4]);
    int64_t number = 0;

    if (read_section(c, cells[0], &out->section) < 0)
        return -1;
    if (language.len && !is_name(language))
        return fail(c, ERR_CONFIG, "expected a language like \"en\" or \"-\" as third cell",
                    cells[2]);
    if (weight.len && !text_to_int(weight, -100, 100, &number))
        return fail(c, ERR_CONFIG, "expected a weight from -100 to 100 or \"-\" as fourth cell",
                    cells[3]);
    if (channel.len && !is_name(channel))
        return fail(c, ERR_CONFIG, "expected a channel like \"sms\" or \"-\" as fifth cell",
                    cells[4]);
    out->label = arena_dup_span(c->arena, cell_or_empty(cells[1]));
    out->language = arena_dup_span(c->arena, language);
    out->weight = (int)number;
    out->channel = channel.len ? arena_dup_span(c->arena, channel) : NULL;
    return check_label(c, out);
}

/* "intent concern_price (intents_en:98)": which table, without folder and ending, and line. */
static const char *rule_name(struct compiler *c, const struct lexicon_rule *rule)
{
    const char *slash = strrchr(c->file, '/'), *file = slash ? slash + 1 : c->file;
    const char *dot = strrchr(file, '.');
    int len = dot ? (int)(dot - file) : (int)strlen(file);

    return arena_printf(c->arena, "%s%s%s (%.*s:%ld)", sections[rule->section].name,
                        *rule->label ? " " : "", rule->label, len, file, c->line);
}

/* Adds what one alternative of a row stands for. */
static int read_alternative(struct compiler *c, uint32_t row, struct span text)
{
    struct draft draft = { .token_count = 0 };
    size_t total = 1;

    arena_reset(&c->scratch);
    if (split_tokens(c, text, &draft) < 0)
        return -1;
    for (size_t n = 0; n < total; n++) {
        int known = read_pattern(c, text, n, &draft, &total);

        draft.pattern.row = row;
        if (known < 0 || (known == 0 && add_pattern(c, &draft) < 0))
            return -1;
    }
    return 0;
}

static int read_patterns(struct compiler *c, const struct lexicon_row *head, struct span patterns)
{
    uint32_t row = lexicon_store_row(&c->store, head);
    struct span rest = patterns, alternative;

    while (text_next_piece(&rest, '|', &alternative))
        if (read_alternative(c, row, text_trim(alternative)) < 0)
            return -1;
    return 0;
}

/* "a | b c" as the texts of a group. */
static int read_class(struct compiler *c, const char *name, struct span patterns)
{
    struct choices *choices = arena_alloc(&c->lasting, sizeof(*choices));
    const char *texts = arena_dup_span(&c->lasting, patterns);
    struct span rest = span_of(texts), text;

    if (!*name || patterns.len > CLASS_BYTES || strpbrk(texts, "(){}/^$<>"))
        return fail(c, ERR_CONFIG,
                    "expected a class with a label and plain words, at most 4000 bytes", patterns);
    if (c->class_count == CLASSES_MAX)
        return fail(c, ERR_LIMIT, "expected at most 100 classes", span_of(name));
    choices->words = arena_raw(&c->lasting, LEXICON_OPTIONS_MAX * sizeof(*choices->words));
    while (text_next_piece(&rest, '|', &text))
        if (add_choice(c, &c->lasting, choices, text_trim(text)) < 0)
            return -1;
    c->classes[c->class_count++] = (struct class){ .name = span_of(name), .choices = choices };
    return 0;
}

static int read_row(struct compiler *c, struct span row)
{
    struct span cells[CELLS] = { { NULL, 0 } }, rest = row, cell;
    struct lexicon_row head = { .table = c->table,
                                .fixed = row.data[0] == '!',
                                .off = row.data[0] == '-' };
    size_t count = 0, wanted = head.off ? 2 : CELLS;

    while (text_next_piece(&rest, '\t', &cell)) {
        if (count < CELLS)
            cells[count] = text_trim(cell);
        count++;
    }
    if (count != wanted)
        return err_set(c->err, ERR_CONFIG,
                       "%s:%ld: expected %zu cells with one TAB between, got %zu", c->file, c->line,
                       wanted, count);
    if (head.off || head.fixed)
        cells[0] = text_trim(span_from(cells[0], 1));
    head.rule.label = head.rule.language = "";
    if ((head.off ? read_section(c, cells[0], &head.rule.section)
                  : read_head(c, cells, &head.rule)) < 0)
        return -1;
    if (head.rule.section == LEXICON_CLASS)
        return read_class(c, head.rule.label, cells[wanted - 1]);
    head.rule.name = rule_name(c, &head.rule);
    return read_patterns(c, &head, cells[wanted - 1]);
}

static int read_source(struct compiler *c, const struct lexicon_source *source)
{
    struct span rest = source->text, line;

    c->file = source->name;
    c->line = 0;
    if (rest.len > LEXICON_FILE_BYTES)
        return err_set(c->err, ERR_LIMIT, "%s: larger than %zu bytes", c->file, LEXICON_FILE_BYTES);
    if (rest.len >= 3 && memcmp(rest.data, "\xEF\xBB\xBF", 3) == 0)
        rest = span_from(rest, 3);
    if (!text_is_utf8(rest) || memchr(rest.data ? rest.data : "", '\0', rest.len))
        return err_set(c->err, ERR_CONFIG, "%s: expected UTF-8 text", c->file);
    while (text_next_line(&rest, &line)) {
        c->line++;
        if (text_trim(line).len == 0 || line.data[0] == '#')
            continue;
        if (read_row(c, line) < 0)
            return -1;
    }
    return 0;
}

const struct lexicon *lexicon_parse(const struct lexicon_source *sources, size_t count,
                                    struct arena *arena, struct err *err)
{
    struct compiler c = { .arena = arena, .err = err };
    struct lexicon *lexicon = NULL;
    int rc = 0;

    arena_init(&c.scratch);
    arena_init(&c.lasting);
    lexicon_store_init(&c.store, arena);
    for (; rc == 0 && c.table < count; c.table++)
        rc = read_source(&c, &sources[c.table]);
    if (rc == 0) {
        lexicon = lexicon_store_settle(&c.store);
        lexicon->when_words = when_words_load(arena);
    }
    lexicon_store_finish(&c.store);
    arena_finish(&c.scratch);
    arena_finish(&c.lasting);
    return lexicon;
}

const struct lexicon *lexicon_builtin(struct arena *arena)
{
    struct err err = { .code = ERR_NONE };
    const struct lexicon *lexicon = lexicon_parse(lexicon_ours, lexicon_ours_count, arena, &err);

    /* Our own tables are part of the program, and the tests read them: a fault in them is one of the program. */
    if (!lexicon)
        abort();
    return lexicon;
}
