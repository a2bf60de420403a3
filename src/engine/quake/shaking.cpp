#include "quake/shaking.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>
#include <thread>

#include "base/check.h"
#include "quake/bssa14.h"
#include "quake/instrumental.h"
#include "quake/local_frame.h"
#include "quake/national.h"
#include "quake/shaking_lanes.h"
#include "quake/site_class.h"

namespace anlan::quake {
namespace {

using lanes::kBlock;
constexpr float kVs30 = 500;
struct Block {
  alignas(64) float dlon[kBlock], dlat[kBlock], lat[kBlock], vs30[kBlock];
  alignas(64) float x[kBlock], y[kBlock], rjb[kBlock];
  alignas(64) float out[3][kBlock], within[3][kBlock];
};

void fill(const Sites& sites, size_t first, size_t n, LonLat centre, Block& b) {
  for (size_t i = 0; i < static_cast<size_t>(kBlock); ++i) {
    const LonLat p = sites.at[first + std::min(i, n - 1)];
    double dlon = p.lon - centre.lon;
    dlon = dlon > 180 ? dlon - 360 : dlon < -180 ? dlon + 360 : dlon;
    b.dlon[i] = static_cast<float>(dlon);
    b.dlat[i] = static_cast<float>(p.lat - centre.lat);
    b.lat[i] = static_cast<float>(p.lat);
  }
  if (sites.vs30.empty()) {
    std::fill_n(b.vs30, kBlock, kVs30);
    return;
  }
  for (size_t i = 0; i < static_cast<size_t>(kBlock); ++i) {
    const float v = sites.vs30[first + std::min(i, n - 1)];
    b.vs30[i] = v > 0 ? v : kVs30;
  }
}

// Adds the depth below kShallowKm to the distance, square to it.
float below_shallow(const Event& event) { return static_cast<float>(std::max(0.0, event.depth_km - kShallowKm)); }
void deepen(float below, float* x, float* y) {
  if (below == 0) return;
  for (int i = 0; i < kBlock; ++i) {
    const float r = std::hypot(x[i], y[i]);
    const float grown = std::hypot(r, below);
    x[i] = r > 0.01f ? x[i] * (grown / r) : 0;
    y[i] = r > 0.01f ? y[i] * (grown / r) : grown;
  }
}

// ---- the national relations

// ln of PGA on a site class over PGA on rock, by ln of the latter.
class SiteFactors {
 public:
  SiteFactors() {
    for (int step = 0; step < lanes::kGainSteps; ++step) {
      const double rock = std::exp(lanes::kGainFrom + step / lanes::kGainPer), ii = class_ii_from_rock(rock);
      for (int c = 0; c < kSiteClasses; ++c) table_[c][step] = static_cast<float>(std::log(site_factor(static_cast<SiteClass>(c), ii) * ii / rock));
    }
  }
  float at(SiteClass site, float ln_rock) const {
    const float place = std::clamp((ln_rock - static_cast<float>(lanes::kGainFrom)) * static_cast<float>(lanes::kGainPer), 0.0f, lanes::kGainSteps - 1.001f);
    const int step = static_cast<int>(place);
    const float* row = table_[static_cast<size_t>(site)];
    return row[step] + (row[step + 1] - row[step]) * (place - static_cast<float>(step));
  }
  const float* row(SiteClass site) const { return table_[static_cast<size_t>(site)]; }

 private:
  alignas(64) float table_[kSiteClasses][lanes::kGainSteps];
};
const SiteFactors& site_factors() {
  static const SiteFactors factors;
  return factors;
}

struct National {
  LocalFrame frame;
  float c = 1, s = 0;
  float below = 0;
  bool one_axis = false;
  struct OfMeasure {
    EllipseSolver<float> solver;
    float level, slope, r0;
  };
  std::vector<OfMeasure> of;
  std::array<float, kMeasures> between{}, within{};

