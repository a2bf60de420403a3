#include "history/history_impl.h"

namespace anlan {

Result<Removed> History::Impl::remove_before(LinkNumber link, UtcTime time, size_t blocks_max) {
  const std::lock_guard lock(state_);
  Removed removed;
  if (!find_live(link) || links_[link]->empty()) return removed;
  LiveLink& live = *links_[link];
  const UtcTime limit = hour_start(hour_of(time));
  {
    // Nothing is written for a link of which nothing goes.
    auto cursor = store_->blocks();
    cursor.seek(link, live.raw_from);
    if (cursor.valid() ? cursor.first_at() >= limit : memory_from(link, live) >= limit && !cursor.damage()) return removed;
  }
  TRY_VOID(settle({&link, 1}));
  StoreChange change;
  UtcTime first{INT64_MAX};
  auto cursor = store_->blocks();
  cursor.seek(link, live.raw_from);
  while (cursor.valid() && cursor.first_at() < limit) {
    if (removed.blocks == blocks_max) {
      removed.more = true;
      break;
    }
    const auto first_at = cursor.first_at();
    const auto count = block_count(cursor.bytes()).value_or(0);
    cursor.next();
    if (cursor.damage() || (cursor.valid() ? cursor.first_at() : live.first_at()) > limit) break;
    store_->remove_block(change, link, first_at);
    first = std::min(first, first_at);
    removed.readings += count;
    ++removed.blocks;
  }
  const auto damage = cursor.damage();
  const bool all = !cursor.valid() && !damage && live.newest().at < limit;
  if (removed.blocks > 0 || all) {
    if (all) removed.readings += live.count();
    // What stays begins at or before the limit, so every hour with something removed ends before it, and none of them
    // changes any more.
    const UtcTime rest = cursor.valid() ? cursor.first_at() : live.first_at();
    const int64_t from = hour_of(all ? std::min(first, live.first_at()) : first);
    const int64_t until = all ? hour_of(live.newest().at) + 1 : std::min(hour_of(rest) + 1, hour_of(limit));
    cover_hours(view(link, live), from, until, change);
    LiveLink kept;
    kept.readings = live.readings - std::min(removed.readings, live.readings);
    store_->put_open(change, link, (all ? kept : live).stored(applied_, kept.readings));
    const UtcTime kept_from = std::max(live.kept_from, limit), raw_from = all ? kept_from : std::min(rest, kept_from);
    store_->put_kept(change, link, kept_from, raw_from);
    TRY_VOID(store_->write(change, false));
    live.readings = kept.readings;
    live.kept_from = kept_from;
    live.raw_from = raw_from;
    if (all) live.assign({});
  }
  if (damage) return {ErrorCode::kCorrupt, {{"what", link_place(link, time)}, {"why", *damage}}};
  return removed;
}

}  // namespace anlan
