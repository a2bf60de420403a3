#include "registry/place_files.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include "documents/csv.h"
#include "registry/place_names.h"

namespace anlan {
namespace {

constexpr size_t kFaultsMax = 100;

class Faults {
 public:
  explicit Faults(std::string file) : error_(ErrorCode::kInvalidFile, {{"why", file}}) {}
  void add(int line, std::string field, std::string zh, std::string en) {
    if (error_.details.size() < kFaultsMax)
      error_.details.push_back({line, std::move(field), std::move(zh), std::move(en)});
  }
  bool any() const { return !error_.details.empty(); }
  Error take() { return std::move(error_); }

 private:
  Error error_;
};

int column_of(const std::vector<std::string_view>& header, std::initializer_list<std::string_view> names) {
  for (size_t i = 0; i < header.size(); ++i)
    if (std::find(names.begin(), names.end(), header[i]) != names.end()) return static_cast<int>(i);
  return -1;
}

std::string_view cell(const std::vector<std::string_view>& cells, int column) {
  return column >= 0 && static_cast<size_t>(column) < cells.size() ? cells[static_cast<size_t>(column)]
                                                                   : std::string_view();
}

std::optional<int64_t> digits_of(std::string_view text) {
  int64_t value = 0;
  const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (ec != std::errc() || end != text.data() + text.size() || value <= 0) return std::nullopt;
  return value;
}

struct DivisionFile {
  const char* name;
  std::string_view text;
  size_t digits;
  const char* parent_column;
};

struct RowSource {
  uint8_t file;
  int line;
};

Error renamed(Error error, const std::string& file) {
  for (auto& detail : error.details) detail.field = file + (detail.field.empty() ? "" : ":" + detail.field);
  return error;
}

}  // namespace

Result<PlaceTable> read_divisions(const DivisionFiles& files) {
  const std::array<DivisionFile, 5> inputs = {{{"provinces.csv", files.provinces, 2, ""},
                                               {"cities.csv", files.cities, 4, "provinceCode"},
                                               {"areas.csv", files.areas, 6, "cityCode"},
                                               {"streets.csv", files.streets, 9, "areaCode"},
                                               {"villages.csv", files.villages, 12, "streetCode"}}};
  Faults faults("places");
  std::vector<PlaceRow> rows;
  std::vector<RowSource> sources;
  // Names may stand in the reader's scratch memory; no name can be longer than the text it came from, so the arena is
  // never moved. GB18030 text grows by half at most when it becomes UTF-8.
  size_t bytes = 0;
  for (const auto& input : inputs) bytes += input.text.size();
  std::string names;
  names.reserve(bytes + bytes / 2);
  rows.reserve(bytes / 50);
  sources.reserve(bytes / 50);

  std::vector<std::string_view> cells;
  for (size_t f = 0; f < inputs.size(); ++f) {
    const auto& [file, text, digits, parent_column] = inputs[f];
    const std::string prefix = std::string(file) + ":";
    if (text.empty() && f == 4) continue;
    auto opened = CsvReader::open(text);
    if (!opened) return renamed(opened.error(), file);
    auto& reader = *opened;
    int code_at = -1, name_at = -1, parent_at = -1;
    for (bool header = true;; header = false) {
      const auto more = reader.next(cells);
      if (!more) return renamed(more.error(), file);
      if (!*more) {
        if (header) faults.add(1, file, "文件为空", "the file is empty");
        break;
      }
      if (header) {
        code_at = column_of(cells, {"code"});
        name_at = column_of(cells, {"name"});
        parent_at = column_of(cells, {parent_column});
        if (code_at >= 0 && name_at >= 0) continue;
        faults.add(reader.line(), file, "缺少 code 或 name 列", "the header must have the columns code and name");
        break;
      }
      const auto code = digits_of(cell(cells, code_at));
      if (!code || cell(cells, code_at).size() != digits) {
        faults.add(reader.line(), prefix + "code", "区划代码应为" + std::to_string(digits) + "位数字",
                   "a code here has " + std::to_string(digits) + " digits");
        continue;
      }
      const PlaceCode place(*code);
      if (parent_at >= 0 && cell(cells, parent_at) != place.parent().text())
        faults.add(reader.line(), prefix + parent_column, "与区划代码不符", "does not fit the code");
      const auto name = cell(cells, name_at);
      CHECK(names.size() + name.size() <= names.capacity());
      names.append(name);
      rows.push_back({place, std::string_view(names).substr(names.size() - name.size())});
      sources.push_back({static_cast<uint8_t>(f), reader.line()});
    }
  }
  if (faults.any()) return faults.take();
  auto table = PlaceTable::create(rows);
  if (table) return table;
  Error error = table.error();
  for (auto& detail : error.details) {
    const auto& source = sources[static_cast<size_t>(detail.line) - 1];
    detail.line = source.line;
    detail.field = std::string(inputs[source.file].name) + ":" + detail.field;
  }
  return error;
}

bool same_place_name(std::string_view a, std::string_view b, PlaceLevel level) {
  if (a == b) return true;
  const auto x = short_place_name(a, level), y = short_place_name(b, level);
  return place_stem(x, level) == place_stem(y, level);
}

uint32_t place_named(const PlaceTable& places, std::string_view name, PlaceLevel level, PlaceCode parent) {
  const auto one_of = [&](const std::vector<uint32_t>& candidates) {
    uint32_t found = kNoPlace;
    for (const bool exact : {true, false}) {
      for (auto i : candidates) {
        if (places.level(i) != level) continue;
        if (exact ? places.name(i) != name : !same_place_name(places.name(i), name, level)) continue;
        if (found != kNoPlace) return kNoPlace;
        found = i;
      }
      if (found != kNoPlace) break;
    }
    return found;
  };
  const auto top = places.index_of(parent);
  if (top == kNoPlace && !parent.empty()) return kNoPlace;
  if (const auto found = one_of(places.children(top)); found != kNoPlace || level != PlaceLevel::kCounty) return found;
  // A county that moved to another city (or became one's district) keeps its province.
  std::vector<uint32_t> counties;
  const auto province = places.index_of(parent.at_level(PlaceLevel::kProvince));
  if (province == kNoPlace) return kNoPlace;
  for (auto city : places.children(province))
    for (auto county : places.children(city)) counties.push_back(county);
  return one_of(counties);
}

namespace {

struct PositionRow {
  int64_t code = 0;
  int64_t parent = 0;
  std::string name;
  LonLat position;
};

std::optional<double> number_of(std::string_view text) {
  double value = 0;
  const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (ec != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<Datum> datum_of(std::string_view text, Datum otherwise) {
  std::string plain;
  for (char c : text)
    if (c != '-' && c != ' ' && c != '_') plain.push_back(c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c);
  if (plain.empty()) return otherwise;
  if (plain == "WGS84" || plain == "CGCS2000") return Datum::kWgs84;
  if (plain == "GCJ02") return Datum::kGcj02;
  if (plain == "BD09") return Datum::kBd09;
  return std::nullopt;
}

// Tables write codes with 6, 9 or 12 digits, padded with zeros.
PlaceCode code_of(int64_t digits) {
  return PlaceCode::parse(std::to_string(digits)).value_or(PlaceCode());
}

// How well a row joined; a row that joined worse never overwrites one that joined better.
enum class Joined : uint8_t { kNot, kRenamed, kByName, kByCode };

std::pair<uint32_t, Joined> join(const PlaceTable& places, const PositionRow& row) {
  const auto code = code_of(row.code);
  const auto index = places.index_of(code);
  if (index != kNoPlace && (row.name.empty() || same_place_name(places.name(index), row.name, code.level())))
    return {index, Joined::kByCode};
  if (!row.name.empty()) {
    const auto parent = row.parent ? code_of(row.parent) : code.parent();
    if (const auto named = place_named(places, row.name, code.level(), parent); named != kNoPlace)
      return {named, Joined::kByName};
  }
  if (index != kNoPlace && code.level() <= PlaceLevel::kCounty) return {index, Joined::kRenamed};
  return {kNoPlace, Joined::kNot};
}

}  // namespace

Result<PlaceJoin> apply_positions(PlaceTable& places, std::string_view csv, Datum datum) {
  TRY(reader, CsvReader::open(csv));
  std::vector<std::string_view> cells;
  TRY(has_header, reader.next(cells));
  const int code_at = column_of(cells, {"code", "adcode"}), name_at = column_of(cells, {"name"});
  const int parent_at = column_of(cells, {"parent"}), datum_at = column_of(cells, {"datum"});
  const int lon_at = column_of(cells, {"lon", "longitude", "lng"}), lat_at = column_of(cells, {"lat", "latitude"});
  Faults faults("positions");
  if (!has_header || code_at < 0 || lon_at < 0 || lat_at < 0) {
    faults.add(1, "", "缺少 code、lon、lat 列", "the header must have the columns code, lon and lat");
    return faults.take();
  }
  PlaceJoin report;
  std::vector<PositionRow> rows;
  for (;;) {
    TRY(more, reader.next(cells));
    if (!more) break;
    ++report.rows;
    const auto code = digits_of(cell(cells, code_at));
    const auto lon_text = cell(cells, lon_at), lat_text = cell(cells, lat_at);
    if (!code) {
      faults.add(reader.line(), "code", "区划代码无效", "not a place code");
      continue;
    }
    if (lon_text.empty() && lat_text.empty()) {
      ++report.without_position;
      continue;
    }
    const auto lon = number_of(lon_text), lat = number_of(lat_text);
    const auto row_datum = datum_of(cell(cells, datum_at), datum);
    if (!lon || !lat || !is_valid({*lon, *lat})) {
      faults.add(reader.line(), "lon", "经纬度无效", "longitude or latitude is not valid");
      continue;
    }
    if (!row_datum) {
      faults.add(reader.line(), "datum", "坐标系应为 WGS84、GCJ02 或 BD09", "the datum must be WGS84, GCJ02 or BD09");
      continue;
    }
    const auto parent = digits_of(cell(cells, parent_at));
    rows.push_back({*code, parent.value_or(0), std::string(cell(cells, name_at)), to_wgs84({*lon, *lat}, *row_datum)});
  }
  if (faults.any()) return faults.take();

  std::vector<Joined> best(places.size(), Joined::kNot);
  for (const auto& row : rows) {
    const auto [index, how] = join(places, row);
    if (how == Joined::kNot) {
      ++report.unjoined;
      if (report.unjoined_rows.size() < PlaceJoin::kUnjoinedShown)
        report.unjoined_rows.push_back(std::to_string(row.code) + " " + row.name);
      continue;
    }
    ++(how == Joined::kByCode ? report.by_code : report.by_name);
    if (how < best[index]) continue;
    best[index] = how;
    places.set_position(index, row.position, false);
  }
  return report;
}

}  // namespace anlan
