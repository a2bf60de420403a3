#include "registry/place_area.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numbers>
#include <set>

#include "base/error_catalogue.h"

namespace anlan {
namespace {

constexpr double kVillageRadiusKm = 1.5;
constexpr size_t kCirclesMax = 400;
constexpr int kCorners = 16;  // enough for a circle that is a sketch anyway
constexpr double kKmPerDegree = 111.195;

constexpr uint32_t kCountyRank = 2, kTownRank = 3, kVillageRank = 4;

Polygon round_polygon(LonLat centre, double km) {
  Polygon polygon;
  const double shrink = std::max(0.01, std::cos(centre.lat * std::numbers::pi / 180));
  for (int i = 0; i < kCorners; ++i) {
    const double angle = 2 * std::numbers::pi * i / kCorners;
    polygon.outer.push_back({std::clamp(centre.lon + km / kKmPerDegree / shrink * std::cos(angle), -180.0, 180.0),
                             std::clamp(centre.lat + km / kKmPerDegree * std::sin(angle), -90.0, 90.0)});
  }
  polygon.outer.push_back(polygon.outer.front());
  return polygon;
}

class Collector {
 public:
  explicit Collector(const PlaceIndex& index) : index_(index), places_(index.places()) {}

  void add(uint32_t place) {
    if (const Area* area = index_.boundaries().area(places_.code(place))) {
      polygons_.insert(polygons_.end(), area->polygons.begin(), area->polygons.end());
      return;
    }
    if (places_.rank(place) < kCountyRank) {
      for (const auto child : places_.children(place)) add(child);
      return;
    }
    const PlaceRange range = places_.range(place);
    const size_t before = points_.size();
    for (uint32_t i = range.begin; i < range.end; ++i)
      if (places_.rank(i) == kVillageRank)
        if (const auto p = places_.position(i)) points_.push_back(*p);
    if (points_.size() > before) return;
    for (uint32_t i = range.begin; i < range.end; ++i)
      if (const auto p = places_.position(i)) points_.push_back(*p);
  }

  Result<Area> take() {
    double km = kVillageRadiusKm;
    // Too many circles: one for each square of a grid that grows until they are few enough.
    for (double cell = 0.01; points_.size() > kCirclesMax; cell *= 1.5) {
      std::map<std::pair<int64_t, int64_t>, LonLat> squares;
      for (const auto& p : points_) squares.try_emplace({static_cast<int64_t>(std::floor(p.lon / cell)), static_cast<int64_t>(std::floor(p.lat / cell))}, p);
      points_.clear();
      for (const auto& [square, p] : squares) points_.push_back(p);
      km = std::max(kVillageRadiusKm, cell * kKmPerDegree);
    }
    for (const auto& p : points_) polygons_.push_back(round_polygon(p, km));
    if (polygons_.empty()) {
      Error error(ErrorCode::kInvalidField, {{"field", "places"}, {"why", "所选地点没有边界也没有位置"}});
      error.details.push_back({0, "places", "所选地点没有边界也没有位置", "the places have neither boundary nor position"});
      return error;
    }
    return normalise(std::move(polygons_));
  }

