/* templates/phrases.c - see phrases.h. Words are numbered once; phrases hang on their first word, so that a text is looked at once,
 * word by word. */
#include "templates/phrases.h"

#include <stdlib.h>

#include "core/base/conf.h"
#include "core/base/text.h"
#include "templates/lint.h"
#include "templates/phrases_inside.h"

#define WORD_GAP (-1)   /* "*" */
#define SLOTS_FIRST 512 /* a power of two */

struct phrase {
    enum phrase_kind kind;
    int32_t words[PHRASE_WORDS_MAX];
    size_t count, gaps;
    bool tail;
    const char *name, *better;
    int32_t next; /* the next phrase with the same first word, from 1; 0 = none */
};

struct slot { /* of the hash table of words */
    struct span word;
    int32_t id; /* 0 = free */
};

struct better {
    const char *rule, *text;
    struct better *next;
};

struct phrases {
    struct arena arena; /* everything below lives here */
    const char *language;
    struct slot *slots;
    size_t slot_count, word_count;
    struct phrase *list;
    size_t count;
    int32_t *first; /* by word: its first phrase, from 1 */
    struct better *better;
};

static const char *const kind_names[] = {
    [PHRASE_COMMON] = "common",
    [PHRASE_GREETING] = "greeting",
    [PHRASE_SIGN_OFF] = "sign_off",
    [PHRASE_CONNECTOR] = "connector",
    [PHRASE_ALTERNATIVE] = "alternative",
    [PHRASE_QUESTION] = "question",
    [PHRASE_OPEN] = "open",
    [PHRASE_CLOSED] = "closed",
    [PHRASE_YES_NO] = "yes_no",
    [PHRASE_STALL] = "stall",
    [PHRASE_RECAP] = "recap",
    [PHRASE_VALUE] = "value",
    [PHRASE_ASK] = "ask",
    [PHRASE_PROPOSAL] = "proposal",
    [PHRASE_NEXT_STEP] = "next_step",
    [PHRASE_RAPPORT] = "rapport",
    [PHRASE_OPT_OUT] = "opt_out",
    [PHRASE_ON_CHANNEL] = "on_channel",
    [PHRASE_KINDS] = NULL,
};

/* ---- words ---- */

/* The slot of the word, or the free one where it belongs. */
static struct slot *slot_of(const struct phrases *p, struct span word)
{
    size_t mask = p->slot_count - 1, at = (size_t)text_hash(word) & mask;

    while (p->slots[at].id && !span_eq(p->slots[at].word, word))
        at = (at + 1) & mask;
    return &p->slots[at];
}

int32_t phrases_id(const struct phrases *p, struct span word)
{
    char folded[PHRASE_WORD_BYTES];
    size_t len = phrases_fold(word, folded);

    return len ? slot_of(p, span_make(folded, len))->id : 0;
}

static void grow(struct phrases *p)
{
    struct slot *old = p->slots;
    size_t count = p->slot_count;

    p->slot_count = count ? count * 2 : SLOTS_FIRST;
    p->slots = arena_array(&p->arena, p->slot_count, sizeof(*p->slots));
    for (size_t i = 0; i < count; i++)
        if (old[i].id)
            *slot_of(p, old[i].word) = old[i];
}

/* The word's id, new or known; 0 = too long. */
static int32_t intern(struct phrases *p, struct span word)
{
    char folded[PHRASE_WORD_BYTES];
    size_t len = phrases_fold(word, folded);
    struct slot *slot;

    if (len == 0)
        return 0;
    if (p->word_count * 2 >= p->slot_count)
        grow(p);
    slot = slot_of(p, span_make(folded, len));
    if (!slot->id)
        *slot = (struct slot){ .word = span_of(arena_dup_span(&p->arena, span_make(folded, len))),
                               .id = (int32_t)++p->word_count };
    return slot->id;
}

/* ---- reading ---- */

struct reading { /* one line of a file */
    struct phrases *phrases;
    const struct conf_section *section;
    const char *key;
    struct err *err;
};

static int bad(const struct reading *r, const char *what)
{
    return conf_err(r->section, r->key, r->err, "%s: %s", r->key, what);
}

static int add_word(const struct reading *r, struct phrase *phrase, int32_t id)
{
    if (phrase->tail)
        return bad(r, "\"...\" stands at the end of a phrase");
    if (id == 0)
        return bad(r, "a word is longer than 63 bytes");
    if (phrase->count == PHRASE_WORDS_MAX)
        return bad(r, "a phrase has at most 12 words");
    if (id == WORD_GAP && ++phrase->gaps > PHRASE_GAPS_MAX)
        return bad(r, "a phrase has at most two \"*\"");
    phrase->words[phrase->count++] = id;
    return 0;
}

