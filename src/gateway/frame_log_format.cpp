#include "gateway/frame_log_format.h"

#include <zlib.h>

#include <algorithm>
#include <cstring>

namespace anlan {
namespace {

constexpr std::string_view kMagic = "AFL1";
constexpr size_t kBitsPerCode = 10, kProbes = 4;

template <class T>
void put(std::string& out, T value) {
  for (size_t i = 0; i < sizeof(T); ++i) out.push_back(static_cast<char>(static_cast<uint64_t>(value) >> (8 * i)));
}
template <class T>
T take(std::string_view& bytes) {
  uint64_t value = 0;
  for (size_t i = 0; i < sizeof(T); ++i) value |= static_cast<uint64_t>(static_cast<uint8_t>(bytes[i])) << (8 * i);
  bytes.remove_prefix(sizeof(T));
  return static_cast<T>(value);
}

// Which bits stand for the hash, in a filter of so many.
template <class F>
void each_bit(uint64_t hash, uint64_t bits, F&& f) {
  const uint64_t step = (hash >> 32) | 1;
  for (size_t i = 0; i < kProbes; ++i) f((hash + i * step) % bits);
}

}  // namespace

uint32_t sum_of(std::string_view bytes, uint32_t before) {
  return static_cast<uint32_t>(::crc32(before, reinterpret_cast<const Bytef*>(bytes.data()), static_cast<uInt>(bytes.size())));
}

// FNV-1a, its bits mixed once more: low and high half are used apart.
uint64_t hash_of_code(std::string_view code) {
  uint64_t h = 0xcbf29ce484222325ull;
  for (const char c : code) h = (h ^ static_cast<uint8_t>(c)) * 0x100000001b3ull;
  h = (h ^ (h >> 32)) * 0xd6e8feb86659fd93ull;
  return h ^ (h >> 32);
}

std::string make_filter(const std::vector<uint64_t>& hashes) {
  const size_t bytes = std::clamp((hashes.size() * kBitsPerCode + 7) / 8, size_t{8}, kFrameFilterMax);
  std::string filter(bytes, '\0');
  for (const auto hash : hashes)
    each_bit(hash, bytes * 8, [&](uint64_t bit) { filter[bit / 8] = static_cast<char>(static_cast<uint8_t>(filter[bit / 8]) | 1u << (bit % 8)); });
  return filter;
}

bool may_hold(std::string_view filter, uint64_t hash) {
  bool all = !filter.empty();
  if (all) each_bit(hash, filter.size() * 8, [&](uint64_t bit) { all = all && (static_cast<uint8_t>(filter[bit / 8]) >> (bit % 8) & 1); });
  return all;
}

std::string FrameBlockHeader::write(std::string_view filter) const {
  std::string rest;
  for (const uint32_t n : {raw_bytes, packed_bytes, filter_bytes, frames}) put(rest, n);
  put(rest, first);
  put(rest, earliest.ms);
  put(rest, latest.ms);
  put(rest, packed_sum);
  put(rest, uint32_t{0});
  std::string out(kMagic);
  put(out, sum_of(filter, sum_of(rest)));
  return out + rest;
}

std::optional<FrameBlockHeader> FrameBlockHeader::read(std::string_view bytes) {
  if (bytes.size() < kBytes || bytes.substr(0, 4) != kMagic) return std::nullopt;
  bytes.remove_prefix(8);
  FrameBlockHeader h;
  h.raw_bytes = take<uint32_t>(bytes);
  h.packed_bytes = take<uint32_t>(bytes);
  h.filter_bytes = take<uint32_t>(bytes);
  h.frames = take<uint32_t>(bytes);
  h.first = take<uint64_t>(bytes);
  h.earliest.ms = take<int64_t>(bytes);
  h.latest.ms = take<int64_t>(bytes);
  h.packed_sum = take<uint32_t>(bytes);
  if (h.raw_bytes > kFrameBlockRawMax || h.packed_bytes > 2 * kFrameBlockRawMax || h.filter_bytes > kFrameFilterMax) return std::nullopt;
  return h;
}

bool FrameBlockHeader::is_whole(std::string_view header, std::string_view filter) {
  std::string_view sum = header.substr(4, 4);
  return take<uint32_t>(sum) == sum_of(filter, sum_of(header.substr(8, kBytes - 8)));
}

}  // namespace anlan
