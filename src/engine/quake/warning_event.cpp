#include "quake/warning_event.h"

#include <algorithm>
#include <cmath>

#include "quake/travel_time.h"

namespace anlan::quake {
namespace {

constexpr int64_t kEvaluateUs = 200'000;
constexpr double kThrownOutS = 3;
constexpr double kCancelShare = 0.35;
// So many witnesses are no coincidence, whoever else was silent.
constexpr size_t kBeyondDoubt = 40;
// A pick joins no farther out than this beyond the farthest so far.
constexpr double kReachFactor = 1.5, kReachKm = 50;

int64_t us(Millis m) { return m.count * 1000; }

}  // namespace

WarningEvent::WarningEvent(uint64_t key, Network::Found found, int64_t now_us) : key_(key), changed_us_(now_us) { replace(std::move(found), now_us); }

void WarningEvent::replace(Network::Found found, int64_t now_us) {
  source_ = found.source;
  std::vector<Witness> witnesses;
  for (const Trigger& t : found.members) {
    const auto known = std::ranges::find_if(witnesses_, [&](const Witness& w) { return w.trigger == t; });
    witnesses.push_back(known != witnesses_.end() ? *known : Witness{.trigger = t});
  }
  witnesses_ = std::move(witnesses);
  for (const Witness& w : witnesses_) reach_km_ = std::max(reach_km_, km(w.trigger));
  moved_ = true;
  changed_us_ = now_us;
}

double WarningEvent::km(const Trigger& trigger) const { return distance_m(source_.place.epicentre, trigger.at) / 1000; }

bool WarningEvent::offer(const Trigger& trigger, int64_t now_us) {
  if (ended_ || std::abs(residual_s(source_, trigger)) > tolerance_s(source_) || km(trigger) > kReachFactor * reach_km_ + kReachKm) return false;
  if (std::ranges::any_of(witnesses_, [&](const Witness& w) { return w.trigger.station == trigger.station; })) return false;
  reach_km_ = std::max(reach_km_, km(trigger));
  changed_us_ = now_us;
  if (witnesses_.size() == kWitnessesMax) return true;
  const auto at = std::ranges::upper_bound(witnesses_, trigger.at_us, {}, [](const Witness& w) { return w.trigger.at_us; });
  witnesses_.insert(at, {.trigger = trigger});
  // Beyond those that the location reads nothing moves.
  moved_ = moved_ || witnesses_.size() <= kOnsetsMax || trigger.at_us <= witnesses_[kOnsetsMax].trigger.at_us;
  grown_ = true;
  return true;
}

bool WarningEvent::explains(const Trigger& trigger) const {
  const double late = residual_s(source_, trigger);
  return late >= -tolerance_s(source_) && (late <= tolerance_s(source_) ? ended_ : in_shaking(source_, trigger.at, trigger.at_us)) && km(trigger) <= kReachFactor * reach_km_ + kReachKm;
}

void WarningEvent::withdraw(const Trigger& trigger, int64_t now_us) {
  if (ended_) return;
  if (std::erase_if(witnesses_, [&](const Witness& w) { return w.trigger == trigger; }) == 0) return;
  moved_ = true;
  changed_us_ = now_us;
}

Witness* WarningEvent::witness(uint32_t station, uint32_t serial) {
  for (Witness& w : witnesses_)
    if (w.trigger.station == station) return w.trigger.serial == serial ? &w : nullptr;
  return nullptr;
}

void WarningEvent::locate_again(const Network& network, std::vector<Trigger>& out) {
  // Twice at most: without what did not fit the rest may fit better, and what then does not fit goes at the next look.
  for (int round = 0; round < 2; ++round) {
    std::vector<Trigger> members;
    for (const Witness& w : witnesses_) members.push_back(w.trigger);
    const bool few = members.size() < 8;
    const auto found = network.place(members, few ? nullptr : &source_);
    if (!found) return;
    source_ = *found;
    const double most = std::clamp(5 * source_.place.residual_s, 1.2, kThrownOutS);
    const size_t before = witnesses_.size();
    std::erase_if(witnesses_, [&](const Witness& w) {
      const bool off = std::abs(residual_s(source_, w.trigger)) > most;
      if (off) out.push_back(w.trigger);
      return off;
    });
    if (witnesses_.size() == before) return;
  }
}

void WarningEvent::weigh() {
  amplitudes_.clear();
  const TravelCurve p(Wave::p, source_.place.depth_km), s(Wave::s, source_.place.depth_km);
  for (const Witness& w : witnesses_) {
    if (w.noisy || w.clipped || w.measured_s == 0) continue;
    const double km = distance_m(source_.place.epicentre, w.trigger.at) / 1000;
    // Whole seconds that are free of S.
    const auto free = static_cast<unsigned>(std::max(1.0, std::floor(s(km) - p(km))));
    const unsigned base = std::min({w.measured_s, free, static_cast<unsigned>(kWindowS)});
    const auto peak = [&](unsigned seconds) {
      return 100.0 * *std::max_element(w.pd_m.begin(), w.pd_m.begin() + std::min(seconds, Picker::kSeconds));
    };
    Amplitude a{peak(base), free >= kWindowS ? w.tau_c_s : 0, static_cast<double>(base), km, source_.place.depth_km};
    // A window cut by S is complete: nothing more of P will come.
    if (free < kWindowS && base == free) a.window_s = kWindowS;
    if (w.measured_s > base && free > base && station_magnitude(a).magnitude >= kGrowAbove) a.pd_cm = peak(std::min(w.measured_s, free));
    amplitudes_.push_back(a);
  }
  magnitude_ = network_magnitude(amplitudes_);
}

WarningReport WarningEvent::report(int64_t now_us) const {
  WarningReport r;
  r.number = said_.number + 1;
  r.made = {now_us / 1000};
  r.origin = {std::llround(source_.origin_us() / 1000)};
  r.epicentre = source_.place.epicentre;
  r.depth_km = source_.place.depth_km;
  r.magnitude = magnitude_.magnitude;
  r.magnitude_sigma = magnitude_.sigma;
  r.location_sigma_km = source_.place.sigma_km;
  r.stations = static_cast<unsigned>(witnesses_.size());
  return r;
}

void WarningEvent::say(WarningReport r, uint64_t& counted, std::vector<WarningReport>& reports) {
  if (id_ == 0) id_ = ++counted;
  r.event = id_;
  said_ = r;
  said_us_ = r.made.ms * 1000;
  ended_ = r.final;
  reports.push_back(r);
}

void WarningEvent::evaluate(const Network& network, const WarningPolicy& policy, int64_t now_us, uint64_t& counted, std::vector<WarningReport>& reports, std::vector<Trigger>& out) {
  if (ended_) return;
  const bool due = now_us >= evaluated_us_ + kEvaluateUs;
  if (!due && !(moved_ && said_.number == 0)) return;
  evaluated_us_ = now_us;
  const bool looked = moved_;
  if (moved_) locate_again(network, out);
  if (moved_ || grown_) weigh();
  const bool changed = moved_ || grown_;
  moved_ = grown_ = false;

  std::vector<Trigger> members;
  unsigned sure = 0;
  for (const Witness& w : witnesses_) members.push_back(w.trigger), sure += w.passed_all;
  // While it is young the silence of others may yet speak against it.
  const bool young = now_us < source_.origin_us() + 60e6;
  const bool refuted = members.size() < std::min(policy.stations_min, 3U) || (young && (looked || due) && members.size() < kBeyondDoubt && network.heard_share(source_, members) < kCancelShare);
  const bool over = now_us >= changed_us_ + us(policy.settle_after) || static_cast<double>(now_us) >= source_.origin_us() + static_cast<double>(us(policy.forget_after));
  if (refuted || (over && said_.number == 0)) {
    ended_ = true;
    if (said_.number == 0) return;
    WarningReport r = report(now_us);
    r.final = r.cancelled = true;
    return say(r, counted, reports);
  }
  WarningReport r = report(now_us);
  if (over) {
    r.final = true;
    return say(r, counted, reports);
  }
  if (!changed || magnitude_.stations == 0) return;
  if (said_.number == 0) {
    if (members.size() >= policy.stations_min && sure >= std::min(3U, policy.stations_min) && magnitude_.magnitude >= policy.magnitude_min) say(r, counted, reports);
    return;
  }
  // Growth that changes nothing is not worth a report.
  const bool same = std::abs(r.magnitude - said_.magnitude) < 0.05 && r.stations == said_.stations && distance_m(r.epicentre, said_.epicentre) < 500;
  if (same) return;
  const bool different = std::abs(r.magnitude - said_.magnitude) >= policy.update_magnitude ||
                         distance_m(r.epicentre, said_.epicentre) >= policy.update_km * 1000;
  const int64_t since = now_us - said_us_;
  if ((different && since >= us(policy.update_after)) || since >= us(policy.update_latest)) say(r, counted, reports);
}

}  // namespace anlan::quake
