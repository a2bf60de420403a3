// The journal: facts newest first, how many there were when, and whether the chain is whole.
#include <algorithm>

#include "base/hash.h"
#include "web/journal_json.h"
#include "web/routes_json.h"

namespace anlan {
namespace {

constexpr int64_t kWindow = 20'000;     // facts looked at by one query of a filtered list
constexpr int kWindowsMax = 50;         // beyond: the page ends where it stands
constexpr size_t kTextBytesMax = 200;   // of q

struct Kept {
  int64_t seq;
  UtcTime at;
  std::string kind, actor, subject, body, hash;
  PlaceCode place;
};

Kept kept(const Row& row) {
  return {row.integer(0), row.time(1), row.str(2), row.str(3), row.str(5), row.str(6), to_hex(row.bytes(7)), PlaceCode(row.integer(4))};
}

// Facts about other places are not for this account. Those about the whole node are for who may see the whole node.
struct Scope {
  bool all = false;
  std::vector<PlaceCode> places;
  bool allows(PlaceCode place) const {
    return all || (!place.empty() && std::any_of(places.begin(), places.end(), [&](PlaceCode p) { return p.contains(place); }));
  }
};

Scope scope_of(const CallPtr& call) {
  Scope s;
  s.places = places_of(*call, Need::session);
  const auto top = call->node().settings().place;
  s.all = std::any_of(s.places.begin(), s.places.end(), [&](PlaceCode p) { return p.contains(top); });
  return s;
}

std::string escaped_like(std::string_view text) {
  std::string out = "%";
  for (const char c : text) {
    if (c == '%' || c == '_' || c == '\\') out += '\\';
    out += c;
  }
  return out + "%";
}

void list(const CallPtr& call) {
  const auto before = call->number("before", INT64_MAX, 1, INT64_MAX), limit = call->number("limit", 50, 1, 500);
  const auto from = call->number("from", 0, 0, INT64_MAX), to = call->number("to", INT64_MAX, 0, INT64_MAX);
  for (const auto* n : {&before, &limit, &from, &to})
    if (!*n) return call->fail(n->error());
  const auto kind = call->text("kind"), subject = call->text("subject"), actor = call->text("actor"), q = call->text("q");
  if (q.size() > kTextBytesMax) return call->fail(Error(ErrorCode::kTooLarge, {{"what", "q"}, {"limit", std::to_string(kTextBytesMax)}}));
  ActorNames names(call->api());
  const auto actors = actor.empty() ? std::vector<std::string>() : names.actors_named(actor);
  if (!actor.empty() && actors.empty()) return call->ok({{"items", json::array()}});
  const auto scope = scope_of(call);

  std::string filter;
  std::vector<Arg> filter_args;
  const std::string like = escaped_like(q);
  if (!kind.empty()) {
    filter += " AND kind = ?";
    filter_args.push_back(Arg(kind));
  }
  if (!actors.empty()) {
    filter += " AND actor IN (";
    for (size_t i = 0; i < actors.size(); ++i) {
      filter += i ? ", ?" : "?";
      filter_args.push_back(Arg(actors[i]));
    }
    filter += ")";
  }
  if (!q.empty()) {
    filter += " AND (body LIKE ? ESCAPE '\\' OR subject LIKE ? ESCAPE '\\' OR kind LIKE ? ESCAPE '\\')";
    filter_args.insert(filter_args.end(), 3, Arg(like));
  }
  const auto facts = call->read([&](Reader& reader) {
    std::vector<Kept> found;
    // Times are in order of numbers but where a clock was set back, so they bound the search and are checked again.
    int64_t top = *before;
    if (*to != INT64_MAX) top = std::min(top, last_fact_at(reader, UtcTime{*to - 1}) + 1);
    int64_t bottom = 1;
    if (*from > 0) bottom = first_fact_at(reader, UtcTime{*from}).value_or(INT64_MAX);
    if (top == INT64_MAX) top = reader.integer("SELECT MAX(seq) FROM facts").value_or(0) + 1;
    const std::string sql = std::string(subject.empty() ? "" : kFactsAbout) +
                            "SELECT seq, at, kind, actor, place, subject, body, hash FROM facts WHERE " +
                            (subject.empty() ? "" : "seq IN (SELECT seq FROM about) AND ") + "seq >= ? AND seq < ? AND at >= ? AND at < ?" + filter +
                            " ORDER BY seq DESC LIMIT ?";
    const int64_t window = subject.empty() ? kWindow : INT64_MAX;
    for (int i = 0; i < kWindowsMax && top > bottom && static_cast<int64_t>(found.size()) < *limit; ++i) {
      const int64_t low = subject.empty() ? std::max(bottom, top - window) : bottom;
      std::vector<Arg> args;
      if (!subject.empty()) args.push_back(Arg(subject));
      args.insert(args.end(), {low, top, *from, *to});
      args.insert(args.end(), filter_args.begin(), filter_args.end());
      // Out of scope facts are dropped here, so more may be needed than asked for.
      args.push_back(scope.all ? *limit - static_cast<int64_t>(found.size()) : window);
      reader.query(sql, args, [&](const Row& row) {
        if (static_cast<int64_t>(found.size()) < *limit && scope.allows(PlaceCode(row.integer(4)))) found.push_back(kept(row));
      });
      top = low;
    }
    return found;
  });
  json::array items;
  for (const auto& f : facts) {
    auto parsed = parse_json(f.body);
    const json::value body = parsed ? masked_body(call->node().pack(), std::move(*parsed)) : json::value(nullptr);
    const std::string& who = names.of(f.actor);
    items.push_back({{"seq", f.seq}, {"at", f.at.ms}, {"kind", f.kind}, {"actor", who}, {"place", f.place.text()}, {"subject", f.subject},
                     {"sentence", fact_sentence(call->node().pack(), call->language, f.kind, who, body)}, {"body", body}, {"hash", f.hash}});
  }
  call->ok({{"items", std::move(items)}});
}

void density(const CallPtr& call) {
  const UtcTime now = call->node().clock().now();
  const auto to = call->number("to", now.ms, 1, INT64_MAX / 4096), slots = call->number("slots", 100, 1, 2'000);
  if (!to) return call->fail(to.error());
  if (!slots) return call->fail(slots.error());
  const auto from = call->number("from", *to - hours(24).count, 0, INT64_MAX / 4096);
  if (!from) return call->fail(from.error());
  if (*from >= *to) return call->fail(Error(ErrorCode::kInvalidField, {{"field", "from"}, {"why", "from < to"}}));
  const auto counts = call->read([&](Reader& reader) {
    std::vector<int64_t> n(static_cast<size_t>(*slots), 0);
    reader.query("SELECT slot, CAST(SUM(facts) AS BIGINT) FROM (SELECT (at - ?) * ? / ? AS slot, last - first + 1 AS facts FROM batches WHERE at >= ? AND at < ?) AS slotted GROUP BY slot",
                 {*from, *slots, *to - *from, *from, *to}, [&](const Row& row) {
      if (const auto slot = row.integer(0); slot >= 0 && slot < *slots) n[static_cast<size_t>(slot)] = row.integer(1);
    });
    return n;
  });
  call->ok({{"from", *from}, {"to", *to}, {"counts", json::value_from(counts)}});
}

void verify(const CallPtr& call, const std::shared_ptr<std::atomic<bool>>& busy) {
  if (busy->exchange(true)) return call->fail(Error(ErrorCode::kTooMany, {{"seconds", "5"}}));
  const auto result = call->read([&](Reader& reader) { return verify_chain(reader, &call->node().attachments()); });
  busy->store(false);
  json::object o{{"ok", result.ok}, {"facts", result.facts}, {"head", result.head}};
  if (!result.ok) o["problem"] = result.problem;
  call->ok(std::move(o));
}

}  // namespace

void add_journal_routes(Api& api) {
  api.add({"GET", "/journal", Need::session, list});
  api.add({"GET", "/journal/density", Need::session, density});
  api.add({"POST", "/journal/verify", Need::session, [busy = std::make_shared<std::atomic<bool>>(false)](const CallPtr& call) { verify(call, busy); }});
}

}  // namespace anlan
