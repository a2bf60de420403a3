#include <cmath>

#include "base/json.h"
#include "quake/building_rows.h"

namespace anlan::quake {
namespace {

constexpr size_t kFeatureMax = 1 << 20, kRead = 1 << 20, kKeyMax = 32;

Error bad_file(const char* why) { return Error(ErrorCode::kInvalidFile, {{"why", why}}); }

// Cuts the objects out of the array "features" of the outermost object, without reading the rest.
class Features {
 public:
  explicit Features(std::istream& in) : in_(in) {}

  // False at the end. `feature` is valid until the next call.
  Result<bool> next(std::string_view& feature) {
    feature_.clear();
    bool inside = false;
    while (true) {
      if (at_ == buffer_.size()) {
        if (inside) feature_.append(buffer_, start_, std::string::npos);
        start_ = at_ = 0;
        buffer_.resize(kRead);
        in_.read(buffer_.data(), kRead);
        buffer_.resize(static_cast<size_t>(in_.gcount()));
        if (buffer_.empty()) {
          if (depth_ != 0 || !began_) return bad_file("文件不完整 / the file breaks off");
          if (!found_) return bad_file("没有 features 数组 / there is no array \"features\"");
          return false;
        }
        if (feature_.size() > kFeatureMax) return bad_file("有一个要素超过 1 MB / a feature is longer than 1 MB");
      }
      const char c = buffer_[at_++];
      if (c == '\n') ++line_;
      if (text_) {
        if (escaped_) escaped_ = false;
        else if (c == '\\') escaped_ = true;
        else if (c == '"') text_ = false;
        else if (depth_ == 1 && key_.size() < kKeyMax) key_ += c;
        continue;
      }
      switch (c) {
        case '"':
          text_ = true;
          if (depth_ == 1) key_.clear();
          break;
        case '{':
        case '[':
          if (depth_ == 1) in_features_ = c == '[' && key_ == "features", found_ = found_ || in_features_;
          if (depth_ == 2 && in_features_ && c == '{') inside = true, start_ = at_ - 1, start_line_ = line_;
          if (depth_ == 0 && (c != '{' || began_)) return bad_file("不是 GeoJSON 对象 / not a GeoJSON object");
          began_ = true;
          ++depth_;
          break;
        case '}':
        case ']':
          if (--depth_ < 0) return bad_file("括号不配对 / brackets do not match");
          if (inside && depth_ == 2) {
            if (feature_.empty()) {
              feature = std::string_view(buffer_).substr(start_, at_ - start_);
            } else {
              feature_.append(buffer_, 0, at_);
              feature = feature_;
            }
            if (feature.size() > kFeatureMax) return bad_file("有一个要素超过 1 MB / a feature is longer than 1 MB");
            return true;
          }
          break;
        default: break;
      }
    }
  }
  uint64_t line() const { return start_line_; }

 private:
  std::istream& in_;
  std::string buffer_, feature_, key_;
  size_t at_ = 0, start_ = 0;
  uint64_t line_ = 1, start_line_ = 1;
  int64_t depth_ = 0;
  bool text_ = false, escaped_ = false, began_ = false, found_ = false, in_features_ = false;
};

std::optional<double> number_in(const json::value& v) {
  json::error_code fault;
  const double number = v.to_number<double>(fault);
  return fault ? std::nullopt : std::optional(number);
}

std::optional<LonLat> position(const json::value& v) {
  const auto* pair = v.if_array();
  if (!pair || pair->size() < 2) return std::nullopt;
  const auto x = number_in((*pair)[0]), y = number_in((*pair)[1]);
  if (!x || !y) return std::nullopt;
  return LonLat{*x, *y};
}

// Centroid by the shoelace formula about the first corner; the first corner itself for a ring without area.
std::optional<LonLat> centroid(const json::array& ring) {
  if (ring.empty()) return std::nullopt;
  const auto first = position(ring[0]);
  if (!first) return std::nullopt;
  double twice = 0, x = 0, y = 0;
  LonLat before{};
  for (const auto& corner : ring) {
    const auto p = position(corner);
    if (!p) return std::nullopt;
    const LonLat here{p->lon - first->lon, p->lat - first->lat};
    const double cross = before.lon * here.lat - here.lon * before.lat;
    twice += cross, x += (before.lon + here.lon) * cross, y += (before.lat + here.lat) * cross;
    before = here;
  }
  if (twice == 0) return first;
  return LonLat{first->lon + x / (3 * twice), first->lat + y / (3 * twice)};
}

std::optional<LonLat> place_of(const json::object& feature) {
  const auto* geometry = feature.if_contains("geometry");
  const auto* object = geometry ? geometry->if_object() : nullptr;
  const auto* type = object ? object->if_contains("type") : nullptr;
  const auto* coordinates = object ? object->if_contains("coordinates") : nullptr;
  if (!type || !type->is_string() || !coordinates) return std::nullopt;
  const json::value* v = coordinates;
  const auto& name = type->get_string();
  if (name == "Point") return position(*v);
  for (int level = name == "MultiPolygon" ? 2 : name == "Polygon" ? 1 : 0; level > 0; --level) {
    const auto* array = v->if_array();
    if (!array || array->empty()) return std::nullopt;
    v = &(*array)[0];
  }
  const auto* ring = v == coordinates ? nullptr : v->if_array();
  return ring ? centroid(*ring) : std::nullopt;
}

// What a row needs of a property; its text lives as long as the feature.
Cell cell_of(const json::value& value) {
  Cell cell;
  if (const auto* text = value.if_string()) {
    cell.text = trimmed({text->data(), text->size()});
  } else if (const auto number = number_in(value)) {
    cell.number = *number, cell.is_number = true;
  } else if (!value.is_null()) {
    cell.text = "?";  // neither text nor number: refused wherever it stands
  }
  return cell;
}

}  // namespace

Result<BuildingsRead> read_buildings_geojson(std::istream& in, const BuildingRules& rules) {
  Features features(in);
  BuildingRows rows(rules);
  std::string_view text;
  std::vector<unsigned char> memory(64 * 1024);
  json::parse_options options;
  options.max_depth = 32;
  while (true) {
    TRY(more, features.next(text));
    if (!more) break;
    json::monotonic_resource arena(memory.data(), memory.size());
    json::error_code fault;
    const json::value value = json::parse({text.data(), text.size()}, fault, &arena, options);
    const auto* feature = fault ? nullptr : value.if_object();
    if (!feature) {
      TRY_VOID(rows.refuse(features.line(), "", "不是有效的 JSON", "not valid JSON"));
      continue;
    }
    const auto at = place_of(*feature);
    if (!at) {
      TRY_VOID(rows.refuse(features.line(), "geometry", "应为点或多边形", "must be a point or a polygon"));
      continue;
    }
    Cells cells{};
    if (const auto* properties = feature->if_contains("properties"); properties && properties->is_object())
      for (const auto& [key, property] : properties->get_object())
        if (const auto column = column_named({key.data(), key.size()}); column && *column > Column::lat) cells[static_cast<size_t>(*column)] = cell_of(property);
    if (const auto* id = feature->if_contains("id"); id && cells[static_cast<size_t>(Column::id)].blank()) cells[static_cast<size_t>(Column::id)] = cell_of(*id);
    cells[static_cast<size_t>(Column::lon)] = {{}, at->lon, true};
    cells[static_cast<size_t>(Column::lat)] = {{}, at->lat, true};
    TRY_VOID(rows.add(cells, features.line()));
  }
  return std::move(rows).finish();
}

}  // namespace anlan::quake
