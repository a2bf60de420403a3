#include "quake/early_warning.h"

#include <gtest/gtest.h>

#include <malloc.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <limits>
#include <utility>

#include "quake/synthetic_waves.h"

namespace anlan::quake {
namespace {

using synthetic::Field;
using synthetic::Shock;

void give(EarlyWarning& engine, const Packet& packet, std::vector<WarningReport>& reports) {
  const auto out = engine.take(packet);
  ASSERT_TRUE(out.ok()) << out.error().describe();
  reports.insert(reports.end(), out->begin(), out->end());
}
void finish(EarlyWarning& engine, int64_t seconds, std::vector<WarningReport>& reports) {
  for (int64_t k = 1; k < 130; ++k)
    for (const auto& r : engine.tick({synthetic::time_us((seconds + k) * Field::kRate) / 1000})) reports.push_back(r);
}
// Every packet of [0, seconds) in order, then ticks until all is final.
std::vector<WarningReport> run(Field& field, int64_t seconds, WarningPolicy policy = {}) {
  EarlyWarning engine(field.stations, field.channels, policy);
  synthetic::Sender sender(field);
  std::vector<WarningReport> reports;
  for (int64_t k = 0; k < seconds; ++k)
    sender.second(k, [&](uint32_t channel, int64_t first, std::span<const int32_t> samples) { give(engine, {channel, synthetic::time_us(first), samples}, reports); });
  finish(engine, seconds, reports);
  return reports;
}

// The same data as packets that a test may change, drop, repeat and reorder.
struct Kept {
  uint32_t channel;
  int64_t first;
  std::vector<int32_t> samples;
  Packet packet() const { return {channel, synthetic::time_us(first), samples}; }
};
std::vector<Kept> keep(Field& field, int64_t seconds) {
  std::vector<Kept> all;
  synthetic::Sender sender(field);
  for (int64_t k = 0; k < seconds; ++k)
    sender.second(k, [&](uint32_t channel, int64_t first, std::span<const int32_t> s) { all.push_back({channel, first, {s.begin(), s.end()}}); });
  return all;
}
std::vector<WarningReport> run(const Field& field, const std::vector<Kept>& packets, int64_t seconds, EarlyWarning* given = nullptr) {
  EarlyWarning own(field.stations, field.channels, {});
  EarlyWarning& engine = given ? *given : own;
  std::vector<WarningReport> reports;
  for (const Kept& k : packets) give(engine, k.packet(), reports);
  if (!given) finish(engine, seconds, reports);
  return reports;
}
bool same(const std::vector<WarningReport>& a, const std::vector<WarningReport>& b) {
  return std::ranges::equal(a, b, [](const WarningReport& x, const WarningReport& y) {
    return x.event == y.event && x.number == y.number && x.made == y.made && x.origin == y.origin && x.epicentre == y.epicentre && x.magnitude == y.magnitude &&
           x.stations == y.stations && x.final == y.final && x.cancelled == y.cancelled;
  });
}
Field one_shock(uint64_t seed, double magnitude = 5.8) {
  Field field(seed, 49, 22);
  field.shocks = {{20, {103.05, 31.04}, 12, magnitude}};
  return field;
}
double off_km(const WarningReport& r, const Shock& q) { return distance_m(r.epicentre, q.epicentre) / 1000; }

void print(const std::vector<WarningReport>& reports, const Shock& q) {
  for (const auto& r : reports)
    std::printf("  event %llu report %u%s%s: %.1f s after the origin, %.1f km off (%.1f), depth %.0f, M %.2f, %u stations\n", static_cast<unsigned long long>(r.event), r.number,
                r.final ? " final" : "", r.cancelled ? " cancelled" : "", static_cast<double>(r.made.ms) / 1000 - Field::kStartUs / 1e6 - q.at_s,
                distance_m(r.epicentre, q.epicentre) / 1000, r.location_sigma_km, r.depth_km, r.magnitude, r.stations);
}

TEST(EarlyWarning, FindsOneEarthquakeAndNumbersItsReports) {
  double first_s = 0, far = 0, off = 0;
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    Field field(seed, 49, 22);
    const Shock q{25, {103 + synthetic::unit(synthetic::hash(seed)) - 0.5, 31 + synthetic::unit(synthetic::hash(seed + 50)) - 0.5}, 12, 5 + 1.5 * synthetic::unit(synthetic::hash(seed + 90))};
    field.shocks = {q};
    const auto reports = run(field, 60);
    ASSERT_FALSE(reports.empty()) << seed;
    for (size_t i = 0; i < reports.size(); ++i) {
      EXPECT_EQ(reports[i].event, 1U) << seed;
      EXPECT_EQ(reports[i].number, i + 1) << seed;
      EXPECT_FALSE(reports[i].cancelled) << seed;
      EXPECT_EQ(reports[i].final, i + 1 == reports.size()) << seed;
      EXPECT_TRUE(i == 0 || reports[i].final || reports[i].made - reports[i - 1].made >= seconds(1)) << seed;
    }
    const auto& last = reports.back();
    const double km = distance_m(last.epicentre, q.epicentre) / 1000;
    EXPECT_LT(km, 4) << seed;
    EXPECT_LT(std::abs(last.magnitude - q.magnitude), 0.5) << seed;
    EXPECT_LT(std::abs(static_cast<double>(last.origin.ms) / 1000 - Field::kStartUs / 1e6 - q.at_s), 1.0) << seed;
    EXPECT_LT(distance_m(reports[0].epicentre, q.epicentre) / 1000, 25) << seed;
    const double after = static_cast<double>(reports[0].made.ms) / 1000 - Field::kStartUs / 1e6 - q.at_s;
    EXPECT_LT(after, 10) << seed;
    first_s += after / 20, far += km / 20, off += (last.magnitude - q.magnitude) / 20;
    if (::testing::Test::HasFailure()) return print(reports, q);
  }
  std::printf("first report %.1f s after the origin, final %.1f km and %+.2f off (means of 20)\n", first_s, far, off);
}

TEST(EarlyWarning, NothingFromNoiseAndFaults) {
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    Field field(seed, 36, 20);
    field.nuisance = {.spikes_per_min = 6, .bursts_per_min = 0.5, .teleseism = seed % 2 == 0, .dead = {3, 8}, .clipped = {5, 12, 13}, .calibrating = {20, 21, 22, 27, 28}};
    const auto reports = run(field, 120);
    EXPECT_TRUE(reports.empty()) << seed;
    if (!reports.empty()) print(reports, {});
  }
}

