// Any bytes in any cut: the centre neither crashes nor keeps more than it may, and a frame that is read can be written again.
#include <cstdint>
#include <cstdlib>

#include "protocols/sl651_centre.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 1) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const size_t cut = bytes.empty() ? 0 : data[0] % bytes.size();
  const anlan::UtcTime now{1'782'864'005'000};
  anlan::Sl651Centre centre, datagrams;
  anlan::Sl651Decoder decoder;
  for (const auto part : {bytes.substr(0, cut), bytes.substr(cut)}) {
    for (const auto& event : centre.feed(part, now)) {
      anlan::Sl651Decoder station;
      if (!event.reply.empty() && (station.feed(event.reply).size() != 1 || station.buffered() != 0)) std::abort();
    }
    if (centre.buffered() > anlan::kSl651FrameMax + anlan::Sl651Centre::kMessageBytesMax) std::abort();
    // The same bytes as datagrams of one address: nothing of a frame is left, packets of a message may be.
    (void)datagrams.feed_datagram(part, now);
    if (datagrams.buffered() > anlan::Sl651Centre::kMessageBytesMax) std::abort();
    for (const auto& piece : decoder.feed(part))
      if (piece.fault == anlan::FrameFault::kNone && anlan::sl651_frame(piece.frame).size() != piece.frame.raw.size()) std::abort();
  }
  (void)centre.finish();
  // The elements alone, past the check sum.
  std::vector<anlan::Observation> observations;
  (void)anlan::read_sl651_elements(data[0], now, bytes, observations);
  return 0;
}
