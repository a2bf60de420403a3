// Boundaries of cities and counties: read from GeoJSON, joined to places, asked which county a position lies in.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/area.h"
#include "registry/place_files.h"
#include "registry/places.h"

namespace anlan {

struct Boundary {
  PlaceCode code;
  Area area;  // WGS 84, normalised (base/area.h)
  Bounds bounds;
};

// Immutable; sorted by code, one boundary for a place.
class Boundaries {
 public:
  static constexpr size_t kVerticesMax = 20'000'000;

  Boundaries() = default;
  // Of two boundaries for one place the later one stays.
  explicit Boundaries(std::vector<Boundary> list);

  const std::vector<Boundary>& all() const { return list_; }
  const Area* area(PlaceCode code) const;  // nullptr when unknown
  const Boundary* find(PlaceCode code) const;

  // The county (or other place of that level) that contains the position; empty when none does. On a shared border the
  // smaller code wins. Microseconds: a 1-degree grid, then point in polygon.
  PlaceCode county_at(LonLat position) const { return place_at(position, PlaceLevel::kCounty); }
  PlaceCode place_at(LonLat position, PlaceLevel level) const;

  size_t memory_bytes() const;

 private:
  std::vector<Boundary> list_;
  std::vector<uint32_t> cell_at_;  // 360 * 180 + 1 offsets into cells_
  std::vector<uint32_t> cells_;    // indexes of list_ whose bounds touch the cell
};

struct BoundaryFile {
  std::vector<Boundary> boundaries;
  PlaceJoin join;
  // Seats given by the features (properties cp or center), WGS 84.
  std::vector<std::pair<PlaceCode, LonLat>> seats;
};

// Reads a FeatureCollection of Polygons and MultiPolygons. A feature joins by property adcode or code or by its id if
// the name agrees or is absent, else by property name below `within` (or property parent.adcode); its level is that of
// the code, or county when it has none. A feature without code that has the name of `within` is its outline. What does
// not join is reported, not kept. Errors: kBadRequest for text that is not GeoJSON; kInvalidFile when a feature's shape
// is wrong (details name it).
Result<BoundaryFile> read_boundaries(std::string_view geojson, Datum datum, const PlaceTable& places, PlaceCode within);

// Gives places without a surveyed position the seat of their boundary.
void apply_seats(PlaceTable& places, const BoundaryFile& file);

}  // namespace anlan
