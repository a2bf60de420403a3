#include "benchmarks/province.h"

#include <cmath>
#include <numbers>

#include "benchmarks/bench.h"

namespace anlan::bench {
namespace {

constexpr int64_t kProvince = 62;
constexpr LonLat kMiddle{104, 35};

int64_t county_code(int c) { return kProvince * 10'000 + (c / 10 + 1) * 100 + c % 10 + 21; }
int64_t town_code(int c, int t) { return county_code(c) * 1000 + 100 + t; }
int64_t village_code(int c, int t, int v) { return town_code(c, t) * 1000 + 200 + v; }

}  // namespace

PlaceTable province_places(uint64_t seed) {
  Dice dice(seed);
  std::vector<std::string> names;
  names.reserve(64 + kCounties * (1 + kTowns * (1 + kVillages)));
  std::vector<PlaceRow> rows;
  std::vector<LonLat> at;
  const auto add = [&](int64_t code, std::string name, LonLat position) {
    names.push_back(std::move(name));
    rows.push_back({PlaceCode(code), names.back()});
    at.push_back(position);
  };
  const auto near = [&](LonLat p, double spread_deg) {
    return LonLat{p.lon + spread_deg * (dice.unit() - 0.5), p.lat + spread_deg * (dice.unit() - 0.5)};
  };
  add(kProvince, "测试省", kMiddle);
  for (int c = 0; c < kCounties; ++c) {
    if (c % 10 == 0) add(county_code(c) / 100, "第" + std::to_string(c / 10 + 1) + "市", near(kMiddle, 1));
    const LonLat county = near(kMiddle, 2);
    add(county_code(c), "第" + std::to_string(c + 1) + "县", county);
    for (int t = 0; t < kTowns; ++t) {
      const LonLat town = near(county, 0.3);
      add(town_code(c, t), "第" + std::to_string(t + 1) + "镇", town);
      for (int v = 0; v < kVillages; ++v) add(village_code(c, t, v), "第" + std::to_string(v + 1) + "村", near(town, 0.1));
    }
  }
  auto places = PlaceTable::create(rows).value();
  for (size_t i = 0; i < rows.size(); ++i) places.set_position(places.index_of(rows[i].code), at[i], false);
  return places;
}

People province_people() {
  People all;
  all.persons.reserve(kPeople);
  all.posts.reserve(kPeople);
  // Adds n posts at a place and returns the first, whose superior is given; the others answer to the first.
  const auto add = [&](int64_t place, std::initializer_list<const char*> kinds, int n, PostId superior) {
    const PostId first{static_cast<int64_t>(all.posts.size()) + 1};
    for (int i = 0; i < n; ++i) {
      const int64_t id = static_cast<int64_t>(all.posts.size()) + 1;
      ImportedPerson person;
      person.person = PersonId{id};
      person.name = "人员" + std::to_string(id);
      person.phones = {std::to_string(13'000'000'000 + id)};
      person.generated = true;
      all.persons.push_back(std::move(person));
      ImportedPost post;
      post.post = PostId{id};
      post.kind = kinds.begin()[static_cast<size_t>(i) % kinds.size()];
      post.place = PlaceCode(place);
      post.holder = PersonId{id};
      post.deputy_post = PostId{first.value + (i + 1) % n};
      post.superior_post = i ? first : superior;
      post.generated = true;
      all.posts.push_back(std::move(post));
    }
    return first;
  };
  for (int c = 0; c < kCounties; ++c) {
    const PostId county = add(county_code(c), {"county_head", "county_deputy_head", "emergency_bureau_head", "emergency_bureau_deputy"}, 40, {});
    for (int t = 0; t < kTowns; ++t) {
      const PostId town = add(town_code(c, t), {"town_head", "town_party_secretary", "town_emergency_officer", "town_flood_keeper"}, 16, county);
      for (int v = 0; v < kVillages; ++v)
        add(village_code(c, t, v), {"village_head", "village_party_secretary", "disaster_informant", "transfer_keeper", "grid_worker"}, 8, town);
    }
  }
  CHECK(all.posts.size() == static_cast<size_t>(kPeople));
  return all;
}

Area star(double radius_deg, int n, uint64_t seed) {
  Dice dice(seed);
  Polygon polygon;
  for (int i = 0; i < n; ++i) {
    const double angle = 2 * std::numbers::pi * i / n, r = radius_deg * (0.6 + 0.4 * dice.unit());
    polygon.outer.push_back({kMiddle.lon + r * std::cos(angle), kMiddle.lat + r * std::sin(angle)});
  }
  polygon.outer.push_back(polygon.outer.front());
  Area area;
  area.polygons.push_back(std::move(polygon));
  return area;
}

}  // namespace anlan::bench
