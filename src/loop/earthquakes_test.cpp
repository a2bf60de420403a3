// Earthquakes on a whole node: what is reported becomes an estimate, a warning, orders to machines; what was none goes again.
#include <gtest/gtest.h>

#include <thread>

#include "earthquakes/estimate_json.h"
#include "earthquakes/report.h"
#include "earthquakes/scenarios.h"
#include "loop/earthquake_warning.h"
#include "loop/node_rig.h"
#include "warnings/commands.h"

namespace anlan {
namespace {

class Earthquakes : public testing::TestWithParam<const char*> {
 protected:
  Earthquakes() : t(GetParam()) { t.fill(); }

  void load_buildings() {
    const std::string csv = "place,type,code,use,buildings,storeys_min,storeys_max,year_min,year_max,floor_area,people\n"
                            "622927101,adobe,pre,home,400,1,1,1970,1990,90,1700\n622927101,masonry,low,home,300,1,3,1995,2010,120,1300\n"
                            "622927101,frame,moderate,school,4,2,4,2010,2020,600,500\n622927999,adobe,pre,home,5,1,1,1970,1990,90,20\n";
    auto stock = read_stock(StockKind::census, "普查", csv, t.node->pack(), *t.node->places().get());
    ASSERT_TRUE(stock) << stock.error().describe();
    EXPECT_EQ((*stock)->rows_refused, 1u);
    auto loaded = (*stock)->loaded;
    loaded.file = t.node->attachments().put(csv).value();
    ASSERT_TRUE(t.run([&](Reader&, UtcTime) { return load_exposure(loaded); }));
    t.settle();
  }
  Earthquake quake(double magnitude = 6.2) const { return {0, t.clock.at - seconds(20), 102.79, 35.78, magnitude, 10, "积石山"}; }
  static EarthquakeOrigin of(EarthquakeSource source, const std::string& id = "") {
    EarthquakeOrigin o;
    o.source = source;
    o.source_name = source == EarthquakeSource::officer ? "" : "test";
    o.source_id = id;
    o.drill = source == EarthquakeSource::drill;
    return o;
  }
  int64_t take(const Earthquake& q, const EarthquakeOrigin& o) {
    auto answer = t.run([&](Reader& r, UtcTime now) { return take_report(r, q, o, PlaceCode(NodeRig::kCounty), now); });
    EXPECT_TRUE(answer) << answer.error().describe();
    t.settle();
    return t.id_of(answer, "earthquake");
  }
  template <class F>
  auto read(F f) {
    auto reader = t.node->store().connect().value();
    reader->begin_read();
    auto out = f(*reader);
    reader->rollback();
    return out;
  }
  EarthquakeRow row(int64_t id) {
    return *read([&](Reader& r) { return read_earthquake(r, id); });
  }
  std::optional<WarningRow> warning(int64_t id) {
    return read([&](Reader& r) { return read_warning(r, row(id).warning); });
  }

