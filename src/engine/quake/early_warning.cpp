#include "quake/early_warning.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

#include "quake/travel_time.h"
#include "quake/warning_event.h"
#include "quake/waveform_stream.h"

namespace anlan::quake {
namespace {

constexpr size_t kPendingMax = 4096, kEventsMax = 64;
constexpr int64_t kPendingUs = 40'000'000, kDuplicateUs = 5'000'000;
constexpr int64_t kAheadUs = 60'000'000;
constexpr unsigned kAheadAgreed = 20;
constexpr double kPacketS = 100;
constexpr int64_t kLatestUs = 4'102'444'800'000'000;   // the year 2100
// What a picker is behind its channel: from the onset to the verdict.
constexpr int64_t kHearingUs = 1'000'000;
constexpr double kVerticalShare = 0.12;  // of the horizontal peak in the first second: less is S
// Picks of one earthquake that its location did not take may look like another one close by.
constexpr double kGhostKm = 100, kGhostS = 25;
constexpr uint32_t kNone = UINT32_MAX;

Error refusal(std::string field, std::string why) { return Error(ErrorCode::kInvalidField, {{"field", std::move(field)}, {"why", std::move(why)}}); }

}  // namespace

struct EarlyWarning::Inside {
  struct Seat {                       // of a picking channel
    uint32_t channel = 0;
    Picker picker;
    uint32_t opened = 0, thrown = 0;  // what was already acted upon
    Trigger latest;
    uint64_t event = 0;               // key of the one that holds `latest`; 0: none
    bool upright = true;              // not S by its horizontals
    size_t ring = 0;                  // where its rings begin
  };
  struct Bucket {
    int32_t step = INT32_MIN;
    float pga = 0, pgv = 0;
  };
  static constexpr size_t kBuckets = 64;
  static constexpr int64_t kBucketUs = 5'000'000;
  static constexpr size_t kSeconds = 4;
  struct Shaking {                    // of a station
    std::array<Bucket, kBuckets> buckets;
    std::array<int32_t, kSeconds> second{};   // horizontal peaks of the last seconds
    std::array<float, kSeconds> horizontal{};
  };

  std::vector<Channel> channels;
  WarningPolicy policy;
  Network network;
  std::vector<Tuning> tunings;
  std::vector<uint8_t> tuning_of;     // by channel
  std::vector<uint8_t> usable;
  std::vector<WaveformStream> streams;
  std::vector<uint32_t> seat_of;      // by channel
  std::vector<uint32_t> seat_at;      // by station
  std::vector<Seat> seats;
  std::vector<float> shaking, displacement;   // rings
  std::vector<Shaking> stations;
  std::vector<Trigger> pending;
  std::vector<WarningEvent> events;
  uint64_t begun = 0, counted = 0;   // sources found, and events told
  int64_t now_us = INT64_MIN;
  unsigned ahead = 0;
  size_t behind = 0;

  static std::vector<LonLat> places(const std::vector<Station>& all) {
    std::vector<LonLat> out;
    for (const Station& s : all) out.push_back(s.at);
    return out;
  }
  Inside(const std::vector<Station>& all, std::vector<Channel> given, WarningPolicy p)
      : channels(std::move(given)), policy(p), network(places(all)), seat_of(channels.size(), kNone), seat_at(all.size(), kNone), stations(all.size()) {
    policy.stations_min = std::max(3U, policy.stations_min);
    travel_s(Wave::p, 0, 0);   // the tables are made now rather than under the first pick
    size_t ring = 0;
    for (size_t i = 0; i < channels.size(); ++i) {
      Channel& c = channels[i];
      const bool good = c.station < all.size() && is_valid(all[c.station].at) && c.rate_hz >= 10 && c.rate_hz <= 500 && std::isfinite(c.gain) && c.gain > 0;
      usable.push_back(good);
      if (!good) c.rate_hz = 100, c.gain = 1;
      auto tuning = std::ranges::find_if(tunings, [&](const Tuning& t) { return t.rate == c.rate_hz; });
      if (tuning == tunings.end()) {
        if (tunings.size() == 200) usable.back() = 0, tuning = tunings.begin();
        else tuning = tunings.insert(tunings.end(), Tuning(c.rate_hz));
      }
      tuning_of.push_back(static_cast<uint8_t>(tuning - tunings.begin()));
      streams.emplace_back(c);
      if (!usable.back() || c.direction != Channel::Direction::vertical || seat_at[c.station] != kNone) continue;
      seat_of[i] = seat_at[c.station] = static_cast<uint32_t>(seats.size());
      seats.push_back({.channel = static_cast<uint32_t>(i), .ring = ring});
      ring += tuning->ring;
    }
    shaking.resize(ring), displacement.resize(ring);
  }

