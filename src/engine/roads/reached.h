// What searches begin with and what they find: nodes and places, and when each is reached.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "roads/graph.h"

namespace anlan::roads {

struct Reached {
  Node node = kNone;
  Weight ms = kUnreachable;
  bool operator==(const Reached&) const = default;
};

// Where a search begins: a node, and the time that has passed when it is there (the rest of the arc it began on).
struct Start {
  Node node = kNone;
  Weight ms = 0;
};

struct PlaceTime {
  uint32_t place = 0;
  Weight ms = 0;
  bool operator==(const PlaceTime&) const = default;
};

// Lists of all facilities (or candidates, or landing points): those of f are entry[first[f]] .. entry[first[f + 1]].
struct ReachLists {
  std::vector<uint32_t> first{0};
  std::vector<PlaceTime> entry;

  uint32_t size() const { return static_cast<uint32_t>(first.size() - 1); }
  std::span<const PlaceTime> of(uint32_t f) const { return std::span(entry).subspan(first[f], first[f + 1] - first[f]); }
  void add(std::span<const PlaceTime> list) {
    entry.insert(entry.end(), list.begin(), list.end());
    first.push_back(static_cast<uint32_t>(entry.size()));
  }
};

}  // namespace anlan::roads
