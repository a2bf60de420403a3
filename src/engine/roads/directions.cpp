#include "roads/directions.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "base/check.h"
#include "roads/bearing.h"

namespace anlan::roads {
namespace {

constexpr double kBearingOver_m = 20;   // how much of a road tells where it leads
constexpr double kRealTurn_deg = 40;    // less is following the road
constexpr double kStraight_deg = 20, kSlight_deg = 60, kNormal_deg = 120, kSharp_deg = 170;

// Points of an arc in the direction of travel.
class ArcLine {
 public:
  ArcLine(const Graph& graph, Arc arc) : points_(graph.shape_of(graph.road_of(arc))), backward_(graph.backward(arc)) {}
  size_t size() const { return points_.size(); }
  LonLat operator[](size_t i) const { return points_[backward_ ? points_.size() - 1 - i : i]; }

 private:
  std::span<const LonLat> points_;
  bool backward_;
};

bool no_extent(const ArcLine& line) {
  for (size_t i = 1; i < line.size(); ++i)
    if (line[i] != line[0]) return false;
  return true;
}

double start_bearing(const ArcLine& line) {
  double metres = 0;
  size_t i = 1;
  while (i + 1 < line.size() && (metres += distance_m(line[i - 1], line[i])) < kBearingOver_m) ++i;
  return bearing_deg(line[0], line[i]);
}
double end_bearing(const ArcLine& line) {
  double metres = 0;
  size_t i = line.size() - 2;
  while (i > 0 && (metres += distance_m(line[i], line[i + 1])) < kBearingOver_m) --i;
  return bearing_deg(line[i], line[line.size() - 1]);
}

Turn turn_by(double deg) {
  const double size = std::abs(deg);
  if (size < kStraight_deg) return Turn::kStraight;
  if (size >= kSharp_deg) return Turn::kUTurn;
  if (size < kSlight_deg) return deg > 0 ? Turn::kSlightRight : Turn::kSlightLeft;
  if (size < kNormal_deg) return deg > 0 ? Turn::kRight : Turn::kLeft;
  return deg > 0 ? Turn::kSharpRight : Turn::kSharpLeft;
}

class Teller {
 public:
  Teller(const Graph& graph, const RoutePath& path, std::span<const Weight> weights) : graph_(graph), path_(path), weights_(weights) {}

  std::vector<Step> tell() {
    for (uint32_t i = 0; i < path_.arcs.size(); ++i) {
      enter(i);
      Step& step = steps_.back();
      const Arc arc = path_.arcs[i];
      const auto [from, to] = part(i);
      step.distance_m += graph_.road(arc).length_dm * 0.1 * (to - from);
      step.seconds += (std::round(weights_[arc] * to) - std::round(weights_[arc] * from)) / 1000;
    }
    if (!steps_.empty()) {
      Step last{.turn = Turn::kArrive, .first_arc = static_cast<uint32_t>(path_.arcs.size())};
      const auto line = path_shape(graph_, path_);
      last.at = line.back();
      last.bearing_deg = line.size() > 1 ? bearing_deg(line[line.size() - 2], line.back()) : 0;
      steps_.push_back(last);
      steps_.front().at = line.front();
    }
    return std::move(steps_);
  }

 private:
  std::pair<double, double> part(uint32_t i) const {
    const double from = i == 0 ? path_.from_share : 0, to = i + 1 == path_.arcs.size() ? path_.to_share : 1;
    return {from, std::max(from, to)};
  }
  const Road& road(uint32_t i) const { return graph_.road(path_.arcs[i]); }
  bool in_roundabout(uint32_t i) const { return road(i).flags & kRoundabout; }
  std::string label(uint32_t i) const {
    const std::string &name = graph_.names[road(i).name], &ref = graph_.names[road(i).ref];
    return name.empty() ? ref : ref.empty() || ref == name ? name : name + " (" + ref + ")";
  }

  // Other roads one could take where arc i begins, the one one came by excepted.
  int choices(uint32_t i) const {
    const Node junction = graph_.head[path_.arcs[i - 1]];
    int count = 0;
    for (Arc a = graph_.first[junction]; a < graph_.first[junction + 1]; ++a)
      count += weights_[a] != kUnreachable && graph_.road_of(a) != graph_.road_of(path_.arcs[i - 1]) &&
               graph_.road_of(a) != graph_.road_of(path_.arcs[i]);
    return count;
  }
  bool has_exit(Node junction) const {
    for (Arc a = graph_.first[junction]; a < graph_.first[junction + 1]; ++a)
      if (weights_[a] != kUnreachable && !(graph_.road(a).flags & kRoundabout)) return true;
    return false;
  }

