#include "registry/targeting.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace anlan {
namespace {

enum RecordSide : uint8_t { kAtItsPost = 0, kOutside = 1, kInside = 2 };

// A post that is called. Everything later passes need, so that they read a quarter of the memory.
struct Hit {
  uint32_t at = 0;      // in Directory::placed(); hits are kept in this order
  uint32_t person = 0;  // 0: vacant
  uint8_t rank = 0, level = 0;
  bool outside = false;  // the warning does not touch its place
};

// What place_order made of it.
PlaceCode place_of_key(uint64_t key) {
  static constexpr std::array<int64_t, 5> kBelow{10'000'000'000, 100'000'000, 1'000'000, 1'000, 1};
  return PlaceCode(static_cast<int64_t>(key >> 3) / kBelow[key & 7]);
}

class Resolution {
 public:
  Resolution(const Directory& directory, const TargetQuery& query, std::vector<TouchedPlace> touched)
      : directory_(directory), placed_(directory.placed()), runs_(directory.runs()), now_(query.now.ms),
        hazard_(directory.hazard_bit(query.hazard)) {
    targets_.places = std::move(touched);
    const auto& ranks = directory.pack().ranks;
    for (size_t i = 0; i < ranks.size(); ++i) called_[i] = directory.pack().call_rule(query.level, ranks[i].id) != nullptr;
  }

  Targets run(std::vector<uint8_t> record_side) {
    record_side_ = std::move(record_side);
    posts_of_places();
    posts_of_records();
    choose_main_posts();
    write_people();
    write_vacant();
    return std::move(targets_);
  }

 private:
  bool answers(const PlacedPost& p) const { return (p.hazards & hazard_) && p.valid_from <= now_ && now_ < p.valid_until; }
  RecordSide side(uint32_t record) const {
    return record < record_side_.size() ? static_cast<RecordSide>(record_side_[record]) : kAtItsPost;
  }
  void add(uint32_t at, const PlacedPost& p, bool outside) {
    (p.holder ? held_ : vacant_).push_back({at, p.holder, p.rank, p.level, outside});
  }

  // Walks the touched places and the places that have posts side by side; both are in code order.
  void posts_of_places() {
    run_touched_.assign(runs_.size(), 0);
    const uint8_t village = static_cast<uint8_t>(level_rank(PlaceLevel::kVillage));
    // A touched place has eight posts or so; growing a list of megabytes costs more than room that stays unused.
    held_.reserve(std::min(placed_.size(), targets_.places.size() * 8));
    size_t run = 0;
    for (const auto& place : targets_.places) {
      while (run < runs_.size() && runs_[run].key < place.key) ++run;
      bool somebody = false;
      if (run < runs_.size() && runs_[run].key == place.key) {
        run_touched_[run] = 1;
        const uint32_t end = directory_.run_end(run);
        for (uint32_t i = runs_[run].begin; i < end; ++i) {
          const auto& p = placed_[i];
          if (!answers(p)) continue;
          if (p.record && side(p.record) != kAtItsPost) continue;
          somebody |= p.holder != 0 && p.record == 0;
          if (called_[p.rank]) add(i, p, false);
        }
      }
      if (place.level == village && !somebody) targets_.villages_empty.push_back(place.index);
    }
  }

  void posts_of_records() {
    const size_t held_before = held_.size(), vacant_before = vacant_.size();
    for (const auto& [record, post] : directory_.record_posts()) {
      if (side(record) != kInside) continue;
      const uint32_t at = directory_.placed_index(post);
      const auto& p = placed_[at];
      if (!answers(p) || !called_[p.rank]) continue;
      const auto run = std::lower_bound(runs_.begin(), runs_.end(), p.key, [](const PlaceRun& r, uint64_t k) { return r.key < k; });
      add(at, p, run_touched_[static_cast<size_t>(run - runs_.begin())] == 0);
    }
    const auto before = [](const Hit& a, const Hit& b) { return a.at < b.at; };
    for (auto [list, old_size] : {std::pair{&held_, held_before}, {&vacant_, vacant_before}}) {
      if (list->size() == old_size) continue;
      const auto middle = list->begin() + static_cast<std::ptrdiff_t>(old_size);
      std::sort(middle, list->end(), before);
      std::vector<Hit> merged(list->size());
      std::merge(list->begin(), middle, middle, list->end(), merged.begin(), before);
      *list = std::move(merged);
    }
  }

  // True when a is a better main post than b; of two that tie, the older one.
  bool before(const Hit& a, const Hit& b) const {
    if (a.level != b.level) return a.level > b.level;
    if (a.rank != b.rank) return a.rank < b.rank;
    return placed_[a.at].post < placed_[b.at].post;
  }

