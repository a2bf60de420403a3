#include "web/odata_query_filter.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "base/even_odd.h"

namespace anlan {
namespace {

bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

template <class T>
int order_of(const T& a, const T& b) { return a < b ? -1 : b < a ? 1 : 0; }

std::string in_case(std::string text, char from, char to, int shift) {
  for (char& c : text)
    if (c >= from && c <= to) c = static_cast<char>(c + shift);
  return text;
}

}  // namespace

int compare(const ODataValue& a, const ODataValue& b) {
  if (a.index() != b.index()) return order_of(a.index(), b.index());
  return std::visit([&](const auto& x) {
    using T = std::decay_t<decltype(x)>;
    const auto& y = std::get<T>(b);
    if constexpr (std::is_same_v<T, std::monostate>) return 0;
    else if constexpr (std::is_same_v<T, LonLat>) return x.lon != y.lon ? order_of(x.lon, y.lon) : order_of(x.lat, y.lat);
    else return order_of(x, y);
  }, a);
}

Error odata_error(std::string_view zh, std::string_view en, std::string_view said) {
  constexpr size_t kShown = 60;
  std::string quoted(said.substr(0, kShown));
  if (said.size() > kShown) {
    size_t end = kShown;
    while (end > 0 && is_continuation(said[end])) --end;
    quoted = std::string(said.substr(0, end)) + "…";
  }
  // The words for the two languages are told apart by " / ": no such thing comes from outside.
  for (size_t i = 0; i < quoted.size();)
    if (quoted[i] == ' ' && ((i > 0 && quoted[i - 1] == '/') || (i + 1 < quoted.size() && quoted[i + 1] == '/'))) quoted.erase(i > 0 ? i-- : i, 1);
    else ++i;
  const auto with = [&](std::string_view words) { return said.empty() ? std::string(words) : std::string(words) + (words == zh ? "：" : ": ") + quoted; };
  return Error(ErrorCode::kBadRequest, {{"why", with(zh) + " / " + with(en)}});
}

bool ODataFilter::Shape::contains(LonLat p) const {
  if (p.lon < low.lon || p.lon > high.lon || p.lat < low.lat || p.lat > high.lat) return false;
  bool inside = false;
  for (const auto& ring : rings)
    for (size_t i = 0; i + 1 < ring.size(); ++i) {
      const auto hit = ray_hit(ring[i], ring[i + 1], p);
      if (hit == RayHit::kOnEdge) return true;
      inside ^= hit == RayHit::kHit;
    }
  return inside;
}

bool ODataFilter::matches(const ValueOf& value_of) const { return holds(static_cast<uint16_t>(nodes_.size() - 1), value_of); }

bool ODataFilter::holds(uint16_t node, const ValueOf& value_of) const {
  const auto value = evaluate(node, value_of);
  const auto* truth = std::get_if<bool>(&value);
  return truth && *truth;
}

ODataValue ODataFilter::evaluate(uint16_t index, const ValueOf& value_of) const {
  const Node& n = nodes_[index];
  const auto text = [&](uint16_t node) {
    auto v = evaluate(node, value_of);
    auto* s = std::get_if<std::string>(&v);
    return s ? std::optional(std::move(*s)) : std::nullopt;
  };
  switch (n.op) {
    case Op::literal: return n.value;
    case Op::path: return value_of(n.a);
    case Op::polygon: return {};
    case Op::op_or: return holds(n.a, value_of) || holds(n.b, value_of);
    case Op::op_and: return holds(n.a, value_of) && holds(n.b, value_of);
    case Op::op_not: return !holds(n.a, value_of);
    case Op::eq:
    case Op::ne: return (compare(evaluate(n.a, value_of), evaluate(n.b, value_of)) == 0) == (n.op == Op::eq);
    case Op::gt:
    case Op::ge:
    case Op::lt:
    case Op::le: {
      const auto a = evaluate(n.a, value_of), b = evaluate(n.b, value_of);
      if (a.index() != b.index() || std::holds_alternative<std::monostate>(a)) return false;
      const int order = compare(a, b);
      return n.op == Op::gt ? order > 0 : n.op == Op::ge ? order >= 0 : n.op == Op::lt ? order < 0 : order <= 0;
    }
    case Op::add:
    case Op::sub:
    case Op::mul:
    case Op::div:
    case Op::mod: {
      const auto va = evaluate(n.a, value_of), vb = evaluate(n.b, value_of);
      const auto *a = std::get_if<double>(&va), *b = std::get_if<double>(&vb);
      if (!a || !b) return {};
      const double r = n.op == Op::add ? *a + *b : n.op == Op::sub ? *a - *b : n.op == Op::mul ? *a * *b : n.op == Op::div ? *a / *b : std::fmod(*a, *b);
      return std::isfinite(r) ? ODataValue(r) : ODataValue();
    }
    case Op::substringof:
    case Op::startswith:
    case Op::endswith: {
      const auto a = text(n.a), b = text(n.b);
      if (!a || !b) return {};
      if (n.op == Op::substringof) return b->find(*a) != std::string::npos;
      return n.op == Op::startswith ? a->starts_with(*b) : a->ends_with(*b);
    }
    case Op::length: {
      const auto a = text(n.a);
      return a ? ODataValue(static_cast<double>(std::count_if(a->begin(), a->end(), [](char c) { return !is_continuation(c); }))) : ODataValue();
    }
    case Op::tolower:
    case Op::toupper: {
      auto a = text(n.a);
      if (!a) return {};
      return n.op == Op::tolower ? in_case(std::move(*a), 'A', 'Z', 32) : in_case(std::move(*a), 'a', 'z', -32);
    }
    case Op::st_within: {
      const auto v = evaluate(n.a, value_of);
      const auto* p = std::get_if<LonLat>(&v);
      return p ? ODataValue(shapes_[nodes_[n.b].a].contains(*p)) : ODataValue();
    }
  }
  return {};
}

ODataFilter::Span ODataFilter::span_of(const std::vector<bool>& is_time) const {
  Span span;
  narrow(static_cast<uint16_t>(nodes_.size() - 1), is_time, span);
  return span;
}

// Only what must hold for the whole: and-ed comparisons of such a path with a literal, either way round.
void ODataFilter::narrow(uint16_t index, const std::vector<bool>& is_time, Span& span) const {
  const Node& n = nodes_[index];
  if (n.op == Op::op_and) {
    narrow(n.a, is_time, span);
    narrow(n.b, is_time, span);
    return;
  }
  if (n.op < Op::eq || n.op > Op::le || n.op == Op::ne) return;
  const Node *path = &nodes_[n.a], *literal = &nodes_[n.b];
  Op op = n.op;
  if (path->op != Op::path) {
    std::swap(path, literal);
    op = op == Op::gt ? Op::lt : op == Op::ge ? Op::le : op == Op::lt ? Op::gt : op == Op::le ? Op::ge : op;
  }
  if (path->op != Op::path || literal->op != Op::literal || !is_time[path->a]) return;
  const auto* t = std::get_if<UtcTime>(&literal->value);
  if (!t) return;
  const UtcTime after = *t + milliseconds(1);
  if (op == Op::eq || op == Op::ge) span.from = std::max(span.from, *t);
  if (op == Op::gt) span.from = std::max(span.from, after);
  if (op == Op::eq || op == Op::le) span.until = std::min(span.until, after);
  if (op == Op::lt) span.until = std::min(span.until, *t);
}

}  // namespace anlan
