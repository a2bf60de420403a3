// People, posts and how well they cover the places.
#include <algorithm>

#include "calls/commands.h"
#include "registry/people_import.h"
#include "registry/people_search.h"
#include "web/api.h"
#include "web/json_members.h"
#include "web/routes_json.h"
#include "web/table_answer.h"

namespace anlan {
namespace {

constexpr size_t kImportBytesMax = size_t{64} << 20;
constexpr int64_t kOffsetMax = 10'000'000;
constexpr int kLastAnswers = 5;

Error absent(const char* what) { return Error(ErrorCode::kNotFound, {{"what", what}}); }

bool within_any(const std::vector<PlaceCode>& scopes, PlaceCode place) {
  return std::any_of(scopes.begin(), scopes.end(), [&](PlaceCode s) { return s.contains(place); });
}

// A person belongs where their posts are; without a post, to everybody who has a role.
bool person_within(const Directory& directory, PersonId person, const std::vector<PlaceCode>& scopes) {
  const auto posts = directory.posts_of(person);
  return posts.empty() ? !scopes.empty()
                       : std::any_of(posts.begin(), posts.end(), [&](PostId p) { return within_any(scopes, directory.post(p)->place); });
}

// The node's whole place also means those who have no post.
PlaceCode filter_place(const CallPtr& call, PlaceCode place) {
  return place == call->node().settings().place ? PlaceCode() : place;
}

Result<std::pair<size_t, size_t>> asked_page(const Call& call) {
  TRY(offset, call.number("offset", 0, 0, kOffsetMax));
  TRY(limit, call.number("limit", 50, 0, static_cast<int64_t>(kSearchLimitMax)));
  return std::pair{static_cast<size_t>(offset), static_cast<size_t>(limit)};
}

Result<std::optional<PhoneState>> asked_gap(const std::string& gap) {
  if (gap.empty()) return std::optional<PhoneState>();
  if (gap == "no_phone" || gap == "none") return std::optional(PhoneState::none);
  if (gap == "stale_phone" || gap == "stale") return std::optional(PhoneState::stale);
  if (gap == "shared_phone" || gap == "shared") return std::optional(PhoneState::shared);
  return Error(ErrorCode::kInvalidField, {{"field", "gap"}, {"why", "应为 no_phone、stale_phone 或 shared_phone"}});
}

void list_people(CallPtr call) {
  const auto place = asked_place(call);
  if (!place) return;
  const auto page = asked_page(*call);
  if (!page) return call->fail(page.error());
  const auto gap = asked_gap(call->text("gap"));
  if (!gap) return call->fail(gap.error());
  const std::string q = call->text("q"), rank = call->text("rank"), hazard = call->text("hazard");
  json::object out;
  PersonalDataRead read;
  {
    const auto reading = call->node().directory().read();
    PeopleJson rows(call->node(), *reading);
    const auto found = find_people(*reading, {filter_place(call, *place), q, rank, hazard, *gap, page->first, page->second}, rows.now());
    json::array items;
    for (const auto person : found.items) items.push_back(rows.person_json(person));
    out["total"] = found.total;
    out["items"] = std::move(items);
    read = rows.shown("people", *place);
  }
  ok_personal(call, std::move(out), std::move(read));
}

// The last answers of a person over all rounds, newest first.
json::array last_answers(const CallPtr& call, PersonId person) {
  return call->read([&](Reader& reader) {
    json::array out;
    struct Found {
      int64_t call, at;
      std::string meaning;
    };
    std::vector<Found> found;
    reader.query("SELECT a.call, a.at, a.meaning FROM calls c JOIN answers a ON a.call = c.id WHERE c.person = ? ORDER BY a.at DESC LIMIT ?",
                 {person, kLastAnswers}, [&](const Row& row) { found.push_back({row.integer(0), row.integer(1), row.str(2)}); });
    for (const auto& f : found) {
      const RoundId round{f.call / (kCallsPerRoundMax + 1)};
      const auto of = read_round(reader, round);
      const auto warning = of ? read_warning(reader, of->warning) : std::nullopt;
      out.push_back(json::object{{"round", round.value}, {"at", f.at}, {"meaning", f.meaning}, {"headline", warning ? warning->content.headline : ""}});
    }
    return out;
  });
}

void answer_person(const CallPtr& call, PersonId person, int status) {
  json::object out;
  PersonalDataRead read;
  {
    const auto reading = call->node().directory().read();
    if (!reading->person(person)) return call->fail(absent("这个人员"));
    if (!person_within(*reading, person, places_of(*call, Need::session)))
      return call->fail(Error(ErrorCode::kForbidden, {{"why", "不在您的管辖范围内"}}));
    PeopleJson rows(call->node(), *reading);
    out = rows.person_json(person);
    read = rows.shown("person", {});
    read.persons = {person};  // the subject; others are named in passing
  }
  out["last_answers"] = last_answers(call, person);
  ok_personal(call, std::move(out), std::move(read), status);
}

void reveal_phones(CallPtr call) {
  const PersonId person{call->id()};
  json::array phones;
  PlaceCode place;
  {
    const auto reading = call->node().directory().read();
    if (!reading->person(person)) return call->fail(absent("这个人员"));
    if (!person_within(*reading, person, places_of(*call, Need::session)))
      return call->fail(Error(ErrorCode::kForbidden, {{"why", "不在您的管辖范围内"}}));
    for (const auto& phone : reading->phones(person)) phones.push_back(json::string(phone));
    if (const auto posts = reading->posts_of(person); !posts.empty()) place = reading->post(posts.front())->place;
  }
  ok_personal(call, json::object{{"phones", std::move(phones)}}, {"phones", place, 1, {person}});
}

Result<PersonPatch> person_patch(const Call& call) {
  TRY(body, call.body());
  Members members(body);
  PersonPatch patch;
  patch.name = members.text("name");
  patch.phones = members.texts("phones", 20);
  patch.note = members.text("note");
  TRY_VOID(members.result());
  return patch;
}

int64_t id_of(const Answer& answer) {
  const auto value = parse_json(answer.response);
  const auto* object = value ? value->if_object() : nullptr;
  const auto* id = object ? object->if_contains("id") : nullptr;
  return id && id->is_int64() ? id->get_int64() : 0;
}

void add_person_route(CallPtr call) {
  const auto patch = person_patch(*call);
  if (!patch) return call->fail(patch.error());
  call->change([patch = *patch](Reader& reader, UtcTime) { return add_person(reader, patch); },
               [call](const Answer& answer) { answer_person(call, PersonId{id_of(answer)}, 201); });
}

// Absent persons pass: the command says so.
bool may_change_person(const CallPtr& call, PersonId person, bool all_posts) {
  const auto scopes = places_of(*call, Need::registrar);
  const auto reading = call->node().directory().read();
  if (!reading->person(person)) return true;
  bool may = person_within(*reading, person, scopes);
  if (all_posts)
    for (const auto post : reading->posts_of(person)) may = may && within_any(scopes, reading->post(post)->place);
  if (!may) call->fail(Error(ErrorCode::kForbidden, {{"why", "需要此人岗位所在地的登记权限"}}));
  return may;
}

void change_person_route(CallPtr call) {
  const PersonId person{call->id()};
  const auto patch = person_patch(*call);
  if (!patch) return call->fail(patch.error());
  if (!may_change_person(call, person, false)) return;
  call->change([person, patch = *patch](Reader& reader, UtcTime) { return change_person(reader, person, patch); },
               [call, person](const Answer&) { answer_person(call, person, 200); });
}

void remove_person_route(CallPtr call) {
  const PersonId person{call->id()};
  if (!may_change_person(call, person, true)) return;
  call->change([person](Reader& reader, UtcTime) { return remove_person(reader, person); },
               [call](const Answer&) { call->respond(HttpResponse::empty(204)); });
}

// --- posts

void list_posts(CallPtr call) {
  const auto place = asked_place(call);
  if (!place) return;
  const auto page = asked_page(*call);
  if (!page) return call->fail(page.error());
  const auto record = call->number("record", 0, 1, INT64_MAX);
  if (!record) return call->fail(record.error());
  const std::string q = call->text("q"), rank = call->text("rank"), hazard = call->text("hazard"), kind = call->text("kind"), vacant = call->text("vacant");
  PostFilter filter{filter_place(call, *place), q, rank, hazard, kind, std::nullopt, RecordId{*record}, page->first, page->second};
  if (!vacant.empty()) filter.vacant = vacant == "1" || vacant == "true";
  json::object out;
  PersonalDataRead read;
  {
    const auto reading = call->node().directory().read();
    PeopleJson rows(call->node(), *reading);
    const auto found = find_posts(*reading, filter);
    json::array items;
    for (const auto post : found.items) items.push_back(rows.post_row_json(post));
    out["total"] = found.total;
    out["items"] = std::move(items);
    read = rows.shown("posts", *place);
  }
  ok_personal(call, std::move(out), std::move(read));
}

void answer_post(const CallPtr& call, PostId post, int status) {
  json::object out;
  PersonalDataRead read;
  {
    const auto reading = call->node().directory().read();
    const auto* row = reading->post(post);
    if (!row) return call->fail(absent("这个岗位"));
    if (!require(call, Need::session, row->place)) return;
    PeopleJson rows(call->node(), *reading);
    out = rows.post_row_json(post);
    read = rows.shown("post", row->place);
  }
  ok_personal(call, std::move(out), std::move(read), status);
}

Result<PostPatch> post_patch(const Call& call) {
  TRY(body, call.body());
  Members members(body);
  PostPatch patch;
  patch.kind = members.text("kind");
  patch.title = members.text("title");
  patch.place = members.place("place");
  patch.record = members.id<RecordId>("record");
  patch.hazards = members.texts("hazards");
  patch.holder = members.id<PersonId>("holder");
  patch.deputy_post = members.id<PostId>("deputy_post");
  patch.superior_post = members.id<PostId>("superior_post");
  patch.valid_from = members.time("valid_from");
  patch.valid_until = members.time("valid_until");
  TRY_VOID(members.result());
  return patch;
}

void add_post_route(CallPtr call) {
  const auto patch = post_patch(*call);
  if (!patch) return call->fail(patch.error());
  if (!require(call, Need::registrar, patch->place.value_or(PlaceCode()))) return;
  Node& node = call->node();
  call->change([&node, index = node.places().get(), patch = *patch](Reader& reader, UtcTime) { return add_post(reader, node.pack(), index->places(), patch); },
               [call](const Answer& answer) { answer_post(call, PostId{id_of(answer)}, 201); });
}

// Absent posts pass: the command says so.
bool may_change_post(const CallPtr& call, PostId post) {
  PlaceCode place;
  {
    const auto reading = call->node().directory().read();
    const auto* row = reading->post(post);
    if (!row) return true;
    place = row->place;
  }
  return require(call, Need::registrar, place);
}

void change_post_route(CallPtr call) {
  const PostId post{call->id()};
  const auto patch = post_patch(*call);
  if (!patch) return call->fail(patch.error());
  if (!may_change_post(call, post) || (patch->place && !require(call, Need::registrar, *patch->place))) return;
  Node& node = call->node();
  call->change([&node, index = node.places().get(), post, patch = *patch](Reader& reader, UtcTime) { return change_post(reader, node.pack(), index->places(), post, patch); },
               [call, post](const Answer&) { answer_post(call, post, 200); });
}

void remove_post_route(CallPtr call) {
  const PostId post{call->id()};
  if (!may_change_post(call, post)) return;
  call->change([post](Reader& reader, UtcTime) { return remove_post(reader, post); },
               [call](const Answer&) { call->respond(HttpResponse::empty(204)); });
}

// --- tables

void import_people_route(CallPtr call) {
  const std::string filename = asked_filename(*call, "people");
  const auto table = read_table(call->http.body, filename);
  if (!table) return answer_import_fault(call, table.error());
  const auto scopes = places_of(*call, Need::registrar);
  Node& node = call->node();
  const auto names = call->read([](Reader& reader) { return std::optional(RecordNames::read(reader)); });
  if (!names) return;
  PeopleImportPlan plan;
  {
    const auto index = node.places().get();
    const auto reading = node.directory().read();
    plan = plan_people_import(*table, *reading, index->places(), *names, {scopes, false, node.settings().utc_offset_minutes});
  }
  ImportReport report{true, plan.rows, plan.created, plan.changed, plan.unchanged, plan.errors, plan.remarks};
  if (plan.errors_total > plan.errors.size()) report.left_out = plan.errors_total - plan.errors.size();
  if (asked_dry_run(*call) || !plan.errors.empty()) return answer_import(call, report);
  auto attachment = node.attachments().put(write_people(plan.persons, plan.posts));
  if (!attachment) return call->fail(attachment.error());
  // Shared: a plan may hold 200 MB, and the command is copied.
  const auto kept = std::make_shared<const PeopleImportPlan>(std::move(plan));
  call->change([kept, hash = *attachment, filename](Reader& reader, UtcTime) { return import_people(reader, *kept, hash, filename); },
               [call, report](const Answer& answer) { answer_imported(call, report, answer); });
}

// Numbers are in full for whoever may change them (the table can be imported again), masked for others.
void export_people_route(CallPtr call) {
  Node& node = call->node();
  const auto place = asked_place(call);
  if (!place) return;
  const auto index = node.places().get();
  const std::string format = call->text("format");
  if (format == "template") return answer_table(call, people_template(node.pack(), index->places(), *place), "xlsx", "人员导入模板");
  if (format != "csv" && format != "xlsx") return call->fail(Error(ErrorCode::kInvalidField, {{"field", "format"}, {"why", "应为 csv、xlsx 或 template"}}));
  const auto names = call->read([](Reader& reader) { return std::optional(RecordNames::read(reader)); });
  if (!names) return;
  const auto writable = places_of(*call, Need::registrar);
  Table table;
  PersonalDataRead read{"people_export", *place, 0, {}};
  {
    const auto reading = node.directory().read();
    table = export_people(*reading, index->places(), *names, filter_place(call, *place), node.settings().utc_offset_minutes);
    PersonId last;
    for (const auto& post : reading->posts_within(filter_place(call, *place)))
      if (post.holder && last.value != post.holder && read.persons.size() < PersonalDataRead::kPersonsMax) read.persons.push_back(last = PersonId{post.holder});
  }
  read.count = static_cast<int64_t>(table.rows.size());
  if (!within_any(writable, *place)) mask_phone_columns(table);
  const std::string name = "人员与岗位_" + (place->empty() ? "全国" : index->places().short_name(*place));
  record_reading(call, std::move(read), [call, table = std::move(table), format, name] { answer_table(call, table, format, name); });
}

void get_coverage(CallPtr call) {
  const auto place = asked_place(call);
  if (!place) return;
  const std::string hazard = call->text("hazard");
  json::array items;
  {
    const auto index = call->node().places().get();
    const auto reading = call->node().directory().read();
    for (const auto& row : coverage(*reading, index->places(), *place, hazard, call->node().clock().now())) items.push_back(coverage_row_json(row));
  }
  call->ok(json::object{{"items", std::move(items)}});
}

}  // namespace

void add_people_routes(Api& api) {
  api.add({"GET", "/people", Need::session, list_people});
  api.add({"POST", "/people", Need::registrar, add_person_route});
  api.add({"POST", "/people/import", Need::registrar, import_people_route, Run::worker, kImportBytesMax});
  api.add({"GET", "/people/export", Need::session, export_people_route});
  api.add({"GET", "/people/{id}", Need::session, [](CallPtr call) { answer_person(call, PersonId{call->id()}, 200); }});
  api.add({"PATCH", "/people/{id}", Need::registrar, change_person_route});
  api.add({"DELETE", "/people/{id}", Need::registrar, remove_person_route});
  api.add({"GET", "/people/{id}/phones", Need::session, reveal_phones});
  api.add({"GET", "/posts", Need::session, list_posts});
  api.add({"POST", "/posts", Need::registrar, add_post_route});
  api.add({"GET", "/posts/{id}", Need::session, [](CallPtr call) { answer_post(call, PostId{call->id()}, 200); }});
  api.add({"PATCH", "/posts/{id}", Need::registrar, change_post_route});
  api.add({"DELETE", "/posts/{id}", Need::registrar, remove_post_route});
  api.add({"GET", "/coverage", Need::session, get_coverage});
}

}  // namespace anlan
