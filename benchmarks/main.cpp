// anlan_bench [NAME]: runs one benchmark, or all of them one after the other, each in a process of its own.
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstring>
#include <string>
#include <vector>

#include "benchmarks/bench.h"

namespace {

struct Bench {
  const char* name;
  bool (*run)();
};
constexpr Bench kBenches[] = {{"journal", anlan::bench::run_journal},
                              {"places", anlan::bench::run_places},
                              {"targeting", anlan::bench::run_targeting},
                              {"launch", anlan::bench::run_launch},
                              {"answers", anlan::bench::run_answers},
                              {"stream", anlan::bench::run_stream},
                              {"history", anlan::bench::run_history},
                              {"ingest", anlan::bench::run_ingest},
                              {"alarm-latency", anlan::bench::run_alarm_latency},
                              {"roads-build", anlan::bench::run_roads_build},
                              {"roads-query", anlan::bench::run_roads_query},
                              {"roads-closure", anlan::bench::run_roads_closure},
                              {"roads-matrix", anlan::bench::run_roads_matrix},
                              {"roads-isochrone", anlan::bench::run_roads_isochrone},
                              {"coverage", anlan::bench::run_coverage},
                              {"dispatch", anlan::bench::run_dispatch},
                              {"quake-shaking", anlan::bench::run_quake_shaking},
                              {"quake-fragility", anlan::bench::run_quake_fragility},
                              {"quake-losses", anlan::bench::run_quake_losses},
                              {"quake-response", anlan::bench::run_quake_response},
                              {"quake-eew", anlan::bench::run_quake_eew}};

bool in_own_process(const char* name) {
  const pid_t child = ::fork();
  if (child < 0) return false;
  if (child == 0) {
    ::execl("/proc/self/exe", "anlan_bench", name, nullptr);
    ::_exit(127);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc >= 2 && std::strcmp(argv[1], "answers-load") == 0)
    return anlan::bench::run_answers_load(std::vector<std::string>(argv + 2, argv + argc));
  if (argc == 2)
    for (const auto& b : kBenches)
      if (std::strcmp(argv[1], b.name) == 0) {
        anlan::bench::progress(std::string(b.name) + " …");
        return b.run() ? 0 : 1;
      }
  if (argc == 1) {
    bool good = true;
    for (const auto& b : kBenches) good = in_own_process(b.name) && good;
    return good ? 0 : 1;
  }
  std::fprintf(stderr, "usage: bench [journal|places|targeting|launch|answers|stream|history|ingest|alarm-latency|roads-build|roads-query|roads-closure|roads-matrix|"
                       "roads-isochrone|coverage|dispatch]\n");
  return 2;
}
