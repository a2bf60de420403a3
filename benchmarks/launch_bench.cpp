// launch: from the approval to the moment when everybody's first attempt is on disk; then how fast attempts go on
// when nobody picks up.
#include "benchmarks/node_rig.h"
#include "benchmarks/province.h"

namespace anlan::bench {
namespace {

constexpr double kSustained = 15;  // seconds
constexpr int kTries = 200;
constexpr const char* kWorkload =
    "218,000 people with posts and telephones, an area of 5,000 vertices; whole node on SQLite, synchronous=FULL, server's threads; packs/cn with "
    "the channels' concurrency, rate and burst raised to 1,000,000";

void sleep_ms(int ms) { std::this_thread::sleep_for(std::chrono::milliseconds(ms)); }

bool wait_for(double seconds, const std::function<bool()>& done) {
  for (const Stopwatch watch; watch.seconds() < seconds; sleep_ms(5))
    if (done()) return true;
  return false;
}

}  // namespace

bool run_launch() {
  NodeRig rig(unlimited_pack(kTries));
  Stopwatch filling;
  rig.fill();
  progress("filled after " + std::to_string(filling.seconds()) + " s, " + std::to_string(peak_mb()) + " MB");
  rig.start();

  // Every first attempt reaches the network, which says at once that the message arrived.
  const WarningId first = rig.draft(5'000);
  const int64_t begin_ms = rig.clock.monotonic().count;
  rig.approve(first).value();
  const bool all = wait_for(120, [&] { return rig.voice->first_placed >= kPeople; });
  const double launch_s = static_cast<double>(rig.voice->last_first_ms - begin_ms) / 1000;
  const auto reader = rig.node->store().connect().value();
  const auto attempted = reader->integer("SELECT COUNT(*) FROM calls WHERE attempts >= 1").value_or(0);
  progress("launched " + std::to_string(attempted) + " in " + std::to_string(launch_s) + " s, " + std::to_string(peak_mb()) + " MB");
  report("launch", std::string(kWorkload) + "; approval submitted until the last first attempt is committed and handed to the network, which reports each as delivered",
         "launch_s", launch_s, "s");

  // The same again, and nobody picks up: each call is tried again a second later.
  rig.run("account:2", [&](Reader& r, UtcTime) { return cancel_warning(r, first, "bench"); }).value();
  wait_for(30, [&] { return rig.node->caller().open_rounds().empty(); });
  rig.voice->outcome = Outcome::no_answer;
  rig.voice->first_placed = 0;
  rig.approve(rig.draft(5'000)).value();
  const bool again = wait_for(120, [&] { return rig.voice->first_placed >= kPeople; });
  sleep_ms(2'000);
  const int64_t before = rig.voice->placed;
  const Stopwatch watch;
  sleep_ms(static_cast<int>(kSustained * 1000));
  const double per_s = static_cast<double>(rig.voice->placed - before) / watch.seconds();
  report("launch", std::string(kWorkload) + "; nobody picks up, 200 tries a second apart; attempts placed, each with its outcome recorded, over 15 s",
         "attempts_per_s", per_s, "1/s");
  report("launch", kWorkload, "peak_mb", peak_mb(), "MB");
  return all && again && attempted == kPeople;
}

}  // namespace anlan::bench
