// What the number in a spreadsheet cell means, by its number format (ECMA-376 part 1, §18.8.30 and §18.17.4).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace anlan {

struct NumberFormat {
  bool is_date = false;
  int zero_padding = 0;  // digits to show at least; from formats such as "000000"
};

NumberFormat number_format(std::string_view code);
NumberFormat builtin_number_format(int id);

// ISO text of a serial day number; nothing when it is outside 1900-01-01..9999-12-31 (rounded to the second).
std::optional<std::string> date_text(double serial, bool epoch_1904);

// "13912345678", "0.1"; whole numbers in full, others with at most 15 significant digits.
std::string number_text(double value, int zero_padding);

}  // namespace anlan
