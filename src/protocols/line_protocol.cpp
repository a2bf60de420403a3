#include "protocols/line_protocol.h"

#include <charconv>
#include <cmath>
#include <cstring>

namespace anlan {
namespace {

// The first of three stops that is not escaped.
const char* find_stop(const char* p, const char* end, char first, char second, char third) {
  for (; p != end; ++p) {
    const char c = *p;
    if (c == '\\') {
      if (++p == end) return end;
    } else if (c == first || c == second || c == third) {
      return p;
    }
  }
  return end;
}

std::string_view between(const char* from, const char* to) { return {from, static_cast<size_t>(to - from)}; }

bool is_boolean(std::string_view word, double& value) {
  if (word == "t" || word == "T" || word == "true" || word == "True" || word == "TRUE") return value = 1, true;
  if (word == "f" || word == "F" || word == "false" || word == "False" || word == "FALSE") return value = 0, true;
  return false;
}

}  // namespace

bool read_precision(std::string_view text, LinePrecision& out) {
  if (text == "s") return out = LinePrecision::kSeconds, true;
  if (text == "ms") return out = LinePrecision::kMillis, true;
  if (text == "us" || text == "u") return out = LinePrecision::kMicros, true;
  if (text == "ns" || text == "n") return out = LinePrecision::kNanos, true;
  return false;
}

LineReader::Step LineReader::next() {
  while (!rest_.empty()) {
    const auto* newline = static_cast<const char*>(std::memchr(rest_.data(), '\n', rest_.size()));
    const size_t size = newline ? static_cast<size_t>(newline - rest_.data()) : rest_.size();
    auto line = rest_.substr(0, size);
    rest_.remove_prefix(newline ? size + 1 : size);
    ++line_;
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    if (line.empty() || line[0] == '#') continue;
    const char* why = line.size() > kLineBytesMax ? "the line is longer than 65,536 bytes" : read_point(line);
    if (!why) return Step::kPoint;
    error_ = why;
    return Step::kError;
  }
  return Step::kEnd;
}

const char* LineReader::read_point(std::string_view line) {
  const char* p = line.data();
  const char* const end = p + line.size();
  const char* stop = find_stop(p, end, ',', ' ', ' ');
  if (stop == p) return "the measurement is missing";
  point_.measurement = between(p, stop);
  p = stop;

  size_t tags = 0;
  while (p != end && *p == ',') {
    if (tags == kTagsMax) return "more than 32 tags";
    stop = find_stop(++p, end, '=', ',', ' ');
    if (stop == p || stop == end || *stop != '=') return "a tag is not written key=value";
    tags_[tags].key = between(p, stop);
    p = stop + 1;
    stop = find_stop(p, end, ',', ' ', '=');
    if (stop == p || (stop != end && *stop == '=')) return "a tag is not written key=value";
    tags_[tags++].value = between(p, stop);
    p = stop;
  }
  if (p == end) return "the fields are missing";
  while (p != end && *p == ' ') ++p;

  size_t fields = 0;
  for (;;) {
    if (fields == kFieldsMax) return "more than 64 fields";
    if (const char* why = read_field(p, end, fields_[fields])) return why;
    ++fields;
    if (p == end || *p == ' ') break;
    ++p;  // a comma
  }
  while (p != end && *p == ' ') ++p;
  point_.tags = {tags_.data(), tags};
  point_.fields = {fields_.data(), fields};
  return read_time(p, end);
}

// Leaves p at the comma, the space or the end behind the field.
const char* LineReader::read_field(const char*& p, const char* end, LineField& field) const {
  const char* stop = find_stop(p, end, '=', ',', ' ');
  if (stop == p || stop == end || *stop != '=') return "a field is not written key=value";
  field.key = between(p, stop);
  p = stop + 1;
  if (p == end) return "a field has no value";

  if (*p == '"') {
    const char* close = find_stop(p + 1, end, '"', '"', '"');
    if (close == end) return "a text is not closed";
    field.kind = LineField::Kind::kText;
    field.text = between(p + 1, close);
    field.value = 0;
    p = close + 1;
    return p == end || *p == ',' || *p == ' ' ? nullptr : "a text is followed by something else";
  }

  if (*p == '+' && end - p > 1 && p[1] != '-') ++p;  // from_chars knows no plus sign
  const auto [after, code] = std::from_chars(p, end, field.value);
  if (code == std::errc() && std::isfinite(field.value)) {
    p = after;
    field.kind = LineField::Kind::kNumber;
    if (p != end && (*p == 'i' || *p == 'u')) {
      field.kind = LineField::Kind::kInteger;
      if (std::trunc(field.value) != field.value) return "an integer has decimals";
      ++p;
    }
    return p == end || *p == ',' || *p == ' ' ? nullptr : "a value is not a number";
  }
  if (code == std::errc::result_out_of_range) return "a number is out of range";
  stop = find_stop(p, end, ',', ' ', ' ');
  if (!is_boolean(between(p, stop), field.value)) return "a value is not a number";
  field.kind = LineField::Kind::kBoolean;
  p = stop;
  return nullptr;
}

const char* LineReader::read_time(const char* p, const char* end) {
  point_.has_time = p != end;
  point_.at = now_;
  if (p == end) return nullptr;
  int64_t value = 0;
  const auto [after, code] = std::from_chars(p, end, value);
  p = after;
  while (p != end && *p == ' ') ++p;
  if (code != std::errc() || p != end) return "the time is not an integer";
  constexpr int64_t kMillisMax = 7'258'118'400'000;  // 2200-01-01, as in the ISO reader
  switch (precision_) {
    case LinePrecision::kSeconds:
      if (value > kMillisMax / 1000 || value < -kMillisMax / 1000) return "the time is out of range";
      value *= 1000;
      break;
    case LinePrecision::kMillis: break;
    case LinePrecision::kMicros: value /= 1000; break;
    case LinePrecision::kNanos: value /= 1'000'000; break;
  }
  if (value > kMillisMax || value < -kMillisMax) return "the time is out of range";
  point_.at = {value};
  return nullptr;
}

std::string_view unescaped(std::string_view name, std::string& scratch) {
  if (name.find('\\') == std::string_view::npos) return name;
  constexpr std::string_view kEscaped = ",= \"\\";
  scratch.clear();
  for (size_t i = 0; i < name.size(); ++i) {
    // A backslash stands for itself unless it precedes one of the characters that end a name.
    if (name[i] == '\\' && i + 1 < name.size() && kEscaped.find(name[i + 1]) != std::string_view::npos) ++i;
    scratch += name[i];
  }
  return scratch;
}

}  // namespace anlan
