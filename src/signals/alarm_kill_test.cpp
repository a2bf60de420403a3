// kill -9 while readings cross thresholds, again and again: every alarm that the acknowledged readings imply is there
// once, and cleared when it should be.
//
// The program is its own child: the test named DISABLED_ watches a folder, sends itself batch after batch, and tells each
// through a pipe once the node has taken it, which is before its alarms are in the journal. The parent kills it somewhere
// after that. What should have come out is what comes out of the same batches when nobody is killed.
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <random>
#include <set>
#include <thread>

#include "journal/chain.h"
#include "journal/scratch_store.h"
#include "signals/watch_rig.h"

namespace anlan {
namespace {

constexpr const char* kFolder = "ANLAN_ALARM_KILL_FOLDER";
constexpr const char* kNext = "ANLAN_ALARM_KILL_NEXT";
constexpr const char* kPipe = "ANLAN_ALARM_KILL_PIPE";
constexpr int kBatches = 580, kQuiet = 40, kLinks = 60, kKills = 55;  // the last kQuiet batches are quiet
// Holds begin anew after a start, so that one that has to be over must fit between two kills.
constexpr int kTakenAtLeast = 6, kTakenAtMost = 10;

constexpr const char* kPack = R"(pack: { name: test, version: "1", phone_stale_after: 180 d, second_person: [] }
levels: [{ id: red, zh: 红, en: R }, { id: orange, zh: 橙, en: O }, { id: yellow, zh: 黄, en: Y }, { id: blue, zh: 蓝, en: B }]
hazards:
  - { id: rainstorm, zh: 暴雨, en: Rainstorm, cap_category: Met, cap_events: [暴雨] }
  - { id: flood, zh: 洪水, en: Flood, cap_category: Met, cap_events: [洪水] }
record_types:
  - id: rain_gauge
    zh: 雨量站
    en: Rain gauge
    version: 1
    source: test
    fields: [{ id: code, zh: 编码, en: Code, type: text, required: true, list: true }]
    signal: { unit: mm, code: code, interval: 5 min, late_after: 15 min, silent_after: 60 min, min: 0, max: 50 }
  - id: river_gauge
    zh: 水位站
    en: River gauge
    version: 1
    source: test
    fields: [{ id: code, zh: 编码, en: Code, type: text, required: true, list: true }]
    signal: { unit: m, code: code, interval: 5 min, late_after: 15 min, silent_after: 60 min, min: 0, max: 100 }
alarm_rules:
  - id: rain
    zh: 暴雨
    en: Rain
    type: rain_gauge
    hazard: rainstorm
    steps: [{ level: blue, when: "sum(1h) >= 10" }, { level: yellow, when: "sum(1h) >= 20" }, { level: orange, when: "sum(1h) >= 40" }]
    margin: 6
    source: test
    effective_from: 2026-11-22
    verified: false
  - id: level
    zh: 洪水
    en: Level
    type: river_gauge
    hazard: flood
    steps: [{ level: yellow, when: "value >= 12" }, { level: red, when: "value >= 14" }]
    margin: 0.1
    reports: 2
    clear_after: 10 min
    source: test
    effective_from: 2026-11-22
    verified: false
area_rules:
  - id: storm
    zh: 区域暴雨
    en: Storm
    over: county
    hazard: rainstorm
    steps: [{ level: orange, when: "count(rain >= blue) >= 12" }]
    clear_after: 10 min
    source: test
    effective_from: 2026-11-22
    verified: false
)";

const Pack& pack() {
  static const Pack read = read_pack({{"pack.yaml", kPack}}).value();
  return read;
}

UtcTime time_of(int batch) { return WatchRig::kStart + minutes(5) * batch; }
std::string code_of(int link) { return fmt::format("{}{:02}", link % 3 ? 'R' : 'W', link); }

// Episodes of 18 to 23 batches with 36 quiet ones or more after each. The odd ones have theirs together, in one county; the
// even ones are too few in any county for the rule over it, so that no alarm hangs on when exactly a window empties.
double value_of(int link, int batch) {
  const int period = 64 + (link % 2 ? 0 : link % 7);
  const int offset = link % 2 ? 5 : link * 5 % 40;
  const int episode = (batch + period - offset) / period, within = (batch + period - offset) % period;
  std::mt19937 dice(static_cast<uint32_t>(link * 1'000 + episode));
  const int lasts = 18 + static_cast<int>(dice() % 6);
  const auto strength = dice() % 4;
  if (batch < offset || within >= lasts || batch >= kBatches - kQuiet) return link % 3 ? 0 : 10;
  constexpr double kRain[] = {0.3, 1.2, 2.5, 5}, kLevel[] = {11, 12.5, 13, 15};
  return link % 3 ? kRain[strength] : kLevel[strength];
}

std::vector<std::string> codes() {
  std::vector<std::string> out;
  for (int link = 0; link < kLinks; ++link) out.push_back(code_of(link));
  return out;
}

std::vector<SiteReading> batch_of(int batch, const std::vector<std::string>& codes) {
  std::vector<SiteReading> out;
  for (int link = 0; link < kLinks; ++link) out.push_back({codes[static_cast<size_t>(link)], time_of(batch), value_of(link, batch), static_cast<size_t>(link)});
  return out;
}

void finish(WatchRig& rig) {
  rig.settle();
  rig.pass(hours(3), minutes(1));
}

// By link (0: a county) and rule: of each alarm in its order the highest level, and whether it was cleared.
using Told = std::map<std::pair<int64_t, std::string>, std::vector<std::pair<int64_t, bool>>>;
Told told(WatchRig& rig) {
  Told out;
  rig.reader().query("SELECT link, rule, highest, cleared_at FROM alarms ORDER BY id", {},
                     [&](const Row& row) { out[{row.integer(0), row.str(1)}].emplace_back(row.integer(2), row.integer(3) != 0); });
  return out;
}

void prepare(WatchRig& rig) {
  for (const char kind : {'R', 'W'}) {
    std::vector<WatchRig::NewLink> links;
    for (int link = 0; link < kLinks; ++link)
      if (code_of(link)[0] == kind) links.push_back({code_of(link), PlaceCode(link % 2 ? 622927100 + link % 5 : 622901001 + link % 3 * 1'000)});
    rig.add_links(kind == 'R' ? "rain_gauge" : "river_gauge", links);
  }
}

TEST(AlarmKill, DISABLED_Node) {
  const char* folder = std::getenv(kFolder);
  if (!folder) GTEST_SKIP() << "runs as a child only";
  const int first = std::atoi(std::getenv(kNext)), out = std::atoi(std::getenv(kPipe));
  const auto names = codes();
  WatchRig rig(folder, pack(), first == 0 ? WatchRig::kStart : time_of(first - 1) + minutes(1));
  rig.settle();
  for (int batch = first; batch < kBatches; ++batch) {
    std::mt19937 dice(static_cast<uint32_t>(batch));
    rig.clock.at = time_of(batch);
    if (dice() % 3 == 0) rig.watch->tick(rig.clock.at);
    rig.take(batch_of(batch, names));
    if (::write(out, &batch, sizeof batch) != sizeof batch) ::_exit(1);
    // The writer lags behind now and then, so that several batches may be lost to it.
    if (dice() % 10 < 3) continue;
    rig.settle();
  }
  finish(rig);
  ::_exit(0);
}

TEST(AlarmKill, NoAlarmIsLostAndNoneIsRaisedTwice) {
  const char* wanted = std::getenv("ANLAN_KILL_SEED");
  const auto seed = static_cast<uint32_t>(wanted ? std::atoi(wanted) : 1);
  SCOPED_TRACE(fmt::format("ANLAN_KILL_SEED={}", seed));
  std::mt19937 dice(seed);
  const ScratchStore quiet_place, place;
  Told expected;
  {
    WatchRig rig(quiet_place.folder(), pack(), WatchRig::kStart, false);
    prepare(rig);
    const auto names = codes();
    for (int batch = 0; batch < kBatches; ++batch) {
      rig.clock.at = time_of(batch);
      rig.take(batch_of(batch, names));
      rig.settle();
    }
    finish(rig);
    expected = told(rig);
  }
  ASSERT_GT(expected.size(), 55u) << "nearly every link";
  ASSERT_GT(expected.at({0, "storm"}).size(), 8u);
  {
    WatchRig rig(place.folder(), pack());
    prepare(rig);
  }

  int taken = 0, kills = 0;  // batches the node has acknowledged
  while (taken < kBatches) {
    int ends[2];
    ASSERT_EQ(::pipe(ends), 0);
    const pid_t child = ::fork();
    if (child == 0) {
      ::close(ends[0]);
      ::setenv(kFolder, place.folder().c_str(), 1);
      ::setenv(kNext, std::to_string(taken).c_str(), 1);
      ::setenv(kPipe, std::to_string(ends[1]).c_str(), 1);
      ::execl("/proc/self/exe", "signals_test", "--gtest_filter=AlarmKill.DISABLED_Node", "--gtest_also_run_disabled_tests", "--gtest_brief=1", nullptr);
      ::_exit(127);
    }
    ::close(ends[1]);
    const int until = kills == kKills ? kBatches : std::min(kBatches, taken + kTakenAtLeast + static_cast<int>(dice() % (kTakenAtMost - kTakenAtLeast + 1)));
    for (int batch = 0; taken < until && ::read(ends[0], &batch, sizeof batch) == sizeof batch; taken = batch + 1) ASSERT_EQ(batch, taken);
    ASSERT_EQ(taken, until) << "it ended by itself";
    int status = 0;
    if (kills < kKills) {
      // In the middle of what follows the acknowledgement: the judgement, a commit, or the next batch.
      std::this_thread::sleep_for(std::chrono::microseconds(dice() % 2'000));
      ::kill(child, SIGKILL);
    }
    ::waitpid(child, &status, 0);
    kills += WIFSIGNALED(status);
    // What it took before the kill and told nobody waiting is acknowledged, too.
    for (int batch = 0; ::read(ends[0], &batch, sizeof batch) == sizeof batch;) taken = batch + 1;
    ::close(ends[0]);
  }
  EXPECT_GE(kills, 40);

  WatchRig rig(place.folder(), pack(), time_of(kBatches) + hours(3));
  finish(rig);
  const auto got = told(rig);
  int64_t alarms = 0;
  std::set<std::pair<int64_t, std::string>> keys;
  for (const auto& [key, list] : expected) keys.insert(key);
  for (const auto& [key, list] : got) keys.insert(key);
  for (const auto& key : keys) {
    const auto name = key.first ? rig.watch->find(RecordId{key.first})->code : "county";
    const auto wanted_here = expected.count(key) ? expected.at(key) : Told::mapped_type();
    const auto got_here = got.count(key) ? got.at(key) : Told::mapped_type();
    EXPECT_EQ(got_here, wanted_here) << name << " " << key.second;
    for (const auto& [highest, cleared] : got_here) EXPECT_TRUE(cleared) << name << " " << key.second;
    alarms += static_cast<int64_t>(got_here.size());
  }
  EXPECT_EQ(rig.count("AlarmRaised"), alarms);
  EXPECT_EQ(rig.count("AlarmCleared"), alarms);
  const auto chain = verify_chain(rig.reader(), nullptr);
  EXPECT_TRUE(chain.ok) << chain.problem;
  std::printf("seed %u: %d kills, %d batches, %lld alarms\n", seed, kills, kBatches, static_cast<long long>(alarms));
}

}  // namespace
}  // namespace anlan
