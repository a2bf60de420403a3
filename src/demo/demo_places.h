// The places of the demonstration, read from two npm packages: Gansu and Qinghai down to the village, the names of the
// other provinces, boundaries of 临夏州 and the cities around it. Towns and villages get laid-out positions.
#pragma once

#include <memory>

#include "demo/demo.h"
#include "registry/place_index.h"

namespace anlan {

inline constexpr PlaceCode kDemoCity{6229};
inline constexpr PlaceCode kDemoCounty{622927};
// Of the layout. Towns are spread by chance; with this seed 大河家镇 and its neighbours come to lie in the north-west of
// the county, where people know them to be. Their positions stay flagged approximate.
inline constexpr uint64_t kDemoLayoutSeed = 472;

struct DemoPlaces {
  std::shared_ptr<const PlaceIndex> index;
  size_t boundaries_joined = 0, boundaries_unjoined = 0;
};

// About a second. kNotFound for a missing file, kInvalidFile or kBadRequest for one that cannot be read.
Result<DemoPlaces> read_demo_places(const DemoData& data, const PinyinTable& pinyin);

}  // namespace anlan
