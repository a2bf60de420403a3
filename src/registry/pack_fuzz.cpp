#include <cstdint>
#include <string>

#include "base/check.h"
#include "registry/pack.h"

// Splits the input at form feeds into files of one pack.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  const std::string text(reinterpret_cast<const char*>(bytes), size);
  std::vector<std::pair<std::string, std::string>> files;
  for (size_t at = 0; at <= text.size() && files.size() < 8;) {
    const size_t end = std::min(text.find('\f', at), text.size());
    files.emplace_back("f" + std::to_string(files.size()) + ".yaml", text.substr(at, end - at));
    at = end + 1;
  }
  const auto pack = anlan::read_pack(files);
  if (!pack) CHECK(!pack.error().details.empty() && pack.error().details.size() <= 100);
  return 0;
}
