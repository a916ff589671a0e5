/* core/replies/lexicon.c - reads tables of rules and compiles their patterns; finding is lexicon_find.c's. */
#include "core/replies/lexicon.h"

#include <stdio.h>
#include <stdlib.h>

#include "core/base/text.h"
#include "core/replies/fold.h"
#include "core/replies/intents.h"
#include "core/replies/lexicon_index.h"

#define CELLS 6
#define CHANNEL_BYTES 24

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
};

struct compiler {
    struct lexicon *lexicon;
    struct arena *arena;
    struct err *err;
    const char *file;
    long line;
    uint32_t entry_cap;
    size_t pattern_cap;
    uint32_t *by_pattern; /* slots: pattern + 1, by section and pattern; 0 = free */
    uint32_t by_pattern_mask;
};

const char *lexicon_section_name(enum lexicon_section section)
{
    return sections[section].name;
}

size_t lexicon_rule_count(const struct lexicon *lexicon)
{
    return lexicon->rule_count;
}

/* "lexicon/ours.tsv:12: " in front of what was expected. */
static int fail(const struct compiler *c, enum err_code code, const char *what, struct span given)
{
    struct span shown = text_cut(given, 60);

    return err_set(c->err, code, "%s:%ld: %s, not \"%.*s\"", c->file, c->line, what, (int)shown.len,
                   shown.data ? shown.data : "");
}

/* ---- the table of words ---- */

static uint32_t *find_slot(const struct lexicon *lexicon, struct span text)
{
    uint32_t at = (uint32_t)text_hash(text) & lexicon->slot_mask;

    while (lexicon->slots[at] && !span_eq(lexicon->entries[lexicon->slots[at]].text, text))
        at = (at + 1) & lexicon->slot_mask;
    return &lexicon->slots[at];
}

uint32_t lexicon_word_id(const struct lexicon *lexicon, struct span text)
{
    return *find_slot(lexicon, text);
}

static void grow_entries(struct compiler *c)
{
    struct lexicon *lexicon = c->lexicon;
    struct lexicon_entry *old = lexicon->entries;

    c->entry_cap *= 2;
    lexicon->entries = arena_array(c->arena, c->entry_cap, sizeof(*old));
    if (old)
        memcpy(lexicon->entries, old, lexicon->entry_count * sizeof(*old));
    lexicon->slots = arena_array(c->arena, (size_t)c->entry_cap * 2, sizeof(uint32_t));
    lexicon->slot_mask = c->entry_cap * 2 - 1;
    for (uint32_t i = 1; i < lexicon->entry_count; i++)
        *find_slot(lexicon, lexicon->entries[i].text) = i;
}

static uint32_t add_word(struct compiler *c, struct span text)
{
    struct lexicon *lexicon = c->lexicon;
    uint32_t *slot = find_slot(lexicon, text);

    if (*slot)
        return *slot;
    if (lexicon->entry_count == c->entry_cap) {
        grow_entries(c);
        slot = find_slot(lexicon, text);
    }
    *slot = lexicon->entry_count;
    lexicon->entries[lexicon->entry_count] =
        (struct lexicon_entry){ .text = text, .first_word = -1, .first_prefix = -1 };
    return lexicon->entry_count++;
}

/* ---- one pattern ---- */

/* What is collected of one alternative before it is known to be good. */
struct draft {
    struct lexicon_piece pieces[LEXICON_PIECES_MAX];
    struct lexicon_pattern pattern;
    bool gap; /* a "*" waits for its word */
};

static int add_piece(struct compiler *c, struct draft *draft, struct span text, bool prefix)
{
    if (draft->pattern.at_end || draft->pattern.clause_end)
        return fail(c, ERR_CONFIG, "expected \"$\" and \">\" at the end of a pattern", text);
    if (draft->pattern.count == LEXICON_PIECES_MAX)
        return fail(c, ERR_LIMIT, "expected at most 12 words in a pattern", text);
    if (text.len > LEXICON_WORD_BYTES || (prefix && text.len < 2))
        return fail(c, ERR_CONFIG, "expected a word of at most 63 bytes, 2 or more before \"*\"",
                    text);
    draft->pieces[draft->pattern.count++] =
        (struct lexicon_piece){ .text = text, .prefix = prefix, .gap = draft->gap };
    draft->gap = false;
    return 0;
}

