// The port through which attempts leave the building: app, text message with link, voice call.
//
// place() must not block and is idempotent: an attempt placed twice (after a crash) is one call. Reports come back
// through ReportSink, at any time and from any thread; an attempt that is never reported on times out.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "calls/commands.h"

namespace anlan {

struct Attempt {
  RoundId round;
  int64_t seq = 0;
  int64_t no = 0;  // 0: a notice, which wants no answer and no report
  PersonId person;
  std::string phone;
  // "round-seq-no": the same for the same attempt, before and after a crash.
  std::string key() const {
    return std::to_string(round.value) + "-" + std::to_string(seq) + "-" + std::to_string(no);
  }
};

class Channel {
 public:
  virtual ~Channel() = default;
  virtual std::string_view id() const = 0;
  virtual void place(std::vector<Attempt> attempts, const std::string& message) = 0;
  // The call is answered, released or stopped: a ringing phone may be let go. Optional.
  virtual void withdraw(const Attempt&) {}
};

class ReportSink {
 public:
  virtual ~ReportSink() = default;
  virtual void report(const Report& report) = 0;
  // A keypad digit or a one-digit text message: the same answer as the button of that number.
  virtual void answer_by_digit(RoundId round, int64_t seq, int digit, std::optional<int64_t> number, std::string_view channel) = 0;
};

}  // namespace anlan
