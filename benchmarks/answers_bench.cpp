#include "benchmarks/bench.h"
namespace anlan::bench {
bool run_answers() { return true; }
int run_answers_load(const std::vector<std::string>&) { return 0; }
}  // namespace anlan::bench
