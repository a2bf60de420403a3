#include "documents/table_file.h"

#include "documents/csv.h"
#include "documents/faults.h"
#include "documents/table_builder.h"
#include "documents/xlsx_read.h"

namespace anlan {
namespace {

Result<Table> read_csv_table(std::string_view bytes) {
  TRY(reader, CsvReader::open(bytes));
  TableBuilder builder;
  std::vector<std::string_view> cells;
  while (true) {
    TRY(more, reader.next(cells));
    if (!more) return std::move(builder).finish();
    TRY_VOID(builder.add(reader.line(), cells));
  }
}

Result<Table> read_by_content(std::string_view bytes) {
  if (bytes.starts_with("PK\x03\x04")) return read_xlsx(bytes);
  if (bytes.starts_with("\xD0\xCF\x11\xE0"))
    return file_fault(0, "", "这是旧版 .xls 文件或加了密码的工作簿，请另存为不加密的 .xlsx 或 CSV",
                      "This is an old .xls file or a workbook with a password; save it as plain .xlsx or CSV");
  if (bytes.starts_with("%PDF"))
    return file_fault(0, "", "这是 PDF 文件，不是表格", "This is a PDF, not a table");
  return read_csv_table(bytes);
}

}  // namespace

Result<Table> read_table(std::string_view bytes, std::string_view filename) {
  auto table = read_by_content(bytes);
  if (table || filename.empty()) return table;
  Error error = std::move(table).error();
  error.params.push_back({"file", std::string(filename)});
  return error;
}

}  // namespace anlan
