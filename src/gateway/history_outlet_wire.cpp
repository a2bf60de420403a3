#include "gateway/history_outlet_wire.h"

#include <snappy.h>

#include <bit>
#include <string_view>

namespace anlan {
namespace {

// Protocol buffers: a field is its number and wire type, then its value. https://protobuf.dev/programming-guides/encoding
constexpr unsigned kNumber = 0, kFixed64 = 1, kBytes = 2;

void put_number(std::string& out, uint64_t n) {
  for (; n >= 0x80; n >>= 7) out.push_back(static_cast<char>(n | 0x80));
  out.push_back(static_cast<char>(n));
}
void put_tag(std::string& out, unsigned field, unsigned wire) { put_number(out, field << 3 | wire); }
void put_bytes(std::string& out, unsigned field, std::string_view bytes) {
  put_tag(out, field, kBytes);
  put_number(out, bytes.size());
  out += bytes;
}
void put_label(std::string& series, std::string_view name, std::string_view value) {
  if (value.empty()) return;
  std::string label;
  put_bytes(label, 1, name);
  put_bytes(label, 2, value);
  put_bytes(series, 1, label);
}

}  // namespace

std::string write_request(std::span<const OutletSeries> all) {
  std::string out, series, sample;
  for (const auto& s : all) {
    series.clear();
    put_label(series, "__name__", kOutletMetric);
    put_label(series, "link", s.labels.link);
    put_label(series, "place", s.labels.place);
    put_label(series, "type", s.labels.type);
    for (const auto& r : s.samples) {
      sample.clear();
      put_tag(sample, 1, kFixed64);
      const auto bits = std::bit_cast<uint64_t>(r.value);
      for (unsigned shift = 0; shift < 64; shift += 8) sample.push_back(static_cast<char>(bits >> shift));
      put_tag(sample, 2, kNumber);
      put_number(sample, static_cast<uint64_t>(r.at.ms));
      put_bytes(series, 2, sample);
    }
    put_bytes(out, 1, series);
  }
  return out;
}

std::string snappy_compressed(const std::string& bytes) {
  std::string out;
  snappy::Compress(bytes.data(), bytes.size(), &out);
  return out;
}

}  // namespace anlan
