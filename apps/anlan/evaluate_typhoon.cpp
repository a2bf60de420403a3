// The towns inside the wind circles of a recorded typhoon, as it goes.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <filesystem>
#include <map>

#include "anlan/evaluate.h"
#include "base/json.h"
#include "base/place_code.h"
#include "hazard/typhoon_circles.h"

namespace anlan {
namespace {

constexpr Millis kStep = minutes(10);
constexpr Millis kRow = hours(6);
constexpr size_t kNamed = 4;  // cities named in a row

struct Town {
  PlaceCode code;
  std::string city;
};
struct Towns {
  std::vector<Town> towns;
  std::vector<LonLat> points;
  size_t without_position = 0;
};

double number_of(std::string_view text) {
  double value = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
  return code == std::errc() && end == text.data() + text.size() ? value : std::nan("");
}

// Columns by name: level, longitude, latitude (GCJ-02), province, city.
Result<Towns> read_towns(const std::string& file) {
  TRY(text, read_evidence(file));
  std::string_view rest = text, line;
  std::map<std::string_view, size_t> columns;
  if (next_line(rest, line))
    for (const auto name : fields_of(line)) columns.emplace(name, columns.size());
  for (const char* name : {"code", "level", "longitude", "latitude", "province", "city"})
    if (!columns.contains(name)) return Error(ErrorCode::kInvalidFile, {{"why", file + ": " + name}});
  Towns out;
  while (next_line(rest, line)) {
    const auto fields = fields_of(line);
    if (fields.size() < columns.size() || fields[columns["level"]] != "town") continue;
    const LonLat at{number_of(fields[columns["longitude"]]), number_of(fields[columns["latitude"]])};
    const auto code = PlaceCode::parse(std::string(fields[columns["code"]].substr(0, 9)));
    if (!code || !is_valid(at) || at.lon == 0) {
      ++out.without_position;
      continue;
    }
    // Municipalities have no city of their own name.
    const auto city = fields[columns["city"]];
    const bool unnamed = city.empty() || city == "市辖区" || city == "县" || city.find("直辖") != std::string_view::npos;
    out.towns.push_back({*code, std::string(unnamed ? fields[columns["province"]] : city)});
    out.points.push_back(wgs84_from_gcj02(at));
  }
  return out;
}

struct Fix : TyphoonFix {
  std::string pressure, wind;
};

Result<std::vector<Fix>> read_track(const std::string& file) {
  TRY(text, read_evidence(file));
  const auto fault = [&](std::string_view why) { return Error(ErrorCode::kInvalidFile, {{"why", file + ": " + std::string(why)}}); };
  const auto document = parse_json(text);
  const auto* root = document ? document->if_object() : nullptr;
  const auto* track = root && root->if_contains("track") ? root->at("track").if_array() : nullptr;
  if (!track || track->size() > 10'000) return fault("track");
  const auto text_of = [](const json::object& o, const char* name) {
    const auto* v = o.if_contains(name);
    return v && v->is_string() ? std::string(v->get_string()) : std::string();
  };
  std::vector<Fix> fixes;
  for (const auto& value : *track) {
    const auto* record = value.if_object();
    if (!record) return fault("track");
    std::string time = text_of(*record, "time");  // without seconds: 2021-07-18T02:00+08:00
    const auto at = time.size() > 16 ? parse_iso8601(time.insert(16, ":00")) : std::nullopt;
    if (!at) return fault("time");
    Fix fix;
    fix.time = *at;
    fix.centre = {number_of(text_of(*record, "lon")), number_of(text_of(*record, "lat"))};
    fix.pressure = text_of(*record, "pressure");
    fix.wind = text_of(*record, "windSpeed");
    const char* names[] = {"windRadius30", "windRadius50", "windRadius64"};
    for (size_t c = 0; c < 3; ++c)
      if (const auto* r = record->if_contains(names[c]); r && r->is_object()) {
        const auto& radii = r->get_object();
        fix.circles[c] = {number_of(text_of(radii, "neRadius")), number_of(text_of(radii, "seRadius")), number_of(text_of(radii, "swRadius")), number_of(text_of(radii, "nwRadius"))};
      }
    fixes.push_back(std::move(fix));
  }
  if (fixes.empty()) return fault("track");
  return fixes;
}

std::string local(UtcTime t) { return to_iso8601(t).substr(0, 16).replace(10, 1, " "); }

// "宁波市 152, 舟山市 38"
std::string most(const std::map<std::string, size_t>& counts) {
  std::vector<std::pair<std::string, size_t>> sorted(counts.begin(), counts.end());
  std::sort(sorted.begin(), sorted.end(), [](const auto& a, const auto& b) { return std::tie(b.second, a.first) < std::tie(a.second, b.first); });
  std::string out;
  for (size_t i = 0; i < std::min(kNamed, sorted.size()); ++i) out += (i ? ", " : "") + sorted[i].first + " " + std::to_string(sorted[i].second);
  if (sorted.size() > kNamed) out += fmt::format(" and {} more", sorted.size() - kNamed);
  return out.empty() ? "–" : out;
}

}  // namespace

Result<Evidence> evaluate_typhoon(const EvaluateCommand& command) {
  TRY(track, read_track(command.files.front()));
  const auto beside = std::filesystem::path(command.files.front()).parent_path() / "../admin/adcode_country_to_town_with_lonlat_vonng2016.csv.gz";
  TRY(towns, read_towns(command.places.empty() ? beside.string() : command.places));
  std::vector<TyphoonFix> fixes(track.begin(), track.end());

  Evidence evidence;
  const auto start = std::chrono::steady_clock::now();
  TRY(whole, circle_exposures(fixes, towns.points, kStep));
  const double ms = std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();

  EvidenceTable by_time{"Towns inside the circles, every 6 h", {"time (UTC+8)", "centre", "hPa", "m/s", "level 7", "level 10", "level 12", "most of them in"}, {}};
  size_t fix = 0;
  for (UtcTime t = fixes.front().time; t <= fixes.back().time; t = t + kRow) {
    while (fix + 1 < track.size() && track[fix + 1].time <= t) ++fix;
    const TyphoonFix now = interpolate(fixes, t);
    TRY(inside, circle_exposures(std::span(&now, 1), towns.points, kStep));
    size_t counts[3] = {};
    std::map<std::string, size_t> cities;
    for (size_t i = 0; i < inside.size(); ++i)
      for (size_t c = 0; c < 3; ++c)
        if (inside[i].stays[c].entered()) {
          ++counts[c];
          if (c == 0) ++cities[towns.towns[i].city];
        }
    by_time.rows.push_back({local(t), fmt::format("{:.1f}°E {:.1f}°N", now.centre.lon, now.centre.lat), track[fix].pressure, track[fix].wind, std::to_string(counts[0]), std::to_string(counts[1]), std::to_string(counts[2]), most(cities)});
  }
  evidence.tables.push_back(std::move(by_time));

  struct City {
    size_t ever[3] = {};
    UtcTime first = kNever, last{};
    bool to_the_end = false;
  };
  std::map<std::string, City> cities;
  size_t ever[3] = {};
  for (size_t i = 0; i < whole.size(); ++i)
    for (size_t c = 0; c < 3; ++c) {
      const auto& stay = whole[i].stays[c];
      if (!stay.entered()) continue;
      auto& city = cities[towns.towns[i].city];
      ++ever[c];
      ++city.ever[c];
      if (c > 0) continue;
      city.first = std::min(city.first, stay.first_entry);
      if (stay.last_exit == kNever) city.to_the_end = true;
      else city.last = std::max(city.last, stay.last_exit);
    }
  std::vector<std::pair<std::string, City>> sorted(cities.begin(), cities.end());
  std::sort(sorted.begin(), sorted.end(), [](const auto& a, const auto& b) { return std::tie(b.second.ever[2], b.second.ever[1], b.second.ever[0], a.first) < std::tie(a.second.ever[2], a.second.ever[1], a.second.ever[0], b.first); });
  EvidenceTable by_city{"Towns ever inside, by city (the twenty hit hardest)", {"city", "level 7", "level 10", "level 12", "first inside level 7 (UTC+8)", "last"}, {}};
  for (size_t i = 0; i < std::min<size_t>(20, sorted.size()); ++i) {
    const auto& [name, city] = sorted[i];
    by_city.rows.push_back({name, std::to_string(city.ever[0]), std::to_string(city.ever[1]), std::to_string(city.ever[2]), local(city.first), city.to_the_end ? "the last fix" : local(city.last)});
  }
  evidence.tables.push_back(std::move(by_city));
  evidence.counts = {{"fixes", static_cast<double>(fixes.size())}, {"towns", static_cast<double>(towns.points.size())}, {"towns ever inside 7", static_cast<double>(ever[0])}, {"towns ever inside 10", static_cast<double>(ever[1])}, {"towns ever inside 12", static_cast<double>(ever[2])}, {"cities", static_cast<double>(cities.size())}};
  evidence.remarks.push_back(fmt::format("{} fixes from {} to {} (UTC+8), {} towns with a position ({} without). Ever inside: {} towns of {} cities at level 7, {} at level 10, {} at level 12, looked at every 10 minutes, in {:.0f} ms. Pressure and wind are those of the fix before.",
                                         fixes.size(), local(fixes.front().time), local(fixes.back().time), towns.points.size(), towns.without_position, ever[0], cities.size(), ever[1], ever[2], ms));
  return evidence;
}

}  // namespace anlan
