#include "allocate/team_choice.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <tuple>

namespace anlan::allocate {

namespace {

struct Score {
  double unmet = 0;
  int32_t complete = 0;
  int64_t travel = 0;
  size_t teams = 0;
  bool operator<(const Score& o) const {
    if (std::abs(unmet - o.unmet) > 1e-9) return unmet < o.unmet;
    return std::tie(complete, travel, teams) < std::tie(o.complete, o.travel, o.teams);
  }
};

// A choice under way: what is covered and what each home has left.
class Choice {
 public:
  explicit Choice(const TeamDemand& d) : d_(d), got_(d.needs.size(), 0), in_(d.teams.size(), false) {
    for (size_t k = 0; k < d.needs.size(); ++k) need_of_[d.needs[k].kind] = k;
    for (const auto& r : d.reserves) keep_[{r.home, r.kind}] = std::max(keep_[{r.home, r.kind}], r.keep);
    for (const auto& t : d.teams)
      if (t.ready)
        for (const auto& a : t.brings) left_[{t.home, a.kind}] += a.amount;
    for (const auto& [key, keep] : keep_) {
      (void)keep;
      watchers_[key].push_back(key);
      if (key.first < d.neighbours.size())
        for (const uint32_t n : d.neighbours[key.first]) watchers_[{n, key.second}].push_back(key);
    }
  }

  int32_t time_of(uint32_t t) const {
    return d_.teams[t].leaves_in_min + d_.teams[t].travel_min + (d_.teams[t].hours_on_duty >= d_.tired_hours ? d_.tired_min : 0);
  }

  void put(uint32_t t, bool in) {
    in_[t] = in;
    const int32_t sign = in ? 1 : -1;
    for (const auto& a : d_.teams[t].brings) {
      left_[{d_.teams[t].home, a.kind}] -= sign * a.amount;
      if (const auto k = need_of_.find(a.kind); k != need_of_.end()) got_[k->second] += sign * int64_t{a.amount};
    }
    travel_ += sign * d_.teams[t].travel_min;
    count_ += static_cast<size_t>(sign);
  }
  bool has(uint32_t t) const { return in_[t]; }

  // The first reserve that falls because this team is gone (it must be in the choice).
  std::optional<TeamVerdict> stripped_by(uint32_t t) const {
    for (const auto& a : d_.teams[t].brings) {
      if (a.amount == 0) continue;
      const auto w = watchers_.find({d_.teams[t].home, a.kind});
      if (w == watchers_.end()) continue;
      for (const auto& key : w->second) {
        int64_t missing = keep_.at(key) - left(key.first, key.second);
        if (missing <= 0) continue;
        if (key.first < d_.neighbours.size())
          for (const uint32_t n : d_.neighbours[key.first]) {
            const auto own = keep_.find({n, key.second});
            missing -= std::max<int64_t>(0, left(n, key.second) - (own == keep_.end() ? 0 : own->second));
          }
        // A neighbour that lacked it before is not this team's doing.
        if (missing > 0 && (key.first == d_.teams[t].home || missing <= a.amount))
          return TeamVerdict{TeamReason::kStripsHome, 0, false, key.first, key.second, static_cast<int32_t>(std::min<int64_t>(missing, INT32_MAX))};
      }
    }
    return std::nullopt;
  }
  bool allowed(const std::vector<uint32_t>& eligible) const {
    for (const uint32_t t : eligible)
      if (in_[t] && stripped_by(t)) return false;
    return true;
  }

  double unmet() const {
    double sum = 0;
    for (size_t k = 0; k < got_.size(); ++k)
      if (d_.needs[k].amount > 0) sum += static_cast<double>(std::max<int64_t>(0, d_.needs[k].amount - got_[k])) / d_.needs[k].amount;
    return sum;
  }
  int64_t missing(size_t k) const { return std::max<int64_t>(0, d_.needs[k].amount - got_[k]); }
  // How much less is unmet with this team.
  double gain(uint32_t t) const {
    double sum = 0;
    for (const auto& a : d_.teams[t].brings)
      if (const auto k = need_of_.find(a.kind); k != need_of_.end() && d_.needs[k->second].amount > 0)
        sum += static_cast<double>(std::min<int64_t>(a.amount, missing(k->second))) / d_.needs[k->second].amount;
    return sum;
  }
  Score score(const std::vector<uint32_t>& eligible) const {
    Score s{unmet(), 0, travel_, count_};
    for (const uint32_t t : eligible)
      if (in_[t]) s.complete = std::max(s.complete, time_of(t));
    return s;
  }
  bool capable(uint32_t t) const {
    return std::any_of(d_.teams[t].brings.begin(), d_.teams[t].brings.end(), [&](const Amount& a) {
      const auto k = need_of_.find(a.kind);
      return a.amount > 0 && k != need_of_.end() && d_.needs[k->second].amount > 0;
    });
  }