TEST(EarlyWarning, FindsAnEarthquakeAmongNuisances) {
  for (uint64_t seed = 1; seed <= 5; ++seed) {
    Field field(seed, 64, 20);
    const Shock q{60, {103.1, 31.1}, 10, 5.5};
    field.shocks = {q};
    field.nuisance = {.spikes_per_min = 6, .bursts_per_min = 0.5, .dead = {26, 27}, .clipped = {35}, .calibrating = {20, 45}};
    const auto reports = run(field, 90);
    ASSERT_FALSE(reports.empty()) << seed;
    EXPECT_EQ(reports.back().event, 1U);
    EXPECT_LT(distance_m(reports.back().epicentre, q.epicentre) / 1000, 8) << seed;
    EXPECT_LT(std::abs(reports.back().magnitude - q.magnitude), 0.6) << seed;
    if (::testing::Test::HasFailure()) return print(reports, q);
  }
}

TEST(EarlyWarning, TwoAtOnceThreeHundredKilometresApart) {
  for (uint64_t seed = 1; seed <= 2; ++seed) {
    Field field(seed, 196, 32);
    const Shock a{30, {101.5, 31}, 10, 5.8}, b{33, {104.65, 31}, 10, 5.3};
    field.shocks = {a, b};
    const auto reports = run(field, 75);
    std::array<WarningReport, 2> last;
    for (const auto& r : reports) {
      ASSERT_LE(r.event, 2U) << seed;
      EXPECT_FALSE(r.cancelled);
      last[r.event - 1] = r;
    }
    const Shock* first = &a;
    const Shock* second = &b;
    if (distance_m(last[0].epicentre, a.epicentre) > distance_m(last[0].epicentre, b.epicentre)) std::swap(first, second);
    EXPECT_LT(distance_m(last[0].epicentre, first->epicentre) / 1000, 10) << seed;
    EXPECT_LT(distance_m(last[1].epicentre, second->epicentre) / 1000, 10) << seed;
    EXPECT_LT(std::abs(last[0].magnitude - first->magnitude), 0.6) << seed;
    EXPECT_LT(std::abs(last[1].magnitude - second->magnitude), 0.6) << seed;
    if (::testing::Test::HasFailure()) return print(reports, a);
  }
}

