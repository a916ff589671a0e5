/* core/replies/phones.c - cuts runs of digit groups out of a text, trims what is no part of a number, and asks phone_shape.c
 * whether the rest is one. Each byte is looked at a bounded number of times. */
#include "core/replies/phones.h"

#include "core/base/attr.h"
#include "core/base/text.h"
#include "core/replies/phone_run.h"

#define MAX_RUNS ((size_t)4000) /* judged in one text */
#define MAX_JOINT_POINTS 5
#define MAX_EXTENSION_DIGITS 7
#define FULL_DIGITS 10
#define MIN_LISTED_DIGITS 7 /* behind a comma without a blank: "07700900123,07700900456" */

struct joint {
    size_t to; /* where the next group begins; 0 = nothing joins */
    char sign;
    bool spaced, opens, closes, broken;
};

static char byte_at(struct span text, size_t at)
{
    return at < text.len ? text.data[at] : '\0';
}

static char byte_before(struct span text, size_t at)
{
    return at > 0 ? text.data[at - 1] : '\0';
}

static bool is_letter(char c)
{
    return text_is_alnum(c) && !text_is_digit(c);
}

/* ---- one run ---- */

/* The point at `at` as the sign it stands for: ' ', one of -./() or 0; *len its bytes. */
static char sign_at(struct span text, size_t at, size_t *len)
{
    static const struct {
        const char *bytes;
        char sign;
    } wide[] = {
        { "\xc2\xa0", ' ' },     { "\xe2\x80\xaf", ' ' }, { "\xe2\x80\x89", ' ' },
        { "\xe2\x80\x90", '-' }, { "\xe2\x80\x91", '-' }, { "\xe2\x80\x92", '-' },
        { "\xe2\x80\x93", '-' }, { "\xe2\x88\x92", '-' },
    };
    char c = byte_at(text, at);

    *len = 1;
    if (text_one_of(c, " -./()"))
        return c;
    for (size_t i = 0; i < COUNT_OF(wide) && (unsigned char)c >= 0x80; i++) {
        *len = strlen(wide[i].bytes);
        if (text.len - at >= *len && memcmp(text.data + at, wide[i].bytes, *len) == 0)
            return wide[i].sign;
    }
    return '\0';
}

/* Takes one sign into the joint; false: it cannot stand there. */
static bool take_sign(struct joint *joint, char sign, bool open)
{
    switch (sign) {
    case ' ':
        joint->spaced = true;
        return joint->sign != '.'; /* there a sentence ends */
    case '(':
        joint->broken = joint->broken || (open && !joint->closes) || joint->opens;
        joint->opens = true;
        return true;
    case ')':
        joint->broken = joint->broken || joint->closes || joint->opens;
        joint->closes = true;
        return true;
    default:
        if (joint->sign || joint->opens)
            return false;
        joint->sign = sign;
        return true;
    }
}

/* What stands between the group that ends at `at` and the next. open: a bracket is. */
static struct joint read_joint(struct span text, size_t at, bool open)
{
    struct joint joint = { 0 };
    size_t len;

    for (size_t points = 0; points < MAX_JOINT_POINTS; points++) {
        char sign = sign_at(text, at, &len);

        if (!sign || !take_sign(&joint, sign, open))
            return joint;
        at += len;
        if (!text_is_digit(byte_at(text, at)))
            continue;
        joint.to = at;
        return joint;
    }
    return joint;
}

static size_t digits_end(struct span text, size_t at)
{
    while (text_is_digit(byte_at(text, at)))
        at++;
    return at;
}

static void add_group(struct phone_run *run, size_t at, const struct joint *joint, bool boxed)
{
    size_t end = digits_end(run->text, at);

    if (run->count == PHONE_RUN_GROUPS)
        run->broken = true;
    else
        run->groups[run->count++] = (struct digit_group){
            .at = at, .len = end - at, .joint = joint->sign, .spaced = joint->spaced, .boxed = boxed
        };
    run->to = end;
}

/* A bracket that closes behind the last group belongs to the number. */
static void close_bracket(struct phone_run *run, bool open)
{
    if (open && byte_at(run->text, run->to) == ')')
        run->to++;
}

