#include "base/polygon_repair.h"

#include <fmt/format.h>
#include <geos_c.h>

#include <algorithm>
#include <memory>

namespace anlan {
namespace {

// One GEOS context per call: GEOS is re-entrant by context, and making one costs microseconds.
class Geos {
 public:
  Geos() : handle_(GEOS_init_r()) {
    CHECK(handle_);
    GEOSContext_setErrorMessageHandler_r(
        handle_, [](const char* message, void* self) { static_cast<Geos*>(self)->fault_ = message; }, this);
  }
  ~Geos() { GEOS_finish_r(handle_); }
  Geos(const Geos&) = delete;
  Geos& operator=(const Geos&) = delete;

  GEOSContextHandle_t get() const { return handle_; }
  Error error() const { return Error(ErrorCode::kInternal, {{"why", "GEOS: " + fault_}}); }

 private:
  GEOSContextHandle_t handle_;
  std::string fault_;
};

struct Destroy {
  GEOSContextHandle_t handle;
  void operator()(GEOSGeometry* g) const { GEOSGeom_destroy_r(handle, g); }
};
using Geometry = std::unique_ptr<GEOSGeometry, Destroy>;

Geometry own(const Geos& geos, GEOSGeometry* g) {
  return Geometry(g, Destroy{geos.get()});
}

static_assert(sizeof(LonLat) == 2 * sizeof(double), "rings are handed to GEOS as plain pairs");

GEOSGeometry* make_ring(const Geos& geos, const Ring& ring) {
  auto* sequence =
      GEOSCoordSeq_copyFromBuffer_r(geos.get(), &ring.data()->lon, static_cast<unsigned>(ring.size()), 0, 0);
  return sequence ? GEOSGeom_createLinearRing_r(geos.get(), sequence) : nullptr;
}

Geometry make_polygon(const Geos& geos, const Polygon& polygon) {
  auto outer = own(geos, make_ring(geos, polygon.outer));
  std::vector<Geometry> holes;
  for (const auto& hole : polygon.holes) holes.push_back(own(geos, make_ring(geos, hole)));
  if (!outer || std::any_of(holes.begin(), holes.end(), [](const auto& h) { return !h; })) return own(geos, nullptr);
  std::vector<GEOSGeometry*> raw;
  for (auto& hole : holes) raw.push_back(hole.release());
  return own(geos,
             GEOSGeom_createPolygon_r(geos.get(), outer.release(), raw.data(), static_cast<unsigned>(raw.size())));
}

Ring read_ring(const Geos& geos, const GEOSGeometry* ring, double shift_deg) {
  const auto* sequence = GEOSGeom_getCoordSeq_r(geos.get(), ring);
  unsigned size = 0;
  if (!sequence || !GEOSCoordSeq_getSize_r(geos.get(), sequence, &size)) return {};
  Ring out(size);
  if (size == 0 || !GEOSCoordSeq_copyToBuffer_r(geos.get(), sequence, &out.data()->lon, 0, 0)) return {};
  for (auto& p : out) p.lon = std::clamp(p.lon + shift_deg, -180.0, 180.0);
  return out;
}

// Appends the polygonal parts of g; lines and points, which repair leaves of spikes, are dropped.
void read_polygons(const Geos& geos, const GEOSGeometry* g, double shift_deg, std::vector<Polygon>& out) {
  const int type = GEOSGeomTypeId_r(geos.get(), g);
  if (type == GEOS_POLYGON) {
    if (GEOSisEmpty_r(geos.get(), g) != 0) return;
    Polygon polygon;
    polygon.outer = read_ring(geos, GEOSGetExteriorRing_r(geos.get(), g), shift_deg);
    for (int i = 0, n = GEOSGetNumInteriorRings_r(geos.get(), g); i < n; ++i)
      polygon.holes.push_back(read_ring(geos, GEOSGetInteriorRingN_r(geos.get(), g, i), shift_deg));
    if (polygon.outer.size() >= 4) out.push_back(std::move(polygon));
  } else if (type == GEOS_MULTIPOLYGON || type == GEOS_GEOMETRYCOLLECTION) {
    for (int i = 0, n = GEOSGetNumGeometries_r(geos.get(), g); i < n; ++i)
      read_polygons(geos, GEOSGetGeometryN_r(geos.get(), g, i), shift_deg, out);
  }
}

struct Edge {
  LonLat a, b;
  double west, east, south, north;
};

void add_edges(const Ring& ring, std::vector<Edge>& edges) {
  for (size_t i = 1; i < ring.size(); ++i) {
    const auto a = ring[i - 1], b = ring[i];
    edges.push_back(
        {a, b, std::min(a.lon, b.lon), std::max(a.lon, b.lon), std::min(a.lat, b.lat), std::max(a.lat, b.lat)});
  }
}

double turn(LonLat a, LonLat b, LonLat c) {
  return (b.lon - a.lon) * (c.lat - a.lat) - (b.lat - a.lat) * (c.lon - a.lon);
}

bool cross_properly(const Edge& e, const Edge& f) {
  return turn(e.a, e.b, f.a) * turn(e.a, e.b, f.b) < 0 && turn(f.a, f.b, e.a) * turn(f.a, f.b, e.b) < 0;
}

// The cost of GEOS grows with pairs of edges whose boxes overlap, and its memory with crossings; both can be
// quadratic. A sweep from west to east counts them and stops at a bound that no drawn or surveyed area comes near.
bool too_tangled(const std::vector<Polygon>& polygons) {
  constexpr size_t kStepsMax = 400'000'000, kPairsMax = 20'000'000, kCrossingsMax = 20'000;
  std::vector<Edge> edges;
  for (const auto& polygon : polygons) {
    add_edges(polygon.outer, edges);
    for (const auto& hole : polygon.holes) add_edges(hole, edges);
  }
  std::sort(edges.begin(), edges.end(), [](const Edge& e, const Edge& f) { return e.west < f.west; });
  std::vector<const Edge*> active;
  size_t steps = 0, pairs = 0, crossings = 0;
  for (const auto& edge : edges) {
    size_t kept = 0;
    for (const Edge* other : active) {
      if (other->east < edge.west) continue;
      active[kept++] = other;
      if (other->south > edge.north || other->north < edge.south) continue;
      ++pairs;
      crossings += cross_properly(edge, *other);
    }
    steps += active.size();
    active.resize(kept);
    active.push_back(&edge);
    if (steps > kStepsMax || pairs > kPairsMax || crossings > kCrossingsMax) return true;
  }
  return false;
}

Bounds bounds_of(const Ring& ring) {
  Bounds b{ring[0].lon, ring[0].lat, ring[0].lon, ring[0].lat};
  for (const auto& p : ring) {
    b.west = std::min(b.west, p.lon), b.east = std::max(b.east, p.lon);
    b.south = std::min(b.south, p.lat), b.north = std::max(b.north, p.lat);
  }
  return b;
}

bool may_overlap(const std::vector<Polygon>& polygons) {
  std::vector<Bounds> boxes;
  for (const auto& polygon : polygons) boxes.push_back(bounds_of(polygon.outer));
  std::sort(boxes.begin(), boxes.end(), [](const Bounds& a, const Bounds& b) { return a.west < b.west; });
  for (size_t i = 0; i < boxes.size(); ++i)
    for (size_t j = i + 1; j < boxes.size() && boxes[j].west <= boxes[i].east; ++j)
      if (boxes[j].south <= boxes[i].north && boxes[j].north >= boxes[i].south) return true;
  return false;
}

Geometry rectangle(const Geos& geos, double west, double east) {
  return make_polygon(geos, {{{west, -90}, {east, -90}, {east, 90}, {west, 90}, {west, -90}}, {}});
}

Result<void> repair_one(const Geos& geos, const Polygon& polygon, std::vector<Polygon>& out) {
  auto geometry = make_polygon(geos, polygon);
  if (!geometry) return geos.error();
  if (GEOSisValid_r(geos.get(), geometry.get()) != 1) geometry = own(geos, GEOSMakeValid_r(geos.get(), geometry.get()));
  if (!geometry) return geos.error();
  if (bounds_of(polygon.outer).east <= 180) {
    read_polygons(geos, geometry.get(), 0, out);
    return {};
  }
  for (const double west : {-180.0, 180.0}) {
    const auto half = rectangle(geos, west, west + 360);
    const auto part = own(geos, half ? GEOSIntersection_r(geos.get(), geometry.get(), half.get()) : nullptr);
    if (!part) return geos.error();
    read_polygons(geos, part.get(), west == 180 ? -360 : 0, out);
  }
  return {};
}

Result<std::vector<Polygon>> unite(const Geos& geos, const std::vector<Polygon>& polygons) {
  std::vector<Geometry> parts;
  for (const auto& polygon : polygons) {
    parts.push_back(make_polygon(geos, polygon));
    if (!parts.back()) return geos.error();
  }
  std::vector<GEOSGeometry*> raw;
  for (auto& part : parts) raw.push_back(part.release());
  const auto all = own(
      geos, GEOSGeom_createCollection_r(geos.get(), GEOS_MULTIPOLYGON, raw.data(), static_cast<unsigned>(raw.size())));
  const auto united = own(geos, all ? GEOSUnaryUnion_r(geos.get(), all.get()) : nullptr);
  if (!united) return geos.error();
  std::vector<Polygon> out;
  read_polygons(geos, united.get(), 0, out);
  return out;
}

}  // namespace

Error area_fault(int polygon, std::string zh, std::string en) {
  Error error(ErrorCode::kInvalidField, {{"field", "area"}, {"why", zh + " / " + en}});
  error.details.push_back(
      {0, polygon < 0 ? "area" : fmt::format("polygons[{}]", polygon), std::move(zh), std::move(en)});
  return error;
}

Result<std::vector<Polygon>> repair(const std::vector<Polygon>& polygons) {
  if (too_tangled(polygons))
    return area_fault(-1, "边界自相交过多，无法修复", "the rings cross themselves too often to be repaired");
  const Geos geos;
  std::vector<Polygon> out;
  for (size_t i = 0; i < polygons.size(); ++i) {
    const size_t before = out.size();
    TRY_VOID(repair_one(geos, polygons[i], out));
    if (out.size() == before)
      return area_fault(static_cast<int>(i), fmt::format("第{}个多边形没有面积", i + 1),
                        fmt::format("polygon {} encloses no area", i + 1));
  }
  if (out.size() > 1 && may_overlap(out)) return unite(geos, out);
  return out;
}

}  // namespace anlan
