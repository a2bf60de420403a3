#include "roads/coverage.h"

#include <algorithm>
#include <numeric>

#include "base/check.h"

namespace anlan::roads {
namespace {

void change(PeopleCount& count, uint32_t people, bool add) {
  if (add) count.people += people, ++count.places;
  else count.people -= people, --count.places;
}

std::vector<PlaceTime> tidy(std::span<const PlaceTime> list, Weight last, size_t places) {
  std::vector<PlaceTime> out;
  out.reserve(list.size());
  for (const PlaceTime& e : list) {
    CHECK(e.place < places);
    if (e.ms <= last) out.push_back(e);
  }
  const auto by_place = [](const PlaceTime& a, const PlaceTime& b) { return a.place != b.place ? a.place < b.place : a.ms < b.ms; };
  if (!std::is_sorted(out.begin(), out.end(), by_place)) std::sort(out.begin(), out.end(), by_place);
  out.erase(std::unique(out.begin(), out.end(), [](const PlaceTime& a, const PlaceTime& b) { return a.place == b.place; }), out.end());
  return out;
}

}  // namespace

CoverageState::CoverageState(std::vector<uint32_t> people, std::vector<Weight> limits, const ReachLists& facilities)
    : people_(std::move(people)), limits_(std::move(limits)), visits_(people_.size()), covered_(limits_.size()) {
  CHECK(!limits_.empty() && limits_.size() <= kCoverageLimitsMax && std::is_sorted(limits_.begin(), limits_.end()));
  list_of_.resize(facilities.size());
  within_.resize(facilities.size() * limits_.size());
  alone_.resize(facilities.size() * limits_.size());
  std::vector<uint32_t> visits(people_.size(), 0);
  for (uint32_t f = 0; f < facilities.size(); ++f) {
    set_list(f, facilities.of(f));
    for (const PlaceTime& e : list_of_[f]) ++visits[e.place];
  }
  for (size_t p = 0; p < visits_.size(); ++p) visits_[p].reserve(visits[p]);
  for (uint32_t f = 0; f < facilities.size(); ++f)
    for (const PlaceTime& e : list_of_[f]) visits_[e.place].push_back({e.ms, f});
  for (uint32_t p = 0; p < visits_.size(); ++p) {
    std::sort(visits_[p].begin(), visits_[p].end());
    count(p, true);
  }
}

// The two earliest visits tell all that the totals need: covered from the first on, by one alone until the second.
void CoverageState::count(uint32_t place, bool add) {
  const auto& visits = visits_[place];
  if (visits.empty()) return;
  const Weight second = visits.size() > 1 ? visits[1].ms : kUnreachable;
  for (size_t i = 0; i < limits_.size(); ++i) {
    if (visits[0].ms > limits_[i]) continue;
    change(covered_[i], people_[place], add);
    if (second > limits_[i]) change(alone_[visits[0].facility * limits_.size() + i], people_[place], add);
  }
}

void CoverageState::set_list(uint32_t facility, std::span<const PlaceTime> list) {
  list_of_[facility] = tidy(list, limits_.back(), people_.size());
  PeopleCount* within = &within_[facility * limits_.size()];
  std::fill_n(within, limits_.size(), PeopleCount{});
  for (const PlaceTime& e : list_of_[facility])
    for (size_t i = limits_.size(); i-- > 0 && e.ms <= limits_[i];) change(within[i], people_[e.place], true);
}

uint32_t CoverageState::add(std::span<const PlaceTime> list) {
  const uint32_t facility = facilities();
  list_of_.emplace_back();
  within_.resize(within_.size() + limits_.size());
  alone_.resize(alone_.size() + limits_.size());
  move(facility, list);
  return facility;
}

void CoverageState::move(uint32_t facility, std::span<const PlaceTime> list) {
  CHECK(facility < facilities());
  const std::vector<PlaceTime> before = std::move(list_of_[facility]);
  set_list(facility, list);
  const auto& after = list_of_[facility];
  auto old = before.begin();
  auto now = after.begin();
  while (old != before.end() || now != after.end()) {
    const bool has_old = old != before.end() && (now == after.end() || old->place <= now->place);
    const bool has_now = now != after.end() && (old == before.end() || now->place <= old->place);
    const uint32_t place = has_old ? old->place : now->place;
    if (!(has_old && has_now && old->ms == now->ms)) {
      auto& visits = visits_[place];
      count(place, false);
      if (has_old) visits.erase(std::lower_bound(visits.begin(), visits.end(), Visit{old->ms, facility}));
      if (has_now) visits.insert(std::lower_bound(visits.begin(), visits.end(), Visit{now->ms, facility}), Visit{now->ms, facility});
      count(place, true);
    }
    if (has_old) ++old;
    if (has_now) ++now;
  }
}

NearestFacility CoverageState::nearest(uint32_t place) const {
  const auto& visits = visits_[place];
  return visits.empty() ? NearestFacility{} : NearestFacility{visits[0].facility, visits[0].ms};
}

std::vector<NearestFacility> CoverageState::nearest() const {
  std::vector<NearestFacility> out(visits_.size());
  for (uint32_t p = 0; p < visits_.size(); ++p) out[p] = nearest(p);
  return out;
}

uint32_t CoverageState::overlap(uint32_t place, size_t limit) const {
  const auto& visits = visits_[place];
  return static_cast<uint32_t>(std::upper_bound(visits.begin(), visits.end(), Visit{limits_[limit], kNone}) - visits.begin());
}

std::vector<uint32_t> CoverageState::gaps(size_t limit) const {
  std::vector<uint32_t> out;
  for (uint32_t p = 0; p < visits_.size(); ++p)
    if (nearest(p).ms > limits_[limit]) out.push_back(p);
  std::sort(out.begin(), out.end(), [&](uint32_t a, uint32_t b) { return people_[a] != people_[b] ? people_[a] > people_[b] : a < b; });
  return out;
}

Difference compare(std::span<const NearestFacility> before, std::span<const NearestFacility> after, std::span<const uint32_t> people,
                   std::span<const Weight> limits) {
  CHECK(before.size() == after.size() && before.size() == people.size());
  Difference out;
  out.lost.resize(limits.size()), out.won.resize(limits.size());
  for (uint32_t p = 0; p < people.size(); ++p) {
    if (before[p].ms == after[p].ms) continue;
    const bool is_worse = after[p].ms > before[p].ms;
    change(is_worse ? out.slower : out.faster, people[p], true);
    if (is_worse) out.worse.push_back({p, people[p], before[p], after[p]});
    const Weight earlier = std::min(before[p].ms, after[p].ms), later = std::max(before[p].ms, after[p].ms);
    for (size_t i = 0; i < limits.size(); ++i)
      if (earlier <= limits[i] && later > limits[i]) change(is_worse ? out.lost[i] : out.won[i], people[p], true);
  }
  std::sort(out.worse.begin(), out.worse.end(),
            [](const Setback& a, const Setback& b) { return a.people != b.people ? a.people > b.people : a.place < b.place; });
  return out;
}

std::vector<StandardResult> check_standards(std::span<const Standard> standards, std::span<const NearestFacility> nearest,
                                            std::span<const uint32_t> people, std::span<const uint32_t> group_of_place, uint32_t groups) {
  CHECK(nearest.size() == people.size() && group_of_place.size() == people.size());
  std::vector<StandardResult> out;
  for (uint32_t s = 0; s < standards.size(); ++s) {
    const size_t base = out.size();
    out.resize(base + 1 + groups);
    for (uint32_t g = 0; g <= groups; ++g) out[base + g].standard = s, out[base + g].group = g == 0 ? kNone : g - 1;
    for (uint32_t p = 0; p < people.size(); ++p) {
      const bool is_within = nearest[p].ms <= standards[s].limit_ms;
      const auto add = [&](StandardResult& row) {
        change(row.all, people[p], true);
        if (is_within) change(row.within, people[p], true);
      };
      add(out[base]);
      if (group_of_place[p] < groups) add(out[base + 1 + group_of_place[p]]);
    }
    for (size_t i = base; i < out.size(); ++i) {
      StandardResult& row = out[i];
      const double all = standards[s].of_people ? static_cast<double>(row.all.people) : row.all.places;
      const double within = standards[s].of_people ? static_cast<double>(row.within.people) : row.within.places;
      row.share = all > 0 ? within / all : 1;
      // A share of a whole number of people: half a person of rounding must not fail it.
      row.met = within + 1e-6 >= standards[s].share * all;
    }
  }
  return out;
}

}  // namespace anlan::roads
