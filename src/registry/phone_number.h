// Telephone numbers of mainland China, kept as digits only: a mobile number has 11 digits beginning 13 to 19, a landline
// its area code (010, 02x, 0xxx) and 7 or 8 digits. (电信网编号计划, 2017 edition.)
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.h"

namespace anlan {

// Drops spaces, dashes, dots, brackets and the country code (+86, 0086), reads full-width digits. Anything else is
// kInvalidField on `phone` with a reason in Chinese (param "why") and in English (details[0].en).
Result<std::string> normalise_phone(std::string_view typed);

// A normalised number as an integer that keeps its leading zero; 0 for "".
uint64_t pack_phone(std::string_view digits);
std::string unpack_phone(uint64_t packed);

// "138****5678", "0930***4567": enough to recognise a number one knows.
std::string mask_phone(std::string_view digits);

}  // namespace anlan
