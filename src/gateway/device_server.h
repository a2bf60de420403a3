// Devices on TCP: SL 651-2014 stations, HJ 212-2017 loggers, JT/T 808 vehicles. What they report becomes readings of the
// links whose code is "<device>/<element>", e.g. "0012345678/39", "622927.../w01018-Rtd", "013912345678/lat".
//
// A device is answered when its readings are on disk: reports of all connections that arrived in one turn of the loop
// are kept together, then every answer goes out. A connection is read again after its answer, so a device that floods
// waits and holds at most one read and what its decoder holds.
//
// Authentication: a door may demand a password. SL 651 and HJ 212 carry one in every frame; a vehicle is told it when it
// registers and shows it when it connects again. Which readings count is decided by the door's place besides.
//
// One thread, the caller's (run). Bounds: kConnectionsMax; a connection without a byte for kIdle, or with more than
// kFaultsMax faulty frames, is closed.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "loop/node.h"

namespace anlan {

enum class DeviceProtocol { sl651, hj212, jtt808 };
BOOST_DESCRIBE_ENUM(DeviceProtocol, sl651, hj212, jtt808)

struct DeviceDoor {
  DeviceProtocol protocol = DeviceProtocol::sl651;
  std::string address;   // "0.0.0.0:5651"; port 0 takes a free one
  PlaceCode place;       // links there and below; empty: everywhere
  std::string password;  // "" accepts every device
};

// "sl651|0.0.0.0:5651|622927|1234": protocol, address, place, password; the last two may be missing.
Result<DeviceDoor> read_door(const std::string& text);

class DeviceServer {
 public:
  static constexpr size_t kConnectionsMax = 30'000;
  static constexpr int kFaultsMax = 100;
  static constexpr Millis kIdle = minutes(15);
  static constexpr size_t kReadBytes = 16 * 1024;

  // kStoreUnavailable when an address cannot be had. log: one line each; on the thread of run().
  static Result<std::unique_ptr<DeviceServer>> open(Node& node, const std::vector<DeviceDoor>& doors, std::function<void(std::string_view)> log);
  ~DeviceServer();

  // Until stop(), which any thread may call.
  void run();
  void stop();

  uint16_t port(size_t door) const;
  size_t connections() const;
  uint64_t frames() const;  // whole ones, since the start

 private:
  class Impl;
  explicit DeviceServer(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace anlan
