#include "gateway/history_outlet.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <tuple>

#include "gateway/http_fetcher.h"

namespace anlan {
namespace {

constexpr size_t kAnswerMax = 64 << 10;
constexpr Millis kTimeout = seconds(10);
constexpr int kOkFrom = 200, kOkUntil = 300, kBadRequest = 400, kUnprocessable = 422;

}  // namespace

HistoryOutlet::Post remote_write(const std::string& url, const std::string& token) {
  // "Expect:" keeps curl from waiting for leave to send a large body.
  std::vector<std::string> headers{"Content-Type: application/x-protobuf", "Content-Encoding: snappy", "X-Prometheus-Remote-Write-Version: 0.1.0", "Expect:"};
  if (!token.empty()) headers.push_back("Authorization: Bearer " + token);
  return [url, headers](const std::string& body) -> Result<int> {
    TRY(answer, HttpFetcher(true).post(url, headers, body, kAnswerMax, kTimeout));
    return answer.status;
  };
}

std::string outlet_metrics(const OutletStats& s) {
  std::string out;
  const auto put = [&](std::string_view name, std::string_view type, std::string_view help, const std::string& value) {
    out += fmt::format("# HELP anlan_outlet_{0} {2}\n# TYPE anlan_outlet_{0} {1}\nanlan_outlet_{0} {3}\n", name, type, help, value);
  };
  put("readings_sent_total", "counter", "Readings that the other store has acknowledged since start.", std::to_string(s.sent));
  put("readings_refused_total", "counter", "Readings that the other store would not have.", std::to_string(s.refused));
  put("failures_total", "counter", "Requests that failed and were tried again.", std::to_string(s.failures));
  put("batches_waiting", "gauge", "Batches of readings that have not been sent.", std::to_string(s.entries));
  put("lag_seconds", "gauge", "Everything older than this has been sent.", fmt::format("{:.3f}", static_cast<double>(s.lag.count) / 1000));
  put("catching_up", "gauge", "1 while hours are read from the history instead of the log.", s.catching_up ? "1" : "0");
  return out;
}

Follower HistoryOutlet::Position::follower() const {
  return {entry, hour ? fmt::format("{} {}", at.ms, hour->ms) : fmt::format("{}", at.ms)};
}

std::optional<HistoryOutlet::Position> HistoryOutlet::Position::read(const Follower& follower) {
  long long at = 0, hour = 0;
  const int numbers = std::sscanf(follower.note.c_str(), "%lld %lld", &at, &hour);
  if (numbers < 1) return std::nullopt;
  return Position{follower.entry, {at}, numbers == 2 ? std::optional(UtcTime{hour}) : std::nullopt};
}

HistoryOutlet::HistoryOutlet(History& history, Labels labels, Post post, std::function<void(std::string_view)> log, UtcTime now)
    : history_(history), labels_(std::move(labels)), post_(std::move(post)), log_(std::move(log)) {
  const auto follower = history_.follower();
  const auto known = follower ? Position::read(*follower) : std::nullopt;
  if (known) position_ = *known;
  else move_to({history_.newest_entry(), now, now - kBackFill});
}

Millis HistoryOutlet::turn(UtcTime now) {
  if (position_.hour) return stopping_ ? kIdle : turn_hour();
  return turn_log(now);
}

Millis HistoryOutlet::turn_log(UtcTime now) {
  std::vector<Reading> readings;
  const auto followed = history_.follow(position_.entry, kBatch, readings);
  if (!followed) {
    log_("outlet: " + followed.error().describe());
    return wait();
  }
  if (followed->lost) {
    const UtcTime from = position_.at - kBackFill - kAhead;
    log_(fmt::format("outlet: too far behind for the log; readings from {} on are sent again", to_iso8601(from)));
    move_to({history_.newest_entry(), now, from});
    return {};
  }
  if (followed->entry == position_.entry) {
    // Nothing new: only for the age of the position, and not every second.
    if (now - position_.at > minutes(1)) move_to({position_.entry, now, std::nullopt});
    return kIdle;
  }
  if (!send(readings)) return wait();
  // What came after the last of these came after `now`, unless there was more.
  move_to({followed->entry, followed->more ? position_.at : now, std::nullopt});
  return followed->more ? Millis{} : kIdle;
}

Millis HistoryOutlet::turn_hour() {
  const UtcTime from = *position_.hour, until = from + hours(1);
  std::vector<Reading> readings;
  bool failed = false;
  const auto read = history_.read_all(from, until, [&](LinkNumber link, std::span<const Sample> samples) {
    for (const auto& s : samples) readings.push_back({s.at, s.value, link});
    if (readings.size() >= kBatch) failed = !send(readings);
    return !failed && !stopping_;
  });
  // A damaged block does not hold up the rest.
  if (!read) log_("outlet: " + read.error().describe());
  if (stopping_) return kIdle;
  if (failed || !send(readings)) return wait();
  Position next = position_;
  next.hour = until;
  if (until > position_.at + kAhead) next.hour.reset();
  move_to(next);
  return {};
}

// Empties `readings` when the other store has them or will not have them.
bool HistoryOutlet::send(std::vector<Reading>& readings) {
  if (readings.empty()) return true;
  std::vector<const Reading*> sorted;
  for (const auto& r : readings) sorted.push_back(&r);
  std::ranges::sort(sorted, [](const Reading* a, const Reading* b) { return std::tie(a->link, a->at, a) < std::tie(b->link, b->at, b); });
  std::vector<OutletSeries> series;
  LinkNumber link = 0;  // of the last series
  for (size_t i = 0; i < sorted.size(); ++i) {
    const auto& r = *sorted[i];
    // Of several values of one time the one that came last.
    if (i + 1 < sorted.size() && sorted[i + 1]->link == r.link && sorted[i + 1]->at == r.at) continue;
    if (series.empty() || link != r.link) series.push_back({labels_(r.link), {}});
    link = r.link;
    series.back().samples.push_back({r.at, r.value});
  }
  const auto status = post_(snappy_compressed(write_request(series)));
  const bool ok = status && *status >= kOkFrom && *status < kOkUntil;
  const bool refused = status && (*status == kBadRequest || *status == kUnprocessable);
  std::string failure;
  if (!ok) failure = status ? fmt::format("HTTP {}", *status) : status.error().describe();
  bool news = false;
  {
    const std::lock_guard lock(mutex_);
    if (ok) stats_.sent += readings.size();
    if (refused) stats_.refused += readings.size();
    if (!ok && !refused) ++stats_.failures;
    news = failure != stats_.last_failure;
    stats_.last_failure = failure;
  }
  if (news) log_(ok ? "outlet: the other store answers again" : refused ? "outlet: readings refused: " + failure : "outlet: " + failure);
  if (!ok && !refused) return false;
  retry_ = seconds(1);
  readings.clear();
  return true;
}

Millis HistoryOutlet::wait() {
  const Millis now = retry_;
  retry_ = std::min(retry_ * 2, kRetryMax);
  return now;
}

void HistoryOutlet::move_to(const Position& position) {
  // When it cannot be written down, more is sent again after a restart; and the log is kept as long as it can be.
  (void)history_.set_follower(position.follower());
  const std::lock_guard lock(mutex_);
  position_ = position;
}

OutletStats HistoryOutlet::stats(UtcTime now) const {
  const uint64_t newest = history_.newest_entry();
  const std::lock_guard lock(mutex_);
  OutletStats out = stats_;
  out.entries = newest - std::min(newest, position_.entry);
  out.catching_up = position_.hour.has_value();
  if (out.catching_up) out.lag = now - *position_.hour;
  else if (out.entries > 0) out.lag = now - position_.at;
  return out;
}

}  // namespace anlan
