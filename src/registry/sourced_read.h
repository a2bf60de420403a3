// Reading what Sourced has in common, and ids that are unique in their section.
#pragma once

#include <fmt/format.h>

#include <set>
#include <string_view>

#include "registry/declaration.h"
#include "registry/sourced.h"

namespace anlan {

void read_sourced(MapReader& item, Sourced& s);

// A fault for every id that stands twice in a section.
template <class List>
void unique_ids(const List& list, std::string_view section, const Spot& spot, Faults& faults) {
  std::set<std::string> seen;
  for (const auto& item : list)
    if (!seen.insert(item.id).second)
      faults.add(spot, fmt::format("{} 中的 {} 写了两次", section, item.id), fmt::format("{} of {} stands twice", item.id, section));
}

}  // namespace anlan