  NodeRig t;
};

TEST_P(Earthquakes, AReportBecomesAnEstimateWithRanges) {
  load_buildings();
  const auto id = take(quake(), of(EarthquakeSource::officer));
  const auto e = row(id);
  ASSERT_TRUE(e.losses);
  EXPECT_EQ(e.losses->number, 2) << "at once, then with draws";
  EXPECT_EQ(e.losses->draws, 100);
  EXPECT_GT(e.losses->intensity_max, 6.5);
  EXPECT_GT(e.losses->dead.high, e.losses->dead.low);
  EXPECT_GE(e.losses->response_level, 1) << "magnitude 6.2 alone proposes one";
  const auto estimate = read([&](Reader& r) { return t.node->estimates().of(r, id); }).value();
  EXPECT_EQ(estimate->number, 2);
  const auto all = losses_json(*estimate, t.node->pack(), *t.node->places().get());
  EXPECT_TRUE(all.at("generated").as_bool());
  EXPECT_EQ(all.at("townships").as_array().size(), 1u);
  EXPECT_EQ(all.at("townships").at(0).at("place").as_string(), "622927101");

  // A survey point lowers what the model believed, and the losses follow.
  Survey low{0, id, 102.76, 35.84, 5.0, 3, 9, 0, 2, "少数房屋掉瓦"};
  ASSERT_TRUE(t.run([&](Reader& r, UtcTime now) { return survey_earthquake(r, low, PlaceCode(NodeRig::kTown), now); }));
  t.settle();
  const auto after = row(id);
  EXPECT_LT(after.losses->intensity_max, e.losses->intensity_max);
  EXPECT_LT(after.losses->dead.middle, e.losses->dead.middle);
  EXPECT_EQ(after.losses->surveys, 1);
  // Taking it back takes its effect back.
  ASSERT_TRUE(t.run([&](Reader& r, UtcTime) { return withdraw_survey(r, 1); }));
  t.settle();
  EXPECT_NEAR(row(id).losses->intensity_max, e.losses->intensity_max, 1e-9);
}

TEST_P(Earthquakes, StationsAreTakenInAndSaidTwiceCountOnce) {
  load_buildings();
  const auto id = take(quake(), of(EarthquakeSource::officer));
  const double before = row(id).losses->intensity_max;
  const auto stations = read_stations("name,lon,lat,pga_gal,pgv_cms,intensity\nA,102.76,35.84,900,90,9.3\nB,102.80,35.80,850,80,9.1\nbad,500,35,1,1,1\n,102,35,-4,,\n").value();
  EXPECT_EQ(stations.stations.size(), 2u);
  EXPECT_EQ(stations.left_out, 2u);
  StationsMeasured measured{id, "", "upload", 2, 2, t.node->attachments().put(json::serialize(stations_json(stations.stations))).value()};
  for (int i = 0; i < 2; ++i) {
    ASSERT_TRUE(t.run([&](Reader& r, UtcTime) { return record_stations(r, measured, PlaceCode(NodeRig::kCounty)); }));
    t.settle();
  }
  EXPECT_GT(row(id).losses->intensity_max, before + 0.3);
  EXPECT_EQ(row(id).losses->stations, 2);
}

TEST_P(Earthquakes, StationsCallTheTownsByThemselves) {
  const auto id = take(quake(5.0), of(EarthquakeSource::early_warning, "1-1-1"));
  auto w = warning(id);
  ASSERT_TRUE(w);
  EXPECT_EQ(w->state, WarningState::in_force) << "issued by the policy, without a person";
  EXPECT_EQ(w->content.hazard, "earthquake");
  EXPECT_FALSE(w->content.places.empty());
  EXPECT_FALSE(t.node->caller().open_rounds().empty()) << "those who answer for the towns are called";
  const auto places = w->content.places.size();
  const auto version = w->version;

  // A little more is the same warning; graver is a new version, no sooner than the policy allows.
  auto graver = quake(7.4);
  EXPECT_EQ(take(graver, of(EarthquakeSource::early_warning, "1-1-1")), id);
  EXPECT_EQ(row(id).version, 2);
  EXPECT_EQ(warning(id)->version, version) << "calls are not begun anew within 20 s";
  t.pass(seconds(25));
  w = warning(id);
  EXPECT_GT(w->version, version);
  EXPECT_EQ(w->content.level, WarningLevel::red);
  EXPECT_GE(w->content.places.size(), places);

  // It was none.
  ASSERT_TRUE(t.run([&](Reader& r, UtcTime) { return withdraw_earthquake(r, id, "误报", PlaceCode(NodeRig::kCounty)); }));
  t.settle();
  EXPECT_EQ(warning(id)->state, WarningState::cancelled);
  EXPECT_TRUE(t.run([&](Reader& r, UtcTime now) { return take_report(r, quake(7.6), of(EarthquakeSource::early_warning, "1-1-1"), PlaceCode(NodeRig::kCounty), now); }));
  t.settle();
  EXPECT_EQ(row(id).version, 2) << "what was withdrawn stays so";
}

TEST_P(Earthquakes, OfficersAndDrillsDraftOnly) {
  const auto id = take(quake(), of(EarthquakeSource::officer));
  t.pass(seconds(60));
  ASSERT_TRUE(warning(id));
  EXPECT_EQ(warning(id)->state, WarningState::draft);
  // The draft follows what is known until somebody works on it.
  auto graver = quake(7.4);
  graver.id = id;
  const auto level = warning(id)->content.level;
  const auto headline = warning(id)->content.description;
  ASSERT_TRUE(t.run([&](Reader& r, UtcTime now) { return revise_earthquake(r, graver, of(EarthquakeSource::officer), PlaceCode(NodeRig::kCounty), now); }));
  t.settle();
  EXPECT_EQ(warning(id)->state, WarningState::draft);
  EXPECT_GE(warning(id)->content.level, level);
  EXPECT_NE(warning(id)->content.description, headline);
  const auto drill = take(quake(), of(EarthquakeSource::drill));
  EXPECT_NE(drill, id) << "a drill is not the earthquake of the same minute";
  ASSERT_TRUE(warning(drill));
  EXPECT_EQ(warning(drill)->state, WarningState::draft);
  EXPECT_TRUE(warning(drill)->content.headline.starts_with("【演练】"));
  EXPECT_TRUE(read([&](Reader& r) { return list_earthquakes(r, UtcTime{0}, 10); }).size() == 1) << "drills are listed when asked for";
}

TEST_P(Earthquakes, AnOldOneCallsNobody) {
  auto old = quake();
  old.at = t.clock.at - hours(2);
  const auto id = take(old, of(EarthquakeSource::catalogue, "us1"));
  t.pass(seconds(60));
  EXPECT_FALSE(row(id).warning);
}

TEST_P(Earthquakes, AFeedThatRepeatsItselfSaysNothingNew) {
  const auto q = quake();
  const auto id = take(q, of(EarthquakeSource::catalogue, "us1"));
  EXPECT_EQ(take(q, of(EarthquakeSource::catalogue, "us1")), id);
  EXPECT_EQ(row(id).version, 1);
  auto other = q;
  other.magnitude = 6.0;
  other.lon += 0.2;
  EXPECT_EQ(take(other, of(EarthquakeSource::catalogue, "cenc9")), id) << "another source, the same earthquake";
  EXPECT_EQ(row(id).version, 2);
  // The stations' automatic word does not overwrite a catalogue.
  take(q, of(EarthquakeSource::early_warning, "1-1-1"));
  EXPECT_EQ(row(id).version, 2);
}

TEST_P(Earthquakes, MachinesAreToldOnceAndAnswer) {
  RecordPatch plant;
  plant.name = "河湾化工";
  plant.place = PlaceCode(NodeRig::kTown);
  plant.position = LonLat{102.77, 35.82};
  plant.fields = {{"kind", "chemical"}, {"keeper", "赵强"}, {"keeper_phone", "16000000077"}};
  ASSERT_TRUE(t.run([&](Reader& r, UtcTime) { return add_record(r, t.node->pack(), t.node->places().get()->places(), "enterprise", plant); }));
  auto now = quake();
  now.at = t.clock.at;  // the shaking is still on its way
  const auto id = take(now, of(EarthquakeSource::early_warning, "1-1-1"));
  t.pass(seconds(30));
  auto orders = read([&](Reader& r) { return linkages_of(r, id); });
  ASSERT_EQ(orders.size(), 1u);
  EXPECT_EQ(orders[0].order.rule, "chemical_plants");
  EXPECT_EQ(orders[0].state, LinkageState::ordered);
  EXPECT_GT(orders[0].order.intensity, 6);
  int told = 0;
  for (const auto& a : t.channels["sms"]->placed) told += a.seq == -orders[0].order.id;
  EXPECT_EQ(told, 1) << "whoever minds it has the message, once";
  ASSERT_TRUE(t.run([&](Reader& r, UtcTime) { return answer_linkage(r, orders[0].order.id, true, "已停车"); }));
  orders = read([&](Reader& r) { return linkages_of(r, id); });
  EXPECT_EQ(orders[0].state, LinkageState::done);
  EXPECT_EQ(orders[0].note, "已停车");
}

TEST_P(Earthquakes, NonsenseIsRefusedInWords) {
  const auto refused = [&](auto change) {
    auto q = quake();
    change(q);
    return t.run([&](Reader& r, UtcTime now) { return report_earthquake(r, q, {}, PlaceCode(NodeRig::kCounty), now); }).error().code;
  };
  EXPECT_EQ(refused([](Earthquake& q) { q.depth_km = -4; }), ErrorCode::kInvalidField);
  EXPECT_EQ(refused([](Earthquake& q) { q.magnitude = 12; }), ErrorCode::kInvalidField);
  EXPECT_EQ(refused([](Earthquake& q) { q.magnitude = NAN; }), ErrorCode::kInvalidField);
  EXPECT_EQ(refused([](Earthquake& q) { q.lat = 95; }), ErrorCode::kInvalidField);
  EXPECT_EQ(refused([&](Earthquake& q) { q.at = t.clock.at + hours(1); }), ErrorCode::kInvalidField);
  EXPECT_EQ(t.run([&](Reader& r, UtcTime now) { return survey_earthquake(r, {0, 99, 102, 35, 6.0, 0, 0, 0, 0, ""}, PlaceCode(), now); }).error().code, ErrorCode::kNotFound);
  const auto id = take(quake(), of(EarthquakeSource::officer));
  EXPECT_EQ(t.run([&](Reader& r, UtcTime now) { return survey_earthquake(r, {0, id, 102, 35, 13.0, 0, 0, 0, 0, ""}, PlaceCode(), now); }).error().code, ErrorCode::kInvalidField);
  EXPECT_EQ(t.run([&](Reader& r, UtcTime now) { return survey_earthquake(r, {0, id, 102, 35, {}, 0, 0, 0, 0, ""}, PlaceCode(), now); }).error().code, ErrorCode::kInvalidField);
  EXPECT_EQ(t.run([&](Reader& r, UtcTime now) { return survey_earthquake(r, {0, id, 102, 35, {}, -3, 0, 0, 0, ""}, PlaceCode(), now); }).error().code, ErrorCode::kInvalidField);
  EXPECT_FALSE(read_stations("").ok());
  EXPECT_FALSE(read_stations("<shakemap-data>").ok());
  EXPECT_FALSE(read_stations("name,lon,lat\nx,a,b\n").ok());
  EXPECT_FALSE(read_stock(StockKind::census, "x", "", t.node->pack(), *t.node->places().get()).ok());
  EXPECT_FALSE(read_stock(StockKind::buildings, "x", "lon,lat,type\n200,95,adobe\n", t.node->pack(), *t.node->places().get()).ok());
}

TEST_P(Earthquakes, ARestartGoesOn) {
  load_buildings();
  const auto id = take(quake(), of(EarthquakeSource::officer));
  const auto dead = row(id).losses->dead.middle;
  t.close();
  t.open();
  t.settle();
  EXPECT_EQ(row(id).losses->number, 2) << "nothing is estimated again";
  const auto again = read([&](Reader& r) { return t.node->estimates().of(r, id); }).value();
  ASSERT_TRUE(again->losses);
  EXPECT_DOUBLE_EQ(again->losses->total.dead.p50, dead) << "worked out from the facts, the same numbers";
}

TEST_P(Earthquakes, TheReportHasTwoPagesAndNames) {
  load_buildings();
  const auto id = take(quake(), of(EarthquakeSource::officer));
  const auto estimate = read([&](Reader& r) { return t.node->estimates().of(r, id); }).value();
  const auto report = report_of(*estimate, row(id), t.node->pack(), *t.node->places().get(), "积石山县应急管理局", 480);
  EXPECT_NE(report.title.find("积石山 6.2 级"), std::string::npos);
  ASSERT_GE(report.sections.size(), 5u);
  EXPECT_NE(report.sections[2].text.find("～"), std::string::npos) << "ranges, no bare numbers";
  EXPECT_TRUE(report.generated);
  const auto pdf = report_pdf(report, *estimate);
  if (!pdf && pdf.error().code == ErrorCode::kUnavailable) GTEST_SKIP() << "no Chinese font";
  ASSERT_TRUE(pdf) << pdf.error().describe();
  EXPECT_TRUE(pdf->starts_with("%PDF"));
}

TEST_P(Earthquakes, AStrongerCityLosesLess) {
  load_buildings();
  Scenarios scenarios(t.node->pack(), t.node->stock(), t.clock, PlaceCode(NodeRig::kCounty), 480);
  const auto run = [&](ScenarioRequest request) {
    const auto id = scenarios.start("", std::move(request)).value();
    while (scenarios.find(id)->state == ScenarioState::running) std::this_thread::yield();
    return *scenarios.find(id);
  };
  ScenarioRequest request;
  request.name = "6.5 级";
  request.quake = quake(6.5);
  request.response = true;
  const auto plain = run(request);
  ASSERT_EQ(plain.state, ScenarioState::done) << plain.fault->describe();
  EXPECT_EQ(plain.damage->grade.size(), 704u);
  EXPECT_EQ(plain.damage->response_grade.size(), 704u);
  request.retrofits = {{*building_type(t.node->pack().earthquakes, "masonry"), quake::CodeLevel::low, quake::CodeLevel::high}};
  const auto better = run(request);
  ASSERT_EQ(better.state, ScenarioState::done);
  EXPECT_LT(better.estimate->losses->total.loss_yuan.p50, plain.estimate->losses->total.loss_yuan.p50);
  EXPECT_LT(better.damage->grades[3] + better.damage->grades[4], plain.damage->grades[3] + plain.damage->grades[4]);
  EXPECT_EQ(scenarios.find(99), std::nullopt);
}

INSTANTIATE_TEST_SUITE_P(Stores, Earthquakes, kStoreKinds, store_kind_name);

}  // namespace
}  // namespace anlan
