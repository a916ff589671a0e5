/* channels/imap_answer.c - see imap_answer.h. */
#include "channels/imap_answer.h"

#include "channels/imap_reader.h"
#include "core/base/clock.h"
#include "core/base/text.h"
#include "core/base/zone.h"

enum token_kind { TOKEN_END, TOKEN_ATOM, TOKEN_STRING, TOKEN_OPEN, TOKEN_CLOSE, TOKEN_BAD };

struct token {
    enum token_kind kind;
    struct span text; /* a string without its quotes, escapes still in */
};

/* Takes the bytes up to the next space, and that space, off *rest. */
static struct span take_word(struct span *rest)
{
    const char *space = rest->len ? memchr(rest->data, ' ', rest->len) : NULL;
    struct span word = span_make(rest->data, space ? (size_t)(space - rest->data) : rest->len);

    *rest = span_from(*rest, word.len + (space ? 1 : 0));
    return word;
}

static void take_code(struct imap_answer *answer)
{
    const char *end;

    if (answer->rest.len < 2 || answer->rest.data[0] != '[')
        return;
    end = memchr(answer->rest.data, ']', answer->rest.len);
    if (!end)
        return;
    answer->code = span_make(answer->rest.data + 1, (size_t)(end - answer->rest.data) - 1);
    answer->rest = text_trim(span_from(answer->rest, answer->code.len + 2));
}

static int read_tagged(struct imap_answer *answer, struct err *err)
{
    answer->kind = IMAP_DONE;
    answer->tag = take_word(&answer->rest);
    answer->word = take_word(&answer->rest);
    take_code(answer);
    if (answer->tag.len > 0 && (imap_answer_is(answer, "OK") || imap_answer_is(answer, "NO") ||
                                imap_answer_is(answer, "BAD")))
        return 0;
    return err_set(err, ERR_NET, "the server sends a line that is no IMAP answer");
}

static int read_untagged(struct imap_answer *answer, struct err *err)
{
    bool status = imap_starts_status(answer->rest);
    int64_t number;

    answer->word = take_word(&answer->rest);
    answer->kind = status ? IMAP_STATUS : IMAP_DATA;
    if (status)
        take_code(answer);
    if (!status && text_to_int(answer->word, 0, UINT32_MAX, &number)) {
        answer->kind = IMAP_COUNT;
        answer->number = (uint32_t)number;
        answer->word = take_word(&answer->rest);
    }
    if (answer->word.len == 0)
        return err_set(err, ERR_NET, "the server sends an answer without a word");
    return 0;
}

int imap_answer_read(struct span text, struct imap_answer *answer, struct err *err)
{
    *answer = (struct imap_answer){ .rest = text };
    if (text.len > 0 && text.data[0] == '+') {
        answer->kind = IMAP_GO_ON;
        return 0;
    }
    if (text.len < 2 || memcmp(text.data, "* ", 2) != 0)
        return read_tagged(answer, err);
    answer->rest = span_from(text, 2);
    return read_untagged(answer, err);
}

bool imap_answer_is(const struct imap_answer *answer, const char *word)
{
    return text_eq_nocase(answer->word, span_of(word));
}

bool imap_code_number(const struct imap_answer *answer, const char *name, uint32_t *number)
{
    struct span rest = answer->code;
    int64_t value;

    if (!text_eq_nocase(take_word(&rest), span_of(name)) ||
        !text_to_int(rest, 1, UINT32_MAX, &value))
        return false;
    *number = (uint32_t)value;
    return true;
}

bool imap_has_word(struct span text, const char *word)
{
    while (text.len > 0)
        if (text_eq_nocase(take_word(&text), span_of(word)))
            return true;
    return false;
}

/* The closing quote of a quoted string that begins at rest.data, or NULL. */
static const char *closing_quote(struct span rest)
{
    for (size_t i = 1; i < rest.len; i++) {
        if (rest.data[i] == '"')
            return rest.data + i;
        if (rest.data[i] == '\r' || rest.data[i] == '\n')
            return NULL;
        if (rest.data[i] == '\\')
            i++;
    }
    return NULL;
}

