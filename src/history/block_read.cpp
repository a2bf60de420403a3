#include "history/block_state.h"

namespace anlan {
namespace {

// Reads sample after sample. Any function may meet the end of the bytes; the caller asks once per sample.
class SampleReader {
 public:
  explicit SampleReader(std::string_view bytes) : bits_(bytes) {}

  bool next(bool first, Sample& out) {
    if (!first && next_even(out)) return true;
    const auto before = static_cast<int64_t>(state_.at);
    state_.at = first ? bits_.get(64) : state_.at + next_distance();
    if (!first && static_cast<int64_t>(state_.at) <= before) return false;
    if (!(state_.binary ? read_double() : read_whole()) || bits_.overrun()) return false;
    out = {{static_cast<int64_t>(state_.at)}, std::bit_cast<double>(state_.bits)};
    return true;
  }
  bool at_end() const { return bits_.at_end(); }

 private:
  // Nearly every sample keeps the rhythm and the width of its value: it is read from one window of bits. False: not
  // this one, and nothing was taken.
  bool next_even(Sample& out) {
    uint64_t window;
    if (state_.binary || !bits_.peek(window) || window >> 63 != 0) return false;
    const auto before = static_cast<int64_t>(state_.at), at = static_cast<int64_t>(state_.at + state_.distance);
    uint64_t code = 0;
    unsigned taken = 2;
    if (window >> 62 != 0) {
      taken = 3u + state_.width;
      if (window >> 61 != 0b010 || state_.width == 0 || taken > 57) return false;
      code = window << 3 >> (64 - state_.width);
    }
    const uint64_t whole = predict(state_) + unzigzag(code);
    if (at <= before || !whole_in_range(whole)) return false;
    bits_.skip(taken);
    advance(state_, whole);
    state_.at = static_cast<uint64_t>(at);
    const double value = as_value(whole, state_.places);
    state_.bits = std::bit_cast<uint64_t>(value);
    out = {{at}, value};
    return true;
  }

  uint64_t next_distance() {
    if (bits_.get(1) == 0) return state_.distance;
    for (const auto& c : kTimeClasses)
      if (bits_.get(1) == 0) {
        const int64_t half = int64_t{1} << (c.bits - 1);
        return state_.distance += static_cast<uint64_t>((static_cast<int64_t>(bits_.get(c.bits)) - half) * c.unit_ms);
      }
    return state_.distance += bits_.get(64);
  }

  bool read_whole() {
    uint64_t code = 0;
    if (bits_.get(1) != 0) {
      if (bits_.get(1) == 0) {
        code = bits_.get(state_.width);
      } else {
        const auto width = static_cast<unsigned>(bits_.get(kWidthBits));
        if (width == kWidthChange) return read_change();
        if (width == 0 || width > kWidthMax) return false;
        code = uint64_t{1} << (width - 1) | bits_.get(width - 1);
        state_.width = static_cast<uint8_t>(width);
      }
    }
    const uint64_t whole = predict(state_) + unzigzag(code);
    if (!whole_in_range(whole)) return false;
    advance(state_, whole);
    state_.bits = std::bit_cast<uint64_t>(as_value(whole, state_.places));
    return true;
  }

  bool read_change() {
    if (bits_.get(1) != 0) {
      state_.binary = true;
      return read_double();
    }
    const auto places = static_cast<unsigned>(bits_.get(kPlacesBits));
    // More places each time, so this ends.
    return places > state_.places && places <= kPlacesMax && change_unit(state_, places) && read_whole();
  }

  bool read_double() {
    if (bits_.get(1) == 0) return true;
    if (bits_.get(1) != 0) {
      state_.leading = static_cast<uint8_t>(bits_.get(kWidthBits));
      state_.length = static_cast<uint8_t>(bits_.get(kWidthBits) + 1);
      if (state_.leading + state_.length > 64) return false;
    } else if (state_.length == 0) {
      return false;
    }
    state_.bits ^= bits_.get(state_.length) << (64 - state_.leading - state_.length);
    return true;
  }

  BitReader bits_;
  BlockState state_;
};

// Takes format and count from the front.
std::optional<uint32_t> take_header(std::string_view& bytes) {
  if (bytes.empty() || static_cast<uint8_t>(bytes[0]) != kBlockFormat) return std::nullopt;
  bytes.remove_prefix(1);
  const auto count = take_varint(bytes);
  if (!count || *count > kBlockSamplesMax) return std::nullopt;
  return static_cast<uint32_t>(*count);
}

}  // namespace

std::optional<uint32_t> block_count(std::string_view bytes) { return take_header(bytes); }

bool read_block(std::string_view bytes, std::vector<Sample>& out) {
  const size_t before = out.size();
  const auto count = take_header(bytes);
  if (!count) return false;
  SampleReader reader(bytes);
  out.resize(before + *count);
  for (uint32_t i = 0; i < *count; ++i)
    if (!reader.next(i == 0, out[before + i])) {
      out.resize(before);
      return false;
    }
  if (reader.at_end()) return true;
  out.resize(before);
  return false;
}

}  // namespace anlan
