/* core/replies/bounce_named.c - which addresses a notice blames. Each address it holds is ranked by
 * what stands before it on its line; only the best rank is taken. */
#include <ctype.h>
#include <string.h>

#include "core/base/text.h"
#include "core/replies/address.h"
#include "core/replies/bounce_text.h"
#include "core/replies/fold.h"

#define MAX_FOUND 400
#define MAX_DIAGNOSTIC_BYTES ((size_t)700)
#define MAX_LINE_BYTES ((size_t)1000)

/* RANK_SELF: the address the notice was sent to; people mail themselves, too. */
enum rank { RANK_NONE, RANK_SELF, RANK_ANY, RANK_LABEL, RANK_FIRST };

struct found {
    const char *address;
    size_t at; /* where in the notice */
    enum rank rank;
};

struct finder {
    const struct reader *reader;
    struct span notice; /* up to where the returned mail begins */
    struct found found[MAX_FOUND];
    size_t count;
};

/* Lines below which only the returned message stands. */
static const struct phrase separators[] = {
    { "copy of the message", 0 },
    { "copy of your message", 0 },
    { "copy of the original", 0 },
    { "original message follows", 0 },
    { "--- original message", 0 },
    { "original message attached", 0 },
    { "original mail info", 0 },
    { "original mail as follows", 0 },
    { "original message header", 0 },
    { "original message as received", 0 },
    { "header of the original message", 0 },
    { "headers of the original message", 0 },
    { "unsent message", 0 },
    { "returned mail ---", 0 },
    { "returned message ---", 0 },
    { "returned message:", 0 },
    { "returned message follows", 0 },
    { "message headers follow", 0 },
    { "message header follows", 0 },
    { "message text follows", 0 },
    { "message follows", 0 },
    { "text of the message", 0 },
    { "copy of the header", 0 },
    { "copy of the message header", 0 },
    { "the following is a copy", 0 },
    { "old message:", 0 },
    { "begin forwarded message", 0 },
};

/* Words before an address that make it the one that failed... */
static const struct phrase labels[] = {
    { "rcpt to", 0 },       { "recipient", 0 },    { "undeliverable", 0 }, { "address", 0 },
    { "unknown", 0 },       { "deliver", 0 },      { "attempts", 0 },      { "mailbox", 0 },
    { "full", 0 },          { "reach", 0 },        { "smtp=", 0 },         { "errors", 0 },
    { "message-id in", 0 }, { "mailing list", 0 }, { "user", 0 },          { "account", 0 },
    { "rfc822;", 0 },       { "failed", 0 },       { "error-for", 0 },     { "error for", 0 },
};

/* ... and those that leave no doubt of it... */
static const struct phrase sure_labels[] = {
    { "was addressed", 0 },
    { "expanded from", 0 },
};

/* ... and those that make it somebody else. */
static const struct phrase others[] = {
    { "contact", 0 },     { "from", 0 },  { "sender", 0 },     { "reply-to", 0 },
    { "return-path", 0 }, { "help", 0 },  { "message-id", 0 }, { "generated from", 0 },
    { "mailto:", 0 },     { "abuse", 0 }, { "report", 0 },     { "envelope", 0 },
    { "subject", 0 },     { "by ", 0 },   { "with ", 0 },
};

static bool is_decoration(struct span before)
{
    for (size_t i = 0; i < before.len; i++)
        if (!text_one_of(before.data[i], " \t<\"'*-=([&;"))
            return false;
    return true;
}

static bool is_our_recipient(const struct reader *reader, const char *address)
{
    for (size_t i = 0; i < reader->out->recipient_count; i++)
        if (strcmp(reader->out->recipients[i], address) == 0)
            return true;
    return false;
}

/* Our mailboxes and mail systems are no failed addresses. */
static bool is_nobody(const struct reader *reader, const char *address)
{
    return reader_is_own_address(reader, address) || strncmp(address, "postmaster@", 11) == 0 ||
           strncmp(address, "mailer-daemon@", 14) == 0;
}

/* "554 <sam@x.example>... Unknown", as transcripts of Sendmail have it. */
static bool is_reply_code(const char *words)
{
    return (words[0] == '4' || words[0] == '5') && isdigit((unsigned char)words[1]) &&
           isdigit((unsigned char)words[2]) && (strcmp(words + 3, " <") == 0 || !words[3]);
}

static enum rank rank_of(struct finder *finder, struct span before, const char *address)
{
    const char *words;

    if (is_nobody(finder->reader, address))
        return RANK_NONE;
    if (is_our_recipient(finder->reader, address))
        return RANK_SELF;
    if (is_decoration(before))
        return RANK_FIRST;
    words = fold_text(finder->reader->arena, before, MAX_LINE_BYTES);
    if (is_reply_code(words) || phrase_in(sure_labels, COUNT_OF(sure_labels), words))
        return RANK_FIRST;
    if (phrase_in(others, COUNT_OF(others), words))
        return RANK_NONE;
    return phrase_in(labels, COUNT_OF(labels), words) ? RANK_LABEL : RANK_ANY;
}

