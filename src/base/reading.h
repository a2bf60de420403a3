// What a link (one sensor at one place measuring one thing) said at one instant. The engine that watches readings and the
// store that keeps them agree on this and on nothing else.
#pragma once

#include <cstdint>

#include "base/time.h"

namespace anlan {

// The number of a link in this node: dense, from 0, never given again.
using LinkNumber = uint32_t;

struct Sample {
  UtcTime at;
  double value = 0;  // in the unit of the link's type
  bool operator==(const Sample&) const = default;
};

struct Reading {
  UtcTime at;
  double value = 0;
  LinkNumber link = 0;
  bool operator==(const Reading&) const = default;
};

}  // namespace anlan
