// Text files from outside, whatever encoding they were saved in, as UTF-8.
//
// Recognised: UTF-8 with or without BOM, UTF-16 with BOM (either order), and GB18030, which includes GBK and GB 2312
// (Excel in China writes it). GB18030 is tried only when the bytes are not UTF-8. A file that is nearly all good UTF-8
// is called a damaged UTF-8 file and refused, because GB18030 would accept it and turn it into wrong characters.
// Linear time. Faults: kInvalidFile with the line of the first byte that cannot be read, or of the first NUL.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/error.h"

namespace anlan {

struct DecodedText {
  std::string_view text;                     // without BOM; points into the input or into owned
  std::shared_ptr<const std::string> owned;  // set when a conversion was needed
  std::string_view encoding;                 // "UTF-8", "UTF-16LE", "UTF-16BE" or "GB18030"
};

Result<DecodedText> decode_text(std::string_view bytes);

// Length of the longest prefix that is well-formed UTF-8 (no surrogates, no overlong forms, at most U+10FFFF).
size_t utf8_prefix(std::string_view bytes);
inline bool is_utf8(std::string_view bytes) { return utf8_prefix(bytes) == bytes.size(); }

}  // namespace anlan
