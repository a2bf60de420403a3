// Names of places as people say them. The official name carries what speech leaves out: nationalities of an autonomous
// county, the committee of a village.
#pragma once

#include <string>
#include <string_view>

#include "base/place_code.h"

namespace anlan {

// 积石山保安族东乡族撒拉族自治县 -> 积石山县, 临夏回族自治州 -> 临夏州, 广西壮族自治区 -> 广西, 甘藏沟回族乡 ->
// 甘藏沟乡, 大河家村村民委员会 -> 大河家村, 东门社区居委会 -> 东门社区. Other names stay as they are.
std::string short_place_name(std::string_view name, PlaceLevel level);

// Bytes of a short name without its last unit word: 兰州市 -> 兰州, 大河家村 -> 大河家. At least two characters stay
// (成县 is its own stem).
size_t place_stem_size(std::string_view short_name, PlaceLevel level);
std::string_view place_stem(std::string_view short_name, PlaceLevel level);

// A level that exists only in the codes (市辖区, 县, 省直辖县级行政区划): left out of names that people read.
bool is_code_only_place(std::string_view name);

}  // namespace anlan
