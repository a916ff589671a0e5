/* templates/convert_filters.c - other tools' filters and date formats as ours. */
#include "core/base/text.h"
#include "templates/convert_inside.h"
#include "templates/filters.h"

static const struct foreign {
    const char *name, *ours;
    const char *look;
} foreign[] = {
    { "title", "capitalize", "capitalize changes the first letter only" },
    { "titlecase", "capitalize", "capitalize changes the first letter only" },
    { "capfirst", "capitalize", "capitalize makes the other letters small" },
    { "lower", "downcase", NULL },
    { "lowercase", "downcase", NULL },
    { "upper", "upcase", NULL },
    { "uppercase", "upcase", NULL },
    { "length", "size", NULL },
    { "trim", "strip", NULL },
    { "truncatechars", "truncate", NULL },
    { "default_if_none", "default", NULL },
    { "fallback", "default", NULL },
    { "linebreaksbr", "newline_to_br", NULL },
    { "nl2br", "newline_to_br", NULL },
    { "striptags", "strip_html", NULL },
    { "urlencode", "url_encode", NULL },
    { "safe", "raw", "raw prints what the field holds unescaped" },
    { "e", "escape", NULL },
};

/* "name", "name: arguments", "name(arguments)" */
struct call {
    struct span name, args;
    bool has_args, round;
};

static struct call read_call(struct span piece)
{
    struct call call = { .name = piece };
    size_t len = 0;

    while (len < piece.len && (text_is_alnum(piece.data[len]) || piece.data[len] == '_'))
        len++;
    call.name = span_make(piece.data, len);
    call.args = text_trim(span_from(piece, len));
    call.has_args = call.args.len > 1 && text_one_of(call.args.data[0], ":(");
    if (!call.has_args)
        return call;
    call.round = call.args.data[0] == '(' && call.args.data[call.args.len - 1] == ')';
    call.args = span_from(call.args, 1);
    call.args.len -= call.round;
    call.args = text_trim(call.args);
    return call;
}

static const struct foreign *find_foreign(struct span name)
{
    for (size_t i = 0; i < COUNT_OF(foreign); i++)
        if (span_is(name, foreign[i].name))
            return &foreign[i];
    return NULL;
}

bool convert_is_filter(struct span piece)
{
    struct call call = read_call(piece);
    int32_t number;

    if (call.args.len && !call.has_args)
        return false;
    return filter_find(call.name, &number) || find_foreign(call.name);
}

/* ---- dates ---- */

/* Letters of PHP and Django, and strftime's. */
static const struct {
    char letter;
    const char *ours;
} date_letters[] = {
    { 'd', "%d" },  { 'j', "%-d" }, { 'D', "%a" }, { 'l', "%A" },  { 'm', "%m" },
    { 'n', "%-m" }, { 'M', "%b" },  { 'F', "%B" }, { 'Y', "%Y" },  { 'y', "%y" },
    { 'H', "%H" },  { 'G', "%-H" }, { 'h', "%I" }, { 'g', "%-I" }, { 'i', "%M" },
    { 's', "%S" },  { 'a', "%P" },  { 'A', "%p" }, { 'z', "%-j" }, { 'N', "%b" },
};

static const char *date_letter(char letter)
{
    for (size_t i = 0; i < COUNT_OF(date_letters); i++)
        if (date_letters[i].letter == letter)
            return date_letters[i].ours;
    return NULL;
}

const char *convert_date_format(struct converter *c, struct span format)
{
    struct str out;
    const char *copy = NULL;
    bool good = true;

    str_init(&out, CONVERT_TAG_MAX * 3);
    for (size_t i = 0; good && i < format.len; i++) {
        const char *ours = date_letter(format.data[i]);
        good = ours || !text_is_alnum(format.data[i]);
        if (ours)
            str_add_text(&out, ours);
        else
            str_add_char(&out, format.data[i]);
    }
    if (good)
        copy = arena_dup(c->arena, str_text(&out));
    str_finish(&out);
    if (!copy)
        return convert_refuse(c, "this date format is not understood: write one like \"%%-d %%B\"");
    c->look = "check the date format";
    return copy;
}

static const char *date_args(struct converter *c, struct span args)
{
    const char *format;

    if (args.len < 2 || !text_one_of(args.data[0], "\"'") || memchr(args.data, '%', args.len) ||
        args.data[args.len - 1] != args.data[0])
        return convert_operands(c, args);
    format = convert_date_format(c, span_make(args.data + 1, args.len - 2));
    return format ? convert_literal(c, span_of(format)) : NULL;
}

/* ---- one filter ---- */

/* Jinja's default('there', true): our default is as its second argument wants it. */
static struct span first_arg(struct span args)
{
    const char *comma;

    if (args.len < 2 || !text_one_of(args.data[0], "\"'"))
        return args;
    comma = memchr(args.data + 1, args.data[0], args.len - 1);
    return comma ? span_make(args.data, (size_t)(comma + 1 - args.data)) : args;
}

static bool is_word(struct span text)
{
    for (size_t i = 0; i < text.len; i++)
        if (!text_is_alnum(text.data[i]) && text.data[i] != ' ')
            return false;
    return text.len > 0 && !text_is_digit(text.data[0]);
}

/* default: there - without quotes it would be a field, which nobody means. */
static const char *default_args(struct converter *c, const struct call *call)
{
    struct span args = call->round ? first_arg(call->args) : call->args;

    if (!is_word(args) || convert_is_known(c, args) || span_is(args, "nil"))
        return convert_operands(c, args);
    c->look = "the fallback had no quotes: it was read as a text";
    return convert_literal(c, args);
}

const char *convert_filter(struct converter *c, const char *expression, struct span piece)
{
    struct call call = read_call(piece);
    const struct foreign *known = find_foreign(call.name);
    const char *name = known ? known->ours : arena_dup_span(c->arena, call.name), *args;

    if (!expression)
        return NULL;
    if (known && known->look)
        c->look = known->look;
    if (!call.has_args || call.args.len == 0)
        return arena_printf(c->arena, "%s | %s", expression, name);
    if (strcmp(name, "date") == 0)
        args = date_args(c, call.args);
    else if (strcmp(name, "default") == 0)
        args = default_args(c, &call);
    else
        args = convert_operands(c, call.args);
    return args ? arena_printf(c->arena, "%s | %s: %s", expression, name, args) : NULL;
}
