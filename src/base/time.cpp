#include "base/time.h"

#include <fmt/format.h>

namespace anlan {
namespace {

// Days since 1970-01-01 of a proleptic Gregorian date (Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms").
int64_t days_from_civil(int64_t y, unsigned m, unsigned d) {
  y -= m <= 2;
  const int64_t era = (y >= 0 ? y : y - 399) / 400;
  const unsigned yoe = static_cast<unsigned>(y - era * 400);
  const unsigned doy = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
  const unsigned doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
  return era * 146097 + static_cast<int64_t>(doe) - 719468;
}

void civil_from_days(int64_t z, int& y, int& m, int& d) {
  z += 719468;
  const int64_t era = (z >= 0 ? z : z - 146096) / 146097;
  const unsigned doe = static_cast<unsigned>(z - era * 146097);
  const unsigned yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
  const unsigned doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
  const unsigned mp = (5 * doy + 2) / 153;
  d = static_cast<int>(doy - (153 * mp + 2) / 5 + 1);
  m = static_cast<int>(mp < 10 ? mp + 3 : mp - 9);
  y = static_cast<int>(static_cast<int64_t>(yoe) + era * 400 + (m <= 2));
}

bool digits(std::string_view text, size_t at, size_t n, int& out) {
  if (at + n > text.size()) return false;
  out = 0;
  for (size_t i = at; i < at + n; ++i) {
    if (text[i] < '0' || text[i] > '9') return false;
    out = out * 10 + (text[i] - '0');
  }
  return true;
}

int days_in_month(int year, int month) {
  constexpr int kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  return month == 2 && leap ? 29 : kDays[month - 1];
}

}  // namespace

CivilTime to_civil(UtcTime time, int offset_minutes) {
  int64_t s = (time.ms >= 0 ? time.ms : time.ms - 999) / 1000 + offset_minutes * 60LL;
  int64_t days = s / 86400;
  int64_t rest = s % 86400;
  if (rest < 0) {
    rest += 86400;
    --days;
  }
  CivilTime c{};
  civil_from_days(days, c.year, c.month, c.day);
  c.hour = static_cast<int>(rest / 3600);
  c.minute = static_cast<int>(rest % 3600 / 60);
  c.second = static_cast<int>(rest % 60);
  c.weekday = static_cast<int>(((days + 4) % 7 + 7) % 7);
  return c;
}

UtcTime from_civil(const CivilTime& c, int offset_minutes) {
  const int64_t days = days_from_civil(c.year, static_cast<unsigned>(c.month), static_cast<unsigned>(c.day));
  return {((days * 24 + c.hour) * 60 + c.minute - offset_minutes) * 60'000 + c.second * 1000LL};
}

std::string to_iso8601(UtcTime time, int offset_minutes) {
  const auto c = to_civil(time, offset_minutes);
  const int a = offset_minutes < 0 ? -offset_minutes : offset_minutes;
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}{}{:02}:{:02}", c.year, c.month, c.day, c.hour, c.minute,
                     c.second, offset_minutes < 0 ? '-' : '+', a / 60, a % 60);
}

std::optional<UtcTime> parse_iso8601(std::string_view t) {
  CivilTime c{};
  if (!digits(t, 0, 4, c.year) || t.size() < 19 || t[4] != '-' || !digits(t, 5, 2, c.month) || t[7] != '-' ||
      !digits(t, 8, 2, c.day) || (t[10] != 'T' && t[10] != ' ') || !digits(t, 11, 2, c.hour) || t[13] != ':' ||
      !digits(t, 14, 2, c.minute) || t[16] != ':' || !digits(t, 17, 2, c.second))
    return std::nullopt;
  if (c.year < 1900 || c.year > 2200 || c.month < 1 || c.month > 12 || c.day < 1 ||
      c.day > days_in_month(c.year, c.month) || c.hour > 23 || c.minute > 59 || c.second > 60)
    return std::nullopt;
  size_t at = 19;
  int64_t fraction_ms = 0;
  if (at < t.size() && t[at] == '.') {
    int64_t scale = 100;
    size_t start = ++at;
    for (; at < t.size() && t[at] >= '0' && t[at] <= '9'; ++at, scale /= 10) fraction_ms += (t[at] - '0') * scale;
    if (at == start) return std::nullopt;
  }
  int offset = 0;
  if (at < t.size() && t[at] == 'Z' && at + 1 == t.size()) {
    offset = 0;
  } else if (at + 6 == t.size() && (t[at] == '+' || t[at] == '-') && t[at + 3] == ':') {
    int h, m;
    if (!digits(t, at + 1, 2, h) || !digits(t, at + 4, 2, m) || h > 14 || m > 59) return std::nullopt;
    offset = (h * 60 + m) * (t[at] == '-' ? -1 : 1);
  } else {
    return std::nullopt;
  }
  return from_civil(c, offset) + milliseconds(fraction_ms);
}

std::string to_chinese(UtcTime time, int offset_minutes) {
  const auto c = to_civil(time, offset_minutes);
  return fmt::format("{}月{}日 {:02}:{:02}", c.month, c.day, c.hour, c.minute);
}

}  // namespace anlan
