// Sensors: what they say is made up by demo_sensors.cpp. Villages, slopes and reaches take theirs from the gauges above them,
// so that the storm of the evening runs down the chains of the pack.
#include <fmt/format.h>

#include "demo/county_maker.h"
#include "demo/demo_places.h"
#include "registry/place_names.h"

namespace anlan {
namespace {

constexpr const char* kRivers[] = {"银川河", "刘集河"};

class Links {
 public:
  explicit Links(CountyMaker& maker) : m(maker) {}

  void run() {
    const auto range = m.places.range(kDemoCounty);
    for (uint32_t i = range.begin; i < range.end; ++i) {
      const Place p = m.places.place(i);
      const std::string name(place_stem(short_place_name(p.name, m.places.level(i)), m.places.level(i)));
      if (m.places.level(i) == PlaceLevel::kTown) town(p.code, name);
      else if (m.places.level(i) == PlaceLevel::kVillage) village(p.code, name);
    }
    followers();
    weather();
    plants();
  }

 private:
  struct Gauge {
    std::string code, name;
    PlaceCode place;
  };

  std::string code(const char* kind, int64_t n) { return fmt::format("{}{}{:03}", kDemoCounty.digits(), kind, n); }

  void town(PlaceCode place, const std::string& name) {
    auto& d = m.dice;
    const double warning = 1'800 + static_cast<double>(d.between(0, 400));
    const auto n = static_cast<int64_t>(rivers_.size()) + 1;
    rivers_.push_back({code("Z", n), name, place});
    m.record("river_gauge", name + "水位站", place, 1'200,
             {{"code", rivers_.back().code}, {"river", kRivers[(n + 1) % 2]}, {"basin", kRivers[(n + 1) % 2]}, {"warning", warning}, {"guaranteed", warning + 1.5}, {"historic", warning + 2.6}});
    if (n % 3 == 1) {
      winds_.push_back(code("W", ++other_));
      m.record("wind_gauge", name + "风速站", place, 800, {{"code", winds_.back()}});
    }
    if (n % 5 == 2) m.record("gas_detector", name + "加气站可燃气体探测器", place, 500, {{"code", code("G", ++other_)}, {"enterprise", name + "加气站"}, {"medium", "天然气"}});
    if (n % 6 == 3) m.record("tank_level", name + "油库储罐液位", place, 500, {{"code", code("T", ++other_)}, {"enterprise", name + "油库"}, {"high", 10.5}, {"high_high", 11.5}});
    if (n % 8 == 4) m.record("tailings_gauge", name + "尾矿库浸润线", place, 1'500, {{"code", code("N", ++other_)}, {"dam", name + "尾矿库"}, {"control", 4.0}});
  }

  void village(PlaceCode place, const std::string& name) {
    auto& d = m.dice;
    if (d.chance(0.45)) {
      const auto n = static_cast<int64_t>(rains_.size()) + 1;
      rains_.push_back({code("P", n), name, place});
      m.record("rain_gauge", name + "雨量站", place, 600,
               {{"code", rains_.back().code}, {"basin", kRivers[(n + 1) % 2]}, {"ready_1h", 30}, {"move_1h", 45}, {"ready_6h", 60}, {"move_6h", 90}});
    }
    if (d.chance(0.06)) {
      const double limit = 1'850 + static_cast<double>(d.between(0, 450));
      dams_.push_back({code("K", static_cast<int64_t>(dams_.size()) + 1), name + "水库", place});
      m.record("reservoir_gauge", name + "水库水位站", place, 900,
               {{"code", dams_.back().code}, {"reservoir", name + "水库"}, {"flood_limit", limit}, {"design", limit + 1.8}, {"check", limit + 2.9}});
    }
    if (d.chance(0.08)) m.record("slope_sensor", name + "滑坡位移计", place, 800, {{"code", code("S", ++slopes_)}, {"site", name + "滑坡"}, {"rate_orange", 20}, {"rate_red", 50}});
  }

  void followers() {
    auto& d = m.dice;
    for (const char* river : kRivers) m.record("basin", river, kDemoCounty, 3'000, {{"river", river}, {"area", d.between(120, 400)}, {"people", d.between(9'000, 40'000)}});
    // The next gauge on the same river is two towns on.
    for (size_t i = 2; i < rivers_.size(); ++i)
      m.record("downstream_reach", rivers_[i].name + "水位站以上河段", rivers_[i].place, 900,
               {{"upstream", rivers_[i - 2].code}, {"travel", d.between(25, 90)}, {"river", kRivers[i % 2]}, {"population", d.between(80, 1'500)}, {"route", "沿巷道向高处，不走河滩"}});
    for (const auto& dam : dams_)
      m.record("downstream_reach", dam.name + "下游河段", dam.place, 1'200, {{"upstream", dam.code}, {"travel", d.between(5, 40)}, {"population", d.between(60, 900)}, {"route", "向两侧台地撤离"}});
    int64_t n = 0;
    for (size_t i = 0; i < rains_.size(); ++i) {
      const auto& gauge = rains_[i];
      if (i % 3 == 0) {
        const int64_t households = d.between(8, 70), ready = d.between(22, 34);
        m.record("flood_village", gauge.name + "沿沟危险区", gauge.place, 500,
                 {{"code", code("V", ++n)}, {"gauge", gauge.code}, {"ready_1h", ready}, {"move_1h", ready * 3 / 2}, {"ready_3h", ready * 3 / 2}, {"move_3h", ready * 2}, {"ready_6h", ready * 2},
                  {"move_6h", ready * 3}, {"wet_from", 40}, {"wet_share", 0.8}, {"households", households}, {"people", households * 4}, {"gully", gauge.name + "沟"}, {"gathering", "村委会广场"}});
        m.record("rain_forecast_1h", gauge.name + "1小时降雨预报", gauge.place, 200, {{"code", code("F1", n)}});
      }
      if (i % 5 == 1) m.record("slope_unit", gauge.name + "黄土斜坡", gauge.place, 700, {{"code", code("U", static_cast<int64_t>(i))}, {"gauge", gauge.code}, {"local", 1}, {"wet_from", 40}, {"rock", "黄土覆盖红层"}});
    }
    for (const auto& river : rivers_) m.record("rain_forecast_3h", river.name + "3小时降雨预报", river.place, 300, {{"code", code("F3", ++n)}});
    m.record("rain_forecast_6h", "全县6小时降雨预报", kDemoCounty, 300, {{"code", code("F6", 1)}});
  }

  // One station of the weather bureau, and what it expects.
  void weather() {
    const auto station = [&](const char* type, const char* name, const char* letter, json::object fields = {}) {
      const std::string its = code(letter, 1);
      fields["code"] = its;
      m.record(type, name, kDemoCounty, 400, fields);
      return its;
    };
    const auto thermometer = station("thermometer", "县气象站气温", "AT"), hygrometer = station("hygrometer", "县气象站湿度", "AH");
    station("ground_thermometer", "县气象站地温", "AG");
    station("gust_gauge", "县气象站阵风", "AW");
    station("snow_gauge", "县气象站降雪", "AS");
    station("visibility_meter", "县气象站能见度", "AV");
    station("weather_phenomena", "县气象站天气现象", "AP");
    station("drought_index", "全县气象干旱指数", "AD");
    station("lightning_detector", "县闪电定位站", "AL", {{"radius", 15}});
    station("hail_detector", "县冰雹监测点", "AI");
    station("pm25_meter", "县城PM2.5监测站", "AM");
    station("road_thermometer", "省道坡头垭口路面温度", "AR", {{"road", "S309"}});
    station("typhoon_wind_forecast", "全县台风风力预报", "XT", {{"hours", 24}});
    station("gale_forecast", "全县大风预报", "XG", {{"hours", 12}});
    station("snow_forecast", "全县降雪预报", "XS", {{"hours", 12}});
    station("heat_forecast", "全县高温预报", "XH", {{"hours", 24}});
    station("frost_forecast", "全县霜冻预报", "XF", {{"hours", 24}});
    if (!winds_.empty() && !rains_.empty())
      station("fire_weather_site", "县林场火险站", "FW", {{"thermometer", thermometer}, {"hygrometer", hygrometer}, {"wind_gauge", winds_.front()}, {"rain_gauge", rains_.front().code}});
  }

  void plants() {
    const char* gas = "县液化石油气储配站";
    m.record("pressure_gauge", "储配站1号球罐压力", kDemoCounty, 1'500, {{"code", code("GP", 1)}, {"enterprise", gas}, {"unit_name", "1号球罐"}, {"grade", 4}, {"high", 1.55}, {"high_high", 1.7}});
    m.record("process_thermometer", "储配站1号球罐温度", kDemoCounty, 1'500, {{"code", code("GT", 1)}, {"enterprise", gas}, {"unit_name", "1号球罐"}, {"grade", 4}, {"high", 45}, {"high_high", 48}});
    m.record("toxic_gas_detector", "自来水厂加氯间氯气探测器", kDemoCounty, 1'500, {{"code", code("GX", 1)}, {"enterprise", "县自来水厂"}, {"medium", "氯"}, {"alarm_1", 0.3}, {"alarm_2", 0.6}});
  }

  CountyMaker& m;
  std::vector<Gauge> rivers_, rains_, dams_;
  std::vector<std::string> winds_;
  int64_t slopes_ = 0, other_ = 0;
};

}  // namespace

void add_demo_links(CountyMaker& maker) { Links(maker).run(); }

}  // namespace anlan
