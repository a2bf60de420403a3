// Links and their readings, situations.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "gateway/frame_log.h"
#include "gateway/reading_batch.h"
#include "loop/situation_warning.h"
#include "registry/record_fields.h"
#include "web/api.h"
#include "web/routes_json.h"

namespace anlan {
namespace {

constexpr size_t kBatchBytesMax = size_t{32} << 20;
constexpr int64_t kAlarmsShown = 1'000;
constexpr int64_t kSituationsMax = 10'000;  // listed

std::string_view state_name(stream::LinkState state) {
  constexpr std::string_view kNames[] = {"never", "fresh", "late", "silent", "implausible", "flat"};
  return kNames[static_cast<size_t>(state)];
}
std::optional<stream::LinkState> state_named(std::string_view name) {
  for (int i = 0; i < stream::kLinkStates; ++i)
    if (state_name(static_cast<stream::LinkState>(i)) == name) return static_cast<stream::LinkState>(i);
  return std::nullopt;
}

json::value level_json(std::optional<WarningLevel> level) { return level ? json::value_from(*level) : json::value("none"); }
std::optional<WarningLevel> level_from(std::string_view name) {
  WarningLevel level{};
  return boost::describe::enum_from_string(std::string(name).c_str(), level) ? std::optional(level) : std::nullopt;
}

Error absent(const char* what) { return Error(ErrorCode::kNotFound, {{"what", what}}); }
Error bad(const char* field, std::string why) { return Error(ErrorCode::kInvalidField, {{"field", field}, {"why", std::move(why)}}); }

const RecordType& type_of(const Node& node, const LinkRow& link) { return const_cast<Node&>(node).pack().record_types[link.type]; }

json::object link_json(Node& node, const PlaceIndex& places, const LinkRow& link) {
  const auto& type = type_of(node, link);
  json::object o{{"id", link.id.value}, {"name", link.name}, {"code", link.code}, {"type", type.id}, {"place", link.place.text()},
                 {"place_name", place_json(places, link.place)["name"]}, {"unit", type.signal->unit}, {"state", state_name(link.state)}, {"suspect", link.suspect}, {"level", level_json(link.level)}};
  o["lon"] = link.position ? json::value(link.position->lon) : json::value(nullptr);
  o["lat"] = link.position ? json::value(link.position->lat) : json::value(nullptr);
  o["value"] = link.last ? json::value(link.last->value) : json::value(nullptr);
  o["at"] = link.last ? json::value(link.last->at.ms) : json::value(nullptr);
  return o;
}

json::object alarm_json(Node& node, const PlaceIndex& places, const AlarmRow& a) {
  const auto rules = node.watch().rules();
  const auto* rule = rules->rule(a.rule);
  const std::string zh = rule ? rule->zh : a.rule, en = rule ? rule->en : a.rule;
  const auto link = node.watch().find(a.link);
  json::object o{{"id", a.id.value}, {"situation", a.situation.value}, {"link", a.link.value}, {"name", a.link ? node.records().name(a.link) : zh}, {"rule", a.rule},
                 {"rule_zh", zh}, {"rule_en", en}, {"level", json::value_from(a.level)}, {"highest", json::value_from(a.highest)},
                 {"value", a.value}, {"at", a.at.ms}, {"raised_at", a.raised_at.ms}, {"cleared_at", null_or(a.cleared_at)}};
  const auto object = a.link && !link ? node.records().find(a.link) : std::nullopt;
  const auto position = link ? link->position : object ? object->position : std::nullopt;
  o["unit"] = link ? json::value(type_of(node, *link).signal->unit) : json::value("");
  o["place_name"] = place_json(places, link ? link->place : object ? object->place : a.place)["name"];
  o["lon"] = position ? json::value(position->lon) : json::value(nullptr);
  o["lat"] = position ? json::value(position->lat) : json::value(nullptr);
  // Of which kind the thing is that it is about: a link, an object of this type, or a place.
  o["object_type"] = object ? json::value(object->type) : json::value(nullptr);
  o["cause"] = a.cause.empty() ? json::value(nullptr) : json::value(a.cause);
  o["due"] = null_or(a.due);
  return o;
}

// The link of the path, at a place that this account may read. Answers when there is none.
std::optional<LinkRow> asked_link(const CallPtr& call) {
  auto link = call->node().watch().find(RecordId{call->id()});
  if (!link) {
    call->fail(absent("这个测点 / link"));
    return std::nullopt;
  }
  if (!require(call, Need::session, link->place)) return std::nullopt;
  return link;
}

void list_links(CallPtr call) {
  const auto place = asked_place(call);
  if (!place) return;
  const auto offset = call->number("offset", 0, 0, 10'000'000), limit = call->number("limit", 50, 0, 1'000);
  if (!offset) return call->fail(offset.error());
  if (!limit) return call->fail(limit.error());
  Node& node = call->node();
  const std::string type = call->text("type"), q = call->text("q"), state = call->text("state"), level = call->text("level");
  const auto wanted_state = state_named(state);
  if (!state.empty() && !wanted_state) return call->fail(bad("state", state));
  const auto wanted_level = level_from(level);
  if (!level.empty() && !wanted_level) return call->fail(bad("level", level));
  std::array<int64_t, stream::kLinkStates> states{};
  std::vector<LinkRow> found;
  node.watch().each([&](const LinkRow& link) {
    if (!place->contains(link.place)) return;
    if (!type.empty() && type_of(node, link).id != type) return;
    if (wanted_level && (!link.level || *link.level < *wanted_level)) return;
    if (!q.empty() && link.code.find(q) == std::string::npos && link.name.find(q) == std::string::npos) return;
    ++states[static_cast<size_t>(link.state)];
    if (!wanted_state || link.state == *wanted_state) found.push_back(link);
  });
  auto by = call->text("sort");
  const bool turned = by.starts_with('-');
  if (turned) by.erase(0, 1);
  const auto rank = [](const LinkRow& l) { return l.level ? static_cast<int>(*l.level) : -1; };
  if (by == "name") std::sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return std::tie(a.name, a.id) < std::tie(b.name, b.id); });
  else if (by == "at") std::sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return std::pair(a.last ? -a.last->at.ms : 0, a.id) < std::pair(b.last ? -b.last->at.ms : 0, b.id); });
  else std::sort(found.begin(), found.end(), [&](const auto& a, const auto& b) { return std::pair(-rank(a), a.id) < std::pair(-rank(b), b.id); });
  if (turned) std::reverse(found.begin(), found.end());
  const auto index = node.places().get();
  json::array items;
  for (size_t i = static_cast<size_t>(*offset); i < found.size() && items.size() < static_cast<size_t>(*limit); ++i) items.push_back(link_json(node, *index, found[i]));
  json::object counts;
  for (int i = 0; i < stream::kLinkStates; ++i) counts[state_name(static_cast<stream::LinkState>(i))] = states[static_cast<size_t>(i)];
  call->ok(json::object{{"total", found.size()}, {"states", std::move(counts)}, {"items", std::move(items)}});
}

