#include "roads/contour.h"

#include <geos_c.h>
#include <gtest/gtest.h>

#include <cmath>
#include <numbers>
#include <queue>

#include "roads/contour_field.h"
#include "roads/profile.h"
#include "roads/road_fixture.h"

namespace anlan::roads {
namespace {

using fixture::Dice;

std::vector<Reached> dijkstra(const Graph& graph, const std::vector<Weight>& weight, Node source, Weight limit) {
  std::vector<Weight> ms(graph.nodes(), kUnreachable);
  std::priority_queue<std::pair<Weight, Node>, std::vector<std::pair<Weight, Node>>, std::greater<>> queue;
  std::vector<Reached> out;
  queue.push({ms[source] = 0, source});
  while (!queue.empty()) {
    const auto [d, u] = queue.top();
    queue.pop();
    if (d > ms[u]) continue;
    out.push_back({u, d});
    for (Arc a = graph.first[u]; a < graph.first[u + 1]; ++a)
      if (weight[a] < kUnreachable && d + weight[a] <= limit && d + weight[a] < ms[graph.head[a]])
        queue.push({ms[graph.head[a]] = d + weight[a], graph.head[a]});
  }
  return out;
}

// Crossings of a parallel east of the point.
bool in_ring(const std::vector<LonLat>& ring, LonLat p) {
  bool in = false;
  for (size_t i = 1; i < ring.size(); ++i) {
    const LonLat a = ring[i - 1], b = ring[i];
    if ((a.lat > p.lat) != (b.lat > p.lat) && p.lon < a.lon + (p.lat - a.lat) / (b.lat - a.lat) * (b.lon - a.lon)) in = !in;
  }
  return in;
}
// For many points: edges by bands of latitude.
class Inside {
 public:
  explicit Inside(const std::vector<ContourPolygon>& polygons) {
    for (const auto& polygon : polygons) {
      add(polygon.outer);
      for (const auto& hole : polygon.holes) add(hole);
    }
    for (const auto& [a, b] : edges_) south_ = std::min({south_, a.lat, b.lat}), north_ = std::max({north_, a.lat, b.lat});
    for (uint32_t e = 0; e < edges_.size(); ++e)
      for (size_t i = band(std::min(edges_[e].first.lat, edges_[e].second.lat)); i <= band(std::max(edges_[e].first.lat, edges_[e].second.lat)); ++i)
        bands_[i].push_back(e);
  }
  bool operator()(LonLat p) const {
    if (!(p.lat >= south_ && p.lat <= north_)) return false;
    bool in = false;
    for (const uint32_t e : bands_[band(p.lat)]) {
      const auto& [a, b] = edges_[e];
      if ((a.lat > p.lat) != (b.lat > p.lat) && p.lon < a.lon + (p.lat - a.lat) / (b.lat - a.lat) * (b.lon - a.lon)) in = !in;
    }
    return in;
  }

