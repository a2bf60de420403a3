// targeting: from a polygon to the list of people, as it runs when a warning is approved.
#include "benchmarks/bench.h"
#include "benchmarks/province.h"
#include "registry/targeting.h"

namespace anlan::bench {
namespace {

constexpr int kTimes = 21;
constexpr UtcTime kNow{1'763'700'000'000};

struct Measured {
  double ms = 0;
  size_t posts = 0, people = 0, places = 0;
};

Measured measure(const Directory& directory, const TargetPlaces& places, const Area& area) {
  Measured m;
  std::vector<double> times;
  for (int i = 0; i < kTimes; ++i) {
    const Stopwatch watch;
    const PreparedArea prepared(area);
    const Targets targets = resolve(directory, {}, places, prepared, {"rainstorm", WarningLevel::red, kNow});
    times.push_back(watch.ms());
    m.posts = targets.posts();
    m.people = targets.people.size();
    m.places = targets.places.size();
  }
  m.ms = percentile(std::move(times), 0.5);
  return m;
}

// What the measured code must find: everybody at a place that is touched.
size_t expected_posts(const Directory& directory, const PlaceTable& places, const Area& area) {
  std::vector<uint8_t> touched(places.size(), 0);
  for (uint32_t i = 0; i < places.size(); ++i)
    if (contains(area, *places.position(i)))
      for (uint32_t p = i; p != kNoPlace; p = places.parent(p)) touched[p] = 1;
  size_t posts = 0;
  for (const auto& run : directory.runs())
    if (touched[places.index_of(run.place)]) posts += directory.posts_at(run.place).size();
  return posts;
}

}  // namespace

bool run_targeting() {
  const Pack pack = load_pack("packs/cn").value();
  const PinyinTable pinyin;
  const PlaceTable places = province_places(1);
  Directory directory(pack, pinyin);
  {
    const auto people = province_people();
    directory.import(write_people(people.persons, people.posts), kNow);
  }
  const TargetPlaces ground(places, nullptr);
  bool good = true;
  const auto run = [&](const char* metric, const std::string& polygon, const Area& area) {
    const auto m = measure(directory, ground, area);
    const size_t expected = expected_posts(directory, places, area);
    progress(std::string(metric) + ": " + std::to_string(m.posts) + " posts, " + std::to_string(m.people) + " people, " + std::to_string(m.places) + " places");
    report("targeting", "218,000 posts, 25,000 villages, " + polygon + " takes " + std::to_string(m.posts) + "; prepared, resolved and ranked; median of 21",
           metric, m.ms, "ms");
    if (m.posts != expected) {
      progress("targeting: expected " + std::to_string(expected) + " posts");
      good = false;
    }
  };
  run("posts_ms", "a jagged star of 5,000 vertices", star(1.08, 5'000, 2));
  run("all_posts_ms", "a jagged star of 5,000 vertices over everything", star(5, 5'000, 3));
  return good;
}

}  // namespace anlan::bench
