#include "roads/graph_build.h"

#include <gtest/gtest.h>

#include <set>

#include "roads/road_fixture.h"

namespace anlan::roads {
namespace {

// A crossroads: junction 0 in the middle, 1 north, 2 east, 3 south, 4 west; road i - 1 runs from 0 to i.
Draft crossroads() {
  Draft draft;
  draft.at = {{0, 0}, {0, 0.01}, {0.01, 0}, {0, -0.01}, {-0.01, 0}};
  for (Node v = 1; v < 5; ++v) draft.add(0, v, {.flags = fixture::kBothWays}, std::array{draft.at[0], draft.at[v]});
  return draft;
}
std::set<Node> reached_without_banned(const Graph& graph, Node from) {
  std::set<Node> out;
  for (Arc a = graph.first[from]; a < graph.first[from + 1]; ++a)
    if (!graph.turn_banned[a]) out.insert(graph.head[a]);
  return out;
}
void check_invariants(const Graph& graph) {
  ASSERT_EQ(graph.first.front(), 0u);
  ASSERT_EQ(graph.first.back(), graph.arcs());
  ASSERT_EQ(graph.along.size(), graph.arcs());
  ASSERT_EQ(graph.turn_banned.size(), graph.arcs());
  ASSERT_EQ(graph.at.size(), graph.nodes());
  ASSERT_EQ(graph.shape_first.size(), graph.roads.size() + 1);
  for (Node v = 0; v < graph.nodes(); ++v)
    for (Arc a = graph.first[v]; a < graph.first[v + 1]; ++a) {
      const auto shape = graph.shape_of(graph.road_of(a));
      ASSERT_EQ(graph.at[v], graph.backward(a) ? shape.back() : shape.front());
      ASSERT_EQ(graph.at[graph.head[a]], graph.backward(a) ? shape.front() : shape.back());
    }
}

TEST(GraphBuild, OneArcForEachOpenDirection) {
  Draft draft = crossroads();
  draft.roads[0].flags = kMotorForward;
  draft.roads[1].flags = kFootBackward;
  draft.roads[2].flags = 0;
  const Graph graph = build_graph(std::move(draft));
  check_invariants(graph);
  EXPECT_EQ(graph.nodes(), 5u);
  EXPECT_EQ(graph.arcs(), 4u);
  EXPECT_NEAR(graph.roads[0].length_dm, 11'120, 1);
  EXPECT_EQ(build_graph({}).nodes(), 0u);
}

TEST(GraphBuild, AForbiddenTurnBindsOnlyThoseWhoArriveThere) {
  Draft draft = crossroads();
  draft.turns = {{1, 2, false}};  // from the north (road 0 backward) not to the east (road 1 forward)
  const Graph graph = build_graph(std::move(draft));
  check_invariants(graph);
  ASSERT_EQ(graph.nodes(), 6u);
  EXPECT_EQ(reached_without_banned(graph, 1), std::set<Node>{5}) << "arrives at the copy";
  EXPECT_EQ(reached_without_banned(graph, 5), (std::set<Node>{1, 3, 4}));
  EXPECT_EQ(reached_without_banned(graph, 0), (std::set<Node>{1, 2, 3, 4}));
  EXPECT_EQ(reached_without_banned(graph, 2), std::set<Node>{0});
}

TEST(GraphBuild, OnlyLeavesOneTurnAndTurningBack) {
  Draft draft = crossroads();
  draft.turns = {{1, 4, true}, {5, 4, false}};
  const Graph graph = build_graph(std::move(draft));
  check_invariants(graph);
  ASSERT_EQ(graph.nodes(), 7u);
  // Node 5: arrived from the north; node 6: arrived from the south, where turning back is forbidden.
  EXPECT_EQ(reached_without_banned(graph, 5), (std::set<Node>{1, 3}));
  EXPECT_EQ(reached_without_banned(graph, 6), (std::set<Node>{1, 2, 4}));
}

TEST(GraphBuild, FixturesKeepTheInvariants) {
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    const Graph graph = fixture::random_graph(200, seed);
    check_invariants(graph);
    EXPECT_GT(graph.nodes(), 200u) << "some junctions are split";
  }
  const auto hongkong = fixture::hongkong();
  if (!hongkong) GTEST_SKIP() << "no ../shared/data/roads/hongkong";
  check_invariants(*hongkong);
  EXPECT_EQ(hongkong->nodes(), 43'620u);
  EXPECT_EQ(hongkong->arcs(), 91'542u);
}

}  // namespace
}  // namespace anlan::roads
