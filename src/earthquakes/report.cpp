#include "earthquakes/report.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "documents/pdf.h"
#include "earthquakes/estimate_json.h"

namespace anlan {
namespace {

constexpr size_t kTownsNamed = 10;
constexpr std::array<const char*, 13> kRoman = {"", "Ⅰ", "Ⅱ", "Ⅲ", "Ⅳ", "Ⅴ", "Ⅵ", "Ⅶ", "Ⅷ", "Ⅸ", "Ⅹ", "Ⅺ", "Ⅻ"};
// Light to dark, so that a grey copy still tells the degrees apart.
constexpr std::array<uint32_t, 7> kFill = {0xFFF3C4, 0xFDD98A, 0xF9B15B, 0xEF8142, 0xDD4F35, 0xB92B2E, 0x7F1722};

// A number of people as one would say it: to two figures, in 万 from ten thousand on.
std::string people(double n) {
  if (n < 0.5) return "0";
  if (n < 100) return fmt::format("{:.0f}", n);
  const double scale = std::pow(10, std::floor(std::log10(n)) - 1);
  const double rounded = std::round(n / scale) * scale;
  return rounded >= 10'000 ? fmt::format("{:.3g} 万", rounded / 10'000) : fmt::format("{:.0f}", rounded);
}
std::string range(const quake::Range& r) {
  const auto low = people(r.p10), high = people(r.p90);
  return low == high ? low : low + "～" + high;
}
std::string yuan(const quake::Range& r) { return fmt::format("{:.3g}～{:.3g} 亿元", r.p10 / 1e8, r.p90 / 1e8); }

std::string time_text(UtcTime at, int offset) {
  const auto c = to_civil(at, offset);
  return fmt::format("{} 年 {} 月 {} 日 {} 时 {:02} 分", c.year, c.month, c.day, c.hour, c.minute);
}

std::vector<quake::DegreeArea> areas(const Shaking& shaking) {
  auto made = quake::degree_areas(shaking.grid, shaking.map.field[quake::Measure::intensity].mean);
  return made ? std::move(*made) : std::vector<quake::DegreeArea>();
}

const char* source_word(EarthquakeSource source) {
  switch (source) {
    case EarthquakeSource::officer: return "值班员录入";
    case EarthquakeSource::catalogue: return "地震目录";
    case EarthquakeSource::early_warning: return "台网自动速报";
    case EarthquakeSource::drill: return "演练设定";
  }
  return "";
}

}  // namespace

