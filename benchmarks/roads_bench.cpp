// roads: a network of 1.2 million nodes (shared data with weights from a seed) and Hong Kong Island: order and customise,
// distances and ways, closures, matrices, circles and coverage, each beside a plain Dijkstra in the same process where one
// says something. Without the shared data nothing is measured, and a line says so.
#include <algorithm>
#include <numeric>

#include "benchmarks/bench.h"
#include "roads/contour.h"
#include "roads/coverage.h"
#include "roads/live_metric.h"
#include "roads/many.h"
#include "roads/order.h"
#include "roads/plain_search.h"
#include "roads/reach.h"
#include "roads/road_fixture.h"
#include "roads/route_query.h"
#include "roads/sites.h"

namespace anlan::bench {
namespace {

using namespace roads;

const std::string kNw = "1.2 M nodes, 2.8 M arcs, three speeds";
constexpr Weight kHalfHour = 1'800'000;

struct Network {
  Graph graph;
  std::vector<Weight> weights;
  Hierarchy hierarchy;
  double order_s = 0;

  Node any(Dice& dice) const { return static_cast<Node>(dice.below(graph.nodes())); }
};

std::optional<Network> network(std::optional<Graph> graph, const char* name) {
  if (!graph) {
    progress(std::string("no ../shared/data/roads: ") + name + " is not measured");
    return std::nullopt;
  }
  Network n;
  n.graph = std::move(*graph);
  n.weights = roads::weights(n.graph, fixture::car());
  const Stopwatch watch;
  auto built = build_hierarchy(n.graph);
  n.order_s = watch.seconds();
  if (!built) return std::nullopt;
  n.hierarchy = std::move(*built);
  return n;
}
std::optional<Network> northwest() { return network(fixture::northwest(), "the large network"); }
std::optional<Network> hongkong() { return network(fixture::hongkong(), "Hong Kong"); }

double median(std::vector<double> values) { return percentile(std::move(values), 0.5); }

// One plain Dijkstra that stops at its target.
double plain_ms(const Network& n, const std::vector<std::pair<Node, Node>>& pairs, const Metric& metric, RouteQuery& query, bool& good) {
  std::vector<double> ms;
  std::vector<Weight> plain;
  for (const auto& [from, to] : pairs) {
    const Start start{from, 0};
    const Stopwatch watch;
    plain_search(n.graph, metric.input, {&start, 1}, plain, kUnreachable - 1, to);
    ms.push_back(watch.ms());
    good = good && plain[to] == query.distance(metric, from, to);
  }
  return median(ms);
}

}  // namespace

bool run_roads_build() {
  const auto n = northwest();
  if (!n) return true;
  report("roads-build", kNw, "order_s", n->order_s, "s");
  std::vector<double> one, two;
  for (int i = 0; i < 5; ++i) {
    for (const int threads : {1, 2}) {
      auto weights = n->weights;
      const Stopwatch watch;
      const Metric metric = customise(n->hierarchy, std::move(weights), threads);
      (threads == 1 ? one : two).push_back(watch.seconds());
    }
  }
  report("roads-build", kNw, "customise_s", median(two), "s");
  report("roads-build", kNw + ", one thread", "customise_s", median(one), "s");
  report("roads-build", kNw, "peak_mb", peak_mb(), "MB");
  return true;
}

bool run_roads_query() {
  const auto n = northwest();
  if (!n) return true;
  const Metric metric = customise(n->hierarchy, n->weights);
  RouteQuery query(n->hierarchy);
  Dice dice(7);
  std::vector<std::pair<Node, Node>> pairs;
  for (int i = 0; i < 20'000; ++i) pairs.emplace_back(n->any(dice), n->any(dice));
  bool good = true;
  std::vector<double> distance_us, path_us;
  uint64_t sum = 0, sum_paths = 0, arcs = 0;
  for (const auto& [from, to] : pairs) {
    const Stopwatch watch;
    sum += query.distance(metric, from, to);
    distance_us.push_back(watch.seconds() * 1e6);
  }
  for (const auto& [from, to] : pairs) {
    const Start start{from, 0}, target{to, 0};
    const Stopwatch watch;
    const auto route = query.route(metric, {&start, 1}, {&target, 1});
    path_us.push_back(watch.seconds() * 1e6);
    sum_paths += route.ms;
    arcs += route.arcs.size();
  }
  good = good && sum == sum_paths;
  pairs.resize(15);
  const double plain = plain_ms(*n, pairs, metric, query, good);
  report("roads-query", kNw + ", 20,000 random pairs", "distance_us", median(distance_us), "us");
  report("roads-query", kNw + ", 20,000 random pairs", "distance_p99_us", percentile(distance_us, 0.99), "us");
  report("roads-query", kNw + ", 20,000 random pairs, " + std::to_string(arcs / 20'000) + " arcs each", "path_us", median(path_us), "us");
  report("roads-query", kNw + ", 15 pairs by plain Dijkstra", "dijkstra_us", plain * 1000, "us");
  report("roads-query", kNw, "ratio_to_dijkstra", plain * 1000 / median(distance_us), "times");
  return good;
}

bool run_roads_closure() {
  const auto n = northwest();
  if (!n) return true;
  LiveMetric live(n->hierarchy, n->weights);
  const auto tail = tails(n->graph);
  RouteQuery query(n->hierarchy);
  Dice dice(11);
  std::vector<double> close_ms, open_ms;
  bool good = true;
  for (int turn = 0; turn < 20; ++turn) {
    // The 2,000 arcs nearest to a place.
    const LonLat centre = n->graph.at[n->any(dice)];
    std::vector<std::pair<double, Arc>> near;
    for (Arc a = 0; a < n->graph.arcs(); ++a) {
      const LonLat p = n->graph.at[tail[a]];
      near.emplace_back((p.lon - centre.lon) * (p.lon - centre.lon) + (p.lat - centre.lat) * (p.lat - centre.lat), a);
    }
    std::nth_element(near.begin(), near.begin() + 2000, near.end());
    std::vector<ArcChange> close, open;
    for (int i = 0; i < 2000; ++i) close.push_back({near[static_cast<size_t>(i)].second, kUnreachable}), open.push_back({near[static_cast<size_t>(i)].second, n->weights[near[static_cast<size_t>(i)].second]});
    const Node inside = n->graph.head[close[0].arc], outside = n->any(dice);
    const Weight before = query.distance(*live.read(), outside, inside);
    Stopwatch watch;
    live.apply(close);
    const Weight closed = query.distance(*live.read(), outside, inside);
    close_ms.push_back(watch.ms());
    if (turn < 3) {
      std::vector<Weight> plain;
      const Start start{outside, 0};
      plain_search(n->graph, live.read()->input, {&start, 1}, plain, kUnreachable - 1, inside);
      good = good && plain[inside] == closed;
    }
    watch.restart();
    live.apply(open);
    const Weight after = query.distance(*live.read(), outside, inside);
    open_ms.push_back(watch.ms());
    good = good && after == before;
  }
  const std::string workload = kNw + ", 2,000 arcs around a place, 20 places";
  report("roads-closure", workload, "closure_ms", median(close_ms), "ms");
  report("roads-closure", workload, "closure_max_ms", percentile(close_ms, 1), "ms");
  report("roads-closure", workload, "opening_ms", median(open_ms), "ms");
  return good;
}

bool run_roads_matrix() {
  const auto n = northwest();
  if (!n) return true;
  const Metric metric = customise(n->hierarchy, n->weights);
  RouteQuery query(n->hierarchy);
  Dice dice(13);
  bool good = true;
  const auto measure = [&](uint32_t rows, uint32_t columns, int times) {
    Stops sources, targets;
    for (uint32_t i = 0; i < rows; ++i) sources.add(n->any(dice));
    for (uint32_t i = 0; i < columns; ++i) targets.add(n->any(dice));
    std::vector<double> seconds;
    for (int i = 0; i < times; ++i) {
      const Stopwatch watch;
      const auto matrix = Selection(n->hierarchy, targets).matrix(metric, sources);
      seconds.push_back(watch.seconds());
      for (int k = 0; k < 200; ++k) {
        const auto s = static_cast<uint32_t>(dice.below(rows)), t = static_cast<uint32_t>(dice.below(columns));
        good = good && matrix[size_t{s} * columns + t] == query.distance(metric, sources[s][0].node, targets[t][0].node);
      }
    }
    return median(seconds);
  };
  report("roads-matrix", kNw + ", from the selection to the last time", "matrix_100x1000_ms", measure(100, 1000, 9) * 1000, "ms");
  report("roads-matrix", kNw, "matrix_1000x1000_ms", measure(1000, 1000, 7) * 1000, "ms");
  report("roads-matrix", kNw, "matrix_1565x25000_s", measure(1565, 25'000, 3), "s");
  return good;
}

bool run_roads_isochrone() {
  bool good = true;
  const auto measure = [&](const Network& n, const std::string& prefix, const std::string& workload) {
    const Metric metric = customise(n.hierarchy, n.weights);
    ReachQuery reach(n.hierarchy);
    const Junctions junctions(n.graph);
    ContourDrawer drawer(n.graph, junctions);
    Dice dice(17);
    std::vector<double> nodes_ms, polygon_ms, plain_times;
    std::vector<Weight> plain;
    size_t reached_all = 0, rings = 0;
    for (int i = 0; i < 40; ++i) {
      const Start start{n.any(dice), 0};
      Stopwatch watch;
      const auto& reached = reach.reach(metric, {&start, 1}, kHalfHour);
      nodes_ms.push_back(watch.ms());
      const Weight limit = kHalfHour;
      const auto contours = drawer.draw(reached, metric.input, {&limit, 1});
      polygon_ms.push_back(watch.ms());  // both together: what one waits for
      good = good && contours.ok() && !contours->of_limit.empty();
      reached_all += reached.size();
      if (contours.ok()) rings += contours->of_limit[0].size();
      if (i < 8) {
        watch.restart();
        plain_search(n.graph, metric.input, {&start, 1}, plain, kHalfHour);
        plain_times.push_back(watch.ms());
        good = good && static_cast<size_t>(std::count_if(plain.begin(), plain.end(), [](Weight w) { return w <= kHalfHour; })) == reached.size();
      }
    }
    progress(prefix + ": " + std::to_string(reached_all / 40) + " nodes, " + std::to_string(rings / 40) + " polygons on average");
    report("roads-isochrone", workload, prefix + "_nodes_ms", median(nodes_ms), "ms");
    report("roads-isochrone", workload + ", search and polygon", prefix + "_polygon_ms", median(polygon_ms), "ms");
    report("roads-isochrone", workload, prefix + "_dijkstra_nodes_ms", median(plain_times), "ms");
  };
  if (const auto n = hongkong()) measure(*n, "hk", "Hong Kong Island, 43,620 nodes, 30 minutes");
  if (const auto n = northwest()) measure(*n, "nw", kNw + ", 30 minutes");
  return good;
}

bool run_coverage() {
  const auto n = northwest();
  if (!n) return true;
  const Metric metric = customise(n->hierarchy, n->weights);
  constexpr uint32_t kStations = 1565, kVillages = 25'000;
  const std::vector<Weight> limits{600'000, 1'200'000, kHalfHour};
  Dice dice(19);
  Stops stations, villages;
  std::vector<uint32_t> people;
  for (uint32_t i = 0; i < kStations; ++i) stations.add(n->any(dice));
  for (uint32_t i = 0; i < kVillages; ++i) {
    villages.add(n->any(dice));
    people.push_back(static_cast<uint32_t>(50 + dice.below(2000)));
  }
  const Stopwatch watch;
  const Selection selection(n->hierarchy, villages);
  const ReachLists lists = selection.within(metric, stations, limits.back());
  CoverageState state(people, limits, lists);
  const auto gaps = state.gaps(limits.size() - 1);
  const double circles_s = watch.seconds();
  std::vector<uint8_t> covered(kVillages, 1);
  for (const uint32_t g : gaps) covered[g] = 0;
  const ReachLists candidates = selection.within(metric, villages, limits.back());
  const double candidates_s = watch.seconds() - circles_s;
  SiteQuestion question;
  question.candidates = &candidates;
  question.people = people;
  question.already_covered = covered;
  question.limit_ms = limits.back();
  question.k = 10;
  const auto sites = best_sites(question);
  const double all_s = watch.seconds();
  progress("coverage: " + std::to_string(lists.entry.size()) + " village-stations, " + std::to_string(gaps.size()) + " gaps; candidates " +
           std::to_string(candidates_s) + " s for " + std::to_string(candidates.entry.size()) + " pairs, sites " + std::to_string(all_s - circles_s - candidates_s) + " s");
  bool good = sites.ok() && sites->chosen.size() == 10 && sites->bound >= sites->covers;
  const std::string workload = "1,565 stations, 25,000 villages on 1.2 M nodes; 10, 20, 30 minutes, gaps, next 10 sites of 25,000";
  report("coverage", workload, "coverage_s", all_s, "s");
  report("coverage", "the same without the sites", "circles_s", circles_s, "s");
  std::vector<double> moves;
  for (int i = 0; i < 60; ++i) {
    Stops moved;
    moved.add(n->any(dice));
    const auto facility = static_cast<uint32_t>(dice.below(kStations));
    const Stopwatch move;
    state.move(facility, selection.within(metric, moved, limits.back()).of(0));
    const auto left = state.gaps(limits.size() - 1);
    moves.push_back(move.ms());
    good = good && left.size() <= kVillages;
  }
  report("coverage", "one station moved: search, circles, gaps", "move_one_ms", median(moves), "ms");
  if (sites) report("coverage", "people that the ten sites add, of the proven bound", "sites_percent_of_bound", 100.0 * static_cast<double>(sites->covers) / static_cast<double>(sites->bound), "%");
  return good;
}

}  // namespace anlan::bench
