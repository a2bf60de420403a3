#include "hazard/typhoon_circles.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <cmath>
#include <fstream>
#include <numbers>
#include <random>
#include <sstream>

namespace anlan {
namespace {

const UtcTime kStart = *parse_iso8601("2021-07-25T00:00:00+08:00");

QuadrantRadii all(double km) {
  return {km, km, km, km};
}

TyphoonFix fix_at(int hour, LonLat centre, QuadrantRadii seven = {}, QuadrantRadii ten = {},
                  QuadrantRadii twelve = {}) {
  return {kStart + hours(hour), centre, {seven, ten, twelve}};
}

TEST(TyphoonCircles, InterpolationIsLinearInPositionAndRadii) {
  const TyphoonFix fixes[] = {fix_at(0, {120, 20}, all(100)), fix_at(6, {123, 26}, {160, 40, 100, 100}, all(60))};
  const TyphoonFix at = interpolate(fixes, kStart + hours(2));
  EXPECT_NEAR(at.centre.lon, 121, 1e-12);
  EXPECT_NEAR(at.centre.lat, 22, 1e-12);
  EXPECT_NEAR(at.circles[0].ne_km, 120, 1e-12);
  EXPECT_NEAR(at.circles[0].se_km, 80, 1e-12);
  EXPECT_NEAR(at.circles[1].sw_km, 20, 1e-12);
  EXPECT_EQ(interpolate(fixes, kStart - hours(1)).centre, fixes[0].centre);
  EXPECT_EQ(interpolate(fixes, kStart + hours(9)).circles, fixes[1].circles);
}

TEST(TyphoonCircles, AStormPassesOverAPoint) {
  // One degree of latitude an hour, 111.195 km: the point at 5 N is within 250 km from hour 2.75 to 7.25.
  const TyphoonFix fixes[] = {fix_at(0, {130, 0}, all(250), all(50)), fix_at(10, {130, 10}, all(250), all(50))};
  const LonLat points[] = {{130, 5}, {130, 10}, {135, 5}, {130, 0}};
  const auto result = circle_exposures(fixes, points, minutes(1));
  ASSERT_TRUE(result);
  EXPECT_EQ((*result)[0].level_max, 10);
  EXPECT_EQ((*result)[0].stays[0].first_entry, kStart + minutes(166));
  EXPECT_EQ((*result)[0].stays[0].last_exit, kStart + minutes(435));
  EXPECT_EQ((*result)[0].stays[1].first_entry, kStart + minutes(274));
  EXPECT_FALSE((*result)[0].stays[2].entered());
  EXPECT_TRUE((*result)[1].stays[0].entered());
  EXPECT_EQ((*result)[1].stays[0].last_exit, kNever) << "still inside at the last fix";
  EXPECT_EQ((*result)[2], CircleExposure{});
  EXPECT_EQ((*result)[3].stays[0].first_entry, kStart);
}

TEST(TyphoonCircles, QuadrantsAreTheirOwn) {
  const TyphoonFix fixes[] = {fix_at(0, {125, 25}, {300, 0, 100, 0})};
  const LonLat points[] = {{126.5, 26.5}, {126.5, 23.5}, {124.5, 24.5}, {123.5, 23.5}, {123.5, 26.5}};
  const auto result = circle_exposures(fixes, points, minutes(10));
  ASSERT_TRUE(result);
  const int expected[] = {7, 0, 7, 0, 0};
  for (size_t i = 0; i < 5; ++i) EXPECT_EQ((*result)[i].level_max, expected[i]) << i;
}

// The plain way: distance and bearing of every point at every step.
std::vector<CircleExposure> plainly(std::span<const TyphoonFix> fixes, std::span<const LonLat> points, Millis step) {
  constexpr double kRad = std::numbers::pi / 180;
  std::vector<CircleExposure> exposures(points.size());
  const UtcTime end = fixes.back().time;
  for (UtcTime t = fixes.front().time;; t = std::min(t + step, end)) {
    const TyphoonFix at = interpolate(fixes, t);
    for (size_t i = 0; i < points.size(); ++i) {
      const double km = distance_m(at.centre, points[i]) / 1000;
      const double turn = (points[i].lon - at.centre.lon) * kRad;
      const double from = at.centre.lat * kRad, to = points[i].lat * kRad;
      const double bearing = std::atan2(std::sin(turn) * std::cos(to),
                                        std::cos(from) * std::sin(to) - std::sin(from) * std::cos(to) * std::cos(turn));
      for (size_t c = 0; c < 3; ++c) {
        const QuadrantRadii& r = at.circles[c];
        const bool northern = std::cos(bearing) >= 0;
        const double reach = std::sin(bearing) >= 0 ? (northern ? r.ne_km : r.se_km) : (northern ? r.nw_km : r.sw_km);
        CircleStay& stay = exposures[i].stays[c];
        if (reach > 0 && km <= reach) {
          if (!stay.entered()) stay.first_entry = t;
          stay.last_exit = kNever;
          exposures[i].level_max = std::max(exposures[i].level_max, kWindLevels[c]);
        } else if (stay.entered() && stay.last_exit == kNever) {
          stay.last_exit = t;
        }
      }
    }
    if (t == end) return exposures;
  }
}

TEST(TyphoonCircles, AgreesWithThePlainWayAcrossTheAntimeridian) {
  std::mt19937 random(11);
  auto uniform = [&](double low, double high) { return std::uniform_real_distribution<double>(low, high)(random); };
  for (int storm = 0; storm < 8; ++storm) {
    std::vector<TyphoonFix> fixes;
    double lon = uniform(172, 179), lat = uniform(-20, 40);
    for (int i = 0; i < 6; ++i) {
      auto quadrants = [&](double km) { return QuadrantRadii{uniform(0, km), uniform(0, km), uniform(0, km), 0}; };
      fixes.push_back(fix_at(6 * i, {lon > 180 ? lon - 360 : lon, lat}, quadrants(400), quadrants(150), quadrants(60)));
      lon += uniform(0, 3);
      lat += uniform(-1, 2);
    }
    std::vector<LonLat> points;
    for (int i = 0; i < 400; ++i) {
      const double x = uniform(168, 196);
      points.push_back({x > 180 ? x - 360 : x, uniform(-25, 55)});
    }
    const auto result = circle_exposures(fixes, points, minutes(25));
    ASSERT_TRUE(result);
    EXPECT_EQ(*result, plainly(fixes, points, minutes(25))) << "storm " << storm;
  }
}

TEST(TyphoonCircles, BadInputIsRefused) {
  const LonLat points[] = {{121, 31}};
  const TyphoonFix good[] = {fix_at(0, {125, 25}, all(100)), fix_at(6, {125, 26}, all(100))};
  const TyphoonFix disorder[] = {good[1], good[0]};
  const TyphoonFix radius[] = {fix_at(0, {125, 25}, all(-1))};
  const TyphoonFix nowhere[] = {fix_at(0, {125, NAN}, all(100))};
  const TyphoonFix ages[] = {good[0], fix_at(40'000, {125, 26}, all(100))};
  EXPECT_TRUE(circle_exposures(good, points, minutes(10)));
  EXPECT_FALSE(circle_exposures({}, points, minutes(10)));
  EXPECT_FALSE(circle_exposures(disorder, points, minutes(10)));
  EXPECT_FALSE(circle_exposures(radius, points, minutes(10)));
  EXPECT_FALSE(circle_exposures(nowhere, points, minutes(10)));
  EXPECT_FALSE(circle_exposures(good, points, milliseconds(1)));
  EXPECT_EQ(circle_exposures(ages, points, minutes(1)).error().code, ErrorCode::kTooLarge);
}

const std::string kInfa = "../shared/data/typhoon/infa_2021_track_windradii_qweather_cma.json";

std::vector<TyphoonFix> read_infa() {
  std::ifstream in(kInfa);
  std::stringstream text;
  text << in.rdbuf();
  std::vector<TyphoonFix> fixes;
  if (text.str().empty()) return fixes;
  const auto document = boost::json::parse(text.str());
  auto number = [](const boost::json::object& object, const char* name) {
    return std::atof(object.at(name).as_string().c_str());
  };
  for (const auto& value : document.at("track").as_array()) {
    const auto& record = value.as_object();
    std::string time = record.at("time").as_string().c_str();  // without seconds: 2021-07-18T02:00+08:00
    TyphoonFix fix{*parse_iso8601(time.insert(16, ":00")), {number(record, "lon"), number(record, "lat")}, {}};
    const char* names[] = {"windRadius30", "windRadius50", "windRadius64"};
    for (size_t c = 0; c < 3; ++c) {
      if (!record.contains(names[c])) continue;
      const auto& r = record.at(names[c]).as_object();
      fix.circles[c] = {number(r, "neRadius"), number(r, "seRadius"), number(r, "swRadius"), number(r, "nwRadius")};
    }
    fixes.push_back(fix);
  }
  return fixes;
}

TEST(TyphoonCircles, InfaReachesShanghaiAndNeverLhasa) {
  const std::vector<TyphoonFix> fixes = read_infa();
  if (fixes.empty()) GTEST_SKIP() << "no track at " << kInfa;
  const LonLat points[] = {{121.47, 31.23}, {91.11, 29.65}, {122.2, 30.0}, {113.65, 34.76}};
  const auto result = circle_exposures(fixes, points, minutes(10));
  ASSERT_TRUE(result);
  const char* names[] = {"Shanghai", "Lhasa", "Zhoushan", "Zhengzhou"};
  for (size_t i = 0; i < 4; ++i)
    for (size_t c = 0; c < 3; ++c)
      if (const CircleStay& stay = (*result)[i].stays[c]; stay.entered())
        printf("%s level %d: %s .. %s\n", names[i], kWindLevels[c], to_iso8601(stay.first_entry).c_str(),
               stay.last_exit == kNever ? "the last fix" : to_iso8601(stay.last_exit).c_str());
  const CircleStay& shanghai = (*result)[0].stays[0];
  ASSERT_TRUE(shanghai.entered());
  EXPECT_LE(shanghai.first_entry, *parse_iso8601("2021-07-25T12:00:00+08:00"));
  EXPECT_GE(shanghai.first_entry, *parse_iso8601("2021-07-24T00:00:00+08:00"));
  EXPECT_GT(shanghai.last_exit, *parse_iso8601("2021-07-26T12:00:00+08:00"));
  EXPECT_EQ((*result)[1], CircleExposure{});
  EXPECT_GE((*result)[2].level_max, 10);
  EXPECT_EQ(*result, plainly(fixes, points, minutes(10)));
}

}  // namespace
}  // namespace anlan
