// What if: any earthquake on the stock as it is, or with some of it strengthened; by fragility, and building by building in
// time history. Jobs on threads of their own, kScenariosRunning at once; in memory alone, gone with a restart.
//
// Any thread. The pack and the clock must outlive it.
#pragma once

#include <atomic>
#include <thread>

#include "base/ports.h"
#include "earthquakes/estimate.h"

namespace anlan {

inline constexpr size_t kScenariosRunning = 1, kScenariosKept = 8;
inline constexpr size_t kRetrofitsMax = 50;

struct Retrofit {
  uint16_t type = 0;
  quake::CodeLevel from = quake::CodeLevel::pre, to = quake::CodeLevel::moderate;
};

struct ScenarioRequest {
  std::string name;
  PlaceCode place;                       // whose it is
  Earthquake quake;
  EarthquakeOrigin origin;
  std::optional<double> dip;             // with a strike: a fault plane of the size of the magnitude (Wells and Coppersmith)
  quake::Relations relations = quake::Relations::automatic;
  int local_hour = 3, month = 1;
  bool response = false;                 // each building through its time history
  std::vector<Retrofit> retrofits;
  std::optional<int64_t> compare;        // with an earlier one
  uint32_t draws = 30;
};

enum class ScenarioState { running, done, failed };
BOOST_DESCRIBE_ENUM(ScenarioState, running, done, failed)

// One byte for each building: what it is after the shaking.
struct CityDamage {
  std::vector<uint8_t> grade;            // expected by fragility, 0 to 4
  std::vector<uint8_t> response_grade;   // by time history; empty when not asked for
  std::vector<float> drift;              // largest drift ratio; empty when not asked for
  std::array<int64_t, quake::kGrades> grades{}, response_grades{};
  double buildings_per_s = 0, drift_p90 = 0;
  std::string instructions;
};

struct Scenario {
  int64_t id = 0;
  ScenarioRequest request;
  UtcTime asked;
  ScenarioState state = ScenarioState::running;
  double progress = 0;                   // 0 to 1
  std::string phase;                     // shaking, losses, buildings, response
  std::shared_ptr<const Stock> stock;    // with the retrofits done
  std::shared_ptr<const Estimate> estimate;
  std::shared_ptr<const CityDamage> damage;
  std::optional<Error> fault;
};

// Damage of every building under a field given at the cells of the stock: the grade whose cumulated probability passes
// one half by fragility. O(buildings).
std::shared_ptr<const CityDamage> damage_by_fragility(const Stock& stock, const Shaking& shaking, const Pack& pack);

// A motion scaled to what a place feels: one of those built in, chosen by magnitude and distance.
struct ChosenMotion {
  std::string name;
  quake::GroundMotion motion;
  double scale = 1;
};
ChosenMotion motion_at(const Shaking& shaking, uint32_t site);

// The stock with retrofits done: buildings and cells.
std::shared_ptr<const Stock> strengthened(const Stock& stock, const std::vector<Retrofit>& retrofits);

class Scenarios {
 public:
  Scenarios(const Pack& pack, BuildingStock& stock, Clock& clock, PlaceCode place, int utc_offset_minutes);
  ~Scenarios();  // stops what runs and waits for it

  // The number of the job; the same key gives the same. kUnavailable without a stock, kTooMany while kScenariosRunning run,
  // kNotFound when there is nothing to compare with.
  Result<int64_t> start(const std::string& key, ScenarioRequest request);
  std::optional<Scenario> find(int64_t id);
  std::vector<Scenario> list();          // newest first
  bool stop(int64_t id);

 private:
  struct Job;
  void run(Job& job);

  const Pack& pack_;
  BuildingStock& stock_;
  Clock& clock_;
  const PlaceCode place_;
  const int utc_offset_minutes_;
  std::mutex mutex_;
  int64_t next_ = 1;
  std::map<int64_t, std::shared_ptr<Job>> jobs_;
};

}  // namespace anlan
