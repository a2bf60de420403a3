#include "registry/place_layout.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <tuple>
#include <vector>

namespace anlan {
namespace {

constexpr double kRad = std::numbers::pi / 180;

// SplitMix64 (Steele, Lea, Flood 2014): small, and the same on every platform.
class Dice {
 public:
  explicit Dice(uint64_t seed) : state_(seed) {}
  uint64_t next() {
    uint64_t z = (state_ += 0x9E3779B97F4A7C15);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
    return z ^ (z >> 31);
  }
  double unit() { return static_cast<double>(next() >> 11) * 0x1p-53; }
  size_t below(size_t n) { return static_cast<size_t>(next() % n); }

 private:
  uint64_t state_;
};

// Distance measure good enough within a county: degrees of latitude, longitudes shrunk.
struct Plane {
  double cos_lat;
  double distance2(LonLat a, LonLat b) const {
    const double x = (a.lon - b.lon) * cos_lat, y = a.lat - b.lat;
    return x * x + y * y;
  }
};

// The ground of one county as cells of equal size whose centres lie inside.
struct Ground {
  std::vector<LonLat> cells;
  double width = 0, height = 0;  // of a cell, degrees
};

// Longitudes at which the edges of the area cross a parallel, ascending: inside lies between 1st and 2nd, 3rd and 4th…
void crossings(const Area& area, double lat, std::vector<double>& out) {
  out.clear();
  const auto ring_crossings = [&](const Ring& ring) {
    for (size_t i = 0, n = ring.size(), j = n - 1; i < n; j = i++) {
      const auto a = ring[j], b = ring[i];
      if ((a.lat > lat) != (b.lat > lat)) out.push_back(a.lon + (lat - a.lat) / (b.lat - a.lat) * (b.lon - a.lon));
    }
  };
  for (const auto& polygon : area.polygons) {
    ring_crossings(polygon.outer);
    for (const auto& hole : polygon.holes) ring_crossings(hole);
  }
  std::sort(out.begin(), out.end());
}

Ground ground_of(const Area& area, const Bounds& b, size_t cells_wanted) {
  const double cos_lat = std::cos((b.south + b.north) / 2 * kRad);
  const double w = std::max((b.east - b.west) * cos_lat, 1e-6), h = std::max(b.north - b.south, 1e-6);
  std::vector<double> xs;
  Ground ground;
  // A county fills about half of its box; a thin one is tried again with finer cells.
  double step = std::sqrt(w * h / (2.0 * static_cast<double>(cells_wanted)));
  for (int attempt = 0; attempt < 4; ++attempt, step /= 2) {
    ground.height = step;
    ground.width = step / cos_lat;
    ground.cells.clear();
    for (double lat = b.south + step / 2; lat < b.north; lat += step) {
      crossings(area, lat, xs);
      for (size_t k = 0; k + 1 < xs.size(); k += 2) {
        const double first = std::ceil((xs[k] - b.west) / ground.width - 0.5);
        for (double lon = b.west + (first + 0.5) * ground.width; lon < xs[k + 1]; lon += ground.width)
          if (lon > xs[k]) ground.cells.push_back({lon, lat});
      }
    }
    if (ground.cells.size() * 2 >= cells_wanted) break;
  }
  return ground;
}

// About 8 km between towns, as in the plains.
Ground disc_around(LonLat centre, size_t towns, size_t cells_wanted) {
  const double radius = 0.04 * std::sqrt(static_cast<double>(std::max<size_t>(towns, 1)));
  const double cos_lat = std::max(std::cos(centre.lat * kRad), 0.01);
  Ground ground;
  ground.height = radius * std::sqrt(std::numbers::pi / static_cast<double>(cells_wanted));
  ground.width = ground.height / cos_lat;
  const int reach = static_cast<int>(radius / ground.height) + 1;
  for (int y = -reach; y <= reach; ++y)
    for (int x = -reach; x <= reach; ++x)
      if ((x * x + y * y) * ground.height * ground.height <= radius * radius)
        ground.cells.push_back({centre.lon + x * ground.width, centre.lat + y * ground.height});
  return ground;
}

struct Site {
  LonLat position;
  bool fixed = false;
};

uint32_t nearest(const std::vector<Site>& sites, LonLat p, Plane plane) {
  uint32_t best = 0;
  double best_distance = plane.distance2(sites[0].position, p);
  for (uint32_t i = 1; i < sites.size(); ++i)
    if (const double d = plane.distance2(sites[i].position, p); d < best_distance) best = i, best_distance = d;
  return best;
}

// Moves the free sites to the middle of the cells nearest to them, a few times, then onto the nearest such cell.
void relax(std::vector<Site>& sites, const Ground& ground, Plane plane) {
  std::vector<uint32_t> owner(ground.cells.size());
  const auto divide = [&] {
    for (size_t c = 0; c < owner.size(); ++c) owner[c] = nearest(sites, ground.cells[c], plane);
  };
  struct Sum {
    double lon = 0, lat = 0;
    size_t n = 0;
  };
  for (int round = 0; round < 4; ++round) {
    divide();
    std::vector<Sum> sums(sites.size());
    for (size_t c = 0; c < owner.size(); ++c) {
      auto& s = sums[owner[c]];
      s.lon += ground.cells[c].lon;
      s.lat += ground.cells[c].lat;
      ++s.n;
    }
    for (size_t i = 0; i < sites.size(); ++i)
      if (!sites[i].fixed && sums[i].n)
        sites[i].position = {sums[i].lon / static_cast<double>(sums[i].n),
                             sums[i].lat / static_cast<double>(sums[i].n)};
  }
  divide();
  for (uint32_t i = 0; i < sites.size(); ++i) {
    if (sites[i].fixed) continue;
    const auto middle = sites[i].position;  // may lie outside a bent county
    double best = -1;
    for (size_t c = 0; c < owner.size(); ++c)
      if (owner[c] == i)
        if (const double d = plane.distance2(ground.cells[c], middle); best < 0 || d < best) {
          best = d;
          sites[i].position = ground.cells[c];
        }
  }
}

void place_villages(PlaceTable& places, uint32_t town, const std::vector<LonLat>& cells, const Ground& ground,
                    const Area* area, Plane plane, Dice dice, LayoutCount& count) {
  constexpr int kCandidates = 6;
  constexpr size_t kNeighboursLooked = 64;
  std::vector<LonLat> taken{*places.position(town)};
  for (auto village : places.children(town)) {
    if (places.position(village)) continue;
    LonLat best{}, best_cell{};
    double best_distance = -1;
    for (int k = 0; k < kCandidates; ++k) {
      const auto cell = cells[dice.below(cells.size())];
      const LonLat nudged{cell.lon + (dice.unit() - 0.5) * ground.width,
                          cell.lat + (dice.unit() - 0.5) * ground.height};
      double distance = 1e9;
      for (size_t i = taken.size() > kNeighboursLooked ? taken.size() - kNeighboursLooked : 0; i < taken.size(); ++i)
        distance = std::min(distance, plane.distance2(taken[i], nudged));
      if (distance > best_distance) best = nudged, best_cell = cell, best_distance = distance;
    }
    // A cell's centre is inside the boundary; a nudge off it may not be.
    if (area && !contains(*area, best)) best = best_cell;
    taken.push_back(best);
    places.set_position(village, best, true);
    ++count.villages;
  }
}

void lay_out_county(PlaceTable& places, uint32_t county, const Boundary* boundary, uint64_t seed, LayoutCount& count) {
  const auto towns = places.children(county);
  const auto range = places.range(county);
  bool complete = true;
  for (uint32_t i = range.begin + 1; i < range.end && complete; ++i) complete = places.position(i).has_value();
  if (complete) return;

  constexpr size_t kCellsPerTown = 40;
  const size_t cells_wanted = std::clamp<size_t>(towns.size() * kCellsPerTown, 64, 20'000);
  auto centre = places.position(county);
  if (!centre && boundary) centre = label_point(boundary->area);
  // A development zone has neither; it lies in its city.
  if (!centre) centre = places.position(places.parent(county));
  const Area* area = boundary ? &boundary->area : nullptr;
  Ground ground;
  if (boundary) ground = ground_of(*area, boundary->bounds, cells_wanted);
  if (ground.cells.empty()) {
    area = nullptr;
    if (!centre) return;
    ground = disc_around(*centre, towns.size(), cells_wanted);
  }
  const Plane plane{std::max(std::cos(centre->lat * kRad), 0.01)};
  Dice dice(seed ^ static_cast<uint64_t>(places.code(county).digits()) * 0xD1B54A32D192ED03);

  std::vector<Site> sites;
  std::vector<uint32_t> unplaced;
  for (auto town : towns)
    if (const auto p = places.position(town))
      sites.push_back({*p, true});
    else
      unplaced.push_back(town);
  const size_t fixed = sites.size();
  for (size_t i = 0; i < unplaced.size(); ++i) sites.push_back({ground.cells[dice.below(ground.cells.size())], false});
  if (sites.empty()) return;
  relax(sites, ground, plane);

  // The seat of the county has the first code; it gets the free site nearest to the county's position.
  std::sort(sites.begin() + static_cast<std::ptrdiff_t>(fixed), sites.end(), [&](const Site& a, const Site& b) {
    const double da = plane.distance2(a.position, *centre), db = plane.distance2(b.position, *centre);
    return std::tie(da, a.position.lon, a.position.lat) < std::tie(db, b.position.lon, b.position.lat);
  });
  for (size_t i = 0; i < unplaced.size(); ++i) places.set_position(unplaced[i], sites[fixed + i].position, true);
  count.towns += unplaced.size();

  std::vector<Site> seats;
  for (auto town : towns) seats.push_back({*places.position(town), true});
  std::vector<std::vector<LonLat>> around(towns.size());
  for (const auto& cell : ground.cells) around[nearest(seats, cell, plane)].push_back(cell);
  for (size_t t = 0; t < towns.size(); ++t) {
    if (around[t].empty()) around[t].push_back(seats[t].position);  // a surveyed town outside the boundary we know
    const Dice own(seed ^ static_cast<uint64_t>(places.code(towns[t]).digits()) * 0x9E3779B97F4A7C15);
    place_villages(places, towns[t], around[t], ground, area, plane, own, count);
  }
}

}  // namespace

LayoutCount lay_out(PlaceTable& places, const Boundaries& boundaries, uint64_t seed) {
  LayoutCount count;
  for (uint32_t i = 0; i < places.size(); ++i)
    if (places.level(i) == PlaceLevel::kCounty) lay_out_county(places, i, boundaries.find(places.code(i)), seed, count);

  // Parents after children: indexes run downwards.
  struct Sum {
    double lon = 0, lat = 0;
    uint32_t n = 0;
  };
  std::vector<Sum> sums(places.size());
  for (uint32_t i = places.size(); i-- > 0;) {
    if (!places.position(i) && sums[i].n) {
      places.set_position(i, {sums[i].lon / sums[i].n, sums[i].lat / sums[i].n}, true);
      ++count.derived;
    }
    const auto p = places.position(i);
    if (!p)
      ++count.without;
    else if (const auto parent = places.parent(i); parent != kNoPlace) {
      sums[parent].lon += p->lon;
      sums[parent].lat += p->lat;
      ++sums[parent].n;
    }
  }
  return count;
}

}  // namespace anlan
