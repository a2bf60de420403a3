#include "gateway/device_door.h"

#include <boost/describe/enum_from_string.hpp>
#include <vector>

namespace anlan {

Result<DeviceDoor> read_door(const std::string& text) {
  const auto wrong = [&](const char* why) { return Error(ErrorCode::kInvalidField, {{"field", "devices"}, {"why", text + ": " + why}}); };
  std::vector<std::string> parts;
  for (size_t at = 0; at <= text.size();) {
    const size_t end = std::min(text.find('|', at), text.size());
    parts.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  DeviceDoor door;
  if (parts.size() < 2 || parts.size() > 5) return wrong("应为 协议|地址|区划|口令|模式 / expected protocol|address|place|password|mode");
  if (!boost::describe::enum_from_string(parts[0].c_str(), door.protocol)) return wrong("协议应为 sl651、hj212、jtt808 / protocols are sl651, hj212, jtt808");
  door.address = parts[1];
  if (door.address.starts_with("udp:")) {
    door.udp = true;
    door.address.erase(0, 4);
  }
  if (door.udp && door.protocol == DeviceProtocol::hj212) return wrong("HJ 212 只用 TCP / HJ 212 uses TCP alone");
  if (parts.size() > 2 && !parts[2].empty()) {
    const auto place = PlaceCode::parse(parts[2]);
    if (!place) return wrong("区划代码无效 / not a place code");
    door.place = *place;
  }
  if (parts.size() > 3) door.password = parts[3];
  if (parts.size() > 4) {
    door.answers = parts[4] != "m1";
    if (parts[4] != "m2" && (parts[4] != "m1" || door.protocol != DeviceProtocol::sl651)) return wrong("模式应为 m1（仅 SL 651，不应答）或 m2 / modes are m1 (SL 651 alone, no answers) and m2");
  }
  return door;
}

}  // namespace anlan