  Result<void> acceptable(const Packet& packet) {
    if (packet.channel >= channels.size()) return refusal("channel", fmt::format("没有通道 {0} / there is no channel {0}", packet.channel));
    WaveformStream& stream = streams[packet.channel];
    const Channel& c = channels[packet.channel];
    const auto no = [&](std::string field, std::string why) {
      stream.refuse();
      return Result<void>(refusal(std::move(field), std::move(why)));
    };
    if (!usable[packet.channel]) return no("channel", "台站、采样率或灵敏度设置有误 / its station, rate or gain is not set right");
    if (static_cast<double>(packet.samples.size()) > kPacketS * c.rate_hz) return no("samples", "一包数据不得超过100秒 / a packet holds at most 100 s");
    if (packet.start_us < 0 || packet.start_us > kLatestUs) return no("start_us", "时间超出1970至2100年 / the time is outside 1970 to 2100");
    const int64_t end = packet.start_us + std::llround(static_cast<double>(packet.samples.size()) * 1e6 / c.rate_hz);
    if (now_us != INT64_MIN && end > now_us + kAheadUs && ++ahead < kAheadAgreed)
      return no("start_us", "时间超前一分钟以上 / the time is over a minute ahead of all others");
    ahead = 0;
    // The clock itself may have come from a wrong packet, and then all are behind it.
    behind = end < now_us - 2 * kAheadUs ? behind + 1 : 0;
    if (behind > std::max<size_t>(kAheadAgreed, channels.size())) now_us = end, behind = 0;
    now_us = std::max(now_us, end);
    return {};
  }

  void keep_peaks(const Channel& c, int64_t from_us, int64_t until_us, MotionPeaks peaks, bool settled) {
    Shaking& at = stations[c.station];
    for (const int64_t t : {from_us, until_us}) {
      const auto step = static_cast<int32_t>(t / kBucketUs);
      Bucket& b = at.buckets[static_cast<size_t>(step) % kBuckets];
      if (step > b.step) b = {step, 0, 0};
      if (step == b.step) b.pga = std::max(b.pga, peaks.pga), b.pgv = std::max(b.pgv, settled ? peaks.pgv : 0);
      if (c.direction == Channel::Direction::vertical) continue;
      const auto second = static_cast<int32_t>(t / 1'000'000);
      const size_t k = static_cast<size_t>(second) % kSeconds;
      if (second > at.second[k]) at.second[k] = second, at.horizontal[k] = 0;
      if (second == at.second[k]) at.horizontal[k] = std::max(at.horizontal[k], peaks.pga);
    }
  }
  float horizontal_peak(uint32_t station, int64_t from_us, int64_t until_us) const {
    const Shaking& at = stations[station];
    float most = 0;
    for (size_t k = 0; k < kSeconds; ++k)
      if (at.second[k] >= from_us / 1'000'000 && at.second[k] <= until_us / 1'000'000) most = std::max(most, at.horizontal[k]);
    return most;
  }

  WarningEvent* event(uint64_t key) {
    const auto found = std::ranges::find(events, key, &WarningEvent::key);
    return found == events.end() ? nullptr : &*found;
  }
  void wait(const Trigger& trigger) {
    if (pending.size() == kPendingMax) pending.erase(pending.begin());
    pending.push_back(trigger);
  }
  void adopt(WarningEvent& e) {
    for (const Witness& w : e.witnesses()) {
      Seat& seat = seats[seat_at[w.trigger.station]];
      if (seat.latest == w.trigger) seat.event = e.key(), refresh(seat, e);
      std::erase(pending, w.trigger);
    }
  }

