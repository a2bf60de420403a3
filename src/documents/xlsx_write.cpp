#include "documents/xlsx_write.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xlsxwriter.h>

#include <algorithm>
#include <cmath>

#include "documents/csv.h"
#include "documents/encoding.h"

namespace anlan {
namespace {

constexpr size_t kSheetRowsMax = 1'048'575;
constexpr size_t kSheetsMax = 255;
constexpr size_t kCellCharactersMax = 32'767;
constexpr double kWidthMin = 8, kWidthMax = 60;  // in digits of the default font

// An unnamed file in memory: this version of libxlsxwriter can only write to a path.
class MemoryFile {
 public:
  MemoryFile() : descriptor_(memfd_create("workbook", MFD_CLOEXEC)) {}
  ~MemoryFile() {
    if (descriptor_ >= 0) close(descriptor_);
  }
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;

  bool ok() const { return descriptor_ >= 0; }
  std::string path() const { return fmt::format("/proc/self/fd/{}", descriptor_); }
  std::string bytes() const {
    struct stat state {};
    if (fstat(descriptor_, &state) != 0) return {};
    std::string out(static_cast<size_t>(state.st_size), '\0');
    size_t got = 0;
    while (got < out.size()) {
      const ssize_t n = pread(descriptor_, out.data() + got, out.size() - got, static_cast<off_t>(got));
      if (n <= 0) return {};
      got += static_cast<size_t>(n);
    }
    return out;
  }

 private:
  int descriptor_;
};

size_t count_characters(std::string_view text) {
  return std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; });
}

// Columns on screen: everything from U+1100 on is taken as wide, which is right for CJK.
double display_width(std::string_view text) {
  double width = 0, widest = 0;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '\n') {
      widest = std::max(widest, width);
      width = 0;
    } else if ((byte & 0xC0) != 0x80) {
      width += byte >= 0xE1 ? 2 : 1;
    }
  }
  return std::max(widest, width);
}

std::string folded(std::string name) {
  for (char& c : name)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return name;
}

Result<void> check_text(const std::string& text) {
  if (!is_utf8(text) || text.find('\0') != std::string::npos)
    return Error(ErrorCode::kInvalidField, {{"field", "工作表"}, {"why", "文字不是 UTF-8"}});
  if (text.size() > kCellCharactersMax && count_characters(text) > kCellCharactersMax)
    return Error(ErrorCode::kTooLarge, {{"what", "单元格文字"}, {"limit", "32,767"}});
  return {};
}

Result<void> check_sheets(const XlsxWorkbook& workbook) {
  if (workbook.sheets.empty() || workbook.sheets.size() > kSheetsMax)
    return Error(ErrorCode::kInvalidField, {{"field", "工作表"}, {"why", "数量须为 1 到 255"}});
  std::vector<std::string> names;
  for (const auto& sheet : workbook.sheets) {
    TRY_VOID(check_text(sheet.name));
    const size_t length = count_characters(sheet.name);
    const auto name = folded(sheet.name);
    if (length == 0 || length > 31 || name.find_first_of("[]:*?/\\") != std::string::npos || name.front() == '\'' ||
        name.back() == '\'' || std::find(names.begin(), names.end(), name) != names.end())
      return Error(ErrorCode::kInvalidField, {{"field", sheet.name}, {"why", "工作表名称不合规或重复"}});
    names.push_back(name);
    if (sheet.columns.empty() || sheet.columns.size() > kTableColumnsMax)
      return Error(ErrorCode::kTooLarge, {{"what", "列数"}, {"limit", "1,000"}});
    if (sheet.rows.size() > kSheetRowsMax) return Error(ErrorCode::kTooLarge, {{"what", "行数"}, {"limit", "1,048,575"}});
    for (const auto& column : sheet.columns) TRY_VOID(check_text(column));
    for (const auto& row : sheet.rows) {
      CHECK(row.size() <= sheet.columns.size());
      for (const auto& cell : row)
        if (const auto* text = std::get_if<std::string>(&cell)) TRY_VOID(check_text(*text));
    }
  }
  return {};
}

