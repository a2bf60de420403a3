#include "web/sensorthings_model.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "registry/record_fields.h"
#include "web/http_message.h"

namespace anlan {
namespace {

constexpr StaProperty kThing[] = {{"name", StaProp::name}, {"description", StaProp::description}, {"properties", StaProp::properties}};
constexpr StaProperty kLocation[] = {{"name", StaProp::name}, {"description", StaProp::description}, {"encodingType", StaProp::encoding_type}, {"location", StaProp::location}};
constexpr StaProperty kDatastream[] = {{"name", StaProp::name}, {"description", StaProp::description}, {"unitOfMeasurement", StaProp::unit_of_measurement},
                                       {"observationType", StaProp::observation_type}, {"phenomenonTime", StaProp::phenomenon_time}, {"properties", StaProp::properties}};
constexpr StaProperty kSensor[] = {{"name", StaProp::name}, {"description", StaProp::description}, {"encodingType", StaProp::encoding_type}, {"metadata", StaProp::metadata}, {"properties", StaProp::properties}};
constexpr StaProperty kObservedProperty[] = {{"name", StaProp::name}, {"definition", StaProp::definition}, {"description", StaProp::description}};
constexpr StaProperty kObservation[] = {{"phenomenonTime", StaProp::phenomenon_time}, {"resultTime", StaProp::result_time}, {"result", StaProp::result}, {"resultQuality", StaProp::result_quality}};
constexpr StaProperty kFeature[] = {{"name", StaProp::name}, {"description", StaProp::description}, {"encodingType", StaProp::encoding_type}, {"feature", StaProp::location}};
constexpr StaProperty kOfAll[] = {{"id", StaProp::id}, {"@iot.id", StaProp::id}, {"@iot.selfLink", StaProp::self_link}};

constexpr StaNav kThingNavs[] = {{"Locations", StaKind::location, true}, {"Datastreams", StaKind::datastream, true}};
constexpr StaNav kLocationNavs[] = {{"Things", StaKind::thing, true}};
constexpr StaNav kDatastreamNavs[] = {{"Thing", StaKind::thing, false}, {"Sensor", StaKind::sensor, false}, {"ObservedProperty", StaKind::observed_property, false}, {"Observations", StaKind::observation, true}};
constexpr StaNav kTypeNavs[] = {{"Datastreams", StaKind::datastream, true}};
constexpr StaNav kObservationNavs[] = {{"Datastream", StaKind::datastream, false}, {"FeatureOfInterest", StaKind::feature_of_interest, false}};
constexpr StaNav kFeatureNavs[] = {{"Observations", StaKind::observation, true}};

const StaSpec kSpecs[kStaKinds] = {{"Things", kThing, kThingNavs},
                                   {"Locations", kLocation, kLocationNavs},
                                   {"Datastreams", kDatastream, kDatastreamNavs},
                                   {"Sensors", kSensor, kTypeNavs},
                                   {"ObservedProperties", kObservedProperty, kTypeNavs},
                                   {"Observations", kObservation, kObservationNavs},
                                   {"FeaturesOfInterest", kFeature, kFeatureNavs}};

// Names and codes of The Unified Code for Units of Measure (UCUM 2.1); others are shown by their symbol alone.
struct Unit {
  std::string_view symbol, name, ucum;
};
constexpr Unit kUnits[] = {{"m", "metre", "m"},           {"mm", "millimetre", "mm"},         {"cm", "centimetre", "cm"},        {"km", "kilometre", "km"},
                           {"m/s", "metre per second", "m/s"}, {"km/h", "kilometre per hour", "km/h"}, {"m³/s", "cubic metre per second", "m3/s"}, {"m3/s", "cubic metre per second", "m3/s"},
                           {"℃", "degree Celsius", "Cel"}, {"°C", "degree Celsius", "Cel"},    {"%", "percent", "%"},             {"hPa", "hectopascal", "hPa"},
                           {"kPa", "kilopascal", "kPa"},   {"mg/m³", "milligram per cubic metre", "mg/m3"}, {"μg/m³", "microgram per cubic metre", "ug/m3"}, {"mg/L", "milligram per litre", "mg/L"}};

struct UnitText {
  std::string name, symbol, definition;  // "" without a definition
};
UnitText unit_text(const std::string& symbol) {
  const auto* known = std::find_if(std::begin(kUnits), std::end(kUnits), [&](const Unit& u) { return u.symbol == symbol; });
  if (known == std::end(kUnits)) return {symbol, symbol, {}};
  return {std::string(known->name), symbol, "http://www.opengis.net/def/uom/UCUM/" + percent_encode(known->ucum)};
}

std::string_view state_text(stream::LinkState state) {
  constexpr std::string_view kNames[] = {"never", "fresh", "late", "silent", "implausible", "flat"};
  return kNames[static_cast<size_t>(state)];
}

std::string_view level_text(std::optional<WarningLevel> level) {
  constexpr std::string_view kNames[] = {"none", "blue", "yellow", "orange", "red"};
  return kNames[level ? static_cast<size_t>(*level) + 1 : 0];
}

// What the watch says of a reading; it judges the newest of a link alone.
std::string_view quality_text(const StaView& view) {
  if (!view.link->last || view.link->last->at != view.sample.at) return {};
  switch (view.link->state) {
    case stream::LinkState::kFresh: return "good";
    case stream::LinkState::kImplausible: return "implausible";
    case stream::LinkState::kFlat: return "flat";
    default: return {};
  }
}

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '<') out += "&lt;";
    else if (c == '&') out += "&amp;";
    else out += c;
  }
  return out;
}

