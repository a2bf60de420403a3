#include "stream/engine.h"

#include <algorithm>

#include "base/check.h"

namespace anlan::stream {

void Engine::each_window(TypeNumber type, size_t window, const EachWindow& each) {
  CHECK(type < types_.size() && window < types_[type].extras.size());
  const auto& plan = types_[type];
  const auto& extra = plan.extras[window];
  for (LinkNumber link = 0; link < slots_.size(); ++link) {
    const Slot s = slots_[link];
    if (s.line == kNone || s.type != type) continue;
    const Block b = block(s);
    const auto& head = b.head();
    const int64_t clock_ms = std::max(clock_ms_, head.at_ms);
    bool fresh = head.state == static_cast<uint8_t>(LinkState::kFresh);
    if (extra.window >= 0) {
      const auto& w = plan.windows[static_cast<size_t>(extra.window)];
      roll(w, pane_at(w, clock_ms), b);
      if (extra.readings_min > 0) fresh = fresh && b.real(w.count) >= extra.readings_min;
    }
    each(link, value_of(extra.op, b, clock_ms), fresh);
  }
}

}  // namespace anlan::stream
