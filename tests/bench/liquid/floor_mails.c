/* tests/bench/liquid/floor_mails.c - the short and the medium mail, written by hand. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/base/attr.h"
#include "floor.h"
#include "floor_text.h"
#include "json_value.h"

#define LINE_ROOM 4096
#define SHOWN(s) (int)(s).len, (s).data /* for %.*s */

/* ---- the person ---- */

static struct span keep(const struct value *v, char **at)
{
    char number[24];
    struct span text = span_of("");
    char *copy = *at;

    if (v->type == VALUE_TEXT)
        text = v->text;
    if (v->type == VALUE_BOOL && v->boolean)
        text = span_of("1");
    if (v->type == VALUE_INT)
        text = span_make(number, (size_t)snprintf(number, sizeof(number), "%d", (int)v->integer));
    *at = put(copy, text);
    *(*at)++ = '\0';
    return span_make(copy, text.len);
}

/* path: "prospect.city" */
static struct span text_at(const struct value *from, const char *path, char **at)
{
    char name[32];

    while (strchr(path, '.')) {
        size_t len = strcspn(path, ".");
        snprintf(name, sizeof(name), "%.*s", (int)len, path);
        from = json_value_get(from, name);
        path += len + 1;
    }
    return keep(json_value_get(from, path), at);
}

static void read_touch(const struct value *v, struct floor_touch *out, char **at)
{
    out->at = text_at(v, "at", at);
    out->channel = text_at(v, "channel", at);
    out->direction = text_at(v, "direction", at);
    out->summary = text_at(v, "summary", at);
    out->important = text_at(v, "important", at);
}

void floor_person(const struct value *prospect, struct person *out, char **at)
{
    const struct {
        const char *path;
        struct span *to;
    } rows[] = {
        { "prospect.first_name", &out->first_name },
        { "prospect.company", &out->company },
        { "prospect.city", &out->city },
        { "prospect.title", &out->title },
        { "prospect.stage", &out->stage },
        { "prospect.score", &out->score },
        { "last.summary", &out->summary },
        { "last.commitment", &out->commitment },
        { "last.question", &out->question },
        { "last.at", &out->at },
        { "sender.name", &out->sender_name },
        { "sender.title", &out->sender_title },
        { "sender.company", &out->sender_company },
        { "sender.phone", &out->sender_phone },
        { "meeting_url", &out->meeting_url },
        { "unsubscribe_url", &out->unsubscribe_url },
    };
    const struct value *history = json_value_get(prospect, "history");

    for (size_t i = 0; i < COUNT_OF(rows); i++)
        *rows[i].to = text_at(prospect, rows[i].path, at);
    for (size_t i = 0; i < FLOOR_TOUCHES; i++)
        read_touch(&history->list.items[i], &out->touches[i], at);
    for (size_t i = 0; i < FLOOR_FIELDS; i++)
        out->fields[i] = keep(&json_value_get(prospect, "f")->map.pairs[i].value, at);
}

/* ---- by hand ---- */

static char *put_or(char *to, struct span s, const char *other)
{
    return put(to, s.len ? s : span_of(other));
}

char *floor_short(char *to, const struct person *p)
{
    to = put_or(LITERAL(to, "Hi "), p->first_name, "there");
    to = put(LITERAL(to, ",\n\nWhen we last spoke, "), p->summary);
    to = put(LITERAL(to, ". I have kept a slot open for "), p->company);
    to = LITERAL(to, " this week, because two teams of your size asked for the same set-up and it "
                     "takes me less than an hour to prepare.\n\n");
    to = put_or(to, p->question, "What has changed on your side since then?");
    to = LITERAL(to, "\n\nIf it helps, pick a time that suits you and I will bring the numbers we "
                     "talked about.\n\nBest regards,\n");
    return LITERAL(put(to, p->sender_name), "\n");
}

static char *put_recap(char *to, const struct person *p)
{
    if (p->commitment.len) {
        to = put_day_month_year(LITERAL(to, "When we last spoke on "), p->at);
        to = put(LITERAL(to, ", "), p->summary);
        to = put(LITERAL(to, ". You were going to "), p->commitment);
    } else {
        to = put_day_month_year(LITERAL(to, "Thank you for your time on "), p->at);
        to = put(LITERAL(to, "; as I understood it, "), p->summary);
    }
    return LITERAL(to, ".");
}

static char *put_touch(char *to, const struct floor_touch *touch, int number, bool simd)
{
    *to++ = '\n';
    *to++ = (char)('0' + number);
    to = put_bytes(LITERAL(to, ". "), touch->at.data, 10);
    to = put_capitalized(LITERAL(to, " ("), touch->channel);
    if (touch->direction.len == 2)
        to = LITERAL(to, ", from you");
    to = LITERAL(to, "): ");
    to = simd ? put_truncated_simd(to, touch->summary) : put_truncated(to, touch->summary);
    return touch->important.len ? LITERAL(to, " *") : to;
}

static char *put_stage(char *to, const struct person *p)
{
    if (span_is(p->stage, "proposal")) {
        to = put(LITERAL(to, "The proposal for "), p->company);
        return LITERAL(to, " is valid until Friday, and I have added the reference you asked for.");
    }
    if (span_is(p->stage, "negotiation"))
        return LITERAL(to, "I have checked the terms with our side; the yearly price can be paid "
                           "in two parts.");
    to = put(LITERAL(to, "I have put together a one-page summary for "), p->company);
    to = put(LITERAL(to, " that answers the three points most "), p->city);
    return LITERAL(to, " teams ask about.");
}

