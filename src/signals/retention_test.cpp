// What is kept of each link, day after day, in small steps.
#include "signals/retention.h"

#include "history/history_rig.h"
#include "signals/watch_rig.h"

namespace anlan {
namespace {

constexpr int64_t kStart = 1'763'700'000'000 / kHourMs * kHourMs;
constexpr Millis kDay = hours(24);

class RetentionTest : public HistoryRig {
 protected:
  std::vector<Reading> days(LinkNumber link, int from, int until) const {
    std::vector<Reading> out;
    for (int64_t minute = int64_t{from} * 1'440; minute < int64_t{until} * 1'440; minute += 5)
      out.push_back({{kStart + minute * 60'000}, static_cast<double>(minute % 977) / 10, link});
    return out;
  }
  // Until the day's round is through; in how many calls.
  int finish(Retention& retention, UtcTime now) const {
    int calls = 1;
    while (retention.run(now)) ++calls;
    return calls;
  }
  std::vector<KeptLink> kept;
  std::string log;
};

TEST_F(RetentionTest, EachLinkKeepsWhatItsTypeSaysAndTheHoursStay) {
  for (const LinkNumber link : {1, 2, 3}) append(days(link, 0, 100));
  kept = {{1, kDay * 20}, {2, kDay * 60}};
  Retention retention(*history, [this] { return kept; }, [this](std::string_view line) { log += line; });
  const UtcTime now{kStart + kDay.count * 100};
  EXPECT_GE(finish(retention, now), 1);
  // A block more than asked for may stay.
  const auto oldest = [&](LinkNumber link) { return (now - read(link).front().at).count / kDay.count; };
  EXPECT_GE(oldest(1), 20);
  EXPECT_LE(oldest(1), 22);
  EXPECT_GE(oldest(2), 60);
  EXPECT_LE(oldest(2), 62);
  EXPECT_EQ(read(3).size(), 100u * 288);
  EXPECT_EQ(retention.removed(), 2u * 100 * 288 - read(1).size() - read(2).size());
  for (const LinkNumber link : {1, 2, 3}) {
    const auto chart = history->chart(link, {kStart}, now, 100).value();
    ASSERT_EQ(chart.size(), 100u);
    for (const auto& bucket : chart) ASSERT_EQ(bucket.count, 288u) << link;
  }
  EXPECT_EQ(log, "");
}

TEST_F(RetentionTest, OnceADayInSmallSteps) {
  std::vector<Reading> batch;
  for (LinkNumber link = 0; link < 3'000; ++link) batch.push_back({{kStart}, 1, link});
  append(batch);
  append(days(7, 1, 400));
  for (LinkNumber link = 0; link < 3'000; ++link) kept.push_back({link, kDay * 10});
  int asked = 0;
  Retention retention(*history, [&] { return ++asked, kept; }, [](std::string_view) {});
  UtcTime now{kStart + kDay.count * 5};
  EXPECT_EQ(finish(retention, now), 3) << "nothing is old yet: a thousand links in a call";
  EXPECT_EQ(retention.removed(), 0u);
  now = now + hours(23);
  EXPECT_FALSE(retention.run(now));
  EXPECT_EQ(asked, 1);
  now = {kStart + kDay.count * 400};
  uint64_t before = 0;
  int calls = 0;
  for (bool more = true; more; ++calls) {
    more = retention.run(now);
    EXPECT_LE(retention.removed() - before, Retention::kBlocksPerRun * uint64_t{512} + Retention::kLinksPerRun);
    before = retention.removed();
  }
  EXPECT_GE(calls, 3);
  EXPECT_EQ(asked, 2);
  EXPECT_EQ(history->stats().links, 1u);
  EXPECT_LE(read(7).size(), 13u * 288);
  EXPECT_GE(read(7).size(), 10u * 288);
  // The clock set back a year does not stop it for a year.
  now = {kStart};
  finish(retention, now);
  EXPECT_EQ(asked, 3);
}

TEST(KeptLinks, AreThoseOfTypesThatSaySo) {
  Pack pack = load_pack("packs/cn").value();
  for (auto& type : pack.record_types)
    if (type.signal) type.signal->keep.reset();
  for (auto& type : pack.record_types)
    if (type.id == "river_gauge") type.signal->keep = kDay * 400;
  std::string folder = (std::filesystem::temp_directory_path() / "retention-XXXXXX").string();
  ASSERT_TRUE(::mkdtemp(folder.data()));
  {
    WatchRig rig(folder, pack);
    rig.add_links("river_gauge", {{"Z1", PlaceCode(622927101201)}, {"Z2", PlaceCode(622927101201)}});
    rig.add_links("rain_gauge", {{"P1", PlaceCode(622927101201)}});
    const auto kept = kept_links(*rig.watch);
    ASSERT_EQ(kept.size(), 2u);
    for (const auto& k : kept) {
      EXPECT_EQ(k.keep, kDay * 400);
      EXPECT_EQ(rig.watch->find(RecordId{k.link})->code[0], 'Z');
    }
  }
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace anlan