// More stations than an event keeps, and picks long after its final report: none of them begins another.
TEST(EarlyWarning, OneLargeEarthquakeStaysOne) {
  Field field(11, 625, 15);
  field.shocks = {{20, {102.6, 30.7}, 12, 6.4}};
  field.nuisance = {.spikes_per_min = 0.2, .bursts_per_min = 0.1};
  const auto reports = run(field, 110);
  ASSERT_FALSE(reports.empty());
  for (const auto& r : reports) EXPECT_EQ(r.event, 1U);
  EXPECT_TRUE(reports.back().final && !reports.back().cancelled);
  EXPECT_LT(off_km(reports.back(), field.shocks[0]), 3);
}

TEST(EarlyWarning, DuplicatesAndOverlapsChangeNothing) {
  Field field = one_shock(3);
  const auto packets = keep(field, 45);
  const auto clean = run(field, packets, 45);
  ASSERT_FALSE(clean.empty());
  EXPECT_TRUE(same(clean, run(field, packets, 45)));  // and twice the same is the same

  std::vector<Kept> twice;
  std::vector<std::vector<int32_t>> last(field.channels.size());
  for (const Kept& k : packets) {
    Kept longer = k;
    if (!last[k.channel].empty()) {
      longer.samples.insert(longer.samples.begin(), last[k.channel].end() - 20, last[k.channel].end());
      longer.first -= 20;
    }
    twice.push_back(longer);
    twice.push_back(k);
    last[k.channel] = k.samples;
  }
  EarlyWarning engine(field.stations, field.channels, {});
  auto again = run(field, twice, 45, &engine);
  finish(engine, 45, again);
  EXPECT_TRUE(same(clean, again));
  EXPECT_EQ(engine.state(0).overlaps, 44U + 45U);
  EXPECT_EQ(engine.state(0).gaps, 0U);
}

TEST(EarlyWarning, GapsLateAndReorderedPackets) {
  for (uint64_t seed = 1; seed <= 5; ++seed) {
    Field field = one_shock(seed);
    auto packets = keep(field, 60);
    // One packet in thirty is lost; each station is late by its own 0 to 6 s.
    std::erase_if(packets, [&](const Kept& k) { return synthetic::hash(seed + 200, k.channel, static_cast<uint64_t>(k.first)) % 30 == 0; });
    std::ranges::sort(packets, {}, [&](const Kept& k) { return std::pair(k.first + static_cast<int64_t>(synthetic::hash(seed + 300, k.channel / 3) % 600), k.channel); });
    EarlyWarning engine(field.stations, field.channels, {});
    auto reports = run(field, packets, 60, &engine);
    uint64_t gaps = 0;
    for (uint32_t c = 0; c < field.channels.size(); ++c) {
      gaps += engine.state(c).gaps;
      EXPECT_TRUE(engine.state(c).live);
    }
    EXPECT_GT(gaps, 100U);
    finish(engine, 60, reports);
    ASSERT_FALSE(reports.empty()) << seed;
    EXPECT_LT(off_km(reports.back(), field.shocks[0]), 6) << seed;
    EXPECT_LT(std::abs(reports.back().magnitude - 5.8), 0.5) << seed;
    EXPECT_EQ(reports.back().event, 1U);
    if (::testing::Test::HasFailure()) return print(reports, field.shocks[0]);
  }
}

