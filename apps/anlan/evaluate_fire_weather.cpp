// The Canadian Fire Weather Index against the test vectors of the cffdrs package.
#include <fmt/format.h>

#include <cmath>
#include <cstdlib>
#include <functional>
#include <map>
#include <optional>

#include "anlan/evaluate.h"
#include "hazard/fire_weather.h"

namespace anlan {
namespace {

constexpr double kTolerance = 5e-4;  // the vectors are printed with four digits

struct Vectors {
  std::map<std::string, size_t> columns;  // names in lower case
  std::vector<std::vector<std::string>> rows;

  const std::string& text(size_t row, const std::string& column) const {
    static const std::string kNone;
    const auto at = columns.find(column);
    return at == columns.end() || at->second >= rows[row].size() ? kNone : rows[row][at->second];
  }
  double number(size_t row, const std::string& column) const { return std::atof(text(row, column).c_str()); }
  NoonWeather noon(size_t row) const { return {number(row, "temp"), number(row, "rh"), number(row, "ws"), number(row, "prec")}; }
  int month(size_t row) const { return static_cast<int>(number(row, "mon")); }
};

Result<Vectors> read_vectors(const std::string& file, char separator = ',') {
  TRY(text, read_evidence(file));
  Vectors out;
  std::string_view rest = text, line;
  if (next_line(rest, line))
    for (const auto field : fields_of(line, separator)) {
      std::string name(field);
      for (char& c : name) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
      out.columns.emplace(name, out.columns.size());
    }
  while (next_line(rest, line)) {
    if (line.empty()) continue;
    const auto fields = fields_of(line, separator);
    out.rows.emplace_back(fields.begin(), fields.end());
  }
  return out;
}

struct Worst {
  size_t rows = 0, left_out = 0, wrong = 0;
  double difference = 0, relative = 0;
  std::string at = "–";

