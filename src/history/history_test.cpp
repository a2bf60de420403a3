// The history against a map: late, double and replaced readings, reopened at any time; charts; retention; threads.
#include "history/history.h"

#include <algorithm>
#include <atomic>
#include <thread>

#include "history/block.h"
#include "history/history_rig.h"

namespace anlan {
namespace {

constexpr int64_t kStart = 1'700'000'000'000;

class HistoryTest : public HistoryRig {};

TEST_F(HistoryTest, KeepsTheLaterValueAndSaysSo) {
  EXPECT_EQ(append({}), (AppendResult{}));
  EXPECT_EQ(append({{{10}, 1, 0}, {{20}, 2, 0}, {{10}, 1, 0}}), (AppendResult{2, 1, 0}));
  EXPECT_EQ(append({{{20}, 2, 0}, {{20}, 3, 0}, {{5}, 9, 0}, {{5}, 8, 0}, {{5}, 8, 0}}), (AppendResult{1, 2, 2}));
  EXPECT_EQ(read(0), (std::vector<Sample>{{{5}, 8}, {{10}, 1}, {{20}, 3}}));
  EXPECT_EQ(read(0, {10}, {20}), (std::vector<Sample>{{{10}, 1}}));
  EXPECT_EQ(history->last(0), (Sample{{20}, 3}));
  EXPECT_EQ(history->last(1), std::nullopt);
  EXPECT_TRUE(read(1).empty());
  EXPECT_TRUE(read(123'456'789).empty());
}

TEST_F(HistoryTest, TakesTimesFarAwayAndRefusesWhatIsTooLarge) {
  const int64_t far = 7'258'118'400'000;  // 2200
  append({{{far}, 1, 3}, {{-2'000'000'000'000}, 2, 3}, {{0}, 3, 3}, {{INT64_MIN}, 4, 3}, {{INT64_MAX - 1}, 5, 3}});
  open();
  EXPECT_EQ(read(3), (std::vector<Sample>{{{INT64_MIN}, 4}, {{-2'000'000'000'000}, 2}, {{0}, 3}, {{far}, 1}, {{INT64_MAX - 1}, 5}}));
  const auto refused = history->append(std::vector<Reading>{{{0}, 0, kHistoryLinksMax}});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kTooLarge);
  EXPECT_FALSE(history->append(std::vector<Reading>(kHistoryBatchMax + 1)));
}

TEST_F(HistoryTest, OneProcessAtATime) {
  const auto second = History::open(folder);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, ErrorCode::kStoreUnavailable);
}

