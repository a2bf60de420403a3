#include "web/tile_geometry.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <queue>

namespace anlan {
namespace {

constexpr double kLatMax = 85.05112877980659;  // where the square of web mercator ends
// A position is drawn when its triangle covers this many square units of the tile, about a quarter of a pixel.
constexpr double kVisibleArea = 16;

double triangle(const WorldPoint& a, const WorldPoint& b, const WorldPoint& c) {
  return std::abs((b.x - a.x) * (c.y - a.y) - (c.x - a.x) * (b.y - a.y)) / 2;
}

struct Box {
  double low, high;
};

// One side of Sutherland and Hodgman's clipping: keeps what lies on `sign` side of `limit` along one axis.
template <class Axis>
void clip(std::vector<WorldPoint>& ring, std::vector<WorldPoint>& out, Axis axis, double limit, double sign) {
  out.clear();
  const size_t n = ring.size();
  for (size_t i = 0; i < n; ++i) {
    const WorldPoint &a = ring[i], &b = ring[i + 1 == n ? 0 : i + 1];
    const double da = sign * (a.*axis - limit), db = sign * (b.*axis - limit);
    if (da >= 0) out.push_back(a);
    if ((da >= 0) != (db >= 0)) {
      const double t = da / (da - db);
      WorldPoint p{a.x + t * (b.x - a.x), a.y + t * (b.y - a.y)};
      p.*axis = limit;
      out.push_back(p);
    }
  }
  ring.swap(out);
}

uint32_t zigzag(int32_t n) { return (static_cast<uint32_t>(n) << 1) ^ static_cast<uint32_t>(n >> 31); }

}  // namespace

WorldPoint to_world(LonLat p) {
  const double lat = std::clamp(p.lat, -kLatMax, kLatMax) * std::numbers::pi / 180;
  return {(p.lon + 180) / 360, (1 - std::asinh(std::tan(lat)) / std::numbers::pi) / 2};
}

WorldRing weighed(const Ring& ring) {
  WorldRing out;
  const size_t n = ring.size() > 1 && ring.front() == ring.back() ? ring.size() - 1 : ring.size();
  out.points.reserve(n);
  for (size_t i = 0; i < n; ++i) out.points.push_back(to_world(ring[i]));
  const auto& p = out.points;
  out.west = out.north = 1, out.east = out.south = 0;
  for (const auto& q : p) {
    out.west = std::min(out.west, q.x), out.east = std::max(out.east, q.x);
    out.north = std::min(out.north, q.y), out.south = std::max(out.south, q.y);
  }
  // The last three positions always stay.
  out.weights.assign(n, 1);
  if (n <= 3) return out;
  std::vector<uint32_t> before(n), after(n);
  std::vector<double> area(n);
  using Entry = std::pair<double, uint32_t>;
  std::priority_queue<Entry, std::vector<Entry>, std::greater<>> least;
  for (uint32_t i = 0; i < n; ++i) {
    before[i] = i == 0 ? static_cast<uint32_t>(n - 1) : i - 1;
    after[i] = i + 1 == n ? 0 : i + 1;
  }
  for (uint32_t i = 0; i < n; ++i) {
    area[i] = triangle(p[before[i]], p[i], p[after[i]]);
    least.push({area[i], i});
  }
  size_t left = n;
  double reached = 0;
  std::vector<uint8_t> gone(n, 0);
  while (left > 3 && !least.empty()) {
    const auto [a, i] = least.top();
    least.pop();
    if (gone[i] || a != area[i]) continue;  // an entry from before its neighbour went
    // Never less than what went before it, so that a coarser drawing is part of a finer one.
    reached = std::max(reached, a);
    out.weights[i] = static_cast<float>(reached);
    gone[i] = 1;
    --left;
    const uint32_t l = before[i], r = after[i];
    after[l] = r;
    before[r] = l;
    for (const uint32_t k : {l, r}) {
      area[k] = triangle(p[before[k]], p[k], p[after[k]]);
      least.push({area[k], k});
    }
  }
  return out;
}

TileRing drawn(const WorldRing& ring, int z, int64_t x, int64_t y) {
  const double scale = std::ldexp(1.0, z) * kTileExtent;
  const double left = static_cast<double>(x) * kTileExtent, top = static_cast<double>(y) * kTileExtent;
  constexpr Box box{-kTileMargin, kTileExtent + kTileMargin};
  const double west = ring.west * scale - left, east = ring.east * scale - left;
  const double north = ring.north * scale - top, south = ring.south * scale - top;
  if (east < box.low || west > box.high || south < box.low || north > box.high) return {};
  const float enough = static_cast<float>(kVisibleArea / (scale * scale));
  std::vector<WorldPoint> kept, spare;
  for (size_t i = 0; i < ring.points.size(); ++i)
    if (ring.weights[i] >= enough) kept.push_back({ring.points[i].x * scale - left, ring.points[i].y * scale - top});
  if (west < box.low) clip(kept, spare, &WorldPoint::x, box.low, 1);
  if (east > box.high) clip(kept, spare, &WorldPoint::x, box.high, -1);
  if (north < box.low) clip(kept, spare, &WorldPoint::y, box.low, 1);
  if (south > box.high) clip(kept, spare, &WorldPoint::y, box.high, -1);
  TileRing out;
  out.reserve(kept.size());
  for (const auto& p : kept) {
    const TilePoint q{static_cast<int32_t>(std::lround(p.x)), static_cast<int32_t>(std::lround(p.y))};
    if (out.empty() || !(out.back() == q)) out.push_back(q);
  }
  while (out.size() > 1 && out.front() == out.back()) out.pop_back();
  if (out.size() < 3 || twice_area(out) == 0) return {};
  return out;
}

int64_t twice_area(const TileRing& ring) {
  int64_t sum = 0;
  for (size_t i = 0; i < ring.size(); ++i) {
    const TilePoint &a = ring[i], &b = ring[i + 1 == ring.size() ? 0 : i + 1];
    sum += int64_t{a.x} * b.y - int64_t{b.x} * a.y;
  }
  return sum;
}

void TileCommands::step(TilePoint to) {
  commands_.push_back(zigzag(to.x - at_.x));
  commands_.push_back(zigzag(to.y - at_.y));
  at_ = to;
}

void TileCommands::point(TilePoint p) {
  commands_.push_back(1 << 3 | 1);  // MoveTo, once
  step(p);
}

void TileCommands::line(const TileRing& line) {
  if (line.size() < 2) return;
  commands_.push_back(1 << 3 | 1);
  step(line[0]);
  commands_.push_back(static_cast<uint32_t>(line.size() - 1) << 3 | 2);
  for (size_t i = 1; i < line.size(); ++i) step(line[i]);
}

void TileCommands::ring(const TileRing& ring, bool outer) {
  if (ring.size() < 3) return;
  const bool turned = (twice_area(ring) > 0) != outer;
  const auto at = [&](size_t i) { return turned ? ring[ring.size() - 1 - i] : ring[i]; };
  commands_.push_back(1 << 3 | 1);
  step(at(0));
  commands_.push_back(static_cast<uint32_t>(ring.size() - 1) << 3 | 2);  // LineTo
  for (size_t i = 1; i < ring.size(); ++i) step(at(i));
  commands_.push_back(1 << 3 | 7);  // ClosePath
}

}  // namespace anlan
