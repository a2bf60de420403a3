#include "logistics/positions.h"

namespace anlan {
namespace {

constexpr double kSpeedUnknown = -1;

Error bad(const char* field, const char* why) { return Error(ErrorCode::kInvalidField, {{"field", field}, {"why", why}}); }

}  // namespace

std::vector<Migration> position_migrations() {
  return {{"positions-1", "CREATE TABLE positions (record BIGINT PRIMARY KEY, lon $REAL, lat $REAL, speed_kmh $REAL, at BIGINT NOT NULL)"}};
}

Result<bool> Positions::put(SeenAt seen, UtcTime now) {
  if (!seen.record) return bad("record", "请指明对象 / which record");
  if (!is_valid(seen.position)) return bad("lon", "经纬度超出范围 / not on the globe");
  if (seen.speed_kmh && !(*seen.speed_kmh >= 0 && *seen.speed_kmh <= 1'000)) return bad("speed_kmh", "速度不合理 / a speed that makes no sense");
  if (seen.at > now + kPositionAheadMax) return bad("at", "时间在未来 / the time is ahead");
  if (seen.at < now - kPositionAgeMax) return bad("at", "时间过早 / too long ago");
  if (seen.at > now) seen.at = now;
  std::scoped_lock guard(mutex_);
  const auto it = seen_.find(seen.record);
  if (it != seen_.end()) {
    // A clock of ours that was set back must not freeze a position for ever.
    if (seen.at <= it->second.at && it->second.at <= now) return false;
    it->second = seen;
  } else {
    if (seen_.size() >= kPositionsMax) return Error(ErrorCode::kTooLarge, {{"what", "位置 / positions"}, {"limit", "100,000"}});
    seen_.emplace(seen.record, seen);
  }
  unsaved_.insert(seen.record);
  return true;
}

std::optional<SeenAt> Positions::find(RecordId record) const {
  std::scoped_lock guard(mutex_);
  const auto it = seen_.find(record);
  return it == seen_.end() ? std::nullopt : std::optional(it->second);
}

std::vector<SeenAt> Positions::all() const {
  std::scoped_lock guard(mutex_);
  std::vector<SeenAt> out;
  out.reserve(seen_.size());
  for (const auto& [record, seen] : seen_) out.push_back(seen);
  return out;
}

void Positions::load(Reader& reader) {
  std::scoped_lock guard(mutex_);
  reader.query("SELECT record, lon, lat, speed_kmh, at FROM positions ORDER BY at DESC LIMIT ?", {static_cast<int64_t>(kPositionsMax)}, [&](const Row& row) {
    const RecordId record{row.integer(0)};
    const double speed = row.real(3);
    seen_[record] = {record, {row.real(1), row.real(2)}, UtcTime{row.integer(4)}, speed == kSpeedUnknown ? std::nullopt : std::optional(speed)};
  });
}

std::optional<Command> Positions::save(UtcTime now) {
  std::vector<SeenAt> changed;
  {
    std::scoped_lock guard(mutex_);
    if (unsaved_.empty() || (now < saved_ + kPositionsSavedEvery && now >= saved_)) return std::nullopt;
    saved_ = now;
    for (const auto record : unsaved_) changed.push_back(seen_.at(record));
    unsaved_.clear();
  }
  Command command;
  command.actor = "node";
  command.decide = [](Reader&, UtcTime) -> Result<Decision> { return Decision{}; };
  command.also = [changed](Tables& tables) {
    for (const auto& s : changed) {
      tables.execute("DELETE FROM positions WHERE record = ?", {s.record});
      tables.execute("INSERT INTO positions (record, lon, lat, speed_kmh, at) VALUES (?, ?, ?, ?, ?)",
                     {s.record, s.position.lon, s.position.lat, s.speed_kmh.value_or(kSpeedUnknown), s.at});
    }
  };
  command.done = [this, changed](const Result<Answer>& answer) {
    if (answer) return;
    std::scoped_lock guard(mutex_);
    for (const auto& s : changed) unsaved_.insert(s.record);
  };
  return command;
}

}  // namespace anlan
