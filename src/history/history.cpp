#include "history/history.h"

#include "history/history_impl.h"

namespace anlan {

History::History(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
// A failure here loses nothing: the log is read again.
History::~History() {
  impl_->stop();
  (void)impl_->settle_all();
}

Result<AppendResult> History::append(std::span<const Reading> readings) { return impl_->append(readings); }
Result<void> History::read(LinkNumber link, UtcTime from, UtcTime until, const EachChunk& each) const { return impl_->read(link, from, until, each); }
Result<void> History::read_all(UtcTime from, UtcTime until, const EachLinkChunk& each) const {
  return impl_->read_all([from](LinkNumber) { return from; }, until, each);
}
Result<void> History::read_all(const std::function<UtcTime(LinkNumber)>& from, UtcTime until, const EachLinkChunk& each) const { return impl_->read_all(from, until, each); }

Result<std::vector<ChartBucket>> History::chart(LinkNumber link, UtcTime from, UtcTime until, size_t buckets) const {
  if (buckets == 0 || buckets > kChartBucketsMax) return {ErrorCode::kInvalidField, {{"field", "buckets"}, {"why", "1 to " + std::to_string(kChartBucketsMax)}}};
  if (from >= until) return {ErrorCode::kInvalidField, {{"field", "until"}, {"why", "not after from"}}};
  return impl_->chart(link, from, until, buckets);
}

std::optional<Sample> History::last(LinkNumber link) const { return impl_->last(link); }
std::vector<Reading> History::lasts() const { return impl_->lasts(); }
Result<Removed> History::remove_before(LinkNumber link, UtcTime time, size_t blocks_max) { return impl_->remove_before(link, time, blocks_max); }
std::optional<Follower> History::follower() const { return impl_->follower(); }
Result<void> History::set_follower(const std::optional<Follower>& follower) { return impl_->set_follower(follower); }
uint64_t History::newest_entry() const { return impl_->newest_entry(); }
Result<Followed> History::follow(uint64_t after, size_t readings_max, std::vector<Reading>& out) const { return impl_->follow(after, readings_max, out); }
Result<void> History::settle() {
  TRY_VOID(impl_->settle_all());
  impl_->summarise_all();
  return {};
}
const std::vector<std::string>& History::damage() const { return impl_->damage(); }
HistoryStats History::stats() const { return impl_->stats(); }

}  // namespace anlan
