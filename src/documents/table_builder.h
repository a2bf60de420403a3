// Checks rows as they are read and collects them, with every fault and its line, into a Table.
#pragma once

#include <span>
#include <string_view>

#include "documents/table_file.h"

namespace anlan {

class TableBuilder {
 public:
  // The first row that is not blank becomes the header. An error ends the reading: the header is wrong, a bound is
  // exceeded, or there are 100 faults.
  Result<void> add(int line, std::span<const std::string_view> cells);
  // Notes a fault found by the reader itself; column is 0-based.
  Result<void> fault(int line, size_t column, std::string zh, std::string en);
  Result<Table> finish() &&;

 private:
  Result<void> set_header(int line, std::span<const std::string_view> cells);

  Table table_;
  std::vector<ErrorDetail> faults_;
  size_t bytes_ = 0;
};

// "A", "B", …, "Z", "AA": the letters a spreadsheet shows for a 0-based column.
std::string column_letters(size_t column);

}  // namespace anlan