json::value text_json(std::string_view s) { return json::string(s.data(), s.size()); }

json::value geometry(const LinkRow& link) {
  if (!link.position) return nullptr;
  return json::object{{"type", "Point"}, {"coordinates", json::array{link.position->lon, link.position->lat}}};
}

ODataValue plain(const json::value* v) {
  if (!v) return {};
  if (v->is_string()) return std::string(v->get_string());
  if (v->is_bool()) return v->get_bool();
  if (v->is_number()) return v->to_number<double>();
  return {};
}

bool is_number_id(StaKind kind) { return !is_of_type(kind) && kind != StaKind::observation; }

std::string observation_id(const StaView& view) { return fmt::format("{}-{}", view.link->id.value, view.sample.at.ms); }

}  // namespace

const StaSpec& sta_spec(StaKind kind) { return kSpecs[static_cast<size_t>(kind)]; }

std::optional<StaKind> sta_collection(std::string_view name) {
  for (size_t i = 0; i < kStaKinds; ++i)
    if (kSpecs[i].collection == name) return static_cast<StaKind>(i);
  return std::nullopt;
}

const StaProperty* StaSpec::property(std::string_view wanted) const {
  const auto named = [&](const StaProperty& p) { return p.name == wanted; };
  if (const auto found = std::find_if(properties.begin(), properties.end(), named); found != properties.end()) return &*found;
  const auto* found = std::find_if(std::begin(kOfAll), std::end(kOfAll), named);
  return found == std::end(kOfAll) ? nullptr : found;
}

const StaNav* StaSpec::nav(std::string_view wanted) const {
  const auto found = std::find_if(navs.begin(), navs.end(), [&](const StaNav& n) { return n.name == wanted; });
  return found == navs.end() ? nullptr : &*found;
}