TEST(EarlyWarning, AWrongPickIsThrownOut) {
  for (uint64_t seed = 1; seed <= 5; ++seed) {
    Field field = one_shock(seed), early = one_shock(seed);
    early.shocks[0].at_s -= 3.5;
    // The fourth nearest station runs 3.5 s before the others.
    std::vector<std::pair<double, uint32_t>> near;
    for (uint32_t i = 0; i < field.stations.size(); ++i) near.emplace_back(field.km(field.shocks[0], i), i);
    std::ranges::sort(near);
    const uint32_t wrong = near[3].second;
    auto packets = keep(field, 45);
    const auto other = keep(early, 45);
    for (size_t i = 0; i < packets.size(); ++i)
      if (packets[i].channel / 3 == wrong) packets[i] = other[i];
    EarlyWarning engine(field.stations, field.channels, {});
    const auto reports = run(field, packets, 45, &engine);
    ASSERT_FALSE(reports.empty()) << seed;
    EXPECT_LT(off_km(reports.back(), field.shocks[0]), 5) << seed;
    const auto picks = engine.picks(1);
    EXPECT_GT(picks.size(), 10U);
    EXPECT_TRUE(std::ranges::none_of(picks, [&](const Pick& p) { return p.station == wrong; })) << seed;
    if (::testing::Test::HasFailure()) return print(reports, field.shocks[0]);
  }
}

TEST(EarlyWarning, CancelledWhenTheOthersProveSilent) {
  // Every second station shows an earthquake that those between do not; their data come 12 s later.
  Field field = one_shock(2), silent = one_shock(2);
  silent.shocks.clear();
  auto packets = keep(field, 50);
  const auto other = keep(silent, 50);
  const auto shaken = [](uint32_t station) { return (station % 7 + station / 7) % 4 == 0; };
  for (size_t i = 0; i < packets.size(); ++i)
    if (!shaken(packets[i].channel / 3)) packets[i] = other[i];
  std::ranges::sort(packets, {}, [&](const Kept& k) { return std::pair(k.first + (shaken(k.channel / 3) ? 0 : 1200), k.channel); });
  const auto reports = run(field, packets, 50);
  ASSERT_FALSE(reports.empty());
  EXPECT_TRUE(reports.back().cancelled);
  EXPECT_TRUE(reports.back().final);
  EXPECT_GT(reports.back().number, 1U);
  for (size_t i = 0; i + 1 < reports.size(); ++i) EXPECT_FALSE(reports[i].cancelled);
}

TEST(EarlyWarning, PolicyDecidesWhatIsTold) {
  Field field = one_shock(4, 4.6);
  EXPECT_TRUE(run(field, 45, {.magnitude_min = 5.5}).empty());
  const auto many = run(field, 45, {.stations_min = 12}), few = run(field, 45, {.stations_min = 4});
  ASSERT_FALSE(many.empty());
  ASSERT_FALSE(few.empty());
  EXPECT_GE(many[0].stations, 12U);
  EXPECT_GT(many[0].made, few[0].made);
  const auto eager = run(field, 45, {.update_magnitude = 0, .update_km = 0, .update_after = milliseconds(200)});
  EXPECT_GT(eager.size(), few.size());
  for (size_t i = 1; i < few.size(); ++i) {
    if (few[i].final) continue;
    const auto since = (few[i].made - few[i - 1].made).count;
    EXPECT_TRUE(since >= 5000 || std::abs(few[i].magnitude - few[i - 1].magnitude) >= 0.2 || distance_m(few[i].epicentre, few[i - 1].epicentre) >= 5000);
  }
}

