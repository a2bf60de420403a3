// Early warning on a node: the stations of the register, the packets that come in, and what follows from a report.
//
// take() is called by whoever receives packets, one at a time; each report becomes a command (take_report) at once and the
// countdown that every screen shows. The stations are read anew when a record of a station changes; packets of that moment
// go to the engine as it was.
#pragma once

#include <array>
#include <map>
#include <mutex>

#include "earthquakes/models.h"
#include "earthquakes/queries.h"
#include "quake/early_warning.h"
#include "registry/live_places.h"
#include "registry/record_index.h"

namespace anlan {

struct Stock;

// What the stations have felt is recorded so long after the origin: the intensity report (烈度速报).
inline constexpr std::array<Millis, 3> kMeasuredAfter = {minutes(1), minutes(2), minutes(5)};
inline constexpr double kMeasuredPga = 0.02;  // m/s2; below, a station has felt nothing

// As it comes off a wire. Names are those of the network (FDSN).
struct WavePacket {
  std::string_view network, station, location, channel;
  int64_t start_us = 0;                  // since 1970
  double rate_hz = 100;
  std::span<const int32_t> samples;
};

struct Countdown {
  int64_t earthquake = 0;                // 0: not recorded yet
  quake::WarningReport report;           // the last
  UtcTime first_made;                    // of the first report
  bool drill = false;
  std::vector<quake::Pick> picks;
  std::string source_id;                 // of the earthquake's versions
  size_t measured = 0;                   // of kMeasuredAfter, how many are done
};

struct TownCountdown {
  PlaceCode place;
  std::string name;
  LonLat at;
  double intensity = 0;
  int colour = 0;                        // 0 blue … 3 red
  UtcTime s_arrives, p_arrives;
  double people = 0;                     // 0: not known
};

struct StationView {
  RecordId record;
  std::string name;                      // network.station
  LonLat at;
  quake::StreamState state;              // of the vertical channel
};

class EarlyWarnings : public Observer {
 public:
  EarlyWarnings(const Pack& pack, RecordIndex& records, const Places& places, Attachments& attachments, PlaceCode place, Clock& clock, std::function<void(Command)> submit);
  void load(Reader& reader);
  void on_committed(const std::vector<RecordedFact>& facts) override;
  void tick(UtcTime now);

  // kNotFound for a channel that no station of the register has.
  Result<void> take(const WavePacket& packet);

  std::vector<Countdown> countdowns() const;             // of the last minutes, newest first
  std::vector<StationView> stations() const;
  const EarthquakePolicy& policy() const { return pack_.earthquakes.policy; }
  // Called after a report, on the thread of take().
  void when_reported(std::function<void(const Countdown&)> then);

 private:
  void read_stations();
  Countdown note(const quake::WarningReport& report);
  void took(const std::vector<quake::WarningReport>& reports);
  void measure(Countdown& countdown, UtcTime now);

  const Pack& pack_;
  RecordIndex& records_;
  const Places& places_;
  Attachments& attachments_;
  const PlaceCode place_;
  Clock& clock_;
  std::function<void(Command)> submit_;
  mutable std::mutex mutex_;
  std::unique_ptr<quake::EarlyWarning> engine_;
  std::vector<StationView> stations_;
  std::map<std::string, uint32_t, std::less<>> channels_;  // network.station.location.channel
  std::vector<uint32_t> vertical_;                          // of each station
  std::vector<double> rates_;                               // of each channel
  std::map<uint64_t, Countdown> countdowns_;                // by the engine's number
  int64_t life_ = 0;                                        // when the engine was made, ms: tells engines apart
  bool stations_changed_ = true;
  std::function<void(const Countdown&)> reported_;
};

// Towns within what is felt (intensity 3), strongest first, at most `most`. O(towns).
std::vector<TownCountdown> towns_reached(const Earthquake& quake, const PlaceIndex& places, const Stock* stock, const EarthquakePolicy& policy, size_t most);
// The town's colour by the policy's lines; -1 below the first.
int colour_of(const EarthquakePolicy& policy, double intensity);

}  // namespace anlan
