// Charts: from the rows of hours where they are, from readings elsewhere.
#include <algorithm>

#include "history/history_impl.h"

namespace anlan {
namespace {

class Drawing {
 public:
  Drawing(ChartMaker& maker, const LinkView& link, BlockCursor& blocks) : maker_(maker), link_(link), blocks_(blocks) {
    for (const auto& s : link.late)
      if (const auto hour = hour_of(s.at); late_.empty() || late_.back() != hour) late_.push_back(hour);
  }

  void readings(UtcTime from, UtcTime until) {
    if (from >= until) return;
    const auto met = read_view(link_, from, until, blocks_, samples_, [&](std::span<const Sample> samples) {
      maker_.add(samples);
      return true;
    });
    if (met && !fault) fault = met;
  }
  // The hours from <= hour < until, all of them covered by the chunk.
  void rows(const HourChunk& chunk, int64_t from, int64_t until) {
    auto late = std::lower_bound(late_.begin(), late_.end(), from);
    auto row = std::lower_bound(chunk.rows.begin(), chunk.rows.end(), from, [](const HourRow& r, int64_t hour) { return r.hour < hour; });
    while (true) {
      const bool has_row = row != chunk.rows.end() && row->hour < until, has_late = late != late_.end() && *late < until;
      if (has_late && (!has_row || *late <= row->hour)) {
        if (has_row && row->hour == *late) ++row;
        readings(hour_start(*late), hour_start(*late + 1));
        ++late;
      } else if (has_row) {
        maker_.add(*row++);
      } else {
        return;
      }
    }
  }

  std::optional<Error> fault;

 private:
  ChartMaker& maker_;
  const LinkView& link_;
  BlockCursor& blocks_;
  std::vector<int64_t> late_;  // hours of which the row is not true, ascending
  std::vector<Sample> samples_;
};

}  // namespace

Result<std::vector<ChartBucket>> History::Impl::chart(LinkNumber link, UtcTime from, UtcTime until, size_t buckets) const {
  std::unique_lock lock(state_);
  const auto* live = find_live(link);
  if (!live || (live->empty() && live->kept_from.ms == INT64_MIN)) {
    if (damaged(link)) return {ErrorCode::kCorrupt, {{"what", "link " + std::to_string(link)}, {"why", "its newest readings cannot be read"}}};
    return ChartMaker(from, until, buckets).take();
  }
  const UtcTime kept_from = live->kept_from;
  LinkView taken{.link = link, .damaged = damaged(link), .newest_at = kept_from, .memory_from = {INT64_MAX}, .kept_from = kept_from};
  if (!live->empty()) taken = view(link, *live);
  auto blocks = store_->blocks();
  auto hours = store_->hours();
  lock.unlock();

  ChartMaker maker(from, until, buckets, from < kept_from);
  Drawing drawing(maker, taken, blocks);
  UtcTime at = from;
  if (maker.whole_hours()) {
    int64_t first = hour_of(from - milliseconds(1)) + 1;  // not drawn yet
    const int64_t end = std::min(hour_of(until), taken.rows_until());
    const auto damage = [&](const std::string& why) {
      if (at < kept_from && !drawing.fault) drawing.fault = Error(ErrorCode::kCorrupt, {{"what", link_place(link, at)}, {"why", why}});
    };
    HourChunk chunk;
    hours.seek(link, {first});
    for (; hours.valid() && hours.first_at().ms < end; hours.next()) {
      if (!read_hours(hours.bytes(), hours.first_at().ms, chunk)) {
        damage("the rows of hours cannot be read");
        continue;
      }
      const int64_t lowest = std::max(chunk.from, first), highest = std::min(chunk.until, end);
      if (lowest >= highest) continue;
      drawing.readings(at, hour_start(lowest));
      drawing.rows(chunk, lowest, highest);
      at = hour_start(highest);
      first = highest;
    }
    if (const auto why = hours.damage()) damage(*why);
  }
  drawing.readings(at, until);
  if (drawing.fault) return *drawing.fault;
  return std::move(maker).take();
}

}  // namespace anlan
