// Runs whole nodes in virtual time among seeded faults, one seed after another. A seed that fails is printed with the
// line that repeats it.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdio>
#include <optional>

#include "simulation/sim_world.h"

namespace {

// Returns whether the seed passed.
bool run(anlan::SimSettings settings, anlan::SimWitness::Totals& totals, int64_t& crashes) {
  anlan::SimWorld world(settings);
  const auto outcome = world.run();
  totals.rounds += outcome.totals.rounds;
  totals.attempts += outcome.totals.attempts;
  totals.answers += outcome.totals.answers;
  totals.escalations += outcome.totals.escalations;
  totals.jumps += outcome.totals.jumps;
  crashes += outcome.crashes;
  if (settings.verbose)
    fmt::print("{} facts, {} rounds, {} attempts, {} answers, {} escalations, {} crashes, head {}\n", outcome.facts,
               outcome.totals.rounds, outcome.totals.attempts, outcome.totals.answers, outcome.totals.escalations, outcome.crashes, outcome.head);
  if (!outcome.failure) return true;
  fmt::print("seed {} FAILED {}\n  again: simulate --seed {} --minutes {} --verbose\n", settings.seed, *outcome.failure, settings.seed,
             settings.busy.count / 60'000);
  std::fflush(stdout);
  return false;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"Simulates whole nodes among seeded faults"};
  uint64_t seeds = 1000, first = 1;
  std::optional<uint64_t> seed;
  int64_t minutes = 60;
  bool verbose = false;
  app.add_option("--seeds", seeds, "How many seeds")->check(CLI::Range(uint64_t{1}, uint64_t{1} << 40));
  app.add_option("--first", first, "The first of them");
  app.add_option("--seed", seed, "This one only");
  app.add_option("--minutes", minutes, "Virtual minutes of faults and actions")->check(CLI::Range(int64_t{1}, int64_t{10'000}));
  app.add_flag("--verbose", verbose, "Print actions and faults");
  CLI11_PARSE(app, argc, argv);
  if (seed) first = *seed, seeds = 1;

  const auto start = std::chrono::steady_clock::now();
  anlan::SimWitness::Totals totals;
  int64_t crashes = 0;
  uint64_t failed = 0;
  for (uint64_t s = first; s < first + seeds; ++s) {
    anlan::SimSettings settings;
    settings.seed = s;
    settings.busy = anlan::minutes(minutes);
    settings.verbose = verbose;
    failed += !run(settings, totals, crashes);
  }
  const double took = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  fmt::print("{} rounds, {} attempts, {} answers, {} passed on, {} crashes, {} clock jumps in {:.1f} s\n", totals.rounds, totals.attempts,
             totals.answers, totals.escalations, crashes, totals.jumps, took);
  if (failed) {
    fmt::print("{} of {} seeds failed\n", failed, seeds);
    return 1;
  }
  fmt::print("{} seeds passed\n", seeds);
  return 0;
}