char *floor_medium(char *to, const struct person *p, bool simd)
{
    to = put_or(LITERAL(to, "Hi "), p->first_name, "there");
    to = LITERAL(put_recap(LITERAL(to, ",\n\n"), p), "\n\n");
    to = put_or(to, p->question, "What has moved on your side since then?");
    to = LITERAL(to, "\n\nSo that you have it all in one place, here is where we are:\n");
    for (int i = 0; i < FLOOR_TOUCHES; i++)
        to = put_touch(to, &p->touches[i], i + 1, simd);
    to = LITERAL(put_stage(LITERAL(to, "\n\n"), p), "\n\n");
    if (strtol(p->score.data, NULL, 10) >= 50 && p->title.len) {
        to = put(LITERAL(to, "As "), p->title);
        to = LITERAL(to, " you will want the numbers first: they are on page one.\n");
    }
    to = LITERAL(to, "What would be the one thing to clear up so that you can decide? Choose a "
                     "time here: ");
    to = LITERAL(put(to, p->meeting_url), "\n\nBest regards,\n");
    to = put(LITERAL(put(to, p->sender_name), ", "), p->sender_title);
    to = put(LITERAL(put(LITERAL(to, "\n"), p->sender_company), " | "), p->sender_phone);
    return LITERAL(to, "\n");
}

/* ---- by snprintf ---- */

PRINTF_LIKE(2, 3) static char *print(char *to, const char *format, ...)
{
    va_list args;
    int len;

    va_start(args, format);
    len = vsnprintf(to, LINE_ROOM, format, args);
    va_end(args);
    return to + len;
}

static struct span or_text(struct span s, const char *other)
{
    return s.len ? s : span_of(other);
}

char *floor_short_printf(char *to, const struct person *p)
{
    struct span name = or_text(p->first_name, "there");
    struct span question = or_text(p->question, "What has changed on your side since then?");

    return print(to,
                 "Hi %.*s,\n\nWhen we last spoke, %.*s. I have kept a slot open for %.*s this "
                 "week, because two teams of your size asked for the same set-up and it takes me "
                 "less than an hour to prepare.\n\n%.*s\n\nIf it helps, pick a time that suits you "
                 "and I will bring the numbers we talked about.\n\nBest regards,\n%.*s\n",
                 SHOWN(name), SHOWN(p->summary), SHOWN(p->company), SHOWN(question),
                 SHOWN(p->sender_name));
}

static char *print_recap(char *to, const struct person *p)
{
    char day[64];

    *put_day_month_year(day, p->at) = '\0';
    if (p->commitment.len)
        return print(to, "When we last spoke on %s, %.*s. You were going to %.*s.\n\n", day,
                     SHOWN(p->summary), SHOWN(p->commitment));
    return print(to, "Thank you for your time on %s; as I understood it, %.*s.\n\n", day,
                 SHOWN(p->summary));
}

static char *print_touch(char *to, const struct floor_touch *touch, int number)
{
    char text[1024], channel[32];

    *put_truncated(text, touch->summary) = '\0';
    *put_capitalized(channel, touch->channel) = '\0';
    return print(to, "\n%d. %.10s (%s%s): %s%s", number, touch->at.data, channel,
                 touch->direction.len == 2 ? ", from you" : "", text,
                 touch->important.len ? " *" : "");
}

static char *print_stage(char *to, const struct person *p)
{
    if (span_is(p->stage, "proposal"))
        return print(to,
                     "The proposal for %.*s is valid until Friday, and I have added the reference "
                     "you asked for.",
                     SHOWN(p->company));
    if (span_is(p->stage, "negotiation"))
        return print(to, "I have checked the terms with our side; the yearly price can be paid in "
                         "two parts.");
    return print(to,
                 "I have put together a one-page summary for %.*s that answers the three points "
                 "most %.*s teams ask about.",
                 SHOWN(p->company), SHOWN(p->city));
}

char *floor_medium_printf(char *to, const struct person *p)
{
    struct span name = or_text(p->first_name, "there");
    struct span question = or_text(p->question, "What has moved on your side since then?");

    to = print_recap(print(to, "Hi %.*s,\n\n", SHOWN(name)), p);
    to = print(to, "%.*s\n\nSo that you have it all in one place, here is where we are:\n",
               SHOWN(question));
    for (int i = 0; i < FLOOR_TOUCHES; i++)
        to = print_touch(to, &p->touches[i], i + 1);
    to = print(print_stage(print(to, "\n\n"), p), "\n\n");
    if (strtol(p->score.data, NULL, 10) >= 50 && p->title.len)
        to = print(to, "As %.*s you will want the numbers first: they are on page one.\n",
                   SHOWN(p->title));
    return print(to,
                 "What would be the one thing to clear up so that you can decide? Choose a time "
                 "here: %.*s\n\nBest regards,\n%.*s, %.*s\n%.*s | %.*s\n",
                 SHOWN(p->meeting_url), SHOWN(p->sender_name), SHOWN(p->sender_title),
                 SHOWN(p->sender_company), SHOWN(p->sender_phone));
}
