#include "documents/csv.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "documents/faults.h"

namespace anlan {
namespace {

size_t count_line_ends(std::string_view text) {
  size_t n = 0;
  for (size_t i = 0; i < text.size(); ++i)
    n += text[i] == '\n' || (text[i] == '\r' && (i + 1 == text.size() || text[i + 1] != '\n'));
  return n;
}

Error row_too_long(int line) {
  return file_fault(line, "", "这一行超过 1 MiB，可能是引号没有闭合",
                    "This row is longer than 1 MiB; a quote may be left open");
}

}  // namespace

CsvReader::CsvReader(DecodedText decoded)
    : decoded_(std::move(decoded)), at_(decoded_.text.data()), end_(at_ + decoded_.text.size()) {}

Result<CsvReader> CsvReader::open(std::string_view bytes) {
  if (bytes.size() > kCsvFileBytesMax) return Error(ErrorCode::kTooLarge, {{"what", "文件"}, {"limit", "512 MiB"}});
  TRY(decoded, decode_text(bytes));
  CsvReader reader(std::move(decoded));
  reader.choose_separator();
  return reader;
}

void CsvReader::choose_separator() {
  skip_empty_lines();
  const std::string_view text(at_, std::min<size_t>(end_ - at_, kCsvRowBytesMax));
  const bool declared = text.size() >= 5 && (text.starts_with("sep=") || text.starts_with("SEP=")) &&
                        std::strchr(",;\t", text[4]) && (text.size() == 5 || text[5] == '\r' || text[5] == '\n');
  if (declared) {
    separator_ = text[4];
    at_ += 5;
    return;
  }
  constexpr std::string_view kSeparators = ",;\t";
  std::array<size_t, kSeparators.size()> count{};
  bool quoted = false;
  for (const char c : text) {
    if (c == '"') quoted = !quoted;
    if (quoted) continue;
    if (c == '\n' || c == '\r') break;
    if (const auto i = kSeparators.find(c); i != std::string_view::npos) ++count[i];
  }
  separator_ = kSeparators[std::max_element(count.begin(), count.end()) - count.begin()];
}

void CsvReader::skip_line_end() {
  if (at_ == end_) return;
  if (*at_ == '\r' && at_ + 1 != end_ && at_[1] == '\n') ++at_;
  ++at_;
  ++line_;
}

void CsvReader::skip_empty_lines() {
  while (at_ != end_ && (*at_ == '\r' || *at_ == '\n')) skip_line_end();
}

// Reads up to the separator or line end, unchanged.
std::string_view CsvReader::plain_cell() {
  const char* start = at_;
  const char* stop = row_start_ + std::min<size_t>(end_ - row_start_, kCsvRowBytesMax + 1);
  while (at_ < stop && *at_ != separator_ && *at_ != '\n' && *at_ != '\r') ++at_;
  return {start, static_cast<size_t>(at_ - start)};
}

Result<std::string_view> CsvReader::quoted_cell() {
  const int opened = line_;
  const char* start = ++at_;
  const char* stop = row_start_ + std::min<size_t>(end_ - row_start_, kCsvRowBytesMax + 1);
  const size_t kept = scratch_.size();
  bool doubled = false;
  while (true) {
    const auto* quote = at_ < stop ? static_cast<const char*>(std::memchr(at_, '"', stop - at_)) : nullptr;
    if (!quote) {
      if (stop != end_) return row_too_long(opened);
      return file_fault(opened, "", "这一行的引号没有闭合", "A quote opened in this row is never closed");
    }
    const bool pair = quote + 1 != end_ && quote[1] == '"';
    if (pair || doubled) {
      if (scratch_.capacity() < kCsvRowBytesMax + 2) scratch_.reserve(kCsvRowBytesMax + 2);
      scratch_.append(at_, quote + (pair ? 1 : 0));
      doubled = true;
    }
    at_ = quote + (pair ? 2 : 1);
    if (pair) continue;
    line_ += static_cast<int>(count_line_ends({start, static_cast<size_t>(quote - start)}));
    if (at_ != end_ && *at_ != separator_ && *at_ != '\n' && *at_ != '\r')
      return file_fault(line_, "", "结束引号后面还有文字，请检查这一行的引号",
                        "There is text after a closing quote; check the quotes of this row");
    if (doubled) return std::string_view(scratch_).substr(kept);
    return std::string_view(start, quote - start);
  }
}

Result<bool> CsvReader::next(std::vector<std::string_view>& cells) {
  cells.clear();
  scratch_.clear();
  skip_empty_lines();
  if (at_ == end_) return false;
  row_start_ = at_;
  row_line_ = line_;
  if (rows_++ > kTableRowsMax)
    return file_fault(row_line_, "", "行数超过 2,000,000，请拆分后导入", "More than 2,000,000 rows; split the file");
  while (true) {
    if (at_ != end_ && *at_ == '"') {
      TRY(cell, quoted_cell());
      cells.push_back(cell);
    } else {
      cells.push_back(plain_cell());
    }
    if (static_cast<size_t>(at_ - row_start_) > kCsvRowBytesMax) return row_too_long(row_line_);
    if (cells.size() > kTableColumnsMax)
      return file_fault(row_line_, "", "这一行超过 1,000 列", "This row has more than 1,000 columns");
    if (at_ == end_) return true;
    if (*at_ != separator_) break;
    ++at_;
  }
  skip_line_end();
  return true;
}

bool is_plain_number(std::string_view text) {
  size_t i = 0;
  const auto digits = [&] {
    const size_t from = i;
    while (i < text.size() && text[i] >= '0' && text[i] <= '9') ++i;
    return i > from;
  };
  const auto sign = [&] {
    if (i < text.size() && (text[i] == '+' || text[i] == '-')) ++i;
  };
  sign();
  if (!digits()) return false;
  if (i < text.size() && text[i] == '.') {
    ++i;
    if (!digits()) return false;
  }
  if (i < text.size() && (text[i] == 'e' || text[i] == 'E')) {
    ++i;
    sign();
    if (!digits()) return false;
  }
  return i == text.size();
}

namespace {

bool starts_like_formula(std::string_view cell) {
  for (const std::string_view start : {"=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠"})
    if (cell.starts_with(start)) return !is_plain_number(cell);
  return false;
}

}  // namespace

CsvWriter::CsvWriter(std::span<const std::string> columns) { row(columns); }

void CsvWriter::row(std::span<const std::string> cells) {
  for (size_t i = 0; i < cells.size(); ++i) {
    if (i) out_ += ',';
    const std::string& cell = cells[i];
    const bool guarded = starts_like_formula(cell);
    // A lone empty cell is quoted: as a bare line it would read as no row at all.
    if (cell.find_first_of(",;\t\"\r\n") == std::string::npos && !(cells.size() == 1 && cell.empty())) {
      if (guarded) out_ += '\'';
      out_ += cell;
      continue;
    }
    out_ += '"';
    if (guarded) out_ += '\'';
    for (const char c : cell) {
      if (c == '"') out_ += '"';
      out_ += c;
    }
    out_ += '"';
  }
  out_ += "\r\n";
}

}  // namespace anlan
