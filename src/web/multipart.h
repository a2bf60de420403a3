// Reads multipart/form-data (RFC 7578) as browsers send it for uploads.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace anlan {

inline constexpr size_t kMultipartPartsMax = 64;
inline constexpr size_t kMultipartPartHeadBytesMax = 8 * 1024;

struct MultipartPart {
  std::string name;
  std::string file_name;  // last path segment only; empty for a plain field
  std::string content_type;
  std::string_view content;  // into the body given to parse_multipart
};

// content_type is the request's header with its boundary. kBadRequest when malformed, kTooLarge beyond the bounds
// above. The parts point into body, which must outlive them. O(n).
Result<std::vector<MultipartPart>> parse_multipart(std::string_view content_type, std::string_view body);

}  // namespace anlan