  National(const Event& event, Zone zone) : frame(event.epicentre), below(below_shallow(event)), one_axis(!event.strike) {
    const double azimuth = event.strike.value_or(0) * wide::kPi / 180;
    c = static_cast<float>(std::cos(azimuth)), s = static_cast<float>(std::sin(azimuth));
    for (size_t m = 0; m < kMeasures; ++m) {
      const Ellipses e = ellipses(static_cast<Measure>(m), zone, event.magnitude);
      const bool degrees = static_cast<Measure>(m) == Measure::intensity;
      const double unit = degrees ? 1 : wide::kLn10;
      // lg gal and lg cm/s are both lg of an SI unit plus 2.
      of.push_back({EllipseSolver<float>(e), static_cast<float>((e.longer.level - (degrees ? 0 : 2)) * unit),
                    static_cast<float>(e.longer.slope * unit / wide::kLn10), static_cast<float>(e.longer.r0)});
      between[m] = static_cast<float>(e.sigma * unit * std::sqrt(kBetweenShare));
      within[m] = static_cast<float>(e.sigma * unit * std::sqrt(1 - kBetweenShare));
    }
  }

  void work(const Sites& sites, Block& b) const {
    lanes::project(b.dlon, b.dlat, b.lat, static_cast<float>(frame.sin_lat), static_cast<float>(frame.cos_lat), c, s, b.x, b.y);
    deepen(below, b.x, b.y);
    for (size_t m = 0; m < kMeasures; ++m) lanes::by_ellipse(&of[m].solver, of[m].level, of[m].slope, of[m].r0, one_axis, b.x, b.y, b.out[m]);
    const SiteFactors& factors = site_factors();
    if (sites.vs30.empty()) {
      lanes::add_gain(factors.row(SiteClass::II), b.out[0], b.out[1]);
    } else {
      for (int i = 0; i < kBlock; ++i) {
        const float rock = b.out[0][i], gain = factors.at(site_class(b.vs30[i]), rock);
        b.out[0][i] += gain;
        b.out[1][i] += gain;
        b.out[2][i] += static_cast<float>(3.17 / wide::kLn10) * (gain - factors.at(SiteClass::II, rock));
      }
    }
    lanes::clamp_degrees(b.out[2]);
  }
};

// ---- BSSA14

struct Fault {
  LocalFrame frame;
  float below = 0;
  std::vector<lanes::FlatPlane> planes;
  Bssa14T<float> pga_lanes, pgv_lanes;
  std::array<float, kMeasures> between{};

  Fault(const Event& event, const Rupture& rupture) : frame(rupture.frame()), below(below_shallow(event)) {
    for (const auto& print : rupture.footprints()) {
      lanes::FlatPlane f;
      for (size_t i = 0; i < 4; ++i) f.x[i] = static_cast<float>(print.corner[i].north), f.y[i] = static_cast<float>(print.corner[i].east);
      // The kernel's axes are north and east, which turns the rings about.
      std::swap(f.x[1], f.x[3]), std::swap(f.y[1], f.y[3]);
      f.wide = print.wide ? 1.0f : -1.0f;
      planes.push_back(f);
    }
    const double mw = moment_magnitude(event.magnitude);
    const Bssa14 pga = bssa14(Measure::pga, mw, event.mechanism, Anelastic::china);
    const Bssa14 pgv = bssa14(Measure::pgv, mw, event.mechanism, Anelastic::china);
    pga_lanes = pga.as<float>(), pgv_lanes = pgv.as<float>();
    between = {static_cast<float>(pga.tau), static_cast<float>(pgv.tau), static_cast<float>(3.00 / wide::kLn10 * pgv.tau)};
  }

