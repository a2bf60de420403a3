// Any bytes in any cut: nothing crashes, bounds hold, and every answer is a packet that can be read.
#include <cstdint>
#include <cstdlib>

#include "protocols/hj212.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 1) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const size_t cut = bytes.empty() ? 0 : data[0] % bytes.size();
  const anlan::UtcTime now{1'782'864'005'000};
  anlan::Hj212Centre centre;
  for (const auto part : {bytes.substr(0, cut), bytes.substr(cut)}) {
    for (const auto& event : centre.feed(part, now)) {
      anlan::Hj212Decoder device;
      if (event.reply.empty()) continue;
      const auto pieces = device.feed(event.reply);
      if (pieces.size() != 1 || pieces[0].fault != anlan::FrameFault::kNone) std::abort();
    }
    if (centre.buffered() > anlan::kHj212PacketMax + anlan::Hj212Centre::kMessageBytesMax) std::abort();
  }
  (void)centre.finish();
  // The content alone, past the check sum.
  std::vector<anlan::Observation> observations;
  (void)anlan::read_hj212_cp(bytes, now, observations);
  return 0;
}
