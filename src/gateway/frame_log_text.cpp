#include <algorithm>

#include "gateway/frame_log.h"
#include "protocols/json_batch.h"
#include "protocols/line_protocol.h"

namespace anlan {
namespace {

constexpr size_t kShownMax = 4096;

std::string_view trimmed(std::string_view item) {
  const auto is_between = [](char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t' || c == ','; };
  while (!item.empty() && is_between(item.front())) item.remove_prefix(1);
  while (!item.empty() && is_between(item.back())) item.remove_suffix(1);
  return item;
}

// False when there is no room for more.
bool put(std::string& out, std::string_view item) {
  if (out.size() + item.size() + 1 > kShownMax) {
    if (out.empty()) out = item.substr(0, kShownMax);
    return false;
  }
  if (!out.empty()) out += '\n';
  out += item;
  return true;
}

std::string items_of_json(std::string_view batch, std::string_view code) {
  std::string out;
  BatchReader reader(batch);
  for (size_t begin = 0;; begin = reader.offset()) {
    const auto step = reader.next();
    if (step == BatchReader::Step::kEnd || step == BatchReader::Step::kBroken) return out;
    if (step != BatchReader::Step::kReading || reader.reading().link != code) continue;
    auto item = trimmed(batch.substr(begin, reader.offset() - begin));
    // Before the first item stands what opens the batch.
    if (begin == 0) {
      const size_t name = item.starts_with('{') ? item.find("\"readings\"") : 0;
      item.remove_prefix(std::min(item.find('[', name == std::string_view::npos ? 0 : name) + 1, item.size()));
    }
    if (!put(out, trimmed(item))) return out;
  }
}

std::string items_of_lines(std::string_view batch, std::string_view code) {
  std::string out, scratch;
  size_t line = 0;
  std::string_view rest = batch, text;
  LineReader reader(batch, LinePrecision::kMillis, UtcTime{0});
  for (;;) {
    const auto step = reader.next();
    if (step == LineReader::Step::kEnd) return out;
    if (step != LineReader::Step::kPoint) continue;
    scratch.clear();
    const auto& point = reader.point();
    const auto station = unescaped(point.measurement, scratch);
    if (!code.starts_with(station)) continue;
    const auto element = code.substr(station.size());
    const bool holds = std::any_of(point.fields.begin(), point.fields.end(), [&](const LineField& f) {
      return f.key == "value" ? element.empty() : element.size() == f.key.size() + 1 && element.front() == '/' && element.ends_with(f.key);
    });
    if (!holds) continue;
    for (; line < reader.line(); ++line) {
      const size_t end = std::min(rest.find('\n'), rest.size());
      text = rest.substr(0, end);
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    if (!put(out, trimmed(text))) return out;
  }
}

}  // namespace

std::string items_of_link(FrameKind kind, std::string_view batch, std::string_view code) {
  return kind == FrameKind::json ? items_of_json(batch, code) : items_of_lines(batch, code);
}

}  // namespace anlan
