/* core/replies/phone_shape.c - is a run of digit groups a phone number? By its length, its grouping, and what the words before and
 * after it say. Cards, dates, times, sums and ids have shapes of their own. */
#include <string.h>

#include "core/base/attr.h"
#include "core/base/text.h"
#include "core/replies/phone_run.h"

#define MIN_DIGITS 7
#define MAX_DIGITS 15 /* E.164 */
#define LEAD_BYTES ((size_t)80)
#define LEAD_WORDS 8

/* ---- words around ---- */

/* Words parted by blanks, lower case. */
static const char phone_words[] =
    "phone phones telephone tel mobile mob cell cellphone landline office line direct fax "
    "call calling ring dial text txt sms whatsapp signal viber reach contact hotline telefon "
    "telefonnummer handy handynummer mobil durchwahl tél téléphone portable appelez móvil "
    "teléfono celular cellulare telefono telefone telemóvel telefoon mobiel gsm";

static const char other_words[] =
    "account acct card visa mastercard maestro amex express discover credit debit order "
    "orders po invoice inv quote ref reference ticket case claim id ssn security zip "
    "postcode iban vat tax ein policy serial sku part model isbn issn ean barcode tracking "
    "shipment parcel code pin passport licence license registration registered company "
    "customer member membership contract booking reservation confirmation transaction "
    "payment version build patent flight routing sort room bank usd eur gbp chf price total "
    "rechnung bestellung kundennummer auftrag rechnungsnummer konto facture commande siret "
    "factura pedido steuernummer ustid steuer vertragsnummer bestellnummer artikelnummer "
    "aktenzeichen batch lot article item artikel tva mwst ust charge mitgliedsnummer siren rib nif "
    "cif bic swift between lat latitude longitude";

/* They only lead on from such a word to the number. */
static const char links[] =
    "number numbers num no nr nos is are was the a an my on at to me us it's its with for of "
    "ending please";

static const char counted[] =
    "users people units records rows dollars euros euro pounds eur usd gbp chf kr km miles "
    "bytes kb mb gb percent million items pieces emails leads contacts times customers "
    "employees views visitors per";

static bool is_word_byte(char c)
{
    return (text_is_alnum(c) && !text_is_digit(c)) || (unsigned char)c >= 0x80 || c == '\'';
}

static size_t word_start(struct span text, size_t end, size_t floor)
{
    while (end > floor && is_word_byte(text.data[end - 1]))
        end--;
    return end;
}

/* Does a sentence end with text[at]? Behind a short word a dot does not: "Tel. No. 1". */
static bool ends_sentence(struct span text, size_t at, size_t floor)
{
    return text_one_of(text.data[at], "\n!?;") ||
           (text.data[at] == '.' && at - word_start(text, at, floor) > 4);
}

/* The word that ends last before *at; moves *at to its start. Empty: the sentence begins here. */
static struct span word_before(struct span text, size_t *at, size_t floor)
{
    size_t end = *at, start;

    for (; end > floor && !is_word_byte(text.data[end - 1]); end--)
        if (ends_sentence(text, end - 1, floor))
            return span_of("");
    start = word_start(text, end, floor);
    *at = start;
    return span_make(text.data + start, end - start);
}

static bool is_listed(struct span word, const char *list)
{
    struct span rest = span_of(list), listed;

    while (text_next_piece(&rest, ' ', &listed))
        if (text_eq_nocase(word, listed))
            return true;
    return false;
}

static size_t capitals_before(struct span text, size_t at)
{
    size_t from = at;

    while (from > 0 && text.data[from - 1] >= 'A' && text.data[from - 1] <= 'Z')
        from--;
    return at - from;
}

/* "VAT GB 123 4567 89" */
static bool is_country_code(struct span word)
{
    return word.len == 2 && capitals_before(word, word.len) == 2;
}

/* "IBAN GB29 NWBK 6016 1331 9268 19": country, two digits, a bank of four letters (ISO 13616). */
static bool is_behind_bank(struct span text, size_t at)
{
    at -= at > 0 && text.data[at - 1] == ' ';
    if (capitals_before(text, at) != 4)
        return false;
    at -= 4;
    at -= at > 0 && text.data[at - 1] == ' ';
    return at >= 4 && text_is_digit(text.data[at - 1]) && text_is_digit(text.data[at - 2]) &&
           capitals_before(text, at - 2) == 2;
}

static enum phone_lead lead_of(struct span word)
{
    if (is_listed(word, phone_words))
        return PHONE_LEAD_PHONE;
    return is_listed(word, other_words) ? PHONE_LEAD_OTHER : PHONE_LEAD_NONE;
}

/* The nearest word that says something, if a phone's; another's only when nothing but links stand between. "No." alone
 * numbers something else. */
