#include "web/warning_json.h"

#include "base/geojson.h"
#include "calls/queries.h"

namespace anlan {
namespace {

template <class E>
std::string name_of(E value) { return boost::describe::enum_to_string(value, ""); }

json::value maybe(const std::optional<UtcTime>& t) { return t ? json::value(t->ms) : json::value(nullptr); }

// What an account may do with the warning now; the commands check again.
json::array may_list(Call& call, const WarningRow& w, bool round_stopped, bool round_open) {
  const PlaceCode place = place_of_warning(call.node(), w.content);
  const bool duty = call.may(Need::duty, place), approver = call.may(Need::approver, place);
  json::array may;
  auto allow = [&](bool condition, const char* what) {
    if (condition) may.emplace_back(what);
  };
  const bool draft = w.state == WarningState::draft, force = w.state == WarningState::in_force;
  const bool waits = w.state == WarningState::pending || (force && w.pending);
  allow(draft && duty, "edit");
  allow(draft && duty, "discard");
  allow(w.state == WarningState::discarded && duty, "restore");
  allow(draft && duty, "submit");
  allow(waits && approver, "approve");
  allow(waits && (approver || duty), "return");
  allow((draft || w.state == WarningState::pending) && duty, "rehearse");
  allow(force && duty, "change");
  allow(force && duty, "extend");
  allow(force && duty, "cancel");
  allow(force && duty && round_open && !round_stopped, "stop");
  allow(force && duty && round_stopped, "resume");
  return may;
}

std::string history_word(std::string_view kind) {
  static constexpr std::pair<std::string_view, std::string_view> kWords[] = {
      {"WarningDrafted", "drafted"}, {"WarningEdited", "edited"}, {"WarningSubmitted", "submitted"}, {"WarningReturned", "returned"},
      {"WarningIssued", "issued"}, {"WarningChangeProposed", "submitted"}, {"WarningChanged", "changed"}, {"WarningExtended", "extended"},
      {"WarningCancelled", "cancelled"}, {"WarningExpired", "expired"}, {"WarningSuperseded", "superseded"}, {"WarningDiscarded", "discarded"},
      {"WarningRestored", "restored"}};
  for (const auto& [from, to] : kWords)
    if (from == kind) return std::string(to);
  return {};
}

}  // namespace

PlaceCode place_of_warning(Node& node, const WarningContent& c) {
  PlaceCode place;
  if (!c.places.empty()) {
    place = c.places.front();
    while (!place.empty() && !std::all_of(c.places.begin(), c.places.end(), [&](PlaceCode p) { return place.contains(p); })) place = place.parent();
    if (!place.empty()) return place;
  }
  if (const auto p = label_point(c.area)) {
    const auto county = node.places().get()->county_at(*p);
    if (!county.empty() && node.settings().place.contains(county)) {
      // An area beyond the county belongs to what contains both.
      PlaceCode widest = county;
      for (const auto& polygon : c.area.polygons)
        for (size_t i = 0; i < polygon.outer.size(); i += std::max<size_t>(1, polygon.outer.size() / 64)) {
          const auto other = node.places().get()->county_at(polygon.outer[i]);
          if (node.settings().place.contains(other) && !other.empty())
            while (!widest.contains(other)) widest = widest.parent();
        }
      return node.settings().place.contains(widest) ? widest : node.settings().place;
    }
  }
  return node.settings().place;
}

json::object totals_json(const BoardCounts& c) {
  return {{"due", c.due}, {"called", c.called}, {"answered", c.answered}, {"silent", c.silent()}, {"vacant", c.vacant},
          {"escalated", c.escalated}, {"exhausted", c.exhausted}, {"attention", c.attention}, {"people_moved", c.people_moved}};
}

json::object round_json(Call& call, Reader& reader, const RoundRow& r) {
  BoardCounts totals;
  if (!call.node().caller().with_board(r.id, [&](const Board& b) { totals = b.totals(); }))
    totals = round_totals(reader, r.id);
  return {{"id", r.id.value}, {"warning", r.warning.value}, {"warning_version", r.version}, {"mode", name_of(r.mode)}, {"state", name_of(r.state)},
          {"opened_at", r.opened_at.ms}, {"closed_at", maybe(r.closed_at)}, {"notices", r.notices ? json::value(*r.notices) : json::value(nullptr)}, {"totals", totals_json(totals)}};
}

json::object warning_row_json(Call& call, Reader& reader, const WarningRow& w) {
  json::object o{{"id", w.id.value}, {"version", w.version}, {"state", name_of(w.state)}, {"hazard", w.content.hazard}, {"level", name_of(w.content.level)},
                 {"headline", w.content.headline}, {"area_label", w.content.area_label}, {"created_at", w.created_at.ms}, {"issued_at", maybe(w.issued_at)},
                 {"onset", w.content.onset.ms}, {"expires", w.content.expires.ms}, {"drafter", actor_name(call.node(), call.api().sessions(), w.drafter)},
                 {"approver", w.approver ? json::value(actor_name(call.node(), call.api().sessions(), *w.approver)) : json::value(nullptr)},
                 {"round", nullptr}, {"source", name_of(w.source)}, {"exercise", w.origin && w.origin->exercise}};
  const auto round = reader.integer("SELECT MAX(id) FROM rounds WHERE warning = ? AND mode = 0", {w.id});
  if (round) {
    o["round"] = *round;
    BoardCounts totals;
    bool known = call.node().caller().with_board(RoundId{*round}, [&](const Board& b) { totals = b.totals(); });
    if (!known)
      if (const auto row = read_round(reader, RoundId{*round})) totals = Board::load(reader, call.node().pack(), *row).totals();
    o["due"] = totals.due;
    o["answered"] = totals.answered;
    o["silent"] = totals.silent();
  }
  return o;
}

json::object warning_json(Call& call, Reader& reader, const WarningRow& w) {
  auto content_json = [&](const WarningContent& c) {
    json::array places;
    for (const auto p : c.places) places.emplace_back(p.text());
    return json::object{{"hazard", c.hazard}, {"level", name_of(c.level)}, {"geometry", geojson_of(c.area)}, {"places", places}, {"area_label", c.area_label},
                        {"headline", c.headline}, {"description", c.description}, {"instruction", c.instruction}, {"message", c.message},
                        {"onset", c.onset.ms}, {"expires", c.expires.ms}, {"km2", area_km2(c.area)}};
  };
  json::object o = warning_row_json(call, reader, w);
  for (auto& [name, value] : content_json(w.content)) o[name] = value;
  o["sender_name"] = w.origin && !w.origin->sender_name.empty() ? w.origin->sender_name : call.node().settings().name;
  o["cap_identifier"] = w.cap_identifier;
  o["pending_change"] = w.pending ? json::value(content_json(*w.pending)) : json::value(nullptr);

  json::array rounds;
  bool stopped = false, open = false;
  std::vector<RoundId> ids;
  reader.query("SELECT id FROM rounds WHERE warning = ? ORDER BY id DESC LIMIT 20", {w.id}, [&](const Row& row) { ids.push_back(RoundId{row.integer(0)}); });
  for (const auto id : ids) {
    const auto r = read_round(reader, id);
    rounds.push_back(round_json(call, reader, *r));
    if (r->mode == RoundMode::live && r->version == w.version) {
      stopped = r->state == RoundState::stopped;
      open = r->state != RoundState::closed;
    }
  }
  o["rounds"] = rounds;

  json::array history;
  static const std::string sql = std::string(kFactsAbout) + "SELECT f.at, f.kind, f.actor, f.body FROM about a JOIN facts f ON f.seq = a.seq ORDER BY f.seq LIMIT 500";
  reader.query(sql, {warning_subject(w.id)}, [&](const Row& row) {
    const auto what = history_word(row.text(1));
    if (what.empty()) return;
    json::object h{{"at", row.integer(0)}, {"what", what}, {"by", actor_name(call.node(), call.api().sessions(), row.str(2))}};
    if (auto body = parse_json(row.text(3)); body && body->is_object())
      if (const auto* comment = body->as_object().if_contains("comment"); comment && comment->is_string()) h["comment"] = *comment;
    history.push_back(std::move(h));
  });
  o["history"] = history;
  o["may"] = may_list(call, w, stopped, open);
  return o;
}

}  // namespace anlan
