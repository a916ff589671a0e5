/* templates/convert_marks.c - forms without double braces: *|NAME|* (Mailchimp), {contactfield=x}
 * (Mautic), {first_name}, %NAME% (ActiveCampaign), and {a|b}, which is spintax. */
#include "core/base/text.h"
#include "templates/convert_inside.h"

#define MARK_MAX ((size_t)400)

/* ---- stars ---- */

struct star {
    struct span from, text; /* text: behind what the table says it begins with */
};

/* "X", "X=Y", "X!=Y" */
static const char *star_condition(struct converter *c, struct span text)
{
    const char *equals = text.len ? memchr(text.data, '=', text.len) : NULL;
    struct span name = text, value;
    struct convert_field field;
    const char *literal;
    bool differs;

    if (!equals)
        return convert_condition(c, text, true);
    name.len = (size_t)(equals - text.data);
    value = span_from(text, name.len + 1);
    differs = name.len && name.data[name.len - 1] == '!';
    name.len -= differs;
    literal = convert_literal(c, value);
    if (!literal || !convert_field(c, text_trim(name), &field))
        return NULL;
    return arena_printf(c->arena, "%s %s %s", field.path, differs ? "!=" : "==", literal);
}

static void star_if(struct converter *c, const struct star *s)
{
    const char *condition = star_condition(c, s->text);

    convert_open(c, &(struct convert_opening){
                        .from = s->from,
                        .word = span_of("IF"),
                        .liquid = condition ? arena_printf(c->arena, "if %s", condition) : NULL,
                        .end = "endif" });
}

static void star_unless(struct converter *c, const struct star *s)
{
    const char *condition = star_condition(c, s->text);

    convert_open(c, &(struct convert_opening){
                        .from = s->from,
                        .word = span_of("IF"),
                        .liquid = condition ? arena_printf(c->arena, "unless %s", condition) : NULL,
                        .end = "endunless" });
}

static void star_elsif(struct converter *c, const struct star *s)
{
    const char *condition = star_condition(c, s->text);

    convert_branch(c, s->from, BRANCH_ELSIF,
                   condition ? arena_printf(c->arena, "elsif %s", condition) : NULL);
}

static void star_else(struct converter *c, const struct star *s)
{
    convert_branch(c, s->from, BRANCH_ELSE, "else");
}

static void star_end(struct converter *c, const struct star *s)
{
    convert_close(c, s->from, s->text);
}

static void say_filtered(struct converter *c, const struct star *s, const char *filter)
{
    const char *expression = convert_expression(c, s->text);

    convert_say_output(c, s->from,
                       expression ? arena_printf(c->arena, "%s | %s", expression, filter) : NULL);
}

static void star_title(struct converter *c, const struct star *s)
{
    c->look = "capitalize changes the first letter only";
    say_filtered(c, s, "capitalize");
}

static void star_upper(struct converter *c, const struct star *s)
{
    say_filtered(c, s, "upcase");
}

static void star_lower(struct converter *c, const struct star *s)
{
    say_filtered(c, s, "downcase");
}

static void star_url(struct converter *c, const struct star *s)
{
    say_filtered(c, s, "url_encode");
}

static void star_date(struct converter *c, const struct star *s)
{
    const char *format = convert_date_format(c, s->text);
    const char *literal = format ? convert_literal(c, span_of(format)) : NULL;

    convert_say_output(c, s->from,
                       literal ? arena_printf(c->arena, "\"now\" | date: %s", literal) : NULL);
}

static const struct {
    const char *begins;
    void (*take)(struct converter *c, const struct star *s);
} stars[] = {
    { "IF:", star_if },       { "IFNOT:", star_unless }, { "ELSEIF:", star_elsif },
    { "ELSE:", star_else },   { "END:", star_end },      { "TITLE:", star_title },
    { "UPPER:", star_upper }, { "LOWER:", star_lower },  { "URL:", star_url },
    { "DATE:", star_date },
};

static void take_star(struct converter *c, struct star *s)
{
    struct pieces p;
    const char *expression = NULL;

    for (size_t i = 0; i < COUNT_OF(stars); i++)
        if (text_starts_nocase(s->text, stars[i].begins)) {
            s->text = text_trim(span_from(s->text, strlen(stars[i].begins)));
            stars[i].take(c, s);
            return;
        }
    if (!convert_split(s->text, &p) || p.count > 2 || memchr(s->text.data, ':', s->text.len))
        convert_refuse(c, "this merge tag is not known");
    else if (p.count == 2)
        expression = convert_default(c, convert_printed(c, p.items[0]), p.items[1]);
    else
        expression = convert_printed(c, p.items[0]);
    convert_say_output(c, s->from, expression);
}

/* Up to "|*" on the same line; 0 = it is no merge tag. */
size_t convert_stars(struct converter *c, struct span rest)
{
    struct star s;

    for (size_t i = 2; i + 1 < rest.len && i < MARK_MAX && rest.data[i] != '\n'; i++) {
        if (rest.data[i] == '*' && rest.data[i + 1] == '|')
            return 0;
        if (rest.data[i] != '|' || rest.data[i + 1] != '*')
            continue;
        s.from = span_make(rest.data, i + 2);
        s.text = text_trim(span_make(rest.data + 2, i - 2));
        if (s.text.len == 0)
            return 0;
        take_star(c, &s);
        return s.from.len;
    }
    return 0;
}

