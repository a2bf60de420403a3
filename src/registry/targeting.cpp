#include "registry/targeting.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace anlan {
namespace {

enum RecordSide : uint8_t { kAtItsPost = 0, kOutside = 1, kInside = 2 };

// A post that is called: its index in Directory::placed(), and whether the warning touches its place.
constexpr uint32_t kOutsideBit = 1u << 31;
constexpr uint32_t index_of(uint32_t hit) { return hit & ~kOutsideBit; }

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
  PlaceCode place_of(const PlacedPost& p) const { return directory_.post_row(p.post).place; }

  void add(uint32_t hit) { (placed_[index_of(hit)].holder ? held_ : vacant_).push_back(hit); }

  // Walks the touched places and the places that have posts side by side; both are in code order.
  void posts_of_places() {
    run_touched_.assign(runs_.size(), 0);
    const uint8_t village = static_cast<uint8_t>(level_rank(PlaceLevel::kVillage));
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
          if (called_[p.rank]) add(i);
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
      add(run_touched_[static_cast<size_t>(run - runs_.begin())] ? at : at | kOutsideBit);
    }
    const auto before = [](uint32_t a, uint32_t b) { return index_of(a) < index_of(b); };
    for (auto [list, old_size] : {std::pair{&held_, held_before}, {&vacant_, vacant_before}}) {
      if (list->size() == old_size) continue;
      const auto middle = list->begin() + static_cast<std::ptrdiff_t>(old_size);
      std::sort(middle, list->end(), before);
      std::vector<uint32_t> merged(list->size());
      std::merge(list->begin(), middle, middle, list->end(), merged.begin(), before);
      *list = std::move(merged);
    }
  }

  // True when a is a better main post than b.
  static bool before(const PlacedPost& a, const PlacedPost& b) {
    if (a.level != b.level) return a.level > b.level;
    if (a.rank != b.rank) return a.rank < b.rank;
    return a.post < b.post;
  }

  void choose_main_posts() {
    main_.assign(directory_.person_slots(), 0);
    inside_.assign(directory_.person_slots(), 0);
    for (uint32_t i = 0; i < held_.size(); ++i) {
      const auto& p = placed_[index_of(held_[i])];
      inside_[p.holder] |= static_cast<uint8_t>((held_[i] & kOutsideBit) == 0);
      uint32_t& best = main_[p.holder];
      if (!best || before(p, placed_[index_of(held_[best - 1])])) best = i + 1;
    }
  }

  // The posts come in code order, so spreading them over the ranks keeps them so within a rank.
  void write_people() {
    std::array<uint32_t, 257> at{};
    uint32_t people = 0;
    for (uint32_t i = 0; i < held_.size(); ++i) {
      const auto& p = placed_[index_of(held_[i])];
      if (main_[p.holder] != i + 1) continue;
      ++at[p.rank + 1u];
      ++people;
    }
    for (size_t r = 1; r < at.size(); ++r) at[r] += at[r - 1];
    targets_.people.resize(people);
    for (uint32_t i = 0; i < held_.size(); ++i) {
      const auto& p = placed_[index_of(held_[i])];
      if (main_[p.holder] != i + 1) continue;
      targets_.people[at[p.rank]++] = {p.holder, p.post, place_of(p), p.rank, !inside_[p.holder], 0, 0};
    }
    sort_within_places();
    if (people < held_.size()) write_extras();
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
    std::vector<uint32_t> at(directory_.person_slots(), 0);  // index in people
    for (uint32_t i = 0; i < people.size(); ++i) at[people[i].person] = i;
    for (uint32_t i = 0; i < held_.size(); ++i) {
      const auto& p = placed_[index_of(held_[i])];
      if (main_[p.holder] != i + 1) ++people[at[p.holder]].extra_count;
    }
    uint32_t begin = 0;
    for (auto& t : people) {
      t.extra_begin = begin;
      begin += t.extra_count;
      t.extra_count = 0;
    }
    targets_.extra_posts.resize(begin);
    for (uint32_t i = 0; i < held_.size(); ++i) {
      const auto& p = placed_[index_of(held_[i])];
      if (main_[p.holder] == i + 1) continue;
      auto& t = people[at[p.holder]];
      targets_.extra_posts[t.extra_begin + t.extra_count++] = p.post;
    }
  }

  void write_vacant() {
    const auto by_rank = [&](uint32_t a, uint32_t b) {
      return std::pair(placed_[index_of(a)].rank, index_of(a)) < std::pair(placed_[index_of(b)].rank, index_of(b));
    };
    std::sort(vacant_.begin(), vacant_.end(), by_rank);
    targets_.vacant.reserve(vacant_.size());
    for (const uint32_t hit : vacant_) {
      const auto& p = placed_[index_of(hit)];
      targets_.vacant.push_back({p.post, place_of(p), p.rank, (hit & kOutsideBit) != 0});
    }
  }

  const Directory& directory_;
  std::span<const PlacedPost> placed_;
  std::span<const PlaceRun> runs_;
  int64_t now_;
  uint64_t hazard_;
  std::array<bool, 256> called_{};  // by rank; the last one, not in the pack, never
  std::vector<uint8_t> record_side_;
  std::vector<uint8_t> run_touched_;
  std::vector<uint32_t> held_, vacant_;
  std::vector<uint32_t> main_;   // by person: index in held_ plus one
  std::vector<uint8_t> inside_;  // by person
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
