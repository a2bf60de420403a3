#include "roads/csv_rows.h"

#include <algorithm>

namespace anlan::roads {

std::string_view CsvRows::take_quoted() {
  rest_.remove_prefix(1);
  const size_t close = rest_.find('"');
  if (close == rest_.npos) {
    broken_ = true;
    const auto all = rest_;
    rest_ = {};
    return all;
  }
  std::string_view simple = rest_.substr(0, close);
  next_line_ += static_cast<int>(std::count(simple.begin(), simple.end(), '\n'));
  rest_.remove_prefix(close + 1);
  if (!rest_.starts_with('"')) return simple;
  std::string& text = unquoted_.emplace_back(simple);
  while (rest_.starts_with('"')) {
    rest_.remove_prefix(1);
    const size_t end = rest_.find('"');
    if (end == rest_.npos) {
      broken_ = true;
      rest_ = {};
      break;
    }
    text += '"';
    text += rest_.substr(0, end);
    next_line_ += static_cast<int>(std::count(rest_.begin(), rest_.begin() + static_cast<ptrdiff_t>(end), '\n'));
    rest_.remove_prefix(end + 1);
  }
  return text;
}

bool CsvRows::next(std::vector<std::string_view>& fields) {
  broken_ = false;
  unquoted_.clear();
  for (;;) {
    fields.clear();
    if (rest_.empty()) return false;
    line_ = next_line_;
    for (bool more = true; more;) {
      std::string_view field;
      if (rest_.starts_with('"')) {
        field = take_quoted();
        const size_t after = std::min(rest_.find_first_of(",\n"), rest_.size());
        if (const auto junk = rest_.substr(0, after); !junk.empty() && junk != "\r") broken_ = true;
        rest_.remove_prefix(after);
      } else {
        const size_t end = std::min(rest_.find_first_of(",\n"), rest_.size());
        field = rest_.substr(0, end);
        rest_.remove_prefix(end);
        if (field.ends_with('\r') && (rest_.empty() || rest_.front() == '\n')) field.remove_suffix(1);
      }
      while (field.starts_with(' ')) field.remove_prefix(1);
      while (field.ends_with(' ')) field.remove_suffix(1);
      if (fields.size() < kColumnsMax) fields.push_back(field);
      else broken_ = true;
      more = rest_.starts_with(',');
      if (!rest_.empty()) rest_.remove_prefix(1);
    }
    ++next_line_;
    if (broken_ || fields.size() > 1 || !fields[0].empty()) return true;
  }
}

}  // namespace anlan::roads