EarthquakeReport report_of(const Estimate& estimate, const EarthquakeRow& row, const Pack& pack, const PlaceIndex& places, const std::string& office, int utc_offset_minutes) {
  const auto& q = row.quake;
  const auto& shaking = *estimate.shaking;
  EarthquakeReport r;
  r.title = fmt::format("{} {:.1f} 级地震灾害快速评估报告", q.name.empty() ? "本次" : q.name, q.magnitude);
  r.made_at = time_text(estimate.made_at, utc_offset_minutes);
  r.office = office;
  r.drill = row.origin.drill;
  r.generated = estimate.stock && estimate.stock->exposure.generated;

  std::string basic = fmt::format("{}（北京时间），{}（北纬 {:.2f} 度，东经 {:.2f} 度）发生 {:.1f} 级地震，震源深度 {:.0f} 千米。", time_text(q.at, 480),
                                  q.name.empty() ? "震中" : q.name, q.lat, q.lon, q.magnitude, q.depth_km);
  if (row.origin.magnitude_sigma > 0) basic += fmt::format("震级误差约 ±{:.1f}。", row.origin.magnitude_sigma);
  basic += fmt::format("参数来源：{}，第 {} 版。", source_word(row.origin.source), std::max<int64_t>(1, row.version));
  r.sections.push_back({"一、地震基本参数", basic});

  ReportTable degrees{"各烈度区面积与人口", {"烈度", "面积（平方千米）", "区内人口（人）"}, {}};
  const auto areas_now = areas(shaking);
  std::string felt;
  for (auto it = areas_now.rbegin(); it != areas_now.rend(); ++it) {
    const double inner = it == areas_now.rbegin() ? 0 : std::prev(it)->km2;
    const double here = estimate.losses ? estimate.losses->total.people_by_degree[static_cast<size_t>(it->degree - 6)] : 0;
    degrees.rows.push_back({kRoman[static_cast<size_t>(it->degree)] + std::string(" 度"), fmt::format("{:.0f}", std::max(0.0, it->km2 - inner)), estimate.losses ? people(here) : "未知"});
  }
  if (areas_now.empty()) felt = "预计没有达到 Ⅵ 度的区域。";
  else
    felt = fmt::format("预计最高烈度 {} 度，Ⅵ 度及以上面积约 {:.0f} 平方千米。", kRoman[static_cast<size_t>(areas_now.back().degree)], areas_now.front().km2);
  felt += fmt::format("烈度图依据{}。", basis_json(shaking.basis.stations.size(), shaking.basis.surveys.size(), estimate.losses ? estimate.losses->draws : 0).at("zh").as_string().c_str());
  r.sections.push_back({"二、影响范围", felt});
  if (!degrees.rows.empty()) r.tables.push_back(std::move(degrees));

  if (estimate.losses) {
    const auto& t = estimate.losses->total;
    r.sections.push_back({"三、灾情预估",
                          fmt::format("预计死亡 {} 人，受伤 {} 人，被埋压 {} 人，需紧急转移安置 {} 人。毁坏房屋 {} 栋，严重破坏 {} 栋，中等破坏 {} 栋。建筑直接经济损失约 {}。以上为八成可能的范围，须随现场核实更新。",
                                      range(t.dead), range(t.injured), range(t.buried), range(t.homeless), range(t.buildings_by_grade[4]), range(t.buildings_by_grade[3]),
                                      range(t.buildings_by_grade[2]), yuan(t.loss_yuan))});
    ReportTable towns{"需优先救援的乡镇", {"序", "乡镇", "最高烈度", "人口", "死亡", "埋压", "转移安置", "现场已报"}, {}};
    const auto order = priority(*estimate.losses);
    const auto counted = counted_by_town(shaking.basis.surveys);
    std::string names;
    for (size_t i = 0; i < order.size() && i < kTownsNamed; ++i) {
      const auto& l = estimate.losses->townships[order[i]];
      const auto code = estimate.stock->places[order[i]];
      const auto c = counted.find(code);
      const auto name = places.places().short_name(code);
      towns.rows.push_back({std::to_string(i + 1), name, fmt::format("{:.1f}", l.intensity_max), people(l.people), range(l.dead), range(l.buried), range(l.homeless),
                            c == counted.end() ? "" : fmt::format("倒塌 {}，亡 {}", c->second.collapsed, c->second.dead)});
      if (i < 5) names += (i ? "、" : "") + name;
    }
    ReportTable needs{"救援与救助需求", {"项目", "数量", "单位"}, {}};
    for (size_t i = 0; i < pack.earthquakes.needs.size() && i < t.needs.size(); ++i)
      needs.rows.push_back({pack.earthquakes.needs[i].zh, range(t.needs[i]), pack.earthquakes.needs[i].unit});
    if (!towns.rows.empty()) r.tables.push_back(std::move(towns));
    if (!needs.rows.empty()) r.tables.push_back(std::move(needs));
    std::string advice;
    if (estimate.response) {
      const auto response = response_json(estimate.response, estimate);
      advice = fmt::format("建议启动{}（{}），由有权机关决定。", estimate.response->zh, response.at("reason").at("zh").as_string().c_str());
    }
    if (!names.empty()) advice += fmt::format("优先向{}派出救援与医疗力量；", names);
    advice += "排查震区水库、尾矿库、危化企业与地质灾害隐患点，防范余震和次生灾害。";
    r.sections.push_back({"四、处置建议", advice});
  } else
    r.sections.push_back({"三、灾情预估", "尚未导入人口与建筑数据，无法预估伤亡与房屋破坏。"});

  std::string method = "伤亡由多个模型加权给出，参数与各乡镇明细见系统页面；模型系数多数未经核对原文，仅供指挥参考，不作为对外发布依据。";
  if (r.generated) method += "本报告所用人口与建筑为演示生成数据。";
  if (r.drill) method += "本报告为演练。";
  r.sections.push_back({estimate.losses ? "五、说明" : "四、说明", method});
  return r;
}

