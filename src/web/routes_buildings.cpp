// Buildings on the map, one by one: tiles, what one of them goes through, and the ground motions they are shaken with.
#include <algorithm>
#include <charconv>
#include <cmath>
#include <numbers>

#include "quake/motion.h"
#include "web/earthquake_routes.h"
#include "web/routes_json.h"
#include "web/tile_answer.h"

namespace anlan {
namespace {

constexpr unsigned kSubsteps = 8, kEveryLeast = 4;
constexpr size_t kHistoryRows = 1'500;
constexpr double kFloorArea = 100;  // m2 of a storey, where the stock does not say
constexpr std::array<const char*, quake::kCodeLevels> kCodes = {"pre", "low", "moderate", "high"};
constexpr std::array<const char*, quake::kUses> kUses = {"home", "work", "school", "hospital", "store", "other"};

Error bad(std::string field, std::string why) { return Error(ErrorCode::kInvalidField, {{"field", std::move(field)}, {"why", std::move(why)}}); }

void get_tile(const CallPtr& call, const DeskPtr& desk) {
  const auto id = asked_tile(call);
  if (!id) return;
  desk->layers.get(call, call->path.find("layer")->second, call->text("by") == "response", [call, id = *id](const BuildingLayerPtr& layer) {
    answer_tile(call, layer->tiles->tag(), "private, no-cache", [&]() -> HttpBody { return layer->tiles->tile(id); });
  });
}

// One building of a layer. Rows count from 0.
struct One {
  BuildingLayerPtr layer;
  size_t row = 0;
  const Stock& stock() const { return *layer->stock; }
  const quake::Buildings& all() const { return layer->stock->buildings; }
  // Of the shaking; nothing where the stock has no cell for it.
  std::optional<uint32_t> site() const {
    if (!layer->shaking || row >= stock().cell_of_building.size()) return std::nullopt;
    const auto cell = stock().cell_of_building[row];
    return cell < layer->shaking->at_cells[quake::Measure::pga].mean.size() ? std::optional(cell) : std::nullopt;
  }
  unsigned storeys() const { return std::clamp<unsigned>(all().storeys[row], 1, quake::kStoreysMax); }
  size_t class_of() const { return all().type[row] * quake::kCodeLevels + static_cast<size_t>(all().code[row]); }
};

void with_building(const CallPtr& call, const DeskPtr& desk, std::function<void(const One&)> then) {
  const std::string& typed = call->path.find("row")->second;
  size_t row = 0;
  const auto [end, fault] = std::from_chars(typed.data(), typed.data() + typed.size(), row);
  const auto none = [call] { call->fail(Error(ErrorCode::kNotFound, {{"what", "这栋建筑 / this building"}})); };
  if (fault != std::errc() || end != typed.data() + typed.size()) return none();
  const std::string name = call->text("layer");
  desk->layers.get(call, name.empty() ? "plain" : name, false, [call, row, none, then = std::move(then)](const BuildingLayerPtr& layer) {
    if (row >= layer->stock->buildings.size()) return none();
    then({layer, row});
  });
}

json::object peaks_json(const quake::ResponsePeaks& p) {
  return {{"grade", p.grade}, {"drift", p.drift}, {"residual_drift", p.residual_drift}, {"acceleration", p.acceleration}, {"worst_storey", p.worst_storey}, {"collapsed", p.collapsed}};
}

double measured(const Shaking& shaking, uint32_t site, quake::Measure m) {
  const auto v = static_cast<double>(shaking.at_cells[m].mean[site]);
  return m == quake::Measure::intensity ? v : std::exp(v);
}

void get_building(const CallPtr& call, const DeskPtr& desk) {
  with_building(call, desk, [call](const One& one) {
    const auto& book = call->node().pack().earthquakes;
    const auto& b = one.all();
    const size_t i = one.row;
    const auto& type = book.buildings.at(b.type[i]);
    const auto place = b.place[i] < one.stock().places.size() ? one.stock().places[b.place[i]] : PlaceCode();
    json::object out{{"row", i}, {"id", b.id.empty() ? std::to_string(i) : b.id[i]}, {"type", json::object{{"id", type.id}, {"zh", type.zh}, {"en", type.en}}},
                     {"code", kCodes[static_cast<size_t>(b.code[i])]}, {"storeys", b.storeys[i]}, {"floor_area_m2", std::round(b.floor_area_m2[i])}, {"people", std::round(b.people[i] * 10) / 10},
                     {"use", kUses[static_cast<size_t>(b.use[i])]}, {"place", place.text()}, {"place_name", call->node().places().get()->places().short_name(place)}, {"lon", b.at[i].lon},
                     {"lat", b.at[i].lat}, {"generated", one.stock().exposure.generated}};
    out["year"] = b.year[i] ? json::value(b.year[i]) : json::value(nullptr);
    out["intensity"] = out["pga"] = out["grade"] = out["shares"] = out["response"] = nullptr;
    if (one.layer->damage) out["grade"] = one.layer->damage->grade[i];
    if (const auto site = one.site()) {
      const auto& shaking = *one.layer->shaking;
      out["intensity"] = std::round(measured(shaking, *site, quake::Measure::intensity) * 10) / 10;
      out["pga"] = measured(shaking, *site, quake::Measure::pga);
      const auto rules = loss_rules(book);
      const auto& fragility = rules.classes.at(one.class_of()).fragility;
      out["shares"] = json::value_from(quake::grade_shares(fragility, measured(shaking, *site, fragility.measure)));
      const auto motion = motion_at(shaking, *site);
      if (motion.scale > 0) out["response"] = peaks_json(quake::respond_plain(response_classes(book).at(one.class_of()), one.storeys(), motion.motion, motion.scale));
    }
    call->ok(std::move(out));
  });
}

json::array rows_json(const std::vector<std::vector<float>>& rows, double scale) {
  json::array out;
  out.reserve(rows.size());
  for (const auto& row : rows) {
    json::array one;
    one.reserve(row.size());
    for (const float v : row) one.push_back(std::round(static_cast<double>(v) * scale) / scale);
    out.push_back(std::move(one));
  }
  return out;
}

void get_history(const CallPtr& call, const DeskPtr& desk) {
  const std::string type = call->text("type"), code = call->text("code");
  const auto& book = call->node().pack().earthquakes;
  const auto other_type = building_type(book, type);
  const auto other_code = std::find(kCodes.begin(), kCodes.end(), code);
  if (!type.empty() && !other_type) return call->fail(bad("type", "没有这种建筑类型 / no such type of building"));
  if (!code.empty() && other_code == kCodes.end()) return call->fail(bad("code", "应为 pre、low、moderate 或 high / pre, low, moderate or high"));
  with_building(call, desk, [=, &book](const One& one) {
    const auto site = one.site();
    const auto motion = site ? motion_at(*one.layer->shaking, *site) : ChosenMotion{"", {}, 0};
    if (!(motion.scale > 0)) return call->fail(Error(ErrorCode::kNotFound, {{"what", "这里的地震动（请先选择地震或情景） / shaking here; choose an earthquake or a scenario"}}));
    const size_t kind = (other_type ? *other_type : one.all().type[one.row]) * quake::kCodeLevels +
                        (code.empty() ? static_cast<size_t>(one.all().code[one.row]) : static_cast<size_t>(other_code - kCodes.begin()));
    const auto c = response_classes(book).at(kind);
    const unsigned storeys = one.storeys();
    const double area = one.all().floor_area_m2[one.row] > 0 ? static_cast<double>(one.all().floor_area_m2[one.row]) / storeys : kFloorArea;
    const auto& ground = motion.motion.acceleration;
    const auto every = std::max<unsigned>(kEveryLeast, static_cast<unsigned>(ground.size() / kHistoryRows));
    const auto h = quake::history(c, storeys, area, motion.motion, motion.scale, kSubsteps, every);
    if (!h) return call->fail(h.error());
    json::array shaken;
    for (size_t i = 0; i < h->drift.size() && i * every < ground.size(); ++i) shaken.push_back(std::round(static_cast<double>(ground[i * every]) * motion.scale * 1e4) / 1e4);
    call->ok(json::object{{"dt", h->dt}, {"storeys", storeys}, {"storey_height_m", c.storey_height_m}, {"type", book.buildings[kind / quake::kCodeLevels].id}, {"code", kCodes[kind % quake::kCodeLevels]},
                          {"drift", rows_json(h->drift, 1e6)}, {"displacement", rows_json(h->displacement, 1e4)}, {"ground", std::move(shaken)}, {"peaks", peaks_json(h->peaks)},
                          {"energy", json::object{{"in", h->energy_in}, {"kinetic", h->energy_kinetic}, {"damped", h->energy_damped}, {"hysteretic", h->energy_hysteretic}, {"elastic", h->energy_elastic}}},
                          {"motion", json::object{{"name", motion.name}, {"scale", std::round(motion.scale * 1000) / 1000}}}, {"limits", json::value_from(c.drift_limits)}});
  });
}

// Those that a place can be given: near and stiff to far and soft.
void list_motions(CallPtr call) {
  Shaking shaking;
  for (double ratio = 0.02; ratio < 0.6; ratio *= 1.25) {
    shaking.at_cells[quake::Measure::pga].mean.push_back(std::numbers::ln2_v<float>);
    shaking.at_cells[quake::Measure::pgv].mean.push_back(static_cast<float>(std::log(2 * ratio)));
  }
  std::vector<std::string> seen;
  json::array items;
  for (uint32_t site = 0; site < shaking.at_cells[quake::Measure::pga].mean.size(); ++site) {
    const auto chosen = motion_at(shaking, site);
    if (std::find(seen.begin(), seen.end(), chosen.name) != seen.end()) continue;
    seen.push_back(chosen.name);
    const auto traits = quake::traits_of(chosen.motion);
    items.push_back(json::object{{"id", "m" + std::to_string(seen.size())}, {"name", chosen.name}, {"pga", traits.pga}, {"pgv", traits.pgv}, {"dt", chosen.motion.dt},
                                 {"seconds", std::round(static_cast<double>(chosen.motion.acceleration.size()) * chosen.motion.dt * 10) / 10},
                                 {"source", call->language == Language::kEn ? "artificial: Clough and Penzien spectrum, random phase; without the pulses of near faults" : "人工合成（Clough-Penzien 谱、随机相位），不含近断层脉冲"}});
  }
  call->ok(json::object{{"items", std::move(items)}});
}

}  // namespace

void add_building_routes(Api& api, const DeskPtr& desk) {
  const auto reads = [&](const char* path, void (*handle)(const CallPtr&, const DeskPtr&)) {
    api.add({"GET", path, Need::session, [desk, handle](CallPtr call) { handle(call, desk); }});
  };
  reads("/tiles/buildings/{layer}/{z}/{x}/{y}", get_tile);
  reads("/buildings/{row}", get_building);
  reads("/buildings/{row}/history", get_history);
  api.add({"GET", "/motions", Need::session, list_motions});
}

}  // namespace anlan
