#include "stream/expression.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>

namespace anlan::stream {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool starts_name(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (c & 0x80) != 0; }
bool in_name(char c) { return starts_name(c) || is_digit(c) || c == '.'; }

size_t characters(std::string_view text) {
  size_t n = 0;
  for (const char c : text) n += (c & 0xC0) != 0x80;
  return n;
}

std::string lasting(Millis d) {
  constexpr int64_t kHour = 3'600'000, kDay = 24 * kHour;
  if (d.count % kDay == 0) return fmt::format("{}d", d.count / kDay);
  if (d.count % kHour == 0) return fmt::format("{}h", d.count / kHour);
  return fmt::format("{}m", d.count / 60'000);
}

}  // namespace

ExpressionParser::ExpressionParser(std::string_view text, bool sequences) : text_(text), sequences_(sequences) {}

bool ExpressionParser::begin() {
  if (text_.size() > kMaxText) {
    text_ = text_.substr(0, kMaxText);
    fail_at(kMaxText, fmt::format("a condition of at most {} bytes", kMaxText), fmt::format("不超过 {} 字节的条件", kMaxText), "…");
  } else {
    next();
  }
  return !failed();
}

Result<Tree> ExpressionParser::parse() {
  if (begin()) {
    tree_.root = either(0);
    if (!failed() && token_.kind != TokenKind::kEnd && !is_truth(tree_.root)) fail("one of >= > <= < + - * /", " >= > <= < + - * / 之一");
    if (!failed() && want(tree_.root, true, 0) && token_.kind != TokenKind::kEnd)
      fail("the end, or one of and, or, + - * / >= > <= <", "结束，或 and、or、+ - * / >= > <= < 之一");
  }
  if (failed()) return *fault_;
  return std::move(tree_);
}

Result<int> ExpressionParser::parse_leaf() {
  int kept = -1;
  if (begin()) {
    kept = token_.kind == TokenKind::kName ? leaf() : fail(expected_en(), expected_zh());
    if (!failed() && token_.kind != TokenKind::kEnd) fail("the end", "结束");
  }
  if (failed()) return *fault_;
  return kept;
}

void ExpressionParser::next() {
  if (failed()) return;
  while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t' || text_[at_] == '\n' || text_[at_] == '\r')) ++at_;
  token_ = {.at = at_};
  if (at_ == text_.size()) return;
  const size_t begin = at_;
  const char c = text_[at_];
  if (is_digit(c) || (c == '.' && at_ + 1 < text_.size() && is_digit(text_[at_ + 1]))) {
    const auto [end, error] = std::from_chars(text_.data() + at_, text_.data() + text_.size(), token_.number);
    at_ = static_cast<size_t>(end - text_.data());
    token_.kind = TokenKind::kNumber;
    bool bad = error != std::errc() || !std::isfinite(token_.number);
    if (at_ < text_.size() && starts_name(text_[at_])) {
      const char unit = text_[at_];
      const double minutes_each = unit == 'm' ? 1 : unit == 'h' ? 60 : unit == 'd' ? 1440 : 0;
      while (at_ < text_.size() && in_name(text_[at_])) ++at_;
      const double count = token_.number * minutes_each;
      // A thousand days: far above every bound, far below what overflows.
      bad = bad || minutes_each == 0 || !is_digit(text_[at_ - 2]) || count != std::floor(count) || count > 1'440'000;
      if (!bad) token_.duration = minutes(static_cast<int64_t>(count));
      token_.kind = TokenKind::kDuration;
    }
    token_.text = text_.substr(begin, at_ - begin);
    if (bad) fail("a number, or a duration such as 10m, 1h or 15d", "数字，或 10m、1h、15d 这样的时长");
    return;
  }
  if (starts_name(c)) {
    while (at_ < text_.size() && in_name(text_[at_])) ++at_;
    token_.kind = TokenKind::kName;
  } else {
    ++at_;
    if ((c == '>' || c == '<') && at_ < text_.size() && text_[at_] == '=') ++at_;
    token_.kind = TokenKind::kSymbol;
  }
  token_.text = text_.substr(begin, at_ - begin);
}

bool ExpressionParser::is(std::string_view word) const {
  return !failed() && (token_.kind == TokenKind::kName || token_.kind == TokenKind::kSymbol) && token_.text == word;
}

bool ExpressionParser::take(std::string_view word) {
  if (!is(word)) return false;
  next();
  return true;
}

bool ExpressionParser::expect(std::string_view symbol) {
  if (take(symbol)) return true;
  const std::string quoted = fmt::format("“{}”", symbol);
  fail(quoted, quoted);
  return false;
}

int ExpressionParser::fail(std::string_view en, std::string_view zh) {
  return fail_at(token_.at, en, zh, token_.kind == TokenKind::kEnd ? std::string_view() : token_.text);
}

int ExpressionParser::fail_at(size_t at, std::string_view en, std::string_view zh, std::string_view found) {
  if (failed()) return -1;
  const size_t position = characters(text_.substr(0, at)) + 1;
  ErrorDetail detail{.field = "condition"};
  detail.en = fmt::format("at character {}: expected {}, found {}", position, en, found.empty() ? "the end" : fmt::format("“{}”", found));
  detail.zh = fmt::format("第 {} 个字符处：应为{}，却是{}", position, zh, found.empty() ? "结尾" : fmt::format("“{}”", found));
  Error error(ErrorCode::kInvalidField, {{"field", "condition"}, {"why", detail.en}});
  error.details.push_back(std::move(detail));
  fault_ = std::move(error);
  return -1;
}

std::optional<Millis> ExpressionParser::duration(Millis least, Millis most) {
  if (failed()) return {};
  if (token_.kind != TokenKind::kDuration || token_.duration < least || token_.duration > most) {
    fail(fmt::format("a duration from {} to {}", lasting(least), lasting(most)), fmt::format("{} 到 {} 的时长", lasting(least), lasting(most)));
    return {};
  }
  const auto d = token_.duration;
  next();
  return d;
}

std::optional<double> ExpressionParser::number() {
  if (failed()) return {};
  const double factor = take("-") ? -1 : 1;
  if (token_.kind != TokenKind::kNumber) {
    fail("a number", "数字");
    return {};
  }
  const double n = token_.number * factor;
  next();
  return n;
}

int ExpressionParser::add(TreeNode node) {
  if (failed()) return -1;
  if (tree_.nodes.size() >= kMaxNodes)
    return fail(fmt::format("at most {} numbers, names and operators", kMaxNodes), fmt::format("至多 {} 个数字、名称和运算符", kMaxNodes));
  tree_.nodes.push_back(node);
  return static_cast<int>(tree_.nodes.size()) - 1;
}

bool ExpressionParser::is_truth(int node) const { return tree_.nodes[static_cast<size_t>(node)].op >= Operator::kGreaterEqual; }

bool ExpressionParser::want(int node, bool truth, size_t at) {
  if (failed()) return false;
  if (is_truth(node) == truth) return true;
  const auto found = text_.substr(at, std::min<size_t>(token_.at, text_.size()) - at);
  truth ? fail_at(at, "a comparison, such as value >= 5", "比较式，如 value >= 5", found)
        : fail_at(at, "a number, not a comparison", "数值，而不是比较式", found);
  return false;
}

int ExpressionParser::either(int depth) {
  size_t at = token_.at;
  int left = both(depth);
  while (is("or")) {
    if (!want(left, true, at)) return -1;
    next();
    at = token_.at;
    const int right = both(depth);
    if (!want(right, true, at)) return -1;
    left = add({.op = Operator::kOr, .left = left, .right = right});
  }
  return left;
}

int ExpressionParser::both(int depth) {
  size_t at = token_.at;
  int left = negation(depth);
  while (is("and")) {
    if (!want(left, true, at)) return -1;
    next();
    at = token_.at;
    const int right = negation(depth);
    if (!want(right, true, at)) return -1;
    left = add({.op = Operator::kAnd, .left = left, .right = right});
  }
  return left;
}

int ExpressionParser::negation(int depth) {
  if (!is("not")) return sequence(depth);
  if (depth >= kMaxDepth) return fail(fmt::format("at most {} levels of nesting", kMaxDepth), fmt::format("至多 {} 层嵌套", kMaxDepth));
  next();
  const size_t at = token_.at;
  const int inner = negation(depth + 1);
  return want(inner, true, at) ? add({.op = Operator::kNot, .left = inner}) : -1;
}

int ExpressionParser::sequence(int depth) {
  const size_t at = token_.at;
  const int first = comparison(depth);
  if (!sequences_ || !is("then")) return first;
  if (!want(first, true, at)) return -1;
  next();
  const size_t second_at = token_.at;
  const int second = comparison(depth);
  if (!want(second, true, second_at) || !expect("within")) return -1;
  const auto within = duration(minutes(1), hours(15 * 24));
  return within ? add({.op = Operator::kThen, .left = first, .right = second, .within = *within}) : -1;
}

int ExpressionParser::comparison(int depth) {
  const size_t at = token_.at;
  const int left = sum(depth);
  Operator op;
  if (is(">=")) op = Operator::kGreaterEqual;
  else if (is(">")) op = Operator::kGreater;
  else if (is("<=")) op = Operator::kLessEqual;
  else if (is("<")) op = Operator::kLess;
  else return left;
  if (!want(left, false, at)) return -1;
  next();
  const size_t right_at = token_.at;
  const int right = sum(depth);
  return want(right, false, right_at) ? add({.op = op, .left = left, .right = right}) : -1;
}

int ExpressionParser::sum(int depth) {
  const size_t at = token_.at;
  int left = product(depth);
  while (is("+") || is("-")) {
    const auto op = is("+") ? Operator::kAdd : Operator::kSubtract;
    if (!want(left, false, at)) return -1;
    next();
    const size_t right_at = token_.at;
    const int right = product(depth);
    if (!want(right, false, right_at)) return -1;
    left = add({.op = op, .left = left, .right = right});
  }
  return left;
}

int ExpressionParser::product(int depth) {
  const size_t at = token_.at;
  int left = sign(depth);
  while (is("*") || is("/")) {
    const auto op = is("*") ? Operator::kMultiply : Operator::kDivide;
    if (!want(left, false, at)) return -1;
    next();
    const size_t right_at = token_.at;
    const int right = sign(depth);
    if (!want(right, false, right_at)) return -1;
    left = add({.op = op, .left = left, .right = right});
  }
  return left;
}

int ExpressionParser::sign(int depth) {
  if (failed()) return -1;
  if (depth >= kMaxDepth) return fail(fmt::format("at most {} levels of nesting", kMaxDepth), fmt::format("至多 {} 层嵌套", kMaxDepth));
  if (take("(")) {
    const int inner = either(depth + 1);
    return expect(")") ? inner : -1;
  }
  if (take("-")) {
    const size_t at = token_.at;
    const int inner = sign(depth + 1);
    return want(inner, false, at) ? add({.op = Operator::kNegate, .left = inner}) : -1;
  }
  if (token_.kind == TokenKind::kNumber) {
    const double number = token_.number;
    next();
    return add({.op = Operator::kNumber, .number = number});
  }
  if (token_.kind == TokenKind::kName && !is("and") && !is("or") && !is("then") && !is("within")) {
    const int kept = leaf();
    return failed() ? -1 : add({.op = Operator::kLeaf, .leaf = kept});
  }
  return fail(expected_en(), expected_zh());
}

}  // namespace anlan::stream