/* Does the line go on with what a broken part has left of the address above ("pat=", "lee@x.example")? */
static bool is_broken_off(const struct finder *finder, const char *address)
{
    const char *at = address, *begin = finder->notice.data;

    if (at == begin || at[-1] != '\n')
        return false;
    at--;
    while (at > begin && at[-1] == '\r')
        at--;
    return at > begin && at[-1] == '=';
}

static void find_in_line(struct finder *finder, struct span line)
{
    for (size_t i = 0; i < line.len && i < MAX_LINE_BYTES; i++) {
        struct span address, before;
        struct found found;

        if (line.data[i] != '@' || finder->count == MAX_FOUND)
            continue;
        address = address_span_at(line, i);
        if (address.len == 0)
            continue;
        before = span_make(line.data, (size_t)(address.data - line.data));
        found = (struct found){ .address = text_lower(finder->reader->arena, address),
                                .at = (size_t)(address.data - finder->notice.data) };
        if (!is_broken_off(finder, address.data))
            found.rank = rank_of(finder, before, found.address);
        finder->found[finder->count++] = found;
        i = (size_t)(address.data - line.data) + address.len;
    }
}

static bool is_trace(struct span line)
{
    return text_starts_nocase(line, "received:") || text_starts_nocase(line, "return-path:");
}

static bool is_separator(const struct reader *reader, struct span line)
{
    return phrase_in(separators, COUNT_OF(separators), fold_text(reader->arena, line, 200)) != NULL;
}

bool bounce_text_copies(const struct reader *reader)
{
    struct span rest = span_from(reader->notice, reader->report.len), line;

    while (text_next_line(&rest, &line)) {
        line = text_trim(line);
        if (text_starts_nocase(line, "received:") || text_starts_nocase(line, "message-id:"))
            return true;
    }
    return false;
}

struct span bounce_text_above(const struct reader *reader)
{
    struct span notice = text_cut(reader->notice, READER_NOTICE_BYTES), rest = notice, line;
    bool parted = folded_find(separators, COUNT_OF(separators), &reader->folded_notice) != NULL;

    while (text_next_line(&rest, &line))
        if (line.data != notice.data && (is_trace(line) || (parted && is_separator(reader, line))))
            return span_make(notice.data, (size_t)(line.data - notice.data));
    return notice;
}

static void find_all(struct finder *finder)
{
    struct span rest, line;

    finder->notice = rest = finder->reader->report;
    while (text_next_line(&rest, &line))
        find_in_line(finder, line);
}

/* Where the line begins that holds `at`. */
static size_t line_begin(struct span text, size_t at)
{
    while (at > 0 && text.data[at - 1] != '\n')
        at--;
    return at;
}

/* A server's answer in a transcript, or a remark on a host: "<<< 550 ...", "421 x.example ...". */
static bool is_answer_line(struct span line)
{
    return text_starts_nocase(line, "<<<") ||
           (line.len > 3 && strchr("45", line.data[0]) && isdigit((unsigned char)line.data[1]) &&
            !memchr(line.data, '@', line.len));
}

/* Where what is said of an address begins: with the words before it on its line when they blame it,
 * and in a transcript with the answers above the line that names whom they hit. */
static size_t begin_of(const struct finder *finder, const struct found *own)
{
    struct span notice = finder->notice;
    size_t line = line_begin(notice, own->at), begin = line;

    while (begin > 0) {
        size_t above = line_begin(notice, begin - 1);

        if (!is_answer_line(span_make(notice.data + above, begin - above)))
            break;
        begin = above;
    }
    if (begin < line && isdigit((unsigned char)notice.data[line]))
        return begin;
    return own->rank == RANK_LABEL ? line : own->at;
}

/* From there to the next address of that rank. */
static const char *diagnostic_at(const struct finder *finder, size_t index, enum rank rank)
{
    const struct found *own = &finder->found[index];
    size_t begin = begin_of(finder, own), end = finder->notice.len;

    for (size_t i = index + 1; i < finder->count; i++) {
        const struct found *next = &finder->found[i];

        if (next->rank >= rank && strcmp(next->address, own->address) != 0) {
            end = begin_of(finder, next);
            break;
        }
    }
    return text_to_utf8(
        finder->reader->arena,
        text_cut(span_make(finder->notice.data + begin, end - begin), MAX_DIAGNOSTIC_BYTES));
}

static void add_named(struct bounce_named *out, size_t *count, struct bounce_named named)
{
    for (size_t i = 0; i < *count; i++)
        if (strcmp(out[i].address, named.address) == 0)
            return;
    if (*count < BOUNCE_MAX_RECIPIENTS)
        out[(*count)++] = named;
}