enum phone_lead phone_lead_before(struct span text, size_t at)
{
    size_t floor = at > LEAD_BYTES ? at - LEAD_BYTES : 0;
    bool linked = true, numbered = false;

    for (int i = 0; i < LEAD_WORDS; i++) {
        struct span word = word_before(text, &at, floor);
        enum phone_lead lead = lead_of(word);

        if (word.len == 0)
            break;
        if (lead == PHONE_LEAD_PHONE || (lead == PHONE_LEAD_OTHER && linked))
            return lead;
        numbered = numbered || (linked && (text_eq_nocase(word, span_of("no")) ||
                                           text_eq_nocase(word, span_of("nr"))));
        linked = linked && (is_listed(word, links) || is_country_code(word));
    }
    return numbered ? PHONE_LEAD_NO : PHONE_LEAD_NONE;
}

bool phone_is_counted(struct span text, size_t at)
{
    size_t end = at;

    while (end < text.len && end < at + 12 && is_word_byte(text.data[end]))
        end++;
    return end > at && is_listed(span_make(text.data + at, end - at), counted);
}

/* ---- shapes ---- */

size_t phone_run_digits(const struct phone_run *run)
{
    size_t digits = 0;

    for (size_t i = 0; i < run->count; i++)
        digits += run->groups[i].len;
    return digits;
}

static int number_of(const struct phone_run *run, size_t group)
{
    const struct digit_group *g = &run->groups[group];
    int64_t number;

    return text_to_int(span_make(run->text.data + g->at, g->len), 0, 99999, &number) ? (int)number
                                                                                     : -1;
}

static bool within(int number, int from, int to)
{
    return number >= from && number <= to;
}

/* Are the groups as long as `lens` says, a digit each? */
static bool has_shape(const struct phone_run *run, const char *lens)
{
    if (strlen(lens) != run->count)
        return false;
    for (size_t i = 0; i < run->count; i++)
        if (run->groups[i].len != (size_t)(lens[i] - '0'))
            return false;
    return true;
}

static bool joined_by(const struct phone_run *run, size_t from, size_t to, const char *signs)
{
    for (size_t i = from + 1; i < to; i++)
        if (!text_one_of(run->groups[i].joint, signs) || run->groups[i].spaced)
            return false;
    return true;
}

bool phone_run_is_date(const struct phone_run *run, size_t from, size_t to)
{
    int a, b, c;

    if (to - from != 3 || run->plus || !joined_by(run, from, to, "-./") ||
        run->groups[from + 1].joint != run->groups[from + 2].joint)
        return false;
    a = number_of(run, from);
    b = number_of(run, from + 1);
    c = number_of(run, from + 2);
    if (run->groups[from].len == 4)
        return within(a, 1900, 2099) && within(b, 1, 12) && within(c, 1, 31);
    return run->groups[from].len <= 2 && run->groups[from + 1].len <= 2 && within(a, 1, 31) &&
           within(b, 1, 31) && (a <= 12 || b <= 12) &&
           (run->groups[from + 2].len == 2 || within(c, 1900, 2099));
}

/* 20260115 */
static bool is_packed_date(const struct phone_run *run)
{
    const char *at = run->text.data + run->groups[0].at;
    int64_t year, month, day;

    return run->count == 1 && run->groups[0].len == 8 &&
           text_to_int(span_make(at, 4), 1950, 2079, &year) &&
           text_to_int(span_make(at + 4, 2), 1, 12, &month) &&
           text_to_int(span_make(at + 6, 2), 1, 31, &day);
}

static bool is_years(const struct phone_run *run)
{
    return has_shape(run, "44") && within(number_of(run, 0), 1900, 2099) &&
           within(number_of(run, 1), 1900, 2099);
}

static bool is_quarter_hour(int clock)
{
    return within(clock, 0, 2400) && clock % 100 % 15 == 0 && clock % 100 < 60;
}

/* 0900-1730, 10.30 - 11.30 */
static bool is_hours(const struct phone_run *run)
{
    const struct digit_group *g = run->groups;

    if (has_shape(run, "44"))
        return is_quarter_hour(number_of(run, 0)) && is_quarter_hour(number_of(run, 1));
    return run->count == 4 && g[1].joint == '.' && g[3].joint == '.' && g[2].joint != '.' &&
           g[1].len == 2 && g[3].len == 2 && number_of(run, 0) < 24 && number_of(run, 2) < 24 &&
           number_of(run, 1) < 60 && number_of(run, 3) < 60;
}

static bool is_card(const struct phone_run *run)
{
    return !run->plus &&
           (has_shape(run, "4444") || has_shape(run, "4443") || has_shape(run, "465"));
}

