// Any bytes: reading never crashes, and what was read is written so that it reads the same.
#include <cstdint>
#include <cstdlib>

#include "warnings/cap.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto alert = anlan::read_cap({reinterpret_cast<const char*>(data), size});
  if (!alert) return 0;
  const auto again = anlan::read_cap(anlan::write_cap(*alert));
  if (!again || !anlan::same_message(*alert, *again)) std::abort();
  return 0;
}
