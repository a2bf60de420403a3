// Any text into both condition parsers: no crash, faults that point into the text, bounded results.
#include <cstdint>

#include "base/check.h"
#include "stream/area_condition.h"
#include "stream/condition.h"
#include "stream/expression.h"

using namespace anlan;
using namespace anlan::stream;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto check_fault = [](const Error& error) {
    CHECK(error.code == ErrorCode::kInvalidField && error.details.size() == 1);
    CHECK(!error.details[0].en.empty() && !error.details[0].zh.empty());
  };
  if (const auto link = parse_condition(text)) {
    CHECK(!link->nodes.empty() && link->nodes.size() <= kMaxNodes);
    CHECK(link->first_side > 0 && link->first_side < link->nodes.size());
    // Every operator finds its operands and one truth remains.
    size_t depth = 0;
    for (const auto& node : link->nodes) {
      if (node.kind < NodeKind::kAdd) ++depth;
      else if (node.kind != NodeKind::kNegate) --depth;
      CHECK(depth >= 1);
    }
    CHECK(depth == 1);
  } else {
    check_fault(link.error());
  }
  if (const auto operand = parse_operand(text)) CHECK(operand->kind < NodeKind::kAdd && operand->kind != NodeKind::kNumber && !operand->text.empty());
  else check_fault(operand.error());
  if (const auto area = parse_area_condition(text)) CHECK(!area->nodes.empty() && area->nodes.size() <= kMaxNodes);
  else check_fault(area.error());
  return 0;
}
