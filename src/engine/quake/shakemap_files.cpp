#include "quake/shakemap_files.h"

#include <charconv>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <limits>
#include <pugixml.hpp>

#include "base/check.h"

namespace anlan::quake {
namespace {

constexpr float kPercentG = 0.0980665f, kCm = 0.01f;
constexpr size_t kTextMax = 200;
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

Error wrong(std::string why) { return Error(ErrorCode::kInvalidFile, {{"why", std::move(why)}}); }
Error too_large(const char* what, size_t limit) { return Error(ErrorCode::kTooLarge, {{"what", what}, {"limit", std::to_string(limit)}}); }

bool blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

// The next number of a text; false at its end or where something else stands.
bool next_number(const char*& at, const char* end, double& out) {
  while (at < end && blank(*at)) ++at;
  if (at < end && *at == '+') ++at;
  const auto [stop, error] = std::from_chars(at, end, out);
  if (error != std::errc() || (stop < end && !blank(*stop))) return false;
  at = stop;
  return true;
}
double number(std::string_view text) {
  double value = kNan;
  const char* at = text.data();
  return next_number(at, text.data() + text.size(), value) ? value : kNan;
}
double number(const pugi::xml_node& node, const char* name) { return number(std::string_view(node.attribute(name).as_string())); }
// Cut at a whole UTF-8 character.
std::string text(const pugi::xml_node& node, const char* name) {
  std::string_view s = node.attribute(name).as_string();
  if (s.size() > kTextMax) {
    s = s.substr(0, kTextMax);
    while (!s.empty() && (static_cast<unsigned char>(s.back()) & 0xC0) == 0x80) s.remove_suffix(1);
    if (!s.empty() && (static_cast<unsigned char>(s.back()) & 0x80) != 0) s.remove_suffix(1);
  }
  return std::string(s);
}

Result<void> load(pugi::xml_document& document, std::string_view bytes) {
  if (bytes.size() > kShakemapBytesMax) return too_large("ShakeMap", kShakemapBytesMax);
  const auto parsed = document.load_buffer(bytes.data(), bytes.size(), pugi::parse_default, pugi::encoding_utf8);
  if (!parsed) return wrong(std::string("不是XML / not XML: ") + parsed.description());
  return {};
}

enum class Column { lon, lat, pga, pgv, intensity, vs30, pga_sigma, other };
struct GridField {
  Column column = Column::other;
  float unit = 1;
};
Result<GridField> field_of(const pugi::xml_node& node) {
  const std::string_view name = node.attribute("name").as_string(), units = node.attribute("units").as_string();
  if (name == "LON") return GridField{Column::lon};
  if (name == "LAT") return GridField{Column::lat};
  if (name == "MMI") return GridField{Column::intensity};
  if (name == "SVEL") return GridField{Column::vs30};
  if (name == "STDPGA") return GridField{Column::pga_sigma};
  if (name == "PGA") {
    if (units == "pctg" || units == "%g") return GridField{Column::pga, kPercentG};
    if (units == "g") return GridField{Column::pga, kPercentG * 100};
    if (units == "ms2" || units == "m/s2") return GridField{Column::pga};
    return wrong("PGA单位不明 / PGA in an unknown unit");
  }
  if (name == "PGV") {
    if (units == "cms" || units == "cm/s") return GridField{Column::pgv, kCm};
    if (units == "ms" || units == "m/s") return GridField{Column::pgv};
    return wrong("PGV单位不明 / PGV in an unknown unit");
  }
  return GridField{};
}

UtcTime time_of(std::string s) {
  // ShakeMap 3.5 writes "2017-03-31T00:00:00UTC".
  if (s.size() > 3 && s.ends_with("UTC")) s.replace(s.size() - 3, 3, "Z");
  return parse_iso8601(s).value_or(UtcTime{});
}
std::string utc(UtcTime time) {
  const CivilTime t = to_civil(time, 0);
  char buffer[64];
  std::snprintf(buffer, sizeof buffer, "%04d-%02d-%02dT%02d:%02d:%02dZ", t.year, t.month, t.day, t.hour, t.minute, t.second);
  return buffer;
}

Result<Grid> grid_of(const pugi::xml_node& node) {
  const double west = number(node, "lon_min"), east = number(node, "lon_max"), south = number(node, "lat_min"), north = number(node, "lat_max");
  const double columns = number(node, "nlon"), rows = number(node, "nlat");
  if (!is_valid({west, south}) || !(east <= 540) || !(north <= 90) || !(east > west) || !(north > south)) return wrong("网格范围无效 / the bounds of the grid are not valid");
  if (!(columns >= 2 && rows >= 2) || columns != std::floor(columns) || rows != std::floor(rows)) return wrong("网格行列数无效 / the numbers of rows and columns are not valid");
  if (columns * rows > static_cast<double>(kShakemapPointsMax)) return too_large("grid.xml", kShakemapPointsMax);
  return Grid{west, south, (east - west) / (columns - 1), (north - south) / (rows - 1), static_cast<uint32_t>(columns), static_cast<uint32_t>(rows)};
}

void append(std::string& out, double value, int digits) {
  char buffer[64];
  const auto [end, error] = std::to_chars(buffer, buffer + sizeof buffer, value, std::chars_format::general, digits);
  out.append(buffer, error == std::errc() ? end : buffer);
}

struct Text : pugi::xml_writer {
  std::string out;
  void write(const void* data, size_t size) override { out.append(static_cast<const char*>(data), size); }
};
std::string print(const pugi::xml_document& document) {
  Text text;
  document.save(text, "", pugi::format_default, pugi::encoding_utf8);
  return std::move(text.out);
}
void declare(pugi::xml_document& document) {
  auto node = document.append_child(pugi::node_declaration);
  node.append_attribute("version") = "1.0";
  node.append_attribute("encoding") = "UTF-8";
}

}  // namespace

Result<ShakeGrid> read_grid_xml(std::string_view bytes) {
  pugi::xml_document document;
  TRY_VOID(load(document, bytes));
  const auto root = document.child("shakemap_grid");
  if (!root) return wrong("不是grid.xml / not a grid.xml");
  ShakeGrid result;
  result.id = text(root, "event_id");
  const auto event = root.child("event");
  result.description = text(event, "event_description");
  result.event.epicentre = {number(event, "lon"), number(event, "lat")};
  result.event.magnitude = number(event, "magnitude");
  result.event.depth_km = number(event, "depth");
  result.event.origin = time_of(text(event, "event_timestamp"));
  if (const auto fault = check(result.event); !fault) return wrong("地震参数无效 / the event makes no sense: " + std::string(fault.error().param("why")));
  TRY(grid, grid_of(root.child("grid_specification")));
  result.grid = grid;
  std::vector<GridField> fields;
  bool lon = false, lat = false;
  for (const auto& node : root.children("grid_field")) {
    if (fields.size() >= 100) return too_large("grid_field", 100);
    if (number(node, "index") != static_cast<double>(fields.size() + 1)) return wrong("grid_field次序有误 / grid_field out of order");
    TRY(field, field_of(node));
    lon = lon || field.column == Column::lon, lat = lat || field.column == Column::lat;
    fields.push_back(field);
  }
  if (!lon || !lat) return wrong("缺少LON或LAT列 / no LON or LAT column");
  std::vector<float>* into[] = {nullptr, nullptr, &result.pga, &result.pgv, &result.intensity, &result.vs30, &result.pga_sigma, nullptr};
  for (const GridField& field : fields)
    if (auto* column = into[static_cast<size_t>(field.column)]) column->assign(grid.size(), std::numeric_limits<float>::quiet_NaN());
  const char* at = root.child("grid_data").text().as_string();
  const char* const end = at + std::strlen(at);
  std::vector<bool> seen(grid.size());
  std::vector<double> row(fields.size());
  for (size_t n = 0; n < grid.size(); ++n) {
    LonLat p;
    for (size_t f = 0; f < fields.size(); ++f) {
      if (!next_number(at, end, row[f])) return wrong("第" + std::to_string(n + 1) + "行数据不全 / line " + std::to_string(n + 1) + " of the data is not whole");
      if (fields[f].column == Column::lon) p.lon = row[f];
      if (fields[f].column == Column::lat) p.lat = row[f];
    }
    const double column = std::round((p.lon - grid.west) / grid.dlon), line = std::round((p.lat - grid.south) / grid.dlat);
    if (!(column >= 0 && column < grid.columns && line >= 0 && line < grid.rows)) return wrong("第" + std::to_string(n + 1) + "行不在网格内 / line " + std::to_string(n + 1) + " lies off the grid");
    const size_t point = static_cast<size_t>(line) * grid.columns + static_cast<size_t>(column);
    if (seen[point]) return wrong("第" + std::to_string(n + 1) + "行重复 / line " + std::to_string(n + 1) + " comes twice");
    seen[point] = true;
    for (size_t f = 0; f < fields.size(); ++f)
      if (auto* out = into[static_cast<size_t>(fields[f].column)]) (*out)[point] = static_cast<float>(row[f]) * fields[f].unit;
  }
  double more;
  if (next_number(at, end, more)) return wrong("数据多于网格点 / more data than points");
  return result;
}

std::string write_grid_xml(const ShakeGrid& g) {
  struct Out {
    const char *name, *units;
    const std::vector<float>* values;
    float unit;
  };
  std::vector<Out> columns;
  for (const Out& out : {Out{"PGA", "pctg", &g.pga, 1 / kPercentG}, Out{"PGV", "cms", &g.pgv, 1 / kCm}, Out{"MMI", "intensity", &g.intensity, 1},
                         Out{"STDPGA", "ln(pctg)", &g.pga_sigma, 1}, Out{"SVEL", "ms", &g.vs30, 1}}) {
    if (out.values->empty()) continue;
    CHECK(out.values->size() == g.grid.size());
    columns.push_back(out);
  }
  pugi::xml_document document;
  declare(document);
  auto root = document.append_child("shakemap_grid");
  root.append_attribute("xmlns") = "http://earthquake.usgs.gov/eqcenter/shakemap";
  root.append_attribute("event_id") = g.id.c_str();
  root.append_attribute("shakemap_id") = g.id.c_str();
  root.append_attribute("shakemap_version") = "1";
  root.append_attribute("map_status") = "RELEASED";
  const auto set = [](pugi::xml_node& node, const char* name, double value) {
    std::string s;
    append(s, value, 12);
    node.append_attribute(name) = s.c_str();
  };
  auto event = root.append_child("event");
  event.append_attribute("event_id") = g.id.c_str();
  set(event, "magnitude", g.event.magnitude);
  set(event, "depth", g.event.depth_km);
  set(event, "lat", g.event.epicentre.lat);
  set(event, "lon", g.event.epicentre.lon);
  event.append_attribute("event_timestamp") = utc(g.event.origin).c_str();
  event.append_attribute("event_description") = g.description.c_str();
  auto spec = root.append_child("grid_specification");
  set(spec, "lon_min", g.grid.west);
  set(spec, "lat_min", g.grid.south);
  set(spec, "lon_max", g.grid.west + g.grid.dlon * (g.grid.columns - 1));
  set(spec, "lat_max", g.grid.south + g.grid.dlat * (g.grid.rows - 1));
  set(spec, "nominal_lon_spacing", g.grid.dlon);
  set(spec, "nominal_lat_spacing", g.grid.dlat);
  set(spec, "nlon", g.grid.columns);
  set(spec, "nlat", g.grid.rows);
  int index = 0;
  const auto field = [&](const char* name, const char* units) {
    auto node = root.append_child("grid_field");
    node.append_attribute("index") = ++index;
    node.append_attribute("name") = name;
    node.append_attribute("units") = units;
  };
  field("LON", "dd");
  field("LAT", "dd");
  for (const Out& out : columns) field(out.name, out.units);
  std::string data = "\n";
  data.reserve(g.grid.size() * (24 + 8 * columns.size()));
  // From the north, as ShakeMap does.
  for (uint32_t row = g.grid.rows; row-- > 0;) {
    for (uint32_t column = 0; column < g.grid.columns; ++column) {
      const size_t point = size_t{row} * g.grid.columns + column;
      const LonLat p = g.grid.at(point);
      append(data, p.lon, 9);
      data += ' ';
      append(data, p.lat, 9);
      for (const Out& out : columns) {
        data += ' ';
        append(data, static_cast<double>((*out.values)[point] * out.unit), 6);
      }
      data += '\n';
    }
  }
  root.append_child("grid_data").text().set(data.c_str());
  return print(document);
}

Result<StationList> read_stationlist(std::string_view bytes) {
  pugi::xml_document document;
  TRY_VOID(load(document, bytes));
  auto list = document.child("shakemap-data").child("stationlist");
  if (!list) list = document.child("stationlist");
  if (!list) return wrong("不是台站表 / not a stationlist");
  StationList result;
  for (const auto& node : list.children("station")) {
    if (result.stations.size() + result.left_out >= kShakemapStationsMax) return too_large("stationlist", kShakemapStationsMax);
    StationRecord record;
    record.network = text(node, "netid");
    record.code = text(node, "code");
    record.name = text(node, "name");
    record.seen.at = {number(node, "lon"), number(node, "lat")};
    const double vs30 = number(node, "vs30");
    record.seen.vs30 = vs30 > 0 && vs30 <= 1e4 ? static_cast<float>(vs30) : 0;
    record.instrument = !(record.network == "INTENSITY" || record.network == "DYFI" || record.network == "MMI" || record.network == "CIIM");
    if (!record.instrument) {
      const double seen = number(node, "intensity");
      if (seen >= 1 && seen <= 12) record.seen.intensity = static_cast<float>(seen);
    } else {
      // Sums of logarithms over the horizontal components.
      double ln_pga = 0, ln_pgv = 0;
      int pga = 0, pgv = 0;
      for (const auto& comp : node.children("comp")) {
        const std::string_view name = comp.attribute("name").as_string();
        if (!name.empty() && (name.back() == 'Z' || name.back() == 'U' || name.back() == 'V')) continue;
        const auto take = [&](const char* a, const char* b, double unit, double& sum, int& count) {
          auto value = comp.child(a);
          if (!value) value = comp.child(b);
          const std::string_view flag = value.attribute("flag").as_string();
          const double x = number(value, "value") * unit;
          if (!(x > 0 && x < 1e3) || !(flag.empty() || flag == "0")) return;
          sum += std::log(x), ++count;
        };
        take("pga", "acc", static_cast<double>(kPercentG), ln_pga, pga);
        take("pgv", "vel", static_cast<double>(kCm), ln_pgv, pgv);
      }
      if (pga > 0) record.seen.pga = static_cast<float>(std::exp(ln_pga / pga));
      if (pgv > 0) record.seen.pgv = static_cast<float>(std::exp(ln_pgv / pgv));
    }
    const bool usable = is_valid(record.seen.at) && (record.seen.pga > 0 || record.seen.pgv > 0 || record.seen.intensity > 0);
    if (usable) result.stations.push_back(std::move(record));
    else ++result.left_out;
  }
  return result;
}

std::string write_stationlist(std::span<const StationRecord> stations) {
  pugi::xml_document document;
  declare(document);
  auto list = document.append_child("shakemap-data").append_child("stationlist");
  const auto set = [](pugi::xml_node& node, const char* name, double value, int digits) {
    std::string s;
    append(s, value, digits);
    node.append_attribute(name) = s.c_str();
  };
  for (const StationRecord& record : stations) {
    auto node = list.append_child("station");
    node.append_attribute("code") = record.code.c_str();
    node.append_attribute("name") = record.name.c_str();
    node.append_attribute("netid") = record.network.c_str();
    set(node, "lat", record.seen.at.lat, 9);
    set(node, "lon", record.seen.at.lon, 9);
    if (record.seen.vs30 > 0) set(node, "vs30", static_cast<double>(record.seen.vs30), 6);
    if (record.seen.intensity > 0) set(node, "intensity", static_cast<double>(record.seen.intensity), 6);
    if (!(record.seen.pga > 0) && !(record.seen.pgv > 0)) continue;
    auto comp = node.append_child("comp");
    comp.append_attribute("name") = "H";
    const auto value = [&](const char* name, double x) {
      auto child = comp.append_child(name);
      set(child, "value", x, 9);
      child.append_attribute("flag") = "0";
    };
    if (record.seen.pga > 0) value("pga", static_cast<double>(record.seen.pga) / static_cast<double>(kPercentG));
    if (record.seen.pgv > 0) value("pgv", static_cast<double>(record.seen.pgv) / static_cast<double>(kCm));
  }
  return print(document);
}

Result<std::vector<FaultQuad>> read_fault_text(std::string_view text) {
  if (text.size() > kShakemapBytesMax) return too_large("fault.txt", kShakemapBytesMax);
  std::vector<FaultQuad> quads;
  std::vector<FaultCorner> corners;
  const auto finish = [&]() -> Result<void> {
    if (corners.empty()) return {};
    if (corners.size() == 5 && corners[0].at == corners[4].at) corners.pop_back();
    if (corners.size() != 4) return wrong("断层面应有四个角 / a plane must have four corners");
    if (quads.size() >= kPlanesMax) return too_large("fault.txt", kPlanesMax);
    FaultQuad quad;
    std::copy(corners.begin(), corners.end(), quad.begin());
    quads.push_back(quad);
    corners.clear();
    return {};
  };
  for (size_t line = 1; !text.empty(); ++line) {
    const size_t stop = std::min(text.find('\n'), text.size());
    std::string_view row = text.substr(0, stop);
    text.remove_prefix(std::min(stop + 1, text.size()));
    while (!row.empty() && blank(row.front())) row.remove_prefix(1);
    if (row.empty() || row[0] == '#') continue;
    if (row[0] == '>') {
      TRY_VOID(finish());
      continue;
    }
    const char* at = row.data();
    FaultCorner corner;
    if (corners.size() >= 5 || !next_number(at, row.data() + row.size(), corner.at.lon) || !next_number(at, row.data() + row.size(), corner.at.lat) ||
        !next_number(at, row.data() + row.size(), corner.depth_km) || !is_valid(corner.at) || !(corner.depth_km >= 0 && corner.depth_km <= 800))
      return wrong("第" + std::to_string(line) + "行有误 / line " + std::to_string(line) + " is not right");
    corners.push_back(corner);
  }
  TRY_VOID(finish());
  if (quads.empty()) return wrong("没有断层面 / no plane");
  return quads;
}

}  // namespace anlan::quake
