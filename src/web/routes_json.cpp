#include "web/routes_json.h"

#include <algorithm>
#include <charconv>

#include "base/check.h"
#include "registry/phone_number.h"
#include "registry/record_fields.h"

namespace anlan {
namespace {

json::value text(std::string_view s) { return json::string(s.data(), s.size()); }

json::array bounds_json(const Bounds& b) { return {b.west, b.south, b.east, b.north}; }

void put_position(json::object& out, const std::optional<LonLat>& p) {
  out["lon"] = p ? json::value(p->lon) : json::value(nullptr);
  out["lat"] = p ? json::value(p->lat) : json::value(nullptr);
}

}  // namespace

json::value null_or(std::optional<double> v) { return v ? json::value(*v) : json::value(nullptr); }
json::value null_or(std::optional<UtcTime> v) { return v ? json::value(v->ms) : json::value(nullptr); }

std::string_view level_name(PlaceLevel level) {
  switch (level) {
    case PlaceLevel::kNone: return "country";
    case PlaceLevel::kProvince: return "province";
    case PlaceLevel::kCity: return "city";
    case PlaceLevel::kCounty: return "county";
    case PlaceLevel::kTown: return "town";
    case PlaceLevel::kVillage: return "village";
  }
  return "country";
}

std::optional<PlaceLevel> level_named(std::string_view name) {
  for (const auto level : {PlaceLevel::kProvince, PlaceLevel::kCity, PlaceLevel::kCounty, PlaceLevel::kTown, PlaceLevel::kVillage})
    if (level_name(level) == name) return level;
  return std::nullopt;
}

json::object place_json(const PlaceIndex& index, uint32_t place) {
  const auto& places = index.places();
  const Place p = places.place(place);
  json::object out{{"code", p.code.text()},
                   {"name", places.short_name(p.code)},
                   {"path", places.full_name(p.code)},
                   {"level", level_name(places.level(place))}};
  put_position(out, p.position);
  out["approximate"] = p.position_approximate;
  const Boundary* boundary = index.boundaries().find(p.code);
  out["boundary"] = boundary != nullptr;
  if (boundary) out["bounds"] = bounds_json(boundary->bounds);
  // Direct children, counted by hopping from range to range.
  int64_t children = 0;
  const PlaceRange range = places.range(place);
  for (uint32_t i = range.begin + 1; i < range.end; i = places.range(i).end) ++children;
  out["children"] = children;
  return out;
}

json::object place_json(const PlaceIndex& index, PlaceCode code) {
  const auto& places = index.places();
  if (const uint32_t found = code.empty() ? kNoPlace : places.index_of(code); found != kNoPlace) return place_json(index, found);
  const std::string name = code.empty() ? "全国" : code.text();
  json::object out{{"code", code.empty() ? "0" : code.text()}, {"name", name}, {"path", name}, {"level", level_name(code.level())}};
  put_position(out, std::nullopt);
  out["approximate"] = false;
  out["boundary"] = false;
  out["children"] = code.empty() ? static_cast<int64_t>(places.children(PlaceCode()).size()) : 0;
  return out;
}

json::object coverage_row_json(const CoverageRow& row) {
  json::object out{{"code", row.code.text()}, {"name", row.name}, {"level", level_name(row.code.level())}};
  put_position(out, row.position);
  const Figures& f = row.figures;
  out["posts"] = f.posts;
  out["people"] = f.people;
  out["vacant"] = f.vacant;
  out["no_phone"] = f.no_phone;
  out["stale_phone"] = f.stale_phone;
  out["shared_phone"] = f.shared_phone;
  out["villages_empty"] = f.villages_empty;
  json::array children;
  for (const auto& child : row.children) children.push_back(coverage_row_json(child));
  out["children"] = std::move(children);
  return out;
}

PeopleJson::PeopleJson(Node& node, const Directory& directory)
    : node_(node), directory_(directory), places_(node.places().get()), now_(node.clock().now()) {}

std::string_view PeopleJson::rank(const DirectoryPost& post) const {
  const int rank = directory_.rank(post);
  return rank < 0 ? std::string_view() : std::string_view(directory_.pack().ranks[static_cast<size_t>(rank)].id);
}

std::string_view PeopleJson::title(PostId post) const {
  const auto* row = directory_.post(post);
  return row ? directory_.title(*row) : std::string_view();
}

std::string PeopleJson::phone_masked(PersonId person) const {
  const auto* row = directory_.person(person);
  return row && !row->phones.empty() ? mask_phone(unpack_phone(row->phones.front().number)) : "";
}

json::object PeopleJson::person_json(PersonId id, bool with_posts) {
  const auto* row = directory_.person(id);
  CHECK(row);
  shown_.insert(id);
  json::array phones;
  for (const auto& phone : row->phones) phones.push_back(json::string(mask_phone(unpack_phone(phone.number))));
  json::array posts;
  if (with_posts)
    for (const auto post : directory_.posts_of(id)) posts.push_back(post_row_json(post));
  const std::string state = [&] {
    switch (directory_.phone_state(*row, now_)) {
      case PhoneState::ok: return "ok";
      case PhoneState::none: return "none";
      case PhoneState::shared: return "shared";
      case PhoneState::stale: return "stale";
    }
    return "ok";
  }();
  return {{"id", id.value},
          {"name", row->name},
          {"phones_masked", std::move(phones)},
          {"phone_state", state},
          {"confirmed_at", row->confirmed_at == kTimeUnknown ? json::value(nullptr) : json::value(row->confirmed_at)},
          {"note", row->note},
          {"generated", row->generated},
          {"posts", std::move(posts)}};
}

json::value PeopleJson::person_ref_json(PersonId person) {
  const auto* row = directory_.person(person);
  if (!row) return nullptr;
  shown_.insert(person);
  return json::object{{"id", person.value}, {"name", row->name}};
}

json::value PeopleJson::person_ref_json(const std::optional<Holding>& holding) {
  if (!holding) return nullptr;
  const auto* row = directory_.person(holding->person);
  if (row) shown_.insert(holding->person);
  return json::object{{"id", row ? holding->person.value : 0}, {"name", row ? row->name : std::string()}, {"post", text(title(holding->post))}, {"vacant", row == nullptr}};
}

json::object PeopleJson::post_row_json(PostId id) {
  const auto* row = directory_.post(id);
  CHECK(row);
  json::array hazards;
  for (const auto& h : directory_.hazards(*row)) hazards.push_back(json::string(h));
  const RecordId record{row->record};
  std::string type;
  if (record)
    if (const auto* kind = directory_.kind(row->kind)) type = kind->record_type;
  const PersonId holder{row->holder};
  const std::string place_name = places_->places().short_name(row->place);
  json::object out{{"id", id.value},
                   {"title", text(directory_.title(*row))},
                   {"kind", text(directory_.kind_name(row->kind))},
                   {"rank", text(rank(*row))},
                   {"hazards", std::move(hazards)},
                   {"place", row->place.text()},
                   {"place_name", place_name.empty() ? row->place.text() : place_name},
                   {"record_type", type.empty() ? json::value(nullptr) : json::value(type)},
                   {"record", null_or(record)},
                   {"record_name", record ? json::value(node_.records().name(record)) : json::value(nullptr)},
                   {"holder", person_ref_json(holder)},
                   {"deputy", person_ref_json(directory_.deputy_of(id, "", now_))},
                   {"superior", person_ref_json(directory_.superior_of(id, "", now_))},
                   {"deputy_post", null_or(PostId{row->deputy})},
                   {"superior_post", null_or(PostId{row->superior})}};
  using Limits = std::numeric_limits<int64_t>;
  out["valid_from"] = row->valid_from == Limits::min() ? json::value(nullptr) : json::value(row->valid_from);
  out["valid_until"] = row->valid_until == Limits::max() ? json::value(nullptr) : json::value(row->valid_until);
  if (directory_.person(holder)) {
    out["phone_state"] = json::value_from(directory_.phone_state(holder, now_));
    out["phone_masked"] = phone_masked(holder);
  }
  return out;
}

PersonalDataRead PeopleJson::shown(std::string what, PlaceCode place) const {
  PersonalDataRead read{std::move(what), place, static_cast<int64_t>(shown_.size()), {}};
  for (const auto person : shown_) {
    if (read.persons.size() == PersonalDataRead::kPersonsMax) break;
    read.persons.push_back(person);
  }
  return read;
}

bool has_personal(const RecordType& type) {
  return std::any_of(type.fields.begin(), type.fields.end(), [](const Field& f) { return f.personal; });
}

json::object record_json(const Pack& pack, const PlaceIndex& places, const RecordView& record, bool personal) {
  const auto* type = pack.record_type(record.type);
  json::object out{{"id", record.record.value},
                   {"type", record.type},
                   {"name", record.name},
                   {"place", record.place.text()},
                   {"place_name", places.places().short_name(record.place)}};
  put_position(out, record.position);
  // Of a type the pack no longer has, nobody knows what is personal.
  out["fields"] = personal ? record.fields : type ? without_personal(*type, record.fields) : json::object();
  out["generated"] = record.generated;
  out["changed_at"] = record.changed_at.ms;
  return out;
}

void record_reading(const CallPtr& call, PersonalDataRead read, std::function<void()> then) {
  if (read.count == 0) return then();
  std::string subject = read.persons.size() == 1 ? "person:" + std::to_string(read.persons.front().value) : "";
  const PlaceCode place = read.place;
  Command command;
  command.actor = call->actor();
  command.decide = [read = std::move(read), subject = std::move(subject), place](Reader&, UtcTime) -> Result<Decision> {
    return Decision{{fact(read, subject, place)}, "{}"};
  };
  command.done = [call, then = std::move(then)](const Result<Answer>& answer) {
    if (!answer) return call->fail(answer.error());
    // Compressing a long list is no work for the writer's thread.
    if (!call->api().workers().run(then)) then();
  };
  call->node().writer().submit(std::move(command));
}

void ok_personal(const CallPtr& call, json::value body, PersonalDataRead read, int status) {
  std::string bytes = json::serialize(body);
  record_reading(call, std::move(read), [call, bytes = std::move(bytes), status] { call->ok_text(bytes, status); });
}

std::vector<PlaceCode> places_of(const Call& call, Need need) {
  const auto fulfils = [need](std::string_view role) {
    switch (need) {
      case Need::nothing:
      case Need::session: return true;
      case Need::duty: return role == "duty";
      case Need::approver: return role == "approver";
      case Need::registrar: return role == "registrar";
      case Need::site: return role == "site";
      case Need::reporter: return role == "site" || role == "duty";
      case Need::admin: return role == "admin";
    }
    return false;
  };
  std::vector<PlaceCode> places;
  for (const auto& held : call.account().roles)
    if (fulfils(held.role)) places.push_back(held.place);
  return places;
}

std::optional<PlaceCode> asked_place(const CallPtr& call) {
  const std::string typed = call->text("place");
  PlaceCode place = call->place("place");
  if (place.empty() && !typed.empty() && typed != "0") {
    call->fail(Error(ErrorCode::kInvalidField, {{"field", "place"}, {"why", "区划代码无效"}}));
    return std::nullopt;
  }
  const auto mine = places_of(*call, Need::session);
  if (place.empty()) {
    // The widest: everything, the node's place, or the first of the roles' places with the fewest digits.
    const PlaceCode top = call->node().settings().place;
    for (const auto p : mine)
      if (p.contains(top)) return top;
    const auto widest = std::min_element(mine.begin(), mine.end(), [](PlaceCode a, PlaceCode b) { return a.digits() < b.digits(); });
    if (widest != mine.end()) return *widest;
  } else if (std::any_of(mine.begin(), mine.end(), [&](PlaceCode p) { return p.contains(place); })) {
    return place;
  }
  call->fail(Error(ErrorCode::kForbidden, {{"why", "不在您的管辖范围内"}}));
  return std::nullopt;
}

bool require(const CallPtr& call, Need need, PlaceCode place) {
  const auto mine = places_of(*call, need);
  if (std::any_of(mine.begin(), mine.end(), [&](PlaceCode p) { return p.contains(place); })) return true;
  call->fail(Error(ErrorCode::kForbidden, {{"why", need == Need::registrar ? "需要该地的登记权限" : "不在您的管辖范围内"}}));
  return false;
}

std::optional<double> asked_number(const Call& call, std::string_view query_name) {
  const std::string text = call.text(query_name);
  double value = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (fault != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

Result<Datum> asked_datum(const std::string& text) {
  if (text.empty() || text == "wgs84") return Datum::kWgs84;
  if (text == "gcj02") return Datum::kGcj02;
  if (text == "bd09") return Datum::kBd09;
  return Error(ErrorCode::kInvalidField, {{"field", "datum"}, {"why", "应为 wgs84、gcj02 或 bd09"}});
}

bool asked_dry_run(const Call& call) { return call.text("dry_run") != "false" && call.text("dry_run") != "0"; }

json::array faults_json(const std::vector<ErrorDetail>& faults, Language language) {
  json::array out;
  for (const auto& f : faults)
    out.push_back(json::object{{"line", f.line}, {"field", f.field}, {"message", language == Language::kEn ? f.en : f.zh}});
  return out;
}

}  // namespace anlan
