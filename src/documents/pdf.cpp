#include "documents/pdf.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <optional>

#include "documents/pdf_canvas.h"
#include "documents/pdf_size.h"

namespace anlan {
namespace {

constexpr int kPagesMax = 5'000;
constexpr double kColumnWidthMin = 27;  // two characters and the padding

constexpr TextStyle kTitle{20, true, 0, PdfAlign::kCentre, 0, 4};
constexpr TextStyle kSubtitle{10.5, false, 0.3, PdfAlign::kCentre, 0, 4};
constexpr TextStyle kHeading{12.5, true, 0, PdfAlign::kLeft, 0, 4};
constexpr TextStyle kBody{10.5, false, 0, PdfAlign::kLeft, 21};
constexpr TextStyle kLabel{9.5, false, 0.35};
constexpr TextStyle kValue{10};
constexpr TextStyle kColumnTitle{9, true, 0, PdfAlign::kLeft, 0, 6};
constexpr TextStyle kCell{9};
constexpr TextStyle kSignature{10.5, false, 0, PdfAlign::kLeft, 0, 1};
constexpr TextStyle kSmall{8, false, 0.4, PdfAlign::kLeft, 0, 2};

constexpr double kPadX = 4, kPadY = 2.5;
constexpr double kLine = 0.4, kLineGrey = 0.72;

// Lays the blocks of a report on pages. Run once to count the pages and note the row heights, once to draw.
class Printer {
 public:
  Printer(const PdfReport& report, PdfCanvas& canvas, int pages_all, std::vector<double>& row_heights)
      : report_(report), canvas_(canvas), pages_all_(pages_all), row_heights_(row_heights) {}

  // Number of pages; nothing when there are too many.
  std::optional<int> run();

 private:
  struct Placed {
    const PdfCell* cell;
    TextStyle style;
    double x, width;  // of the text, inside the padding
  };

  struct TableHeader {
    std::vector<PdfText> texts;
    std::vector<double> left;
    double height = 0;
  };

  void begin_page();
  void end_page();
  void next_page();
  // Starts a new page unless this much height is left.
  void need(double height);
  double space_left() const { return kBodyBottom - y_; }

  void print_title();
  void print(const PdfHeading& heading);
  void print(const PdfParagraph& paragraph);
  void print(const PdfKeyValues& pairs);
  void print(const PdfTable& table);
  void print(const PdfSignatures& signatures);
  void print(const PdfFigure& figure);

  void print_table_header();
  void print_row(const std::vector<Placed>& cells);
  void print_tall_row(const std::vector<Placed>& cells);
  static double mark_width(const Placed& placed);
  PdfText lay_out(const Placed& placed);
  void draw_mark(const Placed& placed);
  double row_height(const std::vector<Placed>& cells);

