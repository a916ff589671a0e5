/* tests/fuzz/fuzz_lint.c - the first byte chooses what the rest is: a message on some channel, a template's source, or a file of
 * phrases that then lints itself. Whatever it is: no crash, findings inside of the text, memory in proportion to it. */
#include <stdlib.h>

#include "core/base/text.h"
#include "templates/lint.h"

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

static const char phrases[] = "[phrases common]\na = the\n"
                              "[phrases greeting]\na = hi | dear\n"
                              "[phrases sign_off]\na = best | kind regards\n"
                              "[phrases connector]\na = and | so\n"
                              "[phrases alternative]\na = or | if\n"
                              "[phrases question]\na = how | in what\n"
                              "[phrases open]\na = tell me * how\n"
                              "[phrases closed]\na = did you ... -> How did ... go?\n"
                              "[phrases yes_no]\na = is | can\n"
                              "[phrases stall]\na = did you * chance * to ... -> How was ...?\n"
                              "[phrases recap]\na = when we * spoke | you\n"
                              "[phrases value]\na = attached\n"
                              "[phrases ask]\na = send me | tell me\n"
                              "[phrases proposal]\na = i suggest\n"
                              "[phrases next_step]\na = on monday\n"
                              "[phrases rapport]\na = congratulations\n"
                              "[phrases opt_out]\na = stop to | unsubscribe\n"
                              "[phrases on_channel]\na = by mail because\n"
                              "[better]\nG1 = When we spoke, ...\n";

static void must(bool truth)
{
    if (!truth)
        abort();
}

static void check(const struct lint_findings *findings, struct span text)
{
    for (size_t i = 0; i < findings->count; i++) {
        const struct lint_finding *f = &findings->items[i];
        must(f->rule && f->rule->why && f->found && f->line >= 1 && f->column >= 1);
        must(f->place == LINT_SUBJECT || (f->at <= text.len && f->len <= text.len - f->at));
        must(f->quote.len <= f->len);
    }
    must(findings->arena->used < 1000000 + 2000 * text.len);
}

static void lint_it(unsigned how, struct span text, const struct phrase_book *book)
{
    static const char *const channels[] = { "email", "sms", "whatsapp", "call" };
    struct arena arena;
    struct lint_findings findings = { .arena = &arena };
    struct lint_message message = { .channel = channels[how % 4], .subject = text, .text = text };
    struct lint_facts facts = { .last_inbound = how & 4 ? "sms" : NULL,
                                .opt_out_header = how & 8 ? LINT_NO : LINT_UNKNOWN,
                                .previous = how & 16 ? text : span_make(NULL, 0) };

    arena_init(&arena);
    lint_message(&message, &facts, book, &findings);
    lint_message_errors(&message, &facts, &findings);
    check(&findings, text);
    arena_finish(&arena);
}

static void lint_template(struct span text)
{
    struct arena arena;
    struct lint_findings findings = { .arena = &arena };

    arena_init(&arena);
    lint_source("email", text, &findings);
    check(&findings, text);
    arena_finish(&arena);
}

static void read_phrases(struct span text)
{
    struct phrase_book book = { 0 };
    struct err err = { 0 };
    struct arena arena;
    char *file;

    arena_init(&arena);
    file = arena_printf(&arena, "%s%.*s", phrases, (int)text.len, text.data);
    book.languages[0] = phrases_parse(file, "xx.conf", "xx", &err);
    must((book.languages[0] == NULL) == (err.text[0] != '\0'));
    book.count = book.languages[0] ? 1 : 0;
    lint_it(0, text, &book);
    phrase_book_finish(&book);
    arena_finish(&arena);
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
    struct phrase_book book = { .count = 1 };
    struct span text;

    if (size == 0)
        return 0;
    text = span_make((const char *)data + 1, size - 1);
    if (data[0] >= 224) {
        read_phrases(text);
    } else if (data[0] >= 192) {
        lint_template(text);
    } else {
        book.languages[0] = phrases_parse(phrases, "xx.conf", "xx", NULL);
        lint_it(data[0], text, &book);
        phrase_book_finish(&book);
    }
    return 0;
}
