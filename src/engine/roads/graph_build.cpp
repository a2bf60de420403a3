#include "roads/graph_build.h"

#include <algorithm>
#include <cmath>
#include <tuple>

#include "base/check.h"

namespace anlan::roads {

uint32_t NameTable::index_of(std::string_view name) {
  if (const auto found = index_.find(name); found != index_.end()) return found->second;
  const auto index = static_cast<uint32_t>(names_.size());
  names_.emplace_back(name);
  index_.emplace(names_.back(), index);
  return index;
}

double length_m(std::span<const LonLat> line) {
  double sum = 0;
  for (size_t i = 1; i < line.size(); ++i) sum += distance_m(line[i - 1], line[i]);
  return sum;
}

RoadIndex Draft::add(Node tail, Node head, Road road, std::span<const LonLat> points) {
  CHECK(points.size() >= 2 && tail < at.size() && head < at.size());
  if (road.length_dm == 0) road.length_dm = static_cast<uint32_t>(std::lround(std::min(length_m(points) * 10, 4e9)));
  roads.push_back(road);
  from.push_back(tail);
  to.push_back(head);
  shape.insert(shape.end(), points.begin(), points.end());
  shape_first.push_back(static_cast<uint32_t>(shape.size()));
  return static_cast<RoadIndex>(roads.size() - 1);
}

namespace {

bool open(const Road& road, Along along) {
  return road.flags & (along % 2 ? kMotorBackward | kFootBackward : kMotorForward | kFootForward);
}

// Directions of roads that leave each junction, by road.
struct Leaving {
  std::vector<uint32_t> begin;
  std::vector<Along> list;
  std::span<const Along> at(Node v) const { return std::span(list).subspan(begin[v], begin[v + 1] - begin[v]); }
};

Leaving leaving_of(const Draft& draft) {
  Leaving out;
  out.begin.assign(draft.at.size() + 1, 0);
  const auto tail = [&](Along x) { return x % 2 ? draft.to[x / 2] : draft.from[x / 2]; };
  const auto all = static_cast<Along>(draft.roads.size() * 2);
  for (Along x = 0; x < all; ++x)
    if (open(draft.roads[x / 2], x)) ++out.begin[tail(x) + 1];
  for (size_t v = 0; v < draft.at.size(); ++v) out.begin[v + 1] += out.begin[v];
  out.list.resize(out.begin.back());
  auto next = out.begin;
  for (Along x = 0; x < all; ++x)
    if (open(draft.roads[x / 2], x)) out.list[next[tail(x)]++] = x;
  return out;
}

// The rules of one arriving direction.
bool banned(std::span<const TurnRule> rules, Along leaving) {
  bool must = false, is_the_one = false;
  for (const TurnRule& rule : rules) {
    if (!rule.only && rule.leaving == leaving) return true;
    must |= rule.only;
    is_the_one |= rule.only && rule.leaving == leaving;
  }
  return must && !is_the_one && leaving != reverse(rules.front().arriving);
}

}  // namespace

Graph build_graph(Draft draft) {
  CHECK(draft.roads.size() < kNone / 2 && draft.at.size() + draft.turns.size() < kNone);
  const auto junctions = static_cast<Node>(draft.at.size());
  const Leaving leaving = leaving_of(draft);
  std::vector<Node> arrives(draft.roads.size() * 2);
  for (size_t r = 0; r < draft.roads.size(); ++r) {
    arrives[2 * r] = draft.to[r];
    arrives[2 * r + 1] = draft.from[r];
  }

  auto& rules = draft.turns;
  for (const TurnRule& rule : rules) {
    CHECK(rule.arriving < arrives.size() && rule.leaving < arrives.size());
    CHECK(arrives[rule.arriving] == arrives[reverse(rule.leaving)]);
  }
  // A rule for a direction in which nobody travels binds nobody.
  std::erase_if(rules, [&](const TurnRule& rule) { return !open(draft.roads[rule.arriving / 2], rule.arriving); });
  std::sort(rules.begin(), rules.end(), [](const TurnRule& a, const TurnRule& b) {
    return std::tie(a.arriving, a.leaving, a.only) < std::tie(b.arriving, b.leaving, b.only);
  });
  struct Copy {
    Node of;
    std::span<const TurnRule> rules;
  };
  std::vector<Copy> copies;
  for (size_t i = 0, end; i < rules.size(); i = end) {
    for (end = i; end < rules.size() && rules[end].arriving == rules[i].arriving;) ++end;
    copies.push_back({arrives[rules[i].arriving], std::span(rules).subspan(i, end - i)});
  }
  for (size_t k = 0; k < copies.size(); ++k) {
    arrives[copies[k].rules.front().arriving] = junctions + static_cast<Node>(k);
    draft.at.push_back(draft.at[copies[k].of]);
  }

  Graph graph;
  graph.first.reserve(draft.at.size() + 1);
  graph.first.push_back(0);
  const auto leave = [&](Node junction, std::span<const TurnRule> bound) {
    for (const Along x : leaving.at(junction)) {
      graph.head.push_back(arrives[x]);
      graph.along.push_back(x);
      graph.turn_banned.push_back(!bound.empty() && banned(bound, x));
    }
    graph.first.push_back(static_cast<uint32_t>(graph.head.size()));
  };
  for (Node v = 0; v < junctions; ++v) leave(v, {});
  for (const Copy& copy : copies) leave(copy.of, copy.rules);

  graph.at = std::move(draft.at);
  graph.roads = std::move(draft.roads);
  graph.shape_first = std::move(draft.shape_first);
  graph.shape = std::move(draft.shape);
  graph.names = std::move(draft.names).take();
  return graph;
}

}  // namespace anlan::roads
