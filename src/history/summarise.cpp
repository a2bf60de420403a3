#include <algorithm>
#include <map>

#include "history/history_impl.h"

namespace anlan {
namespace {

// Rows are stored where they stand for at least so many readings each; of sparser links the readings are as quick.
constexpr uint64_t kReadingsPerRow = 4;
constexpr uint64_t kReadingsPerTurn = 65'536;  // of one link, read for its rows at once

bool before(const HourRow& row, int64_t hour) { return row.hour < hour; }

// The rows of the hours from <= hour < until; nothing when something of it is damaged.
std::optional<HourMaker> make_rows(const LinkView& link, int64_t from, int64_t until, BlockCursor& blocks) {
  HourMaker maker;
  std::vector<Sample> samples;
  const auto fault = read_view(link, hour_start(from), hour_start(until), blocks, samples, [&](std::span<const Sample> chunk) {
    maker.add(chunk);
    return true;
  });
  if (fault) return std::nullopt;
  return maker;
}

// The chunks of a link while they are changed.
class Chunks {
 public:
  Chunks(const HistoryStore& store, LinkNumber link, BlockCursor hours) : store_(store), link_(link), cursor_(std::move(hours)) {}

  // The one that covers the hour.
  HourChunk* covering(int64_t hour) {
    cursor_.seek(link_, {hour});
    auto* chunk = here();
    return chunk && chunk->from <= hour && hour < chunk->until ? chunk : nullptr;
  }
  HourChunk* last() {
    cursor_.seek_last(link_);
    return here();
  }
  // Where the rows go on: one that cannot be read is made again.
  int64_t end() {
    if (const auto* chunk = last()) return chunk->until;
    return cursor_.valid() ? cursor_.first_at().ms : hour_of({INT64_MIN});
  }
  // The last one that begins before the hour.
  HourChunk* last_before(int64_t hour) {
    cursor_.seek(link_, {hour - 1});
    auto* chunk = here();
    return chunk && chunk->from < hour ? chunk : nullptr;
  }
  std::vector<int64_t> beginning_from(int64_t hour) {
    std::vector<int64_t> out;
    for (cursor_.seek_forward(link_, {hour}); cursor_.valid(); cursor_.next()) out.push_back(cursor_.first_at().ms);
    return out;
  }
  void put(HourChunk chunk) {
    const auto from = chunk.from;
    changed_[from] = std::move(chunk);
  }
  void remove(int64_t from) { changed_[from] = std::nullopt; }
  void write(StoreChange& change) const {
    for (const auto& [from, chunk] : changed_)
      if (!chunk) store_.remove_hours(change, link_, from);
    for (const auto& [from, chunk] : changed_)
      if (chunk) write(*chunk, change);
  }

 private:
  HourChunk* here() {
    if (!cursor_.valid()) return nullptr;
    const auto from = cursor_.first_at().ms;
    auto known = changed_.find(from);
    if (known == changed_.end()) {
      HourChunk chunk;
      // What cannot be read covers nothing: its hours are drawn from readings.
      if (!read_hours(cursor_.bytes(), from, chunk)) return nullptr;
      known = changed_.emplace(from, std::move(chunk)).first;
    }
    return known->second ? &*known->second : nullptr;
  }
  // In parts of about equal size when there are too many rows.
  void write(const HourChunk& chunk, StoreChange& change) const {
    const size_t rows = chunk.rows.size(), parts = std::max<size_t>(1, (rows + kChunkRows - 1) / kChunkRows);
    const auto first_hour = [&](size_t part) { return part == 0 ? chunk.from : part == parts ? chunk.until : chunk.rows[rows * part / parts].hour; };
    for (size_t i = 0; i < parts; ++i) {
      const auto row = chunk.rows.begin();
      const HourChunk part{first_hour(i), first_hour(i + 1), {row + static_cast<std::ptrdiff_t>(rows * i / parts), row + static_cast<std::ptrdiff_t>(rows * (i + 1) / parts)}};
      store_.put_hours(change, link_, part.from, write_hours(part));
    }
  }

