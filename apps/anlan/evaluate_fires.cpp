// Detections of NASA FIRMS, the fires they belong to, and the provinces these burn in.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <map>

#include "anlan/evaluate.h"
#include "protocols/firms.h"
#include "registry/boundaries.h"

namespace anlan {
namespace {

struct China {
  PlaceTable provinces;
  Boundaries boundaries;
};

constexpr std::pair<int64_t, const char*> kProvinces[] = {
    {11, "北京市"}, {12, "天津市"}, {13, "河北省"}, {14, "山西省"}, {15, "内蒙古自治区"}, {21, "辽宁省"}, {22, "吉林省"}, {23, "黑龙江省"}, {31, "上海市"}, {32, "江苏省"}, {33, "浙江省"}, {34, "安徽省"},
    {35, "福建省"}, {36, "江西省"}, {37, "山东省"}, {41, "河南省"}, {42, "湖北省"}, {43, "湖南省"}, {44, "广东省"}, {45, "广西壮族自治区"}, {46, "海南省"}, {50, "重庆市"}, {51, "四川省"}, {52, "贵州省"},
    {53, "云南省"}, {54, "西藏自治区"}, {61, "陕西省"}, {62, "甘肃省"}, {63, "青海省"}, {64, "宁夏回族自治区"}, {65, "新疆维吾尔自治区"}, {71, "台湾省"}, {81, "香港特别行政区"}, {82, "澳门特别行政区"}};

Result<China> read_china(const std::string& file) {
  TRY(text, read_evidence(file));
  std::vector<PlaceRow> rows;
  for (const auto& [code, name] : kProvinces) rows.push_back({PlaceCode(code), name});
  TRY(provinces, PlaceTable::create(rows));
  TRY(read, read_boundaries(text, Datum::kGcj02, provinces, PlaceCode()));
  return China{std::move(provinces), Boundaries(std::move(read.boundaries))};
}

double ms_since(std::chrono::steady_clock::time_point start) { return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count(); }

std::string day_of(UtcTime t) { return to_iso8601(t).substr(0, 10); }

struct Tally {
  size_t detections = 0, fires = 0;
  double strongest_mw = 0;
};

}  // namespace

Result<Evidence> evaluate_fires(const EvaluateCommand& command) {
  const FireRules rules;
  const auto beside = std::filesystem::path(command.files.front()).parent_path() / "../../admin/china_provinces_datav_v3_2022.geojson.gz";
  TRY(china, read_china(command.boundaries.empty() ? beside.string() : command.boundaries));

  Evidence evidence;
  EvidenceTable files{"Files", {"file", "rows", "faults", "from (UTC+8)", "until", "read ms", "fires of the world", "clustered ms", "detections in China", "placed ms", "fires in China", "clustered ms"}, {}};
  for (const auto& file : command.files) {
    TRY(text, read_evidence(file));
    std::vector<FireDetection> world;
    std::vector<FirmsError> faults;
    auto start = std::chrono::steady_clock::now();
    FirmsReader reader;
    reader.feed(text, world, faults);
    reader.finish(world, faults);
    const double read_ms = ms_since(start);
    if (!reader.has_columns()) return Error(ErrorCode::kInvalidFile, {{"why", file + ": FIRMS CSV"}});
    start = std::chrono::steady_clock::now();
    const size_t world_fires = cluster_fires(world, rules).size();
    const double world_ms = ms_since(start);
    start = std::chrono::steady_clock::now();
    std::vector<FireDetection> here;
    std::vector<std::string_view> where;  // names of provinces
    for (const auto& d : world)
      if (const auto province = china.boundaries.place_at(d.at, PlaceLevel::kProvince); !province.empty()) here.push_back(d), where.push_back(china.provinces.find(province)->name);
    const double place_ms = ms_since(start);
    start = std::chrono::steady_clock::now();
    const auto fires = cluster_fires(here, rules);
    const double here_ms = ms_since(start);
    const auto [first, last] = std::minmax_element(world.begin(), world.end(), [](const auto& a, const auto& b) { return a.time < b.time; });
    const std::string name = std::filesystem::path(file).filename().string();
    files.rows.push_back({name, std::to_string(world.size()), std::to_string(faults.size()), world.empty() ? "–" : to_iso8601(first->time).substr(0, 16), world.empty() ? "–" : to_iso8601(last->time).substr(0, 16), fmt::format("{:.0f}", read_ms),
                          std::to_string(world_fires), fmt::format("{:.0f}", world_ms), std::to_string(here.size()), fmt::format("{:.0f}", place_ms), std::to_string(fires.size()), fmt::format("{:.0f}", here_ms)});
    evidence.counts["rows " + name] = static_cast<double>(world.size());
    evidence.counts["faults " + name] = static_cast<double>(faults.size());
    evidence.counts["detections in China " + name] = static_cast<double>(here.size());
    evidence.counts["fires in China " + name] = static_cast<double>(fires.size());

    std::map<std::string, Tally> days;
    std::map<std::string_view, Tally> provinces;
    for (size_t i = 0; i < here.size(); ++i) ++days[day_of(here[i].time)].detections, ++provinces[where[i]].detections;
    size_t single = 0, largest = 0;
    for (const auto& fire : fires) {
      auto& day = days[day_of(fire.first)];
      auto& province = provinces[where[fire.detections.front()]];
      for (auto* tally : {&day, &province}) ++tally->fires, tally->strongest_mw = std::max(tally->strongest_mw, static_cast<double>(fire.frp_max_mw));
      single += fire.detections.size() == 1;
      largest = std::max(largest, fire.detections.size());
    }
    EvidenceTable by_day{"Fires in China by the day they began, " + name, {"day (UTC+8)", "detections", "fires that began", "strongest detection MW"}, {}};
    for (const auto& [day, t] : days) by_day.rows.push_back({day, std::to_string(t.detections), std::to_string(t.fires), fmt::format("{:.0f}", t.strongest_mw)});
    EvidenceTable by_province{"Fires by province, " + name, {"province", "detections", "fires", "strongest detection MW"}, {}};
    std::vector<std::pair<std::string_view, Tally>> sorted(provinces.begin(), provinces.end());
    std::sort(sorted.begin(), sorted.end(), [](const auto& a, const auto& b) { return std::tie(b.second.fires, a.first) < std::tie(a.second.fires, b.first); });
    for (const auto& [province, t] : sorted) by_province.rows.push_back({std::string(province), std::to_string(t.detections), std::to_string(t.fires), fmt::format("{:.0f}", t.strongest_mw)});
    evidence.tables.push_back(std::move(by_day));
    evidence.tables.push_back(std::move(by_province));
    evidence.remarks.push_back(fmt::format("{}: {} of the {} fires in China are a single detection; the largest has {}.", name, single, fires.size(), largest));
  }
  evidence.tables.insert(evidence.tables.begin(), std::move(files));
  evidence.remarks.push_back(fmt::format("Two detections belong to one fire when a chain of detections joins them in which each is within {:.0f} m and {:.0f} h of the next. In China: inside a province's boundary (simplified outlines of DataV 2022, GCJ-02 taken back to WGS 84). Every confidence is counted. A fire belongs to the province of its first detection.",
                                         rules.link_m, static_cast<double>(rules.link_time.count) / 3.6e6));
  return evidence;
}

}  // namespace anlan
