// Any bytes in any cut: nothing crashes, bounds hold, every answer can be read, and bodies too.
#include <cstdint>
#include <cstdlib>

#include "protocols/jtt808.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 1) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const size_t cut = bytes.empty() ? 0 : data[0] % bytes.size();
  anlan::Jtt808Centre centre;
  for (const auto part : {bytes.substr(0, cut), bytes.substr(cut)}) {
    for (const auto& event : centre.feed(part)) {
      if (event.reply.empty()) continue;
      anlan::Jtt808Decoder terminal;
      const auto pieces = terminal.feed(event.reply);
      if (pieces.size() != 1 || pieces[0].fault != anlan::FrameFault::kNone) std::abort();
    }
    if (centre.buffered() > anlan::kJtt808FrameMax + anlan::Jtt808Centre::kPacketsMax * anlan::kJtt808BodyMax) std::abort();
  }
  (void)centre.finish();

  // The same bytes as the body of each message, past the check sum.
  anlan::Jtt808Header header;
  header.phone = "13900001234";
  const auto body = bytes.substr(0, anlan::kJtt808BodyMax);
  for (const uint16_t id : {0x0100, 0x0102, 0x0200, 0x0201, 0x0704, 0x0801}) {
    header.id = id;
    header.is_2019 = (data[0] & 1) != 0;
    for (const auto& event : centre.feed(anlan::jtt808_frame(header, body)))
      if (event.kind == anlan::DeviceEventKind::kFault) std::abort();
  }
  (void)anlan::read_jtt808_registration(header.is_2019, body);
  if (const auto p = anlan::read_jtt808_position(body)) (void)anlan::jtt808_position_body(*p);
  return 0;
}