/* "e-mail*": the words "e" and "mail*". */
static int add_words(struct compiler *c, struct draft *draft, struct span piece)
{
    bool prefix = piece.data[piece.len - 1] == '*';
    struct words words = words_split(span_make(piece.data, piece.len - (prefix ? 1 : 0)), c->arena);

    if (words.count == 0)
        return fail(c, ERR_CONFIG, "expected words, \"*\", \"^\", \"$\", \"<\", \">\" or \"@name\"",
                    piece);
    for (size_t i = 0; i < words.count; i++)
        if (add_piece(c, draft, words.items[i].text, prefix && i + 1 == words.count) < 0)
            return -1;
    return 0;
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
    if (piece.data[0] == '@')
        return add_piece(c, draft, span_of(arena_dup_span(c->arena, piece)), false);
    return add_words(c, draft, piece);
}

/* "^" and its kin may be written onto the word they stand beside. */
static struct span take_piece(struct span *rest)
{
    struct span piece;
    size_t len = 0;

    while (rest->len > 0 && text_is_space(rest->data[0]))
        *rest = span_from(*rest, 1);
    while (len < rest->len && !text_is_space(rest->data[len]) &&
           !(len > 0 && text_one_of(rest->data[len], "$>")))
        if (text_one_of(rest->data[len++], "^<$>"))
            break;
    piece = span_make(rest->data, len);
    *rest = span_from(*rest, len);
    return piece;
}

/* The pattern as it is shown and compared: folded, one blank between pieces. */
static const char *canonical(const struct draft *draft, struct arena *arena)
{
    const struct lexicon_pattern *p = &draft->pattern;
    struct str text;
    const char *made;

    str_init(&text, LEXICON_PIECES_MAX * (LEXICON_WORD_BYTES + 5));
    str_add_text(&text, p->at_start ? "^" : p->clause_start ? "< " : "");
    for (size_t i = 0; i < p->count; i++) {
        str_add_text(&text, i > 0 ? " " : "");
        str_add_text(&text, draft->pieces[i].gap ? "* " : "");
        str_add_span(&text, draft->pieces[i].text);
        str_add_text(&text, draft->pieces[i].prefix ? "*" : "");
    }
    str_add_text(&text, p->at_end ? " $" : p->clause_end ? " >" : "");
    made = arena_dup(arena, str_text(&text));
    str_finish(&text);
    return made;
}

static int read_pattern(struct compiler *c, struct span text, struct draft *out)
{
    struct span rest = text_trim(text), piece;

    *out = (struct draft){ .gap = false };
    while ((piece = take_piece(&rest)).len > 0)
        if (read_piece(c, out, piece) < 0)
            return -1;
    if (out->pattern.count == 0 || out->gap)
        return fail(c, ERR_CONFIG, "expected a pattern that ends in a word", text);
    out->pattern.rule.pattern = canonical(out, c->arena);
    return 0;
}

/* ---- rows ---- */

static uint32_t pattern_slot(const struct compiler *c, const struct lexicon_rule *rule)
{
    uint64_t hash = text_hash(span_of(rule->pattern)) ^ (uint64_t)rule->section * 0x9E3779B9u;

    return (uint32_t)hash & c->by_pattern_mask;
}

/* The next known pattern of the same section and words from slot *at on, whatever its label; NULL when there is none: *at is a
 * free slot then. */
static struct lexicon_pattern *next_same(const struct compiler *c, const struct lexicon_rule *rule,
                                         uint32_t *at)
{
    for (; c->by_pattern[*at]; *at = (*at + 1) & c->by_pattern_mask) {
        struct lexicon_pattern *known = &c->lexicon->patterns[c->by_pattern[*at] - 1];

        if (known->rule.section == rule->section && strcmp(known->rule.pattern, rule->pattern) == 0)
            return known;
    }
    return NULL;
}

static void grow_patterns(struct compiler *c)
{
    struct lexicon_pattern *old = c->lexicon->patterns;

    c->pattern_cap *= 2;
    c->lexicon->patterns = arena_array(c->arena, c->pattern_cap, sizeof(*old));
    if (old)
        memcpy(c->lexicon->patterns, old, c->lexicon->count * sizeof(*old));
    c->by_pattern = arena_array(c->arena, c->pattern_cap * 2, sizeof(*c->by_pattern));
    c->by_pattern_mask = (uint32_t)(c->pattern_cap * 2 - 1);
    for (size_t i = 0; i < c->lexicon->count; i++) {
        uint32_t at = pattern_slot(c, &c->lexicon->patterns[i].rule);

        while (c->by_pattern[at])
            at = (at + 1) & c->by_pattern_mask;
        c->by_pattern[at] = (uint32_t)i + 1;
    }
}

