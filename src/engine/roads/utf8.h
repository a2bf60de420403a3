// Text from files, before it goes to screens.
#pragma once

#include <string_view>

namespace anlan::roads {

// The text when it is UTF-8 without control characters, cut to so many bytes between characters; empty otherwise.
inline std::string_view valid_utf8(std::string_view text, size_t bytes_max) {
  size_t i = 0;
  while (i < text.size()) {
    const auto lead = static_cast<unsigned char>(text[i]);
    const size_t length = lead < 0x80                   ? 1
                          : lead >= 0xC2 && lead < 0xE0 ? 2
                          : lead >= 0xE0 && lead < 0xF0 ? 3
                          : lead >= 0xF0 && lead < 0xF5 ? 4
                                                        : 0;
    if (length == 0 || i + length > text.size() || lead < 0x20 || lead == 0x7F) return {};
    for (size_t k = 1; k < length; ++k)
      if ((static_cast<unsigned char>(text[i + k]) & 0xC0) != 0x80) return {};
    const auto second = length > 1 ? static_cast<unsigned char>(text[i + 1]) : 0;
    // Overlong forms, surrogates, beyond U+10FFFF.
    if ((lead == 0xE0 && second < 0xA0) || (lead == 0xED && second > 0x9F) || (lead == 0xF0 && second < 0x90) ||
        (lead == 0xF4 && second > 0x8F))
      return {};
    if (i + length > bytes_max) return text.substr(0, i);
    i += length;
  }
  return text;
}

}  // namespace anlan::roads
