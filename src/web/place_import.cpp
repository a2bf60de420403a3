#include "web/place_import.h"

#include <algorithm>
#include <array>

#include "documents/csv.h"
#include "registry/place_files.h"
#include "registry/place_layout.h"

namespace anlan {
namespace {

constexpr uint64_t kLayoutSeed = 1;

struct ColumnName {
  const char* own;
  std::array<const char*, 4> names;
};
constexpr std::array<ColumnName, 6> kColumns{{
    {"code", {"区划代码", "代码", "行政区划代码", "adcode"}},
    {"lon", {"经度", "longitude", "lng", "x"}},
    {"lat", {"纬度", "latitude", "y", nullptr}},
    {"name", {"名称", "地名", "行政区划", "地点"}},
    {"parent", {"上级代码", "上级", nullptr, nullptr}},
    {"datum", {"坐标系", nullptr, nullptr, nullptr}},
}};

std::string own_name(const std::string& column) {
  for (const auto& c : kColumns) {
    if (column == c.own) return column;
    for (const auto* name : c.names)
      if (name && column == name) return c.own;
  }
  return column;
}

void note_unjoined(ImportReport& report, const PlaceJoin& join) {
  for (const auto& row : join.unjoined_rows) report.remarks.push_back({0, "code", "没有对应的行政区划，未采用：" + row, "no such place, not used: " + row});
  if (join.unjoined > join.unjoined_rows.size()) {
    const std::string n = std::to_string(join.unjoined - join.unjoined_rows.size());
    report.remarks.push_back({0, "code", "另有 " + n + " 行没有对应的行政区划", n + " more rows have no such place"});
  }
  if (join.without_position > 0) {
    const std::string n = std::to_string(join.without_position);
    report.remarks.push_back({0, "lon", n + " 行没有坐标，未采用", n + " rows without coordinates were not used"});
  }
}

}  // namespace

Result<PlaceImport> import_positions(const PlaceIndex& now, const std::string& bytes, const std::string& filename, Datum datum) {
  TRY(table, read_table(bytes, filename));
  for (auto& column : table.columns) column = own_name(column);
  // A cell never holds a line end from here on, so that line n + 2 of the text is row n of the table.
  CsvWriter csv(table.columns);
  for (auto& row : table.rows) {
    for (auto& cell : row) std::replace_if(cell.begin(), cell.end(), [](char c) { return c == '\n' || c == '\r'; }, ' ');
    csv.row(row);
  }
  PlaceImport out{{}, now.places(), now.boundaries()};
  const auto join = apply_positions(out.places, csv.take(), datum);
  if (!join) {
    Error error = join.error();
    for (auto& d : error.details)
      if (d.line >= 2 && static_cast<size_t>(d.line - 2) < table.row_lines.size()) d.line = table.row_lines[static_cast<size_t>(d.line - 2)];
    return error;
  }
  auto& report = out.report;
  report.rows = static_cast<int64_t>(join->rows);
  for (uint32_t i = 0; i < out.places.size(); ++i) {
    const bool had = now.places().position(i).has_value();
    if (!had && out.places.position(i)) ++report.created;
    else if (out.places.position(i) != now.places().position(i) || out.places.position_approximate(i) != now.places().position_approximate(i)) ++report.changed;
  }
  report.unchanged = std::max<int64_t>(0, static_cast<int64_t>(join->joined()) - report.created - report.changed);
  note_unjoined(report, *join);
  lay_out(out.places, out.boundaries, kLayoutSeed);
  return out;
}

Result<PlaceImport> import_boundaries(const PlaceIndex& now, const std::string& geojson, Datum datum, PlaceCode within) {
  TRY(file, read_boundaries(geojson, datum, now.places(), within));
  PlaceImport out{{}, now.places(), {}};
  auto& report = out.report;
  report.rows = static_cast<int64_t>(file.join.rows);
  for (const auto& b : file.boundaries) {
    const Area* before = now.boundaries().area(b.code);
    ++(!before ? report.created : *before == b.area ? report.unchanged : report.changed);
  }
  note_unjoined(report, file.join);
  std::vector<Boundary> all = now.boundaries().all();
  all.insert(all.end(), file.boundaries.begin(), file.boundaries.end());
  out.boundaries = Boundaries(std::move(all));
  apply_seats(out.places, file);
  lay_out(out.places, out.boundaries, kLayoutSeed);
  return out;
}

}  // namespace anlan
