// A declared thing with where it comes from.
#pragma once

#include <string>

namespace anlan {

// `verified` is false for what nobody has checked against the printed source.
struct Sourced {
  std::string id, zh, en;
  std::string source, effective_from;
  bool verified = false;
};

}  // namespace anlan
