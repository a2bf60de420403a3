// Lines of shared points to roads between junctions; what readers of different files have in common.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace anlan::roads {

// Counts each point of a line once per passage, up to 2; the same point twice in a row is one passage.
template <class Uses>
void count_uses(std::span<const uint32_t> line, Uses& uses) {
  for (size_t i = 0; i < line.size(); ++i)
    if (i == 0 || line[i] != line[i - 1])
      if (uses[line[i]] < 2) ++uses[line[i]];
}

// Calls piece(points) for the parts of a line between its ends and the points inside where is_junction(point) holds. A
// part that would begin and end at one point is given in two halves. `line` has no point twice in a row.
template <class IsJunction, class F>
void cut_line(std::span<const uint32_t> line, IsJunction is_junction, F piece) {
  size_t begin = 0;
  for (size_t i = 1; i < line.size(); ++i) {
    if (i + 1 < line.size() && !is_junction(line[i])) continue;
    const auto part = line.subspan(begin, i - begin + 1);
    begin = i;
    if (part.front() != part.back()) {
      piece(part);
      continue;
    }
    const size_t middle = part.size() / 2;
    piece(part.first(middle + 1));
    piece(part.subspan(middle));
  }
}

}  // namespace anlan::roads
