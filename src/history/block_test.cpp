// Whatever goes into a block comes out, to the bit; bytes per sample of series as they occur; damaged bytes.
#include "history/block.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <limits>
#include <random>

#include "history/log_entry.h"

namespace anlan {
namespace {

using Samples = std::vector<Sample>;

void expect_same(const Samples& a, const Samples& b) {
  ASSERT_EQ(a.size(), b.size());
  for (size_t i = 0; i < a.size(); ++i) {
    ASSERT_EQ(a[i].at, b[i].at) << i;
    ASSERT_EQ(std::bit_cast<uint64_t>(a[i].value), std::bit_cast<uint64_t>(b[i].value)) << i << ": " << a[i].value << " and " << b[i].value;
  }
}

double round_trip(const Samples& in) {
  const auto bytes = write_block(in);
  Samples out;
  EXPECT_TRUE(read_block(bytes, out));
  expect_same(in, out);
  EXPECT_EQ(block_count(bytes), in.size());
  return in.empty() ? 0 : static_cast<double>(bytes.size()) / static_cast<double>(in.size());
}

TEST(Block, EmptyAndSingle) {
  round_trip({});
  round_trip({{{0}, 0}});
  round_trip({{{INT64_MIN}, -0.0}});
  round_trip({{{INT64_MAX}, std::numeric_limits<double>::quiet_NaN()}});
}

TEST(Block, EvenTimesAndEqualValuesCostTwoBits) {
  Samples in;
  for (int i = 0; i < 512; ++i) in.push_back({{1'700'000'000'000 + i * 60'000}, 3.25});
  EXPECT_LT(round_trip(in), 0.35);
}

TEST(Block, ExtremesOfTimeAndValue) {
  using Limits = std::numeric_limits<double>;
  const double values[] = {0.0, -0.0, 1, -1, 0.1, -273.15, 1e300, -1e300, 5e-324, Limits::max(), Limits::min(), Limits::infinity(), -Limits::infinity(),
                           Limits::quiet_NaN(), std::bit_cast<double>(uint64_t{0x7FF0'0000'0000'0001}), 0x1p53, 0x1p53 + 2, -0x1p53, 0.1 + 0.2, 1.0 / 3, 1e-12, 123456.789012};
  Samples in;
  int64_t at = INT64_MIN;
  for (const double a : values)
    for (const double b : values) {
      in.push_back({{at}, a});
      in.push_back({{at + 1}, b});
      at += INT64_MAX / 300;
    }
  in.push_back({{INT64_MAX}, 1});
  round_trip(in);
  for (const double a : values)
    for (const double b : values) round_trip({{{INT64_MIN}, a}, {{INT64_MAX}, b}});
}

TEST(Block, RandomSeriesOfEveryKind) {
  std::mt19937_64 dice(11);
  const auto below = [&](uint64_t n) { return dice() % n; };
  for (int round = 0; round < 3'000; ++round) {
    Samples in;
    const size_t n = 1 + below(round % 50 == 0 ? 2'000 : 100);
    auto at = static_cast<int64_t>(below(4'000'000'000'000)) - 1'000'000'000'000;
    const auto rhythm = below(5), kind = below(7);
    double level = static_cast<double>(below(100'000)) / 100;
    for (size_t i = 0; i < n; ++i) {
      const int64_t steps[] = {60'000, static_cast<int64_t>(1'000 * (55 + below(10))), static_cast<int64_t>(1 + below(100'000)), static_cast<int64_t>(1 + below(20)),
                               static_cast<int64_t>(1 + below(uint64_t{1} << below(40)))};
      at += steps[rhythm];
      level += (static_cast<double>(below(7)) - 3) / 100;
      const double values[] = {std::round(level * 100) / 100,
                               below(50) == 0 ? static_cast<double>(below(100)) / 10 : 0,
                               std::bit_cast<double>(dice()),
                               static_cast<double>(static_cast<float>(level)),
                               level + 1e-13,
                               static_cast<double>(dice() >> below(64)) / std::pow(10, static_cast<double>(below(16))),
                               below(20) == 0 ? std::bit_cast<double>(dice()) : std::round(level * 10) / 10};
      in.push_back({{at}, values[kind]});
    }
    round_trip(in);
    if (HasFatalFailure()) return;
  }
}

TEST(Block, DoublesCostLittleMoreThanThemselves) {
  std::mt19937_64 dice(5);
  Samples in;
  for (int i = 0; i < 512; ++i) in.push_back({{i * 1'000}, std::bit_cast<double>(dice() & ~(uint64_t{1} << 62))});
  EXPECT_LT(round_trip(in), 8.6);
}

TEST(Block, AFullBlockIsBounded) {
  std::mt19937_64 dice(5);
  BlockWriter writer;
  int64_t at = 0;
  while (!writer.full()) writer.push({{at += static_cast<int64_t>(dice() >> 20)}, std::bit_cast<double>(dice())});
  EXPECT_LE(writer.bytes().size(), kBlockBytes + 24);
}

TEST(Block, DamagedBytesAreRefusedOrReadInBounds) {
  std::mt19937_64 dice(3);
  Samples in;
  for (int i = 0; i < 200; ++i) in.push_back({{i * 60'000 + static_cast<int64_t>(dice() % 100)}, static_cast<double>(dice() % 1000) / 100});
  const auto bytes = write_block(in);
  for (size_t length = 0; length < bytes.size(); ++length) {
    Samples out;
    EXPECT_FALSE(read_block(bytes.substr(0, length), out)) << length;
    EXPECT_TRUE(out.empty());
  }
  for (int i = 0; i < 20'000; ++i) {
    auto damaged = bytes;
    for (size_t k = 1 + dice() % 3; k > 0; --k) damaged[dice() % damaged.size()] ^= static_cast<char>(1 << dice() % 8);
    Samples out;
    const bool taken = read_block(damaged, out);
    EXPECT_TRUE(taken || out.empty());
    for (size_t k = 1; k < out.size(); ++k) ASSERT_LT(out[k - 1].at, out[k].at);
  }
}

TEST(LogEntry, ComesBackAndRefusesWhatIsCut) {
  std::vector<Reading> in = {{{0}, 0, 0}, {{INT64_MAX}, -0.0, UINT32_MAX}, {{INT64_MIN}, 1e300, 0}, {{5}, std::numeric_limits<double>::quiet_NaN(), 7}};
  const auto bytes = write_log_entry(in);
  std::vector<Reading> out;
  ASSERT_TRUE(read_log_entry(bytes, out));
  ASSERT_EQ(out.size(), in.size());
  for (size_t i = 0; i < in.size(); ++i) {
    EXPECT_EQ(out[i].link, in[i].link);
    EXPECT_EQ(out[i].at, in[i].at);
    EXPECT_EQ(std::bit_cast<uint64_t>(out[i].value), std::bit_cast<uint64_t>(in[i].value));
  }
  for (size_t length = 0; length < bytes.size(); ++length) EXPECT_FALSE(read_log_entry(bytes.substr(0, length), out));
}

}  // namespace
}  // namespace anlan
