#include "registry/targeting.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cmath>
#include <cstdlib>
#include <map>
#include <numbers>
#include <set>

#include "registry/coverage.h"
#include "registry/people_test_data.h"

namespace anlan {
namespace {

struct Dice {
  uint64_t state;
  uint64_t next(uint64_t n) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (state >> 33) % n;
  }
  double unit() { return static_cast<double>(next(1u << 30)) / (1u << 30); }
};

// A made-up province: counties in a row, towns and villages in them, all with positions.
PlaceTable made_up_places(Dice& dice, int counties, int towns, int villages) {
  std::vector<PlaceRow> rows{{PlaceCode(62), "某省"}, {PlaceCode(6201), "某市"}};
  std::vector<LonLat> at{{104, 35}, {104, 35}};
  for (int c = 0; c < counties; ++c) {
    const int64_t county = 620100 + c + 1;
    const LonLat centre{103 + 2 * dice.unit(), 34 + 2 * dice.unit()};
    rows.push_back({PlaceCode(county), "某县"});
    at.push_back(centre);
    for (int t = 0; t < towns; ++t) {
      const int64_t town = county * 1000 + 100 + t;
      const LonLat seat{centre.lon + 0.3 * dice.unit() - 0.15, centre.lat + 0.3 * dice.unit() - 0.15};
      rows.push_back({PlaceCode(town), "某镇"});
      at.push_back(seat);
      for (int v = 0; v < villages; ++v) {
        rows.push_back({PlaceCode(town * 1000 + 200 + v), "某村"});
        at.push_back({seat.lon + 0.1 * dice.unit() - 0.05, seat.lat + 0.1 * dice.unit() - 0.05});
      }
    }
  }
  auto places = PlaceTable::create(rows).value();
  for (size_t i = 0; i < rows.size(); ++i)
    if (dice.next(50)) places.set_position(places.index_of(rows[i].code), at[i], false);
  return places;
}

struct Records {
  std::vector<int64_t> ids;
  std::vector<LonLat> points;
  std::vector<PlaceCode> places;
  operator RecordPositions() const { return {ids, points, places}; }
};

struct World {
  Dice dice;
  Pack pack = people_pack();
  PinyinTable pinyin;
  PlaceTable places;
  Boundaries boundaries;
  Directory directory{pack, pinyin};
  Records records;

