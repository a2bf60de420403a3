// The $filter of OData as SensorThings uses it (OGC 18-088 §9.3.3.5): a condition over named values of one entity.
//
//   condition  = and-ed, or-ed, not-ed comparisons (eq ne gt ge lt le) and conditions in parentheses
//   operand    = path | literal | function | operand (add sub mul div mod) operand
//   literal    = 'text' ('' is one quote) | number | 2026-11-21T10:53:00Z | true | false | null
//              | geography'POINT (lon lat)' | geography'POLYGON ((lon lat, …), (hole …))'
//   function   = substringof(part, text) startswith(text, part) endswith(text, part) length(text) tolower(text)
//                toupper(text) st_within(position, polygon)
//   path       = name{/name}
//
// Binding strength, strongest first: mul div mod, add sub, comparison, not, and, or.
// Values that are absent (null) are equal to null alone, and every other comparison with them is false, as is one
// between values of different kinds; `ne` is the opposite of `eq`. Arithmetic on anything but numbers is null. Texts are
// compared by their bytes; length counts characters; tolower and toupper change A to Z only. A position on the edge of
// a polygon is within.
//
// The text comes from outside. Errors: kBadRequest, `why` in both languages with the place in the text. Bounds: the
// constants below. Parsing costs O(n), a question O(nodes + vertices of the polygons).
// A parsed filter is immutable: any number of threads may ask.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/error.h"
#include "base/lonlat.h"
#include "base/time.h"

namespace anlan {

constexpr size_t kFilterBytesMax = 16'384;
constexpr size_t kFilterNodesMax = 128;
constexpr int kFilterDepthMax = 32;         // of parentheses, not and calls
constexpr size_t kFilterVerticesMax = 1'000;  // of all polygons

// monostate is null.
using ODataValue = std::variant<std::monostate, bool, double, std::string, UtcTime, LonLat>;

// Null first, then false, true, numbers, texts, times, positions. A total order, for $orderby: <0, 0, >0.
int compare(const ODataValue& a, const ODataValue& b);

// Quoted text that names what was wrong: cut to a few characters.
Error odata_error(std::string_view zh, std::string_view en, std::string_view said = {});

// "Thing/properties/river"
using ODataPath = std::vector<std::string>;
Result<ODataPath> parse_odata_path(std::string_view text);

class ODataFilter {
 public:
  static Result<ODataFilter> parse(std::string_view text);

  // The different paths that it names; values are asked for by their index here.
  const std::vector<ODataPath>& paths() const { return paths_; }
  size_t nodes() const { return nodes_.size(); }  // what a question may cost
  using ValueOf = std::function<ODataValue(size_t path)>;
  bool matches(const ValueOf& value_of) const;

  // The times that the paths (those with a true in `is_time`) can have where it matches: from <= t < until. May be wider
  // than the truth, never narrower.
  struct Span {
    UtcTime from{INT64_MIN}, until = kNever;
  };
  Span span_of(const std::vector<bool>& is_time) const;

 private:
  friend class ODataFilterParser;
  enum class Op : uint8_t {
    literal, path, polygon, op_or, op_and, op_not, eq, ne, gt, ge, lt, le, add, sub, mul, div, mod,
    substringof, startswith, endswith, length, tolower, toupper, st_within
  };
  struct Node {
    Op op;
    uint16_t a = 0, b = 0;  // operands: nodes; path and polygon: their index in `a`
    ODataValue value;       // of a literal
  };
  struct Shape {
    std::vector<std::vector<LonLat>> rings;  // closed
    LonLat low, high;                        // bounds
    bool contains(LonLat p) const;
  };
  ODataValue evaluate(uint16_t node, const ValueOf& value_of) const;
  bool holds(uint16_t node, const ValueOf& value_of) const;
  void narrow(uint16_t node, const std::vector<bool>& is_time, Span& span) const;

  std::vector<Node> nodes_;  // operands before what uses them; the last is the condition
  std::vector<ODataPath> paths_;
  std::vector<Shape> shapes_;
};

}  // namespace anlan
