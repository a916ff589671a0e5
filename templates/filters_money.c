/* templates/filters_money.c - money: an amount with its currency, as the message's language writes
 * it. Digits are moved, never reckoned with; nothing is converted. */
#include <stdio.h>

#include "core/base/text.h"
#include "templates/filters.h"
#include "templates/locale.h"
#include "templates/values.h"

#define DIGITS_MAX 18

struct currency {
    char code[4];
    uint8_t minor;    /* digits behind the point, ISO 4217 */
    const char *sign; /* NULL = the code */
};

/* ISO 4217, the currencies of countries, those of two digits and no common sign last. */
static const struct currency currencies[] = {
    { "EUR", 2, "€" },   { "USD", 2, "$" },   { "GBP", 2, "£" },   { "JPY", 0, "¥" },
    { "INR", 2, "₹" },   { "CNY", 2, "CN¥" }, { "KRW", 0, "₩" },   { "ILS", 2, "₪" },
    { "VND", 0, "₫" },   { "PHP", 2, "₱" },   { "BRL", 2, "R$" },  { "CAD", 2, "CA$" },
    { "AUD", 2, "A$" },  { "NZD", 2, "NZ$" }, { "MXN", 2, "MX$" }, { "HKD", 2, "HK$" },
    { "TWD", 2, "NT$" }, { "BIF", 0, NULL },  { "CLP", 0, NULL },  { "DJF", 0, NULL },
    { "GNF", 0, NULL },  { "ISK", 0, NULL },  { "KMF", 0, NULL },  { "PYG", 0, NULL },
    { "RWF", 0, NULL },  { "UGX", 0, NULL },  { "VUV", 0, NULL },  { "XAF", 0, NULL },
    { "XOF", 0, NULL },  { "XPF", 0, NULL },  { "BHD", 3, NULL },  { "IQD", 3, NULL },
    { "JOD", 3, NULL },  { "KWD", 3, NULL },  { "LYD", 3, NULL },  { "OMR", 3, NULL },
    { "TND", 3, NULL },
};

static const char two_digits[] =
    "AED AFN ALL AMD AOA ARS AWG AZN BAM BBD BDT BGN BMD BND BOB BSD BTN BWP BYN BZD CDF CHF COP "
    "CRC "
    "CUP CVE CZK DKK DOP DZD EGP ERN ETB FJD FKP GEL GHS GIP GMD GTQ GYD HNL HTG HUF IDR IRR JMD "
    "KES "
    "KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MYR MZN "
    "NAD "
    "NGN NIO NOK NPR PAB PEN PGK PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD "
    "SSP "
    "STN SVC SYP SZL THB TJS TMT TOP TRY TTD TZS UAH UYU UZS VES WST XCD YER ZAR ZMW";

static bool is_code(struct span code)
{
    for (size_t i = 0; i < code.len; i++)
        if (code.data[i] < 'A' || code.data[i] > 'Z')
            return false;
    return code.len == 3;
}

static bool find_currency(struct span code, struct currency *out)
{
    const char *at;

    if (!is_code(code))
        return false;
    for (size_t i = 0; i < COUNT_OF(currencies); i++)
        if (span_is(code, currencies[i].code)) {
            *out = currencies[i];
            return true;
        }
    at = memmem(two_digits, sizeof(two_digits) - 1, code.data, code.len);
    *out = (struct currency){ .minor = 2 };
    memcpy(out->code, code.data, code.len);
    return at != NULL && (at - two_digits) % 4 == 0;
}

struct amount {
    bool negative;
    char digits[DIGITS_MAX + 8]; /* those before the point, then `minor` behind it */
    size_t whole, count;
};

/* "-1900.505" without anything else; the digit behind the last one kept rounds it. */
static bool read_digits(struct span text, int minor, struct amount *out, bool *up)
{
    bool point = false;
    size_t behind = 0;

    *up = false;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.data[i];
        if (c == '.' && !point && i > 0) {
            point = true;
            continue;
        }
        if (!text_is_digit(c))
            return false;
        if (point && behind++ >= (size_t)minor) {
            *up = *up || (behind == (size_t)minor + 1 && c >= '5');
            continue;
        }
        if (!point && ++out->whole > DIGITS_MAX)
            return false;
        out->digits[out->count++] = c;
    }
    while (behind++ < (size_t)minor)
        out->digits[out->count++] = '0';
    return out->whole > 0;
}

