#include <fmt/format.h>

#include <algorithm>

#include "history/history_impl.h"

namespace anlan {
namespace {

constexpr int kDamagedParts = 1000;   // passed over in one reading
constexpr size_t kLinksPerView = 256;  // taken along under one lock

bool earlier(const Sample& s, UtcTime at) { return s.at < at; }

// Puts blocks and late readings together and hands on what is asked for.
class Delivery {
 public:
  Delivery(UtcTime from, UtcTime until, std::span<const Sample> late, const History::EachChunk& each)
      : from_(from), until_(until), late_(std::lower_bound(late.begin(), late.end(), from, earlier), late.end()), each_(each) {}

  // Ascending, after those of the last call.
  void block(std::span<const Sample> samples) {
    const auto first = std::lower_bound(samples.begin(), samples.end(), from_, earlier);
    samples = {first, std::lower_bound(first, samples.end(), until_, earlier)};
    if (samples.empty() || stopped_) return;
    size_t with = 0;
    while (with < late_.size() && late_[with].at <= samples.back().at) ++with;
    if (with == 0) {
      stopped_ = !each_(samples);
      return;
    }
    stopped_ = !each_(merge_samples(samples, late_.first(with)));
    late_ = late_.subspan(with);
  }
  void end() {
    size_t with = 0;
    while (with < late_.size() && late_[with].at < until_) ++with;
    if (with > 0 && !stopped_) stopped_ = !each_(late_.first(with));
  }
  bool stopped() const { return stopped_; }

