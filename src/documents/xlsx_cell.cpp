#include "documents/xlsx_cell.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "base/time.h"

namespace anlan {

NumberFormat number_format(std::string_view code) {
  code = code.substr(0, code.find(';'));
  NumberFormat format;
  bool only_zeros = !code.empty();
  for (size_t i = 0; i < code.size() && !format.is_date; ++i) {
    const char c = code[i];
    only_zeros = only_zeros && c == '0';
    if (c == '"') {
      i = std::min(code.find('"', i + 1), code.size());
    } else if (c == '\\' || c == '_' || c == '*') {
      ++i;  // the next character stands for itself
    } else if (c == '[') {
      const size_t close = std::min(code.find(']', i), code.size());
      const auto inside = code.substr(i + 1, close - i - 1);
      const bool elapsed = !inside.empty() && inside.find_first_not_of("hHmMsS") == std::string_view::npos;
      format.is_date = elapsed;
      i = close;
    } else if (std::string_view("yYmMdDhHsS").find(c) != std::string_view::npos) {
      format.is_date = true;
    }
  }
  if (only_zeros && !format.is_date && code.size() > 1 && code.size() <= 20)
    format.zero_padding = static_cast<int>(code.size());
  return format;
}

NumberFormat builtin_number_format(int id) {
  // 27..36 and 50..58 are the dates of Chinese, Japanese and Korean editions.
  const bool date = (id >= 14 && id <= 22) || (id >= 27 && id <= 36) || (id >= 45 && id <= 47) || (id >= 50 && id <= 58);
  return {date, 0};
}

std::optional<std::string> date_text(double serial, bool epoch_1904) {
  if (!(serial >= 0) || serial >= 2958466) return {};
  auto whole_seconds = static_cast<int64_t>(std::llround(serial * 86400));
  const int64_t of_day = whole_seconds % 86400;
  int64_t day = whole_seconds / 86400;
  const auto clock = fmt::format("{:02}:{:02}:{:02}", of_day / 3600, of_day / 60 % 60, of_day % 60);
  if (epoch_1904) {
    day += 1462;
  } else {
    if (day == 0) return clock;
    // Day 60 is 1900-02-29, which never was; days before it count from one day later.
    if (day == 60) return {};
    if (day < 60) ++day;
  }
  if (day >= 2958466) return {};
  constexpr int64_t kDaysFrom1899To1970 = 25569;
  const auto civil = to_civil(UtcTime{(day - kDaysFrom1899To1970) * 86'400'000}, 0);
  auto date = fmt::format("{:04}-{:02}-{:02}", civil.year, civil.month, civil.day);
  return of_day == 0 ? date : date + "T" + clock;
}

std::string number_text(double value, int zero_padding) {
  const double rounded = std::round(value);
  if (rounded == value && std::fabs(value) < 1e21) return fmt::format("{:0{}.0f}", value == 0 ? 0.0 : value, zero_padding);
  return fmt::format("{:.15g}", value);
}

}  // namespace anlan
