// Fires seen by satellites: what a poll brings, what it repeats, what a restart forgets, what hostile files do.
#include "gateway/fire_spots_poller.h"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <future>

#include "gateway/canned_server.h"
#include "gateway/http_fetcher.h"
#include "loop/node_rig.h"
#include "signals/queries.h"

namespace anlan {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

struct Row {
  LonLat at;
  UtcTime time;
  double frp = 5;
  std::string satellite = "A";
};
std::string csv(const std::vector<Row>& rows) {
  std::string out = "latitude,longitude,brightness,scan,track,acq_date,acq_time,satellite,confidence,version,bright_t31,frp,daynight\n";
  char line[200];
  for (const auto& r : rows) {
    const auto c = to_civil(r.time, 0);
    std::snprintf(line, sizeof line, "%.5f,%.5f,320.1,1.0,1.0,%04d-%02d-%02d,%02d%02d,%s,80,6.1NRT,290.0,%.1f,D\n", r.at.lat, r.at.lon, c.year, c.month, c.day, c.hour, c.minute, r.satellite.c_str(), r.frp);
    out += line;
  }
  return out;
}

class Spots : public testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    if (!t.place.why_not().empty()) GTEST_SKIP() << t.place.why_not();
    t.fill();
    source.urls = {server.url("/fires")};
    start();
  }
  void start() {
    poller = std::make_unique<FireSpotsPoller>(*t.node, fetcher, source, [this](std::string_view line) { log.emplace_back(line); });
  }
  // What the first rule of the pack says of the alarms that stand.
  std::vector<std::string> standing() {
    std::vector<std::string> out;
    for (const auto& a : standing_alarms(*t.node->store().connect().value()))
      out.push_back((a.link ? "record " + std::to_string(a.link.value) : std::to_string(a.place.digits())) + " " + std::to_string(static_cast<int>(a.level)) + " " + std::to_string(static_cast<int>(a.value)));
    return out;
  }
  std::string names() {
    std::string out;
    t.node->store().connect().value()->query("SELECT body FROM facts WHERE kind = 'AlarmRaised' ORDER BY seq", {}, [&](const ::anlan::Row& row) { out += row.str(0); });
    return out;
  }
  void poll(Millis after = minutes(10)) {
    t.clock.at = t.clock.at + after;
    poller->poll(t.clock.at);
    t.settle();
  }
  RecordId block(const char* name, LonLat at) {
    RecordPatch p;
    p.name = name;
    p.place = PlaceCode(NodeRig::kTown);
    p.position = at;
    p.fields = {{"kind", "forest"}};
    return RecordId{t.id_of(t.run([&](Reader& r, UtcTime) { return add_record(r, t.node->pack(), t.node->places().get()->places(), "forest_block", p); }))};
  }
  UtcTime ago(Millis span) { return UtcTime{(t.clock.at - span).ms / 60'000 * 60'000}; }

  NodeRig t{GetParam()};
  CannedServer server;
  HttpFetcher fetcher{true};
  FireSpotSource source;
  std::vector<std::string> log;
  std::unique_ptr<FireSpotsPoller> poller;
};

TEST_P(Spots, AreOneAlarmOverTheirTown) {
  const auto at = ago(hours(1));
  server.lay_ok("/fires", csv({{{102.77, 35.85}, at, 12}, {{102.775, 35.855}, at, 9}, {{102.80, 35.80}, at, 4}, {{110, 30}, at, 900}}), "ETag: \"1\"\r\n");
  poll();
  EXPECT_THAT(standing(), ElementsAre("622927101 1 25")) << "all of one town, together";
  EXPECT_EQ(poller->spots().detections(), 3u) << "what lies elsewhere is nobody's here";
  EXPECT_EQ(poller->spots().fires(), 2u);
  EXPECT_THAT(names(), HasSubstr("卫星火点 3 个"));
  const auto seq = t.node->writer().seq();
  poll(minutes(5));
  EXPECT_EQ(server.asked("/fires"), 1) << "not before it is due";
  poll(minutes(5));
  EXPECT_EQ(server.asked("/fires"), 2);
  EXPECT_EQ(t.node->writer().seq(), seq) << "the same detections again are nothing new";
}

TEST_P(Spots, RiseWithThePowerOfOnePass) {
  const auto first = ago(hours(3));
  server.lay_ok("/fires", csv({{{102.77, 35.85}, first, 30}}));
  poll();
  EXPECT_THAT(standing(), ElementsAre("622927101 1 30"));
  // Two hours later by another satellite: the same fire, not twice the power.
  server.lay_ok("/fires", csv({{{102.77, 35.85}, first, 30}, {{102.77, 35.85}, first + hours(2), 40, "T"}}));
  poll();
  EXPECT_THAT(standing(), ElementsAre("622927101 1 30"));
  server.lay_ok("/fires", csv({{{102.77, 35.85}, first + hours(2), 40, "T"}, {{102.78, 35.85}, first + hours(2), 40, "T"}}));
  poll();
  EXPECT_THAT(standing(), ElementsAre("622927101 2 80"));
}

