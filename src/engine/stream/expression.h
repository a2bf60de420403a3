// The grammar that the conditions of links (condition.h) and of areas (area_condition.h) share. A bounded language:
// no loops, no calls out, one pass.
//
//   or         := and ("or" and)*
//   and        := not ("and" not)*
//   not        := "not" not | sequence
//   sequence   := comparison ["then" comparison "within" duration]      (areas only)
//   comparison := sum [(">=" | ">" | "<=" | "<") sum]
//   sum        := product (("+" | "-") product)*
//   product    := sign (("*" | "/") sign)*
//   sign       := "-" sign | number | "(" or ")" | LEAF
//   duration   := digits ("m" | "h" | "d")
//
// LEAF is what the language itself adds (`value`, `sum(1h)`, `count(silent)`). Truth and numbers do not mix: `1 and 2` and
// `(a > 1) + 2` are faults. Positions count characters, not bytes, from 1.
// Bounds: kMaxText bytes, kMaxNodes nodes, kMaxDepth nested parentheses and signs.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/time.h"

namespace anlan::stream {

inline constexpr size_t kMaxText = 1000;
inline constexpr size_t kMaxNodes = 128;
inline constexpr int kMaxDepth = 24;

enum class Operator : uint8_t {
  kNumber, kLeaf, kAdd, kSubtract, kMultiply, kDivide, kNegate,
  kGreaterEqual, kGreater, kLessEqual, kLess, kAnd, kOr, kNot, kThen
};

struct TreeNode {
  Operator op;
  int left = -1, right = -1;  // positions in Tree::nodes; unary operators use left
  double number = 0;
  Millis within{0};  // kThen
  int leaf = -1;     // kLeaf: what the language gave it
};

struct Tree {
  std::vector<TreeNode> nodes;
  int root = -1;
};

enum class TokenKind : uint8_t { kEnd, kNumber, kDuration, kName, kSymbol };

struct Token {
  TokenKind kind = TokenKind::kEnd;
  std::string_view text;
  size_t at = 0;  // byte
  double number = 0;
  Millis duration{0};
};

// Base of both parsers. A fault is kept once, the first; afterwards every step returns at once.
class ExpressionParser {
 public:
  ExpressionParser(std::string_view text, bool sequences);
  virtual ~ExpressionParser() = default;
  // kInvalidField with field "condition"; its detail says position, what was expected and what stands there.
  Result<Tree> parse();
  // One LEAF and nothing else: what leaf() kept for it.
  Result<int> parse_leaf();

 protected:
  // Reads one LEAF that begins with the current name; the number to keep for it. Calls fail() when it is none.
  virtual int leaf() = 0;
  virtual std::string expected_en() const = 0;  // for "expected …" where a LEAF may stand
  virtual std::string expected_zh() const = 0;

  const Token& token() const { return token_; }
  void next();
  bool is(std::string_view symbol_or_word) const;
  bool take(std::string_view symbol_or_word);
  bool expect(std::string_view symbol);
  bool failed() const { return fault_.has_value(); }
  int fail(std::string_view en, std::string_view zh);
  // A duration between the two, in whole minutes.
  std::optional<Millis> duration(Millis least, Millis most);
  std::optional<double> number();

 private:
  bool begin();
  int add(TreeNode node);
  int either(int depth);
  int both(int depth);
  int negation(int depth);
  int sequence(int depth);
  int comparison(int depth);
  int sum(int depth);
  int product(int depth);
  int sign(int depth);
  bool want(int node, bool truth, size_t at);
  bool is_truth(int node) const;
  int fail_at(size_t at, std::string_view en, std::string_view zh, std::string_view found);

  std::string_view text_;
  bool sequences_;
  size_t at_ = 0;
  Token token_;
  Tree tree_;
  std::optional<Error> fault_;
};

}  // namespace anlan::stream
