// What waits for the signed-in account, and the search box.
#include <algorithm>

#include "gateway/cap_arrival.h"
#include "registry/people_search.h"
#include "web/routes_json.h"
#include "web/warning_json.h"

namespace anlan {
namespace {

// "暴雨橙色预警": what a queue says in one glance; the headline names the issuer and the area as well.
std::string warning_title(Call& call, const WarningContent& c) {
  const auto& pack = call.node().pack();
  const auto* hazard = pack.hazard(c.hazard);
  const auto id = boost::describe::enum_to_string(c.level, "");
  for (const auto& level : pack.levels)
    if (level.id == id && hazard) return call.language == Language::kZh ? hazard->zh + level.zh + "预警" : hazard->en + ", " + level.en;
  return c.headline;
}

// Since when no alarm stands any more behind a warning that was drafted from alarms; nothing while one does.
std::optional<UtcTime> quiet_since(Reader& reader, const WarningRow& w) {
  if (w.source != WarningSource::alarm) return std::nullopt;
  std::optional<UtcTime> since;
  reader.query("SELECT MAX(t.changed_at), SUM(t.standing) FROM situations s JOIN situations t ON t.hazard = s.hazard AND t.place = s.place AND (t.state < 2 OR t.id = s.id) "
               "WHERE s.warning = ?", {w.id}, [&](const Row& row) {
    if (!row.is_null(0) && row.integer(1) == 0) since = row.time(0);
  });
  return since;
}

// What waits for this account, by deadline.
void queue(const CallPtr& call) {
  auto& node = call->node();
  const UtcTime now = node.clock().now();
  auto value = call->read([&](Reader& reader) {
    struct Item {
      int64_t deadline;
      json::object o;
    };
    std::vector<Item> items;
    for (const auto& w : list_warnings(reader, {WarningState::draft, WarningState::pending, WarningState::in_force}, 1'000, 0)) {
      const auto full = read_warning(reader, w.id);
      const PlaceCode place = place_of_warning(node, full->content);
      const bool duty = call->may(Need::duty, place), approver = call->may(Need::approver, place);
      auto add = [&](const char* kind, const char* ask, UtcTime since, std::optional<UtcTime> deadline, std::string link, std::string detail, int64_t count) {
        items.push_back({deadline ? deadline->ms : INT64_MAX,
                         {{"kind", kind}, {"level", boost::describe::enum_to_string(w.content.level, "")}, {"hazard", w.content.hazard}, {"title", warning_title(*call, w.content)},
                          {"where", w.content.area_label}, {"detail", detail}, {"since", since.ms}, {"deadline", deadline ? json::value(deadline->ms) : json::value(nullptr)},
                          {"ask", ask}, {"count", count}, {"link", link}}});
      };
      const std::string link = "/warnings/" + std::to_string(w.id.value);
      if ((w.state == WarningState::pending || w.pending) && approver)
        add("approve", "approve", w.submitted_at.value_or(w.created_at), w.submitted_at.value_or(w.created_at) + minutes(10), link, "", 0);
      if (w.state == WarningState::draft && duty)
        add(w.returned.empty() ? "draft" : "returned", "send", w.created_at, w.content.expires > now ? std::optional(w.content.expires) : std::nullopt, link, w.returned, 0);
      if (w.state != WarningState::in_force || !duty) continue;
      if (const auto round = reader.integer("SELECT MAX(id) FROM rounds WHERE warning = ? AND version = ? AND mode = 0 AND state < 3", {w.id, w.version})) {
        int64_t silent = 0;
        int64_t first = INT64_MAX;
        node.caller().with_board(RoundId{*round}, [&](const Board& b) {
          silent = b.totals().silent();
          for (const auto& s : b.slots())
            if (s.kind == CallKind::holder && s.state != CallState::answered && s.state != CallState::covered && s.limit_at.ms && s.limit_at.ms < first) first = s.limit_at.ms;
        });
        if (silent > 0)
          add("silent", "follow_up", w.issued_at.value_or(w.created_at), first == INT64_MAX ? std::nullopt : std::optional(UtcTime{first}), "/rounds/" + std::to_string(*round), "", silent);
      }
      if (w.returned.starts_with(kCancelledBySender)) add("returned", "extend_or_cancel", w.issued_at.value_or(w.created_at), std::nullopt, link, w.returned, 0);
      if (const auto quiet = quiet_since(reader, *full)) add("cancel", "cancel", *quiet, std::nullopt, link, "", 0);
      if (w.content.expires - now < minutes(30)) add("expiring", "extend_or_cancel", w.issued_at.value_or(w.created_at), w.content.expires, link, "", 0);
    }
    std::stable_sort(items.begin(), items.end(), [](const Item& a, const Item& b) { return a.deadline < b.deadline; });
    json::array list;
    for (auto& i : items) list.push_back(std::move(i.o));
    return std::optional(json::object{{"items", list}});
  });
  if (value) call->ok(std::move(*value));
}

void search(const CallPtr& call) {
  auto& node = call->node();
  const auto q = call->text("q");
  const auto limit = call->number("limit", 8, 1, 50);
  if (!limit) return call->fail(limit.error());
  const auto n = static_cast<size_t>(*limit);
  json::array places, people, records, warnings;
  PersonalDataRead shown;
  const auto place = asked_place(call);
  if (!place) return;
  const auto index = node.places().get();
  if (!q.empty()) {
    for (const auto& hit : index->search({.text = q, .limit = n, .within = node.settings().place, .home = *place})) places.push_back(place_json(*index, hit.index));
    {
      const auto reading = node.directory().read();
      PeopleJson json_of(node, *reading);
      for (const auto id : find_people(*reading, {.place = *place, .q = q, .limit = n}, node.clock().now()).items) people.push_back(json_of.person_json(id));
      shown = json_of.shown("search", *place);
    }
    for (const auto& r : node.records().search(q, *place, n)) records.push_back(record_json(node.pack(), *index, r, false));
    const bool done = call->read([&](Reader& reader) {
      for (const auto& w : list_warnings(reader, {WarningState::draft, WarningState::pending, WarningState::in_force, WarningState::cancelled, WarningState::expired}, 1'000, 0)) {
        if (warnings.size() >= n) break;
        if (w.content.headline.find(q) != std::string::npos || w.content.area_label.find(q) != std::string::npos) warnings.push_back(warning_row_json(*call, reader, w));
      }
      return true;
    });
    if (!done) return;
  }
  ok_personal(call, json::object{{"places", places}, {"people", people}, {"records", records}, {"warnings", warnings}}, std::move(shown));
}

}  // namespace

void add_queue_routes(Api& api) {
  api.add({"GET", "/queue", Need::session, queue});
  api.add({"GET", "/search", Need::session, search});
}

}  // namespace anlan
