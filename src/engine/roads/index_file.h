// A road network with its hierarchy as one file: built once, mapped by every start.
//
// Layout, little endian: magic "ANLANRD1", version, number of sections, length of the file, SHA-256 of all that follows the
// header; a table of sections (id, offset, count, bytes of one element); then the sections, each at a multiple of 64 bytes.
// The hierarchy is used where it lies; the graph is copied out. Every offset, count and index is checked before use, so a
// damaged file or one made to harm is an error: kCorrupt with what is wrong, kInvalidFile for another version.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/error.h"
#include "roads/hierarchy.h"

namespace anlan::roads {

struct RoadNetwork {
  Graph graph;
  Hierarchy hierarchy;
  std::shared_ptr<const void> keep;  // what the hierarchy lies in
};

// Orders and contracts the network. As build_hierarchy.
Result<RoadNetwork> build_index(Graph graph);
std::string write_index(const RoadNetwork& index);
// `keep` is held as long as the index lives; bytes must be aligned to 8.
Result<RoadNetwork> read_index(std::string_view bytes, std::shared_ptr<const void> keep);
// Maps the file. kNotFound, and as read_index.
Result<RoadNetwork> map_index(const std::string& path);

}  // namespace anlan::roads
