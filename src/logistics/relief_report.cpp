#include "logistics/relief_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

namespace anlan {
namespace {

double one_decimal(double v) { return std::round(v * 10) / 10; }

UtcTime at(const ReliefOrder& order, int32_t minute) { return order.now + minutes(minute); }

Reason reason_of(allocate::UnmetReason why) {
  using enum allocate::UnmetReason;
  switch (why) {
    case kNoStock: return {"no_stock", "各库可调出的数量不够", "the warehouses cannot spare enough"};
    case kNoVehicleTime: return {"no_vehicle_time", "车辆在班时间内运不完", "the vehicles have no time left for it"};
    case kWindow: return {"too_late", "赶不上要求的时间", "it would arrive after the time asked for"};
    case kNoWay: return {"no_way", "目前没有车辆能到达的路", "no vehicle can get there at present"};
    case kNotWorthIt: return {"not_worth_it", "路途过远，晚于 48 小时才能送达", "it is too far: it would take more than 48 hours"};
  }
  return {};
}

json::object reason_json(const Reason& r) { return {{"code", r.code}, {"zh", r.zh}, {"en", r.en}}; }

json::object record_json(RecordId record, const std::string& name) { return {{"record", record.value}, {"name", name}}; }

// What one good of one place gets, in order of the lines.
json::array demands_json(const ReliefOrder& order, const allocate::ReliefPlan& plan) {
  std::vector<int64_t> unmet(order.lines.size());
  std::vector<std::optional<Reason>> why(order.lines.size());
  for (const auto& u : plan.unmet) {
    unmet[u.need] += u.amount;
    if (!why[u.need]) why[u.need] = reason_of(u.reason);
  }
  std::vector<std::set<size_t>> served(order.request.demands.size());
  std::vector<std::optional<int32_t>> first(order.request.demands.size()), last(order.request.demands.size());
  for (const auto& t : plan.trips) {
    served[t.place].insert(t.depot);
    first[t.place] = std::min(first[t.place].value_or(t.arrives_min), t.arrives_min);
    last[t.place] = std::max(last[t.place].value_or(t.arrives_min), t.arrives_min);
  }
  std::vector<json::array> goods(order.request.demands.size());
  for (size_t i = 0; i < order.lines.size(); ++i) {
    const int64_t wanted = order.problem.needs[i].amount;
    json::object line{{"good", order.goods[order.lines[i].good]->id}, {"wanted", wanted}, {"given", wanted - unmet[i]}, {"unmet", unmet[i]}};
    if (unmet[i] > 0 && why[i]) line["why"] = reason_json(*why[i]);
    goods[order.lines[i].demand].push_back(std::move(line));
  }
  json::array out;
  for (size_t d = 0; d < order.request.demands.size(); ++d) {
    const auto& demand = order.request.demands[d];
    json::array by;
    for (const auto store : served[d]) by.push_back(record_json(order.stores[store].record, order.stores[store].name));
    const auto time = [&](const std::optional<int32_t>& minute) { return minute ? json::value(at(order, *minute).ms) : json::value(nullptr); };
    out.push_back(json::object{{"name", demand.name}, {"place", demand.place.text()}, {"lon", demand.position.lon}, {"lat", demand.position.lat}, {"priority", demand.priority},
                               {"goods", std::move(goods[d])}, {"first_arrival", time(first[d])}, {"last_arrival", time(last[d])}, {"served_by", std::move(by)}});
  }
  return out;
}

json::array trips_json(const Pack& pack, const ReliefOrder& order, const allocate::ReliefPlan& plan) {
  json::array out;
  for (const auto& t : plan.trips) {
    const auto& vehicle = order.vehicles[t.vehicle];
    const auto& store = order.stores[t.depot];
    const auto& demand = order.request.demands[t.place];
    std::map<size_t, int64_t> amounts;
    for (const auto& l : t.loads) amounts[order.lines[l.need].good] += l.amount;
    json::array load;
    double kg = 0, m3 = 0;
    for (const auto& [good, amount] : amounts) {
      load.push_back(json::object{{"good", order.goods[good]->id}, {"amount", amount}});
      kg += order.goods[good]->kg * static_cast<double>(amount);
      m3 += order.goods[good]->m3 * static_cast<double>(amount);
    }
    auto car = record_json(vehicle.record, vehicle.name);
    car["number"] = vehicle.number;
    out.push_back(json::object{{"vehicle", std::move(car)}, {"kind", vehicle.kind->id}, {"trip", t.number + 1}, {"warehouse", record_json(store.record, store.name)},
                               {"demand", json::object{{"name", demand.name}, {"place", demand.place.text()}, {"lon", demand.position.lon}, {"lat", demand.position.lat}}},
                               {"load", std::move(load)}, {"kg", one_decimal(kg)}, {"m3", one_decimal(m3)}, {"leave", at(order, t.starts_min).ms},
                               {"loaded", at(order, t.departs_min).ms}, {"arrive", at(order, t.arrives_min).ms}, {"minutes", t.arrives_min - t.departs_min},
                               {"km", km_about(pack, vehicle.kind->profile, store.position, demand.position)}});
  }
  return out;
}

json::array warehouses_json(const ReliefOrder& order, const allocate::ReliefPlan& plan) {
  std::map<size_t, std::map<size_t, int64_t>> taken;
  for (const auto& t : plan.trips)
    for (const auto& l : t.loads) taken[t.depot][order.lots[l.lot].good] += l.amount;
  json::array out;
  for (const auto& [store, goods] : taken) {
    auto row = record_json(order.stores[store].record, order.stores[store].name);
    json::array list;
    for (const auto& [good, amount] : goods)
      list.push_back(json::object{{"good", order.goods[good]->id}, {"amount", amount}, {"left", order.stores[store].stock[good] - amount}});
    row["taken"] = std::move(list);
    out.push_back(std::move(row));
  }
  return out;
}

}  // namespace

double mean_minutes(const ReliefOrder& order, double value) { return order.weight_all > 0 ? one_decimal(value / order.weight_all) : 0; }

json::object plan_json(const Pack& pack, const ReliefOrder& order, const allocate::ReliefPlan& plan) {
  std::vector<double> asked(order.goods.size()), unmet(order.goods.size());
  for (size_t i = 0; i < order.lines.size(); ++i) asked[order.lines[i].good] += order.problem.needs[i].amount;
  for (const auto& u : plan.unmet) unmet[order.lines[u.need].good] += u.amount;
  double share = 0;
  for (size_t g = 0; g < asked.size(); ++g) share += asked[g] > 0 ? unmet[g] / asked[g] / static_cast<double>(asked.size()) : 0;
  return {{"name", order.request.name}, {"at", order.now.ms}, {"value_minutes", mean_minutes(order, plan.value.total())}, {"bound_minutes", mean_minutes(order, plan.bound)},
          {"gap_percent", one_decimal(plan.gap() * 100)}, {"unmet_percent", one_decimal(share * 100)}, {"proven", plan.proven}, {"estimated", order.estimated},
          {"keep_share", order.request.keep_share}, {"without_position", order.without_position}, {"trips", trips_json(pack, order, plan)},
          {"demands", demands_json(order, plan)}, {"warehouses", warehouses_json(order, plan)}};
}

std::vector<std::vector<std::string>> plan_rows(const Pack& pack, const json::object& plan, int utc_offset_minutes) {
  std::vector<std::vector<std::string>> rows{{"车辆", "第几辆", "车型", "第几趟", "出发", "装车仓库", "装好", "送往", "到达", "行驶分钟", "物资", "数量", "单位"}};
  const auto named = [](const auto& list, std::string_view id) {
    const auto it = std::find_if(list.begin(), list.end(), [&](const auto& x) { return x.id == id; });
    return it == list.end() ? nullptr : &*it;
  };
  const auto text = [](const json::value& v) { return std::string(v.as_string()); };
  const auto time = [&](const json::value& v) { return to_iso8601(UtcTime{v.to_number<int64_t>()}, utc_offset_minutes).substr(0, 16).replace(10, 1, " "); };
  for (const auto& t : plan.at("trips").as_array()) {
    const auto kind = text(t.at("kind"));
    const auto* vehicle = named(pack.roads.vehicles, kind);
    for (const auto& l : t.at("load").as_array()) {
      const auto good = text(l.at("good"));
      const auto* g = named(pack.roads.goods, good);
      rows.push_back({text(t.at("vehicle").at("name")), fmt::to_string(t.at("vehicle").at("number").to_number<int64_t>()), vehicle ? vehicle->zh : kind,
                      fmt::to_string(t.at("trip").to_number<int64_t>()), time(t.at("leave")), text(t.at("warehouse").at("name")), time(t.at("loaded")),
                      text(t.at("demand").at("name")), time(t.at("arrive")), fmt::to_string(t.at("minutes").to_number<int64_t>()), g ? g->zh : good,
                      fmt::to_string(l.at("amount").to_number<int64_t>()), g ? g->unit : std::string()});
    }
  }
  return rows;
}

}  // namespace anlan