  // A new pick finds its earthquake, begins one, or waits.
  void associate(const Trigger& trigger) {
    std::erase_if(pending, [&](const Trigger& t) { return t.at_us < now_us - kPendingUs; });
    Seat& seat = seats[seat_at[trigger.station]];
    for (WarningEvent& e : events)
      if (e.offer(trigger, now_us)) {
        seat.event = e.key();
        return;
      }
    if (std::ranges::any_of(events, [&](const WarningEvent& e) { return e.explains(trigger); })) return;
    wait(trigger);
    auto found = network.begin(pending, trigger, policy.stations_min);
    if (!found) return;
    for (WarningEvent& e : events) {
      const double apart_s = (found->source.origin_us() - e.source().origin_us()) / 1e6;
      if (std::abs(apart_s) > kGhostS || distance_m(found->source.place.epicentre, e.source().place.epicentre) > kGhostKm * 1000) continue;
      for (const Trigger& t : found->members) std::erase(pending, t);
      if (!e.ended() && found->members.size() > e.witnesses().size()) {
        e.replace(std::move(*found), now_us);
        adopt(e);
      }
      return;
    }
    if (events.size() == kEventsMax) return;
    events.emplace_back(++begun, std::move(*found), now_us);
    // What waits may belong to it as well.
    const std::vector<Trigger> waiting = pending;
    for (const Trigger& t : waiting) events.back().offer(t, now_us);
    adopt(events.back());
  }

  void refresh(Seat& seat, WarningEvent& e) {
    Witness* w = e.witness(seat.latest.station, seat.latest.serial);
    if (!w) return;
    const Picker& picker = seat.picker;
    const Tuning& tuning = tunings[tuning_of[seat.channel]];
    for (unsigned s = 0; s < Picker::kSeconds; ++s) w->pd_m[s] = static_cast<float>(picker.pd_m(s + 1));
    w->measured_s = picker.measured_s(tuning);
    w->tau_c_s = w->measured_s >= 3 ? static_cast<float>(picker.tau_c_s()) : 0;
    w->snr = static_cast<float>(picker.snr());
    w->noisy = picker.noisy();
    w->clipped = streams[seat.channel].clipped();
    w->passed_all = picker.passed_all() && seat.upright && !w->clipped;
    e.touch();
  }

  // What the picker of this channel has found in the slice that ends at `newest`.
  void heed(Seat& seat, int64_t newest) {
    const Tuning& tuning = tunings[tuning_of[seat.channel]];
    const uint32_t station = channels[seat.channel].station;
    Picker& picker = seat.picker;
    if (picker.thrown() != seat.thrown) {
      seat.thrown = picker.thrown();
      if (seat.latest.serial == seat.thrown) {
        std::erase(pending, seat.latest);
        if (WarningEvent* e = event(seat.event)) e->withdraw(seat.latest, now_us);
        seat.event = 0;
        seat.latest = {};
      }
    }
    if (picker.opened() != seat.opened) {
      seat.opened = picker.opened();
      const int64_t at = newest - std::llround((picker.since_onset() - 1) * 1e6 * tuning.dt);
      if (picker.measuring() && at > seat.latest.at_us + kDuplicateUs) {
        seat.latest = {station, network.stations()[station], at, picker.opened()};
        seat.event = 0;
        seat.upright = true;
        associate(seat.latest);
      }
    }
    if (seat.event != 0 && seat.latest.serial == picker.opened() && picker.measuring()) {
      const uint32_t since = picker.since_onset();
      if (since >= tuning.second && since < 3 * tuning.second) {
        const float across = horizontal_peak(station, seat.latest.at_us, seat.latest.at_us + 1'000'000);
        seat.upright = picker.peak() >= kVerticalShare * across;
      }
      if (WarningEvent* e = event(seat.event)) refresh(seat, *e);
    }
  }

  void listen(const Seat& seat, bool restarted) {
    const uint32_t station = channels[seat.channel].station;
    const WaveformStream& stream = streams[seat.channel];
    Ear& ear = network.ears()[station];
    const bool deaf = stream.dead() || stream.clipped() || !seat.picker.warm(tunings[tuning_of[seat.channel]]);
    if (restarted || deaf || seat.picker.triggered()) ear.from_us = INT64_MAX;
    else if (ear.from_us == INT64_MAX) ear.from_us = stream.newest_us();
    ear.until_us = stream.newest_us() - kHearingUs;
  }