TEST(EarlyWarning, PeaksOfAStation) {
  Field field = one_shock(5);
  const auto packets = keep(field, 60);
  EarlyWarning engine(field.stations, field.channels, {});
  EXPECT_FALSE(engine.peaks(0, {0}));
  run(field, packets, 60, &engine);
  const auto quake = engine.peaks(24, {synthetic::time_us(2000) / 1000}), after = engine.peaks(24, {synthetic::time_us(5900) / 1000});
  ASSERT_TRUE(quake && after);
  double most = 0;
  for (const Kept& k : packets)
    if (k.channel / 3 == 24)
      for (const int32_t x : k.samples) most = std::max(most, std::abs(x / Field::kGain));
  EXPECT_NEAR(quake->pga, most, 0.05 * most + 0.02);   // the offset of 10,000 counts comes off
  EXPECT_GT(quake->pga, 3 * after->pga);
  EXPECT_GT(quake->pgv, 0.001);
  EXPECT_FALSE(engine.peaks(24, {synthetic::time_us(9000) / 1000}));
  EXPECT_FALSE(engine.peaks(99, {0}));
}

TEST(EarlyWarning, ChannelsTellTheirState) {
  Field field(6, 9, 20);
  field.nuisance = {.spikes_per_min = 20, .dead = {2}, .clipped = {4}};
  for (auto& c : field.channels) c.clip = 900'000;
  EarlyWarning engine(field.stations, field.channels, {});
  run(field, keep(field, 40), 40, &engine);
  EXPECT_TRUE(engine.state(0).live);
  EXPECT_GT(engine.state(0).spikes, 3U);
  EXPECT_TRUE(engine.state(6).dead);
  EXPECT_FALSE(engine.state(6).live);
  EXPECT_TRUE(engine.state(12).clipped);
  EXPECT_FALSE(engine.state(999).live);
  engine.tick({synthetic::time_us(9000) / 1000});
  EXPECT_FALSE(engine.state(0).live);
}

