// Any bytes are a chunk of hours within its bounds, or none; a chunk written again says the same.
#include "base/check.h"
#include "history/hours.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace anlan;
  HourChunk chunk, again;
  if (!read_hours({reinterpret_cast<const char*>(data), size}, 470'000, chunk)) return 0;
  CHECK(chunk.from == 470'000 && chunk.until > chunk.from);
  for (size_t i = 0; i < chunk.rows.size(); ++i) {
    const auto& row = chunk.rows[i];
    CHECK(row.hour >= chunk.from && row.hour < chunk.until && row.of.count > 0);
    CHECK(i == 0 || chunk.rows[i - 1].hour < row.hour);
  }
  const auto bytes = write_hours(chunk);
  CHECK(read_hours(bytes, 470'000, again) && again.rows.size() == chunk.rows.size() && again.until == chunk.until);
  CHECK(write_hours(again) == bytes);
  return 0;
}