TEST_F(HistoryTest, AgreesWithAMapWhateverComesInWhateverOrder) {
  for (const uint64_t seed : {1, 2, 3, 4}) {
    std::mt19937_64 dice(seed);
    const auto below = [&](uint64_t n) { return static_cast<int64_t>(dice() % n); };
    history.reset();
    std::filesystem::remove_all(folder);
    options.log_readings = seed % 2 ? 5'000 : 100'000;
    open();
    Reference reference;
    std::vector<int64_t> now(20, kStart);
    for (int round = 0; round < 200; ++round) {
      std::vector<Reading> batch;
      const auto kind = below(10);
      const auto n = below(kind == 0 ? 6'000 : 300);
      for (int64_t i = 0; i < n; ++i) {
        const auto link = static_cast<LinkNumber>(kind == 0 ? seed % 20 : below(20));
        auto& at = now[link];
        int64_t when = at += 60'000;
        if (kind >= 4 && below(3) == 0) when = kStart + below(static_cast<uint64_t>(at - kStart) / 1000 + 1) * 1000 - (kind == 5 ? 50'000'000 : 0);
        if (kind == 6 && below(2) == 0) when = at -= 60'000;
        batch.push_back({{when}, static_cast<double>(below(kind == 7 ? 2 : 1000)) / 100, link});
      }
      if (kind == 8) std::ranges::reverse(batch);
      ASSERT_EQ(append(batch), reference.append(batch)) << "seed " << seed << " round " << round;
      if (below(15) == 0) open();
      if (below(15) == 0) crash();
      if (below(20) == 0) {
        ASSERT_TRUE(history->settle());
      }
      if (below(5) == 0 || round == 199)
        for (const auto& [link, samples] : reference.links) {
          ASSERT_EQ(read(link), reference.read(link)) << "seed " << seed << " round " << round << " link " << link;
          const UtcTime from{kStart + below(200'000'000)}, until{from.ms + below(100'000'000)};
          ASSERT_EQ(read(link, from, until), reference.read(link, from, until));
          ASSERT_EQ(history->last(link), (Sample{{samples.rbegin()->first}, samples.rbegin()->second}));
        }
    }
    const auto stats = history->stats();
    uint64_t readings = 0;
    for (const auto& [link, samples] : reference.links) readings += samples.size();
    EXPECT_EQ(stats.links, reference.links.size());
    EXPECT_EQ(stats.readings, readings);
    EXPECT_TRUE(history->damage().empty());
    std::map<LinkNumber, std::vector<Sample>> all;
    ASSERT_TRUE(history->read_all({kStart + 1'000'000}, kNever, [&](LinkNumber link, std::span<const Sample> chunk) {
      all[link].insert(all[link].end(), chunk.begin(), chunk.end());
      return true;
    }));
    for (const auto& [link, samples] : all) EXPECT_EQ(samples, reference.read(link, {kStart + 1'000'000}));
    EXPECT_EQ(all.size(), reference.links.size());
    const auto begin = [](LinkNumber link) { return link % 2 ? kNever : UtcTime{kStart + int64_t{link} * 500'000}; };
    std::map<LinkNumber, std::vector<Sample>> each_from;
    ASSERT_TRUE(history->read_all(begin, kNever, [&](LinkNumber link, std::span<const Sample> chunk) {
      each_from[link].insert(each_from[link].end(), chunk.begin(), chunk.end());
      return true;
    }));
    for (const auto& [link, samples] : each_from) {
      EXPECT_EQ(link % 2, 0u);
      EXPECT_EQ(samples, reference.read(link, begin(link)));
    }
    EXPECT_EQ(history->lasts().size(), reference.links.size());
  }
}

TEST_F(HistoryTest, BackFillOfALinkThatIsLive) {
  append({{{kStart + 100'000'000'000}, 7, 0}});
  Reference reference;
  reference.append({{{kStart + 100'000'000'000}, 7, 0}});
  for (int batch = 9; batch >= 0; --batch) {
    std::vector<Reading> readings;
    for (int i = 9'999; i >= 0; --i) readings.push_back({{kStart + (int64_t{batch} * 10'000 + i) * 60'000}, i * 0.5, 0});
    EXPECT_EQ(append(readings), (AppendResult{10'000, 0, 0}));
    reference.append(readings);
  }
  EXPECT_EQ(read(0), reference.read(0));
  open();
  EXPECT_EQ(read(0), reference.read(0));
}

TEST_F(HistoryTest, TheLogStaysShort) {
  options.log_readings = 20'000;
  open();
  for (int round = 0; round < 100; ++round) {
    std::vector<Reading> batch;
    for (LinkNumber link = 0; link < 2'000; ++link) batch.push_back({{kStart + round * 60'000}, 1, link});
    append(batch);
    EXPECT_LE(history->stats().log_readings, 24'000u);
  }
  EXPECT_TRUE(history->settle());
  EXPECT_EQ(history->stats().log_readings, 0u);
  EXPECT_EQ(read(1'999).size(), 100u);
}

TEST_F(HistoryTest, ChartEqualsBruteForce) {
  std::mt19937_64 dice(9);
  std::vector<Reading> readings;
  for (int i = 0; i < 30'000; ++i) readings.push_back({{kStart + i * 60'000 + static_cast<int64_t>(dice() % 50'000)}, static_cast<double>(dice() % 5'000) / 100, 4});
  append(readings);
  for (const auto& [offset, span, buckets] :
       {std::tuple{0, 1'800'000'000, 1000}, {-500'000, 7, 1000}, {60'000, 123'456'789, 77}, {1'799'000'000, 900'000'000, 10}, {3, 1, 1}, {777'777, 1'700'000'001, 100}}) {
    const UtcTime from{kStart + offset}, until{from.ms + span};
    const auto chart = history->chart(4, from, until, static_cast<size_t>(buckets));
    ASSERT_TRUE(chart);
    ASSERT_LE(chart->size(), static_cast<size_t>(buckets));
    ASSERT_EQ(chart->front().from, from);
    if (span / buckets >= kHourMs) {
      for (size_t i = 1; i < chart->size(); ++i) ASSERT_EQ((*chart)[i].from.ms % kHourMs, 0);
    }
    uint64_t counted = 0;
    for (size_t i = 0; i < chart->size(); ++i) {
      const auto& b = (*chart)[i];
      const auto end = i + 1 < chart->size() ? (*chart)[i + 1].from : until;
      double low = 1e9, high = -1e9;
      long double sum = 0;
      std::vector<Sample> in;
      for (const auto& r : readings)
        if (r.at >= b.from && r.at < end) {
          in.push_back({r.at, r.value});
          low = std::min(low, r.value);
          high = std::max(high, r.value);
          sum += r.value;
        }
      ASSERT_EQ(b.count, in.size());
      counted += b.count;
      if (in.empty()) continue;
      EXPECT_EQ(b.min, low);
      EXPECT_EQ(b.max, high);
      EXPECT_DOUBLE_EQ(b.mean, static_cast<double>(sum / static_cast<long double>(in.size())));
      EXPECT_EQ(b.first, in.front());
      EXPECT_EQ(b.last, in.back());
    }
    EXPECT_EQ(counted, read(4, from, until).size());
  }
  EXPECT_FALSE(history->chart(4, {0}, {0}, 10));
  EXPECT_FALSE(history->chart(4, {0}, {10}, 0));
  EXPECT_TRUE(history->chart(4, {INT64_MIN}, {INT64_MAX}, 1000));
}

TEST_F(HistoryTest, RetentionRemovesWholeBlocks) {
  Reference reference;
  std::vector<Reading> batch;
  for (int i = 0; i < 20'000; ++i)
    for (LinkNumber link = 0; link < 4; ++link) batch.push_back({{kStart + i * 60'000}, i * 0.25, link});
  batch.push_back({{kStart}, 1, 9});  // a link that fell silent
  append(batch);
  reference.append(batch);
  append({{{kStart + 30'000}, 5, 1}});
  reference.append({{{kStart + 30'000}, 5, 1}});
  const UtcTime time{kStart + 10'000 * 60'000};
  uint64_t removed = 0;
  for (const LinkNumber link : {1, 3, 9, 500}) {
    const auto done = history->remove_before(link, time);
    ASSERT_TRUE(done);
    EXPECT_FALSE(done->more);
    removed += done->readings;
  }
  uint64_t gone = 0;
  for (int reopened = 0; reopened < 2; ++reopened) {
    EXPECT_EQ(read(0), reference.read(0));
    EXPECT_EQ(read(2), reference.read(2));
    gone = 0;
    for (const LinkNumber link : {1, 3}) {
      const auto left = read(link);
      const auto all = reference.read(link);
      gone += all.size() - left.size();
      ASSERT_LE(left.front().at, time);
      EXPECT_LE(left.size(), 10'000u + kBlockSamples + 60u);
      EXPECT_TRUE(std::equal(left.begin(), left.end(), all.end() - static_cast<std::ptrdiff_t>(left.size())));
    }
    EXPECT_TRUE(read(9).empty());
    EXPECT_EQ(history->last(9), std::nullopt);
    EXPECT_EQ(history->lasts().size(), 4u);
    EXPECT_EQ(history->stats().readings, batch.size() + 1 - gone - 1);
    open();
  }
  EXPECT_EQ(removed, gone + 1);
  // What is older than what is kept does not come back; the link goes on.
  EXPECT_EQ(append({{{kStart}, 1, 9}, {time + hours(1), 2, 9}}), (AppendResult{1, 0, 0, 1}));
  EXPECT_EQ(read(9), (std::vector<Sample>{{time + hours(1), 2}}));
}

TEST_F(HistoryTest, RetentionCostsWhatItRemoves) {
  std::vector<Reading> batch;
  for (int i = 0; i < 10'000; ++i)
    for (const LinkNumber link : {7, 8}) batch.push_back({{kStart + i * 60'000}, i * 0.25, link});
  append(batch);
  const auto whole = read(7);
  uint64_t blocks = 0, readings = 0;
  for (int call = 0;; ++call) {
    const auto done = history->remove_before(7, whole.back().at, 3);
    ASSERT_TRUE(done);
    ASSERT_LE(done->blocks, 3u);
    blocks += done->blocks;
    readings += done->readings;
    const auto left = read(7);
    ASSERT_EQ(left.size(), whole.size() - readings);
    ASSERT_TRUE(std::equal(left.begin(), left.end(), whole.end() - static_cast<std::ptrdiff_t>(left.size())));
    if (!done->more) break;
    ASSERT_LT(call, 100);
    if (call == 2) open();
  }
  EXPECT_GE(blocks, 10'000 / kBlockSamples - 1);
  // Again: nothing is read, written or removed.
  ASSERT_TRUE(history->settle());
  const auto before = history->stats();
  const auto again = history->remove_before(7, whole.back().at);
  EXPECT_EQ(again->blocks + again->readings, 0u);
  EXPECT_EQ(history->stats().bytes_on_disk, before.bytes_on_disk);
  EXPECT_EQ(read(8).size(), whole.size());
}

TEST_F(HistoryTest, TheLogIsFollowed) {
  options.log_readings = 10'000;
  open();
  std::vector<Reading> all, followed;
  std::mt19937_64 dice(3);
  int64_t at = kStart;
  const auto give = [&](size_t readings) {
    std::vector<Reading> batch;
    for (size_t i = 0; i < readings; ++i) batch.push_back({{(at += 1'000) - (dice() % 5 == 0 ? 600'000 : 0)}, static_cast<double>(dice() % 9), static_cast<LinkNumber>(dice() % 3)});
    append(batch);
    return batch;
  };
  ASSERT_TRUE(history->set_follower(Follower{history->newest_entry(), "from here"}));
  Follower at_entry = *history->follower();
  const auto take = [&](size_t most) {
    const auto done = history->follow(at_entry.entry, most, followed);
    ASSERT_TRUE(done);
    ASSERT_FALSE(done->lost);
    at_entry.entry = done->entry;
    ASSERT_TRUE(history->set_follower(at_entry));
  };
  for (int round = 0; round < 120; ++round) {
    const auto batch = give(1 + dice() % 900);
    all.insert(all.end(), batch.begin(), batch.end());
    if (dice() % 3 == 0) take(1'000);
    if (dice() % 10 == 0) {
      ASSERT_TRUE(history->settle());  // the log is cut, but not what has not been followed
    }
    if (dice() % 10 == 0) open();
    ASSERT_EQ(history->follower(), at_entry);
    ASSERT_LE(history->stats().log_readings, 12'000u);
    while (all.size() - followed.size() > 8'000) take(3'000);
    if (HasFatalFailure()) return;
  }
  while (at_entry.entry < history->newest_entry()) take(2'000);
  EXPECT_EQ(followed, all);
  // Too far behind: it is told so, and goes on from where the log is.
  for (int i = 0; i < 40; ++i) give(1'000);
  ASSERT_TRUE(history->settle());
  EXPECT_TRUE(history->follow(at_entry.entry, 1'000, followed)->lost);
  EXPECT_EQ(followed, all);
  crash();
  EXPECT_EQ(history->follower(), at_entry);
  ASSERT_TRUE(history->set_follower(Follower{history->newest_entry(), ""}));
  at_entry = *history->follower();
  all = give(10);
  followed.clear();
  take(1'000);
  EXPECT_EQ(followed, all);
  ASSERT_TRUE(history->set_follower(std::nullopt));
  open();
  EXPECT_EQ(history->follower(), std::nullopt);
}

TEST_F(HistoryTest, ManyWriteAndReadAtOnce) {
  constexpr int kWriters = 4, kBatches = 100, kPerBatch = 500;
  options.log_readings = 20'000;
  open();
  std::atomic<int> writing{kWriters};
  std::vector<std::thread> threads;
  for (int w = 0; w < kWriters; ++w)
    threads.emplace_back([&, w] {
      std::vector<Reading> batch(kPerBatch);
      for (int b = 0; b < kBatches; ++b) {
        for (int i = 0; i < kPerBatch; ++i) batch[static_cast<size_t>(i)] = {{kStart + (b * kPerBatch + i) / 2 * 1'000}, static_cast<double>(w), static_cast<LinkNumber>(w * 2 + i % 2)};
        const auto result = history->append(batch);
        ASSERT_TRUE(result);
        ASSERT_EQ(*result, (AppendResult{kPerBatch, 0, 0}));
      }
      --writing;
    });
  for (int r = 0; r < 2; ++r)
    threads.emplace_back([&, r] {
      // What was there stays; a batch is there with all of its readings of a link or with none.
      std::map<LinkNumber, size_t> seen;
      for (bool last = false; !last;) {
        last = writing == 0;
        for (LinkNumber link = 0; link < kWriters * 2; ++link) {
          const auto samples = read(link);
          ASSERT_GE(samples.size(), seen[link]);
          ASSERT_EQ(samples.size() % (kPerBatch / 2), 0u);
          for (size_t i = 0; i < samples.size(); ++i) ASSERT_EQ(samples[i].at.ms, kStart + static_cast<int64_t>(i) * 1'000);
          seen[link] = samples.size();
        }
        if (r == 1) {
          ASSERT_TRUE(history->settle());
        }
      }
      for (LinkNumber link = 0; link < kWriters * 2; ++link) ASSERT_EQ(seen[link], size_t{kBatches * kPerBatch / 2});
    });
  for (auto& t : threads) t.join();
}

}  // namespace
}  // namespace anlan
