#include "registry/place_names.h"

#include <array>

namespace anlan {
namespace {

constexpr size_t kHan = 3;  // bytes of a Chinese character in UTF-8

// Nationalities (GB/T 3304) as they stand in names of autonomous places, with and without 族.
constexpr std::array<std::string_view, 57> kNationalities = {
    "蒙古",   "回",   "藏",     "维吾尔",   "苗",   "彝",       "壮",     "布依",   "朝鲜", "满",   "侗",   "瑶",
    "白",     "土家", "哈尼",   "哈萨克",   "傣",   "黎",       "傈僳",   "佤",     "畲",   "高山", "拉祜", "水",
    "东乡",   "纳西", "景颇",   "柯尔克孜", "土",   "达斡尔",   "仫佬",   "羌",     "布朗", "撒拉", "毛南", "仡佬",
    "锡伯",   "阿昌", "普米",   "塔吉克",   "怒",   "乌孜别克", "俄罗斯", "鄂温克", "德昂", "保安", "裕固", "京",
    "塔塔尔", "独龙", "鄂伦春", "赫哲",     "门巴", "珞巴",     "基诺",   "各",     "民"};
// Written without 族 in official names.
constexpr std::array<std::string_view, 7> kBareNationalities = {"维吾尔", "哈萨克", "柯尔克孜", "塔吉克",
                                                                "锡伯",   "蒙古",   "鄂伦春"};

bool cut(std::string_view& text, std::string_view ending) {
  if (!text.ends_with(ending)) return false;
  text.remove_suffix(ending.size());
  return true;
}

// Removes nationalities from the end, but never all of the name (东乡族自治县 keeps 东乡).
std::string_view without_nationalities(std::string_view name) {
  for (int i = 0; i < 8; ++i) {
    std::string_view rest = name;
    bool found = false;
    std::string_view body = name;
    if (cut(body, "族"))
      for (auto nationality : kNationalities)
        if (std::string_view r = body; cut(r, nationality) && (!found || r.size() < rest.size())) {
          rest = r;
          found = true;
        }
    if (!found)
      for (auto nationality : kBareNationalities)
        if (std::string_view r = name; cut(r, nationality)) {
          rest = r;
          found = true;
          break;
        }
    if (!found) return name;
    if (rest.empty() && body.size() >= 2 * kHan) return body;
    if (rest.size() < 2 * kHan) return name;
    name = rest;
  }
  return name;
}

// The committee's name starts with the name of the village, so that the short form is its beginning.
std::string_view short_village_name(std::string_view name) {
  const auto whole = name;
  for (std::string_view ending : {"居民委员会", "居委会", "社区委员会", "社区委会"})
    if (cut(name, ending)) {
      if (ending.starts_with("社区")) name = whole.substr(0, name.size() + 2 * kHan);
      return name.empty() ? whole : name;
    }
  for (std::string_view ending : {"村民委员会", "村委员会", "村委会", "村民委"})
    if (cut(name, ending)) {
      if (name.empty()) return whole;
      const bool has_unit = name.ends_with("村") || name.ends_with("社区") || name.ends_with("嘎查");
      return has_unit ? name : whole.substr(0, name.size() + kHan);
    }
  return whole;
}

}  // namespace

std::string short_place_name(std::string_view name, PlaceLevel level) {
  const auto joined = [](std::string_view a, std::string_view b) { return std::string(a).append(b); };
  auto rest = name;
  switch (level) {
    case PlaceLevel::kProvince:
      if (cut(rest, "自治区")) return std::string(without_nationalities(rest));
      break;
    case PlaceLevel::kCity:
      if (cut(rest, "自治州")) return joined(without_nationalities(rest), "州");
      break;
    case PlaceLevel::kCounty:
      if (cut(rest, "自治县")) return joined(without_nationalities(rest), "县");
      if (cut(rest, "自治旗")) return joined(without_nationalities(rest), "旗");
      break;
    case PlaceLevel::kTown:
      if (cut(rest, "街道办事处")) return joined(rest, "街道");
      if (cut(rest, "地区办事处")) return joined(rest, "地区");
      if (cut(rest, "乡") && rest.ends_with("族"))
        if (const auto bare = without_nationalities(rest); bare.size() < rest.size()) return joined(bare, "乡");
      break;
    case PlaceLevel::kVillage:
      return std::string(short_village_name(name));
    default:
      break;
  }
  return std::string(name);
}

size_t place_stem_size(std::string_view name, PlaceLevel level) {
  const auto stem_of = [&](std::initializer_list<std::string_view> units) {
    for (auto unit : units)
      if (name.ends_with(unit) && name.size() >= unit.size() + 2 * kHan) return name.size() - unit.size();
    return name.size();
  };
  switch (level) {
    case PlaceLevel::kProvince:
      return stem_of({"省", "市"});
    case PlaceLevel::kCity:
      return stem_of({"地区", "市", "州", "盟"});
    case PlaceLevel::kCounty:
      return stem_of({"矿区", "新区", "林区", "区", "市", "县", "旗"});
    case PlaceLevel::kTown:
      return stem_of({"街道", "地区", "苏木", "镇", "乡"});
    case PlaceLevel::kVillage:
      return stem_of({"社区", "嘎查", "村"});
    default:
      return name.size();
  }
}

std::string_view place_stem(std::string_view name, PlaceLevel level) {
  return name.substr(0, place_stem_size(name, level));
}

bool is_code_only_place(std::string_view name) {
  return name == "市辖区" || name == "县" || name.ends_with("直辖县级行政区划");
}

}  // namespace anlan