  const PdfReport& report_;
  PdfCanvas& canvas_;
  const int pages_all_;
  std::vector<double>& row_heights_;
  size_t rows_done_ = 0;
  int page_ = 0;
  double y_ = 0;
  const TableHeader* table_header_ = nullptr;  // repeated on new pages while its table is printed
};

void Printer::begin_page() {
  ++page_;
  y_ = kMarginTop;
  if (!canvas_.drawing()) return;
  if (!report_.watermark.empty()) {
    const auto word = printable(report_.watermark);
    canvas_.draw_watermark(word);
    auto style = kColumnTitle;
    style.align = PdfAlign::kRight;
    style.lines_max = 1;
    canvas_.draw(canvas_.lay_out("【" + word + "】", style, kBodyWidth / 2), kMarginSide + kBodyWidth / 2, kMarginTop - 32);
  }
  if (page_ == 1) return;
  auto style = kSmall;
  style.lines_max = 1;
  canvas_.draw(canvas_.lay_out(printable(report_.title), style, kBodyWidth / 2 - 10), kMarginSide, kMarginTop - 31);
  canvas_.draw_rule(kMarginSide, kMarginTop - 15, kBodyWidth, kLine, kLineGrey);
}

void Printer::end_page() {
  if (canvas_.drawing()) {
    constexpr double kNumberWidth = 110;
    const double top = kBodyBottom + 20;
    canvas_.draw_rule(kMarginSide, top - 5, kBodyWidth, kLine, kLineGrey);
    canvas_.draw(canvas_.lay_out(printable(report_.footer), kSmall, kBodyWidth - kNumberWidth - 10), kMarginSide, top);
    auto style = kSmall;
    style.align = PdfAlign::kRight;
    canvas_.draw(canvas_.lay_out(fmt::format("第 {} 页 / 共 {} 页", page_, pages_all_), style, kNumberWidth),
                 kPageWidth - kMarginSide - kNumberWidth, top);
  }
  canvas_.end_page();
}

void Printer::next_page() {
  end_page();
  begin_page();
  if (table_header_) print_table_header();
}

void Printer::need(double height) {
  if (space_left() < height) next_page();
}

void Printer::print_title() {
  y_ += 4;
  const auto title = canvas_.lay_out(printable(report_.title), kTitle, kBodyWidth);
  canvas_.draw(title, kMarginSide, y_);
  y_ += title.height() + 4;
  for (const auto& subtitle : report_.subtitles) {
    const auto text = canvas_.lay_out(printable(subtitle), kSubtitle, kBodyWidth);
    need(text.height() + 30);
    canvas_.draw(text, kMarginSide, y_);
    y_ += text.height() + 1;
  }
  y_ += 8;
  canvas_.draw_rule(kMarginSide, y_, kBodyWidth, 1.2, 0.1);
  canvas_.draw_rule(kMarginSide, y_ + 2.4, kBodyWidth, 0.4, 0.1);
  y_ += 14;
}

void Printer::print(const PdfHeading& heading) {
  const auto words = printable(heading.text);
  const auto text = canvas_.lay_out(words, kHeading, kBodyWidth);
  need(text.height() + 12 + 60);  // a heading never stands alone at the foot of a page
  if (y_ > kMarginTop) y_ += 10;
  canvas_.draw(text, kMarginSide, y_);
  canvas_.add_outline(words, page_, y_);
  y_ += text.height() + 5;
}

void Printer::print(const PdfParagraph& paragraph) {
  const auto text = canvas_.lay_out(printable(paragraph.text), kBody, kBodyWidth);
  const auto lines = text.lines();
  for (size_t from = 0; from < lines.size();) {
    size_t to = from;
    while (to < lines.size() && lines[to].bottom - lines[from].top <= space_left()) ++to;
    if (to == from) {
      next_page();
      continue;
    }
    canvas_.draw_lines(text, from, to, kMarginSide, y_);
    y_ += lines[to - 1].bottom - lines[from].top;
    from = to;
  }
  y_ += 5;
}

double Printer::mark_width(const Placed& placed) {
  return placed.cell->mark.shape == PdfMark::Shape::kNone ? 0 : placed.style.size + 3;
}

PdfText Printer::lay_out(const Placed& placed) {
  const double mark = mark_width(placed);
  auto style = placed.style;
  style.bold = style.bold || placed.cell->bold;
  if (mark > 0) style.align = PdfAlign::kLeft;
  return canvas_.lay_out(printable(placed.cell->text), style, std::max(placed.width - mark, style.size));
}

void Printer::draw_mark(const Placed& placed) {
  // The middle of a line of Noto Sans CJK is 0.724 em below its top.
  const double size = placed.style.size * 0.9;
  canvas_.draw_mark(placed.cell->mark, placed.x, y_ + kPadY + placed.style.size * 0.724 - size / 2, size);
}

double Printer::row_height(const std::vector<Placed>& cells) {
  if (rows_done_ == row_heights_.size()) {
    double height = 0;
    for (const auto& placed : cells) height = std::max(height, lay_out(placed).height());
    row_heights_.push_back(height + 2 * kPadY);
  }
  return row_heights_[rows_done_++];
}

void Printer::print_row(const std::vector<Placed>& cells) {
  const double height = row_height(cells);
  if (height > space_left()) {
    if (height > (kBodyBottom - kMarginTop) / 2) return print_tall_row(cells);
    next_page();
  }
  if (canvas_.drawing())
    for (const auto& placed : cells) {
      canvas_.draw(lay_out(placed), placed.x + mark_width(placed), y_ + kPadY);
      draw_mark(placed);
    }
  y_ += height;
  canvas_.draw_rule(kMarginSide, y_, kBodyWidth, kLine, kLineGrey);
}

// A row of more than half a page runs over the page break, line by line.
void Printer::print_tall_row(const std::vector<Placed>& cells) {
  struct Rest {
    PdfText text;
    std::vector<PdfText::Line> lines;
    size_t done = 0;
  };
  std::vector<Rest> rests;
  for (const auto& placed : cells) {
    auto text = lay_out(placed);
    auto lines = text.lines();
    rests.push_back({std::move(text), std::move(lines)});
  }
  bool more = true;
  while (more) {
    // Table headers have at most 6 lines, so a new page has room for a line of every style here.
    need(40);
    more = false;
    double used = 0;
    for (size_t i = 0; i < cells.size(); ++i) {
      auto& [text, lines, done] = rests[i];
      const size_t from = done;
      while (done < lines.size() && lines[done].bottom - lines[from].top + 2 * kPadY <= space_left()) ++done;
      more = more || done < lines.size();
      if (done == from) continue;
      canvas_.draw_lines(text, from, done, cells[i].x + mark_width(cells[i]), y_ + kPadY);
      if (from == 0) draw_mark(cells[i]);
      used = std::max(used, lines[done - 1].bottom - lines[from].top);
    }
    CHECK(used > 0 || !more);
    y_ += used + 2 * kPadY;
    canvas_.draw_rule(kMarginSide, y_, kBodyWidth, kLine, kLineGrey);
  }
}

void Printer::print(const PdfKeyValues& pairs) {
  const double pair_width = kBodyWidth / pairs.columns, label_width = 76;
  canvas_.draw_rule(kMarginSide, y_, kBodyWidth, 0.8, 0.25);
  std::vector<PdfCell> labels;
  for (size_t i = 0; i < pairs.items.size(); i += pairs.columns) {
    std::vector<Placed> cells;
    labels.clear();
    labels.reserve(pairs.columns);
    for (int k = 0; k < pairs.columns && i + k < pairs.items.size(); ++k) {
      const auto& [label, value] = pairs.items[i + k];
      const double x = kMarginSide + k * pair_width;
      const bool alone = k == 0 && i + 1 == pairs.items.size();
      labels.emplace_back(label);
      cells.push_back({&labels.back(), kLabel, x + kPadX, label_width - 2 * kPadX});
      cells.push_back({&value, kValue, x + label_width, (alone ? kBodyWidth : pair_width) - label_width - kPadX});
    }
    print_row(cells);
  }
  y_ += 8;
}

void Printer::print_table_header() {
  const auto& [texts, left, height] = *table_header_;
  canvas_.draw_box(kMarginSide, y_, kBodyWidth, height, 0.945);
  canvas_.draw_rule(kMarginSide, y_, kBodyWidth, 0.8, 0.25);
  canvas_.draw_rule(kMarginSide, y_ + height, kBodyWidth, 0.5, 0.25);
  for (size_t i = 0; i < texts.size(); ++i) canvas_.draw(texts[i], left[i], y_ + kPadY + 1);
  y_ += height;
}

// Widths by weight, none below kColumnWidthMin: the narrow ones get it and the others share the rest.
std::vector<double> column_widths(const std::vector<PdfColumn>& columns) {
  std::vector<double> widths(columns.size(), 0);
  double left = kBodyWidth;
  double weights = std::accumulate(columns.begin(), columns.end(), 0.0,
                                   [](double sum, const PdfColumn& c) { return sum + c.weight; });
  for (bool changed = true; changed;) {
    changed = false;
    for (size_t i = 0; i < columns.size(); ++i)
      if (widths[i] == 0 && left * columns[i].weight / weights < kColumnWidthMin) {
        widths[i] = kColumnWidthMin;
        left -= kColumnWidthMin;
        weights -= columns[i].weight;
        changed = true;
      }
  }
  for (size_t i = 0; i < columns.size(); ++i)
    if (widths[i] == 0) widths[i] = left * columns[i].weight / weights;
  return widths;
}

void Printer::print(const PdfTable& table) {
  const auto widths = column_widths(table.columns);
  TableHeader header;
  std::vector<Placed> cells;
  double x = kMarginSide + kPadX;
  for (size_t c = 0; c < table.columns.size(); ++c) {
    const double width = widths[c] - 2 * kPadX;
    auto style = kColumnTitle;
    style.align = table.columns[c].align;
    header.texts.push_back(canvas_.lay_out(printable(table.columns[c].title), style, width));
    header.left.push_back(x);
    header.height = std::max(header.height, header.texts.back().height() + 2 * kPadY + 2);
    style = kCell;
    style.align = table.columns[c].align;
    cells.push_back({nullptr, style, x, width});
    x += widths[c];
  }
  need(60);
  table_header_ = &header;
  print_table_header();
  for (const auto& row : table.rows) {
    for (size_t c = 0; c < row.size(); ++c) cells[c].cell = &row[c];
    print_row(cells);
  }
  if (table.rows.empty()) {
    const PdfCell none("（无）");
    print_row({{&none, {9, false, 0.4, PdfAlign::kCentre}, kMarginSide, kBodyWidth}});
  }
  table_header_ = nullptr;
  canvas_.draw_rule(kMarginSide, y_, kBodyWidth, 0.8, 0.25);
  y_ += 10;
}

void Printer::print(const PdfSignatures& signatures) {
  constexpr size_t kInARow = 3;
  constexpr double kHeight = 62;
  const auto n = std::min(signatures.labels.size(), kInARow);
  for (size_t i = 0; i < signatures.labels.size(); ++i) {
    if (i % kInARow == 0) {
      need(kHeight);
      y_ += kHeight;
    }
    const double width = kBodyWidth / static_cast<double>(n), x = kMarginSide + (i % kInARow) * width;
    const double base = y_ - kHeight;
    const auto text = canvas_.lay_out(printable(signatures.labels[i]) + "：", kSignature, width - 60);
    const double label = text.width();
    canvas_.draw(text, x, base + 22);
    canvas_.draw_rule(x + label + 2, base + 36, std::max(width - label - 22, 20.0), 0.5, 0.2);
    auto style = kSmall;
    style.align = PdfAlign::kRight;
    canvas_.draw(canvas_.lay_out("年　　月　　日", style, width - 20), x, base + 42);
  }
}

void Printer::print(const PdfFigure& figure) {
  const double height = std::clamp(figure.height, 0.05, 1.3) * kBodyWidth;
  const auto caption = canvas_.lay_out(printable(figure.caption), kSmall, kBodyWidth);
  need(height + caption.height() + 8);
  canvas_.draw_shapes(figure.shapes, kMarginSide, y_, kBodyWidth, height);
  for (const auto& word : figure.words) {
    auto style = kSmall;
    style.bold = word.bold;
    style.grey = 0;
    canvas_.draw(canvas_.lay_out(printable(word.text), style, -1), kMarginSide + word.x * kBodyWidth, y_ + word.y * kBodyWidth);
  }
  y_ += height + 3;
  canvas_.draw(caption, kMarginSide, y_);
  y_ += caption.height() + 5;
}

std::optional<int> Printer::run() {
  begin_page();
  print_title();
  for (const auto& block : report_.blocks) {
    std::visit([this](const auto& b) { print(b); }, block);
    if (page_ > kPagesMax) return {};
  }
  end_page();
  return page_;
}

}  // namespace

Result<std::string> print_pdf(const PdfReport& report) {
  TRY_VOID(check_report_size(report));
  std::vector<double> row_heights;
  PdfCanvas measuring(PdfCanvas::Mode::kMeasure);
  if (!measuring.lay_out("安澜预警", kCell, kBodyWidth).has_every_glyph())
    return Error(ErrorCode::kUnavailable, {{"what", "中文字体（fonts-noto-cjk）"}});
  const auto pages = Printer(report, measuring, 0, row_heights).run();
  if (!pages) return Error(ErrorCode::kTooLarge, {{"what", "报告"}, {"limit", "5,000 页"}});

  PdfCanvas canvas(PdfCanvas::Mode::kDraw);
  canvas.set_properties(printable(report.title), report.created);
  const auto drawn = Printer(report, canvas, *pages, row_heights).run();
  CHECK(drawn == pages);
  auto bytes = canvas.finish();
  if (!bytes) return Error(ErrorCode::kInternal, {{"why", "Cairo"}});
  return std::move(*bytes);
}

}  // namespace anlan
