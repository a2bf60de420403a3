#include "signals/retention.h"

#include "signals/watch.h"

namespace anlan {

bool Retention::run(UtcTime now) {
  if (next_ >= round_.size()) {
    // Also when the clock was set back: a day is a day of the clock as it is now.
    if (began_ && now >= *began_ && now - *began_ < kEvery) return false;
    began_ = now;
    round_ = links_();
    next_ = 0;
  }
  size_t blocks = 0;
  for (size_t looked = 0; looked < kLinksPerRun && blocks < kBlocksPerRun && next_ < round_.size(); ++looked) {
    const auto& link = round_[next_];
    const auto done = history_.remove_before(link.link, *began_ - link.keep, kBlocksPerRun - blocks);
    if (!done) {
      log_("retention: " + done.error().describe());
      ++next_;
      continue;
    }
    removed_ += done->readings;
    blocks += done->blocks;
    if (!done->more) ++next_;
  }
  if (next_ < round_.size()) return true;
  round_ = {};
  next_ = 0;
  return false;
}

std::vector<KeptLink> kept_links(const Watch& watch) {
  std::vector<KeptLink> out;
  watch.each([&](const LinkRow& row) {
    const auto& signal = watch.pack().record_types[row.type].signal;
    const auto own = static_cast<LinkNumber>(row.id.value);
    if (signal && signal->keep && row.readings_of == own) out.push_back({own, *signal->keep});
  });
  return out;
}

}  // namespace anlan
