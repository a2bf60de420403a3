// Numbers as devices pack them: big-endian integers, binary coded decimals, and times of two digits per byte.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"

namespace anlan {

inline uint8_t byte_at(std::string_view bytes, size_t at) { return static_cast<uint8_t>(bytes[at]); }
// The caller has checked that the bytes are there.
inline uint16_t u16_at(std::string_view b, size_t at) { return static_cast<uint16_t>(byte_at(b, at) << 8 | byte_at(b, at + 1)); }
inline uint32_t u32_at(std::string_view b, size_t at) { return uint32_t{u16_at(b, at)} << 16 | u16_at(b, at + 2); }

void put_u8(std::string& out, unsigned value);
void put_u16(std::string& out, unsigned value);
void put_u32(std::string& out, uint32_t value);

// Two upper-case digits per byte; a station code may hold letters A-F.
std::string digits_of(std::string_view bytes);
// The inverse, cut or filled with zeros on the left to `count` bytes; other characters count as zero.
std::string packed_digits(std::string_view digits, size_t count);

// An unsigned decimal of up to 18 digits; nothing when a nibble is above nine.
std::optional<int64_t> bcd_number(std::string_view bytes);
std::string bcd_of(uint64_t value, size_t count);

// YYMMDDHHmmSS, or without seconds when five bytes are given: Beijing time of the years 2000 to 2099. Nothing when it is no date.
std::optional<UtcTime> bcd_time(std::string_view bytes);
std::string bcd_of_time(UtcTime time, size_t count);  // count 5 or 6

// Beijing time of decimal digits YYYYMMDDHHmmSS, with milliseconds when there are 17. Nothing when it is no date.
std::optional<UtcTime> digit_time(std::string_view digits);
std::string digits_of_time(UtcTime time, bool with_millis);

}  // namespace anlan
