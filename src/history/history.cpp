#include "history/history.h"

#include "history/history_impl.h"

namespace anlan {

History::History(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
// A failure here loses nothing: the log is read again.
History::~History() { (void)impl_->settle_all(); }

Result<AppendResult> History::append(std::span<const Reading> readings) { return impl_->append(readings); }
Result<void> History::read(LinkNumber link, UtcTime from, UtcTime until, const EachChunk& each) const { return impl_->read(link, from, until, each); }
Result<void> History::read_all(UtcTime from, UtcTime until, const EachLinkChunk& each) const { return impl_->read_all(from, until, each); }

Result<std::vector<ChartBucket>> History::chart(LinkNumber link, UtcTime from, UtcTime until, size_t buckets) const {
  if (buckets == 0 || buckets > kChartBucketsMax) return {ErrorCode::kInvalidField, {{"field", "buckets"}, {"why", "1 to " + std::to_string(kChartBucketsMax)}}};
  if (from >= until) return {ErrorCode::kInvalidField, {{"field", "until"}, {"why", "not after from"}}};
  ChartMaker maker(from, until, buckets);
  TRY_VOID(impl_->read(link, from, until, [&](std::span<const Sample> samples) {
    maker.add(samples);
    return true;
  }));
  return std::move(maker).take();
}

std::optional<Sample> History::last(LinkNumber link) const { return impl_->last(link); }
std::vector<Reading> History::lasts() const { return impl_->lasts(); }
Result<uint64_t> History::remove_before(const std::function<bool(LinkNumber)>& matches, UtcTime time) { return impl_->remove_before(matches, time); }
Result<void> History::settle() { return impl_->settle_all(); }
const std::vector<std::string>& History::damage() const { return impl_->damage(); }
HistoryStats History::stats() const { return impl_->stats(); }

}  // namespace anlan
