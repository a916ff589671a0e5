/* templates/convert.c - see convert.h: the dialects, the walk over the source, what is written and
 * noted. What a form means is in the other convert_*.c files. */
#include "templates/convert.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/base/text.h"
#include "templates/convert_inside.h"

#define ALL_MARKS (MARK_STARS | MARK_BRACE | MARK_SPIN | MARK_PERCENT)

static const struct dialect dialects[] = {
    { { "auto", "all of them at once; says where it had to guess" },
      ALL_MARKS,
      PIPES_GUESS,
      false },
    { { "mailmerge", "{{x|there}}, {{x: there}}: Snov, Mailsuite, FluentCRM, emailit" },
      0,
      PIPES_FALLBACK,
      false },
    { { "spintax", "{a|b}, {{a|b}}, {{random|a|b}}: Smartlead, ColdSend, pipl" },
      MARK_SPIN,
      PIPES_SPIN,
      false },
    { { "handlebars", "SendGrid, Iterable, Mustache" }, 0, PIPES_GUESS, false },
    { { "apollo", "Apollo" }, 0, PIPES_GUESS, false },
    { { "django", "Django, Jinja: Klaviyo, MoEngage" }, 0, PIPES_FILTER, true },
    { { "braze", "Braze" }, 0, PIPES_FILTER, false },
    { { "customerio", "Customer.io and other Liquid" }, 0, PIPES_FILTER, false },
    { { "hubspot", "HubSpot" }, 0, PIPES_FILTER, true },
    { { "mailchimp", "Mailchimp, Mandrill" }, MARK_STARS, PIPES_GUESS, false },
    { { "mautic", "Mautic" }, MARK_BRACE, PIPES_GUESS, false },
    { { "activecampaign", "ActiveCampaign" }, MARK_PERCENT, PIPES_GUESS, false },
    { { "marketo", "Marketo" }, 0, PIPES_FALLBACK, false },
};

const struct convert_dialect *convert_dialect(size_t number)
{
    return number < COUNT_OF(dialects) ? &dialects[number].shown : NULL;
}

static const struct dialect *find_dialect(const char *name, struct arena *arena, struct err *err)
{
    const char *names[COUNT_OF(dialects) + 1] = { 0 }, *all = "";

    for (size_t i = 0; i < COUNT_OF(dialects); i++) {
        names[i] = dialects[i].shown.name;
        if (strcmp(names[i], name ? name : "auto") == 0)
            return &dialects[i];
        all = arena_printf(arena, "%s%s%s", all, i ? ", " : "", names[i]);
    }
    err_set(err, ERR_USAGE, "no dialect \"%s\"%s. There are: %s", name, text_hint(name, names).text,
            all);
    return NULL;
}

/* ---- notes ---- */

static struct convert_note *new_note(struct converter *c)
{
    struct converted *r = c->result;

    if (r->count == c->note_room) {
        size_t room = c->note_room ? c->note_room * 2 : 16;
        struct convert_note *notes = arena_array(c->arena, room, sizeof(*notes));
        if (r->count)
            memcpy(notes, r->notes, r->count * sizeof(*notes));
        r->notes = notes;
        c->note_room = room;
    }
    return &r->notes[r->count++];
}

void convert_note(struct converter *c, enum convert_kind kind, struct span from, const char *to,
                  const char *what)
{
    *new_note(c) = (struct convert_note){
        .kind = kind, .from = from, .to = to ? to : "", .what = what ? what : ""
    };
    c->result->left += kind == CONVERT_LEFT;
}

const char *convert_refuse(struct converter *c, const char *format, ...)
{
    char text[300];
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    c->why = arena_dup(c->arena, text);
    return NULL;
}

static int by_place(const void *a, const void *b)
{
    const struct convert_note *x = a, *y = b;

    if (x->from.data != y->from.data)
        return x->from.data < y->from.data ? -1 : 1;
    return (x->from.len < y->from.len) - (x->from.len > y->from.len); /* the outer one first */
}

/* Notes are in the order of the source, so one walk over it finds all places. */
static void fill_places(struct converter *c)
{
    const char *at = c->source.data;
    int line = 1, column = 1;

    if (c->result->count)
        qsort(c->result->notes, c->result->count, sizeof(*c->result->notes), by_place);
    for (size_t i = 0; i < c->result->count; i++) {
        struct convert_note *note = &c->result->notes[i];
        while (at < note->from.data) {
            bool new_line = text_next_point(&at, note->from.data) == '\n';
            line += new_line;
            column = new_line ? 1 : column + 1;
        }
        note->line = line;
        note->column = column;
    }
}

