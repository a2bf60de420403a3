// Records of the declared types, and the declarations themselves.
#include <algorithm>

#include "registry/phone_number.h"
#include "registry/record_export.h"
#include "registry/record_fields.h"
#include "registry/record_import.h"
#include "web/api.h"
#include "web/json_members.h"
#include "web/routes_json.h"
#include "web/table_answer.h"

namespace anlan {
namespace {

constexpr size_t kImportBytesMax = size_t{64} << 20;
constexpr size_t kFiltersMax = 20;

Error absent(const char* what) { return Error(ErrorCode::kNotFound, {{"what", what}}); }

// Answers kNotFound and returns null when the pack has no such type.
const RecordType* asked_type(const CallPtr& call) {
  const auto* type = call->node().pack().record_type(call->path.find("type")->second);
  if (!type) call->fail(absent("这类对象"));
  return type;
}

// The record named in the path, of the type named in the path, at a place where the need is fulfilled.
std::optional<RecordView> asked_record(const CallPtr& call, Need need) {
  const auto* type = asked_type(call);
  if (!type) return std::nullopt;
  auto record = call->node().records().find(RecordId{call->id()});
  if (!record || record->type != type->id) {
    call->fail(absent("这个对象"));
    return std::nullopt;
  }
  if (!require(call, need, record->place)) return std::nullopt;
  return record;
}

// Telephone numbers of persons stay masked. Sent back unchanged in a PATCH they change nothing (fields_asked).
void mask_phones(const RecordType& type, json::object& fields) {
  for (const auto& field : type.fields)
    if (field.type == FieldType::phone && field.personal)
      if (auto* v = fields.if_contains(field.id); v && v->is_string()) *v = mask_phone(std::string_view(v->get_string()));
}

json::object shown_record(Node& node, const RecordType& type, const RecordView& record, bool personal) {
  auto out = record_json(node.pack(), *node.places().get(), record, personal);
  mask_phones(type, out["fields"].get_object());
  return out;
}

void list_records(CallPtr call) {
  const auto* type = asked_type(call);
  if (!type) return;
  const auto place = asked_place(call);
  if (!place) return;
  RecordQuery query;
  query.type = type->id;
  query.place = *place;
  query.q = call->text("q");
  query.sort = call->text("sort");
  for (const auto& [name, value] : call->http.query)
    if (name.starts_with("f.") && !value.empty() && query.filters.size() < kFiltersMax) query.filters.push_back({name.substr(2), value});
  const auto offset = call->number("offset", 0, 0, 10'000'000), limit = call->number("limit", 50, 0, RecordIndex::kLimitMax);
  if (!offset) return call->fail(offset.error());
  if (!limit) return call->fail(limit.error());
  query.offset = static_cast<size_t>(*offset);
  query.limit = static_cast<size_t>(*limit);
  const auto page = call->node().records().list(query);
  if (!page) return call->fail(page.error());
  json::array items;
  for (const auto& record : page->items) items.push_back(shown_record(call->node(), *type, record, false));
  call->ok(json::object{{"total", page->total}, {"items", std::move(items)}});
}

void answer_record(const CallPtr& call, RecordId id, int status) {
  Node& node = call->node();
  const auto record = node.records().find(id);
  const auto* type = record ? node.pack().record_type(record->type) : nullptr;
  if (!type) return call->fail(absent("这个对象"));
  auto out = shown_record(node, *type, *record, true);
  PersonalDataRead read;
  {
    const auto reading = node.directory().read();
    PeopleJson rows(node, *reading);
    json::array posts;
    for (const auto post : reading->posts_for(id)) posts.push_back(rows.post_row_json(post));
    out["posts"] = std::move(posts);
    read = rows.shown("record", record->place);
  }
  // Personal fields name people who need not be in the register.
  for (const auto& field : type->fields)
    if (field.personal && record->fields.contains(field.id)) {
      ++read.count;
      break;
    }
  ok_personal(call, std::move(out), std::move(read), status);
}

void get_record(CallPtr call) {
  if (const auto record = asked_record(call, Need::session)) answer_record(call, record->record, 200);
}

// before: the record as it is, when it is being changed.
Result<RecordPatch> record_patch(const Call& call, const RecordType& type, const RecordView* before) {
  TRY(body, call.body());
  Members members(body);
  RecordPatch patch;
  patch.name = members.text("name");
  patch.place = members.place("place");
  const auto lon = members.number("lon"), lat = members.number("lat");
  if (lon || lat) {
    const auto x = lon.value_or(std::nullopt), y = lat.value_or(std::nullopt);
    if (x.has_value() != y.has_value()) members.refuse("lon", "经度和纬度要一起填写", "longitude and latitude go together");
    patch.position = x && y ? std::optional<LonLat>(LonLat{*x, *y}) : std::optional<LonLat>();
  }
  if (const auto* fields = body.if_contains("fields")) {
    if (fields->is_object()) patch.fields = fields->get_object();
    else members.refuse("fields", "应为对象", "must be an object");
  }
  TRY_VOID(members.result());
  if (before) {
    json::object masked = before->fields;
    mask_phones(type, masked);
    for (const auto& field : type.fields) {
      const auto* sent = patch.fields.if_contains(field.id);
      const auto* shown = masked.if_contains(field.id);
      if (field.type == FieldType::phone && field.personal && sent && shown && *sent == *shown) patch.fields.erase(field.id);
    }
  }
  TRY(datum, asked_datum(call.text("datum")));
  patch.datum = datum;
  return patch;
}

RecordId id_of(const Answer& answer) {
  const auto value = parse_json(answer.response);
  const auto* object = value ? value->if_object() : nullptr;
  const auto* id = object ? object->if_contains("id") : nullptr;
  return RecordId{id && id->is_int64() ? id->get_int64() : 0};
}

void add_record_route(CallPtr call) {
  const auto* type = asked_type(call);
  if (!type) return;
  const auto patch = record_patch(*call, *type, nullptr);
  if (!patch) return call->fail(patch.error());
  if (!require(call, Need::registrar, patch->place.value_or(PlaceCode()))) return;
  Node& node = call->node();
  call->change([&node, index = node.places().get(), type, patch = *patch](Reader& reader, UtcTime) { return add_record(reader, node.pack(), index->places(), type->id, patch); },
               [call](const Answer& answer) { answer_record(call, id_of(answer), 201); });
}

void change_record_route(CallPtr call) {
  const auto record = asked_record(call, Need::registrar);
  if (!record) return;
  Node& node = call->node();
  const auto patch = record_patch(*call, *node.pack().record_type(record->type), &*record);
  if (!patch) return call->fail(patch.error());
  if (patch->place && !require(call, Need::registrar, *patch->place)) return;
  call->change([&node, index = node.places().get(), id = record->record, patch = *patch](Reader& reader, UtcTime) { return change_record(reader, node.pack(), index->places(), id, patch); },
               [call, id = record->record](const Answer&) { answer_record(call, id, 200); });
}

void remove_record_route(CallPtr call) {
  const auto* type = asked_type(call);
  if (!type) return;
  const RecordId id{call->id()};
  // One that is gone already passes: sent again, the key finds its answer.
  if (call->node().records().find(id) && !asked_record(call, Need::registrar)) return;
  call->change([id](Reader& reader, UtcTime) { return remove_record(reader, id); }, [call](const Answer&) { call->respond(HttpResponse::empty(204)); });
}

void restore_record_route(CallPtr call) {
  const auto* type = asked_type(call);
  if (!type) return;
  const RecordId id{call->id()};
  struct Found {
    bool read = false;
    std::optional<RecordState> removed;
  };
  const auto found = call->read([&](Reader& reader) { return Found{true, read_removed_record(reader, id)}; });
  if (!found.read) return;
  if (found.removed) {
    if (found.removed->type != type->id) return call->fail(absent("这个对象"));
    if (!require(call, Need::registrar, found.removed->place)) return;
  } else if (!asked_record(call, Need::registrar)) {
    return;
  }
  call->change([id](Reader& reader, UtcTime) { return restore_record(reader, id); }, [call, id](const Answer&) { answer_record(call, id, 200); });
}

// --- tables

void import_records_route(CallPtr call) {
  const auto* type = asked_type(call);
  if (!type) return;
  const auto datum = asked_datum(call->text("datum"));
  if (!datum) return call->fail(datum.error());
  const std::string filename = asked_filename(*call, type->id);
  const auto table = read_table(call->http.body, filename);
  if (!table) return answer_import_fault(call, table.error());
  const int64_t rows = static_cast<int64_t>(table->rows.size());
  Node& node = call->node();
  const auto index = node.places().get();
  const auto scopes = places_of(*call, Need::registrar);
  auto home = call->place("place");
  if (home.empty()) home = scopes.empty() || node.settings().place.level() >= scopes.front().level() ? node.settings().place : scopes.front();
  const auto read = read_record_table(*table, *type, index->places(), home, *datum);
  if (!read) return answer_import_fault(call, read.error(), rows);

  const auto plan = call->read([&](Reader& reader) { return std::optional(plan_record_import(reader, *type, *read, scopes, false)); });
  if (!plan) return;
  if (!*plan) return answer_import_fault(call, plan->error(), rows);
  ImportReport report{true, (*plan)->rows, (*plan)->created, (*plan)->changed, (*plan)->unchanged, {}, read->remarks};
  if (asked_dry_run(*call)) return answer_import(call, report);
  call->change([&node, type, table = *read, scopes, filename](Reader& reader, UtcTime) { return import_records(reader, node.attachments(), *type, table, scopes, filename, false); },
               [call, report](const Answer& answer) { answer_imported(call, report, answer); });
}

void export_records_route(CallPtr call) {
  const auto* type = asked_type(call);
  if (!type) return;
  const auto place = asked_place(call);
  if (!place) return;
  const std::string format = call->text("format");
  if (format == "template") return answer_table(call, record_template(*type), "xlsx", type->zh + "导入模板");
  if (format != "csv" && format != "xlsx" && format != "geojson")
    return call->fail(Error(ErrorCode::kInvalidField, {{"field", "format"}, {"why", "应为 csv、xlsx、geojson 或 template"}}));
  const auto writable = places_of(*call, Need::registrar);
  const bool personal = std::any_of(writable.begin(), writable.end(), [&](PlaceCode p) { return p.contains(*place); });
  Node& node = call->node();
  const auto records = node.records().within(type->id, *place);
  const auto index = node.places().get();
  const std::string name = type->zh + "_" + (place->empty() ? "全国" : index->places().short_name(*place));
  PersonalDataRead read{"record_export", *place, personal && has_personal(*type) ? static_cast<int64_t>(records.size()) : 0, {}};
  if (format == "geojson") {
    record_reading(call, std::move(read), [call, name, text = record_geojson(*type, records, index->places(), personal)] { call->file(text, "application/geo+json", name + ".geojson"); });
    return;
  }
  record_reading(call, std::move(read), [call, name, format, table = record_table(*type, records, index->places(), personal)] { answer_table(call, table, format, name); });
}

// --- pack

json::object named_json(const Named& n) { return {{"id", n.id}, {"zh", n.zh}, {"en", n.en}}; }

template <class List>
json::array named_list(const List& list) {
  json::array out;
  for (const auto& n : list) out.push_back(named_json(n));
  return out;
}

json::array texts(const std::vector<std::string>& list) {
  json::array out;
  for (const auto& s : list) out.push_back(json::string(s));
  return out;
}

json::object record_type_json(const RecordType& type, bool generated) {
  auto out = named_json(type);
  out["icon"] = type.icon;
  out["generated"] = generated;
  json::array fields;
  for (const auto& f : type.fields) {
    auto field = named_json(f);
    field["type"] = json::value_from(f.type);
    field["unit"] = f.unit;
    field["required"] = f.required;
    field["choices"] = named_list(f.choices);
    field["list"] = f.list;
    field["filter"] = f.filter;
    field["personal"] = f.personal;
    fields.push_back(std::move(field));
  }
  out["fields"] = std::move(fields);
  if (const auto& s = type.signal) {
    json::array limits;
    for (const auto& id : s->limits) limits.push_back(json::string(id));
    out["signal"] = json::object{{"unit", s->unit}, {"decimals", s->decimals}, {"limits", std::move(limits)}};
  }
  return out;
}

json::object pack_json(const Pack& pack, bool generated) {
  json::object out{{"name", pack.name}, {"version", pack.version}};
  out["hazards"] = named_list(pack.hazards);
  out["levels"] = named_list(pack.levels);
  out["ranks"] = named_list(pack.ranks);
  json::array kinds;
  for (const auto& k : pack.post_kinds) {
    auto kind = named_json(k);
    kind["rank"] = k.rank;
    kind["hazards"] = texts(k.hazards);
    kinds.push_back(std::move(kind));
  }
  out["post_kinds"] = std::move(kinds);
  out["channels"] = named_list(pack.channels);
  json::array answers;
  for (const auto& a : pack.answers) {
    auto answer = named_json(a);
    answer["digit"] = a.digit;
    answer["number"] = a.number.empty() ? json::value(nullptr) : json::value(a.number);
    answer["attention"] = a.attention;
    answers.push_back(std::move(answer));
  }
  out["answers"] = std::move(answers);
  json::array rules;
  for (const auto& r : pack.call_rules) {
    json::array channels, then;
    for (const auto& step : r.steps) channels.push_back(json::string(step.channel));
    for (const auto next : r.then)
      then.push_back(next == NextStep::deputy ? "deputy" : next == NextStep::superior ? "superior" : "duty_above");
    rules.push_back(json::object{{"level", json::value_from(r.level)},
                                 {"rank", r.rank},
                                 {"answer_limit_s", r.answer_limit.count / 1000},
                                 {"tries", r.steps.empty() ? 0 : r.steps.front().tries},
                                 {"retry_after_s", r.steps.empty() ? 0 : r.steps.front().retry_after.count / 1000},
                                 {"channels", std::move(channels)},
                                 {"then", std::move(then)},
                                 {"source", r.source},
                                 {"effective_from", r.effective_from},
                                 {"verified", r.verified}});
  }
  out["call_rules"] = std::move(rules);
  json::array types;
  for (const auto& t : pack.record_types) types.push_back(record_type_json(t, generated));
  out["record_types"] = std::move(types);
  return out;
}

}  // namespace

void add_record_routes(Api& api) {
  // A pack does not change while the program runs.
  const auto pack = std::make_shared<const std::string>(json::serialize(pack_json(api.node().pack(), api.node().settings().demo)));
  api.add({"GET", "/pack", Need::session, [pack](CallPtr call) { call->ok_text(*pack); }});
  api.add({"GET", "/records/{type}", Need::session, list_records});
  api.add({"POST", "/records/{type}", Need::registrar, add_record_route});
  api.add({"POST", "/records/{type}/import", Need::registrar, import_records_route, Run::worker, kImportBytesMax});
  api.add({"GET", "/records/{type}/export", Need::session, export_records_route});
  api.add({"GET", "/records/{type}/{id}", Need::session, get_record});
  api.add({"PATCH", "/records/{type}/{id}", Need::registrar, change_record_route});
  api.add({"DELETE", "/records/{type}/{id}", Need::registrar, remove_record_route});
  api.add({"POST", "/records/{type}/{id}/restore", Need::registrar, restore_record_route});
}

}  // namespace anlan
