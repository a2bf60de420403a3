#include <algorithm>
#include <charconv>
#include <optional>

#include "web/odata_query_filter.h"

namespace anlan {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool begins_word(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '@' || static_cast<unsigned char>(c) >= 0x80; }
bool is_word(char c) { return begins_word(c) || is_digit(c) || c == '.' || c == '/'; }

Error too_long() { return odata_error("$filter 过长或过于复杂", "the $filter is too long or too complex"); }

std::optional<double> number_in(std::string_view text) {
  double value = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
  return fault == std::errc() && end == text.data() + text.size() ? std::optional(value) : std::nullopt;
}

std::string_view next_word(std::string_view text) {
  size_t end = 0;
  while (end < text.size() && is_word(text[end])) ++end;
  return text.substr(0, end);
}

constexpr std::string_view kReserved[] = {"or", "and", "not", "eq", "ne", "gt", "ge", "lt", "le", "add", "sub", "mul", "div", "mod"};

}  // namespace

Result<ODataPath> parse_odata_path(std::string_view text) {
  constexpr size_t kSegmentsMax = 8;
  const auto bad = [&] { return odata_error("不是有效的属性路径", "not a path of properties", text); };
  ODataPath path;
  if (text.empty() || next_word(text).size() != text.size() || !begins_word(text.front())) return bad();
  while (true) {
    const size_t slash = std::min(text.find('/'), text.size());
    if (slash == 0 || path.size() == kSegmentsMax) return bad();
    path.emplace_back(text.substr(0, slash));
    if (slash == text.size()) return path;
    text.remove_prefix(slash + 1);
  }
}

class ODataFilterParser {
 public:
  explicit ODataFilterParser(std::string_view text) : all_(text), rest_(text) {}

  Result<ODataFilter> parse() {
    if (all_.size() > kFilterBytesMax) return too_long();
    const auto whole = either();
    skip_blanks();
    if (whole && !fault_ && !rest_.empty()) fault_ = here("此处不应再有内容", "nothing more is expected here");
    if (whole && !fault_ && !may_be_true(*whole)) fault_ = odata_error("$filter 应是一个条件", "the $filter is not a condition", all_);
    if (fault_) return *fault_;
    return std::move(filter_);
  }

 private:
  using Op = ODataFilter::Op;
  using At = std::optional<uint16_t>;  // nothing: fault_ says why

  void skip_blanks() {
    while (!rest_.empty() && (rest_.front() == ' ' || rest_.front() == '\t')) rest_.remove_prefix(1);
  }
  Error here(std::string_view zh, std::string_view en) const {
    const std::string at = std::to_string(all_.size() - rest_.size() + 1);
    return odata_error("$filter 第 " + at + " 字节：" + std::string(zh), "$filter, byte " + at + ": " + std::string(en), rest_.empty() ? "(end)" : rest_);
  }
  At refuse(std::string_view zh, std::string_view en) {
    if (!fault_) fault_ = here(zh, en);
    return std::nullopt;
  }
  At refuse(Error error) {
    if (!fault_) fault_ = std::move(error);
    return std::nullopt;
  }
  At put(Op op, uint16_t a = 0, uint16_t b = 0, ODataValue value = {}) {
    if (filter_.nodes_.size() == kFilterNodesMax) return refuse(too_long());
    filter_.nodes_.push_back({op, a, b, std::move(value)});
    return static_cast<uint16_t>(filter_.nodes_.size() - 1);
  }
  bool take(char c) {
    skip_blanks();
    if (rest_.empty() || rest_.front() != c) return false;
    rest_.remove_prefix(1);
    return true;
  }
  bool take_word(std::string_view word) {
    skip_blanks();
    if (next_word(rest_) != word) return false;
    rest_.remove_prefix(word.size());
    return true;
  }
  bool may_be_true(uint16_t node) const {
    const auto& n = filter_.nodes_[node];
    if (n.op == Op::literal) return std::holds_alternative<bool>(n.value);
    return n.op == Op::path || (n.op >= Op::op_or && n.op <= Op::le) || (n.op >= Op::substringof && n.op <= Op::endswith) || n.op == Op::st_within;
  }
  At condition(At node) {
    if (node && !may_be_true(*node)) return refuse("此前应是一个条件", "a condition is expected before this");
    return node;
  }

  struct Deeper {
    explicit Deeper(int& depth) : depth_(depth) { ++depth_; }
    ~Deeper() { --depth_; }
    int& depth_;
  };