static struct token take_quoted(struct span *rest)
{
    const char *end = closing_quote(*rest);
    struct token token = { .kind = TOKEN_BAD };

    if (!end)
        return token;
    token.kind = TOKEN_STRING;
    token.text = span_make(rest->data + 1, (size_t)(end - rest->data) - 1);
    *rest = span_from(*rest, token.text.len + 2);
    return token;
}

/* "{5}\r\nhello": the reader made sure that a line end after such a head has its bytes behind it. */
static struct token take_literal(struct span *rest)
{
    const char *line_end = memchr(rest->data, '\n', rest->len);
    struct token token = { .kind = TOKEN_BAD };
    struct span head, digits;
    int64_t bytes;

    if (!line_end || line_end - rest->data < 4)
        return token;
    head = span_make(rest->data, (size_t)(line_end - rest->data) - 1);
    if (!imap_announces_literal(head, &digits) || digits.data != rest->data + 1 ||
        !text_to_int(digits, 0, INT64_MAX, &bytes) || (uint64_t)bytes > rest->len - head.len - 2)
        return token;
    token.kind = TOKEN_STRING;
    token.text = span_make(line_end + 1, (size_t)bytes);
    *rest = span_from(*rest, head.len + 2 + (size_t)bytes);
    return token;
}

/* Only the name of a body section may hold spaces and parentheses: BODY[HEADER.FIELDS (TO)]<0>. */
static struct token take_atom(struct span *rest)
{
    bool section = text_starts_nocase(*rest, "BODY[") || text_starts_nocase(*rest, "BINARY[");
    struct token token = { .kind = TOKEN_ATOM, .text = { .data = rest->data } };
    size_t at = 0;

    if (section) {
        const char *end = memchr(rest->data, ']', rest->len);

        if (!end)
            return (struct token){ .kind = TOKEN_BAD };
        at = (size_t)(end - rest->data);
    }
    while (at < rest->len && (unsigned char)rest->data[at] > ' ' && rest->data[at] != 127 &&
           !text_one_of(rest->data[at], "()\"{"))
        at++;
    token.text.len = at;
    if (at == 0)
        token.kind = TOKEN_BAD;
    *rest = span_from(*rest, at);
    return token;
}

static struct token take_token(struct span *rest)
{
    struct token token = { .kind = TOKEN_END };

    while (rest->len > 0 && rest->data[0] == ' ')
        *rest = span_from(*rest, 1);
    if (rest->len == 0)
        return token;
    if (rest->data[0] == '(' || rest->data[0] == ')') {
        token.kind = rest->data[0] == '(' ? TOKEN_OPEN : TOKEN_CLOSE;
        *rest = span_from(*rest, 1);
        return token;
    }
    if (rest->data[0] == '"')
        return take_quoted(rest);
    if (rest->data[0] == '~')
        *rest = span_from(*rest, 1);
    return rest->len > 0 && rest->data[0] == '{' ? take_literal(rest) : take_atom(rest);
}

static bool read_uid(struct token value, struct imap_fetch *fetch)
{
    int64_t uid;

    if (fetch->uid || value.kind != TOKEN_ATOM || !text_to_int(value.text, 1, UINT32_MAX, &uid))
        return false;
    fetch->uid = (uint32_t)uid;
    return true;
}

static bool read_date(struct token value, struct imap_fetch *fetch)
{
    if (fetch->has_date || value.kind != TOKEN_STRING)
        return false;
    fetch->has_date = true;
    return imap_date_read(value.text, &fetch->arrived_ms);
}

static bool read_body(struct token value, struct imap_fetch *fetch)
{
    if (value.kind == TOKEN_ATOM)
        return text_eq_nocase(value.text, span_of("NIL"));
    if (fetch->has_body || value.kind != TOKEN_STRING)
        return false;
    fetch->has_body = true;
    fetch->body = value.text;
    return true;
}

static const struct {
    const char *name;
    bool (*read)(struct token value, struct imap_fetch *fetch);
} fetch_items[] = {
    { "UID", read_uid },
    { "INTERNALDATE", read_date },
    { "BODY[]", read_body },
    { "BODY[]<0>", read_body },
};

