// The inside of an OSM PBF blob: HeaderBlock and PrimitiveBlock messages.
#pragma once

#include <string_view>
#include <vector>

#include "roads/osm_pbf.h"

namespace anlan::roads {

// A fault in the bytes; caught by read_osm_pbf(), which knows the blob.
struct OsmFault {
  std::string zh, en;
  bool unsupported = false;  // well formed, not understood
};

// Throws OsmFault and protozero::exception.
void read_header_block(std::string_view bytes, OsmFile& file);

// Keeps its buffers from block to block.
class OsmBlock {
 public:
  // Throws OsmFault and protozero::exception.
  void read(std::string_view bytes, const OsmVisitor& visitor, OsmFile& file);

 private:
  void read_group(std::string_view bytes, const OsmVisitor& visitor, OsmFile& file);
  void read_node(std::string_view bytes, const OsmVisitor& visitor);
  void read_dense(std::string_view bytes, const OsmVisitor& visitor, OsmFile& file);
  void read_way(std::string_view bytes, const OsmVisitor& visitor);
  void read_relation(std::string_view bytes, const OsmVisitor& visitor);
  std::string_view text(uint64_t index) const;
  LonLat position(int64_t lon, int64_t lat) const;
  void read_tags(std::string_view keys, std::string_view values);

  std::vector<std::string_view> texts_, groups_;
  std::vector<OsmTag> tags_;
  std::vector<int64_t> nodes_;
  std::vector<OsmMember> members_;
  int64_t granularity_ = 100, lon_offset_ = 0, lat_offset_ = 0;  // nanodegrees
};

}  // namespace anlan::roads
