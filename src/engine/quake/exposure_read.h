// Buildings from CSV and GeoJSON: a stream in, columns out. A wrong row is refused by itself, with its line and the reason;
// the others are read.
//
// Columns (CSV header or GeoJSON properties, in any order and case): lon, lat, type are required; code, use, storeys,
// floor_area, year, people, id, place may be absent or blank, which means pre, home, 1, 0, 0 (not known), 0, no id, and the
// place that place_of() says. Chinese headers too: 经度 纬度 结构类型 设防水平 用途 层数 建筑面积 建成年份 人数 编号 乡镇.
// code: pre, low, moderate, high or 未设防, 低, 中, 高, or the degree it was designed for: 6 low, 7 moderate, 8 and 9 high.
// use: home, work, school, hospital, store, other or 住宅, 办公 (厂房), 学校, 医院, 商业, 其他. type: one of the given ids.
// GeoJSON: a FeatureCollection; points, or polygons of which the centroid of the first ring counts.
#pragma once

#include <functional>
#include <istream>

#include "quake/exposure.h"

namespace anlan::quake {

struct BuildingRules {
  std::vector<std::string> types;                 // ids; Buildings::type is the index
  std::vector<std::string> places;                // ids of townships, for the column `place`; Buildings::place is the index
  std::function<uint32_t(LonLat)> place_of;       // where that column is absent or blank; empty: Buildings::kNoPlace
  Datum datum = Datum::kWgs84;                    // of the file; converted
};

struct BuildingsRead {
  Buildings buildings;                            // `id` is empty when the file has none at all
  uint64_t rows = 0, refused = 0;                 // all of them, and those refused
  std::vector<ErrorDetail> refusals;              // the first kRefusalsShown, by line
};
inline constexpr size_t kRefusalsShown = 100;
inline constexpr uint64_t kBuildingsMax = 20'000'000;

// UTF-8 with or without a byte order mark; quotes as in RFC 4180. kInvalidFile: no header, a required column absent, a
// column twice, a row longer than 64 KB, a quote that never ends. kTooLarge: more than kBuildingsMax rows. Memory: the
// buildings and a buffer.
Result<BuildingsRead> read_buildings_csv(std::istream& in, const BuildingRules& rules);
// kInvalidFile: no "features", a feature longer than 1 MB, a file that breaks off. kTooLarge as above.
Result<BuildingsRead> read_buildings_geojson(std::istream& in, const BuildingRules& rules);

}  // namespace anlan::quake