Result<std::string> report_pdf(const EarthquakeReport& report, const Estimate& estimate) {
  PdfReport pdf;
  pdf.title = report.title;
  pdf.subtitles = {report.office + "　" + report.made_at};
  pdf.footer = report.office;
  pdf.watermark = report.drill ? "演练" : report.generated ? "生成数据" : "";
  pdf.created = estimate.made_at;
  const auto& grid = estimate.shaking->grid;
  const double width = grid.dlon * static_cast<double>(grid.columns - 1), height = grid.dlat * static_cast<double>(grid.rows - 1);
  const auto& q = estimate.shaking->basis.quake;
  // Degrees of latitude are longer on the page than those of longitude.
  const double tall = height / (width * std::cos(q.lat * 3.14159265358979 / 180));
  PdfFigure map;
  map.height = 0.5;
  const double unit = map.height / tall;  // the whole grid's width as a share of the page's
  const auto at = [&](LonLat p) { return std::pair(0.5 + ((p.lon - grid.west) / width - 0.5) * unit, map.height * (1 - (p.lat - grid.south) / height)); };
  for (const auto& area : areas(*estimate.shaking)) {
    PdfShape shape;
    shape.rgb = kFill[static_cast<size_t>(std::clamp(area.degree - 6, 0, 6))];
    std::pair<double, double> top{0, 9};
    const auto add = [&](const Ring& ring) {
      std::vector<std::pair<double, double>> line;
      for (const auto& p : ring) {
        line.push_back(at(p));
        if (line.back().second < top.second) top = line.back();
      }
      shape.rings.push_back(std::move(line));
    };
    for (const auto& polygon : area.polygons) {
      add(polygon.outer);
      for (const auto& hole : polygon.holes) add(hole);
    }
    map.shapes.push_back(std::move(shape));
    map.words.push_back({top.first - 0.008, std::max(0.002, top.second + 0.002), kRoman[static_cast<size_t>(area.degree)], true});
  }
  const auto [x, y] = at({q.lon, q.lat});
  constexpr double kArm = 0.012;
  map.shapes.push_back({{{{x - kArm, y}, {x + kArm, y}}, {{x, y - kArm}, {x, y + kArm}}}, 0x000000, false, 1.4});
  map.words.push_back({x + 0.015, y - 0.012, "震中", true});
  map.caption = "预计烈度分布（十字为震中）";

  size_t table = 0;
  for (size_t i = 0; i < report.sections.size(); ++i) {
    pdf.blocks.emplace_back(PdfHeading{report.sections[i].heading});
    pdf.blocks.emplace_back(PdfParagraph{report.sections[i].text});
    const auto put = [&] {
      const auto& t = report.tables[table++];
      PdfTable out;
      for (size_t c = 0; c < t.columns.size(); ++c) out.columns.push_back({t.columns[c], c == 0 ? 0.8 : 1.2, c == 0 ? PdfAlign::kLeft : PdfAlign::kRight});
      for (const auto& r : t.rows) out.rows.emplace_back(r.begin(), r.end());
      pdf.blocks.emplace_back(std::move(out));
    };
    if (i == 1) {
      pdf.blocks.emplace_back(std::move(map));
      if (table < report.tables.size()) put();
    }
    if (i == 2)
      while (table < report.tables.size()) put();
  }
  return print_pdf(pdf);
}

}  // namespace anlan
