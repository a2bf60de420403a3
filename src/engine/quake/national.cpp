#include "quake/national.h"

namespace anlan::quake {
namespace {

struct Yu {
  double a1, b1, a2, b2, c;
};
struct YuAxis {
  Yu pga, pgv;
  double d, e;
};
struct IntensityAxis {
  double a, b, c, r0;
};
struct Relation {
  YuAxis longer, shorter;
  IntensityAxis intensity_longer, intensity_shorter;
  double intensity_sigma;
};
// In the order of Zone.
constexpr std::array<Relation, 4> kRelations{{
    {{{2.387, .645, 3.807, .411, -2.416}, {-.064, .766, 1.714, .491, -2.205}, 2.647, .366},
     {{1.003, .609, 2.457, .388, -1.854}, {-1.301, .741, .443, .474, -1.696}, .612, .457},
     {6.4580, 1.2746, -4.4709, 25}, {3.3682, 1.2746, -3.3119, 9}, .6636},
    {{{1.791, .720, 3.403, .472, -2.389}, {-.547, .840, 1.310, .554, -2.181}, 1.772, .424},
     {{.983, .713, 2.610, .463, -2.118}, {-1.351, .843, .569, .549, -1.945}, .825, .465},
     {5.6018, 1.4347, -4.4899, 25}, {3.6113, 1.4347, -3.8477, 13}, .5924},
    {{{1.979, .671, 3.533, .432, -2.315}, {-.363, .791, 1.437, .513, -2.103}, 2.088, .399},
     {{1.176, .660, 2.753, .418, -2.004}, {-1.147, .788, .712, .502, -1.825}, .944, .447},
     {5.7123, 1.3626, -4.2903, 25}, {3.6588, 1.3626, -3.5406, 13}, .5826},
    {{{2.417, .498, 3.706, .298, -2.079}, {.093, .621, 1.640, .382, -1.889}, 2.802, .295},
     {{1.715, .471, 2.690, .321, -1.723}, {-.589, .601, .671, .407, -1.559}, 1.295, .331},
     {5.8410, 1.0710, -3.6570, 15}, {3.9440, 1.0710, -2.8450, 7}, .5200},
}};
constexpr double kSigmaPga = .236, kSigmaPgv = .271;  // decimal logarithm

AxisRelation yu(const YuAxis& axis, const Yu& row, double ms) {
  const bool small = ms <= 6.5;
  return {(small ? row.a1 : row.a2) + (small ? row.b1 : row.b2) * ms, row.c, axis.d * std::exp(axis.e * ms)};
}
AxisRelation degrees(const IntensityAxis& axis, double ms) { return {axis.a + axis.b * ms, axis.c, axis.r0}; }

}  // namespace

double AxisRelation::reach(double y) const { return std::max(0.0, std::pow(10.0, (y - level) / slope) - r0); }

double Ellipses::at(double along_km, double across_km) const { return longer.at(EllipseSolver<double>(*this).one(along_km, across_km)); }

Ellipses ellipses(Measure measure, Zone zone, double ms) {
  const Relation& r = kRelations[static_cast<size_t>(zone)];
  switch (measure) {
    case Measure::pga: return {yu(r.longer, r.longer.pga, ms), yu(r.shorter, r.shorter.pga, ms), kSigmaPga};
    case Measure::pgv: return {yu(r.longer, r.longer.pgv, ms), yu(r.shorter, r.shorter.pgv, ms), kSigmaPgv};
    case Measure::intensity: break;
  }
  return {degrees(r.intensity_longer, ms), degrees(r.intensity_shorter, ms), r.intensity_sigma};
}

}  // namespace anlan::quake
