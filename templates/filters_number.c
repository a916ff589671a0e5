/* templates/filters_number.c - arithmetic. Whole numbers are int64 and overflow is an error; decimals
 * of up to 15 digits are reckoned exactly, so that 1000.1 minus 1000 is 0.1, others in long double. */
#include <math.h>

#include "templates/filters.h"
#include "templates/items.h"
#include "templates/values.h"

static int give_number(struct value *value, struct number n)
{
    *value = n.whole ? value_int(n.integer) : value_double((double)n.real);
    return 0;
}

static long double real_of(struct number n)
{
    return n.whole ? (long double)n.integer : n.real;
}

static int too_large(struct run *run)
{
    return run_fail(run, "the number is too large");
}

/* ---- decimals as whole numbers of some 10^-places: 1000.1 minus 1000 is 0.1 ---- */

__extension__ typedef __int128 wide;

struct exact {
    wide a, b;
    int places;
};

static wide scale_up(wide n, int places)
{
    for (; places > 0; places--)
        n *= 10;
    return n;
}

static bool exact_of(struct number *n)
{
    if (n->whole) {
        n->exact = n->integer > -1000000000000000 && n->integer < 1000000000000000;
        n->scaled = n->integer;
        n->places = 0;
    }
    return n->exact;
}

/* Both with as many places, if both are short enough. */
static bool exact_pair(struct number a, struct number b, struct exact *out)
{
    if (!exact_of(&a) || !exact_of(&b))
        return false;
    out->places = a.places > b.places ? a.places : b.places;
    out->a = scale_up(a.scaled, out->places - a.places);
    out->b = scale_up(b.scaled, out->places - b.places);
    return true;
}

/* A number that doubles hold exactly gives the double nearest to the quotient. */
static struct number exact_number(wide n, int places)
{
    wide scale = scale_up(1, places);

    if (n > -((wide)1 << 53) && n < (wide)1 << 53)
        return (struct number){ .real = (double)n / (double)scale };
    return (struct number){ .real = (long double)n / (long double)scale };
}

/* Whole numbers beyond 64 bits are not reckoned with. */
static bool is_large(const struct value *value, const struct value *args)
{
    return value->type == VALUE_LARGE || args[0].type == VALUE_LARGE;
}

int filter_plus(struct run *run, struct value *value, const struct value *args)
{
    struct number a = value_number(run, value), b = value_number(run, &args[0]),
                  c = { .whole = true };
    struct exact exact;

    if (is_large(value, args))
        return too_large(run);
    if (!a.whole || !b.whole)
        c = exact_pair(a, b, &exact) ? exact_number(exact.a + exact.b, exact.places)
                                     : (struct number){ .real = real_of(a) + real_of(b) };
    else if (__builtin_add_overflow(a.integer, b.integer, &c.integer))
        return too_large(run);
    return give_number(value, c);
}

int filter_minus(struct run *run, struct value *value, const struct value *args)
{
    struct number a = value_number(run, value), b = value_number(run, &args[0]),
                  c = { .whole = true };
    struct exact exact;

    if (is_large(value, args))
        return too_large(run);
    if (!a.whole || !b.whole)
        c = exact_pair(a, b, &exact) ? exact_number(exact.a - exact.b, exact.places)
                                     : (struct number){ .real = real_of(a) - real_of(b) };
    else if (__builtin_sub_overflow(a.integer, b.integer, &c.integer))
        return too_large(run);
    return give_number(value, c);
}

int filter_times(struct run *run, struct value *value, const struct value *args)
{
    struct number a = value_number(run, value), b = value_number(run, &args[0]),
                  c = { .whole = true };

    if (is_large(value, args))
        return too_large(run);
    if (!a.whole || !b.whole)
        c = exact_of(&a) && exact_of(&b) && a.scaled != 0 && b.scaled != 0 /* 0 * -1.5 is -0.0 */
                ? exact_number((wide)a.scaled * b.scaled, a.places + b.places)
                : (struct number){ .real = real_of(a) * real_of(b) };
    else if (__builtin_mul_overflow(a.integer, b.integer, &c.integer))
        return too_large(run);
    return give_number(value, c);
}

static bool is_zero(struct number n)
{
    return n.whole ? n.integer == 0 : fpclassify(n.real) == FP_ZERO;
}

/* Whole numbers round down, as in Ruby: -7 / 2 = -4, -7 % 2 = 1. */
static void floor_divide(int64_t a, int64_t b, int64_t *quotient, int64_t *rest)
{
    *quotient = a / b;
    *rest = a % b;
    if (*rest != 0 && (*rest < 0) != (b < 0)) {
        (*quotient)--;
        *rest += b;
    }
}

static int divide(struct run *run, struct value *value, const struct value *args, bool modulo)
{
    struct number a = value_number(run, value), b = value_number(run, &args[0]);
    int64_t quotient, rest;
    struct exact exact;
    long double real;
    wide rest_of;

    if (is_large(value, args))
        return too_large(run);
    /* the reference gives Infinity for a quotient of decimals: nothing to put into a message */
    if (is_zero(b) && (modulo || !run->template->lax || (a.whole && b.whole)))
        return run_fail(run, "divided by 0");
    if (a.whole && b.whole) {
        if (a.integer == INT64_MIN && b.integer == -1)
            return modulo ? give_number(value, (struct number){ .whole = true }) : too_large(run);
        floor_divide(a.integer, b.integer, &quotient, &rest);
        return give_number(value,
                           (struct number){ .whole = true, .integer = modulo ? rest : quotient });
    }
    if (modulo && exact_pair(a, b, &exact)) {
        rest_of = exact.a % exact.b;
        if (rest_of != 0 && (rest_of < 0) != (exact.b < 0))
            rest_of += exact.b;
        return give_number(value, exact_number(rest_of, exact.places));
    }
    real = real_of(a) / real_of(b);
    if (modulo)
        real = real_of(a) - floorl(real) * real_of(b);
    return give_number(value, (struct number){ .real = real });
}