static void round_up(struct amount *amount)
{
    size_t i = amount->count;

    while (i > 0 && amount->digits[i - 1] == '9')
        amount->digits[--i] = '0';
    if (i > 0) {
        amount->digits[i - 1]++;
        return;
    }
    memmove(amount->digits + 1, amount->digits, amount->count++);
    amount->digits[0] = '1';
    amount->whole++;
}

static bool read_amount(struct span text, int minor, struct amount *out)
{
    size_t zeros = 0;
    bool up;

    *out = (struct amount){ .whole = 0 };
    text = text_trim(text);
    out->negative = text.len && text.data[0] == '-';
    if (!read_digits(span_from(text, out->negative), minor, out, &up))
        return false;
    if (up)
        round_up(out);
    while (zeros + 1 < out->whole && out->digits[zeros] == '0')
        zeros++;
    memmove(out->digits, out->digits + zeros, out->count - zeros);
    out->whole -= zeros;
    out->count -= zeros;
    return true;
}

/* Spaces that keep an amount on one line are dear in a text message: they are not of GSM-7. */
static const char *space_of(const struct run *run, const char *space)
{
    return run->template->part == PART_SMS && (unsigned char)space[0] >= 0x80 ? " " : space;
}

static int add_amount(struct sink *sink, const struct locale *locale, const struct amount *amount)
{
    bool grouped = (int)amount->whole >= locale->group_from;
    const char *group = space_of(sink->run, locale->group);

    for (size_t i = 0; i < amount->count; i++) {
        const char *sign = "";
        if (i == amount->whole)
            sign = locale->decimal;
        else if (grouped && i > 0 && i < amount->whole && (amount->whole - i) % 3 == 0)
            sign = group;
        if (sink_add_span(sink, span_of(sign)) < 0 || sink_add(sink, amount->digits + i, 1) < 0)
            return -1;
    }
    return 0;
}

/* "€1,234.50", "CHF 1,234.50", "1.234,50 €" */
static int add_money(struct sink *sink, const struct locale *locale,
                     const struct currency *currency, const struct amount *amount)
{
    const char *sign = currency->sign ? currency->sign : currency->code;
    const char *space = space_of(sink->run, "\xc2\xa0");

    if (amount->negative && sink_add(sink, "-", 1) < 0)
        return -1;
    if (!locale->sign_first)
        return add_amount(sink, locale, amount) < 0 || sink_add_span(sink, span_of(space)) < 0
                   ? -1
                   : sink_add_span(sink, span_of(sign));
    if (sink_add_span(sink, span_of(sign)) < 0 ||
        (!currency->sign && sink_add_span(sink, span_of(space)) < 0))
        return -1;
    return add_amount(sink, locale, amount);
}

int filter_money(struct run *run, struct value *value, const struct value *args)
{
    const struct locale *locale = locale_find(run->context->locale);
    struct sink sink = sink_make(run, 256);
    struct currency currency;
    struct amount amount;
    struct span text, code;

    if (value->type == VALUE_NIL)
        return 0;
    if (filter_walk(run, value, &text) < 0 || filter_read(run, &args[0], &code) < 0)
        return -1;
    if (!find_currency(code, &currency))
        return run_fail(run, "'%.*s' is no currency: it takes an ISO code like EUR",
                        (int)text_cut(code, 40).len, code.data);
    if (!read_amount(text, currency.minor, &amount))
        return run_fail(run, "'%.*s' is no amount: it takes digits and a point, like 1900.50",
                        (int)text_cut(text, 40).len, text.data);
    if (add_money(&sink, locale, &currency, &amount) < 0)
        return -1;
    return filter_give(value, &sink);
}