/* The longest run from `from` on: "(+31) (12)-3456789". false: no digit follows. */
static bool read_run(struct span text, size_t from, struct phone_run *run)
{
    struct joint joint = { 0 };
    size_t at = from;
    bool open = false;

    *run = (struct phone_run){ .text = text, .from = from };
    for (; at < from + 2 && text_one_of(byte_at(text, at), "(+"); at++) {
        open = open || text.data[at] == '(';
        run->plus = run->plus || text.data[at] == '+';
    }
    if (!text_is_digit(byte_at(text, at)))
        return false;
    add_group(run, at, &joint, open);
    for (;;) {
        joint = read_joint(text, run->to, open);
        if (joint.to == 0 || (joint.closes && !open && run->count > 1))
            break;
        run->broken = run->broken || joint.broken;
        open = joint.opens || (open && !joint.closes);
        add_group(run, joint.to, &joint, open);
    }
    close_bracket(run, open);
    return true;
}

/* ---- its ends ---- */

static bool is_currency_before(struct span text, size_t at)
{
    static const char *const signs[] = { "$", "\xc2\xa3", "\xe2\x82\xac", "\xc2\xa5",
                                         "\xe2\x82\xb9" };

    while (byte_before(text, at) == ' ')
        at--;
    for (size_t i = 0; i < COUNT_OF(signs); i++) {
        size_t len = strlen(signs[i]);

        if (at >= len && memcmp(text.data + at - len, signs[i], len) == 0)
            return true;
    }
    return false;
}

/* "OFFICE-1 (516)" begins a number, "E-151673398" and "T005-2333" go on an id. */
static bool begins_after_dash(struct span text, size_t dash)
{
    size_t at = dash;

    while (is_letter(byte_before(text, at)))
        at--;
    return dash - at != 1 && !text_is_digit(byte_before(text, at));
}

/* May a number begin here? */
static bool begins_well(const struct phone_run *run)
{
    char before = byte_before(run->text, run->from), first = run->text.data[run->from];
    char further = run->from > 1 ? run->text.data[run->from - 2] : '\0';

    if (is_currency_before(run->text, run->from))
        return false;
    if (text_one_of(before, "/,") && text_is_digit(further))
        return first == '+' || run->groups[0].len >= MIN_LISTED_DIGITS;
    if (text_is_digit(before) || text_one_of(before, "#=*+/_&%^~\\)"))
        return false;
    if (is_letter(before))
        return first == '(' || first == '+';
    if (before == '-')
        return begins_after_dash(run->text, run->from - 1) &&
               (run->count > 1 || (further && further != ' '));
    if (text_one_of(before, ".,:"))
        return !text_is_digit(further);
    return true;
}

/* May a number end here? */
static bool ends_well(struct span text, size_t at)
{
    static const char *const signs[] = { "\xc2\xa3", "\xe2\x82\xac", "\xc2\xa5", "\xc2\xb0" };
    char after = byte_at(text, at), further = byte_at(text, at + 1);

    if (text_is_alnum(after) || text_one_of(after, "%=*+^$_"))
        return false;
    if (text_one_of(after, ":,") && text_is_digit(further))
        return after == ',' && digits_end(text, at + 1) - at > MIN_LISTED_DIGITS;
    if (text_one_of(after, ".@-/\\"))
        return !is_letter(further);
    at += after == ' ';
    for (size_t i = 0; i < COUNT_OF(signs); i++)
        if (text_starts_nocase(span_from(text, at), signs[i]))
            return false;
    return !phone_is_counted(text, at);
}

/* "x123", " ext. 12": its end, or `at` when there is none. */
static size_t extension_end(struct span text, size_t at)
{
    static const char *const marks[] = { "extension", "durchwahl", "poste", "ext", "x" };
    size_t start = at, digits;

    while (start < at + 2 && text_one_of(byte_at(text, start), " ,"))
        start++;
    for (size_t i = 0; i < COUNT_OF(marks); i++) {
        if (!text_starts_nocase(span_from(text, start), marks[i]))
            continue;
        digits = start + strlen(marks[i]);
        for (size_t n = 0; n < 2 && text_one_of(byte_at(text, digits), ".: "); n++)
            digits++;
        start = digits_end(text, digits);
        return start > digits && start - digits <= MAX_EXTENSION_DIGITS ? start : at;
    }
    return at;
}

/* ---- trimming ---- */

/* The first group of the piece between blanks that ends before group `to`. */
static size_t piece_start(const struct phone_run *run, size_t to)
{
    size_t at = to - 1;

    while (at > 0 && !run->groups[at].spaced)
        at--;
    return at;
}

