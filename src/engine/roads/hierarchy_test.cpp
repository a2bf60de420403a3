// Every kind of query equals plain Dijkstra, on seeded networks with everything a road can have, and after closures.
#include "roads/hierarchy.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <thread>

#include "base/hash.h"
#include "roads/alternatives.h"
#include "roads/index_file.h"
#include "roads/live_metric.h"
#include "roads/many.h"
#include "roads/order.h"
#include "roads/osm_graph.h"
#include "roads/plain_search.h"
#include "roads/profile.h"
#include "roads/road_fixture.h"
#include "roads/route_query.h"

namespace anlan::roads {
namespace {

using fixture::Dice;

struct Case {
  Graph graph;
  std::vector<Node> tail;
  Hierarchy hierarchy;
  std::vector<Weight> weights;

  explicit Case(Graph g, const Profile& profile = fixture::car()) : graph(std::move(g)), tail(tails(graph)) {
    auto built = build_hierarchy(graph);
    EXPECT_TRUE(built.ok());
    hierarchy = std::move(*built);
    weights = roads::weights(graph, profile);
  }
  Node any(Dice& dice) const { return dice.below(graph.nodes()); }
};

void expect_same(const Metric& a, const Metric& b) {
  EXPECT_EQ(a.input, b.input);
  EXPECT_EQ(a.up, b.up);
  EXPECT_EQ(a.down, b.down);
}

// All answers of one start against one plain search.
void check_from(const Case& c, const Metric& metric, Node from, Dice& dice, Weight limit) {
  std::vector<Weight> plain;
  const Start start{from, 0};
  plain_search(c.graph, metric.input, {&start, 1}, plain);
  RouteQuery query(c.hierarchy);
  for (int i = 0; i < 12; ++i) {
    const Node to = c.any(dice);
    EXPECT_EQ(query.distance(metric, from, to), plain[to]);
    const Start target{to, 0};
    const auto route = query.route(metric, {&start, 1}, {&target, 1});
    ASSERT_EQ(route.ms, plain[to]);
    Node at = from;
    uint64_t sum = 0;
    for (const Arc a : route.arcs) {
      ASSERT_EQ(c.tail[a], at);
      at = c.graph.head[a];
      sum += metric.input[a];
    }
    if (plain[to] < kUnreachable) {
      EXPECT_EQ(at, to);
      EXPECT_EQ(sum, plain[to]);
    } else {
      EXPECT_TRUE(route.arcs.empty());
    }
  }
  ReachQuery reach(c.hierarchy);
  for (const Direction direction : {Direction::kFrom, Direction::kTo}) {
    std::vector<Weight> expected = plain;
    if (direction == Direction::kTo) {
      const auto back = reversed(c.graph, metric.input);
      plain_search(back.graph, back.weights, {&start, 1}, expected);
    }
    size_t within = 0;
    for (const Weight w : expected) within += w <= limit;
    const auto& reached = reach.reach(metric, {&start, 1}, limit, direction);
    EXPECT_EQ(reached.size(), within);
    for (const auto& r : reached) EXPECT_EQ(r.ms, expected[r.node]);
  }
}

TEST(Hierarchy, AnswersEqualPlainSearchOnManyNetworks) {
  for (uint64_t seed = 1; seed <= 150; ++seed) {
    SCOPED_TRACE(seed);
    Dice dice(seed);
    const Profile profiles[] = {fixture::car(), fixture::walker(), fixture::truck()};
    const Case c(fixture::random_graph(4 + dice.below(400), seed), profiles[seed % 3]);
    const Metric metric = customise(c.hierarchy, c.weights, 1 + static_cast<int>(seed % 2));
    for (int i = 0; i < 4; ++i) check_from(c, metric, c.any(dice), dice, 1 + dice.below(1'200'000));
  }
}

TEST(Hierarchy, ClosingAndOpeningEqualsAnIndexBuiltFresh) {
  for (uint64_t seed = 1; seed <= 60; ++seed) {
    SCOPED_TRACE(seed);
    Dice dice(seed * 7919);
    const Case c(fixture::random_graph(20 + dice.below(600), seed));
    Metric metric = customise(c.hierarchy, c.weights);
    Recustomiser change(c.hierarchy);
    auto now = c.weights;
    for (int turn = 0; turn < 8; ++turn) {
      std::vector<ArcChange> changes;
      for (uint32_t i = dice.below(60); i > 0; --i) {
        const Arc a = dice.below(c.graph.arcs());
        const uint32_t how = dice.below(4);
        const Weight ms = how == 0 ? kUnreachable : how == 1 ? c.weights[a] : how == 2 ? 1 + dice.below(100'000) : std::min(kUnreachable, now[a] / 2 + 1);
        changes.push_back({a, ms});
        now[a] = ms;
      }
      change.apply(metric, changes);
      expect_same(metric, customise(c.hierarchy, now));
      check_from(c, metric, c.any(dice), dice, 600'000);
    }
  }
}

TEST(Hierarchy, AMatrixEqualsPairs) {
  for (uint64_t seed = 1; seed <= 40; ++seed) {
    SCOPED_TRACE(seed);
    Dice dice(seed * 104729);
    const Case c(fixture::random_graph(10 + dice.below(500), seed));
    const Metric metric = customise(c.hierarchy, c.weights);
    const auto stops = [&](uint32_t count) {
      Stops out;
      for (uint32_t i = 0; i < count; ++i) {
        const Start at[] = {{c.any(dice), dice.below(30'000)}, {c.any(dice), dice.below(30'000)}};
        out.add(std::span(at, dice.below(3)));
      }
      return out;
    };
    const Stops sources = stops(1 + dice.below(40)), targets = stops(1 + dice.below(60));
    const Selection selection(c.hierarchy, targets);
    RouteQuery query(c.hierarchy);
    for (const Direction direction : {Direction::kFrom, Direction::kTo}) {
      const auto times = selection.matrix(metric, sources, direction, 2);
      EXPECT_EQ(times, selection.matrix(metric, sources, direction, 1));
      const Weight limit = dice.below(900'000);
      const auto lists = selection.within(metric, sources, limit, direction);
      for (uint32_t s = 0; s < sources.size(); ++s) {
        size_t next = 0;
        for (uint32_t t = 0; t < targets.size(); ++t) {
          const Weight ms = times[s * targets.size() + t];
          const auto route = direction == Direction::kFrom ? query.route(metric, sources[s], targets[t]) : query.route(metric, targets[t], sources[s]);
          EXPECT_EQ(ms, route.ms);
          if (ms > limit) continue;
          ASSERT_LT(next, lists.of(s).size());
          EXPECT_EQ(lists.of(s)[next++], (PlaceTime{t, ms}));
        }
        EXPECT_EQ(next, lists.of(s).size());
      }
    }
  }
}

TEST(Hierarchy, EveryNodeIsRankedOnceAndSubtreesAreStretches) {
  for (uint64_t seed = 1; seed <= 30; ++seed) {
    const Case c(fixture::random_graph(2 + static_cast<uint32_t>(seed) * 20, seed));
    auto order = nested_dissection(c.graph.nodes(), c.tail, c.graph.head);
    EXPECT_EQ(order, nested_dissection(c.graph.nodes(), c.tail, c.graph.head));
    std::sort(order.begin(), order.end());
    for (Node v = 0; v < order.size(); ++v) EXPECT_EQ(order[v], v);
    const auto& h = c.hierarchy;
    for (Rank v = 0; v < h.nodes(); ++v)
      for (UpArc a = h.up[v]; a < h.up[v + 1]; ++a) {
        const Rank head = h.head[a];
        EXPECT_LE(head - h.subtree[head] + 1, v);  // v lies in the subtree of each of its heads
        EXPECT_EQ(h.find(v, head), a);
      }
  }
}

TEST(Hierarchy, NetworksWithoutRoadsOrNodesAnswer) {
  Graph none;
  none.first = {0};
  const auto empty = build_hierarchy(none);
  ASSERT_TRUE(empty.ok());
  EXPECT_EQ(customise(*empty, {}).up.size(), 0U);
  Graph two;
  two.first = {0, 0, 0};
  two.at = {{104, 30}, {105, 30}};
  two.names = {""};
  const auto apart = build_hierarchy(two);
  ASSERT_TRUE(apart.ok());
  const Metric metric = customise(*apart, {});
  RouteQuery query(*apart);
  EXPECT_EQ(query.distance(metric, 0, 1), kUnreachable);
  EXPECT_EQ(query.distance(metric, 1, 1), 0U);
  ReachQuery reach(*apart);
  const Start start{1, 0};
  EXPECT_EQ(reach.reach(metric, {&start, 1}, 1000), (std::vector<Reached>{{1, 0}}));
}

TEST(Hierarchy, AlternativesAreWaysOfTheirOwn) {
  int with_others = 0;
  for (uint64_t seed = 1; seed <= 40; ++seed) {
    SCOPED_TRACE(seed);
    Dice dice(seed);
    const Case c(fixture::random_graph(500, seed));
    const Metric metric = customise(c.hierarchy, c.weights);
    RouteQuery query(c.hierarchy);
    for (int i = 0; i < 10; ++i) {
      const Node from = c.any(dice), to = c.any(dice);
      const AlternativeRules rules;
      const auto ways = alternatives(c.hierarchy, metric, query, c.tail, c.graph.head, from, to, rules);
      const Weight best = query.distance(metric, from, to);
      ASSERT_EQ(ways.empty(), best == kUnreachable);
      if (ways.empty()) continue;
      EXPECT_EQ(ways.front().ms, best);
      with_others += ways.size() > 1;
      for (size_t w = 0; w < ways.size(); ++w) {
        EXPECT_LE(ways[w].ms, best * rules.stretch);
        Node at = from;
        uint64_t sum = 0, common = 0;
        for (const Arc a : ways[w].arcs) {
          ASSERT_EQ(c.tail[a], at);
          at = c.graph.head[a];
          sum += metric.input[a];
          common += std::count(ways.front().arcs.begin(), ways.front().arcs.end(), a) > 0 ? metric.input[a] : 0;
        }
        EXPECT_EQ(at, to);
        EXPECT_EQ(sum, ways[w].ms);
        if (w > 0) {
          EXPECT_LE(static_cast<double>(common), rules.sharing * best);
        }
      }
    }
  }
  EXPECT_GT(with_others, 20);
}

TEST(LiveMetric, ReadersSeeAChangeWhenItHasBeenMade) {
  const Case c(fixture::random_graph(300, 5));
  LiveMetric live(c.hierarchy, c.weights);
  Dice dice(9);
  std::vector<ArcChange> close, open;
  for (int i = 0; i < 100; ++i) {
    const Arc a = dice.below(c.graph.arcs());
    close.push_back({a, kUnreachable});
    open.push_back({a, c.weights[a]});
  }
  auto closed = c.weights;
  for (const auto& change : close) closed[change.arc] = change.ms;
  std::optional<LiveMetric::Reading> before(live.read());
  const std::vector<Weight> up_before = (*before)->up;
  std::jthread writer;
  {
    // Who reads keeps what it has; the writer finishes its second copy when this reading ends.
    writer = std::jthread([&] { live.apply(close); });
    EXPECT_EQ((*before)->up, up_before);
  }
  before.reset();
  writer.join();
  expect_same(*live.read(), customise(c.hierarchy, closed));
  live.apply(open);
  expect_same(*live.read(), customise(c.hierarchy, c.weights));
}

TEST(RoadIndexFile, ComesBackAndRefusesDamage) {
  auto built = build_index(fixture::random_graph(400, 3));
  ASSERT_TRUE(built.ok());
  const std::string bytes = write_index(*built);
  EXPECT_TRUE(write_index(*built) == bytes);
  const auto kept = std::make_shared<const std::string>(bytes);
  const auto read = read_index(*kept, kept);
  ASSERT_TRUE(read.ok()) << read.error().describe();
  EXPECT_TRUE(write_index(*read) == bytes);
  const auto weights = roads::weights(built->graph, fixture::car());
  expect_same(customise(built->hierarchy, weights), customise(read->hierarchy, roads::weights(read->graph, fixture::car())));

  Dice dice(1);
  for (int i = 0; i < 200; ++i) {
    auto damaged = bytes;
    damaged[dice.below(static_cast<uint32_t>(bytes.size()))] ^= static_cast<char>(1 + dice.below(255));
    // The padding of the header is the only place where a byte does not count.
    const auto other = std::make_shared<const std::string>(damaged);
    const auto again = read_index(*other, other);
    if (again.ok()) {
      EXPECT_TRUE(damaged.substr(0, 56) == bytes.substr(0, 56));
    }
  }
  for (const size_t length : {size_t{0}, size_t{7}, size_t{63}, size_t{700}, bytes.size() - 1}) {
    const auto cut = std::make_shared<const std::string>(bytes.substr(0, length));
    EXPECT_FALSE(read_index(*cut, cut).ok());
  }
  EXPECT_EQ(map_index("no/such/file").error().code, ErrorCode::kNotFound);
}

// Bytes behind a checksum that matches: what the checks of the content alone must refuse.
TEST(RoadIndexFile, RefusesAFileMadeToHarm) {
  auto built = build_index(fixture::random_graph(200, 4));
  ASSERT_TRUE(built.ok());
  const std::string bytes = write_index(*built);
  Dice dice(2);
  int refused = 0;
  for (int i = 0; i < 300; ++i) {
    auto forged = bytes;
    for (int k = 0; k < 3; ++k) forged[64 + dice.below(static_cast<uint32_t>(bytes.size() - 64))] = static_cast<char>(dice.below(256));
    const auto digest = sha256(std::string_view(forged).substr(64));
    std::copy(digest.begin(), digest.end(), forged.begin() + 24);
    const auto kept = std::make_shared<const std::string>(forged);
    const auto read = read_index(*kept, kept);
    refused += !read.ok();
    if (!read.ok()) continue;
    // What passes must be safe to use.
    const Metric metric = customise(read->hierarchy, roads::weights(read->graph, fixture::car()));
    RouteQuery query(read->hierarchy);
    for (int q = 0; q < 5; ++q) {
      const Start a{dice.below(read->graph.nodes()), 0}, b{dice.below(read->graph.nodes()), 0};
      query.route(metric, {&a, 1}, {&b, 1});
    }
  }
  EXPECT_GT(refused, 100);
}

// Found by the fuzzer: scratch is as long as the tree is high.
TEST(RoadIndexFile, RefusesATreeThatIsHigherThanItIs) {
  auto built = build_index(fixture::random_graph(50, 4));
  ASSERT_TRUE(built.ok());
  built->hierarchy.height = 1U << 30;
  const auto bytes = std::make_shared<const std::string>(write_index(*built));
  EXPECT_EQ(read_index(*bytes, bytes).error().code, ErrorCode::kCorrupt);
}

// Answers on a whole extract, then with squares of about 500 m closed, then as before.
void check_extract(Graph graph, const Profile& profile, uint64_t seed, int starts, int closures) {
  const Case c(std::move(graph), profile);
  Metric metric = customise(c.hierarchy, c.weights);
  Dice dice(seed);
  for (int i = 0; i < starts; ++i) check_from(c, metric, c.any(dice), dice, 1'800'000);
  Recustomiser change(c.hierarchy);
  for (int turn = 0; turn < closures; ++turn) {
    const LonLat centre = c.graph.at[c.any(dice)];
    std::vector<ArcChange> close, open;
    for (Arc a = 0; a < c.graph.arcs(); ++a)
      if (const LonLat p = c.graph.at[c.tail[a]]; std::abs(p.lon - centre.lon) < 0.0025 && std::abs(p.lat - centre.lat) < 0.0025)
        close.push_back({a, kUnreachable}), open.push_back({a, c.weights[a]});
    change.apply(metric, close);
    for (int i = 0; i < 3; ++i) check_from(c, metric, c.any(dice), dice, 900'000);
    if (turn == 0) {
      auto closed = c.weights;
      for (const auto& x : close) closed[x.arc] = x.ms;
      expect_same(metric, customise(c.hierarchy, closed));
    }
    change.apply(metric, open);
  }
  expect_same(metric, customise(c.hierarchy, c.weights));
}

TEST(Hierarchy, HongKongEqualsPlainSearch) {
  auto graph = fixture::hongkong();
  if (!graph) GTEST_SKIP() << "no ../shared/data/roads/hongkong";
  check_extract(std::move(*graph), fixture::car(), 3, 15, 5);
}

TEST(Hierarchy, ExtractsOfOpenStreetMapEqualPlainSearch) {
  const std::string folder = "../shared/data/roads/osm_extracts/";
  int read = 0;
  for (const char* name : {"monaco.osm.pbf", "liechtenstein-latest.osm.pbf", "andorra.osm.pbf", "harrisburg.osm.pbf"}) {
    SCOPED_TRACE(name);
    auto imported = read_osm_file(folder + name);
    if (!imported) continue;
    ++read;
    for (const auto& profile : {fixture::car(), fixture::walker()}) check_extract(Graph(imported->graph), profile, 5, 6, 3);
  }
  if (read == 0) GTEST_SKIP() << "no " << folder;
}

TEST(Hierarchy, LargeNetworksEqualPlainSearch) {
  int read = 0;
  for (const char* name : {"NY.gr.xz", "BAY.gr.xz", "NW.gr.xz"}) {
    SCOPED_TRACE(name);
    auto graph = fixture::northwest(fixture::kNorthwestFolder, 1, name);
    if (!graph) continue;
    ++read;
    check_extract(std::move(*graph), fixture::car(), 7, 1, 1);
  }
  if (read == 0) GTEST_SKIP() << "no " << fixture::kNorthwestFolder;
}

}  // namespace
}  // namespace anlan::roads
