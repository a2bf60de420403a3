// Earthquake early warning: packets of waveforms in, reports out, one packet at a time.
//
// picks (recursive STA/LTA refined by AIC) -> association -> location with stations that have not triggered yet ->
// magnitude that grows with the window -> numbered reports. Sections 5.1 to 5.4 of the domain reference name the sources.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/lonlat.h"
#include "base/time.h"
#include "quake/intensity.h"

namespace anlan::quake {

// A channel as it is set up: which station, which direction, how counts become ground motion.
struct Channel {
  uint32_t station = 0;             // index into the stations
  enum class Direction : uint8_t { vertical, north, east } direction = Direction::vertical;
  enum class Unit : uint8_t { acceleration, velocity } unit = Unit::acceleration;
  double gain = 1;                  // counts per m/s2 or m/s
  double rate_hz = 100;
  double clip = 0;                  // counts at which it clips; 0: not known
};
struct Station {
  std::string id;                   // network.station
  LonLat at;
};

struct Packet {
  uint32_t channel = 0;
  int64_t start_us = 0;             // of the first sample, microseconds since 1970
  std::span<const int32_t> samples; // at most 100 s of them
};

struct WarningPolicy {
  unsigned stations_min = 4;        // to report, at least 3; 3 of them must have passed every gate
  double magnitude_min = 3.0;
  double update_magnitude = 0.2, update_km = 5;  // report again when one changed by this much ...
  Millis update_after = seconds(1); // ... and no sooner than this after the last, or after `update_latest` in any case
  Millis update_latest = seconds(5);
  Millis settle_after = seconds(20);  // nothing new for so long: the final report
  Millis forget_after = seconds(120); // after the origin: final in any case, and gone
};

struct WarningReport {
  uint64_t event = 0;               // counted from 1 by this engine
  uint32_t number = 0;              // of the report, from 1
  UtcTime made, origin;             // made: the time of the newest sample behind it
  LonLat epicentre;
  double depth_km = 10;
  double magnitude = 0, magnitude_sigma = 0.3;
  double location_sigma_km = 0;
  unsigned stations = 0;            // with picks
  bool final = false;               // nothing more will follow
  bool cancelled = false;           // it was none
};

// What one station has shown in one event; for the screen.
struct Pick {
  uint32_t station = 0;
  int64_t at_us = 0;
  double pd_cm = 0, tau_c_s = 0, snr = 0;
};

struct StreamState {                // of one channel
  bool live = false, clipped = false, dead = false;
  int64_t last_us = 0;
  uint64_t gaps = 0, overlaps = 0, refused = 0, spikes = 0;
};

// Of each station the first vertical channel picks; every channel counts for peaks(). Channels that cannot be used (no
// such station, a rate outside 10 to 500 Hz, a gain that is not a positive number) refuse their packets.
// An aftershock in the shaking of its main shock (90 s after S) is not told apart from it.
// Bounds: 512 stations per event, 64 events, 4,096 picks that belong to none; beyond them the oldest picks go, and no
// further event begins. About 5.8 kB per station of three channels of 100 Hz: 102 MB for 18,000.
class EarlyWarning {
 public:
  EarlyWarning(std::vector<Station> stations, std::vector<Channel> channels, WarningPolicy policy);
  ~EarlyWarning();
  EarlyWarning(EarlyWarning&&) noexcept;
  // Takes one packet and answers with the reports that follow from it. Packets of one channel come in order of time
  // (older samples are dropped and counted, gaps restart the filters). O(samples) and, when a pick is new, O(stations of
  // the event x grid): 1 to 3 ms, up to 15 ms where an earthquake begins. Not for several threads at once.
  // kInvalidField for a channel that is not there or cannot be used, for more than 100 s of samples, and for a time that
  // no clock shows: a packet over a minute ahead of the newest is refused, until 20 in a row agree that the time has
  // jumped. When as many packets in a row as there are channels are two minutes behind, or 20 of one channel, the newest
  // was wrong and is forgotten.
  Result<std::vector<WarningReport>> take(const Packet& packet);
  // Time passes without packets: final and cancelled reports. By the clock of the data, also when they are replayed.
  std::vector<WarningReport> tick(UtcTime now);
  std::vector<Pick> picks(uint64_t event) const;
  StreamState state(uint32_t channel) const;
  // Peak ground motion of a station since `since` (m/s2, m/s; the largest of the components), in steps of 5 s, of the
  // last 320 s; nothing when it has shown none. For the intensity report.
  struct Peaks { float pga = 0, pgv = 0; };
  std::optional<Peaks> peaks(uint32_t station, UtcTime since) const;

 private:
  struct Inside;
  std::unique_ptr<Inside> inside_;
};

// What a place will feel, and when. s_arrives may lie behind `now`: then the shaking is there already.
struct Arrival {
  UtcTime s_arrives, p_arrives;
  double intensity = 0;
};
Arrival arrival(const WarningReport& report, LonLat at, Zone zone);
// km around the epicentre that S has passed when the warning came out.
double blind_radius_km(const WarningReport& report, UtcTime out);

}  // namespace anlan::quake
