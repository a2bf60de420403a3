#include <fmt/format.h>

#include "history/history_impl.h"
#include "history/log_entry.h"

namespace anlan {

Result<std::unique_ptr<History>> History::open(const std::string& folder, const HistoryOptions& options) {
  TRY(store, HistoryStore::open(folder, options));
  auto impl = std::make_unique<Impl>(std::move(store), options);
  TRY_VOID(impl->load());
  impl->start();
  return std::unique_ptr<History>(new History(std::move(impl)));
}

Result<void> History::Impl::load() {
  const auto damaged_links = [&](LinkNumber first, LinkNumber last) {
    damaged_links_.emplace_back(first, last);
    damage_.push_back(fmt::format("history: the newest readings of links {} to {} are damaged", first, last));
  };
  TRY_VOID(store_->each_open(
      [&](LinkNumber link, std::string_view bytes) {
        if (link >= kHistoryLinksMax || !live(link).load(bytes)) damaged_links(link, link);
      },
      damaged_links));
  for (const auto& [first, last] : damaged_links_) TRY_VOID(recover_damaged(first, last));
  for (const auto& link : links_)
    if (link) applied_ = std::max(applied_, link->applied);
  TRY_VOID(store_->each_kept([&](LinkNumber link, UtcTime kept_from, UtcTime raw_from) {
    if (link >= kHistoryLinksMax) return;
    live(link).kept_from = kept_from;
    live(link).raw_from = raw_from;
  }));
  TRY(follower, store_->follower());
  if (follower) follower_ = Follower::read(*follower);
  // Numbers that the follower has passed are not given again, even when nothing of them was kept.
  if (follower_) applied_ = std::max(applied_, follower_->entry);

  const uint64_t settled_to = applied_;
  uint64_t newest = applied_;
  std::vector<Reading> readings;
  auto entries = store_->log(0);
  for (; entries.valid(); entries.next()) {
    newest = std::max(newest, entries.number());
    if (!read_log_entry(entries.bytes(), readings)) {
      damage_.push_back(fmt::format("history: batch {} of the log is damaged", entries.number()));
      continue;
    }
    AppendResult ignored;
    apply(entries.number(), readings, ignored);
    TRY_VOID(settle_due(2 * readings.size()));
  }
  TRY_VOID(entries.fault());
  applied_ = std::max(settled_to, newest);
  next_entry_ = applied_ + 1;
  return {};
}

// A link whose open block cannot be read goes on behind the last sample of its last whole block, which moves to memory.
Result<void> History::Impl::recover_damaged(LinkNumber first, LinkNumber last) {
  StoreChange change;
  auto cursor = store_->blocks();
  for (uint64_t n = first; n <= last && n < kHistoryLinksMax; ++n) {
    const auto link = static_cast<LinkNumber>(n);
    uint64_t readings = 0;
    for (cursor.seek(link, {INT64_MIN}); cursor.valid(); cursor.next()) readings += block_count(cursor.bytes()).value_or(0);
    cursor.seek_last(link);
    std::vector<Sample> samples;
    if (!cursor.valid() || !read_block(cursor.bytes(), samples) || samples.empty()) continue;
    LiveLink& link_state = live(link);
    link_state.assign({&samples.back(), 1});
    link_state.readings = readings;
    store_->remove_block(change, link, cursor.first_at());
    samples.pop_back();
    if (!samples.empty()) store_->put_block(change, link, samples.front().at, write_block(samples));
    store_->put_open(change, link, link_state.stored(0, readings));
    drop_hours(link, hour_of(link_state.newest().at), change);
  }
  return store_->write(change, true);
}

}  // namespace anlan
