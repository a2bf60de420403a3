#include <fmt/format.h>

#include "history/history_impl.h"
#include "history/log_entry.h"
#include "history/varint.h"

namespace anlan {

std::string Follower::write() const {
  std::string out;
  put_varint(out, entry);
  return out + note;
}

std::optional<Follower> Follower::read(std::string_view bytes) {
  const auto entry = take_varint(bytes);
  if (!entry) return std::nullopt;
  return Follower{*entry, std::string(bytes)};
}

std::optional<Follower> History::Impl::follower() const {
  const std::lock_guard lock(state_);
  return follower_;
}

Result<void> History::Impl::set_follower(const std::optional<Follower>& follower) {
  const std::lock_guard lock(state_);
  StoreChange change;
  store_->put_follower(change, follower ? std::optional(follower->write()) : std::nullopt);
  TRY_VOID(store_->write(change, false));
  follower_ = follower;
  let_go_of_held();
  return {};
}

uint64_t History::Impl::newest_entry() const {
  const std::lock_guard lock(state_);
  return applied_;
}

Result<Followed> History::Impl::follow(uint64_t after, size_t readings_max, std::vector<Reading>& out) const {
  std::unique_lock lock(state_);
  const uint64_t newest = applied_;
  const uint64_t oldest = !held_.empty() ? held_.front().number : !log_.empty() ? log_.front().number : applied_ + 1;
  if (after >= newest) return Followed{after};
  if (after + 1 < oldest) return Followed{after, true};
  auto entries = store_->log(after + 1);
  lock.unlock();
  Followed done{after};
  std::vector<Reading> readings;
  const size_t before = out.size();
  for (; entries.valid() && entries.number() <= newest; entries.next()) {
    if (out.size() - before >= readings_max) {
      done.more = true;
      return done;
    }
    // A damaged entry was reported when the log was opened; what can be read of the others goes on.
    if (read_log_entry(entries.bytes(), readings)) out.insert(out.end(), readings.begin(), readings.end());
    done.entry = entries.number();
  }
  TRY_VOID(entries.fault());
  done.entry = newest;
  return done;
}

}  // namespace anlan
