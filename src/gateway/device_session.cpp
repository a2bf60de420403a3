#include "gateway/device_session.h"

#include <algorithm>

#include "base/hash.h"

namespace anlan {
namespace {

FrameKind kind_of(DeviceProtocol protocol) {
  switch (protocol) {
    case DeviceProtocol::sl651: return FrameKind::sl651;
    case DeviceProtocol::hj212: return FrameKind::hj212;
    case DeviceProtocol::jtt808: return FrameKind::jtt808;
  }
  return FrameKind::sl651;
}

}  // namespace

std::string shown_frame(FrameKind kind, std::string_view raw, size_t bytes_max) {
  if (kind == FrameKind::json || kind == FrameKind::line) return std::string(raw.substr(0, bytes_max));
  if (kind == FrameKind::hj212) {
    std::string text(raw.substr(0, bytes_max));
    if (const size_t at = text.find("PW="); at != std::string::npos) text.replace(at + 3, std::min(text.find(';', at), text.size()) - at - 3, "****");
    return text;
  }
  std::string hex = to_hex(raw.substr(0, bytes_max / 2));
  // 7E7E, centre, five bytes of station, then two of password.
  if (kind == FrameKind::sl651 && hex.size() >= 20) hex.replace(16, 4, "****");
  return hex;
}

DeviceSession::DeviceSession(const DeviceDoor& d, std::string from) : door(d), peer(std::move(from)), decoder(std::in_place_type<Sl651Centre>, Sl651CentreOptions{.acknowledge = d.answers}) {
  if (d.protocol == DeviceProtocol::hj212) decoder.emplace<Hj212Centre>();
  if (d.protocol == DeviceProtocol::jtt808) decoder.emplace<Jtt808Centre>();
}

size_t DeviceSession::held() const {
  return std::visit([](const auto& centre) { return centre.buffered(); }, decoder);
}

void DeviceTurn::take(DeviceSession& s, std::string_view bytes) {
  const UtcTime now = node_.clock().now();
  const auto events = std::visit([&](auto& centre) {
    constexpr bool kNeedsTime = requires { centre.feed(bytes, now); };
    if constexpr (kNeedsTime) return s.door.udp ? centre.feed_datagram(bytes, now) : centre.feed(bytes, now);
    else return s.door.udp ? centre.feed_datagram(bytes) : centre.feed(bytes);
  }, s.decoder);
  for (const auto& e : events) {
    if (e.fault != FrameFault::kNone) ++s.faults;
    if (e.kind == DeviceEventKind::kFault) {
      // Of a device that is known; strangers shall not fill the evidence.
      if (s.trusted) note(s, e, now);
      continue;
    }
    ++frames_;
    if (!admitted(s, e)) continue;
    s.trusted = true;
    s.device = e.report.device;
    s.credential = e.credential;
    note(s, e, now);
    s.replies += e.reply;
  }
}

void DeviceTurn::note(DeviceSession& s, const DeviceEvent& e, UtcTime now) {
  const std::string& device = e.report.device.empty() ? s.device : e.report.device;
  const auto kind = kind_of(s.door.protocol);
  frame_codes_.clear();
  for (const auto& o : e.report.observations) {
    if (frame_codes_.empty()) shown_.push_back(shown_frame(kind, e.raw, Watch::kFrameBytesMax));
    frame_codes_.push_back(codes_.emplace_back(device + "/" + o.element));
    if (o.bad || e.kind == DeviceEventKind::kFault) continue;
    if (doors_.empty() || doors_.back().door != &s.door) {
      auto of = std::find_if(doors_.begin(), doors_.end(), [&](const OfDoor& d) { return d.door == &s.door; });
      if (of == doors_.end()) doors_.push_back({&s.door, {}});
      else std::swap(*of, doors_.back());
    }
    doors_.back().readings.push_back({codes_.back(), o.at, o.value, shown_.size() - 1});
  }
  if (frame_codes_.empty()) frame_codes_.push_back(device);
  if (evidence_.frames) evidence_.frames->add({kind, now, s.peer, e.raw}, frame_codes_);
  if (evidence_.pictures && e.kind == DeviceEventKind::kPicture) {
    const std::string_view of = device;
    evidence_.pictures->add({kind, now, s.peer, e.attachment}, std::span(&of, 1));
  }
}

bool DeviceTurn::admitted(DeviceSession& s, const DeviceEvent& e) {
  if (s.door.protocol != DeviceProtocol::jtt808) {
    if (s.door.password.empty() || e.credential == s.door.password) return true;
    if (++s.faults == 1) log_(s.peer + " " + e.report.device + ": 口令不符 / wrong password");
    return false;
  }
  auto& centre = std::get<Jtt808Centre>(s.decoder);
  const auto serial = static_cast<uint16_t>(e.report.serial);
  // The code a vehicle is given follows from the door's password and its number, so nothing is stored.
  const auto code = s.door.password.empty() ? std::string("anlan") : to_hex(hmac_sha256(s.door.password, "jtt808|" + e.report.device)).substr(0, 16);
  if (e.kind == DeviceEventKind::kRegister) {
    s.replies += centre.registration_answer(serial, 0, code);
    return false;
  }
  if (e.kind == DeviceEventKind::kAuthenticate) {
    s.known = s.door.password.empty() || equal_constant_time(e.credential, code);
    s.replies += centre.answer(0x0102, serial, s.known ? Jtt808Centre::Result808::kDone : Jtt808Centre::Result808::kFailed);
    if (!s.known) ++s.faults;
    return false;
  }
  return s.known || s.door.password.empty();
}

bool DeviceTurn::keep() {
  bool kept = true;
  for (const auto& of : doors_) {
    if (of.readings.empty()) continue;
    const auto taken = node_.watch().take(of.readings, std::span(&of.door->place, 1), of.door->address, [&](size_t i) { return std::string_view(shown_[of.readings[i].item]); }, node_.clock().now());
    if (taken) continue;
    kept = false;
    log_("devices: " + taken.error().describe());
  }
  doors_.clear();
  codes_.clear();
  shown_.clear();
  return kept;
}

}  // namespace anlan
