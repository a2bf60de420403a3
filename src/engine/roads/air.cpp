#include "roads/air.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <optional>

namespace anlan::roads {
namespace {

constexpr int64_t kNoTime = INT64_MAX;

Error fault(const char* field, const char* why) { return Error(ErrorCode::kInvalidField, {{"field", field}, {"why", why}}); }

int64_t ms_of_minutes(double minutes) { return static_cast<int64_t>(std::ceil(minutes * 60'000 - 1e-6)); }

Result<void> validate(const AirQuestion& q) {
  for (const Aircraft& a : q.aircraft) {
    const double minutes = a.endurance_minutes > 0 ? a.endurance_minutes : a.range_km / a.cruise_kmh * 60;
    const bool sound = a.cruise_kmh > 0 && a.cruise_kmh <= 2000 && minutes > 0 && minutes <= 2880 && a.reserve_minutes >= 0 &&
                       a.start_minutes >= 0 && a.start_minutes <= 1440 && a.takeoff_landing_minutes >= 0 && a.takeoff_landing_minutes <= 1440 &&
                       a.refuel_minutes >= 0 && a.refuel_minutes <= 1440 && a.payload_kg >= 0 && a.derate_per_1000m >= 0;
    if (!sound) return fault("aircraft", a.id.c_str());
  }
  for (const AirPoint& p : q.points)
    if (!is_valid(p.at)) return fault("points", "位置无效 / invalid position");
  if (q.sorties.size() > kSortiesMax) return Error(ErrorCode::kTooLarge, {{"what", "sorties"}, {"limit", std::to_string(kSortiesMax)}});
  for (const Sortie& s : q.sorties)
    if (s.point >= q.points.size() || s.aircraft >= q.aircraft.size()) return fault("sorties", "没有这个基地或机型 / no such base or aircraft");
  if (q.weather.size() > 1 && q.weather.size() != q.points.size()) return fault("weather", "每点一条 / one for each point");
  if (q.horizon_ms > kAirHorizonMax) return fault("horizon", "48 h");
  if (!(q.load_kg >= 0)) return fault("load", ">= 0 kg");
  const auto stops = static_cast<size_t>(std::count_if(q.points.begin(), q.points.end(), [](const AirPoint& p) { return p.fuel; }));
  if ((stops + q.sorties.size()) * q.points.size() > kAirPairsMax)
    return Error(ErrorCode::kTooLarge, {{"what", "points"}, {"limit", std::to_string(kAirPairsMax)}});
  return {};
}

// When it is day at a point, in ms after the start, for as long as the horizon can ask.
class Days {
 public:
  Days(const AirQuestion& q, LonLat at) {
    for (int day = -1; day <= 3; ++day) {
      const Daylight d = daylight(at, q.start + hours(24 * day), q.sun_deg);
      if (d.none) continue;
      const int64_t rise = (d.rise - q.start).count, set = (d.set - q.start).count;
      // Where the sun does not set, one day runs into the next but for rounding.
      if (size_ > 0 && rise - spans_[size_ - 1].set < 120'000) spans_[size_ - 1].set = set;
      else spans_[size_++] = {rise, set};
    }
  }
  // The first time of day not before t.
  int64_t next(int64_t t) const {
    for (size_t i = 0; i < size_; ++i)
      if (t <= spans_[i].set) return std::max(t, spans_[i].rise);
    return kNoTime;
  }

 private:
  struct Span {
    int64_t rise = 0, set = 0;
  };
  std::array<Span, 5> spans_{};
  size_t size_ = 0;
};

// What one type of aircraft can do at every point, with the load.
struct Fitness {
  bool needed = false;
  std::vector<uint8_t> fit;       // of every point
  std::vector<int64_t> onward_ms; // least flight to fuel from there; 0 where there is fuel, kNoTime where there is none to reach
  int64_t usable_ms = 0;
};

// A place from which to go on with full tanks: a base, or a point with fuel.
struct Label {
  int64_t ready = kNoTime, depart = 0, arrive = 0;  // the last two of the leg to there
  uint32_t sortie = kNone;
  uint32_t from = kNone;  // point; kNone at the base
  bool settled = false;
};

class Planner {
 public:
  explicit Planner(const AirQuestion& q);

  // From where some of these sorties, all of one type of aircraft, can go on and when. `ready`: of every sortie;
  // `ignore_time`: fuel alone decides.
  void search(std::span<const uint32_t> sorties, std::span<const int64_t> ready, bool ignore_time);
  // reach(point, sortie, leg) whenever the search gives an earlier arrival at a point than best[point], which it lowers.
  template <class F>
  void arrivals(std::vector<int64_t>& best, F reach) const;
  AirRefusal explain(uint32_t sortie, uint32_t point);
  uint32_t nearest_sortie(uint32_t point) const;
  void add_stop_legs(std::vector<std::vector<AirLeg>>& of_sortie) const;

 private:
  AirRefusal check(uint32_t point, const Aircraft& a) const;
  int64_t leg_ms(double metres, const Aircraft& a) const { return ms_of_minutes(metres / 1000 / a.cruise_kmh * 60 + a.takeoff_landing_minutes); }
  int64_t when_fit(uint32_t point, int64_t t, const Aircraft& a) const {
    return ignore_time_ || (q_.points[point].night && !a.day_only) ? t : days_[point].next(t);
  }
  // Take-off as late as waiting asks, landing as early as it allows; depart is kNoTime when it cannot be before the horizon.
  struct Times {
    int64_t depart = kNoTime, arrive = kNoTime;
  };
  Times fly(uint32_t from, uint32_t to, int64_t ready, int64_t flight, const Aircraft& a) const;
  double metres(uint32_t row, uint32_t point) const { return metres_[row * q_.points.size() + point]; }

  const AirQuestion& q_;
  std::vector<Days> days_;
  std::vector<uint32_t> stops_;     // points with fuel, then bases that have none
  std::vector<uint32_t> row_of_;    // of every point, its row; kNone
  size_t fuel_stops_ = 0;
  std::vector<double> metres_;      // rows × points
  std::vector<Fitness> fitness_;    // of every aircraft

  uint32_t type_ = 0;
  bool ignore_time_ = false;
  std::vector<Label> labels_;       // of every row
};

Planner::Planner(const AirQuestion& q) : q_(q), row_of_(q.points.size(), kNone) {
  for (uint32_t p = 0; p < q.points.size(); ++p) {
    days_.emplace_back(q, q.points[p].at);
    if (q.points[p].fuel) stops_.push_back(p);
  }
  fuel_stops_ = stops_.size();
  for (uint32_t r = 0; r < stops_.size(); ++r) row_of_[stops_[r]] = r;
  for (const Sortie& s : q.sorties)
    if (row_of_[s.point] == kNone) {
      row_of_[s.point] = static_cast<uint32_t>(stops_.size());
      stops_.push_back(s.point);
    }
  metres_.reserve(stops_.size() * q.points.size());
  for (const uint32_t stop : stops_)
    for (const AirPoint& p : q.points) metres_.push_back(distance_m(q.points[stop].at, p.at));

  fitness_.resize(q.aircraft.size());
  for (const Sortie& s : q.sorties) fitness_[s.aircraft].needed = true;
  for (size_t type = 0; type < q.aircraft.size(); ++type) {
    Fitness& f = fitness_[type];
    if (!f.needed) continue;
    const Aircraft& a = q.aircraft[type];
    const double minutes = a.endurance_minutes > 0 ? a.endurance_minutes : a.range_km / a.cruise_kmh * 60;
    f.usable_ms = static_cast<int64_t>(std::max(0.0, minutes - a.reserve_minutes) * 60'000 + 1e-6);
    f.fit.resize(q.points.size());
    for (uint32_t p = 0; p < q.points.size(); ++p) f.fit[p] = check(p, a).reason == AirRefusalReason::kAllowed;
    std::vector<double> least(q.points.size(), std::numeric_limits<double>::infinity());
    for (uint32_t r = 0; r < fuel_stops_; ++r)
      if (f.fit[stops_[r]] != 0)
        for (uint32_t p = 0; p < q.points.size(); ++p) least[p] = std::min(least[p], metres(r, p));
    f.onward_ms.resize(q.points.size());
    for (uint32_t p = 0; p < q.points.size(); ++p) {
      const bool free = !q.fuel_to_leave || (q.points[p].fuel && f.fit[p] != 0);
      f.onward_ms[p] = free ? 0 : std::isfinite(least[p]) ? leg_ms(least[p], a) : kNoTime / 4;
    }
  }
}

AirRefusal Planner::check(uint32_t point, const Aircraft& a) const {
  const AirPoint& p = q_.points[point];
  using enum AirRefusalReason;
  const auto refuse = [&](AirRefusalReason reason, double value, double limit) { return AirRefusal{reason, kNone, point, value, limit}; };
  if (p.size_m > 0 && p.size_m < a.pad_m) return refuse(kPadTooSmall, p.size_m, a.pad_m);
  if (p.bears_t > 0 && p.bears_t < a.mass_t) return refuse(kPadTooWeak, p.bears_t, a.mass_t);
  if (a.ceiling_m > 0 && p.elevation_m > a.ceiling_m) return refuse(kTooHigh, p.elevation_m, a.ceiling_m);
  const double lost = a.derate_per_1000m * std::max(0.0, p.elevation_m - a.derate_above_m) / 1000;
  const double can_carry = a.payload_kg * std::max(0.0, 1 - lost);
  if (q_.load_kg > can_carry) return refuse(kTooHeavy, q_.load_kg, can_carry);
  if (q_.weather.empty()) return {};
  const AirWeather& w = q_.weather[q_.weather.size() == 1 ? 0 : point];
  if (a.wind_max_ms > 0 && w.wind_ms > a.wind_max_ms) return refuse(kWind, w.wind_ms, a.wind_max_ms);
  if (w.visibility_km < a.visibility_min_km) return refuse(kVisibility, w.visibility_km, a.visibility_min_km);
  if (w.cloud_base_m < a.cloud_base_min_m) return refuse(kCloudBase, w.cloud_base_m, a.cloud_base_min_m);
  return {};
}

Planner::Times Planner::fly(uint32_t from, uint32_t to, int64_t ready, int64_t flight, const Aircraft& a) const {
  int64_t depart = ready;
  // Each round moves to a later stretch of day; there are five at most at either end.
  for (int round = 0; round < 12; ++round) {
    depart = when_fit(from, depart, a);
    if (depart == kNoTime) return {};
    const int64_t arrive = depart + flight, fit = when_fit(to, arrive, a);
    if (fit == kNoTime || (!ignore_time_ && fit > static_cast<int64_t>(q_.horizon_ms))) return {};
    if (fit == arrive) return {depart, arrive};
    depart = fit - flight;
  }
  return {};
}

void Planner::search(std::span<const uint32_t> sorties, std::span<const int64_t> ready, bool ignore_time) {
  ignore_time_ = ignore_time;
  labels_.assign(stops_.size(), {});
  if (sorties.empty()) return;
  type_ = q_.sorties[sorties[0]].aircraft;
  const Aircraft& a = q_.aircraft[type_];
  const Fitness& f = fitness_[type_];
  const int64_t start = ms_of_minutes(a.start_minutes), refuel = ms_of_minutes(a.refuel_minutes);
  for (const uint32_t s : sorties) {
    const uint32_t base = q_.sorties[s].point;
    if (f.fit[base] == 0 || ready[s] == kNoTime) continue;
    Label& label = labels_[row_of_[base]];
    if (ready[s] + start < label.ready) label = {ready[s] + start, 0, ready[s], s, kNone, false};
  }
  for (;;) {
    Label* first = nullptr;
    for (Label& label : labels_)
      if (!label.settled && label.ready != kNoTime && (!first || label.ready < first->ready)) first = &label;
    if (!first) return;
    first->settled = true;
    const auto row = static_cast<uint32_t>(first - labels_.data());
    const uint32_t from = stops_[row];
    for (uint32_t r = 0; r < fuel_stops_; ++r) {
      const uint32_t to = stops_[r];
      if (f.fit[to] == 0 || labels_[r].settled) continue;
      const int64_t flight = leg_ms(metres(row, to), a);
      if (flight > f.usable_ms || first->ready + flight + refuel >= labels_[r].ready) continue;
      const Times times = fly(from, to, first->ready, flight, a);
      if (times.arrive == kNoTime || times.arrive + refuel >= labels_[r].ready) continue;
      labels_[r] = {times.arrive + refuel, times.depart, times.arrive, first->sortie, from, false};
    }
  }
}

template <class F>
void Planner::arrivals(std::vector<int64_t>& best, F reach) const {
  const Aircraft& a = q_.aircraft[type_];
  const Fitness& f = fitness_[type_];
  const double ms_per_metre = 3600 / a.cruise_kmh, fixed = a.takeoff_landing_minutes * 60'000;
  for (uint32_t row = 0; row < labels_.size(); ++row) {
    const Label& label = labels_[row];
    if (!label.settled) continue;
    const uint32_t here = stops_[row];
    if (label.from == kNone && label.arrive < best[here]) {  // it stands there already
      best[here] = label.arrive;
      reach(here, label.sortie, AirLeg{here, here, static_cast<Weight>(label.arrive), static_cast<Weight>(label.arrive)});
    }
    const double* metres_to = &metres_[row * q_.points.size()];
    for (uint32_t p = 0; p < best.size(); ++p) {
      const double roughly = metres_to[p] * ms_per_metre + fixed;
      if (static_cast<double>(label.ready) + roughly > static_cast<double>(best[p]) || f.fit[p] == 0 || p == here) continue;
      const int64_t flight = leg_ms(metres_to[p], a);
      if (flight + f.onward_ms[p] > f.usable_ms) continue;
      const Times times = fly(here, p, label.ready, flight, a);
      if (times.arrive >= best[p]) continue;
      best[p] = times.arrive;
      reach(p, label.sortie, AirLeg{here, p, static_cast<Weight>(times.depart), static_cast<Weight>(times.arrive)});
    }
  }
}

void Planner::add_stop_legs(std::vector<std::vector<AirLeg>>& of_sortie) const {
  for (uint32_t r = 0; r < labels_.size(); ++r)
    if (const Label& l = labels_[r]; l.settled && l.from != kNone)
      of_sortie[l.sortie].push_back({l.from, stops_[r], static_cast<Weight>(l.depart), static_cast<Weight>(l.arrive)});
}

uint32_t Planner::nearest_sortie(uint32_t point) const {
  uint32_t best = kNone;
  double least = std::numeric_limits<double>::infinity();
  for (uint32_t s = 0; s < q_.sorties.size(); ++s)
    if (const double m = metres(row_of_[q_.sorties[s].point], point); m < least) least = m, best = s;
  return best;
}

// Called after search(that sortie alone, ..., true).
AirRefusal Planner::explain(uint32_t sortie, uint32_t point) {
  const Sortie& s = q_.sorties[sortie];
  const Aircraft& a = q_.aircraft[s.aircraft];
  const Fitness& f = fitness_[s.aircraft];
  for (const uint32_t place : {s.point, point})
    if (AirRefusal refusal = check(place, a); refusal.reason != AirRefusalReason::kAllowed) {
      refusal.sortie = sortie;
      return refusal;
    }
  int64_t least = kNoTime, soonest = kNoTime;
  const auto consider = [&](uint32_t row, int64_t ready) {
    const int64_t flight = leg_ms(metres(row, point), a);
    least = std::min(least, flight + f.onward_ms[point]);
    if (flight + f.onward_ms[point] <= f.usable_ms) soonest = std::min(soonest, ready + flight);
  };
  for (uint32_t r = 0; r < labels_.size(); ++r)
    if (labels_[r].settled) consider(r, labels_[r].ready);
  const auto minutes = [](int64_t ms) { return static_cast<double>(ms) / 60'000; };
  const double horizon = minutes(q_.horizon_ms);
  if (soonest == kNoTime) {
    // Where there is no fuel at all: there and back.
    const double needed = least >= kNoTime / 8 ? minutes(2 * leg_ms(metres(row_of_[s.point], point), a)) : minutes(least);
    return {AirRefusalReason::kOutOfRange, sortie, point, needed, minutes(f.usable_ms)};
  }
  if (soonest > static_cast<int64_t>(q_.horizon_ms)) return {AirRefusalReason::kTooLate, sortie, point, minutes(soonest), horizon};
  const int64_t day = days_[point].next(soonest);
  return {AirRefusalReason::kNight, sortie, point, day == kNoTime ? std::numeric_limits<double>::infinity() : minutes(day), horizon};
}

// `ready`: of each sortie; kNoTime: it does not fly.
AirPlan plan_with(Planner& planner, const AirQuestion& q, const std::vector<int64_t>& ready) {
  AirPlan plan;
  plan.at.resize(q.points.size());
  plan.last_leg.resize(q.points.size());
  plan.to_stop.resize(q.sorties.size());
  std::vector<int64_t> best(q.points.size(), kNoTime);
  std::vector<uint32_t> sorties;
  for (uint32_t type = 0; type < q.aircraft.size(); ++type) {
    sorties.clear();
    for (uint32_t s = 0; s < q.sorties.size(); ++s)
      if (q.sorties[s].aircraft == type) sorties.push_back(s);
    if (sorties.empty()) continue;
    planner.search(sorties, ready, false);
    planner.add_stop_legs(plan.to_stop);
    planner.arrivals(best, [&](uint32_t point, uint32_t sortie, const AirLeg& leg) {
      plan.at[point].sortie = sortie;
      plan.at[point].ms = leg.arrive_ms;
      plan.last_leg[point] = leg;
    });
  }
  return plan;
}

std::vector<int64_t> ready_times(const AirQuestion& q) {
  std::vector<int64_t> ready;
  for (const Sortie& s : q.sorties) ready.push_back(s.ready_ms);
  return ready;
}

}  // namespace

std::vector<AirLeg> AirPlan::legs(uint32_t point) const {
  std::vector<AirLeg> out;
  if (at[point].sortie == kNone || last_leg[point].from == last_leg[point].to) return out;
  out.push_back(last_leg[point]);
  const auto& stops = to_stop[at[point].sortie];
  for (size_t i = 0; i <= stops.size(); ++i) {  // a way has each stop once
    const auto before = std::find_if(stops.begin(), stops.end(), [&](const AirLeg& leg) { return leg.to == out.back().from; });
    if (before == stops.end()) break;
    out.push_back(*before);
  }
  std::reverse(out.begin(), out.end());
  return out;
}

Result<AirPlan> plan_air(const AirQuestion& question) {
  TRY_VOID(validate(question));
  Planner planner(question);
  const std::vector<int64_t> ready = ready_times(question);
  AirPlan plan = plan_with(planner, question, ready);
  std::vector<std::vector<uint32_t>> refused(question.sorties.size());
  for (uint32_t p = 0; p < question.points.size(); ++p) {
    if (plan.at[p].sortie != kNone) continue;
    const uint32_t s = planner.nearest_sortie(p);
    if (s == kNone) plan.at[p].refusal = {AirRefusalReason::kNoAircraft, kNone, p, 0, 0};
    else refused[s].push_back(p);
  }
  for (uint32_t s = 0; s < refused.size(); ++s) {
    if (refused[s].empty()) continue;
    planner.search({&s, 1}, ready, true);
    for (const uint32_t p : refused[s]) plan.at[p].refusal = planner.explain(s, p);
  }
  return plan;
}

Result<ReachLists> air_reach(const AirQuestion& question, Weight limit_ms) {
  TRY_VOID(validate(question));
  AirQuestion q = question;
  q.horizon_ms = std::min(q.horizon_ms, limit_ms);
  Planner planner(q);
  ReachLists out;
  const std::vector<int64_t> ready = ready_times(q);
  std::vector<int64_t> best;
  std::vector<PlaceTime> list;
  for (uint32_t s = 0; s < q.sorties.size(); ++s) {
    best.assign(q.points.size(), kNoTime);
    planner.search({&s, 1}, ready, false);
    planner.arrivals(best, [](uint32_t, uint32_t, const AirLeg&) {});
    list.clear();
    for (uint32_t p = 0; p < best.size(); ++p)
      if (best[p] <= int64_t{limit_ms}) list.push_back({p, static_cast<Weight>(best[p])});
    out.add(list);
  }
  return out;
}

Result<std::vector<AirChain>> air_road_chains(const AirQuestion& question, const ReachLists& teams_to_sorties,
                                              const ReachLists& landings_to_places, uint32_t places) {
  TRY_VOID(validate(question));
  for (const PlaceTime& e : teams_to_sorties.entry)
    if (e.place >= question.sorties.size()) return fault("teams", "没有这个架次 / no such sortie");
  if (landings_to_places.size() != question.points.size()) return fault("landings", "每点一条 / one list for each point");
  for (const PlaceTime& e : landings_to_places.entry)
    if (e.place >= places) return fault("landings", "没有这个地点 / no such place");

  Planner planner(question);
  std::vector<int64_t> ready = ready_times(question);
  std::vector<uint32_t> team_of(ready.size(), kNone);
  if (teams_to_sorties.size() > 0) {
    std::vector<int64_t> team_ms(ready.size(), kNoTime);
    for (uint32_t t = 0; t < teams_to_sorties.size(); ++t)
      for (const PlaceTime& e : teams_to_sorties.of(t))
        if (e.ms < kUnreachable && e.ms < team_ms[e.place]) team_ms[e.place] = e.ms, team_of[e.place] = t;
    for (size_t s = 0; s < ready.size(); ++s) ready[s] = team_ms[s] == kNoTime ? kNoTime : std::max(ready[s], team_ms[s]);
  }
  const AirPlan plan = plan_with(planner, question, ready);
  std::vector<AirChain> out(places);
  for (uint32_t l = 0; l < question.points.size(); ++l) {
    if (plan.at[l].sortie == kNone) continue;
    for (const PlaceTime& e : landings_to_places.of(l)) {
      if (e.ms >= kUnreachable || plan.at[l].ms + e.ms >= out[e.place].ms) continue;
      const uint32_t s = plan.at[l].sortie;
      out[e.place] = {team_of[s], s, l, plan.at[l].ms + e.ms, static_cast<Weight>(ready[s]), plan.at[l].ms};
    }
  }
  return out;
}

}  // namespace anlan::roads
