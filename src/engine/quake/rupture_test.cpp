#include "quake/rupture.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>

#include "quake/nga_fixture.h"

namespace anlan::quake {
namespace {

constexpr double kRad = wide::kPi / 180;

TEST(Rupture, WellsAndCoppersmith) {
  EXPECT_NEAR(rupture_size(7, Mechanism::unknown).length_km, std::pow(10, -2.44 + .59 * 7), 1e-9);
  EXPECT_NEAR(rupture_size(7, Mechanism::strike_slip).surface_km, std::pow(10, -3.55 + .74 * 7), 1e-9);
  EXPECT_NEAR(rupture_size(7, Mechanism::reverse).width_km, std::pow(10, -1.61 + .41 * 7), 1e-9);
  EXPECT_NEAR(rupture_size(7, Mechanism::normal).surface_km, std::pow(10, -2.01 + .50 * 7), 1e-9);
  // Length and width of all kinds together make about the area of all kinds together.
  for (const double mw : {6.0, 7.0, 8.0}) {
    const RuptureSize size = rupture_size(mw, Mechanism::unknown);
    EXPECT_NEAR(std::log10(size.length_km * size.width_km / size.area_km2), 0, .1);
  }
}

TEST(Rupture, MomentMagnitude) {
  EXPECT_NEAR(moment_magnitude(8.0), 8.0, 1e-9);
  EXPECT_NEAR(moment_magnitude(5.0), 5.42, 1e-9);
  EXPECT_NEAR(moment_magnitude(6.1499), moment_magnitude(6.15), .03);
}

TEST(Rupture, DistancesToARectangle) {
  // Strikes north from the equator for a degree, dips east at 30 degrees, 20 km wide, 5 km deep at the top.
  const FaultPlane plane{{0, 0}, {0, 1}, 5, 20, 30};
  const auto rupture = Rupture::of(std::span(&plane, 1));
  ASSERT_TRUE(rupture);
  const double degree = wide::kEarthKm * kRad, flat = 20 * std::cos(30 * kRad);
  const auto at = [&](double east, double north) { return rupture->at({east / degree, north / degree}); };
  auto d = at(-10, 50);
  EXPECT_NEAR(d.rjb, 10, .01);
  EXPECT_NEAR(d.rrup, std::hypot(10, 5), .01);
  EXPECT_NEAR(d.rx, -10, .01);
  d = at(8, 50);
  EXPECT_EQ(d.rjb, 0);
  EXPECT_NEAR(d.rrup, 8 * std::sin(30 * kRad) + 5 * std::cos(30 * kRad), .01);
  EXPECT_NEAR(d.rx, 8, .01);
  d = at(flat + 30, 50);
  EXPECT_NEAR(d.rjb, 30, .01);
  EXPECT_NEAR(d.rrup, std::hypot(30, 15), .01);
  d = at(5, -12);
  EXPECT_NEAR(d.rjb, 12, .01);
}

TEST(Rupture, BesideTheEndsOfAVerticalPlane) {
  const FaultPlane plane{{0, 0}, {0, 1}, 0, 15, 90};
  const auto rupture = Rupture::of(std::span(&plane, 1));
  ASSERT_TRUE(rupture);
  EXPECT_NEAR(rupture->at({0, 2}).rjb, wide::kEarthKm * kRad, .01) << "in line with it, yet not above it";
  EXPECT_NEAR(rupture->at({0, 0.5}).rjb, 0, 1e-6);
}

TEST(Rupture, AssumedPlaneLiesAroundTheHypocentre) {
  Event event;
  event.epicentre = {103, 31};
  event.magnitude = 7.8;
  event.depth_km = 15;
  event.strike = 225;
  event.mechanism = Mechanism::reverse;
  const FaultPlane plane = assumed_plane(event);
  EXPECT_GE(plane.top_km, 0);
  EXPECT_NEAR(distance_m(plane.from, plane.to) / 1000, rupture_size(moment_magnitude(7.8), Mechanism::reverse).length_km, .1);
  const auto rupture = Rupture::of(std::span(&plane, 1));
  ASSERT_TRUE(rupture);
  EXPECT_EQ(rupture->at(event.epicentre).rjb, 0);
}

TEST(Rupture, RefusesWhatIsNoPlane) {
  const auto refused = [](FaultPlane plane) { return !Rupture::of(std::span<const FaultPlane>(&plane, 1)); };
  EXPECT_FALSE(refused({{0, 0}, {0, 1}, 0, 15, 90}));
  EXPECT_TRUE(refused({{0, 0}, {0, 0}, 0, 15, 90}));
  EXPECT_TRUE(refused({{0, 0}, {0, 1}, 0, 0, 90}));
  EXPECT_TRUE(refused({{0, 0}, {0, 1}, 0, 15, 0}));
  EXPECT_TRUE(refused({{0, 0}, {0, 1}, 0, 15, 91}));
  EXPECT_TRUE(refused({{0, 0}, {0, 1}, -3, 15, 90}));
  EXPECT_TRUE(refused({{0, 0}, {0, 1}, std::nan(""), 15, 90}));
  EXPECT_TRUE(refused({{0, 0}, {std::nan(""), 1}, 0, 15, 90}));
  EXPECT_TRUE(refused({{0, 0}, {90, 1}, 0, 15, 90}));
  EXPECT_FALSE(Rupture::of(std::span<const FaultPlane>()));
  EXPECT_FALSE(Rupture::of(std::vector<FaultPlane>(kPlanesMax + 1, FaultPlane{{0, 0}, {0, 1}, 0, 15, 90})));
}

TEST(Rupture, PlaneOfAQuadrilateral) {
  const FaultPlane plane{{103.3, 30.7}, {104.3, 31.6}, 2, 20, 40};
  const auto quad_rupture = Rupture::of(std::span(&plane, 1));
  ASSERT_TRUE(quad_rupture);
  // Corners as a file would have them, going round the other way: the upper edge is turned so that the dip is to its right.
  const LocalFrame frame(plane.from);
  const Km to = frame.at(plane.to);
  const double length = std::hypot(to.east, to.north), flat = 20 * std::cos(40 * kRad), bottom = 2 + 20 * std::sin(40 * kRad);
  const Km right{to.north / length * flat, -to.east / length * flat};
  const FaultQuad quad{{{plane.to, 2}, {plane.from, 2}, {frame.place(right), bottom}, {frame.place({to.east + right.east, to.north + right.north}), bottom}}};
  const auto back = plane_of(quad);
  ASSERT_TRUE(back);
  EXPECT_LT(distance_m(back->from, plane.from), 1);
  EXPECT_NEAR(back->width_km, 20, .02);
  EXPECT_NEAR(back->dip, 40, .1);
  EXPECT_NEAR(back->top_km, 2, 1e-9);
}

// ---- NGA-West2: the distances of its flatfile to published planes.

using fixture::NgaRow;
constexpr double kScale = fixture::kNgaScale;

struct Agreement {
  size_t n = 0, rjb = 0, rrup = 0;  // rows; within 0.1 km
  double worst_rjb = 0, worst_rrup = 0, worst_near = 0;  // near: within 50 km
};
Agreement compare(const char* name, const std::vector<NgaRow>& rows, const Rupture& rupture) {
  Agreement a;
  for (const NgaRow& row : rows) {
    const auto d = rupture.at(row.at);
    const double e = std::abs(d.rjb / kScale - row.rjb), f = std::abs(d.rrup / kScale - row.rrup);
    ++a.n, a.rjb += e <= .105, a.rrup += f <= .105;  // the file is rounded to 0.01
    a.worst_rjb = std::max(a.worst_rjb, e), a.worst_rrup = std::max(a.worst_rrup, f);
    if (row.rrup < 50) a.worst_near = std::max({a.worst_near, e, f});
  }
  std::printf("%-12s %4zu rows: Rjb within 0.1 km %4zu, Rrup %4zu; worst %.3f, %.3f km, within 50 km %.3f km\n", name, a.n, a.rjb, a.rrup, a.worst_rjb, a.worst_rrup, a.worst_near);
  return a;
}

// The rectangle of Wald, Heaton and Hudnut 1996, with corners as the USGS uses them for these distances.
TEST(NgaDistances, Northridge) {
  const auto rows = fixture::nga_rows("127");
  if (rows.empty()) GTEST_SKIP() << "no ../shared/data/quake/shakemap_tests";
  const FaultQuad quad{{{{-118.598, 34.387}, 5}, {{-118.431819, 34.301105}, 5}, {{-118.537983, 34.160984}, 20.427}, {{-118.703995, 34.246737}, 20.427}}};
  const auto rupture = Rupture::of(std::span(&quad, 1));
  ASSERT_TRUE(rupture);
  const Agreement a = compare("Northridge", rows, *rupture);
  EXPECT_EQ(a.n, 160u);
  EXPECT_EQ(a.rjb, a.n);
  EXPECT_EQ(a.rrup, a.n);
  for (const NgaRow& row : rows) EXPECT_NEAR(rupture->at(row.at).rx / kScale, row.rx, .1);
}

// The nine planes of the NGA finite-fault file.
TEST(NgaDistances, ChiChi) {
  const auto rows = fixture::nga_rows("137");
  if (rows.empty()) GTEST_SKIP() << "no ../shared/data/quake/shakemap_tests";
  const auto rupture = Rupture::of(fixture::chichi_planes());
  ASSERT_TRUE(rupture);
  const Agreement a = compare("Chi-Chi", rows, *rupture);
  EXPECT_EQ(a.n, 420u);
  EXPECT_EQ(a.rjb, a.n);
  // Five stations stand above the bend between the second and the fourth plane, where the planes overlap: they are up to
  // 0.8 km nearer to a plane of the file than the flatfile says.
  EXPECT_GE(a.rrup, 415u);
  EXPECT_LT(a.worst_rrup, 0.85);
}

// Size, strike and dip as in the flatfile (40 x 18 km, 128, 70 degrees, top at 3.85 km; Wald, Helmberger and Heaton 1991).
// The flatfile says not where it lies, but gives T and U, the coordinates across and along it from the start of its upper
// edge, for every station: the near ones place it, the distances test it.
TEST(NgaDistances, LomaPrieta) {
  const auto rows = fixture::nga_rows("118");
  if (rows.empty()) GTEST_SKIP() << "no ../shared/data/quake/shakemap_tests";
  const double strike = 128 * kRad;
  double lon = 0, lat = 0, near = 0;
  for (const NgaRow& row : rows) {
    // Far stations see it bent by the flatfile's own projection.
    if (std::hypot(row.t, row.u) > 25) continue;
    const Km back{-(row.u * std::sin(strike) + row.t * std::cos(strike)) * kScale, -(row.u * std::cos(strike) - row.t * std::sin(strike)) * kScale};
    const LonLat start = LocalFrame(row.at).place(back);
    lon += start.lon, lat += start.lat, ++near;
  }
  lon /= near, lat /= near;
  const LocalFrame frame({lon, lat});
  const FaultPlane plane{{lon, lat}, frame.place({40 * kScale * std::sin(strike), 40 * kScale * std::cos(strike)}), 3.85, 18, 70};
  const auto rupture = Rupture::of(std::span(&plane, 1));
  ASSERT_TRUE(rupture);
  std::printf("Loma Prieta: the upper edge starts at %.4f E %.4f N\n", lon, lat);
  const Agreement a = compare("Loma Prieta", rows, *rupture);
  EXPECT_EQ(a.n, 84u);
  EXPECT_EQ(a.rjb, a.n);
  EXPECT_EQ(a.rrup, a.n);
}

}  // namespace
}  // namespace anlan::quake
