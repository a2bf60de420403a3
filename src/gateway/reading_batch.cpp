#include "gateway/reading_batch.h"

#include <fmt/format.h>

#include <algorithm>

#include "protocols/json_batch.h"

namespace anlan {
namespace {

Error too_many() { return Error(ErrorCode::kTooLarge, {{"what", "readings"}, {"limit", fmt::format("{}", ReadingBatch::kReadingsMax)}}); }

}  // namespace

void ReadingBatch::add(std::string_view code, UtcTime at, double value, size_t item, std::string_view frame) {
  readings_.push_back({code, at, value, item});
  frames_.push_back(frame);
}

void ReadingBatch::keep(size_t readings, Intake faults) {
  readings_.resize(readings);
  frames_.resize(readings);
  faults_ = std::move(faults);
}

void ReadingBatch::codes_from(size_t first, std::vector<std::string_view>& out) const {
  out.clear();
  for (size_t i = first; i < readings_.size(); ++i) out.push_back(readings_[i].link);
}

Result<void> ReadingBatch::add_json(std::string_view text) {
  const size_t before = size();
  const Intake faults = faults_;
  BatchReader reader(text);
  for (size_t begin = 0;; begin = reader.offset()) {
    const auto step = reader.next();
    if (step == BatchReader::Step::kEnd) return {};
    if (step == BatchReader::Step::kError) {
      faults_.refuse(reader.item(), reader.error());
      continue;
    }
    if (step == BatchReader::Step::kBroken || size() - before >= kReadingsMax) {
      keep(before, faults);
      if (step == BatchReader::Step::kReading) return too_many();
      return Error(ErrorCode::kBadRequest, {{"why", fmt::format("{} (byte {})", reader.error(), reader.offset())}});
    }
    // A name with escapes lives in the reader until its next step only.
    const auto& r = reader.reading();
    const bool in_text = r.link.data() >= text.data() && r.link.data() <= text.data() + text.size();
    add(in_text ? r.link : names_.emplace_back(r.link), r.at, r.value, reader.item(), text.substr(begin, reader.offset() - begin));
  }
}

Result<void> ReadingBatch::add_lines(std::string_view text, LinePrecision precision, UtcTime now) {
  const size_t before = size();
  const Intake faults = faults_;
  std::string_view rest = text;
  size_t line = 0;
  const auto line_of = [&](size_t number) {
    std::string_view found;
    for (; line < number; ++line) {
      const size_t end = std::min(rest.find('\n'), rest.size());
      found = rest.substr(0, end);
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    return found;
  };
  LineReader reader(text, precision, now);
  while (true) {
    const auto step = reader.next();
    if (step == LineReader::Step::kEnd) return {};
    if (step == LineReader::Step::kError) {
      faults_.refuse(reader.line(), reader.error());
      continue;
    }
    const auto& point = reader.point();
    const std::string_view frame = line_of(reader.line());
    std::string scratch;
    const std::string_view station = unescaped(point.measurement, scratch);
    for (const auto& field : point.fields) {
      if (field.kind == LineField::Kind::kText) continue;
      if (size() - before >= kReadingsMax) {
        keep(before, faults);
        return too_many();
      }
      std::string_view code = station;
      if (field.key != "value") code = names_.emplace_back(fmt::format("{}/{}", station, field.key));
      else if (!scratch.empty()) code = names_.emplace_back(station);
      add(code, point.at, field.value, reader.line(), frame);
    }
  }
}

Result<Intake> ReadingBatch::take(Watch& watch, std::span<const PlaceCode> scopes, std::string_view from, UtcTime now) {
  auto taken = watch.take(readings_, scopes, from, [this](size_t i) { return frames_[i]; }, now);
  if (taken) {
    taken->refused += faults_.refused;
    taken->faults.insert(taken->faults.begin(), faults_.faults.begin(), faults_.faults.end());
  }
  keep(0, {});
  names_.clear();
  return taken;
}

}  // namespace anlan
