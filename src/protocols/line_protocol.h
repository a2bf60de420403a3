// Influx line protocol: `measurement,tag=v field=1.5,other=2i,ok=true,note="text" 1700000000000`, one point per line.
//
// The reader walks over text it does not own and copies nothing: names and values are views into the text, with their
// backslashes still in place (`unescaped` removes them). A wrong line is reported with its number and the rest is kept.
// Lines end with \n or \r\n; empty lines and lines that begin with # are skipped.
// Source: InfluxDB line protocol reference. No allocation after construction; time is linear in the text.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/time.h"

namespace anlan {

enum class LinePrecision { kSeconds, kMillis, kMicros, kNanos };
// "s", "ms", "us"/"u", "ns"/"n"; false when it is none of these.
bool read_precision(std::string_view text, LinePrecision& out);

struct LineTag {
  std::string_view key, value;
};

struct LineField {
  enum class Kind { kNumber, kInteger, kBoolean, kText };
  std::string_view key;
  Kind kind = Kind::kNumber;
  double value = 0;       // 0 or 1 for a boolean; not set for text
  std::string_view text;  // between the quotes
};

struct LinePoint {
  std::string_view measurement;
  std::span<const LineTag> tags;
  std::span<const LineField> fields;
  UtcTime at;
  bool has_time = false;  // otherwise `at` is the time given to the reader
};

class LineReader {
 public:
  static constexpr size_t kTagsMax = 32;
  static constexpr size_t kFieldsMax = 64;
  static constexpr size_t kLineBytesMax = 65536;

  LineReader(std::string_view text, LinePrecision precision, UtcTime now) : rest_(text), precision_(precision), now_(now) {}

  enum class Step { kPoint, kError, kEnd };
  Step next();

  const LinePoint& point() const { return point_; }    // after kPoint; its views hold until next()
  std::string_view error() const { return error_; }    // after kError: an English reason, a literal
  size_t line() const { return line_; }                // of the point or the error, from 1

 private:
  const char* read_point(std::string_view line);
  const char* read_field(const char*& p, const char* end, LineField& field) const;
  const char* read_time(const char* p, const char* end);

  std::string_view rest_;
  LinePrecision precision_;
  UtcTime now_;
  size_t line_ = 0;
  LinePoint point_;
  std::string_view error_;
  std::array<LineTag, kTagsMax> tags_;
  std::array<LineField, kFieldsMax> fields_;
};

// The name without its escapes; `scratch` is used only when there are any.
std::string_view unescaped(std::string_view name, std::string& scratch);

}  // namespace anlan