int filter_divided_by(struct run *run, struct value *value, const struct value *args)
{
    return divide(run, value, args, false);
}

int filter_modulo(struct run *run, struct value *value, const struct value *args)
{
    return divide(run, value, args, true);
}

static int large_abs(struct run *run, struct value *value)
{
    struct span digits;

    if (value_text_of(run, value, &digits) < 0)
        return -1;
    if (digits.len && digits.data[0] == '-')
        digits = span_from(digits, 1);
    *value = (struct value){ .type = VALUE_LARGE, .text = digits };
    return 0;
}

int filter_abs(struct run *run, struct value *value, const struct value *args)
{
    struct number n = value_number(run, value);

    (void)args;
    if (value->type == VALUE_LARGE || (n.whole && n.integer == INT64_MIN))
        return large_abs(run, value);
    n.integer = n.integer < 0 ? -n.integer : n.integer;
    n.real = fabsl(n.real);
    return give_number(value, n);
}

/* ---- rounding ---- */

static int give_whole(struct run *run, struct value *value, long double real)
{
    if (!(real > -9.2e18L && real < 9.2e18L))
        return too_large(run);
    *value = value_int((int64_t)real);
    return 0;
}

int filter_ceil(struct run *run, struct value *value, const struct value *args)
{
    struct number n = value_number(run, value);

    (void)args;
    return n.whole ? give_number(value, n) : give_whole(run, value, ceill(n.real));
}

int filter_floor(struct run *run, struct value *value, const struct value *args)
{
    struct number n = value_number(run, value);

    (void)args;
    return n.whole ? give_number(value, n) : give_whole(run, value, floorl(n.real));
}

/* Halves go away from zero. The places asked for are fewer than the number has. */
static struct number round_exact(struct number n, int places)
{
    wide unit = scale_up(1, n.places - places), half = n.scaled < 0 ? -unit / 2 : unit / 2;
    wide rounded = (n.scaled + half) / unit;

    if (places > 0)
        return exact_number(rounded, places);
    return (struct number){ .whole = true, .integer = (int64_t)scale_up(rounded, -places) };
}

int filter_round(struct run *run, struct value *value, const struct value *args)
{
    struct number n = value_number(run, value), digits = value_number(run, &args[0]);
    int64_t places = number_whole(digits);
    long double scale;

    places = places > 30 ? 30 : places < -28 ? -28 : places;
    if (n.whole && places >= 0)
        return give_number(value, n);
    if (exact_of(&n) && places < n.places)
        return give_number(value, round_exact(n, (int)places));
    if (places > 0) {
        scale = powl(10, (long double)places);
        return give_number(value, (struct number){ .real = roundl(n.real * scale) / scale });
    }
    scale = powl(10, (long double)-places);
    return give_whole(run, value, roundl(real_of(n) / scale) * scale);
}

/* ---- bounds ---- */

static int bound(struct run *run, struct value *value, const struct value *args, bool at_least)
{
    struct number n = value_number(run, value), limit = value_number(run, &args[0]);
    bool beyond = at_least ? real_of(limit) > real_of(n) : real_of(limit) < real_of(n);

    return give_number(value, beyond ? limit : n);
}

int filter_at_least(struct run *run, struct value *value, const struct value *args)
{
    return bound(run, value, args, true);
}

int filter_at_most(struct run *run, struct value *value, const struct value *args)
{
    return bound(run, value, args, false);
}

/* ---- sum ---- */

static int add_to(struct run *run, struct value *total, const struct value *v,
                  const struct value *property, int depth)
{
    struct value one = *v;

    if (depth > DATA_DEPTH_MAX)
        return run_stop(run, "data is nested deeper than %d", DATA_DEPTH_MAX);
    if (run_charge(run, FUEL_BYTES / 4) < 0)
        return -1;
    for (size_t i = 0; v->type == VALUE_LIST && i < v->list.count; i++)
        if (add_to(run, total, &v->list.items[i], property, depth + 1) < 0)
            return -1;
    if (v->type == VALUE_LIST)
        return 0;
    if (!value_is_nil(property)) {
        if (v->type != VALUE_MAP)
            return items_refuse(run, property);
        if (value_member(run, v, property, false, &one) < 0)
            return -1;
    }
    return filter_plus(run, total, &one);
}

int filter_sum(struct run *run, struct value *value, const struct value *args)
{
    struct value total = value_int(0), item;
    size_t count = value->type == VALUE_RANGE ? value_count(value) : 0;

    if (count > LIST_MAX)
        return run_stop(run, "a range of more than %zu numbers", LIST_MAX);
    for (size_t i = 0; i < count; i++)
        if (value_at(run, value, i, &item) < 0 || add_to(run, &total, &item, &args[0], 0) < 0)
            return -1;
    if (value->type != VALUE_RANGE && value->type != VALUE_NIL &&
        add_to(run, &total, value, &args[0], 0) < 0)
        return -1;
    *value = total;
    return 0;
}
