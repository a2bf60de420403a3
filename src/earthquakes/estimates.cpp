#include "earthquakes/estimates.h"

#include <algorithm>

#include "earthquakes/commands.h"
#include "earthquakes/estimate_json.h"

namespace anlan {
namespace {

constexpr int64_t kEarthquakesMax = 200;
constexpr int64_t kSurveysRead = 20'000;
constexpr Millis kPostedAgain = seconds(5);

PeopleRange people(const quake::Range& r) { return {r.p10, r.p50, r.p90}; }

}  // namespace

Estimates::Estimates(const Pack& pack, Attachments& attachments, BuildingStock& stock, Store& store, Clock& clock, PlaceCode place, int utc_offset_minutes,
                     std::function<void(Command)> submit)
    : pack_(pack), attachments_(attachments), stock_(stock), store_(store), clock_(clock), place_(place), utc_offset_minutes_(utc_offset_minutes), submit_(std::move(submit)) {
  stock_.when_loaded([this](bool fresh) {
    std::scoped_lock guard(mutex_);
    stock_read_ = true;
    stock_changed_ = stock_changed_ || fresh;
    kept_.clear();
  });
}

void Estimates::want_recent(Reader& reader, bool all) {
  const auto recent = list_earthquakes(reader, clock_.now() - kAgain, kEarthquakesMax, true);
  std::scoped_lock guard(mutex_);
  for (const auto& e : recent)
    if (!e.withdrawn && (all || !e.losses || e.losses->version < e.version || (e.losses->draws == 0 && pack_.earthquakes.policy.draws > 0))) wanted_.insert(e.quake.id);
}

void Estimates::load(Reader& reader) { want_recent(reader, false); }

void Estimates::on_committed(const std::vector<RecordedFact>& facts) {
  std::scoped_lock guard(mutex_);
  for (const auto& f : facts) {
    if (const auto* located = f.as<EarthquakeLocated>()) wanted_.insert(located->quake.id);
    else if (const auto* surveyed = f.as<EarthquakeSurveyed>()) wanted_.insert(surveyed->survey.earthquake);
    else if (const auto* gone = f.as<SurveyWithdrawn>()) wanted_.insert(gone->earthquake);
    else if (const auto* measured = f.as<StationsMeasured>()) wanted_.insert(measured->earthquake);
  }
}

void Estimates::tick(UtcTime now) {
  std::vector<int64_t> start;
  bool read = false, all = false;
  {
    std::scoped_lock guard(mutex_);
    read = std::exchange(stock_read_, false);
    all = std::exchange(stock_changed_, false);
    for (const auto id : wanted_) {
      if (running_.contains(id)) continue;
      const auto posted = posted_.find(id);
      if (posted != posted_.end() && now - posted->second < kPostedAgain && now >= posted->second) continue;
      posted_[id] = now;
      start.push_back(id);
    }
  }
  if (read)
    if (auto reader = store_.connect()) {
      (*reader)->begin_read();
      want_recent(**reader, all);
      (*reader)->rollback();
    }
  for (const auto id : start) later_([this, id] { run(id); });
}

Result<EstimateBasis> Estimates::basis_of(Reader& reader, int64_t earthquake) const {
  const auto row = read_earthquake(reader, earthquake);
  if (!row) return Error(ErrorCode::kNotFound, {{"what", "这次地震 / earthquake"}});
  EstimateBasis basis;
  basis.quake = row->quake;
  basis.origin = row->origin;
  basis.version = row->version;
  basis.utc_offset_minutes = utc_offset_minutes_;
  for (const auto& s : stations_of(reader, earthquake)) {
    TRY(bytes, attachments_.get(s.measured.file));
    TRY(read, stations_from_json(*bytes));
    basis.stations.insert(basis.stations.end(), read.begin(), read.end());
  }
  for (auto& s : surveys_of(reader, earthquake, kSurveysRead))
    if (!s.withdrawn) basis.surveys.push_back(std::move(s));
  return basis;
}

void Estimates::keep(int64_t earthquake, std::shared_ptr<const Estimate> estimate) {
  std::scoped_lock guard(mutex_);
  std::erase_if(kept_, [&](const auto& k) { return k.first == earthquake; });
  kept_.insert(kept_.begin(), {earthquake, std::move(estimate)});
  if (kept_.size() > kKept) kept_.pop_back();
}

void Estimates::record(const Estimate& estimate) {
  if (!estimate.losses) return;
  const auto& basis = estimate.shaking->basis;
  const auto& total = estimate.losses->total;
  LossesEstimated losses;
  losses.earthquake = basis.quake.id;
  losses.version = basis.version;
  losses.stations = static_cast<int64_t>(basis.stations.size());
  losses.surveys = static_cast<int64_t>(basis.surveys.size());
  losses.draws = estimate.losses->draws;
  losses.intensity_max = total.intensity_max;
  losses.dead = people(total.dead);
  losses.injured = people(total.injured);
  losses.homeless = people(total.homeless);
  losses.response_level = estimate.response ? estimate.response->level : 0;
  json::object all{{"total", loss_json(total, pack_.earthquakes)}};
  json::array towns;
  for (const auto i : priority(*estimate.losses)) {
    auto t = loss_json(estimate.losses->townships[i], pack_.earthquakes);
    t["place"] = estimate.stock->places[i].text();
    towns.push_back(std::move(t));
  }
  all["townships"] = std::move(towns);
  auto file = attachments_.put(json::serialize(all));
  if (!file) return;  // a full disk: the numbers stay in memory, the next estimate tries again
  losses.file = *file;
  submit_({"node", "", "", [losses = std::move(losses), place = place_](Reader& reader, UtcTime) { return record_losses(reader, losses, place); }, {}, {}});
}

void Estimates::run(int64_t earthquake) {
  const auto changed = [&] {
    std::scoped_lock guard(mutex_);
    return wanted_.contains(earthquake);
  };
  const auto finish = [&] {
    std::scoped_lock guard(mutex_);
    running_.erase(earthquake);
  };
  {
    std::scoped_lock guard(mutex_);
    if (!running_.insert(earthquake).second) return;  // handed on twice
    posted_.erase(earthquake);
    wanted_.erase(earthquake);
  }
  auto reader = store_.connect();
  if (!reader) return finish();
  (*reader)->begin_read();
  auto basis = basis_of(**reader, earthquake);
  (*reader)->rollback();
  if (!basis) return finish();
  const auto stock = stock_.get();
  const LonLat epicentre{basis->quake.lon, basis->quake.lat};
  auto shaking = shaking_of(std::move(*basis), stock, stock_.region_of(epicentre, place_));
  if (!shaking) return finish();
  // The first number at once; the draws take longer, and only when nothing has changed meanwhile.
  for (const uint32_t draws : {0U, static_cast<uint32_t>(pack_.earthquakes.policy.draws)}) {
    if (draws && (!stock || changed())) break;
    auto estimate = estimate_of(*shaking, stock, pack_, draws, [&](uint32_t) { return !changed(); });
    if (!estimate) break;
    auto made = std::make_shared<Estimate>(**estimate);
    made->made_at = clock_.now();
    if (draws && changed()) break;  // cut short
    keep(earthquake, made);
    record(*made);
  }
  finish();
}

Result<std::shared_ptr<const Estimate>> Estimates::of(Reader& reader, int64_t earthquake) {
  const auto row = read_earthquake(reader, earthquake);
  if (!row) return Error(ErrorCode::kNotFound, {{"what", "这次地震 / earthquake"}});
  const auto numbered = [&](std::shared_ptr<const Estimate> found) {
    auto out = std::make_shared<Estimate>(*found);
    if (row->losses) out->number = row->losses->number;
    return std::shared_ptr<const Estimate>(std::move(out));
  };
  {
    std::scoped_lock guard(mutex_);
    for (const auto& [id, estimate] : kept_)
      if (id == earthquake) return numbered(estimate);
  }
  TRY(basis, basis_of(reader, earthquake));
  const auto stock = stock_.get();
  const LonLat epicentre{basis.quake.lon, basis.quake.lat};
  TRY(shaking, shaking_of(std::move(basis), stock, stock_.region_of(epicentre, place_)));
  TRY(estimate, estimate_of(shaking, stock, pack_, static_cast<uint32_t>(pack_.earthquakes.policy.draws)));
  auto made = std::make_shared<Estimate>(*estimate);
  made->made_at = clock_.now();
  {
    // What has been made meanwhile knows at least as much.
    std::scoped_lock guard(mutex_);
    for (const auto& [id, other] : kept_)
      if (id == earthquake) return numbered(other);
  }
  keep(earthquake, made);
  return numbered(made);
}

bool Estimates::working(int64_t earthquake) const {
  std::scoped_lock guard(mutex_);
  return running_.contains(earthquake) || wanted_.contains(earthquake);
}

}  // namespace anlan
