#include "quake/building_rows.h"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace anlan::quake {
namespace {

constexpr std::array<const char*, kColumns> kNames{"lon", "lat", "type", "code", "use", "storeys", "floor_area", "year", "people", "id", "place"};

const std::unordered_map<std::string_view, Column>& headers() {
  static const std::unordered_map<std::string_view, Column> all{
      {"lon", Column::lon}, {"lng", Column::lon}, {"longitude", Column::lon}, {"经度", Column::lon},
      {"lat", Column::lat}, {"latitude", Column::lat}, {"纬度", Column::lat},
      {"type", Column::type}, {"structure", Column::type}, {"taxonomy", Column::type}, {"类型", Column::type}, {"结构", Column::type}, {"结构类型", Column::type}, {"建筑类型", Column::type}, {"房屋结构", Column::type},
      {"code", Column::code}, {"code_level", Column::code}, {"设防", Column::code}, {"设防水平", Column::code}, {"设防烈度", Column::code}, {"抗震设防", Column::code}, {"抗震设防烈度", Column::code},
      {"use", Column::use}, {"usage", Column::use}, {"用途", Column::use}, {"使用性质", Column::use}, {"房屋用途", Column::use},
      {"storeys", Column::storeys}, {"stories", Column::storeys}, {"floors", Column::storeys}, {"层数", Column::storeys}, {"楼层", Column::storeys}, {"地上层数", Column::storeys},
      {"floor_area", Column::floor_area}, {"floor_area_m2", Column::floor_area}, {"area", Column::floor_area}, {"area_m2", Column::floor_area}, {"建筑面积", Column::floor_area}, {"总建筑面积", Column::floor_area}, {"面积", Column::floor_area},
      {"year", Column::year}, {"year_built", Column::year}, {"年份", Column::year}, {"建成年份", Column::year}, {"建造年份", Column::year}, {"建成年代", Column::year},
      {"people", Column::people}, {"occupants", Column::people}, {"population", Column::people}, {"人数", Column::people}, {"人口", Column::people}, {"常住人口", Column::people},
      {"id", Column::id}, {"编号", Column::id}, {"房屋编号", Column::id}, {"建筑编号", Column::id},
      {"place", Column::place}, {"township", Column::place}, {"乡镇", Column::place}, {"街道", Column::place}, {"乡镇街道", Column::place}, {"行政区划代码", Column::place}};
  return all;
}

template <class T>
using Words = std::unordered_map<std::string_view, T>;
const Words<CodeLevel>& codes() {
  static const Words<CodeLevel> all{{"pre", CodeLevel::pre}, {"未设防", CodeLevel::pre}, {"不设防", CodeLevel::pre}, {"无", CodeLevel::pre},
      {"low", CodeLevel::low}, {"低", CodeLevel::low}, {"6", CodeLevel::low}, {"6度", CodeLevel::low},
      {"moderate", CodeLevel::moderate}, {"中", CodeLevel::moderate}, {"7", CodeLevel::moderate}, {"7度", CodeLevel::moderate},
      {"high", CodeLevel::high}, {"高", CodeLevel::high}, {"8", CodeLevel::high}, {"8度", CodeLevel::high}, {"9", CodeLevel::high}, {"9度", CodeLevel::high}};
  return all;
}
const Words<Use>& uses() {
  static const Words<Use> all{{"home", Use::home}, {"住宅", Use::home}, {"居住", Use::home}, {"work", Use::work}, {"办公", Use::work}, {"厂房", Use::work}, {"工业", Use::work},
      {"school", Use::school}, {"学校", Use::school}, {"教育", Use::school}, {"hospital", Use::hospital}, {"医院", Use::hospital}, {"医疗", Use::hospital},
      {"store", Use::store}, {"商业", Use::store}, {"商铺", Use::store}, {"other", Use::other}, {"其他", Use::other}, {"其它", Use::other}};
  return all;
}

constexpr size_t kIdMax = 64;

// A whole number as people write it, for columns of words that may hold one.
std::string_view words_of(const Cell& cell, std::array<char, 32>& digits) {
  if (!cell.is_number) return cell.text;
  const auto [end, fault] = std::to_chars(digits.data(), digits.data() + digits.size(), cell.number);
  return fault == std::errc() ? std::string_view(digits.data(), static_cast<size_t>(end - digits.data())) : std::string_view();
}

bool number_of(const Cell& cell, double& value) {
  if (cell.is_number) {
    value = cell.number;
    return std::isfinite(value);
  }
  const char* end = cell.text.data() + cell.text.size();
  const auto [stop, fault] = std::from_chars(cell.text.data(), end, value);
  return fault == std::errc() && stop == end && std::isfinite(value);
}

}  // namespace

