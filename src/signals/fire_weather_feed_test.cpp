// Four links, a history and days that pass: the golden days of the reference, inputs that are missing, starts in between.
#include "signals/fire_weather_feed.h"

#include "journal/scratch_store.h"
#include "signals/watch_rig.h"

namespace anlan {
namespace {

class FireFeed : public testing::Test {
 protected:
  static constexpr int64_t kVillage = 622927101201;
  static inline const Pack pack = load_pack("packs/cn").value();
  static inline const UtcTime kFirstNoon = parse_iso8601("2026-04-01T12:00:00+08:00").value();

  void SetUp() override {
    const PlaceCode village(kVillage);
    rig.clock.at = kFirstNoon - hours(30);
    rig.add_links("thermometer", {{"T1", village}});
    rig.add_links("hygrometer", {{"H1", village}});
    rig.add_links("wind_gauge", {{"W1", village}});
    rig.add_links("rain_gauge", {{"R1", village}});
    rig.add_links("fire_weather_site", {{"F1", village, {{"thermometer", "T1"}, {"hygrometer", "H1"}, {"wind_gauge", "W1"}, {"rain_gauge", "R1"}}}});
    start();
  }
  void start() {
    records.load(rig.reader());
    feed = std::make_unique<FireWeatherFeed>(*rig.watch, records);
  }
  struct Weather {
    double t, h, w_kmh, rain;
  };
  static constexpr Weather kGolden[] = {{17, 42, 25, 0}, {20, 21, 25, 2.4}, {8.5, 40, 17, 0}};
  LinkNumber number(const char* code) { return static_cast<LinkNumber>(rig.link(code).id.value); }
  // Straight into the history: what the sensors said that day. `without`: the code of one that said nothing.
  void day(int n, Weather w, std::string_view without = "") {
    const UtcTime noon = kFirstNoon + hours(24 * n);
    std::vector<Reading> out;
    const auto say = [&](const char* code, UtcTime at, double value) {
      if (without != code) out.push_back({at, value, number(code)});
    };
    say("T1", noon - minutes(50), w.t - 3);
    say("T1", noon + minutes(10), w.t);
    say("H1", noon - minutes(10), w.h);
    say("H1", noon + minutes(30), w.h + 9);
    say("W1", noon, w.w_kmh / 3.6);
    for (int h = 0; h < 24; ++h) say("R1", noon - hours(h), w.rain / 24);
    ASSERT_TRUE(rig.history->append(out));
  }
  size_t run_on(int n, Millis after_noon = minutes(61)) {
    rig.clock.at = kFirstNoon + hours(24 * n) + after_noon;
    const auto count = feed->run(rig.clock.at);
    rig.settle();
    return count;
  }
  std::vector<Sample> indices() {
    std::vector<Sample> out;
    EXPECT_TRUE(rig.history->read(number("F1"), {INT64_MIN}, kNever, [&](std::span<const Sample> chunk) {
      out.insert(out.end(), chunk.begin(), chunk.end());
      return true;
    }));
    return out;
  }

