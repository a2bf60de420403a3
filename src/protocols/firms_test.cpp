#include "protocols/firms.h"

#include <gmock/gmock.h>
#include <zlib.h>

#include <chrono>
#include <cmath>
#include <cstdio>
#include <numeric>
#include <random>

namespace anlan {
namespace {

const std::string kModis =
    "latitude,longitude,brightness,scan,track,acq_date,acq_time,satellite,confidence,version,bright_t31,frp,daynight\n"
    "45.25431,29.70414,300.96,1.03,1.01,2022-03-28,0005,A,36,6.1NRT,270.07,10.04,N\n"
    "-45.5,-129.25,303.64,1.04,1.02,2022-03-28,1835,T,100,6.1NRT,269.44,29.82,D\n";
const std::string kViirs =
    "latitude,longitude,bright_ti4,scan,track,acq_date,acq_time,satellite,confidence,version,bright_ti5,frp,daynight\r\n"
    "30.1,120.2,330.5,0.4,0.5,2022-03-28,5,N,n,2.0NRT,290,1.5,N\r\n"
    "30.1,120.2,,0.4,0.5,2022-03-28,1835,N,h,2.0NRT,290,,D\r\n";

struct Read {
  std::vector<FireDetection> fires;
  std::vector<FirmsError> errors;
};
Read read(std::string_view text, size_t piece = SIZE_MAX) {
  Read out;
  FirmsReader reader;
  for (; !text.empty(); text.remove_prefix(std::min(piece, text.size()))) reader.feed(text.substr(0, piece), out.fires, out.errors);
  reader.finish(out.fires, out.errors);
  return out;
}

FireDetection fire(double lon, double lat, int minute, float frp = 1) {
  FireDetection d;
  d.at = {lon, lat};
  d.time = UtcTime{} + minutes(minute);
  d.frp_mw = frp;
  return d;
}

TEST(Firms, reads_both_instruments) {
  const auto modis = read(kModis);
  EXPECT_TRUE(modis.errors.empty());
  ASSERT_EQ(modis.fires.size(), 2u);
  EXPECT_EQ(modis.fires[0].at, (LonLat{29.70414, 45.25431}));
  EXPECT_EQ(modis.fires[0].time, from_civil({2022, 3, 28, 0, 5, 0, 0}, 0));
  EXPECT_EQ(modis.fires[0].confidence, 36);
  EXPECT_EQ(modis.fires[0].satellite, 'A');
  EXPECT_TRUE(modis.fires[0].night);
  EXPECT_FLOAT_EQ(modis.fires[1].frp_mw, 29.82f);
  EXPECT_FLOAT_EQ(modis.fires[1].scan_km, 1.04f);

  const auto viirs = read(kViirs);
  ASSERT_EQ(viirs.fires.size(), 2u);
  EXPECT_EQ(viirs.fires[0].time, from_civil({2022, 3, 28, 0, 5, 0, 0}, 0));
  EXPECT_FLOAT_EQ(viirs.fires[0].brightness_k, 330.5f);
  EXPECT_EQ(viirs.fires[0].confidence, 50);
  EXPECT_EQ(viirs.fires[1].confidence, 90);
  for (size_t piece = 1; piece < 90; ++piece) EXPECT_EQ(read(kModis, piece).fires.size(), 2u) << piece;
}

TEST(Firms, numbers_the_wrong_rows_and_keeps_the_others) {
  const auto out = read("latitude,longitude,acq_date,acq_time,confidence\n1,2,2022-02-29,0000,n\n1,2,2022-02-28,2400,n\n91,2,2022-02-28,0000,n\n"
                        "x,2,2022-02-28,0000,n\n1,2,2022-02-28,0000,x\n1,2,2022-02-28\n1,2,2022-02-28,0000,n,9\n" + std::string(5000, '1') + "\n1,2,2022-02-28,2359,101\n1,2,2022-02-28,2359,n");
  std::string story;
  for (const auto& e : out.errors) story += std::to_string(e.line) + " " + std::string(e.why) + "\n";
  EXPECT_EQ(story,
            "2 acq_date is no date\n3 acq_time is no time\n4 the place is not on the earth\n5 latitude is not a number\n"
            "6 confidence is neither l, n, h nor 0 to 100\n7 fewer fields than columns\n8 more fields than columns\n"
            "9 the line is longer than 4,096 bytes\n10 confidence is neither l, n, h nor 0 to 100\n");
  EXPECT_EQ(out.fires.size(), 1u);
  const auto headless = read("1,2,3\n1,2,3\n");
  ASSERT_EQ(headless.errors.size(), 1u);
  EXPECT_EQ(headless.errors[0].why, "the first line does not name the columns");
}

TEST(Fires, are_chains_of_near_detections) {
  const std::vector<FireDetection> all = {fire(100, 30, 0, 5), fire(100.015, 30, 60, 9), fire(100.03, 30, 120, 2),  // 1.45 km apart
                                          fire(100.06, 30, 120),                                                     // 2.9 km from the last
                                          fire(100, 30, 60 * 24 * 3)};                                               // later
  const auto fires = cluster_fires(all);
  ASSERT_EQ(fires.size(), 3u);
  EXPECT_THAT(fires[0].detections, testing::ElementsAre(0, 1, 2));
  EXPECT_EQ(fires[0].first.ms, 0);
  EXPECT_EQ(fires[0].last, UtcTime{} + minutes(120));
  EXPECT_EQ(fires[0].frp_max_mw, 9);
  EXPECT_NEAR(fires[0].centre.lon, 100.015, 1e-9);
  EXPECT_EQ(fires[0].south_west, (LonLat{100, 30}));
  EXPECT_EQ(fires[0].north_east, (LonLat{100.03, 30}));
  EXPECT_EQ(fires[0].hull.size(), 2u) << "they lie on one parallel";
  EXPECT_EQ(fires[2].hull.size(), 1u);
  EXPECT_TRUE(cluster_fires({}).empty());
}

TEST(Fires, know_the_date_line_and_the_pole) {
  const std::vector<FireDetection> line = {fire(179.995, 10, 0), fire(-179.995, 10, 0), fire(179.995, 10.005, 0)};
  const auto fires = cluster_fires(line);
  ASSERT_EQ(fires.size(), 1u);
  EXPECT_EQ(fires[0].south_west.lon, 179.995);
  EXPECT_EQ(fires[0].north_east.lon, -179.995);
  EXPECT_EQ(fires[0].hull.size(), 3u);
  EXPECT_EQ(cluster_fires(std::vector<FireDetection>{fire(0, 89.995, 0), fire(180, 89.995, 0)}).size(), 1u);
}

TEST(Fires, equal_the_comparison_of_all_pairs) {
  std::mt19937 random(7);
  std::uniform_real_distribution<double> lon(100, 100.6), lat(30, 30.6);
  std::uniform_int_distribution<int> minute(0, 4 * 1440);
  std::vector<FireDetection> all;
  for (int i = 0; i < 1500; ++i) all.push_back(fire(lon(random), lat(random), minute(random)));
  const FireRules rules{2500, hours(12)};
  std::vector<uint32_t> name(all.size());
  std::iota(name.begin(), name.end(), 0u);
  for (bool changed = true; changed;) {
    changed = false;
    for (size_t a = 0; a < all.size(); ++a)
      for (size_t b = 0; b < a; ++b)
        if (name[a] != name[b] && distance_m(all[a].at, all[b].at) <= rules.link_m &&
            std::abs((all[a].time - all[b].time).count) <= rules.link_time.count)
          name[a] = name[b] = std::min(name[a], name[b]), changed = true;
  }
  const auto fires = cluster_fires(all, rules);
  std::vector<uint32_t> found(all.size());
  for (const auto& f : fires)
    for (const auto i : f.detections) found[i] = f.detections[0];
  EXPECT_EQ(found, name);
  EXPECT_GT(fires.size(), 20u);
  EXPECT_LT(fires.size(), 1400u);
}

TEST(Fires, of_a_week_on_earth) {
  gzFile file = gzopen("../shared/data/fire/firms/world_fires_7_day.csv.gz", "rb");
  if (!file) GTEST_SKIP() << "no ../shared/data/fire/firms/world_fires_7_day.csv.gz";
  std::string text(16 << 20, 0);
  const int size = gzread(file, text.data(), static_cast<unsigned>(text.size()));
  gzclose(file);
  ASSERT_GT(size, 0);
  text.resize(static_cast<size_t>(size));
  const auto ms_since = [](auto start) { return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count(); };
  auto start = std::chrono::steady_clock::now();
  const auto week = read(text, 65536);
  const double read_ms = ms_since(start);
  EXPECT_EQ(week.fires.size(), 41'670u);
  EXPECT_TRUE(week.errors.empty());

  std::vector<FireDetection> china;
  for (const auto& d : week.fires)
    if (d.at.lon >= 73 && d.at.lon <= 136 && d.at.lat >= 18 && d.at.lat <= 54) china.push_back(d);
  start = std::chrono::steady_clock::now();
  const auto all = cluster_fires(week.fires);
  const double all_ms = ms_since(start);
  start = std::chrono::steady_clock::now();
  const auto here = cluster_fires(china);
  const double here_ms = ms_since(start);
  size_t largest = 0, members = 0;
  for (const auto& f : here) largest = std::max(largest, f.detections.size());
  for (const auto& f : all) members += f.detections.size();
  EXPECT_EQ(members, week.fires.size());
  EXPECT_GT(here.size(), 100u);
  EXPECT_LT(here.size(), china.size());
  std::printf("firms: %zu rows read in %.1f ms; world %zu fires in %.1f ms; box 73-136E 18-54N: %zu detections, %zu fires in %.1f ms, largest %zu\n",
              week.fires.size(), read_ms, all.size(), all_ms, china.size(), here.size(), here_ms, largest);
}

}  // namespace
}  // namespace anlan
