#include "quake/chinese_code.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace anlan::quake {
namespace {

Error wrong(const char* field, const char* why) { return {ErrorCode::kInvalidField, {{"field", field}, {"why", why}}}; }

struct Influence {
  double intensity, minor, major;
};
constexpr std::array<Influence, 6> kInfluence{
    {{6, .04, .28}, {7, .08, .50}, {7.5, .12, .72}, {8, .16, .90}, {8.5, .24, 1.20}, {9, .32, 1.40}}};
constexpr double kPeriod[5][3] = {{.20, .25, .30}, {.25, .30, .35}, {.35, .40, .45}, {.45, .55, .65}, {.65, .75, .90}};

constexpr double kShareOfMajor = 0.85 * 0.4;
constexpr double kFloorMass = 1200;

}  // namespace

Result<double> largest_influence(double intensity, EarthquakeLevel level) {
  for (const auto& row : kInfluence)
    if (row.intensity == intensity) return level == EarthquakeLevel::minor ? row.minor : row.major;
  return wrong("intensity", "设防烈度须为 6、7、7.5、8、8.5 或 9 / the fortification intensity must be 6, 7, 7.5, 8, 8.5 or 9");
}

Result<double> characteristic_period(SiteClass site, unsigned group) {
  if (group < 1 || group > 3 || static_cast<unsigned>(site) > 4)
    return wrong("group", "设计地震分组须为 1 至 3 / the design group must be 1 to 3");
  return kPeriod[static_cast<size_t>(site)][group - 1];
}

double influence(double period_s, double alpha_max, double tg, double damping) {
  const double z = damping, gamma = .9 + (.05 - z) / (.3 + 6 * z);
  const double eta1 = std::max(0.0, .02 + (.05 - z) / (4 + 32 * z));
  const double eta2 = std::max(.55, 1 + (.05 - z) / (.08 + 1.6 * z));
  const double t = std::clamp(period_s, 0.0, 6.0);
  if (t < .1) return (.45 + (eta2 - .45) * t / .1) * alpha_max;
  if (t <= tg) return eta2 * alpha_max;
  if (t <= 5 * tg) return std::pow(tg / t, gamma) * eta2 * alpha_max;
  return (eta2 * std::pow(.2, gamma) - eta1 * (t - 5 * tg)) * alpha_max;
}

double code_period(const CodeBuilding& b) {
  const double n = b.storeys, height = n * b.storey_height_m;
  if (b.structure == Structure::steel_frame) return .125 * n;
  if (b.structure == Structure::masonry) return .0168 * (height + 1.2);
  return b.storeys >= 10 ? .075 * n : .22 + .035 * height / std::cbrt(b.width_m);
}

Result<ResponseClass> code_class(const ResponseClass& base, const CodeBuilding& b) {
  if (b.storeys < 1 || b.storeys > kStoreysMax) return wrong("storeys", "层数须在 1 与 60 之间 / storeys must be 1 to 60");
  if (!(b.storey_height_m >= 2 && b.storey_height_m <= 20))
    return wrong("storey_height_m", "层高须在 2 与 20 米之间 / must lie between 2 and 20 m");
  if (!(b.width_m >= 2 && b.width_m <= 1000))
    return wrong("width_m", "宽度须在 2 与 1000 米之间 / must lie between 2 and 1,000 m");
  TRY(alpha_max, largest_influence(b.intensity, EarthquakeLevel::major));
  TRY(tg, characteristic_period(b.site, b.group));
  const double period = code_period(b);
  ResponseClass c = base;
  c.storey_height_m = b.storey_height_m;
  c.floor_mass_kg_m2 = kFloorMass;
  c.period_per_storey_s = period / b.storeys;
  c.yield_g = kShareOfMajor * influence(period, alpha_max, tg, base.damping);
  TRY_VOID(check(c));
  return c;
}

}  // namespace anlan::quake
