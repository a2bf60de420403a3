#include "earthquakes/stock.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <sstream>
#include <streambuf>
#include <unordered_map>

#include "documents/csv.h"
#include "earthquakes/models.h"
#include "quake/exposure_read.h"

namespace anlan {
namespace {

constexpr size_t kRefusedShown = 100;
constexpr double kVillageRadiusM = 600, kTownRadiusM = 1'500;
constexpr std::array<std::string_view, 11> kCensusColumns = {"place",    "type",     "code",     "use",        "buildings", "storeys_min",
                                                              "storeys_max", "year_min", "year_max", "floor_area", "people"};

std::optional<double> number(std::string_view text) {
  if (!is_plain_number(text)) return std::nullopt;
  const double v = std::strtod(std::string(text).c_str(), nullptr);
  return std::isfinite(v) ? std::optional(v) : std::nullopt;
}

template <size_t N>
std::optional<uint8_t> one_of(std::string_view text, const std::array<std::string_view, N>& names) {
  const auto it = std::find(names.begin(), names.end(), text);
  return it == names.end() ? std::nullopt : std::optional(static_cast<uint8_t>(it - names.begin()));
}
constexpr std::array<std::string_view, quake::kCodeLevels> kCodes = {"pre", "low", "moderate", "high"};
constexpr std::array<std::string_view, quake::kUses> kUseNames = {"home", "work", "school", "hospital", "store", "other"};

// A stream over bytes that stay where they are.
class BytesBuffer : public std::streambuf {
 public:
  explicit BytesBuffer(std::string_view bytes) {
    char* begin = const_cast<char*>(bytes.data());  // a stream buffer wants it so; nothing writes
    setg(begin, begin, begin + bytes.size());
  }
};

// Where people of a town live: its villages, or itself.
struct Centre {
  LonLat at;
  double radius_m;
};
std::vector<Centre> centres_of(const PlaceTable& table, uint32_t town) {
  std::vector<Centre> out;
  for (const auto v : table.children(town))
    if (const auto at = table.position(v)) out.push_back({*at, kVillageRadiusM});
  if (out.empty())
    if (const auto at = table.position(town)) out.push_back({*at, kTownRadiusM});
  return out;
}

class CensusReader {
 public:
  CensusReader(const Pack& pack, const PlaceTable& table, const std::unordered_map<PlaceCode, uint32_t>& towns, Stock& stock)
      : pack_(pack), table_(table), towns_(towns), stock_(stock) {}

  Result<quake::Buildings> read(std::string_view bytes) {
    TRY(csv, CsvReader::open(bytes));
    std::vector<std::string_view> cells;
    TRY(first, csv.next(cells));
    if (!first) return Error(ErrorCode::kInvalidFile, {{"why", "表是空的 / the table is empty"}});
    std::array<size_t, kCensusColumns.size()> column{};
    for (size_t i = 0; i < kCensusColumns.size(); ++i) {
      const auto it = std::find(cells.begin(), cells.end(), kCensusColumns[i]);
      if (it == cells.end()) return Error(ErrorCode::kInvalidFile, {{"why", fmt::format("缺少“{}”列 / no column “{}”", kCensusColumns[i], kCensusColumns[i])}});
      column[i] = static_cast<size_t>(it - cells.begin());
    }
    std::vector<quake::CensusRow> rows;
    uint64_t buildings = 0;
    while (true) {
      TRY(more, csv.next(cells));
      if (!more) break;
      ++stock_.rows;
      const auto cell = [&](size_t i) { return column[i] < cells.size() ? cells[column[i]] : std::string_view(); };
      const auto why = take(cell, rows, buildings);
      if (why.empty()) continue;
      ++stock_.rows_refused;
      if (stock_.refused.size() < kRefusedShown) stock_.refused.push_back(fmt::format("{}: {}", csv.line(), why));
    }
    if (rows.empty()) return Error(ErrorCode::kInvalidFile, {{"why", "没有可用的行 / no row could be used"}});
    if (buildings > kBuildingsMax) return Error(ErrorCode::kTooLarge, {{"why", "建筑超过 2000 万栋 / more than 20 million buildings"}});
    TRY_VOID(quake::check(rows));
    return quake::make_city(rows, kCitySeed);
  }

