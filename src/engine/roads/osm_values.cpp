#include "roads/osm_values.h"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace anlan::roads {
namespace {

void skip_spaces(std::string_view& text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
}
// A number that is not negative, taken from the front.
std::optional<double> take_number(std::string_view& text) {
  skip_spaces(text);
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed);
  if (error != std::errc() || !std::isfinite(value) || value < 0) return std::nullopt;
  text.remove_prefix(static_cast<size_t>(end - text.data()));
  skip_spaces(text);
  return value;
}
std::string_view first_of_list(std::string_view text) {
  text = text.substr(0, text.find(';'));
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}
std::optional<uint32_t> positive(double value, double most) {
  const double rounded = std::round(value);
  if (!(rounded >= 1) || rounded > most) return std::nullopt;
  return static_cast<uint32_t>(rounded);
}

}  // namespace

std::optional<uint32_t> size_cm(std::string_view text) {
  text = first_of_list(text);
  const auto number = take_number(text);
  if (!number) return std::nullopt;
  double cm = 0;
  if (text.empty() || text == "m" || text == "metres" || text == "meters") cm = *number * 100;
  else if (text == "cm") cm = *number;
  else if (text == "ft" || text == "feet") cm = *number * 30.48;
  else if (text == "in" || text == "\"") cm = *number * 2.54;
  else if (text.front() == '\'') {
    text.remove_prefix(1);
    cm = *number * 30.48;
    if (const auto inches = take_number(text)) cm += *inches * 2.54;
    if (!text.empty() && text != "\"" && text != "''" && text != "in") return std::nullopt;
  } else {
    return std::nullopt;
  }
  return positive(cm, 65'535);
}

std::optional<uint32_t> weight_kg(std::string_view text) {
  text = first_of_list(text);
  const auto number = take_number(text);
  if (!number) return std::nullopt;
  double kg = 0;
  if (text.empty() || text == "t" || text == "tonnes") kg = *number * 1000;
  else if (text == "kg") kg = *number;
  else if (text == "st") kg = *number * 907.18474;
  else if (text == "lt") kg = *number * 1016.0469088;
  else if (text == "lbs" || text == "lb") kg = *number * 0.45359237;
  else return std::nullopt;
  return positive(kg, 1e7);
}

std::optional<uint8_t> speed_limit_kmh(std::string_view text) {
  text = first_of_list(text);
  if (text == "walk") return uint8_t{6};
  if (const size_t colon = text.find(':'); colon != std::string_view::npos) {
    const std::string_view zone = text.substr(colon + 1);
    if (zone == "urban") return uint8_t{50};
    if (zone == "rural" || zone == "trunk") return uint8_t{70};
    if (zone == "motorway") return uint8_t{120};
    if (zone == "living_street") return uint8_t{20};
    const size_t digits = zone.find_first_of("0123456789");
    if (digits == std::string_view::npos) return std::nullopt;
    text = zone.substr(digits);
  }
  const auto number = take_number(text);
  if (!number) return std::nullopt;
  double kmh = 0;
  if (text.empty() || text == "km/h" || text == "kmh" || text == "kph") kmh = *number;
  else if (text == "mph") kmh = *number * 1.609344;
  else if (text == "knots") kmh = *number * 1.852;
  else return std::nullopt;
  const auto whole = positive(kmh, 1000);
  if (!whole) return std::nullopt;
  return static_cast<uint8_t>(std::min<uint32_t>(*whole, 255));
}

std::optional<uint32_t> duration_ms(std::string_view text) {
  constexpr double kMinutesMost = 7 * 24 * 60;
  double minutes = 0;
  if (text.starts_with("PT")) {
    text.remove_prefix(2);
    if (text.empty()) return std::nullopt;
    while (!text.empty()) {
      const auto number = take_number(text);
      if (!number || text.empty()) return std::nullopt;
      switch (text.front()) {
        case 'H': minutes += *number * 60; break;
        case 'M': minutes += *number; break;
        case 'S': minutes += *number / 60; break;
        default: return std::nullopt;
      }
      text.remove_prefix(1);
    }
  } else {
    double parts[3] = {};
    int count = 0;
    for (;; text.remove_prefix(1)) {
      const auto number = take_number(text);
      if (!number || count == 3) return std::nullopt;
      parts[count++] = *number;
      if (text.empty()) break;
      if (text.front() != ':') return std::nullopt;
    }
    minutes = count == 1 ? parts[0] : parts[0] * 60 + parts[1] + parts[2] / 60;
  }
  if (!(minutes > 0) || minutes > kMinutesMost) return std::nullopt;
  return positive(minutes * 60'000, kMinutesMost * 60'000);
}

int layer_of(std::string_view text) {
  int layer = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), layer);
  return error == std::errc() && end == text.data() + text.size() && std::abs(layer) <= 99 ? layer : 0;
}

}  // namespace anlan::roads