static void take_rank(const struct finder *finder, enum rank rank, struct bounce_named *out,
                      size_t *count)
{
    for (size_t i = 0; i < finder->count; i++)
        if (finder->found[i].rank == rank)
            add_named(out, count,
                      (struct bounce_named){ .address = finder->found[i].address,
                                             .diagnostic = diagnostic_at(finder, i, rank) });
}

/* What the notice says of an address that a header names. */
static const char *diagnostic_of(const struct finder *finder, const char *address)
{
    for (size_t i = 0; i < finder->count; i++)
        if (strcmp(finder->found[i].address, address) == 0)
            return diagnostic_at(finder, i, RANK_FIRST);
    return "";
}

/* The addresses of a To line, as it came. */
static void take_list(const struct finder *finder, struct span line, struct bounce_named *out,
                      size_t *count)
{
    for (size_t i = 0; i < line.len; i++) {
        struct span address = line.data[i] == '@' ? address_span_at(line, i) : span_of("");
        const char *text;

        if (address.len == 0)
            continue;
        text = text_lower(finder->reader->arena, address);
        add_named(
            out, count,
            (struct bounce_named){ .address = text, .diagnostic = diagnostic_of(finder, text) });
        i = (size_t)(address.data - line.data) + address.len;
    }
}

/* The To of the returned message, when it has only one. */
static void take_returned_to(const struct finder *finder, struct bounce_named *out, size_t *count)
{
    const struct mail_part *part = reader_part(finder->reader, "message/rfc822");
    struct span rest = part ? part->text : finder->reader->notice, line;

    if (!part)
        part = reader_part(finder->reader, "text/rfc822-headers");
    if (part)
        rest = part->text;
    else
        rest = span_from(rest, finder->notice.len);
    while (text_next_line(&rest, &line) && *count == 0)
        if (text_starts_nocase(line, "to:"))
            take_list(finder, span_from(line, 3), out, count);
    if (*count > 1)
        *count = 0;
}

static bool is_bare_name(struct span word)
{
    for (size_t i = 0; i < word.len; i++)
        if (!address_has_char(word.data[i]))
            return false;
    return word.len > 0 && word.len <= 64 && isalnum((unsigned char)word.data[0]);
}

/* Local names alone on their lines, below "...following recipients:": they live where the mail
 * system does that reports them. */
static void take_bare_names(const struct finder *finder, struct bounce_named *out, size_t *count)
{
    const struct reader *reader = finder->reader;
    const char *domain = strchr(reader->out->from, '@');
    struct span rest = finder->notice, line;
    bool listed = false, announced = false;

    while (domain && text_next_line(&rest, &line)) {
        struct span word = text_trim(line);

        if (word.len == 0)
            continue;
        announced =
            announced || text_find_nocase(word, "recipient") || text_find_nocase(word, "address");
        if (listed && announced && is_bare_name(word))
            add_named(out, count,
                      (struct bounce_named){
                          .address = arena_printf(reader->arena, "%s%s",
                                                  text_lower(reader->arena, word), domain),
                          .diagnostic = "" });
        else
            listed = word.data[word.len - 1] == ':';
    }
}

/* "Failed recipient: x@y" or "to <x@y>": people write addresses into their sentences without either. */
static bool is_set_off(struct span notice, size_t at)
{
    if (at > 0 && notice.data[at - 1] == '<')
        return true;
    while (at > 0 && text_one_of(notice.data[at - 1], " \t\"'"))
        at--;
    return at > 0 && notice.data[at - 1] == ':';
}

bool bounce_text_blames(const struct reader *reader)
{
    struct finder *finder = arena_alloc(reader->arena, sizeof(*finder));

    finder->reader = reader;
    find_all(finder);
    for (size_t i = 0; i < finder->count; i++) {
        const struct found *found = &finder->found[i];
        size_t line = line_begin(finder->notice, found->at);
        struct span before = span_make(finder->notice.data + line, found->at - line);

        if (found->rank == RANK_NONE || strcmp(found->address, reader->out->from) == 0)
            continue;
        if (is_decoration(before) ||
            (found->rank >= RANK_LABEL && is_set_off(finder->notice, found->at)))
            return true;
    }
    return false;
}

size_t bounce_text_recipients(const struct reader *reader, struct bounce_named **out)
{
    struct finder *finder = arena_alloc(reader->arena, sizeof(*finder));
    const char *header = mail_header(reader->mail, "X-Failed-Recipients");
    size_t count = 0;

    finder->reader = reader;
    *out = arena_array(reader->arena, BOUNCE_MAX_RECIPIENTS, sizeof(**out));
    find_all(finder);
    take_list(finder, span_of(header), *out, &count);
    for (enum rank rank = RANK_FIRST; rank > RANK_SELF && count == 0; rank--)
        take_rank(finder, rank, *out, &count);
    if (count == 0)
        take_returned_to(finder, *out, &count);
    if (count == 0)
        take_rank(finder, RANK_SELF, *out, &count);
    if (count == 0 && reader->from_daemon)
        take_bare_names(finder, *out, &count);
    return count;
}
