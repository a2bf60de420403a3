// A table someone uploads, as CSV or XLSX, for import.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace anlan {

// Every row has exactly columns.size() cells. Column names are unique, trimmed, and written with half-width
// punctuation, letters and digits ("编号（６位）" reads as "编号(6位)"). Cells are unchanged.
struct Table {
  std::vector<std::string> columns;
  std::vector<std::vector<std::string>> rows;
  std::vector<int> row_lines;  // line in the CSV file, or row in the sheet; 1-based, one per row
};

inline constexpr size_t kTableCellsMax = 20'000'000;
inline constexpr size_t kTableBytesMax = size_t{512} << 20;  // of all cell texts

// Reads CSV, or the first visible sheet of an XLSX, by content and not by name; the name is only for the messages.
// The first row that is not blank is the header. Blank rows are skipped. Short rows are filled with empty cells; text
// beyond the last header column is a fault. Faults: kInvalidFile with up to 100 details, each with its line;
// kTooLarge. All or nothing.
Result<Table> read_table(std::string_view bytes, std::string_view filename);

}  // namespace anlan