void link_states(CallPtr call) {
  const auto place = asked_place(call);
  if (!place) return;
  const std::string type = call->text("type");
  json::array id, lon, lat, state, level, suspect;
  call->node().watch().each([&](const LinkRow& link) {
    if (!link.position || !place->contains(link.place) || (!type.empty() && type_of(call->node(), link).id != type)) return;
    id.push_back(link.id.value);
    lon.push_back(link.position->lon);
    lat.push_back(link.position->lat);
    state.push_back(static_cast<int>(link.state));
    level.push_back(link.level ? static_cast<int>(*link.level) + 1 : 0);
    suspect.push_back(link.suspect ? 1 : 0);
  });
  call->ok(json::object{{"id", std::move(id)}, {"lon", std::move(lon)}, {"lat", std::move(lat)}, {"state", std::move(state)}, {"level", std::move(level)}, {"suspect", std::move(suspect)}});
}

// What the record says of the limits that rules name; null where it says nothing.
json::array limits_json(Node& node, const LinkRow& link) {
  const auto& type = type_of(node, link);
  const auto record = node.records().find(link.id);
  json::array out;
  for (const auto& id : type.signal->limits) {
    const auto* field = field_of(type, id);
    const auto* value = record ? record->fields.if_contains(id) : nullptr;
    out.push_back({{"id", id}, {"zh", field->zh}, {"en", field->en}, {"value", value && value->is_number() ? json::value(value->to_number<double>()) : json::value(nullptr)}});
  }
  return out;
}