std::string_view trimmed(std::string_view text) {
  const auto blank = [](char c) { return c == ' ' || c == '\t' || c == '\r'; };
  while (!text.empty() && blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && blank(text.back())) text.remove_suffix(1);
  return text;
}

bool is_plain_text(std::string_view text) {
  for (size_t i = 0; i < text.size();) {
    const auto c = static_cast<unsigned char>(text[i]);
    const size_t length = c < 0x80 ? 1 : c < 0xC2 ? 0 : c < 0xE0 ? 2 : c < 0xF0 ? 3 : c < 0xF5 ? 4 : 0;
    if (length == 0 || c < 0x20 || c == 0x7F || i + length > text.size()) return false;
    uint32_t letter = length == 1 ? c : c & (0xFFu >> (length + 1));
    for (size_t k = 1; k < length; ++k) {
      const auto next = static_cast<unsigned char>(text[i + k]);
      if ((next & 0xC0) != 0x80) return false;
      letter = letter << 6 | (next & 0x3F);
    }
    if ((length == 3 && letter < 0x800) || (length == 4 && letter < 0x10000) || letter > 0x10FFFF || (letter >= 0xD800 && letter < 0xE000)) return false;
    i += length;
  }
  return true;
}

std::optional<Column> column_named(std::string_view header) {
  header = trimmed(header);
  std::array<char, 32> lower;
  if (header.size() > lower.size()) return std::nullopt;
  std::transform(header.begin(), header.end(), lower.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  const auto found = headers().find({lower.data(), header.size()});
  return found == headers().end() ? std::nullopt : std::optional(found->second);
}

const char* name_of(Column column) { return kNames[static_cast<size_t>(column)]; }

struct BuildingRows::Row {
  LonLat at;
  uint16_t type = 0, storeys = 1, year = 0;
  CodeLevel code = CodeLevel::pre;
  Use use = Use::home;
  float floor_area_m2 = 0, people = 0;
  uint32_t place = Buildings::kNoPlace;
  std::string_view id;
};

BuildingRows::BuildingRows(const BuildingRules& rules) : rules_(rules) {
  for (size_t i = 0; i < rules.types.size(); ++i) types_.emplace(rules.types[i], static_cast<uint32_t>(i));
  for (size_t i = 0; i < rules.places.size(); ++i) places_.emplace(rules.places[i], static_cast<uint32_t>(i));
}

bool BuildingRows::is_whole(const Cell& cell, double least, double most, double& value) const {
  return number_of(cell, value) && value == std::floor(value) && value >= least && value <= most;
}

// The field at fault, or null.
const char* BuildingRows::read(const Cells& cells, Row& row, Fault& fault) {
  const auto cell = [&](Column c) -> const Cell& { return cells[static_cast<size_t>(c)]; };
  std::array<char, 32> digits;
  double value = 0;
  const auto wrong = [&](Column c, const char* zh, const char* en) {
    fault = {zh, en};
    return name_of(c);
  };

  if (cell(Column::lon).blank()) return wrong(Column::lon, "缺经度", "no longitude");
  if (!number_of(cell(Column::lon), row.at.lon) || std::abs(row.at.lon) > 180) return wrong(Column::lon, "经度应为 -180 至 180 的数字", "the longitude must be a number from -180 to 180");
  if (cell(Column::lat).blank()) return wrong(Column::lat, "缺纬度", "no latitude");
  if (!number_of(cell(Column::lat), row.at.lat) || std::abs(row.at.lat) > 90) return wrong(Column::lat, "纬度应为 -90 至 90 的数字", "the latitude must be a number from -90 to 90");
  row.at = to_wgs84(row.at, rules_.datum);

  if (cell(Column::type).blank()) return wrong(Column::type, "缺结构类型", "no building type");
  const auto type = types_.find(words_of(cell(Column::type), digits));
  if (type == types_.end()) return wrong(Column::type, "没有这种结构类型", "no such building type");
  row.type = static_cast<uint16_t>(type->second);

  if (const auto& c = cell(Column::code); !c.blank()) {
    const auto code = codes().find(words_of(c, digits));
    if (code == codes().end()) return wrong(Column::code, "设防水平应为未设防、低、中、高或 6 至 9 度", "the code must be pre, low, moderate, high or a degree from 6 to 9");
    row.code = code->second;
  }
  if (const auto& c = cell(Column::use); !c.blank()) {
    const auto use = uses().find(words_of(c, digits));
    if (use == uses().end()) return wrong(Column::use, "用途应为住宅、办公、学校、医院、商业或其他", "the use must be home, work, school, hospital, store or other");
    row.use = use->second;
  }
  if (const auto& c = cell(Column::storeys); !c.blank()) {
    if (!is_whole(c, 1, 200, value)) return wrong(Column::storeys, "层数应为 1 至 200 的整数", "storeys must be a whole number from 1 to 200");
    row.storeys = static_cast<uint16_t>(value);
  }
  if (const auto& c = cell(Column::floor_area); !c.blank()) {
    if (!number_of(c, value) || value < 0 || value > 1e7) return wrong(Column::floor_area, "建筑面积应为 0 至一千万平方米", "the floor area must be 0 to 10,000,000 m2");
    row.floor_area_m2 = static_cast<float>(value);
  }
  if (const auto& c = cell(Column::year); !c.blank()) {
    if (!is_whole(c, 0, 2200, value) || (value > 0 && value < 1000)) return wrong(Column::year, "建成年份应为四位年份", "the year must have four digits");
    row.year = static_cast<uint16_t>(value);
  }
  if (const auto& c = cell(Column::people); !c.blank()) {
    if (!number_of(c, value) || value < 0 || value > 1e6) return wrong(Column::people, "人数应为 0 至一百万", "people must be 0 to 1,000,000");
    row.people = static_cast<float>(value);
  }
  if (const auto& c = cell(Column::place); !c.blank()) {
    const auto place = places_.find(words_of(c, digits));
    if (place == places_.end()) return wrong(Column::place, "没有这个乡镇", "no such township");
    row.place = place->second;
  } else if (rules_.place_of) {
    row.place = rules_.place_of(row.at);
  }
  return nullptr;
}

Result<void> BuildingRows::refuse(uint64_t line, const char* field, const char* zh, const char* en) {
  if (++read_.rows > kBuildingsMax) return Error(ErrorCode::kTooLarge, {{"what", "buildings"}, {"limit", std::to_string(kBuildingsMax)}});
  ++read_.refused;
  if (read_.refusals.size() < kRefusalsShown) read_.refusals.push_back({static_cast<int>(std::min<uint64_t>(line, INT32_MAX)), field, zh, en});
  return {};
}

Result<void> BuildingRows::add(const Cells& cells, uint64_t line) {
  Row row;
  Fault fault{};
  std::array<char, 32> digits;
  const char* field = read(cells, row, fault);
  if (!field) {
    row.id = words_of(cells[static_cast<size_t>(Column::id)], digits);
    if (row.id.size() > kIdMax || !is_plain_text(row.id)) field = name_of(Column::id), fault = {"编号应为 64 字节以内的 UTF-8 文字", "the id must be UTF-8 text of at most 64 bytes"};
  }
  if (field) return refuse(line, field, fault.zh, fault.en);
  if (++read_.rows > kBuildingsMax) return Error(ErrorCode::kTooLarge, {{"what", "buildings"}, {"limit", std::to_string(kBuildingsMax)}});

  Buildings& b = read_.buildings;
  // The first id makes a column of them.
  if (!row.id.empty() && !any_id_) any_id_ = true, b.id.resize(b.size());
  if (any_id_) b.id.emplace_back(row.id);
  b.at.push_back(row.at), b.type.push_back(row.type), b.code.push_back(row.code), b.use.push_back(row.use), b.storeys.push_back(row.storeys);
  b.floor_area_m2.push_back(row.floor_area_m2), b.year.push_back(row.year), b.people.push_back(row.people), b.place.push_back(row.place);
  return {};
}

BuildingsRead BuildingRows::finish() && { return std::move(read_); }

}  // namespace anlan::quake
