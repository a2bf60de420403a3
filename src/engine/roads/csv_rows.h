// Rows of a CSV table (RFC 4180): quotes, CRLF or LF, a byte order mark. Nothing is copied but quoted quotes.
#pragma once

#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace anlan::roads {

class CsvRows {
 public:
  static constexpr size_t kColumnsMax = 200;

  explicit CsvRows(std::string_view text) : rest_(text) {
    if (rest_.starts_with("\xEF\xBB\xBF")) rest_.remove_prefix(3);
  }
  // The next row that is not empty; fields live until the next call. False at the end.
  bool next(std::vector<std::string_view>& fields);
  // Line where the last row begins, from 1.
  int line() const { return line_; }
  // A quote that is not closed, or too many columns: the last row is not to be used.
  bool broken() const { return broken_; }

 private:
  std::string_view take_quoted();

  std::string_view rest_;
  std::deque<std::string> unquoted_;
  int line_ = 0, next_line_ = 1;
  bool broken_ = false;
};

}  // namespace anlan::roads