void get_link(CallPtr call) {
  const auto link = asked_link(call);
  if (!link) return;
  Node& node = call->node();
  const auto index = node.places().get();
  auto o = link_json(node, *index, *link);
  o["interval_s"] = type_of(node, *link).signal->interval.count / 1000;
  o["limits"] = limits_json(node, *link);
  json::array rules;
  const auto book = node.watch().rules();
  for (const auto& r : node.watch().rules_of(link->id)) {
    const auto* rule = book->alarm(r.rule);
    json::array windows;
    for (const auto& [text, value] : r.windows) windows.push_back({{"text", text}, {"value", null_or(value)}});
    rules.push_back({{"rule", r.rule}, {"zh", rule ? rule->zh : r.rule}, {"en", rule ? rule->en : r.rule}, {"level", level_json(r.level)}, {"since", null_or(r.since)}, {"windows", std::move(windows)}});
  }
  o["rules"] = std::move(rules);
  const auto alarms = call->read([&](Reader& reader) { return alarms_of_link(reader, link->id, 100); });
  json::array list;
  for (const auto& a : alarms) list.push_back(alarm_json(node, *index, a));
  o["alarms"] = std::move(list);
  const auto frame = node.watch().frame_of(link->id);
  o["frame"] = frame ? json::value{{"at", frame->at.ms}, {"from", frame->from}, {"text", frame->text}} : json::value(nullptr);
  call->ok(std::move(o));
}

struct Span {
  UtcTime from, until;
};
// The last day when nothing is asked for. Answers when it makes no sense.
std::optional<Span> asked_span(const CallPtr& call) {
  constexpr int64_t kEnd = 7'258'118'400'000;  // 2200
  const int64_t now = call->node().clock().now().ms;
  const auto until = call->number("until", now, 0, kEnd);
  const auto from = call->number("from", (until ? *until : now) - hours(24).count, 0, kEnd);
  if (!from || !until || *from >= *until) {
    call->fail(!from ? from.error() : !until ? until.error() : bad("from", "应早于结束时间 / must be before the end"));
    return std::nullopt;
  }
  return Span{{*from}, {*until}};
}

void chart(CallPtr call) {
  const auto link = asked_link(call);
  if (!link) return;
  const auto span = asked_span(call);
  if (!span) return;
  const auto buckets = call->number("buckets", 1'000, 1, 10'000);
  if (!buckets) return call->fail(buckets.error());
  const auto* history = call->node().watch().history();
  if (!history) return call->fail(Error(ErrorCode::kNotFound, {{"what", "历史读数 / history"}}));
  const auto drawn = history->chart(link->readings_of, span->from, span->until, static_cast<size_t>(*buckets));
  if (!drawn) return call->fail(drawn.error());
  uint64_t count = 0;
  for (const auto& b : *drawn) count += b.count;
  json::array points;
  bool raw = count <= static_cast<uint64_t>(*buckets);
  if (raw) {
    const auto read = history->read(link->readings_of, span->from, span->until, [&](std::span<const Sample> samples) {
      for (const auto& s : samples) points.push_back(json::array{s.at.ms, s.value});
      return points.size() < 20'000;
    });
    if (!read) return call->fail(read.error());
    raw = points.size() == count;  // of readings that were removed there are hours
  }
  if (!raw) {
    points.clear();
    for (const auto& b : *drawn)
      if (b.count) points.push_back(json::array{b.from.ms, b.min, b.mean, b.max, b.count});
  }
  json::array limits;  // those it has
  for (auto& limit : limits_json(call->node(), *link))
    if (!limit.at("value").is_null()) limits.push_back(std::move(limit));
  call->ok(json::object{{"link", link->id.value}, {"unit", type_of(call->node(), *link).signal->unit}, {"from", span->from.ms}, {"until", span->until.ms},
                        {"raw", raw}, {"points", std::move(points)}, {"limits", std::move(limits)}});
}

void export_readings(CallPtr call) {
  constexpr size_t kLinesMax = 2'000'000;
  const auto link = asked_link(call);
  if (!link) return;
  const auto span = asked_span(call);
  if (!span) return;
  const auto* history = call->node().watch().history();
  if (!history) return call->fail(Error(ErrorCode::kNotFound, {{"what", "历史读数 / history"}}));
  std::string csv = "\xEF\xBB\xBFtime,value\r\n";
  size_t lines = 0;
  const int offset = call->node().settings().utc_offset_minutes;
  const auto read = history->read(link->readings_of, span->from, span->until, [&](std::span<const Sample> samples) {
    for (const auto& s : samples) csv += fmt::format("{},{}\r\n", to_iso8601(s.at, offset), s.value);
    return (lines += samples.size()) < kLinesMax;
  });
  if (!read) return call->fail(read.error());
  if (lines >= kLinesMax) return call->fail(Error(ErrorCode::kTooLarge, {{"what", "导出 / export"}, {"limit", "2,000,000"}}));
  call->file(std::move(csv), "text/csv; charset=utf-8", link->code + ".csv");
}

