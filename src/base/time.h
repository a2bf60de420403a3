// Instants and durations. Inside Anlan every time is UTC; a node shows its own time zone.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace anlan {

struct Millis {
  int64_t count = 0;
  auto operator<=>(const Millis&) const = default;
  constexpr Millis operator+(Millis o) const { return {count + o.count}; }
  constexpr Millis operator-(Millis o) const { return {count - o.count}; }
  constexpr Millis operator*(int64_t n) const { return {count * n}; }
};
constexpr Millis milliseconds(int64_t n) { return {n}; }
constexpr Millis seconds(int64_t n) { return {n * 1000}; }
constexpr Millis minutes(int64_t n) { return {n * 60'000}; }
constexpr Millis hours(int64_t n) { return {n * 3'600'000}; }

// Milliseconds since 1970-01-01T00:00:00Z.
struct UtcTime {
  int64_t ms = 0;
  auto operator<=>(const UtcTime&) const = default;
  constexpr UtcTime operator+(Millis d) const { return {ms + d.count}; }
  constexpr UtcTime operator-(Millis d) const { return {ms - d.count}; }
  constexpr Millis operator-(UtcTime o) const { return {ms - o.ms}; }
};

constexpr UtcTime kNever{INT64_MAX};

// "2026-11-21T18:53:00+08:00"; offset in minutes east. Never prints "Z" (CAP 1.2 forbids it).
std::string to_iso8601(UtcTime time, int offset_minutes = 480);
// Accepts offset or "Z", fractional seconds; nothing when malformed or out of 1900..2200.
std::optional<UtcTime> parse_iso8601(std::string_view text);

struct CivilTime {
  int year, month, day, hour, minute, second;
  int weekday;  // 0 Sunday
};
CivilTime to_civil(UtcTime time, int offset_minutes = 480);
UtcTime from_civil(const CivilTime& civil, int offset_minutes = 480);  // weekday ignored

// "11月21日 19:05"
std::string to_chinese(UtcTime time, int offset_minutes = 480);

}  // namespace anlan