  void begin(uint32_t i, Turn turn) {
    const ArcLine line(graph_, path_.arcs[i]);
    steps_.push_back({.turn = turn,
                      .road = label(i),
                      .ramp = (road(i).flags & kLink) != 0,
                      .bearing_deg = start_bearing(line),
                      .at = line[0],
                      .first_arc = i});
  }

  // Arc i goes on with the step, or begins one.
  void enter(uint32_t i) {
    const bool ferry = road(i).road_class == RoadClass::kFerry;
    if (i == 0) {
      begin(i, in_roundabout(i) ? Turn::kRoundabout : ferry ? Turn::kFerry : Turn::kDepart);
      remember(i);
      return;
    }
    const ArcLine line(graph_, path_.arcs[i]);
    // A barrier is passed without a word.
    if (no_extent(line)) return;
    Step& step = steps_.back();
    if (in_roundabout(i)) {
      if (!was_roundabout_) {
        begin(i, Turn::kRoundabout);
        steps_.back().road.clear();
      } else if (has_exit(graph_.head[path_.arcs[i - 1]])) {
        ++passed_;
      }
      return remember(i);
    }
    if (was_roundabout_) {
      step.exit = passed_ + 1;
      step.road = label(i);
      step.ramp = (road(i).flags & kLink) != 0;
      return remember(i);
    }
    const bool was_ferry = road(last_).road_class == RoadClass::kFerry;
    const double deg = turn_deg(last_bearing_, start_bearing(line));
    const bool back = graph_.road_of(path_.arcs[i]) == graph_.road_of(path_.arcs[last_]) &&
                      graph_.backward(path_.arcs[i]) != graph_.backward(path_.arcs[last_]);
    const Turn turn = back ? Turn::kUTurn : turn_by(deg);
    const bool same_name = label(i) == label(last_);
    if (ferry != was_ferry) {
      begin(i, ferry ? Turn::kFerry : turn);
    } else if (!ferry && (!same_name || (turn != Turn::kStraight && (back || (std::abs(deg) >= kRealTurn_deg && choices(i) > 0))))) {
      begin(i, turn);
      steps_.back().same_road = same_name && !label(i).empty();
    }
    remember(i);
  }
  void remember(uint32_t i) {
    const ArcLine line(graph_, path_.arcs[i]);
    if (!was_roundabout_) passed_ = 0;
    was_roundabout_ = in_roundabout(i);
    last_ = i;
    last_bearing_ = end_bearing(line);
  }

  const Graph& graph_;
  const RoutePath& path_;
  std::span<const Weight> weights_;
  std::vector<Step> steps_;
  uint32_t last_ = 0;          // the arc before, barriers left out
  double last_bearing_ = 0;
  bool was_roundabout_ = false;
  int passed_ = 0;             // exits of the roundabout
};

}  // namespace

std::vector<LonLat> path_shape(const Graph& graph, const RoutePath& path) {
  std::vector<LonLat> out;
  const auto put = [&](LonLat p) {
    if (out.empty() || out.back() != p) out.push_back(p);
  };
  for (size_t i = 0; i < path.arcs.size(); ++i) {
    const ArcLine line(graph, path.arcs[i]);
    double whole = 0;
    for (size_t k = 1; k < line.size(); ++k) whole += distance_m(line[k - 1], line[k]);
    const double from = i == 0 ? path.from_share * whole : 0;
    const double to = std::max(from, i + 1 == path.arcs.size() ? path.to_share * whole : whole);
    double here = 0;
    if (from <= 0) put(line[0]);
    for (size_t k = 1; k < line.size(); ++k) {
      const double next = here + distance_m(line[k - 1], line[k]);
      const auto at = [&](double metres) {
        const double t = next > here ? std::clamp((metres - here) / (next - here), 0.0, 1.0) : 1;
        return LonLat{line[k - 1].lon + t * (line[k].lon - line[k - 1].lon), line[k - 1].lat + t * (line[k].lat - line[k - 1].lat)};
      };
      const bool last = k + 1 == line.size();
      if (here < from && from <= next) put(at(from));
      if (next > from && (next <= to || (last && to >= whole))) put(line[k]);
      else if (here <= to && to < next && to > from) put(at(to));
      here = next;
    }
  }
  return out;
}

std::vector<Step> steps_of(const Graph& graph, const RoutePath& path, std::span<const Weight> weights) {
  CHECK(weights.size() == graph.arcs());
  return Teller(graph, path, weights).tell();
}

std::string_view name_of(Turn turn) {
  static constexpr std::array<std::string_view, 12> kNames = {"depart", "straight",  "slight_right", "right",      "sharp_right", "u_turn",
                                                              "sharp_left", "left", "slight_left",  "roundabout", "ferry",       "arrive"};
  return kNames[static_cast<size_t>(turn)];
}

}  // namespace anlan::roads