  World(uint64_t seed, int counties, int towns, int villages, int posts_per_village) : dice{seed}, places(made_up_places(dice, counties, towns, villages)) {
    for (int64_t id = 1; id <= counties * towns; ++id) {
      const auto place = places.code(static_cast<uint32_t>(dice.next(places.size())));
      records.ids.push_back(id);
      records.points.push_back(dice.next(10) ? LonLat{103 + 2 * dice.unit(), 34 + 2 * dice.unit()} : LonLat{std::nan(""), 0});
      records.places.push_back(place);
    }
    directory.begin_bulk();
    int64_t person = 0, post = 0;
    for (uint32_t i = 0; i < places.size(); ++i) {
      const auto level = places.level(i);
      const int n = level == PlaceLevel::kVillage ? posts_per_village : level == PlaceLevel::kTown ? 12 : 30;
      for (int k = 0; k < n; ++k) {
        PostState s;
        s.post = {++post};
        s.kind = pack.post_kinds[dice.next(pack.post_kinds.size())].id;
        s.place = places.code(i);
        if (dice.next(8) == 0) s.hazards = {pack.hazards[dice.next(3)].id};
        if (dice.next(20) == 0) s.record = {static_cast<int64_t>(1 + dice.next(records.ids.size() + 3))};
        if (dice.next(20) == 0) s.valid_until = UtcTime{static_cast<int64_t>(dice.next(3000))};
        if (const auto what = dice.next(20); what > 1) {
          // Most posts have a person of their own, some share one with an earlier post.
          if (what == 2 && person) {
            s.holder = {static_cast<int64_t>(1 + dice.next(static_cast<uint64_t>(person)))};
          } else {
            PersonState p;
            p.person = {++person};
            p.name = "人" + std::to_string(person);
            if (dice.next(20)) p.phones = {std::to_string(13000000000 + static_cast<int64_t>(dice.next(static_cast<uint64_t>(person) * 30)))};
            directory.put(p, UtcTime{dice.next(3) ? 1000 : -20'000'000'000});
            s.holder = p.person;
          }
        }
        directory.put(s);
      }
    }
    directory.end_bulk();
  }

  // A star with some vertices round a centre.
  Area star(LonLat centre, double radius, int vertices) {
    Polygon polygon;
    for (int i = 0; i < vertices; ++i) {
      const double angle = 2 * std::numbers::pi * i / vertices, r = radius * (0.9 + 0.2 * dice.unit());
      polygon.outer.push_back({centre.lon + r * std::cos(angle), centre.lat + r * std::sin(angle)});
    }
    return normalise({polygon}).value();
  }
};

// The rules of targeting.h, said once more as plainly as possible.
struct Plain {
  std::map<int64_t, std::vector<uint32_t>> posts_of;  // person
  std::set<uint32_t> vacant;
  std::set<uint32_t> outside;  // posts
  std::set<uint32_t> places;
};

Plain plain_resolve(World& w, const Area& area, const TargetQuery& query) {
  Plain out;
  const auto position = [&](uint32_t i) {
    for (; i != kNoPlace; i = w.places.parent(i))
      if (const auto p = w.places.position(i)) return *p;
    return LonLat{0, 0};
  };
  for (uint32_t i = 0; i < w.places.size(); ++i) {
    const auto* boundary = w.boundaries.find(w.places.code(i));
    if (boundary ? !PreparedArea(area).intersects(boundary->area) : !contains(area, position(i))) continue;
    for (uint32_t at = i; at != kNoPlace; at = w.places.parent(at)) out.places.insert(at);
  }
  for (uint32_t id = 1; id < w.directory.post_slots(); ++id) {
    const auto& post = w.directory.post_row(id);
    const auto& kind = w.pack.post_kinds[post.kind];
    const auto named = w.directory.hazards(post);
    const auto& hazards = named.empty() ? kind.hazards : named;
    if (!hazards.empty() && std::find(hazards.begin(), hazards.end(), query.hazard) == hazards.end()) continue;
    if (query.now.ms < post.valid_from || query.now.ms >= post.valid_until) continue;
    if (!w.pack.call_rule(query.level, kind.rank)) continue;
    const bool touched = out.places.contains(w.places.index_of(post.place));
    bool called = touched;
    if (post.record && post.record <= w.records.ids.size() && !std::isnan(w.records.points[post.record - 1].lon))
      called = contains(area, w.records.points[post.record - 1]);
    if (!called) continue;
    if (!touched) out.outside.insert(id);
    if (post.holder) out.posts_of[post.holder].push_back(id);
    else out.vacant.insert(id);
  }
  return out;
}

void expect_same(World& w, const Targets& fast, const Plain& plain) {
  ASSERT_EQ(fast.places.size(), plain.places.size());
  for (const auto& p : fast.places) EXPECT_TRUE(plain.places.contains(p.index));
  ASSERT_EQ(fast.people.size(), plain.posts_of.size());
  for (size_t i = 0; i < fast.people.size(); ++i) {
    const auto& t = fast.people[i];
    const auto it = plain.posts_of.find(t.person);
    ASSERT_NE(it, plain.posts_of.end());
    auto posts = it->second;
    const auto better = [&](uint32_t a, uint32_t b) {
      const auto &pa = w.directory.post_row(a), &pb = w.directory.post_row(b);
      return std::tuple(-static_cast<int>(pa.place.level()), w.directory.rank(pa), a) < std::tuple(-static_cast<int>(pb.place.level()), w.directory.rank(pb), b);
    };
    EXPECT_EQ(t.post, *std::min_element(posts.begin(), posts.end(), better));
    EXPECT_EQ(t.place, w.directory.post_row(t.post).place);
    EXPECT_EQ(t.rank, w.directory.rank(w.directory.post_row(t.post)));
    EXPECT_EQ(t.outside, std::all_of(posts.begin(), posts.end(), [&](uint32_t p) { return plain.outside.contains(p); }));
    std::set<uint32_t> all(fast.extras(t).begin(), fast.extras(t).end());
    EXPECT_EQ(all.size(), t.extra_count);
    all.insert(t.post);
    EXPECT_EQ(all, std::set<uint32_t>(posts.begin(), posts.end()));
    if (i) {
      const auto& before = fast.people[i - 1];
      EXPECT_LT(std::tuple(before.rank, place_order(before.place), before.person), std::tuple(t.rank, place_order(t.place), t.person));
    }
  }
  ASSERT_EQ(fast.vacant.size(), plain.vacant.size());
  for (const auto& v : fast.vacant) {
    EXPECT_TRUE(plain.vacant.contains(v.post));
    EXPECT_EQ(v.outside, plain.outside.contains(v.post));
  }
}

TEST(Targeting, AgreesWithThePlainRules) {
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    World w(seed, 3, 4, 6, 4);
    if (seed % 2) {
      std::vector<Boundary> list;
      const Area square = w.star({103.5, 34.5}, 0.4, 12);
      list.push_back({PlaceCode(620102), square, *bounding_box(square)});
      list.push_back({PlaceCode(620103101202), square, *bounding_box(square)});
      w.boundaries = Boundaries(std::move(list));
    }
    const TargetPlaces ground(w.places, &w.boundaries);
    for (int i = 0; i < 5; ++i) {
      const Area area = w.star({103 + 2 * w.dice.unit(), 34 + 2 * w.dice.unit()}, 0.05 + w.dice.unit(), 30);
      const TargetQuery query{w.pack.hazards[w.dice.next(3)].id, static_cast<WarningLevel>(w.dice.next(4)), UtcTime{1500}};
      const PreparedArea prepared(area);
      expect_same(w, resolve(w.directory, w.records, ground, prepared, query), plain_resolve(w, area, query));
      if (HasFailure()) FAIL() << "seed " << seed << " area " << i;
    }
  }
}

TEST(Targeting, ByPlacesTakesAllBelowAndWhatStandsAbove) {
  World w(5, 2, 3, 4, 5);
  const TargetPlaces ground(w.places, nullptr);
  const PlaceCode town(620101101);
  const std::vector<PlaceCode> codes{town, PlaceCode(620101101201), PlaceCode(999999)};
  const auto targets = resolve(w.directory, {}, ground, codes, {"rainstorm", WarningLevel::red, UtcTime{1500}});
  ASSERT_EQ(targets.places.size(), 3u + 1 + 4);
  EXPECT_EQ(w.places.code(targets.places[0].index), PlaceCode(62));
  EXPECT_FALSE(targets.people.empty());
  for (const auto& t : targets.people) EXPECT_TRUE(town.contains(t.place) || t.place.contains(town));
  EXPECT_TRUE(resolve(w.directory, {}, ground, std::span<const PlaceCode>(), {"rainstorm", WarningLevel::red, UtcTime{1500}}).people.empty());
  // Without records everybody who answers for one counts at the place; with them, where the record is.
  auto moved = w.records;
  for (auto& p : moved.places) p = PlaceCode(620102);
  const auto elsewhere = resolve(w.directory, moved, ground, codes, {"rainstorm", WarningLevel::red, UtcTime{1500}});
  EXPECT_LT(elsewhere.posts(), targets.posts());
}

TEST(Preview, FiguresAddUp) {
  World w(11, 3, 4, 6, 2);
  const TargetPlaces ground(w.places, nullptr);
  const TargetQuery query{"rainstorm", WarningLevel::red, UtcTime{1500}};
  const auto targets = resolve(w.directory, w.records, ground, PreparedArea(w.star({104, 35}, 0.6, 40)), query);
  const auto p = preview(w.directory, targets, w.places, query);
  EXPECT_EQ(p.all.people, targets.people.size());
  EXPECT_EQ(p.all.vacant, targets.vacant.size());
  EXPECT_EQ(p.all.posts, targets.posts());
  EXPECT_EQ(p.all.villages_empty, p.villages_empty.size());
  EXPECT_EQ(p.villages_empty.size(), targets.villages_empty.size());
  EXPECT_GT(p.all.no_phone, 0u);
  EXPECT_GT(p.all.stale_phone, 0u);
  EXPECT_GT(p.all.outside, 0u);
  Figures sum;
  uint32_t villages = 0;
  for (const auto& row : p.by_place) {
    sum += row.figures;
    Figures children;
    for (const auto& child : row.children) {
      children += child.figures;
      EXPECT_TRUE(row.code.contains(child.code));
      ++villages;
    }
    EXPECT_LE(children.people, row.figures.people);
  }
  EXPECT_EQ(sum.people, p.all.people);
  EXPECT_EQ(sum.posts, p.all.posts);
  EXPECT_EQ(sum.villages_empty, p.all.villages_empty);
  EXPECT_GE(villages, p.villages);
  uint32_t by_rank = 0;
  for (const auto& r : p.by_rank) by_rank += r.people;
  EXPECT_EQ(by_rank, p.all.people);
  EXPECT_NEAR(p.minutes, (p.all.people - p.all.no_phone) / 10.0 / 60.0, 1e-9) << "no message goes to people without a number";

  const std::map<PreviewGroup, size_t> groups{
      {PreviewGroup::all, p.all.people + p.all.vacant}, {PreviewGroup::vacant, p.all.vacant},        {PreviewGroup::no_phone, p.all.no_phone},
      {PreviewGroup::stale_phone, p.all.stale_phone},   {PreviewGroup::shared_phone, p.all.shared_phone}, {PreviewGroup::outside, p.all.outside}};
  for (const auto& [group, total] : groups) {
    size_t seen = 0;
    for (size_t offset = 0;; offset += 7) {
      const auto page = preview_names(w.directory, targets, group, {}, "", query.now, offset, 7);
      EXPECT_EQ(page.total, total) << static_cast<int>(group);
      seen += page.items.size();
      if (page.items.empty()) break;
    }
    EXPECT_EQ(seen, total);
  }
  const auto one = preview_names(w.directory, targets, PreviewGroup::all, {}, w.directory.person_row(targets.people[0].person).name, query.now, 0, 10);
  EXPECT_GE(one.total, 1u);
  EXPECT_EQ(one.items[0].person.value, targets.people[0].person);
}

TEST(Coverage, CountsEveryPlaceBelow) {
  World w(12, 2, 3, 4, 1);
  const UtcTime now{1500};
  const auto rows = coverage(w.directory, w.places, PlaceCode(620101), "", now);
  ASSERT_EQ(rows.size(), 4u) << "the county's own posts, and three towns";
  EXPECT_EQ(rows[0].code, PlaceCode(620101));
  for (size_t i = 1; i < rows.size(); ++i) {
    uint32_t posts = 0, vacant = 0, empty = 0;
    std::set<uint32_t> people, no_phone;
    std::set<int64_t> staffed;
    for (uint32_t id = 1; id < w.directory.post_slots(); ++id) {
      const auto& p = w.directory.post_row(id);
      if (!rows[i].code.contains(p.place) || now.ms >= p.valid_until) continue;
      ++posts;
      vacant += !p.holder;
      if (p.holder && !p.record) staffed.insert(p.place.digits());
      if (!p.holder) continue;
      people.insert(p.holder);
      if (w.directory.person_row(p.holder).phones.empty()) no_phone.insert(p.holder);
    }
    for (const auto& v : w.places.children(rows[i].code)) empty += !staffed.contains(v.code.digits());
    EXPECT_EQ(rows[i].figures.posts, posts);
    EXPECT_EQ(rows[i].figures.vacant, vacant);
    EXPECT_EQ(rows[i].figures.people, people.size());
    EXPECT_EQ(rows[i].figures.no_phone, no_phone.size());
    EXPECT_EQ(rows[i].figures.villages_empty, empty);
  }
}

// Prints what a province costs. ANLAN_SCALE=1 for the full size: 218,000 posts at 25,000 villages.
TEST(Targeting, Scale) {
  const bool full = std::getenv("ANLAN_SCALE") != nullptr;
  World w(3, full ? 50 : 5, 25, 20, 8);
  const TargetPlaces ground(w.places, nullptr);
  const auto report = [&](const char* what, const Area& area) {
    double best = 1e9;
    Targets targets;
    for (int i = 0; i < 7; ++i) {
      const auto start = std::chrono::steady_clock::now();
      const PreparedArea prepared(area);
      targets = resolve(w.directory, w.records, ground, prepared, {"rainstorm", WarningLevel::red, UtcTime{1500}});
      best = std::min(best, std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count());
    }
    printf("  %s: %zu of %zu posts, %zu people, %zu vertices: %.1f ms\n", what, targets.posts(), w.directory.active_posts(), targets.people.size(), vertex_count(area), best);
    const auto start = std::chrono::steady_clock::now();
    const auto p = preview(w.directory, targets, w.places, {"rainstorm", WarningLevel::red, UtcTime{1500}});
    printf("    preview of %zu rows: %.1f ms\n", p.by_place.size(), std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count());
  };
  report("half", w.star({104, 35}, 0.82, 5000));
  report("all", w.star({104, 35}, 3, 5000));
}

}  // namespace
}  // namespace anlan
