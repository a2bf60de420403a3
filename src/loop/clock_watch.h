// The clock a node lives by: the machine's, but a jump of it takes effect only together with its ClockJumped fact, so
// that deadlines and time move in the same instant and no limit passes early or late.
//
// Between checks it runs on the monotonic clock. Differences up to kJump are followed silently (the machine is being
// set right little by little). What the clock does while the program is not running cannot be known.
//
// now() may be read by any thread; check() is called by one, more often than once a second.
#pragma once

#include <atomic>

#include "base/ports.h"
#include "journal/writer.h"

namespace anlan {

class ClockWatch final : public Clock, public Observer {
 public:
  static constexpr Millis kJump = seconds(2);

  explicit ClockWatch(Clock& machine);
  UtcTime now() const override { return {offset_ms_ + machine_.monotonic().count}; }
  Millis monotonic() const override { return machine_.monotonic(); }

  // After the writer's other observers have been added. Both live until the writer ends.
  void attach(Writer& writer);
  // Compares; records a jump. One that could not be recorded (full disk) is tried again at the next check.
  void check();
  // How far the machine's clock is ahead of now().
  Millis difference() const { return machine_.now() - now(); }

  void on_committed(const std::vector<RecordedFact>& facts) override;

 private:
  Clock& machine_;
  Writer* writer_ = nullptr;
  std::atomic<int64_t> offset_ms_;
  std::atomic<bool> asked_{false};
};

}  // namespace anlan
