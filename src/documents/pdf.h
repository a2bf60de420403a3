// Prints a report as PDF: A4, black on white, Chinese typography, as an office would file it.
//
// The caller gives plain content from top to bottom; pages, numbers ("第 1 页 / 共 3 页"), repeated table headers and
// wrapping follow. Level colours come only as a shape with its word beside it (PdfMark), so that a grey copy and a
// colour-blind reader lose nothing. The same report gives the same bytes. Linear time.
// Titles, headings and column titles of more than 4 (6) lines are cut with “…”; all other text is printed whole.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "base/error.h"
#include "base/time.h"

namespace anlan {

struct PdfMark {
  enum class Shape { kNone, kOctagon, kTriangle, kDiamond, kCircle };
  Shape shape = Shape::kNone;
  uint32_t rgb = 0;
};
// The four warning levels of the national scheme.
inline constexpr PdfMark kRedMark{PdfMark::Shape::kOctagon, 0xC8161D};
inline constexpr PdfMark kOrangeMark{PdfMark::Shape::kTriangle, 0xE8730C};
inline constexpr PdfMark kYellowMark{PdfMark::Shape::kDiamond, 0xF2C200};
inline constexpr PdfMark kBlueMark{PdfMark::Shape::kCircle, 0x1F5FBF};

// Text of one cell. A mark stands before its text and needs one: a mark without a word is a bug of the caller.
struct PdfCell {
  PdfCell(std::string t = {}, PdfMark m = {}, bool b = false) : text(std::move(t)), mark(m), bold(b) {}
  PdfCell(const char* t) : text(t) {}
  std::string text;
  PdfMark mark;
  bool bold = false;
};

struct PdfHeading {
  std::string text;  // also an entry of the PDF's outline
};
struct PdfParagraph {
  std::string text;  // line ends start new paragraphs; first lines are indented by two characters
};
struct PdfKeyValues {
  std::vector<std::pair<std::string, PdfCell>> items;
  int columns = 2;  // pairs side by side: 1 or 2
};
enum class PdfAlign { kLeft, kCentre, kRight };
struct PdfColumn {
  std::string title;
  double weight = 1;  // share of the width
  PdfAlign align = PdfAlign::kLeft;
};
struct PdfTable {
  std::vector<PdfColumn> columns;           // 1..16
  std::vector<std::vector<PdfCell>> rows;   // each of columns.size() cells; without rows "（无）" is printed
};
struct PdfSignatures {
  std::vector<std::string> labels;  // "签发", "批准": each gets a line to sign on and a date
};
// A drawing, such as a map: shapes from back to front, then words. Positions are shares of the width from the upper left
// corner, so that a y may pass 1.
struct PdfShape {
  std::vector<std::vector<std::pair<double, double>>> rings;  // filled by the even-odd rule; open lines when not filled
  uint32_t rgb = 0;
  bool filled = true;
  double line = 0.5;  // thickness in points, of the outline; 0: none
};
struct PdfWord {
  double x = 0, y = 0;
  std::string text;
  bool bold = false;
};
struct PdfFigure {
  double height = 0.6;  // share of the width, at most 1.3
  std::vector<PdfShape> shapes;
  std::vector<PdfWord> words;
  std::string caption;
};
using PdfBlock = std::variant<PdfHeading, PdfParagraph, PdfKeyValues, PdfTable, PdfSignatures, PdfFigure>;

struct PdfReport {
  std::string title;
  std::vector<std::string> subtitles;
  std::vector<PdfBlock> blocks;
  std::string footer;     // beside the page number on every page
  std::string watermark;  // "演练", "草稿", "生成数据": across every page and in its head; empty for none
  UtcTime created;        // for the document's properties only
};

// Errors: kTooLarge (over 100,000 rows, 8 KiB in a cell, 64 KiB in another text, 64 MiB in all, 5,000
// pages), kUnavailable (no font with
// Chinese characters is installed), kInternal (Cairo). Bytes that are not UTF-8 print as U+FFFD.
Result<std::string> print_pdf(const PdfReport& report);

}  // namespace anlan
