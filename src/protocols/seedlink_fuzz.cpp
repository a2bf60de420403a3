// Any bytes from a server in any cut: the client keeps less than a packet, hands out whole ones, and can begin anew.
#include <cstdint>
#include <cstdlib>

#include "protocols/seedlink.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 2) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 2, size - 2);
  (void)anlan::read_seedlink_stations(bytes);
  (void)anlan::origin_of_record(bytes);
  std::vector<anlan::SeedLinkStation> stations;
  for (int i = 0; i < 1 + data[0] % 12; ++i) stations.push_back({"XX", "S" + std::to_string(i), {"HN?", "BHZ"}});
  auto conversation = anlan::SeedLinkConversation::with(stations).value();
  const size_t step = 1 + data[1];
  for (const bool greet : {false, true}) {
    (void)conversation.open();
    // Past the greeting the fuzzer sooner finds the rest.
    if (greet) (void)conversation.feed("SeedLink v3.1\r\nx\r\n");
    for (size_t at = 0; at < bytes.size(); at += step) {
      const auto news = conversation.feed(bytes.substr(at, step));
      for (const auto& packet : news.packets)
        if (packet.record.size() != anlan::kSeedLinkRecord || packet.sequence > 0xFFFFFF) std::abort();
      if (!news.fault.empty() || news.ended) break;
      if (conversation.buffered() > anlan::SeedLinkConversation::kLineMax) std::abort();
    }
  }
  return 0;
}
