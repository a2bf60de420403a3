#include <fmt/format.h>

#include "demo/county_maker.h"
#include "demo/demo_places.h"
#include "demo/demo_shaking.h"
#include "registry/place_names.h"

namespace anlan {
namespace {

constexpr const char* kSpots[] = {"阴洼", "阳洼", "大沟", "后山", "上庄", "下庄", "沟门", "尕庄", "崖头", "寺沟", "红崖", "台子"};
constexpr const char* kKindsOfSlide[] = {"landslide", "debris_flow", "collapse", "unstable_slope"};
constexpr const char* kSlideNames[] = {"滑坡", "泥石流", "崩塌", "不稳定斜坡"};
constexpr const char* kSizes[] = {"small", "small", "small", "medium", "medium", "large"};

std::string stem(std::string_view name, PlaceLevel level) {
  return std::string(place_stem(short_place_name(name, level), level));
}

class Objects {
 public:
  explicit Objects(CountyMaker& maker) : m(maker) {}

  void village(const Place& v, const Place& town, bool full);
  void town(const Place& t, bool full);
  void county(PlaceCode c);
  void reservoirs();
  void vehicles();
  void stations();

 private:
  // The post that answers for a record; its holder is one of the village's people or somebody new.
  void keeper(const char* kind, const char* type, RecordId record, PlaceCode place, double known = 0.5) {
    if (!record) return;
    PersonId who;
    const auto people = m.village_people.find(place.digits());
    if (people != m.village_people.end() && !people->second.empty() && m.dice.chance(known))
      who = people->second[static_cast<size_t>(m.dice.between(0, static_cast<int64_t>(people->second.size()) - 1))];
    else
      who = m.maybe_person();
    const auto leader = m.village_leaders.find(place.digits());
    const auto head = m.town_heads.find(place.at_level(PlaceLevel::kTown).digits());
    const PostId superior = leader != m.village_leaders.end() ? leader->second : head != m.town_heads.end() ? head->second : PostId{};
    m.post({kind, place, who, {}, superior, {}, record});
    m.name_keeper(type, who);
  }

