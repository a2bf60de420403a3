// Delimited text for the tests of this module: no quotes, no escapes, header first.
#pragma once

#include <cctype>
#include <cstdlib>
#include <fstream>
#include <map>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

namespace anlan {

struct TestTable {
  std::map<std::string, size_t> columns;  // names in lower case
  std::vector<std::vector<std::string>> rows;

  const std::string& text(size_t row, const std::string& column) const { return rows.at(row).at(columns.at(column)); }
  double number(size_t row, const std::string& column) const { return std::atof(text(row, column).c_str()); }
};

inline std::vector<std::string> split_line(std::string line, char separator) {
  if (!line.empty() && line.back() == '\r') line.pop_back();
  std::vector<std::string> cells;
  std::istringstream in(line);
  for (std::string cell; std::getline(in, cell, separator);) cells.push_back(cell);
  return cells;
}

// Nothing when the file is absent.
inline std::optional<TestTable> read_test_table(const std::string& path, char separator = ',') {
  std::ifstream in(path);
  std::string line;
  if (!std::getline(in, line)) return std::nullopt;
  TestTable table;
  for (std::string& name : split_line(line, separator)) {
    for (char& c : name) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    const size_t column = table.columns.size();
    table.columns[name] = column;
  }
  while (std::getline(in, line)) table.rows.push_back(split_line(line, separator));
  return table;
}

}  // namespace anlan
