// Fragility models in NRML 0.5 (Natural hazards' Risk Markup Language, OpenQuake engine manual, "Fragility models").
//
// Continuous: shape logncdf with the mean and stddev of the level itself (converted), or median and beta. Discrete: levels
// and probabilities. PGA is in g, PGV in cm/s, MMI taken as degrees of GB/T 17742; other measures (SA) are refused, for no
// field carries them. noDamageLimit becomes Fragility::at_least; for a discrete function whose first level lies above it,
// a point of probability 0 as well. minIML and maxIML, the range in which the engine samples a curve, are not used.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "quake/damage.h"

namespace anlan::quake {

struct FragilityModel {
  std::vector<std::string> limit_states;   // 1 to 4, mild to severe: reaching the first is grade 2
  std::vector<std::string> ids;            // of the building types
  std::vector<Fragility> fragilities;      // one for each id; have passed check()
};

// At most kFragilityFileMax bytes (kTooLarge), kFragilitiesMax functions and kLevelsMax levels of each. kInvalidFile with a
// detail for each wrong function (at most 100): line, id, reason; nothing is read then, for a model that lacks a type would
// count its buildings as standing.
inline constexpr size_t kFragilityFileMax = 32 << 20, kFragilitiesMax = 10'000;
Result<FragilityModel> read_fragilities(std::string_view xml);

}  // namespace anlan::quake
