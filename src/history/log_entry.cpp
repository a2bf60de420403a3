#include "history/log_entry.h"

#include <cstring>

#include "history/varint.h"

namespace anlan {

std::string write_log_entry(std::span<const Reading> readings) {
  std::string out;
  out.reserve(10 + readings.size() * 12);
  put_varint(out, readings.size());
  Reading before;
  for (const auto& r : readings) {
    put_varint(out, zigzag(static_cast<uint64_t>(r.link) - before.link));
    put_varint(out, zigzag(static_cast<uint64_t>(r.at.ms) - static_cast<uint64_t>(before.at.ms)));
    char value[8];
    std::memcpy(value, &r.value, 8);
    out.append(value, 8);
    before = r;
  }
  return out;
}

bool read_log_entry(std::string_view bytes, std::vector<Reading>& out) {
  out.clear();
  const auto count = take_varint(bytes);
  if (!count || *count > bytes.size() / 10) return false;
  out.reserve(*count);
  Reading r;
  for (uint64_t i = 0; i < *count; ++i) {
    const auto link = take_varint(bytes), at = take_varint(bytes);
    if (!link || !at || bytes.size() < 8) return false;
    r.link = static_cast<LinkNumber>(r.link + unzigzag(*link));
    r.at.ms = static_cast<int64_t>(static_cast<uint64_t>(r.at.ms) + unzigzag(*at));
    std::memcpy(&r.value, bytes.data(), 8);
    bytes.remove_prefix(8);
    out.push_back(r);
  }
  return bytes.empty();
}

}  // namespace anlan
