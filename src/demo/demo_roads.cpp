#include "demo/demo_roads.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "demo/demo_places.h"
#include "demo/dice.h"
#include "logistics/commands.h"
#include "registry/place_names.h"
#include "roads/index_file.h"

namespace anlan {
namespace {

constexpr int kNeighbours = 3;
constexpr double kBridgeMetres = 160, kLongEnough = 1'500;

struct Spot {
  LonLat at;
  roads::Node node = 0;
  std::string name;
  uint32_t town = 0;  // index of its town among the towns, for a village
};

double squared(LonLat a, LonLat b) {
  const double x = (a.lon - b.lon) * std::cos(a.lat * 0.017453292519943295), y = a.lat - b.lat;
  return x * x + y * y;
}

class Drawing {
 public:
  explicit Drawing(uint64_t seed) : dice_(seed) {}

  roads::Node junction(LonLat at) {
    draft.at.push_back(at);
    return static_cast<roads::Node>(draft.at.size() - 1);
  }

  // A winding road, once for each pair.
  void road(const Spot& a, const Spot& b, roads::RoadClass road_class, const std::string& name, bool bridge) {
    if (a.node == b.node || !joined_.insert(std::minmax(a.node, b.node)).second) return;
    const double metres = distance_m(a.at, b.at);
    if (metres < 1) return;
    if (!bridge || metres < kLongEnough) return piece(a.node, a.at, b.node, b.at, road_class, name, 0, 0);
    const double half = kBridgeMetres / metres / 2;
    const LonLat near = between(a.at, b.at, 0.5 - half), far = between(a.at, b.at, 0.5 + half);
    const auto first = junction(near), second = junction(far);
    piece(a.node, a.at, first, near, road_class, name, 0, 0);
    piece(first, near, second, far, road_class, fmt::format("示范{}大桥", ++bridges_), roads::kBridge, dice_.chance(0.3) ? 20'000 : 0);
    piece(second, far, b.node, b.at, road_class, name, 0, 0);
  }

  roads::Draft draft;

 private:
  static LonLat between(LonLat a, LonLat b, double t) { return {a.lon + t * (b.lon - a.lon), a.lat + t * (b.lat - a.lat)}; }

  void piece(roads::Node from, LonLat a, roads::Node to, LonLat b, roads::RoadClass road_class, const std::string& name, uint16_t flags, uint32_t max_weight_kg) {
    roads::Road r;
    r.road_class = road_class;
    r.flags = static_cast<uint16_t>(roads::kMotorForward | roads::kMotorBackward | roads::kFootForward | roads::kFootBackward | flags);
    if (road_class == roads::RoadClass::kUnclassified && dice_.chance(0.3)) r.flags |= roads::kUnpaved;
    r.max_weight_kg = max_weight_kg;
    r.name = draft.names.index_of(name);
    r.source_id = static_cast<int64_t>(draft.roads.size()) + 1;
    std::vector<LonLat> line{a};
    if (!(flags & roads::kBridge)) {
      const int bends = static_cast<int>(std::min(6.0, distance_m(a, b) / 600));
      for (int i = 1; i <= bends; ++i) {
        LonLat p = between(a, b, static_cast<double>(i) / (bends + 1));
        const double aside = (dice_.unit() - 0.5) * 0.16;
        line.push_back({p.lon - aside * (b.lat - a.lat), p.lat + aside * (b.lon - a.lon)});
      }
    }
    line.push_back(b);
    draft.add(from, to, r, line);
  }

  Dice dice_;
  int bridges_ = 0;
  std::set<std::pair<roads::Node, roads::Node>> joined_;
};

std::vector<uint32_t> nearest(const std::vector<Spot>& spots, size_t of, int count) {
  std::vector<std::pair<double, uint32_t>> all;
  for (uint32_t i = 0; i < spots.size(); ++i)
    if (i != of) all.emplace_back(squared(spots[of].at, spots[i].at), i);
  const size_t n = std::min(all.size(), static_cast<size_t>(count));
  std::partial_sort(all.begin(), all.begin() + static_cast<ptrdiff_t>(n), all.end());
  std::vector<uint32_t> out;
  for (size_t i = 0; i < n; ++i) out.push_back(all[i].second);
  return out;
}

// The shortest roads that join all of them (Prim 1957).
void join_all(Drawing& drawing, const std::vector<Spot>& spots, roads::RoadClass road_class, const char* kind) {
  if (spots.empty()) return;
  std::vector<double> least(spots.size(), INFINITY);
  std::vector<uint32_t> by(spots.size(), 0);
  std::vector<bool> in(spots.size());
  uint32_t last = 0, roads_drawn = 0;
  in[0] = true;
  for (size_t n = 1; n < spots.size(); ++n) {
    uint32_t next = 0;
    double best = INFINITY;
    for (uint32_t i = 0; i < spots.size(); ++i) {
      if (in[i]) continue;
      if (const double d = squared(spots[last].at, spots[i].at); d < least[i]) least[i] = d, by[i] = last;
      if (least[i] < best) best = least[i], next = i;
    }
    in[next] = true;
    drawing.road(spots[by[next]], spots[next], road_class, fmt::format("示范路·{}{}—{}", kind, spots[by[next]].name, spots[next].name), ++roads_drawn % 4 == 1);
    last = next;
  }
}

}  // namespace

roads::Draft draw_demo_roads(const PlaceTable& places, PlaceCode city, uint64_t seed) {
  Drawing drawing(seed);
  std::vector<Spot> seats, towns, villages;
  const auto range = places.range(city);
  for (uint32_t i = range.begin; i < range.end && drawing.draft.at.size() < kDemoJunctionsMax / 2; ++i) {
    const auto level = places.level(i);
    const auto at = places.position(i);
    if (!at || level < PlaceLevel::kCounty) continue;
    auto& list = level == PlaceLevel::kCounty ? seats : level == PlaceLevel::kTown ? towns : villages;
    list.push_back({*at, drawing.junction(*at), short_place_name(places.name(i), level), towns.empty() ? 0 : static_cast<uint32_t>(towns.size() - 1)});
  }
  join_all(drawing, seats, roads::RoadClass::kPrimary, "国道");
  join_all(drawing, towns, roads::RoadClass::kSecondary, "县道");
  // Every seat to the towns around it.
  for (const auto& seat : seats) {
    std::vector<Spot> around{seat};
    around.insert(around.end(), towns.begin(), towns.end());
    for (const auto n : nearest(around, 0, kNeighbours)) drawing.road(seat, around[n], roads::RoadClass::kSecondary, fmt::format("示范路·县道{}—{}", seat.name, around[n].name), false);
  }
  for (size_t t = 0; t < towns.size(); ++t)
    for (const auto n : nearest(towns, t, kNeighbours)) drawing.road(towns[t], towns[n], roads::RoadClass::kTertiary, fmt::format("示范路·乡道{}—{}", towns[t].name, towns[n].name), false);
  for (size_t v = 0; v < villages.size(); ++v) {
    if (!towns.empty()) drawing.road(villages[v], towns[villages[v].town], roads::RoadClass::kTertiary, fmt::format("示范路·乡道{}", towns[villages[v].town].name), false);
    for (const auto n : nearest(villages, v, kNeighbours)) drawing.road(villages[v], villages[n], roads::RoadClass::kUnclassified, fmt::format("示范路·村道{}", villages[v].name), false);
  }
  return std::move(drawing.draft);
}

Result<void> make_demo_roads(Node& node, uint64_t seed) {
  if (node.roads().network_row()) return {};
  const auto index = node.places().get();
  auto draft = draw_demo_roads(index->places(), kDemoCity, seed);
  if (draft.roads.empty()) return {};
  TRY(network, roads::build_index(roads::build_graph(std::move(draft))));
  RoadsImported fact_of;
  fact_of.name = kDemoRoadsName;
  fact_of.nodes = network.graph.nodes();
  fact_of.arcs = network.graph.arcs();
  fact_of.roads = static_cast<int64_t>(network.graph.roads.size());
  fact_of.report = R"({"source":"generated"})";
  TRY(hash, node.attachments().put(roads::write_index(network)));
  fact_of.file = hash;
  node.writer().submit({"node", "", "", [fact_of](Reader&, UtcTime) { return import_roads(fact_of); }, {}, {}});
  return {};
}

}  // namespace anlan