static void compile_pieces(struct compiler *c, const struct draft *draft,
                           struct lexicon_pattern *out)
{
    out->pieces = arena_array(c->arena, out->count, sizeof(*out->pieces));
    for (size_t i = 0; i < out->count; i++) {
        out->pieces[i] = draft->pieces[i];
        out->pieces[i].id = add_word(c, draft->pieces[i].text);
    }
}

static int add_pattern(struct compiler *c, const struct draft *draft)
{
    const struct lexicon_rule *rule = &draft->pattern.rule;
    struct lexicon_pattern *known, *new;
    bool fixed = draft->pattern.fixed;
    uint32_t at;

    if (c->lexicon->count == LEXICON_RULES_MAX)
        return err_set(c->err, ERR_LIMIT, "%s:%ld: more than %d patterns in all tables", c->file,
                       c->line, LEXICON_RULES_MAX);
    if (c->lexicon->count == c->pattern_cap)
        grow_patterns(c);
    at = pattern_slot(c, rule);
    new = &c->lexicon->patterns[c->lexicon->count];
    while ((known = next_same(c, rule, &at)) != NULL) {
        at = (at + 1) & c->by_pattern_mask;
        if (strcmp(known->rule.label, rule->label) != 0)
            continue;
        fixed = fixed || known->fixed;
        known->off = true;
    }
    *new = draft->pattern;
    new->fixed = fixed;
    compile_pieces(c, draft, new);
    c->by_pattern[at] = (uint32_t)++c->lexicon->count;
    return 0;
}

static int switch_off(struct compiler *c, const struct draft *draft)
{
    const struct lexicon_rule *rule = &draft->pattern.rule;
    uint32_t at = pattern_slot(c, rule);
    struct lexicon_pattern *known;
    bool any = false;

    for (; (known = next_same(c, rule, &at)) != NULL; at = (at + 1) & c->by_pattern_mask) {
        if (known->fixed && !known->off)
            return fail(c, ERR_CONFIG, "expected a rule that the law lets one switch off",
                        span_of(rule->pattern));
        any = any || !known->off;
        known->off = true;
    }
    return any ? 0
               : fail(c, ERR_CONFIG, "expected a pattern of that section to switch off",
                      span_of(rule->pattern));
}

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
    return text.len > 0 && text.len <= CHANNEL_BYTES;
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

static const char *rule_name(const struct lexicon_rule *rule, struct arena *arena)
{
    return arena_printf(arena, "%s%s%s: %s", sections[rule->section].name, *rule->label ? " " : "",
                        rule->label, rule->pattern);
}

/* One alternative without groups, added or (off) switched off. */
static int read_alternative(struct compiler *c, const struct lexicon_pattern *head,
                            struct span text, bool off)
{
    struct draft draft;
    const char *pattern;

    if (read_pattern(c, text, &draft) < 0)
        return -1;
    pattern = draft.pattern.rule.pattern;
    draft.pattern.rule = head->rule;
    draft.pattern.rule.pattern = pattern;
    draft.pattern.fixed = head->fixed;
    if (off)
        return switch_off(c, &draft);
    draft.pattern.rule.name = rule_name(&draft.pattern.rule, c->arena);
    return add_pattern(c, &draft);
}

/* Writes out the n-th of the texts that the groups of `text` stand for: n counts in the digits of the groups, the last group
 * fastest. `*out` gets the text, `*total` how many there are. */
