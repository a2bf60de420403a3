#include "protocols/sl651_elements.h"

#include <fmt/format.h>

#include <array>
#include <cmath>

#include "base/check.h"
#include "protocols/packed_bytes.h"
#include "protocols/sl651.h"

namespace anlan {
namespace {

constexpr size_t kObservationsMax = 4096;
constexpr std::array<double, 8> kPowers = {1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7};

struct Cursor {
  std::string_view rest;
  bool has(size_t count) const { return rest.size() >= count; }
  std::string_view take(size_t count) {
    const auto out = rest.substr(0, count);
    rest.remove_prefix(count);
    return out;
  }
  bool take_pair(uint8_t guide) {
    if (!has(2) || byte_at(rest, 0) != guide || byte_at(rest, 1) != guide) return false;
    rest.remove_prefix(2);
    return true;
  }
};

// A value without its point; nothing when the device marked it invalid.
std::optional<double> read_bcd(std::string_view bytes, unsigned decimals) {
  bool negative = false;
  if (!bytes.empty() && byte_at(bytes, 0) == 0xFF) {
    negative = true;
    bytes.remove_prefix(1);
    if (bytes.empty()) return std::nullopt;
  }
  const auto number = bcd_number(bytes);
  if (!number) return std::nullopt;
  // One correctly rounded division of two exact numbers: 0.1 stays 0.1.
  const double value = static_cast<double>(*number) / kPowers[decimals];
  return negative ? -value : value;
}

class Reading {
 public:
  Reading(UtcTime sent, std::vector<Observation>& out) : sent_(sent), at_(sent), out_(out) {}

  // Returns the complaint that stops the reading, or nothing.
  std::string elements(Cursor cursor, Sl651Body& body);

 private:
  void put(std::string_view element, std::optional<double> value, std::string_view unit, UtcTime at) {
    if (out_.size() < kObservationsMax) out_.push_back({std::string(element), value.value_or(0), !value, 0, unit, at});
  }
  void put_series(std::string_view element, std::string_view bytes, size_t width, unsigned decimals, bool binary, std::string_view unit);
  std::string series(uint8_t guide, size_t defined, Cursor& cursor);