  At either() {
    At a = both();
    while (a && take_word("or")) {
      if (!condition(a)) return std::nullopt;
      const At b = condition(both());
      a = b ? put(Op::op_or, *a, *b) : std::nullopt;
    }
    return a;
  }
  At both() {
    At a = negated();
    while (a && take_word("and")) {
      if (!condition(a)) return std::nullopt;
      const At b = condition(negated());
      a = b ? put(Op::op_and, *a, *b) : std::nullopt;
    }
    return a;
  }
  At negated() {
    if (!take_word("not")) return comparison();
    const Deeper deeper(depth_);
    if (depth_ > kFilterDepthMax) return refuse(too_long());
    const At a = condition(negated());
    return a ? put(Op::op_not, *a) : std::nullopt;
  }
  At comparable(At node) {
    if (node && filter_.nodes_[*node].op == Op::polygon) return refuse("多边形不能比较", "polygons are not compared");
    return node;
  }
  At comparison() {
    const At a = sum();
    constexpr std::pair<std::string_view, Op> kOps[] = {{"eq", Op::eq}, {"ne", Op::ne}, {"gt", Op::gt}, {"ge", Op::ge}, {"lt", Op::lt}, {"le", Op::le}};
    for (const auto& [word, op] : kOps)
      if (a && take_word(word)) {
        const At b = comparable(sum());
        return b && comparable(a) ? put(op, *a, *b) : std::nullopt;
      }
    return a;
  }
  At sum() {
    At a = product();
    while (a) {
      const Op op = take_word("add") ? Op::add : take_word("sub") ? Op::sub : Op::literal;
      if (op == Op::literal) break;
      const At b = product();
      a = b ? put(op, *a, *b) : std::nullopt;
    }
    return a;
  }
  At product() {
    At a = operand();
    while (a) {
      const Op op = take_word("mul") ? Op::mul : take_word("div") ? Op::div : take_word("mod") ? Op::mod : Op::literal;
      if (op == Op::literal) break;
      const At b = operand();
      a = b ? put(op, *a, *b) : std::nullopt;
    }
    return a;
  }

  At operand() {
    skip_blanks();
    if (rest_.empty()) return refuse("条件不完整", "something is missing");
    const char c = rest_.front();
    if (c == '\'') {
      const auto text = quoted();
      return text ? put(Op::literal, 0, 0, *text) : std::nullopt;
    }
    if (is_digit(c) || c == '-') return number_or_time();
    if (c == '(') {
      rest_.remove_prefix(1);
      const Deeper deeper(depth_);
      if (depth_ > kFilterDepthMax) return refuse(too_long());
      const At a = either();
      if (a && !take(')')) return refuse("缺少右括号", "a closing parenthesis is missing");
      return a;
    }
    if (!begins_word(c)) return refuse("无法识别", "not understood");
    const std::string_view word = next_word(rest_);
    if (std::find(std::begin(kReserved), std::end(kReserved), word) != std::end(kReserved)) return refuse("此处应是属性、数值或函数", "a property, value or function is expected here");
    const std::string_view after = rest_.substr(word.size());
    if (word == "geography" && after.starts_with('\'')) {
      rest_ = after;
      return geography();
    }
    if (after.starts_with('(')) return call(word);
    rest_ = after;
    if (word == "true" || word == "false") return put(Op::literal, 0, 0, word == "true");
    if (word == "null") return put(Op::literal);
    auto path = parse_odata_path(word);
    if (!path) return refuse(path.error());
    auto& paths = filter_.paths_;
    const auto known = std::find(paths.begin(), paths.end(), *path);
    const auto index = static_cast<uint16_t>(known - paths.begin());
    if (known == paths.end()) paths.push_back(std::move(*path));
    return put(Op::path, index);
  }

  std::optional<std::string> quoted() {
    std::string text;
    for (size_t i = 1; i < rest_.size(); ++i) {
      if (rest_[i] != '\'') {
        text += rest_[i];
      } else if (i + 1 < rest_.size() && rest_[i + 1] == '\'') {
        text += rest_[i++];
      } else {
        rest_.remove_prefix(i + 1);
        return text;
      }
    }
    refuse("引号没有结束", "the quoted text does not end");
    return std::nullopt;
  }

