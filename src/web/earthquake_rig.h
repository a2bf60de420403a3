// For tests: a county with towns, villages and a small city of generated buildings, behind the API.
#pragma once

#include "earthquakes/commands.h"
#include "registry/place_files.h"
#include "web/api_test_node.h"
#include "web/contract_check.h"

namespace anlan {

class EarthquakeRig : public testing::Test {
 protected:
  static constexpr LonLat kTown{102.76, 35.84}, kOther{102.95, 35.72};

  EarthquakeRig() : t({}, settings()) {}
  static NodeSettings settings() {
    NodeSettings s;
    s.name = "积石山县应急管理局";
    s.place = PlaceCode(622927);
    return s;
  }
  void SetUp() override {
    add_all_routes(*t.api);
    t.start();
    auto places = read_divisions({"code,name\n62,甘肃省\n", "code,name\n6229,临夏回族自治州\n", "code,name\n622927,积石山县\n622921,临夏县\n", "code,name\n622927101,大河家镇\n622927102,刘集乡\n622921101,韩集镇\n",
                                  "code,name\n622927101201,大河村\n622927102201,刘集村\n622921101201,阳洼山村\n"}).value();
    for (const auto& [code, at] : {std::pair(622927101LL, kTown), std::pair(622927101201LL, kTown), std::pair(622927102LL, kOther), std::pair(622927102201LL, kOther)})
      places.set_position(places.index_of(PlaceCode(code)), at, false);
    const auto index = PlaceIndex::build(std::move(places), {}, t.node->pinyin());
    const auto hash = t.node->attachments().put(index->write()).value();
    t.node->places().expect(hash, index);
    ASSERT_TRUE(t.run([&](Reader& r, UtcTime) { return import_places(r, PlaceSetKind::divisions, hash, "", "test"); }).ok());
    t.add_account("wang", {{"duty", PlaceCode(622927)}});
    t.add_account("town", {{"viewer", PlaceCode(622927101)}});
    t.add_account("reader", {{"viewer", PlaceCode(622927)}});
    t.add_account("elsewhere", {{"duty", PlaceCode(622921)}});
    wang = t.sign_in("wang");
    town = t.sign_in("town");
    reader = t.sign_in("reader");
    elsewhere = t.sign_in("elsewhere");
  }
  void load_buildings(int of_each = 40) {
    std::string csv = "place,type,code,use,buildings,storeys_min,storeys_max,year_min,year_max,floor_area,people\n";
    for (const char* code : {"622927101", "622927102"})
      for (const char* type : {"adobe", "wood"}) csv += std::string(code) + "," + type + ",pre,home," + std::to_string(of_each) + ",1,2,1970,1999,90," + std::to_string(of_each * 4) + "\n";
    const auto hash = t.node->attachments().put(csv).value();
    ASSERT_TRUE(t.run([&](Reader&, UtcTime) { return load_exposure({"示范建筑", "census", hash, of_each * 4, of_each * 16.0, true, "{}"}); }).ok());
    ASSERT_TRUE(t.node->stock().get()) << (t.node->stock().fault() ? t.node->stock().fault()->describe() : "");
  }
  // Time passes: estimates are made and recorded.
  void settle() {
    for (int i = 0; i < 4; ++i) {
      t.node->tick();
      t.run([](Reader&, UtcTime) -> Result<Decision> { return Decision{}; }).value();
    }
  }
  std::string quake_body(const std::string& more = "") { return R"({"lon":102.8,"lat":35.8,"magnitude":6.2,"name":"积石山","at":)" + std::to_string(t.clock.ms - 60'000) + more + "}"; }
  int64_t report(const std::string& more = "") { return expect(200, "POST", "/earthquakes", "/earthquakes", wang, quake_body(more)).at("earthquake").to_number<int64_t>(); }

  // A request whose answer keeps the contract.
  json::object expect(int status, const std::string& method, const std::string& path, const std::string& pattern, const std::string& token, const std::string& body = {}) {
    const auto response = method == "GET" ? t.get(path, token) : t.change(method, path, token, body);
    EXPECT_EQ(response.status, status) << method << " " << path << " " << body.substr(0, 300) << "\n" << response.body_text().substr(0, 1'000);
    auto out = t.json_of(response);
    if (response.status == status && status < 300)
      for (const auto& fault : contract.faults(method, pattern, status, json::value(out))) ADD_FAILURE() << pattern << ": " << fault;
    return out;
  }
  json::object get(const std::string& path, const std::string& pattern) { return expect(200, "GET", path, pattern, reader); }
  int status(const std::string& method, const std::string& path, const std::string& token, const std::string& body = {}) {
    return method == "GET" ? t.get(path, token).status : t.change(method, path, token, body).status;
  }

  ApiTestNode t;
  Contract contract;
  std::string wang, town, reader, elsewhere;
};

}  // namespace anlan