  void compare(double value, const std::string& printed, const std::string& where) {
    ++rows;
    if (printed == "NA") {
      wrong += !std::isnan(value);
      return;
    }
    const double expected = std::atof(printed.c_str()), off = std::abs(value - expected);
    const double ratio = off == 0 ? 0 : off / std::abs(expected);
    if (!(ratio <= kTolerance)) ++wrong;
    difference = std::max(difference, off);
    if (ratio > relative) relative = ratio, at = fmt::format("{}: {:.6g} for {}", where, value, printed);
  }
};

// Without the latitude adjustment, the vectors use the northern tables.
double latitude(const Vectors& v, size_t row) { return v.text(row, "lat.adjust") == "TRUE" ? v.number(row, "lat") : 46.0; }

using Compute = std::function<std::optional<double>(const Vectors&, size_t)>;
// Rows with fbpMod bend the wind function above 40 km/h for the fire-behaviour system, which is not built here.
const std::pair<const char*, Compute> kFunctions[] = {
    {"FineFuelMoistureCode", [](const Vectors& v, size_t r) { return fine_fuel_moisture_code(v.number(r, "ffmc_yda"), v.noon(r)); }},
    {"DuffMoistureCode", [](const Vectors& v, size_t r) { return duff_moisture_code(v.number(r, "dmc_yda"), v.noon(r), v.month(r), latitude(v, r)); }},
    {"DroughtCode", [](const Vectors& v, size_t r) { return drought_code(v.number(r, "dc_yda"), v.noon(r), v.month(r), latitude(v, r)); }},
    {"InitialSpreadIndex", [](const Vectors& v, size_t r) -> std::optional<double> {
       if (v.text(r, "fbpmod") == "TRUE" && v.number(r, "ws") >= 40) return std::nullopt;
       return initial_spread_index(v.number(r, "ffmc"), v.number(r, "ws"));
     }},
    {"BuildupIndex", [](const Vectors& v, size_t r) { return build_up_index(v.number(r, "dmc"), v.number(r, "dc")); }},
    {"FireWeatherIndex", [](const Vectors& v, size_t r) { return fire_weather_index(v.number(r, "isi"), v.number(r, "bui")); }}};

// The standard 48 days. A file differs by its starting codes, by its first day, and by whether each day starts afresh.
struct Season {
  const char* file;
  FireMoisture start;
  size_t first_day = 0;
  bool afresh = false;
};
const Season kSeasons[] = {{"fwi_01", {}}, {"fwi_02", {}}, {"fwi_03", {}}, {"fwi_04", {}}, {"fwi_05", {0, 0, 0}}, {"fwi_06", {1000, 1000, 10000}}, {"fwi_07", {}}, {"fwi_08", {}}, {"fwi_09", {}, 6}, {"fwi_10", {}, 7}, {"fwi_11", {}, 0, true}};

Result<Worst> follow(const Season& season, const Vectors& days, const Vectors& expected) {
  Worst worst;
  FireMoisture state = season.start;
  for (size_t i = 0; i < expected.rows.size(); ++i) {
    const size_t day = season.first_day + i;
    if (day >= days.rows.size()) return Error(ErrorCode::kInvalidFile, {{"why", std::string(season.file) + ".csv"}});
    const NoonWeather noon = days.noon(day);
    if (season.afresh) state = season.start;
    state = {fine_fuel_moisture_code(state.ffmc, noon), duff_moisture_code(state.dmc, noon, days.month(day), days.number(day, "lat")), drought_code(state.dc, noon, days.month(day), days.number(day, "lat"))};
    const double isi = initial_spread_index(state.ffmc, noon.wind_kmh), bui = build_up_index(state.dmc, state.dc), fwi = fire_weather_index(isi, bui);
    const std::pair<const char*, double> values[] = {{"ffmc", state.ffmc}, {"dmc", state.dmc}, {"dc", state.dc}, {"isi", isi}, {"bui", bui}, {"fwi", fwi}, {"dsr", daily_severity_rating(fwi)}};
    for (const auto& [column, value] : values) worst.compare(value, expected.text(i, column), fmt::format("{} of day {}", column, day + 1));
  }
  return worst;
}

}  // namespace

Result<Evidence> evaluate_fire_weather(const EvaluateCommand& command) {
  const std::string folder = command.files.front() + "/";
  Evidence evidence;
  size_t rows = 0, wrong = 0, values = 0, left_out = 0;
  double worst_of_all = 0;
  EvidenceTable functions{"One function, every row", {"file", "rows checked", "left out", "outside 5e-4", "worst difference", "worst relative difference", "there"}, {}};
  for (const auto& [name, compute] : kFunctions) {
    TRY(vectors, read_vectors(folder + name + ".csv"));
    std::string column = name;
    for (char& c : column) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    Worst worst;
    for (size_t r = 0; r < vectors.rows.size(); ++r) {
      if (const auto value = compute(vectors, r)) worst.compare(*value, vectors.text(r, column), fmt::format("line {}", r + 2));
      else ++worst.left_out;
    }
    functions.rows.push_back({std::string(name) + ".csv", std::to_string(worst.rows), std::to_string(worst.left_out), std::to_string(worst.wrong), fmt::format("{:.2g}", worst.difference), fmt::format("{:.1e}", worst.relative), worst.at});
    rows += worst.rows, wrong += worst.wrong, left_out += worst.left_out;
    worst_of_all = std::max(worst_of_all, worst.relative);
  }
  evidence.tables.push_back(std::move(functions));

  TRY(days, read_vectors(folder + "test_fwi.csv", ';'));
  EvidenceTable seasons{"48 days, codes carried from day to day", {"file", "days", "values checked", "outside 5e-4", "worst difference", "worst relative difference", "there"}, {}};
  for (const auto& season : kSeasons) {
    TRY(expected, read_vectors(folder + season.file + ".csv"));
    TRY(worst, follow(season, days, expected));
    seasons.rows.push_back({std::string(season.file) + ".csv", std::to_string(expected.rows.size()), std::to_string(worst.rows), std::to_string(worst.wrong), fmt::format("{:.2g}", worst.difference), fmt::format("{:.1e}", worst.relative), worst.at});
    values += worst.rows, wrong += worst.wrong;
    worst_of_all = std::max(worst_of_all, worst.relative);
  }
  evidence.tables.push_back(std::move(seasons));
  evidence.counts = {{"rows", static_cast<double>(rows)}, {"values", static_cast<double>(values)}, {"wrong", static_cast<double>(wrong)}, {"left out", static_cast<double>(left_out)}, {"worst relative", worst_of_all}};
  evidence.remarks.push_back(fmt::format("{} rows and {} values of days checked, {} outside the printed precision (relative 5e-4), {} rows of the fire-behaviour wind function left out.", rows, values, wrong, left_out));
  return evidence;
}

}  // namespace anlan
