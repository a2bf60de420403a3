// Damaged files: an error that names link and time; everything else stays readable.
#include <gmock/gmock.h>

#include <algorithm>
#include <fstream>

#include "history/block.h"
#include "history/history_rig.h"
#include "history/store.h"

namespace anlan {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

constexpr int64_t kStart = 1'700'000'000'000;
constexpr LinkNumber kLinks = 40;

class Damage : public HistoryRig {
 protected:
  void fill(int readings) {
    std::vector<Reading> batch;
    std::mt19937_64 dice(1);
    for (int i = 0; i < readings; ++i)
      for (LinkNumber link = 0; link < kLinks; ++link) batch.push_back({{kStart + i * 60'000}, static_cast<double>(dice() % 10'000) / 100, link});
    append(batch);
    reference.append(batch);
  }
  // Everything in .sst files: RocksDB writes what it finds in its log when it opens.
  void to_files() {
    for (int i = 0; i < 2; ++i) open();
    history.reset();
  }
  std::vector<fs::path> files(const std::string& extension) const {
    std::vector<fs::path> out;
    for (const auto& f : fs::directory_iterator(folder))
      if (f.path().extension() == extension) out.push_back(f.path());
    std::ranges::sort(out, {}, [](const fs::path& p) { return fs::file_size(p); });
    return out;
  }
  static void flip(const fs::path& file, uint64_t at) {
    std::fstream f(file, std::ios::binary | std::ios::in | std::ios::out);
    f.seekg(static_cast<std::streamoff>(at));
    const char c = static_cast<char>(f.get() ^ 0x10);
    f.seekp(static_cast<std::streamoff>(at));
    f.put(c);
    ASSERT_TRUE(f.good());
  }
  // Links with an error; all others must be whole, and what is delivered must be true.
  std::vector<LinkNumber> damaged_links(size_t* delivered = nullptr) {
    std::vector<LinkNumber> out;
    for (LinkNumber link = 0; link < kLinks; ++link) {
      std::vector<Sample> got;
      const auto done = history->read(link, {INT64_MIN}, kNever, [&](std::span<const Sample> chunk) {
        got.insert(got.end(), chunk.begin(), chunk.end());
        return true;
      });
      const auto whole = reference.read(link);
      if (done) {
        EXPECT_EQ(got, whole) << link;
        continue;
      }
      out.push_back(link);
      EXPECT_EQ(done.error().code, ErrorCode::kCorrupt);
      EXPECT_THAT(done.error().describe(), HasSubstr("link " + std::to_string(link)));
      EXPECT_TRUE(std::ranges::includes(whole, got, {}, &Sample::at, &Sample::at));
      if (delivered) *delivered += got.size();
    }
    return out;
  }
  Reference reference;
};

TEST_F(Damage, AByteOfAFile) {
  fill(10'000);
  to_files();
  const auto file = files(".sst").back();
  const auto size = fs::file_size(file);
  ASSERT_GT(size, 400'000u);
  for (int part = 1; part < 10; part += 2) {
    const auto at = size * static_cast<uint64_t>(part) / 10;
    flip(file, at);
    open();
    size_t delivered = 0;
    const auto damaged = damaged_links(&delivered);
    EXPECT_GE(damaged.size(), 1u);
    EXPECT_LE(damaged.size(), 2u);
    EXPECT_GT(delivered, damaged.size() * 1'000) << "blocks before and behind the damaged part";
    EXPECT_TRUE(history->append(std::vector<Reading>{{{kStart - 60'000}, 1, kLinks}}));
    // Late readings next to the damaged part neither fail nor harm the rest.
    if (part == 5) {
      std::vector<Reading> late;
      for (int i = 0; i < 5'000; ++i) late.push_back({{kStart + i * 120'000 + 30'000}, 1, damaged.front()});
      EXPECT_TRUE(history->append(late));
      EXPECT_TRUE(history->settle());
      EXPECT_TRUE(history->remove_before(kLinks, {kStart}));
    }
    history.reset();
    flip(file, at);
    if (part == 5) return;
  }
}

TEST_F(Damage, AByteOfTheOpenBlocks) {
  fill(300);
  to_files();
  size_t found = 0;
  for (const auto& file : files(".sst")) {
    if (fs::file_size(file) < 5'000) continue;
    ++found;
    flip(file, fs::file_size(file) / 4);
    open();
    EXPECT_FALSE(history->damage().empty());
    const auto damaged = damaged_links();
    EXPECT_GE(damaged.size(), 1u);
    EXPECT_LT(damaged.size(), kLinks);
    // The link goes on, and keeps what comes from here on.
    EXPECT_TRUE(history->append(std::vector<Reading>{{{kStart + 900'000'000}, 1, damaged.front()}}));
    EXPECT_EQ(history->last(damaged.front()), (Sample{{kStart + 900'000'000}, 1}));
  }
  EXPECT_EQ(found, 1u);
}

TEST_F(Damage, TheOpenBlockOfALinkWithOlderOnes) {
  fill(2'000);
  history.reset();
  {
    auto store = HistoryStore::open(folder, options).value();
    StoreChange change;
    store->put_open(change, 5, "nonsense");
    ASSERT_TRUE(store->write(change, true));
  }
  open();
  EXPECT_EQ(damaged_links(), std::vector<LinkNumber>{5});
  const auto last = history->last(5);
  ASSERT_TRUE(last);
  const auto before = reference.read(5);
  EXPECT_TRUE(std::ranges::find(before, *last) != before.end());
  // Sent again, what was lost comes back.
  std::vector<Reading> again;
  for (const auto& s : before) again.push_back({s.at, s.value, 5});
  const auto result = append(again);
  EXPECT_EQ(result.stored + result.duplicates, 2'000u);
  EXPECT_GT(result.duplicates, 1'000u);
  open();
  EXPECT_TRUE(damaged_links().empty());
  EXPECT_EQ(history->stats().readings, kLinks * 2'000u);
}

TEST_F(Damage, ABlockThatIsNone) {
  options.blocks_per_summary = 1;
  open();
  fill(2'000);
  ASSERT_TRUE(history->settle());
  history.reset();
  {
    auto store = HistoryStore::open(folder, options).value();
    auto cursor = store->blocks();
    cursor.seek(7, {kStart + 600 * 60'000});
    ASSERT_TRUE(cursor.valid());
    StoreChange change;
    store->put_block(change, 7, cursor.first_at(), "\x01nonsense");
    ASSERT_TRUE(store->write(change, true));
  }
  open();
  size_t delivered = 0;
  EXPECT_EQ(damaged_links(&delivered), std::vector<LinkNumber>{7});
  EXPECT_GE(delivered, 2'000u - kBlockSamples);
  const auto chart = history->chart(7, {kStart}, {kStart + 2'000 * 60'000}, 100);
  ASSERT_FALSE(chart);
  // Of hours there are rows.
  const auto hours = history->chart(7, {kStart}, {kStart + 2'000 * 60'000}, 10);
  ASSERT_TRUE(hours);
  uint64_t counted = 0;
  for (const auto& b : *hours) counted += b.count;
  EXPECT_EQ(counted, 2'000u);
  EXPECT_THAT(chart.error().describe(), HasSubstr("link 7 at 2023-11-15T"));
}

TEST_F(Damage, TheWriteAheadLog) {
  fill(300);
  history.reset();
  const auto log = files(".log");
  ASSERT_FALSE(log.empty());
  flip(log.back(), fs::file_size(log.back()) / 2);
  const auto opened = History::open(folder);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, ErrorCode::kCorrupt) << opened.error().describe();
}

TEST_F(Damage, AFolderThatIsSomethingElse) {
  history.reset();
  std::ofstream(folder + "/CURRENT") << "nonsense";
  const auto opened = History::open(folder);
  ASSERT_FALSE(opened);
  EXPECT_FALSE(History::open("/dev/null/history"));
}

}  // namespace
}  // namespace anlan