/* What stands between two spaces: "*", "...", or one or more words ("follow-up" is two). */
static int add_piece(const struct reading *r, struct phrase *phrase, struct span piece)
{
    struct lint_word word;
    size_t at = 0, before = phrase->count;

    if (span_is(piece, "*"))
        return add_word(r, phrase, WORD_GAP);
    if (span_is(piece, "...")) {
        phrase->tail = true;
        return 0;
    }
    while (phrases_word(NULL, piece, &at, &word))
        if (add_word(r, phrase, intern(r->phrases, word.text)) < 0)
            return -1;
    return phrase->count > before ? 0 : bad(r, "a phrase is made of words, \"*\" and \"...\"");
}

static int add_phrase(const struct reading *r, enum phrase_kind kind, struct span text,
                      const char *better)
{
    struct phrases *p = r->phrases;
    struct phrase phrase = { .kind = kind, .name = arena_dup(&p->arena, r->key), .better = better };
    struct span rest = text_trim(text), piece;

    while (rest.data && text_next_piece(&rest, ' ', &piece))
        if (text_trim(piece).len && add_piece(r, &phrase, text_trim(piece)) < 0)
            return -1;
    if (phrase.count == 0)
        return bad(r, "a phrase is missing between two \"|\"");
    if (phrase.words[0] == WORD_GAP || phrase.words[phrase.count - 1] == WORD_GAP)
        return bad(r, "a phrase begins and ends with a word, not with \"*\"");
    if (p->count == PHRASES_MAX)
        return bad(r, "more than 2000 phrases");
    p->list[p->count++] = phrase;
    return 0;
}

static const char *find_arrow(struct span value)
{
    for (size_t i = 0; i + 1 < value.len; i++)
        if (value.data[i] == '-' && value.data[i + 1] == '>')
            return value.data + i;
    return NULL;
}

static int read_entry(const struct reading *r, enum phrase_kind kind)
{
    struct span value = span_of(conf_text(r->section, r->key, "")), piece;
    const char *arrow = find_arrow(value), *better = NULL;

    if (arrow) {
        size_t before = (size_t)(arrow - value.data);
        better = arena_dup_span(&r->phrases->arena, text_trim(span_from(value, before + 2)));
        if (!*better)
            return bad(r, "a better wording is missing behind \"->\"");
        value.len = before;
    }
    while (text_next_piece(&value, '|', &piece))
        if (add_phrase(r, kind, piece, better) < 0)
            return -1;
    return 0;
}

static int read_section(struct reading *r, const struct conf_section *section)
{
    size_t kind = 0;

    while (kind < PHRASE_KINDS && strcmp(kind_names[kind], section->name) != 0)
        kind++;
    if (kind == PHRASE_KINDS)
        return conf_err(section, "", r->err, "no phrases are called \"%s\"%s", section->name,
                        text_hint(section->name, kind_names).text);
    r->section = section;
    for (size_t n = 0; (r->key = conf_key(section, n)) != NULL; n++)
        if (read_entry(r, (enum phrase_kind)kind) < 0)
            return -1;
    return 0;
}

static int read_better(struct phrases *p, const struct conf *conf, struct err *err)
{
    const struct conf_section *section = conf_find(conf, "better", "");
    const char *key;

    for (size_t n = 0; (key = conf_key(section, n)) != NULL; n++) {
        struct better *better = arena_alloc(&p->arena, sizeof(*better));
        if (!lint_rule_find(key))
            return conf_err(section, key, err, "no rule is called \"%s\"", key);
        *better = (struct better){ .rule = arena_dup(&p->arena, key),
                                   .text = arena_dup(&p->arena, conf_text(section, key, "")),
                                   .next = p->better };
        p->better = better;
    }
    return 0;
}

/* In the order of the file: the last goes in first. */
static void hang_up(struct phrases *p)
{
    p->first = arena_array(&p->arena, p->word_count + 1, sizeof(*p->first));
    for (size_t i = p->count; i-- > 0;) {
        int32_t *first = &p->first[p->list[i].words[0]];
        p->list[i].next = *first;
        *first = (int32_t)i + 1;
    }
}

static int check_kinds(const struct phrases *p, const char *path, struct err *err)
{
    bool there[PHRASE_KINDS] = { false };

    for (size_t i = 0; i < p->count; i++)
        there[p->list[i].kind] = true;
    for (size_t kind = 0; kind < PHRASE_KINDS; kind++)
        if (!there[kind])
            return err_set(err, ERR_CONFIG, "%s: a section [phrases %s] with phrases is missing",
                           path, kind_names[kind]);
    return 0;
}

static int read_all(struct phrases *p, const struct conf *conf, const char *path, struct err *err)
{
    struct reading r = { .phrases = p, .err = err };
    const struct conf_section *section;

    for (size_t n = 0; (section = conf_nth(conf, "phrases", n)) != NULL; n++)
        if (read_section(&r, section) < 0)
            return -1;
    if (read_better(p, conf, err) < 0 || check_kinds(p, path, err) < 0)
        return -1;
    hang_up(p);
    return 0;
}

