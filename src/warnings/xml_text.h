// Bytes of an XML file from outside to checked UTF-8, before any parser sees them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace anlan {

struct XmlText {
  std::string utf8;  // valid, only characters that XML 1.0 §2.2 allows, no byte order mark
  std::vector<ErrorDetail> remarks;
};

// The encoding is that of the byte order mark, else of the XML declaration, else UTF-8 (XML 1.0, appendix F). Known:
// UTF-8, UTF-16, GB18030 (also for GBK and GB2312, which it contains), ISO-8859-1, US-ASCII.
// Errors: kInvalidFile with details for an unknown encoding, bytes that are not in the encoding declared, and
// characters that XML forbids. Linear.
Result<XmlText> decode_xml(std::string_view bytes);

// Whether every character is one that XML 1.0 allows, and the UTF-8 valid.
bool is_xml_text(std::string_view utf8);

// The 1-based line of a byte offset. Linear in the offset.
int line_at(std::string_view text, size_t offset);

}  // namespace anlan
