// Which hospital takes the injured, and telling it that they come.
#include "logistics/commands.h"
#include "logistics/hospitals.h"
#include "registry/phone_number.h"
#include "web/api.h"
#include "web/road_json.h"
#include "web/routes_json.h"

namespace anlan {
namespace {

constexpr int64_t kNoticesListed = 500;
constexpr Millis kListedFor = hours(24 * 30);

Error bad(std::string field, std::string why) { return Error(ErrorCode::kInvalidField, {{"field", std::move(field)}, {"why", std::move(why)}}); }

json::value null_or(std::optional<int64_t> v) { return v ? json::value(*v) : json::value(nullptr); }

// Whom it names is written down in `read`.
json::object found_json(const HospitalFound& h, const PeopleJson& people, PersonalDataRead& read) {
  const auto contact = hospital_contact(people.directory(), h.record, people.now());
  json::object o{{"record", h.record.record.value}, {"name", h.record.name}, {"place", h.record.place.text()}, {"lon", h.record.position->lon}, {"lat", h.record.position->lat},
                 {"kind", h.kind}, {"grade", h.grade}, {"beds", null_or(h.beds)}, {"icu_beds", null_or(h.icu_beds)}, {"ambulances", null_or(h.ambulances)},
                 {"announced", h.announced}, {"minutes", null_or(h.minutes)}, {"km", h.km}, {"fits", !h.why}};
  o["keeper"] = contact ? json::value(contact->name) : json::value("");
  if (contact) {
    o["phone"] = contact->person ? people.phone_masked(contact->person) : mask_phone(contact->phone);
    o["person"] = anlan::null_or(contact->person);
    ++read.count;
    if (contact->person && read.persons.size() < PersonalDataRead::kPersonsMax) read.persons.push_back(contact->person);
  }
  if (h.why) o["why"] = json::object{{"code", h.why->code}, {"zh", h.why->zh}, {"en", h.why->en}};
  return o;
}

void nearest(CallPtr call) {
  const auto place = asked_place(call);
  if (!place) return;
  const auto body = call->body();
  if (!body) return call->fail(body.error());
  Members members(*body);
  HospitalQuestion asked;
  asked.kinds = members.texts("kinds", 50).value_or(std::vector<std::string>());
  asked.beds = members.count("beds", 100'000);
  asked.icu_beds = members.count("icu_beds", 100'000);
  asked.profile = members.text("profile").value_or("car");
  if (const auto read = members.result(); !read) return call->fail(read.error());
  const auto* at = body->if_contains("at");
  const auto position = at ? read_position(call, *at, "at") : Result<NamedPosition>(bad("at", "请写明位置 / where"));
  if (!position) return call->fail(position.error());
  asked.at = position->at;
  Node& node = call->node();
  const auto announced = call->read([&](Reader& reader) {
    std::map<RecordId, int64_t> sums;
    for (const auto& n : hospital_notices(reader, node.clock().now() - kAnnouncedFor, kNoticesListed)) sums[n.notice.hospital] += n.notice.injured;
    return sums;
  });
  const auto found = hospitals_nearest(node.pack(), asked, node.records().within("hospital", *place), announced, times_of(node.roads()));
  if (!found) return call->fail(found.error());
  json::array items;
  PersonalDataRead read{"hospital_list", *place, 0, {}};
  {
    const auto reading = node.directory().read();
    const PeopleJson people(node, *reading);
    for (const auto& h : found->items) items.push_back(found_json(h, people, read));
  }
  ok_personal(call, json::object{{"estimated", found->estimated}, {"items", std::move(items)}}, std::move(read));
}

void notify(CallPtr call) {
  const auto body = call->body();
  if (!body) return call->fail(body.error());
  Node& node = call->node();
  const auto hospital = node.records().find(RecordId{call->id()});
  if (!hospital || hospital->type != "hospital") return call->fail(Error(ErrorCode::kNotFound, {{"what", "这家医院 / hospital"}}));
  if (!require(call, Need::duty, hospital->place)) return;
  Members members(*body);
  HospitalNotified notice;
  notice.hospital = hospital->record;
  notice.name = hospital->name;
  notice.text = members.text("text").value_or("");
  notice.injured = members.count("injured", 100'000);
  const UtcTime now = node.clock().now();
  notice.due = members.time("due").value_or(std::nullopt).value_or(now);
  if (notice.due < now - hours(1) || notice.due > now + hours(48)) members.refuse("due", "到达时间不合理", "an arrival that makes no sense");
  if (const auto read = members.result(); !read) return call->fail(read.error());
  const auto* at = body->if_contains("at");
  const auto position = at ? read_position(call, *at, "at") : Result<NamedPosition>(bad("at", "请写明伤员位置 / where the injured are"));
  if (!position) return call->fail(position.error());
  notice.lon = position->at.lon;
  notice.lat = position->at.lat;
  const auto contact = hospital_contact(*node.directory().read(), *hospital, now);
  if (contact) notice.to = contact->name;
  std::string channel;
  for (const auto& c : node.pack().channels)
    if (contact && channel.empty() && c.kind == ChannelKind::sms) channel = c.id;
  json::object answer{{"hospital", hospital->record.value}, {"told", notice.to}, {"channel", channel}};
  if (!contact)
    answer["note"] = json::object{{"zh", "这家医院没有登记责任人或电话：已记录，但没有人收到消息，请打电话通知"}, {"en", "nobody is named for this hospital: it is recorded, but nobody got a message; please telephone"}};
  call->change([notice, place = hospital->place](Reader&, UtcTime) { return notify_hospital(notice, place); },
               [call, answer = std::move(answer)](const Answer&) { call->ok(answer, 201); });
}

void list_notices(CallPtr call) {
  const auto place = asked_place(call);
  if (!place) return;
  Node& node = call->node();
  const auto rows = call->read([&](Reader& reader) { return hospital_notices(reader, node.clock().now() - kListedFor, kNoticesListed); });
  json::array items;
  for (const auto& n : rows) {
    const auto record = node.records().find(n.notice.hospital);
    if (!place->contains(record ? record->place : node.settings().place)) continue;
    items.push_back(json::object{{"id", n.seq}, {"hospital", n.notice.hospital.value}, {"name", n.notice.name}, {"text", n.notice.text}, {"injured", n.notice.injured},
                                 {"lon", n.notice.lon}, {"lat", n.notice.lat}, {"due", n.notice.due.ms}, {"told", n.notice.to}, {"told_at", null_or(n.told_at)},
                                 {"channel", n.channel}, {"sent_by", actor_name(node, call->api().sessions(), n.sent_by)}, {"sent_at", n.sent_at.ms}});
  }
  call->ok(json::object{{"items", std::move(items)}});
}

}  // namespace

void add_hospital_routes(Api& api) {
  api.add({"POST", "/hospitals/nearest", Need::session, nearest});
  api.add({"POST", "/hospitals/{id}/notify", Need::duty, notify});
  api.add({"GET", "/hospitals/notices", Need::session, list_notices});
}

}  // namespace anlan
