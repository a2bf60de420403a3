// Any text: a record or a refusal; the samples of a record are those that its header promises, or more.
#include <cstdint>
#include <cstdlib>

#include "protocols/knet.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto read = anlan::read_knet({reinterpret_cast<const char*>(data), size});
  if (!read) return 0;
  if (read->counts.empty() || read->counts.size() > size || !(read->gal_per_count > 0) || !anlan::is_valid(read->at)) std::abort();
  if (!(anlan::peak_gal(*read) >= 0)) std::abort();
  return 0;
}
