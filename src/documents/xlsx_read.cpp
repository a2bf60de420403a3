#include "documents/xlsx_read.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstring>
#include <map>
#include <memory>
#include <optional>
#include <pugixml.hpp>

#include "documents/csv.h"
#include "documents/encoding.h"
#include "documents/faults.h"
#include "documents/table_builder.h"
#include "documents/xlsx_cell.h"
#include "documents/zip_archive.h"

namespace anlan {
namespace {

constexpr size_t kXmlItemsMax = 20'000'000;

Error not_a_workbook(std::string_view why) {
  return file_fault(0, "", fmt::format("无法读取工作簿（{}）；请用 Excel 或 WPS 打开后另存为 .xlsx", why),
                    fmt::format("The workbook cannot be read ({}); open it in Excel or WPS and save it as .xlsx", why));
}

// A parsed part together with the bytes its nodes point into.
struct XmlPart {
  std::string bytes;
  pugi::xml_document document;
};

// Names are compared without prefix: some writers put every element under "x:".
std::string_view local_name(const char* name) {
  const char* colon = std::strchr(name, ':');
  return colon ? colon + 1 : name;
}

pugi::xml_node child(pugi::xml_node parent, std::string_view name) {
  for (const auto node : parent.children())
    if (local_name(node.name()) == name) return node;
  return {};
}

std::string_view attribute(pugi::xml_node node, std::string_view name) {
  for (const auto a : node.attributes())
    if (local_name(a.name()) == name) return a.value();
  return {};
}

template <class T>
std::optional<T> number(std::string_view text) {
  T value{};
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (code != std::errc() || end != text.data() + text.size()) return {};
  return value;
}

Result<std::unique_ptr<XmlPart>> read_part(ZipArchive& zip, std::string_view name) {
  auto part = std::make_unique<XmlPart>();
  TRY(bytes, zip.read(name));
  part->bytes = std::move(bytes);
  if (!is_utf8(part->bytes)) return not_a_workbook("XML encoding");
  if (part->bytes.find("<!DOCTYPE") != std::string::npos) return not_a_workbook("DOCTYPE");
  // Each tag and attribute costs about 64 bytes of memory once parsed.
  if (static_cast<size_t>(std::count_if(part->bytes.begin(), part->bytes.end(),
                                        [](char c) { return c == '<' || c == '='; })) > kXmlItemsMax)
    return file_fault(0, "", "工作表过大，请另存为 CSV 后导入", "The sheet is too large; save it as CSV and import that");
  constexpr unsigned kOptions = pugi::parse_cdata | pugi::parse_escapes | pugi::parse_eol | pugi::parse_ws_pcdata_single |
                                pugi::parse_embed_pcdata;
  const auto parsed = part->document.load_buffer_inplace(part->bytes.data(), part->bytes.size(), kOptions,
                                                         pugi::encoding_utf8);
  if (!parsed) return not_a_workbook(parsed.description());
  return part;
}

// ST_Xstring: "_x000D_" stands for the character U+000D (ECMA-376 part 1, §22.9.2.19). Control characters other than
// tab and line feed are dropped.
std::string unescaped(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    unsigned code = 0;
    const bool escaped = text[i] == '_' && i + 6 < text.size() && text[i + 1] == 'x' && text[i + 6] == '_' &&
                         std::from_chars(text.data() + i + 2, text.data() + i + 6, code, 16).ptr == text.data() + i + 6;
    if (!escaped) {
      out += text[i];
      continue;
    }
    i += 6;
    if (code == '\t' || code == '\n' || (code >= 0x20 && code < 0x7F)) out += static_cast<char>(code);
  }
  return out;
}

std::string element_text(pugi::xml_node node) {
  std::string out = node.value();
  for (const auto piece : node.children())
    if (piece.type() == pugi::node_pcdata || piece.type() == pugi::node_cdata) out += piece.value();
  return out;
}

// The text of <si> or <is>: plain or in runs; phonetic hints (<rPh>) are left out.
std::string rich_text(pugi::xml_node item) {
  std::string out;
  for (const auto piece : item.children()) {
    const auto name = local_name(piece.name());
    if (name == "t") out += element_text(piece);
    if (name == "r") out += element_text(child(piece, "t"));
  }
  return out.find("_x") == std::string::npos ? out : unescaped(out);
}

class WorkbookReader {
 public:
  explicit WorkbookReader(ZipArchive zip) : zip_(std::move(zip)) {}
  Result<Table> read();

