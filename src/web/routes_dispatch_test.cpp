// Dispatch through the API: teams, missions, positions, relief plans, hospitals, helicopters; who may, and what is refused.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "logistics/road_test_data.h"
#include "registry/place_files.h"
#include "web/api_test_node.h"
#include "web/contract_check.h"

namespace anlan {
namespace {

using testing::HasSubstr;

constexpr GridTown kTown{};

// Text messages as they leave.
class Texts final : public Channel {
 public:
  std::string_view id() const override { return "sms"; }
  void place(std::vector<Attempt> attempts, const std::string& message) override {
    std::scoped_lock guard(mutex);
    for (const auto& a : attempts) sent.push_back({a.phone, message, a.key()});
  }
  struct Sent {
    std::string phone, text, key;
  };
  std::mutex mutex;
  std::vector<Sent> sent;
};

class HeldSocket final : public LiveSocket {
 public:
  bool send(std::shared_ptr<const std::string> text) override {
    std::scoped_lock guard(mutex);
    texts.push_back(*text);
    return true;
  }
  void close(uint16_t, std::string) override {}
  uint64_t id() const override { return 1; }
  int count(const std::string& type) {
    std::scoped_lock guard(mutex);
    return static_cast<int>(std::count_if(texts.begin(), texts.end(), [&](const auto& t) { return t.find("\"type\":\"" + type + "\"") != std::string::npos; }));
  }
  std::mutex mutex;
  std::vector<std::string> texts;
};

std::string at(LonLat p) { return "{\"lon\":" + std::to_string(p.lon) + ",\"lat\":" + std::to_string(p.lat) + "}"; }

class DispatchRoutes : public testing::Test {
 protected:
  DispatchRoutes() : t({}, settings()) {}
  static NodeSettings settings() {
    NodeSettings s;
    s.name = "积石山县应急管理局";
    s.place = PlaceCode(622927);
    return s;
  }
  void SetUp() override {
    add_all_routes(*t.api);
    texts = std::make_shared<Texts>();
    t.node->caller().add_channel(texts);
    t.start();
    auto places = read_divisions({"code,name\n62,甘肃省\n", "code,name\n6229,临夏回族自治州\n", "code,name\n622927,积石山县\n622921,临夏县\n", "code,name\n622927101,大河家镇\n622927102,刘集乡\n622921101,韩集镇\n",
                                  "code,name\n622927101201,大河村\n622921101201,阳洼山村\n"}).value();
    const auto index = PlaceIndex::build(std::move(places), {}, t.node->pinyin());
    const auto hash = t.node->attachments().put(index->write()).value();
    t.node->places().expect(hash, index);
    ASSERT_TRUE(t.run([&](Reader& r, UtcTime) { return import_places(r, PlaceSetKind::divisions, hash, "", "test"); }).ok());
    t.add_account("wang", {{"duty", PlaceCode(622927)}});
    t.add_account("reader", {{"viewer", PlaceCode(622927)}});
    t.add_account("elsewhere", {{"duty", PlaceCode(622921)}});
    site = t.node->site_tokens().token(t.add_account("gateway", {{"site", PlaceCode(622927)}}));
    wang = t.sign_in("wang");
    reader = t.sign_in("reader");
    elsewhere = t.sign_in("elsewhere");
  }
  int64_t record(const char* type, const char* name, LonLat where, json::object fields, PlaceCode place = PlaceCode(622927101)) {
    RecordPatch r;
    r.name = name;
    r.place = place;
    r.position = where;
    r.fields = std::move(fields);
    const auto index = t.node->places().get();
    const auto answer = t.run([&](Reader& rd, UtcTime) { return add_record(rd, t.node->pack(), index->places(), type, r); });
    EXPECT_TRUE(answer.ok()) << answer.error().describe();
    return parse_json(answer.value().response).value().at("id").to_number<int64_t>();
  }
  int64_t team(const char* name, LonLat where, json::object more = {}, PlaceCode place = PlaceCode(622927101)) {
    json::object fields{{"kind", "professional"}, {"speciality", "water"}, {"people", 20}, {"boats", 2}, {"minutes_to_leave", 5}};
    for (auto& m : more) fields[m.key()] = m.value();
    return record("rescue_team", name, where, std::move(fields), place);
  }
  void import_roads_of_the_town() {
    const auto hash = t.node->attachments().put(kTown.index()).value();
    ASSERT_TRUE(t.run([&](Reader&, UtcTime) { return import_roads({"示范路网", hash, 30, 98, 49, "{}"}); }).ok());
    ASSERT_TRUE(t.node->roads().loaded());
  }
  RoadStateId close_bridge() {
    RoadState s;
    s.name = "黄河大桥";
    s.kind = RoadStateKind::closed;
    s.shape = point_shape(kTown.at(1.5, 1));
    const auto answer = t.run([&](Reader& rd, UtcTime now) { return set_road_state(rd, s, PlaceCode(622927), now); });
    return RoadStateId{parse_json(answer.value().response).value().at("state").to_number<int64_t>()};
  }
  // A request whose answer keeps the contract.
  json::object expect(int status, const std::string& method, const std::string& path, const std::string& pattern, const std::string& token, const std::string& body = {}) {
    const auto response = method == "GET" ? t.get(path, token) : t.change(method, path, token, body);
    EXPECT_EQ(response.status, status) << method << " " << path << " " << body << "\n" << response.body_text();
    auto out = t.json_of(response);
    if (response.status == status && status < 300)
      for (const auto& fault : contract.faults(method, pattern, status, json::value(out))) ADD_FAILURE() << pattern << ": " << fault;
    return out;
  }
  json::object post(int status, const std::string& path, const std::string& token, const std::string& body) { return expect(status, "POST", path, path, token, body); }
  json::object get(const std::string& path, const std::string& token) { return expect(200, "GET", path, path, token); }
  int64_t order(int64_t id, LonLat to, const std::string& more = {}) {
    const auto out = post(201, "/missions", wang, "{\"team\":" + std::to_string(id) + ",\"to\":{\"lon\":" + std::to_string(to.lon) + ",\"lat\":" + std::to_string(to.lat) + ",\"name\":\"大河村\"},\"task\":\"转移群众\"" + more + "}");
    return out.contains("mission") ? out.at("mission").at("id").to_number<int64_t>() : 0;
  }
  json::object step(int status, int64_t id, const std::string& to, const std::string& token) {
    return expect(status, "POST", "/missions/" + std::to_string(id) + "/step", "/missions/{id}/step", token, "{\"step\":\"" + to + "\"}");
  }

