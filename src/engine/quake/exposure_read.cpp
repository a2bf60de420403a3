#include "quake/exposure_read.h"

#include <algorithm>
#include <cstring>
#include <deque>

#include "quake/building_rows.h"

namespace anlan::quake {
namespace {

constexpr size_t kRecordMax = 64 * 1024, kRead = 1 << 20, kFieldsMax = 256;

Error bad_file(const std::string& why) { return Error(ErrorCode::kInvalidFile, {{"why", why}}); }

// Whether a quoted field goes on after this line, which may begin within one. A quote within a field that does not begin
// with one is a letter.
bool is_open(std::string_view line, bool open) {
  bool first = !open;
  for (size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    if (open) {
      if (c == '"') {
        if (i + 1 < line.size() && line[i + 1] == '"') ++i;
        else open = false;
      }
    } else if (c == ',') {
      first = true;
    } else if (c == '"' && first) {
      open = true, first = false;
    } else if (c != ' ' && c != '\t') {
      first = false;
    }
  }
  return open;
}

// Records of a CSV file one after another; a line break inside quotes does not end one.
class Records {
 public:
  explicit Records(std::istream& in) : in_(in) {}

  // False at the end. `record` is valid until the next call.
  Result<bool> next(std::string_view& record) {
    start_line_ = line_ + 1;
    size_t look = at_;
    bool quoted = false;
    while (true) {
      const char* data = buffer_.data();
      const auto* brk = static_cast<const char*>(look < buffer_.size() ? std::memchr(data + look, '\n', buffer_.size() - look) : nullptr);
      const size_t end = brk ? static_cast<size_t>(brk - data) : buffer_.size();
      const bool ends = brk || (ended_ && end > look);
      if (end - at_ > kRecordMax) return bad_file("第 " + std::to_string(start_line_) + " 行太长 / line " + std::to_string(start_line_) + " is too long");
      if (!ends) {
        if (!ended_) {
          refill(look);
          continue;
        }
        if (quoted) return bad_file("第 " + std::to_string(start_line_) + " 行的引号没有结束 / the quote of line " + std::to_string(start_line_) + " never ends");
        return false;
      }
      if (quoted || std::memchr(data + look, '"', end - look)) quoted = is_open({data + look, end - look}, quoted);
      if (brk) ++line_;
      look = brk ? end + 1 : end;
      if (quoted) continue;
      record = std::string_view(data + at_, end - at_);
      at_ = look;
      return true;
    }
  }
  uint64_t line() const { return start_line_; }

 private:
  // Keeps what is not yet given out.
  void refill(size_t& look) {
    buffer_.erase(0, at_);
    look -= at_;
    at_ = 0;
    const size_t kept = buffer_.size();
    buffer_.resize(kept + kRead);
    in_.read(buffer_.data() + kept, kRead);
    buffer_.resize(kept + static_cast<size_t>(in_.gcount()));
    if (in_.gcount() == 0) ended_ = true;
    look = std::min(look, buffer_.size());
  }

  std::istream& in_;
  std::string buffer_;
  size_t at_ = 0;
  uint64_t line_ = 0, start_line_ = 0;
  bool ended_ = false;
};

// Fields of a record; those with quotes inside are rewritten into `unquoted`. False for a quote in the wrong place.
bool split(std::string_view record, std::vector<std::string_view>& fields, std::deque<std::string>& unquoted) {
  fields.clear();
  unquoted.clear();
  while (fields.size() < kFieldsMax) {
    size_t end;
    const size_t start = record.find_first_not_of(" \t");
    if (start != std::string_view::npos && record[start] == '"') {
      std::string text;
      for (end = start + 1; end < record.size(); ++end) {
        if (record[end] != '"') text += record[end];
        else if (end + 1 < record.size() && record[end + 1] == '"') text += '"', ++end;
        else break;
      }
      if (end >= record.size()) return false;
      const size_t comma = record.find(',', end + 1);
      if (!trimmed(record.substr(end + 1, comma == std::string_view::npos ? comma : comma - end - 1)).empty()) return false;
      unquoted.push_back(std::move(text));
      fields.push_back(trimmed(unquoted.back()));
      end = comma;
    } else {
      const auto* comma = static_cast<const char*>(record.empty() ? nullptr : std::memchr(record.data(), ',', record.size()));
      end = comma ? static_cast<size_t>(comma - record.data()) : std::string_view::npos;
      fields.push_back(trimmed(record.substr(0, end)));
    }
    if (end == std::string_view::npos) return true;
    record.remove_prefix(end + 1);
  }
  return false;
}

// Of each field of a row the column it fills; -1: none.
Result<std::vector<int>> columns_of(const std::vector<std::string_view>& header) {
  std::vector<int> columns;
  std::array<bool, kColumns> seen{};
  for (const auto& name : header) {
    const auto column = column_named(name);
    columns.push_back(column ? static_cast<int>(*column) : -1);
    if (!column) continue;
    if (seen[static_cast<size_t>(*column)]) return bad_file(std::string("重复的列 ") + name_of(*column) + " / column twice: " + name_of(*column));
    seen[static_cast<size_t>(*column)] = true;
  }
  for (const Column needed : {Column::lon, Column::lat, Column::type})
    if (!seen[static_cast<size_t>(needed)])
      return bad_file(std::string("缺少列 ") + name_of(needed) + "（表头应为 UTF-8 编码）/ no column " + name_of(needed) + " (the header must be UTF-8)");
  return columns;
}

}  // namespace

Result<BuildingsRead> read_buildings_csv(std::istream& in, const BuildingRules& rules) {
  Records records(in);
  BuildingRows rows(rules);
  std::vector<std::string_view> fields;
  std::deque<std::string> unquoted;
  std::vector<int> columns;
  std::string_view record;
  while (true) {
    TRY(more, records.next(record));
    if (!more) break;
    if (columns.empty() && record.starts_with("\xEF\xBB\xBF")) record.remove_prefix(3);
    if (trimmed(record).empty()) continue;
    const bool whole = split(record, fields, unquoted);
    if (columns.empty()) {
      if (!whole) return bad_file("表头有误 / the header is not right");
      TRY(found, columns_of(fields));
      columns = std::move(found);
      continue;
    }
    if (!whole || fields.size() > columns.size()) {
      TRY_VOID(rows.refuse(records.line(), "", whole ? "列数比表头多" : "引号不对或列太多", whole ? "more fields than the header" : "a wrong quote or too many fields"));
      continue;
    }
    Cells cells{};
    for (size_t i = 0; i < fields.size(); ++i)
      if (columns[i] >= 0) cells[static_cast<size_t>(columns[i])].text = fields[i];
    TRY_VOID(rows.add(cells, records.line()));
  }
  if (columns.empty()) return bad_file("空文件 / the file is empty");
  return std::move(rows).finish();
}

}  // namespace anlan::quake
