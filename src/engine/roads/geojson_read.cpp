#include <algorithm>
#include <cmath>

#include "base/json.h"
#include "roads/file_roads.h"
#include "roads/way_cut.h"

namespace anlan::roads {
namespace {

struct Place {  // 1e-7 degree
  int32_t lon, lat;
  auto operator<=>(const Place&) const = default;
};
struct Line {
  WayTags way;
  uint32_t first, count;  // places
};

class GeoJsonRoads {
 public:
  explicit GeoJsonRoads(Datum datum) : datum_(datum) {}

  Result<FileRoads> read(const json::value& root) {
    const auto* object = root.if_object();
    const auto* features = object && object->contains("features") ? object->at("features").if_array() : nullptr;
    if (features) {
      for (const json::value& feature : *features) read_feature(feature);
    } else {
      read_feature(root);
    }
    if (lines_.empty() && !faults_.any()) faults_.add(0, "", "没有可用的路段", "no road is in the file");
    if (faults_.any()) return std::move(faults_).error();
    cut();
    out_.graph = build_graph(std::move(draft_));
    static_cast<NetworkFigures&>(out_.report) = figures_of(out_.graph);
    return std::move(out_);
  }

 private:
  void read_feature(const json::value& value) {
    ++number_;
    const auto* feature = value.if_object();
    const auto* geometry = feature && feature->contains("geometry") ? feature->at("geometry").if_object() : nullptr;
    const auto* type = geometry && geometry->contains("type") ? geometry->at("type").if_string() : nullptr;
    const auto* coordinates = geometry && geometry->contains("coordinates") ? geometry->at("coordinates").if_array() : nullptr;
    if (!feature || (geometry && (!type || !coordinates)))
      return faults_.add(number_, "geometry", "不是 GeoJSON 要素", "not a GeoJSON feature");
    const bool one = geometry && *type == "LineString", many = geometry && *type == "MultiLineString";
    if (!one && !many) {
      ++out_.report.passed;
      return;
    }
    const auto* properties = feature->contains("properties") ? feature->at("properties").if_object() : nullptr;
    auto way = read_properties(properties);
    const auto line = [&](const json::array& points) {
      ++out_.report.read;
      read_line(points, way);
    };
    if (one) return line(*coordinates);
    for (const json::value& part : *coordinates) {
      if (const auto* points = part.if_array()) line(*points);
      else faults_.add(number_, "coordinates", "坐标不正确", "not a list of positions");
    }
  }

  std::optional<WayTags> read_properties(const json::object* properties) {
    std::vector<std::string> texts;  // of numbers and truth values, which the tags refer to
    std::vector<OsmTag> tags;
    int64_t id = number_;
    if (properties) {
      texts.reserve(properties->size());
      for (const auto& [key, value] : *properties) {
        const std::string_view name(key.data(), key.size());
        if (const auto* text = value.if_string()) tags.push_back({name, {text->data(), text->size()}});
        else if (const auto* truth = value.if_bool()) tags.push_back({name, *truth ? "yes" : "no"});
        else if (value.is_number()) tags.push_back({name, texts.emplace_back(json::serialize(value))});
        if (name == "id" && value.is_int64()) id = value.get_int64();
      }
    }
    auto way = read_file_tags(std::move(tags), out_.report, draft_.names);
    if (way) {
      way->road.source_id = id;
      way->name = way->ref = {};
    }
    return way;
  }

  void read_line(const json::array& points, const std::optional<WayTags>& way) {
    const auto first = static_cast<uint32_t>(places_.size());
    for (const json::value& value : points) {
      const auto* pair = value.if_array();
      LonLat at{999, 999};
      if (pair && pair->size() >= 2 && (*pair)[0].is_number() && (*pair)[1].is_number())
        at = {(*pair)[0].to_number<double>(), (*pair)[1].to_number<double>()};
      if (!is_valid(at)) {
        places_.resize(first);
        return faults_.add(number_, "coordinates", "坐标不正确", "not a position");
      }
      at = to_wgs84(at, datum_);
      const Place place{static_cast<int32_t>(std::lround(at.lon * 1e7)), static_cast<int32_t>(std::lround(at.lat * 1e7))};
      if (places_.size() == first || places_.back() != place) places_.push_back(place);
    }
    if (!way || places_.size() - first < 2) {
      if (way) ++out_.report.dropped[static_cast<size_t>(Dropped::kNoLength)];
      places_.resize(first);
      return;
    }
    lines_.push_back({*way, first, static_cast<uint32_t>(places_.size() - first)});
  }

  void cut() {
    auto known = places_;
    std::sort(known.begin(), known.end());
    known.erase(std::unique(known.begin(), known.end()), known.end());
    std::vector<uint32_t> points(places_.size());
    for (size_t i = 0; i < places_.size(); ++i)
      points[i] = static_cast<uint32_t>(std::lower_bound(known.begin(), known.end(), places_[i]) - known.begin());
    std::vector<uint8_t> uses(known.size(), 0);
    std::vector<bool> ends(known.size());
    const auto points_of = [&](const Line& line) { return std::span<const uint32_t>(points).subspan(line.first, line.count); };
    for (const Line& line : lines_) {
      count_uses(points_of(line), uses);
      ends[points_of(line).front()] = ends[points_of(line).back()] = true;
    }
    std::vector<Node> junctions(known.size(), kNone);
    const auto degrees = [&](uint32_t p) { return LonLat{known[p].lon * 1e-7, known[p].lat * 1e-7}; };
    const auto junction = [&](uint32_t p) {
      if (junctions[p] == kNone) {
        junctions[p] = static_cast<Node>(draft_.at.size());
        draft_.at.push_back(degrees(p));
      }
      return junctions[p];
    };
    std::vector<LonLat> shape;
    for (const Line& line : lines_) {
      const auto positions = [&](std::span<const uint32_t> part) {
        shape.clear();
        for (const uint32_t p : part) shape.push_back(degrees(p));
      };
      positions(points_of(line));
      const double line_m = length_m(shape);
      cut_line(points_of(line), [&](uint32_t p) { return uses[p] >= 2 || ends[p]; }, [&](std::span<const uint32_t> part) {
        positions(part);
        Road road = line.way.road;
        const double metres = length_m(shape);
        road.length_dm = std::max<uint32_t>(1, static_cast<uint32_t>(std::lround(metres * 10)));
        if (line.way.duration_ms > 0)
          road.fixed_ms = std::max<uint32_t>(1, static_cast<uint32_t>(line.way.duration_ms * std::min(1.0, metres / line_m)));
        const Node tail = junction(part.front()), head = junction(part.back());
        draft_.add(tail, head, road, shape);
      });
    }
  }

  Datum datum_;
  FileRoads out_;
  Draft draft_;
  Faults faults_;
  int number_ = 0;
  std::vector<Place> places_;
  std::vector<Line> lines_;
};

}  // namespace

Result<FileRoads> read_geojson_roads(std::string_view text, Datum datum) {
  if (text.size() > kFileBytesMax) return Error(ErrorCode::kTooLarge, {{"what", "GeoJSON"}, {"limit", "1 GB"}});
  TRY(root, parse_json(text));
  return GeoJsonRoads(datum).read(root);
}

}  // namespace anlan::roads