 private:
  template <class Cell>
  std::string take(const Cell& cell, std::vector<quake::CensusRow>& rows, uint64_t& buildings) {
    const auto code = PlaceCode::parse(cell(0));
    const auto town = code ? towns_.find(*code) : towns_.end();
    if (town == towns_.end()) return fmt::format("没有乡镇 {} / no town {}", cell(0), cell(0));
    const auto type = building_type(pack_.earthquakes, cell(1));
    if (!type) return fmt::format("没有建筑类型 {} / no type of building {}", cell(1), cell(1));
    const auto level = one_of(cell(2), kCodes);
    const auto use = one_of(cell(3), kUseNames);
    if (!level || !use) return "设防水平或用途不可用 / unknown code or use";
    std::array<double, 7> v{};
    constexpr std::array<double, 7> kMost = {1e6, 200, 200, 2100, 2100, 1e5, 1e7};
    for (size_t i = 0; i < v.size(); ++i) {
      const auto n = number(cell(4 + i));
      if (!n || *n < 0 || *n > kMost[i]) return fmt::format("{} 应为 0 至 {} 之间的数 / {} must be 0 to {}", kCensusColumns[4 + i], kMost[i], kCensusColumns[4 + i], kMost[i]);
      v[i] = *n;
    }
    const auto centres = centres_of(table_, table_.index_of(*code));
    if (centres.empty()) return "这个乡镇没有位置 / the town has no position";
    const auto total = static_cast<uint32_t>(v[0]);
    buildings += total;
    const auto n = static_cast<uint32_t>(centres.size());
    for (uint32_t i = 0; i < n; ++i) {
      const uint32_t here = total / n + (i < total % n ? 1 : 0);
      if (!here) continue;
      quake::CensusRow row;
      row.place = town->second;
      row.centre = centres[i].at;
      row.radius_m = centres[i].radius_m;
      row.type = *type;
      row.code = static_cast<quake::CodeLevel>(*level);
      row.use = static_cast<quake::Use>(*use);
      row.buildings = here;
      row.storeys_min = static_cast<uint16_t>(std::max(1.0, v[1]));
      row.storeys_max = std::max(row.storeys_min, static_cast<uint16_t>(v[2]));
      row.year_min = static_cast<uint16_t>(v[3]);
      row.year_max = std::max(row.year_min, static_cast<uint16_t>(v[4]));
      row.floor_area_m2 = static_cast<float>(v[5]);
      row.people = static_cast<float>(v[6] * here / total);
      rows.push_back(row);
    }
    return {};
  }

  const Pack& pack_;
  const PlaceTable& table_;
  const std::unordered_map<PlaceCode, uint32_t>& towns_;
  Stock& stock_;
};

// The town of a position: of those in the county whose boundary holds it, or of all, the nearest.
class NearestTown {
 public:
  NearestTown(const PlaceIndex& places, const std::vector<PlaceCode>& towns) : places_(places) {
    for (uint32_t i = 0; i < towns.size(); ++i)
      for (const auto& centre : centres_of(places.places(), places.places().index_of(towns[i])))
        if (centre.at.lat > -89 && centre.at.lat < 89) cells_[key(centre.at, 0, 0)].push_back({centre.at, i, towns[i].parent()});
  }
  uint32_t operator()(LonLat at) const {
    const auto county = places_.county_at(at);
    double nearest = kFarM;
    uint32_t town = quake::Buildings::kNoPlace;
    for (int dy = -1; dy <= 1; ++dy)
      for (int dx = -1; dx <= 1; ++dx) {
        const auto cell = cells_.find(key(at, dx, dy));
        if (cell == cells_.end()) continue;
        for (const auto& c : cell->second) {
          if (!county.empty() && c.county != county) continue;
          if (const double m = distance_m(at, c.at); m < nearest) nearest = m, town = c.town;
        }
      }
    return town;
  }

