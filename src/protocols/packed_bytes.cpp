#include "protocols/packed_bytes.h"

#include <fmt/format.h>

#include "protocols/device_event.h"

namespace anlan {
namespace {

int nibble_of(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return 0;
}

bool is_date(const CivilTime& c) {
  constexpr int kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  if (c.month < 1 || c.month > 12 || c.day < 1 || c.hour < 0 || c.hour > 23 || c.minute > 59 || c.second > 59) return false;
  const bool leap = (c.year % 4 == 0 && c.year % 100 != 0) || c.year % 400 == 0;
  return c.day <= (c.month == 2 && leap ? 29 : kDays[c.month - 1]);
}

}  // namespace

void put_u8(std::string& out, unsigned value) { out += static_cast<char>(value); }
void put_u16(std::string& out, unsigned value) {
  put_u8(out, value >> 8);
  put_u8(out, value);
}
void put_u32(std::string& out, uint32_t value) {
  put_u16(out, value >> 16);
  put_u16(out, value & 0xFFFF);
}

std::string digits_of(std::string_view bytes) {
  constexpr char kDigits[] = "0123456789ABCDEF";
  std::string out;
  out.reserve(bytes.size() * 2);
  for (const char c : bytes) {
    out += kDigits[static_cast<uint8_t>(c) >> 4];
    out += kDigits[static_cast<uint8_t>(c) & 15];
  }
  return out;
}

std::string packed_digits(std::string_view digits, size_t count) {
  if (digits.size() > count * 2) digits.remove_prefix(digits.size() - count * 2);
  std::string padded(count * 2 - digits.size(), '0');
  padded += digits;
  std::string out;
  for (size_t i = 0; i < padded.size(); i += 2) out += static_cast<char>(nibble_of(padded[i]) << 4 | nibble_of(padded[i + 1]));
  return out;
}

std::optional<int64_t> bcd_number(std::string_view bytes) {
  while (bytes.size() > 9 && bytes[0] == 0) bytes.remove_prefix(1);
  if (bytes.size() > 9) return std::nullopt;
  int64_t value = 0;
  for (const char c : bytes) {
    const int high = static_cast<uint8_t>(c) >> 4, low = c & 15;
    if (high > 9 || low > 9) return std::nullopt;
    value = value * 100 + high * 10 + low;
  }
  return value;
}

std::string bcd_of(uint64_t value, size_t count) {
  std::string out(count, 0);
  for (size_t i = count; i-- > 0; value /= 100) out[i] = static_cast<char>((value % 100) / 10 << 4 | value % 10);
  return out;
}

std::optional<UtcTime> bcd_time(std::string_view bytes) {
  int part[6] = {};
  for (size_t i = 0; i < bytes.size() && i < 6; ++i) {
    const int high = static_cast<uint8_t>(bytes[i]) >> 4, low = bytes[i] & 15;
    if (high > 9 || low > 9) return std::nullopt;
    part[i] = high * 10 + low;
  }
  const CivilTime civil{2000 + part[0], part[1], part[2], part[3], part[4], part[5], 0};
  if (!is_date(civil)) return std::nullopt;
  return from_civil(civil, kDeviceOffsetMinutes);
}

std::string bcd_of_time(UtcTime time, size_t count) {
  const auto c = to_civil(time, kDeviceOffsetMinutes);
  const int part[6] = {c.year % 100, c.month, c.day, c.hour, c.minute, c.second};
  std::string out;
  for (size_t i = 0; i < count && i < 6; ++i) out += static_cast<char>(part[i] / 10 << 4 | part[i] % 10);
  return out;
}

std::optional<UtcTime> digit_time(std::string_view digits) {
  if (digits.size() != 14 && digits.size() != 17) return std::nullopt;
  for (const char c : digits)
    if (c < '0' || c > '9') return std::nullopt;
  const auto number = [&](size_t at, size_t count) {
    int n = 0;
    for (size_t i = at; i < at + count; ++i) n = n * 10 + (digits[i] - '0');
    return n;
  };
  const CivilTime civil{number(0, 4), number(4, 2), number(6, 2), number(8, 2), number(10, 2), number(12, 2), 0};
  if (civil.year < 1970 || !is_date(civil)) return std::nullopt;
  return from_civil(civil, kDeviceOffsetMinutes) + milliseconds(digits.size() == 17 ? number(14, 3) : 0);
}

std::string digits_of_time(UtcTime time, bool with_millis) {
  const auto c = to_civil(time, kDeviceOffsetMinutes);
  auto text = fmt::format("{:04}{:02}{:02}{:02}{:02}{:02}", c.year, c.month, c.day, c.hour, c.minute, c.second);
  if (with_millis) text += fmt::format("{:03}", ((time.ms % 1000) + 1000) % 1000);
  return text;
}

}  // namespace anlan