  void choose_main_posts() {
    main_.assign(directory_.person_slots(), 0);
    for (uint32_t i = 0; i < held_.size(); ++i) {
      uint32_t& best = main_[held_[i].person];
      if (!best || before(held_[i], held_[best - 1])) best = i + 1;
    }
  }

  // The posts come in code order, so spreading them over the ranks keeps them so within a rank.
  void write_people() {
    std::array<uint32_t, 257> at{};
    uint32_t people = 0;
    for (uint32_t i = 0; i < held_.size(); ++i) {
      if (main_[held_[i].person] != i + 1) {
        extra_.push_back(held_[i]);
        continue;
      }
      ++at[held_[i].rank + 1u];
      ++people;
    }
    for (size_t r = 1; r < at.size(); ++r) at[r] += at[r - 1];
    targets_.people.resize(people);
    for (uint32_t i = 0; i < held_.size(); ++i) {
      const Hit& hit = held_[i];
      if (main_[hit.person] != i + 1) continue;
      const auto& p = placed_[hit.at];
      targets_.people[at[hit.rank]++] = {hit.person, p.post, place_of_key(p.key), hit.rank, hit.outside, 0, 0};
    }
    sort_within_places();
    if (!extra_.empty()) write_extras();
  }

  void sort_within_places() {
    auto& people = targets_.people;
    for (auto first = people.begin(); first != people.end();) {
      auto last = first + 1;
      bool sorted = true;
      while (last != people.end() && last->rank == first->rank && last->place == first->place) {
        sorted &= (last - 1)->person < last->person;
        ++last;
      }
      if (!sorted) std::sort(first, last, [](const Target& a, const Target& b) { return a.person < b.person; });
      first = last;
    }
  }

  void write_extras() {
    auto& people = targets_.people;
    for (uint32_t i = 0; i < people.size(); ++i) main_[people[i].person] = i;
    for (const Hit& hit : extra_) ++people[main_[hit.person]].extra_count;
    uint32_t begin = 0;
    for (auto& t : people) {
      t.extra_begin = begin;
      begin += t.extra_count;
      t.extra_count = 0;
    }
    targets_.extra_posts.resize(begin);
    for (const Hit& hit : extra_) {
      auto& t = people[main_[hit.person]];
      t.outside &= hit.outside;
      targets_.extra_posts[t.extra_begin + t.extra_count++] = placed_[hit.at].post;
    }
  }

  void write_vacant() {
    std::sort(vacant_.begin(), vacant_.end(), [](const Hit& a, const Hit& b) { return std::pair(a.rank, a.at) < std::pair(b.rank, b.at); });
    targets_.vacant.reserve(vacant_.size());
    for (const Hit& hit : vacant_)
      targets_.vacant.push_back({placed_[hit.at].post, place_of_key(placed_[hit.at].key), hit.rank, hit.outside});
  }

  const Directory& directory_;
  std::span<const PlacedPost> placed_;
  std::span<const PlaceRun> runs_;
  int64_t now_;
  uint64_t hazard_;
  std::array<bool, 256> called_{};  // by rank; the last one, not in the pack, never
  std::vector<uint8_t> record_side_;
  std::vector<uint8_t> run_touched_;
  std::vector<Hit> held_, vacant_, extra_;
  std::vector<uint32_t> main_;  // by person: index in held_ plus one; at last, index in people
  Targets targets_;
};

std::vector<uint8_t> sides(const RecordPositions& records) {
  CHECK(records.ids.size() == records.points.size() && records.ids.size() == records.places.size());
  return std::vector<uint8_t>(records.ids.empty() ? 0 : static_cast<size_t>(records.ids.back()) + 1, kAtItsPost);
}

}  // namespace

Targets resolve(const Directory& directory, const RecordPositions& records, const TargetPlaces& places,
                const PreparedArea& area, const TargetQuery& query) {
  auto side = sides(records);
  for (size_t i = 0; i < records.ids.size(); ++i)
    if (!std::isnan(records.points[i].lon))
      side[static_cast<size_t>(records.ids[i])] = area.contains(records.points[i]) ? kInside : kOutside;
  return Resolution(directory, query, places.touched(area)).run(std::move(side));
}

Targets resolve(const Directory& directory, const RecordPositions& records, const TargetPlaces& places,
                std::span<const PlaceCode> codes, const TargetQuery& query) {
  auto side = sides(records);
  for (size_t i = 0; i < records.ids.size(); ++i) {
    if (records.places[i].empty()) continue;
    const bool inside = std::any_of(codes.begin(), codes.end(), [&](PlaceCode c) { return c.contains(records.places[i]); });
    side[static_cast<size_t>(records.ids[i])] = inside ? kInside : kOutside;
  }
  return Resolution(directory, query, places.touched(codes)).run(std::move(side));
}

}  // namespace anlan
