#include "demo/county_maker.h"

#include <fmt/format.h>

#include <cmath>
#include <numbers>

#include "demo/made_up.h"
#include "registry/record_fields.h"

namespace anlan {
namespace {

constexpr double kMetresPerDegree = 111'195;  // of latitude, on the mean sphere

}  // namespace

CountyMaker::CountyMaker(const PlaceTable& table, const Pack& pack, const DemoCountyStart& start, uint64_t seed)
    : places(table), dice(seed), pack_(pack), start_(start), next_record_(start.first_record) {}

PersonId CountyMaker::person(bool sound, std::string name) {
  ImportedPerson p;
  p.person = PersonId{start_.first_person + static_cast<int64_t>(county_.persons.size())};
  p.name = name.empty() ? made_up_name(dice) : std::move(name);
  p.generated = true;
  const double gap = sound ? 1 : dice.unit();
  if (gap < kNoPhoneShare) {
    p.phones = {};
  } else if (gap < kNoPhoneShare + kSharedPhoneShare && !county_.persons.empty() && !county_.persons.back().phones.empty()) {
    p.phones = {county_.persons.back().phones.front()};  // a household with one telephone
  } else {
    p.phones = {made_up_number(next_number_++)};
    if (dice.chance(0.15)) p.phones.push_back(made_up_number(next_number_++));
  }
  const bool stale = !sound && dice.chance(kStalePhoneShare);
  if (stale) p.confirmed_at = start_.now - hours(24 * dice.between(200, 700));
  else if (sound || dice.chance(0.6)) p.confirmed_at = start_.now - hours(24 * dice.between(1, 150));
  county_.persons.push_back(std::move(p));
  return county_.persons.back().person;
}

PostId CountyMaker::post(const NewPost& wanted) {
  if (!pack_.post_kind(wanted.kind)) return {};
  ImportedPost p;
  p.post = PostId{start_.first_post + static_cast<int64_t>(county_.posts.size())};
  p.kind = std::string(wanted.kind);
  p.title = wanted.title;
  p.place = wanted.place;
  p.record = wanted.record;
  p.holder = wanted.holder;
  p.deputy_post = wanted.deputy;
  p.superior_post = wanted.superior;
  p.generated = true;
  county_.posts.push_back(std::move(p));
  return county_.posts.back().post;
}

RecordId CountyMaker::record(std::string_view type_id, std::string name, PlaceCode place, double metres, const json::object& given) {
  const RecordType* type = pack_.record_type(type_id);
  const auto at = places.find(place);
  if (!type || !at) return {};
  json::object members;
  for (const auto& [id, value] : given) {
    const Field* field = field_of(*type, id);
    if (!field) continue;
    if (auto kept = field_from_json(*field, value); auto* v = std::get_if<json::value>(&kept)) members[id] = std::move(*v);
  }
  RecordState r;
  r.fields = merged_fields(*type, {}, members);
  if (missing_field(*type, r.fields)) return {};
  r.type = type->id;
  r.place = place;
  r.name = name;
  for (int n = 2; !record_names_.emplace(place, r.name).second; ++n) r.name = fmt::format("{}{}号", name, n);
  if (at->position) {
    const double turn = dice.unit() * 2 * std::numbers::pi, away = metres * std::sqrt(dice.unit());
    const double lat = at->position->lat + away * std::sin(turn) / kMetresPerDegree;
    const double lon = at->position->lon + away * std::cos(turn) / (kMetresPerDegree * std::cos(lat * std::numbers::pi / 180));
    r.position = LonLat{std::round(lon * 1e6) / 1e6, std::round(lat * 1e6) / 1e6};
  }
  r.generated = true;
  r.record = RecordId{next_record_++};
  auto& list = county_.records[type->id];
  list.push_back(std::move(r));
  return list.back().record;
}

void CountyMaker::name_keeper(std::string_view type_id, PersonId keeper) {
  const RecordType* type = pack_.record_type(type_id);
  const auto list = county_.records.find(std::string(type_id));
  if (!type || !keeper || list == county_.records.end()) return;
  const auto& person = county_.persons[static_cast<size_t>(keeper.value - start_.first_person)];
  json::object members;
  for (const auto& field : type->fields) {
    if (field.type == FieldType::person) members[field.id] = person.name;
    if (field.type == FieldType::phone && !person.phones.empty()) members[field.id] = person.phones.front();
  }
  auto& fields = list->second.back().fields;
  fields = merged_fields(*type, fields, members);
}

std::string CountyMaker::day_before(int64_t days) const {
  const auto day = to_civil(start_.now - hours(24 * days));
  return fmt::format("{:04}-{:02}-{:02}", day.year, day.month, day.day);
}

}  // namespace anlan
