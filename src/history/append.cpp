#include <algorithm>
#include <bit>
#include <tuple>

#include "history/history_impl.h"
#include "history/log_entry.h"

namespace anlan {
namespace {

constexpr size_t kGroupRequests = 256;
constexpr size_t kLateReadings = 4096;  // of one link in memory; then they go into blocks

bool same_bits(double a, double b) { return std::bit_cast<uint64_t>(a) == std::bit_cast<uint64_t>(b); }
bool before(const Sample& s, UtcTime at) { return s.at < at; }

}  // namespace

Result<AppendResult> History::Impl::append(std::span<const Reading> readings) {
  if (readings.empty()) return AppendResult{};
  if (readings.size() > kHistoryBatchMax)
    return {ErrorCode::kTooLarge, {{"what", "a batch of readings"}, {"limit", std::to_string(kHistoryBatchMax)}}};
  for (const auto& r : readings)
    if (r.link >= kHistoryLinksMax) return {ErrorCode::kTooLarge, {{"what", "a link number"}, {"limit", std::to_string(kHistoryLinksMax)}}};
  Request request{readings, write_log_entry(readings)};
  std::unique_lock lock(commit_);
  requests_.push_back(&request);
  while (!request.done) {
    if (leading_) {
      committed_.wait(lock);
      continue;
    }
    // Nobody commits: this thread does it for all who wait.
    leading_ = true;
    std::vector<Request*> group;
    for (size_t taken = 0; !requests_.empty() && group.size() < kGroupRequests && taken < kHistoryBatchMax; requests_.pop_front()) {
      group.push_back(requests_.front());
      taken += group.back()->readings.size();
    }
    lock.unlock();
    commit(group);
    lock.lock();
    for (auto* r : group) r->done = true;
    leading_ = false;
    committed_.notify_all();
  }
  return std::move(request.result);
}

void History::Impl::commit(std::span<Request* const> group) {
  const auto refuse = [&](const Error& error) {
    for (auto* r : group) r->result = error;
  };
  {
    // What could not be written out last time goes first, so that memory stays bounded while the disk is full.
    const std::lock_guard lock(state_);
    if (const auto settled = settle(due_); !settled) return refuse(settled.error());
  }
  StoreChange change;
  // A number is never used twice, even when writing failed: the entry may be on disk all the same.
  const uint64_t first = next_entry_;
  for (auto* r : group) {
    store_->put_log(change, next_entry_++, r->entry);
    r->entry = {};
  }
  if (const auto written = store_->write(change, true); !written) return refuse(written.error());
  for (size_t i = 0; i < group.size(); ++i) {
    const std::lock_guard lock(state_);
    AppendResult result;
    apply(first + i, group[i]->readings, result);
    group[i]->result = result;
    // It is acknowledged in any case: it is in the log, and what fails here is tried again before the next batch.
    (void)settle_due(2 * group[i]->readings.size());
  }
}

LiveLink& History::Impl::live(LinkNumber link) {
  if (link >= links_.size()) links_.resize(size_t{link} + 1);
  auto& live = links_[link];
  if (!live) live = std::make_unique<LiveLink>();
  return *live;
}

const LiveLink* History::Impl::find_live(LinkNumber link) const { return link < links_.size() ? links_[link].get() : nullptr; }

UtcTime History::Impl::memory_from(LinkNumber link, const LiveLink& live) const {
  const auto waiting = waiting_.find(link);
  if (waiting != waiting_.end() && !waiting->second.sealed.empty()) return waiting->second.sealed.front().first_at;
  return live.first_at();
}

void History::Impl::apply(uint64_t number, std::span<const Reading> readings, AppendResult& result) {
  std::vector<const Reading*> late;
  for (const auto& r : readings) {
    LiveLink& link = live(r.link);
    if (link.applied >= number) continue;  // only while the log is read again
    if (r.at < link.kept_from) {
      ++result.expired;
      continue;
    }
    if (link.dirty_since == 0) {
      link.dirty_since = number;
      dirty_.emplace_back(number, r.link);
    }
    std::optional<SealedBlock> sealed;
    switch (link.take({r.at, r.value}, sealed)) {
      case Taken::kStored:
        ++link.readings;
        ++result.stored;
        break;
      case Taken::kDuplicate: ++result.duplicates; break;
      case Taken::kReplaced: ++result.replaced; break;
      case Taken::kLate:
        ++link.lates;
        late.push_back(&r);
        break;
    }
    if (sealed) {
      auto& waiting = waiting_[r.link];
      if (waiting.sealed.empty()) due_.push_back(r.link);
      waiting.sealed.push_back(std::move(*sealed));
    }
  }
  // Later than the others: what is in time only ever adds behind the newest, so the order between the two is free.
  if (!late.empty()) apply_late(late, result);
  log_.push_back({number, readings.size()});
  log_readings_ += readings.size();
  applied_ = number;
}

void History::Impl::apply_late(std::vector<const Reading*>& late, AppendResult& result) {
  // Of two readings of one time the later one in the batch comes later.
  std::ranges::sort(late, [](const Reading* a, const Reading* b) { return std::tie(a->link, a->at, a) < std::tie(b->link, b->at, b); });
  auto cursor = store_->blocks();
  Stretch stretch;
  for (const auto* reading : late) {
    const Reading& r = *reading;
    auto& waiting = waiting_[r.link];
    const auto at = std::lower_bound(waiting.late.begin(), waiting.late.end(), r.at, before);
    if (at != waiting.late.end() && at->at == r.at) {
      ++(same_bits(at->value, r.value) ? result.duplicates : result.replaced);
      at->value = r.value;
      continue;
    }
    const auto& stored = stretch_at(r.link, r.at, cursor, stretch);
    const auto found = std::lower_bound(stored.begin(), stored.end(), r.at, before);
    const bool known = found != stored.end() && found->at == r.at;
    if (known && same_bits(found->value, r.value)) {
      ++result.duplicates;
      continue;
    }
    ++(known ? result.replaced : result.stored);
    if (!known) ++live(r.link).readings;
    waiting.late.insert(at, {r.at, r.value});
    if (waiting.late.size() == kLateReadings) due_.push_back(r.link);
  }
}

// What is stored around a time before the newest. What is damaged counts as absent.
const std::vector<Sample>& History::Impl::stretch_at(LinkNumber link, UtcTime at, BlockCursor& cursor, Stretch& s) const {
  if (s.known && s.link == link && s.from <= at && at <= s.until) return s.samples;
  const LiveLink& live = *links_[link];
  s.known = true;
  s.link = link;
  s.samples.clear();
  s.from = memory_from(link, live);
  s.until = live.newest().at;
  if (at >= s.from) {
    if (const auto waiting = waiting_.find(link); waiting != waiting_.end())
      for (const auto& b : waiting->second.sealed) CHECK(read_block(b.bytes, s.samples));
    live.samples(s.samples);
    return s.samples;
  }
  s.from = s.until = at;
  cursor.seek(link, at);
  if (cursor.valid() && read_block(cursor.bytes(), s.samples) && !s.samples.empty()) {
    s.from = std::min(at, s.samples.front().at);
    s.until = std::max(at, s.samples.back().at);
  }
  return s.samples;
}

}  // namespace anlan
