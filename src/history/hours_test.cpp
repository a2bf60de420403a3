// The rows of hours: as bytes, and in charts, which must not be told from charts of the readings themselves.
#include "history/hours.h"

#include <rocksdb/db.h>

#include <algorithm>
#include <bit>

#include "history/history_rig.h"
#include "history/store.h"

namespace anlan {
namespace {

// More by ANLAN_SEEDS.
const uint64_t kSeeds = std::getenv("ANLAN_SEEDS") ? std::strtoull(std::getenv("ANLAN_SEEDS"), nullptr, 10) : 4;
constexpr int64_t kStart = 1'700'000'000'000 / kHourMs * kHourMs;

bool same(double a, double b) { return std::bit_cast<uint64_t>(a) == std::bit_cast<uint64_t>(b); }
bool same(const Sample& a, const Sample& b) { return a.at == b.at && same(a.value, b.value); }
bool same(const ChartBucket& a, const ChartBucket& b) {
  return a.from == b.from && a.count == b.count && same(a.min, b.min) && same(a.max, b.max) && same(a.mean, b.mean) && same(a.first, b.first) && same(a.last, b.last);
}

TEST(Hours, AnyRowsComeBack) {
  for (uint64_t seed = 1; seed <= 200; ++seed) {
    std::mt19937_64 dice(seed);
    HourMaker maker;
    std::vector<Sample> samples;
    int64_t at = static_cast<int64_t>(dice() % 1'000'000'000'000) - 500'000'000'000;
    for (uint64_t n = 1 + dice() % 2'000; n > 0; --n) {
      at += 1 + static_cast<int64_t>(dice() % (seed % 3 ? 600'000 : 9'000'000));
      samples.push_back({{at}, seed % 2 ? static_cast<double>(dice() % 5'000) / 100 : std::bit_cast<double>(dice())});
    }
    maker.add(samples);
    ASSERT_EQ(maker.samples(), samples.size());
    HourChunk chunk{hour_of(samples.front().at) - 2, hour_of(samples.back().at) + 7, std::move(maker).take()};
    if (chunk.rows.size() > 4'096) chunk.rows.resize(4'096);
    const auto bytes = write_hours(chunk);
    HourChunk back;
    ASSERT_TRUE(read_hours(bytes, chunk.from, back));
    ASSERT_EQ(back.until, chunk.until);
    ASSERT_EQ(back.rows.size(), chunk.rows.size());
    for (size_t i = 0; i < back.rows.size(); ++i) {
      const auto &a = back.rows[i].of, &b = chunk.rows[i].of;
      ASSERT_TRUE(back.rows[i].hour == chunk.rows[i].hour && a.count == b.count && same(a.min, b.min) && same(a.max, b.max) && same(a.sum, b.sum) && same(a.first, b.first) && same(a.last, b.last)) << seed << " " << i;
    }
    // Whatever is cut off or changed: no chunk, or one within its bounds.
    EXPECT_FALSE(read_hours(std::string_view(bytes).substr(0, bytes.size() - 1), chunk.from, back));
    auto damaged = bytes;
    damaged[dice() % damaged.size()] ^= static_cast<char>(1 << dice() % 8);
    if (read_hours(damaged, chunk.from, back)) {
      for (const auto& row : back.rows) ASSERT_TRUE(back.from <= row.hour && row.hour < back.until && row.of.count > 0);
    }
  }
}

TEST(Hours, ASumOfShortDecimalsIsOne) {
  Summary s;
  for (int i = 0; i < 3'600; ++i) s.add(Sample{{i}, 0.1});
  EXPECT_EQ(s.total(), 360.0);
  EXPECT_EQ(hour_of({-1}), -1);
  EXPECT_EQ(hour_of({0}), 0);
  EXPECT_EQ(hour_start(-1).ms, -kHourMs);
}

// Makes a folder what it was before there were hours.
void drop_hours(const std::string& folder) {
  std::vector<std::string> names;
  ASSERT_TRUE(rocksdb::DB::ListColumnFamilies({}, folder, &names).ok());
  ASSERT_EQ(std::ranges::count(names, "hours"), 1);
  std::vector<rocksdb::ColumnFamilyDescriptor> tables;
  for (const auto& name : names) tables.emplace_back(name, rocksdb::ColumnFamilyOptions());
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  rocksdb::DB* db = nullptr;
  ASSERT_TRUE(rocksdb::DB::Open({}, folder, tables, &handles, &db).ok());
  for (size_t i = 0; i < names.size(); ++i) {
    if (names[i] == "hours") {
      EXPECT_TRUE(db->DropColumnFamily(handles[i]).ok());
    }
    db->DestroyColumnFamilyHandle(handles[i]);
  }
  delete db;
}

class HoursTest : public HistoryRig {
 protected:
  // What a chart must be: from all readings there ever were.
  std::vector<ChartBucket> expected(LinkNumber link, UtcTime from, UtcTime until, size_t buckets, bool at_least_hours) const {
    ChartMaker maker(from, until, buckets, at_least_hours);
    maker.add(reference.read(link, from, until));
    return std::move(maker).take();
  }
  void compare(LinkNumber link, UtcTime from, UtcTime until, size_t buckets, UtcTime kept_from, const std::string& where) const {
    const auto got = history->chart(link, from, until, buckets);
    ASSERT_TRUE(got) << got.error().describe();
    const auto want = expected(link, from, until, buckets, from < kept_from);
    ASSERT_EQ(got->size(), want.size());
    for (size_t i = 0; i < want.size(); ++i)
      ASSERT_TRUE(same((*got)[i], want[i])) << where << " link " << link << " bucket " << i << ": " << (*got)[i].count << " readings for " << want[i].count << ", mean " << (*got)[i].mean << " for " << want[i].mean;
  }
  // Rows that are stored of a link.
  size_t rows(LinkNumber link) {
    history.reset();
    size_t out = 0;
    {
      const auto store = HistoryStore::open(folder, options).value();
      auto cursor = store->hours();
      HourChunk chunk;
      int64_t until = INT64_MIN;
      for (cursor.seek(link, {INT64_MIN}); cursor.valid(); cursor.next()) {
        EXPECT_TRUE(read_hours(cursor.bytes(), cursor.first_at().ms, chunk));
        EXPECT_LE(until, chunk.from) << "chunks do not overlap";
        EXPECT_LE(chunk.rows.size(), kChunkRows);
        until = chunk.until;
        out += chunk.rows.size();
      }
    }
    open();
    return out;
  }
  Reference reference;
};

TEST_F(HoursTest, ChartsOfRowsEqualChartsOfReadings) {
  constexpr LinkNumber kLinks = 6;
  constexpr int64_t kEvery[kLinks] = {60'000, 7'000, kHourMs, 300'000, 60'000, 20'000};
  for (uint64_t seed = 1; seed <= kSeeds; ++seed) {
    std::mt19937_64 dice(seed);
    const auto below = [&](int64_t n) { return static_cast<int64_t>(dice() % static_cast<uint64_t>(n)); };
    history.reset();
    std::filesystem::remove_all(folder);
    options.log_readings = seed % 2 ? 3'000 : 50'000;
    options.blocks_per_summary = static_cast<uint8_t>(1 + seed % 3);
    open();
    reference = {};
    std::vector<int64_t> now(kLinks, kStart);
    std::vector<UtcTime> kept(kLinks, UtcTime{INT64_MIN});
    for (int round = 0; round < 100; ++round) {
      const std::string where = "seed " + std::to_string(seed) + " round " + std::to_string(round);
      std::vector<Reading> batch;
      const bool late = below(3) == 0;
      for (int64_t n = below(1'500); n > 0; --n) {
        const auto link = static_cast<LinkNumber>(below(kLinks));
        auto& at = now[link];
        int64_t when = at += kEvery[link];
        if (link == 3 && below(300) == 0) at += below(40) * kHourMs;  // falls silent
        if (late && below(4) == 0) when = at - below(72 * kHourMs) / kEvery[link] * kEvery[link];
        const double value = link == 4 ? std::bit_cast<double>(dice() >> 2) : link == 5 ? 0 : static_cast<double>(below(4'000)) / 100;
        batch.push_back({{when}, value, link});
      }
      std::vector<Reading> taken;
      uint64_t expired = 0;
      for (const auto& r : batch)
        if (r.at < kept[r.link]) ++expired;
        else taken.push_back(r);
      auto result = reference.append(taken);
      result.expired = expired;
      ASSERT_EQ(append(batch), result) << where;
      if (below(12) == 0) open();
      if (below(12) == 0) crash();
      if (below(12) == 0) {
        ASSERT_TRUE(history->settle());
      }
      if (seed % 2 == 0 && below(8) == 0) {
        const auto link = static_cast<LinkNumber>(below(kLinks));
        const UtcTime time{now[link] - below(3) * 36 * kHourMs - below(1'000'000)};
        const auto removed = history->remove_before(link, time, below(2) ? 2 : SIZE_MAX);
        ASSERT_TRUE(removed);
        if (removed->readings > 0) kept[link] = std::max(kept[link], hour_start(hour_of(time)));
      }
      if (below(6) != 0 && round != 99) continue;
      for (LinkNumber link = 0; link < kLinks; ++link) {
        if (!reference.links.contains(link)) continue;
        const int64_t hours = (now[link] - kStart) / kHourMs + 2;
        for (int i = 0; i < 4; ++i) {
          int64_t from = kStart - kHourMs + below(hours * kHourMs), until = from + 1 + below(hours * 2 * kHourMs);
          // Of an hour whose readings are removed there is no part.
          if (from < kept[link].ms) from = from / kHourMs * kHourMs;
          if (until < kept[link].ms) until = (until / kHourMs + 1) * kHourMs;
          compare(link, {from}, {until}, static_cast<size_t>(1 + below(40)), kept[link], where);
        }
        compare(link, {kStart - 24 * kHourMs}, {now[link] + kHourMs}, 1'000, kept[link], where);
        if (HasFatalFailure()) return;
      }
    }
    EXPECT_GT(rows(1), 3u);
  }
}

TEST_F(HoursTest, RowsAreStoredOfDenseLinksAndOfWhatIsRemoved) {
  std::vector<Reading> batch;
  for (int i = 0; i < 30'000; ++i) batch.push_back({{kStart + i * 60'000}, i % 700 / 100.0, 0});
  for (int i = 0; i < 3'000; ++i) batch.push_back({{kStart + i * kHourMs}, i % 700 / 100.0, 1});
  append(batch);
  reference.append(batch);
  ASSERT_TRUE(history->settle());
  const auto dense = rows(0);
  EXPECT_GE(dense, 490u);
  EXPECT_LE(dense, 500u);
  EXPECT_EQ(rows(1), 0u);  // of an hourly link the readings are as quick
  const UtcTime limit{kStart + 2'000 * kHourMs + 5};
  for (const LinkNumber link : {0, 1}) ASSERT_TRUE(history->remove_before(link, limit));
  EXPECT_TRUE(read(0).empty());
  EXPECT_EQ(rows(0), 500u);
  EXPECT_GE(rows(1), 2'000u - 512u);
  for (const LinkNumber link : {0, 1}) {
    compare(link, {kStart}, {kStart + 3'000 * kHourMs}, 100, limit, "removed");
    // Where readings are removed nothing finer than hours is left, and it is not left out either.
    const auto fine = history->chart(link, {kStart + 24 * kHourMs}, {kStart + 26 * kHourMs}, 100);
    ASSERT_EQ(fine->size(), 2u);
    EXPECT_EQ(fine->front().count, link == 0 ? 60u : 1u);
  }
  // Too late: the hour is closed.
  EXPECT_EQ(append({{{kStart}, 1, 0}, {{limit.ms - 6}, 1, 0}, {{limit.ms}, 1, 0}}), (AppendResult{1, 0, 0, 2}));
  crash();
  EXPECT_EQ(append({{{kStart}, 1, 0}}), (AppendResult{0, 0, 0, 1}));
  compare(0, {kStart}, {kStart + 600 * kHourMs}, 100, limit, "reopened");
}

TEST_F(HoursTest, ADamagedChunkIsDrawnFromReadingsWhileThereAreAny) {
  std::vector<Reading> batch;
  for (int i = 0; i < 30'000; ++i) batch.push_back({{kStart + i * 60'000}, i / 100.0, 0});
  append(batch);
  reference.append(batch);
  ASSERT_TRUE(history->settle());  // makes the rows, whatever its thread has done
  history.reset();
  {
    const auto store = HistoryStore::open(folder, options).value();
    auto cursor = store->hours();
    cursor.seek_last(0);
    ASSERT_TRUE(cursor.valid());
    StoreChange change;
    store->put_hours(change, 0, cursor.first_at().ms, "nonsense");
    ASSERT_TRUE(store->write(change, true));
  }
  open();
  compare(0, {kStart}, {kStart + 500 * kHourMs}, 50, {INT64_MIN}, "damaged");
  append({{{kStart + 30'000}, 7, 0}});
  reference.append({{{kStart + 30'000}, 7, 0}});
  ASSERT_TRUE(history->settle());
  compare(0, {kStart}, {kStart + 500 * kHourMs}, 50, {INT64_MIN}, "damaged, with a late one");
}

TEST_F(HoursTest, AFolderFromBeforeThereWereHours) {
  // It is drawn from readings until its rows are made.
  options.blocks_per_summary = 4;
  std::vector<Reading> batch;
  for (int i = 0; i < 20'000; ++i) batch.push_back({{kStart + i * 60'000}, i / 100.0, 0});
  append(batch);
  reference.append(batch);
  history.reset();
  drop_hours(folder);
  open();
  compare(0, {kStart}, {kStart + 400 * kHourMs}, 50, {INT64_MIN}, "old");
  batch.clear();
  for (int i = 20'000; i < 25'000; ++i) batch.push_back({{kStart + i * 60'000}, i / 100.0, 0});
  append(batch);
  reference.append(batch);
  compare(0, {kStart}, {kStart + 500 * kHourMs}, 50, {INT64_MIN}, "goes on");
  ASSERT_TRUE(history->settle());
  EXPECT_GT(rows(0), 380u) << "also of what was there before";
  ASSERT_TRUE(history->remove_before(0, {kStart + 500 * kHourMs}));
  compare(0, {kStart}, {kStart + 500 * kHourMs}, 50, {kStart + 400 * kHourMs}, "removed");
}

}  // namespace
}  // namespace anlan
