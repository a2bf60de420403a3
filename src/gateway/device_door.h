// Where devices come in: one protocol on one address, for the links of one place.
#pragma once

#include <boost/describe/enum.hpp>
#include <string>

#include "base/error.h"
#include "base/place_code.h"

namespace anlan {

enum class DeviceProtocol { sl651, hj212, jtt808 };
BOOST_DESCRIBE_ENUM(DeviceProtocol, sl651, hj212, jtt808)

struct DeviceDoor {
  DeviceProtocol protocol = DeviceProtocol::sl651;
  std::string address;   // "0.0.0.0:5651"; port 0 takes a free one
  PlaceCode place;       // links there and below; empty: everywhere
  std::string password;  // "" accepts every device
  bool udp = false;
  bool answers = true;   // false: SL 651 in mode M1
};

// "sl651|0.0.0.0:5651|622927|1234|m1": protocol, address, place, password, mode; the last three may be missing. An address
// with "udp:" before it is one of datagrams (SL 651 and JT/T 808; HJ 212 knows TCP alone). The mode is m2 (stations are
// answered) or, for SL 651, m1.
Result<DeviceDoor> read_door(const std::string& text);

}  // namespace anlan