static bool is_social_number(const struct phone_run *run)
{
    return has_shape(run, "324") && joined_by(run, 0, 3, "-") && !run->groups[0].boxed;
}

/* 77.034040, 1.5: one point only; 0171.123456 is none. */
static bool is_fraction(const struct phone_run *run)
{
    return run->count == 2 && run->groups[1].joint == '.' && !run->groups[1].spaced &&
           !has_shape(run, "34") &&
           (run->groups[0].len < 3 || run->text.data[run->groups[0].at] != '0');
}

static bool is_dotted_quad(const struct phone_run *run)
{
    if (run->count != 4 || !joined_by(run, 0, 4, "."))
        return false;
    for (size_t i = 0; i < 4; i++)
        if (!within(number_of(run, i), 0, 255))
            return false;
    return true;
}

/* 1.250.000, 12 500 000: all groups but the first of three digits, and no number's beginning. */
static bool is_thousands(const struct phone_run *run)
{
    for (size_t i = 1; i < run->count; i++)
        if (run->groups[i].len != 3 || text_one_of(run->groups[i].joint, "-/"))
            return false;
    return run->count > 1 && run->groups[0].len <= 3 && run->text.data[run->groups[0].at] != '0';
}

/* Ends in nothing: 5000000, 500-1000. */
static bool is_round(const struct phone_run *run)
{
    const struct digit_group *last = &run->groups[run->count - 1];
    size_t zeros = 0;

    while (zeros < last->len && run->text.data[last->at + last->len - 1 - zeros] == '0')
        zeros++;
    return zeros >= (run->count == 1 ? 4u : 2u);
}

static bool begins_with(const struct phone_run *run, const char *digits)
{
    size_t len = strlen(digits);

    return run->groups[0].len >= len &&
           memcmp(run->text.data + run->groups[0].at, digits, len) == 0;
}

/* Digits of the number itself: without 00, 011 and "(0)". */
static size_t own_digits(const struct phone_run *run)
{
    size_t digits = phone_run_digits(run);

    digits -= begins_with(run, "00") ? 2 : begins_with(run, "011") && digits > 13 ? 3 : 0;
    for (size_t i = 1; i < run->count && i < 3; i++)
        if (run->groups[i].boxed && run->groups[i].len == 1)
            digits--;
    return digits;
}

static size_t short_groups(const struct phone_run *run, size_t len)
{
    size_t found = 0;

    for (size_t i = 0; i < run->count; i++)
        found += run->groups[i].len <= len;
    return found;
}

/* Nothing that people write looks like it but a phone number. */
static bool is_plain_phone(const struct phone_run *run)
{
    bool boxed = false;

    for (size_t i = 0; i < run->count; i++)
        boxed = boxed || (run->groups[i].boxed && run->groups[i].len >= 2);
    return run->plus || (boxed && run->count > 1) || has_shape(run, "334") ||
           has_shape(run, "1334") || (begins_with(run, "0") && phone_run_digits(run) >= 9);
}

/* 1000000, whatever the words say */
static bool is_sum(const struct phone_run *run)
{
    return run->count == 1 && is_round(run) && !begins_with(run, "0") &&
           run->text.data[run->groups[0].at + run->groups[0].len - 5] == '0';
}

/* Without a word that says so. */
static bool could_be_phone(const struct phone_run *run)
{
    if (run->count == 1)
        return !is_packed_date(run) && !is_round(run);
    if (has_shape(run, "34") || has_shape(run, "44"))
        return !is_round(run) && !is_years(run);
    return phone_run_digits(run) >= 9 && short_groups(run, 2) * 2 <= run->count &&
           !is_thousands(run) && !has_shape(run, "54");
}

static bool is_other_shape(const struct phone_run *run)
{
    return is_card(run) || is_social_number(run) || is_hours(run) || is_fraction(run) ||
           is_sum(run) || phone_run_is_date(run, 0, run->count);
}

bool phone_run_is_phone(const struct phone_run *run)
{
    size_t digits = own_digits(run);
    enum phone_lead lead;

    if (digits < MIN_DIGITS || digits > MAX_DIGITS || short_groups(run, 1) > 3)
        return false;
    if (!run->plus && is_other_shape(run))
        return false;
    lead = phone_lead_before(run->text, run->from);
    if (lead == PHONE_LEAD_OTHER || is_behind_bank(run->text, run->from))
        return run->plus;
    if (is_plain_phone(run) && !is_dotted_quad(run))
        return lead != PHONE_LEAD_NO || run->count > 1;
    if (lead == PHONE_LEAD_NO)
        return run->plus;
    return lead == PHONE_LEAD_PHONE || (could_be_phone(run) && !is_dotted_quad(run));
}
