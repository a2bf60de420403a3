// Any bytes into the reader of blocks. What it takes for a block is in order, and written again reads the same.
#include <bit>
#include <cstdint>

#include "base/check.h"
#include "history/block.h"
#include "history/log_entry.h"

using namespace anlan;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  std::vector<Reading> entry;
  if (read_log_entry(bytes, entry)) {
    std::vector<Reading> again;
    CHECK(read_log_entry(write_log_entry(entry), again) && again.size() == entry.size());
  }
  std::vector<Sample> samples;
  if (!read_block(bytes, samples)) {
    CHECK(samples.empty());
    return 0;
  }
  CHECK(samples.size() <= kBlockSamplesMax && block_count(bytes) == samples.size());
  for (size_t i = 1; i < samples.size(); ++i) CHECK(samples[i - 1].at < samples[i].at);
  std::vector<Sample> again;
  CHECK(read_block(write_block(samples), again) && again.size() == samples.size());
  for (size_t i = 0; i < samples.size(); ++i)
    CHECK(again[i].at == samples[i].at && std::bit_cast<uint64_t>(again[i].value) == std::bit_cast<uint64_t>(samples[i].value));
  return 0;
}