  ScratchStore place;
  WatchRig rig{place.folder(), pack};
  SystemDisk disk{place.folder()};
  Attachments attachments{disk};
  PinyinTable pinyin;
  RecordIndex records{pack, pinyin, attachments};
  std::unique_ptr<FireWeatherFeed> feed;
};

TEST_F(FireFeed, TheGoldenDays) {
  const double expected[] = {10.04, 9.22, 7.52};
  for (int n = 0; n < 3; ++n) {
    day(n, kGolden[n]);
    EXPECT_EQ(run_on(n, minutes(50)), 0u) << "the hour after noon may still bring a nearer reading";
    EXPECT_EQ(run_on(n), 1u);
    EXPECT_EQ(run_on(n, minutes(90)), 0u) << "once a day";
    if (n == 1) {
      rig.close();
      rig.open();
      start();
      EXPECT_EQ(run_on(n, minutes(100)), 0u) << "also after a start";
    }
    ASSERT_EQ(indices().size(), static_cast<size_t>(n) + 1);
    EXPECT_EQ(indices().back().at, kFirstNoon + hours(24 * n));
    EXPECT_NEAR(indices().back().value, expected[n], 0.006);
  }
  const auto frame = rig.watch->frame_of(rig.link("F1").id);
  ASSERT_TRUE(frame);
  EXPECT_EQ(frame->from, "fire_weather");
  EXPECT_EQ(frame->text, "T 8.5 ℃, H 40 %, W 17.0 km/h, r 0.0 mm; FFMC 86.9, DMC 11.8, DC 26.1, ISI 6.5, BUI 11.7");
}

TEST_F(FireFeed, WithoutAnInputThereIsNoIndexAndTheSiteBecomesSilent) {
  day(0, kGolden[0]);
  EXPECT_EQ(run_on(0), 1u);
  for (const auto* without : {"T1", "H1", "W1", "R1"}) {
    const int n = static_cast<int>(std::string_view("THWR").find(without[0])) + 1;
    day(n, kGolden[1], without);
    EXPECT_EQ(run_on(n), 0u) << without;
  }
  EXPECT_EQ(indices().size(), 1u);
  EXPECT_EQ(rig.link("F1").state, stream::LinkState::kSilent);
  // The codes are carried over the gap: the second golden day comes out as if it had followed the first.
  day(5, kGolden[1]);
  EXPECT_EQ(run_on(5), 1u);
  EXPECT_NEAR(indices().back().value, 9.22, 0.006);
}

TEST_F(FireFeed, ALongGapBeginsAnewAndInputsThatComeLaterAreUsed) {
  day(0, kGolden[1]);
  for (int n = 11; n <= 12; ++n) day(n, kGolden[n - 11], n == 12 ? "H1" : "");
  EXPECT_EQ(run_on(11), 1u);
  EXPECT_NE(std::round(indices().back().value * 100), 1004) << "ten days are carried";
  day(23, kGolden[0]);
  EXPECT_EQ(run_on(23), 1u);
  EXPECT_NEAR(indices().back().value, 10.04, 0.006) << "eleven are not";
  day(24, kGolden[1], "R1");
  EXPECT_EQ(run_on(24), 0u);
  day(25, kGolden[2]);
  EXPECT_EQ(run_on(25), 1u);
  day(24, kGolden[1]);
  EXPECT_EQ(run_on(25, minutes(75)), 1u);
  EXPECT_EQ(indices().back().at, kFirstNoon + hours(24 * 25));
  EXPECT_NEAR(indices()[indices().size() - 2].value, 9.22, 0.006);
}

TEST_F(FireFeed, WhatCannotBeDoesNotCountAndRainNeedsEighteenHours) {
  day(0, kGolden[0]);
  ASSERT_TRUE(rig.history->append(std::vector<Reading>{{kFirstNoon, 140, number("T1")}, {kFirstNoon, 120, number("H1")}, {kFirstNoon - minutes(5), 900, number("R1")}}));
  EXPECT_EQ(run_on(0), 1u);
  EXPECT_NEAR(indices().back().value, 10.04, 0.006);
  day(1, kGolden[1], "R1");
  const auto rain = [&](int hours_with) {
    std::vector<Reading> out;
    for (int h = 0; h < hours_with; ++h) out.push_back({kFirstNoon + hours(24 - h), 2.4 / 18, number("R1")});
    ASSERT_TRUE(rig.history->append(out));
  };
  rain(17);
  EXPECT_EQ(run_on(1), 0u);
  rain(18);
  EXPECT_EQ(run_on(1, minutes(75)), 1u);
  EXPECT_NEAR(indices().back().value, 9.22, 0.006);
}

TEST_F(FireFeed, AMonthWithoutRainIsAnAlarm) {
  for (int n = 0; n < 30; ++n) day(n, {34, 12, 30, 0});
  EXPECT_EQ(run_on(29), 3u) << "and the two days before, for which there still is time";
  rig.settle();
  ASSERT_EQ(rig.situations().size(), 1u);
  EXPECT_EQ(rig.situations()[0].hazard, "forest_fire");
  EXPECT_EQ(rig.situations()[0].level, WarningLevel::red);
  EXPECT_GT(indices().back().value, 50);
}

}  // namespace
}  // namespace anlan
