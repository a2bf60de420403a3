// Road networks from files that are not OpenStreetMap's: two CSV tables, or GeoJSON lines.
//
// Columns and properties that are not named below are read as tags of OpenStreetMap are (osm_tags.h): highway or class,
// oneway, maxspeed, maxheight, maxwidth, maxweight, access, bridge, tunnel, layer, surface, toll, name, ref … A road
// without a class is "unclassified". Positions in GCJ-02 or BD-09 are converted.
//
// Errors: kInvalidFile with up to 20 details, each with its line (of a CSV table, the header being 1) or feature (from 1);
// kTooLarge beyond a gigabyte of text. Nothing is returned of a file that has faults.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/lonlat.h"
#include "roads/graph.h"
#include "roads/islands.h"
#include "roads/osm_tags.h"

namespace anlan::roads {

struct FileReport : NetworkFigures {
  uint64_t read = 0;     // rows of arcs, or lines
  uint64_t passed = 0;   // features that are no lines
  std::array<uint64_t, kDroppedReasons> dropped{};
  std::map<std::string, uint64_t> unknown_classes;  // after 50 different ones under ""
};
struct FileRoads {
  Graph graph;
  FileReport report;
};

// CSV (RFC 4180, UTF-8, header first, columns in any order). Nodes: id (a whole number), lon, lat. Arcs: from, to,
// length_m, seconds, and tags. A row of arcs is a road in both directions unless oneway says otherwise. An empty length is
// measured between the nodes; seconds that are given hold for every vehicle (Road::fixed_ms). source_id is the line.
Result<FileRoads> read_csv_roads(std::string_view nodes, std::string_view arcs, Datum datum = Datum::kWgs84);

// A FeatureCollection (or one Feature) of LineString and MultiLineString; properties are tags, also "kind" and
// "kind_detail" where neither highway nor class is there. Lines join where they share a position, to 1e-7 degree.
// source_id is the "id" of the properties, or the number of the feature.
Result<FileRoads> read_geojson_roads(std::string_view text, Datum datum = Datum::kWgs84);

}  // namespace anlan::roads