  void work(const Sites&, Block& b) const {
    lanes::project(b.dlon, b.dlat, b.lat, static_cast<float>(frame.sin_lat), static_cast<float>(frame.cos_lat), 1, 0, b.x, b.y);
    lanes::to_planes(planes.data(), planes.size(), b.x, b.y, b.rjb);
    if (below > 0)
      for (float& rjb : b.rjb) rjb = std::hypot(rjb, below);
    lanes::by_bssa14(&pga_lanes, &pgv_lanes, b.rjb, b.vs30, {b.out[0], b.out[1], b.out[2]}, {b.within[0], b.within[1], b.within[2]});
  }
};

// f(first, last) over [0, n) in two halves where that pays.
template <class F>
void halves(size_t n, F f) {
  const size_t blocks = (n + kBlock - 1) / kBlock;
  if (blocks < 16 || std::thread::hardware_concurrency() < 2) return f(0, blocks);
  const std::jthread other([&] { f(blocks / 2, blocks); });
  f(size_t{0}, blocks / 2);
}

template <class Model>
Field field_of(const Sites& sites, const Model& model) {
  const size_t n = sites.size();
  Field field;
  for (size_t m = 0; m < kMeasures; ++m) {
    field.of[m].mean.resize(n);
    field.of[m].between.resize(n);
    field.of[m].within.resize(n);
  }
  halves(n, [&](size_t from, size_t to) {
    Block b;
    for (size_t block = from; block < to; ++block) {
      const size_t first = block * kBlock, count = std::min<size_t>(kBlock, n - first);
      fill(sites, first, count, model.frame.centre, b);
      if constexpr (requires { model.within; })
        for (size_t m = 0; m < kMeasures; ++m) std::fill_n(b.within[m], kBlock, model.within[m]);
      model.work(sites, b);
      for (size_t m = 0; m < kMeasures; ++m) {
        const auto at = static_cast<std::ptrdiff_t>(first);
        std::copy_n(b.out[m], count, field.of[m].mean.begin() + at);
        std::copy_n(b.within[m], count, field.of[m].within.begin() + at);
        std::fill_n(field.of[m].between.begin() + at, count, model.between[m]);
      }
    }
  });
  return field;
}

Error wrong(const char* name, std::string why) { return Error(ErrorCode::kInvalidField, {{"field", name}, {"why", std::move(why)}}); }

Result<void> check(const Sites& sites) {
  if (!sites.vs30.empty() && sites.vs30.size() != sites.at.size()) return wrong("vs30", "个数与场点不同 / not one for each site");
  for (size_t i = 0; i < sites.at.size(); ++i)
    if (!is_valid(sites.at[i])) return wrong("sites", "第" + std::to_string(i + 1) + "个场点坐标无效 / site " + std::to_string(i + 1) + " has no valid position");
  for (size_t i = 0; i < sites.vs30.size(); ++i)
    if (!(sites.vs30[i] >= 0 && sites.vs30[i] <= 1e4f)) return wrong("vs30", "第" + std::to_string(i + 1) + "个数值无效 / number " + std::to_string(i + 1) + " is not valid");
  return {};
}

}  // namespace

Result<void> check(const Event& event) {
  if (!is_valid(event.epicentre)) return wrong("epicentre", "震中坐标无效 / not a valid position");
  if (!(event.magnitude >= 0 && event.magnitude <= 10)) return wrong("magnitude", "震级应在0至10之间 / the magnitude must be 0 to 10");
  if (!(event.depth_km >= 0 && event.depth_km <= 800)) return wrong("depth_km", "震源深度应在0至800公里之间 / the depth must be 0 to 800 km");
  if (!(event.magnitude_sigma >= 0 && event.magnitude_sigma <= 5)) return wrong("magnitude_sigma", "震级标准差无效 / the deviation of the magnitude is not valid");
  if (event.strike && !std::isfinite(*event.strike)) return wrong("strike", "走向无效 / the strike is not a number");
  return {};
}

Result<Field> shake(const Event& event, const Sites& sites, const ShakingModel& model) {
  TRY_VOID(check(event));
  TRY_VOID(check(sites));
  const bool plane_known = !event.fault.empty(), plane_assumed = event.strike.has_value();
  const bool fault = model.relations == Relations::bssa14 ||
                     (model.relations == Relations::automatic && (plane_known || (plane_assumed && event.magnitude >= kFaultMagnitude)));
  if (!fault) return field_of(sites, National(event, model.zone));
  std::vector<FaultPlane> planes = event.fault;
  if (planes.empty()) {
    FaultPlane plane = assumed_plane(event);
    // Without a strike there is only the epicentre: a plane of no size.
    if (!plane_assumed) {
      const LocalFrame frame(event.epicentre);
      plane = {frame.place({0, -0.01}), frame.place({0, 0.01}), event.depth_km, 0.01, 90};
    }
    planes.push_back(plane);
  }
  TRY(rupture, Rupture::of(std::span<const FaultPlane>(planes)));
  return field_of(sites, Fault(event, rupture));
}

std::array<double, 7> areas_km2(std::span<const float> intensity, std::span<const float> cell_km2) {
  CHECK(intensity.size() == cell_km2.size());
  std::array<double, 7> areas{};
  for (size_t i = 0; i < intensity.size(); ++i)
    for (size_t d = 0; d < areas.size(); ++d)
      if (intensity[i] >= 6.0f + static_cast<float>(d)) areas[d] += static_cast<double>(cell_km2[i]);
  return areas;
}

}  // namespace anlan::quake