  const HistoryStore& store_;
  LinkNumber link_;
  BlockCursor cursor_;
  std::map<int64_t, std::optional<HourChunk>> changed_;
};

}  // namespace

// What late readings change of hours that have rows.
void History::Impl::update_hours(const LinkView& before_merge, StoreChange& change) const {
  std::vector<int64_t> late;
  for (const auto& s : before_merge.late)
    if (const auto hour = hour_of(s.at); hour < before_merge.rows_until() && (late.empty() || late.back() != hour)) late.push_back(hour);
  if (late.empty()) return;
  auto blocks = store_->blocks();
  Chunks chunks(*store_, before_merge.link, store_->hours());
  for (size_t i = 0; i < late.size();) {
    auto* chunk = chunks.covering(late[i]);
    size_t end = i + 1;
    if (chunk) {
      while (end < late.size() && late[end] < chunk->until) ++end;
      if (auto made = make_rows(before_merge, late[i], late[end - 1] + 1, blocks)) {
        const auto rows = std::move(*made).take();
        // Only those hours: of hours between, the readings may have been removed.
        for (; i < end; ++i) {
          const auto row = std::lower_bound(rows.begin(), rows.end(), late[i], before);
          const auto old = std::lower_bound(chunk->rows.begin(), chunk->rows.end(), late[i], before);
          if (row == rows.end() || row->hour != late[i]) continue;
          if (old != chunk->rows.end() && old->hour == late[i]) *old = *row;
          else chunk->rows.insert(old, *row);
        }
      }
    }
    i = end;
  }
  chunks.write(change);
}

// New rows of a link: of the hours from <= hour that are all on disk. Returns where the next ones begin.
int64_t History::Impl::extend_hours(const LinkView& link, int64_t from, BlockCursor& blocks, BlockCursor hours, StoreChange& change) const {
  Chunks chunks(*store_, link.link, std::move(hours));
  // Also what a folder holds from before there were hours is summed up, in as many turns as it takes.
  if (from == kUnknownHour) from = chunks.end();
  from = std::max(from, hour_of(link.kept_from));
  int64_t until = hour_of(link.memory_from);
  if (from >= until) return from;
  HourMaker maker;
  std::vector<Sample> samples;
  const auto fault = read_view(link, hour_start(from), hour_start(until), blocks, samples, [&](std::span<const Sample> chunk) {
    maker.add(chunk);
    if (maker.samples() < kReadingsPerTurn) return true;
    until = hour_of(chunk.back().at);  // the hour of the last reading is not whole
    return false;
  });
  if (fault || from >= until) return std::max(from + 1, until);  // they are drawn from readings
  auto made = std::move(maker).take();
  while (!made.empty() && made.back().hour >= until) made.pop_back();
  uint64_t readings = 0;
  for (const auto& row : made) readings += row.of.count;
  if (made.empty() || readings < kReadingsPerRow * made.size()) return until;
  auto* last = chunks.last();
  if (last && last->until == from && last->rows.size() + made.size() <= kChunkRows) {
    last->rows.insert(last->rows.end(), made.begin(), made.end());
    last->until = until;
  } else {
    chunks.put({from, until, std::move(made)});
  }
  chunks.write(change);
  return until;
}

// One link of the queue. The lock is given up while its readings are read; what came in between and would make the rows
// untrue is a late reading or a removal: then it is done again under the lock.
void History::Impl::summarise_next(std::unique_lock<std::mutex>& lock) {
  const auto link = to_summarise_.front();
  to_summarise_.pop_front();
  LiveLink& live = *links_[link];
  live.queued = false;
  if (live.empty()) return;
  for (const bool locked : {false, true}) {
    const auto taken = view(link, live);
    const auto lates = live.lates;
    auto blocks = store_->blocks();
    auto hours = store_->hours();
    const auto from = live.hours_from;
    StoreChange change;
    if (!locked) lock.unlock();
    const auto until = extend_hours(taken, from, blocks, std::move(hours), change);
    if (!locked) lock.lock();
    if (live.lates != lates || live.kept_from != taken.kept_from || live.hours_from != from) continue;
    // When it cannot be written now, the next time begins where the last chunk ends.
    live.hours_from = store_->write(change, false) ? until : kUnknownHour;
    live.unsummarised = 0;
    if (live.hours_from != kUnknownHour && until < hour_of(taken.memory_from)) queue_summary(link, live);
    return;
  }
}

void History::Impl::queue_summary(LinkNumber link, LiveLink& live) {
  if (live.queued) return;
  live.queued = true;
  to_summarise_.push_back(link);
  summarise_.notify_one();
}

void History::Impl::start() {
  summariser_ = std::thread([this] {
    std::unique_lock lock(state_);
    while (true) {
      summarise_.wait(lock, [this] { return stopping_ || !to_summarise_.empty(); });
      if (stopping_) return;
      summarise_next(lock);
    }
  });
}

void History::Impl::stop() {
  {
    const std::lock_guard lock(state_);
    stopping_ = true;
    summarise_.notify_all();
  }
  if (summariser_.joinable()) summariser_.join();
}

void History::Impl::summarise_all() {
  std::unique_lock lock(state_);
  while (!to_summarise_.empty()) summarise_next(lock);
}

// A link that begins anew further back: its rows from there on are made again.
void History::Impl::drop_hours(LinkNumber link, int64_t from, StoreChange& change) const {
  Chunks chunks(*store_, link, store_->hours());
  if (auto* last = chunks.last_before(from); last && last->until > from) {
    last->until = from;
    last->rows.erase(std::lower_bound(last->rows.begin(), last->rows.end(), from, before), last->rows.end());
  }
  for (const auto begin : chunks.beginning_from(from)) chunks.remove(begin);
  chunks.write(change);
}

// Rows for every hour of the span that has none yet, however sparse.
void History::Impl::cover_hours(const LinkView& link, int64_t from, int64_t until, StoreChange& change) const {
  auto blocks = store_->blocks();
  auto cursor = store_->hours();
  Chunks chunks(*store_, link.link, store_->hours());
  const auto fill = [&](int64_t gap, int64_t end) {
    if (gap >= end) return;
    // A damaged block is on its way out: there is nothing better than what can be read around it.
    HourMaker maker;
    std::vector<Sample> samples;
    (void)read_view(link, hour_start(gap), hour_start(end), blocks, samples, [&](std::span<const Sample> chunk) {
      maker.add(chunk);
      return true;
    });
    auto rows = std::move(maker).take();
    if (!rows.empty()) chunks.put({gap, end, std::move(rows)});
  };
  HourChunk chunk;
  int64_t at = from;
  for (cursor.seek(link.link, {from}); cursor.valid() && cursor.first_at().ms < until; cursor.next()) {
    if (!read_hours(cursor.bytes(), cursor.first_at().ms, chunk) || chunk.until <= at) continue;
    fill(at, std::min(chunk.from, until));
    at = chunk.until;
  }
  fill(at, until);
  chunks.write(change);
}

}  // namespace anlan
