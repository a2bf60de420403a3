#include "demo/demo_county.h"

#include "demo/county_maker.h"
#include "demo/demo_places.h"
#include "demo/rainstorm.h"

namespace anlan {
namespace {

constexpr double kEmptyVillages = 0.05;  // nobody is named there

bool is_community(std::string_view village) { return village.find("社区") != std::string_view::npos; }

struct CountyPosts {
  PostId secretary, head, deputy, duty;
};

// The offices of 积石山县 and, above it, of the city.
CountyPosts add_home_county(CountyMaker& m) {
  const auto city = [&](const char* kind, const char* title, PostId superior = {}) {
    return m.post({kind, kDemoCity, m.person(true), {}, superior, title, {}});
  };
  const PostId city_deputy = city("county_deputy_head", "州政府分管副州长");
  const PostId city_bureau = city("emergency_bureau_head", "州应急管理局局长", city_deputy);
  city("water_bureau_head", "州水务局局长", city_deputy);
  city("natural_resources_bureau_head", "州自然资源局局长", city_deputy);
  city("weather_bureau_head", "州气象局局长", city_deputy);
  const PostId city_duty = city("county_duty_room", "州应急管理局值班室", city_bureau);

  const auto add = [&](const char* kind, PostId superior, PostId deputy = {}, std::string title = {}, std::string name = {}) {
    return m.post({kind, kDemoCounty, m.person(true, std::move(name)), deputy, superior, std::move(title), {}});
  };
  CountyPosts out;
  out.secretary = add("county_party_secretary", city_deputy);
  out.deputy = add("county_deputy_head", {}, {}, "分管应急副县长");
  out.head = add("county_head", out.secretary, out.deputy);
  m.post(out.deputy).superior_post = out.head;
  const PostId farming = add("county_deputy_head", out.head, out.deputy, "分管农业水务副县长");
  const PostId land = add("county_deputy_head", out.head, out.deputy, "分管自然资源副县长");
  const PostId bureau_deputy = add("emergency_bureau_deputy", {});
  const PostId bureau = add("emergency_bureau_head", out.deputy, bureau_deputy, {}, "王建国");
  m.post(bureau_deputy).superior_post = bureau;
  add("emergency_bureau_deputy", bureau, {}, "县应急管理局副局长（救援）");
  add("weather_bureau_head", out.deputy);
  for (const char* kind : {"water_bureau_head", "agriculture_bureau_head"}) add(kind, farming);
  for (const char* kind : {"natural_resources_bureau_head", "forestry_bureau_head", "housing_bureau_head", "transport_bureau_head"}) add(kind, land);
  for (const char* kind : {"education_bureau_head", "health_bureau_head", "police_head", "fire_brigade_head"}) add(kind, out.deputy);
  out.duty = add("county_duty_room", city_duty, {}, {}, "马丽");
  add("county_duty_room", city_duty, {}, "县应急管理局值班室（副班）");
  return out;
}

CountyPosts add_neighbour_county(CountyMaker& m, PlaceCode county) {
  CountyPosts out;
  out.deputy = m.post({"county_deputy_head", county, m.person(true), {}, {}, {}, {}});
  out.head = m.post({"county_head", county, m.person(true), out.deputy, {}, {}, {}});
  m.post(out.deputy).superior_post = out.head;
  const PersonId bureau_head = m.person(true);
  const PostId bureau = m.post({"emergency_bureau_head", county, bureau_head, {}, out.deputy, {}, {}});
  out.duty = m.post({"county_duty_room", county, m.person(true), {}, bureau, {}, {}});
  m.outsiders.push_back(bureau_head);
  return out;
}

void add_town(CountyMaker& m, const Place& town, const CountyPosts& county, bool full) {
  const auto add = [&](const char* kind, PersonId holder, PostId superior, PostId deputy = {}) {
    return m.post({kind, town.code, holder, deputy, superior, {}, {}});
  };
  const PersonId officer_person = m.maybe_person();
  const PostId officer = add("town_emergency_officer", officer_person, {});
  const PostId head = add("town_head", full ? m.person(true) : m.maybe_person(), county.deputy, officer);
  m.post(officer).superior_post = head;
  m.town_heads[town.code.digits()] = head;
  if (!full) return;
  add("town_party_secretary", m.person(), county.head, head);
  const PersonId flood = m.maybe_person();
  add("town_flood_keeper", flood, head, officer);
  // In small towns one person keeps both.
  add("town_geohazard_keeper", m.dice.chance(0.4) ? flood : m.maybe_person(), head, officer);
  add("town_duty_room", m.dice.chance(0.3) && officer_person ? officer_person : m.person(true), county.duty);
}

// Two to five posts held by one to five people.
void add_village(CountyMaker& m, const Place& village, PostId town_head) {
  if (m.dice.chance(kEmptyVillages)) return;
  const bool community = is_community(village.name);
  auto& people = m.village_people[village.code.digits()];
  const auto fresh = [&] {
    const PersonId p = m.maybe_person();
    if (p) people.push_back(p);
    return p;
  };
  const auto add = [&](const char* kind, PersonId holder, PostId superior, PostId deputy = {}, const char* community_title = "") {
    return m.post({kind, village.code, holder, deputy, superior, community ? community_title : "", {}});
  };
  const PersonId secretary_person = fresh();
  const PostId secretary = add("village_party_secretary", secretary_person, town_head, {}, "社区党组织书记");
  m.village_leaders[village.code.digits()] = secretary;
  // Many villages have one person for both.
  const PersonId head_person = m.dice.chance(0.25) ? secretary_person : fresh();
  const PostId head = add("village_head", head_person, secretary, {}, "社区主任（防汛责任人）");
  if (head_person != secretary_person) m.post(secretary).deputy_post = head;
  PostId informant;
  if (m.dice.chance(0.75)) informant = add("disaster_informant", m.dice.chance(0.3) ? head_person : fresh(), secretary);
  if (informant && m.post(informant).holder != head_person) m.post(head).deputy_post = informant;
  if (m.dice.chance(0.45)) add("transfer_keeper", m.dice.chance(0.6) ? secretary_person : fresh(), secretary, head);
  if (m.dice.chance(0.6)) add("grid_worker", fresh(), head);
  else if (!community && m.dice.chance(0.5)) add("forest_ranger", fresh(), head);
}

void add_thin_village(CountyMaker& m, const Place& village, PostId town_head) {
  if (m.dice.chance(0.1)) return;
  const PersonId secretary = m.maybe_person();
  const PostId post = m.post({"village_party_secretary", village.code, secretary, {}, town_head, is_community(village.name) ? "社区党组织书记" : "", {}});
  if (m.dice.chance(0.12)) m.post({"disaster_informant", village.code, m.dice.chance(0.5) ? secretary : m.maybe_person(), {}, post, {}, {}});
}

// A village secretary whom the rainstorm calls, in 大河家镇 if it has one.
PersonId find_cadre(const DemoCounty& county, const PlaceTable& places) {
  constexpr PlaceCode kDahejia(622927101);
  const Area storm = storm_area(places);
  PersonId first, best;
  for (const auto& p : county.posts) {
    if (p.kind != "village_party_secretary" || !p.holder || !kDemoCounty.contains(p.place)) continue;
    const auto at = places.find(p.place);
    if (!at || !at->position || !contains(storm, *at->position)) continue;
    if (!first) first = p.holder;
    if (!best && kDahejia.contains(p.place)) best = p.holder;
  }
  return best ? best : first;
}

}  // namespace

DemoCounty make_demo_county(const PlaceTable& places, const Pack& pack, const DemoCountyStart& start, uint64_t seed) {
  CountyMaker m(places, pack, start, seed);
  const CountyPosts home = add_home_county(m);
  for (const auto& county : places.children(kDemoCity)) {
    const bool full = county.code == kDemoCounty;
    const CountyPosts above = full ? home : add_neighbour_county(m, county.code);
    for (const auto& town : places.children(county.code)) {
      add_town(m, town, above, full);
      const PostId head = m.town_heads[town.code.digits()];
      for (const auto& village : places.children(town.code))
        if (full) add_village(m, village, head);
        else add_thin_village(m, village, head);
    }
  }
  add_demo_objects(m);
  DemoCounty out = m.take();
  out.cadre = find_cadre(out, places);
  return out;
}

}  // namespace anlan
