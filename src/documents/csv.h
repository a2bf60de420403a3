// CSV, read and written (RFC 4180, and what Excel makes of it).
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "documents/encoding.h"

namespace anlan {

inline constexpr size_t kCsvFileBytesMax = size_t{512} << 20;
inline constexpr size_t kCsvRowBytesMax = size_t{1} << 20;
inline constexpr size_t kTableColumnsMax = 1000;
inline constexpr size_t kTableRowsMax = 2'000'000;  // header not counted

// Streams over one file in memory; the bytes must outlive the reader. One thread.
//
// Separator: comma, semicolon or tab, whichever stands most often outside quotes in the first line that is not empty;
// a first line "sep=;" decides it instead. Rows end with CRLF, LF or CR. A quoted cell may hold separators, line ends
// and doubled quotes; a quote inside an unquoted cell is an ordinary character. Empty lines are skipped.
// Faults (kInvalidFile with the line, kTooLarge): unknown encoding, NUL, text after a closing quote, a quote that is
// never closed, a bound exceeded. After a fault the reader is finished.
class CsvReader {
 public:
  static Result<CsvReader> open(std::string_view bytes);

  // Reads the next row; false at the end. The views are valid until the next call.
  Result<bool> next(std::vector<std::string_view>& cells);

  int line() const { return row_line_; }  // first line of the row last read, 1-based
  char separator() const { return separator_; }
  std::string_view encoding() const { return decoded_.encoding; }

 private:
  explicit CsvReader(DecodedText decoded);
  void choose_separator();
  void skip_empty_lines();
  void skip_line_end();
  Result<std::string_view> quoted_cell();
  std::string_view plain_cell();

  DecodedText decoded_;
  const char* at_ = nullptr;
  const char* end_ = nullptr;
  const char* row_start_ = nullptr;
  char separator_ = ',';
  int line_ = 1;
  int row_line_ = 0;
  size_t rows_ = 0;
  std::string scratch_;  // cells with doubled quotes; its storage never moves within a row
};

// Writes UTF-8 with BOM and CRLF, so that Excel in China opens it right.
//
// A cell that starts with = + - @ (half or full width), tab or CR and is not a number gets a leading apostrophe:
// otherwise a spreadsheet would run it as a formula (OWASP, CSV injection).
class CsvWriter {
 public:
  explicit CsvWriter(std::span<const std::string> columns);
  void row(std::span<const std::string> cells);
  std::string take() { return std::move(out_); }

 private:
  std::string out_ = "\xEF\xBB\xBF";
};

// "12", "-0.5", "+8613900000000", "1e3": a sign, digits, a fraction, an exponent, and nothing else.
bool is_plain_number(std::string_view text);

}  // namespace anlan
