#include <algorithm>

#include "history/history_impl.h"

namespace anlan {
namespace {

// So many links are written at once: the lock is held for some milliseconds.
constexpr size_t kLinksPerWrite = 1024;
// The log is cut in the store when this part of its limit can go.
constexpr uint64_t kCutPart = 8;

}  // namespace

Result<void> History::Impl::settle_due(size_t links_max) {
  TRY_VOID(settle(due_));
  for (size_t links = 0; log_readings_ > options_.log_readings && !dirty_.empty() && links < std::max(links_max, kLinksPerWrite);
       links += kLinksPerWrite)
    TRY_VOID(settle_oldest(kLinksPerWrite));
  return cut_log(false);
}

Result<void> History::Impl::settle_oldest(size_t links_max) {
  std::vector<LinkNumber> oldest;
  for (const auto& [since, link] : dirty_) {
    if (oldest.size() == links_max) break;
    if (links_[link]->dirty_since == since) oldest.push_back(link);
  }
  return settle(oldest);
}

Result<void> History::Impl::settle(std::span<const LinkNumber> links) {
  std::vector<LinkNumber> changed(links.begin(), links.end());
  std::ranges::sort(changed);
  changed.erase(std::unique(changed.begin(), changed.end()), changed.end());
  std::erase_if(changed, [&](LinkNumber link) { return links_[link]->dirty_since == 0; });
  if (!changed.empty()) {
    StoreChange change;
    for (const auto link : changed) {
      LiveLink& live = *links_[link];
      if (const auto waiting = waiting_.find(link); waiting != waiting_.end()) {
        if (!waiting->second.late.empty() && waiting->second.late.front().at < memory_from(link, live)) update_hours(view(link, live), change);
        merge_late_in_memory(link, live, waiting->second);
        merge_late_on_disk(link, waiting->second, change);
        for (const auto& block : waiting->second.sealed) store_->put_block(change, link, block.first_at, block.bytes);
      }
      store_->put_open(change, link, live.stored(applied_, live.readings));
    }
    if (const auto written = store_->write(change, false); !written) {
      due_.insert(due_.end(), changed.begin(), changed.end());
      std::ranges::sort(due_);
      due_.erase(std::unique(due_.begin(), due_.end()), due_.end());
      return written;
    }
    for (const auto link : changed) {
      LiveLink& live = *links_[link];
      live.dirty_since = 0;
      const auto waiting = waiting_.find(link);
      if (waiting == waiting_.end()) continue;
      live.unsummarised = static_cast<uint8_t>(std::min<size_t>(options_.blocks_per_summary, live.unsummarised + waiting->second.sealed.size()));
      if (live.unsummarised == options_.blocks_per_summary) queue_summary(link, live);
      waiting_.erase(waiting);
    }
  }
  std::erase_if(due_, [&](LinkNumber link) { return links_[link]->dirty_since == 0; });
  while (!dirty_.empty() && links_[dirty_.front().second]->dirty_since != dirty_.front().first) dirty_.pop_front();
  const uint64_t needed = dirty_.empty() ? applied_ + 1 : dirty_.front().first;
  for (; !log_.empty() && log_.front().number < needed; log_.pop_front()) {
    log_readings_ -= log_.front().readings;
    cut_readings_ += log_.front().readings;
    if (follower_ && log_.front().number > follower_->entry) {
      held_.push_back(log_.front());
      held_readings_ += log_.front().readings;
    }
  }
  let_go_of_held();
  return {};
}

// What the follower has done, and what is more than the log may hold for it.
void History::Impl::let_go_of_held() {
  while (!held_.empty() && (!follower_ || held_.front().number <= follower_->entry || held_readings_ > options_.log_readings)) {
    held_readings_ -= held_.front().readings;
    held_.pop_front();
  }
}

Result<void> History::Impl::cut_log(bool all) {
  if (cut_readings_ == 0 || (!all && cut_readings_ < options_.log_readings / kCutPart)) return {};
  StoreChange change;
  store_->remove_log(change, !held_.empty() ? held_.front().number : log_.empty() ? applied_ + 1 : log_.front().number);
  TRY_VOID(store_->write(change, false));
  cut_readings_ = 0;
  return {};
}

// Late readings within the span that is in memory go to their places there.
void History::Impl::merge_late_in_memory(LinkNumber link, LiveLink& live, Waiting& waiting) {
  const auto from = memory_from(link, live);
  const auto first = std::ranges::find_if(waiting.late, [&](const Sample& s) { return s.at >= from; });
  if (first == waiting.late.end()) return;
  std::vector<Sample> stored;
  for (const auto& b : waiting.sealed) CHECK(read_block(b.bytes, stored));
  live.samples(stored);
  waiting.sealed = live.assign(merge_samples(stored, {first, waiting.late.end()}));
  waiting.late.erase(first, waiting.late.end());
}

// The others change the block that their time lies in: the last one that begins before it, else the first of the link.
void History::Impl::merge_late_on_disk(LinkNumber link, const Waiting& waiting, StoreChange& change) const {
  auto cursor = store_->blocks();
  const std::span<const Sample> late = waiting.late;
  for (size_t at = 0; at < late.size();) {
    cursor.seek(link, late[at].at);
    std::vector<Sample> stored;
    size_t end = late.size();
    if (cursor.damage()) {
      end = at + 1;  // it cannot be told where the next block begins; a block of its own is safe
    } else if (cursor.valid()) {
      const auto first_at = cursor.first_at();
      if (read_block(cursor.bytes(), stored)) store_->remove_block(change, link, first_at);
      cursor.next();
      if (cursor.damage()) {
        end = at + 1;
      } else if (cursor.valid()) {
        const auto next = std::lower_bound(late.begin() + static_cast<std::ptrdiff_t>(at) + 1, late.end(), cursor.first_at(),
                                           [](const Sample& s, UtcTime t) { return s.at < t; });
        end = static_cast<size_t>(next - late.begin());
      }
    }
    for (const auto& block : make_blocks(merge_samples(stored, late.subspan(at, end - at)))) store_->put_block(change, link, block.first_at, block.bytes);
    at = end;
  }
}

Result<void> History::Impl::settle_all() {
  for (;;) {
    const std::lock_guard lock(state_);
    TRY_VOID(settle(due_));
    if (dirty_.empty()) return cut_log(true);
    TRY_VOID(settle_oldest(kLinksPerWrite));
  }
}

}  // namespace anlan