Result<StaField> sta_field(StaKind kind, const ODataPath& path) {
  std::string said;
  for (const auto& segment : path) said += (said.empty() ? "" : "/") + segment;
  for (size_t i = 0; i < path.size(); ++i) {
    const auto& spec = sta_spec(kind);
    if (const auto* nav = spec.nav(path[i])) {
      if (nav->to == StaKind::observation)
        return odata_error("观测值请用 /Observations?$filter=result … 筛选", "filter readings with /Observations?$filter=result …", said);
      if (is_of_type(kind)) return odata_error("一种传感器有许多数据流，不能用作条件", "a sensor has many Datastreams: they are no condition", said);
      kind = nav->to;
      continue;
    }
    const auto* property = spec.property(path[i]);
    const size_t rest = path.size() - i - 1;
    const bool has_parts = property && (property->prop == StaProp::properties || property->prop == StaProp::unit_of_measurement || property->prop == StaProp::result_quality);
    if (!property || rest != (has_parts ? 1u : 0u)) return odata_error("没有这个属性，或不能用作条件", "there is no such property, or it is no condition", said);
    if (kind == StaKind::datastream && property->prop == StaProp::phenomenon_time)
      return odata_error("数据流的时段不能用作条件，请用 /Observations?$filter=phenomenonTime …", "the span of a Datastream is no condition; ask /Observations?$filter=phenomenonTime …", said);
    return StaField{kind, property->prop, has_parts ? path.back() : std::string()};
  }
  return odata_error("路径应以属性结尾", "the path must end in a property", said);
}

std::string sta_time(UtcTime time) {
  const auto c = to_civil(time, 0);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", c.year, c.month, c.day, c.hour, c.minute, c.second, ((time.ms % 1000) + 1000) % 1000);
}

StaModel::StaModel(Node& node, std::string base) : node_(node), places_(node.places().get()), base_(std::move(base)) {}

std::string StaModel::address(StaKind kind, const StaView& view) const {
  const auto collection = sta_spec(kind).collection;
  if (is_of_type(kind)) return fmt::format("{}/{}('{}')", base_, collection, type(view).id);
  if (kind == StaKind::observation) return fmt::format("{}/{}('{}')", base_, collection, observation_id(view));
  return fmt::format("{}/{}({})", base_, collection, view.link->id.value);
}

std::optional<UtcTime> StaModel::first_at(const LinkRow& link) const {
  const auto* history = node_.watch().history();
  if (!link.last) return std::nullopt;
  std::optional<UtcTime> first;
  // A damaged block later on does not matter here.
  if (history)
    (void)history->read(link.readings_of, UtcTime{0}, link.last->at, [&](std::span<const Sample> samples) {
      if (!samples.empty()) first = samples.front().at;
      return samples.empty();
    });
  return first ? first : link.last->at;
}

const json::object& StaModel::fields_of(const StaView& view) const {
  if (fields_link_ != view.link->id) {
    const auto record = node_.records().find(view.link->id);
    fields_ = record ? without_personal(type(view), record->fields) : json::object();
    fields_link_ = view.link->id;
  }
  return fields_;
}

std::string StaModel::text(StaKind kind, StaProp prop, const StaView& view) const {
  const auto& t = type(view);
  const auto both = [&] { return t.zh + " / " + t.en; };
  if (is_of_type(kind)) {
    switch (prop) {
      case StaProp::name: return kind == StaKind::sensor ? t.zh : fmt::format("{}读数（{}）", t.zh, t.signal->unit);
      case StaProp::description: return kind == StaKind::sensor ? both() : fmt::format("{}的读数 / reading of: {}", t.zh, t.en);
      case StaProp::encoding_type: return "text/html";
      case StaProp::metadata: return escaped(t.source);
      default: return address(kind, view);  // definition
    }
  }
  switch (prop) {
    case StaProp::name: return kind == StaKind::datastream ? fmt::format("{}（{}）", view.link->name, t.signal->unit) : view.link->name;
    case StaProp::description: {
      if (kind == StaKind::datastream) return both();
      const auto where = places_->places().full_name(view.link->place, "");
      return kind == StaKind::thing ? t.zh + (where.empty() ? "" : "，" + where) : where;
    }
    case StaProp::encoding_type: return "application/geo+json";
    default: return "http://www.opengis.net/def/observationType/OGC-OM/2.0/OM_Measurement";  // observationType
  }
}

json::object StaModel::properties(StaKind kind, const StaView& view) const {
  const auto& t = type(view);
  if (kind == StaKind::sensor) {
    json::object o{{"type", t.id}, {"unit", t.signal->unit}, {"interval_s", t.signal->interval.count / 1000}};
    if (t.signal->min) o["min"] = *t.signal->min;
    if (t.signal->max) o["max"] = *t.signal->max;
    return o;
  }
  const auto& link = *view.link;
  if (kind == StaKind::datastream)
    return {{"code", link.code}, {"type", t.id}, {"place", link.place.text()}, {"state", state_text(link.state)}, {"level", level_text(link.level)}, {"interval_s", t.signal->interval.count / 1000}};
  json::object o = fields_of(view);
  o["type"] = t.id;
  o["place"] = link.place.text();
  o["place_name"] = places_->places().short_name(link.place);
  return o;
}

