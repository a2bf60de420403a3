#include "logistics/coverage.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "logistics/road_test_data.h"
#include "registry/place_files.h"

namespace anlan {
namespace {

constexpr GridTown kTown{};
constexpr int64_t kCounty = 622927;

class CoverageTest : public testing::Test {
 protected:
  static constexpr int kVillages = 60;

  void SetUp() override {
    std::string villages = "code,name\n";
    for (int i = 0; i < kVillages; ++i) villages += std::to_string(622927101201 + i) + ",第" + std::to_string(i) + "村村委会\n";
    auto table = read_divisions({"code,name\n62,甘肃省\n", "code,name\n6229,临夏回族自治州\n", "code,name\n622927,积石山县\n", "code,name\n622927101,大河家镇\n", villages}).value();
    std::mt19937 dice(7);
    std::uniform_real_distribution<double> column(-0.3, 5.3), row(-0.3, 4.3);
    for (int i = 0; i < kVillages; ++i) {
      at.push_back(i == 0 ? LonLat{103.2, 35.8} : kTown.at(column(dice), row(dice)));  // the first lies on no road
      table.set_position(table.index_of(PlaceCode(622927101201 + i)), at.back(), false);
    }
    table.set_position(table.index_of(PlaceCode(622927101)), kTown.at(2, 2), false);
    for (auto& p : at) p = *table.position(table.index_of(PlaceCode(622927101201 + (&p - at.data()))));
    const auto index = PlaceIndex::build(std::move(table), {}, rig.pinyin);
    const auto hash = rig.attachments.put(index->write()).value();
    rig.places.expect(hash, index);
    ASSERT_TRUE(rig.run([&](Reader& r, UtcTime) { return import_places(r, PlaceSetKind::divisions, hash, "", "test"); }).ok());
    for (int i = 0; i < kVillages; i += 3) record("village_group", 622927101201 + i, at[static_cast<size_t>(i)], {{"households", 10}, {"people", 100 + i}});
    stations = {kTown.at(0, 0), kTown.at(5, 4)};
    for (const auto p : stations) ids.push_back(record("rescue_team", 622927101, p, {{"kind", "fire_rescue"}, {"people", 20}}));
    record("rescue_team", 622927101, kTown.at(2, 2), {{"kind", "social"}, {"people", 20}});  // does not count
    coverage = std::make_unique<Coverage>(RoadRig::pack(), *rig.roads, rig.records, rig.places, rig.clock, PlaceCode(kCounty));
  }
  RecordId record(const char* type, int64_t where, LonLat p, json::object fields) {
    RecordPatch patch;
    patch.name = std::string(type) + std::to_string(++records);
    patch.place = PlaceCode(where);
    patch.position = p;
    patch.fields = std::move(fields);
    const auto index = rig.places.get();
    const auto answer = rig.run([&](Reader& r, UtcTime) { return add_record(r, RoadRig::pack(), index->places(), type, patch); });
    EXPECT_TRUE(answer.ok()) << (answer.ok() ? "" : answer.error().describe());
    return RecordId{parse_json(answer.value().response).value().at("id").to_number<int64_t>()};
  }
  CoverageAsked asked() const {
    CoverageAsked a = coverage->circle("fire_rescue").value();
    a.minutes = {2, 5, 8};
    a.share = 0.9;
    return a;
  }
  // The least time to every village, by the plain matrix.
  std::vector<uint32_t> brute(const std::vector<LonLat>& from) {
    const auto times = rig.roads->times(from, at, {"fire_engine", {}}).value();
    std::vector<uint32_t> out(at.size(), kNoWay);
    for (size_t s = 0; s < from.size(); ++s)
      for (size_t v = 0; v < at.size(); ++v) out[v] = std::min(out[v], times.at(s, v));
    return out;
  }
  static uint32_t within(const std::vector<uint32_t>& least, double minutes) {
    return static_cast<uint32_t>(std::count_if(least.begin(), least.end(), [&](uint32_t ms) { return ms <= minutes * 60'000; }));
  }
  void expect_equal(const CoverageFound& found, const std::vector<uint32_t>& least) {
    for (const auto& ring : found.rings) {
      EXPECT_EQ(ring.within.villages, within(least, ring.minutes)) << ring.minutes;
      uint64_t people = 0;
      for (size_t v = 0; v < at.size(); v += 3)
        if (least[v] <= ring.minutes * 60'000) people += 100 + v;
      EXPECT_EQ(ring.within.people, people) << ring.minutes;
    }
  }

  RoadRig rig;
  std::vector<LonLat> at, stations;
  std::vector<RecordId> ids;
  int records = 0;
  std::unique_ptr<Coverage> coverage;
};

TEST_F(CoverageTest, EqualsBruteForce) {
  rig.import(kTown.index());
  const auto found = coverage->study(asked()).value();
  EXPECT_TRUE(found.estimated) << "one village lies on no road";
  EXPECT_EQ(found.all.villages, 60u);
  EXPECT_EQ(found.all.known, 20u);
  ASSERT_EQ(found.stations.size(), 2u) << "volunteers do not count";
  const auto least = brute(stations);
  EXPECT_GT(within(least, 5), within(least, 2));
  expect_equal(found, least);
  EXPECT_EQ(found.gaps.size(), 60u - within(least, 8));
  ASSERT_EQ(found.counties.size(), 1u);
  EXPECT_EQ(found.counties[0].within.villages, within(least, 8));
  const auto alone = brute({stations[1]});
  uint32_t lost = 0;
  for (size_t v = 0; v < at.size(); ++v) lost += least[v] <= 480'000 && alone[v] > 480'000;
  for (const auto& s : found.stations)
    if (s.facility.record == ids[0]) EXPECT_EQ(s.alone_villages, lost);
}

TEST_F(CoverageTest, WhatIsTriedIsCountedAndLeavesNoTrace) {
  rig.import(kTown.index());
  const auto as_it_is = coverage->study(asked()).value();
  auto tried = asked();
  tried.moved = {{ids[0], kTown.at(2, 2)}};
  const auto moved = coverage->study(tried).value();
  expect_equal(moved, brute({kTown.at(2, 2), stations[1]}));
  ASSERT_TRUE(moved.compared);
  EXPECT_EQ(static_cast<int>(moved.rings.back().within.villages) - static_cast<int>(as_it_is.rings.back().within.villages),
            static_cast<int>(moved.compared->more.size()) - static_cast<int>(moved.compared->less.size()));
  tried.moved.clear();
  tried.removed = {ids[1]};
  tried.added = {kTown.at(3, 0), kTown.at(0, 4)};
  expect_equal(coverage->study(tried).value(), brute({stations[0], kTown.at(3, 0), kTown.at(0, 4)}));
  const auto again = coverage->study(asked()).value();
  expect_equal(again, brute(stations));
  EXPECT_FALSE(again.compared);
  EXPECT_EQ(again.stations.size(), 2u);
  tried.removed = {RecordId{9'999}};
  EXPECT_EQ(coverage->study(tried).error().param("field"), "removed");
}

TEST_F(CoverageTest, ClosuresCount) {
  rig.import(kTown.index());
  const auto before = coverage->study(asked()).value();
  RoadState closed;
  closed.shape = box_shape(kTown.at(0.4, -1), kTown.at(0.6, 9));
  const auto shape = read_road_shape(closed.shape).value();
  const auto loss = coverage->without(asked(), shape).value();
  EXPECT_EQ(loss.roads_hit, 5u);
  const auto open = brute(stations);
  const auto id = rig.set(closed);
  const auto cut = coverage->study(asked()).value();
  const auto now = brute(stations);
  // Villages on a closed road are cut off here, while a way leads as near as it can: look at the others.
  uint32_t lost = 0;
  for (const auto& s : loss.setbacks) lost += s.after_ms > 480'000;
  EXPECT_EQ(before.rings.back().within.villages - cut.rings.back().within.villages, lost) << "as supposed, so it is";
  EXPECT_EQ(loss.lost.villages, lost);
  EXPECT_GE(lost, within(open, 8) - within(now, 8));
  rig.lift(id);
  expect_equal(coverage->study(asked()).value(), open);
}

TEST_F(CoverageTest, SitesAddWhatTheySay) {
  rig.import(kTown.index());
  auto small = asked();
  small.minutes = {3};
  const auto found = coverage->sites(small, 2).value();
  ASSERT_EQ(found.sites.size(), 2u);
  EXPECT_EQ(found.after.villages, found.before.villages + found.sites[0].villages_more + found.sites[1].villages_more);
  EXPECT_GT(found.sites[0].villages_more, 0u);
  small.added = {found.sites[0].at, found.sites[1].at};
  EXPECT_EQ(coverage->study(small).value().rings[0].within.villages, found.after.villages);
  EXPECT_GE(found.bound_people, found.after.people - found.before.people);
}

TEST_F(CoverageTest, WithoutRoadsAndByAir) {
  const auto found = coverage->study(asked()).value();
  EXPECT_TRUE(found.estimated);
  expect_equal(found, brute(stations));
  CoverageAsked air = coverage->circle("air_1h").value();
  air.facilities = {"rescue_team"};
  const auto by_air = coverage->study(air).value();
  EXPECT_FALSE(by_air.estimated);
  EXPECT_EQ(by_air.rings.back().within.villages, 60u);
  EXPECT_EQ(coverage->circle("nothing").error().code, ErrorCode::kNotFound);
  auto wrong = asked();
  wrong.minutes = {5, 5};
  EXPECT_EQ(coverage->study(wrong).error().param("field"), "minutes");
  wrong = asked();
  wrong.facilities = {"nothing"};
  EXPECT_EQ(coverage->study(wrong).error().param("field"), "facilities");
}

TEST(CoverageOfNothing, IsNoFault) {
  RoadRig rig;
  rig.import(kTown.index());
  Coverage coverage(RoadRig::pack(), *rig.roads, rig.records, rig.places, rig.clock, PlaceCode());
  auto asked = coverage.circle("fire_rescue").value();
  asked.added = {kTown.at(1, 1)};
  const auto found = coverage.study(asked).value();
  EXPECT_EQ(found.all.villages, 0u);
  EXPECT_TRUE(found.gaps.empty());
  EXPECT_TRUE(coverage.sites(asked, 3).value().sites.empty());
  EXPECT_EQ(coverage.without(asked, read_road_shape(point_shape(kTown.at(1.5, 1))).value()).value().lost.villages, 0u);
  EXPECT_EQ(coverage.without(asked, read_road_shape(point_shape({10, 10})).value()).error().param("field"), "shape");
  asked.minutes = {1e-7, 2e-7};
  EXPECT_EQ(coverage.study(asked).error().param("field"), "minutes");
  asked.within = PlaceCode(622999);
  asked.minutes = {5};
  EXPECT_EQ(coverage.study(asked).error().param("field"), "within");
}

TEST_F(CoverageTest, VillagesOfAnIsochroneAreThoseInTime) {
  rig.import(kTown.index());
  for (const bool to : {false, true}) {
    const ReachAsked asked{{kTown.at(2, 1)}, {3, 6}, {"fire_engine", {}}, to, false};
    const auto found = rig.roads->reach(asked).value();
    const PlaceCode everywhere[] = {PlaceCode(kCounty)}, elsewhere[] = {PlaceCode(622921)};
    const auto counted = coverage->villages_reached(asked, found, everywhere);
    const auto least = brute({kTown.at(2, 1)});
    EXPECT_NEAR(counted[0].villages, within(least, 3), to ? 1 : 0);
    EXPECT_NEAR(counted[1].villages, within(least, 6), to ? 1 : 0);
    EXPECT_EQ(coverage->villages_reached(asked, found, elsewhere)[1].villages, 0u);
  }
}

}  // namespace
}  // namespace anlan
