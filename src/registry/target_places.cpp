#include "registry/target_places.h"

#include <algorithm>

#include "registry/directory.h"

namespace anlan {
namespace {

bool meet(const Bounds& a, const Bounds& b) {
  return a.west <= b.east && b.west <= a.east && a.south <= b.north && b.south <= a.north;
}

std::optional<LonLat> position_or_above(const PlaceTable& places, uint32_t index) {
  for (; index != kNoPlace; index = places.parent(index))
    if (const auto position = places.position(index)) return position;
  return std::nullopt;
}

}  // namespace

TargetPlaces::TargetPlaces(const PlaceTable& places, const Boundaries* boundaries, PlaceCode within)
    : places_(places), boundaries_(boundaries), within_(within), range_(places.range(within)) {
  const uint32_t n = range_.size();
  keys_.reserve(n);
  parents_.reserve(n);
  points_.reserve(n);
  point_places_.reserve(n);
  PlaceCode county_now;
  bool open = false;
  for (uint32_t i = range_.begin; i < range_.end; ++i) {
    const PlaceCode code = places.code(i);
    keys_.push_back(place_order(code));
    const uint32_t parent = places.parent(i);
    parents_.push_back(parent != kNoPlace && range_.contains(parent) ? parent : kNoPlace);
    if (boundaries && boundaries->find(code)) continue;
    const auto position = position_or_above(places, i);
    if (!position) continue;
    const PlaceCode county = code.at_level(PlaceLevel::kCounty);
    const auto at = static_cast<uint32_t>(points_.size());
    if (!open || county != county_now) {
      groups_.push_back({at, at, {position->lon, position->lat, position->lon, position->lat}});
      county_now = county;
      open = true;
    }
    auto& group = groups_.back();
    group.end = at + 1;
    group.bounds.west = std::min(group.bounds.west, position->lon);
    group.bounds.east = std::max(group.bounds.east, position->lon);
    group.bounds.south = std::min(group.bounds.south, position->lat);
    group.bounds.north = std::max(group.bounds.north, position->lat);
    points_.push_back(*position);
    point_places_.push_back(i);
  }
}

void TargetPlaces::mark_above(uint32_t index, std::vector<uint8_t>& marks) const {
  // Above a marked place everything is marked already.
  for (uint32_t i = index; i != kNoPlace && !marks[i - range_.begin]; i = parents_[i - range_.begin]) marks[i - range_.begin] = 1;
}

std::vector<TouchedPlace> TargetPlaces::collect(const std::vector<uint8_t>& marks) const {
  std::vector<TouchedPlace> out;
  out.reserve(static_cast<size_t>(std::count(marks.begin(), marks.end(), uint8_t{1})));
  for (uint32_t i = 0; i < marks.size(); ++i)
    if (marks[i]) out.push_back({range_.begin + i, keys_[i], static_cast<uint8_t>(keys_[i] & 7)});
  return out;
}

std::vector<TouchedPlace> TargetPlaces::touched(const PreparedArea& area) const {
  std::vector<uint8_t> marks(range_.size(), 0);
  std::vector<uint8_t> inside;
  for (const auto& group : groups_) {
    if (!meet(group.bounds, area.bounds())) continue;
    inside.resize(group.end - group.begin);
    area.contains_many(std::span(points_).subspan(group.begin, inside.size()), inside);
    for (uint32_t i = 0; i < inside.size(); ++i)
      if (inside[i]) mark_above(point_places_[group.begin + i], marks);
  }
  if (boundaries_)
    for (const auto& boundary : boundaries_->all()) {
      if (!meet(boundary.bounds, area.bounds())) continue;
      const uint32_t index = places_.index_of(boundary.code);
      if (index == kNoPlace || !range_.contains(index) || marks[index - range_.begin]) continue;
      if (area.intersects(boundary.area)) mark_above(index, marks);
    }
  return collect(marks);
}

std::vector<TouchedPlace> TargetPlaces::touched(std::span<const PlaceCode> codes) const {
  std::vector<uint8_t> marks(range_.size(), 0);
  for (const PlaceCode code : codes) {
    const PlaceRange range = places_.range(code);
    const uint32_t begin = std::max(range.begin, range_.begin), end = std::min(range.end, range_.end);
    if (begin >= end) continue;
    mark_above(begin, marks);
    std::fill(marks.begin() + (begin - range_.begin), marks.begin() + (end - range_.begin), uint8_t{1});
  }
  return collect(marks);
}

}  // namespace anlan
