// replay-readings: sends recorded readings to a running node (src/gateway/csv_replay.h).
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <thread>

#include "anlan/commands.h"
#include "base/json.h"
#include "base/real_ports.h"
#include "gateway/csv_replay.h"
#include "gateway/http_fetcher.h"

namespace anlan {
namespace {

constexpr Millis kNap = milliseconds(100);
constexpr int kTries = 5;
constexpr Millis kTimeout = seconds(30);
constexpr size_t kAnswerMax = size_t{1} << 20;

struct Totals {
  int64_t sent = 0, stored = 0, duplicates = 0, refused = 0;
  std::string first_refusal;
};

void wait(Millis span) { std::this_thread::sleep_for(std::chrono::milliseconds(span.count)); }

Result<void> send(HttpFetcher& http, const std::string& url, const std::vector<std::string>& headers, const CsvReplay::Batch& batch, Totals& totals) {
  Error last(ErrorCode::kUnavailable, {{"what", url}});
  for (int t = 0; t < kTries; ++t) {
    if (t > 0) wait(seconds(1 << (t - 1)));
    const auto answer = http.post(url, headers, batch.body, kAnswerMax, kTimeout);
    if (!answer) {
      last = answer.error();
      continue;
    }
    if (answer->status >= 500 || answer->status == 429) {
      last = Error(ErrorCode::kUnavailable, {{"what", url + " (HTTP " + std::to_string(answer->status) + ")"}});
      continue;
    }
    if (answer->status != 200) return Error(ErrorCode::kBadRequest, {{"why", "HTTP " + std::to_string(answer->status) + ": " + answer->body.substr(0, 300)}});
    const auto said = parse_json(answer->body);
    const auto* o = said ? said->if_object() : nullptr;
    if (!o) return Error(ErrorCode::kBadRequest, {{"why", url + ": " + answer->body.substr(0, 100)}});
    const auto count = [&](const char* name) {
      const auto* v = o->if_contains(name);
      return v && v->is_number() ? v->to_number<int64_t>() : 0;
    };
    totals.sent += static_cast<int64_t>(batch.rows);
    totals.stored += count("stored");
    totals.duplicates += count("duplicates");
    totals.refused += count("refused");
    if (const auto* faults = o->if_contains("faults"); totals.first_refusal.empty() && faults && faults->is_array() && !faults->get_array().empty()) totals.first_refusal = json::serialize(faults->get_array().front());
    return {};
  }
  return last;
}

}  // namespace

Result<void> replay_readings(const ReplayReadingsCommand& command) {
  std::ifstream in(command.file, std::ios::binary);
  if (!in) return Error(ErrorCode::kNotFound, {{"what", command.file}});
  std::string token;
  std::ifstream token_file(command.token_file);
  if (!(token_file >> token)) return Error(ErrorCode::kNotFound, {{"what", command.token_file}});
  SystemClock clock;
  TRY(replay, CsvReplay::open(in, {.speed = command.speed, .as_is = command.as_is}, clock.now()));

  std::string url = command.to;
  while (url.ends_with('/')) url.pop_back();
  url += "/api/v1/readings";
  const std::vector<std::string> headers{"Content-Type: application/json", "Authorization: Bearer " + token};
  HttpFetcher http(true);
  Totals totals;
  const auto progress = [&](const char* end) {
    std::fprintf(stderr, "\r%lld sent, %lld stored, %lld known before, %lld refused; at %s%s", static_cast<long long>(totals.sent), static_cast<long long>(totals.stored), static_cast<long long>(totals.duplicates), static_cast<long long>(totals.refused),
                 totals.sent ? to_iso8601(replay.recorded()).c_str() : "the beginning", end);
  };
  Millis shown = clock.monotonic();
  while (const auto due = replay.next()) {
    const UtcTime now = clock.now();
    if (*due > now) {
      wait(std::min(kNap, *due - now));
    } else {
      const auto batch = replay.due(now);
      if (const auto done = send(http, url, headers, *batch, totals); !done) {
        progress("\n");
        return done.error();
      }
    }
    if (clock.monotonic() - shown < seconds(1)) continue;
    shown = clock.monotonic();
    progress("  ");
  }
  progress("\n");
  if (replay.unreadable() > 0) std::fprintf(stderr, "%llu lines could not be read; the first: %s\n", static_cast<unsigned long long>(replay.unreadable()), replay.first_fault().c_str());
  if (!totals.first_refusal.empty()) std::fprintf(stderr, "the first refusal: %s\n", totals.first_refusal.c_str());
  return {};
}

}  // namespace anlan
