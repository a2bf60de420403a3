#include "registry/people_columns.h"

#include <fmt/format.h>

#include <algorithm>

#include "registry/place_names.h"

namespace anlan {

const std::array<PeopleColumnNames, kPeopleColumns> kPeopleColumnNames{{
    {"姓名", {"name", "责任人", "责任人姓名"}},
    {"手机", {"phone", "mobile", "手机号", "电话", "联系电话"}},
    {"手机2", {"phone2", "备用手机", "备用电话", "其他电话"}},
    {"岗位类别", {"kind", "post_kind", "岗位类型"}},
    {"岗位名称", {"title", "职务", "岗位"}},
    {"行政区划", {"place", "区划", "区划代码", "所在地"}},
    {"对象类别", {"record_type"}},
    {"对象名称", {"record", "record_name"}},
    {"灾种", {"hazards", "hazard"}},
    {"副职", {"deputy", "AB角", "B角"}},
    {"上级", {"superior"}},
    {"有效期起", {"valid_from"}},
    {"有效期止", {"valid_until"}},
    {"核实日期", {"confirmed_on", "号码核实日期"}},
    {"备注", {"note"}},
}};

PeopleHeader read_people_header(const std::vector<std::string>& columns) {
  PeopleHeader header;
  header.at.fill(-1);
  for (size_t i = 0; i < columns.size(); ++i) {
    std::string name = columns[i];
    std::transform(name.begin(), name.end(), name.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    size_t c = 0;
    for (; c < kPeopleColumns; ++c) {
      const auto& names = kPeopleColumnNames[c];
      const bool named = columns[i] == names.zh || std::any_of(names.others.begin(), names.others.end(), [&](const char* other) {
                           return other && (name == other || columns[i] == other);
                         });
      if (named && header.at[c] < 0) break;
    }
    if (c < kPeopleColumns) header.at[c] = static_cast<int>(i);
    else header.ignored.push_back(columns[i]);
  }
  return header;
}

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kWideSpace = "　";
  for (;;) {
    if (!text.empty() && static_cast<unsigned char>(text.front()) <= ' ') text.remove_prefix(1);
    else if (text.starts_with(kWideSpace)) text.remove_prefix(kWideSpace.size());
    else break;
  }
  for (;;) {
    if (!text.empty() && static_cast<unsigned char>(text.back()) <= ' ') text.remove_suffix(1);
    else if (text.ends_with(kWideSpace)) text.remove_suffix(kWideSpace.size());
    else break;
  }
  return text;
}

std::vector<std::string_view> parts(std::string_view text) {
  static constexpr std::array<std::string_view, 8> kSeparators{"、", "，", "；", ",", ";", "|", "\n", "\r"};
  std::vector<std::string_view> out;
  size_t begin = 0;
  for (size_t i = 0; i <= text.size();) {
    size_t width = i == text.size() ? 1 : 0;
    for (const auto s : kSeparators)
      if (!width && text.substr(i).starts_with(s)) width = s.size();
    if (!width) {
      ++i;
      continue;
    }
    if (const auto part = trimmed(text.substr(begin, i - begin)); !part.empty()) out.push_back(part);
    i += width;
    begin = i;
  }
  return out;
}

std::optional<UtcTime> read_date(std::string_view text, int utc_offset_minutes) {
  std::array<int, 3> number{};  // year, month, day
  text = trimmed(text);
  const bool solid = text.size() == 8 && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
  size_t at = 0;
  for (size_t n = 0; n < 3; ++n) {
    const size_t digits_max = n == 0 ? 4 : 2;
    size_t digits = 0;
    for (; at < text.size() && digits < digits_max && text[at] >= '0' && text[at] <= '9'; ++at, ++digits)
      number[n] = number[n] * 10 + (text[at] - '0');
    if (digits == 0) return std::nullopt;
    if (solid) continue;
    if (n == 2) break;
    bool separated = false;
    for (const std::string_view s : {"-", "/", ".", "年", "月"})
      if (!separated && text.substr(at).starts_with(s)) at += s.size(), separated = true;
    if (!separated) return std::nullopt;
  }
  if (text.substr(at).starts_with("日")) at += std::string_view("日").size();
  if (at < text.size() && text[at] != ' ' && text[at] != 'T') return std::nullopt;
  const CivilTime civil{number[0], number[1], number[2], 0, 0, 0, 0};
  if (number[0] < 1900 || number[0] > 2200 || number[1] < 1 || number[1] > 12 || number[2] < 1 || number[2] > 31) return std::nullopt;
  const UtcTime time = from_civil(civil, utc_offset_minutes);
  const CivilTime back = to_civil(time, utc_offset_minutes);
  if (back.month != civil.month || back.day != civil.day) return std::nullopt;  // 30 February
  return time;
}

std::string write_date(UtcTime time, int utc_offset_minutes) {
  const CivilTime c = to_civil(time, utc_offset_minutes);
  return fmt::format("{:04}-{:02}-{:02}", c.year, c.month, c.day);
}

const PlaceFinder::Answer& PlaceFinder::find(std::string_view text) {
  const auto it = answers_.find(std::string(text));
  if (it != answers_.end()) return it->second;
  return answers_.emplace(std::string(text), look(text)).first->second;
}

void PlaceFinder::learn_names() {
  learned_ = true;
  for (const PlaceCode scope : scopes_) {
    const PlaceRange range = places_.range(scope);
    for (uint32_t i = range.begin; i < range.end; ++i) {
      const auto name = places_.name(i);
      const auto spoken = short_place_name(name, places_.level(i));
      names_.emplace(name, i);
      if (spoken != name) names_.emplace(spoken, i);
    }
  }
}

bool PlaceFinder::is_named(uint32_t index, std::string_view name) const {
  return places_.name(index) == name || short_place_name(places_.name(index), places_.level(index)) == name;
}

PlaceFinder::Answer PlaceFinder::look(std::string_view text) {
  if (const auto code = PlaceCode::parse(text)) {
    if (places_.find(*code)) return {Outcome::found, *code};
    return {};
  }
  std::vector<std::string> path;
  std::string part;
  const auto flush = [&] {
    if (const auto name = trimmed(part); !name.empty()) path.emplace_back(name);
    part.clear();
  };
  for (const char c : text) {
    if (c == '/' || c == '\\' || c == '>') flush();
    else part += c;
  }
  flush();
  if (path.empty() || path.size() > 6) return {};
  if (!learned_) learn_names();
  std::vector<uint32_t> found;
  const auto [first, last] = names_.equal_range(path.back());
  for (auto it = first; it != last; ++it) {
    uint32_t above = places_.parent(it->second);
    bool fits = true;
    for (size_t i = path.size() - 1; i-- > 0 && fits;) {
      while (above != kNoPlace && !is_named(above, path[i])) above = places_.parent(above);
      fits = above != kNoPlace;
      if (fits) above = places_.parent(above);
    }
    if (fits && std::find(found.begin(), found.end(), it->second) == found.end()) found.push_back(it->second);
  }
  if (found.empty()) return {};
  if (found.size() > 1) return {Outcome::ambiguous, {}};
  return {Outcome::found, places_.code(found.front())};
}

}  // namespace anlan
