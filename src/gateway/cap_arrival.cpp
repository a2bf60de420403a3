#include "gateway/cap_arrival.h"

#include <set>

namespace anlan {
namespace {

template <class F>
void add(Decision& d, F value, PlaceCode place = {}) {
  auto subject = warning_subject(value.warning);
  d.facts.push_back(fact(std::move(value), std::move(subject), place));
}

struct Earlier {
  WarningState state;
  std::string returned;
};

std::map<WarningId, Earlier> earlier_of(Reader& reader, const CapOrigin& origin) {
  std::map<WarningId, Earlier> found;
  for (const auto& r : origin.references)
    reader.query("SELECT id, state, returned FROM warnings WHERE origin_identifier = ? AND origin_sender = ?", {Arg(r.identifier), Arg(r.sender)},
                 [&](const Row& row) { found[WarningId{row.integer(0)}] = {static_cast<WarningState>(row.integer(1)), row.str(2)}; });
  return found;
}

}  // namespace

Result<Decision> take_cap(Reader& reader, const Pack& pack, const std::vector<CapDraft>& drafts, UtcTime now) {
  Decision d;
  json::array ids;
  int64_t drafted = 0, ended = 0, next = peek_id(reader, "warning");
  for (const auto& draft : drafts) {
    if (draft.cancels) continue;
    TRY(one, draft_warning(reader, pack, WarningSource::cap, draft.content, draft.origin, now));
    if (one.facts.empty()) ids.push_back(parse_json(one.response).value().at("warning"));
    for (const auto& f : one.facts) {
      // Numbers are given out when facts are applied; several drafts of one alert count on.
      auto value = static_cast<const FactOf<WarningDrafted>*>(f.body.get())->value;
      value.warning = WarningId{next++};
      ids.emplace_back(value.warning.value);
      add(d, std::move(value), f.place);
      ++drafted;
    }
  }
  const bool cancels = !drafts.empty() && drafts.front().cancels;
  if (!drafts.empty() && (cancels || drafted > 0)) {
    const auto& origin = drafts.front().origin;
    const std::string why = cancels ? std::string(kCancelledBySender) + origin.identifier : "发布单位已更新 / updated by its sender: " + origin.identifier;
    for (const auto& [id, e] : earlier_of(reader, origin)) {
      const bool draft = e.state == WarningState::draft || e.state == WarningState::pending;
      if (!draft && !(cancels && e.state == WarningState::in_force && e.returned != why)) continue;
      add(d, WarningReturned{id, why});
      if (draft) add(d, WarningDiscarded{id});
      ++ended;
    }
  }
  d.response = json::serialize(json::object{{"warnings", ids}, {"drafted", drafted}, {"ended", ended}});
  return d;
}

}  // namespace anlan
