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

void convert_open(struct converter *c, const struct convert_opening *o)
{
    const char *liquid = o->liquid ? convert_tag_of(c, o->liquid) : NULL;
    const char *closed = liquid ? arena_printf(c->arena, "%s{%% %s %%}", liquid, o->end) : NULL;

    if (c->depth == CONVERT_BLOCKS_MAX) {
        convert_refuse(c, "blocks are nested deeper than %d", CONVERT_BLOCKS_MAX);
        convert_leave(c, o->from);
        return;
    }
    if (closed && convert_accepts(c, closed)) {
        convert_say(c, o->from, liquid);
        push(c, o, o->end);
        return;
    }
    convert_leave(c, o->from); /* what is inside stays, and its branches with it */
    if (o->end)
        convert_put(c, "{% if true %}");
    push(c, o, o->end ? "endif" : NULL);
}

static void pop(struct converter *c)
{
    struct convert_block *block = &c->blocks[--c->depth];

    /* Names assigned inside an if live on; those of a loop do not. */
    if (block->end && strcmp(block->end, "endfor") == 0 && block->locals < c->local_count)
        c->local_count = block->locals;
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

void convert_branch(struct converter *c, struct span from, enum convert_branching branch,
                    const char *inside)
{
    struct convert_block *block = c->depth > c->floor ? &c->blocks[c->depth - 1] : NULL;

    if (!inside || !block || !block->takes[branch]) {
        if (inside || !c->why)
            convert_refuse(c, "no block is open that could have this branch");
        convert_leave(c, from);
        return;
    }
    if (branch == BRANCH_ELSE)
        memset(block->takes, 0, sizeof(block->takes)); /* nothing comes behind it */
    convert_say(c, from, convert_tag_of(c, inside));
}
