#include "web/round_json.h"

#include <algorithm>

#include "base/geojson.h"
#include "registry/phone_number.h"
#include "web/json_members.h"
#include "web/warning_json.h"

namespace anlan {
namespace {

template <class E>
std::string name_of(E value) { return boost::describe::enum_to_string(value, ""); }
json::value text(std::string_view s) { return json::string(s.data(), s.size()); }
json::value maybe(const std::optional<int64_t>& n) { return n ? json::value(*n) : json::value(nullptr); }

json::object view_round_json(const BoardView& v) {
  const auto& r = v.round;
  return {{"id", r.id.value}, {"warning", r.warning.value}, {"warning_version", r.version}, {"mode", name_of(r.mode)}, {"state", name_of(r.state)},
          {"opened_at", r.opened_at.ms}, {"closed_at", null_or(r.closed_at)}, {"notices", maybe(r.notices)}, {"totals", totals_json(v.all)}};
}

std::string place_name(const PlaceIndex& index, PlaceCode code) {
  const auto name = index.places().short_name(code);
  return name.empty() ? code.text() : name;
}

}  // namespace

bool touches(const std::vector<PlaceCode>& roles, PlaceCode place) {
  return std::any_of(roles.begin(), roles.end(), [&](PlaceCode p) { return p.contains(place) || place.contains(p); });
}

json::object board_json(Api& api, Reader& reader, const BoardView& v) {
  Node& node = api.node();
  const auto index = node.places().get();
  json::object o{{"round", view_round_json(v)}, {"totals", totals_json(v.totals)}, {"place", v.place.text()}, {"seq", v.seq}};
  Call quiet(api, HttpRequest{}, [](HttpResponse) {});
  if (const auto w = read_warning(reader, v.round.warning)) {
    o["warning"] = warning_row_json(quiet, reader, *w);
  }
  json::array rows;
  for (const auto& [code, c, own] : v.rows) {
    const auto place = index->find(code);
    rows.push_back({{"code", code.text()}, {"name", place_name(*index, code)}, {"level", level_name(code.level())},
                    {"lon", place && place->position ? json::value(place->position->lon) : json::value(nullptr)},
                    {"lat", place && place->position ? json::value(place->position->lat) : json::value(nullptr)},
                    {"own", own}, {"due", c.due}, {"called", c.called}, {"answered", c.answered}, {"silent", c.silent()}, {"attention", c.attention}});
  }
  o["by_place"] = std::move(rows);
  json::array answers;
  for (const auto& meaning : node.pack().answers)
    if (const auto it = v.answers.find(meaning.id); it != v.answers.end() && it->second.first > 0)
      answers.push_back({{"id", meaning.id}, {"count", it->second.first}, {"number", it->second.second}});
  o["answers"] = std::move(answers);
  json::array progress;
  for (const auto& p : v.progress) progress.push_back({{"at", p.at.ms}, {"called", p.called}, {"answered", p.answered}});
  o["progress"] = std::move(progress);
  return o;
}

std::string compose_board(Api& api, RoundId round) {
  Node& node = api.node();
  const auto index = node.places().get();
  const auto exists = [&](PlaceCode code) { return index->places().index_of(code) != kNoPlace; };
  BoardView view;
  const bool open = node.caller().with_board(round, [&](const Board& b) { view = view_board(b, {}, exists); });
  auto connection = api.readers().take();
  if (!connection) return {};
  auto& reader = **connection;
  reader.begin_read();
  std::string out;
  bool found = open;
  if (!open)
    if (const auto row = read_round(reader, round)) {
      view = view_board(Board::load(reader, node.pack(), *row), {}, exists);
      found = true;
    }
  if (found) out = json::serialize(board_json(api, reader, view));
  reader.rollback();
  api.readers().give(std::move(*connection));
  return out;
}

bool may_watch_round(Node& node, const Session& session, RoundId round) {
  PlaceCode place;
  if (!node.caller().with_board(round, [&](const Board& b) { place = common_place(b); })) place = node.settings().place;
  std::vector<PlaceCode> roles;
  for (const auto& held : session.account->roles) roles.push_back(held.place);
  return touches(roles, place);
}

json::object answer_json(const AnswerMade& a) {
  json::array photos;
  for (const auto& p : a.photos) photos.push_back(json::string(p));
  return {{"meaning", a.meaning}, {"number", maybe(a.number)}, {"text", a.text}, {"at", a.at.ms}, {"pressed_at", null_or(a.pressed_at)}, {"channel", a.channel},
          {"by", a.by}, {"late", a.late}, {"lon", null_or(a.lon)}, {"lat", null_or(a.lat)}, {"photos", std::move(photos)}};
}

json::object call_json(PeopleJson& people, const RoundRow& round, const CallDetails& c) {
  const auto& row = c.row;
  const auto& directory = people.directory();
  const auto& index = people.places();
  const auto* post = directory.post(row.post);
  const int rank = post ? directory.rank(*post) : -1;
  const bool silent = row.state != CallState::answered && row.state != CallState::covered && row.state != CallState::stopped;
  auto with_place = [&](PostId id) {
    const auto* p = directory.post(id);
    return (p ? place_name(index, p->place) + " " : std::string()) + std::string(people.title(id));
  };
  json::object o{{"seq", row.seq}, {"kind", name_of(row.kind)}, {"state", name_of(row.state)}, {"person", people.person_ref_json(row.person)}, {"post", row.post.value},
                 {"post_title", text(people.title(row.post))}, {"place", row.place.text()}, {"place_name", place_name(index, row.place)},
                 {"rank", rank >= 0 ? directory.pack().ranks[static_cast<size_t>(rank)].id : round.rules.at(static_cast<size_t>(row.rule)).rank},
                 {"phone_masked", people.phone_masked(row.person)}, {"deadline", row.limit_at.ms ? json::value(row.limit_at.ms) : json::value(nullptr)},
                 {"overdue", silent && row.limit_at.ms && people.now() >= row.limit_at}};
  json::array posts, because, attempts, answers;
  for (const auto id : c.posts) posts.push_back(json::string(with_place(id)));
  for (const auto& b : c.because_of) {
    const auto* person = directory.person(b.person);
    because.push_back(json::string(with_place(b.post) + (person ? " " + person->name : std::string())));
  }
  for (const auto& a : c.attempts)
    attempts.push_back({{"no", a.no}, {"channel", a.channel}, {"phone_masked", mask_phone(a.phone)}, {"at", a.at.ms}, {"ended_at", null_or(a.ended_at)}, {"outcome", name_of(a.outcome)}});
  for (auto a = c.answers.rbegin(); a != c.answers.rend(); ++a) answers.push_back(answer_json(*a));
  o["posts"] = std::move(posts);
  o["because_of"] = std::move(because);
  o["deputy"] = people.person_ref_json(directory.deputy_of(row.post, round.hazard, people.now()));
  o["superior"] = people.person_ref_json(directory.superior_of(row.post, round.hazard, people.now()));
  o["next_call"] = maybe(c.next_call);
  const auto* covering = directory.person(c.covered_by);
  o["covered_by"] = covering ? json::value(covering->name) : json::value(nullptr);
  o["attempts"] = std::move(attempts);
  o["answer"] = c.answers.empty() ? json::value(nullptr) : json::value(answer_json(c.answers.back()));
  o["answers"] = std::move(answers);
  return o;
}

Result<GiveAnswer> read_answer(const json::object& body) {
  Members m(body);
  GiveAnswer a;
  a.meaning = m.text("meaning").value_or("");
  if (const auto* n = body.if_contains("number"); n && !n->is_null()) {
    if (n->is_int64()) a.number = n->get_int64();
    else m.refuse("number", "应为整数", "must be a whole number");
  }
  a.text = m.text("text").value_or("");
  a.lon = m.number("lon").value_or(std::nullopt);
  a.lat = m.number("lat").value_or(std::nullopt);
  a.accuracy_m = m.number("accuracy_m").value_or(std::nullopt);
  a.photos = m.texts("photos", 9).value_or(std::vector<std::string>());
  a.pressed_at = m.time("pressed_at").value_or(std::nullopt);
  if (a.meaning.empty()) m.refuse("meaning", "不能为空", "is missing");
  TRY_VOID(m.result());
  return a;
}

namespace {

const char* ask_state(RoundState round, std::string_view reason, CallState call) {
  if (round == RoundState::closed && reason == "cancelled") return "cancelled";
  if (round == RoundState::closed || call == CallState::stopped) return "closed";
  return call == CallState::answered ? "answered" : "open";
}

}  // namespace

std::optional<json::object> ask_answered_json(Api& api, Reader& reader, CallRef ref) {
  const auto round = read_moment(reader, ref.round);
  const auto call = round ? read_call(reader, ref.round, ref.seq) : std::nullopt;
  if (!call) return std::nullopt;
  json::array answers;
  each_answer(reader, ref.round, ref.seq, ref.seq, [&](int64_t, const AnswerMade& a) { answers.push_back(answer_json(a)); });
  std::reverse(answers.begin(), answers.end());
  return json::object{{"token", api.node().links().token(ref)}, {"state", ask_state(round->state, round->reason, call->state)}, {"now", api.node().clock().now().ms},
                      {"deadline", call->limit_at.ms ? json::value(call->limit_at.ms) : json::value(nullptr)}, {"answers", std::move(answers)}};
}

std::optional<json::object> ask_json(Api& api, Reader& reader, CallRef ref) {
  Node& node = api.node();
  const auto round = read_round(reader, ref.round);
  const auto call = round ? read_call_details(reader, ref.round, ref.seq) : std::nullopt;
  const auto warning = call ? read_warning(reader, round->warning) : std::nullopt;
  if (!warning) return std::nullopt;
  const char* state = warning->state == WarningState::cancelled ? "cancelled" : ask_state(round->state, round->reason, call->row.state);
  const auto& w = warning->content;
  const auto* hazard = node.pack().hazard(w.hazard);
  json::object shown_warning{{"hazard", w.hazard}, {"hazard_zh", hazard ? hazard->zh : w.hazard}, {"hazard_en", hazard ? hazard->en : w.hazard}, {"level", name_of(w.level)},
                             {"headline", w.headline}, {"description", w.description}, {"instruction", w.instruction}, {"area_label", w.area_label},
                             {"issued_at", warning->issued_at.value_or(round->opened_at).ms}, {"expires", w.expires.ms}, {"geometry", geojson_of(w.area)}};
  const auto index = node.places().get();
  const auto place = index->find(call->row.place);
  json::object me{{"name", ""}, {"place_name", place_name(*index, call->row.place)},
                  {"lon", place && place->position ? json::value(place->position->lon) : json::value(nullptr)},
                  {"lat", place && place->position ? json::value(place->position->lat) : json::value(nullptr)}};
  json::array posts, because, options, answers;
  {
    const auto directory = node.directory().read();
    const auto with_place = [&](PostId id) {
      const auto* p = directory->post(id);
      return p ? place_name(*index, p->place) + " " + std::string(directory->title(*p)) : std::string("—");
    };
    if (const auto* person = directory->person(call->row.person)) me["name"] = person->name;
    // A deputy or superior is named by the own post; whose silence it is stands in because_of.
    if (call->row.kind == CallKind::holder)
      for (const auto id : call->posts) posts.push_back(json::string(with_place(id)));
    else
      posts.push_back(json::string(with_place(call->row.post)));
    for (const auto& b : call->because_of) {
      const auto* person = directory->person(b.person);
      because.push_back(json::string(with_place(b.post) + (person ? " " + person->name : std::string())));
    }
  }
  me["posts"] = std::move(posts);
  for (const auto& a : node.pack().answers)
    options.push_back({{"id", a.id}, {"zh", a.zh}, {"en", a.en}, {"number", a.number.empty() ? json::value(nullptr) : json::value(a.number)}, {"primary", a.primary}});
  for (auto a = call->answers.rbegin(); a != call->answers.rend(); ++a) answers.push_back(answer_json(*a));
  return json::object{{"token", node.links().token(ref)}, {"state", state}, {"mode", name_of(round->mode)}, {"now", node.clock().now().ms},
                      {"deadline", call->row.limit_at.ms ? json::value(call->row.limit_at.ms) : json::value(nullptr)}, {"warning", std::move(shown_warning)}, {"me", std::move(me)},
                      {"because_of", std::move(because)}, {"options", std::move(options)}, {"answers", std::move(answers)},
                      {"duty_room", json::object{{"name", node.settings().name}, {"phone", node.settings().duty_phone}}}};
}

}  // namespace anlan
