// Pages, text and lines on Pango and Cairo, for pdf.cpp. Lengths in points (1/72 inch), y downwards.
//
// A canvas either measures (no output, to count pages) or draws. Both lay out text alike, so the page breaks agree.
#pragma once

#include <cairo.h>
#include <pango/pangocairo.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "documents/pdf.h"

namespace anlan {

inline constexpr double kPageWidth = 595.276, kPageHeight = 841.89;  // A4
inline constexpr double kMarginSide = 62, kMarginTop = 74, kMarginBottom = 72;
inline constexpr double kBodyWidth = kPageWidth - 2 * kMarginSide;
inline constexpr double kBodyBottom = kPageHeight - kMarginBottom;

struct TextStyle {
  double size;
  bool bold = false;
  double grey = 0;  // 0 black, 1 white
  PdfAlign align = PdfAlign::kLeft;
  double indent = 0;   // of first lines
  int lines_max = 0;   // longer text is cut with "…"; 0 for no limit
};

// One text laid out in one style; belongs to the canvas that made it and must not outlive it.
class PdfText {
 public:
  struct Line {
    double top, bottom;
  };
  double height() const;
  double width() const;
  std::vector<Line> lines() const;
  bool has_every_glyph() const;

 private:
  friend class PdfCanvas;
  struct Closer {
    void operator()(void* o) const { g_object_unref(o); }
  };
  std::unique_ptr<PangoLayout, Closer> layout_;
  double grey_ = 0;
};

class PdfCanvas {
 public:
  enum class Mode { kMeasure, kDraw };
  explicit PdfCanvas(Mode mode);

  bool drawing() const { return mode_ == Mode::kDraw; }

  // Width in points, or negative for one line of any length.
  PdfText lay_out(std::string_view text, const TextStyle& style, double width) const;
  void draw(const PdfText& text, double x, double y);
  // Draws lines [from, to); the top of the first comes to y.
  void draw_lines(const PdfText& text, size_t from, size_t to, double x, double y);

  void draw_rule(double x, double y, double width, double thickness, double grey);
  void draw_box(double x, double y, double width, double height, double grey);
  void draw_mark(const PdfMark& mark, double x, double y, double size);
  // Inside a frame; what reaches out of it is cut. Positions times width.
  void draw_shapes(const std::vector<PdfShape>& shapes, double x, double y, double width, double height);
  void draw_watermark(const std::string& text);
  void end_page();

  void set_properties(const std::string& title, UtcTime created);
  void add_outline(const std::string& text, int page, double y);
  // Ends the document; nothing when Cairo failed.
  std::optional<std::string> finish();

 private:
  struct SurfaceCloser {
    void operator()(cairo_surface_t* s) const { cairo_surface_destroy(s); }
  };
  struct ContextCloser {
    void operator()(cairo_t* c) const { cairo_destroy(c); }
  };

  Mode mode_;
  std::string out_;
  std::unique_ptr<cairo_surface_t, SurfaceCloser> surface_;
  std::unique_ptr<cairo_t, ContextCloser> cairo_;
  std::unique_ptr<PangoContext, PdfText::Closer> pango_;
};

// UTF-8 without control characters; every kind of line end becomes a line feed, damaged bytes become U+FFFD.
std::string printable(std::string_view text);

}  // namespace anlan
