// Any bytes as a record: nothing crashes, and what is read can be used.
#include <cmath>
#include <cstdint>
#include <cstdlib>

#include "quake/motion.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace anlan::quake;
  if (size < 2) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 2, size - 2);
  const auto use = [](const anlan::Result<GroundMotion>& motion) {
    if (!motion) {
      if (motion.error().describe().empty()) std::abort();
      return;
    }
    if (!check(*motion)) std::abort();
    const auto traits = traits_of(*motion);
    if (!std::isfinite(traits.pga) || !std::isfinite(traits.pgv)) std::abort();
    if (motion->acceleration.size() > 4096) return;
    const ResponseClass usual;
    const Shaken building{0, 2, 0, 1};
    const auto peaks = respond({&usual, 1}, {&*motion, 1}, {&building, 1}, 1);
    if (!peaks || !std::isfinite(peaks->at(0).drift) || !std::isfinite(peaks->at(0).acceleration)) std::abort();
    const auto one = history(usual, 2, 100, *motion, 1, 1, 16);
    if (one && !std::isfinite(one->peaks.drift)) std::abort();
  };
  use(read_at2(text));
  ColumnForm form;
  form.unit = static_cast<AccelerationUnit>(data[0] % 3);
  form.dt = data[0] & 4 ? 0 : 0.01;
  form.column = data[1] % 4;
  form.every_column = data[0] & 8;
  use(read_columns(text, form));
  return 0;
}
