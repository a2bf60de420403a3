#include "stream/condition.h"

#include "stream/expression.h"

namespace anlan::stream {
namespace {

constexpr std::pair<std::string_view, NodeKind> kFunctions[] = {
    {"sum", NodeKind::kSum}, {"mean", NodeKind::kMean},   {"min", NodeKind::kMin},    {"max", NodeKind::kMax},
    {"count", NodeKind::kCount}, {"rate", NodeKind::kRate}, {"range", NodeKind::kRange}};

class ConditionParser final : public ExpressionParser {
 public:
  explicit ConditionParser(std::string_view text) : ExpressionParser(text, false), text_(text) {}
  std::vector<ConditionNode> leaves;

 protected:
  std::string expected_en() const override { return "value, limit.NAME, sum(1h) or another function, a number, or “(”"; }
  std::string expected_zh() const override { return " value、limit.名称、sum(1h) 等函数、数字或“(”"; }

  int leaf() override {
    const size_t begin = token().at;
    ConditionNode node{NodeKind::kValue};
    const auto word = token().text;
    if (word == "value") {
      next();
    } else if (word.starts_with("limit.")) {
      node.kind = NodeKind::kLimit;
      node.limit = limit_name();
    } else if (word == "above") {
      node.kind = NodeKind::kAbove;
      next();
      expect("(");
      if (!failed() && token().kind == TokenKind::kName) node.limit = limit_name();
      else node.number = number().value_or(0);
      expect(")");
    } else if (word == "antecedent") {
      node.kind = NodeKind::kAntecedent;
      next();
      expect("(");
      if (!failed() && (token().kind != TokenKind::kNumber || !(token().number > 0 && token().number <= 1)))
        return fail("a factor above 0 and up to 1", "大于 0、不超过 1 的系数");
      node.number = number().value_or(0);
      expect(",");
      if (!failed() && token().duration.count % hours(24).count != 0) return fail("whole days, from 1d to 15d", "整日数，1d 到 15d");
      node.window = duration(hours(24), hours(15 * 24)).value_or(Millis{0});
      expect(")");
    } else {
      const auto* found = std::begin(kFunctions);
      while (found != std::end(kFunctions) && found->first != word) ++found;
      if (found == std::end(kFunctions)) return fail(expected_en(), expected_zh());
      node.kind = found->second;
      next();
      expect("(");
      node.window = duration(minutes(5), hours(15 * 24)).value_or(Millis{0});
      expect(")");
    }
    if (failed()) return -1;
    for (const char c : text_.substr(begin, token().at - begin))
      if (c != ' ' && c != '\t' && c != '\n' && c != '\r') node.text.push_back(c);
    leaves.push_back(std::move(node));
    return static_cast<int>(leaves.size()) - 1;
  }

 private:
  std::string limit_name() {
    const auto word = token().text;
    if (!word.starts_with("limit.") || word.size() == 6) {
      fail("limit.NAME or a number", " limit.名称 或数字");
      return {};
    }
    std::string name(word.substr(6));
    next();
    return name;
  }

  std::string_view text_;
};

class Flattener {
 public:
  Flattener(const Tree& tree, std::vector<ConditionNode>& leaves) : tree_(tree), leaves_(leaves) {}

  // `turned`: below an odd number of nots.
  void add(int at, bool turned) {
    const auto& node = tree_.nodes[static_cast<size_t>(at)];
    if (node.op == Operator::kNot) return add(node.left, !turned);
    if (node.op == Operator::kLeaf) {
      out.nodes.push_back(leaves_[static_cast<size_t>(node.leaf)]);
      return;
    }
    if (node.op == Operator::kNumber) {
      out.nodes.push_back({NodeKind::kNumber, node.number});
      return;
    }
    add(node.left, turned);
    if (out.first_side == 0 && is_comparison(node.op)) out.first_side = out.nodes.size();
    if (node.right >= 0) add(node.right, turned);
    out.nodes.push_back({kind(node.op, turned)});
  }

  Condition out;

 private:
  static bool is_comparison(Operator op) { return op >= Operator::kGreaterEqual && op <= Operator::kLess; }

  static NodeKind kind(Operator op, bool turned) {
    switch (op) {
      case Operator::kAdd: return NodeKind::kAdd;
      case Operator::kSubtract: return NodeKind::kSubtract;
      case Operator::kMultiply: return NodeKind::kMultiply;
      case Operator::kDivide: return NodeKind::kDivide;
      case Operator::kNegate: return NodeKind::kNegate;
      case Operator::kGreaterEqual: return turned ? NodeKind::kLess : NodeKind::kGreaterEqual;
      case Operator::kGreater: return turned ? NodeKind::kLessEqual : NodeKind::kGreater;
      case Operator::kLessEqual: return turned ? NodeKind::kGreater : NodeKind::kLessEqual;
      case Operator::kLess: return turned ? NodeKind::kGreaterEqual : NodeKind::kLess;
      case Operator::kAnd: return turned ? NodeKind::kOr : NodeKind::kAnd;
      default: return turned ? NodeKind::kAnd : NodeKind::kOr;
    }
  }

  const Tree& tree_;
  std::vector<ConditionNode>& leaves_;
};

}  // namespace

Result<Condition> parse_condition(std::string_view text) {
  ConditionParser parser(text);
  TRY(tree, parser.parse());
  Flattener flat(tree, parser.leaves);
  flat.add(tree.root, false);
  return std::move(flat.out);
}

Result<ConditionNode> parse_operand(std::string_view text) {
  ConditionParser parser(text);
  TRY(kept, parser.parse_leaf());
  return std::move(parser.leaves[static_cast<size_t>(kept)]);
}

}  // namespace anlan::stream
