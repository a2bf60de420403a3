// Records of both byte orders and of every encoding, written here or by other people's programs; what is refused, and why.
#include "protocols/miniseed.h"

#include <gmock/gmock.h>

#include <atomic>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

namespace anlan {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

const std::string kFolder = "../shared/data/quake/format_samples/mseed/";
const std::string kPleasantHill = "../shared/data/quake/eew/pleasanthill_m4.5_nc73291880/";

std::string bytes_of(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

MiniseedRecord wave(size_t n, double amplitude = 1000) {
  MiniseedRecord r{"XX", "ANL01", "00", "HNZ", 1'702'915'140'000'000, 100};
  for (size_t i = 0; i < n; ++i) r.counts.push_back(static_cast<int32_t>(std::lround(amplitude * std::sin(static_cast<double>(i * i) * 1e-3))));
  return r;
}

std::string why(std::string_view bytes) {
  const auto read = read_miniseed(bytes);
  return read ? "" : read.error().describe();
}

TEST(Miniseed, what_is_written_is_read_again) {
  const auto source = wave(3'000);
  const auto written = write_miniseed(source, 512, 41);
  ASSERT_TRUE(written.ok());
  ASSERT_GT(written->size(), 5u);
  MiniseedRecord joined;
  for (size_t i = 0; i < written->size(); ++i) {
    EXPECT_EQ((*written)[i].size(), 512u);
    EXPECT_EQ((*written)[i].substr(0, 6), "0000" + std::to_string(41 + i));
    const auto r = read_miniseed((*written)[i]);
    ASSERT_TRUE(r.ok()) << r.error().describe();
    EXPECT_EQ(r->stream(), "XX.ANL01.00.HNZ");
    EXPECT_FALSE(r->clipped || r->damaged || r->time_doubtful);
    EXPECT_TRUE(i == 0 || continuity(joined, *r) == Continuity::follows);
    if (i == 0) joined = *r;
    else joined.counts.insert(joined.counts.end(), r->counts.begin(), r->counts.end());
  }
  EXPECT_EQ(joined.counts, source.counts);
  EXPECT_EQ(joined.start_us, source.start_us);
  EXPECT_EQ(joined.rate_hz, 100);
  EXPECT_EQ(joined.end_us(), source.start_us + 30'000'000);
}

TEST(Miniseed, floats_are_written_and_read_again) {
  MiniseedRecord source{"XX", "A", "", "BHZ", 1'000'000, 40};
  for (int i = 0; i < 100; ++i) source.values.push_back(static_cast<float>(i) * 0.25f - 3);
  const auto written = write_miniseed(source, 512);
  ASSERT_TRUE(written.ok());
  ASSERT_EQ(written->size(), 1u);
  const auto r = read_miniseed(written->front());
  ASSERT_TRUE(r.ok()) << r.error().describe();
  EXPECT_EQ(r->values, source.values);
  EXPECT_EQ(r->location, "");
  EXPECT_TRUE(r->counts.empty());
  source.values[7] = NAN;
  EXPECT_THAT(why(write_miniseed(source, 512)->front()), HasSubstr("finite"));
}

TEST(Miniseed, damage_is_seen) {
  const std::string good = write_miniseed(wave(300), 512)->front();
  EXPECT_EQ(why(good), "");
  std::string b = good;
  b[64 + 70] ^= 0x15;  // in the differences: the last sample no longer agrees
  EXPECT_THAT(why(b), HasSubstr("damaged"));
  b = good;
  b[53] = 0;  // says its data are little-endian
  EXPECT_NE(why(b), "");
  b = good;
  b[30] = static_cast<char>(0x7F);  // 32,000 samples
  EXPECT_THAT(why(b), HasSubstr("do not fit"));
  b = good;
  b[31] = static_cast<char>(b[31] + 1);  // one more than there are
  EXPECT_NE(why(b), "");
  EXPECT_THAT(why(good.substr(0, 400)), HasSubstr("400 are there"));
  b = good;
  b[54] = 30;  // of 2^30 bytes
  EXPECT_THAT(why(b), HasSubstr("2^30"));
  b = good;
  b[32] = b[33] = 0;  // no rate
  EXPECT_THAT(why(b), HasSubstr("rate"));
  b = good;
  b[45] = 20;  // data inside the header
  EXPECT_THAT(why(b), HasSubstr("outside the record"));
  b = good;
  b[46] = 2;  // blockettes beyond the record
  EXPECT_THAT(why(b), HasSubstr("blockette"));
  b = good;
  b[51] = 40;  // the chain turns back
  EXPECT_THAT(why(b), HasSubstr("turns back"));
  EXPECT_THAT(why("SL"), HasSubstr("header"));
  EXPECT_THAT(why(std::string(512, 'x')), HasSubstr("not a miniSEED record"));
}

TEST(Miniseed, clipping_and_doubt_are_told) {
  std::string b = write_miniseed(wave(300), 512)->front();
  b[38] = 0x02;
  EXPECT_TRUE(read_miniseed(b)->clipped);
  b[38] = static_cast<char>(0x90);
  const auto r = read_miniseed(b);
  EXPECT_FALSE(r->clipped);
  EXPECT_TRUE(r->damaged && r->time_doubtful);
}

TEST(Miniseed, gaps_overlaps_and_another_rate_are_told_apart) {
  const auto a = wave(100);
  auto b = wave(100);
  b.start_us = a.end_us() + 4'000;
  EXPECT_EQ(continuity(a, b), Continuity::follows);
  b.start_us = a.end_us() + 6'000;
  EXPECT_EQ(continuity(a, b), Continuity::gap);
  b.start_us = a.end_us() - 6'000;
  EXPECT_EQ(continuity(a, b), Continuity::overlap);
  b.start_us = a.end_us();
  b.rate_hz = 200;
  EXPECT_EQ(continuity(a, b), Continuity::rate_changed);
}

TEST(Miniseed, what_cannot_be_written_is_refused) {
  auto r = wave(100);
  EXPECT_FALSE(write_miniseed(r, 500).ok());
  r.station = "TOOLONG";
  EXPECT_FALSE(write_miniseed(r, 512).ok());
  r = wave(2);
  r.counts = {-2'000'000'000, 2'000'000'000};
  EXPECT_FALSE(write_miniseed(r, 512).ok());
  r.counts.clear();
  EXPECT_FALSE(write_miniseed(r, 512).ok());
  r = wave(2);
  r.rate_hz = NAN;
  EXPECT_FALSE(write_miniseed(r, 512).ok());
}

TEST(Miniseed, many_threads_read_the_same) {
  const auto source = wave(400);
  const std::string good = write_miniseed(source, 4'096)->front();
  std::string bad = good;
  bad[300] ^= 0x55;
  std::atomic<int> wrong{0};
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; ++t)
      threads.emplace_back([&] {
        for (int i = 0; i < 200; ++i) {
          const auto r = read_miniseed(good);
          if (!r || r->counts != source.counts || read_miniseed(bad).ok()) ++wrong;
        }
      });
  }
  EXPECT_EQ(wrong, 0);
}

TEST(Miniseed, speed) {
  MiniseedRecord source = wave(100);
  uint32_t x = 1;
  for (auto& c : source.counts) c = static_cast<int32_t>((x = x * 1'664'525 + 1'013'904'223) >> 20) - 2'048;
  const std::string record = write_miniseed(source, 512)->front();
  size_t samples = 0;
  const auto start = std::chrono::steady_clock::now();
  for (int i = 0; i < 50'000; ++i) samples += read_miniseed(record)->size();
  const auto read = std::chrono::steady_clock::now();
  for (int i = 0; i < 20'000; ++i) samples += write_miniseed(source, 512)->size();
  const auto end = std::chrono::steady_clock::now();
  EXPECT_EQ(samples, 50'000u * 100 + 20'000);
  std::printf("miniseed: %.0f records/s read, %.0f written\n", 50'000 / std::chrono::duration<double>(read - start).count(), 20'000 / std::chrono::duration<double>(end - read).count());
}

class MiniseedSamples : public testing::Test {
 protected:
  void SetUp() override {
    if (!std::filesystem::exists(kFolder)) GTEST_SKIP() << "no " << kFolder;
  }
  MiniseedRecord first(const std::string& name) {
    auto r = read_miniseed(bytes_of(kFolder + name));
    if (!r) ADD_FAILURE() << name << ": " << r.error().describe();
    return r ? *r : MiniseedRecord{};
  }
};

TEST_F(MiniseedSamples, every_byte_order_says_the_same) {
  const auto big = first("endiantest.be-header.be-data.mseed");
  EXPECT_GT(big.size(), 100u);
  for (const auto* name : {"endiantest.le-header.be-data.mseed", "endiantest.le-header.le-data.mseed"}) {
    const auto r = first(name);
    EXPECT_EQ(r.counts, big.counts) << name;
    EXPECT_EQ(r.start_us, big.start_us) << name;
    EXPECT_EQ(r.rate_hz, big.rate_hz) << name;
  }
}

TEST_F(MiniseedSamples, every_encoding) {
  for (const auto* name : {"int16_INT16_littleEndian", "int32_INT32_bigEndian", "int32_Steim1_bigEndian", "int32_Steim1_littleEndian", "int32_Steim2_littleEndian"})
    EXPECT_EQ(first(std::string(name) + ".mseed").counts.size(), first(std::string(name) + ".mseed").size());
  // Their authors counted from 1 to 50.
  EXPECT_EQ(first("int32_Steim1_bigEndian.mseed").counts, first("int32_Steim2_littleEndian.mseed").counts);
  const auto single = first("float32_Float32_littleEndian.mseed").values, twice = first("float64_Float64_bigEndian.mseed").values;
  ASSERT_GE(single.size(), 25u);
  ASSERT_GE(twice.size(), 25u);
  for (size_t i = 0; i < 25; ++i) EXPECT_EQ(single[i], twice[i]);
  EXPECT_GT(first("CDSN_encoding.mseed").size(), 0u);
  EXPECT_GT(first("GEOSCOPE16_4_encoding.mseed").size(), 0u);
  EXPECT_GT(first("SRO_encoding.mseed").size(), 0u);
}

TEST_F(MiniseedSamples, what_is_no_waveform_is_refused) {
  EXPECT_THAT(why(bytes_of(kFolder + "fullASCII_bigEndian.mseed")), HasSubstr("text"));
  EXPECT_THAT(why(bytes_of(kFolder + "mseed_no_blkt_1000.mseed")), HasSubstr("no blockette 1000"));
  for (const auto* name : {"not.mseed", "not3.mseed", "not4.mseed"}) EXPECT_NE(why(bytes_of(kFolder + name)), "") << name;
}

// No file of the collection, cut anywhere, does more than be refused.
TEST_F(MiniseedSamples, all_of_them) {
  size_t files = 0, records = 0, refusals = 0;
  for (const auto& entry : std::filesystem::directory_iterator(kFolder)) {
    const auto bytes = bytes_of(entry.path());
    const auto cut = cut_miniseed(bytes);
    ++files;
    size_t taken = cut.skipped_bytes;
    for (const auto record : cut.records) {
      taken += record.size();
      const auto r = read_miniseed(record);
      ++(r ? records : refusals);
      EXPECT_TRUE(!r || r->counts.empty() != r->values.empty());
    }
    EXPECT_EQ(taken, bytes.size()) << entry.path();
  }
  EXPECT_GT(files, 35u);
  EXPECT_GT(records, 150u);
  RecordProperty("records", static_cast<int>(records));
  RecordProperty("refusals", static_cast<int>(refusals));
}

TEST_F(MiniseedSamples, gaps_of_a_file) {
  const auto bytes = bytes_of(kFolder + "gaps.mseed");
  size_t gaps = 0;
  std::optional<MiniseedRecord> before;
  for (const auto record : cut_miniseed(bytes).records) {
    const auto r = read_miniseed(record);
    ASSERT_TRUE(r.ok());
    if (before && continuity(*before, *r) == Continuity::gap) ++gaps;
    before = *r;
  }
  EXPECT_GE(gaps, 3u);
}

TEST(MiniseedPleasantHill, every_record_follows_the_last) {
  if (!std::filesystem::exists(kPleasantHill)) GTEST_SKIP() << "no " << kPleasantHill;
  size_t streams = 0, samples = 0;
  for (const auto& entry : std::filesystem::directory_iterator(kPleasantHill)) {
    if (entry.path().extension() != ".mseed") continue;
    ++streams;
    const auto bytes = bytes_of(entry.path());
    const auto cut = cut_miniseed(bytes);
    EXPECT_EQ(cut.skipped_bytes, 0u);
    std::optional<MiniseedRecord> before;
    for (const auto record : cut.records) {
      const auto r = read_miniseed(record);
      ASSERT_TRUE(r.ok()) << entry.path() << r.error().describe();
      EXPECT_TRUE(entry.path().filename().string().starts_with(r->stream() + "__")) << r->stream();
      EXPECT_TRUE(!before || continuity(*before, *r) == Continuity::follows) << entry.path();
      // And as 512-byte packets.
      const auto small = write_miniseed(*r, 512);
      ASSERT_TRUE(small.ok()) << small.error().describe();
      samples += r->size();
      before = *r;
    }
  }
  EXPECT_EQ(streams, 39u);
  EXPECT_GT(samples, 39u * 8'000);
}

}  // namespace
}  // namespace anlan
