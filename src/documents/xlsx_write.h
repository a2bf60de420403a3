// Writes workbooks that Excel and WPS open without a question.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "base/error.h"
#include "base/time.h"

namespace anlan {

// A string stays text, whatever it looks like (phones, codes, "=1+1"); a double becomes a number.
using XlsxCell = std::variant<std::string, double>;

struct XlsxSheet {
  std::string name;  // 1..31 characters, none of []:*?/\ ; unique without case
  std::vector<std::string> columns;
  std::vector<std::vector<XlsxCell>> rows;  // short rows are filled; longer than columns is a bug of the caller
};

struct XlsxWorkbook {
  std::string title;
  UtcTime created;
  std::vector<XlsxSheet> sheets;
};

// Header row bold on grey and frozen, with filters; columns as wide as their content (a Chinese character counts two).
// The same workbook gives the same bytes.
// Errors: kInvalidField (sheet name, not UTF-8), kTooLarge (over 1,048,575 rows, 1,000 columns, 255 sheets or 32,767
// characters in a cell), kDiskFull (libxlsxwriter keeps parts in unnamed temporary files).
Result<std::string> write_xlsx(const XlsxWorkbook& workbook);

}  // namespace anlan
