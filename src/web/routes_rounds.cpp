// Call rounds: the board, lists of calls, and what the duty officer does about silence.
#include <algorithm>

#include "calls/record.h"
#include "registry/people_search.h"
#include "web/live_hub.h"
#include "web/round_json.h"
#include "web/seen_people.h"
#include "web/warning_json.h"

namespace anlan {
namespace {

constexpr int64_t kAgainMax = 50'000;  // people called again by one press; the most urgent first

// What the routes of rounds share; lives as long as the table of routes.
struct Rounds {
  ClosedBoards closed;
  SeenPeople seen;
};
using RoundsPtr = std::shared_ptr<Rounds>;

// Everybody whose name stands in these calls.
std::set<PersonId> persons_in(const Directory& directory, const RoundRow& round, const std::vector<CallDetails>& calls, UtcTime now) {
  std::set<PersonId> persons;
  auto add = [&](PersonId id) {
    if (directory.person(id)) persons.insert(id);
  };
  for (const auto& c : calls) {
    add(c.row.person);
    add(c.covered_by);
    for (const auto& b : c.because_of) add(b.person);
    for (const auto& holding : {directory.deputy_of(c.row.post, round.hazard, now), directory.superior_of(c.row.post, round.hazard, now)})
      if (holding) add(holding->person);
  }
  return persons;
}

Error not_found(const CallPtr& call) {
  return Error(ErrorCode::kNotFound, {{"what", call->language == Language::kZh ? "这次叫应" : "this call round"}});
}

struct Asked {
  RoundRow round;
  PlaceCode place;  // of the warning
};

// The round in the path, when this account may see anything of it. Answers the call otherwise.
std::optional<Asked> asked_round(const CallPtr& call) {
  bool found = false;
  auto asked = call->read([&](Reader& reader) {
    std::optional<Asked> a;
    if (auto round = read_round(reader, RoundId{call->id()})) {
      found = true;
      const auto warning = read_warning(reader, round->warning);
      const PlaceCode place = warning ? place_of_warning(call->node(), warning->content) : call->node().settings().place;
      if (touches(places_of(*call, Need::session), place)) a = Asked{std::move(*round), place};
    }
    return a;
  });
  if (!asked) call->fail(found ? Error(ErrorCode::kForbidden, {{"why", call->language == Language::kZh ? "不在您的管辖范围内" : "outside your places"}}) : not_found(call));
  return asked;
}

// f on the board of the round: from memory when it is open, from the tables when it is closed. At most once.
void with_any_board(const CallPtr& call, const RoundsPtr& rounds, const RoundRow& round, const std::function<void(const Board&)>& f) {
  if (call->node().caller().with_board(round.id, f)) return;
  const auto board = call->read([&](Reader& reader) { return rounds->closed.get(reader, call->node().pack(), round); });
  if (board) f(*board);
}

BoardView view_of(const CallPtr& call, const RoundsPtr& rounds, const RoundRow& round, PlaceCode place) {
  const auto index = call->node().places().get();
  BoardView view;
  with_any_board(call, rounds, round, [&](const Board& b) {
    view = view_board(b, place, [&](PlaceCode code) { return index->places().index_of(code) != kNoPlace; });
  });
  return view;
}

void answer_with_board(const CallPtr& call, const RoundsPtr& rounds, const RoundRow& round, PlaceCode place = {}) {
  const auto view = view_of(call, rounds, round, place);
  auto body = call->read([&](Reader& reader) { return board_json(call->api(), reader, view); });
  call->ok(std::move(body));
}

void list(const CallPtr& call) {
  const auto state = call->text("state");
  RoundsAsked asked = RoundsAsked::all;
  if (!state.empty() && !boost::describe::enum_from_string(state.c_str(), asked))
    return call->fail(Error(ErrorCode::kInvalidField, {{"field", "state"}, {"why", state}}));
  const auto warning = call->number("warning", 0, 0, INT64_MAX);
  if (!warning) return call->fail(warning.error());
  const auto mine = places_of(*call, Need::session);
  struct Item {
    RoundRow round;
    std::optional<BoardCounts> totals;  // of a closed round
  };
  auto items = call->read([&](Reader& reader) {
    std::vector<Item> found;
    for (auto& r : list_rounds(reader, asked, WarningId{*warning})) {
      const auto w = read_warning(reader, r.warning);
      if (w && !touches(mine, place_of_warning(call->node(), w->content))) continue;
      Item item{std::move(r), {}};
      if (item.round.state == RoundState::closed) item.totals = round_totals(reader, item.round.id);
      found.push_back(std::move(item));
    }
    return found;
  });
  json::array out;
  for (auto& [r, totals] : items) {
    BoardCounts c = totals.value_or(BoardCounts{});
    if (!totals) call->node().caller().with_board(r.id, [&](const Board& b) { c = b.totals(); });
    out.push_back({{"id", r.id.value}, {"warning", r.warning.value}, {"warning_version", r.version}, {"mode", std::string(boost::describe::enum_to_string(r.mode, ""))},
                   {"state", std::string(boost::describe::enum_to_string(r.state, ""))}, {"opened_at", r.opened_at.ms}, {"closed_at", null_or(r.closed_at)},
                   {"totals", totals_json(c)}});
  }
  call->ok({{"items", std::move(out)}});
}

void board(const CallPtr& call, const RoundsPtr& rounds) {
  const auto asked = asked_round(call);
  if (!asked) return;
  const auto at = call->number("at", 0, 1, INT64_MAX);
  if (!at) return call->fail(at.error());
  if (*at == 0) return answer_with_board(call, rounds, asked->round, call->place());
  const auto index = call->node().places().get();
  auto body = call->read([&](Reader& reader) {
    auto round = asked->round;
    if (round.closed_at && round.closed_at->ms > *at) {
      round.closed_at.reset();
      round.state = RoundState::calling;
    }
    const Board then = Board::load(reader, call->node().pack(), round, UtcTime{*at});
    return board_json(call->api(), reader, view_board(then, call->place(), [&](PlaceCode code) { return index->places().index_of(code) != kNoPlace; }));
  });
  call->ok(std::move(body));
}

void calls(const CallPtr& call, const RoundsPtr& rounds) {
  const auto asked = asked_round(call);
  if (!asked) return;
  const auto offset = call->number("offset", 0, 0, kCallsPerRoundMax), limit = call->number("limit", 50, 1, 500);
  if (!offset) return call->fail(offset.error());
  if (!limit) return call->fail(limit.error());
  CallGroup group = CallGroup::all;
  const auto typed = call->text("group");
  if (!typed.empty() && !boost::describe::enum_from_string(typed.c_str(), group)) return call->fail(Error(ErrorCode::kInvalidField, {{"field", "group"}, {"why", typed}}));
  const auto mine = places_of(*call, Need::session);
  std::vector<PickedCall> picked;
  with_any_board(call, rounds, asked->round, [&](const Board& b) { picked = pick_calls(b, group, call->place(), mine); });

  if (const NameQuery wanted(call->text("q")); !wanted.empty()) {
    const auto index = call->node().places().get();
    const auto& places = index->places();
    const auto directory = call->node().directory().read();
    std::erase_if(picked, [&](const PickedCall& p) {
      if (const auto* person = directory->person(p.person); person && wanted.score(*person) != NameQuery::kNoMatch) return false;
      if (const auto* post = directory->post(p.post); post && wanted.matches(directory->title(*post))) return false;
      const auto place = p.place.empty() ? kNoPlace : places.index_of(p.place);
      return place == kNoPlace || !wanted.matches(places.name(place));
    });
  }
  const auto total = picked.size();
  const auto seqs = page_of(picked, *offset, *limit);
  const auto details = call->read([&](Reader& reader) {
    std::vector<CallDetails> all;
    for (const auto seq : seqs)
      if (auto c = read_call_details(reader, asked->round.id, seq)) all.push_back(std::move(*c));
    return all;
  });
  json::array items;
  std::set<PersonId> persons;
  const UtcTime now = call->node().clock().now();
  {
    const auto directory = call->node().directory().read();
    PeopleJson people(call->node(), *directory);
    for (const auto& c : details) items.push_back(call_json(people, asked->round, c));
    persons = persons_in(*directory, asked->round, details, now);
  }
  auto shown = rounds->seen.fresh(call->account().id, asked->round.id, "calls", call->place().empty() ? asked->place : call->place(), persons, now);
  ok_personal(call, json::object{{"total", total}, {"items", std::move(items)}}, std::move(shown));
}

void answer_with_call(const CallPtr& call, const RoundsPtr& rounds, const RoundRow& round, int64_t seq) {
  const auto details = call->read([&](Reader& reader) { return read_call_details(reader, round.id, seq); });
  if (!details) return call->fail(Error(ErrorCode::kNotFound, {{"what", call->language == Language::kZh ? "这次呼叫" : "this call"}}));
  json::object body;
  std::set<PersonId> persons;
  const UtcTime now = call->node().clock().now();
  {
    const auto directory = call->node().directory().read();
    PeopleJson people(call->node(), *directory);
    body = call_json(people, round, *details);
    persons = persons_in(*directory, round, {*details}, now);
  }
  auto shown = rounds->seen.fresh(call->account().id, round.id, "call", details->row.place, persons, now);
  ok_personal(call, std::move(body), std::move(shown));
}

// The call in the path, when the account holds the role for its place. Answers otherwise.
std::optional<std::pair<Asked, CallRow>> asked_call(const CallPtr& call, Need need) {
  auto asked = asked_round(call);
  if (!asked) return std::nullopt;
  const auto row = call->read([&](Reader& reader) { return read_call(reader, asked->round.id, call->id("seq")); });
  if (!row) {
    call->fail(Error(ErrorCode::kNotFound, {{"what", call->language == Language::kZh ? "这次呼叫" : "this call"}}));
    return std::nullopt;
  }
  if (!require(call, need, row->place)) return std::nullopt;
  return std::make_pair(std::move(*asked), *row);
}

void one(const CallPtr& call, const RoundsPtr& rounds) {
  if (const auto found = asked_call(call, Need::session)) answer_with_call(call, rounds, found->first.round, found->second.seq);
}

using Decide = std::function<Result<Decision>(Reader&, UtcTime, RoundId, int64_t seq)>;
void change_call(const CallPtr& call, const RoundsPtr& rounds, Decide decide) {
  const auto found = asked_call(call, Need::duty);
  if (!found) return;
  const auto round = found->first.round;
  const auto seq = found->second.seq;
  call->change([decide = std::move(decide), id = round.id, seq](Reader& reader, UtcTime now) { return decide(reader, now, id, seq); },
               [call, rounds, round, seq](const Answer&) { answer_with_call(call, rounds, round, seq); });
}

void again(const CallPtr& call, const RoundsPtr& rounds) {
  change_call(call, rounds, [node = &call->node()](Reader& reader, UtcTime now, RoundId round, int64_t seq) {
    return call_again(reader, node->pack(), node->contacts(), round, {seq}, now);
  });
}

void pass_on(const CallPtr& call, const RoundsPtr& rounds, CallKind kind) {
  change_call(call, rounds, [node = &call->node(), kind](Reader& reader, UtcTime now, RoundId round, int64_t seq) {
    return pass_on_now(reader, node->pack(), node->contacts(), round, seq, kind, now);
  });
}

void answer_for(const CallPtr& call, const RoundsPtr& rounds) {
  const auto body = call->body();
  if (!body) return call->fail(body.error());
  auto answer = read_answer(*body);
  if (!answer) return call->fail(answer.error());
  answer->channel = "desk";
  answer->by = call->account().name;
  change_call(call, rounds, [node = &call->node(), answer = *answer](Reader& reader, UtcTime now, RoundId round, int64_t seq) mutable {
    answer.round = round;
    answer.seq = seq;
    return give_answer(reader, node->pack(), answer, now);
  });
}

void again_all(const CallPtr& call, const RoundsPtr& rounds) {
  const auto asked = asked_round(call);
  if (!asked) return;
  const auto body = call->body();
  if (!body) return call->fail(body.error());
  PlaceCode place;
  if (const auto* p = body->if_contains("place"); p && p->is_string() && !p->get_string().empty()) {
    const auto code = PlaceCode::parse({p->get_string().data(), p->get_string().size()});
    if (!code) return call->fail(Error(ErrorCode::kInvalidField, {{"field", "place"}, {"why", std::string(p->get_string())}}));
    place = *code;
  }
  if (!require(call, Need::duty, place.empty() ? asked->place : place)) return;
  Node* node = &call->node();
  const auto id = asked->round.id;
  call->change([node, id, place](Reader& reader, UtcTime now) -> Result<Decision> {
    std::vector<PickedCall> picked;
    node->caller().with_board(id, [&](const Board& b) { picked = pick_calls(b, CallGroup::silent, place, {PlaceCode()}); });
    std::erase_if(picked, [](const PickedCall& p) { return !p.person; });
    return call_again(reader, node->pack(), node->contacts(), id, page_of(picked, 0, kAgainMax), now);
  }, [call, rounds, round = asked->round, place](const Answer&) { answer_with_board(call, rounds, round, place); });
}

void stop_or_resume(const CallPtr& call, const RoundsPtr& rounds, bool stop) {
  const auto asked = asked_round(call);
  if (!asked) return;
  if (!require(call, Need::duty, asked->place)) return;
  std::string comment;
  if (stop) {
    const auto body = call->body();
    if (!body) return call->fail(body.error());
    if (const auto* c = body->if_contains("comment"); c && c->is_string()) comment = std::string(c->get_string());
    if (comment.size() > 2'000) return call->fail(Error(ErrorCode::kTooLarge, {{"what", "comment"}, {"limit", "2,000"}}));
  }
  call->change([id = asked->round.id, stop, comment](Reader& reader, UtcTime now) { return stop ? stop_round(reader, id, comment) : resume_round(reader, id, now); },
               [call, rounds, round = asked->round](const Answer&) { answer_with_board(call, rounds, round); });
}

enum class RecordForm { pdf, csv, xlsx };

void record(const CallPtr& call, const RoundsPtr& rounds, RecordForm form) {
  const auto asked = asked_round(call);
  if (!asked) return;
  if (!require(call, Need::session, asked->place)) return;
  Node& node = call->node();
  const auto view = view_of(call, rounds, asked->round, {});
  const auto warning = call->read([&](Reader& reader) { return read_warning(reader, asked->round.warning); });
  RecordHead head;
  head.node_name = node.settings().name;
  head.printed_at = node.clock().now();
  head.utc_offset_minutes = node.settings().utc_offset_minutes;
  head.generated = node.settings().demo;
  if (warning) {
    head.headline = warning->content.headline;
    head.area_label = warning->content.area_label;
    if (const auto* hazard = node.pack().hazard(warning->content.hazard)) head.hazard = call->language == Language::kZh ? hazard->zh : hazard->en;
    head.issued_at = warning->issued_at;
    head.expires = warning->content.expires;
    head.drafter = actor_name(node, call->api().sessions(), warning->drafter);
    if (warning->approver) head.approver = actor_name(node, call->api().sessions(), *warning->approver);
  }
  const auto index = node.places().get();
  const auto bytes = call->read([&](Reader& reader) -> std::optional<Result<std::string>> {
    const RecordSource source{reader, node.pack(), node.directory(), index->places(), call->language};
    return form == RecordForm::pdf ? record_pdf(source, head, view) : form == RecordForm::csv ? record_csv(source, head, asked->round) : record_xlsx(source, head, view);
  });
  if (!bytes) return;  // answered
  if (!*bytes) return call->fail(bytes->error());
  // Whoever takes the record has seen everybody on it.
  PersonalDataRead read{"call_record", asked->place, 0, {}};
  with_any_board(call, rounds, asked->round, [&](const Board& b) {
    for (const auto& s : b.slots()) {
      if (!s.person) continue;
      ++read.count;
      if (read.persons.size() < PersonalDataRead::kPersonsMax) read.persons.push_back(s.person);
    }
  });
  const std::string name = (call->language == Language::kZh ? "叫应记录-" : "call-record-") + std::to_string(asked->round.id.value);
  record_reading(call, std::move(read), [call, form, name, text = std::move(**bytes)]() mutable {
    switch (form) {
      case RecordForm::pdf: return call->file(text, "application/pdf", name + ".pdf");
      case RecordForm::csv: return call->file(text, "text/csv; charset=utf-8", name + ".csv");
      case RecordForm::xlsx: return call->file(text, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", name + ".xlsx");
    }
  });
}

}  // namespace

void add_round_routes(Api& api) {
  auto rounds = std::make_shared<Rounds>();
  auto with = [&](auto f) { return [f, rounds](const CallPtr& call) { f(call, rounds); }; };
  api.add({"GET", "/rounds", Need::session, list});
  api.add({"GET", "/rounds/{id}/board", Need::session, with(board)});
  api.add({"GET", "/rounds/{id}/calls", Need::session, with(calls)});
  api.add({"GET", "/rounds/{id}/calls/{seq}", Need::session, with(one)});
  api.add({"POST", "/rounds/{id}/calls/{seq}/again", Need::duty, with(again)});
  api.add({"POST", "/rounds/{id}/calls/{seq}/deputy", Need::duty, [rounds](const CallPtr& call) { pass_on(call, rounds, CallKind::deputy); }});
  api.add({"POST", "/rounds/{id}/calls/{seq}/superior", Need::duty, [rounds](const CallPtr& call) { pass_on(call, rounds, CallKind::superior); }});
  api.add({"POST", "/rounds/{id}/calls/{seq}/answer", Need::duty, with(answer_for)});
  api.add({"POST", "/rounds/{id}/again", Need::duty, with(again_all)});
  api.add({"POST", "/rounds/{id}/stop", Need::duty, [rounds](const CallPtr& call) { stop_or_resume(call, rounds, true); }});
  api.add({"POST", "/rounds/{id}/resume", Need::duty, [rounds](const CallPtr& call) { stop_or_resume(call, rounds, false); }});
  api.add({"GET", "/rounds/{id}/record.pdf", Need::session, [rounds](const CallPtr& call) { record(call, rounds, RecordForm::pdf); }});
  api.add({"GET", "/rounds/{id}/record.csv", Need::session, [rounds](const CallPtr& call) { record(call, rounds, RecordForm::csv); }});
  api.add({"GET", "/rounds/{id}/record.xlsx", Need::session, [rounds](const CallPtr& call) { record(call, rounds, RecordForm::xlsx); }});
  api.live().set_board([&api](RoundId round) { return compose_board(api, round); },
                       [&api](const Session& session, RoundId round) { return may_watch_round(api.node(), session, round); });
}

}  // namespace anlan
