// What an earthquake does: the map of intensity, losses by township, the report, and the buildings that are known.
#include <algorithm>
#include <cmath>

#include "earthquakes/estimate_json.h"
#include "earthquakes/report.h"
#include "web/earthquake_json.h"
#include "web/earthquake_routes.h"
#include "web/routes_json.h"
#include "web/table_answer.h"

namespace anlan {
namespace {

constexpr int64_t kSurveysShown = 5'000;
constexpr std::string_view kGeneratedZh = "人口与建筑为演示生成数据", kGeneratedEn = "people and buildings are generated for demonstration";

Error not_yet() { return Error(ErrorCode::kNotFound, {{"what", "震害估计（正在计算，请稍候） / the estimate; it is being worked out"}}); }

// 503: it can be had once somebody has loaded the buildings, unlike what does not exist.
Error without_buildings() { return Error(ErrorCode::kUnavailable, {{"what", "建筑与人口数据（尚未导入） / the data of buildings and people (none loaded)"}, {"why", "尚未导入 / none loaded"}}); }

// The estimate with losses; answers otherwise.
void with_losses(const CallPtr& call, const DeskPtr& desk, std::function<void(const EarthquakeRow&, const Estimate&)> then) {
  with_estimate(call, desk, [call, then = std::move(then)](const EarthquakeRow& row, const EstimatePtr& estimate) {
    if (!estimate) return call->fail(not_yet());
    if (!estimate->losses) return call->respond(HttpResponse::json(503, json::serialize(error_body(without_buildings(), call->language))));
    then(row, *estimate);
  });
}

std::string file_name(const EarthquakeRow& row, const char* what) {
  return std::string(what) + "_" + (row.quake.name.empty() ? std::to_string(row.quake.id) : row.quake.name) + (row.origin.drill ? "_演练" : "");
}

void get_map(const CallPtr& call, const DeskPtr& desk) {
  with_estimate(call, desk, [call](const EarthquakeRow& row, const EstimatePtr& estimate) {
    Node& node = call->node();
    auto map = estimate ? map_json(*estimate->shaking, node.settings().place) : Result<json::object>(first_map_json(row, node.settings().place));
    if (!map) return call->fail(map.error());
    const auto surveys = call->read([&](Reader& reader) { return surveys_of(reader, row.quake.id, kSurveysShown); });
    (*map)["surveys"] = surveys_json(call, surveys);
    call->ok(std::move(*map));
  });
}

void get_losses(const CallPtr& call, const DeskPtr& desk) {
  const std::string typed = call->text("place");
  const auto place = call->place("place");
  if (place.empty() && !typed.empty() && typed != "0") return call->fail(Error(ErrorCode::kInvalidField, {{"field", "place"}, {"why", "区划代码无效 / not a place code"}}));
  with_losses(call, desk, [call, place](const EarthquakeRow&, const Estimate& estimate) {
    auto out = losses_json(estimate, call->node().pack(), *call->node().places().get());
    if (!place.empty()) {
      json::array within;
      for (auto& t : out["townships"].as_array())
        if (const auto code = PlaceCode::parse(std::string_view(t.at("place").as_string())); code && place.contains(*code)) within.push_back(std::move(t));
      out["townships"] = std::move(within);
    }
    call->ok(std::move(out));
  });
}

void get_losses_csv(const CallPtr& call, const DeskPtr& desk) {
  with_losses(call, desk, [call](const EarthquakeRow& row, const Estimate& estimate) {
    auto made = losses_table(estimate, call->node().pack(), *call->node().places().get());
    Table table;
    table.columns = std::move(made.columns);
    table.rows = std::move(made.rows);
    answer_table(call, table, "csv", file_name(row, estimate.stock->exposure.generated ? "乡镇损失估计_演示数据" : "乡镇损失估计"));
  });
}

void get_losses_geojson(const CallPtr& call, const DeskPtr& desk) {
  with_losses(call, desk, [call](const EarthquakeRow& row, const Estimate& estimate) {
    const auto features = losses_features(estimate, call->node().pack(), *call->node().places().get());
    call->file(json::serialize(features), "application/geo+json", file_name(row, "乡镇损失估计") + ".geojson");
  });
}

void get_grid(const CallPtr& call, const DeskPtr& desk) {
  with_estimate(call, desk, [call](const EarthquakeRow& row, const EstimatePtr& estimate) {
    if (!estimate) return call->fail(not_yet());
    call->file(grid_xml(*estimate->shaking, "anlan" + std::to_string(row.quake.id), row.quake.name), "application/xml", "grid.xml");
  });
}

EarthquakeReport report_for(const CallPtr& call, const EarthquakeRow& row, const Estimate& estimate) {
  const auto& settings = call->node().settings();
  return report_of(estimate, row, call->node().pack(), *call->node().places().get(), settings.name, settings.utc_offset_minutes);
}

void get_report(const CallPtr& call, const DeskPtr& desk) {
  with_estimate(call, desk, [call](const EarthquakeRow& row, const EstimatePtr& estimate) {
    if (!estimate) return call->fail(not_yet());
    const auto report = report_for(call, row, *estimate);
    json::array paragraphs, tables, notes;
    for (const auto& s : report.sections) paragraphs.push_back(json::object{{"heading", s.heading}, {"text", s.text}});
    for (const auto& t : report.tables) {
      json::array rows;
      for (const auto& r : t.rows) rows.push_back(json::value_from(r));
      tables.push_back(json::object{{"title", t.title}, {"columns", json::value_from(t.columns)}, {"rows", std::move(rows)}});
    }
    if (report.generated) notes.emplace_back(call->language == Language::kEn ? kGeneratedEn : kGeneratedZh);
    call->ok(json::object{{"title", report.title}, {"subtitle", report.office + "　" + report.made_at}, {"made_at", estimate->made_at.ms}, {"drill", report.drill},
                          {"generated", report.generated}, {"paragraphs", std::move(paragraphs)}, {"tables", std::move(tables)}, {"notes", std::move(notes)}});
  });
}

void get_report_pdf(const CallPtr& call, const DeskPtr& desk) {
  with_estimate(call, desk, [call](const EarthquakeRow& row, const EstimatePtr& estimate) {
    if (!estimate) return call->fail(not_yet());
    auto pdf = report_pdf(report_for(call, row, *estimate), *estimate);
    if (!pdf) return call->fail(pdf.error());
    call->file(std::move(*pdf), "application/pdf", file_name(row, "地震灾害快速评估报告") + ".pdf");
  });
}

void get_exposure(CallPtr call) {
  Node& node = call->node();
  const auto stock = node.stock().get();
  const auto row = call->read([](Reader& reader) { return newest_exposure(reader); });
  const auto fault = node.stock().fault();
  const auto& kinds = node.pack().earthquakes.buildings;
  json::array types, by_type;
  for (const auto& t : kinds) types.push_back(json::object{{"id", t.id}, {"zh", t.zh}, {"en", t.en}, {"source", t.source}, {"verified", t.verified}});
  if (stock) {
    struct Sum {
      int64_t buildings = 0;
      double people = 0, area = 0;
    };
    std::vector<Sum> sums(kinds.size());
    const auto& b = stock->buildings;
    for (size_t i = 0; i < b.size(); ++i)
      if (b.type[i] < sums.size()) {
        auto& s = sums[b.type[i]];
        ++s.buildings;
        s.people += static_cast<double>(b.people[i]);
        s.area += static_cast<double>(b.floor_area_m2[i]);
      }
    for (size_t i = 0; i < sums.size(); ++i)
      if (sums[i].buildings)
        by_type.push_back(json::object{{"id", kinds[i].id}, {"buildings", sums[i].buildings}, {"people", std::round(sums[i].people)}, {"floor_area_m2", std::round(sums[i].area)}});
  }
  json::object out{{"loaded", stock != nullptr}, {"loading", node.stock().loading()}, {"types", std::move(types)}, {"by_type", std::move(by_type)}};
  out["fault"] = fault ? json::value(sentence(*fault, call->language)) : json::value(nullptr);
  out["name"] = stock ? stock->loaded.name : row ? row->loaded.name : "";
  out["kind"] = stock ? stock->loaded.kind : row ? row->loaded.kind : "";
  out["buildings"] = stock ? stock->loaded.buildings : 0;
  out["people"] = stock ? std::round(stock->loaded.people) : 0.0;
  out["generated"] = stock && stock->loaded.generated;
  out["townships"] = stock ? std::count_if(stock->people.begin(), stock->people.end(), [](double p) { return p > 0; }) : 0;
  out["imported_at"] = row ? json::value(row->at.ms) : json::value(nullptr);
  const auto told = parse_json(stock ? stock->loaded.report : row ? row->loaded.report : "null");
  out["report"] = told && told->is_object() ? *told : json::value(nullptr);
  call->ok(std::move(out));
}

}  // namespace

void add_loss_routes(Api& api, const DeskPtr& desk) {
  const auto reads = [&](const char* path, void (*handle)(const CallPtr&, const DeskPtr&)) {
    api.add({"GET", path, Need::session, [desk, handle](CallPtr call) { handle(call, desk); }});
  };
  reads("/earthquakes/{id}/map", get_map);
  reads("/earthquakes/{id}/losses", get_losses);
  reads("/earthquakes/{id}/losses.csv", get_losses_csv);
  reads("/earthquakes/{id}/losses.geojson", get_losses_geojson);
  reads("/earthquakes/{id}/grid.xml", get_grid);
  reads("/earthquakes/{id}/report", get_report);
  reads("/earthquakes/{id}/report.pdf", get_report_pdf);
  api.add({"GET", "/exposure", Need::session, get_exposure});
}

}  // namespace anlan