 private:
  UtcTime from_, until_;
  std::span<const Sample> late_;
  const History::EachChunk& each_;
  bool stopped_ = false;
};

// Moves the cursor from a damaged part of a file to the first block behind it, at or after `from`. Seeking fails up to
// some time and succeeds behind it: steps of doubling length find a place where it does, halving finds the first.
void pass_damage(BlockCursor& cursor, LinkNumber link, UtcTime from) {
  constexpr uint64_t kSign = uint64_t{1} << 63;
  const auto readable = [&](uint64_t at) {
    cursor.seek_forward(link, {static_cast<int64_t>(at ^ kSign)});
    return !cursor.damage();
  };
  uint64_t bad = static_cast<uint64_t>(from.ms) ^ kSign, good = UINT64_MAX;
  if (readable(bad)) return;
  for (uint64_t step = 1000; step < UINT64_MAX - bad; step *= 2) {
    if (readable(bad + step)) {
      good = bad + step;
      break;
    }
    bad += step;
    if (step >= kSign) break;
  }
  while (good - bad > 1) {
    const uint64_t middle = bad + (good - bad) / 2;
    (readable(middle) ? good : bad) = middle;
  }
  readable(good);
}

}  // namespace

std::optional<Error> read_view(const LinkView& view, UtcTime from, UtcTime until, BlockCursor& cursor, std::vector<Sample>& samples,
                               const History::EachChunk& each) {
  std::optional<Error> fault;
  const auto damaged = [&](UtcTime at, const std::string& why) {
    if (!fault) fault = Error(ErrorCode::kCorrupt, {{"what", link_place(view.link, at)}, {"why", why}});
  };
  Delivery delivery(from, until, view.late, each);
  UtcTime reached = from;  // everything that begins before it was delivered
  int passed = 0;
  for (cursor.seek(view.link, from); !delivery.stopped();) {
    if (const auto why = cursor.damage()) {
      damaged(reached, *why);
      if (++passed > kDamagedParts) break;
      pass_damage(cursor, view.link, reached);
      if (cursor.damage()) break;
      continue;
    }
    if (!cursor.valid() || cursor.first_at() >= until || cursor.first_at() >= view.memory_from) break;
    reached = std::max(reached, cursor.first_at() + milliseconds(1));
    samples.clear();
    if (read_block(cursor.bytes(), samples)) delivery.block(samples);
    else damaged(cursor.first_at(), "the block cannot be read");
    cursor.next();
  }
  for (const auto& block : view.blocks) {
    if (delivery.stopped() || block.first_at >= until) break;
    samples.clear();
    CHECK(read_block(block.bytes, samples));
    delivery.block(samples);
  }
  delivery.block(view.open);
  delivery.end();
  if (view.damaged) damaged(view.newest_at, "the newest readings of a former run cannot be read");
  return fault;
}

std::string link_place(LinkNumber link, UtcTime at) {
  constexpr int64_t kDisplayableMs = 8'000'000'000'000;  // beyond the year 2200 either way a calendar says little
  if (at.ms < -kDisplayableMs || at.ms > kDisplayableMs) return fmt::format("link {} at {} ms", link, at.ms);
  return fmt::format("link {} at {}", link, to_iso8601(at));
}

bool History::Impl::damaged(LinkNumber link) const {
  return std::ranges::any_of(damaged_links_, [&](const auto& range) { return range.first <= link && link <= range.second; });
}

LinkView History::Impl::view(LinkNumber link, const LiveLink& live) const {
  LinkView view;
  view.link = link;
  view.damaged = damaged(link);
  view.newest_at = live.newest().at;
  view.memory_from = memory_from(link, live);
  view.kept_from = live.kept_from;
  if (const auto waiting = waiting_.find(link); waiting != waiting_.end()) {
    view.blocks = waiting->second.sealed;
    view.late = waiting->second.late;
  }
  live.samples(view.open);
  return view;
}

Result<void> History::Impl::read(LinkNumber link, UtcTime from, UtcTime until, const EachChunk& each) const {
  std::unique_lock lock(state_);
  const auto* live = find_live(link);
  if (!live || live->empty()) {
    if (damaged(link)) return {ErrorCode::kCorrupt, {{"what", fmt::format("link {}", link)}, {"why", "its newest readings cannot be read"}}};
    return {};
  }
  if (live->newest().at < from && !damaged(link)) return {};
  const auto taken = view(link, *live);
  auto cursor = store_->blocks();
  lock.unlock();
  std::vector<Sample> samples;
  if (const auto fault = read_view(taken, from, until, cursor, samples, each)) return *fault;
  return {};
}

Result<void> History::Impl::read_all(const std::function<UtcTime(LinkNumber)>& from, UtcTime until, const EachLinkChunk& each) const {
  std::optional<Error> fault;
  std::vector<Sample> samples;
  bool stopped = false;
  for (size_t first = 0; !stopped; first += kLinksPerView) {
    std::vector<LinkView> views;
    std::vector<UtcTime> begins;
    std::unique_lock lock(state_);
    if (first >= links_.size()) break;
    for (size_t link = first; link < std::min(first + kLinksPerView, links_.size()); ++link) {
      if (!links_[link] || links_[link]->empty()) continue;
      const UtcTime begin = from(static_cast<LinkNumber>(link));
      if (links_[link]->newest().at < begin) continue;
      views.push_back(view(static_cast<LinkNumber>(link), *links_[link]));
      begins.push_back(begin);
    }
    if (views.empty()) continue;
    auto cursor = store_->blocks();
    lock.unlock();
    for (size_t i = 0; i < views.size(); ++i) {
      const auto& v = views[i];
      const auto found = read_view(v, begins[i], until, cursor, samples, [&](std::span<const Sample> chunk) {
        stopped = !each(v.link, chunk);
        return !stopped;
      });
      if (found && !fault) fault = found;
      if (stopped) break;
    }
  }
  if (fault) return *fault;
  return {};
}

std::optional<Sample> History::Impl::last(LinkNumber link) const {
  const std::lock_guard lock(state_);
  const auto* live = find_live(link);
  if (!live || live->empty()) return std::nullopt;
  return live->newest();
}

std::vector<Reading> History::Impl::lasts() const {
  std::vector<Reading> out;
  const std::lock_guard lock(state_);
  for (size_t link = 0; link < links_.size(); ++link)
    if (links_[link] && !links_[link]->empty())
      out.push_back({links_[link]->newest().at, links_[link]->newest().value, static_cast<LinkNumber>(link)});
  return out;
}

HistoryStats History::Impl::stats() const {
  HistoryStats out;
  {
    const std::lock_guard lock(state_);
    for (const auto& link : links_)
      if (link && !link->empty()) {
        ++out.links;
        out.readings += link->readings;
      }
    out.log_readings = log_readings_;
  }
  out.bytes_on_disk = store_->bytes_on_disk();
  return out;
}

}  // namespace anlan
