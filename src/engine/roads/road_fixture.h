// Road networks for tests and benchmarks: Hong Kong Island with measured times, a network of 1.2 million nodes with
// weights from a seed, and small random ones that hold everything a road can have.
//
// The first two read ../shared/data/roads/{hongkong,pace_usa_unweighted}; they return nothing when the files are absent.
#pragma once

#include <zlib.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <memory>
#include <numeric>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "roads/graph_build.h"
#include "roads/profile.h"

namespace anlan::roads::fixture {

inline const std::string kHongkongFolder = "../shared/data/roads/hongkong";
inline const std::string kNorthwestFolder = "../shared/data/roads/pace_usa_unweighted";

// SplitMix64 (Steele, Lea, Flood 2014): the same numbers with every library.
class Dice {
 public:
  explicit Dice(uint64_t seed) : state_(seed) {}
  uint64_t next() { return mix(state_ += 0x9e3779b97f4a7c15); }
  double unit() { return static_cast<double>(next() >> 11) * 0x1p-53; }  // [0, 1)
  uint32_t below(uint32_t n) { return static_cast<uint32_t>(next() % n); }
  bool one_in(double chance) { return unit() < chance; }
  static uint64_t mix(uint64_t z) {
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
  }

 private:
  uint64_t state_;
};

inline constexpr uint16_t kBothWays = kMotorForward | kMotorBackward | kFootForward | kFootBackward;

inline Profile car() {
  Profile p;
  p.id = "car", p.zh = "小汽车", p.en = "car";
  p.height_cm = 160, p.width_cm = 190, p.weight_kg = 1800;
  p.speed_kmh = {90, 80, 65, 50, 40, 35, 20, 10, 12, 15, 0, 0, 0, 0, 0, 10, 20};
  p.unpaved_factor = 0.6F;
  p.of_limit = 1;
  p.periods = {{"night", 22 * 60, 6 * 60, {}}, {"rush", 7 * 60, 9 * 60, {}}};
  p.periods[0].factor.fill(1.1F);
  p.periods[1].factor.fill(0.7F);
  return p;
}
inline Profile truck() {
  Profile p = car();
  p.id = "truck", p.zh = "重型货车", p.en = "truck";
  p.truck = true, p.hazmat = true;
  p.height_cm = 400, p.width_cm = 255, p.weight_kg = 31000;
  p.of_limit = 0.8F;
  return p;
}
inline Profile fire_engine() {
  Profile p = truck();
  p.id = "fire_engine", p.zh = "消防车", p.en = "fire engine";
  p.truck = p.hazmat = false, p.emergency = true;
  p.weight_kg = 16000;
  return p;
}
inline Profile walker() {
  Profile p;
  p.id = "foot", p.zh = "步行", p.en = "on foot";
  p.on_foot = true;
  p.speed_kmh.fill(5);
  p.speed_kmh[static_cast<size_t>(RoadClass::kSteps)] = 2;
  return p;
}

namespace detail {

inline std::optional<std::string> unzip(const std::string& path) {
  const std::unique_ptr<gzFile_s, int (*)(gzFile)> file(gzopen(path.c_str(), "rb"), gzclose);
  if (!file) return std::nullopt;
  std::string text;
  std::array<char, 1 << 16> block;
  for (int n; (n = gzread(file.get(), block.data(), block.size())) > 0;) text.append(block.data(), static_cast<size_t>(n));
  return text;
}

inline std::optional<std::string> unxz(const std::string& path) {
  if (std::FILE* found = std::fopen(path.c_str(), "rb"); !found) return std::nullopt;
  else std::fclose(found);
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> pipe(popen(("xz -dc '" + path + "'").c_str(), "r"), pclose);
  if (!pipe) return std::nullopt;
  std::string text;
  std::array<char, 1 << 16> block;
  for (size_t n; (n = std::fread(block.data(), 1, block.size(), pipe.get())) > 0;) text.append(block.data(), n);
  if (text.empty()) return std::nullopt;
  return text;
}

// Calls take(numbers) for every line of `count` numbers; other lines (comments, counts) are passed over.
template <size_t count, class F>
void for_rows(std::string_view text, F take) {
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    const char *p = text.data(), *stop = p + end;
    std::array<double, count> row{};
    size_t read = 0;
    while (read < count) {
      while (p < stop && (*p == ' ' || *p == ',' || *p == '\t')) ++p;
      const auto [next, error] = std::from_chars(p, stop, row[read]);
      if (error != std::errc()) break;
      p = next;
      ++read;
    }
    if (read == count) take(row);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

inline RoadClass class_by_speed(double metres_per_s) {
  if (metres_per_s >= 19) return RoadClass::kMotorway;
  if (metres_per_s >= 15) return RoadClass::kTrunk;
  if (metres_per_s >= 12) return RoadClass::kPrimary;
  if (metres_per_s >= 9) return RoadClass::kSecondary;
  if (metres_per_s >= 7) return RoadClass::kTertiary;
  return RoadClass::kResidential;
}

}  // namespace detail

// 43,620 nodes and 45,771 roads, each an arc either way with its measured seconds (fixed_ms) and metres.
inline std::optional<Graph> hongkong(const std::string& folder = kHongkongFolder) {
  const auto places = detail::unzip(folder + "/Hongkong.co.gz");
  const auto metres = detail::unzip(folder + "/Hongkong.road-d.gz");
  const auto seconds = detail::unzip(folder + "/Hongkong.road-t.gz");
  if (!places || !metres || !seconds) return std::nullopt;

  Draft draft;
  detail::for_rows<2>(*places, [&](const auto& row) { draft.at.push_back({row[1], row[0]}); });
  std::vector<std::array<double, 3>> times;
  detail::for_rows<3>(*seconds, [&](const auto& row) { times.push_back(row); });
  size_t i = 0;
  detail::for_rows<3>(*metres, [&](const auto& row) {
    const auto u = static_cast<Node>(row[0]), v = static_cast<Node>(row[1]);
    const double s = times.at(i++)[2];
    if (u >= v) return;  // the other direction of the same road
    Road road{.road_class = detail::class_by_speed(row[2] / std::max(s, 1e-3)), .flags = kBothWays};
    road.length_dm = static_cast<uint32_t>(std::max(1L, std::lround(row[2] * 10)));
    road.fixed_ms = static_cast<uint32_t>(std::max(1.0, std::ceil(s * 1000)));
    road.source_id = static_cast<int64_t>(i);
    draft.add(u, v, road, std::array{draft.at.at(u), draft.at.at(v)});
  });
  return build_graph(std::move(draft));
}

namespace detail {

struct Edges {
  std::vector<std::pair<Node, Node>> list;
  std::vector<uint32_t> begin, other, edge;  // by node: neighbour and index of the edge
  Node nodes = 0;
};

inline std::optional<Edges> read_pace(const std::string& path) {
  const auto text = unxz(path);
  if (!text) return std::nullopt;
  Edges e;
  if (std::sscanf(text->c_str(), "p tw %u", &e.nodes) != 1) return std::nullopt;
  for_rows<2>(*text, [&](const auto& row) { e.list.emplace_back(static_cast<Node>(row[0]) - 1, static_cast<Node>(row[1]) - 1); });
  e.begin.assign(e.nodes + 1, 0);
  for (const auto& [u, v] : e.list) ++e.begin[u + 1], ++e.begin[v + 1];
  std::partial_sum(e.begin.begin(), e.begin.end(), e.begin.begin());
  e.other.resize(e.list.size() * 2), e.edge.resize(e.list.size() * 2);
  auto next = e.begin;
  for (uint32_t i = 0; i < e.list.size(); ++i) {
    const auto [u, v] = e.list[i];
    e.other[next[u]] = v, e.edge[next[u]++] = i;
    e.other[next[v]] = u, e.edge[next[v]++] = i;
  }
  return e;
}

struct Hops {
  std::vector<uint32_t> far;    // hops from the root
  std::vector<uint32_t> by;     // edge by which a node was reached
  std::vector<Node> order;      // nearest first
};

inline Hops hops_from(const Edges& e, Node root) {
  Hops h{std::vector<uint32_t>(e.nodes, kNone), std::vector<uint32_t>(e.nodes, kNone), {root}};
  h.order.reserve(e.nodes);
  h.far[root] = 0;
  for (size_t i = 0; i < h.order.size(); ++i) {
    const Node u = h.order[i];
    for (uint32_t k = e.begin[u]; k < e.begin[u + 1]; ++k)
      if (const Node v = e.other[k]; h.far[v] == kNone) {
        h.far[v] = h.far[u] + 1, h.by[v] = e.edge[k];
        h.order.push_back(v);
      }
  }
  return h;
}

// For every edge the most nodes that lie behind it in any of the trees: an edge near a trunk carries many.
inline void raise_to_burden(const Edges& e, const Hops& tree, std::vector<uint32_t>& burden) {
  std::vector<uint32_t> behind(e.nodes, 1);
  for (size_t i = tree.order.size(); i-- > 1;) {
    const Node v = tree.order[i];
    const auto [a, b] = e.list[tree.by[v]];
    burden[tree.by[v]] = std::max(burden[tree.by[v]], behind[v]);
    behind[a == v ? b : a] += behind[v];
  }
}

}  // namespace detail

// A connected network in PACE form (`file` of `folder`, unpacked by the xz program) with what the file does not hold,
// made from the seed. Corridors: edges that carry most nodes of twelve breadth-first trees are 90 km/h (2 %) and 50 km/h
// (next 10 %), the rest 20 km/h. Lengths: 30 to 1,500 m, most of them short. Positions in lon 100..112, lat 28..36: from
// differences of hops to four far nodes, so that neighbours are near; they do not agree with the lengths. Profile: car().
inline std::optional<Graph> northwest(const std::string& folder = kNorthwestFolder, uint64_t seed = 1,
                                      const std::string& file = "NW.gr.xz") {
  const auto edges = detail::read_pace(folder + "/" + file);
  if (!edges) return std::nullopt;
  const Node n = edges->nodes;

  const auto farthest = [&](auto far_of) {
    Node best = 0;
    for (Node v = 0; v < n; ++v)
      if (far_of(v) > far_of(best)) best = v;
    return best;
  };
  const auto last = [](const detail::Hops& h) { return h.order.back(); };
  const auto a = detail::hops_from(*edges, last(detail::hops_from(*edges, 0)));
  const auto b = detail::hops_from(*edges, last(a));
  const auto c = detail::hops_from(*edges, farthest([&](Node v) { return std::min(a.far[v], b.far[v]); }));
  const auto d = detail::hops_from(*edges, farthest([&](Node v) { return c.far[v] + std::min(a.far[v], b.far[v]); }));

  Dice dice(seed);
  std::vector<uint32_t> burden(edges->list.size(), 0);
  for (const auto* tree : {&a, &b, &c, &d}) detail::raise_to_burden(*edges, *tree, burden);
  for (int i = 0; i < 8; ++i) detail::raise_to_burden(*edges, detail::hops_from(*edges, dice.below(n)), burden);
  auto sorted = burden;
  std::sort(sorted.begin(), sorted.end(), std::greater<>());
  const uint32_t fast = sorted[sorted.size() / 50], middle = sorted[sorted.size() / 50 * 6];

  Draft draft;
  draft.at.resize(n);
  const auto span_of = [&](const detail::Hops& x, const detail::Hops& y) {
    double low = 0, high = 0;
    for (Node v = 0; v < n; ++v) {
      const double difference = static_cast<double>(x.far[v]) - y.far[v];
      low = std::min(low, difference), high = std::max(high, difference);
    }
    return std::pair(low - 1, high - low + 2);
  };
  const auto [west, width] = span_of(a, b);
  const auto [south, height] = span_of(c, d);
  for (Node v = 0; v < n; ++v) {
    const double x = static_cast<double>(a.far[v]) - b.far[v] + dice.unit(), y = static_cast<double>(c.far[v]) - d.far[v] + dice.unit();
    draft.at[v] = {100 + 12 * (x - west) / width, 28 + 8 * (y - south) / height};
  }
  for (uint32_t i = 0; i < edges->list.size(); ++i) {
    const auto [u, v] = edges->list[i];
    const bool is_fast = burden[i] > fast, is_middle = burden[i] > middle;
    const double x = static_cast<double>(Dice::mix(seed * 0x9e3779b97f4a7c15 + i) >> 11) * 0x1p-53;
    Road road{.road_class = is_fast ? RoadClass::kMotorway : is_middle ? RoadClass::kSecondary : RoadClass::kResidential,
              .flags = kBothWays};
    road.limit_kmh = is_fast ? 90 : is_middle ? 50 : 20;
    road.length_dm = static_cast<uint32_t>(300 * std::pow(50, x * x));
    road.source_id = i;
    draft.add(u, v, road, std::array{draft.at[u], draft.at[v]});
  }
  return build_graph(std::move(draft));
}

// About so many junctions on a bent grid near 104 E, 30.5 N, with gaps, diagonals, one-ways, bridges, tunnels, ferries,
// limits, private and closed roads, parallel roads, and turn rules. Not always connected.
inline Graph random_graph(uint32_t nodes, uint64_t seed) {
  Dice dice(seed);
  const auto width = std::max(2U, static_cast<uint32_t>(std::lround(std::sqrt(nodes))));
  const uint32_t height = std::max(2U, (nodes + width - 1) / width);
  constexpr double kStep = 0.003;
  Draft draft;
  for (uint32_t y = 0; y < height; ++y)
    for (uint32_t x = 0; x < width; ++x)
      draft.at.push_back({104 + kStep * (x + 0.6 * (dice.unit() - 0.5)), 30.5 + kStep * (y + 0.6 * (dice.unit() - 0.5))});

  const auto road_between = [&](Node u, Node v, bool corridor) {
    static constexpr std::array kClasses = {RoadClass::kResidential, RoadClass::kUnclassified, RoadClass::kService,
                                            RoadClass::kTertiary,    RoadClass::kTrack,        RoadClass::kFootway,
                                            RoadClass::kSteps,       RoadClass::kLivingStreet};
    Road road{.road_class = corridor ? (dice.one_in(0.5) ? RoadClass::kPrimary : RoadClass::kTrunk) : kClasses[dice.below(kClasses.size())],
              .flags = kBothWays};
    if (road.road_class == RoadClass::kFootway || road.road_class == RoadClass::kSteps) road.flags = kFootForward | kFootBackward;
    if (dice.one_in(0.03)) road.road_class = RoadClass::kFerry, road.fixed_ms = 60'000 + dice.below(1'200'000);
    if (dice.one_in(0.12)) road.flags &= static_cast<uint16_t>(dice.one_in(0.5) ? ~kMotorBackward : ~kMotorForward);
    if (dice.one_in(0.05)) road.flags |= kBridge, road.layer = 129, road.max_weight_kg = 1000 * (2 + dice.below(40));
    if (dice.one_in(0.03)) road.flags |= kTunnel, road.max_height_cm = static_cast<uint16_t>(200 + dice.below(300));
    if (dice.one_in(0.03)) road.max_width_cm = static_cast<uint16_t>(180 + dice.below(120));
    if (dice.one_in(0.04)) road.flags |= kPrivate;
    if (dice.one_in(0.03)) road.flags |= kEmergencyOnly;
    if (dice.one_in(0.05)) road.flags |= kNoTruck;
    if (dice.one_in(0.03)) road.flags |= kNoHazmat;
    if (dice.one_in(0.15)) road.flags |= kUnpaved;
    if (dice.one_in(0.3)) road.limit_kmh = static_cast<uint8_t>(10 * (1 + dice.below(9)));
    road.name = draft.names.index_of(dice.one_in(0.3) ? std::string() : "路" + std::to_string(dice.below(width + height)));
    road.source_id = static_cast<int64_t>(draft.roads.size()) + 1;
    std::vector<LonLat> points = {draft.at[u], draft.at[v]};
    if (dice.one_in(0.5))
      points.insert(points.begin() + 1, {(points[0].lon + points[1].lon) / 2 + kStep * 0.2 * (dice.unit() - 0.5),
                                         (points[0].lat + points[1].lat) / 2 + kStep * 0.2 * (dice.unit() - 0.5)});
    draft.add(u, v, road, points);
  };
  for (uint32_t y = 0; y < height; ++y)
    for (uint32_t x = 0; x < width; ++x) {
      const Node u = y * width + x;
      if (x + 1 < width && dice.one_in(0.88)) road_between(u, u + 1, y % 7 == 0);
      if (y + 1 < height && dice.one_in(0.88)) road_between(u, u + width, x % 7 == 0);
      if (x + 1 < width && y + 1 < height && dice.one_in(0.06)) road_between(u, u + width + 1, false);
      if (x + 1 < width && dice.one_in(0.01)) road_between(u, u + 1, false);
    }

  // Pairs of directions that meet.
  std::vector<std::vector<Along>> leaving(draft.at.size());
  for (RoadIndex r = 0; r < draft.roads.size(); ++r) {
    leaving[draft.from[r]].push_back(2 * r);
    leaving[draft.to[r]].push_back(2 * r + 1);
  }
  for (const auto& here : leaving)
    if (here.size() >= 3 && dice.one_in(0.12)) {
      const auto pick = [&] { return here[dice.below(static_cast<uint32_t>(here.size()))]; };
      const Along back = pick();
      for (uint32_t k = 0, rules = 1 + dice.below(2); k < rules; ++k) draft.turns.push_back({reverse(back), pick(), dice.one_in(0.25)});
    }
  return build_graph(std::move(draft));
}

}  // namespace anlan::roads::fixture
