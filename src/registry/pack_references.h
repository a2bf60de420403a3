// Names that the sections of a pack define and use: what is used must be defined, what is defined is defined once.
#pragma once

#include <array>
#include <map>
#include <string>
#include <vector>

#include "registry/declaration.h"

namespace anlan {

enum class PackSection { hazards, ranks, post_kinds, channels, answers, record_types };
BOOST_DESCRIBE_ENUM(PackSection, hazards, ranks, post_kinds, channels, answers, record_types)

class PackReferences {
 public:
  void define(PackSection section, const std::string& id, const Spot& spot, Faults& faults);
  void use(PackSection section, const std::string& id, const Spot& spot) { uses_.push_back({section, id, spot}); }
  // Call when every file is read.
  void check(Faults& faults) const;

 private:
  struct Use {
    PackSection section;
    std::string id;
    Spot spot;
  };
  std::map<PackSection, std::map<std::string, Spot>> defined_;
  std::vector<Use> uses_;
};

}  // namespace anlan
