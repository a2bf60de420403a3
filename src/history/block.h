// A block: some hundred samples of one link, compressed, times strictly ascending.
//
// Times are kept as the change of the distance between neighbours, in whole seconds or milliseconds; an even rhythm
// costs one bit a sample (Pelkonen et al. 2015, "Gorilla", §4.1). Values of few decimal places are kept as whole numbers
// of that place, and of these the miss of a prediction: the last value, or the straight line through the last two,
// whichever missed by less lately. From the first value that is no short decimal on, the rest of the block holds the
// exclusive-or of neighbouring doubles (the same, §4.2). Any bit pattern of a double and any int64 time come back exactly.
// The layout is in README.md. Writing and reading take constant time per sample.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/reading.h"
#include "history/bits.h"

namespace anlan {

// A block under construction ends with this many samples or bytes, whichever is first; so an open block takes at most
// about a kilobyte of memory.
constexpr uint32_t kBlockSamples = 512;
constexpr size_t kBlockBytes = 960;
// More samples than this are never in one block; a reader refuses it.
constexpr uint32_t kBlockSamplesMax = 4096;

// What writer and reader both know after a sample. Arithmetic wraps, so that damaged bytes cannot overflow.
struct BlockState {
  uint64_t at = 0, distance = 0;
  uint64_t whole = 0, whole_before = 0;  // the last two values in units of 10^-places, two's complement
  uint64_t bits = 0;                     // the last value as a double
  uint32_t miss_last = 0, miss_line = 0; // bits that each prediction missed by, lately
  uint8_t places = 0;
  uint8_t width = 0;                     // of the last whole number written with its width
  uint8_t leading = 0, length = 0;       // of the last exclusive-or written with its place; length 0: none yet
  bool binary = false;                   // values are doubles from here on
};

class BlockWriter {
 public:
  // `at` must be after the last one.
  void push(const Sample& sample);
  uint32_t count() const { return count_; }
  UtcTime first_at() const { return first_at_; }
  bool full() const { return count_ >= kBlockSamples || bits_.byte_count() >= kBlockBytes; }
  // The block as it is stored.
  std::string bytes() const;

 private:
  void put_time(uint64_t at);
  void put_value(double value);
  void put_whole(uint64_t whole);
  void put_double(uint64_t bits);
  bool change_places(double value, uint64_t& whole);

  BitWriter bits_;
  BlockState state_;
  UtcTime first_at_;
  uint32_t count_ = 0;
};

// Appends the samples to `out`. False when the bytes are not a block; `out` then holds what it held before.
[[nodiscard]] bool read_block(std::string_view bytes, std::vector<Sample>& out);
// The number of samples alone; nothing when the bytes do not begin like a block.
std::optional<uint32_t> block_count(std::string_view bytes);
// At most kBlockSamplesMax samples, ascending.
std::string write_block(std::span<const Sample> samples);

}  // namespace anlan
