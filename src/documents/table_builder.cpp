#include "documents/table_builder.h"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_set>

#include "documents/csv.h"
#include "documents/faults.h"

namespace anlan {
namespace {

constexpr size_t kFaultsMax = 100;

// Length of the blank at the start of s, 0 when there is none.
size_t blank_length(std::string_view s) {
  for (const std::string_view blank : {" ", "\t", "\r", "\n", "\u00A0", "\u3000", "\u200B", "\uFEFF"})
    if (s.starts_with(blank)) return blank.size();
  return 0;
}

bool is_blank(std::string_view s) {
  while (!s.empty()) {
    const size_t n = blank_length(s);
    if (n == 0) return false;
    s.remove_prefix(n);
  }
  return true;
}

bool is_blank_row(std::span<const std::string_view> cells) {
  return std::all_of(cells.begin(), cells.end(), [](std::string_view c) { return is_blank(c); });
}

// Full-width forms U+FF01..U+FF5E become ASCII, runs of blanks one space; outer blanks go.
std::string header_name(std::string_view raw) {
  std::string out;
  bool gap = false;
  while (!raw.empty()) {
    if (const size_t n = blank_length(raw)) {
      gap = !out.empty();
      raw.remove_prefix(n);
      continue;
    }
    if (gap) out += ' ';
    gap = false;
    const auto second = raw.size() >= 3 ? static_cast<unsigned char>(raw[1]) : 0u;
    if (raw[0] == '\xEF' && (second == 0xBC || second == 0xBD)) {
      const unsigned code = 0xF000u | (second & 0x3Fu) << 6 | (static_cast<unsigned char>(raw[2]) & 0x3Fu);
      if (code >= 0xFF01 && code <= 0xFF5E) {
        out += static_cast<char>(code - 0xFF01 + '!');
        raw.remove_prefix(3);
        continue;
      }
    }
    out += raw[0];
    raw.remove_prefix(1);
  }
  return out;
}

}  // namespace

std::string column_letters(size_t column) {
  std::string out;
  for (size_t n = column + 1; n > 0; n = (n - 1) / 26) out.insert(out.begin(), static_cast<char>('A' + (n - 1) % 26));
  return out;
}

Result<void> TableBuilder::set_header(int line, std::span<const std::string_view> cells) {
  while (!cells.empty() && is_blank(cells.back())) cells = cells.first(cells.size() - 1);
  std::unordered_set<std::string> seen;
  for (size_t i = 0; i < cells.size(); ++i) {
    auto name = header_name(cells[i]);
    if (name.empty())
      TRY_VOID(fault(line, i, fmt::format("{} 列没有列名", column_letters(i)),
                     fmt::format("Column {} has no name", column_letters(i))));
    else if (!seen.insert(name).second)
      TRY_VOID(fault(line, i, fmt::format("列名“{}”重复", name), fmt::format("The column name “{}” is repeated", name)));
    table_.columns.push_back(std::move(name));
  }
  if (faults_.empty()) return {};
  return std::move(*this).finish().error();
}

Result<void> TableBuilder::add(int line, std::span<const std::string_view> cells) {
  if (is_blank_row(cells)) return {};
  if (table_.columns.empty()) return set_header(line, cells);

  const size_t width = table_.columns.size();
  if (table_.rows.size() >= kTableRowsMax)
    return file_fault(line, "", "行数超过 2,000,000，请拆分后导入", "More than 2,000,000 rows; split the file");
  if ((table_.rows.size() + 1) * width > kTableCellsMax)
    return file_fault(line, "", "单元格超过 20,000,000 个，请拆分后导入", "More than 20,000,000 cells; split the file");
  for (size_t i = width; i < cells.size(); ++i)
    if (!is_blank(cells[i])) {
      TRY_VOID(fault(line, i, fmt::format("这一行有 {} 列，表头只有 {} 列", cells.size(), width),
                     fmt::format("This row has {} cells, the header only {}", cells.size(), width)));
      break;
    }
  std::vector<std::string> row(width);
  for (size_t i = 0; i < std::min(width, cells.size()); ++i) {
    row[i] = cells[i];
    bytes_ += cells[i].size();
  }
  if (bytes_ > kTableBytesMax) return Error(ErrorCode::kTooLarge, {{"what", "表格内容"}, {"limit", "512 MiB"}});
  table_.rows.push_back(std::move(row));
  table_.row_lines.push_back(line);
  return {};
}

Result<void> TableBuilder::fault(int line, size_t column, std::string zh, std::string en) {
  const auto& columns = table_.columns;
  const bool named = column < columns.size() && !columns[column].empty();
  faults_.push_back({line, named ? columns[column] : column_letters(column), std::move(zh), std::move(en)});
  if (faults_.size() < kFaultsMax) return {};
  return std::move(*this).finish().error();
}

Result<Table> TableBuilder::finish() && {
  if (!faults_.empty()) {
    auto why = faults_.size() == 1 ? faults_[0].zh : fmt::format("共 {} 处，第一处：{}", faults_.size(), faults_[0].zh);
    Error error(ErrorCode::kInvalidFile, {{"why", std::move(why)}});
    error.details = std::move(faults_);
    return error;
  }
  if (table_.columns.empty()) return file_fault(0, "", "文件是空的，没有表头", "The file is empty: there is no header");
  return std::move(table_);
}

}  // namespace anlan
