#include "earthquakes/scenarios.h"

#include <algorithm>
#include <cmath>

#include "quake/motion.h"

namespace anlan {
namespace {

constexpr Millis kKept = hours(12);
constexpr size_t kPiece = 50'000;             // buildings between two looks at whether to go on
constexpr double kMotionStep = 0.005;         // s
constexpr std::array<double, 4> kMotionRatios = {0.06, 0.10, 0.16, 0.25};  // pgv / pga, s: near and stiff to far and soft

// Artificial motions that stand for records: there is none under a free licence that could be shipped.
struct Motions {
  std::vector<quake::GroundMotion> motions;
  std::vector<quake::MotionTraits> traits;
  std::vector<std::string> names;
};
const Motions& built_in() {
  static const Motions made = [] {
    Motions m;
    for (size_t i = 0; i < kMotionRatios.size(); ++i) {
      quake::SyntheticTarget target;
      target.pga = 2;
      target.pgv = 2 * kMotionRatios[i];
      target.duration_s = 8 + 3 * static_cast<double>(i);
      target.dt = kMotionStep;
      auto motion = quake::synthesize(target, 17 + i);
      CHECK_MSG(motion.ok(), motion.error().describe());
      m.traits.push_back(quake::traits_of(*motion));
      m.motions.push_back(std::move(*motion));
      m.names.push_back("人工波 " + std::to_string(i + 1));
    }
    return m;
  }();
  return made;
}

std::vector<quake::MotionChoice> choices(const Shaking& shaking) {
  const auto& ln_pga = shaking.at_cells[quake::Measure::pga].mean;
  const auto& ln_pgv = shaking.at_cells[quake::Measure::pgv].mean;
  std::vector<float> pga(ln_pga.size()), pgv(ln_pgv.size());
  for (size_t i = 0; i < pga.size(); ++i) pga[i] = std::exp(ln_pga[i]), pgv[i] = std::exp(ln_pgv[i]);
  return quake::choose_motions(built_in().traits, pga, pgv);
}

uint8_t expected_grade(const std::array<float, quake::kGrades>& shares) {
  float sum = 0;
  for (uint8_t g = 0; g < quake::kGrades; ++g)
    if ((sum += shares[g]) >= 0.5F) return g;
  return quake::kGrades - 1;
}

}  // namespace

struct Scenarios::Job {
  Scenario shown;                       // under mutex_
  std::string key;
  std::atomic<bool> stopped{false};
  std::thread thread;
};

ChosenMotion motion_at(const Shaking& shaking, uint32_t site) {
  const auto& ln_pga = shaking.at_cells[quake::Measure::pga].mean;
  const auto& ln_pgv = shaking.at_cells[quake::Measure::pgv].mean;
  const float pga = std::exp(ln_pga.at(site)), pgv = std::exp(ln_pgv.at(site));
  const auto chosen = quake::choose_motions(built_in().traits, {&pga, 1}, {&pgv, 1}).front();
  return {built_in().names[chosen.motion], built_in().motions[chosen.motion], chosen.scale};
}

std::shared_ptr<const CityDamage> damage_by_fragility(const Stock& stock, const Shaking& shaking, const Pack& pack) {
  const auto rules = loss_rules(pack.earthquakes);
  std::vector<quake::Fragility> fragilities;
  for (const auto& c : rules.classes) fragilities.push_back(c.fragility);
  const quake::FragilityTables tables(fragilities);
  const auto& b = stock.buildings;
  const auto& ln_pga = shaking.at_cells[quake::Measure::pga].mean;
  auto out = std::make_shared<CityDamage>();
  out->grade.resize(b.size());
  std::vector<uint16_t> which;
  std::vector<float> shaking_of;
  std::vector<quake::GradeShares> shares;
  for (size_t from = 0; from < b.size(); from += kPiece) {
    const size_t n = std::min(kPiece, b.size() - from);
    which.resize(n), shaking_of.resize(n), shares.resize(n);
    for (size_t i = 0; i < n; ++i) {
      which[i] = static_cast<uint16_t>(b.type[from + i] * quake::kCodeLevels + static_cast<size_t>(b.code[from + i]));
      const auto cell = stock.cell_of_building[from + i];
      shaking_of[i] = cell == quake::Grouped::kDropped ? -INFINITY : ln_pga[cell];  // nowhere: no damage
    }
    tables.shares(which, shaking_of, shares);
    for (size_t i = 0; i < n; ++i) {
      out->grade[from + i] = expected_grade(shares[i]);
      ++out->grades[out->grade[from + i]];
    }
  }
  return out;
}

std::shared_ptr<const Stock> strengthened(const Stock& stock, const std::vector<Retrofit>& retrofits) {
  auto out = std::make_shared<Stock>(stock);
  const auto raise = [&](uint16_t type, quake::CodeLevel& code) {
    for (const auto& r : retrofits)
      if (r.type == type && r.from == code) {
        code = r.to;
        return;
      }
  };
  for (size_t i = 0; i < out->buildings.size(); ++i) raise(out->buildings.type[i], out->buildings.code[i]);
  for (auto& a : out->exposure.assets) raise(a.type, a.code);
  return out;
}

Scenarios::Scenarios(const Pack& pack, BuildingStock& stock, Clock& clock, PlaceCode place, int utc_offset_minutes)
    : pack_(pack), stock_(stock), clock_(clock), place_(place), utc_offset_minutes_(utc_offset_minutes) {}

Scenarios::~Scenarios() {
  std::map<int64_t, std::shared_ptr<Job>> jobs;
  {
    std::scoped_lock guard(mutex_);
    jobs.swap(jobs_);
  }
  for (auto& [id, job] : jobs) job->stopped = true;
  for (auto& [id, job] : jobs)
    if (job->thread.joinable()) job->thread.join();
}

Result<int64_t> Scenarios::start(const std::string& key, ScenarioRequest request) {
  const auto stock = stock_.get();
  if (!stock) return Error(ErrorCode::kUnavailable, {{"why", "还没有导入建筑数据 / no buildings have been loaded"}});
  std::scoped_lock guard(mutex_);
  size_t running = 0;
  for (const auto& [id, job] : jobs_) {
    if (!key.empty() && job->key == key) return id;
    if (job->shown.state == ScenarioState::running) ++running;
  }
  if (running >= kScenariosRunning) return Error(ErrorCode::kTooMany, {{"seconds", "10"}});
  if (request.compare && !jobs_.contains(*request.compare)) return Error(ErrorCode::kNotFound, {{"what", "要比较的情景 / the scenario to compare with"}});
  const UtcTime now = clock_.now();
  const auto forget = [&](auto it) {
    if (it->second->thread.joinable()) it->second->thread.join();  // it has said its last word under mutex_
    return jobs_.erase(it);
  };
  for (auto it = jobs_.begin(); it != jobs_.end();)
    it = it->second->shown.state != ScenarioState::running && now - it->second->shown.asked > kKept ? forget(it) : std::next(it);
  while (jobs_.size() >= kScenariosKept) {
    const auto oldest = std::find_if(jobs_.begin(), jobs_.end(), [&](const auto& j) { return j.second->shown.state != ScenarioState::running && j.first != request.compare; });
    if (oldest == jobs_.end()) break;
    forget(oldest);
  }
  auto job = std::make_shared<Job>();
  job->key = key;
  job->shown.id = next_++;
  job->shown.request = std::move(request);
  job->shown.asked = now;
  job->shown.phase = "shaking";
  job->shown.stock = stock;
  const auto id = job->shown.id;
  job->thread = std::thread([this, j = job.get()] {
    try {
      run(*j);
    } catch (const std::exception& e) {  // memory, most likely
      std::scoped_lock guard(mutex_);
      j->shown.fault = Error(ErrorCode::kInternal, {{"why", e.what()}});
      j->shown.state = ScenarioState::failed;
    }
  });
  jobs_[id] = std::move(job);
  return id;
}

void Scenarios::run(Job& job) {
  ScenarioRequest request;
  std::shared_ptr<const Stock> stock;
  {
    std::scoped_lock guard(mutex_);
    request = job.shown.request;
    stock = job.shown.stock;
  }
  const auto show = [&](const char* phase, double progress) {
    std::scoped_lock guard(mutex_);
    job.shown.phase = phase;
    job.shown.progress = progress;
  };
  const auto end = [&](std::optional<Error> fault) {
    std::scoped_lock guard(mutex_);
    job.shown.fault = std::move(fault);
    job.shown.state = job.shown.fault ? ScenarioState::failed : ScenarioState::done;
    job.shown.progress = 1;
  };
  const auto stopped = [] { return Error(ErrorCode::kConflict, {{"why", "已停止 / stopped"}}); };

  if (!request.retrofits.empty()) stock = strengthened(*stock, request.retrofits);
  EstimateBasis basis;
  basis.quake = request.quake;
  basis.origin = request.origin;
  basis.relations = request.relations;
  basis.utc_offset_minutes = utc_offset_minutes_;
  basis.local_hour = request.local_hour;
  basis.month = request.month;
  basis.dip = request.dip;
  const auto region = stock_.region_of({request.quake.lon, request.quake.lat}, place_);
  auto shaking = shaking_of(std::move(basis), stock, region);
  if (!shaking) return end(shaking.error());
  show("losses", 0.1);
  const double share = request.response ? 0.3 : 0.8;
  auto estimate = estimate_of(*shaking, stock, pack_, request.draws, [&](uint32_t done) {
    if (request.draws) show("losses", 0.1 + (share - 0.1) * done / request.draws);
    return !job.stopped;
  });
  if (!estimate) return end(estimate.error());
  if (job.stopped) return end(stopped());
  show("buildings", share);
  auto damage = std::make_shared<CityDamage>(*damage_by_fragility(*stock, **shaking, pack_));
  {
    std::scoped_lock guard(mutex_);
    job.shown.stock = stock;
    job.shown.estimate = *estimate;
    job.shown.damage = damage;
  }
  if (request.response) {
    auto full = std::make_shared<CityDamage>(*damage);
    const auto classes = response_classes(pack_.earthquakes);
    const auto motion = choices(**shaking);
    const auto& b = stock->buildings;
    full->response_grade.resize(b.size());
    full->drift.resize(b.size());
    double seconds = 0;
    // In whole pieces of the city, so that it can be stopped and shown; a piece is large enough to fill the lanes.
    const size_t piece = std::max<size_t>(kPiece, b.size() / 50 + 1);
    std::vector<quake::Shaken> shaken;
    for (size_t from = 0; from < b.size(); from += piece) {
      if (job.stopped) return end(stopped());
      const size_t n = std::min(piece, b.size() - from);
      shaken.resize(n);
      for (size_t i = 0; i < n; ++i) {
        const auto cell = stock->cell_of_building[from + i];
        const auto m = cell == quake::Grouped::kDropped ? quake::MotionChoice{} : motion[cell];
        shaken[i] = {static_cast<uint32_t>(b.type[from + i] * quake::kCodeLevels + static_cast<size_t>(b.code[from + i])),
                     static_cast<uint16_t>(std::clamp<unsigned>(b.storeys[from + i], 1, quake::kStoreysMax)), m.motion, m.scale};
      }
      quake::ResponseStats stats;
      auto peaks = quake::respond(classes, built_in().motions, shaken, 0, &stats);
      if (!peaks) return end(peaks.error());
      seconds += stats.seconds;
      full->instructions = stats.instructions;
      for (size_t i = 0; i < n; ++i) {
        full->response_grade[from + i] = (*peaks)[i].grade;
        full->drift[from + i] = (*peaks)[i].drift;
        ++full->response_grades[(*peaks)[i].grade];
      }
      show("response", share + (1 - share) * static_cast<double>(from + n) / static_cast<double>(b.size()));
    }
    full->buildings_per_s = seconds > 0 ? static_cast<double>(b.size()) / seconds : 0;
    auto drifts = full->drift;
    if (!drifts.empty()) {
      const auto at = drifts.begin() + static_cast<ptrdiff_t>((drifts.size() - 1) * 9 / 10);
      std::nth_element(drifts.begin(), at, drifts.end());
      full->drift_p90 = *at;
    }
    std::scoped_lock guard(mutex_);
    job.shown.damage = std::move(full);
  }
  end(std::nullopt);
}

std::optional<Scenario> Scenarios::find(int64_t id) {
  std::scoped_lock guard(mutex_);
  const auto it = jobs_.find(id);
  return it == jobs_.end() ? std::nullopt : std::optional(it->second->shown);
}

std::vector<Scenario> Scenarios::list() {
  std::scoped_lock guard(mutex_);
  std::vector<Scenario> out;
  for (auto it = jobs_.rbegin(); it != jobs_.rend(); ++it) out.push_back(it->second->shown);
  return out;
}

bool Scenarios::stop(int64_t id) {
  std::scoped_lock guard(mutex_);
  const auto it = jobs_.find(id);
  if (it == jobs_.end()) return false;
  it->second->stopped = true;
  return true;
}

}  // namespace anlan
