#include "stream/area_condition.h"

#include <cmath>
#include <optional>

#include "stream/expression.h"

namespace anlan::stream {
namespace {

std::optional<Level> level_named(std::string_view word) {
  constexpr std::string_view kNames[] = {"blue", "yellow", "orange", "red"};
  for (size_t i = 0; i < 4; ++i)
    if (word == kNames[i]) return static_cast<Level>(i + 1);
  return {};
}

std::optional<LinkState> state_named(std::string_view word) {
  for (int i = 0; i < kLinkStates; ++i)
    if (word == name_of(static_cast<LinkState>(i))) return static_cast<LinkState>(i);
  return {};
}

class AreaParser final : public ExpressionParser {
 public:
  explicit AreaParser(std::string_view text) : ExpressionParser(text, true) {}
  std::vector<AreaNode> leaves;

 protected:
  std::string expected_en() const override { return "count(…), share(…), highest(…), area(…), a level, a number, or “(”"; }
  std::string expected_zh() const override { return " count(…)、share(…)、highest(…)、area(…)、级别、数字或“(”"; }

  int leaf() override {
    const auto word = token().text;
    AreaNode node{AreaNodeKind::kNumber};
    if (const auto named = level_named(word)) {
      node.number = *named;
      next();
    } else if (word == "count" || word == "share") {
      const bool share = word == "share";
      next();
      expect("(");
      const auto inner = name();
      if (take(">=")) {
        node.kind = share ? AreaNodeKind::kShareRule : AreaNodeKind::kCountRule;
        node.rule = inner;
        node.level = wanted_level();
      } else if (const auto state = state_named(inner)) {
        node.kind = share ? AreaNodeKind::kShareState : AreaNodeKind::kCountState;
        node.state = *state;
      } else {
        fail("“>=” and a level, or one of unknown, fresh, late, silent, implausible, flat",
             "“>=”和级别，或 unknown、fresh、late、silent、implausible、flat 之一");
      }
      expect(")");
    } else if (word == "highest" || word == "area") {
      node.kind = word == "area" ? AreaNodeKind::kArea : AreaNodeKind::kHighest;
      next();
      expect("(");
      node.rule = name();
      if (node.kind == AreaNodeKind::kHighest && node.rule == "level") node.rule.clear();
      expect(")");
    } else {
      return fail(expected_en(), expected_zh());
    }
    if (failed()) return -1;
    leaves.push_back(std::move(node));
    return static_cast<int>(leaves.size()) - 1;
  }

 private:
  std::string name() {
    if (failed()) return {};
    if (token().kind != TokenKind::kName) {
      fail("the id of a rule, or a state", "规则编号或状态");
      return {};
    }
    std::string out(token().text);
    next();
    return out;
  }

  Level wanted_level() {
    if (failed()) return 0;
    Level out = 0;
    if (token().kind == TokenKind::kName) out = level_named(token().text).value_or(0);
    else if (token().kind == TokenKind::kNumber && token().number >= 1 && token().number <= kRed && token().number == std::floor(token().number))
      out = static_cast<Level>(token().number);
    if (out == 0) fail("blue, yellow, orange, red, or 1 to 4", " blue、yellow、orange、red 或 1 到 4");
    else next();
    return out;
  }
};

void flatten(const Tree& tree, int at, const std::vector<AreaNode>& leaves, AreaCondition& out) {
  const auto& node = tree.nodes[static_cast<size_t>(at)];
  if (node.op == Operator::kLeaf) {
    out.nodes.push_back(leaves[static_cast<size_t>(node.leaf)]);
    return;
  }
  if (node.op == Operator::kNumber) {
    out.nodes.push_back({AreaNodeKind::kNumber, node.number});
    return;
  }
  flatten(tree, node.left, leaves, out);
  if (node.right >= 0) flatten(tree, node.right, leaves, out);
  AreaNode made{static_cast<AreaNodeKind>(static_cast<int>(AreaNodeKind::kAdd) + (static_cast<int>(node.op) - static_cast<int>(Operator::kAdd)))};
  made.within = node.within;
  out.nodes.push_back(std::move(made));
}

}  // namespace

Result<AreaCondition> parse_area_condition(std::string_view text) {
  AreaParser parser(text);
  TRY(tree, parser.parse());
  AreaCondition out;
  flatten(tree, tree.root, parser.leaves, out);
  return out;
}

}  // namespace anlan::stream