// --- readings in -----------------------------------------------------------------------------------------------------

void answer_intake(const CallPtr& call, const Result<Intake>& intake) {
  if (!intake) return call->fail(intake.error());
  json::array faults;
  for (const auto& f : intake->faults) {
    const size_t bar = f.why.find(" / ");
    faults.push_back({{"index", f.item}, {"why", bar == std::string::npos ? f.why : call->language == Language::kZh ? f.why.substr(0, bar) : f.why.substr(bar + 3)}});
  }
  call->ok(json::object{{"stored", intake->stored}, {"duplicates", intake->duplicates}, {"refused", intake->refused}, {"faults", std::move(faults)}});
}

void take(const CallPtr& call, FrameKind kind, ReadingBatch& batch, const Result<void>& read) {
  if (!read) return call->fail(read.error());
  if (auto* frames = call->api().options().frames) {
    std::vector<std::string_view> codes;
    batch.codes_from(0, codes);
    frames->add({kind, call->node().clock().now(), call->http.peer_address, call->http.body}, codes);
  }
  answer_intake(call, batch.take(call->node().watch(), places_of(*call, Need::site), call->http.peer_address, call->node().clock().now()));
}

void take_json(CallPtr call) {
  ReadingBatch batch;
  take(call, FrameKind::json, batch, batch.add_json(call->http.body));
}

void take_lines(CallPtr call) {
  LinePrecision precision = LinePrecision::kNanos;
  if (const auto asked = call->text("precision"); !asked.empty() && !read_precision(asked, precision)) return call->fail(bad("precision", "ns, us, ms, s"));
  ReadingBatch batch;
  take(call, FrameKind::line, batch, batch.add_lines(call->http.body, precision, call->node().clock().now()));
}

// --- situations ------------------------------------------------------------------------------------------------------

json::object situation_json(const CallPtr& call, Reader& reader, const SituationRow& s) {
  Node& node = call->node();
  const auto index = node.places().get();
  json::object o{{"id", s.id.value}, {"state", json::value_from(s.state)}, {"hazard", s.hazard}, {"level", level_json(s.level)}, {"highest", json::value_from(s.highest)},
                 {"place", s.place.text()}, {"place_name", place_json(*index, s.place)["name"]}, {"opened_at", s.opened_at.ms}, {"changed_at", s.changed_at.ms},
                 {"closed_at", null_or(s.closed_at)}, {"taken_at", null_or(s.taken_at)}, {"alarms", s.standing},
                 {"trend", json::value_from(trend(reader, s.id, node.clock().now()))}, {"warning", null_or(s.warning)}};
  o["links"] = reader.integer("SELECT COUNT(DISTINCT link) FROM alarms WHERE situation = ?", {s.id}).value_or(0);
  o["taken_by"] = s.taken_by.empty() ? json::value(nullptr) : json::value(actor_name(node, call->api().sessions(), s.taken_by));
  const auto* hazard = node.pack().hazard(s.hazard);
  o["headline"] = fmt::format("{}{}", std::string_view(o["place_name"].as_string()), hazard ? hazard->zh : s.hazard);
  const auto warning = s.warning ? read_warning(reader, s.warning) : std::nullopt;
  o["warning_state"] = warning ? json::value_from(warning->state) : json::value(nullptr);
  o["propose_cancel"] = s.standing == 0 && warning && warning->state == WarningState::in_force;
  json::array may;
  if (call->may(Need::duty, s.place) && s.state != SituationState::closed) {
    if (s.state == SituationState::open) may.push_back("take");
    else may.push_back("release");
    if (s.level && !is_warned(reader, s)) may.push_back("draft");
  }
  o["may"] = std::move(may);
  return o;
}