  std::vector<WarningReport> evaluate() {
    std::vector<WarningReport> reports;
    std::vector<Trigger> out;
    for (WarningEvent& e : events) e.evaluate(network, policy, now_us, counted, reports, out);
    for (const WarningEvent& e : events)
      if (e.unfounded())
        for (const Witness& w : e.witnesses()) out.push_back(w.trigger);
    for (const Trigger& t : out) {
      Seat& seat = seats[seat_at[t.station]];
      if (seat.latest == t) seat.event = 0;
      wait(t);
    }
    std::erase_if(events, [&](const WarningEvent& e) {
      return e.unfounded() || (e.ended() && static_cast<double>(now_us) > e.source().origin_us() + static_cast<double>(policy.forget_after.count) * 1000);
    });
    return reports;
  }

  std::vector<WarningReport> take(const Packet& packet) {
    WaveformStream& stream = streams[packet.channel];
    const Channel& c = channels[packet.channel];
    const Tuning& tuning = tunings[tuning_of[packet.channel]];
    const auto admitted = stream.admit(packet);
    if (admitted.samples.empty()) return {};
    Seat* seat = seat_of[packet.channel] == kNone ? nullptr : &seats[seat_of[packet.channel]];
    if (seat && admitted.restarted) {
      seat->picker.restart();
      heed(*seat, stream.newest_us());
    }
    std::array<double, WaveformStream::kSlice> acceleration;
    std::array<float, WaveformStream::kSlice> moved;
    const int64_t newest = stream.newest_us();
    auto rest = admitted.samples;
    while (!rest.empty()) {
      const auto slice = rest.first(std::min(rest.size(), acceleration.size()));
      rest = rest.subspan(slice.size());
      const MotionPeaks peaks = stream.run(tuning, slice, acceleration, moved.data());
      const int64_t until = newest - std::llround(static_cast<double>(rest.size()) * 1e6 * tuning.dt);
      keep_peaks(c, until - std::llround(static_cast<double>(slice.size() - 1) * 1e6 * tuning.dt), until, peaks, stream.settled(tuning));
      if (!seat) continue;
      seat->picker.run(tuning, {acceleration.data(), slice.size()}, moved.data(), &shaking[seat->ring], &displacement[seat->ring]);
      if (seat->picker.opened() != seat->opened || seat->picker.thrown() != seat->thrown || seat->event != 0) {
        heed(*seat, until);
      }
    }
    if (seat) listen(*seat, admitted.restarted);
    if (events.empty()) return {};
    return evaluate();
  }
};

EarlyWarning::EarlyWarning(std::vector<Station> stations, std::vector<Channel> channels, WarningPolicy policy)
    : inside_(std::make_unique<Inside>(stations, std::move(channels), policy)) {}
EarlyWarning::~EarlyWarning() = default;
EarlyWarning::EarlyWarning(EarlyWarning&&) noexcept = default;

Result<std::vector<WarningReport>> EarlyWarning::take(const Packet& packet) {
  TRY_VOID(inside_->acceptable(packet));
  return inside_->take(packet);
}

std::vector<WarningReport> EarlyWarning::tick(UtcTime now) {
  if (now.ms < 0 || now.ms > kLatestUs / 1000) return {};
  inside_->now_us = std::max(inside_->now_us, now.ms * 1000);
  return inside_->evaluate();
}

std::vector<Pick> EarlyWarning::picks(uint64_t id) const {
  std::vector<Pick> out;
  const auto e = std::ranges::find(inside_->events, id, &WarningEvent::id);
  if (id == 0 || e == inside_->events.end()) return out;
  for (const Witness& w : e->witnesses()) {
    const double pd = *std::max_element(w.pd_m.begin(), w.pd_m.end());
    out.push_back({w.trigger.station, w.trigger.at_us, 100 * pd, w.tau_c_s, w.snr});
  }
  return out;
}

StreamState EarlyWarning::state(uint32_t channel) const {
  if (channel >= inside_->streams.size()) return {};
  return inside_->streams[channel].state(inside_->now_us);
}

std::optional<EarlyWarning::Peaks> EarlyWarning::peaks(uint32_t station, UtcTime since) const {
  if (station >= inside_->stations.size()) return std::nullopt;
  std::optional<Peaks> most;
  const int64_t oldest = inside_->now_us / Inside::kBucketUs - static_cast<int64_t>(Inside::kBuckets);
  for (const auto& b : inside_->stations[station].buckets) {
    if (b.step <= oldest || (b.step + int64_t{1}) * Inside::kBucketUs <= since.ms * 1000) continue;
    if (!most) most.emplace();
    most->pga = std::max(most->pga, b.pga), most->pgv = std::max(most->pgv, b.pgv);
  }
  return most;
}

}  // namespace anlan::quake
