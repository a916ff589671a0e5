// core/base/module/phone.cc - heed-phone.so: numbers by libphonenumber. The only C++ file: libphonenumber has no C interface. No
// exception leaves it.
#include "core/base/module/phone.h"

#include <phonenumbers/phonenumberutil.h>

#include <cstring>
#include <string>

using i18n::phonenumbers::PhoneNumber;
using i18n::phonenumbers::PhoneNumberUtil;

namespace
{

const size_t kMaxTextBytes = 100;
const size_t kMinDigits = 7;  // as text_address_key() has it
const size_t kMaxDigits = 15; // E.164

// "de" and "DE" are Germany; anything else but two letters is no region ("ZZ").
std::string RegionOf(const char *region)
{
    std::string upper;

    if (!region || std::strlen(region) != 2)
        return "ZZ";
    for (const char *at = region; *at; at++)
        upper += *at >= 'a' && *at <= 'z' ? static_cast<char>(*at - 'a' + 'A') : *at;
    return upper;
}

// Control characters and long texts are no way to write a number.
bool IsSane(const char *text)
{
    size_t len = std::strlen(text);

    for (size_t i = 0; i < len; i++)
        if (static_cast<unsigned char>(text[i]) < 0x20 || text[i] == 0x7f)
            return false;
    return len > 0 && len <= kMaxTextBytes;
}

// A number with "+" may be shorter than its country's plan has it (numbers made up for examples);
// one without needs its area code, or it would be another number elsewhere.
bool IsPossible(const PhoneNumberUtil &util, const PhoneNumber &number, bool has_plus)
{
    auto verdict = util.IsPossibleNumberWithReason(number);

    return verdict == PhoneNumberUtil::IS_POSSIBLE ||
           (has_plus && verdict == PhoneNumberUtil::IS_POSSIBLE_LOCAL_ONLY);
}

bool Read(const char *text, const char *region, PhoneNumber *out, std::string *e164)
{
    const PhoneNumberUtil &util = *PhoneNumberUtil::GetInstance();
    bool has_plus = text[std::strspn(text, " '(")] == '+';

    if (util.Parse(text, RegionOf(region), out) != PhoneNumberUtil::NO_PARSING_ERROR ||
        !IsPossible(util, *out, has_plus))
        return false;
    util.Format(*out, PhoneNumberUtil::E164, e164);
    return e164->size() > kMinDigits && e164->size() <= kMaxDigits + 1;
}

} // namespace

static bool E164(const char *text, const char *region, char out[PHONE_TEXT_BYTES])
{
    out[0] = '\0';
    try {
        std::string e164;
        PhoneNumber number;
        if (!text || !IsSane(text) || !Read(text, region, &number, &e164))
            return false;
        std::memcpy(out, e164.c_str(), e164.size() + 1);
        return true;
    } catch (...) {
        return false;
    }
}

static bool Readable(const char *text, const char *region, char out[PHONE_READABLE_BYTES])
{
    out[0] = '\0';
    try {
        std::string e164, readable;
        PhoneNumber number, plain; // plain: without an extension
        if (!text || !IsSane(text) || !Read(text, region, &number, &e164) ||
            !Read(e164.c_str(), nullptr, &plain, &e164))
            return false;
        PhoneNumberUtil::GetInstance()->Format(plain, PhoneNumberUtil::INTERNATIONAL, &readable);
        if (readable.size() >= PHONE_READABLE_BYTES)
            return false;
        std::memcpy(out, readable.c_str(), readable.size() + 1);
        return true;
    } catch (...) {
        return false;
    }
}

static void RegionOfNumber(const char *e164, char out[4])
{
    out[0] = '\0';
    try {
        const PhoneNumberUtil &util = *PhoneNumberUtil::GetInstance();
        std::string region;
        PhoneNumber number;
        if (!e164 || !IsSane(e164) ||
            util.Parse(e164, "ZZ", &number) != PhoneNumberUtil::NO_PARSING_ERROR)
            return;
        util.GetRegionCodeForNumber(number, &region);
        if (region.size() == 2 && region != "ZZ")
            std::memcpy(out, region.c_str(), 3);
    } catch (...) {
        out[0] = '\0';
    }
}

const struct phone_module heed_phone_module = { E164, Readable, RegionOfNumber };