  ApiTestNode t;
  Contract contract;
  std::shared_ptr<Texts> texts;
  std::string wang, reader, elsewhere, site;
};

TEST_F(DispatchRoutes, TeamsByDistanceWhileNoRoadsAreLoaded) {
  const auto a = team("近队", kTown.at(1, 1)), b = team("远队", kTown.at(4, 4));
  team("山队", kTown.at(0, 0), {{"speciality", "mountain"}});
  const std::string body = "{\"at\":" + at(kTown.at(0, 1)) + ",\"needs\":[{\"capability\":\"water\",\"teams\":1}],\"profile\":\"car\"}";
  const auto found = post(200, "/dispatch/teams", reader, body);
  EXPECT_TRUE(found.at("estimated").as_bool());
  ASSERT_EQ(found.at("chosen").as_array().size(), 1u);
  EXPECT_EQ(found.at("chosen").at(0).at("record").to_number<int64_t>(), a);
  EXPECT_EQ(found.at("refused").at(0).at("record").to_number<int64_t>(), b);
  EXPECT_EQ(found.at("refused").at(0).at("code").as_string(), "not_needed");
  // Of another place nothing is seen.
  EXPECT_TRUE(post(200, "/dispatch/teams", elsewhere, body).at("chosen").as_array().empty());
  EXPECT_EQ(t.change("POST", "/dispatch/teams", "", body).status, 401);
}

TEST_F(DispatchRoutes, AMissionFromOrderToEnd) {
  const auto id = team("一队", kTown.at(0, 1));
  const auto mission = order(id, kTown.at(4, 1));
  ASSERT_GT(mission, 0);
  const std::string again = "{\"team\":" + std::to_string(id) + ",\"to\":" + at(kTown.at(4, 1)) + "}";
  EXPECT_EQ(t.change("POST", "/missions", wang, again).status, 409) << "it is on its way already";
  EXPECT_EQ(t.change("POST", "/missions", reader, again).status, 403);
  EXPECT_EQ(t.change("POST", "/missions", elsewhere, again).status, 403);
  auto item = get("/missions", reader).at("items").at(0).as_object();
  EXPECT_EQ(item.at("step").as_string(), "on_the_way");
  EXPECT_EQ(item.at("eta").to_number<int64_t>(), item.at("due").to_number<int64_t>());
  EXPECT_EQ(item.at("late_minutes").to_number<int64_t>(), 0);
  EXPECT_TRUE(item.at("may").as_array().empty());
  EXPECT_TRUE(get("/missions", elsewhere).at("items").as_array().empty());
  EXPECT_EQ(step(403, mission, "arrived", elsewhere).at("error").at("code").as_string(), "forbidden");
  step(403, mission, "arrived", reader);
  step(422, mission, "flown", wang);
  step(404, 99, "arrived", wang);
  item = step(200, mission, "arrived", wang).at("mission").as_object();
  EXPECT_TRUE(item.at("eta").is_null());
  step(409, mission, "arrived", wang);
  step(200, mission, "done", wang);
  step(409, mission, "recalled", wang);
  EXPECT_TRUE(get("/missions", wang).at("items").as_array().empty());
  EXPECT_EQ(expect(200, "GET", "/missions?ended=1", "/missions", wang).at("items").at(0).at("step").as_string(), "done");
  // Recalling takes back an order; the team can be sent again.
  const auto second = order(id, kTown.at(4, 1));
  step(200, second, "recalled", wang);
  EXPECT_GT(order(id, kTown.at(4, 1)), second);
}

TEST_F(DispatchRoutes, AClosedBridgeMovesTheArrival) {
  import_roads_of_the_town();
  const auto id = team("一队", kTown.at(0, 1));
  order(id, kTown.at(3, 1));
  const auto eta = [&] { return get("/missions", wang).at("items").at(0).as_object(); };
  const auto before = eta();
  EXPECT_FALSE(before.at("estimated").as_bool());
  EXPECT_EQ(before.at("late_minutes").to_number<int64_t>(), 0);
  const auto state = close_bridge();
  const auto after = eta();
  EXPECT_GT(after.at("eta").to_number<int64_t>(), before.at("eta").to_number<int64_t>() + 60'000);
  EXPECT_GT(after.at("late_minutes").to_number<int64_t>(), 0);
  EXPECT_EQ(after.at("due").to_number<int64_t>(), before.at("due").to_number<int64_t>());
  ASSERT_TRUE(t.run([&](Reader& rd, UtcTime now) { return lift_road_state(rd, state, PlaceCode(622927), now); }).ok());
  EXPECT_EQ(eta().at("eta").to_number<int64_t>(), before.at("eta").to_number<int64_t>());
  // Seen beyond the bridge, it no longer matters.
  t.clock.ms += 60'000;
  post(200, "/positions", wang, "{\"items\":[{\"record\":" + std::to_string(id) + ",\"lon\":" + std::to_string(kTown.at(2.5, 1).lon) + ",\"lat\":" + std::to_string(kTown.at(2.5, 1).lat) + "}]}");
  const auto seen = eta();
  EXPECT_LT(seen.at("late_minutes").to_number<int64_t>(), 0);
  close_bridge();
  EXPECT_EQ(eta().at("eta").to_number<int64_t>(), seen.at("eta").to_number<int64_t>());
}

TEST_F(DispatchRoutes, PositionsFromADeskAndFromASite) {
  const auto id = team("一队", kTown.at(0, 1)), other = team("外县队", kTown.at(0, 1), {}, PlaceCode(622921101));
  const auto hospital = record("hospital", "县医院", kTown.at(2, 2), {{"kind", "general"}});
  const auto item = [](int64_t record, const std::string& more = "") { return "{\"record\":" + std::to_string(record) + ",\"lon\":102.81,\"lat\":35.81" + more + "}"; };
  auto taken = post(200, "/positions", wang, "{\"items\":[" + item(id, ",\"speed_kmh\":36") + "," + item(other) + "," + item(hospital) + "," + item(999) + "]}");
  EXPECT_EQ(taken.at("stored").to_number<int64_t>(), 1);
  EXPECT_EQ(taken.at("refused").to_number<int64_t>(), 3);
  EXPECT_EQ(taken.at("faults").at(0).at("index").to_number<int64_t>(), 1);
  t.clock.ms += 10'000;
  const auto by_token = t.request("POST", "/api/v1/positions", {}, "{\"items\":[" + item(id) + "]}", {{"Authorization", "Bearer " + site}});
  EXPECT_EQ(by_token.status, 200) << by_token.body_text();
  EXPECT_EQ(t.json_of(by_token).at("stored").to_number<int64_t>(), 1);
  EXPECT_EQ(t.request("GET", "/api/v1/positions", {}, {}, {{"Authorization", "Bearer " + site}}).status, 403) << "a token reports and reads nothing";
  EXPECT_EQ(t.change("POST", "/positions", reader, "{\"items\":[]}").status, 403);
  EXPECT_EQ(t.change("POST", "/positions", "", "{\"items\":[]}").status, 401);
  const auto listed = get("/positions", reader).at("items").as_array();
  ASSERT_EQ(listed.size(), 1u);
  EXPECT_EQ(listed[0].at("name").as_string(), "一队");
  EXPECT_TRUE(get("/positions", elsewhere).at("items").as_array().empty());
  std::string many = "{\"items\":[";
  for (int i = 0; i < 1'001; ++i) many += (i ? "," : "") + item(id);
  EXPECT_EQ(t.change("POST", "/positions", wang, many + "]}").status, 413);
  // They are there after a restart.
  t.clock.ms += 30'000;
  t.node->tick();
  Positions again;
  for (int i = 0; i < 1'000 && again.all().empty(); ++i) {
    t.run([](Reader&, UtcTime) -> Result<Decision> { return Decision{}; }).value();
    auto connection = t.node->store().connect().value();
    connection->begin_read();
    again.load(*connection);
    connection->rollback();
  }
  EXPECT_EQ(again.all().size(), 1u);
}

TEST_F(DispatchRoutes, TheDesksHearOfMissionsAndOfAMovedArrival) {
  const auto id = team("一队", kTown.at(0, 1));
  auto listener = std::get<std::shared_ptr<SocketListener>>(t.api->live().accept(wang, t.sessions->session(wang)));
  auto socket = std::make_shared<HeldSocket>();
  listener->on_open(socket);
  listener->on_message("{\"subscribe\":[\"missions\"]}");
  const auto heard = [&] {
    t.clock.ms += 1'000;
    t.api->tick();
    return socket->count("missions");
  };
  order(id, kTown.at(0, 200));
  EXPECT_EQ(heard(), 1);
  const auto seen = [&](double row) {
    t.clock.ms += 1'000;
    post(200, "/positions", wang, "{\"items\":[{\"record\":" + std::to_string(id) + ",\"lon\":102.8,\"lat\":" + std::to_string(kTown.at(0, row).lat) + "}]}");
  };
  seen(100);
  EXPECT_EQ(heard(), 2) << "an hour sooner";
  seen(100.01);
  EXPECT_EQ(heard(), 2) << "less than a minute";
  close_bridge();
  EXPECT_EQ(heard(), 3);
}

TEST_F(DispatchRoutes, WhoHasWorkedTwelveHoursRests) {
  const auto id = team("一队", kTown.at(0, 1));
  team("二队", kTown.at(5, 4));
  const auto mission = order(id, kTown.at(1, 1));
  const std::string body = "{\"at\":" + at(kTown.at(0, 1)) + ",\"needs\":[{\"capability\":\"water\"}],\"keep_reserve\":false}";
  EXPECT_EQ(post(200, "/dispatch/teams", wang, body).at("refused").at(0).at("code").as_string(), "on_mission");
  t.clock.ms += hours(13).count;
  step(200, mission, "arrived", wang);
  step(200, mission, "done", wang);
  wang = t.sign_in("wang");
  auto found = post(200, "/dispatch/teams", wang, body);
  EXPECT_EQ(found.at("refused").at(0).at("code").as_string(), "resting");
  EXPECT_EQ(found.at("chosen").at(0).at("name").as_string(), "二队");
  t.clock.ms += hours(20).count;
  wang = t.sign_in("wang");
  found = post(200, "/dispatch/teams", wang, body);
  EXPECT_EQ(found.at("chosen").at(0).at("name").as_string(), "一队");
}

TEST_F(DispatchRoutes, TheLastTeamOfATownStays) {
  team("独队", kTown.at(0, 1));
  const auto asked_at = [](const std::string& where) { return "{\"at\":" + where + ",\"needs\":[{\"capability\":\"water\"}]"; };
  EXPECT_EQ(post(200, "/dispatch/teams", wang, asked_at(at(kTown.at(0, 1))) + "}").at("chosen").as_array().size(), 1u) << "its own place";
  const std::string body = asked_at("{\"lon\":104.2,\"lat\":35.8}");
  const auto kept = post(200, "/dispatch/teams", wang, body + "}");
  EXPECT_EQ(kept.at("refused").at(0).at("code").as_string(), "reserve");
  EXPECT_THAT(std::string(kept.at("refused").at(0).at("reason").at("zh").as_string()), HasSubstr("须留守"));
  EXPECT_EQ(kept.at("unmet").at(0).at("teams").to_number<int64_t>(), 1);
  EXPECT_EQ(post(200, "/dispatch/teams", wang, body + ",\"keep_reserve\":false}").at("chosen").as_array().size(), 1u);
}

TEST_F(DispatchRoutes, AReliefPlanFromRequestToTable) {
  record("warehouse", "县储备库", kTown.at(0, 0), {{"level", "county"}, {"tents", 200}, {"quilts", 500}});
  record("warehouse", "外县库", kTown.at(0, 0), {{"level", "county"}, {"tents", 9'000}}, PlaceCode(622921101));
  record("vehicle", "县运输队", kTown.at(1, 0), {{"kind", "medium_truck"}, {"count", 3}, {"ready_minutes", 10}});
  const std::string body = "{\"name\":\"大河家安置\",\"seconds\":2,\"keep_share\":0.1,\"demands\":[{\"name\":\"大河村\",\"place\":\"622927101201\",\"lon\":102.85,\"lat\":35.84,\"goods\":[{\"good\":\"tents\",\"amount\":300}],\"priority\":1}]}";
  EXPECT_EQ(t.change("POST", "/dispatch/relief", reader, body).status, 403);
  const std::string by_place = "{\"name\":\"x\",\"demands\":[{\"name\":\"大河村\",\"place\":\"622927101201\",\"goods\":[{\"good\":\"tents\",\"amount\":3}]}]}";
  EXPECT_EQ(t.change("POST", "/dispatch/relief", wang, by_place).status, 422) << "the village has no position";
  const std::string here = "{\"name\":\"大河家安置\",\"seconds\":2,\"keep_share\":0.1,\"demands\":[{\"name\":\"大河村\",\"lon\":102.85,\"lat\":35.84,\"goods\":[{\"good\":\"tents\",\"amount\":300}],\"priority\":1}]}";
  const auto first = t.request("POST", "/api/v1/dispatch/relief", wang, here, {{"Idempotency-Key", "one"}});
  ASSERT_EQ(first.status, 202) << first.body_text();
  const auto job = t.json_of(first).at("job").to_number<int64_t>();
  EXPECT_EQ(t.json_of(t.request("POST", "/api/v1/dispatch/relief", wang, here, {{"Idempotency-Key", "one"}})).at("job").to_number<int64_t>(), job);
  EXPECT_EQ(t.request("POST", "/api/v1/dispatch/relief", wang, here).status, 400) << "a key is wanted";
  const std::string path = "/dispatch/relief/" + std::to_string(job);
  const auto shown = [&](const std::string& token) { return expect(200, "GET", path, "/dispatch/relief/{id}", token); };
  EXPECT_EQ(shown(reader).at("state").as_string(), "running");
  EXPECT_EQ(t.change("POST", path + "/accept", wang).status, 409);
  EXPECT_EQ(t.get(path, elsewhere).status, 403);
  EXPECT_EQ(t.change("POST", path + "/stop", reader).status, 403);
  while (shown(wang).at("best_minutes").is_null()) std::this_thread::yield();
  t.clock.ms += 2'000;
  while (shown(wang).at("state").as_string() == "running") std::this_thread::yield();
  const auto plan = shown(wang).at("plan").as_object();
  EXPECT_TRUE(plan.at("estimated").as_bool());
  const auto& line = plan.at("demands").at(0).at("goods").at(0);
  EXPECT_EQ(line.at("given").to_number<int64_t>(), 180) << "a tenth stays, and the other county's are not ours";
  EXPECT_EQ(line.at("unmet").to_number<int64_t>(), 120);
  EXPECT_EQ(line.at("why").at("code").as_string(), "no_stock");
  EXPECT_EQ(plan.at("unmet_percent").to_number<double>(), 40);

  const auto accepted = expect(201, "POST", path + "/accept", "/dispatch/relief/{id}/accept", wang);
  const std::string of_plan = "/relief-plans/" + std::to_string(accepted.at("plan").to_number<int64_t>());
  EXPECT_EQ(t.change("POST", path + "/accept", wang).status, 409);
  EXPECT_EQ(get("/relief-plans", reader).at("items").as_array().size(), 1u);
  EXPECT_TRUE(get("/relief-plans", elsewhere).at("items").as_array().empty());
  EXPECT_EQ(expect(200, "GET", of_plan, "/relief-plans/{id}", reader).at("plan").at("trips").as_array().size(), plan.at("trips").as_array().size());
  EXPECT_EQ(t.get(of_plan, elsewhere).status, 403);
  const auto table = t.get(of_plan + ".csv", reader);
  EXPECT_EQ(table.status, 200);
  EXPECT_EQ(table.body_text().substr(0, 3), "\xEF\xBB\xBF");
  EXPECT_THAT(table.body_text(), HasSubstr("中型货车"));
  EXPECT_THAT(table.body_text(), HasSubstr("帐篷"));
  EXPECT_EQ(t.change("POST", of_plan + "/withdraw", reader).status, 403);
  expect(200, "POST", of_plan + "/withdraw", "/relief-plans/{id}/withdraw", wang);
  EXPECT_EQ(t.change("POST", of_plan + "/withdraw", wang).status, 409);
  EXPECT_EQ(t.change("POST", path + "/accept", wang).status, 201) << "taken back";
  EXPECT_EQ(t.get("/dispatch/relief/99", wang).status, 404);
  EXPECT_EQ(t.get("/relief-plans/99", wang).status, 404);
}

TEST_F(DispatchRoutes, AStoppedPlanKeepsTheBestSoFar) {
  record("warehouse", "县储备库", kTown.at(0, 0), {{"level", "county"}, {"tents", 200}});
  record("vehicle", "县运输队", kTown.at(1, 0), {{"kind", "van"}, {"count", 2}});
  const auto job = post(202, "/dispatch/relief", wang, "{\"name\":\"x\",\"seconds\":60,\"demands\":[{\"lon\":102.85,\"lat\":35.84,\"goods\":[{\"good\":\"tents\",\"amount\":10}]}]}").at("job").to_number<int64_t>();
  const std::string path = "/dispatch/relief/" + std::to_string(job);
  while (t.json_of(t.get(path, wang)).at("best_minutes").is_null()) std::this_thread::yield();
  expect(200, "POST", path + "/stop", "/dispatch/relief/{id}/stop", wang);
  while (t.json_of(t.get(path, wang)).at("state").as_string() == "running") std::this_thread::yield();
  EXPECT_EQ(t.json_of(t.get(path, wang)).at("plan").at("unmet_percent").to_number<double>(), 0);
}

TEST_F(DispatchRoutes, AHospitalIsFoundToldAndWrittenDown) {
  const auto near = record("hospital", "镇卫生院", kTown.at(1, 1), {{"kind", "town_health_centre"}, {"beds", 10}});
  const auto county = record("hospital", "县医院", kTown.at(4, 1), {{"kind", "general"}, {"grade", "grade_2"}, {"beds", 300}, {"icu_beds", 8}, {"keeper", "李主任"}, {"keeper_phone", "13909300000"}});
  const auto bare = record("hospital", "民营医院", kTown.at(5, 1), {{"kind", "general"}});
  const auto found = post(200, "/hospitals/nearest", reader, "{\"at\":" + at(kTown.at(0, 1)) + ",\"beds\":20}");
  const auto& items = found.at("items").as_array();
  ASSERT_EQ(items.size(), 3u);
  EXPECT_EQ(items[0].at("record").to_number<int64_t>(), county);
  EXPECT_TRUE(items[0].at("fits").as_bool());
  EXPECT_EQ(items[0].at("keeper").as_string(), "李主任");
  EXPECT_EQ(items[0].at("phone").as_string(), "139****0000");
  EXPECT_EQ(items[1].at("record").to_number<int64_t>(), near);
  EXPECT_EQ(items[1].at("why").at("code").as_string(), "beds");

  const std::string body = "{\"text\":\"挤压伤 3 人\",\"injured\":12,\"at\":" + at(kTown.at(0, 1)) + ",\"due\":" + std::to_string(t.clock.ms + 1'800'000) + "}";
  const auto notify = [&](int status, int64_t id, const std::string& token) { return expect(status, "POST", "/hospitals/" + std::to_string(id) + "/notify", "/hospitals/{id}/notify", token, body); };
  notify(403, county, reader);
  notify(403, county, elsewhere);
  notify(404, 999, wang);
  EXPECT_EQ(notify(201, county, wang).at("told").as_string(), "李主任");
  const auto nobody = notify(201, bare, wang);
  EXPECT_EQ(nobody.at("told").as_string(), "");
  EXPECT_EQ(nobody.at("channel").as_string(), "");
  EXPECT_THAT(std::string(nobody.at("note").at("zh").as_string()), HasSubstr("没有人收到"));

  // A post that answers for it comes before what its record says.
  const auto person = t.run([](Reader& rd, UtcTime) { return add_person(rd, {"马医生", std::vector<std::string>{"13809301111"}, {}, false}); });
  const PersonId holder{parse_json(person.value().response).value().at("id").to_number<int64_t>()};
  PostPatch post_patch;
  post_patch.kind = "hospital_keeper";
  post_patch.place = PlaceCode(622927101);
  post_patch.record = RecordId{near};
  post_patch.holder = holder;
  const auto index = t.node->places().get();
  const auto post_added = t.run([&](Reader& rd, UtcTime) { return add_post(rd, t.node->pack(), index->places(), post_patch); });
  ASSERT_TRUE(post_added.ok()) << post_added.error().describe();
  EXPECT_EQ(notify(201, near, wang).at("told").as_string(), "马医生");

  json::array notices;
  for (int i = 0; i < 1'000; ++i) {
    t.node->tick();
    notices = get("/hospitals/notices", reader).at("items").as_array();
    if (std::none_of(notices.begin(), notices.end(), [](const auto& n) { return n.at("told_at").is_null(); })) break;
    t.clock.ms += 10;
  }
  ASSERT_EQ(notices.size(), 3u);
  EXPECT_EQ(notices[0].at("told").as_string(), "马医生");
  EXPECT_EQ(notices[0].at("channel").as_string(), "sms");
  EXPECT_EQ(notices[1].at("channel").as_string(), "");
  EXPECT_FALSE(notices[1].at("told_at").is_null());
  EXPECT_EQ(notices[2].at("told").as_string(), "李主任");
  EXPECT_TRUE(get("/hospitals/notices", elsewhere).at("items").as_array().empty());
  {
    std::scoped_lock guard(texts->mutex);
    ASSERT_EQ(texts->sent.size(), 2u);
    EXPECT_EQ(texts->sent[0].phone, "13909300000");
    EXPECT_THAT(texts->sent[0].text, HasSubstr("将有 12 名伤员送达"));
    EXPECT_EQ(texts->sent[1].phone, "13809301111");
    EXPECT_NE(texts->sent[0].key, texts->sent[1].key);
  }
  // Those announced take beds.
  EXPECT_EQ(post(200, "/hospitals/nearest", reader, "{\"at\":" + at(kTown.at(0, 1)) + ",\"beds\":290}").at("items").at(0).at("fits").as_bool(), false);
}

TEST_F(DispatchRoutes, ByHelicopterAndOnByRoad) {
  record("helicopter_point", "县机场", kTown.at(0, 0), {{"surface", "concrete"}, {"length", 60}, {"width", 60}, {"fuel", true}, {"night", true}});
  record("helicopter_point", "大河操场", kTown.at(80, 0), {{"surface", "soil"}, {"length", 60}, {"width", 60}, {"night", true}});
  const auto found = post(200, "/air/chains", reader, "{\"aircraft\":\"medium_helicopter\",\"at\":[" + at(kTown.at(82, 0)) + "],\"load_kg\":500,\"weather\":{\"wind_ms\":5}}");
  const auto& item = found.at("items").at(0);
  ASSERT_FALSE(item.at("minutes").is_null());
  EXPECT_EQ(item.at("legs").at(0).at("to").as_string(), "大河操场");
  EXPECT_EQ(item.at("legs").at(1).at("kind").as_string(), "road");
  EXPECT_EQ(post(200, "/air/chains", elsewhere, "{\"aircraft\":\"medium_helicopter\",\"at\":[" + at(kTown.at(82, 0)) + "]}").at("items").at(0).at("why").at("code").as_string(), "no_aircraft");
}

TEST_F(DispatchRoutes, HostileBodiesAreRefusedInWords) {
  const auto id = team("一队", kTown.at(0, 1));
  const auto hospital = record("hospital", "县医院", kTown.at(2, 2), {{"kind", "general"}});
  record("warehouse", "县储备库", kTown.at(0, 0), {{"level", "county"}, {"tents", 200}});
  record("vehicle", "县运输队", kTown.at(1, 0), {{"kind", "van"}, {"count", 2}});
  const std::string team_id = std::to_string(id);
  const std::vector<std::pair<std::string, std::vector<std::string>>> bad = {
      {"/positions", {"{}", "{\"items\":{}}", "[]", "{\"items\":", "{\"items\":\"x\"}"}},
      {"/missions", {"{}", "{\"team\":\"x\"}", "{\"team\":" + team_id + "}", "{\"team\":" + team_id + ",\"to\":5}", "{\"team\":" + team_id + ",\"to\":[]}", "{\"team\":" + team_id + ",\"to\":{\"lon\":999,\"lat\":1}}",
                     "{\"team\":" + team_id + ",\"to\":{\"lon\":103,\"lat\":35},\"profile\":\"carpet\"}", "{\"team\":" + team_id + ",\"to\":{\"lon\":103,\"lat\":35},\"due\":1}",
                     "{\"team\":" + team_id + ",\"to\":{\"lon\":103,\"lat\":35,\"name\":\"" + std::string(300, 'x') + "\"}}", "{\"team\":-1,\"to\":{\"lon\":103,\"lat\":35}}", "{\"team\":" + std::to_string(hospital) + ",\"to\":{\"lon\":103,\"lat\":35}}"}},
      {"/dispatch/teams", {"{}", "{\"at\":{}}", "{\"at\":{\"lon\":103,\"lat\":35}}", "{\"at\":{\"lon\":103,\"lat\":35},\"needs\":[]}", "{\"at\":{\"lon\":103,\"lat\":35},\"needs\":[5]}",
                           "{\"at\":{\"lon\":103,\"lat\":35},\"needs\":[{\"capability\":\"magic\"}]}", "{\"at\":{\"lon\":103,\"lat\":35},\"needs\":[{\"capability\":\"water\",\"teams\":-1}]}",
                           "{\"at\":{\"lon\":103,\"lat\":35},\"needs\":[{\"capability\":\"water\",\"people\":1e300}]}", "{\"at\":{\"lon\":103,\"lat\":35},\"needs\":[{\"capability\":\"water\"}],\"keep_reserve\":\"no\"}",
                           "{\"at\":{\"record\":99999},\"needs\":[{\"capability\":\"water\"}]}"}},
      {"/dispatch/relief", {"{}", "{\"name\":\"x\"}", "{\"name\":\"x\",\"demands\":[]}", "{\"name\":\"x\",\"demands\":[5]}", "{\"name\":\"x\",\"demands\":[{\"lon\":103,\"lat\":35,\"goods\":[]}]}",
                            "{\"name\":\"x\",\"demands\":[{\"lon\":103,\"lat\":35,\"goods\":[{\"good\":\"tents\",\"amount\":1e30}]}]}", "{\"name\":\"x\",\"demands\":[{\"lon\":103,\"lat\":35,\"goods\":[{\"good\":\"tents\",\"amount\":1.5}]}]}",
                            "{\"name\":\"x\",\"seconds\":1000,\"demands\":[{\"lon\":103,\"lat\":35,\"goods\":[{\"good\":\"tents\",\"amount\":1}]}]}",
                            "{\"name\":\"x\",\"keep_share\":2,\"demands\":[{\"lon\":103,\"lat\":35,\"goods\":[{\"good\":\"tents\",\"amount\":1}]}]}",
                            "{\"name\":\"x\",\"warehouses\":[" + team_id + "],\"demands\":[{\"lon\":103,\"lat\":35,\"goods\":[{\"good\":\"tents\",\"amount\":1}]}]}",
                            "{\"name\":\"x\",\"vehicles\":\"all\",\"demands\":[{\"lon\":103,\"lat\":35,\"goods\":[{\"good\":\"tents\",\"amount\":1}]}]}",
                            "{\"name\":\"x\",\"place\":\"62\",\"demands\":[{\"lon\":103,\"lat\":35,\"goods\":[{\"good\":\"tents\",\"amount\":1}]}]}"}},
      {"/hospitals/nearest", {"{}", "{\"at\":7}", "{\"at\":{\"lon\":103,\"lat\":35},\"beds\":-1}", "{\"at\":{\"lon\":103,\"lat\":35},\"kinds\":[\"palace\"]}", "{\"at\":{\"lon\":103,\"lat\":35},\"kinds\":5}", "{\"at\":{\"lon\":103,\"lat\":35},\"profile\":\"carpet\"}"}},
      {"/hospitals/" + std::to_string(hospital) + "/notify", {"{}", "{\"text\":\"\",\"at\":{\"lon\":103,\"lat\":35}}", "{\"text\":\"x\"}", "{\"text\":\"x\",\"at\":{\"lon\":103,\"lat\":35},\"injured\":-5}",
                                                             "{\"text\":\"x\",\"at\":{\"lon\":103,\"lat\":35},\"due\":1}", "{\"text\":\"" + std::string(2'000, 'x') + "\",\"at\":{\"lon\":103,\"lat\":35}}"}},
      {"/air/chains", {"{}", "{\"aircraft\":\"medium_helicopter\"}", "{\"aircraft\":\"medium_helicopter\",\"at\":[]}", "{\"aircraft\":\"zeppelin\",\"at\":[{\"lon\":103,\"lat\":35}]}", "{\"aircraft\":\"medium_helicopter\",\"at\":[5]}",
                       "{\"aircraft\":\"medium_helicopter\",\"at\":[{\"lon\":103,\"lat\":35}],\"load_kg\":-1}", "{\"aircraft\":\"medium_helicopter\",\"at\":[{\"lon\":103,\"lat\":35}],\"weather\":5}",
                       "{\"aircraft\":\"medium_helicopter\",\"at\":[{\"lon\":103,\"lat\":35}],\"weather\":{\"wind_ms\":1e9}}", "{\"aircraft\":\"medium_helicopter\",\"at\":[{\"lon\":103,\"lat\":35}],\"day\":\"x\"}",
                       "{\"aircraft\":\"medium_helicopter\",\"at\":[{\"lon\":103,\"lat\":35}],\"when\":0}"}}};
  for (const auto& [path, bodies] : bad)
    for (const auto& body : bodies) {
      const auto response = t.change("POST", path, wang, body);
      EXPECT_GE(response.status, 400) << path << " " << body;
      EXPECT_LT(response.status, 500) << path << " " << body << "\n" << response.body_text();
    }
  EXPECT_EQ(t.log, "");
  EXPECT_TRUE(get("/missions", wang).at("items").as_array().empty());
}

}  // namespace
}  // namespace anlan
