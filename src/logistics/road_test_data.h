// For tests: a town laid out as a grid, and a store with the writer and the roads over it.
#pragma once

#include <gtest/gtest.h>

#include <functional>

#include "base/json.h"
#include "base/real_ports.h"
#include "journal/scratch_store.h"
#include "logistics/commands.h"
#include "logistics/roads.h"
#include "registry/migrations.h"
#include "registry/record_index.h"
#include "registry/live_places.h"
#include "roads/graph_build.h"
#include "roads/index_file.h"

namespace anlan {

// Columns × rows of junctions, a step apart, joined to the next in each direction. Streets along a row are primary roads
// "横路0" …, across them residential ones "纵路0" …; row 1 between columns 1 and 2 is the bridge 黄河大桥.
struct GridTown {
  static constexpr LonLat kOrigin{102.80, 35.80};
  static constexpr double kStepDeg = 0.01;
  int columns = 6, rows = 5;
  uint16_t more_flags = 0;

  LonLat at(double column, double row) const { return {kOrigin.lon + column * kStepDeg, kOrigin.lat + row * kStepDeg}; }
  std::string index(const std::function<void(roads::Draft&)>& also = {}) const {
    using namespace roads;
    Draft draft;
    const auto node = [&](int c, int r) { return static_cast<Node>(r * columns + c); };
    for (int r = 0; r < rows; ++r)
      for (int c = 0; c < columns; ++c) draft.at.push_back(at(c, r));
    const auto add = [&](int c, int r, int c2, int r2, RoadClass road_class, const std::string& name, uint16_t flags) {
      Road road;
      road.road_class = road_class;
      road.flags = static_cast<uint16_t>(kMotorForward | kMotorBackward | kFootForward | kFootBackward | flags | more_flags);
      road.name = draft.names.index_of(name);
      const LonLat line[] = {at(c, r), at(c2, r2)};
      draft.add(node(c, r), node(c2, r2), road, line);
    };
    for (int r = 0; r < rows; ++r)
      for (int c = 0; c < columns; ++c) {
        const bool bridge = r == 1 && c == 1;
        if (c + 1 < columns) add(c, r, c + 1, r, RoadClass::kPrimary, bridge ? "黄河大桥" : "横路" + std::to_string(r), bridge ? kBridge : 0);
        if (r + 1 < rows) add(c, r, c, r + 1, RoadClass::kResidential, "纵路" + std::to_string(c), 0);
      }
    if (also) also(draft);
    return write_index(build_index(build_graph(std::move(draft))).value());
  }
};

inline std::string point_shape(LonLat p) { return json::serialize(json::object{{"type", "Point"}, {"coordinates", json::array{p.lon, p.lat}}}); }
inline std::string box_shape(LonLat south_west, LonLat north_east) {
  const auto [w, s] = south_west;
  const auto [e, n] = north_east;
  json::array ring;
  for (const auto& p : {LonLat{w, s}, LonLat{e, s}, LonLat{e, n}, LonLat{w, n}, LonLat{w, s}}) ring.push_back(json::array{p.lon, p.lat});
  json::array rings;
  rings.push_back(std::move(ring));
  return json::serialize(json::object{{"type", "Polygon"}, {"coordinates", std::move(rings)}});
}

class RoadRig {
 public:
  class TurnedClock final : public Clock {
   public:
    UtcTime now() const override { return at; }
    Millis monotonic() const override { return {at.ms}; }
    UtcTime at{1'763'700'000'000};  // 12:40 at UTC+8, no rush and no night
  };

  RoadRig() {
    auto connection = store->connect().value();
    auto all = journal_migrations();
    for (const auto& part : {registry_migrations(), logistics_migrations()}) all.insert(all.end(), part.begin(), part.end());
    EXPECT_TRUE(migrate(*connection, all).ok());
    writer = Writer::open(std::move(connection), clock, attachments).value();
    writer->add_observer(&places);
    writer->add_observer(&records);
    open();
  }

  // As a start does.
  void open() {
    roads = std::make_unique<Roads>(pack(), attachments, clock, 480);
    auto reader = store->connect().value();
    reader->begin_read();
    EXPECT_TRUE(roads->load(*reader).ok());
    reader->rollback();
    watch.roads = roads.get();
    if (!watching) writer->add_observer(&watch);
    watching = true;
  }
  static const Pack& pack() {
    static const Pack pack = load_pack("packs/cn").value();
    return pack;
  }

  Result<Answer> run(std::function<Result<Decision>(Reader&, UtcTime)> decide) {
    std::optional<Result<Answer>> answer;
    writer->submit({"account:1", {}, {}, std::move(decide), [&](const Result<Answer>& a) { answer.emplace(a); }, {}});
    while (!answer) writer->run_batch();
    return *answer;
  }
  void import(const std::string& index, const std::string& name = "示范路网") {
    const auto hash = attachments.put(index).value();
    EXPECT_TRUE(run([&](Reader&, UtcTime) { return import_roads({name, hash, 1, 1, 1, "{}"}); }).ok());
  }
  RoadStateId set(RoadState state) {
    if (state.name.empty()) state.name = "某路";
    const auto answer = run([&](Reader& reader, UtcTime now) { return set_road_state(reader, state, PlaceCode(622927), now); });
    EXPECT_TRUE(answer.ok());
    return RoadStateId{parse_json(answer.value().response).value().at("state").to_number<int64_t>()};
  }
  void lift(RoadStateId id) {
    EXPECT_TRUE(run([&](Reader& reader, UtcTime now) { return lift_road_state(reader, id, PlaceCode(622927), now); }).ok());
  }
  uint32_t ms(LonLat from, LonLat to, const std::string& profile = "car") {
    const auto t = roads->times({&from, 1}, {&to, 1}, {profile, {}});
    EXPECT_TRUE(t.ok());
    return t ? t->at(0, 0) : 0;
  }

  ScratchStore place;
  TurnedClock clock;
  SystemDisk disk{place.folder()};
  Attachments attachments{disk};
  std::unique_ptr<Store> store = place.open();
  PinyinTable pinyin = PinyinTable::create({}).value();
  Places places{attachments};
  RecordIndex records{pack(), pinyin, attachments};
  std::unique_ptr<Roads> roads;

 private:
  struct Watching final : Observer {
    Roads* roads = nullptr;
    void on_committed(const std::vector<RecordedFact>& facts) override { roads->on_committed(facts); }
  };
  Watching watch;
  bool watching = false;

 public:
  std::unique_ptr<Writer> writer;
};

}  // namespace anlan
