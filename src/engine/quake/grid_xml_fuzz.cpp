// Any bytes: nothing crashes, and what was read can be written and read again.
#include <cstdint>
#include <cstdlib>

#include "quake/shakemap_files.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace anlan::quake;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  if (const auto grid = read_grid_xml(bytes); grid && grid->grid.size() < 10'000) {
    const auto again = read_grid_xml(write_grid_xml(*grid));
    if (again && again->pga.size() != grid->pga.size()) std::abort();
    if (!grid->intensity.empty()) (void)degree_areas(grid->grid, grid->intensity);
  }
  if (const auto list = read_stationlist(bytes)) {
    const auto again = read_stationlist(write_stationlist(list->stations));
    if (!again) std::abort();
  }
  if (const auto quads = read_fault_text(bytes)) {
    if (const auto rupture = Rupture::of(*quads)) (void)rupture->at({103, 31});
  }
  return 0;
}