  At number_or_time() {
    size_t end = 1;
    while (end < rest_.size() && (is_word(rest_[end]) || rest_[end] == ':' || rest_[end] == '+' || rest_[end] == '-') && rest_[end] != '/') ++end;
    const auto text = rest_.substr(0, end);
    ODataValue value;
    if (const auto number = number_in(text)) value = *number;
    else if (const auto time = parse_iso8601(text)) value = *time;
    else return refuse("不是数值，也不是带时区的时间", "neither a number nor a time with its zone");
    rest_.remove_prefix(end);
    return put(Op::literal, 0, 0, std::move(value));
  }

  At call(std::string_view name) {
    struct Function {
      std::string_view name;
      Op op;
      int arguments;
    };
    static constexpr Function kFunctions[] = {{"substringof", Op::substringof, 2}, {"startswith", Op::startswith, 2}, {"endswith", Op::endswith, 2}, {"length", Op::length, 1},
                                              {"tolower", Op::tolower, 1},         {"toupper", Op::toupper, 1},       {"st_within", Op::st_within, 2}};
    const auto* found = std::find_if(std::begin(kFunctions), std::end(kFunctions), [&](const auto& f) { return f.name == name; });
    if (found == std::end(kFunctions)) return refuse("没有这个函数", "there is no such function");
    const Deeper deeper(depth_);
    if (depth_ > kFilterDepthMax) return refuse(too_long());
    rest_.remove_prefix(name.size() + 1);
    const At a = sum();
    At b = a;
    if (a && found->arguments == 2) {
      if (!take(',')) return refuse("此处应是逗号", "a comma is expected here");
      b = sum();
    }
    if (!a || !b) return std::nullopt;
    if (!take(')')) return refuse("缺少右括号", "a closing parenthesis is missing");
    const bool polygon = filter_.nodes_[*b].op == Op::polygon;
    if (polygon != (found->op == Op::st_within)) return refuse("只有 st_within 的第二项是多边形", "a polygon stands second in st_within, and there alone");
    return put(found->op, *a, *b);
  }

  // Well-known text (OGC 06-103r4): positions as "lon lat".
  At geography() {
    const auto text = quoted();
    if (!text) return std::nullopt;
    const auto bad = [&] { return refuse(odata_error("应为 POINT (经度 纬度) 或 POLYGON ((…))", "expected POINT (lon lat) or POLYGON ((…))", *text)); };
    std::string_view in = *text;
    const auto blanks = [&] { while (!in.empty() && in.front() == ' ') in.remove_prefix(1); };
    const auto eat = [&](std::string_view what) {
      blanks();
      if (!in.starts_with(what)) return false;
      in.remove_prefix(what.size());
      return true;
    };
    const auto position = [&]() -> std::optional<LonLat> {
      double xy[2];
      for (double& value : xy) {
        blanks();
        const auto part = in.substr(0, std::min(in.find_first_of(" ,()"), in.size()));
        const auto number = number_in(part);
        if (!number) return std::nullopt;
        value = *number;
        in.remove_prefix(part.size());
      }
      const LonLat p{xy[0], xy[1]};
      return is_valid(p) ? std::optional(p) : std::nullopt;
    };
    if (eat("POINT")) {
      if (!eat("(")) return bad();
      const auto p = position();
      if (!p || !eat(")")) return bad();
      blanks();
      return in.empty() ? put(Op::literal, 0, 0, *p) : bad();
    }
    if (!eat("POLYGON") || !eat("(")) return bad();
    ODataFilter::Shape shape{{}, {180, 90}, {-180, -90}};
    do {
      if (!eat("(")) return bad();
      auto& ring = shape.rings.emplace_back();
      do {
        const auto p = position();
        if (!p) return bad();
        if (++vertices_ > kFilterVerticesMax) return refuse(too_long());
        ring.push_back(*p);
        shape.low = {std::min(shape.low.lon, p->lon), std::min(shape.low.lat, p->lat)};
        shape.high = {std::max(shape.high.lon, p->lon), std::max(shape.high.lat, p->lat)};
      } while (eat(","));
      if (!eat(")") || ring.size() < 3) return bad();
      if (!(ring.front() == ring.back())) ring.push_back(ring.front());
    } while (eat(","));
    if (!eat(")")) return bad();
    blanks();
    if (!in.empty()) return bad();
    filter_.shapes_.push_back(std::move(shape));
    return put(Op::polygon, static_cast<uint16_t>(filter_.shapes_.size() - 1));
  }

  std::string_view all_, rest_;
  ODataFilter filter_;
  std::optional<Error> fault_;
  int depth_ = 0;
  size_t vertices_ = 0;
};

Result<ODataFilter> ODataFilter::parse(std::string_view text) { return ODataFilterParser(text).parse(); }

}  // namespace anlan