static void cut_tail(struct phone_run *run, size_t count)
{
    const struct digit_group *last = &run->groups[count - 1];

    run->count = count;
    run->to = last->at + last->len;
    close_bracket(run, last->boxed);
}

static void cut_head(struct phone_run *run, size_t groups)
{
    run->count -= groups;
    memmove(run->groups, run->groups + groups, run->count * sizeof(run->groups[0]));
    run->from = run->groups[0].at - (run->groups[0].boxed ? 1 : 0);
    run->plus = false;
}

/* The "2" of "call 07700900123 2 or 3 times": a number as long as the first needs no more; "030 23125 12" does. */
static bool is_stray(const struct phone_run *run, size_t start)
{
    return start > 0 && start < run->count && start + 1 == run->count &&
           run->groups[start].len <= 2 && run->groups[start - 1].len >= 5 &&
           phone_run_digits(run) >= FULL_DIGITS + run->groups[start].len;
}

/* Takes off what only stands near a number: a date, the hour of "3pm" or "12:30". false: nothing is left. */
static bool trim_tail(struct phone_run *run)
{
    size_t extended = extension_end(run->text, run->to);

    if (extended > run->to) {
        run->to = extended;
        return true;
    }
    for (;;) {
        size_t start = piece_start(run, run->count);

        if (ends_well(run->text, run->to) && !is_stray(run, start) &&
            !phone_run_is_date(run, start, run->count))
            return true;
        if (start == 0)
            return false;
        cut_tail(run, start);
    }
}

/* The same at the front: "04/21/2020 (914) 349-8600", "24/7 07700 900123". */
static void trim_head(struct phone_run *run)
{
    size_t next = 1, digits;

    if (run->plus || run->count < 2)
        return;
    for (digits = run->groups[0].len; next < run->count && !run->groups[next].spaced; next++)
        digits += run->groups[next].len;
    if (next == run->count)
        return;
    if (phone_run_is_date(run, 0, next) ||
        (digits <= 3 && !run->groups[0].boxed && run->text.data[run->groups[0].at] != '0' &&
         run->text.data[run->groups[next].at] == '0' && phone_run_digits(run) - digits >= 10))
        cut_head(run, next);
}

/* Where a second number begins in the run; run->count when there is none. */
static size_t second_number(const struct phone_run *run)
{
    size_t before = 0, all = phone_run_digits(run);

    for (size_t i = 0; i < run->count; i++) {
        const struct digit_group *group = &run->groups[i];
        bool parts = group->joint == '/' || (group->boxed && !run->groups[i - (i > 0)].boxed);

        if (before >= 7 && all - before >= 7 && parts)
            return i;
        before += group->len;
    }
    return run->count;
}

/* ---- all of them ---- */

struct finder {
    struct found_phone *found;
    size_t count;
    size_t again; /* where the second number of a run begins */
};

/* Leaves the first of two numbers in the run. */
static void split_run(struct finder *finder, struct phone_run *run)
{
    size_t second = second_number(run);

    if (second == run->count)
        return;
    finder->again = run->groups[second].at - (run->groups[second].boxed ? 1 : 0);
    cut_tail(run, second);
}

/* Where to look on. */
static size_t judge(struct finder *finder, struct phone_run *run)
{
    size_t next = run->to;

    if ((run->from != finder->again && !begins_well(run)) || run->broken || !trim_tail(run))
        return next;
    trim_head(run);
    split_run(finder, run);
    if (phone_run_is_phone(run)) {
        finder->found[finder->count++].words =
            span_make(run->text.data + run->from, run->to - run->from);
        if (run->to > next) /* with its extension */
            next = run->to;
    }
    return finder->again > run->from ? finder->again : next;
}

static bool may_begin(char c)
{
    return text_is_digit(c) || c == '+' || c == '(';
}

size_t phones_find(struct span text, struct arena *arena, struct found_phone **out)
{
    struct finder finder = { .found = arena_array(arena, PHONES_MAX, sizeof(*finder.found)) };
    struct phone_run run;
    size_t runs = 0;

    for (size_t at = 0; at < text.len && runs < MAX_RUNS && finder.count < PHONES_MAX;) {
        if (!may_begin(text.data[at]) || !read_run(text, at, &run)) {
            at++;
            continue;
        }
        at = judge(&finder, &run);
        runs++;
    }
    *out = finder.found;
    return finder.count;
}
