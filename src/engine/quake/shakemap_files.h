// ShakeMap's files: grid.xml and stationlist.xml, read and written (ShakeMap manual 3.5; the DTD is skipped, not followed).
//
// Everything here is SI: %g becomes m/s2, cm/s m/s. Errors: kTooLarge over the bounds, kInvalidFile with the reason for
// everything else; nothing is taken from a file with a fault in its frame, while stations without a usable number are
// left out and counted.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "quake/intensity_map.h"
#include "quake/rupture.h"
#include "quake/shaking.h"

namespace anlan::quake {

inline constexpr size_t kShakemapBytesMax = 256u << 20;
inline constexpr size_t kShakemapPointsMax = 4'000'000;
inline constexpr size_t kShakemapStationsMax = 100'000;

struct ShakeGrid {
  std::string id, description;
  Event event;  // origin, place, depth and magnitude; the magnitude as given, mostly Mw
  Grid grid;
  // One value for each point of the grid, or empty: the file has no such column.
  std::vector<float> pga, pgv, intensity, vs30;  // m/s2, m/s, degrees, m/s
  std::vector<float> pga_sigma;                  // of the natural logarithm
};
Result<ShakeGrid> read_grid_xml(std::string_view bytes);
// Columns that are empty are not written. CHECK: the others have a value for each point.
std::string write_grid_xml(const ShakeGrid& grid);

struct StationRecord {
  std::string network, code, name;
  // PGA and PGV: the geometric mean of the horizontal components that carry no flag (near RotD50; ShakeMap itself takes the
  // larger one). Intensity only where it was observed.
  Observation seen;
  bool instrument = true;  // false: INTENSITY, DYFI, MMI or CIIM, whose peaks are conversions of intensity and are not read
};
struct StationList {
  std::vector<StationRecord> stations;
  size_t left_out = 0;
};
Result<StationList> read_stationlist(std::string_view bytes);
std::string write_stationlist(std::span<const StationRecord> stations);

// *_fault.txt: quadrilaterals of "lon lat depth", closed, parted by ">" lines; "#" begins a comment.
Result<std::vector<FaultQuad>> read_fault_text(std::string_view text);

}  // namespace anlan::quake
