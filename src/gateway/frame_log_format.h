// Blocks of a frame log on disk, written by frame_log.cpp and read by frame_log_read.cpp.
//
//   block:  header of 56 bytes | Bloom filter | frames, compressed
//   header: magic "AFL1" | check sum of the rest of the header and of the filter | raw bytes | packed bytes | filter bytes
//           | frames | first number u64 | earliest ms i64 | latest ms i64 | check sum of the packed bytes | 0
//   frames: ms of the first, then of each: kind u8 | ms since the first | from | how many codes, the codes | bytes received
//           | bytes kept
//
// Whole numbers of the header are little-endian u32 where nothing else is said; those of frames are varints (times zigzag),
// and texts follow their length. Numbers of frames count up from the first of the block.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/frame_log.h"

namespace anlan {

struct FrameBlockHeader {
  uint32_t raw_bytes = 0, packed_bytes = 0, filter_bytes = 0, frames = 0;
  uint64_t first = 0;
  UtcTime earliest, latest;
  uint32_t packed_sum = 0;

  static constexpr size_t kBytes = 56;
  std::string write(std::string_view filter) const;
  // Nothing when it is no header; the sum can be checked when the filter has been read.
  static std::optional<FrameBlockHeader> read(std::string_view bytes);
  static bool is_whole(std::string_view header, std::string_view filter);
};

// What no block exceeds, so that a damaged length asks for no absurd memory.
constexpr size_t kFrameBlockRawMax = FrameLog::kGroupBytes + (size_t{8} << 20);
constexpr size_t kFrameFilterMax = size_t{2} << 20;

uint64_t hash_of_code(std::string_view code);
std::string make_filter(const std::vector<uint64_t>& hashes);
bool may_hold(std::string_view filter, uint64_t hash);
uint32_t sum_of(std::string_view bytes, uint32_t before = 0);

}  // namespace anlan