/* ---- one brace ---- */

/* {contactfield=x|there}; "true" behind the bar means: for a URL */
static void take_token(struct converter *c, struct span from, struct span text)
{
    struct pieces p;
    const char *expression = NULL;

    if (!convert_split(text, &p) || p.count > 2)
        convert_refuse(c, "a field and one fallback are expected");
    else if (p.count == 1)
        expression = convert_printed(c, p.items[0]);
    else if (span_is(text_trim(p.items[1]), "true"))
        expression = convert_filter(c, convert_printed(c, p.items[0]), span_of("url_encode"));
    else
        expression = convert_default(c, convert_printed(c, p.items[0]), p.items[1]);
    convert_say_output(c, from, expression);
}

static bool take_mautic(struct converter *c, struct span from, struct span text)
{
    static const struct {
        const char *begins, *owner; /* owner: goes before the name */
    } tokens[] = { { "contactfield=", "" }, { "leadfield=", "" }, { "ownerfield=", "owner." } };
    static const char *const absent[] = { "webview_url", "webview_text", "tracking_pixel", NULL };

    for (size_t i = 0; i < COUNT_OF(tokens); i++) {
        if (!text_starts_nocase(text, tokens[i].begins))
            continue;
        text = span_from(text, strlen(tokens[i].begins));
        take_token(
            c, from,
            span_of(arena_printf(c->arena, "%s%.*s", tokens[i].owner, (int)text.len, text.data)));
        return true;
    }
    if (!text_is_among(arena_dup_span(c->arena, text), absent))
        return false;
    convert_refuse(c, "heed has no such page or picture: leave it out");
    convert_leave(c, from);
    return true;
}

static bool is_word(struct span text)
{
    for (size_t i = 0; i < text.len; i++)
        if (!text_is_alnum(text.data[i]) && !text_one_of(text.data[i], "_."))
            return false;
    return text.len > 1 && !text_is_digit(text.data[0]);
}

/* {first_name}: known ones are converted, others stay as the text they may be. */
static bool take_single(struct converter *c, struct span from, struct span text)
{
    if (!is_word(text))
        return false;
    if (convert_is_known(c, text)) {
        convert_say_output(c, from, convert_printed(c, text));
        return true;
    }
    convert_note(c, CONVERT_LOOK, from, arena_dup_span(c->arena, from),
                 "left as text: if it is a merge tag, write {{ fields.NAME }}");
    return false;
}

static bool take_variants(struct converter *c, struct span from, struct span text)
{
    struct pieces p;

    if (!(c->dialect->marks & MARK_SPIN))
        return false;
    if (!convert_split(text, &p)) {
        convert_refuse(c, "more than %d variants", CONVERT_PIECES_MAX);
        convert_leave(c, from);
        return true;
    }
    if (p.count < 2)
        return false;
    if (p.count == 2 && memchr(p.items[0].data, '_', p.items[0].len) &&
        convert_is_known(c, p.items[0]))
        take_token(c, from, text); /* {first_name|there} */
    else
        convert_spin(c, from, p.items, p.count);
    return true;
}

size_t convert_brace(struct converter *c, struct span rest)
{
    size_t len = convert_closed(rest, 1, CONVERT_SPIN_MAX);
    struct span from = span_make(rest.data, len), text;

    if (len < 3)
        return 0;
    text = span_make(rest.data + 1, len - 2);
    if ((c->dialect->marks & MARK_BRACE) &&
        (take_mautic(c, from, text) || take_single(c, from, text)))
        return len;
    return take_variants(c, from, text) ? len : 0;
}

/* ---- percent signs ---- */

static size_t percent_name_len(struct span rest)
{
    size_t len = 1;

    while (len < rest.len && len < MARK_MAX &&
           ((rest.data[len] >= 'A' && rest.data[len] <= 'Z') || text_is_digit(rest.data[len]) ||
            text_one_of(rest.data[len], "_-")))
        len++;
    return len < rest.len && rest.data[len] == '%' && !text_is_digit(rest.data[1]) ? len - 1 : 0;
}

/* %IF $CITY = Leeds% ... %/IF% */
static size_t percent_block(struct converter *c, struct span rest)
{
    static const char *const begins[] = { "%IF ", "%/IF", "%ELSE" };
    const char *end = rest.len > 1 ? memchr(rest.data + 1, '%', rest.len - 1) : NULL;
    size_t len = end ? (size_t)(end + 1 - rest.data) : 0;
    bool found = false;

    for (size_t i = 0; i < COUNT_OF(begins); i++)
        found = found || text_starts_nocase(rest, begins[i]);
    if (!found || !len || len > MARK_MAX || memchr(rest.data, '\n', len))
        return 0;
    convert_refuse(c, "conditions of this form are not read: write {%% if %%} ... {%% endif %%}");
    convert_leave(c, span_make(rest.data, len));
    return len;
}

/* Two characters would be an escape in a URL: %C3%A9. */
size_t convert_percent(struct converter *c, struct span rest)
{
    size_t len = percent_name_len(rest);
    struct span name = span_make(rest.data + 1, len);

    if (rest.len < 3 || len < 3 || span_is(name, "ELSE"))
        return percent_block(c, rest);
    convert_say_output(c, span_make(rest.data, len + 2), convert_printed(c, name));
    return len + 2;
}