TEST(EarlyWarning, RefusesWhatCannotBe) {
  Field field(7, 4, 20);
  field.channels[3].gain = 0;
  field.channels[6].rate_hz = std::nan("");
  field.channels[9].station = 77;
  EarlyWarning engine(field.stations, field.channels, {});
  const std::vector<int32_t> second(100, 5), far_too_long(10'001, 5);
  const int64_t t = synthetic::time_us(0);
  const auto why = [&](const Packet& p) {
    const auto out = engine.take(p);
    return out ? std::string() : std::string(out.error().param("field"));
  };
  EXPECT_EQ(why({99, t, second}), "channel");
  EXPECT_EQ(why({3, t, second}), "channel");
  EXPECT_EQ(why({6, t, second}), "channel");
  EXPECT_EQ(why({9, t, second}), "channel");
  EXPECT_EQ(why({0, t, far_too_long}), "samples");
  EXPECT_EQ(why({0, -1, second}), "start_us");
  EXPECT_EQ(why({0, std::numeric_limits<int64_t>::max(), second}), "start_us");
  EXPECT_EQ(why({0, t, {}}), "");
  EXPECT_EQ(why({0, t, second}), "");
  // One clock an hour ahead is not believed, and neither shifts the others nor ends their data.
  EXPECT_EQ(why({1, t + 3'600'000'000, second}), "start_us");
  EXPECT_EQ(why({0, t + 1'000'000, second}), "");
  EXPECT_EQ(engine.state(1).refused, 1U);
  // All of them an hour on: the line was down.
  for (int i = 0; i < 19; ++i) EXPECT_EQ(why({0, t + 3'600'000'000 + i * 1'000'000, second}), "start_us");
  EXPECT_EQ(why({0, t + 3'620'000'000, second}), "");
  EXPECT_EQ(why({1, t + 3'620'000'000, second}), "");
}

TEST(EarlyWarning, AWrongFirstClockDoesNotBlindIt) {
  Field field = one_shock(12);
  EarlyWarning engine(field.stations, field.channels, {});
  const std::vector<int32_t> second(100, 5);
  ASSERT_TRUE(engine.take({0, synthetic::time_us(0) + 86'400'000'000, second}));
  const auto reports = run(field, keep(field, 40), 40, &engine);
  ASSERT_FALSE(reports.empty());
  EXPECT_LT(off_km(reports.back(), field.shocks[0]), 5);
  EXPECT_TRUE(engine.state(0).live);
  EXPECT_LT(engine.state(0).last_us, synthetic::time_us(4200));
}

TEST(EarlyWarning, AnySamplesAtAnyTime) {
  Field field(8, 16, 15);
  field.channels[5].unit = Channel::Unit::velocity;
  field.channels[7].rate_hz = 20;
  EarlyWarning engine(field.stations, field.channels, {});
  std::vector<int32_t> samples;
  int64_t t = synthetic::time_us(0);
  for (uint64_t i = 0; i < 4000; ++i) {
    const uint64_t h = synthetic::hash(8, i);
    samples.resize(h % 300);
    for (size_t k = 0; k < samples.size(); ++k) samples[k] = static_cast<int32_t>(synthetic::hash(h, k) >> (32 + h % 5 * 7)) * (h % 11 == 0 ? 0 : 1);
    t += static_cast<int64_t>(synthetic::hash(h, 1) % 400'000) - 100'000;
    const auto out = engine.take({static_cast<uint32_t>(synthetic::hash(h, 2) % 50), t, samples});
    if (!out) continue;
    for (const auto& r : *out) EXPECT_TRUE(is_valid(r.epicentre) && std::isfinite(r.magnitude) && std::isfinite(r.location_sigma_km));
  }
  engine.tick({std::numeric_limits<int64_t>::max()});
  engine.tick({std::numeric_limits<int64_t>::min()});
}

TEST(EarlyWarning, EighteenThousandStationsFitIn120Megabytes) {
  Field field(9, 18'000, 20, {103, 35});
  const auto in_use = [] {
    const auto m = mallinfo2();
    return static_cast<double>(m.uordblks + m.hblkhd) / 1e6;
  };
  const double before = in_use();
  const EarlyWarning engine(field.stations, field.channels, {});
  std::printf("18,000 stations of three channels: %.0f MB\n", in_use() - before);
  EXPECT_LT(in_use() - before, 120);
}

TEST(Arrival, CountdownIntensityAndBlindZone) {
  WarningReport r;
  r.origin = {1'000'000};
  r.epicentre = {103, 31};
  r.depth_km = 12;
  r.magnitude = 6.5;
  const LonLat at{103, 31.9};
  const double km = std::hypot(distance_m(r.epicentre, at) / 1000, 12);
  const Arrival a = arrival(r, at, Zone::kQinghaiTibet);
  EXPECT_NEAR(static_cast<double>((a.s_arrives - r.origin).count), km / 3.5 * 1000, 1);
  EXPECT_NEAR(static_cast<double>((a.p_arrives - r.origin).count), km / 6.06 * 1000, 1);
  EXPECT_NEAR(a.intensity, intensity_at({r.epicentre, 6.5, Zone::kQinghaiTibet, {}}, at), 1e-9);
  // Section 5.4: sqrt((Vs t)² - h²), nothing before S reaches the surface.
  EXPECT_NEAR(blind_radius_km(r, r.origin + seconds(8)), std::sqrt(28.0 * 28 - 144), 1e-9);
  EXPECT_EQ(blind_radius_km(r, r.origin + seconds(3)), 0);
  EXPECT_EQ(blind_radius_km(r, r.origin - seconds(3)), 0);
  // At the rim of the blind zone S arrives as the warning comes out.
  EXPECT_LT(arrival(r, r.epicentre, Zone::kEast).s_arrives, a.s_arrives);
}

}  // namespace
}  // namespace anlan::quake
