// The entities of the OGC SensorThings API 1.1 (18-088) as Anlan has them.
//
//   Thing, Location, Datastream, FeatureOfInterest    one link each; their id is the link's number
//   Sensor, ObservedProperty                          one type of links each; their id is the type's
//   Observation                                       one reading; its id is 'link-milliseconds'
//
// So a Thing has exactly one Datastream, and a Location where the link has a position. Links do not move and have no
// HistoricalLocations. Values of personal fields are neither shown nor compared.
//
// Times are written in UTC with milliseconds. resultTime equals phenomenonTime: a device says one time.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "loop/node.h"
#include "web/odata_query_filter.h"

namespace anlan {

enum class StaKind : uint8_t { thing, location, datastream, sensor, observed_property, observation, feature_of_interest };
constexpr size_t kStaKinds = 7;

enum class StaProp : uint8_t {
  id, self_link, name, description, properties, encoding_type, location, unit_of_measurement, observation_type, phenomenon_time,
  result_time, result, result_quality, metadata, definition
};

struct StaProperty {
  std::string_view name;
  StaProp prop;
};

struct StaNav {
  std::string_view name;
  StaKind to;
  bool many;
};

struct StaSpec {
  std::string_view collection;  // "Things"
  std::span<const StaProperty> properties;  // without id and selfLink
  std::span<const StaNav> navs;

  const StaProperty* property(std::string_view name) const;  // also "id", "@iot.id", "@iot.selfLink"
  const StaNav* nav(std::string_view name) const;
};
const StaSpec& sta_spec(StaKind kind);
std::optional<StaKind> sta_collection(std::string_view name);
inline bool is_of_type(StaKind kind) { return kind == StaKind::sensor || kind == StaKind::observed_property; }

// What an entity of any kind is made of. Whoever is asked for a kind uses what it needs.
struct StaSubject {
  std::shared_ptr<const LinkRow> link;  // none: a type alone
  uint16_t type = 0;                    // index in pack.record_types
  Sample sample;                        // of an observation
};
// The same without owning it, for the walk over all links.
struct StaView {
  StaView(const LinkRow& row, Sample s) : link(&row), type(row.type), sample(s) {}
  StaView(const StaSubject& s) : link(s.link.get()), type(s.type), sample(s.sample), owner_(&s) {}
  StaSubject kept() const { return {owner_ ? owner_->link : std::make_shared<const LinkRow>(*link), type, sample}; }

  const LinkRow* link;
  uint16_t type;
  Sample sample;

 private:
  const StaSubject* owner_ = nullptr;  // whose link can be shared
};

// A value that conditions and orders name: a property of some kind, and the part of it.
struct StaField {
  StaKind kind;
  StaProp prop;
  std::string part;  // of properties, unitOfMeasurement, resultQuality
};
// Follows the path from an entity of the kind. kBadRequest for what is unknown, and for what one link does not decide:
// Observations of a Datastream, Datastreams of a Sensor, the span of a Datastream.
Result<StaField> sta_field(StaKind kind, const ODataPath& path);

std::string sta_time(UtcTime time);  // "2026-11-21T10:53:00.000Z"

// Makes values and JSON for one request; not for several threads at once.
class StaModel {
 public:
  // base: "https://…/sensorthings/v1.1", without a slash at its end.
  StaModel(Node& node, std::string base);

  ODataValue value(const StaField& field, const StaView& view) const;
  json::value property(StaKind kind, StaProp prop, const StaView& view) const;  // null where there is none
  std::string address(StaKind kind, const StaView& view) const;
  // The time of the first reading that is kept; one block is read.
  std::optional<UtcTime> first_at(const LinkRow& link) const;

  const std::string& base() const { return base_; }
  const RecordType& type(const StaView& view) const { return node_.pack().record_types[view.type]; }

 private:
  ODataValue part(const StaField& field, const StaView& view) const;
  std::string text(StaKind kind, StaProp prop, const StaView& view) const;
  json::object properties(StaKind kind, const StaView& view) const;
  const json::object& fields_of(const StaView& view) const;

  Node& node_;
  std::shared_ptr<const PlaceIndex> places_;
  const std::string base_;
  mutable RecordId fields_link_;  // whose fields_ are
  mutable json::object fields_;
};

}  // namespace anlan
