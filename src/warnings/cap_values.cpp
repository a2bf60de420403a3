#include "warnings/cap_values.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cmath>

namespace anlan {
namespace {

constexpr std::string_view kSpace = " \t\r\n";

bool parse_position(std::string_view text, LonLat& out) {
  const auto comma = text.find(',');
  if (comma == std::string_view::npos) return false;
  const auto lat = parse_decimal(text.substr(0, comma)), lon = parse_decimal(text.substr(comma + 1));
  if (!lat || !lon) return false;
  out = {*lon, *lat};
  return true;
}

}  // namespace

std::string_view trim_xml(std::string_view text) {
  const auto first = text.find_first_not_of(kSpace);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

std::vector<std::string_view> split_xml(std::string_view text) {
  std::vector<std::string_view> out;
  for (size_t at = text.find_first_not_of(kSpace); at != std::string_view::npos;) {
    const auto end = std::min(text.find_first_of(kSpace, at), text.size());
    out.push_back(text.substr(at, end - at));
    at = text.find_first_not_of(kSpace, end);
  }
  return out;
}

std::string quoted(std::string_view text) {
  size_t end = std::min<size_t>(text.size(), 40);
  while (end < text.size() && end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return "“" + std::string(text.substr(0, end)) + (end < text.size() ? "…”" : "”");
}

std::optional<double> parse_decimal(std::string_view text) {
  if (text.size() > 1 && text[0] == '+' && text[1] != '-') text.remove_prefix(1);
  double value = 0;
  const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (ec != std::errc() || end != text.data() + text.size() || !std::isfinite(value)) return std::nullopt;
  return value;
}

std::optional<CapTime> parse_cap_time(std::string_view text, CapValueFault& remark) {
  std::string form(text);
  const auto odd = [&](const char* zh, const char* en) { remark = {zh, en}; };
  if (form.size() > 19 && form[17] == '6' && form[18] == '0') {
    odd("秒数为60，按59读取", "second 60, read as 59");
    form[17] = '5', form[18] = '9';
  }
  const auto at = parse_iso8601(form);
  if (!at) return std::nullopt;
  if (form[10] == ' ') odd("日期与时间之间应为T", "a T belongs between date and time");
  if (form[19] == '.') odd("时间不应带小数秒，已略去", "fractions of a second are not allowed and were cut off");
  CapTime time{*at, 0};
  if (form.back() == 'Z') {
    odd("时间应写时区偏移（如+08:00），不应写Z", "the time must have an offset such as -00:00, not Z");
  } else {
    const auto zone = std::string_view(form).substr(form.size() - 6);
    time.offset_minutes = ((zone[1] - '0') * 10 + (zone[2] - '0')) * 60 + (zone[4] - '0') * 10 + (zone[5] - '0');
    if (zone[0] == '-') time.offset_minutes = -time.offset_minutes;
  }
  const int64_t fraction = ((time.at.ms % 1000) + 1000) % 1000;
  time.at.ms -= fraction;
  return time;
}

CapValueFault parse_polygon(std::string_view text, size_t vertices_max, Ring& out) {
  size_t at = text.find_first_not_of(kSpace);
  while (at != std::string_view::npos) {
    if (out.size() >= vertices_max)
      return {fmt::format("多边形顶点总数超过上限{}", kAreaVerticesMax),
              fmt::format("more than {} polygon vertices in all", kAreaVerticesMax)};
    const auto end = std::min(text.find_first_of(kSpace, at), text.size());
    const auto pair = text.substr(at, end - at);
    LonLat p;
    if (!parse_position(pair, p))
      return {fmt::format("第{}个坐标{}不是“纬度,经度”", out.size() + 1, quoted(pair)),
              fmt::format("pair {} {} is not \"lat,lon\"", out.size() + 1, quoted(pair))};
    out.push_back(p);
    at = text.find_first_not_of(kSpace, end);
  }
  if (out.empty()) return {"没有坐标", "there are no positions"};
  return {};
}

CapValueFault parse_circle(std::string_view text, Circle& out) {
  const auto parts = split_xml(text);
  const auto radius = parts.size() == 2 ? parse_decimal(parts[1]) : std::nullopt;
  if (!radius || !parse_position(parts[0], out.centre))
    return {fmt::format("{}不是“纬度,经度 半径（公里）”", quoted(text)),
            fmt::format("{} is not \"lat,lon radius\"", quoted(text))};
  out.radius_km = *radius;
  return {};
}

std::vector<std::string> parse_list(std::string_view text) {
  std::vector<std::string> out;
  for (size_t at = text.find_first_not_of(kSpace); at != std::string_view::npos;) {
    const bool quote = text[at] == '"';
    if (quote) ++at;
    const auto end = std::min(quote ? text.find('"', at) : text.find_first_of(kSpace, at), text.size());
    if (end > at) out.emplace_back(text.substr(at, end - at));
    const auto next = end + (quote ? 1 : 0);
    at = next >= text.size() ? std::string_view::npos : text.find_first_not_of(kSpace, next);
  }
  return out;
}

std::string write_list(const std::vector<std::string>& items) {
  std::string out;
  for (const auto& item : items) {
    if (!out.empty()) out += ' ';
    const bool quote = item.find_first_of(kSpace) != std::string::npos;
    out += quote ? "\"" + item + "\"" : item;
  }
  return out;
}

std::vector<CapReference> parse_references(std::string_view text, CapValueFault& remark) {
  std::vector<CapReference> out;
  for (const auto triple : split_xml(text)) {
    const auto first = triple.find(','), second = first == std::string_view::npos ? first : triple.find(',', first + 1);
    CapValueFault odd;
    std::optional<CapTime> sent;
    if (second != std::string_view::npos && first > 0 && second > first + 1)
      sent = parse_cap_time(triple.substr(second + 1), odd);
    if (!sent) {
      remark = {quoted(triple) + "不是“发布者,标识,时间”，已略去",
                quoted(triple) + " is not \"sender,identifier,sent\" and was passed over"};
      continue;
    }
    if (odd && !remark) remark = odd;
    out.push_back(
        {std::string(triple.substr(0, first)), std::string(triple.substr(first + 1, second - first - 1)), *sent});
  }
  return out;
}

std::string write_decimal(double value) {
  std::array<char, 400> buffer;
  const auto [end, ec] = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, std::chars_format::fixed);
  CHECK(ec == std::errc());
  return {buffer.data(), end};
}

std::string write_polygon(const Ring& ring) {
  std::string out;
  for (const auto& p : ring) {
    if (!out.empty()) out += ' ';
    out += write_decimal(p.lat) + "," + write_decimal(p.lon);
  }
  return out;
}

std::string write_circle(const Circle& circle) {
  return write_decimal(circle.centre.lat) + "," + write_decimal(circle.centre.lon) + " " +
         write_decimal(circle.radius_km);
}

std::string write_references(const std::vector<CapReference>& references) {
  std::string out;
  for (const auto& r : references) {
    if (!out.empty()) out += ' ';
    out += r.sender + "," + r.identifier + "," + to_cap_time(r.sent);
  }
  return out;
}

std::string to_cap_time(CapTime time) {
  auto text = to_iso8601(time.at, time.offset_minutes);
  if (text.ends_with("+00:00")) text[text.size() - 6] = '-';
  return text;
}

}  // namespace anlan
