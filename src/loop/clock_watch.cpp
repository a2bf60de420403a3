#include "loop/clock_watch.h"

#include "calls/facts.h"

namespace anlan {

ClockWatch::ClockWatch(Clock& machine) : machine_(machine), offset_ms_(machine.now().ms - machine.monotonic().count) {}

void ClockWatch::attach(Writer& writer) {
  writer_ = &writer;
  writer.add_observer(this);
}

void ClockWatch::check() {
  if (asked_ || !writer_) return;
  const Millis by = difference();
  if (by <= kJump && Millis{} - by <= kJump) {
    offset_ms_ += by.count;
    return;
  }
  asked_ = true;
  Command command{"node", "", "", [by](Reader&, UtcTime) -> Result<Decision> { return Decision{{fact(ClockJumped{by})}, "{}"}; },
                  [this](const Result<Answer>&) { asked_ = false; }, {}};
  command.alone = true;
  writer_->submit(std::move(command));
}

void ClockWatch::on_committed(const std::vector<RecordedFact>& facts) {
  for (const auto& f : facts)
    if (const auto* jumped = f.as<ClockJumped>()) offset_ms_ += jumped->by.count;
}

}  // namespace anlan