 private:
  static constexpr double kCell = 0.2, kFarM = 30'000;  // degrees; beyond, a building belongs to no town
  struct Near {
    LonLat at;
    uint32_t town;
    PlaceCode county;
  };
  static int64_t key(LonLat at, int dx, int dy) {
    return (static_cast<int64_t>(std::floor(at.lat / kCell)) + dy) * 100'000 + static_cast<int64_t>(std::floor(at.lon / kCell)) + dx;
  }
  const PlaceIndex& places_;
  std::unordered_map<int64_t, std::vector<Near>> cells_;
};

}  // namespace

Result<std::shared_ptr<const Stock>> read_stock(StockKind kind, const std::string& name, std::string_view bytes, const Pack& pack, const PlaceIndex& places) {
  if (bytes.size() > kStockBytesMax) return Error(ErrorCode::kTooLarge, {{"why", "文件超过 2 GB / larger than 2 GB"}});
  auto stock = std::make_shared<Stock>();
  const auto& table = places.places();
  std::unordered_map<PlaceCode, uint32_t> towns;
  for (uint32_t i = 0; i < table.size(); ++i)
    if (table.level(i) == PlaceLevel::kTown) {
      towns.emplace(table.code(i), static_cast<uint32_t>(stock->places.size()));
      stock->places.push_back(table.code(i));
    }
  if (kind == StockKind::census) {
    CensusReader reader(pack, table, towns, *stock);
    TRY(made, reader.read(bytes));
    stock->buildings = std::move(made);
  } else {
    quake::BuildingRules rules;
    for (const auto& t : pack.earthquakes.buildings) rules.types.push_back(t.id);
    for (const auto p : stock->places) rules.places.push_back(p.text());
    const NearestTown town(places, stock->places);
    rules.place_of = [&](LonLat at) { return town(at); };
    BytesBuffer buffer(bytes);
    std::istream in(&buffer);
    const auto first = bytes.find_first_not_of(" \t\r\n\xEF\xBB\xBF");
    const bool geojson = first != std::string_view::npos && bytes[first] == '{';
    TRY(read, geojson ? quake::read_buildings_geojson(in, rules) : quake::read_buildings_csv(in, rules));
    stock->buildings = std::move(read.buildings);
    stock->rows = read.rows;
    stock->rows_refused = read.refused;
    for (const auto& f : read.refusals) stock->refused.push_back(fmt::format("{}: {}", f.line, f.zh + " / " + f.en));
    if (stock->buildings.size() == 0) return Error(ErrorCode::kInvalidFile, {{"why", "没有可用的行 / no row could be used"}});
  }
  auto grouped = quake::group(stock->buildings, stock->places.size(), pack.earthquakes.policy.cell_m);
  stock->exposure = std::move(grouped.exposure);
  stock->cell_of_building = std::move(grouped.site_of);
  stock->exposure.generated = kind == StockKind::census;
  stock->people.assign(stock->places.size(), 0);
  std::vector<double> cells(stock->places.size(), 0);
  uint32_t last_site = UINT32_MAX, last_place = UINT32_MAX;
  for (const auto& a : stock->exposure.assets) {
    if (a.use == quake::Use::home) stock->people[a.place] += a.people;
    if (a.site != last_site || a.place != last_place) cells[a.place] += 1;
    last_site = a.site;
    last_place = a.place;
  }
  const double cell_km2 = std::pow(pack.earthquakes.policy.cell_m / 1000, 2);
  stock->people_per_km2.resize(stock->places.size());
  for (size_t i = 0; i < cells.size(); ++i) stock->people_per_km2[i] = cells[i] > 0 ? stock->people[i] / (cells[i] * cell_km2) : 0;
  stock->loaded.name = name;
  stock->loaded.kind = boost::describe::enum_to_string(kind, "");
  stock->loaded.buildings = static_cast<int64_t>(stock->buildings.size());
  for (const double p : stock->people) stock->loaded.people += p;
  stock->loaded.generated = stock->exposure.generated;
  json::array refused;
  for (const auto& r : stock->refused) refused.emplace_back(r);
  stock->loaded.report = json::serialize(json::object{{"rows", stock->rows}, {"refused", stock->rows_refused}, {"dropped", grouped.dropped}, {"first", std::move(refused)}});
  return std::shared_ptr<const Stock>(std::move(stock));
}

void BuildingStock::read(const ExposureLoaded& loaded, bool fresh) {
  {
    std::scoped_lock guard(mutex_);
    ++loading_;
    newest_ = loaded.file;
  }
  later_([this, loaded, fresh] {
    std::shared_ptr<const Stock> made;
    std::optional<Error> fault;
    const auto bytes = attachments_.get(loaded.file);
    if (!bytes) fault = bytes.error();
    else try {
      auto read = read_stock(loaded.kind == "census" ? StockKind::census : StockKind::buildings, loaded.name, **bytes, pack_, *places_.get());
      if (read) made = std::move(*read);
      else fault = read.error();
    } catch (const std::bad_alloc&) {
      fault = Error(ErrorCode::kTooLarge, {{"why", "内存不足 / not enough memory"}});
    }
    {
      std::scoped_lock guard(mutex_);
      --loading_;
      if (newest_ != loaded.file) return;
      fault_ = fault;
      if (made) stock_ = std::move(made);
    }
    if (!fault && loaded_) loaded_(fresh);
  });
}

void BuildingStock::load(Reader& reader) {
  if (const auto row = newest_exposure(reader)) read(row->loaded, false);
}

void BuildingStock::on_committed(const std::vector<RecordedFact>& facts) {
  for (const auto& f : facts)
    if (const auto* loaded = f.as<ExposureLoaded>()) read(*loaded, true);
}

std::shared_ptr<const Stock> BuildingStock::get() const {
  std::scoped_lock guard(mutex_);
  return stock_;
}
std::optional<Error> BuildingStock::fault() const {
  std::scoped_lock guard(mutex_);
  return fault_;
}
PlaceCode BuildingStock::region_of(LonLat position, PlaceCode otherwise) const {
  const auto county = places_.get()->county_at(position);
  return county.empty() ? otherwise : county;
}
bool BuildingStock::loading() const {
  std::scoped_lock guard(mutex_);
  return loading_ > 0;
}

}  // namespace anlan