  CountyMaker& m;
};

void Objects::village(const Place& v, const Place& town, bool full) {
  auto& d = m.dice;
  const std::string name = stem(v.name, PlaceLevel::kVillage);
  if (full && d.chance(0.55)) {
    const int64_t households = d.between(25, 110), people = households * 4 + d.between(-20, 40), risk = d.chance(0.5) ? d.between(8, 90) : 0;
    const auto group = m.record("village_group", name + (d.chance(0.5) ? "一社" : "二社"), v.code, 500,
                                {{"households", households}, {"people", people}, {"people_at_risk", risk}, {"vulnerable_households", d.between(0, 9)},
                                 {"old_alone", d.between(0, 6)}, {"disabled", d.between(0, 5)}, {"children_left", d.between(0, 15)},
                                 {"unsafe_houses", d.between(0, 4)}, {"horn", d.chance(0.7)}, {"signal", d.chance(0.8) ? "good" : "weak"},
                                 {"route", "沿村道向高处，不走沟道"}, {"gathering", "村委会广场"}});
    keeper("village_group_head", "village_group", group, v.code, 0.15);
  }
  if (d.chance(full ? 0.42 : 0.07)) {
    const size_t kind = static_cast<size_t>(d.between(0, 3));
    const int64_t households = d.between(3, 45);
    const auto site = m.record("geohazard_site", fmt::format("{}{}{}", name, d.of(kSpots), kSlideNames[kind]), v.code, 900,
                               {{"kind", kKindsOfSlide[kind]}, {"scale", d.of(kSizes)}, {"danger", d.of(kSizes)}, {"volume", static_cast<double>(d.between(2, 900)) / 10},
                                {"households_at_risk", households}, {"people_at_risk", households * 4 + d.between(0, 9)}, {"property_at_risk", households * 12},
                                {"signs", "裂缝加宽、坡脚掉块、泉水变浑"}, {"route", "向两侧山梁撤离"}, {"gathering", "村委会广场"}, {"checked", m.day_before(d.between(1, 60))}});
    keeper("geohazard_watcher", "geohazard_site", site, v.code, 0.6);
  }
  if (d.chance(full ? 0.4 : 0.05)) {
    const int64_t pupils = d.between(30, 320);
    const bool small = d.chance(0.3);
    const auto school = m.record("school", name + (small ? "幼儿园" : "小学"), v.code, 400,
                                 {{"kind", small ? "kindergarten" : "primary"}, {"pupils", pupils}, {"boarders", small ? 0 : d.between(0, 60)}, {"staff", pupils / 15 + 2},
                                  {"playground", d.between(400, 3000)}, {"shelter", d.chance(0.3)}});
    keeper("school_keeper", "school", school, v.code, 0);
  }
  if (full && d.chance(0.3)) {
    const auto shelter = m.record("shelter", name + "村避难点", v.code, 300,
                                  {{"kind", "emergency"}, {"indoor", d.chance(0.6)}, {"effective_area", d.between(150, 2500)}, {"capacity", d.between(60, 800)},
                                   {"water", true}, {"power", d.chance(0.9)}, {"toilets", d.between(2, 12)}, {"medical", d.chance(0.3)}, {"open", d.chance(0.1)}});
    keeper("shelter_keeper", "shelter", shelter, v.code, 0.9);
  }
  if (full && d.chance(0.12)) {
    const auto clinic = m.record("hospital", name + "村卫生室", v.code, 300, {{"kind", "clinic"}, {"grade", "none"}, {"beds", d.between(1, 4)}, {"ambulances", 0}, {"own_power", false}});
    keeper("hospital_keeper", "hospital", clinic, v.code, 0.2);
  }
  if (full && d.chance(0.1)) {
    const auto works = m.record("enterprise", stem(town.name, PlaceLevel::kTown) + name + (d.chance(0.5) ? "砂石料场" : "加油站"), v.code, 1200,
                                {{"kind", d.chance(0.5) ? "mine" : "chemical"}, {"major_hazard", "none"}, {"workers", d.between(4, 60)}, {"night_shift", d.between(0, 6)}, {"risk_checked", m.day_before(d.between(5, 120))}});
    keeper("enterprise_keeper", "enterprise", works, v.code, 0);
  }
}

void Objects::town(const Place& t, bool full) {
  auto& d = m.dice;
  const std::string name = short_place_name(t.name, PlaceLevel::kTown), root = stem(t.name, PlaceLevel::kTown);
  const auto hospital = m.record("hospital", name + "卫生院", t.code, 500,
                                 {{"kind", "town_health_centre"}, {"grade", "grade_1"}, {"beds", d.between(12, 60)}, {"icu_beds", 0}, {"ambulances", d.between(0, 2)}, {"immobile", d.between(0, 8)}, {"own_power", d.chance(0.6)}});
  keeper("hospital_keeper", "hospital", hospital, t.code, 0);
  if (!full) return;
  const auto school = m.record("school", root + "中学", t.code, 600, {{"kind", "middle"}, {"pupils", d.between(300, 1100)}, {"boarders", d.between(80, 500)}, {"staff", d.between(30, 90)}, {"playground", d.between(3000, 9000)}, {"shelter", true}});
  keeper("school_keeper", "school", school, t.code, 0);
  const auto river = m.record("river_section", root + "河段", t.code, 1500,
                              {{"river", root + "沟"}, {"length", static_cast<double>(d.between(20, 120)) / 10}, {"catchment", d.between(8, 160)}, {"flood_standard", d.chance(0.5) ? 10 : 20}, {"people_at_risk", d.between(40, 900)}, {"levee", d.chance(0.5)}});
  keeper("river_keeper", "river_section", river, t.code, 0);
  const auto store = m.record("warehouse", name + "物资储备点", t.code, 300,
                              {{"level", "town"}, {"area", d.between(40, 200)}, {"tents", d.between(5, 60)}, {"quilts", d.between(40, 300)}, {"beds", d.between(10, 80)}, {"generators", d.between(0, 3)}, {"pumps", d.between(0, 4)}, {"sandbags", d.between(200, 3000)}, {"hose", 200}, {"boats", 1}, {"counted", m.day_before(d.between(3, 200))}});
  keeper("warehouse_keeper", "warehouse", store, t.code, 0);
  const auto team = m.record("rescue_team", name + "应急救援队", t.code, 300,
                             {{"kind", "grassroots"}, {"speciality", d.chance(0.5) ? "general" : "flood"}, {"people", d.between(15, 40)}, {"ready", d.between(5, 12)}, {"vehicles", d.between(1, 4)}, {"gear", "铁锹、编织袋、手提照明灯、喊话器"}, {"minutes_to_leave", d.between(10, 30)}});
  keeper("rescue_team_leader", "rescue_team", team, t.code, 0);
  if (d.chance(0.5)) {
    const auto forest = m.record("forest_block", root + "林区", t.code, 2500, {{"kind", "forest"}, {"area", d.between(120, 1800)}, {"main_trees", "云杉、山杨"}, {"fire_grade", "grade_2"}, {"tombs", d.between(0, 40)}, {"people_inside", d.between(0, 30)}, {"checkpoint", d.chance(0.5)}});
    keeper("forest_chief", "forest_block", forest, t.code, 0);
  }
  if (d.chance(0.35))
    m.record("helicopter_point", name + "起降点", t.code, 900, {{"length", d.between(40, 90)}, {"width", d.between(30, 60)}, {"elevation", d.between(1800, 2400)}, {"surface", d.chance(0.6) ? "concrete" : "soil"}, {"max_weight", 13}, {"obstacles", "东侧有电线"}, {"night", false}, {"fuel", false}, {"road", true}});
  if (d.chance(0.15)) {
    const auto dam = m.record("tailings_dam", root + "尾矿库", t.code, 2000, {{"grade", "grade_5"}, {"capacity", d.between(5, 60)}, {"dam_height", d.between(8, 25)}, {"overhead", d.chance(0.5)}, {"state", "closed"}, {"people_below", d.between(20, 300)}, {"owner", "演示矿业公司"}});
    keeper("tailings_keeper", "tailings_dam", dam, t.code, 0);
  }
}

void Objects::county(PlaceCode c) {
  auto& d = m.dice;
  const auto hospital = m.record("hospital", "县人民医院", c, 800, {{"kind", "general"}, {"grade", "grade_2"}, {"beds", 300}, {"icu_beds", 12}, {"ambulances", 6}, {"immobile", 60}, {"own_power", true}});
  keeper("hospital_keeper", "hospital", hospital, c, 0);
  const auto store = m.record("warehouse", "县应急物资储备库", c, 1200, {{"level", "county"}, {"area", 1200}, {"tents", 800}, {"quilts", 3000}, {"beds", 900}, {"coats", 1500}, {"generators", 12}, {"pumps", 20}, {"sandbags", 40000}, {"hose", 3000}, {"boats", 8}, {"counted", m.day_before(20)}});
  keeper("warehouse_keeper", "warehouse", store, c, 0);
  const auto team = m.record("rescue_team", "县消防救援大队", c, 900, {{"kind", "fire_rescue"}, {"speciality", "general"}, {"people", 45}, {"ready", 18}, {"vehicles", 9}, {"boats", 4}, {"dogs", 1}, {"minutes_to_leave", 2}});
  keeper("rescue_team_leader", "rescue_team", team, c, 0);
  m.record("helicopter_point", "县体育场起降点", c, 900, {{"length", 100}, {"width", 70}, {"elevation", d.between(2250, 2300)}, {"surface", "grass"}, {"max_weight", 13}, {"night", false}, {"fuel", true}, {"road", true}});
  const auto tank = m.record("enterprise", "县液化石油气储配站", c, 1500, {{"kind", "gas"}, {"major_hazard", "grade_4"}, {"substances", "液化石油气"}, {"workers", 18}, {"night_shift", 3}, {"risk_checked", m.day_before(12)}});
  keeper("enterprise_keeper", "enterprise", tank, c, 0);
}

// Ten small ones. The administrative keeper of every third works for another county or the city: called wherever he is.
void Objects::reservoirs() {
  auto& d = m.dice;
  std::vector<Place> villages;
  const auto range = m.places.range(kDemoCounty);
  for (uint32_t i = range.begin; i < range.end; ++i)
    if (m.places.level(i) == PlaceLevel::kVillage) villages.push_back(m.places.place(i));
  for (size_t n = 0; n < 10 && !villages.empty(); ++n) {
    const Place v = villages[villages.size() * (2 * n + 1) / 20];
    const auto record = m.record("reservoir", stem(v.name, PlaceLevel::kVillage) + (n % 3 == 2 ? "塘坝" : "水库"), v.code, 1500,
                                 {{"scale", n % 3 == 2 ? "pond" : n % 3 == 1 ? "small_2" : "small_1"}, {"capacity", n % 3 == 2 ? d.between(3, 9) : d.between(12, 480)}, {"dam_height", d.between(8, 32)},
                                  {"dam_type", "earth"}, {"flood_limit_level", d.between(1850, 2300)}, {"people_below", d.between(120, 2600)}, {"unsafe", d.chance(0.2)}, {"owner", "县水务局"}});
    if (!record) continue;
    const auto head = m.town_heads[v.code.at_level(PlaceLevel::kTown).digits()];
    if (n % 3 == 0 && !m.outsiders.empty()) {
      const PersonId outsider = m.outsiders[n % m.outsiders.size()];
      m.post({"reservoir_administrator", n == 0 ? kDemoCity : PlaceCode(622921), outsider, {}, {}, {}, record});
    } else {
      m.post({"reservoir_administrator", v.code.at_level(PlaceLevel::kTown), m.maybe_person(), {}, head, {}, record});
    }
    m.post({"reservoir_engineer", kDemoCounty, m.maybe_person(), {}, head, {}, record});
    keeper("reservoir_patroller", "reservoir", record, v.code, 0.7);
  }
}

// Teams of a speciality, and what can carry supplies: at the county's store, and a van or a truck in each town.
void Objects::vehicles() {
  auto& d = m.dice;
  m.record("rescue_team", "县水域救援队", kDemoCounty, 1500, {{"kind", "professional"}, {"speciality", "water"}, {"people", 24}, {"ready", 12}, {"vehicles", 3}, {"boats", 6}, {"minutes_to_leave", 8}});
  m.record("rescue_team", "县医疗救护队", kDemoCounty, 900, {{"kind", "professional"}, {"speciality", "medical"}, {"people", 20}, {"ready", 10}, {"vehicles", 4}, {"minutes_to_leave", 5}});
  m.record("rescue_team", "积石山蓝天救援队", kDemoCounty, 2500, {{"kind", "social"}, {"speciality", "collapse"}, {"people", 32}, {"ready", 15}, {"vehicles", 5}, {"dogs", 2}, {"minutes_to_leave", 25}});
  m.record("railway_section", "临夏至积石山区间（示范）", kDemoCounty, 2'000, {{"line", "临夏铁路（示范）"}, {"high_speed", false}, {"length_km", 48}});
  m.record("vehicle", "县储备库重型货车", kDemoCounty, 1200, {{"kind", "heavy_truck"}, {"count", 3}, {"ready_minutes", 30}});
  m.record("vehicle", "县储备库中型货车", kDemoCounty, 1200, {{"kind", "medium_truck"}, {"count", 6}, {"ready_minutes", 20}});
  m.record("vehicle", "县储备库轻型货车", kDemoCounty, 1200, {{"kind", "van"}, {"count", 4}, {"ready_minutes", 15}});
  const auto range = m.places.range(kDemoCounty);
  for (uint32_t i = range.begin; i < range.end; ++i) {
    if (m.places.level(i) != PlaceLevel::kTown) continue;
    const Place t = m.places.place(i);
    m.record("vehicle", short_place_name(t.name, PlaceLevel::kTown) + "运输车", t.code, 300, {{"kind", d.chance(0.6) ? "van" : "medium_truck"}, {"count", d.between(1, 3)}, {"ready_minutes", d.between(10, 40)}});
  }
}

// One station of strong motion in each town of the county, and in every third around it.
void Objects::stations() {
  const auto range = m.places.range(kDemoCity);
  int n = 0;
  for (uint32_t i = range.begin; i < range.end; ++i) {
    if (m.places.level(i) != PlaceLevel::kTown) continue;
    const Place t = m.places.place(i);
    if (!kDemoCounty.contains(t.code) && i % 3) continue;
    m.record("seismic_station", short_place_name(t.name, PlaceLevel::kTown) + "强震台", t.code, 600,
             {{"network", kDemoNetwork}, {"station", fmt::format("D{:03}", ++n)}, {"vertical", "HNZ"}, {"north", "HNN"}, {"east", "HNE"}, {"measures", "acceleration"},
              {"counts_per_unit", quake::synthetic::Field::kGain}, {"rate_hz", quake::synthetic::Field::kRate}, {"clip_counts", 8'000'000}});
  }
}

}  // namespace

void add_demo_objects(CountyMaker& maker) {
  Objects objects(maker);
  const auto range = maker.places.range(kDemoCity);
  Place town;
  for (uint32_t i = range.begin; i < range.end; ++i) {
    const Place p = maker.places.place(i);
    const bool full = kDemoCounty.contains(p.code);
    if (maker.places.level(i) == PlaceLevel::kTown) objects.town(town = p, full);
    else if (maker.places.level(i) == PlaceLevel::kVillage) objects.village(p, town, full);
  }
  objects.county(kDemoCounty);
  objects.reservoirs();
  add_demo_links(maker);
  objects.vehicles();  // last, so that what was there before stays as it was
  objects.stations();
}

}  // namespace anlan
