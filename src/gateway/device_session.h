// One device's conversation, over a connection or from one UDP address, and what all conversations of one turn of the
// server's loop have brought. No sockets here: bytes in, readings to the watch, answers out.
#pragma once

#include <atomic>
#include <deque>
#include <functional>
#include <string>
#include <variant>
#include <vector>

#include "gateway/device_door.h"
#include "gateway/frame_log.h"
#include "loop/node.h"
#include "protocols/hj212.h"
#include "protocols/jtt808.h"
#include "protocols/sl651_centre.h"

namespace anlan {

// Where evidence is kept; either may be missing.
struct DeviceEvidence {
  FrameLog* frames = nullptr;
  FrameLog* pictures = nullptr;  // by the device's number
};

struct DeviceSession {
  DeviceSession(const DeviceDoor& door, std::string peer);
  // What its decoder holds of unfinished frames and messages.
  size_t held() const;

  const DeviceDoor& door;
  const std::string peer;  // the address it speaks from
  std::variant<Sl651Centre, Hj212Centre, Jtt808Centre> decoder;
  std::string replies;     // of this turn: sent when the readings are kept
  std::string device;      // that spoke last
  std::string credential;  // that it showed last
  Millis heard;
  int faults = 0;
  bool known = false;      // a vehicle that has shown its code
  bool trusted = false;    // has sent a frame that was let in
};

class DeviceTurn {
 public:
  DeviceTurn(Node& node, DeviceEvidence evidence, std::function<void(std::string_view)> log) : node_(node), evidence_(evidence), log_(std::move(log)) {}

  // Reads the frames of the bytes. A frame that is let in is evidence at once; its readings wait for keep().
  void take(DeviceSession& session, std::string_view bytes);
  // Hands the readings to the watch, those of each door for its place. False: not kept, so nobody may be answered.
  bool keep();
  uint64_t frames() const { return frames_; }

 private:
  bool admitted(DeviceSession& session, const DeviceEvent& event);
  void note(DeviceSession& session, const DeviceEvent& event, UtcTime now);

  Node& node_;
  DeviceEvidence evidence_;
  std::function<void(std::string_view)> log_;
  std::atomic<uint64_t> frames_{0};
  struct OfDoor {
    const DeviceDoor* door;
    std::vector<SiteReading> readings;
  };
  std::vector<OfDoor> doors_;
  std::deque<std::string> codes_;   // readings point at them
  std::deque<std::string> shown_;   // frames as people read them, by item
  std::vector<std::string_view> frame_codes_;
};

// A raw frame as people read it: text as it is, bytes in hex; passwords of devices are covered. At most bytes_max of it.
std::string shown_frame(FrameKind kind, std::string_view raw, size_t bytes_max);

}  // namespace anlan