struct Formats {
  lxw_format* header;
  lxw_format* text;
};

void fill_sheet(lxw_worksheet* sheet, const XlsxSheet& content, const Formats& formats) {
  const auto width = static_cast<lxw_col_t>(content.columns.size());
  std::vector<double> widest(width);
  for (lxw_col_t c = 0; c < width; ++c) {
    worksheet_write_string(sheet, 0, c, content.columns[c].c_str(), formats.header);
    widest[c] = display_width(content.columns[c]) + 3;  // room for the filter arrow
  }
  lxw_row_t line = 1;
  for (const auto& row : content.rows) {
    for (lxw_col_t c = 0; c < row.size(); ++c) {
      if (const auto* value = std::get_if<double>(&row[c])) {
        if (!std::isfinite(*value)) continue;  // a sheet has no such number; the cell stays empty
        worksheet_write_number(sheet, line, c, *value, nullptr);
        widest[c] = std::max(widest[c], static_cast<double>(fmt::formatted_size("{:.15g}", *value)));
      } else if (const auto& text = std::get<std::string>(row[c]); !text.empty()) {
        worksheet_write_string(sheet, line, c, text.c_str(), formats.text);
        widest[c] = std::max(widest[c], display_width(text));
      }
    }
    ++line;
  }
  for (lxw_col_t c = 0; c < width; ++c)
    worksheet_set_column(sheet, c, c, std::clamp(widest[c] + 2, kWidthMin, kWidthMax), nullptr);
  worksheet_freeze_panes(sheet, 1, 0);
  worksheet_autofilter(sheet, 0, 0, line - 1, static_cast<lxw_col_t>(width - 1));
  worksheet_repeat_rows(sheet, 0, 0);
}

Error failed(lxw_error code) {
  if (code == LXW_ERROR_CREATING_TMPFILE || code == LXW_ERROR_ZIP_FILE_OPERATION || code == LXW_ERROR_ZIP_FILE_ADD)
    return Error(ErrorCode::kDiskFull);
  return Error(ErrorCode::kInternal, {{"why", lxw_strerror(code)}});
}

}  // namespace

Result<std::string> write_xlsx(const XlsxWorkbook& content) {
  TRY_VOID(check_text(content.title));
  TRY_VOID(check_sheets(content));
  MemoryFile file;
  if (!file.ok()) return Error(ErrorCode::kDiskFull);
  lxw_workbook* workbook = workbook_new(file.path().c_str());
  if (!workbook) return Error(ErrorCode::kInternal, {{"why", "libxlsxwriter"}});

  auto title = content.title;
  lxw_doc_properties properties{};
  properties.title = title.data();
  properties.created = std::max<time_t>(1, content.created.ms / 1000);  // 0 would mean the clock's time
  workbook_set_properties(workbook, &properties);

  Formats formats{workbook_add_format(workbook), workbook_add_format(workbook)};
  format_set_bold(formats.header);
  format_set_bg_color(formats.header, 0xE7E9EC);
  format_set_bottom(formats.header, LXW_BORDER_THIN);
  format_set_align(formats.header, LXW_ALIGN_VERTICAL_CENTER);
  format_set_num_format(formats.text, "@");
  format_set_align(formats.text, LXW_ALIGN_VERTICAL_TOP);
  for (const auto& sheet : content.sheets)
    fill_sheet(workbook_add_worksheet(workbook, sheet.name.c_str()), sheet, formats);

  if (const auto code = workbook_close(workbook); code != LXW_NO_ERROR) return failed(code);
  auto bytes = file.bytes();
  if (bytes.empty()) return Error(ErrorCode::kDiskFull);
  return bytes;
}

}  // namespace anlan