/* ---- writing ---- */

/* Two braces that come together would begin a tag: the first one is then printed by one. */
static void guard_brace(struct converter *c)
{
    if (c->brace && str_ok(&c->out)) {
        c->out.data[--c->out.len] = '\0';
        str_add_text(&c->out, "{{ \"{\" }}");
    }
    c->brace = false;
}

static void put_text(struct converter *c, struct span text)
{
    if (text.len == 0)
        return;
    if (text_one_of(text.data[0], "{%"))
        guard_brace(c);
    str_add_span(&c->out, text);
    c->brace = text.data[text.len - 1] == '{';
}

void convert_begin(struct converter *c)
{
    c->look = c->why = NULL;
    c->dash_before = c->dash_after = false;
}

void convert_put(struct converter *c, const char *liquid)
{
    if (!*liquid)
        return;
    guard_brace(c);
    str_add_text(&c->out, liquid);
}

static bool is_word_char(char c)
{
    return text_is_alnum(c) || c == '_' || (unsigned char)c >= 0x80;
}

/* Takes blanks off *text; may they stand there or not, as one likes? */
static bool take_blanks(struct span *text, char before)
{
    bool any = text->len && text_is_space(text->data[0]);

    while (text->len && text_is_space(text->data[0]))
        *text = span_from(*text, 1);
    return !any || !is_word_char(before) || !text->len || !is_word_char(text->data[0]);
}

/* The same tokens: blanks may differ where they part no words. */
static bool same_but_blanks(struct span a, struct span b)
{
    char before = ' ';

    while (a.len && b.len) {
        bool blank = text_is_space(a.data[0]), also = text_is_space(b.data[0]);
        bool a_free = take_blanks(&a, before), b_free = take_blanks(&b, before);
        if (blank != also && !(a_free && b_free))
            return false;
        if (a.len == 0 || b.len == 0 || a.data[0] != b.data[0])
            break;
        before = a.data[0];
        a = span_from(a, 1);
        b = span_from(b, 1);
    }
    return text_trim(a).len == 0 && text_trim(b).len == 0;
}

void convert_say(struct converter *c, struct span from, const char *liquid)
{
    bool same = same_but_blanks(from, span_of(liquid));

    convert_put(c, same ? arena_dup_span(c->arena, from) : liquid);
    if (c->look)
        convert_note(c, CONVERT_LOOK, from, liquid, c->look);
    else if (!same)
        convert_note(c, CONVERT_CHANGED, from, liquid, NULL);
}

void convert_leave(struct converter *c, struct span from)
{
    convert_put(c, CONVERT_HOLD);
    convert_note(c, CONVERT_LEFT, from, CONVERT_HOLD, c->why ? c->why : "not understood");
}

bool convert_accepts(struct converter *c, const char *liquid)
{
    const struct template_options options = { .part = PART_TEXT };
    struct template_problems problems = { 0 };
    struct template *template;

    template = template_compile(span_of(liquid), &options, c->scratch, &problems);
    if (!template)
        convert_refuse(c, "%s", problems.items[0].text);
    arena_reset(c->scratch);
    template_destroy(template);
    return template != NULL;
}

static const char *wrapped(struct converter *c, const char *open, const char *inside,
                           const char *close)
{
    return arena_printf(c->arena, "%s%s %s%s%s%s", open, c->dash_before ? "-" : "", inside,
                        *inside ? " " : "", c->dash_after ? "-" : "", close);
}

const char *convert_tag_of(struct converter *c, const char *inside)
{
    return wrapped(c, "{%", inside, "%}");
}

const char *convert_output_of(struct converter *c, const char *inside)
{
    return wrapped(c, "{{", inside, "}}");
}

void convert_say_output(struct converter *c, struct span from, const char *expression)
{
    const char *liquid = expression ? convert_output_of(c, expression) : NULL;

    if (liquid && convert_accepts(c, liquid))
        convert_say(c, from, liquid);
    else
        convert_leave(c, from);
}

/* ---- the walk ---- */

