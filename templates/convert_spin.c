/* templates/convert_spin.c - spintax. Plain variants become one text for our filter spin; variants
 * that hold merge tags, spintax, blanks at their ends or nothing become branches, each as likely as
 * it was. */
#include "core/base/text.h"
#include "templates/convert_inside.h"

/* The variant as Liquid; *plain: nothing in it changed. */
static const char *variant(struct converter *c, struct span piece, bool *plain)
{
    struct str out = c->out;
    size_t depth = c->depth, floor = c->floor;
    bool brace = c->brace;
    const char *text;

    str_init(&c->out, CONVERT_RESULT_MAX);
    c->brace = false;
    c->floor = depth;
    convert_range(c, piece);
    convert_close_to(c, depth);
    text = arena_dup(c->arena, str_text(&c->out));
    *plain = span_eq(span_of(text), piece);
    str_finish(&c->out);
    c->out = out;
    c->floor = floor;
    c->brace = brace;
    return text;
}

/* May it stand in the text of a spin? */
static bool fits_text(struct span piece)
{
    struct span trimmed = text_trim(piece);

    if (piece.len == 0 || trimmed.len != piece.len)
        return false;
    for (size_t i = 0; i < piece.len; i++)
        if (text_one_of(piece.data[i], "{}\"\n"))
            return false;
    return true;
}

static const char *join(struct converter *c, const struct span *pieces, size_t count)
{
    struct str out;
    const char *copy;

    str_init(&out, CONVERT_RESULT_MAX);
    for (size_t i = 0; i < count; i++) {
        str_add_text(&out, i ? "|" : "");
        str_add_span(&out, pieces[i]);
    }
    copy = arena_dup(c->arena, str_text(&out));
    str_finish(&out);
    return copy;
}

/* {% assign spin_1 = "1|2" | spin %}{% if spin_1 == "1" %}Hi{% else %}Hello{% endif %} */
static const char *branches(struct converter *c, const char *const *texts, size_t count)
{
    size_t number = ++c->spins;
    struct str out;
    const char *copy;

    str_init(&out, CONVERT_RESULT_MAX);
    str_printf(&out, "{%% assign spin_%zu = \"", number);
    for (size_t i = 0; i < count; i++)
        str_printf(&out, "%s%zu", i ? "|" : "", i + 1);
    str_add_text(&out, "\" | spin %}");
    for (size_t i = 0; i < count; i++) {
        if (i + 1 < count)
            str_printf(&out, "{%% %s spin_%zu == \"%zu\" %%}", i ? "elsif" : "if", number, i + 1);
        else
            str_add_text(&out, "{% else %}");
        str_add_text(&out, texts[i]);
    }
    str_add_text(&out, "{% endif %}");
    copy = str_ok(&out) ? arena_dup(c->arena, str_text(&out)) : NULL;
    str_finish(&out);
    return copy;
}

void convert_spin(struct converter *c, struct span from, const struct span *pieces, size_t count)
{
    const char *texts[CONVERT_PIECES_MAX], *liquid, *look = c->look;
    bool plain = true;

    if (c->spin_depth == CONVERT_SPINS_MAX) {
        convert_refuse(c, "spintax is nested deeper than %d: write it out", CONVERT_SPINS_MAX);
        convert_leave(c, from);
        return;
    }
    c->spin_depth++;
    for (size_t i = 0; i < count; i++) {
        bool same;
        texts[i] = variant(c, pieces[i], &same);
        plain = plain && same && fits_text(pieces[i]);
    }
    c->spin_depth--;
    convert_begin(c);
    c->look = look;
    liquid = plain ? arena_printf(c->arena, "{{ \"%s\" | spin }}", join(c, pieces, count))
                   : branches(c, texts, count);
    if (!liquid)
        convert_refuse(c, "the variants are too long");
    if (liquid && convert_accepts(c, liquid))
        convert_say(c, from, liquid);
    else
        convert_leave(c, from);
}