 private:
  struct Places {
    std::string sheet;
    std::string strings;
    std::string styles;
  };
  Result<Places> find_parts();
  Result<void> read_strings(const std::string& name);
  Result<void> read_styles(const std::string& name);
  Result<Table> read_sheet(const std::string& name);
  Result<void> read_row(pugi::xml_node row, int line);
  Result<std::string> cell_text(pugi::xml_node cell, int line, size_t column);
  Result<std::string> numeric_text(pugi::xml_node cell, const std::string& text, int line, size_t column);

  ZipArchive zip_;
  bool epoch_1904_ = false;
  std::vector<std::string> strings_;
  std::vector<NumberFormat> formats_;  // by the style number of a cell
  TableBuilder builder_;
  std::vector<std::string> cells_;
};

Result<WorkbookReader::Places> WorkbookReader::find_parts() {
  if (!zip_.has("xl/workbook.xml")) return not_a_workbook("xl/workbook.xml");
  TRY(workbook, read_part(zip_, "xl/workbook.xml"));
  const auto root = child(workbook->document, "workbook");
  const auto epoch = attribute(child(root, "workbookPr"), "date1904");
  epoch_1904_ = epoch == "1" || epoch == "true";

  std::string sheet_id;  // of the first visible sheet; when all are hidden, of the first
  for (const auto sheet : child(root, "sheets").children()) {
    const bool visible = attribute(sheet, "state").find("idden") == std::string_view::npos;
    if (visible || sheet_id.empty()) sheet_id = attribute(sheet, "id");
    if (visible) break;
  }
  if (sheet_id.empty() || !zip_.has("xl/_rels/workbook.xml.rels")) return not_a_workbook("sheets");

  TRY(relations, read_part(zip_, "xl/_rels/workbook.xml.rels"));
  Places places;
  for (const auto relation : child(relations->document, "Relationships").children()) {
    const auto target = attribute(relation, "Target");
    const auto type = attribute(relation, "Type");
    auto path = target.starts_with('/') ? std::string(target.substr(1)) : "xl/" + std::string(target);
    if (type.ends_with("/sharedStrings")) places.strings = std::move(path);
    else if (type.ends_with("/styles")) places.styles = std::move(path);
    else if (type.ends_with("/worksheet") && attribute(relation, "Id") == sheet_id) places.sheet = std::move(path);
  }
  if (places.sheet.empty() || !zip_.has(places.sheet)) return not_a_workbook("worksheet");
  return places;
}

Result<void> WorkbookReader::read_strings(const std::string& name) {
  TRY(part, read_part(zip_, name));
  for (const auto item : child(part->document, "sst").children())
    if (local_name(item.name()) == "si") strings_.push_back(rich_text(item));
  return {};
}

Result<void> WorkbookReader::read_styles(const std::string& name) {
  TRY(part, read_part(zip_, name));
  const auto root = child(part->document, "styleSheet");
  std::map<int, NumberFormat> custom;
  for (const auto format : child(root, "numFmts").children())
    if (const auto id = number<int>(attribute(format, "numFmtId")))
      custom.emplace(*id, number_format(attribute(format, "formatCode")));
  for (const auto style : child(root, "cellXfs").children()) {
    const int id = number<int>(attribute(style, "numFmtId")).value_or(0);
    const auto own = custom.find(id);
    formats_.push_back(own != custom.end() ? own->second : builtin_number_format(id));
  }
  return {};
}

Result<std::string> WorkbookReader::numeric_text(pugi::xml_node cell, const std::string& text, int line,
                                                 size_t column) {
  const auto value = number<double>(text);
  if (!value || !std::isfinite(*value)) return not_a_workbook(fmt::format("{}{}", column_letters(column), line));
  const auto style = number<size_t>(attribute(cell, "s")).value_or(0);
  const auto format = style < formats_.size() ? formats_[style] : NumberFormat{};
  if (format.is_date)
    if (auto date = date_text(*value, epoch_1904_)) return *date;
  if (std::fabs(*value) >= 1e15 && std::round(*value) == *value)
    TRY_VOID(builder_.fault(line, column, "超过 15 位的数字已被 Excel 改动；请把这一列设为“文本”后重新填写",
                            "Excel has altered this number of more than 15 digits; format the column as text and enter it again"));
  return number_text(*value, format.zero_padding);
}

Result<std::string> WorkbookReader::cell_text(pugi::xml_node cell, int line, size_t column) {
  const auto type = attribute(cell, "t");
  if (type == "inlineStr") return rich_text(child(cell, "is"));
  auto text = element_text(child(cell, "v"));
  if (text.empty()) return text;
  if (type == "s") {
    const auto index = number<size_t>(text);
    if (!index || *index >= strings_.size()) return not_a_workbook(fmt::format("{}{}", column_letters(column), line));
    return strings_[*index];
  }
  if (type == "b") return std::string(text == "1" || text == "true" ? "TRUE" : "FALSE");
  if (type == "str") return text.find("_x") == std::string::npos ? text : unescaped(text);
  if (type == "e") {
    TRY_VOID(builder_.fault(line, column, fmt::format("单元格是错误值 {}", text),
                            fmt::format("The cell holds the error value {}", text)));
    return text;
  }
  if (type == "d") return text;
  return numeric_text(cell, text, line, column);
}

// 0-based column of a reference such as "AB12".
std::optional<size_t> column_of(std::string_view reference) {
  size_t column = 0, letters = 0;
  for (; letters < reference.size() && reference[letters] >= 'A' && reference[letters] <= 'Z'; ++letters) {
    column = column * 26 + (reference[letters] - 'A' + 1);
    if (column > 16384) return {};
  }
  if (letters == 0) return {};
  return column - 1;
}

Result<void> WorkbookReader::read_row(pugi::xml_node row, int line) {
  cells_.clear();
  size_t column = 0, row_bytes = 0;
  for (const auto cell : row.children()) {
    if (local_name(cell.name()) != "c") continue;
    if (const auto reference = attribute(cell, "r"); !reference.empty()) {
      const auto named = column_of(reference);
      if (!named) return not_a_workbook(fmt::format("row {}", line));
      column = *named;
    }
    TRY(text, cell_text(cell, line, column));
    row_bytes += text.size();
    if (!is_utf8(text) || row_bytes > kCsvRowBytesMax) return not_a_workbook(fmt::format("row {}", line));
    if (!text.empty()) {
      if (column >= kTableColumnsMax)
        return file_fault(line, "", "这一行超过 1,000 列", "This row has more than 1,000 columns");
      if (column >= cells_.size()) cells_.resize(column + 1);
      cells_[column] = std::move(text);
    }
    ++column;
  }
  const std::vector<std::string_view> views(cells_.begin(), cells_.end());
  return builder_.add(line, views);
}

Result<Table> WorkbookReader::read_sheet(const std::string& name) {
  TRY(part, read_part(zip_, name));
  int line = 0;
  for (const auto row : child(child(part->document, "worksheet"), "sheetData").children()) {
    if (local_name(row.name()) != "row") continue;
    const auto given = attribute(row, "r");
    const auto next = given.empty() ? std::optional<int>(line + 1) : number<int>(given);
    if (!next || *next <= line || *next > 1'048'576) return not_a_workbook(fmt::format("row after {}", line));
    line = *next;
    TRY_VOID(read_row(row, line));
  }
  return std::move(builder_).finish();
}

Result<Table> WorkbookReader::read() {
  TRY(places, find_parts());
  if (!places.strings.empty() && zip_.has(places.strings)) TRY_VOID(read_strings(places.strings));
  if (!places.styles.empty() && zip_.has(places.styles)) TRY_VOID(read_styles(places.styles));
  return read_sheet(places.sheet);
}

}  // namespace

Result<Table> read_xlsx(std::string_view bytes) {
  if (bytes.size() > kCsvFileBytesMax) return Error(ErrorCode::kTooLarge, {{"what", "文件"}, {"limit", "512 MiB"}});
  TRY(zip, ZipArchive::open(bytes));
  return WorkbookReader(std::move(zip)).read();
}

}  // namespace anlan
