// Any bytes: stations or a refusal, and every one of them stands somewhere.
#include <cstdint>
#include <cstdlib>

#include "protocols/station_metadata.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto read = anlan::read_station_metadata({reinterpret_cast<const char*>(data), size});
  if (!read) return 0;
  if (read->faults.size() > anlan::kMetadataFaultsMax || read->refused < read->faults.size()) std::abort();
  for (const auto& c : read->channels) {
    if (!anlan::is_valid(c.at) || c.station.empty() || (c.sensitivity && *c.sensitivity == 0)) std::abort();
    (void)anlan::pointing_of(c);
  }
  return 0;
}
