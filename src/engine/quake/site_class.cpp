#include "quake/site_class.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace anlan::quake {
namespace {

constexpr double kG = 9.80665;
constexpr std::array<double, 6> kLevels{.05, .10, .15, .20, .30, .40};  // g
constexpr double kFactors[kSiteClasses][6] = {
    {.72, .74, .75, .76, .85, .90}, {.80, .82, .83, .85, .95, 1.00}, {1, 1, 1, 1, 1, 1}, {1.30, 1.25, 1.15, 1.00, 1.00, 1.00}, {1.25, 1.20, 1.10, 1.00, .95, .90},
};

}  // namespace

SiteClass site_class(double vs30) {
  if (!(vs30 > 0)) return SiteClass::II;
  return vs30 > 800 ? SiteClass::I0 : vs30 > 500 ? SiteClass::I1 : vs30 > 250 ? SiteClass::II : vs30 > 150 ? SiteClass::III : SiteClass::IV;
}

double site_factor(SiteClass site, double pga_class_ii) {
  const auto& row = kFactors[static_cast<size_t>(site)];
  const double a = pga_class_ii / kG;
  if (!(a > kLevels.front())) return row[0];
  for (size_t i = 1; i < kLevels.size(); ++i)
    if (a <= kLevels[i]) return row[i - 1] + (row[i] - row[i - 1]) * (a - kLevels[i - 1]) / (kLevels[i] - kLevels[i - 1]);
  return row[5];
}

double class_ii_from_rock(double pga_rock) {
  // factor(a) * a grows with a, and the factor lies between 0.8 and 1.
  double low = pga_rock, high = pga_rock / 0.8;
  for (int i = 0; i < 50; ++i) {
    const double middle = (low + high) / 2;
    (site_factor(SiteClass::I1, middle) * middle < pga_rock ? low : high) = middle;
  }
  return low;
}

}  // namespace anlan::quake
