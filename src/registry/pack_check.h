// What can only be judged when every file of a pack has been read.
#pragma once

#include <vector>

#include "registry/declaration.h"
#include "registry/pack.h"

namespace anlan {

// Where the items of a pack stand; each list runs parallel to the pack's.
struct PackSpots {
  Spot pack;
  std::vector<Spot> levels, answers, call_rules, templates, readings;
};

// All four levels named; keypad digits unique; at most three big answers; one call rule per level and rank; one
// template per hazard and level, one of them for any hazard; readings with a syllable for each character.
void check_pack(const Pack& pack, const PackSpots& spots, Faults& faults);

// Placeholders of a text: {word}. Reports unknown ones and stray braces. allowed empty: any word will do.
void check_placeholders(std::string_view text, const std::vector<std::string_view>& allowed, const Spot& spot, Faults& faults);

// Characters of a message when its placeholders hold values of usual length (area 10, hazard 4, level 2, until 12,
// issuer 9): one SMS segment has 70.
size_t usual_length(std::string_view message);

}  // namespace anlan