 private:
  const PlaceIndex& index_;
  const PlaceTable& places_;
  std::vector<Polygon> polygons_;
  std::vector<LonLat> points_;
};

uint32_t above(const PlaceTable& places, uint32_t place, uint32_t rank) {
  while (place != kNoPlace && places.rank(place) > rank) place = places.parent(place);
  return place;
}

std::string among(const PlaceTable& places, uint32_t first, size_t n, const char* unit) {
  const std::string name = places.short_name(places.code(first));
  return n == 1 ? name : name + "等 " + std::to_string(n) + " 个" + unit;
}

uint32_t weightiest(const std::map<uint32_t, size_t>& weights) {
  return std::max_element(weights.begin(), weights.end(), [](const auto& a, const auto& b) { return a.second < b.second; })->first;
}

// towns → touched villages in each; a county touched without any town stands for itself.
std::string label_of(const PlaceTable& places, const std::map<uint32_t, size_t>& towns, const std::set<uint32_t>& counties) {
  if (towns.empty()) return counties.empty() ? "" : among(places, *counties.begin(), counties.size(), "县区");
  std::map<uint32_t, size_t> of_county;
  for (const auto& [town, villages] : towns) ++of_county[above(places, town, kCountyRank)];
  std::map<uint32_t, size_t> whole;
  for (const auto& [county, n] : of_county)
    if (county != kNoPlace && n == places.children(county).size()) whole[county] = n;
  if (whole.size() == of_county.size()) {
    // All counties of a city or province are the city or province.
    uint32_t parent = places.parent(whole.begin()->first);
    const bool together = std::all_of(whole.begin(), whole.end(), [&](const auto& w) { return places.parent(w.first) == parent; });
    if (together && parent != kNoPlace && whole.size() > 1 && places.children(parent).size() == whole.size()) return places.short_name(places.code(parent));
    return among(places, weightiest(whole), whole.size(), "县区");
  }
  return among(places, weightiest(towns), towns.size(), "乡镇");
}

}  // namespace

Result<Area> area_of_places(const PlaceIndex& index, std::span<const PlaceCode> codes) {
  Collector collector(index);
  for (const auto code : codes) {
    const uint32_t place = index.places().index_of(code);
    if (place == kNoPlace) return Error(ErrorCode::kNotFound, {{"what", "行政区划 " + code.text()}});
    // Within one that is chosen too, it is drawn already.
    const bool covered = std::any_of(codes.begin(), codes.end(), [&](PlaceCode c) { return c != code && c.contains(code); });
    if (!covered) collector.add(place);
  }
  return collector.take();
}

std::string area_label(const PlaceTable& places, std::span<const TouchedPlace> touched) {
  std::map<uint32_t, size_t> towns;
  std::set<uint32_t> counties;
  std::vector<uint32_t> villages;
  for (const auto& t : touched) {
    if (t.level == kCountyRank) counties.insert(t.index);
    if (t.level == kTownRank) towns.try_emplace(t.index, 0);
    if (t.level == kVillageRank) {
      villages.push_back(t.index);
      ++towns[places.parent(t.index)];
    }
  }
  // One village, or a few of one town, are named themselves.
  if (towns.size() == 1 && !villages.empty() && villages.size() <= 3 && villages.size() < places.children(towns.begin()->first).size())
    return places.short_name(places.code(towns.begin()->first)) + among(places, villages.front(), villages.size(), "村");
  return label_of(places, towns, counties);
}

std::string places_label(const PlaceTable& places, std::span<const PlaceCode> codes) {
  std::vector<uint32_t> chosen;
  for (const auto code : codes)
    if (const uint32_t place = places.index_of(code); place != kNoPlace) chosen.push_back(place);
  std::sort(chosen.begin(), chosen.end());
  chosen.erase(std::unique(chosen.begin(), chosen.end()), chosen.end());
  if (chosen.empty()) return "";
  if (chosen.size() == 1) return places.short_name(places.code(chosen.front()));
  const uint32_t coarsest = places.rank(*std::min_element(chosen.begin(), chosen.end(), [&](uint32_t a, uint32_t b) { return places.rank(a) < places.rank(b); }));
  const uint32_t finest = places.rank(*std::max_element(chosen.begin(), chosen.end(), [&](uint32_t a, uint32_t b) { return places.rank(a) < places.rank(b); }));
  // All children of one place are that place.
  if (coarsest == finest) {
    const uint32_t parent = places.parent(chosen.front());
    const bool together = parent != kNoPlace && std::all_of(chosen.begin(), chosen.end(), [&](uint32_t p) { return places.parent(p) == parent; });
    if (together && places.children(parent).size() == chosen.size()) return places.short_name(places.code(parent));
  }
  const char* unit = coarsest != finest ? "地方" : finest == kVillageRank ? "村" : finest == kTownRank ? "乡镇" : finest == kCountyRank ? "县区" : "市州";
  return among(places, chosen.front(), chosen.size(), unit);
}

TouchedCount count_touched(std::span<const TouchedPlace> touched) {
  TouchedCount count;
  for (const auto& t : touched) {
    count.towns += t.level == kTownRank;
    count.villages += t.level == kVillageRank;
  }
  return count;
}

}  // namespace anlan
