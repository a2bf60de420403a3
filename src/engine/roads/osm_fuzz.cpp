// Any bytes as an OpenStreetMap file, as GeoJSON and as CSV tables (nodes, a zero byte, arcs): an answer or an error,
// never a crash.
#include <cstddef>
#include <cstdint>

#include "roads/graph_file_read.h"
#include "roads/osm_graph.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace anlan::roads;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  if (size > 0 && data[0] == '{') {
    (void)read_geojson_roads(bytes);
  } else if (bytes.starts_with("id,")) {
    const size_t zero = bytes.find('\0');
    (void)read_csv_roads(bytes.substr(0, zero), zero == bytes.npos ? std::string_view() : bytes.substr(zero + 1));
  } else {
    (void)read_osm([&] { return read_memory(bytes); });
  }
  return 0;
}