 private:
  using Key = std::pair<uint32_t, uint32_t>;  // home, kind
  int64_t left(uint32_t home, uint32_t kind) const {
    const auto found = left_.find({home, kind});
    return found == left_.end() ? 0 : found->second;
  }

  const TeamDemand& d_;
  std::map<uint32_t, size_t> need_of_;
  std::map<Key, int32_t> keep_;
  std::map<Key, int64_t> left_;
  std::map<Key, std::vector<Key>> watchers_;  // reserves that a home's teams of a kind hold up
  std::vector<int64_t> got_;
  std::vector<bool> in_;
  int64_t travel_ = 0;
  size_t count_ = 0;
};

using Set = std::vector<uint32_t>;

Set chosen_of(const Choice& c, const Set& eligible) {
  Set out;
  for (const uint32_t t : eligible)
    if (c.has(t)) out.push_back(t);
  return out;
}

// Every subset; the reserve is judged on whole subsets only, as one team's leaving may be covered by nobody else's.
void search(Choice& c, const Set& eligible, size_t at, Score& best, Set& best_set) {
  const Score now = c.score(eligible);
  if (now < best && c.allowed(eligible)) {
    best = now;
    best_set = chosen_of(c, eligible);
  }
  if (at == eligible.size() || now.unmet < 1e-12) return;  // more teams only travel more
  if (c.gain(eligible[at]) > 0) {
    c.put(eligible[at], true);
    search(c, eligible, at + 1, best, best_set);
    c.put(eligible[at], false);
  }
  search(c, eligible, at + 1, best, best_set);
}

void drop_needless(Choice& c, Set by_travel) {
  std::sort(by_travel.begin(), by_travel.end(), [&](uint32_t a, uint32_t b) { return std::pair(c.time_of(b), b) < std::pair(c.time_of(a), a); });
  for (const uint32_t t : by_travel) {
    if (!c.has(t)) continue;
    const double before = c.unmet();
    c.put(t, false);
    if (c.unmet() > before + 1e-12) c.put(t, true);
  }
}

// Of the teams there by `limit` always the one that meets most per minute of its own, the earliest of equals.
void greedy(Choice& c, const Set& eligible, int32_t limit) {
  Set barred;
  for (;;) {
    double best = 0;
    std::optional<uint32_t> pick;
    for (const uint32_t t : eligible) {
      if (c.has(t) || c.time_of(t) > limit || std::find(barred.begin(), barred.end(), t) != barred.end()) continue;
      const double gain = c.gain(t);
      if (gain > best + 1e-12) best = gain, pick = t;
    }
    if (!pick) return;
    c.put(*pick, true);
    if (!c.stripped_by(*pick)) continue;
    c.put(*pick, false);
    barred.push_back(*pick);
  }
}

void improve(Choice& c, const Set& eligible) {
  constexpr int kMostExchanges = 200;
  constexpr size_t kMostTried = 400'000;
  size_t tried = 0;
  Score now = c.score(eligible);
  for (int k = 0; k < kMostExchanges; ++k) {
    bool better = false;
    for (const uint32_t out : chosen_of(c, eligible)) {
      if (better) break;
      for (const uint32_t in : eligible) {
        if (c.has(in) || ++tried > kMostTried) continue;
        c.put(out, false);
        if (c.gain(in) > 0) {
          c.put(in, true);
          if (c.score(eligible) < now && c.allowed(eligible)) {
            now = c.score(eligible);
            better = true;
            break;
          }
          c.put(in, false);
        }
        c.put(out, true);
      }
    }
    if (!better) return;
    drop_needless(c, eligible);
    now = c.score(eligible);
  }
}

Result<void> check(const TeamDemand& d) {
  const auto wrong = [](const char* field) { return Error{ErrorCode::kInvalidField, {{"field", field}, {"why", "out of range"}}}; };
  if (d.teams.size() > 5000) return wrong("teams");
  for (const auto& n : d.needs)
    if (n.amount < 0) return wrong("needs");
  for (const auto& t : d.teams) {
    if (t.leaves_in_min < 0 || t.leaves_in_min > 100'000 || t.travel_min < kUnreachableMin || t.travel_min > 100'000 || !(t.hours_on_duty >= 0))
      return wrong("teams");
    for (const auto& a : t.brings)
      if (a.amount < 0) return wrong("teams.brings");
  }
  for (const auto& r : d.reserves)
    if (r.keep < 0) return wrong("reserves");
  if (d.tired_min < 0 || d.tired_min > 100'000) return wrong("tired_min");
  return {};
}

}  // namespace

Result<TeamChoice> choose_teams(const TeamDemand& d) {
  TRY_VOID(check(d));
  Choice c(d);
  TeamChoice result;
  result.verdicts.resize(d.teams.size());
  Set eligible;
  for (uint32_t t = 0; t < d.teams.size(); ++t) {
    const Team& team = d.teams[t];
    TeamVerdict& v = result.verdicts[t];
    v.tired = team.hours_on_duty >= d.tired_hours;
    if (team.travel_min != kUnreachableMin) v.arrives_min = team.leaves_in_min + team.travel_min;
    if (!c.capable(t)) v.reason = TeamReason::kNotCapable;
    else if (!team.ready) v.reason = TeamReason::kNotReady;
    else if (team.hours_on_duty >= d.refuse_hours) v.reason = TeamReason::kTooTired;
    else if (team.travel_min == kUnreachableMin) v.reason = TeamReason::kUnreachable;
    else if (v.arrives_min > d.latest_min) v.reason = TeamReason::kTooLate;
    else eligible.push_back(t);
  }
  std::sort(eligible.begin(), eligible.end(), [&](uint32_t a, uint32_t b) {
    return std::tuple(c.time_of(a), d.teams[a].travel_min, a) < std::tuple(c.time_of(b), d.teams[b].travel_min, b);
  });

  Set best_set;
  result.exact = eligible.size() <= kExactTeams;
  if (result.exact) {
    Score best = c.score(eligible);
    search(c, eligible, 0, best, best_set);
  } else {
    // The earliest limit by which greedy meets as much as without a limit.
    greedy(c, eligible, INT32_MAX);
    const double least = c.unmet();
    for (const uint32_t t : chosen_of(c, eligible)) c.put(t, false);
    size_t low = 0, high = eligible.size() - 1;
    while (low < high) {
      const size_t mid = (low + high) / 2;
      greedy(c, eligible, c.time_of(eligible[mid]));
      const bool enough = c.unmet() <= least + 1e-9;
      for (const uint32_t t : chosen_of(c, eligible)) c.put(t, false);
      if (enough) high = mid;
      else low = mid + 1;
    }
    greedy(c, eligible, c.time_of(eligible[low]));
    drop_needless(c, eligible);
    improve(c, eligible);
    best_set = chosen_of(c, eligible);
    for (const uint32_t t : best_set) c.put(t, false);
  }

  for (const uint32_t t : best_set) c.put(t, true);
  const Score score = c.score(eligible);
  result.chosen = best_set;
  std::sort(result.chosen.begin(), result.chosen.end(), [&](uint32_t a, uint32_t b) {
    return std::pair(result.verdicts[a].arrives_min, a) < std::pair(result.verdicts[b].arrives_min, b);
  });
  result.complete_min = score.complete;
  result.travel_min = score.travel;
  for (size_t k = 0; k < d.needs.size(); ++k)
    if (c.missing(k) > 0) result.unmet.push_back({d.needs[k].kind, static_cast<int32_t>(c.missing(k))});
  for (const uint32_t t : eligible) {
    TeamVerdict& v = result.verdicts[t];
    if (c.has(t)) {
      v.reason = TeamReason::kChosen;
      continue;
    }
    c.put(t, true);
    if (const auto strips = c.stripped_by(t)) {
      v.reason = TeamReason::kStripsHome;
      v.home = strips->home, v.kind = strips->kind, v.missing = strips->missing;
    }
    c.put(t, false);
  }
  return result;
}

}  // namespace anlan::allocate
