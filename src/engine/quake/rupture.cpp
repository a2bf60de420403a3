#include "quake/rupture.h"

#include <cmath>
#include <limits>
#include <string>

namespace anlan::quake {
namespace {

constexpr double kRad = wide::kPi / 180;
constexpr double kLongestKm = 2'000;
// Sumatra 2004 was about as large; the regression knows nothing of more.
constexpr double kAssumedLengthMaxKm = 1'300, kAssumedWidthMaxKm = 250;

struct Line {
  double a, b;
  double at(double magnitude) const { return std::pow(10.0, a + b * magnitude); }
};
struct Scaling {
  Line surface, length, width, area;
};
const Scaling& scaling(Mechanism mechanism) {
  static constexpr Scaling all{{-3.22, .69}, {-2.44, .59}, {-1.01, .32}, {-3.49, .91}};
  static constexpr Scaling strike_slip{{-3.55, .74}, {-2.57, .62}, {-.76, .27}, {-3.42, .90}};
  static constexpr Scaling normal{{-2.01, .50}, {-1.88, .50}, {-1.14, .35}, {-2.87, .82}};
  static constexpr Scaling reverse{{-2.86, .63}, {-2.42, .58}, {-1.61, .41}, {-3.99, .98}};
  switch (mechanism) {
    case Mechanism::strike_slip: return strike_slip;
    case Mechanism::normal: return normal;
    case Mechanism::reverse: return reverse;
    case Mechanism::unknown: break;
  }
  return all;
}

Error wrong(const char* why) { return Error(ErrorCode::kInvalidField, {{"field", "fault"}, {"why", why}}); }

template <class P>
P minus(P a, P b) { return {a.x - b.x, a.y - b.y, a.z - b.z}; }
template <class P>
double dot(P a, P b) { return a.x * b.x + a.y * b.y + a.z * b.z; }

// Square of the distance from p to the triangle abc, by the region of the triangle's plane that p falls into (Ericson,
// Real-Time Collision Detection 2005, section 5.1.5).
template <class P>
double to_triangle(P p, P a, P b, P c) {
  const P ab = minus(b, a), ac = minus(c, a), ap = minus(p, a);
  const auto from = [&](P origin, P way, double share) {
    const P q{origin.x + way.x * share, origin.y + way.y * share, origin.z + way.z * share}, d = minus(p, q);
    return dot(d, d);
  };
  const double d1 = dot(ab, ap), d2 = dot(ac, ap);
  if (d1 <= 0 && d2 <= 0) return from(a, ab, 0);
  const P bp = minus(p, b);
  const double d3 = dot(ab, bp), d4 = dot(ac, bp);
  if (d3 >= 0 && d4 <= d3) return from(b, ab, 0);
  const double vc = d1 * d4 - d3 * d2;
  if (vc <= 0 && d1 >= 0 && d3 <= 0) return from(a, ab, d1 / (d1 - d3));
  const P cp = minus(p, c);
  const double d5 = dot(ab, cp), d6 = dot(ac, cp);
  if (d6 >= 0 && d5 <= d6) return from(c, ab, 0);
  const double vb = d5 * d2 - d1 * d6;
  if (vb <= 0 && d2 >= 0 && d6 <= 0) return from(a, ac, d2 / (d2 - d6));
  const double va = d3 * d6 - d5 * d4;
  if (va <= 0 && d4 - d3 >= 0 && d5 - d6 >= 0) return from(b, minus(c, b), (d4 - d3) / ((d4 - d3) + (d5 - d6)));
  const double sum = va + vb + vc;
  if (!(sum > 0)) return from(a, ab, 0);
  const P q{a.x + (ab.x * vb + ac.x * vc) / sum, a.y + (ab.y * vb + ac.y * vc) / sum, a.z + (ab.z * vb + ac.z * vc) / sum};
  const P d = minus(p, q);
  return dot(d, d);
}

double to_segment(Km p, Km a, Km b) {
  const double x = b.east - a.east, y = b.north - a.north, length = x * x + y * y;
  const double share = length > 0 ? std::clamp(((p.east - a.east) * x + (p.north - a.north) * y) / length, 0.0, 1.0) : 0;
  return std::hypot(p.east - a.east - x * share, p.north - a.north - y * share);
}
double left_of(Km p, Km a, Km b) { return (b.east - a.east) * (p.north - a.north) - (b.north - a.north) * (p.east - a.east); }

}  // namespace

LonLat LocalFrame::place(Km km) const {
  const double d = std::hypot(km.east, km.north) / wide::kEarthKm;
  if (d < 1e-12) return centre;
  const double bearing = std::atan2(km.east, km.north), s = std::sin(d), c = std::cos(d);
  const double lat = std::asin(std::clamp(sin_lat * c + cos_lat * s * std::cos(bearing), -1.0, 1.0));
  const double lon = centre.lon + std::atan2(std::sin(bearing) * s * cos_lat, c - sin_lat * std::sin(lat)) / kRad;
  return {lon > 180 ? lon - 360 : lon < -180 ? lon + 360 : lon, lat / kRad};
}

RuptureSize rupture_size(double mw, Mechanism mechanism) {
  const Scaling& s = scaling(mechanism);
  return {s.surface.at(mw), s.length.at(mw), s.width.at(mw), s.area.at(mw)};
}

double moment_magnitude(double ms) { return ms < 6.15 ? 0.67 * ms + 2.07 : 0.99 * ms + 0.08; }

FaultPlane assumed_plane(const Event& event) {
  RuptureSize size = rupture_size(moment_magnitude(event.magnitude), event.mechanism);
  size.length_km = std::min(size.length_km, kAssumedLengthMaxKm), size.width_km = std::min(size.width_km, kAssumedWidthMaxKm);
  const double dip = event.mechanism == Mechanism::normal ? 60 : event.mechanism == Mechanism::reverse ? 40 : 90;
  const double strike = event.strike.value_or(0) * kRad, flat = size.width_km * std::cos(dip * kRad);
  const double top = std::max(0.0, event.depth_km - size.width_km * std::sin(dip * kRad) / 2);
  // The hypocentre is in the middle of the plane: the upper edge lies half its flat width to the left of the strike.
  const LocalFrame frame(event.epicentre);
  const Km middle{-flat / 2 * std::cos(strike), flat / 2 * std::sin(strike)};
  const Km half{size.length_km / 2 * std::sin(strike), size.length_km / 2 * std::cos(strike)};
  return {frame.place({middle.east - half.east, middle.north - half.north}), frame.place({middle.east + half.east, middle.north + half.north}),
          top, size.width_km, dip};
}

Result<Rupture> Rupture::of(std::span<const FaultPlane> planes) {
  std::vector<FaultQuad> quads;
  if (planes.size() > kPlanesMax) return wrong("断层面过多 / too many planes");
  for (const FaultPlane& p : planes) {
    if (!is_valid(p.from) || !is_valid(p.to) || !std::isfinite(p.top_km) || !std::isfinite(p.width_km)) return wrong("断层面坐标无效 / a plane has an invalid position");
    if (!(p.dip > 0 && p.dip <= 90)) return wrong("倾角应在0至90度之间 / the dip must be above 0 and at most 90 degrees");
    if (!(p.width_km > 0 && p.width_km <= kLongestKm)) return wrong("断层宽度应大于0 / the width must be above 0");
    // The lower edge: to the right of the upper one.
    const LocalFrame frame(p.from);
    const Km to = frame.at(p.to);
    const double length = std::hypot(to.east, to.north), flat = p.width_km * std::cos(p.dip * kRad);
    if (!(length >= 1e-3)) return wrong("断层上缘两端重合 / the upper edge has no length");
    const Km right{to.north / length * flat, -to.east / length * flat};
    const double bottom = p.top_km + p.width_km * std::sin(p.dip * kRad);
    const LonLat below_to = frame.place({to.east + right.east, to.north + right.north}), below_from = frame.place(right);
    quads.push_back({{{p.from, p.top_km}, {p.to, p.top_km}, {below_to, bottom}, {below_from, bottom}}});
  }
  return of(std::span<const FaultQuad>(quads));
}

Result<Rupture> Rupture::of(std::span<const FaultQuad> quads) {
  if (quads.empty()) return wrong("没有断层面 / no plane");
  if (quads.size() > kPlanesMax) return wrong("断层面过多 / too many planes");
  Km sum;
  const LocalFrame first(quads[0][0].at);
  for (const FaultQuad& quad : quads) {
    for (const FaultCorner& c : quad) {
      if (!is_valid(c.at)) return wrong("断层面坐标无效 / a plane has an invalid position");
      if (!(c.depth_km >= 0 && c.depth_km <= 800)) return wrong("断层深度应在0至800公里之间 / the depth must be 0 to 800 km");
      const Km km = first.at(c.at);
      if (!(std::hypot(km.east, km.north) <= kLongestKm)) return wrong("断层面相距过远 / the planes are too far apart");
      sum.east += km.east, sum.north += km.north;
    }
    const Km edge = LocalFrame(quad[0].at).at(quad[1].at);
    if (!(std::hypot(edge.east, edge.north) >= 1e-3)) return wrong("断层上缘两端重合 / the upper edge has no length");
  }
  const double n = 4.0 * static_cast<double>(quads.size());
  Rupture rupture;
  rupture.frame_ = LocalFrame(first.place({sum.east / n, sum.north / n}));
  for (const FaultQuad& quad : quads) {
    std::array<Corner, 4> plane;
    Footprint print;
    for (size_t i = 0; i < 4; ++i) {
      print.corner[i] = rupture.frame_.at(quad[i].at);
      plane[i] = {print.corner[i].east, print.corner[i].north, -quad[i].depth_km};
    }
    auto& c = print.corner;
    const double turn = left_of(c[2], c[0], c[1]) + left_of(c[3], c[0], c[1]);
    if (turn < 0) std::swap(c[1], c[3]);
    print.wide = std::abs(turn) > 1e-6;
    rupture.planes_.push_back(plane);
    rupture.footprints_.push_back(print);
  }
  return rupture;
}

double Rupture::rjb(Km p) const {
  double best = std::numeric_limits<double>::infinity();
  for (const Footprint& f : footprints_) {
    bool inside = f.wide;
    double nearest = std::numeric_limits<double>::infinity();
    for (size_t i = 0; i < 4; ++i) {
      const Km a = f.corner[i], b = f.corner[(i + 1) % 4];
      inside = inside && left_of(p, a, b) >= 0;
      nearest = std::min(nearest, to_segment(p, a, b));
    }
    best = std::min(best, inside ? 0 : nearest);
  }
  return best;
}

Rupture::Distances Rupture::at(LonLat site) const {
  const Km km = frame_.at(site);
  const Corner p{km.east, km.north, 0};
  double best = std::numeric_limits<double>::infinity();
  const std::array<Corner, 4>* nearest = &planes_[0];
  for (const auto& plane : planes_) {
    const double d = std::min(to_triangle(p, plane[0], plane[1], plane[2]), to_triangle(p, plane[0], plane[2], plane[3]));
    if (d < best) best = d, nearest = &plane;
  }
  const Corner a = (*nearest)[0], b = (*nearest)[1];
  const double x = b.x - a.x, y = b.y - a.y;
  return {rjb(km), std::sqrt(best), ((p.x - a.x) * y - (p.y - a.y) * x) / std::hypot(x, y)};
}

Result<FaultPlane> plane_of(const FaultQuad& quad) {
  TRY(rupture, Rupture::of(std::span(&quad, 1)));
  const LocalFrame frame(quad[0].at);
  Km k[4];
  for (size_t i = 0; i < 4; ++i) k[i] = frame.at(quad[i].at);
  const double length = std::hypot(k[1].east, k[1].north), x = k[1].east / length, y = k[1].north / length;
  const double right = ((k[2].east + k[3].east - k[1].east) * y - (k[2].north + k[3].north - k[1].north) * x) / 2;
  const double top = (quad[0].depth_km + quad[1].depth_km) / 2, down = (quad[2].depth_km + quad[3].depth_km) / 2 - top;
  if (!(down >= 0) || std::hypot(right, down) < 1e-3) return wrong("断层面没有宽度 / the plane has no width");
  FaultPlane plane{quad[0].at, quad[1].at, top, std::hypot(right, down), std::atan2(down, std::abs(right)) / kRad};
  if (right < 0) std::swap(plane.from, plane.to);
  if (!(plane.dip > 0)) return wrong("断层面没有倾角 / the plane does not dip");
  return plane;
}

}  // namespace anlan::quake
