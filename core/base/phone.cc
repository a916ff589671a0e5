// core/base/phone.cc - see phone.h. The only C++ file: libphonenumber has no C interface. No
// exception leaves it.
#include "core/base/phone.h"

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

bool ToE164(const char *text, const char *region, std::string *out)
{
    const PhoneNumberUtil &util = *PhoneNumberUtil::GetInstance();
    bool has_plus = text[std::strspn(text, " '(")] == '+';
    PhoneNumber number;

    if (util.Parse(text, RegionOf(region), &number) != PhoneNumberUtil::NO_PARSING_ERROR ||
        !IsPossible(util, number, has_plus))
        return false;
    util.Format(number, PhoneNumberUtil::E164, out);
    return out->size() > kMinDigits && out->size() <= kMaxDigits + 1;
}

} // namespace

extern "C" bool phone_e164(const char *text, const char *region, char out[PHONE_TEXT_BYTES])
{
    out[0] = '\0';
    try {
        std::string e164;
        if (!text || !IsSane(text) || !ToE164(text, region, &e164))
            return false;
        std::memcpy(out, e164.c_str(), e164.size() + 1);
        return true;
    } catch (...) {
        return false;
    }
}

extern "C" void phone_region(const char *e164, char out[4])
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