 private:
  void add(const std::vector<LonLat>& ring) {
    for (size_t i = 1; i < ring.size(); ++i) edges_.emplace_back(ring[i - 1], ring[i]);
  }
  size_t band(double lat) const { return std::min(bands_.size() - 1, static_cast<size_t>((lat - south_) / (north_ - south_) * 1000)); }
  std::vector<std::pair<LonLat, LonLat>> edges_;
  std::vector<std::vector<uint32_t>> bands_ = std::vector<std::vector<uint32_t>>(1000);
  double south_ = 90, north_ = -90;
};

double signed_area(const std::vector<LonLat>& ring) {
  double twice = 0;
  for (size_t i = 1; i < ring.size(); ++i)
    twice += (ring[i - 1].lon - ring[0].lon) * (ring[i].lat - ring[0].lat) - (ring[i].lon - ring[0].lon) * (ring[i - 1].lat - ring[0].lat);
  return twice / 2;
}

// Valid by the rules of Simple Features: as one multipolygon, so polygons may not overlap either.
void expect_valid(const std::vector<ContourPolygon>& polygons) {
  GEOSContextHandle_t geos = GEOS_init_r();
  const auto ring = [&](const std::vector<LonLat>& points) {
    return GEOSGeom_createLinearRing_r(geos, GEOSCoordSeq_copyFromBuffer_r(geos, &points[0].lon, static_cast<unsigned>(points.size()), 0, 0));
  };
  std::vector<GEOSGeometry*> parts;
  for (const auto& polygon : polygons) {
    EXPECT_EQ(polygon.outer.front(), polygon.outer.back());
    EXPECT_GT(signed_area(polygon.outer), 0);
    std::vector<GEOSGeometry*> holes;
    for (const auto& hole : polygon.holes) {
      EXPECT_EQ(hole.front(), hole.back());
      EXPECT_LT(signed_area(hole), 0);
      holes.push_back(ring(hole));
    }
    parts.push_back(GEOSGeom_createPolygon_r(geos, ring(polygon.outer), holes.data(), static_cast<unsigned>(holes.size())));
  }
  GEOSGeometry* all = GEOSGeom_createCollection_r(geos, GEOS_MULTIPOLYGON, parts.data(), static_cast<unsigned>(parts.size()));
  char* reason = GEOSisValidReason_r(geos, all);
  EXPECT_STREQ(reason, "Valid Geometry");
  GEOSFree_r(geos, reason);
  GEOSGeom_destroy_r(geos, all);
  GEOS_finish_r(geos);
}

struct Tally {
  size_t wrong = 0, excused = 0, right = 0;
};

// Every node on its side of the border, but for those with a node of the other kind within the tolerance.
Tally check_nodes(const Graph& graph, const std::vector<Reached>& reached, Weight limit, const Contours& contours, size_t index) {
  std::vector<uint8_t> is_reached(graph.nodes(), 0);
  for (const auto& r : reached)
    if (r.ms <= limit) is_reached[r.node] = 1;
  const Junctions junctions(graph);
  const double tolerance = contours.tolerance_m, per_degree = 111'195.08;
  // The drawer's local plane has the cosine of its middle latitude; a thousandth covers the difference.
  const auto excused = [&](Node v) {
    const LonLat p = graph.at[v];
    const double cosine = std::cos(p.lat * std::numbers::pi / 180), d = tolerance / per_degree * 1.001;
    bool found = false;
    junctions.near({p.lon - d / cosine, p.lat - d, p.lon + d / cosine, p.lat + d}, [&](const Junctions::Spot& s) {
      if (is_reached[s.node] == is_reached[v]) return;
      found |= std::hypot((graph.at[s.node].lon - p.lon) * cosine, graph.at[s.node].lat - p.lat) <= d;
    });
    return found;
  };
  const Inside inside(contours.of_limit[index]);
  Tally tally;
  for (Node v = 0; v < graph.nodes(); ++v) {
    if (inside(graph.at[v]) == (is_reached[v] != 0)) ++tally.right;
    else if (excused(v)) ++tally.excused;
    else ++tally.wrong;
  }
  return tally;
}

// Points of the smaller border lie within a cell of the larger polygon.
void expect_nested(const Contours& c) {
  for (size_t i = 1; i < c.of_limit.size(); ++i) {
    const Inside larger(c.of_limit[i]);
    const double dy = c.cell_m / 111'195.08;
    for (const auto& polygon : c.of_limit[i - 1])
      for (const LonLat p : polygon.outer) {
        bool near = false;
        const double dx = dy / std::cos(p.lat * std::numbers::pi / 180);
        for (int k = 0; k < 16 && !near; ++k) {
          const double angle = k * std::numbers::pi / 8;
          near = larger({p.lon + dx * std::cos(angle), p.lat + dy * std::sin(angle)});
        }
        EXPECT_TRUE(near || larger(p));
      }
  }
}

TEST(Contour, FieldIsTheNearestPointOfEveryCell) {
  Dice dice(7);
  for (int round = 0; round < 60; ++round) {
    const double reach = 1 + dice.unit() * 21;
    const int margin = static_cast<int>(std::ceil(reach)) + 2, width = 2 * margin + 1 + static_cast<int>(dice.below(90)),
              height = 2 * margin + 1 + static_cast<int>(dice.below(60));
    Field field;
    field.reset(width, height, reach);
    for (uint32_t i = 0, n = 1 + dice.below(200); i < n; ++i)
      field.put(static_cast<float>(margin + dice.unit() * (width - 2 * margin)), static_cast<float>(margin + dice.unit() * (height - 2 * margin)),
                static_cast<uint8_t>(dice.below(4)), dice.one_in(0.5) ? Field::kJunction : Field::kBetween);
    field.spread();
    for (int y = 0; y < height; ++y)
      for (int x = 0; x < width; ++x) {
        int best = 1 << 20;
        for (int v = 0; v < height; ++v)
          for (int u = 0; u < width; ++u)
            if (const auto kind = field.kinds[static_cast<size_t>(v * width + u)]; kind != Field::kEmpty && std::abs(u - x) <= Field::kReachMax && std::abs(v - y) <= Field::kReachMax)
              best = std::min(best, (u - x) * (u - x) + (v - y) * (v - y) + (kind == Field::kBetween ? Field::kBetweenPenalty : 0));
        const auto owner = field.owner(x, y);
        if (best > std::floor(reach * reach) + Field::kBetweenPenalty) {
          ASSERT_EQ(owner.kind, Field::kEmpty);
          ASSERT_EQ(field.level[static_cast<size_t>(y * width + x)], Field::kUnreachedLevel);
          continue;
        }
        const int u = static_cast<int>(owner.at.x), v = static_cast<int>(owner.at.y);
        ASSERT_EQ((u - x) * (u - x) + (v - y) * (v - y) + (owner.kind == Field::kBetween ? Field::kBetweenPenalty : 0), best);
        ASSERT_EQ(field.level[static_cast<size_t>(y * width + x)], field.site_level[static_cast<size_t>(v * width + u)]);
      }
  }
}

TEST(Contour, RandomNetworks) {
  size_t all = 0, excused = 0;
  for (uint64_t seed = 1; seed <= 300; ++seed) {
    Dice dice(seed);
    const Graph graph = fixture::random_graph(50 + dice.below(1500), seed);
    const auto weight = weights(graph, seed % 3 == 0 ? fixture::walker() : fixture::car());
    const Junctions junctions(graph);
    ContourDrawer drawer(graph, junctions);
    for (int round = 0; round < 2; ++round) {
      const Weight longest = 30'000 + dice.below(1'800'000);
      const std::vector<Weight> limits = {longest / 3, longest / 2, longest};
      const auto reached = dijkstra(graph, weight, dice.below(graph.nodes()), longest);
      ContourOptions options;
      options.reach_m = 20 + dice.unit() * 600;
      options.cells_max = dice.one_in(0.5) ? 1 << 20 : 10'000;
      options.hole_min_m2 = dice.unit() * 500'000;
      const auto contours = drawer.draw(reached, weight, limits, options);
      ASSERT_TRUE(contours.ok());
      for (size_t i = 0; i < limits.size(); ++i) {
        expect_valid(contours->of_limit[i]);
        const Tally tally = check_nodes(graph, reached, limits[i], *contours, i);
        ASSERT_EQ(tally.wrong, 0U) << "seed " << seed << " limit " << limits[i];
        all += graph.nodes(), excused += tally.excused;
        for (const auto& polygon : contours->of_limit[i])
          EXPECT_TRUE(std::any_of(reached.begin(), reached.end(), [&](const Reached& r) { return in_ring(polygon.outer, graph.at[r.node]); }));
      }
      expect_nested(*contours);
    }
  }
  EXPECT_LT(excused, all / 50);
}

TEST(Contour, HongKong) {
  const auto graph = fixture::hongkong();
  if (!graph) GTEST_SKIP() << "no " << fixture::kHongkongFolder;
  const auto weight = weights(*graph, fixture::car());
  const Junctions junctions(*graph);
  ContourDrawer drawer(*graph, junctions);
  Dice dice(3);
  for (int round = 0; round < 6; ++round) {
    const std::vector<Weight> limits = {300'000, 600'000, 1'200'000, 1'800'000};
    const auto reached = dijkstra(*graph, weight, round == 0 ? 0 : dice.below(graph->nodes()), limits.back());
    const auto contours = drawer.draw(reached, weight, limits);
    ASSERT_TRUE(contours.ok());
    expect_nested(*contours);
    for (size_t i = 0; i < limits.size(); ++i) {
      expect_valid(contours->of_limit[i]);
      const Tally tally = check_nodes(*graph, reached, limits[i], *contours, i);
      EXPECT_EQ(tally.wrong, 0U);
      EXPECT_LT(tally.excused, graph->nodes() / 20);
    }
  }
}

TEST(Contour, TheWayBackEqualsTheWayThereOnTwoWayRoads) {
  const auto graph = fixture::hongkong();
  if (!graph) GTEST_SKIP() << "no " << fixture::kHongkongFolder;
  const auto weight = weights(*graph, fixture::car());  // symmetric here
  const Junctions junctions(*graph);
  ContourDrawer drawer(*graph, junctions);
  const std::vector<Weight> limits = {200'000};
  const auto reached = dijkstra(*graph, weight, 1000, limits.back());
  const auto there = drawer.draw(reached, weight, limits);
  const auto back = drawer.draw(reached, weight, limits, {.towards = true});
  ASSERT_TRUE(there.ok() && back.ok());
  EXPECT_EQ(check_nodes(*graph, reached, limits[0], *back, 0).wrong, 0U);
  double a = 0, b = 0;
  for (const auto& p : there->of_limit[0]) a += signed_area(p.outer);
  for (const auto& p : back->of_limit[0]) b += signed_area(p.outer);
  EXPECT_NEAR(a, b, a / 50);
}

TEST(Contour, NothingReachedGivesNothing) {
  const Graph graph = fixture::random_graph(100, 1);
  const auto weight = weights(graph, fixture::car());
  const Junctions junctions(graph);
  ContourDrawer drawer(graph, junctions);
  const std::vector<Weight> limits = {1000, 2000};
  const auto none = drawer.draw({}, weight, limits);
  ASSERT_TRUE(none.ok());
  EXPECT_EQ(none->of_limit.size(), 2U);
  EXPECT_TRUE(none->of_limit[0].empty() && none->of_limit[1].empty());
  const auto one = drawer.draw(std::vector<Reached>{{5, 1500}}, weight, limits);
  ASSERT_TRUE(one.ok());
  EXPECT_TRUE(one->of_limit[0].empty());
  EXPECT_EQ(one->of_limit[1].size(), 1U);
  EXPECT_FALSE(drawer.draw({}, weight, {}).ok());
  EXPECT_FALSE(drawer.draw({}, weight, std::vector<Weight>{2, 1}).ok());
  EXPECT_FALSE(drawer.draw({}, weight, limits, {.reach_m = std::nan("")}).ok());
}

}  // namespace
}  // namespace anlan::roads
