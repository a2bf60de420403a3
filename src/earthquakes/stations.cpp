// What stations measured: files of people, and the attachment.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "documents/csv.h"
#include "earthquakes/estimate.h"
#include "quake/shakemap_files.h"

namespace anlan {
namespace {

constexpr size_t kStationsMax = 20'000;
constexpr double kPgaMax = 50, kPgvMax = 20;  // m/s2, m/s: beyond, a unit was mistaken
constexpr std::array<std::string_view, 6> kColumns = {"name", "lon", "lat", "pga_gal", "pgv_cms", "intensity"};

double positive(float v) { return std::isfinite(v) && v > 0 ? static_cast<double>(v) : 0; }

// At most so many bytes, and no character cut in two.
std::string whole_characters(std::string_view text, size_t bytes) {
  if (text.size() <= bytes) return std::string(text);
  while (bytes > 0 && (static_cast<unsigned char>(text[bytes]) & 0xC0) == 0x80) --bytes;
  return std::string(text.substr(0, bytes));
}

bool usable(const MeasuredStation& s) {
  return is_valid(s.at) && s.pga >= 0 && s.pga <= kPgaMax && s.pgv >= 0 && s.pgv <= kPgvMax && s.intensity >= 0 && s.intensity <= 12 && s.pga + s.pgv + s.intensity > 0;
}

Result<StationsRead> read_table(std::string_view bytes) {
  TRY(csv, CsvReader::open(bytes));
  std::vector<std::string_view> cells;
  TRY(first, csv.next(cells));
  if (!first) return Error(ErrorCode::kInvalidFile, {{"why", "表是空的 / the table is empty"}});
  std::array<size_t, kColumns.size()> column{};
  for (size_t i = 0; i < kColumns.size(); ++i) column[i] = static_cast<size_t>(std::find(cells.begin(), cells.end(), kColumns[i]) - cells.begin());
  const auto here = cells.size();
  for (size_t i = 0; i < 3; ++i)
    if (column[i] == here) return Error(ErrorCode::kInvalidFile, {{"why", fmt::format("缺少“{}”列 / no column “{}”", kColumns[i], kColumns[i])}});
  StationsRead out;
  while (true) {
    TRY(more, csv.next(cells));
    if (!more) break;
    const auto number = [&](size_t i) {
      if (column[i] >= cells.size() || cells[column[i]].empty()) return 0.0;
      return is_plain_number(cells[column[i]]) ? std::strtod(std::string(cells[column[i]]).c_str(), nullptr) : -1.0;
    };
    MeasuredStation s;
    s.name = column[0] < cells.size() ? whole_characters(cells[column[0]], 100) : std::string();
    const bool placed = column[1] < cells.size() && column[2] < cells.size() && is_plain_number(cells[column[1]]) && is_plain_number(cells[column[2]]);
    if (placed) s.at = {std::strtod(std::string(cells[column[1]]).c_str(), nullptr), std::strtod(std::string(cells[column[2]]).c_str(), nullptr)};
    s.pga = number(3) / 100;
    s.pgv = number(4) / 100;
    s.intensity = number(5);
    if (placed && usable(s) && out.stations.size() < kStationsMax) out.stations.push_back(std::move(s));
    else ++out.left_out;
  }
  return out;
}

Result<StationsRead> read_list(std::string_view bytes) {
  TRY(list, quake::read_stationlist(bytes));
  StationsRead out;
  out.left_out = list.left_out;
  for (const auto& r : list.stations) {
    MeasuredStation s;
    s.name = r.network + "." + r.code;
    s.at = r.seen.at;
    s.pga = positive(r.seen.pga);
    s.pgv = positive(r.seen.pgv);
    s.intensity = positive(r.seen.intensity);
    if (usable(s) && out.stations.size() < kStationsMax) out.stations.push_back(std::move(s));
    else ++out.left_out;
  }
  return out;
}

}  // namespace

Result<StationsRead> read_stations(std::string_view bytes) {
  const auto first = bytes.find_first_not_of(" \t\r\n\xEF\xBB\xBF");
  auto read = first != std::string_view::npos && bytes[first] == '<' ? read_list(bytes) : read_table(bytes);
  if (read && read->stations.empty()) return Error(ErrorCode::kInvalidFile, {{"why", "没有一行可用 / no row could be used"}});
  return read;
}

json::value stations_json(const std::vector<MeasuredStation>& stations) {
  json::array out;
  for (const auto& s : stations)
    out.push_back(json::object{{"name", s.name}, {"lon", s.at.lon}, {"lat", s.at.lat}, {"pga", s.pga}, {"pgv", s.pgv}, {"intensity", s.intensity}});
  return out;
}

Result<std::vector<MeasuredStation>> stations_from_json(std::string_view text) {
  TRY(value, parse_json(text));
  const auto bad = [] { return Error(ErrorCode::kCorrupt, {{"what", "台站记录 / stations"}}); };
  if (!value.is_array()) return bad();
  std::vector<MeasuredStation> out;
  for (const auto& item : value.get_array()) {
    const auto* o = item.if_object();
    if (!o) return bad();
    const auto number = [&](const char* name) {
      const auto* v = o->if_contains(name);
      return v && v->is_number() ? v->to_number<double>() : -1;
    };
    const auto* name = o->if_contains("name");
    if (!name || !name->is_string()) return bad();
    MeasuredStation s{std::string(name->get_string()), {number("lon"), number("lat")}, number("pga"), number("pgv"), number("intensity")};
    if (!usable(s)) return bad();
    out.push_back(std::move(s));
  }
  return out;
}

}  // namespace anlan