  UtcTime sent_, at_;
  std::optional<Millis> step_;  // after element 04
  std::vector<Observation>& out_;
};

void Reading::put_series(std::string_view element, std::string_view bytes, size_t width, unsigned decimals, bool binary, std::string_view unit) {
  const auto step = step_.value_or(minutes(5));
  const size_t count = bytes.size() / width;
  if (count == 0) return;
  auto at = at_;
  const auto span = step * static_cast<int64_t>(count - 1);
  if (at + span > sent_ + step) at = at - span;
  for (size_t i = 0; i < count; ++i, at = at + step) {
    const auto group = bytes.substr(i * width, width);
    if (!binary) {
      put(element, read_bcd(group, decimals), unit, at);
    } else {
      const unsigned value = width == 1 ? byte_at(group, 0) : u16_at(group, 0);
      const unsigned invalid = width == 1 ? 0xFF : 0xFFFF;
      put(element, value == invalid ? std::nullopt : std::optional(value / kPowers[decimals]), unit, at);
    }
  }
}

std::string Reading::series(uint8_t guide, size_t defined, Cursor& cursor) {
  const bool rain = guide == 0xF4;
  const size_t width = rain ? 1 : 2;
  // The definition byte counts the bytes of an hour; after a time step the hours follow one another to the end.
  const size_t size = step_ ? cursor.rest.size() : defined ? defined : 12 * width;
  if (!cursor.has(size) || size % width != 0) return fmt::format("element {:02X} is cut off", guide);
  put_series(fmt::format("{:02X}", guide), cursor.take(size), width, rain ? 1 : 2, true, rain ? "mm" : "m");
  return {};
}

std::string Reading::elements(Cursor cursor, Sl651Body& body) {
  constexpr char kHex[] = "0123456789ABCDEF";
  while (!cursor.rest.empty()) {
    if (cursor.take_pair(0xF0)) {
      if (!cursor.has(5)) return "the time of observation is cut off";
      const auto at = bcd_time(cursor.take(5));
      if (!at) return "the time of observation is no date";
      at_ = *at;
      step_.reset();
      continue;
    }
    if (cursor.take_pair(0xF1)) {
      if (!cursor.has(6)) return "the station is cut off";
      body.station = digits_of(cursor.take(5));
      body.station_class = cursor.take(1)[0];
      continue;
    }
    if (cursor.take_pair(0xF2)) return body.text = cursor.rest, std::string();
    if (cursor.take_pair(0xF3)) return body.picture = cursor.rest, std::string();

    const auto guide = byte_at(cursor.take(1), 0);
    char name[4] = {kHex[guide >> 4], kHex[guide & 15], 0, 0};
    size_t name_size = 2;
    if (guide == 0xFF) {
      if (!cursor.has(1)) return "an element has no guide byte";
      const auto custom = byte_at(cursor.take(1), 0);
      name[2] = kHex[custom >> 4];
      name[3] = kHex[custom & 15];
      name_size = 4;
    }
    const std::string_view element(name, name_size);
    if (!cursor.has(1)) return fmt::format("element {} has no definition", element);
    const unsigned definition = byte_at(cursor.take(1), 0);
    const size_t size = definition >> 3;
    const unsigned decimals = definition & 7;
    if (guide >= 0xF4 && guide <= 0xFC) {
      if (auto why = series(guide, size, cursor); !why.empty()) return why;
      continue;
    }
    if (!cursor.has(size)) return fmt::format("element {} is cut off", element);
    if (guide == 0x04) {
      // Days, hours, minutes; zero stands for the hourly groups of F4 and F5, five minutes apart.
      const auto step = size == 3 ? cursor.take(3) : std::string_view();
      const auto part = [&](size_t i) { return bcd_number(step.substr(i, 1)).value_or(-1); };
      if (step.empty() || part(0) < 0 || part(1) < 0 || part(2) < 0) return "the time step cannot be read";
      const auto length = hours(24 * part(0) + part(1)) + minutes(part(2));
      step_ = length.count == 0 ? minutes(5) : length;
      continue;
    }
    if (size == 0) continue;
    if (guide == 0x45) {
      const auto bits = cursor.take(size);
      put(element, size == 4 ? std::optional<double>(u32_at(bits, 0)) : std::nullopt, "bits", at_);
      continue;
    }
    const auto unit = name_size == 2 ? sl651_unit(guide) : std::string_view();
    if (step_) {
      put_series(element, cursor.take(cursor.rest.size() / size * size), size, decimals, false, unit);
      if (!cursor.rest.empty()) return fmt::format("element {} is cut off", element);
      continue;
    }
    put(element, read_bcd(cursor.take(size), decimals), unit, at_);
  }
  return {};
}

// A value as it stands in the frame; FF throughout when absent or too large.
std::string bcd_value(std::optional<double> value, unsigned bytes, unsigned decimals) {
  const std::string invalid(bytes, '\xFF');
  if (!value || !std::isfinite(*value)) return invalid;
  const double scaled = std::round(std::fabs(*value) * kPowers[decimals]);
  const bool negative = *value < 0 && scaled > 0;
  const unsigned room = negative ? bytes - 1 : bytes;
  if (room == 0 || scaled >= std::pow(100.0, room) || scaled > 9e17) return invalid;
  return (negative ? "\xFF" : "") + bcd_of(static_cast<uint64_t>(scaled), room);
}

}  // namespace

Sl651Body read_sl651_elements(uint8_t function, UtcTime sent, std::string_view rest, std::vector<Observation>& out) {
  Sl651Body body;
  Cursor cursor{rest};
  // Only reports of measurements name the class of the station; answers about the station itself do not.
  const bool measures = (function >= 0x30 && function <= 0x3A) || function == 0x44 || function >= 0xE0;
  const bool states = function == 0x46;
  if (!measures) {
    if (cursor.take_pair(0xF1)) {
      if (!cursor.has(5)) return body.why = "the station is cut off", body;
      body.station = digits_of(cursor.take(5));
    }
    if (!states) return body.answer = cursor.rest, body;
  }
  body.why = Reading(sent, out).elements(cursor, body);
  if (out.size() == kObservationsMax && body.why.empty()) body.why = "more than 4,096 observations in one report";
  return body;
}

std::string_view sl651_unit(uint8_t guide) {
  const auto in = [guide](unsigned from, unsigned to) { return guide >= from && guide <= to; };
  if (guide == 0x01) return "m2";
  if (in(0x02, 0x03) || guide == 0x0D) return "Cel";
  if (in(0x06, 0x07) || in(0x1A, 0x26)) return "mm";
  if (guide == 0x08) return "hPa";
  if (guide == 0x09 || in(0x0E, 0x0F) || in(0x39, 0x43)) return "m";
  if (in(0x10, 0x18)) return "%";
  if (in(0x27, 0x31)) return "m3/s";
  if (guide == 0x32) return "10kt";
  if (in(0x35, 0x37)) return "m/s";
  if (guide == 0x38 || in(0x70, 0x72)) return "V";
  if (guide == 0x44) return "kg/m3";
  if (guide == 0x47 || guide == 0x4A || in(0x4C, 0x57)) return "mg/L";
  if (guide == 0x48) return "uS/cm";
  if (guide == 0x4B) return "mV";
  if (in(0x58, 0x5F)) return "kPa";
  if (in(0x60, 0x67)) return "m3";
  if (in(0x68, 0x6F)) return "m3/h";
  if (in(0x73, 0x75)) return "A";
  return {};
}

Sl651Writer::Sl651Writer(uint16_t serial, UtcTime sent) : content_(sl651_content(serial, sent)) {}

Sl651Writer& Sl651Writer::station(std::string_view code, char station_class) {
  content_ += "\xF1\xF1" + packed_digits(code, 5);
  if (station_class) content_ += station_class;
  return *this;
}

Sl651Writer& Sl651Writer::observed(UtcTime at) {
  content_ += "\xF0\xF0" + bcd_of_time(at, 5);
  return *this;
}

Sl651Writer& Sl651Writer::element(uint8_t guide, std::optional<double> value, unsigned bytes, unsigned decimals) {
  CHECK(bytes >= 1 && bytes <= 31 && decimals <= 7);
  put_u8(content_, guide);
  put_u8(content_, bytes << 3 | decimals);
  content_ += bcd_value(value, bytes, decimals);
  return *this;
}

Sl651Writer& Sl651Writer::rain_series(std::span<const std::optional<double>> mm) {
  CHECK(mm.size() == 12);
  put_u8(content_, 0xF4);
  put_u8(content_, 12 << 3);
  for (const auto& value : mm) put_u8(content_, value && *value >= 0 && *value < 25.45 ? static_cast<unsigned>(std::lround(*value * 10)) : 0xFF);
  return *this;
}

Sl651Writer& Sl651Writer::level_series(std::span<const std::optional<double>> m) {
  CHECK(m.size() == 12);
  put_u8(content_, 0xF5);
  put_u8(content_, 24 << 3);
  for (const auto& value : m) put_u16(content_, value && *value >= 0 && *value < 655.345 ? static_cast<unsigned>(std::lround(*value * 100)) : 0xFFFF);
  return *this;
}

Sl651Writer& Sl651Writer::stepped(unsigned step_minutes, uint8_t guide, std::span<const std::optional<double>> values, unsigned bytes,
                                  unsigned decimals) {
  CHECK(bytes >= 1 && bytes <= 31 && decimals <= 7 && step_minutes < 100 * 24 * 60);
  content_ += "\x04\x18" + bcd_of(step_minutes / 1440, 1) + bcd_of(step_minutes / 60 % 24, 1) + bcd_of(step_minutes % 60, 1);
  put_u8(content_, guide);
  put_u8(content_, bytes << 3 | decimals);
  for (const auto& value : values) content_ += bcd_value(value, bytes, decimals);
  return *this;
}

Sl651Writer& Sl651Writer::status(uint32_t bits) {
  content_ += "\x45\x20";
  put_u32(content_, bits);
  return *this;
}

Sl651Writer& Sl651Writer::text(std::string_view typed) {
  content_ += "\xF2\xF2";
  content_ += typed;
  return *this;
}

Sl651Writer& Sl651Writer::raw(std::string_view bytes) {
  content_ += bytes;
  return *this;
}

}  // namespace anlan
