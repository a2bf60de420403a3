// Devices on TCP and UDP: SL 651-2014 stations, HJ 212-2017 loggers, JT/T 808 vehicles. What they report becomes readings
// of the links whose code is "<device>/<element>", e.g. "0012345678/39", "622927.../w01018-Rtd", "013912345678/lat".
//
// A device is answered when its readings are on disk: reports of all connections that arrived in one turn of the loop
// are kept together, then every answer goes out. A connection is read again after its answer, so a device that floods
// waits and holds at most one read and what its decoder holds. On UDP the same conversation is kept by the address that
// speaks; a datagram that is not answered is sent again by the device.
//
// SL 651 modes: M1 no answers (by the door), M2 an answer to each report, M3 packets put together and missing ones asked
// for, M4 our own requests (ask), whose answers are reports that are not answered.
//
// Authentication: a door may demand a password. SL 651 and HJ 212 carry one in every frame; a vehicle is told it when it
// registers and shows it when it connects again. Which readings count is decided by the door's place besides.
//
// One thread, the caller's (run). Bounds: DeviceLimits; a connection without a byte for kIdle, or with more than
// kFaultsMax faulty frames, is closed, and so is one whose unfinished messages would bring all of them over held_bytes. At
// the limit a new connection is refused; of UDP addresses the one that was silent longest is forgotten.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "gateway/device_door.h"
#include "gateway/device_session.h"
#include "loop/node.h"

namespace anlan {

struct DeviceLimits {
  size_t connections = 30'000;
  size_t peers = 30'000;                    // UDP addresses of one door
  size_t held_bytes = size_t{256} << 20;    // unfinished frames and messages of all devices
};

class DeviceServer {
 public:
  static constexpr int kFaultsMax = 100;
  static constexpr Millis kIdle = minutes(15);
  static constexpr size_t kReadBytes = 16 * 1024;
  static constexpr size_t kAskedBytesMax = 8 * 1024;  // requests that wait to be sent to one device

  // kStoreUnavailable when an address cannot be had. log: one line each; on the thread of run().
  static Result<std::unique_ptr<DeviceServer>> open(Node& node, const std::vector<DeviceDoor>& doors, std::function<void(std::string_view)> log, DeviceEvidence evidence = {}, DeviceLimits limits = {});
  ~DeviceServer();

  // Until stop(), which any thread may call.
  void run();
  void stop();

  // SL 651 M4: a request to a station that is connected or was heard on UDP: function 37 to 3A, 40 to 51 and its
  // parameters. Its answer comes as a report. Any thread; done is called on the thread of run(), false when the station
  // is not here.
  void ask(std::string station, uint8_t function, std::string parameters, std::function<void(bool sent)> done);

  uint16_t port(size_t door) const;
  size_t connections() const;  // and UDP addresses
  uint64_t frames() const;     // whole ones, since the start

 private:
  class Impl;
  explicit DeviceServer(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace anlan