void list_situations_route(CallPtr call) {
  const auto place = asked_place(call);
  if (!place) return;
  const auto state = call->text("state");
  if (!state.empty() && state != "open" && state != "closed") return call->fail(bad("state", "open, closed"));
  const auto offset = call->number("offset", 0, 0, 10'000), limit = call->number("limit", 100, 0, 500);
  if (!offset) return call->fail(offset.error());
  if (!limit) return call->fail(limit.error());
  int64_t total = 0;
  auto out = call->read([&](Reader& reader) {
    json::array items;
    for (const auto& s : list_situations(reader, state == "closed", kSituationsMax)) {
      if (!place->contains(s.place) && !s.place.contains(*place)) continue;
      if (total++ >= *offset && items.size() < static_cast<size_t>(*limit)) items.push_back(situation_json(call, reader, s));
    }
    return items;
  });
  call->ok(json::object{{"total", total}, {"items", std::move(out)}});
}

void answer_situation(const CallPtr& call, SituationId id) {
  auto out = call->read([&](Reader& reader) -> std::optional<json::object> {
    const auto s = read_situation(reader, id);
    if (!s) return std::nullopt;
    auto o = situation_json(call, reader, *s);
    const auto index = call->node().places().get();
    json::array items;
    std::map<PlaceCode, std::pair<int64_t, int>> towns;
    for (const auto& a : alarms_of(reader, id, kAlarmsShown)) {
      items.push_back(alarm_json(call->node(), *index, a));
      const auto link = call->node().watch().find(a.link);
      if (a.cleared_at) continue;
      auto town = link ? link->place : a.place;
      while (town.level() > PlaceLevel::kTown) town = town.parent();
      auto& [count, level] = towns[town];
      ++count;
      level = std::max(level, static_cast<int>(a.level));
    }
    json::array by_town;
    for (const auto& [code, t] : towns)
      by_town.push_back({{"code", code.text()}, {"name", place_json(*index, code)["name"]}, {"alarms", t.first}, {"level", json::value_from(static_cast<WarningLevel>(t.second))}});
    o["items"] = std::move(items);
    o["towns"] = std::move(by_town);
    return o;
  });
  if (!out) return call->fail(absent("这起态势 / situation"));
  call->ok(std::move(*out));
}

// The situation of the path where this account may act. Answers when not.
std::optional<SituationId> asked_situation(const CallPtr& call, Need need) {
  const SituationId id{call->id()};
  const auto s = call->read([&](Reader& reader) { return read_situation(reader, id); });
  if (!s) {
    call->fail(absent("这起态势 / situation"));
    return std::nullopt;
  }
  // Whoever sees it in the list may read it: a town is part of its county's storm.
  const auto own = places_of(*call, need);
  if (need == Need::session && std::any_of(own.begin(), own.end(), [&](PlaceCode p) { return s->place.contains(p); })) return id;
  if (!require(call, need, s->place)) return std::nullopt;
  return id;
}

void act(const CallPtr& call, std::function<Result<Decision>(Reader&, UtcTime, SituationId)> decide) {
  const auto id = asked_situation(call, Need::duty);
  if (!id) return;
  call->change([id = *id, decide = std::move(decide)](Reader& reader, UtcTime now) { return decide(reader, now, id); },
               [call, id = *id](const Answer&) { answer_situation(call, id); });
}

}  // namespace

void add_signal_routes(Api& api) {
  api.add({"GET", "/links", Need::session, list_links});
  api.add({"GET", "/links/states", Need::session, link_states});
  api.add({"GET", "/links/{id}", Need::session, get_link});
  api.add({"GET", "/links/{id}/chart", Need::session, chart});
  api.add({"GET", "/links/{id}/readings", Need::session, export_readings});
  api.add({"POST", "/readings", Need::site, take_json, Run::worker, kBatchBytesMax});
  api.add({"POST", "/readings/line-protocol", Need::site, take_lines, Run::worker, kBatchBytesMax});
  api.add({"GET", "/situations", Need::session, list_situations_route});
  api.add({"GET", "/situations/{id}", Need::session, [](CallPtr call) {
             if (const auto id = asked_situation(call, Need::session)) answer_situation(call, *id);
           }});
  api.add({"POST", "/situations/{id}/take", Need::duty, [](CallPtr call) {
             act(call, [call](Reader& reader, UtcTime, SituationId id) { return take_situation(reader, id, call->actor()); });
           }});
  api.add({"POST", "/situations/{id}/release", Need::duty, [](CallPtr call) {
             act(call, [](Reader& reader, UtcTime, SituationId id) { return release_situation(reader, id); });
           }});
  api.add({"POST", "/situations/{id}/draft", Need::duty, [](CallPtr call) {
             act(call, [call](Reader& reader, UtcTime now, SituationId id) { return warn_of_situation(call->node(), reader, id, now); });
           }});
  add_rule_routes(api);
}

}  // namespace anlan
