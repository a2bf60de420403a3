// Memory for blocks: 4 MB chunks, of which each block takes consecutive 64-byte lines and never crosses a chunk. Blocks do
// not move. On Linux the chunks ask for huge pages: readings come in random link order, and without them every block
// costs a walk of the page table. A block given back is used again for the same size.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <unordered_map>
#include <vector>

namespace anlan::stream {

class BlockStore {
 public:
  // The line number of `bytes` new bytes (a multiple of 64, at most 16 KB); their content is undefined.
  uint32_t take(size_t bytes);
  void give_back(uint32_t line, size_t bytes);
  std::byte* at(uint32_t line) const {
    return chunks_[line >> kLinesLog].get() + static_cast<size_t>(line & (kLines - 1)) * 64;
  }
  size_t bytes() const { return chunks_.size() * kLines * 64; }

 private:
  static constexpr uint32_t kLinesLog = 16;
  static constexpr uint32_t kLines = 1U << kLinesLog;
  struct Free {
    void operator()(std::byte* chunk) const;
  };
  std::vector<std::unique_ptr<std::byte, Free>> chunks_;
  uint32_t used_ = kLines;  // lines taken of the last chunk
  std::unordered_map<size_t, std::vector<uint32_t>> given_back_;
};

}  // namespace anlan::stream
