// The check sums of the device protocols. All take whole frames or segments as bytes.
#pragma once

#include <cstdint>
#include <string_view>

namespace anlan {

// SL 651-2014: x^16+x^15+x^2+1, reflected A001, start FFFF ("123456789" gives 4B37), sent high byte first.
uint16_t crc_sl651(std::string_view bytes);

// HJ 212-2017 annex A. Not the usual Modbus sum: each byte is joined to the register shifted right by eight.
uint16_t crc_hj212(std::string_view bytes);

// JT/T 808: exclusive or of all bytes.
uint8_t xor_jtt808(std::string_view bytes);

}  // namespace anlan
