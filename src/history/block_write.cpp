#include "base/check.h"
#include "history/block_state.h"

namespace anlan {
namespace {

// The value as a whole number of 10^-places, when it comes back from that exactly.
bool as_whole(double value, unsigned places, uint64_t& whole) {
  const double scaled = std::nearbyint(value * kTens[places]);
  if (!(std::abs(scaled) <= kWholeMax)) return false;
  whole = static_cast<uint64_t>(static_cast<int64_t>(scaled));
  return std::bit_cast<uint64_t>(as_value(whole, places)) == std::bit_cast<uint64_t>(value);
}

}  // namespace

void BlockWriter::push(const Sample& sample) {
  const auto at = static_cast<uint64_t>(sample.at.ms);
  if (count_ == 0) {
    first_at_ = sample.at;
    bits_.put(at, 64);
  } else {
    put_time(at);
  }
  state_.at = at;
  put_value(sample.value);
  ++count_;
}

void BlockWriter::put_time(uint64_t at) {
  CHECK(static_cast<int64_t>(at) > static_cast<int64_t>(state_.at));
  const uint64_t distance = at - state_.at;
  const auto change = static_cast<int64_t>(distance - state_.distance);
  state_.distance = distance;
  if (change == 0) return bits_.put(0, 1);
  for (const auto& c : kTimeClasses) {
    const int64_t half = int64_t{1} << (c.bits - 1);
    if (change % c.unit_ms != 0 || change / c.unit_ms < -half || change / c.unit_ms >= half) continue;
    bits_.put(c.prefix, c.prefix_bits);
    return bits_.put(static_cast<uint64_t>(change / c.unit_ms + half), c.bits);
  }
  bits_.put(kTimeWhole, 4);
  bits_.put(static_cast<uint64_t>(change), 64);
}

void BlockWriter::put_value(double value) {
  const auto bits = std::bit_cast<uint64_t>(value);
  uint64_t whole = 0;
  if (state_.binary) {
    put_double(bits);
  } else if (as_whole(value, state_.places, whole) || change_places(value, whole)) {
    put_whole(whole);
  } else {
    bits_.put(0b11, 2);
    bits_.put(kWidthChange, kWidthBits);
    bits_.put(1, 1);
    state_.binary = true;
    put_double(bits);
  }
  state_.bits = bits;
}

bool BlockWriter::change_places(double value, uint64_t& whole) {
  for (unsigned places = state_.places + 1; places <= kPlacesMax; ++places) {
    if (!as_whole(value, places, whole)) continue;
    if (!change_unit(state_, places)) return false;
    bits_.put(0b11, 2);
    bits_.put(kWidthChange, kWidthBits);
    bits_.put(0, 1);
    bits_.put(places, kPlacesBits);
    return true;
  }
  return false;
}

void BlockWriter::put_whole(uint64_t whole) {
  const uint64_t code = zigzag(whole - predict(state_));
  const auto width = static_cast<unsigned>(std::bit_width(code));
  CHECK(width <= kWidthMax);
  if (width == 0) {
    bits_.put(0, 1);
  } else if (width <= state_.width && state_.width - width <= 2) {
    bits_.put(0b10, 2);
    bits_.put(code, state_.width);
  } else {
    bits_.put(0b11, 2);
    bits_.put(width, kWidthBits);
    bits_.put(code ^ uint64_t{1} << (width - 1), width - 1);
    state_.width = static_cast<uint8_t>(width);
  }
  advance(state_, whole);
}

void BlockWriter::put_double(uint64_t bits) {
  const uint64_t change = bits ^ state_.bits;
  if (change == 0) return bits_.put(0, 1);
  const auto leading = static_cast<unsigned>(std::countl_zero(change)), trailing = static_cast<unsigned>(std::countr_zero(change));
  const unsigned length = 64 - leading - trailing;
  const unsigned kept = 64u - state_.leading - state_.length;  // trailing zeros of the last place
  if (state_.length != 0 && leading >= state_.leading && trailing >= kept && state_.length <= length + 2 * kWidthBits) {
    bits_.put(0b10, 2);
    bits_.put(change >> kept, state_.length);
    return;
  }
  bits_.put(0b11, 2);
  bits_.put(leading, kWidthBits);
  bits_.put(length - 1, kWidthBits);
  bits_.put(change >> trailing, length);
  state_.leading = static_cast<uint8_t>(leading);
  state_.length = static_cast<uint8_t>(length);
}

std::string BlockWriter::bytes() const {
  std::string out;
  out.reserve(bits_.byte_count() + 4);
  out.push_back(static_cast<char>(kBlockFormat));
  put_varint(out, count_);
  bits_.append_to(out);
  return out;
}

std::string write_block(std::span<const Sample> samples) {
  CHECK(samples.size() <= kBlockSamplesMax);
  BlockWriter writer;
  for (const auto& s : samples) writer.push(s);
  return writer.bytes();
}

}  // namespace anlan
