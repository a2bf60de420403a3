// Any bytes: a record is read or refused, never more; what is read can be written and read again.
#include <cstdint>
#include <cstdlib>

#include "protocols/miniseed.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto cut = anlan::cut_miniseed(bytes);
  size_t taken = cut.skipped_bytes;
  for (const auto record : cut.records) {
    taken += record.size();
    const auto r = anlan::read_miniseed(record);
    if (!r) continue;
    if (r->counts.empty() == r->values.empty()) std::abort();
    (void)r->end_us();
    const auto again = anlan::write_miniseed(*r, 512);
    if (!again) continue;  // Steim-2 is narrower than Steim-1
    size_t samples = 0;
    for (const auto& one : *again) {
      const auto back = anlan::read_miniseed(one);
      if (!back) std::abort();
      samples += back->size();
    }
    if (samples != r->size()) std::abort();
  }
  if (taken != size) std::abort();
  return 0;
}