size_t convert_closed(struct span rest, size_t braces, size_t max)
{
    size_t depth = braces, most = rest.len < max ? rest.len : max;

    for (size_t i = braces; i < most && depth <= braces + CONVERT_NESTED_MAX; i++) {
        if (rest.data[i] == '{')
            depth++;
        else if (rest.data[i] == '}' && --depth == 0)
            return i + 1;
    }
    return 0;
}

/* Braces and bars in style sheets and scripts are their own. Takes nothing. */
static size_t watch_code(struct converter *c, struct span rest)
{
    if (text_starts_nocase(rest, "<style") || text_starts_nocase(rest, "<script"))
        c->code = true;
    else if (text_starts_nocase(rest, "</style") || text_starts_nocase(rest, "</script"))
        c->code = false;
    return 0;
}

static size_t take_form(struct converter *c, struct span rest)
{
    static const struct {
        const char *opening;
        unsigned marks; /* any of them; 0 = always */
        size_t (*take)(struct converter *c, struct span rest);
    } forms[] = {
        { "{%", 0, convert_tag },
        { "{{", 0, convert_braces },
        { "*|", MARK_STARS, convert_stars },
        { "{", MARK_BRACE | MARK_SPIN, convert_brace },
        { "%", MARK_PERCENT, convert_percent },
        { "<", 0, watch_code },
    };

    for (size_t i = 0; i < COUNT_OF(forms); i++) {
        if (!text_starts_nocase(rest, forms[i].opening))
            continue;
        if (forms[i].marks && (c->code || !(forms[i].marks & c->dialect->marks)))
            return 0;
        convert_begin(c);
        return forms[i].take(c, rest);
    }
    return 0;
}

void convert_range(struct converter *c, struct span range)
{
    const char *from = range.data, *at = from, *end = at + range.len;

    while (at < end) {
        size_t taken = 0;
        if (text_one_of(*at, "{*%<")) {
            put_text(c, span_make(from, (size_t)(at - from)));
            from = at;
            taken = take_form(c, span_make(at, (size_t)(end - at)));
        }
        at += taken ? taken : 1;
        from = taken ? at : from;
    }
    put_text(c, span_make(from, (size_t)(end - from)));
}

/* ---- the whole ---- */

/* Every tag was tried by itself; what is wrong between them shows here. */
static void check_result(struct converter *c)
{
    const struct template_options options = { .part = PART_TEXT,
                                              .trim_tag_lines = true,
                                              .fields = c->fields };
    struct template_problems problems = { 0 };
    struct template *template = template_compile(c->result->text, &options, c->arena, &problems);

    for (size_t i = 0; i < problems.count; i++) {
        const struct template_problem *p = &problems.items[i];
        convert_note(c, CONVERT_LEFT, span_make("", 0), "",
                     arena_printf(c->arena, "the result does not compile: %s", p->text));
        c->result->notes[c->result->count - 1].line = p->line;
        c->result->notes[c->result->count - 1].column = p->column;
    }
    template_destroy(template);
}

static int finish(struct converter *c, struct err *err)
{
    convert_close_to(c, 0);
    if (!str_ok(&c->out))
        return err_set(err, ERR_LIMIT, "the result is larger than %zu bytes", CONVERT_RESULT_MAX);
    fill_places(c);
    c->result->text = span_make(arena_dup(c->arena, str_text(&c->out)), c->out.len);
    check_result(c);
    return 0;
}

int convert_template(struct span source, const struct convert_options *options, struct arena *arena,
                     struct converted *out, struct err *err)
{
    struct converter *c = arena_alloc(arena, sizeof(*c));
    struct arena scratch;
    int rc;

    *out = (struct converted){ .text = span_make("", 0) };
    c->dialect = find_dialect(options->from, arena, err);
    if (!c->dialect)
        return -1;
    if (source.len > CONVERT_SOURCE_MAX)
        return err_set(err, ERR_LIMIT, "larger than %zu bytes", CONVERT_SOURCE_MAX);
    if (!text_is_utf8(source) || (source.len && memchr(source.data, '\0', source.len)))
        return err_set(err, ERR_INPUT, "not UTF-8 text");
    arena_init(&scratch);
    str_init(&c->out, CONVERT_RESULT_MAX);
    c->source = source;
    c->fields = options->fields;
    c->arena = arena;
    c->scratch = &scratch;
    c->result = out;
    convert_range(c, source);
    rc = finish(c, err);
    str_finish(&c->out);
    arena_finish(&scratch);
    return rc;
}
