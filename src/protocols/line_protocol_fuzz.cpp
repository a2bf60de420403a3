// Any bytes: both text readers end, and stay inside what they were given.
#include <cstdint>
#include <cstdlib>

#include "protocols/json_batch.h"
#include "protocols/line_protocol.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  const auto inside = [&](std::string_view v) { return v.empty() || (v.data() >= text.data() && v.data() + v.size() <= text.data() + text.size()); };

  anlan::LineReader lines(text, static_cast<anlan::LinePrecision>(data[0] % 4), {});
  std::string scratch;
  size_t steps = 0;
  for (auto step = lines.next(); step != anlan::LineReader::Step::kEnd; step = lines.next()) {
    if (++steps > size) std::abort();
    if (step != anlan::LineReader::Step::kPoint) continue;
    const auto& point = lines.point();
    if (!inside(point.measurement) || point.measurement.empty() || point.fields.empty()) std::abort();
    for (const auto& tag : point.tags)
      if (!inside(tag.key) || !inside(tag.value) || anlan::unescaped(tag.value, scratch).size() > tag.value.size()) std::abort();
    for (const auto& field : point.fields)
      if (!inside(field.key) || (field.kind == anlan::LineField::Kind::kText && !inside(field.text))) std::abort();
  }

  anlan::BatchReader batch(text);
  steps = 0;
  for (auto step = batch.next(); step != anlan::BatchReader::Step::kEnd; step = batch.next()) {
    if (++steps > size || batch.offset() > text.size()) std::abort();
    if (step == anlan::BatchReader::Step::kReading && batch.reading().link.size() > anlan::BatchReader::kLinkBytesMax) std::abort();
  }
  return 0;
}
