/* core/engine/compose.c - see compose.h. Tokens are made again from the touch id, so nothing of them is stored. */
#include "core/engine/compose.h"

#include <string.h>

static char *token_of(const struct workspace *w, enum token_kind kind, int64_t id,
                      struct arena *arena)
{
    char token[TOKEN_TEXT_BYTES];

    token_make(&w->tokens, kind, id, token);
    return arena_dup(arena, token);
}

static char *plus_address(const struct workspace *w, const struct sender *sender,
                          enum token_kind kind, const struct touch *touch, struct arena *arena)
{
    char token[TOKEN_TEXT_BYTES], address[TOKEN_MAIL_BYTES];

    token_make(&w->tokens, kind, touch->id, token);
    if (token_plus_make(sender->account->address, token, address, NULL) < 0)
        return NULL; /* the local part is too long: the Message-ID still carries a token */
    return arena_dup(arena, address);
}

/* The newest id of a References chain. */
static const char *last_word(const char *chain)
{
    const char *space = chain ? strrchr(chain, ' ') : NULL;

    return space ? space + 1 : chain;
}

static void add_mail_fields(const struct workspace *w, const struct sender *sender,
                            const struct touch *touch, struct arena *arena, struct message *out)
{
    char id[TOKEN_MAIL_BYTES], date[40];

    token_message_id(&w->tokens, touch->id, id);
    out->message_id = arena_dup(arena, id);
    out->date = arena_dup(arena, zone_rfc5322(w->zone, touch->created_at, date));
    out->references = touch->refs;
    out->in_reply_to = last_word(touch->refs);
    if (sender->reply_plus) {
        out->reply_to = plus_address(w, sender, TOKEN_REPLY, touch, arena);
        out->unsubscribe_mail = plus_address(w, sender, TOKEN_UNSUBSCRIBE, touch, arena);
    }
    if (sender->return_path_plus)
        out->return_path = plus_address(w, sender, TOKEN_RETURN_PATH, touch, arena);
    if (w->public_url)
        out->unsubscribe_url = arena_printf(arena, "%s/u/%s", w->public_url,
                                            token_of(w, TOKEN_UNSUBSCRIBE, touch->id, arena));
}

void compose_message(const struct workspace *w, const struct sender *sender,
                     const struct touch *touch, struct arena *arena, struct message *out)
{
    *out = (struct message){
        .key = token_of(w, TOKEN_MESSAGE_ID, touch->id, arena),
        .to = touch->address,
        .from = sender->account->address ? sender->account->address : "",
        .from_name = sender->from_name,
        .subject = touch->subject,
        .text = touch->text,
        .html = touch->html,
    };
    if (strcmp(touch->channel, "email") == 0)
        add_mail_fields(w, sender, touch, arena, out);
    else
        out->thread_id = touch->refs;
}

char *compose_telegram_link(const struct workspace *w, int64_t touch_id, struct arena *arena)
{
    const struct sender *bot = workspace_sender_for(w, "telegram", 0);
    const char *name = bot ? bot->account->address : NULL;

    if (!name || !*name)
        return NULL;
    return arena_printf(arena, "https://t.me/%s?start=%s", name[0] == '@' ? name + 1 : name,
                        token_of(w, TOKEN_REPLY, touch_id, arena));
}
