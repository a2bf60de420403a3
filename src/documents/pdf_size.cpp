#include "documents/pdf_size.h"

namespace anlan {
namespace {

constexpr size_t kRowsMax = 100'000;
constexpr size_t kTextBytesMax = size_t{64} << 10;
constexpr size_t kCellBytesMax = size_t{8} << 10;
constexpr size_t kReportBytesMax = size_t{64} << 20;
constexpr size_t kColumnsMax = 16;

}  // namespace

Result<void> check_report_size(const PdfReport& report) {
  size_t bytes = 0, rows = 0;
  bool longest_fits = true;
  const auto count = [&](const std::string& text) {
    bytes += text.size();
    longest_fits = longest_fits && text.size() <= kTextBytesMax;
  };
  const auto count_cell = [&](const PdfCell& cell) {
    CHECK_MSG(cell.mark.shape == PdfMark::Shape::kNone || !cell.text.empty(), "a mark needs its word");
    count(cell.text);
    longest_fits = longest_fits && cell.text.size() <= kCellBytesMax;
  };
  for (const auto* text : {&report.title, &report.footer, &report.watermark}) count(*text);
  for (const auto& line : report.subtitles) count(line);
  for (const auto& block : report.blocks) {
    if (const auto* heading = std::get_if<PdfHeading>(&block)) count(heading->text);
    if (const auto* paragraph = std::get_if<PdfParagraph>(&block)) count(paragraph->text);
    if (const auto* signatures = std::get_if<PdfSignatures>(&block))
      for (const auto& label : signatures->labels) count(label);
    if (const auto* pairs = std::get_if<PdfKeyValues>(&block)) {
      CHECK(pairs->columns == 1 || pairs->columns == 2);
      rows += pairs->items.size();
      for (const auto& [label, cell] : pairs->items) {
        count(label);
        count_cell(cell);
      }
    }
    if (const auto* figure = std::get_if<PdfFigure>(&block)) {
      count(figure->caption);
      for (const auto& word : figure->words) count(word.text);
      for (const auto& shape : figure->shapes)
        for (const auto& ring : shape.rings) bytes += ring.size() * sizeof ring[0];
    }
    if (const auto* table = std::get_if<PdfTable>(&block)) {
      CHECK(!table->columns.empty() && table->columns.size() <= kColumnsMax);
      rows += table->rows.size();
      for (const auto& column : table->columns) {
        CHECK(column.weight > 0);
        count(column.title);
      }
      for (const auto& row : table->rows) {
        CHECK(row.size() == table->columns.size());
        for (const auto& cell : row) count_cell(cell);
      }
    }
  }
  if (rows > kRowsMax || !longest_fits || bytes > kReportBytesMax || report.blocks.size() > kRowsMax)
    return Error(ErrorCode::kTooLarge, {{"what", "报告内容"}, {"limit", "100,000 行"}});
  return {};
}

}  // namespace anlan
