#include "stream/block_store.h"

#include <cstdlib>

#include "base/check.h"

#ifdef __linux__
#include <sys/mman.h>
#endif

namespace anlan::stream {

void BlockStore::Free::operator()(std::byte* chunk) const { std::free(chunk); }

uint32_t BlockStore::take(size_t bytes) {
  if (auto found = given_back_.find(bytes); found != given_back_.end() && !found->second.empty()) {
    const uint32_t line = found->second.back();
    found->second.pop_back();
    return line;
  }
  const auto lines = static_cast<uint32_t>(bytes / 64);
  CHECK(lines > 0 && lines <= 256 && bytes % 64 == 0);
  if (used_ + lines > kLines) {
    constexpr size_t kChunk = static_cast<size_t>(kLines) * 64;
    auto* chunk = static_cast<std::byte*>(std::aligned_alloc(size_t{2} << 20, kChunk));
    CHECK_MSG(chunk, "no memory for the state of links");
#ifdef __linux__
    ::madvise(chunk, kChunk, MADV_HUGEPAGE);  // refused where there are none: slower, nothing else
#endif
    chunks_.emplace_back(chunk);
    used_ = 0;
  }
  const uint32_t line = static_cast<uint32_t>((chunks_.size() - 1) << kLinesLog) + used_;
  used_ += lines;
  return line;
}

void BlockStore::give_back(uint32_t line, size_t bytes) { given_back_[bytes].push_back(line); }

}  // namespace anlan::stream
