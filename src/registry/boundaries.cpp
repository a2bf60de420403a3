#include "registry/boundaries.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "base/geojson.h"

namespace anlan {
namespace {

constexpr int kColumns = 360, kRows = 180;

int column_at(double lon) {
  return std::clamp(static_cast<int>(std::floor(lon)) + 180, 0, kColumns - 1);
}
int row_at(double lat) {
  return std::clamp(static_cast<int>(std::floor(lat)) + 90, 0, kRows - 1);
}

template <class Visit>
void for_cells(const Bounds& b, Visit visit) {
  for (int row = row_at(b.south); row <= row_at(b.north); ++row)
    for (int column = column_at(b.west); column <= column_at(b.east); ++column)
      visit(static_cast<size_t>(row * kColumns + column));
}

}  // namespace

Boundaries::Boundaries(std::vector<Boundary> list) {
  std::vector<std::pair<PlaceCode, size_t>> order;
  for (size_t i = 0; i < list.size(); ++i) order.emplace_back(list[i].code, i);
  std::sort(order.begin(), order.end());
  for (size_t i = 0; i < order.size(); ++i)
    if (i + 1 == order.size() || order[i + 1].first != order[i].first)
      list_.push_back(std::move(list[order[i].second]));
  cell_at_.assign(kColumns * kRows + 1, 0);
  for (const auto& b : list_) for_cells(b.bounds, [&](size_t cell) { ++cell_at_[cell + 1]; });
  for (size_t i = 1; i < cell_at_.size(); ++i) cell_at_[i] += cell_at_[i - 1];
  cells_.resize(cell_at_.back());
  auto next = cell_at_;
  for (uint32_t i = 0; i < list_.size(); ++i)
    for_cells(list_[i].bounds, [&](size_t cell) { cells_[next[cell]++] = i; });
}

const Boundary* Boundaries::find(PlaceCode code) const {
  const auto it =
      std::lower_bound(list_.begin(), list_.end(), code, [](const auto& b, PlaceCode c) { return b.code < c; });
  return it != list_.end() && it->code == code ? &*it : nullptr;
}

const Area* Boundaries::area(PlaceCode code) const {
  const auto* found = find(code);
  return found ? &found->area : nullptr;
}

PlaceCode Boundaries::place_at(LonLat p, PlaceLevel level) const {
  if (list_.empty() || !is_valid(p)) return {};
  const size_t cell = static_cast<size_t>(row_at(p.lat) * kColumns + column_at(p.lon));
  for (uint32_t k = cell_at_[cell]; k < cell_at_[cell + 1]; ++k) {
    const auto& b = list_[cells_[k]];
    if (b.code.level() != level || p.lon < b.bounds.west || p.lon > b.bounds.east || p.lat < b.bounds.south ||
        p.lat > b.bounds.north)
      continue;
    if (contains(b.area, p)) return b.code;
  }
  return {};
}

size_t Boundaries::memory_bytes() const {
  size_t bytes = 4 * (cell_at_.capacity() + cells_.capacity()) + list_.capacity() * sizeof(Boundary);
  for (const auto& b : list_) bytes += vertex_count(b.area) * sizeof(LonLat);
  return bytes;
}

namespace {

std::optional<PlaceCode> code_in(const json::value* v) {
  if (!v) return std::nullopt;
  if (const auto* s = v->if_string()) return PlaceCode::parse({s->data(), s->size()});
  if (const auto* n = v->if_int64(); n && *n > 0) return PlaceCode::parse(std::to_string(*n));
  return std::nullopt;
}

std::optional<LonLat> position_in(const json::value* v) {
  const auto* pair = v ? v->if_array() : nullptr;
  if (!pair || pair->size() != 2 || !(*pair)[0].is_number() || !(*pair)[1].is_number()) return std::nullopt;
  const LonLat p{(*pair)[0].to_number<double>(), (*pair)[1].to_number<double>()};
  return is_valid(p) ? std::optional(p) : std::nullopt;
}

struct FeatureName {
  std::optional<PlaceCode> code;
  std::string name;
  std::optional<PlaceCode> parent;
  std::optional<LonLat> seat;
};

FeatureName name_of(const json::object& feature) {
  FeatureName out;
  const auto* properties = feature.if_contains("properties");
  if (const auto* p = properties ? properties->if_object() : nullptr) {
    out.code = code_in(p->if_contains("adcode"));
    if (!out.code) out.code = code_in(p->if_contains("code"));
    if (const auto* name = p->if_contains("name"); name && name->is_string()) out.name = name->as_string().c_str();
    if (const auto* parent = p->if_contains("parent"); parent && parent->is_object())
      out.parent = code_in(parent->as_object().if_contains("adcode"));
    out.seat = position_in(p->if_contains("center"));
    if (!out.seat) out.seat = position_in(p->if_contains("cp"));
  }
  if (!out.code) out.code = code_in(feature.if_contains("id"));
  return out;
}

uint32_t join(const PlaceTable& places, const FeatureName& f, PlaceCode within, bool& by_code) {
  const auto level = f.code ? f.code->level() : PlaceLevel::kCounty;
  const auto index = f.code ? places.index_of(*f.code) : kNoPlace;
  by_code = index != kNoPlace && (f.name.empty() || same_place_name(places.name(index), f.name, level));
  if (by_code) return index;
  if (f.name.empty()) return kNoPlace;
  const auto parent = f.parent.value_or(within);
  if (const auto top = places.index_of(parent); !f.code && top != kNoPlace) {
    // The outline of `within` itself, unless one of its children has just that name.
    const auto children = places.children(top);
    const bool is_child =
        std::any_of(children.begin(), children.end(), [&](uint32_t i) { return places.name(i) == f.name; });
    if (!is_child && same_place_name(places.name(top), f.name, places.level(top))) return top;
  }
  return place_named(places, f.name, level, parent);
}

}  // namespace

Result<BoundaryFile> read_boundaries(std::string_view geojson, Datum datum, const PlaceTable& places,
                                     PlaceCode within) {
  TRY(document, parse_json(geojson));
  const auto* root = document.if_object();
  const auto* list = root ? root->if_contains("features") : nullptr;
  const auto* features = list ? list->if_array() : nullptr;
  if (!features) return Error(ErrorCode::kBadRequest, {{"why", "GeoJSON: FeatureCollection expected"}});
  BoundaryFile file;
  Error faults(ErrorCode::kInvalidFile, {{"why", "GeoJSON"}});
  size_t vertices = 0;
  for (size_t i = 0; i < features->size(); ++i) {
    ++file.join.rows;
    const auto* feature = (*features)[i].if_object();
    const auto* geometry = feature ? feature->if_contains("geometry") : nullptr;
    const auto name = feature ? name_of(*feature) : FeatureName{};
    bool by_code = false;
    const auto index = feature ? join(places, name, within, by_code) : kNoPlace;
    const std::string label = (name.code ? name.code->text() + " " : std::string()) + name.name;
    if (index == kNoPlace) {
      ++file.join.unjoined;
      if (file.join.unjoined_rows.size() < PlaceJoin::kUnjoinedShown) file.join.unjoined_rows.push_back(label);
      continue;
    }
    auto area = geometry ? area_from_geojson(*geometry, datum) : Result<Area>(ErrorCode::kInvalidField);
    const auto bounds = area ? bounding_box(*area) : std::nullopt;
    if (!bounds) {
      if (faults.details.size() < 100)
        faults.details.push_back(
            {0, "features[" + std::to_string(i) + "]", "边界无效：" + label, "invalid boundary: " + label});
      continue;
    }
    vertices += vertex_count(*area);
    if (vertices > Boundaries::kVerticesMax)
      return Error(ErrorCode::kTooLarge, {{"what", "boundaries"}, {"limit", std::to_string(Boundaries::kVerticesMax)}});
    ++(by_code ? file.join.by_code : file.join.by_name);
    const auto code = places.code(index);
    if (name.seat) file.seats.emplace_back(code, to_wgs84(*name.seat, datum));
    file.boundaries.push_back({code, std::move(*area), *bounds});
  }
  if (!faults.details.empty()) return faults;
  return file;
}

void apply_seats(PlaceTable& places, const BoundaryFile& file) {
  for (const auto& [code, seat] : file.seats) {
    const auto index = places.index_of(code);
    if (index == kNoPlace || (places.position(index) && !places.position_approximate(index))) continue;
    places.set_position(index, seat, false);
  }
}

}  // namespace anlan
