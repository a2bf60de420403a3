// One earthquake as the warning sees it: who heard it, where it is, how large, and what has been said of it.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "quake/association.h"
#include "quake/early_warning.h"
#include "quake/magnitude.h"
#include "quake/picker.h"

namespace anlan::quake {

// What a station shows of the event, copied from its picker as it grows.
struct Witness {
  Trigger trigger;
  std::array<float, Picker::kSeconds> pd_m{};
  unsigned measured_s = 0;
  float tau_c_s = 0, snr = 0;
  bool passed_all = false, noisy = false, clipped = false;
};

class WarningEvent {
 public:
  static constexpr size_t kWitnessesMax = 512;
  // `key`: within the engine; the id follows with the first report, so that ids that were told have no holes.
  WarningEvent(uint64_t key, Network::Found found, int64_t now_us);

  uint64_t key() const { return key_; }
  uint64_t id() const { return id_; }   // 0: nothing said yet
  const Source& source() const { return source_; }
  std::span<const Witness> witnesses() const { return witnesses_; }
  bool ended() const { return ended_; }
  // Ended as something that was no earthquake, said or unsaid: it explains nothing any more.
  bool unfounded() const { return ended_ && (said_.number == 0 || said_.cancelled); }
  // Whether the pick came (by P) with the event; then it is a witness.
  bool offer(const Trigger& trigger, int64_t now_us);
  // Whether the event explains the pick though it is no witness: P after the end, or the shaking that follows P.
  bool explains(const Trigger& trigger) const;
  // A pick that proved to be none.
  void withdraw(const Trigger& trigger, int64_t now_us);
  // The witness of this station, if it is this onset.
  Witness* witness(uint32_t station, uint32_t serial);
  // Takes the members of a source that is the same earthquake, better seen.
  void replace(Network::Found found, int64_t now_us);
  void touch() { grown_ = true; }
  // Locates anew when picks changed, takes the magnitude anew and says what there is to say (the first time with the next
  // of `counted`); throws out picks that do not fit, into `out`. At most every 200 ms of data unless picks changed.
  void evaluate(const Network& network, const WarningPolicy& policy, int64_t now_us, uint64_t& counted, std::vector<WarningReport>& reports, std::vector<Trigger>& out);

 private:
  WarningReport report(int64_t now_us) const;
  void locate_again(const Network& network, std::vector<Trigger>& out);
  void weigh();
  double km(const Trigger& trigger) const;
  void say(WarningReport report, uint64_t& counted, std::vector<WarningReport>& reports);

  uint64_t key_, id_ = 0;
  Source source_;
  std::vector<Witness> witnesses_;    // by time of the pick
  MagnitudeEstimate magnitude_;
  std::vector<Amplitude> amplitudes_;
  bool moved_ = true, grown_ = true, ended_ = false;
  double reach_km_ = 0;               // of the farthest P so far, of those too that found no room among the witnesses
  int64_t changed_us_, evaluated_us_ = INT64_MIN / 2, said_us_ = INT64_MIN / 2;
  WarningReport said_;                // number 0: nothing yet
};

}  // namespace anlan::quake
