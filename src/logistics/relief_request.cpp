#include "logistics/relief_request.h"

#include <algorithm>
#include <map>
#include <set>

namespace anlan {
namespace {

constexpr int64_t kAmountMax = 1'000'000'000;
constexpr double kWeightOfGood = 1'000;
constexpr double kDrivingWeight = 0.1;  // per minute of one vehicle: enough to leave out a way that brings nothing
constexpr uint32_t kMinutesMax = 60'000;

Error bad(std::string field, std::string why) { return Error(ErrorCode::kInvalidField, {{"field", std::move(field)}, {"why", std::move(why)}}); }
Error too_large(const char* what, const char* limit) { return Error(ErrorCode::kTooLarge, {{"what", what}, {"limit", limit}}); }

int64_t whole(const json::object& fields, std::string_view field) {
  const auto* v = fields.if_contains(field);
  if (!v) return 0;
  if (const auto* n = v->if_int64()) return *n;
  return v->is_number() ? static_cast<int64_t>(v->to_number<double>()) : 0;
}

uint16_t minutes_up(uint32_t ms) {
  if (ms >= kNoWay) return allocate::kNoWay;
  const uint32_t minutes = (ms + 59'999) / 60'000;
  return minutes > kMinutesMax ? allocate::kNoWay : static_cast<uint16_t>(minutes);
}

double urgency(int priority) { return priority <= 1 ? 4 : priority == 2 ? 2 : 1; }

Result<void> read_goods(const Pack& pack, ReliefOrder& order) {
  std::map<std::string, size_t> index;
  std::vector<int64_t> asked;
  if (order.request.demands.empty()) return bad("demands", "请写明送往哪里 / where to");
  if (order.request.demands.size() > kReliefDemandsMax) return too_large("需求点 / places", "1,000");
  for (const auto& d : order.request.demands) {
    if (!is_valid(d.position)) return bad("demands", "经纬度超出范围 / not on the globe");
    if (d.priority < 1 || d.priority > 3) return bad("priority", "应为 1 至 3 / 1 to 3");
    if (d.latest && *d.latest <= order.now) return bad("latest", "已经过去 / is past");
    if (d.goods.empty()) return bad("goods", "请写明需要什么 / what is needed");
    std::set<std::string> once;
    for (const auto& g : d.goods) {
      if (!once.insert(g.good).second) return bad("goods", "同一物资写了两次 / one good twice: " + g.good);
      if (g.amount < 1 || g.amount > kAmountMax) return bad("amount", "数量应为正整数 / a whole number above 0");
      const auto [it, fresh] = index.emplace(g.good, order.goods.size());
      if (!fresh) continue;
      const auto found = std::find_if(pack.roads.goods.begin(), pack.roads.goods.end(), [&](const Good& x) { return x.id == g.good; });
      if (found == pack.roads.goods.end()) return bad("good", "没有这种物资 / no such good: " + g.good);
      order.goods.push_back(&*found);
    }
  }
  auto& p = order.problem;
  for (const auto* g : order.goods) p.goods.push_back({g->kg, g->m3});
  asked.assign(order.goods.size(), 0);
  for (const auto& d : order.request.demands)
    for (const auto& g : d.goods) asked[index.at(g.good)] += g.amount;
  for (size_t i = 0; i < order.request.demands.size(); ++i) {
    const auto& d = order.request.demands[i];
    p.places.push_back({});
    for (const auto& g : d.goods) {
      const size_t good = index.at(g.good);
      allocate::Need need;
      need.place = static_cast<uint32_t>(i);
      need.good = static_cast<uint32_t>(good);
      need.amount = static_cast<int32_t>(g.amount);
      need.weight = kWeightOfGood * urgency(d.priority) * static_cast<double>(g.amount) / static_cast<double>(asked[good]);
      if (d.latest) need.latest_min = static_cast<int32_t>(std::min<int64_t>((*d.latest - order.now).count / 60'000, kMinutesMax));
      order.weight_all += need.weight;
      order.lines.push_back({i, good});
      p.needs.push_back(need);
    }
  }
  return {};
}

void read_stores(const std::vector<RecordState>& records, ReliefOrder& order) {
  for (const auto& r : records) {
    std::vector<int64_t> stock(order.goods.size());
    bool any = false;
    for (size_t g = 0; g < order.goods.size(); ++g) {
      const auto field = order.goods[g]->fields.find(r.type);
      if (field == order.goods[g]->fields.end()) continue;
      stock[g] = std::clamp<int64_t>(whole(r.fields, field->second), 0, kAmountMax);
      any = any || stock[g] > 0;
    }
    if (!any) continue;
    if (!r.position) {
      ++order.without_position;
      continue;
    }
    const auto depot = order.stores.size();
    for (size_t g = 0; g < stock.size(); ++g) {
      if (stock[g] == 0) continue;
      order.problem.lots.push_back({static_cast<uint32_t>(depot), static_cast<uint32_t>(g), static_cast<int32_t>(stock[g]), allocate::kNoLimit});
      order.lots.push_back({depot, g});
    }
    order.problem.depots.push_back({order.request.keep_share});
    order.stores.push_back({r.record, r.name, *r.position, std::move(stock)});
  }
}

// The profiles of the vehicles that there are, the lightest first: its index is the size class.
struct Starts {
  std::vector<std::string> profiles;
  struct Start {
    LonLat position;
    size_t profile;
  };
  std::vector<Start> starts;
};

Result<Starts> read_vehicles(const Pack& pack, const std::vector<RecordState>& records, ReliefOrder& order) {
  Starts out;
  struct Found {
    const RecordState* record;
    const VehicleKind* kind;
    int64_t count;
  };
  std::vector<Found> found;
  for (const auto& r : records) {
    const auto* kind_id = r.fields.if_contains("kind");
    if (!kind_id || !kind_id->is_string()) continue;
    const auto kind = std::find_if(pack.roads.vehicles.begin(), pack.roads.vehicles.end(), [&](const VehicleKind& k) { return k.id == std::string_view(kind_id->get_string()); });
    const int64_t count = whole(r.fields, "count");
    if (kind == pack.roads.vehicles.end() || count < 1) continue;
    if (!r.position) {
      ++order.without_position;
      continue;
    }
    found.push_back({&r, &*kind, count});
    if (std::find(out.profiles.begin(), out.profiles.end(), kind->profile) == out.profiles.end()) out.profiles.push_back(kind->profile);
  }
  const auto weight = [&](const std::string& id) {
    const auto* p = pack.roads.profile(id);
    return p ? p->weight_t : 0;
  };
  std::sort(out.profiles.begin(), out.profiles.end(), [&](const auto& a, const auto& b) { return std::pair(weight(a), a) < std::pair(weight(b), b); });
  for (const auto& f : found) {
    const auto profile = static_cast<size_t>(std::find(out.profiles.begin(), out.profiles.end(), f.kind->profile) - out.profiles.begin());
    if (order.vehicles.size() + static_cast<size_t>(f.count) > kReliefVehiclesMax) return too_large("车辆 / vehicles", "5,000");
    for (int64_t n = 1; n <= f.count; ++n) {
      allocate::Vehicle v;
      v.kg = f.kind->load_kg;
      v.m3 = f.kind->volume_m3;
      v.start = static_cast<uint32_t>(out.starts.size());
      v.size_class = static_cast<int32_t>(profile);
      v.available_min = static_cast<int32_t>(std::clamp<int64_t>(whole(f.record->fields, "ready_minutes"), 0, 1'440));
      order.problem.vehicles.push_back(v);
      order.vehicles.push_back({f.record->record, f.record->name, static_cast<int>(n), f.kind});
    }
    out.starts.push_back({*f.record->position, profile});
  }
  return out;
}

// Row after row, in as many questions as it takes.
Result<void> ask(const AskTimes& times, const std::vector<LonLat>& from, const std::vector<LonLat>& to, const TravelQuestion& how, bool& estimated, std::vector<uint16_t>& minutes) {
  const size_t rows = std::max<size_t>(1, kTravelTimesMax / std::max<size_t>(1, to.size()));
  for (size_t first = 0; first < from.size(); first += rows) {
    TRY(found, times(std::span(from).subspan(first, std::min(rows, from.size() - first)), to, how));
    estimated = estimated || found.estimated;
    for (const auto ms : found.ms) minutes.push_back(minutes_up(ms));
  }
  return {};
}

Result<void> read_times(const Starts& starts, const AskTimes& times, ReliefOrder& order) {
  auto& p = order.problem;
  std::vector<LonLat> stores, places;
  for (const auto& s : order.stores) stores.push_back(s.position);
  for (const auto& d : order.request.demands) places.push_back(d.position);
  const size_t classes = starts.profiles.size();
  std::vector<std::vector<uint16_t>> by_class(classes);
  p.start_minutes.assign(starts.starts.size() * stores.size(), allocate::kNoWay);
  for (size_t c = 0; c < classes; ++c) {
    const TravelQuestion how{starts.profiles[c], std::nullopt};
    TRY_VOID(ask(times, stores, places, how, order.estimated, by_class[c]));
    std::vector<LonLat> from;
    std::vector<size_t> rows;
    for (size_t s = 0; s < starts.starts.size(); ++s)
      if (starts.starts[s].profile == c) {
        from.push_back(starts.starts[s].position);
        rows.push_back(s);
      }
    std::vector<uint16_t> approach;
    TRY_VOID(ask(times, from, stores, how, order.estimated, approach));
    for (size_t i = 0; i < rows.size(); ++i)
      std::copy_n(approach.begin() + static_cast<std::ptrdiff_t>(i * stores.size()), stores.size(), p.start_minutes.begin() + static_cast<std::ptrdiff_t>(rows[i] * stores.size()));
  }
  p.road_minutes.assign(stores.size() * places.size(), allocate::kNoWay);
  for (size_t j = 0; j < places.size(); ++j) {
    size_t largest = classes;  // one more than the heaviest class that gets there from anywhere
    const auto arrives = [&](size_t c) {
      for (size_t d = 0; d < stores.size(); ++d)
        if (by_class[c][d * places.size() + j] != allocate::kNoWay) return true;
      return false;
    };
    while (largest > 0 && !arrives(largest - 1)) --largest;
    if (largest == 0) continue;
    if (largest < classes) p.places[j].largest_class = static_cast<int32_t>(largest) - 1;
    for (size_t d = 0; d < stores.size(); ++d) {
      uint16_t slowest = 0;
      for (size_t c = 0; c < largest; ++c) slowest = std::max(slowest, by_class[c][d * places.size() + j]);
      p.road_minutes[d * places.size() + j] = slowest;
    }
  }
  return {};
}

}  // namespace

std::vector<std::string> types_with_goods(const Pack& pack) {
  std::set<std::string> types;
  for (const auto& g : pack.roads.goods)
    for (const auto& [type, field] : g.fields) types.insert(type);
  return {types.begin(), types.end()};
}

Result<ReliefOrder> relief_order(const Pack& pack, ReliefRequest request, const std::vector<RecordState>& stores, const std::vector<RecordState>& vehicles,
                                 const AskTimes& times, UtcTime now) {
  ReliefOrder order;
  order.request = std::move(request);
  order.now = now;
  if (order.request.name.empty() || order.request.name.size() > 200) return bad("name", "请写明方案名称 / name the plan");
  if (!(order.request.keep_share >= 0 && order.request.keep_share <= 1)) return bad("keep_share", "应在 0 至 1 之间 / 0 to 1");
  if (order.request.limit_s < 1 || order.request.limit_s > 60) return bad("seconds", "应在 1 至 60 之间 / 1 to 60");
  TRY_VOID(read_goods(pack, order));
  read_stores(stores, order);
  if (order.stores.size() > kReliefStoresMax) return too_large("储备库 / warehouses", "20,000");
  if (order.stores.empty()) return bad("warehouses", "没有库存放这些物资，或都没有位置 / no warehouse holds these goods, or none has a position");
  TRY(starts, read_vehicles(pack, vehicles, order));
  if (order.vehicles.empty()) return bad("vehicles", "没有可用的车辆，或都没有位置 / no vehicles, or none has a position");
  if (starts.starts.size() * order.stores.size() > kReliefApproachesMax) return too_large("车辆停放点 × 储备库 / places of vehicles × warehouses", "20,000,000");
  TRY_VOID(read_times(starts, times, order));
  order.problem.unmet_min = kUnmetMinutes;
  order.problem.drive_weight = kDrivingWeight;
  TRY_VOID(check(order.problem));
  return order;
}

}  // namespace anlan
