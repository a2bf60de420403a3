// Any bytes: a catalogue or a refusal, and every event in it can be believed.
#include <cmath>
#include <cstdint>
#include <cstdlib>

#include "protocols/quakeml.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto read = anlan::read_quakeml({reinterpret_cast<const char*>(data), size});
  if (!read) return 0;
  if (read->faults.size() > anlan::kCatalogueFaultsMax || read->refused < read->faults.size()) std::abort();
  for (const auto& e : read->events) {
    if (e.id.empty()) std::abort();
    if (e.status == anlan::CatalogueStatus::deleted) continue;
    if (!anlan::is_valid(e.epicentre) || (e.magnitude && !(std::fabs(*e.magnitude) <= 10)) || (e.depth_km && !(*e.depth_km <= 800))) std::abort();
  }
  return 0;
}
