// SHA-256, HMAC and the text forms used in names and links.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace anlan {

using Digest = std::array<uint8_t, 32>;

Digest sha256(std::string_view bytes);
Digest hmac_sha256(std::string_view key, std::string_view bytes);

std::string to_hex(std::string_view bytes);
inline std::string to_hex(const Digest& d) { return to_hex({reinterpret_cast<const char*>(d.data()), d.size()}); }
// Base 62 (0-9A-Za-z) without padding, most significant first; n must be non-negative.
std::string to_base62(uint64_t n);
bool equal_constant_time(std::string_view a, std::string_view b);

}  // namespace anlan