TEST_P(Spots, NearAForestBlockAreItsOwn) {
  const auto near = block("大墩峡林区", {102.78, 35.85});
  const auto at = ago(hours(1));
  server.lay_ok("/fires", csv({{{102.77, 35.85}, at, 12}, {{102.90, 35.84}, at, 3}}));
  poll();
  EXPECT_THAT(standing(), ElementsAre("622927101 1 3", "record " + std::to_string(near.value) + " 1 12"));
  EXPECT_THAT(names(), HasSubstr("卫星火点 1 个 · 最近 大墩峡林区 0.9 km"));
  EXPECT_THAT(names(), HasSubstr("卫星火点 1 个 · 最近 大墩峡林区 10.9 km"));
}

TEST_P(Spots, ClearWhenNothingWasSeenForADay) {
  const auto at = ago(hours(2));
  server.lay_ok("/fires", csv({{{102.77, 35.85}, at, 12}}));
  poll();
  server.lay_ok("/fires", csv({}));
  poll(hours(20));
  EXPECT_EQ(standing().size(), 1u);
  server.lay("/fires", "HTTP/1.1 500 Oh\r\nContent-Length: 0\r\n\r\n");
  poll(hours(2));
  EXPECT_EQ(standing().size(), 1u) << "nobody looked";
  server.lay_ok("/fires", csv({}));
  poll();
  EXPECT_TRUE(standing().empty());
}

TEST_P(Spots, OutliveARestart) {
  const auto at = ago(hours(2));
  server.lay_ok("/fires", csv({{{102.77, 35.85}, at, 12}}));
  poll();
  const auto alarms = [&] { return t.node->store().connect().value()->integer("SELECT COUNT(*) FROM alarms", {}).value_or(-1); };
  poller.reset();
  t.close();
  t.open();
  start();
  t.settle();
  EXPECT_THAT(standing(), ElementsAre("622927101 1 12")) << "the node itself clears nothing";
  poll();
  EXPECT_THAT(standing(), ElementsAre("622927101 1 12"));
  EXPECT_EQ(alarms(), 1);
  // The next file has it no more: it stands until it is a day old.
  poller.reset();
  t.close();
  t.open();
  start();
  server.lay_ok("/fires", csv({}));
  poll();
  EXPECT_EQ(standing().size(), 1u);
  poll(hours(23));
  EXPECT_TRUE(standing().empty());
  EXPECT_EQ(alarms(), 1);
}

TEST_P(Spots, HostileFilesChangeNothing) {
  const auto at = ago(hours(1));
  const std::string good = csv({{{102.77, 35.85}, at, 12}});
  server.lay_ok("/fires", "Invalid MAP_KEY.");
  poll();
  EXPECT_TRUE(standing().empty());
  ASSERT_FALSE(log.empty());
  EXPECT_THAT(log.back(), HasSubstr("Invalid MAP_KEY."));
  EXPECT_THAT(log.back(), testing::Not(HasSubstr("/fires"))) << "an address may hold a key";
  const size_t lines = log.size();
  poll();
  EXPECT_EQ(log.size(), lines) << "said once";
  std::string hostile = good + std::string(1'000'000, 'x') + "\n\n\n,,,,\n95,102.77,1,1,1,2022-01-01,0000,A,80,6,1,1,D\nnan,nan,1,1,1,2022-01-01,0000,A,80,6,1,1e30,D\n";
  for (int i = 0; i < 1000; ++i) hostile += good.substr(good.find('\n') + 1);
  hostile += csv({{{102.77, 35.85}, t.clock.at + hours(30), 9999}, {{102.77, 35.85}, at - hours(24 * 400), 9999}}).substr(good.find('\n') + 1);
  server.lay_ok("/fires", hostile);
  poll();
  EXPECT_THAT(standing(), ElementsAre("622927101 1 12"));
  EXPECT_EQ(poller->spots().detections(), 1u);
  EXPECT_THAT(log, testing::Contains(HasSubstr("lines cannot be read; 3: ")));
  server.lay_ok("/fires", std::string(FireSpotsPoller::kBytesMax + 1, '1'));
  poll();
  EXPECT_THAT(standing(), ElementsAre("622927101 1 12"));
}

TEST_P(Spots, ComeFromAFolderToo) {
  const std::string folder = t.place.folder() + "/firms";
  std::filesystem::create_directories(folder);
  source = {{}, folder, minutes(10)};
  start();
  std::ofstream(folder + "/a.csv") << csv({{{102.77, 35.85}, ago(hours(1)), 12}});
  std::ofstream(folder + "/b.csv") << csv({{{102.77, 35.85}, ago(hours(1)), 12}, {{102.771, 35.85}, ago(hours(1)), 50}});
  std::ofstream(folder + "/notes.txt") << "not ours";
  poll();
  EXPECT_THAT(standing(), ElementsAre("622927101 2 62"));
  EXPECT_TRUE(log.empty());
}

INSTANTIATE_TEST_SUITE_P(Stores, Spots, kStoreKinds, store_kind_name);

}  // namespace
}  // namespace anlan