/* Skips the rest of a parenthesised value; deep nesting costs nothing. */
static bool skip_list(struct span *rest)
{
    size_t depth = 1;

    while (depth > 0) {
        struct token token = take_token(rest);

        if (token.kind == TOKEN_END || token.kind == TOKEN_BAD)
            return false;
        depth += token.kind == TOKEN_OPEN;
        depth -= token.kind == TOKEN_CLOSE;
    }
    return true;
}

static bool read_item(struct span name, struct span *rest, struct imap_fetch *fetch)
{
    struct token value = take_token(rest);

    for (size_t i = 0; i < COUNT_OF(fetch_items); i++)
        if (text_eq_nocase(name, span_of(fetch_items[i].name)))
            return fetch_items[i].read(value, fetch);
    if (value.kind == TOKEN_OPEN)
        return skip_list(rest);
    return value.kind == TOKEN_ATOM || value.kind == TOKEN_STRING;
}

int imap_fetch_read(const struct imap_answer *answer, struct imap_fetch *fetch, struct err *err)
{
    struct span rest = answer->rest;
    struct token token = take_token(&rest);
    bool good = token.kind == TOKEN_OPEN;

    *fetch = (struct imap_fetch){ .uid = 0 };
    for (token = take_token(&rest); good && token.kind == TOKEN_ATOM; token = take_token(&rest))
        good = read_item(token.text, &rest, fetch);
    if (!good || token.kind != TOKEN_CLOSE || take_token(&rest).kind != TOKEN_END)
        return err_set(err, ERR_NET, "the server sends a FETCH answer that cannot be read");
    return 0;
}

static bool two_digits(const char *at, int min, int max, int *out)
{
    int64_t value;

    if (!text_to_int(span_make(at, 2), min, max, &value))
        return false;
    *out = (int)value;
    return true;
}

static bool read_month(const char *at, int *month)
{
    const char *name = "janfebmaraprmayjunjulaugsepoctnovdec";

    for (*month = 1; *month <= 12; ++*month, name += 3)
        if (text_eq_nocase(span_make(at, 3), span_make(name, 3)))
            return true;
    return false;
}

bool imap_date_read(struct span text, int64_t *utc_ms)
{
    static const char shape[] = "..-...-.... ..:..:.. ...."; /* the sign comes by itself */
    int day, month, hour, minute, second, zone_hour, zone_minute;
    const char *at = text.data;
    char padded[2];
    int64_t year, minutes, zone;

    if (text.len != 26 || (at[21] != '+' && at[21] != '-'))
        return false;
    for (size_t i = 0; i < 21; i++)
        if (shape[i] != '.' && at[i] != shape[i])
            return false;
    padded[0] = at[0] == ' ' ? '0' : at[0];
    padded[1] = at[1];
    if (!two_digits(padded, 1, 31, &day) || !read_month(at + 3, &month) ||
        !text_to_int(span_make(at + 7, 4), 1970, 9999, &year) ||
        !two_digits(at + 12, 0, 23, &hour) || !two_digits(at + 15, 0, 59, &minute) ||
        !two_digits(at + 18, 0, 60, &second) || !two_digits(at + 22, 0, 23, &zone_hour) ||
        !two_digits(at + 24, 0, 59, &zone_minute))
        return false;
    minutes = (zone_days_of((int)year, month, day) * 24 + hour) * 60 + minute;
    zone = INT64_C(60) * zone_hour + zone_minute;
    minutes += at[21] == '-' ? zone : -zone;
    *utc_ms = minutes * MINUTE_MS + second * SECOND_MS;
    return true;
}

bool imap_add_quoted(struct str *out, const char *text)
{
    str_add_char(out, '"');
    for (; *text; text++) {
        if ((unsigned char)*text < ' ' || (unsigned char)*text > '~')
            return false;
        if (*text == '"' || *text == '\\')
            str_add_char(out, '\\');
        str_add_char(out, *text);
    }
    str_add_char(out, '"');
    return true;
}