/* The phrases are gathered in a place as large as there may be, and kept as many as there are. */
static int compile(struct phrases *p, const struct conf *conf, const char *path, struct err *err)
{
    struct phrase *room = xcalloc(PHRASES_MAX, sizeof(*room));
    int rc;

    p->list = room;
    rc = read_all(p, conf, path, err);
    p->list = arena_array(&p->arena, p->count + 1, sizeof(*p->list));
    memcpy(p->list, room, p->count * sizeof(*room));
    free(room);
    return rc;
}

struct phrases *phrases_parse(const char *text, const char *path, const char *language,
                              struct err *err)
{
    struct conf *conf = conf_parse(text, path, err);
    struct phrases *p;

    if (!conf)
        return NULL;
    p = xcalloc(1, sizeof(*p));
    arena_init(&p->arena);
    p->language = arena_dup(&p->arena, language);
    grow(p);
    if (compile(p, conf, path, err) < 0) {
        phrases_destroy(p);
        p = NULL;
    }
    conf_destroy(conf);
    return p;
}

void phrases_destroy(struct phrases *p)
{
    if (!p)
        return;
    arena_finish(&p->arena);
    free(p);
}

const char *phrases_language(const struct phrases *p)
{
    return p->language;
}

const char *phrases_better(const struct phrases *p, const char *rule)
{
    for (const struct better *b = p->better; b; b = b->next)
        if (strcmp(b->rule, rule) == 0)
            return b->text;
    return NULL;
}

/* ---- matching ---- */

struct reach { /* words that may be looked at */
    const struct lint_word *words;
    size_t end;
};

/* Does the phrase from its word number `n` on stand at words[at]? *stop: behind it. Goes at most PHRASE_GAPS_MAX deep. */
static bool stands_at(const struct phrase *phrase, size_t n, const struct reach *reach, size_t at,
                      size_t *stop)
{
    for (; n < phrase->count; n++, at++) {
        if (phrase->words[n] == WORD_GAP) {
            for (size_t skip = 0; skip <= PHRASE_GAP_WORDS && at + skip < reach->end; skip++)
                if (stands_at(phrase, n + 1, reach, at + skip, stop))
                    return true;
            return false;
        }
        if (at >= reach->end || reach->words[at].id != phrase->words[n])
            return false;
    }
    *stop = at;
    return !phrase->tail || at < reach->end;
}

size_t phrases_at(const struct phrases *p, const struct lint_word *words, size_t at, size_t end,
                  struct phrase_hit out[PHRASE_KINDS])
{
    const struct reach reach = { words, end };
    uint32_t seen = 0;
    size_t count = 0, stop;

    for (int32_t i = p->first[words[at].id]; i; i = p->list[i - 1].next) {
        const struct phrase *phrase = &p->list[i - 1];
        if ((seen & (1u << phrase->kind)) || !stands_at(phrase, 0, &reach, at, &stop))
            continue;
        seen |= 1u << phrase->kind;
        out[count] = (struct phrase_hit){ .kind = phrase->kind,
                                          .first = at,
                                          .count = stop - at,
                                          .name = phrase->name,
                                          .better = phrase->better,
                                          .tail = phrase->tail };
        count++;
    }
    return count;
}

/* ---- languages ---- */

void phrase_book_finish(struct phrase_book *book)
{
    for (size_t i = 0; i < book->count; i++)
        phrases_destroy(book->languages[i]);
    book->count = 0;
}

static size_t count_common(const struct phrases *p, struct span text)
{
    struct phrase_hit hits[PHRASE_KINDS];
    struct lint_word word;
    size_t at = 0, common = 0;

    while (phrases_word(p, text, &at, &word)) {
        size_t count = word.id ? phrases_at(p, &word, 0, 1, hits) : 0;
        for (size_t i = 0; i < count; i++)
            common += hits[i].kind == PHRASE_COMMON;
    }
    return common;
}

static const struct phrases *find_language(const struct phrase_book *book, const char *language)
{
    for (size_t i = 0; i < book->count; i++)
        if (strcmp(phrases_language(book->languages[i]), language) == 0)
            return book->languages[i];
    return NULL;
}

const struct phrases *phrase_book_for(const struct phrase_book *book, const char *language,
                                      struct span text)
{
    const struct phrases *best = language ? find_language(book, language) : NULL;
    size_t most = 0;

    if (best || book->count < 2)
        return best ? best : book->count ? book->languages[0] : NULL;
    best = find_language(book, "en");
    for (size_t i = 0; i < book->count; i++) {
        size_t common = count_common(book->languages[i], text);
        if (!best || common > most) {
            best = book->languages[i];
            most = common;
        }
    }
    return best;
}
