#include "roads/sites.h"

#include <algorithm>
#include <queue>
#include <unordered_map>

namespace anlan::roads {
namespace {

struct Gain {
  uint64_t people = 0;
  uint32_t candidate = 0;
};
// Largest first, of equal ones the lowest number.
bool before(const Gain& a, const Gain& b) { return a.people != b.people ? a.people > b.people : a.candidate < b.candidate; }
struct Behind {
  bool operator()(const Gain& a, const Gain& b) const { return before(b, a); }
};

class Search {
 public:
  explicit Search(const SiteQuestion& question);
  void greedy();
  void exact();
  SiteAnswer answer;

 private:
  std::span<const uint32_t> places(uint32_t c) const { return std::span(place_).subspan(first_[c], first_[c + 1] - first_[c]); }
  uint64_t gain(uint32_t c);
  void take(uint32_t c, std::vector<uint32_t>& undo);
  void give_back(const std::vector<uint32_t>& undo);
  uint64_t sum_of_best(std::vector<Gain> gains, uint32_t n);
  uint64_t sum_of_first(std::span<const Gain> descending, uint32_t n);
  void branch(uint64_t covered, const std::vector<Gain>& open);
  void put_in_order();

  const SiteQuestion& q_;
  bool grouped_;
  std::vector<uint32_t> people_;     // already covered ones are 0
  std::vector<uint32_t> left_;       // the same, less what the choice so far covers
  std::vector<uint32_t> first_{0}, place_;
  std::vector<uint32_t> group_, group_round_;
  uint32_t round_ = 0, groups_ = 0;
  uint64_t work_ = 0, unresolved_ = 0;
  std::vector<uint32_t> path_;
};

Search::Search(const SiteQuestion& question) : q_(question), grouped_(!question.group.empty()), people_(q_.people.begin(), q_.people.end()) {
  for (size_t p = 0; p < q_.already_covered.size(); ++p)
    if (q_.already_covered[p] != 0) people_[p] = 0;
  left_ = people_;
  // Only what a candidate can add is read again and again.
  const ReachLists& all = *q_.candidates;
  place_.resize(all.entry.size());
  size_t kept = 0;
  for (uint32_t c = 0; c < all.size(); ++c) {
    for (const PlaceTime& e : all.of(c)) {
      place_[kept] = e.place;
      kept += e.ms <= q_.limit_ms && people_[e.place] != 0;
    }
    first_.push_back(static_cast<uint32_t>(kept));
  }
  place_.resize(kept);
  std::unordered_map<uint32_t, uint32_t> number;
  for (const uint32_t g : q_.group) group_.push_back(number.try_emplace(g, static_cast<uint32_t>(number.size())).first->second);
  groups_ = static_cast<uint32_t>(number.size());
  group_round_.assign(groups_, 0);
}

uint64_t Search::gain(uint32_t c) {
  uint64_t sum = 0;
  for (const uint32_t p : places(c)) sum += left_[p];
  work_ += places(c).size() + 1;
  return sum;
}

void Search::take(uint32_t c, std::vector<uint32_t>& undo) {
  for (const uint32_t p : places(c))
    if (left_[p] != 0) {
      undo.push_back(p);
      left_[p] = 0;
    }
}

void Search::give_back(const std::vector<uint32_t>& undo) {
  for (const uint32_t p : undo) left_[p] = people_[p];
}

// The n largest, one for each group. In any order.
uint64_t Search::sum_of_best(std::vector<Gain> gains, uint32_t n) {
  if (grouped_) {
    std::vector<Gain> best(groups_);
    for (const Gain& g : gains)
      if (g.people > best[group_[g.candidate]].people) best[group_[g.candidate]] = g;
    gains = std::move(best);
  }
  if (n < gains.size()) std::nth_element(gains.begin(), gains.begin() + n, gains.end(), before);
  uint64_t sum = 0;
  for (size_t i = 0; i < std::min<size_t>(n, gains.size()); ++i) sum += gains[i].people;
  return sum;
}

uint64_t Search::sum_of_first(std::span<const Gain> descending, uint32_t n) {
  uint64_t sum = 0;
  ++round_;
  for (const Gain& g : descending) {
    if (n == 0) break;
    ++work_;
    if (grouped_ && group_round_[group_[g.candidate]] == round_) continue;
    if (grouped_) group_round_[group_[g.candidate]] = round_;
    sum += g.people;
    --n;
  }
  return sum;
}

void Search::greedy() {
  constexpr uint32_t kFullPasses = 6;
  const uint32_t candidates = q_.candidates->size(), every = (q_.k + kFullPasses - 1) / kFullPasses;
  std::vector<Gain> gains(candidates);  // each at least what the candidate adds now, for gains only fall
  std::vector<uint32_t> fresh_at(candidates, 0);
  std::vector<uint8_t> group_taken(groups_, 0);
  std::vector<uint32_t> undo;
  std::priority_queue<Gain, std::vector<Gain>, Behind> queue;
  for (uint32_t step = 0;; ++step) {
    const bool is_last = step == q_.k;
    if (step % every == 0 || is_last) {
      std::vector<Gain> open;
      for (uint32_t c = 0; c < candidates; ++c) {
        gains[c] = {gains[c].people == 0 && step > 0 ? 0 : gain(c), c};
        fresh_at[c] = step;
        if (gains[c].people > 0) open.push_back(gains[c]);
      }
      queue = decltype(queue)(Behind(), std::move(open));
    }
    const uint64_t bound = answer.covers + sum_of_best(gains, q_.k);
    answer.bound = step == 0 ? bound : std::min(answer.bound, bound);
    if (is_last) break;
    bool found = false;
    while (!queue.empty() && !found) {
      Gain top = queue.top();
      queue.pop();
      if (grouped_ && group_taken[group_[top.candidate]] != 0) continue;
      if (fresh_at[top.candidate] != step) {
        top.people = gain(top.candidate);
        gains[top.candidate] = top;
        fresh_at[top.candidate] = step;
        if (top.people > 0) queue.push(top);
        continue;
      }
      found = true;
      if (grouped_) group_taken[group_[top.candidate]] = 1;
      answer.chosen.push_back(top.candidate);
      answer.adds.push_back(top.people);
      answer.covers += top.people;
      take(top.candidate, undo);
      gains[top.candidate].people = 0;
    }
    if (!found) break;
  }
  if (answer.chosen.size() < q_.k && !grouped_) answer.bound = answer.covers;  // everything that can be covered is
  give_back(undo);
}

void Search::branch(uint64_t covered, const std::vector<Gain>& open) {
  const auto slots = static_cast<uint32_t>(q_.k - path_.size());
  for (size_t i = 0; i < open.size(); ++i) {
    const uint64_t bound = covered + sum_of_first(std::span(open).subspan(i), slots);
    if (bound <= answer.covers) return;
    if (work_ > q_.exact_work) {
      unresolved_ = std::max(unresolved_, bound);
      return;
    }
    const uint32_t c = open[i].candidate;
    path_.push_back(c);
    const uint64_t now = covered + open[i].people;
    if (now > answer.covers) answer.covers = now, answer.chosen = path_;
    if (slots > 1) {
      std::vector<uint32_t> undo;
      take(c, undo);
      std::vector<Gain> next;
      for (size_t j = i + 1; j < open.size(); ++j) {
        if (grouped_ && group_[open[j].candidate] == group_[c]) continue;
        if (const Gain g{gain(open[j].candidate), open[j].candidate}; g.people > 0) next.push_back(g);
      }
      std::sort(next.begin(), next.end(), before);
      branch(now, next);
      give_back(undo);
    }
    path_.pop_back();
  }
}

void Search::exact() {
  if (answer.covers == answer.bound || q_.exact_work == 0) return;
  work_ = 0;
  std::vector<Gain> open;
  for (uint32_t c = 0; c < q_.candidates->size(); ++c)
    if (const Gain g{gain(c), c}; g.people > 0) open.push_back(g);
  std::sort(open.begin(), open.end(), before);
  branch(0, open);
  answer.bound = std::min(answer.bound, std::max(answer.covers, unresolved_));
  put_in_order();
}

// The one that adds most first.
void Search::put_in_order() {
  std::vector<uint32_t> rest = std::move(answer.chosen), undo;
  answer.chosen.clear(), answer.adds.clear();
  while (!rest.empty()) {
    Gain best{0, kNone};
    for (const uint32_t c : rest)
      if (const Gain g{gain(c), c}; best.candidate == kNone || before(g, best)) best = g;
    std::erase(rest, best.candidate);
    if (best.people == 0) continue;
    answer.chosen.push_back(best.candidate);
    answer.adds.push_back(best.people);
    take(best.candidate, undo);
  }
  give_back(undo);
}

Error fault(const char* field, const char* why) { return Error(ErrorCode::kInvalidField, {{"field", field}, {"why", why}}); }

}  // namespace

Result<SiteAnswer> best_sites(const SiteQuestion& question) {
  CHECK(question.candidates != nullptr);
  const ReachLists& all = *question.candidates;
  if (question.k < 1 || question.k > kSitesMax) return fault("k", "1–100");
  if (!question.group.empty() && question.group.size() != all.size()) return fault("group", "每个候选点一个 / one for each candidate");
  if (all.entry.size() > INT32_MAX) return Error(ErrorCode::kTooLarge, {{"what", "candidates"}, {"limit", "2^31"}});
  CHECK(question.already_covered.empty() || question.already_covered.size() == question.people.size());
  uint32_t last = 0;
  for (const PlaceTime& e : all.entry) last = std::max(last, e.place);
  if (!all.entry.empty() && last >= question.people.size()) return fault("candidates", "没有这个地点 / no such place");

  Search search(question);
  search.greedy();
  search.exact();
  search.answer.optimal = search.answer.covers == search.answer.bound;
  return std::move(search.answer);
}

}  // namespace anlan::roads
