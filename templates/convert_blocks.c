/* templates/convert_blocks.c - the stack of open blocks, whatever form opened them: what closes
 * what, which branches a block takes, and what is still open at the end. */
#include "core/base/text.h"
#include "templates/convert_inside.h"

static const struct {
    const char *end;
    bool takes[BRANCH_WHEN + 1];
} kinds[] = {
    { "endif", { [BRANCH_ELSE] = true, [BRANCH_ELSIF] = true } },
    { "endunless", { [BRANCH_ELSE] = true, [BRANCH_ELSIF] = true } },
    { "endfor", { [BRANCH_ELSE] = true } },
    { "endcase", { [BRANCH_ELSE] = true, [BRANCH_WHEN] = true } },
};

static const char *const loop_ends[] = { "endfor", "endtablerow", NULL };

static void push(struct converter *c, const struct convert_opening *o, const char *end)
{
    struct convert_block *block = &c->blocks[c->depth++];

    *block = (struct convert_block){
        .word = o->word, .end = end, .from = o->from, .item = o->item, .locals = c->local_count
    };
    for (size_t i = 0; end && i < COUNT_OF(kinds); i++)
        if (strcmp(kinds[i].end, end) == 0)
            memcpy(block->takes, kinds[i].takes, sizeof(block->takes));
}

bool convert_open(struct converter *c, const struct convert_opening *o)
{
    const char *liquid = o->liquid ? convert_tag_of(c, o->liquid) : NULL;
    struct convert_opening held = *o;

    if (c->depth == CONVERT_BLOCKS_MAX) {
        convert_refuse(c, "blocks are nested deeper than %d", CONVERT_BLOCKS_MAX);
        convert_leave(c, o->from);
        return false;
    }
    if (liquid && convert_accepts(c, arena_printf(c->arena, "%s{%% %s %%}", liquid, o->end))) {
        convert_say(c, o->from, liquid);
        push(c, o, o->end);
        return true;
    }
    held.item = NULL;
    convert_leave(c, o->from); /* what is inside stays, and its branches with it */
    convert_put(c, "{% if true %}");
    push(c, &held, "endif");
    return false;
}

/* The loop's name means nothing any more; names assigned inside of it live on. */
static void forget_item(struct converter *c, struct convert_block *block)
{
    bool loop = block->end && text_is_among(block->end, loop_ends);

    if (loop && block->locals < c->local_count) {
        c->locals[block->locals] = span_make("", 0);
        c->local_count -= block->locals + 1 == c->local_count;
    }
    block->locals = CONVERT_LOCALS_MAX;
    block->item = NULL;
}

static void pop(struct converter *c)
{
    forget_item(c, &c->blocks[--c->depth]);
}

void convert_close_to(struct converter *c, size_t depth)
{
    while (c->depth > depth) {
        struct convert_block *block = &c->blocks[c->depth - 1];
        convert_begin(c);
        convert_refuse(c, "this is never closed");
        convert_leave(c, block->from);
        if (block->end)
            convert_put(c, arena_printf(c->arena, "{%% %s %%}", block->end));
        pop(c);
    }
}

static size_t find_open(const struct converter *c, struct span word)
{
    for (size_t i = c->depth; i > c->floor; i--)
        if (word.len == 0 || span_eq(c->blocks[i - 1].word, word))
            return i;
    return 0;
}

void convert_close(struct converter *c, struct span from, struct span word)
{
    size_t found = find_open(c, word);

    if (!found) {
        convert_refuse(c, "this closes nothing");
        convert_leave(c, from);
        return;
    }
    convert_close_to(c, found);
    if (c->blocks[found - 1].end)
        convert_say(c, from, convert_tag_of(c, c->blocks[found - 1].end));
    pop(c);
}

static bool accepts_branch(struct converter *c, enum convert_branching branch, const char *liquid)
{
    static const char *const around[][2] = {
        [BRANCH_ELSE] = { "{% if true %}", "{% endif %}" },
        [BRANCH_ELSIF] = { "{% if true %}", "{% endif %}" },
        [BRANCH_WHEN] = { "{% case 1 %}", "{% endcase %}" },
    };

    return convert_accepts(
        c, arena_printf(c->arena, "%s%s%s", around[branch][0], liquid, around[branch][1]));
}

void convert_branch(struct converter *c, struct span from, enum convert_branching branch,
                    const char *inside)
{
    struct convert_block *block = c->depth > c->floor ? &c->blocks[c->depth - 1] : NULL;
    const char *liquid = inside ? convert_tag_of(c, inside) : NULL;

    if (liquid && (!block || !block->takes[branch]))
        liquid = convert_refuse(c, "no block is open that could have this branch");
    if (!liquid || !accepts_branch(c, branch, liquid)) {
        convert_leave(c, from);
        return;
    }
    if (branch == BRANCH_ELSE) {
        memset(block->takes, 0, sizeof(block->takes)); /* nothing comes behind it */
        forget_item(c, block);
    }
    convert_say(c, from, liquid);
}
