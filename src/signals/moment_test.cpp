// All readings of one call are one moment, also for rules over places: whichever engine a link is in.
#include <gtest/gtest.h>

#include "journal/scratch_store.h"
#include "signals/watch_rig.h"

namespace anlan {
namespace {

constexpr const char* kPack = R"(pack: { name: test, version: "1", phone_stale_after: 180 d, second_person: [] }
levels: [{ id: red, zh: 红, en: R }, { id: orange, zh: 橙, en: O }, { id: yellow, zh: 黄, en: Y }, { id: blue, zh: 蓝, en: B }]
hazards: [{ id: flood, zh: 洪水, en: Flood, cap_category: Met, cap_events: [洪水] }]
record_types:
  - id: river_gauge
    zh: 水位站
    en: River gauge
    version: 1
    source: test
    fields: [{ id: code, zh: 编码, en: Code, type: text, required: true, list: true }]
    signal: { unit: m, code: code, interval: 5 min, late_after: 15 min, silent_after: 60 min, min: 0, max: 100 }
alarm_rules:
  - { id: level, zh: 洪水, en: Level, type: river_gauge, hazard: flood, steps: [{ level: yellow, when: "value >= 12" }], source: test, effective_from: 2026-11-22, verified: false }
area_rules:
  - { id: many, zh: 多站超警, en: Many, over: county, hazard: flood, steps: [{ level: orange, when: "count(level >= yellow) >= 2" }], clear_after: 10 min, source: test, effective_from: 2026-11-22, verified: false }
)";

TEST(Moment, OneThatRisesWhileAnotherFallsIsNotTwo) {
  const Pack pack = read_pack({{"pack.yaml", kPack}}).value();
  for (const bool turned : {false, true}) {
    const ScratchStore place;
    WatchRig rig(place.folder(), pack);
    rig.add_links("river_gauge", {{"A", PlaceCode(622927101)}, {"B", PlaceCode(622927101)}});
    const char *first = turned ? "B" : "A", *second = turned ? "A" : "B";
    rig.take({{first, rig.clock.at, 13, 0}, {second, rig.clock.at, 11, 1}});
    rig.settle();
    rig.clock.at = rig.clock.at + minutes(5);
    rig.take({{first, rig.clock.at, 11, 0}, {second, rig.clock.at, 13, 1}});
    rig.settle();
    EXPECT_EQ(rig.count("AlarmRaised"), 2) << "one gauge, then the other, never both";
    rig.clock.at = rig.clock.at + minutes(5);
    rig.take({{first, rig.clock.at, 13, 0}});
    rig.settle();
    EXPECT_EQ(rig.count("AlarmRaised"), 4) << "both, and the county";
  }
}

}  // namespace
}  // namespace anlan
