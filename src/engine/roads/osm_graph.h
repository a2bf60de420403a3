// From an OpenStreetMap extract (.osm.pbf) to a Graph, and an account of what was kept and what was not.
//
// The file is read twice: ways and turn restrictions first, then the positions of the nodes that the kept ways use.
// Memory grows with the roads, not with the file: at its highest about 40 bytes for each node that a road uses and
// 100 bytes for each way, beside one blob.
//
// A way is cut where it meets another, where it ends, and at a barrier. At a barrier the two sides have junctions of
// their own, joined by a road of one decimetre that carries what the barrier allows. A closed way that touches the
// network once is cut in its middle, so that no road begins and ends at one junction.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <string>

#include "roads/graph.h"
#include "roads/islands.h"
#include "roads/osm_pbf.h"
#include "roads/osm_tags.h"

namespace anlan::roads {

struct OsmReport : NetworkFigures {
  OsmFile file;
  uint64_t ways_highway = 0, ways_ferry = 0;  // in the file
  uint64_t ways_kept = 0;
  uint64_t ways_cut = 0;                      // of the kept ones: some of their nodes are not in the file
  uint64_t rules = 0, rules_kept = 0;         // turn restrictions
  uint64_t rules_excepting = 0;               // of the kept ones: buses or emergency vehicles are excepted; they are bound here
  uint64_t barriers = 0;
  uint64_t junctions = 0;                     // without the copies that turn restrictions make
  std::array<uint64_t, kDroppedReasons> dropped{};
  std::map<std::string, uint64_t> unknown_classes;  // values of highway=*; after 50 different ones under ""
};

struct ImportedRoads {
  Graph graph;
  OsmReport report;
};

// Opens the same bytes from their beginning, each time it is called. An error it returns ends the reading, so that it
// can also cancel one.
using OpenBytes = std::function<Result<ReadBytes>()>;

// Errors: those of read_osm_pbf(); kInvalidFile when no road is in the file; kTooLarge beyond 4 billion node references.
Result<ImportedRoads> read_osm(const OpenBytes& open);
Result<ImportedRoads> read_osm_file(const std::string& path);

}  // namespace anlan::roads
