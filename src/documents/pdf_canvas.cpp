#include "documents/pdf_canvas.h"

#include <cairo-pdf.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include "documents/encoding.h"

namespace anlan {
namespace {

constexpr size_t kLimitedBytesMax = 1500;  // more than six full lines of any style
constexpr const char* kFonts = "Noto Sans CJK SC, Source Han Sans SC, Noto Sans SC";

cairo_status_t append(void* out, const unsigned char* bytes, unsigned length) {
  static_cast<std::string*>(out)->append(reinterpret_cast<const char*>(bytes), length);
  return CAIRO_STATUS_SUCCESS;
}

double points(int pango_units) { return static_cast<double>(pango_units) / PANGO_SCALE; }

void polygon(cairo_t* cairo, double cx, double cy, double radius, int corners, double turn) {
  for (int i = 0; i < corners; ++i) {
    const double angle = turn + 2 * std::numbers::pi * i / corners;
    const double x = cx + radius * std::sin(angle), y = cy - radius * std::cos(angle);
    i == 0 ? cairo_move_to(cairo, x, y) : cairo_line_to(cairo, x, y);
  }
  cairo_close_path(cairo);
}

}  // namespace

PdfCanvas::PdfCanvas(Mode mode) : mode_(mode) {
  surface_.reset(mode == Mode::kDraw
                     ? cairo_pdf_surface_create_for_stream(append, &out_, kPageWidth, kPageHeight)
                     : cairo_pdf_surface_create_for_stream(nullptr, nullptr, kPageWidth, kPageHeight));
  cairo_.reset(cairo_create(surface_.get()));
  pango_.reset(pango_cairo_create_context(cairo_.get()));
  PangoContext* context = pango_.get();
  pango_cairo_context_set_resolution(context, 72);
  pango_context_set_language(context, pango_language_from_string("zh-cn"));
  pango_context_set_round_glyph_positions(context, FALSE);
  cairo_font_options_t* options = cairo_font_options_create();
  cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
  cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
  pango_cairo_context_set_font_options(context, options);
  cairo_font_options_destroy(options);
}

PdfText PdfCanvas::lay_out(std::string_view text, const TextStyle& style, double width) const {
  PdfText out;
  out.grey_ = style.grey;
  out.layout_.reset(pango_layout_new(pango_.get()));
  PangoLayout* layout = out.layout_.get();
  PangoFontDescription* font = pango_font_description_new();
  pango_font_description_set_family_static(font, kFonts);
  pango_font_description_set_weight(font, style.bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
  pango_font_description_set_absolute_size(font, style.size * PANGO_SCALE);
  pango_layout_set_font_description(layout, font);
  pango_font_description_free(font);
  pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR);
  pango_layout_set_width(layout, width < 0 ? -1 : static_cast<int>(width * PANGO_SCALE));
  pango_layout_set_indent(layout, static_cast<int>(style.indent * PANGO_SCALE));
  pango_layout_set_alignment(layout, style.align == PdfAlign::kLeft     ? PANGO_ALIGN_LEFT
                                     : style.align == PdfAlign::kCentre ? PANGO_ALIGN_CENTER
                                                                        : PANGO_ALIGN_RIGHT);
  if (style.lines_max == 0) {
    pango_layout_set_text(layout, text.data(), static_cast<int>(text.size()));
    return out;
  }
  // Pango counts the limit per paragraph, so a limited text is made one paragraph, and a short one: breaking a long
  // run into lines takes Pango quadratic time.
  pango_layout_set_height(layout, -style.lines_max);
  pango_layout_set_ellipsize(layout, PANGO_ELLIPSIZE_END);
  std::string joined(text.substr(0, kLimitedBytesMax));
  joined.resize(utf8_prefix(joined));
  std::replace(joined.begin(), joined.end(), '\n', ' ');
  if (joined.size() < text.size()) joined += "…";
  pango_layout_set_text(layout, joined.data(), static_cast<int>(joined.size()));
  return out;
}

double PdfText::height() const {
  int height = 0;
  pango_layout_get_size(layout_.get(), nullptr, &height);
  return points(height);
}

double PdfText::width() const {
  int width = 0;
  pango_layout_get_size(layout_.get(), &width, nullptr);
  return points(width);
}

bool PdfText::has_every_glyph() const { return pango_layout_get_unknown_glyphs_count(layout_.get()) == 0; }

std::vector<PdfText::Line> PdfText::lines() const {
  std::vector<Line> lines;
  PangoLayoutIter* at = pango_layout_get_iter(layout_.get());
  do {
    int top = 0, bottom = 0;
    pango_layout_iter_get_line_yrange(at, &top, &bottom);
    lines.push_back({points(top), points(bottom)});
  } while (pango_layout_iter_next_line(at));
  pango_layout_iter_free(at);
  return lines;
}

void PdfCanvas::draw(const PdfText& text, double x, double y) {
  if (!drawing()) return;
  cairo_set_source_rgb(cairo_.get(), text.grey_, text.grey_, text.grey_);
  cairo_move_to(cairo_.get(), x, y);
  pango_cairo_show_layout(cairo_.get(), text.layout_.get());
}

void PdfCanvas::draw_lines(const PdfText& text, size_t from, size_t to, double x, double y) {
  if (!drawing()) return;
  cairo_set_source_rgb(cairo_.get(), text.grey_, text.grey_, text.grey_);
  PangoLayoutIter* at = pango_layout_get_iter(text.layout_.get());
  double shift = 0;
  size_t line = 0;
  do {
    if (line >= to) break;
    int top = 0, bottom = 0;
    pango_layout_iter_get_line_yrange(at, &top, &bottom);
    if (line == from) shift = y - points(top);
    if (line >= from) {
      PangoRectangle box;
      pango_layout_iter_get_line_extents(at, nullptr, &box);
      cairo_move_to(cairo_.get(), x + points(box.x), shift + points(pango_layout_iter_get_baseline(at)));
      pango_cairo_show_layout_line(cairo_.get(), pango_layout_iter_get_line_readonly(at));
    }
    ++line;
  } while (pango_layout_iter_next_line(at));
  pango_layout_iter_free(at);
}

void PdfCanvas::draw_rule(double x, double y, double width, double thickness, double grey) {
  if (!drawing()) return;
  cairo_set_source_rgb(cairo_.get(), grey, grey, grey);
  cairo_set_line_width(cairo_.get(), thickness);
  cairo_move_to(cairo_.get(), x, y);
  cairo_line_to(cairo_.get(), x + width, y);
  cairo_stroke(cairo_.get());
}

void PdfCanvas::draw_box(double x, double y, double width, double height, double grey) {
  if (!drawing()) return;
  cairo_set_source_rgb(cairo_.get(), grey, grey, grey);
  cairo_rectangle(cairo_.get(), x, y, width, height);
  cairo_fill(cairo_.get());
}

void PdfCanvas::draw_shapes(const std::vector<PdfShape>& shapes, double x, double y, double width, double height) {
  if (!drawing()) return;
  cairo_t* cairo = cairo_.get();
  cairo_save(cairo);
  cairo_rectangle(cairo, x, y, width, height);
  cairo_clip(cairo);
  cairo_set_fill_rule(cairo, CAIRO_FILL_RULE_EVEN_ODD);
  for (const auto& shape : shapes) {
    cairo_new_path(cairo);
    for (const auto& ring : shape.rings) {
      for (size_t i = 0; i < ring.size(); ++i)
        (i ? cairo_line_to : cairo_move_to)(cairo, x + ring[i].first * width, y + ring[i].second * width);
      if (shape.filled) cairo_close_path(cairo);
    }
    const auto part = [&](int shift) { return static_cast<double>((shape.rgb >> shift) & 255) / 255; };
    cairo_set_source_rgb(cairo, part(16), part(8), part(0));
    if (shape.filled) cairo_fill_preserve(cairo);
    if (shape.filled) cairo_set_source_rgb(cairo, 0.35, 0.35, 0.35);
    cairo_set_line_width(cairo, shape.line);
    if (shape.line > 0) cairo_stroke(cairo);
    cairo_new_path(cairo);
  }
  cairo_restore(cairo);
  cairo_set_source_rgb(cairo, 0.4, 0.4, 0.4);
  cairo_set_line_width(cairo, 0.6);
  cairo_rectangle(cairo, x, y, width, height);
  cairo_stroke(cairo);
}

void PdfCanvas::draw_mark(const PdfMark& mark, double x, double y, double size) {
  if (!drawing()) return;
  cairo_t* cairo = cairo_.get();
  const double r = size / 2, cx = x + r, cy = y + r;
  cairo_new_path(cairo);
  switch (mark.shape) {
    case PdfMark::Shape::kNone: return;
    case PdfMark::Shape::kOctagon: polygon(cairo, cx, cy, r * 1.12, 8, std::numbers::pi / 8); break;
    case PdfMark::Shape::kTriangle: polygon(cairo, cx, cy + r * 0.2, r * 1.15, 3, 0); break;
    case PdfMark::Shape::kDiamond: polygon(cairo, cx, cy, r * 1.15, 4, 0); break;
    case PdfMark::Shape::kCircle: cairo_arc(cairo, cx, cy, r * 0.92, 0, 2 * std::numbers::pi); break;
  }
  cairo_set_source_rgb(cairo, (mark.rgb >> 16 & 255) / 255.0, (mark.rgb >> 8 & 255) / 255.0, (mark.rgb & 255) / 255.0);
  cairo_fill_preserve(cairo);
  cairo_set_source_rgb(cairo, 0.2, 0.2, 0.2);
  cairo_set_line_width(cairo, 0.4);
  cairo_stroke(cairo);
}

void PdfCanvas::draw_watermark(const std::string& text) {
  if (!drawing()) return;
  cairo_t* cairo = cairo_.get();
  const auto stamp = lay_out(text, {40, true, 0.92, PdfAlign::kLeft, 0, 1}, -1);
  const double width = stamp.width(), step_x = width + 110, step_y = 128;
  cairo_save(cairo);
  cairo_translate(cairo, kPageWidth / 2, kPageHeight / 2);
  cairo_rotate(cairo, -std::numbers::pi / 6);
  const double reach = std::hypot(kPageWidth, kPageHeight) / 2;
  int stripe = 0;
  for (double y = -reach; y < reach; y += step_y, ++stripe)
    for (double x = -reach - (stripe % 2) * step_x / 2; x < reach; x += step_x) {
      double px = x + width / 2, py = y + 29;
      cairo_user_to_device(cairo, &px, &py);
      if (px > -width / 2 && px < kPageWidth + width / 2 && py > -20 && py < kPageHeight + 20) draw(stamp, x, y);
    }
  cairo_restore(cairo);
}

void PdfCanvas::end_page() {
  if (drawing()) cairo_show_page(cairo_.get());
}

void PdfCanvas::set_properties(const std::string& title, UtcTime created) {
  if (!drawing()) return;
  cairo_pdf_surface_set_metadata(surface_.get(), CAIRO_PDF_METADATA_TITLE, title.c_str());
  cairo_pdf_surface_set_metadata(surface_.get(), CAIRO_PDF_METADATA_CREATE_DATE, to_iso8601(created).c_str());
}

void PdfCanvas::add_outline(const std::string& text, int page, double y) {
  if (!drawing()) return;
  const auto place = fmt::format("page={} pos=[0 {:.1f}]", page, y);
  cairo_pdf_surface_add_outline(surface_.get(), CAIRO_PDF_OUTLINE_ROOT, text.c_str(), place.c_str(),
                                CAIRO_PDF_OUTLINE_FLAG_OPEN);
}

std::optional<std::string> PdfCanvas::finish() {
  pango_.reset();
  const auto drawn = cairo_status(cairo_.get());
  cairo_.reset();
  cairo_surface_finish(surface_.get());
  if (drawn != CAIRO_STATUS_SUCCESS || cairo_surface_status(surface_.get()) != CAIRO_STATUS_SUCCESS) return {};
  return std::move(out_);
}

std::string printable(std::string_view text) {
  constexpr std::string_view kLineEnds[] = {"\r\n", "\r", "\u0085", "\u2028", "\u2029"};
  std::string out;
  out.reserve(text.size());
  size_t good_until = utf8_prefix(text);
  for (size_t i = 0; i < text.size();) {
    if (i == good_until) {
      out += "\uFFFD";
      ++i;
      good_until = i + utf8_prefix(text.substr(i));
      continue;
    }
    const char c = text[i];
    if (c == '\r' || c == '\xC2' || c == '\xE2') {  // what the line ends start with
      const auto* end = std::find_if(std::begin(kLineEnds), std::end(kLineEnds),
                                     [rest = text.substr(i)](std::string_view e) { return rest.starts_with(e); });
      if (end != std::end(kLineEnds)) {
        out += '\n';
        i += end->size();
        continue;
      }
    }
    const bool control = (static_cast<unsigned char>(c) < 0x20 && c != '\n') || c == 0x7F;
    out += control ? ' ' : c;
    ++i;
  }
  return out;
}

}  // namespace anlan
