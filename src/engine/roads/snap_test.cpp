#include "roads/snap.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstdio>

#include "roads/road_fixture.h"

namespace anlan::roads {
namespace {

using ::testing::HasSubstr;

// Metres from a point to a road, by halving each of its segments until nothing is left of it.
double brute_distance_m(const Graph& graph, RoadIndex road, LonLat at) {
  double best = 1e12;
  const auto shape = graph.shape_of(road);
  for (size_t i = 0; i + 1 < shape.size(); ++i) {
    LonLat a = shape[i], b = shape[i + 1];
    const auto mix = [&](double t) { return LonLat{a.lon + t * (b.lon - a.lon), a.lat + t * (b.lat - a.lat)}; };
    double low = 0, high = 1;
    for (int k = 0; k < 60; ++k) {
      const double third = (high - low) / 3;
      (distance_m(at, mix(low + third)) < distance_m(at, mix(high - third)) ? high : low) =
          distance_m(at, mix(low + third)) < distance_m(at, mix(high - third)) ? high - third : low + third;
    }
    best = std::min(best, distance_m(at, mix(low)));
  }
  return best;
}

TEST(Snap, EqualsLookingAtEveryRoad) {
  for (uint64_t seed = 1; seed <= 6; ++seed) {
    const Graph graph = fixture::random_graph(150, seed);
    const SnapIndex index(graph);
    const auto car = weights(graph, fixture::car());
    const ArcsOfRoads arcs = arcs_of_roads(graph);
    fixture::Dice dice(seed);
    for (int asked = 0; asked < 40; ++asked) {
      // Among the roads, beside them, and far away.
      const double spread = asked % 4 == 0 ? 0.3 : 0.05;
      const LonLat at{104 + spread * (dice.unit() - 0.2), 30.5 + spread * (dice.unit() - 0.2)};
      double any = 1e12, open = 1e12;
      for (RoadIndex r = 0; r < graph.roads.size(); ++r) {
        const double metres = brute_distance_m(graph, r, at);
        any = std::min(any, metres);
        for (const Arc a : arcs.of(r))
          if (car[a] != kUnreachable) open = std::min(open, metres);
      }
      const Snap snap = index.snap(at, car, {.radius_m = 300, .search_m = 100'000});
      ASSERT_TRUE(snap.nearest && snap.point);
      EXPECT_NEAR(snap.nearest->distance_m, any, 0.01 + any * 5e-4);
      EXPECT_NEAR(snap.point->distance_m, open, 0.01 + open * 5e-4);
      EXPECT_NEAR(distance_m(at, snap.point->at), snap.point->distance_m, 0.01 + open * 5e-4);
      EXPECT_EQ(snap.reason, open <= 300 ? SnapReason::kFound : any <= 300 ? SnapReason::kClosed : SnapReason::kTooFar);
      EXPECT_EQ(text_of(snap, graph, 300, true).empty(), snap.reason == SnapReason::kFound && !snap.nearest_closed);
      EXPECT_EQ(snap.arcs.empty(), snap.reason != SnapReason::kFound);
      for (const ArcPoint& p : snap.arcs) {
        EXPECT_EQ(p.from_tail_ms + p.to_head_ms, car[p.arc]);
        EXPECT_EQ(graph.road_of(p.arc), snap.point->road);
      }
    }
  }
}

// Two parallel roads 20 m apart, one each way, and a footway between them.
Graph dual_carriageway() {
  Draft draft;
  const double lat = 30, step = 20 / 111'195.0;
  const auto row = [&](double y) {
    draft.at.push_back({104, y});
    draft.at.push_back({104.01, y});
    return static_cast<Node>(draft.at.size() - 2);
  };
  const Node south = row(lat), north = row(lat + step), middle = row(lat + step / 2);
  const auto name = draft.names.index_of("滨江路"), path = draft.names.index_of("绿道");
  draft.add(south, south + 1, {.road_class = RoadClass::kPrimary, .flags = kMotorForward, .name = name},
            std::array{draft.at[south], draft.at[south + 1]});
  draft.add(north, north + 1, {.road_class = RoadClass::kPrimary, .flags = kMotorBackward, .name = name},
            std::array{draft.at[north], draft.at[north + 1]});
  draft.add(middle, middle + 1, {.road_class = RoadClass::kFootway, .flags = kFootForward | kFootBackward, .name = path},
            std::array{draft.at[middle], draft.at[middle + 1]});
  return build_graph(std::move(draft));
}

TEST(Snap, HeadingChoosesTheCarriageway) {
  const Graph graph = dual_carriageway();
  const SnapIndex index(graph);
  const auto car = weights(graph, fixture::car());
  const LonLat near_south{104.0025, 30 + 2 / 111'195.0};
  EXPECT_EQ(index.snap(near_south, car).point->road, 0u);
  EXPECT_EQ(index.snap(near_south, car, {.heading_deg = 90}).point->road, 0u);
  EXPECT_EQ(index.snap(near_south, car, {.heading_deg = 275}).point->road, 1u) << "westbound is the northern one";
  EXPECT_EQ(index.snap(near_south, car, {.heading_deg = 0}).point->road, 0u) << "no road runs that way";
  const Snap snap = index.snap(near_south, car);
  EXPECT_NEAR(snap.point->fraction, 0.25, 1e-6);
  ASSERT_EQ(snap.arcs.size(), 1u);
  EXPECT_NEAR(snap.arcs[0].from_tail_ms, car[snap.arcs[0].arc] * 0.25, 1);
  const Snap west = index.snap(near_south, car, {.heading_deg = 275});
  EXPECT_NEAR(west.arcs[0].from_tail_ms, car[west.arcs[0].arc] * 0.75, 1) << "it runs against its shape";
}

TEST(Snap, ReasonsInWords) {
  const Graph graph = dual_carriageway();
  const SnapIndex index(graph);
  const auto car = weights(graph, fixture::car()), foot = weights(graph, fixture::walker());
  const LonLat on_path{104.005, 30 + 10 / 111'195.0};
  const Snap other = index.snap(on_path, car);
  EXPECT_EQ(other.reason, SnapReason::kFound);
  EXPECT_THAT(text_of(other, graph, 500, true), HasSubstr("绿道）禁止该车辆通行，已改用 10 米外的滨江路"));
  EXPECT_EQ(text_of(index.snap(on_path, foot), graph, 500, true), "");
  const Snap closed = index.snap(on_path, car, {.radius_m = 5});
  EXPECT_EQ(closed.reason, SnapReason::kClosed);
  EXPECT_THAT(text_of(closed, graph, 5, false), HasSubstr("closed to this vehicle"));
  const Snap far = index.snap({104.005, 30.05}, car);
  EXPECT_EQ(far.reason, SnapReason::kTooFar);
  EXPECT_THAT(text_of(far, graph, 500, true), HasSubstr("在 5.5 公里外"));
  EXPECT_THAT(text_of(index.snap({10, 30}, car), graph, 500, true), HasSubstr("没有可通行"));
  const Graph none;
  EXPECT_EQ(SnapIndex(none).snap({104, 30}, {}).reason, SnapReason::kNoRoads);
  EXPECT_EQ(index.snap({1000, 30}, car).reason, SnapReason::kNoRoads);
}

TEST(Snap, RoadsInABox) {
  const Graph graph = fixture::random_graph(300, 9);
  const SnapIndex index(graph);
  fixture::Dice dice(4);
  for (int asked = 0; asked < 50; ++asked) {
    const LonLat low{104 + 0.05 * dice.unit(), 30.5 + 0.05 * dice.unit()}, high{low.lon + 0.01 * dice.unit(), low.lat + 0.01 * dice.unit()};
    std::vector<RoadIndex> expected;
    for (RoadIndex r = 0; r < graph.roads.size(); ++r) {
      bool inside = false;
      const auto shape = graph.shape_of(r);
      for (size_t i = 0; i + 1 < shape.size(); ++i)
        for (int k = 0; k <= 2000; ++k) {
          const double t = k / 2000.0, lon = shape[i].lon + t * (shape[i + 1].lon - shape[i].lon),
                       lat = shape[i].lat + t * (shape[i + 1].lat - shape[i].lat);
          inside |= lon >= low.lon && lon <= high.lon && lat >= low.lat && lat <= high.lat;
        }
      if (inside) expected.push_back(r);
    }
    const auto found = index.roads_in(low, high);
    // A corner that is touched between two of the 2,000 points is found by the index alone.
    EXPECT_TRUE(std::includes(found.begin(), found.end(), expected.begin(), expected.end()));
    EXPECT_LE(found.size(), expected.size() + 1);
  }
}

TEST(Snap, HongkongQuickly) {
  const auto graph = fixture::hongkong();
  if (!graph) GTEST_SKIP() << "no ../shared/data/roads/hongkong";
  using Clock = std::chrono::steady_clock;
  const auto begin = Clock::now();
  const SnapIndex index(*graph);
  const auto built = Clock::now();
  const auto car = weights(*graph, fixture::car());
  fixture::Dice dice(1);
  size_t found = 0;
  const auto asking = Clock::now();
  for (int i = 0; i < 10'000; ++i)
    found +=
        index.snap({114.117 + 0.143 * dice.unit(), 22.196 + 0.099 * dice.unit()}, car, {.radius_m = 2000}).reason == SnapReason::kFound;
  const double us = std::chrono::duration<double, std::micro>(Clock::now() - asking).count() / 10'000;
  std::printf("Hong Kong: %zu roads indexed in %.1f ms, %.1f us a point\n", graph->roads.size(),
              std::chrono::duration<double, std::milli>(built - begin).count(), us);
  EXPECT_GT(found, 8'000u);
  for (Node v = 0; v < graph->nodes(); v += 97) {
    const Snap snap = index.snap(graph->at[v], car);
    ASSERT_EQ(snap.reason, SnapReason::kFound);
    EXPECT_LT(snap.point->distance_m, 1e-6);
  }
}

}  // namespace
}  // namespace anlan::roads