static int expand(struct compiler *c, struct span text, size_t n, struct span *out, size_t *total)
{
    char *made = arena_alloc(c->arena, text.len + 1);
    size_t len = 0, at = text.len;

    *total = 1;
    /* From the end, so that the last group turns fastest. */
    while (at > 0) {
        size_t open, options = 1, skip, from, to;

        if (text.data[at - 1] != ')') {
            made[text.len - ++len] = text.data[--at];
            continue;
        }
        for (open = at - 1; open > 0 && text.data[open - 1] != '('; open--)
            options += text.data[open - 1] == '/';
        if (open == 0)
            return fail(c, ERR_CONFIG, "expected \"(\" before \")\"", text);
        skip = n % options;
        n /= options;
        *total *= options;
        if (*total > LEXICON_GROUP_TEXTS_MAX)
            return fail(c, ERR_LIMIT, "expected groups that stand for at most 400 patterns", text);
        for (from = open; skip > 0; from++)
            skip -= text.data[from] == '/';
        for (to = from; text.data[to] != '/' && text.data[to] != ')'; to++)
            ;
        len += to - from;
        memcpy(made + text.len - len, text.data + from, to - from);
        at = open - 1;
    }
    *out = span_make(made + text.len - len, len);
    return memchr(out->data, '(', len) ? fail(c, ERR_CONFIG, "expected \")\" behind \"(\"", text)
                                       : 0;
}

/* Every alternative of `patterns`, its groups written out. */
static int read_patterns(struct compiler *c, const struct lexicon_pattern *head,
                         struct span patterns, bool off)
{
    struct span rest = patterns, alternative, text;
    size_t total;

    while (text_next_piece(&rest, '|', &alternative)) {
        total = 1;
        for (size_t n = 0; n < total; n++)
            if (expand(c, alternative, n, &text, &total) < 0 ||
                read_alternative(c, head, text, off) < 0)
                return -1;
    }
    return 0;
}

static int read_row(struct compiler *c, struct span row)
{
    struct span cells[CELLS] = { { NULL, 0 } }, rest = row, cell;
    struct lexicon_pattern head = { .fixed = row.data[0] == '!' };
    bool off = row.data[0] == '-';
    size_t count = 0, wanted = off ? 2 : CELLS;

    while (text_next_piece(&rest, '\t', &cell)) {
        if (count < CELLS)
            cells[count] = text_trim(cell);
        count++;
    }
    if (count != wanted)
        return err_set(c->err, ERR_CONFIG,
                       "%s:%ld: expected %zu cells with one TAB between, got %zu", c->file, c->line,
                       wanted, count);
    if (off || head.fixed)
        cells[0] = text_trim(span_from(cells[0], 1));
    if (off)
        return read_section(c, cells[0], &head.rule.section) < 0
                   ? -1
                   : read_patterns(c, &head, cells[1], true);
    return read_head(c, cells, &head.rule) < 0 ? -1 : read_patterns(c, &head, cells[5], false);
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

/* ---- the index ---- */

/* Chains the patterns by their first piece, in the order of the tables. */
static int chain(struct compiler *c)
{
    struct lexicon *lexicon = c->lexicon;
    uint32_t *lengths = arena_array(c->arena, (size_t)lexicon->entry_count * 2, sizeof(*lengths));

    for (size_t i = lexicon->count; i-- > 0;) {
        struct lexicon_pattern *pattern = &lexicon->patterns[i];
        const struct lexicon_piece *first = &pattern->pieces[0];
        struct lexicon_entry *entry = &lexicon->entries[first->id];
        long *head = first->prefix ? &entry->first_prefix : &entry->first_word;

        if (pattern->off)
            continue;
        if (++lengths[first->id * 2 + first->prefix] > LEXICON_SAME_FIRST_MAX)
            return err_set(c->err, ERR_LIMIT,
                           "%s: more than %d patterns begin with \"%.*s\": too many to try",
                           c->file, LEXICON_SAME_FIRST_MAX, (int)first->text.len, first->text.data);
        pattern->next = *head;
        *head = (long)i;
        if (first->prefix)
            lexicon->prefix_lengths |= UINT64_C(1) << first->text.len;
        lexicon->rule_count++;
    }
    return 0;
}

const struct lexicon *lexicon_parse(const struct lexicon_source *sources, size_t count,
                                    struct arena *arena, struct err *err)
{
    struct compiler c = {
        .arena = arena, .err = err, .file = "", .entry_cap = 512, .pattern_cap = 512
    };

    c.lexicon = arena_alloc(arena, sizeof(*c.lexicon));
    c.lexicon->entry_count = 1;
    grow_entries(&c);
    grow_patterns(&c);
    for (size_t i = 0; i < count; i++)
        if (read_source(&c, &sources[i]) < 0)
            return NULL;
    return chain(&c) < 0 ? NULL : c.lexicon;
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
