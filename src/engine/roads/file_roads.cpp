#include "roads/file_roads.h"

#include <algorithm>
#include <array>

#include "roads/utf8.h"

namespace anlan::roads {

void Faults::add(int line, std::string_view field, std::string_view zh, std::string_view en) {
  constexpr size_t kDetailsMax = 20;
  if (++count_ <= kDetailsMax) details_.push_back({line, std::string(field), std::string(zh), std::string(en)});
}
Error Faults::error() && {
  Error error(ErrorCode::kInvalidFile, {{"why", std::to_string(count_) + (count_ == 1 ? " fault" : " faults")}});
  error.details = std::move(details_);
  return error;
}

std::optional<WayTags> read_file_tags(std::vector<OsmTag> tags, FileReport& report, NameTable& names) {
  // Our own names for classes, and those of map tiles.
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 4> kClasses = {
      std::pair{"other", "road"}, {"major_road", "primary"}, {"minor_road", "residential"}, {"highway", "motorway"}};
  const OsmTags given{tags};
  std::string_view road_class;
  for (const std::string_view key : {"highway", "class", "kind_detail", "kind"})
    if (road_class.empty()) road_class = given[key];
  if (road_class.empty() && given["route"] != "ferry") road_class = "unclassified";
  for (const auto& [from, to] : kClasses)
    if (road_class == from) road_class = to;
  std::erase_if(tags, [](const OsmTag& t) { return t.key == "highway"; });
  if (road_class == "ferry") tags.push_back({"route", "ferry"});
  else if (!road_class.empty()) tags.push_back({"highway", road_class});

  auto way = read_way_tags({tags});
  if (way && way->dropped == Dropped::kUnknownClass) {
    constexpr size_t kValuesMax = 50, kBytesMax = 40;
    const std::string key(valid_utf8(road_class, kBytesMax));
    ++(report.unknown_classes.size() < kValuesMax || report.unknown_classes.contains(key) ? report.unknown_classes[key]
                                                                                          : report.unknown_classes[""]);
  }
  if (!way || way->dropped != Dropped::kNone) {
    ++report.dropped[static_cast<size_t>(way ? way->dropped : Dropped::kUnknownClass)];
    return std::nullopt;
  }
  constexpr size_t kNameBytesMax = 250;
  way->road.name = names.index_of(valid_utf8(way->name, kNameBytesMax));
  way->road.ref = names.index_of(valid_utf8(way->ref, kNameBytesMax));
  return way;
}

}  // namespace anlan::roads