json::value StaModel::property(StaKind kind, StaProp prop, const StaView& view) const {
  switch (prop) {
    case StaProp::id:
      if (is_number_id(kind)) return view.link->id.value;
      return text_json(kind == StaKind::observation ? observation_id(view) : type(view).id);
    case StaProp::self_link: return text_json(address(kind, view));
    case StaProp::properties: return properties(kind, view);
    case StaProp::location:
      if (kind == StaKind::location) return geometry(*view.link);
      return json::object{{"type", "Feature"}, {"properties", json::object()}, {"geometry", geometry(*view.link)}};
    case StaProp::unit_of_measurement: {
      const auto unit = unit_text(type(view).signal->unit);
      return json::object{{"name", unit.name}, {"symbol", unit.symbol}, {"definition", unit.definition.empty() ? json::value(nullptr) : json::value(unit.definition)}};
    }
    case StaProp::phenomenon_time: {
      if (kind == StaKind::observation) return text_json(sta_time(view.sample.at));
      const auto first = first_at(*view.link);
      return first ? text_json(sta_time(*first) + "/" + sta_time(view.link->last->at)) : json::value(nullptr);
    }
    case StaProp::result_time: return text_json(sta_time(view.sample.at));
    case StaProp::result: return view.sample.value;
    case StaProp::result_quality: {
      const auto quality = quality_text(view);
      return quality.empty() ? json::value(nullptr) : json::value(json::object{{"state", quality}});
    }
    default: return text_json(text(kind, prop, view));
  }
}

ODataValue StaModel::part(const StaField& field, const StaView& view) const {
  const auto& t = type(view);
  const auto known = [](std::string s) { return s.empty() ? ODataValue() : ODataValue(std::move(s)); };
  if (field.prop == StaProp::unit_of_measurement) {
    const auto unit = unit_text(t.signal->unit);
    return field.part == "name" ? known(unit.name) : field.part == "symbol" ? known(unit.symbol) : field.part == "definition" ? known(unit.definition) : ODataValue();
  }
  if (field.prop == StaProp::result_quality) return field.part == "state" ? known(std::string(quality_text(view))) : ODataValue();
  // Without asking the record, which costs a look into its JSON.
  if (field.part == "type") return t.id;
  if (field.kind != StaKind::sensor) {
    if (field.part == "place") return view.link->place.text();
    if (field.part == "code" && (field.kind == StaKind::datastream || t.signal->code == "code")) return known(view.link->code);
  }
  if (field.kind == StaKind::datastream) {
    if (field.part == "state") return std::string(state_text(view.link->state));
    if (field.part == "level") return std::string(level_text(view.link->level));
  } else if (field.kind == StaKind::thing && field.part != "place_name") {
    return plain(fields_of(view).if_contains(field.part));
  }
  const auto all = properties(field.kind, view);
  return plain(all.if_contains(field.part));
}

ODataValue StaModel::value(const StaField& field, const StaView& view) const {
  switch (field.prop) {
    case StaProp::id:
      if (is_number_id(field.kind)) return static_cast<double>(view.link->id.value);
      return field.kind == StaKind::observation ? observation_id(view) : type(view).id;
    case StaProp::self_link: return address(field.kind, view);
    case StaProp::properties:
    case StaProp::unit_of_measurement:
    case StaProp::result_quality: return part(field, view);
    case StaProp::location: return view.link->position ? ODataValue(*view.link->position) : ODataValue();
    case StaProp::phenomenon_time:
    case StaProp::result_time: return view.sample.at;
    case StaProp::result: return view.sample.value;
    default: return text(field.kind, field.prop, view);
  }
}

}  // namespace anlan
